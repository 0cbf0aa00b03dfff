//! Workbooks of all formats: sheets of cells, merged cells and hidden parts become rows and paragraphs.
//!
//! What a person sees counts: numbers as their formats show them, one text for a merged cell, nothing
//! of hidden sheets, rows and columns, which are reported.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::archive::{Fault, Limit};
use super::builder::{Builder, FoundCell};
use super::office::{hidden_text, said};
use crate::finding::{Code, Finding, Message, Place};
use crate::source::is_blank;

mod format;
mod ods;
mod xls;
mod xlsx;

pub(super) use ods::read as read_ods;
pub(super) use xls::read as read_xls;
pub(super) use xlsx::read as read_xlsx;

/// A workbook while it is read: sheets go to the builder one by one.
struct Workbook<'b> {
    builder: &'b mut Builder,
    /// Sheets met so far, hidden ones included.
    sheets: u16,
    hidden_sheets: Vec<String>,
    hidden_text: String,
    /// Formulas whose results the file does not hold, and the place of the first.
    uncalculated: (usize, Option<Place>),
    fault: Option<Fault>,
    /// Cells and bytes of text met so far.
    cells: usize,
    text: usize,
    /// Bytes of records gone through so far.
    scanned: usize,
}

/// One sheet.
struct Sheet {
    number: u16,
    name: Arc<str>,
    cells: Vec<SheetCell>,
    merged: Vec<Range>,
    hidden_rows: Spans,
    hidden_columns: Spans,
    /// Texts that lie over the cells.
    boxes: Vec<SheetCell>,
}

/// A cell that is not blank.
#[derive(Clone, Debug)]
struct SheetCell {
    row: u32,
    column: u32,
    text: Arc<str>,
}

/// Rows and columns, first and last.
#[derive(Clone, Copy, Debug)]
struct Range {
    rows: (u32, u32),
    columns: (u32, u32),
}

/// First and last numbers of runs of rows or columns.
#[derive(Debug, Default)]
struct Spans(Vec<(u32, u32)>);

impl Spans {
    fn push(&mut self, first: u32, last: u32) {
        match self.0.last_mut() {
            Some(span) if span.1.checked_add(1) == Some(first) => span.1 = last,
            _ => self.0.push((first, last)),
        }
    }

    fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// The first number from `at` on that is in no span; the spans are sorted.
    fn after(&self, at: u32) -> u32 {
        let index = self.0.partition_point(|span| span.1 < at);
        self.0[index..].iter().fold(at, |at, span| {
            if span.0 <= at && at <= span.1 {
                span.1.saturating_add(1)
            } else {
                at
            }
        })
    }
}

impl<'b> Workbook<'b> {
    fn new(builder: &'b mut Builder) -> Self {
        Self {
            builder,
            sheets: 0,
            hidden_sheets: Vec::new(),
            hidden_text: String::new(),
            uncalculated: (0, None),
            fault: None,
            cells: 0,
            text: 0,
            scanned: 0,
        }
    }

    /// Begins a sheet; `None` if it is hidden and is not read.
    fn sheet(&mut self, name: &str, is_hidden: bool) -> Option<Sheet> {
        self.sheets = self.sheets.saturating_add(1);
        if is_hidden {
            self.hidden_sheets.push(name.to_owned());
            return None;
        }
        Some(Sheet {
            number: self.sheets,
            name: name.into(),
            cells: Vec::new(),
            merged: Vec::new(),
            hidden_rows: Spans::default(),
            hidden_columns: Spans::default(),
            boxes: Vec::new(),
        })
    }

    /// Adds a cell unless it is blank.
    fn add(&mut self, sheet: &mut Sheet, row: u32, column: u32, text: Arc<str>) -> Result<(), Fault> {
        if text.chars().all(is_blank) {
            return Ok(());
        }
        self.cells += 1;
        self.text += text.len();
        for (used, limit) in [(self.cells, Limit::Cells), (self.text, Limit::Text)] {
            if used > limit.most() {
                return Err(Fault::Limit(limit));
            }
        }
        sheet.cells.push(SheetCell { row, column, text });
        Ok(())
    }

