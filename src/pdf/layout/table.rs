//! Tables over pages: rows as high as their text, header rows shown again, merged cells closed and
//! opened again, rows that are too high split at a line.
//!
//! A table is cut in one way only: between two rows. A row that has to be split is first made two
//! rows, and all cells across the cut are taken apart by the same few lines of [`Work::cut`].
//!
//! Architecture invariant: every line of every cell is shown once (but for labels that are repeated,
//! which say so), inside its cell; a page always takes at least one line, so that laying out ends.

mod borders;

use crate::pdf::layout::flow::{self, Flow, TOLERANCE};
use crate::pdf::layout::{Setter, Spot, baseline_in_line};
use crate::pdf::{Area, Role, TYPE_AREA};
use crate::sheet::{Cell, Table, Vertical};
use crate::text::lines::Line;

use borders::Borders;

/// Blank between a cell's side and its text, in points.
const PADDING_X: f32 = 3.0;
/// Blank between a cell's upper and lower edge and its text, in points.
const PADDING_Y: f32 = 2.5;
/// A row is split, not moved, when at least this part of a page would stay empty.
const SPLIT_FROM: f32 = 0.35;
/// A row higher than a page is begun where this part of a page is left.
const SPLIT_TALL_FROM: f32 = 0.2;
/// A merged cell of more lines than this is no label, and is not shown again on the next page.
const LABEL_LINES: usize = 6;

/// A table whose texts are broken into lines and whose rows have their heights.
pub(super) struct PreparedTable<'a> {
    rows: Vec<WorkRow<'a>>,
    /// The header rows, by group: header rows that stand together.
    groups: Vec<Vec<WorkRow<'a>>>,
    /// The lines of all cells.
    texts: Vec<Vec<Line>>,
}

/// A row on its way down the pages.
#[derive(Clone)]
struct WorkRow<'a> {
    height: f32,
    header: bool,
    /// The group of header rows that is shown above it on a continued page.
    group: Option<usize>,
    /// The cells that begin in it, from left to right.
    pieces: Vec<Piece<'a>>,
}

/// A cell, or the part of it that stands on one page.
#[derive(Clone)]
struct Piece<'a> {
    cell: &'a Cell,
    left: f32,
    right: f32,
    /// How many rows it is high.
    rows: usize,
    /// Which of the texts it shows, and which lines of it.
    text: usize,
    from: usize,
    to: usize,
    repeated: bool,
}

impl Piece<'_> {
    fn pitch(&self) -> f32 {
        self.cell.style.line_pitch().max(1.0)
    }

    fn height_of(&self, lines: usize) -> f32 {
        if lines == 0 {
            0.0
        } else {
            lines as f32 * self.pitch() + 2.0 * PADDING_Y
        }
    }

    fn lines(&self) -> usize {
        self.to - self.from
    }

    fn height(&self) -> f32 {
        self.height_of(self.lines())
    }

    /// How many lines a cell of that height holds.
    fn room(&self, height: f32) -> usize {
        ((height - 2.0 * PADDING_Y + TOLERANCE) / self.pitch()).max(0.0) as usize
    }
}

/// Sets the texts of a table and finds the heights of its rows.
pub(super) fn prepare<'a>(table: &'a Table, setter: &mut Setter<'_>) -> PreparedTable<'a> {
    let edges = column_edges(&table.columns);
    let columns = edges.len() - 1;
    let mut texts = Vec::new();
    let count = table.rows.len();
    let mut rows: Vec<WorkRow<'a>> = Vec::with_capacity(count);
    for (at, row) in table.rows.iter().enumerate() {
        let mut pieces = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            let first = cell.column.min(columns.saturating_sub(1));
            let last = (first + cell.column_span.max(1)).min(columns);
            let (left, right) = (edges[first], edges[last]);
            let width = right - left - 2.0 * padding(right - left, cell.style.size);
            let lines = setter.set(
                &cell.text,
                cell.field.as_deref(),
                &flow::setting(&cell.style, width),
            );
            pieces.push(Piece {
                cell,
                left,
                right,
                rows: cell.row_span.clamp(1, count - at),
                text: texts.len(),
                from: 0,
                to: lines.len(),
                repeated: false,
            });
            texts.push(lines);
        }
        pieces.sort_by_key(|piece| piece.cell.column);
        rows.push(WorkRow {
            height: row.height.clamp(0.0, TYPE_AREA.height()),
            header: row.header,
            group: None,
            pieces,
        });
    }
    fit_heights(&mut rows);
    let groups = group_headers(&mut rows);
    PreparedTable { rows, groups, texts }
}

