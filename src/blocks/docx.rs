//! Word documents: paragraphs and tables as they print, with all tracked changes accepted.
//!
//! Text that does not print is left out: field codes, comments, the reading aids above characters, and
//! hidden text, which is reported.

use super::archive::Fault;
use super::builder::{Builder, FoundCell};
use super::package::{Package, Relation};
use super::xml::{Tag, Xml};
use crate::finding::Place;

mod numbering;
mod styles;
mod symbols;

use numbering::Numbering;
use styles::Styles;

/// Reads the document whose main part is `main`. Returns the hidden text that was left out.
pub(super) fn read(package: &Package<'_>, main: &str, builder: &mut Builder) -> String {
    let relations = package.relations(main);
    let of_kind = |kind: &str| relations.iter().find(|relation| relation.kind == kind);
    let mut reader = Reader::default();
    if let Some(part) = of_kind("styles") {
        package.read(&part.target, |xml| reader.styles.read(xml));
    }
    if let Some(part) = of_kind("numbering") {
        package.read(&part.target, |xml| reader.numbering.read(xml));
    }
    let mut flow = Flow::default();
    package.read(main, |xml| reader.blocks(xml, &mut flow));
    flow.end();
    // Headers and footers are read last: they do not count in the lists of the text.
    let mut printer = Printer::new(builder);
    let mut shown = Vec::new();
    let starts_page: Vec<bool> = flow.items.iter().filter_map(Item::section_start).collect();
    let mut section = 0;
    for item in &flow.items {
        if let Item::Section { parts, .. } = item {
            for part in parts {
                let target = relations.iter().find(|relation| relation.id == *part);
                reader.furniture(package, target, &mut shown, &mut printer);
            }
            section += 1;
            // How a section begins is said at its end.
            if starts_page.get(section).is_some_and(|&starts| starts) {
                printer.builder.page_break();
            }
        } else {
            printer.item(item);
        }
    }
    for kind in ["footnotes", "endnotes"] {
        let Some(part) = of_kind(kind) else { continue };
        let mut notes = Flow::default();
        package.read(&part.target, |xml| reader.notes(xml, &mut notes));
        notes.end();
        if notes.items.iter().any(Item::is_visible) {
            printer.builder.page_break();
        }
        notes.items.iter().for_each(|item| printer.item(item));
    }
    reader.hidden
}

/// One piece of a text.
#[derive(Debug)]
enum Item {
    /// Its lines, `\n` between them.
    Paragraph(String),
    Table(Table),
    PageBreak,
    /// The end of a section.
    Section {
        /// Whether the section began on a new page.
        starts_page: bool,
        /// The relations of its headers and footers.
        parts: Vec<String>,
    },
}

#[derive(Debug, Default)]
struct Table {
    /// How many columns it has.
    width: usize,
    rows: Vec<Vec<TableCell>>,
}

/// A cell that begins in its row.
#[derive(Debug)]
struct TableCell {
    column: usize,
    columns: usize,
    items: Vec<Item>,
}

impl Item {
    fn section_start(&self) -> Option<bool> {
        match self {
            Self::Section { starts_page, .. } => Some(*starts_page),
            _ => None,
        }
    }

    fn is_visible(&self) -> bool {
        match self {
            Self::Paragraph(text) => !text.trim().is_empty(),
            Self::Table(table) => table.rows.iter().flatten().any(TableCell::is_visible),
            Self::PageBreak | Self::Section { .. } => false,
        }
    }

    fn add_lines(&self, lines: &mut String) {
        match self {
            Self::Paragraph(text) => {
                lines.push_str(text);
                lines.push('\n');
            }
            Self::Table(table) => {
                let cells = table.rows.iter().flatten();
                cells
                    .flat_map(|cell| &cell.items)
                    .for_each(|item| item.add_lines(lines));
            }
            Self::PageBreak | Self::Section { .. } => {}
        }
    }
}

impl TableCell {
    fn is_visible(&self) -> bool {
        self.items.iter().any(Item::is_visible)
    }

    fn has_table(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Table(_)))
    }

    fn text(&self) -> String {
        let mut lines = String::new();
        self.items.iter().for_each(|item| item.add_lines(&mut lines));
        lines
    }
}

