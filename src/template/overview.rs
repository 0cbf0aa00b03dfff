//! What the templates of summaries see beside their tables of forms and departments: plans, counts,
//! classes and kinds of findings, ready for printing.
//!
//! Architecture invariant: it only prints figures; it adds up none but those of one table.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Title;
use super::tally::{BatchTally, CLASSES, Level, PlanSum, Sum, amount, with_decimals};
use crate::finding::{Code, Language, Severity};

/// The most curves of a summary; of the other plans it says how many there are.
const MOST_PLANS: usize = 3;
/// The most kinds of findings that are listed.
pub(super) const MOST_FINDINGS: usize = 15;
/// The most units of a batch that are listed.
const MOST_UNITS: usize = 20;
/// The most projects of a batch that are listed.
const MOST_PROJECTS: usize = 20;

/// A kind of forms and what they come to in wan yuan.
#[derive(Serialize)]
pub(super) struct SumView {
    /// Empty for the rest, or for forms that do not say it.
    pub(super) name: String,
    pub(super) forms: usize,
    /// Empty where there is no amount.
    pub(super) total: String,
    /// The share of the sum of all, as a percentage with one decimal; empty where there is none.
    pub(super) share: String,
}

/// The plans of forms with the same milestones.
#[derive(Serialize)]
pub(super) struct PlanView {
    /// The number of forms in it.
    forms: usize,
    /// The sum of their totals in wan yuan.
    total: String,
    pub(super) milestones: Vec<MilestoneSum>,
}

/// A milestone of a plan.
#[derive(Serialize)]
pub(super) struct MilestoneSum {
    milestone: String,
    /// The cumulative percentage, with one decimal and without its sign.
    percent: String,
}

/// The plans that have a curve, and how many have none.
#[derive(Serialize)]
pub(super) struct PlansView {
    pub(super) shown: Vec<PlanView>,
    /// The number of forms in no curve.
    pub(super) other_forms: usize,
}

/// A kind of findings.
#[derive(Serialize)]
pub(super) struct FindingView {
    code: String,
    /// What it is called, where it has a title of its own; else empty.
    title: &'static str,
    /// How grave it is; empty for a kind that this version does not know.
    severity: String,
    /// What to do about it.
    help: String,
    count: usize,
    /// The number of departments.
    departments: usize,
}

/// The kinds of findings, the gravest and most frequent first.
#[derive(Serialize)]
pub(super) struct FindingsView {
    pub(super) shown: Vec<FindingView>,
    /// The number of kinds that are not listed.
    pub(super) others: usize,
    /// The number of findings of each severity: errors, warnings, missing, notes.
    pub(super) by_severity: Vec<SeverityView>,
}

#[derive(Serialize)]
pub(super) struct SeverityView {
    severity: &'static str,
    count: usize,
}

/// A project of a batch.
#[derive(Serialize)]
struct ProjectView {
    number: usize,
    department: String,
    name: String,
    total: String,
}

/// A class of projects by their totals.
#[derive(Serialize)]
struct ClassView {
    /// More than this; empty for the first class.
    from: String,
    /// Up to this; empty for the last class.
    to: String,
    forms: usize,
    total: String,
    share: String,
}

/// All that a batch comes to beside its table of departments.
#[derive(Serialize)]
pub(super) struct BatchFigures {
    /// By level: `province`, `city`, `county`, `unknown`.
    levels: Vec<SumView>,
    units: Vec<SumView>,
    classes: Vec<ClassView>,
    /// The number of forms whose total is no amount.
    unreadable: usize,
    largest: Vec<ProjectView>,
    /// How many these are.
    projects: usize,
    plans: PlansView,
    findings: FindingsView,
    /// What the review found: the kinds with a title.
    review: FindingsView,
    /// The number of departments of which these figures are not known.
    without: usize,
}

impl BatchFigures {
    pub(super) fn new(tally: &BatchTally, forms: usize) -> Self {
        let levels = [Level::Province, Level::City, Level::County, Level::Unknown];
        let names = ["province", "city", "county", "unknown"];
        let levels = levels.iter().zip(names).filter_map(|(level, name)| {
            let sum = tally.levels.get(level)?;
            Some((name.to_owned(), *sum))
        });
        let readable = Sum(
            tally.classes.iter().map(|class| class.0).sum(),
            whole(&tally.classes),
        );
        let ends: Vec<String> = CLASSES.iter().map(ToString::to_string).collect();
        let classes = tally.classes.iter().enumerate().map(|(at, sum)| ClassView {
            from: at.checked_sub(1).map_or_else(String::new, |at| ends[at].clone()),
            to: ends.get(at).cloned().unwrap_or_default(),
            forms: sum.0,
            total: amount(sum.1),
            share: share(sum.1, readable.1),
        });
        let is_titled = |name: &str| code_of(name).is_some_and(|code| titled(tally.title, code).is_some());
        let of_review = |is_wanted: bool| {
            let mut findings = tally.findings.clone();
            findings.retain(|name, _| is_titled(name) == is_wanted);
            findings
        };
        let largest = tally.largest(MOST_PROJECTS);
        let largest = largest
            .into_iter()
            .enumerate()
            .map(|(at, (department, name, total))| ProjectView {
                number: at + 1,
                department: department.to_owned(),
                name: name.to_owned(),
                total: amount(total),
            });
        Self {
            levels: sums(levels.collect()),
            units: sums(tally.units(MOST_UNITS)),
            classes: classes.collect(),
            unreadable: tally.unreadable,
            projects: largest.len(),
            largest: largest.collect(),
            plans: PlansView::new(&tally.plans(), forms),
            findings: FindingsView::new(&of_review(false), MOST_FINDINGS, tally.title),
            review: FindingsView::new(&of_review(true), usize::MAX, tally.title),
            without: tally.without,
        }
    }
}

