//! Whether everything found its place: values of a project that its sheet does not show, and
//! fields of an asked-for form that the project has no value for.
//!
//! Architecture invariant: it looks at the sheet that was made, not at the template, so it holds
//! for the forms of an office as for the built-in ones.

use std::fmt::{self, Write};

use super::view::same_name;
use crate::finding::{Code, Finding, Message};
use crate::model::{Origin, Project};
use crate::sheet::{Block, Sheet};
use crate::vocab::Form;

/// The fields of a project that are shown, in the order of the cells, with their texts.
type Shown<'s> = [(&'s str, &'s str)];

/// What `sheets`, made of the project at `index` in `form`, do not show of it; and, where it came in
/// another form, what they show blank.
pub(super) fn missing_places(index: usize, project: &Project, form: &Form, sheets: &[Sheet]) -> Vec<Finding> {
    let shown = shown_fields(&format!("projects[{index}]."), sheets);
    let mut values = Values {
        index,
        project,
        form,
        shown: &shown,
        next: 0,
        field: String::new(),
        findings: Vec::new(),
    };
    values.look_at_all();
    let mut findings = values.findings;
    if project.form.as_ref().is_some_and(|own| *own != form.name) {
        findings.extend(without_value(index, project, form, &shown));
    }
    findings
}

/// The fields below `project` that `sheets` show, with their texts.
fn shown_fields<'s>(project: &str, sheets: &'s [Sheet]) -> Vec<(&'s str, &'s str)> {
    let mut shown = Vec::new();
    let mut show = |field: &'s Option<String>, text: &'s str| {
        if let Some(field) = field.as_deref().and_then(|field| field.strip_prefix(project)) {
            shown.push((field, text));
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

/// Looks for the place of each value of a project.
struct Values<'a> {
    index: usize,
    project: &'a Project,
    form: &'a Form,
    shown: &'a Shown<'a>,
    /// Where in `shown` to look first: values and cells mostly stand in the same order.
    next: usize,
    /// The path of the value below the project, kept to be written anew.
    field: String,
    findings: Vec<Finding>,
}

impl Values<'_> {
    fn look_at_all(&mut self) {
        let project = self.project;
        let own = &project.origins;
        for (name, text) in [
            ("unit_code", &project.unit_code),
            ("unit_name", &project.unit_name),
            ("code", &project.code),
            ("name", &project.name),
            ("purpose", &project.purpose),
        ] {
            self.look_at(format_args!("{name}"), text.as_deref(), own.get(name));
        }
        // The unit of the amounts says nothing where there are no amounts.
        if self.shown.iter().any(|(field, _)| field.starts_with("budget.")) {
            let unit = project.amount_unit.as_deref();
            self.look_at(format_args!("amount_unit"), unit, own.get("amount_unit"));
        }
        let budget = &project.budget;
        for (name, text) in [
            ("total", &budget.total),
            ("fiscal", &budget.fiscal),
            ("other", &budget.other),
        ] {
            let origin = budget.origins.get(name);
            self.look_at(format_args!("budget.{name}"), text.as_deref(), origin);
        }
        for (at, milestone) in project.spending_plan.iter().enumerate() {
            self.look_at(
                format_args!("spending_plan[{at}].percent"),
                milestone.percent.as_deref(),
                milestone.origins.get("percent"),
            );
        }
        for (name, text) in &project.fields {
            let field = format!("fields.{name}");
            let origin = own.get(&field);
            self.look_at(format_args!("{field}"), Some(text), origin);
        }
        // The goals may be shown together or one by one.
        if !self.shown.iter().any(|(field, _)| field.starts_with("goals")) {
            let goal = project.goals.first().map(String::as_str);
            self.look_at(format_args!("goals"), goal, own.get("goals[0]"));
        }
        let mut above = None;
        for (at, row) in project.indicators.iter().enumerate() {
            // A level 1 below an equal one is shown by the cell above.
            let level1 = row.level1.as_deref();
            let covered = level1
                .zip(above)
                .is_some_and(|(own, above)| same_name(own, above));
            if !covered {
                let origin = row.origins.get("level1");
                self.look_at(format_args!("indicators[{at}].level1"), level1, origin);
            }
            above = level1;
            for (name, text) in [
                ("level2", &row.level2),
                ("level3", &row.level3),
                ("description", &row.description),
                ("target", &row.target),
                ("basis", &row.basis),
            ] {
                let origin = row.origins.get(name);
                self.look_at(format_args!("indicators[{at}].{name}"), text.as_deref(), origin);
            }
        }
    }

    fn look_at(&mut self, field: fmt::Arguments<'_>, text: Option<&str>, origin: Option<Origin>) {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return;
        };
        self.field.clear();
        // Writing to a string cannot fail.
        let _ = self.field.write_fmt(field);
        let (before, after) = self.shown.split_at(self.next.min(self.shown.len()));
        let is_shown = after
            .iter()
            .chain(before)
            .position(|(field, _)| *field == self.field);
        if let Some(distance) = is_shown {
            self.next = (self.next + distance + 1) % self.shown.len();
        } else {
            let finding = self.without_place(text);
            self.findings
                .push(finding.at_some(origin.map(|origin| origin.place)));
        }
    }

    /// The finding of a value that the form has no place for.
    fn without_place(&self, text: &str) -> Finding {
        // The finding names its field; only a milestone has a name of its own.
        let milestone = milestone_of(self.project, &self.field);
        let form = &self.form.name;
        let (zh, en, quote) = match milestone {
            Some(milestone) => (
                format!("表样 {form} 中没有“{milestone}”的位置。"),
                format!("The form {form} has no place for {milestone}."),
                format!("{milestone} {text}"),
            ),
            None => (
                format!("表样 {form} 中没有这一栏的位置。"),
                format!("The form {form} has no place for this field."),
                text.to_owned(),
            ),
        };
        Finding::new(Code::FillWithoutPlace, Message::new(zh, en))
            .in_form(self.project.number)
            .on_field(format!("projects[{}].{}", self.index, self.field))
            .quoting(quote)
    }
}

/// The milestone whose percentage `field` is.
fn milestone_of<'p>(project: &'p Project, field: &str) -> Option<&'p str> {
    let index = field.strip_prefix("spending_plan[")?.strip_suffix("].percent")?;
    let milestone = project.spending_plan.get(index.parse::<usize>().ok()?)?;
    Some(&milestone.milestone)
}

/// The findings of what `form` shows blank: its milestones together, its fields one by one. A
/// blank indicator cell is as blank in any form and is not named.
fn without_value(index: usize, project: &Project, form: &Form, shown: &Shown<'_>) -> Vec<Finding> {
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
    let mut fields: Vec<&str> = shown
        .iter()
        .filter(|(field, text)| {
            text.is_empty() && !field.starts_with("indicators[") && !field.starts_with("spending_plan[")
        })
        .map(|&(field, _)| field)
        .collect();
    fields.sort_unstable();
    fields.dedup();
    let mut findings: Vec<_> = fields
        .into_iter()
        .map(|field| {
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
