//! What the edited files of a department's folder say: each a side of the merge.
//!
//! Architecture invariant: a side that cannot be read is an error of its department, never an empty side.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Found, Look, unreadable};
use crate::finding::{Code, Finding, Message};
use crate::merge::Side;
use crate::model::Department;
use crate::workspace::base::{self, Base};
use crate::workspace::press::{Maker, Target};
use crate::workspace::read_models;
use crate::workspace::reading::{Reading, in_source, read_bytes};
use crate::workspace::sides::{self, Edits};
use crate::workspace::store::{Known, shown};

/// What was read of the edited files.
#[derive(Default)]
pub(super) struct ReadSides {
    pub(super) edits: Vec<Edits>,
    /// The department as the source says it now, with what was found in it.
    pub(super) source: Option<(Department, Vec<Finding>, base::Source)>,
    /// Whether a workbook says something that found no place.
    pub(super) has_unplaced: bool,
}

/// Reads the edited files; `found` takes what was found in them.
pub(super) fn read_sides(
    look: &Look,
    base: &Base,
    maker: &impl Maker,
    found: &mut Vec<Finding>,
) -> Result<ReadSides, Box<Finding>> {
    let mut read = ReadSides::default();
    if look.is_source_gone {
        let source = look.header.source.as_ref();
        found.push(
            Finding::new(
                Code::SourceGone,
                Message::new(
                    "生成时所用的文稿已不在原处；只看工作簿和 model.json 的改动。",
                    "the text that it was made from is gone; only workbook and model.json are looked at",
                ),
            )
            .in_file(source.map_or_else(String::new, |source| source.shown.clone())),
        );
    }
    if let (Some(path), Some(source)) = (&look.source, &look.header.source) {
        let (department, findings, source) = read_source(path, source, base, maker)?;
        found.extend(findings.iter().cloned());
        read.edits.push(Edits {
            side: Side::Source,
            base: base.source.clone().unwrap_or_else(|| base.model.clone()),
            now: department.clone(),
            pairing: None,
        });
        read.source = Some((department, findings, source));
    }
    let mut workbooks = Vec::new();
    for (target, state) in &look.files {
        let Found::Edited { bytes, content_hash } = state else {
            continue;
        };
        let file = target.file_name(&look.header.name);
        let path = look.folder.join(&file);
        if *target == Target::ReviewXlsx {
            // What is answered is no part of the department.
        } else if *target == Target::Xlsx {
            workbooks.push((
                path,
                bytes,
                look.header.taken.restored.as_ref() == Some(content_hash),
            ));
        } else {
            let named = |finding: Box<Finding>| Box::new(finding.in_file(shown(&path)));
            let mut models = read_models(bytes).map_err(named)?;
            if models.len() != 1 {
                let message = Message::new("应当只有一个部门。", "there must be one department in it");
                let finding = Finding::new(Code::ModelInvalid, message);
                return Err(named(Box::new(finding)));
            }
            let known = Known::read(&look.folder)?;
            let made = known.stamp(&file);
            let own = match &base.previous {
                Some((stamp, previous)) if made == Some(stamp.as_str()) => previous,
                _ => &base.model,
            };
            read.edits.push(Edits {
                side: Side::Model,
                base: own.clone(),
                now: models.remove(0),
                pairing: None,
            });
        }
    }
    for (file, bytes, _) in &look.others {
        workbooks.push((look.folder.join(file), bytes, false));
    }
    for (path, bytes, is_restored) in workbooks {
        let mut edited = maker.read_back(bytes.clone());
        if edited.base.is_none() && !is_restored {
            let again = sides::shown_again(&base.model, &look.header.settings, maker)?;
            sides::know_by_labels(&mut edited, again);
        }
        let said = edited.findings.into_iter();
        let mut said: Vec<Finding> = said.map(|finding| in_source(finding, &shown(&path))).collect();
        read.has_unplaced |= said.iter().any(|finding| finding.code == Code::TextUnplaced);
        let Some(now) = edited.department else {
            let finding = said.pop().unwrap_or_else(|| {
                let message = Message::new("工作簿中没有绩效目标表。", "the workbook holds no form");
                Finding::new(Code::NoForm, message).in_file(shown(&path))
            });
            found.append(&mut said);
            return Err(Box::new(finding));
        };
        found.append(&mut said);
        if let Some(own) = &edited.base
            && is_foreign(own, &base.model)
        {
            return Err(Box::new(foreign(own, &base.model).in_file(shown(&path))));
        }
        let (own, now) = match edited.base {
            _ if is_restored => (base.model.clone(), now),
            Some(own) => (own, now),
            None => (base.model.clone(), now),
        };
        read.edits.push(Edits {
            side: Side::Workbook,
            pairing: edited.pairing.filter(|_| !is_restored),
            base: own,
            now,
        });
    }
    Ok(read)
}

/// Whether a workbook was made of another department or of another year: it says so, and no form of it is
/// one of this department.
fn is_foreign(own: &Department, model: &Department) -> bool {
    let is_other = own.department != model.department || own.year != model.year;
    let forms = |department: &Department| -> BTreeSet<String> {
        let projects = department.projects.iter();
        let names = projects.flat_map(|project| [project.code.clone(), project.name.clone()]);
        names.flatten().collect()
    };
    is_other && !own.projects.is_empty() && forms(own).is_disjoint(&forms(model))
}

fn foreign(own: &Department, model: &Department) -> Finding {
    let named = |department: &Department| {
        let year = department.year.map(|year| year.to_string()).unwrap_or_default();
        format!("{} {year}", department.department.as_deref().unwrap_or_default())
    };
    let (own, model) = (named(own), named(model));
    let message = Message::new(
        format!("这是“{}”的工作簿，不是“{}”的。", own.trim(), model.trim()),
        format!("this is the workbook of {}, not of {}", own.trim(), model.trim()),
    );
    Finding::new(Code::WorkbookForeign, message)
}

/// Reads a source that changed: the department in it that is this one.
fn read_source(
    path: &Path,
    source: &base::Source,
    base: &Base,
    maker: &impl Maker,
) -> Result<(Department, Vec<Finding>, base::Source), Box<Finding>> {
    let bytes = std::fs::read(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    let content_hash = base::hash_of(&bytes);
    let reading = if source.is_model {
        Reading::Models
    } else {
        Reading::Texts
    };
    let mut parsed = read_bytes(bytes, path, reading, maker)
        .map_err(|finding| Box::new(in_source(*finding, &source.shown)))?;
    let before = base.source.as_ref().unwrap_or(&base.model);
    let same = |department: &Department| {
        department.department == before.department && department.year == before.year
    };
    let departments = &parsed.departments;
    let mut alike = (0..departments.len()).filter(|&index| same(&departments[index]));
    let index = match (alike.next(), alike.next()) {
        (Some(index), None) => Some(index),
        _ => Some(source.index).filter(|&index| index < departments.len()),
    };
    let Some(index) = index else {
        let finding = parsed.document_findings.pop().unwrap_or_else(|| {
            Finding::new(
                Code::NoForm,
                Message::new("文稿中已没有该部门。", "the department is no longer in the text"),
            )
        });
        return Err(Box::new(in_source(finding, &source.shown)));
    };
    parsed.findings.resize(departments.len(), Vec::new());
    let mut findings = parsed.document_findings;
    findings.append(&mut parsed.findings[index]);
    let findings = findings
        .into_iter()
        .map(|finding| in_source(finding, &source.shown))
        .collect();
    let source = base::Source {
        content_hash,
        index,
        ..source.clone()
    };
    Ok((parsed.departments.swap_remove(index), findings, source))
}
