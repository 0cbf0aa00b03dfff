//! A sheet that follows from others in an edited workbook: nothing is read from it, so what people typed there
//! is named.
//!
//! Architecture invariant: a result that a program calculated anew is no edit.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::super::marks::MarkedSheet;
use super::values::tidied;
use crate::blocks::{Grid, WAY};
use crate::finding::{Code, Finding, Message};
use crate::model::decimal;

/// Names each text that stands in the sheet now, was not written there and is not calculated.
pub(super) fn name_edits(grid: &Grid, marked: &MarkedSheet, findings: &mut Vec<Finding>) {
    let cells = marked.rows.iter().flat_map(|row| &row.1);
    let written: BTreeSet<String> = cells
        .filter_map(|cell| cell.text.as_deref())
        .map(tidied)
        .collect();
    // A number may be shown with more decimals than it was printed with.
    let numbers: Vec<Decimal> = written.iter().filter_map(|text| decimal(text)).collect();
    let is_known = |text: &str| {
        let text = tidied(text);
        written.contains(&text) || decimal(&text).is_some_and(|number| numbers.contains(&number))
    };
    for cell in grid.cells().chain(grid.boxes()) {
        let is_way = cell.at.1 >= marked.columns && cell.text.starts_with(WAY);
        if !is_way && !grid.is_calculated(cell.at.0, cell.at.1) && !is_known(cell.text) {
            findings.push(edited(grid, cell.at).quoting(cell.text));
        }
    }
}

fn edited(grid: &Grid, at: (u32, u32)) -> Finding {
    let message = Message::new(
        "这张工作表由其他工作表生成，在此填写的内容不会保留；请改在相应的表中。",
        "This sheet follows from others; what is typed here will not be in what is made anew. Change it in the sheet that it comes from.",
    );
    Finding::new(Code::TextUnplaced, message).at(grid.place(at.0, at.1))
}
