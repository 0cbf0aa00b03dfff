//! What a page shows, in the operators of PDF.
//!
//! They are written here and not by a library: that makes one object of each glyph, which took a
//! third of the time of a whole document.
//!
//! Architecture invariant: text comes in the order of the runs, with the true characters beside any
//! glyph that stands for others, so that what is copied out is what the document says.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::chart::{Fill, HATCH_PITCH, Rectangle, Shape};
use crate::pdf::layout::DOT_PITCH;
use crate::pdf::write::subset::Subset;
use crate::pdf::write::{resource_name, utf16};
use crate::pdf::{Area, PAGE_HEIGHT, Page, Rule, Run};
use crate::sheet::Face;

/// Sets the grey of a shaded cell, that of the workbook.
const SHADE: &str = "0.85 g ";

/// The content stream of a page.
pub(super) fn content(page: &Page, subsets: &BTreeMap<Face, Subset>) -> Vec<u8> {
    let glyphs: usize = page.runs.iter().map(|run| run.glyphs.len()).sum();
    let mut out = Content(Vec::with_capacity(
        6 * glyphs + 40 * (page.runs.len() + page.rules.len()),
    ));
    out.shades(&page.shades);
    out.shapes(&page.shapes);
    out.rules(&page.rules);
    if !page.runs.is_empty() {
        out.word("BT\n");
        let mut font = None;
        for run in &page.runs {
            let Some(subset) = subsets.get(&run.face) else {
                continue;
            };
            if font != Some((run.face, run.size)) {
                font = Some((run.face, run.size));
                out.word("/");
                out.word(resource_name(run.face));
                out.word(" ");
                out.length(run.size);
                out.word("Tf\n");
            }
            out.run(run, subset);
        }
        out.word("ET\n");
    }
    out.0
}

/// A content stream on the way.
struct Content(Vec<u8>);

impl fmt::Write for Content {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.word(text);
        Ok(())
    }
}

impl Content {
    fn word(&mut self, word: &str) {
        self.0.extend_from_slice(word.as_bytes());
    }

    /// A length and a space. Hundredths of a point are finer than any printer.
    fn length(&mut self, points: f32) {
        let hundredths = (points * 100.0).round() as i64;
        let (sign, value) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
        let (whole, part) = (value / 100, value % 100);
        // Writing to a vector never fails.
        let _ = match (part, part % 10) {
            (0, _) => write!(self, "{sign}{whole} "),
            (_, 0) => write!(self, "{sign}{whole}.{} ", part / 10),
            _ => write!(self, "{sign}{whole}.{part:02} "),
        };
    }

    fn point(&mut self, (x, y): (f32, f32)) {
        self.length(x);
        self.length(PAGE_HEIGHT - y);
    }

    fn shades(&mut self, shades: &[Area]) {
        for area in shades {
            self.word(SHADE);
            self.point((area.left, area.bottom));
            self.length(area.width());
            self.length(area.height());
            self.word("re f 0 g\n");
        }
    }

    /// Paints the shapes of charts, then goes back to black and whole lines.
    fn shapes(&mut self, shapes: &[Shape]) {
        if shapes.is_empty() {
            return;
        }
        for shape in shapes {
            match shape {
                Shape::Rectangle { area, fill } => self.rectangle(area, *fill),
                Shape::Line {
                    points,
                    width,
                    grey,
                    dashed,
                } => {
                    self.length(*width);
                    self.word("w ");
                    self.length(*grey);
                    self.word(if *dashed { "G [4 2.5] 0 d\n" } else { "G [] 0 d\n" });
                    for (at, point) in points.iter().enumerate() {
                        self.point(*point);
                        self.word(if at == 0 { "m " } else { "l " });
                    }
                    self.word("S\n");
                }
                Shape::Dot { center, radius, grey } => self.dot(*center, *radius, *grey),
            }
        }
        self.word("0 g 0 G [] 0 d\n");
    }

