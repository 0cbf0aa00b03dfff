//! Templates: tera files that turn the model of a department into sheets, the same for workbook,
//! PDF and preview. The built-in ones are inside the program; an office's own files replace or add
//! to them.
//!
//! Architecture invariant: what a document looks like and which labels it prints stand in the
//! template folder alone; this module knows neither a label nor a column. It reads no file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use tera::{Context, Tera, Value};

use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Project};
use crate::sheet::{Document, Sheet, SheetKind};
use crate::vocab::{Form, Vocabulary};

mod batch;
mod check;
mod comparison;
mod entering;
mod marks;
mod markup;
mod notes;
mod overview;
mod places;
mod printed;
mod reader;
mod review;
mod specimen;
mod styles;
mod tally;
mod variables;
mod view;

pub use batch::{BatchRow, ReviewCounts};
pub use comparison::{Compared, Comparison};
use marks::{Marks, tera_finding};
use markup::Mistake;
pub use printed::{printed, printed_on_one_line};
use reader::Reader;
pub use review::{Answer, ReviewEntry, Reviewed};
use styles::Styles;
pub use tally::{BatchTally, Level, PlanSum, Sum, Tally};
use view::{DepartmentView, ProjectView, SummaryView, form_title};

/// The form of a project that names none.
pub const DEFAULT_FORM: &str = "hebei-2021";

/// The templates before the forms, in the order of the document.
const BEFORE_FORMS: [&str; 5] = [
    "cover.html",
    "contents.html",
    "part-one.html",
    "narrative.html",
    "part-two.html",
];

/// The template of what all forms come to. It is filled last, when everything is found.
const SUMMARY: &str = "summary.html";

/// What the template of a form's file is called.
const FORM_FILE: &str = "form.html";

macro_rules! built_in_files {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../templates/", $path)))),+]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in_files![
    "README.md",
    "batch.html",
    "contents.html",
    "cover.html",
    "difference.html",
    "hebei-2021/form.html",
    "hebei-2021/labels.toml",
    "labels.toml",
    "narrative.html",
    "part-one.html",
    "part-two.html",
    "review.html",
    "styles.toml",
    "summary.html",
    "tangshan-2022/form.html",
    "tangshan-2022/labels.toml",
];

/// The templates, styles and label tables that documents are made with.
///
/// A clone shares everything with its original.
#[derive(Clone, Debug)]
pub struct Templates(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    tera: Tera,
    styles: Styles,
    marks: Marks,
    vocabulary: Vocabulary,
    /// The templates with their marks, by path.
    marked: BTreeMap<String, String>,
    /// The printed labels of the document.
    labels: Value,
    /// What the templates of the forms see of their forms.
    forms: BTreeMap<String, FormValues>,
}

/// What the template of a form sees of it, the same for all projects.
#[derive(Debug)]
struct FormValues {
    template: String,
    form: Value,
    /// The printed labels of the document and of the form, which come first.
    labels: Value,
}

impl FormValues {
    /// Adds to `context` what the template of the form sees beside the document.
    fn add_to(&self, context: &mut Context, project: &ProjectView<'_>) {
        context.insert("project", project);
        context.insert_value("form", self.form.clone());
        context.insert_value("labels", self.labels.clone());
    }
}

/// What to fill.
#[derive(Clone, Debug, Default)]
pub struct FillOptions {
    /// The form to fill all projects into; `None` for the one that each came in.
    pub form: Option<String>,
    /// The numbers of the forms to make, and nothing but forms; empty for the whole document.
    pub only: Vec<u32>,
    /// Whether the document is to be printed on one side of the paper.
    pub one_sided: bool,
    /// What the kinds of findings are called that have a title of their own.
    pub title: Option<Title>,
}

/// What a kind of findings is called, in a few Chinese words; `None` where it has no title.
pub type Title = fn(Code) -> Option<&'static str>;

/// A filled document and what was found on the way.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The document.
    pub document: Document,
    /// Values without a place, places without a value, forms that were asked for in vain.
    pub findings: Vec<Finding>,
}

