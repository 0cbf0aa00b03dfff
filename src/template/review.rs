//! The review sheet: what the review found in a department, as a table that its reviewer sends out and that comes
//! back with answers.
//!
//! Architecture invariant: it only shows what it is given; what is found, accepted and answered is known elsewhere.

use std::borrow::Cow;

use serde::Serialize;
use tera::Context;

use super::printed::{printed, printed_on_one_line};
use super::reader::Reader;
use super::view::DepartmentView;
use super::{FillOptions, Templates};
use crate::finding::{Applicability, Code, Edit, Finding, Fix, Language, Message, Severity};
use crate::model::{Department, Project, indexed_path, narrative_path};
use crate::sheet::Document;

/// The template of the sheet.
pub(super) const REVIEW: &str = "review.html";
/// The most characters of a text that is quoted; of a longer one the middle is left out.
const MOST_QUOTED: usize = 120;
/// The most characters of the name of a row.
const MOST_NAME: usize = 24;

/// What the review found in a department, with what was answered.
#[derive(Clone, Debug, Default)]
pub struct Reviewed<'a> {
    /// What was found, in the order of the document.
    pub entries: Vec<ReviewEntry<'a>>,
    /// The answers to what is no longer found.
    pub past: Vec<Answer>,
}

/// One line of the review sheet.
#[derive(Clone, Debug, Default)]
pub struct ReviewEntry<'a> {
    /// What it says: one finding, or several that say the same of rows of one form.
    pub findings: Vec<&'a Finding>,
    /// What the rule finds, in a few words.
    pub title: &'a str,
    /// What the line is known by.
    pub key: String,
    /// What was answered; empty if nothing was.
    pub answer: String,
}

/// An answer that somebody wrote in the sheet, with what stood beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Its place among those to what is no longer found, from 1.
    pub number: usize,
    /// What its line is known by.
    pub key: String,
    /// How grave it was.
    pub severity: String,
    /// Where it stood.
    pub form: String,
    /// The field.
    pub field: String,
    /// The text that it was about.
    pub quote: String,
    /// What was wrong.
    pub problem: String,
    /// What was advised.
    pub advice: String,
    /// What was answered.
    pub text: String,
    /// Why it accepts what it answers; `None` if it does not.
    pub reason: Option<String>,
}

/// What the template sees as `review`.
#[derive(Serialize)]
pub(super) struct ReviewView<'a> {
    groups: Vec<GroupView<'a>>,
    accepted_rows: Vec<LineView<'a>>,
    past: &'a [Answer],
    total: usize,
    /// In how many lines they are told.
    lines: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    /// The number of findings that were accepted.
    accepted: usize,
}

/// The lines of one form.
#[derive(Serialize)]
struct GroupView<'a> {
    /// Number and name of the form; empty for what is about no form.
    heading: String,
    rows: Vec<LineView<'a>>,
}

#[derive(Serialize)]
struct LineView<'a> {
    number: usize,
    severity: &'static str,
    /// `form`, `cover`, `contents`, `narrative` or `document`.
    part: &'static str,
    /// The number of the form; empty without one.
    form: String,
    /// The label of the field; empty for a form as a whole.
    field: &'a str,
    /// The numbers of the rows or paragraphs, from 1.
    lines: String,
    /// What the row is called.
    name: String,
    quote: String,
    title: &'a str,
    /// What exactly is wrong; empty where several findings are one line.
    message: &'a str,
    /// How many findings the line stands for.
    count: usize,
    advice: &'a str,
    changes: Vec<ChangeView<'a>>,
    /// Why it was accepted.
    reason: &'a str,
    answer: &'a str,
    key: &'a str,
}

/// A change that is proposed.
#[derive(Serialize)]
struct ChangeView<'a> {
    before: Cow<'a, str>,
    after: Cow<'a, str>,
}

