//! What is read without writing a folder for it: documents, models, and the folders that the program made.
//!
//! Architecture invariant: nothing is written, and the order is that of the paths, however they were named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::base::{BASE, Base, hash_of};
use super::input::{Input, gather};
use super::models::read_models;
use super::press::Target;
use super::reading::Reading;
use super::store::{Known, RECORD, shown};
use super::summary::MANIFEST;
use crate::finding::Finding;
use crate::model::Department;

/// Documents, models and folders of departments, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    pub(super) list: Vec<Subject>,
    /// Missing files, empty folders, skipped files.
    pub findings: Vec<Finding>,
}

/// One of them, by its path, so that they are sorted by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A document or a model.
    File(Input),
    /// The folder of a department that the program made.
    Folder(PathBuf),
}

impl Subjects {
    /// Finds them. A folder that the program made is one, and so is each of those in an output folder. Of any other
    /// folder the files are taken that `reading` reads; where there is none, the folders in it that the program
    /// made. The file `out`, which is to be written, is never one.
    #[must_use]
    pub fn gather(named: &[PathBuf], reading: Reading, out: Option<&Path>) -> Self {
        let mut folders = BTreeSet::new();
        let mut others = Vec::new();
        for path in named {
            let has_own_files = || {
                let own = gather(std::slice::from_ref(path), None, reading);
                !path.join(MANIFEST).is_file() && !own.files.is_empty()
            };
            // Standard input is no folder either.
            if !path.is_dir() || (!is_made(path) && has_own_files()) {
                others.push(path.clone());
                continue;
            }
            let mut found = Vec::new();
            made_below(path, &mut BTreeSet::new(), &mut found);
            if found.is_empty() {
                others.push(path.clone());
            }
            folders.extend(found);
        }
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
        // The model in a folder that is one of them already would come twice.
        let is_in_folder = |input: &Input| {
            let is_model = input.path.file_name() == Some(Target::Json.file_name("").as_ref());
            let folder = input.path.parent().and_then(|folder| folder.canonicalize().ok());
            is_model && folder.is_some_and(|folder| seen.contains(&folder))
        };
        let is_out = |input: &Input| out.is_some_and(|out| !input.is_standard && is_same(&input.path, out));
        let mut subjects = Self::default();
        if !others.is_empty() {
            let inputs = gather(&others, None, reading);
            let files = inputs.files.into_iter();
            let files = files.filter(|input| !is_out(input) && !is_in_folder(input));
            subjects.list.extend(files.map(Subject::File));
            subjects.findings = inputs.findings;
        }
        subjects.list.extend(folders.into_iter().map(Subject::Folder));
        subjects.list.sort_by(|one, other| one.path().cmp(other.path()));
        subjects
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The folders that the program made, each as its output folder and its name.
    #[must_use]
    pub fn folders(&self) -> Vec<(PathBuf, String)> {
        let folders = self.list.iter().filter_map(|subject| match subject {
            Subject::Folder(folder) => Some(out_and_name(folder)),
            Subject::File(_) => None,
        });
        folders.collect()
    }

    /// The documents and models.
    #[must_use]
    pub fn files(&self) -> Vec<Input> {
        let files = self.list.iter().filter_map(|subject| match subject {
            Subject::File(input) => Some(input.clone()),
            Subject::Folder(_) => None,
        });
        files.collect()
    }
}

impl Subject {
    fn path(&self) -> &Path {
        match self {
            Subject::File(input) => &input.path,
            Subject::Folder(folder) => folder,
        }
    }

    /// It, as it is shown.
    pub(super) fn shown(&self) -> String {
        match self {
            Subject::File(input) => input.shown(),
            Subject::Folder(folder) => shown(folder),
        }
    }
}

/// The output folder that a department's folder is in, and its name there.
pub(super) fn out_and_name(folder: &Path) -> (PathBuf, String) {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let named = folder.file_name().and_then(|name| name.to_str());
    if let (Some(parent), Some(name)) = (parent, named) {
        return (parent.to_owned(), name.to_owned());
    }
    // Such as `.`, or a folder in the working directory.
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = real
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let parent = if named.is_some() {
        PathBuf::from(".")
    } else {
        real.parent().map_or_else(PathBuf::new, Path::to_owned)
    };
    (parent, name)
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Whether the program made the folder for a department.
fn is_made(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).is_file();
    has(BASE) || (has(RECORD) && has(&Target::Json.file_name("")))
}

/// The folders that the program made at or below a folder.
fn made_below(folder: &Path, entered: &mut BTreeSet<PathBuf>, found: &mut Vec<PathBuf>) {
    // A loop of links ends here.
    let is_new = folder.canonicalize().is_ok_and(|real| entered.insert(real));
    if !is_new {
        return;
    }
    if is_made(folder) {
        return found.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && entry.path().is_dir() {
            made_below(&entry.path(), entered, found);
        }
    }
}

/// Reads the department of a folder that the program made: `model.json` where somebody edited it, else the
/// model that the files were made from. Where only some forms were wanted, these alone.
pub(super) fn read_made(folder: &Path) -> Result<(Vec<Department>, Vec<Finding>), Box<Finding>> {
    let name = Target::Json.file_name("");
    let input = Input {
        path: folder.join(&name),
        is_standard: false,
    };
    let mut findings = Vec::new();
    let base = Base::read(folder);
    let mut model = None;
    if input.path.is_file() {
        let read = input.read().and_then(|bytes| {
            let hash = hash_of(&bytes);
            let is_known = base.as_ref().is_ok_and(|base| {
                base.header.taken.model.as_ref() == Some(&hash)
                    || Known::read(folder).is_ok_and(|known| known.is_own(&name, &hash))
            });
            // What the base says is the same, or newer.
            (!is_known).then(|| read_models(&bytes)).transpose()
        });
        match read {
            Ok(read) => model = read,
            Err(finding) => findings.push(finding.in_file(input.shown())),
        }
    }
    let (mut departments, only) = match (model, base) {
        (Some(model), Ok(base)) => (model, base.header.settings.only),
        (Some(model), Err(_)) => (model, Vec::new()),
        (None, Ok(base)) => (vec![base.model], base.header.settings.only),
        (None, Err(finding)) => return Err(findings.pop().map_or(finding, Box::new)),
    };
    for department in &mut departments {
        department.refresh_meanings();
        if !only.is_empty() {
            department
                .projects
                .retain(|project| only.contains(&project.number));
        }
    }
    Ok((departments, findings))
}