impl Templates {
    /// The templates that are built in.
    ///
    /// # Panics
    ///
    /// Never: the tests read the built-in templates.
    #[must_use]
    pub fn built_in() -> Self {
        static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| match Templates::parse(&[]) {
            Ok(templates) => templates,
            Err(finding) => panic!("{:?}: {}", finding.file, finding.message.en),
        });
        TEMPLATES.clone()
    }

    /// Reads the built-in templates with `overrides`, pairs of a path below the template folder and
    /// its text: an `.html` file or a label table replaces the built-in one of the same path,
    /// `styles.toml` is merged into it, a new folder with `form.html` and `labels.toml` is a new
    /// form. Files of other kinds are passed over.
    ///
    /// A specimen of each form is filled, so that most mistakes show here and not at the first
    /// document.
    ///
    /// # Errors
    ///
    /// The first mistake, a [`Code::TemplateBroken`] that names file and line.
    pub fn read(overrides: &[(String, String)]) -> Result<Self, Finding> {
        let templates = Self::parse(overrides)?;
        templates.check()?;
        Ok(templates)
    }

    /// All built-in files, pairs of a path below the template folder and a text.
    #[must_use]
    pub fn built_in_files() -> Vec<(&'static str, &'static str)> {
        BUILT_IN.to_vec()
    }

    /// The label tables.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.0.vocabulary
    }

    /// The names of the forms that can be filled.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.0.forms.keys().map(String::as_str)
    }

    /// Fills the document of `department`, of whose reading nothing is known.
    ///
    /// # Errors
    ///
    /// Those of [`Templates::fill_with`].
    pub fn fill(&self, department: &Department, options: &FillOptions) -> Result<Filled, Finding> {
        self.fill_with(department, options, &[])
    }

    /// Fills the document of `department`. What was found when it was read, `found`, and what is found
    /// now are counted in the summary and said beside the cells that they concern.
    ///
    /// # Errors
    ///
    /// [`Code::TemplateBroken`] with file and line where a template cannot be used,
    /// [`Code::FormUnknown`] where a form has no template.
    pub fn fill_with(
        &self,
        department: &Department,
        options: &FillOptions,
        found: &[Finding],
    ) -> Result<Filled, Finding> {
        let parts = &*self.0;
        let mut findings = Vec::new();
        if let Some(name) = &options.form {
            self.form(name, None)?;
        }
        let labels = &parts.vocabulary.document;
        let view = DepartmentView::new(department, labels, |project| {
            let name = form_name(project, options);
            parts.vocabulary.form(name).map_or("", form_title)
        });
        let mut document = Document {
            title: format!("{}{}", view.department, view.cover_title),
            author: match &view.compiled_by {
                nobody if nobody.is_empty() => view.department.to_string(),
                somebody => somebody.to_string(),
            },
            year: department.year,
            one_sided: options.one_sided,
            ..Document::default()
        };
        let mut context = self.document_context(&view)?;
        let mut reader = Reader::new(&parts.styles);
        let mut rendered = Vec::new();
        if options.only.is_empty() {
            for template in BEFORE_FORMS {
                self.render(template, &context, &mut rendered, &mut reader)?;
            }
        }
        for (index, project) in department.projects.iter().enumerate() {
            if !(options.only.is_empty() || options.only.contains(&project.number)) {
                continue;
            }
            let (form, values) = self.form(form_name(project, options), Some(project.number))?;
            values.add_to(&mut context, &ProjectView::new(index, project, form));
            let first = reader.sheets().len();
            self.render(&values.template, &context, &mut rendered, &mut reader)?;
            findings.extend(places::missing_places(
                index,
                project,
                form,
                &reader.sheets()[first..],
            ));
        }
        if options.only.is_empty() {
            let counts = notes::counts(found.iter().chain(&findings), department);
            let mut tally = Tally::of(department, &[]);
            tally.count(found.iter().chain(&findings));
            let summary = SummaryView::new(department, (&counts.0, counts.1), &tally, options.title);
            self.add_summary(&mut context, &summary);
            self.render(SUMMARY, &context, &mut rendered, &mut reader)?;
        }
        document.sheets = self.finish(reader, options)?;
        let found = found.iter().chain(&findings);
        document.notes = notes::notes(found, department, &document.sheets, options.title);
        findings.extend(not_found(department, options));
        Ok(Filled { document, findings })
    }

    /// What the templates of the document see.
    fn document_context(&self, view: &DepartmentView<'_>) -> Result<Context, Finding> {
        let mut context = Context::from_serialize(view).map_err(|error| self.tera_error(&error, ""))?;
        context.insert_value("labels", self.0.labels.clone());
        Ok(context)
    }

    /// Adds what the template of the summary sees, in place of what the last form's template saw.
    fn add_summary(&self, context: &mut Context, summary: &SummaryView<'_>) {
        context.insert("summary", summary);
        context.insert_value("labels", self.0.labels.clone());
    }

    fn render(
        &self,
        template: &str,
        context: &Context,
        rendered: &mut Vec<u8>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Finding> {
        rendered.clear();
        let parts = &*self.0;
        parts
            .tera
            .render_to(template, context, &mut *rendered)
            .map_err(|error| self.tera_error(&error, template))?;
        let rendered = std::str::from_utf8(rendered)
            .map_err(|error| self.tera_error(&tera::Error::message(error), template))?;
        reader
            .read(rendered)
            .map_err(|mistake| self.mistake(mistake, template))
    }

    fn finish(&self, reader: Reader<'_>, options: &FillOptions) -> Result<Vec<Sheet>, Finding> {
        if options.only.is_empty() {
            reader
                .finish()
                .map(place_summary)
                .map_err(|mistake| self.mistake(mistake, "contents.html"))
        } else {
            Ok(reader.finish_part())
        }
    }

    /// The form of that name and what its template sees.
    fn form(&self, name: &str, number: Option<u32>) -> Result<(&Form, &FormValues), Finding> {
        let form = self.0.vocabulary.form(name);
        if let (Some(form), Some(values)) = (form, self.0.forms.get(name)) {
            return Ok((form, values));
        }
        let known: Vec<&str> = self.forms().collect();
        let finding = Finding::new(
            Code::FormUnknown,
            Message::new(
                format!("没有名为“{name}”的表样；已有：{}。", known.join("、")),
                format!(
                    "There is no form named {name:?}; there are: {}.",
                    known.join(", ")
                ),
            ),
        )
        .quoting(name);
        Err(match number {
            Some(number) => finding.in_form(number),
            None => finding,
        })
    }

    fn tera_error(&self, error: &tera::Error, template: &str) -> Finding {
        tera_finding(error, template, |file| {
            self.0.marked.get(file).cloned().unwrap_or_default()
        })
    }

    fn mistake(&self, mistake: Mistake, template: &str) -> Finding {
        let finding =
            Finding::new(Code::TemplateBroken, Message::new(mistake.zh, mistake.en)).quoting(mistake.quote);
        match mistake.mark.and_then(|mark| self.0.marks.place(mark)) {
            Some((file, place)) => finding.in_file(file).at(place),
            None => finding.in_file(template),
        }
    }

    fn parse(overrides: &[(String, String)]) -> Result<Self, Finding> {
        let mut files: BTreeMap<String, &str> = BTreeMap::new();
        let mut styles = Styles::default();
        let given = overrides
            .iter()
            .map(|(path, text)| (path.replace('\\', "/"), text.as_str()));
        let built_in = BUILT_IN.iter().map(|&(path, text)| (path.to_owned(), text));
        for (path, text) in built_in.chain(given) {
            // A mark of the byte order is no part of a text.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if path == "styles.toml" {
                styles.extend(Styles::read(&path, text)?);
            } else if has_extension(&path, "html") || has_extension(&path, "toml") {
                files.insert(path, text);
            }
        }
        let tables = files
            .iter()
            .filter(|(path, _)| has_extension(path, "toml"))
            .map(|(path, text)| (path.as_str(), *text));
        let vocabulary = Vocabulary::read(tables).map_err(|error| {
            Finding::new(
                Code::TemplateBroken,
                Message::new(
                    format!("标签表有误：{}", error.message),
                    format!("The label table cannot be read: {}", error.message),
                ),
            )
            .in_file(error.file)
            .at_some(error.line.map(|line| crate::finding::Place::text(line, 1)))
        })?;

        let mut marks = Marks::default();
        let marked: BTreeMap<String, String> = files
            .iter()
            .filter(|(path, _)| has_extension(path, "html"))
            .map(|(path, text)| (path.clone(), marks.annotate(path, text)))
            .collect();
        let mut tera = Tera::new();
        tera.set_escape_fn(escape);
        tera.add_raw_templates(marked.iter()).map_err(|error| {
            tera_finding(&error, "", |file| marked.get(file).cloned().unwrap_or_default())
        })?;

        let mut forms = BTreeMap::new();
        for path in marked.keys() {
            let Some(name) = path
                .strip_suffix(FORM_FILE)
                .and_then(|folder| folder.strip_suffix('/'))
            else {
                continue;
            };
            let form = vocabulary.form(name).ok_or_else(|| {
                Finding::new(
                    Code::TemplateBroken,
                    Message::new(
                        format!("表样“{name}”缺少标签表 {name}/labels.toml。"),
                        format!("The form {name:?} has no label table {name}/labels.toml."),
                    ),
                )
                .in_file(path.clone())
            })?;
            let labels = printed_labels(vocabulary.document.0.iter().chain(&form.labels.0));
            forms.insert(
                name.to_owned(),
                FormValues {
                    template: path.clone(),
                    form: Value::from_serializable(&form_value(form)),
                    labels: Value::from_serializable(&labels),
                },
            );
        }
        let labels = Value::from_serializable(&printed_labels(&vocabulary.document.0));
        Ok(Self(Arc::new(Parts {
            tera,
            styles,
            marks,
            vocabulary,
            marked,
            labels,
            forms,
        })))
    }
}

