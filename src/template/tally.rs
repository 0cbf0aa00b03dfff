//! What the forms of a department come to, and what those of many departments do: the figures that
//! summaries show beside their tables of forms and departments.
//!
//! Architecture invariant: the figures of a batch follow from those of its departments alone, and all
//! amounts are exact decimals in wan yuan, whatever the unit of a form is.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Title;
use super::notes::is_about_document;
use super::printed::printed_on_one_line;
use crate::finding::Finding;
use crate::model::{Department, Project, in_wan_yuan};

/// The most projects of a department that are kept by name.
const MOST_LARGEST: usize = 10;
/// The most units and the most kinds of plans of a department that are kept.
const MOST_KEPT: usize = 6;
/// The most characters of a name that are kept.
const MOST_CHARACTERS: usize = 40;
/// The upper ends of the classes of projects by their totals, in wan yuan; the last class has none.
pub(super) const CLASSES: [i64; 5] = [10, 50, 100, 500, 1000];

/// How many forms there are of a kind, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum(pub usize, pub Decimal);

impl Sum {
    fn add(&mut self, other: Self) {
        self.0 += other.0;
        self.1 = self.1.saturating_add(other.1);
    }
}

/// The level of government that a project belongs to, as the division in its code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A province: `130000`.
    Province,
    /// A city: `130700`.
    City,
    /// A county or a district: `130209`.
    County,
    /// The code does not say it.
    Unknown,
}

impl Level {
    /// Reads the level out of a project code of division, two-digit year and `P`.
    #[must_use]
    pub fn of(code: &str) -> Self {
        let code: Vec<u8> = code.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let is_known =
            code.len() > 9 && code[..8].iter().all(u8::is_ascii_digit) && code[8].eq_ignore_ascii_case(&b'P');
        match code.as_slice() {
            _ if !is_known || code.starts_with(b"00") => Level::Unknown,
            [_, _, b'0', b'0', b'0', b'0', ..] => Level::Province,
            [_, _, b'0', b'0', ..] => Level::Unknown,
            [_, _, _, _, b'0', b'0', ..] => Level::City,
            _ => Level::County,
        }
    }
}

/// What the plans of forms with the same milestones come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSum {
    /// The milestones.
    pub milestones: Vec<String>,
    /// How many forms there are, and the sum of their totals.
    pub sum: Sum,
    /// For each milestone the sum of total times cumulative percentage.
    pub weighted: Vec<Decimal>,
}

impl PlanSum {
    /// The cumulative percentage at each milestone, weighted by the totals, with one decimal.
    pub(super) fn percents(&self) -> Vec<Decimal> {
        let percent = |weighted: &Decimal| weighted.checked_div(self.sum.1).unwrap_or_default();
        self.weighted
            .iter()
            .map(|weighted| with_decimals(percent(weighted), 1))
            .collect()
    }
}

/// Rounds half away from zero, and prints as many decimals as that.
pub(super) fn with_decimals(number: Decimal, decimals: u32) -> Decimal {
    let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    let mut rounded = number.round_dp_with_strategy(decimals, strategy);
    rounded.rescale(decimals);
    rounded
}

/// An amount as it is printed: all of its decimals, two at least.
pub(super) fn amount(amount: Decimal) -> String {
    let decimals = amount.normalize().scale().max(2);
    format!("{amount:.*}", decimals as usize)
}

/// What the forms of a department come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Its units, the largest first; none where there is but one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<(String, Sum)>,
    /// Its forms by the levels of their codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<Level, Sum>,
    /// Its forms by their totals: up to 10, 50, 100, 500, 1000 wan yuan, and above.
    #[serde(default)]
    pub classes: [Sum; 6],
    /// The number of forms whose total is no amount.
    #[serde(default)]
    pub unreadable: usize,
    /// Its largest projects, ten at most: name and total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub largest: Vec<(String, Decimal)>,
    /// Its plans, by their milestones. Only forms with a readable total above 0 and with percentages from
    /// 0 to 100 that do not fall are in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanSum>,
    /// How many findings there are of each code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub findings: BTreeMap<String, usize>,
}

