//! `budget-sum`: 预算数 = 财政资金 + 其他资金.

use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::BudgetSum,
    number: "B01",
    title: Message::fixed(
        "预算数不等于各项资金之和",
        "The budget total is not the sum of its parts",
    ),
    what: Message::fixed(
        "预算数应等于财政资金与其他资金之和。空白的其他资金按 0 计；原文缺失或不是数字的，不作判断。",
        "The budget total has to be fiscal plus other funds. A blank part counts as 0; where the source lost a cell, or one is no number, nothing is said.",
    ),
    why: Message::fixed(
        "三个数不闭合，批复和支付时就不知道以哪个数为准。",
        "Amounts that do not add up leave open which of them is approved and paid.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("budget.fiscal", "19.50")]),
        Example(&[("projects[1].budget.fiscal", "8.00")]),
    ],
    misses: &[
        Example(&[("budget.fiscal", "30.00"), ("budget.other", ""), ("purpose", "")]),
        Example(&[("budget.other", "涉密")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.open_forms() {
        let budget = &form.project.budget;
        let part = |printed: &Option<String>, number: Option<Decimal>, field: &str| match (printed, number) {
            (None, _) if form.is_lost(field) => None,
            (None, _) => Some(Decimal::ZERO),
            (Some(_), number) => number,
        };
        let Some(total) = budget.total_decimal else {
            continue;
        };
        if budget.fiscal.is_none() && budget.other.is_none() {
            continue;
        }
        let fiscal = part(&budget.fiscal, budget.fiscal_decimal, "budget.fiscal");
        let other = part(&budget.other, budget.other_decimal, "budget.other");
        let (Some(fiscal), Some(other)) = (fiscal, other) else {
            continue;
        };
        let Some(sum) = fiscal.checked_add(other).filter(|sum| *sum != total) else {
            continue;
        };
        found
            .on(
                form,
                "budget.total",
                Message::new(
                    format!("预算数为 {total}，财政资金 {fiscal} 与其他资金 {other} 之和为 {sum}。"),
                    format!("the total is {total}, but fiscal {fiscal} plus other {other} is {sum}."),
                ),
            )
            .beside(form.place("budget.fiscal"));
    }
}
