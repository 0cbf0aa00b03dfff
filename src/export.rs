//! The flat table of a batch: one row per indicator, with all that is known of its department and its project
//! beside it, for people who turn documents into data. The columns depend on the label tables alone, so that
//! tables of different documents go together.
//!
//! Architecture invariant: a row is made from one department and forgotten; nothing of the model is left out
//! but places, which the test of the full specimen holds.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::model::{Comparison, Department, Indicator, Milestone, Project, in_wan_yuan};
use crate::vocab::{Form, Vocabulary};

mod csv;
pub use csv::{Csv, CsvStyle};

/// What comes before the name of a form's own field that is also the name of another column.
const OWN_FIELD: &str = "field_";

/// How the columns are headed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heads {
    /// With the labels of the label tables, for people.
    Labels,
    /// With names in snake case, which stay as they are, for programs.
    Fields,
}

/// What a cell of the table holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Blank,
    /// A text of the model.
    Text(Cow<'a, str>),
    /// An exact number.
    Number(Decimal),
}

/// A column of the table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in snake case.
    pub name: String,
    /// What stands at its head; no other column has the same.
    pub head: String,
    /// How wide it is shown, in digits.
    pub width: u8,
    content: Content,
}

/// What the cells of a column are made from.
#[derive(Clone, Debug)]
enum Content {
    Source,
    Department(fn(&Department) -> Cell<'_>),
    Project(fn(&Project) -> Cell<'_>),
    /// A field of the form's own, by its name.
    Own(String),
    /// The fields that no column has.
    OtherFields,
    /// The number of the indicator in its form, from 1.
    IndicatorNumber,
    Indicator(fn(&Indicator) -> Cell<'_>),
}

/// The columns of the table.
#[derive(Clone, Debug)]
pub struct Columns {
    list: Vec<Column>,
    /// What the table is called.
    title: String,
}

/// A column that every table has: its name, the names of the labels that may head it, its width and content.
type Known = (&'static str, &'static [&'static str], u8, Content);

const DEPARTMENT: &[Known] = &[
    ("source", &["export_source"], 24, Content::Source),
    (
        "department",
        &["export_department"],
        24,
        Content::Department(|department| text(department.department.as_deref())),
    ),
    (
        "year",
        &["export_year"],
        9,
        Content::Department(|department| number(department.year.map(Decimal::from))),
    ),
];

const NARRATIVE: &[Known] = &[
    (
        "cover_title",
        &["export_cover_title"],
        24,
        Content::Department(|department| text(department.cover_title.as_deref())),
    ),
    (
        "compiled_by",
        &["compiled_by"],
        18,
        Content::Department(|department| text(department.compiled_by.as_deref())),
    ),
    (
        "reviewed_by",
        &["reviewed_by"],
        18,
        Content::Department(|department| text(department.reviewed_by.as_deref())),
    ),
    (
        "overall_target",
        &["overall_target"],
        40,
        Content::Department(|department| lines(&department.narrative.overall_target)),
    ),
    (
        "itemized_targets",
        &["itemized_targets"],
        40,
        Content::Department(|department| lines(&department.narrative.itemized_targets)),
    ),
    (
        "safeguards",
        &["safeguards"],
        40,
        Content::Department(|department| lines(&department.narrative.safeguards)),
    ),
    ("contents", &["contents"], 40, Content::Department(contents)),
];

const PROJECT: &[Known] = &[
    (
        "number",
        &["export_number"],
        8,
        // A department without projects has no number either; a project without one has 0 in the model.
        Content::Project(|project| number((project.number > 0).then(|| project.number.into()))),
    ),
    (
        "title",
        &["export_title"],
        30,
        Content::Project(|project| text(project.title.as_deref())),
    ),
    (
        "form",
        &["export_form"],
        15,
        Content::Project(|project| text(project.form.as_deref())),
    ),
    (
        "unit_code",
        &["export_unit_code"],
        13,
        Content::Project(|project| text(project.unit_code.as_deref())),
    ),
    (
        "unit_name",
        &["export_unit_name"],
        24,
        Content::Project(|project| text(project.unit_name.as_deref())),
    ),
    (
        "code",
        &["summary_code"],
        24,
        Content::Project(|project| text(project.code.as_deref())),
    ),
    (
        "name",
        &["summary_name"],
        36,
        Content::Project(|project| text(project.name.as_deref())),
    ),
    (
        "amount_unit",
        &["export_amount_unit"],
        10,
        Content::Project(|project| text(project.amount_unit.as_deref())),
    ),
    (
        "budget_total",
        &["summary_total"],
        12,
        Content::Project(|project| text(project.budget.total.as_deref())),
    ),
    (
        "budget_fiscal",
        &["summary_fiscal"],
        12,
        Content::Project(|project| text(project.budget.fiscal.as_deref())),
    ),
    (
        "budget_other",
        &["summary_other"],
        12,
        Content::Project(|project| text(project.budget.other.as_deref())),
    ),
    (
        "budget_total_wan_yuan",
        &["export_total"],
        16,
        Content::Project(|project| wan_yuan(project, project.budget.total_decimal)),
    ),
    (
        "budget_fiscal_wan_yuan",
        &["export_fiscal"],
        18,
        Content::Project(|project| wan_yuan(project, project.budget.fiscal_decimal)),
    ),
    (
        "budget_other_wan_yuan",
        &["export_other"],
        18,
        Content::Project(|project| wan_yuan(project, project.budget.other_decimal)),
    ),
    (
        "purpose",
        &["export_purpose"],
        40,
        Content::Project(|project| text(project.purpose.as_deref())),
    ),
    (
        "spending_plan",
        &["summary_plan"],
        36,
        Content::Project(spending_plan),
    ),
    (
        "spending_plan_last_percent",
        &["export_last_percent"],
        18,
        Content::Project(last_percent),
    ),
    (
        "goals",
        &["goals"],
        40,
        Content::Project(|project| lines(&project.goals)),
    ),
];

const OTHER_FIELDS: Known = ("other_fields", &["export_other_fields"], 24, Content::OtherFields);

const INDICATOR: &[Known] = &[
    (
        "indicator_number",
        &["export_indicator_number"],
        10,
        Content::IndicatorNumber,
    ),
    (
        "level1",
        &["level1"],
        14,
        Content::Indicator(|indicator| text(indicator.level1.as_deref())),
    ),
    (
        "level2",
        &["level2"],
        20,
        Content::Indicator(|indicator| text(indicator.level2.as_deref())),
    ),
    (
        "level3",
        &["level3"],
        26,
        Content::Indicator(|indicator| text(indicator.level3.as_deref())),
    ),
    (
        "description",
        &["description"],
        36,
        Content::Indicator(|indicator| text(indicator.description.as_deref())),
    ),
    (
        "target",
        &["target"],
        18,
        Content::Indicator(|indicator| text(indicator.target.as_deref())),
    ),
    (
        "target_comparison",
        &["export_target_comparison"],
        13,
        Content::Indicator(|indicator| {
            let measure = indicator.target_measure.as_ref();
            text(measure.and_then(|measure| measure.comparison).map(sign))
        }),
    ),
    (
        "target_number",
        &["export_target_number"],
        13,
        Content::Indicator(|indicator| {
            number(indicator.target_measure.as_ref().map(|measure| measure.number))
        }),
    ),
    (
        "target_unit",
        &["export_target_unit"],
        13,
        Content::Indicator(|indicator| {
            let measure = indicator.target_measure.as_ref();
            text(measure.and_then(|measure| measure.unit.as_deref()))
        }),
    ),
    (
        "basis",
        &["basis"],
        26,
        Content::Indicator(|indicator| text(indicator.basis.as_deref())),
    ),
];

/// The width of a column of a form's own field.
const OWN_WIDTH: u8 = 24;

fn text(text: Option<&str>) -> Cell<'_> {
    match text {
        None | Some("") => Cell::Blank,
        Some(text) => Cell::Text(text.into()),
    }
}

fn number(number: Option<Decimal>) -> Cell<'static> {
    number.map_or(Cell::Blank, Cell::Number)
}

fn wan_yuan(project: &Project, amount: Option<Decimal>) -> Cell<'static> {
    number(amount.and_then(|amount| in_wan_yuan(amount, project.amount_unit.as_deref())))
}

/// The texts of a list, a line each.
fn lines(list: &[String]) -> Cell<'_> {
    match list {
        [] => Cell::Blank,
        [only] => text(Some(only)),
        _ => Cell::Text(list.join("\n").into()),
    }
}

fn contents(department: &Department) -> Cell<'_> {
    let lines: Vec<String> = department
        .contents
        .iter()
        .map(|entry| {
            format!("{} {}", entry.text, entry.page.as_deref().unwrap_or_default())
                .trim_end()
                .to_owned()
        })
        .collect();
    if lines.is_empty() {
        Cell::Blank
    } else {
        Cell::Text(lines.join("\n").into())
    }
}

