//! Bytes → blocks: paragraphs, table rows of cells, page breaks. The blocks cover the text of the
//! document without gaps and each cell knows where it stands, so that nothing can get lost unseen.
//!
//! Each family of extractors and each kind of file has a reader of its own below this module; they
//! know how tables are written down, and nothing of what the tables say.
//!
//! Architecture invariant: no label of any form is known here.

use std::borrow::Cow;
use std::ops::Range;

use crate::finding::Finding;
use crate::source::{self, Source, trimmed};

mod archive;
mod barred;
mod builder;
mod csv;
mod docx;
mod grid;
mod html;
mod markdown;
pub(crate) mod measure;
mod numerals;
mod office;
mod ole;
mod package;
mod pdf;
mod reading;
mod ruled;
mod tabbed;
mod workbook;
pub(crate) mod wrapping;
mod xml;

use builder::Structure;
pub(crate) use html::DERIVED;
pub(crate) use workbook::grid::{Grid, GridCell, Grids};
pub(crate) use workbook::{MARKS_NAME, MARKS_SHEET, WAY};

/// A document that was opened: its text, and its own structure if it is more than text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text with its places.
    pub source: Source,
    structure: Option<Structure>,
    /// The cells as they stand, of a workbook that the program made.
    pub(crate) grids: Option<Grids>,
}

impl Document {
    /// Opens a document of any kind that can be read. Never fails: what cannot be read is an empty
    /// document and a finding.
    #[must_use]
    pub fn open<'b>(bytes: impl Into<Cow<'b, [u8]>>) -> (Self, Vec<Finding>) {
        let bytes = bytes.into();
        let of_pdf =
            || pdf::open(&bytes).map(|(source, structure, findings)| (source, structure, None, findings));
        if let Some((source, structure, grids, findings)) = office::open(&bytes).or_else(of_pdf) {
            let structure = Some(structure);
            let document = Self {
                source,
                structure,
                grids,
            };
            return (document, findings);
        }
        let (source, findings) = source::decode(bytes);
        let document = Self {
            source,
            structure: None,
            grids: None,
        };
        (document, findings)
    }

    /// The blocks of the document.
    #[must_use]
    pub fn blocks(&self) -> Blocks<'_> {
        match &self.structure {
            Some(structure) => structure.blocks(&self.source),
            None => read(&self.source),
        }
    }
}

/// The blocks of a document, in order, with the cells of them all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks<'s> {
    list: Vec<Block>,
    cells: Vec<Cell<'s>>,
}

/// One piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    kind: BlockKind,
    /// The bytes of the source that it covers, line ends and markup included.
    span: (u32, u32),
    /// Its cells.
    cells: (u32, u32),
    /// How many columns the row has, blank ones included.
    width: u32,
}

/// The kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A text outside any table: one cell.
    Paragraph,
    /// One row of a table. Cells without text are left out; the others know their columns.
    Row,
    /// A text that its place shows to be a running head or a page number: one cell.
    Furniture,
    /// Lines with nothing on them.
    Blank,
    /// The end of a page.
    PageBreak,
}

/// A text with its place; in a row, a cell that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'s> {
    /// The text, blanks at both ends of each line taken off; a `\n` between its lines.
    pub text: Cow<'s, str>,
    /// Where the text begins in the source.
    pub start: u32,
    /// The column of the table it begins in, from 0.
    pub column: u16,
    /// How many columns it takes, from 1.
    pub columns: u16,
}

impl<'s> Cell<'s> {
    /// The text of the source in `span` as a cell in `column`; `None` if nothing of it is seen.
    #[must_use]
    pub fn of(source: &'s Source, span: Range<usize>, column: usize) -> Option<Self> {
        let whole = &source.text[span.clone()];
        let text = trimmed(whole);
        let start = span.start + (text.as_ptr() as usize - whole.as_ptr() as usize);
        (!text.is_empty()).then(|| Self {
            text: unpadded(text),
            start: start as u32,
            column: column_number(column),
            columns: 1,
        })
    }
}

/// The number of a column, or how many there are; no table has as many as fit.
pub(crate) fn column_number(columns: usize) -> u16 {
    u16::try_from(columns).unwrap_or(u16::MAX)
}

