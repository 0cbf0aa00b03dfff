//! The label tables made ready for reading: which text is which label, level, milestone or heading.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::vocab::{Form, Vocabulary, ends_with_key, is_key, key, key_characters};

/// What a label of a form announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    AmountUnit,
    Code,
    Name,
    Budget,
    BudgetTotal,
    BudgetFiscal,
    BudgetOther,
    Purpose,
    SpendingPlan,
    Goals,
    /// A field of a form's own, by its number among all of them.
    Own(u16),
    /// A heading of the indicator table, by the number of its column from 0 (level 1) to 5 (basis).
    Column(u8),
}

impl Label {
    /// The label by its name in the label tables.
    fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "amount_unit" => Self::AmountUnit,
            "code" => Self::Code,
            "name" => Self::Name,
            "budget" => Self::Budget,
            "budget_total" => Self::BudgetTotal,
            "budget_fiscal" => Self::BudgetFiscal,
            "budget_other" => Self::BudgetOther,
            "purpose" => Self::Purpose,
            "spending_plan" => Self::SpendingPlan,
            "goals" => Self::Goals,
            "level1" => Self::Column(0),
            "level2" => Self::Column(1),
            "level3" => Self::Column(2),
            "description" => Self::Column(3),
            "target" => Self::Column(4),
            "basis" => Self::Column(5),
            _ => return None,
        })
    }
}

/// A heading of the document around the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heading {
    Contents,
    PartOne,
    PartOneTitle,
    PartTwo,
    PartTwoTitle,
    /// A section of the narrative: 0 overall target, 1 itemized targets, 2 safeguards.
    Section(usize),
}

/// The label tables by the keys of their texts.
pub(super) struct Lexicon<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// The labels of each form, in the order of the vocabulary's forms.
    pub(super) form_labels: Vec<BTreeSet<Label>>,
    labels: BTreeMap<String, Label>,
    /// The two characters that the short keys begin with (those of labels, milestones, levels and of what is
    /// withheld), in order: most texts begin with others.
    starts: Vec<[char; 2]>,
    /// The length of the longest of these keys in bytes.
    longest: usize,
    /// The names of the fields that forms have of their own.
    own: Vec<&'a str>,
    /// The labels that tables of forms begin with.
    beginnings: BTreeSet<Label>,
    milestones: BTreeMap<String, &'a str>,
    /// Level-1 key → for each form's table that has it: what it needs after it, if anything.
    level1: BTreeMap<String, Vec<Option<Vec<String>>>>,
    /// Level-2 key → where it stands in the forms: the number of its level 1, and its own below that.
    level2: BTreeMap<String, (usize, usize)>,
    /// Level-1 key → the level 2 that may stand under it.
    level2_of: BTreeMap<String, BTreeSet<String>>,
    withheld: BTreeSet<String>,
    titles: Vec<String>,
    /// What follows a label that is repeated on a further page, and what a title.
    continued: Vec<String>,
    continued_table: Vec<String>,
    document_titles: Vec<String>,
    /// What the titles of tables of all kinds end with.
    table_titles: Vec<String>,
    headings: BTreeMap<String, Heading>,
    /// The length in bytes of the longest heading of a part together with the longest of the others.
    longest_heading: usize,
    part_one: Vec<String>,
    part_two: Vec<String>,
}

