//! `target-repeats-name`: 指标值与指标名称或描述相同.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::TargetRepeatsName,
    number: "T05",
    title: Message::fixed("指标值重复了指标名称或描述", "A target repeats its indicator"),
    what: Message::fixed(
        "指标值与三级指标名称或绩效指标描述一字不差。",
        "The target is, letter by letter, the name or the description of its indicator.",
    ),
    why: Message::fixed(
        "指标值应写要达到的数值或标准，重复名称等于没有目标。",
        "A target that only names its indicator sets none.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("indicators[4].target", "受益人口")]),
        Example(&[("indicators[1].target", "验收合格的工程占全部工程的比率")]),
    ],
    misses: &[
        Example(&[("indicators[4].target", "提高受益人口")]),
        Example(&[
            ("indicators[4].level3", "无"),
            ("indicators[4].description", "无"),
            ("indicators[4].target", "无"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows().filter(|(_, row)| row.repeats()) {
        let printed = row.printed();
        let (zh, en) = if row.target.plain == row.name {
            ("三级指标名称", "name")
        } else {
            (review.label("description"), "description")
        };
        found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("指标值“{printed}”与{zh}相同，没有写明目标。"),
                format!("the target “{printed}” is the indicator's {en} and states no target."),
            ),
        );
    }
}
