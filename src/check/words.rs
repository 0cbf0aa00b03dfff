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
