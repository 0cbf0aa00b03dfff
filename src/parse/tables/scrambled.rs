//! Indicator rows of a page that was read in blocks: the lines of a cell do not follow each other, but
//! stand between lines of the cells beside it, and lines of one column follow each other over several
//! rows.
//!
//! What is left to go by: the names of levels, whole or in pieces, say how many rows there are and
//! about where in the text each was read; the width and the kind of a line say which column it can be
//! of; and within a column of a page the lines are read from the top down. So each line is first given
//! a column, at the least cost along the text, and then the lines of all columns are cut into rows
//! together, from the first row to the last, with the best few cuttings kept at each step.

use std::ops::Deref;

mod cutting;
mod learnt;
mod names;

use cutting::{Cutting, FLOWS, Lines};
use learnt::{Known, Widths, known_bases, learn};
use names::Breaks;

use super::fragments::{Fragment, Joint, Neighbours, joined};
use super::rows::{Line, kind_cost};
use super::{Cell, cell};
use crate::parse::lexicon::Lexicon;
use crate::parse::widths::{first_width, hangs_together};

const COLUMNS: usize = 6;
/// The first column that holds free text.
const FREE: usize = 2;
/// How many fragments later the rest of a broken name may stand.
const WINDOW: usize = 60;
/// How often columns and rows are read anew with the widths learnt.
const PASSES: usize = 4;

/// What a fragment is, as far as the label tables tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Free,
    /// A piece of a heading, by its column.
    Heading(usize),
    /// A piece of the level 1 or the level 2 with this number.
    Level1(usize),
    Level2(usize),
    Furniture,
}

/// A name of a level that was found, whole or in pieces.
#[derive(Clone, Debug)]
struct Name {
    text: String,
    /// Where it stands among the names of its level in the forms.
    place: (usize, usize),
    /// The fragments that it is made of.
    pieces: Vec<usize>,
    /// The pairs of characters that no other name of its level has.
    own: Vec<(char, char)>,
}

/// The fragments of a table with what they are.
struct Table<'t> {
    fragments: &'t [Fragment<'t>],
    kinds: Vec<Kind>,
    headings: Vec<(usize, Vec<usize>)>,
    level1: Vec<Name>,
    level2: Vec<Name>,
}

/// One row as it was cut: its level 2, and for each free column the fragments of the cell.
#[derive(Clone, Debug, Default)]
struct Row {
    level2: Option<usize>,
    cells: [Vec<usize>; COLUMNS - FREE],
}

/// The rows of all tables of a document, if it was read in blocks; `None` if its cells stand in order.
pub(super) fn read(
    tables: &[&[Fragment]],
    lexicon: &Lexicon,
    neighbours: &impl Deref<Target = Neighbours>,
) -> Option<Vec<Vec<Line>>> {
    let breaks = Breaks::of(tables, lexicon);
    let mut tables: Vec<Table> = tables
        .iter()
        .map(|fragments| Table::new(fragments, lexicon, breaks))
        .collect();
    if !is_scrambled(&tables) {
        return None;
    }
    order_groups(&mut tables);
    let neighbours: &Neighbours = neighbours;
    let mut widths = Widths::default();
    let mut rows: Vec<Vec<Vec<Row>>> = Vec::new();
    let known = known_bases(&tables);
    for _ in 0..PASSES {
        rows = tables
            .iter()
            .map(|table| {
                let columns = table.columns(&widths, &known, neighbours);
                table
                    .pages()
                    .into_iter()
                    .map(|page| table.cut(page, &columns, &widths, &known, neighbours))
                    .collect()
            })
            .collect();
        let learnt = learn(&tables, &rows);
        if learnt == widths {
            break;
        }
        widths = learnt;
    }
    let lines = tables
        .iter()
        .zip(rows)
        .map(|(table, pages)| table.lines(pages, &widths, lexicon));
    Some(lines.collect())
}

