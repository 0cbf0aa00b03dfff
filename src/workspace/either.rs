//! Reads one input, whether it is a document or a model, as `diff` does.
//!
//! Architecture invariant: a document is read as `build` reads it, a model as `render` does.

use super::input::Input;
use super::make::broken_off;
use super::models::read_models;
use super::press::Maker;
use super::reading::is_model;
use crate::finding::{Code, Finding, Message};
use crate::limit::caught;
use crate::model::Department;

/// Reads the departments of an input and what was found, which names the input as its file.
///
/// # Errors
///
/// A finding that says why nothing could be read: the file, the JSON, or no department in it.
pub fn read_departments(
    input: &Input,
    maker: &impl Maker,
) -> Result<(Vec<Department>, Vec<Finding>), Box<Finding>> {
    let named = |finding: Finding| Box::new(finding.in_file(input.shown()));
    let bytes = input.read()?;
    let is_json = if input.is_standard {
        matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
    } else {
        is_model(&input.path, &bytes)
    };
    if is_json {
        let models = read_models(&bytes).map_err(|finding| named(*finding))?;
        return Ok((models, Vec::new()));
    }
    let parsed = caught(|| maker.read(bytes)).map_err(|broken| named(broken_off(broken)))?;
    let mut findings = parsed.document_findings;
    findings.extend(parsed.findings.into_iter().flatten());
    if parsed.departments.is_empty() {
        let message = Message::new("文件中没有部门的内容。", "there is no department in this file");
        let own = findings.into_iter().next();
        return Err(named(own.unwrap_or_else(|| Finding::new(Code::NoForm, message))));
    }
    let findings = findings.into_iter().map(|finding| *named(finding)).collect();
    Ok((parsed.departments, findings))
}
