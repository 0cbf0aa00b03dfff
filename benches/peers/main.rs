//! Workbooks and PDFs of one department again and again, each to a file, for comparison with other tools.
//! `benches/peers.sh` runs it beside them.
//!
//! `MODE FILE COUNT FOLDER`: FILE is a model or, so that what was found when it was read is known too, a
//! text. It is read once.

mod bare;

use std::path::{Path, PathBuf};
use std::{env, fs};

use jixiao::finding::Finding;
use jixiao::model::Department;
use jixiao::parse::read_document;
use jixiao::sheet::{Block, Document, SheetKind, Table};
use jixiao::template::{FillOptions, Templates};
use jixiao::text::Fonts;
use jixiao::{pdf, xlsx};

const MODES: &str = "forms +rules +document +summary +charts +notes +marks bare bare-6 pdf-forms pdf";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let [mode, file, count, folder] = arguments.as_slice() else {
        eprintln!("for benches/peers.sh: MODE FILE COUNT FOLDER, with MODE one of {MODES}");
        return;
    };
    let count: usize = count.parse().expect("COUNT is a number");
    fs::create_dir_all(folder).expect("a folder that can be made");
    let subject = Subject::read(Path::new(file));
    let to =
        |index: usize, suffix: &str| -> PathBuf { Path::new(folder).join(format!("{index:04}.{suffix}")) };
    match mode.as_str() {
        "pdf-forms" | "pdf" => {
            let options = subject.options(mode == "pdf-forms");
            for index in 0..count {
                fs::write(to(index, "pdf"), subject.pages(&options)).expect("a PDF");
            }
        }
        "bare" | "bare-6" => {
            let bare = bare::read(&subject.workbook("forms"));
            let compression = if mode == "bare" { 1 } else { 6 };
            for index in 0..count {
                bare::write(&bare, compression, &to(index, "xlsx")).expect("a workbook");
            }
        }
        mode => {
            assert!(
                MODES.split(' ').any(|known| known == mode),
                "MODE is one of {MODES}"
            );
            for index in 0..count {
                fs::write(to(index, "xlsx"), subject.workbook(mode)).expect("a workbook");
            }
        }
    }
}

/// What is made again and again.
struct Subject {
    templates: Templates,
    department: Department,
    findings: Vec<Finding>,
}

impl Subject {
    fn read(file: &Path) -> Self {
        let templates = Templates::built_in();
        let bytes = fs::read(file).expect("a readable file");
        let (department, findings) = if file.extension().is_some_and(|suffix| suffix == "json") {
            (serde_json::from_slice(&bytes).expect("a model"), Vec::new())
        } else {
            let mut parsed = read_document(bytes, templates.vocabulary());
            (parsed.departments.remove(0), parsed.findings.remove(0))
        };
        Self {
            templates,
            department,
            findings,
        }
    }

    fn options(&self, forms_alone: bool) -> FillOptions {
        let numbers = self.department.projects.iter().map(|project| project.number);
        FillOptions {
            only: numbers.filter(|_| forms_alone).collect(),
            ..FillOptions::default()
        }
    }

    fn fill(&self, options: &FillOptions, findings: &[Finding]) -> Document {
        let filled = self.templates.fill_with(&self.department, options, findings);
        filled.expect("the built-in templates are sound").document
    }

    /// A workbook with all that comes up to `mode` in the order of [`MODES`].
    fn workbook(&self, mode: &str) -> Vec<u8> {
        let rank = |name| MODES.split(' ').position(|known| known == name);
        let has = |name| rank(name) <= rank(mode);
        let findings = if has("+notes") {
            self.findings.as_slice()
        } else {
            &[]
        };
        let mut document = self.fill(&self.options(!has("+document")), findings);
        if !has("+rules") {
            tables(&mut document).for_each(drop_rules);
        }
        if !has("+summary") {
            document.sheets.retain(|sheet| sheet.kind != SheetKind::Summary);
        }
        if !has("+charts") {
            tables(&mut document).for_each(|table| table.chart = None);
        }
        let written = if has("+marks") {
            xlsx::write_editable(&document, &self.department)
        } else {
            xlsx::write(&document)
        };
        written.expect("a workbook")
    }

    fn pages(&self, options: &FillOptions) -> Vec<u8> {
        let fonts = Fonts::built_in();
        let pages = pdf::lay_out(&self.fill(options, &[]), fonts);
        pdf::write(&pages, fonts).expect("a PDF")
    }
}

fn tables(document: &mut Document) -> impl Iterator<Item = &mut Table> {
    let blocks = document.sheets.iter_mut().flat_map(|sheet| &mut sheet.blocks);
    blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Text(_) => None,
    })
}

/// Takes away what people are offered and allowed to enter.
fn drop_rules(table: &mut Table) {
    for row in &mut table.rows {
        row.open = false;
        for cell in &mut row.cells {
            cell.entry = None;
        }
    }
}