/// The last level 1 of the label tables stands before the others in some documents, behind them in
/// others: where its names are read first, they are above.
fn order_groups(tables: &mut [Table]) {
    let last = tables
        .iter()
        .flat_map(|table| &table.level2)
        .map(|name| name.place.0)
        .max();
    let Some(last) = last else { return };
    let mut balance = 0_i32;
    for table in tables.iter() {
        let first_of = |group: usize| table.level2.iter().position(|name| name.place.0 == group);
        if let (Some(first), Some(of_last)) = (first_of(1), first_of(last)) {
            balance += if of_last < first { 1 } else { -1 };
        }
    }
    if last > 3 && balance > 0 {
        for name in tables.iter_mut().flat_map(|table| &mut table.level2) {
            if name.place.0 == last {
                name.place.0 = 0;
            }
        }
    }
}

/// Whether the pieces of broken names do not follow each other.
fn is_scrambled(tables: &[Table]) -> bool {
    let mut apart = 0;
    let mut together = 0;
    let mut torn = 0;
    for table in tables {
        let follows = |pair: &[usize]| (pair[0] + 1..pair[1]).all(|at| table.kinds[at] == Kind::Furniture);
        for name in table.level2.iter().filter(|name| name.pieces.len() > 1) {
            if name.pieces.windows(2).all(follows) {
                together += 1;
            } else {
                apart += 1;
            }
        }
        let mut headings: Vec<usize> = table
            .headings
            .iter()
            .flat_map(|(_, at)| at.iter().copied())
            .take(COLUMNS)
            .collect();
        headings.sort_unstable();
        torn += usize::from(!headings.windows(2).all(follows));
    }
    // A row that is read in order has four cells behind its level 2, or none.
    let mut rows = 0;
    let mut thin = 0;
    for table in tables {
        for pair in table.level2.windows(2) {
            let between = &table.kinds[pair[0].pieces[0]..pair[1].pieces[0]];
            let free = between.iter().filter(|kind| **kind == Kind::Free).count();
            rows += usize::from(free > 0);
            thin += usize::from((1..=2).contains(&free));
        }
    }
    (apart >= 2 && apart * 6 >= together)
        || torn * 2 >= tables.len().max(1)
        || (thin >= 4 && thin * 5 >= rows && (apart + torn > 0 || together == 0))
}

impl<'t> Table<'t> {
    /// The fragments of each page.
    fn pages(&self) -> Vec<std::ops::Range<usize>> {
        let mut pages = Vec::new();
        let mut start = 0;
        for (at, fragment) in self.fragments.iter().enumerate() {
            if at > start && fragment.joint == Joint::Page {
                pages.push(start..at);
                start = at;
            }
        }
        pages.push(start..self.fragments.len());
        pages
    }

    /// Gives each fragment a column, at the least cost along the text.
    fn columns(&self, widths: &Widths, known: &Known, neighbours: &Neighbours) -> Vec<usize> {
        let count = self.fragments.len();
        let mut best = [0.0_f32; COLUMNS];
        let mut from = vec![[0_u8; COLUMNS]; count];
        let mut before: Option<usize> = None;
        for at in 0..count {
            if self.kinds[at] == Kind::Furniture {
                for (column, from) in from[at].iter_mut().enumerate() {
                    *from = column as u8;
                }
                continue;
            }
            let mut reached = [f32::INFINITY; COLUMNS];
            for column in 0..COLUMNS {
                let cost = self.emission(at, column, widths, known);
                let goes_on = self.goes_on(at, column, widths, neighbours);
                if !cost.is_finite() {
                    continue;
                }
                for (last, &so_far) in best.iter().enumerate() {
                    let step = before.map_or(0.0, |before| self.step(before, at, last, column, widths));
                    let total = so_far + cost + step - goes_on;
                    if total < reached[column] {
                        reached[column] = total;
                        from[at][column] = last as u8;
                    }
                }
            }
            best = reached;
            before = Some(at);
        }
        let mut columns = vec![0; count];
        let mut column = (0..COLUMNS)
            .min_by(|&one, &other| best[one].total_cmp(&best[other]))
            .unwrap_or(0);
        for at in (0..count).rev() {
            columns[at] = column;
            column = usize::from(from[at][column]);
        }
        columns
    }

