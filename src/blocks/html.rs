//! HTML: whole documents, as word processors and spreadsheets save them, and pieces of it within other
//! text, as converters write the tables that Markdown cannot express.
//!
//! It is read as browsers do: forgiving, in one pass, without recursion. End tags may be missing. A
//! table within a table is the page's layout if it stands alone in its row, and then its rows are
//! rows; else it is a part of the cell around it.

use super::reading::{Frame, Reading, line_at, push_row};
use super::{BlockKind, Blocks, Cell, column_number};
use crate::source::{Source, is_blank};

pub(super) mod tags;

use tags::{Element, Tag, declaration_end, reference_at, tag_at};

/// The most tables within tables that are told apart.
const DEEPEST: usize = 8;
/// The most columns whose merging downward is followed.
const MOST_COLUMNS: usize = 256;
/// The most columns that a cell takes.
const MOST_MERGED: usize = 1000;
/// How far a comment before the first tag is followed, in bytes.
const LONGEST_COMMENT: usize = 1 << 16;

/// The attribute of an element whose text is made from the rest of the document, and is none of its own.
pub(crate) const DERIVED: &str = "data-derived";

/// Reads the HTML that begins at `start`, if any does.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let is_document = begins(&source.text, start)?;
    let mut reader = Html {
        text: &source.text,
        at: start,
        flushed: start,
        blocks,
        reading: Reading::new(source),
        gap: Gap::None,
        tables: Vec::new(),
        ignored: 0,
        lists: Vec::new(),
        marker: None,
        pre: 0,
        open: 0,
        in_paragraph: false,
        is_furniture: false,
        derived: None,
        endless: 0,
    };
    reader.read(is_document);
    Some(reader.at)
}

/// Whether HTML begins at an offset, and if so, whether it is a document rather than a piece.
fn begins(text: &str, start: usize) -> Option<bool> {
    let blanks = text[start..]
        .bytes()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let mut at = start + blanks;
    // A line that begins with a tab is a cell that an extractor wrote on a line of its own.
    let is_cell = text[start..at].contains('\t');
    if !text[at..].starts_with('<') {
        return None;
    }
    for _ in 0..16 {
        if text[at..].starts_with("<!--") {
            let limit = text.len().min(at + LONGEST_COMMENT);
            let length = find(&text.as_bytes()[at..limit], b"-->")?;
            at += length + 3;
        } else if let Some(end) = declaration_end(text, at) {
            let head = text.get(at..at + 9).unwrap_or_default();
            if head.eq_ignore_ascii_case("<!doctype") || head.starts_with("<?xml") {
                return Some(true);
            }
            at = end;
        } else {
            let tag = tag_at(text, at)?;
            match tag.element {
                Element::Document | Element::Hidden => return Some(true),
                Element::Inline => at = tag.end,
                Element::Break => return None,
                _ => {
                    // A row of cells between tabs whose first is marked up.
                    let (line, _) = line_at(text, at);
                    let is_row = tag.element == Element::Paragraph && text[line].contains("</p>\t");
                    return (!is_cell && !is_row).then_some(false);
                }
            }
        }
        at += text[at..].bytes().take_while(u8::is_ascii_whitespace).count();
        if at >= text.len() {
            return Some(false);
        }
        if !text[at..].starts_with('<') {
            return None;
        }
    }
    None
}

/// Where a short text stands in bytes.
fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// White space that was read and is seen only if text follows on the same line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    /// A line end of the source, which is nothing between two Chinese characters.
    LineEnd,
}

struct Html<'s, 'b> {
    text: &'s str,
    at: usize,
    /// Where the blocks so far end.
    flushed: usize,
    blocks: &'b mut Blocks<'s>,
    /// The text of the innermost cell or paragraph.
    reading: Reading<'s>,
    gap: Gap,
    tables: Vec<Table<'s>>,
    /// Open tables that are too deep to be told apart.
    ignored: usize,
    lists: Vec<List>,
    /// The number of a list item whose text has not begun.
    marker: Option<String>,
    pre: usize,
    /// Open elements that hold blocks.
    open: usize,
    in_paragraph: bool,
    /// Whether the text that is read names a sheet.
    is_furniture: bool,
    /// How many elements were open around the one whose text is made from the rest of the document.
    derived: Option<usize>,
    /// Bits for the ends that are known not to come any more.
    endless: u8,
}

