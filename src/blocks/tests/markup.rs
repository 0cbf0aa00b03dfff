//! What holds for the readers of marked-up text together: tables of any texts come back from all of them.

use proptest::prelude::*;

use crate::blocks::{BlockKind, Blocks, read};
use crate::source::{Source, is_blank};

/// The rows of a text: its cells that are not blank with their columns.
pub(in crate::blocks) fn rows(text: &str) -> Vec<Vec<(usize, String)>> {
    let source = Source::from_text(text.to_owned());
    let blocks = read(&source);
    covers(&blocks, text);
    let rows = (0..blocks.len()).filter(|&block| blocks.kind(block) == BlockKind::Row);
    rows.map(|block| {
        let cells = blocks.cells(block).iter();
        cells
            .map(|cell| (cell.column as usize, cell.text.to_string()))
            .collect()
    })
    .collect()
}

/// The texts of the paragraphs and of the rows of a text, the cells of a row with ` / ` between.
pub(in crate::blocks) fn texts(text: &str) -> Vec<String> {
    let source = Source::from_text(text.to_owned());
    let blocks = read(&source);
    covers(&blocks, text);
    let texts = (0..blocks.len()).map(|block| {
        let cells: Vec<&str> = blocks.cells(block).iter().map(|cell| &*cell.text).collect();
        cells.join(" / ")
    });
    texts.filter(|text| !text.is_empty()).collect()
}

fn covers(blocks: &Blocks, text: &str) {
    let mut end = 0;
    for block in 0..blocks.len() {
        let span = blocks.span(block);
        assert_eq!(span.start, end);
        end = span.end;
        for cell in blocks.cells(block) {
            assert!(span.contains(&(cell.start as usize)), "{cell:?} in {span:?}");
            assert!(!cell.text.trim_matches(is_blank).is_empty());
        }
    }
    assert_eq!(end, text.len());
}

/// Tables of texts with everything in them that has a meaning to some reader.
fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    (3..7usize).prop_flat_map(|width| {
        let cell = "([甲乙，,；;:\"'|<>&#*_`\\\\ \\-\\[\\]()=!.\n]{0,8}丙)?";
        let row = prop::collection::vec(cell, width);
        prop::collection::vec(row, 3..6)
    })
}

/// The cells that are not blank, as the readers are to give them.
fn filled(table: &[Vec<String>]) -> Vec<Vec<(usize, String)>> {
    let row = |row: &Vec<String>| {
        let cells = row.iter().enumerate();
        let filled = cells.filter(|(_, cell)| !cell.is_empty());
        filled.map(|(column, cell)| (column, visible(cell))).collect()
    };
    let rows = table.iter().map(row);
    rows.filter(|row: &Vec<_>| !row.is_empty()).collect()
}

fn visible(text: &str) -> String {
    text.chars().filter(|&c| !is_blank(c)).collect()
}

fn visible_rows(text: &str) -> Vec<Vec<(usize, String)>> {
    let mut rows = rows(text);
    rows.retain(|row| !row.is_empty());
    for (_, cell) in rows.iter_mut().flatten() {
        *cell = visible(cell);
    }
    rows
}

proptest! {
    #[test]
    fn separated_values_read_back(table in tables(), separator in prop::sample::select(vec![",", ";", "\t"])) {
        let record = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| match cell.as_str() {
                "" => String::new(),
                // Between tabs, quotes mean something only where they must be.
                cell if separator == "\t" && !cell.contains(['\n', '"']) => cell.to_owned(),
                cell => format!("\"{}\"", cell.replace('"', "\"\"")),
            }).collect();
            cells.join(separator) + "\r\n"
        };
        let text: String = table.iter().map(record).collect();
        let text = if separator == "\t" { text } else { format!("sep={separator}\n{text}") };
        prop_assert_eq!(visible_rows(&text), filled(&table));
    }

    #[test]
    fn html_reads_back(table in tables(), closes in any::<bool>(), inner in any::<bool>()) {
        let cell = |cell: &String| {
            let text = cell.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
            let text = if inner { format!("\n<P class='x>y'>{text}</P>\n") } else { text };
            format!("<td>{text}{}", if closes { "</td>" } else { "" })
        };
        let row = |row: &Vec<String>| {
            let cells: String = row.iter().map(cell).collect();
            format!("<tr>{cells}{}", if closes { "</tr>\n" } else { "\n" })
        };
        let text: String = table.iter().map(row).collect();
        prop_assert_eq!(visible_rows(&format!("<table border=1>{text}</table>\n")), filled(&table));
    }

    #[test]
    fn tables_between_bars_read_back(table in tables(), outer in any::<bool>()) {
        let width = table[0].len();
        let escape = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
        let cell = |cell: &String| cell.split('\n').map(|line| line.chars().map(escape).collect()).collect::<Vec<String>>().join("<br/>");
        let line = |cells: Vec<String>| if outer { format!("| {} |\n", cells.join(" | ")) } else { format!("{}\n", cells.join(" | ")) };
        let header = line((0..width).map(|column| format!("栏{column}")).collect());
        let ruler = line(vec![":--".to_owned(); width]);
        let body: String = table.iter().map(|row| line(row.iter().map(cell).collect())).collect();
        let rows = visible_rows(&format!("{header}{ruler}{body}"));
        prop_assert_eq!(&rows[1..], &filled(&table)[..]);
    }

    /// Whatever the text, its blocks cover it, and no letter that is not within a tag is lost.
    #[test]
    fn markup_of_any_kind_is_covered(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40)) {
        let text = parts.concat();
        let seen = texts(&text).concat();
        let letters = |text: &str| text.chars().filter(|c| matches!(c, '甲'..='甴' | '一'..='七')).count();
        prop_assert_eq!(letters(&seen), letters(&text));
    }
}

/// Pieces of markup of all kinds, whole and broken.
const PARTS: &[&str] = &[
    "\n", "\n", "\n\n", "\r\n", " ", "  ", "\t", "\u{c}", "甲", "一、", "，", ",", ",,,", ";", "\"", "\"\"",
    "\"甲\"", "|", " | ", "| 甲 | 一 |", "|---|---|", "--- | ---", "---", "***", "**", "*", "__", "_", "#",
    "## ", "- ", "> ", "1\\. ", "\\", "\\|", "[甲](b)", "![", "[", "](", ")", "`", "```", ":::", "&lt;", "&",
    "<", ">", "<p>", "</p>", "<br>", "<b>", "</b>", "<table>", "</table>", "<tr>", "</tr>", "<td>",
    "<td colspan=2 rowspan='3'>", "</td>", "<div>", "</div>", "<ol>", "<li>", "</ol>", "<html>", "</html>",
    "<!DOCTYPE html>", "<pre>", "</pre>", "<!-- x -->", "<![endif]>", "<u:p>", "<nothing>", "sep=;",
];
