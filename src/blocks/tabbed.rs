//! The two ways in which extractors write tables with tabs:
//!
//! - **tab-led cells**: each cell on a line (or more) of its own that begins with a tab, a blank line
//!   between rows, a lone tab for an empty cell;
//! - **tab-separated rows**: each row on one line, a tab between cells.
//!
//! A line with one tab, in front, is a tab-led cell; any other line with a tab is a row.

use super::{BlockKind, Blocks, Cell, lines};
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

/// Reads the line at `start`, or the row of tab-led cells that begins there. Returns where it ends.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> usize {
    let text = &source.text;
    let mut lines = lines(text, start)
        .map(|span| (span.clone(), kind(&text[span])))
        .peekable();
    let Some((span, kind)) = lines.next() else {
        return text.len();
    };
    let mut end = span.end;
    match kind {
        Line::Blank => blocks.push(BlockKind::Blank, span, None, 0),
        Line::PageBreak => blocks.push(BlockKind::PageBreak, span, None, 0),
        Line::Plain => blocks.push_paragraph(source, span),
        Line::Row => {
            end = row_end(text, span.clone(), blocks);
            push_row(source, blocks, span.start..end);
        }
        Line::Led => {
            // Lines up to the next blank line belong to the row: a tab begins a cell, a plain line
            // goes on with the cell above it.
            let mut cell = span;
            let mut cells = Vec::new();
            let mut column = 0;
            while let Some((span, kind)) = lines.next_if(|(_, kind)| matches!(kind, Line::Led | Line::Plain))
            {
                end = span.end;
                if kind == Line::Led {
                    cells.extend(Cell::of(source, std::mem::replace(&mut cell, span), column));
                    column += 1;
                } else {
                    cell.end = span.end;
                }
            }
            cells.extend(Cell::of(source, cell, column));
            blocks.push(BlockKind::Row, start..end, cells, column + 1);
        }
    }
    end
}

/// Where the row ends that begins with a line: behind a further line where a cell holds a line end, so
/// that both lines together have the tabs of the rows around them.
fn row_end(text: &str, line: Range<usize>, blocks: &Blocks) -> usize {
    /// No cell has more lines.
    const MOST_LINES: usize = 60;
    let tabs = |span: &Range<usize>| text[span.clone()].bytes().filter(|&b| b == b'\t').count();
    let ends_with_text =
        |span: &Range<usize>| !text[span.clone()].trim_end_matches(['\r', '\n']).ends_with('\t');
    let [before, above] = [1, 2].map(|back| blocks.row_before(line.start, back));
    let Some(wanted) = before.and_then(|width| width.checked_sub(1)) else {
        return line.end;
    };
    let mut sum = tabs(&line);
    if sum >= wanted || wanted < 3 || !ends_with_text(&line) {
        return line.end;
    }
    let mut rest = lines(text, line.end).take(MOST_LINES);
    while let Some(span) = rest.next() {
        let more = &text[span.clone()];
        if more.starts_with(['\t', '\u{c}']) || more.trim_matches(is_blank).is_empty() {
            break;
        }
        sum += tabs(&span);
        if sum > wanted || (sum < wanted && !ends_with_text(&span)) {
            break;
        }
        if sum == wanted {
            // The last cell may have further lines, up to the next row.
            let mut end = span.end;
            let mut last_cell = end;
            let mut below = None;
            for next in rest.by_ref() {
                below = Some(tabs(&next));
                if below != Some(0) || text[next.clone()].trim_matches(is_blank).is_empty() {
                    break;
                }
                last_cell = next.end;
            }
            if below == Some(wanted) {
                end = last_cell;
            }
            let is_sure = above == before || below == Some(wanted);
            return if is_sure { end } else { line.end };
        }
    }
    line.end
}

/// Cuts a line at its tabs.
fn push_row<'s>(source: &'s Source, blocks: &mut Blocks<'s>, span: Range<usize>) {
    let line = &source.text[span.clone()];
    let mut start = span.start;
    let mut width = 0;
    let cells = line.split('\t').filter_map(|part| {
        let cell = Cell::of(source, start..start + part.len(), width);
        start += part.len() + 1;
        width += 1;
        cell
    });
    let cells: Vec<Cell> = cells.collect();
    if cells.len() > MOST_CELLS {
        return blocks.push_paragraph(source, span);
    }
    blocks.push(BlockKind::Row, span, cells, width);
}

/// A line with more texts than this is no row of a table.
const MOST_CELLS: usize = 400;

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let source = Source::from_text(text.to_owned());
        let blocks = read(&source);
        let rows = (0..blocks.len()).filter(|&block| blocks.kind(block) == BlockKind::Row);
        rows.map(|block| {
            let mut texts = vec![String::new(); blocks.width(block)];
            for cell in blocks.cells(block) {
                texts[cell.column as usize] = cell.text.to_string();
            }
            texts
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