impl Tally {
    /// The figures of a department of which the forms in `only` are made; all if that is empty.
    #[must_use]
    pub fn of(department: &Department, only: &[u32]) -> Self {
        let mut tally = Self::default();
        let wanted = |project: &&Project| only.is_empty() || only.contains(&project.number);
        for project in department.projects.iter().filter(wanted) {
            tally.add(project);
        }
        tally.units.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.1));
        if tally.units.len() < 2 {
            tally.units.clear();
        }
        fold(&mut tally.units, MOST_KEPT);
        tally.largest.sort_by_key(|(_, total)| std::cmp::Reverse(*total));
        tally.largest.truncate(MOST_LARGEST);
        tally.plans.sort_by_key(|plan| std::cmp::Reverse(plan.sum.1));
        tally.plans.truncate(MOST_KEPT);
        tally
    }

    /// Counts findings that are about the document and that nobody accepted.
    pub fn count<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) {
        for finding in findings {
            if finding.accepted.is_none() && is_about_document(finding.code) {
                *self.findings.entry(finding.code.name().to_owned()).or_default() += 1;
            }
        }
    }

    fn add(&mut self, project: &Project) {
        let total = total(project);
        let sum = Sum(1, total.unwrap_or_default());
        add_to(&mut self.units, unit(project), sum);
        let level = Level::of(project.code.as_deref().unwrap_or_default());
        self.levels.entry(level).or_default().add(sum);
        let Some(total) = total else {
            self.unreadable += 1;
            return;
        };
        let class = CLASSES.iter().position(|most| total <= Decimal::from(*most));
        self.classes[class.unwrap_or(CLASSES.len())].add(sum);
        let name = printed_on_one_line(project.name.as_deref().unwrap_or_default());
        self.largest.push((shortened(&name), total));
        if let Some(plan) = plan(project, total) {
            add_plan(&mut self.plans, &plan);
        }
    }
}

/// The total of a form in wan yuan.
pub(super) fn total(project: &Project) -> Option<Decimal> {
    in_wan_yuan(project.budget.total_decimal?, project.amount_unit.as_deref())
}

fn unit(project: &Project) -> String {
    let text = |text: &Option<String>| printed_on_one_line(text.as_deref().unwrap_or_default()).into_owned();
    match text(&project.unit_name) {
        name if name.is_empty() => text(&project.unit_code),
        name => shortened(&name),
    }
}

fn shortened(name: &str) -> String {
    let mut kept: String = name.chars().take(MOST_CHARACTERS).collect();
    if kept.len() < name.len() {
        kept.pop();
        kept.push('…');
    }
    kept
}

fn add_to(sums: &mut Vec<(String, Sum)>, name: String, sum: Sum) {
    match sums.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.add(sum),
        None => sums.push((name, sum)),
    }
}

/// Makes one nameless sum of all behind the first `most`.
fn fold(sums: &mut Vec<(String, Sum)>, most: usize) {
    if sums.len() <= most {
        return;
    }
    let mut rest = Sum::default();
    for (_, sum) in sums.drain(most - 1..) {
        rest.add(sum);
    }
    sums.push((String::new(), rest));
}

fn plan(project: &Project, total: Decimal) -> Option<PlanSum> {
    let plan = &project.spending_plan;
    let percents: Option<Vec<Decimal>> = plan.iter().map(|milestone| milestone.percent_decimal).collect();
    let percents = percents.filter(|percents| !percents.is_empty() && total > Decimal::ZERO)?;
    let is_sound = percents.windows(2).all(|pair| pair[0] <= pair[1])
        && percents[0] >= Decimal::ZERO
        && percents.iter().all(|percent| *percent <= Decimal::ONE_HUNDRED);
    let weighted: Option<Vec<Decimal>> = percents
        .iter()
        .map(|percent| percent.checked_mul(total))
        .collect();
    Some(PlanSum {
        milestones: plan.iter().map(|milestone| milestone.milestone.clone()).collect(),
        sum: Sum(1, total),
        weighted: weighted.filter(|_| is_sound)?,
    })
}

fn add_plan(plans: &mut Vec<PlanSum>, plan: &PlanSum) {
    match plans.iter_mut().find(|known| known.milestones == plan.milestones) {
        Some(known) => {
            known.sum.add(plan.sum);
            for (sum, more) in known.weighted.iter_mut().zip(&plan.weighted) {
                *sum = sum.saturating_add(*more);
            }
        }
        None => plans.push(plan.clone()),
    }
}

