//! Placed sheets as the bytes of a workbook.
//!
//! Architecture invariant: equal documents give equal bytes; nothing of the machine or the hour is in
//! them.

use std::borrow::Cow;
use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Formula, IgnoreError, Url, Workbook, Worksheet, XlsxError,
};

use super::entry::{is_open, protection, validate};
use super::formats::{Content, Formats, default_format, open_row, way_back};
use super::keys::{self, write_keys};
use super::marks::Marks;
use super::names::sheet_names;
use super::notes::Notes;
use super::pages;
use super::place::{Placed, PlacedCell, place};
use super::summary::{References, draw};
use crate::blocks::MARKS_SHEET;
use crate::finding::{Code, Finding, Message};
use crate::model::Department;
use crate::sheet::{Document, Entry, FILE_LINK, Sheet, SheetKind};

/// The page number at the foot of a printed page.
const FOOTER: &str = "&C&\"宋体\"&9第 &P 页 / 共 &N 页";
/// A4, in the numbering of printer drivers.
const A4: u8 = 9;
/// How hard the files inside are compressed, 0 to 9: 1 takes a third of the time of 6, a fifth of the
/// time of the whole workbook, and the file is still but 3 KB a form.
pub(super) const COMPRESSION: u8 = 1;
/// The year that a document without one is dated.
pub(super) const NO_YEAR: u16 = 2000;
/// The most characters that the properties of a document take.
const MAX_PROPERTY: usize = 255;

/// Writes a document as a workbook: one worksheet per sheet except the title pages of parts.
///
/// The sheets are protected without a password, so that labels are not changed by accident. What shows a
/// field of the model is open, and so are the rows that the document calls open.
///
/// Equal documents give equal bytes. Writing runs a short-lived thread per worksheet inside of
/// `rust_xlsxwriter`.
///
/// # Errors
///
/// [`Code::OutputFailed`] where a sheet has cells over each other, a text beyond 32,767 characters in
/// a cell that cannot be spread over several, or more rows or columns than a worksheet takes.
///
/// # Examples
///
/// ```
/// use jixiao::sheet::{Block, Document, Sheet, SheetKind, TextBlock};
///
/// let document = Document {
///     sheets: vec![Sheet {
///         kind: SheetKind::Narrative,
///         id: "narrative".to_owned(),
///         name: "整体绩效目标".to_owned(),
///         blocks: vec![Block::Text(TextBlock { text: "总体绩效目标".to_owned(), ..TextBlock::default() })],
///     }],
///     ..Document::default()
/// };
/// let bytes = jixiao::xlsx::write(&document).expect("a workbook");
/// assert!(bytes.starts_with(b"PK"));
/// ```
pub fn write(document: &Document) -> Result<Vec<u8>, Finding> {
    write_with(document, None)
}

/// Writes a document, as [`write()`] does, with all that is needed to read the workbook back once it was
/// edited: a hidden sheet that keeps `department`, which the document was filled with, and which cell
/// shows which field; and names of the cells.
///
/// # Errors
///
/// Those of [`write()`].
pub fn write_editable(document: &Document, department: &Department) -> Result<Vec<u8>, Finding> {
    write_with(document, Some(department))
}

fn write_with(document: &Document, department: Option<&Department>) -> Result<Vec<u8>, Finding> {
    let sheets: Vec<&Sheet> = document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind != SheetKind::PartTitle)
        .collect();
    let placed = sheets
        .iter()
        .map(|sheet| place(sheet))
        .collect::<Result<Vec<_>, _>>()?;
    let names = sheet_names(sheets.iter().map(|sheet| sheet.name.as_str()));
    let links = Links::new(document, &placed, &names);
    let mut notes = Notes::new(document);

    let mut workbook = Workbook::new();
    let mut formats = Formats::default();
    workbook
        .set_default_format(&default_format(), 17, 64)
        .map_err(|error| failed(&document.title, &error))?;
    workbook.set_zip_compression_level(COMPRESSION);
    workbook.set_properties(&properties(document));
    for ((sheet, placed), name) in sheets.iter().zip(&placed).zip(&names) {
        let worksheet = workbook.add_worksheet();
        fill(worksheet, sheet, placed, name, &links, &mut formats)
            .and_then(|()| notes.annotate(worksheet, &sheet.id, placed))
            .map_err(|error| failed(name, &error))?;
    }
    if let Some(department) = department {
        let placed = placed.iter().zip(&names);
        let sheets = sheets.iter().zip(placed);
        let marks = Marks::new(
            department,
            sheets.map(|(sheet, (placed, name))| (*sheet, placed, name.as_str())),
            document.notes.iter().map(|note| note.text.as_str()),
        );
        add_marks(&mut workbook, &marks).map_err(|error| failed(&document.title, &error))?;
    } else if document.is_answered {
        let worksheet = add_hidden(&mut workbook);
        worksheet
            .and_then(|worksheet| worksheet.write_string(0, 0, keys::MARK).map(|_| ()))
            .map_err(|error| failed(&document.title, &error))?;
    }
    workbook
        .save_to_buffer()
        .map_err(|error| failed(&document.title, &error))
}

