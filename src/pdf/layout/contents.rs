//! The contents list: text, dotted leader, page number; each line leads to its target.

use crate::pdf::layout::flow::{self, Flow, TOLERANCE};
use crate::pdf::layout::{Setter, Spot, baseline_in_line};
use crate::pdf::{Role, Rule, TYPE_AREA};
use crate::sheet::{Align, Block, Sheet, TextBlock};
use crate::text::lines::Setting;

/// Distance of two dots of a leader, in points.
pub(crate) const DOT_PITCH: f32 = 4.0;
/// Thickness of a dot.
const DOT_WIDTH: f32 = 1.0;

/// Lays out a contents list. `number_of` tells the page number of a target.
pub(super) fn lay_out_contents<'a>(
    sheet: &'a Sheet,
    number_of: &dyn Fn(&str) -> Option<u32>,
    setter: &mut Setter<'_>,
) -> Flow<'a> {
    let mut flow = Flow::default();
    flow.new_page();
    for block in &sheet.blocks {
        match block {
            Block::Text(block) => place_entry(block, number_of, setter, &mut flow),
            Block::Table(table) => super::table::prepare(table, setter).place(None, &mut flow, setter),
        }
    }
    flow
}

fn place_entry<'a>(
    block: &'a TextBlock,
    number_of: &dyn Fn(&str) -> Option<u32>,
    setter: &mut Setter<'_>,
    flow: &mut Flow<'a>,
) {
    let style = &block.style;
    let number = block.link.as_deref().map(number_of);
    let entry = number.is_some();
    // An entry is indented as a whole, and no line of it runs into the page numbers.
    let indent = if entry {
        style.indent.max(0.0) * style.size
    } else {
        0.0
    };
    let reserved = if entry { 3.0 * style.size } else { 0.0 };
    let width = (TYPE_AREA.width() - indent - reserved).max(style.size);
    let setting = Setting {
        indent: if entry { 0.0 } else { style.indent },
        justify: !entry && style.align == Align::Justify,
        ..flow::setting(style, width)
    };
    let lines = setter.set(&block.text, block.field.as_deref(), &setting);
    let pitch = style.line_pitch().max(1.0);
    if !flow.is_fresh() || flow.pages.len() == 1 {
        flow.filled += style.before.max(0.0);
    }
    // An entry is one thing to click, so it is not cut by a page.
    if !flow.is_fresh() && flow.left() + TOLERANCE < lines.len() as f32 * pitch {
        flow.new_page();
    }
    let mut begun_at = flow.top();
    flow::mark(block, begun_at, flow);
    if let Some(to) = &block.link {
        flow.entries
            .push((to, flow.pages.len().saturating_sub(1), begun_at));
    }
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter().enumerate() {
        if flow.left() + TOLERANCE < pitch && !flow.is_fresh() {
            flow.new_page();
            begun_at = flow.top();
        }
        let baseline = flow.top() + baseline_in_line(style);
        let mut spot = Spot {
            within: TYPE_AREA,
            left: TYPE_AREA.left + indent,
            width: if entry { width } else { TYPE_AREA.width() },
            size: style.size,
            align: if entry { Align::Left } else { style.align },
            role: Role::Text,
        };
        spot.show(line, baseline, flow.page());
        if at == last
            && let Some(number) = number
        {
            let text_end = TYPE_AREA.left + indent + line.right as f32 * style.size / 1000.0;
            let mut number_start = TYPE_AREA.right;
            if let Some(number) = number {
                let one_line = Setting {
                    width: TYPE_AREA.width(),
                    ..setting
                };
                let number = setter.set(&number.to_string(), None, &one_line);
                spot.left = TYPE_AREA.left;
                spot.width = TYPE_AREA.width();
                spot.align = Align::Right;
                spot.role = Role::Reference;
                for line in &number {
                    number_start -= line.right as f32 * style.size / 1000.0;
                    spot.show(line, baseline, flow.page());
                }
            }
            show_leader(text_end, number_start, baseline, style.size, flow);
        }
        flow.filled += pitch;
    }
    if let Some(to) = &block.link {
        flow.link(to, begun_at, flow.top());
    }
    flow.filled += style.after.max(0.0);
}

/// A row of dots from the text to the number. All rows share one grid, so that dots stand under dots.
fn show_leader(text_end: f32, number_start: f32, baseline: f32, size: f32, flow: &mut Flow<'_>) {
    let on_grid = |x: f32| (TYPE_AREA.right - x) / DOT_PITCH;
    let from = TYPE_AREA.right - on_grid(text_end + 0.4 * size).floor() * DOT_PITCH;
    let to = TYPE_AREA.right - on_grid(number_start - 0.4 * size).ceil() * DOT_PITCH;
    if to - from < DOT_PITCH {
        return;
    }
    let y = baseline - 0.12 * size;
    flow.page().rules.push(Rule {
        from: (from, y),
        to: (to, y),
        width: DOT_WIDTH,
        dotted: true,
    });
}
