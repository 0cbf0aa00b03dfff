//! What stands in a form above its indicators: labels with their values behind them, or near them
//! where an extractor read the page in another order. A value goes to the label before it if it is of
//! the kind that the label asks for, else to the first label of its kind that still waits for one.

use std::ops::Range;

use super::fragments::{Fragment, Joint, Manner, Told};
use super::{Cell, cell};
use crate::blocks::BlockKind;
use crate::parse::lexicon::{Label, Lexicon, numbered};
use crate::parse::outline::{is_amount_unit, is_unit};
use crate::parse::widths::first_width;
use crate::vocab::key;

/// A label with the values that were found for it.
struct Slot {
    label: Label,
    labels: Vec<Cell<'static>>,
    values: Vec<(String, u32)>,
}

/// The part of a form above its indicators.
#[derive(Default)]
pub(super) struct Head<'a> {
    /// Lines that stand in no row: the unit, page numbers, and what found no place.
    loose: Vec<(BlockKind, String, u32)>,
    slots: Vec<Slot>,
    milestones: Vec<(String, u32)>,
    /// The percentages, each with the number of blank cells before it.
    percents: Vec<(String, u32, u32)>,
    purpose: Vec<Range<usize>>,
    goals: Vec<Range<usize>>,
    fragments: Vec<Fragment<'a>>,
    wrapped: bool,
}

/// The most fragments that a label is broken into.
const MOST_PIECES: usize = 4;

/// Reads the fragments of a form up to the header of its indicators. Returns them, and the fragments
/// from the header on.
pub(super) fn read<'a>(
    fragments: Vec<Fragment<'a>>,
    title: &str,
    lexicon: &Lexicon,
    manner: &Manner,
) -> (Head<'a>, Vec<Fragment<'a>>) {
    let header = (0..fragments.len()).find(|&at| is_header(&fragments[at..], lexicon));
    let mut above = fragments;
    let below = match header {
        Some(header) => above.split_off(header),
        None => split_torn(&mut above, lexicon),
    };
    let mut reader = Reader {
        lexicon,
        manner,
        head: Head {
            wrapped: manner.wrapped || manner.spaced,
            ..Head::default()
        },
        last: Last::Nothing,
        title: key(numbered(title).map_or(title, |(_, title)| title)),
    };
    let mut at = 0;
    while at < above.len() {
        let mut end = at + 1;
        while end < above.len() && above[end].joint == Joint::Space {
            end += 1;
        }
        at = reader.read_line(&above, at..end);
    }
    let mut head = reader.head;
    head.fragments = above;
    (head, below)
}

/// Whether the header of the indicators begins here: its first two headings, perhaps with something
/// between them.
fn is_header(fragments: &[Fragment], lexicon: &Lexicon) -> bool {
    let column = |at: usize| {
        (1..=2).find_map(|count| match label_of(fragments.get(at..at + count)?, lexicon)? {
            Label::Column(column) => Some(column),
            _ => None,
        })
    };
    column(0) == Some(0) && (1..4).any(|at| column(at) == Some(1))
}

/// Takes off the fragments from the second heading on, and the first one, which was read before other
/// fragments of the page.
fn split_torn<'a>(above: &mut Vec<Fragment<'a>>, lexicon: &Lexicon) -> Vec<Fragment<'a>> {
    let column = |fragment: &Fragment| match lexicon.label(fragment.text)? {
        Label::Column(column) => Some(column),
        _ => None,
    };
    let Some(second) = above
        .iter()
        .position(|fragment| column(fragment).is_some_and(|column| column > 0))
    else {
        return Vec::new();
    };
    let rest = above.split_off(second);
    let (mut below, kept): (Vec<_>, Vec<_>) = std::mem::take(above)
        .into_iter()
        .partition(|fragment| column(fragment).is_some());
    *above = kept;
    below.extend(rest);
    below
}

