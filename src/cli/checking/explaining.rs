//! The documentation of the rules, for people.
//!
//! Architecture invariant: all of it is what the rule says of itself; an example is shown with what the rule finds
//! in it.

use std::fmt::Write;

use super::printing::{edit_words, field_text};
use crate::check::{ALL, Example, Rule, Settings, check, sound_department};
use crate::cli::report::{columns, field_words, one_line};
use crate::cli::say;
use crate::finding::{Applicability, Language};
use crate::vocab::Vocabulary;
use crate::workspace::below_form;

/// All rules, a line each.
pub(super) fn list(settings: &Settings, language: Language) -> String {
    let rows: Vec<[String; 4]> = ALL
        .iter()
        .map(|rule| {
            [
                rule.number.to_owned(),
                rule.code.name().to_owned(),
                severity_word(rule, settings, language).to_owned(),
                rule.title.in_language(language).to_owned() + fix_mark(rule),
            ]
        })
        .collect();
    let widths = [0, 1, 2].map(|at| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text += cell;
            text += &" ".repeat(width + 2 - columns(cell));
        }
        text += &row[3];
        text.push('\n');
    }
    let legend = say(
        language,
        "\n* --fix 可改正   ? --unsafe-fixes 可改正   ~ 有修改建议\n",
        "\n* --fix puts it right   ? --unsafe-fixes does   ~ proposes what to write\n",
    );
    text + legend
}

fn fix_mark(rule: &Rule) -> &'static str {
    match rule.fix {
        Some(Applicability::Safe) => " *",
        Some(Applicability::Unsafe) => " ?",
        Some(Applicability::DisplayOnly) => " ~",
        None => "",
    }
}

fn severity_word(rule: &Rule, settings: &Settings, language: Language) -> &'static str {
    settings
        .severity(rule)
        .map_or(say(language, "关闭", "off"), |severity| severity.word(language))
}

/// What a rule is about, why, and examples of both kinds.
pub(super) fn explain(
    rule: &Rule,
    settings: &Settings,
    vocabulary: &Vocabulary,
    language: Language,
) -> String {
    let say = |zh, en| say(language, zh, en);
    let severity = severity_word(rule, settings, language);
    let mut text = format!(
        "{} {}  {severity}\n{}\n",
        rule.number,
        rule.code,
        rule.title.in_language(language)
    );
    let mut part = |head: &str, body: &str| {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{head}\n    {body}\n");
    };
    part(say("查什么", "What it does"), rule.what.in_language(language));
    part(say("为什么", "Why"), rule.why.in_language(language));
    if let Some(source) = &rule.source {
        part(say("依据", "Source"), source.in_language(language));
    }
    part(
        say("怎么改", "What to do"),
        rule.code.help().in_language(language),
    );
    let fix = match rule.fix {
        None => say("只能人工修改。", "There is no automatic fix."),
        Some(Applicability::Safe) => say(
            "--fix 可改正，不影响含义。",
            "--fix puts it right; the meaning stays.",
        ),
        Some(Applicability::Unsafe) => say(
            "--unsafe-fixes 可改正；含义可能有变，改后请核对。",
            "--unsafe-fixes puts it right; the meaning may change, look at it afterwards.",
        ),
        Some(Applicability::DisplayOnly) => say(
            "给出修改建议，不自动改正。",
            "It proposes what to write, and never writes it.",
        ),
    };
    part(say("自动改正", "Fix"), fix);
    let without = Settings::default();
    if let Some(example) = rule.hits.first() {
        let department = example.department();
        let found = check(&department, vocabulary, &without);
        let mut body = changes(example, vocabulary, language);
        if let Some(finding) = found.iter().find(|finding| finding.code == rule.code) {
            let _ = write!(
                body,
                "\n    → {}",
                one_line(finding.message.in_language(language))
            );
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                let field = field_words(below_form(&edit.field), Some(vocabulary), language);
                let _ = write!(body, "\n    → {field}  {}", edit_words(edit, language));
            }
        }
        part(say("会发现", "It finds"), &body);
    }
    if let Some(example) = rule.misses.first() {
        let body = changes(example, vocabulary, language);
        part(say("不会误报", "It does not find"), &body);
    }
    text
}

/// The changes of an example, a line each.
fn changes(example: &Example, vocabulary: &Vocabulary, language: Language) -> String {
    let lines = example
        .0
        .iter()
        .map(|(path, text)| change(path, text, vocabulary, language));
    lines.collect::<Vec<_>>().join("\n    ")
}

fn change(path: &str, text: &str, vocabulary: &Vocabulary, language: Language) -> String {
    let say = |zh, en| say(language, zh, en);
    let is_whole = ["projects[", "narrative.", "contents", "year"]
        .iter()
        .any(|start| path.starts_with(start));
    let path = if is_whole {
        path.to_owned()
    } else {
        format!("projects[0].{path}")
    };
    let sound = sound_department();
    let form = sound.project_at(&path).map(|project| match language {
        Language::Zh => format!("表{} ", project.number),
        Language::En => format!("form {} ", project.number),
    });
    let below = below_form(&path);
    let (list, item) = below
        .strip_suffix(']')
        .and_then(|below| below.rsplit_once('['))
        .unwrap_or((below, ""));
    let words = |path: &str| field_words(path, Some(vocabulary), language);
    let form = form.unwrap_or_default();
    let cells = text.replace('|', " | ");
    if let Some(item) = item.strip_prefix('-') {
        return format!(
            "{form}{}  {}",
            words(&format!("{list}[{item}]")),
            say("删去", "taken away")
        );
    }
    if item == "+" {
        return format!("{form}{}  {} {cells}", words(list), say("增加", "added:"));
    }
    let now = if cells.is_empty() {
        say("（空）", "(blank)")
    } else {
        &cells
    };
    match sound.text_at(&path) {
        Some(_) => {
            let before = field_text(&sound, &path, language);
            format!("{form}{}  {before} → {now}", words(below))
        }
        None => format!("{form}{}  {now}", words(below)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_explained_in_both_languages() {
        let vocabulary = Vocabulary::built_in();
        for language in [Language::Zh, Language::En] {
            let settings = Settings::default();
            for rule in ALL {
                let text = explain(rule, &settings, &vocabulary, language);
                assert!(
                    text.contains(rule.what.in_language(language)) && text.contains(rule.number),
                    "{text}"
                );
                assert!(text.contains("→ "), "the example is found: {text}");
            }
            assert_eq!(list(&settings, language).lines().count(), ALL.len() + 2);
        }
    }

    #[test]
    fn changes_are_said_in_words() {
        let vocabulary = Vocabulary::built_in();
        let said = |path, text| change(path, text, &vocabulary, Language::En);
        assert_eq!(
            said("budget.fiscal", "19.50"),
            "form 1 budget.fiscal  20.00 → 19.50"
        );
        assert_eq!(said("projects[1].budget.other", "1"), "form 2 budget.other  1");
        assert_eq!(said("indicators[-2]", ""), "form 1 indicators[2]  taken away");
        assert_eq!(said("indicators[+]", "a|b"), "form 1 indicators  added: a | b");
        assert_eq!(said("purpose", "").split(" → ").nth(1), Some("(blank)"));
        assert_eq!(said("year", "2024"), "year  2025 → 2024");
    }
}