/// Pieces of a text in order, while they are read.
#[derive(Debug, Default)]
struct Flow {
    items: Vec<Item>,
    /// The text of a paragraph whose end is deleted: the next paragraph goes on with it.
    joined: String,
}

impl Flow {
    /// Ends the text: nothing is left to be joined.
    fn end(&mut self) {
        if !self.joined.is_empty() {
            self.items.push(Item::Paragraph(std::mem::take(&mut self.joined)));
        }
    }
}

/// Gives what was read to the builder, and counts paragraphs and tables.
struct Printer<'b> {
    builder: &'b mut Builder,
    paragraphs: u32,
    tables: u16,
}

impl<'b> Printer<'b> {
    fn new(builder: &'b mut Builder) -> Self {
        Self {
            builder,
            paragraphs: 0,
            tables: 0,
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Paragraph(text) if text.trim().is_empty() => self.builder.blank(),
            Item::Paragraph(text) => {
                self.paragraphs += 1;
                let place = Place::Paragraph {
                    page: None,
                    paragraph: self.paragraphs,
                };
                for line in text.split('\n') {
                    self.builder.paragraph(line, place.clone());
                }
            }
            Item::Table(table) => self.table(table),
            Item::PageBreak => self.builder.page_break(),
            Item::Section { .. } => {}
        }
    }

    fn table(&mut self, table: &Table) {
        self.tables = self.tables.saturating_add(1);
        let number = self.tables;
        for (row, cells) in table.rows.iter().enumerate() {
            let mut visible = cells.iter().filter(|cell| cell.is_visible());
            // A table alone in a row is only framed by it.
            if let (Some(cell), None) = (visible.next(), visible.next())
                && cell.has_table()
            {
                cell.items.iter().for_each(|item| self.item(item));
                continue;
            }
            let found = cells.iter().map(|cell| FoundCell {
                text: cell.text(),
                column: cell.column,
                columns: cell.columns,
                place: Place::Table {
                    page: None,
                    table: number,
                    row: row as u32 + 1,
                    cell: u16::try_from(cell.column + 1).unwrap_or(u16::MAX),
                },
            });
            self.builder.row(table.width, found);
        }
    }
}

/// What a paragraph says of itself.
#[derive(Debug, Default)]
struct Properties {
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    breaks_page: Option<bool>,
    /// The mark at its end is deleted or moved away.
    has_deleted_end: bool,
    section: Option<Item>,
}

/// The format of a run, as far as it changes what is read.
#[derive(Clone, Copy, Debug, Default)]
struct Format {
    is_hidden: bool,
    font: symbols::Font,
}

#[derive(Default)]
struct Reader {
    styles: Styles,
    numbering: Numbering,
    /// The fields that are open, from the outer to the inner, and whether their result has begun.
    fields: Vec<bool>,
    /// Text in the instructions of the fields that are open, which print their results only.
    instruction: String,
    /// The hidden text that was left out.
    hidden: String,
    /// How many cells are around.
    cells: usize,
}

/// Stands in the text of a paragraph where a page ends; no XML can hold it.
const PAGE_END: char = '\u{c}';

