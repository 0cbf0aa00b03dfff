//! The steps of the work on one document, as the batch and the update see them.
//!
//! Architecture invariant: all of the crate that these two need to know is behind [`Maker`].

use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answers::{answers_in, reviewed, title_of};
use super::build::severity_index;
use super::font_folder::read_font_folder;
use super::store::NewFile;
use super::summary::Entry;
use super::template_folder::read_template_folder;
use crate::blocks;
use crate::check;
use crate::finding::{Finding, Severity};
use crate::fingerprint::{self, Fingerprint};
use crate::html;
use crate::merge::Pairing;
use crate::model::Department;
use crate::parse::{self, Parsed};
use crate::pdf;
use crate::sheet::Document;
use crate::template::{Answer, BatchRow, BatchTally, FillOptions, ReviewCounts, Sum, Templates};
use crate::text::Fonts;
use crate::xlsx;

/// A kind of file that is made for a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The workbook.
    Xlsx,
    /// The document.
    Pdf,
    /// What all forms come to, as a PDF.
    Overview,
    /// The review sheet, as a PDF.
    Review,
    /// The review sheet, as the workbook that people answer in.
    #[serde(rename = "review-xlsx")]
    ReviewXlsx,
    /// The page for screens.
    Html,
    /// The model.
    Json,
}

impl Target {
    /// All kinds, in the order in which they are made.
    pub const ALL: [Target; 7] = [
        Target::Xlsx,
        Target::Pdf,
        Target::Overview,
        Target::Review,
        Target::ReviewXlsx,
        Target::Html,
        Target::Json,
    ];
    /// The kinds that are made where nobody says which.
    pub const USUAL: [Target; 6] = [
        Target::Xlsx,
        Target::Pdf,
        Target::Overview,
        Target::Review,
        Target::ReviewXlsx,
        Target::Json,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Target::Xlsx => "xlsx",
            Target::Pdf => "pdf",
            Target::Overview => "overview",
            Target::Review => "review",
            Target::ReviewXlsx => "review-xlsx",
            Target::Html => "html",
            Target::Json => "json",
        }
    }

    /// The name of the file in the department's folder.
    pub(crate) fn file_name(self, name: &str) -> String {
        match self {
            Target::Xlsx | Target::Pdf | Target::Html => format!("{name}.{}", self.name()),
            Target::Overview => format!("{name}{}.pdf", built_in_label("overview")),
            Target::Review => format!("{name}{}.pdf", built_in_label("review")),
            Target::ReviewXlsx => format!("{name}{}.xlsx", built_in_label("review")),
            Target::Json => "model.json".to_owned(),
        }
    }
}

/// A label of the built-in templates, so that a file is found whatever templates it was made with.
fn built_in_label(name: &str) -> String {
    let templates = Templates::built_in();
    templates.vocabulary().document.printed(name).to_owned()
}

/// The steps of the work on one document.
pub trait Maker: Sync {
    /// The kind of document, as the label table prints it; folders are named after it.
    fn kind(&self) -> &str;

    /// Says of which templates and fonts documents are made: equal fingerprints, equal documents.
    fn fingerprint(&self) -> &str;

    /// Reads the bytes of a document.
    fn read(&self, bytes: Vec<u8>) -> Parsed;

    /// Reads the bytes of an edited workbook that was made before.
    fn read_back(&self, bytes: Vec<u8>) -> Edited;

    /// Tells what the workbook of a document says to one who knows nothing but its labels.
    ///
    /// # Errors
    ///
    /// A finding that says why there can be no workbook.
    fn read_by_labels(&self, document: &Document) -> Result<Edited, Box<Finding>>;

    /// Reviews a department: what a finance bureau would send back.
    fn review(&self, department: &Department, settings: &check::Settings) -> Vec<Finding>;

    /// Fills the review sheet of a department with the findings of the review among `findings`, and with the
    /// answers that its last one had.
    ///
    /// # Errors
    ///
    /// A finding that says why there can be none.
    fn fill_review(
        &self,
        department: &Department,
        findings: &[Finding],
        answers: &[Answer],
    ) -> Result<Document, Box<Finding>>;

    /// Reads the answers in the bytes of a review sheet; `None` if they are no such sheet.
    fn read_answers(&self, bytes: Vec<u8>) -> Option<Vec<Answer>>;

    /// Makes the summary of a batch: the files with their names, and what was found.
    ///
    /// # Errors
    ///
    /// A finding that says why there can be none.
    fn summarize(&self, entries: &[Entry]) -> Result<(Vec<NewFile>, Vec<Finding>), Box<Finding>>;

    /// Fills a department into the templates; `findings` are those known so far, for the notes.
    ///
    /// # Errors
    ///
    /// A finding that says why there can be no document.
    fn fill(
        &self,
        department: &Department,
        options: &FillOptions,
        findings: &[Finding],
    ) -> Result<(Document, Vec<Finding>), Box<Finding>>;

