//! The base of a department's folder: the model that its files were made from, and all that an update
//! needs to know of them. Nobody edits this file; it is what edits are told by.
//!
//! It holds a line of JSON each for the header, which says whether anything changed without the rest
//! being read, the model, the model as the source said it last, the model before this one, and the
//! findings of the source.
//!
//! Architecture invariant: the base is written before the files that are made from it, so that what was
//! taken from an edited file is never lost, wherever the program is stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Target;
use super::answers::{is_of_review, title_of};
use super::review::Acceptance;
use super::store::{shown, unwritable, write_whole};
use crate::check;
use crate::finding::{Code, Finding, Message};
use crate::fingerprint::{self, Fingerprint};
use crate::model::{Department, in_wan_yuan};
use crate::template::{FillOptions, Tally};

/// Name of the base in a department's folder.
pub const BASE: &str = ".jixiao-base.json";

const FORMAT: u32 = 2;
/// The longest header; what is longer was not written by the program.
const MOST_HEADER: u64 = 1 << 20;

/// What is known of a department's files without its model being read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Header {
    format: u32,
    program: String,
    /// Says of which model, templates, fonts and options files are made: equal stamps, equal files.
    pub(crate) stamp: String,
    /// What its files are called: the name that its folder had when they were made.
    #[serde(default)]
    pub(crate) name: String,
    /// Where the department was read.
    pub(crate) source: Option<Source>,
    /// How its files are made.
    pub(crate) settings: Settings,
    /// The fingerprint of the templates and fonts that its files were made with.
    pub(crate) press: String,
    /// The files whose edits are in the model.
    pub(crate) taken: Taken,
    /// Whether the model has edits that the source does not have.
    pub(crate) has_edits: bool,
    /// What the summary of the batch says of it.
    pub(crate) figures: Figures,
    /// The fingerprint of the answers in its review sheet; empty without any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) answers: String,
}

/// Where a department was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The file as it was named to the program.
    pub(crate) shown: String,
    /// The file, from the root.
    #[serde(with = "any_path")]
    pub(crate) path: PathBuf,
    /// The file, from the output folder, where there is such a way.
    #[serde(with = "any_path::maybe")]
    pub(crate) relative: Option<PathBuf>,
    /// The fingerprint of its content.
    pub(crate) content_hash: String,
    /// Whether it is a model and not a document.
    pub(crate) is_model: bool,
    /// Which of the departments in it this is, from 0.
    pub(crate) index: usize,
    /// How many departments there are in it; 0 where an older version did not say.
    #[serde(default)]
    pub(crate) count: usize,
}

/// Paths in JSON: those that are no Unicode text, as old systems have them, by the numbers of their units.
pub(crate) mod any_path {
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Units(Vec<u16>),
    }

    fn written(path: &Path) -> Written {
        match path.to_str() {
            Some(text) => Written::Text(text.to_owned()),
            None => Written::Units(units(path)),
        }
    }

    fn read(written: Written) -> PathBuf {
        match written {
            Written::Text(text) => PathBuf::from(text),
            Written::Units(units) => of_units(&units),
        }
    }

    #[cfg(unix)]
    fn units(path: &Path) -> Vec<u16> {
        use std::os::unix::ffi::OsStrExt;
        path.as_os_str()
            .as_bytes()
            .iter()
            .map(|&byte| byte.into())
            .collect()
    }

    #[cfg(unix)]
    fn of_units(units: &[u16]) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        let bytes = units.iter().map(|&unit| unit as u8).collect();
        std::ffi::OsString::from_vec(bytes).into()
    }

    #[cfg(windows)]
    fn units(path: &Path) -> Vec<u16> {
        use std::os::windows::ffi::OsStrExt;
        path.as_os_str().encode_wide().collect()
    }

    #[cfg(windows)]
    fn of_units(units: &[u16]) -> PathBuf {
        use std::os::windows::ffi::OsStringExt;
        std::ffi::OsString::from_wide(units).into()
    }

    pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        written(path).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Written::deserialize(deserializer).map(read)
    }

    /// The same for a path that may be missing.
    pub(crate) mod maybe {
        use std::path::PathBuf;

        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::{Written, read, written};

        #[expect(clippy::ref_option, reason = "serde gives it so")]
        pub(crate) fn serialize<S: Serializer>(
            path: &Option<PathBuf>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            path.as_deref().map(written).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<PathBuf>, D::Error> {
            Ok(Option::<Written>::deserialize(deserializer)?.map(read))
        }
    }
}

