//! The quantities and dates that a text states: numbers in digits or in Chinese, with their sign, their scale
//! and their unit.
//!
//! Everything is read off a text without blanks and without variants of characters ([`plain`]).

use std::borrow::Cow;
use std::ops::Range;

use rust_decimal::Decimal;

use super::words::{Units, WORDS};
use crate::model::{Comparison, decimal};

/// A quantity in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    /// Where number and unit stand in the plain text.
    pub(crate) range: Range<usize>,
    /// What the words or the sign around it say.
    pub(crate) sign: Option<Comparison>,
    /// The number as printed.
    pub(crate) number: Decimal,
    /// The other end of a range, such as the 50 of `30-50人`.
    pub(crate) upper: Option<Decimal>,
    /// What it counts; money is in wan yuan, percent in percent, all else in units of one.
    pub(crate) kind: Kind,
    /// The number in the unit of its kind.
    pub(crate) value: Decimal,
    /// The unit as printed, without its scale; empty where there is none.
    pub(crate) unit: String,
    /// What the unit is divided by, such as the 次 of `元/次`; empty where there is none.
    pub(crate) per: String,
    /// Where the number alone stands in the plain text.
    pub(crate) number_range: Range<usize>,
}

/// What a quantity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Money,
    Percent,
    Count,
    Time,
    Measure,
    Grade,
    /// A number that nothing follows.
    Bare,
    /// A number before a word that is no unit.
    Other,
}

/// A date, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) range: Range<usize>,
    pub(crate) year: Option<i32>,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

/// What a text states.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stated {
    pub(crate) quantities: Vec<Quantity>,
    pub(crate) dates: Vec<Date>,
    /// Runs of digits that are neither number nor date, such as `19.519.5`.
    pub(crate) malformed: Vec<Range<usize>>,
}

/// The text without blanks, with one form for each character that has several.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            _ if is_dropped(c) => continue,
            '，' | '；' | '：' | '（' | '）' => c,
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '≧' | '⩾' | '≮' => '≥',
            '≦' | '⩽' | '≯' => '≤',
            '﹪' => '%',
            '〜' | '∼' => '~',
            '—' | '–' | '―' | '‐' | '‑' | '−' => '-',
            _ => c,
        };
        match plain.chars().next_back().filter(|before| is_one_sign(*before, c)) {
            Some(before) => {
                plain.pop();
                plain.push(if before == '>' || c == '>' { '≥' } else { '≤' });
            }
            None => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// Whether a character is its own one form, whatever stands beside it. Of others the answer may be no.
fn is_plain(c: char) -> bool {
    match c {
        '!'..='~' => !matches!(c, '<' | '>' | '='),
        // Most characters of a text are the first of these.
        '\u{4e00}'..='\u{9fff}' => true,
        _ => "，。、；：（）“”《》≥≤".contains(c),
    }
}

/// Whether a character does not stand in a plain text.
pub(crate) fn is_dropped(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}')
}

/// Whether two characters are one sign: `>=` is `≥`.
pub(crate) fn is_one_sign(one: char, other: char) -> bool {
    matches!(
        (one, other),
        ('>' | '＞' | '<' | '＜', '=' | '＝') | ('=' | '＝', '>' | '＞' | '<' | '＜')
    )
}

/// Reads what a plain text states.
pub(crate) fn read(text: &str) -> Stated {
    let mut stated = Stated::default();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit() || is_numeral(c)) {
        at += offset;
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        let next = at + c.len_utf8();
        let before = text[..at].chars().next_back();
        if c.is_ascii_digit() {
            let run = run_of_digits(&text[at..]);
            // The number of a paragraph, such as the `1.` of `1.开展…`, is no quantity.
            let is_part_of_word = before.is_some_and(|c| c.is_ascii_alphabetic());
            let follows_ordinal = before == Some('第');
            if let Some(date) = date(text, at) {
                at = date.range.end;
                stated.dates.push(date);
            } else if is_part_of_word || follows_ordinal {
                at += run;
            } else if let Some(quantity) = quantity(text, at) {
                at = quantity.range.end.max(next);
                stated.quantities.push(quantity);
            } else {
                stated.malformed.push(at..at + run);
                at += run;
            }
        } else if before == Some('第') {
            at = next;
        } else if let Some(date) = chinese_date(text, at) {
            at = date.range.end;
            stated.dates.push(date);
        } else if let Some(quantity) =
            quantity(text, at).filter(|q| !matches!(q.kind, Kind::Bare | Kind::Other))
        {
            at = quantity.range.end.max(next);
            stated.quantities.push(quantity);
        } else {
            at = next;
        }
    }
    stated
}

