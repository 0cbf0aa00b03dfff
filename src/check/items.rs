//! The items of the narrative (分项绩效目标): where each begins, what it is called, and which project it is about.

use std::ops::Range;

use super::money::{Amount, in_wan_yuan, stated_total};
use super::quantity::plain;
use super::review::{Form, Review, Text};
use super::words::WORDS;

/// The section of the narrative that has the items.
pub(super) const SECTION: &str = "itemized_targets";

/// Names that are at least so much alike are those of one project.
const ALIKE: f64 = 0.6;
/// The same where the amounts are equal too.
const ALIKE_WITH_AMOUNT: f64 = 0.4;

/// The items of a narrative.
#[derive(Default)]
pub(super) struct Items<'a> {
    pub(super) list: Vec<Item<'a>>,
    /// Whether the items stand for projects, one each; else they are about the department's work as a whole.
    pub(super) is_per_project: bool,
}

/// An item of the narrative.
pub(super) struct Item<'a> {
    /// Its paragraphs in the section, the heading first.
    pub(super) paragraphs: Range<usize>,
    /// Its name as printed, without number and amount.
    pub(super) name: String,
    /// Its texts, the heading first.
    pub(super) texts: Vec<Text<'a>>,
    /// The budget that it states, and the paragraph of the item where it does.
    pub(super) budget: Option<(usize, Amount)>,
    /// The form that it is about, by its place.
    pub(super) form: Option<usize>,
    /// Further forms that it is about: of the same name, or such that all of them cost what it states.
    pub(super) more: Vec<usize>,
}

impl Item<'_> {
    /// Whether it has the name of its project, or states its budget.
    fn is_surely(&self, forms: &[Form<'_>]) -> bool {
        self.form.is_some_and(|at| {
            let form = &forms[at];
            let amount = self.budget.as_ref().map(|(_, amount)| amount.value);
            is_same_name(form.project.name.as_deref().unwrap_or_default(), &self.name)
                || (amount.is_some() && amount == form.budget())
        })
    }

    /// Whether it is about a form.
    pub(super) fn is_about(&self, form: usize) -> bool {
        self.form == Some(form) || self.more.contains(&form)
    }

    /// The path of one of its paragraphs.
    pub(super) fn path(&self, paragraph: usize) -> String {
        path(self.paragraphs.start + paragraph)
    }
}

/// The path of a paragraph of the section.
pub(super) fn path(paragraph: usize) -> String {
    format!("narrative.{SECTION}[{paragraph}]")
}

/// How a paragraph is numbered: 一、, （一）, 1. or （1）.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Numbering {
    in_brackets: bool,
    in_digits: bool,
}

impl<'a> Items<'a> {
    /// Reads the items of the narrative and pairs them with the forms.
    pub(super) fn of(review: &Review<'a>) -> Self {
        let paragraphs = &review.department.narrative.itemized_targets;
        let goals: Vec<&str> = review
            .vocabulary
            .forms
            .iter()
            .flat_map(|form| form.labels.texts("goals"))
            .map(String::as_str)
            .collect();
        let plains: Vec<_> = paragraphs.iter().map(|text| plain(text)).collect();
        let style = plains
            .iter()
            .find_map(|text| numbering(text))
            .map(|(style, _)| style);
        let begins = |at: usize| {
            if let Some(style) = style {
                return numbering(&plains[at]).is_some_and(|(own, _)| own == style);
            }
            // Without numbers an item begins before the paragraph that tells its goals.
            let is_goal = |text: &str| goals.iter().any(|label| text.starts_with(label));
            !is_goal(&plains[at]) && plains.get(at + 1).is_some_and(|next| is_goal(next))
        };
        let starts: Vec<usize> = (0..paragraphs.len()).filter(|at| begins(*at)).collect();
        let mut list: Vec<Item<'a>> = starts
            .iter()
            .enumerate()
            .map(|(index, &start)| {
                let end = starts.get(index + 1).copied().unwrap_or(paragraphs.len());
                Item::of(paragraphs, start..end, &goals)
            })
            .collect();
        pair(&mut list, &review.forms);
        let paired = list.iter().filter(|item| item.form.is_some()).count();
        let surely = list.iter().filter(|item| item.is_surely(&review.forms)).count();
        let with_amount = list
            .iter()
            .filter(|item| item.budget.as_ref().is_some_and(|(paragraph, _)| *paragraph == 0))
            .count();
        // Items about work may be called like a project or two; items for projects are called so, or state what they
        // cost.
        let is_per_project = paired > 0
            && (2 * surely >= list.len()
                || 2 * with_amount > list.len()
                || (surely > 0 && 4 * paired >= 3 * list.len()));
        Self { list, is_per_project }
    }
}

