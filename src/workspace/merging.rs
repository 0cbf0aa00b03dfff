//! Puts together what several runs made: their departments in one folder, named as one run names them, and
//! one manifest and summary of all.
//!
//! Architecture invariant: a folder is only moved or made again where nobody edited anything in it, and is
//! never removed before its department stands elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::answers::Answers;
use super::base::{BASE, Base, Figures, Header};
use super::build::twice;
use super::lock::{Hold, Lock};
use super::make::{self, make_files};
use super::name::{Folders, Wanted};
use super::press::Maker;
use super::store::{FileState, Known, Permit, RECORD, claim, edited, prepare_out, unwritable};
use super::summary::{self, department_folders};
use crate::finding::{Code, Finding};

/// A department as a run left it.
struct Left {
    /// The output folder that it is in.
    out: PathBuf,
    /// The name of its folder.
    folder: String,
    header: Header,
}

/// Brings the departments of all `outs` into the folder `into`, gives their folders the names that one run
/// would have given them, and makes the manifest and the summary. Returns how many departments there are, and
/// what was found.
///
/// # Errors
///
/// A folder cannot be read or written, or a run still writes to it.
pub fn merge_manifests(
    outs: &[PathBuf],
    into: &Path,
    maker: &impl Maker,
) -> Result<(usize, Vec<Finding>), Box<Finding>> {
    prepare_out(into)?;
    let mut locks = vec![Lock::take(into, Hold::Alone)?];
    let real = into
        .canonicalize()
        .map_err(|error| Box::new(unwritable(into, &error)))?;
    let mut known = BTreeSet::from([real]);
    let mut all = Vec::new();
    let mut outs: Vec<&Path> = outs.iter().map(PathBuf::as_path).collect();
    outs.insert(0, into);
    for (index, out) in outs.into_iter().enumerate() {
        let unread =
            |error: std::io::Error| Box::new(super::input::unreadable(&super::store::shown(out), &error));
        let real = out.canonicalize().map_err(unread)?;
        if index > 0 {
            if !known.insert(real) {
                continue;
            }
            locks.push(Lock::take(out, Hold::Alone)?);
        }
        for folder in department_folders(out).map_err(unread)? {
            if let Ok(header) = Header::read(&out.join(&folder)) {
                let out = out.to_owned();
                all.push(Left { out, folder, header });
            }
        }
    }
    let mut findings = settle(all, into, maker);
    findings.extend(summary::refresh(into, maker));
    let count = department_folders(into).map_or(0, |folders| folders.len());
    drop(locks);
    Ok((count, findings))
}

/// Where a department is to be.
struct Wish {
    left: Left,
    /// The name that its folder is to have.
    name: String,
    /// What is to be said of its name.
    twice: Option<Finding>,
}

