//! `wrong-level2`: 指标放错了二级指标.

use crate::check::quantity::{Kind, Quantity};
use crate::check::review::Review;
use crate::check::review::{Form, Level, Row, is_rate};
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::WrongLevel2,
    number: "I01",
    title: Message::fixed(
        "指标放错了二级指标",
        "An indicator stands under the wrong level 2",
    ),
    what: Message::fixed(
        "质量指标下按人、件、次等计数的；数量指标下的比率；名称是率、指标值却是金额的；成本指标下与成本无关的。事故、故障、等级、年限等仍属质量，不报。",
        "A count of people or things under quality; a rate under quantity; an amount for the target of a rate; what is no cost under cost. Accidents, failures, grades and years of use do say something of quality.",
    ),
    why: Message::fixed(
        "二级指标各考核一个方面，放错了就缺了该方面的考核。",
        "Each level 2 examines one side of the work; a misplaced indicator leaves that side unexamined.",
    ),
    source: Some(Message::fixed(
        "《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》（财预〔2021〕101号）",
        "Caiyu [2021] 101, guidance on core performance targets and indicators of central departments",
    )),
    fix: None,
    hits: &[
        Example(&[
            ("indicators[1].level3", "受益人数"),
            ("indicators[1].description", "从清淤中受益的人数"),
            ("indicators[1].target", "≥1万人"),
        ]),
        Example(&[
            ("indicators[0].level3", "设备完好率"),
            ("indicators[0].description", "完好设备的比率"),
            ("indicators[0].target", "≥90%"),
        ]),
        Example(&[
            ("indicators[1].level3", "资金到位率"),
            ("indicators[1].description", "资金到位率"),
            ("indicators[1].target", "30万元"),
        ]),
        Example(&[
            ("indicators[3].level3", "预算资金完成率"),
            ("indicators[3].description", "预算资金完成率"),
            ("indicators[3].target", "100%"),
        ]),
        Example(&[
            ("indicators[3].level3", "巡查次数"),
            ("indicators[3].description", "全年巡查的次数"),
            ("indicators[3].target", "≥4次"),
        ]),
    ],
    misses: &[
        Example(&[
            ("indicators[1].level3", "质量事故次数"),
            ("indicators[1].description", "施工中的质量事故"),
            ("indicators[1].target", "0次"),
        ]),
        Example(&[
            ("indicators[1].level3", "水位深度"),
            ("indicators[1].description", "清淤后的水深"),
            ("indicators[1].target", "≥1.8米"),
        ]),
        Example(&[
            ("indicators[3].level3", "成本节约率"),
            ("indicators[3].description", "节约的支出占预算的比率"),
            ("indicators[3].target", "≥5%"),
        ]),
        Example(&[
            ("indicators[0].level3", "保洁频率"),
            ("indicators[0].description", "每周保洁的次数"),
            ("indicators[0].target", "≥3次"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows() {
        let Some(quantity) = row.target.quantity() else {
            continue;
        };
        let printed = row.printed();
        let level = row.cells.level2.as_deref().unwrap_or_default();
        let Some((zh, en)) = misplaced(form, row, quantity) else {
            continue;
        };
        found.on_row(
            form,
            row,
            "level2",
            Message::new(
                format!("“{}”（{printed}）{zh}，不属于{level}。", row.title()),
                format!(
                    "“{}” ({printed}) {en} and does not belong under {level}.",
                    row.title()
                ),
            ),
        );
    }
}

/// What a row is that its level 2 does not ask for.
fn misplaced(form: &Form<'_>, row: &Row<'_>, quantity: &Quantity) -> Option<(&'static str, &'static str)> {
    let words = &WORDS.levels;
    let is_percentage = quantity.kind == Kind::Percent || (quantity.kind == Kind::Bare && row.is_rate());
    if quantity.kind == Kind::Money && is_rate(&row.name) {
        return Some(("是比率，指标值却是金额", "is a rate whose target is an amount"));
    }
    match row.level2? {
        Level::Quality => {
            let is_count = match quantity.kind {
                Kind::Count => true,
                Kind::Measure => words.counts.ends(&row.name),
                _ => false,
            };
            let is_more = !row.is_at_most() && !quantity.value.is_zero();
            let is_bad = !row.is_at_least() && row.says(&WORDS.direction.less_is_better);
            // People are a count, whatever the description says of them.
            let are_people = row.is_at_least() && words.people.has(&quantity.unit);
            let says_quality = if are_people {
                row.is_named(&words.quality_counts)
            } else {
                row.says(&words.quality_counts) || is_bad
            };
            (is_count && is_more && !says_quality && !row.is_rate() && quantity.per.is_empty())
                .then_some(("是数量", "is a count"))
        }
        Level::Quantity => {
            let is_named = is_rate(&row.name) || (row.name.is_empty() && is_rate(&row.description));
            (is_percentage && is_named).then_some(("是比率", "is a rate"))
        }
        // Costs to society and to nature are counted in people, complaints and the like.
        Level::Cost
            if words
                .other_costs
                .is_in(row.cells.level2.as_deref().unwrap_or_default()) =>
        {
            None
        }
        Level::Cost => {
            let says_cost = row.says(&words.costs);
            let is_other = words.no_cost_rates.ends(row.title())
                && matches!(quantity.kind, Kind::Percent | Kind::Bare)
                && !row.says(&words.cost_rates);
            let is_unrelated = !says_cost
                && quantity.kind != Kind::Money
                && row
                    .amount(form)
                    .is_none_or(|_| quantity.kind == Kind::Bare && row.is_rate());
            let is_count =
                quantity.kind == Kind::Count && words.counts.ends(row.title()) && !row.title().contains('费');
            (is_other || is_unrelated || is_count).then_some(("不反映成本", "says nothing of costs"))
        }
        _ => None,
    }
}
