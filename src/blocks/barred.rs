//! Tables whose cells stand between bars with no ruler between rows: `|甲  |乙 |` (antiword). Each row has
//! bars of its own, the table as a whole ends at one place.

use std::ops::Range;

use super::measure::Measure;
use super::{BlockKind, Blocks, Cell, lines, wrapping};
use crate::source::{Source, is_blank};

/// A line with more cells than this is no row of a table.
const MOST_CELLS: usize = 100;

/// A cell on one line: its bytes, and the columns of the screen between its bars.
type Piece = (Range<usize>, Range<usize>);

/// The cells of a line that begins and ends with a bar.
fn pieces(text: &str, line: Range<usize>, measure: Measure) -> Option<Vec<Piece>> {
    let content = text[line.clone()].trim_end_matches(is_blank);
    if !content.trim_start_matches(is_blank).starts_with('|') || !content.ends_with('|') {
        return None;
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from: Option<(usize, usize)> = None;
    let mut column = 0;
    for (at, c) in content.char_indices() {
        let here = column;
        column += measure.of(c);
        if c != '|' {
            continue;
        }
        if let Some((byte, left)) = from {
            pieces.push((line.start + byte..line.start + at, left..here));
            if pieces.len() > MOST_CELLS {
                return None;
            }
        }
        from = Some((at + 1, column));
    }
    (!pieces.is_empty()).then_some(pieces)
}

/// Where a line ends on the screen.
fn end(pieces: &[Piece]) -> usize {
    pieces.last().map_or(0, |(_, columns)| columns.end)
}

/// Whether a line draws and says nothing.
fn is_ruler(text: &str, pieces: &[Piece]) -> bool {
    let draws = |c: char| matches!(c, '-' | '=' | ':' | '+') || is_blank(c);
    pieces
        .iter()
        .all(|(bytes, _)| text[bytes.clone()].chars().all(draws))
        && pieces
            .iter()
            .any(|(bytes, _)| text[bytes.clone()].contains(['-', '=']))
}

/// Reads the table between bars that begins at `start`, if one does. Returns where it ends.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = source.text.as_str();
    let mut head = lines(text, start);
    let (first, second) = (head.next()?, head.next()?);
    // Lines that end at one place: only a table with columns of a width does that.
    let measure = Measure::ALL.into_iter().find(|&measure| {
        let [first, second] = [&first, &second].map(|line| pieces(text, line.clone(), measure));
        first.zip(second).is_some_and(|(first, second)| {
            end(&first) == end(&second)
                && first.len().max(second.len()) > 1
                && ![first, second].iter().any(|pieces| is_ruler(text, pieces))
        })
    })?;
    let width = end(&pieces(text, first, measure)?);
    let mut row: Vec<Vec<Piece>> = Vec::new();
    let mut from = start;
    let mut until = start;
    for line in lines(text, start) {
        let Some(pieces) =
            pieces(text, line.clone(), measure).filter(|pieces| end(pieces).abs_diff(width) <= 2)
        else {
            break;
        };
        if row
            .last()
            .is_some_and(|above| !goes_on(text, above, &pieces, measure))
        {
            push(source, &mut row, from..line.start, measure, blocks);
            from = line.start;
        }
        row.push(pieces);
        until = line.end;
    }
    push(source, &mut row, from..until, measure, blocks);
    Some(until)
}

/// Whether each text of the line `below` goes on with the one above it.
fn goes_on(text: &str, above: &[Piece], below: &[Piece], measure: Measure) -> bool {
    let same = |(above, below): (&Piece, &Piece)| above.1 == below.1;
    above.len() == below.len()
        && above.iter().zip(below).all(same)
        && above.iter().zip(below).all(|(above, below)| {
            let [over, under] = [above, below].map(|piece| text[piece.0.clone()].trim_matches(is_blank));
            let full = measure.width(over) + wrapping::first_piece(under, measure) > above.1.len();
            under.is_empty() || !over.is_empty() && full
        })
}

fn push<'s>(
    source: &'s Source,
    row: &mut Vec<Vec<Piece>>,
    span: Range<usize>,
    measure: Measure,
    blocks: &mut Blocks<'s>,
) {
    let Some(first) = row.first() else { return };
    let width = first.len();
    let cells = (0..width).filter_map(|column| {
        let bytes = |pieces: &Vec<Piece>| pieces.get(column).map(|(bytes, _)| bytes.clone());
        let texts: Vec<&str> = row
            .iter()
            .filter_map(bytes)
            .map(|bytes| &source.text[bytes])
            .collect();
        let first = row
            .iter()
            .filter_map(bytes)
            .find_map(|bytes| Cell::of(source, bytes, column))?;
        Some(Cell {
            text: wrapping::joined(&texts, row[0][column].1.len(), measure),
            ..first
        })
    });
    let cells: Vec<Cell> = cells.collect();
    let kind = if cells.is_empty() {
        BlockKind::Blank
    } else {
        BlockKind::Row
    };
    blocks.push(kind, span, cells, width);
    row.clear();
}

#[cfg(test)]
mod tests {
    use super::super::tests::placed_rows as rows;

    #[test]
    fn each_row_has_bars_of_its_own() {
        let text = "甲\n|项目编码|一二三四|五六|\n|        |七      |    |\n|        |二十五% |百  |\n|绩效目标|1.甲            |\n乙\n";
        let text = text.replace("1.甲            |", "1.甲        |");
        assert_eq!(
            rows(&text),
            [
                "项目编码@0 一二三四七@1 五六@2",
                "二十五%@1 百@2",
                "绩效目标@0 1.甲@1"
            ]
        );
    }

    #[test]
    fn bars_in_a_text_are_no_table() {
        assert_eq!(rows("|甲|\n|乙丙|\n"), [""; 0]);
    }
}
