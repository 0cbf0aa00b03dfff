//! Whether templates can be used, seen before the first document: every variable exists and a full
//! and an empty specimen of each form can be filled.
//!
//! Architecture invariant: it changes nothing; templates that pass it are filled as they are.

use std::collections::{BTreeMap, BTreeSet};

use tera::{Context, Value};

use super::batch::{BATCH, BatchRow, BatchView};
use super::marks::{place_in_marked, place_of_variable};
use super::review::REVIEW;
use super::tally::{BatchTally, Sum, Tally};
use super::variables::unknown_field;
use super::view::{DepartmentView, ProjectView, SummaryView};
use super::{BEFORE_FORMS, FillOptions, SUMMARY, Templates, specimen};
use crate::finding::{Code, Finding, Message};
use crate::model::Project;
use crate::vocab::Form;

/// The variables that all templates have.
const OF_ALL: [&str; 8] = [
    "department",
    "year",
    "cover_title",
    "compiled_by",
    "reviewed_by",
    "narrative",
    "projects",
    "labels",
];
/// The variables that the templates of forms have beside them.
const OF_FORMS: [&str; 2] = ["project", "form"];
/// The variable that the template of the summary has beside them.
const OF_SUMMARY: [&str; 1] = ["summary"];

impl Templates {
    /// Looks for the first mistake that shows without a document of a user.
    pub(super) fn check(&self) -> Result<(), Finding> {
        let names: Vec<String> = self.forms().map(str::to_owned).collect();
        let forms: Vec<&Form> = names
            .iter()
            .filter_map(|name| self.0.vocabulary.form(name))
            .collect();
        self.check_variables(&forms)?;
        for department in [specimen::full(&forms), specimen::empty(&forms)] {
            self.fill(&department, &FillOptions::default())?;
        }
        self.check_comparison()
    }

    /// Looks for variables that do not exist. Tera takes them for false in conditions, so that a
    /// specimen does not show them.
    fn check_variables(&self, forms: &[&Form]) -> Result<(), Finding> {
        let department = specimen::full(forms);
        let ending = |_: &Project| "";
        let view = DepartmentView::new(&department, &self.0.vocabulary.document, ending);
        let mut context = self.document_context(&view)?;
        let mut seen = BTreeSet::new();
        for template in BEFORE_FORMS {
            self.check_variables_of(template, &variables(&context, &OF_ALL))?;
            seen.insert(template);
        }
        let mut tally = Tally::of(&department, &[]);
        tally.count([&Finding::new(Code::YearMissing, Message::new("x", "x"))]);
        self.add_summary(
            &mut context,
            &SummaryView::new(&department, (&[], 0), &tally, None),
        );
        let of_summary: Vec<&str> = OF_ALL.into_iter().chain(OF_SUMMARY).collect();
        self.check_variables_of(SUMMARY, &variables(&context, &of_summary))?;
        seen.insert(SUMMARY);
        let batch = BatchRow::default();
        let mut of_batch = tera::Context::new();
        let mut figures = BatchTally::default();
        figures.add("x", Sum::default(), Some(&tally));
        of_batch.insert("batch", &BatchView::new(std::slice::from_ref(&batch), &figures));
        of_batch.insert_value("labels", self.0.labels.clone());
        self.check_variables_of(BATCH, &variables(&of_batch, &["batch", "labels"]))?;
        seen.insert(BATCH);
        let of_review = self.check_review(&department)?;
        let names: Vec<&str> = OF_ALL.into_iter().chain(["review"]).collect();
        self.check_variables_of(REVIEW, &variables(&of_review, &names))?;
        seen.insert(REVIEW);
        let of_forms: Vec<&str> = OF_ALL.into_iter().chain(OF_FORMS).collect();
        for (index, (form, project)) in forms.iter().zip(&department.projects).enumerate() {
            let Some(values) = self.0.forms.get(&form.name) else {
                continue;
            };
            values.add_to(&mut context, &ProjectView::new(index, project, form));
            self.check_variables_of(&values.template, &variables(&context, &of_forms))?;
            seen.insert(values.template.as_str());
        }
        // Files that are included see what the file that includes them sees; their labels may be those
        // of any form.
        let of_included: Vec<&str> = of_forms.into_iter().chain(OF_SUMMARY).collect();
        let mut of_included = variables(&context, &of_included);
        of_included.remove("labels");
        for (file, text) in &self.0.marked {
            if !seen.contains(file.as_str()) {
                check_fields(file, text, &of_included)?;
            }
        }
        Ok(())
    }

    fn check_variables_of(&self, template: &str, known: &BTreeMap<&str, Value>) -> Result<(), Finding> {
        let names = self
            .0
            .tera
            .get_template_variables(template)
            .map_err(|error| self.tera_error(&error, template))?;
        let unknown: BTreeSet<&str> = names
            .into_iter()
            .filter(|name| !known.contains_key(name))
            .collect();
        if let Some(unknown) = unknown.first() {
            return Err(self.unknown_variable(template, unknown, known));
        }
        match self.0.marked.get(template) {
            Some(text) => check_fields(template, text, known),
            None => Err(missing(template)),
        }
    }

    fn unknown_variable(&self, template: &str, name: &str, known: &BTreeMap<&str, Value>) -> Finding {
        let known: Vec<String> = known.keys().map(ToString::to_string).collect();
        let finding = does_not_exist(name, &known).quoting(name);
        // The variable may stand in a file that the template includes.
        let own = self.0.marked.get_key_value(template).into_iter();
        let place = own
            .chain(&self.0.marked)
            .find_map(|(file, text)| Some((file, place_of_variable(text, name)?)));
        match place {
            Some((file, place)) => finding.in_file(file.clone()).at(place),
            None => finding.in_file(template),
        }
    }
}

/// The values of the variables `names`.
fn variables<'n>(context: &Context, names: &[&'n str]) -> BTreeMap<&'n str, Value> {
    names
        .iter()
        .filter_map(|&name| Some((name, context.get(name)?.clone())))
        .collect()
}

fn check_fields(file: &str, text: &str, known: &BTreeMap<&str, Value>) -> Result<(), Finding> {
    let Some(unknown) = unknown_field(text, known) else {
        return Ok(());
    };
    Err(does_not_exist(&unknown.field, &unknown.available)
        .in_file(file)
        .at(place_in_marked(text, unknown.at))
        .quoting(unknown.path))
}

fn does_not_exist(name: &str, available: &[String]) -> Finding {
    Finding::new(
        Code::TemplateBroken,
        Message::new(
            format!("变量“{name}”不存在；可用：{}。", available.join("、")),
            format!(
                "Variable `{name}` is not defined. Available variables: {}.",
                available.join(", ")
            ),
        ),
    )
}

fn missing(template: &str) -> Finding {
    Finding::new(
        Code::TemplateBroken,
        Message::new("模板文件不存在。", "There is no such template."),
    )
    .in_file(template)
}
