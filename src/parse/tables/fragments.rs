//! Lines cut into the fragments of cells, and how fragments are joined to cells again.

use std::collections::HashSet;
use std::ops::Range;

use super::Region;
use crate::blocks::{BlockKind, Blocks};
use crate::parse::lexicon::{Label, Lexicon};
use crate::parse::widths::width;
use crate::source::Source;

/// What stands between a fragment and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// A space on the same line.
    Space,
    /// The end of a line.
    Line,
    /// Blank lines, as many as there may be blank cells.
    Gap(u32),
    /// The end of a page.
    Page,
}

/// A piece of a cell: a line, or a word of one.
#[derive(Clone, Debug)]
pub(super) struct Fragment<'a> {
    pub(super) text: &'a str,
    pub(super) start: u32,
    pub(super) joint: Joint,
    /// Whether any blank line stands before it, even one that stands for no cell.
    pub(super) parted: bool,
    /// Its width in characters of full width.
    pub(super) width: f32,
    /// Whether it is a page number or the like, which is in no cell.
    pub(super) is_furniture: bool,
}

/// Whether something can be told from a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    #[default]
    No,
    Yes,
}

impl From<bool> for Told {
    fn from(told: bool) -> Self {
        if told { Self::Yes } else { Self::No }
    }
}

/// How an extractor wrote the lines of a document down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manner {
    /// Cells of a row stand on one line with spaces between.
    pub(super) spaced: bool,
    /// Cells are broken over lines.
    pub(super) wrapped: bool,
    /// How many blank lines stand between two cells that follow each other.
    blank_lines: u32,
    /// How many lines one blank cell leaves.
    lines_of_blank: u32,
    /// Whether blank cells leave blank lines at all.
    pub(super) keeps_blanks: bool,
    /// Whether blank lines tell where cells end: they part cells, and not the lines of one cell.
    pub(super) cell_ends: Told,
    /// Whether the ends of pages are marked, so that a page number need not be one.
    page_ends: Told,
}

impl Manner {
    /// Looks at all forms of a document.
    pub(super) fn of(source: &Source, blocks: &Blocks, regions: &[Region], lexicon: &Lexicon) -> Self {
        let mut spaced = 0;
        let mut single = 0;
        let mut broken = [0_usize; 2];
        let mut gaps = [0_usize; 2];
        let mut some_gap = false;
        let mut marks_pages = false;
        for region in regions {
            let mut before: Option<&str> = None;
            let mut gap = 0;
            for block in region.lines.clone() {
                marks_pages |= blocks.kind(block) == BlockKind::PageBreak;
                if blocks.kind(block) != BlockKind::Paragraph {
                    gap += blank_lines(source, blocks, block);
                    continue;
                }
                for line in blocks.cells(block)[0].text.lines() {
                    if before.is_some() {
                        gaps[gap.min(1) as usize] += 1;
                        some_gap |= gap > 1;
                    }
                    let column = |text: &str| matches!(lexicon.label(text), Some(Label::Column(_)));
                    let columns = line.split_whitespace().filter(|word| column(word)).count();
                    // A row of values shows it too, where the headings are broken over lines.
                    let percents = line.split_whitespace().filter(|word| is_percent(word)).count();
                    let values = percents >= 3 && line.split_whitespace().all(is_percent);
                    spaced += usize::from(columns >= 3 || values);
                    single += usize::from(column(line));
                    if let Some(before) = before {
                        let joined = format!("{before}{line}");
                        let is_broken = joined.chars().count() <= 24
                            && lexicon.label(before).is_none()
                            && !lexicon.is_level2(before)
                            && (lexicon.is_level2(&joined) || lexicon.label(&joined).is_some());
                        broken[gap.min(1) as usize] += usize::from(is_broken);
                    }
                    before = Some(line);
                    gap = 0;
                }
            }
        }
        let padded = gaps[1] > gaps[0] * 3;
        // Where names are broken by blank lines, these say nothing at all.
        let idle = !padded && broken[1] > broken[0] * 2;
        Self {
            spaced: spaced > 0 && spaced * 4 >= single,
            wrapped: broken != [0, 0],
            blank_lines: if idle { u32::MAX } else { u32::from(padded) },
            lines_of_blank: if padded { 2 } else { 1 },
            keeps_blanks: !idle && (some_gap || (!padded && gaps[1] > 0)),
            cell_ends: Told::from(broken[0] > broken[1] && gaps[1] > 0),
            page_ends: Told::from(marks_pages),
        }
    }
}

