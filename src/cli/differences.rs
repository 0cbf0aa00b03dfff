//! `diff`: what differs between two documents, as a table, as JSON or as a workbook.
//!
//! Architecture invariant: what differs is found in `merge`; here it is only worded.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde::Serialize;

use super::report::{column_count, columns, field_words, one_line};
use super::{DONE, ERRORS, Stop, commands, report, say};
use crate::finding::{Code, Finding, Language, Message, Place, Severity};
use crate::merge::{Change, ChangeKind, FormName, differences_of_all};
use crate::model::Department;
use crate::template::{Compared, Comparison};
use crate::vocab::Vocabulary;
use crate::workspace::{Input, Press, STANDARD_INPUT, holds, read_departments, unwritable, write_whole};

/// The most columns of a terminal for a text; a longer one is cut around the first difference.
const MOST_SHOWN: usize = 30;
/// How many columns of what is equal are shown before the first difference.
const SHOWN_BEFORE: usize = 8;
/// Stands for a blank where texts differ in blanks alone.
const BLANK: char = '␣';

/// A difference with the department that it is in.
#[derive(Serialize)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(flatten)]
    change: Change,
}

/// `diff`.
pub(super) fn run(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let press = commands::press(matches)?;
    let templates = &press.templates;
    let [before, after] = ["before", "after"].map(|name| input(matches, name));
    if before.is_standard && after.is_standard {
        let message = Message::new(
            "标准输入只能用作其中一份。",
            "only one of the two can be standard input",
        );
        return Err(Box::new(Finding::new(Code::InputUnreadable, message)).into());
    }
    let told = differences(
        &read(&before, &press, language)?,
        &read(&after, &press, language)?,
        matches.get_flag("ignore-blanks"),
    );
    let vocabulary = templates.vocabulary();
    let out = matches.get_one::<PathBuf>("out");
    let bytes = match matches.get_one::<String>("to").map(String::as_str) {
        Some("json") => {
            let mut json = serde_json::to_vec_pretty(&told).map_err(io::Error::from)?;
            json.push(b'\n');
            json
        }
        Some("xlsx") => {
            let comparison = Comparison {
                before: before.shown(),
                after: after.shown(),
                rows: told.iter().map(|told| row(told, vocabulary)).collect(),
            };
            let document = templates.fill_comparison(&comparison).map_err(Box::new)?;
            press.write_workbook(&document)?
        }
        _ => table(&told, vocabulary, language).into_bytes(),
    };
    match out {
        Some(out) => {
            let is_input = |input: &Input| !input.is_standard && is_same_file(&input.path, out);
            store(
                out,
                &bytes,
                matches.get_flag("force") && !is_input(&before) && !is_input(&after),
            )?;
            io::stdout().write_all(closing_line(&told, vocabulary, language).as_bytes())?;
        }
        None => io::stdout().write_all(&bytes)?,
    }
    Ok(if told.is_empty() { DONE } else { ERRORS })
}

fn input(matches: &ArgMatches, name: &str) -> Input {
    let path = matches.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let is_standard = path.as_os_str() == STANDARD_INPUT;
    Input { path, is_standard }
}

/// Reads the departments of an input. Of what was found only errors are told, as they may be why texts
/// differ; `check` and `build` tell the rest.
fn read(input: &Input, press: &Press, language: Language) -> Result<Vec<Department>, Stop> {
    let (departments, mut findings) = read_departments(input, press)?;
    findings.retain(|finding| finding.severity == Severity::Error);
    report::tell(
        &mut io::stderr(),
        &findings,
        Some(press.templates.vocabulary()),
        language,
    );
    Ok(departments)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Writes the result to a file that is not there yet, or that may be replaced.
fn store(out: &Path, bytes: &[u8], may_replace: bool) -> Result<(), Box<Finding>> {
    match holds(out, bytes) {
        Ok(Some(true)) => Ok(()),
        Ok(Some(false)) if !may_replace => {
            let message = Message::new(
                "文件已存在，未覆盖。",
                "the file is there already and was not overwritten",
            );
            let help = Message::new(
                "请换一个文件名；确需覆盖时加 --force（两份输入文件除外）。",
                "Choose another name, or add --force (never for the two documents themselves).",
            );
            let finding = Finding::new(Code::OutputUnwritable, message).with_help(help);
            Err(Box::new(finding.in_file(out.display().to_string())))
        }
        Ok(_) => write_whole(out, bytes).map_err(|error| Box::new(unwritable(out, &error))),
        Err(error) => Err(Box::new(unwritable(out, &error))),
    }
}

/// The differences that people can see: a field that has no text on either side does not differ, nor,
/// if they say so, one that differs in blanks alone.
fn differences(before: &[Department], after: &[Department], ignores_blanks: bool) -> Vec<Told> {
    let is_seen = |change: &Change| {
        let (before, after) = (
            letters(change.before.as_deref()),
            letters(change.after.as_deref()),
        );
        let is_blank = before.is_empty() && after.is_empty();
        change.kind != ChangeKind::Changed || !(is_blank || ignores_blanks && before == after)
    };
    let mut told = Vec::new();
    for own in differences_of_all(before, after) {
        let changes = own.changes.into_iter().filter(is_seen);
        told.extend(changes.map(|change| Told {
            department: own.department.clone(),
            change,
        }));
    }
    told
}

/// A text without its blanks.
fn letters(text: Option<&str>) -> String {
    text.unwrap_or_default().split_whitespace().collect()
}

fn kind_name(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Changed => "changed",
        ChangeKind::Added => "added",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Moved => "moved",
    }
}

