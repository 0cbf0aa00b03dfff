//! That a PDF is what it says it is: a PDF/A-2u. What the standard asks for is read back here from the
//! bytes; `verapdf`, where it is installed, has the last word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::pdf::{PAGE_HEIGHT, Pages};
use lopdf::{Dictionary, Document, Object};

use super::{bytes, each_document, laid_out, sample, scratch};

fn read(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).expect("a PDF")
}

fn text_of(object: &Object) -> String {
    let bytes = object.as_str().expect("a string");
    match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(units) => {
            let units: Vec<u16> = units
                .chunks(2)
                .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                .collect();
            String::from_utf16(&units).expect("UTF-16")
        }
        None => String::from_utf8(bytes.to_vec()).expect("ASCII"),
    }
}

fn content_of(file: &Document, dictionary: &Dictionary, key: &[u8]) -> Vec<u8> {
    let stream = file
        .get_object(
            dictionary
                .get(key)
                .and_then(Object::as_reference)
                .expect("a reference"),
        )
        .and_then(Object::as_stream)
        .expect("a stream");
    stream
        .decompressed_content()
        .unwrap_or_else(|_| stream.content.clone())
}

/// The text between two marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The metadata in both places.
fn metadata(file: &Document) -> (Dictionary, String) {
    let info = file
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .expect("Info");
    let info = file.get_dictionary(info).expect("a dictionary").clone();
    let catalog = file.catalog().expect("a catalog");
    let packet = content_of(file, catalog, b"Metadata");
    (info, String::from_utf8(packet).expect("UTF-8"))
}

#[test]
fn both_places_for_metadata_say_the_same() {
    let mut document = sample::document(1);
    document.title = "临河县图书馆<2025>年&“绩效”\u{1}文本".to_owned();
    let file = read(&bytes(&laid_out(&document)));
    let (info, packet) = metadata(&file);
    for (key, before, after) in [
        (
            "Title",
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">",
            "</rdf:li></rdf:Alt>",
        ),
        ("Author", "<dc:creator><rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq>"),
        ("Creator", "<xmp:CreatorTool>", "<"),
        ("Producer", "<pdf:Producer>", "<"),
    ] {
        let said = text_of(info.get(key.as_bytes()).expect(key));
        let also = between(&packet, before, after).map(unescaped);
        assert_eq!(also.as_deref(), Some(said.as_str()), "{key}");
    }
    for (key, name) in [("CreationDate", "xmp:CreateDate"), ("ModDate", "xmp:ModifyDate")] {
        assert_eq!(
            text_of(info.get(key.as_bytes()).expect(key)),
            "D:20250101000000+08'00'"
        );
        let said = between(&packet, &format!("<{name}>"), "<");
        assert_eq!(said, Some("2025-01-01T00:00:00+08:00"));
    }
    assert_eq!(info.len(), 6, "{info:?}");
    assert_eq!(between(&packet, "<pdfaid:part>", "<"), Some("2"));
    assert_eq!(between(&packet, "<pdfaid:conformance>", "<"), Some("U"));
}

#[test]
fn a_document_without_a_year_has_no_date() {
    let mut document = sample::document(1);
    document.year = None;
    let file = read(&bytes(&laid_out(&document)));
    let (info, packet) = metadata(&file);
    assert!(!info.has(b"CreationDate") && !info.has(b"ModDate"));
    assert!(!packet.contains("Date>") && packet.contains("<pdfaid:part>2<"));
}

#[test]
fn the_colours_have_a_meaning() {
    let file = read(&bytes(&laid_out(&sample::document(1))));
    let catalog = file.catalog().expect("a catalog");
    let intents = catalog
        .get(b"OutputIntents")
        .and_then(Object::as_array)
        .expect("intents");
    assert_eq!(intents.len(), 1);
    let intent = intents[0].as_dict().expect("an intent");
    assert_eq!(
        intent.get(b"S").and_then(Object::as_name).ok(),
        Some(&b"GTS_PDFA1"[..])
    );
    let profile = content_of(&file, intent, b"DestOutputProfile");
    assert_eq!(&profile[12..24], b"mntrRGB XYZ ");
    assert_eq!(&profile[36..40], b"acsp");
}

#[test]
fn links_are_printed_and_shown() {
    let file = read(&bytes(&laid_out(&sample::document(2))));
    let mut links = 0;
    for id in file.get_pages().into_values() {
        let page = file.get_dictionary(id).expect("a page");
        let annotations = page.get(b"Annots").and_then(Object::as_array);
        for link in annotations.into_iter().flatten() {
            let link = link.as_dict().expect("an annotation");
            assert_eq!(link.get(b"F").and_then(Object::as_i64).ok(), Some(4));
            links += 1;
        }
    }
    assert!(links > 4);
}

