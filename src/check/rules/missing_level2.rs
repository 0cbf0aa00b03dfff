//! `missing-level2`: 缺少必需的二级指标.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::MissingLevel2,
    number: "I03",
    title: Message::fixed("缺少必需的二级指标", "A required level-2 indicator is missing"),
    what: Message::fixed(
        "产出下应有数量、质量、时效、成本（成本也可单列为一级指标），效益下至少有一项，满意度下应有服务对象满意度。表式自印全部行次的，空白行视为没有。一级指标整个缺失的见 missing-level1。",
        "Output needs quantity, quality, timeliness and cost (which may be a level 1 of its own), benefit at least one, satisfaction that of the recipients. Where the form prints all rows itself, a blank row counts as missing. A level 1 that is missing altogether is missing-level1.",
    ),
    why: Message::fixed(
        "缺少一个方面，就无法考核该方面的产出或效果。",
        "What has no indicator cannot be examined.",
    ),
    source: Some(Message::fixed(
        "《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》（财预〔2021〕101号）",
        "Caiyu [2021] 101, guidance on core performance targets and indicators of central departments",
    )),
    fix: None,
    hits: &[
        Example(&[("indicators[-1]", "")]),
        Example(&[("indicators[-3]", "")]),
    ],
    misses: &[
        Example(&[
            ("indicators[3].level1", "成本指标"),
            ("indicators[3].level2", "经济成本指标"),
        ]),
        Example(&[("indicators[-5]", "")]),
        Example(&[
            ("indicators[1].level3", "无"),
            ("indicators[1].description", "无"),
            ("indicators[1].target", "无"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.forms.iter().filter(|form| !form.rows.is_empty()) {
        for (name, english) in form.missing_level2(review.vocabulary) {
            found.on(
                form,
                "indicators",
                Message::new(
                    format!("缺少二级指标“{name}”。"),
                    format!("there is no level-2 indicator for {english} ({name})."),
                ),
            );
        }
    }
}
