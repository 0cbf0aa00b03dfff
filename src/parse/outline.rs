//! Where the parts of a document begin and end: cover, contents, narrative, and one span per form.

use std::ops::Range;

use super::lexicon::{Heading, Label, Lexicon, numbered, without_page};
use super::residue::is_page_number;
use super::{Account, unknown};
use crate::blocks::BlockKind;

/// The parts of a document, as ranges of block numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// All blocks of the department.
    pub(super) all: Range<usize>,
    pub(super) cover: Range<usize>,
    pub(super) contents: Range<usize>,
    pub(super) narrative: Range<usize>,
    pub(super) forms: Vec<FormSpan>,
    /// The forms of unknown kinds: from the title to the next form.
    pub(super) unknown: Vec<Range<usize>>,
}

/// Where one form stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormSpan {
    /// The blocks that its title is on; more than one where the title is broken. Empty without a title.
    pub(super) title: Range<usize>,
    /// Title, unit and amount unit, up to the table.
    pub(super) head: Range<usize>,
    /// The table and what follows it up to the next form.
    pub(super) body: Range<usize>,
}

impl Outline {
    /// The ordinal, from 1, of the form that a block belongs to.
    pub(super) fn form_at(&self, block: usize) -> Option<u32> {
        let at = self.forms.partition_point(|span| span.body.end <= block);
        let span = self.forms.get(at)?;
        (span.head.start <= block).then_some(at as u32 + 1)
    }
}

/// Where one department ends and the next begins: at a cover, a contents list or a part one behind
/// forms. The ranges cover all blocks.
pub(super) fn departments(account: &Account, lexicon: &Lexicon) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut forms_seen = false;
    // Where the next department begins, if a form follows.
    let mut next = None;
    for block in 0..account.blocks.len() {
        if account.is_row(block) && is_anchor(account, lexicon, block) {
            forms_seen = true;
            starts.extend(next.take());
        } else if forms_seen && account.is_one_text(block) && begins_department(account, lexicon, block) {
            let earliest = starts.last().map_or(0, |start| start + 1);
            next = Some(cover_start(account, lexicon, earliest, block));
            forms_seen = false;
        }
    }
    let ends = starts[1..].iter().copied().chain([account.blocks.len()]);
    starts.iter().zip(ends).map(|(&start, end)| start..end).collect()
}

/// Whether a line stands only in front of a department's forms.
pub(super) fn begins_department(account: &Account, lexicon: &Lexicon, block: usize) -> bool {
    let line = &account.cells(block)[0].text;
    lexicon.is_document_title(line)
        || matches!(
            lexicon.heading(line),
            Some(Heading::Contents | Heading::PartOne | Heading::PartOneTitle)
        )
}

/// The first line of the cover that `block` is on: the short lines in front of it, up to the table
/// before them.
pub(super) fn cover_start(account: &Account, lexicon: &Lexicon, earliest: usize, block: usize) -> usize {
    const MOST_LINES: usize = 4;
    let mut start = block;
    let mut lines = 0;
    for before in (earliest..block).rev() {
        match account.blocks.kind(before) {
            BlockKind::Blank | BlockKind::Furniture => continue,
            BlockKind::PageBreak => {
                if lines > 0 {
                    break;
                }
                continue;
            }
            BlockKind::Row | BlockKind::Paragraph => {}
        }
        let line = account.line(before).text;
        let is_name = account.is_one_text(before)
            && line.chars().count() <= 40
            && !line.ends_with(['。', '；', '，', '：'])
            && super::lexicon::enumerator(&line).is_none();
        // What still belongs to a table is no line of a cover.
        let in_table =
            account.is_row(before) && account.blocks.width(before) > 1 || lexicon.label(&line).is_some();
        if !is_name || in_table || lines == MOST_LINES {
            break;
        }
        if !is_page_number(&line) {
            lines += 1;
            start = before;
        }
    }
    start
}

