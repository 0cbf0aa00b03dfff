//! A sheet placed on the rows and columns of a worksheet: the common column grid of its tables, rows
//! as high as their text needs, and which rows belong together on a page.
//!
//! Architecture invariant: nothing here knows of a file format; lengths are pixels of 1/96 inch, the
//! unit in which programs keep the columns and rows of a workbook.

use std::ops::Range;

use rust_decimal::Decimal;

use super::pages;
use crate::finding::{Code, Finding, Message};
use crate::sheet::{
    Align, Block, Cell, Chart, ChartKind, Entry, Formula, Sheet, Style, Table, TextBlock, Vertical,
};
use crate::text::rows::{self, Lines, MAX_ROW, MIN_ROW};

/// The most UTF-16 units that a cell holds.
const MAX_UNITS: usize = 32_767;
/// Column edges nearer than this are one edge.
const SNAP: u32 = 2;
/// Space between blocks from which on it is a row of its own (12 pt).
const SPACER: u32 = 16;
/// Width of a sheet without tables: 28 characters of 16 pt, an official line, and the edges of the cell.
const TEXT_WIDTH: u32 = 604;
/// Height of a line of letters over their size, without the space between lines.
const LETTERS: f32 = 1.3;
/// Height of a chart without its bars.
const CHART_FRAME: u32 = 90;
/// Height of a bar of a chart, with the space beside it.
const CHART_BAR: u32 = 26;
/// The most decimals of the numbers in a chart.
const MOST_DECIMALS: u32 = 4;
/// Height of a chart of curves.
const CURVE_HEIGHT: u32 = 260;
/// The greatest height of a chart: a page with room to spare, however many bars there are.
const CHART_MOST: u32 = pages::HEIGHT - 60;
/// The most columns of a worksheet.
const MAX_COLUMNS: usize = 16_384;
/// The widest column of a worksheet, 255 figures of the default font.
const MAX_COLUMN: u32 = 1_790;

/// A worksheet's content with its place.
#[derive(Debug, Default)]
pub(super) struct Placed<'a> {
    /// Widths of the columns.
    pub columns: Vec<u32>,
    /// Heights of the rows, at most [`MAX_ROW`] each.
    pub rows: Vec<u32>,
    /// The cells, from top to bottom. None covers another.
    pub cells: Vec<PlacedCell<'a>>,
    /// The rows that are shown again on top of each page that follows them.
    pub header: Option<Range<u32>>,
    /// Rows that a new page begins with because the program's own choice would cut something.
    pub breaks: Vec<u32>,
    /// The names that links point to, with their rows.
    pub anchors: Vec<(&'a str, u32)>,
    /// For each row whether people may insert, delete and move rows there.
    pub open: Vec<bool>,
    /// The charts.
    pub charts: Vec<PlacedChart<'a>>,
    /// What rows are known by, with the rows that each takes.
    pub keys: Vec<(&'a str, Range<u32>)>,
}

/// A chart with its place and the cells that it shows.
#[derive(Debug)]
pub(super) struct PlacedChart<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// The rows below the table that it covers.
    pub rows: Range<u32>,
    /// What it shows the amounts as.
    pub kind: ChartKind,
    /// The columns of the amounts, with what they are called.
    pub columns: Vec<(&'a str, u16)>,
    /// The names of the bars, with their rows.
    pub bars: Vec<(&'a str, u32)>,
    /// How many decimals its numbers have.
    pub decimals: u32,
    /// The least of them, 0 where there is none.
    pub least: Decimal,
    /// The greatest of them.
    pub greatest: Decimal,
}

/// One cell with its place.
#[derive(Clone, Debug)]
pub(super) struct PlacedCell<'a> {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u16, u16),
    /// The text.
    pub text: &'a str,
    /// Ems of space before the text.
    pub indent: usize,
    /// The number that the text says.
    pub amount: Option<Decimal>,
    /// How it looks.
    pub style: &'a Style,
    /// Whether the text above and below goes on in this cell's neighbours, so that no border stands
    /// between them.
    pub open: Open,
    /// Whether the lines are spread over the height of the cell, so that they stand at the distance
    /// that the style wants.
    pub spread: bool,
    /// Name of the sheet or block that a click leads to.
    pub link: Option<&'a str>,
    /// Path of the model field it shows.
    pub field: Option<&'a str>,
    /// What stands between this text and the one above that it goes on with.
    pub joint: Option<&'a str>,
    /// What people are offered and allowed to enter.
    pub entry: Option<&'a Entry>,
    /// What it is calculated from.
    pub formula: Option<&'a Formula>,
    /// Whether it is a cell of a table, whose text may be wrapped beside others.
    pub in_table: bool,
}

/// The edges without a border, where a text that no page takes goes on in the next cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// The text began in the cell above.
    pub above: bool,
    /// The text goes on in the cell below.
    pub below: bool,
}

