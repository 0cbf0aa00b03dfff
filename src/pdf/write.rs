//! Pages → bytes, with `printpdf` as the serializer of our own pages and `lopdf` for what it has no
//! words for: the outline tree, page labels, the language, the file identifier.
//!
//! Faces are subset here, one subset per face and document, from the bytes that all documents share.
//!
//! Architecture invariant: the only file of the crate that knows of a PDF library. The bytes follow
//! from the pages and the fonts alone: no clock, no random number, no counter of the process.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use printpdf::{
    Codepoint, DictItem, FontId, LineCapStyle, LineDashPattern, LinePoint, Op, ParsedFont, PdfDocument,
    PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect, TextItem, TextMatrix,
};
use sha2::{Digest, Sha256};

use crate::finding::{Code, Finding, Message};
use crate::pdf::layout::DOT_PITCH;
use crate::pdf::{PAGE_HEIGHT, PAGE_WIDTH, Page, Pages, Run};
use crate::sheet::Face;
use crate::text::Fonts;

/// What the properties of a file name as its maker.
const PROGRAM: &str = concat!("jixiao ", env!("CARGO_PKG_VERSION"));
/// How hard streams are compressed: 0 to 9. Level 5 makes files 4 % smaller and takes a tenth longer.
const LEVEL: u32 = 2;

/// Writes pages as the bytes of a PDF 1.7 file.
///
/// # Errors
///
/// `font-broken` if a face cannot be subset, `output-failed` if the PDF library does not take the
/// pages.
pub fn write(pages: &Pages, fonts: &Fonts) -> Result<Vec<u8>, Finding> {
    let mut subsets = subset_faces(pages, fonts)?;
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        if let Some(subset) = subsets.get_mut(&run.face) {
            subset.add_narrow(run);
        }
    }
    let mut pdf = PdfDocument::new(&pages.title);
    for (face, subset) in &subsets {
        pdf.resources
            .fonts
            .map
            .insert(font_id(*face), PdfFont::new(parsed_font(subset, fonts, *face)));
    }
    pdf.metadata.info.author.clone_from(&pages.author);
    PROGRAM.clone_into(&mut pdf.metadata.info.creator);
    PROGRAM.clone_into(&mut pdf.metadata.info.producer);
    pdf.pages = pages.pages.iter().map(|page| page_ops(page, &subsets)).collect();

    let options = PdfSaveOptions {
        optimize: false,
        subset_fonts: false,
        secure: true,
        image_optimization: None,
    };
    let mut warnings = Vec::new();
    let mut file = pdf.to_lopdf_document(&options, &mut warnings);
    if let Some(warning) = warnings.first() {
        return Err(failed(&warning.msg));
    }
    map_codes(&mut file, &subsets);
    finish(&mut file, pages)?;
    let mut bytes = Vec::with_capacity(1 << 19);
    file.save_to(&mut bytes)
        .map_err(|error| failed(&error.to_string()))?;
    Ok(bytes)
}

fn failed(reason: &str) -> Finding {
    Finding::new(
        Code::OutputFailed,
        Message::new(
            format!("无法生成 PDF：{reason}"),
            format!("the PDF could not be made: {reason}"),
        ),
    )
}

// ---- faces

/// The part of a face that a document uses.
struct Subset {
    /// The font file.
    bytes: Vec<u8>,
    /// The `PostScript` name with the tag of the subset.
    name: String,
    /// Old glyph numbers, in order, so that the new number is the place in here.
    glyphs: Vec<u16>,
    /// The character that each of them stands for when text is copied out.
    characters: Vec<char>,
    /// Their widths in thousandths of the size.
    widths: Vec<u16>,
    /// Further codes for glyphs whose next one stands closer than their width: glyph and narrow width
    /// to the code. A reader of the text takes characters that overlap for the beginning of a new line.
    narrow: BTreeMap<(u16, u16), u16>,
    /// Whether its format lets two codes show one glyph.
    maps_codes: bool,
}

impl Subset {
    fn new_id(&self, old: u16) -> u16 {
        // Every glyph of the pages was put in, so this is always found; 0 is the empty glyph.
        self.glyphs.binary_search(&old).unwrap_or(0) as u16
    }

    /// The width that the code of a glyph has to have, if the next glyph comes after `distance`.
    fn narrow_width(&self, id: u16, distance: i32) -> Option<u16> {
        let width = i32::from(self.widths[usize::from(id)]);
        let narrow = (distance + 125) / 250 * 250;
        (self.maps_codes && width >= 900 && distance <= width - 80 && narrow >= 250).then_some(narrow as u16)
    }

