//! What a department's folder says now, its edits merged, without anything being written.
//!
//! Architecture invariant: it is what an update would make of the folder, so that what is reviewed is what the next
//! update prints.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Presses, ReadSides, Update, disagreement, look, read_sides};
use crate::finding::Finding;
use crate::merge::Choices;
use crate::model::Department;
use crate::workspace::answers::{Answers, is_of_review};
use crate::workspace::base::Base;
use crate::workspace::press::{Press, Target};
use crate::workspace::seen::Seen;
use crate::workspace::sides;

/// A department as its folder stands.
pub(in crate::workspace) struct Standing {
    /// What it says, all edits merged. Where they disagree, what was merged last.
    pub(in crate::workspace) department: Department,
    /// What was found in the text and when the edits were read, and what the edits disagree about.
    pub(in crate::workspace) findings: Vec<Finding>,
    /// The text that it was read from: how it is shown, and where it is now. Origins in a text are places in it.
    pub(in crate::workspace) text: Option<(String, Option<PathBuf>)>,
    /// The workbook. Origins in cells are places in it.
    pub(in crate::workspace) workbook: PathBuf,
    /// What was answered in its review sheet.
    pub(in crate::workspace) answers: Answers,
    /// The templates that it was made with.
    pub(in crate::workspace) press: Arc<Press>,
}

/// Looks what the folder of that name says. Edits that cannot be read are said, and the others count.
///
/// # Errors
///
/// A finding where nothing is known of the folder, or its templates cannot be opened.
pub(in crate::workspace) fn standing(
    name: &str,
    order: &Update,
    presses: &Presses,
    seen: &Seen,
) -> Result<Standing, Box<Finding>> {
    let look = look(name, order, seen)?;
    let press = presses.get(order, &look.header.settings)?;
    let base = Base::read(&look.folder)?;
    // A text that did not change says what it said.
    let mut findings = if look.source.is_none() {
        base.findings.clone()
    } else {
        Vec::new()
    };
    // What the review found then is not what it finds now.
    findings.retain(|finding| !is_of_review(finding));
    let read = match read_sides(&look, &base, &*press, &mut findings) {
        Ok(read) => read,
        Err(finding) => {
            findings.push(*finding);
            ReadSides::default()
        }
    };
    let merged = sides::merge_all(&base.model, read.edits, &Choices::default());
    let said = merged.conflicts.iter();
    findings.extend(said.map(|conflict| disagreement(name, conflict)));
    let source = look.header.source.as_ref().filter(|source| !source.is_model);
    let answers = Answers::read(&look.folder, &look.header.name, &*press);
    Ok(Standing {
        answers,
        department: merged.department,
        findings,
        text: source.map(|source| (source.shown.clone(), source.find(&order.out))),
        workbook: look.folder.join(Target::Xlsx.file_name(&look.header.name)),
        press,
    })
}