    /// Writes a document, filled with `department`, as a workbook, as a PDF or as a page for screens, or its
    /// summary alone.
    ///
    /// # Errors
    ///
    /// A finding that says why the file cannot be made.
    fn write(
        &self,
        department: &Department,
        document: &Document,
        target: Target,
    ) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>>;
}

/// What an edited workbook says.
#[derive(Clone, Debug, Default)]
pub struct Edited {
    /// The department; `None` if the file holds none.
    pub department: Option<Department>,
    /// The department that the workbook was made from; `None` if the workbook does not know it any more.
    pub base: Option<Department>,
    /// Which forms and rows of the one are which of the other.
    pub pairing: Option<Pairing>,
    /// What was found, about the file as a whole and in it.
    pub findings: Vec<Finding>,
}

/// The [`Maker`] of the program: the parser, the templates and the writers of this crate.
pub struct Press {
    /// The templates.
    pub templates: Templates,
    /// The faces of an office's own; without them those that are built in.
    fonts: Option<Fonts>,
    fingerprint: String,
}

impl Press {
    /// A press with the built-in templates and fonts, or with those of an office's own folders.
    ///
    /// # Errors
    ///
    /// A finding where a folder or what is in it cannot be used.
    pub fn open(templates: Option<&Path>, fonts: Option<&Path>) -> Result<Self, Box<Finding>> {
        let mut hash = Fingerprint::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for (path, text) in Templates::built_in_files() {
            hash.update(path);
            hash.update(text);
        }
        let own_templates = match templates {
            None => Templates::built_in(),
            Some(folder) => {
                let files = read_template_folder(folder)?;
                for (path, text) in &files {
                    hash.update(path);
                    hash.update(text);
                }
                Templates::read(&files).map_err(|mut finding| {
                    let file = finding.file.as_deref().unwrap_or_default();
                    finding.file = Some(folder.join(file).display().to_string());
                    Box::new(finding)
                })?
            }
        };
        let own_fonts = match fonts {
            None => None,
            Some(folder) => {
                let fonts = read_font_folder(folder)?;
                for path in files_in(folder) {
                    hash.update(fs::read(path).unwrap_or_default());
                }
                Some(fonts)
            }
        };
        Ok(Self {
            templates: own_templates,
            fonts: own_fonts,
            fingerprint: fingerprint::hex(&hash.finish()[..8]),
        })
    }

    /// Writes a document that is of no department, such as a comparison, as a workbook.
    ///
    /// # Errors
    ///
    /// Those of [`xlsx::write()`].
    pub fn write_workbook(&self, document: &Document) -> Result<Vec<u8>, Box<Finding>> {
        Ok(xlsx::write(document)?)
    }

    /// Writes the summary of a document alone as a PDF.
    fn write_summary(&self, document: &Document) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>> {
        let fonts = self.fonts.as_ref().unwrap_or_else(|| Fonts::built_in());
        let mut pages = pdf::lay_out_summary(document, fonts);
        let findings = std::mem::take(&mut pages.findings);
        Ok((pdf::write(&pages, fonts)?, findings))
    }
}

/// A department as the summary of its batch shows it, linked to the first of its files of these kinds.
fn batch_row(entry: &Entry, links: [Target; 3]) -> BatchRow {
    let figures = &entry.figures;
    let amount = |amount: Option<Decimal>| amount.map(BatchRow::printed).unwrap_or_default();
    let path = |links: &[Target]| {
        let mut links = links.iter();
        let target = links.find(|target| entry.targets.contains(target))?;
        Some(format!("{}/{}", entry.folder, target.file_name(&entry.name)))
    };
    // The sheet of the same kind as the document.
    let sheets = match links[0] {
        Target::Pdf => [Target::Review, Target::ReviewXlsx],
        _ => [Target::ReviewXlsx, Target::Review],
    };
    BatchRow {
        number: 0,
        department: name_of(entry),
        year: figures.year.map(|year| year.to_string()).unwrap_or_default(),
        file: path(&links).unwrap_or_default(),
        forms: figures.forms,
        indicators: figures.indicators,
        total: amount(figures.total),
        share: String::new(),
        fiscal: amount(figures.fiscal),
        other: amount(figures.other),
        errors: figures.findings[severity_index(Severity::Error)],
        warnings: figures.findings[severity_index(Severity::Warning)],
        review: ReviewCounts {
            file: path(&sheets).unwrap_or_default(),
            errors: figures.review[severity_index(Severity::Error)],
            warnings: figures.review[severity_index(Severity::Warning)],
            notes: figures.review[severity_index(Severity::Note)],
            accepted: figures.accepted,
        },
    }
}

