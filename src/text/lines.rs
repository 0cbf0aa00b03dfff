//! Breaking a text into lines and placing its characters on them.
//!
//! One line at a time, as far as it goes: the last place where a line may end is taken; where the
//! text would run over by little, the blanks of the punctuation and the quarter ems are squeezed
//! instead (GB/T 15834-2011 5.1.11). A group that must not be cut is cut only where it alone is
//! longer than the line, the weaker bonds first, so that every line fits whatever its width.
//!
//! Architecture invariant: no character is lost but white space at a line's end and characters that
//! show nothing; the same text in the same width gives the same lines.

use crate::sheet::Face;
use crate::text::classes::{self, Bond, Class};
use crate::text::fonts::{FontKey, Fonts, Glyph, MISSING_MARK};

/// The gap between Chinese and Western characters (clreq 3.1.6), in thousandths of the size.
const QUARTER_EM: i32 = 250;
/// How far that gap may shrink.
const QUARTER_EM_SHRINK: i32 = 125;
/// How far the blank half of a mark inside a line may shrink.
const MARK_SHRINK: i32 = 250;
/// What a justified line may add between two characters; a line that needs more stays ragged.
const GREATEST_STRETCH: i32 = 500;
/// How many characters at most go to a last line of one.
const RUNT_SHARE: usize = 2;
/// What a justified line may add between two characters for the sake of the line after it.
const RUNT_STRETCH: i32 = 60;
/// What is at least as wide is a full-width character.
const FULL_WIDTH: i32 = 900;

/// What a text is set in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The face.
    pub face: Face,
    /// The size in points.
    pub size: f32,
    /// The width of a line in points.
    pub width: f32,
    /// The indent of the first line of each paragraph, in ems.
    pub indent: f32,
    /// Whether lines fill the width, but for the last one of a paragraph.
    pub justify: bool,
    /// Whether characters close up by up to 2 % so that a whole number of them fills the line, as
    /// 28 characters of 16 points do in the type area of GB/T 9704-2012.
    pub grid: bool,
    /// Whether the lines of a paragraph become about as long as one another, as those of a title do.
    pub balance: bool,
}

/// One character on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineGlyph {
    /// The character.
    pub c: char,
    /// The font that shows it.
    pub font: FontKey,
    /// Its glyph in that font.
    pub id: u16,
    /// Where its origin is, in thousandths of the size from the line's left edge.
    pub x: i32,
    /// Whether no face has the character, so that a mark stands for it.
    pub missing: bool,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its characters from left to right.
    pub glyphs: Vec<LineGlyph>,
    /// Where its first character begins, in thousandths of the size: the indent.
    pub left: i32,
    /// Where its last character ends, less the blank that punctuation gives up at a line's end.
    pub right: i32,
}

/// A character with all that placing it needs. Lengths in thousandths of the size.
struct Unit {
    c: char,
    class: Class,
    font: FontKey,
    glyph: Glyph,
    missing: bool,
    advance: i32,
    /// The bond with the character before it.
    bond: Bond,
    /// What comes between the character before and this one when they share a line: the quarter em,
    /// or less than nothing where two marks close up.
    kern: i32,
    /// How much of that and of the blanks around may be squeezed out.
    shrink: i32,
    /// Whether a justified line may open up here.
    stretches: bool,
    /// What is cut off before it where it begins a line that continues a paragraph.
    trim_before: i32,
    /// What is cut off after it where it ends a line.
    trim_after: i32,
}

/// A text with all that breaking it into lines rests on but the size and the width, so that it is
/// measured once however many widths are tried.
pub struct Measured {
    paragraphs: Vec<Vec<Unit>>,
}

/// What becomes of a text in a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The number of its lines.
    pub lines: usize,
    /// The strongest bond that is cut at the end of one of them; [`Bond::Free`] where none is.
    pub cut: Bond,
}

