//! The indicator table of a form in columns: its headings give the columns, and what is read in them
//! tells where each row begins.

use std::ops::Range;

use super::lines::Word;
use super::places::{gutters, shifted};
use super::{Found, Reader, cell_in, signed};
use crate::blocks::measure::Measure;
use crate::blocks::{BlockKind, wrapping};
use crate::parse::lexicon::Label;

/// How many lines a heading may be broken over.
const HEADING_LINES: usize = 6;

/// How many lines without text may stand between two pages.
const MARGIN_LINES: usize = 12;

/// What no row costs: with more lines it only gets worse.
const HOPELESS: i64 = 250;

/// How many lines a row may have.
const ROW_LINES: usize = 30;

/// The headings of the indicator table.
pub(super) struct Headings {
    pub(super) lines: Range<usize>,
    /// Each with the column of the screen it begins in, from the left.
    columns: Vec<Heading>,
}

struct Heading {
    label: Option<Label>,
    x: usize,
    end: usize,
    spans: Vec<Range<usize>>,
}

impl Headings {
    /// Where the second column begins.
    pub(super) fn second(&self) -> Option<usize> {
        self.columns.get(1).map(|heading| heading.x)
    }
}

/// All headings in a range of lines, those that are repeated on later pages too.
pub(super) fn headings(reader: &Reader, range: Range<usize>) -> Vec<Headings> {
    let mut found: Vec<Headings> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let line = &reader.lines[at];
        let is_short = |word: &&Word| word.end - word.x <= 24 && word.span.len() <= 60;
        let begins = !line.is_blank()
            && line
                .words
                .iter()
                .take(12)
                .filter(is_short)
                .any(|word| reader.lexicon.is_in_heading(reader.text(word.span.clone())));
        match begins.then(|| heading(reader, at..range.end)).flatten() {
            Some(heading) => {
                at = heading.lines.end;
                found.push(heading);
            }
            None => at += 1,
        }
    }
    found
}

/// The headings that begin on the first line of a range: as few lines as hold the most of them.
fn heading(reader: &Reader, range: Range<usize>) -> Option<Headings> {
    let mut columns: Vec<Heading> = Vec::new();
    let mut best: Option<(usize, Headings)> = None;
    let mut count_of_lines = 0;
    for at in range.clone().take(HEADING_LINES + MARGIN_LINES) {
        let line = &reader.lines[at];
        if line.is_blank() {
            // The end of a page may cut the headings in two.
            let mut below = reader.lines[at..range.end.min(at + MARGIN_LINES)]
                .iter()
                .filter(|line| !line.is_blank());
            let page = reader.lines[range.start].page;
            if below.next().is_some_and(|below| below.page > page) {
                continue;
            }
            break;
        }
        count_of_lines += 1;
        if count_of_lines > HEADING_LINES || line.words.len() > 14 {
            break;
        }
        for word in &line.words {
            match columns
                .iter_mut()
                .find(|known| known.x < word.end && word.x < known.end)
            {
                Some(known) => {
                    known.x = known.x.min(word.x);
                    known.end = known.end.max(word.end);
                    known.spans.push(word.span.clone());
                }
                None => columns.push(Heading {
                    label: None,
                    x: word.x,
                    end: word.end,
                    spans: vec![word.span.clone()],
                }),
            }
        }
        let mut count = 0;
        for column in &mut columns {
            let text: String = column
                .spans
                .iter()
                .map(|span| reader.text(span.clone()))
                .collect();
            column.label = reader
                .lexicon
                .label(&text)
                .filter(|label| matches!(label, Label::Column(_)));
            count += usize::from(column.label.is_some());
        }
        if count >= 4 && best.as_ref().is_none_or(|(most, _)| count > *most) {
            let mut columns: Vec<Heading> = columns
                .iter()
                .map(|column| Heading {
                    spans: column.spans.clone(),
                    ..*column
                })
                .collect();
            columns.sort_by_key(|column| column.x);
            let lines = range.start..at + 1;
            best = Some((count, Headings { lines, columns }));
        }
    }
    best.map(|(_, headings)| headings)
}