    /// What it costs that a fragment is of a column.
    fn emission(&self, at: usize, column: usize, widths: &Widths, known: &Known) -> f32 {
        let only = match self.kinds[at] {
            Kind::Free => {
                if column < FREE {
                    return f32::INFINITY;
                }
                None
            }
            Kind::Heading(column) => Some(column),
            Kind::Level1(_) => Some(0),
            Kind::Level2(_) => Some(1),
            Kind::Furniture => return 0.0,
        };
        if let Some(only) = only {
            return if only == column { 0.0 } else { f32::INFINITY };
        }
        let fragment = &self.fragments[at];
        let few = fragment.text.chars().count() <= 3;
        // The last characters of a cell say little about it.
        let weight = match column {
            4 if few => 0.3,
            _ if few => 0.4,
            _ => 0.8,
        };
        let mut cost = kind_cost(fragment, true, column) * weight;
        if let Some(width) = widths[column]
            && fragment.width > width + 0.3
        {
            cost += if fragment.width > width + 0.8 { 5.0 } else { 2.0 };
        }
        if column != 5
            && let Some(share) = known.get(fragment.text)
        {
            cost += 1.0 + share;
        }
        let is_basis = |at: Option<usize>| {
            let beside = at.and_then(|at| self.fragments.get(at));
            beside.is_some_and(|beside| known.contains_key(beside.text))
        };
        // What was just read as a name is read again as the description.
        if matches!(column, FREE | 3) && self.repeats(at) && !known.contains_key(fragment.text) {
            cost += if column == FREE { 0.5 } else { -0.5 };
        }
        // Targets and bases take turns.
        if column == 4 && fragment.parted && is_basis(at.checked_sub(1)) && is_basis(Some(at + 1)) {
            cost -= 0.8;
        }
        cost
    }

    /// Whether the same line was read a little before.
    fn repeats(&self, at: usize) -> bool {
        const NEAR: usize = 10;
        const SHORTEST: usize = 4;
        let text = self.fragments[at].text;
        let begins_row = at > 0 && matches!(self.kinds[at - 1], Kind::Level2(_));
        !begins_row
            && text.chars().nth(SHORTEST - 1).is_some()
            && (at.saturating_sub(NEAR)..at)
                .any(|before| self.kinds[before] == Kind::Free && self.fragments[before].text == text)
    }

    /// What it costs to go from a column to another, from a fragment to the next.
    fn step(&self, before: usize, at: usize, last: usize, column: usize, widths: &Widths) -> f32 {
        let (one, other) = (&self.fragments[before], &self.fragments[at]);
        let mut cost = match other.joint {
            Joint::Line | Joint::Gap(_) if !other.parted => match column {
                _ if column == last => 0.0,
                _ if column == last + 1 => 2.0,
                _ => 2.0 + 0.3 * last.abs_diff(column) as f32,
            },
            Joint::Space => {
                if column == last + 1 {
                    0.3
                } else if column == last {
                    0.6
                } else {
                    1.0
                }
            }
            // The last characters of a cell that did not fit on the page before.
            Joint::Page if other.text.chars().nth(2).is_none() => {
                let first = first_width(other.text);
                let full = widths[last].is_some_and(|width| one.width + first > width + 0.25);
                if full && column == last { 0.0 } else { 0.7 }
            }
            Joint::Page => 0.3,
            Joint::Line | Joint::Gap(_) => match (last, column) {
                // The first cell stands below its heading, where the headings do not follow each other.
                _ if column == last && self.is_heading_of_column(before) => 0.0,
                _ if column == last + 1 => 0.0,
                (1, _) if column > last => 0.8,
                _ if column > last => 0.3 + 0.2 * (column - last) as f32,
                _ if column == FREE && !self.in_column_run(at) && !self.may_go_on(at, column, widths) => 1.4,
                (5, 4) => 0.3,
                // A basis stands behind a target.
                (4, FREE | 3) => 0.9,
                (_, FREE) => 0.55,
                _ => 0.5,
            },
        };
        if self.kinds[before] == Kind::Free && self.kinds[at] == Kind::Free && (last, column) == (2, 3) {
            cost -= 1.5 * alike(one.text, other.text);
        }
        cost
    }

