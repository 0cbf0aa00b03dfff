//! The batch: from input files to a folder per department.
//!
//! Architecture invariant: one bad input spoils only its own department, and what is made and said
//! does not depend on the number of threads.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::input::{Input, Inputs};
use super::models::read_models;
use super::name::{Folders, Given, Wanted};
use super::pool;
use super::store::{FileState, NewFile, prepare_out, store};
use crate::finding::{Code, Finding, Message, Severity};
use crate::model::Department;
use crate::parse::{self, Ledger, Parsed};
use crate::pdf;
use crate::sheet::Document;
use crate::template::{FillOptions, Templates};
use crate::text::Fonts;
use crate::xlsx;

/// A kind of file that is made for a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The workbook.
    Xlsx,
    /// The document.
    Pdf,
    /// The model.
    Json,
}

impl Target {
    /// All kinds, in the order in which they are made.
    pub const ALL: [Target; 3] = [Target::Xlsx, Target::Pdf, Target::Json];

    /// The name on the command line, and the extension.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Target::Xlsx => "xlsx",
            Target::Pdf => "pdf",
            Target::Json => "json",
        }
    }

    fn file_name(self, folder: &str) -> String {
        match self {
            Target::Xlsx | Target::Pdf => format!("{folder}.{}", self.name()),
            Target::Json => "model.json".to_owned(),
        }
    }
}

/// What the inputs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Raw texts of performance documents.
    Texts,
    /// Models in JSON.
    Models,
}

/// What is to be made, and where.
#[derive(Clone, Debug)]
pub struct Order {
    /// The output folder.
    pub out: PathBuf,
    /// The kinds of files.
    pub targets: Vec<Target>,
    /// What the inputs are.
    pub reading: Reading,
    /// The numbers of the forms wanted; all if empty. The folder is then named after them too, so
    /// that a part never takes the place of the whole.
    pub only: Vec<u32>,
    /// The number of threads, at least 1.
    pub jobs: usize,
}

/// The steps of the work on one document: all of the crate that the batch needs to know.
pub trait Maker: Sync {
    /// The kind of document, as the label table prints it; folders are named after it.
    fn kind(&self) -> &str;

    /// Reads the bytes of a document.
    fn read(&self, bytes: Vec<u8>) -> Parsed;

    /// Fills a department into the templates.
    ///
    /// # Errors
    ///
    /// A finding that says why there can be no document.
    fn fill(&self, department: &Department) -> Result<(Document, Vec<Finding>), Box<Finding>>;

    /// Writes a document as a workbook or as a PDF.
    ///
    /// # Errors
    ///
    /// A finding that says why the file cannot be made.
    fn write(&self, document: &Document, target: Target) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>>;
}

/// The [`Maker`] of the program: the parser, the templates and the writers of this crate.
pub struct Press<'a> {
    /// The templates.
    pub templates: &'a Templates,
    /// The faces of the PDF.
    pub fonts: &'a Fonts,
    /// Which form is filled, and which projects.
    pub options: FillOptions,
}

impl Maker for Press<'_> {
    fn kind(&self) -> &str {
        self.templates.vocabulary().document.printed("document_title")
    }

    fn read(&self, bytes: Vec<u8>) -> Parsed {
        parse::read_document(bytes, self.templates.vocabulary())
    }

    fn fill(&self, department: &Department) -> Result<(Document, Vec<Finding>), Box<Finding>> {
        let filled = self.templates.fill(department, &self.options)?;
        Ok((filled.document, filled.findings))
    }

    fn write(&self, document: &Document, target: Target) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>> {
        match target {
            Target::Xlsx => Ok((xlsx::write(document)?, Vec::new())),
            Target::Pdf => {
                let fonts = self.fonts;
                let mut pages = pdf::lay_out(document, fonts);
                let findings = std::mem::take(&mut pages.findings);
                Ok((pdf::write(&pages, fonts)?, findings))
            }
            // The model is written from the department, not from the sheets.
            Target::Json => Ok((Vec::new(), Vec::new())),
        }
    }
}

/// What was made for one department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The input it came from, as it is shown.
    pub source: String,
    /// The department's name.
    pub department: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// The name of its folder; `None` where there was nothing to make.
    pub folder: Option<String>,
    /// The number of its forms.
    pub forms: usize,
    /// The number of its indicators.
    pub indicators: usize,
    /// The files asked for, with what became of them.
    pub files: Vec<(Target, FileState)>,
    /// The number of findings of each severity, indexed by [`severity_index`].
    pub counts: [usize; 4],
}

