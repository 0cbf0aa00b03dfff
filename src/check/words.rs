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
    pub(crate) narrative: NarrativeWords,
    pub(crate) text: TextWords,
}

/// Of what more or less is better.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Direction {
    pub(crate) less_is_better: List,
    /// What is counted of which more is better, wherever it stands.
    pub(crate) more_is_better: List,
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
    /// Units that count people.
    pub(crate) people: List,
    /// Ends of names of figures that have no unit.
    pub(crate) unitless: List,
    /// Counts that say where work is done, not how much.
    pub(crate) coverage: List,
}

/// What tells of what a number in the narrative is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NarrativeWords {
    /// Verbs and times before what is counted.
    pub(crate) label_starts: List,
    /// Verbs between what is counted and its number.
    pub(crate) label_ends: List,
    /// Ends of names of counts.
    pub(crate) count_ends: List,
    /// What says that a number is of another time, or of a part.
    pub(crate) other_times: List,
    /// What says that an amount is that of all of something.
    pub(crate) whole: List,
    /// What says that an amount is not that of all projects.
    pub(crate) not_all: List,
    /// What says that only what is published is meant.
    pub(crate) published: List,
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
    /// What says that a project goes on for years, each with its own part.
    pub(crate) years: List,
}

/// Words of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextWords {
    pub(crate) vague: List,
    pub(crate) verifiable: List,
    pub(crate) residue: List,
    /// What may stand for somebody or something unnamed in running text too.
    pub(crate) quoted_residue: List,
    pub(crate) numbered_residue: List,
    /// Words that are never doubled on purpose.
    pub(crate) doubled: List,
    /// What idioms begin with that are doubled.
    pub(crate) idiom_starts: List,
    /// Words that many names end with and many others begin with.
    pub(crate) compound_heads: List,
    /// What follows a word that begins no name.
    pub(crate) no_heads: List,
    /// Names after whose last word another name may begin with it.
    pub(crate) compounds: List,
    pub(crate) past: List,
    pub(crate) compared: List,
    /// What stands in a clause around the word for what is withheld, where it says so of its project.
    pub(crate) withheld_before: List,
    pub(crate) withheld_after: List,
    /// Grades that a number never has for its unit.
    pub(crate) grades: List,
    /// What names the end of the year.
    pub(crate) year_ends: List,
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
