//! `project-code-division`: 项目编码的行政区划与其他表不同.

use crate::check::review::Form;
use std::collections::BTreeMap;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::ProjectCodeDivision,
    number: "C02",
    title: Message::fixed(
        "项目编码的行政区划与其他表不同",
        "A project code has another division than the document's",
    ),
    what: Message::fixed(
        "新式编码的前六位是行政区划代码。同一文本中多数编码相同，少数不同的提示核对；旧式编码不比。",
        "The first six digits of a new code are its division. Where most codes of a document share one, others are pointed out. Older codes are not compared.",
    ),
    why: Message::fixed(
        "同一部门的项目属于同一区划，不同的多为录错或混入了别处的表。",
        "The projects of a department belong to one division; another one was mistyped, or the form is somebody else's.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[
            ("projects[+]", "91010125P001203100010|防汛物资购置|331001"),
            ("projects[1].code", "91010225P00120210001F"),
        ]),
        Example(&[
            ("code", "91010225P00120110001R"),
            ("projects[+]", "91010125P001203100010|防汛物资购置|331001"),
        ]),
    ],
    misses: &[
        Example(&[("projects[1].code", "405002B19DX0002")]),
        Example(&[("projects[1].code", "91010124P00120210001U")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let mut divisions: BTreeMap<&str, usize> = BTreeMap::new();
    for code in review.forms.iter().filter_map(Form::code) {
        *divisions.entry(code.division).or_default() += 1;
    }
    let all: usize = divisions.values().sum();
    let most = divisions
        .iter()
        .max_by_key(|(_, count)| **count)
        .map(|(division, count)| (*division, *count));
    let Some((own, _)) = most.filter(|(_, count)| 2 * count > all) else {
        return;
    };
    for form in &review.forms {
        let Some(division) = form
            .code()
            .map(|code| code.division)
            .filter(|division| *division != own)
        else {
            continue;
        };
        found.on(
            form,
            "code",
            Message::new(
                format!("项目编码的行政区划代码为 {division}，其他项目为 {own}。"),
                format!("the division in this code is {division}, in the other codes {own}."),
            ),
        );
    }
}
