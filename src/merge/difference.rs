//! The differences between two documents, field by field.
//!
//! Architecture invariant: two documents without a difference have the same texts in the same order.

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

/// What differs in one department of two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentDifferences {
    /// The department's name.
    pub department: Option<String>,
    /// What differs. A department that is in one file only is one change with an empty path.
    pub changes: Vec<Change>,
}

/// What differs between the departments of two files, which are paired by name. Files of one department
/// each are compared whatever the names; departments without a name are paired in their order.
#[must_use]
pub fn differences_of_all(before: &[Department], after: &[Department]) -> Vec<DepartmentDifferences> {
    let mut of_before: Vec<Option<usize>> = vec![None; before.len()];
    let mut is_free = vec![true; after.len()];
    let name = |department: &Department| -> String {
        let name = department.department.as_deref().unwrap_or_default();
        name.split_whitespace().collect()
    };
    let has_one_each = before.len() == 1 && after.len() == 1;
    for by_name in [true, false] {
        for (index, paired) in of_before
            .iter_mut()
            .enumerate()
            .filter(|(_, paired)| paired.is_none())
        {
            let own = name(&before[index]);
            *paired = (0..after.len()).find(|&other| {
                let other_name = name(&after[other]);
                let has_blank = own.is_empty() || other_name.is_empty();
                is_free[other]
                    && if by_name {
                        !has_blank && own == other_name
                    } else {
                        has_blank || has_one_each
                    }
            });
            if let Some(other) = *paired {
                is_free[other] = false;
            }
        }
    }
    let whole = |kind: ChangeKind, department: &Department| DepartmentDifferences {
        department: department.department.clone(),
        changes: vec![Change {
            kind,
            path: String::new(),
            path_after: (kind == ChangeKind::Added).then(String::new),
            form: None,
            before: department
                .department
                .clone()
                .filter(|_| kind == ChangeKind::Deleted),
            after: department
                .department
                .clone()
                .filter(|_| kind == ChangeKind::Added),
            place_before: None,
            place_after: None,
        }],
    };
    let paired = before
        .iter()
        .zip(&of_before)
        .map(|(before, after_at)| match after_at {
            None => whole(ChangeKind::Deleted, before),
            Some(at) => DepartmentDifferences {
                department: before
                    .department
                    .clone()
                    .or_else(|| after[*at].department.clone()),
                changes: differences(before, &after[*at]),
            },
        });
    let new = after.iter().zip(is_free).filter(|(_, is_free)| *is_free);
    paired
        .chain(new.map(|(department, _)| whole(ChangeKind::Added, department)))
        .collect()
}
