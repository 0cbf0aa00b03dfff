//! Tables that the text lost: their cells stand as lines of their own, or as words between spaces,
//! and nothing but the labels says that there is a form. Its rows are put together again from the
//! labels, the kinds of the values, and what an indicator row looks like.
//!
//! It stands between the readers, which know no labels, and the reader of the forms, which knows
//! rows: blocks come in and blocks go out, the same text in both. Every word of a form's lines is in
//! exactly one cell or paragraph of the result.
//!
//! The parts: `fragments` cuts lines into words and knows how they may be joined again; `head` reads
//! what stands above the indicators; `rows` puts the indicator rows together.

use std::cell::LazyCell;
use std::ops::Range;

use super::lexicon::{Label, Lexicon};
use super::outline;
use super::residue::is_page_number;
use super::{Account, Cell};
use crate::blocks::{BlockKind, Blocks, column_number};
use crate::source::Source;

mod fragments;
mod head;
mod rows;
mod scrambled;

use fragments::{Fragment, Manner, Neighbours};

/// One form that stands in lines: where its table begins and where the next text begins.
struct Region {
    lines: Range<usize>,
    title: String,
}

/// Gives the blocks with a row for each row of a form that stood in lines.
pub(super) fn recover<'a>(source: &'a Source, blocks: Blocks<'a>, lexicon: &Lexicon) -> Blocks<'a> {
    let regions = {
        let account = Account::new(source, &blocks);
        regions(&account, lexicon)
    };
    if regions.is_empty() {
        return blocks;
    }
    let pages = page_numbers(&blocks, &regions);
    let manner = Manner::of(source, &blocks, &regions, lexicon);
    let mut forms: Vec<(head::Head, Vec<Fragment>)> = regions
        .iter()
        .map(|region| {
            let fragments = fragments::cut(source, &blocks, region.lines.clone(), &pages, &manner, lexicon);
            head::read(fragments, &region.title, lexicon, &manner)
        })
        .collect();
    let tables: Vec<&[Fragment]> = forms.iter().map(|(_, table)| table.as_slice()).collect();
    let neighbours = LazyCell::new(|| Neighbours::of(&blocks));
    let mut rows = scrambled::read(&tables, lexicon, &neighbours)
        .unwrap_or_else(|| rows::read(&tables, lexicon, &manner))
        .into_iter();

    let mut recovered = Blocks::default();
    let mut next = 0;
    for (region, (head, _)) in regions.iter().zip(&mut forms) {
        for block in next..region.lines.start {
            recovered.copy(&blocks, block);
        }
        let span = blocks.span(region.lines.start).start..blocks.span(region.lines.end - 1).end;
        for (kind, cells) in head.take_rows() {
            recovered.push(kind, span.clone(), cells, 7);
        }
        for row in rows.next().into_iter().flatten() {
            match row {
                rows::Line::Row(cells) => recovered.push(BlockKind::Row, span.clone(), cells, 6),
                rows::Line::PageBreak => recovered.push(BlockKind::PageBreak, span.clone(), None, 0),
                rows::Line::Furniture(cell) => {
                    recovered.push(BlockKind::Furniture, span.clone(), [cell], 1);
                }
            }
        }
        next = region.lines.end;
    }
    for block in next..blocks.len() {
        recovered.copy(&blocks, block);
    }
    recovered
}

/// The forms that stand in lines: each from the line with the label of the project code.
fn regions(account: &Account, lexicon: &Lexicon) -> Vec<Region> {
    let blocks = account.blocks;
    let anchors: Vec<usize> = (0..blocks.len())
        .filter(|&block| blocks.kind(block) == BlockKind::Paragraph && is_anchor(account, lexicon, block))
        .collect();
    // The title of each form, and where its first line was read, which is most often that of the code.
    let heads: Vec<(Range<usize>, usize)> = anchors
        .iter()
        .enumerate()
        .map(|(at, &anchor)| {
            let from = at.checked_sub(1).map_or(0, |before| anchors[before] + 1);
            let (title, start) = outline::head(account, lexicon, from, anchor);
            if title.is_empty() {
                outline::title_above(account, lexicon, from, anchor).unwrap_or((start..start, anchor))
            } else {
                (title, anchor)
            }
        })
        .collect();
    let mut regions = Vec::with_capacity(anchors.len());
    for (at, (title, start)) in heads.iter().enumerate() {
        let start = *start;
        let limit = heads.get(at + 1);
        let mut end = limit.map_or(blocks.len(), |(next, _)| next.start);
        // A table of another manner, or the next department, ends the form too.
        let foreign = (start + 1..end).find(|&block| {
            blocks.kind(block) == BlockKind::Row && blocks.width(block) > 2
                || account.is_one_text(block) && outline::begins_department(account, lexicon, block)
        });
        if let Some(foreign) = foreign {
            end = if blocks.kind(foreign) == BlockKind::Row {
                outline::head(account, lexicon, start + 1, foreign).1
            } else {
                outline::cover_start(account, lexicon, start + 1, foreign)
            };
        }
        if holds_form(account, lexicon, start..end) {
            let title = title.clone().map(|block| account.line(block).text).collect();
            regions.push(Region {
                lines: start..end,
                title,
            });
        }
    }
    regions
}

