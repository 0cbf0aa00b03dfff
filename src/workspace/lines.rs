//! Models a line each (NDJSON), as engines pass them on that spread the work over machines.
//!
//! A line is a model with one more member, `parsed`: where `parse` read it and what it found there. So
//! `build --from-ndjson` makes of the line what `build` makes of the text, to the byte. A line without it is
//! a model like any other.
//!
//! Architecture invariant: lines are read as they are asked for; only those at work are in memory.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::base::any_path;
use super::input::{Input, MOST_INPUT_BYTES};
use super::models::read_models;
use super::reading::{Held, Source};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::Department;
use crate::parse::Parsed;

/// Where a department was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file.
    #[serde(with = "any_path")]
    pub path: PathBuf,
    /// The fingerprint of its content.
    pub content_hash: String,
    /// Which of the departments in it this is, from 0.
    pub index: usize,
    /// How many there are in it.
    pub count: usize,
}

/// What a line says beside the model, under the key `parsed`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Beside {
    /// The file, as it was named.
    source: String,
    /// The file itself, where it was one.
    #[serde(default)]
    origin: Option<Origin>,
    /// What was found in it.
    #[serde(default)]
    findings: Vec<Finding>,
}

/// Writes a department with what was found as one line, without its end.
///
/// # Errors
///
/// A finding where it cannot be written as JSON.
pub fn model_line<T>(department: &Department, held: &Held<T>) -> Result<String, Finding> {
    let beside = Beside {
        source: held.source.clone(),
        origin: held.origin.clone().map(|origin| Origin {
            path: std::path::absolute(&origin.path).unwrap_or(origin.path),
            ..origin
        }),
        findings: held.findings.clone(),
    };
    let written = serde_json::to_string(department).and_then(|model| {
        let model = model.strip_suffix('}').unwrap_or(&model);
        Ok(format!(
            "{model},\"parsed\":{}}}",
            serde_json::to_string(&beside)?
        ))
    });
    written.map_err(|error| {
        let message = Message::new(format!("{error}"), format!("{error}"));
        Finding::new(Code::OutputFailed, message)
    })
}

/// One line of models.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// The file that it is in, as it is shown.
    file: String,
    /// Its number, from 1.
    number: usize,
    text: Vec<u8>,
    /// What went wrong when it was to be read.
    trouble: Option<Box<Finding>>,
    beside: Option<Beside>,
}

impl Line {
    pub(super) fn shown(&self) -> String {
        format!("{}:{}", self.file, self.number)
    }

    /// The file that its text was read from, as that was named.
    pub(super) fn source(&self) -> Option<String> {
        self.beside.as_ref().map(|beside| beside.source.clone())
    }

    pub(super) fn origin(&self) -> Option<Origin> {
        self.beside.as_ref()?.origin.clone()
    }

    /// About the bytes of memory that the work on it takes; a model is longer than its text.
    pub(super) fn weight(&self) -> u64 {
        10 * self.text.len() as u64
    }

    /// The department in it.
    pub(super) fn read(&self) -> Result<Parsed, Box<Finding>> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        let departments = read_models(&self.text).map_err(|mut finding| {
            for place in &mut finding.places {
                if let Some((_, column)) = place.line_and_column() {
                    *place = Place::text(u32::try_from(self.number).unwrap_or(u32::MAX), column);
                }
            }
            finding.in_file(self.file.clone())
        })?;
        let mut findings = vec![Vec::new(); departments.len()];
        if let (Some(first), Some(beside)) = (findings.first_mut(), &self.beside) {
            first.clone_from(&beside.findings);
        }
        Ok(Parsed {
            departments,
            findings,
            ..Parsed::default()
        })
    }

    /// Reads what stands beside the model.
    pub(super) fn open(mut self) -> Self {
        /// All else of a line.
        #[derive(Deserialize)]
        struct Rest {
            parsed: Option<Beside>,
        }
        let rest = serde_json::from_slice::<Rest>(&self.text).ok();
        self.beside = rest.and_then(|rest| rest.parsed);
        self
    }
}

/// The lines of files one after the other.
pub(super) struct Lines {
    files: std::vec::IntoIter<Input>,
    at: Option<(String, usize, Box<dyn BufRead + Send>)>,
}

impl Lines {
    pub(super) fn of(files: Vec<Input>) -> Self {
        Self {
            files: files.into_iter(),
            at: None,
        }
    }

    fn opened(input: &Input) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(if input.is_standard {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(fs::File::open(&input.path)?))
        })
    }
}

