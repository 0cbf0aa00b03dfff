//! Rendered templates become sheets: a strict reader of the HTML subset that `templates/README.md`
//! documents. What it does not know it refuses, with the place in the template.
//!
//! Architecture invariant: it knows no field of the model and no label; all that it takes from a
//! template stands in the rendered text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::entering::{CellAttributes, add_up};
use super::marks::Mark;
use super::markup::{Mistake, Tag, Token, Tokens, is_void, unescape};
use super::styles::Styles;
use crate::sheet::{
    Block, Cell, Chart, ChartKind, Column, FILE_LINK, Row, Sheet, SheetKind, Style, TYPE_AREA_WIDTH, Table,
    TextBlock,
};

/// How much the widths of a table may differ from the width of the type area, in points.
const WIDTH_TOLERANCE: f32 = 0.25;
/// The narrowest column, in points: narrower ones could not hold a character.
const NARROWEST_COLUMN: f32 = 8.0;
/// The most rows that one cell may span.
const MOST_ROWS: usize = 10_000;

/// Reads rendered templates, one after the other, into the sheets of one document.
pub(super) struct Reader<'a> {
    styles: &'a Styles,
    /// The styles that were resolved, by element and classes; a document has about a dozen.
    resolved: Vec<(String, String, Style)>,
    /// The lists of choices, as they are written.
    choices: Vec<(String, Arc<[String]>)>,
    sheets: Vec<Sheet>,
    ids: BTreeSet<String>,
    links: Vec<(String, Option<Mark>)>,
}

impl<'a> Reader<'a> {
    /// Begins a document.
    pub(super) fn new(styles: &'a Styles) -> Self {
        Self {
            styles,
            resolved: Vec::new(),
            choices: Vec::new(),
            sheets: Vec::new(),
            ids: BTreeSet::new(),
            links: Vec::new(),
        }
    }

    /// Reads one rendered template.
    pub(super) fn read(&mut self, rendered: &str) -> Result<(), Mistake> {
        let mut tokens = Tokens::new(rendered);
        while let Some(token) = tokens.next()? {
            match token {
                Token::Text(text) => blank(text, &tokens, "template", "section")?,
                Token::Start(tag) if tag.name == "section" => {
                    let sheet = self.section(&tag, &mut tokens)?;
                    self.sheets.push(sheet);
                }
                Token::Start(tag) => return Err(misplaced(&tag, "template", "section")),
                Token::End(name, mark) => return Err(unopened(name, mark.or(tokens.last()))),
            }
        }
        Ok(())
    }

    /// The sheets that were read so far.
    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The sheets that were read.
    ///
    /// # Errors
    ///
    /// A link that leads nowhere.
    pub(super) fn finish(self) -> Result<Vec<Sheet>, Mistake> {
        match self
            .links
            .into_iter()
            .find(|(link, _)| !link.starts_with(FILE_LINK) && !self.ids.contains(link))
        {
            Some((link, mark)) => Err(Mistake::new(
                mark,
                format!("#{link}"),
                "链接的目标不存在：没有元素的 id 是它。",
                "The link leads nowhere: no element has this id.",
            )),
            None => Ok(self.sheets),
        }
    }

    /// The sheets that were read, links that lead out of them left out.
    pub(super) fn finish_part(mut self) -> Vec<Sheet> {
        for sheet in &mut self.sheets {
            for block in &mut sheet.blocks {
                match block {
                    Block::Text(text) => {
                        text.link
                            .take_if(|link| !link.starts_with(FILE_LINK) && !self.ids.contains(link));
                    }
                    Block::Table(table) => {
                        for cell in table.rows.iter_mut().flat_map(|row| &mut row.cells) {
                            cell.link
                                .take_if(|link| !link.starts_with(FILE_LINK) && !self.ids.contains(link));
                        }
                    }
                }
            }
        }
        self.sheets
    }

