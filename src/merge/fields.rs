//! Merges one object: its fields, each by itself, and its lists.
//!
//! A side that changed only the white space of a field, or how its number is written, gives way to a
//! side that changed what it says.
//!
//! Architecture invariant: a field of the result has the value of the base or of a version, as printed.

use super::lists::merge_list;
use super::pairing::Given;
use super::spot::Spot;
use super::tree::{Leaf, Name, Node};
use super::{Change, ChangeKind, Choices, Conflict, ConflictKind, Side, Stake, Taken};

/// One side's version of an object.
#[derive(Clone, Copy)]
pub(super) struct Branch<'v, 'a> {
    pub(super) side: Side,
    pub(super) node: &'v Node<'a>,
    /// What is known of which items of its lists are which.
    pub(super) given: Given<'v>,
}

/// What is noted on the way, and the choices that decide it.
pub(super) struct Notes<'c> {
    pub(super) choices: &'c Choices,
    pub(super) taken: Vec<Taken>,
    pub(super) conflicts: Vec<Conflict>,
}

impl Notes<'_> {
    /// Notes a change with the sides that made it.
    pub(super) fn take(&mut self, change: Change, sides: impl IntoIterator<Item = Side>) {
        let sides = in_order(sides);
        self.taken.push(Taken { change, sides });
    }
}

/// The sides without repetition, in order.
pub(super) fn in_order(sides: impl IntoIterator<Item = Side>) -> Vec<Side> {
    let mut sides: Vec<Side> = sides.into_iter().collect();
    sides.sort_unstable();
    sides.dedup();
    sides
}

/// Merges the versions of an object. Of an object that is new, whose base is empty, not each field is
/// noted.
pub(super) fn merge_node<'a>(
    base: &Node<'a>,
    branches: &[Branch<'_, 'a>],
    spot: &Spot<'_>,
    notes: &mut Notes<'_>,
) -> Node<'a> {
    let mut merged = base.clone();
    if branches.is_empty() {
        return merged;
    }
    let all: Vec<&Node<'a>> = std::iter::once(base)
        .chain(branches.iter().map(|branch| branch.node))
        .collect();
    merged.fields = Node::aligned(&all)
        .iter()
        .filter_map(|leaves| merge_field(leaves, branches, spot, notes))
        .collect();
    for (kind, items) in &mut merged.lists {
        *items = merge_list(*kind, base.list(*kind), branches, spot, notes);
    }
    merged
}

/// Merges one field; `leaves` are that of the base and those of the branches.
fn merge_field<'a>(
    leaves: &[Option<&Leaf<'a>>],
    branches: &[Branch<'_, 'a>],
    spot: &Spot<'_>,
    notes: &mut Notes<'_>,
) -> Option<Leaf<'a>> {
    let (base, versions) = leaves.split_first()?;
    let any = leaves.iter().copied().flatten().next()?;
    // A version that lacks the field altogether has it blank.
    let blank = any.blank();
    let unchanged = base.copied().unwrap_or(blank);
    let versions = versions
        .iter()
        .zip(branches)
        .map(|(leaf, branch)| (branch.side, leaf.copied().unwrap_or(blank)));
    let mut stakes: Vec<(Side, Leaf<'a>)> = versions
        .filter(|(_, leaf)| leaf.value != unchanged.value)
        .collect();
    if stakes.iter().any(|(_, leaf)| !leaf.agrees(&unchanged)) {
        stakes.retain(|(_, leaf)| !leaf.agrees(&unchanged));
    }
    let Some(agreed) = agreed(&stakes).or_else(|| decided(&unchanged.name, &stakes, spot, notes)) else {
        if !stakes.is_empty() {
            notes.conflicts.push(conflict(&unchanged, &stakes, spot));
        }
        return Some(unchanged);
    };
    if spot.is_in_base() {
        let makers = stakes.iter().filter(|(_, leaf)| leaf.agrees(&agreed));
        let change = change(&unchanged, &agreed, spot);
        notes.take(change, makers.map(|(side, _)| *side));
    }
    Some(agreed)
}

/// The value that all stakes agree in.
fn agreed<'a>(stakes: &[(Side, Leaf<'a>)]) -> Option<Leaf<'a>> {
    let (_, first) = stakes.first()?;
    if !stakes.iter().all(|(_, leaf)| leaf.agrees(first)) {
        return None;
    }
    let leaves = stakes.iter().map(|(_, leaf)| *leaf);
    leaves.min_by(Leaf::precedence)
}

/// The value of the side that the user chose.
fn decided<'a>(
    name: &Name<'_>,
    stakes: &[(Side, Leaf<'a>)],
    spot: &Spot<'_>,
    notes: &Notes<'_>,
) -> Option<Leaf<'a>> {
    if stakes.is_empty() {
        return None;
    }
    let (path, _) = spot.field_paths(name);
    notes.choices.sides(&path).into_iter().find_map(|chosen| {
        let of_side: Vec<_> = stakes
            .iter()
            .filter(|(side, _)| *side == chosen)
            .copied()
            .collect();
        agreed(&of_side)
    })
}

/// The change of a field.
pub(super) fn change(before: &Leaf<'_>, after: &Leaf<'_>, spot: &Spot<'_>) -> Change {
    let (path, path_after) = spot.field_paths(&before.name);
    Change {
        kind: ChangeKind::Changed,
        path,
        path_after: Some(path_after),
        form: spot.form_name(),
        before: before.shown().map(Into::into),
        after: after.shown().map(Into::into),
        place_before: before.place(),
        place_after: after.place(),
    }
}

fn conflict(base: &Leaf<'_>, stakes: &[(Side, Leaf<'_>)], spot: &Spot<'_>) -> Conflict {
    let (path, _) = spot.field_paths(&base.name);
    let stakes = stakes.iter().map(|(side, leaf)| Stake {
        side: *side,
        value: leaf.shown().map(Into::into),
        place: leaf.place(),
    });
    let mut stakes: Vec<_> = stakes.collect();
    stakes.sort();
    Conflict {
        kind: ConflictKind::Value,
        path,
        form: spot.form_name(),
        base: base.shown().map(Into::into),
        place: base.place(),
        stakes,
    }
}