/// The blank beside the text of a cell: less where the cell is hardly wider than a character.
fn padding(width: f32, size: f32) -> f32 {
    ((width - size) / 2.0).clamp(0.0, PADDING_X)
}

/// Where the columns begin and end on the page. A table wider than the type area is made to fit, a
/// narrower one stands in the middle.
fn column_edges(columns: &[f32]) -> Vec<f32> {
    let widths = columns
        .iter()
        .map(|width| if width.is_finite() { width.max(0.0) } else { 0.0 });
    let total: f32 = widths.clone().sum();
    let room = TYPE_AREA.width();
    let scale = if total > room { room / total } else { 1.0 };
    let mut x = TYPE_AREA.left + (room - total * scale) / 2.0;
    let mut edges = vec![x];
    for width in widths {
        x = (x + width * scale).min(TYPE_AREA.right);
        edges.push(x);
    }
    if edges.len() == 1 {
        edges = vec![TYPE_AREA.left, TYPE_AREA.right];
    }
    edges
}

/// Makes each row as high as its texts; what a merged cell needs more goes to its last row.
fn fit_heights(rows: &mut [WorkRow<'_>]) {
    let mut merged = Vec::new();
    for (at, row) in rows.iter_mut().enumerate() {
        for piece in &row.pieces {
            if piece.rows == 1 {
                row.height = row.height.max(piece.height());
            } else {
                merged.push((at + piece.rows, at, piece.height()));
            }
        }
    }
    merged.sort_by_key(|(end, start, _)| (*end, std::cmp::Reverse(*start)));
    for (end, start, needed) in merged {
        let have: f32 = rows[start..end].iter().map(|row| row.height).sum();
        if needed > have {
            rows[end - 1].height += needed - have;
        }
    }
}

/// Tells each row which header rows stand above it on a continued page: the last ones before it.
fn group_headers<'a>(rows: &mut [WorkRow<'a>]) -> Vec<Vec<WorkRow<'a>>> {
    let mut groups: Vec<Vec<WorkRow<'a>>> = Vec::new();
    let mut in_group = false;
    for row in rows.iter_mut() {
        if row.header {
            if !in_group {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.last_mut() {
                group.push(row.clone());
            }
        } else {
            row.group = groups.len().checked_sub(1);
        }
        in_group = row.header;
    }
    for group in &mut groups {
        let count = group.len();
        for (at, row) in group.iter_mut().enumerate() {
            for piece in &mut row.pieces {
                piece.rows = piece.rows.min(count - at);
                piece.repeated = true;
            }
        }
    }
    // A header that takes half of every page is worse than none.
    for group in &mut groups {
        if height_of(group) > TYPE_AREA.height() / 2.0 {
            group.clear();
        }
    }
    groups
}