impl<'a> Item<'a> {
    fn of(paragraphs: &'a [String], range: Range<usize>, goals: &[&str]) -> Self {
        let texts: Vec<Text<'a>> = paragraphs[range.clone()]
            .iter()
            .map(|text| Text::of(Some(text)))
            .collect();
        let heading = texts.first().map_or("", |text| text.plain.as_ref());
        let start = numbering(heading).map_or(0, |(_, length)| length);
        let rest = &heading[start..];
        let bracket = rest
            .char_indices()
            .filter(|(_, c)| matches!(c, '（' | '('))
            .map(|(at, _)| at)
            .find(|at| rest[*at..].contains('元') || rest[*at..].contains("预算"));
        let end = rest
            .find(['：', ':', '，', ',', '。', '；', ';'])
            .unwrap_or(rest.len());
        let mut name = &rest[..end.min(bracket.unwrap_or(end))];
        name = name.strip_suffix("说明").unwrap_or(name);
        for label in goals {
            name = name.strip_suffix(label).unwrap_or(name);
        }
        // 河道清淤工程30万元.
        let amounts = |text: &Text<'_>| -> Vec<Amount> {
            let all = text.stated().quantities.iter();
            all.filter_map(|quantity| {
                Some(Amount {
                    share: super::money::Share::Total,
                    value: in_wan_yuan(quantity)?,
                    range: quantity.range.clone(),
                })
            })
            .collect()
        };
        let in_heading = texts
            .first()
            .map(amounts)
            .filter(|amounts| amounts.len() == 1 && texts.len() > 1);
        let stated = texts
            .iter()
            .enumerate()
            .find_map(|(at, text)| Some((at, stated_total(text)?)));
        let budget = stated.or_else(|| Some((0, in_heading?.pop()?)));
        // 河道清淤工程30万元 is 河道清淤工程.
        let end = start + name.len();
        let amount = texts.first().and_then(|text| {
            let mut all = text.stated().quantities.iter();
            all.rfind(|quantity| quantity.range.end == end && quantity.range.start > start)
                .filter(|quantity| in_wan_yuan(quantity).is_some())
        });
        if let Some(amount) = amount {
            name = &heading[start..amount.range.start];
        }
        let name = name
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
            .to_owned();
        Self {
            paragraphs: range,
            name,
            budget,
            form: None,
            more: Vec::new(),
            texts,
        }
    }
}

/// How a text is numbered, and the bytes of its number.
fn numbering(text: &str) -> Option<(Numbering, usize)> {
    let inside = text.strip_prefix(['（', '(']);
    let rest = inside.unwrap_or(text);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || "一二三四五六七八九十".contains(c)))?;
    let (number, after) = rest.split_at(end);
    let in_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !number.is_empty()
        && number.chars().count() <= 3
        && (in_digits || !number.bytes().any(|byte| byte.is_ascii_digit()));
    let mark = after.chars().next().filter(|_| is_number)?;
    let is_marked = match inside {
        Some(_) => matches!(mark, '）' | ')'),
        None => {
            matches!(mark, '、' | '.' | '．')
                // 1.5 is no number of a paragraph, 1、2025年 is.
                && (mark == '、' || !after[mark.len_utf8()..].starts_with(|c: char| c.is_ascii_digit()))
        }
    };
    is_marked.then(|| {
        let style = Numbering {
            in_brackets: inside.is_some(),
            in_digits,
        };
        (style, text.len() - after.len() + mark.len_utf8())
    })
}