    fn section(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) -> Result<Sheet, Mistake> {
        const KINDS: [(&str, SheetKind); 6] = [
            ("cover", SheetKind::Cover),
            ("contents", SheetKind::Contents),
            ("part-title", SheetKind::PartTitle),
            ("narrative", SheetKind::Narrative),
            ("form", SheetKind::Form),
            ("summary", SheetKind::Summary),
        ];
        let (mut kind, mut id, mut name) = (None, None, None);
        for (attribute, value) in &tag.attributes {
            let value = || text_value(tag, attribute, value.as_ref());
            match *attribute {
                "class" => {
                    let class = value()?;
                    let known = KINDS.iter().find(|(known, _)| *known == class);
                    kind = Some(known.map(|&(_, kind)| kind).ok_or_else(|| {
                        let kinds = KINDS.map(|(known, _)| known).join(", ");
                        Mistake::new(
                            tag.mark,
                            class.as_ref(),
                            format!("section 的 class 不认识；可用：{kinds}。"),
                            format!("This is no class of a section; there are: {kinds}."),
                        )
                    })?);
                }
                "id" => id = Some(self.id(tag, &value()?)?),
                "title" => name = Some(value()?),
                _ => return Err(unknown_attribute(tag, attribute, "class, id, title")),
            }
        }
        let mut sheet = Sheet {
            kind: kind.ok_or_else(|| missing_attribute(tag, "class"))?,
            id: id.ok_or_else(|| missing_attribute(tag, "id"))?,
            name: name.ok_or_else(|| missing_attribute(tag, "title"))?.into_owned(),
            blocks: Vec::new(),
        };
        loop {
            match tokens.next()? {
                Some(Token::Text(text)) => blank(text, tokens, "section", "h1, h2, h3, p, table")?,
                Some(Token::Start(inner)) => sheet.blocks.push(match inner.name {
                    "h1" | "h2" | "h3" | "p" => Block::Text(self.text_block(&inner, tokens)?),
                    "table" => Block::Table(self.table(&inner, tokens)?),
                    _ => return Err(misplaced(&inner, "section", "h1, h2, h3, p, table")),
                }),
                Some(Token::End("section", _)) => return Ok(sheet),
                end => return Err(unclosed(tag, end.as_ref())),
            }
        }
    }

    fn text_block(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) -> Result<TextBlock, Mistake> {
        let mut block = TextBlock::default();
        let mut classes: &str = "";
        for (attribute, given) in &tag.attributes {
            let value = || text_value(tag, attribute, given.as_ref());
            match *attribute {
                "class" => classes = class_value(tag, attribute)?,
                "id" => block.id = Some(self.id(tag, &value()?)?),
                "data-field" => block.field = field(value()?),
                "data-open" => block.open = flag(tag, attribute, given.as_ref())?,
                "data-continued" => block.continued = field(value()?),
                "data-outline" => {
                    let level = value()?;
                    block.outline = match level.as_ref() {
                        "1" => 1,
                        "2" => 2,
                        _ => {
                            return Err(Mistake::new(
                                tag.mark,
                                level.as_ref(),
                                "data-outline 只能是 1 或 2。",
                                "data-outline is either 1 or 2.",
                            ));
                        }
                    };
                }
                _ => {
                    return Err(unknown_attribute(
                        tag,
                        attribute,
                        "class, id, data-field, data-open, data-outline, data-continued",
                    ));
                }
            }
        }
        block.style = self.style(tag, classes)?;
        (block.text, block.link) = self.text(tag, tokens)?;
        Ok(block)
    }

    /// The text in an element up to its end, and where a click on it leads, if one `<a>` holds all of it.
    fn text(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) -> Result<(String, Option<String>), Mistake> {
        let mut text = Text::default();
        let mut link = None;
        loop {
            match tokens.next()? {
                Some(Token::Text(piece)) => {
                    if link.is_some() {
                        blank(piece, tokens, tag.name, "nothing after </a>")?;
                    }
                    text.push(piece, tokens)?;
                }
                Some(Token::Start(inner)) if inner.name == "br" && link.is_none() => {
                    text.break_line(&inner)?;
                }
                Some(Token::Start(inner)) if inner.name == "a" && link.is_none() && text.is_empty() => {
                    link = Some(self.link(&inner)?);
                    read_link_text(&inner, &mut text, tokens)?;
                }
                Some(Token::Start(inner)) => {
                    return Err(misplaced(
                        &inner,
                        tag.name,
                        "br, or one <a> around all of the text",
                    ));
                }
                Some(Token::End(name, _)) if name == tag.name => return Ok((text.0, link)),
                end => return Err(unclosed(tag, end.as_ref())),
            }
        }
    }