impl Reader {
    /// Reads what the entered element holds (a body, a cell, a text box) into `flow`.
    fn blocks(&mut self, xml: &mut Xml<'_>, flow: &mut Flow) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            match tag.name() {
                "p" => self.paragraph(xml, flow)?,
                "tbl" => {
                    let mut table = Table::default();
                    // Rows that were read before a fault are kept.
                    let result = self.table(xml, &mut table, &mut Vec::new());
                    flow.end();
                    flow.items.push(Item::Table(table));
                    result?;
                }
                "sectPr" => flow.items.push(section(xml)?),
                "AlternateContent" => self.alternatives(xml, |reader, xml| {
                    let before = flow.items.len();
                    reader.blocks(xml, flow)?;
                    Ok(flow.items[before..].iter().any(Item::is_visible))
                })?,
                "del" | "moveFrom" | "sdtPr" | "sdtEndPr" | "customXmlPr" | "tcPr" => xml.skip()?,
                // Content controls, insertions and other wrappers.
                _ => self.blocks(xml, flow)?,
            }
        }
        Ok(())
    }

    /// Reads the first of several equal contents that holds any text.
    fn alternatives(
        &mut self,
        xml: &mut Xml<'_>,
        mut read: impl FnMut(&mut Self, &mut Xml<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let mut is_read = false;
        while let Some(tag) = xml.child()? {
            if !is_read && matches!(tag.name(), "Choice" | "Fallback") {
                is_read = read(self, xml)?;
            } else {
                xml.skip()?;
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, xml: &mut Xml<'_>, flow: &mut Flow) -> Result<(), Fault> {
        let mut properties = Properties::default();
        let mut text = std::mem::take(&mut flow.joined);
        let mut boxes = Flow::default();
        let mut result = Ok(());
        while result.is_ok() {
            result = match xml.child() {
                Ok(None) => break,
                Ok(Some(tag)) if tag.name() == "pPr" => read_properties(xml, &mut properties),
                Ok(Some(tag)) => self.inline(&tag, xml, Format::default(), &mut text, &mut boxes),
                Err(fault) => Err(fault),
            };
        }
        // Instructions of a field end with their paragraph, or one that was never closed would
        // swallow the rest of the document; what stands in it was text then.
        let fields = self.fields.len();
        self.fields.retain(|&has_result| has_result);
        if self.fields.len() < fields {
            text.push_str(&self.instruction);
        }
        self.instruction.clear();
        let number = self.number(&properties);
        let style = properties.style.as_deref().or(self.styles.default());
        let starts_page = properties
            .breaks_page
            .unwrap_or_else(|| style.is_some_and(|style| self.styles.breaks_page(style)));
        if starts_page {
            flow.items.push(Item::PageBreak);
        }
        if properties.has_deleted_end && result.is_ok() {
            flow.joined = text;
        } else {
            // Word prints the number of an empty paragraph too; it says something only where a column
            // of a table is numbered so.
            if let Some(number) = number
                && (self.cells > 0 || !text.trim().is_empty())
            {
                text = numbered(number, &text);
            }
            for (index, part) in text.split(PAGE_END).enumerate() {
                if index > 0 {
                    flow.items.push(Item::PageBreak);
                }
                if index == 0 || !part.is_empty() {
                    flow.items.push(Item::Paragraph(part.to_owned()));
                }
            }
        }
        boxes.end();
        flow.items.append(&mut boxes.items);
        flow.items.extend(properties.section);
        result
    }

    /// The automatic number of a paragraph.
    fn number(&mut self, properties: &Properties) -> Option<String> {
        let style = properties.style.as_deref().or(self.styles.default());
        let of_style = style.and_then(|style| self.styles.list(style));
        let list = properties.list.as_deref().or(of_style.map(|(list, _)| list))?;
        let level = properties.level.or_else(|| {
            // A list that the paragraph names itself begins at its first level.
            let is_own = properties.list.is_some();
            if is_own {
                Some(0)
            } else {
                of_style.and_then(|(_, level)| level)
            }
        });
        let owner = style.and_then(|style| self.styles.list_owner(style));
        self.numbering.next(list, level, owner, &self.styles)
    }

    /// Reads one element inside a paragraph: its text into `text`, what stands in text boxes into `boxes`.
    fn inline(
        &mut self,
        tag: &Tag<'_>,
        xml: &mut Xml<'_>,
        format: Format,
        text: &mut String,
        boxes: &mut Flow,
    ) -> Result<(), Fault> {
        match tag.name() {
            "t" => {
                let mut piece = String::new();
                let result = xml.text(&mut piece);
                let piece: String = piece.chars().map(|c| format.font.meaning(c)).collect();
                self.say(&piece, format, text);
                return result;
            }
            "tab" | "ptab" => self.say("\t", format, text),
            "cr" => self.say("\n", format, text),
            "br" => {
                let ends_page = tag.attribute("type").as_deref() == Some("page");
                // The end of a page inside a cell only moves the rest of its row.
                let mark = if ends_page && self.cells == 0 {
                    PAGE_END
                } else {
                    '\n'
                };
                self.say(mark.encode_utf8(&mut [0; 4]), format, text);
            }
            "noBreakHyphen" => self.say("-", format, text),
            "sym" => {
                let font = tag
                    .attribute("font")
                    .map_or(format.font, |font| symbols::Font::named(&font));
                let code = tag.attribute("char");
                let code = code.and_then(|code| u32::from_str_radix(code.trim(), 16).ok());
                if let Some(c) = code.and_then(char::from_u32) {
                    let c = font.meaning(c);
                    self.say(c.encode_utf8(&mut [0; 4]), format, text);
                }
            }
            "fldChar" => match tag.attribute("fldCharType").as_deref() {
                Some("begin") => self.fields.push(false),
                Some("separate") => {
                    if let Some(has_result) = self.fields.last_mut() {
                        *has_result = true;
                    }
                    self.instruction.clear();
                }
                _ => {
                    if self.fields.pop() == Some(false) {
                        self.instruction.clear();
                    }
                }
            },
            "r" => return self.run(xml, format, text, boxes),
            "p" => {
                // A paragraph of a drawing.
                let mut own = String::new();
                while let Some(tag) = xml.child()? {
                    self.inline(&tag, xml, format, &mut own, boxes)?;
                }
                boxes.items.push(Item::Paragraph(own));
                return Ok(());
            }
            "txbxContent" => {
                // Fields do not reach into a text box or out of it.
                let fields = std::mem::take(&mut self.fields);
                let mut flow = Flow::default();
                let result = self.blocks(xml, &mut flow);
                flow.end();
                self.fields = fields;
                if format.is_hidden {
                    let mut lines = String::new();
                    flow.items.iter().for_each(|item| item.add_lines(&mut lines));
                    self.hidden.push_str(&lines);
                } else {
                    boxes.items.append(&mut flow.items);
                }
                return result;
            }
            "textpath" => {
                // Ornamental writing of old documents.
                let string = tag.attribute("string").unwrap_or_default();
                boxes.items.push(Item::Paragraph(string));
            }
            "AlternateContent" => {
                return self.alternatives(xml, |reader, xml| {
                    let (before, boxes_before) = (text.len(), boxes.items.len());
                    while let Some(tag) = xml.child()? {
                        reader.inline(&tag, xml, format, text, boxes)?;
                    }
                    let in_boxes = boxes.items[boxes_before..].iter().any(Item::is_visible);
                    Ok(in_boxes || text.len() > before)
                });
            }
            "del" | "moveFrom" | "delText" | "instrText" | "delInstrText" | "pPr" | "rPr" | "tblPr"
            | "sdtPr" | "sdtEndPr" | "smartTagPr" | "customXmlPr" | "fldData" | "ffData" | "rt"
            | "rubyPr" | "softHyphen" => {}
            name => {
                if name == "den" {
                    // The lower part of a fraction in a formula.
                    self.say("/", format, text);
                }
                while let Some(tag) = xml.child()? {
                    self.inline(&tag, xml, format, text, boxes)?;
                }
                return Ok(());
            }
        }
        xml.skip()
    }

    fn run(
        &mut self,
        xml: &mut Xml<'_>,
        outer: Format,
        text: &mut String,
        boxes: &mut Flow,
    ) -> Result<(), Fault> {
        let mut format = outer;
        while let Some(tag) = xml.child()? {
            if tag.name() != "rPr" {
                self.inline(&tag, xml, format, text, boxes)?;
                continue;
            }
            let mut own = None;
            while let Some(tag) = xml.child()? {
                match tag.name() {
                    "vanish" => own = Some(tag.is_on("val")),
                    "rStyle" => {
                        let style = tag.attribute("val").unwrap_or_default();
                        own = own.or(self.styles.hides(&style).then_some(true));
                    }
                    "rFonts" => {
                        let font = tag.attribute("ascii").or_else(|| tag.attribute("hAnsi"));
                        format.font = font.map_or(format.font, |font| symbols::Font::named(&font));
                    }
                    _ => {}
                }
                xml.skip()?;
            }
            format.is_hidden = own.unwrap_or(outer.is_hidden);
        }
        Ok(())
    }

    /// Adds what prints to `to`, and remembers what is hidden.
    fn say(&mut self, piece: &str, format: Format, to: &mut String) {
        if !self.fields.iter().all(|&has_result| has_result) {
            self.instruction.push_str(piece);
        } else if format.is_hidden {
            self.hidden.push_str(piece);
        } else {
            to.push_str(piece);
        }
    }

    /// Reads rows into `table`; `merged` are the columns that a cell from above reaches into.
    fn table(&mut self, xml: &mut Xml<'_>, table: &mut Table, merged: &mut Vec<usize>) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            match tag.name() {
                "tr" => {
                    let mut row = Row::default();
                    let result = self.row(xml, &mut row);
                    if !row.is_deleted {
                        table.add(row, merged, &mut self.hidden);
                    }
                    result?;
                }
                "gridCol" => {
                    table.width += 1;
                    xml.skip()?;
                }
                "tblPr" | "tblGridChange" | "tblPrEx" | "sdtPr" | "sdtEndPr" | "customXmlPr" | "del"
                | "moveFrom" => xml.skip()?,
                _ => self.table(xml, table, merged)?,
            }
        }
        Ok(())
    }

    fn row(&mut self, xml: &mut Xml<'_>, row: &mut Row) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            match tag.name() {
                "trPr" => {
                    while let Some(tag) = xml.child()? {
                        match tag.name() {
                            "gridBefore" => row.column = tag.number("val").unwrap_or(0).min(MOST_COLUMNS),
                            "gridAfter" => row.after = tag.number("val").unwrap_or(0).min(MOST_COLUMNS),
                            "del" => row.is_deleted = true,
                            _ => {}
                        }
                        xml.skip()?;
                    }
                }
                "tc" => {
                    self.cells += 1;
                    let result = self.cell(xml, row);
                    self.cells -= 1;
                    result?;
                }
                "tblPrEx" | "sdtPr" | "sdtEndPr" | "customXmlPr" | "del" | "moveFrom" => xml.skip()?,
                _ => self.row(xml, row)?,
            }
        }
        Ok(())
    }

    fn cell(&mut self, xml: &mut Xml<'_>, row: &mut Row) -> Result<(), Fault> {
        let mut columns = 1;
        let (mut goes_on_down, mut goes_on_right, mut is_deleted) = (false, false, false);
        let mut flow = Flow::default();
        // The properties come first, if there are any; the content is read in one go.
        let mut result = Ok(());
        while result.is_ok() {
            result = match xml.child() {
                Ok(None) => break,
                Err(fault) => Err(fault),
                Ok(Some(tag)) if tag.name() == "tcPr" => {
                    while let Some(tag) = xml.child()? {
                        let goes_on = || tag.attribute("val").as_deref() != Some("restart");
                        match tag.name() {
                            "gridSpan" => columns = tag.number("val").unwrap_or(1).clamp(1, MOST_COLUMNS),
                            "vMerge" => goes_on_down = goes_on(),
                            "hMerge" => goes_on_right = goes_on(),
                            "cellDel" => is_deleted = true,
                            _ => {}
                        }
                        if tag.name() == "vMerge" && !goes_on_down {
                            row.starts_merge = true;
                        }
                        xml.skip()?;
                    }
                    Ok(())
                }
                Ok(Some(tag)) => match tag.name() {
                    "p" => self.paragraph(xml, &mut flow),
                    "tbl" => {
                        let mut table = Table::default();
                        let result = self.table(xml, &mut table, &mut Vec::new());
                        flow.items.push(Item::Table(table));
                        result
                    }
                    "del" | "moveFrom" => xml.skip(),
                    _ => self.blocks(xml, &mut flow),
                },
            };
        }
        flow.end();
        if is_deleted {
            return result;
        }
        row.cells.push(RowCell {
            cell: TableCell {
                column: row.column,
                columns,
                items: flow.items,
            },
            starts_down: std::mem::take(&mut row.starts_merge),
            goes_on_down,
            goes_on_right,
        });
        row.column += columns;
        result
    }

    /// Reads the notes of a document, without the lines that part them from the text.
    fn notes(&mut self, xml: &mut Xml<'_>, flow: &mut Flow) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            let kind = tag.attribute("type");
            if kind.is_none_or(|kind| kind == "normal") {
                self.blocks(xml, flow)?;
            } else {
                xml.skip()?;
            }
        }
        Ok(())
    }

    /// Shows a header or a footer, each part once.
    fn furniture(
        &mut self,
        package: &Package<'_>,
        part: Option<&Relation>,
        shown: &mut Vec<String>,
        printer: &mut Printer<'_>,
    ) {
        let Some(part) = part.filter(|part| !shown.contains(&part.target)) else {
            return;
        };
        shown.push(part.target.clone());
        let mut flow = Flow::default();
        package.read(&part.target, |xml| self.blocks(xml, &mut flow));
        flow.end();
        let mut lines = String::new();
        flow.items.iter().for_each(|item| item.add_lines(&mut lines));
        let place = Place::Paragraph {
            page: None,
            paragraph: printer.paragraphs.max(1),
        };
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            printer.builder.furniture(line, place.clone());
        }
    }
}

