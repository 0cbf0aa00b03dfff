//! `purpose-amount`: 资金用途中的金额与金额栏不一致.

use rust_decimal::Decimal;

use crate::check::items::bare_name;
use crate::check::money::{Amount, Share, agree, in_wan_yuan, stated};
use crate::check::review::amount as in_cell;
use crate::check::review::{Form, Review};
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::PurposeAmount,
    number: "B02",
    title: Message::fixed(
        "资金用途中的金额与金额栏不一致",
        "An amount in the purpose differs from its cell",
    ),
    what: Message::fixed(
        "资金用途写明的预算总额、财政资金、其他资金与对应金额栏比较。没有写“预算”“资金”等字，但用途以项目名称加金额开头、又只有这一个金额的，视为总额。其中的分项、单价、往年数和跨年项目的总投资不比；四舍五入不算差异。",
        "The total, the fiscal and the other funds that the purpose states are compared with their cells. The only amount of a purpose that begins with the project's name counts as its total. Parts, prices, amounts of other years, and what a project of several years costs in all, are not compared; rounding is no difference.",
    ),
    why: Message::fixed(
        "同一张表两个数，多为调减预算后没有改文字。",
        "One form with two amounts: usually the text was not changed after the budget was cut.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("purpose", "项目预算35万元，用于河道清淤。")]),
        Example(&[("purpose", "项目预算30万元，其中财政资金25万元，用于河道清淤。")]),
        Example(&[
            ("purpose", "项目经费共3000000元，用于河道清淤。"),
            ("budget.total", "31.00"),
            ("budget.fiscal", "21.00"),
        ]),
    ],
    misses: &[
        Example(&[("purpose", "项目预算300000元，其中清淤28万元、护岸2万元。")]),
        Example(&[("purpose", "在上年25万元的基础上扩大清淤范围，每公里2.5万元。")]),
        Example(&[("purpose", "项目预算总额30.004万元，用于河道清淤。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    for form in review.open_forms() {
        let budget = &form.project.budget;
        if let Some((total, shares)) = apart_from_shares(form, tolerance) {
            let stated = form.purpose.slice(&total.range);
            let message = Message::new(
                format!("资金用途写明的总额为 {stated}，各项资金之和为 {shares} 万元。"),
                format!("the purpose says {stated} in all, its shares come to {shares} wan yuan."),
            );
            found
                .on(form, "purpose", message)
                .quoting(&form.purpose, &total.range);
        }
        for amount in stated(&form.purpose).into_iter().chain(of_project(form)) {
            // Where the form leaves the shares blank, all of the money is of that kind.
            let (field, cell) = match amount.share {
                Share::Total => ("budget.total", budget.total_decimal),
                Share::Fiscal => ("budget.fiscal", budget.fiscal_decimal),
                Share::Other => ("budget.other", budget.other_decimal),
            };
            let Some(cell) = in_cell(cell, form.project) else {
                continue;
            };
            if agree(amount.value, cell, tolerance)
                || (amount.share == Share::Total && is_of_several_years(form, cell, tolerance))
            {
                continue;
            }
            let stated = form.purpose.slice(&amount.range);
            let printed = form.project.text_at(field).unwrap_or_default();
            let name = match amount.share {
                Share::Total => ("预算总额", "the total"),
                Share::Fiscal => (review.label("summary_fiscal"), "the fiscal funds"),
                Share::Other => (review.label("summary_other"), "the other funds"),
            };
            found
                .on(
                    form,
                    "purpose",
                    Message::new(
                        format!("资金用途写明{}为 {stated}，金额栏为 {printed}。", name.0),
                        format!("the purpose says {stated} for {}, the cell {printed}.", name.1),
                    ),
                )
                .quoting(&form.purpose, &amount.range)
                .beside(form.place(field));
        }
    }
}

/// The total that the purpose states, where its shares, stated too, come to something else and the form has no cells
/// to compare them with.
fn apart_from_shares(form: &Form<'_>, tolerance: Decimal) -> Option<(Amount, Decimal)> {
    let amounts = stated(&form.purpose);
    let of = |share| amounts.iter().find(|amount| amount.share == share);
    let total = of(Share::Total).filter(|_| form.project.budget.total.is_none())?;
    let shares = of(Share::Fiscal)?.value + of(Share::Other)?.value;
    (!agree(shares, total.value, tolerance)).then(|| (total.clone(), shares))
}

/// The one amount of the purpose, where it begins with what the project is called, and nothing else names a total:
/// 系统运维费18.5万元，用于……
fn of_project(form: &Form<'_>) -> Option<Amount> {
    if !stated(&form.purpose).is_empty() {
        return None;
    }
    let quantities = form.purpose.stated().quantities.iter();
    let mut amounts = quantities.filter_map(|quantity| Some((quantity, in_wan_yuan(quantity)?)));
    let ((quantity, value), None) = (amounts.next()?, amounts.next()) else {
        return None;
    };
    let before: Vec<char> = form.purpose.plain[..quantity.range.start].chars().collect();
    let name = bare_name(&form.name);
    let is_called_so = before
        .windows(4)
        .any(|window| name.contains(&window.iter().collect::<String>()));
    let is_label = before.len() <= 16
        && !before
            .iter()
            .any(|c| matches!(c, '，' | ',' | '。' | '；' | '、' | '：' | '每'))
        && !WORDS.money.parts.is_in(&before.iter().collect::<String>());
    (is_called_so && is_label).then(|| Amount {
        share: Share::Total,
        value,
        range: quantity.range.clone(),
    })
}

/// Whether the purpose tells what a project costs in all, and that the budget is this year's part of it.
fn is_of_several_years(form: &Form<'_>, budget: Decimal, tolerance: Decimal) -> bool {
    let mut amounts = form.purpose.stated().quantities.iter().filter_map(in_wan_yuan);
    let has_budget = amounts.any(|amount| agree(amount, budget, tolerance));
    has_budget && WORDS.money.years.is_in(&form.purpose.plain)
}
