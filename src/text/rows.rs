//! How high a wrapped text stands in a workbook. The program that opens the workbook chooses the
//! font, so widths are counted in half-width units and heights with room to spare.
//!
//! Architecture invariant: an estimate here may be too high, never too low: a cell that is a line too
//! high looks calm, one that is a line too low hides text.

use std::ops::Range;

use super::classes::{Class, class};

/// The greatest height of a row in pixels of 1/96 inch (409.5 pt); programs cut what is higher.
pub const MAX_ROW: u32 = 546;
/// The least height of a row of text in pixels of 1/96 inch (22 pt).
pub const MIN_ROW: u32 = 30;

/// The greatest size of letters in points.
const MAX_SIZE: f32 = 409.0;

/// Pixels at the left and right edge of a cell that no text enters.
const PADDING: u32 = 6;
/// Distance of lines over the size of the letters. Fonts with a wide pitch need it; 1.3 clips.
const PITCH: f32 = 1.5;
/// Points above and below the lines of a cell, together.
const LEADING: f32 = 4.0;
/// Distance of lines over the size of the letters in fonts with wide figures, as measured.
const WIDE_PITCH: f32 = 1.4;
/// Points above and below the lines in fonts with wide figures, together.
const WIDE_LEADING: f32 = 2.0;

/// Rounds a length in points up to whole pixels of 1/96 inch. Not a number and lengths below zero
/// give 0.
#[must_use]
pub fn pixels(points: f32) -> u32 {
    // Lengths come as sums of f32; a hair above a whole pixel is still that pixel.
    (points * (96.0 / 72.0) - 0.01).ceil().max(0.0) as u32
}

/// The size of letters in points that programs take for `size`: from 1 to 409. What is not a number is
/// taken for 1.
#[must_use]
pub fn letter_size(size: f32) -> f32 {
    if size >= 1.0 { size.min(MAX_SIZE) } else { 1.0 }
}

/// Number of half-width units that one line of a cell takes: a cell `width` pixels wide, letters
/// `size` points high. At least 2, a full-width character.
#[must_use]
pub fn capacity(width: u32, size: f32) -> usize {
    let unit = letter_size(size) * (96.0 / 72.0) / 2.0;
    ((width.saturating_sub(PADDING) as f32 / unit) as usize).max(2)
}

/// Height in pixels of `lines` lines of letters `size` points high, at least [`MIN_ROW`]; it may be
/// above [`MAX_ROW`].
#[must_use]
pub fn height(lines: usize, size: f32) -> u32 {
    pixels(lines as f32 * letter_size(size) * PITCH + LEADING).max(MIN_ROW)
}

/// Number of lines and height in pixels of a text in a cell whose lines take `capacity` half-width
/// units, the first one `indent` less; letters are `size` points high.
///
/// A program without the fonts that are asked for may show figures and Latin letters wider, so that
/// the text has more lines; the height takes these too, though with less room to spare.
#[must_use]
pub fn measure(text: &str, capacity: usize, indent: usize, size: f32) -> (usize, u32) {
    let lines = Lines::new(text, capacity, indent).count();
    let mut need = height(lines, size);
    if text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        let wide = Lines {
            widths: wide_tenths,
            ..Lines::new(text, capacity, indent)
        };
        need = need.max(pixels(
            wide.count() as f32 * letter_size(size) * WIDE_PITCH + WIDE_LEADING,
        ));
    }
    (lines, need)
}

/// Number of lines of that height and letter size that stand in `height` pixels, at least 1.
#[must_use]
pub fn lines_in(height: u32, size: f32) -> usize {
    let points = height as f32 * (72.0 / 96.0) - LEADING;
    ((points / (letter_size(size) * PITCH)) as usize).max(1)
}

/// The lines of a text as byte ranges, without the line feeds between them: as many characters in a
/// line as it takes, words of Latin letters and figures kept whole where a line takes them, no line
/// beginning with a closing mark or ending with an opening one.
///
/// An empty text is one line.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    /// In tenths of a half-width unit, as is the indent.
    capacity: usize,
    indent: usize,
    widths: fn(char) -> usize,
    next: Option<usize>,
}

