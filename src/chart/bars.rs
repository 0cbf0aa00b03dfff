//! Bars from left to right: names on the left, numbers at the ends, an axis below.

use rust_decimal::Decimal;

use super::axis::Scale;
use super::{Anchor, Easel, Item, Label, MOST_HEIGHT, NOTHING, Rectangle, SIZE, Shape, fill, length};

/// The most bars of a chart.
const MOST_BARS: usize = 60;
/// Distance from bar to bar: where there are few of them, and where there are most of them.
const PITCH: (f32, f32) = (14.0, 9.2);
/// Height up to which bars stand at the wider distance.
const EASY_HEIGHT: f32 = 240.0;
/// Height of a bar whose name is on two lines.
const TWO_LINES: f32 = 2.0 * LINE + 3.0;
/// Distance of the two lines of a name.
const LINE: f32 = 9.0;
/// The part of the width that names may take.
const NAMES: f32 = 0.37;
/// Space between a name or a number and the bars.
const GAP: f32 = 4.0;
/// The least width of the longest bar.
const LEAST_PLOT: f32 = 40.0;
/// Height of the axis with its numbers.
const FOOT: f32 = 16.0;

/// A bar that has its name in lines and its number as text.
struct Bar {
    item: Item,
    name: Vec<String>,
    height: f32,
    number: Label,
}

/// Draws bars below what is there.
pub(super) fn draw_bars(easel: &mut Easel<'_>, items: Vec<Item>, rest: &str) {
    let room = MOST_HEIGHT - easel.drawing.height - FOOT;
    let most = ((room / PITCH.1) as usize).clamp(2, MOST_BARS);
    let items = longest(items, most, rest);
    let whole = easel.drawing.width;

    let number = |item: &Item| easel.label(number(item), 0.0, 0.0, Anchor::Start);
    let numbers: Vec<Label> = items.iter().map(number).collect();
    let (left_of, right_of) = items
        .iter()
        .zip(&numbers)
        .fold((0.0_f32, 0.0_f32), |(l, r), (item, label)| {
            if stands_left(item) {
                (l.max(label.width + GAP), r)
            } else {
                (l, r.max(label.width + GAP))
            }
        });
    let most_of_name = (whole * NAMES)
        .min(whole - left_of - right_of - LEAST_PLOT - 2.0 * GAP)
        .max(3.0 * SIZE);
    let pitch = (EASY_HEIGHT / items.len() as f32).clamp(PITCH.1, PITCH.0);
    let mut bars = set(easel, items, numbers, most_of_name, pitch, 2);
    if bars.iter().map(|bar| bar.height).sum::<f32>() > EASY_HEIGHT.max(pitch * bars.len() as f32) + 0.1 {
        let (items, numbers) = bars.into_iter().map(|bar| (bar.item, bar.number)).unzip();
        bars = set(easel, items, numbers, most_of_name, pitch, 1);
    }
    let names = bars
        .iter()
        .flat_map(|bar| &bar.name)
        .map(|line| easel.measure(line, crate::sheet::Face::Song, SIZE))
        .fold(0.0, f32::max);

    let values = || bars.iter().map(|bar| ends(&bar.item));
    let least = values().map(|(from, _)| from).fold(0.0, f64::min);
    let greatest = values().map(|(_, to)| to).fold(0.0, f64::max);
    let plot = (names + GAP + left_of, whole - right_of.max(2.0 * SIZE));
    let scale = Scale::new(least, greatest, 4.0);
    let at = |number: f64| plot.0 + scale.part(number) * (plot.1 - plot.0);

    let top = easel.drawing.height;
    let zero = at(0.0);
    let mut y = top;
    for bar in &bars {
        let middle = y + bar.height / 2.0;
        let first = middle - (bar.name.len() as f32 - 1.0) * LINE / 2.0 + 0.36 * SIZE;
        for (line, text) in bar.name.iter().enumerate() {
            let label = easel.label(text.clone(), names, first + line as f32 * LINE, Anchor::End);
            easel.drawing.texts.push(label);
        }
        let thickness = (0.64 * bar.height).min(9.0);
        let (mut negative, mut positive) = (0.0, 0.0);
        for (series, value) in bar.item.values.iter().enumerate() {
            let value = value.map_or(0.0, length);
            let reached = if value < 0.0 { &mut negative } else { &mut positive };
            let (from, to) = (at(*reached), at(*reached + value));
            *reached += value;
            if value == 0.0 {
                continue;
            }
            easel.drawing.shapes.push(Shape::Rectangle {
                area: Rectangle {
                    left: from.min(to),
                    top: middle - thickness / 2.0,
                    right: from.max(to),
                    bottom: middle + thickness / 2.0,
                },
                fill: fill(series),
            });
        }
        let mut number = bar.number.clone();
        number.baseline = middle + 0.36 * SIZE;
        if stands_left(&bar.item) {
            number.anchor = Anchor::End;
            number.x = at(negative) - GAP + 1.0;
        } else {
            number.x = at(positive) + GAP - 1.0;
        }
        easel.drawing.texts.push(number);
        y += bar.height;
    }
    y += 2.0;
    easel.drawing.line((zero, top), (zero, y), 0.0);
    easel.drawing.line((plot.0, y), (plot.1, y), 0.0);
    draw_steps(easel, &scale, plot, y);
    easel.drawing.height = y + FOOT - 2.0;
}