/// Places a sheet.
///
/// # Errors
///
/// Cells that cover each other, a table wider than a worksheet, and a text that is too long for a
/// cell and stands beside others so that it cannot be spread.
pub(super) fn place(sheet: &Sheet) -> Result<Placed<'_>, Finding> {
    let grid = Grid::of(sheet);
    let mut placing = Placing {
        sheet,
        placed: Placed {
            columns: grid.widths(),
            ..Placed::default()
        },
        glued: Vec::new(),
        after: 0.0,
        leading: 0.0,
    };
    if placing.placed.columns.len() > MAX_COLUMNS {
        return Err(placing.failed(&Message::new(
            format!("表格超过 {MAX_COLUMNS} 列"),
            format!("a table has more than {MAX_COLUMNS} columns"),
        )));
    }
    for block in &sheet.blocks {
        match block {
            Block::Text(text) => placing.text(text)?,
            Block::Table(table) => placing.table(table, &grid)?,
        }
    }
    let mut placed = placing.placed;
    placed.breaks = pages::breaks(&placed.rows, placed.header.as_ref(), &placing.glued);
    Ok(placed)
}

/// The column edges of all tables of a sheet.
struct Grid {
    /// The edges, ascending, the first at 0.
    edges: Vec<u32>,
}

impl Grid {
    fn of(sheet: &Sheet) -> Self {
        let mut grid = Self { edges: vec![0] };
        for block in &sheet.blocks {
            if let Block::Table(table) = block {
                for edge in Self::edges_of(table) {
                    if let Err(index) = grid.find(edge, 0) {
                        grid.edges.insert(index, edge);
                    }
                }
            }
        }
        if grid.edges.len() == 1 {
            grid.edges.push(TEXT_WIDTH);
        }
        grid
    }

    /// The right edges of a table's columns, each at least [`SNAP`] pixels and one after the last, so
    /// that no column vanishes into its neighbour.
    fn edges_of(table: &Table) -> impl Iterator<Item = u32> {
        let mut points = 0.0;
        let mut last = 0;
        table.columns.iter().map(move |column| {
            let width = column.width;
            points += if width.is_finite() { width.max(0.0) } else { 0.0 };
            let rounded = (f64::from(points) * (96.0 / 72.0)).round() as u32;
            last = rounded.clamp(last + SNAP + 1, last.saturating_add(MAX_COLUMN));
            last
        })
    }

    /// The index of the edge that is taken for `edge`, from `from` on; else where it belongs.
    fn find(&self, edge: u32, from: usize) -> Result<usize, usize> {
        let index = from + self.edges[from..].partition_point(|&known| known + SNAP < edge);
        match self.edges.get(index) {
            Some(&known) if known <= edge + SNAP => Ok(index),
            _ => Err(index),
        }
    }

    /// The index of the edge on the left of each column of `table` and of the one on the right of the
    /// last.
    fn indices(&self, table: &Table) -> Vec<usize> {
        let mut indices = Vec::with_capacity(table.columns.len() + 1);
        indices.push(0);
        let mut from = 1;
        for edge in Self::edges_of(table) {
            let (Ok(index) | Err(index)) = self.find(edge, from.min(self.edges.len() - 1));
            indices.push(index.min(self.edges.len() - 1));
            from = index + 1;
        }
        indices
    }