pub(super) fn read(account: &Account, lexicon: &Lexicon, all: Range<usize>) -> Outline {
    let mut forms = forms(account, lexicon, all.clone());
    let unknown = unknown::take(account, lexicon, &all, &mut forms);
    let starts = [
        forms.first().map(|form| form.head.start),
        unknown.first().map(|form| form.start),
    ];
    let end = starts.into_iter().flatten().min().unwrap_or(all.end);
    let headings: Vec<(usize, Heading)> = (all.start..end)
        .filter_map(|block| Some((block, lexicon.heading(&account.line(block).text)?)))
        .collect();
    let first = |wanted: Heading| {
        headings
            .iter()
            .find(|(_, heading)| *heading == wanted)
            .map(|(block, _)| *block)
    };

    let contents_heading = first(Heading::Contents);
    let body = body_start(account, &headings, contents_heading);
    let contents_start = contents_heading.or_else(|| {
        // Contents without their heading: part one is named twice, the first time in the contents.
        first(Heading::PartOne).filter(|&part_one| body.is_some_and(|body| part_one < body))
    });
    let body = body.unwrap_or_else(|| contents_end(account, lexicon, contents_start, end));
    let contents = contents_start
        .filter(|&start| start < body)
        .map_or(body..body, |start| start..body);
    let part_two = headings
        .iter()
        .rev()
        .find(|(block, heading)| *block > body && matches!(heading, Heading::PartTwo | Heading::PartTwoTitle))
        .map(|&(block, heading)| {
            // 第二部分 and its title are usually two lines; the part begins with the first of them.
            let before = headings
                .iter()
                .rev()
                .find(|(earlier, _)| *earlier < block && *earlier > body);
            match (heading, before) {
                (Heading::PartTwoTitle, Some(&(earlier, Heading::PartTwo))) => earlier,
                _ => block,
            }
        });
    Outline {
        cover: all.start..contents.start,
        all,
        contents,
        narrative: body..part_two.unwrap_or(end),
        forms,
        unknown,
    }
}

/// The block where part one begins for good, behind the contents list.
fn body_start(account: &Account, headings: &[(usize, Heading)], contents: Option<usize>) -> Option<usize> {
    let begins_body = |heading: Heading| {
        matches!(
            heading,
            Heading::PartOne | Heading::Section(_) | Heading::PartOneTitle
        )
    };
    let has_page = |block: usize| {
        let line = account.line(block).text;
        without_page(&line).0.len() < line.len()
    };
    let parts: Vec<usize> = headings
        .iter()
        .filter(|(_, heading)| *heading == Heading::PartOne)
        .map(|(block, _)| *block)
        .collect();
    let last_part = parts.last().copied().filter(|&block| !has_page(block));
    if let Some(block) = last_part
        && (parts.len() > 1 || contents.is_none_or(|contents| block < contents))
    {
        return Some(block);
    }
    // Part one is named once at most: where there are contents, the body begins at the heading that
    // comes a second time.
    let mut seen: Vec<Heading> = Vec::new();
    let mut last = None;
    for &(block, heading) in headings.iter().filter(|(_, heading)| begins_body(*heading)) {
        let page = has_page(block);
        if contents.is_none_or(|contents| block > contents)
            && !page
            && seen.contains(&heading)
            && last != Some(heading)
        {
            return Some(block);
        }
        seen.push(heading);
        last = Some(heading);
    }
    let candidates = headings
        .iter()
        .filter(|(block, heading)| begins_body(*heading) && !has_page(*block));
    let mut candidates = candidates.map(|(block, _)| *block);
    match contents {
        None => candidates.next(),
        // Every heading is listed with its page, so that the first without one is the body's.
        Some(_) if headings.iter().any(|(block, _)| has_page(*block)) => {
            let listed = headings
                .iter()
                .filter(|(block, _)| has_page(*block))
                .map(|(block, _)| *block)
                .max();
            candidates.find(|block| listed.is_none_or(|listed| *block > listed))
        }
        Some(_) => None,
    }
}

