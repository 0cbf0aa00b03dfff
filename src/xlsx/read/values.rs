//! What a cell of an edited workbook says: the text as it was printed, where nobody touched it, else the
//! text or the number that stands there now.
//!
//! Architecture invariant: how a cell displays a number changes nothing in the model.

use rust_decimal::Decimal;

use super::rows::is_same;
use crate::blocks::GridCell;
use crate::model::{decimal, percent};
use crate::source::is_blank;

/// Whether a cell shows what it showed when it was written.
pub(super) fn is_untouched(shown: &str, cell: Option<GridCell<'_>>) -> bool {
    let Some(cell) = cell else {
        return shown.chars().all(is_blank);
    };
    if let Some(number) = cell.number.and_then(exact) {
        // What a format shows of a number may be less than what was typed.
        if let Some(hundredths) = percent_of(cell, number) {
            return percent(shown) == Some(hundredths);
        }
        if decimal(cell.text.trim_matches(is_blank)).is_some() {
            return decimal(shown) == Some(number);
        }
    }
    is_same(shown, cell.text)
}

/// The text of a cell that was edited; `None` if it is blank. A number has all its digits, however few of
/// them are shown.
pub(super) fn text(cell: Option<GridCell<'_>>) -> Option<String> {
    let cell = cell?;
    let shown = tidied(cell.text);
    if let Some(number) = cell.number.and_then(exact) {
        if let Some(hundredths) = percent_of(cell, number) {
            let is_whole = percent(&shown) == Some(hundredths);
            return Some(if is_whole { shown } else { format!("{hundredths}%") });
        }
        // A date is a number, too, and what it shows is no number.
        if let Some(said) = decimal(&shown) {
            return Some(if said == number { shown } else { number.to_string() });
        }
    }
    (!shown.is_empty()).then_some(shown)
}

/// A text without blanks at the ends of its lines, and without blank lines.
pub(super) fn tidied(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_matches(is_blank));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The percentage that a cell says, if it shows its number as one.
fn percent_of(cell: GridCell<'_>, number: Decimal) -> Option<Decimal> {
    let shows = cell.text.trim_matches(is_blank).ends_with(['%', '％']);
    shows
        .then(|| number.checked_mul(Decimal::ONE_HUNDRED))?
        .map(|number| number.normalize())
}

/// A number of a workbook as a decimal: programs keep fifteen digits, what comes behind is noise.
fn exact(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number:.14e}");
    Decimal::from_scientific(&text)
        .ok()
        .map(|number| number.normalize())
}

/// The value in a text that is printed with words around it, such as `单位：万元`: `shown` and `value` say
/// how it was written, `now` is what stands there now.
pub(super) fn unwrapped(shown: &str, value: &str, now: &str) -> String {
    let bare = |text: &str| text.chars().filter(|&c| !is_blank(c)).collect::<String>();
    let (shown, value) = (bare(shown), bare(value));
    let Some(at) = (!value.is_empty()).then(|| shown.find(&value)).flatten() else {
        return now.to_owned();
    };
    let (before, after) = (&shown[..at], &shown[at + value.len()..]);
    let inner = without_start(now, before).and_then(|rest| {
        let turned = |text: &str| text.chars().rev().collect::<String>();
        without_start(&turned(rest), &turned(after)).map(turned)
    });
    inner.map_or_else(|| now.to_owned(), |inner| inner.trim_matches(is_blank).to_owned())
}

/// What follows `start` in a text, blanks between its characters passed over.
fn without_start<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let mut rest = text;
    for wanted in start.chars() {
        rest = rest.trim_start_matches(is_blank).strip_prefix(wanted)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps)] // Cells are options wherever they are read.
    fn cell(text: &str, number: Option<f64>) -> Option<GridCell<'_>> {
        Some(GridCell {
            at: (0, 0),
            text,
            number,
        })
    }

    #[test]
    fn numbers_are_compared_as_decimals() {
        assert!(is_untouched("2.00", cell("2.00", Some(2.0))));
        assert!(is_untouched("2.000", cell("2", Some(2.0))));
        assert!(is_untouched("4,286.50", cell("4286.5", Some(4286.5))));
        assert!(is_untouched(
            "498.53",
            cell("498.53", Some(498.530_000_000_000_03))
        ));
        assert!(is_untouched("25%", cell("25%", Some(0.25))));
        assert!(!is_untouched("2.00", cell("2.00", Some(2.001))));
        assert!(is_untouched("", None));
        assert!(!is_untouched("2.00", None));
        assert!(!is_untouched("", cell("0.00", Some(0.0))));
    }

    #[test]
    fn an_edited_number_keeps_all_its_digits() {
        assert_eq!(text(cell("2.01", Some(2.005))).as_deref(), Some("2.005"));
        assert_eq!(text(cell("3.50", Some(3.5))).as_deref(), Some("3.50"));
        assert_eq!(text(cell("5,000.00", Some(5000.0))).as_deref(), Some("5,000.00"));
        assert_eq!(text(cell("26%", Some(0.255))).as_deref(), Some("25.5%"));
        assert_eq!(text(cell("60%", Some(0.6))).as_deref(), Some("60%"));
        assert_eq!(
            text(cell("2025/6/30", Some(45838.0))).as_deref(),
            Some("2025/6/30")
        );
        assert_eq!(text(cell(" 涉密 ", None)).as_deref(), Some("涉密"));
        assert_eq!(text(cell(" ", None)), None);
        assert_eq!(
            text(cell("12345678.12", Some(12_345_678.123_456_7))).as_deref(),
            Some("12345678.1234567")
        );
    }

    #[test]
    fn words_around_a_value_come_off() {
        assert_eq!(unwrapped("单位：万元", "万元", "单位： 元"), "元");
        assert_eq!(unwrapped("甲局编制", "甲局", "乙局编制"), "乙局");
        assert_eq!(unwrapped("甲局", "甲 局", "乙局"), "乙局");
        assert_eq!(unwrapped("单位：万元", "万元", "亿元"), "亿元");
        assert_eq!(unwrapped("", "", "新的"), "新的");
    }
}
