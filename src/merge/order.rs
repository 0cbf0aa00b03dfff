//! Orders: what stays in place when a list is put in another order, and orders of several sides put
//! together.
//!
//! Architecture invariant: it knows numbers alone, not what they stand for.

/// The longest run of items that are compared pair by pair.
const MOST_COMPARED: usize = 512;

/// For each of a sequence of different numbers whether it stays in place: those of a longest ascending
/// row do, the others were moved.
pub(super) fn staying(sequence: &[usize]) -> Vec<bool> {
    // `tails[n]` is where the row of n + 1 numbers with the least end has its end.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous = vec![None; sequence.len()];
    for (at, number) in sequence.iter().enumerate() {
        let length = tails.partition_point(|&tail| sequence[tail] < *number);
        previous[at] = length.checked_sub(1).map(|shorter| tails[shorter]);
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut stays = vec![false; sequence.len()];
    let mut last = tails.last().copied();
    while let Some(at) = last {
        stays[at] = true;
        last = previous[at];
    }
    stays
}

/// A run of items that sides have put in other orders.
pub(super) struct Reordered {
    /// The first item and the one after the last.
    pub(super) start: usize,
    /// The one after the last item.
    pub(super) end: usize,
    /// The order of the items in the result; `None` where the orders cannot be had together.
    pub(super) order: Option<Vec<usize>>,
    /// For each version that has changed the order its number and its order of the items.
    pub(super) versions: Vec<(usize, Vec<usize>)>,
}

/// Puts together the orders of versions, each a permutation of the same `count` items. Returns the runs
/// of items within which anything was moved.
pub(super) fn merge_orders(count: usize, orders: &[Vec<usize>]) -> Vec<Reordered> {
    // Whether a run of any version goes on from an item to the next.
    let mut goes_on = vec![false; count];
    for order in orders {
        let mut furthest = 0;
        for (at, &item) in order.iter().enumerate() {
            furthest = furthest.max(item);
            goes_on[at] |= furthest > at;
        }
    }
    let mut runs = Vec::new();
    let mut start = 0;
    while start < count {
        let mut end = start;
        while end < count && goes_on[end] {
            end += 1;
        }
        end = (end + 1).min(count);
        if end > start + 1 {
            let versions: Vec<_> = orders
                .iter()
                .enumerate()
                .map(|(version, order)| (version, order[start..end].to_vec()))
                .filter(|(_, order)| !order.is_sorted())
                .collect();
            let mut different: Vec<&Vec<usize>> = versions.iter().map(|(_, order)| order).collect();
            different.sort();
            different.dedup();
            runs.push(Reordered {
                start,
                end,
                order: together(start, &different),
                versions,
            });
        }
        start = end;
    }
    runs
}

/// One order that has all moves of `orders`, if they do not concern the same pairs of items.
fn together(start: usize, orders: &[&Vec<usize>]) -> Option<Vec<usize>> {
    let [first, others @ ..] = orders else {
        return None;
    };
    if others.is_empty() {
        return Some((*first).clone());
    }
    let count = first.len();
    if count > MOST_COMPARED {
        return None;
    }
    let places: Vec<Vec<usize>> = orders
        .iter()
        .map(|order| {
            let mut places = vec![0; count];
            for (place, item) in order.iter().enumerate() {
                places[item - start] = place;
            }
            places
        })
        .collect();
    // How many items stand before each one. If the pairs make one order, each number comes once.
    let mut before = vec![0; count];
    for one in 0..count {
        for other in one + 1..count {
            match places.iter().filter(|at| at[one] > at[other]).count() {
                0 => before[other] += 1,
                1 => before[one] += 1,
                _ => return None,
            }
        }
    }
    let mut order = vec![None; count];
    for (item, place) in before.into_iter().enumerate() {
        order[place] = Some(start + item);
    }
    order.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_items_are_moved() {
        assert_eq!(staying(&[3, 0, 1, 2]), [false, true, true, true]);
        assert_eq!(staying(&[1, 2, 3, 0]), [true, true, true, false]);
        assert_eq!(staying(&[]), Vec::<bool>::new());
        assert_eq!(staying(&[2, 1, 0]).iter().filter(|stays| **stays).count(), 1);
    }

    #[test]
    fn moves_of_different_items_are_put_together() {
        let merged = |orders: &[Vec<usize>]| -> Vec<(usize, Option<Vec<usize>>)> {
            let runs = merge_orders(orders[0].len(), orders);
            runs.into_iter().map(|run| (run.start, run.order)).collect()
        };
        assert!(merged(&[vec![0, 1, 2], vec![0, 1, 2]]).is_empty());
        assert_eq!(
            merged(&[vec![1, 0, 2, 3], vec![0, 1, 3, 2]]),
            [(0, Some(vec![1, 0])), (2, Some(vec![3, 2]))]
        );
        // One brings the last item to the front, the other swaps two of those between.
        assert_eq!(
            merged(&[vec![3, 0, 1, 2], vec![0, 2, 1, 3]]),
            [(0, Some(vec![3, 0, 2, 1]))]
        );
        assert_eq!(merged(&[vec![1, 0, 2], vec![0, 2, 1]]), [(0, None)]);
        assert_eq!(merged(&[vec![1, 0, 2], vec![1, 2, 0]]), [(0, None)]);
        assert_eq!(
            merged(&[vec![1, 2, 0], vec![1, 2, 0]]),
            [(0, Some(vec![1, 2, 0]))]
        );
    }
}
