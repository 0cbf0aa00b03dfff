//! The rules of the review: documented, tested both ways, their fixes convergent.

use jixiao::check::{self, ALL, Rule, Settings, check as review, sound_department};
use jixiao::finding::{Code, Finding, Language, Message};
use jixiao::model::Department;
use jixiao::vocab::Vocabulary;

fn findings(department: &Department) -> Vec<Finding> {
    review(department, &Vocabulary::built_in(), &Settings::default())
}

fn hits(rule: &Rule, department: &Department) -> Vec<Finding> {
    let mut all = findings(department);
    all.retain(|finding| finding.code == rule.code);
    all
}

#[test]
fn nothing_is_found_in_the_sound_department() {
    let found: Vec<_> = findings(&sound_department())
        .into_iter()
        .map(|finding| format!("{} {:?}: {}", finding.code, finding.field, finding.message.zh))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_rule_is_documented_in_both_languages() {
    let mut numbers: Vec<_> = ALL.iter().map(|rule| rule.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), ALL.len(), "numbers are given once");
    for rule in ALL {
        let name = rule.code.name();
        let is_there = |message: &Message, what: &str| {
            for language in [Language::Zh, Language::En] {
                assert!(!message.in_language(language).is_empty(), "{name}: {what}");
            }
            let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(message.zh.contains(is_chinese), "{name}: {what} in Chinese");
        };
        is_there(&rule.title, "title");
        is_there(&rule.what, "what");
        is_there(&rule.why, "why");
        if let Some(source) = &rule.source {
            is_there(source, "source");
        }
        assert!(
            rule.hits.len() >= 2 && rule.misses.len() >= 2,
            "{name} has examples of both kinds"
        );
        assert_eq!(Rule::named(name).map(|rule| rule.number), Some(rule.number));
        assert_eq!(Rule::of(rule.code).map(|rule| rule.number), Some(rule.number));
    }
}

#[test]
fn each_rule_finds_its_examples_and_no_look_alike() {
    for rule in ALL {
        for (at, example) in rule.hits.iter().enumerate() {
            let department = example.department();
            let found = hits(rule, &department);
            assert!(!found.is_empty(), "{} misses its example {at}", rule.code);
            for finding in found {
                let (zh, en) = (&finding.message.zh, &finding.message.en);
                assert!(
                    zh.ends_with('。') && en.ends_with('.'),
                    "{}: {zh} {en}",
                    rule.code
                );
                let field = finding.field.as_deref().unwrap_or_default();
                assert!(
                    finding.quote.is_some() || field.ends_with("indicators"),
                    "{}: {field} quotes",
                    rule.code
                );
            }
        }
        for (at, example) in rule.misses.iter().enumerate() {
            let found = hits(rule, &example.department());
            assert!(
                found.is_empty(),
                "{} hits its look-alike {at}: {found:#?}",
                rule.code
            );
        }
    }
}

/// The department with all edits of the findings made.
fn mended(department: &Department, findings: &[Finding]) -> Department {
    let mut mended = department.clone();
    for edit in findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .flat_map(|fix| &fix.edits)
    {
        check::apply(&mut mended, edit);
    }
    mended.refresh_meanings();
    mended
}

#[test]
fn fixes_put_right_what_they_are_about() {
    for rule in ALL {
        let mut proposes = false;
        for example in rule.hits {
            let department = example.department();
            let found = hits(rule, &department);
            for finding in &found {
                let Some(fix) = &finding.fix else {
                    continue;
                };
                proposes = true;
                assert_eq!(Some(fix.applicability), rule.fix, "{}", rule.code);
                assert!(!fix.edits.is_empty(), "{}", rule.code);
                for edit in &fix.edits {
                    assert_ne!(edit.before, edit.after, "{}", rule.code);
                    let printed = department.text_at(&edit.field).map(std::borrow::Cow::into_owned);
                    assert_eq!(printed, edit.before, "{}: {}", rule.code, edit.field);
                }
            }
            let with_fix: Vec<_> = found
                .iter()
                .filter(|finding| finding.fix.is_some())
                .cloned()
                .collect();
            let mended = mended(&department, &with_fix);
            let left = hits(rule, &mended).len();
            assert_eq!(left, found.len() - with_fix.len(), "{} is put right", rule.code);
            assert!(
                hits(rule, &mended).iter().all(|finding| finding.fix.is_none()),
                "{}",
                rule.code
            );
        }
        assert_eq!(
            proposes,
            rule.fix.is_some(),
            "{} proposes what it says",
            rule.code
        );
    }
}

#[test]
fn rules_can_be_turned_off_and_changed() {
    let department = ALL[0].hits[0].department();
    let mut settings = Settings::default();
    let of = |settings: &Settings| {
        review(&department, &Vocabulary::built_in(), settings)
            .iter()
            .filter(|finding| finding.code == Code::BudgetSum)
            .map(|finding| finding.severity)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&settings), [jixiao::finding::Severity::Error]);
    settings
        .severities
        .insert(Code::BudgetSum, Some(jixiao::finding::Severity::Note));
    assert_eq!(of(&settings), [jixiao::finding::Severity::Note]);
    settings.severities.insert(Code::BudgetSum, None);
    assert!(of(&settings).is_empty());
}
