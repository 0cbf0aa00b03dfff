//! The review: reads a department's forms and narrative as a finance bureau would, and says what it would send
//! back.
//!
//! A rule is one file below `rules`: what it looks for, why, where that is published, examples of both kinds, and
//! the function that looks. What several rules need to know about a text (its quantities, its dates, what its
//! level is) is read once, into a `review::Review`.
//!
//! ```
//! use jixiao::check::{Settings, check};
//! use jixiao::model::Department;
//! use jixiao::vocab::Vocabulary;
//!
//! let mut department = Department::default();
//! department.projects.push(Default::default());
//! department.projects[0].budget.total = Some("20.00".to_owned());
//! department.projects[0].budget.fiscal = Some("19.50".to_owned());
//! department.refresh_meanings();
//! let findings = check(&department, &Vocabulary::built_in(), &Settings::default());
//! assert_eq!(findings[0].code.name(), "budget-sum");
//! ```
//!
//! Architecture invariant: it reads the model and nothing else, so a text, a workbook and a model that say the
//! same are reviewed alike; a value that the source lost is never its author's mistake.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Applicability, Code, Edit, Finding, Message, Severity};
use crate::model::Department;
use crate::vocab::Vocabulary;

mod doubled;
mod example;
mod found;
mod identity;
mod items;
mod list;
mod money;
mod page;
mod quantity;
mod review;
mod rules;
mod words;

pub use example::{Example, sound_department};
pub use identity::identity;
pub use page::pages;
pub use rules::ALL;

use found::Found;
use review::Review;

/// A rule of the review.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings, which has its name, its severity and what to do.
    pub code: Code,
    /// The short stable name beside the long one, such as `B01`.
    pub number: &'static str,
    /// What it finds, in a few words.
    pub title: Message,
    /// What exactly it looks at, and what not.
    pub what: Message,
    /// Why it matters.
    pub why: Message,
    /// Where the requirement is published, if it is.
    pub source: Option<Message>,
    /// How far its fixes may be trusted; `None` where it proposes none.
    pub fix: Option<Applicability>,
    /// Changes of [`sound_department`] that it finds.
    pub hits: &'static [Example],
    /// Changes of it that look alike and are right.
    pub misses: &'static [Example],
    /// Looks.
    check: fn(&Review<'_>, &mut Found<'_>),
}

impl Rule {
    /// The rule of that name or of that number; case does not matter.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Rule> {
        let is_named = |rule: &Rule| {
            rule.code.name().eq_ignore_ascii_case(name) || rule.number.eq_ignore_ascii_case(name)
        };
        ALL.iter().copied().find(|rule| is_named(rule))
    }

    /// The rule whose findings have that code.
    #[must_use]
    pub fn of(code: Code) -> Option<&'static Rule> {
        ALL.iter().copied().find(|rule| rule.code == code)
    }
}

/// What an office sets otherwise than the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Settings {
    /// The severity of rules; `None` turns one off.
    pub severities: BTreeMap<Code, Option<Severity>>,
    /// Limits of rules that have some.
    pub limits: Limits,
}

/// The limits that an office may set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Limits {
    /// The difference of amounts that is no difference, in wan yuan, besides rounding.
    pub amount_tolerance: rust_decimal::Decimal,
    /// The shortest phrase that counts as repeated, in characters.
    pub repeated_characters: usize,
    /// Words that make a target measurable in this office, such as those of a graded scale.
    pub measurable_words: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            amount_tolerance: rust_decimal::Decimal::ZERO,
            repeated_characters: 2,
            measurable_words: Vec::new(),
        }
    }
}

impl Settings {
    /// The severity of findings of `rule`; `None` where it is turned off.
    #[must_use]
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        match self.severities.get(&rule.code) {
            Some(severity) => *severity,
            None => Some(rule.code.severity()),
        }
    }
}

/// Reviews a department with all rules that are turned on. The findings stand in the order of the document:
/// form by form, and within a form in the order of its fields; what concerns the document as a whole comes first.
///
/// A finding's field is the path in the whole model, such as `projects[0].indicators[4].target`; its quote is the
/// text that it is about, as printed.
#[must_use]
pub fn check(department: &Department, vocabulary: &Vocabulary, settings: &Settings) -> Vec<Finding> {
    let review = Review::of(department, vocabulary, settings);
    let mut all = Vec::new();
    for rule in ALL {
        if let Some(severity) = settings.severity(rule) {
            let mut found = Found {
                rule,
                severity,
                department,
                findings: &mut all,
            };
            (rule.check)(&review, &mut found);
        }
    }
    found::in_order(&mut all);
    all
}

/// Makes the edit of a fix. Says whether the field is there and holds what the edit expects; else nothing is changed.
///
/// What the texts mean is to be read anew afterwards, by [`Department::refresh_meanings`].
pub fn apply(department: &mut Department, edit: &Edit) -> bool {
    if department.text_at(&edit.field).as_deref() != edit.before.as_deref() {
        return false;
    }
    if let Some((at, field)) = edit
        .field
        .strip_prefix("projects[")
        .and_then(|rest| rest.split_once("]."))
    {
        let project = at
            .parse()
            .ok()
            .and_then(|at: usize| department.projects.get_mut(at));
        return project.is_some_and(|project| project.replace_text_at(field, edit.after.clone()));
    }
    let Some(section) = edit.field.strip_prefix("narrative.") else {
        return false;
    };
    let Some((name, at)) = section
        .strip_suffix(']')
        .and_then(|section| section.split_once('['))
    else {
        return false;
    };
    let paragraph = department
        .narrative
        .section_mut(name)
        .zip(at.parse().ok())
        .and_then(|(section, at): (_, usize)| section.get_mut(at));
    match (paragraph, &edit.after) {
        (Some(paragraph), Some(after)) => {
            paragraph.clone_from(after);
            true
        }
        _ => false,
    }
}
