//! The pages of one sheet as they fill up, and how a text is set on them.

use crate::pdf::{Area, OutlineEntry, Page, TYPE_AREA};
use crate::sheet::{Align, Style, TextBlock};
use crate::text::lines::Setting;

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
    /// The headings, which lead back to the contents list.
    pub headings: Vec<Heading<'a>>,
    /// The lines of a contents list: what they lead to, with page and height.
    pub entries: Vec<(&'a str, usize, f32)>,
    /// Entries of the outline.
    pub outline: Vec<OutlineEntry>,
    /// How far down the last page is filled.
    pub filled: f32,
    /// How much higher than the type area its pages begin.
    pub raised: f32,
}

/// A heading on its page.
pub(super) struct Heading<'a> {
    /// Its name; without one it is known by its sheet.
    pub id: Option<&'a str>,
    pub page: usize,
    pub top: f32,
    pub bottom: f32,
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
        self.height() - self.filled
    }

    /// Where its texts may stand on a page.
    pub fn area(&self) -> Area {
        Area {
            top: TYPE_AREA.top - self.raised,
            ..TYPE_AREA
        }
    }

    /// The height of an empty page.
    pub fn height(&self) -> f32 {
        self.area().height()
    }

    /// Whether nothing stands on it yet.
    pub fn is_fresh(&self) -> bool {
        self.filled <= 0.0
    }

    /// Where on the page the next thing begins.
    pub fn top(&self) -> f32 {
        self.area().top + self.filled
    }

    /// Makes the last page clickable between two heights.
    pub fn link(&mut self, to: &'a str, top: f32, bottom: f32) {
        let area = Area {
            top,
            bottom,
            ..TYPE_AREA
        };
        self.link_area(to, area);
    }

    /// Makes an area of the last page clickable.
    pub fn link_area(&mut self, to: &'a str, area: Area) {
        if let Some(links) = self.links.last_mut() {
            links.push(PendingLink { area, to });
        }
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