/// A piece of a cell: the part of a line that stands in one column.
#[derive(Clone)]
struct Fragment {
    line: usize,
    span: Range<usize>,
    width: usize,
}

/// The fragments of a range of lines by column.
struct Segment {
    lines: Range<usize>,
    columns: Vec<Vec<Fragment>>,
}

/// A row as it is put together.
struct Row {
    /// The fragments of each column but the first.
    cells: Vec<Vec<Fragment>>,
    first: usize,
    last: usize,
}

/// Reads the indicator rows of a form below each of its `headings`.
pub(super) fn read<'s>(
    reader: &Reader<'s, '_>,
    range: Range<usize>,
    headings: &[Headings],
    found: &mut Vec<Found<'s>>,
) {
    let width = headings[0].columns.len();
    let level2 = headings[0]
        .columns
        .iter()
        .position(|column| column.label == Some(Label::Column(1)));
    let mut segments: Vec<Segment> = Vec::new();
    for (index, heading) in headings.iter().enumerate() {
        push_heading(reader, heading, found);
        let end = headings.get(index + 1).map_or(range.end, |next| next.lines.start);
        let mut starts: Vec<usize> = heading.columns.iter().map(|column| column.x).collect();
        starts.resize(width, usize::MAX);
        let mut at = heading.lines.end;
        let mut page = reader.lines[heading.lines.start].page;
        while at < end {
            // The lines up to the end of the page.
            let of_page = reader.lines[at].page;
            let until = (at..end)
                .find(|&at| reader.lines[at].page != of_page)
                .unwrap_or(end);
            let lines = &reader.lines[at..until];
            if of_page != page {
                starts = shifted(reader, lines, &starts, level2);
                page = of_page;
            }
            if lines.iter().any(|line| !line.is_blank()) {
                let bounds = gutters(lines, &starts);
                segments.push(cut(reader, at..until, &bounds));
            }
            at = until;
        }
    }
    let rooms: Vec<usize> = (0..width)
        .map(|column| {
            let fragments = segments.iter().flat_map(|segment| &segment.columns[column]);
            // What has a gap in it belongs to two columns.
            let fragments = fragments.filter(|fragment| !reader.text(fragment.span.clone()).contains("  "));
            fragments.map(|fragment| fragment.width).max().unwrap_or(0)
        })
        .collect();
    let level2 = headings[0]
        .columns
        .iter()
        .position(|column| column.label == Some(Label::Column(1)));
    let table = Table {
        reader,
        rooms,
        level2,
        blanks: blanks_part_rows(reader, &segments),
    };
    let mut rows: Vec<Row> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        for (at, row) in table.rows(segment, index > 0).into_iter().enumerate() {
            match rows.last_mut() {
                Some(last) if at == 0 && index > 0 && table.goes_on(last, &row) => {
                    for (known, more) in last.cells.iter_mut().zip(row.cells) {
                        known.extend(more);
                    }
                    last.last = row.last;
                }
                _ => rows.push(row),
            }
        }
    }
    let firsts: Vec<Fragment> = segments
        .iter()
        .flat_map(|segment| segment.columns[0].iter().cloned())
        .collect();
    table.push_rows(&rows, &firsts, found);
}

fn push_heading<'s>(reader: &Reader<'s, '_>, heading: &Headings, found: &mut Vec<Found<'s>>) {
    let cells = heading
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| reader.cell(&column.spans, index));
    found.push(Found {
        start: reader.lines[heading.lines.start].span.start,
        kind: BlockKind::Row,
        cells: cells.collect(),
        width: heading.columns.len(),
    });
}

/// The column of the table that a word stands in.
fn column(bounds: &[usize], word: &Word) -> usize {
    bounds.partition_point(|&bound| bound <= word.x).saturating_sub(1)
}

