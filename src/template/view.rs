//! What templates see: the model made ready for printing. Blanks are empty texts, spaces that do
//! not belong are gone, rows know what they are merged with, and everything names its field.
//!
//! Architecture invariant: a view only reads the model, and adds no text that is not in the model
//! or the label tables.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Title;
use super::overview::{
    FindingView, FindingsView, MOST_FINDINGS, MilestoneSum, PlanView, PlansView, SumView, sums,
};
use super::printed::{printed, printed_on_one_line};
use super::tally::{Tally, amount, total};
use crate::model::{Department, Indicator, Milestone, Project, in_wan_yuan};
use crate::vocab::{Form, Labels};

/// The department, as all templates see it.
#[derive(Serialize)]
pub(super) struct DepartmentView<'a> {
    pub(super) department: Cow<'a, str>,
    year: String,
    pub(super) cover_title: Cow<'a, str>,
    pub(super) compiled_by: Cow<'a, str>,
    reviewed_by: Cow<'a, str>,
    narrative: NarrativeView<'a>,
    projects: Vec<ProjectHead<'a>>,
}

#[derive(Serialize)]
struct NarrativeView<'a> {
    /// Whether there is any paragraph.
    printed: bool,
    overall_target: Vec<ParagraphView<'a>>,
    itemized_targets: Vec<ParagraphView<'a>>,
    safeguards: Vec<ParagraphView<'a>>,
}

#[derive(Serialize)]
struct ParagraphView<'a> {
    text: Cow<'a, str>,
    /// Whether it is a level-2 heading, such as `（一）…`.
    heading: bool,
    field: String,
}

/// What the contents list needs of a project.
#[derive(Serialize)]
struct ProjectHead<'a> {
    number: u32,
    title: Cow<'a, str>,
    heading: String,
    id: String,
}

/// All forms together, as the template of the summary sees them.
#[derive(Serialize)]
pub(super) struct SummaryView<'a> {
    /// The unit of all amounts; empty where forms have several.
    amount_unit: Cow<'a, str>,
    rows: Vec<SummaryRow<'a>>,
    /// The number of all indicators.
    indicators: usize,
    /// The number of findings of all forms.
    findings: usize,
    /// The number of findings that concern no form.
    other_findings: usize,
    /// Whether the forms have several units of amounts, so that no column adds up.
    mixed: bool,
    /// The sums in wan yuan.
    budget: SumsView,
    /// What the bars of the chart are: `parts` where the parts of every total add up to it, else `total`;
    /// empty where the amounts cannot be compared.
    chart: &'static str,
    /// The budget units; none where there is but one.
    units: Vec<SumView>,
    /// The plan with the largest sum, whose milestones stand in `lines`.
    plan: Option<PlanView>,
    /// The other plans.
    plans: PlansView,
    kinds: FindingsView,
    /// The number of all forms.
    forms: usize,
    /// The milestones of the plan, the numbers of indicators and the kinds of findings side by side.
    lines: Vec<LineView<'a>>,
}

/// A row of milestones, indicators and findings; the shorter lists are filled up with nothing.
#[derive(Serialize)]
struct LineView<'a> {
    milestone: Option<MilestoneSum>,
    level: Option<LevelView<'a>>,
    kind: Option<FindingView>,
}

/// The sums of all forms.
#[derive(Serialize)]
struct SumsView {
    total: String,
    fiscal: String,
    other: String,
}

/// The indicators of one level 1 and level 2.
#[derive(Serialize)]
struct LevelView<'a> {
    level1: Cow<'a, str>,
    level2: Cow<'a, str>,
    indicators: usize,
}

/// One form in the summary.
#[derive(Serialize)]
struct SummaryRow<'a> {
    /// Empty where it has none.
    number: String,
    /// Number and shortened name.
    short: String,
    id: String,
    field: String,
    code: Cow<'a, str>,
    name: Cow<'a, str>,
    budget: BudgetView<'a>,
    /// The cumulative percentages; none where all are blank.
    plan: Vec<Cow<'a, str>>,
    indicators: usize,
    findings: usize,
}

