//! `duplicate-project`: 项目重复.

use crate::check::quantity::plain;
use crate::check::review::Form;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::DuplicateProject,
    number: "C04",
    title: Message::fixed("项目重复", "A project stands twice"),
    what: Message::fixed(
        "同一文本中两张表的项目编码相同，或同一单位两张表的项目名称相同。",
        "Two forms of a document have the same code, or two forms of one unit the same name.",
    ),
    why: Message::fixed(
        "重复列报会使预算重复计算；也可能是其中一个编码录错。",
        "A project listed twice is counted twice; or one of the codes is mistyped.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("projects[1].code", "91010125P00120110001L")]),
        Example(&[("projects[1].name", "河道 清淤工程")]),
    ],
    misses: &[
        Example(&[
            ("projects[1].name", "河道清淤工程"),
            ("projects[1].unit_code", "331005"),
            ("projects[1].unit_name", "青澜县河道管理所"),
        ]),
        Example(&[("projects[1].name", "河道清淤工程（二期）")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let mut codes: BTreeMap<&str, &Form<'_>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for form in &review.forms {
        let project = form.project;
        let unit = project.unit_code.as_deref().or(project.unit_name.as_deref());
        let name = project.name.as_deref().map(plain).filter(|name| !name.is_empty());
        let same_code = project.code.as_deref().and_then(|code| match codes.entry(code) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(form);
                None
            }
        });
        let same_name = name.and_then(|name| match names.entry((unit, name)) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(form);
                None
            }
        });
        let (field, first, zh, en) = match (same_code, same_name) {
            (Some(first), _) => ("code", first, review.label("code"), "code"),
            (None, Some(first)) => ("name", first, review.label("name"), "name"),
            (None, None) => continue,
        };
        let number = first.project.number;
        found
            .on(
                form,
                field,
                Message::new(
                    format!("{zh}与第 {number} 张表相同。"),
                    format!("form {number} has the same {en}."),
                ),
            )
            .beside(first.place(field));
    }
}