/// Pairs items with forms, the most alike first.
fn pair(items: &mut [Item<'_>], forms: &[Form<'_>]) {
    let names: Vec<Vec<char>> = forms
        .iter()
        .map(|form| {
            bare_name(form.project.name.as_deref().unwrap_or_default())
                .chars()
                .collect()
        })
        .collect();
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let own: Vec<char> = bare_name(&item.name).chars().collect();
        for (form, name) in forms.iter().zip(&names) {
            let likeness = likeness(&own, name);
            let amount = item.budget.as_ref().map(|(_, amount)| amount.value);
            let is_same_amount = amount.is_some() && amount == form.budget();
            if likeness >= ALIKE || (is_same_amount && likeness >= ALIKE_WITH_AMOUNT) {
                let bonus = if is_same_amount { 0.15 } else { 0.0 };
                pairs.push((likeness + bonus, at, form.index));
            }
        }
    }
    pairs.sort_by(|one, other| {
        other
            .0
            .total_cmp(&one.0)
            .then((one.1, one.2).cmp(&(other.1, other.2)))
    });
    let mut taken = vec![false; forms.len()];
    for (_, item, form) in pairs {
        if items[item].form.is_none() && !taken[form] {
            items[item].form = Some(form);
            taken[form] = true;
        }
    }
    for item in items {
        let Some(first) = item.form else {
            continue;
        };
        let own: Vec<char> = bare_name(&item.name).chars().collect();
        let alike: Vec<usize> = (0..forms.len())
            .filter(|at| !taken[*at] && likeness(&own, &names[*at]) >= ALIKE)
            .collect();
        let same: Vec<usize> = alike
            .iter()
            .copied()
            .filter(|at| names[*at] == names[first])
            .collect();
        let amount = item.budget.as_ref().map(|(_, amount)| amount.value);
        let more = [alike, same].into_iter().find(|more| {
            let budgets = more.iter().chain([&first]).map(|at| forms[*at].budget());
            !more.is_empty() && (amount.is_none() || amount == budgets.sum())
        });
        for at in more.unwrap_or_default() {
            taken[at] = true;
            item.more.push(at);
        }
    }
}

/// Whether two names are those of one project. One of them may lack the word for money at its end.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (bare_name(one), bare_name(other));
    let is_longer = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| WORDS.money.generic.has(rest))
    };
    one == other || is_longer(&one, &other) || is_longer(&other, &one)
}

/// A name without blanks, years, the number of a document before it, brackets with what is in them, and 项目 at its
/// end: what tells projects apart.
pub(super) fn bare_name(name: &str) -> String {
    let plain = plain(name);
    let plain = without_document_number(&plain);
    let mut bare = String::with_capacity(plain.len());
    let mut depth = 0_usize;
    for c in plain.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let named = if digits == 4 { &bare[digits..] } else { &bare };
    let named = match digits {
        4 => named
            .strip_prefix("年度")
            .or_else(|| named.strip_prefix('年'))
            .unwrap_or(named),
        _ => named,
    };
    named.strip_suffix("项目").unwrap_or(named).to_owned()
}

/// A name without the number of a document at its beginning: 青财教〔2024〕88号.
fn without_document_number(name: &str) -> &str {
    let year = name.find(['〔', '[', '【', '（', '(']);
    let rest = year.filter(|at| *at > 0).map(|at| &name[at..]);
    let number = rest
        .and_then(|rest| rest.split_once(['〕', ']', '】', '）', ')']))
        .filter(|(year, _)| {
            year.chars().skip(1).count() == 4 && year.ends_with(|c: char| c.is_ascii_digit())
        });
    let after = number
        .map(|(_, rest)| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '第'))
        .and_then(|rest| rest.strip_prefix('号'));
    after.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// How much alike two texts are: twice the length of what they have in common in the same order, by the length of
/// both; from 0 to 1.
pub(super) fn likeness(one: &[char], other: &[char]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let shared = one.iter().filter(|c| other.contains(c)).count();
    let all = (one.len() + other.len()) as f64;
    if 2.0 * (shared as f64) / all < ALIKE_WITH_AMOUNT {
        return 0.0;
    }
    let mut row = vec![0_usize; other.len() + 1];
    for a in one {
        let mut diagonal = 0;
        for (at, b) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    2.0 * row[other.len()] as f64 / all
}
