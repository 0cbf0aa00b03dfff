//! The label tables: for each form the texts that announce its fields, its milestones and its
//! indicator levels. They are data beside the templates (`templates/<form>/labels.toml`), built in
//! or read from a folder, so that a form is added without code.
//!
//! Architecture invariant: no label literal stands anywhere else in the crate.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The label tables of the document and of all known forms.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The labels around the forms: cover, contents, parts, sections.
    pub document: Labels,
    /// What an indicator level is, by a part of its text.
    pub levels: Labels,
    /// The forms, in the order of their names.
    pub forms: Vec<Form>,
}

/// The texts of labels by the name of what they announce; the first text is the printed one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Labels(pub BTreeMap<String, Vec<String>>);

impl Labels {
    /// The text that is printed for `name`; empty where the table has no such label.
    #[must_use]
    pub fn printed(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(|texts| texts.first())
            .map_or("", String::as_str)
    }

    /// All texts that are read as `name`, the printed one first.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The form in which labels are compared: white space and invisible characters dropped, full-width
/// ASCII narrowed, brackets and dashes of all styles made one, a colon at the end dropped.
#[must_use]
pub fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    key.extend(text.chars().filter_map(key_character));
    while key.ends_with(':') {
        key.pop();
    }
    key
}

/// The labels whose fields the model has by name. Any other label of a form announces a field of its
/// own, which the model keeps by the label's name.
pub const MODEL_LABELS: [&str; 16] = [
    "amount_unit",
    "code",
    "name",
    "budget",
    "budget_total",
    "budget_fiscal",
    "budget_other",
    "purpose",
    "spending_plan",
    "goals",
    "level1",
    "level2",
    "level3",
    "description",
    "target",
    "basis",
];

/// The characters of the [`key`] of a text, but for a colon at its end, one by one.
pub(crate) fn key_characters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(key_character)
}

/// Whether a text is sure to be its own [`key`]: it holds nothing but letters of ASCII, digits, and characters
/// that have no variants. Of others the answer may be no.
pub(crate) fn is_key(text: &str) -> bool {
    // The lead bytes in UTF-8 of all blanks, variants and invisible characters.
    let is_lead = |byte: u8| matches!(byte, 0xc2 | 0xe1..=0xe3 | 0xef);
    let mut bytes = text.bytes();
    bytes.all(|byte| byte.is_ascii_alphanumeric() || (byte >= 0x80 && !is_lead(byte)))
}

/// Whether the [`key`] of a text ends with `end`, which is a key.
#[must_use]
pub fn ends_with_key(text: &str, end: &str) -> bool {
    let mut characters = text
        .chars()
        .rev()
        .filter_map(key_character)
        .skip_while(|&c| c == ':');
    end.chars().rev().all(|c| characters.next() == Some(c))
}

/// Whether two texts have the same [`key`].
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || {
        let (mut one, mut other) = (key_characters(one), key_characters(other));
        loop {
            match (one.next(), other.next()) {
                (None, None) => return true,
                (Some(c), None) => return c == ':' && one.all(|c| c == ':'),
                (None, Some(c)) => return c == ':' && other.all(|c| c == ':'),
                (Some(a), Some(b)) if a != b => return false,
                _ => {}
            }
        }
    }
}

/// What a character is in a key; `None` if it does not count.
fn key_character(c: char) -> Option<char> {
    Some(match c {
        // Most characters of a Chinese text are these, and none of them is another's variant.
        '\u{4e00}'..='\u{9fff}' => c,
        '〔' | '【' | '［' | '「' | '《' => '[',
        '〕' | '】' | '］' | '」' | '》' => ']',
        '—' | '–' | '－' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '*' => return None,
        _ if c.is_whitespace() => return None,
        _ => c,
    })
}

/// The label table of one form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its name, that of its folder, such as `hebei-2021`.
    pub name: String,
    /// What its titles end with.
    pub title: Vec<String>,
    /// The label that its table begins with.
    pub begins_with: String,
    /// The labels of its fields.
    pub labels: Labels,
    /// The milestones of its spending plan, in order.
    pub milestones: Vec<String>,
    /// What a percentage is printed with: `%` or nothing.
    pub printed_percent: String,
    /// The label below whose amounts the purpose stands, where it has no label of its own.
    pub purpose_below: Option<String>,
    /// Whether it prints all its indicator rows, used or not, so that a blank row says nothing.
    pub prints_all_rows: bool,
    /// Level 1 with the level 2 that may stand under it.
    pub indicators: Vec<Level1>,
}

