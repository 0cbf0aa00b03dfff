//! Workbooks of Office Open XML.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::archive::Fault;
use super::super::builder::Builder;
use super::super::package::{Package, Relation};
use super::super::xml::{Tag, Xml};
use super::format::{self, Format};
use super::{DefinedName, Range, Read, Sheet, SheetCell, Workbook};
use crate::finding::CellName;

/// Reads the workbook whose main part is `main`.
pub(in super::super) fn read(package: &Package<'_>, main: &str, builder: &mut Builder) -> Read {
    let relations = package.relations(main);
    let mut tables = Tables::default();
    let mut sheets = Vec::new();
    package.read(main, |xml| read_main(xml, &mut sheets, &mut tables));
    for relation in &relations {
        match relation.kind.as_str() {
            "sharedStrings" => package.read(&relation.target, |xml| read_strings(xml, &mut tables.strings)),
            "styles" => package.read(&relation.target, |xml| tables.read_styles(xml)),
            _ => {}
        }
    }
    let mut workbook = Workbook::new(builder);
    workbook.names = std::mem::take(&mut tables.names);
    for entry in sheets {
        let Some(mut sheet) = workbook.sheet(&entry.name, entry.is_hidden) else {
            continue;
        };
        let part = relations
            .iter()
            .find(|relation| relation.id == entry.relation && relation.kind == "worksheet");
        let Some(Relation { target, .. }) = part else {
            continue;
        };
        package.read(target, |xml| read_sheet(xml, &tables, &mut sheet, &mut workbook));
        let belonging = package.relations(target);
        for comments in belonging.iter().filter(|relation| relation.kind == "comments") {
            package.read(&comments.target, |xml| read_comments(xml, &mut sheet));
        }
        for drawing in belonging.iter().filter(|relation| relation.kind == "drawing") {
            package.read(&drawing.target, |xml| read_drawing(xml, &mut sheet, &mut (0, 0)));
        }
        workbook.show(sheet);
    }
    workbook.finish()
}

struct Entry {
    name: String,
    relation: String,
    is_hidden: bool,
}

/// What the cells of all sheets refer to.
#[derive(Default)]
struct Tables {
    strings: Vec<Arc<str>>,
    /// The formats of cells, by the numbers that cells call them by.
    formats: Vec<Format>,
    from_1904: bool,
    /// The names that the program gave.
    names: Vec<DefinedName>,
}