/// Draws the steps of the axis with as many of their numbers as stand beside each other.
fn draw_steps(easel: &mut Easel<'_>, scale: &Scale, plot: (f32, f32), y: f32) {
    let whole = easel.drawing.width;
    let mut end = f32::MIN;
    for (part, text) in scale.steps() {
        let x = plot.0 + part * (plot.1 - plot.0);
        easel.drawing.line((x, y), (x, y + 2.5), 0.0);
        let label = easel.label(text, x, y + 3.5 + 0.86 * SIZE, Anchor::Middle);
        let area = label.area();
        if area.left >= end && area.left >= 0.0 && area.right <= whole {
            end = area.right + GAP;
            easel.drawing.texts.push(label);
        }
    }
}

/// Gives the bars their names and heights.
fn set(
    easel: &Easel<'_>,
    items: Vec<Item>,
    numbers: Vec<Label>,
    width: f32,
    pitch: f32,
    lines: usize,
) -> Vec<Bar> {
    let bar = |(item, number): (Item, Label)| {
        let name = easel.name(&item.name, width, lines);
        let height = if name.len() > 1 { TWO_LINES } else { pitch };
        Bar {
            item,
            name,
            height,
            number,
        }
    };
    items.into_iter().zip(numbers).map(bar).collect()
}

/// Whether the number of a bar stands on the left of it.
fn stands_left(item: &Item) -> bool {
    let (from, to) = ends(item);
    to <= 0.0 && from < 0.0
}

/// How far a bar goes to the left and to the right of 0.
fn ends(item: &Item) -> (f64, f64) {
    let values = item.values.iter().flatten().map(|value| length(*value));
    values.fold((0.0, 0.0), |(from, to), value| {
        if value < 0.0 {
            (from + value, to)
        } else {
            (from, to + value)
        }
    })
}

/// What is printed at a bar: the number as the table prints it, of several their sum.
fn number(item: &Item) -> String {
    match (item.sum(), item.texts.as_slice()) {
        (None, _) => NOTHING.to_owned(),
        (Some(_), [text]) if !text.is_empty() => text.clone(),
        (Some(sum), _) => sum.to_string(),
    }
}

/// The longest bars in their order, and one for the sum of the rest, if there are more than `most`.
fn longest(items: Vec<Item>, most: usize, rest: &str) -> Vec<Item> {
    if items.len() <= most {
        return items;
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    // The sort is stable, so that of equal bars the first ones stay.
    order.sort_by_key(|&at| std::cmp::Reverse(items[at].sum()));
    let mut stays = vec![false; items.len()];
    for &at in &order[..most - 1] {
        stays[at] = true;
    }
    let count = items.len() + 1 - most;
    let series = items[0].values.len();
    let mut others: Vec<Option<Decimal>> = vec![None; series];
    let mut shown = Vec::with_capacity(most);
    for (item, stays) in items.into_iter().zip(stays) {
        if stays {
            shown.push(item);
            continue;
        }
        for (sum, value) in others.iter_mut().zip(&item.values) {
            if let Some(value) = value {
                *sum = Some(sum.unwrap_or_default().saturating_add(*value));
            }
        }
    }
    let mark = if rest.is_empty() { "…" } else { rest };
    shown.push(Item {
        name: format!("{mark}（{count}）"),
        texts: others
            .iter()
            .map(|sum| sum.map_or_else(String::new, |sum| sum.to_string()))
            .collect(),
        values: others,
    });
    shown
}