/// What the forms of many departments come to.
#[derive(Clone, Debug, Default)]
pub struct BatchTally {
    pub(super) units: Vec<(String, Sum)>,
    unit_places: BTreeMap<String, usize>,
    pub(super) levels: BTreeMap<Level, Sum>,
    pub(super) classes: [Sum; 6],
    pub(super) unreadable: usize,
    /// The largest projects: total, department, name, and whether its department has more than are kept and
    /// this is the last of them.
    largest: Vec<(Decimal, String, String, bool)>,
    pub(super) plans: Vec<PlanSum>,
    /// By code: the number of findings and of departments.
    pub(super) findings: BTreeMap<String, (usize, usize)>,
    /// The number of departments of which no figures are known.
    pub(super) without: usize,
    /// What the kinds of findings are called that the review has.
    pub title: Option<Title>,
}

impl BatchTally {
    /// Adds a department with its sum of totals and its figures, if they are known.
    pub fn add(&mut self, department: &str, sum: Sum, tally: Option<&Tally>) {
        let Some(tally) = tally else {
            self.without += 1;
            return;
        };
        if tally.units.is_empty() {
            self.add_unit(department, sum);
        }
        for (unit, sum) in &tally.units {
            let is_own = !unit.is_empty();
            self.add_unit(if is_own { unit } else { department }, *sum);
        }
        for (level, sum) in &tally.levels {
            self.levels.entry(*level).or_default().add(*sum);
        }
        for (known, sum) in self.classes.iter_mut().zip(tally.classes) {
            known.add(sum);
        }
        self.unreadable += tally.unreadable;
        let readable: usize = tally.classes.iter().map(|class| class.0).sum();
        let kept = tally.largest.len();
        for (at, (name, total)) in tally.largest.iter().enumerate() {
            let is_last = at + 1 == kept && kept < readable;
            self.largest
                .push((*total, department.to_owned(), name.clone(), is_last));
        }
        for plan in &tally.plans {
            add_plan(&mut self.plans, plan);
        }
        for (code, count) in &tally.findings {
            let known = self.findings.entry(code.clone()).or_default();
            known.0 += count;
            known.1 += 1;
        }
    }

    fn add_unit(&mut self, unit: &str, sum: Sum) {
        let next = self.units.len();
        if let Some(&at) = self.unit_places.get(unit) {
            self.units[at].1.add(sum);
        } else {
            self.unit_places.insert(unit.to_owned(), next);
            self.units.push((unit.to_owned(), sum));
        }
    }

    /// The largest projects of all, `most` at most: department, name and total. They end where a department
    /// may have a larger one that was not kept.
    pub(super) fn largest(&self, most: usize) -> Vec<(&str, &str, Decimal)> {
        let mut order: Vec<_> = self.largest.iter().collect();
        order.sort_by_key(|(total, ..)| std::cmp::Reverse(*total));
        let mut shown = Vec::new();
        for (total, department, name, is_last) in order.into_iter().take(most) {
            shown.push((department.as_str(), name.as_str(), *total));
            if *is_last {
                break;
            }
        }
        shown
    }

