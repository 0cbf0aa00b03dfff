//! The words that the rules look for, read from `words.toml`.

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
