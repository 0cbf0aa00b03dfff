//! Targets in which a value was typed twice.
//!
//! Several rules need to know: what reads doubled is no amount, no rate and no count to be compared.

use rust_decimal::Decimal;

use super::quantity::{Kind, Quantity};
use super::review::{Form, Level, Row};
use super::words::WORDS;
use crate::model::decimal;

/// A target that reads doubled.
pub(super) struct Doubled {
    /// What it should read; `None` where two different values stand in it.
    pub(super) right: Option<String>,
    /// The amount that it should state, in wan yuan, where it is one.
    pub(super) amount: Option<Decimal>,
}

/// Reads a target as doubled, where the evidence says that it is.
pub(super) fn doubled(form: &Form<'_>, row: &Row<'_>) -> Option<Doubled> {
    let plain = row.target.plain.as_ref();
    let start = plain.find(|c: char| c.is_ascii_digit())?;
    let (sign, value) = plain.split_at(start);
    // A sign may stand before both: ≥95%≥95%.
    if sign.chars().count() > 4 {
        return None;
    }
    let whole = |right: String| Doubled {
        amount: amount_of(&right),
        right: Some(format!("{sign}{right}")),
    };
    if let Some(half) = half(value).or_else(|| half_with_sign(value, sign)) {
        let is_whole_number = half.bytes().all(|byte| byte.is_ascii_digit());
        if !is_whole_number {
            // 12.12 is a date in itself; 12月12月 is one twice.
            let is_sure = row.target.dates().is_empty() || half.contains(['年', '月', '日']);
            return is_sure.then(|| whole(half.to_owned()));
        }
    }
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(value.len());
    let (digits, unit) = value.split_at(end);
    if digits.matches('.').count() > 1 {
        let right = equal_numbers(digits)?;
        return Some(whole(format!("{right}{unit}")));
    }
    // 30万元30, ≥4次次.
    let (letters, again) = unit.split_at(unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len()));
    if !again.is_empty() && !letters.is_empty() && again == digits && row.target.dates().is_empty() {
        return Some(whole(format!("{digits}{letters}")));
    }
    if let Some(once) = half(letters).filter(|once| again.is_empty() && is_unit(once)) {
        return Some(whole(format!("{digits}{once}")));
    }
    let quantity = row.target.quantity()?;
    let is_grade = WORDS.text.grades.has(unit) && (row.is_rate() || row.sign().is_some());
    if matches!(quantity.kind, Kind::Other | Kind::Bare | Kind::Grade)
        && quantity.upper.is_none()
        && (is_grade || (quantity.kind == Kind::Other && WORDS.text.vague.is_in(unit)))
        && is_word(unit)
    {
        return Some(Doubled {
            right: None,
            amount: None,
        });
    }
    let once = half(digits).filter(|once| !once.starts_with('0'))?;
    is_evident(form, row, quantity, decimal(once)?).then(|| whole(format!("{once}{unit}")))
}

/// The first half of a text whose halves are equal, of two characters or more in all.
fn half(text: &str) -> Option<&str> {
    let (one, other) = text.split_at_checked(text.len() / 2)?;
    (!one.is_empty() && one == other).then_some(one)
}

/// The first part of `95%≥95%`, where the sign before both is `≥`.
fn half_with_sign<'t>(text: &'t str, sign: &str) -> Option<&'t str> {
    let (one, other) = text.split_once(sign).filter(|_| !sign.is_empty())?;
    (one == other).then_some(one)
}

/// The first of two equal numbers that stand in a row without a gap, such as 19.5 of `19.519.5` or 19.50 of
/// `19.5019.5`.
fn equal_numbers(digits: &str) -> Option<&str> {
    (1..digits.len()).find_map(|at| {
        let (one, other) = digits.split_at(at);
        let number = |text: &str| {
            let starts = text.starts_with(|c: char| c.is_ascii_digit());
            let is_long = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
            decimal(text).filter(|_| starts && !is_long)
        };
        (number(one)? == number(other)?).then_some(one)
    })
}

/// Whether a text is nothing but Chinese words of a target without a number, and short.
fn is_word(text: &str) -> bool {
    text.chars().count() <= 6 && text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Whether a text is a unit and nothing else.
fn is_unit(text: &str) -> bool {
    let units = &WORDS.units;
    [
        &units.count,
        &units.measure,
        &units.time,
        &units.percent,
        &units.money,
    ]
    .iter()
    .any(|list| list.has(text))
}

/// The amount that a text is, in wan yuan.
fn amount_of(text: &str) -> Option<Decimal> {
    let stated = super::quantity::read(text);
    match stated.quantities.as_slice() {
        [one] if matches!(one.kind, Kind::Money | Kind::Bare) => Some(one.value),
        _ => None,
    }
}

/// Whether a number of two equal halves can only be meant as one half.
fn is_evident(form: &Form<'_>, row: &Row<'_>, quantity: &Quantity, half: Decimal) -> bool {
    let scale = quantity
        .value
        .checked_div(quantity.number)
        .unwrap_or(Decimal::ONE);
    let half_value = half.checked_mul(scale).unwrap_or(half);
    let is_percentage = quantity.kind == Kind::Percent
        || (quantity.kind == Kind::Bare && (row.is_rate() || row.is_satisfaction()));
    if is_percentage {
        let may_exceed = row.says(&WORDS.direction.beyond_hundred);
        return !may_exceed && quantity.value > Decimal::ONE_HUNDRED && half_value <= Decimal::ONE_HUNDRED;
    }
    let texts = || form.goals.iter().chain([&form.purpose]);
    let stated = |value: Decimal| {
        texts()
            .flat_map(|text| &text.stated().quantities)
            .any(|other| other.value == value && (other.kind == quantity.kind || quantity.kind == Kind::Bare))
    };
    if row.level2 == Some(Level::Cost) || quantity.kind == Kind::Money {
        let budget = form.budget();
        let fits = |value: Decimal| budget == Some(value) || stated(value);
        return fits(half_value)
            && !fits(quantity.value)
            && budget.is_none_or(|budget| quantity.value > budget);
    }
    // A single digit stands in many texts.
    matches!(quantity.kind, Kind::Count | Kind::Bare | Kind::Measure)
        && half >= Decimal::TEN
        && stated(half_value)
        && !stated(quantity.value)
}
