//! `project-code`: 项目编码的校验位不符.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};
use crate::model::{ProjectCode, check_character};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::ProjectCode,
    number: "C01",
    title: Message::fixed(
        "项目编码的校验位不符",
        "The check character of a project code does not fit",
    ),
    what: Message::fixed(
        "新式编码（行政区划六位、年度两位、P、十一位数字、校验位）按 31 个字符的表加权求和校验；含 I、O、S、V、Z 的必为录错。旧式编码无法校验，不报。",
        "A code of the new shape (six digits of division, two of the year, P, eleven digits, a check character) is checked by weights over an alphabet of 31; I, O, S, V and Z never stand in one. Older codes cannot be checked.",
    ),
    why: Message::fixed(
        "编码录错一位，预算、支付和绩效就对不上号。校验规则由公开文本推算，未见公布，故只作警告。",
        "With one character wrong, budget, payment and performance no longer meet. The rule was computed from published documents, so it only warns.",
    ),
    source: None,
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("code", "91010125P00120110001K")]),
        Example(&[("code", "91010125P00120110010L")]),
        Example(&[("code", "91010125P0012O110001L")]),
    ],
    misses: &[
        Example(&[("code", "405002B19DX0002")]),
        Example(&[("code", "130322213RGZQG5D0ORKX")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in &review.forms {
        let Some(printed) = form.project.code.as_deref() else {
            continue;
        };
        let Some(code) = ProjectCode::read(printed).filter(|code| !code.is_sound()) else {
            continue;
        };
        let right = likely(printed);
        let foreign = code
            .body
            .chars()
            .chain([code.check])
            .find(|c| "IOSVZ".contains(*c) || c.is_ascii_lowercase());
        let (zh, en) = if let Some(letter) = foreign {
            (
                format!("含有不会出现的字符 {letter}"),
                format!("has the letter {letter}, which never stands in one"),
            )
        } else {
            let wanted = check_character(code.body).map(String::from).unwrap_or_default();
            (
                format!("校验位应为 {wanted}"),
                format!("should end with {wanted}"),
            )
        };
        let hit = found.on(
            form,
            "code",
            Message::new(
                format!("项目编码 {printed} {zh}，可能录错。"),
                format!("the code {printed} {en}; it is likely mistyped."),
            ),
        );
        if let Some(right) = right {
            hit.fix(Applicability::Unsafe, form, &[("code", Some(&right))]);
        }
    }
}

/// The code with the letters that are often taken for digits put right, if its check character fits then.
fn likely(printed: &str) -> Option<String> {
    let right: String = printed
        .chars()
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' => '1',
            'S' => '5',
            'Z' => '2',
            c => c,
        })
        .collect();
    let is_right = right != printed && ProjectCode::read(&right).is_some_and(|code| code.is_sound());
    is_right.then_some(right)
}
