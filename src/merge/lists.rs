//! Merges lists: deletions, moves, additions, and the edits of the items that stay.
//!
//! An item that was added goes after the item that it follows on its side. What several sides added
//! in one place is once in the result where it is equal, and else ordered by its content.
//!
//! Architecture invariant: what becomes of an item is decided by what was done to it, never
//! by the order of the versions.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Branch, Notes, in_order, merge_node};
use super::order::{Reordered, merge_orders, staying};
use super::pairing::{Given, Years, agree, pair};
use super::spot::Spot;
use super::tree::{Kind, Node, signature};
use super::{Change, ChangeKind, Conflict, ConflictKind, Side, Stake};

/// The list of one version, paired with that of the base.
struct List<'v, 'a> {
    side: Side,
    given: Given<'v>,
    items: &'v [Node<'a>],
    /// For each item its index in the base.
    of_items: Vec<Option<usize>>,
    /// For each item of the base its index in this list.
    of_base: Vec<Option<usize>>,
}

impl<'v, 'a> List<'v, 'a> {
    fn new(kind: Kind, base: &[Node<'a>], branch: &Branch<'v, 'a>) -> Self {
        let items = branch.node.list(kind);
        let of_items = pair(kind, base, items, branch.given.of_list(kind), Years::Same);
        let mut of_base = vec![None; base.len()];
        for (item, base) in of_items.iter().enumerate() {
            if let Some(base) = *base {
                of_base[base] = Some(item);
            }
        }
        Self {
            side: branch.side,
            given: branch.given,
            items,
            of_items,
            of_base,
        }
    }

    fn branch(&self, kind: Kind, item: usize, base: Option<usize>) -> Branch<'v, 'a> {
        Branch {
            side: self.side,
            node: &self.items[item],
            given: base.map_or(Given::Nothing, |base| self.given.of_item(kind, item, base)),
        }
    }

    /// The order of the items of the base that survive, by their index among these. One that is not in
    /// this list follows the one that it follows in the base.
    fn order(&self, survivors: &[usize]) -> Vec<usize> {
        let mut order = Vec::with_capacity(survivors.len());
        let mut missing: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        let mut last = None;
        for (index, &base) in survivors.iter().enumerate() {
            if self.of_base[base].is_some() {
                last = Some(index);
            } else {
                missing.entry(last).or_default().push(index);
            }
        }
        order.extend(missing.remove(&None).unwrap_or_default());
        for base in self.of_items.iter().copied().flatten() {
            if let Ok(index) = survivors.binary_search(&base) {
                order.push(index);
                order.extend(missing.remove(&Some(index)).unwrap_or_default());
            }
        }
        order
    }
}

/// What becomes of an item of the base.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays, with what the sides changed in it.
    Kept,
    /// It stays as it is, as sides disagree about it.
    Frozen,
    Deleted,
}

/// An item that is new, with the versions that have it.
struct Addition {
    /// The versions by number, with the index of the item in each.
    members: Vec<(usize, usize)>,
    /// Its text, by which additions are ordered.
    signature: String,
    /// The item of the base that it follows.
    anchor: Option<usize>,
}

/// Merges a list of the object at `spot`.
pub(super) fn merge_list<'a>(
    kind: Kind,
    base: &[Node<'a>],
    branches: &[Branch<'_, 'a>],
    spot: &Spot<'_>,
    notes: &mut Notes<'_>,
) -> Vec<Node<'a>> {
    let lists: Vec<List<'_, 'a>> = branches
        .iter()
        .map(|branch| List::new(kind, base, branch))
        .collect();
    let fates: Vec<Fate> = (0..base.len())
        .map(|index| fate(kind, index, &base[index], &lists, spot, notes))
        .collect();
    let survivors: Vec<usize> = (0..base.len())
        .filter(|index| fates[*index] != Fate::Deleted)
        .collect();
    let (order, moved) = merged_order(kind, base, &survivors, &lists, spot, notes);
    let mut additions = additions(kind, &lists, &fates, &order);

    // The items in their order: of the base, or new.
    let mut sequence: Vec<Result<usize, Addition>> = Vec::new();
    for anchor in std::iter::once(None).chain(order.into_iter().map(Some)) {
        sequence.extend(anchor.map(Ok));
        sequence.extend(additions.remove(&anchor).unwrap_or_default().into_iter().map(Err));
    }
    let mut merged = Vec::with_capacity(sequence.len());
    for (after, item) in sequence.iter().enumerate() {
        match item {
            Ok(index) => {
                let (index, item) = (*index, &base[*index]);
                let spot = spot.item(kind, Some(index), after, item);
                if let Some(sides) = moved.get(&index) {
                    let shown = item.shown();
                    let mut change = whole(ChangeKind::Moved, Some(item), Some(item), &spot);
                    change.after = Some(shown);
                    notes.take(change, sides.iter().copied());
                }
                let holders: Vec<_> = lists
                    .iter()
                    .filter(|_| fates[index] == Fate::Kept)
                    .filter_map(|list| Some(list.branch(kind, list.of_base[index]?, Some(index))))
                    .collect();
                merged.push(merge_node(item, &holders, &spot, notes));
            }
            Err(addition) => {
                let holders: Vec<_> = addition
                    .members
                    .iter()
                    .map(|&(version, item)| lists[version].branch(kind, item, None))
                    .collect();
                let Some(first) = holders.first() else { continue };
                let own_spot = spot.item(kind, None, after, first.node);
                let node = merge_node(&first.node.empty(), &holders, &own_spot, notes);
                if spot.is_in_base() {
                    let change = whole(ChangeKind::Added, None, Some(&node), &own_spot);
                    notes.take(change, holders.iter().map(|holder| holder.side));
                }
                merged.push(node);
            }
        }
    }
    merged
}