    /// Makes room for the narrow codes that a run needs.
    fn add_narrow(&mut self, run: &Run) {
        for pair in run.glyphs.windows(2) {
            let distance = pair[1].x - pair[0].x;
            // Most glyphs stand at least as far apart as they are wide.
            if distance > 920 {
                continue;
            }
            let id = self.new_id(pair[0].id);
            if let Some(width) = self.narrow_width(id, distance) {
                let next = (self.glyphs.len() + self.narrow.len()) as u16;
                self.narrow.entry((id, width)).or_insert(next);
            }
        }
    }

    /// The code and the width that show a glyph whose next one comes after `distance`.
    fn code(&self, id: u16, distance: Option<i32>) -> (u16, u16) {
        let narrow = distance.and_then(|distance| self.narrow_width(id, distance));
        match narrow.and_then(|width| Some((*self.narrow.get(&(id, width))?, width))) {
            Some(narrow) => narrow,
            None => (id, self.widths[usize::from(id)]),
        }
    }

    /// The glyph of each code, as a font dictionary has it.
    fn code_map(&self) -> Vec<u8> {
        let mut glyphs: Vec<u16> = (0..self.glyphs.len() as u16).collect();
        let mut narrow: Vec<(u16, u16)> = self.narrow.iter().map(|((id, _), code)| (*code, *id)).collect();
        narrow.sort_unstable();
        glyphs.extend(narrow.into_iter().map(|(_, id)| id));
        glyphs.into_iter().flat_map(u16::to_be_bytes).collect()
    }
}

fn font_id(face: Face) -> FontId {
    FontId(
        match face {
            Face::Fangsong => "fangsong",
            Face::Title => "title",
            Face::Hei => "hei",
            Face::Kai => "kai",
            Face::Song => "song",
        }
        .to_owned(),
    )
}

/// Makes one subset of each face that the pages use.
fn subset_faces(pages: &Pages, fonts: &Fonts) -> Result<BTreeMap<Face, Subset>, Finding> {
    let mut used: BTreeMap<Face, BTreeMap<u16, BTreeSet<char>>> = BTreeMap::new();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let glyphs = used.entry(run.face).or_default();
        for (glyph, c) in run.glyphs.iter().zip(run.text.chars()) {
            glyphs.entry(glyph.id).or_default().insert(c);
        }
    }
    used.into_iter()
        .map(|(face, glyphs)| Ok((face, subset_face(face, &glyphs, fonts)?)))
        .collect()
}

fn subset_face(face: Face, used: &BTreeMap<u16, BTreeSet<char>>, fonts: &Fonts) -> Result<Subset, Finding> {
    let mut remapper = subsetter::GlyphRemapper::new();
    // Glyph 0 is always the first one.
    let mut subset = Subset {
        bytes: Vec::new(),
        name: String::new(),
        glyphs: vec![0],
        characters: vec!['\u{FFFD}'],
        widths: vec![1000],
        narrow: BTreeMap::new(),
        maps_codes: !fonts.description(face).cff,
    };
    for (&id, characters) in used {
        if id == 0 {
            continue;
        }
        remapper.remap(id);
        subset.glyphs.push(id);
        // The character that the face itself shows with this glyph; for a mark that stands for a
        // missing character that is the mark.
        let own = characters
            .iter()
            .find_map(|&c| Some((c, fonts.own_glyph(face, c).filter(|glyph| glyph.id == id)?)));
        let mark = crate::text::fonts::MISSING_MARK;
        let (c, glyph) = own.unwrap_or((mark, fonts.own_glyph(face, mark).unwrap_or_default()));
        subset.characters.push(c);
        subset.widths.push(glyph.advance);
    }
    subset.bytes = subsetter::subset(fonts.bytes(face), 0, &remapper).map_err(|error| {
        Finding::new(
            Code::FontBroken,
            Message::new(
                format!("字体 {face:?} 无法取子集：{error}"),
                format!("the font for {face:?} cannot be subset: {error}"),
            ),
        )
    })?;
    let mut hash = Sha256::new();
    for id in &subset.glyphs {
        hash.update(id.to_be_bytes());
    }
    let tag: String = hash
        .finalize()
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect();
    subset.name = format!("{tag}+{}", fonts.description(face).name);
    Ok(subset)
}