    /// Takes a formula that the file holds no result of. One that refers to nothing is a text that begins
    /// with `=`, which the program that made the file took for a formula; any other is reported.
    fn add_formula(&mut self, sheet: &mut Sheet, row: u32, column: u32, formula: &str) -> Result<(), Fault> {
        let formula = formula.trim_start_matches('=');
        let mut last = ' ';
        let refers = formula.chars().any(|c| {
            let is_reference =
                matches!(c, '(' | '!' | '[' | '$') || (last.is_ascii_alphabetic() && c.is_ascii_digit());
            last = c;
            is_reference
        });
        if !refers && !formula.is_empty() {
            return self.add(sheet, row, column, format!("={formula}").into());
        }
        self.uncalculated.0 += 1;
        self.uncalculated
            .1
            .get_or_insert_with(|| place(sheet, row, column));
        Ok(())
    }

    /// Gives a sheet to the builder.
    fn show(&mut self, mut sheet: Sheet) {
        let rows = visible_rows(&mut sheet, &mut self.hidden_text);
        let shown = |row: &Row| {
            row.cells
                .iter()
                .map(|cell| (cell.column, cell.columns))
                .collect::<Vec<_>>()
        };
        let width = rows
            .iter()
            .flat_map(shown)
            .map(|(column, columns)| column + columns)
            .max();
        let width = width.unwrap_or(0) as usize;
        let left = rows
            .iter()
            .flat_map(shown)
            .map(|(column, _)| column)
            .min()
            .unwrap_or(0);
        let mut is_in_table = false;
        for (index, row) in rows.iter().enumerate() {
            if row.follows_blank {
                self.builder.blank();
                is_in_table = false;
            }
            let next = rows.get(index + 1).filter(|next| !next.follows_blank);
            match row.cells.as_slice() {
                // A text alone at the left, above any table, is a paragraph. Right before a table it may
                // as well belong to that, unless it has several lines.
                [cell]
                    if !is_in_table
                        && cell.column == left
                        && !row.is_beside_merged
                        && next.is_none_or(|next| next.number > cell.last_row)
                        && (next.is_none_or(|next| next.cells.len() == 1) || cell.text.contains('\n')) =>
                {
                    for line in cell.text.split('\n') {
                        self.builder.paragraph(line, cell.place.clone());
                    }
                }
                cells => {
                    is_in_table |= cells.len() > 1 || row.is_beside_merged;
                    let found = cells.iter().map(|cell| FoundCell {
                        text: cell.text.to_string(),
                        column: cell.column as usize,
                        columns: cell.columns as usize,
                        place: cell.place.clone(),
                    });
                    self.builder.row(width, found);
                }
            }
        }
        for cell in &sheet.boxes {
            self.builder
                .paragraph(&cell.text, place(&sheet, cell.row, cell.column));
        }
        self.builder.page_break();
    }

    /// All that is to be said of the workbook.
    fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.hidden_sheets.is_empty() {
            let names = self.hidden_sheets.join("、");
            findings.push(Finding::new(
                Code::SheetHidden,
                Message::new(
                    format!("工作簿中有隐藏的工作表，未读取：{names}。"),
                    format!("The workbook has hidden sheets, which were not read: {names}."),
                ),
            ));
        }
        findings.extend(hidden_text(&self.hidden_text));
        let (count, first) = self.uncalculated;
        if count > 0 {
            findings.push(
                Finding::new(
                    Code::FormulaUncalculated,
                    Message::new(
                        format!("工作簿中有公式没有计算结果（{count} 处），未能读取；此处为第一处。"),
                        format!("Formulas without results in the file ({count}); this is the first of them."),
                    ),
                )
                .at_some(first),
            );
        }
        findings.extend(self.fault.as_ref().map(said));
        findings
    }
}

fn place(sheet: &Sheet, row: u32, column: u32) -> Place {
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    Place::sheet(sheet.number, &sheet.name, row, column)
}