    /// Whether a heading stands above its column: the heading of another column does not stand before it.
    fn is_heading_of_column(&self, at: usize) -> bool {
        let Kind::Heading(column) = self.kinds[at] else {
            return false;
        };
        let other = self.kinds[..at]
            .iter()
            .rev()
            .find(|&&kind| kind != Kind::Heading(column));
        !matches!(other, Some(Kind::Heading(_)))
    }

    /// Whether the names of several rows were read one after the other a little before: then their cells
    /// are read behind all of them.
    fn in_column_run(&self, at: usize) -> bool {
        const NEAR: usize = 14;
        let near = &self.kinds[at.saturating_sub(NEAR)..at];
        near.windows(2).any(|pair| match pair {
            [Kind::Level2(one), Kind::Level2(other)] => one != other,
            _ => false,
        })
    }

    /// What it is worth that a line goes on one that was read a little before, and is full in a column.
    fn goes_on(&self, at: usize, column: usize, widths: &Widths, neighbours: &Neighbours) -> f32 {
        const NEAR: usize = 8;
        let Some(width) = widths[column] else { return 0.0 };
        let next = &self.fragments[at];
        let first = first_width(next.text);
        let goes_on = (at.saturating_sub(NEAR)..at).any(|before| {
            let line = &self.fragments[before];
            self.kinds[before] == Kind::Free
                && line.width <= width + 0.1
                && line.width + first > width + 0.25
                && neighbours
                    .know(line.text, next.text)
                    .unwrap_or_else(|| hangs_together(line.text, next.text))
        });
        let short = next.text.chars().nth(1).is_none();
        match column {
            _ if !goes_on || self.kinds[at] != Kind::Free => 0.0,
            // Few targets and bases are broken, so that their columns are less well known.
            4 | 5 => 0.3,
            // The end of many a word.
            _ if short => 0.3,
            _ => 0.6,
        }
    }

    /// Whether a full line of a column stands near before a fragment, which can go on there.
    fn may_go_on(&self, at: usize, column: usize, widths: &Widths) -> bool {
        let Some(width) = widths[column] else {
            return true;
        };
        let first = first_width(self.fragments[at].text);
        let near = &self.fragments[at.saturating_sub(6)..at];
        near.iter()
            .any(|line| line.width <= width + 0.3 && line.width + first > width + 0.25)
    }

