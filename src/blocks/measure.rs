//! How many columns of a screen a text takes. Programs do not agree on it, so a table is measured in
//! each way, and the way in which its borders stand below each other is the one it was drawn in.

use crate::source::is_invisible;

/// A way to count columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Chinese characters take two columns, marks that both Chinese and Western texts use take one.
    Wide,
    /// As `Wide`, but those marks (quotes, `…`, `①`, `≥`, lines) take two as well.
    WideMarks,
    /// Every character takes one column.
    Characters,
}

impl Measure {
    /// All ways, the usual ones first.
    pub(crate) const ALL: [Self; 3] = [Self::Wide, Self::WideMarks, Self::Characters];

    /// The columns of one character.
    pub(crate) fn of(self, c: char) -> usize {
        if c.is_ascii() {
            return usize::from(!c.is_ascii_control());
        }
        if is_invisible(c) || matches!(c, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}') {
            return 0;
        }
        let wide = match self {
            Self::Wide => is_wide(c),
            Self::WideMarks => is_wide(c) || is_mark(c),
            Self::Characters => false,
        };
        1 + usize::from(wide)
    }

    /// The columns of a text.
    pub(crate) fn width(self, text: &str) -> usize {
        text.chars().map(|c| self.of(c)).sum()
    }
}

/// Whether a character is wide in any program (East Asian width W or F).
pub(crate) fn is_wide(c: char) -> bool {
    matches!(
        c,
        '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{303e}'
            | '\u{3041}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff01}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1f64f}'
            | '\u{1f900}'..='\u{1f9ff}'
            | '\u{20000}'..='\u{3fffd}'
    )
}

/// Whether a character is wide only where Chinese is written (East Asian width A), of those that such
/// texts use.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '§' | '¨' | '°' | '±' | '·' | '×' | '÷' | 'α'..='ω' | 'Α'..='Ω'
            | '\u{2010}'..='\u{2027}'
            | '‰' | '′' | '″' | '※' | '℃' | '℅' | '№' | '℡' | '™'
            | 'Ⅰ'..='ⅹ'
            | '\u{2190}'..='\u{22ff}'
            | '\u{2460}'..='\u{24ff}'
            | '\u{2500}'..='\u{266f}'
    )
}
