//! The configuration of an office, `jixiao.toml`: how grave rules are, limits, and what was accepted.
//!
//! Architecture invariant: what the file says and the program does not know is an error with its line; nothing in
//! it is passed over.

use std::ops::Range;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::accepted::{Acceptance, Matching, Scope};
use crate::check::{ALL, Limits, Rule, Settings};
use crate::finding::{Code, Finding, Message, Place, Severity};

/// Name of the configuration in the working directory.
pub const CONFIGURATION: &str = "jixiao.toml";

/// What an office has set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// Severities and limits of the rules.
    pub settings: Settings,
    /// The findings that were accepted.
    pub acceptances: Vec<Acceptance>,
    /// Where each acceptance stands in the file.
    pub places: Vec<Place>,
}

/// Reads a configuration.
///
/// # Errors
///
/// All mistakes in it, findings of [`Code::ConfigInvalid`] with line and column, without a file.
pub fn read_configuration(text: &str) -> Result<Configuration, Vec<Finding>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        text,
        mistakes: Vec::new(),
        configuration: Configuration::default(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.root(table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or_default();
            reader.mistake(
                &span,
                Message::new(
                    format!("不是有效的 TOML：{}", error.message()),
                    format!("not valid TOML: {}", error.message()),
                ),
            );
        }
    }
    if reader.mistakes.is_empty() {
        Ok(reader.configuration)
    } else {
        reader
            .mistakes
            .sort_by(|one, other| one.places.cmp(&other.places));
        Err(reader.mistakes)
    }
}

/// The rule of that name or number.
///
/// # Errors
///
/// What is wrong, with the most similar name there is.
pub fn rule_named(name: &str) -> Result<&'static Rule, Message> {
    Rule::named(name.trim()).ok_or_else(|| {
        let names = ALL.iter().flat_map(|rule| [rule.code.name(), rule.number]);
        unknown(name, names, "规则", "rule")
    })
}

/// That there is no `name`, with the most similar one of `known`.
fn unknown<'k>(name: &str, known: impl Iterator<Item = &'k str>, zh: &str, en: &str) -> Message {
    match nearest(name, known) {
        Some(nearest) => Message::new(
            format!("没有“{name}”这个{zh}；是否指“{nearest}”？"),
            format!("there is no {en} {name:?}; is it {nearest:?}?"),
        ),
        None => Message::new(
            format!("没有“{name}”这个{zh}。"),
            format!("there is no {en} {name:?}."),
        ),
    }
}

/// The most similar one, if any is similar at all.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.trim().to_lowercase();
    known
        .map(|known| (distance(&name, &known.to_lowercase()), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| *distance <= known.chars().count().div_ceil(3))
        .map(|(_, known)| known)
}

/// How many characters have to be added, dropped or changed to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, &there) in other.iter().enumerate() {
            let changed = diagonal + usize::from(c != there);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

type Value<'t> = Spanned<DeValue<'t>>;

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<Finding>,
    configuration: Configuration,
}