/// A table has no more columns than this; Word itself stops at 63.
const MOST_COLUMNS: usize = 1000;

#[derive(Debug, Default)]
struct Row {
    /// The column after the last cell.
    column: usize,
    /// Columns behind the last cell.
    after: usize,
    is_deleted: bool,
    /// The cell that is being read begins a merge downward.
    starts_merge: bool,
    cells: Vec<RowCell>,
}

#[derive(Debug)]
struct RowCell {
    cell: TableCell,
    starts_down: bool,
    goes_on_down: bool,
    goes_on_right: bool,
}

impl Table {
    /// Adds a row without the cells that go on with others.
    fn add(&mut self, row: Row, merged: &mut Vec<usize>, hidden: &mut String) {
        self.width = self.width.max(row.column + row.after);
        let mut cells: Vec<TableCell> = Vec::new();
        for found in row.cells {
            let (column, columns) = (found.cell.column, found.cell.columns);
            let is_below = merged.contains(&column);
            if found.goes_on_right
                && let Some(left) = cells.last_mut()
            {
                left.columns += columns;
            } else if found.goes_on_down && is_below {
                // What such a cell holds is covered by the one above.
                hidden.push_str(&found.cell.text());
                continue;
            } else {
                cells.push(found.cell);
            }
            merged.retain(|&other| other < column || other >= column + columns);
            // A cell that goes on with none begins a merge itself.
            if found.starts_down || found.goes_on_down {
                merged.push(column);
            }
        }
        self.rows.push(cells);
    }
}