/// The bytes of digits, points and separators at the start.
/// Whether a number is small enough to be added up and multiplied; no budget has more than 18 digits.
pub(super) fn is_readable(number: &Decimal) -> bool {
    number.abs() < Decimal::from(1_000_000_000_000_000_000_i64)
}

fn run_of_digits(text: &str) -> usize {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',']).len()
}

/// The number at the start: its bytes and its value.
fn number(text: &str) -> Option<(usize, Decimal)> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let run = &text[..run_of_digits(text)];
        if let Some(number) = decimal(run) {
            return Some((run.len(), number));
        }
        // A list such as `1,2` is not one number; its first is.
        let first = run.split(',').next().unwrap_or_default();
        return decimal(first).map(|number| (first.len(), number));
    }
    chinese_number(text)
}

fn is_numeral(c: char) -> bool {
    numeral(c).is_some() || matches!(c, '十' | '百' | '千' | '拾' | '佰' | '仟')
}

fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// A number in Chinese below ten thousand, such as 一百二十; its bytes and its value.
fn chinese_number(text: &str) -> Option<(usize, Decimal)> {
    let (mut sum, mut digit, mut end) = (0_u32, None, 0);
    for (at, c) in text.char_indices() {
        let factor = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            _ => match numeral(c) {
                Some(value) => {
                    // Digits in a row, such as 二〇二五, are no number of this kind.
                    if digit.is_some_and(|digit| digit != 0) {
                        return None;
                    }
                    digit = Some(value);
                    end = at + c.len_utf8();
                    continue;
                }
                None => break,
            },
        };
        sum = sum.checked_add(digit.take().unwrap_or(1).checked_mul(factor)?)?;
        end = at + c.len_utf8();
    }
    (end > 0).then(|| (end, Decimal::from(sum + digit.unwrap_or(0))))
}

/// The quantity that begins with the number at `at`.
fn quantity(text: &str, at: usize) -> Option<Quantity> {
    let (length, first) = number(&text[at..])?;
    let mut end = at + length;
    let rest = &text[end..];
    // Something like `19.519.5` is no number.
    if rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut number_range = at..end;
    let mut upper = None;
    let unit_before_dash = unit_at(rest);
    let dash = &text[end + unit_before_dash.as_ref().map_or(0, |unit| unit.length)..];
    if let Some(other) = ["-", "~", "至", "到"]
        .iter()
        .find_map(|dash_text| dash.strip_prefix(dash_text))
    {
        let from = text.len() - other.len();
        if date(text, from).is_none()
            && let Some((length, number)) = number(other)
            && other.starts_with(|c: char| c.is_ascii_digit())
        {
            upper = Some(number);
            end = from + length;
            number_range.end = end;
        }
    }
    let unit = unit_at(&text[end..]).unwrap_or_default();
    end += unit.length;
    let sign = sign_around(text, at, end);
    let value = first.checked_mul(unit.scale).filter(is_readable)?;
    if upper.is_some_and(|upper| !is_readable(&upper)) {
        return None;
    }
    Some(Quantity {
        range: at..end,
        sign,
        number: first,
        upper: upper.map(|upper| upper.checked_mul(unit.scale).unwrap_or(upper)),
        kind: unit.kind,
        value,
        unit: unit.text,
        per: unit.per,
        number_range,
    })
}

/// A unit with its scale.
struct Unit {
    length: usize,
    kind: Kind,
    scale: Decimal,
    text: String,
    per: String,
}

impl Default for Unit {
    fn default() -> Self {
        Self {
            length: 0,
            kind: Kind::Bare,
            scale: Decimal::ONE,
            text: String::new(),
            per: String::new(),
        }
    }
}

