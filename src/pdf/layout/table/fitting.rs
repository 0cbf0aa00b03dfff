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

/// What columns give each other at a time, in points, the most first.
const STEPS: [f32; 4] = [24.0, 12.0, 6.0, 3.0];
/// How often columns give each other anything.
const MOST_MOVES: usize = 24;
/// What a cut word is worth, in points of height.
const CUT_WORD: f32 = 40.0;
/// What a number apart from its unit is worth.
const CUT_UNIT: f32 = 60.0;
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

/// The widths of the columns while they are chosen.
struct Widths<'a> {
    table: &'a Table,
    columns: &'a [Column],
    cells: &'a [MeasuredCell<'a>],
    /// For each cell what is known of it: its width in points, and how its text fits.
    known: Vec<Vec<(f32, Fit)>>,
    /// The heights of the rows, kept for [`Self::cost`].
    heights: Vec<f32>,
}

impl<'a> Widths<'a> {
    fn new(table: &'a Table, columns: &'a [Column], cells: &'a [MeasuredCell<'a>]) -> Self {
        Self {
            table,
            columns,
            cells,
            known: vec![Vec::new(); cells.len()],
            heights: Vec::with_capacity(table.rows.len()),
        }
    }

    fn choose(mut self) -> Vec<f32> {
        let mut widths: Vec<f32> = self.columns.iter().map(|column| column.width).collect();
        let is_fixed = self.columns.iter().all(|column| column.least >= column.most);
        if is_fixed || !self.takers(&widths).contains(&true) {
            return widths;
        }
        let cost = self.improve(&mut widths);
        // What moves a little at a time may miss what lies further off.
        let mut by_demand = self.by_demand();
        if self.improve(&mut by_demand) < cost - LEAST_GAIN {
            widths = by_demand;
        }
        widths
    }

    /// Widths that share what the columns may differ by as the texts in them would need it.
    fn by_demand(&self) -> Vec<f32> {
        let mut demands = vec![0.0; self.columns.len()];
        for cell in self.cells {
            let (from, to) = cell.columns;
            let demand = cell.text.length() * cell.cell.style.size / (to - from) as f32;
            for own in &mut demands[from..to] {
                *own += demand;
            }
        }
        let total: f32 = self.columns.iter().map(|column| column.width).sum();
        let clamped = |share: f32| {
            let widths = self.columns.iter().zip(&demands);
            widths.map(move |(column, demand)| (share * demand).clamp(column.least, column.most))
        };
        // Half as much or twice: forty halvings find the share to a hair.
        let (mut low, mut high) = (0.0, total);
        for _ in 0..40 {
            let share = f32::midpoint(low, high);
            if clamped(share).sum::<f32>() > total {
                high = share;
            } else {
                low = share;
            }
        }
        let mut widths: Vec<f32> = clamped(low).collect();
        let lack = total - widths.iter().sum::<f32>();
        // The rest of less than a hair, or what no column may take.
        if let Some((width, column)) = widths
            .iter_mut()
            .zip(self.columns)
            .max_by(|one, other| (one.1.most - *one.0).total_cmp(&(other.1.most - *other.0)))
            && lack <= column.most - *width
        {
            *width += lack;
            widths
        } else {
            self.columns.iter().map(|column| column.width).collect()
        }
    }

    /// Moves width from column to column while the table becomes better; returns its cost.
    fn improve(&mut self, widths: &mut [f32]) -> f32 {
        let mut cost = self.cost(widths);
        for _ in 0..MOST_MOVES {
            let takers = self.takers(widths);
            let mut best: Option<(f32, usize, usize, f32)> = None;
            for to in (0..widths.len()).filter(|&column| takers[column]) {
                for from in (0..widths.len()).filter(|&column| column != to) {
                    let may_give = widths[from] - self.columns[from].least;
                    let may_take = self.columns[to].most - widths[to];
                    for step in STEPS.into_iter().filter(|&step| step <= may_give.min(may_take)) {
                        widths[from] -= step;
                        widths[to] += step;
                        let then = self.cost(widths);
                        widths[from] += step;
                        widths[to] -= step;
                        if then < best.map_or(cost - LEAST_GAIN, |(least, ..)| least) {
                            best = Some((then, from, to, step));
                        }
                    }
                }
            }
            let Some((then, from, to, step)) = best else { break };
            widths[from] -= step;
            widths[to] += step;
            cost = then;
        }
        cost
    }

    /// How the text of a cell fits into its columns.
    fn fit(&mut self, at: usize, widths: &[f32]) -> Fit {
        let cell = &self.cells[at];
        let width: f32 = widths[cell.columns.0..cell.columns.1].iter().sum();
        let known = &mut self.known[at];
        if let Some((_, fit)) = known.iter().find(|(of, _)| (of - width).abs() < 0.01) {
            return *fit;
        }
        let size = cell.cell.style.size;
        let fit = cell.text.fit(width - 2.0 * padding(width, size), size);
        known.push((width, fit));
        fit
    }

    /// How high the table is with these widths, in points, and what else speaks against them.
    fn cost(&mut self, widths: &[f32]) -> f32 {
        let mut against = 0.0;
        let mut heights = std::mem::take(&mut self.heights);
        heights.clear();
        heights.extend(self.table.rows.iter().map(|row| row.height.max(0.0)));
        for at in 0..self.cells.len() {
            let fit = self.fit(at, widths);
            against += match fit.cut {
                Bond::Free => 0.0,
                Bond::Loose => CUT_UNIT,
                Bond::Word | Bond::Rule => CUT_WORD,
            };
            against += fit.lines.saturating_sub(1) as f32 * LINE;
            let cell = &self.cells[at];
            let needed = cell_height(&cell.cell.style, fit.lines);
            if cell.rows == 1 {
                heights[cell.row] = heights[cell.row].max(needed);
            }
        }
        for at in 0..self.cells.len() {
            let cell = &self.cells[at];
            if cell.rows > 1 {
                let lines = self.fit(at, widths).lines;
                let cell = &self.cells[at];
                let end = cell.row + cell.rows;
                let have: f32 = heights[cell.row..end].iter().sum();
                let needed = cell_height(&cell.cell.style, lines);
                heights[end - 1] += (needed - have).max(0.0);
            }
        }
        let height: f32 = heights.iter().sum();
        let strays = widths.iter().zip(self.columns);
        let stray: f32 = strays.map(|(width, column)| (width - column.width).abs()).sum();
        self.heights = heights;
        height + against + STRAY * stray
    }

    /// The columns that a table is lower for, if they become wider: those with a cell that makes its row
    /// high or cuts a word.
    fn takers(&mut self, widths: &[f32]) -> Vec<bool> {
        self.cost(widths);
        let heights = std::mem::take(&mut self.heights);
        let mut takers = vec![false; widths.len()];
        for at in 0..self.cells.len() {
            let fit = self.fit(at, widths);
            let cell = &self.cells[at];
            let (row, end) = (cell.row, cell.row + cell.rows);
            let have: f32 = heights[row..end].iter().sum();
            let least: f32 = self.table.rows[row..end].iter().map(|row| row.height).sum();
            let is_high = have > least && cell_height(&cell.cell.style, fit.lines) > have - 0.5;
            if fit.lines > 1 && (is_high || fit.cut >= Bond::Loose) {
                takers[cell.columns.0..cell.columns.1].fill(true);
            }
        }
        self.heights = heights;
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