    fn widths(&self) -> Vec<u32> {
        self.edges.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

/// A cell on its way to its place: rows are counted in the rows of its table.
#[derive(Clone)]
struct Piece<'a> {
    row: usize,
    row_span: usize,
    columns: (u16, u16),
    text: &'a str,
    indent: usize,
    amount: Option<Decimal>,
    style: &'a Style,
    link: Option<&'a str>,
    field: Option<&'a str>,
    /// What stands before it, where it is a later part of a text.
    joint: Option<&'a str>,
    /// The cell of the table that it is.
    cell: Option<&'a Cell>,
    /// Whether its lines are spread.
    spread: bool,
    /// Half-width units of a line.
    capacity: usize,
    /// Height of its text.
    need: u32,
    /// Its parts, where no page takes it whole.
    parts: Vec<Part>,
}

/// A part of a text that no page takes whole.
#[derive(Clone)]
struct Part {
    /// Its bytes.
    range: Range<usize>,
    lines: usize,
    height: u32,
}

struct Placing<'a> {
    sheet: &'a Sheet,
    placed: Placed<'a>,
    /// For each row whether a page must not begin with it.
    glued: Vec<bool>,
    /// Space in points that the last block wants below.
    after: f32,
    /// Space in points that the last block's last line wants below.
    leading: f32,
}

/// How far from a text, in pixels, a page's end may be to count as running through it.
const NEAR: u32 = 16;

impl<'a> Placing<'a> {
    fn failed(&self, message: &Message) -> Finding {
        let name = &self.sheet.name;
        Finding::new(
            Code::OutputFailed,
            Message::new(
                format!("工作表“{name}”无法生成：{}。", message.zh),
                format!("the sheet {name:?} cannot be made: {}", message.en),
            ),
        )
    }

    fn text(&mut self, block: &'a TextBlock) -> Result<(), Finding> {
        let style = &block.style;
        let right = self.placed.columns.len() - 1;
        let mut piece = Piece {
            row: 0,
            row_span: 1,
            columns: (0, right as u16),
            text: &block.text,
            indent: style.indent.round().clamp(0.0, 40.0) as usize,
            amount: None,
            style,
            link: block.link.as_deref(),
            field: block.field.as_deref(),
            joint: None,
            cell: None,
            spread: false,
            capacity: 0,
            need: 0,
            parts: Vec::new(),
        };
        let first = self.placed.rows.len();
        let lines = self.measure(&mut piece);
        let gap = rows::pixels(std::mem::replace(&mut self.after, style.after) + style.before);
        // LibreOffice does not wrap a linked text, so each of its lines is a row of its own.
        let by_line = piece.link.is_some() && lines > 1;
        if Self::spread(&mut piece, lines).0 <= pages::HEIGHT && !is_too_long(piece.text) && !by_line {
            self.paragraph(piece, lines, gap, block.id.as_deref())?;
        } else {
            // Parts are rows of their own, a paragraph goes on over pages.
            if by_line {
                piece.part_by_line();
            } else {
                piece.part();
            }
            let mut end = 0;
            for (index, part) in std::mem::take(&mut piece.parts).into_iter().enumerate() {
                let is_first = index == 0;
                let before = end..part.range.start;
                end = part.range.end;
                let part_of = Piece {
                    joint: (!is_first).then(|| &block.text[before]),
                    text: &block.text[part.range],
                    indent: if is_first { piece.indent } else { 0 },
                    need: part.height,
                    parts: Vec::new(),
                    ..piece.clone()
                };
                let id = block.id.as_deref().filter(|_| is_first);
                if by_line && !is_first {
                    self.glue_next();
                }
                self.paragraph(part_of, part.lines, if is_first { gap } else { 0 }, id)?;
            }
        }
        if style.keep {
            self.glue_next();
        }
        self.open_rows(first, block.open);
        Ok(())
    }

    /// Spreads the lines of a justified text over the height of its row, and gives that height and the
    /// space in points that the first line wants above it and the last one below: spread lines begin
    /// at the upper edge of their cell and end at the lower one.
    fn spread(piece: &mut Piece<'_>, lines: usize) -> (u32, f32) {
        let style = piece.style;
        piece.spread = style.align == Align::Justify && lines > 1 && !piece.may_be_shorter(lines);
        if !piece.spread {
            return (piece.need, 0.0);
        }
        let size = rows::letter_size(style.size);
        let pitch = style.line_pitch().min(3.0 * size);
        let leading = (pitch - size * LETTERS).max(0.0) / 2.0;
        let height = rows::pixels(lines as f32 * pitch - 2.0 * leading);
        (height.max(piece.need), leading)
    }

