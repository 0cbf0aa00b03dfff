//! The review of what stands in files: which findings there are, where they can be read, which of them somebody
//! accepted, which are new.
//!
//! Documents, models and folders that the program made are reviewed alike; of a folder what stands in it now, its
//! edits merged.
//!
//! Architecture invariant: what a document says wrong is found in [`crate::check`]; here it is only brought to the
//! documents, wherever they are, and back. Nothing is written.

use std::borrow::Cow;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::answers::Answers;
use super::guard::{Guard, Limits};
use super::input::Input;
use super::lines::Lines as ModelLines;
use super::models::read_models;
use super::pool::{self, Plan};
use super::press::Press;
use super::reading::{Reader, Reading, Source, in_source, is_usable, read_bytes};
use super::seen::Seen;
use super::store::shown;
use super::subjects::{Subject, Subjects, out_and_name, read_made};
use super::update::{Presses, Update, standing};
use crate::check::{Settings, check, identity};
use crate::finding::{Code, Finding, Message, Place, Severity};
use crate::limit::caught;
use crate::model::Department;
use crate::parse::Parsed;
use crate::source::decode;
use crate::vocab::Vocabulary;

mod accepted;
mod config;
mod earlier;
mod excerpt;
mod mending;

pub use accepted::{Acceptance, Matching, Scope, accept, below_form, last_step};
pub use config::{CONFIGURATION, Configuration, read_configuration, rule_named};
pub use earlier::{Earlier, read_earlier};
pub use excerpt::Excerpt;
pub use mending::Mending;

/// What is at work at once: a file, a line of models, or a folder.
enum Work {
    Read(Source),
    Folder(PathBuf),
}

/// How it is reviewed.
#[derive(Clone, Debug, Default)]
pub struct Reviewing {
    /// Severities and limits of the rules.
    pub settings: Settings,
    /// The findings that were accepted.
    pub acceptances: Vec<Acceptance>,
    /// The folder of templates that is used instead of the built-in ones.
    pub templates: Option<PathBuf>,
    /// The number of threads, at least 1.
    pub jobs: usize,
    /// Whether the lines that findings are about are wanted.
    pub has_excerpts: bool,
}

/// What places in a department are places of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Of the file that was read.
    #[default]
    Document,
    /// Of the text that the model was once read from.
    Model,
    /// Of the text or the workbook of a folder; findings name which.
    Folder,
}

/// A department as it was reviewed, or a source that held none.
#[derive(Clone, Debug, Default)]
pub struct Reviewed {
    /// The source, as it is shown.
    pub source: String,
    /// What its places are places of.
    pub kind: Kind,
    /// What was reviewed; `None` where there was nothing to review.
    pub department: Option<Identified>,
    /// What was found when it was read.
    pub read: Vec<Finding>,
    /// What the review found, in the order of the document.
    pub remarks: Vec<Remark>,
    /// For each acceptance whether it fitted any finding.
    pub used: Vec<bool>,
    /// Whether it is the last one of its source.
    pub is_last: bool,
}

/// What a department is told by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identified {
    /// Its name.
    pub name: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// Number and name of each form.
    pub forms: Vec<(u32, String)>,
}

/// A finding of the review.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What was found.
    pub finding: Finding,
    /// What it is known by when the document is reviewed again.
    pub identity: String,
    /// Where it can be read.
    pub excerpt: Option<Excerpt>,
}

impl Subject {
    /// The pieces of work of it, as they are asked for: of a file of models a line each.
    fn works(self) -> Box<dyn Iterator<Item = Work> + Send> {
        match self {
            Subject::Folder(folder) => Box::new(std::iter::once(Work::Folder(folder))),
            Subject::File(input) => {
                let extension = input.path.extension().unwrap_or_default();
                let is_lines = ["ndjson", "jsonl"]
                    .iter()
                    .any(|lines| extension.eq_ignore_ascii_case(lines));
                if is_lines {
                    Box::new(ModelLines::of(vec![input]).map(Work::Read))
                } else {
                    Box::new(std::iter::once(Work::Read(Source::File(input))))
                }
            }
        }
    }
}