fn cut(reader: &Reader, range: Range<usize>, bounds: &[usize]) -> Segment {
    let mut columns: Vec<Vec<Fragment>> = vec![Vec::new(); bounds.len()];
    for at in range.clone() {
        let line = &reader.lines[at];
        if line.is_blank() {
            continue;
        }
        for words in line
            .words
            .chunk_by(|left, right| column(bounds, left) == column(bounds, right))
        {
            let span = words[0].span.start..words[words.len() - 1].span.end;
            columns[column(bounds, &words[0])].push(Fragment {
                line: at,
                width: Measure::WideMarks.width(reader.text(span.clone())),
                span,
            });
        }
    }
    Segment {
        lines: range,
        columns,
    }
}

/// Whether rows are set apart by blank lines: there is at least one such gap for every six lines.
fn blanks_part_rows(reader: &Reader, segments: &[Segment]) -> bool {
    let (mut gaps, mut lines) = (0, 0);
    for segment in segments {
        let mut before = false;
        for at in segment.lines.clone() {
            let blank = reader.lines[at].is_blank();
            gaps += usize::from(blank && before);
            lines += usize::from(!blank);
            before = !blank;
        }
    }
    gaps * 6 >= lines
}

/// What rows are told apart by.
struct Table<'r, 's, 'l> {
    reader: &'r Reader<'s, 'l>,
    /// The width of each column.
    rooms: Vec<usize>,
    level2: Option<usize>,
    blanks: bool,
}

/// Where the texts of a cell stand in its row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Align {
    Middle,
    Top,
}