/// What came of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The departments, in the order of their sources.
    pub made: Vec<Made>,
    /// All findings, in the order of their sources.
    pub findings: Vec<Finding>,
}

/// The output folder cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRefused {
    /// Why not.
    pub finding: Box<Finding>,
    /// What was found before: about the inputs.
    pub before: Vec<Finding>,
}

/// The place of a severity in [`Made::counts`], the gravest last.
#[must_use]
pub fn severity_index(severity: Severity) -> usize {
    match severity {
        Severity::Note => 0,
        Severity::SourceIncomplete => 1,
        Severity::Warning => 2,
        Severity::Error => 3,
    }
}

/// Counts findings by severity, indexed by [`severity_index`].
#[must_use]
pub fn count(findings: &[Finding]) -> [usize; 4] {
    let mut counts = [0; 4];
    for finding in findings {
        counts[severity_index(finding.severity)] += 1;
    }
    counts
}

/// Whether a department holds anything that a document can be made of.
#[must_use]
pub fn is_usable(department: &Department) -> bool {
    let narrative = &department.narrative;
    !department.projects.is_empty()
        || [
            &narrative.overall_target,
            &narrative.itemized_targets,
            &narrative.safeguards,
        ]
        .iter()
        .any(|section| !section.is_empty())
}

/// A department as it was read and shown, or a source that held none, with what was found.
#[derive(Clone, Debug, Default)]
pub struct Held<T> {
    /// The source, as it is shown.
    pub source: String,
    /// The department, if any.
    pub department: Option<T>,
    /// What was found, the file named.
    pub findings: Vec<Finding>,
    /// Whether it is the last one of its source.
    pub is_last: bool,
    /// What became of every character of the source; with its last department.
    pub ledger: Option<Ledger>,
    /// The source's own file, where it is one.
    path: Option<PathBuf>,
}

struct Placed {
    held: Held<Department>,
    given: Option<Given>,
}

/// Makes the files of all departments in `inputs`.
///
/// `progress` is told the number of sources that are done, on the calling thread.
///
/// # Errors
///
/// The output folder cannot be written; then nothing was made.
pub fn build(
    inputs: Inputs,
    order: &Order,
    maker: &impl Maker,
    mut progress: impl FnMut(usize),
) -> Result<Outcome, OutputRefused> {
    let mut outcome = Outcome {
        findings: inputs.findings,
        ..Outcome::default()
    };
    if inputs.files.is_empty() {
        return Ok(outcome);
    }
    if let Err(finding) = prepare_out(&order.out) {
        return Err(OutputRefused {
            finding,
            before: outcome.findings,
        });
    }
    let part = order
        .only
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join("_");
    let mut folders = Folders::default();
    let mut done = 0;
    pool::run(
        order.jobs,
        &inputs.files,
        |_, input| read(input, order.reading, maker),
        |held| place(held, &mut folders, maker.kind(), &part, &order.only),
        |placed| make(placed, order, maker),
        |(made, findings, is_last)| {
            outcome.made.push(made);
            for finding in findings {
                // A broken template or font says the same for each department; once is enough.
                let is_common = matches!(finding.code, Code::TemplateBroken | Code::FontBroken);
                if !is_common || !outcome.findings.contains(&finding) {
                    outcome.findings.push(finding);
                }
            }
            done += usize::from(is_last);
            progress(done);
            ControlFlow::Continue(())
        },
    );
    Ok(outcome)
}

/// Reads all departments in `inputs`, shows each with `show` on the threads, and gives them out in
/// order until `receive` breaks off. A source without any department comes once, without one.
pub fn read_each<T: Send>(
    inputs: &Inputs,
    jobs: usize,
    maker: &impl Maker,
    show: impl Fn(&Department) -> T + Sync,
    receive: impl FnMut(Held<T>) -> ControlFlow<()>,
) {
    pool::run(
        jobs,
        &inputs.files,
        |_, input| read(input, Reading::Texts, maker),
        |held| held,
        |held| Held {
            department: held.department.as_ref().map(&show),
            source: held.source,
            findings: held.findings,
            is_last: held.is_last,
            ledger: held.ledger,
            path: held.path,
        },
        receive,
    );
}

