//! Tables. A browser repeats only the header rows that a table begins with, so a table whose header
//! rows stand in its middle is written as two that join.

use std::fmt::Write;
use std::ops::Range;

use super::Page;
use super::styles::number;
use crate::sheet::{Cell, Row, TYPE_AREA_WIDTH, Table};

impl<'a> Page<'a> {
    /// Writes a table.
    pub(super) fn table(&mut self, table: &'a Table, on_sheet: &mut Vec<&'a str>) {
        let widths = widths(table);
        let columns = widths.len();
        let total: f32 = widths.iter().sum();
        let share = (total / TYPE_AREA_WIDTH * 100.0).min(100.0);
        let least = total.min(TYPE_AREA_WIDTH);
        // Cells without a field are labels where others have one.
        let has_labels = table
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .any(|cell| cell.field.is_some());
        let reach = reach(&table.rows);
        self.body.push_str("<div class=\"box\">\n");
        for part in parts(&table.rows, &reach) {
            let _ = write!(
                self.body,
                "<table style=\"width: {}%; min-width: {}pt\">\n<colgroup>",
                number(share),
                number(least)
            );
            for width in &widths {
                let _ = write!(
                    self.body,
                    "<col style=\"width: {}%\">",
                    number(width / total * 100.0)
                );
            }
            self.body.push_str("</colgroup>\n");
            let head = head(&table.rows[part.clone()]);
            let head = if head > 0 && reach[part.start + head - 1] <= part.start + head {
                head
            } else {
                0
            };
            let groups = [
                ("thead", part.start..part.start + head),
                ("tbody", part.start + head..part.end),
            ];
            for (name, rows) in groups {
                if !rows.is_empty() {
                    let _ = writeln!(self.body, "<{name}>");
                    self.rows(table, rows, columns, has_labels, on_sheet);
                    let _ = writeln!(self.body, "</{name}>");
                }
            }
            self.body.push_str("</table>\n");
        }
        self.body.push_str("</div>\n");
        self.chart(table);
    }

    /// Writes rows that no merged cell leaves downward.
    fn rows(
        &mut self,
        table: &'a Table,
        rows: Range<usize>,
        columns: usize,
        has_labels: bool,
        on_sheet: &mut Vec<&'a str>,
    ) {
        // For each column the row before which a cell from above takes it.
        let mut taken = vec![0; columns];
        for at in rows.clone() {
            let row = &table.rows[at];
            let has_value = row.cells.iter().any(|cell| cell.field.is_some());
            let _ = write!(
                self.body,
                "<tr style=\"height: {}pt\">",
                number(row.height.max(0.0))
            );
            let mut next = 0;
            for cell in in_order(row) {
                let first = self.fill(&taken, at, next..cell.column.min(columns - 1));
                let last = first.saturating_add(cell.column_span.max(1)).min(columns);
                let last = last.max(first + 1);
                let end = at.saturating_add(cell.row_span.max(1)).min(rows.end);
                if let Some(places) = taken.get_mut(first..last) {
                    places.fill(end);
                }
                let scope = if row.header {
                    Some("col")
                } else if has_labels && is_label(cell) {
                    Some(if has_value { "row" } else { "col" })
                } else {
                    None
                };
                self.cell(cell, (last - first, end - at), scope, on_sheet);
                next = last;
            }
            self.fill(&taken, at, next..columns);
            self.body.push_str("</tr>\n");
        }
    }

    /// Writes empty cells at the places that no cell takes; returns the first place from the end of the
    /// range on that is free.
    fn fill(&mut self, taken: &[usize], row: usize, places: Range<usize>) -> usize {
        let is_taken = |at: usize| taken.get(at).is_some_and(|&until| until > row);
        for at in places.clone() {
            if !is_taken(at) {
                self.body.push_str("<td></td>");
            }
        }
        let mut next = places.end.max(places.start);
        while is_taken(next) {
            next += 1;
        }
        next
    }

    fn cell(
        &mut self,
        cell: &'a Cell,
        (columns, rows): (usize, usize),
        scope: Option<&str>,
        on_sheet: &mut Vec<&'a str>,
    ) {
        let tag = if scope.is_some() { "th" } else { "td" };
        let class = self.styles.of_cell(&cell.style);
        let marks = self.marks(None, cell.field.as_deref(), on_sheet);
        let _ = write!(self.body, "<{tag} class=\"{class}\"{marks}");
        if let Some(scope) = scope {
            let _ = write!(self.body, " scope=\"{scope}\"");
        }
        if columns > 1 {
            let _ = write!(self.body, " colspan=\"{columns}\"");
        }
        if rows > 1 {
            let _ = write!(self.body, " rowspan=\"{rows}\"");
        }
        self.body.push('>');
        if !cell.text.is_empty() {
            let link = cell.link.as_deref().and_then(|link| self.names.href(link));
            self.linked(&cell.text, link, false);
        }
        let _ = write!(self.body, "</{tag}>");
    }
}

/// The widths of the columns; there is at least one, and they are all as wide where none has a width.
fn widths(table: &Table) -> Vec<f32> {
    let count = table.columns.len().max(1);
    let given = table.columns.iter().map(|column| column.width);
    let widths: Vec<f32> = given
        .map(|width| if width.is_finite() { width.max(0.0) } else { 0.0 })
        .collect();
    if widths.iter().sum::<f32>() > 0.0 {
        widths
    } else {
        vec![TYPE_AREA_WIDTH / count as f32; count]
    }
}

fn in_order(row: &Row) -> Vec<&Cell> {
    let mut cells: Vec<&Cell> = row.cells.iter().collect();
    cells.sort_by_key(|cell| cell.column);
    cells
}

fn is_label(cell: &Cell) -> bool {
    cell.field.is_none() && cell.formula.is_none() && cell.style.border && !cell.text.is_empty()
}

/// For each row the row before which all cells end that begin in it or above.
fn reach(rows: &[Row]) -> Vec<usize> {
    let mut end = 0;
    let ends = rows.iter().enumerate().map(|(at, row)| {
        let spans = row.cells.iter().map(|cell| cell.row_span.max(1));
        end = end.max(at.saturating_add(spans.max().unwrap_or(1)));
        end.min(rows.len())
    });
    ends.collect()
}

/// How many header rows there are before the first other one.
fn head(rows: &[Row]) -> usize {
    rows.iter().take_while(|row| row.header).count()
}

/// The rows of each table: one begins where header rows do, unless a merged cell stands on both sides.
fn parts(rows: &[Row], reach: &[usize]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..rows.len() {
        if rows[at].header && !rows[at - 1].header && reach[at - 1] <= at {
            parts.push(start..at);
            start = at;
        }
    }
    if start < rows.len() {
        parts.push(start..rows.len());
    }
    parts
}
