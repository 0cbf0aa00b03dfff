//! A table of any number of rows as a workbook: each row is written and forgotten.
//!
//! Architecture invariant: the memory that is needed does not depend on the number of rows, and equal rows give
//! equal bytes.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError};

use super::formats::{TEXT, default_format, table_cell};
use super::names::sheet_names;
use super::write::{COMPRESSION, NO_YEAR, clean, failed};
use crate::export::{Cell, Columns};
use crate::finding::{Code, Finding, Message};

/// The rows of a worksheet.
const MOST_ROWS: u32 = 1 << 20;
/// The UTF-16 units of a cell.
const MOST_UNITS: usize = 32_767;
/// Beyond this, old programs show `####` for a text that is marked as one.
const MOST_MARKED: usize = 255;
/// The digits that spreadsheet programs keep of a number.
const MOST_DIGITS: u32 = 15;
/// The height of a row in points: rows are as high as one line, however many lines a text has.
const HEIGHT: f64 = 15.0;

/// Writes the table that `jixiao export` makes as a workbook, row by row: the heads bold and kept in sight,
/// with filters; texts as texts and numbers as numbers. What is too long for one worksheet goes on in another
/// with the same heads.
///
/// Rows are kept in a file without a name in the folder that was given, which is gone with the writer.
pub struct TableWriter {
    workbook: Workbook,
    columns: Columns,
    /// The rows that a worksheet takes, the heads among them.
    most_rows: u32,
    /// The rows written to the last worksheet, the heads among them.
    row: u32,
    sheets: usize,
    text: Format,
    long_text: Format,
    number: Format,
    head: Format,
}

impl TableWriter {
    /// A table with these columns and no rows so far, that keeps its rows in the folder `temporary`.
    ///
    /// # Errors
    ///
    /// [`Code::OutputFailed`] where no file can be made in that folder.
    pub fn new(columns: &Columns, temporary: &Path) -> Result<Self, Finding> {
        Self::with_rows(columns, temporary, MOST_ROWS)
    }

    fn with_rows(columns: &Columns, temporary: &Path, most_rows: u32) -> Result<Self, Finding> {
        let plain = table_cell();
        let mut writer = Self {
            workbook: Workbook::new(),
            columns: columns.clone(),
            most_rows,
            row: 0,
            sheets: 0,
            text: plain.clone().set_num_format_index(TEXT),
            head: plain.clone().set_bold(),
            number: plain.clone(),
            long_text: plain,
        };
        let begun = writer.begin(temporary);
        begun.map_err(|error| failed(writer.columns.title(), &error))?;
        Ok(writer)
    }

    fn begin(&mut self, temporary: &Path) -> Result<(), XlsxError> {
        self.workbook.set_default_format(&default_format(), 17, 64)?;
        self.workbook.set_tempdir(temporary)?;
        self.workbook.set_zip_compression_level(COMPRESSION);
        // Without a date the hour of making would be in it.
        let date = ExcelDateTime::from_ymd(NO_YEAR, 1, 1)?;
        let properties = DocProperties::new().set_title(self.columns.title());
        self.workbook
            .set_properties(&properties.set_creation_datetime(&date));
        self.add_sheet()
    }

    /// Begins a worksheet with its heads.
    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let title = self.columns.title();
        let name = match self.sheets {
            1 => title.to_owned(),
            number => format!("{title} {number}"),
        };
        let name = sheet_names([name.as_str()]).concat();
        let worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        worksheet
            .set_name(name)?
            .set_freeze_panes(1, 0)?
            .set_default_row_height(HEIGHT);
        for (at, column) in (0..).zip(self.columns.list()) {
            worksheet.set_column_width(at, column.width)?;
            worksheet.write_string_with_format(0, at, clean(&column.head), &self.head)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// [`Code::OutputFailed`] where a text has more than 32,767 UTF-16 units, which no cell takes: nothing is
    /// cut off. Also where the rows cannot be kept.
    ///
    /// # Panics
    ///
    /// `rust_xlsxwriter` panics where the disk is full.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), Finding> {
        for (cell, column) in cells.iter().zip(self.columns.list()) {
            if let Cell::Text(text) = cell
                && text.encode_utf16().count() > MOST_UNITS
            {
                return Err(too_long(&column.head, text, self.form_of(cells)));
            }
        }
        self.write_row(cells)
            .map_err(|error| failed(self.columns.title(), &error))
    }

