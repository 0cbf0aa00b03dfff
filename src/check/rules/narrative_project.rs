//! `narrative-project`: 分项绩效目标与绩效目标表的项目对不上.

use crate::check::items::{Item, is_same_name};
use crate::check::review::Review;
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::NarrativeProject,
    number: "N03",
    title: Message::fixed(
        "分项绩效目标与绩效目标表的项目对不上",
        "The items of the narrative and the forms name different projects",
    ),
    what: Message::fixed(
        "分项绩效目标按项目列出的，与各表逐一对应：有表无项、有项无表、名称不同都报。一项可以对应几张同名的表，或预算数之和等于其金额的几张表。年度、括号内的说明、空格不计。分项按工作内容而不按项目列出的，不比。",
        "Where the items of the narrative stand for projects, they are paired with the forms: one without the other is reported, and so is a pair with two names. One item may stand for several forms of one name, or for those that cost what it states together. Years, remarks in brackets and blanks do not count. Items about work, not about projects, are not compared.",
    ),
    why: Message::fixed(
        "叙述与表格是同一份预算，项目少了或换了名字，合计也对不上。",
        "Narrative and forms are of one budget; with a project missing or renamed, their sums differ too.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[
            ("narrative.itemized_targets[-5]", ""),
            ("narrative.itemized_targets[-4]", ""),
            ("narrative.itemized_targets[-3]", ""),
        ]),
        Example(&[(
            "narrative.itemized_targets[3]",
            "（二）节水宣传活动费（预算金额：8.5万元）",
        )]),
        Example(&[(
            "narrative.itemized_targets[+]",
            "（三）防汛物资购置（预算金额：5万元）",
        )]),
    ],
    misses: &[
        Example(&[(
            "narrative.itemized_targets[3]",
            "（二）2025年节水宣传经费绩效目标说明（预算金额：8.5万元）",
        )]),
        Example(&[
            ("narrative.itemized_targets[0]", "（一）加强河道管理"),
            ("narrative.itemized_targets[3]", "（二）普及节水知识"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let items = review.items();
    if !items.is_per_project {
        return;
    }
    for item in &items.list {
        let Some(form) = item.form.map(|at| &review.forms[at]) else {
            if !item.name.is_empty() && !is_sum(&item.name) {
                found
                    .outside(
                        &item.path(0),
                        Message::new(
                            format!("分项绩效目标有“{}”，没有相应的绩效目标表。", item.name),
                            format!(
                                "the narrative has the item “{}”, but there is no form for it.",
                                item.name
                            ),
                        ),
                    )
                    .saying(item.name.as_str());
            }
            continue;
        };
        let name = form.project.name.as_deref().unwrap_or_default();
        if is_same_name(name, &item.name) {
            continue;
        }
        let place = review
            .department
            .origin_at(&item.path(0))
            .map(|origin| origin.place);
        found
            .on(
                form,
                "name",
                Message::new(
                    format!("项目名称为“{name}”，分项绩效目标写作“{}”。", item.name),
                    format!("the project is named “{name}”, in the narrative “{}”.", item.name),
                ),
            )
            .beside(place);
    }
    for form in review.open_forms() {
        let name = form.project.name.as_deref().unwrap_or_default();
        // That two projects have one name is another finding.
        let is_named = |item: &Item<'_>| item.form.is_some() && is_same_name(name, &item.name);
        if items
            .list
            .iter()
            .any(|item| item.is_about(form.index) || is_named(item))
        {
            continue;
        }
        found.on(
            form,
            "name",
            Message::new(
                format!("分项绩效目标中没有“{name}”。"),
                format!("the narrative has no item for “{name}”."),
            ),
        );
    }
}

/// Whether an item is the sum of the others.
fn is_sum(name: &str) -> bool {
    WORDS.money.sums.starts(name)
}