#[test]
fn what_cannot_be_kept_does_not_claim_to_be() {
    let mut pages = laid_out(&sample::document(1));
    pages.pages[0].runs[0].glyphs[0].id = 0;
    let file = read(&bytes(&pages));
    let catalog = file.catalog().expect("a catalog");
    assert!(!catalog.has(b"Metadata") && !catalog.has(b"OutputIntents"));
}

/// A font of a file as its readers see it.
struct ReadFont {
    /// The widths of its codes.
    widths: BTreeMap<u16, i64>,
    /// The width that the font file gives each code, in thousandths of the size.
    own_widths: BTreeMap<u16, Option<f64>>,
    /// What leads back to characters.
    to_unicode: String,
}

fn fonts(file: &Document) -> BTreeMap<String, ReadFont> {
    let page = *file.get_pages().values().next().expect("a page");
    let fonts = file.get_page_fonts(page).expect("fonts");
    fonts
        .into_iter()
        .map(|(name, font)| (String::from_utf8(name).expect("a name"), read_font(file, font)))
        .collect()
}

fn read_font(file: &Document, font: &Dictionary) -> ReadFont {
    let descendants = font
        .get(b"DescendantFonts")
        .and_then(Object::as_array)
        .expect("descendants");
    let (_, descendant) = file.dereference(&descendants[0]).expect("a descendant");
    let descendant = descendant.as_dict().expect("a dictionary");
    let mut widths = BTreeMap::new();
    let parts = descendant.get(b"W").and_then(Object::as_array).expect("widths");
    for part in parts.chunks(2) {
        let first = part[0].as_i64().expect("a code") as u16;
        for (at, width) in part[1].as_array().expect("widths").iter().enumerate() {
            widths.insert(first + at as u16, width.as_i64().expect("a width"));
        }
    }
    let descriptor = descendant
        .get(b"FontDescriptor")
        .and_then(Object::as_reference)
        .expect("it");
    let descriptor = file.get_dictionary(descriptor).expect("a descriptor");
    let true_type = descriptor.has(b"FontFile2");
    let own_widths = if true_type {
        // Codes are glyphs, and nothing stands between them.
        let map = descendant.get(b"CIDToGIDMap").and_then(Object::as_name);
        assert_eq!(map.ok(), Some(&b"Identity"[..]));
        hmtx(&content_of(file, descriptor, b"FontFile2"))
    } else {
        assert!(!descendant.has(b"CIDToGIDMap"));
        cff_widths(&content_of(file, descriptor, b"FontFile3"))
    };
    ReadFont {
        widths,
        own_widths,
        to_unicode: String::from_utf8(content_of(file, font, b"ToUnicode")).expect("a table"),
    }
}

fn hmtx(program: &[u8]) -> BTreeMap<u16, Option<f64>> {
    let raw = ttf_parser::RawFace::parse(program, 0).expect("a font file");
    let table = |tag: &[u8; 4]| raw.table(ttf_parser::Tag::from_bytes(tag)).expect("a table");
    let head = ttf_parser::head::Table::parse(table(b"head")).expect("head");
    let hhea = ttf_parser::hhea::Table::parse(table(b"hhea")).expect("hhea");
    let maxp = ttf_parser::maxp::Table::parse(table(b"maxp")).expect("maxp");
    let hmtx = ttf_parser::hmtx::Table::parse(hhea.number_of_metrics, maxp.number_of_glyphs, table(b"hmtx"))
        .expect("hmtx");
    (0..maxp.number_of_glyphs.get())
        .filter_map(|id| {
            let advance = hmtx.advance(ttf_parser::GlyphId(id))?;
            Some((
                id,
                Some(f64::from(advance) * 1000.0 / f64::from(head.units_per_em)),
            ))
        })
        .collect()
}

/// The glyphs of a CFF table, whose widths `ttf-parser` does not read where they are numbered by CID;
/// `verapdf` does.
fn cff_widths(program: &[u8]) -> BTreeMap<u16, Option<f64>> {
    let cff = ttf_parser::cff::Table::parse(program).expect("a CFF table");
    let scale = f64::from(cff.matrix().sx) * 1000.0;
    // The subset's codes are its glyphs.
    (0..cff.number_of_glyphs())
        .map(|id| {
            let width = cff.glyph_width(ttf_parser::GlyphId(id));
            (id, width.map(|width| f64::from(width) * scale))
        })
        .collect()
}

