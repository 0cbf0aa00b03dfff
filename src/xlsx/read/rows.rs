//! Which row of an edited sheet is which row of the sheet as it was written: by what stands in them, with
//! the names of cells as a hint.
//!
//! Architecture invariant: no row is taken for two, and the rows that keep their order are found before
//! those that were moved.

#![allow(
    clippy::cast_possible_wrap,
    reason = "a row has no more than thousands of cells"
)]

use std::collections::HashMap;

use crate::blocks::Grid;
use crate::source::is_blank;

/// A row as it was written.
#[derive(Debug, Default)]
pub(super) struct Before<'m> {
    /// Its number.
    pub(super) number: u32,
    /// Column and text of the cells that show no field.
    pub(super) labels: Vec<(u32, &'m str)>,
    /// Column and text of those that do.
    pub(super) fields: Vec<(u32, &'m str)>,
    /// Whether it is one of a list, of which people take and to which they add.
    pub(super) is_listed: bool,
}

/// A row as it stands now: its number, and column and text of its cells that are not blank.
#[derive(Debug, Default)]
pub(super) struct After<'g> {
    /// Its number.
    pub(super) number: u32,
    /// Its cells.
    pub(super) cells: Vec<(u32, &'g str)>,
}

/// The most pairs of rows that are compared with each other.
const MOST_PAIRS: usize = 4_000_000;
/// The most rows of a sheet that is read by its rows.
const MOST_ROWS: u32 = 200_000;
/// What a label in its place is worth, and what it costs where it is missing.
const LABEL: i32 = 100;
/// What an equal text of a field is worth.
const EQUAL: i32 = 60;
/// What the most similar of two different texts is worth.
const SIMILAR: i32 = 40;
/// What the name of a cell of the row is worth.
const NAMED: i32 = 30;
/// What a text costs that was not there before.
const ADDED: i32 = 15;
/// From this worth of a field on, a row that was moved is known by it.
const MOVED: i32 = 20;

/// The rows of a sheet as it stands, blank ones included, up to `least` at least; `None` if there are too
/// many of them.
pub(super) fn rows(grid: &Grid, least: u32) -> Option<Vec<After<'_>>> {
    let lowest = grid.cells().map(|cell| cell.at.0).max().unwrap_or(0);
    let end = lowest.max(least);
    if end >= MOST_ROWS {
        return None;
    }
    let mut rows: Vec<After<'_>> = (0..=end)
        .map(|number| After {
            number,
            cells: Vec::new(),
        })
        .collect();
    for cell in grid.cells() {
        rows[cell.at.0 as usize]
            .cells
            .push((cell.at.1, cell.text.trim_matches(is_blank)));
    }
    Some(rows)
}