    fn rectangle(&mut self, area: &Rectangle, fill: Fill) {
        const OUTLINE: &str = "0.5 w 0 G [] 0 d ";
        match fill {
            Fill::Grey(grey) => {
                self.word(OUTLINE);
                self.length(grey);
                self.word("g ");
                self.frame(area);
                self.word("B\n");
            }
            Fill::Hatch => {
                self.word("q 0.4 w 0 G [] 0 d 1 g ");
                self.frame(area);
                // What the lines are cut to is filled first.
                self.word("f ");
                self.frame(area);
                self.word("W n\n");
                let height = area.height();
                // All hatches of a page share one grid, so that they meet.
                let first = ((area.left - height) / HATCH_PITCH).floor();
                let mut at = first * HATCH_PITCH;
                while at < area.right {
                    self.point((at, area.bottom));
                    self.word("m ");
                    self.point((at + height, area.top));
                    self.word("l\n");
                    at += HATCH_PITCH;
                }
                self.word("S Q\n");
                self.word(OUTLINE);
                self.frame(area);
                self.word("S\n");
            }
        }
    }

    fn frame(&mut self, area: &Rectangle) {
        self.point((area.left, area.bottom));
        self.length(area.width());
        self.length(area.height());
        self.word("re ");
    }

    /// A disc of four curves that are as near to it as curves come.
    fn dot(&mut self, (x, y): (f32, f32), radius: f32, grey: f32) {
        const ARC: f32 = 0.552_285;
        let (near, far) = (radius * ARC, radius);
        self.word("0.5 w 0 G [] 0 d ");
        self.length(grey);
        self.word("g ");
        self.point((x + far, y));
        self.word("m ");
        for (one, other, end) in [
            ((far, near), (near, far), (0.0, far)),
            ((-near, far), (-far, near), (-far, 0.0)),
            ((-far, -near), (-near, -far), (0.0, -far)),
            ((near, -far), (far, -near), (far, 0.0)),
        ] {
            for (across, down) in [one, other, end] {
                self.point((x + across, y + down));
            }
            self.word("c ");
        }
        self.word("b\n");
    }

    fn rules(&mut self, rules: &[Rule]) {
        for alike in rules.chunk_by(|a, b| (a.width, a.dotted) == (b.width, b.dotted)) {
            self.length(alike[0].width);
            self.word("w ");
            if alike[0].dotted {
                // A dash of no length with round ends is a dot.
                self.word("1 J [0 ");
                self.length(DOT_PITCH);
                self.word("] 0 d\n");
            } else {
                self.word("2 J [] 0 d\n");
            }
            for rule in alike {
                self.point(rule.from);
                self.word("m ");
                self.point(rule.to);
                self.word("l\n");
            }
            self.word("S\n");
        }
    }

    /// Shows a run: its glyphs, and between them what the next one is nearer than the glyph is wide.
    fn run(&mut self, run: &Run, subset: &Subset) {
        self.word("1 0 0 1 ");
        self.point((run.x, run.baseline));
        self.word("Tm [<");
        let mut pen = 0;
        for (at, (glyph, c)) in run.glyphs.iter().zip(run.text.chars()).enumerate() {
            let id = subset.new_id(glyph.id);
            let next = run.glyphs.get(at + 1);
            let (code, width) = subset.code(id, next.map(|next| next.x - glyph.x));
            let stands_for_itself = subset.characters[usize::from(id)] == c;
            if !stands_for_itself {
                self.word(">] TJ /Span <</ActualText <");
                for byte in utf16(&c.to_string()) {
                    self.hex(u16::from(byte), 2);
                }
                self.word(">>> BDC [<");
            }
            self.hex(code, 4);
            pen += i32::from(width);
            if !stands_for_itself {
                self.word(">] TJ EMC [<");
            }
            // A positive offset moves the next glyph to the left.
            let offset = next.map_or(0, |next| pen - next.x);
            if offset != 0 {
                let _ = write!(self, ">{offset}<");
            }
            pen -= offset;
        }
        self.word(">] TJ\n");
    }

    fn hex(&mut self, value: u16, digits: u32) {
        for digit in (0..digits).rev() {
            self.0
                .push(b"0123456789ABCDEF"[usize::from(value >> (4 * digit) & 0xF)]);
        }
    }
}
