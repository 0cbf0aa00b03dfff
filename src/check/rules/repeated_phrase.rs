//! `repeated-phrase`: 语句连续重复.

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
        "叙述、资金用途、绩效目标和指标描述中，同一语句紧接着又写了一遍：整句或几句重复，或一个词、一个词组连写两次（至少两个汉字）。“一户一户”之类的说法，以及前一个名称以它结尾、后一个名称以它开头的（“公共服务服务对象”），不报。",
        "In the narrative, the purpose, the goals and the descriptions a sentence, or several, or a phrase of two characters or more is written again at once. Idioms that double a word are right, and so is a word that ends one name and begins the next.",
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
    let mut seen = Seen::default();
    review.each_prose(&mut |form, spot, text| {
        let Some(range) = repeated(text, least, &mut seen) else {
            return;
        };
        let phrase: String = text[range.clone()].chars().take(24).collect();
        let message = Message::new(
            format!("“{phrase}”紧接着又写了一遍。"),
            format!("“{phrase}” stands twice in a row."),
        );
        found.in_text(form, spot, text, &range, message);
    });
}

const MARKS: &[char] = &['，', ',', '。', '；', ';', '、', '！', '!', '？', '?', '：', ':'];

/// Clauses that are shorter may stand twice in a row: 12月，12月.
const SHORTEST_CLAUSE: usize = 4;

/// The first phrase that is written twice in a row: where it stands the second time.
fn repeated(plain: &str, least: usize, seen: &mut Seen) -> Option<Range<usize>> {
    let mut clauses: Vec<(usize, &str)> = Vec::new();
    let mut start = 0;
    for (at, mark) in plain.match_indices(MARKS).chain([(plain.len(), "")]) {
        if at > start {
            clauses.push((start, &plain[start..at]));
        }
        start = at + mark.len();
    }
    for count in 1..=6_usize.min(clauses.len() / 2) {
        for start in 0..=clauses.len() - 2 * count {
            let one = &clauses[start..start + count];
            let other = &clauses[start + count..start + 2 * count];
            let is_same = one.iter().zip(other).enumerate().all(|(at, (one, other))| {
                // The number of a paragraph stands before its first clause only.
                one.1 == other.1 || (at == 0 && unnumbered(one.1) == unnumbered(other.1))
            });
            let characters = || other.iter().flat_map(|(_, clause)| clause.chars());
            if is_same && characters().count() >= least.max(SHORTEST_CLAUSE) && characters().any(is_han) {
                let end = other[count - 1];
                return Some(other[0].0..end.0 + end.1.len());
            }
        }
    }
    // 做到应救尽救，应救尽救.
    let is_tail = |pair: &&[(usize, &str)]| {
        let [(_, one), (_, other)] = pair else {
            return false;
        };
        other.chars().count() >= least.max(SHORTEST_CLAUSE)
            && other.chars().all(is_han)
            && one.len() > other.len()
            && one.ends_with(other)
    };
    if let Some([_, (start, clause)]) = clauses.windows(2).find(is_tail) {
        return Some(*start..start + clause.len());
    }
    clauses.iter().find_map(|(start, clause)| {
        doubled(clause, least, seen).map(|range| start + range.start..start + range.end)
    })
}

fn unnumbered(clause: &str) -> &str {
    clause.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Where each character stood last, counted through all texts, so that nothing is to be cleared between them.
#[derive(Default)]
struct Seen {
    last: Vec<u32>,
    count: u32,
    /// The characters of a clause, kept for the next one.
    characters: Vec<char>,
}

impl Seen {
    /// How far back a character stood last, at most as far as `before`; and notes it here.
    fn distance(&mut self, c: char, before: usize) -> Option<usize> {
        self.last.resize(0x1_0000, 0);
        self.count += 1;
        let last = self.last.get_mut(u32::from(c) as usize)?;
        let distance = (self.count - *last) as usize;
        let is_known = *last > 0 && distance <= before;
        *last = self.count;
        is_known.then_some(distance)
    }
}

/// A phrase that is doubled within a clause: of that many characters, or a word that is never doubled on purpose.
/// Wherever a phrase is doubled, one of its characters stood last just as far back as the phrase is long.
fn doubled(clause: &str, least: usize, seen: &mut Seen) -> Option<Range<usize>> {
    // Two characters twice are the least that can be doubled.
    if clause.len() < 4 {
        return None;
    }
    let mut characters = std::mem::take(&mut seen.characters);
    characters.clear();
    characters.extend(clause.chars());
    let found = doubled_in(&characters, least, seen);
    seen.characters = characters;
    found
}

/// Whether a short phrase may stand twice in a row on purpose: as an idiom (一户一户), or because a name ends with it
/// and another begins with it (公共服务服务对象, 大数据数据中心).
fn is_doubled_on_purpose(before: &str, phrase: &str, after: &str) -> bool {
    let words = &WORDS.text;
    let is_short = phrase.chars().count() == 2;
    let is_compound = words.compound_heads.has(phrase) && !after.is_empty() && !words.no_heads.starts(after);
    // 老人每人每月.
    let is_each = phrase.ends_with('每');
    is_short && (is_each || words.idiom_starts.starts(phrase) || is_compound || words.compounds.ends(before))
}

fn doubled_in(characters: &[char], least: usize, seen: &mut Seen) -> Option<Range<usize>> {
    for at in 0..characters.len() {
        let Some(period) = seen.distance(characters[at], at).filter(|period| *period >= 2) else {
            continue;
        };
        let is_same = |at: &usize| characters[*at] == characters[*at - period];
        let before = (period..at).rev().take_while(is_same).count();
        let after = (at..characters.len()).take_while(is_same).count();
        if before + after < period {
            continue;
        }
        let start = at - before;
        let phrase = &characters[start..start + period];
        let text: String = phrase.iter().collect();
        let is_word = WORDS.text.doubled.has(&text);
        let is_phrase = period >= least && phrase.iter().filter(|c| is_han(**c)).count() >= least;
        let is_meant = || {
            let before: String = characters[..start].iter().collect();
            let after: String = characters[start + period..].iter().collect();
            is_doubled_on_purpose(&before, &text, &after)
        };
        if is_word || (is_phrase && !is_meant()) {
            let bytes = |characters: &[char]| characters.iter().map(|c| c.len_utf8()).sum::<usize>();
            let from = bytes(&characters[..start]);
            return Some(from..from + bytes(phrase));
        }
    }
    None
}