impl<'a> ReviewView<'a> {
    fn new(department: &'a Department, reviewed: &'a Reviewed<'a>, templates: &'a Templates) -> Self {
        let mut view = Self {
            groups: Vec::new(),
            accepted_rows: Vec::new(),
            past: &reviewed.past,
            total: 0,
            lines: 0,
            errors: 0,
            warnings: 0,
            notes: 0,
            accepted: 0,
        };
        let mut last = None;
        for entry in &reviewed.entries {
            let Some(first) = entry.findings.first().copied() else {
                continue;
            };
            let count = entry.findings.len();
            let mut line = LineView::new(entry, first, department, templates);
            if first.accepted.is_some() {
                view.accepted += count;
                line.number = view.accepted_rows.len() + 1;
                view.accepted_rows.push(line);
                continue;
            }
            view.total += count;
            match first.severity {
                Severity::Error => view.errors += count,
                Severity::Warning | Severity::SourceIncomplete => view.warnings += count,
                Severity::Note => view.notes += count,
            }
            let project = project_of(first);
            if view.groups.is_empty() || last != project {
                last = project;
                let heading = project.and_then(|index| department.projects.get(index));
                view.groups.push(GroupView {
                    heading: heading.map(heading_of).unwrap_or_default(),
                    rows: Vec::new(),
                });
            }
            view.lines += 1;
            line.number = view.lines;
            if let Some(group) = view.groups.last_mut() {
                group.rows.push(line);
            }
        }
        view
    }
}

/// The index of the form that a finding is about.
fn project_of(finding: &Finding) -> Option<usize> {
    let (index, _) = indexed_path(finding.field.as_deref()?, "projects")?;
    Some(index)
}

fn heading_of(project: &Project) -> String {
    let name = project.name.as_deref().or(project.title.as_deref());
    let name = printed_on_one_line(name.unwrap_or_default());
    match project.number {
        0 => name.into_owned(),
        number => format!("{number}.{name}"),
    }
}

impl<'a> LineView<'a> {
    fn new(
        entry: &'a ReviewEntry<'a>,
        first: &'a Finding,
        department: &'a Department,
        templates: &'a Templates,
    ) -> Self {
        let spot = Spot::of(first, department, templates);
        let is_one = entry.findings.len() == 1;
        let mut lines = Vec::new();
        for finding in &entry.findings {
            let line = Spot::of(finding, department, templates).line;
            lines.extend(line.filter(|line| !lines.contains(line)));
        }
        let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
        let fix = first.fix.as_ref().filter(|_| is_one);
        let changes = fix.iter().flat_map(|fix| &fix.edits).map(|edit| ChangeView {
            before: quoted(edit.before.as_deref().unwrap_or_default()),
            after: quoted(edit.after.as_deref().unwrap_or_default()),
        });
        Self {
            number: 0,
            severity: first.severity.word(Language::Zh),
            part: spot.part,
            form: spot.form.map(|number| number.to_string()).unwrap_or_default(),
            field: spot.label,
            lines: lines.join("、"),
            name: if is_one { spot.name } else { String::new() },
            quote: match first.quote.as_deref().filter(|_| is_one) {
                Some(quote) => quoted(quote).into_owned(),
                None => String::new(),
            },
            title: entry.title,
            message: if is_one { &first.message.zh } else { "" },
            count: entry.findings.len(),
            advice: &first.help.zh,
            changes: changes.collect(),
            reason: first.accepted.as_deref().unwrap_or_default(),
            answer: &entry.answer,
            key: &entry.key,
        }
    }
}

/// Where in a document a finding is.
struct Spot<'a> {
    part: &'static str,
    form: Option<u32>,
    label: &'a str,
    /// The row or the paragraph, from 1.
    line: Option<usize>,
    name: String,
}

