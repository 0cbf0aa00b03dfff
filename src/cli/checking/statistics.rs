//! What the review found, counted: by rule, or by department.
//!
//! Architecture invariant: only sums are kept, however many findings there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::check::Rule;
use crate::cli::report::{SEVERITIES, columns, one_line};
use crate::cli::say;
use crate::finding::{Code, Finding, Language, Severity};
use crate::workspace::{Reviewed, severity_index};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Rule,
    Department,
}

/// The sums.
#[derive(Debug)]
pub(super) struct Statistics {
    by: By,
    rules: BTreeMap<Code, OfRule>,
    departments: Vec<(String, [usize; 4], usize)>,
}

#[derive(Debug)]
struct OfRule {
    severity: Severity,
    count: usize,
    accepted: usize,
    departments: usize,
}

impl Statistics {
    pub(super) fn new(by: By) -> Self {
        Self {
            by,
            rules: BTreeMap::new(),
            departments: Vec::new(),
        }
    }

    /// Counts what was found in a department.
    pub(super) fn add<'f>(&mut self, reviewed: &Reviewed, findings: impl Iterator<Item = &'f Finding>) {
        let mut met: Vec<Code> = Vec::new();
        let (mut counts, mut accepted) = ([0; 4], 0);
        for finding in findings {
            let own = self.rules.entry(finding.code).or_insert(OfRule {
                severity: finding.severity,
                count: 0,
                accepted: 0,
                departments: 0,
            });
            if !met.contains(&finding.code) {
                met.push(finding.code);
                own.departments += 1;
            }
            if finding.accepted.is_some() {
                own.accepted += 1;
                accepted += 1;
            } else {
                own.count += 1;
                counts[severity_index(finding.severity)] += 1;
            }
        }
        if let Some(department) = reviewed.department.as_ref().filter(|_| self.by == By::Department) {
            let name = department.name.as_deref().unwrap_or(&reviewed.source);
            let year = department.year.map(|year| format!(" {year}")).unwrap_or_default();
            let name = format!("{}{year}", one_line(name));
            self.departments.push((name, counts, accepted));
        }
    }

    /// The table.
    pub(super) fn table(&self, language: Language) -> String {
        match self.by {
            By::Rule => self.by_rule(language),
            By::Department => self.by_department(language),
        }
    }

    fn by_rule(&self, language: Language) -> String {
        let say = |zh: &'static str, en: &'static str| say(language, zh, en).to_owned();
        let mut rules: Vec<(&Code, &OfRule)> = self.rules.iter().collect();
        rules.sort_by_key(|(_, own)| Reverse((own.severity, own.count)));
        let mut rows = vec![vec![
            say("严重程度", "severity"),
            say("编号", "number"),
            say("规则", "rule"),
            say("条数", "findings"),
            say("已认可", "accepted"),
            say("部门", "departments"),
            say("内容", "what"),
        ]];
        for (code, own) in rules {
            let rule = Rule::of(*code);
            rows.push(vec![
                own.severity.word(language).to_owned(),
                rule.map_or("", |rule| rule.number).to_owned(),
                code.name().to_owned(),
                own.count.to_string(),
                own.accepted.to_string(),
                own.departments.to_string(),
                rule.map_or("", |rule| rule.title.in_language(language))
                    .to_owned(),
            ]);
        }
        aligned(&rows, &[3, 4, 5])
    }

    fn by_department(&self, language: Language) -> String {
        let mut departments: Vec<_> = self.departments.iter().collect();
        let gravest = |counts: &[usize; 4]| SEVERITIES.map(|severity| counts[severity_index(severity)]);
        departments.sort_by_key(|(_, counts, _)| Reverse(gravest(counts)));
        let mut head = vec![say(language, "部门", "department").to_owned()];
        head.extend(SEVERITIES.map(|severity| severity.word(language).to_owned()));
        head.push(say(language, "已认可", "accepted").to_owned());
        let mut rows = vec![head];
        for (name, counts, accepted) in departments {
            let mut row = vec![name.clone()];
            row.extend(SEVERITIES.map(|severity| counts[severity_index(severity)].to_string()));
            row.push(accepted.to_string());
            rows.push(row);
        }
        aligned(&rows, &[1, 2, 3, 4, 5])
    }
}

/// Lines up the cells of rows, those of the columns `numbers` at the right.
fn aligned(rows: &[Vec<String>], numbers: &[usize]) -> String {
    let count = rows.first().map_or(0, Vec::len);
    let width = |at: usize| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blank = " ".repeat(width - columns(cell));
            let (first, second) = if numbers.contains(&at) {
                (&blank, cell)
            } else {
                (cell, &blank)
            };
            line.extend([first, second, "  "]);
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}
