//! The batch: from input files to a folder per department.
//!
//! Architecture invariant: one bad input spoils only its own department, and what is made and said
//! does not depend on the number of threads.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::base::{self, Base, Figures, Settings, Taken};
use super::input::{Input, Inputs};
use super::make::{self, make_files, panicked};
use super::models::read_models;
use super::name::{Folders, Given, Wanted};
use super::pool;
use super::press::{Maker, Target};
use super::seen::Seen;
use super::store::{FileState, Permit, edited, prepare, prepare_out};
use super::summary::{self, Entry};
use crate::finding::{Code, Finding, Message, Severity};
use crate::model::Department;
use crate::parse::{Ledger, Parsed};

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
    /// How the files are made. Where only some forms are wanted, the folder is named after them too, so
    /// that a part never takes the place of the whole.
    pub settings: Settings,
    /// What the inputs are.
    pub reading: Reading,
    /// The number of threads, at least 1.
    pub jobs: usize,
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
    /// What the summary of the batch says of it.
    pub figures: Figures,
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
    /// The source's own file with the SHA-256 of its content, where it is one.
    origin: Option<(PathBuf, String)>,
    /// Which of the departments of the source it is, from 0.
    index: usize,
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
        .settings
        .only
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join("_");
    let seen = Seen::read(&order.out);
    let mut folders = Folders::default();
    let mut done = 0;
    let mut entries = Vec::new();
    pool::run(
        order.jobs,
        &inputs.files,
        |_, input| read(input, order.reading, maker),
        |held| place(held, &mut folders, maker.kind(), &part, &order.settings.only),
        |placed| make(placed, order, maker, &seen),
        |(made, findings, is_last)| {
            entries.extend(Entry::of(&made));
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
    seen.write(&order.out);
    outcome
        .findings
        .extend(summary::refresh(&order.out, entries, maker));
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
            origin: held.origin,
            index: held.index,
        },
        receive,
    );
}

/// Reads one source: its departments, or, without any, one entry with what was found.
fn read(input: &Input, reading: Reading, maker: &impl Maker) -> Vec<Held<Department>> {
    let source = input.shown();
    let mut sha256 = None;
    let of_nothing = |finding| Parsed {
        document_findings: vec![finding],
        ..Parsed::default()
    };
    let Parsed {
        departments,
        mut findings,
        document_findings: own,
        ledger,
    } = match pool::caught(|| read_source(input, reading, maker, &mut sha256)) {
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
        origin: sha256.clone().map(|sha256| (input.path.clone(), sha256)),
        index: 0,
    };
    let mut all: Vec<_> = departments
        .into_iter()
        .zip(findings)
        .map(|(department, findings)| held(Some(department), findings))
        .collect();
    if all.is_empty() {
        all.push(held(None, Vec::new()));
    }
    for (index, held) in all.iter_mut().enumerate() {
        held.index = index;
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

fn read_source(
    input: &Input,
    reading: Reading,
    maker: &impl Maker,
    sha256: &mut Option<String>,
) -> Result<Parsed, Box<Finding>> {
    let bytes = input.read()?;
    if !input.is_standard {
        *sha256 = Some(base::sha256(&bytes));
    }
    read_bytes(bytes, &input.path, reading, maker)
}

/// Reads the departments in the bytes of a source.
pub(super) fn read_bytes(
    bytes: Vec<u8>,
    path: &Path,
    reading: Reading,
    maker: &impl Maker,
) -> Result<Parsed, Box<Finding>> {
    match reading {
        Reading::Texts if is_model(path, &bytes) => Err(Box::new(
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
fn make(placed: Placed, order: &Order, maker: &impl Maker, seen: &Seen) -> (Made, Vec<Finding>, bool) {
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
        figures: Figures::default(),
    };
    if let Some(department) = &held.department {
        made.department.clone_from(&department.department);
        made.year = department.year;
        let wanted = |number| order.settings.only.is_empty() || order.settings.only.contains(&number);
        for project in department
            .projects
            .iter()
            .filter(|project| wanted(project.number))
        {
            made.forms += 1;
            made.indicators += project.indicators.len();
        }
        made.figures = Figures::of(department, &order.settings.only, &[]);
        if let Some(given) = given {
            let (files, said) = make_department(
                department,
                held.origin,
                held.index,
                &findings,
                &given,
                (order, seen),
                maker,
            );
            made.files = files;
            made.folder = Some(given.name);
            findings.extend(said.into_iter().map(|finding| in_source(finding, &source)));
        }
    }
    made.counts = count(&findings);
    made.figures.count(&findings);
    (made, findings, held.is_last)
}

/// Writes the base of a department and makes its files.
fn make_department(
    department: &Department,
    origin: Option<(PathBuf, String)>,
    index: usize,
    findings: &[Finding],
    given: &Given,
    (order, seen): (&Order, &Seen),
    maker: &impl Maker,
) -> (Vec<(Target, FileState)>, Vec<Finding>) {
    let folder = order.out.join(&given.name);
    let spare = origin.as_ref().and_then(|(path, _)| path.canonicalize().ok());
    let known = base::Header::read(&folder).ok();
    if known.as_ref().is_some_and(|header| header.has_edits) {
        let help = Message::new(
            "该部门已并入人工修改；请用 `jixiao update` 更新，或另选输出文件夹。",
            "Edits were merged into this department: use `jixiao update`, or choose another output folder.",
        );
        let states = order
            .settings
            .targets
            .iter()
            .map(|target| (*target, FileState::LeftAlone));
        return (states.collect(), vec![edited(&folder).with_help(help)]);
    }
    let mut base = Base {
        model: department.clone(),
        findings: findings.to_vec(),
        ..Base::default()
    };
    base.header.name.clone_from(&given.name);
    base.header.settings = order.settings.clone();
    maker.fingerprint().clone_into(&mut base.header.press);
    base.header.figures = Figures::of(department, &order.settings.only, findings);
    base.header.source = origin.map(|(path, sha256)| base::Source {
        sha256,
        index,
        ..base::Source::at(&path, &order.out, order.reading == Reading::Models)
    });
    base.header.taken = Taken::default();
    base.settle();
    let same = known
        .as_ref()
        .filter(|known| known.stamp == base.header.stamp && known.source == base.header.source);
    let mut is_known = false;
    if let Some(known) = same {
        // What was made of the same document before is kept up to date too.
        let targets = &mut base.header.settings.targets;
        is_known = targets
            .iter()
            .all(|target| known.settings.targets.contains(target));
        targets.extend(&known.settings.targets);
        targets.sort();
        targets.dedup();
        base.header.taken = known.taken.clone();
    }
    let making = make::Order {
        department,
        findings,
        settings: &order.settings,
        out: &order.out,
        folder: &given.name,
        name: &given.name,
    };
    let permit = Permit {
        spare: spare.as_deref(),
        stamp: &base.header.stamp,
        seen: Some(seen),
        ..Permit::default()
    };
    make_files(&making, maker, &permit, || {
        if is_known {
            return Ok(());
        }
        let mut base = base.clone();
        if known.is_some_and(|known| known.stamp != base.header.stamp)
            && let Ok(before) = Base::read(&folder)
        {
            base.previous = Some((before.header.stamp, before.model));
        }
        prepare(&folder).and_then(|()| base.write(&folder))
    })
}

/// Names the source in a finding that names no file of its own.
pub(super) fn in_source(mut finding: Finding, source: &str) -> Finding {
    finding.file.get_or_insert_with(|| source.to_owned());
    finding
}
