//! What the rules find: a finding with its quote, its place and its fix, told in few words.

use std::borrow::Cow;
use std::ops::Range;

use super::Rule;
use super::quantity;
use super::review::{Form, Row, Spot, Text};
use crate::finding::{Applicability, Edit, Finding, Fix, Message, Place, Severity};
use crate::model::Department;

/// What a rule finds.
pub(super) struct Found<'f> {
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    pub(super) department: &'f Department,
    pub(super) findings: &'f mut Vec<Finding>,
}

impl Found<'_> {
    /// Adds a finding about a field of a form; the field's printed text is its quote.
    pub(super) fn on(&mut self, form: &Form<'_>, field: &str, message: Message) -> Hit<'_> {
        let quote = form.project.text_at(field).map(Cow::into_owned);
        let place = form.project.origin_at(field).map(|origin| origin.place);
        let finding = self.finding(form.path(field), message, quote, place);
        finding.form = Some(form.project.number);
        Hit(finding)
    }

    /// Adds a finding about a part of a text, which is its quote.
    pub(super) fn in_text(
        &mut self,
        form: Option<&Form<'_>>,
        spot: Spot,
        text: &str,
        range: &Range<usize>,
        message: Message,
    ) -> Hit<'_> {
        let hit = match form {
            Some(form) => self.on(form, &spot.path(), message),
            None => self.outside(&spot.path(), message),
        };
        hit.quoting_plain(text, range)
    }

    /// Adds a finding about a cell of a row.
    pub(super) fn on_row(&mut self, form: &Form<'_>, row: &Row<'_>, cell: &str, message: Message) -> Hit<'_> {
        self.on(form, &row.path(cell), message)
    }

    /// Adds a finding about a field outside of the forms, by its path in the model.
    pub(super) fn outside(&mut self, field: &str, message: Message) -> Hit<'_> {
        let quote = self.department.text_at(field).map(Cow::into_owned);
        let place = self.department.origin_at(field).map(|origin| origin.place);
        Hit(self.finding(field.to_owned(), message, quote, place))
    }

    fn finding(
        &mut self,
        field: String,
        message: Message,
        quote: Option<String>,
        place: Option<Place>,
    ) -> &mut Finding {
        let mut finding = Finding::new(self.rule.code, message)
            .at_some(place)
            .on_field(field);
        finding.severity = self.severity;
        finding.quote = quote;
        let at = self.findings.len();
        self.findings.push(finding);
        &mut self.findings[at]
    }
}

/// A finding that was just added, to say more.
pub(super) struct Hit<'f>(&'f mut Finding);

impl Hit<'_> {
    /// Quotes a part of the field instead of all of it: the text that stands at `range` of its plain text.
    pub(super) fn quoting(self, text: &Text<'_>, range: &Range<usize>) -> Self {
        self.quoting_plain(&text.plain, range)
    }

    fn quoting_plain(self, text: &str, range: &Range<usize>) -> Self {
        if let Some(printed) = self
            .0
            .quote
            .as_deref()
            .and_then(|quote| printed_at(quote, text, range))
        {
            self.0.quote = Some(printed.to_owned());
        }
        self
    }

    /// Quotes that text.
    pub(super) fn saying(self, quote: impl Into<String>) -> Self {
        self.0.quote = Some(quote.into());
        self
    }

    /// Says that it is about a form too, though the field stands elsewhere.
    pub(super) fn about(self, form: &Form<'_>) -> Self {
        self.0.form = Some(form.project.number);
        self
    }

    /// Says where it stands, for what has no origin of its own.
    pub(super) fn placed(self, place: Option<Place>) -> Self {
        self.0.places = place.into_iter().collect();
        self
    }

    /// Adds the place of another field that it is about.
    pub(super) fn beside(self, place: Option<Place>) -> Self {
        self.0.places.extend(place);
        self
    }

    /// Proposes another target, which a person should look at.
    pub(super) fn rewriting(self, form: &Form<'_>, row: &Row<'_>, right: &str) -> Self {
        self.fix(Applicability::Unsafe, form, &[(&row.path("target"), Some(right))])
    }

    /// Proposes to write `after` into a field of the form, instead of what stands there.
    pub(super) fn fix(
        self,
        applicability: Applicability,
        form: &Form<'_>,
        changes: &[(&str, Option<&str>)],
    ) -> Self {
        let edits = changes
            .iter()
            .map(|(field, after)| Edit {
                field: form.path(field),
                before: form.project.text_at(field).map(Cow::into_owned),
                after: after.map(str::to_owned),
            })
            .collect();
        self.0.fix = Some(Fix { applicability, edits });
        self
    }
}

/// The part of a printed text whose plain characters stand at `range`.
fn printed_at<'p>(printed: &'p str, plain: &str, range: &Range<usize>) -> Option<&'p str> {
    let from = plain.get(..range.start)?.chars().count();
    let to = from + plain.get(range.clone())?.chars().count();
    let (mut count, mut before) = (0, None);
    let (mut start, mut end) = (None, None);
    for (at, c) in printed.char_indices() {
        if quantity::is_dropped(c) {
            continue;
        }
        // A sign of two characters is one plain character.
        if !before.is_some_and(|before| quantity::is_one_sign(before, c)) {
            if count == from {
                start = Some(at);
            }
            count += 1;
        }
        if (from + 1..=to).contains(&count) {
            end = Some(at + c.len_utf8());
        }
        before = Some(c);
    }
    printed.get(start?..end?)
}

/// Orders findings as a reader meets them: the document, then form by form, field by field.
pub(super) fn in_order(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let field = finding.field.as_deref().unwrap_or_default();
        let (project, below) = match field
            .strip_prefix("projects[")
            .and_then(|rest| rest.split_once(']'))
        {
            Some((index, below)) => (
                index.parse().unwrap_or(usize::MAX) + 1,
                below.trim_start_matches('.'),
            ),
            None => (0, field),
        };
        let (rank, index) = rank(below);
        (project, rank, index, finding.code)
    });
}

/// The place of a field in its form, and of its item in a list.
fn rank(field: &str) -> (usize, usize) {
    const ORDER: [&str; 12] = [
        "contents",
        "narrative",
        "title",
        "unit",
        "code",
        "name",
        "budget",
        "purpose",
        "spending_plan",
        "goals",
        "indicators",
        "",
    ];
    let rank = ORDER
        .iter()
        .position(|name| field.starts_with(name))
        .unwrap_or(ORDER.len());
    let index = field
        .split_once('[')
        .and_then(|(_, rest)| rest.split(']').next())
        .and_then(|index| index.parse().ok())
        .unwrap_or(0);
    (rank, index)
}