/// Adds the hidden sheet by which the program knows a workbook of its own.
fn add_hidden(workbook: &mut Workbook) -> Result<&mut Worksheet, XlsxError> {
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(MARKS_SHEET)?.set_very_hidden(true);
    Ok(worksheet)
}

/// Adds the hidden sheet and the names of cells.
fn add_marks(workbook: &mut Workbook, marks: &Marks) -> Result<(), XlsxError> {
    let worksheet = add_hidden(workbook)?;
    for (row, text) in (0..).zip(marks.write()) {
        worksheet.write_string(row, 0, text)?;
    }
    // The library sorts them once more, which is dear where they are in no order.
    let mut names = marks.names();
    names.sort_by_cached_key(|(name, _)| name.to_lowercase());
    for (name, meaning) in names {
        workbook.define_name(name, &meaning)?;
    }
    Ok(())
}

pub(super) fn failed(name: &str, error: &XlsxError) -> Finding {
    Finding::new(
        Code::OutputFailed,
        Message::new(
            format!("工作簿“{name}”无法生成：{error}。"),
            format!("the workbook {name:?} cannot be made: {error}"),
        ),
    )
}

fn properties(document: &Document) -> DocProperties {
    let date = |year| ExcelDateTime::from_ymd(year, 1, 1);
    let year = document.year.and_then(|year| u16::try_from(year).ok());
    let mut properties = DocProperties::new()
        .set_title(property(&document.title))
        .set_author(property(&document.author));
    if let Ok(date) = date(year.unwrap_or(NO_YEAR)).or_else(|_| date(NO_YEAR)) {
        properties = properties.set_creation_datetime(&date);
    }
    properties
}

fn property(text: &str) -> String {
    clean(text).chars().take(MAX_PROPERTY).collect()
}

/// Where links lead to.
struct Links<'a> {
    /// Address by the name that links point to.
    addresses: HashMap<&'a str, String>,
    /// Name and address of the contents list.
    contents: Option<(String, String)>,
    /// Name and address of the summary.
    summary: Option<(String, String)>,
    /// The cells that formulas show.
    references: References<'a>,
}

impl<'a> Links<'a> {
    fn new(document: &'a Document, placed: &[Placed<'a>], names: &[String]) -> Self {
        let mut addresses = HashMap::new();
        let (mut contents, mut summary) = (None, None);
        let mut written = 0;
        for sheet in &document.sheets {
            // A title page of a part is no worksheet: what points to it leads to what follows it.
            let Some(name) = names.get(written) else { break };
            let address = |row: u32| format!("internal:'{name}'!A{}", row + 1);
            addresses.entry(sheet.id.as_str()).or_insert_with(|| address(0));
            if sheet.kind == SheetKind::PartTitle {
                for block in &sheet.blocks {
                    if let crate::sheet::Block::Text(text) = block
                        && let Some(id) = &text.id
                    {
                        addresses.entry(id).or_insert_with(|| address(0));
                    }
                }
                continue;
            }
            for &(id, row) in &placed[written].anchors {
                addresses.entry(id).or_insert_with(|| address(row));
            }
            let list = match sheet.kind {
                SheetKind::Contents => &mut contents,
                SheetKind::Summary => &mut summary,
                _ => &mut None,
            };
            list.get_or_insert_with(|| (name.clone(), address(0)));
            written += 1;
        }
        Self {
            addresses,
            contents,
            summary,
            references: References::new(placed, names),
        }
    }

    fn get<'l>(&'l self, name: &'l str) -> Option<&'l str> {
        if name.starts_with(FILE_LINK) {
            return Some(name);
        }
        self.addresses.get(name).map(String::as_str)
    }
}

