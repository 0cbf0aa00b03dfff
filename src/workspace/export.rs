//! The flat table of many departments: from documents, models and output folders to one file.
//!
//! Architecture invariant: one department after the other is read, written and forgotten, in the sorted order
//! of the sources; one that cannot be read costs only itself.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::base::{BASE, Base, hash_of};
use super::either::read_departments;
use super::input::{Input, STANDARD_INPUT, gather};
use super::make::broken_off;
use super::models::read_models;
use super::pool::{self, Plan};
use super::press::{Maker, Target};
use super::reading::{Reading, in_source, is_usable};
use super::store::{Known, RECORD, fill_whole, shown, unwritable};
use super::summary::MANIFEST;
use crate::export::{Cell, Columns, Csv, CsvStyle};
use crate::finding::{Code, Finding, Message, Severity};
use crate::limit::caught;
use crate::model::Department;
use crate::xlsx::TableWriter;

/// How much of a file is written at once, in bytes.
const BUFFER: usize = 1 << 18;

/// What a table is made from: documents, models and folders of departments.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
    /// Missing files, empty folders, skipped files.
    findings: Vec<Finding>,
}

/// One source, by its path, so that sources are sorted by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// A document or a model.
    File(Input),
    /// The folder of a department that the program made.
    Folder(PathBuf),
}

/// What kind of file the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// Comma-separated values.
    Csv(CsvStyle),
    /// A workbook.
    Xlsx,
}

/// What came of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The number of departments in the table.
    pub departments: usize,
    /// The number of rows, without the heads.
    pub rows: u64,
    /// All findings, in the order of the sources.
    pub findings: Vec<Finding>,
}

/// The table cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRefused {
    /// Why not.
    pub finding: Box<Finding>,
    /// What was found before: about the inputs.
    pub before: Vec<Finding>,
}

/// Why there is no table.
#[derive(Debug)]
pub enum NotExported {
    /// The table cannot be made, or there is nothing for it: with what was found before.
    Refused(OutputRefused),
    /// No source has a department; nothing was written.
    Empty(Vec<Finding>),
    /// The stream that was given cannot be written to.
    Output(io::Error),
}

