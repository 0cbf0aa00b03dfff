//! What people are offered and allowed to enter, as data validation, and which cells they may edit.
//!
//! Architecture invariant: what stands in a cell is never changed and never refused here; only what is
//! entered later is looked at.

use std::sync::Arc;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Formula, ProtectionOptions, Worksheet, XlsxError,
};

use super::place::{Placed, PlacedCell};
use crate::finding::CellName;
use crate::sheet::Entry;

/// The most UTF-16 units of a list that is written out in a validation; Excel calls a workbook with a
/// longer one broken.
const MOST_UNITS: usize = 255;

/// What people may do on a protected sheet. There is no password: whoever means to change a label can
/// take the protection off.
pub(super) fn protection() -> ProtectionOptions {
    ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_rows: true,
        delete_rows: true,
        // Else nobody could add a comment to a cell or take a note away.
        edit_objects: true,
        ..ProtectionOptions::new()
    }
}

/// Whether people may edit a cell.
pub(super) fn is_open(placed: &Placed<'_>, cell: &PlacedCell<'_>) -> bool {
    let is_in_open_row = || {
        let rows = cell.rows.0 as usize..=cell.rows.1 as usize;
        let rows = placed.open.get(rows);
        rows.is_some_and(|rows| rows.iter().all(|&open| open))
    };
    cell.field.is_some() || is_in_open_row()
}

/// Adds the validations of a sheet.
pub(super) fn validate(worksheet: &mut Worksheet, placed: &Placed<'_>) -> Result<(), XlsxError> {
    let mut lists: Vec<Run<'_>> = Vec::new();
    let mut percent: Option<&PlacedCell<'_>> = None;
    for cell in placed.cells.iter().filter(|cell| cell.field.is_some()) {
        match cell.entry {
            None => {}
            Some(Entry::Choice(choices)) => {
                let above = lists.iter_mut().rev().find(|run| {
                    run.columns == cell.columns && run.rows.1 + 1 == cell.rows.0 && run.choices == choices
                });
                // One validation for rows that touch, so that a row put in between has it too.
                match above {
                    Some(run) => run.rows.1 = cell.rows.1,
                    None => lists.push(Run {
                        rows: cell.rows,
                        columns: cell.columns,
                        choices,
                    }),
                }
            }
            Some(Entry::Amount { or }) => {
                add(worksheet, cell.rows, cell.columns, &amount(cell, or.as_deref())?)?;
            }
            Some(Entry::Percent) => {
                let before = percent.filter(|before| before.rows.0 == cell.rows.0);
                add(worksheet, cell.rows, cell.columns, &cumulative(cell, before)?)?;
                percent = Some(cell);
            }
        }
    }
    for run in lists {
        if let Some(list) = list(run.choices)? {
            add(worksheet, run.rows, run.columns, &list)?;
        }
    }
    Ok(())
}

/// Cells below each other with the same list.
struct Run<'a> {
    rows: (u32, u32),
    columns: (u16, u16),
    choices: &'a Arc<[String]>,
}

fn add(
    worksheet: &mut Worksheet,
    rows: (u32, u32),
    columns: (u16, u16),
    validation: &DataValidation,
) -> Result<(), XlsxError> {
    worksheet.add_data_validation(rows.0, columns.0, rows.1, columns.1, validation)?;
    Ok(())
}

/// A list to choose from; `None` where a workbook cannot hold it.
fn list(choices: &[String]) -> Result<Option<DataValidation>, XlsxError> {
    let units: usize = choices
        .iter()
        .map(|choice| choice.encode_utf16().count() + 1)
        .sum();
    let is_apart = |choice: &String| !choice.contains([',', '"']);
    if units > MOST_UNITS || !choices.iter().all(is_apart) {
        return Ok(None);
    }
    let validation = DataValidation::new()
        .allow_list_strings(choices)?
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title("不在列表中")?
        .set_error_message("表样的列表中没有这个名称。确实要用时选“是”，否则选“否”重新填写。")?;
    Ok(Some(validation))
}

fn name(cell: &PlacedCell<'_>) -> CellName {
    CellName {
        row: cell.rows.0,
        column: cell.columns.0,
    }
}

/// A number of 0 or more, also one that is kept as text.
fn amount(cell: &PlacedCell<'_>, or: Option<&str>) -> Result<DataValidation, XlsxError> {
    let own = name(cell);
    let instead = or.map_or_else(String::new, |or| {
        format!("TRIM({own})=\"{}\",", or.replace('"', "\"\""))
    });
    let rule = format!("=OR(TRIM({own})=\"\",{instead}IFERROR(VALUE(ASC({own}))>=0,FALSE))");
    let message = match or {
        Some(or) => format!("请填写不小于 0 的数字，不带单位；没有的留空，不公开的填“{or}”。"),
        None => "请填写不小于 0 的数字，不带单位；没有的留空。".to_owned(),
    };
    refusing(&rule, "金额", &message)
}

/// A percentage of 0 to 100 that is not less than the one before.
fn cumulative(cell: &PlacedCell<'_>, before: Option<&PlacedCell<'_>>) -> Result<DataValidation, XlsxError> {
    // `25%` and `25` are texts, 0.25 in a cell that was made a percentage is a number.
    let percent = |cell: CellName| {
        format!("VALUE(SUBSTITUTE(ASC({cell}),\"%\",\"\"))*100^AND(ISNUMBER({cell}),{cell}<=1)")
    };
    let own = name(cell);
    let least = before.map_or_else(
        || "0".to_owned(),
        |before| format!("IFERROR({},0)", percent(name(before))),
    );
    let value = percent(own);
    let rule = format!("=OR(TRIM({own})=\"\",IFERROR(AND({value}<=100,{value}>={least}),FALSE))");
    refusing(
        &rule,
        "累计百分比",
        "请填写 0% 至 100% 的累计百分比，如 25%，且不小于前一时点；没有的留空。",
    )
}

fn refusing(rule: &str, title: &str, message: &str) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_custom(Formula::new(rule))
        // With blanks ignored, Excel would allow anything as long as a cell of the rule is blank.
        .ignore_blank(false)
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(title)?
        .set_error_message(message)
}
