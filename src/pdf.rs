//! The PDF of a document, in two steps: [`lay_out`] makes [`Pages`], a display list that is plain
//! data, and [`write()`] turns them into bytes.
//!
//! Lengths are in points, counted from the top left corner of the page; glyphs are placed in
//! thousandths of their size from the beginning of their run.
//!
//! Architecture invariant: all decisions about where something stands are made in `layout`; `write`
//! is the only file that knows of a PDF library. Same document and fonts, same pages, same bytes.

mod layout;
mod write;

use crate::chart::Shape;
use crate::finding::Finding;
use crate::sheet::{TYPE_AREA_HEIGHT, TYPE_AREA_WIDTH};
use crate::text::FontKey;

pub use layout::{lay_out, lay_out_summary};
pub use write::write;

/// Width of a page (A4, 210 mm).
pub const PAGE_WIDTH: f32 = 595.28;
/// Height of a page (A4, 297 mm).
pub const PAGE_HEIGHT: f32 = 841.89;
/// The type area: margins of 37 mm above and 28 mm on the left (GB/T 9704-2012).
pub const TYPE_AREA: Area = Area {
    left: 79.37,
    top: 104.88,
    right: 79.37 + TYPE_AREA_WIDTH,
    bottom: 104.88 + TYPE_AREA_HEIGHT,
};

/// The pages of one document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pages {
    /// Title for the document properties.
    pub title: String,
    /// Author for the document properties.
    pub author: String,
    /// The year whose 1 January is the date of the document.
    pub year: Option<i32>,
    /// The pages in their order.
    pub pages: Vec<Page>,
    /// The outline in reading order.
    pub outline: Vec<OutlineEntry>,
    /// What was found while the document was laid out.
    pub findings: Vec<Finding>,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The number that is printed on it, if any.
    pub number: Option<u32>,
    /// The texts in reading order.
    pub runs: Vec<Run>,
    /// The grey grounds of cells, under all else.
    pub shades: Vec<Area>,
    /// The shapes of charts, each over those before it.
    pub shapes: Vec<Shape>,
    /// The lines.
    pub rules: Vec<Rule>,
    /// The places that can be clicked.
    pub links: Vec<Link>,
}

/// Characters of one font and size on one baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The font.
    pub font: FontKey,
    /// The size in points.
    pub size: f32,
    /// Where the run begins.
    pub x: f32,
    /// Where its baseline is.
    pub baseline: f32,
    /// Its glyphs, one for each character of `text`.
    pub glyphs: Vec<PlacedGlyph>,
    /// The characters that the glyphs show.
    pub text: String,
    /// Why it is there.
    pub role: Role,
    /// The left and the right end of the space it takes.
    pub extent: (f32, f32),
    /// The cell or column that it has to stand in.
    pub within: Area,
}

/// A glyph and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedGlyph {
    /// Its number in the font of the run.
    pub id: u16,
    /// Where its origin is, in thousandths of the size from the beginning of the run.
    pub x: i32,
}

/// Why a run is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It shows text of the document.
    Text,
    /// It shows a header row or the label of a merged cell once more on a continued page.
    Repeated,
    /// It is the number of the page.
    PageNumber,
    /// It is the page number in a line of the contents list.
    Reference,
    /// It is a name, a number or a title in a chart.
    Chart,
}

/// A straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// One end.
    pub from: (f32, f32),
    /// The other end.
    pub to: (f32, f32),
    /// Its thickness.
    pub width: f32,
    /// Whether it is a row of dots, as the leaders of the contents list are.
    pub dotted: bool,
}

/// A place that leads somewhere when it is clicked.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Where it is.
    pub area: Area,
    /// Where it leads to.
    pub to: Destination,
}

/// Where a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Destination {
    /// A place in the document.
    Page {
        /// The page, from 0.
        page: usize,
        /// How far down that page.
        top: f32,
    },
    /// A file: its path from the folder of the document, with `/`.
    File(String),
}

/// One entry of the outline.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineEntry {
    /// What it says.
    pub title: String,
    /// Its level, 1 or 2.
    pub level: u8,
    /// The page it leads to, from 0.
    pub page: usize,
    /// How far down that page.
    pub top: f32,
}

/// A rectangle on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

impl Area {
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
}