/// How the files of a department are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Settings {
    /// The kinds of files.
    pub targets: Vec<Target>,
    /// The form that all projects are filled into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The numbers of the forms wanted; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<u32>,
    /// The folder of an office's own templates, from the root.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "any_path::maybe")]
    pub templates: Option<PathBuf>,
    /// The folder of an office's own fonts, from the root.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "any_path::maybe")]
    pub fonts: Option<PathBuf>,
    /// Whether the PDF is to be printed on one side of the paper.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_sided: bool,
    /// Whether departments are not reviewed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unchecked: bool,
    /// What the review is told otherwise than the program.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub review: check::Settings,
    /// What the configuration accepts of what the review finds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<Acceptance>,
}

/// Whether the review is told nothing.
fn is_usual(review: &check::Settings) -> bool {
    *review == check::Settings::default()
}

impl Settings {
    /// The numbers of the forms wanted, in order, for the names of folders; empty for all.
    pub(crate) fn part(&self) -> String {
        let only = self.only.iter().collect::<BTreeSet<_>>();
        let numbers = only.into_iter().map(u32::to_string);
        numbers.collect::<Vec<_>>().join("_")
    }

    /// What of them the templates need to know.
    pub(crate) fn fill_options(&self) -> FillOptions {
        FillOptions {
            form: self.form.clone(),
            only: self.only.clone(),
            one_sided: self.one_sided,
            title: Some(title_of),
        }
    }
}

/// The fingerprint of edited files whose edits are in the model already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Taken {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workbook: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// Workbooks saved in another format, by their file names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) others: BTreeMap<String, String>,
    /// A workbook that somebody brought back: all that it says counts, not only what was edited in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restored: Option<String>,
}

/// What the summary of a batch says of a department. Amounts are wan yuan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The department's name.
    pub department: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// The number of its forms.
    pub forms: usize,
    /// The number of its indicators.
    pub indicators: usize,
    /// The sum of the budget totals that are numbers.
    pub total: Option<Decimal>,
    /// The sum of the fiscal parts.
    pub fiscal: Option<Decimal>,
    /// The sum of the other parts.
    pub other: Option<Decimal>,
    /// The number of findings of each severity, indexed by [`super::severity_index`]; those that somebody
    /// accepted are not among them.
    pub findings: [usize; 4],
    /// The number of those among them that the review found.
    #[serde(default)]
    pub review: [usize; 4],
    /// The number of findings that somebody accepted.
    #[serde(default)]
    pub accepted: usize,
    /// What its forms come to by other measures; not known where an older version made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
}

impl Source {
    /// The file at `path`, of which it is not known yet what it holds.
    pub(crate) fn at(path: &Path, out: &Path, is_model: bool) -> Self {
        Self {
            shown: shown(path),
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            relative: relative(path, out),
            is_model,
            ..Self::default()
        }
    }

    /// Notes the way to the file from another output folder.
    pub(crate) fn set_relative(&mut self, out: &Path) {
        self.relative = relative(&self.path, out);
    }

    /// Where the file is now: where it was, or as far from the output folder as it was.
    pub(crate) fn find(&self, out: &Path) -> Option<PathBuf> {
        let relative = self.relative.as_ref().map(|relative| out.join(relative));
        [Some(self.path.clone()), relative]
            .into_iter()
            .flatten()
            .find(|path| path.is_file())
    }
}

/// The way from `out` to `path`, if both are on one disk.
fn relative(path: &Path, out: &Path) -> Option<PathBuf> {
    let (path, out) = (path.canonicalize().ok()?, out.canonicalize().ok()?);
    let same = path
        .components()
        .zip(out.components())
        .take_while(|(one, other)| one == other)
        .count();
    if same == 0 {
        return None;
    }
    let up = out
        .components()
        .skip(same)
        .map(|_| std::path::Component::ParentDir);
    Some(up.chain(path.components().skip(same)).collect())
}

impl Figures {
    /// The figures of a department of which the forms in `only` are made; all if that is empty.
    pub(crate) fn of(department: &Department, only: &[u32], findings: &[Finding]) -> Self {
        let wanted = |number: u32| only.is_empty() || only.contains(&number);
        let projects = department.projects.iter();
        let projects: Vec<_> = projects.filter(|project| wanted(project.number)).collect();
        let sum = |amount: fn(&crate::model::Budget) -> Option<Decimal>| {
            let amounts = projects
                .iter()
                .filter_map(|project| in_wan_yuan(amount(&project.budget)?, project.amount_unit.as_deref()));
            // What is beyond all numbers has no sum.
            amounts.fold(None, |sum: Option<Decimal>, amount| {
                Some(sum.unwrap_or_default().saturating_add(amount))
            })
        };
        let mut figures = Self {
            tally: Some(Tally::of(department, only)),
            department: department.department.clone(),
            year: department.year,
            forms: projects.len(),
            indicators: projects.iter().map(|project| project.indicators.len()).sum(),
            total: sum(|budget| budget.total_decimal),
            fiscal: sum(|budget| budget.fiscal_decimal),
            other: sum(|budget| budget.other_decimal),
            findings: [0; 4],
            review: [0; 4],
            accepted: 0,
        };
        figures.count(findings);
        figures
    }