/// Breaks `text` into lines; `\n` begins a new one. An empty text is one empty line.
#[must_use]
pub fn break_lines(text: &str, fonts: &Fonts, setting: &Setting) -> Vec<Line> {
    let mut measured = Measured::new(text, fonts, setting.face);
    let mut indent = thousandths(setting.indent);
    if setting.grid {
        let closing = grid_closing(ems(setting.width, setting.size));
        measured.close_up(closing);
        indent = indent * (1000 - closing) / 1000;
    }
    measured.set(setting, indent)
}

impl Measured {
    /// Measures a text; `\n` begins a new line.
    #[must_use]
    pub fn new(text: &str, fonts: &Fonts, face: Face) -> Self {
        Self {
            paragraphs: text
                .split('\n')
                .map(|paragraph| units_of(paragraph, fonts, face))
                .collect(),
        }
    }

    /// Takes `closing` thousandths from each full-width character.
    fn close_up(&mut self, closing: i32) {
        for unit in self.paragraphs.iter_mut().flatten() {
            if unit.advance >= FULL_WIDTH {
                unit.advance -= closing;
            }
        }
    }

    /// The lines of the text; [`Setting::face`] and [`Setting::grid`] count for nothing here.
    #[must_use]
    pub fn lines(&self, setting: &Setting) -> Vec<Line> {
        self.set(setting, thousandths(setting.indent))
    }

    fn set(&self, setting: &Setting, indent: i32) -> Vec<Line> {
        let width = ems(setting.width, setting.size);
        let mut lines = Vec::new();
        let mut ends = Vec::new();
        for units in &self.paragraphs {
            crate::limit::check();
            let breaker = Breaker::new(units, width, indent, setting.justify);
            let worst = breaker.ends(width, &mut ends);
            if setting.balance && ends.len() > 1 {
                breaker.balance(worst, &mut ends);
            } else {
                breaker.share_with_runt(&mut ends);
            }
            breaker.place_all(&ends, &mut lines);
        }
        lines
    }

    /// How many lines the text has in a width and at a size in points, without indent, and how well it
    /// is broken.
    #[must_use]
    pub fn fit(&self, width: f32, size: f32) -> Fit {
        let width = ems(width, size);
        let mut fit = Fit {
            lines: 0,
            cut: Bond::Free,
        };
        for units in &self.paragraphs {
            crate::limit::check();
            let breaker = Breaker::new(units, width, 0, false);
            let mut lines = 0;
            let cut = breaker.each_line(width, |_| lines += 1);
            fit.cut = fit.cut.max(cut);
            fit.lines += lines.max(1);
        }
        fit
    }

    /// The width in points that the longest of its paragraphs takes on one line.
    #[must_use]
    pub fn longest(&self, size: f32) -> f32 {
        let lengths = self.paragraphs.iter().map(|units| {
            let length: i32 = units.iter().map(|unit| unit.advance + unit.kern).sum();
            length - units.last().map_or(0, |unit| unit.trim_after)
        });
        lengths.max().unwrap_or(0) as f32 * size / 1000.0
    }

    /// The number of its paragraphs.
    #[must_use]
    pub fn paragraphs(&self) -> usize {
        self.paragraphs.len()
    }

    /// The length of the whole text in ems.
    #[must_use]
    pub fn length(&self) -> f32 {
        let units = self.paragraphs.iter().flatten();
        units.map(|unit| unit.advance + unit.kern).sum::<i32>() as f32 / 1000.0
    }

    /// The characters that no face has.
    pub fn missing(&self) -> impl Iterator<Item = char> {
        let units = self.paragraphs.iter().flatten();
        units.filter(|unit| unit.missing).map(|unit| unit.c)
    }
}

/// A width in points as thousandths of a size. A hundredth of a point of tolerance, so that a text
/// measured once fits when set again.
fn ems(width: f32, size: f32) -> i32 {
    let size = if size > 0.0 { size } else { 1.0 };
    (((width + 0.01) / size) * 1000.0).clamp(0.0, 1e9) as i32
}

fn thousandths(ems: f32) -> i32 {
    (ems * 1000.0).clamp(-1e6, 1e6) as i32
}