/// Reviews all departments of `subjects` on the threads and gives them out in order until `receive` breaks off. A
/// source without any department comes once, without one.
pub fn review_each(
    subjects: Subjects,
    reviewing: &Reviewing,
    press: &Press,
    receive: impl FnMut(Reviewed) -> ControlFlow<()>,
) {
    let limits = Limits::default();
    let guard = Guard::new(limits);
    let plan = Plan {
        most_weight: limits.memory,
        tick: &|| guard.look(),
        ..Plan::of(reviewing.jobs)
    };
    let reviewer = Reviewer {
        reviewing,
        press,
        guard: &guard,
        presses: Presses::default(),
        seen: Seen::default(),
    };
    pool::run(
        &plan,
        subjects.list.into_iter().flat_map(Subject::works),
        |work| match work {
            Work::Read(source) => source.weight(),
            Work::Folder(_) => 0,
        },
        |work| reviewer.review(work),
        |reviewed| reviewed,
        |reviewed| reviewed,
        receive,
    );
}

/// What a review takes.
struct Reviewer<'a> {
    reviewing: &'a Reviewing,
    press: &'a Press,
    guard: &'a Guard,
    presses: Presses,
    seen: Seen,
}

impl Reviewer<'_> {
    fn review(&self, work: Work) -> Vec<Reviewed> {
        match work {
            Work::Folder(folder) => vec![self.folder(&folder)],
            Work::Read(Source::File(input)) => self.file(&input),
            Work::Read(line @ Source::Line(_)) => self.line(line),
        }
    }

    /// Reviews the departments of a line of models.
    fn line(&self, line: Source) -> Vec<Reviewed> {
        let reader = Reader {
            maker: self.press,
            reading: Reading::Lines,
            guard: self.guard,
        };
        let held = reader.read(line).into_iter().map(|held| {
            let mut reviewed = Reviewed {
                source: held.source,
                kind: Kind::Model,
                read: held.findings,
                is_last: held.is_last,
                ..Reviewed::default()
            };
            if let Some(department) = &held.department {
                let vocabulary = self.press.templates.vocabulary();
                self.look_at(&mut reviewed, department, vocabulary, None, &Answers::default());
            }
            reviewed
        });
        held.collect()
    }

    /// Reviews the departments of a file.
    fn file(&self, input: &Input) -> Vec<Reviewed> {
        let source = input.shown();
        let read = || self.guard.within(input.weight(), || self.read(input));
        let (kind, parsed, bytes) = match caught(read) {
            Ok(Ok(read)) => read,
            Ok(Err(finding)) => return vec![unread(source, *finding)],
            Err(broken) => return vec![unread(source, self.guard.broken_off(&broken))],
        };
        let Parsed {
            departments,
            mut findings,
            document_findings: mut own,
            ..
        } = parsed;
        findings.resize(departments.len(), Vec::new());
        let count = departments.len();
        let mut all = Vec::new();
        for (at, (department, findings)) in departments.iter().zip(findings).enumerate() {
            let read = own.drain(..).chain(findings);
            let mut reviewed = Reviewed {
                read: read.map(|finding| in_source(finding, &source)).collect(),
                source: source.clone(),
                kind,
                is_last: at + 1 == count,
                ..Reviewed::default()
            };
            let vocabulary = self.press.templates.vocabulary();
            let text = (kind == Kind::Document).then_some(bytes.as_slice());
            self.look_at(&mut reviewed, department, vocabulary, text, &Answers::default());
            all.push(reviewed);
        }
        if all.is_empty() {
            let mut reviewed = unread(source.clone(), nothing());
            if !own.is_empty() {
                reviewed.read = own
                    .into_iter()
                    .map(|finding| in_source(finding, &source))
                    .collect();
            }
            all.push(reviewed);
        }
        all
    }

    /// Reads the departments of a file, which is kept for the lines that findings are about.
    fn read(&self, input: &Input) -> Result<(Kind, Parsed, Vec<u8>), Box<Finding>> {
        let bytes = input.read()?;
        let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        if input.is_standard && is_json {
            let departments = read_models(&bytes)?;
            let parsed = Parsed {
                departments,
                ..Parsed::default()
            };
            return Ok((Kind::Model, parsed, bytes));
        }
        let kind = if super::reading::is_model(&input.path, &bytes) {
            Kind::Model
        } else {
            Kind::Document
        };
        let parsed = read_bytes(bytes.clone(), &input.path, Reading::Either, self.press)?;
        Ok((kind, parsed, bytes))
    }

    /// Reviews the department of a folder that the program made, as it stands now.
    fn folder(&self, folder: &Path) -> Reviewed {
        let (out, name) = out_and_name(folder);
        let mut reviewed = Reviewed {
            source: shown(folder),
            kind: Kind::Folder,
            is_last: true,
            ..Reviewed::default()
        };
        let order = Update {
            out,
            is_dry: true,
            templates: self.reviewing.templates.clone(),
            jobs: 1,
            ..Update::default()
        };
        let found = match caught(|| {
            self.guard
                .within(0, || standing(&name, &order, &self.presses, &self.seen))
        }) {
            Ok(found) => found,
            Err(broken) => Err(Box::new(self.guard.broken_off(&broken))),
        };
        let standing = match found {
            Ok(standing) => standing,
            // Without its base, the model that lies there is all that is known.
            Err(finding) => {
                reviewed.read.push(in_source(*finding, &reviewed.source));
                if let Ok((departments, findings)) = read_made(folder) {
                    reviewed.read.extend(findings);
                    let vocabulary = self.press.templates.vocabulary();
                    for department in departments.iter().take(1) {
                        self.look_at(&mut reviewed, department, vocabulary, None, &Answers::default());
                    }
                }
                return reviewed;
            }
        };
        reviewed.read = standing
            .findings
            .into_iter()
            .map(|finding| in_source(finding, &reviewed.source))
            .collect();
        let path = standing.text.as_ref().and_then(|(_, path)| path.as_deref());
        let bytes = path
            .filter(|_| self.reviewing.has_excerpts)
            .and_then(|path| fs::read(path).ok());
        let press: &Arc<Press> = &standing.press;
        let vocabulary = press.templates.vocabulary();
        let answers = &standing.answers;
        self.look_at(
            &mut reviewed,
            &standing.department,
            vocabulary,
            bytes.as_deref(),
            answers,
        );
        let workbook = shown(&standing.workbook);
        for remark in &mut reviewed.remarks {
            remark.finding.file = match (&remark.finding.places.first(), &standing.text) {
                (Some(Place::Sheet(_)), _) => Some(workbook.clone()),
                (Some(_), Some((text, _))) => Some(text.clone()),
                _ => Some(reviewed.source.clone()),
            };
        }
        reviewed
    }

    /// Reviews a department. `text` is the document that its places are in.
    fn look_at(
        &self,
        reviewed: &mut Reviewed,
        department: &Department,
        vocabulary: &Vocabulary,
        text: Option<&[u8]>,
        answers: &Answers,
    ) {
        let is_said = |finding: &Finding| finding.severity == Severity::Error;
        if !is_usable(department) {
            if !reviewed.read.iter().any(is_said) {
                reviewed.read.push(in_source(nothing(), &reviewed.source));
            }
            return;
        }
        let reviewing = self.reviewing;
        let checked = caught(|| {
            self.guard
                .within(0, || check(department, vocabulary, &reviewing.settings))
        });
        let mut findings = match checked {
            Ok(findings) => findings,
            Err(broken) => {
                let broken = self.guard.broken_off(&broken);
                return reviewed.read.push(in_source(broken, &reviewed.source));
            }
        };
        reviewed.used = accept(&mut findings, department, &reviewing.acceptances);
        answers.accept(&mut findings, department);
        reviewed.department = Some(Identified {
            name: department.department.clone(),
            year: department.year,
            forms: department.projects.iter().map(form_name).collect(),
        });
        let is_in_text = |finding: &Finding| matches!(finding.places.first(), Some(Place::Text { .. }));
        let text = text
            .filter(|_| reviewing.has_excerpts && findings.iter().any(is_in_text))
            .map(|bytes| decode(Cow::Borrowed(bytes)).0.text);
        let lines = text.as_deref().map(excerpt::Lines::of);
        for finding in findings {
            let excerpt = if reviewing.has_excerpts {
                let path = finding.field.as_deref().unwrap_or_default();
                let field = department.text_at(path);
                let quote = finding.quote.as_deref();
                let place = finding.places.first().and_then(Place::line_and_column);
                let in_text = || lines.as_ref()?.excerpt(place?, field.as_deref(), quote);
                in_text()
                    .or_else(|| excerpt::in_field(field.as_deref()?, quote))
                    .or_else(|| excerpt::in_field(quote?, quote))
            } else {
                None
            };
            reviewed.remarks.push(Remark {
                identity: identity(&finding, department),
                finding: in_source(finding, &reviewed.source),
                excerpt,
            });
        }
    }
}

fn form_name(project: &crate::model::Project) -> (u32, String) {
    let name = project.name.as_ref().or(project.title.as_ref());
    (project.number, name.cloned().unwrap_or_default())
}

fn unread(source: String, finding: Finding) -> Reviewed {
    Reviewed {
        read: vec![in_source(finding, &source)],
        source,
        is_last: true,
        ..Reviewed::default()
    }
}

fn nothing() -> Finding {
    let message = Message::new("没有可审核的内容。", "there is nothing to review");
    Finding::new(Code::NoForm, message)
}
