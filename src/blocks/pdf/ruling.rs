//! Ruling lines → the grids of tables, with their merged cells.

use super::glyphs::Line;

/// Lines that stand no further apart, in points, are one: the borders of neighbours, a double line.
const NEAR: f64 = 3.0;
/// The pieces of a line may have gaps that wide: dashes, corners.
const GAP: f64 = 4.0;
/// How far a line may stop short of the line it meets.
const REACH: f64 = 3.5;
/// A shorter line is a stroke of something else.
const SHORTEST: f64 = 6.0;
/// The most pairs of lines that are looked at on one page, and the most cells of one grid.
const MOST_PAIRS: usize = 3_000_000;
const MOST_CELLS: usize = 100_000;
/// The most tables of one page.
const MOST_GRIDS: usize = 100;

/// A table as its lines show it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// Where its columns begin and end.
    pub(super) xs: Vec<f64>,
    /// Where its rows begin and end.
    pub(super) ys: Vec<f64>,
    /// Its cells, by row and column.
    pub(super) cells: Vec<GridCell>,
    /// The cell at each place, row by row.
    places: Vec<u32>,
}

/// A cell of a grid: a rectangle without lines in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Grid {
    /// The cell around a point.
    pub(super) fn cell_at(&self, (x, y): (f64, f64)) -> Option<usize> {
        let column = self.xs.partition_point(|&edge| edge <= x).checked_sub(1)?;
        let row = self.ys.partition_point(|&edge| edge <= y).checked_sub(1)?;
        let columns = self.xs.len() - 1;
        (column < columns && row + 1 < self.ys.len()).then(|| self.places[row * columns + column] as usize)
    }

    /// The left and right edges of a cell.
    pub(super) fn sides(&self, cell: usize) -> (f64, f64) {
        let cell = self.cells[cell];
        (self.xs[cell.column], self.xs[cell.column + cell.columns])
    }

    /// The size of the rectangle around it.
    pub(super) fn area(&self) -> f64 {
        let extent = |edges: &[f64]| edges[edges.len() - 1] - edges[0];
        extent(&self.xs) * extent(&self.ys)
    }
}

/// The tables that the lines of a page make, from top to bottom. A frame around everything is none.
pub(super) fn grids(horizontal: &[Line], vertical: &[Line]) -> Vec<Grid> {
    let horizontal = joined(horizontal);
    let vertical = joined(vertical);
    let Some((groups, horizontal, vertical)) = connected(&horizontal, &vertical) else {
        return Vec::new();
    };
    let mut across = vec![Vec::new(); groups];
    let mut down = vec![Vec::new(); groups];
    for (group, line) in horizontal {
        across[group].push(line);
    }
    for (group, line) in vertical {
        down[group].push(line);
    }
    let mut grids: Vec<Grid> = across
        .iter()
        .zip(&down)
        .filter_map(|(across, down)| grid(across, down))
        .filter(|grid| grid.cells.len() > 1)
        .collect();
    // A drawing of many boxes is no page of tables; the largest may be some.
    grids.sort_by(|a, b| b.area().total_cmp(&a.area()));
    grids.truncate(MOST_GRIDS);
    grids.sort_by(|a, b| a.ys[0].total_cmp(&b.ys[0]));
    grids
}

/// The lines with their pieces put together.
fn joined(lines: &[Line]) -> Vec<Line> {
    let mut pieces = lines.to_vec();
    pieces.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut whole: Vec<Line> = Vec::new();
    let mut rest = pieces.as_mut_slice();
    while let Some(first) = rest.first() {
        let limit = first.at + NEAR;
        let (bunch, after) = rest.split_at_mut(rest.partition_point(|line| line.at <= limit));
        rest = after;
        bunch.sort_by(|a, b| a.from.total_cmp(&b.from));
        // The line stands where the most of it stands.
        let mut weight = 0.0;
        let begin = whole.len();
        for piece in bunch {
            let length = piece.to - piece.from;
            match whole[begin..].last_mut() {
                Some(line) if piece.from <= line.to + GAP => {
                    line.at += (piece.at - line.at) * length / (weight + length).max(1e-9);
                    line.to = line.to.max(piece.to);
                    weight += length;
                }
                _ => {
                    whole.push(*piece);
                    weight = length;
                }
            }
        }
    }
    whole.retain(|line| line.to - line.from >= SHORTEST);
    whole.sort_by(|a, b| a.at.total_cmp(&b.at));
    whole
}

type Grouped = Vec<(usize, Line)>;

