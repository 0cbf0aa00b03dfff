//! `filler-indicator`: 以“无”等充数的指标行.

use crate::check::review::Review;
use crate::check::review::RowState;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::FillerIndicator,
    number: "I04",
    title: Message::fixed("指标行没有内容", "An indicator row holds nothing but a filler"),
    what: Message::fixed(
        "三级指标、描述、指标值全是“无”“—”“暂无”等，或者全部空白。表式自印全部行次的，空白行不报。",
        "Name, description and target are all 无, —, 暂无 and the like, or all blank. Where the form prints all its rows itself, blank ones are not reported.",
    ),
    why: Message::fixed(
        "空行不是指标，会被认作没有填完。",
        "Such a row is no indicator and looks unfinished.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[
            ("indicators[4].level3", "无"),
            ("indicators[4].description", "无"),
            ("indicators[4].target", "无"),
        ]),
        Example(&[("indicators[+]", "效益指标|生态效益指标||||")]),
        Example(&[("indicators[+]", "效益指标|生态效益指标|—|—|—|—")]),
    ],
    misses: &[
        Example(&[
            ("form", "tangshan-2022"),
            ("indicators[+]", "效果指标|生态效益指标||||"),
        ]),
        Example(&[("indicators[4].target", "无重大事故")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.open_forms() {
        for row in &form.rows {
            let (zh, en) = match row.state {
                RowState::Filler => ("只填了充数的内容", "holds nothing but a filler"),
                RowState::Blank if !form.prints_all_rows && !form.is_lost(&row.path("level3")) => {
                    ("没有填写内容", "is blank")
                }
                _ => continue,
            };
            let level = row.cells.level2.as_deref().unwrap_or_default();
            found
                .on_row(
                    form,
                    row,
                    "level3",
                    Message::new(
                        format!("第 {} 行指标（{level}）{zh}。", row.index + 1),
                        format!("indicator row {} ({level}) {en}.", row.index + 1),
                    ),
                )
                .saying(row.cells.level3.as_deref().unwrap_or_default());
        }
    }
}
