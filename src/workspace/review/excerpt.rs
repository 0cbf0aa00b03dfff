//! The line of a document that a finding is about, and what of it is its evidence.
//!
//! Architecture invariant: what is marked is what the finding quotes, but for white space; where that cannot be
//! found in the document, the field's own text is shown.

use std::ops::Range;

use crate::source::is_blank;

/// The most characters of a line that are kept before what is marked, and behind its beginning.
const MOST_AROUND: usize = 400;
/// A field may take more of its text than its own letters: labels, marks, rows that were cut in two.
const MOST_BETWEEN: usize = 200;

/// A line with what is marked in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its number in the document, from 1; `None` where it is the text of a field.
    pub line: Option<u32>,
    /// Its text; of a very long line a part, with `…` where the rest is.
    pub text: String,
    /// What is marked, in bytes of `text`; empty where a blank is the evidence.
    pub marked: Range<usize>,
}

/// A text with its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// What stands in a field that begins at that line and column: the line of the quoted text. `field` is what the
    /// field says.
    pub(super) fn excerpt(
        &self,
        (line, column): (u32, u32),
        field: Option<&str>,
        quote: Option<&str>,
    ) -> Option<Excerpt> {
        let start = *self.starts.get((line as usize).checked_sub(1)?)?;
        let rest = &self.text[start..];
        let column = column.saturating_sub(1) as usize;
        let from = start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        let Some(quote) = quote.filter(|quote| !is_empty(quote)) else {
            return Some(self.around(from..from));
        };
        let letters = field.unwrap_or(quote).chars().count();
        let behind = &self.text[from..];
        let end = behind
            .char_indices()
            .filter(|(_, c)| !is_blank(*c))
            .nth(letters + MOST_BETWEEN)
            .map_or(behind.len(), |(at, _)| at);
        let found = find(&behind[..end], quote)?;
        Some(self.around(from + found.start..from + found.end))
    }

    /// The line in which a range begins, with as much of the range as stands in it.
    fn around(&self, range: Range<usize>) -> Excerpt {
        let line = self.starts.partition_point(|start| *start <= range.start).max(1);
        let start = self.starts[line - 1];
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        let marked = range.start - start..(range.end - start).min(text.trim_end().len());
        let mut excerpt = cut(text, marked);
        excerpt.line = u32::try_from(line).ok();
        excerpt
    }
}

/// The line of a field's text that is quoted.
pub(super) fn in_field(field: &str, quote: Option<&str>) -> Option<Excerpt> {
    let found = find(field, quote.filter(|quote| !is_empty(quote))?)?;
    let mut excerpt = Lines::of(field).around(found);
    excerpt.line = None;
    Some(excerpt)
}

/// A line, or what stands around the marked part of a very long one.
fn cut(text: &str, marked: Range<usize>) -> Excerpt {
    let marked = marked.start.min(text.len())..marked.end.clamp(marked.start.min(text.len()), text.len());
    let before = text[..marked.start].char_indices().rev();
    let from = before.take(MOST_AROUND).last().map_or(marked.start, |(at, _)| at);
    let behind = text[marked.start..].char_indices().nth(2 * MOST_AROUND);
    let to = behind.map_or(text.len(), |(at, _)| marked.start + at);
    let (head, tail) = (
        if from > 0 { "…" } else { "" },
        if to < text.len() { "…" } else { "" },
    );
    let moved = |at: usize| at.min(to) - from + head.len();
    Excerpt {
        line: None,
        text: format!("{head}{}{tail}", &text[from..to]),
        marked: moved(marked.start)..moved(marked.end),
    }
}

fn is_empty(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Where `quote` stands in `text` first, white space left out of account.
fn find(text: &str, quote: &str) -> Option<Range<usize>> {
    let first = quote.chars().find(|c| !is_blank(*c))?;
    text.char_indices()
        .filter(|(_, c)| *c == first)
        .find_map(|(start, _)| {
            let mut wanted = quote.chars().filter(|c| !is_blank(*c));
            let mut end = start;
            for (at, c) in text[start..].char_indices().filter(|(_, c)| !is_blank(*c)) {
                match wanted.next() {
                    None => break,
                    Some(wanted) if wanted == c => end = start + at + c.len_utf8(),
                    Some(_) => return None,
                }
            }
            wanted.next().is_none().then_some(start..end)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(excerpt: &Excerpt) -> &str {
        &excerpt.text[excerpt.marked.clone()]
    }

    #[test]
    fn the_quote_is_found_from_the_place_on_whatever_its_blanks() {
        let text = "甲\t≥90%\n乙\t≥ 90 %\t丙\n丁\r\n";
        let lines = Lines::of(text);
        let found = lines
            .excerpt((2, 3), Some("≥90%"), Some("≥90%"))
            .expect("an excerpt");
        assert_eq!(
            (found.line, found.text.as_str(), marked(&found)),
            (Some(2), "乙\t≥ 90 %\t丙", "≥ 90 %")
        );
        // A blank cell is marked where it stands.
        let found = lines.excerpt((3, 2), None, None).expect("an excerpt");
        assert_eq!((found.text.as_str(), found.marked), ("丁", 3..3));
        assert_eq!(lines.excerpt((2, 3), Some("≥91%"), Some("≥91%")), None);
        assert_eq!(lines.excerpt((9, 1), None, None), None);
        assert_eq!(lines.excerpt((0, 0), None, None), None);
    }

    #[test]
    fn a_quote_over_lines_is_marked_to_the_end_of_its_first_line() {
        let lines = Lines::of("一、提高\n水平；二、完成\n");
        let found = lines
            .excerpt((1, 1), Some("一、提高水平；"), Some("提高水平"))
            .expect("an excerpt");
        assert_eq!((found.line, marked(&found)), (Some(1), "提高"));
        let found = lines
            .excerpt((1, 1), Some("一、提高水平；二、完成"), Some("完成"))
            .expect("an excerpt");
        assert_eq!((found.line, marked(&found)), (Some(2), "完成"));
    }

    #[test]
    fn what_stands_far_behind_the_field_is_not_it() {
        let text = format!("名称\n{}\n≥90%\n", "长".repeat(MOST_BETWEEN + 9));
        assert_eq!(Lines::of(&text).excerpt((1, 1), Some("名称"), Some("≥90%")), None);
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let text = format!("{}中{}", "前".repeat(9_000), "后".repeat(9_000));
        let found = Lines::of(&text)
            .excerpt((1, 9_001), Some("中"), Some("中"))
            .expect("an excerpt");
        assert_eq!(marked(&found), "中");
        assert!(found.text.starts_with("…前") && found.text.ends_with("后…"));
        assert!(found.text.chars().count() < 4 * MOST_AROUND);
    }

    #[test]
    fn of_a_field_the_quoted_line_is_shown() {
        let found = in_field("1.甲\n2.乙 丙", Some("乙丙")).expect("an excerpt");
        assert_eq!(
            (found.line, found.text.as_str(), marked(&found)),
            (None, "2.乙 丙", "乙 丙")
        );
        assert_eq!(in_field("甲", None), None);
        assert_eq!(in_field("甲", Some("乙")), None);
    }
}
