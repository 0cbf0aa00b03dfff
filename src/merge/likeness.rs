//! How alike two items of a list are, where they are not equal.
//!
//! Architecture invariant: likeness is symmetric, and depends on texts alone.

use super::tree::{Kind, Node, without_space};

/// Likeness from which on items in the same place of a list are the same item, edited.
pub(super) const ALIKE: u32 = 50;
/// Likeness from which on items in different places are.
pub(super) const ALIKE_ELSEWHERE: u32 = 65;
/// The longest text that is compared whole, in characters.
const MOST_COMPARED: usize = 600;

/// What of an item is compared.
pub(super) enum Profile {
    /// The cells of an indicator row, with what each counts.
    Row(Vec<(u32, Pairs)>),
    /// A text.
    Text(Pairs),
}

/// A text as its pairs of neighbouring characters, sorted.
pub(super) struct Pairs {
    is_blank: bool,
    pairs: Vec<u64>,
}

/// The cells of a row and what an equal one counts. The name of the indicator says the most.
const CELLS: [(&str, u32); 6] = [
    ("level1", 1),
    ("level2", 2),
    ("level3", 5),
    ("description", 3),
    ("target", 2),
    ("basis", 2),
];

impl Pairs {
    fn of(text: &str) -> Self {
        let mut pairs = Vec::with_capacity(text.len() / 3 + 1);
        // A mark before the first character makes a text of one character a pair, too.
        let mut last = 1;
        for c in text.chars().take(MOST_COMPARED) {
            pairs.push(last << 32 | u64::from(u32::from(c)));
            last = u64::from(u32::from(c));
        }
        pairs.sort_unstable();
        Self {
            is_blank: text.is_empty(),
            pairs,
        }
    }

    /// The part of the pairs that both have, in percent (Dice's coefficient).
    fn likeness(&self, other: &Self) -> u32 {
        let (mut one, mut two) = (self.pairs.iter().peekable(), other.pairs.iter().peekable());
        let mut shared = 0;
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => _ = one.next(),
                std::cmp::Ordering::Greater => _ = two.next(),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    one.next();
                    two.next();
                }
            }
        }
        match self.pairs.len() + other.pairs.len() {
            0 => 0,
            all => (200 * shared / all) as u32,
        }
    }
}

impl Profile {
    /// What of `node`, an item of a list of `kind`, is compared.
    pub(super) fn of(kind: Kind, node: &Node<'_>) -> Self {
        match kind {
            Kind::Indicators => Profile::Row(
                CELLS
                    .iter()
                    .map(|(cell, weight)| (*weight, Pairs::of(&node.meaning(cell))))
                    .collect(),
            ),
            Kind::Projects => {
                let mut text: String = ["name", "purpose"].map(|name| node.meaning(name)).concat();
                for goal in node.list(Kind::Goals) {
                    text.push_str(&without_space(goal.shown().into()));
                }
                for row in node.list(Kind::Indicators) {
                    text.push_str(&row.meaning("level3"));
                }
                Profile::Text(Pairs::of(&text))
            }
            _ => Profile::Text(Pairs::of(&without_space(node.shown().into()))),
        }
    }

    /// How alike two items are, from 0 to 100.
    pub(super) fn likeness(&self, other: &Self) -> u32 {
        match (self, other) {
            (Profile::Text(one), Profile::Text(other)) => one.likeness(other),
            (Profile::Row(one), Profile::Row(other)) => {
                let (mut alike, mut all) = (0, 0);
                for ((weight, one), (_, other)) in one.iter().zip(other) {
                    if !(one.is_blank && other.is_blank) {
                        alike += weight * one.likeness(other);
                        all += weight;
                    }
                }
                alike / all.max(1)
            }
            _ => 0,
        }
    }
}
