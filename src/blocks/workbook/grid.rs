//! The cells of a workbook that the program made, as they stand: what is read when an edited one comes
//! back. Hidden rows and columns count too, for what is in them was not taken out.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::Document;
use super::super::builder::Builder;
use super::{DefinedName, Range, Sheet, SheetCell, Workbook, place};
use crate::finding::{Finding, Place};

/// The cells of all sheets of a workbook that the program made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grids {
    /// The texts of the hidden sheet by which the program knows it, from top to bottom.
    pub(crate) marks: Vec<Arc<str>>,
    /// The sheets that are seen, in order.
    pub(crate) sheets: Vec<Grid>,
    /// The names that the program gave to cells, with where these are now.
    pub(crate) names: Vec<DefinedName>,
}

/// The cells of one sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    sheet: Sheet,
    /// Index of a cell by its row and column.
    cells: HashMap<(u32, u32), usize>,
    /// Index of the merged range that a place is in.
    merged: HashMap<(u32, u32), usize>,
}

/// The most places of merged ranges of a sheet; with more the rest counts as not merged.
const MOST_MERGED: usize = 1 << 20;

/// What stands in a cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GridCell<'g> {
    /// Row and column, from 0.
    pub(crate) at: (u32, u32),
    /// The text that it shows.
    pub(crate) text: &'g str,
    /// The number that it holds.
    pub(crate) number: Option<f64>,
}

impl Grids {
    pub(super) fn new(marks: Sheet, sheets: Vec<Sheet>, names: Vec<DefinedName>) -> Self {
        let mut marks = marks.cells;
        marks.sort_by_key(|cell| (cell.row, cell.column));
        Self {
            marks: marks.into_iter().map(|cell| cell.text).collect(),
            sheets: sheets.into_iter().map(Grid::new).collect(),
            names,
        }
    }
}

impl Grid {
    fn new(mut sheet: Sheet) -> Self {
        sheet.cells.sort_by_key(|cell| (cell.row, cell.column));
        let Sheet {
            cells,
            calculated,
            uncalculated,
            ..
        } = &mut sheet;
        cells.retain(|cell| {
            let at = (cell.row, cell.column);
            let is_error = calculated.contains(&at) && is_error(&cell.text);
            if is_error {
                uncalculated.push(at);
            }
            !is_error
        });
        let numbered = sheet.cells.iter().enumerate();
        let cells = numbered
            .map(|(index, cell)| ((cell.row, cell.column), index))
            .collect();
        let mut merged = HashMap::new();
        for (index, range) in sheet.merged.iter().enumerate() {
            let (rows, columns) = (range.rows, range.columns);
            let size = u64::from(rows.1 - rows.0 + 1) * u64::from(columns.1 - columns.0 + 1);
            if merged.len() as u64 + size > MOST_MERGED as u64 {
                break;
            }
            for row in rows.0..=rows.1 {
                for column in columns.0..=columns.1 {
                    merged.entry((row, column)).or_insert(index);
                }
            }
        }
        Self { sheet, cells, merged }
    }

    /// The name of the sheet.
    pub(crate) fn name(&self) -> &str {
        &self.sheet.name
    }

    /// The cells that are not blank, from top to bottom and from left to right.
    pub(crate) fn cells(&self) -> impl Iterator<Item = GridCell<'_>> {
        self.sheet.cells.iter().map(shown)
    }

    /// What people and programs remarked on cells.
    pub(crate) fn comments(&self) -> impl Iterator<Item = GridCell<'_>> {
        self.sheet.comments.iter().map(shown)
    }

    /// The texts that lie over the cells.
    pub(crate) fn boxes(&self) -> impl Iterator<Item = GridCell<'_>> {
        self.sheet.boxes.iter().map(shown)
    }

    /// What stands in a cell, if it is not blank.
    pub(crate) fn cell(&self, row: u32, column: u32) -> Option<GridCell<'_>> {
        let index = *self.cells.get(&(row, column))?;
        Some(shown(&self.sheet.cells[index]))
    }

    /// The first cell of the merged range that a place is in; the place itself, where it is in none.
    pub(crate) fn first_of(&self, row: u32, column: u32) -> (u32, u32) {
        self.range(row, column)
            .map_or((row, column), |range| (range.rows.0, range.columns.0))
    }

    /// The cells whose formulas have no results in the file, or errors for results.
    pub(crate) fn uncalculated(&self) -> &[(u32, u32)] {
        &self.sheet.uncalculated
    }

    /// Whether a cell holds a formula without a result.
    pub(crate) fn is_uncalculated(&self, row: u32, column: u32) -> bool {
        self.sheet.uncalculated.contains(&(row, column))
    }

    /// Whether a cell shows the result of a formula.
    pub(crate) fn is_calculated(&self, row: u32, column: u32) -> bool {
        self.sheet.calculated.contains(&(row, column))
    }

    /// How many rows and columns the merged range has that a place is in.
    pub(crate) fn size_of(&self, row: u32, column: u32) -> (u32, u32) {
        let size = |(first, last): (u32, u32)| last - first + 1;
        self.range(row, column)
            .map_or((1, 1), |range| (size(range.rows), size(range.columns)))
    }

    /// Whether a place is covered by a merged range that begins in another cell.
    pub(crate) fn is_covered(&self, row: u32, column: u32) -> bool {
        self.first_of(row, column) != (row, column)
    }

    fn range(&self, row: u32, column: u32) -> Option<Range> {
        let index = *self.merged.get(&(row, column))?;
        Some(self.sheet.merged[index])
    }

    /// Where a cell is.
    pub(crate) fn place(&self, row: u32, column: u32) -> Place {
        place(&self.sheet, row, column)
    }

    /// The sheet alone as a document, to be read by what stands in it.
    pub(crate) fn document(&self) -> (Document, Vec<Finding>) {
        let mut builder = Builder::default();
        let mut workbook = Workbook::new(&mut builder);
        workbook.show(self.sheet.clone());
        let findings = workbook.finish().findings;
        let (source, structure) = builder.finish("xlsx");
        let structure = Some(structure);
        let document = Document {
            source,
            structure,
            grids: None,
        };
        (document, findings)
    }
}

/// Whether a result is none, such as `#DIV/0!`, `#N/A` or `Err:502`.
fn is_error(text: &str) -> bool {
    let is_named = text.starts_with('#') && (text.ends_with(['!', '?']) || text == "#N/A");
    is_named
        || text
            .strip_prefix("Err:")
            .is_some_and(|rest| rest.parse::<u16>().is_ok())
}

fn shown(cell: &SheetCell) -> GridCell<'_> {
    GridCell {
        at: (cell.row, cell.column),
        text: &cell.text,
        number: cell.number,
    }
}
