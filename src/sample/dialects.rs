//! The dialects that documents are written in: what text extractors make of an office's document.

use std::fmt::Write;

use encoding_rs::GB18030;

use super::parts::{Cell, Part, Row};
use super::random::Random;

/// How a document is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Plain text as from Word: each cell on a line of its own behind a tab.
    Cells,
    /// Plain text as from OCR: each row on a line, its cells parted by tabs.
    Tsv,
    /// Markdown with tables between bars.
    Markdown,
    /// HTML with merged cells.
    Html,
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// A PDF.
    Pdf,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Dialect; 7] = [
        Dialect::Cells,
        Dialect::Tsv,
        Dialect::Markdown,
        Dialect::Html,
        Dialect::Csv,
        Dialect::Xlsx,
        Dialect::Pdf,
    ];

    /// What it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Cells => "cells",
            Dialect::Tsv => "tsv",
            Dialect::Markdown => "markdown",
            Dialect::Html => "html",
            Dialect::Csv => "csv",
            Dialect::Xlsx => "xlsx",
            Dialect::Pdf => "pdf",
        }
    }

    /// What the names of its files end with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Dialect::Cells => "txt",
            Dialect::Markdown => "md",
            _ => self.name(),
        }
    }

    /// Whether it is plain text, in which anything may get lost.
    pub(super) fn is_damaged(self) -> bool {
        matches!(
            self,
            Dialect::Cells | Dialect::Tsv | Dialect::Markdown | Dialect::Csv
        )
    }

    /// Whether its rows have a cell for each column.
    pub(super) fn is_a_grid(self) -> bool {
        matches!(self, Dialect::Tsv | Dialect::Markdown | Dialect::Csv)
    }

    /// Whether what stands above a form is no part of its table.
    pub(super) fn has_units_above(self) -> bool {
        self == Dialect::Tsv
    }

    /// Whether its contents list has page numbers; those of sheets have no pages.
    pub(super) fn prints_page_numbers(self) -> bool {
        self != Dialect::Csv
    }
}

/// Writes parts in a dialect that is text, in an encoding and with the ends of lines that the random numbers
/// choose.
pub(super) fn write(parts: &[Part], dialect: Dialect, random: &mut Random) -> Vec<u8> {
    let text = match dialect {
        Dialect::Tsv => tabs(parts),
        Dialect::Markdown => bars(parts),
        Dialect::Html => return html(parts).into_bytes(),
        Dialect::Csv => commas(parts),
        Dialect::Cells | Dialect::Xlsx | Dialect::Pdf => cells(parts),
    };
    encoded(&text, random)
}

fn encoded(text: &str, random: &mut Random) -> Vec<u8> {
    let text = if random.chance(30) {
        text.replace('\n', "\r\n")
    } else {
        text.to_owned()
    };
    match random.below(10) {
        0 => format!("\u{feff}{text}").into_bytes(),
        1..=3 => match GB18030.encode(&text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => text.into_bytes(),
        },
        _ => text.into_bytes(),
    }
}

fn page(page: Option<&str>) -> &str {
    page.unwrap_or_default()
}

/// A tab before each cell, a blank line below each row.
fn cells(parts: &[Part]) -> String {
    let mut text = String::from(" \n \n\n");
    for part in parts {
        // Writing to a string cannot fail.
        let _ = match part {
            Part::Line {
                text: line,
                is_heading,
            } => {
                writeln!(text, "{line}{}", if *is_heading { "\n" } else { "" })
            }
            Part::Entry(entry) => match &entry.page {
                Some(page) => writeln!(text, "{}\t{page}", entry.text),
                None => writeln!(text, "\n{}", entry.text),
            },
            Part::Rows(rows) => {
                for row in rows {
                    for cell in &row.cells {
                        let _ = writeln!(text, "\t{}", cell.text);
                    }
                    text.push('\n');
                }
                writeln!(text)
            }
        };
    }
    text
}