/// Puts the summary behind the contents list, or else behind the cover.
fn place_summary(sheets: Vec<Sheet>) -> Vec<Sheet> {
    let (summary, mut sheets): (Vec<Sheet>, Vec<Sheet>) = sheets
        .into_iter()
        .partition(|sheet| sheet.kind == SheetKind::Summary);
    let last = |kind| sheets.iter().rposition(|sheet| sheet.kind == kind);
    let place = last(SheetKind::Contents)
        .or_else(|| last(SheetKind::Cover))
        .map_or(0, |at| at + 1);
    sheets.splice(place..place, summary);
    sheets
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, own)| own.eq_ignore_ascii_case(extension))
}

fn form_name<'a>(project: &'a Project, options: &'a FillOptions) -> &'a str {
    options
        .form
        .as_deref()
        .or(project.form.as_deref())
        .unwrap_or(DEFAULT_FORM)
}

/// The printed labels by their names; of two of the same name the later one.
fn printed_labels<'v>(
    labels: impl IntoIterator<Item = (&'v String, &'v Vec<String>)>,
) -> BTreeMap<&'v str, &'v str> {
    labels
        .into_iter()
        .map(|(name, texts)| (name.as_str(), texts.first().map_or("", String::as_str)))
        .collect()
}

fn form_value(form: &Form) -> BTreeMap<&str, Value> {
    let printed = form.indicators.iter().filter_map(|entry| entry.texts.first());
    let level1: Vec<&String> = printed.collect();
    let mut level2: Vec<&String> = Vec::new();
    for name in form.indicators.iter().flat_map(|entry| &entry.level2) {
        if !level2.contains(&name) {
            level2.push(name);
        }
    }
    BTreeMap::from([
        ("level1", Value::from_serializable(&level1)),
        ("level2", Value::from_serializable(&level2)),
        ("name", Value::from_serializable(&form.name)),
        ("title", Value::from_serializable(form_title(form))),
        ("milestones", Value::from_serializable(&form.milestones)),
        ("printed_percent", Value::from_serializable(&form.printed_percent)),
    ])
}

