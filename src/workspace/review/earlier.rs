//! What an earlier review found, so that only what is new is shown.
//!
//! Architecture invariant: findings are paired within one department and by what they say, never by where they
//! stand.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::accepted::last_step;
use super::{Identified, Remark, Reviewing, review_each};
use crate::check::Rule;
use crate::finding::{Finding, Severity};
use crate::workspace::input::Input;
use crate::workspace::press::Press;
use crate::workspace::reading::Reading;
use crate::workspace::subjects::Subjects;

/// What was found before, by department.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    known: BTreeMap<Key, Found>,
    /// Whether it was read from what `check --format json` wrote, which does not say the year.
    is_report: bool,
}

/// Name and year of a department.
type Key = (Option<String>, Option<i32>);

/// How often each finding is there.
type Marks = BTreeMap<String, usize>;

/// What was found in a department before, and what of it was met again.
#[derive(Clone, Debug, Default)]
struct Found {
    before: Marks,
    /// What was met in the document that is told now.
    now: Marks,
    /// The most that was met in one document.
    again: Marks,
    is_reviewed: bool,
}

impl Found {
    /// Begins with a document of the department; there may be several.
    fn begin(&mut self) {
        for (mark, count) in std::mem::take(&mut self.now) {
            let most = self.again.entry(mark).or_default();
            *most = count.max(*most);
        }
        self.is_reviewed = true;
    }

    /// Whether the finding was there before, once for each time that it was.
    fn meet(&mut self, mark: String) -> bool {
        let before = self.before.get(&mark).copied().unwrap_or_default();
        let now = self.now.entry(mark).or_default();
        *now += usize::from(*now < before + 1);
        *now <= before
    }

    fn gone(&self) -> usize {
        let of = |marks: &Marks, mark: &String| marks.get(mark).copied().unwrap_or_default();
        let left = |(mark, before): (&String, &usize)| {
            before.saturating_sub(of(&self.again, mark).max(of(&self.now, mark)))
        };
        self.before.iter().map(left).sum()
    }
}

/// A finding as `check --format json` writes it, as far as it tells which one it is.
#[derive(Deserialize)]
struct Written {
    rule: String,
    department: Option<String>,
    project: Option<u32>,
    field: Option<String>,
    quote: Option<String>,
}

impl Earlier {
    /// Whether the department was reviewed before; notes that it is reviewed now.
    pub fn meet(&mut self, department: &Identified) -> bool {
        let key = self.key(department);
        if self.is_report {
            // A department in which nothing was found is not in a report.
            self.known.entry(key.clone()).or_default();
        }
        let found = self.known.get_mut(&key);
        found.map(Found::begin).is_some()
    }

    /// Whether a finding of the department was there before.
    pub fn knows(&mut self, department: &Identified, remark: &Remark) -> bool {
        let mark = if self.is_report {
            mark(&remark.finding)
        } else {
            remark.identity.clone()
        };
        let key = self.key(department);
        let found = self.known.get_mut(&key);
        found.is_some_and(|found| found.meet(mark))
    }

    /// How many findings of the departments that were reviewed are there no more.
    #[must_use]
    pub fn gone(&self) -> usize {
        let reviewed = self.known.values().filter(|found| found.is_reviewed);
        reviewed.map(Found::gone).sum()
    }

    fn key(&self, department: &Identified) -> Key {
        let year = department.year.filter(|_| !self.is_report);
        (department.name.clone(), year)
    }
}

/// Reads what was found earlier: in documents, models or folders of any kind, which are reviewed as `reviewing` says,
/// or in what `check --format json` wrote. Returns it with what was found when it was read.
///
/// # Errors
///
/// The findings that say why nothing can be read.
pub fn read_earlier(
    base: &Path,
    reviewing: &Reviewing,
    press: &Press,
) -> Result<(Earlier, Vec<Finding>), Vec<Finding>> {
    if let Some(earlier) = read_report(base, reviewing) {
        return Ok((earlier, Vec::new()));
    }
    let subjects = Subjects::gather(&[PathBuf::from(base)], Reading::Either, None);
    let mut findings = subjects.findings.clone();
    let mut earlier = Earlier::default();
    let reviewing = Reviewing {
        has_excerpts: false,
        ..reviewing.clone()
    };
    review_each(subjects, &reviewing, press, |reviewed| {
        findings.extend(reviewed.read);
        if let Some(department) = &reviewed.department {
            let found = earlier.known.entry(earlier.key(department)).or_default();
            for remark in reviewed.remarks {
                *found.before.entry(remark.identity).or_default() += 1;
            }
        }
        ControlFlow::Continue(())
    });
    findings.retain(|finding| finding.severity == Severity::Error);
    if earlier.known.is_empty() {
        return Err(findings);
    }
    Ok((earlier, findings))
}

