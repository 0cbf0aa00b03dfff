//! What is learnt from all tables of a document: how wide the columns are, and which texts are bases.

use std::collections::BTreeMap;

use super::{COLUMNS, FREE, Kind, Row, Table};
use crate::parse::tables::fragments::Fragment;
use crate::parse::tables::rows::{begins_with_year, kind_cost};
use crate::parse::widths::ColumnLines;

/// The widths of the columns in characters, where they are known.
pub(super) type Widths = [Option<f32>; COLUMNS];

/// The widths of the columns, from the lines of their cells.
pub(super) fn learn(tables: &[Table], rows: &[Vec<Vec<Row>>]) -> Widths {
    let mut columns: [ColumnLines; COLUMNS] = std::array::from_fn(|_| ColumnLines::default());
    for (table, pages) in tables.iter().zip(rows) {
        for row in pages.iter().flatten() {
            for (column, lines) in row.cells.iter().enumerate() {
                let fragments = lines.iter().map(|&at| &table.fragments[at]);
                columns[column + FREE].add_cell(fragments.map(|line| (line.width, line.text)));
            }
        }
    }
    let mut column = 0;
    columns.map(|lines| {
        column += 1;
        // Few targets and bases are broken, and many lines seem to be that stand in the wrong column.
        if column > 4 {
            let widest = lines.widest();
            lines.width(3).or(widest)
        } else {
            lines.width(1)
        }
    })
}

/// How often each text follows a target, for texts that stand several times: most are bases.
pub(super) type Known<'t> = BTreeMap<&'t str, f32>;

/// Whether a text looks like a target, and like nothing else.
fn is_target(fragment: &Fragment) -> bool {
    kind_cost(fragment, true, 4) < 0.2 && !begins_with_year(fragment.text)
}

pub(super) fn known_bases<'t>(tables: &[Table<'t>]) -> Known<'t> {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for table in tables {
        let mut before: Option<&Fragment> = None;
        for (fragment, kind) in table.fragments.iter().zip(&table.kinds) {
            if *kind == Kind::Free {
                let (all, behind) = counts.entry(fragment.text).or_default();
                *all += 1;
                *behind +=
                    u32::from(fragment.parted && !is_target(fragment) && before.is_some_and(is_target));
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