fn read_main(xml: &mut Xml<'_>, sheets: &mut Vec<Entry>, tables: &mut Tables) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "sheets" | "definedNames" => {
                read_main(xml, sheets, tables)?;
                continue;
            }
            "definedName" => {
                let name = tag.attribute("name").unwrap_or_default();
                let is_local = tag.attribute("localSheetId").is_some();
                let mut meaning = String::new();
                xml.text(&mut meaning)?;
                tables
                    .names
                    .extend(DefinedName::read(&name, meaning.trim(), is_local));
                continue;
            }
            "sheet" => {
                let state = tag.attribute("state");
                sheets.push(Entry {
                    name: tag.attribute("name").unwrap_or_default(),
                    relation: tag.attribute("id").unwrap_or_default(),
                    is_hidden: state.is_some_and(|state| state != "visible"),
                });
            }
            "workbookPr" => {
                tables.from_1904 = tag.attribute("date1904").is_some() && tag.is_on("date1904");
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

fn read_strings(xml: &mut Xml<'_>, strings: &mut Vec<Arc<str>>) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        if tag.name() == "si" {
            let mut text = String::new();
            read_rich_text(xml, &mut text)?;
            strings.push(text.into());
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

/// Reads a text in runs of several formats, without the reading aids above it.
fn read_rich_text(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "t" => {
                let mut piece = String::new();
                xml.text(&mut piece)?;
                text.push_str(&unescaped(&piece));
            }
            "r" => read_rich_text(xml, text)?,
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// A text in which characters that XML cannot hold stand as `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some(at) = rest.find("_x") {
        let code = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let end = if let Some(c) = code.and_then(char::from_u32) {
            plain.push_str(&rest[..at]);
            // A carriage return stands before a line feed.
            if c != '\r' {
                plain.push(c);
            }
            at + 7
        } else {
            plain.push_str(&rest[..at + 2]);
            at + 2
        };
        rest = &rest[end..];
    }
    plain + rest
}

impl Tables {
    fn read_styles(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let mut codes: Vec<(u16, String)> = Vec::new();
        let mut cells: Vec<u16> = Vec::new();
        let result = read_formats(xml, &mut codes, &mut cells);
        self.formats = cells
            .iter()
            .map(|number| {
                let own = codes.iter().find(|(own, _)| own == number);
                Format::parse(own.map_or_else(|| format::built_in(*number), |(_, code)| code))
            })
            .collect();
        result
    }

    fn format(&self, style: Option<usize>) -> Option<&Format> {
        self.formats.get(style.unwrap_or(0))
    }
}

fn read_formats(
    xml: &mut Xml<'_>,
    codes: &mut Vec<(u16, String)>,
    cells: &mut Vec<u16>,
) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "numFmts" => {
                while let Some(tag) = xml.child()? {
                    let number = tag.number("numFmtId");
                    codes.extend(number.zip(tag.attribute("formatCode")));
                    xml.skip()?;
                }
            }
            "cellXfs" => {
                while let Some(tag) = xml.child()? {
                    cells.push(tag.number("numFmtId").unwrap_or(0));
                    xml.skip()?;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_sheet(
    xml: &mut Xml<'_>,
    tables: &Tables,
    sheet: &mut Sheet,
    workbook: &mut Workbook<'_>,
) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "cols" => {
                while let Some(tag) = xml.child()? {
                    let span = tag.number::<u32>("min").zip(tag.number::<u32>("max"));
                    if let Some((first, last)) = span
                        && hides(&tag)
                        && first > 0
                    {
                        sheet.hidden_columns.push(first - 1, last.max(first) - 1);
                    }
                    xml.skip()?;
                }
            }
            "sheetData" => {
                let mut row = 0;
                while let Some(tag) = xml.child()? {
                    row = tag.number::<u32>("r").map_or(row, |number| number.max(1) - 1);
                    if hides(&tag) {
                        sheet.hidden_rows.push(row, row);
                    }
                    let mut column = 0;
                    while let Some(tag) = xml.child()? {
                        let name = tag.attribute("r");
                        let name = name.and_then(|name| name.parse::<CellName>().ok());
                        let at = name.map_or((row, column), |name| (name.row, u32::from(name.column)));
                        read_cell(&tag, xml, tables, at, sheet, workbook)?;
                        column = at.1.saturating_add(1);
                    }
                    row = row.saturating_add(1);
                }
            }
            "mergeCells" => {
                while let Some(tag) = xml.child()? {
                    sheet
                        .merged
                        .extend(tag.attribute("ref").and_then(|name| range(&name)));
                    xml.skip()?;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// Whether a row or a column is hidden.
fn hides(tag: &Tag<'_>) -> bool {
    tag.attribute("hidden").is_some() && tag.is_on("hidden")
}

fn range(name: &str) -> Option<Range> {
    let (first, last) = name.split_once(':').unwrap_or((name, name));
    let (first, last): (CellName, CellName) = (first.parse().ok()?, last.parse().ok()?);
    (first.row <= last.row && first.column <= last.column).then(|| Range {
        rows: (first.row, last.row),
        columns: (u32::from(first.column), u32::from(last.column)),
    })
}

fn read_cell(
    tag: &Tag<'_>,
    xml: &mut Xml<'_>,
    tables: &Tables,
    (row, column): (u32, u32),
    sheet: &mut Sheet,
    workbook: &mut Workbook<'_>,
) -> Result<(), Fault> {
    let kind = tag.attribute("t");
    let kind = kind.as_deref().unwrap_or("n");
    let format = tables.format(tag.number("s"));
    let mut value = String::new();
    let mut inline = None;
    let mut formula = None;
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "v" => xml.text(&mut value)?,
            "is" => {
                let mut text = String::new();
                read_rich_text(xml, &mut text)?;
                inline = Some(text);
            }
            "f" => xml.text(formula.insert(String::new()))?,
            _ => xml.skip()?,
        }
    }
    let is_calculated = formula.is_some();
    if let (Some(formula), None, true) = (formula, &inline, value.is_empty() && kind != "str") {
        return workbook.add_formula(sheet, row, column, &formula);
    }
    if is_calculated {
        sheet.calculated.insert((row, column));
    }
    let as_text = |text: Arc<str>| match format.map(|format| format.text(&text)) {
        Some(Cow::Owned(shown)) => shown.into(),
        _ => text,
    };
    let text: Arc<str> = match kind {
        "s" => {
            let string = value
                .trim()
                .parse()
                .ok()
                .and_then(|index: usize| tables.strings.get(index));
            string.map_or_else(|| value.as_str().into(), |string| as_text(Arc::clone(string)))
        }
        "inlineStr" => as_text(inline.unwrap_or(value).into()),
        "str" => as_text(unescaped(&value).into()),
        "b" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.into(),
        "n" => match (value.trim().parse::<f64>(), format) {
            _ if value.trim().is_empty() => return Ok(()),
            (Ok(number), format) => {
                let shown = match format {
                    Some(format) => format.number(number, tables.from_1904),
                    None => format::general(number),
                };
                return workbook.add_number(sheet, row, column, shown.into(), Some(number));
            }
            (Err(_), _) => value.into(),
        },
        _ => value.into(),
    };
    workbook.add(sheet, row, column, text)
}

/// Reads what was remarked on cells.
fn read_comments(xml: &mut Xml<'_>, sheet: &mut Sheet) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "commentList" => read_comments(xml, sheet)?,
            "comment" => {
                let name = tag.attribute("ref");
                let at = name.and_then(|name| name.parse::<CellName>().ok());
                let mut text = String::new();
                while let Some(tag) = xml.child()? {
                    if tag.name() == "text" {
                        read_rich_text(xml, &mut text)?;
                    } else {
                        xml.skip()?;
                    }
                }
                if let Some(at) = at {
                    sheet.comments.push(SheetCell {
                        row: at.row,
                        column: u32::from(at.column),
                        text: text.into(),
                        number: None,
                    });
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// Reads the texts of the shapes that lie on a sheet, with the cell that each begins over.
fn read_drawing(xml: &mut Xml<'_>, sheet: &mut Sheet, at: &mut (u32, u32)) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "from" => {
                while let Some(tag) = xml.child()? {
                    let mut number = String::new();
                    xml.text(&mut number)?;
                    let number = number.trim().parse().unwrap_or(0);
                    match tag.name() {
                        "row" => at.0 = number,
                        "col" => at.1 = number,
                        _ => {}
                    }
                }
            }
            "p" => {
                let mut text = String::new();
                xml.text(&mut text)?;
                sheet.boxes.push(SheetCell {
                    row: at.0,
                    column: at.1,
                    text: text.into(),
                    number: None,
                });
            }
            // The same drawing for older programs.
            "Fallback" => xml.skip()?,
            _ => read_drawing(xml, sheet, at)?,
        }
    }
    Ok(())
}