impl Cell<'_> {
    /// The columns that it takes.
    #[must_use]
    pub fn column_range(&self) -> Range<u16> {
        self.column..self.column.saturating_add(self.columns)
    }
}

/// A text without the blanks at both ends of its lines, and without blank lines.
pub(crate) fn unpadded(text: &str) -> Cow<'_, str> {
    let text = trimmed(text);
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let lines = text.lines().map(trimmed).filter(|line| !line.is_empty());
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

impl<'s> Blocks<'s> {
    /// How many blocks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What a block is.
    #[must_use]
    pub fn kind(&self, block: usize) -> BlockKind {
        self.list[block].kind
    }

    /// The bytes of the source that a block covers, line ends and markup included.
    #[must_use]
    pub fn span(&self, block: usize) -> Range<usize> {
        let (start, end) = self.list[block].span;
        start as usize..end as usize
    }

    /// How many columns a row has, blank ones included.
    #[must_use]
    pub fn width(&self, block: usize) -> usize {
        self.list[block].width as usize
    }

    /// The cells of a block: one of a paragraph, those with text of a row.
    #[must_use]
    pub fn cells(&self, block: usize) -> &[Cell<'s>] {
        let (start, end) = self.list[block].cells;
        &self.cells[start as usize..end as usize]
    }

    /// How many cells all blocks have.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.cells.len()
    }

    /// The numbers in the document of the cells of a block.
    #[must_use]
    pub fn cell_range(&self, block: usize) -> Range<usize> {
        let (start, end) = self.list[block].cells;
        start as usize..end as usize
    }

    /// Rewrites the text of every cell; one that nothing is left of is dropped, and a paragraph without
    /// a cell is blank.
    pub fn clean(&mut self, mut clean: impl FnMut(&mut Cow<'s, str>)) {
        let mut kept = 0;
        for block in &mut self.list {
            let first = kept;
            for cell in block.cells.0 as usize..block.cells.1 as usize {
                clean(&mut self.cells[cell].text);
                if !self.cells[cell].text.is_empty() {
                    self.cells.swap(cell, kept);
                    kept += 1;
                }
            }
            block.cells = (first as u32, kept as u32);
            if first == kept && matches!(block.kind, BlockKind::Paragraph | BlockKind::Furniture) {
                block.kind = BlockKind::Blank;
            }
        }
        self.cells.truncate(kept);
    }

    /// The width of the row `back` blocks before the end, if it and those behind it are rows and the last
    /// ends at `end`.
    fn row_before(&self, end: usize, back: usize) -> Option<usize> {
        let rows = self.list.get(self.list.len().checked_sub(back)?..)?;
        let adjacent = rows.last().is_some_and(|last| last.span.1 as usize == end);
        (adjacent && rows.iter().all(|block| block.kind == BlockKind::Row)).then(|| rows[0].width as usize)
    }

    /// Adds a block with `cells`, in the order of their columns, of a row with `width` columns.
    pub fn push(
        &mut self,
        kind: BlockKind,
        span: Range<usize>,
        cells: impl IntoIterator<Item = Cell<'s>>,
        width: usize,
    ) {
        let first = self.cells.len() as u32;
        self.cells.extend(cells);
        let cells = (first, self.cells.len() as u32);
        let span = (span.start as u32, span.end as u32);
        // Blank lines that follow each other are one block.
        if let Some(last) = self.list.last_mut()
            && (last.kind, kind) == (BlockKind::Blank, BlockKind::Blank)
            && last.span.1 == span.0
        {
            last.span.1 = span.1;
            return;
        }
        self.list.push(Block {
            kind,
            span,
            cells,
            width: width as u32,
        });
    }

    /// Adds a copy of a block of other blocks of the same document.
    pub fn copy(&mut self, other: &Self, block: usize) {
        let cells = other.cells(block).iter().cloned();
        self.push(other.kind(block), other.span(block), cells, other.width(block));
    }

    /// Adds the text of the source in `span` as a paragraph, or as a blank block if nothing of it is seen.
    pub fn push_paragraph(&mut self, source: &'s Source, span: Range<usize>) {
        let cell = Cell::of(source, span.clone(), 0);
        let kind = if cell.is_some() {
            BlockKind::Paragraph
        } else {
            BlockKind::Blank
        };
        self.push(kind, span, cell, 1);
    }
}

