//! A page → its display list: characters with their places, ruling lines, and how much of it is picture.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{self, Array, Dict, Name, Number, Object, ObjectIdentifier, Rect, Stream};
use hayro_syntax::page::{Page, Resources};

use super::fonts::{Font, Text};
use super::{Budget, STEPS_OF_FONT, STEPS_OF_FORM};

/// How deep forms may stand in each other, and graphics states.
const DEEPEST_FORM: usize = 12;
const DEEPEST_STATE: usize = 512;
/// The most points of one path, and the most lines of one page; drawings have more, tables have not.
const MOST_POINTS: usize = 4_000;
const MOST_LINES: usize = 60_000;
/// The most characters of one page.
const MOST_GLYPHS: usize = 400_000;
/// A filled shape that is no thicker, in points, is a line.
const THICKEST_LINE: f64 = 3.2;

/// A place or a vector on a page, in points from the upper left corner.
type Point = (f64, f64);

/// A character on a page, in points from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glyph {
    /// What it says.
    pub(super) c: char,
    /// Its left and right ends.
    pub(super) x0: f64,
    pub(super) x1: f64,
    /// Its baseline.
    pub(super) y: f64,
    /// The font size.
    pub(super) size: f64,
    /// The number of the string it was shown with.
    pub(super) run: u32,
    /// Whether the document itself says that it belongs to the page and not to the text.
    pub(super) is_artifact: bool,
}

impl Glyph {
    /// The middle of the character.
    pub(super) fn middle(&self) -> Point {
        (f64::midpoint(self.x0, self.x1), self.y - 0.35 * self.size)
    }
}

/// A character that does not stand upright.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turned {
    pub(super) c: char,
    /// Its middle.
    pub(super) at: Point,
    pub(super) size: f64,
    /// Whether it stands at a right angle to the text, as in a narrow cell; a watermark does not.
    pub(super) is_square: bool,
}

/// A straight line, along one of the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Where it stands on the other axis.
    pub(super) at: f64,
    /// Its ends, the smaller first.
    pub(super) from: f64,
    pub(super) to: f64,
}

/// What is drawn on a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) turned: Vec<Turned>,
    pub(super) horizontal: Vec<Line>,
    pub(super) vertical: Vec<Line>,
    /// The part of the page that its largest picture covers.
    pub(super) picture: f64,
    /// How many characters have no text of their own.
    pub(super) unknown: usize,
}

impl Drawing {
    /// Whether anything can be read on the page.
    pub(super) fn has_text(&self) -> bool {
        let upright = self.glyphs.iter().map(|glyph| glyph.c);
        let mut all = upright.chain(self.turned.iter().map(|glyph| glyph.c));
        all.any(|c| !c.is_whitespace())
    }
}

/// The fonts of a document, each read once.
pub(super) type Fonts = HashMap<ObjectIdentifier, Rc<Font>>;

