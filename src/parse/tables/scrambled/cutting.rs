//! The lines of a page's columns cut into rows together: from the first row to the last, with the best
//! few cuttings kept at each step.

use super::learnt::{Known, Widths};
use super::{COLUMNS, FREE, Row, Table, alike, pairs};
use crate::parse::tables::fragments::Neighbours;
use crate::parse::tables::rows::kind_cost;
use crate::parse::widths::{first_width, hangs_together};

/// How many cuttings are kept at each step.
const BEAM: usize = 64;
/// The most lines of one cell.
const MOST_LINES: usize = 16;
/// No cell is worth more than this.
const MOST_COST: f32 = 12.0;

/// What a blank cell costs in a row with other texts, by column.
const BLANK: [f32; COLUMNS - FREE] = [2.0, 1.6, 1.6, 1.2];
/// What a blank cell costs as long as its row has no text.
const BLANK_SO_FAR: f32 = 0.7;
/// What a row costs that was filled in part.
const IN_PART: f32 = 1.2;
/// How much less a row costs whose name says what its level 2 does.
const OWN: f32 = 1.0;

/// What it costs that two cells of a row were read apart, for each fragment between them up to a limit.
const NEARNESS: f32 = 0.1;
const FAR: usize = 10;

/// How many times the text may go back to the top of a page.
pub(super) const FLOWS: usize = 3;

/// The fragments of each free column of a page, in the flows in which they were read.
pub(super) type Lines = [[Vec<usize>; FLOWS]; COLUMNS - FREE];

/// The cutting of one page's columns into rows.
pub(super) struct Cutting<'c, 't> {
    pub(super) table: &'c Table<'t>,
    pub(super) widths: &'c Widths,
    pub(super) known: &'c Known<'t>,
    pub(super) neighbours: &'c Neighbours,
    pub(super) start: usize,
    pub(super) lines: Lines,
    /// For each fragment the first and the last row that it can be of by where it was read.
    pub(super) spans: Vec<(usize, usize)>,
    /// The level 2 of each row.
    pub(super) rows: Vec<usize>,
    pub(super) may_be_rest: bool,
    /// What it costs that a column begins with the rest of a cell of the page before.
    pub(super) rest: [f32; COLUMNS - FREE],
}

/// How far a cutting is in each flow of each column.
type Reached = [[u32; FLOWS]; COLUMNS - FREE];

/// A cutting of the first rows: how far it is, and what it has cost.
#[derive(Clone, Copy, Debug)]
struct Partial {
    reached: Reached,
    /// How far it was where the row that is being cut begins.
    row_start: Reached,
    cost: f32,
    /// The cutting of the rows before, by its number among those kept.
    parent: u32,
}