/// The unit at the start of a text; `None` where the text ends or goes on with punctuation.
fn unit_at(text: &str) -> Option<Unit> {
    let units: &Units = &WORDS.units;
    let first = text.chars().next()?;
    if !(first.is_alphanumeric() || matches!(first, '%' | '‰' | '℃' | '㎡' | '/' | '（' | '('))
        || first.is_ascii_digit()
    {
        return None;
    }
    // About so many: 10余人, 3多万元.
    let skipped = ["余", "多", "来"].iter().find(|word| text.starts_with(**word));
    let offset = skipped.map_or(0, |word| word.len());
    let rest = &text[offset..];
    if let Some(money) = units.money.start(rest) {
        return Some(with_per(
            text,
            offset + money.len(),
            Kind::Money,
            wan_yuan_scale(money),
            money,
        ));
    }
    if let Some(percent) = units.percent.start(rest) {
        let scale = if percent == "‰" {
            Decimal::new(1, 1)
        } else {
            Decimal::ONE
        };
        return Some(Unit {
            length: offset + percent.len(),
            kind: Kind::Percent,
            scale,
            text: percent.to_owned(),
            per: String::new(),
        });
    }
    let scales = [("万", 10_000), ("亿", 100_000_000), ("千", 1000), ("百", 100)];
    let scale = scales.iter().find(|(word, _)| rest.starts_with(word));
    let (scale_length, factor) = scale.map_or((0, 1), |(word, factor)| (word.len(), *factor));
    let after = &rest[scale_length..];
    let scale_end = offset + scale_length;
    let kinds = [
        (Kind::Count, &units.count),
        (Kind::Measure, &units.measure),
        (Kind::Time, &units.time),
        (Kind::Grade, &units.grade),
    ];
    let found = kinds
        .iter()
        .filter_map(|(kind, list)| list.start(after).map(|unit| (*kind, unit)))
        .max_by_key(|(_, unit)| unit.len());
    if let Some((kind, unit)) = found {
        return Some(with_per(
            text,
            scale_end + unit.len(),
            kind,
            Decimal::from(factor),
            unit,
        ));
    }
    if scale_length > 0 {
        return Some(Unit {
            length: scale_end,
            kind: Kind::Bare,
            scale: Decimal::from(factor),
            text: String::new(),
            per: String::new(),
        });
    }
    Some(Unit {
        kind: Kind::Other,
        ..Unit::default()
    })
}

/// A unit that may be divided by something: 元/次, 元/平方米·月, 次/月.
fn with_per(text: &str, length: usize, kind: Kind, scale: Decimal, unit: &str) -> Unit {
    let mut length = length;
    let mut per = String::new();
    if let Some(rest) = text[length..]
        .strip_prefix('/')
        .or_else(|| text[length..].strip_prefix('每'))
    {
        let end = rest
            .find(|c: char| {
                !(c.is_alphanumeric() || matches!(c, '/' | '·' | '.' | '²' | '㎡')) || c.is_ascii_digit()
            })
            .unwrap_or(rest.len());
        let signs = &WORDS.signs;
        let after = [&signs.at_least_after, &signs.at_most_after];
        let end = after
            .iter()
            .find_map(|list| rest[..end].strip_suffix(list.end(&rest[..end])?))
            .map_or(end, str::len);
        rest[..end].clone_into(&mut per);
        length = text.len() - rest.len() + end;
    }
    Unit {
        length,
        kind,
        scale,
        text: unit.to_owned(),
        per,
    }
}

fn wan_yuan_scale(unit: &str) -> Decimal {
    match unit {
        "亿元" => Decimal::from(10_000),
        "百万元" => Decimal::ONE_HUNDRED,
        "千元" => Decimal::new(1, 1),
        "元" | "元整" => Decimal::new(1, 4),
        _ => Decimal::ONE,
    }
}

/// What is said before and after a number: `≥95%`, 不少于4次, 90%以上.
fn sign_around(text: &str, start: usize, end: usize) -> Option<Comparison> {
    let signs = &WORDS.signs;
    let before = text[..start].trim_end_matches(['到', '为', '于', '约', '共']);
    let raw = &text[..start];
    let lists = [
        (Comparison::AtLeast, &signs.at_least),
        (Comparison::AtMost, &signs.at_most),
        (Comparison::MoreThan, &signs.more_than),
        (Comparison::LessThan, &signs.less_than),
        (Comparison::Equal, &signs.equal),
    ];
    let said = lists
        .iter()
        .filter_map(|(sign, list)| {
            let length = |text: &str| list.end(text).map_or(0, str::len);
            Some((*sign, length(raw).max(length(before)))).filter(|(_, length)| *length > 0)
        })
        .max_by_key(|(_, length)| *length)
        .map(|(sign, _)| sign);
    let after = &text[end..];
    let after_lists = [
        (Comparison::AtLeast, &signs.at_least_after),
        (Comparison::AtMost, &signs.at_most_after),
    ];
    said.or_else(|| {
        after_lists
            .iter()
            .find(|(_, list)| list.starts(after))
            .map(|(sign, _)| *sign)
    })
}