/// Rows on lines, paragraphs between blank lines.
fn tabs(parts: &[Part]) -> String {
    let mut text = String::from("\n");
    for part in parts {
        let _ = match part {
            Part::Line { text: line, .. } => writeln!(text, "{line}\n"),
            Part::Entry(entry) => match &entry.page {
                Some(page) => writeln!(text, "{}\t{page}", entry.text),
                None => writeln!(text, "\n{}\n", entry.text),
            },
            Part::Rows(rows) => {
                for row in rows {
                    let cells: Vec<String> = row
                        .cells
                        .iter()
                        .map(|cell| cell.text.replace('\n', " "))
                        .collect();
                    let _ = writeln!(text, "{}", cells.join("\t"));
                }
                writeln!(text)
            }
        };
    }
    text
}

/// Tables between bars below an empty header, as converters of Word documents write them.
fn bars(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        let _ = match part {
            Part::Line {
                text: line,
                is_heading: true,
            } => writeln!(text, "**{line}**\n"),
            Part::Line { text: line, .. } => writeln!(text, "{line}\n"),
            Part::Entry(entry) => writeln!(text, "{} {}\n", entry.text, page(entry.page.as_deref())),
            Part::Rows(rows) => {
                let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
                let _ = writeln!(text, "|{}\n|{}", "  |".repeat(width), " --- |".repeat(width));
                for row in rows {
                    text.push('|');
                    for cell in &row.cells {
                        let _ = write!(text, " {} |", barred(cell));
                    }
                    text.push('\n');
                }
                writeln!(text)
            }
        };
    }
    text
}

fn barred(cell: &Cell) -> String {
    let text = cell.text.replace('\\', "\\\\").replace('|', "\\|");
    text.replace('\n', "<br>")
}

/// Records as long as the widest row, lines of text in the first cell of theirs.
fn commas(parts: &[Part]) -> String {
    let rows = parts.iter().filter_map(|part| match part {
        Part::Rows(rows) => Some(rows),
        _ => None,
    });
    let width = rows.flatten().map(|row| row.cells.len()).max().unwrap_or(1);
    let mut text = String::new();
    let mut record = |cells: &[&str]| {
        let mut all: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        all.resize(width.max(all.len()), String::new());
        text.push_str(&all.join(","));
        text.push('\n');
    };
    for part in parts {
        match part {
            Part::Line { text, .. } => record(&[text]),
            Part::Entry(entry) => record(&[&entry.text]),
            Part::Rows(rows) => {
                for Row { cells, .. } in rows {
                    let cells: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
                    record(&cells);
                }
                record(&[]);
            }
        }
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn html(parts: &[Part]) -> String {
    let mut text = String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
    for part in parts {
        let _ = match part {
            Part::Line {
                text: line,
                is_heading: true,
            } => writeln!(text, "<h2>{}</h2>", escaped(line)),
            Part::Line { text: line, .. } => writeln!(text, "<p>{}</p>", escaped(line)),
            Part::Entry(entry) => {
                let page = page(entry.page.as_deref());
                writeln!(text, "<p>{}\t{page}</p>", escaped(&entry.text))
            }
            Part::Rows(rows) => {
                text.push_str("<table>");
                for row in rows {
                    text.push_str("<tr>");
                    for cell in row.cells.iter().filter(|cell| cell.rows > 0) {
                        text.push_str("<td");
                        if cell.columns > 1 {
                            let _ = write!(text, " colspan=\"{}\"", cell.columns);
                        }
                        if cell.rows > 1 {
                            let _ = write!(text, " rowspan=\"{}\"", cell.rows);
                        }
                        let _ = write!(text, "><p>{}</p></td>", escaped(&cell.text));
                    }
                    text.push_str("</tr>");
                }
                writeln!(text, "</table>")
            }
        };
    }
    text.push_str("</body></html>\n");
    text
}

fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('\n', "<br>")
}
