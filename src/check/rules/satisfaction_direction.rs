//! `satisfaction-direction`: 满意度用了上限.

use crate::check::review::Review;
use crate::check::review::turned;
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::SatisfactionDirection,
    number: "T06",
    title: Message::fixed(
        "满意度的目标值用了上限",
        "A satisfaction target has an upper limit",
    ),
    what: Message::fixed(
        "满意度指标的目标值写成“≤”“不超过”等。不满意率、投诉率等越低越好的除外。",
        "A satisfaction target says at most. Dissatisfaction, complaints and the like are excepted.",
    ),
    why: Message::fixed(
        "满意度越高越好；按“≤90%”考核，满意度为 0 也算完成。",
        "More satisfaction is better; with at most 90 %, none at all would do.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("indicators[5].target", "≤90%")]),
        Example(&[("indicators[5].target", "90%以下")]),
        Example(&[("indicators[5].target", "≤95")]),
    ],
    misses: &[
        Example(&[
            ("indicators[5].level3", "居民投诉率"),
            ("indicators[5].description", "投诉的居民占受访居民的比率"),
            ("indicators[5].target", "≤5%"),
        ]),
        Example(&[("indicators[5].target", "≥90%")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let rows = review.rows().filter(|(_, row)| {
        row.is_satisfaction() && row.is_at_most() && !row.says(&WORDS.direction.bad_satisfaction)
    });
    for (form, row) in rows {
        let printed = row.printed();
        let hit = found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("满意度的指标值“{printed}”是上限，满意度越高越好。"),
                format!("the satisfaction target “{printed}” is an upper limit, but more is better."),
            ),
        );
        if let Some(right) = turned(printed, "≥") {
            hit.rewriting(form, row, &right);
        }
    }
}