    /// The units, the largest first, `most` at most and one sum of the rest without a name.
    pub(super) fn units(&self, most: usize) -> Vec<(String, Sum)> {
        let mut units = self.units.clone();
        units.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.1));
        fold(&mut units, most);
        units
    }

    /// The plans, those of the largest sum first.
    pub(super) fn plans(&self) -> Vec<PlanSum> {
        let mut plans = self.plans.clone();
        plans.sort_by_key(|plan| std::cmp::Reverse(plan.sum.1));
        plans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Budget, Milestone};

    fn project(unit: &str, total: &str, percents: &[&str]) -> Project {
        let milestones = ["3月底", "6月底", "10月底", "12月底"];
        Project {
            name: Some(format!("{total}{unit}的项目")),
            amount_unit: Some(unit.to_owned()),
            budget: Budget {
                total_decimal: total.parse().ok(),
                ..Budget::default()
            },
            spending_plan: milestones
                .iter()
                .zip(percents)
                .map(|(milestone, percent)| Milestone {
                    milestone: (*milestone).to_owned(),
                    percent_decimal: percent.parse().ok(),
                    ..Milestone::default()
                })
                .collect(),
            ..Project::default()
        }
    }

    fn department(projects: Vec<Project>) -> Department {
        Department {
            projects,
            ..Department::default()
        }
    }

    fn number(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn amounts_of_all_units_add_up_in_wan_yuan() {
        let projects = vec![
            project("元", "123456.78", &[]),
            project("万元", "0.1", &[]),
            project("亿元", "0.3", &[]),
            project("", "0.2", &[]),
            project("美元券", "7", &[]),
        ];
        let tally = Tally::of(&department(projects), &[]);
        let sum = tally
            .classes
            .iter()
            .fold(Decimal::ZERO, |sum, class| sum + class.1);
        assert_eq!(sum, number("3012.645678"));
        assert_eq!(tally.classes.map(|class| class.0), [2, 1, 0, 0, 0, 1]);
        assert_eq!(tally.unreadable, 1);
        assert_eq!(tally.largest[0].0, "0.3亿元的项目");
    }

    #[test]
    fn the_plan_is_weighted_by_the_totals() {
        let projects = vec![
            project("万元", "30", &["0", "20", "60", "100"]),
            project("万元", "10", &["40", "80", "100", "100"]),
            project("万元", "1000", &["6000", "9000", "10000", "10000"]),
            project("万元", "1000", &["10", "", "50", "100"]),
            project("万元", "涉密", &["10", "20", "50", "100"]),
        ];
        let tally = Tally::of(&department(projects), &[]);
        assert_eq!(tally.plans.len(), 1);
        assert_eq!(tally.plans[0].sum, Sum(2, number("40")));
        let printed: Vec<String> = tally.plans[0]
            .percents()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(printed, ["10.0", "35.0", "70.0", "100.0"]);
    }

    #[test]
    fn the_level_stands_in_the_code() {
        for (code, level) in [
            ("13000024P00000410006W", Level::Province),
            ("13070024P00000410006 W", Level::City),
            ("13020925P00139110001W", Level::County),
            ("130322213RGZQG5D0ORKX", Level::Unknown),
            ("405002B19DX0002", Level::Unknown),
            ("", Level::Unknown),
        ] {
            assert_eq!(Level::of(code), level, "{code}");
        }
    }

    #[test]
    fn the_largest_of_all_end_where_more_may_be_unknown() {
        let of = |count: u32, from: u32| {
            let projects = (0..count).map(|at| project("万元", &(from - at).to_string(), &[]));
            Tally::of(&department(projects.collect()), &[])
        };
        let mut batch = BatchTally::default();
        batch.add("甲", Sum(12, Decimal::ZERO), Some(&of(12, 1000)));
        batch.add("乙", Sum(3, Decimal::ZERO), Some(&of(3, 995)));
        batch.add("丙", Sum(1, Decimal::ZERO), None);
        // The twelve of 甲 are 1000 to 989, of which ten are kept.
        let largest = batch.largest(20);
        assert_eq!(largest.len(), 13);
        assert_eq!(
            largest.last().map(|(department, _, total)| (*department, *total)),
            Some(("甲", 991.into()))
        );
        assert_eq!(batch.without, 1);
        let mut whole = BatchTally::default();
        whole.add("甲", Sum(3, Decimal::ZERO), Some(&of(3, 9)));
        assert_eq!(whole.largest(20).len(), 3);
    }

    #[test]
    fn the_figures_of_a_large_department_are_small() {
        let projects = (0..300).map(|at| Project {
            name: Some("城乡居民基本养老保险基金财政补助资金及配套信息系统运行维护和业务培训经费".repeat(3)),
            unit_name: Some(format!(
                "第{at}综合行政执法与公共事务服务保障中心（含直属派出机构）"
            )),
            ..project("万元", &format!("{at}23456.78"), &["10", "20", "50", "100"])
        });
        let mut tally = Tally::of(&department(projects.collect()), &[]);
        for code in crate::finding::Code::ALL {
            tally.findings.insert(code.name().to_owned(), 300);
        }
        let written = serde_json::to_string(&tally).expect("JSON");
        // All of some sixty codes at once are 1.4 kB of it.
        assert!(written.len() < 4500, "{}", written.len());
        tally.findings.clear();
        let written = serde_json::to_string(&tally).expect("JSON");
        assert!(written.len() < 2700, "{}", written.len());
        assert_eq!(serde_json::from_str::<Tally>(&written).expect("figures"), tally);
        assert_eq!(
            serde_json::from_str::<Tally>("{}").expect("figures"),
            Tally::default()
        );
    }
}
