//! Markdown, and rows of cells between bars as scripts write them.
//!
//! What a converter cannot express is left out: the place of a cell that is merged downward is missing
//! from the rows below it, so that they have fewer cells than the table; they belong to its right end.
//! Outside tables only lines with clear markup are read here; the others are plain text.

use std::ops::Range;

use super::reading::{Reading, line_at};
use super::{BlockKind, Blocks};
use crate::source::{Source, is_blank};

mod bars;
mod inline;

use bars::{Table, is_ruler};

/// How much of a long line is looked at to say whether it is Markdown, in bytes.
const LONGEST: usize = 1 << 16;
/// How much of a document is looked at to say whether it is Markdown, in bytes.
const HEAD: usize = 1 << 12;

/// Whether a document is Markdown whose paragraphs a converter broke into lines of equal length.
pub(super) fn is_filled(text: &str) -> bool {
    is_markdown(text) && is_spaced(text)
}

/// Reads a table, or a line with markup, at `start`, if there is one; `is_filled` says of the document that
/// its lines may go on below.
pub(super) fn region<'s>(
    source: &'s Source,
    start: usize,
    is_filled: bool,
    blocks: &mut Blocks<'s>,
) -> Option<usize> {
    let text = &source.text;
    let (line, next) = line_at(text, start);
    let content = text[line.clone()].trim_matches(is_blank);
    let first = *content.as_bytes().first()?;
    if is_markup(text, start, content) {
        blocks.push(BlockKind::Blank, start..next, None, 0);
        return Some(next);
    }
    if start == 0
        && let Some(end) = front_matter(text)
    {
        blocks.push(BlockKind::Blank, start..end, None, 0);
        return Some(end);
    }
    if let Some(table) = Table::at(text, start) {
        let end = table.read(source, start, blocks);
        return (end > start).then_some(end);
    }
    // Tabs part cells; in Markdown they stand only within an entry of the contents, which is a link.
    if text[line.clone()].contains('\t') && !(text[start..].starts_with('[') && content.contains("](")) {
        return None;
    }
    let marked = marked_text(text, line.clone(), first);
    let mut end = next;
    let mut reading = Reading::new(source);
    let is_heading = first == b'#' && marked.is_some();
    let broken = if is_heading || !is_filled {
        None
    } else {
        broken_line(text, line.clone(), next)
    };
    if marked.is_none() && broken.is_none() {
        return None;
    }
    let mut inner = marked.unwrap_or_else(|| line.clone());
    let mut below = broken;
    let mut begin = start;
    loop {
        let stop = inline::read(&mut reading, text, inner.clone(), false);
        if stop < inner.end {
            push(blocks, begin..stop, &mut reading);
            begin = stop;
            inner.start = stop;
            continue;
        }
        let Some((line, next)) = below else { break };
        reading.put(" ", end);
        end = next;
        below = broken_line(text, line.clone(), next);
        inner = line;
    }
    push(blocks, begin..end, &mut reading);
    Some(end)
}

/// Adds a text as a paragraph.
fn push<'s>(blocks: &mut Blocks<'s>, span: Range<usize>, reading: &mut Reading<'s>) {
    match reading.cell(0, 1) {
        None => blocks.push(BlockKind::Blank, span, None, 0),
        cell => blocks.push(BlockKind::Paragraph, span, cell, 1),
    }
}

/// The line below a line if a converter that fills lines broke it off there: its first word had no more
/// room. Returns also where the next line begins.
fn broken_line(text: &str, line: Range<usize>, next: usize) -> Option<(Range<usize>, usize)> {
    let (below, after) = line_at(text, next);
    let content = &text[below.clone()];
    let first = content.chars().next()?;
    let is_text = !is_blank(first)
        && !matches!(
            first,
            '#' | '>' | '|' | '<' | '`' | '-' | '*' | '+' | '=' | '~' | ':'
        );
    let head = text[line.clone()].trim_matches(is_blank);
    if !is_text || head.contains('\t') || content.contains('\t') || head.is_empty() || head.ends_with('\\') {
        return None;
    }
    // A line that is filled with words has no room for the next.
    if text[line.clone()].ends_with("  ") {
        return None;
    }
    let word = content.split(' ').next().unwrap_or_default();
    let room = width(head, FILLED) + 1 + width(word, FILLED);
    (room > FILLED).then_some((below, after))
}

/// Whether blank lines part the paragraphs of a document, judged by its head.
fn is_spaced(text: &str) -> bool {
    let head = &text[..floor(text, HEAD)];
    let (mut adjacent, mut spaced) = (0, 0);
    let mut above = true;
    for line in head.lines() {
        let is_line = !line.trim_matches(is_blank).is_empty();
        adjacent += usize::from(is_line && above && !line.contains(['|', '<']));
        spaced += usize::from(is_line && !above);
        above = is_line;
    }
    spaced > adjacent * 2
}

