//! `cost-total`: 成本指标合计与预算数不一致.

use crate::check::money::{add_up, agree};
use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::CostTotal,
    number: "B03",
    title: Message::fixed(
        "成本指标合计与预算数不一致",
        "The cost indicators do not come to the budget",
    ),
    what: Message::fixed(
        "成本指标中写明金额的各行（单价除外）相加，与预算数比较；表中没有预算数的，与资金用途写明的总额比较。有一行已等于预算数的，视为总成本加分项，不重复相加；成本项下的数量不计；有成本行读不出金额的，不作判断。描述里说明算法的（“14人，每人每月1200元”），指标值按合计算。",
        "The cost rows that state an amount (not a price) are added up and compared with the total, or, where the form has no cell for it, with the total that the purpose states. One row that is the total already may stand beside its parts. Counts under cost do not count; where a cost row cannot be read, nothing is said. A description that tells how the amount comes about (14 persons, 1,200 yuan a month each) does not make it a price.",
    ),
    why: Message::fixed(
        "成本指标应与批复的预算相匹配；不一致的多为调减预算后没有改指标，或从别的表复制。",
        "Costs have to match the approved budget; if not, the indicators were usually left as they were, or copied from another form.",
    ),
    source: Some(Message::fixed(
        "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应指向明确、细化量化、合理可行、相应匹配",
        "Caiyu [2015] 88: targets point to the work, are specific and quantified, reasonable and matched to the funds",
    )),
    fix: None,
    hits: &[
        Example(&[("indicators[3].target", "≤32万元")]),
        Example(&[
            ("indicators[3].target", "≤20万元"),
            (
                "indicators[+]",
                "产出指标|成本指标|护岸成本|护岸的支出|≤8万元|预算测算",
            ),
        ]),
        Example(&[("indicators[3].target", "≤28万")]),
    ],
    misses: &[
        Example(&[
            ("indicators[3].target", "≤20万元"),
            (
                "indicators[+]",
                "产出指标|成本指标|护岸成本|护岸的支出|≤10万元|预算测算",
            ),
        ]),
        Example(&[(
            "indicators[+]",
            "产出指标|成本指标|其中：护岸成本|护岸的支出|≤10万元|预算测算",
        )]),
        Example(&[("indicators[3].target", "≤2.5万元/公里")]),
        Example(&[("indicators[3].target", "≤300000元")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    for form in review.open_forms() {
        let Some(budget) = form.budget() else {
            continue;
        };
        let Some((rows, amounts)) = form.plain_costs() else {
            continue;
        };
        let Some(first) = rows.first() else {
            continue;
        };
        let has_total = amounts.len() > 1 && amounts.iter().any(|amount| agree(*amount, budget, tolerance));
        if has_total || add_up(&amounts, budget, tolerance) {
            continue;
        }
        let sum: Decimal = amounts.iter().sum();
        let (sum, total) = (sum.normalize(), budget);
        let message = if let [row] = rows.as_slice() {
            let printed = row.printed();
            Message::new(
                format!("成本指标“{printed}”与预算数 {total} 万元不一致。"),
                format!("the cost target “{printed}” is not the budget of {total} wan yuan."),
            )
        } else {
            Message::new(
                format!(
                    "{} 行成本指标合计 {sum} 万元，与预算数 {total} 万元不一致。",
                    rows.len()
                ),
                format!(
                    "{} cost indicators come to {sum} wan yuan, the budget is {total}.",
                    rows.len()
                ),
            )
        };
        let mut hit = found.on_row(form, first, "target", message);
        for row in &rows[1..] {
            hit = hit.beside(form.place(&row.path("target")));
        }
        hit.beside(form.place("budget.total"));
    }
}
