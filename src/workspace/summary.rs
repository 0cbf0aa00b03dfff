//! The whole batch in an output folder: the manifest, which says of each department what it was made from
//! and what it comes to, and the summary that is made of it.
//!
//! The folders themselves say what is in them, so that a run that was stopped, or several that wrote at
//! once, leave nothing behind that is not known; the manifest is what they say, put together.
//!
//! Architecture invariant: manifest and summary follow from the headers and records of the folders alone,
//! so that they are made again without any department being read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Target;
use super::base::{BASE, Figures, Header, hash_of};
use super::press::Maker;
use super::store::{Known, Permit, RECORD, store, unwritable, write_whole};
use crate::finding::Finding;

/// Name of the manifest in an output folder.
pub const MANIFEST: &str = ".jixiao-manifest.json";

const FORMAT: u32 = 2;

/// What the manifest keeps of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its folder.
    pub folder: String,
    /// What its files are called.
    pub name: String,
    /// The file it was read from, as it was named.
    pub source: Option<String>,
    /// The fingerprint of that file.
    pub content_hash: Option<String>,
    /// Says of which model, findings, templates, fonts, options and program its files are made: equal
    /// stamps, equal files.
    pub stamp: String,
    /// Says of which templates, fonts and program.
    pub press: String,
    /// The kinds of files in it.
    pub targets: Vec<Target>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Debug, Default, Serialize)]
struct Manifest<'a> {
    format: u32,
    program: String,
    departments: &'a [Entry],
}

impl Entry {
    /// The entry of a department whose folder in `out` has this header and this record.
    fn of(out: &Path, folder: &str, mut header: Header, known: &Known) -> Self {
        if header.name != folder {
            // Somebody may have renamed the files with their folder.
            header.name = header.name_in(&out.join(folder));
        }
        let mut figures = header.figures;
        let found: Vec<Finding> = known.all_found().cloned().collect();
        figures.count(&found);
        let (source, content_hash) = header
            .source
            .map(|source| (source.shown, source.content_hash))
            .unzip();
        Self {
            folder: folder.to_owned(),
            name: header.name,
            source,
            content_hash,
            stamp: header.stamp,
            press: header.press,
            targets: header.settings.targets,
            figures,
        }
    }
}

/// The departments in an output folder, in the order of their folders, as the folders say.
///
/// # Errors
///
/// The output folder cannot be read.
pub fn read_entries(out: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for name in department_folders(out)? {
        let folder = out.join(&name);
        if let Ok(header) = Header::read(&folder) {
            let known = Known::read(&folder).unwrap_or_default();
            entries.push(Entry::of(out, &name, header, &known));
        }
    }
    Ok(entries)
}

/// The names of the folders of departments in an output folder, in order; those that have lost their base
/// among them.
pub(super) fn department_folders(out: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in fs::read_dir(out)? {
        let folder = folder?;
        let is_made = || {
            [BASE, RECORD]
                .iter()
                .any(|name| folder.path().join(name).is_file())
        };
        if let Ok(name) = folder.file_name().into_string()
            && !name.starts_with('.')
            && is_made()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether there is no manifest in an output folder.
pub(super) fn is_missing(out: &Path) -> bool {
    !out.join(MANIFEST).is_file()
}

/// Brings the manifest and the summary up to date with the folders. Says what could not be written.
pub(super) fn refresh(out: &Path, maker: &impl Maker) -> Vec<Finding> {
    let entries = match read_entries(out) {
        Ok(entries) => entries,
        Err(error) => return vec![unwritable(out, &error)],
    };
    if entries.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let manifest = Manifest {
        format: FORMAT,
        program: String::from(concat!("jixiao ", env!("CARGO_PKG_VERSION"))),
        departments: &entries,
    };
    let path = out.join(MANIFEST);
    let mut text = serde_json::to_vec(&manifest).unwrap_or_default();
    text.push(b'\n');
    let stamp = hash_of(&[&text, maker.fingerprint().as_bytes()].concat());
    // Nothing is written where nothing changed.
    if fs::read(&path).ok().as_deref() != Some(&text)
        && let Err(error) = write_whole(&path, &text)
    {
        findings.push(unwritable(&path, &error));
    }
    drop(text);
    if entries.len() > 1 && !is_summary_current(out, &stamp) {
        match maker.summarize(&entries) {
            Ok((files, said)) => {
                let mut permit = Permit {
                    stamp: &stamp,
                    is_alone: true,
                    ..Permit::default()
                };
                permit.found = BTreeMap::from([(String::new(), said.clone())]);
                findings.extend(said);
                let (_, said) = store(out, "", &files, &permit);
                findings.extend(said);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    findings
}

/// Whether the summary in an output folder is made of what has this stamp, and nobody edited it.
fn is_summary_current(out: &Path, stamp: &str) -> bool {
    let Ok(known) = Known::read(out) else {
        return false;
    };
    let is_current = |name: &str| {
        let hash = fs::read(out.join(name)).map(|bytes| hash_of(&bytes));
        known.stamp(name) == Some(stamp) && hash.is_ok_and(|hash| known.is_own(name, &hash))
    };
    let mut names = known.names().peekable();
    names.peek().is_some() && names.all(is_current) && known.found("").is_empty()
}
