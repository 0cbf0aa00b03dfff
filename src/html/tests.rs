use proptest::prelude::*;

use super::*;
use crate::blocks;
use crate::sheet::{Cell, Column, FILE_LINK, Note, Row, Style, Table};

fn page_of(sheets: Vec<Sheet>) -> String {
    write(&Document {
        title: "甲<乙".to_owned(),
        sheets,
        ..Document::default()
    })
}

fn sheet(id: &str, blocks: Vec<Block>) -> Sheet {
    Sheet {
        kind: SheetKind::Form,
        id: id.to_owned(),
        name: id.to_owned(),
        blocks,
    }
}

fn said(text: &str) -> TextBlock {
    TextBlock {
        text: text.to_owned(),
        ..TextBlock::default()
    }
}

fn cell(column: usize, (columns, rows): (usize, usize), text: &str) -> Cell {
    Cell {
        column,
        column_span: columns,
        row_span: rows,
        text: text.to_owned(),
        ..Cell::default()
    }
}

fn row(header: bool, cells: Vec<Cell>) -> Row {
    Row {
        header,
        cells,
        ..Row::default()
    }
}

fn table(columns: usize, rows: Vec<Row>) -> Table {
    Table {
        columns: vec![Column::fixed(60.0); columns],
        rows,
        ..Table::default()
    }
}

/// All texts that the reader of HTML finds, in order: of cells with their columns.
fn read(page: &str) -> Vec<(usize, usize, String)> {
    let (document, findings) = blocks::Document::open(page.as_bytes());
    assert!(findings.is_empty(), "{findings:?}");
    let blocks = document.blocks();
    let cells = (0..blocks.len()).flat_map(|block| blocks.cells(block));
    cells
        .map(|cell| (cell.column as usize, cell.columns as usize, cell.text.to_string()))
        .collect()
}

fn texts(page: &str) -> Vec<String> {
    read(page).into_iter().map(|(_, _, text)| text).collect()
}

#[test]
fn a_page_needs_nothing_else() {
    let page = page_of(vec![sheet("f", vec![Block::Text(said("修渠"))])]);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
    assert!(page.contains("<meta charset=\"utf-8\">") && page.contains("<title>甲&lt;乙</title>"));
    for outer in ["<script", "src=", "url(", "http", "<link", "@import"] {
        assert!(!page.contains(outer), "{outer}");
    }
}

#[test]
fn header_rows_in_the_middle_begin_a_table_that_joins() {
    let rows = vec![
        row(false, vec![cell(0, (1, 2), "甲"), cell(1, (1, 1), "乙")]),
        row(false, vec![cell(1, (1, 1), "丙")]),
        row(true, vec![cell(0, (2, 1), "丁")]),
        row(false, vec![cell(0, (1, 1), "戊"), cell(1, (1, 1), "己")]),
    ];
    let page = page_of(vec![sheet("f", vec![Block::Table(table(2, rows.clone()))])]);
    assert_eq!(page.matches("<table").count(), 2);
    assert_eq!(page.matches("<thead>").count(), 1);
    assert!(page.contains("</table>\n<table"), "nothing stands between them");
    assert!(page.contains("rowspan=\"2\"") && page.contains("scope=\"col\" colspan=\"2\">丁</th>"));

    // A merged cell on both sides of the header rows keeps all in one table.
    let mut crossed = rows;
    crossed[0].cells[0].row_span = 4;
    crossed[2].cells = vec![cell(1, (1, 1), "丁")];
    crossed[3].cells.remove(0);
    let page = page_of(vec![sheet("f", vec![Block::Table(table(2, crossed))])]);
    assert_eq!(
        (page.matches("<table").count(), page.matches("<thead>").count()),
        (1, 0)
    );
    assert!(page.contains("rowspan=\"4\""));
}

#[test]
fn a_place_that_no_cell_takes_is_an_empty_cell() {
    let rows = vec![
        row(false, vec![cell(2, (1, 2), "甲")]),
        row(false, vec![cell(1, (1, 1), "乙")]),
        row(false, vec![]),
    ];
    let page = page_of(vec![sheet("f", vec![Block::Table(table(4, rows))])]);
    let found = read(&page);
    assert_eq!(found, [(2, 1, "甲".to_owned()), (1, 1, "乙".to_owned())]);
    assert!(page.contains("<td></td><td></td><td class"), "{page}");
}