impl<'s> Table<'_, 's, '_> {
    fn text(&self, fragment: &Fragment) -> &'s str {
        self.reader.text(fragment.span.clone())
    }

    /// Whether the text of a cell has to go on after `above` if `below` is what follows in its column.
    fn is_full(&self, column: usize, above: &Fragment, below: &Fragment) -> bool {
        let below = self.text(below);
        let space = usize::from(wrapping::is_spaced(self.text(above), below));
        above.width + space + wrapping::first_piece(below, Measure::WideMarks) >= self.rooms[column]
    }

    /// Cuts a segment into rows at the least cost; the first may be the rest of a row of the page before.
    fn rows(&self, segment: &Segment, has_rest: bool) -> Vec<Row> {
        let costs = [Align::Middle, Align::Top].map(|align| self.cuts(segment, align, has_rest));
        let [middle, top] = costs;
        let (_, ranges) = if top.0 + 6 < middle.0 { top } else { middle };
        ranges
            .into_iter()
            .map(|range| {
                let cells: Vec<Vec<Fragment>> = segment.columns[1..]
                    .iter()
                    .map(|column| {
                        let from = column.partition_point(|fragment| fragment.line < range.start);
                        let to = column.partition_point(|fragment| fragment.line < range.end);
                        column[from..to].to_vec()
                    })
                    .collect();
                Row {
                    cells,
                    first: range.start,
                    last: range.end - 1,
                }
            })
            .collect()
    }

    /// The ranges of lines that are rows, with what they cost together.
    fn cuts(&self, segment: &Segment, align: Align, has_rest: bool) -> (i64, Vec<Range<usize>>) {
        // The lines on which something stands beside the first column, which goes over several rows.
        let mut lines: Vec<usize> = segment.columns[1..]
            .iter()
            .flatten()
            .map(|fragment| fragment.line)
            .collect();
        lines.sort_unstable();
        lines.dedup();
        let mut best: Vec<(i64, usize)> = vec![(i64::MAX, 0); lines.len() + 1];
        best[0] = (0, 0);
        // The number of the first fragment of each column that stands on a line or below.
        let mut heads = vec![0; segment.columns.len()];
        for from in 0..lines.len() {
            for (head, column) in heads.iter_mut().zip(&segment.columns) {
                while column
                    .get(*head)
                    .is_some_and(|fragment| fragment.line < lines[from])
                {
                    *head += 1;
                }
            }
            let mut row = RowCost::new(self, segment, &heads, align, lines[from]);
            row.is_rest = has_rest && from == 0;
            for to in from..lines.len().min(from + ROW_LINES) {
                row.add(lines[to]);
                let gap = lines.get(to + 1).is_none_or(|next| *next > lines[to] + 1);
                let cost = best[from].0 + row.cost(lines[to]) + i64::from(self.blanks && !gap) * 4;
                if cost < best[to + 1].0 {
                    best[to + 1] = (cost, from);
                }
                if row.inside > HOPELESS {
                    break;
                }
            }
        }
        let mut ranges = Vec::new();
        let mut end = lines.len();
        while end > 0 {
            let from = best[end].1;
            ranges.push(lines[from]..lines[end - 1] + 1);
            end = from;
        }
        ranges.reverse();
        (best[lines.len()].0, ranges)
    }

    /// Whether the first row of a page is the rest of the last row of the page before.
    fn goes_on(&self, above: &Row, below: &Row) -> bool {
        let joined = |rows: [&Row; 2]| -> Option<String> {
            let level2 = self.level2?.checked_sub(1)?;
            Some(
                rows.iter()
                    .flat_map(|row| &row.cells[level2])
                    .map(|fragment| self.text(fragment))
                    .collect(),
            )
        };
        let own = |row: &Row| {
            joined([
                row,
                &Row {
                    cells: vec![Vec::new(); row.cells.len()],
                    first: 0,
                    last: 0,
                },
            ])
        };
        if let (Some(both), Some(own_above), Some(own_below)) =
            (joined([above, below]), own(above), own(below))
        {
            let lexicon = self.reader.lexicon;
            if !own_below.is_empty() {
                return !lexicon.is_level2(&own_above) && lexicon.is_level2(&both);
            }
        }
        let mut any = false;
        let fits = above
            .cells
            .iter()
            .zip(&below.cells)
            .enumerate()
            .all(|(index, (above, below))| {
                let Some(below) = below.first() else { return true };
                any = true;
                above.last().is_some_and(|above| {
                    let ends = self.text(above).ends_with(['。', '；']);
                    self.is_full(index + 1, above, below) || !ends && above.width + 4 >= self.rooms[index + 1]
                })
            });
        let count = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).count();
        any && (fits || count(below) * 2 < count(above))
    }

    /// Adds the rows, each with the level 1 that begins with it.
    fn push_rows(&self, rows: &[Row], firsts: &[Fragment], found: &mut Vec<Found<'s>>) {
        let names = self.level1(firsts);
        let owners = self.owners(rows, &names);
        for (index, row) in rows.iter().enumerate() {
            let mut cells = Vec::new();
            let own = names.iter().zip(&owners).filter(|&(_, &owner)| owner == index);
            let spans: Vec<Range<usize>> = own
                .flat_map(|(name, _)| &name.fragments)
                .map(|fragment| fragment.span.clone())
                .collect();
            if !spans.is_empty() {
                cells.push(self.reader.cell(&spans, 0));
            }
            for (column, fragments) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                cells.push(self.cell(fragments, column + 1));
            }
            found.push(Found {
                start: self.reader.lines[row.first].span.start,
                kind: BlockKind::Row,
                cells,
                width: self.rooms.len(),
            });
        }
        if rows.is_empty() {
            // Nothing but names: each is a row, so that none gets lost.
            for name in &names {
                let spans: Vec<Range<usize>> = name
                    .fragments
                    .iter()
                    .map(|fragment| fragment.span.clone())
                    .collect();
                found.push(Found {
                    start: self.reader.lines[name.fragments[0].line].span.start,
                    kind: BlockKind::Row,
                    cells: vec![self.reader.cell(&spans, 0)],
                    width: self.rooms.len(),
                });
            }
        }
    }

    fn cell(&self, fragments: &[Fragment], column: usize) -> crate::blocks::Cell<'s> {
        let spans: Vec<Range<usize>> = fragments.iter().map(|fragment| fragment.span.clone()).collect();
        let lines: Vec<&str> = fragments.iter().map(|fragment| self.text(fragment)).collect();
        cell_in(&spans, &lines, self.rooms[column], column)
    }

    /// The level-1 names from the fragments of the first column.
    fn level1(&self, firsts: &[Fragment]) -> Vec<Name> {
        let lexicon = self.reader.lexicon;
        let mut names: Vec<Name> = Vec::new();
        for fragment in firsts {
            let text = self.text(fragment);
            let goes_on = names.last().is_some_and(|last| {
                let longer = format!("{}{text}", last.text);
                lexicon.begins_level1(&longer)
                    || !lexicon.names_level1(&last.text) && !lexicon.begins_level1(text)
            });
            match names.last_mut().filter(|_| goes_on) {
                Some(last) => {
                    last.text.push_str(text);
                    last.fragments.push(fragment.clone());
                }
                None => names.push(Name {
                    text: text.to_owned(),
                    fragments: vec![fragment.clone()],
                }),
            }
        }
        names
    }

    /// The row that each level-1 name begins with. A name stands in the middle of its rows.
    fn owners(&self, rows: &[Row], names: &[Name]) -> Vec<usize> {
        let mut owners = Vec::new();
        if rows.is_empty() {
            return owners;
        }
        let mut begin = 0;
        for (index, name) in names.iter().enumerate() {
            owners.push(begin.min(rows.len().saturating_sub(1)));
            let Some(next) = names.get(index + 1) else { break };
            let own = nearest(rows, begin, name);
            let other = nearest(rows, own, next);
            // The rows that the name has, its last one before `end`.
            let mut best = (i64::MAX, own + 1);
            let mut faults = 0;
            for row in &rows[begin..(own + 1).min(rows.len())] {
                faults += i64::from(self.is_foreign(name, row));
            }
            let below = rows[..(other + 1).min(rows.len())].iter().skip(own + 1);
            let mut foreign_below: i64 = below.map(|row| i64::from(self.is_foreign(next, row))).sum();
            for end in own + 1..=other.max(own + 1).min(rows.len()) {
                let off = self.off_middle(rows, begin..end, name);
                let cost = (faults + foreign_below) * 12 + off;
                if cost < best.0 {
                    best = (cost, end);
                }
                if end < rows.len() {
                    faults += i64::from(self.is_foreign(name, &rows[end]));
                    foreign_below -= i64::from(end <= other && self.is_foreign(next, &rows[end]));
                }
            }
            begin = best.1;
        }
        owners
    }

    /// Whether the label tables put the level 2 of a row elsewhere.
    fn is_foreign(&self, name: &Name, row: &Row) -> bool {
        let Some(level2) = self.level2.and_then(|column| column.checked_sub(1)) else {
            return false;
        };
        let text: String = row.cells[level2]
            .iter()
            .map(|fragment| self.text(fragment))
            .collect();
        self.reader.lexicon.is_level2(&text)
            && self.reader.lexicon.names_level1(&name.text)
            && !self.reader.lexicon.belongs(&name.text, &text)
    }

    /// How far a name stands off the middle of its rows, of those on its page.
    fn off_middle(&self, rows: &[Row], range: Range<usize>, name: &Name) -> i64 {
        let page = self.reader.lines[name.fragments[0].line].page;
        let on_page = |row: &&Row| self.reader.lines[row.first].page == page;
        let mut own = rows[range].iter().filter(on_page);
        let Some(first) = own.next() else { return 60 };
        let last = own.next_back().unwrap_or(first);
        let last_line = if self.reader.lines[last.last].page == page {
            last.last
        } else {
            last.first
        };
        (signed(name.middle()) - signed(first.first + last_line))
            .abs()
            .min(60)
    }
}