/// For each row as it was written the row as it stands, by index; `names` are the rows that names point to,
/// by the numbers of both. `None` where the sheets are too different to be compared.
pub(super) fn align(
    before: &[Before<'_>],
    after: &[After<'_>],
    names: &HashMap<u32, u32>,
) -> Option<Vec<Option<usize>>> {
    let mut aligned = vec![None; before.len()];
    let is_equal = |one: usize, other: usize| before[one].is_equal(&after[other]);
    let most = before.len().min(after.len());
    let head = (0..most).take_while(|&row| is_equal(row, row)).count();
    let tail = (0..most - head)
        .take_while(|&row| is_equal(before.len() - 1 - row, after.len() - 1 - row))
        .count();
    for (row, same) in aligned.iter_mut().enumerate().take(head) {
        *same = Some(row);
    }
    for row in 0..tail {
        aligned[before.len() - 1 - row] = Some(after.len() - 1 - row);
    }
    let ours = head..before.len() - tail;
    let theirs = head..after.len() - tail;
    if ours.len().saturating_mul(theirs.len()) > MOST_PAIRS {
        return None;
    }
    let scores = Scores { before, after, names };
    scores.in_order(ours, theirs, &mut aligned);
    scores.moved(&mut aligned);
    Some(aligned)
}

impl Before<'_> {
    fn texts(&self) -> impl Iterator<Item = (u32, &str)> {
        let both = self.labels.iter().chain(&self.fields).copied();
        both.filter(|(_, text)| !text.is_empty())
    }

    /// Whether it says something and stands still while people edit lists.
    pub(super) fn is_fixed(&self) -> bool {
        !self.is_listed && !self.is_blank()
    }

    fn is_blank(&self) -> bool {
        self.texts().next().is_none()
    }

    fn is_equal(&self, row: &After<'_>) -> bool {
        let has = |(column, text): (u32, &str)| {
            let there = row.cells.iter().find(|(other, _)| *other == column);
            there.is_some_and(|(_, there)| is_same(text, there))
        };
        self.texts().count() == row.cells.len() && self.texts().all(has)
    }

    /// How many of the labels of the row stand in `row`, and how many there are.
    pub(super) fn labels_in(&self, row: &After<'_>) -> (usize, usize) {
        let labels = self.labels.iter().filter(|(_, text)| !text.is_empty());
        let there = labels.clone().filter(|(column, text)| {
            let mut cells = row.cells.iter();
            cells.any(|(other, there)| other == column && is_same(text, there))
        });
        (there.count(), labels.count())
    }

    /// Whether a label of the row stands in `row`, but in another column.
    pub(super) fn has_shifted_label(&self, row: &After<'_>) -> bool {
        let in_column = |column: u32| row.cells.iter().find(|(other, _)| *other == column);
        self.labels.iter().any(|&(column, text)| {
            let is_label = |there: &str| !text.is_empty() && is_same(text, there);
            !in_column(column).is_some_and(|(_, there)| is_label(there))
                && row.cells.iter().any(|(_, there)| is_label(there))
        })
    }
}

/// Whether two texts are the same but for blanks at the ends of their lines.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let lines = |text: &str| {
        text.trim_matches(is_blank)
            .lines()
            .map(|line| line.trim_matches(is_blank).to_owned())
            .collect::<Vec<_>>()
    };
    one == other || lines(one) == lines(other)
}

struct Scores<'s, 'm, 'g> {
    before: &'s [Before<'m>],
    after: &'s [After<'g>],
    names: &'s HashMap<u32, u32>,
}

