//! Tables with bars between their cells: those of Markdown, which a ruler marks, and rows that a script
//! joined with bars.

use std::ops::Range;

use super::super::reading::{Frame, Reading, line_at, push_row};
use super::super::{BlockKind, Blocks, Cell};
use super::inline;
use crate::source::{Source, is_blank};

/// The longest line that is looked at to say whether a table begins, in bytes.
const LONGEST: usize = 1 << 16;
/// The most lines that the cells of one row are broken over.
const MOST_LINES: usize = 100;
/// The most columns of a table.
const MOST_COLUMNS: usize = 256;

/// Whether a line parts the header of a table from its body: `|---|:-:|`, `--- | ---`, `|---+---|`.
pub(super) fn is_ruler(line: &str) -> bool {
    let line = line.trim_matches(is_blank);
    line.contains('|')
        && (line.contains("--") || (line.contains('-') && line.len() > 2))
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

/// A line without its outer bars.
struct Line {
    inner: Range<usize>,
    /// Whether it has a bar in front.
    leads: bool,
    /// Whether it has a bar at its end.
    trails: bool,
}

impl Line {
    /// A line of a table with or without outer bars.
    fn of(table: &Table, text: &str, line: Range<usize>) -> Self {
        let mut inner = Self::new(text, line.clone());
        if !table.leads {
            let content = text[line.clone()].trim_matches(is_blank);
            let start = line.end - text[line].trim_start_matches(is_blank).len();
            inner.inner = start..start + content.len();
        }
        inner
    }

    fn new(text: &str, line: Range<usize>) -> Self {
        let content = text[line.clone()].trim_start_matches(is_blank);
        let start = line.end - content.len();
        let content = content.trim_end_matches(is_blank);
        // Jira doubles the bars of a header.
        let is_doubled = content.len() > 4 && content.starts_with("||") && content.ends_with("||");
        let bars = if is_doubled { 2 } else { 1 };
        let leads = content.starts_with('|');
        let trails = content.len() > bars && content.ends_with('|') && !content.ends_with("\\|");
        let first = start + if leads { bars } else { 0 };
        let last = start + content.len() - if trails { bars } else { 0 };
        Self {
            inner: first..last.max(first),
            leads,
            trails,
        }
    }

    fn count(&self, text: &str) -> usize {
        split(text, self.inner.clone()).count()
    }
}

/// Whether a line has bars with blanks around them.
fn is_joined(line: &str) -> bool {
    line.len() < LONGEST && (line.contains(" | ") || line.starts_with("| ") || line.ends_with(" |"))
}

/// A row whose last cell goes on below, if the lines there copy those of the cell before it, as they do
/// where a merged cell is repeated.
fn with_copy(text: &str, row: Range<usize>, next: usize) -> (Range<usize>, usize) {
    let cells: Vec<Range<usize>> = split(text, row.clone()).collect();
    let [.., copied, last] = cells.as_slice() else {
        return (row, next);
    };
    let lines = |cell: &Range<usize>| text[cell.clone()].lines().map(|line| line.trim_matches(is_blank));
    let read = lines(last).count();
    let (mut end, mut after) = (row.end, next);
    if lines(last).ne(lines(copied).take(read)) {
        return (row, next);
    }
    for line in lines(copied).skip(read) {
        let (below, next) = line_at(text, after);
        if text[below.clone()].trim_matches(is_blank) != line {
            return (row, next);
        }
        (end, after) = (below.end, next);
    }
    (row.start..end, after)
}

/// Adds a row.
fn add<'s>(blocks: &mut Blocks<'s>, row: &mut Option<(Range<usize>, Vec<Cell<'s>>)>, width: usize) {
    match row.take() {
        Some((span, cells)) if cells.is_empty() => blocks.push(BlockKind::Blank, span, None, 0),
        Some((span, cells)) => push_row(blocks, span, cells, width),
        None => {}
    }
}

/// Adds the next lines of its cells to a row.
fn join<'s>(row: &mut Vec<Cell<'s>>, lines: Vec<Cell<'s>>) {
    for line in lines {
        match row.binary_search_by_key(&line.column, |cell| cell.column) {
            Ok(at) => row[at].text = format!("{}\n{}", row[at].text, line.text).into(),
            Err(at) => row.insert(at, line),
        }
    }
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Markdown, with markup in its cells; a ruler says so.
    Ruled,
    /// Markdown without a ruler.
    Unruled,
    /// Rows that a script joined.
    Joined,
}

/// What a table keeps to.
pub(super) struct Table {
    /// How many cells a whole row has.
    width: usize,
    /// Whether the lines have bars in front.
    leads: bool,
    manner: Manner,
    /// Whether two blanks end each row, so that a line without them goes on below.
    ends_hard: bool,
}

impl Table {
    /// The manner of the table at an offset, if there is one.
    pub(super) fn at(text: &str, start: usize) -> Option<Self> {
        let (span, next) = line_at(text, start);
        let content = &text[span.clone()];
        if content.len() > LONGEST || !content.contains('|') {
            return None;
        }
        let line = Line::new(text, span.clone());
        let (below, after) = line_at(text, next);
        let mut table = Self {
            width: line.count(text),
            leads: line.leads,
            manner: Manner::Ruled,
            ends_hard: content.ends_with("  "),
        };
        // A table without a header begins with its ruler.
        if is_ruler(content) {
            return line.leads.then(|| table.widened_to_its_rows(text, start));
        }
        if is_ruler(&text[below.clone()]) {
            let ruler = Line::new(text, below.clone());
            let cells = text[ruler.inner].split(['|', '+']).count();
            if cells > 1 || ruler.leads {
                table.leads = ruler.leads;
                table.width = cells;
                return Some(table.widened_to_its_rows(text, start));
            }
        }
        table.manner = Manner::Unruled;
        if line.leads && line.trails {
            return (table.width > 1).then_some(table);
        }
        // Rows of a script, several in turn.
        table.manner = Manner::Joined;
        table.leads = false;
        table.width = Line::of(&table, text, span.clone()).count(text);
        if content.contains('\t') || !is_joined(content) {
            return None;
        }
        let count = |span: Range<usize>| {
            if is_joined(&text[span.clone()]) {
                Line::of(&table, text, span).count(text)
            } else {
                0
            }
        };
        let (second, third) = (count(below), count(line_at(text, after).0));
        let is_table = match table.width {
            0 | 1 => false,
            2 => (second == 2 && third == 2) || (second > 2 && third > 2),
            3 => second == 3 || (second > 1 && third > 1),
            _ => true,
        };
        is_table.then_some(table)
    }

