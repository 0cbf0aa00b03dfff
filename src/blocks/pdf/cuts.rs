//! Tables that a page break cuts: rows that go on at the beginning of the next page.
//!
//! A row goes on if each text of the piece below had no place any more on the last line of the cell above,
//! or if the cell above is blank and so are the cells below the other texts.
//! What only a label could tell is left to whoever knows the labels.

use std::collections::HashSet;

use super::pages::{Item, Layout, Table};
use super::paragraphs::missing;

/// Columns of two pages that differ by less, in points, are the same.
const SAME_COLUMN: f64 = 2.0;
/// The most rows that a row is compared with.
const MOST_COMPARED: usize = 30;

/// Takes the rests of cut rows to the rows that they belong to.
pub(super) fn mend(pages: &mut [Layout]) {
    let mut headers = HashSet::new();
    // The page and row that a rest belongs to; a row may go on over several pages.
    let mut above: Option<(usize, usize)> = None;
    for page in 0..pages.len() {
        let (before, rest) = pages.split_at_mut(page);
        let Some(table) = first_table(&mut rest[0]) else {
            above = None;
            headers.clear();
            remember_last(&mut rest[0], page, &mut above, &mut headers);
            continue;
        };
        let mut is_absorbed = false;
        let upper = above.and_then(|(page, row)| Some((last_table(&mut before[page])?, row)));
        if let Some((upper, last)) = upper
            && is_same_table(upper, table)
        {
            let texts = table.row_texts();
            let repeated = texts.iter().take_while(|text| headers.contains(*text)).count();
            let row = repeated.min(table.rows() - 1);
            if goes_on(upper, last, table, row) {
                absorb(upper, last, table, row);
                is_absorbed = true;
                // A row that fills the page goes on with the next.
                let is_all = row + 1 == table.rows() && is_only_item(&rest[0]);
                if is_all {
                    continue;
                }
            }
        }
        if !is_absorbed {
            headers.clear();
        }
        above = None;
        remember_last(&mut rest[0], page, &mut above, &mut headers);
    }
}

/// Gives the pieces of a table the columns of them all: a piece shows only those of its own rows.
pub(super) fn share_columns(pages: &mut [Layout]) {
    let mut chain = Vec::new();
    for page in 0..pages.len() {
        let (before, rest) = pages.split_at_mut(page);
        let upper = before.last_mut().and_then(last_table);
        let lower = first_table(&mut rest[0]);
        let goes_on = matches!((upper, lower), (Some(upper), Some(lower)) if is_same_table(upper, lower));
        if !goes_on {
            share(pages, &chain);
            chain.clear();
        }
        chain.push(page);
        let is_whole = is_only_item(&pages[page]);
        if goes_on && !is_whole {
            // The piece above ends here; another table may begin below it.
            share(pages, &chain);
            chain.clear();
            chain.push(page);
        }
    }
    share(pages, &chain);
}

/// Gives the pieces on these pages, the last of the first page and the first of the others, all columns.
fn share(pages: &mut [Layout], chain: &[usize]) {
    if chain.len() < 2 {
        return;
    }
    let mut xs = Vec::new();
    for (at, &page) in chain.iter().enumerate() {
        if let Some(table) = piece_of(&mut pages[page], at) {
            xs.extend_from_slice(&table.grid.xs);
        }
    }
    xs.sort_by(f64::total_cmp);
    xs.dedup_by(|next, kept| *next - *kept < SAME_COLUMN);
    for (at, &page) in chain.iter().enumerate() {
        if let Some(table) = piece_of(&mut pages[page], at) {
            table.columns.clone_from(&xs);
        }
    }
}

/// The piece of a table on a page of its chain.
fn piece_of(page: &mut Layout, at: usize) -> Option<&mut Table> {
    if at == 0 {
        last_table(page)
    } else {
        first_table(page)
    }
}

/// Notes the last row of a page that ends with a table, and the rows that may be repeated on the next.
fn remember_last(
    page: &mut Layout,
    at: usize,
    above: &mut Option<(usize, usize)>,
    headers: &mut HashSet<String>,
) {
    if let Some(table) = last_table(page) {
        *above = Some((at, table.rows() - 1));
        headers.extend(table.row_texts().into_iter().filter(|text| !text.is_empty()));
    }
}

fn is_furniture(item: &Item) -> bool {
    matches!(item, Item::Furniture(_))
}

fn is_only_item(page: &Layout) -> bool {
    page.items.iter().filter(|item| !is_furniture(item)).count() == 1
}

fn first_table(page: &mut Layout) -> Option<&mut Table> {
    match page.items.iter_mut().find(|item| !is_furniture(item)) {
        Some(Item::Table(table)) => Some(table),
        _ => None,
    }
}

fn last_table(page: &mut Layout) -> Option<&mut Table> {
    match page.items.iter_mut().rev().find(|item| !is_furniture(item)) {
        Some(Item::Table(table)) => Some(table),
        _ => None,
    }
}

/// Whether the columns are the same. The piece on the next page may show fewer of them.
fn is_same_table(upper: &Table, lower: &Table) -> bool {
    let (upper, lower) = (&upper.grid.xs, &lower.grid.xs);
    let near = |a: f64, b: f64| (a - b).abs() < SAME_COLUMN;
    near(upper[0], lower[0]) && near(upper[upper.len() - 1], lower[lower.len() - 1])
}

