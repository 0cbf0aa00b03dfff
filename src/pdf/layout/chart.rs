//! The chart of a table on a page, below the table.
//!
//! Architecture invariant: a chart is never cut; it stands whole on one page, its title with it.

use crate::chart::{Anchor, Drawing, Label, Shape, draw};
use crate::pdf::layout::flow::{Flow, TOLERANCE};
use crate::pdf::layout::{Setter, Spot};
use crate::pdf::{Area, Role, TYPE_AREA};
use crate::sheet::{Align, Table};
use crate::text::lines::{Line, Setting};

/// Space above a chart, left out on top of a page.
const BEFORE: f32 = 8.0;
/// Space below a chart.
const AFTER: f32 = 6.0;

/// A chart that has been drawn.
pub(super) struct PreparedChart {
    drawing: Drawing,
    /// The lines of its texts.
    lines: Vec<Vec<Line>>,
}

/// Draws the chart of a table; nothing where it has none, or nothing to show in it.
pub(super) fn prepare(table: &Table, setter: &mut Setter<'_>) -> Option<PreparedChart> {
    let drawing = draw(table, table.chart.as_ref()?, TYPE_AREA.width(), setter.fonts);
    if drawing.is_empty() {
        return None;
    }
    let set = |label: &Label| {
        let setting = Setting {
            face: label.face,
            size: label.size,
            width: f32::MAX,
            indent: 0.0,
            justify: false,
            grid: false,
            balance: false,
        };
        setter.set(&label.text, None, &setting)
    };
    Some(PreparedChart {
        lines: drawing.texts.iter().map(set).collect(),
        drawing,
    })
}

impl PreparedChart {
    /// Its height with the space above it.
    pub fn height(&self) -> f32 {
        BEFORE + self.drawing.height
    }

    /// Puts it on the page, on a new one where it does not fit.
    pub fn place(self, flow: &mut Flow<'_>) {
        if !flow.is_fresh() {
            if self.height() > flow.left() + TOLERANCE {
                flow.new_page();
            } else {
                flow.filled += BEFORE;
            }
        }
        let (left, top) = (TYPE_AREA.left, flow.top());
        let moved = |(x, y): (f32, f32)| (x + left, y + top);
        let shapes = self.drawing.shapes.into_iter().map(|shape| match shape {
            Shape::Rectangle { mut area, fill } => {
                (area.left, area.top) = moved((area.left, area.top));
                (area.right, area.bottom) = moved((area.right, area.bottom));
                Shape::Rectangle { area, fill }
            }
            Shape::Line {
                points,
                width,
                grey,
                dashed,
            } => Shape::Line {
                points: points.into_iter().map(moved).collect(),
                width,
                grey,
                dashed,
            },
            Shape::Dot { center, radius, grey } => Shape::Dot {
                center: moved(center),
                radius,
                grey,
            },
        });
        flow.page().shapes.extend(shapes);
        let within = Area {
            top,
            bottom: top + self.drawing.height,
            ..TYPE_AREA
        };
        for (label, lines) in self.drawing.texts.iter().zip(&self.lines) {
            let area = label.area();
            let spot = Spot {
                within,
                left: left + area.left,
                width: area.width(),
                size: label.size,
                align: match label.anchor {
                    Anchor::Start => Align::Left,
                    Anchor::Middle => Align::Center,
                    Anchor::End => Align::Right,
                },
                role: Role::Chart,
            };
            for line in lines {
                spot.show(line, top + label.baseline, flow.page());
            }
        }
        flow.filled += self.drawing.height + AFTER;
    }
}