impl<'a> Lexicon<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary) -> Self {
        let mut lexicon = Self {
            vocabulary,
            form_labels: Vec::new(),
            labels: BTreeMap::new(),
            starts: Vec::new(),
            longest: 0,
            own: Vec::new(),
            beginnings: BTreeSet::new(),
            milestones: BTreeMap::new(),
            level1: BTreeMap::new(),
            level2: BTreeMap::new(),
            level2_of: BTreeMap::new(),
            withheld: keys(vocabulary.document.texts("withheld")).into_iter().collect(),
            titles: Vec::new(),
            continued: keys(vocabulary.document.texts("continued")),
            continued_table: keys(vocabulary.document.texts("continued_table")),
            document_titles: keys(vocabulary.document.texts("document_title")),
            table_titles: keys(vocabulary.document.texts("table_title")),
            headings: BTreeMap::new(),
            longest_heading: 0,
            part_one: keys(vocabulary.document.texts("part_one")),
            part_two: keys(vocabulary.document.texts("part_two")),
        };
        for form in &vocabulary.forms {
            lexicon.add_form(form);
        }
        let known = lexicon.labels.keys().chain(lexicon.milestones.keys());
        let known = known.chain(lexicon.level1.keys()).chain(lexicon.level2.keys());
        let known: Vec<&String> = known.chain(&lexicon.withheld).collect();
        lexicon.longest = known.iter().map(|key| key.len()).max().unwrap_or_default();
        lexicon.starts = known.into_iter().filter_map(|key| start(key)).collect();
        lexicon.starts.sort_unstable();
        lexicon.starts.dedup();
        for (name, heading) in [
            ("contents", Heading::Contents),
            ("part_one_title", Heading::PartOneTitle),
            ("part_two_title", Heading::PartTwoTitle),
            ("overall_target", Heading::Section(0)),
            ("itemized_targets", Heading::Section(1)),
            ("safeguards", Heading::Section(2)),
        ] {
            for text in vocabulary.document.texts(name) {
                lexicon.headings.insert(key(text), heading);
            }
        }
        let longest =
            |texts: &mut dyn Iterator<Item = &String>| texts.map(String::len).max().unwrap_or_default();
        lexicon.longest_heading = longest(&mut lexicon.part_one.iter().chain(&lexicon.part_two))
            + longest(&mut lexicon.headings.keys());
        lexicon
    }

    /// The label of that name; a name that the model does not know is a form's own.
    fn label_named(&mut self, name: &'a str) -> Label {
        Label::by_name(name).unwrap_or_else(|| {
            let at = self.own.iter().position(|own| *own == name).unwrap_or_else(|| {
                self.own.push(name);
                self.own.len() - 1
            });
            Label::Own(at as u16)
        })
    }

    /// The model field that a label announces.
    pub(super) fn field(&self, label: Label) -> Cow<'static, str> {
        const COLUMNS: [&str; 6] = ["level1", "level2", "level3", "description", "target", "basis"];
        Cow::Borrowed(match label {
            Label::AmountUnit => "amount_unit",
            Label::Code => "code",
            Label::Name => "name",
            Label::Budget => "budget",
            Label::BudgetTotal => "budget.total",
            Label::BudgetFiscal => "budget.fiscal",
            Label::BudgetOther => "budget.other",
            Label::Purpose => "purpose",
            Label::SpendingPlan => "spending_plan",
            Label::Goals => "goals",
            Label::Column(column) => COLUMNS[usize::from(column).min(5)],
            Label::Own(_) => return Cow::Owned(format!("fields.{}", self.own_name(label))),
        })
    }

    /// The name of a field of a form's own.
    pub(super) fn own_name(&self, label: Label) -> &'a str {
        match label {
            Label::Own(at) => self.own.get(usize::from(at)).copied().unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether tables of forms begin with a label.
    pub(super) fn begins_form(&self, label: Label) -> bool {
        self.beginnings.contains(&label)
    }

    fn add_form(&mut self, form: &'a Form) {
        let mut labels = BTreeSet::new();
        for (name, texts) in &form.labels.0 {
            let label = self.label_named(name);
            labels.insert(label);
            for text in texts {
                self.labels.entry(key(text)).or_insert(label);
            }
        }
        self.form_labels.push(labels);
        let beginning = self.label_named(&form.begins_with);
        self.beginnings.insert(beginning);
        for milestone in &form.milestones {
            self.milestones.entry(key(milestone)).or_insert(milestone);
        }
        for (group, entry) in form.indicators.iter().enumerate() {
            let level2 = keys(&entry.level2);
            for text in &entry.texts {
                let needs = entry.needs_level2.then(|| level2.clone());
                self.level1.entry(key(text)).or_default().push(needs);
                let known = self.level2_of.entry(key(text)).or_default();
                known.extend(level2.iter().cloned());
            }
            for (number, text) in level2.into_iter().enumerate() {
                self.level2.entry(text).or_insert((group, number));
            }
        }
        self.titles.extend(keys(&form.title));
    }

    /// Looks up the key of a text, if by its beginning and its length it may be one of the short keys; most
    /// texts are not, and no key is made of them.
    fn look_up<T>(&self, text: &str, find: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        if self.starts.binary_search(&start(text)?).is_err() {
            return None;
        }
        if text.len() <= self.longest && is_key(text) {
            return find(text);
        }
        // A colon at the end is no part of a key; nobody writes more than a few.
        let key = key_up_to(text, self.longest + 4)?;
        find(key.trim_end_matches(':'))
    }

    /// Whether a label, a milestone or a level may begin with a text, by its first characters.
    pub(super) fn may_begin_label(&self, text: &str) -> bool {
        let Some([first, second]) = start(text) else {
            return false;
        };
        let from = self.starts.partition_point(|known| *known < [first, '\0']);
        let mut known = self.starts[from..].iter().take_while(|known| known[0] == first);
        known.any(|known| second == ' ' || known[1] == second)
    }

    /// Whether the key of a text is one of those that `is` knows.
    fn is_known(&self, text: &str, is: impl FnOnce(&str) -> bool) -> bool {
        self.look_up(text, |key| is(key).then_some(())).is_some()
    }

    /// The label that a cell holds, if it holds nothing else.
    pub(super) fn label(&self, text: &str) -> Option<Label> {
        self.look_up(text, |key| self.labels.get(key).copied())
    }

    /// Whether `text` is the beginning of a label, or of the label `wanted`.
    pub(super) fn begins_label(&self, text: &str, wanted: impl Into<Option<Label>>) -> bool {
        let (key, wanted) = (key(text), wanted.into());
        if key.is_empty() || key.len() > 90 {
            return false;
        }
        let mut from_here = self
            .labels
            .range(key.clone()..)
            .take_while(|(label, _)| label.starts_with(&key));
        from_here.any(|(_, &label)| wanted.is_none_or(|wanted| wanted == label))
    }

    /// Whether `text` is a piece of a heading of the indicator table.
    pub(super) fn is_in_heading(&self, text: &str) -> bool {
        let key = key(text);
        let mut columns = self
            .labels
            .iter()
            .filter(|(_, label)| matches!(label, Label::Column(_)));
        !key.is_empty() && key.len() < 60 && columns.any(|(label, _)| label.contains(&key))
    }

    /// Whether `text` is a level-1 indicator in some form.
    pub(super) fn names_level1(&self, text: &str) -> bool {
        self.is_known(text, |key| self.level1.contains_key(key))
    }

    /// Whether `text` is the beginning of a level-1 indicator.
    pub(super) fn begins_level1(&self, text: &str) -> bool {
        let key = key(text);
        let mut from_here = self.level1.range(key.clone()..);
        from_here.next().is_some_and(|(name, _)| name.starts_with(&key))
    }

    /// Whether the label tables put the level 2 `below` under the level 1 `text`.
    pub(super) fn belongs(&self, text: &str, below: &str) -> bool {
        let (text, below) = (key(text), key(below));
        let mut entries = self.vocabulary.forms.iter().flat_map(|form| &form.indicators);
        entries.any(|entry| {
            entry.texts.iter().any(|name| self::key(name) == text)
                && entry.level2.iter().any(|name| self::key(name) == below)
        })
    }

    /// Takes off a label what says that it is repeated on a further page.
    pub(super) fn clean_continued(&self, text: &mut Cow<'_, str>) {
        if let Some(label) = without_ending(text, &self.continued)
            && (self.names_level1(label) || self.is_level2(label) || self.label(label).is_some())
        {
            *text = Cow::Owned(label.to_owned());
        }
    }

    /// A title without what says that its table goes on; nothing if that does not stand there.
    pub(super) fn without_continued_table<'t>(&self, title: &'t str) -> Option<&'t str> {
        without_ending(title, &self.continued_table)
    }

    /// The milestone that a cell holds, as the label tables write it.
    pub(super) fn milestone(&self, text: &str) -> Option<&'a str> {
        self.look_up(text, |key| self.milestones.get(key).copied())
    }

    /// Whether `text` is a level-1 indicator before `next`, the cell after it.
    pub(super) fn is_level1(&self, text: &str, next: &str) -> bool {
        let Some(entries) = self.look_up(text, |key| self.level1.get(key)) else {
            return false;
        };
        entries
            .iter()
            .any(|needs| needs.as_ref().is_none_or(|needed| needed.contains(&key(next))))
    }

    /// Whether `text` is a level-2 indicator.
    pub(super) fn is_level2(&self, text: &str) -> bool {
        self.is_known(text, |key| self.level2.contains_key(key))
    }

    /// Whether `text` is a level 1, if only before certain level 2.
    pub(super) fn is_level1_of_some(&self, text: &str) -> bool {
        self.is_known(text, |key| self.level1.contains_key(key))
    }

    /// Where a level 2 stands in the forms: the number of its level 1, and its own below that.
    pub(super) fn level2_place(&self, text: &str) -> (usize, usize) {
        let place = self.look_up(text, |key| self.level2.get(key));
        place.copied().unwrap_or_default()
    }

    /// The names of level 1, as keys.
    pub(super) fn level1_names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.level1.keys().map(String::as_str))
    }

    /// The names of level 2, as keys.
    pub(super) fn level2_names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.level2.keys().map(String::as_str))
    }

    /// The headings of a column of the indicator table, as keys.
    pub(super) fn column_names(&self, column: usize) -> impl Iterator<Item = &str> {
        self.labels
            .iter()
            .filter(move |(_, label)| matches!(label, Label::Column(known) if usize::from(*known) == column))
            .map(|(text, _)| text.as_str())
    }

    /// Whether `level2` may stand under `level1`.
    pub(super) fn is_level2_of(&self, level1: &str, level2: &str) -> bool {
        let known = self.look_up(level1, |key| self.level2_of.get(key));
        known.is_some_and(|known| self.is_known(level2, |key| known.contains(key)))
    }

    /// Whether a text says that a value is withheld: 涉密.
    pub(super) fn is_withheld(&self, text: &str) -> bool {
        self.is_known(text, |key| self.withheld.contains(key))
    }

    /// Whether `text` ends as the title of a form does.
    pub(super) fn ends_as_title(&self, text: &str) -> bool {
        self.titles.iter().any(|title| ends_with_key(text, title))
    }

    /// Whether a line ends as the title of a document does: `2025年部门预算绩效文本`.
    pub(super) fn is_document_title(&self, line: &str) -> bool {
        line.len() <= 240 && self.ends_as_document_title(line)
    }

    /// Whether a text of any length ends as the title of a document does.
    pub(super) fn ends_as_document_title(&self, text: &str) -> bool {
        self.document_titles
            .iter()
            .any(|title| ends_with_key(text, title))
    }

    /// Whether the title of a form may end with a text: with its last character one does.
    pub(super) fn may_end_title(&self, text: &str) -> bool {
        let last = |title: &String| title.char_indices().next_back().map(|(at, _)| at);
        let mut titles = self.titles.iter();
        titles.any(|title| last(title).is_some_and(|at| ends_with_key(text, &title[at..])))
    }

    /// Whether a line can be the title of a table of any kind.
    pub(super) fn is_table_title(&self, line: &str) -> bool {
        const LONGEST: usize = 60;
        if line.len() > LONGEST * 3 || line.contains(['。', '；', '，', '\t']) {
            return false;
        }
        let mut endings = self.table_titles.iter();
        endings.any(|ending| ends_with_key(line, ending) && key(line).len() > ending.len() * 2)
    }

    /// The heading that a line is, as a whole; an enumerator before it, a year before a part's title
    /// and a page number after it do not matter.
    pub(super) fn heading(&self, line: &str) -> Option<Heading> {
        /// What may stand before and between the words of a heading: an enumerator, a year, a colon.
        const AROUND: usize = 60;
        if line.is_empty() || line.len() > 240 {
            return None;
        }
        let (line, _) = without_page(line);
        let mut key = key_up_to(line, self.longest_heading + AROUND)?;
        key.truncate(key.trim_end_matches(':').len());
        for (parts, part, title) in [
            (&self.part_one, Heading::PartOne, Heading::PartOneTitle),
            (&self.part_two, Heading::PartTwo, Heading::PartTwoTitle),
        ] {
            for text in parts {
                if let Some(rest) = key.strip_prefix(text.as_str())
                    && (rest.is_empty() || self.plain_heading(rest.trim_start_matches(':')) == Some(title))
                {
                    return Some(part);
                }
            }
        }
        self.plain_heading(&key)
            .or_else(|| self.plain_heading(without_enumerator(&key)))
    }

    fn plain_heading(&self, key: &str) -> Option<Heading> {
        let (_, undated) = leading_year(key).map_or((None, key), |(year, rest)| (Some(year), rest));
        self.headings
            .get(key)
            .or_else(|| self.headings.get(undated))
            .copied()
    }
}