/// Every code of every font is as wide as its glyph in the font file and leads back to a character.
pub(super) fn assert_fonts_agree(name: &str, bytes: &[u8]) {
    for (font, read) in fonts(&read(bytes)) {
        assert!(!read.widths.is_empty(), "{name}: {font}");
        // One code for each glyph but the empty one.
        assert!(read.widths.len() < read.own_widths.len(), "{name}: {font}");
        for (code, width) in &read.widths {
            let own = read.own_widths.get(code).copied();
            let own = own.unwrap_or_else(|| panic!("{name}: {font} has no glyph {code}"));
            assert!(
                own.is_none_or(|own| (own - *width as f64).abs() <= 1.0),
                "{name}: {font}, code {code}: {width}, in the font file {own:?}"
            );
            let entry = format!("<{code:04x}>");
            assert!(
                read.to_unicode.to_lowercase().contains(&entry),
                "{name}: {font}: nothing leads back from {code}"
            );
        }
    }
}

/// Where a reader puts the origin of every glyph, page by page: x and y from the bottom, in points.
fn places(file: &Document) -> Vec<Vec<(f64, f64)>> {
    let fonts = fonts(file);
    let number = |object: &Object| f64::from(object.as_float().expect("a number"));
    let mut pages = Vec::new();
    for id in file.get_pages().into_values() {
        let content = file.get_page_content(id);
        let content = lopdf::content::Content::decode(&content).expect("operators");
        let (mut font, mut size, mut spacing, mut pen) = (None, 0.0, 0.0, (0.0, 0.0));
        let mut places = Vec::new();
        for operation in &content.operations {
            let operands = &operation.operands;
            match operation.operator.as_str() {
                "Tf" => {
                    let name = operands[0].as_name().expect("a name");
                    font = fonts.get(std::str::from_utf8(name).expect("a name"));
                    size = number(&operands[1]);
                }
                "Tc" => spacing = number(&operands[0]),
                "Tm" => pen = (number(&operands[4]), number(&operands[5])),
                "TJ" => {
                    let font = font.expect("a font");
                    for item in operands[0].as_array().expect("items") {
                        let Ok(codes) = item.as_str() else {
                            pen.0 -= number(item) * size / 1000.0;
                            continue;
                        };
                        for code in codes.chunks(2) {
                            places.push(pen);
                            let width = font.widths[&u16::from_be_bytes([code[0], code[1]])];
                            pen.0 += width as f64 * size / 1000.0 + spacing;
                        }
                    }
                }
                _ => {}
            }
        }
        pages.push(places);
    }
    pages
}

/// A reader puts every glyph where the display list has it, within a twentieth of a point.
pub(super) fn assert_glyphs_in_place(name: &str, pages: &Pages, bytes: &[u8]) {
    let places = places(&read(bytes));
    assert_eq!(places.len(), pages.pages.len().max(1), "{name}");
    for (at, (page, places)) in pages.pages.iter().zip(&places).enumerate() {
        let wanted = page.runs.iter().flat_map(|run| {
            run.glyphs.iter().map(move |glyph| {
                let x = f64::from(run.x) + f64::from(glyph.x) * f64::from(run.size) / 1000.0;
                (x, f64::from(PAGE_HEIGHT - run.baseline), run)
            })
        });
        assert_eq!(wanted.clone().count(), places.len(), "{name}, page {}", at + 1);
        for ((x, y, run), found) in wanted.zip(places) {
            assert!(
                (x - found.0).abs() <= 0.05 && (y - found.1).abs() <= 0.05,
                "{name}, page {}, in {:?}: {found:?} for {:?}",
                at + 1,
                run.text,
                (x, y)
            );
        }
    }
}

/// What `verapdf` says of files that claim to be PDF/A-2u.
pub(super) fn assert_valid(files: &[PathBuf]) {
    let Ok(output) = Command::new("verapdf")
        .args(["--flavour", "2u", "--format", "text"])
        .args(files)
        .output()
    else {
        eprintln!("passed over: verapdf is missing");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    let passed = said.lines().filter(|line| line.starts_with("PASS")).count();
    assert!(output.status.success() && passed == files.len(), "{said}{error}");
}

fn written(name: &str, pages: &Pages) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, bytes(pages)).expect("a file");
    path
}

#[test]
fn verapdf_finds_an_invented_document_valid() {
    let mut without_year = sample::document(1);
    without_year.year = None;
    without_year.author = String::new();
    let empty = jixiao::sheet::Document::default();
    assert_valid(&[
        written("valid.pdf", &laid_out(&sample::document(6))),
        written("valid-without-year.pdf", &laid_out(&without_year)),
        written("valid-empty.pdf", &laid_out(&empty)),
    ]);
}

#[test]
fn verapdf_finds_the_examples_and_the_real_documents_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [root.join("examples"), root.join("../shared/corpus/real")] {
        if !folder.is_dir() {
            eprintln!("passed over: no {}", folder.display());
            continue;
        }
        each_document(&folder, |name, _, document| {
            files.push(written(&format!("valid-{name}"), &laid_out(document)));
        });
    }
    assert_valid(&files);
}