fn parsed_font(subset: &Subset, fonts: &Fonts, face: Face) -> ParsedFont {
    let description = fonts.description(face);
    let [x_min, y_min, x_max, y_max] = description.bounds;
    let own = subset
        .widths
        .iter()
        .enumerate()
        .map(|(id, width)| (id as u16, *width));
    let narrow = subset.narrow.iter().map(|((_, width), code)| (*code, *width));
    ParsedFont {
        original_bytes: subset.bytes.clone(),
        font_index: 0,
        font_name: Some(subset.name.clone()),
        codepoint_to_glyph: BTreeMap::new(),
        glyph_widths: own.chain(narrow).collect(),
        units_per_em: 1000,
        font_metrics: printpdf::FontMetrics {
            ascent: description.ascent,
            descent: description.descent,
        },
        font_type: if description.cff {
            printpdf::FontType::OpenTypeCFF(())
        } else {
            printpdf::FontType::TrueType
        },
        pdf_font_metrics: printpdf::PdfFontMetricsStub {
            units_per_em: 1000,
            x_min,
            y_min,
            x_max,
            y_max,
            caret_slope_rise: 1,
            caret_slope_run: 0,
            us_weight_class: description.weight,
        },
    }
}

/// Tells the font dictionaries which codes show which glyphs, where there are more codes than glyphs.
fn map_codes(file: &mut lopdf::Document, subsets: &BTreeMap<Face, Subset>) {
    for subset in subsets.values().filter(|subset| !subset.narrow.is_empty()) {
        let map = file.add_object(lopdf::Stream::new(Dictionary::new(), subset.code_map()));
        for object in file.objects.values_mut() {
            let Ok(font) = object.as_dict_mut() else { continue };
            let is_it = font.get(b"DescendantFonts").is_ok()
                && font
                    .get(b"BaseFont")
                    .and_then(Object::as_name)
                    .is_ok_and(|name| name == subset.name.as_bytes());
            if is_it
                && let Ok(descendants) = font.get_mut(b"DescendantFonts").and_then(Object::as_array_mut)
                && let Some(Ok(descendant)) = descendants.first_mut().map(Object::as_dict_mut)
            {
                descendant.set("CIDToGIDMap", map);
            }
        }
    }
}

// ---- pages

/// Hundredths of a point are finer than any printer.
fn rounded(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

fn page_ops(page: &Page, subsets: &BTreeMap<Face, Subset>) -> PdfPage {
    let mut ops = Vec::with_capacity(page.rules.len() + 2 * page.runs.len() + 8);
    rule_ops(page, &mut ops);
    let mut font = None;
    if !page.runs.is_empty() {
        ops.push(Op::StartTextSection);
        for run in &page.runs {
            if font != Some((run.face, run.size)) {
                font = Some((run.face, run.size));
                ops.push(Op::SetFont {
                    font: PdfFontHandle::External(font_id(run.face)),
                    size: Pt(run.size),
                });
            }
            if let Some(subset) = subsets.get(&run.face) {
                run_ops(run, subset, &mut ops);
            }
        }
        ops.push(Op::EndTextSection);
    }
    let size = Rect::from_wh(Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT));
    PdfPage {
        media_box: size.clone(),
        trim_box: size.clone(),
        crop_box: size,
        ops,
    }
}

fn rule_ops(page: &Page, ops: &mut Vec<Op>) {
    let mut drawn_as = None;
    for rule in &page.rules {
        if drawn_as != Some((rule.width, rule.dotted)) {
            drawn_as = Some((rule.width, rule.dotted));
            ops.push(Op::SetOutlineThickness { pt: Pt(rule.width) });
            ops.push(Op::SetLineCapStyle {
                cap: if rule.dotted {
                    LineCapStyle::Round
                } else {
                    LineCapStyle::ProjectingSquare
                },
            });
            ops.push(Op::SetLineDashPattern {
                dash: LineDashPattern {
                    offset: 0.0,
                    // A dash of no length with round ends is a dot.
                    pattern: if rule.dotted {
                        vec![0.0, DOT_PITCH].into()
                    } else {
                        Vec::new().into()
                    },
                },
            });
        }
        let point = |(x, y): (f32, f32)| LinePoint {
            p: Point {
                x: Pt(rounded(x)),
                y: Pt(rounded(PAGE_HEIGHT - y)),
            },
            bezier: false,
        };
        ops.push(Op::DrawLine {
            line: printpdf::Line {
                points: vec![point(rule.from), point(rule.to)],
                is_closed: false,
            },
        });
    }
}