fn code_of(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.name() == name)
}

/// What a kind of findings is called, if it has a title.
pub(super) fn titled(title: Option<Title>, code: Code) -> Option<&'static str> {
    title.and_then(|title| title(code))
}

fn whole(sums: &[Sum]) -> Decimal {
    sums.iter()
        .fold(Decimal::ZERO, |whole, sum| whole.saturating_add(sum.1))
}

/// The percentage of a part in a whole, with one decimal.
pub(super) fn share(part: Decimal, whole: Decimal) -> String {
    let share = part
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|part| part.checked_div(whole));
    share.map_or_else(String::new, |share| with_decimals(share, 1).to_string())
}

pub(super) fn sums(sums: Vec<(String, Sum)>) -> Vec<SumView> {
    let whole = sums
        .iter()
        .fold(Decimal::ZERO, |whole, (_, sum)| whole.saturating_add(sum.1));
    // Forms that come to nothing are those without an amount.
    let printed = |sum: Sum, text: String| if sum.1.is_zero() { String::new() } else { text };
    let view = |(name, sum): (String, Sum)| SumView {
        name,
        forms: sum.0,
        total: printed(sum, amount(sum.1)),
        share: printed(sum, share(sum.1, whole)),
    };
    sums.into_iter().map(view).collect()
}

impl PlansView {
    /// The plans of `forms` forms in all.
    pub(super) fn new(plans: &[PlanSum], forms: usize) -> Self {
        let shown: Vec<PlanView> = plans
            .iter()
            .take(MOST_PLANS)
            .map(|plan| PlanView {
                forms: plan.sum.0,
                total: amount(plan.sum.1),
                milestones: plan
                    .milestones
                    .iter()
                    .zip(plan.percents())
                    .map(|(milestone, percent)| MilestoneSum {
                        milestone: milestone.clone(),
                        percent: percent.to_string(),
                    })
                    .collect(),
            })
            .collect();
        let in_curves: usize = shown.iter().map(|plan| plan.forms).sum();
        Self {
            shown,
            other_forms: forms.saturating_sub(in_curves),
        }
    }
}

impl FindingsView {
    /// The kinds of findings by code, `most` at most, each with the numbers of findings and of departments.
    pub(super) fn new(
        findings: &BTreeMap<String, (usize, usize)>,
        most: usize,
        title: Option<Title>,
    ) -> Self {
        let mut kinds: Vec<(Option<Code>, &String, (usize, usize))> = findings
            .iter()
            .map(|(name, counts)| (code_of(name), name, *counts))
            .collect();
        // The sort is stable, so that kinds of equal weight stay in the order of their names.
        kinds.sort_by_key(|(code, _, counts)| std::cmp::Reverse((code.map(Code::severity), counts.0)));
        let severities = [
            Severity::Error,
            Severity::Warning,
            Severity::SourceIncomplete,
            Severity::Note,
        ];
        let of = |severity: Severity| {
            let own = kinds
                .iter()
                .filter(|(code, ..)| code.map(Code::severity) == Some(severity));
            own.map(|(_, _, counts)| counts.0).sum()
        };
        Self {
            by_severity: severities
                .into_iter()
                .map(|severity| SeverityView {
                    severity: severity.word(Language::Zh),
                    count: of(severity),
                })
                .collect(),
            others: kinds.len().saturating_sub(most),
            shown: kinds
                .iter()
                .take(most)
                .map(|(code, name, (count, departments))| FindingView {
                    code: (*name).clone(),
                    title: code.and_then(|code| titled(title, code)).unwrap_or_default(),
                    severity: code
                        .map_or_else(String::new, |code| code.severity().word(Language::Zh).to_owned()),
                    help: code.map_or_else(String::new, |code| code.help().zh.into_owned()),
                    count: *count,
                    departments: *departments,
                })
                .collect(),
        }
    }
}