/// All milestones with their percentages as printed.
fn spending_plan(project: &Project) -> Cell<'_> {
    let milestone = |milestone: &Milestone| match milestone.percent.as_deref() {
        None | Some("") => milestone.milestone.clone(),
        Some(percent) => format!("{} {percent}", milestone.milestone),
    };
    let milestones: Vec<String> = project.spending_plan.iter().map(milestone).collect();
    if milestones.is_empty() {
        Cell::Blank
    } else {
        Cell::Text(milestones.join("; ").into())
    }
}

/// The last percentage that is a number.
fn last_percent(project: &Project) -> Cell<'_> {
    let mut percents = project.spending_plan.iter().rev();
    number(percents.find_map(|milestone| milestone.percent_decimal))
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtLeast => "≥",
        Comparison::AtMost => "≤",
        Comparison::MoreThan => ">",
        Comparison::LessThan => "<",
        Comparison::Equal => "=",
    }
}

impl Columns {
    /// The columns for the forms of a vocabulary: those that every table has, and one for each field that a
    /// form has of its own. With `narrative` also the texts of the cover, the narrative and the contents, which
    /// are the same in all rows of a department.
    #[must_use]
    pub fn new(vocabulary: &Vocabulary, heads: Heads, narrative: bool) -> Self {
        let built_in = Vocabulary::built_in();
        let printed = |name: &str| printed(vocabulary, name).or_else(|| printed(&built_in, name));
        let mut columns = Self {
            title: match heads {
                Heads::Labels => printed("export").unwrap_or_default().to_owned(),
                Heads::Fields => "indicators".to_owned(),
            },
            list: Vec::new(),
        };
        let own: BTreeSet<&str> = vocabulary.forms.iter().flat_map(Form::own_fields).collect();
        let groups = [DEPARTMENT, if narrative { NARRATIVE } else { &[] }, PROJECT];
        let others = std::slice::from_ref(&OTHER_FIELDS);
        let before = groups.into_iter().flatten().map(Wanted::Known);
        let own = own.into_iter().map(Wanted::Own);
        let after = others.iter().chain(INDICATOR).map(Wanted::Known);
        for wanted in before.chain(own).chain(after) {
            let (name, label, width, content) = match wanted {
                Wanted::Known((name, labels, width, content)) => (
                    (*name).to_owned(),
                    labels.iter().find_map(|label| printed(label)),
                    *width,
                    content.clone(),
                ),
                Wanted::Own(field) => {
                    let all = [DEPARTMENT, NARRATIVE, PROJECT, others, INDICATOR];
                    let is_known = all.iter().copied().flatten().any(|(name, ..)| *name == field);
                    let name = format!("{}{field}", if is_known { OWN_FIELD } else { "" });
                    (
                        name,
                        printed_in_forms(vocabulary, field),
                        OWN_WIDTH,
                        Content::Own(field.to_owned()),
                    )
                }
            };
            let is_free = |head: &str| columns.list.iter().all(|column| column.head != head);
            let head = match label.filter(|_| heads == Heads::Labels) {
                Some(label) if is_free(label) => label.to_owned(),
                Some(label) => format!("{label}（{name}）"),
                None => name.clone(),
            };
            columns.list.push(Column {
                name,
                head,
                width,
                content,
            });
        }
        columns
    }