/// The columns of a line that converters fill.
const FILLED: usize = 72;

/// How many columns a text takes in a terminal, up to some more than `most`.
fn width(text: &str, most: usize) -> usize {
    let widths = text.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 });
    widths.take(most + 1).sum()
}

/// Whether nothing of a line is text: fences of code, rules, divisions, underlines of headings.
fn is_markup(text: &str, start: usize, content: &str) -> bool {
    let bytes = content.as_bytes();
    match bytes {
        [b'`', b'`', b'`', rest @ ..] | [b'~', b'~', b'~', rest @ ..] => {
            rest.len() < 32 && rest.is_ascii() && !rest.contains(&b'`')
        }
        // A property of a heading: `:NAME: value`.
        [b':', b'A'..=b'Z', rest @ ..] => {
            rest.iter().find(|b| !b.is_ascii_uppercase() && **b != b'_') == Some(&b':')
        }
        [b':', b':', b':', ..] => {
            let rest = content.trim_matches([':', ' ']);
            rest.is_empty() || rest.is_ascii()
        }
        [mark @ (b'-' | b'*' | b'_' | b'='), rest @ ..]
            if rest.len() > 1 && rest.iter().all(|b| b == mark) =>
        {
            // Below text it underlines a heading; but a line of dashes above text is an edge of a table.
            let (_, next) = line_at(text, start);
            let (below, _) = line_at(text, next);
            *mark == b'=' || text[below].trim_matches(is_blank).is_empty()
        }
        _ => false,
    }
}

/// Where the front matter of a document ends: names and values between two rules.
fn front_matter(text: &str) -> Option<usize> {
    let (first, mut at) = line_at(text, 0);
    if &text[first] != "---" {
        return None;
    }
    for _ in 0..50 {
        let (line, next) = line_at(text, at);
        let line = &text[line];
        if line == "---" || line == "..." {
            return Some(next);
        }
        let name = line.split(':').next().unwrap_or_default();
        let is_entry = line.starts_with([' ', '-'])
            || (name.len() < line.len()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        if !is_entry || next >= text.len() {
            return None;
        }
        at = next;
    }
    None
}

/// The text of a line that is Markdown, without the mark at its beginning.
fn marked_text(text: &str, line: Range<usize>, first: u8) -> Option<Range<usize>> {
    let content = text[line.clone()].trim_matches(is_blank);
    let start = line.start + text[line.clone()].find(content)?;
    let end = start + content.len();
    match first {
        b'#' => {
            let level = content.bytes().take_while(|&b| b == b'#').count();
            let rest = &content[level..];
            if level > 6 || !rest.starts_with([' ', '\t']) {
                return None;
            }
            let rest = without_attributes(rest).trim_end_matches('#').trim_end();
            Some(start + level..start + level + rest.len())
        }
        // The headings of wikis: `h2. text`, `== text ==`.
        b'h' if matches!(content.as_bytes(), [_, b'1'..=b'6', b'.' | b'(', ..]) => {
            let (_, rest) = content
                .split_once(". ")
                .filter(|(mark, _)| mark.len() == 2 || mark.ends_with(')'))?;
            let rest = match rest.strip_prefix("{anchor:") {
                Some(rest) => rest.split_once('}')?.1,
                None => rest,
            };
            Some(end - rest.len()..end)
        }
        b'=' => {
            let level = content.bytes().take_while(|&b| b == b'=').count();
            let rest = content[level..].trim_end_matches('=');
            let is_heading = (2..=6).contains(&level) && rest.starts_with(' ');
            is_heading.then(|| start + level..start + level + rest.len())
        }
        b'>' | b'-' | b'+' | b'*' if content.as_bytes().get(1) == Some(&b' ') => {
            let is_text = content[2..]
                .trim_start()
                .starts_with(|c: char| !c.is_ascii_digit());
            if is_text && is_markdown(text) {
                return Some(start + 2..end);
            }
            None
        }
        _ => inline::is_marked(&content[..floor(content, LONGEST)]).then_some(start..end),
    }
}

/// The last boundary of a character not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A heading without `{#name .class}` at its end.
fn without_attributes(heading: &str) -> &str {
    let heading = heading.trim_end();
    match heading.strip_suffix('}').and_then(|head| head.rsplit_once('{')) {
        Some((head, attributes)) if attributes.starts_with(['#', '.']) => head.trim_end(),
        _ => heading,
    }
}

/// Whether the head of a document shows it to be Markdown: a heading, emphasis, a table.
fn is_markdown(text: &str) -> bool {
    text[..floor(text, HEAD)].lines().any(|line| {
        let level = line.bytes().take_while(|&b| b == b'#').count();
        let is_heading = (1..=6).contains(&level) && line[level..].starts_with(' ');
        is_heading || (line.starts_with("**") && line.trim_end().ends_with("**")) || is_ruler(line)
    })
}
