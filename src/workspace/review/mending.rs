//! The fixes of the review, made in a department until none is left.
//!
//! Architecture invariant: a fix is made whole or not at all, and only where its fields still say what it expects.

use std::collections::BTreeSet;

use super::accepted::{Acceptance, accept};
use crate::check::{self, Settings, check};
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::model::Department;
use crate::vocab::Vocabulary;
use crate::workspace::answers::Answers;

/// The most times that a department is reviewed again after fixes: where two rules undo each other's, it ends.
const MOST_ROUNDS: usize = 8;

/// Which fixes are made.
#[derive(Clone, Debug, Default)]
pub struct Mending {
    /// Severities and limits of the rules; what is turned off mends nothing.
    pub settings: Settings,
    /// The findings that were accepted, which stay as they are.
    pub acceptances: Vec<Acceptance>,
    /// Whether fixes are made that a person should look at.
    pub takes_unsafe: bool,
}

impl Mending {
    /// The department with the fixes made; `None` where there is nothing to mend.
    ///
    /// Of two fixes of one field the first is made, then all is reviewed again.
    #[must_use]
    pub fn mend(&self, department: &Department, vocabulary: &Vocabulary) -> Option<Department> {
        self.mend_but(department, vocabulary, &Answers::default())
    }

    /// The same, but for what was accepted in a review sheet.
    pub(in crate::workspace) fn mend_but(
        &self,
        department: &Department,
        vocabulary: &Vocabulary,
        answers: &Answers,
    ) -> Option<Department> {
        let mut mended = department.clone();
        let mut is_any = false;
        for _ in 0..MOST_ROUNDS {
            let mut findings = check(&mended, vocabulary, &self.settings);
            accept(&mut findings, &mended, &self.acceptances);
            answers.accept(&mut findings, &mended);
            let mut touched = BTreeSet::new();
            for fix in findings.iter().filter_map(|finding| self.fix_of(finding)) {
                let is_free = fix.edits.iter().all(|edit| !touched.contains(&edit.field));
                if is_free && make(&mut mended, fix) {
                    touched.extend(fix.edits.iter().map(|edit| edit.field.clone()));
                }
            }
            if touched.is_empty() {
                break;
            }
            is_any = true;
            mended.refresh_meanings();
        }
        (is_any && mended != *department).then_some(mended)
    }

    fn fix_of<'f>(&self, finding: &'f Finding) -> Option<&'f Fix> {
        let fix = finding.fix.as_ref()?;
        let is_wanted = match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => self.takes_unsafe,
            Applicability::DisplayOnly => false,
        };
        (is_wanted && finding.accepted.is_none() && !fix.edits.is_empty()).then_some(fix)
    }
}

/// Makes all edits of a fix, or none.
fn make(department: &mut Department, fix: &Fix) -> bool {
    for (at, edit) in fix.edits.iter().enumerate() {
        if check::apply(department, edit) {
            continue;
        }
        for edit in fix.edits[..at].iter().rev() {
            let back = Edit {
                field: edit.field.clone(),
                before: edit.after.clone(),
                after: edit.before.clone(),
            };
            check::apply(department, &back);
        }
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Rule, sound_department};
    use crate::finding::Code;
    use crate::workspace::review::accepted::{Matching, Scope};

    fn faulty() -> Department {
        let mut department = sound_department();
        department.projects[0].indicators[5].target = Some("≥90百分比".to_owned());
        let percents = ["1000%", "5000%", "8000%", "10000%"];
        for (milestone, percent) in department.projects[1].spending_plan.iter_mut().zip(percents) {
            milestone.percent = Some(percent.to_owned());
        }
        department.refresh_meanings();
        department
    }

    #[test]
    fn safe_fixes_are_made_and_the_others_where_they_are_wanted() {
        let vocabulary = Vocabulary::built_in();
        let mut mending = Mending::default();
        let mended = mending.mend(&faulty(), &vocabulary).expect("something to mend");
        assert_eq!(mended.projects[0].indicators[5].target.as_deref(), Some("≥90%"));
        assert_eq!(
            mended.projects[1].spending_plan[3].percent.as_deref(),
            Some("10000%")
        );
        assert_eq!(mending.mend(&mended, &vocabulary), None);
        mending.takes_unsafe = true;
        let mended = mending.mend(&mended, &vocabulary).expect("something to mend");
        assert_eq!(
            mended.projects[1].spending_plan[3].percent.as_deref(),
            Some("100%")
        );
        assert_eq!(mending.mend(&mended, &vocabulary), None);
    }

    #[test]
    fn what_was_accepted_or_turned_off_stays() {
        let vocabulary = Vocabulary::built_in();
        let mut mending = Mending {
            acceptances: vec![Acceptance {
                scope: Scope::Matching(Matching {
                    rule: Code::PercentWord,
                    department: None,
                    project: None,
                    field: None,
                    quote: None,
                }),
                reason: "原样".to_owned(),
            }],
            ..Mending::default()
        };
        assert_eq!(mending.mend(&faulty(), &vocabulary), None);
        mending.acceptances.clear();
        let rule = Rule::of(Code::PercentWord).expect("a rule");
        mending.settings.severities.insert(rule.code, None);
        assert_eq!(mending.mend(&faulty(), &vocabulary), None);
    }

    #[test]
    fn a_fix_is_made_whole_or_not_at_all() {
        let edit = |field: &str, before: &str, after: &str| Edit {
            field: field.to_owned(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        };
        let fix = Fix {
            applicability: Applicability::Safe,
            edits: vec![
                edit("projects[0].budget.total", "30.00", "31.00"),
                edit("projects[0].budget.other", "no such text", "11.00"),
            ],
        };
        let mut department = sound_department();
        assert!(!make(&mut department, &fix));
        assert_eq!(department, sound_department());
    }
}
