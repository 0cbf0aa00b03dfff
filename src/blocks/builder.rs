//! The blocks of documents that have a structure of their own (Word, workbooks, PDF): their readers
//! say in order what they find, and the text with its places comes out.

use std::ops::Range;

use super::{BlockKind, Blocks, Cell, column_number, unpadded};
use crate::finding::Place;
use crate::source::Source;

/// The blocks of such a document, as ranges of its text.
#[derive(Clone, Debug, Default)]
pub(super) struct Structure {
    blocks: Vec<RawBlock>,
    cells: Vec<RawCell>,
}

#[derive(Clone, Debug)]
struct RawBlock {
    kind: BlockKind,
    span: Range<u32>,
    cells: Range<u32>,
    width: u32,
}

#[derive(Clone, Debug)]
struct RawCell {
    span: Range<u32>,
    column: u16,
    columns: u16,
}

/// One cell of a row as a reader found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundCell {
    /// Its text, `\n` between its paragraphs and lines.
    pub(super) text: String,
    /// The column of the table it begins in, from 0.
    pub(super) column: usize,
    /// How many columns it takes, from 1.
    pub(super) columns: usize,
    /// Where it stands.
    pub(super) place: Place,
}

/// Takes what a reader finds, in order, and makes of it a text with places and blocks.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: String,
    places: Vec<(u32, Place)>,
    structure: Structure,
}

impl Builder {
    /// A text outside any table; of a blank one a blank block is made.
    pub(super) fn paragraph(&mut self, text: &str, place: Place) {
        crate::limit::check();
        self.single(BlockKind::Paragraph, text, place);
    }

    /// A text whose place shows it to be a running head or a page number.
    pub(super) fn furniture(&mut self, text: &str, place: Place) {
        self.single(BlockKind::Furniture, text, place);
    }

    /// A row of a table with `width` columns: its cells that begin in this row, in the order of their
    /// columns. A cell that is merged over several rows is given once, in the first of them; blank cells
    /// need not be given.
    pub(super) fn row(&mut self, width: usize, cells: impl IntoIterator<Item = FoundCell>) {
        crate::limit::check();
        let start = self.text.len() as u32;
        let first = self.structure.cells.len() as u32;
        for cell in cells {
            let text = unpadded(&cell.text);
            if text.is_empty() {
                continue;
            }
            let begin = self.text.len() as u32;
            self.places.push((begin, cell.place));
            self.text.push_str(&text);
            self.structure.cells.push(RawCell {
                span: begin..self.text.len() as u32,
                column: column_number(cell.column),
                columns: column_number(cell.columns.max(1)),
            });
            self.text.push('\t');
        }
        self.text.push('\n');
        self.structure.blocks.push(RawBlock {
            kind: BlockKind::Row,
            span: start..self.text.len() as u32,
            cells: first..self.structure.cells.len() as u32,
            width: width as u32,
        });
    }

    /// The end of a page, of a sheet or of a section that begins a new page.
    pub(super) fn page_break(&mut self) {
        self.empty(BlockKind::PageBreak, '\u{c}');
    }

    /// A gap between two texts.
    pub(super) fn blank(&mut self) {
        self.empty(BlockKind::Blank, '\n');
    }

    /// The text and the blocks; `kind` names the kind of document, such as `docx`.
    pub(super) fn finish(self, kind: &'static str) -> (Source, Structure) {
        (Source::from_places(self.text, kind, self.places), self.structure)
    }

    fn single(&mut self, kind: BlockKind, text: &str, place: Place) {
        let text = unpadded(text);
        if text.is_empty() {
            return self.blank();
        }
        let start = self.text.len() as u32;
        let cell = self.structure.cells.len() as u32;
        self.places.push((start, place));
        self.text.push_str(&text);
        self.structure.cells.push(RawCell {
            span: start..self.text.len() as u32,
            column: 0,
            columns: 1,
        });
        self.text.push('\n');
        self.structure.blocks.push(RawBlock {
            kind,
            span: start..self.text.len() as u32,
            cells: cell..cell + 1,
            width: 1,
        });
    }

    fn empty(&mut self, kind: BlockKind, mark: char) {
        let start = self.text.len() as u32;
        self.text.push(mark);
        let cell = self.structure.cells.len() as u32;
        self.structure.blocks.push(RawBlock {
            kind,
            span: start..self.text.len() as u32,
            cells: cell..cell,
            width: 0,
        });
    }
}

impl Structure {
    /// The blocks, their texts taken from the source that was made with them.
    pub(super) fn blocks<'s>(&self, source: &'s Source) -> Blocks<'s> {
        let mut blocks = Blocks::default();
        for block in &self.blocks {
            let cells = &self.cells[block.cells.start as usize..block.cells.end as usize];
            let cells = cells.iter().map(|cell| Cell {
                text: source.text[cell.span.start as usize..cell.span.end as usize].into(),
                start: cell.span.start,
                column: cell.column,
                columns: cell.columns,
            });
            let span = block.span.start as usize..block.span.end as usize;
            blocks.push(block.kind, span, cells, block.width as usize);
        }
        blocks
    }
}
