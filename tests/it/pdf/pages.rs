//! How forms stand on pages: widths, letters, what is shown again where a table goes on.

use jixiao::pdf::{Destination, Page, Pages, Role, TYPE_AREA};
use jixiao::sheet::{Align, Block, Cell, Column, Document, Row, Sheet, SheetKind, Style, Table, TextBlock};

use super::{assert_no_run_outside, laid_out};

const SONG: Style = Style {
    face: jixiao::sheet::Face::Song,
    size: 10.5,
    least: 0.0,
    align: Align::Left,
    vertical: jixiao::sheet::Vertical::Middle,
    indent: 0.0,
    pitch: 0.0,
    before: 0.0,
    after: 0.0,
    border: true,
    keep: false,
    shade: false,
};

fn cell(column: usize, row_span: usize, text: &str, style: Style) -> Cell {
    Cell {
        column,
        column_span: 1,
        row_span,
        text: text.to_owned(),
        style,
        field: Some(format!("cell.{column}")),
        ..Cell::default()
    }
}

fn row(cells: Vec<Cell>) -> Row {
    Row {
        height: 24.0,
        cells,
        ..Row::default()
    }
}

fn columns(widths: &[f32], limits: f32) -> Vec<Column> {
    let column = |&width: &f32| Column {
        width,
        least: width - limits,
        most: width + limits,
    };
    widths.iter().map(column).collect()
}

fn document(table: Table) -> Document {
    let title = TextBlock {
        text: "1.馆舍维修绩效目标表".to_owned(),
        outline: 2,
        continued: Some("（续表）".to_owned()),
        style: Style {
            size: 16.0,
            align: Align::Center,
            keep: true,
            ..SONG
        },
        ..TextBlock::default()
    };
    let entry = TextBlock {
        text: "1.馆舍维修绩效目标表".to_owned(),
        link: Some("form-1".to_owned()),
        ..TextBlock::default()
    };
    let sheet = |kind, id: &str, blocks| Sheet {
        kind,
        id: id.to_owned(),
        name: id.to_owned(),
        blocks,
    };
    Document {
        sheets: vec![
            sheet(SheetKind::Contents, "contents", vec![Block::Text(entry)]),
            sheet(
                SheetKind::Form,
                "form-1",
                vec![Block::Text(title), Block::Table(table)],
            ),
        ],
        ..Document::default()
    }
}

/// The pages after the contents list, which is looked at too.
fn form_pages(pages: &Pages) -> &[Page] {
    assert_no_run_outside(pages);
    &pages.pages[1..]
}

fn height(page: &Page) -> f32 {
    let ends = page.rules.iter().map(|rule| rule.to.1);
    ends.fold(0.0, f32::max) - TYPE_AREA.top
}

/// A form of that many rows, whose labels span ten of them.
fn long_form(rows: usize) -> Table {
    let rows = (0..rows).map(|at| {
        let mut cells = Vec::new();
        if at % 10 == 0 {
            cells.push(Cell {
                field: None,
                ..cell(0, 10.min(rows - at), "产出指标", SONG)
            });
        }
        cells.push(cell(1, 1, &format!("第{at}项"), SONG));
        row(cells)
    });
    Table {
        columns: columns(&[80.0, 362.2], 0.0),
        rows: rows.collect(),
        continued: Some("（续）".to_owned()),
        ..Table::default()
    }
}

#[test]
fn columns_go_to_the_texts_that_need_them() {
    let table = |limits| Table {
        columns: columns(&[147.4, 147.4, 147.4], limits),
        rows: vec![row(vec![
            cell(0, 1, "甲", SONG),
            cell(1, 1, &"县图书馆年度工作安排".repeat(12), SONG),
            cell(2, 1, "乙", SONG),
        ])],
        ..Table::default()
    };
    let fixed = laid_out(&document(table(0.0)));
    let fitted = laid_out(&document(table(60.0)));
    assert!(height(&form_pages(&fitted)[0]) < height(&form_pages(&fixed)[0]) - 20.0);
    let widths: Vec<f32> = fitted.pages[1]
        .runs
        .iter()
        .filter(|run| run.role == Role::Text && run.size < 16.0)
        .map(|run| run.within.width())
        .collect();
    assert!(
        widths.iter().all(|width| (87.3..=207.5).contains(width)),
        "{widths:?}"
    );
}

