//! `unit-cost`: 数量乘以单价与预算数不一致.

use rust_decimal::Decimal;

use crate::check::money::agree;
use crate::check::quantity::{Kind, Quantity};
use crate::check::review::Review;
use crate::check::review::{Level, Row};
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::UnitCost,
    number: "B04",
    title: Message::fixed(
        "数量乘以单价与预算数不一致",
        "A count times a unit price is not the budget",
    ),
    what: Message::fixed(
        "表中只有一个数量指标、一个成本指标，成本指标是单价（“每个……2万元”“500元/场”），单价的计量对象与数量一致，且没有别的成本，则两者之积应等于预算数。",
        "Where a form has one quantity and one cost indicator, the cost is a price per what is counted, and nothing speaks of more, their product should be the budget.",
    ),
    why: Message::fixed(
        "预算是按数量和单价测算的，乘积不符说明其中一个数不对。",
        "The budget was computed from count and price; if the product differs, one of them is wrong.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[
            ("indicators[0].target", "6公里"),
            ("indicators[3].level3", "每公里清淤成本"),
            ("indicators[3].target", "≤4万元"),
        ]),
        Example(&[
            ("indicators[0].target", "≥12公里"),
            ("indicators[3].level3", "清淤单价"),
            ("indicators[3].target", "2万元/公里"),
        ]),
    ],
    misses: &[
        Example(&[
            ("indicators[0].target", "12公里"),
            ("indicators[3].level3", "每公里清淤成本"),
            ("indicators[3].target", "≤2.5万元"),
        ]),
        Example(&[
            ("indicators[0].target", "12公里"),
            ("indicators[3].level3", "清淤单价"),
            ("indicators[3].target", "15元/立方米"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    for form in review.open_forms() {
        let mut counts = form.rows_of(Level::Quantity);
        let mut costs = form.rows_of(Level::Cost);
        let (Some(count_row), None, Some(cost_row), None) =
            (counts.next(), counts.next(), costs.next(), costs.next())
        else {
            continue;
        };
        let (Some(budget), Some(count), Some(price)) = (
            form.budget(),
            count_row.target.quantity(),
            cost_row.target.quantity(),
        ) else {
            continue;
        };
        let is_price = cost_row.is_price(form) && price.kind == Kind::Money;
        let is_one = count.upper.is_none() && price.upper.is_none() && count.per.is_empty();
        let is_counted = matches!(count.kind, Kind::Count | Kind::Measure);
        if !is_price || !is_one || !is_counted || !is_of_same(cost_row, price, count_row, count) {
            continue;
        }
        let Some(product) = count.value.checked_mul(price.value) else {
            continue;
        };
        // A price is rounded too, and many of it round to more.
        let rounding = budget.checked_mul(Decimal::new(5, 3)).unwrap_or_default();
        if agree(product, budget, tolerance.max(rounding)) {
            continue;
        }
        let printed = |row: &Row<'_>| row.cells.target.clone().unwrap_or_default();
        let (many, each) = (printed(count_row), printed(cost_row));
        let product = product.normalize();
        found
            .on_row(
                form,
                cost_row,
                "target",
                Message::new(
                    format!("数量“{many}”乘以单价“{each}”为 {product} 万元，预算数为 {budget} 万元。"),
                    format!("“{many}” times “{each}” is {product} wan yuan, the budget is {budget}."),
                ),
            )
            .beside(form.place(&count_row.path("target")))
            .beside(form.place("budget.total"));
    }
}

/// Whether a price is that of what is counted: by the unit that it is divided by, by the measure word after 每, or,
/// where it says no more than 每个, by words that both rows share.
fn is_of_same(cost: &Row<'_>, price: &Quantity, counted: &Row<'_>, count: &Quantity) -> bool {
    if !price.per.is_empty() {
        return price.per == count.unit;
    }
    let texts = [cost.name.as_ref(), cost.description.as_ref()];
    let each = texts.iter().find_map(|text| text.split_once('每'));
    match each {
        Some((_, rest)) if rest.starts_with(count.unit.as_str()) => true,
        Some((_, rest)) => {
            rest.starts_with(['个', '家', '名', '位', '所', '处'])
                && shares_words(cost.title(), counted.title())
        }
        None => shares_words(cost.title(), counted.title()),
    }
}

/// Whether two names have four characters in a row in common.
fn shares_words(one: &str, other: &str) -> bool {
    let characters: Vec<char> = one.chars().collect();
    characters
        .windows(4)
        .any(|window| other.contains(&window.iter().collect::<String>()))
}
