//! `template-residue`: 样表的提示文字没有删去.

use std::ops::Range;
use std::sync::LazyLock;

use crate::check::list::List;
use crate::check::review::Review;
use crate::check::words::WORDS;
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
    review.each_text(&mut |form, spot, text| {
        let Some(range) = residue(text) else {
            return;
        };
        let word = &text[range.clone()];
        let message = Message::new(
            format!("残留样表文字“{word}”。"),
            format!("“{word}” of the blank form was left in."),
        );
        found.in_text(form, spot, text, &range, message);
    });
}

/// The prompts, also those that are some only before a number.
static PROMPTS: LazyLock<List> = LazyLock::new(|| {
    let words = &WORDS.text;
    let all = words.residue.words().chain(words.numbered_residue.words());
    List::from(all.cloned().collect::<Vec<_>>())
});

/// Where a prompt stands.
fn residue(plain: &str) -> Option<Range<usize>> {
    PROMPTS.find(plain, |range| {
        let is_numbered = || WORDS.text.numbered_residue.has(&plain[range.clone()]);
        let is_quoted = plain[..range.start].ends_with(['“', '"', '‘', '「', '《']);
        if is_quoted && WORDS.text.quoted_residue.has(&plain[range.clone()]) {
            return None;
        }
        let digit = plain[range.end..].chars().next().filter(char::is_ascii_digit);
        (digit.is_some() || !is_numbered()).then(|| match digit.filter(|_| is_numbered()) {
            Some(digit) => range.start..range.end + digit.len_utf8(),
            None => range.clone(),
        })
    })
}
