//! What `jixiao build` makes of the examples, as programs of others read it: qpdf, poppler, openpyxl
//! and LibreOffice. A test whose program is missing says so in one line and passes over itself.

mod fields;
mod office;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use fields::{Fields, bare};

/// The files of one department.
struct Made {
    name: String,
    model: Value,
    workbook: PathBuf,
    pdf: PathBuf,
    overview: PathBuf,
    /// The review sheet, as PDF and as workbook.
    review: [PathBuf; 2],
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder for the files of these tests; cargo keeps it below its target folder.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readers").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    fs::create_dir_all(&folder).expect("a new folder");
    folder
}

/// What the name of an overview ends with.
const OVERVIEW: &str = "概览.pdf";
/// What the names of review sheets end with.
const REVIEW: [&str; 2] = ["审核意见表.pdf", "审核意见表.xlsx"];

/// The one file whose name ends so; an overview and a review sheet only where they are asked for.
fn file_with_ending(folder: &Path, ending: &str) -> PathBuf {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let mut others = [OVERVIEW]
                .into_iter()
                .chain(REVIEW)
                .filter(|other| *other != ending);
            name.ends_with(ending) && !others.any(|other| name.ends_with(other))
        })
        .collect();
    assert_eq!(files.len(), 1, "{ending} files in {}", folder.display());
    files.remove(0)
}

/// The examples, built once for all tests.
fn departments() -> &'static [Made] {
    static MADE: OnceLock<Vec<Made>> = OnceLock::new();
    MADE.get_or_init(|| {
        let out = scratch("out");
        let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
            .arg("build")
            .arg(root().join("examples"))
            .arg("-o")
            .arg(&out)
            .output()
            .expect("jixiao runs");
        // 1 says that a document has errors, which examples may have; 2 that nothing could be done.
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut folders: Vec<PathBuf> = fs::read_dir(&out)
            .expect("the output folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
            .into_iter()
            .map(|folder| Made {
                name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
                model: serde_json::from_slice(&fs::read(folder.join("model.json")).expect("a model"))
                    .expect("JSON"),
                workbook: file_with_ending(&folder, ".xlsx"),
                pdf: file_with_ending(&folder, ".pdf"),
                overview: file_with_ending(&folder, OVERVIEW),
                review: REVIEW.map(|ending| file_with_ending(&folder, ending)),
            })
            .collect()
    })
}

/// Whether a program answers; says so in one line where it does not.
fn has(test: &str, program: &str, argument: &str) -> bool {
    let there = Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("{test}: passed over, there is no {program} ({argument})");
    }
    there
}

fn text_of(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// The text of a PDF in the order in which it was written, page by page.
fn pdf_pages(pdf: &Path) -> Vec<String> {
    let output = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(pdf)
        .arg("-")
        .output()
        .expect("pdftotext runs");
    let text = text_of(&output);
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    if pages.last().is_some_and(|page| page.trim().is_empty()) {
        pages.pop();
    }
    pages
}

fn assert_nothing_wrong(reader: &str, wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} fields are not right in what {reader} reads:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_example_gives_a_folder() {
    let documents = fs::read_dir(root().join("examples"))
        .expect("the examples")
        .filter(|entry| {
            entry.as_ref().is_ok_and(|entry| {
                entry
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "txt")
            })
        })
        .count();
    assert_eq!(departments().len(), documents);
}

#[test]
fn qpdf_and_pdffonts_find_the_pdf_sound() {
    let test = "qpdf_and_pdffonts_find_the_pdf_sound";
    let qpdf = has(test, "qpdf", "--version");
    let pdffonts = has(test, "pdffonts", "-v");
    for made in departments() {
        if qpdf {
            let output = Command::new("qpdf")
                .arg("--check")
                .arg(&made.pdf)
                .output()
                .expect("qpdf runs");
            let said = text_of(&output);
            assert!(said.contains("No syntax or stream encoding errors"), "{said}");
        }
        if pdffonts {
            let output = Command::new("pdffonts")
                .arg(&made.pdf)
                .output()
                .expect("pdffonts runs");
            let said = text_of(&output);
            let fonts: Vec<&str> = said.lines().skip(2).collect();
            assert!(!fonts.is_empty(), "{}: no fonts", made.name);
            for font in fonts {
                // The columns emb, sub and uni; the object's number and generation stand behind them.
                let columns: Vec<&str> = font.split_whitespace().collect();
                let marks = &columns[columns.len() - 5..columns.len() - 2];
                assert_eq!(marks, ["yes", "yes", "yes"], "{}: {font}", made.name);
            }
        }
    }
}

