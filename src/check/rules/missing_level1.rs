//! `missing-level1`: 缺少必需的一级指标.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::MissingLevel1,
    number: "I02",
    title: Message::fixed("缺少必需的一级指标", "A required level-1 indicator is missing"),
    what: Message::fixed(
        "每张表应有产出、效益（效果）和满意度三类一级指标。表格自带而无人填写的行不算有。全表没有指标行的，多为原文缺失，不作判断。",
        "Each form needs output, benefit (or effect) and satisfaction. Rows that the form prints itself and nobody filled do not count. A form without any indicator row was likely cut by the source, and nothing is said.",
    ),
    why: Message::fixed(
        "三类一级指标缺一，绩效目标就不完整，财政部门会退回修改。",
        "Without one of them the targets are incomplete and the form is returned.",
    ),
    source: Some(Message::fixed(
        "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应指向明确、细化量化、合理可行、相应匹配",
        "Caiyu [2015] 88: targets point to the work, are specific and quantified, reasonable and matched to the funds",
    )),
    fix: None,
    hits: &[
        Example(&[("indicators[-5]", "")]),
        Example(&[("indicators[-4]", "")]),
    ],
    misses: &[
        Example(&[("indicators[4].level1", "效果指标")]),
        Example(&[(
            "indicators[+]",
            "效益指标|经济效益指标|减少洪涝损失|清淤后减少的损失|≥5万元|统计资料",
        )]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.forms.iter().filter(|form| !form.rows.is_empty()) {
        for (level, name, english) in form.missing_level1(review.vocabulary) {
            if form.has_level_of_its_own(level) {
                continue;
            }
            found.on(
                form,
                "indicators",
                Message::new(
                    format!("缺少一级指标“{name}”。"),
                    format!("there is no level-1 indicator for {english} ({name})."),
                ),
            );
        }
    }
}