/// Shows a run: its glyphs with what has to be added between them, and the true text beside any glyph
/// that stands for another character when it is copied out.
fn run_ops(run: &Run, subset: &Subset, ops: &mut Vec<Op>) {
    ops.push(Op::SetTextMatrix {
        matrix: TextMatrix::Translate(Pt(rounded(run.x)), Pt(rounded(PAGE_HEIGHT - run.baseline))),
    });
    let mut shown = Vec::with_capacity(run.glyphs.len());
    let mut pen = 0;
    for (at, (glyph, c)) in run.glyphs.iter().zip(run.text.chars()).enumerate() {
        let id = subset.new_id(glyph.id);
        let character = subset.characters[usize::from(id)];
        let next = run.glyphs.get(at + 1);
        let (code, width) = subset.code(id, next.map(|next| next.x - glyph.x));
        pen += i32::from(width);
        // The pen stands after the glyph; a positive offset moves it back.
        let offset = next.map_or(0, |next| pen - next.x);
        pen -= offset;
        let codepoint = Codepoint::with_cid(code, offset as f32, character.to_string());
        if character == c {
            shown.push(codepoint);
        } else {
            show(&mut shown, ops);
            ops.push(Op::BeginMarkedContentWithProperties {
                tag: "Span".to_owned(),
                properties: DictItem::Dict {
                    map: BTreeMap::from([("ActualText".to_owned(), DictItem::Bytes(utf16(&c.to_string())))]),
                },
            });
            show(&mut vec![codepoint], ops);
            ops.push(Op::EndMarkedContentWithProperties);
        }
    }
    show(&mut shown, ops);
}

fn show(glyphs: &mut Vec<Codepoint>, ops: &mut Vec<Op>) {
    if !glyphs.is_empty() {
        ops.push(Op::ShowText {
            items: vec![TextItem::GlyphIds(std::mem::take(glyphs))],
        });
    }
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFE, 0xFF];
    for unit in text.encode_utf16() {
        bytes.extend(unit.to_be_bytes());
    }
    bytes
}

// ---- the file around the pages

