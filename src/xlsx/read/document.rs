//! The sheets of the document itself in an edited workbook: the cover and the narrative.

use std::borrow::Cow;

use super::super::marks::MarkedSheet;
use super::sheet::{EditedSheet, Said, Shown, origin};
use super::values::{text, unwrapped};
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Narrative, Origin, narrative_path};

/// Reads the fields of a sheet into the department that the workbook was made from.
pub(super) fn read(sheet: &mut EditedSheet<'_>, department: &mut Department) {
    for (field, shown) in sheet.fields(|field| narrative_path(field).is_none()) {
        let (said, place) = sheet.said(&shown);
        let base = department.text_at(field).map(Cow::into_owned);
        let said = match said {
            Said::Untouched => base,
            Said::Edited(now) => now.map(|now| {
                let was = sheet.marks.shown(sheet.marked, shown[0].1);
                unwrapped(was, base.as_deref().unwrap_or_default(), &now).replace('\n', "")
            }),
        };
        let (slot, name) = match field {
            "department" => (&mut department.department, "department"),
            "cover_title" => {
                follow_year(
                    department.cover_title.as_deref(),
                    said.as_deref(),
                    &mut department.year,
                );
                (&mut department.cover_title, "cover_title")
            }
            "compiled_by" => (&mut department.compiled_by, "compiled_by"),
            "reviewed_by" => (&mut department.reviewed_by, "reviewed_by"),
            _ => continue,
        };
        *slot = said;
        if let Some(place) = place {
            department.origins.set(name, place);
        }
    }
    read_narrative(sheet, department);
}

/// Lets the year follow the title of the cover, where that said it and was edited.
fn follow_year(before: Option<&str>, now: Option<&str>, year: &mut Option<i32>) {
    let year_in = |text: &str| -> Option<i32> {
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
        let year = digits.into_iter().find(|digits| digits.len() == 4)?;
        year.parse().ok().filter(|year| (1990..2100).contains(year))
    };
    if before == now {
        return;
    }
    if let Some(now) = now.and_then(year_in)
        && (year.is_none() || before.and_then(year_in) == *year)
    {
        *year = Some(now);
    }
}

/// Takes away what a deleted sheet showed. The cover stays: without it the document has no name.
pub(super) fn take_away(department: &mut Department, sheet: &MarkedSheet, findings: &mut Vec<Finding>) {
    let cells = sheet.rows.iter().flat_map(|row| &row.1);
    let mut fields = cells.filter_map(|cell| cell.field.as_deref());
    if fields.any(|field| narrative_path(field).is_some()) {
        department.narrative = Narrative::default();
        return;
    }
    let message = Message::new(
        format!("工作簿中没有“{}”工作表，其内容按原样保留。", sheet.name),
        format!(
            "The workbook has no sheet {:?} any more; what it showed was kept.",
            sheet.name
        ),
    );
    findings.push(Finding::new(Code::CoverMissing, message));
}

/// The paragraphs in a text: one for each of its lines.
fn lines(text: Option<String>) -> Vec<String> {
    text.unwrap_or_default().lines().map(str::to_owned).collect()
}

/// A paragraph with its origin.
type Paragraph = (String, Option<Origin>);

fn read_narrative(sheet: &mut EditedSheet<'_>, department: &mut Department) {
    let paragraphs = sheet.fields(|field| narrative_path(field).is_some());
    let sections = sections_of_headings(sheet);
    if paragraphs.is_empty() && sections.iter().all(Option::is_none) {
        return;
    }
    // The paragraph that begins in a row, and the rows that paragraphs go on in.
    let mut begins: Vec<Option<&(&str, Shown<'_>)>> = vec![None; sheet.then.len()];
    let mut goes_on = vec![false; sheet.then.len()];
    for paragraph in &paragraphs {
        let rows = paragraph.1.iter().filter_map(|(row, _)| sheet.now[*row]);
        for (index, row) in rows.enumerate() {
            if index == 0 {
                begins[row as usize] = Some(paragraph);
            } else {
                goes_on[row as usize] = true;
            }
        }
    }
    let mut read: [Vec<Paragraph>; 3] = Default::default();
    let mut section = None;
    for row in 0..sheet.then.len() {
        if let Some(heading) = sheet.then[row].and_then(|then| sections[then]) {
            section = Some(heading);
            continue;
        }
        let (texts, place, own): (Vec<String>, _, _) = if let Some((field, shown)) = begins[row] {
            let (said, place) = sheet.said(shown);
            let texts = match said {
                // A paragraph that nobody touched stays one, whatever is in it.
                Said::Untouched => department
                    .text_at(field)
                    .map(Cow::into_owned)
                    .into_iter()
                    .collect(),
                Said::Edited(now) => lines(now),
            };
            let own = narrative_path(field).map(|(section, _)| section);
            (texts, place, own)
        } else if goes_on[row] || sheet.then[row].is_some() {
            continue;
        } else if section.is_none() {
            // What stands above all headings is in no section.
            continue;
        } else {
            let cell = sheet.take_between(row as u32, 0..sheet.marked.columns);
            let place = cell.map(|cell| sheet.grid.place(cell.at.0, cell.at.1));
            (lines(text(cell)), origin(place), None)
        };
        let own = own.and_then(|own| Narrative::SECTIONS.iter().position(|name| *name == own));
        let Some(section) = section.or(own) else { continue };
        for text in texts {
            read[section].push((text, place.clone()));
        }
    }
    let narrative = &mut department.narrative;
    narrative.origins = crate::model::Origins::default();
    for (name, paragraphs) in Narrative::SECTIONS.iter().zip(read) {
        for (index, (_, origin)) in paragraphs.iter().enumerate() {
            if let Some(origin) = origin {
                narrative.origins.set(format!("{name}[{index}]"), origin.clone());
            }
        }
        if let Some(section) = narrative.section_mut(name) {
            *section = paragraphs.into_iter().map(|(text, _)| text).collect();
        }
    }
}

/// For each row as it was written, if it is the heading of a section, which of the sections.
fn sections_of_headings(sheet: &EditedSheet<'_>) -> Vec<Option<usize>> {
    let mut sections = vec![None; sheet.before.len()];
    let of_row = |row: usize| -> Option<usize> {
        let field = sheet.cells[row].iter().find_map(|cell| cell.field.as_deref())?;
        let (section, _) = narrative_path(field)?;
        Narrative::SECTIONS.iter().position(|name| *name == section)
    };
    let headings: Vec<usize> = (0..sheet.before.len())
        .filter(|&row| !sheet.before[row].labels.is_empty())
        .collect();
    let mut next = 0;
    for (index, &row) in headings.iter().enumerate() {
        let end = headings.get(index + 1).copied().unwrap_or(sheet.before.len());
        let own = (row + 1..end).find_map(of_row);
        // A section without paragraphs is the next in order.
        let section = own.unwrap_or(next);
        if section < Narrative::SECTIONS.len() {
            sections[row] = Some(section);
        }
        next = section + 1;
    }
    if sheet
        .before
        .iter()
        .enumerate()
        .all(|(row, _)| of_row(row).is_none())
        && headings.len() != 3
    {
        return vec![None; sheet.before.len()];
    }
    sections
}