    /// Places a text on a row of its own, `gap` below what is there.
    fn paragraph(
        &mut self,
        mut piece: Piece<'a>,
        lines: usize,
        gap: u32,
        id: Option<&'a str>,
    ) -> Result<(), Finding> {
        let (mut height, leading) = Self::spread(&mut piece, lines);
        let between = rows::pixels(std::mem::replace(&mut self.leading, leading) + leading);
        if gap >= SPACER {
            self.space(gap.saturating_add(between));
        } else {
            height += gap;
            self.space(between);
        }
        if let Some(id) = id {
            self.placed.anchors.push((id, self.placed.rows.len() as u32));
        }
        self.rows(vec![height], &[false], vec![piece])?;
        Ok(())
    }

    /// Empty rows, `gap` high together but no more than a page, that stay with what follows.
    fn space(&mut self, gap: u32) {
        let gap = gap.min(pages::HEIGHT);
        let count = gap.div_ceil(MAX_ROW);
        for index in 0..count {
            self.push_row(share(gap, count, index));
            self.glue_next();
        }
    }

    fn push_row(&mut self, height: u32) {
        self.placed.rows.push(height.clamp(1, MAX_ROW));
        let rows = self.placed.rows.len();
        self.glued.resize(rows.max(self.glued.len()), false);
    }

    /// Notes that people may insert, delete and move the rows from `first` on.
    fn open_rows(&mut self, first: usize, open: bool) {
        self.placed.open.resize(first, false);
        self.placed.open.resize(self.placed.rows.len(), open);
    }

    /// Keeps the row that comes next on the page of the last one.
    fn glue_next(&mut self) {
        self.glued.resize(self.placed.rows.len(), false);
        self.glued.push(true);
    }

    fn table(&mut self, table: &'a Table, grid: &Grid) -> Result<(), Finding> {
        self.leading = 0.0;
        let gap = rows::pixels(std::mem::take(&mut self.after));
        if gap >= SPACER {
            self.space(gap);
        } else if let Some(above) = self.placed.rows.last_mut() {
            *above = (*above + gap).min(MAX_ROW);
        }
        let edges = grid.indices(table);
        let mut pieces = Vec::with_capacity(table.rows.len() * 6);
        // For each column the row up to which it is covered from above.
        let mut covered = vec![0_usize; table.columns.len()];
        for (index, row) in table.rows.iter().enumerate() {
            for cell in &row.cells {
                let piece = self.piece(table, index, cell, &edges, &mut covered)?;
                pieces.push(piece);
            }
        }
        let least = table
            .rows
            .iter()
            .map(|row| rows::pixels(row.height).clamp(MIN_ROW, MAX_ROW * 20))
            .collect();
        let headers: Vec<bool> = table.rows.iter().map(|row| row.header).collect();
        let starts = self.rows(least, &headers, pieces)?;
        for (row, ends) in table.rows.iter().zip(starts.windows(2)) {
            self.placed.open.resize(ends[0] as usize, false);
            self.placed.open.resize(ends[1] as usize, row.open);
            if let Some(key) = &row.key {
                self.placed.keys.push((key, ends[0]..ends[1]));
            }
            if row.keeps() && (ends[1] as usize) < self.placed.rows.len() {
                self.glued[ends[1] as usize] = true;
            }
        }
        if let Some(chart) = &table.chart {
            self.chart(chart, table, &edges, &starts);
        }
        Ok(())
    }