/// Reads a text into blocks that cover it without gaps, in order. The manner is recognized anew at the
/// end of each region.
#[must_use]
pub fn read(source: &Source) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    let is_filled = markdown::is_filled(&source.text);
    let mut line = MarkedLine::default();
    let mut below = MarkedLine::at(&source.text, 0);
    let mut at = 0;
    while at < source.text.len() {
        if at >= line.end {
            line = if line.end == at {
                below
            } else {
                MarkedLine::at(&source.text, at)
            };
            below = MarkedLine::at(&source.text, line.end);
        }
        let region = marked_region(source, at, line.marks, below.marks, is_filled, &mut blocks);
        // Whatever a reader says, the reading goes on.
        let region = region.filter(|&end| end > at);
        at = region.unwrap_or_else(|| tabbed::region(source, at, &mut blocks));
    }
    blocks
}

/// Reads the region that begins at an offset, the start of a line, if it is written in any manner but with
/// tabs: adds its blocks and returns where it ends. `line` and `below` are the marks of the line and of the
/// next; a reader that none of these is for is not asked.
///
/// To say no, a reader may look at a few lines, never at the rest of the text, or the time is no longer
/// linear; where it says no, it adds nothing.
fn marked_region<'s>(
    source: &'s Source,
    at: usize,
    line: Marks,
    below: Marks,
    is_filled: bool,
    blocks: &mut Blocks<'s>,
) -> Option<usize> {
    let both = Marks(line.0 | below.0);
    if both == Marks::NONE && !is_filled {
        return None;
    }
    if line.has(Marks::TAG)
        && let Some(end) = html::region(source, at, blocks)
    {
        return Some(end);
    }
    if line.has(Marks::SEPARATOR)
        && let Some(end) = csv::region(source, at, blocks)
    {
        return Some(end);
    }
    let draws = both.has(Marks::DASH);
    // A grid has bars too, but draws rules between its rows.
    if draws
        && line.has(Marks::DASH | Marks::BAR | Marks::CORNER)
        && let Some(end) = grid::region(source, at, blocks)
    {
        return Some(end);
    }
    if draws && let Some(end) = ruled::region(source, at, blocks) {
        return Some(end);
    }
    // Bars that stand below each other are no Markdown unless its ruler is there.
    if line.has(Marks::BAR)
        && let Some(end) = barred::region(source, at, blocks)
    {
        return Some(end);
    }
    if line.has(Marks::MARKUP | Marks::TAG | Marks::BAR | Marks::DASH) || is_filled {
        return markdown::region(source, at, is_filled, blocks);
    }
    None
}

/// What is in a line that has a meaning to some reader, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Marks(u8);

impl Marks {
    const NONE: Self = Self(0);
    /// `<`.
    const TAG: u8 = 1;
    /// What separated values have: commas, semicolons and quotes; `=` and `-` in the lines that begin them.
    const SEPARATOR: u8 = 2;
    /// Bars, and lines drawn with characters.
    const BAR: u8 = 4;
    /// Dashes, and lines drawn with characters.
    const DASH: u8 = 8;
    /// Corners, and lines drawn with characters.
    const CORNER: u8 = 16;
    /// What else Markdown and its kin write.
    const MARKUP: u8 = 32;
    /// The lead byte of symbols, among them lines drawn with characters.
    const SYMBOL: u8 = 64;
    /// The marks of a line drawn with characters, U+2500 to U+257F.
    const DRAWN: u8 = Self::BAR | Self::DASH | Self::CORNER;

    /// The marks that a byte of UTF-8 stands for.
    const fn of(byte: u8) -> u8 {
        match byte {
            b'<' => Self::TAG,
            b',' | b';' | b'"' => Self::SEPARATOR,
            b'=' | b'-' => Self::SEPARATOR | Self::DASH,
            b'|' => Self::BAR,
            b'+' => Self::CORNER | Self::MARKUP,
            b'#' | b'>' | b'*' | b'_' | b'`' | b'~' | b':' | b'\\' | b'[' | b'&' | b'!' | b'h' => {
                Self::MARKUP
            }
            0xe2 => Self::SYMBOL,
            _ => 0,
        }
    }