/// A project, as the template of its form sees it.
#[derive(Serialize)]
pub(super) struct ProjectView<'a> {
    number: u32,
    title: Cow<'a, str>,
    /// Number and title, on one line.
    heading: String,
    /// The id of its section.
    id: String,
    /// The path of the project in the model, such as `projects[0]`.
    field: String,
    unit_code: Cow<'a, str>,
    unit_name: Cow<'a, str>,
    amount_unit: Cow<'a, str>,
    code: Cow<'a, str>,
    name: Cow<'a, str>,
    budget: BudgetView<'a>,
    purpose: Cow<'a, str>,
    spending_plan: Vec<MilestoneView<'a>>,
    goals: String,
    indicators: Vec<IndicatorView<'a>>,
    /// The fields of the form's own, by the names of its label table.
    fields: BTreeMap<&'a str, Cow<'a, str>>,
}

#[derive(Serialize)]
struct BudgetView<'a> {
    total: Cow<'a, str>,
    fiscal: Cow<'a, str>,
    other: Cow<'a, str>,
}

#[derive(Serialize)]
struct MilestoneView<'a> {
    milestone: &'a str,
    percent: Cow<'a, str>,
    /// Where the project has no such milestone, that of one to be added: `spending_plan[+3月底].percent`.
    field: String,
}

#[derive(Serialize)]
struct IndicatorView<'a> {
    level1: Cow<'a, str>,
    /// How many rows the level-1 cell spans; 0 where the row is covered by the cell above.
    level1_rows: usize,
    level2: Cow<'a, str>,
    level3: Cow<'a, str>,
    description: Cow<'a, str>,
    target: Cow<'a, str>,
    basis: Cow<'a, str>,
    field: String,
}

impl<'a> DepartmentView<'a> {
    /// Makes the view; `title_ending` gives what the title of a project without one ends with.
    pub(super) fn new(
        department: &'a Department,
        labels: &'a Labels,
        title_ending: impl Fn(&Project) -> &'a str,
    ) -> Self {
        let narrative = &department.narrative;
        let paragraphs = |section: &str, texts: &'a [String]| -> Vec<_> {
            texts
                .iter()
                .enumerate()
                .map(|(index, text)| {
                    let text = printed(text);
                    ParagraphView {
                        heading: is_level2_heading(&text),
                        text,
                        field: format!("narrative.{section}[{index}]"),
                    }
                })
                .collect()
        };
        let narrative = NarrativeView {
            printed: !(narrative.overall_target.is_empty()
                && narrative.itemized_targets.is_empty()
                && narrative.safeguards.is_empty()),
            overall_target: paragraphs("overall_target", &narrative.overall_target),
            itemized_targets: paragraphs("itemized_targets", &narrative.itemized_targets),
            safeguards: paragraphs("safeguards", &narrative.safeguards),
        };
        let year = department.year.map(|year| year.to_string()).unwrap_or_default();
        let cover_title = match line(department.cover_title.as_deref()) {
            title if title.is_empty() => {
                let title = labels.printed("document_title");
                if year.is_empty() {
                    Cow::Borrowed(title)
                } else {
                    Cow::Owned(format!("{year}{}{title}", labels.printed("year")))
                }
            }
            title => title,
        };
        Self {
            department: line(department.department.as_deref()),
            year,
            cover_title,
            compiled_by: line(department.compiled_by.as_deref()),
            reviewed_by: line(department.reviewed_by.as_deref()),
            narrative,
            projects: department
                .projects
                .iter()
                .enumerate()
                .map(|(index, project)| {
                    let title = title(project, title_ending(project));
                    ProjectHead {
                        number: project.number,
                        heading: heading(project.number, &title),
                        title,
                        id: id(index),
                    }
                })
                .collect(),
        }
    }
}