#[derive(Default)]
struct Table<'s> {
    row: usize,
    /// For each column the row before which a cell from above takes it.
    taken: Vec<usize>,
    column: usize,
    width: usize,
    /// The cells of the open row.
    cells: Vec<Open<'s>>,
    in_row: bool,
    in_cell: bool,
    frame: Frame,
}

/// A cell of a row that is being read.
struct Open<'s> {
    column: usize,
    columns: usize,
    /// Its text, when it is closed.
    cell: Option<Cell<'s>>,
    /// What a table within it made of its text so far.
    parts: Vec<Part<'s>>,
}

/// A part of a cell with a table in it.
enum Part<'s> {
    Text(BlockKind, Cell<'s>),
    Row(Vec<Cell<'s>>, usize),
}

impl<'s> Part<'s> {
    fn cells(&self) -> &[Cell<'s>] {
        match self {
            Self::Text(_, cell) => std::slice::from_ref(cell),
            Self::Row(cells, _) => cells,
        }
    }

    /// Where its first text begins.
    fn start(&self) -> Option<usize> {
        self.cells().first().map(|cell| cell.start as usize)
    }
}

struct List {
    numbered: Option<Style>,
    next: usize,
}

#[derive(Clone, Copy)]
enum Style {
    Decimal,
    Letters(char),
    Roman(bool),
    Chinese,
    Blank,
}

impl<'s> Html<'s, '_> {
    fn read(&mut self, is_document: bool) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'<' => {
                    if self.markup(is_document) {
                        break;
                    }
                }
                b'&' => match reference_at(self.text, self.at) {
                    Some((c, end)) => {
                        let mut buffer = [0; 4];
                        self.put(c.encode_utf8(&mut buffer));
                        self.at = end;
                    }
                    None => self.take(self.at + 1),
                },
                b'\n' if self.pre > 0 => {
                    self.line_break();
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' if self.pre == 0 => {
                    if self.space(is_document) {
                        break;
                    }
                }
                _ => self.take(self.text_end()),
            }
        }
        self.in_paragraph = false;
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.end_line();
        if self.flushed < self.at {
            self.blocks.push(BlockKind::Blank, self.flushed..self.at, None, 0);
        }
    }

    /// Where the text that begins here ends: at markup, or at white space that is not a single blank.
    fn text_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'<' | b'&' => break,
                b'\n' if self.pre > 0 => break,
                b'\r' | b'\n' | b'\x0c' if self.pre == 0 => break,
                b' ' | b'\t'
                    if self.pre == 0
                        && bytes
                            .get(end + 1)
                            .is_none_or(|next| next.is_ascii_whitespace() || *next == b'<') =>
                {
                    break;
                }
                _ => end += 1,
            }
        }
        end
    }

    /// Adds the text up to an offset.
    fn take(&mut self, end: usize) {
        let first = self.text[self.at..].chars().next();
        self.close_gap(first);
        self.reading.take(self.at..end);
        self.at = end;
    }

    fn put(&mut self, text: &str) {
        self.close_gap(text.chars().next());
        self.reading.put(text, self.at);
    }

    /// Adds the white space before a character, and the number of its list item.
    fn close_gap(&mut self, next: Option<char>) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let Some(next) = next else { return };
        if !is_blank(next)
            && let Some(marker) = self.marker.take()
        {
            self.reading.put(&marker, self.at);
            return;
        }
        let is_seen = match (gap, self.reading.last()) {
            (Gap::None, _) | (_, None | Some('\n')) => false,
            (Gap::Space, _) => true,
            (Gap::LineEnd, Some(last)) => !(is_wide(last) && is_wide(next)),
        };
        if is_seen {
            self.reading.put(" ", self.at);
        }
    }

    /// Passes over white space. Returns whether a piece of HTML ends with it.
    fn space(&mut self, is_document: bool) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let white = &rest[..length];
        let next = rest.get(length);
        if white == b"\t" && !self.reading.is_blank() && next.is_some_and(|next| *next != b'<') {
            self.reading.take(self.at..self.at + 1);
            self.at += 1;
            return false;
        }
        let mut line_ends = white
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'\n')
            .map(|(at, _)| at);
        let first = line_ends.next();
        if first.is_some() && !is_document && self.tables.is_empty() && next != Some(&b'<') {
            // As in Markdown, a blank line ends a piece; so does the end of a line after its last tag.
            if line_ends.next().is_some() || (self.open == 0 && !self.in_paragraph) {
                self.at += white.iter().position(|&b| b == b'\n').map_or(length, |at| at + 1);
                return true;
            }
        }
        let gap = if first.is_some() { Gap::LineEnd } else { Gap::Space };
        if self.gap != Gap::LineEnd {
            self.gap = gap;
        }
        self.at += length;
        false
    }

    /// Reads what begins with `<`. Returns whether the document ends with it.
    fn markup(&mut self, is_document: bool) -> bool {
        if self.text[self.at..].starts_with("<!--") {
            if let Some(length) = self.ahead(0, |rest| find(rest, b"-->")) {
                self.at += length + 3;
                return false;
            }
        } else if let Some(end) = declaration_end(self.text, self.at) {
            self.at = end;
            return false;
        }
        let Some(tag) = tag_at(self.text, self.at) else {
            self.take(self.at + 1);
            return false;
        };
        let is_last = is_document && tag.is_end && tag.name(self.text).eq_ignore_ascii_case("html");
        if tag.element == Element::Hidden && !tag.is_end && !self.text[..tag.end].ends_with("/>") {
            let name = tag.name(self.text).to_ascii_lowercase();
            let bit = match name.as_str() {
                "script" => 1,
                "style" => 2,
                "title" => 3,
                "svg" => 5,
                _ => 4,
            };
            if let Some(length) = self.ahead(bit, |rest| end_tag(rest, name.as_bytes())) {
                self.at += length;
            }
            self.at = self.at.max(tag.end);
            return false;
        }
        self.tag(&tag);
        self.at = tag.end;
        if is_last {
            let (line, next) = line_at(self.text, self.at);
            if self.text[line].trim().is_empty() {
                self.at = next;
            }
        }
        is_last
    }

    /// Looks for something in the rest of the text, but not again after it was not found.
    fn ahead(&mut self, bit: u8, look: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        if self.endless & (1 << bit) != 0 {
            return None;
        }
        let found = look(&self.text.as_bytes()[self.at..]);
        if found.is_none() {
            self.endless |= 1 << bit;
        }
        found
    }

    fn tag(&mut self, tag: &Tag) {
        // An end tag belongs to what it ends.
        if tag.is_end {
            self.at = tag.end;
        }
        match tag.element {
            Element::Inline => self.anchor(tag),
            Element::Hidden => {}
            Element::Break => self.line_break(),
            Element::Document => self.end_line(),
            Element::Paragraph => {
                self.end_line();
                self.in_paragraph = !tag.is_end;
            }
            Element::Block | Element::Pre => {
                self.end_line();
                self.in_paragraph = false;
                if !tag.is_end && self.derived.is_none() && tag.attribute(self.text, DERIVED).is_some() {
                    self.derived = Some(self.open);
                }
                self.count(tag);
                if tag.is_end && self.derived.is_some_and(|around| self.open <= around) {
                    self.derived = None;
                }
                if tag.element == Element::Pre {
                    self.pre = if tag.is_end {
                        self.pre.saturating_sub(1)
                    } else {
                        self.pre + 1
                    };
                }
            }
            Element::NumberedList | Element::List => {
                self.end_line();
                self.count(tag);
                if tag.is_end {
                    self.lists.pop();
                } else {
                    let numbered = (tag.element == Element::NumberedList).then(|| style(tag, self.text));
                    let next = tag.number(self.text, "start").unwrap_or(1);
                    self.lists.push(List { numbered, next });
                }
            }
            Element::Item => {
                self.end_line();
                self.marker = None;
                if !tag.is_end
                    && let Some(list) = self.lists.last_mut()
                {
                    let number = tag.number(self.text, "value").unwrap_or(list.next);
                    list.next = number + 1;
                    self.marker = list.numbered.and_then(|style| marker(style, number));
                }
            }
            Element::Table | Element::Rows | Element::Row | Element::Cell if self.ignored > 0 => {
                self.line_break();
                if tag.element == Element::Table {
                    self.ignored = if tag.is_end {
                        self.ignored - 1
                    } else {
                        self.ignored + 1
                    };
                }
            }
            Element::Table => {
                self.in_paragraph = false;
                if tag.is_end {
                    self.end_table();
                } else {
                    self.start_table();
                }
            }
            Element::Rows => {
                self.end_row();
                if let Some(table) = self.tables.last_mut() {
                    table.taken.clear();
                }
            }
            Element::Row => {
                self.end_row();
                if !tag.is_end {
                    self.start_row();
                }
            }
            Element::Cell => {
                self.end_cell();
                if !tag.is_end {
                    self.start_cell(tag);
                }
            }
        }
    }

    /// A spreadsheet program writes the names of the sheets before its tables, as a list of links too.
    fn anchor(&mut self, tag: &Tag) {
        let is_table = |name| {
            let value = tag.attribute(self.text, name).unwrap_or_default();
            let number = value.trim_start_matches('#').strip_prefix("table");
            number.is_some_and(|number| number.len() < 5 && number.parse::<u16>().is_ok())
        };
        if tag.is_end || !tag.name(self.text).eq_ignore_ascii_case("a") || !self.tables.is_empty() {
            return;
        }
        let is_link = is_table("href");
        if is_link
            && let Some(heading) = self.blocks.list.last_mut()
            && heading.kind == BlockKind::Paragraph
        {
            heading.kind = BlockKind::Furniture;
        }
        self.is_furniture = is_link || is_table("name");
    }

    fn count(&mut self, tag: &Tag) {
        let name = tag.name(self.text);
        if name.eq_ignore_ascii_case("hr") {
            return;
        }
        self.open = if tag.is_end {
            self.open.saturating_sub(1)
        } else {
            self.open + 1
        };
    }

    /// Whether the text that is read now belongs to a cell.
    fn in_cell(&self) -> bool {
        self.tables.last().is_some_and(|table| table.in_cell)
    }

    fn line_break(&mut self) {
        self.gap = Gap::None;
        if !self.in_cell() {
            return self.end_line();
        }
        if !self.reading.is_blank() && self.reading.last() != Some('\n') {
            self.reading.put("\n", self.at);
        }
    }

    /// Ends a line of a cell, or a paragraph.
    fn end_line(&mut self) {
        self.gap = Gap::None;
        if self.in_cell() {
            return self.line_break();
        }
        let Some(cell) = self.reading.cell(0, 1) else {
            return;
        };
        match self.tables.last_mut() {
            // Text behind the cells of a row is one more.
            Some(table) if table.in_row && !table.cells.is_empty() => {
                let column = table.column;
                table.column += 1;
                table.width = table.width.max(table.column);
                table.cells.push(Open {
                    column,
                    columns: 1,
                    cell: Some(Cell {
                        column: column_number(column),
                        ..cell
                    }),
                    parts: Vec::new(),
                });
            }
            _ => self.paragraph(cell),
        }
    }

    fn paragraph(&mut self, cell: Cell<'s>) {
        let kind = if std::mem::take(&mut self.is_furniture) || self.derived.is_some() {
            BlockKind::Furniture
        } else {
            BlockKind::Paragraph
        };
        self.add(Part::Text(kind, cell), self.at);
    }

    /// Adds a paragraph or a row to the cell around it, or to the blocks, as one that ends at an offset.
    fn add(&mut self, part: Part<'s>, end: usize) {
        if let Some(parts) = self.outer_cell() {
            parts.push(part);
            return;
        }
        let span = std::mem::replace(&mut self.flushed, end)..end;
        match part {
            Part::Text(kind, cell) => self.blocks.push(kind, span, Some(cell), 1),
            Part::Row(cells, width) if self.derived.is_none() => push_row(self.blocks, span, cells, width),
            Part::Row(cells, _) => {
                let texts: Vec<&str> = cells.iter().map(|cell| &*cell.text).collect();
                let cell = cells.first().map(|first| Cell {
                    text: texts.join(" ").into(),
                    columns: 1,
                    ..first.clone()
                });
                self.blocks.push(BlockKind::Furniture, span, cell, 1);
            }
        }
    }

    /// The parts of the cell around the innermost table, or around the text outside its cells.
    fn outer_cell(&mut self) -> Option<&mut Vec<Part<'s>>> {
        let around = self.tables.iter_mut().rev().find(|table| table.in_cell)?;
        around.cells.last_mut().map(|cell| &mut cell.parts)
    }

    fn start_table(&mut self) {
        if self.tables.len() == DEEPEST {
            self.line_break();
            self.ignored += 1;
            return;
        }
        // The text of the cell before the table within it; between cells there is no place for a table.
        self.gap = Gap::None;
        if !self.in_cell() {
            self.end_row();
        }
        if let Some(cell) = self.reading.cell(0, 1) {
            self.paragraph(cell);
        }
        self.tables.push(Table::default());
    }

    fn end_table(&mut self) {
        self.end_row();
        self.end_line();
        self.tables.pop();
    }

    fn start_row(&mut self) {
        if self.tables.is_empty() {
            self.start_table();
        }
        if let Some(table) = self.tables.last_mut() {
            table.in_row = true;
            table.column = 0;
        }
    }

    fn start_cell(&mut self, tag: &Tag) {
        if self.tables.last().is_none_or(|table| !table.in_row) {
            self.start_row();
        }
        self.end_line();
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let mut column = table.column;
        while table.taken.get(column).is_some_and(|&until| until > table.row) {
            column += 1;
        }
        let most = if column > MOST_COLUMNS { 1 } else { MOST_MERGED };
        let columns = tag.number(self.text, "colspan").unwrap_or(1).clamp(1, most);
        let rows = match tag.number(self.text, "rowspan") {
            Some(0) => usize::MAX - table.row,
            Some(rows) => rows,
            None => 1,
        };
        table.column = column + columns;
        table.width = table.width.max(table.column);
        if rows > 1 {
            let end = table.column.min(MOST_COLUMNS);
            if table.taken.len() < end {
                table.taken.resize(end, 0);
            }
            if let Some(taken) = table.taken.get_mut(column..end) {
                taken.fill(table.row + rows);
            }
        }
        table.in_cell = true;
        table.cells.push(Open {
            column,
            columns,
            cell: None,
            parts: Vec::new(),
        });
    }

    fn end_cell(&mut self) {
        self.gap = Gap::None;
        let Some(table) = self.tables.last_mut().filter(|table| table.in_cell) else {
            return;
        };
        table.in_cell = false;
        self.in_paragraph = false;
        if let Some(open) = table.cells.last_mut() {
            let cell = self.reading.cell(open.column, open.columns);
            if open.parts.is_empty() {
                open.cell = cell;
            } else {
                open.parts
                    .extend(cell.map(|cell| Part::Text(BlockKind::Paragraph, cell)));
            }
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.end_line();
        let Some(table) = self.tables.last_mut().filter(|table| table.in_row) else {
            return;
        };
        table.in_row = false;
        table.row += 1;
        table.column = 0;
        let width = table.width;
        let mut row = std::mem::take(&mut table.cells);
        row.retain(|open| open.cell.is_some() || !open.parts.is_empty());
        if let [only] = row.as_mut_slice()
            && !only.parts.is_empty()
        {
            let mut parts = std::mem::take(&mut only.parts).into_iter().peekable();
            while let Some(part) = parts.next() {
                let end = parts.peek().and_then(Part::start).unwrap_or(self.at);
                self.add(part, end);
            }
            return;
        }
        let mut cells: Vec<Cell> = row.into_iter().filter_map(Open::flat).collect();
        if let Some(table) = self.tables.last_mut() {
            table.frame.strip(&mut cells);
        }
        if !cells.is_empty() {
            self.add(Part::Row(cells, width), self.at);
        }
    }
}