    /// Cuts the lines of a page's columns into rows together.
    fn cut(
        &self,
        page: std::ops::Range<usize>,
        columns: &[usize],
        widths: &Widths,
        known: &Known<'t>,
        neighbours: &Neighbours,
    ) -> Vec<Row> {
        let mut rows: Vec<usize> = Vec::new();
        // The level 2 as they were read: where, and in which flow.
        let mut read: Vec<(usize, usize)> = Vec::new();
        let mut flow = 0;
        let mut lines = Lines::default();
        let mut flows = [0; COLUMNS - FREE];
        for at in page.clone() {
            match self.kinds[at] {
                Kind::Free => {
                    let column = columns[at].max(FREE) - FREE;
                    lines[column][flows[column].min(FLOWS - 1)].push(at);
                }
                Kind::Level2(number) if self.level2[number].pieces[0] == at => {
                    if rows
                        .last()
                        .is_some_and(|&last| self.level2[last].place > self.level2[number].place)
                    {
                        flow += 1;
                        for column in 0..COLUMNS - FREE {
                            flows[column] +=
                                usize::from(!lines[column][flows[column].min(FLOWS - 1)].is_empty());
                        }
                    }
                    rows.push(number);
                    read.push((at, flow));
                }
                Kind::Heading(column) if column >= FREE => {
                    let column = column - FREE;
                    flows[column] += usize::from(!lines[column][flows[column].min(FLOWS - 1)].is_empty());
                }
                _ => {}
            }
        }
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| self.level2[rows[row]].place);
        // The row of each level 2 as it was read, from 1.
        let mut row_of = vec![0; rows.len()];
        for (row, &number) in order.iter().enumerate() {
            row_of[number] = row + 1;
        }
        let mut spans = vec![(0, rows.len()); page.len()];
        for (number, &(at, flow)) in read.iter().enumerate() {
            let next = read.get(number + 1).filter(|(_, next)| *next == flow);
            let end = next.map_or(page.end, |(next, _)| *next);
            let last = next.map_or(rows.len(), |_| row_of[number + 1].max(2) - 1);
            let last = last.max(row_of[number]);
            for span in &mut spans[at - page.start..end.max(at) - page.start] {
                *span = (row_of[number], last);
            }
            if number == 0 {
                for span in &mut spans[..at - page.start] {
                    *span = (1, row_of[0].max(2) - 1);
                }
            }
        }
        // Where several rows were begun before a column went on, it goes on with the first of them.
        let mut begun: [Option<usize>; COLUMNS] = [None; COLUMNS];
        let mut first = [1; COLUMNS];
        let mut numbers = read.iter().enumerate().peekable();
        for at in page.clone() {
            while let Some((number, _)) = numbers.next_if(|(_, (read, _))| *read <= at) {
                for begun in &mut begun {
                    *begun = Some(begun.map_or(row_of[number], |row| row.min(row_of[number])));
                }
            }
            if self.kinds[at] == Kind::Free {
                let column = columns[at].max(FREE);
                first[column] = begun[column].take().unwrap_or(first[column]);
                let span = &mut spans[at - page.start];
                span.0 = span.0.min(first[column]);
            }
        }
        // Below a heading that was read late, columns are read from their top on.
        let mut below_heading = false;
        for at in page.clone() {
            match self.kinds[at] {
                Kind::Heading(column) if column >= FREE => {
                    below_heading = read.first().is_some_and(|&(first, _)| first < at);
                }
                Kind::Level2(_) => below_heading = false,
                _ if below_heading => spans[at - page.start].0 = 1,
                _ => {}
            }
        }
        let cutting = Cutting {
            table: self,
            widths,
            known,
            neighbours,
            start: page.start,
            lines,
            spans,
            rows: order.into_iter().map(|row| rows[row]).collect(),
            may_be_rest: page.start > 0,
            rest: std::array::from_fn(|column| {
                let before = (page.start.saturating_sub(WINDOW * 2)..page.start)
                    .rev()
                    .find(|&at| self.kinds[at] == Kind::Free && columns[at] == column + FREE);
                let width = widths[column + FREE];
                match (before, width) {
                    (None, _) => 2.0,
                    (Some(_), None) => 0.6,
                    // The last line above goes on only if it is full.
                    (Some(at), Some(width)) if self.fragments[at].width + 0.8 > width => -0.8,
                    _ => 1.2,
                }
            }),
        };
        cutting.best()
    }

    /// The lines of the table, with the header, page ends and furniture between them.
    fn lines(&self, pages: Vec<Vec<Row>>, widths: &Widths, lexicon: &Lexicon) -> Vec<Line> {
        let mut rows: Vec<(bool, Vec<Cell<'static>>)> = Vec::new();
        let mut starts: Vec<usize> = Vec::new();
        for page in pages {
            let mut new_page = !rows.is_empty();
            for row in page {
                let mut cells = Vec::new();
                if let Some(number) = row.level2 {
                    let name = &self.level2[number];
                    cells.push(cell(name.text.clone(), self.fragments[name.pieces[0]].start, 1));
                }
                for (column, lines) in row.cells.iter().enumerate() {
                    let column = column + FREE;
                    let Some(&first) = lines.first() else { continue };
                    let fragments: Vec<&Fragment> = lines.iter().map(|&at| &self.fragments[at]).collect();
                    let text = joined(&fragments, |before, next| {
                        widths[column]
                            .is_some_and(|width| before.width + first_width(next.text) > width + 0.25)
                    });
                    cells.push(cell(text, self.fragments[first].start, column));
                }
                if cells.is_empty() {
                    continue;
                }
                let level2 = row.level2.map(|number| self.level2[number].pieces[0]);
                let first = row.cells.iter().filter_map(|lines| lines.first()).min();
                starts.push(level2.or(first.copied()).unwrap_or(0));
                rows.push((new_page, cells));
                new_page = false;
            }
        }
        self.place_level1(&mut rows, &starts, lexicon);
        let mut lines = Vec::new();
        let mut header: Vec<Cell> = Vec::new();
        for (column, pieces) in &self.headings {
            let text = pieces.iter().map(|&at| self.fragments[at].text).collect();
            let heading = cell(text, self.fragments[pieces[0]].start, *column);
            if header.iter().any(|known| known.column == heading.column) {
                header.sort_by_key(|cell| cell.column);
                lines.push(Line::Row(std::mem::take(&mut header)));
            }
            header.push(heading);
        }
        header.sort_by_key(|cell| cell.column);
        if !header.is_empty() {
            lines.push(Line::Row(header));
        }
        for (new_page, cells) in rows {
            if new_page {
                lines.push(Line::PageBreak);
            }
            lines.push(Line::Row(cells));
        }
        for (at, fragment) in self.fragments.iter().enumerate() {
            if self.kinds[at] == Kind::Furniture {
                lines.push(Line::Furniture(cell(fragment.text.to_owned(), fragment.start, 0)));
            }
        }
        lines
    }

    /// Gives each level 1 to the first of the rows near it that can be below it.
    fn place_level1(&self, rows: &mut Vec<(bool, Vec<Cell<'static>>)>, starts: &[usize], lexicon: &Lexicon) {
        const NEAR: usize = 40;
        let fits = |cells: &[Cell], level1: &str| {
            let level2 = cells.iter().find(|cell| cell.column == 1);
            level2.is_some_and(|level2| lexicon.is_level2_of(level1, &level2.text))
        };
        let has_level1 = |cells: &[Cell]| cells.first().is_some_and(|cell| cell.column == 0);
        let has_level2 = |cells: &[Cell]| cells.iter().any(|cell| cell.column == 1);
        let mut lost = Vec::new();
        for name in &self.level1 {
            let at = name.pieces[0];
            let made = cell(name.text.clone(), self.fragments[at].start, 0);
            let middle = starts.partition_point(|&start| start < at);
            let nearest = (middle.saturating_sub(NEAR)..rows.len().min(middle + NEAR))
                .filter(|&row| fits(&rows[row].1, &name.text))
                .min_by_key(|&row| row.abs_diff(middle));
            let Some(mut row) = nearest else {
                lost.push(made);
                continue;
            };
            // The rest of a row at the top of a page has no level 2 to judge by.
            let mut first = row;
            while row > middle.saturating_sub(NEAR * 2)
                && !has_level1(&rows[row].1)
                && (fits(&rows[row - 1].1, &name.text) || !has_level2(&rows[row - 1].1))
                && !has_level1(&rows[row - 1].1)
            {
                row -= 1;
                if has_level2(&rows[row].1) {
                    first = row;
                }
            }
            if has_level1(&rows[first].1) {
                lost.push(made);
            } else {
                rows[first].1.insert(0, made);
            }
        }
        for made in lost {
            rows.push((false, vec![made]));
        }
    }
}

/// The pairs of characters that follow each other in a text.
fn pairs(text: &str) -> impl Iterator<Item = (char, char)> + '_ {
    text.chars().zip(text.chars().skip(1))
}