/// How many groups there are of lines that meet others at both ends, and these lines, each with the number
/// of its group. An underline meets none, and so is no border. `None` if there are too many lines to be
/// tables.
fn connected(horizontal: &[Line], vertical: &[Line]) -> Option<(usize, Grouped, Grouped)> {
    let mut groups = Groups::new(horizontal.len() + vertical.len());
    let mut meetings: Vec<Option<(f64, f64)>> = vec![None; horizontal.len() + vertical.len()];
    let mut pairs = 0;
    for (h, line) in horizontal.iter().enumerate() {
        let first = vertical.partition_point(|other| other.at < line.from - REACH);
        for (v, other) in vertical.iter().enumerate().skip(first) {
            pairs += 1;
            if pairs > MOST_PAIRS {
                return None;
            }
            if other.at > line.to + REACH {
                break;
            }
            if line.at < other.from - REACH || line.at > other.to + REACH {
                continue;
            }
            let v = horizontal.len() + v;
            groups.join(h, v);
            for (one, at) in [(h, other.at), (v, line.at)] {
                let (low, high) = meetings[one].unwrap_or((at, at));
                meetings[one] = Some((low.min(at), high.max(at)));
            }
        }
    }
    // How far each group reaches: a table may have no line at its sides, or at the end of a page.
    let count = horizontal.len();
    let mut extents =
        vec![[f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY]; meetings.len()];
    for (one, line) in horizontal.iter().chain(vertical).enumerate() {
        if meetings[one].is_some() {
            let side = if one < count { 0 } else { 2 };
            let extent = &mut extents[groups.of(one)];
            extent[side] = extent[side].min(line.from);
            extent[side + 1] = extent[side + 1].max(line.to);
        }
    }
    let mut numbers = vec![usize::MAX; meetings.len()];
    let mut next = 0;
    let (mut across, mut down) = (Vec::new(), Vec::new());
    for (one, line) in horizontal.iter().chain(vertical).enumerate() {
        let Some((low, high)) = meetings[one] else {
            continue;
        };
        let group = groups.of(one);
        let side = if one < count { 0 } else { 2 };
        let [from, to] = [extents[group][side], extents[group][side + 1]];
        let low = if line.from - from <= REACH { line.from } else { low };
        let high = if to - line.to <= REACH { line.to } else { high };
        if high - low < SHORTEST {
            continue;
        }
        if numbers[group] == usize::MAX {
            numbers[group] = next;
            next += 1;
        }
        let line = Line {
            at: line.at,
            from: low,
            to: high,
        };
        if one < count {
            across.push((numbers[group], line));
        } else {
            down.push((numbers[group], line));
        }
    }
    Some((next, across, down))
}

/// Groups of things that hang together.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn of(&mut self, one: usize) -> usize {
        let mut root = one;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// The grid of lines that hang together; `None` if they enclose nothing.
fn grid(across: &[Line], down: &[Line]) -> Option<Grid> {
    let xs = edges(down, across);
    let ys = edges(across, down);
    if xs.len() < 2 || ys.len() < 2 || (xs.len() - 1) * (ys.len() - 1) > MOST_CELLS {
        return None;
    }
    let (columns, rows) = (xs.len() - 1, ys.len() - 1);
    // Whether there is a line to the left of a place, and above it.
    let mut left = vec![false; columns * rows];
    let mut above = vec![false; columns * rows];
    for line in down {
        let column = nearest(&xs, line.at);
        if column < columns {
            for row in covered(&ys, line) {
                left[row * columns + column] = true;
            }
        }
    }
    for line in across {
        let row = nearest(&ys, line.at);
        if row < rows {
            for column in covered(&xs, line) {
                above[row * columns + column] = true;
            }
        }
    }
    let mut places = vec![u32::MAX; columns * rows];
    let mut cells = Vec::new();
    for place in 0..columns * rows {
        if places[place] != u32::MAX {
            continue;
        }
        let (row, column) = (place / columns, place % columns);
        let mut width = 1;
        while column + width < columns && !left[place + width] && places[place + width] == u32::MAX {
            width += 1;
        }
        let mut height = 1;
        while row + height < rows {
            let below = place + height * columns;
            let is_open = (0..width).all(|by| !above[below + by] && places[below + by] == u32::MAX);
            let is_whole = (1..width).all(|by| !left[below + by]);
            if !is_open || !is_whole {
                break;
            }
            height += 1;
        }
        for by in 0..height {
            let begin = place + by * columns;
            places[begin..begin + width].fill(cells.len() as u32);
        }
        cells.push(GridCell {
            row,
            column,
            rows: height,
            columns: width,
        });
    }
    Some(Grid {
        xs,
        ys,
        cells,
        places,
    })
}

