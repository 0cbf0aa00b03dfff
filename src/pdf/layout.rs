//! Sheets → pages. Each sheet begins on a new page; the contents list comes last, when the numbers
//! of all other pages are known.
//!
//! Architecture invariant: what is here reads a `Document` and fonts and nothing else, and never
//! fails: what cannot be shown as it is becomes a finding.

mod chart;
mod contents;
mod flow;
mod sheet;
mod table;

use std::collections::{BTreeSet, HashMap};

use crate::finding::{Code, Finding, Message};
use crate::pdf::{Area, Destination, Link, OutlineEntry, Page, Pages, PlacedGlyph, Role, Run, TYPE_AREA};
use crate::sheet::{Align, Document, FILE_LINK, Face, Sheet, SheetKind, Style};
use crate::text::{Fonts, Line, LineGlyph, Measured, Setting, break_lines};

pub(super) use contents::DOT_PITCH;
use flow::Flow;

/// Size of the page number: 4号.
const NUMBER_SIZE: f32 = 14.0;
/// Distance from the type area to the dashes of the page number: 7 mm.
const NUMBER_DISTANCE: f32 = 19.84;
/// How high above the baseline the middle of a dash is, in sizes.
const DASH_HEIGHT: f32 = 0.38;
/// Where the baseline is in the height of an em.
const BASELINE: f32 = 0.88;

/// Lays a document out on pages of A4 as GB/T 9704-2012 has them.
///
/// The summary is passed over. Characters that no face has are shown as 〓 and reported in
/// [`Pages::findings`].
#[must_use]
pub fn lay_out(document: &Document, fonts: &Fonts) -> Pages {
    lay_out_sheets(document, fonts, |kind| kind != SheetKind::Summary)
}

/// Lays out the summary of a document alone, its charts included.
///
/// Characters that no face has are shown as 〓 and reported in [`Pages::findings`].
#[must_use]
pub fn lay_out_summary(document: &Document, fonts: &Fonts) -> Pages {
    lay_out_sheets(document, fonts, |kind| kind == SheetKind::Summary)
}

fn lay_out_sheets(document: &Document, fonts: &Fonts, is_wanted: fn(SheetKind) -> bool) -> Pages {
    let mut setter = Setter::new(fonts);
    let mut laid: Vec<Flow> = document
        .sheets
        .iter()
        .map(|sheet| match sheet.kind {
            SheetKind::Contents => Flow::default(),
            kind if !is_wanted(kind) => Flow::default(),
            _ => sheet::lay_out_sheet(sheet, &mut setter),
        })
        .collect();
    let numbered_from = first_numbered_sheet(document);
    let numbers = number_pages(document, &laid, numbered_from);

    let mut targets = HashMap::new();
    for (at, (sheet, flow)) in document.sheets.iter().zip(&laid).enumerate() {
        if sheet.kind != SheetKind::Contents && is_wanted(sheet.kind) {
            targets.insert(
                sheet.id.as_str(),
                Target {
                    sheet: at,
                    page: 0,
                    top: 0.0,
                },
            );
        }
        for (id, page, top) in &flow.anchors {
            targets.entry(id).or_insert(Target {
                sheet: at,
                page: *page,
                top: *top,
            });
        }
    }
    for (at, sheet) in document.sheets.iter().enumerate() {
        if sheet.kind == SheetKind::Contents && is_wanted(sheet.kind) {
            let number_of = |id: &str| {
                targets
                    .get(id)
                    .and_then(|to| *numbers.get(to.sheet)?.get(to.page)?)
            };
            laid[at] = contents::lay_out_contents(sheet, &number_of, &mut setter);
        }
    }
    let entries = entries(&laid);

    let mut pages = Pages {
        title: document.title.clone(),
        author: document.author.clone(),
        year: document.year,
        findings: setter.findings(),
        ..Pages::default()
    };
    let mut first_pages = Vec::with_capacity(laid.len());
    let mut count = 0;
    for flow in &laid {
        first_pages.push(count);
        count += flow.pages.len();
    }
    for (at, flow) in laid.iter_mut().enumerate() {
        let mut sheet_id = Some(document.sheets[at].id.as_str());
        for heading in &flow.headings {
            let own = heading.id.and_then(|id| entries.get(id));
            let entry = own.or_else(|| entries.get(sheet_id.take()?));
            if let (Some(entry), Some(page)) = (entry, flow.pages.get_mut(heading.page)) {
                page.links.push(Link {
                    area: Area {
                        top: heading.top,
                        bottom: heading.bottom,
                        ..TYPE_AREA
                    },
                    to: Destination::Page {
                        page: first_pages[entry.sheet] + entry.page,
                        top: entry.top,
                    },
                });
            }
        }
        for entry in flow.outline.drain(..) {
            pages.outline.push(OutlineEntry {
                page: entry.page + first_pages[at],
                ..entry
            });
        }
        let sheet_numbers = numbers[at].iter().copied().chain(std::iter::repeat(None));
        for ((mut page, links), number) in flow.pages.drain(..).zip(flow.links.drain(..)).zip(sheet_numbers) {
            for link in links {
                let to = match link.to.strip_prefix(FILE_LINK) {
                    Some(path) => Some(Destination::File(path.to_owned())),
                    None => targets.get(link.to).map(|target| Destination::Page {
                        page: first_pages[target.sheet] + target.page,
                        top: target.top,
                    }),
                };
                let area = link.area;
                page.links.extend(to.map(|to| Link { area, to }));
            }
            if let Some(number) = number {
                setter.show_page_number(&mut page, number, document.one_sided);
            }
            pages.pages.push(page);
        }
    }
    pages
}

