//! `percent-word`: 以“百分比”代“%”.

use crate::check::quantity::Kind;
use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// What stands in the place of the sign.
const WORD: &str = "百分比";

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PercentWord,
    number: "T03",
    title: Message::fixed("指标值以“百分比”作单位", "A target has 百分比 for its unit"),
    what: Message::fixed(
        "指标值的数字后面写着“百分比”三字，而不是百分号。",
        "The number of a target is followed by the word 百分比 instead of the percent sign.",
    ),
    why: Message::fixed(
        "“百分比”不是计量单位，汇总和比对时也读不成百分数。",
        "The word is no unit, and tables cannot read it as a percentage.",
    ),
    source: None,
    fix: Some(Applicability::Safe),
    hits: &[
        Example(&[("indicators[5].target", "≥90百分比")]),
        Example(&[("indicators[1].target", "100 百分比")]),
    ],
    misses: &[
        Example(&[("indicators[5].target", "≥90%")]),
        Example(&[("indicators[1].description", "验收合格的工程占全部工程的百分比")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows() {
        let words = row.target.stated().quantities.iter();
        let is_word = words
            .clone()
            .any(|quantity| quantity.kind == Kind::Percent && quantity.unit == WORD);
        let Some(printed) = row.cells.target.as_deref().filter(|_| is_word) else {
            continue;
        };
        let right = match printed.split_once(WORD) {
            Some((number, rest)) => format!("{}%{rest}", number.trim_end()),
            None => continue,
        };
        let message = Message::new(
            format!("指标值“{printed}”以“百分比”作单位，应为“{right}”。"),
            format!("the target “{printed}” should read “{right}”."),
        );
        found.on_row(form, row, "target", message).fix(
            Applicability::Safe,
            form,
            &[(&row.path("target"), Some(&right))],
        );
    }
}