impl<'a> Spot<'a> {
    fn of(finding: &Finding, department: &'a Department, templates: &'a Templates) -> Self {
        let path = finding.field.as_deref().unwrap_or_default();
        let document = &templates.vocabulary().document;
        let mut spot = Self {
            part: "document",
            form: finding.form,
            label: "",
            line: None,
            name: String::new(),
        };
        let project = project_of(finding).and_then(|index| department.projects.get(index));
        let Some(project) = project else {
            let (name, line) = match narrative_path(path) {
                Some((name, index)) => (name, Some(index + 1)),
                None => (path.strip_prefix("narrative.").unwrap_or(path), None),
            };
            spot.part = match path.split(['.', '[']).next().unwrap_or_default() {
                "narrative" => "narrative",
                "contents" => "contents",
                "" if finding.form.is_some() => "form",
                "" => "document",
                _ => "cover",
            };
            spot.line = line;
            spot.label = match document.printed(name) {
                "" => document.printed(&format!("export_{name}")),
                label => label,
            };
            return spot;
        };
        spot.part = "form";
        spot.form = Some(project.number);
        let below = indexed_path(path, "projects").map_or("", |(_, below)| below);
        let form = project.form.as_deref().unwrap_or(super::DEFAULT_FORM);
        let labels = templates.vocabulary().form(form).map(|form| &form.labels);
        let label = |name: &str| {
            let own = labels.map_or("", |labels| labels.printed(name));
            let own = Some(own).filter(|label| !label.is_empty());
            own.unwrap_or_else(|| document.printed(&format!("export_{name}")))
        };
        if let Some((index, cell)) = indexed_path(below, "indicators") {
            spot.line = Some(index + 1);
            spot.label = label(cell);
            let row = project.indicators.get(index);
            // The name of the row is not said again where it is the text in question.
            let name = row.and_then(|row| row.level3.as_deref().or(row.description.as_deref()));
            if cell != "level3" {
                spot.name = shortened(&printed_on_one_line(name.unwrap_or_default()), MOST_NAME);
            }
        } else if let Some((index, _)) = indexed_path(below, "spending_plan") {
            spot.label = label("spending_plan");
            let milestone = project.spending_plan.get(index);
            spot.name = milestone.map(|own| own.milestone.clone()).unwrap_or_default();
        } else {
            let name = below.split('[').next().unwrap_or_default().replace('.', "_");
            spot.label = label(&name);
        }
        spot
    }
}

/// A text as it is quoted.
fn quoted(text: &str) -> Cow<'_, str> {
    let text = printed(text);
    if text.chars().count() <= MOST_QUOTED {
        return text;
    }
    Cow::Owned(shortened(&text, MOST_QUOTED))
}

/// A text of at most `most` characters, of which the middle is left out.
fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let (head, tail) = (text.chars().take(half), text.chars().skip(count - half));
    head.chain(std::iter::once('…')).chain(tail).collect()
}

impl Templates {
    /// Fills the review sheet of a department.
    ///
    /// # Errors
    ///
    /// [`Code::TemplateBroken`] with file and line where the template cannot be used.
    pub fn fill_review(&self, department: &Department, reviewed: &Reviewed<'_>) -> Result<Document, Finding> {
        let labels = &self.vocabulary().document;
        let view = DepartmentView::new(department, labels, |_| "");
        let context = self.review_context(&view, department, reviewed)?;
        let mut reader = Reader::new(&self.0.styles);
        self.render(REVIEW, &context, &mut Vec::new(), &mut reader)?;
        Ok(Document {
            title: format!("{}{}", view.department, labels.printed("review")),
            author: view.department.to_string(),
            year: department.year,
            sheets: self.finish(reader, &FillOptions::default())?,
            is_answered: true,
            ..Document::default()
        })
    }

    fn review_context(
        &self,
        view: &DepartmentView<'_>,
        department: &Department,
        reviewed: &Reviewed<'_>,
    ) -> Result<Context, Finding> {
        let mut context = self.document_context(view)?;
        context.insert("review", &ReviewView::new(department, reviewed, self));
        Ok(context)
    }

    /// Fills the review sheet with all that it can show and with nothing, as a check of its template, and gives
    /// what the template sees.
    pub(super) fn check_review(&self, department: &Department) -> Result<Context, Finding> {
        let finding = |field: &str| {
            Finding::new(Code::BudgetSum, Message::new("x", "x"))
                .on_field(field)
                .quoting("x")
        };
        let mut found = vec![finding("projects[0].indicators[0].target"), finding("year")];
        found.push(Finding {
            accepted: Some("x".to_owned()),
            ..finding("narrative.safeguards[0]")
        });
        found[0] = found[0].clone().fixed_by(Fix {
            applicability: Applicability::Safe,
            edits: vec![Edit {
                field: "x".to_owned(),
                before: Some("x".to_owned()),
                after: None,
            }],
        });
        let entries = found.iter().enumerate().map(|(at, finding)| ReviewEntry {
            findings: vec![finding],
            title: "x",
            key: at.to_string(),
            answer: "x".to_owned(),
        });
        let full = Reviewed {
            entries: entries.collect(),
            past: vec![Answer::default()],
        };
        for reviewed in [&full, &Reviewed::default()] {
            self.fill_review(department, reviewed)?;
        }
        let labels = &self.vocabulary().document;
        let view = DepartmentView::new(department, labels, |_| "");
        self.review_context(&view, department, &full)
    }
}
