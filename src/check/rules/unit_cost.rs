//! `unit-cost`: 数量乘以单价与预算数不一致.

use rust_decimal::Decimal;

use crate::check::money::agree;
use crate::check::quantity::{Kind, Quantity};
use crate::check::review::{Form, Level, Review, Row};
use crate::check::words::WORDS;
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
        "表中只有一个成本指标，且是单价（“每个……2万元”“500元/场”“2000元/人·年”），单价的计量对象与某一数量指标一致，则两者之积应等于预算数；按月、按季的单价乘以月数、季数，有一个合得上就不报。另有别的数量指标（只说明覆盖范围的除外）的，只在乘积大于预算数时报。",
        "Where a form has one cost indicator, a price per what one of its quantities counts (500 yuan each, 2,000 yuan each and year), their product should be the budget. Prices per month or quarter are multiplied by the months or quarters, and any number of them will do. Where other quantities are counted too, but for those that say where work is done, only a product above the budget is reported.",
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
        let mut costs = form.rows_of(Level::Cost);
        let (Some(cost_row), None) = (costs.next(), costs.next()) else {
            continue;
        };
        let (Some(budget), Some(price)) = (form.budget(), cost_row.target.quantity()) else {
            continue;
        };
        if !cost_row.is_price(form) || price.kind != Kind::Money || price.upper.is_some() {
            continue;
        }
        let Some((count_row, count, is_only)) = counted(form, cost_row, price) else {
            continue;
        };
        // A price is rounded too, and many of it round to more.
        let rounding = budget.checked_mul(Decimal::new(5, 3)).unwrap_or_default();
        let times = times(cost_row, price, &count.unit);
        let products: Vec<Decimal> = times
            .filter_map(|times| count.value.checked_mul(price.value)?.checked_mul(times))
            .collect();
        let Some(product) = products.last() else {
            continue;
        };
        let is_in_budget = |product: &Decimal| agree(*product, budget, tolerance.max(rounding));
        // Where more is counted, more may cost something too; but not less.
        if products.iter().any(is_in_budget) || (!is_only && products[0] < budget) {
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

/// The row that counts what the price is of, and whether it is the only one that counts anything but where work is
/// done.
fn counted<'f, 'a>(
    form: &'f Form<'a>,
    cost: &Row<'_>,
    price: &Quantity,
) -> Option<(&'f Row<'a>, &'f Quantity, bool)> {
    let amounts = || {
        form.rows_of(Level::Quantity).filter_map(|row| {
            let count = row.target.quantity()?;
            let is_counted = matches!(count.kind, Kind::Count | Kind::Measure);
            (is_counted && count.upper.is_none() && count.per.is_empty()).then_some((row, count))
        })
    };
    let is_of_work = |row: &Row<'_>| !row.says(&WORDS.levels.coverage);
    let rows = form
        .rows_of(Level::Quantity)
        .filter(|row| is_of_work(row))
        .count();
    let of_same = |(row, count): &(&Row<'_>, &Quantity)| is_of_same(cost, price, row, count);
    let mut same = amounts()
        .filter(|(row, _)| rows == 0 || is_of_work(row))
        .filter(of_same);
    match (same.next(), same.next()) {
        // A row that says where work is done may yet be the only one that counts.
        (Some((row, count)), None) => Some((row, count, rows <= 1)),
        _ => None,
    }
}

/// Whether a price is that of what is counted: by the unit that it is divided by, by the measure word after 每, or,
/// where it says no more than 每个, by words that both rows share.
fn is_of_same(cost: &Row<'_>, price: &Quantity, counted: &Row<'_>, count: &Quantity) -> bool {
    if !price.per.is_empty() {
        return price.per.strip_prefix(count.unit.as_str()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(SEPARATORS) || WORDS.units.time.starts(rest)
        });
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

/// What stands between the units that a price is divided by.
const SEPARATORS: &[char] = &['·', '/', '.', '每'];

/// How often a year a price may be paid: once, or as many times as there are months or quarters in some part of the
/// year; never, where nothing tells.
fn times(cost: &Row<'_>, price: &Quantity, unit: &str) -> impl Iterator<Item = Decimal> {
    const PERIODS: [(&str, u8); 12] = [
        ("月", 12),
        ("季度", 4),
        ("季", 4),
        ("年度", 1),
        ("年", 1),
        ("天", 0),
        ("日", 0),
        ("周", 0),
        ("学期", 0),
        ("课时", 0),
        ("小时", 0),
        ("次", 0),
    ];
    let rest = price.per.strip_prefix(unit).unwrap_or_default();
    let rest = rest.trim_start_matches(SEPARATORS);
    // 每户每月补贴 says it in the name.
    let says = |period: &str| {
        let each = ["每", "/"].map(|each| format!("{each}{period}"));
        let texts = [&cost.name, &cost.description, &cost.target.plain];
        texts
            .iter()
            .any(|text| each.iter().any(|each| text.contains(each.as_str())))
    };
    let known = PERIODS.iter().find(|(period, _)| {
        if rest.is_empty() {
            *period != unit && says(period)
        } else {
            rest == *period
        }
    });
    let most = match known {
        Some((_, most)) => *most,
        None => u8::from(rest.is_empty()),
    };
    (1..=most).map(Decimal::from)
}

/// Whether two names have four characters in a row in common.
fn shares_words(one: &str, other: &str) -> bool {
    let characters: Vec<char> = one.chars().collect();
    characters
        .windows(4)
        .any(|window| other.contains(&window.iter().collect::<String>()))
}