    /// Counts findings, those that were counted before not among them.
    pub(crate) fn count(&mut self, findings: &[Finding]) {
        for (sum, more) in self.findings.iter_mut().zip(super::build::count(findings)) {
            *sum += more;
        }
        for finding in findings {
            if finding.accepted.is_some() {
                self.accepted += 1;
            } else if is_of_review(finding) {
                self.review[super::severity_index(finding.severity)] += 1;
            }
        }
        if let Some(tally) = &mut self.tally {
            tally.count(findings);
        }
    }
}

/// The base of a department.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base {
    pub(crate) header: Header,
    /// The model that the files are made from.
    pub(crate) model: Department,
    /// The model as the source said it when it was last read; `None` if that is `model` itself.
    pub(crate) source: Option<Department>,
    /// The model before this one, with its stamp: what an edited file may still be made from, if the
    /// program was stopped before all were made anew.
    pub(crate) previous: Option<(String, Department)>,
    /// What was found in the source.
    pub(crate) findings: Vec<Finding>,
}

impl Base {
    /// Says by a stamp what the files are to be made from, and notes what the summary needs.
    pub(crate) fn settle(&mut self) {
        let mut hash = Fingerprint::new();
        let parts = [
            serde_json::to_vec(&self.model.without_origins()),
            serde_json::to_vec(&self.settings_of_content()),
            serde_json::to_vec(&self.findings),
        ];
        for part in parts {
            hash.update(part.unwrap_or_default());
            hash.update([0]);
        }
        hash.update(&self.header.press);
        hash.update(&self.header.answers);
        self.header.stamp = fingerprint::hex(&hash.finish());
        self.header.format = FORMAT;
        self.header.program = String::from(concat!("jixiao ", env!("CARGO_PKG_VERSION")));
    }

    /// The settings that change what a file holds.
    fn settings_of_content(&self) -> (&Option<String>, &Vec<u32>, bool) {
        let settings = &self.header.settings;
        (&settings.form, &settings.only, settings.one_sided)
    }

    /// Writes the base of a folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Box<Finding>> {
        let path = folder.join(BASE);
        let bytes = self.bytes().map_err(io::Error::from);
        bytes
            .and_then(|bytes| write_whole(&path, &bytes))
            .map_err(|error| Box::new(unwritable(&path, &error)))
    }

    fn bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut line = |part: &mut dyn FnMut(&mut Vec<u8>) -> serde_json::Result<()>| {
            part(&mut bytes)?;
            bytes.push(b'\n');
            Ok::<_, serde_json::Error>(())
        };
        line(&mut |bytes| serde_json::to_writer(bytes, &self.header))?;
        line(&mut |bytes| serde_json::to_writer(bytes, &self.model))?;
        line(&mut |bytes| serde_json::to_writer(bytes, &self.source))?;
        line(&mut |bytes| serde_json::to_writer(bytes, &self.previous))?;
        line(&mut |bytes| serde_json::to_writer(bytes, &self.findings))?;
        Ok(bytes)
    }

    /// Reads what was found in the source of a folder, and nothing else of its base.
    ///
    /// # Errors
    ///
    /// [`Code::BaseMissing`] where there is none that this program wrote.
    pub(crate) fn read_findings(folder: &Path) -> Result<Vec<Finding>, Box<Finding>> {
        /// Findings are seldom longer.
        const ENOUGH: u64 = 32 << 10;
        let last_line = |most: u64| -> io::Result<(Vec<u8>, bool)> {
            let mut file = fs::File::open(folder.join(BASE))?;
            let length = file.metadata()?.len();
            let from = length.saturating_sub(most);
            file.seek(io::SeekFrom::Start(from))?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            let text = text.strip_suffix(b"\n").unwrap_or(&text);
            let start = text.iter().rposition(|&byte| byte == b'\n');
            Ok((
                text[start.map_or(0, |start| start + 1)..].to_vec(),
                start.is_some() || from == 0,
            ))
        };
        let read = last_line(ENOUGH).and_then(|(line, is_whole)| {
            if is_whole {
                Ok(line)
            } else {
                last_line(u64::MAX).map(|(line, _)| line)
            }
        });
        let line = read.map_err(|error| missing(folder, &error.to_string()))?;
        serde_json::from_slice(&line).map_err(|error| missing(folder, &error.to_string()))
    }

    /// Reads the base of a folder.
    ///
    /// # Errors
    ///
    /// [`Code::BaseMissing`] where there is none that this program wrote.
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<Finding>> {
        let path = folder.join(BASE);
        let text = fs::read(&path).map_err(|error| missing(folder, &error.to_string()))?;
        let broken = |error: serde_json::Error| missing(folder, &error.to_string());
        let mut lines = text.split(|&byte| byte == b'\n');
        let mut next = || lines.next().unwrap_or_default();
        let header: Header = serde_json::from_slice(next()).map_err(broken)?;
        check(&header, folder)?;
        Ok(Self {
            header,
            model: serde_json::from_slice(next()).map_err(broken)?,
            source: serde_json::from_slice(next()).map_err(broken)?,
            previous: serde_json::from_slice(next()).map_err(broken)?,
            findings: serde_json::from_slice(next()).map_err(broken)?,
        })
    }
}