/// The lines of the contents lists by what they lead to; of several the first one.
fn entries<'a>(laid: &[Flow<'a>]) -> HashMap<&'a str, Target> {
    let mut entries = HashMap::new();
    for (sheet, flow) in laid.iter().enumerate() {
        for &(to, page, top) in &flow.entries {
            entries.entry(to).or_insert(Target { sheet, page, top });
        }
    }
    entries
}

/// Where a link leads to.
struct Target {
    sheet: usize,
    page: usize,
    top: f32,
}

/// The first sheet whose pages have numbers: the one after the contents list, else after the cover.
fn first_numbered_sheet(document: &Document) -> usize {
    let last_of = |kind| document.sheets.iter().rposition(|sheet| sheet.kind == kind);
    last_of(SheetKind::Contents)
        .or_else(|| last_of(SheetKind::Cover))
        .map_or(0, |at| at + 1)
}

/// The number of each page of each sheet; the pages of the contents list are not known yet, and have
/// none.
fn number_pages(document: &Document, laid: &[Flow], from: usize) -> Vec<Vec<Option<u32>>> {
    let mut last = 0;
    let number = |sheet: &Sheet, at: usize, last: &mut u32| {
        (at >= from && sheet.kind != SheetKind::Cover).then(|| {
            *last += 1;
            *last
        })
    };
    document
        .sheets
        .iter()
        .zip(laid)
        .enumerate()
        .map(|(at, (sheet, flow))| flow.pages.iter().map(|_| number(sheet, at, &mut last)).collect())
        .collect()
}

/// Sets texts and keeps account of the characters that no face has.
struct Setter<'a> {
    fonts: &'a Fonts,
    missing: BTreeSet<(char, Option<String>)>,
}

