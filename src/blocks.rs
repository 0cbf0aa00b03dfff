//! Text → blocks: paragraphs, table rows of cells, page breaks. The blocks cover the source text
//! without gaps and each cell knows where it stands, so that nothing can get lost unseen.
//!
//! Each family of extractors has a reader of its own below this module; they know how tables are
//! written down as text, and nothing of what the tables say.
//!
//! Architecture invariant: no label of any form is known here.

use std::ops::Range;

use crate::source::{Source, is_blank};

mod tabbed;

/// One piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The bytes of the source it covers, its line end included.
    pub span: Range<usize>,
}

/// The kinds of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A line of text outside any table.
    Paragraph(Cell),
    /// One row of a table; blank cells are kept.
    Row(Vec<Cell>),
    /// Lines with nothing on them.
    Blank,
    /// A form feed.
    PageBreak,
}

/// A text with its place; in a row, one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The text, blanks at both ends taken off; a `\n` between its lines.
    pub text: String,
    /// Where the text begins in the source; where the blank cell stands, if it is empty.
    pub start: usize,
}

impl Cell {
    /// A cell of the source text in `span`.
    fn of(source: &Source, span: Range<usize>) -> Self {
        let text = &source.text[span.clone()];
        let trimmed = text.trim_matches(is_blank);
        if trimmed.is_empty() {
            return Self {
                text: String::new(),
                start: span.start,
            };
        }
        let start = span.start + (text.len() - text.trim_start_matches(is_blank).len());
        let text = if trimmed.contains('\n') {
            let lines = trimmed
                .lines()
                .map(|line| line.trim_matches(is_blank))
                .filter(|line| !line.is_empty());
            lines.collect::<Vec<_>>().join("\n")
        } else {
            trimmed.to_owned()
        };
        Self { text, start }
    }
}

/// Reads a text into blocks that cover it without gaps, in order.
#[must_use]
pub fn read(source: &Source) -> Vec<Block> {
    tabbed::read(source)
}

/// The lines of a text with their spans, line ends included; a form feed ends a line too.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = match rest.find(['\n', '\u{c}']) {
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_cover_any_text_without_gaps(text in "[ \t\r\n\u{c}\u{3000}a1一、（）]{0,80}") {
            let source = Source::from_text(text);
            let mut end = 0;
            let mut seen = String::new();
            for block in read(&source) {
                prop_assert_eq!(block.span.start, end);
                end = block.span.end;
                match block.kind {
                    BlockKind::Paragraph(cell) => seen.push_str(&cell.text),
                    BlockKind::Row(cells) => cells.iter().for_each(|cell| seen.push_str(&cell.text)),
                    BlockKind::Blank | BlockKind::PageBreak => {}
                }
            }
            prop_assert_eq!(end, source.text.len());
            let visible = |text: &str| text.chars().filter(|&c| !is_blank(c)).collect::<String>();
            prop_assert_eq!(visible(&seen), visible(&source.text));
        }
    }
}