/// By how much full-width characters close up so that a whole number of them fills the line.
fn grid_closing(width: i32) -> i32 {
    let count = (width + 400) / 1000;
    if count * 1000 <= width || count == 0 {
        return 0;
    }
    // Rounded up, so that the last character fits.
    let closing = 1000 - width / count;
    if closing <= 20 { closing } else { 0 }
}

fn units_of(text: &str, fonts: &Fonts, face: Face) -> Vec<Unit> {
    let classed: Vec<(char, Class)> = text
        .chars()
        .filter(|c| !classes::is_ignorable(*c))
        .map(|c| if c == '\t' { ' ' } else { c })
        .map(|c| (c, classes::class(c)))
        .collect();
    let bonds = classes::bonds(&classed);
    let mut units: Vec<Unit> = Vec::with_capacity(classed.len());
    for (&(c, class), bond) in classed.iter().zip(bonds) {
        let found = fonts.glyph(face, c);
        let missing = found.is_none() && !matches!(class, Class::Space | Class::Glue);
        // Any white space that a face lacks is set as a plain space.
        let stand_in = if missing { MISSING_MARK } else { ' ' };
        let (font, glyph) = found
            .or_else(|| fonts.glyph(face, stand_in))
            .unwrap_or((fonts.first(face), Glyph::default()));
        let advance = i32::from(glyph.advance);
        let before = i32::from(glyph.blank_before);
        let after = i32::from(glyph.blank_after);
        let mut unit = Unit {
            c,
            class,
            font,
            glyph,
            missing,
            advance,
            bond,
            kern: 0,
            shrink: 0,
            stretches: bond <= Bond::Loose || (bond == Bond::Rule && class != Class::Space),
            trim_before: if class == Class::Open { before } else { 0 },
            trim_after: if matches!(class, Class::Close | Class::Stop) {
                after
            } else {
                0
            },
        };
        if let Some(previous) = units.last() {
            join(previous, &mut unit);
        }
        units.push(unit);
    }
    units
}

/// Settles what comes between two neighbours that share a line.
fn join(previous: &Unit, unit: &mut Unit) {
    use Class::{Close, Dash, Open, Postfix, Space, Stop};
    if previous.takes_quarter_em_with(unit) || unit.takes_quarter_em_with(previous) {
        unit.kern = QUARTER_EM;
        unit.shrink = QUARTER_EM_SHRINK;
    }
    match (previous.class, unit.class) {
        // Of two blanks that meet, half an em in all is given up.
        (Close | Stop, Close | Stop | Open) if previous.trim_after > 0 => unit.kern = -previous.trim_after,
        (Open, Open) => unit.kern = -unit.trim_before,
        (Close | Stop, _) => unit.shrink = previous.trim_after.min(MARK_SHRINK),
        (_, Open) => unit.shrink = unit.trim_before.min(MARK_SHRINK),
        (Space, _) if previous.advance < FULL_WIDTH => unit.shrink = previous.advance / 3,
        _ => {}
    }
    if matches!((previous.class, unit.class), (Dash, Dash) | (_, Postfix)) {
        unit.stretches = false;
    }
}

impl Unit {
    /// Whether this one is Chinese and the other Western, so that clreq asks for a quarter em between
    /// them. A comparison sign counts as what it is as wide as.
    fn takes_quarter_em_with(&self, western: &Unit) -> bool {
        self.class == Class::Ideograph
            && (classes::is_western(western.c, western.class)
                || (western.class == Class::Prefix && western.advance < 800))
    }
}

/// A place where a line may end.
#[derive(Clone, Copy)]
struct Candidate {
    /// The first character of the next line.
    end: usize,
    /// Where the line ends when nothing is squeezed.
    right: i32,
    /// How much of it can be squeezed out.
    shrink: i32,
}

/// Where a line on its way has come to.
struct Pen {
    x: i32,
    shrink: i32,
    /// Right edge of the last character that is no space, and the squeezable blank before it.
    solid: (i32, i32),
}

impl Pen {
    fn at(x: i32) -> Self {
        Self {
            x,
            shrink: 0,
            solid: (x, 0),
        }
    }

