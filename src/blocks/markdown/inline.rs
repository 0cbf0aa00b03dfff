//! The markup within a line of Markdown: emphasis, escapes, links, references, tags.

use std::ops::Range;

use super::super::html::tags::{Element, reference_at, tag_at};
use super::super::reading::Reading;

/// How far the end of a label or of emphasis is looked for, in bytes.
const FARTHEST: usize = 2048;

/// Adds the text of the source in `span` without its markup to `reading`, up to the first tag that ends
/// a line, and returns where it stopped. In a cell of a table, the lines are read on, and sentences
/// that two spaces part are lines too.
pub(super) fn read(reading: &mut Reading, text: &str, span: Range<usize>, in_cell: bool) -> usize {
    let line = &text[..span.end];
    let bytes = line.as_bytes();
    let mut at = span.start;
    // Where text begins that is not yet taken.
    let mut from = at;
    // Markup that is known to follow: where it stands and where it ends.
    let mut closing: Vec<Range<usize>> = Vec::new();
    // Up to where no comment ends.
    let mut barren = 0;
    while at < span.end {
        if let Some(mark) = closing.iter().position(|mark| mark.start == at) {
            let mark = closing.swap_remove(mark);
            reading.take(from..at);
            at = mark.end;
            from = at;
            continue;
        }
        let before = line[span.start..at].chars().next_back();
        let mark = match bytes[at] {
            b'\\' => escape_at(line, at).map(|end| (end, "")),
            b'<' if line[at..].starts_with("<!--") => {
                let end = if at < barren { None } else { comment_end(line, at) };
                if end.is_none() {
                    barren = barren.max(at + FARTHEST / 2);
                }
                end.map(|end| (end, ""))
            }
            b'<' => tag(line, at),
            b'&' => {
                if let Some((c, end)) = reference_at(line, at).filter(|&(_, end)| bytes[end - 1] == b';') {
                    reading.take(from..at);
                    reading.put(c.encode_utf8(&mut [0; 4]), at);
                    at = end;
                    from = end;
                    continue;
                }
                None
            }
            b'*' | b'_' => emphasis(line, at, before).map(|(end, close)| {
                closing.extend(close);
                (end, "")
            }),
            b'`' => paired(line, at, b'`').map(|(end, close)| {
                closing.push(close);
                (end, "")
            }),
            b'!' | b'[' => link(line, at).map(|(end, close)| {
                closing.push(close);
                (end, "")
            }),
            b' ' if in_cell && before.is_some_and(ends_sentence) => {
                let blanks = bytes[at..].iter().take_while(|&&b| b == b' ').count();
                (blanks > 1).then_some((at + blanks, "\n"))
            }
            _ => None,
        };
        match mark {
            Some((end, instead)) => {
                reading.take(from..at);
                if instead == "\n" && !in_cell {
                    return end;
                }
                if !instead.is_empty() {
                    reading.put(instead, at);
                }
                at = end;
                // What a backslash protects is text.
                from = at;
                if bytes[at - 1] == b'\\' && at < span.end {
                    at += 1;
                }
            }
            None => at += 1,
        }
        while !line.is_char_boundary(at) {
            at += 1;
        }
    }
    if from < span.end {
        reading.take(from..span.end);
    }
    span.end
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | '；' | '：' | '！' | '？' | '.' | ';')
}

/// Where the backslash of an escape ends. `\* MERGEFORMAT` and its like are switches of fields.
pub(super) fn escape_at(line: &str, at: usize) -> Option<usize> {
    let rest = &line.as_bytes()[at + 1..];
    match rest {
        [] => Some(at + 1),
        [b'*', b' ', next, ..] if next.is_ascii_uppercase() => None,
        [next, ..] if next.is_ascii_punctuation() => Some(at + 1),
        _ => None,
    }
}

/// Where a comment within a line ends.
fn comment_end(line: &str, at: usize) -> Option<usize> {
    let limit = line.len().min(at + FARTHEST);
    let mut windows = line.as_bytes()[at..limit].windows(3);
    windows
        .position(|end| end == b"-->")
        .map(|length| at + length + 3)
}