/// The label that fragments are together.
pub(super) fn label_of(fragments: &[Fragment], lexicon: &Lexicon) -> Option<Label> {
    if let [one] = fragments {
        return lexicon.label(one.text);
    }
    let length: usize = fragments.iter().map(|fragment| fragment.text.len()).sum();
    if length > 90 || !lexicon.may_begin_label(fragments.first()?.text) {
        return None;
    }
    let text: String = fragments.iter().map(|fragment| fragment.text).collect();
    lexicon.label(&text)
}

/// What the fragment before was read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Label(Label),
    Value(Label),
    Text,
}

struct Reader<'r, 'a> {
    lexicon: &'r Lexicon<'r>,
    manner: &'r Manner,
    head: Head<'a>,
    last: Last,
    /// The title of the form without its number: most often the project's name and what a form is called.
    title: String,
}

impl Reader<'_, '_> {
    /// Reads a line. Returns where the next one begins, which is later than the line's end where a label
    /// is broken over lines.
    fn read_line(&mut self, all: &[Fragment], line: Range<usize>) -> usize {
        let text = line_text(&all[line.clone()]);
        let start = all[line.start].start;
        if all[line.start].is_furniture {
            self.head.loose.push((BlockKind::Furniture, text, start));
            return line.end;
        }
        let open = self
            .head
            .slots
            .iter()
            .all(|slot| slot.label != Label::SpendingPlan);
        if is_amount_unit(self.lexicon, &text)
            || (open
                && is_unit(&text)
                && !self.is_early_code(&text)
                && text.contains(|c: char| !c.is_ascii())
                && self.head.purpose.is_empty()
                && !self.waits(Label::Name))
        {
            self.head.loose.push((BlockKind::Paragraph, text, start));
            return line.end;
        }
        if let Some(end) = self.read_pairs(all, line.clone()) {
            return end;
        }
        // A label with a text behind it.
        let pieces = (1..=MOST_PIECES.min(line.len() - 1)).rev();
        for count in pieces {
            let words = &all[line.start..line.start + count];
            let Some(label) = label_of(words, self.lexicon) else {
                continue;
            };
            if matches!(label, Label::Name | Label::Purpose | Label::Goals) && self.is_new(label) {
                self.add_label(label, words);
                self.read_text(all, line.start + count..line.end);
                return line.end;
            }
        }
        self.read_text(all, line.clone());
        line.end
    }

    /// Reads a line of nothing but labels and values of their kinds. Returns where it ends; `None` if it
    /// is something else.
    fn read_pairs(&mut self, all: &[Fragment], line: Range<usize>) -> Option<usize> {
        // Look first, so that a text with a label in it stays whole.
        let mut at = line.start;
        let mut items: Vec<(Item, Range<usize>)> = Vec::new();
        while at < line.end {
            let (item, count) = self.item(all, at, line.end, &items);
            at += count;
            items.push((item, at - count..at));
        }
        let mut after_name = false;
        for (item, _) in &items {
            // Only the value of the name is free text, and it is one.
            if *item == Item::Text && !after_name {
                return None;
            }
            after_name = *item == Item::Label(Label::Name) || (after_name && *item == Item::Text);
        }
        if let [(Item::Label(label), _)] = items.as_slice()
            && !self.is_new(*label)
            && self.last == Last::Text
            && !matches!(
                label,
                Label::Budget | Label::Purpose | Label::Goals | Label::SpendingPlan
            )
        {
            return None;
        }
        for (item, words) in items {
            self.take(all, item, words);
        }
        Some(at)
    }