    fn link(&mut self, tag: &Tag<'_>) -> Result<String, Mistake> {
        let mut target = None;
        for (attribute, value) in &tag.attributes {
            if *attribute != "href" {
                return Err(unknown_attribute(tag, attribute, "href"));
            }
            let value = text_value(tag, attribute, value.as_ref())?;
            if value.starts_with(FILE_LINK) {
                return Ok(value.into_owned());
            }
            let id = value
                .strip_prefix('#')
                .filter(|id| !id.is_empty())
                .ok_or_else(|| {
                    Mistake::new(
                        tag.mark,
                        value.as_ref(),
                        "链接只能指向本文档中的位置（写作 #id）或旁边的文件（写作 file:路径）。",
                        "A link leads to a place of this document, written #id, or to a file beside it, written file:path.",
                    )
                })?;
            target = Some(id.to_owned());
        }
        let target = target.ok_or_else(|| missing_attribute(tag, "href"))?;
        self.links.push((target.clone(), tag.mark));
        Ok(target)
    }

    fn table(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) -> Result<Table, Mistake> {
        let mut table = Table::default();
        let mut titles = Vec::new();
        let mut rest = None;
        for (attribute, value) in &tag.attributes {
            let text = || text_value(tag, attribute, value.as_ref()).map(Cow::into_owned);
            match *attribute {
                "data-chart" => titles.push((text()?, ChartKind::Bars)),
                "data-curve" => titles.push((text()?, ChartKind::Curve)),
                "data-rest" => rest = Some(text()?),
                "data-continued" => table.continued = field(text_value(tag, attribute, value.as_ref())?),
                "data-tight" => table.tight = tightness(tag, attribute, value.as_ref())?,
                _ => {
                    let known = "data-chart, data-curve, data-rest, data-continued, data-tight";
                    return Err(unknown_attribute(tag, attribute, known));
                }
            }
        }
        let mut chart = chart(tag, titles, rest)?;
        let mut charted = Vec::new();
        let mut grid: Vec<Covered> = Vec::new();
        loop {
            match tokens.next()? {
                Some(Token::Text(text)) => blank(text, tokens, "table", "col, tr")?,
                Some(Token::Start(inner)) if inner.name == "col" && table.rows.is_empty() => {
                    let (column, is_charted) = column(&inner)?;
                    if is_charted {
                        charted.push(table.columns.len());
                    }
                    table.columns.push(column);
                }
                Some(Token::Start(inner)) if inner.name == "tr" => {
                    if table.rows.is_empty() {
                        check_widths(tag, &table.columns)?;
                        grid = vec![Covered::default(); table.columns.len()];
                    }
                    let row = self.row(&inner, &mut grid, tokens)?;
                    table.rows.push(row);
                }
                Some(Token::Start(inner)) => {
                    return Err(misplaced(&inner, "table", "col (before the first row), tr"));
                }
                Some(Token::End("table", _)) => break,
                end => return Err(unclosed(tag, end.as_ref())),
            }
        }
        if table.rows.is_empty() {
            return Err(Mistake::new(
                tag.mark,
                "<table>",
                "表格没有行。",
                "The table has no row.",
            ));
        }
        if chart.is_some() == charted.is_empty() {
            return Err(Mistake::new(
                tag.mark,
                "data-chart",
                "图表要同时写在 <table>（标题）和 <col>（数值所在的列，一列或几列）上。",
                "A chart is written on the <table> (its title) and on a <col> or several (the columns of its numbers).",
            ));
        }
        if let Some(chart) = &mut chart {
            chart.columns = charted;
        }
        table.chart = chart;
        add_up(&mut table);
        match grid.iter().find(|covered| covered.rows > 0) {
            Some(covered) => Err(Mistake::new(
                covered.mark,
                "rowspan",
                format!("rowspan 超出表格末尾 {} 行。", covered.rows),
                format!(
                    "The rowspan goes {} rows beyond the end of the table.",
                    covered.rows
                ),
            )),
            None => Ok(table),
        }
    }