/// The word for a kind: in Chinese the one that the table in the workbook has.
fn kind_word(kind: ChangeKind, vocabulary: &Vocabulary, language: Language) -> &str {
    match language {
        Language::Zh => vocabulary
            .document
            .printed(&format!("difference_{}", kind_name(kind))),
        Language::En => kind_name(kind),
    }
}

/// The words for the field of a change; where an item was moved also those for its new place.
pub(super) fn field(change: &Change, vocabulary: &Vocabulary, language: Language) -> String {
    let words = |path: &str| {
        let below = match path
            .strip_prefix("projects[")
            .and_then(|rest| rest.split_once(']'))
        {
            Some((_, "")) => return say(language, "整张表", "whole form").to_owned(),
            Some((_, below)) => below.trim_start_matches('.'),
            None if path.is_empty() => return say(language, "整个部门", "whole department").to_owned(),
            None => path,
        };
        field_words(below, Some(vocabulary), language)
    };
    match (&change.path_after, change.kind) {
        (Some(after), ChangeKind::Moved)
            if change.path.starts_with("projects[") && change.path.ends_with(']') =>
        {
            let (before, now) = (words(&change.path), words(after));
            if before == now {
                format!(
                    "{before} {} → {}",
                    place_in_list(&change.path),
                    place_in_list(after)
                )
            } else {
                format!("{before} → {now}")
            }
        }
        (Some(after), ChangeKind::Moved) => format!("{} → {}", words(&change.path), words(after)),
        _ => words(&change.path),
    }
}

/// The number of an item in its list, from 1, by its path.
fn place_in_list(path: &str) -> String {
    let index = path.trim_end_matches(']').rsplit('[').next().unwrap_or_default();
    index
        .parse::<usize>()
        .map_or_else(|_| String::new(), |index| (index + 1).to_string())
}

fn form(form: &FormName, language: Language) -> String {
    let number = match language {
        Language::Zh => format!("表{}", form.number),
        Language::En => format!("form {}", form.number),
    };
    format!("{number} {}", one_line(&form.name)).trim_end().to_owned()
}

/// Both texts of a change; where they differ in blanks alone, these are made visible.
fn texts(change: &Change) -> (String, String) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (before, after) = (text(&change.before), text(&change.after));
    if change.kind == ChangeKind::Changed && letters(Some(&before)) == letters(Some(&after)) {
        let visible = |text: &str| -> String {
            let sign = |c: char| if c.is_whitespace() && c != '\n' { BLANK } else { c };
            text.chars().map(sign).collect()
        };
        return (visible(&before), visible(&after));
    }
    (before, after)
}

/// A row of the workbook.
fn row(told: &Told, vocabulary: &Vocabulary) -> Compared {
    let change = &told.change;
    let language = Language::Zh;
    let (before, after) = texts(change);
    let place = |place: &Option<Place>| {
        place
            .as_ref()
            .map_or(String::new(), |place| place.in_language(language))
    };
    let of = match &change.form {
        Some(own) => form(own, language),
        None => told.department.clone().unwrap_or_default(),
    };
    Compared {
        kind: kind_name(change.kind).to_owned(),
        form: of,
        field: field(change, vocabulary, language),
        before,
        after,
        place_before: place(&change.place_before),
        place_after: place(&change.place_after),
    }
}

/// The differences for a terminal, those of a form under its name.
fn table(told: &[Told], vocabulary: &Vocabulary, language: Language) -> String {
    let rows: Vec<[String; 4]> = told
        .iter()
        .map(|told| {
            let (before, after) = shown(&told.change, language);
            let kind = kind_word(told.change.kind, vocabulary, language).to_owned();
            [kind, field(&told.change, vocabulary, language), before, after]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let has_many = told
        .windows(2)
        .any(|pair| pair[0].department != pair[1].department);
    let mut text = String::new();
    let mut last = None;
    for (told, row) in told.iter().zip(&rows) {
        let head = (&told.department, &told.change.form);
        if last != Some(head) {
            let mut name = match &told.change.form {
                Some(own) => form(own, language),
                None => say(language, "封面、目录和正文", "cover, contents and narrative").to_owned(),
            };
            if let Some(department) = told.department.as_ref().filter(|_| has_many) {
                name = format!("{} · {name}", one_line(department));
            }
            if last.is_some() {
                text.push('\n');
            }
            text.push_str(&name);
            text.push('\n');
            last = Some(head);
        }
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str("  ");
            line.push_str(cell);
            line.push_str(&" ".repeat(width - columns(cell)));
        }
        line.push_str("  ");
        line.push_str(&places(&told.change, language));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if !told.is_empty() {
        text.push('\n');
    }
    text + &closing_line(told, vocabulary, language)
}

fn places(change: &Change, language: Language) -> String {
    let place = |place: &Option<Place>| place.as_ref().map(|place| one_line(&place.in_language(language)));
    match (place(&change.place_before), place(&change.place_after)) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(before), None) => before,
        (None, Some(after)) => format!("→ {after}"),
        (None, None) => String::new(),
    }
}