/// Reads one source: its departments, or, without any, one entry with what was found.
fn read(input: &Input, reading: Reading, maker: &impl Maker) -> Vec<Held<Department>> {
    let source = input.shown();
    let of_nothing = |finding| Parsed {
        document_findings: vec![finding],
        ..Parsed::default()
    };
    let Parsed {
        departments,
        mut findings,
        document_findings: own,
        ledger,
    } = match pool::caught(|| read_source(input, reading, maker)) {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(finding)) => of_nothing(*finding),
        Err(panic) => of_nothing(panicked(&panic)),
    };
    findings.resize(departments.len(), Vec::new());
    let held = |department, findings: Vec<Finding>| Held {
        source: source.clone(),
        department,
        findings: findings
            .into_iter()
            .map(|finding| in_source(finding, &source))
            .collect(),
        is_last: false,
        ledger: None,
        path: (!input.is_standard).then(|| input.path.clone()),
    };
    let mut all: Vec<_> = departments
        .into_iter()
        .zip(findings)
        .map(|(department, findings)| held(Some(department), findings))
        .collect();
    if all.is_empty() {
        all.push(held(None, Vec::new()));
    }
    // What concerns the whole source is said first, with its first department.
    let mut own = held(None, own).findings;
    own.append(&mut all[0].findings);
    all[0].findings = own;
    if let Some(last) = all.last_mut() {
        last.is_last = true;
        last.ledger = Some(ledger);
    }
    all
}

fn read_source(input: &Input, reading: Reading, maker: &impl Maker) -> Result<Parsed, Box<Finding>> {
    let bytes = input.read()?;
    match reading {
        Reading::Texts if is_model(&input.path, &bytes) => Err(Box::new(
            Finding::new(
                Code::InputUnreadable,
                Message::new(
                    "这是模型 JSON，不是文档文本。",
                    "this is a model in JSON, not a text",
                ),
            )
            .with_help(Message::new(
                "请用 `jixiao render` 由模型生成。",
                "`jixiao render` makes documents from models.",
            )),
        )),
        Reading::Texts => Ok(maker.read(bytes)),
        Reading::Models => read_models(&bytes).map(|departments| Parsed {
            findings: vec![Vec::new(); departments.len()],
            departments,
            ..Parsed::default()
        }),
    }
}

/// Whether a file is a model in JSON, by its extension and its first sign.
pub(super) fn is_model(path: &Path, bytes: &[u8]) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("ndjson")
    }) && matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Gives a department its folder, if it has anything to make; in the order of the sources.
fn place(mut held: Held<Department>, folders: &mut Folders, kind: &str, part: &str, only: &[u32]) -> Placed {
    let given = held.department.as_ref().and_then(|department| {
        let mut has_any = is_usable(department);
        if !has_any
            && !held
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error)
        {
            let message = Message::new("没有可生成的内容。", "there is nothing to make a document of");
            held.findings
                .push(in_source(Finding::new(Code::NoForm, message), &held.source));
        }
        let is_there = |number: &u32| {
            department
                .projects
                .iter()
                .any(|project| project.number == *number)
        };
        if has_any && !only.is_empty() && !only.iter().any(is_there) {
            has_any = false;
            let numbers = only.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            let message = Message::new(
                format!("没有编号为 {numbers} 的绩效目标表。"),
                format!("there is no form with the number {numbers}"),
            );
            let advice = Message::new("请核对表号。", "Check the numbers of the forms.");
            let finding = Finding::new(Code::NoForm, message).with_help(advice);
            held.findings.push(in_source(finding, &held.source));
        }
        has_any.then(|| {
            folders.give(Wanted {
                department: department.department.as_deref(),
                year: department.year,
                kind,
                part,
                source: &held.source,
            })
        })
    });
    if let (Some(given), Some(department)) = (&given, &held.department) {
        held.findings.extend(twice(given, department, &held.source));
    }
    Placed { held, given }
}

/// The finding about a department that an earlier source holds too.
fn twice(given: &Given, department: &Department, source: &str) -> Option<Finding> {
    let first = given.first.as_deref()?;
    let name = department.department.as_deref().unwrap_or_default();
    let year = department.year.map(|year| year.to_string()).unwrap_or_default();
    let folder = &given.name;
    let message = Message::new(
        format!("“{name}”{year}年度在 {first} 和 {source} 中都有；后者生成到“{folder}”。"),
        format!("{name} {year} is in {first} and in {source}; the latter goes to {folder}"),
    );
    Some(in_source(Finding::new(Code::DepartmentTwice, message), source))
}

