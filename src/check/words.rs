//! The words that the rules look for, read from `words.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::list::List;

/// All words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// What stands in a cell that has nothing to say.
    pub(crate) fillers: List,
    /// How names of rates end, and how names end that are none of a rate.
    pub(crate) rates: List,
    pub(crate) no_rates: List,
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
    pub(crate) less_is_better: List,
    /// Ends of names of which more is better all the same.
    pub(crate) more_is_better_endings: List,
    /// Ends of names of rates of which more is better.
    pub(crate) better_rates: List,
    pub(crate) good_costs: List,
    pub(crate) bad_satisfaction: List,
    pub(crate) beyond_hundred: List,
}

/// What belongs under which level 2.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelWords {
    pub(crate) quality_counts: List,
    pub(crate) no_cost_rates: List,
    /// Words of rates of costs.
    pub(crate) cost_rates: List,
    pub(crate) costs: List,
    /// Ends of names of counts.
    pub(crate) counts: List,
    pub(crate) other_costs: List,
}

/// What amounts are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    pub(crate) prices: List,
    pub(crate) totals: List,
    /// Words for money at the ends of names.
    pub(crate) generic: List,
    /// What begins the line that sums up others.
    pub(crate) sums: List,
    pub(crate) fiscal: List,
    pub(crate) other: List,
    pub(crate) parts: List,
}

/// Words of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextWords {
    pub(crate) vague: List,
    pub(crate) verifiable: List,
    pub(crate) residue: List,
    pub(crate) numbered_residue: List,
    pub(crate) doubled: List,
    pub(crate) past: List,
    pub(crate) compared: List,
}

/// The units of quantities, by what they count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    pub(crate) count: List,
    pub(crate) measure: List,
    pub(crate) time: List,
    pub(crate) grade: List,
    pub(crate) percent: List,
    pub(crate) money: List,
}

/// What stands before or after a number and says whether it is a limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signs {
    pub(crate) at_least: List,
    pub(crate) at_most: List,
    pub(crate) more_than: List,
    pub(crate) less_than: List,
    pub(crate) equal: List,
    pub(crate) at_least_after: List,
    pub(crate) at_most_after: List,
}

/// The words that are built in.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    // The test below reads them, so that this cannot fail.
    toml::from_str(include_str!("words.toml")).unwrap_or_else(|error| panic!("check/words.toml: {error}"))
});
