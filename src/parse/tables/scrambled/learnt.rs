//! What is learnt from all tables of a document: how wide the columns are, and which texts are bases.

use std::collections::BTreeMap;

use super::{COLUMNS, FREE, Kind, Row, Table};
use crate::parse::tables::fragments::Fragment;
use crate::parse::tables::rows::kind_cost;

/// The widths of the columns in characters, where they are known.
pub(super) type Widths = [Option<f32>; COLUMNS];

/// The widths of the columns, from the lines of cells that go on in a further line.
pub(super) fn learn(tables: &[Table], rows: &[Vec<Vec<Row>>]) -> Widths {
    const ENOUGH: usize = 3;
    let mut broken: [Vec<f32>; COLUMNS] = std::array::from_fn(|_| Vec::new());
    let mut all: [Vec<f32>; COLUMNS] = std::array::from_fn(|_| Vec::new());
    for (table, pages) in tables.iter().zip(rows) {
        for row in pages.iter().flatten() {
            for (column, lines) in row.cells.iter().enumerate() {
                let Some((_, full)) = lines.split_last() else {
                    continue;
                };
                let widths = |lines: &[usize]| -> Vec<f32> {
                    lines.iter().map(|&at| table.fragments[at].width).collect()
                };
                broken[column + FREE].extend(widths(full));
                all[column + FREE].extend(widths(lines));
            }
        }
    }
    let quantile = |widths: &mut Vec<f32>, tenths: usize| {
        widths.sort_by(f32::total_cmp);
        (widths.len() >= ENOUGH).then(|| widths[widths.len() * tenths / 10])
    };
    std::array::from_fn(|column| {
        let full = quantile(&mut broken[column], 7)?;
        if column < 4 {
            return Some(full);
        }
        // A few lines may be in the wrong column.
        Some(quantile(&mut all[column], 9)?.max(full))
    })
}

/// How often each text follows a target, for texts that stand several times: most are bases.
pub(super) type Known<'t> = BTreeMap<&'t str, f32>;

pub(super) fn known_bases<'t>(tables: &[Table<'t>]) -> Known<'t> {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for table in tables {
        let mut before: Option<&Fragment> = None;
        for (fragment, kind) in table.fragments.iter().zip(&table.kinds) {
            if *kind == Kind::Free {
                let (all, behind) = counts.entry(fragment.text).or_default();
                *all += 1;
                *behind += u32::from(
                    fragment.parted && before.is_some_and(|before| kind_cost(before, true, 4) < 0.2),
                );
            }
            before = (*kind == Kind::Free).then_some(fragment);
        }
    }
    counts
        .into_iter()
        .filter(|(_, (all, behind))| *all > 1 && *behind > 0 && behind * 4 >= *all)
        .map(|(text, (all, behind))| (text, behind as f32 / all as f32))
        .collect()
}
