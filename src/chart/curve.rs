//! Curves over the rows: numbers at the points, names below, steps on the left.

use super::axis::Scale;
use super::{Anchor, Easel, Item, Label, NOTHING, Rectangle, SIZE, Shape, length, pen};

/// Thickness of a curve.
pub(super) const WIDTH: f32 = 1.2;
/// Radius of a point of a curve.
pub(super) const RADIUS: f32 = 2.2;
/// Height from the lowest to the highest step.
const PLOT: f32 = 92.0;
/// Space above the highest step, for the number of a point on it.
const HEAD: f32 = 13.0;
/// Distance of the two lines of a name.
const LINE: f32 = 9.5;
/// The narrowest place for a name.
const LEAST_NAME: f32 = 30.0;
/// The narrowest place beside the edge of the drawing that a name is put in.
const LEAST_ROOM: f32 = 2.0 * SIZE;
/// Space between a text and what it belongs to.
const GAP: f32 = 3.0;
/// Space below the lowest step, half of whose number stands there.
const BELOW: f32 = 5.0;
/// The grey of the lines that are drawn through the steps.
const GUIDE: f32 = 0.8;

/// Draws curves below what is there.
pub(super) fn draw_curve(easel: &mut Easel<'_>, items: &[Item]) {
    let whole = easel.drawing.width;
    let values = || {
        let all = items.iter().flat_map(|item| &item.values);
        all.flatten().map(|value| length(*value))
    };
    let scale = Scale::new(values().fold(0.0, f64::min), values().fold(0.0, f64::max), 5.0);
    let steps: Vec<(f32, Label)> = scale
        .steps()
        .map(|(part, text)| (part, easel.label(text, 0.0, 0.0, Anchor::End)))
        .collect();
    let widest = steps.iter().map(|(_, label)| label.width).fold(0.0, f32::max);
    let top = easel.drawing.height + HEAD;
    let plot = Rectangle {
        left: widest + GAP + 2.0,
        top,
        right: whole - GAP,
        bottom: top + PLOT,
    };
    for (part, mut label) in steps {
        let y = plot.bottom - part * plot.height();
        easel.drawing.line((plot.left, y), (plot.right, y), GUIDE);
        label.x = widest;
        label.baseline = y + 0.36 * SIZE;
        easel.drawing.texts.push(label);
    }
    let zero = plot.bottom - scale.part(0.0) * plot.height();
    easel.drawing.line((plot.left, zero), (plot.right, zero), 0.0);
    easel
        .drawing
        .line((plot.left, plot.top), (plot.left, plot.bottom), 0.0);

    let slot = plot.width() / items.len() as f32;
    let place = |at: usize| plot.left + (at as f32 + 0.5) * slot;
    let height = |number: f64| plot.bottom - scale.part(number) * plot.height();
    let mut placing = Placing::new(plot, HEAD);
    let series = items.first().map_or(0, |item| item.values.len());
    for series in 0..series {
        draw_series(easel, series, items, &place, &height, &mut placing);
    }
    for series in 0..series {
        for (at, item) in items.iter().enumerate() {
            if let Some(value) = item.values[series] {
                let text = Some(item.texts[series].clone()).filter(|text| !text.is_empty());
                let label = easel.label(
                    text.unwrap_or_else(|| value.to_string()),
                    0.0,
                    0.0,
                    Anchor::Middle,
                );
                let label = placing.place(label, (place(at), height(length(value))));
                easel.drawing.texts.extend(label);
            }
        }
    }
    for (at, item) in items.iter().enumerate() {
        if item.sum().is_none() {
            let label = easel.label(NOTHING.to_owned(), 0.0, 0.0, Anchor::Middle);
            let label = placing.place(label, (place(at), zero));
            easel.drawing.texts.extend(label);
        }
    }
    easel.drawing.height = draw_names(easel, items, &plot, slot);
}

/// Draws the lines and points of one series. The line is broken where there is no number.
fn draw_series(
    easel: &mut Easel<'_>,
    series: usize,
    items: &[Item],
    place: &impl Fn(usize) -> f32,
    height: &impl Fn(f64) -> f32,
    placing: &mut Placing,
) {
    let (grey, dashed, dot) = pen(series);
    let points: Vec<Option<(f32, f32)>> = items
        .iter()
        .enumerate()
        .map(|(at, item)| Some((place(at), height(length(item.values[series]?)))))
        .collect();
    for stretch in points.split(Option::is_none) {
        let stretch: Vec<(f32, f32)> = stretch.iter().flatten().copied().collect();
        placing
            .lines
            .extend(stretch.windows(2).map(|pair| (pair[0], pair[1])));
        if stretch.len() > 1 {
            easel.drawing.shapes.push(Shape::Line {
                points: stretch,
                width: WIDTH,
                grey,
                dashed,
            });
        }
    }
    for center in points.into_iter().flatten() {
        placing.taken.push(around(center, RADIUS));
        easel.drawing.shapes.push(Shape::Dot {
            center,
            radius: RADIUS,
            grey: dot,
        });
    }
}

