//! Charts of tables as drawings: plain data that a page or a screen shows as it is. Everything is black
//! and grey on white, so that a copy says the same.
//!
//! Lengths are in points, counted from the top left corner of the drawing.
//!
//! Architecture invariant: a drawing follows from a table, a width and the fonts alone; no text of it
//! stands over another text, over a bar or beyond the drawing, and every row that is named in the table
//! is either shown or counted in the bar of the rest.

mod axis;
mod bars;
mod curve;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::sheet::{Chart, ChartKind, Face, Row, Table};
use crate::text::{Fonts, Setting, break_lines};

/// Size of all texts but the title: as small as a print may be.
const SIZE: f32 = 8.0;
/// Size of the title.
const TITLE_SIZE: f32 = 9.5;
/// The narrowest drawing; a narrower one is asked for in vain.
const LEAST_WIDTH: f32 = 300.0;
/// The greatest height of a drawing: that of the type area of a page, with room to spare.
pub const MOST_HEIGHT: f32 = 620.0;
/// Thickness of outlines and axes.
const THIN: f32 = 0.5;
/// What stands where there is no number.
const NOTHING: &str = "–";
/// What stands for the part of a name that is left out.
const LEFT_OUT: char = '…';

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Its width.
    pub width: f32,
    /// Its height; 0 where there is nothing to show.
    pub height: f32,
    /// The shapes, each over those before it.
    pub shapes: Vec<Shape>,
    /// The texts, over all shapes, in reading order.
    pub texts: Vec<Label>,
}

/// A shape of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with a thin black outline.
    Rectangle {
        /// Where it is.
        area: Rectangle,
        /// What it is filled with.
        fill: Fill,
    },
    /// A line through points, two at least, with straight parts between them.
    Line {
        /// The points.
        points: Vec<(f32, f32)>,
        /// Its thickness.
        width: f32,
        /// Its grey, from 0 for black to 1 for white.
        grey: f32,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A disc with a thin black outline.
    Dot {
        /// Its middle.
        center: (f32, f32),
        /// Its radius.
        radius: f32,
        /// Its grey, from 0 for black to 1 for white.
        grey: f32,
    },
}

/// What a shape is filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// One grey, from 0 for black to 1 for white.
    Grey(f32),
    /// Thin black lines from the lower left to the upper right on white, [`HATCH_PITCH`] apart.
    Hatch,
}

/// Distance of the lines of a hatch from one another along the horizontal, in points.
pub const HATCH_PITCH: f32 = 3.0;

/// A rectangle in a drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

/// A text of a drawing, on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The text.
    pub text: String,
    /// The face.
    pub face: Face,
    /// The size in points.
    pub size: f32,
    /// Where it begins, ends or has its middle, as `anchor` says.
    pub x: f32,
    /// Where its baseline is.
    pub baseline: f32,
    /// What of it stands at `x`.
    pub anchor: Anchor,
    /// Its width as it was measured.
    pub width: f32,
}

/// What of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

impl Label {
    /// The space that it takes: as wide as it is, an em high.
    #[must_use]
    pub fn area(&self) -> Rectangle {
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - self.width / 2.0,
            Anchor::End => self.x - self.width,
        };
        Rectangle {
            left,
            top: self.baseline - 0.86 * self.size,
            right: left + self.width,
            bottom: self.baseline + 0.14 * self.size,
        }
    }
}

impl Rectangle {
    /// Its width.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Whether it has more than an edge in common with another.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        const EDGE: f32 = 0.01;
        self.left + EDGE < other.right
            && other.left + EDGE < self.right
            && self.top + EDGE < other.bottom
            && other.top + EDGE < self.bottom
    }
}

impl Drawing {
    /// Whether it shows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.texts.is_empty()
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), grey: f32) {
        self.shapes.push(Shape::Line {
            points: vec![from, to],
            width: THIN,
            grey,
            dashed: false,
        });
    }
}

