//! Tables drawn with characters: `+---+` and `|`, or lines of the box-drawing kind.
//!
//! What stands between two borders is a cell. A ruler closes the cells above it; a cell that it leaves
//! out goes on below it, and a cell without a border between two columns takes them both.

use std::ops::Range;

use super::measure::Measure;
use super::{BlockKind, Blocks, Cell, column_number, lines, wrapping};
use crate::source::{Source, is_blank};

/// A table with more columns than this is a pattern of characters.
const MOST_COLUMNS: usize = 400;

/// How many lines are measured to find the way in which a table was drawn.
const MEASURED_LINES: usize = 400;

/// The part that a character plays in a drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Corner,
    Horizontal,
    Vertical,
    Blank,
    Text,
}

fn part(c: char) -> Part {
    match c {
        '-' | '=' | '─' | '━' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' | '═' | '╴' | '╶' | '╸' | '╺' | '╼'
        | '╾' => Part::Horizontal,
        '|' | '│' | '┃' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏' | '║' | '╵' | '╷' | '╹' | '╻' | '╽' | '╿' => {
            Part::Vertical
        }
        '+' | '\u{250c}'..='\u{254b}' | '\u{2552}'..='\u{2570}' => Part::Corner,
        c if is_blank(c) => Part::Blank,
        _ => Part::Text,
    }
}

/// A line of a drawing as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing but lines.
    Ruler,
    /// Between borders at both ends.
    Framed,
    /// With a border somewhere inside.
    Open,
    Other,
}

fn kind(line: &str) -> Line {
    let line = line.trim_matches(is_blank);
    let is_border = |c: Option<char>| c.is_some_and(|c| matches!(part(c), Part::Corner | Part::Vertical));
    let framed = is_border(line.chars().next()) && is_border(line.chars().next_back());
    if is_ruler(line) {
        Line::Ruler
    } else if framed && line.chars().nth(1).is_some() {
        Line::Framed
    } else if line.chars().any(|c| part(c) == Part::Vertical) {
        Line::Open
    } else {
        Line::Other
    }
}

/// Whether a line only draws: it has a corner or a border with a line beside it, and no text.
fn is_ruler(line: &str) -> bool {
    let mut joints = 0;
    let mut before = Part::Blank;
    for c in line.chars() {
        let here = part(c);
        match (before, here) {
            (Part::Corner | Part::Vertical, Part::Horizontal)
            | (Part::Horizontal, Part::Corner | Part::Vertical) => joints += 1,
            // A colon in a ruler says how its column is aligned.
            (_, Part::Text) if c != ':' => return false,
            _ => {}
        }
        if c != ':' {
            before = here;
        }
    }
    joints > 0
}

/// A table while it is read.
struct Grid {
    measure: Measure,
    /// Where the borders stand, in columns of the screen.
    borders: Vec<usize>,
    /// Whether the table has no border at its sides.
    open: bool,
}

/// What stands between two borders of a line.
struct Segment {
    columns: Range<usize>,
    bytes: Range<usize>,
    ruling: bool,
}

/// A cell that is not closed yet.
struct OpenCell {
    row: usize,
    columns: Range<usize>,
    /// Its lines, as ranges of the source.
    lines: Vec<Range<usize>>,
}

/// Reads the table that is drawn from the offset `start` on, if one is. Returns where it ends.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = source.text.as_str();
    let mut head = lines(text, start);
    let first = head.next()?;
    let first_kind = kind(&text[first.clone()]);
    if first_kind == Line::Other {
        return None;
    }
    let second = head.next()?;
    let second_kind = kind(&text[second.clone()]);
    let has_corner = text[second].chars().any(|c| part(c) == Part::Corner);
    let open = match (first_kind, second_kind) {
        (Line::Ruler, Line::Framed) | (Line::Framed, Line::Ruler)
            if first_kind == Line::Ruler || has_corner =>
        {
            false
        }
        (Line::Open, Line::Ruler) if has_corner => true,
        _ => return None,
    };
    let end = end(text, start, open);
    match Grid::measured(text, start..end, open) {
        Some(grid) => grid.read(source, start..end, blocks),
        // A pattern, no table: its lines are nothing but lines.
        None => lines(text, start)
            .take_while(|span| span.start < end)
            .for_each(|span| blocks.push_paragraph(source, span)),
    }
    Some(end)
}

