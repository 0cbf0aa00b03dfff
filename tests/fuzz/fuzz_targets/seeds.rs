//! No target: writes the first inputs of all targets into `corpus/`, from the project's own documents.
//! It stands here so that it is built as the targets are, and writes before the first run.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};

use jixiao_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: write_all(), |_input: &[u8]| {});

fn write_all() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("../..");
    let texts: Vec<Vec<u8>> = [
        "examples",
        "tests/errors",
        "tests/forms",
        "tests/fuzz/seeds/texts",
    ]
    .iter()
    .flat_map(|folder| files_below(&root.join(folder)))
    .filter(|path| {
        path.file_name()
            .is_some_and(|name| !name.to_string_lossy().starts_with("said."))
    })
    .map(|path| fs::read(path).expect("a file of the project"))
    .filter(|bytes| bytes.len() < 1 << 15)
    .collect();
    let words = texts.iter().filter_map(|bytes| str::from_utf8(bytes).ok());
    let pieces: Vec<Vec<u8>> = words.clone().map(pieces::input).collect();
    let units = words
        .clone()
        .filter(|text| text.len() < 1 << 10)
        .map(|text| [b"\xfe", pieces::input(text).as_slice()].concat());
    let own = |folder: &str| {
        files_below(&here.join("seeds").join(folder))
            .into_iter()
            .map(|path| fs::read(path).expect("a seed"))
    };
    let documents = pieces.iter().map(|input| [b"\x01", input.as_slice()].concat());
    write(here, "make_documents", documents.chain(texts.iter().cloned()));
    write(here, "read_document", texts.iter().cloned());
    write(
        here,
        "time",
        units.chain((0..=0xfd).map(|piece| vec![0xfe, piece])),
    );
    write(here, "pieces", pieces.iter().cloned());
    write(
        here,
        "containers",
        own("containers").chain(texts.iter().filter(|text| text.starts_with(b"PK")).cloned()),
    );
    write(here, "pdf", own("pdf"));
}

fn write(here: &Path, target: &str, inputs: impl Iterator<Item = Vec<u8>>) {
    let folder = here.join("corpus").join(target);
    fs::create_dir_all(&folder).expect("a folder for seeds");
    for (number, input) in inputs.enumerate() {
        fs::write(folder.join(format!("seed-{number}")), input).expect("a seed is written");
    }
}

/// All files below a folder, in order.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
