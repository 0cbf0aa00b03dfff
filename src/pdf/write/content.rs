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
use crate::text::FontKey;

/// Sets the grey of a shaded cell, that of the workbook.
const SHADE: &str = "0.85 g ";
/// How far a glyph may stand from its place, in hundred-thousandths of a point: 0.03 points.
const NEAR_ENOUGH: i64 = 3_000;
/// By how much the next glyph begins before the end of one that it overlaps, in thousandths of the
/// size; readers of text look for a tenth of the size.
const OVERLAP: i32 = 80;
/// How many offsets have to be saved before the character spacing is set anew.
const WORTH_SPACING: usize = 2;

/// The content stream of a page.
pub(super) fn content(page: &Page, subsets: &BTreeMap<FontKey, Subset>) -> Vec<u8> {
    let glyphs: usize = page.runs.iter().map(|run| run.glyphs.len()).sum();
    let mut out = Content {
        bytes: Vec::with_capacity(6 * glyphs + 40 * (page.runs.len() + page.rules.len())),
        spacing: 0,
        pens: Vec::new(),
        differences: Vec::new(),
    };
    out.shades(&page.shades);
    out.shapes(&page.shapes);
    out.rules(&page.rules);
    if !page.runs.is_empty() {
        out.word("BT\n");
        let mut font = None;
        crate::limit::check();
        for run in &page.runs {
            let Some(subset) = subsets.get(&run.font) else {
                continue;
            };
            if font != Some((run.font, run.size)) {
                font = Some((run.font, run.size));
                out.word("/");
                out.word(&resource_name(run.font));
                out.word(" ");
                out.length(run.size);
                out.word("Tf\n");
            }
            out.run(run, subset);
        }
        out.word("ET\n");
    }
    out.bytes
}

/// A content stream on the way.
struct Content {
    bytes: Vec<u8>,
    /// The character spacing that is set, in [units](Scale).
    spacing: i64,
    /// The glyphs of the run at hand; kept for their memory, as the next.
    pens: Vec<Pen>,
    differences: Vec<i32>,
}

/// A glyph to be shown. Lengths in thousandths of the size.
struct Pen {
    code: u16,
    c: char,
    width: i32,
    /// How far behind it the next glyph of the run begins.
    distance: Option<i32>,
    /// Whether its code leads back to its character.
    stands_for_itself: bool,
}

impl Pen {
    /// Whether the next glyph begins well before this one ends, as behind a mark that has given up its
    /// blank half. Some readers take such glyphs for the beginning of a new line, unless they are told
    /// that both are one text.
    fn is_overlapped(&self) -> bool {
        self.distance
            .is_some_and(|distance| distance <= self.width - OVERLAP)
    }
}

/// Measures a run in units of a hundred-thousandth of a point: so many of them are a thousandth of a
/// size that is given in hundredths.
#[derive(Clone, Copy)]
struct Scale {
    /// The size as it is written.
    written: i64,
    /// The size as it was laid out.
    laid_out: f64,
}

impl Scale {
    fn of(size: f32) -> Self {
        Self {
            written: (size * 100.0).round() as i64,
            laid_out: f64::from(size) * 100.0,
        }
    }

    /// A length of the display list in units.
    fn target(self, thousandths: i32) -> i64 {
        (f64::from(thousandths) * self.laid_out).round() as i64
    }
}

/// Where a reader's pen is in a run, and where the display list wants it.
struct Position {
    scale: Scale,
    spacing: i64,
    /// In units.
    pen: i64,
    /// In thousandths of the size.
    wanted: i32,
}

impl Position {
    fn new(scale: Scale, spacing: i64) -> Self {
        Self {
            scale,
            spacing,
            pen: 0,
            wanted: 0,
        }
    }

    /// Moves behind a glyph and returns by how many thousandths of the size the next one has to go to
    /// the left; 0 as long as it stands near enough.
    fn offset_after(&mut self, glyph: &Pen) -> i64 {
        let Some(distance) = glyph.distance else { return 0 };
        self.pen += i64::from(glyph.width) * self.scale.written + self.spacing;
        self.wanted += distance;
        let error = self.pen - self.scale.target(self.wanted);
        if error.abs() <= NEAR_ENOUGH {
            return 0;
        }
        let offset = (error as f64 / self.scale.written.max(1) as f64).round() as i64;
        self.pen -= offset * self.scale.written;
        offset
    }
}

