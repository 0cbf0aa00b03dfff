//! Which item of a list in one document is which in another.
//!
//! What is known for sure comes first; then equal items, those that are there only once before
//! others; then items that are alike, first in their place, then anywhere.
//!
//! Architecture invariant: a version is paired with the base by itself; what other versions did does
//! not matter.

use std::collections::HashMap;
use std::ops::Range;

use super::Pairing;
use super::likeness::{ALIKE, ALIKE_ELSEWHERE, Profile};
use super::tree::{Kind, Node, signature};

/// The most pairs of items in one gap, or left over, that are compared each with each.
const MOST_PAIRS: usize = 4096;
/// How far ahead a longer gap looks for an item.
const AHEAD: usize = 16;

/// What is known for sure of the items of an object's lists.
#[derive(Clone, Copy)]
pub(super) enum Given<'v> {
    Nothing,
    Department(&'v Pairing),
    Project(&'v [Option<usize>]),
}

impl<'v> Given<'v> {
    /// What is known of the items of a list.
    pub(super) fn of_list(self, kind: Kind) -> &'v [Option<usize>] {
        match (self, kind) {
            (Given::Department(pairing), Kind::Projects) => &pairing.projects,
            (Given::Project(rows), Kind::Indicators) => rows,
            _ => &[],
        }
    }

    /// What is known of the lists of the item at `index`, which is paired with `base`.
    pub(super) fn of_item(self, kind: Kind, index: usize, base: usize) -> Given<'v> {
        match (self, kind) {
            // The rows are counted within the project that the pairing names, not within any other.
            (Given::Department(pairing), Kind::Projects)
                if pairing.projects.get(index) == Some(&Some(base)) =>
            {
                let rows = pairing.indicators.get(index);
                rows.map_or(Given::Nothing, |rows| Given::Project(rows))
            }
            _ => Given::Nothing,
        }
    }
}

/// Whether names may differ in the year that they carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Years {
    Same,
    Any,
}

