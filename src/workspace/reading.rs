//! Reads sources: what departments they hold, and what was found in them.
//!
//! A source is a file, or a line of models that `parse --ndjson` wrote ([`super::lines`]).
//!
//! Architecture invariant: what goes wrong with one source is said with its first department, and costs no
//! other source anything.

use std::ops::ControlFlow;
use std::path::Path;

use super::base;
use super::guard::{Guard, Limits};
use super::input::{Input, Inputs};
use super::lines::{Line, Origin};
use super::models::read_models;
use super::pool::{self, Plan};
use super::press::Maker;
use crate::finding::{Code, Finding, Message};
use crate::limit::caught;
use crate::model::Department;
use crate::parse::{Ledger, Parsed};

/// What the inputs are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Raw texts of performance documents.
    #[default]
    Texts,
    /// Models in JSON.
    Models,
    /// Models in JSON, a line each, which are read as they come.
    Lines,
    /// Texts and models.
    Either,
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
    /// Where it was read, if that can be read again.
    pub origin: Option<Origin>,
}

/// What may be read.
#[derive(Debug)]
pub(super) enum Source {
    /// A file.
    File(Input),
    /// A line of models.
    Line(Line),
}

impl Source {
    /// What it weighs: about the bytes of memory that the work on it takes.
    pub(super) fn weight(&self) -> u64 {
        match self {
            Source::File(input) => input.weight(),
            Source::Line(line) => line.weight(),
        }
    }

    /// How it is shown to people.
    pub(super) fn shown(&self) -> String {
        match self {
            Source::File(input) => input.shown(),
            Source::Line(line) => line.shown(),
        }
    }
}

/// Reads all departments in `inputs`, shows each, if there is one, with `show` on the threads, and gives them out in
/// order until `receive` breaks off. A source without any department comes once, without one.
pub fn read_each<T: Send>(
    inputs: &Inputs,
    jobs: usize,
    maker: &impl Maker,
    show: impl Fn(&Held<Department>) -> Option<T> + Sync,
    receive: impl FnMut(Held<T>) -> ControlFlow<()>,
) {
    let limits = Limits::default();
    let guard = Guard::new(limits);
    let plan = Plan {
        most_weight: limits.memory,
        tick: &|| guard.look(),
        ..Plan::of(jobs)
    };
    let reader = Reader {
        maker,
        reading: Reading::Texts,
        guard: &guard,
    };
    pool::run(
        &plan,
        inputs.files.iter().cloned(),
        Input::weight,
        |input| reader.read(Source::File(input)),
        |held| held,
        |held| Held {
            department: show(&held),
            source: held.source,
            findings: held.findings,
            is_last: held.is_last,
            ledger: held.ledger,
            origin: held.origin,
        },
        receive,
    );
}

/// What the reading of a source takes.
pub(super) struct Reader<'a, M> {
    pub(super) maker: &'a M,
    pub(super) reading: Reading,
    pub(super) guard: &'a Guard,
}

impl<M: Maker> Reader<'_, M> {
    /// Reads one source: its departments, or, without any, one entry with what was found.
    pub(super) fn read(&self, source: Source) -> Vec<Held<Department>> {
        let source = match source {
            Source::Line(line) => Source::Line(line.open()),
            source @ Source::File(_) => source,
        };
        let shown = source.shown();
        let mut content_hash = None;
        let of_nothing = |finding| Parsed {
            document_findings: vec![finding],
            ..Parsed::default()
        };
        let weight = source.weight();
        let read = || match &source {
            Source::File(input) => {
                let bytes = input.read()?;
                if !input.is_standard {
                    content_hash = Some(base::hash_of(&bytes));
                }
                read_bytes(bytes, &input.path, self.reading, self.maker)
            }
            Source::Line(line) => line.read(),
        };
        let Parsed {
            departments,
            mut findings,
            document_findings: own,
            ledger,
        } = match caught(|| self.guard.within(weight, read)) {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(finding)) => of_nothing(*finding),
            Err(broken) => of_nothing(self.guard.broken_off(&broken)),
        };
        findings.resize(departments.len(), Vec::new());
        let count = departments.len();
        let origin = |index| match &source {
            Source::File(input) => Some(Origin {
                path: input.path.clone(),
                content_hash: content_hash.clone()?,
                index,
                count,
            }),
            Source::Line(line) => line.origin(),
        };
        // What `parse` found is said of the file that it read.
        let named = match &source {
            Source::Line(line) => line.source().unwrap_or(shown),
            Source::File(_) => shown,
        };
        let held = |department, index, findings: Vec<Finding>| Held {
            source: named.clone(),
            department,
            findings: findings
                .into_iter()
                .map(|finding| in_source(finding, &named))
                .collect(),
            is_last: false,
            ledger: None,
            origin: origin(index),
        };
        let mut all: Vec<_> = departments
            .into_iter()
            .zip(findings)
            .enumerate()
            .map(|(index, (department, findings))| held(Some(department), index, findings))
            .collect();
        // What concerns the whole source is said first, with its first department.
        let mut own = held(None, 0, own);
        if let Some(first) = all.first_mut() {
            own.findings.append(&mut first.findings);
            first.findings = own.findings;
        } else {
            all.push(own);
        }
        if let Some(last) = all.last_mut() {
            last.is_last = true;
            last.ledger = Some(ledger);
        }
        all
    }
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
        Reading::Either if is_model(path, &bytes) => read_bytes(bytes, path, Reading::Models, maker),
        Reading::Texts | Reading::Either => Ok(maker.read(bytes)),
        Reading::Models | Reading::Lines => read_models(&bytes).map(|departments| Parsed {
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

/// Names the source in a finding that names no file of its own.
pub(super) fn in_source(mut finding: Finding, source: &str) -> Finding {
    finding.file.get_or_insert_with(|| source.to_owned());
    finding
}