/// Whether a word is a number with a percent sign, or one with decimals.
fn is_percent(word: &str) -> bool {
    let number = word.trim_end_matches(['%', '％']);
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    number.starts_with(|c: char| c.is_ascii_digit())
        && is_number
        && (number.len() < word.len() || number.contains('.'))
}

/// How many blank lines a block between two lines stands for.
fn blank_lines(source: &Source, blocks: &Blocks, block: usize) -> u32 {
    match blocks.kind(block) {
        BlockKind::Blank => source.text[blocks.span(block)].matches('\n').count() as u32,
        _ => 0,
    }
}

/// Cuts lines into fragments.
pub(super) fn cut<'a>(
    source: &Source,
    blocks: &'a Blocks<'_>,
    lines: Range<usize>,
    pages: &[usize],
    manner: &Manner,
    lexicon: &Lexicon,
) -> Vec<Fragment<'a>> {
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut joint = Joint::Line;
    let mut parted = false;
    for block in lines {
        match blocks.kind(block) {
            BlockKind::Blank => {
                parted = true;
                let blank = blank_lines(source, blocks, block).saturating_sub(manner.blank_lines);
                let cells = blank / manner.lines_of_blank;
                if cells > 0 && joint == Joint::Line {
                    joint = Joint::Gap(cells);
                }
                continue;
            }
            BlockKind::PageBreak => {
                joint = Joint::Page;
                continue;
            }
            _ => {}
        }
        let before = joint;
        let is_furniture = blocks.kind(block) == BlockKind::Furniture || pages.binary_search(&block).is_ok();
        for cell in blocks.cells(block) {
            let mut start = cell.start;
            for line in cell.text.split('\n') {
                for (words, word) in words_of(line, manner, lexicon).into_iter().enumerate() {
                    let at = start + (word.as_ptr() as usize - line.as_ptr() as usize) as u32;
                    fragments.push(Fragment {
                        text: word,
                        start: at,
                        joint: if words == 0 { joint } else { Joint::Space },
                        parted: std::mem::take(&mut parted),
                        width: width(word),
                        is_furniture,
                    });
                    joint = Joint::Line;
                }
                start += line.len() as u32 + 1;
            }
        }
        if is_furniture {
            joint = if manner.page_ends == Told::Yes {
                before
            } else {
                Joint::Page
            };
            parted = true;
        }
    }
    fragments
}

/// The words of a line that may be cells: all between spaces where cells share a line, else the line;
/// and in any case a label with a colon before its value.
fn words_of<'t>(line: &'t str, manner: &Manner, lexicon: &Lexicon) -> Vec<&'t str> {
    let parts: Vec<&str> = if manner.spaced {
        line.split_whitespace().collect()
    } else {
        line.split('\t')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    };
    let mut words = Vec::with_capacity(parts.len());
    for part in parts {
        match part.find(['：', ':']) {
            Some(at)
                if lexicon
                    .label(&part[..at])
                    .is_some_and(|label| label != Label::AmountUnit) =>
            {
                let colon = part[at..].chars().next().map_or(0, char::len_utf8);
                words.push(&part[..at + colon]);
                let rest = part[at + colon..].trim();
                if !rest.is_empty() {
                    words.push(rest);
                }
            }
            _ => match glued_level(part, lexicon) {
                Some(at) => words.extend([&part[..at], &part[at..]]),
                None => words.push(part),
            },
        }
    }
    words
}