fn height_of(rows: &[WorkRow<'_>]) -> f32 {
    rows.iter().map(|row| row.height).sum()
}

impl<'a> PreparedTable<'a> {
    /// The height that has to be there for the table to begin: its leading header rows and one row.
    pub fn least_height(&self) -> f32 {
        let headers = self.rows.iter().take_while(|row| row.header).count();
        let rows = &self.rows[..(headers + 1).min(self.rows.len())];
        height_of(rows).min(SPLIT_FROM * TYPE_AREA.height())
    }

    /// Puts the table on the pages.
    pub fn place(self, flow: &mut Flow<'a>) {
        let Self { rows, groups, texts } = self;
        let mut work = Work { rows, texts };
        let mut at = 0;
        while at < work.rows.len() {
            let head: &[WorkRow<'a>] = match work.rows[at].group {
                Some(group) if at > 0 && flow.is_fresh() => &groups[group],
                _ => &[],
            };
            let head_height = height_of(head);
            let room = flow.left() - head_height;
            let Some(end) = work.page_end(at, room, TYPE_AREA.height() - head_height, flow.is_fresh()) else {
                flow.new_page();
                continue;
            };
            if end < work.rows.len() {
                work.cut(at, end, room);
            }
            let shown: Vec<&WorkRow<'a>> = head.iter().chain(&work.rows[at..end]).collect();
            work.show(&shown, flow);
            at = end;
            if at < work.rows.len() {
                flow.new_page();
            }
        }
    }
}

/// The rows of a table while they are put on pages.
struct Work<'a> {
    rows: Vec<WorkRow<'a>>,
    texts: Vec<Vec<Line>>,
}

impl<'a> Work<'a> {
    /// The row before which a page ends that begins with row `at` and has `room` left, out of
    /// `capacity` for a page that is empty; splits that row if need be. Nothing if it takes a new page
    /// to go on.
    fn page_end(&mut self, at: usize, room: f32, capacity: f32, fresh: bool) -> Option<usize> {
        let mut used = 0.0;
        let mut end = at;
        while end < self.rows.len() && used + self.rows[end].height <= room + TOLERANCE {
            used += self.rows[end].height;
            end += 1;
        }
        if end == self.rows.len() {
            return Some(end);
        }
        let left = room - used;
        let alone = fresh && end == at;
        let tall = self.rows[end].height > capacity + TOLERANCE;
        let splits = alone || left >= SPLIT_FROM * capacity || (tall && left >= SPLIT_TALL_FROM * capacity);
        if splits && let Some(height) = self.split_height(at, end, left, alone) {
            self.split(end, height);
            return Some(end + 1);
        }
        // A header row never stays alone at the foot of a page.
        let mut back = end;
        while back > at && self.rows[back - 1].header {
            back -= 1;
        }
        if back > at {
            Some(back)
        } else if !fresh {
            None
        } else {
            Some(end.max(at + 1))
        }
    }

    /// How high the upper part of row `row` becomes when it is split in the `left` points that are
    /// there. Nothing if it cannot be split well; `forced` splits off a line all the same.
    fn split_height(&self, at: usize, row: usize, left: f32, forced: bool) -> Option<f32> {
        let mut height: f32 = 0.0;
        let mut remains = false;
        for start in at..=row {
            let above: f32 = height_of(&self.rows[start..row]);
            for piece in &self.rows[start].pieces {
                if start + piece.rows != row + 1 {
                    continue;
                }
                let count = piece.lines();
                let mut here = piece.room(above + left);
                if here < count {
                    remains = true;
                    if count - here == 1 && here > 2 {
                        here -= 1;
                    }
                    if here < 2 && count > here {
                        if !forced {
                            return None;
                        }
                        here = here.max(1);
                    }
                }
                height = height.max(piece.height_of(here.min(count)) - above);
            }
        }
        (remains && height > 0.0).then_some(height)
    }

    /// Makes two rows of row `row`, the upper one `height` high. The height of the lower one is found
    /// when the cells are cut.
    fn split(&mut self, row: usize, height: f32) {
        for start in 0..=row {
            for piece in &mut self.rows[start].pieces {
                if start + piece.rows > row {
                    piece.rows += 1;
                }
            }
        }
        let upper = &mut self.rows[row];
        upper.height = height;
        upper.header = false;
        let lower = WorkRow {
            height: 0.0,
            header: false,
            group: upper.group,
            pieces: Vec::new(),
        };
        self.rows.insert(row + 1, lower);
    }

