//! Values between commas or semicolons, and rows between tabs with cells in quotes, as spreadsheets
//! write them (RFC 4180): a cell in quotes may hold separators, line ends, and quotes that are doubled.
//!
//! Commas are common in text too, so there must be evidence: empty or quoted cells, and neighbours
//! with the same number of separators.

use std::ops::Range;

use super::reading::{Frame, Reading, line_at, push_row};
use super::{BlockKind, Blocks, Cell, lines};
use crate::source::{Source, is_blank};

/// The longest cell in quotes, in bytes; a quote that does not close until then is a character.
const LONGEST_CELL: usize = 1 << 16;
/// The most line ends in a cell in quotes.
const MOST_LINES: usize = 200;
/// A cell without quotes that is longer than this may be prose, in bytes.
const LONGEST_TEXT: usize = 600;
/// A first cell that is shorter than this may name the sentence behind it, in bytes.
const LONGEST_NAME: usize = 60;
/// A record that is longer than this is no evidence.
const LONGEST_RECORD: usize = 1 << 18;

/// Reads the records that begin at `start`, if there are any.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = &source.text;
    let (line, next) = line_at(text, start);
    if let Some(separator) = declared(&text[line.clone()]) {
        blocks.push(BlockKind::Blank, start..next, None, 0);
        return Some(records(source, next, separator, blocks));
    }
    if is_sheet_name(&text[line.clone()]) {
        let name = Cell::of(source, line, 0);
        blocks.push(BlockKind::Furniture, start..next, name, 1);
        return Some(next);
    }
    let bytes = &text.as_bytes()[line.clone()];
    let head = &bytes[..bytes.len().min(LONGEST_RECORD)];
    if head.contains(&b'"')
        && let Some(end) = quoted_row(source, start, blocks).or_else(|| quoted_text(source, start, blocks))
    {
        return Some(end);
    }
    // Rows between bars are another's, whatever is in them.
    if head.first() == Some(&b'|') {
        return None;
    }
    let separator = [b',', b';'].into_iter().find(|separator| {
        let is_wanted = head.contains(separator) || head.first() == Some(&b'"');
        is_wanted && is_table(text, start, *separator)
    })?;
    Some(records(source, start, separator, blocks))
}

/// The separator that a first line such as `sep=,` declares.
fn declared(line: &str) -> Option<u8> {
    match *line.as_bytes() {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            separator @ (b',' | b';' | b'\t'),
        ] => Some(separator),
        _ => None,
    }
}

