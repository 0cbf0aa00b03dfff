//! Joins the lines of a text that was broken to fit into a column.

use std::borrow::Cow;

use super::measure::{Measure, is_wide};
use crate::source::is_blank;

/// The text of a cell from its lines: a line that goes on in the next is joined to it, a blank line
/// begins a new paragraph. `room` is the width that a line may have.
pub(crate) fn joined<'s>(lines: &[&'s str], room: usize, measure: Measure) -> Cow<'s, str> {
    let mut text = Cow::Borrowed("");
    let mut apart = false;
    let mut above = "";
    for line in lines.iter().map(|line| line.trim_matches(is_blank)) {
        if line.is_empty() {
            apart = true;
            continue;
        }
        if text.is_empty() {
            text = Cow::Borrowed(line);
        } else {
            let width = measure.width(above);
            let text = text.to_mut();
            if apart || !goes_on(above, line, width, room, measure) {
                text.push('\n');
            } else if has_lost_a_space(above, line, width < room) {
                text.push(' ');
            }
            text.push_str(line);
        }
        apart = false;
        above = line;
    }
    text
}

/// The lines of one paragraph as one line; the blank that a line break stands for between two words of
/// Latin letters is put back.
pub(crate) fn one_line<'s>(lines: impl Iterator<Item = &'s str>) -> String {
    let mut text = String::new();
    for line in lines.map(|line| line.trim_matches(is_blank)) {
        if has_lost_a_space(&text, line, true) {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

/// Whether the line `below` goes on with the paragraph of the line `above`, which is `width` wide.
///
/// A program breaks a line where the next piece does not fit any more. Some break earlier, so a line
/// ends a paragraph only if it also reads like an end.
pub(crate) fn goes_on(above: &str, below: &str, width: usize, room: usize, measure: Measure) -> bool {
    let ends = above.ends_with(['。', '；', '！', '？', ';', '!', '?']);
    if (ends || above.ends_with(['：', ':'])) && begins_item(below) {
        return false;
    }
    let space = usize::from(above.ends_with(is_latin) && below.starts_with(is_latin));
    let fits = width + space + first_piece(below, measure) <= room;
    !(fits && (ends || begins_item(below)))
}

/// Whether a blank stood between two lines where they were broken; `early` if the first was not full.
pub(crate) fn has_lost_a_space(above: &str, below: &str, early: bool) -> bool {
    let (Some(last), Some(first)) = (above.chars().next_back(), below.chars().next()) else {
        return false;
    };
    let both_digits = last.is_ascii_digit() && first.is_ascii_digit();
    early && last.is_ascii_alphanumeric() && first.is_ascii_alphanumeric() && !both_digits
}

/// The width of what cannot be broken at the start of a line: a Latin word or a number, or one Chinese
/// character, with the marks that may not be parted from it.
pub(crate) fn first_piece(line: &str, measure: Measure) -> usize {
    // A word as long as this is broken anywhere.
    let mut chars = line.chars().take(40).peekable();
    let mut width = 0;
    while let Some(c) = chars.next_if(|&c| is_opening(c)) {
        width += measure.of(c);
    }
    let Some(first) = chars.next() else { return width };
    width += measure.of(first);
    if is_latin(first) {
        while let Some(c) = chars.next_if(|&c| is_latin(c)) {
            width += measure.of(c);
        }
    }
    while let Some(c) = chars.next_if(|&c| is_closing(c)) {
        width += measure.of(c);
    }
    width
}

/// Whether a blank or something like it stands between two lines on paper: one ends with Latin letters or
/// a number where the other begins with Chinese, or both do.
pub(crate) fn is_spaced(above: &str, below: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (last, first) = (above.chars().next_back(), below.chars().next());
    letter(last) && first.is_some_and(is_word) || letter(first) && last.is_some_and(is_word)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_wide(c) && c.is_alphabetic()
}

fn is_latin(c: char) -> bool {
    !is_blank(c) && c.is_ascii() || matches!(c, '≥' | '≤' | '±' | '×' | '℃')
}

fn is_opening(c: char) -> bool {
    matches!(c, '（' | '《' | '〔' | '【' | '“' | '‘' | '「' | '『')
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '》'
            | '〕'
            | '】'
            | '”'
            | '’'
            | '」'
            | '』'
    )
}

/// Whether a line begins with the number of an item: `1.`, `2、`, `（三）`, `四、`, `⑤`.
pub(crate) fn begins_item(line: &str) -> bool {
    let is_chinese = |c: char| "一二三四五六七八九十".contains(c);
    let first = line.chars().next();
    if first.is_some_and(|c| matches!(c, '①'..='⑳')) {
        return true;
    }
    let inner = line.trim_start_matches(['（', '(']);
    let arabic = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if arabic.len() < inner.len() {
        arabic
    } else {
        inner.trim_start_matches(is_chinese)
    };
    let digits = inner.len() - rest.len();
    if digits == 0 || digits > 9 || (rest.len() == arabic.len() && digits > 3) {
        return false;
    }
    let mut after = rest.chars();
    match after.next() {
        Some('）' | ')') => inner.len() < line.len() || arabic.len() < inner.len(),
        Some('、') => true,
        // A full stop before a digit is the point of a number, unless a year follows.
        Some('.' | '．') => {
            let after = after.as_str();
            let year = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            arabic.len() < inner.len() && (year == 0 || year == 4 && after[4..].starts_with('年'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_unless_it_ends_a_paragraph() {
        let join = |lines: &[&str], room| joined(lines, room, Measure::Wide).into_owned();
        assert_eq!(join(&["4", ",286.50"], 8), "4,286.50");
        assert_eq!(join(&["甲用 Wi-Fi", "6 路由"], 11), "甲用 Wi-Fi 6 路由");
        assert_eq!(join(&["惠及学生2.8", "6万人。"], 11), "惠及学生2.86万人。");
        assert_eq!(join(&["1.甲。", "2.乙。"], 6), "1.甲。\n2.乙。");
        assert_eq!(join(&["1.甲；乙", "", "3", ".丙"], 8), "1.甲；乙\n3.丙");
        assert_eq!(join(&["乙项完成。", "丙项完成"], 20), "乙项完成。\n丙项完成");
    }

    #[test]
    fn items_are_told_from_numbers() {
        for line in [
            "1.甲",
            "12、乙",
            "（三）丙",
            "四、丁",
            "⑤戊",
            "(6)己",
            "7)庚",
            "1.2025年辛",
        ] {
            assert!(begins_item(line), "{line}");
        }
        for line in ["1.5万", "2020年", "三个", "（甲）", "", "1,000"] {
            assert!(!begins_item(line), "{line}");
        }
    }
}
