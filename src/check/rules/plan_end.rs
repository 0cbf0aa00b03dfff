//! `plan-end`: 支出计划末尾不是 100%.

use rust_decimal::Decimal;

use crate::check::quantity::plain;
use crate::check::review::Review;
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PlanEnd,
    number: "P04",
    title: Message::fixed(
        "支出计划最后没有达到 100%",
        "The spending plan does not reach 100 %",
    ),
    what: Message::fixed(
        "最后一个可读的累计百分比不足 100%，之前也没有达到过；最后一个时点应是年终（12月底、第四季度）；其单元格在原文中缺失，或模型没有说明原文写了什么的，不作判断。",
        "The last percentage that can be read is below 100 and none before it was 100. The last milestone must be the end of the year; where the source lost its cell, or a model does not tell what the source said, nothing is said.",
    ),
    why: Message::fixed(
        "年度预算应在年内支出完毕；不足 100% 的部分没有安排。",
        "The budget is meant for the year; what the plan leaves out has no purpose.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("spending_plan[3].percent", "90%")]),
        Example(&[
            ("spending_plan[0].percent", "25%"),
            ("spending_plan[1].percent", "25%"),
            ("spending_plan[2].percent", "25%"),
            ("spending_plan[3].percent", "25%"),
        ]),
    ],
    misses: &[
        Example(&[
            ("spending_plan[2].percent", "100%"),
            ("spending_plan[3].percent", ""),
        ]),
        Example(&[
            ("spending_plan[0].percent", "0%"),
            ("spending_plan[1].percent", "0%"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.forms.iter().filter(|form| form.plan_scale().is_none()) {
        let plan = &form.project.spending_plan;
        let reached = form.plan().any(|(_, percent)| percent >= Decimal::ONE_HUNDRED);
        let (Some((at, percent)), Some(end)) = (form.plan().last(), plan.len().checked_sub(1)) else {
            continue;
        };
        let falls = form
            .plan()
            .zip(form.plan().skip(1))
            .any(|(one, next)| next.1 < one.1);
        let is_year_end = WORDS.text.year_ends.is_in(&plain(&plan[end].milestone));
        if reached || falls || !is_year_end || form.is_plan_cut() || plan[end].percent.is_some() && at != end
        {
            continue;
        }
        let printed = plan[at].percent.as_deref().unwrap_or_default();
        let name = &plan[at].milestone;
        let sum: Decimal = form.plan().map(|(_, percent)| percent).sum();
        let (zh, en) = if sum == Decimal::ONE_HUNDRED && percent != sum {
            (
                "各时点之和为 100%，可能填成了当期数",
                "; all of them add up to 100, so they may not be cumulative",
            )
        } else {
            ("未达到 100%", ", not 100 %")
        };
        let message = Message::new(
            format!("支出计划到{name}为 {printed}，{zh}。"),
            format!("the plan ends with {printed} at {name}{en}."),
        );
        found.on(form, &format!("spending_plan[{at}].percent"), message);
    }
}