/// The findings in what `check --format json` wrote; `None` if the file is something else.
fn read_report(path: &Path, reviewing: &Reviewing) -> Option<Earlier> {
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let input = Input {
        path: path.to_owned(),
        is_standard: false,
    };
    if !is_json || !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let bytes = input.read().ok()?;
    let written: Vec<Written> = serde_json::from_slice(&bytes).ok()?;
    let mut earlier = Earlier {
        is_report: true,
        ..Earlier::default()
    };
    for one in written {
        // Of a rule that is turned off nothing is looked for, so that nothing of it is gone.
        if Rule::named(&one.rule).is_none_or(|rule| reviewing.settings.severity(rule).is_none()) {
            continue;
        }
        let project = one.project.map(|number| number.to_string());
        let mark = joined(&[
            &one.rule,
            project.as_deref().unwrap_or_default(),
            last_step(one.field.as_deref().unwrap_or_default()),
            one.quote.as_deref().unwrap_or_default(),
        ]);
        let found = earlier.known.entry((one.department, None)).or_default();
        *found.before.entry(mark).or_default() += 1;
    }
    Some(earlier)
}

/// What a finding is known by in what `check --format json` wrote.
fn mark(finding: &Finding) -> String {
    let project = finding.form.map(|number| number.to_string());
    joined(&[
        finding.code.name(),
        project.as_deref().unwrap_or_default(),
        last_step(finding.field.as_deref().unwrap_or_default()),
        finding.quote.as_deref().unwrap_or_default(),
    ])
}

fn joined(parts: &[&str]) -> String {
    let mut joined = String::new();
    for part in parts {
        joined.extend(part.chars().filter(|c| !c.is_whitespace()));
        joined.push('\n');
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Code, Message};

    fn remark(identity: &str, quote: &str) -> Remark {
        Remark {
            finding: Finding::new(Code::PercentWord, Message::default())
                .in_form(1)
                .on_field("projects[0].indicators[4].target")
                .quoting(quote),
            identity: identity.to_owned(),
            excerpt: None,
        }
    }

    fn identified(name: &str, year: i32) -> Identified {
        Identified {
            name: Some(name.to_owned()),
            year: Some(year),
            ..Identified::default()
        }
    }

    #[test]
    fn what_was_there_before_is_known_as_often_as_it_was() {
        let mut earlier = Earlier::default();
        let own = identified("甲局", 2025);
        let key = earlier.key(&own);
        let before = Marks::from([("a".to_owned(), 2), ("b".to_owned(), 1)]);
        earlier.known.insert(
            key,
            Found {
                before,
                ..Found::default()
            },
        );
        let other = identified("甲局", 2024);
        assert!(!earlier.meet(&other) && !earlier.knows(&other, &remark("a", "")));
        assert_eq!(
            earlier.gone(),
            0,
            "of a department that was not reviewed nothing is gone"
        );
        assert!(earlier.meet(&own));
        let known: Vec<bool> = ["a", "c", "a", "a"]
            .map(|identity| earlier.knows(&own, &remark(identity, "")))
            .to_vec();
        assert_eq!(known, [true, false, true, false]);
        assert_eq!(earlier.gone(), 1);
        // The same department in another document.
        assert!(earlier.meet(&own) && earlier.knows(&own, &remark("b", "")));
        assert_eq!(earlier.gone(), 0);
    }

    #[test]
    fn a_report_tells_findings_by_rule_form_field_and_quote() {
        let mut earlier = Earlier {
            is_report: true,
            ..Earlier::default()
        };
        let own = identified("甲局", 2025);
        let mut found = Found::default();
        found
            .before
            .insert(joined(&["percent-word", "1", "target", "≥90百分比"]), 1);
        earlier.known.insert(earlier.key(&own), found);
        assert!(earlier.meet(&own) && earlier.meet(&identified("乙局", 2025)));
        assert!(earlier.knows(&own, &remark("x", "≥90 百分比")));
        assert!(!earlier.knows(&own, &remark("x", "≥91百分比")));
    }
}
