//! `stale-plan`: 所依据的规划已经到期.

use crate::check::review::Spot;
use crate::check::words::WORDS;
use std::ops::Range;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::StalePlan,
    number: "N05",
    title: Message::fixed("所依据的规划已经到期", "A plan is named whose period is over"),
    what: Message::fixed(
        "叙述、资金用途和绩效目标中提到的五年规划（“十三五”等）或写明起止年份的规划、计划、行动方案，在预算年度之前已经结束；作为指标值确定依据的，结束一年以上才报，因为文本在上一年编制。说它的成果、评估、以来、期间做了什么等过去的事，不报。",
        "The narrative, the purpose or the goals name a five-year plan (十三五), or a plan with its years, that ended before the budget year; as the basis of a target it is reported only where it ended more than a year before, since documents are written in the year before. Its results, its evaluation and other things of the past are excepted.",
    ),
    why: Message::fixed(
        "多为照抄往年文本；绩效目标应与现行规划衔接。",
        "Usually an older text was copied; targets should follow the plans in force.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[(
            "narrative.overall_target[0]",
            "落实《水利发展“十三五”规划》，保障城乡供水安全。",
        )]),
        Example(&[("purpose", "按照河道治理三年行动计划（2021-2023年）开展清淤。")]),
        Example(&[("goals[0]", "1.完成第十三个五年规划确定的任务。")]),
    ],
    misses: &[
        Example(&[("narrative.overall_target[0]", "落实“十四五”水利规划，保障供水。")]),
        Example(&[(
            "narrative.overall_target[0]",
            "巩固“十三五”期间取得的成果，保障供水。",
        )]),
        Example(&[("purpose", "按照《水利规划纲要（2021—2035年）》开展清淤。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let Some(year) = review.year else {
        return;
    };
    review.each_text(&mut |form, spot, text| {
        // A basis that has run out is none; other cells compare, and names may be old.
        if matches!(spot, Spot::Cell(_, cell) if cell != "basis") || spot == Spot::Name {
            return;
        }
        // A document is written in the year before, when a plan that is about to end is still in force.
        let before = if matches!(spot, Spot::Cell(..)) {
            year - 1
        } else {
            year
        };
        let Some((range, end)) = stale(text, before) else {
            return;
        };
        let quoted = &text[range.clone()];
        let message = Message::new(
            format!("“{quoted}”的规划期到 {end} 年为止，文本是 {year} 年的。"),
            format!("the period of “{quoted}” ended in {end}, the document is of {year}."),
        );
        found.in_text(form, spot, text, &range, message);
    });
}

/// The first plan whose period ended before the year: where it is named, and when it ended.
fn stale(plain: &str, year: i32) -> Option<(Range<usize>, i32)> {
    let ends_early = |end: i32| (1990..year).contains(&end);
    five_years(plain)
        .into_iter()
        .chain(spans(plain))
        .find(|(range, end)| ends_early(*end) && !is_past(plain, range))
}

/// Five-year plans by their numbers: 十三五 and 第十三个五年规划. The thirteenth ended in 2020.
fn five_years(plain: &str) -> Vec<(Range<usize>, i32)> {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut found = Vec::new();
    for (at, _) in plain.match_indices('十') {
        let rest = &plain[at + '十'.len_utf8()..];
        let Some((number, digit)) = (0_i32..).zip(DIGITS).find(|(_, digit)| rest.starts_with(*digit)) else {
            continue;
        };
        let rest = &rest[digit.len()..];
        let end = |length: usize| plain.len() - rest.len() + length;
        let last = 1955 + 5 * (10 + number);
        if rest.starts_with("个五年") {
            found.push((at..end("个五年".len()), last));
            continue;
        }
        // 十三五 is a plan before 规划 and the like, or in quotation marks; 十三五个 is not.
        let Some(after) = rest.strip_prefix('五') else {
            continue;
        };
        let is_quoted = plain[..at].ends_with(['“', '"', '\'', '‘', '「'])
            && after.starts_with(['”', '"', '\'', '’', '」']);
        let follows = ["规划", "计划", "时期", "期间", "发展", "纲要"]
            .iter()
            .any(|word| after.starts_with(word));
        if is_quoted || follows {
            found.push((at..end('五'.len_utf8()), last));
        }
    }
    found
}

/// Plans that are named with their years: 2021-2023年 in a clause that speaks of a plan.
fn spans(plain: &str) -> Vec<(Range<usize>, i32)> {
    let mut found = Vec::new();
    let is_year = |text: &str| {
        text.get(..4)
            .and_then(|year| year.parse::<i32>().ok())
            .filter(|year| (1990..2100).contains(year))
    };
    for (at, _) in plain.match_indices("20") {
        if plain[..at].ends_with(|c: char| c.is_ascii_digit()) || is_year(&plain[at..]).is_none() {
            continue;
        }
        let rest = &plain[at + 4..];
        let rest = rest.strip_prefix('年').unwrap_or(rest);
        let Some(rest) = ["--", "-", "~", "至", "到"]
            .iter()
            .find_map(|dash| rest.strip_prefix(dash))
        else {
            continue;
        };
        let Some(end) = is_year(rest) else {
            continue;
        };
        let after = &rest[4..];
        // 纲要（2019—2023） needs no 年.
        let is_in_brackets = plain[..at].ends_with(['（', '(']) && after.starts_with(['）', ')']);
        let Some(after) = after
            .strip_prefix('年')
            .or_else(|| is_in_brackets.then_some(after))
        else {
            continue;
        };
        let range = at..plain.len() - after.len();
        let marks: &[char] = &['，', '。', '；', ';', ','];
        let before = plain[..at].rsplit(marks).next().unwrap_or_default();
        let clause = after.split(marks).next().unwrap_or_default();
        let is_plan = |text: &str| {
            ["规划", "计划", "纲要", "行动", "方案"]
                .iter()
                .any(|word| text.contains(word))
        };
        if is_plan(before) || is_plan(clause) {
            found.push((range, end));
        }
    }
    found
}

/// Whether the words after a plan speak of it as past.
fn is_past(plain: &str, range: &Range<usize>) -> bool {
    let after: String = plain[range.end..]
        .chars()
        .take_while(|c| !matches!(c, '，' | '。' | '；'))
        .take(14)
        .collect();
    let before: String = plain[..range.start]
        .chars()
        .rev()
        .take(4)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let is_before = ["较", "比", "巩固", "总结", "回顾", "自"]
        .iter()
        .any(|word| before.contains(word));
    // “十四五”期间，…… tells what was done then.
    let rest = plain[range.end..].trim_start_matches(['”', '"', '」', '’', '年']);
    let is_period = ["期间，", "时期，", "期间,", "期间我"]
        .iter()
        .any(|word| rest.starts_with(word));
    is_before || is_period || WORDS.text.past.is_in(&after)
}
