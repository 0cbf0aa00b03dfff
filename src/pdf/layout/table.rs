//! Tables over pages: rows as high as their text, header rows shown again, merged cells closed and
//! opened again, rows that are too high split at a line.
//!
//! A table is cut in one way only: between two rows. A row that has to be split is first made two
//! rows, and all cells across the cut are taken apart by the same few lines of [`Work::cut`].
//!
//! Architecture invariant: every line of every cell is shown once (but for labels that are repeated,
//! which say so), inside its cell; a page always takes at least one line, so that laying out ends.

mod borders;
mod fitting;

use std::ops::Range;

use crate::pdf::layout::flow::{self, Flow, TOLERANCE};
use crate::pdf::layout::{Setter, Spot};
use crate::pdf::{Area, Role, TYPE_AREA};
use crate::sheet::{Cell, Style, Table, TextBlock, Vertical};
use crate::text::{Line, Setting};

use borders::Borders;
use fitting::MeasuredCell;

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

/// A table goes on to a page for one row alone only if fewer rows than this stand on the page before.
const FEW_ROWS: usize = 4;
/// Rows that fill less of their last page are closed up to save it, if the template allows that.
const LITTLE: f32 = 0.3;
/// Lines that close up are never nearer to one another than so many sizes.
const LEAST_PITCH: f32 = 1.15;
/// Lines are never closer than this part of what the template has.
const LEAST_TIGHT: f32 = 0.8;

/// A table whose texts are broken into lines and whose rows have their heights.
pub(super) struct PreparedTable<'a> {
    /// What follows a label that is shown again.
    continued: Option<&'a str>,
    /// By what factor lines and rows may close up where that saves a page.
    tight: f32,
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
    /// Its height whatever its texts are.
    least: f32,
    header: bool,
    /// Whether the row below it stays with it.
    keeps: bool,
    /// The group of header rows that is shown above it on a continued page.
    group: Option<usize>,
    /// The cells that begin in it, from left to right.
    pieces: Vec<Piece<'a>>,
}

impl WorkRow<'_> {
    /// Whether a page must not end after it.
    fn stays(&self) -> bool {
        self.header || self.keeps
    }
}

/// A cell, or the part of it that stands on one page.
#[derive(Clone)]
struct Piece<'a> {
    cell: &'a Cell,
    /// How it looks: as its cell does, but for the size of crowded letters.
    style: Style,
    left: f32,
    right: f32,
    /// How many rows it is high.
    rows: usize,
    /// Which of the texts it shows, and which lines of it.
    text: usize,
    from: usize,
    to: usize,
    repeated: bool,
    /// Whether it begins in a header row, which is shown again as a whole.
    in_header: bool,
}