    /// Keeps rows free for a chart below its table, where there is anything to show; they stay on one
    /// page.
    fn chart(&mut self, chart: &'a Chart, table: &'a Table, edges: &[usize], starts: &[u32]) {
        let numbers = || {
            let rows = table.rows.iter().filter(|row| row.bar.is_some());
            let cells = rows.flat_map(|row| &row.cells);
            cells.filter(|cell| chart.columns.contains(&cell.column))
        };
        // What is calculated may have two decimals when it changes.
        let decimals = numbers().map(|cell| {
            let own = cell.amount.map_or(0, |amount| amount.scale());
            if cell.formula.is_some() { own.max(2) } else { own }
        });
        let decimals = decimals.max().unwrap_or_default().min(MOST_DECIMALS);
        let amounts = || numbers().filter_map(|cell| cell.amount);
        let shows_any = |row: &crate::sheet::Row| {
            let mut shown = row
                .cells
                .iter()
                .filter(|cell| chart.columns.contains(&cell.column));
            shown.any(|cell| cell.amount.is_some_and(|amount| !amount.is_zero()))
        };
        let named = || {
            let rows = table.rows.iter().zip(starts);
            rows.filter_map(|(row, &start)| Some((row, row.bar.as_deref()?, start)))
        };
        if !named().any(|(row, _, _)| shows_any(row)) {
            return;
        }
        let bars: Vec<(&str, u32)> = named().map(|(_, name, start)| (name, start)).collect();
        let height = match chart.kind {
            ChartKind::Bars => (CHART_FRAME + CHART_BAR.saturating_mul(bars.len() as u32)).min(CHART_MOST),
            ChartKind::Curve => CURVE_HEIGHT,
        };
        self.space(SPACER);
        let first = self.placed.rows.len() as u32;
        let count = height.div_ceil(MAX_ROW);
        for index in 0..count {
            self.push_row(share(height, count, index));
            if index + 1 < count {
                self.glue_next();
            }
        }
        self.placed.charts.push(PlacedChart {
            title: &chart.title,
            rows: first..first + count,
            kind: chart.kind,
            columns: chart
                .columns
                .iter()
                .map(|&column| {
                    let edge = edges[column.min(edges.len() - 1)];
                    (table.heading(column), edge as u16)
                })
                .collect(),
            bars,
            decimals,
            least: amounts().min().unwrap_or_default(),
            greatest: amounts().max().unwrap_or_default(),
        });
    }