impl Scores<'_, '_, '_> {
    /// Pairs the rows that kept their order: the best sum of what pairs are worth.
    fn in_order(
        &self,
        ours: std::ops::Range<usize>,
        theirs: std::ops::Range<usize>,
        aligned: &mut [Option<usize>],
    ) {
        let (rows, columns) = (ours.len(), theirs.len());
        let width = columns + 1;
        let mut best = vec![0_i32; (rows + 1) * width];
        let mut pair = vec![i32::MIN; rows * columns];
        for row in (0..rows).rev() {
            // Beyond the last of their rows all of ours are lost.
            best[row * width + columns] = best[(row + 1) * width + columns] - self.lost(ours.start + row);
            for column in (0..columns).rev() {
                let score = self.score(ours.start + row, theirs.start + column);
                pair[row * columns + column] = score;
                let apart = (best[(row + 1) * width + column] - self.lost(ours.start + row))
                    .max(best[row * width + column + 1] - self.added(theirs.start + column));
                let paired = score.saturating_add(best[(row + 1) * width + column + 1]);
                best[row * width + column] = apart.max(paired);
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < rows && column < columns {
            let here = best[row * width + column];
            let paired = pair[row * columns + column].saturating_add(best[(row + 1) * width + column + 1]);
            if here == paired {
                aligned[ours.start + row] = Some(theirs.start + column);
                row += 1;
                column += 1;
            } else if here == best[(row + 1) * width + column] - self.lost(ours.start + row) {
                row += 1;
            } else {
                column += 1;
            }
        }
    }

    /// Pairs rows of lists that are left over: equal ones, named ones, similar ones.
    fn moved(&self, aligned: &mut [Option<usize>]) {
        let mut is_taken = vec![false; self.after.len()];
        for row in aligned.iter().flatten() {
            is_taken[*row] = true;
        }
        let left: Vec<usize> = (0..self.before.len())
            .filter(|&row| aligned[row].is_none() && self.before[row].is_listed)
            .filter(|&row| !self.before[row].is_blank())
            .collect();
        let free: Vec<usize> = (0..self.after.len())
            .filter(|&row| !is_taken[row] && !self.after[row].cells.is_empty())
            .collect();
        if left.len().saturating_mul(free.len()) > MOST_PAIRS {
            return;
        }
        let mut pairs: Vec<(i32, usize, usize)> = Vec::new();
        for &ours in &left {
            for &theirs in &free {
                let count = signed(self.before[ours].fields.len().max(1));
                let score = self.score(ours, theirs);
                if score >= MOVED * count {
                    pairs.push((score, ours, theirs));
                }
            }
        }
        pairs.sort_by_key(|&(score, ours, theirs)| (-score, ours, theirs));
        for (_, ours, theirs) in pairs {
            if aligned[ours].is_none() && !is_taken[theirs] {
                aligned[ours] = Some(theirs);
                is_taken[theirs] = true;
            }
        }
    }

    /// What it costs that a row is there no longer.
    fn lost(&self, row: usize) -> i32 {
        let row = &self.before[row];
        if row.is_listed || row.is_blank() && row.fields.is_empty() {
            return if row.is_blank() { 0 } else { 5 };
        }
        if row.labels.iter().any(|(_, text)| !text.is_empty()) {
            return 3 * LABEL;
        }
        EQUAL
    }

    /// What it costs that a row was not there before.
    fn added(&self, row: usize) -> i32 {
        if self.after[row].cells.is_empty() { 0 } else { 5 }
    }

    /// What it is worth to take the one for the other.
    fn score(&self, ours: usize, theirs: usize) -> i32 {
        let (row, now) = (&self.before[ours], &self.after[theirs]);
        if row.is_blank() && now.cells.is_empty() {
            return 2;
        }
        let mut score = 0;
        let mut found = 0;
        for &(column, text) in &row.labels {
            if text.is_empty() {
                continue;
            }
            let there = now.cells.iter().find(|(other, _)| *other == column);
            match there {
                Some((_, there)) if is_same(text, there) => {
                    score += LABEL;
                    found += 1;
                }
                // Another text in the place of a label is rather another row.
                Some((_, there)) if similarity(text, there) < SIMILAR / 2 => score -= 3 * LABEL,
                _ => score -= LABEL,
            }
        }
        for &(column, text) in &row.fields {
            let there = now.cells.iter().find(|(other, _)| *other == column);
            found += usize::from(there.is_some());
            score += match (text, there) {
                ("", None) => 1,
                ("", Some(_)) => 0,
                (_, None) => -1,
                (text, Some((_, there))) if is_same(text, there) => EQUAL,
                (text, Some((_, there))) => similarity(text, there),
            };
        }
        if row.is_blank() || now.cells.is_empty() {
            // A row of which everything was taken, or in which all is new.
            score -= 1;
        }
        score -= ADDED * signed(now.cells.len().saturating_sub(found));
        if self.names.get(&row.number) == Some(&now.number) {
            score += NAMED;
        }
        score
    }
}

/// How similar two texts are, by the pairs of neighbours that both have; at most [`SIMILAR`].
fn similarity(one: &str, other: &str) -> i32 {
    /// So much of a text says whether another is like it.
    const LOOKED_AT: usize = 200;
    let pairs = |text: &str| {
        let mut last = '\u{0}';
        let mut pairs: Vec<(char, char)> = text
            .chars()
            .filter(|&c| !is_blank(c))
            .take(LOOKED_AT)
            .map(|c| (std::mem::replace(&mut last, c), c))
            .collect();
        pairs.sort_unstable();
        pairs
    };
    let (one, other) = (pairs(one), pairs(other));
    let (mut left, mut right, mut both) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                left += 1;
                right += 1;
            }
        }
    }
    let all = (one.len() + other.len()).max(1);
    2 * signed(both) * SIMILAR / signed(all)
}

