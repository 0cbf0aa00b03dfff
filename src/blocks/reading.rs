//! What the readers of marked-up text share: a text as it is taken out of the source, and the traces
//! that data frames leave in a table.

use std::borrow::Cow;
use std::ops::Range;

use super::{BlockKind, Blocks, Cell, column_number, unpadded};
use crate::source::{Source, is_blank};

/// A text on its way out of the source: borrowed as long as it stands there in one piece, its own from
/// where markup lies in it.
#[derive(Debug)]
pub(super) struct Reading<'s> {
    source: &'s Source,
    /// Where the text stands in one piece, as long as there is no `own` text.
    span: Range<usize>,
    own: Option<String>,
    /// Where the first thing that is seen begins.
    start: Option<usize>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self {
            source,
            span: 0..0,
            own: None,
            start: None,
        }
    }

    /// Whether nothing is to be seen of it yet.
    pub(super) fn is_blank(&self) -> bool {
        self.start.is_none()
    }

    /// The last character so far.
    pub(super) fn last(&self) -> Option<char> {
        match &self.own {
            Some(own) => own.chars().next_back(),
            None => self.source.text[self.span.clone()].chars().next_back(),
        }
    }

    /// Adds a text as it stands in the source.
    pub(super) fn take(&mut self, span: Range<usize>) {
        if span.is_empty() {
            return;
        }
        let text = &self.source.text[span.clone()];
        if self.start.is_none() {
            let seen = text.trim_start_matches(is_blank);
            if seen.is_empty() {
                return;
            }
            self.start = Some(span.end - seen.len());
            self.span = span.end - seen.len()..span.end;
        } else if self.own.is_none() && self.span.end == span.start {
            self.span.end = span.end;
        } else {
            self.owned().push_str(text);
        }
    }

    /// Adds a text that stands for the markup at an offset.
    pub(super) fn put(&mut self, text: &str, at: usize) {
        if self.start.is_none() {
            let seen = text.trim_start_matches(is_blank);
            if seen.is_empty() {
                return;
            }
            self.start = Some(at);
            self.own = Some(seen.to_owned());
        } else {
            self.owned().push_str(text);
        }
    }

    fn owned(&mut self) -> &mut String {
        let (source, span) = (self.source, self.span.clone());
        self.own.get_or_insert_with(|| source.text[span].to_owned())
    }

    /// Takes the text out as a cell, if anything is to be seen of it, and begins anew.
    pub(super) fn cell(&mut self, column: usize, columns: usize) -> Option<Cell<'s>> {
        let span = std::mem::replace(&mut self.span, 0..0);
        let own = self.own.take();
        let start = self.start.take()?;
        let text = match own {
            None => unpadded(&self.source.text[span]),
            Some(own) => match unpadded(&own) {
                Cow::Borrowed(text) if text.len() == own.len() => Cow::Owned(own),
                text => Cow::Owned(text.into_owned()),
            },
        };
        Some(Cell {
            text,
            start: start as u32,
            column: column_number(column),
            columns: column_number(columns),
        })
    }
}

/// What a data frame adds to the table that it writes down: numbers of the rows before the first column,
/// numbers or made-up names instead of a header, and words for blank cells.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// The number that the next row has in front, if the rows are numbered.
    next: Option<usize>,
    /// How many rows there were.
    rows: usize,
}

impl Frame {
    /// Takes out of the cells of the table's next row what the data frame added; the columns before
    /// which the numbers stood move up to the left. Returns whether they go on with the row above: the
    /// cells of a row stand on several lines, and only the first is numbered.
    pub(super) fn strip(&mut self, cells: &mut Vec<Cell>) -> bool {
        let row = self.rows;
        self.rows += 1;
        let first = cells.first().filter(|cell| cell.column == 0);
        let mut goes_on = false;
        if row == 0 {
            // A blank above the numbers; the numbers of the columns, or the names in the first row.
            if first.is_none() {
                self.next = Some(0);
            }
            let counts =
                |is: fn(&Cell, usize) -> bool| cells.iter().enumerate().all(|(at, cell)| is(cell, at));
            if (cells.len() > 2 || first.is_none()) && (counts(is_number) || counts(is_letter)) {
                cells.clear();
            }
            cells.retain(|cell| !is_made_up(&cell.text));
        } else if let Some(next) = self.next {
            let is_numbered = first.is_some_and(|cell| is_number(cell, next));
            goes_on = next > 0 && first.is_none() && !cells.is_empty();
            self.next = (is_numbered || goes_on).then_some(next + usize::from(is_numbered));
            if is_numbered {
                cells.remove(0);
            }
            if is_numbered || goes_on {
                for cell in cells.iter_mut() {
                    cell.column -= 1;
                }
            }
        }
        cells.retain(|cell| !is_void(&cell.text));
        for cell in cells {
            if cell.text.contains("\\n") {
                cell.text = cell.text.replace("\\r", "").replace("\\n", "\n").into();
            }
        }
        goes_on
    }
}

fn is_number(cell: &Cell, number: usize) -> bool {
    cell.text.len() < 10 && cell.text.parse() == Ok(number) && (number == 0 || !cell.text.starts_with('0'))
}

fn is_letter(cell: &Cell, number: usize) -> bool {
    matches!(*cell.text.as_bytes(), [letter] if letter == b'a' + number as u8)
}

/// Whether a text is what a data frame writes for a blank cell.
fn is_void(text: &str) -> bool {
    matches!(text, "nan" | "NaN" | "None" | "<NA>" | "NaT")
}

/// Whether a text is the name that a data frame gives to a column without one: `Unnamed: 3`.
fn is_made_up(text: &str) -> bool {
    let number = text.strip_prefix("Unnamed: ");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A row with more texts than this is no row of a table.
const MOST_CELLS: usize = 400;

/// Adds a row with `cells`; as one paragraph if it has more cells than any table.
pub(super) fn push_row<'s>(blocks: &mut Blocks<'s>, span: Range<usize>, cells: Vec<Cell<'s>>, width: usize) {
    if cells.len() <= MOST_CELLS {
        return blocks.push(BlockKind::Row, span, cells, width);
    }
    let start = cells[0].start;
    let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_ref()).collect();
    let whole = Cell {
        text: texts.join(" ").into(),
        start,
        column: 0,
        columns: 1,
    };
    blocks.push(BlockKind::Paragraph, span, Some(whole), 1);
}

/// The first line of a text from an offset, without its line end, and where the next begins. A form feed
/// before text belongs to its line, any other ends the line before it, or a run of them would be looked
/// through again at each of them.
pub(super) fn line_at(text: &str, start: usize) -> (Range<usize>, usize) {
    let rest = &text.as_bytes()[start..];
    let lead = usize::from(rest.first() == Some(&b'\x0c'));
    let end = rest[lead..].iter().position(|b| matches!(b, b'\n' | b'\x0c'));
    let end = end.map_or(rest.len(), |at| lead + at);
    let next = start + end + usize::from(rest.get(end) == Some(&b'\n'));
    let line = text[start..next].trim_end_matches(['\n', '\r']);
    (start..start + line.len(), next)
}