/// A level-1 indicator and its level-2 indicators.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level1 {
    /// Its texts, the printed one first.
    #[serde(rename = "level1")]
    pub texts: Vec<String>,
    /// The level 2 that may stand under it.
    pub level2: Vec<String>,
    /// Whether it is a level 1 only before one of these.
    #[serde(default)]
    pub needs_level2: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFile {
    labels: Labels,
    /// Where a table does not say what the levels are, the one before it does.
    levels: Option<Labels>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    form: FormHead,
    labels: Labels,
    #[serde(default)]
    spending_plan: SpendingPlan,
    #[serde(default)]
    purpose: Purpose,
    #[serde(default)]
    indicators: Vec<Level1>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormHead {
    name: String,
    title: Vec<String>,
    #[serde(default = "code")]
    begins_with: String,
    #[serde(default)]
    prints_all_rows: bool,
}

/// The label that a form's table begins with, where its label table says nothing else.
fn code() -> String {
    "code".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpendingPlan {
    milestones: Vec<String>,
    #[serde(default)]
    printed_percent: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purpose {
    below: Option<String>,
}

/// Why a label table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VocabularyError {
    /// The file, as it was named to [`Vocabulary::read`].
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
}

impl Form {
    /// The names of the labels that announce fields of the form's own.
    pub fn own_fields(&self) -> impl Iterator<Item = &str> {
        let names = self.labels.0.keys().map(String::as_str);
        names.filter(|name| !MODEL_LABELS.contains(name))
    }
}

impl Vocabulary {
    /// The vocabulary that is built in.
    ///
    /// # Panics
    ///
    /// Never: the tests read the built-in tables.
    #[must_use]
    pub fn built_in() -> Self {
        Self::read(BUILT_IN.iter().copied())
            .unwrap_or_else(|error| panic!("{}: {}", error.file, error.message))
    }

    /// Reads label tables. Of `files`, pairs of a path below the template folder and its text, it
    /// takes `labels.toml` and every `<form>/labels.toml`; a later file replaces an earlier one of the
    /// same path.
    ///
    /// # Errors
    ///
    /// The first table that is not TOML of the expected shape, or a form without its own name.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, VocabularyError> {
        let mut document = Labels::default();
        let mut levels = Labels::default();
        let mut forms = BTreeMap::new();
        for (path, text) in files {
            if path == "labels.toml" {
                let file: DocumentFile = from_toml(path, text)?;
                document = file.labels;
                levels = file.levels.unwrap_or(levels);
            } else if let Some(folder) = path.strip_suffix("/labels.toml") {
                let file: FormFile = from_toml(path, text)?;
                if file.form.name != folder {
                    return Err(VocabularyError {
                        file: path.to_owned(),
                        line: None,
                        message: format!("the form is named {:?}, its folder {folder:?}", file.form.name),
                    });
                }
                forms.insert(
                    folder.to_owned(),
                    Form {
                        name: file.form.name,
                        title: file.form.title,
                        begins_with: file.form.begins_with,
                        prints_all_rows: file.form.prints_all_rows,
                        labels: file.labels,
                        milestones: file.spending_plan.milestones,
                        printed_percent: file.spending_plan.printed_percent,
                        purpose_below: file.purpose.below,
                        indicators: file.indicators,
                    },
                );
            }
        }
        Ok(Self {
            document,
            levels,
            forms: forms.into_values().collect(),
        })
    }

    /// The form of that name.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.name == name)
    }
}

fn from_toml<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, VocabularyError> {
    toml::from_str(text).map_err(|error| VocabularyError {
        file: path.to_owned(),
        line: error
            .span()
            .map(|span| 1 + text[..span.start].matches('\n').count() as u32),
        message: error.message().to_owned(),
    })
}

const BUILT_IN: &[(&str, &str)] = &[
    ("labels.toml", include_str!("../templates/labels.toml")),
    (
        "hebei-2021/labels.toml",
        include_str!("../templates/hebei-2021/labels.toml"),
    ),
    (
        "tangshan-2022/labels.toml",
        include_str!("../templates/tangshan-2022/labels.toml"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is found without making keys is what the keys say.
        #[test]
        fn keys_need_not_be_made(one in "[甲乙a:： \u{3000}（(—-]{0,5}", other in "[甲乙a:： \u{3000}（(—-]{0,5}") {
            prop_assert_eq!(is_same(&one, &other), key(&one) == key(&other));
            prop_assert_eq!(ends_with_key(&one, &key(&other)), key(&one).ends_with(&key(&other)));
        }
    }

    #[test]
    fn every_character_that_has_a_variant_is_known() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert!(!is_key(&text) || key(&text) == text, "{c:?}");
        }
        assert!(is_key("项目编码2"));
    }

    #[test]
    fn the_built_in_tables_read() {
        let vocabulary = Vocabulary::built_in();
        assert_eq!(vocabulary.forms.len(), 2);
        for form in &vocabulary.forms {
            assert_eq!(form.milestones.len(), 4, "{}", form.name);
            assert!(!form.labels.printed("code").is_empty(), "{}", form.name);
        }
    }

    #[test]
    fn a_mistake_names_file_and_line() {
        let error = Vocabulary::read([("labels.toml", "[labels]\ncode = 3\n")]).expect_err("a mistake");
        assert_eq!((error.file.as_str(), error.line), ("labels.toml", Some(2)));
    }
}
