//! The projects of a department: each is about one topic, and all its parts agree about the amounts.

use super::code::project_code;
use super::indicators;
use super::money::{self, Print};
use super::places::Seat;
use super::random::Random;
use super::words::{Field, Values, Words};
use crate::model::{Budget, Milestone, Project};
use crate::vocab::{Form, Vocabulary};

/// What a project is about: an object of the department's field of work, and what is done to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Topic<'w> {
    object: &'w str,
    work: &'w str,
}

impl<'w> Topic<'w> {
    /// All topics of a field of work.
    pub(super) fn all(field: &'w Field) -> Vec<Self> {
        let objects = field.objects.iter();
        objects
            .flat_map(|object| field.works.iter().map(move |work| Self { object, work }))
            .collect()
    }

    /// What is said of the topic: whom it serves, what it brings, what is counted.
    pub(super) fn values<'p>(
        self,
        seat: &Seat<'_>,
        above: &'p Values<'p>,
        random: &mut Random,
    ) -> Values<'p> {
        let field = seat.field;
        let values = Values::below(above)
            .with("object", self.object)
            .with("work", self.work)
            .with("people", random.text(&field.people))
            .with("effect", random.text(&field.effects))
            .with("item", random.text(&field.items));
        match random.pick(&field.counts) {
            Some((name, unit, least, most)) => values
                .with("count_name", name)
                .with("count_unit", unit)
                .with("count", counted(random, *least, *most)),
            None => values,
        }
    }
}

/// A number of things as people plan them: round where it is large.
pub(super) fn counted(random: &mut Random, least: u64, most: u64) -> u64 {
    let number = random.between(least, most);
    match number {
        0..40 => number,
        40..1_000 => number / 10 * 10,
        _ => number / 100 * 100,
    }
}

/// The money of a project.
#[derive(Debug)]
pub(super) struct Money {
    /// The total, and the parts of it that the items cost.
    pub(super) total: u64,
    pub(super) items: Vec<(String, u64)>,
    pub(super) print: Print,
    /// Whether all of it is secret.
    pub(super) is_withheld: bool,
}

/// What all projects of a department have in common.
pub(super) struct Projects<'a> {
    pub(super) seat: &'a Seat<'a>,
    pub(super) words: &'a Words,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) form: &'a Form,
    pub(super) values: &'a Values<'a>,
    pub(super) year: i32,
}

