//! The PDF as other programs see it, for an invented document, the examples and the real documents.

use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::finding::{Code, Finding};
use jixiao::model::{Department, Project};
use jixiao::parse::read_document;
use jixiao::pdf::{self, Pages, Role};
use jixiao::sheet::{Block, Document, SheetKind};
use jixiao::template::{FillOptions, Templates};
use jixiao::text::Fonts;

mod archive;
mod fonts;
mod pages;
mod places;
mod random;
mod sample;

/// Where a test may write.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pdf");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

fn laid_out(document: &Document) -> Pages {
    pdf::lay_out(document, Fonts::built_in())
}

fn bytes(pages: &Pages) -> Vec<u8> {
    pdf::write(pages, Fonts::built_in()).unwrap_or_else(|finding| panic!("{}", finding.message.en))
}

/// What a program says of a file; nothing if it is not installed.
fn said(program: &str, before: &[&str], file: &Path, after: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(program).args(before).arg(file).args(after).output() else {
        eprintln!("passed over: {program} is missing");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {text}{error}");
    Some(text)
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// All that the pages show, in reading order.
fn shown(pages: &Pages) -> String {
    pages
        .pages
        .iter()
        .flat_map(|page| &page.runs)
        .map(|run| run.text.as_str())
        .collect()
}

/// Looks at a document through all programs that are there.
fn look_at(name: &str, document: &Document) {
    let pages = laid_out(document);
    assert_no_run_outside(&pages);
    let path = scratch(name);
    let bytes = bytes(&pages);
    archive::assert_fonts_agree(name, &bytes);
    archive::assert_glyphs_in_place(name, &pages, &bytes);
    std::fs::write(&path, bytes).expect("a file");
    if let Some(text) = said("qpdf", &["--check"], &path, &[]) {
        assert!(!text.to_lowercase().contains("warning"), "{name}: {text}");
    }
    if let Some(fonts) = said("pdffonts", &[], &path, &[]) {
        assert!(fonts.lines().count() > 2, "{fonts}");
        for line in fonts.lines().skip(2) {
            assert!(line.contains(" yes yes yes "), "{name}: {line}");
        }
    }
    if let Some(text) = said("pdftotext", &["-raw"], &path, &["-"]) {
        assert_no_line_torn(name, &text, &pages);
        let (text, shown) = (without_space(&text), without_space(&shown(&pages)));
        assert_same(name, &text, &shown);
    }
    for (field, text) in fields(document) {
        let text = without_space(&text);
        // A text over two pages has the page number between its halves.
        let found = shown_of(&pages).contains(&text);
        assert!(found, "{name}: {field} is not shown: {text}");
    }
}

/// What stands on one line is copied out as one line, marks that stand close together included.
fn assert_no_line_torn(name: &str, text: &str, pages: &Pages) {
    let lines: std::collections::HashSet<String> = text.lines().map(without_space).collect();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let shown = without_space(&run.text);
        let found = lines.contains(&shown) || lines.iter().any(|line| line.contains(&shown));
        assert!(
            found,
            "{name}: {:?} is copied out on more than one line",
            run.text
        );
    }
}

fn assert_same(name: &str, text: &str, shown: &str) {
    if text == shown {
        return;
    }
    let at = text
        .chars()
        .zip(shown.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let near = |text: &str| {
        text.chars()
            .skip(at.saturating_sub(20))
            .take(60)
            .collect::<String>()
    };
    panic!("{name}: copied out {:?}, shown {:?}", near(text), near(shown));
}

/// All that is shown, but page numbers and what is shown again, without white space.
fn shown_of(pages: &Pages) -> String {
    let runs = pages.pages.iter().flat_map(|page| &page.runs);
    runs.filter(|run| run.role == Role::Text)
        .flat_map(|run| run.text.chars())
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// The texts of all fields but those of cells that a page may cut, whose lines are not in one piece.
fn fields(document: &Document) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for sheet in document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind != SheetKind::Contents)
    {
        for block in &sheet.blocks {
            match block {
                Block::Text(text) => {
                    fields.extend(text.field.clone().map(|field| (field, text.text.clone())));
                }
                Block::Table(table) => {
                    for cell in table.rows.iter().flat_map(|row| &row.cells) {
                        if cell.text.chars().count() < 40 {
                            fields.extend(cell.field.clone().map(|field| (field, cell.text.clone())));
                        }
                    }
                }
            }
        }
    }
    fields
}

/// No text stands outside its cell, and none but the page number outside the type area.
fn assert_no_run_outside(pages: &Pages) {
    for (at, page) in pages.pages.iter().enumerate() {
        for run in &page.runs {
            let within = run.within;
            let top = run.baseline - 0.88 * run.size;
            let bottom = run.baseline + 0.12 * run.size;
            let inside = run.extent.0 >= within.left - 0.1
                && run.extent.1 <= within.right + 0.1
                && top >= within.top - 0.1
                && bottom <= within.bottom + 0.1;
            assert!(
                inside,
                "page {}: {:?} stands outside {within:?}: {:?}, {top} to {bottom}",
                at + 1,
                run.text,
                run.extent
            );
            if run.role != Role::PageNumber {
                let area = pdf::TYPE_AREA;
                let inside = within.left >= area.left - 0.1
                    && within.right <= area.right + 0.1
                    && within.top >= area.top - 0.1
                    && within.bottom <= area.bottom + 0.15;
                assert!(
                    inside,
                    "page {}: {:?} stands outside the type area: {within:?}",
                    at + 1,
                    run.text
                );
            }
        }
    }
}

#[test]
fn other_programs_find_an_invented_document_sound() {
    look_at("sample.pdf", &sample::document(6));
}

#[test]
fn the_examples_are_shown_whole() {
    look_at_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").as_path());
}

#[test]
fn the_real_documents_are_shown_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/real");
    if folder.is_dir() {
        look_at_all(&folder);
    } else {
        eprintln!("passed over: no ../shared/corpus/real");
    }
}