    /// What begins at a fragment: a label, even one that is broken over lines, or a value.
    fn item(
        &self,
        all: &[Fragment],
        at: usize,
        line_end: usize,
        before: &[(Item, Range<usize>)],
    ) -> (Item, usize) {
        // What the labels and values in front of it on the line change is not noted yet.
        let labelled = |wanted: fn(Label) -> bool| {
            before
                .iter()
                .any(|(item, _)| matches!(item, Item::Label(label) if wanted(*label)))
        };
        let has = |wanted: Item| before.iter().any(|(item, _)| *item == wanted);
        let waits_for_code = self.waits(Label::Code) && !has(Item::Code)
            || labelled(|label| label == Label::Code) && !has(Item::Code);
        let wants_amount =
            self.wants_amount() || self.head.milestones.is_empty() && labelled(is_amount_label);
        for count in (1..=MOST_PIECES).rev() {
            let Some(words) = all.get(at..at + count) else {
                continue;
            };
            if words[1..]
                .iter()
                .any(|word| matches!(word.joint, Joint::Gap(_)) || word.is_furniture)
            {
                continue;
            }
            // A label that goes on in the next line ends there.
            let beyond = at + count > line_end;
            if beyond
                && all.get(at + count).is_some_and(|next| {
                    next.joint == Joint::Space && label_of(words, self.lexicon) != Some(Label::SpendingPlan)
                })
            {
                continue;
            }
            if let Some(label) = label_of(words, self.lexicon) {
                return (Item::Label(label), count);
            }
            let text: String = words.iter().map(|word| word.text).collect();
            if !beyond && self.lexicon.milestone(&text).is_some() {
                return (Item::Milestone, count);
            }
        }
        let text = all[at].text;
        let withheld = self.lexicon.is_withheld(text);
        let item = if (withheld || is_percent(text)) && self.wants_percent() {
            Item::Percent
        } else if (withheld && !waits_for_code || is_amount(text)) && wants_amount {
            Item::Amount
        } else if (withheld || is_code(text)) && waits_for_code || self.is_early_code(text) {
            Item::Code
        } else if before.last().map_or_else(
            || self.continues_code(text),
            |(item, code)| {
                let known: usize = all[code.clone()].iter().map(|word| word.text.len()).sum();
                matches!(item, Item::Code | Item::MoreCode)
                    && is_code_part(text)
                    && known + text.len() <= CODE_LENGTH
            },
        ) {
            Item::MoreCode
        } else {
            Item::Text
        };
        (item, 1)
    }

    fn take(&mut self, all: &[Fragment], item: Item, words: Range<usize>) {
        let fragments = &all[words.clone()];
        let start = fragments[0].start;
        match item {
            Item::Label(label) => {
                self.add_label(label, fragments);
                self.last = Last::Label(label);
                return;
            }
            Item::Milestone => {
                let text = fragments.iter().map(|word| word.text).collect();
                self.head.milestones.push((text, start));
            }
            Item::Percent => {
                let gap = match fragments[0].joint {
                    Joint::Gap(gap) => gap,
                    _ => 0,
                };
                self.head
                    .percents
                    .push((fragments[0].text.to_owned(), start, gap));
            }
            Item::Code => return self.fill(Label::Code, fragments[0].text, start),
            Item::MoreCode => {
                match self.slot(Label::Code).and_then(|slot| slot.values.last_mut()) {
                    Some((code, _)) => code.push_str(fragments[0].text),
                    None => self.read_text(all, words),
                }
                return;
            }
            Item::Amount => {
                if !self.fill_amount(fragments[0].text, start) {
                    self.read_text(all, words);
                }
                return;
            }
            Item::Text => return self.read_text(all, words),
        }
        self.last = Last::Text;
    }

    fn add_label(&mut self, label: Label, words: &[Fragment]) {
        let text = words.iter().map(|word| word.text).collect();
        let label_cell = cell(text, words[0].start, 0);
        match self.slot(label) {
            Some(slot) => slot.labels.push(label_cell),
            None => self.head.slots.push(Slot {
                label,
                labels: vec![label_cell],
                values: Vec::new(),
            }),
        }
        self.last = Last::Label(label);
    }