    /// Takes apart all cells that stand in rows on both sides of `end`, on a page that begins with
    /// row `at` and has `room`.
    fn cut(&mut self, at: usize, end: usize, room: f32) {
        let mut free = room - height_of(&self.rows[at..end]);
        let mut rests: Vec<Piece<'a>> = Vec::new();
        for row in at..end {
            for index in 0..self.rows[row].pieces.len() {
                let piece = &self.rows[row].pieces[index];
                if row + piece.rows <= end {
                    continue;
                }
                // A label gets the room it needs, if the page has it.
                let mut have = height_of(&self.rows[row..end]);
                let lack = piece.height() - have;
                if lack > 0.0 && lack <= free && piece.lines() <= LABEL_LINES {
                    self.rows[end - 1].height += lack;
                    free -= lack;
                    have += lack;
                }
                let piece = &mut self.rows[row].pieces[index];
                let whole = self.texts[piece.text].len();
                let mut rest = piece.clone();
                rest.rows = row + piece.rows - end;
                piece.rows = end - row;
                let here = piece.room(have);
                if here < piece.lines() {
                    piece.to = piece.from + here;
                    rest.from = piece.to;
                } else if is_label(piece.cell, piece.lines(), whole) {
                    rest.repeated = true;
                } else {
                    rest.from = rest.to;
                }
                rests.push(rest);
            }
        }
        rests.sort_by_key(|piece| piece.rows);
        for rest in &rests {
            let lack = rest.height() - height_of(&self.rows[end..end + rest.rows]);
            if lack > 0.0 {
                self.rows[end + rest.rows - 1].height += lack;
            }
        }
        let next = &mut self.rows[end].pieces;
        next.append(&mut rests);
        next.sort_by_key(|piece| piece.cell.column);
    }

    /// Shows rows with their cells and borders at the place that the page is filled to.
    fn show(&self, rows: &[&WorkRow<'a>], flow: &mut Flow<'a>) {
        let mut y = flow.top();
        let mut tops = Vec::with_capacity(rows.len() + 1);
        tops.push(y);
        for row in rows {
            y += row.height;
            tops.push(y);
        }
        let mut borders = Borders::default();
        for (at, row) in rows.iter().enumerate() {
            for piece in &row.pieces {
                let area = Area {
                    left: piece.left,
                    right: piece.right,
                    top: tops[at],
                    bottom: tops[(at + piece.rows).min(rows.len())],
                };
                if piece.cell.style.shade {
                    flow.page().shades.push(area);
                }
                if piece.cell.style.border {
                    borders.add(&area);
                }
                self.show_text(piece, area, flow);
                if let Some(to) = &piece.cell.link {
                    flow.link_area(to, area);
                }
            }
        }
        borders.show(flow.page());
        flow.filled = y - TYPE_AREA.top;
    }

    fn show_text(&self, piece: &Piece<'a>, area: Area, flow: &mut Flow<'a>) {
        let style = &piece.cell.style;
        let blank = area.height() - piece.lines() as f32 * piece.pitch();
        let above = match style.vertical {
            Vertical::Top => PADDING_Y,
            Vertical::Middle => blank / 2.0,
            Vertical::Bottom => blank - PADDING_Y,
        };
        let top = area.top + above.max(0.0);
        let padding = padding(area.width(), style.size);
        let spot = Spot {
            within: area,
            left: area.left + padding,
            width: area.width() - 2.0 * padding,
            size: style.size,
            align: style.align,
            role: if piece.repeated {
                Role::Repeated
            } else {
                Role::Text
            },
        };
        for (at, line) in self.texts[piece.text][piece.from..piece.to].iter().enumerate() {
            let baseline = top + at as f32 * piece.pitch() + baseline_in_line(style);
            spot.show(line, baseline, flow.page());
        }
    }
}

/// Whether a cell that goes on over a page says there again what it says here: a merged cell of a few
/// lines does, and one that shows no field of the model; the value of a row that was split does not.
fn is_label(cell: &Cell, lines: usize, whole: usize) -> bool {
    lines == whole && lines <= LABEL_LINES && (cell.row_span > 1 || cell.field.is_none())
}