#[test]
fn a_chart_is_a_picture_below_its_table() {
    let mut table = table(
        2,
        [("甲<乙", 2), ("丙", 5)]
            .map(|(name, amount)| {
                let mut amounts = cell(1, (1, 1), &amount.to_string());
                amounts.amount = Some(rust_decimal::Decimal::from(amount));
                let mut row = row(false, vec![cell(0, (1, 1), name), amounts]);
                row.bar = Some(name.to_owned());
                row
            })
            .to_vec(),
    );
    table.chart = Some(crate::sheet::Chart {
        title: "各项目".to_owned(),
        columns: vec![1],
        ..crate::sheet::Chart::default()
    });
    let page = page_of(vec![sheet("f", vec![Block::Table(table)])]);
    assert_eq!(page.matches("<svg ").count(), 1);
    assert!(
        page.contains("甲&lt;乙</text>") && page.contains(">各项目</text>"),
        "{page}"
    );
    assert!(page.contains("<rect "));
    assert_eq!(
        texts(&page),
        ["甲<乙", "2", "丙", "5"],
        "a picture is no text of the document"
    );
}

#[test]
fn links_lead_to_places_that_are_there() {
    let mut to_sheet = said("去甲");
    to_sheet.link = Some("甲 1".to_owned());
    let mut to_nothing = said("去无");
    to_nothing.link = Some("nowhere".to_owned());
    let mut to_file = cell(0, (1, 1), "去文件");
    to_file.link = Some(format!("{FILE_LINK}javascript:x/甲 #1.pdf"));
    let mut named = said("乙");
    named.id = Some("甲-1".to_owned());
    let page = page_of(vec![
        sheet("甲 1", vec![Block::Text(to_sheet), Block::Text(to_nothing)]),
        sheet(
            "甲 1",
            vec![
                Block::Text(named),
                Block::Table(table(1, vec![row(false, vec![to_file])])),
            ],
        ),
    ]);
    assert!(
        page.contains("<section class=\"sheet form\" id=\"n--1\">"),
        "{page}"
    );
    assert!(
        page.contains("<section class=\"sheet form\">"),
        "no name stands twice"
    );
    assert!(page.contains("id=\"n--1-2\""));
    assert!(page.contains("<a href=\"#n--1\">去甲</a>"));
    assert!(page.contains(">去无</p>"));
    assert!(page.contains("<a href=\"./javascript%3Ax/%E7%94%B2%20%231.pdf\">去文件</a>"));
}

#[test]
fn notes_are_listed_below_their_sheet_and_are_none_of_its_text() {
    let mut value = cell(0, (1, 1), "修渠");
    value.field = Some("projects[0].name".to_owned());
    let document = Document {
        sheets: vec![sheet(
            "f",
            vec![Block::Table(table(1, vec![row(false, vec![value])]))],
        )],
        notes: vec![
            Note {
                on: NoteOn::Field("projects[0].name".to_owned()),
                text: "应为“修塘”\n见<方案>".to_owned(),
            },
            Note {
                on: NoteOn::Field("nobody".to_owned()),
                text: "无处".to_owned(),
            },
        ],
        ..Document::default()
    };
    let page = write(&document);
    assert!(page.contains("id=\"note\" data-note=\"1\">修渠"), "{page}");
    assert!(page.contains("<a href=\"#note\">〔1〕</a><div>应为“修塘”<br>见&lt;方案&gt;</div>"));
    assert!(page.contains("<div class=\"note\"><div>无处</div></div>"));
    let (opened, _) = blocks::Document::open(page.as_bytes());
    let blocks = opened.blocks();
    for block in 0..blocks.len() {
        let is_note = blocks
            .cells(block)
            .iter()
            .any(|cell| cell.text.contains('方') || cell.text.contains("无处"));
        assert!(!is_note || blocks.kind(block) == blocks::BlockKind::Furniture);
    }
}