    fn row(&mut self, tag: &Tag<'_>, grid: &mut [Covered], tokens: &mut Tokens<'_>) -> Result<Row, Mistake> {
        let mut row = Row::default();
        for (attribute, value) in &tag.attributes {
            match *attribute {
                "data-header" => row.header = flag(tag, attribute, value.as_ref())?,
                "height" => row.height = points(tag, attribute, value.as_ref())?,
                "data-open" => row.open = flag(tag, attribute, value.as_ref())?,
                "data-bar" => row.bar = field(text_value(tag, attribute, value.as_ref())?),
                "data-key" => row.key = field(text_value(tag, attribute, value.as_ref())?),
                _ => {
                    let known = "height, data-header, data-open, data-bar, data-key";
                    return Err(unknown_attribute(tag, attribute, known));
                }
            }
        }
        let mut column = 0;
        loop {
            match tokens.next()? {
                Some(Token::Text(text)) => blank(text, tokens, "tr", "td, th")?,
                Some(Token::Start(inner)) if matches!(inner.name, "td" | "th") => {
                    while grid.get(column).is_some_and(|covered| covered.rows > 0) {
                        column += 1;
                    }
                    let cell = self.cell(&inner, column, tokens)?;
                    cover(&inner, &cell, grid)?;
                    column += cell.column_span;
                    row.cells.push(cell);
                }
                Some(Token::Start(inner)) => return Err(misplaced(&inner, "tr", "td, th")),
                Some(Token::End("tr", _)) => break,
                end => return Err(unclosed(tag, end.as_ref())),
            }
        }
        if let Some(empty) = grid.iter().position(|covered| covered.rows == 0) {
            return Err(Mistake::new(
                tag.mark,
                "<tr>",
                format!("这一行没有占满：第 {} 列没有单元格。", empty + 1),
                format!("The row is not full: there is no cell in column {}.", empty + 1),
            ));
        }
        for covered in grid {
            covered.rows -= 1;
        }
        Ok(row)
    }

    fn cell(&mut self, tag: &Tag<'_>, column: usize, tokens: &mut Tokens<'_>) -> Result<Cell, Mistake> {
        let mut cell = Cell {
            column,
            column_span: 1,
            row_span: 1,
            ..Cell::default()
        };
        let mut classes: &str = "";
        let mut own = CellAttributes::default();
        for (attribute, value) in &tag.attributes {
            match *attribute {
                "class" => classes = class_value(tag, attribute)?,
                "colspan" => cell.column_span = span(tag, attribute, value.as_ref())?,
                "rowspan" => cell.row_span = span(tag, attribute, value.as_ref())?,
                "data-field" => cell.field = field(text_value(tag, attribute, value.as_ref())?),
                "data-amount" => own.amount = flag(tag, attribute, value.as_ref())?,
                "data-percent" => own.percent = flag(tag, attribute, value.as_ref())?,
                "data-sum" => own.sum = flag(tag, attribute, value.as_ref())?,
                "data-or" => own.or = field(text_value(tag, attribute, value.as_ref())?),
                "data-show" => own.show = field(text_value(tag, attribute, value.as_ref())?),
                "data-choices" => {
                    let choices = text_value(tag, attribute, value.as_ref())?;
                    own.choices = Some(self.choices(&choices));
                }
                _ => {
                    let known = "class, colspan, rowspan, data-field, data-amount, data-percent, data-or, \
                                 data-choices, data-show, data-sum";
                    return Err(unknown_attribute(tag, attribute, known));
                }
            }
        }
        cell.style = self.style(tag, classes)?;
        (cell.text, cell.link) = self.text(tag, tokens)?;
        own.apply(tag, &mut cell)?;
        Ok(cell)
    }

    /// The texts of a list written `a|b|c`; a document has few, which its rows share.
    fn choices(&mut self, written: &str) -> Arc<[String]> {
        let known = self.choices.iter().find(|(known, _)| known == written);
        if let Some((_, choices)) = known {
            return Arc::clone(choices);
        }
        let choices: Arc<[String]> = written
            .split('|')
            .map(str::trim)
            .filter(|choice| !choice.is_empty())
            .map(str::to_owned)
            .collect();
        self.choices.push((written.to_owned(), Arc::clone(&choices)));
        choices
    }

    fn style(&mut self, tag: &Tag<'_>, classes: &str) -> Result<Style, Mistake> {
        let known = self
            .resolved
            .iter()
            .find(|(element, of, _)| element == tag.name && of == classes);
        if let Some((_, _, style)) = known {
            return Ok(*style);
        }
        let style = self.styles.resolve(tag.name, classes).map_err(|class| {
            let known = self.styles.classes();
            Mistake::new(
                tag.mark,
                class,
                format!("class “{class}”没有样式；请在 styles.toml 中添加，或改用：{known}。"),
                format!("The class {class:?} has no style; add it to styles.toml or use one of: {known}."),
            )
        })?;
        self.resolved
            .push((tag.name.to_owned(), classes.to_owned(), style));
        Ok(style)
    }

