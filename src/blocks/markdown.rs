//! Markdown, and rows of cells between bars as scripts write them.
//!
//! What a converter cannot express is left out: the place of a cell that is merged downward is missing
//! from the rows below it, so that they have fewer cells than the table; they belong to its right end.
//! Outside tables only lines with clear markup are read here; the others are plain text.

use std::ops::Range;

use super::reading::{Frame, Reading, line_at, push_row};
use super::{BlockKind, Blocks, Cell};
use crate::source::{Source, is_blank};

mod inline;

/// The longest line that is looked at to say whether a table begins, in bytes.
const LONGEST: usize = 1 << 16;
/// The most lines that the cells of one row are broken over.
const MOST_LINES: usize = 100;

/// Reads a table, or a line with markup, at `start`, if there is one.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
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
    if content.len() < LONGEST
        && content.contains('|')
        && let Some(table) = Table::at(text, start)
    {
        return Some(table.read(source, start, blocks));
    }
    // A line that begins with a tab is a cell that an extractor wrote on a line of its own.
    if text[start..].starts_with('\t') {
        return None;
    }
    let inner = marked_text(text, line, first)?;
    let mut reading = Reading::new(source);
    inline::read(&mut reading, text, inner, false);
    paragraphs(blocks, start..next, reading.cell(0, 1));
    Some(next)
}

/// Adds a text as a paragraph for each of its lines.
fn paragraphs<'s>(blocks: &mut Blocks<'s>, span: Range<usize>, cell: Option<Cell<'s>>) {
    match cell {
        None => blocks.push(BlockKind::Blank, span, None, 0),
        Some(cell) if cell.text.contains('\n') => {
            let count = cell.text.lines().count();
            for (at, line) in cell.text.lines().enumerate() {
                let end = if at + 1 == count { span.end } else { span.start };
                let cell = Cell {
                    text: line.to_owned().into(),
                    ..cell
                };
                let begin = if at == 0 { span.start } else { span.start.min(end) };
                blocks.push(BlockKind::Paragraph, begin..end, Some(cell), 1);
            }
        }
        cell => blocks.push(BlockKind::Paragraph, span, cell, 1),
    }
}

/// Whether nothing of a line is text: fences of code, rules, divisions, underlines of headings.
fn is_markup(text: &str, start: usize, content: &str) -> bool {
    let bytes = content.as_bytes();
    match bytes {
        [b'`', b'`', b'`', rest @ ..] | [b'~', b'~', b'~', rest @ ..] => {
            rest.len() < 32 && !rest.contains(&b'`')
        }
        [b':', b':', b':', ..] => {
            let rest = content.trim_matches([':', ' ']);
            rest.is_empty() || rest.is_ascii()
        }
        [mark @ (b'-' | b'*' | b'_' | b'='), rest @ ..]
            if rest.len() > 1 && rest.iter().all(|b| b == mark) =>
        {
            // A rule stands alone; other lines of dashes are edges of tables.
            let (_, next) = line_at(text, start);
            let (below, _) = line_at(text, next);
            let above = text[..start].trim_end_matches(['\r', '\n']);
            let is_alone = text[below].trim_matches(is_blank).is_empty()
                && (start - above.len() > 1 || above.is_empty() || *mark == b'=');
            is_alone
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
    text[..floor(text, 1 << 14)].lines().any(|line| {
        let level = line.bytes().take_while(|&b| b == b'#').count();
        let is_heading = (1..=6).contains(&level) && line[level..].starts_with(' ');
        is_heading || (line.starts_with("**") && line.trim_end().ends_with("**")) || is_ruler(line)
    })
}

/// Whether a line parts the header of a table from its body: `|---|:-:|`, `--- | ---`, `|---+---|`.
fn is_ruler(line: &str) -> bool {
    let line = line.trim_matches(is_blank);
    line.contains('-')
        && line.contains('|')
        && line
            .bytes()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'+' | b'='))
}

/// The cells of a line between its bars; a bar behind a backslash is text.
fn split(text: &str, line: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = &text.as_bytes()[..line.end];
    let mut at = Some(line.start);
    std::iter::from_fn(move || {
        let start = at?;
        let mut end = start;
        while end < line.end && bytes[end] != b'|' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(line.end);
        at = (end < line.end).then_some(end + 1);
        Some(start..end)
    })
}

/// The part of a line between its outer bars, and whether it has them in front and at its end.
fn between(text: &str, line: Range<usize>) -> (Range<usize>, bool, bool) {
    let content = text[line.clone()].trim_matches(is_blank);
    if content.is_empty() {
        return (line.start..line.start, false, false);
    }
    let start =
        line.start + (text[line.clone()].len() - text[line.clone()].trim_start_matches(is_blank).len());
    let mut span = start..start + content.len();
    // Jira doubles the bars of a header.
    let bars = if content.len() > 4 && content.starts_with("||") && content.ends_with("||") {
        2
    } else {
        1
    };
    let leads = content.starts_with('|');
    let trails = content.len() > bars && content.ends_with('|') && !content.ends_with("\\|");
    span.start += if leads { bars } else { 0 };
    span.end -= if trails { bars } else { 0 };
    if span.end < span.start {
        span.end = span.start;
    }
    (span, leads, trails)
}

/// How many cells a line has.
fn count(text: &str, line: Range<usize>) -> usize {
    split(text, between(text, line).0).count()
}

