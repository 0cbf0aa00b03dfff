//! The two ways in which extractors write tables with tabs:
//!
//! - **tab-led cells**: each cell on a line (or more) of its own that begins with a tab, a blank line
//!   between rows, a lone tab for an empty cell;
//! - **tab-separated rows**: each row on one line, a tab between cells.
//!
//! A line with one tab, in front, is a tab-led cell; any other line with a tab is a row.

use super::{Block, BlockKind, Cell, lines};
use crate::source::{Source, is_blank};
use std::ops::Range;

/// What a line is, by its tabs alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    PageBreak,
    /// One tab, in front.
    Led,
    /// Tabs between texts, or several tabs.
    Row,
    Plain,
}

fn kind(line: &str) -> Line {
    if line.starts_with('\u{c}') && line.trim_matches(is_blank).is_empty() {
        return Line::PageBreak;
    }
    let content = line.trim_end_matches(['\r', '\n']);
    match content.bytes().filter(|&b| b == b'\t').count() {
        0 if content.trim_matches(is_blank).is_empty() => Line::Blank,
        0 => Line::Plain,
        1 if content.trim_start_matches(' ').starts_with('\t') => Line::Led,
        _ => Line::Row,
    }
}

pub(super) fn read(source: &Source) -> Vec<Block> {
    let text = &source.text;
    let lines: Vec<(Range<usize>, Line)> = lines(text)
        .map(|span| (span.clone(), kind(&text[span])))
        .collect();
    let mut blocks = Vec::with_capacity(lines.len());
    let mut at = 0;
    while let Some((span, kind)) = lines.get(at).cloned() {
        at += 1;
        match kind {
            Line::Blank => blocks.push(Block {
                kind: BlockKind::Blank,
                span,
            }),
            Line::PageBreak => blocks.push(Block {
                kind: BlockKind::PageBreak,
                span,
            }),
            Line::Plain => {
                let cell = Cell::of(source, span.clone());
                blocks.push(Block {
                    kind: BlockKind::Paragraph(cell),
                    span,
                });
            }
            Line::Row => blocks.push(Block {
                kind: BlockKind::Row(split(source, span.clone())),
                span,
            }),
            Line::Led => {
                // Lines up to the next blank line belong to the row: a tab begins a cell, a plain line
                // goes on with the cell above it.
                let mut cells = vec![span.clone()];
                let mut end = span.end;
                while let Some((span, kind)) = lines.get(at) {
                    match (kind, cells.last_mut()) {
                        (Line::Led, _) => cells.push(span.clone()),
                        (Line::Plain, Some(cell)) => cell.end = span.end,
                        _ => break,
                    }
                    end = span.end;
                    at += 1;
                }
                let cells = cells.into_iter().map(|span| Cell::of(source, span)).collect();
                blocks.push(Block {
                    kind: BlockKind::Row(cells),
                    span: span.start..end,
                });
            }
        }
    }
    blocks
}

/// Cuts a line at its tabs.
fn split(source: &Source, span: Range<usize>) -> Vec<Cell> {
    let mut start = span.start;
    let mut cells = Vec::new();
    for part in source.text[span].split('\t') {
        let end = start + part.len();
        cells.push(Cell::of(source, start..end));
        start = end + 1;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        read(&Source::from_text(text.to_owned()))
            .into_iter()
            .filter_map(|block| match block.kind {
                BlockKind::Row(cells) => Some(cells.into_iter().map(|cell| cell.text).collect()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn tab_led_cells_end_at_a_blank_line_and_may_have_more_lines() {
        let text = "1.甲绩效目标表\r\n\t项目编码\r\n\t 甲 \r\n\r\n\t\r\n\t1.一\r\n2.二\r\n\r\n三\r\n";
        assert_eq!(rows(text), [vec!["项目编码", "甲"], vec!["", "1.一\n2.二"]]);
    }

    #[test]
    fn tab_separated_rows_keep_their_blank_cells() {
        assert_eq!(
            rows("项目编码\tA1\t\t项目名称\t乙\t\n\t25%\t\t50%\n"),
            [
                vec!["项目编码", "A1", "", "项目名称", "乙", ""],
                vec!["", "25%", "", "50%"]
            ]
        );
    }
}