/// Where the table ends that begins at `start`: before the first line without borders, or between two
/// rulers, the last of one table and the first of the next.
fn end(text: &str, start: usize, open: bool) -> usize {
    let mut end = start;
    let mut before = Line::Other;
    for span in lines(text, start) {
        let line = kind(&text[span.clone()]);
        let goes_on = match line {
            Line::Ruler => before != Line::Ruler,
            Line::Framed => true,
            Line::Open => open,
            Line::Other => false,
        };
        if !goes_on {
            break;
        }
        end = span.end;
        before = line;
    }
    end
}

impl Grid {
    /// The borders of the table in `region`, in the measure in which they stand below each other.
    fn measured(text: &str, region: Range<usize>, open: bool) -> Option<Self> {
        let mut best: Option<(usize, Self)> = None;
        for measure in Measure::ALL {
            let borders = borders(text, region.clone(), measure)?;
            // Between borders there is a column only where there are two.
            if borders.len() < 2 && !open {
                return None;
            }
            let mut hits = 0;
            for span in lines(text, region.start)
                .take_while(|span| span.start < region.end)
                .take(MEASURED_LINES)
            {
                let line = &text[span];
                hits += bars(line, measure)
                    .filter(|&(_, _, at)| borders.binary_search(&at).is_ok())
                    .count();
            }
            if best.as_ref().is_none_or(|(most, _)| hits > *most) {
                best = Some((
                    hits,
                    Self {
                        measure,
                        borders,
                        open,
                    },
                ));
            }
        }
        best.map(|(_, grid)| grid)
    }

    fn columns(&self) -> usize {
        self.borders.len() + usize::from(self.open) - usize::from(!self.open)
    }

    /// Cuts a line at its borders.
    fn segments(&self, text: &str, line: Range<usize>) -> Vec<Segment> {
        let content = text[line.clone()].trim_end_matches(is_blank);
        let found: Vec<_> = bars(content, self.measure).collect();
        // The number of each border that a bar stands for, with its bytes.
        let mut cuts: Vec<(usize, Range<usize>)> = Vec::new();
        if found.len() == self.borders.len() {
            cuts.extend(
                found
                    .into_iter()
                    .enumerate()
                    .map(|(border, (at, length, _))| (border, at..at + length)),
            );
        } else {
            // Characters of another width than ours push what follows them aside.
            let mut drift = (0, 0);
            let mut next = 0;
            for (at, length, column) in found {
                let wanted = (column + drift.0).saturating_sub(drift.1);
                let after = self.borders.partition_point(|&border| border < wanted);
                let near = [after.checked_sub(1), Some(after)]
                    .into_iter()
                    .flatten()
                    .filter(|&border| border >= next && border < self.borders.len())
                    .min_by_key(|&border| self.borders[border].abs_diff(wanted));
                if let Some(border) = near.filter(|&border| self.borders[border].abs_diff(wanted) <= 1) {
                    drift = (self.borders[border], column);
                    next = border + 1;
                    cuts.push((border, at..at + length));
                }
            }
        }
        self.between(text, line.start, content, &cuts)
    }