/// The manner of a table.
struct Table {
    /// How many cells a whole row has.
    width: usize,
    /// Whether the lines have bars in front.
    leads: bool,
    /// Whether it is Markdown, with a ruler and markup in its cells.
    is_markdown: bool,
}

impl Table {
    /// The manner of the table at an offset, if there is one.
    fn at(text: &str, start: usize) -> Option<Self> {
        let (line, next) = line_at(text, start);
        let (inner, leads, trails) = between(text, line.clone());
        let width = split(text, inner).count();
        let (below, after) = line_at(text, next);
        if is_ruler(&text[line.clone()]) {
            // A table without a header begins with its ruler.
            let width = text[line].matches(['|', '+']).count() - 1;
            return leads.then_some(Self {
                width,
                leads,
                is_markdown: true,
            });
        }
        let ruler = &text[below.clone()];
        if is_ruler(ruler) {
            let (inner, ..) = between(text, below.clone());
            let cells = text[inner].split(['|', '+']).count();
            if cells > 1 || leads {
                return Some(Self {
                    width: cells.max(width),
                    leads,
                    is_markdown: true,
                });
            }
        }
        if leads && trails {
            return (width > 1).then_some(Self {
                width,
                leads,
                is_markdown: true,
            });
        }
        // Rows of a script: bars with blanks around them, as many on the lines that follow.
        if text[line.clone()].contains('\t') || !has_parted(&text[line.clone()]) {
            return None;
        }
        let (third, _) = line_at(text, after);
        let is_row = |line: &Range<usize>| has_parted(&text[line.clone()]) && line.len() < LONGEST;
        let same = |line: &Range<usize>| is_row(line) && count(text, line.clone()) == width;
        let is_table = match width {
            0 | 1 => false,
            2 => same(&below) && same(&third),
            3 => same(&below) || (is_row(&below) && is_row(&third)),
            _ => true,
        };
        is_table.then_some(Self {
            width,
            leads,
            is_markdown: false,
        })
    }

    /// Reads the rows. Returns where they end.
    fn read<'s>(&self, source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> usize {
        let text = &source.text;
        let mut at = start;
        let mut frame = Frame::default();
        while at < text.len() {
            let (line, next) = line_at(text, at);
            let content = &text[line.clone()];
            if is_ruler(content) {
                blocks.push(BlockKind::Blank, at..next, None, 0);
                at = next;
                continue;
            }
            let Some((inner, next)) = self.row(text, at) else {
                break;
            };
            let cells: Vec<Range<usize>> = split(text, inner).collect();
            let absent = if self.is_markdown && cells.len() > 1 {
                self.width.saturating_sub(cells.len())
            } else {
                0
            };
            let width = self.width.max(cells.len());
            let mut row: Vec<Cell> = Vec::new();
            for (column, span) in cells.into_iter().enumerate() {
                row.extend(self.cell(source, span, column + absent));
            }
            if self.is_markdown {
                frame.strip(&mut row);
            }
            if row.is_empty() {
                blocks.push(BlockKind::Blank, at..next, None, 0);
            } else {
                push_row(blocks, at..next, row, width);
            }
            at = next;
        }
        at
    }

    fn cell<'s>(&self, source: &'s Source, span: Range<usize>, column: usize) -> Option<Cell<'s>> {
        if !self.is_markdown {
            return Cell::of(source, span, column);
        }
        let mut reading = Reading::new(source);
        let content = source.text[span.clone()].trim_matches(is_blank);
        let start = span.start + source.text[span].find(content)?;
        inline::read(&mut reading, &source.text, start..start + content.len(), true);
        reading.cell(column, 1)
    }

    /// The row at an offset, without its outer bars, and where the next begins. A row with too few bars
    /// goes on below, if that completes it.
    fn row(&self, text: &str, start: usize) -> Option<(Range<usize>, usize)> {
        let (line, mut next) = line_at(text, start);
        let content = text[line.clone()].trim_matches(is_blank);
        if !content.contains('|') || (self.leads && !content.starts_with('|')) || content.starts_with("+-") {
            return None;
        }
        let (inner, leads, trails) = between(text, line.clone());
        let cells = split(text, inner.clone()).count();
        if cells >= self.width || (leads && trails) {
            return Some((inner, next));
        }
        let mut bars = cells - 1;
        for _ in 0..MOST_LINES {
            let (below, after) = line_at(text, next);
            let content = text[below.clone()].trim_matches(is_blank);
            let is_over = after == next
                || content.is_empty()
                || content.len() > LONGEST
                || (leads && content.starts_with('|'));
            if is_over {
                break;
            }
            let (_, _, trails) = between(text, below.clone());
            bars += split(text, below.clone()).count() - 1 - usize::from(leads && trails);
            next = after;
            if bars + 1 > self.width {
                break;
            }
            if bars + 1 == self.width && (!leads || trails) {
                let (whole, ..) = between(text, line.start..below.end);
                // A last cell goes on where the lines below have no bars.
                return Some((whole, next));
            }
        }
        let (_, next) = line_at(text, start);
        Some((inner, next))
    }
}

/// Whether a line has bars with blanks around them.
fn has_parted(line: &str) -> bool {
    line.contains(" | ") || line.starts_with("| ") || line.ends_with(" |")
}