/// The findings of forms that were asked for and that are not there.
fn not_found(department: &Department, options: &FillOptions) -> Vec<Finding> {
    let there: BTreeSet<u32> = department.projects.iter().map(|project| project.number).collect();
    let wanted: BTreeSet<u32> = options.only.iter().copied().collect();
    wanted
        .difference(&there)
        .map(|&number| {
            Finding::new(
                Code::NoForm,
                Message::new(
                    format!("没有编号为 {number} 的绩效目标表。"),
                    format!("There is no form with the number {number}."),
                ),
            )
            .with_help(Message::new("请核对表号。", "Check the numbers of the forms."))
            .in_form(number)
        })
        .collect()
}

/// Writes a value into markup: its signs as entities, its line breaks as `<br>`.
fn escape(text: &str, output: &mut dyn std::io::Write) -> std::io::Result<()> {
    let mut rest = text.as_bytes();
    // All of these signs are ASCII, so that looking at bytes is enough.
    let is_sign = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'\n');
    while let Some(at) = rest.iter().position(is_sign) {
        output.write_all(&rest[..at])?;
        let entity: &[u8] = match rest[at] {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\'' => b"&#39;",
            _ => b"<br>",
        };
        output.write_all(entity)?;
        rest = &rest[at + 1..];
    }
    output.write_all(rest)
}

#[cfg(test)]
mod tests;
