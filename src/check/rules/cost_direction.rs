//! `cost-direction`: 成本用了下限.

use crate::check::review::{Level, Review, turned};
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::CostDirection,
    number: "T07",
    title: Message::fixed("成本的目标值用了下限", "A cost target has a lower limit"),
    what: Message::fixed(
        "成本指标的目标值写成“≥”“不低于”等。节约率、资金到位率等越高越好的，以及错列在成本项下的数量，除外。",
        "A cost target says at least. Savings, funds received and the like, of which more is better, are excepted, and so are counts that do not belong there.",
    ),
    why: Message::fixed(
        "成本应当控制在上限之内；按“≥”考核，花得越多完成得越好。",
        "A cost is to be held below a limit; with at least, spending more would be doing better.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("indicators[3].target", "≥30万元")]),
        Example(&[
            ("indicators[3].target", "≥15 元/平方米月"),
            ("indicators[3].level3", "单位面积清淤费"),
        ]),
    ],
    misses: &[
        Example(&[
            ("indicators[3].level3", "成本节约率"),
            ("indicators[3].description", "节约的支出占预算的比率"),
            ("indicators[3].target", "≥5%"),
        ]),
        Example(&[("indicators[3].target", "=30万元")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let rows = review.rows().filter(|(_, row)| {
        row.level2 == Some(Level::Cost)
            && row.is_at_least()
            && !row.says(&WORDS.direction.good_costs)
            && !row.is_count()
    });
    for (form, row) in rows {
        let printed = row.printed();
        let hit = found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("成本的指标值“{printed}”是下限，成本应控制在上限之内。"),
                format!("the cost target “{printed}” is a lower limit, but costs are held below one."),
            ),
        );
        if let Some(right) = turned(printed, "≤") {
            hit.rewriting(form, row, &right);
        }
    }
}
