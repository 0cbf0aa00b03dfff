//! `target-not-measurable`: 指标值无法衡量.

use crate::check::review::Review;
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::TargetNotMeasurable,
    number: "T04",
    title: Message::fixed("指标值无法衡量", "A target cannot be measured"),
    what: Message::fixed(
        "指标值没有数字、日期，也没有可以核对的标准，只有“提高”“长期”“进一步提升”一类的词。",
        "The target has no number, no date and no standard that could be verified, but words such as 提高, 长期, 进一步提升.",
    ),
    why: Message::fixed(
        "到年底无法判断是否完成。能量化的应量化，不能量化的可用分级、可比较的表述。",
        "At the end of the year nobody can say whether it was reached. What cannot be counted can be graded or compared.",
    ),
    source: Some(Message::fixed(
        "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应指向明确、细化量化、合理可行、相应匹配",
        "Caiyu [2015] 88: targets point to the work, are specific and quantified, reasonable and matched to the funds",
    )),
    fix: None,
    hits: &[
        Example(&[("indicators[4].target", "进一步提升")]),
        Example(&[("indicators[4].target", "长期")]),
    ],
    misses: &[
        Example(&[("indicators[1].target", "符合“八有标准”")]),
        Example(&[("indicators[1].target", "达到行业标准并按期提升")]),
        Example(&[("indicators[4].target", "提高 5 个百分点")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let words = &WORDS.text;
    for (form, row) in review.rows() {
        let target = &row.target;
        let states = !target.stated().quantities.is_empty()
            || !target.stated().dates.is_empty()
            || target.plain.contains(|c: char| c.is_ascii_digit());
        let is_measurable = words.verifiable.is_in(&target.plain)
            || review
                .settings
                .limits
                .measurable_words
                .iter()
                .any(|word| target.plain.contains(word.as_str()));
        if states || is_measurable || !words.vague.is_in(&target.plain) || row.repeats() {
            continue;
        }
        let printed = row.printed();
        found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("指标值“{printed}”没有可以衡量的数值或标准。"),
                format!("the target “{printed}” gives nothing that could be measured."),
            ),
        );
    }
}