impl Piece<'_> {
    fn pitch(&self) -> f32 {
        pitch(&self.style)
    }

    fn height_of(&self, lines: usize) -> f32 {
        cell_height(&self.style, lines)
    }

    /// How its text is set.
    fn setting(&self) -> Setting {
        cell_setting(&self.style, self.right - self.left)
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

fn pitch(style: &Style) -> f32 {
    style.line_pitch().max(1.0)
}

/// How high a cell is with so many lines.
fn cell_height(style: &Style, lines: usize) -> f32 {
    if lines == 0 {
        0.0
    } else {
        lines as f32 * pitch(style) + 2.0 * PADDING_Y
    }
}

/// How the text of a cell of that width is set.
fn cell_setting(style: &Style, width: f32) -> Setting {
    flow::setting(style, width - 2.0 * padding(width, style.size))
}

/// Sets the texts of a table and finds the heights of its rows.
pub(super) fn prepare<'a>(table: &'a Table, setter: &mut Setter<'_>) -> PreparedTable<'a> {
    let count = table.rows.len();
    let columns = table.columns.len().max(1);
    let mut cells = Vec::new();
    for (row, of_row) in table.rows.iter().enumerate() {
        for cell in &of_row.cells {
            let first = cell.column.min(columns - 1);
            cells.push(MeasuredCell {
                cell,
                text: setter.measure(&cell.text, cell.field.as_deref(), cell.style.face),
                row,
                rows: cell.row_span.clamp(1, count - row),
                columns: (first, (first + cell.column_span.max(1)).min(columns)),
            });
        }
    }
    let edges = fitting::column_edges(table, &cells);
    let styles = fitting::styles(table, &cells, &edges);
    let mut texts = Vec::with_capacity(cells.len());
    let mut rows: Vec<WorkRow<'a>> = table
        .rows
        .iter()
        .map(|row| WorkRow {
            height: row.height.clamp(0.0, TYPE_AREA.height()),
            least: row.height.clamp(0.0, TYPE_AREA.height()),
            header: row.header,
            keeps: row.keeps(),
            group: None,
            pieces: Vec::with_capacity(row.cells.len()),
        })
        .collect();
    for (measured, style) in cells.iter().zip(styles) {
        let (left, right) = (edges[measured.columns.0], edges[measured.columns.1]);
        let lines = measured.text.lines(&cell_setting(&style, right - left));
        rows[measured.row].pieces.push(Piece {
            cell: measured.cell,
            style,
            left,
            right,
            rows: measured.rows,
            text: texts.len(),
            from: 0,
            to: lines.len(),
            repeated: false,
            in_header: table.rows[measured.row].header,
        });
        texts.push(lines);
    }
    for row in &mut rows {
        row.pieces.sort_by_key(|piece| piece.cell.column);
    }
    fit_heights(&mut rows);
    let groups = group_headers(&mut rows);
    PreparedTable {
        continued: table.continued.as_deref(),
        tight: table.tight,
        rows,
        groups,
        texts,
    }
}

/// The blank beside the text of a cell: less where the cell is hardly wider than a character.
fn padding(width: f32, size: f32) -> f32 {
    ((width - size) / 2.0).clamp(0.0, PADDING_X)
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

    /// The height of all its rows.
    pub fn whole_height(&self) -> f32 {
        height_of(&self.rows)
    }

    /// Puts the table on the pages. The heading, if it says how it goes on, is shown again on each page
    /// that the table goes on to.
    pub fn place(self, heading: Option<&TextBlock>, flow: &mut Flow<'a>, setter: &mut Setter<'_>) {
        let mut heading = Heading::Unset(heading);
        let closed_up = (height_of(&self.rows) > flow.left())
            .then(|| self.closed_up())
            .flatten();
        let mut work = Work {
            continued: self.continued,
            rows: self.rows,
            groups: self.groups,
            texts: self.texts,
        };
        let (room, fresh) = ((flow.left(), flow.height()), flow.is_fresh());
        let mut parts = work.plan(room, fresh, &mut heading, setter);
        if let Some((rows, groups)) = closed_up
            && parts.len() > 1
            && parts
                .last()
                .is_some_and(|last| work.height(last) < LITTLE * TYPE_AREA.height())
        {
            let mut closer = Work {
                continued: work.continued,
                rows,
                groups,
                texts: std::mem::take(&mut work.texts),
            };
            let fewer = closer.plan(room, fresh, &mut heading, setter);
            if fewer.len() < parts.len() {
                (work, parts) = (closer, fewer);
            } else {
                work.texts = closer.texts;
            }
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 || part.on_new_page {
                flow.new_page();
            }
            if let Some(heading) = heading.set(part.goes_on, setter) {
                heading.show(flow);
            }
            work.show(part, flow);
        }
    }

    /// The rows with their header groups, closer to one another as far as the template allows it.
    fn closed_up(&self) -> Option<(Vec<WorkRow<'a>>, Vec<Vec<WorkRow<'a>>>)> {
        if !(LEAST_TIGHT..1.0).contains(&self.tight) {
            return None;
        }
        let mut rows = self.rows.clone();
        for row in &mut rows {
            row.height = row.least * self.tight;
            for piece in &mut row.pieces {
                let style = &mut piece.style;
                let pitch = style.line_pitch();
                style.pitch = pitch.min((pitch * self.tight).max(LEAST_PITCH * style.size));
            }
        }
        fit_heights(&mut rows);
        let groups = group_headers(&mut rows);
        Some((rows, groups))
    }
}

/// What of a table stands on one page.
struct Part {
    /// Whether it begins a page, though it is the first one.
    on_new_page: bool,
    /// Whether rows of the table stand on pages before.
    goes_on: bool,
    /// The group of header rows that is shown above it.
    head: Option<usize>,
    /// Its rows.
    rows: Range<usize>,
}

/// The heading of a table, set for the pages that it goes on to when there is the first of them.
enum Heading<'a> {
    Unset(Option<&'a TextBlock>),
    Set(Option<ContinuedHeading>),
}

impl Heading<'_> {
    /// The heading of a page that the table goes on to; nothing on other pages.
    fn set(&mut self, goes_on: bool, setter: &mut Setter<'_>) -> Option<&ContinuedHeading> {
        if !goes_on {
            return None;
        }
        if let Heading::Unset(block) = self {
            *self = Heading::Set(block.and_then(|block| ContinuedHeading::new(block, setter)));
        }
        match self {
            Heading::Set(heading) => heading.as_ref(),
            Heading::Unset(_) => None,
        }
    }
}

/// A heading as it stands above a table that goes on.
struct ContinuedHeading {
    style: Style,
    lines: Vec<Line>,
}

impl ContinuedHeading {
    fn new(block: &TextBlock, setter: &mut Setter<'_>) -> Option<Self> {
        let text = format!("{}{}", block.text, block.continued.as_deref()?);
        let setting = flow::setting(&block.style, TYPE_AREA.width());
        let lines = setter.set(&text, block.field.as_deref(), &setting);
        let heading = Self {
            style: block.style,
            lines,
        };
        // One that takes half of every page is worse than none.
        (heading.height() <= TYPE_AREA.height() / 4.0).then_some(heading)
    }

    fn height(&self) -> f32 {
        self.lines.len() as f32 * pitch(&self.style) + self.style.after.max(0.0)
    }

