//! How the time of reading grows with the size of the text, for the examples one behind the other in
//! the manners of several extractors and for texts that nobody would write. One warm thread.

use std::fs;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jixiao::parse::read_document;
use jixiao::template::Templates;

fn main() {
    divan::main();
}

/// The texts, by name.
const TEXTS: [&str; 9] = [
    "examples",
    "rows-outside-forms",
    "rows-in-a-form",
    "one-line",
    "tabs",
    "nested-tables",
    "bars",
    "open-quotes",
    "short-rows",
];

/// The sizes in megabytes.
const SIZES: [usize; 3] = [1, 4, 16];

fn examples() -> String {
    let folder = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the examples")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.collect()
}

/// A text of a kind, of so many bytes or a little more.
fn text(name: &str, bytes: usize) -> String {
    let row = "产出指标\t数量指标\t开展培训\t开展培训次数\t≥3次\t计划\n";
    let head = "1.甲绩效目标表\n项目编码\tA1\t项目名称\t甲\n\
        一级指标\t二级指标\t三级指标\t绩效指标描述\t指标值\t指标值确定依据\n";
    let all;
    let (before, piece) = match name {
        "examples" => {
            all = examples();
            ("", all.as_str())
        }
        "rows-outside-forms" => ("", row),
        "rows-in-a-form" => (head, row),
        "one-line" => ("", "绩效目标完成情况良好"),
        "tabs" => ("", "\t"),
        "nested-tables" => ("", "<table><tr><td>"),
        "bars" => ("", "|"),
        "open-quotes" => ("", "\"甲,乙\n"),
        _ => ("", "a\tb\n"),
    };
    before.to_owned() + &piece.repeat(bytes.div_ceil(piece.len()))
}

#[divan::bench(args = TEXTS, consts = SIZES, sample_count = 3, sample_size = 1)]
fn read<const MEGABYTES: usize>(bencher: Bencher, name: &str) {
    let text = text(name, MEGABYTES * 1_000_000);
    let templates = Templates::built_in();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| read_document(black_box(text.as_bytes()), templates.vocabulary()));
}