/// Reads what is drawn on a page.
pub(super) fn drawing(page: &Page<'_>, fonts: &mut Fonts, budget: &mut Budget) -> Drawing {
    let (width, height) = page.render_dimensions();
    let mut reader = Reader {
        budget,
        fonts,
        loose_fonts: HashMap::new(),
        state: State {
            matrix: Matrix(page.initial_transform(true).as_coeffs()),
            ..State::default()
        },
        stack: Vec::new(),
        text: Matrix::ONE,
        line: Matrix::ONE,
        path: Vec::new(),
        points: 0,
        marked: Vec::new(),
        artifacts: 0,
        run: 0,
        glyphs: Vec::new(),
        lines: Vec::new(),
        picture: 0.0,
        unknown: 0,
        size: (f64::from(width), f64::from(height)),
    };
    let start = reader.state.clone();
    let content = reader.budget.contents(page);
    reader.content(&content, page.resources(), 0);
    // What people filled into a form of the page is drawn by its annotations.
    let annotations = page.raw().get::<Array<'_>>("Annots");
    for annotation in annotations
        .iter()
        .flat_map(|list| list.iter::<Dict<'_>>().take(1000))
    {
        reader.state = start.clone();
        reader.stack.clear();
        reader.annotation(&annotation);
    }
    reader.finish()
}

/// An affine map: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(numbers: [&Number; 6]) -> Self {
        Self(numbers.map(Number::as_f64))
    }

    fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First this map, then `next`.
    fn then(self, next: Self) -> Self {
        let (m, n) = (self.0, next.0);
        Self([
            m[0] * n[0] + m[1] * n[2],
            m[0] * n[1] + m[1] * n[3],
            m[2] * n[0] + m[3] * n[2],
            m[2] * n[1] + m[3] * n[3],
            m[4] * n[0] + m[5] * n[2] + n[4],
            m[4] * n[1] + m[5] * n[3] + n[5],
        ])
    }

    fn point(self, (x, y): Point) -> Point {
        let m = self.0;
        (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
    }
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: Matrix::ONE,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// A stretch of the contents that the document says something about.
struct Marked {
    is_artifact: bool,
    /// The text that its characters stand for, and how many characters came before it.
    text: Option<(String, usize)>,
}

/// A character before it is known which way the page's text runs.
struct Shown {
    c: char,
    from: Point,
    to: Point,
    size: f64,
    /// Quarter turns of its direction, clockwise; `None` at other angles.
    turns: Option<u8>,
    run: u32,
    is_artifact: bool,
}

struct Subpath {
    points: Vec<Point>,
    is_curved: bool,
}

struct Reader<'b> {
    budget: &'b mut Budget,
    fonts: &'b mut Fonts,
    /// Fonts that are no objects of their own, by their place in the file's memory.
    loose_fonts: HashMap<(usize, usize), Rc<Font>>,
    state: State,
    stack: Vec<State>,
    /// The matrix of the text, and that of its line.
    text: Matrix,
    line: Matrix,
    path: Vec<Subpath>,
    points: usize,
    marked: Vec<Marked>,
    /// How many of these belong to the page and not to the text.
    artifacts: usize,
    run: u32,
    glyphs: Vec<Shown>,
    lines: Vec<(Point, Point)>,
    picture: f64,
    unknown: usize,
    size: Point,
}

