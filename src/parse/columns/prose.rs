//! The text around the forms: lines that a program broke to fit the page are joined to paragraphs.

use std::ops::Range;

use super::{Found, Reader};
use crate::blocks::measure::Measure;
use crate::blocks::{BlockKind, Blocks, Cell, wrapping};
use crate::parse::lexicon::without_page;
use crate::source::is_blank;

/// How far short of the margin a full line may end: blanks and Latin letters are not as wide on the page as here.
const RAGGED: usize = 4;

/// What a sentence ends with, or a clause that a list follows.
const ENDS: [char; 8] = ['。', '！', '？', '；', '：', ':', '.', ';'];

/// Where programs break the lines of plain text.
const PLAIN_WIDTH: usize = 72;

/// Adds the paragraphs of `lines`, which stand outside the tables. Returns whether any line was joined
/// to another.
pub(super) fn read<'s>(
    reader: &Reader<'s, '_>,
    blocks: (&Blocks<'s>, Range<usize>),
    lines: &[usize],
    in_columns: bool,
    found: &mut Vec<Found<'s>>,
) -> bool {
    let prose = Prose {
        reader,
        margin: in_columns.then(|| margin(reader, lines)).flatten(),
        parted: are_parted(reader, lines),
        known: known(reader, blocks.0, blocks.1),
    };
    // The end of a paragraph that has been read as such already.
    let mut read_until = 0;
    let mut joined = false;
    // The lines of the paragraph so far, and whether a gap stands below them.
    let mut paragraph: Vec<usize> = Vec::new();
    let mut gap = false;
    for &at in lines {
        let line = &reader.lines[at];
        if line.span.start < read_until {
            continue;
        }
        if let Some(known) = prose.known[at].as_ref().filter(|known| known.end > line.span.end) {
            prose.push(&mut paragraph, gap, found);
            found.push(Found {
                start: line.span.start,
                kind: BlockKind::Paragraph,
                cells: vec![known.cell.clone()],
                width: 1,
            });
            (read_until, gap) = (known.end, false);
            continue;
        }
        if line.is_blank() {
            if line.furniture || reader.text(line.span.clone()).starts_with('\u{c}') {
                // What ends a page does not end a paragraph.
                continue;
            }
            gap |= !paragraph.is_empty();
            continue;
        }
        let above = paragraph.last().copied();
        let goes_on = above.is_some_and(|above| {
            let page_between = reader.lines[above].page != line.page;
            let near = at <= above + 2 || page_between && at < above + 40;
            near && prose.goes_on(above, at, page_between || gap)
        });
        if !goes_on {
            prose.push(&mut paragraph, gap, found);
        }
        joined |= goes_on;
        paragraph.push(at);
        gap = false;
    }
    prose.push(&mut paragraph, gap, found);
    for &at in lines {
        reader.push_blank(at, found);
    }
    joined
}

struct Prose<'r, 's, 'l> {
    reader: &'r Reader<'s, 'l>,
    /// Where full lines end, if the text has such a place.
    margin: Option<usize>,
    /// Whether blank lines stand between paragraphs.
    parted: bool,
    /// The paragraph that begins on each line, as its reader gave it: free of markup.
    known: Vec<Option<Known<'s>>>,
}

/// A paragraph as its reader gave it.
struct Known<'s> {
    cell: Cell<'s>,
    end: usize,
}

/// The paragraphs among the blocks `of` that begin on each line.
fn known<'s>(reader: &Reader<'s, '_>, blocks: &Blocks<'s>, of: Range<usize>) -> Vec<Option<Known<'s>>> {
    let mut paragraphs = of
        .filter(|&block| blocks.kind(block) == BlockKind::Paragraph)
        .peekable();
    let lines = reader.lines.iter().map(|line| {
        while paragraphs
            .next_if(|&block| blocks.span(block).start < line.span.start)
            .is_some()
        {}
        let block = paragraphs.next_if(|&block| blocks.span(block).start < line.span.end)?;
        let cell = blocks.cells(block).first()?.clone();
        Some(Known {
            cell,
            end: blocks.span(block).end,
        })
    });
    lines.collect()
}