/// The key of a text, with a colon at its end if there is one, unless it takes more than so many bytes.
fn key_up_to(text: &str, longest: usize) -> Option<String> {
    crate::limit::check();
    let mut key = String::with_capacity(text.len().min(longest));
    for c in key_characters(text) {
        if key.len() + c.len_utf8() > longest {
            return None;
        }
        key.push(c);
    }
    Some(key)
}

/// The first two characters of the key of a text; a blank for a second that is not there or is a colon, which
/// may be at the end.
fn start(text: &str) -> Option<[char; 2]> {
    let mut characters = key_characters(text);
    let first = characters.next()?;
    let second = characters.next().filter(|&c| c != ':');
    Some([first, second.unwrap_or(' ')])
}

fn keys(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| key(text)).collect()
}

/// A four-digit year with 年 that `text` begins with, and what follows.
fn leading_year(text: &str) -> Option<(i32, &str)> {
    let digits = text.get(..4)?;
    let rest = text.get(4..)?.strip_prefix('年')?;
    Some((digits.parse().ok()?, rest))
}

/// Takes leaders and a page number off the end of a contents line; also the page number as printed.
pub(super) fn without_page(line: &str) -> (&str, Option<&str>) {
    let is_leader =
        |c: char| matches!(c, '.' | '．' | '…' | '·' | '⋯' | '␉' | '\t' | '_') || c.is_whitespace();
    let line = line.trim_end();
    let number = line.trim_end_matches(|c: char| c.is_ascii_digit());
    if number.len() < line.len() && line.len() - number.len() <= 4 && number.ends_with(is_leader) {
        let body = number.trim_end_matches(is_leader);
        if !body.is_empty() {
            return (body, Some(&line[number.len()..]));
        }
    }
    let body = line.trim_end_matches(is_leader);
    // One full stop is the end of a sentence; leaders come in numbers.
    if line[body.len()..].chars().count() > 2 && !body.is_empty() {
        (body, None)
    } else {
        (line, None)
    }
}