/// Whether a line parts two sheets of a workbook: `-------- 2 - name`.
fn is_sheet_name(line: &str) -> bool {
    let name = line
        .strip_prefix("-------- ")
        .and_then(|line| line.split_once(" - "));
    name.is_some_and(|(number, _)| number.len() < 4 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Calls `each` with the cells of the record at `start`, quotes taken off, and with whether they were in
/// quotes. Returns where the record ends, its line end included.
fn scan(text: &str, start: usize, separator: u8, mut each: impl FnMut(Range<usize>, bool)) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    loop {
        let quoted = in_quotes(bytes, at, separator);
        let end = quoted.as_ref().map_or_else(
            || {
                let rest = bytes[at..].iter();
                at + rest.take_while(|&&b| b != separator && b != b'\n').count()
            },
            |(_, end)| *end,
        );
        let is_quoted = quoted.is_some();
        each(quoted.map_or(at..end, |(inner, _)| inner), is_quoted);
        match bytes.get(end) {
            Some(&b) if b == separator => at = end + 1,
            Some(_) => return end + 1,
            None => return end,
        }
    }
}

/// The text in quotes that is the whole cell at an offset, and where the cell ends.
fn in_quotes(bytes: &[u8], start: usize, separator: u8) -> Option<(Range<usize>, usize)> {
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let limit = bytes.len().min(start + LONGEST_CELL);
    let mut at = start + 1;
    let mut line_ends = 0;
    while at < limit {
        match bytes[at] {
            b'"' if bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => {
                let mut end = at + 1;
                while matches!(bytes.get(end), Some(b' ' | b'\r')) {
                    end += 1;
                }
                let is_end = bytes.get(end).is_none_or(|&b| b == separator || b == b'\n');
                return is_end.then_some((start + 1..at, end));
            }
            b'\n' => {
                line_ends += 1;
                if line_ends > MOST_LINES {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What a record shows of its manner.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    end: usize,
    separators: usize,
    /// Separators that are neither within a number such as `4,286.50` nor before a space.
    plain: usize,
    /// Cells with nothing in them.
    blank: usize,
    quoted: usize,
    /// The first cell in bytes.
    first: usize,
    /// The longest cell in bytes.
    longest: usize,
    /// Whether it ends as a sentence does.
    is_sentence: bool,
    /// Whether it is rather a row between tabs: one tab behind a text only keeps its digits as printed.
    is_tabbed: bool,
}

impl Record {
    fn at(text: &str, start: usize, separator: u8) -> Self {
        let mut record = Self::default();
        let mut cells = 0;
        record.end = scan(text, start, separator, |cell, quoted| {
            cells += 1;
            let inner = text[cell.clone()].trim_matches(is_blank);
            record.blank += usize::from(inner.is_empty());
            record.quoted += usize::from(quoted && !inner.is_empty());
            record.longest = record.longest.max(inner.len());
            record.first = if cells == 1 { inner.len() } else { record.first };
            record.is_sentence =
                !quoted && inner.ends_with(['。', '；', '！', '？', '：', '，', ';', '!', '?', ':']);
            let tabs = text[cell.clone()].bytes().filter(|&b| b == b'\t').count();
            let is_kept_as_text = tabs == 1 && !inner.is_empty() && text[..cell.end].ends_with('\t');
            record.is_tabbed |= !quoted && tabs > 0 && !is_kept_as_text;
            let before = &text.as_bytes()[..cell.start];
            let groups = |bytes: &[u8]| {
                let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
                digits == 3 && before.len() > 1 && before[before.len() - 2].is_ascii_digit()
            };
            let within = &text.as_bytes()[cell];
            let is_prose = within.first() == Some(&b' ') || groups(within);
            record.plain += usize::from(cells > 1 && (quoted || !is_prose));
        });
        record.separators = cells - 1;
        record
    }

    fn is_marked(&self) -> bool {
        self.blank > 0 || self.quoted > 0
    }

    /// Whether it may be a sentence with commas in it.
    fn is_prose(&self) -> bool {
        self.is_sentence && !self.is_marked()
    }
}

/// Whether the lines at an offset are records of a table.
fn is_table(text: &str, start: usize, separator: u8) -> bool {
    let first = Record::at(text, start, separator);
    if first.end - start > LONGEST_RECORD || first.separators == 0 || first.is_tabbed {
        return false;
    }
    // Nobody writes three separators with nothing between them.
    if first.blank > 3 || (first.blank > 2 && first.separators > 2) {
        return true;
    }
    if is_numbered(text, start, separator) {
        return true;
    }
    let mut same = usize::from(first.separators > 1);
    let mut several = usize::from(first.plain > 1);
    let mut is_marked = first.is_marked();
    let mut records = 1;
    let mut prose = usize::from(first.is_prose());
    let mut longest = first.longest;
    let mut at = first.end;
    for _ in 0..3 {
        let record = Record::at(text, at, separator);
        if at >= text.len() || record.separators == 0 || record.end - at > LONGEST_RECORD {
            break;
        }
        at = record.end;
        same += usize::from(same > 0 && record.separators == first.separators && record.plain > 1);
        several += usize::from(record.plain > 1);
        is_marked |= record.is_marked();
        records += 1;
        prose += usize::from(record.is_prose());
        longest = longest.max(record.longest);
    }
    // One cell at the end of a record may be a sentence.
    if first.is_prose() || prose * 2 > records {
        return false;
    }
    let count = first.plain;
    (same >= 2 && count > 2 && is_marked)
        || (same >= 3 && (is_marked && count > 1 || count > 2 && longest < LONGEST_TEXT))
        || (several >= 2 && first.plain > 0 && (longest < LONGEST_TEXT || (several >= 3 && is_marked)))
}

/// Whether a data frame numbered the records: the first has a blank in front, the others 0, 1, …
fn is_numbered(text: &str, start: usize, separator: u8) -> bool {
    let mut at = line_at(text, start).1;
    text.as_bytes()[start] == separator
        && (0..2).all(|number| {
            let (line, next) = line_at(text, at);
            at = next;
            matches!(text.as_bytes()[line], [digit, mark, ..] if digit == b'0' + number && mark == separator)
        })
}

/// Reads records until a blank line, or a line that is none. Returns where they end.
fn records<'s>(source: &'s Source, start: usize, separator: u8, blocks: &mut Blocks<'s>) -> usize {
    let text = &source.text;
    let mut at = start;
    let mut usual = None;
    let mut frame = Frame::default();
    while at < text.len() {
        let record = Record::at(text, at, separator);
        let usual = *usual.get_or_insert(record.separators);
        let is_like = |record: &Record| {
            record.separators == usual || (record.separators > 0 && record.plain > 0 && !record.is_prose())
        };
        if record.separators == 0 && (record.blank > 0 || is_sheet_name(&text[line_at(text, at).0])) {
            break;
        }
        if !is_like(&record) {
            // A sentence in a cell, between rows; or a title.
            let next = Record::at(text, record.end, separator);
            let is_named = record.plain > 0 && record.first < LONGEST_NAME;
            let is_between = is_named
                || next.separators == usual
                || (record.plain > 0 && next.plain > 1 && is_like(&next));
            if !is_between || (record.separators == 0 && record.quoted > 0) {
                break;
            }
        }
        let mut cells = cells(source, at, separator);
        frame.strip(&mut cells);
        if cells.is_empty() {
            blocks.push(BlockKind::Blank, at..record.end, None, 0);
        } else {
            push_row(blocks, at..record.end, cells, record.separators + 1);
        }
        at = record.end;
    }
    at
}

fn cells(source: &Source, start: usize, separator: u8) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut column = 0;
    scan(&source.text, start, separator, |span, quoted| {
        cells.extend(cell(source, span, quoted, column));
        column += 1;
    });
    cells
}

/// A cell; in quotes, two quotes stand for one.
fn cell(source: &Source, span: Range<usize>, quoted: bool, column: usize) -> Option<Cell<'_>> {
    let text = &source.text[span.clone()];
    if !quoted || !text.contains("\"\"") {
        return Cell::of(source, span, column);
    }
    let mut reading = Reading::new(source);
    let mut at = span.start;
    for (quote, _) in text.match_indices("\"\"") {
        let quote = span.start + quote + 1;
        reading.take(at..quote);
        at = quote + 1;
    }
    reading.take(at..span.end);
    reading.cell(column, 1)
}

/// Reads one row between tabs if cells of it are in quotes because they must be.
fn quoted_row<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = &source.text;
    let (mut separators, mut filled, mut in_quotes) = (0, 0, 0);
    let (mut must, mut is_torn) = (false, false);
    let end = scan(text, start, b'\t', |cell, quoted| {
        let inner = &text[cell];
        separators += 1;
        filled += usize::from(!inner.trim_matches(is_blank).is_empty());
        in_quotes += usize::from(quoted);
        must |= quoted && (inner.contains('\n') || inner.contains("\"\""));
        // Quotes of the author's that happen to stand at the ends of two cells enclose tabs.
        is_torn |= quoted && inner.contains('\t');
    });
    let is_row = separators > 1 && !is_torn && (must || (in_quotes > 1 && in_quotes == filled));
    if !is_row {
        return None;
    }
    push_row(blocks, start..end, cells(source, start, b'\t'), separators);
    Some(end)
}

/// Reads a text that stands in quotes because it must: the only cell of its record.
fn quoted_text<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = &source.text;
    let (inner, end) = in_quotes(text.as_bytes(), start, b'\n')?;
    let content = &text[inner.clone()];
    if content.is_empty() {
        let (_, next) = line_at(text, end);
        blocks.push(BlockKind::Blank, start..next, None, 0);
        return Some(next);
    }
    if content.contains(['\t', '\u{c}']) || !content.contains([',', '\n', '"', ';']) {
        return None;
    }
    let (_, end) = line_at(text, inner.end);
    let whole = cell(source, inner.clone(), true, 0)?;
    if !content.contains('\n') {
        blocks.push(BlockKind::Paragraph, start..end, Some(whole), 1);
        return Some(end);
    }
    // Each line of it is a paragraph.
    let mut at = start;
    for line in lines(text, inner.start).take_while(|line| line.start < inner.end) {
        let until = if line.end > inner.end { end } else { line.end };
        let cell = cell(source, line.start..line.end.min(inner.end), true, 0);
        let kind = if cell.is_some() {
            BlockKind::Paragraph
        } else {
            BlockKind::Blank
        };
        blocks.push(kind, at..until, cell, 1);
        at = until;
    }
    if at < end {
        blocks.push(BlockKind::Blank, at..end, None, 0);
    }
    Some(end)
}
