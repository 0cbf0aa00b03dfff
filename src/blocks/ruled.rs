//! Tables whose columns are shown by a ruler of dashes alone: `-----  -----` above and below (pandoc's
//! simple and multiline tables, tabulate), `=====  =====` (reStructuredText).

use std::ops::Range;

use super::measure::Measure;
use super::{BlockKind, Blocks, Cell, column_number, lines, wrapping};
use crate::source::{Source, is_blank};

/// A ruler with more columns than this is a pattern of characters.
const MOST_COLUMNS: usize = 400;

/// How many lines the head of a table may have above the ruler that shows its columns.
const HEAD_LINES: usize = 12;

/// How many lines are measured to find the way in which a table was written.
const MEASURED_LINES: usize = 200;

/// Whether a line holds dashes only, with or without gaps.
fn is_ruler(line: &str) -> bool {
    let line = line.trim_matches(is_blank);
    let dash = line.chars().next();
    dash.is_some_and(|dash| matches!(dash, '-' | '=' | '─'))
        && line.chars().all(|c| Some(c) == dash || c == ' ')
        && line.chars().take(3).all(|c| Some(c) == dash)
}

/// The columns of the screen that each run of dashes takes, if there are several.
fn runs(line: &str) -> Option<Vec<Range<usize>>> {
    if !is_ruler(line) {
        return None;
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in line.chars().enumerate().filter(|&(_, c)| !is_blank(c)) {
        debug_assert!(matches!(c, '-' | '=' | '─'));
        if let Some(run) = runs.last_mut().filter(|run| run.end == at) {
            run.end += 1;
        } else if runs.len() == MOST_COLUMNS {
            return None;
        } else {
            runs.push(at..at + 1);
        }
    }
    (runs.len() > 1 && runs.iter().all(|run| run.len() > 1)).then_some(runs)
}

/// How the rows of a table are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Each line is one, unless it goes on with the line above.
    Lines,
    /// A blank line stands between them.
    Parted,
    /// The first blank line or ruler will tell.
    Unknown,
}

/// A table while it is read.
struct Ruled<'s> {
    source: &'s Source,
    runs: Vec<Range<usize>>,
    measure: Measure,
}

/// Reads the table below or between rulers that begins at `start`, if one does. Returns where it ends.
pub(super) fn region<'s>(source: &'s Source, start: usize, blocks: &mut Blocks<'s>) -> Option<usize> {
    let text = source.text.as_str();
    let mut head = lines(text, start);
    let first = head.next()?;
    let blank = |line: &str| line.trim_matches(is_blank).is_empty();
    let (runs, rows) = if let Some(runs) = runs(&text[first.clone()]) {
        (runs, Rows::Unknown)
    } else if is_ruler(&text[first.clone()]) {
        // A table between two whole lines; the ruler with the columns stands below its head.
        let ruler = head.take(HEAD_LINES).find(|span| is_ruler(&text[span.clone()]))?;
        (runs(&text[ruler])?, Rows::Parted)
    } else if !blank(&text[first.clone()]) {
        // The head is one line above the ruler.
        (runs(&text[head.next()?])?, Rows::Lines)
    } else {
        return None;
    };
    let mut table = Ruled {
        source,
        runs,
        measure: Measure::Wide,
    };
    table.measure = table.best_measure(start);
    // The head may be none of its lines, and then there is no table.
    let end = table.read(start, rows, blocks);
    (end > start).then_some(end)
}

impl<'s> Ruled<'s> {
    /// The measure in which the texts stand clear of the gaps between the columns, up to the end of the table.
    fn best_measure(&self, start: usize) -> Measure {
        let text = self.source.text.as_str();
        let faults = |measure: &Measure| {
            let mut rulers = 0;
            let sample = lines(text, start).take(MEASURED_LINES).map(|span| &text[span]);
            let sample = sample.take_while(|line| {
                rulers += usize::from(is_ruler(line));
                rulers < 4 && !(rulers > 1 && line.trim_matches(is_blank).is_empty())
            });
            let cuts = sample.map(|line| self.cuts(line, *measure));
            cuts.map(|cuts| cuts.iter().filter(|cut| !cut.1).count())
                .sum::<usize>()
        };
        // The first of equals.
        Measure::ALL
            .into_iter()
            .min_by_key(faults)
            .unwrap_or(Measure::Wide)
    }

