//! What stands in an output folder already, made before: the departments that need not be made again.
//!
//! A department stands if it was made from a source with the same content, with the same templates, fonts
//! and options, by the same version of the program, and all of its files are as they were made.
//!
//! Architecture invariant: nothing but headers, records and hashes is read here; in doubt a department does
//! not stand, and is made again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::base::{Base, Header};
use super::build::Order;
use super::input::Input;
use super::press::Target;
use super::seen::Seen;
use super::store::Known;
use super::summary::department_folders;
use crate::finding::Finding;

/// The folders of departments, by the sources that they were made from.
pub(super) struct Before {
    out: PathBuf,
    /// By path, and by the number of the department in its source.
    sources: BTreeMap<PathBuf, BTreeMap<usize, String>>,
}

/// A department that stands as it would be made.
pub(super) struct Standing {
    /// The name of its folder.
    pub(super) folder: String,
    /// What is known of it.
    pub(super) header: Header,
    /// What was found in its source.
    pub(super) findings: Vec<Finding>,
    /// What was found when its files were made.
    pub(super) found: Vec<Finding>,
}

impl Before {
    /// Looks what stands in an output folder.
    pub(super) fn look(out: &Path) -> Self {
        let mut sources: BTreeMap<PathBuf, BTreeMap<usize, String>> = BTreeMap::new();
        for name in department_folders(out).unwrap_or_default() {
            if let Ok(header) = Header::read(&out.join(&name))
                && let Some(source) = header.source
            {
                let folders = sources.entry(source.path).or_default();
                folders.entry(source.index).or_insert(name);
            }
        }
        Self {
            out: out.to_owned(),
            sources,
        }
    }

    /// All departments of a source, if all of them stand.
    pub(super) fn standing(
        &self,
        input: &Input,
        order: &Order,
        press: &str,
        seen: &Seen,
    ) -> Option<Vec<Standing>> {
        if input.is_standard {
            return None;
        }
        let path = std::path::absolute(&input.path).ok()?;
        let folders = self.sources.get(&path)?;
        let content_hash = seen.hash_of(&path).ok()?;
        let mut all = Vec::new();
        for (index, name) in folders {
            let folder = self.out.join(name);
            let header = Header::read(&folder).ok()?;
            let source = header.source.as_ref()?;
            let (made, wanted) = (&header.settings, &order.settings);
            let is_as_wanted = made.form == wanted.form
                && made.only == wanted.only
                && made.templates == wanted.templates
                && made.fonts == wanted.fonts
                && made.one_sided == wanted.one_sided
                && made.is_unchecked == wanted.is_unchecked
                && made.review == wanted.review
                && made.acceptances == wanted.acceptances
                && wanted.targets.iter().all(|target| made.targets.contains(target));
            let is_standing = source.content_hash == content_hash
                && source.shown == input.shown()
                && source.index == *index
                && source.count == folders.len()
                && header.press == press
                && header.name == *name
                && !header.has_edits
                && is_as_wanted;
            if !is_standing {
                return None;
            }
            let forms = header.figures.forms;
            let targets = wanted.targets.iter().copied();
            let targets = targets.filter(|target| wanted.wants(*target, forms));
            let found = standing_files(&folder, &header, targets, seen)?;
            let findings = if header.figures.findings == [0; 4] && header.figures.accepted == 0 {
                Vec::new()
            } else {
                Base::read_findings(&folder).ok()?
            };
            all.push(Standing {
                folder: name.clone(),
                header,
                findings,
                found,
            });
        }
        Some(all)
    }
}

/// What was found when the files of a department were made, if all of them are as they were made, of what the
/// header says.
pub(super) fn standing_files(
    folder: &Path,
    header: &Header,
    targets: impl Iterator<Item = Target>,
    seen: &Seen,
) -> Option<Vec<Finding>> {
    let known = Known::read(folder).ok()?;
    let mut found = known.found("").to_vec();
    for target in targets {
        let file = target.file_name(&header.name);
        let content_hash = seen.hash_of(&folder.join(&file)).ok()?;
        if known.stamp(&file) != Some(header.stamp.as_str()) || !known.is_own_alone(&file, &content_hash) {
            return None;
        }
        found.extend(known.found(&file).iter().cloned());
    }
    Some(found)
}