#[test]
fn labels_are_headers_of_their_rows_and_columns() {
    let bordered = |mut cell: Cell, field: bool| {
        cell.style = Style {
            border: true,
            ..Style::default()
        };
        cell.field = field.then(|| "projects[0].code".to_owned());
        cell
    };
    let rows = vec![
        row(
            false,
            vec![
                bordered(cell(0, (1, 1), "编码"), false),
                bordered(cell(1, (1, 1), "1"), true),
            ],
        ),
        row(
            false,
            vec![
                bordered(cell(0, (1, 1), "三月"), false),
                bordered(cell(1, (1, 1), "六月"), false),
            ],
        ),
    ];
    let page = page_of(vec![sheet("f", vec![Block::Table(table(2, rows))])]);
    assert!(page.contains("scope=\"row\">编码</th>") && page.contains("scope=\"col\">三月</th>"));
    assert!(page.contains(">1</td>"));
}

/// Texts with all that HTML has a meaning for.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[甲乙a1 <>&\"'/=;#!?\\-\\[\\]\t\n\u{3000}\u{a0}]{0,20}",
        2 => prop::sample::select(vec![
            "&amp;lt;", "<td>甲", "</td></table>", "<!-- 甲", "-->", "&#32;", "<script>", "]]>", "甲  乙", " ", "&nbsp;甲",
        ]).prop_map(str::to_owned),
        // The reader knows tables whose line ends a program wrote as `\n`.
        1 => any::<String>().prop_map(|text| text.replace("\\n", "")),
    ]
}

/// A text as any reader of blocks gives it: control characters are taken for what the reader of bytes
/// takes them for.
fn as_read(text: &str) -> Option<String> {
    let text = text.replace('\0', "\u{fffd}");
    let text = blocks::unpadded(&text);
    (!text.is_empty()).then(|| text.into_owned())
}

fn any_table() -> impl Strategy<Value = Table> {
    let row_of = |width: usize| {
        (
            prop::collection::vec(any_text(), width),
            any::<bool>(),
            prop::collection::vec(any::<bool>(), width),
        )
    };
    (1..6_usize)
        .prop_flat_map(move |width| (Just(width), prop::collection::vec(row_of(width), 1..6)))
        .prop_map(|(width, rows)| {
            let rows = rows.into_iter().map(|(texts, header, merged)| {
                let mut cells: Vec<Cell> = Vec::new();
                for (column, (text, merged)) in texts.into_iter().zip(merged).enumerate() {
                    match cells.last_mut() {
                        Some(last) if merged => last.column_span += 1,
                        _ => cells.push(cell(column, (1, 1), &text)),
                    }
                }
                row(header, cells)
            });
            table(width, rows.collect())
        })
}

proptest! {
    #[test]
    fn any_text_comes_out_as_text(title in any_text(), line in any_text(), note in any_text(), table in any_table()) {
        let mut said = said(&line);
        said.id = Some(title.clone());
        let wanted: Vec<_> = line
            .split('\n')
            .filter_map(as_read)
            .map(|text| (0, 1, text))
            .chain(table.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| {
                Some((cell.column, cell.column_span, as_read(&cell.text)?))
            }))
            .collect();
        let document = Document {
            title: title.clone(),
            author: title.clone(),
            year: None,
            sheets: vec![sheet(&title, vec![Block::Text(said), Block::Table(table)])],
            ..Document::default()
        };
        let page = write(&document);
        prop_assert_eq!(read(&page), wanted);
        prop_assert_eq!(&write(&document), &page);
        let noted = Document {
            notes: vec![Note { on: NoteOn::Sheet(title), text: note.clone() }],
            ..document
        };
        let mut expected = texts(&page);
        expected.extend(["批注 1 条", "〔1〕"].map(str::to_owned));
        let mut found = texts(&write(&noted));
        let read = found.split_off(expected.len().min(found.len())).join("\n");
        prop_assert_eq!(read, as_read(&note).unwrap_or_default());
        prop_assert_eq!(found, expected);
    }
}