    /// A text: the name, the purpose or the goals, by where it stands.
    fn read_text(&mut self, all: &[Fragment], words: Range<usize>) {
        let text = line_text(&all[words.clone()]);
        let start = all[words.start].start;
        let name_goes_on = self.last == Last::Value(Label::Name)
            && self
                .slot(Label::Name)
                .is_some_and(|slot| slot.values.last().is_none_or(|(name, _)| *name != text));
        if self.is_in_title(&text) {
            let after_space = all[words.start].joint == Joint::Space;
            match self.slot(Label::Name).and_then(|slot| slot.values.last_mut()) {
                Some((name, _)) => {
                    if after_space {
                        name.push(' ');
                    }
                    name.push_str(&text);
                    self.last = Last::Value(Label::Name);
                }
                None => self.fill(Label::Name, &text, start),
            }
        } else if self.head.milestones.is_empty() && self.waits(Label::Name) {
            self.fill(Label::Name, &text, start);
            self.last = Last::Value(Label::Name);
        } else if self.head.milestones.is_empty()
            && name_goes_on
            && !(all[words.start].parted && self.manner.cell_ends == Told::Yes)
            && (self.manner.wrapped || self.manner.spaced)
        {
            if let Some((name, _)) = self.slot(Label::Name).and_then(|slot| slot.values.last_mut()) {
                if all[words.start].joint == Joint::Space {
                    name.push(' ');
                }
                name.push_str(&text);
            }
        } else if self.head.milestones.is_empty() {
            let is_copy = self
                .slot(Label::Name)
                .is_some_and(|slot| slot.values.iter().any(|(name, _)| *name == text));
            if is_copy && self.head.purpose.is_empty() && self.last == Last::Value(Label::Name) {
                if let Some(slot) = self.slot(Label::Name) {
                    slot.values.push((text, start));
                }
                return;
            }
            self.head.purpose.push(words);
            self.last = Last::Text;
        } else {
            self.head.goals.push(words);
            self.last = Last::Text;
        }
    }

    fn slot(&mut self, label: Label) -> Option<&mut Slot> {
        self.head.slots.iter_mut().find(|slot| slot.label == label)
    }

    /// Whether a label was seen and has no value yet.
    fn waits(&self, label: Label) -> bool {
        self.head
            .slots
            .iter()
            .any(|slot| slot.label == label && slot.values.is_empty())
    }

    fn is_new(&self, label: Label) -> bool {
        let mut slots = self.head.slots.iter();
        slots.all(|slot| slot.label != label || slot.labels.is_empty())
    }

    fn wants_percent(&self) -> bool {
        !self.head.milestones.is_empty()
            && self.head.percents.len() < self.head.milestones.len()
            && self.head.goals.is_empty()
    }

    fn wants_amount(&self) -> bool {
        self.head.milestones.is_empty()
            && (self
                .head
                .slots
                .iter()
                .any(|slot| is_amount_label(slot.label) && slot.values.is_empty())
                || matches!(self.last, Last::Value(label) if is_amount_label(label)))
    }

    fn continues_code(&self, text: &str) -> bool {
        self.last == Last::Value(Label::Code)
            && is_code_part(text)
            && self.head.slots.iter().any(|slot| {
                slot.label == Label::Code
                    && slot
                        .values
                        .last()
                        .is_some_and(|(code, _)| code.len() + text.len() <= CODE_LENGTH && code != text)
            })
    }

    /// Whether a text can only be a project code, and was read before its label.
    fn is_early_code(&self, text: &str) -> bool {
        const DIGITS: usize = 9;
        self.head.slots.iter().all(|slot| slot.label != Label::Code)
            && is_code(text)
            && (12..=CODE_LENGTH).contains(&text.len())
            && text.bytes().filter(u8::is_ascii_digit).count() >= DIGITS
    }

