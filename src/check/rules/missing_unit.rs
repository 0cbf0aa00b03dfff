//! `missing-unit`: 只有数字没有单位.

use crate::check::quantity::Kind;
use crate::check::review::Level;
use crate::check::words::WORDS;
use rust_decimal::Decimal;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Applicability, Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::MissingUnit,
    number: "T02",
    title: Message::fixed("指标值只有数字，没有单位", "A target is a number without a unit"),
    what: Message::fixed(
        "整个指标值除比较符号外只是一个数。日期、年份、等级等不是数量的不报；名称末尾的括号里写明单位的（“培训人数（人）”）、本来没有单位的（指数、系数）也不报。",
        "Apart from a sign the target is nothing but a number. Dates, years and grades are none; nor are figures whose name ends with their unit in brackets, and indices, which have none.",
    ),
    why: Message::fixed(
        "没有单位的数无法考核：95 是百分比、次数还是分数，各人理解不同。",
        "Nobody can tell whether 95 is a percentage, a count or a score.",
    ),
    source: Some(Message::fixed(
        "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应指向明确、细化量化、合理可行、相应匹配",
        "Caiyu [2015] 88: targets point to the work, are specific and quantified, reasonable and matched to the funds",
    )),
    fix: Some(Applicability::Unsafe),
    hits: &[
        Example(&[("indicators[5].target", "≥90")]),
        Example(&[("indicators[3].target", "≤30")]),
        Example(&[("indicators[0].target", "12")]),
    ],
    misses: &[
        Example(&[("indicators[2].target", "2025.10")]),
        Example(&[("indicators[2].target", "20251031")]),
        Example(&[("indicators[3].target", "≤30万")]),
        Example(&[("indicators[0].target", "≥12km")]),
        Example(&[
            ("indicators[1].level3", "安全事故"),
            ("indicators[1].target", "0"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for (form, row) in review.rows() {
        let Some(quantity) = row
            .target
            .quantity()
            .filter(|quantity| quantity.kind == Kind::Bare)
        else {
            continue;
        };
        let (before, after) = (
            &row.target.plain[..quantity.number_range.start],
            &row.target.plain[quantity.range.end..],
        );
        let signs = &WORDS.signs;
        let is_sign = before.is_empty()
            || [
                &signs.at_least,
                &signs.at_most,
                &signs.more_than,
                &signs.less_than,
                &signs.equal,
            ]
            .iter()
            .any(|list| list.has(before));
        let is_bound =
            after.is_empty() || signs.at_least_after.ends(after) || signs.at_most_after.ends(after);
        let is_amount = row.level2 == Some(Level::Cost) && quantity.value != quantity.number;
        let is_year = row.level2 == Some(Level::Timeliness)
            && before.is_empty()
            && (Decimal::from(1990)..Decimal::from(2100)).contains(&quantity.number);
        if has_unit_in_name(row.title()) || WORDS.levels.unitless.ends(without_brackets(row.title())) {
            continue;
        }
        // None is none, whatever it is counted in.
        if !is_sign || !is_bound || is_amount || is_year || quantity.value.is_zero() {
            continue;
        }
        let printed = row.printed();
        let hit = found.on_row(
            form,
            row,
            "target",
            Message::new(
                format!("指标值“{printed}”没有计量单位。"),
                format!("the target “{printed}” has no unit."),
            ),
        );
        let is_percentage = row.is_rate() || row.level2 == Some(Level::Satisfaction);
        let is_budget =
            row.level2 == Some(Level::Cost) && form.total.is_some() && row.amount(form) == form.total;
        let unit = if is_percentage && quantity.value <= Decimal::ONE_HUNDRED && quantity.value > Decimal::ONE
        {
            Some("%")
        } else if is_budget {
            form.project.amount_unit.as_deref()
        } else {
            None
        };
        if let Some(unit) = unit.filter(|_| after.is_empty()) {
            let right = format!("{}{unit}", printed.trim_end());
            hit.rewriting(form, row, &right);
        }
    }
}

/// Whether a name ends with the unit of its figure: 培训人数（人）, 管网长度（单位：公里）.
fn has_unit_in_name(name: &str) -> bool {
    let units = &WORDS.units;
    let lists = [
        &units.count,
        &units.measure,
        &units.time,
        &units.grade,
        &units.percent,
        &units.money,
    ];
    let inside = name
        .strip_suffix(['）', ')'])
        .and_then(|name| name.rsplit(['（', '(']).next());
    inside.is_some_and(|inside| {
        let unit = inside.rsplit(['：', ':']).next().unwrap_or_default();
        let unit = unit
            .strip_prefix('万')
            .filter(|rest| !rest.is_empty())
            .unwrap_or(unit);
        let unit = unit.split('/').next().unwrap_or_default();
        lists.iter().any(|list| list.has(unit))
    })
}

/// A name without what stands in brackets at its end.
fn without_brackets(name: &str) -> &str {
    match name.strip_suffix(['）', ')']) {
        Some(rest) => rest.rsplit_once(['（', '(']).map_or(name, |(name, _)| name),
        None => name,
    }
}