    fn id(&mut self, tag: &Tag<'_>, id: &str) -> Result<String, Mistake> {
        if id.is_empty() || !self.ids.insert(id.to_owned()) {
            return Err(Mistake::new(
                tag.mark,
                id,
                "id 不能为空，也不能重复。",
                "An id must not be empty and must not be given twice.",
            ));
        }
        Ok(id.to_owned())
    }
}

/// How a column of a table is covered by the cells above.
#[derive(Clone, Copy, Debug, Default)]
struct Covered {
    /// For how many rows more, the current one included.
    rows: usize,
    /// By which cell.
    mark: Option<Mark>,
}

/// Covers the columns of `cell` for its rows.
fn cover(tag: &Tag<'_>, cell: &Cell, grid: &mut [Covered]) -> Result<(), Mistake> {
    let end = cell.column + cell.column_span;
    let width = grid.len();
    let Some(columns) = grid.get_mut(cell.column..end) else {
        return Err(Mistake::new(
            tag.mark,
            format!("colspan=\"{}\"", cell.column_span),
            format!("单元格超出表格：表格有 {width} 列，它占到第 {end} 列。"),
            format!("The cell is beyond the table: it ends in column {end}, the table has {width} columns."),
        ));
    };
    if let Some(taken) = columns.iter().position(|covered| covered.rows > 0) {
        let taken = cell.column + taken + 1;
        return Err(Mistake::new(
            tag.mark,
            format!("colspan=\"{}\"", cell.column_span),
            format!("单元格重叠：第 {taken} 列已被上方的单元格（rowspan）占用。"),
            format!("The cells overlap: column {taken} is taken by a cell from above (rowspan)."),
        ));
    }
    columns.fill(Covered {
        rows: cell.row_span,
        mark: tag.mark,
    });
    Ok(())
}

/// By what factor a table may close up.
fn tightness(tag: &Tag<'_>, attribute: &str, value: Option<&Cow<'_, str>>) -> Result<f32, Mistake> {
    let value = text_value(tag, attribute, value)?;
    let factor = value.trim().parse().ok();
    factor
        .filter(|factor| (0.8..=1.0).contains(factor))
        .ok_or_else(|| {
            Mistake::new(
                tag.mark,
                value.as_ref(),
                "data-tight 是 0.8 至 1 的数。",
                "data-tight is a number from 0.8 to 1.",
            )
        })
}

fn check_widths(tag: &Tag<'_>, columns: &[Column]) -> Result<(), Mistake> {
    let sum: f32 = columns.iter().map(|column| column.width).sum();
    if (sum - TYPE_AREA_WIDTH).abs() <= WIDTH_TOLERANCE {
        return Ok(());
    }
    Err(Mistake::new(
        tag.mark,
        "col width",
        format!("各列宽度之和是 {sum:.1} 磅，应为 {TYPE_AREA_WIDTH} 磅（版心宽度）。"),
        format!(
            "The column widths add up to {sum:.1} points; they must add up to {TYPE_AREA_WIDTH}, the width of the type area."
        ),
    ))
}

/// The chart of a table, still without its columns.
fn chart(
    tag: &Tag<'_>,
    mut titles: Vec<(String, ChartKind)>,
    rest: Option<String>,
) -> Result<Option<Chart>, Mistake> {
    if titles.len() > 1 || (titles.is_empty() && rest.is_some()) {
        return Err(Mistake::new(
            tag.mark,
            "data-chart",
            "data-chart（条形图）和 data-curve（曲线图）只能写一个；data-rest 要与 data-chart 同用。",
            "Only one of data-chart (bars) and data-curve (a curve) may stand here; data-rest goes with data-chart.",
        ));
    }
    Ok(titles.pop().map(|(title, kind)| Chart {
        title,
        kind,
        columns: Vec::new(),
        rest: rest.unwrap_or_default(),
    }))
}

