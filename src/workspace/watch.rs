//! Watches an output folder: whatever is saved in it, and the texts that it was made from, is brought up to
//! date as soon as it is quiet.
//!
//! A file counts as saved when it has not changed for a moment and no program says that it has it open.
//! What cannot be read is looked at again for a while, as it may be only half written.
//!
//! Architecture invariant: nothing that goes wrong with one department ends the watch.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::base::{BASE, Header};
use super::open::{lock_files, opened_elsewhere};
use super::press::Target;
use super::update::{OTHER_WORKBOOKS, Update, UpdateState, Updated, update};
use crate::finding::{Code, Finding};

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_millis(150);
/// How long a file must have been quiet.
const QUIET: Duration = Duration::from_millis(250);
/// How long a file must have been quiet that cannot be read.
const QUIET_IF_BROKEN: Duration = Duration::from_millis(1500);
/// How often new departments are looked for.
const NEW_EVERY: Duration = Duration::from_secs(2);

/// What a watch has to tell.
#[derive(Clone, Debug)]
pub enum Watched {
    /// A department was brought up to date, or could not be.
    Updated(Box<Updated>),
    /// A workbook was saved and is open still; its department waits.
    Waiting(Box<Finding>),
    /// The whole folder could not be brought up to date.
    Failed(Box<Finding>),
}

/// What is seen of a file from outside.
type Seen = Option<(SystemTime, u64)>;

/// A department that is watched.
struct Department {
    name: String,
    /// The files whose changes count, with what was seen of each.
    files: Vec<(PathBuf, Seen)>,
    /// The workbooks that people have open: the department's own and its review sheet.
    workbooks: [PathBuf; 2],
    /// When the files last changed, if that is not done with.
    changed: Option<Instant>,
    /// Whether the changed files could not be read when they were first quiet.
    is_broken: bool,
    /// Whether it was told that the workbook is open.
    is_waiting: bool,
}

/// Watches until `goes_on` says no; it is asked at every look. `tell` is told what happens.
pub fn watch(order: &Update, mut tell: impl FnMut(Watched), mut goes_on: impl FnMut() -> bool) {
    let mut departments: BTreeMap<String, Department> = BTreeMap::new();
    let mut looked: Option<Instant> = None;
    // What was edited before the watch began is up to date first.
    run(order, Vec::new(), &mut tell);
    while goes_on() {
        let started = Instant::now();
        if looked.is_none_or(|looked| looked.elapsed() > NEW_EVERY) {
            looked = Some(started);
            find_new(order, &mut departments);
        }
        for department in departments.values_mut() {
            department.look();
            let Some(changed) = department.changed else {
                continue;
            };
            let quiet = if department.is_broken {
                QUIET_IF_BROKEN
            } else {
                QUIET
            };
            if changed.elapsed() < quiet {
                continue;
            }
            let mut opened = department.workbooks.iter().map(|path| opened_elsewhere(path));
            if let Some(finding) = opened.find_map(|finding| finding) {
                if !department.is_waiting {
                    department.is_waiting = true;
                    tell(Watched::Waiting(Box::new(finding)));
                }
                continue;
            }
            department.is_waiting = false;
            let is_last_try = department.is_broken || changed.elapsed() >= QUIET_IF_BROKEN;
            let mut is_half = false;
            run(order, vec![department.name.clone()], &mut |watched| {
                if let Watched::Updated(updated) = &watched
                    && !is_last_try
                    && updated.state == UpdateState::Failed
                    && updated.findings.iter().any(may_be_half_written)
                {
                    is_half = true;
                    return;
                }
                tell(watched);
            });
            if is_half {
                department.is_broken = true;
                continue;
            }
            department.is_broken = false;
            // What the program wrote itself is no change; what somebody saved meanwhile is.
            department.settle();
        }
        let took = started.elapsed();
        // A large folder must not keep the machine busy.
        std::thread::sleep(EVERY.max(took * 4));
    }
}

fn run(order: &Update, folders: Vec<String>, tell: &mut dyn FnMut(Watched)) {
    let order = Update {
        folders,
        ..order.clone()
    };
    match update(&order, |_, _| ()) {
        Ok((updated, findings)) => {
            for one in updated {
                if one.state != UpdateState::Current {
                    tell(Watched::Updated(Box::new(one)));
                }
            }
            for finding in findings {
                tell(Watched::Failed(Box::new(finding)));
            }
        }
        Err(finding) => tell(Watched::Failed(finding)),
    }
}

/// Whether what could not be read may be read once it is written to its end.
fn may_be_half_written(finding: &Finding) -> bool {
    matches!(
        finding.code,
        Code::ContainerDamaged
            | Code::ModelInvalid
            | Code::SourceBinary
            | Code::SourceEmpty
            | Code::NoForm
            | Code::InputUnreadable
            | Code::OutputFailed
    )
}

fn find_new(order: &Update, departments: &mut BTreeMap<String, Department>) {
    for entry in fs::read_dir(&order.out).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let folder = entry.path();
        let is_wanted = order.folders.is_empty() || order.folders.contains(&name);
        if is_wanted
            && !departments.contains_key(&name)
            && folder.join(BASE).is_file()
            && let Ok(header) = Header::read(&folder)
        {
            let own = header.name_in(&folder);
            let source = header.source.and_then(|source| source.find(&order.out));
            let department = Department::new((&name, &own), &folder, source);
            departments.insert(name, department);
        }
    }
    departments.retain(|name, _| order.out.join(name).join(BASE).is_file());
}

impl Department {
    fn new((own, name): (&str, &str), folder: &Path, source: Option<PathBuf>) -> Self {
        let workbooks = [Target::Xlsx, Target::ReviewXlsx].map(|target| folder.join(target.file_name(name)));
        let mut paths = workbooks.to_vec();
        paths.push(folder.join(Target::Json.file_name(name)));
        let others = OTHER_WORKBOOKS.iter();
        paths.extend(others.map(|extension| folder.join(format!("{name}.{extension}"))));
        paths.extend(source);
        paths.extend(workbooks.iter().flat_map(|path| lock_files(path)));
        Self {
            name: own.to_owned(),
            files: paths
                .into_iter()
                .map(|path| (seen(&path), path))
                .map(|(seen, path)| (path, seen))
                .collect(),
            workbooks,
            changed: None,
            is_broken: false,
            is_waiting: false,
        }
    }

    /// Notes whether a file changed since the last look.
    fn look(&mut self) {
        for (path, last) in &mut self.files {
            let now = seen(path);
            if *last != now {
                *last = now;
                self.changed = Some(Instant::now());
                self.is_broken = false;
            }
        }
    }

    /// Takes the files as they are for done with.
    fn settle(&mut self) {
        self.changed = None;
        for (path, last) in &mut self.files {
            *last = seen(path);
        }
    }
}

fn seen(path: &Path) -> Seen {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
