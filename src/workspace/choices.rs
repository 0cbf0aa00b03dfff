//! The file of choices: for each conflict which side counts. The program writes it with all that the sides
//! say; people fill in who is right.
//!
//! Architecture invariant: a choice that names no side is no choice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Updated;
use crate::finding::{Code, Finding, Message, Place};
use crate::merge::Side;

/// The choices of all departments: by the name of the folder, by the path of the field.
pub type AllChoices = BTreeMap<String, BTreeMap<String, Side>>;

/// A conflict in the file: what the sides say, and what is taken.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Written {
    /// `source`, `workbook`, `model` or `earlier`; blank while nobody has chosen.
    take: String,
    /// What the base says.
    #[serde(default)]
    base: Option<String>,
    /// What the sides say.
    #[serde(default, flatten)]
    sides: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Side(String),
    Written(Written),
}

/// Writes the conflicts of an update as a file of choices; `None` where there are none.
#[must_use]
pub fn choices_file(updated: &[Updated]) -> Option<String> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Written>> = BTreeMap::new();
    for one in updated {
        for conflict in &one.conflicts {
            let sides = conflict.stakes.iter();
            let written = Written {
                take: String::new(),
                base: conflict.base.clone(),
                sides: sides
                    .map(|stake| (side_name(stake.side).to_owned(), stake.value.clone()))
                    .collect(),
            };
            let fields = all.entry(&one.folder).or_default();
            fields.insert(&conflict.path, written);
        }
    }
    let text = serde_json::to_string_pretty(&all).ok()?;
    (!all.is_empty()).then(|| text + "\n")
}

/// Reads a file of choices: for each field the name of a side, or an object whose `take` is one.
///
/// # Errors
///
/// A finding with the place of a mistake, or with the name of a side that there is not.
pub fn read_choices(text: &str) -> Result<AllChoices, Box<Finding>> {
    let invalid = |zh: String, en: String| Finding::new(Code::ModelInvalid, Message::new(zh, en));
    let written: BTreeMap<String, BTreeMap<String, Entry>> =
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| {
            let place = Place::text(error.line().max(1) as u32, error.column().max(1) as u32);
            let finding = invalid(
                format!("不是有效的选择文件：{error}"),
                format!("not a file of choices: {error}"),
            );
            Box::new(finding.at(place).with_help(Message::new(
                "可用 `jixiao update … --save-choices FILE` 生成样例。",
                "`jixiao update … --save-choices FILE` writes one to fill in.",
            )))
        })?;
    let mut choices = AllChoices::new();
    for (folder, fields) in written {
        for (path, entry) in fields {
            let name = match entry {
                Entry::Side(name) => name,
                Entry::Written(written) => written.take,
            };
            if name.trim().is_empty() {
                continue;
            }
            let side = side_of(&name).ok_or_else(|| {
                let finding = invalid(
                    format!("“{name}”不是 source、workbook、model、earlier 中的一个。"),
                    format!("{name:?} is none of source, workbook, model, earlier"),
                );
                Box::new(finding.on_field(path.clone()))
            })?;
            choices.entry(folder.clone()).or_default().insert(path, side);
        }
    }
    Ok(choices)
}

/// The name of a side on the command line and in files.
#[must_use]
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Source => "source",
        Side::Workbook => "workbook",
        Side::Model => "model",
        Side::Earlier => "earlier",
        Side::Review => "review",
    }
}

/// The side of that name.
#[must_use]
pub fn side_of(name: &str) -> Option<Side> {
    let sides = [
        Side::Source,
        Side::Workbook,
        Side::Model,
        Side::Earlier,
        Side::Review,
    ];
    sides.into_iter().find(|side| side_name(*side) == name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_sides_by_field() {
        let text = r#"{"甲":{"projects[0].name":"source","year":{"take":"workbook","base":"2024"},"x":{"take":""}}}"#;
        let choices = read_choices(text).expect("choices");
        assert_eq!(choices["甲"].get("projects[0].name"), Some(&Side::Source));
        assert_eq!(choices["甲"].get("year"), Some(&Side::Workbook));
        assert_eq!(choices["甲"].len(), 2);
        assert!(read_choices(r#"{"甲":{"year":"him"}}"#).is_err());
        assert!(read_choices("{").is_err());
    }
}