/// How much two texts look alike: 1 if they are the same, 0 if they share nothing.
fn alike(one: &str, other: &str) -> f32 {
    if one == other {
        return 1.0;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let shorter = one.len().min(other.len());
    if shorter < 2 || one.len().max(other.len()) > 200 {
        return 0.0;
    }
    let (short, long) = if one.len() <= other.len() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    let shared = short
        .windows(2)
        .filter(|pair| long.windows(2).any(|other| other == *pair))
        .count();
    0.9 * shared as f32 / (shorter - 1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::widths::width;
    use crate::vocab::Vocabulary;
    use crate::vocab::key;
    use std::fmt::Write;

    /// The fragments of a text whose blocks are parted by blank lines.
    fn fragments(text: &str) -> Vec<Fragment<'_>> {
        let mut parted = false;
        let mut fragments = Vec::new();
        for line in text.lines() {
            if line.is_empty() {
                parted = true;
                continue;
            }
            fragments.push(Fragment {
                text: line,
                start: (line.as_ptr() as usize - text.as_ptr() as usize) as u32,
                joint: Joint::Line,
                parted: std::mem::take(&mut parted),
                width: width(line),
                is_furniture: false,
            });
        }
        fragments
    }

    const HEADER: &str = "一级指标\n\n二级指标\n\n三级指标\n\n绩效指标描述\n\n指标值\n\n指标值确定依据\n\n";

    fn rows(text: &str) -> Option<Vec<String>> {
        let vocabulary = Vocabulary::built_in();
        let lexicon = Lexicon::new(&vocabulary);
        let fragments = fragments(text);
        let neighbours = Box::new(Neighbours::default());
        let tables = read(&[&fragments], &lexicon, &neighbours)?;
        let rows = tables.into_iter().flatten().filter_map(|line| match line {
            Line::Row(cells) => {
                let texts: Vec<String> = cells.iter().map(|cell| key(&cell.text)).collect();
                Some(texts.join(" "))
            }
            _ => None,
        });
        Some(rows.skip(1).collect())
    }

    #[test]
    fn rows_that_are_read_line_by_line_are_put_together() {
        let mut text = HEADER.to_owned();
        for (name, first, second, target) in [
            ("社会效益指", "沿渠村庄用水", "沿渠村庄用水改", "≥12 个"),
            ("社会效益指", "灌区农户增收", "灌区农户增收的", "≥300 户"),
            ("社会效益指", "节水宣传覆盖", "节水宣传覆盖的", "≥80%"),
        ] {
            let _ = write!(
                text,
                "{name}\n\n{first}\n\n{second}\n\n{target}\n\n灌区台账\n\n标\n\n情况\n\n村庄情况\n\n"
            );
        }
        text += "效益指标\n";
        assert_eq!(
            rows(&text).expect("the text is scrambled"),
            [
                "效益指标 社会效益指标 沿渠村庄用水情况 沿渠村庄用水改村庄情况 ≥12个 灌区台账",
                "社会效益指标 灌区农户增收情况 灌区农户增收的村庄情况 ≥300户 灌区台账",
                "社会效益指标 节水宣传覆盖情况 节水宣传覆盖的村庄情况 ≥80% 灌区台账",
            ]
        );
    }

    #[test]
    fn a_table_in_order_is_left_alone() {
        let mut text = HEADER.to_owned();
        for (name, rest) in [("社会效益指", "标"), ("可持续影响", "指标"), ("生态效益指", "标")]
        {
            let _ = write!(text, "{name}\n{rest}\n\n护林员\n\n护林员\n\n≥3 名\n\n计划\n\n");
        }
        assert_eq!(rows(&text), None);
    }

    #[test]
    fn every_fragment_is_in_a_cell() {
        let mut text = HEADER.to_owned();
        for number in 0..40 {
            let _ = write!(
                text,
                "数量指标\n\n第{number}段\n\n时效指标\n\n≥{number}\n\n满意度指标\n第{number}处说明\n\n"
            );
        }
        let all = rows(&text).expect("the text is scrambled").join("");
        for number in 0..40 {
            for known in [
                format!("第{number}段"),
                format!("≥{number}"),
                format!("第{number}处说明"),
            ] {
                assert!(all.contains(&known), "{known}");
            }
        }
    }
}
