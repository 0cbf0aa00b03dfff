//! How wide columns are and how large the letters of crowded cells, from what stands in the cells and
//! within the limits of the template.
//!
//! Columns: from the template's widths on, a few points at a time go to the columns whose texts make
//! rows high from those that have room to spare, as long as the table becomes lower. Letters: the text
//! of a cell that has to cut a word, or that alone makes its row high, is set smaller by half points.
//!
//! Architecture invariant: widths keep their sum and stay within their limits, sizes too; what already
//! fits keeps the widths and sizes of the template.

use crate::pdf::TYPE_AREA;
use crate::pdf::layout::table::{cell_height, padding};
use crate::sheet::{Cell, Column, Style, Table};
use crate::text::classes::Bond;
use crate::text::{Fit, Measured};

/// What columns give each other is a number of steps of so many points.
const STEP: f32 = 3.0;
/// How many steps at a time, the most first.
const MOVES: [i32; 3] = [7, 3, 1];
/// How often each column is given anything.
const MOST_ROUNDS: usize = 8;
/// What a cut word is worth, in points of height.
const CUT_WORD: f32 = 90.0;
/// What a number apart from its unit is worth.
const CUT_UNIT: f32 = 60.0;
// Else a number would be cut so that it does not stand apart from its unit.
const _: () = assert!(CUT_WORD > CUT_UNIT);
/// What a line more than one is worth, though the table is no higher for it.
const LINE: f32 = 4.0;
/// What a point of difference from the template's widths is worth: of two ways that come to the same the
/// nearer one is taken.
const STRAY: f32 = 0.02;
/// The least gain that columns are moved for, in points.
const LEAST_GAIN: f32 = 2.0;
/// By what the letters of a crowded cell become smaller at a time, in points.
const SMALLER: f32 = 0.5;
/// A cell of no more lines is not crowded.
const CALM_LINES: usize = 5;
/// A cell is crowded that is so many times as high as anything else in its row.
const CROWDED: f32 = 1.5;

/// A cell with its text measured.
pub(super) struct MeasuredCell<'a> {
    pub cell: &'a Cell,
    pub text: Measured,
    /// The row it begins in, from 0.
    pub row: usize,
    /// How many rows it is high.
    pub rows: usize,
    /// Its first column and the one after its last.
    pub columns: (usize, usize),
}

/// Where the columns begin and end on the page. A table wider than the type area is made to fit, a
/// narrower one stands in the middle.
pub(super) fn column_edges(table: &Table, cells: &[MeasuredCell<'_>]) -> Vec<f32> {
    let columns = within_type_area(&table.columns);
    let widths = Widths::new(table, &columns, cells).choose();
    let total: f32 = widths.iter().sum();
    let mut x = TYPE_AREA.left + (TYPE_AREA.width() - total) / 2.0;
    let mut edges = vec![x];
    for width in widths {
        x = (x + width).min(TYPE_AREA.right);
        edges.push(x);
    }
    if edges.len() == 1 {
        edges = vec![TYPE_AREA.left, TYPE_AREA.right];
    }
    edges
}

/// The columns, made narrower where they are wider than the type area.
fn within_type_area(columns: &[Column]) -> Vec<Column> {
    let sound = |width: f32| if width.is_finite() { width.max(0.0) } else { 0.0 };
    let total: f32 = columns.iter().map(|column| sound(column.width)).sum();
    let room = TYPE_AREA.width();
    let scale = if total > room { room / total } else { 1.0 };
    let column = |column: &Column| {
        let width = sound(column.width) * scale;
        Column {
            width,
            least: (sound(column.least) * scale).min(width),
            most: (sound(column.most) * scale).max(width),
        }
    };
    columns.iter().map(column).collect()
}

/// A text whose lines depend on the widths of the columns.
struct Live<'a> {
    cell: &'a MeasuredCell<'a>,
    /// How its text fits, for each number of steps that its columns are wider than the template has
    /// them, from the least on; unknown until it is asked for.
    fits: Vec<Option<Fit>>,
    /// The least of these numbers.
    least: i32,
    /// The width of its columns in the template.
    width: f32,
}

