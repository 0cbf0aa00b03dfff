//! What an earlier review found, so that only what is new is shown.
//!
//! Architecture invariant: findings are paired within one department and by what they say, never by where they
//! stand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::accepted::last_step;
use super::{Identified, Remark, Reviewing, Subjects, review_each};
use crate::check::Rule;
use crate::finding::{Finding, Severity};
use crate::workspace::input::Input;
use crate::workspace::press::Press;

/// What was found before, by department.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    known: BTreeMap<Key, Found>,
    /// Whether it was read from what `check --format json` wrote, which does not say the year.
    is_report: bool,
}

/// Name and year of a department.
type Key = (Option<String>, Option<i32>);

/// What was found in a department before, and what of it was met again.
#[derive(Clone, Debug, Default)]
struct Found {
    before: BTreeSet<String>,
    again: BTreeSet<String>,
    is_reviewed: bool,
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
        found.is_some_and(|found| {
            found.is_reviewed = true;
            true
        })
    }

    /// Whether a finding of the department was there before.
    pub fn knows(&mut self, department: &Identified, remark: &Remark) -> bool {
        let mark = if self.is_report {
            mark(&remark.finding)
        } else {
            remark.identity.clone()
        };
        let key = self.key(department);
        let Some(found) = self.known.get_mut(&key) else {
            return false;
        };
        let is_known = found.before.contains(&mark);
        if is_known {
            found.again.insert(mark);
        }
        is_known
    }

    /// How many findings of the departments that were reviewed are there no more.
    #[must_use]
    pub fn gone(&self) -> usize {
        let reviewed = self.known.values().filter(|found| found.is_reviewed);
        reviewed.map(|found| found.before.len() - found.again.len()).sum()
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
    let subjects = Subjects::gather(&[PathBuf::from(base)]);
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
            found
                .before
                .extend(reviewed.remarks.into_iter().map(|remark| remark.identity));
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
        let is_on = |rule: &&Rule| reviewing.settings.severity(rule).is_some();
        if Rule::named(&one.rule).filter(|rule| is_on(rule)).is_none() {
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
        found.before.insert(mark);
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