/// A number of cells or of letters looked at, of which a sheet has few.
fn signed(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(number: u32, texts: &[&'static str]) -> Before<'static> {
        Before {
            number,
            labels: Vec::new(),
            fields: (0..).zip(texts.iter().copied()).collect(),
            is_listed: true,
        }
    }

    fn label(number: u32, text: &'static str) -> Before<'static> {
        Before {
            number,
            labels: vec![(0, text)],
            ..Before::default()
        }
    }

    fn now(rows: &[&[&'static str]]) -> Vec<After<'static>> {
        let rows = (0..).zip(rows).map(|(number, texts)| After {
            number,
            cells: (0..)
                .zip(texts.iter().copied())
                .filter(|(_, text)| !text.is_empty())
                .collect(),
        });
        rows.collect()
    }

    fn found(before: &[Before<'_>], after: &[&[&'static str]]) -> Vec<Option<usize>> {
        align(before, &now(after), &HashMap::new()).expect("small")
    }

    #[test]
    fn rows_are_known_by_what_stands_in_them() {
        let before = [
            label(0, "一级指标"),
            listed(1, &["数量指标", "修渠长度", "≥3公里"]),
            listed(2, &["质量指标", "合格率", "100%"]),
            listed(3, &["时效指标", "完工时间", "6月底"]),
        ];
        let head: &[&str] = &["一级指标"];
        let (one, two, three): (&[&str], &[&str], &[&str]) = (
            &["数量指标", "修渠长度", "≥3公里"],
            &["质量指标", "合格率", "100%"],
            &["时效指标", "完工时间", "6月底"],
        );
        let new: &[&str] = &["成本指标", "总费用", "≤9万元"];
        let edited: &[&str] = &["质量指标", "验收合格率", "≥98%"];
        assert_eq!(
            found(&before, &[head, one, two, three]),
            [Some(0), Some(1), Some(2), Some(3)]
        );
        assert_eq!(
            found(&before, &[head, new, one, two, three]),
            [Some(0), Some(2), Some(3), Some(4)]
        );
        assert_eq!(
            found(&before, &[head, one, edited, three]),
            [Some(0), Some(1), Some(2), Some(3)]
        );
        assert_eq!(
            found(&before, &[head, one, three]),
            [Some(0), Some(1), None, Some(2)]
        );
        assert_eq!(
            found(&before, &[head, three, one, two]),
            [Some(0), Some(2), Some(3), Some(1)]
        );
        assert_eq!(found(&before, &[&[], head, one, two, three, new])[0], Some(1));
        // A row of which everything was taken stays where it was.
        assert_eq!(found(&before, &[head, one, &[], three])[3], Some(3));
    }

    #[test]
    fn a_row_whose_label_was_edited_is_no_other_row() {
        let before = [label(0, "一"), label(1, "绩效目标"), label(2, "三")];
        assert_eq!(
            found(&before, &[&["一"], &["年度绩效目标"], &["三"]]),
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!(found(&before, &[&["一"], &["三"]]), [Some(0), None, Some(1)]);
    }

    #[test]
    fn names_decide_between_rows_that_are_alike() {
        let before = [listed(0, &["甲", "乙"]), listed(1, &["甲", "丙"])];
        let after = now(&[&["丁", "戊"], &["己", "庚"], &["辛", "壬"]]);
        let names = HashMap::from([(0, 1), (1, 2)]);
        assert_eq!(align(&before, &after, &names), Some(vec![Some(1), Some(2)]));
    }
}