    /// The table with the width of its longest row: the first may have merged cells.
    fn widened_to_its_rows(mut self, text: &str, start: usize) -> Self {
        let mut at = start;
        while let Some((row, next)) = self.row(text, at) {
            let cells = split(text, row).take(MOST_COLUMNS).count();
            self.width = self.width.max(cells);
            at = next;
        }
        self
    }

    /// Reads the rows. Returns where they end.
    pub(super) fn read<'s>(&self, source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> usize {
        let text = &source.text;
        let mut at = start;
        let mut frame = Frame::default();
        let mut above: Option<(Range<usize>, Vec<Cell>)> = None;
        let mut wide = self.width;
        while let Some((row, next)) = self.row(text, at) {
            if row.is_empty() {
                add(blocks, &mut above, wide);
                blocks.push(BlockKind::Blank, at..next, None, 0);
                at = next;
                continue;
            }
            let cells: Vec<Range<usize>> = split(text, row).collect();
            // A row lacks the cells that are merged downward from above, in front.
            let lacking = if self.manner == Manner::Ruled && cells.len() > 1 {
                self.width.saturating_sub(cells.len())
            } else {
                0
            };
            wide = self.width.max(cells.len());
            let columns = cells.into_iter().zip(lacking..);
            let mut row: Vec<Cell> = columns
                .filter_map(|(span, column)| self.cell(source, span, column))
                .collect();
            match &mut above {
                goes_on if !frame.strip(&mut row) => {
                    add(blocks, goes_on, wide);
                    *goes_on = Some((at..next, row));
                }
                Some((span, cells)) => {
                    span.end = next;
                    join(cells, row);
                }
                None => {}
            }
            at = next;
        }
        add(blocks, &mut above, wide);
        at
    }

    fn cell<'s>(&self, source: &'s Source, span: Range<usize>, column: usize) -> Option<Cell<'s>> {
        if self.manner == Manner::Joined {
            return Cell::of(source, span, column);
        }
        let content = source.text[span.clone()].trim_start_matches(is_blank);
        let start = span.end - content.len();
        let content = content.trim_end_matches(is_blank);
        let mut reading = Reading::new(source);
        inline::read(&mut reading, &source.text, start..start + content.len(), true);
        reading.cell(column, 1)
    }

    /// The row at an offset, without its outer bars, and where the next begins; of a ruler nothing. A row with too few bars
    /// goes on below, if that completes it.
    fn row(&self, text: &str, start: usize) -> Option<(Range<usize>, usize)> {
        let (span, next) = line_at(text, start);
        let content = text[span.clone()].trim_matches(is_blank);
        // In Markdown without outer bars, a row of one cell has none, and a blank one is blanks.
        let is_bare = self.manner == Manner::Ruled && !self.leads && !content.starts_with(['#', '<', '`']);
        let is_nothing = (is_bare && content.is_empty() && !span.is_empty()) || is_ruler(content);
        if is_nothing {
            return Some((span.start..span.start, next));
        }
        if next == start || content.is_empty() || content.starts_with("+-") {
            return None;
        }
        if !is_bare && (!content.contains('|') || (self.leads && !content.starts_with('|'))) {
            return None;
        }
        let (mut span, mut next) = (span, next);
        if is_bare && self.ends_hard {
            for _ in 0..MOST_LINES {
                let (below, after) = line_at(text, next);
                if text[span.clone()].ends_with("  ") || text[below.clone()].trim_matches(is_blank).is_empty()
                {
                    break;
                }
                span.end = below.end;
                next = after;
            }
        }
        let line = Line::of(self, text, span.clone());
        if is_bare || (self.leads && line.trails) {
            return Some((line.inner, next));
        }
        let cells = line.count(text);
        if cells < self.width
            && let Some(whole) = self.broken_row(text, span.start, cells, next)
        {
            return Some(whole);
        }
        Some((line.inner, next))
    }

    /// The row that begins with a line of too few cells, if the lines below make it whole.
    fn broken_row(
        &self,
        text: &str,
        start: usize,
        first: usize,
        below: usize,
    ) -> Option<(Range<usize>, usize)> {
        let mut cells = first;
        let mut at = below;
        for _ in 0..MOST_LINES {
            let (span, next) = line_at(text, at);
            let content = text[span.clone()].trim_matches(is_blank);
            let is_row = self.leads && content.starts_with('|');
            if content.is_empty() || content.len() > LONGEST || is_row {
                return None;
            }
            let line = Line::of(self, text, span.clone());
            let bars = split(text, span.clone()).count() - 1;
            cells += bars - usize::from(self.leads && line.trails);
            if cells > self.width {
                return None;
            }
            if cells == self.width && (!self.leads || line.trails) {
                let whole = Line::of(self, text, start..span.end);
                return Some(with_copy(text, whole.inner, next));
            }
            at = next;
        }
        None
    }
}
