//! Whether everything found its place: values of a project that its sheet does not show, and
//! fields of an asked-for form that the project has no value for.
//!
//! Architecture invariant: it looks at the sheet that was made, not at the template, so it holds
//! for the forms of an office as for the built-in ones.

use std::collections::BTreeMap;

use super::view::same_name;
use crate::finding::{Code, Finding, Message};
use crate::model::{Origin, Place, Project};
use crate::sheet::{Block, Sheet};
use crate::vocab::Form;

/// A value of a project.
struct Value<'a> {
    /// Its path below the project, such as `budget.total`.
    field: String,
    text: &'a str,
    place: Option<Place>,
}

/// What `sheets`, made of the project at `index` in `form`, do not show of it; and, where it came in
/// another form, what they show blank.
pub(super) fn missing_places(index: usize, project: &Project, form: &Form, sheets: &[Sheet]) -> Vec<Finding> {
    let shown = shown_fields(&format!("projects[{index}]."), sheets);
    let mut findings = Vec::new();
    let shows_amounts = shown.keys().any(|field| field.starts_with("budget."));
    let shows_goals = shown.keys().any(|field| field.starts_with("goals"));
    for value in values(project) {
        let is_shown = shown.contains_key(value.field.as_str())
            // The unit of the amounts says nothing where there are no amounts.
            || (value.field == "amount_unit" && !shows_amounts)
            || (value.field == "goals" && shows_goals);
        if !is_shown {
            findings.push(without_place(index, project, form, value));
        }
    }
    if project.form.as_ref().is_some_and(|own| *own != form.name) {
        findings.extend(without_value(index, project, form, &shown));
    }
    findings
}

/// The fields below `project` that `sheets` show, with their texts.
fn shown_fields<'s>(project: &str, sheets: &'s [Sheet]) -> BTreeMap<&'s str, &'s str> {
    let mut shown = BTreeMap::new();
    let mut show = |field: &'s Option<String>, text: &'s str| {
        if let Some(field) = field.as_deref().and_then(|field| field.strip_prefix(project)) {
            shown.insert(field, text);
        }
    };
    for block in sheets.iter().flat_map(|sheet| &sheet.blocks) {
        match block {
            Block::Text(text) => show(&text.field, &text.text),
            Block::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    show(&cell.field, &cell.text);
                }
            }
        }
    }
    shown
}

/// All values of a project that are not blank.
fn values(project: &Project) -> Vec<Value<'_>> {
    let mut values = Values(Vec::with_capacity(16 + 6 * project.indicators.len()));
    let own = &project.origins;
    values.push(
        "unit_code".into(),
        project.unit_code.as_deref(),
        own.get("unit_code"),
    );
    values.push(
        "unit_name".into(),
        project.unit_name.as_deref(),
        own.get("unit_name"),
    );
    values.push(
        "amount_unit".into(),
        project.amount_unit.as_deref(),
        own.get("amount_unit"),
    );
    values.push("code".into(), project.code.as_deref(), own.get("code"));
    values.push("name".into(), project.name.as_deref(), own.get("name"));
    let budget = &project.budget;
    for (name, amount) in [
        ("total", &budget.total),
        ("fiscal", &budget.fiscal),
        ("other", &budget.other),
    ] {
        values.push(
            format!("budget.{name}"),
            amount.as_deref(),
            budget.origins.get(name),
        );
    }
    values.push("purpose".into(), project.purpose.as_deref(), own.get("purpose"));
    for (at, milestone) in project.spending_plan.iter().enumerate() {
        values.push(
            format!("spending_plan[{at}].percent"),
            milestone.percent.as_deref(),
            milestone.origins.get("percent"),
        );
    }
    values.push(
        "goals".into(),
        project.goals.first().map(String::as_str),
        own.get("goals[0]"),
    );
    let mut above = None;
    for (at, row) in project.indicators.iter().enumerate() {
        let level1 = row.level1.as_deref();
        // A level 1 below an equal one is shown by the cell above.
        if level1 != above {
            values.push(
                format!("indicators[{at}].level1"),
                level1,
                row.origins.get("level1"),
            );
        }
        above = level1;
        for (name, text) in [
            ("level2", &row.level2),
            ("level3", &row.level3),
            ("description", &row.description),
            ("target", &row.target),
            ("basis", &row.basis),
        ] {
            values.push(
                format!("indicators[{at}].{name}"),
                text.as_deref(),
                row.origins.get(name),
            );
        }
    }
    values.0
}

struct Values<'a>(Vec<Value<'a>>);

impl<'a> Values<'a> {
    fn push(&mut self, field: String, text: Option<&'a str>, origin: Option<&Origin>) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.0.push(Value {
                field,
                text,
                place: origin.map(|origin| origin.place),
            });
        }
    }
}

/// The finding of a value that `form` has no place for.
fn without_place(index: usize, project: &Project, form: &Form, value: Value<'_>) -> Finding {
    let (name, quote) = match milestone_of(project, &value.field) {
        Some(milestone) => (milestone.to_owned(), format!("{milestone} {}", value.text)),
        None => (value.field.clone(), value.text.to_owned()),
    };
    let form_name = &form.name;
    Finding::new(
        Code::FillWithoutPlace,
        Message::new(
            format!("表样 {form_name} 中没有“{name}”的位置。"),
            format!("The form {form_name} has no place for {name}."),
        ),
    )
    .in_form(project.number)
    .on_field(format!("projects[{index}].{}", value.field))
    .quoting(quote)
    .at_some(value.place)
}

/// The milestone whose percentage `field` is.
fn milestone_of<'p>(project: &'p Project, field: &str) -> Option<&'p str> {
    let index = field.strip_prefix("spending_plan[")?.strip_suffix("].percent")?;
    let milestone = project.spending_plan.get(index.parse::<usize>().ok()?)?;
    Some(&milestone.milestone)
}

/// The findings of what `form` shows blank: its milestones together, its fields one by one. A
/// blank indicator cell is as blank in any form and is not named.
fn without_value(index: usize, project: &Project, form: &Form, shown: &BTreeMap<&str, &str>) -> Vec<Finding> {
    let form_name = &form.name;
    let finding = |field: &str, name: &str| {
        Finding::new(
            Code::FillWithoutValue,
            Message::new(
                format!("表样 {form_name} 的“{name}”没有可填的内容，留空。"),
                format!("There is nothing to fill in for {name} of the form {form_name}; it stays blank."),
            ),
        )
        .in_form(project.number)
        .on_field(format!("projects[{index}].{field}"))
    };
    let mut findings: Vec<_> = shown
        .iter()
        .filter(|(field, text)| {
            text.is_empty() && !field.starts_with("indicators[") && !field.starts_with("spending_plan[")
        })
        .map(|(field, _)| {
            let label = form.labels.printed(&field.replace('.', "_"));
            finding(field, if label.is_empty() { field } else { label })
        })
        .collect();
    let blank: Vec<&str> = form
        .milestones
        .iter()
        .filter(|name| {
            !project
                .spending_plan
                .iter()
                .any(|own| same_name(&own.milestone, name) && own.percent.is_some())
        })
        .map(String::as_str)
        .collect();
    if !blank.is_empty() {
        findings.push(finding("spending_plan", &blank.join("、")));
    }
    findings
}