/// The end of a contents list that no body heading follows: behind its last line with a page number.
fn contents_end(account: &Account, lexicon: &Lexicon, contents: Option<usize>, end: usize) -> usize {
    let Some(start) = contents else { return end };
    let listed = |block: &usize| {
        let line = account.line(*block).text;
        without_page(&line).1.is_some() || lexicon.heading(&line).is_some() || is_page_number(&line)
    };
    (start..end).rev().find(listed).map_or(end, |last| last + 1)
}

/// The forms: each begins with its title, or where the row with the project code has none before it.
fn forms(account: &Account, lexicon: &Lexicon, all: Range<usize>) -> Vec<FormSpan> {
    let mut spans: Vec<FormSpan> = Vec::new();
    for block in all.clone() {
        if account.is_row(block) && is_anchor(account, lexicon, block) {
            let from = spans.last().map_or(all.start, |span| span.body.start + 1);
            let (title, head_start) = head(account, lexicon, from, block);
            // Other labels than the code's may stand in the midst of a table too.
            if title.is_empty() && anchor(account, lexicon, block) != Some(Label::Code) {
                continue;
            }
            if let Some(span) = spans.last_mut() {
                span.body.end = head_start;
            }
            spans.push(FormSpan {
                title,
                head: head_start..block,
                body: block..all.end,
            });
        }
    }
    add_forms_without_code(account, lexicon, &all, &mut spans);
    spans
}

/// The label that a row begins with, if tables of forms begin with that.
fn anchor(account: &Account, lexicon: &Lexicon, block: usize) -> Option<Label> {
    let first = account.cells(block).first()?;
    let label = lexicon.label(&first.text)?;
    lexicon.begins_form(label).then_some(label)
}

/// Whether a row can be the first of a form.
fn is_anchor(account: &Account, lexicon: &Lexicon, block: usize) -> bool {
    anchor(account, lexicon, block).is_some()
}

/// A form's head is not longer than this.
const HEAD_LINES: usize = 60;

/// Goes back from a form's table to its title. Returns the blocks of the title and where the head begins.
pub(super) fn head(account: &Account, lexicon: &Lexicon, from: usize, table: usize) -> (Range<usize>, usize) {
    let mut start = table;
    for block in (from.max(table.saturating_sub(HEAD_LINES))..table).rev() {
        match account.blocks.kind(block) {
            BlockKind::Blank | BlockKind::PageBreak | BlockKind::Furniture => continue,
            BlockKind::Row | BlockKind::Paragraph => {}
        }
        let line = account.line(block).text;
        if let Some(title) = title(account, lexicon, from, block) {
            return (title.clone(), title.start);
        }
        if line.is_empty() || is_page_number(&line) || is_unit(&line) || is_amount_unit(lexicon, &line) {
            if !line.is_empty() && !is_page_number(&line) {
                start = block;
            }
            continue;
        }
        break;
    }
    (start..start, start)
}

/// The title above a form whose first label was read behind other texts of it, and where these begin.
pub(super) fn title_above(
    account: &Account,
    lexicon: &Lexicon,
    from: usize,
    table: usize,
) -> Option<(Range<usize>, usize)> {
    let mut start = table;
    for block in (from.max(table.saturating_sub(HEAD_LINES))..table).rev() {
        if account.blocks.kind(block) == BlockKind::Row {
            return None;
        }
        if account.blocks.kind(block) != BlockKind::Paragraph {
            continue;
        }
        let line = account.line(block).text;
        if lexicon.heading(&line).is_some() {
            return None;
        }
        if let Some(title) = title(account, lexicon, from, block) {
            let text: String = title.clone().map(|block| account.line(block).text).collect();
            return numbered(&text).is_some().then_some((title, start));
        }
        // A project code begins as a unit's does.
        let is_code = line.len() > 9 && line.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_code || !is_unit(&line) && !is_amount_unit(lexicon, &line) && !is_page_number(&line) {
            start = block;
        }
    }
    None
}

