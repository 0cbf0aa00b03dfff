//! The notes beside cells, as large as their texts.
//!
//! Architecture invariant: a note stands beside a cell that is written, and is not printed.

use std::collections::HashMap;

use rust_xlsxwriter::{Note, ObjectMovement, Worksheet, XlsxError};

use super::place::Placed;
use crate::sheet::{Document, NoteOn};
use crate::text::rows::{self, Lines};

/// Width of a note in pixels.
const WIDTH: u32 = 300;
/// Size of its letters in points.
const SIZE: f32 = 9.0;
/// Height of a line in pixels.
const LINE: u32 = 17;
/// Pixels at the left and right edge, and above and below, that no text enters.
const PADDING: u32 = 12;
/// The greatest height in pixels; what is higher no screen shows whole.
const HIGHEST: u32 = 720;
/// The most UTF-16 units of a note: a cell's, with room for what the program adds.
const MOST_UNITS: usize = 32_000;

/// The texts of notes that are to be put on sheets, each taken once.
pub(super) struct Notes<'a> {
    on_fields: HashMap<&'a str, &'a str>,
    on_sheets: HashMap<&'a str, &'a str>,
}

impl<'a> Notes<'a> {
    /// The notes of a document.
    pub(super) fn new(document: &'a Document) -> Self {
        let mut notes = Self {
            on_fields: HashMap::new(),
            on_sheets: HashMap::new(),
        };
        for note in &document.notes {
            match &note.on {
                NoteOn::Field(field) => notes.on_fields.insert(field, &note.text),
                NoteOn::Sheet(sheet) => notes.on_sheets.insert(sheet, &note.text),
            };
        }
        notes
    }

    /// Puts the notes of the sheet with this id beside its cells.
    pub(super) fn annotate(
        &mut self,
        worksheet: &mut Worksheet,
        id: &str,
        placed: &Placed<'_>,
    ) -> Result<(), XlsxError> {
        for (index, cell) in placed.cells.iter().enumerate() {
            let on_sheet = (index == 0).then(|| self.on_sheets.remove(id)).flatten();
            let on_field = cell.field.and_then(|field| self.on_fields.remove(field));
            if let Some(text) = on_field.or(on_sheet) {
                worksheet.insert_note(cell.rows.0, cell.columns.0, &shown(text))?;
            }
        }
        Ok(())
    }
}

fn shown(text: &str) -> Note {
    let mut units = 0;
    let text: String = text
        .chars()
        .filter(|&c| c == '\n' || !(c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}')))
        .take_while(|c| {
            units += c.len_utf16();
            units <= MOST_UNITS
        })
        .collect();
    let capacity = rows::capacity(WIDTH - PADDING, SIZE);
    let lines = Lines::new(&text, capacity, 0).count() as u32;
    Note::new(text)
        .add_author_prefix(false)
        .set_font_name("宋体")
        .set_font_size(SIZE)
        .set_width(WIDTH)
        .set_height((lines.saturating_mul(LINE) + PADDING).min(HIGHEST))
        .set_object_movement(ObjectMovement::MoveButDontSizeWithCells)
}