    /// Goes on behind the next character.
    fn add(&mut self, unit: &Unit, begins_line: bool) {
        if !begins_line {
            self.x += unit.kern;
            self.shrink += unit.shrink;
        }
        if unit.class != Class::Space {
            self.solid = (self.x + unit.advance - unit.trim_after, self.shrink);
        }
        self.x += unit.advance;
    }

    /// The line, if it ends before the character `end`.
    fn line_to(&self, end: usize) -> Candidate {
        Candidate {
            end,
            right: self.solid.0,
            shrink: self.solid.1,
        }
    }
}

struct Breaker<'a> {
    units: &'a [Unit],
    width: i32,
    indent: i32,
    justify: bool,
}

impl<'a> Breaker<'a> {
    fn new(units: &'a [Unit], width: i32, indent: i32, justify: bool) -> Self {
        Self {
            units,
            width,
            // An indent that leaves no room for a character is none.
            indent: if indent + 1000 > width { 0 } else { indent },
            justify,
        }
    }

    /// Finds the ends of all lines in that width; returns the strongest bond that was cut.
    fn ends(&self, width: i32, ends: &mut Vec<Candidate>) -> Bond {
        ends.clear();
        self.each_line(width, |end| ends.push(end))
    }

    /// Calls a function with the ends of all lines; returns the strongest bond that was cut.
    fn each_line(&self, width: i32, mut each: impl FnMut(Candidate)) -> Bond {
        let mut worst = Bond::Free;
        let mut start = 0;
        while start < self.units.len() {
            crate::limit::check();
            let mut chosen = self.next_line(start, width);
            while self
                .units
                .get(chosen.end)
                .is_some_and(|unit| unit.class == Class::Space)
            {
                chosen.end += 1;
            }
            if let Some(next) = self.units.get(chosen.end) {
                worst = worst.max(next.bond);
            }
            start = chosen.end;
            each(chosen);
        }
        worst
    }

    /// Moves the ends so that the longest line is as short as it can be: as many lines as before, and
    /// no stronger bond cut.
    fn balance(&self, worst: Bond, ends: &mut Vec<Candidate>) {
        let count = ends.len();
        let mut tried = Vec::with_capacity(count);
        let (mut low, mut high) = (self.width / 2, self.width);
        // Ten halvings of a line come to less than a tenth of a character.
        for _ in 0..10 {
            let width = i32::midpoint(low, high);
            if self.ends(width, &mut tried) <= worst && tried.len() <= count {
                std::mem::swap(ends, &mut tried);
                high = width;
            } else {
                low = width;
            }
        }
    }

    /// Moves a character or two down to a last line that has but one, where the line before it may end
    /// earlier and is not torn apart by that.
    fn share_with_runt(&self, ends: &mut [Candidate]) {
        let start = ends.len().checked_sub(3).map_or(0, |at| ends[at].end);
        let [.., before, last] = ends else { return };
        let on_last = self.units[before.end..].iter();
        let counted = on_last.filter(|unit| !classes::never_begins(unit.class) && unit.class != Class::Space);
        if counted.count() != 1 {
            return;
        }
        let mut earlier = (start + 1..before.end).rev().take(RUNT_SHARE);
        let Some(end) = earlier.find(|&end| self.units[end].bond == Bond::Free) else {
            return;
        };
        let (shorter, longer) = (self.line_to(start, end), self.line_to(end, last.end));
        let slots = self.units[start + 1..end].iter();
        let slots: i32 = slots.map(|unit| i32::from(unit.stretches)).sum();
        let is_torn = self.justify && self.width - shorter.right > slots * RUNT_STRETCH;
        if !is_torn && shorter.right <= self.width && longer.right <= self.width {
            (*before, *last) = (shorter, longer);
        }
    }

    /// The line from `start` to `end`.
    fn line_to(&self, start: usize, end: usize) -> Candidate {
        let mut pen = Pen::at(self.origin(start));
        for (at, unit) in self.units.iter().enumerate().take(end).skip(start) {
            pen.add(unit, at == start);
        }
        pen.line_to(end)
    }

