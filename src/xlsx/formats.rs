//! How cells look, as formats of `rust_xlsxwriter`, each made once.
//!
//! Architecture invariant: fonts are named here and nowhere else in the workbook.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::place::{Open, PlacedCell};
use crate::sheet::{Align, Face, Vertical};
use crate::text::rows;

/// The character set of simplified Chinese (GB 2312), by which a program that lacks a font chooses
/// another.
const CHARSET: u8 = 134;
/// The family that Chinese programs note for their fonts; it is not a hint of a serif or the like.
const FAMILY: u8 = 3;
/// The ground of a shaded cell: seen on a black-and-white print, and text on it is read with ease.
const SHADE: u32 = 0xD9_D9_D9;
/// The number format `@`, which every program has.
pub(super) const TEXT: u8 = 49;
/// The number format `0.00`, which every program has.
const DECIMALS: u8 = 2;
/// The number format `#,##0.00`, which every program has.
const THOUSANDS: u8 = 4;

/// What a cell holds, as far as it changes how the cell is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Text that stays text when it is edited.
    Text,
    /// Text that is not marked as text: old programs show a cell of more than 255 characters as `####`
    /// if it is, and others take a formula in such a cell for its text once it is edited.
    Unmarked,
    /// A number with so many decimals, with or without commas between thousands.
    Number {
        /// Decimals shown.
        decimals: u8,
        /// Whether thousands are parted.
        grouped: bool,
    },
}

#[derive(PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a look of its own")]
struct Key {
    face: Face,
    size: u32,
    align: Align,
    vertical: Vertical,
    border: bool,
    shade: bool,
    open: Open,
    spread: bool,
    unlocked: bool,
    content: Content,
}

/// The formats made so far.
#[derive(Default)]
pub(super) struct Formats {
    made: Vec<(Key, Format)>,
}

impl Formats {
    /// The format for a cell that holds `content` and that people may edit where it is `unlocked`.
    pub(super) fn get(&mut self, cell: &PlacedCell<'_>, content: Content, unlocked: bool) -> &Format {
        let style = cell.style;
        let key = Key {
            face: style.face,
            size: style.size.to_bits(),
            align: style.align,
            vertical: style.vertical,
            border: style.border,
            shade: style.shade,
            open: cell.open,
            spread: cell.spread,
            unlocked,
            content,
        };
        // A document has a dozen looks; comparing beats hashing.
        let index = self.made.iter().position(|(known, _)| *known == key);
        let index = index.unwrap_or_else(|| {
            let format = make(&key, style.size);
            self.made.push((key, format));
            self.made.len() - 1
        });
        &self.made[index].1
    }
}

/// The workbook's default format. Column widths are counted in figures of its font: with a Chinese one
/// every column moves where that font is missing, and Arial has a twin of equal widths everywhere.
///
/// At 9.5 pt a figure is 7.04 pixels wide, so that programs that round it to whole pixels and those
/// that do not make columns of the same width; at 10 pt they differ by 6 %.
pub(super) fn default_format() -> Format {
    Format::new().set_font_name("Arial").set_font_size(9.5)
}

/// The format of the cells of a flat table.
pub(super) fn table_cell() -> Format {
    Format::new()
        .set_font_name(font(Face::Song).0)
        .set_font_family(FAMILY)
        .set_font_charset(CHARSET)
        .set_font_size(10)
        // Of a text with several lines the first one is seen.
        .set_align(FormatAlign::Top)
}

/// The format of a row in which people may edit every cell, also those beside the table: programs let
/// them delete a row only where all of it is open.
pub(super) fn open_row() -> Format {
    default_format().set_unlocked()
}

/// The format of the way back to the contents list.
pub(super) fn way_back() -> Format {
    Format::new()
        .set_font_name(font(Face::Song).0)
        .set_font_family(FAMILY)
        .set_font_charset(CHARSET)
        .set_font_size(9)
        .set_font_color(Color::Gray)
        .set_align(FormatAlign::VerticalCenter)
}

/// The name of a face in Windows, WPS Office and Microsoft Office, and whether it is set bold.
///
/// 方正小标宋简体, the face of official titles, is missing on most machines and would be replaced by
/// the default font; 宋体 set bold is there and near to it.
fn font(face: Face) -> (&'static str, bool) {
    match face {
        Face::Fangsong => ("仿宋", false),
        Face::Title => ("宋体", true),
        Face::Hei => ("黑体", false),
        Face::Kai => ("楷体", false),
        Face::Song => ("宋体", false),
    }
}

fn make(key: &Key, size: f32) -> Format {
    let (name, bold) = font(key.face);
    let mut format = Format::new()
        .set_font_name(name)
        .set_font_family(FAMILY)
        .set_font_charset(CHARSET)
        .set_font_size(rows::letter_size(size))
        .set_align(match key.align {
            // Justified Chinese differs from left-aligned by less than a character a line, and
            // programs disagree about spaces in front of justified text.
            Align::Left | Align::Justify => FormatAlign::Left,
            Align::Center => FormatAlign::Center,
            Align::Right => FormatAlign::Right,
        })
        .set_align(match key.vertical {
            Vertical::Top => FormatAlign::Top,
            Vertical::Middle => FormatAlign::VerticalCenter,
            Vertical::Bottom => FormatAlign::Bottom,
        });
    if key.spread {
        format = format.set_align(FormatAlign::VerticalDistributed);
    }
    if bold {
        format = format.set_bold();
    }
    if key.unlocked {
        format = format.set_unlocked();
    }
    if key.border {
        format = format
            .set_border_left(FormatBorder::Thin)
            .set_border_right(FormatBorder::Thin);
        if !key.open.above {
            format = format.set_border_top(FormatBorder::Thin);
        }
        if !key.open.below {
            format = format.set_border_bottom(FormatBorder::Thin);
        }
    }
    if key.shade {
        format = format.set_background_color(Color::RGB(SHADE));
    }
    match key.content {
        Content::Text => format.set_text_wrap().set_num_format_index(TEXT),
        Content::Unmarked => format.set_text_wrap(),
        // A number that is wider than its cell is shown smaller, never as a row of `#`.
        Content::Number { decimals: 2, grouped } => {
            format
                .set_shrink()
                .set_num_format_index(if grouped { THOUSANDS } else { DECIMALS })
        }
        Content::Number { decimals, grouped } => format.set_shrink().set_num_format(format!(
            "{}{}{}",
            if grouped { "#,##0" } else { "0" },
            if decimals > 0 { "." } else { "" },
            "0".repeat(usize::from(decimals))
        )),
    }
}
