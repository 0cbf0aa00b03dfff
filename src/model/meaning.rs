//! What a printed text means: exact decimals, percentages, and targets with sign and unit.

use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a target (指标值) says, where it is one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// The sign before the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The number.
    #[schemars(with = "String")]
    pub number: Decimal,
    /// What follows the number, such as 次, 万元 or %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A comparison sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Comparison {
    /// `≥`
    #[serde(rename = "≥")]
    AtLeast,
    /// `≤`
    #[serde(rename = "≤")]
    AtMost,
    /// `>`
    #[serde(rename = ">")]
    MoreThan,
    /// `<`
    #[serde(rename = "<")]
    LessThan,
    /// `=`
    #[serde(rename = "=")]
    Equal,
}

impl Measure {
    /// Reads a target such as `≥95`, `≤17.5 万元` or `=46所`; `None` where it is anything but an
    /// optional sign, one number and a unit without digits.
    #[must_use]
    pub fn read(printed: &str) -> Option<Self> {
        let text = narrow(printed);
        let (comparison, rest) = comparison(&text);
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
            .unwrap_or(rest.len());
        let number = decimal(&rest[..end])?;
        let unit = &rest[end..];
        if unit.chars().any(|c| c.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            comparison,
            number,
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
        })
    }
}

fn comparison(text: &str) -> (Option<Comparison>, &str) {
    const SIGNS: &[(&str, Comparison)] = &[
        ("≥", Comparison::AtLeast),
        (">=", Comparison::AtLeast),
        ("≧", Comparison::AtLeast),
        ("≤", Comparison::AtMost),
        ("<=", Comparison::AtMost),
        ("≦", Comparison::AtMost),
        (">", Comparison::MoreThan),
        ("<", Comparison::LessThan),
        ("=", Comparison::Equal),
    ];
    SIGNS
        .iter()
        .find_map(|&(sign, comparison)| text.strip_prefix(sign).map(|rest| (Some(comparison), rest)))
        .unwrap_or((None, text))
}

/// Drops white space and brings full-width ASCII to its usual width.
fn narrow(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// An amount in wan yuan that is printed in `unit`; one without a unit is in wan yuan, as the forms are.
/// `None` where the unit is none of yuan or the amount is beyond all numbers.
#[must_use]
pub fn in_wan_yuan(amount: Decimal, unit: Option<&str>) -> Option<Decimal> {
    let unit = narrow(unit.unwrap_or_default());
    let unit = unit.strip_prefix("人民币").unwrap_or(&unit);
    match unit {
        "" | "万元" => Some(amount),
        "元" => amount.checked_div(Decimal::from(10_000)),
        "千元" => amount.checked_div(Decimal::TEN),
        "百万元" => amount.checked_mul(Decimal::ONE_HUNDRED),
        "亿元" => amount.checked_mul(Decimal::from(10_000)),
        _ => None,
    }
}

/// Reads an exact decimal such as `4,286.50`, `-3` or `１２．５`; `None` where the text is anything
/// else. Thousands separators must stand in threes.
#[must_use]
pub fn decimal(printed: &str) -> Option<Decimal> {
    let text = narrow(printed);
    let (integer, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(i, f)| (i, Some(f)));
    let digits = integer.strip_prefix('-').unwrap_or(integer);
    let mut groups = digits.split(',');
    let first = groups.next().unwrap_or_default();
    let all_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let grouped = digits.contains(',');
    if !all_digits(first) || (grouped && first.len() > 3) || groups.any(|g| g.len() != 3 || !all_digits(g)) {
        return None;
    }
    if fraction.is_some_and(|f| !all_digits(f)) {
        return None;
    }
    Decimal::from_str(&text.replace(',', "")).ok()
}

/// Reads a percentage such as `25%`, `25.00` or `25 ％` as the number before the sign.
#[must_use]
pub fn percent(printed: &str) -> Option<Decimal> {
    let text = narrow(printed);
    decimal(text.strip_suffix('%').unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_strict() {
        assert_eq!(decimal("2.00").map(|d| d.to_string()).as_deref(), Some("2.00"));
        assert_eq!(
            decimal("4,286.50").map(|d| d.to_string()).as_deref(),
            Some("4286.50")
        );
        assert_eq!(
            decimal("１２．５").map(|d| d.to_string()).as_deref(),
            Some("12.5")
        );
        for bad in ["", ".", "1.", "4,28", "1,2345", "涉密", "3 4 5a", "--1", "1e5"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn measures_read_one_number_with_sign_and_unit() {
        let measure = Measure::read("≤ 17.5 万元").expect("a measure");
        assert_eq!(measure.comparison, Some(Comparison::AtMost));
        assert_eq!(measure.number.to_string(), "17.5");
        assert_eq!(measure.unit.as_deref(), Some("万元"));
        assert_eq!(
            Measure::read(">=95").and_then(|m| m.comparison),
            Some(Comparison::AtLeast)
        );
        for not_one_number in ["提高", "2025年12月31日", "≤19.519.5万元", "2024年1月-12月"] {
            assert_eq!(Measure::read(not_one_number), None, "{not_one_number}");
        }
    }
}