impl Reader<'_> {
    fn content(&mut self, content: &[u8], resources: &Resources<'_>, depth: usize) {
        let bottom = self.stack.len();
        let mut ops = TypedIter::new(content);
        while let Some(op) = ops.next() {
            if !self.budget.step() {
                break;
            }
            self.operation(&op, resources, depth, bottom);
        }
        if let Some(state) = self.stack.drain(bottom..).next() {
            self.state = state;
        }
    }

    fn operation(&mut self, op: &Op<'_, '_>, resources: &Resources<'_>, depth: usize, bottom: usize) {
        match op {
            Op::SaveState(_) if self.stack.len() < bottom + DEEPEST_STATE => {
                self.stack.push(self.state.clone());
            }
            Op::RestoreState(_) if self.stack.len() > bottom => {
                if let Some(state) = self.stack.pop() {
                    self.state = state;
                }
            }
            Op::Transform(m) => {
                let matrix = Matrix::of([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                self.state.matrix = matrix.then(self.state.matrix);
            }
            Op::BeginText(_) => self.set_text(Matrix::ONE),
            Op::SetTextMatrix(m) => self.set_text(Matrix::of([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5])),
            Op::NextLine(by) => self.next_line(by.0.as_f64(), by.1.as_f64()),
            Op::NextLineAndSetLeading(by) => {
                self.state.leading = -by.1.as_f64();
                self.next_line(by.0.as_f64(), by.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            Op::TextFont(font) => {
                self.state.font = self.font(font.0, resources);
                self.state.size = font.1.as_f64();
            }
            Op::CharacterSpacing(by) => self.state.character_spacing = by.0.as_f64(),
            Op::WordSpacing(by) => self.state.word_spacing = by.0.as_f64(),
            Op::HorizontalScaling(by) => self.state.scale = by.0.as_f64() / 100.0,
            Op::TextLeading(by) => self.state.leading = by.0.as_f64(),
            Op::TextRise(by) => self.state.rise = by.0.as_f64(),
            Op::ShowText(text) => self.show_one(text.0),
            Op::NextLineAndShowText(text) => {
                self.next_line(0.0, -self.state.leading);
                self.show_one(text.0);
            }
            Op::ShowTextWithParameters(text) => {
                self.state.word_spacing = text.0.as_f64();
                self.state.character_spacing = text.1.as_f64();
                self.next_line(0.0, -self.state.leading);
                self.show_one(text.2);
            }
            Op::ShowTexts(texts) => self.show_several(texts.0),
            Op::BeginMarkedContent(_) => self.marked.push(Marked {
                is_artifact: false,
                text: None,
            }),
            Op::BeginMarkedContentWithProperties(mark) => self.begin_marked(mark.0, mark.1, resources),
            Op::EndMarkedContent(_) => self.end_marked(),
            Op::XObject(name) => self.x_object(name.0, resources, depth),
            Op::InlineImage(_) => self.picture_here(),
            _ => self.path_operation(op),
        }
    }

    fn path_operation(&mut self, op: &Op<'_, '_>) {
        match op {
            Op::MoveTo(to) => self.move_to((to.0.as_f64(), to.1.as_f64())),
            Op::LineTo(to) => self.line_to((to.0.as_f64(), to.1.as_f64())),
            Op::CubicTo(to) => self.curve_to((to.4.as_f64(), to.5.as_f64())),
            Op::CubicStartTo(to) => self.curve_to((to.2.as_f64(), to.3.as_f64())),
            Op::CubicEndTo(to) => self.curve_to((to.2.as_f64(), to.3.as_f64())),
            Op::ClosePath(_) => self.close(),
            Op::RectPath(rect) => {
                let (x, y) = (rect.0.as_f64(), rect.1.as_f64());
                let (width, height) = (rect.2.as_f64(), rect.3.as_f64());
                self.move_to((x, y));
                self.line_to((x + width, y));
                self.line_to((x + width, y + height));
                self.line_to((x, y + height));
                self.close();
            }
            Op::StrokePath(_) => self.paint(true, false),
            Op::CloseAndStrokePath(_) => {
                self.close();
                self.paint(true, false);
            }
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => {
                self.paint(false, true);
            }
            Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => self.paint(true, true),
            Op::CloseFillAndStrokeNonZero(_) | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.close();
                self.paint(true, true);
            }
            Op::EndPath(_) => self.paint(false, false),
            _ => {}
        }
    }

    fn set_text(&mut self, matrix: Matrix) {
        self.text = matrix;
        self.line = matrix;
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_text(Matrix::shift(x, y).then(self.line));
    }

    fn font(&mut self, name: &Name<'_>, resources: &Resources<'_>) -> Option<Rc<Font>> {
        let dict = resources.get_font(name)?;
        let id = resources.fonts.get_ref(name).map(ObjectIdentifier::from);
        let place = (dict.data().as_ptr() as usize, dict.data().len());
        let known = match &id {
            Some(id) => self.fonts.get(id),
            None => self.loose_fonts.get(&place),
        };
        if let Some(font) = known {
            return Some(Rc::clone(font));
        }
        self.budget.spend(STEPS_OF_FONT);
        let font = Rc::new(Font::new(&dict, self.budget));
        match id {
            Some(id) => self.fonts.insert(id, Rc::clone(&font)),
            None => self.loose_fonts.insert(place, Rc::clone(&font)),
        };
        Some(font)
    }

    fn show_one(&mut self, text: &object::String<'_>) {
        self.run += 1;
        self.show(text.as_bytes());
    }

    fn show_several(&mut self, texts: &Array<'_>) {
        self.run += 1;
        for item in texts.iter::<Object<'_>>() {
            match item {
                Object::String(text) => self.show(text.as_bytes()),
                Object::Number(number) => {
                    let by = -number.as_f64() / 1000.0 * self.state.size;
                    let is_vertical = self.state.font.as_ref().is_some_and(|font| font.vertical);
                    let (x, y) = if is_vertical {
                        (0.0, by)
                    } else {
                        (by * self.state.scale, 0.0)
                    };
                    self.text = Matrix::shift(x, y).then(self.text);
                    // A wide step is a gap between two texts, whatever draws them together.
                    if by.abs() > self.state.size.abs() {
                        self.run += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else {
            return;
        };
        let State {
            size,
            scale,
            rise,
            character_spacing,
            word_spacing,
            matrix,
            ..
        } = self.state;
        let is_artifact = self.artifacts > 0;
        for code in font.codes(bytes) {
            if self.glyphs.len() >= MOST_GLYPHS || !self.budget.step() {
                return;
            }
            let place = self.text.then(matrix);
            let [a, b, c, d, ..] = place.0;
            let spacing = character_spacing + if code.is_space { word_spacing } else { 0.0 };
            let (from, to, step) = if font.vertical {
                // The origin of a vertical glyph is the middle of its upper edge.
                let (left, baseline) = (-0.5 * size, -0.88 * size + rise);
                let from = place.point((left, baseline));
                (
                    from,
                    place.point((left + size, baseline)),
                    (0.0, code.advance * size - spacing),
                )
            } else {
                let ink = code.advance * size * scale;
                let step = ink + spacing * scale;
                (place.point((0.0, rise)), place.point((ink, rise)), (step, 0.0))
            };
            self.text = Matrix::shift(step.0, step.1).then(self.text);
            let glyph = Shown {
                c: ' ',
                from,
                to,
                size: (size * c.hypot(d)).abs(),
                turns: turns((a * size.signum(), b * size.signum())),
                run: self.run,
                is_artifact,
            };
            self.put(&glyph, &code.text);
        }
    }

    /// Puts down what one code shows, if it is on the page.
    fn put(&mut self, glyph: &Shown, text: &Text) {
        let (x, y) = glyph.from;
        let margin = glyph.size;
        let is_seen = x > -margin && y > -margin && x < self.size.0 + margin && y < self.size.1 + margin;
        // A font of no size shows nothing; numbers that are none compare as false.
        if !is_seen || !(0.5..2000.0).contains(&glyph.size) || !glyph.to.0.is_finite() {
            return;
        }
        match text {
            Text::One(c) => {
                self.unknown += usize::from(*c == '\u{fffd}');
                self.glyphs.push(Shown { c: *c, ..*glyph });
            }
            Text::Many(text) => self.spread(text, glyph),
        }
    }

    /// Puts down a text over the width of one glyph, a ligature or such.
    fn spread(&mut self, text: &str, over: &Shown) {
        let count = text.chars().count().max(1) as f64;
        let part = (
            (over.to.0 - over.from.0) / count,
            (over.to.1 - over.from.1) / count,
        );
        let room = MOST_GLYPHS.saturating_sub(self.glyphs.len());
        for (at, c) in text.chars().enumerate().take(room) {
            let at = at as f64;
            let from = (over.from.0 + part.0 * at, over.from.1 + part.1 * at);
            self.glyphs.push(Shown {
                c,
                from,
                to: (from.0 + part.0, from.1 + part.1),
                ..*over
            });
        }
    }

    fn begin_marked(&mut self, tag: &Name<'_>, properties: &Object<'_>, resources: &Resources<'_>) {
        let properties = match properties {
            Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
            Object::Dict(dict) => Some(dict.clone()),
            _ => None,
        };
        let properties = properties.unwrap_or_default();
        let kind = properties.get::<Name<'_>>("Type");
        let text = properties.get::<object::String<'_>>("ActualText");
        self.budget
            .spend(text.as_ref().map_or(0, |text| text.as_bytes().len()));
        let is_artifact =
            tag.as_ref() == b"Artifact" && kind.is_some_and(|kind| kind.as_ref() == b"Pagination");
        self.artifacts += usize::from(is_artifact);
        self.marked.push(Marked {
            is_artifact,
            text: text.map(|text| (text_string(text.as_bytes()), self.glyphs.len())),
        });
    }

    /// Where a stretch ends that stands for a text, the text takes the place of its characters.
    fn end_marked(&mut self) {
        let Some(marked) = self.marked.pop() else {
            return;
        };
        self.artifacts -= usize::from(marked.is_artifact);
        let Some((text, start)) = marked.text else {
            return;
        };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let Some(shown) = self.glyphs.get(start..).filter(|shown| !shown.is_empty()) else {
            return;
        };
        let first = &shown[0];
        // Over several lines nobody knows which part belongs to which.
        let on_one_line = |glyph: &Shown| {
            (glyph.from.1 - first.from.1).abs() < first.size
                || (glyph.from.0 - first.from.0).abs() < first.size
        };
        if text.is_empty() || !shown.iter().all(on_one_line) {
            return;
        }
        let known = shown.iter().filter(|glyph| glyph.c == '\u{fffd}').count();
        self.unknown -= known.min(self.unknown);
        if text.chars().count() == shown.len() {
            for (glyph, c) in self.glyphs[start..].iter_mut().zip(text.chars()) {
                glyph.c = c;
            }
            return;
        }
        let over = Shown {
            to: shown[shown.len() - 1].to,
            ..*first
        };
        self.glyphs.truncate(start);
        self.spread(&text, &over);
    }

    fn x_object(&mut self, name: &Name<'_>, resources: &Resources<'_>, depth: usize) {
        let Some(stream) = resources.get_x_object(name) else {
            return;
        };
        let subtype = stream.dict().get::<Name<'_>>("Subtype");
        if subtype.is_some_and(|subtype| subtype.as_ref() == b"Image") {
            self.picture_here();
        } else if depth < DEEPEST_FORM {
            self.form(&stream, Some(resources), depth);
        }
    }

    fn form(&mut self, stream: &Stream<'_>, outer: Option<&Resources<'_>>, depth: usize) {
        self.budget.spend(STEPS_OF_FORM);
        let state = self.state.clone();
        let (text, line) = (self.text, self.line);
        if let Some(matrix) = matrix_of(stream.dict()) {
            self.state.matrix = matrix.then(self.state.matrix);
        }
        let content = self.budget.decode(stream);
        // Old documents let a form use the fonts of its page.
        match (stream.dict().get::<Dict<'_>>("Resources"), outer) {
            (Some(own), _) => self.content(&content, &Resources::new(own), depth + 1),
            (None, Some(outer)) => self.content(&content, outer, depth + 1),
            (None, None) => self.content(&content, &Resources::new(Dict::default()), depth + 1),
        }
        (self.state, self.text, self.line) = (state, text, line);
    }

    fn annotation(&mut self, annotation: &Dict<'_>) {
        let subtype = annotation.get::<Name<'_>>("Subtype");
        let is_text = subtype.is_some_and(|kind| matches!(kind.as_ref(), b"Widget" | b"FreeText" | b"Stamp"));
        // Hidden, or not to be seen on a screen.
        let is_hidden = annotation.get::<i32>("F").unwrap_or(0) & 0b10_0010 != 0;
        if !is_text || is_hidden {
            return;
        }
        let Some(appearances) = annotation.get::<Dict<'_>>("AP") else {
            return;
        };
        let normal = appearances.get::<Stream<'_>>("N").or_else(|| {
            let state = annotation.get::<Name<'_>>("AS")?;
            appearances.get::<Dict<'_>>("N")?.get::<Stream<'_>>(&state)
        });
        let (Some(normal), Some(place)) = (normal, annotation.get::<Rect>("Rect")) else {
            return;
        };
        let Some(bounds) = normal.dict().get::<Rect>("BBox") else {
            return;
        };
        let inner = matrix_of(normal.dict()).unwrap_or(Matrix::ONE);
        let corners = [
            (bounds.x0, bounds.y0),
            (bounds.x1, bounds.y0),
            (bounds.x0, bounds.y1),
            (bounds.x1, bounds.y1),
        ]
        .map(|corner| inner.point(corner));
        let ((left, top), (right, bottom)) = bounding(&corners);
        let stretch = |to: f64, from: f64| if from > 0.0 { to / from } else { 1.0 };
        let (x, y) = (
            stretch(place.width(), right - left),
            stretch(place.height(), bottom - top),
        );
        let fit = Matrix([x, 0.0, 0.0, y, place.x0 - left * x, place.y0 - top * y]);
        self.state.matrix = fit.then(self.state.matrix);
        self.form(&normal, None, 0);
    }

    /// A picture fills the unit square.
    fn picture_here(&mut self) {
        let [a, b, c, d, ..] = self.state.matrix.0;
        let share = (a * d - b * c).abs() / (self.size.0 * self.size.1).max(1.0);
        self.picture = self.picture.max(share);
    }

    fn move_to(&mut self, to: Point) {
        let to = self.state.matrix.point(to);
        self.path.push(Subpath {
            points: vec![to],
            is_curved: false,
        });
        self.points += 1;
        if self.points > MOST_POINTS {
            self.path.clear();
        }
    }

    fn line_to(&mut self, to: Point) {
        self.points += 1;
        if self.points > MOST_POINTS {
            self.path.clear();
        }
        let to = self.state.matrix.point(to);
        if let Some(subpath) = self.path.last_mut() {
            subpath.points.push(to);
        }
    }

    fn curve_to(&mut self, to: Point) {
        self.line_to(to);
        if let Some(subpath) = self.path.last_mut() {
            subpath.is_curved = true;
        }
    }

    fn close(&mut self) {
        if let Some(subpath) = self.path.last_mut()
            && let Some(&first) = subpath.points.first()
        {
            subpath.points.push(first);
        }
    }

    /// Takes the lines of the path that is painted, and begins a new path.
    fn paint(&mut self, is_stroked: bool, is_filled: bool) {
        let path = std::mem::take(&mut self.path);
        self.points = 0;
        if self.lines.len() >= MOST_LINES {
            return;
        }
        let straight = || path.iter().filter(|subpath| !subpath.is_curved);
        if is_stroked {
            for subpath in straight() {
                self.lines
                    .extend(subpath.points.windows(2).map(|ends| (ends[0], ends[1])));
            }
        }
        if !is_filled {
            return;
        }
        let boxes: Vec<_> = straight().map(|subpath| bounding(&subpath.points)).collect();
        for &((x0, y0), (x1, y1)) in &boxes {
            let (width, height) = (x1 - x0, y1 - y0);
            let middle = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
            if width.min(height) > THICKEST_LINE {
                continue;
            }
            // A dot of a dotted line is a piece of both directions.
            if width >= height || width <= THICKEST_LINE {
                self.lines.push(((x0, middle.1), (x1, middle.1)));
            }
            if height > width || height <= THICKEST_LINE {
                self.lines.push(((middle.0, y0), (middle.0, y1)));
            }
        }
        // A frame is filled between an outer and an inner rectangle.
        for pair in boxes.windows(2) {
            let [((a0, b0), (a1, b1)), ((c0, d0), (c1, d1))] = [pair[0], pair[1]];
            let sides = [a0 - c0, b0 - d0, a1 - c1, b1 - d1];
            let is_frame =
                sides.iter().all(|side| side.abs() <= THICKEST_LINE) && sides.iter().any(|side| *side != 0.0);
            if is_frame && (a1 - a0).min(b1 - b0) > THICKEST_LINE {
                let corners = [(a0, b0), (a1, b0), (a1, b1), (a0, b1), (a0, b0)];
                self.lines
                    .extend(corners.windows(2).map(|ends| (ends[0], ends[1])));
            }
        }
    }

    /// Turns the page so that most of its text stands upright.
    fn finish(self) -> Drawing {
        let mut count = [0_usize; 4];
        for glyph in self.glyphs.iter().filter(|glyph| !glyph.c.is_whitespace()) {
            if let Some(turns) = glyph.turns {
                count[usize::from(turns)] += 1;
            }
        }
        let most = (0..4_u8)
            .rev()
            .max_by_key(|&turns| count[usize::from(turns)])
            .unwrap_or(0);
        let (width, height) = self.size;
        let upright = move |(x, y): Point| match most {
            0 => (x, y),
            1 => (y, width - x),
            2 => (width - x, height - y),
            _ => (height - y, x),
        };
        let mut drawing = Drawing {
            width,
            height,
            picture: self.picture,
            unknown: self.unknown,
            ..Drawing::default()
        };
        if most % 2 == 1 {
            (drawing.width, drawing.height) = (height, width);
        }
        for glyph in self.glyphs {
            let (from, to) = (upright(glyph.from), upright(glyph.to));
            if glyph.turns == Some(most) {
                drawing.glyphs.push(Glyph {
                    c: glyph.c,
                    x0: from.0.min(to.0),
                    x1: from.0.max(to.0),
                    y: from.1,
                    size: glyph.size,
                    run: glyph.run,
                    is_artifact: glyph.is_artifact,
                });
            } else {
                drawing.turned.push(Turned {
                    c: glyph.c,
                    at: (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)),
                    size: glyph.size,
                    is_square: glyph.turns.is_some(),
                });
            }
        }
        for (from, to) in self.lines {
            let ((x0, y0), (x1, y1)) = bounding(&[upright(from), upright(to)]);
            if !(x0.is_finite() && x1.is_finite() && y0.is_finite() && y1.is_finite()) {
                continue;
            }
            if y1 - y0 <= 1.0 && x1 - x0 > y1 - y0 {
                drawing.horizontal.push(Line {
                    at: f64::midpoint(y0, y1),
                    from: x0,
                    to: x1,
                });
            } else if x1 - x0 <= 1.0 && y1 > y0 {
                drawing.vertical.push(Line {
                    at: f64::midpoint(x0, x1),
                    from: y0,
                    to: y1,
                });
            }
        }
        drawing
    }
}

/// The quarter turns, clockwise, of a direction on the page.
fn turns((x, y): Point) -> Option<u8> {
    // A slant of a degree or two is how a scan lay on the glass.
    let is_along = |along: f64, across: f64| along.abs() > 20.0 * across.abs();
    match (is_along(x, y), is_along(y, x)) {
        (true, _) => Some(if x > 0.0 { 0 } else { 2 }),
        (_, true) => Some(if y > 0.0 { 1 } else { 3 }),
        _ => None,
    }
}

fn bounding(points: &[Point]) -> (Point, Point) {
    let mut low = (f64::INFINITY, f64::INFINITY);
    let mut high = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for &(x, y) in points {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    (low, high)
}

fn matrix_of(dict: &Dict<'_>) -> Option<Matrix> {
    let numbers: Vec<f64> = dict.get::<Array<'_>>("Matrix")?.iter::<f64>().take(6).collect();
    Some(Matrix(numbers.try_into().ok()?))
}

/// A text string of a dictionary: UTF-16, UTF-8 or one byte per character.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}