/// The blocks of the title that ends with the paragraph `last`, if one does. A title that is broken
/// over lines has its number on the first of them.
fn title(account: &Account, lexicon: &Lexicon, from: usize, last: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 200;
    if !account.is_one_text(last) || !lexicon.may_end_title(&account.cells(last)[0].text) {
        return None;
    }
    let mut text = String::new();
    let mut unnumbered = None;
    for first in (from.max(last.saturating_sub(3))..=last).rev() {
        if !account.is_one_text(first) {
            break;
        }
        let line = account.line(first).text;
        if first < last && (lexicon.heading(&line).is_some() || lexicon.ends_as_title(&line)) {
            break;
        }
        text.insert_str(0, &line);
        if text.chars().count() > LONGEST {
            break;
        }
        if lexicon.ends_as_title(&text) && without_page(&text).1.is_none() {
            if numbered(&text).is_some() {
                return Some(first..last + 1);
            }
            unnumbered = unnumbered.or(Some(first..last + 1));
        }
    }
    unnumbered
}

/// Whether a line is a unit's code and name: `731001某某局`.
pub(super) fn is_unit(line: &str) -> bool {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = line[digits..].trim_start();
    (3..=12).contains(&digits) && rest.chars().next().is_none_or(|c| c.is_alphabetic() && c != '年')
}

/// Whether a line is the unit of the amounts: `单位：万元`.
pub(super) fn is_amount_unit(lexicon: &Lexicon, line: &str) -> bool {
    amount_unit(lexicon, line).is_some()
}

/// The unit of the amounts in a line that says nothing else.
pub(super) fn amount_unit<'t>(lexicon: &Lexicon, line: &'t str) -> Option<&'t str> {
    let (label, unit) = line.split_once(['：', ':'])?;
    let unit = unit.trim();
    (lexicon.label(label) == Some(Label::AmountUnit) && !unit.is_empty() && unit.chars().count() <= 6)
        .then_some(unit)
}

/// Adds the forms that have a title and a table, but lost the row with the project code.
fn add_forms_without_code(
    account: &Account,
    lexicon: &Lexicon,
    all: &Range<usize>,
    spans: &mut Vec<FormSpan>,
) {
    /// The table follows its title at once; what follows much later is another's.
    const LOOKAHEAD: usize = 40;
    let mut added: Vec<FormSpan> = Vec::new();
    let first = spans.first().map_or(all.start, |span| span.head.start);
    // The number of the known form that the block stands before or in.
    let mut at = 0;
    for block in first..all.end {
        while spans.get(at).is_some_and(|span| span.head.end <= block) {
            at += 1;
        }
        let next = spans.get(at);
        if next.is_some_and(|span| span.head.contains(&block)) {
            continue;
        }
        let Some(title) = title(account, lexicon, first, block) else {
            continue;
        };
        if numbered(&account.line(title.start).text).is_none() {
            continue;
        }
        let end = next.map_or(all.end, |span| span.head.start);
        let holds_label = |row: &usize| {
            account.is_row(*row)
                && account
                    .cells(*row)
                    .iter()
                    .any(|piece| lexicon.label(&piece.text).is_some())
        };
        if let Some(table) = (block + 1..end.min(block + LOOKAHEAD)).find(holds_label) {
            added.push(FormSpan {
                title: title.clone(),
                head: title.start..table,
                body: table..end,
            });
        }
    }
    if added.is_empty() {
        return;
    }
    spans.append(&mut added);
    spans.sort_by_key(|span| span.head.start);
    for at in 1..spans.len() {
        spans[at - 1].body.end = spans[at].head.start;
    }
}
