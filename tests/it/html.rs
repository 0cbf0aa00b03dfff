//! The HTML page of whole documents: it says all that its sheets say, and read again it is the document
//! that it was made of.

use std::path::{Path, PathBuf};

use jixiao::blocks;
use jixiao::html;
use jixiao::model::Department;
use jixiao::parse::read_document;
use jixiao::sheet::{Block, Document};
use jixiao::template::{FillOptions, Templates};

fn filled(department: &Department) -> Document {
    Templates::built_in()
        .fill(department, &FillOptions::default())
        .unwrap_or_else(|finding| panic!("{}", finding.message.en))
        .document
}

/// All texts of the sheets in their order, without the white space at the ends of their lines.
fn texts(document: &Document) -> Vec<String> {
    let blocks = document.sheets.iter().flat_map(|sheet| &sheet.blocks);
    let texts = blocks.flat_map(|block| match block {
        Block::Text(text) => text.text.split('\n').collect::<Vec<_>>(),
        Block::Table(table) => {
            let cells = table.rows.iter().flat_map(|row| &row.cells);
            cells.map(|cell| cell.text.as_str()).collect()
        }
    });
    texts
        .map(|text| {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.collect::<Vec<_>>().join("\n")
        })
        .filter(|text| !text.is_empty())
        .collect()
}

fn look_at_all(folder: &Path) {
    let templates = Templates::built_in();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.display();
        let parsed = read_document(std::fs::read(&path).expect("a file"), templates.vocabulary());
        for department in &parsed.departments {
            let document = filled(department);
            let page = html::write(&document);

            let (opened, findings) = blocks::Document::open(page.as_bytes());
            assert!(findings.is_empty(), "{name}: {findings:?}");
            let blocks = opened.blocks();
            let cells = (0..blocks.len()).flat_map(|block| {
                let is_row = blocks.kind(block) == blocks::BlockKind::Furniture;
                let cells = blocks.cells(block).iter();
                // A row of the summary is one text.
                cells.flat_map(move |cell| {
                    if is_row {
                        cell.text.split(' ').collect()
                    } else {
                        vec![&*cell.text]
                    }
                })
            });
            let said: Vec<String> = cells.map(str::to_owned).collect();
            let wanted = texts(&document);
            let bare = |texts: &[String]| -> String { texts.concat().split(' ').collect() };
            assert_eq!(bare(&said), bare(&wanted), "{name}");

            let again = read_document(page.into_bytes(), templates.vocabulary());
            assert_eq!(again.departments.len(), 1, "{name}");
            assert_eq!(filled(&again.departments[0]), document, "{name}");
        }
    }
}

#[test]
fn the_pages_of_the_examples_are_read_as_what_they_were_made_of() {
    look_at_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
}

#[test]
fn the_pages_of_the_real_documents_are_read_as_what_they_were_made_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/real");
    if folder.is_dir() {
        look_at_all(&folder);
    } else {
        eprintln!("passed over: no ../shared/corpus/real");
    }
}