/// Where the lines of one direction stand, and the open ends of the lines of the other.
fn edges(lines: &[Line], others: &[Line]) -> Vec<f64> {
    let mut edges: Vec<f64> = lines.iter().map(|line| line.at).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|next, kept| *next - *kept <= NEAR);
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
        return edges;
    };
    let low = others.iter().map(|line| line.from).fold(f64::INFINITY, f64::min);
    let high = others
        .iter()
        .map(|line| line.to)
        .fold(f64::NEG_INFINITY, f64::max);
    if first - low > SHORTEST {
        edges.insert(0, low);
    }
    if high - last > SHORTEST {
        edges.push(high);
    }
    edges
}

/// The edge that is nearest to a place; there is at least one.
pub(super) fn nearest(edges: &[f64], at: f64) -> usize {
    let after = edges.partition_point(|&edge| edge < at);
    let is_before = after > 0 && (after == edges.len() || at - edges[after - 1] <= edges[after] - at);
    if is_before { after - 1 } else { after }
}

/// The intervals between edges that a line covers.
fn covered(edges: &[f64], line: &Line) -> impl Iterator<Item = usize> {
    let first = edges.partition_point(|&edge| edge < line.from).saturating_sub(1);
    let (from, to) = (line.from, line.to);
    (first..edges.len() - 1)
        .take_while(move |&at| edges[at] < to)
        .filter(move |&at| {
            let inside = to.min(edges[at + 1]) - from.max(edges[at]);
            inside >= 0.75 * (edges[at + 1] - edges[at])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: f64, from: f64, to: f64) -> Line {
        Line { at, from, to }
    }

    fn cells(grid: &Grid) -> Vec<(usize, usize, usize, usize)> {
        let cells = grid.cells.iter();
        cells
            .map(|cell| (cell.row, cell.column, cell.rows, cell.columns))
            .collect()
    }

    #[test]
    fn regions_without_lines_in_them_are_cells() {
        // Two rows; the first column is merged downward, the others are merged in the second row.
        let across = [
            line(0.0, 0.0, 300.0),
            line(40.0, 100.0, 300.0),
            line(80.0, 0.0, 300.0),
        ];
        let down = [
            line(0.0, 0.0, 80.0),
            line(100.0, 0.0, 80.0),
            line(200.0, 0.0, 40.0),
            line(300.0, 0.0, 80.0),
        ];
        let grids = grids(&across, &down);
        assert_eq!(grids.len(), 1);
        assert_eq!(
            cells(&grids[0]),
            [(0, 0, 2, 1), (0, 1, 1, 1), (0, 2, 1, 1), (1, 1, 1, 2)]
        );
        assert_eq!(grids[0].cell_at((50.0, 60.0)), Some(0));
        assert_eq!(grids[0].cell_at((250.0, 60.0)), Some(3));
        assert_eq!(grids[0].cell_at((350.0, 60.0)), None);
    }

    #[test]
    fn dashes_and_double_borders_are_one_line() {
        // Each cell has a rectangle of its own, a point and a half apart, drawn in dashes.
        let mut across = Vec::new();
        let mut down = Vec::new();
        for (x0, x1) in [(0.0, 99.0), (100.5, 200.0)] {
            for y in [0.0, 39.0, 40.5, 80.0] {
                across.extend(
                    (0..40).map(|at| line(y, x0 + f64::from(at) * 2.5, x0 + f64::from(at) * 2.5 + 1.5)),
                );
            }
            for (y0, y1) in [(0.0, 39.0), (40.5, 80.0)] {
                down.push(line(x0, y0, y1));
                down.push(line(x1, y0, y1));
            }
        }
        let grids = grids(&across, &down);
        assert_eq!(grids.len(), 1);
        assert_eq!(
            cells(&grids[0]),
            [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
        );
    }

    #[test]
    fn underlines_and_frames_are_no_tables() {
        let frame = [line(0.0, 0.0, 500.0), line(800.0, 0.0, 500.0)];
        let sides = [line(0.0, 0.0, 800.0), line(500.0, 0.0, 800.0)];
        assert_eq!(grids(&frame, &sides), []);
        let mut across = frame.to_vec();
        across.push(line(400.0, 100.0, 300.0));
        assert_eq!(grids(&across, &sides), []);
        // In a cell neither.
        let mut down = sides.to_vec();
        down.push(line(250.0, 0.0, 800.0));
        across.push(line(300.0, 20.0, 200.0));
        assert_eq!(cells(&grids(&across, &down)[0]), [(0, 0, 1, 1), (0, 1, 1, 1)]);
    }

    #[test]
    fn sides_and_page_ends_may_be_open() {
        let across = [line(10.0, 0.0, 300.0), line(50.0, 0.0, 300.0)];
        let down = [line(100.0, 10.0, 90.0), line(200.0, 10.0, 90.0)];
        let grids = grids(&across, &down);
        assert_eq!(grids[0].xs, [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(grids[0].ys, [10.0, 50.0, 90.0]);
        assert_eq!(grids[0].cells.len(), 6);
    }
}