/// A column, and whether its amounts are shown in a chart.
fn column(tag: &Tag<'_>) -> Result<(Column, bool), Mistake> {
    let mut width = None;
    let (mut least, mut most) = (None, None);
    let mut is_charted = false;
    for (attribute, value) in &tag.attributes {
        match *attribute {
            "width" => width = Some(points(tag, attribute, value.as_ref())?),
            "data-least" => least = Some(points(tag, attribute, value.as_ref())?),
            "data-most" => most = Some(points(tag, attribute, value.as_ref())?),
            "data-chart" => is_charted = flag(tag, attribute, value.as_ref())?,
            _ => {
                let known = "width, data-least, data-most, data-chart";
                return Err(unknown_attribute(tag, attribute, known));
            }
        }
    }
    let width = width.ok_or_else(|| missing_attribute(tag, "width"))?;
    let column = Column {
        width,
        least: least.unwrap_or(width),
        most: most.unwrap_or(width),
    };
    if column.least < NARROWEST_COLUMN {
        return Err(Mistake::new(
            tag.mark,
            column.least.to_string(),
            format!("列宽不能小于 {NARROWEST_COLUMN} 磅。"),
            format!("A column must be at least {NARROWEST_COLUMN} points wide."),
        ));
    }
    if !(column.least <= width && width <= column.most) {
        return Err(Mistake::new(
            tag.mark,
            width.to_string(),
            "列宽 width 不能小于 data-least，也不能大于 data-most。",
            "The width of a column lies between its data-least and its data-most.",
        ));
    }
    Ok((column, is_charted))
}

fn read_link_text(tag: &Tag<'_>, text: &mut Text, tokens: &mut Tokens<'_>) -> Result<(), Mistake> {
    loop {
        match tokens.next()? {
            Some(Token::Text(piece)) => text.push(piece, tokens)?,
            Some(Token::Start(inner)) if inner.name == "br" => text.break_line(&inner)?,
            Some(Token::Start(inner)) => return Err(misplaced(&inner, "a", "br")),
            Some(Token::End("a", _)) => return Ok(()),
            end => return Err(unclosed(tag, end.as_ref())),
        }
    }
}

/// The text of an element: runs of white space are one space, as in HTML; `<br>` begins a line.
#[derive(Default)]
struct Text(String);

impl Text {
    fn is_empty(&self) -> bool {
        self.0.trim_ascii().is_empty()
    }

    fn push(&mut self, piece: &str, tokens: &Tokens<'_>) -> Result<(), Mistake> {
        let piece = unescape(piece).map_err(|entity| tokens.entity(entity))?;
        if !piece.bytes().any(|byte| byte.is_ascii_whitespace()) {
            self.0.push_str(&piece);
            return Ok(());
        }
        for c in piece.chars() {
            if !c.is_ascii_whitespace() {
                self.0.push(c);
            } else if !(self.0.is_empty() || self.0.ends_with([' ', '\n'])) {
                self.0.push(' ');
            }
        }
        Ok(())
    }

    fn break_line(&mut self, tag: &Tag<'_>) -> Result<(), Mistake> {
        if let Some((attribute, _)) = tag.attributes.first() {
            return Err(unknown_attribute(tag, attribute, "–"));
        }
        self.trim_end();
        self.0.push('\n');
        Ok(())
    }

    fn trim_end(&mut self) {
        if self.0.ends_with(' ') {
            self.0.pop();
        }
    }
}

fn field(value: Cow<'_, str>) -> Option<String> {
    (!value.is_empty()).then(|| value.into_owned())
}

fn text_value<'v>(
    tag: &Tag<'_>,
    attribute: &str,
    value: Option<&'v Cow<'_, str>>,
) -> Result<Cow<'v, str>, Mistake> {
    value.map(|value| Cow::Borrowed(value.as_ref())).ok_or_else(|| {
        Mistake::new(
            tag.mark,
            attribute,
            format!("属性 {attribute} 没有值。"),
            format!("The attribute {attribute} has no value."),
        )
    })
}

fn class_value<'t>(tag: &'t Tag<'_>, attribute: &str) -> Result<&'t str, Mistake> {
    tag.attributes
        .iter()
        .find(|(name, _)| *name == attribute)
        .and_then(|(_, value)| value.as_deref())
        .ok_or_else(|| missing_attribute(tag, attribute))
}

fn flag(tag: &Tag<'_>, attribute: &str, value: Option<&Cow<'_, str>>) -> Result<bool, Mistake> {
    match value {
        None => Ok(true),
        Some(value) => Err(Mistake::new(
            tag.mark,
            format!("{attribute}=\"{value}\""),
            format!("属性 {attribute} 不写值：写上即为是。"),
            format!("The attribute {attribute} takes no value: it holds where it is written."),
        )),
    }
}

