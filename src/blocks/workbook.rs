//! Workbooks of all formats: sheets of cells, merged cells and hidden parts become rows and paragraphs.
//!
//! What a person sees counts: numbers as their formats show them, one text for a merged cell, nothing
//! of hidden sheets, rows and columns, which are reported.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::archive::{Fault, Limit};
use super::builder::{Builder, FoundCell};
use super::office::{hidden_text, said};
use crate::finding::{CellName, Code, Finding, Message, Place};
use crate::source::is_blank;
use grid::Grids;

mod format;
pub(crate) mod grid;
mod ods;
mod xls;
mod xlsx;

pub(super) use ods::read as read_ods;
pub(super) use xls::read as read_xls;
pub(super) use xlsx::read as read_xlsx;

/// The hidden sheet by which the program knows a workbook that it made; what it holds is known to `xlsx`.
pub(crate) const MARKS_SHEET: &str = "_jixiao";
/// What the names begin with that the program gives to places in a workbook.
pub(crate) const MARKS_NAME: &str = "jixiao_";

/// What the text of a cell begins with that leads to another sheet, beside what its own sheet says.
pub(crate) const WAY: char = '←';

/// What was read of a workbook beside the text.
#[derive(Default)]
pub(super) struct Read {
    pub(super) findings: Vec<Finding>,
    /// Its cells as they stand, where the program made it.
    pub(super) grids: Option<Grids>,
}

/// A name that the program gave to a cell, and where that cell is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DefinedName {
    /// The name.
    pub(crate) name: String,
    /// The name of the sheet.
    pub(crate) sheet: String,
    /// The cell.
    pub(crate) cell: CellName,
    /// Whether the name holds for one sheet only, as in a copy of a sheet.
    pub(crate) is_local: bool,
}

impl DefinedName {
    /// Reads what a name means, such as `'1.甲表'!$B$3:$D$3` or `$'1.甲表'.$B$3`; `None` if it is not of the
    /// program's own or means no cell.
    fn read(name: &str, meaning: &str, is_local: bool) -> Option<Self> {
        let own = name.get(..MARKS_NAME.len())?;
        if !own.eq_ignore_ascii_case(MARKS_NAME) {
            return None;
        }
        let (sheet, cell) = meaning
            .rsplit_once(['!', '.'])
            .filter(|(sheet, _)| !sheet.contains(':'))
            .or_else(|| {
                let (first, _) = meaning.split_once(':')?;
                first.rsplit_once(['!', '.'])
            })?;
        let sheet = sheet.trim_start_matches('$');
        let sheet = match sheet
            .strip_prefix('\'')
            .and_then(|sheet| sheet.strip_suffix('\''))
        {
            Some(quoted) => quoted.replace("''", "'"),
            None => sheet.to_owned(),
        };
        let cell = cell.split(':').next()?.replace('$', "");
        Some(Self {
            name: name.to_lowercase(),
            sheet,
            cell: cell.parse().ok()?,
            is_local,
        })
    }
}

/// A workbook while it is read: its sheets go to the builder when it is known what they are.
struct Workbook<'b> {
    builder: &'b mut Builder,
    /// Sheets met so far, hidden ones included.
    sheets: u16,
    /// The sheets that are seen, in order.
    shown: Vec<Sheet>,
    /// The hidden sheet by which the program knows a workbook that it made.
    marks: Option<Sheet>,
    /// The names of places in it that the program gave.
    names: Vec<DefinedName>,
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
#[derive(Clone, Debug, Default)]
struct Sheet {
    number: u16,
    /// Whether it is the hidden sheet of the program's own.
    is_marks: bool,
    name: Arc<str>,
    cells: Vec<SheetCell>,
    merged: Vec<Range>,
    hidden_rows: Spans,
    hidden_columns: Spans,
    /// Texts that lie over the cells.
    boxes: Vec<SheetCell>,
    /// What people and programs remarked on cells.
    comments: Vec<SheetCell>,
    /// Cells whose formulas have no results in the file.
    uncalculated: Vec<(u32, u32)>,
    /// Cells whose formulas have results.
    calculated: HashSet<(u32, u32)>,
}

/// A cell that is not blank.
#[derive(Clone, Debug)]
struct SheetCell {
    row: u32,
    column: u32,
    text: Arc<str>,
    /// The number that the text shows, where the cell holds one.
    number: Option<f64>,
}

