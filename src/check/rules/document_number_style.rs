//! `document-number-style`: 发文字号没有用六角括号.

use std::ops::Range;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::DocumentNumberStyle,
    number: "W04",
    title: Message::fixed(
        "发文字号没有用六角括号",
        "A document number has other brackets than the official ones",
    ),
    what: Message::fixed(
        "“某财教【2024】67号”一类的发文字号，年份两侧不是六角括号〔〕。只提示，不改写。同一张表同一字号报一次。",
        "The year of a document number stands in brackets other than 〔〕. It is pointed out, never rewritten; once for each number in a form.",
    ),
    why: Message::fixed(
        "《党政机关公文格式》规定发文字号的年份用六角括号括入。",
        "The standard for official documents puts the year into 〔〕.",
    ),
    source: Some(Message::fixed(
        "《党政机关公文格式》（GB/T 9704-2012）7.2.5：发文字号的年份用六角括号“〔〕”括入",
        "GB/T 9704-2012, 7.2.5: the year of a document number stands in 〔〕",
    )),
    fix: None,
    hits: &[
        Example(&[("name", "青财农【2024】18号河道清淤工程")]),
        Example(&[("indicators[0].basis", "青财农（2024）18号")]),
    ],
    misses: &[
        Example(&[("name", "青财农〔2024〕18号河道清淤工程")]),
        Example(&[("indicators[0].basis", "年度计划（2024年）18号工程")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let mut told: Vec<(Option<usize>, String)> = Vec::new();
    review.each_text(&mut |form, spot, text| {
        if !text.contains('号') {
            return;
        }
        let Some(range) = number(text) else {
            return;
        };
        let quoted = text[range.clone()].to_owned();
        let known = (form.map(|form| form.index), quoted.clone());
        if told.contains(&known) {
            return;
        }
        told.push(known);
        let official: String = quoted
            .chars()
            .map(|c| match c {
                '【' | '（' | '(' | '[' | '［' => '〔',
                '】' | '）' | ')' | ']' | '］' => '〕',
                c => c,
            })
            .collect();
        let message = Message::new(
            format!("发文字号“{quoted}”宜写作“{official}”。"),
            format!("the document number “{quoted}” is officially written “{official}”."),
        );
        found.in_text(form, spot, text, &range, message);
    });
}

/// Where a document number with wrong brackets stands: letters of an office, a year in brackets, a number and 号.
fn number(plain: &str) -> Option<Range<usize>> {
    for (open, bracket) in plain.match_indices(['【', '（', '(', '[', '［']) {
        let inside = &plain[open + bracket.len()..];
        let is_year = |text: &str| {
            text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.starts_with(['1', '2'])
        };
        let Some(year) = inside.get(..4).filter(|year| is_year(year)) else {
            continue;
        };
        let after = &inside[year.len()..];
        let Some(rest) = after.strip_prefix(['】', '）', ')', ']', '］']) else {
            continue;
        };
        let digits = rest
            .strip_prefix('第')
            .unwrap_or(rest)
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let has_digits = digits.len() < rest.strip_prefix('第').unwrap_or(rest).len();
        if !has_digits || !digits.starts_with('号') {
            continue;
        }
        let end = plain.len() - digits.len() + '号'.len_utf8();
        let office: Vec<usize> = plain[..open]
            .char_indices()
            .rev()
            .take(10)
            .take_while(|(_, c)| ('\u{4e00}'..='\u{9fff}').contains(c))
            .map(|(at, _)| at)
            .collect();
        if let Some(start) = office.last().filter(|_| office.len() >= 2) {
            return Some(*start..end);
        }
    }
    None
}
