//! The lines of a text in which blanks keep the columns, with the place of each word.

use std::ops::Range;

use crate::blocks::measure::Measure;
use crate::parse::residue::is_page_number;
use crate::source::is_blank;

/// How many blank lines are told from each other.
const MOST_BLANKS: usize = 40;

/// How many words a line has at most.
const MOST_WORDS: usize = 400;

/// A run of characters without a blank.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The column of the screen it begins in.
    pub(super) x: usize,
    /// The column after its last.
    pub(super) end: usize,
    /// Its bytes in the source.
    pub(super) span: Range<usize>,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its bytes, with the line end.
    pub(super) span: Range<usize>,
    pub(super) words: Box<[Word]>,
    /// The number of its page, from 0.
    pub(super) page: usize,
    /// Whether it is a page number or the like.
    pub(super) furniture: bool,
    /// Whether it only draws: nothing of it is text.
    pub(super) is_drawn: bool,
}

impl Line {
    /// Whether nothing stands on it that belongs to the text.
    pub(super) fn is_blank(&self) -> bool {
        self.words.is_empty() || self.furniture
    }

    /// The bytes from the first word to the last.
    pub(super) fn content(&self) -> Range<usize> {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => self.span.start..self.span.start,
        }
    }

    /// The words in groups between which two blanks or more stand.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|left, right| right.x <= left.end + 1)
    }
}

/// The lines of a range of the text.
pub(super) fn lines(text: &str, range: Range<usize>, measure: Measure) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut blanks = 0;
    for line in each(text, range, measure) {
        blanks = if line.words.is_empty() { blanks + 1 } else { 0 };
        match lines.last_mut() {
            // A gap is a gap, however high it is.
            Some(last) if blanks > MOST_BLANKS => last.span.end = line.span.end,
            _ => lines.push(line),
        }
    }
    mark_page_numbers(text, &mut lines);
    lines
}

/// The lines of a range of the text one by one, page numbers among them.
pub(super) fn each(text: &str, range: Range<usize>, measure: Measure) -> impl Iterator<Item = Line> {
    let mut page = 0;
    let mut start = range.start;
    std::iter::from_fn(move || {
        let rest = text[..range.end].get(start..).filter(|rest| !rest.is_empty())?;
        let length = match rest.find(['\n', '\u{c}']) {
            // A form feed is a line of its own, the first of its page.
            Some(0) if rest.starts_with('\u{c}') => {
                page += 1;
                1
            }
            Some(at) if rest.as_bytes()[at] == b'\n' => at + 1,
            Some(at) => at,
            None => rest.len(),
        };
        start += length;
        Some(line(text, start - length..start, page, measure))
    })
}

fn line(text: &str, span: Range<usize>, page: usize, measure: Measure) -> Line {
    let mut words: Vec<Word> = Vec::new();
    let mut x = 0;
    let mut within = false;
    for (at, c) in text[span.clone()].char_indices() {
        let at = span.start + at;
        // A tab is as good as two blanks.
        let width = if c == '\t' { 2 } else { measure.of(c) };
        if is_blank(c) {
            // A full-width blank parts columns as two blanks do.
            x += if c == '\u{3000}' { 2 } else { width };
            within &= width == 0;
            continue;
        }
        // No table has as many words on a line: what follows belongs to the last.
        within |= words.len() == MOST_WORDS;
        match words.last_mut().filter(|_| within) {
            Some(word) => {
                word.end = x + width;
                word.span.end = at + c.len_utf8();
            }
            None => words.push(Word {
                x,
                end: x + width,
                span: at..at + c.len_utf8(),
            }),
        }
        within = true;
        x += width;
    }
    Line {
        span,
        words: words.into_boxed_slice(),
        page,
        furniture: false,
        is_drawn: false,
    }
}

/// A number alone on the last line or the first line of a page, or among blank lines, is that of the page.
fn mark_page_numbers(text: &str, lines: &mut [Line]) {
    let mut before = None;
    let mut numbered: Vec<usize> = Vec::new();
    for at in 0..lines.len() {
        if lines[at].words.is_empty() {
            continue;
        }
        let previous = before.replace(at);
        let content = lines[at].content();
        if content.len() > 60 || !is_page_number(&text[content]) {
            continue;
        }
        // Not the rest of the text: a few lines tell.
        let next = (at + 1..lines.len().min(at + 40)).find(|&next| !lines[next].words.is_empty());
        let page_ends = next.is_none_or(|next| lines[next].page > lines[at].page);
        let page_begins = previous.is_none_or(|previous| lines[previous].page < lines[at].page);
        let gap = |from: usize, to: usize| to - from > 2;
        let apart =
            previous.is_none_or(|previous| gap(previous, at)) && next.is_none_or(|next| gap(at, next));
        // In the middle of a line far below the text.
        let below = lines[at].words[0].x > 12 && previous.is_some_and(|previous| gap(previous + 1, at));
        lines[at].furniture = page_ends || page_begins || apart || below;
        if lines[at].furniture && !page_ends && !page_begins {
            // Nothing else says that a page ends here.
            numbered.push(at);
        }
    }
    let mut ends = numbered.into_iter().peekable();
    let mut more = 0;
    for (at, line) in lines.iter_mut().enumerate() {
        line.page += more;
        more += usize::from(ends.next_if_eq(&at).is_some());
    }
}