/// Brings departments into one folder under the names that one run would have given them.
fn settle(mut all: Vec<Left>, into: &Path, maker: &impl Maker) -> Vec<Finding> {
    let place = |left: &Left| {
        left.header
            .source
            .as_ref()
            .map(|source| (source.path.clone(), source.index))
    };
    // As one run has them: by the path of the source; those of no source last.
    all.sort_by_key(|left| {
        let place = place(left);
        (place.is_none(), place, left.out != into, left.folder.clone())
    });
    let mut names = Folders::default();
    let mut wishes: Vec<Wish> = Vec::new();
    let mut findings = Vec::new();
    let mut leftovers = Vec::new();
    let mut before: BTreeMap<(PathBuf, usize), usize> = BTreeMap::new();
    for left in all {
        if let Some(place) = place(&left) {
            if let Some(&first) = before.get(&place) {
                // The same department in two folders: the one under the right name stays.
                let wish: &mut Wish = &mut wishes[first];
                let is_right = left.out == into && left.folder == wish.name;
                let other = if is_right {
                    std::mem::replace(&mut wish.left, left)
                } else {
                    left
                };
                leftovers.push(other);
                continue;
            }
            before.insert(place, wishes.len());
        }
        let figures = &left.header.figures;
        let source = left.header.source.as_ref();
        let source = source.map_or_else(|| left.folder.clone(), |source| source.shown.clone());
        let given = names.give(Wanted {
            department: figures.department.as_deref(),
            year: figures.year,
            kind: maker.kind(),
            part: &left.header.settings.part(),
            source: &source,
        });
        let twice = twice(&given, figures.department.as_deref(), figures.year, &source);
        let name = given.name;
        wishes.push(Wish { left, name, twice });
    }
    // Those whose place is free go first, so that room is made for the others.
    let mut waiting: Vec<Wish> = wishes;
    loop {
        let before = waiting.len();
        let mut still = Vec::new();
        for wish in waiting {
            if wish.is_there(into) {
                continue;
            }
            if wish.is_moved_only() && !into.join(&wish.name).exists() {
                findings.extend(wish.move_to(into));
            } else if wish.left.header.has_edits || !is_untouched(&wish.left) {
                // Somebody's work stays where it is, under the name that it has.
                let name = wish.left.folder.clone();
                if into.join(&name).exists() {
                    if wish.left.out != into {
                        findings.push(edited(&wish.left.out.join(&name)));
                    }
                } else {
                    findings.extend(Wish { name, ..wish }.move_to(into));
                }
            } else if into.join(&wish.name).exists() && !wish.is_in_place(into) {
                still.push(wish);
            } else {
                findings.extend(wish.make_again(into, maker));
            }
        }
        waiting = still;
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    for wish in waiting {
        findings.push(edited(&into.join(&wish.name)));
    }
    for left in leftovers {
        let folder = left.out.join(&left.folder);
        if left.header.has_edits || !is_untouched(&left) {
            findings.push(edited(&folder));
        } else {
            findings.extend(remove(&folder));
        }
    }
    findings
}

impl Wish {
    fn is_in_place(&self, into: &Path) -> bool {
        self.left.out == into && self.left.folder == self.name
    }

    /// Whether the department has its name already, and says so of its name what is to be said.
    fn is_there(&self, into: &Path) -> bool {
        self.is_in_place(into) && self.is_moved_only()
    }

    /// Whether nothing that it says changes, so that its folder can be moved as it is.
    fn is_moved_only(&self) -> bool {
        let has_any = self.left.header.figures.findings != [0; 4];
        let folder = self.left.out.join(&self.left.folder);
        let said = if has_any {
            Base::read_findings(&folder).unwrap_or_default()
        } else {
            Vec::new()
        };
        let said = said
            .into_iter()
            .find(|finding| finding.code == Code::DepartmentTwice);
        self.left.folder == self.name && said == self.twice
    }

    fn move_to(&self, into: &Path) -> Option<Finding> {
        let from = self.left.out.join(&self.left.folder);
        let to = into.join(&self.name);
        // The way from the output folder to the source is another one now.
        let moved = Base::read(&from).and_then(|mut base| {
            if let Some(source) = &mut base.header.source {
                source.set_relative(into);
                base.write(&from)?;
            }
            fs::rename(&from, &to).map_err(|error| Box::new(unwritable(&to, &error)))
        });
        moved.err().map(|finding| *finding)
    }

    /// Makes the department anew under its name, and then removes the folder that it had.
    fn make_again(&self, into: &Path, maker: &impl Maker) -> Vec<Finding> {
        let from = self.left.out.join(&self.left.folder);
        let mut base = match Base::read(&from) {
            Ok(base) => base,
            Err(finding) => return vec![*finding],
        };
        base.findings
            .retain(|finding| finding.code != Code::DepartmentTwice);
        base.findings.extend(self.twice.clone());
        let answers = Answers::read(&from, &base.header.name, maker);
        base.header.name.clone_from(&self.name);
        base.header.figures = Figures::of(&base.model, &base.header.settings.only, &base.findings);
        maker.fingerprint().clone_into(&mut base.header.press);
        if let Some(source) = &mut base.header.source {
            source.set_relative(into);
        }
        base.settle();
        let making = make::Order {
            department: &base.model,
            findings: &base.findings,
            answers: &answers.all,
            settings: &base.header.settings,
            out: into,
            folder: &self.name,
            name: &self.name,
        };
        let permit = Permit {
            stamp: &base.header.stamp,
            is_alone: true,
            ..Permit::default()
        };
        let folder = into.join(&self.name);
        let made = make_files(&making, maker, permit, || {
            if claim(&folder, |folder| base.write(folder))? {
                return Ok(());
            }
            base.write(&folder)
        });
        let is_made = made
            .files
            .iter()
            .all(|(_, state)| matches!(state, FileState::Written | FileState::Unchanged));
        let mut findings = made.said;
        if is_made && from != folder {
            findings.extend(remove(&from));
        }
        findings
    }
}

/// Whether all in a department's folder is as the program made it.
fn is_untouched(left: &Left) -> bool {
    let folder = left.out.join(&left.folder);
    let Ok(known) = Known::read(&folder) else {
        return false;
    };
    let is_own = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return false;
        };
        let hash = || fs::read(entry.path()).map(|bytes| super::base::hash_of(&bytes));
        [BASE, RECORD].contains(&name) || hash().is_ok_and(|hash| known.is_own(name, &hash))
    };
    fs::read_dir(&folder).is_ok_and(|entries| entries.flatten().all(is_own))
}

/// Removes a folder with nothing but the program's own work.
fn remove(folder: &Path) -> Option<Finding> {
    let removed = fs::remove_dir_all(folder);
    removed.err().map(|error| unwritable(folder, &error))
}