    fn between(
        &self,
        text: &str,
        start: usize,
        content: &str,
        cuts: &[(usize, Range<usize>)],
    ) -> Vec<Segment> {
        let mut segments = Vec::with_capacity(cuts.len() + 1);
        let mut push = |columns: Range<usize>, bytes: Range<usize>| {
            let bytes = start + bytes.start..start + bytes.end;
            let inner = text[bytes.clone()].trim_matches(is_blank);
            let ruling = !inner.is_empty()
                && inner
                    .chars()
                    .all(|c| matches!(part(c), Part::Horizontal) || c == ':')
                && inner.contains(|c| part(c) == Part::Horizontal)
                && inner.len() == bytes.len();
            segments.push(Segment {
                columns,
                bytes,
                ruling,
            });
        };
        let has_text = |bytes: Range<usize>| content[bytes].chars().any(|c| part(c) == Part::Text);
        if cuts.is_empty() && !self.open {
            // No bar stands at a border; what is written there is text all the same.
            push(0..self.columns(), 0..content.len());
            return segments;
        }
        let side = usize::from(self.open);
        if self.open {
            let end = cuts.first().map_or(content.len(), |(_, bar)| bar.start);
            let until = cuts.first().map_or(self.columns(), |(border, _)| border + 1);
            push(0..until, 0..end);
        } else if let Some((border, bar)) = cuts.first()
            && has_text(0..bar.start)
        {
            push(0..(*border).max(1), 0..bar.start);
        }
        for (index, (border, bar)) in cuts.iter().enumerate() {
            let (until, end) = match cuts.get(index + 1) {
                Some((next, next_bar)) => (next + side, next_bar.start),
                None if self.open => (self.columns(), content.len()),
                None if has_text(bar.end..content.len()) => {
                    push(
                        (*border).min(self.columns() - 1)..self.columns(),
                        bar.end..content.len(),
                    );
                    break;
                }
                None => break,
            };
            push(border + side..until, bar.end..end);
        }
        segments
    }

    /// Whether `below` goes on with the cells of `above`, where no ruler parts rows.
    fn goes_on(&self, text: &str, above: &[Segment], below: &[Segment]) -> bool {
        let mut any = false;
        for segment in below {
            let line = text[segment.bytes.clone()].trim_matches(is_blank);
            if line.is_empty() {
                continue;
            }
            any = true;
            let Some(over) = above
                .iter()
                .find(|over| over.columns.start == segment.columns.start)
            else {
                return false;
            };
            let over = text[over.bytes.clone()].trim_matches(is_blank);
            let room = self.room(&segment.columns);
            let width = self.measure.width(over);
            if over.is_empty() || width + wrapping::first_piece(line, self.measure) <= room {
                return false;
            }
        }
        any
    }

    /// The width that a line of a cell may have, with a blank at either side.
    fn room(&self, columns: &Range<usize>) -> usize {
        let side = usize::from(self.open);
        let left = (columns.start + 1)
            .checked_sub(side + 1)
            .map(|border| self.borders[border]);
        let right = self.borders.get(columns.end - side);
        match (left, right) {
            (Some(left), Some(right)) => (right - left).saturating_sub(3),
            (None, Some(right)) => right.saturating_sub(1),
            _ => usize::MAX,
        }
    }

    /// For a table that has no rulers between its rows: whether each line is a row of its own. It is not
    /// if in every column the text stands on the first lines, and in some on fewer than in others, or if
    /// a line is blank: then the lines are those of one row.
    fn rows_by_lines(&self, text: &str, region: Range<usize>) -> bool {
        if self.open {
            return true;
        }
        let mut rulers = 0;
        let mut texts = 0;
        let mut ended = vec![false; self.columns()];
        let (mut prefix, mut ragged, mut wraps) = (true, false, false);
        let mut one_row = true;
        let mut above: Vec<Segment> = Vec::new();
        for span in lines(text, region.start).take_while(|span| span.start < region.end) {
            if kind(&text[span.clone()]) == Line::Ruler {
                rulers += 1;
                if rulers > 3 {
                    return false;
                }
                one_row &= texts < 2 || (prefix && (ragged || wraps));
                ended.fill(false);
                (texts, prefix, ragged, wraps) = (0, true, false, false);
                above.clear();
                continue;
            }
            texts += 1;
            let segments = self.segments(text, span.clone());
            let says_nothing = text[span].chars().all(|c| part(c) != Part::Text);
            if says_nothing || segments.iter().any(|segment| segment.ruling) {
                return false;
            }
            for segment in &segments {
                let blank = text[segment.bytes.clone()].trim_matches(is_blank).is_empty();
                if let Some(ended) = ended.get_mut(segment.columns.start) {
                    prefix &= blank || !*ended;
                    ragged |= blank;
                    *ended |= blank;
                }
            }
            wraps |= self.goes_on(text, &above, &segments);
            above = segments;
        }
        one_row &= texts < 2 || (prefix && (ragged || wraps));
        !one_row
    }

