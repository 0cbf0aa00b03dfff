//! What rows of a table are known by: a hidden column beside it keeps the key of each row, so that what people
//! wrote in a row is found again wherever they moved it.
//!
//! Architecture invariant: a text in a column that is open to people is never passed over, with a key or without.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::place::Placed;
use crate::blocks::{Document, Grid};

/// What the hidden sheet of a workbook with keys holds.
pub(super) const MARK: &str = "{\"keys\":1}";
/// What a key begins with in its cell.
const START: &str = "jixiao:";
/// The key of the rows that head a table.
const HEAD: &str = "head";
/// What follows the key in the further rows of a row that is too high for one, and what stands for each line end
/// between their texts.
const GOES_ON: (char, char) = ('+', 'n');

/// A row of a table with keys, as it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyedRow {
    /// What it is known by; `None` for one that somebody added.
    pub key: Option<String>,
    /// Its texts, by the headings of their columns.
    pub texts: BTreeMap<String, String>,
}

/// Writes the keys of a sheet into the column beside its tables, which is hidden.
pub(super) fn write_keys(worksheet: &mut Worksheet, placed: &Placed<'_>) -> Result<(), XlsxError> {
    if placed.keys.is_empty() {
        return Ok(());
    }
    let column = placed.columns.len() as u16;
    for (key, rows) in &placed.keys {
        worksheet.write_string(rows.start, column, format!("{START}{key}"))?;
        for row in rows.start + 1..rows.end {
            let joints = placed.cells.iter().filter(|cell| cell.rows.0 == row);
            let lines = joints.filter_map(|cell| Some(cell.joint?.matches('\n').count()));
            let lines = GOES_ON.1.to_string().repeat(lines.max().unwrap_or_default());
            worksheet.write_string(row, column, format!("{START}{key}{}{lines}", GOES_ON.0))?;
        }
    }
    worksheet.set_column_hidden(column)?;
    Ok(())
}

/// Reads the rows of a workbook with keys, from top to bottom; `None` if the document is none.
///
/// Rows without a key are among them where they have a text in the last column, the one that people write in.
#[must_use]
pub fn read_keyed(document: &Document) -> Option<Vec<KeyedRow>> {
    let grids = document.grids.as_ref()?;
    if grids.marks.concat() != MARK {
        return None;
    }
    let mut rows = Vec::new();
    for grid in &grids.sheets {
        rows.append(&mut rows_of(grid));
    }
    Some(rows)
}

/// The columns of a table, with their headings.
type Columns = BTreeMap<u32, String>;

fn rows_of(grid: &Grid) -> Vec<KeyedRow> {
    let mut cells: BTreeMap<u32, BTreeMap<u32, &str>> = BTreeMap::new();
    let mut keys: BTreeMap<u32, &str> = BTreeMap::new();
    for cell in grid.cells() {
        match cell.text.strip_prefix(START) {
            Some(key) => drop(keys.insert(cell.at.0, key)),
            None => drop(cells.entry(cell.at.0).or_default().insert(cell.at.1, cell.text)),
        }
    }
    let headings = |row: &u32| -> Columns {
        let own = cells.get(row).into_iter().flatten();
        own.map(|(column, text)| (*column, (*text).to_owned())).collect()
    };
    let heads: BTreeMap<u32, Columns> = keys
        .iter()
        .filter(|(_, key)| **key == HEAD)
        .map(|(row, _)| (*row, headings(row)))
        .collect();
    let mut rows: Vec<KeyedRow> = Vec::new();
    for (row, texts) in &cells {
        // What was sorted to above its head has the columns of the first one.
        let above = heads.range(..row).next_back().or_else(|| heads.first_key_value());
        let Some((_, columns)) = above else { continue };
        let key = keys.get(row).copied();
        if key == Some(HEAD) {
            continue;
        }
        let mut own = columns.iter().filter_map(|(column, heading)| {
            let text = texts.get(column)?;
            Some((heading.clone(), (*text).to_owned()))
        });
        let last = rows.last_mut();
        match key.and_then(|key| key.split_once(GOES_ON.0)) {
            Some((key, lines)) if last.as_ref().is_some_and(|last| last.key.as_deref() == Some(key)) => {
                let joint = "\n".repeat(lines.matches(GOES_ON.1).count());
                for (heading, text) in own {
                    if let Some(last) = rows.last_mut() {
                        let before = last.texts.entry(heading).or_default();
                        *before = format!("{before}{joint}{text}");
                    }
                }
            }
            parted => {
                let open = columns.keys().next_back();
                let is_written = open.is_some_and(|open| texts.contains_key(open));
                if key.is_some() || is_written {
                    let key = parted.map(|(key, _)| key).or(key);
                    rows.push(KeyedRow {
                        key: key.map(str::to_owned),
                        texts: own.by_ref().collect(),
                    });
                }
            }
        }
    }
    rows
}