fn fill(
    worksheet: &mut Worksheet,
    sheet: &Sheet,
    placed: &Placed<'_>,
    name: &str,
    links: &Links<'_>,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    worksheet.set_name(name)?;
    worksheet.set_screen_gridlines(false);
    // The result of a formula that gives nothing is blank, not 0.
    worksheet.set_formula_result_default("");
    for (column, &width) in placed.columns.iter().enumerate() {
        worksheet.set_column_width_pixels(column as u16, width)?;
    }
    for (row, &height) in placed.rows.iter().enumerate() {
        worksheet.set_row_height_pixels(row as u32, height)?;
    }
    let open = open_row();
    for (row, _) in placed.open.iter().enumerate().filter(|&(_, &open)| open) {
        worksheet.set_row_format(row as u32, &open)?;
    }
    for cell in &placed.cells {
        fill_cell(worksheet, cell, placed, links, formats)?;
    }
    let contents = links.contents.as_ref().filter(|_| {
        matches!(
            sheet.kind,
            SheetKind::Narrative | SheetKind::Form | SheetKind::Summary
        )
    });
    let summary = links.summary.as_ref().filter(|_| sheet.kind == SheetKind::Form);
    let beside = placed.columns.len() as u16..;
    for (column, (name, address)) in beside.zip(contents.into_iter().chain(summary)) {
        // Beside the printed columns, so that no title has the look of a link.
        let back = Url::new(address.as_str()).set_text(format!("← {name}"));
        worksheet.write_url_with_format(0, column, back, &way_back())?;
    }
    for chart in &placed.charts {
        draw(worksheet, name, placed, chart)?;
    }
    write_keys(worksheet, placed)?;
    validate(worksheet, placed)?;
    worksheet.protect_with_options(&protection());
    print_set_up(worksheet, sheet.kind, placed)
}

fn fill_cell(
    worksheet: &mut Worksheet,
    cell: &PlacedCell<'_>,
    placed: &Placed<'_>,
    links: &Links<'_>,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    crate::limit::check();
    let (row, last_row) = cell.rows;
    let (column, last_column) = cell.columns;
    let link = cell.link.and_then(|name| links.get(name));
    let number = cell.amount.and_then(|amount| number(cell.text, amount));
    let content = match number {
        Some(number) => Content::Number {
            // Amounts have room for their cents; a count that a template made is shown as it is printed.
            decimals: if is_count(cell) {
                number.decimals
            } else {
                number.decimals.max(2)
            },
            grouped: number.grouped,
        },
        None if awaits_number(cell) => Content::Number {
            decimals: 2,
            grouped: false,
        },
        None if cell.formula.is_some() => Content::Unmarked,
        None if cell.text.len() > 255 && cell.text.encode_utf16().count() > 250 => Content::Unmarked,
        None => Content::Text,
    };
    let format = formats.get(cell, content, is_open(placed, cell));
    if let Some(formula) = links.references.formula(cell, placed, link) {
        if (row, column) != (last_row, last_column) {
            worksheet.merge_range(row, column, last_row, last_column, "", format)?;
        }
        let formula = Formula::new(formula).set_result(result(cell, number));
        worksheet.write_formula_with_format(row, column, formula, format)?;
        return Ok(());
    }
    let mut text = match number {
        Some(_) => Cow::Borrowed(""),
        None => shown(cell),
    };
    // A link needs a text to be clicked at.
    let link = link.filter(|_| !text.is_empty());
    let linked = if link.is_some() {
        std::mem::take(&mut text)
    } else {
        Cow::Borrowed("")
    };
    if (row, column) != (last_row, last_column) {
        worksheet.merge_range(row, column, last_row, last_column, &text, format)?;
    } else if link.is_none() && number.is_none() {
        worksheet.write_string_with_format(row, column, text, format)?;
    }
    if let Some(number) = number {
        worksheet.write_number_with_format(row, column, number.value, format)?;
    } else if let Some(link) = link {
        worksheet.write_url_with_format(row, column, Url::new(link).set_text(linked), format)?;
    }
    Ok(())
}

