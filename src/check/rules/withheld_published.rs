//! `withheld-published`: 涉密的表印出了项目信息.

use crate::check::review::{Form, Review};
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::WithheldPublished,
    number: "W01",
    title: Message::fixed(
        "标注涉密的表仍印有编码、名称或金额",
        "A form that is withheld prints its code, name or amount",
    ),
    what: Message::fixed(
        "资金用途或多数指标填“涉密”，或资金用途说明项目涉密（“该项目涉密，不予公开”）的表，仍印有项目编码、项目名称或预算数。",
        "The purpose or most of the indicators of a form say 涉密, or its purpose says that the project is withheld, yet its code, its name or its amount is printed.",
    ),
    why: Message::fixed(
        "确属涉密的，连项目名称和金额也不应公开；不属涉密的，应当填写内容。",
        "What is really withheld must not be published by name and amount either; what is not has to be filled in.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("purpose", "涉密")]),
        Example(&[
            ("indicators[0].level3", "涉密"),
            ("indicators[0].description", "涉密"),
            ("indicators[0].target", "涉密"),
            ("indicators[1].level3", "涉密"),
            ("indicators[1].description", "涉密"),
            ("indicators[1].target", "涉密"),
            ("indicators[2].level3", "涉密"),
            ("indicators[2].description", "涉密"),
            ("indicators[2].target", "涉密"),
        ]),
    ],
    misses: &[
        Example(&[
            ("purpose", "涉密"),
            ("code", "涉密"),
            ("name", "涉密"),
            ("budget.total", "涉密"),
            ("budget.fiscal", "涉密"),
            ("budget.other", ""),
        ]),
        Example(&[("purpose", "用于涉密计算机的购置和维护，项目预算30万元。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let is_withheld = |form: &&Form<'_>| form.is_withheld || review.says_withheld(form);
    for form in review.forms.iter().filter(is_withheld) {
        let project = form.project;
        let is_open =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !review.is_withheld_word(text));
        let fields = [
            ("name", is_open(&project.name), review.label("name"), "name"),
            ("code", is_open(&project.code), review.label("code"), "code"),
            (
                "budget.total",
                is_open(&project.budget.total),
                review.label("budget_total"),
                "amount",
            ),
        ];
        let open: Vec<_> = fields.iter().filter(|(_, is_open, _, _)| *is_open).collect();
        let Some((field, ..)) = open.first() else {
            continue;
        };
        let zh: Vec<_> = open.iter().map(|(_, _, zh, _)| *zh).collect();
        let en: Vec<_> = open.iter().map(|(_, _, _, en)| *en).collect();
        let mut hit = found.on(
            form,
            field,
            Message::new(
                format!("该表标注涉密，却印有{}。", zh.join("、")),
                format!("the form is withheld, yet its {} can be read.", en.join(", ")),
            ),
        );
        for (field, ..) in &open[1..] {
            hit = hit.beside(form.place(field));
        }
    }
}