/// Makes the files of one department.
fn make(placed: Placed, order: &Order, maker: &impl Maker) -> (Made, Vec<Finding>, bool) {
    let Placed { held, given } = placed;
    let mut findings = held.findings;
    let source = held.source;
    let mut made = Made {
        source: source.clone(),
        department: None,
        year: None,
        folder: None,
        forms: 0,
        indicators: 0,
        files: Vec::new(),
        counts: [0; 4],
    };
    if let Some(department) = &held.department {
        made.department.clone_from(&department.department);
        made.year = department.year;
        let wanted = |number| order.only.is_empty() || order.only.contains(&number);
        for project in department
            .projects
            .iter()
            .filter(|project| wanted(project.number))
        {
            made.forms += 1;
            made.indicators += project.indicators.len();
        }
        if let Some(given) = given {
            let (files, said) = make_files(department, &given.name, order, maker, held.path.as_deref());
            made.files = files;
            made.folder = Some(given.name);
            let located = said.into_iter().map(|finding| located(finding, department));
            findings.extend(located.map(|finding| in_source(finding, &source)));
        }
    }
    made.counts = count(&findings);
    (made, findings, held.is_last)
}

/// Adds to a finding about a model field which form it stands in and where it came from.
fn located(mut finding: Finding, department: &Department) -> Finding {
    let Some(field) = finding.field.as_deref() else {
        return finding;
    };
    finding.form = finding
        .form
        .or(department.project_at(field).map(|project| project.number));
    if finding.places.is_empty() {
        finding
            .places
            .extend(department.origin_at(field).map(|origin| origin.place));
    }
    finding
}

fn make_files(
    department: &Department,
    folder: &str,
    order: &Order,
    maker: &impl Maker,
    source: Option<&Path>,
) -> (Vec<(Target, FileState)>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut document = None;
    let mut was_filled = false;
    let mut new_files = Vec::new();
    let mut files = Vec::new();
    for target in Target::ALL
        .into_iter()
        .filter(|target| order.targets.contains(target))
    {
        if target != Target::Json && !was_filled {
            was_filled = true;
            document = kept(&mut findings, None, || maker.fill(department));
        }
        let bytes = match (target, &document) {
            (Target::Json, _) => kept(&mut findings, Some(target), || {
                model_json(department).map(|bytes| (bytes, Vec::new()))
            }),
            (_, Some(document)) => kept(&mut findings, Some(target), || maker.write(document, target)),
            (_, None) => None,
        };
        files.push((target, FileState::Failed));
        if let Some(bytes) = bytes {
            let name = target.file_name(folder);
            new_files.push((files.len() - 1, NewFile { name, bytes }));
        }
    }
    if !new_files.is_empty() {
        let (places, new_files): (Vec<_>, Vec<_>) = new_files.into_iter().unzip();
        let spare = source.and_then(|source| source.canonicalize().ok());
        let (states, said) = store(&order.out, folder, &new_files, spare.as_deref());
        findings.extend(said);
        for (place, state) in places.into_iter().zip(states) {
            files[place].1 = state;
        }
    }
    (files, findings)
}

/// Runs one step, keeps what it found, and turns a failure or a panic into a finding.
fn kept<T>(
    findings: &mut Vec<Finding>,
    target: Option<Target>,
    step: impl FnOnce() -> Result<(T, Vec<Finding>), Box<Finding>>,
) -> Option<T> {
    match pool::caught(step) {
        Ok(Ok((value, said))) => {
            findings.extend(said);
            Some(value)
        }
        Ok(Err(finding)) => {
            findings.push(*finding);
            None
        }
        Err(panic) => {
            let mut finding = panicked(&panic);
            if let Some(target) = target {
                let name = target.name();
                finding.message = Message::new(
                    format!("{name}：{}", finding.message.zh),
                    format!("{name}: {}", finding.message.en),
                );
            }
            findings.push(finding);
            None
        }
    }
}

/// A model as it stands in `model.json`.
///
/// # Errors
///
/// A finding where it cannot be written as JSON.
pub fn model_json(department: &Department) -> Result<Vec<u8>, Box<Finding>> {
    let mut bytes = serde_json::to_vec_pretty(department).map_err(|error| {
        Box::new(Finding::new(
            Code::OutputFailed,
            Message::new(
                format!("模型无法写成 JSON：{error}"),
                format!("no JSON of the model: {error}"),
            ),
        ))
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn panicked(panic: &str) -> Finding {
    Finding::new(
        Code::OutputFailed,
        Message::new(
            format!("程序内部错误：{panic}"),
            format!("internal error of the program: {panic}"),
        ),
    )
    .with_help(Message::new(
        "请将输入文件和本条信息反馈给程序的维护者。",
        "Please send the input and this message to the program's maintainers.",
    ))
}

/// Names the source in a finding that names no file of its own.
fn in_source(mut finding: Finding, source: &str) -> Finding {
    finding.file.get_or_insert_with(|| source.to_owned());
    finding
}
