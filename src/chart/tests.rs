use proptest::prelude::*;

use super::*;
use crate::sheet::{Cell, Row};

/// A table with a name and numbers in each row, which are texts as they are printed.
fn table(headings: &[&str], rows: &[(&str, Vec<&str>)]) -> Table {
    let cells = |texts: &[&str]| -> Vec<Cell> {
        let cell = |(column, text): (usize, &&str)| Cell {
            column,
            column_span: 1,
            row_span: 1,
            text: (*text).to_owned(),
            amount: text.parse().ok(),
            ..Cell::default()
        };
        texts.iter().enumerate().map(cell).collect()
    };
    let header = Row {
        header: true,
        cells: cells(headings),
        ..Row::default()
    };
    let row = |(name, texts): &(&str, Vec<&str>)| Row {
        bar: Some((*name).to_owned()),
        cells: cells(texts),
        ..Row::default()
    };
    Table {
        rows: std::iter::once(header).chain(rows.iter().map(row)).collect(),
        ..Table::default()
    }
}

fn chart(kind: ChartKind, series: usize) -> Chart {
    Chart {
        title: "各项目预算数（万元）".to_owned(),
        kind,
        columns: (0..series).collect(),
        rest: "其余".to_owned(),
    }
}

fn drawn(kind: ChartKind, headings: &[&str], rows: &[(&str, Vec<&str>)]) -> Drawing {
    let table = table(headings, rows);
    draw(&table, &chart(kind, headings.len()), 442.2, Fonts::built_in())
}

fn texts(drawing: &Drawing) -> Vec<&str> {
    drawing.texts.iter().map(|label| label.text.as_str()).collect()
}

fn rectangles(drawing: &Drawing) -> Vec<(Rectangle, Fill)> {
    let rectangle = |shape: &Shape| match shape {
        Shape::Rectangle { area, fill } => Some((*area, *fill)),
        _ => None,
    };
    drawing.shapes.iter().filter_map(rectangle).collect()
}

fn dots(drawing: &Drawing) -> Vec<Rectangle> {
    let dot = |shape: &Shape| match *shape {
        Shape::Dot { center, radius, .. } => Some(Rectangle {
            left: center.0 - radius,
            top: center.1 - radius,
            right: center.0 + radius,
            bottom: center.1 + radius,
        }),
        _ => None,
    };
    drawing.shapes.iter().filter_map(dot).collect()
}

/// Breaches of what holds for any drawing.
fn breaches(drawing: &Drawing) -> Vec<String> {
    let mut breaches = Vec::new();
    let is_out = |area: &Rectangle| {
        area.left < -0.01
            || area.top < -0.01
            || area.right > drawing.width + 0.01
            || area.bottom > drawing.height + 0.01
    };
    let bars = rectangles(drawing);
    let dots = dots(drawing);
    for (at, label) in drawing.texts.iter().enumerate() {
        let area = label.area();
        if is_out(&area) {
            breaches.push(format!("{:?} is out", label.text));
        }
        if label.size < 8.0 {
            breaches.push(format!("{:?} is small", label.text));
        }
        for other in &drawing.texts[at + 1..] {
            if area.overlaps(&other.area()) {
                breaches.push(format!("{:?} is over {:?}", label.text, other.text));
            }
        }
        let shapes = bars.iter().map(|(area, _)| area).chain(&dots);
        for shape in shapes.filter(|shape| shape.overlaps(&area)) {
            breaches.push(format!("{:?} is over {shape:?}", label.text));
        }
    }
    for area in bars
        .iter()
        .map(|(area, _)| area)
        .chain(&dots)
        .filter(|area| is_out(area))
    {
        breaches.push(format!("{area:?} is out"));
    }
    if drawing.height > MOST_HEIGHT {
        breaches.push(format!("{} is too high", drawing.height));
    }
    breaches
}