impl<'a> Lines<'a> {
    /// Breaks `text` into lines of `capacity` half-width units, the first of which has `indent` units
    /// less.
    #[must_use]
    pub fn new(text: &'a str, capacity: usize, indent: usize) -> Self {
        Self {
            text,
            capacity: capacity * 10,
            indent: indent * 10,
            widths: tenths,
            next: Some(0),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.next?;
        let mut width = std::mem::take(&mut self.indent);
        let mut before = None;
        let mut last_break = None;
        for (offset, character) in self.text[start..].char_indices() {
            let at = start + offset;
            if character == '\n' {
                self.next = Some(at + 1);
                return Some(start..at);
            }
            if before.is_some_and(|before| may_break(before, character)) {
                last_break = Some(at);
            }
            width += (self.widths)(character);
            if width > self.capacity && at > start {
                let end = last_break.unwrap_or(at);
                self.next = Some(end);
                return Some(start..end);
            }
            before = Some(character);
        }
        self.next = None;
        Some(start..self.text.len())
    }
}

/// Width of a character in tenths of a half-width unit. Of the Latin letters only ASCII counts as
/// narrow: `×`, `°`, `·` and their like are wide in Chinese fonts.
fn tenths(character: char) -> usize {
    if character.is_ascii() { 10 } else { 20 }
}

/// The same in a font of proportional figures and Latin letters, whose figures are 0.555 em wide.
fn wide_tenths(character: char) -> usize {
    match character {
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 18,
        'A'..='Z' => 13,
        _ if character.is_ascii() => 11,
        _ => 20,
    }
}

/// Whether a line may end between the two characters.
fn may_break(before: char, after: char) -> bool {
    let word = |character: char| character.is_ascii_graphic();
    !(word(before) && word(after)
        || matches!(
            class(after),
            Class::Close | Class::Stop | Class::Connector | Class::Dash | Class::Postfix
        )
        || class(before) == Class::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn lines(text: &str, capacity: usize) -> Vec<&str> {
        Lines::new(text, capacity, 0).map(|range| &text[range]).collect()
    }

    #[test]
    fn words_and_closing_marks_are_kept() {
        assert_eq!(lines("购置设备PM2.5监测仪", 10), ["购置设备", "PM2.5监测", "仪"]);
        assert_eq!(lines("一二三四五。", 10), ["一二三四", "五。"]);
        assert_eq!(lines("一二三四（五）", 10), ["一二三四", "（五）"]);
        assert_eq!(
            lines("13020925P00139110001W", 8),
            ["13020925", "P0013911", "0001W"]
        );
        assert_eq!(lines("", 10), [""]);
        assert_eq!(lines("甲\n\n乙\n", 10), ["甲", "", "乙", ""]);
    }

    #[test]
    fn an_indent_takes_from_the_first_line_only() {
        let text = "一二三四五六七八";
        let ranges: Vec<_> = Lines::new(text, 8, 4).map(|range| &text[range]).collect();
        assert_eq!(ranges, ["一二", "三四五六", "七八"]);
    }

    #[test]
    fn wide_figures_are_foreseen() {
        let code = "13099925P00139110001W";
        assert_eq!(measure(code, 23, 0, 10.5), (1, 42));
        assert_eq!(measure(code, 30, 0, 10.5), (1, 30));
        assert_eq!(measure("二〇二五年", 10, 0, 10.5), (1, 30));
    }

    #[test]
    fn heights_are_as_measured() {
        assert_eq!(height(1, 10.5), 30);
        assert_eq!(height(3, 12.0), 78);
        assert_eq!(capacity(100, 12.0), 11);
        for lines in 1..60 {
            assert_eq!(lines_in(height(lines, 16.0), 16.0), lines);
        }
    }

    proptest! {
        #[test]
        fn lines_cover_the_text_and_fit(text in "[一-龥a-z0-9，。（）“” \n]{0,80}", capacity in 2usize..30, indent in 0usize..5) {
            let ranges: Vec<_> = Lines::new(&text, capacity, indent).collect();
            let mut end = 0;
            for (index, range) in ranges.iter().enumerate() {
                prop_assert!(range.start == end || (range.start == end + 1 && text.as_bytes()[end] == b'\n'));
                end = range.end;
                let width: usize = text[range.clone()].chars().map(tenths).sum();
                let indent = if index == 0 { indent } else { 0 };
                prop_assert!(width + indent * 10 <= capacity * 10 || text[range.clone()].chars().count() <= 1);
            }
            prop_assert_eq!(end, text.len());
        }

        #[test]
        fn a_wider_cell_never_needs_more_lines(text in "[一-龥a-z0-9，。（） ]{0,80}", width in 20u32..300) {
            let narrow = Lines::new(&text, capacity(width, 10.5), 0).count();
            let wide = Lines::new(&text, capacity(width + 60, 10.5), 0).count();
            prop_assert!(wide <= narrow);
        }
    }
}