impl Reader<'_> {
    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "check" => {
                    if let Some(table) = self.table(value) {
                        self.check(table);
                    }
                }
                name => self.unknown_key(&key.span(), name, &["check"]),
            }
        }
    }

    fn check(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rules" => self.rules(value),
                "limits" => self.limits(value),
                "accept" => self.acceptances(value),
                name => self.unknown_key(&key.span(), name, &["rules", "limits", "accept"]),
            }
        }
    }

    fn rules(&mut self, value: &Value<'_>) {
        const SEVERITIES: [(&str, Option<Severity>); 5] = [
            ("off", None),
            ("note", Some(Severity::Note)),
            ("source-incomplete", Some(Severity::SourceIncomplete)),
            ("warning", Some(Severity::Warning)),
            ("error", Some(Severity::Error)),
        ];
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            let rule = match rule_named(key.get_ref()) {
                Ok(rule) => rule,
                Err(message) => {
                    self.mistake(&key.span(), message);
                    continue;
                }
            };
            let Some(name) = self.string(value) else { continue };
            if let Some((_, severity)) = SEVERITIES.iter().find(|(known, _)| *known == name) {
                let severities = &mut self.configuration.settings.severities;
                severities.insert(rule.code, *severity);
            } else {
                let names = SEVERITIES.iter().map(|(name, _)| *name);
                self.mistake(&value.span(), unknown(&name, names, "严重程度", "severity"));
            }
        }
    }

    fn limits(&mut self, value: &Value<'_>) {
        const NAMES: [&str; 3] = ["amount-tolerance", "repeated-characters", "measurable-words"];
        let Some(table) = self.table(value) else { return };
        let mut limits = Limits::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "amount-tolerance" => {
                    let printed = match value.get_ref() {
                        DeValue::String(text) => Some(text.trim().to_owned()),
                        DeValue::Integer(number) => Some(number.to_string()),
                        DeValue::Float(number) => Some(number.to_string()),
                        _ => None,
                    };
                    let amount = printed.and_then(|printed| printed.parse::<Decimal>().ok());
                    match amount.filter(|amount| !amount.is_sign_negative()) {
                        Some(amount) => limits.amount_tolerance = amount,
                        None => self.mistake(
                            &value.span(),
                            Message::fixed(
                                "应为不小于 0 的金额（万元），如 \"0.01\"。",
                                "an amount in wan yuan is expected, 0 or more, such as \"0.01\".",
                            ),
                        ),
                    }
                }
                "repeated-characters" => {
                    let number = match value.get_ref() {
                        DeValue::Integer(number) => number.to_string().parse::<usize>().ok(),
                        _ => None,
                    };
                    match number.filter(|number| (1..=1000).contains(number)) {
                        Some(number) => limits.repeated_characters = number,
                        None => self.mistake(
                            &value.span(),
                            Message::fixed(
                                "应为 1 至 1000 的整数。",
                                "a whole number from 1 to 1000 is expected.",
                            ),
                        ),
                    }
                }
                "measurable-words" => {
                    let Some(list) = self.list(value) else { continue };
                    let words = list.iter().filter_map(|word| self.string(word)).collect();
                    limits.measurable_words = words;
                }
                name => self.unknown_key(&key.span(), name, &NAMES),
            }
        }
        self.configuration.settings.limits = limits;
    }

    fn acceptances(&mut self, value: &Value<'_>) {
        let Some(list) = self.list(value) else { return };
        for entry in list {
            let Some(table) = self.table(entry) else { continue };
            self.acceptance(&entry.span(), table);
        }
    }

    fn acceptance(&mut self, span: &Range<usize>, table: &DeTable<'_>) {
        const NAMES: [&str; 6] = ["rule", "reason", "department", "project", "field", "quote"];
        let before = self.mistakes.len();
        let mut rule = None;
        let mut texts: [Option<String>; 5] = Default::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(at) = NAMES.iter().position(|known| *known == name) else {
                self.unknown_key(&key.span(), name, &NAMES);
                continue;
            };
            // The number of a form may stand without quotation marks.
            let text = match value.get_ref() {
                DeValue::Integer(number) if name == "project" => Some(number.to_string()),
                _ => self.string(value),
            };
            let Some(text) = text else { continue };
            if at > 0 {
                texts[at - 1] = Some(text);
                continue;
            }
            match rule_named(&text) {
                Ok(known) => rule = Some(known),
                Err(message) => self.mistake(&value.span(), message),
            }
        }
        let [reason, department, project, field, quote] = texts;
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        if self.mistakes.len() > before {
            return;
        }
        let (Some(rule), Some(reason)) = (rule, reason) else {
            let message = Message::fixed(
                "每条认可须写明规则（rule）和理由（reason）。",
                "each acceptance has to name its rule and its reason.",
            );
            return self.mistake(span, message);
        };
        let matching = Matching {
            rule: rule.code,
            department,
            project,
            field,
            quote,
        };
        self.configuration.acceptances.push(Acceptance {
            scope: Scope::Matching(matching),
            reason,
        });
        let place = self.place(span.start);
        self.configuration.places.push(place);
    }

    fn table<'v, 't>(&mut self, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.mistake(&value.span(), Message::fixed("应为表。", "a table is expected."));
        }
        table
    }

    fn list<'v, 't>(&mut self, value: &'v Value<'t>) -> Option<&'v [Value<'t>]> {
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.mistake(
                &value.span(),
                Message::fixed("应为数组。", "an array is expected."),
            );
        }
        list.map(|list| &**list)
    }

    fn string(&mut self, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let message = Message::fixed("应为引号中的文字。", "a text in quotation marks is expected.");
            self.mistake(&value.span(), message);
        }
        text
    }

    fn unknown_key(&mut self, span: &Range<usize>, name: &str, known: &[&str]) {
        self.mistake(span, unknown(name, known.iter().copied(), "设置", "setting"));
    }

    fn mistake(&mut self, span: &Range<usize>, message: Message) {
        let place = self.place(span.start);
        let line = self.text[..span.start.min(self.text.len())]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let line = self.text[line..].lines().next().unwrap_or_default();
        let finding = Finding::new(Code::ConfigInvalid, message)
            .at(place)
            .quoting(line.trim());
        self.mistakes.push(finding);
    }

    fn place(&self, at: usize) -> Place {
        super::super::models::end_of(&self.text[..at.min(self.text.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_limits_and_acceptances_are_read() {
        let text = "\u{feff}# 设置\n[check.rules]\nbudget-sum = \"off\"\nT03 = \"error\"\n\n[check.limits]\n\
                    amount-tolerance = 0.01\nrepeated-characters = 6\nmeasurable-words = [\"优\"]\n\n\
                    [[check.accept]]\nrule = \"B01\"\nproject = 3\nfield = \"total\"\nreason = \"已核实\"\n";
        let read = read_configuration(text).expect("a configuration");
        let severities = &read.settings.severities;
        assert_eq!(severities.get(&Code::BudgetSum), Some(&None));
        assert_eq!(severities.get(&Code::PercentWord), Some(&Some(Severity::Error)));
        let limits = &read.settings.limits;
        assert_eq!(limits.amount_tolerance, Decimal::new(1, 2));
        assert_eq!(
            (limits.repeated_characters, limits.measurable_words.len()),
            (6, 1)
        );
        let Scope::Matching(matching) = &read.acceptances[0].scope else {
            panic!("a description")
        };
        assert_eq!(matching.project.as_deref(), Some("3"));
        assert_eq!(read.acceptances[0].reason, "已核实");
        assert_eq!(read.places, [Place::text(11, 1)]);
        assert_eq!(read_configuration(""), Ok(Configuration::default()));
    }

    #[test]
    fn mistakes_have_a_place_and_the_name_that_was_meant() {
        let text = "[check.rules]\nbudgetsum = \"off\"\nbudget-sum = \"warn\"\n[check.limit]\nx = 1\n\
                    [[check.accept]]\nrule = \"B01\"\n[[check.accept]]\nrule = \"Q99Q\"\nreason = \"x\"\nquoted = \"y\"\n";
        let mistakes = read_configuration(text).expect_err("mistakes");
        let said: Vec<(u32, &str)> = mistakes
            .iter()
            .map(|mistake| {
                assert_eq!(mistake.code, Code::ConfigInvalid);
                let (line, _) = mistake.places[0].line_and_column().expect("a line");
                (line, mistake.message.en.as_ref())
            })
            .collect();
        assert_eq!(
            said,
            [
                (2, "there is no rule \"budgetsum\"; is it \"budget-sum\"?"),
                (3, "there is no severity \"warn\"; is it \"warning\"?"),
                (4, "there is no setting \"limit\"; is it \"limits\"?"),
                (6, "each acceptance has to name its rule and its reason."),
                (9, "there is no rule \"Q99Q\"."),
                (11, "there is no setting \"quoted\"; is it \"quote\"?"),
            ]
        );
        let broken = read_configuration("[check\n").expect_err("a mistake");
        assert_eq!(
            broken[0].places[0].line_and_column().map(|(line, _)| line),
            Some(1)
        );
        for text in [
            "check = 1",
            "[check]\naccept = {}",
            "[check.limits]\namount-tolerance = -1",
            "[check.limits]\nrepeated-characters = 0",
            "[check.limits]\nmeasurable-words = [1]",
            "[check.rules]\nB01 = 1",
        ] {
            assert!(read_configuration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_is_similar_is_proposed() {
        assert_eq!(
            nearest("missing-uint", ["missing-unit", "budget-sum"].into_iter()),
            Some("missing-unit")
        );
        assert_eq!(nearest("x", ["missing-unit", "budget-sum"].into_iter()), None);
        assert_eq!(distance("", "abc"), 3);
    }
}
