//! `name-repeats-level2`: 三级指标名称照抄二级指标.

use crate::check::quantity::plain;
use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::NameRepeatsLevel2,
    number: "I07",
    title: Message::fixed(
        "三级指标名称照抄二级指标",
        "The name of an indicator is the title of its level 2",
    ),
    what: Message::fixed(
        "三级指标名称与同一行的二级或一级指标名称一字不差，如“服务对象满意度指标”。",
        "The level-3 name is, letter by letter, that of level 2 or level 1 in the same row.",
    ),
    why: Message::fixed(
        "三级指标应是具体的考核内容，照抄上级名称等于没有指标。",
        "Level 3 names what is examined; a copy of the level above names nothing.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("indicators[5].level3", "服务对象满意度指标")]),
        Example(&[("indicators[0].level3", "数量指标")]),
    ],
    misses: &[
        Example(&[("indicators[5].level3", "服务对象满意度")]),
        Example(&[("indicators[0].level3", "清淤数量")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows().filter(|(_, row)| !row.name.is_empty()) {
        let is_level =
            |level: &Option<String>| level.as_deref().is_some_and(|level| plain(level) == row.name);
        if is_level(&row.cells.level2) || is_level(&row.cells.level1) {
            let name = row.title();
            found.on_row(
                form,
                row,
                "level3",
                Message::new(
                    format!("三级指标名称“{name}”照抄了上级指标的名称。"),
                    format!("the name “{name}” is only that of the level above."),
                ),
            );
        }
    }
}