    /// Reads the table into rows.
    fn read<'s>(&self, source: &'s Source, region: Range<usize>, blocks: &mut Blocks<'s>) {
        let text = source.text.as_str();
        let by_lines = self.rows_by_lines(text, region.clone());
        let mut open: Vec<Option<usize>> = vec![None; self.columns()];
        let mut cells: Vec<OpenCell> = Vec::new();
        // Where each row of `cells` begins; the first takes the rulers above it too.
        let mut starts: Vec<usize> = Vec::new();
        let mut from = region.start;
        let mut in_row = false;
        let mut above: Vec<Segment> = Vec::new();
        for span in lines(text, region.start).take_while(|span| span.start < region.end) {
            let segments = self.segments(text, span.clone());
            let has_text = segments.iter().any(|segment| !segment.ruling);
            if by_lines && has_text && !self.goes_on(text, &above, &segments) {
                open.fill(None);
            }
            if !starts.is_empty() && open.iter().all(Option::is_none) {
                self.push_rows(source, blocks, &mut cells, &mut starts, &mut from, span.start);
                in_row = false;
            }
            let rules = segments.iter().any(|segment| segment.ruling);
            for segment in segments.iter().filter(|segment| !segment.ruling) {
                // Beside a ruler a cell may go on; that no text stands there means nothing.
                if rules && text[segment.bytes.clone()].trim_matches(is_blank).is_empty() {
                    continue;
                }
                let known = open.get(segment.columns.start).copied().flatten();
                if let Some(cell) = known {
                    match cells[cell].lines.last_mut() {
                        // A bar that is no border stands in the text.
                        Some(last) if last.start >= span.start => last.end = segment.bytes.end,
                        _ => cells[cell].lines.push(segment.bytes.clone()),
                    }
                    continue;
                }
                if !in_row {
                    starts.push(span.start);
                    in_row = true;
                }
                open[segment.columns.clone()].fill(Some(cells.len()));
                cells.push(OpenCell {
                    row: starts.len() - 1,
                    columns: segment.columns.clone(),
                    lines: vec![segment.bytes.clone()],
                });
            }
            for segment in segments.iter().filter(|segment| segment.ruling) {
                open[segment.columns.clone()].fill(None);
                in_row = false;
            }
            above = segments;
        }
        self.push_rows(source, blocks, &mut cells, &mut starts, &mut from, region.end);
    }

    /// Adds the rows whose cells are all closed; the last of them ends at `end`.
    fn push_rows<'s>(
        &self,
        source: &'s Source,
        blocks: &mut Blocks<'s>,
        cells: &mut Vec<OpenCell>,
        starts: &mut Vec<usize>,
        from: &mut usize,
        end: usize,
    ) {
        if starts.is_empty() && *from < end {
            blocks.push(BlockKind::Blank, *from..end, None, 0);
            *from = end;
            return;
        }
        cells.sort_by_key(|cell| (cell.row, cell.columns.start));
        let mut cells_left = cells.drain(..).peekable();
        for row in 0..starts.len() {
            let until = starts.get(row + 1).copied().unwrap_or(end);
            let of_row = std::iter::from_fn(|| cells_left.next_if(|cell| cell.row == row));
            let row_cells: Vec<Cell> = of_row.filter_map(|cell| self.cell(source, &cell)).collect();
            let kind = if row_cells.is_empty() {
                BlockKind::Blank
            } else {
                BlockKind::Row
            };
            blocks.push(kind, *from..until, row_cells, self.columns());
            *from = until;
        }
        drop(cells_left);
        starts.clear();
    }

    fn cell<'s>(&self, source: &'s Source, cell: &OpenCell) -> Option<Cell<'s>> {
        let mut pieces: Vec<&str> = cell.lines.iter().map(|line| &source.text[line.clone()]).collect();
        // `+` at the very border says that a value has another line.
        if pieces.len() > 1 && pieces.iter().rev().skip(1).all(|piece| piece.ends_with(" +")) {
            let all_but_last = pieces.len() - 1;
            for piece in &mut pieces[..all_but_last] {
                *piece = piece.trim_end_matches('+');
            }
        }
        let text = wrapping::joined(&pieces, self.room(&cell.columns), self.measure);
        let first = cell.lines.iter().find_map(|line| {
            let text = &source.text[line.clone()];
            let start = line.start + (text.len() - text.trim_start_matches(is_blank).len());
            (start < line.end).then_some(start)
        })?;
        Some(Cell {
            text,
            start: first as u32,
            column: column_number(cell.columns.start),
            columns: column_number(cell.columns.len()),
        })
    }
}

