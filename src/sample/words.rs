//! The words that sample documents are made of, read from `words.toml`, and the patterns among them.

use std::sync::LazyLock;

use serde::Deserialize;

/// All words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) places: PlaceWords,
    pub(super) units: UnitWords,
    pub(super) names: Vec<NamePattern>,
    pub(super) texts: Texts,
    pub(super) indicators: IndicatorWords,
    pub(super) fields: Vec<Field>,
}

/// What names of places are put together from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceWords {
    /// Characters that a name begins with.
    pub(super) first: String,
    /// Characters that the name of a county goes on with.
    pub(super) second: String,
    /// What the name of a county ends with.
    pub(super) endings: Vec<String>,
    /// Characters that the name of a city goes on with.
    pub(super) city_second: String,
    pub(super) city_ending: String,
    /// The folder of a city's own departments.
    pub(super) city_proper: String,
    /// The office that reviews all others.
    pub(super) finance: String,
    /// What a file is called, without its extension.
    pub(super) file_name: String,
}

/// The units of a form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitWords {
    /// The unit of all amounts.
    pub(super) amount: String,
    /// What the department itself is called among its units.
    pub(super) proper: String,
    pub(super) other: String,
}

/// A pattern of project names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamePattern {
    pub(super) text: String,
    /// How often it comes up, compared with the others.
    pub(super) weight: u64,
}

/// The patterns of all texts but names and indicators.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) title: String,
    /// The name of a project of which there is one already.
    pub(super) further: String,
    pub(super) document_number: String,
    pub(super) purposes: Vec<String>,
    pub(super) short_purposes: Vec<String>,
    /// For forms that have no place of its own for the amount.
    pub(super) purposes_with_amount: Vec<String>,
    pub(super) item: String,
    pub(super) all_fiscal: String,
    pub(super) two_sources: String,
    pub(super) goals: Vec<String>,
    pub(super) short_goals: Vec<String>,
    /// What the people of a county call it, by the ending of its name.
    pub(super) area: Vec<String>,
    pub(super) city_area: String,
    /// The paragraphs of the overall target; the first and the last always stand.
    pub(super) overall: Vec<String>,
    pub(super) itemized_heading: String,
    pub(super) itemized: Vec<String>,
    /// Each begins with a sentence that is its heading.
    pub(super) safeguards: Vec<String>,
    pub(super) safeguard_heading: String,
    pub(super) safeguard_item: String,
    pub(super) numerals: Vec<String>,
}

/// An indicator: its level 3, its description and its target.
pub(super) type Row = [String; 3];

/// The patterns of indicators.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorWords {
    pub(super) quantity_descriptions: Vec<String>,
    pub(super) quantity_targets: Vec<String>,
    pub(super) quality: Vec<Row>,
    pub(super) timeliness: Vec<Row>,
    /// The cost of one item.
    pub(super) cost: Row,
    pub(super) whole_cost: Vec<Row>,
    pub(super) economic: Vec<Row>,
    pub(super) social: Vec<Row>,
    pub(super) ecological: Vec<Row>,
    pub(super) lasting: Vec<Row>,
    pub(super) satisfaction: Vec<Row>,
    pub(super) bases: Vec<String>,
    pub(super) cost_bases: Vec<String>,
    pub(super) survey_bases: Vec<String>,
}

/// A field of work: the departments in it and what they do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) departments: Vec<String>,
    /// A unit below its departments.
    pub(super) unit: String,
    pub(super) duty: String,
    /// Whom it serves.
    pub(super) people: Vec<String>,
    /// Whether some of its projects are secret.
    #[serde(default)]
    pub(super) withheld: bool,
    pub(super) objects: Vec<String>,
    pub(super) works: Vec<String>,
    /// What money is spent on.
    pub(super) items: Vec<String>,
    /// What is counted: its name, the unit, the least and the most.
    pub(super) counts: Vec<(String, String, u64, u64)>,
    pub(super) effects: Vec<String>,
}

impl Words {
    /// The words that are built in.
    pub(super) fn built_in() -> &'static Words {
        static WORDS: LazyLock<Words> = LazyLock::new(|| {
            toml::from_str(include_str!("words.toml")).unwrap_or_else(|error| panic!("words.toml: {error}"))
        });
        &WORDS
    }

    /// The number of kinds of departments.
    pub(super) fn kinds(&self) -> usize {
        self.fields.iter().map(|field| field.departments.len()).sum()
    }

    /// The kind of that number with its field; the last one beyond the last.
    pub(super) fn kind(&self, number: usize) -> Option<(&Field, &str)> {
        let all = self
            .fields
            .iter()
            .flat_map(|field| field.departments.iter().map(move |name| (field, name.as_str())));
        all.take(number + 1).last()
    }
}

/// What stands for the names in a pattern; what is not known here may be known above.
#[derive(Debug, Default)]
pub(super) struct Values<'p> {
    own: Vec<(&'static str, String)>,
    above: Option<&'p Values<'p>>,
}

impl<'p> Values<'p> {
    /// Values beside those `above`.
    pub(super) fn below(above: &'p Values<'p>) -> Self {
        Self {
            own: Vec::new(),
            above: Some(above),
        }
    }

    /// The same with one more value, which takes the place of one of that name.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "numbers are given as they are, and most texts are borrowed"
    )]
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.own.push((name, value.to_string()));
        self
    }

    /// The value of a name; nothing where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let own = self.own.iter().rev().find(|(known, _)| *known == name);
        match (own, self.above) {
            (Some((_, value)), _) => value,
            (None, Some(above)) => above.get(name),
            (None, None) => "",
        }
    }

    /// A pattern with values in the place of its names, such as `{year}`.
    pub(super) fn fill(&self, pattern: &str) -> String {
        let mut text = String::with_capacity(pattern.len() + 64);
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(self.get(name));
            rest = behind;
        }
        text.push_str(rest);
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_of_department_is_there_once() {
        let words = Words::built_in();
        let kinds: BTreeSet<_> = (0..words.kinds())
            .filter_map(|number| words.kind(number))
            .map(|(_, name)| name)
            .collect();
        assert_eq!(kinds.len(), words.kinds());
        assert!(words.names.iter().all(|name| name.weight > 0));
        assert_eq!(words.places.endings.len(), words.texts.area.len());
        for field in &words.fields {
            assert!(field.counts.iter().all(|(_, _, least, most)| least < most));
            assert!(field.items.len() > 3 && field.effects.len() > 1 && !field.people.is_empty());
        }
    }

    #[test]
    fn a_pattern_takes_the_nearest_value() {
        let above = Values::default().with("a", 1).with("b", 2);
        let values = Values::below(&above).with("b", 3);
        assert_eq!(values.fill("{a}-{b}-{c}."), "1-3-.");
        assert_eq!(above.fill("{b}"), "2");
    }
}