/// Both texts of a change for a line of a terminal.
pub(super) fn shown(change: &Change, language: Language) -> (String, String) {
    let (before, after) = texts(change);
    let (before, after) = (one_line(&before), one_line(&after));
    let is_changed = change.kind == ChangeKind::Changed;
    let mut first = 0;
    if is_changed {
        let pairs = before.chars().zip(after.chars());
        first = pairs.take_while(|(one, other)| one == other).count();
    }
    let cell = |text: &str| match text {
        "" if is_changed => say(language, "（空）", "(blank)").to_owned(),
        "" => "–".to_owned(),
        text => excerpt(text, first),
    };
    // The text of an item that was moved is said once.
    let after = if change.kind == ChangeKind::Moved {
        String::new()
    } else {
        after
    };
    (cell(&before), cell(&after))
}

/// A text of at most [`MOST_SHOWN`] columns; of a longer one what stands around the character `first`.
fn excerpt(text: &str, first: usize) -> String {
    if columns(text) <= MOST_SHOWN {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let first = first.min(characters.len());
    let width = |range: &[char]| range.iter().map(|&c| column_count(c)).sum::<usize>();
    let mut start = first;
    while start > 0 && width(&characters[start - 1..first]) <= SHOWN_BEFORE {
        start -= 1;
    }
    // Where the end is near, more of the beginning fits.
    while start > 0 && width(&characters[start - 1..]) < MOST_SHOWN {
        start -= 1;
    }
    let mut shown = if start > 0 {
        "…".to_owned()
    } else {
        String::new()
    };
    let mut left = MOST_SHOWN - 2;
    let mut end = start;
    while let Some(&c) = characters.get(end).filter(|&&c| column_count(c) <= left) {
        left -= column_count(c);
        shown.push(c);
        end += 1;
    }
    if end < characters.len() {
        shown.push('…');
    }
    shown
}

/// Such as `3 differences: 2 changed, 1 added`.
fn closing_line(told: &[Told], vocabulary: &Vocabulary, language: Language) -> String {
    if told.is_empty() {
        return format!("{}\n", say(language, "没有不同。", "No differences."));
    }
    let mut counts: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    for told in told {
        *counts.entry(told.change.kind).or_default() += 1;
    }
    let words = |(kind, count): (&ChangeKind, &usize)| {
        let word = kind_word(*kind, vocabulary, language);
        match language {
            Language::Zh => format!("{word} {count}"),
            Language::En => format!("{count} {word}"),
        }
    };
    let counts: Vec<String> = counts.iter().map(words).collect();
    match (language, told.len()) {
        (Language::Zh, all) => format!("共 {all} 处不同：{}\n", counts.join("，")),
        (Language::En, 1) => format!("1 difference: {}\n", counts.join(", ")),
        (Language::En, all) => format!("{all} differences: {}\n", counts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_around_the_first_difference() {
        let before = format!("{}甲{}", "一".repeat(40), "二".repeat(40));
        let shown = excerpt(&before, 40);
        assert!(
            shown.starts_with("…一一一一甲二") && shown.ends_with('…'),
            "{shown}"
        );
        assert!(columns(&shown) <= MOST_SHOWN, "{shown}");
        assert_eq!(excerpt("短", 0), "短");
        let shown = excerpt(&before, 90);
        assert!(
            shown.starts_with('…') && shown.ends_with("二二") && columns(&shown) <= MOST_SHOWN,
            "{shown}"
        );
        let shown = excerpt(&before, 0);
        assert!(shown.starts_with("一一") && shown.ends_with('…'), "{shown}");
    }

    #[test]
    fn blanks_are_shown_where_nothing_else_differs() {
        let change = Change {
            kind: ChangeKind::Changed,
            path: "projects[0].name".to_owned(),
            path_after: None,
            form: None,
            before: Some("植树 经费".to_owned()),
            after: Some("植树经费".to_owned()),
            place_before: None,
            place_after: None,
        };
        assert_eq!(texts(&change), ("植树␣经费".to_owned(), "植树经费".to_owned()));
    }
}
