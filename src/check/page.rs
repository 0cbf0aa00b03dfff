//! The pages of the documentation about the rules, in Markdown, made of what the rules say of themselves.

use std::fmt::Write;

use super::{ALL, Example, Rule, Settings, check};
use crate::finding::{Applicability, Language};
use crate::vocab::Vocabulary;

/// The document about all rules: a table of them, then a page for each.
#[must_use]
pub fn pages(language: Language) -> String {
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    let mut text = format!(
        "# {}\n\n{}\n\n",
        say("审核规则", "The rules of the review"),
        say(
            "由 `src/check/rules` 中各规则的说明生成（`UPDATE=1 cargo test --test it check::pages`），请勿直接修改。示例是对一份合格文本所作的改动：路径不写 `projects[…]` 的是第一个项目的栏目，`indicators[+]` 为增加一行，`indicators[-2]` 为删去一行（从 0 数起）。",
            "Generated from what the rules in `src/check/rules` say of themselves (`UPDATE=1 cargo test --test it check::pages`); not to be edited. Examples are changes of a sound document: a path without `projects[…]` is one of the first project, `indicators[+]` adds a row, `indicators[-2]` takes one away, counted from 0.",
        )
    );
    let head = say(
        "| 编号 | 名称 | 级别 | 查什么 | 改正 |",
        "| Number | Name | Severity | What it finds | Fix |",
    );
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "{head}\n|---|---|---|---|---|");
    for rule in ALL {
        let name = rule.code.name();
        let _ = writeln!(
            text,
            "| {} | [`{name}`](#{name}) | {} | {} | {} |",
            rule.number,
            rule.code.severity().word(language),
            rule.title.in_language(language),
            fix_words(rule.fix, language),
        );
    }
    let vocabulary = Vocabulary::built_in();
    for rule in ALL {
        text.push('\n');
        page(&mut text, rule, &vocabulary, language);
    }
    text
}

fn page(text: &mut String, rule: &Rule, vocabulary: &Vocabulary, language: Language) {
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    let _ = writeln!(
        text,
        "## {}\n\n**{} · {} · {}**\n\n{}\n\n{}",
        rule.code.name(),
        rule.number,
        rule.code.severity().word(language),
        rule.title.in_language(language),
        rule.what.in_language(language),
        rule.why.in_language(language),
    );
    let _ = writeln!(text, "\n{}", rule.code.help().in_language(language));
    if let Some(source) = &rule.source {
        let _ = writeln!(
            text,
            "\n{}{}",
            say("依据：", "Source: "),
            source.in_language(language)
        );
    }
    let _ = writeln!(text, "\n{}\n", say("会发现：", "It finds:"));
    for example in rule.hits {
        let department = example.department();
        let found = check(&department, vocabulary, &Settings::default());
        let _ = writeln!(text, "- {}", changes(example, language));
        for finding in found.iter().filter(|finding| finding.code == rule.code) {
            let _ = writeln!(text, "  → {}", finding.message.in_language(language));
        }
    }
    let _ = writeln!(text, "\n{}\n", say("不会误报：", "It does not find:"));
    for example in rule.misses {
        let _ = writeln!(text, "- {}", changes(example, language));
    }
}

fn fix_words(fix: Option<Applicability>, language: Language) -> &'static str {
    match (fix, language) {
        (None, _) => "",
        (Some(Applicability::Safe), _) => "`--fix`",
        (Some(Applicability::Unsafe), _) => "`--unsafe-fixes`",
        (Some(Applicability::DisplayOnly), Language::Zh) => "只作建议",
        (Some(Applicability::DisplayOnly), Language::En) => "shown only",
    }
}

/// The changes of an example in a line.
fn changes(example: &Example, language: Language) -> String {
    let blank = match language {
        Language::Zh => "（空）",
        Language::En => "(blank)",
    };
    let changes = example.0.iter().map(|(path, value)| {
        let is_taken = path.contains("[-");
        let value = value.replace('|', " ｜ ");
        match value.as_str() {
            _ if is_taken => format!("`{path}`"),
            "" => format!("`{path}` = {blank}"),
            value => format!("`{path}` = {value}"),
        }
    });
    changes.collect::<Vec<_>>().join("; ")
}