impl<'a> SummaryView<'a> {
    /// Makes the view; `findings` are the numbers of findings of each project and of no project.
    pub(super) fn new(
        department: &'a Department,
        (findings, other_findings): (&[usize], usize),
        tally: &Tally,
        title: Option<Title>,
    ) -> Self {
        let projects = &department.projects;
        let mut units = projects
            .iter()
            .map(|project| line(project.amount_unit.as_deref()))
            .filter(|unit| !unit.is_empty());
        let unit = units.next().unwrap_or_default();
        let row = |(index, project): (usize, &'a Project)| SummaryRow {
            number: match project.number {
                0 => String::new(),
                number => number.to_string(),
            },
            short: short_name(project),
            id: id(index),
            field: format!("projects[{index}]"),
            code: line(project.code.as_deref()),
            name: line(project.name.as_deref()),
            budget: BudgetView::new(project),
            plan: plan(project),
            indicators: project.indicators.len(),
            findings: findings.get(index).copied().unwrap_or_default(),
        };
        let mixed = units.any(|other| other != unit);
        let kinds = tally.findings.iter();
        let kinds = kinds.map(|(code, count)| (code.clone(), (*count, 1))).collect();
        let mut kinds = FindingsView::new(&kinds, MOST_FINDINGS, title);
        let mut plans = PlansView::new(&tally.plans, projects.len());
        let mut plan = (!plans.shown.is_empty()).then(|| plans.shown.remove(0));
        let milestones = plan.as_mut().map(|plan| std::mem::take(&mut plan.milestones));
        let mut milestones = milestones.unwrap_or_default().into_iter();
        let (mut levels, mut shown) = (levels(projects).into_iter(), kinds.shown.drain(..));
        let lines = std::iter::from_fn(|| {
            let line = LineView {
                milestone: milestones.next(),
                level: levels.next(),
                kind: shown.next(),
            };
            let is_any = line.milestone.is_some() || line.level.is_some() || line.kind.is_some();
            is_any.then_some(line)
        });
        let lines = lines.collect();
        drop(shown);
        let sum = |part: fn(&Project) -> Option<Decimal>| {
            let sum = projects.iter().filter_map(part);
            let sum = sum.reduce(Decimal::saturating_add);
            sum.map(amount).unwrap_or_default()
        };
        Self {
            mixed,
            budget: SumsView {
                total: sum(total),
                fiscal: sum(|project| {
                    in_wan_yuan(project.budget.fiscal_decimal?, project.amount_unit.as_deref())
                }),
                other: sum(|project| {
                    in_wan_yuan(project.budget.other_decimal?, project.amount_unit.as_deref())
                }),
            },
            chart: match projects.iter().all(parts_add_up) {
                _ if mixed => "",
                true => "parts",
                false => "total",
            },
            units: sums(tally.units.clone()),
            plan,
            plans,
            lines,
            forms: projects.len(),
            kinds,
            amount_unit: if mixed { Cow::Borrowed("") } else { unit },
            rows: projects.iter().enumerate().map(row).collect(),
            indicators: projects.iter().map(|project| project.indicators.len()).sum(),
            findings: findings.iter().sum(),
            other_findings,
        }
    }
}

/// Whether the parts of a total are printed and come to it; whether there is no total.
fn parts_add_up(project: &Project) -> bool {
    let budget = &project.budget;
    let parts = [budget.fiscal_decimal, budget.other_decimal];
    let sum = parts.into_iter().flatten().reduce(Decimal::saturating_add);
    budget.total_decimal == sum
}

/// The numbers of indicators by level 1 and 2; those beyond the most are counted in a last one without
/// names.
fn levels(projects: &[Project]) -> Vec<LevelView<'_>> {
    const MOST_LEVELS: usize = 16;
    let mut views: Vec<LevelView<'_>> = Vec::new();
    for row in projects.iter().flat_map(|project| &project.indicators) {
        let (level1, level2) = (line(row.level1.as_deref()), line(row.level2.as_deref()));
        let known = views
            .iter_mut()
            .find(|known| known.level1 == level1 && known.level2 == level2);
        match known {
            Some(known) => known.indicators += 1,
            None => views.push(LevelView {
                level1,
                level2,
                indicators: 1,
            }),
        }
    }
    if views.len() > MOST_LEVELS {
        let rest = views.drain(MOST_LEVELS - 1..).map(|level| level.indicators).sum();
        views.push(LevelView {
            level1: Cow::Borrowed("…"),
            level2: Cow::Borrowed(""),
            indicators: rest,
        });
    }
    views
}