#[test]
fn bars_are_as_long_as_their_numbers() {
    let drawing = drawn(
        ChartKind::Bars,
        &["预算数"],
        &[
            ("1.甲", vec!["50.00"]),
            ("2.乙", vec!["100.00"]),
            ("3.丙", vec!["0.00"]),
        ],
    );
    let bars = rectangles(&drawing);
    assert_eq!(bars.len(), 2, "a zero has no length");
    assert!((bars[0].0.width() * 2.0 - bars[1].0.width()).abs() < 0.01);
    assert!(bars.iter().all(|(_, fill)| *fill == Fill::Grey(0.35)));
    assert_eq!(
        texts(&drawing),
        [
            "各项目预算数（万元）",
            "1.甲",
            "50.00",
            "2.乙",
            "100.00",
            "3.丙",
            "0.00",
            "0",
            "25",
            "50",
            "75",
            "100"
        ]
    );
    assert_eq!(breaches(&drawing), [""; 0]);
}

#[test]
fn what_is_no_number_has_a_dash_and_no_bar() {
    let drawing = drawn(
        ChartKind::Bars,
        &["预算数"],
        &[("1.甲", vec!["涉密"]), ("2.乙", vec![""]), ("3.丙", vec!["3"])],
    );
    assert_eq!(rectangles(&drawing).len(), 1);
    assert_eq!(texts(&drawing)[1..6], ["1.甲", "–", "2.乙", "–", "3.丙"]);
    let nothing = drawn(ChartKind::Bars, &["预算数"], &[("1.甲", vec!["涉密"])]);
    assert!(nothing.is_empty());
    assert_eq!(nothing.height.to_bits(), 0);
}

#[test]
fn several_series_are_parts_of_a_bar_and_have_a_legend() {
    let drawing = drawn(
        ChartKind::Bars,
        &["财政资金", "其他资金"],
        &[("1.甲", vec!["60.5", "20"]), ("2.乙", vec!["10", ""])],
    );
    let bars = rectangles(&drawing);
    // Two keys, then the parts.
    let fills: Vec<Fill> = bars.iter().map(|(_, fill)| *fill).collect();
    let (dark, hatch) = (Fill::Grey(0.35), Fill::Hatch);
    assert_eq!(fills, [dark, hatch, dark, hatch, dark]);
    assert!((bars[2].0.right - bars[3].0.left).abs() < 0.01);
    assert_eq!(
        texts(&drawing)[1..7],
        ["财政资金", "其他资金", "1.甲", "80.5", "2.乙", "10"]
    );
    assert_eq!(breaches(&drawing), [""; 0]);
}

#[test]
fn negative_numbers_go_to_the_left() {
    let drawing = drawn(
        ChartKind::Bars,
        &["预算数"],
        &[("1.调减项目", vec!["-30.00"]), ("2.乙", vec!["60.00"])],
    );
    let bars = rectangles(&drawing);
    assert!((bars[0].0.right - bars[1].0.left).abs() < 0.01);
    let number = drawing
        .texts
        .iter()
        .find(|label| label.text == "-30.00")
        .expect("a number");
    assert!(number.area().right < bars[0].0.left);
    assert_eq!(breaches(&drawing), [""; 0]);
}

#[test]
fn of_too_many_the_longest_are_shown_and_the_rest_is_counted() {
    let names: Vec<String> = (1..=100).map(|at| format!("{at}.项目")).collect();
    let amounts: Vec<String> = (1..=100).map(|at| format!("{at}.5")).collect();
    let rows: Vec<(&str, Vec<&str>)> = names
        .iter()
        .zip(&amounts)
        .map(|(name, amount)| (name.as_str(), vec![amount.as_str()]))
        .collect();
    let drawing = drawn(ChartKind::Bars, &["预算数"], &rows);
    assert_eq!(rectangles(&drawing).len(), 60);
    let said = texts(&drawing);
    assert!(!said.contains(&"41.项目") && said.contains(&"42.项目"));
    let rest = said
        .iter()
        .position(|text| *text == "其余（41）")
        .expect("the rest");
    assert_eq!(said[rest + 1], "881.5");
    assert_eq!(breaches(&drawing), [""; 0]);
}

