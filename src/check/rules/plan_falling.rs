//! `plan-falling`: 累计百分比前高后低.

use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PlanFalling,
    number: "P03",
    title: Message::fixed(
        "支出计划的累计百分比前高后低",
        "A cumulative percentage is lower than the one before it",
    ),
    what: Message::fixed(
        "支出计划填的是累计进度，后一时点不得低于前一时点。空白和原文缺失的时点跳过。",
        "The plan is cumulative: no milestone has less than one before it. Blank and lost milestones are skipped.",
    ),
    why: Message::fixed(
        "多为把累计数填成了当期数；批复后无法据此控制支出进度。",
        "Usually the share of each period was given instead of the sum so far; nobody can steer by such a plan.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("spending_plan[2].percent", "40%")]),
        Example(&[
            ("spending_plan[0].percent", "60%"),
            ("spending_plan[1].percent", "20%"),
            ("spending_plan[2].percent", "20%"),
            ("spending_plan[3].percent", ""),
        ]),
    ],
    misses: &[
        Example(&[("spending_plan[2].percent", "50%")]),
        Example(&[
            ("spending_plan[0].percent", ""),
            ("spending_plan[1].percent", "100%"),
            ("spending_plan[2].percent", ""),
            ("spending_plan[3].percent", ""),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in &review.forms {
        let mut before: Option<(usize, Decimal)> = None;
        for (at, percent) in form.plan() {
            let plan = &form.project.spending_plan;
            if let Some((earlier, _)) = before.filter(|(_, highest)| percent < *highest) {
                let printed = |at: usize| plan[at].percent.as_deref().unwrap_or_default();
                let (name, earlier_name) = (&plan[at].milestone, &plan[earlier].milestone);
                let message = Message::new(
                    format!(
                        "{name}的累计支出进度 {} 低于{earlier_name}的 {}。",
                        printed(at),
                        printed(earlier)
                    ),
                    format!(
                        "{} at {name} is less than {} at {earlier_name}.",
                        printed(at),
                        printed(earlier)
                    ),
                );
                found
                    .on(form, &format!("spending_plan[{at}].percent"), message)
                    .beside(form.place(&format!("spending_plan[{earlier}].percent")));
                break;
            }
            before = Some((at, percent));
        }
    }
}