/// Draws the chart of a table, `width` points wide (300 at least) and no higher than [`MOST_HEIGHT`].
///
/// A row without a number has no bar and no point, but a dash in its place; of more bars than there is
/// room for the longest are shown, and one for the sum of the rest. Where no row has a number, the
/// drawing is empty.
#[must_use]
pub fn draw(table: &Table, chart: &Chart, width: f32, fonts: &Fonts) -> Drawing {
    let items = items(table, chart);
    if items.iter().all(|item| item.values.iter().all(Option::is_none)) {
        return Drawing::default();
    }
    let names: Vec<String> = chart
        .columns
        .iter()
        .map(|&column| one_line(table.heading(column)))
        .collect();
    let mut easel = Easel {
        drawing: Drawing {
            width: width.max(LEAST_WIDTH),
            ..Drawing::default()
        },
        fonts,
    };
    easel.title(&chart.title);
    if names.len() > 1 {
        easel.legend(&names, chart.kind);
    }
    match chart.kind {
        ChartKind::Bars => bars::draw_bars(&mut easel, items, &chart.rest),
        ChartKind::Curve => curve::draw_curve(&mut easel, &items),
    }
    easel.drawing
}

/// A named row of a table with its numbers.
#[derive(Clone, Debug)]
struct Item {
    name: String,
    /// The number of each series.
    values: Vec<Option<Decimal>>,
    /// The texts of the numbers.
    texts: Vec<String>,
}

impl Item {
    /// The sum of its numbers.
    fn sum(&self) -> Option<Decimal> {
        let mut known = self.values.iter().flatten();
        let first = *known.next()?;
        Some(known.fold(first, |sum, value| sum.saturating_add(*value)))
    }
}

fn items(table: &Table, chart: &Chart) -> Vec<Item> {
    let named = |row: &Row| {
        let cell = |&column: &usize| row.cells.iter().find(|cell| cell.column == column);
        Some(Item {
            name: one_line(row.bar.as_deref()?),
            values: chart.columns.iter().map(|at| cell(at)?.amount).collect(),
            texts: chart
                .columns
                .iter()
                .map(|at| cell(at).map_or_else(String::new, |cell| one_line(&cell.text)))
                .collect(),
        })
    };
    table.rows.iter().filter_map(named).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number as a length; what is beyond all measure is as long as can be.
fn length(number: Decimal) -> f64 {
    number.to_f64().unwrap_or(f64::MAX)
}

/// The look of a series of bars.
fn fill(series: usize) -> Fill {
    match series % 4 {
        0 => Fill::Grey(0.35),
        1 => Fill::Hatch,
        2 => Fill::Grey(0.85),
        _ => Fill::Grey(1.0),
    }
}

/// The look of a curve: its grey, whether it is dashed, and the grey of its dots.
fn pen(series: usize) -> (f32, bool, f32) {
    match series % 4 {
        0 => (0.0, false, 0.0),
        1 => (0.0, true, 1.0),
        2 => (0.5, false, 0.6),
        _ => (0.5, true, 0.9),
    }
}

/// A drawing on the way, which measures its texts.
struct Easel<'a> {
    drawing: Drawing,
    fonts: &'a Fonts,
}

