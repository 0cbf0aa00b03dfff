//! `plan-over-100`: 累计百分比超过 100%.

use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PlanOver100,
    number: "P01",
    title: Message::fixed(
        "支出计划的累计百分比超过 100%",
        "A cumulative percentage of the plan is above 100",
    ),
    what: Message::fixed(
        "某一时点的累计百分比大于 100%，而各时点并非整体差 100 倍（整体差 100 倍的见 plan-scale）。",
        "A milestone has more than 100 %, and the plan as a whole is not off by a factor of 100 (that is plan-scale).",
    ),
    why: Message::fixed(
        "累计支出不可能超过预算。",
        "No more than the budget can be spent.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("spending_plan[3].percent", "120%")]),
        Example(&[("spending_plan[2].percent", "800%")]),
    ],
    misses: &[
        Example(&[("spending_plan[2].percent", "100%")]),
        Example(&[
            ("spending_plan[0].percent", ""),
            ("spending_plan[1].percent", "6000%"),
            ("spending_plan[2].percent", "9000%"),
            ("spending_plan[3].percent", "10000%"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.forms.iter().filter(|form| form.plan_scale().is_none()) {
        for (at, _) in form.plan().filter(|(_, percent)| *percent > Decimal::ONE_HUNDRED) {
            let milestone = &form.project.spending_plan[at];
            let (name, printed) = (
                &milestone.milestone,
                milestone.percent.as_deref().unwrap_or_default(),
            );
            let message = Message::new(
                format!("{name}的累计支出进度为 {printed}，超过 100%。"),
                format!("the plan has {printed} at {name}, more than 100 %."),
            );
            found.on(form, &format!("spending_plan[{at}].percent"), message);
        }
    }
}