/// Whether a line begins with the label of the project code.
fn is_anchor(account: &Account, lexicon: &Lexicon, block: usize) -> bool {
    let text = &account.cells(block)[0].text;
    let is_code = |text: &str| lexicon.label(text) == Some(Label::Code);
    if is_code(text) || broken_label(account, lexicon, block) == Some(Label::Code) {
        return true;
    }
    // The value may follow on the same line, behind a space or a colon.
    let word = text
        .split([' ', '\u{3000}', '：', ':', '\t'])
        .next()
        .unwrap_or_default();
    word.len() < text.len() && is_code(word)
}

/// The label that a line begins and the next few lines go on with, in a column too narrow for it.
fn broken_label(account: &Account, lexicon: &Lexicon, block: usize) -> Option<Label> {
    const MOST_LINES: usize = 4;
    let blocks = account.blocks;
    let first = &account.cells(block).first()?.text;
    if first.trim().is_empty() || !lexicon.begins_label(first, None) {
        return None;
    }
    let mut text = first.to_string();
    let next = (block + 1..blocks.len()).filter(|&next| blocks.kind(next) != BlockKind::Blank);
    for next in next.take(MOST_LINES - 1) {
        if blocks.kind(next) != BlockKind::Paragraph {
            return None;
        }
        let line = &account.cells(next)[0].text;
        // The code beside the label can stand between its lines.
        if line.bytes().all(|b| b.is_ascii_alphanumeric()) {
            continue;
        }
        text.push_str(line);
        if let Some(label) = lexicon.label(&text) {
            return Some(label);
        }
        if !lexicon.begins_label(&text, None) {
            return None;
        }
    }
    None
}

/// Whether lines hold more of a form than the label of its code: a mention of it in a text is none.
fn holds_form(account: &Account, lexicon: &Lexicon, lines: Range<usize>) -> bool {
    let mut seen = Vec::new();
    for block in lines.take(200) {
        for cell in account.cells(block) {
            let words = cell.text.split_whitespace();
            for label in std::iter::once(&*cell.text)
                .chain(words)
                .filter_map(|word| lexicon.label(word))
                .chain(broken_label(account, lexicon, block))
            {
                if !seen.contains(&label) {
                    seen.push(label);
                }
            }
        }
        if seen.len() >= 4 {
            return true;
        }
    }
    false
}

/// The lines inside forms that are page numbers: each goes on from the last one that was counted.
/// A number alone on a line may be a value as well.
fn page_numbers(blocks: &Blocks, regions: &[Region]) -> Vec<usize> {
    let mut pages = Vec::new();
    let mut last: Option<u32> = None;
    let mut regions = regions.iter().peekable();
    for block in 0..blocks.len() {
        while regions.next_if(|region| region.lines.end <= block).is_some() {}
        let inside = regions.peek().is_some_and(|region| region.lines.contains(&block));
        if blocks.kind(block) != BlockKind::Paragraph {
            continue;
        }
        let text = &blocks.cells(block)[0].text;
        if !is_page_number(text) {
            continue;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let Ok(number) = digits.parse::<u32>() else {
            continue;
        };
        let marked = digits.len() < text.trim().len();
        if !inside {
            last = Some(number);
        } else if marked || last.is_some_and(|last| number == last + 1) {
            last = Some(number);
            pages.push(block);
        }
    }
    pages
}

/// A cell of a recovered row.
fn cell(text: String, start: u32, column: usize) -> Cell<'static> {
    Cell {
        text: text.into(),
        start,
        column: column_number(column),
        columns: 1,
    }
}
