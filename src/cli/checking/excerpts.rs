//! Lines of a document for a terminal, with carets under what is meant.
//!
//! Architecture invariant: a caret stands under each column of the evidence, however wide its characters are.

use std::ops::Range;

use crate::cli::report::{column_count, obeyed_by_none};

/// The most columns of a line; a longer one is cut around what is marked.
pub(super) const MOST_COLUMNS: usize = 88;
/// How many columns of what stands before the mark are kept at least, where there are so many.
const BEFORE: usize = 24;

/// A line as it is printed, and where the carets stand below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The line.
    pub(super) text: String,
    /// The columns before the first caret, and the number of carets.
    pub(super) carets: (usize, usize),
}

/// A line with its mark, in bytes, for a terminal.
pub(super) fn shown(text: &str, marked: &Range<usize>) -> Shown {
    let cells: Vec<(char, usize)> = text
        .chars()
        .map(|c| {
            let c = obeyed_by_none(c);
            (c, column_count(c))
        })
        .collect();
    let count = |range: &Range<usize>, end: usize| text[range.start..end].chars().count();
    let from = text[..marked.start].chars().count();
    let to = from + count(marked, marked.end);
    // Blanks at both ends say nothing, unless one is meant.
    let is_blank = |cell: &(char, usize)| cell.0.is_whitespace() || cell.0 == '⇥';
    let mut start = cells.iter().take_while(|cell| is_blank(cell)).count().min(from);
    let mut end = cells.len() - cells.iter().rev().take_while(|cell| is_blank(cell)).count();
    end = end.max(to).max(start);
    let width = |range: Range<usize>| cells[range].iter().map(|cell| cell.1).sum::<usize>();
    let (mut head, mut tail) = ("", "");
    if width(start..end) > MOST_COLUMNS {
        let most = MOST_COLUMNS - 2;
        let wanted = width(from..to).min(most);
        // What is behind the mark may leave more room before it.
        let behind = width(to..end).min((most - wanted).saturating_sub(BEFORE));
        let mut room = most - wanted - behind;
        let mut first = from;
        while first > start && cells[first - 1].1 <= room {
            first -= 1;
            room -= cells[first].1;
        }
        let mut last = first;
        let mut left = most;
        while last < end && cells[last].1 <= left {
            left -= cells[last].1;
            last += 1;
        }
        head = if first > start { "…" } else { "" };
        tail = if last < end { "…" } else { "" };
        (start, end) = (first, last);
    }
    let printed: String = cells[start..end].iter().map(|cell| cell.0).collect();
    let first = from.clamp(start, end);
    let indent = column_count_of(head) + width(start..first);
    let carets = width(first..to.clamp(first, end)).max(1);
    Shown {
        text: format!("{head}{printed}{tail}"),
        carets: (indent, carets),
    }
}

fn column_count_of(text: &str) -> usize {
    text.chars().map(column_count).sum()
}

/// What differs in two texts, in bytes of each.
pub(super) fn difference(before: &str, after: &str) -> (Range<usize>, Range<usize>) {
    let pairs = before.chars().zip(after.chars());
    let head: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (one, other) = (&before[head..], &after[head..]);
    let pairs = one.chars().rev().zip(other.chars().rev());
    let tail: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    (head..before.len() - tail, head..after.len() - tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, marked: Range<usize>) -> [String; 2] {
        let shown = shown(text, &marked);
        let (indent, carets) = shown.carets;
        [shown.text, " ".repeat(indent) + &"^".repeat(carets)]
    }

    #[test]
    fn wide_characters_have_two_carets() {
        let text = "满意度\t≥90百分比";
        let at = text.find('9').expect("a number");
        assert_eq!(
            lines(text, at..text.len()),
            ["满意度⇥≥90百分比", "        ^^^^^^^^"]
        );
        assert_eq!(lines("\t\t1.ａb ", 4..8), ["1.ａb", "  ^^^"]);
    }

    #[test]
    fn a_blank_has_one_caret() {
        assert_eq!(lines("甲", 3..3), ["甲", "  ^"]);
        assert_eq!(lines("", 0..0), ["", "^"]);
        assert_eq!(lines("\t\t", 1..1), ["", "^"]);
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        for (before, behind) in [(200, 200), (0, 200), (200, 0), (10, 40)] {
            let text = format!("{}错{}", "前".repeat(before), "后".repeat(behind));
            let [line, carets] = lines(&text, 3 * before..3 * before + 3);
            assert!(column_count_of(&line) <= MOST_COLUMNS, "{line}");
            let at = carets.len() - 2;
            let mut column = 0;
            let under = line.chars().find(|&c| {
                let here = column == at;
                column += column_count(c);
                here
            });
            assert_eq!(under, Some('错'), "{line}\n{carets}");
            assert_eq!(line.starts_with('…'), before > 60, "{line}");
        }
        // What is longer than the line is marked to its end.
        let text = "错".repeat(300);
        let [line, carets] = lines(&text, 0..900);
        assert_eq!(carets.len() + 1, column_count_of(&line));
    }

    #[test]
    fn nothing_commands_the_terminal() {
        let shown = shown("\u{1b}[2J甲\u{202e}", &(0..1));
        assert!(shown.text.chars().all(|c| !c.is_control() && c != '\u{202e}'));
    }

    #[test]
    fn what_differs_is_told() {
        assert_eq!(difference("≤19.519.5万元", "≤19.5万元"), (7..11, 7..7));
        assert_eq!(difference("甲", "甲"), (3..3, 3..3));
        assert_eq!(difference("", "甲"), (0..0, 0..3));
    }
}