impl Sources {
    /// Finds the sources. A folder that the program made is one, and so is each of those in an output folder.
    /// Any other folder is read as [`gather`] reads it; where there is no document in it, the folders in it
    /// that the program made are the sources. `out` is never one.
    #[must_use]
    pub fn gather(named: &[PathBuf], out: Option<&Path>) -> Self {
        let mut folders = BTreeSet::new();
        let mut others = Vec::new();
        for path in named {
            let is_standard = path.as_os_str() == STANDARD_INPUT;
            let has_own_documents = || {
                !path.join(MANIFEST).is_file()
                    && !gather(std::slice::from_ref(path), None, Reading::Texts)
                        .files
                        .is_empty()
            };
            if is_standard || !path.is_dir() || (!is_made(path) && has_own_documents()) {
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
        let mut sources = Self::default();
        if !others.is_empty() {
            let inputs = gather(&others, None, Reading::Texts);
            let is_out =
                |input: &Input| out.is_some_and(|out| !input.is_standard && is_same(&input.path, out));
            let files = inputs.files.into_iter().filter(|input| !is_out(input));
            sources.list.extend(files.map(Source::File));
            sources.findings = inputs.findings;
        }
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
        // The model in a folder that is a source already would come twice.
        let is_in_folder = |source: &Source| match source {
            Source::File(input) => {
                let is_model = input.path.file_name() == Some(Target::Json.file_name("").as_ref());
                let folder = input.path.parent().and_then(|folder| folder.canonicalize().ok());
                is_model && folder.is_some_and(|folder| seen.contains(&folder))
            }
            Source::Folder(_) => false,
        };
        sources.list.retain(|source| !is_in_folder(source));
        sources.list.extend(folders.into_iter().map(Source::Folder));
        sources.list.sort_by(|one, other| one.path().cmp(other.path()));
        sources
    }

    /// The number of sources.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }
}

impl Source {
    fn path(&self) -> &Path {
        match self {
            Source::File(input) => &input.path,
            Source::Folder(folder) => folder,
        }
    }

    fn shown(&self) -> String {
        match self {
            Source::File(input) => input.shown(),
            Source::Folder(folder) => shown(folder),
        }
    }

    /// Reads the departments and what was found.
    fn read(&self, maker: &impl Maker) -> Result<(Vec<Department>, Vec<Finding>), Box<Finding>> {
        match self {
            Source::File(input) => read_departments(input, maker),
            Source::Folder(folder) => read_made(folder),
        }
    }
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Whether the program made the folder for a department.
pub(super) fn is_made(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).is_file();
    has(BASE) || (has(RECORD) && has(&Target::Json.file_name("")))
}

/// The folders that the program made at or below a folder.
pub(super) fn made_below(folder: &Path, entered: &mut BTreeSet<PathBuf>, found: &mut Vec<PathBuf>) {
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

/// A department, or a source that held none, with what was found.
struct Held {
    source: String,
    department: Option<Department>,
    findings: Vec<Finding>,
    is_last: bool,
}

/// Reads one source: its departments, or, without any, one entry with what was found.
fn read(source: &Source, maker: &impl Maker) -> Vec<Held> {
    let shown = source.shown();
    let (departments, findings) = match caught(|| source.read(maker)) {
        Ok(Ok(read)) => read,
        Ok(Err(finding)) => (Vec::new(), vec![*finding]),
        Err(broken) => (Vec::new(), vec![broken_off(broken)]),
    };
    let held = |department| Held {
        source: shown.clone(),
        department,
        findings: Vec::new(),
        is_last: false,
    };
    let mut all: Vec<Held> = departments
        .into_iter()
        .map(|department| held(Some(department)))
        .collect();
    if all.is_empty() {
        all.push(held(None));
    }
    all[0].findings = findings
        .into_iter()
        .map(|finding| in_source(finding, &shown))
        .collect();
    if let Some(last) = all.last_mut() {
        last.is_last = true;
    }
    all
}

/// Why rows cannot be written.
enum Stopped {
    Finding(Box<Finding>),
    Output(io::Error),
}

/// Hands the rows of all sources to `write`. `progress` is told the number of sources that are done.
fn rows(
    sources: Sources,
    columns: &Columns,
    jobs: usize,
    maker: &impl Maker,
    mut progress: impl FnMut(usize),
    write: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), Stopped>,
) -> (Exported, Result<(), Stopped>) {
    let mut exported = Exported {
        findings: sources.findings,
        ..Exported::default()
    };
    let mut written = Ok(());
    let mut done = 0;
    pool::run(
        &Plan::of(jobs),
        sources.list.iter(),
        |source| match source {
            Source::File(input) => input.weight(),
            Source::Folder(_) => 0,
        },
        |source| read(source, maker),
        |held| held,
        |held| held,
        |held: Held| {
            exported.findings.extend(held.findings);
            if let Some(department) = held.department {
                // A department's name alone is a row; of a text without even that, nothing is known.
                if department.department.is_some() || is_usable(&department) {
                    written = columns.each_row(&held.source, &department, |row| {
                        exported.rows += 1;
                        write(row)
                    });
                    exported.departments += 1;
                } else if !exported
                    .findings
                    .iter()
                    .any(|finding| is_error_in(finding, &held.source))
                {
                    exported.findings.push(in_source(nothing(), &held.source));
                }
                if let Err(Stopped::Finding(finding)) = &mut written {
                    finding.file.get_or_insert_with(|| held.source.clone());
                }
            }
            done += usize::from(held.is_last);
            progress(done);
            if written.is_ok() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        },
    );
    (exported, written)
}

fn is_error_in(finding: &Finding, source: &str) -> bool {
    finding.severity == Severity::Error && finding.file.as_deref() == Some(source)
}

fn nothing() -> Finding {
    let message = Message::new("没有可导出的内容。", "there is nothing to export");
    Finding::new(Code::NoForm, message)
}

/// Writes the table of all sources to a file, whole or not at all; a file that is there is replaced. `progress`
/// is told the number of sources that are done, on the calling thread.
///
/// # Errors
///
/// [`NotExported::Refused`] where the file cannot be written, or a text is too long for a cell of a workbook;
/// [`NotExported::Empty`] where there is no department. The file is then as it was.
pub fn export_to_file(
    sources: Sources,
    columns: &Columns,
    kind: TableKind,
    out: &Path,
    jobs: usize,
    maker: &impl Maker,
    progress: impl FnMut(usize),
) -> Result<Exported, NotExported> {
    let refused = |finding| {
        NotExported::Refused(OutputRefused {
            finding: Box::new(finding),
            before: Vec::new(),
        })
    };
    let failed = |error: io::Error| refused(unwritable(out, &error));
    fill_whole(
        out,
        |file| match kind {
            TableKind::Csv(style) => {
                let mut csv = Csv::new(BufWriter::with_capacity(BUFFER, file), style, columns);
                let exported = table(sources, columns, jobs, maker, progress, &mut |row| {
                    csv.write(row).map_err(Stopped::Output)
                });
                let exported = exported.map_err(|error| in_file(error, out))?;
                csv.finish().map_err(failed)?;
                Ok(exported)
            }
            TableKind::Xlsx => {
                let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                let own = |finding: Finding| refused(finding.in_file(shown(out)));
                let mut workbook = TableWriter::new(columns, folder).map_err(own)?;
                let exported = table(sources, columns, jobs, maker, progress, &mut |row| {
                    // It panics where the disk is full.
                    match caught(|| workbook.write(row)) {
                        Ok(written) => written.map_err(|finding| Stopped::Finding(Box::new(finding))),
                        Err(panic) => Err(Stopped::Output(io::Error::other(panic))),
                    }
                });
                let exported = exported.map_err(|error| in_file(error, out))?;
                let mut file = BufWriter::with_capacity(BUFFER, file);
                match caught(|| workbook.finish(&mut file)) {
                    Ok(finished) => finished.map_err(own)?,
                    Err(panic) => return Err(failed(io::Error::other(panic))),
                }
                file.flush().map_err(failed)?;
                Ok(exported)
            }
        },
        failed,
    )
}

/// An error of a stream as one of the file that it is.
fn in_file(error: NotExported, out: &Path) -> NotExported {
    match error {
        NotExported::Output(error) => NotExported::Refused(OutputRefused {
            finding: Box::new(unwritable(out, &error)),
            before: Vec::new(),
        }),
        other => other,
    }
}

/// Writes the table of all sources to a stream as comma-separated values.
///
/// # Errors
///
/// [`NotExported::Output`] where the stream cannot be written to; [`NotExported::Empty`] where there is no
/// department.
pub fn export_to_stream(
    sources: Sources,
    columns: &Columns,
    style: CsvStyle,
    out: impl Write,
    jobs: usize,
    maker: &impl Maker,
    progress: impl FnMut(usize),
) -> Result<Exported, NotExported> {
    let mut csv = Csv::new(BufWriter::with_capacity(BUFFER, out), style, columns);
    let exported = table(sources, columns, jobs, maker, progress, &mut |row| {
        csv.write(row).map_err(Stopped::Output)
    })?;
    csv.finish().map_err(NotExported::Output)?;
    Ok(exported)
}

/// [`rows`], which must come to at least one department.
fn table(
    sources: Sources,
    columns: &Columns,
    jobs: usize,
    maker: &impl Maker,
    progress: impl FnMut(usize),
    write: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), Stopped>,
) -> Result<Exported, NotExported> {
    let (exported, written) = rows(sources, columns, jobs, maker, progress, write);
    match written {
        Ok(()) if exported.departments == 0 => Err(NotExported::Empty(exported.findings)),
        Ok(()) => Ok(exported),
        Err(Stopped::Output(error)) => Err(NotExported::Output(error)),
        Err(Stopped::Finding(finding)) => Err(NotExported::Refused(OutputRefused {
            finding,
            before: exported.findings,
        })),
    }
}

#[cfg(test)]
mod tests;