    /// The number of the form that a row is about.
    fn form_of(&self, cells: &[Cell<'_>]) -> Option<u32> {
        let mut columns = self.columns.list().iter();
        match cells.get(columns.position(|column| column.name == "number")?)? {
            Cell::Number(number) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.row == self.most_rows {
            self.add_sheet()?;
        }
        let row = self.row;
        self.row += 1;
        let worksheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (at, cell) in (0..).zip(cells) {
            match cell {
                Cell::Blank => {}
                Cell::Number(number) => match exact(*number) {
                    Some(exact) => {
                        worksheet.write_number_with_format(row, at, exact, &self.number)?;
                    }
                    None => {
                        worksheet.write_string_with_format(row, at, number.to_string(), &self.text)?;
                    }
                },
                Cell::Text(text) => {
                    let text: Cow<'_, str> = clean(text);
                    let is_long = text.encode_utf16().count() > MOST_MARKED;
                    let format = if is_long { &self.long_text } else { &self.text };
                    worksheet.write_string_with_format(row, at, text, format)?;
                }
            }
        }
        Ok(())
    }

    /// Puts the workbook together and writes it to `out`.
    ///
    /// # Errors
    ///
    /// [`Code::OutputFailed`] with any error of `out`.
    pub fn finish(mut self, out: impl Write + Send) -> Result<(), Finding> {
        let finished = self
            .finish_sheets()
            .and_then(|()| self.workbook.save_to_writer(out));
        finished.map_err(|error| failed(self.columns.title(), &error))
    }

    fn finish_sheets(&mut self) -> Result<(), XlsxError> {
        let last_column = self.columns.list().len().saturating_sub(1) as u16;
        for index in 0..self.sheets {
            let rows = if index + 1 == self.sheets {
                self.row
            } else {
                self.most_rows
            };
            let worksheet: &mut Worksheet = self.workbook.worksheet_from_index(index)?;
            worksheet.autofilter(0, 0, rows - 1, last_column)?;
            if rows > 1 {
                // A code or an amount as printed is a text on purpose.
                worksheet.ignore_error_range(1, 0, rows - 1, last_column, IgnoreError::NumberStoredAsText)?;
            }
        }
        Ok(())
    }
}

/// A number that keeps all its digits in a workbook.
fn exact(number: Decimal) -> Option<f64> {
    let digits = number.normalize().mantissa().unsigned_abs();
    (digits < 10_u128.pow(MOST_DIGITS))
        .then(|| number.to_string().parse().ok())
        .flatten()
}

fn too_long(head: &str, text: &str, form: Option<u32>) -> Finding {
    let units = text.encode_utf16().count();
    let message = Message::new(
        format!("“{head}”有 {units} 个字符，一个单元格最多容纳 {MOST_UNITS} 个。"),
        format!("{head:?} has {units} characters; a cell takes {MOST_UNITS}"),
    );
    let help = Message::new(
        "请改用 CSV（--to csv），其长度不限。",
        "Use CSV (--to csv), which has no such limit.",
    );
    let begin: String = text.chars().take(MOST_QUOTED).collect();
    let finding = Finding::new(Code::OutputFailed, message).with_help(help);
    let finding = finding.quoting(begin);
    match form {
        Some(number) => finding.in_form(number),
        None => finding,
    }
}

/// How much of a text that is too long is quoted, in characters.
const MOST_QUOTED: usize = 40;

#[cfg(test)]
mod tests;
