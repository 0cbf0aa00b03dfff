//! The whole batch in an output folder: the manifest, which keeps the figures of each department, and the
//! summary that is made of them.
//!
//! Architecture invariant: the summary follows from the manifest alone, so that it is made again without
//! any department being read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::base::{BASE, Figures, Header};
use super::build::Made;
use super::press::Maker;
use super::store::{Permit, store, unwritable, write_whole};
use super::{FileState, Target};
use crate::finding::Finding;

/// Name of the manifest in an output folder.
pub const MANIFEST: &str = ".jixiao-manifest.json";

const FORMAT: u32 = 1;

/// What the manifest keeps of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its folder.
    pub folder: String,
    /// What its files are called.
    pub name: String,
    /// The kinds of files in it.
    pub targets: Vec<Target>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    program: String,
    departments: Vec<Entry>,
}

impl Entry {
    /// The entry of a department that was made; `None` if nothing was.
    pub(super) fn of(made: &Made) -> Option<Self> {
        let is_there = |state: &FileState| matches!(state, FileState::Written | FileState::Unchanged);
        made.files.iter().any(|(_, state)| is_there(state)).then(|| Self {
            folder: made.folder.clone().unwrap_or_default(),
            name: made.folder.clone().unwrap_or_default(),
            targets: made.files.iter().map(|(target, _)| *target).collect(),
            figures: made.figures.clone(),
        })
    }
}

/// The departments in an output folder, in the order of their folders: what the manifest says of them,
/// and, where it is silent, what the folders say.
///
/// # Errors
///
/// Any error of the file system in listing the folder.
pub fn read_entries(out: &Path) -> std::io::Result<Vec<Entry>> {
    let text = fs::read(out.join(MANIFEST)).unwrap_or_default();
    let manifest: Manifest = serde_json::from_slice(&text).unwrap_or_default();
    let known: BTreeMap<String, Entry> = manifest
        .departments
        .into_iter()
        .map(|entry| (entry.folder.clone(), entry))
        .collect();
    let mut entries = Vec::new();
    for folder in fs::read_dir(out)? {
        let folder = folder?;
        let Ok(name) = folder.file_name().into_string() else {
            continue;
        };
        if let Some(entry) = known.get(&name).filter(|_| folder.path().is_dir()) {
            entries.push(entry.clone());
        } else if folder.path().join(BASE).is_file()
            && let Ok(header) = Header::read(&folder.path())
        {
            entries.push(Entry {
                folder: name,
                name: header.name,
                targets: header.settings.targets,
                figures: header.figures,
            });
        }
    }
    entries.sort_by(|one, other| one.folder.cmp(&other.folder));
    Ok(entries)
}

/// Whether there is no manifest in an output folder.
pub(super) fn is_missing(out: &Path) -> bool {
    !out.join(MANIFEST).is_file()
}

/// Brings the manifest and the summary up to date with what was made. Says what could not be written.
pub(super) fn refresh(out: &Path, made: Vec<Entry>, maker: &impl Maker) -> Vec<Finding> {
    if made.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut entries: BTreeMap<String, Entry> = read_entries(out)
        .unwrap_or_default()
        .into_iter()
        .map(|entry| (entry.folder.clone(), entry))
        .collect();
    for entry in made {
        entries.insert(entry.folder.clone(), entry);
    }
    let manifest = Manifest {
        format: FORMAT,
        program: String::from(concat!("jixiao ", env!("CARGO_PKG_VERSION"))),
        departments: entries.into_values().collect(),
    };
    let path = out.join(MANIFEST);
    let mut text = serde_json::to_vec(&manifest).unwrap_or_default();
    text.push(b'\n');
    // Nothing is written where nothing changed.
    if fs::read(&path).ok().as_deref() != Some(&text)
        && let Err(error) = write_whole(&path, &text)
    {
        findings.push(unwritable(&path, &error));
    }
    if manifest.departments.len() > 1 {
        match maker.summarize(&manifest.departments) {
            Ok((files, said)) => {
                findings.extend(said);
                let (_, said) = store(out, "", &files, &Permit::default());
                findings.extend(said);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    findings
}
