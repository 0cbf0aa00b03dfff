//! How long each stage takes on one department: parse, fill, workbook, PDF. One warm thread.
//!
//! `cargo bench` measures the largest of the examples; with the shared corpus beside the project
//! also its 26-form document.

use std::fs;
use std::path::PathBuf;

use divan::{Bencher, black_box};
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
