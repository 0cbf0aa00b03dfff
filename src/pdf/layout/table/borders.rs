//! The borders of cells, each drawn once however many cells share it.

use std::collections::BTreeMap;

use crate::pdf::{Area, Page, Rule};

/// Thickness of a border, in points.
const WIDTH: f32 = 0.5;
/// Borders nearer than this, in points, are the same.
const STEP: f32 = 0.05;

/// The borders of some cells of one page.
#[derive(Default)]
pub(super) struct Borders {
    /// Horizontal ones: their height, their ends.
    rows: BTreeMap<i64, Vec<(f32, f32)>>,
    /// Vertical ones: their place, their ends.
    columns: BTreeMap<i64, Vec<(f32, f32)>>,
}

fn step(value: f32) -> i64 {
    (value / STEP).round() as i64
}

fn place(step: i64) -> f32 {
    step as f32 * STEP
}

impl Borders {
    /// Adds the four sides of a cell.
    pub fn add(&mut self, cell: &Area) {
        for y in [cell.top, cell.bottom] {
            self.rows
                .entry(step(y))
                .or_default()
                .push((cell.left, cell.right));
        }
        for x in [cell.left, cell.right] {
            self.columns
                .entry(step(x))
                .or_default()
                .push((cell.top, cell.bottom));
        }
    }

    /// Draws them, each stretch of a line once.
    pub fn show(self, page: &mut Page) {
        for (y, spans) in self.rows {
            for (from, to) in joined(spans) {
                page.rules.push(rule((from, place(y)), (to, place(y))));
            }
        }
        for (x, spans) in self.columns {
            for (from, to) in joined(spans) {
                page.rules.push(rule((place(x), from), (place(x), to)));
            }
        }
    }
}

fn rule(from: (f32, f32), to: (f32, f32)) -> Rule {
    Rule {
        from,
        to,
        width: WIDTH,
        dotted: false,
    }
}

/// Joins spans that touch or overlap.
fn joined(mut spans: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f32, f32)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 + STEP => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_border_is_drawn_once() {
        let mut borders = Borders::default();
        for (left, right) in [(0.0, 10.0), (10.0, 20.0)] {
            borders.add(&Area {
                left,
                right,
                top: 0.0,
                bottom: 5.0,
            });
        }
        let mut page = Page::default();
        borders.show(&mut page);
        assert_eq!(page.rules.len(), 5);
    }
}