    fn piece(
        &self,
        table: &Table,
        row: usize,
        cell: &'a Cell,
        edges: &[usize],
        covered: &mut [usize],
    ) -> Result<Piece<'a>, Finding> {
        let last = cell.column.saturating_add(cell.column_span.max(1));
        let row_span = cell.row_span.max(1).min(table.rows.len() - row);
        let clear = covered
            .get(cell.column..last)
            .is_some_and(|columns| columns.iter().all(|&until| until <= row));
        if !clear {
            let message = Message::new(
                format!("表格第 {} 行有重叠或越界的单元格", row + 1),
                format!(
                    "row {} of a table has a cell over another or out of the table",
                    row + 1
                ),
            );
            let mut finding = self.failed(&message).quoting(&cell.text);
            finding.field.clone_from(&cell.field);
            return Err(finding);
        }
        covered[cell.column..last].fill(row + row_span);
        let mut piece = Piece {
            row,
            row_span,
            columns: (edges[cell.column] as u16, edges[last] as u16 - 1),
            text: &cell.text,
            indent: cell.style.indent.round().clamp(0.0, 40.0) as usize,
            amount: cell.amount,
            style: &cell.style,
            link: cell.link.as_deref(),
            field: cell.field.as_deref(),
            joint: None,
            cell: Some(cell),
            spread: false,
            capacity: 0,
            need: 0,
            parts: Vec::new(),
        };
        self.measure(&mut piece);
        Ok(piece)
    }

    /// Measures the text of a piece and tells its lines.
    fn measure(&self, piece: &mut Piece<'_>) -> usize {
        let (first, last) = piece.columns;
        let width = self.placed.columns[usize::from(first)..=usize::from(last)]
            .iter()
            .sum();
        piece.capacity = rows::capacity(width, piece.style.size);
        // An indent as wide as its line would push the text out of the cell.
        piece.indent = piece.indent.min(piece.capacity / 4);
        let (lines, need) = rows::measure(piece.text, piece.capacity, piece.indent * 2, piece.style.size);
        piece.need = need;
        lines
    }

    /// Places rows with their cells below what is there, and gives where each begins and the last ends.
    fn rows(
        &mut self,
        mut heights: Vec<u32>,
        headers: &[bool],
        mut pieces: Vec<Piece<'a>>,
    ) -> Result<Vec<u32>, Finding> {
        for piece in &mut pieces {
            if piece.row_span == 1 && (piece.need > pages::HEIGHT || is_too_long(piece.text)) {
                piece.part();
            } else if is_too_long(piece.text) {
                let message = Message::new(
                    format!("一个单元格的文字超过 {MAX_UNITS} 个字符"),
                    format!("a cell has more than {MAX_UNITS} characters"),
                );
                let mut finding = self.failed(&message);
                finding.field = piece.field.map(str::to_owned);
                return Err(finding);
            }
            if piece.row_span == 1 {
                heights[piece.row] = heights[piece.row].max(piece.need);
            }
        }
        // What a vertical merge lacks goes to its last row; the ones that end first come first, as
        // what they add helps those that end later.
        let mut spans: Vec<&Piece<'_>> = pieces.iter().filter(|piece| piece.row_span > 1).collect();
        spans.sort_by_key(|piece| piece.row + piece.row_span);
        for piece in spans {
            let end = piece.row + piece.row_span;
            let there = total(heights[piece.row..end].iter().copied());
            heights[end - 1] += piece.need.saturating_sub(there);
        }

        let mut starts = Vec::with_capacity(heights.len() + 1);
        let mut next_piece = 0;
        for (row, &height) in heights.iter().enumerate() {
            starts.push(self.placed.rows.len() as u32);
            let from = next_piece;
            while pieces.get(next_piece).is_some_and(|piece| piece.row == row) {
                next_piece += 1;
            }
            let parts = pieces[from..next_piece]
                .iter()
                .map(|piece| piece.parts.len())
                .max();
            if let Some(count @ 1..) = parts {
                let mut left = height;
                for index in 0..count {
                    let part = pieces[from..next_piece]
                        .iter()
                        .filter_map(|piece| piece.parts.get(index).map(|part| part.height))
                        .fold(MIN_ROW, u32::max);
                    left = left.saturating_sub(part);
                    // What others need beyond the parts goes to the last one.
                    let part = if index + 1 == count {
                        part + left
                    } else {
                        part.min(MAX_ROW)
                    };
                    let rows = part.div_ceil(MAX_ROW);
                    for row in 0..rows {
                        self.push_row(share(part, rows, row));
                    }
                }
            } else {
                let count = height.div_ceil(MAX_ROW);
                for index in 0..count {
                    self.push_row(share(height, count, index));
                    if index + 1 < count && height <= pages::HEIGHT {
                        self.glue_next();
                    }
                }
            }
        }
        starts.push(self.placed.rows.len() as u32);

        for piece in &pieces {
            self.land(piece, &starts);
        }
        self.repeat(headers, &starts);
        Ok(starts)
    }

    /// Puts a piece onto its rows.
    fn land(&mut self, piece: &Piece<'a>, starts: &[u32]) {
        let first = starts[piece.row];
        let last = starts[piece.row + piece.row_span] - 1;
        let cell = PlacedCell {
            rows: (first, last),
            columns: piece.columns,
            text: piece.text,
            indent: piece.indent,
            amount: piece.amount,
            style: piece.style,
            open: Open::default(),
            spread: piece.spread,
            link: piece.link,
            field: piece.field,
            joint: piece.joint,
            entry: piece.cell.and_then(|cell| cell.entry.as_ref()),
            formula: piece.cell.and_then(|cell| cell.formula.as_ref()),
            in_table: piece.cell.is_some(),
        };
        if piece.parts.is_empty() {
            self.keep_text_whole(piece, first, last);
            self.placed.cells.push(cell);
            return;
        }
        let count = piece.parts.len();
        for (index, part) in piece.parts.iter().enumerate() {
            let row = first + index as u32;
            let is_last = index + 1 == count;
            self.placed.cells.push(PlacedCell {
                rows: (row, if is_last { last } else { row }),
                text: &piece.text[part.range.clone()],
                indent: if index == 0 { piece.indent } else { 0 },
                amount: None,
                joint: (index > 0).then(|| &piece.text[piece.parts[index - 1].range.end..part.range.start]),
                entry: None,
                formula: None,
                open: Open {
                    above: index > 0,
                    below: !is_last,
                },
                ..cell.clone()
            });
        }
    }

    /// Keeps the rows together that the text of a vertical merge runs over, where a page takes it. The
    /// edges close to it count too: programs round the heights of rows, and the text moves with them.
    fn keep_text_whole(&mut self, piece: &Piece<'_>, first: u32, last: u32) {
        if first == last || piece.need > pages::HEIGHT || piece.text.is_empty() {
            return;
        }
        let heights = &self.placed.rows[first as usize..=last as usize];
        let whole = total(heights.iter().copied());
        let top = match piece.style.vertical {
            Vertical::Top => 0,
            Vertical::Middle => whole.saturating_sub(piece.need) / 2,
            Vertical::Bottom => whole.saturating_sub(piece.need),
        };
        let mut edge = 0;
        for (offset, height) in heights[..heights.len() - 1].iter().enumerate() {
            edge += height;
            if edge + NEAR > top && edge < top + piece.need + NEAR {
                self.glued[first as usize + offset + 1] = true;
            }
        }
    }

    /// Notes the last run of header rows.
    fn repeat(&mut self, headers: &[bool], starts: &[u32]) {
        let Some(end) = headers.iter().rposition(|&header| header) else {
            return;
        };
        let start = headers[..end]
            .iter()
            .rposition(|&header| !header)
            .map_or(0, |row| row + 1);
        let run = starts[start]..starts[end + 1];
        let height: u32 = self.placed.rows[run.start as usize..run.end as usize]
            .iter()
            .sum();
        // Headers that fill the page would leave no room for what they head.
        if height <= pages::HEIGHT / 2 {
            for row in run.start + 1..=run.end {
                if let Some(glued) = self.glued.get_mut(row as usize) {
                    *glued = true;
                }
            }
            self.placed.header = Some(run);
        }
    }
}

