//! `doubled-value`: 指标值重复录入.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::DoubledValue,
    number: "T01",
    title: Message::fixed("指标值重复录入", "A value was typed twice"),
    what: Message::fixed(
        "同一个数连写两次（19.519.5万元、4545万元）、数值和单位连写两次，或数字后面又写了定性的词（95长期、98优良）。恰好由两段相同数字组成的数，只有在预算、其他文字或百分比上限说明它不可能是原值时才报。",
        "One number stands twice in a row (19.519.5, 4545 for 45), number and unit stand twice, or a word follows where a unit belongs (95长期, 98优良). A number that merely consists of two equal halves is reported only where the budget, another text or the limit of a percentage shows that it cannot be meant.",
    ),
    why: Message::fixed(
        "多为录入时在“单位”栏又填了一遍数值；指标值会放大几十倍到上百倍。",
        "The value was typed again into the box for the unit; read literally, the target is many times too large.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("indicators[3].target", "≤3030万元")]),
        Example(&[("indicators[3].target", "≤19.519.5万元")]),
        Example(&[("indicators[5].target", "≥9595%")]),
        Example(&[("indicators[4].target", "≥95长期")]),
        Example(&[("indicators[0].target", "≥12公里12公里")]),
    ],
    misses: &[
        Example(&[
            ("indicators[3].target", "≤33万元"),
            ("budget.total", "33.00"),
            ("budget.fiscal", "23.00"),
            ("purpose", ""),
        ]),
        Example(&[("indicators[4].target", "≥2020人")]),
        Example(&[("indicators[3].target", "≤3.33万元")]),
        Example(&[("indicators[2].target", "2025.12.12")]),
        Example(&[("indicators[4].target", "≥1212户")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows() {
        let Some(doubled) = row.doubled(form) else {
            continue;
        };
        let printed = row.printed();
        let hit = match &doubled.right {
            Some(right) => found.on_row(
                form,
                row,
                "target",
                Message::new(
                    format!("指标值“{printed}”中有内容录入了两次，应为“{right}”。"),
                    format!("in the target “{printed}” something was typed twice; it should read “{right}”."),
                ),
            ),
            None => found.on_row(
                form,
                row,
                "target",
                Message::new(
                    format!("指标值“{printed}”的单位处又填了一个值，应只保留一个。"),
                    format!("the target “{printed}” has another value where its unit belongs; one of them is to go."),
                ),
            ),
        };
        if let Some(right) = &doubled.right {
            hit.rewriting(form, row, right);
        }
    }
}
