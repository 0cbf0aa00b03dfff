//! One sheet of an edited workbook beside the sheet as it was written.
//!
//! Architecture invariant: each cell that a field is read from is noted, so that the others can be named.

use std::collections::{BTreeSet, HashMap};

use super::super::marks::{MarkedCell, MarkedSheet, Marks};
use super::rows::{self, After, Before};
use super::values::{is_untouched, text};
use crate::blocks::{Grid, GridCell, WAY};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::{Origin, State};
use crate::source::is_blank;

/// Of so many rows that stand still one may be strange.
const STRANGE: usize = 4;

/// A sheet whose rows are known.
pub(super) struct EditedSheet<'a> {
    pub(super) grid: &'a Grid,
    pub(super) marks: &'a Marks,
    pub(super) marked: &'a MarkedSheet,
    /// The rows as they were written, those without anything in them included.
    pub(super) before: Vec<Before<'a>>,
    /// The cells of these rows.
    pub(super) cells: Vec<&'a [MarkedCell]>,
    /// For each of them the number of the row as it stands now.
    pub(super) now: Vec<Option<u32>>,
    /// For each row that stands now the index of the row as it was written.
    pub(super) then: Vec<Option<usize>>,
    /// The cells that were read.
    read: BTreeSet<(u32, u32)>,
}

/// What became of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is as it was.
    Untouched,
    /// It says this now; `None` for nothing.
    Edited(Option<String>),
}

/// The cells in which a field was shown: index of the row, cell.
pub(super) type Shown<'a> = Vec<(usize, &'a MarkedCell)>;

impl<'a> EditedSheet<'a> {
    /// Finds the rows of a sheet; `names` are rows that names of cells lead to. `None` where labels are not
    /// where they were.
    pub(super) fn new(
        grid: &'a Grid,
        marks: &'a Marks,
        marked: &'a MarkedSheet,
        names: &HashMap<u32, u32>,
    ) -> Option<Self> {
        let last = marked.rows.last()?.0;
        let mut before: Vec<Before<'a>> = Vec::new();
        let mut cells: Vec<&'a [MarkedCell]> = Vec::new();
        for row in &marked.rows {
            while before.len() < row.0 as usize {
                before.push(Before {
                    number: before.len() as u32,
                    ..Before::default()
                });
                cells.push(&[]);
            }
            let texts = |wanted: bool| {
                let cells = row.1.iter().filter(move |cell| cell.field.is_some() == wanted);
                cells.map(|cell| (cell.column, marks.shown(marked, cell).trim_matches(is_blank)))
            };
            let labels: Vec<_> = texts(false).filter(|(_, text)| !text.is_empty()).collect();
            let mut fields = row.1.iter().filter_map(|cell| cell.field.as_deref());
            let is_listed = labels.is_empty() && fields.clone().next().is_some() && fields.all(is_of_list);
            before.push(Before {
                number: row.0,
                labels,
                fields: texts(true).collect(),
                is_listed,
            });
            cells.push(&row.1);
        }
        let mut after = rows::rows(grid, last)?;
        for row in &mut after {
            // The ways to other sheets stand beside the form.
            row.cells
                .retain(|(column, text)| *column < marked.columns || !text.starts_with(WAY));
        }
        let aligned = rows::align(&before, &after, names)?;
        let fixed = before.iter().zip(&aligned).filter(|(row, _)| row.is_fixed());
        let strange = fixed.clone().filter(|(row, now)| {
            // Labels are elsewhere, or the row was lost with all that it said.
            now.is_none_or(|now| row.labels_in(&after[now]).0 * 2 < row.labels.len())
        });
        // People change a label or take out a row; where more differs, it is another sheet. Where labels stand
        // in other columns, so does the rest.
        let is_readable = strange.count() <= (fixed.clone().count() / STRANGE).max(1)
            && fixed
                .filter_map(|(row, now)| Some((row, &after[(*now)?])))
                .all(|(row, now)| !row.has_shifted_label(now));
        is_readable.then(|| Self::known(grid, marks, marked, before, cells, &after, &aligned))
    }

