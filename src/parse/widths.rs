//! How wide texts are on paper, to tell a line that ends because its column does from one that ends
//! because its text does.

/// The width of a text in characters of full width.
pub(in crate::parse) fn width(text: &str) -> f32 {
    text.chars().map(width_of).sum()
}

fn width_of(c: char) -> f32 {
    match c {
        // Many extractors write the narrow gap between Chinese and Latin as a space.
        ' ' => 0.25,
        _ if c.is_ascii() => 0.5,
        _ => 1.0,
    }
}

/// The width of what may not be broken at the beginning of a text: a word or a number, or a character
/// with the opening marks before it and the closing ones behind it.
pub(in crate::parse) fn first_width(text: &str) -> f32 {
    const OPENING: &str = "（(“‘《〈【〔「『[";
    const CLOSING: &str = "，。、；：！？）)”’》〉】〕」』]%％/·…,.;:!?-";
    let mut chars = text.chars().peekable();
    let mut width = 0.0;
    while let Some(c) = chars.next_if(|&c| OPENING.contains(c)) {
        width += width_of(c);
    }
    let Some(first) = chars.next() else { return width };
    width += width_of(first);
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',');
    let begins_word = first.is_ascii_alphanumeric();
    while let Some(c) = chars.next_if(|&c| begins_word && is_word(c) || CLOSING.contains(c)) {
        width += width_of(c);
    }
    width
}

/// The width of a column of running text that `lines` are broken to; `None` where they are not broken:
/// then each is a paragraph.
pub(in crate::parse) fn of_broken_lines<'t>(lines: impl Iterator<Item = &'t str>) -> Option<f32> {
    /// So many lines that end midway at the same width are no accident.
    const ENOUGH: usize = 3;
    /// The ends of broken lines differ by what could not be broken.
    const RAGGED: f32 = 1.6;
    /// The narrowest column, so that short lines of one length are none.
    const NARROWEST: f32 = 12.0;
    let mut midway = Vec::new();
    let mut wide: Vec<f32> = Vec::new();
    for line in lines {
        let width = width(line);
        if width >= NARROWEST {
            wide.push(width);
            if !ends_sentence(line) {
                midway.push(width);
            }
        }
    }
    midway.sort_by(|one, other| other.total_cmp(one));
    let column = (0..midway.len().saturating_sub(ENOUGH - 1))
        .take(ENOUGH * 2)
        .find(|&at| midway[at] - midway[at + ENOUGH - 1] <= RAGGED)
        .map(|at| midway[at])?;
    // Where lines are broken, none is wider.
    let wider = wide
        .iter()
        .filter(|&&width| width > column + RAGGED * 2.0)
        .count();
    (wider * 20 <= wide.len()).then_some(column)
}

/// Whether a line can go on in the next one: nothing more would have fitted.
pub(in crate::parse) fn is_full(line: &str, next: &str, column: f32) -> bool {
    let filled = width(line);
    filled + first_width(next) > column - 1.6 || (!ends_sentence(line) && filled > column * 0.8)
}

/// Whether a line ends where a sentence or a heading with a colon does.
pub(in crate::parse) fn ends_sentence(line: &str) -> bool {
    line.ends_with(['。', '；', '！', '？', '：', ';', ':'])
}
