//! Blocks down the pages of one sheet.

use std::collections::VecDeque;

use crate::pdf::layout::table::{self, PreparedTable};
use crate::pdf::layout::{Setter, Spot, baseline_in_line};
use crate::pdf::{Area, OutlineEntry, Page, Role, TYPE_AREA};
use crate::sheet::{Align, Block, Sheet, Style, TextBlock};
use crate::text::lines::{Line, Setting};

/// What lengths may be off by, so that 22 lines fit the page that they were computed for.
pub(super) const TOLERANCE: f32 = 0.1;

/// The pages of one sheet as they fill up.
#[derive(Default)]
pub(super) struct Flow<'a> {
    /// The pages.
    pub pages: Vec<Page>,
    /// For each page, what can be clicked on it.
    pub links: Vec<Vec<PendingLink<'a>>>,
    /// Names that links point to, with page and height.
    pub anchors: Vec<(&'a str, usize, f32)>,
    /// Entries of the outline.
    pub outline: Vec<OutlineEntry>,
    /// How far down the type area the last page is filled.
    pub filled: f32,
}

/// A link whose target has no page yet.
pub(super) struct PendingLink<'a> {
    pub area: Area,
    pub to: &'a str,
}

impl<'a> Flow<'a> {
    /// Begins a new page.
    pub fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.links.push(Vec::new());
        self.filled = 0.0;
    }

    /// The page that is being filled.
    pub fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.new_page();
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// What is left of it.
    pub fn left(&self) -> f32 {
        TYPE_AREA.height() - self.filled
    }

    /// Whether nothing stands on it yet.
    pub fn is_fresh(&self) -> bool {
        self.filled <= 0.0
    }

    /// Where on the page the next thing begins.
    pub fn top(&self) -> f32 {
        TYPE_AREA.top + self.filled
    }

    /// Makes the last page clickable between two heights.
    pub fn link(&mut self, to: &'a str, top: f32, bottom: f32) {
        if let Some(links) = self.links.last_mut() {
            links.push(PendingLink {
                area: Area {
                    top,
                    bottom,
                    ..TYPE_AREA
                },
                to,
            });
        }
    }
}

/// A block that has been measured.
enum Prepared<'a> {
    Text(&'a TextBlock, Vec<Line>),
    Table(PreparedTable<'a>),
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
        }
    }

    fn whole_height(&self) -> f32 {
        match self {
            Prepared::Text(block, lines) => {
                block.style.before + lines.len() as f32 * block.style.line_pitch() + block.style.after
            }
            Prepared::Table(table) => table.least_height(),
        }
    }
}

/// Lays out a sheet that is no contents list.
pub(super) fn lay_out_sheet<'a>(sheet: &'a Sheet, setter: &mut Setter<'_>) -> Flow<'a> {
    let mut flow = Flow::default();
    flow.new_page();
    let mut blocks = sheet.blocks.iter();
    let mut ahead: VecDeque<Prepared<'a>> = VecDeque::new();
    let mut in_chain = false;
    loop {
        if ahead.is_empty() {
            match blocks.next() {
                Some(block) => ahead.push_back(prepare(block, setter)),
                None => break,
            }
        }
        // Blocks that keep together move to the next page together.
        while ahead.back().is_some_and(Prepared::keeps) {
            match blocks.next() {
                Some(block) => ahead.push_back(prepare(block, setter)),
                None => break,
            }
        }
        if !in_chain && ahead.len() > 1 && !flow.is_fresh() {
            let last = ahead.len() - 1;
            let needed: f32 =
                ahead.iter().take(last).map(Prepared::whole_height).sum::<f32>() + ahead[last].least_height();
            if needed > flow.left() + TOLERANCE && needed <= TYPE_AREA.height() {
                flow.new_page();
            }
        }
        let Some(next) = ahead.pop_front() else { break };
        in_chain = next.keeps();
        match next {
            Prepared::Text(block, lines) => place_text(block, &lines, &mut flow),
            Prepared::Table(table) => table.place(&mut flow),
        }
    }
    flow
}

fn prepare<'a>(block: &'a Block, setter: &mut Setter<'_>) -> Prepared<'a> {
    match block {
        Block::Text(text) => {
            let setting = setting(&text.style, TYPE_AREA.width());
            let lines = setter.set(&text.text, text.field.as_deref(), &setting);
            Prepared::Text(text, lines)
        }
        Block::Table(table) => Prepared::Table(table::prepare(table, setter)),
    }
}

/// How a text of that style is set in that width.
pub(super) fn setting(style: &Style, width: f32) -> Setting {
    let justify = style.align == Align::Justify;
    Setting {
        face: style.face,
        size: style.size,
        width,
        indent: style.indent,
        justify,
        grid: justify,
        balance: style.align == Align::Center,
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
            within: TYPE_AREA,
            left: TYPE_AREA.left,
            width: TYPE_AREA.width(),
            size: style.size,
            align: style.align,
            role: Role::Text,
        };
        for (at, line) in placed.iter().enumerate() {
            spot.show(
                line,
                top + at as f32 * pitch + baseline_in_line(style),
                flow.page(),
            );
        }
        flow.filled += here as f32 * pitch;
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

/// Notes the name and the outline entry of a block that begins at `top`.
pub(super) fn mark<'a>(block: &'a TextBlock, top: f32, flow: &mut Flow<'a>) {
    let page = flow.pages.len().saturating_sub(1);
    if let Some(id) = &block.id {
        flow.anchors.push((id, page, top));
    }
    if block.outline > 0 {
        flow.outline.push(OutlineEntry {
            title: block.text.split_whitespace().collect::<Vec<_>>().join(" "),
            level: block.outline.min(2),
            page,
            top,
        });
    }
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