/// Takes an enumerator off the front: `一、`, `（二）`, `3.`, `(4)`, `1、`.
pub(super) fn without_enumerator(text: &str) -> &str {
    enumerator(text).map_or(text, |length| text[length..].trim_start())
}

/// Length in bytes of the enumerator that `text` begins with.
pub(super) fn enumerator(text: &str) -> Option<usize> {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百零〇".contains(c);
    if let Some(first) = text.chars().next()
        && matches!(first, '①'..='⑳')
    {
        return Some(first.len_utf8());
    }
    let (open, inner) = match text.strip_prefix(['（', '(']) {
        Some(inner) => (text.len() - inner.len(), inner),
        None => (0, text),
    };
    let rest = inner.trim_start_matches(is_number);
    let digits = inner.len() - rest.len();
    if digits == 0 || inner[..digits].chars().count() > 3 {
        return None;
    }
    let end = rest.chars().next()?;
    let closes = if open > 0 {
        matches!(end, '）' | ')')
    } else {
        matches!(end, '、' | '.' | '．' | '，' | ',')
    };
    // A comma between digits groups thousands.
    let grouped =
        matches!(end, ',' | '，') && rest[end.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
    (closes && !grouped).then_some(open + digits + end.len_utf8())
}

/// The number of a form's title and the title after it: `3.甲绩效目标表`, `3、…`, `3 . …`.
pub(crate) fn numbered(text: &str) -> Option<(u32, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 || digits > 3 {
        return None;
    }
    let rest = text[digits..].trim_start();
    let rest = rest.strip_prefix(['.', '、', '．', '，', ','])?;
    Some((text[..digits].parse().ok()?, rest.trim_start()))
}

/// What stands before the key `endings` has at the end of a text.
fn without_ending<'t>(text: &'t str, endings: &[String]) -> Option<&'t str> {
    /// No ending has more characters, blanks between them counted.
    const LONGEST: usize = 12;
    let last = text.trim_end().chars().next_back()?;
    let may_end = |ending: &String| {
        ending.chars().next_back() == key(last.encode_utf8(&mut [0; 4])).chars().next_back()
    };
    if !endings.iter().any(may_end) {
        return None;
    }
    let starts = text.char_indices().rev().take(LONGEST).map(|(at, _)| at);
    let before = starts.map(|at| text.split_at(at));
    let is_ending = |ending: &str| endings.contains(&key(ending));
    before
        .filter(|(_, ending)| is_ending(ending))
        .map(|(before, _)| before.trim_end())
        .last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_whole_lines() {
        let vocabulary = Vocabulary::built_in();
        let lexicon = Lexicon::new(&vocabulary);
        for (line, heading) in [
            ("目    录", Some(Heading::Contents)),
            ("第一部分", Some(Heading::PartOne)),
            ("第一部分  2022年部门整体绩效目标......", Some(Heading::PartOne)),
            ("2022年部门整体绩效目标", Some(Heading::PartOneTitle)),
            ("第二部分 预算项目绩效目标", Some(Heading::PartTwo)),
            ("一、总体绩效目标\t1", Some(Heading::Section(0))),
            ("(二) 分项绩效目标", Some(Heading::Section(1))),
            ("1、 总体绩效目标", Some(Heading::Section(0))),
            ("三、工作保障措施.....\t3", Some(Heading::Section(2))),
            ("详见第二部分 预算项目绩效目标。", None),
            ("总体绩效目标完成较好", None),
        ] {
            assert_eq!(lexicon.heading(line), heading, "{line}");
        }
    }

    #[test]
    fn titles_begin_with_a_number_that_is_no_year() {
        assert_eq!(numbered("1.2025年甲绩效目标表"), Some((1, "2025年甲绩效目标表")));
        assert_eq!(numbered("12 、 甲"), Some((12, "甲")));
        assert_eq!(numbered("2025年甲绩效目标表"), None);
    }

    #[test]
    fn cost_is_a_level_1_only_before_its_own_level_2() {
        let vocabulary = Vocabulary::built_in();
        let lexicon = Lexicon::new(&vocabulary);
        assert!(lexicon.is_level1("成本指标", "经济成本 指标"));
        assert!(!lexicon.is_level1("成本指标", "资金成本"));
        assert!(lexicon.is_level1("产出指标", "资金成本"));
    }
}