impl Live<'_> {
    fn fit(&mut self, steps: &[i32]) -> Fit {
        let (from, to) = self.cell.columns;
        let by: i32 = steps[from..to].iter().sum();
        // The columns keep within their limits, so that this is a place of the list.
        let at = ((by - self.least).max(0) as usize).min(self.fits.len() - 1);
        if let Some(fit) = self.fits[at] {
            return fit;
        }
        let size = self.cell.cell.style.size;
        let width = self.width + by as f32 * STEP;
        let fit = self.cell.text.fit(width - 2.0 * padding(width, size), size);
        self.fits[at] = Some(fit);
        fit
    }
}

/// The widths of the columns while they are chosen, in steps more or less than the template has.
struct Widths<'a> {
    columns: &'a [Column],
    /// The fewest and the most steps of each column.
    limits: Vec<(i32, i32)>,
    cells: &'a [MeasuredCell<'a>],
    live: Vec<Live<'a>>,
    /// How high the rows are for all else that stands in them.
    least_heights: Vec<f32>,
    /// The heights of the rows, as [`Self::cost`] found them last.
    heights: Vec<f32>,
}

impl<'a> Widths<'a> {
    fn new(table: &'a Table, columns: &'a [Column], cells: &'a [MeasuredCell<'a>]) -> Self {
        let limits: Vec<(i32, i32)> = columns
            .iter()
            .map(|column| {
                let steps = |width: f32| (width - column.width) / STEP;
                (
                    steps(column.least).ceil() as i32,
                    steps(column.most).floor() as i32,
                )
            })
            .collect();
        let mut least_heights: Vec<f32> = table.rows.iter().map(|row| row.height.max(0.0)).collect();
        let mut live = Vec::new();
        for cell in cells {
            let (from, to) = cell.columns;
            let sum = |of: fn(&(i32, i32)) -> i32| limits[from..to].iter().map(of).sum::<i32>();
            let (least, most) = (sum(|limits| limits.0), sum(|limits| limits.1));
            let width: f32 = columns[from..to].iter().map(|column| column.width).sum();
            let narrowest = width + least as f32 * STEP;
            let size = cell.cell.style.size;
            // A text that is a line in the narrowest columns is one in all, and one over all columns is
            // never wider.
            let is_line = cell.text.longest(size) <= narrowest - 2.0 * padding(narrowest, size);
            if is_line && cell.rows == 1 {
                let lines = cell.text.paragraphs();
                least_heights[cell.row] = least_heights[cell.row].max(cell_height(&cell.cell.style, lines));
            } else if !is_line {
                live.push(Live {
                    cell,
                    fits: vec![None; (most - least + 1).max(1) as usize],
                    least,
                    width,
                });
            }
        }
        Self {
            columns,
            limits,
            cells,
            live,
            heights: Vec::with_capacity(least_heights.len()),
            least_heights,
        }
    }

    fn choose(mut self) -> Vec<f32> {
        let own = vec![0; self.columns.len()];
        let mut steps = own.clone();
        let is_fixed = self.limits.iter().all(|(least, most)| least >= most);
        if !is_fixed && self.takers(&own).contains(&true) {
            // What moves a little at a time may miss what lies further off, so it begins where it is best.
            let by_demand = self.by_demand();
            if self.cost(&by_demand) < self.cost(&own) {
                steps = by_demand;
            }
            self.improve(&mut steps);
        }
        let widths = self.columns.iter().zip(steps);
        widths
            .map(|(column, steps)| column.width + steps as f32 * STEP)
            .collect()
    }

    /// Steps that share what the columns may differ by as the texts in them would need it.
    fn by_demand(&self) -> Vec<i32> {
        let mut demands = vec![0.0; self.columns.len()];
        for cell in self.cells {
            let (from, to) = cell.columns;
            let demand = cell.text.length() * cell.cell.style.size / (to - from) as f32;
            for own in &mut demands[from..to] {
                *own += demand;
            }
        }
        let clamped = |share: f32| -> Vec<i32> {
            let columns = self.columns.iter().zip(&self.limits).zip(&demands);
            columns
                .map(|((column, &(least, most)), demand)| {
                    let steps = ((share * demand - column.width) / STEP).round() as i32;
                    steps.clamp(least, most)
                })
                .collect()
        };
        // The share at which the columns are as wide together as they were.
        let (mut low, mut high) = (0.0, 2.0 * TYPE_AREA.width());
        for _ in 0..24 {
            let share = f32::midpoint(low, high);
            if clamped(share).iter().sum::<i32>() > 0 {
                high = share;
            } else {
                low = share;
            }
        }
        let mut steps = clamped(low);
        // What rounding has left over goes to the columns that may take it.
        let mut rest = -steps.iter().sum::<i32>();
        for (steps, &(_, most)) in steps.iter_mut().zip(&self.limits) {
            let more = rest.clamp(0, most - *steps);
            *steps += more;
            rest -= more;
        }
        if rest == 0 { steps } else { vec![0; steps.len()] }
    }

    /// Moves width from column to column while the table becomes better: to each column that needs it from
    /// the one that misses it least.
    fn improve(&mut self, steps: &mut [i32]) {
        let mut cost = self.cost(steps);
        for _ in 0..MOST_ROUNDS {
            let before = cost;
            let takers = self.takers(steps);
            for to in (0..steps.len()).filter(|&column| takers[column]) {
                if let Some((then, widened)) = self.widened(steps, to, cost - LEAST_GAIN) {
                    steps.copy_from_slice(&widened);
                    cost = then;
                }
            }
            if cost >= before {
                break;
            }
        }
    }

    /// The widths with which column `to` is wider at the least cost, and that cost; only where it is less
    /// than `most`. One other column gives, or all that have something to spare.
    fn widened(&mut self, steps: &[i32], to: usize, most: f32) -> Option<(f32, Vec<i32>)> {
        let mut best: Option<(f32, Vec<i32>)> = None;
        let mut then = steps.to_vec();
        let givers: Vec<Option<usize>> = (0..steps.len())
            .filter(|&from| from != to)
            .map(Some)
            .chain([None])
            .collect();
        for from in givers {
            for by in MOVES {
                then.copy_from_slice(steps);
                if !self.give(&mut then, from, to, by) {
                    continue;
                }
                let cost = self.cost(&then);
                if cost < best.as_ref().map_or(most, |(least, _)| *least) {
                    best = Some((cost, then.clone()));
                }
            }
        }
        best
    }

    /// Gives so many steps to a column: from one other, or each from the one that can spare most then.
    fn give(&self, steps: &mut [i32], from: Option<usize>, to: usize, by: i32) -> bool {
        let spare = |steps: &[i32], column: usize| steps[column] - self.limits[column].0;
        if self.limits[to].1 - steps[to] < by {
            return false;
        }
        if let Some(from) = from {
            steps[from] -= by;
            steps[to] += by;
            return spare(steps, from) >= 0;
        }
        for _ in 0..by {
            let others = (0..steps.len()).filter(|&column| column != to);
            let richest = others.max_by_key(|&column| spare(steps, column));
            let Some(from) = richest.filter(|&column| spare(steps, column) > 0) else {
                return false;
            };
            steps[from] -= 1;
            steps[to] += 1;
        }
        true
    }

    /// How high the table is with these widths, in points, and what else speaks against them.
    fn cost(&mut self, steps: &[i32]) -> f32 {
        let mut against = 0.0;
        self.heights.clone_from(&self.least_heights);
        for live in &mut self.live {
            let fit = live.fit(steps);
            against += fit.lines.saturating_sub(1) as f32 * LINE;
            against += match fit.cut {
                Bond::Free => 0.0,
                Bond::Loose => CUT_UNIT,
                Bond::Word | Bond::Rule => CUT_WORD,
            };
            let cell = live.cell;
            if cell.rows == 1 {
                let needed = cell_height(&cell.cell.style, fit.lines);
                let height = &mut self.heights[cell.row];
                *height = height.max(needed);
            }
        }
        for live in self.live.iter_mut().filter(|live| live.cell.rows > 1) {
            let lines = live.fit(steps).lines;
            let end = live.cell.row + live.cell.rows;
            let have: f32 = self.heights[live.cell.row..end].iter().sum();
            let needed = cell_height(&live.cell.cell.style, lines);
            self.heights[end - 1] += (needed - have).max(0.0);
        }
        let height: f32 = self.heights.iter().sum();
        let stray: i32 = steps.iter().map(|steps| steps.abs()).sum();
        height + against + STRAY * STEP * stray as f32
    }

    /// The columns that a table is lower for, if they become wider: those with a text that makes its row
    /// high or that is cut where it should not be.
    fn takers(&mut self, steps: &[i32]) -> Vec<bool> {
        self.cost(steps);
        let mut takers = vec![false; steps.len()];
        for live in &mut self.live {
            let fit = live.fit(steps);
            let cell = live.cell;
            let rows = cell.row..cell.row + cell.rows;
            let have: f32 = self.heights[rows.clone()].iter().sum();
            let least: f32 = self.least_heights[rows].iter().sum();
            let is_high = have > least && cell_height(&cell.cell.style, fit.lines) > have - 0.5;
            if fit.lines > 1 && (is_high || fit.cut >= Bond::Loose) {
                takers[cell.columns.0..cell.columns.1].fill(true);
            }
        }
        takers
    }
}

