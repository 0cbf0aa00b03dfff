//! A sheet of an edited workbook that is not as it was written, read by its labels as any document is.

use crate::blocks::Grid;
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Narrative, Project};
use crate::parse;
use crate::source::is_blank;
use crate::vocab::Vocabulary;

/// Reads the forms on a sheet, and its narrative into `department`; `known` is the project that the sheet
/// was made from, whose texts count where the sheet says the same.
pub(super) fn read(
    grid: &Grid,
    vocabulary: &Vocabulary,
    known: Option<&Project>,
    department: &mut Department,
    findings: &mut Vec<Finding>,
) -> Vec<Project> {
    if grid.cells().next().is_none() {
        return Vec::new();
    }
    let (document, opened) = grid.document();
    let parsed = parse::read_opened(&document, opened, vocabulary);
    let (read, told) = (
        parsed.departments.into_iter().next(),
        parsed.findings.into_iter().next(),
    );
    let Some(mut read) = read else {
        let text = grid.cells().next().map_or("", |cell| cell.text);
        findings.push(
            Finding::new(
                Code::TextUnplaced,
                Message::new(
                    format!("工作表“{}”不是绩效目标表，未读取；重新生成的工作簿中不会有。", grid.name()),
                    format!(
                        "The sheet {:?} holds no form and was not read; it will not be in the workbook made anew.",
                        grid.name()
                    ),
                ),
            )
            .at(grid.place(0, 0))
            .quoting(text),
        );
        return Vec::new();
    };
    // What a document lacks as a whole does not concern one of its sheets.
    let of_whole = [
        Code::CoverMissing,
        Code::NarrativeMissing,
        Code::DepartmentMissing,
        Code::DepartmentInferred,
        Code::YearMissing,
        Code::YearInferred,
        Code::NoForm,
    ];
    let told = told
        .unwrap_or_default()
        .into_iter()
        .chain(parsed.document_findings);
    findings.extend(told.filter(|finding| !of_whole.contains(&finding.code)));
    if read.narrative != Narrative::default() {
        settle_narrative(&department.narrative.clone(), &mut read.narrative);
        department.narrative = read.narrative;
    }
    let mut projects = read.projects;
    if let (Some(known), Some(first)) = (known, projects.first_mut()) {
        settle(known, first);
    }
    projects
}

fn is_alike(one: &str, other: &str) -> bool {
    let seen = |c: &char| !is_blank(*c);
    one.chars().filter(seen).eq(other.chars().filter(seen))
}

/// Gives the paragraphs that are alike to known ones as they are printed there.
fn settle_narrative(known: &Narrative, narrative: &mut Narrative) {
    let known = [&known.overall_target, &known.itemized_targets, &known.safeguards];
    for name in Narrative::SECTIONS {
        for text in narrative.section_mut(name).into_iter().flatten() {
            let mut all = known.into_iter().flatten();
            if let Some(same) = all.find(|known| is_alike(known, text)) {
                text.clone_from(same);
            }
        }
    }
}

/// Gives the texts of a project that are alike to those of a known one as they are printed there.
fn settle(known: &Project, project: &mut Project) {
    let mut fields: Vec<String> = [
        "title",
        "unit_code",
        "unit_name",
        "amount_unit",
        "code",
        "name",
        "purpose",
        "budget.total",
        "budget.fiscal",
        "budget.other",
    ]
    .map(str::to_owned)
    .to_vec();
    fields.extend(project.fields.keys().map(|name| format!("fields.{name}")));
    if known.spending_plan.len() == project.spending_plan.len() {
        fields.extend((0..known.spending_plan.len()).map(|at| format!("spending_plan[{at}].percent")));
    }
    for field in fields {
        let (Some(was), Some(now)) = (known.text_at(&field), project.text_at(&field)) else {
            continue;
        };
        if was != now && is_alike(&was, &now) {
            let (was, origin) = (was.into_owned(), project.origin_at(&field));
            project.set_text_at(&field, Some(was), origin);
        }
    }
    for goal in &mut project.goals {
        if let Some(same) = known.goals.iter().find(|known| is_alike(known, goal)) {
            goal.clone_from(same);
        }
    }
    for row in &mut project.indicators {
        let texts = |row: &crate::model::Indicator| {
            let texts = [
                &row.level1,
                &row.level2,
                &row.level3,
                &row.description,
                &row.target,
                &row.basis,
            ];
            texts.map(|text| text.clone().unwrap_or_default())
        };
        let now = texts(row);
        let same = known.indicators.iter().find(|known| {
            let known = texts(known);
            known.iter().zip(&now).all(|(known, now)| is_alike(known, now))
        });
        if let Some(same) = same {
            let origins = std::mem::take(&mut row.origins);
            *row = same.clone();
            row.origins = origins;
        }
    }
    if project.title.is_some() && known.title.is_none() {
        project.title = None;
    }
    project.form.clone_from(&known.form);
}