impl<'a> BudgetView<'a> {
    fn new(project: &'a Project) -> Self {
        Self {
            total: line(project.budget.total.as_deref()),
            fiscal: line(project.budget.fiscal.as_deref()),
            other: line(project.budget.other.as_deref()),
        }
    }
}

impl<'a> ProjectView<'a> {
    /// Makes the view of the project at `index` for `form`.
    pub(super) fn new(index: usize, project: &'a Project, form: &'a Form) -> Self {
        let field = format!("projects[{index}]");
        let title = title(project, form_title(form));
        Self {
            number: project.number,
            heading: heading(project.number, &title),
            title,
            id: id(index),
            unit_code: line(project.unit_code.as_deref()),
            unit_name: line(project.unit_name.as_deref()),
            amount_unit: line(project.amount_unit.as_deref()),
            code: line(project.code.as_deref()),
            name: line(project.name.as_deref()),
            budget: BudgetView::new(project),
            purpose: text(project.purpose.as_deref()),
            spending_plan: form
                .milestones
                .iter()
                .map(|name| {
                    let own = milestone(project, name);
                    MilestoneView {
                        milestone: name,
                        percent: line(own.and_then(|(_, own)| own.percent.as_deref())),
                        field: own.map_or_else(
                            || format!("{field}.spending_plan[+{name}].percent"),
                            |(at, _)| format!("{field}.spending_plan[{at}].percent"),
                        ),
                    }
                })
                .collect(),
            goals: project
                .goals
                .iter()
                .map(|goal| printed(goal))
                .collect::<Vec<_>>()
                .join("\n"),
            indicators: indicators(&project.indicators, &field),
            fields: form
                .own_fields()
                .map(|name| (name, text(project.fields.get(name).map(String::as_str))))
                .collect(),
            field,
        }
    }
}

/// What titles of `form` end with.
pub(super) fn form_title(form: &Form) -> &str {
    form.title.first().map_or("", String::as_str)
}

/// The milestone of `project` that is named `name`, and its index.
pub(super) fn milestone<'p>(project: &'p Project, name: &str) -> Option<(usize, &'p Milestone)> {
    project
        .spending_plan
        .iter()
        .enumerate()
        .find(|(_, milestone)| same_name(&milestone.milestone, name))
}

/// Whether two names are equal but for white space.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let is_printed = |c: &char| !c.is_whitespace();
    a == b || a.chars().filter(is_printed).eq(b.chars().filter(is_printed))
}

/// For each row how many rows its level-1 cell spans, 0 where it is covered: equal names in a row
/// are one cell, blank ones are not.
fn indicators<'a>(rows: &'a [Indicator], project: &str) -> Vec<IndicatorView<'a>> {
    let mut views: Vec<IndicatorView<'a>> = Vec::with_capacity(rows.len());
    let mut first = 0;
    for (index, row) in rows.iter().enumerate() {
        let level1 = line(row.level1.as_deref());
        let covered = index > 0 && !level1.is_empty() && views[first].level1 == level1;
        if covered {
            views[first].level1_rows += 1;
        } else {
            first = index;
        }
        views.push(IndicatorView {
            level1,
            level1_rows: usize::from(!covered),
            level2: line(row.level2.as_deref()),
            level3: text(row.level3.as_deref()),
            description: text(row.description.as_deref()),
            target: text(row.target.as_deref()),
            basis: text(row.basis.as_deref()),
            field: format!("{project}.indicators[{index}]"),
        });
    }
    views
}