/// The date that begins at `at`, where a digit stands.
fn date(text: &str, at: usize) -> Option<Date> {
    let rest = &text[at..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first: i32 = rest[..digits].parse().ok()?;
    let after = &rest[digits..];
    let whole = |year, month: Option<u32>, day: Option<u32>, length: usize| {
        let is_month = month.is_none_or(|month| (1..=12).contains(&month));
        let is_day = day.is_none_or(|day| (1..=31).contains(&day));
        (is_month && is_day).then_some(Date {
            range: at..at + length,
            year,
            month,
            day,
        })
    };
    let is_year = (1949..=2099).contains(&first);
    if digits == 8 && (1949..=2099).contains(&(first / 10_000)) {
        let (month, day) = ((first / 100 % 100) as u32, (first % 100) as u32);
        let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '.');
        return whole(Some(first / 10_000), Some(month), Some(day), 8)
            .filter(|date| ends && date.day != Some(0));
    }
    if digits == 4 && is_year {
        if let Some(rest) = after.strip_prefix('年') {
            let skip = if rest.starts_with('度') { "度".len() } else { 0 };
            let base = digits + "年".len() + skip;
            let (month, length) = month_and_day(&rest[skip..]);
            return match month {
                Some((month, day)) => whole(Some(first), Some(month), day, base + length),
                None => whole(Some(first), None, None, base),
            };
        }
        // The first year of a span such as 2025-2026年.
        let dashed = after.trim_start_matches(['-', '~', '至', '到']);
        let other = dashed.get(..4).and_then(|year| year.parse::<i32>().ok());
        if dashed.len() < after.len()
            && other.is_some_and(|other| (first..=2099).contains(&other))
            && dashed[4..].starts_with('年')
        {
            return whole(Some(first), None, None, digits);
        }
        for mark in ['.', '-', '/'] {
            let Some(rest) = after.strip_prefix(mark) else {
                continue;
            };
            let (month, length) = small(rest)?;
            let mut length = digits + 1 + length;
            let mut day = None;
            if let Some(rest) = rest[length - digits - 1..].strip_prefix(mark)
                && let Some((number, more)) = small(rest)
            {
                day = Some(number);
                length += 1 + more;
            }
            let tail = &text[at + length..];
            let goes_on = tail.starts_with(|c: char| c.is_ascii_digit() || c == '%')
                || unit_at(tail)
                    .is_some_and(|unit| !matches!(unit.kind, Kind::Other | Kind::Time | Kind::Bare));
            return if goes_on {
                None
            } else {
                whole(Some(first), Some(month), day, length)
            };
        }
        return None;
    }
    if digits <= 2 && after.starts_with('月') {
        let (month, length) = month_and_day(rest);
        let (month, day) = month?;
        return whole(None, Some(month), day, length);
    }
    None
}

/// A number of one or two digits at the start, and its bytes.
fn small(text: &str) -> Option<(u32, usize)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (1..=2).contains(&digits).then_some(())?;
    Some((text[..digits].parse().ok()?, digits))
}

/// Month and day at the start, such as 12月31日 or 6月底, and their bytes.
fn month_and_day(text: &str) -> (Option<(u32, Option<u32>)>, usize) {
    let Some((month, digits)) = small(text) else {
        return (None, 0);
    };
    let Some(rest) = text[digits..].strip_prefix('月') else {
        return (None, 0);
    };
    let length = digits + "月".len();
    let day = small(rest).and_then(|(day, digits)| {
        let mark = rest[digits..]
            .chars()
            .next()
            .filter(|c| matches!(c, '日' | '号'))?;
        Some((day, digits + mark.len_utf8()))
    });
    match day {
        Some((day, more)) => (Some((month, Some(day))), length + more),
        None => (Some((month, None)), length),
    }
}

