//! What the hidden sheet of a workbook keeps, so that the workbook can be read back when somebody has
//! edited it: the model that it was made from, and which field each cell shows.
//!
//! Architecture invariant: the marks say where cells stood when the workbook was written; where they
//! stand now is found by their content and by the names of cells, never by these numbers alone.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::place::Placed;
use super::summary::names_column;
use super::write::clean;
use crate::blocks::MARKS_NAME;
use crate::finding::CellName;
use crate::model::{Department, indexed_path};
use crate::sheet::{Sheet, SheetKind};
use crate::source::is_blank;

/// The version of the marks; a workbook of a later one is read by its labels alone.
const FORMAT: u32 = 1;
/// The most UTF-16 units of a cell of the hidden sheet, with room to the most that a cell holds.
const CHUNK: usize = 30_000;

/// What the hidden sheet keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Marks {
    format: u32,
    program: String,
    /// The model, without origins.
    pub(super) model: Department,
    /// The texts of the notes beside its cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// The sheets, in order.
    pub(super) sheets: Vec<MarkedSheet>,
}

/// A sheet as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MarkedSheet {
    /// The name of its tab.
    pub(super) name: String,
    /// What it shows.
    pub(super) part: Part,
    /// How many columns it has.
    pub(super) columns: u32,
    /// Its rows with anything in them.
    pub(super) rows: Vec<MarkedRow>,
}

/// What a sheet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part {
    /// Fields of the document: the cover, the narrative.
    Document,
    /// The form of the project of this index.
    Form(usize),
    /// What follows from other sheets.
    Derived,
}

/// A row: its number and the cells that begin in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct MarkedRow(pub(super) u32, pub(super) Vec<MarkedCell>);

/// A cell as it was written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct MarkedCell {
    /// Its column.
    #[serde(rename = "c")]
    pub(super) column: u32,
    /// How many rows it takes.
    #[serde(rename = "r", default = "one", skip_serializing_if = "is_one")]
    pub(super) rows: u32,
    /// How many columns it takes.
    #[serde(rename = "w", default = "one", skip_serializing_if = "is_one")]
    pub(super) width: u32,
    /// The field that it shows, below its project if it is one of a form.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    /// The text that it shows, where it is not that of the field in the model.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// What stands between the text of the cell above and this one, where it goes on with a text.
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    pub(super) joint: Option<String>,
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

impl Marks {
    /// The marks of a workbook: its sheets with what was placed on them and their names.
    pub(super) fn new<'a>(
        model: &Department,
        sheets: impl Iterator<Item = (&'a Sheet, &'a Placed<'a>, &'a str)>,
        notes: impl Iterator<Item = &'a str>,
    ) -> Self {
        let model = model.without_origins();
        let sheets = sheets.map(|(sheet, placed, name)| marked_sheet(&model, sheet, placed, name));
        let sheets = sheets.collect();
        Self {
            format: FORMAT,
            program: String::from(concat!("jixiao ", env!("CARGO_PKG_VERSION"))),
            model,
            notes: notes.map(str::to_owned).collect(),
            sheets,
        }
    }

    /// Whether a remark on a cell is a note that the program wrote there.
    pub(super) fn is_own_note(&self, text: &str) -> bool {
        let letters = |text: &str| text.chars().filter(|&c| !is_blank(c)).collect::<String>();
        let text = letters(text);
        text.is_empty() || self.notes.iter().any(|note| letters(note) == text)
    }

    /// The texts of the cells of the hidden sheet, one below the other.
    pub(super) fn write(&self) -> Vec<String> {
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut cells = Vec::new();
        let mut start = 0;
        let mut units = 0;
        let mut before = ' ';
        for (at, c) in json.char_indices() {
            // Programs may drop blanks at the ends of a cell.
            if units >= CHUNK && !c.is_whitespace() && !before.is_whitespace() {
                cells.push(json[start..at].to_owned());
                start = at;
                units = 0;
            }
            units += c.len_utf16();
            before = c;
        }
        cells.push(json[start..].to_owned());
        cells
    }

    /// The names of cells, with what they mean: each field of a form but those of its rows, which have a
    /// name for the row.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for (index, sheet) in self.sheets.iter().enumerate() {
            let quoted = sheet.name.replace('\'', "''");
            names.push((format!("{MARKS_NAME}sheet{index}"), format!("='{quoted}'!$A$1")));
            let Part::Form(project) = sheet.part else { continue };
            let mut before = String::new();
            for MarkedRow(row, cells) in &sheet.rows {
                for cell in cells {
                    let Some(name) = cell.field.as_deref().and_then(field_name) else {
                        continue;
                    };
                    let name = format!("{MARKS_NAME}{project}_{name}");
                    if name == before || cell.joint.is_some() {
                        continue;
                    }
                    let Ok(column) = u16::try_from(cell.column) else {
                        continue;
                    };
                    let at = CellName { row: *row, column };
                    names.push((name.clone(), format!("='{quoted}'!{}", absolute(at))));
                    before = name;
                }
            }
        }
        names
    }

    /// Reads the cells of the hidden sheet; `None` if they are not whole or those of a later version.
    pub(super) fn read(cells: &[Arc<str>]) -> Option<Self> {
        let marks: Self = serde_json::from_str(&cells.concat()).ok()?;
        let are_known = marks.sheets.iter().all(|sheet| match sheet.part {
            Part::Form(index) => index < marks.model.projects.len(),
            Part::Document | Part::Derived => true,
        });
        (marks.format <= FORMAT && are_known).then_some(marks)
    }

    /// The text that a cell of a sheet showed.
    pub(super) fn shown<'m>(&'m self, sheet: &MarkedSheet, cell: &'m MarkedCell) -> &'m str {
        if let Some(text) = &cell.text {
            return text;
        }
        let Some(field) = &cell.field else { return "" };
        let text = match sheet.part {
            Part::Form(project) => self.model.projects[project].text_at(field),
            Part::Document | Part::Derived => self.model.text_at(field),
        };
        match text {
            Some(std::borrow::Cow::Borrowed(text)) => text,
            // Goals and the like always say what they show.
            _ => "",
        }
    }
}