impl Easel<'_> {
    fn setting(face: Face, size: f32, width: f32, balance: bool) -> Setting {
        Setting {
            face,
            size,
            width,
            indent: 0.0,
            justify: false,
            grid: false,
            balance,
        }
    }

    /// The width of a text on one line.
    fn measure(&self, text: &str, face: Face, size: f32) -> f32 {
        let lines = break_lines(text, self.fonts, &Self::setting(face, size, f32::MAX, false));
        let right = lines.iter().map(|line| line.right).max().unwrap_or(0);
        right as f32 * size / 1000.0
    }

    /// The lines of a text that is broken at a width, as texts.
    fn lines(&self, text: &str, face: Face, size: f32, width: f32) -> Vec<String> {
        break_lines(text, self.fonts, &Self::setting(face, size, width, true))
            .iter()
            .map(|line| line.text().trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The lines of a name, `most` of them at most, in that width: a longer name keeps its beginning and
    /// its end, as long names begin alike.
    fn name(&self, name: &str, width: f32, most: usize) -> Vec<String> {
        let fitting = |name: &str| {
            let lines = self.lines(name, Face::Song, SIZE, width);
            let fits = lines.len() <= most
                && lines
                    .iter()
                    .all(|line| self.measure(line, Face::Song, SIZE) <= width + 0.01);
            fits.then_some(lines)
        };
        if let Some(lines) = fitting(name) {
            return lines;
        }
        let characters: Vec<char> = name.chars().collect();
        let shortened = |kept: usize| {
            let tail = kept / 2;
            let head = characters[..kept - tail].iter();
            let tail = characters[characters.len() - tail..].iter();
            head.chain([&LEFT_OUT]).chain(tail).collect::<String>()
        };
        // No line holds more than four characters to the em.
        let em = (width / SIZE * 4.0).max(1.0) as usize;
        let longest = characters.len().saturating_sub(1).min(em.saturating_mul(most));
        (1..=longest)
            .rev()
            .find_map(|kept| fitting(&shortened(kept)))
            .unwrap_or_else(|| vec![LEFT_OUT.to_string()])
    }

    fn label(&self, text: String, x: f32, baseline: f32, anchor: Anchor) -> Label {
        Label {
            width: self.measure(&text, Face::Song, SIZE),
            text,
            face: Face::Song,
            size: SIZE,
            x,
            baseline,
            anchor,
        }
    }

    /// Puts the title on top.
    fn title(&mut self, title: &str) {
        let width = self.drawing.width;
        let title = one_line(title);
        // A line that is set alone does not give up all the blanks that it gave up among others.
        let fitting = [1.0, 0.9, 0.7, 0.5].into_iter().find_map(|part| {
            let lines = self.lines(&title, Face::Hei, TITLE_SIZE, part * width);
            let fits = lines
                .iter()
                .all(|line| self.measure(line, Face::Hei, TITLE_SIZE) <= width);
            fits.then_some(lines)
        });
        for line in fitting.unwrap_or_else(|| vec![LEFT_OUT.to_string()]) {
            self.drawing.height += 1.35 * TITLE_SIZE;
            let label = Label {
                width: self.measure(&line, Face::Hei, TITLE_SIZE),
                text: line,
                face: Face::Hei,
                size: TITLE_SIZE,
                x: width / 2.0,
                baseline: self.drawing.height - 0.35 * TITLE_SIZE,
                anchor: Anchor::Middle,
            };
            self.drawing.texts.push(label);
        }
        self.drawing.height += 3.0;
    }

    /// Shows what the series are called, below the title.
    fn legend(&mut self, names: &[String], kind: ChartKind) {
        const KEY: f32 = 16.0;
        const GAP: f32 = 3.0;
        const BETWEEN: f32 = 14.0;
        const PITCH: f32 = 12.0;
        let whole = self.drawing.width;
        let entries: Vec<(usize, Label)> = names
            .iter()
            .enumerate()
            .map(|(series, name)| {
                let lines = self.name(name, whole / 2.0 - KEY - GAP - BETWEEN, 1);
                (series, self.label(lines.concat(), 0.0, 0.0, Anchor::Start))
            })
            .collect();
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let mut used = 0.0;
            let mut count = 0;
            for (_, label) in rest {
                let more = KEY + GAP + label.width + if count == 0 { 0.0 } else { BETWEEN };
                if count > 0 && used + more > whole {
                    break;
                }
                used += more;
                count += 1;
            }
            let (row, later) = rest.split_at(count);
            rest = later;
            let mut x = (whole - used) / 2.0;
            let middle = self.drawing.height + PITCH / 2.0;
            for (series, label) in row {
                self.key(*series, kind, x, middle, KEY);
                let mut label = label.clone();
                label.x = x + KEY + GAP;
                label.baseline = middle + 0.36 * SIZE;
                x = label.x + label.width + BETWEEN;
                self.drawing.texts.push(label);
            }
            self.drawing.height += PITCH;
        }
        self.drawing.height += 2.0;
    }

    fn key(&mut self, series: usize, kind: ChartKind, left: f32, middle: f32, width: f32) {
        match kind {
            ChartKind::Bars => self.drawing.shapes.push(Shape::Rectangle {
                area: Rectangle {
                    left,
                    top: middle - 3.5,
                    right: left + width,
                    bottom: middle + 3.5,
                },
                fill: fill(series),
            }),
            ChartKind::Curve => {
                let (grey, dashed, dot) = pen(series);
                self.drawing.shapes.push(Shape::Line {
                    points: vec![(left, middle), (left + width, middle)],
                    width: curve::WIDTH,
                    grey,
                    dashed,
                });
                self.drawing.shapes.push(Shape::Dot {
                    center: (left + width / 2.0, middle),
                    radius: curve::RADIUS,
                    grey: dot,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
