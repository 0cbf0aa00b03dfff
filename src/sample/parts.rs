//! A filled document taken apart into lines and rows of cells, as text extractors meet it.

use super::dialects::Dialect;
use super::random::Random;
use crate::model::ContentsEntry;
use crate::pdf::{Pages, Role};
use crate::sheet::{Block, Document, Sheet, SheetKind, Table, TextBlock};

/// A piece of a document.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// A line of text.
    Line {
        text: String,
        /// Whether it is a heading.
        is_heading: bool,
    },
    /// A line of the contents list.
    Entry(ContentsEntry),
    /// The rows of a table, or of a part of one.
    Rows(Vec<Row>),
}

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Whether it is the header of the indicators.
    pub(super) is_header: bool,
}

/// A cell of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether the form prints it, so that nobody filled it in.
    pub(super) is_label: bool,
    /// The columns and the rows that it covers; 0 rows where it is a blank in the place of a covered cell.
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Part {
    /// A line that is no heading.
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self::Line {
            text: text.into(),
            is_heading: false,
        }
    }
}

/// The contents list of a document, without page numbers.
pub(super) fn contents(document: &Document) -> Vec<ContentsEntry> {
    let sheets = document.sheets.iter();
    let texts = sheets
        .filter(|sheet| sheet.kind == SheetKind::Contents)
        .flat_map(texts);
    texts
        .filter(|text| text.link.is_some())
        .map(|text| ContentsEntry {
            text: text.text.clone(),
            ..ContentsEntry::default()
        })
        .collect()
}

fn texts(sheet: &Sheet) -> impl Iterator<Item = &TextBlock> {
    sheet.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text),
        Block::Table(_) => None,
    })
}

/// Gives the lines of a contents list the page numbers that a document of such a length could have; those
/// of the parts have none.
pub(super) fn number(contents: &mut [ContentsEntry], document: &Document, random: &mut Random) {
    let lines = document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind == SheetKind::Contents)
        .flat_map(texts)
        .filter_map(|text| text.link.as_deref());
    let is_part = |link: &str| {
        document
            .sheets
            .iter()
            .any(|sheet| sheet.kind == SheetKind::PartTitle && sheet.id == link)
    };
    let mut page = 1;
    for (entry, link) in contents.iter_mut().zip(lines) {
        if is_part(link) {
            continue;
        }
        entry.page = Some(page.to_string());
        page += random.between(1, 2);
    }
}

/// Gives the lines of a contents list the page numbers that the pages print.
pub(super) fn number_as_laid_out(contents: &mut [ContentsEntry], pages: &Pages) {
    let runs = pages.pages.iter().flat_map(|page| &page.runs);
    let numbers = runs.filter(|run| run.role == Role::Reference);
    for (entry, number) in contents.iter_mut().zip(numbers) {
        entry.page = Some(number.text.clone());
    }
}

/// Takes a document apart, its contents list being `contents`.
pub(super) fn parts(document: &Document, contents: &[ContentsEntry], dialect: Dialect) -> Vec<Part> {
    let mut parts = Vec::new();
    for sheet in &document.sheets {
        if sheet.kind == SheetKind::Contents {
            let headings = texts(sheet).filter(|text| text.link.is_none());
            parts.extend(headings.map(|text| heading(&text.text)));
            parts.extend(contents.iter().cloned().map(Part::Entry));
            continue;
        }
        for block in &sheet.blocks {
            match block {
                Block::Text(text) => parts.extend(text.text.lines().map(|line| Part::Line {
                    text: line.to_owned(),
                    is_heading: text.outline > 0,
                })),
                Block::Table(table) => add_table(&mut parts, table, dialect),
            }
        }
    }
    parts
}

fn heading(text: &str) -> Part {
    Part::Line {
        text: text.to_owned(),
        is_heading: true,
    }
}

fn add_table(parts: &mut Vec<Part>, table: &Table, dialect: Dialect) {
    let width = table.columns.len();
    // The rows that a cell above reaches down to, by column.
    let mut covered = vec![0; width];
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let cells = with_unit_joined(&row.cells);
        if dialect.has_units_above() && cells.iter().any(|cell| is_unit(cell.field.as_deref())) {
            parts.extend(cells.iter().map(|cell| Part::line(cell.text.clone())));
            continue;
        }
        let mut made = Row {
            cells: Vec::with_capacity(width),
            is_header: row.header,
        };
        let mut column = 0;
        while column < width {
            let below = covered[column] > 0;
            let begins = cells.iter().find(|cell| cell.column == column);
            let columns = begins.map_or(1, |cell| cell.column_span.max(1));
            let reach = begins.map_or(0, |cell| cell.row_span.max(1));
            if below {
                covered[column] -= 1;
            }
            if let Some(cell) = begins {
                made.cells.push(Cell {
                    text: cell.text.clone(),
                    is_label: cell.field.is_none(),
                    columns,
                    rows: reach,
                });
                covered[column] = reach - 1;
            }
            if dialect.is_a_grid() && begins.is_some() {
                made.cells.extend((1..columns).map(|_| Cell::default()));
            } else if begins.is_none() && (below || dialect.is_a_grid()) {
                made.cells.push(Cell::default());
            }
            column += columns;
        }
        rows.push(made);
    }
    parts.push(Part::Rows(rows));
}

/// Whether a cell shows the code or the name of a unit.
fn is_unit(field: Option<&str>) -> bool {
    field.is_some_and(|field| {
        [".unit_code", ".unit_name"]
            .iter()
            .any(|end| field.ends_with(end))
    })
}

/// The cells of a row, that of a unit's code joined with that of its name behind it, as offices print them.
fn with_unit_joined(cells: &[crate::sheet::Cell]) -> Vec<crate::sheet::Cell> {
    let mut joined: Vec<crate::sheet::Cell> = Vec::with_capacity(cells.len());
    for cell in cells {
        match joined.last_mut() {
            Some(last) if is_unit(last.field.as_deref()) && is_unit(cell.field.as_deref()) => {
                last.text.push_str(&cell.text);
                last.column_span += cell.column_span;
            }
            _ => joined.push(cell.clone()),
        }
    }
    joined
}