impl<'s> Open<'s> {
    /// The cell with all its parts in one text.
    fn flat(self) -> Option<Cell<'s>> {
        if self.parts.is_empty() {
            return self.cell;
        }
        let mut text = String::new();
        let mut start = None;
        for part in &self.parts {
            for (at, cell) in part.cells().iter().enumerate() {
                start = start.or(Some(cell.start));
                if at > 0 {
                    text.push(' ');
                } else if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&cell.text);
            }
        }
        start.map(|start| Cell {
            text: text.into(),
            start,
            column: column_number(self.column),
            columns: column_number(self.columns),
        })
    }
}

/// Where the end tag of an element stands.
fn end_tag(bytes: &[u8], name: &[u8]) -> Option<usize> {
    let is_end = |window: &[u8]| window.starts_with(b"</") && window[2..].eq_ignore_ascii_case(name);
    bytes.windows(name.len() + 2).position(is_end)
}

/// Whether a character is as wide as a Chinese one, so that no space is written beside it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{2014}'..='\u{2026}' | '\u{20000}'..='\u{3ffff}')
}

/// How a list numbers its items.
fn style(tag: &Tag, text: &str) -> Style {
    let css = tag.attribute(text, "style").unwrap_or_default();
    let named = css.split(';').find_map(|rule| {
        let (name, value) = rule.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("list-style-type")
            .then(|| value.trim())
    });
    match named.or(tag.attribute(text, "type")).unwrap_or_default() {
        "a" | "lower-alpha" | "lower-latin" => Style::Letters('a'),
        "A" | "upper-alpha" | "upper-latin" => Style::Letters('A'),
        "i" | "lower-roman" => Style::Roman(false),
        "I" | "upper-roman" => Style::Roman(true),
        "cjk-ideographic"
        | "cjk-decimal"
        | "simp-chinese-informal"
        | "trad-chinese-informal"
        | "japanese-informal" => Style::Chinese,
        "none" | "disc" | "circle" | "square" => Style::Blank,
        _ => Style::Decimal,
    }
}

/// What stands before the text of a list item.
fn marker(style: Style, number: usize) -> Option<String> {
    Some(match style {
        Style::Letters(first) if (1..=26).contains(&number) => {
            let letter = char::from_u32(first as u32 + number as u32 - 1)?;
            format!("{letter}.")
        }
        Style::Roman(upper) if (1..4000).contains(&number) => {
            let roman = super::numerals::roman(number as u64);
            format!("{}.", if upper { roman.to_uppercase() } else { roman })
        }
        Style::Chinese if (1..100).contains(&number) => {
            let digit = |digit: usize| "一二三四五六七八九".chars().nth(digit.wrapping_sub(1));
            let (tens, ones) = (number / 10, number % 10);
            let tens = [digit(tens).filter(|_| tens > 1), (tens > 0).then_some('十')];
            let digits = tens.into_iter().chain([digit(ones)]).flatten();
            digits.chain(['、']).collect()
        }
        Style::Blank => return None,
        _ => format!("{number}."),
    })
}