/// The styles of the cells: as the template has them, but for the letters of crowded cells.
pub(super) fn styles(table: &Table, cells: &[MeasuredCell<'_>], edges: &[f32]) -> Vec<Style> {
    let width_of = |cell: &MeasuredCell<'_>| edges[cell.columns.1] - edges[cell.columns.0];
    let fit = |cell: &MeasuredCell<'_>, size: f32| {
        let width = width_of(cell);
        cell.text.fit(width - 2.0 * padding(width, size), size)
    };
    let may_shrink = |cell: &MeasuredCell<'_>| {
        let style = &cell.cell.style;
        style.least > 0.0 && style.least < style.size
    };
    let mut styles: Vec<Style> = cells.iter().map(|cell| cell.cell.style).collect();
    if !cells.iter().any(may_shrink) {
        return styles;
    }
    let heights: Vec<f32> = cells
        .iter()
        .map(|cell| cell_height(&cell.cell.style, fit(cell, cell.cell.style.size).lines))
        .collect();
    for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| may_shrink(cell)) {
        let style = cell.cell.style;
        let whole = fit(cell, style.size);
        let cuts_word = whole.cut >= Bond::Word;
        // What the row would be as high as without this cell.
        let others = cells
            .iter()
            .zip(&heights)
            .filter(|(other, _)| other.row == cell.row && other.rows == 1 && other.columns != cell.columns)
            .map(|(_, height)| *height)
            .fold(table.rows[cell.row].height, f32::max);
        let calm = CROWDED * others;
        let is_crowded = cell.rows == 1 && whole.lines > CALM_LINES && heights[at] > calm;
        if !cuts_word && !is_crowded {
            continue;
        }
        let mut chosen = None;
        let mut size = style.size;
        while size - SMALLER >= style.least.max(LEAST_SIZE) - 0.01 {
            size -= SMALLER;
            let smaller = with_size(&style, size);
            let then = fit(cell, size);
            let is_better = if cuts_word {
                then.cut < whole.cut
            } else {
                then.lines < whole.lines
            };
            if is_better {
                chosen = Some(smaller);
                if cuts_word || cell_height(&smaller, then.lines) <= calm {
                    break;
                }
            }
        }
        styles[at] = chosen.unwrap_or(style);
    }
    styles
}

/// No letter is smaller, whatever a template says.
const LEAST_SIZE: f32 = 8.0;

/// A style with other letters, whose lines are as near to one another.
fn with_size(style: &Style, size: f32) -> Style {
    Style {
        size,
        pitch: style.pitch * size / style.size,
        ..*style
    }
}