impl Projects<'_> {
    /// Makes so many projects; topics come up again where there are more projects than topics.
    pub(super) fn make(&self, topics: &[Topic<'_>], count: usize, random: &mut Random) -> Vec<Project> {
        let units = UnitWriter::new(self, count, random);
        let first = random.between(1, 4_000);
        let mut projects = Vec::with_capacity(count);
        for (at, topic) in topics.iter().cycle().take(count).enumerate() {
            let number = at as u64 + 1;
            let values = topic.values(self.seat, self.values, random);
            let document = random.between(3, 180);
            let values = values.with("document", document);
            let number_of_document = Values::below(&values)
                .with("count", document)
                .fill(&self.words.texts.document_number);
            let values = values.with("number", number_of_document);
            let mut name = values.fill(self.name_pattern(random));
            let round = at / topics.len().max(1);
            if round > 0 {
                name = Values::below(&values)
                    .with("name", name)
                    .with("count", round + 1)
                    .fill(&self.words.texts.further);
            }
            let year = self.year - i32::from(random.chance(15));
            let code = project_code(self.seat.division, year, first + 10 * number, number);
            let mut project = self.project(&values, random);
            project.number = number as u32;
            project.title = Some(format!(
                "{name}{}",
                self.form.title.first().map_or("", String::as_str)
            ));
            project.name = Some(name);
            project.code = Some(code);
            units.write(&mut project, at);
            projects.push(project);
        }
        projects
    }

    fn name_pattern(&self, random: &mut Random) -> &str {
        let names = &self.words.names;
        let mut left = random.below(names.iter().map(|name| name.weight).sum());
        for name in names {
            match left.checked_sub(name.weight) {
                Some(less) => left = less,
                None => return &name.text,
            }
        }
        ""
    }

    fn project(&self, values: &Values<'_>, random: &mut Random) -> Project {
        let total = money::amount(random);
        let wanted = random.between(1, 4) as usize;
        let mut items: Vec<&String> = self.seat.field.items.iter().collect();
        random.shuffle(&mut items);
        let parts = money::split(total, wanted, random);
        let money = Money {
            total,
            items: items.into_iter().cloned().zip(parts).collect(),
            print: Print {
                grouped: random.chance(15),
            },
            is_withheld: self.seat.field.withheld && random.chance(20),
        };
        let other = if random.chance(15) {
            money::split(total, 2, random).get(1).copied().unwrap_or_default()
        } else {
            0
        };
        let prints_nothing = random.chance(60);
        let withheld = self.vocabulary.document.printed("withheld");
        let printed = |amount: u64| {
            Some(if money.is_withheld {
                withheld.to_owned()
            } else {
                money.print.full(amount)
            })
        };
        let has_budget = self.form.labels.0.contains_key("budget_total");
        Project {
            budget: if has_budget {
                Budget {
                    total: printed(total),
                    fiscal: printed(total - other),
                    other: printed(other).filter(|_| other > 0 || !(prints_nothing || money.is_withheld)),
                    ..Budget::default()
                }
            } else {
                Budget::default()
            },
            purpose: Some(if money.is_withheld {
                withheld.to_owned()
            } else {
                self.purpose(values, &money, other, has_budget, random)
            }),
            spending_plan: self.spending_plan(random),
            goals: self.goals(values, random),
            indicators: indicators::make(self, values, &money, random),
            form: Some(self.form.name.clone()),
            ..Project::default()
        }
    }

    fn purpose(
        &self,
        values: &Values<'_>,
        money: &Money,
        other: u64,
        has_budget: bool,
        random: &mut Random,
    ) -> String {
        let texts = &self.words.texts;
        let print = money.print;
        let items: Vec<String> = money
            .items
            .iter()
            .enumerate()
            .map(|(at, (item, amount))| {
                let values = Values::below(values)
                    .with("at", at + 1)
                    .with("item", item)
                    .with("amount", print.short(*amount));
                values.fill(&texts.item)
            })
            .collect();
        let values = Values::below(values)
            .with("total", print.short(money.total))
            .with("fiscal", print.short(money.total - other))
            .with("other", print.short(other))
            .with("items", items.join("；"));
        let sources = if other > 0 {
            &texts.two_sources
        } else {
            &texts.all_fiscal
        };
        let sources = values.fill(sources);
        let patterns = match (has_budget, random.chance(50)) {
            (false, _) => &texts.purposes_with_amount,
            (true, true) => &texts.purposes,
            (true, false) => &texts.short_purposes,
        };
        values.with("sources", sources).fill(random.text(patterns))
    }

    /// Percentages that rise to 100.
    fn spending_plan(&self, random: &mut Random) -> Vec<Milestone> {
        let count = self.form.milestones.len();
        let sign = &self.form.printed_percent;
        let has_decimals = sign.is_empty() || random.chance(15);
        let mut steps: Vec<u64> = (1..count).map(|_| random.between(0, 20) * 5).collect();
        if random.chance(50) {
            // Evenly, as most plans are.
            steps = (1..count).map(|at| (100 * at / count) as u64).collect();
        }
        steps.sort_unstable();
        steps.push(100);
        let milestones = self.form.milestones.iter().zip(steps);
        milestones
            .map(|(milestone, percent)| Milestone {
                milestone: milestone.clone(),
                percent: Some(if has_decimals {
                    format!("{percent}.00{sign}")
                } else {
                    format!("{percent}{sign}")
                }),
                ..Milestone::default()
            })
            .collect()
    }

    fn goals(&self, values: &Values<'_>, random: &mut Random) -> Vec<String> {
        let texts = &self.words.texts;
        if random.chance(15) {
            return vec![values.fill(random.text(&texts.short_goals))];
        }
        let mut patterns: Vec<&String> = texts.goals.iter().collect();
        random.shuffle(&mut patterns);
        let count = random.between(1, 5).min(random.between(1, 5)) as usize;
        let goals = patterns.into_iter().take(count).enumerate();
        goals
            .map(|(at, pattern)| format!("{}.{}", at + 1, values.fill(pattern)))
            .collect()
    }
}

/// Which unit of the department each project belongs to, where the form says so.
struct UnitWriter {
    /// The units' codes and names, and the project from which on the second one's are.
    units: Option<[(String, String); 2]>,
    second_from: usize,
    amount_unit: Option<String>,
}

impl UnitWriter {
    fn new(projects: &Projects<'_>, count: usize, random: &mut Random) -> Self {
        let Projects {
            seat, words, form, ..
        } = projects;
        let has_units = form.labels.0.contains_key("amount_unit");
        let code = 301 + seat.slot;
        let proper = projects.values.fill(&words.units.proper);
        let other = Values::below(projects.values)
            .with("unit", &seat.field.unit)
            .fill(&words.units.other);
        Self {
            units: has_units.then(|| [(format!("{code}001"), proper), (format!("{code}002"), other)]),
            second_from: if count > 3 && random.chance(30) {
                count - count / 3
            } else {
                count
            },
            amount_unit: has_units.then(|| words.units.amount.clone()),
        }
    }

    fn write(&self, project: &mut Project, at: usize) {
        let Some([proper, other]) = &self.units else {
            return;
        };
        let (code, name) = if at < self.second_from { proper } else { other };
        project.unit_code = Some(code.clone());
        project.unit_name = Some(name.clone());
        project.amount_unit.clone_from(&self.amount_unit);
    }
}