    /// Whether the title goes on with a text where the name ends so far.
    fn is_in_title(&self, text: &str) -> bool {
        if self.title.is_empty() || text.len() > 300 || text.chars().count() < 2 {
            return false;
        }
        let slot = self.head.slots.iter().find(|slot| slot.label == Label::Name);
        let mut name = match slot.and_then(|slot| slot.values.last()) {
            Some((name, _)) => key(name),
            // A beginning alone may be that of another text, too.
            None if text.chars().count() < 6 => return false,
            None => String::new(),
        };
        name.push_str(&key(text));
        self.title.starts_with(&name)
    }

    fn fill(&mut self, label: Label, text: &str, start: u32) {
        if self.head.slots.iter().all(|slot| slot.label != label) {
            self.head.slots.push(Slot {
                label,
                labels: Vec::new(),
                values: Vec::new(),
            });
        }
        if let Some(slot) = self.slot(label) {
            slot.values.push((text.to_owned(), start));
        }
        self.last = Last::Value(label);
    }

    /// Gives an amount to the label in front of it; where another label waits longer, the page was not
    /// read in order, and it goes to that.
    fn fill_amount(&mut self, text: &str, start: u32) -> bool {
        let waiting: Vec<Label> = self
            .head
            .slots
            .iter()
            .filter(|slot| is_amount_label(slot.label) && slot.values.is_empty())
            .map(|slot| slot.label)
            .collect();
        let scrambled = self.waits(Label::Name) || self.waits(Label::Code);
        let label = match self.last {
            Last::Label(label) if waiting.contains(&label) && !scrambled => Some(label),
            // A second value behind a label is the copy of a merged cell.
            Last::Value(label) if is_amount_label(label) && !scrambled && waiting.is_empty() => Some(label),
            _ => waiting.first().copied(),
        };
        if let Some(label) = label {
            self.fill(label, text, start);
        }
        label.is_some()
    }
}

/// What one word of a line of labels and values is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Label(Label),
    Milestone,
    Percent,
    Amount,
    Code,
    /// A further piece of a code that is broken.
    MoreCode,
    Text,
}

fn is_amount_label(label: Label) -> bool {
    matches!(
        label,
        Label::BudgetTotal | Label::BudgetFiscal | Label::BudgetOther
    )
}

/// Whether a text can be an amount: a number, perhaps with its unit.
fn is_amount(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_alphabetic());
    let unit = text[number.len()..].chars().count();
    unit <= 2
        && number.chars().any(is_digit)
        && number
            .chars()
            .all(|c| is_digit(c) || matches!(c, '.' | '．' | ',' | '，' | '-'))
}