impl Cutting<'_, '_> {
    /// The rows that cost least.
    pub(super) fn best(&self) -> Vec<Row> {
        let first = usize::from(!self.may_be_rest && !self.rows.is_empty());
        let mut kept: Vec<Vec<Partial>> = vec![vec![Partial {
            reached: Reached::default(),
            row_start: Reached::default(),
            cost: 0.0,
            parent: 0,
        }]];
        let due = self.due();
        // Row 0 is the rest of a row of the page before.
        for (row, due) in due.iter().enumerate().skip(first) {
            let last = row == self.rows.len();
            let mut partials: Vec<Partial> = kept
                .last()
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(number, partial)| Partial {
                    row_start: partial.reached,
                    parent: number as u32,
                    ..*partial
                })
                .collect();
            for column in 0..COLUMNS - FREE {
                partials = self.extend(&partials, row, column, last);
            }
            for partial in &mut partials {
                partial.cost += self.row_cost(partial, row) + lag(partial, due);
            }
            prune(&mut partials, false);
            kept.push(partials);
        }
        self.trace(&kept, first)
    }

    /// The fragments of a cell.
    fn of_cell(&self, partial: &Partial, column: usize) -> impl Iterator<Item = usize> {
        let (from, to) = (partial.row_start[column], partial.reached[column]);
        self.lines[column]
            .iter()
            .enumerate()
            .flat_map(move |(flow, lines)| lines[from[flow] as usize..to[flow] as usize].iter().copied())
    }

    /// The rows of the best cutting.
    fn trace(&self, kept: &[Vec<Partial>], first: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut number = kept.last().map_or(0, |partials| {
            (0..partials.len())
                .min_by(|&one, &other| partials[one].cost.total_cmp(&partials[other].cost))
                .unwrap_or(0)
        });
        for step in (1..kept.len()).rev() {
            let Some(partial) = kept[step].get(number) else {
                break;
            };
            let row = step - 1 + first;
            let mut made = Row {
                level2: row.checked_sub(1).map(|row| self.rows[row]),
                ..Row::default()
            };
            for (column, cell) in made.cells.iter_mut().enumerate() {
                *cell = self.of_cell(partial, column).collect();
            }
            rows.push(made);
            number = partial.parent as usize;
        }
        rows.reverse();
        rows
    }

    /// Tries all cells of a column for a row.
    fn extend(&self, partials: &[Partial], row: usize, column: usize, last: bool) -> Vec<Partial> {
        let mut extended = Vec::with_capacity(partials.len() * 4);
        for partial in partials {
            let from = partial.reached[column];
            if last {
                // All that is left is in the last row.
                let mut made = *partial;
                let mut cells = 0;
                for (flow, lines) in self.lines[column].iter().enumerate() {
                    let from = from[flow] as usize;
                    if from < lines.len() {
                        made.cost += self.cell_cost(column, flow, from..lines.len(), row);
                        made.cost += if cells > 0 { 4.0 } else { 0.0 };
                        cells += 1;
                        made.reached[column][flow] = lines.len() as u32;
                    }
                }
                made.cost += if cells == 0 {
                    blank_cost(partial, column, row)
                } else {
                    filled_cost(partial, column, row)
                };
                extended.push(made);
                continue;
            }
            let mut blank = *partial;
            blank.cost += blank_cost(partial, column, row);
            extended.push(blank);
            let filled = filled_cost(partial, column, row);
            for (flow, lines) in self.lines[column].iter().enumerate() {
                let from = from[flow] as usize;
                let mut joins = 0.0;
                for to in from + 1..=lines.len().min(from + MOST_LINES) {
                    if to > from + 1 {
                        joins += self.join_cost(column, lines[to - 2], lines[to - 1]);
                        if joins > MOST_COST {
                            break;
                        }
                    }
                    let mut made = *partial;
                    made.reached[column][flow] = to as u32;
                    made.cost += filled + joins + self.ends_cost(column, flow, from..to, row);
                    extended.push(made);
                }
            }
        }
        prune(&mut extended, true);
        extended
    }

    /// What a whole cell costs.
    fn cell_cost(&self, column: usize, flow: usize, cell: std::ops::Range<usize>, row: usize) -> f32 {
        let lines = &self.lines[column][flow][cell.clone()];
        let joins: f32 = lines
            .windows(2)
            .map(|pair| self.join_cost(column, pair[0], pair[1]))
            .sum();
        joins + self.ends_cost(column, flow, cell, row)
    }

    /// What it costs that a line goes on in the next one of its column.
    fn join_cost(&self, column: usize, at: usize, next: usize) -> f32 {
        let (one, next) = (&self.table.fragments[at], &self.table.fragments[next]);
        let shape = match self.widths[column + FREE] {
            _ if hangs_together(one.text, next.text) => 0.1,
            None => 1.0,
            Some(width) => match one.width + first_width(next.text) - width {
                over if over > 0.25 => 0.1,
                over if over > -0.3 => 1.0,
                _ => 3.5,
            },
        };
        // What is a cell elsewhere is one here, and no cell says a thing twice.
        let whole = self.known.contains_key(next.text) || self.known.contains_key(one.text);
        let again = whole || one.text == next.text;
        let begins = column == 2 && kind_cost(next, true, column + FREE) < 0.0;
        let bond = match self.neighbours.know(one.text, next.text) {
            Some(true) => -0.6,
            Some(false) => 0.4,
            None => 0.0,
        };
        shape + bond + if again { 3.0 } else { 0.0 } + if begins { 2.0 } else { 0.0 }
    }

    /// What it costs that a cell begins and ends where it does, and that it is in a row.
    fn ends_cost(&self, column: usize, flow: usize, cell: std::ops::Range<usize>, row: usize) -> f32 {
        let lines = &self.lines[column][flow];
        let fragment = |at: usize| &self.table.fragments[lines[at]];
        let first = fragment(cell.start);
        let mut cost = 0.0;
        if row > 0 {
            cost += kind_cost(first, cell.len() == 1, column + FREE) * 0.7;
            if first
                .text
                .starts_with(['）', '》', '、', '，', '。', '；', '”', ')', '%', '/', '的'])
            {
                cost += 1.5;
            }
            if is_one_character(first.text) {
                cost += 1.2;
            }
        } else {
            cost += self.rest[column];
        }
        if cell.end < lines.len()
            && let Some(width) = self.widths[column + FREE]
            && fragment(cell.end - 1).width + first_width(fragment(cell.end).text) > width + 0.25
        {
            let (line, next) = (fragment(cell.end - 1).text, fragment(cell.end).text);
            cost += match self.neighbours.know(line, next) {
                Some(true) => 1.4,
                _ => 0.5,
            };
        }
        let mut depth = 0_i32;
        for c in lines[cell.clone()]
            .iter()
            .flat_map(|&at| self.table.fragments[at].text.chars())
        {
            match c {
                '（' | '(' | '《' | '〔' | '“' => depth += 1,
                '）' | ')' | '》' | '〕' | '”' => depth -= 1,
                _ => {}
            }
        }
        if depth != 0 && row > 0 {
            cost += 1.5;
        }
        // It was read behind the level 2 of a later row.
        let late = self.spans[lines[cell.start] - self.start].0.saturating_sub(row);
        cost + (0.35 * late as f32).min(2.5)
    }

    /// For each row how many fragments of each flow are of it or of one above by where they were read.
    fn due(&self) -> Vec<Reached> {
        let mut due = vec![Reached::default(); self.rows.len() + 1];
        for (column, flows) in self.lines.iter().enumerate() {
            for (flow, lines) in flows.iter().enumerate() {
                for (number, &at) in lines.iter().enumerate() {
                    due[self.spans[at - self.start].1][column][flow] = number as u32 + 1;
                }
            }
        }
        for row in 1..due.len() {
            let above = due[row - 1];
            for (here, above) in due[row].iter_mut().flatten().zip(above.iter().flatten()) {
                *here = (*here).max(*above);
            }
        }
        due
    }

    /// What a row costs as a whole.
    fn row_cost(&self, partial: &Partial, row: usize) -> f32 {
        if row == 0 {
            return 0.0;
        }
        if partial.row_start == partial.reached {
            // A row that nobody filled.
            return 0.0;
        }
        let filled = (0..COLUMNS - FREE)
            .filter(|&column| partial.row_start[column] != partial.reached[column])
            .count();
        let in_part = if filled < COLUMNS - FREE { IN_PART } else { 0.0 };
        // The cells of a row are read near each other, most often from left to right.
        let mut apart = 0.0;
        let mut before = self.table.level2[self.rows[row - 1]].pieces[0];
        for column in 0..COLUMNS - FREE {
            if let Some(first) = self.of_cell(partial, column).next() {
                let far = first.abs_diff(before).saturating_sub(1).min(FAR) as f32;
                apart += NEARNESS * if first > before { far } else { far + 1.0 };
                before = first;
            }
        }
        let text = |column: usize| -> String {
            self.of_cell(partial, column)
                .map(|at| self.table.fragments[at].text)
                .collect()
        };
        let (name, description) = (text(0), text(1));
        // What an indicator counts, its level 2 often says too.
        let level2 = &self.table.level2[self.rows[row - 1]];
        let own = pairs(&name).any(|pair| level2.own.contains(&pair));
        let apart = apart - if own { OWN } else { 0.0 };
        if name.is_empty() || description.is_empty() {
            return apart + in_part;
        }
        apart + in_part - 2.0 * alike(&name, &description)
    }
}

