//! `repeated-phrase`: 语句连续重复.

use crate::check::review::Text;
use crate::check::words::WORDS;
use std::ops::Range;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::RepeatedPhrase,
    number: "W03",
    title: Message::fixed("语句连续重复", "A phrase stands twice in a row"),
    what: Message::fixed(
        "叙述、资金用途、绩效目标和指标描述中，同一语句紧接着又写了一遍：整句或几句重复，或一个词组连写两次。",
        "In the narrative, the purpose, the goals and the descriptions a sentence, or several, or a phrase is written again at once.",
    ),
    why: Message::fixed(
        "多为粘贴两次，公开前应删去。",
        "Usually something was pasted twice; it has to go before publishing.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[(
            "goals[0]",
            "1.完成清淤任务，恢复行洪能力；完成清淤任务，恢复行洪能力。",
        )]),
        Example(&[("purpose", "用于河道清淤工程河道清淤工程的支出。")]),
        Example(&[("narrative.safeguards[0]", "加强加强绩效运行监控。")]),
    ],
    misses: &[
        Example(&[("goals[0]", "1.完成清淤任务，完成护岸任务，恢复行洪能力。")]),
        Example(&[("purpose", "用于一户一户走访，天天巡查。")]),
        Example(&[("goals[0]", "1.做好培训培训教师的工作。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let least = review.settings.limits.repeated_characters;
    review.each_prose(&mut |form, field, text| {
        let plain = Text::of(Some(text));
        let Some(range) = repeated(&plain.plain, least) else {
            return;
        };
        let phrase: String = plain.slice(&range).chars().take(24).collect();
        let message = Message::new(
            format!("“{phrase}”紧接着又写了一遍。"),
            format!("{phrase:?} stands twice in a row."),
        );
        match form {
            Some(form) => found.on(form, field, message),
            None => found.outside(field, message),
        }
        .quoting(&plain, &range);
    });
}

const MARKS: &[char] = &['，', ',', '。', '；', ';', '、', '！', '!', '？', '?', '：', ':'];

/// The first phrase that is written twice in a row: where it stands the second time.
fn repeated(plain: &str, least: usize) -> Option<Range<usize>> {
    let mut clauses: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for clause in plain.split(MARKS) {
        if !clause.is_empty() {
            clauses.push((at, clause));
        }
        at += clause.len()
            + plain[at + clause.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
    }
    for count in 1..=6_usize.min(clauses.len() / 2) {
        for start in 0..=clauses.len() - 2 * count {
            let (one, other) = (
                &clauses[start..start + count],
                &clauses[start + count..start + 2 * count],
            );
            let is_same = one.iter().zip(other).enumerate().all(|(at, (one, other))| {
                // The number of a paragraph stands before its first clause only.
                let bare = |text: &'_ str| {
                    text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                        .to_owned()
                };
                one.1 == other.1 || (at == 0 && bare(one.1) == bare(other.1))
            });
            let characters = || other.iter().flat_map(|(_, clause)| clause.chars());
            if is_same && characters().count() >= least && characters().any(is_han) {
                let end = other[count - 1];
                return Some(other[0].0..end.0 + end.1.len());
            }
        }
    }
    clauses.iter().find_map(|(start, clause)| {
        doubled(clause, least).map(|range| start + range.start..start + range.end)
    })
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// A phrase that is doubled within a clause: of that many characters, or a word that is never doubled on purpose.
fn doubled(clause: &str, least: usize) -> Option<Range<usize>> {
    let places: Vec<(usize, char)> = clause.char_indices().collect();
    let end = |at: usize| places.get(at).map_or(clause.len(), |(place, _)| *place);
    for period in 2..=24_usize.min(places.len() / 2) {
        let mut run = 0;
        for at in period..places.len() {
            run = if places[at].1 == places[at - period].1 {
                run + 1
            } else {
                0
            };
            if run < period {
                continue;
            }
            let range = end(at + 1 - period)..end(at + 1);
            let phrase = &clause[range.clone()];
            let is_word = period < least && WORDS.text.doubled.iter().any(|word| word == phrase);
            let is_phrase = period >= least && phrase.chars().filter(|c| is_han(*c)).count() >= least;
            if is_word || is_phrase {
                return Some(range);
            }
        }
    }
    None
}
