//! Bytes → a text of the pieces that documents are made of: one byte is a label, a value, or what parts
//! cells and lines in some manner of writing down a table. So a few mutations make a table of another
//! dialect, move a label, or break a drawing, which mutated characters never would.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::TEMPLATES;

/// The byte that a run of characters follows that are no piece: its length in bytes, then themselves.
const LITERAL: u8 = 0xff;

/// What parts cells, lines and texts, in all dialects; the first ones are the most usual.
const SEPARATORS: &[&str] = &[
    "\n",
    "\t",
    "\n\t",
    " ",
    "\n\n",
    "\u{c}",
    "\r\n",
    "\u{3000}",
    "  ",
    "          ",
    "|",
    " | ",
    "\n| ",
    " |\n",
    "||",
    "|---",
    "|---|---|---|---|\n",
    "--- | --- | ---\n",
    ",",
    ",,",
    ";",
    ";;",
    "\"",
    "\"\"",
    "\",\"",
    "\n\"",
    "sep=,\n",
    "+---",
    "+-----+-----+-----+\n",
    "+=====+=====+=====+\n",
    "┌──┬──┐\n",
    "├──┼──┤\n",
    "└──┴──┘\n",
    "│",
    "┃",
    "║",
    "═══╪═══\n",
    "─",
    "-----  -----  -----\n",
    "=====  =====  =====\n",
    "-",
    "=",
    "~",
    "*",
    "**",
    "_",
    "\\",
    "\\|",
    "`",
    "```\n",
    "# ",
    "## ",
    "> ",
    "- ",
    "1. ",
    "---\n",
    ":::\n",
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "</",
    "/>",
    "&",
    "&lt;",
    "&nbsp;",
    "&#10;",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th>",
    "</th>",
    "<td rowspan=\"2\">",
    "<td colspan=\"3\">",
    "<td rowspan=2 colspan=2>",
    "<p>",
    "</p>",
    "<br>",
    "<br/>",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<html><body>",
    "</body></html>",
    "<style>",
    "</style>",
    "<thead>",
    "<tbody>",
    "<caption>",
    "<li>",
    "\\n",
    "\u{feff}",
    "\u{200b}",
    "\u{a0}",
    "\0",
    "\u{fffd}",
    "\u{7}",
    "\u{b}",
    "\r",
    "[bookmark: _a]",
    " TC 甲 \\f A \\l 1",
    "-------- 1 - 表\n",
];

/// What stands in cells and paragraphs beside the labels of the forms.
const VALUES: &[&str] = &[
    "甲",
    "乙",
    "修渠",
    "。",
    "，",
    "：",
    ":",
    "（",
    "）",
    "、",
    "“",
    "1",
    "2",
    "12",
    ".",
    "%",
    "25%",
    "100%",
    "≥3公里",
    "12.50",
    "1,234.50",
    "涉密",
    "无",
    "nan",
    "Unnamed: 3",
    "万元",
    "元",
    "2025",
    "年",
    "甲县水务局",
    "301001甲县水务局本级",
    "13010025P00000110001W",
    "1.",
    "1.2025年修渠经费",
    "（一）",
    "一、",
    "第一部分",
    "绩",
    "效",
    "指标",
    "表",
    "附表一",
    "科目",
    "- 5 -",
    "7",
    "……5",
    "修渠三条，共3公里。",
    "1.修渠。2.植树。",
    "按期完成",
    "计划",
    "的通知",
    "甲\u{301}",
    "😀",
    "a",
    "X=1",
];

/// All pieces, by their bytes.
static PIECES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let vocabulary = TEMPLATES.vocabulary();
    let mut labels = BTreeSet::new();
    labels.extend(vocabulary.document.0.values().flatten());
    for form in &vocabulary.forms {
        labels.extend(form.labels.0.values().flatten());
        labels.extend(&form.title);
        labels.extend(&form.milestones);
        for level in &form.indicators {
            labels.extend(&level.texts);
            labels.extend(&level.level2);
        }
    }
    let others = SEPARATORS.iter().chain(VALUES).map(|&piece| piece.to_owned());
    let pieces: Vec<String> = others.chain(labels.into_iter().cloned()).collect();
    assert!(
        pieces.len() <= usize::from(LITERAL),
        "{} pieces have no byte each",
        pieces.len()
    );
    pieces
});

/// The text that an input stands for.
pub fn text(mut input: &[u8]) -> String {
    let mut text = String::new();
    while let Some((&byte, rest)) = input.split_first() {
        input = rest;
        if byte == LITERAL {
            let length = input
                .first()
                .map_or(0, |&length| usize::from(length) + 1)
                .min(input.len());
            let (literal, rest) = input.split_at(length);
            text.push_str(&String::from_utf8_lossy(literal.get(1..).unwrap_or_default()));
            input = rest;
        } else {
            text.push_str(PIECES.get(usize::from(byte)).map_or("\n", String::as_str));
        }
    }
    text
}

/// The input that stands for a text.
pub fn input(mut text: &str) -> Vec<u8> {
    let mut input = Vec::new();
    let mut literal = String::new();
    let flush = |literal: &mut String, input: &mut Vec<u8>| {
        if !literal.is_empty() {
            input.extend([LITERAL, literal.len() as u8]);
            input.extend(literal.bytes());
            literal.clear();
        }
    };
    while let Some(first) = text.chars().next() {
        let here = PIECES
            .iter()
            .enumerate()
            .filter(|(_, piece)| text.starts_with(piece.as_str()));
        if let Some((byte, piece)) = here.max_by_key(|(_, piece)| piece.len()) {
            flush(&mut literal, &mut input);
            input.push(byte as u8);
            text = &text[piece.len()..];
        } else {
            if literal.len() + first.len_utf8() > 255 {
                flush(&mut literal, &mut input);
            }
            literal.push(first);
            text = &text[first.len_utf8()..];
        }
    }
    flush(&mut literal, &mut input);
    input
}
