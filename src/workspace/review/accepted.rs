//! Findings that somebody looked at and accepted as they are: in the configuration, or in a review sheet.
//!
//! Architecture invariant: an accepted finding stays in the list, with the reason; accepting takes nothing away.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::identity;
use crate::finding::{Code, Finding};
use crate::model::{Department, indexed_path};

/// Which findings somebody accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Acceptance {
    /// Which findings.
    pub scope: Scope,
    /// Why, in the words of who accepted them.
    pub reason: String,
}

/// Which findings an acceptance is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The one of that [`identity`], in the department that is being reviewed.
    Identity(String),
    /// All that fit a description.
    Matching(Matching),
}

/// A description of findings. What is `None` is left open; white space counts nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matching {
    /// The rule.
    pub rule: Code,
    /// The name of the department.
    pub department: Option<String>,
    /// The number of the form, or the name or the code of the project.
    pub project: Option<String>,
    /// The path of the field below the form, or its last step, such as `target`.
    pub field: Option<String>,
    /// The text that the finding quotes.
    pub quote: Option<String>,
}

/// Marks the findings about `department` that somebody accepted with the reason of the first acceptance that fits.
/// Returns for each acceptance whether it fitted any finding.
pub fn accept(findings: &mut [Finding], department: &Department, acceptances: &[Acceptance]) -> Vec<bool> {
    let mut used = vec![false; acceptances.len()];
    let mut identities: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, acceptance) in acceptances.iter().enumerate() {
        if let Scope::Identity(own) = &acceptance.scope {
            identities.entry(own).or_default().push(at);
        }
    }
    for finding in findings {
        let mut fitting: Vec<usize> = if identities.is_empty() {
            Vec::new()
        } else {
            let own = identity(finding, department);
            identities.get(own.as_str()).cloned().unwrap_or_default()
        };
        for (at, acceptance) in acceptances.iter().enumerate() {
            if let Scope::Matching(matching) = &acceptance.scope
                && matching.fits(finding, department)
            {
                fitting.push(at);
            }
        }
        for &at in &fitting {
            used[at] = true;
        }
        if let Some(first) = fitting.iter().min() {
            finding.accepted = Some(acceptances[*first].reason.clone());
        }
    }
    used
}

impl Matching {
    fn fits(&self, finding: &Finding, department: &Department) -> bool {
        let path = finding.field.as_deref().unwrap_or_default();
        let project = department.project_at(path);
        let has = |wanted: &str, text: Option<&String>| text.is_some_and(|text| is_same(wanted, text));
        let is_department = |wanted: &String| has(wanted, department.department.as_ref());
        let is_form = |wanted: &String| {
            let named = |texts: [Option<&String>; 2]| texts.into_iter().any(|text| has(wanted, text));
            let is_number = finding
                .form
                .is_some_and(|number| wanted.trim() == number.to_string());
            is_number || project.is_some_and(|own| named([own.name.as_ref(), own.code.as_ref()]))
        };
        let is_field = |wanted: &String| {
            let below = below_form(path);
            let wanted = wanted.trim();
            wanted == below || wanted == path || wanted == last_step(below)
        };
        self.rule == finding.code
            && self.department.as_ref().is_none_or(is_department)
            && self.project.as_ref().is_none_or(is_form)
            && self.field.as_ref().is_none_or(is_field)
            && self
                .quote
                .as_ref()
                .is_none_or(|wanted| has(wanted, finding.quote.as_ref()))
    }
}

/// The path of a field below its form; of a field outside of the forms, its whole path.
#[must_use]
pub fn below_form(path: &str) -> &str {
    indexed_path(path, "projects").map_or(path, |(_, below)| below)
}

/// The last step of a path without its index: `target` of `indicators[4].target`.
#[must_use]
pub fn last_step(path: &str) -> &str {
    let step = path.rsplit('.').next().unwrap_or_default();
    step.split('[').next().unwrap_or_default()
}

/// Whether two texts are the same but for white space.
fn is_same(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{ALL, Settings, check};
    use crate::vocab::Vocabulary;

    fn found() -> (Department, Vec<Finding>) {
        let department = ALL[0].hits[0].department();
        let mut findings = check(&department, &Vocabulary::built_in(), &Settings::default());
        findings.retain(|finding| finding.code == ALL[0].code);
        (department, findings)
    }

    fn matching() -> Matching {
        Matching {
            rule: ALL[0].code,
            department: None,
            project: None,
            field: None,
            quote: None,
        }
    }

    fn accepted(matching: Matching) -> bool {
        let (department, mut findings) = found();
        let acceptance = Acceptance {
            scope: Scope::Matching(matching),
            reason: "已核实".to_owned(),
        };
        let used = accept(&mut findings, &department, &[acceptance]);
        let is_accepted = findings[0].accepted.as_deref() == Some("已核实");
        assert_eq!(used, [is_accepted]);
        is_accepted
    }

    #[test]
    fn what_is_said_of_a_finding_has_to_fit() {
        assert!(accepted(matching()));
        let text = |text: &str| Some(text.to_owned());
        for project in ["1", "91010125P00120110001L", "河道 清淤工程"] {
            assert!(
                accepted(Matching {
                    project: text(project),
                    ..matching()
                }),
                "{project}"
            );
        }
        for field in ["budget.total", "total", "projects[0].budget.total"] {
            assert!(
                accepted(Matching {
                    field: text(field),
                    ..matching()
                }),
                "{field}"
            );
        }
        assert!(accepted(Matching {
            quote: text("30. 00"),
            ..matching()
        }));
        assert!(accepted(Matching {
            department: text("青澜县水务局"),
            ..matching()
        }));
        assert!(!accepted(Matching {
            department: text("另一局"),
            ..matching()
        }));
        assert!(!accepted(Matching {
            project: text("2"),
            ..matching()
        }));
        assert!(!accepted(Matching {
            field: text("fiscal"),
            ..matching()
        }));
        assert!(!accepted(Matching {
            quote: text("30"),
            ..matching()
        }));
        assert!(!accepted(Matching {
            rule: Code::PercentWord,
            ..matching()
        }));
    }

    #[test]
    fn one_finding_is_accepted_by_its_identity() {
        let (department, mut findings) = found();
        let of = |scope| Acceptance {
            scope,
            reason: "原因".to_owned(),
        };
        let own = identity(&findings[0], &department);
        let list = [of(Scope::Identity("none".to_owned())), of(Scope::Identity(own))];
        assert_eq!(accept(&mut findings, &department, &list), [false, true]);
        assert_eq!(findings[0].accepted.as_deref(), Some("原因"));
    }
}
