//! The indicators of a project, of every level that its form has.

use super::project::{Money, Projects, counted};
use super::random::Random;
use super::words::{Row, Values};
use crate::model::Indicator;

/// Makes the indicators of a project. The level 2 of a form are taken in the order of its label table:
/// quantity, quality, timeliness, cost; economic, social, ecological, lasting benefit; satisfaction.
pub(super) fn make(
    projects: &Projects<'_>,
    values: &Values<'_>,
    money: &Money,
    random: &mut Random,
) -> Vec<Indicator> {
    let words = &projects.words.indicators;
    let levels = projects
        .form
        .indicators
        .iter()
        .filter(|level1| !level1.needs_level2);
    // A form without a place for amounts prints all its rows, also those that nobody filled in.
    let prints_all = !projects.form.labels.0.contains_key("budget_total");
    let mut rows = Vec::new();
    for (group, level1) in levels.enumerate() {
        let first = rows.len();
        let sure = random.index(level1.level2.len());
        for (at, level2) in level1.level2.iter().enumerate() {
            let mut rows_of = Rows {
                projects,
                values,
                random: &mut *random,
                made: Vec::new(),
            };
            match (group, at) {
                (0, 0) => rows_of.quantities(),
                (0, 1) => rows_of.some(&words.quality, 2, &words.bases),
                (0, 2) => rows_of.some(&words.timeliness, 1, &words.bases),
                (0, 3) => rows_of.costs(money),
                (1, 0..=3) => {
                    let often = [15, 70, 12, 35][at];
                    let list = [&words.economic, &words.social, &words.ecological, &words.lasting][at];
                    if rows_of.random.chance(often) || (!prints_all && at == sure) {
                        rows_of.some(list, 1, &words.bases);
                    }
                }
                _ => rows_of.some(&words.satisfaction, 1, &words.survey_bases),
            }
            let mut made = rows_of.made;
            if made.is_empty() && prints_all {
                made.push(Indicator::default());
            }
            for row in &mut made {
                row.level1 = level1.texts.first().cloned();
                row.level2 = Some(level2.clone());
            }
            rows.append(&mut made);
        }
        debug_assert!(rows.len() > first, "each level 1 has an indicator");
    }
    if money.is_withheld {
        let withheld = projects.vocabulary.document.printed("withheld");
        for row in rows.iter_mut().filter(|row| row.target.is_some()) {
            if random.chance(50) {
                row.target = Some(withheld.to_owned());
            }
        }
    }
    rows
}

/// The rows of one level 2, as they are made.
struct Rows<'a> {
    projects: &'a Projects<'a>,
    values: &'a Values<'a>,
    random: &'a mut Random,
    made: Vec<Indicator>,
}

impl Rows<'_> {
    fn push(&mut self, values: &Values<'_>, [level3, description, target]: [&str; 3], bases: &[String]) {
        self.made.push(Indicator {
            level3: Some(values.fill(level3)),
            description: Some(values.fill(description)),
            target: Some(values.fill(target)),
            basis: Some(values.fill(self.random.text(bases))).filter(|_| !self.random.chance(3)),
            ..Indicator::default()
        });
    }

    /// One to `most` rows of a list, no two of the same pattern.
    fn some(&mut self, list: &[Row], most: u64, bases: &[String]) {
        let mut order: Vec<&Row> = list.iter().collect();
        self.random.shuffle(&mut order);
        let count = self.random.between(1, most) as usize;
        for [level3, description, target] in order.into_iter().take(count) {
            let random = &mut *self.random;
            let values = Values::below(self.values)
                .with("percent", random.between(85, 98))
                .with("month", random.between(9, 12))
                .with("days", random.between(3, 15))
                .with("years", random.between(1, 10))
                .with("count", counted(random, 10, 900));
            self.push(&values, [level3, description, target], bases);
        }
    }

    /// What is counted, each once.
    fn quantities(&mut self) {
        let words = &self.projects.words.indicators;
        let counts = &self.projects.seat.field.counts;
        let mut order: Vec<usize> = (0..counts.len()).collect();
        self.random.shuffle(&mut order);
        let kept = self.random.between(1, 3) as usize;
        for (name, unit, least, most) in order.into_iter().take(kept).filter_map(|at| counts.get(at)) {
            let number = counted(self.random, *least, *most);
            let values = Values::below(self.values)
                .with("name", name)
                .with("unit", unit)
                .with("n", number)
                .with("m", number + number.div_ceil(4));
            let description = self.random.text(&words.quantity_descriptions);
            let target = self.random.text(&words.quantity_targets);
            self.push(&values, [name, description, target], &words.bases);
        }
    }

    /// What the items cost, or all of them together; either way it comes to the total.
    fn costs(&mut self, money: &Money) {
        let words = &self.projects.words.indicators;
        let [level3, description, target] = &words.cost;
        if money.items.len() > 1 && self.random.chance(25) {
            for (item, amount) in &money.items {
                let values = Values::below(self.values)
                    .with("item", item)
                    .with("amount", money.print.short(*amount));
                self.push(&values, [level3, description, target], &words.cost_bases);
            }
            return;
        }
        if let Some([level3, description, target]) = self.random.pick(&words.whole_cost) {
            let values = Values::below(self.values).with("amount", money.print.short(money.total));
            self.push(&values, [level3, description, target], &words.cost_bases);
        }
    }
}