impl<'a> Setter<'a> {
    fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            missing: BTreeSet::new(),
        }
    }

    /// Breaks the text of a block or a cell into lines.
    fn set(&mut self, text: &str, field: Option<&str>, setting: &Setting) -> Vec<Line> {
        let lines = break_lines(text, self.fonts, setting);
        for glyph in lines.iter().flat_map(|line| &line.glyphs) {
            if glyph.missing {
                self.missing.insert((glyph.c, field.map(str::to_owned)));
            }
        }
        lines
    }

    /// Measures the text of a cell, which is broken into lines when its width is known.
    fn measure(&mut self, text: &str, field: Option<&str>, face: Face) -> Measured {
        let measured = Measured::new(text, self.fonts, face);
        for c in measured.missing() {
            self.missing.insert((c, field.map(str::to_owned)));
        }
        measured
    }

    /// One finding for each character and field, however often it stands there.
    fn findings(&self) -> Vec<Finding> {
        let on_field: BTreeSet<char> = self
            .missing
            .iter()
            .filter(|(_, field)| field.is_some())
            .map(|(c, _)| *c)
            .collect();
        self.missing
            .iter()
            // A contents line or a label repeats what stands in a field; one place is enough.
            .filter(|(c, field)| field.is_some() || !on_field.contains(c))
            .map(|(c, field)| {
                let code = *c as u32;
                let finding = Finding::new(
                    Code::GlyphMissing,
                    Message::new(
                        format!("字体中没有“{c}”（U+{code:04X}），PDF 中以“〓”标示"),
                        format!("no font has {c:?} (U+{code:04X}); the PDF shows 〓 in its place"),
                    ),
                )
                .quoting(c.to_string());
                match field {
                    Some(field) => finding.on_field(field.clone()),
                    None => finding,
                }
            })
            .collect()
    }

    /// Prints `— 1 —` under the type area: odd pages on the right, even pages on the left, one em
    /// inside (GB/T 9704-2012, 7.5); all on the right where paper is printed on one side.
    fn show_page_number(&mut self, page: &mut Page, number: u32, one_sided: bool) {
        page.number = Some(number);
        let within = Area {
            top: TYPE_AREA.bottom,
            bottom: TYPE_AREA.bottom + 2.0 * NUMBER_DISTANCE + NUMBER_SIZE,
            left: TYPE_AREA.left + NUMBER_SIZE,
            right: TYPE_AREA.right - NUMBER_SIZE,
        };
        let setting = Setting {
            face: Face::Song,
            size: NUMBER_SIZE,
            width: within.width(),
            indent: 0.0,
            justify: false,
            grid: false,
            balance: false,
        };
        let lines = break_lines(&format!("— {number} —"), self.fonts, &setting);
        let spot = Spot {
            within,
            left: within.left,
            width: within.width(),
            size: NUMBER_SIZE,
            align: if one_sided || number % 2 == 1 {
                Align::Right
            } else {
                Align::Left
            },
            role: Role::PageNumber,
        };
        for line in &lines {
            let baseline = TYPE_AREA.bottom + NUMBER_DISTANCE + DASH_HEIGHT * NUMBER_SIZE;
            spot.show(line, baseline, page);
        }
    }
}

/// Where lines are shown, and how.
struct Spot {
    within: Area,
    left: f32,
    width: f32,
    size: f32,
    align: Align,
    role: Role,
}

impl Spot {
    /// The place of a text of that style that stands in the type area.
    fn of_text(style: &Style) -> Self {
        Self {
            within: TYPE_AREA,
            left: TYPE_AREA.left,
            width: TYPE_AREA.width(),
            size: style.size,
            align: style.align,
            role: Role::Text,
        }
    }

    /// Adds lines of that style to a page, from `top` down.
    fn show_all(&self, lines: &[Line], style: &Style, top: f32, page: &mut Page) {
        let pitch = style.line_pitch().max(1.0);
        for (at, line) in lines.iter().enumerate() {
            self.show(line, top + at as f32 * pitch + baseline_in_line(style), page);
        }
    }

    /// Adds a line to a page, one run for each stretch of one font.
    fn show(&self, line: &Line, baseline: f32, page: &mut Page) {
        let em = |thousandths: i32| thousandths as f32 * self.size / 1000.0;
        // A centred or right-aligned line carries its indent with it.
        let free = self.width - em(line.right);
        let left = match self.align {
            Align::Left | Align::Justify => self.left,
            Align::Center => self.left + free / 2.0,
            Align::Right => self.left + free,
        };
        let mut glyphs = line.glyphs.as_slice();
        while let Some(first) = glyphs.first() {
            let length = glyphs
                .iter()
                .position(|glyph| glyph.font != first.font)
                .unwrap_or(glyphs.len());
            let (run, rest) = glyphs.split_at(length);
            let end = rest.first().map_or(line.right, |next| next.x);
            // A mark at the beginning of a line has given up the blank before it.
            let start = first.x.max(line.left.min(0)).min(end);
            page.runs.push(Run {
                font: first.font,
                size: self.size,
                x: left + em(first.x),
                baseline,
                glyphs: run.iter().map(|glyph| placed(glyph, first)).collect(),
                text: run.iter().map(|glyph| glyph.c).collect(),
                role: self.role,
                extent: (left + em(start), left + em(end)),
                within: self.within,
            });
            glyphs = rest;
        }
    }
}

fn placed(glyph: &LineGlyph, first: &LineGlyph) -> PlacedGlyph {
    PlacedGlyph {
        id: glyph.id,
        x: glyph.x - first.x,
    }
}

/// How far below the top of its line the baseline of a text is.
fn baseline_in_line(style: &Style) -> f32 {
    (style.line_pitch() - style.size) / 2.0 + BASELINE * style.size
}