fn points(tag: &Tag<'_>, attribute: &str, value: Option<&Cow<'_, str>>) -> Result<f32, Mistake> {
    let value = text_value(tag, attribute, value)?;
    value
        .trim()
        .trim_end_matches("pt")
        .parse()
        .ok()
        .filter(|points| (0.0..=1000.0).contains(points))
        .ok_or_else(|| {
            Mistake::new(
                tag.mark,
                format!("{attribute}=\"{value}\""),
                format!("{attribute} 应为 0 至 1000 的数（磅）。"),
                format!("{attribute} must be a number of points from 0 to 1000."),
            )
        })
}

fn span(tag: &Tag<'_>, attribute: &str, value: Option<&Cow<'_, str>>) -> Result<usize, Mistake> {
    let value = text_value(tag, attribute, value)?;
    value
        .parse()
        .ok()
        .filter(|span| (1..=MOST_ROWS).contains(span))
        .ok_or_else(|| {
            Mistake::new(
                tag.mark,
                format!("{attribute}=\"{value}\""),
                format!("{attribute} 应为正整数。"),
                format!("{attribute} must be a whole number, at least 1."),
            )
        })
}

fn blank(text: &str, tokens: &Tokens<'_>, inside: &str, wanted: &str) -> Result<(), Mistake> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(());
    }
    Err(tokens.mistake(
        text.chars().take(40).collect::<String>(),
        format!("此处不能有文字；{} 中只能是：{wanted}。", place_name(inside).0),
        format!(
            "No text may stand here; {} holds only: {wanted}.",
            place_name(inside).1
        ),
    ))
}

fn place_name(inside: &str) -> (String, String) {
    if inside == "template" {
        (
            "模板最外层".to_owned(),
            "the outermost level of a template".to_owned(),
        )
    } else {
        (format!("<{inside}>"), format!("<{inside}>"))
    }
}

fn misplaced(tag: &Tag<'_>, inside: &str, wanted: &str) -> Mistake {
    let (zh, en) = place_name(inside);
    Mistake::new(
        tag.mark,
        format!("<{}>", tag.name),
        format!("标签 <{}> 不能用在此处；{zh} 中只能是：{wanted}。", tag.name),
        format!(
            "The tag <{}> cannot stand here; {en} holds only: {wanted}.",
            tag.name
        ),
    )
}

fn unopened(name: &str, mark: Option<Mark>) -> Mistake {
    Mistake::new(
        mark,
        format!("</{name}>"),
        format!("结束标签 </{name}> 没有对应的开始标签。"),
        format!("The end tag </{name}> closes nothing."),
    )
}

/// The mistake of an element that ends with something else than its end tag.
fn unclosed(tag: &Tag<'_>, end: Option<&Token<'_>>) -> Mistake {
    if let Some(Token::End(name, mark)) = end
        && is_void(name)
    {
        return unopened(name, *mark);
    }
    let (zh, en) = match end {
        Some(Token::End(name, _)) => (format!("遇到了 </{name}>"), format!("</{name}> came first")),
        _ => ("直到模板末尾".to_owned(), "the template ended first".to_owned()),
    };
    Mistake::new(
        tag.mark,
        format!("<{}>", tag.name),
        format!("标签 <{}> 没有用 </{}> 结束（{zh}）。", tag.name, tag.name),
        format!("The tag <{}> is not closed by </{}>: {en}.", tag.name, tag.name),
    )
}

fn unknown_attribute(tag: &Tag<'_>, attribute: &str, known: &str) -> Mistake {
    Mistake::new(
        tag.mark,
        attribute,
        format!("标签 <{}> 没有属性 {attribute}；可用：{known}。", tag.name),
        format!(
            "The tag <{}> has no attribute {attribute}; there are: {known}.",
            tag.name
        ),
    )
}

fn missing_attribute(tag: &Tag<'_>, attribute: &str) -> Mistake {
    Mistake::new(
        tag.mark,
        format!("<{}>", tag.name),
        format!("标签 <{}> 缺少属性 {attribute}。", tag.name),
        format!("The tag <{}> wants the attribute {attribute}.", tag.name),
    )
}
