//! Neutral sheets: what the templates yield, and what the workbook, the PDF and the preview are
//! made from. Lengths are in points (1/72 inch).
//!
//! Architecture invariant: nothing here knows of a file format, a template or the model; a cell
//! only carries the *name* of the model field that it shows.

use std::sync::Arc;

use rust_decimal::Decimal;

/// Width of the type area of a page in points (156 mm, GB/T 9704-2012).
pub const TYPE_AREA_WIDTH: f32 = 442.2;
/// Height of the type area of a page in points (225 mm, GB/T 9704-2012).
pub const TYPE_AREA_HEIGHT: f32 = 637.8;

/// What a link begins with that leads to a file beside the document instead of a place in it.
pub const FILE_LINK: &str = "file:";

/// One department's document, ready to be written out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Title for the document properties.
    pub title: String,
    /// Author for the document properties: who compiled it.
    pub author: String,
    /// The year of the document; its files are dated 1 January of it.
    pub year: Option<i32>,
    /// Whether the PDF is to be printed on one side of the paper: the numbers of all pages stand on the
    /// right then.
    pub one_sided: bool,
    /// The sheets in their order.
    pub sheets: Vec<Sheet>,
    /// What is to be said beside cells, at most once for each place.
    pub notes: Vec<Note>,
    /// Whether people write in it, so that its workbook is read back by the keys of its rows.
    pub is_answered: bool,
}

/// What is to be said beside a cell: it is shown on the screen and not printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it is said.
    pub on: NoteOn,
    /// The text; `\n` begins a new line.
    pub text: String,
}

/// The place of a note.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NoteOn {
    /// The first cell or text that shows the model field of this path.
    Field(String),
    /// The first cell of the sheet with this id.
    Sheet(String),
}

/// One part of the document: it begins on a new page of the PDF, and most kinds are a sheet of
/// their own in the workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What part of the document it is.
    pub kind: SheetKind,
    /// Name that links point to, unique in the document.
    pub id: String,
    /// Name of the sheet's tab; writers shorten it to what their format takes.
    pub name: String,
    /// What stands on it, from top to bottom.
    pub blocks: Vec<Block>,
}

/// The parts of a performance document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetKind {
    /// The cover; its page has no number.
    Cover,
    /// The contents list; its pages have no number, the PDF adds page numbers and leaders.
    Contents,
    /// A page that holds the title of a part. It is not a sheet of the workbook.
    PartTitle,
    /// The narrative.
    Narrative,
    /// One performance target form.
    Form,
    /// What all forms come to, with live formulas and a chart; it is in the workbook and the HTML page only.
    Summary,
}

/// One piece of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A line or a paragraph of text, headings included.
    Text(TextBlock),
    /// A table.
    Table(Table),
}

/// A heading, a paragraph or a line of the contents list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextBlock {
    /// The text; `\n` begins a new line.
    pub text: String,
    /// How it looks.
    pub style: Style,
    /// Level in the outline of the PDF: 0 for none, else 1 or 2.
    pub outline: u8,
    /// Name that links may point to.
    pub id: Option<String>,
    /// Name of the sheet or block that a click leads to; in a contents sheet the page number of
    /// that target is shown.
    pub link: Option<String>,
    /// Path of the model field it shows, such as `narrative.safeguards[0]`; a person may edit it then.
    pub field: Option<String>,
    /// Whether people may insert, delete and move texts here.
    pub open: bool,
    /// What follows the text where it is shown again above a table that goes on on a further page of the
    /// PDF; it is not shown again where there is none.
    pub continued: Option<String>,
}

/// A table. Rows hold only the cells that begin in them; a covered place has no cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The chart below it.
    pub chart: Option<Chart>,
    /// What follows the label of a merged cell where it is shown again on a further page of the PDF.
    pub continued: Option<String>,
    /// By what factor, from 0.8 to 1, the PDF may bring lines and rows closer to one another where that
    /// saves a page; 0 and 1 for not at all.
    pub tight: f32,
}

/// One column of a table; widths are in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Column {
    /// Its width where nothing speaks for another.
    pub width: f32,
    /// The least width that the PDF may give it, so that another column has more room.
    pub least: f32,
    /// The greatest width that the PDF may give it.
    pub most: f32,
}

impl Column {
    /// A column of that width, whatever stands in it.
    #[must_use]
    pub const fn fixed(width: f32) -> Self {
        Self {
            width,
            least: width,
            most: width,
        }
    }
}

/// A chart of the rows of its table that have a [`Row::bar`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What stands above it.
    pub title: String,
    /// What it shows the amounts as.
    pub kind: ChartKind,
    /// The columns of the table whose amounts it shows, from 0; at least one. Each is a series that is
    /// called as its column is.
    pub columns: Vec<usize>,
    /// What the one bar of all rows is called that have no room for bars of their own.
    pub rest: String,
}

