//! The flat table of many departments: from documents, models and output folders to one file.
//!
//! Architecture invariant: one department after the other is read, written and forgotten, in the sorted order
//! of the sources; one that cannot be read costs only itself.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::either::read_departments;
use super::make::broken_off;
use super::pool::{self, Plan};
use super::press::Maker;
use super::reading::{in_source, is_usable};
use super::store::{fill_whole, shown, unwritable};
use super::subjects::{Subject, Subjects, read_made};
use crate::export::{Cell, Columns, Csv, CsvStyle};
use crate::finding::{Code, Finding, Message, Severity};
use crate::limit::caught;
use crate::model::Department;
use crate::xlsx::TableWriter;

/// How much of a file is written at once, in bytes.
const BUFFER: usize = 1 << 18;

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

/// A department, or a source that held none, with what was found.
struct Held {
    source: String,
    department: Option<Department>,
    findings: Vec<Finding>,
    is_last: bool,
}

/// Reads one source: its departments, or, without any, one entry with what was found.
fn read(source: &Subject, maker: &impl Maker) -> Vec<Held> {
    let shown = source.shown();
    let departments = || match source {
        Subject::File(input) => read_departments(input, maker),
        Subject::Folder(folder) => read_made(folder),
    };
    let (departments, findings) = match caught(departments) {
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
    sources: Subjects,
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
            Subject::File(input) => input.weight(),
            Subject::Folder(_) => 0,
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
    sources: Subjects,
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
    sources: Subjects,
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
    sources: Subjects,
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
