//! The sides of an update brought onto one base: each is told by the model that it was made from, which
//! may be an older one than the base of the department.
//!
//! Architecture invariant: what a side did not change is no edit of it, however old it is.

use super::base::Settings;
use super::press::{Edited, Maker};
use crate::finding::Finding;
use crate::merge::{Choices, Conflict, Merged, Pairing, Side, Version, merge};
use crate::model::Department;

/// What one side says, and what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Edits {
    /// Whose it is.
    pub(super) side: Side,
    /// What it was made from.
    pub(super) base: Department,
    /// What it says.
    pub(super) now: Department,
    /// Which forms and rows of the one are which of the other, where that is known.
    pub(super) pairing: Option<Pairing>,
}

/// Merges the edits of all sides into `current`.
pub(super) fn merge_all(current: &Department, sides: Vec<Edits>, choices: &Choices) -> Merged {
    let bare = current.without_origins();
    let mut conflicts: Vec<Conflict> = Vec::new();
    let rebased: Vec<Edits> = sides
        .into_iter()
        .map(|edits| {
            if edits.base.without_origins() == bare {
                return edits;
            }
            // Edits that were merged before are a side, too: they may say something else of a field.
            let versions = [
                Version {
                    side: edits.side,
                    department: &edits.now,
                    pairing: edits.pairing.as_ref(),
                },
                Version::of(Side::Earlier, current),
            ];
            let merged = merge(&edits.base, &versions, &earlier(choices, edits.side));
            conflicts.extend(merged.conflicts);
            Edits {
                base: current.clone(),
                now: merged.department,
                pairing: None,
                side: edits.side,
            }
        })
        .collect();
    let versions: Vec<Version<'_>> = rebased
        .iter()
        .map(|edits| Version {
            side: edits.side,
            department: &edits.now,
            pairing: edits.pairing.as_ref(),
        })
        .collect();
    let mut merged = merge(current, &versions, choices);
    conflicts.append(&mut merged.conflicts);
    merged.conflicts = conflicts;
    merged
}

/// Merges what the review mended in `current`, which all other sides agree about.
pub(super) fn merge_review(current: &Department, mended: &Department) -> Merged {
    // A fix changes texts and moves nothing, so each item is its own.
    let pairing = Pairing {
        projects: (0..mended.projects.len()).map(Some).collect(),
        indicators: mended
            .projects
            .iter()
            .map(|project| (0..project.indicators.len()).map(Some).collect())
            .collect(),
    };
    let version = Version {
        side: Side::Review,
        department: mended,
        pairing: Some(&pairing),
    };
    merge(current, &[version], &Choices::default())
}

/// The choices between a side and what was merged before: whoever prefers another side prefers that.
fn earlier(choices: &Choices, side: Side) -> Choices {
    let turned = |chosen: Side| if chosen == side { side } else { Side::Earlier };
    Choices {
        everything: choices.everything.map(turned),
        fields: choices
            .fields
            .iter()
            .map(|(path, chosen)| (path.clone(), turned(*chosen)))
            .collect(),
    }
}

/// Gives a workbook that lost all knowledge of its base the one that `again`, an unedited one read in the same
/// way, says. What was found in that, too, nobody brought about by an edit, and the contents follow from the
/// forms.
pub(super) fn know_by_labels(edited: &mut Edited, again: Edited) {
    let mut known = again.findings;
    edited.findings.retain(|finding| {
        let is_same = |known: &Finding| {
            (known.code, &known.message, &known.quote) == (finding.code, &finding.message, &finding.quote)
        };
        match known.iter().position(is_same) {
            Some(index) => {
                known.swap_remove(index);
                false
            }
            None => true,
        }
    });
    if let (Some(now), Some(base)) = (&mut edited.department, &again.department) {
        now.contents.clone_from(&base.contents);
    }
    edited.base = again.department;
}

/// What an unedited workbook of a department says to one who knows nothing but its labels: what an edited
/// one that lost all knowledge of its base is compared with.
pub(super) fn shown_again(
    department: &Department,
    settings: &Settings,
    maker: &impl Maker,
) -> Result<Edited, Box<Finding>> {
    let (document, _) = maker.fill(department, &settings.fill_options(), &[])?;
    let mut again = maker.read_by_labels(&document)?;
    again.department.get_or_insert_with(|| department.clone());
    Ok(again)
}