/// What a field is called in the name of its cell; a row is called by its number.
pub(super) fn field_name(field: &str) -> Option<String> {
    if let Some((row, cell)) = indexed_path(field, "indicators") {
        // The cell of the first level may take many rows.
        return (cell != "level1").then(|| format!("row{row}"));
    }
    let is_plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '[' | ']');
    let name: String = field.chars().filter(|c| !matches!(c, '[' | ']')).collect();
    field.chars().all(is_plain).then(|| name.replace('.', "_"))
}

/// A cell as formulas name it where it must not move with them.
fn absolute(cell: CellName) -> String {
    let name = cell.to_string();
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("${letters}${}", &name[letters.len()..])
}

/// Whether a field shows all goals of a project, whose text is not that of one field in the model.
fn is_goals(field: &str) -> bool {
    indexed_path(field, "projects").is_some_and(|(_, rest)| rest == "goals")
}

fn marked_sheet(model: &Department, sheet: &Sheet, placed: &Placed<'_>, name: &str) -> MarkedSheet {
    let part = match sheet.kind {
        SheetKind::Cover | SheetKind::Narrative => Part::Document,
        SheetKind::Form => placed
            .cells
            .iter()
            .find_map(|cell| indexed_path(cell.field?, "projects"))
            .map_or(Part::Derived, |(index, _)| Part::Form(index)),
        _ => Part::Derived,
    };
    let mut rows: Vec<MarkedRow> = Vec::new();
    for cell in &placed.cells {
        let mut marked = MarkedCell {
            column: u32::from(cell.columns.0),
            rows: cell.rows.1 - cell.rows.0 + 1,
            width: u32::from(cell.columns.1 - cell.columns.0) + 1,
            field: cell.field.filter(|field| !field.is_empty()).map(str::to_owned),
            text: Some(clean(cell.text).into_owned()).filter(|text| !text.is_empty()),
            joint: cell.joint.map(str::to_owned),
        };
        if part == Part::Derived {
            marked.field = None;
        }
        if let Some(field) = &mut marked.field {
            let text = model.text_at(field);
            let shown = clean(cell.text).into_owned();
            let is_same = text.as_deref().unwrap_or_default() == shown;
            if is_same && !cell.open.below && cell.joint.is_none() && !is_goals(field) {
                marked.text = None;
            } else {
                marked.text = Some(shown);
            }
            if let (Part::Form(own), Some((index, rest))) = (part, indexed_path(field, "projects")) {
                if own == index {
                    *field = rest.to_owned();
                } else {
                    marked.field = None;
                }
            }
        }
        match rows.last_mut() {
            Some(row) if row.0 == cell.rows.0 => row.1.push(marked),
            _ => rows.push(MarkedRow(cell.rows.0, vec![marked])),
        }
    }
    for &(name, row) in placed.charts.iter().flat_map(|chart| &chart.bars) {
        let marked = MarkedCell {
            column: u32::from(names_column(placed)),
            text: Some(name.to_owned()),
            rows: 1,
            width: 1,
            ..MarkedCell::default()
        };
        rows.push(MarkedRow(row, vec![marked]));
    }
    // Cells of parts stand below each other, those beside them come later.
    rows.sort_by_key(|row| row.0);
    rows.dedup_by(|next, row| {
        let is_same = row.0 == next.0;
        if is_same {
            row.1.append(&mut next.1);
        }
        is_same
    });
    for row in &mut rows {
        row.1.sort_by_key(|cell| cell.column);
    }
    MarkedSheet {
        name: name.to_owned(),
        part,
        columns: placed.columns.len() as u32,
        rows,
    }
}
