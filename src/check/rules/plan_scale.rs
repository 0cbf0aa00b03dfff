//! `plan-scale`: 支出计划的百分比整体差 100 倍.

use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PlanScale,
    number: "P02",
    title: Message::fixed(
        "支出计划的百分比整体差 100 倍",
        "All percentages of the plan are off by a factor of 100",
    ),
    what: Message::fixed(
        "同一张表的各时点百分比乘以或除以 100 后，恰好是递增且不超过 100% 的累计进度，如 6000%、9000%、10000%，或 0.25、0.5、1。",
        "Times or divided by 100, all percentages of a form are a plan that rises to at most 100 %, such as 6000 %, 9000 %, 10000 %, or 0.25, 0.5, 1.",
    ),
    why: Message::fixed(
        "多为电子表格的百分比格式转换所致；按字面理解，支出会超过预算数十倍。",
        "It comes of percent formats in spreadsheets; read literally, the plan spends many times its budget.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[
            ("spending_plan[0].percent", ""),
            ("spending_plan[1].percent", "6000%"),
            ("spending_plan[2].percent", "9000%"),
            ("spending_plan[3].percent", "10000%"),
        ]),
        Example(&[
            ("spending_plan[0].percent", "0.25"),
            ("spending_plan[1].percent", "0.5"),
            ("spending_plan[2].percent", "0.75"),
            ("spending_plan[3].percent", "1"),
        ]),
    ],
    misses: &[
        Example(&[
            ("spending_plan[0].percent", "0.5%"),
            ("spending_plan[1].percent", "1%"),
        ]),
        Example(&[("spending_plan[3].percent", "120%")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in &review.forms {
        let Some(scale) = form.plan_scale() else {
            continue;
        };
        let changes: Vec<(String, String)> = form
            .plan()
            .filter_map(|(at, percent)| {
                let printed = form.project.spending_plan[at].percent.as_deref()?;
                let sign = if printed.contains(['%', '％']) { "%" } else { "" };
                let right = percent.checked_mul(scale)?.normalize();
                Some((format!("spending_plan[{at}].percent"), format!("{right}{sign}")))
            })
            .collect();
        let printed: Vec<&str> = form
            .plan()
            .filter_map(|(at, _)| form.project.spending_plan[at].percent.as_deref())
            .collect();
        let right: Vec<&str> = changes.iter().map(|(_, right)| right.as_str()).collect();
        let first = changes
            .first()
            .map_or("spending_plan", |(field, _)| field.as_str());
        let (zh, en) = if scale < Decimal::ONE {
            ("放大了", "100 times too large")
        } else {
            ("缩小了", "100 times too small")
        };
        let message = Message::new(
            format!(
                "支出计划 {} 整体{zh} 100 倍，应为 {}。",
                printed.join("、"),
                right.join("、")
            ),
            format!(
                "the plan {} is {en}; it should read {}.",
                printed.join(", "),
                right.join(", ")
            ),
        );
        let edits: Vec<(&str, Option<&str>)> = changes
            .iter()
            .map(|(field, right)| (field.as_str(), Some(right.as_str())))
            .collect();
        found
            .on(form, first, message)
            .saying(printed.join(" "))
            .fix(Applicability::Unsafe, form, &edits);
    }
}
