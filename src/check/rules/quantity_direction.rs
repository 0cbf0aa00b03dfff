//! `quantity-direction`: 越多越好的指标用了上限.

use crate::check::quantity::Kind;
use crate::check::review::{Level, turned};
use crate::check::words::WORDS;
use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::QuantityDirection,
    number: "T08",
    title: Message::fixed(
        "越多越好的指标用了上限",
        "A target of which more is better has an upper limit",
    ),
    what: Message::fixed(
        "数量指标，以及质量、效益指标中明确越多越好的事项（受益人数、办结件数等），目标值写成“≤”。事故、投诉、能耗、时限等越少越好的，以及时效指标，不报。",
        "A quantity, or under quality and benefits a count of which more is surely better (people served, cases closed), says at most. Accidents, complaints, consumption, deadlines and other things of which less is better are excepted, and so are timeliness indicators.",
    ),
    why: Message::fixed(
        "按“≤50场”考核，一场不办也算完成。",
        "With at most 50 events, not holding any would do.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[
            ("indicators[0].target", "≤50场"),
            ("indicators[0].level3", "宣传活动场次"),
            ("indicators[0].description", "全年举办宣传活动的场次"),
        ]),
        Example(&[
            ("indicators[4].level3", "能源费用节约率"),
            ("indicators[4].description", "节约的能源费用占上年的比率"),
            ("indicators[4].target", "≤100%"),
        ]),
        Example(&[("indicators[1].target", "≤95%")]),
    ],
    misses: &[
        Example(&[
            ("indicators[1].level3", "安全事故次数"),
            ("indicators[1].description", "施工中发生的安全事故"),
            ("indicators[1].target", "≤1次"),
        ]),
        Example(&[
            ("indicators[1].level3", "故障响应时间"),
            ("indicators[1].description", "接报到到场的时间"),
            ("indicators[1].target", "≤30分钟"),
        ]),
        Example(&[
            ("indicators[4].level3", "受理投诉件数"),
            ("indicators[4].description", "全年受理的群众投诉"),
            ("indicators[4].target", "≤3件"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let direction = &WORDS.direction;
    for (form, row) in review.rows().filter(|(_, row)| row.is_at_most()) {
        let counts = matches!(
            row.level2,
            Some(Level::Quantity | Level::Quality | Level::Benefit)
        );
        let Some(quantity) = row.target.quantity().filter(|_| counts) else {
            continue;
        };
        let is_better_rate = || {
            let ends = |name: &str| direction.better_rates.ends(name);
            ends(row.title()) || ends(&row.description)
        };
        // Under quantity stands what is to be done; elsewhere it depends on what is counted.
        let is_done = row.level2 == Some(Level::Quantity) || direction.more_is_better.is_in(row.title());
        let more_is_better = match quantity.kind {
            Kind::Count => !row.is_rate() && is_done,
            Kind::Percent => is_better_rate(),
            Kind::Bare if row.is_rate() => is_better_rate(),
            Kind::Measure | Kind::Bare => row.level2 == Some(Level::Quantity),
            Kind::Money | Kind::Time | Kind::Grade | Kind::Other => false,
        };
        let is_surely_better = direction.more_is_better_endings.ends(row.title());
        // 管网长度 is a length, whatever the description says of the pipes.
        let is_named_count = row.level2 == Some(Level::Quantity) && WORDS.levels.counts.ends(row.title());
        let less_is_better = if is_named_count {
            direction.less_is_better.is_in(row.title())
        } else {
            row.says(&direction.less_is_better)
        };
        if !more_is_better || quantity.value.is_zero() || (less_is_better && !is_surely_better) {
            continue;
        }
        let printed = row.printed();
        let hit = found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("“{}”越多越好，指标值“{printed}”却是上限。", row.title()),
                format!(
                    "more of “{}” is better, but the target “{printed}” is an upper limit.",
                    row.title()
                ),
            ),
        );
        // At least 100 % would be no range either.
        let is_all = quantity.kind == Kind::Percent && quantity.value >= Decimal::ONE_HUNDRED;
        if let Some(right) = turned(printed, "≥").filter(|_| !is_all) {
            hit.rewriting(form, row, &right);
        }
    }
}
