//! `over-100-rate`: 不可能超过 100% 的率要求不低于 100%.

use crate::check::quantity::Kind;
use crate::check::review::{Level, is_rate, turned};
use crate::check::words::WORDS;
use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::Over100Rate,
    number: "T09",
    title: Message::fixed(
        "不可能超过 100% 的率要求不低于 100%",
        "A rate that cannot exceed 100 % is to be at least that",
    ),
    what: Message::fixed(
        "完成率、合格率、满意度等以 100% 为上限的率，目标值写成“≥100%”或更高。增长率、提高幅度、投入产出率等可以超过 100% 的不报。",
        "A completion rate, a pass rate, satisfaction and the like cannot exceed 100 %, yet the target says at least 100 % or more. Growth, increases and returns are excepted.",
    ),
    why: Message::fixed(
        "“≥100%”不是有效的区间，应写“=100%”，或一个留有余地的目标值。",
        "At least 100 % is no range where 100 % is the most there can be.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("indicators[1].target", "≥100%")]),
        Example(&[
            ("indicators[1].level3", "各项支付工作完成率"),
            ("indicators[1].target", "≥100"),
        ]),
        Example(&[("indicators[5].target", "＞100%")]),
    ],
    misses: &[
        Example(&[
            ("indicators[4].level3", "用水效率增长率"),
            ("indicators[4].description", "与上年相比的增长"),
            ("indicators[4].target", "≥100%"),
        ]),
        Example(&[("indicators[1].target", "=100%")]),
        Example(&[("indicators[0].target", "≥100公里")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows().filter(|(_, row)| row.is_at_least()) {
        let Some(quantity) = row.target.quantity() else {
            continue;
        };
        let is_rate = row.is_rate() || is_rate(&row.description) || row.is_satisfaction();
        let is_percentage = match quantity.kind {
            Kind::Percent => is_rate || matches!(row.level2, Some(Level::Quality | Level::Timeliness)),
            Kind::Bare => is_rate,
            _ => false,
        };
        let may_exceed = row.says(&WORDS.direction.beyond_hundred);
        // What reads doubled is another finding.
        let is_doubled = || row.doubled(form).is_some();
        if !is_percentage || may_exceed || quantity.value < Decimal::ONE_HUNDRED || is_doubled() {
            continue;
        }
        let printed = row.printed();
        let hit = found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("“{}”最高为 100%，指标值“{printed}”不是有效的区间。", row.title()),
                format!(
                    "“{}” is at most 100 %, so the target “{printed}” is no range.",
                    row.title()
                ),
            ),
        );
        if quantity.value == Decimal::ONE_HUNDRED
            && let Some(right) = turned(printed, "=")
        {
            hit.rewriting(form, row, &right);
        }
    }
}
