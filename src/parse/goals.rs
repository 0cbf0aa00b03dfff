//! The goals: a text with numbered items, cut into one goal per number.

use super::lexicon::enumerator;

/// Cuts a text into its numbered goals; the numbers stay. Without numbers the whole text is one goal.
///
/// A number begins a goal at the start of a line, or after white space or the end of a sentence, if
/// it is greater than the number before it and written in the same style. `2.5 万` is a quantity;
/// `2.2025年…` is the second goal.
pub(crate) fn split(text: &str) -> Vec<String> {
    let starts = starts(text);
    if starts.is_empty() {
        return if text.is_empty() {
            Vec::new()
        } else {
            vec![text.to_owned()]
        };
    }
    let mut cuts: Vec<usize> = starts;
    if !text[..cuts[0]].trim().is_empty() {
        cuts.insert(0, 0);
    }
    let ends = cuts[1..].iter().copied().chain([text.len()]);
    cuts.iter()
        .zip(ends)
        .map(|(&start, end)| text[start..end].trim().to_owned())
        .collect()
}

/// How a number is written: what stands before and after its digits, and the kind of digits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Manner {
    opening: Option<char>,
    arabic: bool,
}

/// The byte offsets at which goals begin.
fn starts(text: &str) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut manner = None;
    let mut last = 0;
    let mut before: Option<char> = None;
    let mut line_start = true;
    for (at, c) in text.char_indices() {
        let opens = line_start || before.is_some_and(|b| b.is_whitespace() || matches!(b, '。' | '；' | ';'));
        if opens
            && !c.is_whitespace()
            && let Some((number, style, rest)) = numbered_item(&text[at..])
        {
            let first = found.is_empty() && number == 1;
            let next = manner == Some(style) && number > last && number <= last + 3;
            let quantity =
                style.arabic && rest.starts_with(|c: char| c.is_ascii_digit()) && !begins_with_year(rest);
            if (first || next) && (!quantity || line_start && found.is_empty()) {
                found.push(at);
                manner = Some(style);
                last = number;
            }
        }
        line_start = c == '\n' || (line_start && c.is_whitespace());
        before = Some(c);
    }
    found
}

/// The number that `text` begins with, how it is written, and what follows it.
fn numbered_item(text: &str) -> Option<(u32, Manner, &str)> {
    let length = enumerator(text)?;
    let opening = text.chars().next().filter(|&c| matches!(c, '（' | '('));
    let digits = text[..length]
        .trim_matches(|c| matches!(c, '（' | '(' | '）' | ')' | '、' | '.' | '．' | '，' | ','));
    let first = digits.chars().next()?;
    let number = if let '①'..='⑳' = first {
        u32::from(first) - u32::from('①') + 1
    } else if first.is_ascii_digit() {
        digits.parse().ok()?
    } else {
        chinese_number(digits)?
    };
    let opening = opening.map(|_| '(').or(matches!(first, '①'..='⑳').then_some('①'));
    // A comma after digits groups thousands.
    if first.is_ascii_digit() && text[..length].ends_with([',', '，']) {
        return None;
    }
    Some((
        number,
        Manner {
            opening,
            arabic: first.is_ascii_digit(),
        },
        &text[length..],
    ))
}

pub(super) fn begins_with_year(text: &str) -> bool {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    digits == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text[digits..].trim_start().starts_with(['年', '-'])
}

/// Reads 一 to 九十九.
fn chinese_number(text: &str) -> Option<u32> {
    let digit = |c: char| {
        "一二三四五六七八九"
            .chars()
            .position(|known| known == c)
            .map(|at| at as u32 + 1)
    };
    let mut tens = None;
    let mut ones = None;
    for c in text.chars() {
        if c == '十' && tens.is_none() {
            tens = Some(ones.take().unwrap_or(1));
        } else {
            ones = Some(digit(c).filter(|_| ones.is_none())?);
        }
    }
    let number = tens.unwrap_or(0) * 10 + ones.unwrap_or(0);
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goal_per_number() {
        for (text, goals) in [
            ("完成任务", vec!["完成任务"]),
            ("1.修渠2.5公里。\n2.植树。", vec!["1.修渠2.5公里。", "2.植树。"]),
            ("1. 修渠 2.5 公里 2. 植树", vec!["1. 修渠 2.5 公里", "2. 植树"]),
            (
                "1.2025 年修渠 2.2025 年植树 3.5 万株",
                vec!["1.2025 年修渠", "2.2025 年植树 3.5 万株"],
            ),
            (
                "1.修渠。 2.植树。 4.护林。",
                vec!["1.修渠。", "2.植树。", "4.护林。"],
            ),
            ("1、修渠；2、植树", vec!["1、修渠；", "2、植树"]),
            ("（1）修渠\n（2）植树", vec!["（1）修渠", "（2）植树"]),
            ("一、修渠\n二、植树", vec!["一、修渠", "二、植树"]),
            ("①修渠\n②植树", vec!["①修渠", "②植树"]),
            ("1.修渠，\n共三处。\n2.植树", vec!["1.修渠，\n共三处。", "2.植树"]),
            ("1.修渠\n2025.3前完成", vec!["1.修渠\n2025.3前完成"]),
            ("本年完成：1.修渠", vec!["本年完成：1.修渠"]),
        ] {
            assert_eq!(split(text), goals);
        }
    }
}