impl Iterator for Lines {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        loop {
            let Some((file, number, reader)) = &mut self.at else {
                let input = self.files.next()?;
                match Self::opened(&input) {
                    Ok(reader) => self.at = Some((input.shown(), 0, reader)),
                    Err(error) => return Some(troubled(input.shown(), 0, &error)),
                }
                continue;
            };
            *number += 1;
            let mut text = Vec::new();
            let read = reader.take(MOST_INPUT_BYTES).read_until(b'\n', &mut text);
            let (file, number) = (file.clone(), *number);
            match read {
                Ok(0) => self.at = None,
                Ok(_) if text.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let line = Line {
                        file,
                        number,
                        text,
                        ..Line::default()
                    };
                    return Some(Source::Line(line));
                }
                Err(error) => {
                    self.at = None;
                    return Some(troubled(file, number, &error));
                }
            }
        }
    }
}

fn troubled(file: String, number: usize, error: &io::Error) -> Source {
    let finding = super::input::unreadable(&file, error);
    Source::Line(Line {
        file,
        number,
        trouble: Some(Box::new(finding)),
        ..Line::default()
    })
}

/// A list of paths, one in a line, such as `find` prints; with `\0` between them, such as `find -print0`.
///
/// # Errors
///
/// A finding where the list cannot be read.
pub fn read_list(list: &Path) -> Result<Vec<PathBuf>, Box<Finding>> {
    let mut bytes = Vec::new();
    let read = if list.as_os_str() == super::input::STANDARD_INPUT {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        fs::File::open(list).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| Box::new(super::input::unreadable(&super::store::shown(list), &error)))?;
    let end = if bytes.contains(&0) { 0 } else { b'\n' };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let names = bytes.split(|&byte| byte == end);
    let names = names.map(|name| {
        if end == b'\n' {
            name.strip_suffix(b"\r").unwrap_or(name)
        } else {
            name
        }
    });
    Ok(names.filter(|name| !name.is_empty()).map(path_of).collect())
}

#[cfg(unix)]
fn path_of(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path_of(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    fn input(path: PathBuf) -> Input {
        Input {
            path,
            is_standard: false,
        }
    }

    #[test]
    fn what_was_found_goes_with_the_model() {
        let folder = Folder::new();
        let department = Department {
            department: Some("甲局".to_owned()),
            ..Department::default()
        };
        let held: Held<()> = Held {
            source: "a.txt".to_owned(),
            findings: vec![Finding::new(Code::CoverMissing, Message::default())],
            origin: Some(Origin {
                path: "/in/a.txt".into(),
                content_hash: "00".to_owned(),
                index: 1,
                count: 2,
            }),
            ..Held::default()
        };
        let line = model_line(&department, &held).expect("JSON");
        folder.write(
            "m.ndjson",
            &format!("{line}\n\n{{\"department\":\"乙局\"}}\n{{3\n"),
        );
        let lines = Lines::of(vec![
            input(folder.path().join("m.ndjson")),
            input(folder.path().join("none")),
        ]);
        let lines: Vec<Line> = lines
            .map(|source| match source {
                Source::Line(line) => line.open(),
                Source::File(input) => panic!("{input:?}"),
            })
            .collect();
        assert_eq!(lines.len(), 4);
        let read = lines[0].read().expect("a model");
        assert_eq!(read.departments[0].department.as_deref(), Some("甲局"));
        assert_eq!(read.findings, [held.findings]);
        assert_eq!(lines[0].origin(), held.origin);
        assert_eq!(lines[0].source().as_deref(), Some("a.txt"));
        assert_eq!(lines[1].read().expect("a model").findings, [vec![]]);
        assert_eq!(lines[1].source(), None);
        let finding = lines[2].read().expect_err("no JSON");
        assert_eq!(finding.places[0].line_and_column(), Some((4, 2)));
        let finding = lines[3].read().expect_err("no file");
        assert_eq!(finding.code, Code::InputUnreadable);
    }

    #[test]
    fn lists_end_their_names_with_lines_or_zeros() {
        let folder = Folder::new();
        let list = folder.path().join("list");
        let read = |text: &[u8]| {
            folder.write_bytes("list", text);
            read_list(&list).expect("a list")
        };
        let both = ["a b.txt", "甲.txt"].map(PathBuf::from);
        assert_eq!(read("\u{feff}a b.txt\r\n\n甲.txt".as_bytes()), both);
        assert_eq!(read("a b.txt\0甲.txt\0".as_bytes()), both);
        assert_eq!(read(b"a\nb\0"), [PathBuf::from("a\nb")]);
        #[cfg(unix)]
        assert!(read(b"\xb2\xe2.txt")[0].to_str().is_none());
    }
}