impl Piece<'_> {
    /// Parts the text into its lines.
    fn part_by_line(&mut self) {
        let height = rows::height(1, self.style.size);
        self.parts = Lines::new(self.text, self.capacity, self.indent * 2)
            .map(|range| Part {
                range,
                lines: 1,
                height,
            })
            .collect();
    }

    /// Whether a program may well set the text in fewer lines, so few that spreading these would tear
    /// it apart.
    fn may_be_shorter(&self, lines: usize) -> bool {
        lines <= 4 && Lines::new(self.text, self.capacity + 2, self.indent * 2).count() < lines
    }

    /// Parts the text into pieces of which a page takes some, at the end of a paragraph or a sentence
    /// where one is near.
    fn part(&mut self) {
        let lines: Vec<_> = Lines::new(self.text, self.capacity, self.indent * 2).collect();
        let most = rows::lines_in(pages::HEIGHT / 3, self.style.size)
            .min((MAX_UNITS - 100) / self.capacity)
            .max(1);
        let mut from = 0;
        while from < lines.len() {
            let limit = (from + most).min(lines.len());
            let least = from + most.div_ceil(2);
            let end = if limit == lines.len() {
                limit
            } else {
                (least..=limit)
                    .rev()
                    .find(|&end| lines[end].start > lines[end - 1].end)
                    .or_else(|| {
                        (least..=limit)
                            .rev()
                            .find(|&end| self.text[..lines[end - 1].end].ends_with(['。', '；', '！', '？']))
                    })
                    .unwrap_or(limit)
            };
            let range = lines[from].start..lines[end - 1].end;
            let indent = if from == 0 { self.indent * 2 } else { 0 };
            self.parts.push(Part {
                lines: end - from,
                height: rows::measure(&self.text[range.clone()], self.capacity, indent, self.style.size).1,
                range,
            });
            from = end;
        }
        self.need = total(self.parts.iter().map(|part| part.height));
    }
}

fn is_too_long(text: &str) -> bool {
    // No character has fewer bytes in UTF-8 than units in UTF-16. The indent is counted in.
    text.len() > MAX_UNITS - 50 && text.encode_utf16().count() > MAX_UNITS - 50
}

/// The share of the part `index` of `count` in `whole`.
fn share(whole: u32, count: u32, index: u32) -> u32 {
    let upto = |index: u32| u64::from(whole) * u64::from(index) / u64::from(count);
    (upto(index + 1) - upto(index)) as u32
}

/// The heights together; absurd ones add up to the greatest number, not to a small one.
fn total(heights: impl IntoIterator<Item = u32>) -> u32 {
    heights.into_iter().fold(0, u32::saturating_add)
}

#[cfg(test)]
mod tests;