#[test]
fn several_columns_give_where_one_has_too_little() {
    let texts = ["甲", "乙", "丙", "≤1931.5万元"];
    let cells = texts.iter().enumerate().map(|(at, text)| cell(at, 1, text, SONG));
    let table = Table {
        columns: columns(&[130.0, 130.0, 130.0, 52.2], 12.0)
            .into_iter()
            .map(|column| Column {
                most: 150.0,
                ..column
            })
            .collect(),
        rows: vec![row(cells.collect())],
        ..Table::default()
    };
    let pages = laid_out(&document(table));
    let mut runs = form_pages(&pages)[0].runs.iter();
    assert!(
        runs.any(|run| run.text == "≤1931.5万元"),
        "the number keeps its unit"
    );
}

#[test]
fn widths_that_fit_stay_as_they_are() {
    let texts = ["数量指标", "举办讲座", "全年举办讲座的场次", "≥6场"];
    let cells = texts.iter().enumerate().map(|(at, text)| cell(at, 1, text, SONG));
    let widths = [80.0, 80.0, 182.2, 100.0];
    let table = Table {
        columns: columns(&widths, 30.0),
        rows: vec![row(cells.collect())],
        ..Table::default()
    };
    let pages = laid_out(&document(table));
    let shown = form_pages(&pages)[0].runs.iter().filter(|run| run.size < 16.0);
    for (run, width) in shown.zip(widths) {
        assert!((run.within.width() - width).abs() < 0.1, "{}", run.text);
    }
}

#[test]
fn crowded_letters_become_smaller_within_their_limit() {
    let size_of = |least, text: &str| {
        let style = Style { least, ..SONG };
        let table = Table {
            columns: columns(&[100.0, 342.2], 0.0),
            rows: vec![row(vec![cell(0, 1, text, style), cell(1, 1, "乙", SONG)])],
            ..Table::default()
        };
        let pages = laid_out(&document(table));
        let runs = form_pages(&pages)[0].runs.iter().filter(|run| run.size < 16.0);
        runs.map(|run| run.size).fold(99.0, f32::min)
    };
    let code = "13099925P001391100";
    assert!(
        (size_of(0.0, code) - 10.5).abs() < 0.01,
        "a size without limit is fixed"
    );
    let smaller = size_of(8.0, code);
    assert!((9.0..10.5).contains(&smaller), "as small as needed: {smaller}");
    assert!((size_of(8.0, "讲座场次") - 10.5).abs() < 0.01, "what fits stays");
    assert!(
        (size_of(8.0, &code.repeat(3)) - 10.5).abs() < 0.01,
        "what cannot be mended stays"
    );
    let crowded = size_of(9.0, &"县图书馆年度工作安排".repeat(8));
    assert!((9.0..10.5).contains(&crowded), "{crowded}");
}

#[test]
fn titles_and_labels_say_that_they_go_on() {
    let pages = laid_out(&document(long_form(38)));
    let pages = form_pages(&pages);
    assert_eq!(pages.len(), 2);
    let repeated = |page: &Page| {
        let runs = page.runs.iter().filter(|run| run.role == Role::Repeated);
        runs.map(|run| run.text.as_str()).collect::<Vec<_>>().concat()
    };
    assert_eq!(repeated(&pages[0]), "");
    assert_eq!(repeated(&pages[1]), "1.馆舍维修绩效目标表（续表）产出指标（续）");
}