    fn known(
        grid: &'a Grid,
        marks: &'a Marks,
        marked: &'a MarkedSheet,
        before: Vec<Before<'a>>,
        cells: Vec<&'a [MarkedCell]>,
        after: &[After<'a>],
        aligned: &[Option<usize>],
    ) -> Self {
        let mut then = vec![None; after.len()];
        for (row, now) in aligned.iter().enumerate() {
            if let Some(now) = now {
                then[*now] = Some(row);
            }
        }
        let mut read = BTreeSet::new();
        for (row, now) in before.iter().zip(aligned) {
            let Some(now) = now.map(|now| &after[now]) else {
                continue;
            };
            for (column, text) in &row.labels {
                if now
                    .cells
                    .iter()
                    .any(|(other, there)| other == column && rows::is_same(text, there))
                {
                    read.insert((now.number, *column));
                }
            }
        }
        Self {
            grid,
            marks,
            marked,
            before,
            cells,
            now: aligned
                .iter()
                .map(|now| now.map(|now| after[now].number))
                .collect(),
            then,
            read,
        }
    }

    /// The cells of each field that `wanted` takes, fields in the order of their first cells.
    pub(super) fn fields(&self, wanted: impl Fn(&str) -> bool) -> Vec<(&'a str, Shown<'a>)> {
        let mut fields: Vec<(&'a str, Shown<'a>)> = Vec::new();
        let mut known: HashMap<&'a str, usize> = HashMap::new();
        for (row, cells) in self.cells.iter().enumerate() {
            for cell in *cells {
                let Some(field) = cell.field.as_deref().filter(|field| wanted(field)) else {
                    continue;
                };
                let index = *known.entry(field).or_insert(fields.len());
                if index == fields.len() {
                    fields.push((field, Vec::new()));
                }
                // A field that is shown twice is read once.
                if fields[index].1.is_empty() || cell.joint.is_some() {
                    fields[index].1.push((row, cell));
                }
            }
        }
        fields
    }

    /// What became of a field, and where it is.
    pub(super) fn said(&mut self, shown: &Shown<'a>) -> (Said, Option<Origin>) {
        let mut is_whole = true;
        let mut edited = String::new();
        let mut place = None;
        for (row, cell) in shown {
            let Some(number) = self.now[*row] else {
                is_whole = false;
                continue;
            };
            place.get_or_insert_with(|| self.grid.place(number, cell.column));
            if self.grid.is_uncalculated(number, cell.column) {
                // What it would be is not known; the workbook says so elsewhere.
                return (Said::Untouched, origin(place));
            }
            let there = self.take(number, cell.column);
            is_whole &= is_untouched(self.marks.shown(self.marked, cell), there);
            if let Some(part) = text(there) {
                if !edited.is_empty() {
                    let joint = cell.joint.as_deref().unwrap_or_default();
                    edited.push_str(if joint.contains('\n') { "\n" } else { joint });
                }
                edited.push_str(&part);
            }
        }
        let said = if is_whole {
            Said::Untouched
        } else {
            Said::Edited((!edited.is_empty()).then_some(edited))
        };
        (said, origin(place))
    }

    /// The cell at a place, noted as read; that of a merged range, where it begins in the same column.
    pub(super) fn take(&mut self, row: u32, column: u32) -> Option<GridCell<'a>> {
        if self.is_left_behind(row, column) {
            let rows = self.grid.first_of(row, column).0..=row;
            let cell = rows.rev().find_map(|row| self.grid.cell(row, column))?;
            self.read.insert(cell.at);
            return Some(cell);
        }
        let (first_row, first_column) = self.grid.first_of(row, column);
        if first_column != column {
            return None;
        }
        let cell = self.grid.cell(first_row, first_column)?;
        self.read.insert((first_row, first_column));
        Some(cell)
    }

    /// Whether a place is in a merged range that a program left where it was written, while it moved the rows:
    /// what the range covers is then no part of it.
    fn is_left_behind(&self, row: u32, column: u32) -> bool {
        let (first_row, first_column) = self.grid.first_of(row, column);
        let is_moved = self
            .then
            .get(row as usize)
            .is_some_and(|&then| then != Some(row as usize));
        if !is_moved || !self.grid.is_covered(row, column) {
            return false;
        }
        let (rows, columns) = self.grid.size_of(row, column);
        let written = self.cells.get(first_row as usize).into_iter().copied().flatten();
        let mut same = written.filter(|cell| cell.column == first_column);
        same.any(|cell| (cell.rows, cell.width) == (rows, columns))
            && (first_column == column || self.grid.cell(row, column).is_some())
    }

    /// Takes back that a cell was read.
    pub(super) fn leave(&mut self, at: (u32, u32)) {
        self.read.remove(&at);
    }

    /// The first cell with anything in it between two columns of a row, noted as read.
    pub(super) fn take_between(&mut self, row: u32, columns: std::ops::Range<u32>) -> Option<GridCell<'a>> {
        columns.into_iter().find_map(|column| self.take(row, column))
    }

    /// Names every text that nothing was read from, and the rows that were taken out with what they said.
    pub(super) fn name_the_rest(&self, findings: &mut Vec<Finding>) {
        let rows = self.before.iter().zip(&self.now);
        for (row, _) in rows.filter(|(row, now)| now.is_none() && !row.labels.is_empty()) {
            let texts = row.fields.iter().map(|(_, text)| *text);
            let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
            if !texts.is_empty() {
                let message = Message::new(
                    "工作簿中已没有这一行，其中的内容按删除处理。",
                    "The workbook has this row no longer; what it said counts as deleted.",
                );
                let finding = Finding::new(Code::FieldMissing, message).at(self.grid.place(row.number, 0));
                findings.push(finding.quoting(texts.join(" ")));
            }
        }
        for cell in self.grid.cells() {
            let is_way = cell.at.1 >= self.marked.columns && cell.text.starts_with(WAY);
            if !is_way && !self.read.contains(&cell.at) {
                findings.push(super::unplaced(self.grid, cell.at, cell.text));
            }
        }
        for &(row, column) in self.grid.uncalculated() {
            let message = Message::new(
                "此单元格的公式没有可用的计算结果，按原来的内容处理。",
                "The formula in this cell has no usable result in the file; what stood there before was kept.",
            );
            let finding = Finding::new(Code::FormulaUncalculated, message);
            findings.push(finding.at(self.grid.place(row, column)));
        }
        for text in self.grid.boxes() {
            findings.push(super::unplaced(self.grid, text.at, text.text));
        }
    }
}

/// The origin of what stands in a cell.
pub(super) fn origin(place: Option<Place>) -> Option<Origin> {
    place.map(|place| Origin {
        place,
        state: State::Printed,
    })
}

/// Whether a field is in a list of which people take and to which they add.
fn is_of_list(field: &str) -> bool {
    field.starts_with("indicators[") || field.starts_with("narrative.")
}