/// What a chart shows amounts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar for each row, from left to right; several series are parts of it, one after the other.
    #[default]
    Bars,
    /// A line over the rows for each series.
    Curve,
}

impl Table {
    /// What a column is called: the text of its cell in the last of the header rows on top.
    #[must_use]
    pub fn heading(&self, column: usize) -> &str {
        let headers = self.rows.iter().take_while(|row| row.header);
        let above = headers.flat_map(|row| &row.cells).filter(|cell| {
            cell.column <= column && column < cell.column.saturating_add(cell.column_span.max(1))
        });
        above.last().map_or("", |cell| cell.text.as_str())
    }
}

/// One row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Whether it is shown again on top of each page that the rows below it continue on.
    pub header: bool,
    /// Least height in points.
    pub height: f32,
    /// Whether people may insert, delete and move rows here.
    pub open: bool,
    /// The name that it has in the table's chart; it is not shown there without one.
    pub bar: Option<String>,
    /// What the row is known by when the workbook is read back, wherever it was moved to. It stands in a
    /// hidden column of the workbook and is never shown.
    pub key: Option<String>,
    /// The cells that begin in this row, from left to right.
    pub cells: Vec<Cell>,
}

impl Row {
    /// Whether a page must not end after it: its cells say so.
    #[must_use]
    pub fn keeps(&self) -> bool {
        !self.cells.is_empty() && self.cells.iter().all(|cell| cell.style.keep)
    }
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// First column, from 0.
    pub column: usize,
    /// Number of columns, at least 1.
    pub column_span: usize,
    /// Number of rows, at least 1.
    pub row_span: usize,
    /// The text; `\n` begins a new line.
    pub text: String,
    /// The number that the text says, where the cell holds an amount.
    pub amount: Option<Decimal>,
    /// How it looks.
    pub style: Style,
    /// Path of the model field it shows, such as `projects[0].budget.total`; a person may edit it then.
    pub field: Option<String>,
    /// What people are offered and allowed to enter; anything where there is none.
    pub entry: Option<Entry>,
    /// What the text is made from in a program that calculates.
    pub formula: Option<Formula>,
    /// Name of the sheet or text that a click leads to, in the workbook.
    pub link: Option<String>,
}

/// What a cell is to hold. Whatever it is, it may be blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// One of these texts, offered in a list; others only after a question.
    Choice(Arc<[String]>),
    /// A number of 0 or more, or `or` in its place.
    Amount {
        /// The text that may stand for the number.
        or: Option<String>,
    },
    /// A percentage from 0 to 100; of several in a row each is at least the one before.
    Percent,
}

/// What a cell is calculated from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// It shows what the cell of the model field of this path shows.
    Field(String),
    /// It is the sum of the amounts above it in its table and its column.
    Sum,
}

/// How a text or a cell looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The face.
    pub face: Face,
    /// Size in points.
    pub size: f32,
    /// The size in points down to which the PDF may set the text of a crowded cell; 0 for [`Self::size`].
    pub least: f32,
    /// Where the lines stand in their width.
    pub align: Align,
    /// Where the text stands in the height of its cell.
    pub vertical: Vertical,
    /// Indent of the first line, in ems.
    pub indent: f32,
    /// Distance from baseline to baseline in points; 0 for 1.35 times the size.
    pub pitch: f32,
    /// Space above in points, left out on top of a page unless the sheet begins with it.
    pub before: f32,
    /// Space below in points.
    pub after: f32,
    /// Whether the cell has borders.
    pub border: bool,
    /// Whether a page must not end after it.
    pub keep: bool,
    /// Whether the cell has a grey ground.
    pub shade: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            face: Face::Song,
            size: 10.5,
            least: 0.0,
            align: Align::Left,
            vertical: Vertical::Middle,
            indent: 0.0,
            pitch: 0.0,
            before: 0.0,
            after: 0.0,
            border: false,
            keep: false,
            shade: false,
        }
    }
}

impl Style {
    /// Distance from baseline to baseline in points.
    #[must_use]
    pub fn line_pitch(&self) -> f32 {
        if self.pitch > 0.0 {
            self.pitch
        } else {
            self.size * 1.35
        }
    }
}

/// The five faces of an official document (GB/T 9704-2012).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// 仿宋, the body.
    Fangsong,
    /// 小标宋, titles.
    Title,
    /// 黑体, level-1 headings and labels.
    Hei,
    /// 楷体, level-2 headings.
    Kai,
    /// 宋体, tables and page numbers.
    Song,
}

impl Face {
    /// All faces, in the order of their declaration.
    pub const ALL: [Face; 5] = [Face::Fangsong, Face::Title, Face::Hei, Face::Kai, Face::Song];
}

/// Where lines stand in their width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
    /// Filling the width, the last line at the left edge.
    Justify,
}

/// Where text stands in the height of its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vertical {
    /// At the top.
    Top,
    /// In the middle.
    Middle,
    /// At the bottom.
    Bottom,
}