/// Reads the PDF of a department as an input: titles and labels that are shown again where a form goes on
/// on a further page are no part of what it says.
fn read_again(name: &str, department: &Department, document: &Document) {
    let templates = Templates::built_in();
    let read = read_document(bytes(&laid_out(document)), templates.vocabulary());
    let findings: Vec<_> = read.findings.iter().flatten().collect();
    for code in [Code::TextUnplaced, Code::LevelUnknown, Code::FormUnknown] {
        let found = findings.iter().find(|finding| finding.code == code);
        let known = |finding: &&&Finding| {
            // The source itself may have such a level.
            let quote = finding.quote.clone().unwrap_or_default();
            let rows = department.projects.iter().flat_map(|form| &form.indicators);
            code == Code::LevelUnknown && rows.clone().any(|row| row.level1.as_ref() == Some(&quote))
        };
        assert!(found.as_ref().is_none_or(known), "{name}: {found:?}");
    }
    let again = &read.departments[0];
    assert_eq!(again.projects.len(), department.projects.len(), "{name}");
    for (one, other) in department.projects.iter().zip(&again.projects) {
        let said = |form: &Project| {
            let rows = form.indicators.iter();
            let mut texts = vec![
                form.title.clone(),
                form.code.clone(),
                form.name.clone(),
                form.purpose.clone(),
            ];
            texts.push(Some(form.goals.concat()));
            texts.extend(form.spending_plan.iter().map(|own| own.percent.clone()));
            texts.extend(rows.flat_map(|row| {
                let own = [
                    &row.level1,
                    &row.level2,
                    &row.level3,
                    &row.description,
                    &row.target,
                    &row.basis,
                ];
                own.map(Clone::clone)
            }));
            let texts = texts
                .into_iter()
                .map(|text| without_space(&text.unwrap_or_default()));
            texts.collect::<Vec<_>>()
        };
        assert_eq!(said(one), said(other), "{name}: form {}", one.number);
    }
}

fn look_at_all(folder: &Path) {
    each_document(folder, |name, department, document| {
        look_at(name, document);
        read_again(name, department, document);
    });
}

/// Hands over every department of a folder's texts and its sheets, with a name for its PDF.
fn each_document(folder: &Path, mut look_at: impl FnMut(&str, &Department, &Document)) {
    let templates = Templates::built_in();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let parsed = read_document(std::fs::read(&path).expect("a file"), templates.vocabulary());
        for (at, department) in parsed.departments.iter().enumerate() {
            let filled = templates
                .fill(department, &FillOptions::default())
                .unwrap_or_else(|finding| panic!("{}", finding.message.en));
            let name = path.file_stem().expect("a name").to_string_lossy();
            look_at(&format!("{name}-{at}.pdf"), department, &filled.document);
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = sample::document(2);
    let (first, second) = (laid_out(&document), laid_out(&document));
    assert_eq!(first, second);
    assert!(bytes(&first) == bytes(&second));
}