/// Whether a cell is to hold an amount and holds none yet: what is typed into it is then a number.
fn awaits_number(cell: &PlacedCell<'_>) -> bool {
    match cell.entry {
        Some(Entry::Amount { or }) => cell.text.is_empty() || or.as_deref() == Some(cell.text),
        _ => cell.formula.is_some() && (cell.amount.is_some() || cell.text.is_empty()),
    }
}

/// What a formula gives: the digits of a number, else a text.
fn result(cell: &PlacedCell<'_>, number: Option<Number>) -> String {
    match cell.amount.filter(|_| number.is_some()) {
        Some(amount) => amount.normalize().to_string(),
        // `NaN` and the like would be taken for numbers, which a workbook does not have.
        None if cell.text.parse().is_ok_and(|value: f64| !value.is_finite()) => String::new(),
        None => shown(cell).into_owned(),
    }
}

fn print_set_up(worksheet: &mut Worksheet, kind: SheetKind, placed: &Placed<'_>) -> Result<(), XlsxError> {
    let inches = |millimetres: f64| millimetres / 25.4;
    worksheet
        .set_paper_size(A4)
        .set_portrait()
        .set_margins(
            inches(pages::MARGIN_LEFT),
            inches(pages::MARGIN_RIGHT),
            inches(pages::MARGIN_TOP),
            inches(pages::MARGIN_BOTTOM),
            inches(pages::FOOTER),
            inches(pages::FOOTER),
        )
        .set_print_center_horizontally(true)
        // The cover is one page whatever it holds; all others are as long as they need to be.
        .set_print_fit_to_pages(1, u16::from(kind == SheetKind::Cover));
    if !matches!(kind, SheetKind::Cover | SheetKind::Contents) {
        worksheet.set_footer(FOOTER);
    }
    if placed.rows.is_empty() {
        return Ok(());
    }
    let (last_row, last_column) = (placed.rows.len() as u32 - 1, placed.columns.len() as u16 - 1);
    worksheet.set_print_area(0, 0, last_row, last_column)?;
    // Codes and percentages are text on purpose: no warning triangles in their corners.
    worksheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    if let Some(header) = &placed.header {
        worksheet.set_repeat_rows(header.start, header.end - 1)?;
    }
    worksheet.set_page_breaks(&placed.breaks)?;
    Ok(())
}

/// A number as it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Number {
    value: f64,
    decimals: u8,
    grouped: bool,
}

/// Whether a cell is for a number that nobody enters and nothing is calculated from.
fn is_count(cell: &PlacedCell<'_>) -> bool {
    cell.entry.is_some() && cell.field.is_none() && cell.formula.is_none()
}

/// The number that a cell's text says, if the text says nothing else and the number keeps all its
/// digits in a workbook: programs keep fifteen.
fn number(text: &str, amount: Decimal) -> Option<Number> {
    let mut digits = String::with_capacity(text.len());
    let mut grouped = false;
    for character in text.chars() {
        match character {
            ',' | '，' => grouped = true,
            '０'..='９' => digits.push(char::from(b'0' + (character as u32 - '０' as u32) as u8)),
            '．' => digits.push('.'),
            space if space.is_whitespace() => {}
            other => digits.push(other),
        }
    }
    let printed: Decimal = digits.parse().ok()?;
    let significant = printed
        .mantissa()
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1);
    (printed == amount && significant <= 15).then_some(())?;
    Some(Number {
        value: digits.parse().ok()?,
        decimals: printed.scale() as u8,
        grouped,
    })
}

/// The text of a cell as the workbook shows it.
fn shown<'a>(cell: &PlacedCell<'a>) -> Cow<'a, str> {
    let text = clean(cell.text);
    // No program knows an indent of the first line only.
    if cell.indent > 0 && !text.is_empty() {
        Cow::Owned("\u{3000}".repeat(cell.indent) + &text)
    } else {
        text
    }
}

/// A text without the characters that a workbook cannot hold; U+FFFD stands for each of them.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let stays = |character: char| match character {
        '\n' | '\t' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => !other.is_control(),
    };
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    Cow::Owned(
        text.chars()
            .map(|character| match character {
                '\r' => '\n',
                other if stays(other) => other,
                _ => '\u{FFFD}',
            })
            .collect(),
    )
}