    /// Where each column but the first begins in a line, as far as the line goes, and whether a blank
    /// stands before it.
    fn cuts(&self, line: &str, measure: Measure) -> Vec<(usize, bool)> {
        let line = line.trim_end_matches(is_blank);
        let mut starts = self.runs[1..].iter().map(|run| run.start).peekable();
        let mut cuts = Vec::new();
        let mut column = 0;
        let mut clear = true;
        for (at, c) in line.char_indices() {
            while starts.next_if(|&start| start <= column).is_some() {
                cuts.push((at, clear));
            }
            column += measure.of(c);
            clear = is_blank(c);
        }
        cuts
    }

    /// Cuts a line into its columns: the column, and the bytes of the text in it.
    fn pieces(&self, line: Range<usize>) -> Vec<(usize, Range<usize>)> {
        let text = &self.source.text[line.clone()];
        let mut pieces = Vec::new();
        let mut from = 0;
        let mut column = 0;
        let mut push = |column: usize, bytes: Range<usize>| {
            let piece = &text[bytes.clone()];
            let start = bytes.start + (piece.len() - piece.trim_start_matches(is_blank).len());
            let piece = piece.trim_matches(is_blank);
            // Two full stops stand for a blank first cell.
            if !(piece.is_empty() || column == 0 && piece == "..") {
                pieces.push((column, line.start + start..line.start + start + piece.len()));
            }
        };
        for (index, (at, clear)) in self.cuts(text, self.measure).into_iter().enumerate() {
            let at = if clear {
                at
            } else {
                // A text that is wider than we think reaches over the gap: the nearest blank parts it.
                let mut before = text[from..at].char_indices().rev().take(4);
                match before.find(|&(_, c)| is_blank(c)) {
                    Some((gap, _)) => from + gap,
                    None => continue,
                }
            };
            push(column, from..at);
            (from, column) = (at, index + 1);
        }
        push(column, from..text.len());
        pieces
    }

    /// Whether a line runs over all gaps that it reaches: it is no line of this table.
    fn crosses(&self, line: &str) -> bool {
        let cuts = self.cuts(line, self.measure);
        !cuts.is_empty() && cuts.iter().all(|cut| !cut.1)
    }

    fn read(&self, start: usize, mut rows: Rows, blocks: &mut Blocks<'s>) -> usize {
        let text = self.source.text.as_str();
        let mut spans = lines(text, start).peekable();
        // The lines since the last row; blanks and rulers at their start belong to the row.
        let mut from = start;
        let mut end = start;
        let mut group: Vec<Range<usize>> = Vec::new();
        let mut rulers = 0;
        let has_head_line = rows == Rows::Lines;
        while let Some(span) = spans.next_if(|span| {
            let line = &text[span.clone()];
            !line.starts_with('\u{c}') && (is_ruler(line) || !self.crosses(line))
        }) {
            let line = &text[span.clone()];
            let blank = line.trim_matches(is_blank).is_empty();
            let ruler = is_ruler(line);
            if blank && rows == Rows::Lines && rulers > 0 {
                break;
            }
            if !blank && !ruler {
                group.push(span.clone());
                end = span.end;
                continue;
            }
            if rows == Rows::Unknown && !group.is_empty() {
                rows = if blank { Rows::Parted } else { Rows::Lines };
            }
            self.push_group(&mut group, rows, &mut from, blocks);
            end = span.end;
            rulers += usize::from(ruler);
            let goes_on = spans.peek().is_some_and(|next| {
                let next = &text[next.clone()];
                !next.trim_matches(is_blank).is_empty() && !is_ruler(next)
            });
            // The first ruler opens the table unless its head stands above it; a later one closes it if no
            // line follows at once.
            if ruler && rulers > 1 && !goes_on {
                break;
            }
            if ruler && rulers == 1 && has_head_line && !goes_on {
                break;
            }
        }
        self.push_group(&mut group, rows, &mut from, blocks);
        if from < end {
            blocks.push(BlockKind::Blank, from..end, None, 0);
        }
        end.max(from)
    }