/// The row beside which a name stands, from `from` on.
fn nearest(rows: &[Row], from: usize, name: &Name) -> usize {
    let middle = name.middle();
    let after = rows[from.min(rows.len())..].partition_point(|row| row.first * 2 <= middle) + from;
    after
        .saturating_sub(1)
        .max(from)
        .min(rows.len().saturating_sub(1))
}

/// A level-1 name with the lines that it stands on.
struct Name {
    text: String,
    fragments: Vec<Fragment>,
}

impl Name {
    /// Twice the line in its middle.
    fn middle(&self) -> usize {
        let first = self.fragments.first().map_or(0, |fragment| fragment.line);
        let last = self.fragments.last().map_or(0, |fragment| fragment.line);
        first + last
    }
}

/// What it costs to take a run of lines as one row, while lines are added to it.
struct RowCost<'t, 'r, 's, 'l> {
    table: &'t Table<'r, 's, 'l>,
    segment: &'t Segment,
    align: Align,
    first: usize,
    last: usize,
    /// For each column the numbers of its fragments in the row.
    held: Vec<Range<usize>>,
    level2: String,
    inside: i64,
    /// Whether it may be the rest of a row of the page before.
    is_rest: bool,
}

impl<'t, 'r, 's, 'l> RowCost<'t, 'r, 's, 'l> {
    fn new(
        table: &'t Table<'r, 's, 'l>,
        segment: &'t Segment,
        heads: &[usize],
        align: Align,
        first: usize,
    ) -> Self {
        Self {
            table,
            segment,
            align,
            first,
            last: first,
            held: heads.iter().map(|&head| head..head).collect(),
            level2: String::new(),
            inside: 0,
            is_rest: false,
        }
    }