/// Rows and columns, first and last.
#[derive(Clone, Copy, Debug)]
struct Range {
    rows: (u32, u32),
    columns: (u32, u32),
}

/// First and last numbers of runs of rows or columns.
#[derive(Clone, Debug, Default)]
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
            shown: Vec::new(),
            marks: None,
            names: Vec::new(),
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
        let is_marks = is_hidden && name.eq_ignore_ascii_case(MARKS_SHEET);
        if is_hidden && !is_marks {
            self.hidden_sheets.push(name.to_owned());
            return None;
        }
        Some(Sheet {
            is_marks,
            number: self.sheets,
            name: name.into(),
            ..Sheet::default()
        })
    }

    /// Adds a cell unless it is blank.
    fn add(&mut self, sheet: &mut Sheet, row: u32, column: u32, text: Arc<str>) -> Result<(), Fault> {
        self.add_number(sheet, row, column, text, None)
    }

    /// Adds a cell unless it is blank; `number` is what it holds if that is a number.
    fn add_number(
        &mut self,
        sheet: &mut Sheet,
        row: u32,
        column: u32,
        text: Arc<str>,
        number: Option<f64>,
    ) -> Result<(), Fault> {
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
        sheet.cells.push(SheetCell {
            row,
            column,
            text,
            number,
        });
        Ok(())
    }

    /// Takes a formula that the file holds no result of. One that neither refers to anything nor is a sum of
    /// numbers is a text that begins with `=`, which the program that made the file took for a formula; any
    /// other is reported.
    fn add_formula(&mut self, sheet: &mut Sheet, row: u32, column: u32, formula: &str) -> Result<(), Fault> {
        let formula = formula.trim_start_matches('=');
        let mut last = ' ';
        let refers = formula.chars().any(|c| {
            let is_reference =
                matches!(c, '(' | '!' | '[' | '$') || (last.is_ascii_alphabetic() && c.is_ascii_digit());
            last = c;
            is_reference
        });
        let reckons = |c: char| c.is_ascii_digit() || is_blank(c) || ".,+-*/^%()".contains(c);
        let is_sum = formula.chars().all(reckons)
            && formula
                .trim_start_matches(['+', '-'])
                .contains(['+', '-', '*', '/', '^']);
        if !refers && !is_sum && !formula.is_empty() {
            return self.add(sheet, row, column, format!("={formula}").into());
        }
        sheet.uncalculated.push((row, column));
        self.uncalculated.0 += 1;
        self.uncalculated
            .1
            .get_or_insert_with(|| place(sheet, row, column));
        Ok(())
    }

    /// Takes a sheet that was read to its end.
    fn show(&mut self, sheet: Sheet) {
        if sheet.is_marks {
            self.marks.get_or_insert(sheet);
        } else {
            self.shown.push(sheet);
        }
    }

    /// Gives a sheet to the builder.
    fn build(&mut self, sheet: &mut Sheet) {
        let mut rows = visible_rows(sheet, &mut self.hidden_text);
        for way in take_ways(&mut rows) {
            self.builder.furniture(&way.text, way.place);
        }
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
                .paragraph(&cell.text, place(sheet, cell.row, cell.column));
        }
        self.builder.page_break();
    }

    /// Gives all sheets to the builder; returns all that is to be said of the workbook, and its cells where
    /// the program made it.
    fn finish(mut self) -> Read {
        let mut shown = std::mem::take(&mut self.shown);
        for sheet in &mut shown {
            self.build(sheet);
        }
        let marks = self.marks.take();
        if marks.is_some() {
            // The cells as they stand hold what is hidden, too, and who reads them knows which matter.
            self.hidden_text.clear();
            self.uncalculated = (0, None);
        }
        let names = std::mem::take(&mut self.names);
        let grids = marks.map(|marks| Grids::new(marks, shown, names));
        Read {
            findings: self.findings(),
            grids,
        }
    }

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

/// Takes the ways to other sheets out of the first row: they stand beside what the sheet says.
fn take_ways(rows: &mut [Row]) -> Vec<RowCell> {
    let first = rows.first_mut().filter(|row| row.number == 0);
    let Some(row) = first.filter(|row| row.cells.len() > 1) else {
        return Vec::new();
    };
    let ways = row.cells.iter().rev();
    let count = ways.take_while(|cell| cell.text.starts_with(WAY)).count();
    row.cells.split_off((row.cells.len() - count).max(1))
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
