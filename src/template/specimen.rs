//! Invented departments that templates are tried with when they are read.
//!
//! Architecture invariant: a specimen never reaches a document of a user.

use rust_decimal::Decimal;

use crate::model::{Budget, Department, Indicator, Milestone, Narrative, Project};
use crate::vocab::Form;

/// A department with a value in every field and one project of each form.
pub(super) fn full(forms: &[&Form]) -> Department {
    let text = || Some("x".to_owned());
    let paragraphs = || vec!["x".to_owned(), "（一）x".to_owned()];
    Department {
        department: text(),
        year: Some(2000),
        cover_title: text(),
        compiled_by: text(),
        reviewed_by: text(),
        narrative: Narrative {
            overall_target: paragraphs(),
            itemized_targets: paragraphs(),
            safeguards: paragraphs(),
            ..Narrative::default()
        },
        projects: numbered(forms, |form| Project {
            title: text(),
            unit_code: text(),
            unit_name: text(),
            amount_unit: Some("元".to_owned()),
            code: text(),
            name: text(),
            budget: Budget {
                total: text(),
                fiscal: text(),
                other: text(),
                total_decimal: Some(Decimal::ONE),
                ..Budget::default()
            },
            purpose: text(),
            spending_plan: form
                .milestones
                .iter()
                .map(|milestone| Milestone {
                    milestone: milestone.clone(),
                    percent: text(),
                    percent_decimal: Some(Decimal::ONE),
                    ..Milestone::default()
                })
                .collect(),
            goals: vec!["x".to_owned(), "x".to_owned()],
            indicators: vec![
                Indicator {
                    level1: text(),
                    level2: text(),
                    level3: text(),
                    description: text(),
                    target: text(),
                    basis: text(),
                    ..Indicator::default()
                };
                3
            ],
            fields: form
                .own_fields()
                .map(|name| (name.to_owned(), "x".to_owned()))
                .collect(),
            ..Project::default()
        }),
        ..Department::default()
    }
}

/// A department with projects of all forms and no value at all.
pub(super) fn empty(forms: &[&Form]) -> Department {
    Department {
        projects: numbered(forms, |_| Project {
            indicators: vec![Indicator::default()],
            ..Project::default()
        }),
        ..Department::default()
    }
}

fn numbered(forms: &[&Form], project: impl Fn(&Form) -> Project) -> Vec<Project> {
    forms
        .iter()
        .zip(1..)
        .map(|(form, number)| Project {
            number,
            form: Some(form.name.clone()),
            ..project(form)
        })
        .collect()
}