/// Adds what `printpdf` has no words for, takes out what it says wrongly, and compresses.
fn finish(file: &mut lopdf::Document, pages: &Pages) -> Result<(), Finding> {
    "1.7".clone_into(&mut file.version);
    let page_ids: Vec<lopdf::ObjectId> = file.get_pages().into_values().collect();
    for (page, &id) in pages.pages.iter().zip(&page_ids) {
        let links: Vec<Object> = page
            .links
            .iter()
            .filter_map(|link| {
                let target = page_ids.get(link.page)?;
                let area = &link.area;
                Some(Object::Dictionary(dictionary! {
                    "Type" => "Annot",
                    "Subtype" => "Link",
                    "Rect" => reals(&[area.left, PAGE_HEIGHT - area.bottom, area.right, PAGE_HEIGHT - area.top]),
                    "Border" => vec![0.into(), 0.into(), 0.into()],
                    "Dest" => destination(*target, link.top),
                }))
            })
            .collect();
        let page = file
            .get_dictionary_mut(id)
            .map_err(|error| failed(&error.to_string()))?;
        if links.is_empty() {
            page.remove(b"Annots");
        } else {
            page.set("Annots", links);
        }
    }
    let outline = add_outline(file, pages, &page_ids);
    let labels = page_labels(pages);
    let catalog = file.catalog_mut().map_err(|error| failed(&error.to_string()))?;
    catalog.set("Lang", Object::string_literal("zh-CN"));
    catalog.set("PageLabels", labels);
    catalog.remove(b"PageLayout");
    catalog.set(
        "ViewerPreferences",
        dictionary! { "DisplayDocTitle" => true, "PrintScaling" => "None" },
    );
    if let Some(outline) = outline {
        catalog.set("Outlines", outline);
        catalog.set("PageMode", "UseOutlines");
    }
    date(file, pages)?;
    let hash = compress(file, pages)?;
    let id = Object::String(hash[..16].to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

fn count(count: usize) -> Object {
    Object::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn reals(values: &[f32]) -> Vec<Object> {
    values.iter().map(|value| Object::Real(rounded(*value))).collect()
}

fn destination(page: lopdf::ObjectId, top: f32) -> Vec<Object> {
    vec![
        page.into(),
        "XYZ".into(),
        Object::Null,
        Object::Real(rounded(PAGE_HEIGHT - (top - 12.0).max(0.0))),
        Object::Null,
    ]
}

fn text_string(text: &str) -> Object {
    Object::String(utf16(text), StringFormat::Hexadecimal)
}

/// Adds the outline as a tree of two levels; an entry of level 2 that comes before any of level 1
/// stands beside them.
fn add_outline(file: &mut lopdf::Document, pages: &Pages, page_ids: &[lopdf::ObjectId]) -> Option<Object> {
    let mut tree: Vec<(usize, Vec<usize>)> = Vec::new();
    for (at, entry) in pages.outline.iter().enumerate() {
        match tree.last_mut() {
            Some((_, children)) if entry.level > 1 => children.push(at),
            _ => tree.push((at, Vec::new())),
        }
    }
    if tree.is_empty() {
        return None;
    }
    let root = file.new_object_id();
    let ids: Vec<lopdf::ObjectId> = pages.outline.iter().map(|_| file.new_object_id()).collect();
    let mut add = |siblings: &[usize], parent: lopdf::ObjectId, children_of: &dyn Fn(usize) -> Vec<usize>| {
        for (place, &at) in siblings.iter().enumerate() {
            let entry = &pages.outline[at];
            let mut item = dictionary! { "Title" => text_string(&entry.title), "Parent" => parent };
            if let Some(page) = page_ids.get(entry.page) {
                item.set("Dest", destination(*page, entry.top));
            }
            if let Some(previous) = place.checked_sub(1) {
                item.set("Prev", ids[siblings[previous]]);
            }
            if let Some(&next) = siblings.get(place + 1) {
                item.set("Next", ids[next]);
            }
            let children = children_of(at);
            if let (Some(&first), Some(&last)) = (children.first(), children.last()) {
                item.set("First", ids[first]);
                item.set("Last", ids[last]);
                item.set("Count", count(children.len()));
            }
            file.set_object(ids[at], item);
        }
    };
    let tops: Vec<usize> = tree.iter().map(|(at, _)| *at).collect();
    let children_of = |at: usize| {
        tree.iter()
            .find(|(top, _)| *top == at)
            .map_or_else(Vec::new, |(_, children)| children.clone())
    };
    add(&tops, root, &children_of);
    for (at, children) in &tree {
        add(children, ids[*at], &|_| Vec::new());
    }
    file.set_object(
        root,
        dictionary! {
            "Type" => "Outlines",
            "First" => ids[tops[0]],
            "Last" => ids[tops[tops.len() - 1]],
            "Count" => count(pages.outline.len()),
        },
    );
    Some(root.into())
}

/// The labels that a viewer shows: the printed numbers, and Roman ones for pages without.
fn page_labels(pages: &Pages) -> Dictionary {
    let mut ranges: Vec<Object> = Vec::new();
    let mut previous: Option<Option<u32>> = None;
    let mut unnumbered = 0;
    for (at, page) in pages.pages.iter().enumerate() {
        let follows = match (previous, page.number) {
            (Some(Some(before)), Some(number)) => number == before + 1,
            (Some(None), None) => true,
            _ => false,
        };
        if !follows {
            let (style, start) = match page.number {
                Some(number) => ("D", i64::from(number)),
                None => ("r", unnumbered + 1),
            };
            ranges.push(count(at));
            ranges.push(Object::Dictionary(dictionary! { "S" => style, "St" => start }));
        }
        if page.number.is_none() {
            unnumbered += 1;
        }
        previous = Some(page.number);
    }
    dictionary! { "Nums" => ranges }
}

/// Dates the document 1 January of its year and takes out what is not true of it: that it conforms to
/// PDF/X, and dates that are no dates.
fn date(file: &mut lopdf::Document, pages: &Pages) -> Result<(), Finding> {
    let info = file
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .and_then(|id| file.get_dictionary_mut(id))
        .map_err(|error| failed(&error.to_string()))?;
    for key in [
        "GTS_PDFXVersion",
        "Identifier",
        "Trapped",
        "Subject",
        "Keywords",
        "CreationDate",
        "ModDate",
    ] {
        info.remove(key.as_bytes());
    }
    if let Some(year) = pages.year.filter(|year| (0..=9999).contains(year)) {
        let date = Object::string_literal(format!("D:{year:04}0101000000+08'00'"));
        info.set("CreationDate", date.clone());
        info.set("ModDate", date);
    }
    Ok(())
}

/// Compresses all streams and returns a hash of what the document says and how it looks.
fn compress(file: &mut lopdf::Document, pages: &Pages) -> Result<[u8; 32], Finding> {
    let mut hash = Sha256::new();
    for text in [&pages.title, &pages.author, &format!("{:?}", pages.year)] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    for object in file.objects.values_mut() {
        if let Object::Stream(stream) = object {
            let mut encoder = ZlibEncoder::new(
                Vec::with_capacity(stream.content.len() / 2 + 64),
                Compression::new(LEVEL),
            );
            let compressed = encoder
                .write_all(&stream.content)
                .and_then(|()| encoder.finish())
                .map_err(|error| failed(&error.to_string()))?;
            stream.dict.set("Filter", "FlateDecode");
            stream.set_content(compressed);
            hash.update(&stream.content);
        }
    }
    Ok(hash.finalize().into())
}
