//! `deadline-year`: 期限的年份不是本年度.

use crate::check::quantity::Date;
use crate::check::review::Review;
use crate::check::review::{Level, Text};
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::DeadlineYear,
    number: "T10",
    title: Message::fixed(
        "期限的年份不是本年度",
        "A deadline lies in another year than the document's",
    ),
    what: Message::fixed(
        "指标值中的年份与文本的预算年度不同。结转项目写自己的年度（项目编码或名称中的年份）、跨年区间、与往年比较的基数、文件和规划的年份、已经发生的事实，不报。",
        "The year in a target is not the document's. The own year of a project that is carried over (in its code or its name), spans of years, years that something is compared with, those of rules and plans, and past facts are excepted.",
    ),
    why: Message::fixed(
        "多为照抄上年的表没有改年份；期限已过或不在本年度的目标无法考核。",
        "Usually last year's form was copied; a target outside of the year cannot be examined.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("indicators[2].target", "2024年10月底前")]),
        Example(&[("indicators[2].target", "2026.12")]),
        Example(&[("indicators[2].target", "完成时间2023年12月31日")]),
    ],
    misses: &[
        Example(&[("indicators[2].target", "2025年1月-2026年6月")]),
        Example(&[
            ("name", "2024年河道清淤工程"),
            ("indicators[2].target", "2024年10月底前"),
        ]),
        Example(&[("indicators[4].target", "较2023年增长5%")]),
        Example(&[("indicators[4].target", "≥20260人")]),
        Example(&[("indicators[1].target", "符合2020年版验收标准")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let Some(year) = review.year else {
        return;
    };
    for (form, row) in review.rows() {
        let text = &row.target;
        let years: Vec<_> = text
            .dates()
            .iter()
            .filter_map(|date| date.year.map(|year| (year, date)))
            .collect();
        let is_fine = |stated: i32| stated == year || form.own_years.contains(&stated);
        let Some((stated, date)) = years.iter().find(|(stated, _)| !is_fine(*stated)) else {
            continue;
        };
        // A span that reaches into the year is one of several years.
        let is_span =
            years.len() > 1 && (years.iter().any(|(other, _)| is_fine(*other)) || covers(&years, year));
        // Elsewhere than under timeliness a bare year may count or describe; a deadline has a month, or an end.
        let after = &text.plain[date.range.end..];
        let is_deadline = row.level2 == Some(Level::Timeliness)
            || date.month.is_some()
            || after.starts_with(['底', '末', '前', '内']);
        // What a project brings may last for years: 质保至2027年6月.
        let lasts = row.level2 == Some(Level::Benefit)
            && *stated > year
            && text.plain[..date.range.start].ends_with(['至', '到']);
        if is_span || lasts || !is_deadline || is_compared(text, &date.range) {
            continue;
        }
        let quoted = text.slice(&date.range);
        found
            .on_row(
                form,
                row,
                "target",
                Message::new(
                    format!("指标值中的年份是 {stated} 年，文本是 {year} 年的。"),
                    format!("the target says {stated}, the document is of {year}."),
                ),
            )
            .saying(row.cells.target.as_deref().unwrap_or(quoted));
    }
}

/// Whether the years of a target reach from before to after the year.
fn covers(years: &[(i32, &Date)], year: i32) -> bool {
    let stated = || years.iter().map(|(stated, _)| *stated);
    stated().min() < Some(year) && stated().max() > Some(year)
}

/// Whether the words right around a year say that something is compared with it, or that a rule is named by it.
fn is_compared(text: &Text<'_>, range: &std::ops::Range<usize>) -> bool {
    let words = &WORDS.text.compared;
    let before = &text.plain[..range.start];
    let after: String = text.plain[range.end..].chars().take(8).collect();
    let before: String = before
        .chars()
        .rev()
        .take(3)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let is_in_brackets = before.ends_with(['〔', '【', '[', '（', '(', '《']);
    is_in_brackets || words.is_in(&after) || words.ends(&before)
}
