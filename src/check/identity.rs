//! Which finding is which: the same finding of the same document, now and at another time.

use crate::finding::Finding;
use crate::fingerprint;
use crate::model::{Department, indexed_path};

/// What a finding is known by when the document is reviewed again: its rule, its project (by code, else by name),
/// its field (a row by its name, not by its number, so that rows may move) and its quote. White space does not
/// count. Two findings of one document may share it only where they say the same of the same text.
#[must_use]
pub fn identity(finding: &Finding, department: &Department) -> String {
    let field = finding.field.as_deref().unwrap_or_default();
    let project = department.project_at(field);
    let below = indexed_path(field, "projects").map_or(field, |(_, below)| below);
    let row = project
        .zip(indexed_path(below, "indicators"))
        .and_then(|(project, (at, _))| project.indicators.get(at));
    let name = project.and_then(|project| project.code.as_deref().or(project.name.as_deref()));
    let cell = below.rsplit('.').next().unwrap_or_default();
    let cell = cell.split('[').next().unwrap_or_default();
    let parts = [
        finding.code.name(),
        name.unwrap_or_default(),
        cell,
        row.and_then(|row| row.level3.as_deref()).unwrap_or_default(),
        row.and_then(|row| row.description.as_deref()).unwrap_or_default(),
        finding.quote.as_deref().unwrap_or_default(),
    ];
    let mut joined = String::new();
    for part in parts {
        joined.extend(part.chars().filter(|c| !c.is_whitespace()));
        joined.push('\n');
    }
    fingerprint::hex_of(joined.as_bytes())
}
