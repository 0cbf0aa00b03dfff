//! `copied-row`: 成本指标照抄另一张表.

use crate::check::money::{add_up, agree, in_wan_yuan};
use crate::check::review::{Form, Row};
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::CopiedRow,
    number: "I08",
    title: Message::fixed(
        "成本指标照抄另一张表",
        "A cost row has the figure of another form",
    ),
    what: Message::fixed(
        "成本指标的金额与本表预算数不符，本表其他文字也没有提到，却与另一张表同名指标的金额相同，并与那张表的预算或资金用途相符。",
        "The amount of a cost row does not fit this form's budget and stands nowhere else in it, but is that of the same indicator in another form, where it fits the budget or the purpose.",
    ),
    why: Message::fixed(
        "多为复制上年或相邻项目的表后没有改数。",
        "The form was copied from last year's, or from the one before it, and the figure left as it was.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[
            ("projects[1].indicators[3].target", "≤30万元"),
            ("projects[1].indicators[3].level3", "工程总成本"),
        ]),
        Example(&[
            ("projects[1].indicators[3].target", "≤30万元"),
            ("projects[1].indicators[3].description", "全部河段清淤的支出"),
        ]),
    ],
    misses: &[
        Example(&[
            ("projects[1].indicators[3].target", "≤30万元"),
            ("projects[1].indicators[3].level3", "工程总成本"),
            ("projects[1].purpose", "项目预算30万元，用于印制宣传品。"),
        ]),
        Example(&[
            ("projects[1].indicators[3].target", "≤9万元"),
            ("projects[1].indicators[3].level3", "工程总成本"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    let agrees = |one, other| agree(one, other, tolerance);
    // All cost rows by amount, to look among.
    let mut known: BTreeMap<Decimal, Vec<(&Form<'_>, &Row<'_>)>> = BTreeMap::new();
    for form in review.open_forms() {
        for (row, amount) in form.costs() {
            known.entry(amount.normalize()).or_default().push((form, row));
        }
    }
    for form in review.open_forms() {
        let Some(budget) = form.budget() else {
            continue;
        };
        for (row, amount) in form
            .costs()
            .filter(|(_, amount)| !agrees(*amount, budget) && !amount.is_zero())
        {
            if form
                .plain_costs()
                .is_some_and(|(_, amounts)| add_up(&amounts, budget, tolerance))
                || states(form, amount)
            {
                continue;
            }
            let others = known.get(&amount.normalize()).into_iter().flatten();
            let same = others.filter(|(other, there)| {
                let is_same_name = (!row.name.is_empty() && row.name == there.name)
                    || (!row.description.is_empty() && row.description == there.description);
                let fits =
                    other.budget().is_some_and(|budget| agrees(amount, budget)) || states(other, amount);
                other.index != form.index && is_same_name && fits
            });
            let Some((other, there)) = same.min_by_key(|(other, _)| other.index.abs_diff(form.index)) else {
                continue;
            };
            let printed = row.printed();
            let (number, name) = (
                other.project.number,
                other.project.name.as_deref().unwrap_or_default(),
            );
            found
                .on_row(
                    form,
                    row,
                    "target",
                    Message::new(
                        format!("成本“{printed}”与第 {number} 张表（{name}）相同，与本表预算数 {budget} 不符，可能是复制后没有改。"),
                        format!("the cost “{printed}” is that of form {number} ({name}) and does not fit the budget of {budget}; it was likely copied."),
                    ),
                )
                .beside(other.place(&there.path("target")));
        }
    }
}

/// Whether the purpose or the goals of a form state the amount.
fn states(form: &Form<'_>, amount: Decimal) -> bool {
    let texts = form.goals.iter().chain([&form.purpose]);
    texts
        .flat_map(|text| &text.stated().quantities)
        .any(|quantity| in_wan_yuan(quantity).is_some_and(|stated| stated == amount))
}