/// Writes the names below the plot; where they stand too close, every second one, third one, and so on.
/// Gives the height of the drawing.
fn draw_names(easel: &mut Easel<'_>, items: &[Item], plot: &Rectangle, slot: f32) -> f32 {
    let every = (LEAST_NAME / slot).ceil().max(1.0) as usize;
    // A thinned name is centred below its point, so that half of it reaches into each neighbour.
    let width = slot * every as f32 - GAP;
    let mut most = 1;
    for (at, item) in items.iter().enumerate().step_by(every) {
        let x = plot.left + (at as f32 + 0.5) * slot;
        let room = (2.0 * x).min(2.0 * (easel.drawing.width - x)).min(width);
        if room < LEAST_ROOM {
            continue;
        }
        let lines = easel.name(&item.name, room, 2);
        most = most.max(lines.len());
        for (line, text) in lines.into_iter().enumerate() {
            let baseline = plot.bottom + BELOW + 0.86 * SIZE + line as f32 * LINE;
            let label = easel.label(text, x, baseline, Anchor::Middle);
            easel.drawing.texts.push(label);
        }
    }
    plot.bottom + BELOW + SIZE + (most as f32 - 1.0) * LINE + 2.0
}

fn around((x, y): (f32, f32), radius: f32) -> Rectangle {
    Rectangle {
        left: x - radius,
        top: y - radius,
        right: x + radius,
        bottom: y + radius,
    }
}

/// What is taken of the plot by points, lines and texts.
struct Placing {
    plot: Rectangle,
    taken: Vec<Rectangle>,
    lines: Vec<((f32, f32), (f32, f32))>,
}

impl Placing {
    fn new(plot: Rectangle, head: f32) -> Self {
        Self {
            plot: Rectangle {
                top: plot.top - head,
                ..plot
            },
            taken: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Places a text beside a point: where it is off all lines, else where it is off all texts and points;
    /// nowhere if there is no such place, as the table says the number too.
    fn place(&mut self, mut label: Label, (x, y): (f32, f32)) -> Option<Label> {
        let above = y - RADIUS - 1.2 - 0.14 * SIZE;
        let below = y + RADIUS + 1.2 + 0.86 * SIZE;
        let beside = label.width / 2.0 + RADIUS + 2.0;
        let spots = [
            (x, above),
            (x - label.width / 3.0, above - 1.0),
            (x + label.width / 3.0, below),
            (x, below),
            (x + beside, y + 0.36 * SIZE),
            (x - beside, y + 0.36 * SIZE),
        ];
        let mut second = None;
        for (x, baseline) in spots {
            (label.x, label.baseline) = (x, baseline);
            let area = label.area();
            let inside = area.left >= self.plot.left
                && area.right <= self.plot.right
                && area.top >= self.plot.top
                && area.bottom <= self.plot.bottom;
            if !inside || self.taken.iter().any(|taken| taken.overlaps(&area)) {
                continue;
            }
            if !self.lines.iter().any(|&(from, to)| crosses(from, to, &area)) {
                self.taken.push(area);
                return Some(label);
            }
            second = second.or(Some((x, baseline)));
        }
        (label.x, label.baseline) = second?;
        self.taken.push(label.area());
        Some(label)
    }
}

/// Whether a straight line runs through an area.
fn crosses(from: (f32, f32), to: (f32, f32), area: &Rectangle) -> bool {
    // The part of the line that is inside of all four edges.
    let (mut begin, mut end) = (0.0_f32, 1.0_f32);
    let along = [
        (from.0, to.0, area.left, area.right),
        (from.1, to.1, area.top, area.bottom),
    ];
    for (from, to, low, high) in along {
        let way = to - from;
        if way.abs() < 1e-6 {
            if from < low || from > high {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - from) / way, (high - from) / way);
        begin = begin.max(one.min(other));
        end = end.min(one.max(other));
    }
    begin < end
}