    /// The columns from left to right.
    #[must_use]
    pub fn list(&self) -> &[Column] {
        &self.list
    }

    /// What the table is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Gives out the rows of a department that was read from `source`: one for each indicator, one for a
    /// project without any, and one for a department without projects, so that each is in the table. Projects
    /// come in their order.
    ///
    /// # Errors
    ///
    /// The first error of `take`.
    pub fn each_row<'a, E>(
        &'a self,
        source: &'a str,
        department: &'a Department,
        mut take: impl FnMut(&[Cell<'a>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut row: Vec<Cell<'a>> = self
            .list
            .iter()
            .map(|column| match column.content {
                Content::Source => text(Some(source)),
                Content::Department(cell) => cell(department),
                _ => Cell::Blank,
            })
            .collect();
        if department.projects.is_empty() {
            return take(&row);
        }
        for project in &department.projects {
            for (cell, column) in row.iter_mut().zip(&self.list) {
                match &column.content {
                    Content::Project(own) => *cell = own(project),
                    Content::Own(field) => *cell = text(project.fields.get(field).map(String::as_str)),
                    Content::OtherFields => *cell = self.other_fields(project),
                    Content::IndicatorNumber | Content::Indicator(_) => *cell = Cell::Blank,
                    Content::Source | Content::Department(_) => {}
                }
            }
            if project.indicators.is_empty() {
                take(&row)?;
            }
            for (indicator, number) in project.indicators.iter().zip(1_u64..) {
                for (cell, column) in row.iter_mut().zip(&self.list) {
                    match column.content {
                        Content::IndicatorNumber => *cell = Cell::Number(number.into()),
                        Content::Indicator(own) => *cell = own(indicator),
                        _ => {}
                    }
                }
                take(&row)?;
            }
        }
        Ok(())
    }

    /// The fields of a project that no label table knows, a line each with its name.
    fn other_fields(&self, project: &Project) -> Cell<'static> {
        let is_known = |field: &str| {
            let mut columns = self.list.iter();
            columns.any(|column| matches!(&column.content, Content::Own(own) if own == field))
        };
        let others = project.fields.iter().filter(|(field, _)| !is_known(field));
        let others: Vec<String> = others.map(|(field, text)| format!("{field}: {text}")).collect();
        if others.is_empty() {
            Cell::Blank
        } else {
            Cell::Text(others.join("\n").into())
        }
    }
}

/// A column to be made.
enum Wanted<'a> {
    Known(&'a Known),
    Own(&'a str),
}

/// The label of that name, that of the document before those of the forms.
fn printed<'a>(vocabulary: &'a Vocabulary, name: &str) -> Option<&'a str> {
    let own = Some(vocabulary.document.printed(name)).filter(|label| !label.is_empty());
    own.or_else(|| printed_in_forms(vocabulary, name))
}

/// The label of that name in the first form that has it.
fn printed_in_forms<'a>(vocabulary: &'a Vocabulary, name: &str) -> Option<&'a str> {
    let mut labels = vocabulary.forms.iter().map(|form| form.labels.printed(name));
    labels.find(|label| !label.is_empty())
}

#[cfg(test)]
mod tests;