    /// Adds the next line.
    fn add(&mut self, line: usize) {
        let gap = line > self.last + 1;
        if gap && self.table.blanks {
            // What separates rows elsewhere stands within this one.
            self.inside += 12;
        }
        self.last = line;
        for column in 1..self.held.len() {
            let fragments = &self.segment.columns[column];
            let held = &mut self.held[column];
            let Some(fragment) = fragments.get(held.end).filter(|fragment| fragment.line == line) else {
                continue;
            };
            if held.start < held.end {
                let above = &fragments[held.end - 1];
                if !self.table.is_full(column, above, fragment) {
                    let text = self.table.text(above);
                    let ends = gap || text.ends_with(['。', '；', '，', '、', ';']);
                    self.inside += if ends { 10 } else { 25 };
                }
            }
            if self.table.level2 == Some(column) {
                self.level2.push_str(self.table.text(fragment));
            }
            held.end += 1;
        }
    }

    /// What the row costs with `last` as its last line.
    fn cost(&self, last: usize) -> i64 {
        let mut cost = self.inside + 5;
        for (column, held) in self
            .held
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, held)| !held.is_empty())
        {
            let fragments = &self.segment.columns[column];
            let (top, bottom) = (fragments[held.start].line, fragments[held.end - 1].line);
            let off = match self.align {
                Align::Middle => (top + bottom).abs_diff(self.first + last),
                Align::Top => 2 * (top - self.first),
            };
            cost += 3 * (signed(off) - 1).max(0);
            if let Some(next) = fragments.get(held.end)
                && self.table.is_full(column, &fragments[held.end - 1], next)
            {
                cost += 3;
            }
        }
        let Some(level2) = self.table.level2 else {
            return cost;
        };
        let lexicon = self.table.reader.lexicon;
        cost += if lexicon.is_level2(&self.level2) {
            -20
        } else if self.level2.is_empty() {
            let named = self.held.get(level2 + 1).is_some_and(|held| !held.is_empty());
            let alone = self.held[1..].iter().filter(|held| !held.is_empty()).count() < 2;
            match (self.is_rest, named, alone) {
                (true, ..) => 4,
                (_, _, true) => 80,
                (_, true, _) => 12,
                _ => 42,
            }
        } else if self.held[level2].len() > 1 && self.holds_level2(level2) {
            40
        } else {
            10
        };
        cost
    }

    /// Whether the first lines of the level 2 are one already, so that more than one stands there.
    fn holds_level2(&self, column: usize) -> bool {
        let lexicon = self.table.reader.lexicon;
        let mut text = String::new();
        let held = self.held[column].clone();
        self.segment.columns[column][held.start..held.end - 1]
            .iter()
            .any(|fragment| {
                text.push_str(self.table.text(fragment));
                lexicon.is_level2(&text)
            })
    }
}