#[test]
fn pdftotext_finds_every_project_in_the_overview() {
    if !has("pdftotext_finds_every_project_in_the_overview", "pdftotext", "-v") {
        return;
    }
    for made in departments() {
        let pages = pdf_pages(&made.overview);
        let text: String = pages.iter().map(|page| bare(page)).collect();
        let projects = made.model["projects"].as_array().expect("projects");
        for project in projects {
            let total = bare(project["budget"]["total"].as_str().unwrap_or_default());
            assert!(text.contains(&total), "{}: {total}", made.name);
        }
    }
}

#[test]
fn pdftotext_finds_every_field() {
    if !has("pdftotext_finds_every_field", "pdftotext", "-v") {
        return;
    }
    let mut wrong = Vec::new();
    for made in departments() {
        let pages = pages::without_furniture(&pdf_pages(&made.pdf));
        let mut missing = Vec::new();
        for field in Fields::of_document(&made.model) {
            if !pages::hold(&pages, &field.text) {
                missing.push(field.to_string());
            }
        }
        let projects = fields::projects(&made.model);
        let forms = pages::of_forms(&pages, projects);
        for (project, form) in projects.iter().zip(&forms) {
            for field in Fields::of_project(project) {
                if !pages::hold(form, &field.text)
                    && !field.as_amount().is_some_and(|a| pages::hold(form, &a))
                {
                    missing.push(field.to_string());
                }
            }
            // The cells of a row follow each other, so that no text stands in another row.
            for row in Fields::rows(project) {
                if !pages::hold(form, &row.text) {
                    missing.push(row.to_string());
                }
            }
        }
        wrong.extend(missing.iter().map(|field| format!("{}: {field}", made.name)));
    }
    assert_nothing_wrong("pdftotext", &wrong);
}

/// One sheet of a workbook: the cells that are not empty, row by row.
struct ReadSheet {
    name: String,
    rows: Vec<Vec<ReadCell>>,
}

/// A cell as openpyxl reads it.
struct ReadCell {
    /// Its text without white space; of a number its shortest form.
    text: String,
    /// The number format, where it holds a number.
    number_format: Option<String>,
}

impl ReadSheet {
    fn text(&self) -> String {
        self.rows
            .iter()
            .flatten()
            .map(|cell| cell.text.as_str())
            .collect()
    }

    fn holds(&self, text: &str, row: &[String]) -> bool {
        self.text().contains(text)
            || self.rows.iter().any(|cells| {
                let mut cells = cells.iter();
                !row.is_empty() && row.iter().all(|wanted| cells.any(|cell| cell.text == *wanted))
            })
    }

    fn holds_amount(&self, amount: &str) -> bool {
        let plain = |text: &str| {
            let text = text.replace(',', "");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        };
        self.rows.iter().flatten().any(|cell| {
            cell.number_format
                .as_deref()
                .is_some_and(|format| format.contains("0.00"))
                && plain(&cell.text) == plain(amount)
        })
    }
}

fn read_workbook(workbook: &Path) -> Vec<ReadSheet> {
    let output = Command::new("python3")
        .arg(root().join("tests/readers/workbook.py"))
        .arg(workbook)
        .output()
        .expect("python3 runs");
    let sheets: Vec<Value> = serde_json::from_str(&text_of(&output)).expect("JSON");
    sheets
        .iter()
        .map(|sheet| ReadSheet {
            name: sheet["name"].as_str().expect("a name").to_owned(),
            rows: sheet["rows"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| {
                    row.as_array()
                        .expect("cells")
                        .iter()
                        .map(|cell| ReadCell {
                            text: bare(cell.as_str().or(cell["number"].as_str()).expect("a text")),
                            number_format: cell["format"].as_str().map(str::to_owned),
                        })
                        .collect()
                })
                .collect(),
        })
        .collect()
}