/// Reads the properties of a paragraph.
fn read_properties(xml: &mut Xml<'_>, properties: &mut Properties) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            // The format of the mark at the end, and whether that is deleted.
            "numPr" | "rPr" => {
                read_properties(xml, properties)?;
                continue;
            }
            "sectPr" => {
                properties.section = Some(section(xml)?);
                continue;
            }
            "pStyle" => properties.style = tag.attribute("val"),
            "numId" => properties.list = tag.attribute("val"),
            "ilvl" => properties.level = tag.number("val"),
            "pageBreakBefore" => properties.breaks_page = Some(tag.is_on("val")),
            "del" | "moveFrom" => properties.has_deleted_end = true,
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

/// Reads the properties of a section.
fn section(xml: &mut Xml<'_>) -> Result<Item, Fault> {
    let mut starts_page = true;
    let mut parts = Vec::new();
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "headerReference" | "footerReference" => parts.extend(tag.attribute("id")),
            "type" => {
                let kind = tag.attribute("val");
                starts_page = !matches!(kind.as_deref(), Some("continuous" | "nextColumn"));
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(Item::Section { starts_page, parts })
}

/// A text behind its number, parted where the two would read as one number or word.
fn numbered(number: String, text: &str) -> String {
    let text = text.trim_start_matches([' ', '\t']);
    let last = number.chars().next_back();
    let runs_on = last.is_some_and(|c| c.is_ascii_alphanumeric())
        || (last.is_some_and(|c| c.is_ascii_punctuation())
            && text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric()));
    number + if runs_on { " " } else { "" } + text
}

#[cfg(test)]
mod tests;