    fn place_all(&self, ends: &[Candidate], lines: &mut Vec<Line>) {
        if ends.is_empty() {
            lines.push(Line::default());
        }
        let mut start = 0;
        for chosen in ends {
            lines.push(self.place(start, *chosen));
            start = chosen.end;
        }
    }

    /// Where the first character of a line has its origin.
    fn origin(&self, start: usize) -> i32 {
        if start == 0 {
            self.indent
        } else {
            -self.units[start].trim_before
        }
    }

    /// Chooses where the line that begins at `start` ends in that width.
    fn next_line(&self, start: usize, width: i32) -> Candidate {
        let mut pen = Pen::at(self.origin(start));
        let mut fitting: [Option<Candidate>; 4] = [None; 4];
        let mut squeezed: [Option<Candidate>; 4] = [None; 4];
        for (at, unit) in self.units.iter().enumerate().skip(start) {
            pen.add(unit, at == start);
            let candidate = pen.line_to(at + 1);
            let last = at + 1 == self.units.len();
            let bond = self.units.get(at + 1).map_or(Bond::Free, |next| next.bond) as usize;
            if candidate.right <= width {
                if last {
                    return candidate;
                }
                fitting[bond] = Some(candidate);
            } else if candidate.right - candidate.shrink <= width {
                if last {
                    return candidate;
                }
                squeezed[bond].get_or_insert(candidate);
            } else if unit.class != Class::Space {
                break;
            }
        }
        for (fitting, squeezed) in fitting.into_iter().zip(squeezed) {
            match (fitting, squeezed) {
                (Some(fitting), Some(squeezed)) => {
                    // The line that is bent less; a ragged one is not squeezed at all.
                    let slack = width - fitting.right;
                    let excess = squeezed.right - width;
                    return if self.justify && excess < slack {
                        squeezed
                    } else {
                        fitting
                    };
                }
                (Some(only), None) | (None, Some(only)) => return only,
                (None, None) => {}
            }
        }
        // Not even one character fits: it stands alone.
        Candidate {
            end: start + 1,
            right: self.origin(start) + self.units[start].advance,
            shrink: 0,
        }
    }

    /// Places the characters of the line from `start` to the chosen end.
    fn place(&self, start: usize, chosen: Candidate) -> Line {
        let mut units = &self.units[start..chosen.end];
        while let [rest @ .., last] = units
            && last.class == Class::Space
        {
            units = rest;
        }
        let left = if start == 0 { self.indent } else { 0 };
        let slack = self.width - chosen.right;
        let last_of_paragraph = chosen.end == self.units.len();
        let mut slots = 0;
        if slack > 0 && self.justify && !last_of_paragraph {
            slots = units.iter().skip(1).map(|unit| i32::from(unit.stretches)).sum();
            if slack > slots * GREATEST_STRETCH {
                slots = 0;
            }
        }
        let mut glyphs = Vec::with_capacity(units.len());
        let mut x = self.origin(start);
        let mut shrink = 0;
        let mut slot = 0;
        let mut moved = 0;
        for (at, unit) in units.iter().enumerate() {
            if at > 0 {
                x += unit.kern;
                if slack < 0 && chosen.shrink > 0 {
                    shrink += unit.shrink;
                    // Rounded away from zero as a whole, so that the line fits exactly.
                    moved = -((-slack * shrink + chosen.shrink - 1) / chosen.shrink);
                } else if slots > 0 && unit.stretches {
                    slot += 1;
                    moved = slack * slot / slots;
                }
            }
            glyphs.push(LineGlyph {
                c: unit.c,
                font: unit.font,
                id: unit.glyph.id,
                x: x + moved,
                missing: unit.missing,
            });
            x += unit.advance;
        }
        let right = match (units.last(), glyphs.last()) {
            (Some(unit), Some(glyph)) => glyph.x + unit.advance - unit.trim_after,
            _ => left,
        };
        Line { glyphs, left, right }
    }
}