    fn show(&self, flow: &mut Flow<'_>) {
        let spot = Spot {
            role: Role::Repeated,
            within: flow.area(),
            ..Spot::of_text(&self.style)
        };
        spot.show_all(&self.lines, &self.style, flow.top(), flow.page());
        flow.filled += self.height();
    }
}

/// The rows of a table while they are put on pages.
struct Work<'a> {
    continued: Option<&'a str>,
    rows: Vec<WorkRow<'a>>,
    groups: Vec<Vec<WorkRow<'a>>>,
    texts: Vec<Vec<Line>>,
}

impl<'a> Work<'a> {
    /// Shares the rows among pages, of which the first has `room` and the others `whole`; what stands on two of them is cut.
    fn plan(
        &mut self,
        (room, whole): (f32, f32),
        fresh: bool,
        heading: &mut Heading<'_>,
        setter: &mut Setter<'_>,
    ) -> Vec<Part> {
        let (mut room, mut fresh) = (room, fresh);
        let mut on_new_page = false;
        let mut parts = Vec::new();
        let mut at = 0;
        while at < self.rows.len() {
            let goes_on = at > 0;
            let head = self.rows[at].group.filter(|_| goes_on);
            let heading_height = heading.set(goes_on, setter).map_or(0.0, ContinuedHeading::height);
            let above = head.map_or(0.0, |group| height_of(&self.groups[group])) + heading_height;
            let capacity = whole - above;
            let Some(end) = self.page_end(at, room - above, capacity, fresh) else {
                (room, fresh, on_new_page) = (whole, true, true);
                continue;
            };
            if end < self.rows.len() {
                self.cut(at, end, room - above, setter);
            }
            parts.push(Part {
                on_new_page,
                goes_on,
                head,
                rows: at..end,
            });
            at = end;
            (room, fresh) = (whole, true);
        }
        parts
    }

    /// How high the rows of a part are.
    fn height(&self, part: &Part) -> f32 {
        height_of(&self.rows[part.rows.clone()])
    }

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
        // No row goes on alone, where there are enough to share.
        let last = &self.rows[end - usize::from(end > at)];
        if end + 1 == self.rows.len()
            && end - at >= FEW_ROWS
            && self.rows[end].height + last.height <= capacity / 2.0
            && !last.header
            && !self.rows[end - 2].stays()
        {
            return Some(end - 1);
        }
        let left = room - used;
        let alone = fresh && end == at;
        let tall = self.rows[end].height > capacity + TOLERANCE;
        let splits = alone || left >= SPLIT_FROM * capacity || (tall && left >= SPLIT_TALL_FROM * capacity);
        if splits && let Some(height) = self.split_height(at, end, left, alone) {
            self.split(end, height);
            return Some(end + 1);
        }
        // A row that heads others never stays alone at the foot of a page.
        let mut back = end;
        while back > at && self.rows[back - 1].stays() {
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
            least: 0.0,
            header: false,
            keeps: false,
            group: upper.group,
            pieces: Vec::new(),
        };
        self.rows.insert(row + 1, lower);
    }

    /// Takes apart all cells that stand in rows on both sides of `end`, on a page that begins with
    /// row `at` and has `room`.
    fn cut(&mut self, at: usize, end: usize, room: f32, setter: &mut Setter<'_>) {
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
                } else if is_label(piece.cell, piece.lines(), whole) && !piece.in_header {
                    rest.repeated = true;
                    if let Some(continued) = self.continued {
                        let text = format!("{}{continued}", piece.cell.text);
                        let lines = setter.set(&text, piece.cell.field.as_deref(), &piece.setting());
                        (rest.text, rest.from, rest.to) = (self.texts.len(), 0, lines.len());
                        self.texts.push(lines);
                    }
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

    /// Shows a part with its cells and borders at the place that the page is filled to.
    fn show(&self, part: &Part, flow: &mut Flow<'a>) {
        let head = part.head.map_or(&[][..], |group| &self.groups[group]);
        let rows: Vec<&WorkRow<'a>> = head.iter().chain(&self.rows[part.rows.clone()]).collect();
        let mut y = flow.top();
        let mut tops = Vec::with_capacity(rows.len() + 1);
        tops.push(y);
        for row in &rows {
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
        flow.filled = y - flow.area().top;
    }

    fn show_text(&self, piece: &Piece<'a>, area: Area, flow: &mut Flow<'a>) {
        let style = &piece.style;
        let blank = area.height() - piece.lines() as f32 * piece.pitch();
        let above = match style.vertical {
            Vertical::Top => PADDING_Y,
            Vertical::Middle => blank / 2.0,
            Vertical::Bottom => blank - PADDING_Y,
        };
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
        let lines = &self.texts[piece.text][piece.from..piece.to];
        spot.show_all(lines, style, area.top + above.max(0.0), flow.page());
    }
}

/// Whether a cell that goes on over a page says there again what it says here: a merged cell of a few
/// lines does, and one that shows no field of the model; the value of a row that was split does not.
fn is_label(cell: &Cell, lines: usize, whole: usize) -> bool {
    lines == whole && lines <= LABEL_LINES && (cell.row_span > 1 || cell.field.is_none())
}