/// A year in Chinese, such as 二〇二五年.
fn chinese_date(text: &str, at: usize) -> Option<Date> {
    let mut year = 0;
    let mut length = 0;
    for c in text[at..].chars().take(4) {
        year = year * 10 + i32::try_from(numeral(c)?).ok()?;
        length += c.len_utf8();
    }
    text[at + length..].starts_with('年').then_some(())?;
    (1949..=2099).contains(&year).then_some(Date {
        range: at..at + length + "年".len(),
        year: Some(year),
        month: None,
        day: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Quantity {
        let text = plain(text);
        let stated = read(&text);
        assert_eq!(stated.quantities.len(), 1, "{text}: {stated:?}");
        stated.quantities[0].clone()
    }

    #[test]
    fn quantities_have_sign_value_and_kind() {
        use Comparison::{AtLeast, AtMost, Equal, LessThan};
        let cases: &[(&str, Option<Comparison>, &str, Kind, &str)] = &[
            ("≤ 17.5 万元", Some(AtMost), "17.5", Kind::Money, "万元"),
            ("≥5000人次", Some(AtLeast), "5000", Kind::Count, "人次"),
            ("≥1.5 万人", Some(AtLeast), "15000", Kind::Count, "人"),
            ("不超过4,286.50元", Some(AtMost), "0.428650", Kind::Money, "元"),
            ("＞＝95％", Some(AtLeast), "95", Kind::Percent, "%"),
            ("90%以上", Some(AtLeast), "90", Kind::Percent, "%"),
            ("=3亿元", Some(Equal), "30000", Kind::Money, "亿元"),
            ("三家", None, "3", Kind::Count, "家"),
            ("一百二十人", None, "120", Kind::Count, "人"),
            ("五十万元", None, "50", Kind::Money, "万元"),
            ("100百分比", None, "100", Kind::Percent, "百分比"),
            ("≥95", Some(AtLeast), "95", Kind::Bare, ""),
            ("50万", None, "500000", Kind::Bare, ""),
            ("低于5‰", Some(LessThan), "0.5", Kind::Percent, "‰"),
            ("≥18度", Some(AtLeast), "18", Kind::Measure, "度"),
            ("5个月", None, "5", Kind::Time, "个月"),
            ("≥95长期", Some(AtLeast), "95", Kind::Other, ""),
        ];
        for (text, sign, value, kind, unit) in cases {
            let quantity = one(text);
            assert_eq!(quantity.sign, *sign, "{text}");
            assert_eq!(Some(quantity.value), decimal(value), "{text}");
            assert_eq!((quantity.kind, quantity.unit.as_str()), (*kind, *unit), "{text}");
        }
        assert_eq!(one("≥15元/平方米月").per, "平方米月");
        assert_eq!(one("42微克/立方米以内").per, "立方米");
        assert_eq!(one("30-50人").upper, Some(Decimal::from(50)));
        assert_eq!(one("30%～50%").upper, Some(Decimal::from(50)));
    }

    #[test]
    fn dates_are_no_quantities() {
        for (text, year, month) in [
            ("2022.12", Some(2022), Some(12)),
            ("完成时间2025年12月31日", Some(2025), Some(12)),
            ("20251231", Some(2025), Some(12)),
            ("2025-06-30前", Some(2025), Some(6)),
            ("9月", None, Some(9)),
            ("二〇二五年", Some(2025), None),
            ("2025年度", Some(2025), None),
        ] {
            let stated = read(&plain(text));
            assert_eq!(stated.dates.len(), 1, "{text}: {stated:?}");
            assert_eq!(
                (stated.dates[0].year, stated.dates[0].month),
                (year, month),
                "{text}"
            );
            assert!(stated.quantities.is_empty(), "{text}: {stated:?}");
        }
        assert_eq!(read("2024年1月-12月").dates.len(), 2);
        assert_eq!(read("2025-2026年").dates.len(), 2);
        assert_eq!(read("≥20000人").quantities.len(), 1);
        assert_eq!(read("2022.12万元").quantities.len(), 1);
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        assert_eq!(read("≤19.519.5万元").malformed.len(), 1);
        assert_eq!(read("≤3.33万元").quantities.len(), 1);
        assert!(read("第38届").quantities.is_empty());
        assert!(read("一是统筹推进").quantities.is_empty());
    }
}