/// The width of a line with the blanks before it. A single blank is half as wide on a page as a letter.
fn extent(reader: &Reader, at: usize) -> usize {
    let line = &reader.lines[at];
    let Some(first) = line.words.first() else { return 0 };
    let gaps = line.words.windows(2).map(|pair| match pair[1].x - pair[0].end {
        1 => 1,
        gap => 2 * gap,
    });
    let words = line
        .words
        .iter()
        .map(|word| 2 * Measure::WideMarks.width(reader.text(word.span.clone())));
    let half_columns: usize = gaps.chain(words).sum();
    first.x + half_columns / 2
}

/// Where full lines end: most of those that stop in the middle of a sentence and have a line right below.
fn margin(reader: &Reader, lines: &[usize]) -> Option<usize> {
    let mut counts: Vec<usize> = vec![0; 240];
    let is_text = |at: usize| !reader.lines[at].is_blank();
    let texts: Vec<usize> = lines.iter().copied().filter(|&at| is_text(at)).collect();
    for pair in texts.windows(2).filter(|pair| pair[1] <= pair[0] + 2) {
        let [above, below] = [pair[0], pair[1]].map(|at| reader.text(reader.lines[at].content()));
        let stops =
            above.ends_with(ENDS) || reader.lexicon.heading(above).is_some() || wrapping::begins_item(below);
        let aside = reader.lines[pair[0]].words[0].x > reader.lines[pair[1]].words[0].x + 6;
        if !stops
            && !aside
            && let Some(count) = counts.get_mut(extent(reader, pair[0]))
        {
            *count += 1;
        }
    }
    let piled = |end: &usize| counts[end - RAGGED / 2..=*end].iter().sum::<usize>();
    (40..counts.len()).max_by_key(piled).filter(|end| piled(end) > 1)
}

/// Whether most lines have a blank line below them.
fn are_parted(reader: &Reader, lines: &[usize]) -> bool {
    let (mut parted, mut total) = (0, 0);
    for pair in lines.windows(2).filter(|pair| !reader.lines[pair[0]].is_blank()) {
        total += 1;
        parted += usize::from(reader.lines[pair[1]].is_blank());
    }
    parted * 4 >= total * 3
}

impl<'s> Prose<'_, 's, '_> {
    fn goes_on(&self, above: usize, below: usize, apart: bool) -> bool {
        let reader = self.reader;
        let (upper, lower) = (
            reader.text(reader.lines[above].content()),
            reader.text(reader.lines[below].content()),
        );
        if reader.lexicon.heading(upper).is_some()
            || reader.lexicon.heading(lower).is_some()
            || without_page(upper).1.is_some()
            || wrapping::begins_item(lower)
            || upper.contains('\t')
        {
            return false;
        }
        let ends = upper.ends_with(ENDS);
        let width = extent(reader, above);
        if let Some(margin) = self.margin {
            let full = width + wrapping::first_piece(lower, Measure::WideMarks) + RAGGED > margin;
            let (left, right) = (reader.lines[above].words[0].x, reader.lines[below].words[0].x);
            // A first line stands further in than the line above it.
            let indented = right >= left + 2;
            return full && !(ends && (indented || apart));
        }
        let word = lower.split(is_blank).next().unwrap_or(lower);
        self.parted && !apart && !ends && width + 1 + Measure::WideMarks.width(word) > PLAIN_WIDTH
    }

    fn push(&self, paragraph: &mut Vec<usize>, gap: bool, found: &mut Vec<Found<'s>>) {
        let Some(&first) = paragraph.first() else { return };
        let reader = self.reader;
        let spans: Vec<Range<usize>> = paragraph.iter().map(|&at| reader.lines[at].content()).collect();
        let text = |at: usize| match &self.known[at] {
            Some(known) => known.cell.text.as_ref(),
            None => reader.text(reader.lines[at].content()),
        };
        let cell = match &self.known[first] {
            Some(known) if spans.len() == 1 => known.cell.clone(),
            // One paragraph, whatever its lines look like.
            _ => Cell {
                text: wrapping::one_line(paragraph.iter().map(|&at| text(at))).into(),
                ..reader.cell(&spans, 0)
            },
        };
        let last = &reader.lines[paragraph[paragraph.len() - 1]];
        found.push(Found {
            start: reader.lines[first].span.start,
            kind: BlockKind::Paragraph,
            cells: vec![cell],
            width: 1,
        });
        if gap {
            found.push(Found {
                start: last.span.end,
                kind: BlockKind::Blank,
                cells: Vec::new(),
                width: 0,
            });
        }
        paragraph.clear();
    }
}