#[test]
fn a_header_cell_beside_the_rows_is_shown_again_once() {
    let mut table = long_form(40);
    for (at, row) in table.rows.iter_mut().enumerate() {
        row.header = at == 0;
        row.cells.retain(|cell| cell.column == 1);
    }
    table.rows[0].cells.insert(0, cell(0, 40, "指标", SONG));
    let pages = laid_out(&document(table));
    let again = form_pages(&pages)[1].runs.iter();
    let again = again.filter(|run| run.role == Role::Repeated && run.text.contains("指标"));
    assert_eq!(again.count(), 1);
}

#[test]
fn no_row_goes_on_alone() {
    for rows in 20..60 {
        let pages = laid_out(&document(long_form(rows)));
        let pages = form_pages(&pages);
        let of = |page: &Page| {
            let runs = page.runs.iter().filter(|run| run.role == Role::Text);
            runs.filter(|run| run.text.starts_with('第')).count()
        };
        assert_eq!(pages.iter().map(of).sum::<usize>(), rows);
        assert!(
            pages.len() == 1 || pages.last().is_some_and(|page| of(page) > 1),
            "{rows} rows"
        );
    }
}

#[test]
fn a_table_closes_up_where_that_saves_a_page() {
    let count = |rows, tight| {
        let table = Table {
            tight,
            ..long_form(rows)
        };
        let pages = laid_out(&document(table));
        form_pages(&pages).len()
    };
    assert_eq!((count(27, 0.0), count(27, 0.9)), (2, 1));
    assert_eq!(
        (count(40, 0.0), count(40, 0.9)),
        (2, 2),
        "too much is not pressed"
    );
}

#[test]
fn page_numbers_stand_outside_or_all_on_the_right() {
    let sides = |one_sided| {
        let document = Document {
            one_sided,
            ..document(long_form(60))
        };
        let pages = laid_out(&document);
        let numbers = form_pages(&pages).iter().flat_map(|page| &page.runs);
        let numbers = numbers.filter(|run| run.role == Role::PageNumber);
        numbers.map(|run| run.x > 300.0).collect::<Vec<_>>()
    };
    assert_eq!(sides(false), [true, false, true]);
    assert_eq!(sides(true), [true, true, true]);
}

#[test]
fn headings_lead_back_to_the_contents() {
    let pages = laid_out(&document(long_form(3)));
    let there = &pages.pages[0].links[0];
    assert!(matches!(there.to, Destination::Page { page: 1, .. }));
    let back = &pages.pages[1].links[0];
    assert!(matches!(back.to, Destination::Page { page: 0, .. }));
    assert!(
        (back.area.top - TYPE_AREA.top).abs() < 0.1,
        "the whole heading leads back"
    );
}

#[test]
fn a_page_of_text_has_22_lines_of_28_characters() {
    let body = Style {
        face: jixiao::sheet::Face::Fangsong,
        size: 16.0,
        align: Align::Justify,
        pitch: 28.99,
        border: false,
        ..SONG
    };
    let text = TextBlock {
        text: "县".repeat(28 * 22),
        style: body,
        ..TextBlock::default()
    };
    let document = Document {
        sheets: vec![Sheet {
            kind: SheetKind::Narrative,
            id: "narrative".to_owned(),
            name: "正文".to_owned(),
            blocks: vec![Block::Text(text)],
        }],
        ..Document::default()
    };
    let pages = laid_out(&document);
    assert_no_run_outside(&pages);
    let lines = |page: &Page| {
        let runs = page.runs.iter().filter(|run| run.role == Role::Text);
        runs.map(|run| run.text.chars().count()).collect::<Vec<_>>()
    };
    assert_eq!(pages.pages.len(), 1);
    assert_eq!(lines(&pages.pages[0])[..22], [28; 22]);
    let pitch = pages.pages[0].runs[1].baseline - pages.pages[0].runs[0].baseline;
    assert!((pitch - 28.99).abs() < 0.01);
}
