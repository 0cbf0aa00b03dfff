//! Where other renderers place the characters of a PDF, against the display list that it was written from.

use std::path::Path;
use std::process::Command;

use jixiao::parse::read_document;
use jixiao::pdf::Pages;
use jixiao::template::{FillOptions, Templates};
use serde_json::{Value, json};

use super::{bytes, laid_out, sample, scratch};

/// What places may differ by, in points.
const MOST: f64 = 0.5;

/// The characters of all pages with their places.
fn places(pages: &Pages) -> Value {
    let pages = pages.pages.iter().map(|page| {
        let runs = page.runs.iter().map(|run| {
            let chars = run.text.chars().zip(&run.glyphs).map(|(c, glyph)| {
                let x = run.x + glyph.x as f32 * run.size / 1000.0;
                json!([c, x])
            });
            json!({
                "baseline": run.baseline,
                "size": run.size,
                "face": run.font.index(),
                "chars": chars.collect::<Vec<_>>(),
            })
        });
        runs.collect::<Vec<_>>()
    });
    json!(pages.collect::<Vec<_>>())
}

#[test]
fn mupdf_and_poppler_place_each_character_where_the_layout_did() {
    let has = |program: &str, argument: &[&str]| {
        let output = Command::new(program).args(argument).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !has("python3", &["-c", "import pymupdf"]) || !has("pdftotext", &["-v"]) {
        eprintln!("passed over: pymupdf or pdftotext is missing");
        return;
    }
    let folder = scratch("places");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, pages: &Pages| {
        std::fs::write(folder.join(format!("{name}.pdf")), bytes(pages)).expect("a file");
        let listed = places(pages).to_string();
        std::fs::write(folder.join(format!("{name}.json")), listed).expect("a file");
    };
    write("sample", &laid_out(&sample::document(6)));
    let templates = Templates::built_in();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (texts, from) in [
        ("examples", root.join("examples")),
        ("real", root.join("../shared/corpus/real")),
    ] {
        let Ok(entries) = std::fs::read_dir(from) else {
            eprintln!("passed over: no {texts} documents");
            continue;
        };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        for (number, path) in paths
            .filter(|path| path.extension().is_some_and(|end| end == "txt"))
            .enumerate()
        {
            let parsed = read_document(std::fs::read(&path).expect("a file"), templates.vocabulary());
            for (at, department) in parsed.departments.iter().enumerate() {
                let filled = templates
                    .fill(department, &FillOptions::default())
                    .unwrap_or_else(|finding| panic!("{}", finding.message.en));
                write(&format!("{texts}-{number}-{at}"), &laid_out(&filled.document));
            }
        }
    }
    let output = Command::new("python3")
        .arg(root.join("tests/readers/places.py"))
        .arg(&folder)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    eprintln!("{said}");
    assert_eq!(said["wrong"], json!([]));
    assert_eq!(said["boxes"], 0, "a missing glyph is shown");
    assert!(
        said["characters"].as_u64() > Some(1000) && said["words"].as_u64() > Some(100),
        "{said}"
    );
    for what in ["mupdf_x", "mupdf_baseline", "poppler_x", "poppler_baseline"] {
        assert!(
            said[what].as_f64().is_some_and(|most| most <= MOST),
            "{what}: {said}"
        );
    }
}
