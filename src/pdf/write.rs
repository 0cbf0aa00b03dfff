//! Pages → bytes. `printpdf` makes the file: its pages, its fonts with their widths and the table that
//! leads back from glyphs to characters, its properties. `lopdf` adds what that has no words for: the
//! outline tree, page labels, the language, the file identifier. What the pages show is written in
//! `content`, the subsets of the fonts are made in `subset`, and `archive` says that the file is a
//! PDF/A-2u, where it is one.
//!
//! Architecture invariant: with the files below it the only one of the crate that knows of a PDF
//! library. The bytes follow from the pages and the fonts alone: no clock, no random number, no counter
//! of the process.

mod archive;
mod content;
mod profile;
mod subset;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use crate::finding::{Code, Finding, Message};
use crate::fingerprint::Fingerprint;
use crate::pdf::{Destination, Link, PAGE_HEIGHT, PAGE_WIDTH, Page, Pages};
use crate::text::{FontKey, Fonts};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use printpdf::{
    Codepoint, FontId, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt,
    Rect, TextItem,
};

use archive::{Properties, is_archival};
use content::content;
use subset::{Subset, subset_fonts};

/// What the properties of a file name as its maker.
const PROGRAM: &str = concat!("jixiao ", env!("CARGO_PKG_VERSION"));
/// How hard streams are compressed: 0 to 9. Level 5 makes files 4 % smaller and takes a tenth longer.
const LEVEL: u32 = 2;

/// Writes pages as the bytes of a PDF 1.7 file that says of itself that it is a PDF/A-2u (ISO 19005-2),
/// unless the pages show something that PDF/A has no way to show.
///
/// # Errors
///
/// `font-broken` if a font cannot be subset, `output-failed` if the PDF library does not take the
/// pages.
pub fn write(pages: &Pages, fonts: &Fonts) -> Result<Vec<u8>, Finding> {
    let subsets = subset_fonts(pages, fonts)?;
    let mut pdf = PdfDocument::new("");
    for (font, subset) in &subsets {
        pdf.resources
            .fonts
            .map
            .insert(font_id(*font), PdfFont::new(parsed_font(subset, fonts, *font)));
    }
    // A file without pages is none; a document without sheets is one blank page.
    pdf.pages.push(specimen_page(&subsets));
    pdf.pages
        .extend(pages.pages.iter().skip(1).map(|_| empty_page(Vec::new())));

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
    finish(&mut file, pages, &subsets)?;
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

// ---- fonts

/// What a font is called in the resources of a page.
fn resource_name(font: FontKey) -> String {
    format!("f{}", font.index())
}

fn font_id(font: FontKey) -> FontId {
    FontId(resource_name(font))
}

/// A page that shows every code of every font once. From it the library sees which codes there are;
/// the contents of the true pages replace it.
fn specimen_page(subsets: &BTreeMap<FontKey, Subset>) -> PdfPage {
    let mut ops = vec![Op::StartTextSection];
    for (font, subset) in subsets {
        ops.push(Op::SetFont {
            font: PdfFontHandle::External(font_id(*font)),
            size: Pt(10.0),
        });
        let codes = subset
            .codes()
            .map(|(code, c)| Codepoint::with_cid(code, 0.0, c.to_string()));
        ops.push(Op::ShowText {
            items: vec![TextItem::GlyphIds(codes.collect())],
        });
    }
    ops.push(Op::EndTextSection);
    empty_page(ops)
}

fn empty_page(ops: Vec<Op>) -> PdfPage {
    let size = Rect::from_wh(Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT));
    PdfPage {
        media_box: size.clone(),
        trim_box: size.clone(),
        crop_box: size,
        ops,
    }
}

fn parsed_font(subset: &Subset, fonts: &Fonts, font: FontKey) -> ParsedFont {
    let description = fonts.description(font);
    let [x_min, y_min, x_max, y_max] = description.bounds;
    let widths = subset.widths.iter().enumerate();
    ParsedFont {
        original_bytes: subset.bytes.clone(),
        font_index: 0,
        font_name: Some(subset.name.clone()),
        codepoint_to_glyph: BTreeMap::new(),
        glyph_widths: widths.map(|(id, width)| (id as u16, *width)).collect(),
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

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFE, 0xFF];
    for unit in text.encode_utf16() {
        bytes.extend(unit.to_be_bytes());
    }
    bytes
}

// ---- the file around the pages

/// Adds what `printpdf` has no words for, takes out what it says wrongly, and compresses.
fn finish(
    file: &mut lopdf::Document,
    pages: &Pages,
    subsets: &BTreeMap<FontKey, Subset>,
) -> Result<(), Finding> {
    "1.7".clone_into(&mut file.version);
    let page_ids: Vec<lopdf::ObjectId> = file.get_pages().into_values().collect();
    let blank = Page::default();
    for (page, &id) in pages.pages.iter().chain([&blank]).zip(&page_ids) {
        let contents = file
            .get_dictionary(id)
            .and_then(|page| page.get(b"Contents"))
            .and_then(Object::as_reference)
            .map_err(|error| failed(&error.to_string()))?;
        file.set_object(
            contents,
            lopdf::Stream::new(Dictionary::new(), content(page, subsets)),
        );
        let links: Vec<Object> = page
            .links
            .iter()
            .filter_map(|link| annotation(link, &page_ids))
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
    let properties = Properties::of(pages);
    let info = file
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .map_err(|error| failed(&error.to_string()))?;
    // What stands there otherwise is not true of the document: that it conforms to PDF/X, and dates
    // that are no dates.
    file.set_object(info, properties.info());
    if is_archival(pages) {
        archive::declare(file, &properties).map_err(|error| failed(&error.to_string()))?;
    }
    let hash = compress(file, pages)?;
    let id = Object::String(hash.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

fn count(count: usize) -> Object {
    Object::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Hundredths of a point are finer than any printer.
fn rounded(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
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

/// A place to click; `None` where it leads nowhere.
fn annotation(link: &Link, page_ids: &[lopdf::ObjectId]) -> Option<Object> {
    let area = &link.area;
    let mut annotation = dictionary! {
        "Type" => "Annot",
        "Subtype" => "Link",
        "Rect" => reals(&[area.left, PAGE_HEIGHT - area.bottom, area.right, PAGE_HEIGHT - area.top]),
        // Printed with the page, where there is anything to print.
        "F" => 4,
        "Border" => vec![0.into(), 0.into(), 0.into()],
    };
    match &link.to {
        Destination::Page { page, top } => annotation.set("Dest", destination(*page_ids.get(*page)?, *top)),
        Destination::File(path) => annotation.set(
            "A",
            dictionary! { "S" => "URI", "URI" => Object::string_literal(address(path)) },
        ),
    }
    Some(Object::Dictionary(annotation))
}

/// The relative address of a file: its path in UTF-8, all but letters, digits, `-._~` and `/` as `%E6`. A
/// name with a colon is not taken for a scheme.
fn address(path: &str) -> String {
    let mut address = String::with_capacity(3 * path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
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

/// Compresses all streams and returns a hash of what the document says and how it looks.
fn compress(file: &mut lopdf::Document, pages: &Pages) -> Result<[u8; 16], Finding> {
    let mut hash = Fingerprint::new();
    for text in [&pages.title, &pages.author, &format!("{:?}", pages.year)] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    for object in file.objects.values_mut() {
        if let Object::Stream(stream) = object {
            // Metadata are found by programs that do not know PDF, so they stay as they are.
            if stream.dict.has_type(b"Metadata") {
                hash.update(&stream.content);
                continue;
            }
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
    Ok(hash.finish())
}