/// A row of a sheet of which something is seen.
struct Row {
    number: u32,
    /// A row of which nothing is seen stands before it.
    follows_blank: bool,
    /// A cell from a row above reaches into it.
    is_beside_merged: bool,
    cells: Vec<RowCell>,
}

struct RowCell {
    column: u32,
    columns: u32,
    last_row: u32,
    text: Arc<str>,
    place: Place,
}

/// The rows of a sheet with what is seen of each; what is covered or hidden goes to `hidden`.
fn visible_rows(sheet: &mut Sheet, hidden: &mut String) -> Vec<Row> {
    sheet.hidden_rows.sort();
    sheet.hidden_columns.sort();
    sheet
        .merged
        .sort_unstable_by_key(|range| (range.rows, range.columns));
    sheet.cells.sort_by_key(|cell| (cell.row, cell.column));
    let starts: HashMap<(u32, u32), usize> = sheet
        .merged
        .iter()
        .enumerate()
        .map(|(index, range)| ((range.rows.0, range.columns.0), index))
        .collect();
    let mut cells: BTreeMap<(u32, u32), RowCell> = BTreeMap::new();
    let mut reach = Reach::default();
    for cell in &sheet.cells {
        let range = starts
            .get(&(cell.row, cell.column))
            .map(|&index| sheet.merged[index]);
        let range = range.unwrap_or(Range {
            rows: (cell.row, cell.row),
            columns: (cell.column, cell.column),
        });
        reach.go_to(cell.row, &sheet.merged);
        // A merged cell shows what its first cell holds, in that part of it that is not hidden.
        let row = sheet.hidden_rows.after(cell.row);
        let column = sheet.hidden_columns.after(cell.column);
        if row > range.rows.1 || column > range.columns.1 || reach.covers(cell.row, cell.column) {
            hidden.push_str(&cell.text);
            hidden.push('\n');
            continue;
        }
        let shown = RowCell {
            column,
            columns: range.columns.1 - column + 1,
            last_row: range.rows.1,
            text: Arc::clone(&cell.text),
            place: place(sheet, cell.row, cell.column),
        };
        cells.insert((row, column), shown);
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut reach = Reach::default();
    // The row after the last one that something is seen of.
    let mut end = None;
    for ((row, _), cell) in cells {
        reach.go_to(row, &sheet.merged);
        let last_row = cell.last_row;
        match rows.last_mut() {
            Some(last) if last.number == row => last.cells.push(cell),
            _ => rows.push(Row {
                number: row,
                follows_blank: end.is_some_and(|end| sheet.hidden_rows.after(end) < row),
                is_beside_merged: reach.is_inside(row),
                cells: vec![cell],
            }),
        }
        end = end.max(Some(last_row.saturating_add(1)));
    }
    rows
}

/// The merged cells that reach into a row, while rows are gone through in order.
#[derive(Default)]
struct Reach {
    /// By their first columns: the index, the last column, first and last row.
    open: BTreeMap<u32, Range>,
    next: usize,
    row: Option<u32>,
}

impl Reach {
    /// Goes on to a row; `merged` is sorted by rows.
    fn go_to(&mut self, row: u32, merged: &[Range]) {
        if self.row == Some(row) {
            return;
        }
        self.row = Some(row);
        self.open.retain(|_, range| range.rows.1 >= row);
        while let Some(range) = merged.get(self.next).filter(|range| range.rows.0 <= row) {
            if range.rows.1 >= row {
                self.open.insert(range.columns.0, *range);
            }
            self.next += 1;
        }
    }

    /// Whether a merged cell that begins elsewhere lies over a cell of the row.
    fn covers(&self, row: u32, column: u32) -> bool {
        let range = self.open.range(..=column).next_back().map(|(_, range)| range);
        range.is_some_and(|range| {
            column <= range.columns.1 && (range.rows.0, range.columns.0) != (row, column)
        })
    }

    /// Whether a merged cell from above reaches into the row.
    fn is_inside(&self, row: u32) -> bool {
        self.open.values().any(|range| range.rows.0 < row)
    }
}

#[cfg(test)]
mod tests;
