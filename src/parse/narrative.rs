//! The narrative: three sections, a string per paragraph.

use super::lexicon::{Heading, Lexicon, enumerator};
use super::outline::Outline;
use super::residue::is_page_number;
use super::widths;
use super::{Account, Fate};
use crate::blocks::BlockKind;
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Narrative, State};

const SECTIONS: [&str; 3] = ["overall_target", "itemized_targets", "safeguards"];

fn section_mut(narrative: &mut Narrative, section: usize) -> &mut Vec<String> {
    match section {
        0 => &mut narrative.overall_target,
        1 => &mut narrative.itemized_targets,
        _ => &mut narrative.safeguards,
    }
}

pub(super) fn read(account: &mut Account, lexicon: &Lexicon, outline: &Outline, department: &mut Department) {
    let narrative = &mut department.narrative;
    let mut current: Option<usize> = None;
    let mut seen = [false; 3];
    // Whether a blank line or a page number stands between the paragraph before and this one.
    let mut apart = false;
    // The width that lines are broken at, if they are.
    let lines = outline.narrative.clone().flat_map(|block| account.cells(block));
    let column = widths::of_broken_lines(lines.map(|cell| &*cell.text));
    // The last line of the paragraph so far.
    let mut last_line = String::new();
    // Whether that line was read in pieces, with blank lines for the wide gaps between them.
    let mut in_pieces = false;
    for block in outline.narrative.clone() {
        if account.blocks.kind(block) == BlockKind::Furniture {
            account.settle(block, Fate::Furniture);
            apart = true;
            continue;
        }
        let line = account.line(block);
        if line.text.is_empty() || is_page_number(&line.text) {
            account.settle(block, Fate::Furniture);
            apart = true;
            continue;
        }
        match lexicon.heading(&line.text) {
            Some(Heading::Section(section)) if current.is_none_or(|current| section >= current) => {
                last_line.clear();
                current = Some(section);
                seen[section] = true;
                account.settle(block, Fate::Furniture);
                continue;
            }
            Some(Heading::PartOne | Heading::PartOneTitle | Heading::PartTwo | Heading::PartTwoTitle) => {
                account.settle(block, Fate::Furniture);
                continue;
            }
            _ => {}
        }
        let Some(section) = current else { continue };
        account.settle(block, Fate::Model);
        let place = account.place(line.start);
        let paragraphs = section_mut(narrative, section);
        let index = paragraphs.len();
        let goes_on = (!apart || in_pieces)
            && column.is_some_and(|column| {
                !last_line.is_empty()
                    && widths::is_full(&last_line, &line.text, column)
                    && (begins_midway(&line.text)
                        || !widths::ends_sentence(&last_line) && !begins_item(&line.text))
                    && !is_heading(&last_line)
            });
        match paragraphs.last_mut() {
            Some(last) if goes_on => {
                let is_latin = |c: char| c.is_ascii_alphabetic();
                if last.ends_with(is_latin) && line.text.starts_with(is_latin) {
                    last.push(' ');
                }
                last.push_str(&line.text);
                last_line = line.text.into_owned();
                in_pieces = false;
                apart = false;
                continue;
            }
            Some(last) if apart && is_cut(last) && begins_midway(&line.text) => {
                account.findings.push(
                    Finding::new(
                        Code::ParagraphJoined,
                        Message::new(
                            "被分页断开的段落已接合。",
                            "A paragraph that a page break cut in two was joined.",
                        ),
                    )
                    .at(place)
                    .on_field(format!("narrative.{}[{}]", SECTIONS[section], index - 1))
                    .quoting(seam(last, &line.text)),
                );
                last.push_str(&line.text);
                let whole = format!("{last_line} {}", line.text);
                in_pieces = column.is_some_and(|column| widths::width(&whole) <= column);
                last_line = if in_pieces { whole } else { line.text.into_owned() };
                if let Some(mut origin) = narrative.origins.get(&name(section, index - 1)) {
                    origin.state = State::Repaired;
                    narrative.origins.set(name(section, index - 1), origin);
                }
            }
            _ => {
                in_pieces = false;
                last_line = line.text.to_string();
                paragraphs.push(line.text.into_owned());
                narrative
                    .origins
                    .set(name(section, index), account.origin(line.start, State::Printed));
            }
        }
        apart = false;
    }
    // The headings of part two, between the narrative and the first form.
    let end = outline
        .forms
        .first()
        .map_or(outline.all.end, |form| form.head.start);
    for block in outline.narrative.end..end {
        let line = account.line(block).text;
        if line.is_empty() || is_page_number(&line) || lexicon.heading(&line).is_some() {
            account.settle(block, Fate::Furniture);
        }
    }
    for (section, name) in SECTIONS.into_iter().enumerate() {
        if !seen[section] {
            let label = lexicon.vocabulary.document.printed(name);
            account.findings.push(
                Finding::new(
                    Code::NarrativeMissing,
                    Message::new(
                        format!("文本中没有“{label}”部分。"),
                        format!("The text has no section {label}."),
                    ),
                )
                .on_field(format!("narrative.{name}")),
            );
        }
    }
}

fn name(section: usize, index: usize) -> String {
    format!("{}[{index}]", SECTIONS[section])
}

/// Whether a paragraph stops in the middle of a sentence. A heading stops without a mark too, but it
/// has no sentence before that.
fn is_cut(text: &str) -> bool {
    const ENDS: &str = "。！？；：…”’）》」』】.!?;:)\"";
    let Some(last) = text.chars().next_back() else {
        return false;
    };
    if matches!(last, '，' | '、' | '（' | '“' | '《' | '(' | ',') {
        return true;
    }
    !ENDS.contains(last) && text.contains('。')
}

/// Whether a line is a heading inside a section: numbered, and without a sentence.
fn is_heading(text: &str) -> bool {
    enumerator(text).is_some() && text.chars().count() <= 24 && !text.contains(['，', '；'])
}

/// Whether a line may be the rest of a paragraph: it has no number and no label with a colon in front.
fn begins_midway(text: &str) -> bool {
    let labelled = text.char_indices().take(8).any(|(_, c)| matches!(c, '：' | ':'));
    !begins_item(text) && !labelled
}

/// Whether a line begins with the number of an item: `2.5万` is an amount, `2.2025年` the second item.
fn begins_item(text: &str) -> bool {
    enumerator(text).is_some_and(|length| {
        let rest = &text[length..];
        !rest.starts_with(|c: char| c.is_ascii_digit()) || super::goals::begins_with_year(rest)
    })
}

/// The last characters of one text and the first of the next.
pub(super) fn seam(before: &str, after: &str) -> String {
    let tail: Vec<char> = before.chars().rev().take(8).collect();
    let head: String = after.chars().take(8).collect();
    format!("{}/{head}", tail.into_iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sentence_that_stops_midway_is_cut() {
        assert!(is_cut("一、加强管理。完善制度，推动各项工作走向规"));
        assert!(is_cut("推动各项工作，"));
        assert!(!is_cut("（二）加强支出管理"));
        assert!(!is_cut("完善制度。"));
        assert!(begins_midway("范化、制度化。"));
        assert!(!begins_midway("（三）加强监督"));
        assert!(!begins_midway("绩效指标：按时完成。"));
    }
}
