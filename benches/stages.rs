//! How long each stage takes on one department: parse, fill, workbook, PDF. One warm thread. Beside workbook
//! and PDF stands their floor: the compression of the same bytes, and the subsetting of the same fonts, alone.
//!
//! `cargo bench` measures the largest of the examples; with the shared corpus beside the project
//! also its 26-form document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use divan::{Bencher, black_box};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use jixiao::check::{Settings, check};
use jixiao::model::Department;
use jixiao::parse::read_document;
use jixiao::sheet::Document;
use jixiao::template::{FillOptions, Templates};
use jixiao::text::Fonts;
use jixiao::{pdf, xlsx};

fn main() {
    divan::main();
}

/// The documents that are there, by short names.
fn documents() -> impl Iterator<Item = &'static str> {
    ["example-24-forms", "corpus-26-forms"]
        .into_iter()
        .filter(|name| path(name).is_file())
}

fn path(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(match name {
        "example-24-forms" => "examples/云岭市交通运输局-2025.txt",
        _ => "../shared/corpus/real/zhangjiakou-2025.txt",
    })
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).expect("a readable document")
}

fn department(name: &str) -> Department {
    read_document(bytes(name), Templates::built_in().vocabulary())
        .departments
        .remove(0)
}

fn document(name: &str) -> Document {
    let filled = Templates::built_in().fill(&department(name), &FillOptions::default());
    filled.expect("the built-in templates are sound").document
}

#[divan::bench(args = documents())]
fn a_parse(bencher: Bencher, name: &str) {
    let bytes = bytes(name);
    let templates = Templates::built_in();
    bencher.bench_local(|| read_document(black_box(&bytes), templates.vocabulary()));
}

#[divan::bench(args = documents())]
fn b_check(bencher: Bencher, name: &str) {
    let department = department(name);
    let templates = Templates::built_in();
    let settings = Settings::default();
    bencher.bench_local(|| check(black_box(&department), templates.vocabulary(), &settings));
}

#[divan::bench(args = documents())]
fn b_fill(bencher: Bencher, name: &str) {
    let department = department(name);
    let templates = Templates::built_in();
    bencher.bench_local(|| {
        templates
            .fill(black_box(&department), &FillOptions::default())
            .is_ok()
    });
}

#[divan::bench(args = documents())]
fn c_workbook(bencher: Bencher, name: &str) {
    let document = document(name);
    bencher.bench_local(|| xlsx::write(black_box(&document)).is_ok());
}

/// What an office works with: with the hidden marks by which it is read back.
#[divan::bench(args = documents())]
fn c_workbook_editable(bencher: Bencher, name: &str) {
    let (document, department) = (document(name), department(name));
    bencher.bench_local(|| xlsx::write_editable(black_box(&document), &department).is_ok());
}

/// The floor of the workbook: its parts compressed at its level, and nothing else.
#[divan::bench(args = documents())]
fn c_workbook_floor(bencher: Bencher, name: &str) {
    let workbook = xlsx::write_editable(&document(name), &department(name)).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("an archive");
    let parts: Vec<Vec<u8>> = (0..archive.len())
        .map(|index| {
            let mut content = Vec::new();
            let mut part = archive.by_index(index).expect("a part");
            part.read_to_end(&mut content).expect("its content");
            content
        })
        .collect();
    bencher.bench_local(|| compressed(black_box(&parts), 1));
}

/// The length of contents when they are compressed.
fn compressed(contents: &[Vec<u8>], level: u32) -> usize {
    let compressed = contents.iter().map(|content| {
        let room = Vec::with_capacity(content.len() / 2 + 64);
        let mut encoder = ZlibEncoder::new(room, Compression::new(level));
        encoder.write_all(content).expect("a buffer takes all");
        encoder.finish().expect("a buffer takes all").len()
    });
    compressed.sum()
}

#[divan::bench(args = documents())]
fn d_layout(bencher: Bencher, name: &str) {
    let document = document(name);
    let fonts = Fonts::built_in();
    bencher.bench_local(|| pdf::lay_out(black_box(&document), fonts));
}

#[divan::bench(args = documents())]
fn e_pdf(bencher: Bencher, name: &str) {
    let document = document(name);
    let fonts = Fonts::built_in();
    let pages = pdf::lay_out(&document, fonts);
    bencher.bench_local(|| pdf::write(black_box(&pages), fonts).is_ok());
}

/// The floor of the PDF: its streams compressed at its level, and nothing else.
#[divan::bench(args = documents())]
fn e_pdf_floor_compression(bencher: Bencher, name: &str) {
    let fonts = Fonts::built_in();
    let bytes = pdf::write(&pdf::lay_out(&document(name), fonts), fonts).expect("a PDF");
    let file = lopdf::Document::load_mem(&bytes).expect("a PDF that can be read");
    let streams = file.objects.values().filter_map(|object| object.as_stream().ok());
    let streams: Vec<Vec<u8>> = streams
        .filter_map(|stream| stream.decompressed_content().ok())
        .collect();
    bencher.bench_local(|| compressed(black_box(&streams), 2));
}

/// The floor of the PDF: the fonts cut down to the glyphs that it uses, and nothing else.
#[divan::bench(args = documents())]
fn e_pdf_floor_subsetting(bencher: Bencher, name: &str) {
    let fonts = Fonts::built_in();
    let pages = pdf::lay_out(&document(name), fonts);
    let mut used: BTreeMap<_, BTreeSet<u16>> = BTreeMap::new();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let glyphs = used.entry(run.font).or_default();
        glyphs.extend(run.glyphs.iter().map(|glyph| glyph.id));
    }
    let used: Vec<_> = used
        .into_iter()
        .map(|(font, glyphs)| {
            let mut remapper = subsetter::GlyphRemapper::new();
            for glyph in glyphs {
                remapper.remap(glyph);
            }
            (fonts.bytes(font), remapper)
        })
        .collect();
    bencher.bench_local(|| {
        let subsets = used.iter().map(|((bytes, index), remapper)| {
            let subset = subsetter::subset(bytes, *index, remapper);
            subset.map_or(0, |subset| subset.len())
        });
        subsets.sum::<usize>()
    });
}
