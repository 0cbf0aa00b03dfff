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
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "  ",
    "\t",
    "\u{c}",
    "甲",
    "一、",
    "，",
    ",",
    ",,,",
    ";",
    "\"",
    "\"\"",
    "\"甲\"",
    "|",
    " | ",
    "| 甲 | 一 |",
    "|---|---|",
    "--- | ---",
    "---",
    "***",
    "**",
    "*",
    "__",
    "_",
    "#",
    "## ",
    "- ",
    "> ",
    "1\\. ",
    "\\",
    "\\|",
    "[甲](b)",
    "![图](b)",
    "[",
    "](",
    "`",
    "```",
    ":::",
    "&lt;",
    "&",
    "<",
    ">",
    "<p>",
    "</p>",
    "<br>",
    "<b>",
    "</b>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<td colspan=2 rowspan='3'>",
    "</td>",
    "<div>",
    "</div>",
    "<ol>",
    "<li>",
    "</ol>",
    "<html>",
    "</html>",
    "<!DOCTYPE html>",
    "<pre>",
    "</pre>",
    "<!-- x -->",
    "<![endif]>",
    "<u:p>",
    "<nothing>",
    "sep=;",
];

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(texts(text), expected, "{text}");
}

#[test]
fn separated_values_need_evidence() {
    check(
        "标题,,,,\r\n代码,A1,,名称,\"甲,乙\"\r\n,\"1、甲\r\n2、\"\"乙\"\"\",,,\r\n,,,,\r\n",
        &["标题", "代码 / A1 / 名称 / 甲,乙", "1、甲\n2、\"乙\""],
    );
    check("甲;乙;\n丙;丁;戊\n己;;\n", &["甲 / 乙", "丙 / 丁 / 戊", "己"]);
    // One name and one sentence, as many cells as there are texts.
    check(
        "单位,万元\n名称,甲,代码,乙\n预算,1,资金,2,其他,3\n用途,修渠，共三处。\n\n",
        &[
            "单位 / 万元",
            "名称 / 甲 / 代码 / 乙",
            "预算 / 1 / 资金 / 2 / 其他 / 3",
            "用途 / 修渠，共三处。",
        ],
    );
    // Tabs part cells more surely than commas; one behind a text only keeps its digits.
    check("\t\t,,甲\n\t\t,,甲\n", &[",,甲", ",,甲"]);
    check("甲,021\t,,\n乙,007\t,,\n", &["甲 / 021", "乙 / 007"]);
    for prose in [
        "预算4,286.50万元,财政1,000.00万元,其他2,000.00万元\n",
        "完善制度,加强管理,按期完成。\n落实责任,严格考核,定期通报。\n修渠,植树,护林。\n",
        "“甲”，“乙”，“丙”\n“甲”，“乙”，“丙”\n“甲”，“乙”，“丙”\n",
        "\"双减\"政策,\"五项\"管理\n",
    ] {
        let lines: Vec<&str> = prose.lines().collect();
        check(prose, &lines);
    }
}

#[test]
fn a_quote_that_does_not_close_is_a_character() {
    let text = format!("\"甲\n{}", "乙\n".repeat(1000));
    assert_eq!(texts(&text)[0], "\"甲");
}

#[test]
fn texts_in_quotes_are_paragraphs() {
    check(
        "\"甲,乙\"\n\"\"\n\"一、甲\n二、乙\"\n",
        &["甲,乙", "一、甲", "二、乙"],
    );
}

#[test]
fn tabs_with_quotes_hold_lines() {
    check(
        "目标\t\"1、甲\n2、乙\"\t\n名称\t丙\n",
        &["目标 / 1、甲\n2、乙", "名称 / 丙"],
    );
    check("\t\"甲\"\t乙\n", &["\"甲\" / 乙"]);
}

#[test]
fn what_data_frames_add_is_no_text() {
    check(
        "|    | 0 | 1 | 2 |\n|---:|:--|:--|:--|\n|  0 | 甲 | nan | 乙 |\n|  1 | 丙 | 1.一 | NaN |\n|    |    | 2.二 |  |\n|  2 | 丁 | 戊 | |\n",
        &["甲 / 乙", "丙 / 1.一\n2.二", "丁 / 戊"],
    );
    check(",0,1\n0,甲,\n1,乙,丙\n", &["甲", "乙 / 丙"]);
    check(
        "<table><tr><th></th><th>甲</th><th>Unnamed: 1</th></tr><tr><th>0</th><td>乙</td><td>NaN</td></tr></table>",
        &["甲", "乙"],
    );
}

