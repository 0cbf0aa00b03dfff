//! Workbooks of the open document format. Their cells hold the text that they show beside its value.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::archive::{Fault, Limit};
use super::super::builder::Builder;
use super::super::package::Package;
use super::super::xml::{Event, Tag, Xml};
use super::format::general;
use super::{DefinedName, Range, Read, Sheet, Workbook};

/// Reads such a workbook.
pub(in super::super) fn read(package: &Package<'_>, builder: &mut Builder) -> Read {
    let manifest = package.text("META-INF/manifest.xml").unwrap_or_default();
    let mut workbook = Workbook::new(builder);
    if manifest.contains("encryption-data") {
        workbook.fault = Some(Fault::Encrypted);
        return workbook.finish();
    }
    let mut hiding = HashSet::new();
    package.read("content.xml", |xml| read_content(xml, &mut hiding, &mut workbook));
    workbook.finish()
}

/// Reads what may hold sheets; `hiding` are the styles whose sheets are hidden, which come first.
fn read_content(
    xml: &mut Xml<'_>,
    hiding: &mut HashSet<String>,
    workbook: &mut Workbook<'_>,
) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "automatic-styles" | "body" | "spreadsheet" | "named-expressions" => {
                read_content(xml, hiding, workbook)?;
            }
            "named-range" => {
                read_name(&tag, false, workbook);
                xml.skip()?;
            }
            "style" => {
                let name = tag.attribute("name").unwrap_or_default();
                while let Some(tag) = xml.child()? {
                    let is_table = tag.name() == "table-properties";
                    if is_table && tag.attribute("display").is_some() && !tag.is_on("display") {
                        hiding.insert(name.clone());
                    }
                    xml.skip()?;
                }
            }
            "table" => {
                let name = tag.attribute("name").unwrap_or_default();
                let style = tag.attribute("style-name").unwrap_or_default();
                let Some(mut sheet) = workbook.sheet(&name, hiding.contains(&style)) else {
                    xml.skip()?;
                    continue;
                };
                let result = read_table(xml, &mut (0, 0), &mut sheet, workbook);
                workbook.show(sheet);
                result?;
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// Reads columns and rows, and groups of them; `at` counts the rows and the columns before.
fn read_table(
    xml: &mut Xml<'_>,
    at: &mut (u32, u32),
    sheet: &mut Sheet,
    workbook: &mut Workbook<'_>,
) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "table-column" => {
                let last = at.1.saturating_add(repeated(&tag, "number-columns-repeated"));
                if is_collapsed(&tag) {
                    sheet.hidden_columns.push(at.1, last - 1);
                }
                at.1 = last;
                xml.skip()?;
            }
            "table-row" => {
                let rows = repeated(&tag, "number-rows-repeated");
                let end = at.0.saturating_add(rows);
                if is_collapsed(&tag) {
                    sheet.hidden_rows.push(at.0, end - 1);
                }
                let first = sheet.cells.len();
                let result = read_row(xml, at.0, sheet, workbook);
                // Blank rows cost nothing, however many they are.
                let row: Vec<_> = sheet.cells[first..].to_vec();
                if !row.is_empty() {
                    for number in at.0 + 1..end {
                        for cell in &row {
                            let text = Arc::clone(&cell.text);
                            workbook.add_number(sheet, number, cell.column, text, cell.number)?;
                        }
                    }
                }
                at.0 = end;
                result?;
            }
            "table-header-rows"
            | "table-rows"
            | "table-row-group"
            | "table-header-columns"
            | "table-columns"
            | "table-column-group" => read_table(xml, at, sheet, workbook)?,
            "named-expressions" => {
                while let Some(tag) = xml.child()? {
                    read_name(&tag, true, workbook);
                    xml.skip()?;
                }
            }
            "shapes" => {
                // Texts that lie over the sheet.
                let mut text = String::new();
                read_lines(xml, &mut text, &mut String::new())?;
                let boxes = text.lines().map(|line| super::SheetCell {
                    row: 0,
                    column: 0,
                    text: line.into(),
                    number: None,
                });
                sheet.boxes.extend(boxes);
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_name(tag: &Tag<'_>, is_local: bool, workbook: &mut Workbook<'_>) {
    let name = tag.attribute("name").unwrap_or_default();
    let meaning = tag.attribute("cell-range-address").unwrap_or_default();
    let name = DefinedName::read(&name, &meaning, is_local);
    workbook.names.extend(name);
}

fn repeated(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number::<u32>(name).unwrap_or(1).max(1)
}

fn is_collapsed(tag: &Tag<'_>) -> bool {
    matches!(
        tag.attribute("visibility").as_deref(),
        Some("collapse" | "filter")
    )
}

fn read_row(
    xml: &mut Xml<'_>,
    row: u32,
    sheet: &mut Sheet,
    workbook: &mut Workbook<'_>,
) -> Result<(), Fault> {
    let mut column = 0_u32;
    while let Some(tag) = xml.child()? {
        if !matches!(tag.name(), "table-cell" | "covered-table-cell") {
            xml.skip()?;
            continue;
        }
        let times = repeated(&tag, "number-columns-repeated");
        let (rows, columns) = (
            repeated(&tag, "number-rows-spanned"),
            repeated(&tag, "number-columns-spanned"),
        );
        if rows > 1 || columns > 1 {
            if sheet.merged.len() >= Limit::Cells.most() {
                return Err(Fault::Limit(Limit::Cells));
            }
            sheet.merged.push(Range {
                rows: (row, row.saturating_add(rows - 1)),
                columns: (column, column.saturating_add(columns - 1)),
            });
        }
        let mut text = String::new();
        let mut comment = String::new();
        read_lines(xml, &mut text, &mut comment)?;
        if !comment.is_empty() {
            sheet.comments.push(super::SheetCell {
                row,
                column,
                text: comment.into(),
                number: None,
            });
        }
        if text.is_empty() {
            // Some programs leave out the text where it follows from the value.
            text = tag
                .attribute("string-value")
                .or_else(|| tag.attribute("date-value"))
                .or_else(|| tag.number("value").map(general))
                .or_else(|| tag.attribute("boolean-value").map(|value| value.to_uppercase()))
                .unwrap_or_default();
            if let (true, Some(formula)) = (text.is_empty(), tag.attribute("formula"))
                && tag.attribute("value-type").as_deref() != Some("string")
            {
                // The language of the formula stands before it.
                let (_, formula) = formula.split_once(":=").unwrap_or(("", &formula));
                // LibreOffice writes no value where the result is an empty text.
                if !formula.contains("\"\"") {
                    workbook.add_formula(sheet, row, column, formula)?;
                }
            }
        }
        if !text.is_empty() {
            if tag.attribute("formula").is_some() {
                sheet.calculated.insert((row, column));
            }
            let text: Arc<str> = text.into();
            let kind = tag.attribute("value-type");
            let is_number = matches!(kind.as_deref(), Some("float" | "percentage" | "currency"));
            let number = tag.number("value").filter(|_| is_number);
            for column in column..column.saturating_add(times) {
                workbook.add_number(sheet, row, column, Arc::clone(&text), number)?;
            }
        }
        column = column.saturating_add(times);
    }
    Ok(())
}

/// Reads the paragraphs in an element, each a line; what is remarked on it goes to `comment`.
fn read_lines(xml: &mut Xml<'_>, text: &mut String, comment: &mut String) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "p" | "h" => {
                if !text.is_empty() {
                    text.push('\n');
                }
                read_paragraph(xml, text)?;
            }
            "annotation" => read_comment(xml, comment)?,
            // What its drawings are called.
            "title" | "desc" => xml.skip()?,
            _ => read_lines(xml, text, comment)?,
        }
    }
    Ok(())
}

/// Reads the paragraphs of a remark, but not who made it and when.
fn read_comment(xml: &mut Xml<'_>, comment: &mut String) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        if tag.name() == "p" {
            if !comment.is_empty() {
                comment.push('\n');
            }
            read_paragraph(xml, comment)?;
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

fn read_paragraph(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Fault> {
    loop {
        let tag = match xml.next()? {
            Event::End => return Ok(()),
            Event::Text(piece) => {
                text.push_str(&piece);
                continue;
            }
            Event::Start(tag) => tag,
        };
        match tag.name() {
            "s" => {
                let count = tag.number::<usize>("c").unwrap_or(1).min(1000);
                text.extend(std::iter::repeat_n(' ', count));
            }
            "tab" => text.push('\t'),
            "line-break" => text.push('\n'),
            "ruby-text" | "annotation" => {}
            _ => {
                read_paragraph(xml, text)?;
                continue;
            }
        }
        xml.skip()?;
    }
}
