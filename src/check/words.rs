//! The words that the rules look for, read from `words.toml`.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

/// All words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// What stands in a cell that has nothing to say.
    pub(crate) fillers: Vec<String>,
    /// How names of rates end, and how names end that are none of a rate.
    pub(crate) rates: Vec<String>,
    pub(crate) no_rates: Vec<String>,
    pub(crate) units: Units,
    pub(crate) signs: Signs,
    pub(crate) direction: Direction,
    pub(crate) levels: LevelWords,
    pub(crate) money: Money,
    pub(crate) text: TextWords,
}

/// Of what more or less is better.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Direction {
    pub(crate) less_is_better: Vec<String>,
    /// Ends of names of which more is better all the same.
    pub(crate) more_is_better_endings: Vec<String>,
    /// Ends of names of rates of which more is better.
    pub(crate) better_rates: Vec<String>,
    pub(crate) good_costs: Vec<String>,
    pub(crate) bad_satisfaction: Vec<String>,
    pub(crate) beyond_hundred: Vec<String>,
}

/// What belongs under which level 2.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelWords {
    pub(crate) quality_counts: Vec<String>,
    pub(crate) no_cost_rates: Vec<String>,
    /// Words of rates of costs.
    pub(crate) cost_rates: Vec<String>,
    pub(crate) costs: Vec<String>,
    /// Ends of names of counts.
    pub(crate) counts: Vec<String>,
    pub(crate) other_costs: Vec<String>,
}

/// What amounts are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    pub(crate) prices: Vec<String>,
    pub(crate) totals: Vec<String>,
    /// Words for money at the ends of names.
    pub(crate) generic: Vec<String>,
    /// What begins the line that sums up others.
    pub(crate) sums: Vec<String>,
    pub(crate) fiscal: Vec<String>,
    pub(crate) other: Vec<String>,
    pub(crate) parts: Vec<String>,
}

/// Words of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextWords {
    pub(crate) vague: Vec<String>,
    pub(crate) verifiable: Vec<String>,
    pub(crate) residue: Vec<String>,
    pub(crate) numbered_residue: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) past: Vec<String>,
    pub(crate) compared: Vec<String>,
}

/// Whether a word of the list stands in the text.
pub(crate) fn says(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

/// Whether the text begins with a word of the list.
pub(crate) fn starts(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.starts_with(word.as_str()))
}

/// Whether the text ends with a word of the list.
pub(crate) fn ends(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.ends_with(word.as_str()))
}

/// The units of quantities, by what they count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    pub(crate) count: Vec<String>,
    pub(crate) measure: Vec<String>,
    pub(crate) time: Vec<String>,
    pub(crate) grade: Vec<String>,
    pub(crate) percent: Vec<String>,
    pub(crate) money: Vec<String>,
}

/// What stands before or after a number and says whether it is a limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signs {
    pub(crate) at_least: Vec<String>,
    pub(crate) at_most: Vec<String>,
    pub(crate) more_than: Vec<String>,
    pub(crate) less_than: Vec<String>,
    pub(crate) equal: Vec<String>,
    pub(crate) at_least_after: Vec<String>,
    pub(crate) at_most_after: Vec<String>,
}

/// The words that are built in.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    // The test below reads them, so that this cannot fail.
    toml::from_str(include_str!("words.toml")).unwrap_or_else(|error| panic!("check/words.toml: {error}"))
});

/// Finds words in texts, many at once.
pub(crate) struct Finder {
    words: Vec<String>,
    /// A bit for each character that a word begins with, of those that two bytes can number.
    first: Vec<u64>,
}

impl Finder {
    /// A finder of these words; where several begin at one place, the first of them is found.
    pub(crate) fn of<'w>(words: impl Iterator<Item = &'w String>) -> Self {
        let words: Vec<String> = words.cloned().collect();
        let mut first = vec![0; 0x1_0000 / 64];
        for c in words.iter().filter_map(|word| word.chars().next()) {
            let at = u32::from(c) as usize;
            if let Some(bits) = first.get_mut(at / 64) {
                *bits |= 1_u64 << (at % 64);
            }
        }
        Self { words, first }
    }

    /// What `choose` makes of the first place of a word that it does not turn down.
    pub(crate) fn find<T>(&self, text: &str, choose: impl Fn(Range<usize>) -> Option<T>) -> Option<T> {
        text.char_indices()
            .filter(|(_, c)| {
                let at = u32::from(*c) as usize;
                self.first
                    .get(at / 64)
                    .is_some_and(|bits| bits >> (at % 64) & 1 == 1)
            })
            .find_map(|(at, _)| {
                let here = self
                    .words
                    .iter()
                    .filter(|word| text[at..].starts_with(word.as_str()));
                here.map(|word| at..at + word.len()).find_map(&choose)
            })
    }
}
