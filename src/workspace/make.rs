//! The files of one department: filled, written, and stored, whatever of them can be.
//!
//! Architecture invariant: what goes wrong with one file costs no other.

use std::path::Path;

use super::base::Settings;
use super::pool;
use super::press::{Maker, Target};
use super::store::{FileState, NewFile, Permit, store};
use crate::finding::{Code, Finding, Message};
use crate::model::Department;

/// A department whose files are to be made.
pub(super) struct Order<'a> {
    /// The department.
    pub(super) department: &'a Department,
    /// What was found in it so far.
    pub(super) findings: &'a [Finding],
    /// How its files are made.
    pub(super) settings: &'a Settings,
    /// The output folder.
    pub(super) out: &'a Path,
    /// The name of the department's folder in it.
    pub(super) folder: &'a str,
    /// What the files are called: as the folder, unless somebody renamed that.
    pub(super) name: &'a str,
}

/// Makes the files of a department: the state of each, and what was found, with its form and place.
/// `commit` is called when there is something to be written, before it is.
pub(super) fn make_files(
    order: &Order<'_>,
    maker: &impl Maker,
    permit: &Permit<'_>,
    commit: impl FnOnce() -> Result<(), Box<Finding>>,
) -> (Vec<(Target, FileState)>, Vec<Finding>) {
    let department = order.department;
    let options = order.settings.fill_options();
    let mut findings = Vec::new();
    let mut document = None;
    let mut was_filled = false;
    let mut new_files = Vec::new();
    let mut files = Vec::new();
    for target in Target::ALL
        .into_iter()
        .filter(|target| order.settings.wants(*target, department.projects.len()))
    {
        if target != Target::Json && !was_filled {
            was_filled = true;
            document = kept(&mut findings, None, || {
                maker.fill(department, &options, order.findings)
            });
        }
        let bytes = match (target, &document) {
            (Target::Json, _) => kept(&mut findings, Some(target), || {
                model_json(department).map(|bytes| (bytes, Vec::new()))
            }),
            (_, Some(document)) => kept(&mut findings, Some(target), || {
                maker.write(department, document, target)
            }),
            (_, None) => None,
        };
        files.push((target, FileState::Failed));
        if let Some(bytes) = bytes {
            let name = target.file_name(order.name);
            new_files.push((files.len() - 1, NewFile { name, bytes }));
        }
    }
    if new_files.is_empty() {
        // There is nothing that the base would be the base of.
    } else if let Err(finding) = commit() {
        findings.push(*finding);
    } else {
        let (places, new_files): (Vec<_>, Vec<_>) = new_files.into_iter().unzip();
        let (states, said) = store(order.out, order.folder, &new_files, permit);
        findings.extend(said);
        for (place, state) in places.into_iter().zip(states) {
            files[place].1 = state;
        }
    }
    let findings = findings.into_iter().map(|finding| located(finding, department));
    (files, findings.collect())
}

/// Adds to a finding about a model field which form it stands in and where it came from.
fn located(mut finding: Finding, department: &Department) -> Finding {
    let Some(field) = finding.field.as_deref() else {
        return finding;
    };
    finding.form = finding
        .form
        .or(department.project_at(field).map(|project| project.number));
    if finding.places.is_empty() {
        finding
            .places
            .extend(department.origin_at(field).map(|origin| origin.place));
    }
    finding
}

/// Runs one step, keeps what it found, and turns a failure or a panic into a finding.
fn kept<T>(
    findings: &mut Vec<Finding>,
    target: Option<Target>,
    step: impl FnOnce() -> Result<(T, Vec<Finding>), Box<Finding>>,
) -> Option<T> {
    match pool::caught(step) {
        Ok(Ok((value, said))) => {
            findings.extend(said);
            Some(value)
        }
        Ok(Err(finding)) => {
            findings.push(*finding);
            None
        }
        Err(panic) => {
            let mut finding = panicked(&panic);
            if let Some(target) = target {
                let name = target.name();
                finding.message = Message::new(
                    format!("{name}：{}", finding.message.zh),
                    format!("{name}: {}", finding.message.en),
                );
            }
            findings.push(finding);
            None
        }
    }
}

/// A model as it stands in `model.json`.
///
/// # Errors
///
/// A finding where it cannot be written as JSON.
pub fn model_json(department: &Department) -> Result<Vec<u8>, Box<Finding>> {
    let mut bytes = serde_json::to_vec_pretty(department).map_err(|error| {
        Box::new(Finding::new(
            Code::OutputFailed,
            Message::new(
                format!("模型无法写成 JSON：{error}"),
                format!("no JSON of the model: {error}"),
            ),
        ))
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What a panic said, as a finding.
pub(super) fn panicked(panic: &str) -> Finding {
    Finding::new(
        Code::OutputFailed,
        Message::new(
            format!("程序内部错误：{panic}"),
            format!("internal error of the program: {panic}"),
        ),
    )
    .with_help(Message::new(
        "请将输入文件和本条信息反馈给程序的维护者。",
        "Please send the input and this message to the program's maintainers.",
    ))
}
