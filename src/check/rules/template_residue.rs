//! `template-residue`: 样表的提示文字没有删去.

use crate::check::review::{Form, Text};
use crate::check::words::WORDS;
use std::ops::Range;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::TemplateResidue,
    number: "W02",
    title: Message::fixed("样表的提示文字没有删去", "A text of the blank form was left in"),
    what: Message::fixed(
        "各栏和叙述文字中残留“目标内容1”“请填写”“XX”“××”等样表文字。每栏报一次。",
        "Texts of the blank form stand in a field or in the narrative: 目标内容1, 请填写, XX, ×× and the like. Each field is reported once.",
    ),
    why: Message::fixed(
        "公开的文本里留着提示文字，说明没有填完或没有校对。",
        "A prompt in a published document shows that it was not finished, or not read.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("goals[0]", "1.目标内容 1 完成河道清淤工程的全年任务。")]),
        Example(&[("purpose", "用于XX河道清淤。")]),
        Example(&[("narrative.safeguards[0]", "请填写工作保障措施")]),
    ],
    misses: &[
        Example(&[("goals[0]", "目标1：完成河道清淤工程的全年任务。")]),
        Example(&[("goals[0]", "1.完善目标内容和考核办法。")]),
        Example(&[("purpose", "购置3×2米宣传展板。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let tell = |found: &mut Found<'_>, form: Option<&Form<'_>>, field: &str, text: &str| {
        let plain = Text::of(Some(text));
        let Some(range) = residue(&plain.plain) else {
            return;
        };
        let word = plain.slice(&range);
        let message = Message::new(
            format!("残留样表文字“{word}”。"),
            format!("{word:?} of the blank form was left in."),
        );
        match form {
            Some(form) => found.on(form, field, message),
            None => found.outside(field, message),
        }
        .quoting(&plain, &range);
    };
    review.each_text(&mut |form, field, text| tell(found, form, field, text));
}

/// Where a prompt stands.
fn residue(plain: &str) -> Option<Range<usize>> {
    let words = &WORDS.text;
    let found = words
        .residue
        .iter()
        .find_map(|word| plain.find(word.as_str()).map(|at| at..at + word.len()));
    found.or_else(|| {
        words.numbered_residue.iter().find_map(|word| {
            let (at, _) = plain.match_indices(word.as_str()).find(|(at, _)| {
                let after = plain[at + word.len()..].chars().next();
                after.is_some_and(|c| c.is_ascii_digit())
            })?;
            Some(at..at + word.len() + 1)
        })
    })
}
