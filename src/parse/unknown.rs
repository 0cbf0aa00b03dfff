//! Forms of kinds that no label table describes. They are neither dropped nor squeezed into a known
//! form: a finding names them, and the rest of the document is read without them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexicon::{Label, Lexicon, numbered, without_page};
use super::outline::FormSpan;
use super::{Account, Fate};
use crate::blocks::BlockKind;
use crate::finding::{Code, Finding, Message};

/// The table of a form follows its title within so many blocks.
const NEAR: usize = 12;
/// A form has at least so many rows.
const FEWEST_ROWS: usize = 3;

/// Finds the forms of unknown kinds, and takes from the known ones what belongs to these.
pub(super) fn take(
    account: &Account,
    lexicon: &Lexicon,
    all: &Range<usize>,
    forms: &mut Vec<FormSpan>,
) -> Vec<Range<usize>> {
    let titles: Vec<(usize, usize)> = all
        .clone()
        .filter(|&block| account.is_one_text(block))
        .filter_map(|block| Some((block, table_below(account, lexicon, block, all.end)?)))
        .collect();
    let mut unknown: Vec<Range<usize>> = Vec::new();
    for (at, &(title, table)) in titles.iter().enumerate() {
        if unknown.last().is_some_and(|last| last.contains(&table)) {
            continue;
        }
        // A form that has the code's label, but this title, is this one.
        let own = forms
            .iter()
            .position(|form| form.title.is_empty() && form.body.start == table);
        if let Some(own) = own {
            forms.remove(own);
        }
        let next_form = forms.partition_point(|form| form.head.start <= title);
        let end = forms.get(next_form).map_or(all.end, |form| form.head.start);
        let end = titles.get(at + 1).map_or(end, |&(next, _)| end.min(next));
        let rows = (table..end).filter(|&block| account.cells(block).len() > 1);
        if rows.take(FEWEST_ROWS).count() < FEWEST_ROWS {
            continue;
        }
        if let Some(before) = next_form.checked_sub(1).and_then(|before| forms.get_mut(before)) {
            before.body.end = before.body.end.min(title);
        }
        unknown.push(title..end);
    }
    unknown
}

/// The first row of the table that a line is the title of, if the table is of no known kind.
fn table_below(account: &Account, lexicon: &Lexicon, title: usize, end: usize) -> Option<usize> {
    let cell = account.cells(title).first()?;
    let in_table = account.is_row(title) && (cell.column > 0 || account.blocks.width(title) == 1);
    let line = &*cell.text;
    if in_table
        || !lexicon.is_table_title(line)
        || lexicon.ends_as_title(line)
        || without_page(line).1.is_some()
    {
        return None;
    }
    let table = (title + 1..end.min(title + NEAR)).find(|&block| account.cells(block).len() > 1)?;
    let first = account.cells(table).first()?;
    let is_level = lexicon.is_level1(&first.text, "") || lexicon.is_level2(&first.text);
    let begins_table = account.blocks.kind(table) == BlockKind::Row
        && first.column == 0
        && !is_level
        && !lexicon.ends_as_title(&account.line(table - 1).text);
    let texts = (title + 1..table).all(|block| account.cells(block).len() <= 1);
    (begins_table && texts).then_some(table)
}

/// Names a form of an unknown kind: its title, its labels, and the known form that is most like it.
pub(super) fn name(account: &mut Account, lexicon: &Lexicon, form: &Range<usize>) {
    const MOST_LABELS: usize = 12;
    let title = account.line(form.start);
    let mut known: BTreeSet<Label> = BTreeSet::new();
    let mut labels: Vec<&str> = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    for block in form.clone() {
        let is_row = account.cells(block).len() > 1;
        for (at, cell) in account.cells(block).iter().enumerate() {
            let text = &*cell.text;
            texts.push(text);
            let label = lexicon.label(text);
            known.extend(label);
            let is_label = is_row && (label.is_some() || at == 0 && is_like_label(lexicon, text));
            if is_label && labels.len() < MOST_LABELS && !labels.contains(&text) {
                labels.push(text);
            }
        }
    }
    let nearest = lexicon
        .vocabulary
        .forms
        .iter()
        .zip(&lexicon.form_labels)
        .map(|(form, labels)| (labels.intersection(&known).count(), form))
        .rev()
        .max_by_key(|(common, _)| *common)
        .filter(|(common, _)| *common > 0);
    let seen = labels.join("、");
    let (zh, en) = match nearest {
        Some((common, nearest)) => (
            format!("最接近的表样是 {}（相同栏目 {common} 个）", nearest.name),
            format!(
                "the nearest known form is {} ({common} labels in common)",
                nearest.name
            ),
        ),
        None => (
            "与已有表样没有相同栏目".to_owned(),
            "it has no label in common with a known form".to_owned(),
        ),
    };
    let mut finding = Finding::new(
        Code::FormUnknown,
        Message::new(
            format!("该表不是已知的表样，未写入；见到的栏目：{seen}；{zh}。"),
            format!("This form is of no known kind and was left out; labels seen: {seen}; {en}."),
        ),
    )
    .at(account.place(title.start))
    .quoting(texts.join(" "));
    finding.form = numbered(&title.text).map(|(number, _)| number);
    account.findings.push(finding);
    for block in form.clone() {
        account.settle(block, Fate::Named);
    }
}

/// Whether the first text of a row looks like a label: a few words without a number.
fn is_like_label(lexicon: &Lexicon, text: &str) -> bool {
    const LONGEST: usize = 14;
    text.chars().count() <= LONGEST
        && !text.contains(|c: char| c.is_ascii_digit())
        && !lexicon.is_level1(text, "")
        && !lexicon.is_level2(text)
}