/// A tag within a line, and what stands for it.
fn tag(line: &str, at: usize) -> Option<(usize, &'static str)> {
    let tag = tag_at(line, at)?;
    Some((
        tag.end,
        match tag.element {
            Element::Inline => "",
            Element::Hidden | Element::Document => return None,
            _ => "\n",
        },
    ))
}

/// Emphasis that opens at an offset: where its mark ends, and where it closes.
fn emphasis(line: &str, at: usize, before: Option<char>) -> Option<(usize, Option<Range<usize>>)> {
    let bytes = line.as_bytes();
    let mark = bytes[at];
    let length = bytes[at..].iter().take_while(|&&b| b == mark).count();
    // Two asterisks have no other use, and their twins get lost; four close and open again.
    if mark == b'*' && (2..=4).contains(&length) {
        return Some((at + length, None));
    }
    if length > 3 || (mark == b'*' && length > 1) {
        return None;
    }
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() || (length == 2 && !c.is_ascii()));
    let next = line[at + length..].chars().next()?;
    if next.is_whitespace() || !is_edge(before) {
        return None;
    }
    let limit = line.len().min(at + FARTHEST);
    let mut end = at + length;
    while end < limit {
        if bytes[end] != mark {
            end += 1;
            continue;
        }
        let run = bytes[end..].iter().take_while(|&&b| b == mark).count();
        let is_escaped = bytes[end - 1] == b'\\';
        let is_closing = run == length && !is_escaped && !bytes[end - 1].is_ascii_whitespace();
        if is_closing && is_edge(line[end + run..].chars().next()) {
            return Some((at + length, Some(end..end + run)));
        }
        end += run;
    }
    None
}

/// Text between two marks.
fn paired(line: &str, at: usize, mark: u8) -> Option<(usize, Range<usize>)> {
    let limit = line.len().min(at + FARTHEST);
    let length = line.as_bytes()[at + 1..limit].iter().position(|&b| b == mark)?;
    (length > 0).then_some((at + 1, at + 1 + length..at + 2 + length))
}

/// A link, a picture or a text with attributes: where its text begins, and where the rest stands.
fn link(line: &str, at: usize) -> Option<(usize, Range<usize>)> {
    let bytes = line.as_bytes();
    let is_picture = bytes[at] == b'!';
    let start = at + 1 + usize::from(is_picture);
    if is_picture && bytes.get(at + 1) != Some(&b'[') {
        return None;
    }
    let limit = line.len().min(at + FARTHEST);
    let mut close = start;
    loop {
        match bytes.get(close).filter(|_| close < limit)? {
            b']' => break,
            b'[' => return None,
            b'\\' => close += 2,
            _ => close += 1,
        }
    }
    let end = match bytes.get(close + 1)? {
        // An address holds no blank, unless a title follows it.
        b'(' => {
            let target = bytes[close + 2..]
                .iter()
                .position(|b| matches!(b, b'(' | b')' | b'|' | b'<'))?
                + close
                + 2;
            (bytes[target] == b')').then_some(target + 1)?
        }
        b'{' if matches!(bytes.get(close + 2), Some(b'.' | b'#')) => {
            bytes[close + 2..limit].iter().position(|&b| b == b'}')? + close + 3
        }
        _ => return None,
    };
    // What a picture shows is not in the text; its description was not printed.
    let text = if is_picture { end } else { start };
    let rest = if is_picture { end..end } else { close..end };
    Some((text, rest))
}

/// Whether a line has markup in it that only Markdown has.
pub(super) fn is_marked(line: &str) -> bool {
    let marks = line
        .bytes()
        .enumerate()
        .filter(|(_, b)| matches!(b, b'\\' | b'[' | b'&' | b'<' | b'_' | b'*' | b'`'));
    marks.take(64).any(|(at, mark)| {
        let before = line[..at].chars().next_back();
        match mark {
            b'\\' => at + 1 < line.len() && escape_at(line, at).is_some(),
            b'[' => link(line, at).is_some(),
            b'&' => reference_at(line, at).is_some_and(|(_, end)| line.as_bytes()[end - 1] == b';'),
            b'<' => line[at..].starts_with("<!--") || tag_at(line, at).is_some(),
            b'*' | b'_' => before.is_none() && matches!(emphasis(line, at, before), Some((_, Some(_)))),
            _ => false,
        }
    })
}
