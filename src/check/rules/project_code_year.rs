//! `project-code-year`: 项目编码的年度晚于文本年度.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::ProjectCodeYear,
    number: "C03",
    title: Message::fixed(
        "项目编码的年度晚于文本年度",
        "The year in a project code is later than the document's",
    ),
    what: Message::fixed(
        "新式编码第七、八位是年度。晚于预算年度的提示核对；早于预算年度的是结转项目，属正常。",
        "The seventh and eighth digit of a new code are its year. One later than the document's is pointed out; an earlier one is that of a project carried over.",
    ),
    why: Message::fixed(
        "本年度的文本不会有以后年度立项的项目。",
        "A document of this year has no project of a year to come.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("code", "91010126P001201100013")]),
        Example(&[("projects[1].code", "91010126P00120210001Q")]),
    ],
    misses: &[
        Example(&[("code", "91010124P001201100016")]),
        Example(&[("code", "405002B29DX0002")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let Some(year) = review.year else {
        return;
    };
    for form in &review.forms {
        let code = form.code();
        let Some(stated) = code.map(|code| code.year).filter(|stated| *stated > year) else {
            continue;
        };
        found.on(
            form,
            "code",
            Message::new(
                format!("项目编码的年度为 {stated}，晚于文本的 {year} 年。"),
                format!("the code is of {stated}, the document of {year}."),
            ),
        );
    }
}