fn text(value: Option<&str>) -> Cow<'_, str> {
    printed(value.unwrap_or_default())
}

fn line(value: Option<&str>) -> Cow<'_, str> {
    printed_on_one_line(value.unwrap_or_default())
}

fn title<'a>(project: &'a Project, ending: &'a str) -> Cow<'a, str> {
    match line(project.title.as_deref()) {
        title if title.is_empty() => {
            let mut title = line(project.name.as_deref());
            title.to_mut().push_str(ending);
            title
        }
        title => title,
    }
}

fn heading(number: u32, title: &str) -> String {
    if number == 0 {
        title.to_owned()
    } else {
        format!("{number}.{title}")
    }
}

/// The cumulative percentages of a project; none where all are blank.
fn plan(project: &Project) -> Vec<Cow<'_, str>> {
    let percents = || {
        project
            .spending_plan
            .iter()
            .map(|own| line(own.percent.as_deref()))
    };
    if percents().all(|percent| percent.is_empty()) {
        Vec::new()
    } else {
        percents().collect()
    }
}

/// Number and name, short enough to stand beside a bar: of a long name the beginning and the end, as long
/// names begin alike.
fn short_name(project: &Project) -> String {
    const MOST_CHARACTERS: usize = 13;
    const KEPT: usize = 6;
    let name = line(project.name.as_deref());
    let count = name.chars().count();
    let short = if count <= MOST_CHARACTERS {
        name.into_owned()
    } else {
        let head = name.chars().take(KEPT);
        let tail = name.chars().skip(count - KEPT);
        head.chain(std::iter::once('…')).chain(tail).collect()
    };
    heading(project.number, &short)
}

fn id(index: usize) -> String {
    format!("form-{}", index + 1)
}

/// Whether a paragraph is only a heading such as `（一）…`: short and not a sentence.
fn is_level2_heading(text: &str) -> bool {
    const LONGEST_HEADING: usize = 32;
    const NUMERALS: &str = "一二三四五六七八九十";
    let Some(rest) = text.strip_prefix(['（', '(']) else {
        return false;
    };
    let after = rest.trim_start_matches(|c| NUMERALS.contains(c));
    let Some(words) = after.strip_prefix(['）', ')']) else {
        return false;
    };
    after.len() < rest.len()
        && !words.is_empty()
        && words.chars().count() <= LONGEST_HEADING
        && !words.contains(['。', '；', '！', '？', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level1_cells_span_equal_neighbours_only() {
        let row = |level1: Option<&str>| Indicator {
            level1: level1.map(str::to_owned),
            ..Indicator::default()
        };
        let rows = [
            row(Some("产出指标")),
            row(Some("产出 指标")),
            row(None),
            row(None),
            row(Some("效益指标")),
            row(Some("产出指标")),
        ];
        let spans: Vec<_> = indicators(&rows, "projects[0]")
            .iter()
            .map(|row| row.level1_rows)
            .collect();
        assert_eq!(spans, [2, 0, 1, 1, 1, 1]);
    }

    #[test]
    fn level2_headings_are_short_and_no_sentences() {
        for heading in ["（一）阅读推广", "(十二)馆舍维护", "（四）综合业务："] {
            assert!(is_level2_heading(heading), "{heading}");
        }
        for text in [
            "（一）加强管理。",
            "一、阅读推广",
            "（一）",
            "（1）阅读",
            "（甲）阅读",
            "阅读（一）",
        ] {
            assert!(!is_level2_heading(text), "{text}");
        }
    }

    #[test]
    fn a_title_is_made_where_there_is_none() {
        let project = Project {
            number: 3,
            name: Some("2025 年馆舍维修".to_owned()),
            ..Project::default()
        };
        let title = title(&project, "绩效目标表");
        assert_eq!(heading(project.number, &title), "3.2025年馆舍维修绩效目标表");
        assert_eq!(heading(0, &title), "2025年馆舍维修绩效目标表");
    }
}