    fn has(self, marks: u8) -> bool {
        self.0 & marks != 0
    }
}

/// The marks of a line and where it ends, its line end included.
#[derive(Clone, Copy, Debug, Default)]
struct MarkedLine {
    end: usize,
    marks: Marks,
}

impl MarkedLine {
    fn at(text: &str, start: usize) -> Self {
        const MARKS: [u8; 256] = {
            let mut marks = [0; 256];
            let mut byte = 0;
            while byte < 256 {
                marks[byte] = Marks::of(byte as u8);
                byte += 1;
            }
            marks
        };
        let bytes = &text.as_bytes()[start.min(text.len())..];
        let mut marks = 0;
        let mut length = 0;
        for &byte in bytes {
            length += 1;
            if byte == b'\n' {
                break;
            }
            marks |= MARKS[byte as usize];
        }
        if marks & Marks::SYMBOL != 0 {
            let mut pairs = bytes[..length].windows(2);
            let is_drawn = pairs.any(|pair| matches!(pair, [0xe2, 0x94 | 0x95]));
            marks = (marks & !Marks::SYMBOL) | if is_drawn { Marks::DRAWN } else { 0 };
        }
        Self {
            end: start + length,
            marks: Marks(marks),
        }
    }
}

/// The lines of a text from the offset `start` with their spans, line ends included; a form feed ends
/// a line too.
fn lines(text: &str, mut start: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = match rest.bytes().position(|b| b == b'\n' || b == 0x0c) {
            // A form feed on its own is a line; one after text ends the line before it.
            Some(0) => 1,
            Some(at) if rest.as_bytes()[at] == b'\n' => at + 1,
            Some(at) => at,
            None => rest.len(),
        };
        let span = start..start + length;
        start += length;
        Some(span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::is_blank;
    use proptest::prelude::*;

    mod markup;

    /// The rows of a text with `text@column`, or `text@column+columns`, of each cell.
    pub(super) fn placed_rows(text: &str) -> Vec<String> {
        let source = Source::from_text(text.to_owned());
        let blocks = read(&source);
        let rows = (0..blocks.len()).filter(|&block| blocks.kind(block) == BlockKind::Row);
        rows.map(|block| {
            let cells = blocks.cells(block).iter().map(|cell| match cell.columns {
                1 => format!("{}@{}", cell.text, cell.column),
                columns => format!("{}@{}+{columns}", cell.text, cell.column),
            });
            cells.collect::<Vec<_>>().join(" ")
        })
        .collect()
    }

    #[test]
    fn no_line_goes_on_behind_a_form_feed() {
        use reading::line_at;
        assert_eq!(line_at("甲\u{c}乙\n", 0), (0..3, 3));
        assert_eq!(line_at("\u{c}乙\r\n丙", 0), (0..4, 6));
        assert_eq!(line_at("\u{c}\u{c}乙", 0), (0..1, 1));
        assert_eq!(line_at("\u{c}", 0), (0..1, 1));
    }

    #[test]
    fn a_region_that_nobody_takes_does_not_stop_the_reading() {
        // The line above the ruler is none of its table, so there is none.
        for text in [
            "甲乙丙丁戊己庚辛\n---  ---\n甲    乙\n",
            "\u{c}\n---  ---\n甲    乙\n",
            "甲\n\u{c}---  ---\n",
        ] {
            let source = Source::from_text(text.to_owned());
            let blocks = read(&source);
            assert_eq!(blocks.span(blocks.len() - 1).end, text.len());
        }
    }

    proptest! {
        #[test]
        fn blocks_cover_any_text_without_gaps(text in "[ \t\r\n\u{c}\u{3000}a1一、（）]{0,80}") {
            let source = Source::from_text(text);
            let blocks = read(&source);
            let mut end = 0;
            let mut seen = String::new();
            for block in 0..blocks.len() {
                prop_assert_eq!(blocks.span(block).start, end);
                end = blocks.span(block).end;
                blocks.cells(block).iter().for_each(|cell| seen.push_str(&cell.text));
            }
            prop_assert_eq!(end, source.text.len());
            let visible = |text: &str| text.chars().filter(|&c| !is_blank(c)).collect::<String>();
            prop_assert_eq!(visible(&seen), visible(&source.text));
        }
    }
}
