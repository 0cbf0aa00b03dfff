//! Stand-in until the parser is merged.
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Project};
use crate::vocab::Vocabulary;

/// What a document holds.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The departments.
    pub departments: Vec<Department>,
    /// Findings per department, in the same order.
    pub findings: Vec<Vec<Finding>>,
    /// Findings of no one department.
    pub document_findings: Vec<Finding>,
}

/// Reads a document.
#[must_use]
pub fn read_document(bytes: &[u8], _vocabulary: &Vocabulary) -> Parsed {
    if bytes.is_empty() {
        return Parsed {
            document_findings: vec![Finding::new(Code::SourceEmpty, Message::new("空", "empty"))],
            ..Parsed::default()
        };
    }
    let text = String::from_utf8_lossy(bytes);
    Parsed {
        departments: vec![Department {
            department: text.lines().next().map(str::to_owned),
            year: Some(2025),
            projects: vec![Project {
                number: 1,
                ..Project::default()
            }],
            ..Department::default()
        }],
        findings: vec![Vec::new()],
        document_findings: Vec::new(),
    }
}