/// The borders and corners of a line: byte, length in bytes, column of the screen.
fn bars(line: &str, measure: Measure) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let mut column = 0;
    let mut before = Part::Blank;
    let mut chars = line.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = chars.next() {
            let here = column;
            column += measure.of(c);
            let is_bar = match part(c) {
                Part::Vertical => true,
                // A plus sign in a text is no corner.
                Part::Corner => {
                    c != '+'
                        || before == Part::Horizontal
                        || chars
                            .peek()
                            .is_some_and(|&(_, next)| part(next) == Part::Horizontal || next == ':')
                }
                _ => false,
            };
            before = if c == ':' { before } else { part(c) };
            if is_bar {
                return Some((at, c.len_utf8(), here));
            }
        }
        None
    })
}

/// Where the rulers of a table have corners and borders, in order; `None` if there are too many.
fn borders(text: &str, region: Range<usize>, measure: Measure) -> Option<Vec<usize>> {
    let mut borders: Vec<usize> = Vec::new();
    for span in lines(text, region.start).take_while(|span| span.start < region.end) {
        let line = &text[span];
        if kind(line) != Line::Ruler {
            continue;
        }
        let mut known = 0;
        for (_, _, column) in bars(line, measure) {
            known += borders[known..].partition_point(|&border| border < column);
            if borders.get(known) != Some(&column) {
                borders.insert(known, column);
            }
            if borders.len() > MOST_COLUMNS {
                return None;
            }
        }
    }
    (!borders.is_empty()).then_some(borders)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::super::tests::placed_rows as rows;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_drawing_with_one_border_is_no_table() {
        let source = Source::from_text("+-\n| 甲 |\n| 乙 |\n".to_owned());
        let blocks = read(&source);
        let texts: Vec<&str> = (0..blocks.len())
            .flat_map(|block| blocks.cells(block))
            .map(|cell| &*cell.text)
            .collect();
        assert_eq!(texts, ["+-", "| 甲 |", "| 乙 |"]);
    }

    #[test]
    fn cells_wrapped_in_their_columns_are_joined() {
        let text = "\
+----------+---------+
| 项       | 4       |
| 目编码   | ,286.50 |
+==========+=========+
|          | 1.甲项  |
|          | 完成。  |
|          |         |
|          | 2.乙    |
+----------+---------+
";
        assert_eq!(rows(text), ["项目编码@0 4,286.50@1", "1.甲项完成。\n2.乙@1"]);
    }

    #[test]
    fn merged_cells_leave_borders_out() {
        let text = "\
+------+----+----+
| 全部      | 乙 |
+------+----+----+
| 上下 | 甲 | 丙 |
|      +----+----+
| 两行 | 丁      |
+------+---------+
";
        assert_eq!(rows(text), ["全部@0+2 乙@2", "上下两行@0 甲@1 丙@2", "丁@1+2"]);
    }

    #[test]
    fn lines_of_any_width_are_cut_at_their_borders() {
        let wide = "\
┌──────┬────┐
│ “甲” │ ≥1 │
├──────┼────┤
│ 乙丙 │ C+ │
└──────┴────┘
";
        assert_eq!(rows(wide), ["“甲”@0 ≥1@1", "乙丙@0 C+@1"]);
        let characters = "╔════╦════╗\n║ 甲乙 ║ ≥1 ║\n╚════╩════╝\n";
        assert_eq!(rows(characters), ["甲乙@0 ≥1@1"]);
    }

    #[test]
    fn without_rulers_between_them_lines_are_rows() {
        let text = "\
+------+------+
| 甲   | 乙   |
|------+------|
| 一   |      |
|      | 二   |
| 三四五六 | a|b |
+------+------+
";
        assert_eq!(rows(text)[..3], ["甲@0 乙@1", "一@0", "二@1"]);
        let open = " 甲 | 乙\n----+----\n 一 | 二\n    | 三\n";
        assert_eq!(rows(open), ["甲@0 乙@1", "一@0 二@1", "三@1"]);
    }

    #[test]
    fn a_pattern_of_lines_is_no_table() {
        let text = "+-".repeat(2000) + "+\n| a |\n";
        assert_eq!(rows(&text), [""; 0]);
        assert_eq!(rows("+--+\n甲\n"), [""; 0]);
    }

    /// Breaks a text into lines of at most `room` columns, between any two characters.
    fn wrapped(text: &str, room: usize, measure: Measure) -> Vec<String> {
        let mut lines = vec![String::new()];
        for c in text.chars() {
            let last = lines.len() - 1;
            if measure.width(&lines[last]) + measure.of(c) > room {
                lines.push(String::new());
            }
            let last = lines.len() - 1;
            lines[last].push(c);
        }
        lines
    }

    proptest! {
        /// Whatever stands in a table, it can be read back from its drawing, in any measure.
        #[test]
        fn a_drawn_table_is_read_back(
            texts in proptest::collection::vec("[甲乙丙“ab1，]{0,9}", 12),
            rooms in proptest::collection::vec(2_usize..9, 3),
            merged in proptest::collection::vec(0_usize..4, 4),
            measure in 0_usize..3,
        ) {
            let measure = Measure::ALL[measure];
            let ruler = rooms.iter().fold("+".to_owned(), |line, room| line + &"-".repeat(room + 2) + "+") + "\n";
            let mut drawing = ruler.clone();
            let mut expected: Vec<Vec<(usize, usize, String)>> = Vec::new();
            for (row, texts) in texts.chunks(3).enumerate() {
                // In some rows the first cell takes two or three columns.
                let span = merged[row].clamp(1, 3);
                let mut cells: Vec<(usize, usize, String)> = vec![(0, span, texts[0].clone())];
                cells.extend((span..3).map(|column| (column, 1, texts[column].clone())));
                let room = |&(column, columns, _): &(usize, usize, String)| {
                    rooms[column..column + columns].iter().sum::<usize>() + 3 * (columns - 1)
                };
                let lines: Vec<Vec<String>> = cells.iter().map(|cell| wrapped(&cell.2, room(cell), measure)).collect();
                let height = lines.iter().map(Vec::len).max().unwrap_or(0);
                for line in 0..height {
                    drawing.push('|');
                    for (cell, lines) in cells.iter().zip(&lines) {
                        let text = lines.get(line).map_or("", String::as_str);
                        let blanks = room(cell) - measure.width(text);
                        drawing.extend([" ", text, &" ".repeat(blanks), " |"]);
                    }
                    drawing.push('\n');
                }
                drawing += &ruler;
                expected.push(cells.into_iter().filter(|cell| !cell.2.is_empty()).collect());
            }
            let source = Source::from_text(drawing);
            let blocks = read(&source);
            let mut found: Vec<Vec<(usize, usize, String)>> = Vec::new();
            for block in 0..blocks.len() {
                let cells = blocks.cells(block).iter().map(|cell| {
                    let text = cell.text.chars().filter(|&c| !is_blank(c)).collect();
                    (cell.column as usize, cell.columns as usize, text)
                });
                found.push(cells.collect());
            }
            found.retain(|row| !row.is_empty());
            expected.retain(|row| !row.is_empty());
            prop_assert_eq!(found, expected);
        }
    }
}