impl Line {
    /// The characters of the line.
    #[must_use]
    pub fn text(&self) -> String {
        self.glyphs.iter().map(|glyph| glyph.c).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, ems: f32, justify: bool) -> Vec<String> {
        let setting = Setting {
            face: Face::Song,
            size: 10.0,
            width: ems * 10.0,
            indent: 0.0,
            justify,
            grid: false,
            balance: false,
        };
        break_lines(text, Fonts::built_in(), &setting)
            .iter()
            .map(Line::text)
            .collect()
    }

    #[test]
    fn no_line_begins_with_a_stop() {
        assert_eq!(
            broken("春夏秋冬，东南西北", 4.0, false),
            ["春夏秋", "冬，东南", "西北"]
        );
        // Half an em is enough for a stop at the end of a line.
        assert_eq!(
            broken("春夏秋冬，东南西北", 4.5, false),
            ["春夏秋冬，", "东南西北"]
        );
    }

    #[test]
    fn numbers_are_kept_with_their_units_where_they_fit() {
        assert_eq!(
            broken("资金共计17.5万元整", 6.0, false),
            ["资金共计", "17.5万元整"]
        );
        assert_eq!(broken("1234567890万元", 4.0, false), ["1234567", "890万元"]);
    }

    #[test]
    fn no_character_is_left_alone_on_a_last_line() {
        assert_eq!(broken("活动安排完成率", 6.0, false), ["活动安排完", "成率"]);
        assert_eq!(
            broken("公益性事业。", 4.0, false),
            ["公益性", "事业。"],
            "a stop is no company"
        );
        // Two of a number stay together.
        assert_eq!(broken("培训共计12人", 5.6, false), ["培训共计", "12人"]);
        let long = "春".repeat(27) + "夏秋";
        assert_eq!(broken(&long, 28.0, true)[1], "夏秋");
        let short = "春".repeat(6) + "夏秋";
        assert_eq!(broken(&short, 7.0, true)[1], "秋", "a short line would be torn");
    }

    #[test]
    fn a_width_below_one_em_ends() {
        assert_eq!(broken("春，夏", 0.5, false), ["春", "，", "夏"]);
        assert_eq!(broken("", 0.0, false), [""]);
        assert_eq!(broken("春\n夏", 3.0, false), ["春", "夏"]);
    }

    #[test]
    fn a_justified_line_fills_its_width() {
        let setting = Setting {
            face: Face::Fangsong,
            size: 16.0,
            width: 442.2,
            indent: 2.0,
            justify: true,
            grid: true,
            balance: false,
        };
        let text = "为全面贯彻落实年度工作部署，进一步提高财政资金使用效益，现将2025年度重点工作安排如下："
            .repeat(3);
        let lines = break_lines(&text, Fonts::built_in(), &setting);
        let full = (442.2f32 / 16.0 * 1000.0) as i32;
        for line in &lines[..lines.len() - 1] {
            assert!((line.right - full).abs() <= 2, "{} {}", line.right, line.text());
        }
        assert_eq!(lines.iter().map(Line::text).collect::<String>(), text);
    }

    #[test]
    fn twenty_eight_characters_fill_a_line_of_the_standard() {
        let setting = Setting {
            face: Face::Fangsong,
            size: 16.0,
            width: crate::sheet::TYPE_AREA_WIDTH,
            indent: 0.0,
            justify: true,
            grid: true,
            balance: false,
        };
        let lines = break_lines(&"目".repeat(56), Fonts::built_in(), &setting);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].glyphs.len(), 28);
    }

    #[test]
    fn a_character_without_glyph_is_marked() {
        let lines = break_lines(
            "甲\u{2FFFD}",
            Fonts::built_in(),
            &Setting {
                face: Face::Song,
                size: 10.0,
                width: 100.0,
                indent: 0.0,
                justify: false,
                grid: false,
                balance: false,
            },
        );
        assert!(lines[0].glyphs[1].missing);
        assert_ne!(lines[0].glyphs[1].id, 0);
    }
}