    /// Adds the rows of the lines that were gathered.
    fn push_group(
        &self,
        group: &mut Vec<Range<usize>>,
        rows: Rows,
        from: &mut usize,
        blocks: &mut Blocks<'s>,
    ) {
        let mut row: Vec<Vec<(usize, Range<usize>)>> = Vec::new();
        let mut end = *from;
        for span in group.drain(..) {
            let pieces = self.pieces(span.clone());
            let new = rows == Rows::Lines && row.last().is_some_and(|above| !self.goes_on(above, &pieces));
            if new {
                self.push_row(&mut row, *from..span.start, blocks);
                *from = span.start;
            }
            row.push(pieces);
            end = span.end;
        }
        if !row.is_empty() {
            self.push_row(&mut row, *from..end, blocks);
            *from = end;
        }
    }

    /// Whether each text of the line `below` goes on with the one above it.
    fn goes_on(&self, above: &[(usize, Range<usize>)], below: &[(usize, Range<usize>)]) -> bool {
        below.iter().all(|(column, bytes)| {
            let over = above.iter().find(|(over, _)| over == column);
            over.is_some_and(|(_, over)| {
                let width = self.measure.width(&self.source.text[over.clone()]);
                let piece = wrapping::first_piece(&self.source.text[bytes.clone()], self.measure);
                width + piece > self.runs[*column].len()
            })
        })
    }

    fn push_row(
        &self,
        row: &mut Vec<Vec<(usize, Range<usize>)>>,
        span: Range<usize>,
        blocks: &mut Blocks<'s>,
    ) {
        let mut pieces: Vec<(usize, Range<usize>)> = row.drain(..).flatten().collect();
        // A stable order: the lines of a cell stay below each other.
        pieces.sort_by_key(|(column, _)| *column);
        let cells = pieces.chunk_by(|a, b| a.0 == b.0).map(|lines| {
            let (column, first) = &lines[0];
            let texts: Vec<&str> = lines
                .iter()
                .map(|(_, bytes)| &self.source.text[bytes.clone()])
                .collect();
            Cell {
                text: wrapping::joined(&texts, self.runs[*column].len(), self.measure),
                start: first.start as u32,
                column: column_number(*column),
                columns: 1,
            }
        });
        let cells: Vec<Cell> = cells.collect();
        blocks.push(BlockKind::Row, span, cells, self.runs.len());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::placed_rows as rows;

    #[test]
    fn blank_lines_part_the_rows_between_two_rulers() {
        let text = "\
甲

  -------- -------- ----
  项目名称 “一”号   12

           SL 595   ≥3
           -2013

  三
  -------- -------- ----

乙 丙
";
        assert_eq!(
            rows(text),
            ["项目名称@0 “一”号@1 12@2", "SL 595-2013@1 ≥3@2", "三@0"]
        );
    }

    #[test]
    fn below_a_head_each_line_is_a_row() {
        let text = "甲    乙\n----  ----\n一    二\n      三\n\n丁 戊\n";
        assert_eq!(rows(text), ["甲@0 乙@1", "一@0 二@1", "三@1"]);
        let text = "====  ====\n甲    乙\n====  ====\n一    二\n      三\n====  ====\n丁\n";
        assert_eq!(rows(text)[..3], ["甲@0 乙@1", "一@0 二@1", "三@1"]);
    }

    #[test]
    fn a_head_may_stand_between_a_line_and_the_ruler() {
        let text = "-------------\n甲     乙\n       丙\n------ ------\n一     二\n\n三     四\n-------------\n\n戊\n";
        assert_eq!(rows(text), ["甲@0 乙丙@1", "一@0 二@1", "三@0 四@1"]);
    }

    #[test]
    fn dashes_that_part_texts_are_no_table() {
        assert_eq!(rows("甲\n----------\n乙\n"), [""; 0]);
        assert_eq!(rows("- 甲 -\n- -\n"), [""; 0]);
    }
}
