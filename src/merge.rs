//! Puts together what several sides made of one document, field by field, rows and forms included,
//! and tells the differences between two documents.
//!
//! The model is laid out as a tree of plain fields and lists (`tree`), so that one rule serves every
//! field and one every list. The items of a list are first paired with those of the base (`pairing`);
//! then additions, deletions, moves and edits are each taken from the side that made them (`lists`,
//! `fields`). What two sides made differently of the same thing is a conflict, and the base stands.
//!
//! ```
//! use jixiao::merge::{Choices, Side, Version, merge};
//! use jixiao::model::Department;
//!
//! let base = Department { year: Some(2025), ..Department::default() };
//! let mut source = base.clone();
//! source.department = Some("青澜县水务局".to_owned());
//! let mut workbook = base.clone();
//! workbook.year = Some(2026);
//! let versions = [Version::of(Side::Source, &source), Version::of(Side::Workbook, &workbook)];
//! let merged = merge(&base, &versions, &Choices::default());
//! assert_eq!(merged.department.year, Some(2026));
//! assert_eq!(merged.department.department, source.department);
//! assert!(merged.conflicts.is_empty());
//! ```
//!
//! Architecture invariant: it touches no file and knows no label; the result depends neither on the
//! order of the versions nor on whose they are, but for the choices of the user.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::Place;
use crate::model::Department;

mod difference;
mod fields;
mod likeness;
mod lists;
mod order;
mod pairing;
mod spot;
#[cfg(test)]
mod tests;
mod tree;

pub use difference::{DepartmentDifferences, differences, differences_of_all};

/// Whose version of a document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What the source text says now.
    Source,
    /// What stands in the edited workbook.
    Workbook,
    /// What stands in the edited `model.json`.
    Model,
    /// The edits that an earlier run has merged.
    Earlier,
    /// The fixes of the review.
    Review,
}

/// Which item of the base each item of a version is, where that is known for sure, such as from marks
/// in a workbook. Whatever is not named here is paired by its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    /// For each project of the version its index in the base; `None` where it is new or unknown.
    pub projects: Vec<Option<usize>>,
    /// For each project of the version and each of its indicator rows the index of the row within the
    /// base project that the project is paired with; `None` where it is new or unknown.
    pub indicators: Vec<Vec<Option<usize>>>,
}

/// One side's version of a document.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// Whose it is.
    pub side: Side,
    /// The document.
    pub department: &'a Department,
    /// What is known of which item is which.
    pub pairing: Option<&'a Pairing>,
}

impl<'a> Version<'a> {
    /// A version of which no pairing is known.
    #[must_use]
    pub fn of(side: Side, department: &'a Department) -> Self {
        Self {
            side,
            department,
            pairing: None,
        }
    }
}

/// Which side the user prefers where sides disagree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The side that is preferred wherever it has a stake in a conflict.
    pub everything: Option<Side>,
    /// The side for one conflict, by [`Conflict::path`]. A path covers what lies below it, and the
    /// longest path counts.
    pub fields: BTreeMap<String, Side>,
}

impl Choices {
    /// The sides chosen for `path`, the strongest choice first.
    fn sides(&self, path: &str) -> Vec<Side> {
        let mut sides = Vec::new();
        let mut path = path;
        while !self.fields.is_empty() && !path.is_empty() {
            sides.extend(self.fields.get(path));
            path = path.rfind(['.', '[']).map_or("", |end| &path[..end]);
        }
        sides.extend(self.everything);
        sides
    }
}

/// What came of a merge.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The document; where there is a conflict, the base stands in it.
    pub department: Department,
    /// What differs from the base, and whose it is.
    pub taken: Vec<Taken>,
    /// What the user has to decide.
    pub conflicts: Vec<Conflict>,
}

/// What a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A field has another value.
    Changed,
    /// An item of a list is new.
    Added,
    /// An item of a list is gone.
    Deleted,
    /// An item of a list stands elsewhere among those that stayed.
    Moved,
}

/// The form that a change or a conflict belongs to, as people name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormName {
    /// The number in its title.
    pub number: u32,
    /// The name of the project, else the title of the form.
    pub name: String,
}

/// One difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is.
    pub kind: ChangeKind,
    /// Path of the field or the item, such as `projects[2].indicators[3].target`, in the document
    /// before; for what was added, in the document after.
    pub path: String,
    /// Its path in the document after; `None` where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_after: Option<String>,
    /// The form it belongs to, if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormName>,
    /// The text before; the cells of a row joined by ` · `.
    #[serde(default)]
    pub before: Option<String>,
    /// The text after.
    #[serde(default)]
    pub after: Option<String>,
    /// Where the text before came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_before: Option<Place>,
    /// Where the text after came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_after: Option<Place>,
}

/// A change against the base that the result has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The change from the base to the result.
    #[serde(flatten)]
    pub change: Change,
    /// The sides that made it, in order.
    pub sides: Vec<Side>,
}

/// What sides disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// A field has different new values.
    Value,
    /// An item was deleted and edited.
    Deleted,
    /// The same items were put in different orders.
    Order,
}

/// Something that sides made different things of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What they disagree about.
    pub kind: ConflictKind,
    /// Path of the field, the item or the reordered list in the base. An item that several sides
    /// added has no index there: it is named by its index in the result, with a plus, as in
    /// `projects[+3].purpose`.
    pub path: String,
    /// The form it belongs to, if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormName>,
    /// The text in the base; of a reordered list the heads of its items, in order.
    pub base: Option<String>,
    /// Where the text in the base came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What each side made of it, in the order of the sides.
    pub stakes: Vec<Stake>,
}

/// What one side has in a conflict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stake {
    /// Whose it is.
    pub side: Side,
    /// Its text; `None` where the field is blank or the item deleted.
    pub value: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Merges what each version changed of `base`.
///
/// Every edit that only one side made, or several alike, is taken. Texts that differ in white space
/// alone agree, as do amounts and percentages that are the same number. A field that sides changed
/// differently, an item that one side deleted and another edited, and a list that sides put in
/// orders that cannot be had together are conflicts: the base stands there, unless `choices` names a
/// side that has a stake in it.
///
/// Each value comes with its origin in the version it is taken from.
#[must_use]
pub fn merge(base: &Department, versions: &[Version<'_>], choices: &Choices) -> Merged {
    let base = tree::Node::of_department(base);
    let trees: Vec<_> = versions
        .iter()
        .map(|version| tree::Node::of_department(version.department))
        .collect();
    let branches: Vec<_> = versions
        .iter()
        .zip(&trees)
        .map(|(version, node)| fields::Branch {
            side: version.side,
            node,
            given: version
                .pairing
                .map_or(pairing::Given::Nothing, pairing::Given::Department),
        })
        .collect();
    let mut notes = fields::Notes {
        choices,
        taken: Vec::new(),
        conflicts: Vec::new(),
    };
    let node = fields::merge_node(&base, &branches, &spot::Spot::root(), &mut notes);
    let mut department = node.department();
    department.refresh_meanings();
    Merged {
        department,
        taken: notes.taken,
        conflicts: notes.conflicts,
    }
}