impl fmt::Write for Content {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.word(text);
        Ok(())
    }
}

impl Content {
    fn word(&mut self, word: &str) {
        self.bytes.extend_from_slice(word.as_bytes());
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
    ///
    /// Most glyphs of a run stand equally far apart, so one character spacing for all of them leaves
    /// little to be said between them. Where the pen is, is counted through to the end of the run, so
    /// that what is not worth saying does not add up.
    fn run(&mut self, run: &Run, subset: &Subset) {
        self.pens.clear();
        for (at, (glyph, c)) in run.glyphs.iter().zip(run.text.chars()).enumerate() {
            let code = subset.new_id(glyph.id);
            let width = i32::from(subset.widths[usize::from(code)]);
            let distance = run.glyphs.get(at + 1).map(|next| next.x - glyph.x);
            self.pens.push(Pen {
                code,
                c,
                width,
                distance,
                stands_for_itself: c == subset.characters[usize::from(code)],
            });
        }
        let scale = Scale::of(run.size);
        self.space(scale);
        self.word("1 0 0 1 ");
        self.point((run.x, run.baseline));
        self.word("Tm [<");
        let pens = std::mem::take(&mut self.pens);
        let mut position = Position::new(scale, self.spacing);
        let mut span = 0..0;
        for (at, pen) in pens.iter().enumerate() {
            if at >= span.end && (!pen.stands_for_itself || pen.is_overlapped()) {
                let overlapping = pens[at..].iter().take_while(|pen| pen.is_overlapped()).count();
                span = at..(at + overlapping + 1).min(pens.len());
                self.word(">] TJ /Span <</ActualText <");
                let text: String = pens[span.clone()].iter().map(|pen| pen.c).collect();
                for byte in utf16(&text) {
                    self.hex(u16::from(byte), 2);
                }
                self.word(">>> BDC [<");
            }
            self.hex(pen.code, 4);
            if at + 1 == span.end {
                self.word(">] TJ EMC [<");
            }
            let offset = position.offset_after(pen);
            if offset != 0 {
                let _ = write!(self, ">{offset}<");
            }
        }
        self.word(">] TJ\n");
        self.pens = pens;
    }

    /// Sets the character spacing that leaves the least to be said in the run at hand; the one that is
    /// set already, if it does about as well.
    fn space(&mut self, scale: Scale) {
        self.differences.clear();
        self.differences
            .extend(self.pens.iter().filter_map(|pen| Some(pen.distance? - pen.width)));
        self.differences.sort_unstable();
        let Some(most) = self
            .differences
            .chunk_by(|a, b| a == b)
            .max_by_key(|alike| alike.len())
            .and_then(|alike| alike.first().copied())
        else {
            return;
        };
        // A line that is opened up has gaps that differ by one.
        let near: Vec<i64> = self
            .differences
            .iter()
            .filter(|difference| (most - 1..=most + 1).contains(*difference))
            .map(|difference| scale.target(*difference))
            .collect();
        let mean = near.iter().sum::<i64>() as f64 / near.len() as f64;
        // Written in thousandths of a point.
        let best = (mean / 100.0).round() as i64 * 100;
        let offsets = |spacing: i64| {
            let mut position = Position::new(scale, spacing);
            let said = self.pens.iter().filter(|pen| position.offset_after(pen) != 0);
            said.count()
        };
        if best == self.spacing || offsets(best) + WORTH_SPACING >= offsets(self.spacing) {
            return;
        }
        self.spacing = best;
        let thousandths = best / 100;
        let (sign, value) = (if thousandths < 0 { "-" } else { "" }, thousandths.unsigned_abs());
        let mut number = format!("{sign}{}.{:03}", value / 1000, value % 1000);
        number.truncate(number.trim_end_matches('0').trim_end_matches('.').len());
        let _ = write!(self, "{number} Tc ");
    }

    fn hex(&mut self, value: u16, digits: u32) {
        for digit in (0..digits).rev() {
            self.bytes
                .push(b"0123456789ABCDEF"[usize::from(value >> (4 * digit) & 0xF)]);
        }
    }
}