#[test]
fn cells_of_html_know_their_columns() {
    let text = "<TABLE><tr><td rowspan=2>甲<td colspan='2'>乙<tr><td>丙<td>丁</table>\n后\n";
    let cells = |row: &[(usize, &str)]| {
        row.iter()
            .map(|&(at, cell)| (at, cell.to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows(text),
        [cells(&[(0, "甲"), (1, "乙")]), cells(&[(1, "丙"), (2, "丁")])]
    );
    assert_eq!(texts(text).last().map(String::as_str), Some("后"));
}

#[test]
fn html_is_read_as_it_is_seen() {
    check(
        "<!DOCTYPE html><html><head><title>名</title><style>p { }</style></head><body>\n<p>一、\n甲<b>乙</b></p>\n<p>a\nb&nbsp;&lt;5&#x4e00;&copy</p><!-- <p>丙</p> --></body></html>\n末\n",
        &["一、甲乙", "a b\u{a0}<5一&copy", "末"],
    );
    check(
        "<ol start=2><li>甲<li>乙</ol><ol type=a><li>丙</li></ol><ol style=\"list-style-type:cjk-ideographic\"><li value=12>丁</ol>",
        &["2.甲", "3.乙", "a.丙", "十二、丁"],
    );
    // What HTML does not know is text.
    check("<p>小于<5起，<甲>，<nothing></p>", &["小于<5起，<甲>，<nothing>"]);
    check("<p>甲<br>乙<pre>丙\n 丁</pre>", &["甲", "乙", "丙", "丁"]);
    check("<td class=\"x>甲</td><td>乙</td>", &["甲 / 乙"]);
    check(
        "<p>甲<![if !supportLists]>1.<o:p></o:p><![endif]>乙</p>",
        &["甲1.乙"],
    );
}

#[test]
fn a_table_alone_in_its_row_is_the_layout_of_the_page() {
    check(
        "<table><tr><td>题<table><tr><td>甲<td>乙<tr><td>丙</table>注</table>",
        &["题", "甲 / 乙", "丙", "注"],
    );
    check(
        "<table><tr><td>名<td>题<table><tr><td>甲<td>乙<tr><td>丙</table></table>",
        &["名 / 题\n甲 乙\n丙"],
    );
    let deep = format!("{}甲", "<table><tr><td>".repeat(10_000));
    check(&deep, &["甲"]);
}

#[test]
fn a_piece_of_html_ends() {
    check(
        "<table><tr><td>甲</table>\n## 乙\n\n<div>\n\n**丙**\n\n</div>\n",
        &["甲", "乙", "**丙**"],
    );
    // Tags within plain text and in cells between tabs are not pieces of HTML.
    check("<b>甲</b>\t乙\n", &["<b>甲</b> / 乙"]);
    check("\t<p>甲</p>\n\t乙\n", &["<p>甲</p> / 乙"]);
}

#[test]
fn cells_that_a_row_lacks_are_in_front() {
    let text = "| | | |\n|---|---|---|\n| 甲 | 乙 | 丙 |\n| 丁 | 戊 |\n";
    assert_eq!(rows(text)[1], [(1, "丁".to_owned()), (2, "戊".to_owned())]);
    // Nothing says so of rows that a script joined.
    let text = "甲 | 乙 | 丙 | 己\n丁 | 戊\n";
    assert_eq!(rows(text)[1], [(0, "丁".to_owned()), (1, "戊".to_owned())]);
}

#[test]
fn rows_between_bars_may_be_broken() {
    check(
        "目标 | 1.甲\n2.乙 | 1.甲\n2.乙\n名称 | 丙 | 丁\n",
        &["目标 | 1.甲", "2.乙 | 1.甲", "2.乙", "名称 | 丙 | 丁"],
    );
    check(
        "名称 | 丙 | 丁\n目标 | 1.甲\n2.乙 | 1.甲\n2.乙\n末\n",
        &["名称 / 丙 / 丁", "目标 / 1.甲\n2.乙 / 1.甲\n2.乙", "末"],
    );
}

#[test]
fn marks_of_markdown_are_no_text() {
    check(
        "---\ntitle: x\n---\n# 甲 {#a .b}\n\n1\\. __乙__\\*\n\n[丙](#x)[丁]{.u} ![图](y)\n\n- *戊*\n\n> 己\n\n```\n庚\n```\n\n辛\n---\n",
        &["甲", "1. 乙*", "丙丁", "戊", "己", "庚", "辛"],
    );
    check(
        "| 甲\\|乙 | **丙**<br>丁 | 戊。  己 |\n",
        &["甲|乙 / 丙\n丁 / 戊。\n己"],
    );
    // In plain text they are.
    check(
        "- 5 -\n5*3*2\n> 90%\n甲_乙_丙\n#5\n",
        &["- 5 -", "5*3*2", "> 90%", "甲_乙_丙", "#5"],
    );
    check(
        "甲 TC 乙 \\f A \\l 1 \\* MERGEFORMAT\n",
        &["甲 TC 乙 \\f A \\l 1 \\* MERGEFORMAT"],
    );
}

#[test]
fn a_drawing_without_its_borders_keeps_its_text() {
    check("|---|---|\n|| 甲 | 一 |\n", &["| 甲 | 一 |"]);
    check("+--+--+\n|甲|乙丙丁戊己|\n+--+--+\n", &["甲 / 乙丙丁戊己"]);
}
