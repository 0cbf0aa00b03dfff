//! `name-repeats-description`: 绩效指标描述与三级指标名称相同.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::NameRepeatsDescription,
    number: "I06",
    title: Message::fixed(
        "绩效指标描述与三级指标名称相同",
        "The name of an indicator is its description",
    ),
    what: Message::fixed(
        "绩效指标描述与三级指标名称一字不差，没有说明含义和算法。",
        "The description is, letter by letter, the name, and explains nothing.",
    ),
    why: Message::fixed(
        "描述应写明指标的含义、口径和计算方法，否则年底各算各的。",
        "A description says what is measured and how; else everybody computes it in his own way.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("indicators[0].description", "清淤长度")]),
        Example(&[("indicators[1].description", "工程验收 合格率")]),
    ],
    misses: &[
        Example(&[("indicators[0].description", "清淤长度（公里）")]),
        Example(&[
            ("indicators[0].level3", "无"),
            ("indicators[0].description", "无"),
            ("indicators[0].target", "无"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let rows = review
        .rows()
        .filter(|(_, row)| !row.name.is_empty() && row.name == row.description);
    for (form, row) in rows {
        let name = row.title();
        found.on_row(
            form,
            row,
            "description",
            Message::new(
                format!("绩效指标描述“{name}”与三级指标名称相同。"),
                format!("the description “{name}” only repeats the name."),
            ),
        );
    }
}