fn name_of(entry: &Entry) -> String {
    entry
        .figures
        .department
        .clone()
        .unwrap_or_else(|| entry.folder.clone())
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// What a workbook says whose base is not known.
fn by_labels(parsed: Parsed) -> Edited {
    let mut findings = parsed.document_findings;
    findings.extend(parsed.findings.into_iter().flatten());
    Edited {
        department: parsed.departments.into_iter().next(),
        findings,
        ..Edited::default()
    }
}

impl Maker for Press {
    fn kind(&self) -> &str {
        self.templates.vocabulary().document.printed("document_title")
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn read(&self, bytes: Vec<u8>) -> Parsed {
        let (document, found) = blocks::Document::open(bytes);
        let vocabulary = self.templates.vocabulary();
        match xlsx::read_back(&document, vocabulary) {
            Some(read) => Parsed {
                departments: vec![read.department],
                findings: vec![read.findings],
                document_findings: found,
                ledger: read.ledger,
            },
            None => parse::read_opened(&document, found, vocabulary),
        }
    }

    fn read_back(&self, bytes: Vec<u8>) -> Edited {
        let (document, mut found) = blocks::Document::open(bytes);
        let vocabulary = self.templates.vocabulary();
        if let Some(read) = xlsx::read_back(&document, vocabulary) {
            found.extend(read.findings);
            return Edited {
                department: Some(read.department),
                base: Some(read.base),
                pairing: Some(Pairing {
                    projects: read.projects,
                    indicators: read.rows,
                }),
                findings: found,
            };
        }
        by_labels(parse::read_opened(&document, found, vocabulary))
    }

    fn read_by_labels(&self, document: &Document) -> Result<Edited, Box<Finding>> {
        let (document, found) = blocks::Document::open(xlsx::write(document)?);
        let parsed = parse::read_opened(&document, found, self.templates.vocabulary());
        Ok(by_labels(parsed))
    }

    fn review(&self, department: &Department, settings: &check::Settings) -> Vec<Finding> {
        check::check(department, self.templates.vocabulary(), settings)
    }

    fn fill_review(
        &self,
        department: &Department,
        findings: &[Finding],
        answers: &[Answer],
    ) -> Result<Document, Box<Finding>> {
        let reviewed = reviewed(department, findings, answers);
        Ok(self.templates.fill_review(department, &reviewed)?)
    }

    fn read_answers(&self, bytes: Vec<u8>) -> Option<Vec<Answer>> {
        let (document, _) = blocks::Document::open(bytes);
        let rows = xlsx::read_keyed(&document)?;
        Some(answers_in(rows, &self.templates.vocabulary().document))
    }

    fn summarize(&self, entries: &[Entry]) -> Result<(Vec<NewFile>, Vec<Finding>), Box<Finding>> {
        let mut tally = BatchTally::default();
        tally.title = Some(title_of);
        for entry in entries {
            let figures = &entry.figures;
            let sum = Sum(figures.forms, figures.total.unwrap_or_default());
            tally.add(&name_of(entry), sum, figures.tally.as_ref());
        }
        let document = |links: [Target; 3]| {
            let row = |entry: &Entry| (entry.figures.total, batch_row(entry, links));
            let mut rows: Vec<_> = entries.iter().map(row).collect();
            BatchRow::rank(&mut rows);
            let rows: Vec<BatchRow> = rows.into_iter().map(|(_, row)| row).collect();
            self.templates.fill_batch(&rows, &tally)
        };
        let workbook = document([Target::Xlsx, Target::Pdf, Target::Html])?;
        let pages = document([Target::Pdf, Target::Xlsx, Target::Html])?;
        let (pdf, findings) = self.write_summary(&pages)?;
        let named = |target: Target, bytes| NewFile {
            name: format!("{}.{}", workbook.title, target.name()),
            bytes,
        };
        let workbook_bytes = xlsx::write(&workbook)?;
        Ok((
            vec![named(Target::Xlsx, workbook_bytes), named(Target::Pdf, pdf)],
            findings,
        ))
    }

    fn fill(
        &self,
        department: &Department,
        options: &FillOptions,
        findings: &[Finding],
    ) -> Result<(Document, Vec<Finding>), Box<Finding>> {
        let filled = self.templates.fill_with(department, options, findings)?;
        Ok((filled.document, filled.findings))
    }

    fn write(
        &self,
        department: &Department,
        document: &Document,
        target: Target,
    ) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>> {
        match target {
            Target::Xlsx => Ok((xlsx::write_editable(document, department)?, Vec::new())),
            Target::Pdf | Target::Review => {
                let fonts = self.fonts.as_ref().unwrap_or_else(|| Fonts::built_in());
                let mut pages = pdf::lay_out(document, fonts);
                let findings = std::mem::take(&mut pages.findings);
                Ok((pdf::write(&pages, fonts)?, findings))
            }
            Target::Overview => self.write_summary(document),
            Target::ReviewXlsx => Ok((xlsx::write(document)?, Vec::new())),
            Target::Html => Ok((html::write(document).into_bytes(), Vec::new())),
            // The model is written from the department, not from the sheets.
            Target::Json => Ok((Vec::new(), Vec::new())),
        }
    }
}
