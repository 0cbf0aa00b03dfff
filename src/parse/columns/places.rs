//! Where the columns of a table stand on a page: by its headings, or by the texts below each other.

use std::ops::Range;

use super::lines::Line;
use super::{Reader, signed};

/// What it costs to have the groups of texts up to one of them in columns, with the group and the column
/// before.
type Step = (i64, Option<(usize, usize)>);

/// Where the columns of the page before stand on this page. Texts that stand below each other are in one
/// column, so that the groups of them are the columns in order, with gaps much like those before; a
/// column may be blank on this page.
pub(super) fn shifted(
    reader: &Reader,
    lines: &[Line],
    starts: &[usize],
    level2: Option<usize>,
) -> Vec<usize> {
    const MOST_GROUPS: usize = 40;
    // What it costs to pass over a group, and to put a known name into the wrong column.
    const PASSED: i64 = 60;
    const MISPLACED: i64 = 40;
    let known = starts.iter().take_while(|&&start| start != usize::MAX).count();
    let groups = groups(lines);
    if groups.is_empty() || groups.len() > MOST_GROUPS {
        return starts.to_vec();
    }
    // The column of each group that holds names of a level.
    let mut names: Vec<Option<usize>> = vec![None; groups.len()];
    for piece in lines
        .iter()
        .filter(|line| !line.is_blank())
        .flat_map(Line::pieces)
    {
        let text = reader.text(piece[0].span.start..piece[piece.len() - 1].span.end);
        let Some(group) = groups.iter().position(|group| group.contains(&piece[0].x)) else {
            continue;
        };
        if reader.lexicon.is_level2(text) {
            names[group] = level2;
        }
    }
    // The least cost to have put the groups up to this one, with it in each column.
    let mut best: Vec<Vec<Step>> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let row = (0..known).map(|column| {
            let misplaced = i64::from(names[index].is_some_and(|named| named != column)) * MISPLACED;
            let first = (
                signed(group.start.abs_diff(starts[column])) + signed(index) * PASSED,
                None,
            );
            let earlier = (0..index).flat_map(|before| (0..column).map(move |other| (before, other)));
            let later = earlier.map(|(before, other)| {
                let gap = signed(group.start - groups[before].start);
                let change = (gap - signed(starts[column] - starts[other])).abs();
                let passed = signed(index - before - 1) * PASSED;
                (best[before][other].0 + change + passed, Some((before, other)))
            });
            let (cost, from) = later.chain([first]).min().unwrap_or(first);
            (cost + misplaced, from)
        });
        let row = row.collect();
        best.push(row);
    }
    let ends = (0..groups.len()).flat_map(|group| (0..known).map(move |column| (group, column)));
    let mut at =
        ends.min_by_key(|&(group, column)| best[group][column].0 + signed(groups.len() - 1 - group) * PASSED);
    let mut found: Vec<Option<usize>> = vec![None; known];
    while let Some((group, column)) = at {
        found[column] = Some(groups[group].start);
        at = best[group][column].1;
    }
    // A blank column stands as far from its neighbour as before.
    let mut shift = 0;
    let mut places: Vec<usize> = Vec::new();
    for (column, start) in starts.iter().enumerate() {
        if column >= known {
            places.push(usize::MAX);
            continue;
        }
        let place = found[column].unwrap_or_else(|| usize::try_from(signed(*start) + shift).unwrap_or(0));
        shift = signed(place) - signed(*start);
        let least = places.last().map_or(0, |last| last + 1);
        // A blank column gives way to the one after it.
        let most = found[column + 1..]
            .iter()
            .flatten()
            .next()
            .map_or(usize::MAX, |next| next.saturating_sub(1));
        places.push(place.min(most).max(least));
    }
    places
}

/// The columns of the screen that texts below each other take, from the left.
fn groups(lines: &[Line]) -> Vec<Range<usize>> {
    let pieces = lines
        .iter()
        .filter(|line| !line.is_blank())
        .flat_map(Line::pieces);
    let mut taken: Vec<Range<usize>> = pieces
        .map(|piece| piece[0].x..piece[piece.len() - 1].end)
        .collect();
    taken.sort_unstable_by_key(|range| range.start);
    let mut groups: Vec<Range<usize>> = Vec::new();
    for range in taken {
        match groups.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => groups.push(range),
        }
    }
    groups
}

/// Where to cut lines between columns that begin about `starts`: before each, where the fewest words are
/// cut. The first is at the left.
pub(super) fn gutters(lines: &[Line], starts: &[usize]) -> Vec<usize> {
    let far = starts
        .iter()
        .copied()
        .filter(|&start| start != usize::MAX)
        .max()
        .unwrap_or(0)
        + 2;
    // How many words cover the place between two columns of the screen.
    let mut change = vec![0_isize; far + 2];
    for word in lines
        .iter()
        .filter(|line| !line.is_blank())
        .flat_map(|line| &line.words)
    {
        if word.x + 1 < far {
            change[word.x + 1] += 1;
            change[word.end.min(far + 1)] -= 1;
        }
    }
    let mut covered = 0;
    let cover: Vec<isize> = change
        .iter()
        .map(|change| {
            covered += change;
            covered
        })
        .collect();
    let mut bounds = vec![0];
    for pair in starts.windows(2) {
        if pair[1] == usize::MAX {
            bounds.push(usize::MAX);
            continue;
        }
        let range = (pair[0] + 1).min(pair[1])..=pair[1];
        let best = range.rev().min_by_key(|&at| (cover[at], pair[1] - at));
        bounds.push(best.unwrap_or(pair[1]));
    }
    bounds
}