/// For each of `items` the index of the item of `base` that it is; each of them at most once.
pub(super) fn pair(
    kind: Kind,
    base: &[Node<'_>],
    items: &[Node<'_>],
    given: &[Option<usize>],
    years: Years,
) -> Vec<Option<usize>> {
    let mut pairs = Pairs {
        kind,
        base,
        items,
        of_items: vec![None; items.len()],
        of_base: vec![None; base.len()],
    };
    for (item, known) in given.iter().enumerate().take(items.len()) {
        if let Some(known) = *known {
            pairs.pair(known, item);
        }
    }
    match kind {
        Kind::Projects => {
            pairs.pair_unique(|node| node.meaning("code").into_owned());
            pairs.pair_unique(|node| node.meaning("name").into_owned());
            if years == Years::Any {
                pairs.pair_unique(|node| without_year(&node.meaning("name")));
            }
            pairs.pair_unique(|node| node.meaning("title").into_owned());
            if years == Years::Any {
                pairs.pair_unique(|node| without_year(&node.meaning("title")));
            }
            pairs.pair_equal();
            pairs.pair_numbered();
        }
        Kind::SpendingPlan => pairs.pair_in_turn(|node| node.meaning("milestone").into_owned()),
        _ => {
            pairs.pair_ends();
            pairs.pair_equal();
            if kind == Kind::Indicators {
                pairs.pair_unique(|node| match node.meaning("level3") {
                    name if name.is_empty() => String::new(),
                    name => format!("{}\u{1f}{name}", node.meaning("level2")),
                });
            }
            pairs.pair_alike();
            pairs.pair_single();
        }
    }
    pairs.of_items
}

/// The name without years: four figures that begin with 19 or 20, and the word for year after them.
fn without_year(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut without = String::new();
    let mut at = 0;
    while at < characters.len() {
        let figures = characters[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let is_year = figures == 4 && matches!(characters[at..at + 2], ['1', '9'] | ['2', '0']);
        if is_year {
            at += figures;
            at += usize::from(characters.get(at) == Some(&'年'));
        } else {
            let taken = figures.max(1);
            without.extend(&characters[at..at + taken]);
            at += taken;
        }
    }
    without
}

struct Pairs<'p, 'a> {
    kind: Kind,
    base: &'p [Node<'a>],
    items: &'p [Node<'a>],
    of_items: Vec<Option<usize>>,
    of_base: Vec<Option<usize>>,
}

/// Items without a partner that stand in the same place.
struct Gap {
    base: Range<usize>,
    items: Range<usize>,
    /// Whether the neighbours on both sides are partners.
    is_closed: bool,
}

impl Pairs<'_, '_> {
    /// Pairs two items, if both are there and free.
    fn pair(&mut self, base: usize, item: usize) {
        if self.of_base.get(base) == Some(&None) && self.of_items.get(item) == Some(&None) {
            self.of_base[base] = Some(item);
            self.of_items[item] = Some(base);
        }
    }

    fn free_base(&self) -> impl Iterator<Item = usize> {
        (0..self.base.len()).filter(|&base| self.of_base[base].is_none())
    }

    fn free_items(&self) -> impl Iterator<Item = usize> {
        (0..self.items.len()).filter(|&item| self.of_items[item].is_none())
    }

    /// Pairs what is equal at the beginning and at the end, which is most of most lists.
    fn pair_ends(&mut self) {
        let shorter = self.base.len().min(self.items.len());
        let mut front = 0;
        while front < shorter && agree(&self.base[front], &self.items[front]) {
            self.pair(front, front);
            front += 1;
        }
        for back in 1..=shorter - front {
            let (base, item) = (self.base.len() - back, self.items.len() - back);
            if !agree(&self.base[base], &self.items[item]) {
                break;
            }
            self.pair(base, item);
        }
    }

    /// The free items by their key, those with an empty key left out.
    fn keyed(&self, key: impl Fn(&Node<'_>) -> String) -> HashMap<String, (Vec<usize>, Vec<usize>)> {
        let mut keyed: HashMap<String, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for base in self.free_base() {
            keyed.entry(key(&self.base[base])).or_default().0.push(base);
        }
        for item in self.free_items() {
            keyed.entry(key(&self.items[item])).or_default().1.push(item);
        }
        keyed.remove("");
        keyed
    }

    /// Pairs items whose key is there only once in each list.
    fn pair_unique(&mut self, key: impl Fn(&Node<'_>) -> String) {
        if self.free_base().next().is_none() || self.free_items().next().is_none() {
            return;
        }
        for (base, item) in in_order(self.keyed(key)) {
            if let ([base], [item]) = (&base[..], &item[..]) {
                self.pair(*base, *item);
            }
        }
    }

    /// Pairs items of the same key, the first with the first.
    fn pair_in_turn(&mut self, key: impl Fn(&Node<'_>) -> String) {
        for (base, items) in in_order(self.keyed(key)) {
            for (base, item) in base.into_iter().zip(items) {
                self.pair(base, item);
            }
        }
    }

    /// Pairs equal items: those that are there once, their equal neighbours, then the others in turn.
    fn pair_equal(&mut self) {
        if self.free_base().next().is_none() || self.free_items().next().is_none() {
            return;
        }
        self.pair_unique(signature);
        for item in 0..self.items.len() {
            self.pair_neighbour(item, |at| at.checked_add(1));
        }
        for item in (0..self.items.len()).rev() {
            self.pair_neighbour(item, |at| at.checked_sub(1));
        }
        self.pair_in_turn(signature);
    }

    /// Pairs the neighbours of an item and of its partner, if they are equal.
    fn pair_neighbour(&mut self, item: usize, next: impl Fn(usize) -> Option<usize>) {
        let Some(base) = self.of_items[item] else {
            return;
        };
        if let (Some(base), Some(item)) = (next(base), next(item))
            && self.of_base.get(base) == Some(&None)
            && self.of_items.get(item) == Some(&None)
            && agree(&self.base[base], &self.items[item])
        {
            self.pair(base, item);
        }
    }

    /// Pairs forms of the same number that are alike.
    fn pair_numbered(&mut self) {
        for (base, items) in in_order(self.keyed(|node| node.meaning("number").into_owned())) {
            if let ([base], [item]) = (&base[..], &items[..]) {
                let profile = |node| Profile::of(self.kind, node);
                if profile(&self.base[*base]).likeness(&profile(&self.items[*item])) >= ALIKE {
                    self.pair(*base, *item);
                }
            }
        }
    }

    /// The places where both lists have items without a partner.
    fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        // Where the run of free items of the base that begins or ends at an index has its other end.
        let run_after = |start: usize| {
            let free = self.of_base[start..].iter().take_while(|item| item.is_none());
            start..start + free.count()
        };
        let run_before = |end: usize| {
            let free = self.of_base[..end].iter().rev().take_while(|item| item.is_none());
            end - free.count()..end
        };
        let mut start = 0;
        while start < self.items.len() {
            if self.of_items[start].is_some() {
                start += 1;
                continue;
            }
            let free = self.of_items[start..].iter().take_while(|base| base.is_none());
            let end = start + free.count();
            let before = start.checked_sub(1).and_then(|item| self.of_items[item]);
            let after = match self.of_items.get(end) {
                Some(base) => base.unwrap_or_default(),
                None => self.base.len(),
            };
            let mut base = run_after(before.map_or(0, |base| base + 1));
            let is_closed = base.end == after;
            if base.is_empty() {
                base = run_before(after);
            }
            if !base.is_empty() {
                gaps.push(Gap {
                    base,
                    items: start..end,
                    is_closed,
                });
            }
            start = end;
        }
        gaps
    }

    /// Pairs items that are alike: in each gap in order, then those that are left over.
    fn pair_alike(&mut self) {
        let mut gaps = self.gaps();
        if gaps.is_empty() && (self.free_base().next().is_none() || self.free_items().next().is_none()) {
            return;
        }
        let profiles = |nodes: &[Node<'_>], partners: &[Option<usize>]| -> Vec<Option<Profile>> {
            let free = |(node, partner): (&Node<'_>, &Option<usize>)| {
                partner.is_none().then(|| Profile::of(self.kind, node))
            };
            nodes.iter().zip(partners).map(free).collect()
        };
        let of_base = profiles(self.base, &self.of_base);
        let of_items = profiles(self.items, &self.of_items);
        let likeness = |base: usize, item: usize| match (&of_base[base], &of_items[item]) {
            (Some(base), Some(item)) => base.likeness(item),
            _ => 0,
        };
        for gap in gaps.drain(..) {
            let pairs = if gap.base.len() * gap.items.len() <= MOST_PAIRS {
                aligned(&gap, likeness)
            } else {
                looked_up(&gap, likeness)
            };
            for (base, item) in pairs {
                self.pair(base, item);
            }
        }
        let (left_base, left_items): (Vec<_>, Vec<_>) =
            (self.free_base().collect(), self.free_items().collect());
        if left_base.len() * left_items.len() <= MOST_PAIRS {
            let mut pairs: Vec<_> = left_base
                .iter()
                .flat_map(|&base| left_items.iter().map(move |&item| (base, item)))
                .map(|(base, item)| (likeness(base, item), base, item))
                .filter(|(likeness, ..)| *likeness >= ALIKE_ELSEWHERE)
                .collect();
            pairs.sort_by_key(|&(likeness, base, item)| (std::cmp::Reverse(likeness), base, item));
            for (_, base, item) in pairs {
                self.pair(base, item);
            }
        }
    }

    /// Pairs the one item with the one item between partners: it was written anew.
    fn pair_single(&mut self) {
        for gap in self.gaps() {
            if gap.is_closed && gap.base.len() == 1 && gap.items.len() == 1 {
                self.pair(gap.base.start, gap.items.start);
            }
        }
    }
}

/// The groups in the order of their first items, whatever the order of their keys.
fn in_order(keyed: HashMap<String, (Vec<usize>, Vec<usize>)>) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut groups: Vec<_> = keyed.into_values().collect();
    groups.sort_unstable();
    groups
}

/// Whether two items agree in all fields and lists.
pub(super) fn agree(one: &Node<'_>, other: &Node<'_>) -> bool {
    Node::aligned(&[one, other])
        .iter()
        .all(|leaves| match leaves.as_slice() {
            [Some(one), Some(other)] => one.agrees(other),
            leaves => leaves
                .iter()
                .copied()
                .flatten()
                .all(|leaf| leaf.meaning().is_empty()),
        })
        && one.lists.iter().all(|(kind, items)| {
            let others = other.list(*kind);
            items.len() == others.len() && items.iter().zip(others).all(|(one, other)| agree(one, other))
        })
}

/// The pairs in order that are most alike in all.
fn aligned(gap: &Gap, likeness: impl Fn(usize, usize) -> u32) -> Vec<(usize, usize)> {
    let (rows, columns) = (gap.base.len(), gap.items.len());
    let mut likenesses = vec![0; rows * columns];
    // The most that can be had of the items from a row and a column on.
    let mut most = vec![0; (rows + 1) * (columns + 1)];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let alike = likeness(gap.base.start + row, gap.items.start + column);
            likenesses[row * columns + column] = alike;
            let at = |row: usize, column: usize| row * (columns + 1) + column;
            let paired = if alike >= ALIKE {
                alike + most[at(row + 1, column + 1)]
            } else {
                0
            };
            most[at(row, column)] = paired
                .max(most[at(row + 1, column)])
                .max(most[at(row, column + 1)]);
        }
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        let at = |row: usize, column: usize| most[row * (columns + 1) + column];
        let alike = likenesses[row * columns + column];
        if alike >= ALIKE && at(row, column) == alike + at(row + 1, column + 1) {
            pairs.push((gap.base.start + row, gap.items.start + column));
            row += 1;
            column += 1;
        } else if at(row, column) == at(row + 1, column) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// Pairs in order, each the first one that is alike within a few items: for a long gap.
fn looked_up(gap: &Gap, likeness: impl Fn(usize, usize) -> u32) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut next = gap.base.start;
    for item in gap.items.clone() {
        let ahead = next..(next + AHEAD).min(gap.base.end);
        if let Some(base) = ahead.into_iter().find(|&base| likeness(base, item) >= ALIKE) {
            pairs.push((base, item));
            next = base + 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::without_year;

    #[test]
    fn years_are_dropped_and_other_figures_kept() {
        for (name, without) in [
            ("2025年植树经费", "植树经费"),
            ("植树经费（2024）", "植树经费（）"),
            ("105国道绿化", "105国道绿化"),
            ("20250101号", "20250101号"),
            ("3018工程", "3018工程"),
        ] {
            assert_eq!(without_year(name), without);
        }
    }
}