/// The change of a whole item.
pub(super) fn whole(
    kind: ChangeKind,
    before: Option<&Node<'_>>,
    after: Option<&Node<'_>>,
    spot: &Spot<'_>,
) -> Change {
    let path_after = after.map(|_| spot.path_after());
    Change {
        kind,
        path: match (&path_after, before) {
            (Some(path), None) => path.clone(),
            _ => spot.path(),
        },
        path_after,
        form: spot.form_name(),
        before: before.map(Node::shown),
        after: after.map(Node::shown),
        place_before: before.and_then(Node::place),
        place_after: after.and_then(Node::place),
    }
}

/// Decides what becomes of an item of the base, and notes its deletion or what sides disagree about.
fn fate(
    kind: Kind,
    index: usize,
    item: &Node<'_>,
    lists: &[List<'_, '_>],
    spot: &Spot<'_>,
    notes: &mut Notes<'_>,
) -> Fate {
    let (holders, deleters): (Vec<&List<'_, '_>>, Vec<_>) =
        lists.iter().partition(|list| list.of_base[index].is_some());
    if deleters.is_empty() {
        return Fate::Kept;
    }
    let editors: Vec<Branch<'_, '_>> = holders
        .iter()
        .filter_map(|list| Some(list.branch(kind, list.of_base[index]?, Some(index))))
        .filter(|branch| is_edited(item, branch))
        .collect();
    let spot = spot.item(kind, Some(index), 0, item);
    let mut fate = Fate::Deleted;
    if !editors.is_empty() {
        let path = spot.path();
        let has_edited = |side| editors.iter().any(|editor| editor.side == side);
        let has_deleted = |side| deleters.iter().any(|list| list.side == side);
        let mut chosen = notes.choices.sides(&path).into_iter();
        let chosen = chosen.find(|side| has_edited(*side) != has_deleted(*side));
        fate = match chosen {
            Some(side) if has_edited(side) => Fate::Kept,
            Some(_) => Fate::Deleted,
            None => Fate::Frozen,
        };
        if fate == Fate::Frozen {
            let gone = deleters.iter().map(|list| Stake {
                side: list.side,
                value: None,
                place: None,
            });
            let edited = editors.iter().map(|editor| Stake {
                side: editor.side,
                value: Some(editor.node.shown()),
                place: editor.node.place(),
            });
            let mut stakes: Vec<_> = gone.chain(edited).collect();
            stakes.sort();
            notes.conflicts.push(Conflict {
                kind: ConflictKind::Deleted,
                path,
                form: spot.form_name(),
                base: Some(item.shown()),
                place: item.place(),
                stakes,
            });
        }
    }
    if fate == Fate::Deleted {
        let change = whole(ChangeKind::Deleted, Some(item), None, &spot);
        notes.take(change, deleters.iter().map(|list| list.side));
    }
    fate
}

/// Whether a side changed what an item says. The number of a form is left out: it changes when a form
/// before it comes or goes.
fn is_edited(base: &Node<'_>, branch: &Branch<'_, '_>) -> bool {
    let has_field_edited = Node::aligned(&[base, branch.node])
        .iter()
        .any(|leaves| match leaves.as_slice() {
            [Some(one), Some(other)] => !one.name.is_number() && !one.agrees(other),
            leaves => leaves
                .iter()
                .copied()
                .flatten()
                .any(|leaf| !leaf.meaning().is_empty()),
        });
    has_field_edited
        || base.lists.iter().any(|(kind, items)| {
            let others = branch.node.list(*kind);
            let of_others = pair(*kind, items, others, branch.given.of_list(*kind), Years::Same);
            let is_in_place = |(item, paired): (usize, &Option<usize>)| *paired == Some(item);
            items.len() != others.len()
                || !of_others.iter().enumerate().all(is_in_place)
                || items.iter().zip(others).any(|(one, other)| !agree(one, other))
        })
}

