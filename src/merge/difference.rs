//! The differences between two documents, field by field.

use super::fields::change;
use super::lists::whole;
use super::order::staying;
use super::pairing::{Years, pair};
use super::spot::Spot;
use super::tree::{Kind, Node};
use super::{Change, ChangeKind};
use crate::model::Department;

/// What differs between two documents, in the order of the document before.
///
/// Projects are paired by code, then by name, with and without the year in it; so documents of two
/// years can be compared. Origins and meanings do not count. There is no difference only where the
/// texts are equal to the last blank.
#[must_use]
pub fn differences(before: &Department, after: &Department) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (Node::of_department(before), Node::of_department(after));
    compare(&before, &after, &Spot::root(), &mut changes);
    changes
}

fn compare(before: &Node<'_>, after: &Node<'_>, spot: &Spot<'_>, changes: &mut Vec<Change>) {
    for leaves in Node::aligned(&[before, after]) {
        let Some(any) = leaves.iter().copied().flatten().next() else {
            continue;
        };
        let blank = any.blank();
        let of = |index: usize| leaves[index].copied().unwrap_or(blank);
        let (before, after) = (of(0), of(1));
        if before.value != after.value {
            changes.push(change(&before, &after, spot));
        }
    }
    for (kind, items) in &before.lists {
        compare_lists(*kind, items, after.list(*kind), spot, changes);
    }
}

fn compare_lists(
    kind: Kind,
    before: &[Node<'_>],
    after: &[Node<'_>],
    spot: &Spot<'_>,
    changes: &mut Vec<Change>,
) {
    let pairs = pair(kind, before, after, &[], Years::Any);
    let paired: Vec<usize> = pairs.iter().copied().flatten().collect();
    let mut stays = staying(&paired).into_iter();
    let mut of_before = vec![None; before.len()];
    // What is told at each index of the list before; what was added, after the item that it follows.
    let mut added = Vec::new();
    let mut last = None;
    for (index, pair) in pairs.iter().enumerate() {
        match pair {
            Some(before) => {
                let stays = stays.next().unwrap_or(true);
                of_before[*before] = Some((index, stays));
                if stays {
                    last = Some(*before);
                }
            }
            None => added.push((last, index)),
        }
    }
    let mut added = added.into_iter().peekable();
    let mut tell_added = |following: Option<usize>, changes: &mut Vec<Change>| {
        while let Some((_, index)) = added.next_if(|(last, _)| *last <= following) {
            let spot = spot.item(kind, None, index, &after[index]);
            changes.push(whole(ChangeKind::Added, None, Some(&after[index]), &spot));
        }
    };
    tell_added(None, changes);
    for (index, item) in before.iter().enumerate() {
        match of_before[index] {
            None => {
                let spot = spot.item(kind, Some(index), 0, item);
                changes.push(whole(ChangeKind::Deleted, Some(item), None, &spot));
            }
            Some((at, stays)) => {
                let spot = spot.item(kind, Some(index), at, item);
                if !stays {
                    changes.push(whole(ChangeKind::Moved, Some(item), Some(&after[at]), &spot));
                }
                compare(item, &after[at], &spot, changes);
            }
        }
        tell_added(Some(index), changes);
    }
}