/// The cell of `upper` in its row `last` that has the sides of a cell of `lower`.
fn cell_above(upper: &Table, last: usize, lower: &Table, cell: usize) -> Option<usize> {
    let (left, right) = lower.grid.sides(cell);
    let y = f64::midpoint(upper.grid.ys[last], upper.grid.ys[last + 1]);
    let above = upper.grid.cell_at((f64::midpoint(left, right), y))?;
    let sides = upper.grid.sides(above);
    let is_same = (sides.0 - left).abs() < SAME_COLUMN && (sides.1 - right).abs() < SAME_COLUMN;
    is_same.then_some(above)
}

/// Whether `row` is the rest of the row above it.
fn goes_on(upper: &Table, last: usize, lower: &Table, row: usize) -> bool {
    // A cut row begins at its top in all its cells, even where cells have their texts in the middle.
    let alignment = alignment(upper, last);
    if alignment == Some(false) {
        return false;
    }
    let compared = last.saturating_sub(MOST_COMPARED)..last;
    let is_centred = compared
        .clone()
        .any(|row| self::alignment(upper, row) == Some(false));
    // Where it does not come from that, the texts that go on have used all the room there was.
    let lines = upper.grid.cells.iter().zip(&upper.lines);
    let room = lines
        .filter(|(cell, _)| cell.row == last)
        .map(|(_, lines)| lines.len())
        .max()
        .unwrap_or(0);
    // Below a text that ends there is the room that all rows have there; below a cut one there is not.
    let usual = compared.filter_map(|row| slack(upper, row));
    let slack = slack(upper, last);
    let is_like = |other: f64| slack.is_some_and(|slack| (slack - other).abs() < 1.0);
    let looks_ended = usual.filter(|&other| is_like(other)).count() > 1;
    let (mut rests, mut moved) = (0, 0);
    let (mut is_long, mut shorter) = (false, 0);
    for (cell, place) in lower.grid.cells.iter().enumerate() {
        let Some(next) = lower.lines[cell].first().filter(|_| place.row == row) else {
            continue;
        };
        let Some(above) = cell_above(upper, last, lower, cell) else {
            return false;
        };
        let Some(line) = upper.lines[above].last() else {
            // No line of this text had room above the page's end.
            moved += 1;
            continue;
        };
        if missing(upper.inner[above], line, next) < -0.15 * line.size {
            return false;
        }
        if !is_centred && upper.grid.cells[above].row == last && upper.lines[above].len() < room {
            return false;
        }
        rests += 1;
        is_long |= upper.lines[above].len() > 1;
        shorter += usize::from(next.x1() - next.x0() < line.x1() - line.x0() - 0.5 * line.size);
    }
    // A row with a text in each of its cells is one by itself.
    let cells = lower.grid.cells.iter().zip(&lower.lines);
    let is_whole = cells
        .filter(|(cell, _)| cell.row == row)
        .all(|(_, lines)| !lines.is_empty());
    if moved > 0 && is_whole {
        return false;
    }
    if moved > 0 && rests == 0 {
        // Two rows of one table are hardly blank just where the other is not.
        let texts = upper.grid.cells.iter().zip(&upper.lines);
        let begins = texts
            .filter(|(cell, lines)| cell.row == last && !lines.is_empty())
            .count();
        return begins > 0;
    }
    // One short text below another fills a narrow column as well.
    rests > 0 && (is_long || (!looks_ended && (shorter > 0 || rests > 1)))
}

/// How much more room there is below the texts of a row than above them, by its fullest cell.
fn slack(table: &Table, row: usize) -> Option<f64> {
    let (top, bottom) = (table.grid.ys[row], table.grid.ys[row + 1]);
    let cells = table.grid.cells.iter().zip(&table.lines);
    let cells = cells.filter(|(cell, lines)| cell.row == row && cell.rows == 1 && !lines.is_empty());
    let rooms = cells.map(|(_, lines)| {
        let (first, last) = (&lines[0], &lines[lines.len() - 1]);
        let above = first.y - 0.86 * first.size - top;
        let below = bottom - (last.y + 0.14 * last.size);
        (above + below, below - above)
    });
    rooms.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, slack)| slack)
}

/// Whether the cells of a row that have unequally many lines begin at one height; `None` if it has no such
/// cells.
fn alignment(table: &Table, row: usize) -> Option<bool> {
    let cells = table.grid.cells.iter().zip(&table.lines);
    let cells = cells.filter(|(cell, lines)| cell.row == row && cell.rows == 1 && !lines.is_empty());
    let (mut counts, mut heights) = ((usize::MAX, 0), (f64::INFINITY, f64::NEG_INFINITY));
    let mut size = 0.0_f64;
    for (_, lines) in cells {
        counts = (counts.0.min(lines.len()), counts.1.max(lines.len()));
        heights = (heights.0.min(lines[0].y), heights.1.max(lines[0].y));
        size = size.max(lines[0].size);
    }
    (counts.0 < counts.1).then_some(heights.1 - heights.0 < 0.4 * size)
}

fn absorb(upper: &mut Table, last: usize, lower: &mut Table, row: usize) {
    for cell in 0..lower.grid.cells.len() {
        if lower.grid.cells[cell].row != row || lower.lines[cell].is_empty() {
            continue;
        }
        let Some(above) = cell_above(upper, last, lower, cell) else {
            continue;
        };
        // The rest stands below the page's end, for whoever looks at the distance of the lines.
        let lines = std::mem::take(&mut lower.lines[cell]);
        let shift = match (upper.lines[above].last(), lines.first()) {
            (Some(line), Some(first)) => line.y + upper.pitch(above) - first.y,
            _ => 0.0,
        };
        upper.lines[above].extend(lines.into_iter().map(|mut line| {
            line.y += shift;
            line
        }));
    }
    lower.absorbed = Some(row);
}