/// Whether a text can be a percentage of the plan.
fn is_percent(text: &str) -> bool {
    let number = text.trim_end_matches(['%', '％', '﹪']);
    text.chars().count() <= 10
        && number.chars().any(is_digit)
        && number
            .chars()
            .all(|c| is_digit(c) || matches!(c, '.' | '．' | ',' | '≥' | '≤' | '>' | '<' | '='))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// Whether a text can be a project code, or the first piece of one.
fn is_code(text: &str) -> bool {
    text.len() >= 3
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// The longest project code.
const CODE_LENGTH: usize = 21;

fn is_code_part(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn line_text(fragments: &[Fragment]) -> String {
    let words: Vec<&str> = fragments.iter().map(|fragment| fragment.text).collect();
    words.join(" ")
}

/// The cells of a row with the labels of some slots and their values, and further copies of the labels.
fn row_of(slots: &mut [Slot], labels: &[Label]) -> (Vec<Cell<'static>>, Vec<Cell<'static>>) {
    let mut cells = Vec::new();
    let mut copies = Vec::new();
    for slot in slots.iter_mut().filter(|slot| labels.contains(&slot.label)) {
        let mut of_slot = std::mem::take(&mut slot.labels).into_iter();
        cells.extend(of_slot.next());
        copies.extend(of_slot);
        let values = std::mem::take(&mut slot.values).into_iter();
        cells.extend(values.map(|(text, start)| cell(text, start, 0)));
    }
    for (column, cell) in cells.iter_mut().enumerate() {
        cell.column = column as u32;
    }
    (cells, copies)
}

impl Head<'_> {
    /// The rows of the form up to its indicators, as the form has them.
    pub(super) fn take_rows(&mut self) -> Vec<(BlockKind, Vec<Cell<'static>>)> {
        let mut rows = Vec::new();
        for (kind, text, start) in std::mem::take(&mut self.loose) {
            rows.push((kind, vec![cell(text, start, 0)]));
        }
        let purpose = self.text_of(&self.purpose);
        let goals = self.text_of(&self.goals);
        let mut slots = std::mem::take(&mut self.slots);
        let (identity, mut copies) = row_of(&mut slots, &[Label::Code, Label::Name]);
        let (amounts, more) = row_of(
            &mut slots,
            &[
                Label::Budget,
                Label::BudgetTotal,
                Label::BudgetFiscal,
                Label::BudgetOther,
            ],
        );
        copies.extend(more);
        let (mut for_what, more) = row_of(&mut slots, &[Label::Purpose]);
        copies.extend(more);
        for_what.extend(purpose.map(|(text, start)| cell(text, start, 1)));
        let (mut plan, more) = row_of(&mut slots, &[Label::SpendingPlan]);
        copies.extend(more);
        let milestones = std::mem::take(&mut self.milestones);
        let count = milestones.len();
        for (column, (text, start)) in milestones.into_iter().enumerate() {
            plan.push(cell(text, start, column + 1));
        }
        let percents = std::mem::take(&mut self.percents);
        let complete = percents.len() == count;
        let mut column = 0;
        let mut values = Vec::new();
        for (at, (text, start, gap)) in percents.into_iter().enumerate() {
            // Blank cells count where values are missing; the first is below the plan's label.
            let blank = if at == 0 { gap.saturating_sub(1) } else { gap };
            column += 1 + if complete { 0 } else { blank as usize };
            values.push(cell(text, start, column));
        }
        let (mut aims, more) = row_of(&mut slots, &[Label::Goals]);
        copies.extend(more);
        aims.extend(goals.map(|(text, start)| cell(text, start, 1)));
        // Labels of other fields have a row each.
        let others: Vec<Label> = slots.iter().map(|slot| slot.label).collect();
        let mut further = Vec::new();
        for label in others {
            let (cells, more) = row_of(&mut slots, &[label]);
            further.push(cells);
            copies.extend(more);
        }
        for cells in [identity]
            .into_iter()
            .chain(further)
            .chain([amounts, for_what, plan, values, aims])
        {
            if !cells.is_empty() {
                rows.push((BlockKind::Row, cells));
            }
        }
        // The copy of a label says nothing new; behind the goals it is read as one.
        for copy in copies {
            rows.push((BlockKind::Furniture, vec![copy]));
        }
        rows
    }

    /// Lines put together to paragraphs.
    fn text_of(&self, lines: &[Range<usize>]) -> Option<(String, u32)> {
        let first = self.fragments.get(lines.first()?.start)?;
        let texts: Vec<String> = lines
            .iter()
            .map(|line| line_text(&self.fragments[line.clone()]))
            .collect();
        let widest = texts
            .iter()
            .map(|text| crate::parse::widths::width(text))
            .fold(0.0, f32::max);
        let mut text = String::new();
        for (at, line) in texts.iter().enumerate() {
            if at > 0 {
                let before = crate::parse::widths::width(&texts[at - 1]);
                let full = self.wrapped && before + first_width(line) > widest - 0.6;
                if !full {
                    text.push('\n');
                } else if text.ends_with(|c: char| c.is_ascii_alphabetic())
                    && line.starts_with(|c: char| c.is_ascii_alphabetic())
                {
                    text.push(' ');
                }
            }
            text.push_str(line);
        }
        Some((text, first.start))
    }
}