#[test]
fn a_long_name_is_on_two_lines_or_keeps_both_ends() {
    let long =
        "12.2025年农村饮水安全巩固提升工程（含设备更新、管网改造及水质检测能力建设）市级配套补助经费项目";
    let drawing = drawn(ChartKind::Bars, &["预算数"], &[(long, vec!["5"])]);
    let said = texts(&drawing);
    assert_eq!(said[1..3].concat().split('…').count(), 2, "{said:?}");
    assert!(
        said[1].starts_with("12.2025") && said[2].ends_with("项目"),
        "{said:?}"
    );
    let half = "12.2025年农村饮水安全巩固提升工程市级补助";
    let drawing = drawn(ChartKind::Bars, &["预算数"], &[(half, vec!["5"])]);
    let said: String = texts(&drawing)[1..3].concat();
    assert_eq!(said, half);
}

#[test]
fn a_curve_has_a_point_and_a_number_for_each_row() {
    let rows = [
        ("3月底", vec!["12.50"]),
        ("6月底", vec!["40.00"]),
        ("10月底", vec!["85.00"]),
        ("12月底", vec!["100.00"]),
    ];
    let drawing = drawn(ChartKind::Curve, &["累计支出"], &rows);
    assert_eq!(dots(&drawing).len(), 4);
    for (name, numbers) in &rows {
        assert!(texts(&drawing).contains(name) && texts(&drawing).contains(&numbers[0]));
    }
    assert_eq!(breaches(&drawing), [""; 0]);
    let line = drawing.shapes.iter().find_map(|shape| match shape {
        Shape::Line { points, .. } if points.len() == 4 => Some(points),
        _ => None,
    });
    assert!(line.expect("a line").windows(2).all(|pair| pair[0].1 > pair[1].1));
}

#[test]
fn a_curve_is_broken_where_there_is_no_number() {
    let rows = [
        ("甲", vec!["1"]),
        ("乙", vec![""]),
        ("丙", vec!["3"]),
        ("丁", vec!["4"]),
    ];
    let drawing = drawn(ChartKind::Curve, &["累计支出"], &rows);
    assert_eq!(dots(&drawing).len(), 3);
    assert!(texts(&drawing).contains(&"–"));
    let wide = |shape: &&Shape| matches!(shape, Shape::Line { width, .. } if *width > 1.0);
    assert_eq!(drawing.shapes.iter().filter(wide).count(), 1);
}

fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0u32..200_000).prop_map(|n| format!("{}.{:02}", n / 100, n % 100)),
        1 => Just(String::new()),
        1 => Just("涉密".to_owned()),
        1 => Just("0".to_owned()),
        1 => (-90_000i32..0).prop_map(|n| n.to_string()),
        1 => (0u64..u64::MAX).prop_map(|n| n.to_string()),
        1 => (1u32..1000).prop_map(|n| format!("0.0000000{n}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_table_is_drawn_without_overlaps(
        rows in prop::collection::vec((".{0,40}|[一-龥0-9年（）.]{1,60}", prop::collection::vec(numbers(), 3)), 1..90),
        series in 1usize..4,
        curve in any::<bool>(),
        width in 250f32..900.0,
        title in "[一-龥（）]{0,80}",
    ) {
        let rows: Vec<(&str, Vec<&str>)> = rows
            .iter()
            .map(|(name, numbers)| (name.as_str(), numbers.iter().map(String::as_str).take(series).collect()))
            .collect();
        let headings = &["财政资金", "其他资金，含上级补助和单位自有资金以及各类结转结余资金", ""][..series];
        let table = table(headings, &rows);
        let kind = if curve { ChartKind::Curve } else { ChartKind::Bars };
        let chart = Chart { title, ..chart(kind, series) };
        let drawing = draw(&table, &chart, width, Fonts::built_in());
        prop_assert_eq!(breaches(&drawing), Vec::<String>::new());
        prop_assert_eq!(drawing, draw(&table, &chart, width, Fonts::built_in()));
    }
}