impl Settings {
    /// Whether a file of this kind is made for a department with so many forms: its overview is an overview
    /// of all of them.
    pub(crate) fn wants(&self, target: Target, forms: usize) -> bool {
        let is_whole = self.only.is_empty();
        let is_possible = match target {
            Target::Overview => is_whole && forms > 0,
            Target::Review | Target::ReviewXlsx => is_whole && !self.is_unchecked,
            Target::Xlsx | Target::Pdf | Target::Html | Target::Json => true,
        };
        is_possible && self.targets.contains(&target)
    }
}

impl Header {
    /// Reads the header of the base of a folder.
    ///
    /// # Errors
    ///
    /// [`Code::BaseMissing`] where there is none that this program wrote.
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<Finding>> {
        let file = fs::File::open(folder.join(BASE)).map_err(|error| missing(folder, &error.to_string()))?;
        let mut line = Vec::new();
        BufReader::new(file.take(MOST_HEADER))
            .read_until(b'\n', &mut line)
            .map_err(|error| missing(folder, &error.to_string()))?;
        let header = serde_json::from_slice(&line).map_err(|error| missing(folder, &error.to_string()))?;
        check(&header, folder)?;
        Ok(header)
    }
}

impl Header {
    /// What the files in a folder are called: as they were, or as the folder, where somebody renamed them
    /// with it.
    pub(crate) fn name_in(&self, folder: &Path) -> String {
        let own = folder.file_name().and_then(std::ffi::OsStr::to_str);
        // What was left behind under the old name says nothing where nobody reads it back first.
        let is_main = |target: &&Target| matches!(target, Target::Xlsx | Target::Pdf | Target::Html);
        let has_main = self.settings.targets.iter().any(|target| is_main(&target));
        let is_there = |name: &str| {
            let mut targets = self.settings.targets.iter();
            targets.any(|target| {
                let counts = if has_main {
                    is_main(&target)
                } else {
                    matches!(target, Target::Review | Target::ReviewXlsx)
                };
                counts && folder.join(target.file_name(name)).is_file()
            })
        };
        match own {
            Some(own) if !is_there(&self.name) && is_there(own) => own.to_owned(),
            _ => self.name.clone(),
        }
    }
}

fn check(header: &Header, folder: &Path) -> Result<(), Box<Finding>> {
    if header.format <= FORMAT {
        return Ok(());
    }
    let message = Message::new(
        format!("该文件夹由更新版本的程序（{}）生成，未改动。", header.program),
        format!(
            "a newer program ({}) made this folder; it was left alone",
            header.program
        ),
    );
    Err(Box::new(
        Finding::new(Code::OutputFailed, message).in_file(shown(folder)),
    ))
}

fn missing(folder: &Path, why: &str) -> Box<Finding> {
    let message = Message::new(
        format!("此文件夹没有可用的基准文件 {BASE}（{why}），无法判断改动了什么。"),
        format!("the folder has no usable base {BASE} ({why}), so that nothing is known of what was edited"),
    );
    Box::new(Finding::new(Code::BaseMissing, message).in_file(shown(folder)))
}

/// The fingerprint of a file's content in hexadecimal.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    fingerprint::hex_of(bytes)
}
