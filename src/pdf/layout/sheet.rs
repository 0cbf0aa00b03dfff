//! Texts and tables of one sheet down its pages.

use std::collections::VecDeque;

use crate::pdf::TYPE_AREA;
use crate::pdf::layout::chart::{self, PreparedChart};
use crate::pdf::layout::flow::{Flow, Heading, TOLERANCE, mark, setting};
use crate::pdf::layout::table::{self, PreparedTable};
use crate::pdf::layout::{Setter, Spot};
use crate::sheet::{Block, Sheet, SheetKind, TextBlock};
use crate::text::lines::Line;

/// How much higher than those of an official document the pages of a summary begin: it is one to be looked
/// at, on as few pages as can be. 21 mm, so that 16 mm are left above.
const SUMMARY_RAISED: f32 = 59.5;

/// A block that has been measured.
enum Prepared<'a> {
    Text(&'a TextBlock, Vec<Line>),
    Table(PreparedTable<'a>),
    Chart(PreparedChart),
}

impl Prepared<'_> {
    fn keeps(&self) -> bool {
        matches!(self, Prepared::Text(block, _) if block.style.keep)
    }

    /// The height that has to be there for it to begin, with the space above it.
    fn least_height(&self) -> f32 {
        match self {
            Prepared::Text(block, lines) => {
                let lines = if lines.len() <= 3 { lines.len() } else { 2 };
                block.style.before + lines as f32 * block.style.line_pitch()
            }
            Prepared::Table(table) => table.least_height(),
            Prepared::Chart(chart) => chart.height(),
        }
    }

    fn whole_height(&self) -> f32 {
        match self {
            Prepared::Text(block, lines) => {
                block.style.before + lines.len() as f32 * block.style.line_pitch() + block.style.after
            }
            Prepared::Table(table) => table.least_height(),
            Prepared::Chart(chart) => chart.height(),
        }
    }
}

/// Lays out a sheet that is no contents list.
pub(super) fn lay_out_sheet<'a>(sheet: &'a Sheet, setter: &mut Setter<'_>) -> Flow<'a> {
    let mut flow = Flow {
        raised: match sheet.kind {
            SheetKind::Summary => SUMMARY_RAISED,
            _ => 0.0,
        },
        ..Flow::default()
    };
    flow.new_page();
    let mut blocks = sheet.blocks.iter();
    let mut ahead: VecDeque<Prepared<'a>> = VecDeque::new();
    let mut in_chain = false;
    let mut heading = None;
    loop {
        if ahead.is_empty() {
            match blocks.next() {
                Some(block) => prepare(block, setter, &mut ahead),
                None => break,
            }
        }
        // Blocks that keep together move to the next page together.
        while ahead.back().is_some_and(Prepared::keeps) {
            match blocks.next() {
                Some(block) => prepare(block, setter, &mut ahead),
                None => break,
            }
        }
        let last = ahead.iter().take_while(|block| block.keeps()).count();
        if !in_chain && last < ahead.len() && !flow.is_fresh() {
            let above: f32 = ahead.iter().take(last).map(Prepared::whole_height).sum();
            let needed =
                above + with_chart(ahead.range(last..)).unwrap_or_else(|| ahead[last].least_height());
            if needed > flow.left() + TOLERANCE && needed <= flow.height() {
                flow.new_page();
            }
        }
        let Some(next) = ahead.pop_front() else { break };
        in_chain = next.keeps();
        match next {
            Prepared::Text(block, lines) => {
                if block.continued.is_some() {
                    heading = Some(block);
                }
                place_text(block, &lines, &mut flow);
            }
            Prepared::Table(table) => table.place(heading, &mut flow, setter),
            Prepared::Chart(chart) => chart.place(&mut flow),
        }
    }
    flow
}

/// The height of a small table and its chart, which stand on one page; nothing for any other block.
fn with_chart<'b, 'a: 'b>(mut blocks: impl Iterator<Item = &'b Prepared<'a>>) -> Option<f32> {
    /// The part of a page that a small table and its chart take at most.
    const SMALL: f32 = 0.6;
    let (Some(Prepared::Table(table)), Some(Prepared::Chart(chart))) = (blocks.next(), blocks.next()) else {
        return None;
    };
    let height = table.whole_height() + chart.height();
    (height <= SMALL * TYPE_AREA.height()).then_some(height)
}

/// Measures a block; a table is followed by its chart.
fn prepare<'a>(block: &'a Block, setter: &mut Setter<'_>, ahead: &mut VecDeque<Prepared<'a>>) {
    match block {
        Block::Text(text) => {
            let setting = setting(&text.style, TYPE_AREA.width());
            let lines = setter.set(&text.text, text.field.as_deref(), &setting);
            ahead.push_back(Prepared::Text(text, lines));
        }
        Block::Table(table) => {
            ahead.push_back(Prepared::Table(table::prepare(table, setter)));
            ahead.extend(chart::prepare(table, setter).map(Prepared::Chart));
        }
    }
}

/// How many of `count` lines go on a page that has room for `room` of them: no first line alone at its
/// foot, no last line alone on the next page.
fn lines_here(count: usize, room: usize, fresh: bool) -> usize {
    if room >= count {
        return count;
    }
    let mut here = room;
    if count - here == 1 && count > 2 {
        here = here.saturating_sub(1);
    }
    if here < 2 {
        here = 0;
    }
    // On a page of its own a text must go on, whatever it looks like.
    if fresh && here == 0 {
        room.max(1).min(count)
    } else {
        here
    }
}

fn place_text<'a>(block: &'a TextBlock, lines: &[Line], flow: &mut Flow<'a>) {
    let style = &block.style;
    let pitch = style.line_pitch().max(1.0);
    let begins_sheet = flow.pages.len() == 1 && flow.is_fresh();
    if !flow.is_fresh() || begins_sheet {
        flow.filled += style.before.max(0.0);
    }
    let is_heading = block.link.is_none() && (block.outline > 0 || block.id.is_some());
    let mut lines = lines;
    let mut begun = false;
    while !lines.is_empty() {
        let room = ((flow.left() + TOLERANCE) / pitch).max(0.0) as usize;
        let here = lines_here(lines.len(), room, flow.is_fresh());
        if here == 0 {
            flow.new_page();
            continue;
        }
        let (placed, rest) = lines.split_at(here);
        let top = flow.top();
        if !begun {
            mark(block, top, flow);
            begun = true;
        }
        let spot = Spot {
            within: flow.area(),
            ..Spot::of_text(style)
        };
        spot.show_all(placed, style, top, flow.page());
        flow.filled += here as f32 * pitch;
        if is_heading {
            let page = flow.pages.len().saturating_sub(1);
            flow.headings.push(Heading {
                id: block.id.as_deref(),
                page,
                top,
                bottom: flow.top(),
            });
        }
        if let Some(to) = &block.link {
            flow.link(to, top, flow.top());
        }
        lines = rest;
        if !lines.is_empty() {
            flow.new_page();
        }
    }
    flow.filled += style.after.max(0.0);
}

#[cfg(test)]
mod tests {
    use super::lines_here;

    #[test]
    fn no_line_is_left_alone() {
        assert_eq!(lines_here(5, 9, false), 5);
        assert_eq!(lines_here(5, 1, false), 0);
        assert_eq!(lines_here(5, 4, false), 3);
        assert_eq!(lines_here(3, 2, false), 0);
        assert_eq!(lines_here(3, 2, true), 2);
        assert_eq!(lines_here(1, 0, true), 1);
    }
}