/// Where the name of a level begins that an extractor wrote right behind the Latin text of the cell beside
/// it, as it stood on the same line.
fn glued_level(part: &str, lexicon: &Lexicon) -> Option<usize> {
    let at = part.find(|c: char| !c.is_ascii())?;
    let name = &part[at..];
    let is_level = |name: &str| lexicon.is_level1_of_some(name) || lexicon.is_level2(name);
    (at > 0 && part.len() < 90 && is_level(name)).then_some(at)
}

/// The pairs of Chinese characters that stand next to each other inside the lines of a document: what is
/// broken at the end of a line in one place most often stands whole in another.
#[derive(Debug, Default)]
pub(super) struct Neighbours(HashSet<(char, char)>);

impl Neighbours {
    /// Collects the pairs of all lines.
    pub(super) fn of(blocks: &Blocks) -> Self {
        let mut pairs = HashSet::new();
        for block in 0..blocks.len() {
            for cell in blocks.cells(block) {
                let mut before = None;
                for c in cell.text.chars().map(any_digit) {
                    if is_chinese(c) || c == '0' {
                        pairs.extend(before.map(|before| (before, c)));
                        before = Some(c);
                    } else if c != ' ' {
                        before = None;
                    }
                }
            }
        }
        Self(pairs)
    }

    /// Whether the end of a line and the beginning of another stand next to each other inside some line;
    /// `None` where that tells nothing.
    pub(super) fn know(&self, line: &str, next: &str) -> Option<bool> {
        let (before, after) = (line.chars().next_back()?, next.chars().next()?);
        let (before, after) = (any_digit(before), any_digit(after));
        let known = || self.0.contains(&(before, after));
        match (is_chinese(before), is_chinese(after)) {
            (true, true) => Some(known()),
            // Before a number stands anything; but what stands before many is no end.
            (true, false) if after == '0' && known() => Some(true),
            _ => None,
        }
    }
}

/// The same sign for all digits.
fn any_digit(c: char) -> char {
    if c.is_ascii_digit() { '0' } else { c }
}

/// Whether a character is a Chinese one and no mark.
fn is_chinese(c: char) -> bool {
    c > '\u{2fff}' && c.is_alphabetic()
}

/// Joins fragments to the text of a cell, as it was before it was broken. `full` says whether a line
/// ends because its column does.
pub(super) fn joined(fragments: &[&Fragment], full: impl Fn(&Fragment, &Fragment) -> bool) -> String {
    let mut text = String::new();
    for (at, fragment) in fragments.iter().enumerate() {
        if at > 0 {
            let before = fragments[at - 1];
            match fragment.joint {
                Joint::Space => text.push(' '),
                Joint::Page => {}
                Joint::Line | Joint::Gap(_) => {
                    if !full(before, fragment) {
                        text.push('\n');
                    } else if text.ends_with(|c: char| c.is_ascii_alphabetic())
                        && fragment.text.starts_with(|c: char| c.is_ascii_alphabetic())
                    {
                        text.push(' ');
                    }
                }
            }
        }
        text.push_str(fragment.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Vocabulary;

    #[test]
    fn what_is_whole_in_one_line_holds_two_together() {
        let mut pairs = HashSet::new();
        pairs.insert(('渠', '道'));
        pairs.insert(('月', '0'));
        let neighbours = Neighbours(pairs);
        assert_eq!(neighbours.know("干支渠", "道清淤"), Some(true));
        assert_eq!(neighbours.know("干支渠", "泵站"), Some(false));
        assert_eq!(neighbours.know("2031 年 4 月", "15 日"), Some(true));
        assert_eq!(neighbours.know("≥4 处", "，"), None);
    }

    #[test]
    fn a_level_behind_latin_text_is_parted_from_it() {
        let vocabulary = Vocabulary::built_in();
        let lexicon = Lexicon::new(&vocabulary);
        assert_eq!(glued_level("DB 77产出指标", &lexicon), Some(5));
        assert_eq!(glued_level("产出指标", &lexicon), None);
        assert_eq!(glued_level("DB 77堤防规程", &lexicon), None);
    }

    #[test]
    fn percentages_and_decimals_are_values() {
        assert!(is_percent("25%") && is_percent("25.00"));
        assert!(!is_percent("2025") && !is_percent("%") && !is_percent("25万"));
    }
}
