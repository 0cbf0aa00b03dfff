use super::*;
use crate::sheet::{Column, Face, Row, SheetKind};

use proptest::prelude::*;

fn sheet(blocks: Vec<Block>) -> Sheet {
    Sheet {
        kind: SheetKind::Form,
        id: "form".to_owned(),
        name: "form".to_owned(),
        blocks,
    }
}

/// A table of cells with these spans and texts, each put into the first free place.
fn table(columns: &[f32], rows: usize, cells: &[(usize, usize, String)]) -> Table {
    let mut free = vec![vec![true; columns.len()]; rows];
    let mut table = Table {
        columns: columns.iter().copied().map(Column::fixed).collect(),
        rows: vec![Row::default(); rows],
        ..Table::default()
    };
    for (column_span, row_span, text) in cells {
        let place = (0..rows)
            .flat_map(|row| (0..table.columns.len()).map(move |column| (row, column)))
            .find(|&(row, column)| free[row][column]);
        let Some((row, column)) = place else { break };
        let room = free[row][column..].iter().take_while(|&&free| free).count();
        let (column_span, row_span) = ((*column_span).min(room), (*row_span).min(rows - row));
        for row in &mut free[row..row + row_span] {
            row[column..column + column_span].fill(false);
        }
        table.rows[row].cells.push(Cell {
            column,
            column_span,
            row_span,
            text: text.clone(),
            ..Cell::default()
        });
    }
    table
}

#[test]
fn tables_of_one_sheet_share_their_columns() {
    let cell = |column, column_span| Cell {
        column,
        column_span,
        row_span: 1,
        ..Cell::default()
    };
    let of = |columns: &[f32], cells| {
        Block::Table(Table {
            columns: columns.iter().copied().map(Column::fixed).collect(),
            rows: vec![Row {
                cells,
                ..Row::default()
            }],
            ..Table::default()
        })
    };
    let sheet = sheet(vec![
        of(&[100.0, 100.0, 100.0], vec![cell(0, 1), cell(1, 2)]),
        of(&[150.4, 149.8], vec![cell(0, 1), cell(1, 1)]),
        Block::Text(TextBlock::default()),
    ]);
    let placed = place(&sheet).expect("placed");
    assert_eq!(placed.columns, [133, 68, 66, 133]);
    let columns: Vec<_> = placed.cells.iter().map(|cell| cell.columns).collect();
    assert_eq!(columns, [(0, 0), (1, 3), (0, 1), (2, 3), (0, 3)]);
}

#[test]
fn what_a_vertical_merge_lacks_goes_to_its_last_row() {
    let cell = |column, row_span, text: &str| Cell {
        column,
        column_span: 1,
        row_span,
        text: text.to_owned(),
        ..Cell::default()
    };
    let sheet = sheet(vec![Block::Table(Table {
        columns: [32.0, 100.0].map(Column::fixed).to_vec(),
        rows: vec![
            Row {
                cells: vec![cell(0, 2, "预算规模及资金用途"), cell(1, 1, "")],
                ..Row::default()
            },
            Row {
                cells: vec![cell(1, 1, "")],
                ..Row::default()
            },
        ],
        ..Table::default()
    })]);
    // Four lines of two characters and one of one: 5 × 10.5 × 1.5 + 4 = 82.75 pt.
    assert_eq!(place(&sheet).expect("placed").rows, [30, 81]);
}

#[test]
fn a_heading_stays_with_its_paragraph() {
    let text = |keep, text: &str| {
        Block::Text(TextBlock {
            text: text.to_owned(),
            style: Style {
                face: Face::Fangsong,
                size: 16.0,
                keep,
                ..Style::default()
            },
            ..TextBlock::default()
        })
    };
    // 23 rows of 38 pixels fill the page; the last of them is the heading.
    let mut blocks: Vec<Block> = (0..22).map(|_| text(false, "甲")).collect();
    blocks.extend([text(true, "标题"), text(false, "乙")]);
    let sheet = sheet(blocks);
    assert_eq!(place(&sheet).expect("placed").breaks, [22]);
}

proptest! {
    #[test]
    fn every_text_has_its_room(
        columns in prop::collection::vec(20.0f32..150.0, 1..5),
        rows in 1usize..6,
        cells in prop::collection::vec((1usize..4, 1usize..4, "[一-龥a-z0-9，。\n]{0,60}|(一二三四五六七。){100,300}"), 0..20),
    ) {
        let table = table(&columns, rows, &cells);
        let texts: Vec<String> =
            table.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.replace('\n', "")).collect();
        let sheet = sheet(vec![Block::Table(table)]);
        let placed = place(&sheet).expect("placed");
        let mut shown = vec![String::new(); texts.len()];
        let mut taken = std::collections::HashSet::new();
        let mut index = 0;
        for cell in &placed.cells {
            let height: u32 = placed.rows[cell.rows.0 as usize..=cell.rows.1 as usize].iter().sum();
            let width = placed.columns[usize::from(cell.columns.0)..=usize::from(cell.columns.1)].iter().sum();
            let capacity = rows::capacity(width, cell.style.size);
            prop_assert!(rows::measure(cell.text, capacity, 0, cell.style.size).1 <= height);
            for row in cell.rows.0..=cell.rows.1 {
                for column in cell.columns.0..=cell.columns.1 {
                    prop_assert!(taken.insert((row, column)));
                }
            }
            shown[index] += &cell.text.replace('\n', "");
            index += usize::from(!cell.open.below);
        }
        prop_assert_eq!(shown, texts);
        prop_assert!(placed.rows.iter().all(|&height| height <= MAX_ROW));
    }
}