/// Whether a text is one character that is no number: the last one of a cell more often than all of it.
fn is_one_character(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| !c.is_ascii_digit()) && chars.next().is_none()
}

/// What a blank cell costs. In a row without any text so far it costs little: nobody may have filled it.
fn blank_cost(partial: &Partial, column: usize, row: usize) -> f32 {
    match row {
        0 => 0.0,
        _ if is_blank(partial, column) => BLANK_SO_FAR,
        _ => BLANK[column],
    }
}

/// What the blank cells before the first text of a row cost beyond what they cost before it was read.
fn filled_cost(partial: &Partial, column: usize, row: usize) -> f32 {
    if row == 0 || !is_blank(partial, column) {
        return 0.0;
    }
    BLANK[..column].iter().map(|cost| cost - BLANK_SO_FAR).sum()
}

/// Whether a row has no text before a column.
fn is_blank(partial: &Partial, column: usize) -> bool {
    partial.row_start[..column] == partial.reached[..column]
}

/// What it costs that fragments are left for a later row. Targets and bases are read ahead of the other
/// cells more often.
fn lag(partial: &Partial, due: &Reached) -> f32 {
    const LAG: f32 = 0.4;
    let mut lag = 0.0;
    for (column, (due, reached)) in due.iter().zip(&partial.reached).enumerate() {
        let left = due
            .iter()
            .zip(reached)
            .map(|(&due, &reached)| due.saturating_sub(reached));
        lag += if column < 2 {
            LAG * left.sum::<u32>() as f32
        } else {
            0.0
        };
    }
    lag
}

/// Keeps the best cuttings: of those that are equally far the best one, and of these the best few. With
/// `by_row`, where the row began matters too.
fn prune(partials: &mut Vec<Partial>, by_row: bool) {
    // So far behind the best nothing comes to the front again.
    const HOPELESS: f32 = 16.0;
    let least = partials
        .iter()
        .map(|partial| partial.cost)
        .fold(f32::INFINITY, f32::min);
    partials.retain(|partial| partial.cost <= least + HOPELESS);
    partials.sort_by(|one, other| {
        let place = one.reached.cmp(&other.reached);
        let place = if by_row {
            place.then_with(|| one.row_start.cmp(&other.row_start))
        } else {
            place
        };
        place.then_with(|| one.cost.total_cmp(&other.cost))
    });
    partials
        .dedup_by(|one, other| one.reached == other.reached && (!by_row || one.row_start == other.row_start));
    partials.sort_by(|one, other| one.cost.total_cmp(&other.cost));
    partials.truncate(BEAM);
}