/// The order of the items of the base that survive, and which of them were moved, by whom.
fn merged_order(
    kind: Kind,
    base: &[Node<'_>],
    survivors: &[usize],
    lists: &[List<'_, '_>],
    spot: &Spot<'_>,
    notes: &mut Notes<'_>,
) -> (Vec<usize>, BTreeMap<usize, Vec<Side>>) {
    let orders: Vec<Vec<usize>> = lists.iter().map(|list| list.order(survivors)).collect();
    let mut order: Vec<usize> = (0..survivors.len()).collect();
    let mut moved = BTreeMap::new();
    let mut path = None;
    for run in merge_orders(survivors.len(), &orders) {
        let path = path.get_or_insert_with(|| spot.list_path(kind));
        let chosen = || chosen_order(&run, lists, path, notes);
        let Some(found) = run.order.clone().or_else(chosen) else {
            let conflict = order_conflict(path, base, survivors, &run, lists, spot);
            notes.conflicts.push(conflict);
            continue;
        };
        let of_version = |version: &usize| lists[*version].side;
        let makers = run.versions.iter().filter(|(_, own)| *own == found);
        let mut sides = in_order(makers.map(|(version, _)| of_version(version)));
        if sides.is_empty() {
            // An order put together from several is of all of them.
            sides = in_order(run.versions.iter().map(|(version, _)| of_version(version)));
        }
        for (item, stays) in found.iter().zip(staying(&found)) {
            if !stays {
                moved.insert(survivors[*item], sides.clone());
            }
        }
        order[run.start..run.end].copy_from_slice(&found);
    }
    (order.into_iter().map(|index| survivors[index]).collect(), moved)
}

/// The order of the side that the user chose.
fn chosen_order(
    run: &Reordered,
    lists: &[List<'_, '_>],
    path: &str,
    notes: &Notes<'_>,
) -> Option<Vec<usize>> {
    notes.choices.sides(path).into_iter().find_map(|side| {
        let mut own = run.versions.iter();
        let (_, order) = own.find(|(version, _)| lists[*version].side == side)?;
        let is_only = own.all(|(version, other)| lists[*version].side != side || other == order);
        is_only.then(|| order.clone())
    })
}

fn order_conflict(
    path: &str,
    base: &[Node<'_>],
    survivors: &[usize],
    run: &Reordered,
    lists: &[List<'_, '_>],
    spot: &Spot<'_>,
) -> Conflict {
    let heads = |order: &mut dyn Iterator<Item = usize>| {
        let heads: Vec<_> = order.map(|index| base[survivors[index]].head()).collect();
        heads.join(" · ")
    };
    let stakes = run.versions.iter().map(|(version, order)| {
        let list = &lists[*version];
        let first = order.first().and_then(|index| list.of_base[survivors[*index]]);
        Stake {
            side: list.side,
            value: Some(heads(&mut order.iter().copied())),
            place: first.and_then(|item| list.items[item].place()),
        }
    });
    let mut stakes: Vec<_> = stakes.collect();
    stakes.sort();
    Conflict {
        kind: ConflictKind::Order,
        path: path.to_owned(),
        form: spot.form_name(),
        base: Some(heads(&mut (run.start..run.end))),
        place: base[survivors[run.start]].place(),
        stakes,
    }
}

/// The items that are new, by the item of the base that they follow, in their order.
fn additions(
    kind: Kind,
    lists: &[List<'_, '_>],
    fates: &[Fate],
    order: &[usize],
) -> BTreeMap<Option<usize>, Vec<Addition>> {
    let mut all: Vec<Addition> = Vec::new();
    // An equal item that a version added before in the same place is another one.
    let mut counts: BTreeMap<(usize, Option<usize>, String), usize> = BTreeMap::new();
    let mut equal: BTreeMap<(Option<usize>, String, usize), usize> = BTreeMap::new();
    for (version, list) in lists.iter().enumerate() {
        let mut anchor = None;
        for (item, paired) in list.of_items.iter().enumerate() {
            match paired {
                Some(base) if fates[*base] == Fate::Deleted => {}
                Some(base) => anchor = Some(*base),
                None => {
                    let signature = signature(&list.items[item]);
                    let count = counts.entry((version, anchor, signature.clone())).or_default();
                    let known = *equal
                        .entry((anchor, signature.clone(), *count))
                        .or_insert(all.len());
                    *count += 1;
                    match all.get_mut(known) {
                        Some(known) => known.members.push((version, item)),
                        None => all.push(Addition {
                            members: vec![(version, item)],
                            signature,
                            anchor,
                        }),
                    }
                }
            }
        }
    }
    if kind == Kind::Projects {
        for field in ["code", "name"] {
            all = joined(all, lists, order, |node| node.meaning(field).into_owned());
        }
    }
    let mut by_anchor: BTreeMap<Option<usize>, Vec<Addition>> = BTreeMap::new();
    for addition in all {
        by_anchor.entry(addition.anchor).or_default().push(addition);
    }
    for additions in by_anchor.values_mut() {
        in_gap_order(additions);
    }
    by_anchor
}

/// Joins the additions of different versions that share a key which none of them has twice.
fn joined(
    all: Vec<Addition>,
    lists: &[List<'_, '_>],
    order: &[usize],
    key: impl Fn(&Node<'_>) -> String,
) -> Vec<Addition> {
    let mut groups: BTreeMap<String, Vec<Addition>> = BTreeMap::new();
    let mut joined = Vec::new();
    for addition in all {
        let mut keys = addition
            .members
            .iter()
            .map(|&(version, item)| key(&lists[version].items[item]))
            .filter(|key| !key.is_empty());
        match keys.next() {
            Some(key) if keys.all(|other| other == key) => groups.entry(key).or_default().push(addition),
            _ => joined.push(addition),
        }
    }
    let place = |anchor: Option<usize>| anchor.and_then(|base| order.iter().position(|&at| at == base));
    for group in groups.into_values() {
        let members = group.iter().flat_map(|addition| &addition.members);
        let versions: Vec<usize> = members.map(|(version, _)| *version).collect();
        let is_once = versions.iter().collect::<BTreeSet<_>>().len() == versions.len();
        if !is_once {
            joined.extend(group);
            continue;
        }
        joined.extend(group.into_iter().reduce(|one, other| Addition {
            signature: one.signature.min(other.signature),
            anchor: std::cmp::min_by_key(one.anchor, other.anchor, |anchor| place(*anchor)),
            members: one.members.into_iter().chain(other.members).collect(),
        }));
    }
    joined
}

/// Puts the additions in one gap in an order that keeps those of all versions, where there is one. What
/// one version added in a row stays in a row; of several that may come next the one of the lesser text
/// does.
fn in_gap_order(additions: &mut Vec<Addition>) {
    // For each version its additions in order.
    let mut rows: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (addition, Addition { members, .. }) in additions.iter().enumerate() {
        for (version, item) in members {
            rows.entry(*version).or_default().push((*item, addition));
        }
    }
    let mut open = vec![0; additions.len()];
    let mut following: Vec<Vec<usize>> = vec![Vec::new(); additions.len()];
    for row in rows.values_mut() {
        row.sort_unstable();
        for pair in row.windows(2) {
            following[pair[0].1].push(pair[1].1);
            open[pair[1].1] += 1;
        }
    }
    // Equal texts are told apart by what makes the same of any order of the versions: their rank.
    let text = |addition: usize| {
        let items = additions[addition].members.iter().map(|(_, item)| *item);
        (additions[addition].signature.as_str(), items.min())
    };
    let mut ready: BTreeSet<_> = (0..additions.len())
        .filter(|addition| open[*addition] == 0)
        .map(|addition| (text(addition), addition))
        .collect();
    let mut waiting: BTreeSet<_> = (0..additions.len())
        .map(|addition| (text(addition), addition))
        .collect();
    let mut order = Vec::with_capacity(additions.len());
    let mut last: Option<usize> = None;
    while let Some(first) = waiting.first().copied() {
        let next_in_row = last.and_then(|last| {
            let next = following[last].iter().map(|&next| (text(next), next));
            next.filter(|next| ready.contains(next)).min()
        });
        // Versions that added the same things in different orders leave none ready.
        let next = next_in_row.or_else(|| ready.first().copied()).unwrap_or(first);
        ready.remove(&next);
        waiting.remove(&next);
        order.push(next.1);
        for &follower in &following[next.1] {
            open[follower] -= 1;
            let follower = (text(follower), follower);
            if open[follower.1] == 0 && waiting.contains(&follower) {
                ready.insert(follower);
            }
        }
        last = Some(next.1);
    }
    let mut taken: Vec<Option<Addition>> = additions.drain(..).map(Some).collect();
    let in_order = order.into_iter().filter_map(|index| taken[index].take());
    additions.extend(in_order);
}