#[test]
fn openpyxl_finds_every_field() {
    if !has("openpyxl_finds_every_field", "python3", "-cimport openpyxl") {
        return;
    }
    let mut wrong = Vec::new();
    for made in departments() {
        let sheets = read_workbook(&made.workbook);
        let mut missing = Vec::new();
        for field in Fields::of_document(&made.model) {
            if !sheets.iter().any(|sheet| sheet.text().contains(&field.text)) {
                missing.push(field.to_string());
            }
        }
        for project in fields::projects(&made.model) {
            let heading = fields::heading(project);
            let Some(sheet) = sheets
                .iter()
                .find(|sheet| sheet.text().starts_with(heading.as_str()))
            else {
                missing.push(format!("the sheet of {heading}"));
                continue;
            };
            for field in Fields::of_project(project) {
                let found = match field.as_amount() {
                    Some(_) => sheet.holds_amount(&field.text),
                    None => sheet.holds(&field.text, &[]),
                };
                if !found {
                    missing.push(format!("{field} on sheet {}", sheet.name));
                }
            }
            for row in Fields::rows(project) {
                if !sheet.holds(&row.text, &row.cells) {
                    missing.push(format!("{row} on sheet {}", sheet.name));
                }
            }
        }
        wrong.extend(missing.iter().map(|field| format!("{}: {field}", made.name)));
    }
    assert_nothing_wrong("openpyxl", &wrong);
}

#[test]
fn libreoffice_reads_every_field_and_prints_it_uncut() {
    let test = "libreoffice_reads_every_field_and_prints_it_uncut";
    if !has(test, "soffice", "--version") || !has(test, "pdftotext", "-v") {
        return;
    }
    let workbooks: Vec<&Path> = departments().iter().map(|made| made.workbook.as_path()).collect();
    let converted = office::convert(&scratch("office"), &workbooks);
    let mut wrong = Vec::new();
    for (made, converted) in departments().iter().zip(converted) {
        let printed: String = pdf_pages(&converted.pdf).iter().map(|page| bare(page)).collect();
        let values = bare(&converted.csv).replace('"', "");
        let pages = pages::without_furniture(&pdf_pages(&converted.pdf));
        let mut missing = Vec::new();
        let mut fields = Fields::of_document(&made.model);
        for project in fields::projects(&made.model) {
            fields.extend(Fields::of_project(project));
        }
        for field in fields {
            let written = [Some(field.text.clone()), field.as_amount()];
            let mut written = written.iter().flatten();
            if !written
                .clone()
                .any(|text| values.contains(&text.replace('"', "")))
            {
                missing.push(format!("{field} (as CSV)"));
            }
            if !written.any(|text| printed.contains(text.as_str()) || pages::hold(&pages, text)) {
                missing.push(format!("{field} (printed)"));
            }
        }
        missing.extend(
            office::cut_texts(&converted.pdf)
                .iter()
                .map(|place| format!("text is cut on {place}")),
        );
        wrong.extend(missing.iter().map(|field| format!("{}: {field}", made.name)));
    }
    assert_nothing_wrong("LibreOffice", &wrong);
}

#[test]
fn libreoffice_prints_the_review_sheets_uncut() {
    let test = "libreoffice_prints_the_review_sheets_uncut";
    if !has(test, "soffice", "--version") || !has(test, "pdftotext", "-v") {
        return;
    }
    let sheets: Vec<&Path> = departments()
        .iter()
        .map(|made| made.review[1].as_path())
        .collect();
    let converted = office::convert(&scratch("review"), &sheets);
    let mut wrong = Vec::new();
    for (made, converted) in departments().iter().zip(converted) {
        let cut = office::cut_texts(&converted.pdf);
        wrong.extend(
            cut.iter()
                .map(|place| format!("{}: text is cut on {place}", made.name)),
        );
        let printed: String = pdf_pages(&converted.pdf).iter().map(|page| bare(page)).collect();
        if printed.contains("jixiao:") {
            wrong.push(format!("{}: the keys are printed", made.name));
        }
        // The PDF of the program's own says the same.
        let own: String = pdf_pages(&made.review[0]).iter().map(|page| bare(page)).collect();
        let count = |text: &str| text.matches(&bare("警告")).count();
        if count(&own) != count(&printed) {
            wrong.push(format!("{}: the PDF shows something else", made.name));
        }
    }
    assert_nothing_wrong("LibreOffice", &wrong);
}
