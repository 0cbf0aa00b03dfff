//! Writes a department's files, and keeps the record by which the program knows its own work.
//!
//! A file is the program's own if its fingerprint stands in the record `.jixiao.json` beside it. Before
//! a file is replaced, the record names the old and the new content; then the new content is
//! written to a temporary name and renamed; at last the record names the new content alone. So
//! wherever the program is stopped, each file is whole and known.
//!
//! Architecture invariant: a file whose content is not in the record, nor the very content to be
//! written, is never touched; and nothing is written outside the folder that was given.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::kept;
use super::seen::{Seen, size_and_time};
use crate::finding::{Code, Finding, Message};
use crate::fingerprint::{self, Fingerprint};

/// Name of the record in a department's folder.
pub const RECORD: &str = ".jixiao.json";

const RECORD_FORMAT: u32 = 2;
const TEMPORARY: (&str, &str) = (".jixiao-", ".tmp");
/// A temporary file this old was left by a program that was stopped, not by one that runs.
const STALE: Duration = Duration::from_mins(10);

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name in the folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It was written.
    Written,
    /// The same content was there already.
    Unchanged,
    /// Somebody's work stands in its place; it was left alone.
    LeftAlone,
    /// It could not be made or written.
    Failed,
}

/// The record of what the program wrote into a folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Record {
    format: u32,
    program: String,
    /// By file name, the fingerprint of each content that is the program's own.
    files: BTreeMap<String, Vec<String>>,
    /// By file name, the stamp of what it was made from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    made: BTreeMap<String, String>,
    /// By file name, what was found when it was made; what was found before any was, without a name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    found: FoundIn,
}

/// What was found in the making of files, by their names; of all of them, by the empty one.
pub(crate) type FoundIn = BTreeMap<String, Vec<Finding>>;

/// What may be done beside writing what is new and replacing what is the program's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permit<'a> {
    /// A file that is never written (a model that is both read and in the folder).
    pub(crate) spare: Option<&'a Path>,
    /// The stamp of what the files are made from.
    pub(crate) stamp: &'a str,
    /// Names of edited files with the fingerprint of what may be replaced, as all that they say was taken.
    pub(crate) taken: Vec<(String, String)>,
    /// The workbook that is kept where it is replaced.
    pub(crate) keeps: Option<&'a str>,
    /// Where the hash of what is written is noted.
    pub(crate) seen: Option<&'a Seen>,
    /// What was found in the making of the files.
    pub(crate) found: FoundIn,
    /// Whether no other run writes here, so that whatever is half written was left by one that was stopped.
    pub(crate) is_alone: bool,
}

/// What the record says of the files in a folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Record);

impl Known {
    /// Reads what the record of a folder says.
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<Finding>> {
        read_record(folder).map(Self)
    }

    /// Whether this content of a file is the program's own.
    pub(crate) fn is_own(&self, name: &str, content_hash: &str) -> bool {
        self.0
            .files
            .get(name)
            .is_some_and(|own| own.iter().any(|own| own == content_hash))
    }

    /// Whether this content of a file is the program's own, and the only one that was announced.
    pub(crate) fn is_own_alone(&self, name: &str, content_hash: &str) -> bool {
        self.0.files.get(name).is_some_and(|own| own == &[content_hash])
    }

    /// What was found when a file was made; with an empty name, when all were.
    pub(crate) fn found(&self, name: &str) -> &[Finding] {
        self.0.found.get(name).map_or(&[], Vec::as_slice)
    }

    /// All that was found when the files were made.
    pub(crate) fn all_found(&self) -> impl Iterator<Item = &Finding> {
        self.0.found.values().flatten()
    }

    /// The names of the files, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.files.keys().map(String::as_str)
    }

    /// The stamp of what a file was made from.
    pub(crate) fn stamp(&self, name: &str) -> Option<&str> {
        self.0.made.get(name).map(String::as_str)
    }
}

/// The steps of [`store`] after which a test may stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Announced,
    TemporaryWritten,
    Renamed,
    Recorded,
}

/// Writes `files` into the folder `name` in `out`.
///
/// Returns the state of each file, in their order, and what is to be said about them.
pub(crate) fn store(
    out: &Path,
    name: &str,
    files: &[NewFile],
    permit: &Permit<'_>,
) -> (Vec<FileState>, Vec<Finding>) {
    store_stoppable(out, name, files, permit, &mut |_| true)
}

fn store_stoppable(
    out: &Path,
    name: &str,
    files: &[NewFile],
    permit: &Permit<'_>,
    goes_on: &mut dyn FnMut(Step) -> bool,
) -> (Vec<FileState>, Vec<Finding>) {
    let folder = out.join(name);
    let mut findings = Vec::new();
    let mut states = vec![FileState::Failed; files.len()];
    if let Err(finding) = prepare(&folder, permit.is_alone) {
        return (states, vec![*finding]);
    }
    let known = match read_record(&folder) {
        Ok(known) => known,
        Err(finding) => return (states, vec![*finding]),
    };
    let mut record = known.clone();
    let others = (!permit.is_alone).then_some(&known);
    let mut to_write = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let path = folder.join(&file.name);
        if permit
            .spare
            .is_some_and(|spare| path.canonicalize().is_ok_and(|path| path == spare))
        {
            states[index] = FileState::Unchanged;
            continue;
        }
        let hash = fingerprint::hex_of(&file.bytes);
        let own = known.files.get(&file.name).map_or(&[][..], Vec::as_slice);
        match present(&path) {
            Ok(Present::Nothing) => to_write.push((index, None, hash)),
            Ok(Present::File(there)) if there == hash => {
                states[index] = FileState::Unchanged;
                record.files.insert(file.name.clone(), vec![hash]);
                record.made.insert(file.name.clone(), permit.stamp.to_owned());
            }
            Ok(Present::File(there)) if own.contains(&there) || permit.takes(&file.name, &there) => {
                to_write.push((index, Some(there), hash));
            }
            Ok(Present::File(_) | Present::Other) => {
                states[index] = FileState::LeftAlone;
                findings.push(edited(&path));
            }
            Err(error) => findings.push(unwritable(&path, &error)),
        }
    }
    if !to_write.is_empty() {
        for (index, there, hash) in &to_write {
            let hashes = there.iter().chain([hash]).cloned().collect();
            record.files.insert(files[*index].name.clone(), hashes);
        }
        if let Err(error) = write_record(&folder, &mut record, others) {
            findings.push(unwritable(&folder.join(RECORD), &error));
            return (states, findings);
        }
        if !goes_on(Step::Announced) {
            return (states, findings);
        }
    }
    for (index, there, hash) in to_write {
        let file = &files[index];
        let path = folder.join(&file.name);
        if permit.keeps == Some(file.name.as_str())
            && there.is_some()
            && let Err(error) = kept::keep(&folder, &path, false)
        {
            findings.push(unwritable(&folder.join(kept::KEPT), &error));
            continue;
        }
        let mut stopped = false;
        let mut now = Still::AsItWas;
        let mut look = None;
        let written = replace(&path, &file.bytes, &mut |temporary| {
            // Its size and time stay what they are when it is renamed.
            look = fs::metadata(temporary)
                .ok()
                .map(|metadata| size_and_time(&metadata));
            stopped = !goes_on(Step::TemporaryWritten);
            if !stopped {
                now = still(&path, there.as_deref(), &hash);
            }
            !stopped && now == Still::AsItWas
        });
        if now == Still::Edited {
            states[index] = FileState::LeftAlone;
            findings.push(edited_meanwhile(&path));
            match there {
                Some(there) => record.files.insert(file.name.clone(), vec![there]),
                None => record.files.remove(&file.name),
            };
            continue;
        }
        match written {
            Ok(()) if now == Still::MadeAlready => {
                states[index] = FileState::Unchanged;
                record.files.insert(file.name.clone(), vec![hash]);
                record.made.insert(file.name.clone(), permit.stamp.to_owned());
            }
            Ok(()) => {
                if let (Some(seen), Some(look)) = (permit.seen, look) {
                    seen.note(&path, look, &hash);
                }
                states[index] = FileState::Written;
                record.files.insert(file.name.clone(), vec![hash]);
                record.made.insert(file.name.clone(), permit.stamp.to_owned());
            }
            Err(error) => {
                findings.push(unwritable(&path, &error));
                match there {
                    Some(there) => record.files.insert(file.name.clone(), vec![there]),
                    None => record.files.remove(&file.name),
                };
            }
        }
        if stopped || !goes_on(Step::Renamed) {
            return (states, findings);
        }
    }
    for (name, found) in &permit.found {
        if found.is_empty() {
            record.found.remove(name);
        } else {
            record.found.insert(name.clone(), found.clone());
        }
    }
    if (&record.files, &record.made, &record.found) != (&known.files, &known.made, &known.found) {
        if let Err(error) = write_record(&folder, &mut record, others) {
            findings.push(unwritable(&folder.join(RECORD), &error));
        }
        goes_on(Step::Recorded);
    }
    (states, findings)
}

impl Permit<'_> {
    fn takes(&self, name: &str, content_hash: &str) -> bool {
        self.taken
            .iter()
            .any(|(own, hash)| own == name && hash == content_hash)
    }
}

/// What became of a file while the new one was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Still {
    /// Nothing.
    AsItWas,
    /// Another run put there what this one was about to.
    MadeAlready,
    /// Somebody saved it.
    Edited,
}

/// What stands now in a file that had the content of the fingerprint `there`, or was none, and is to have that of
/// `hash`.
fn still(path: &Path, there: Option<&str>, hash: &str) -> Still {
    match (present(path), there) {
        (Ok(Present::File(now)), Some(there)) if now == there => Still::AsItWas,
        (Ok(Present::Nothing), None) => Still::AsItWas,
        (Ok(Present::File(now)), _) if now == hash => Still::MadeAlready,
        _ => Still::Edited,
    }
}

/// Makes the output folder `out` and shows that files can be written there.
///
/// # Errors
///
/// A finding that says why not.
pub fn prepare_out(out: &Path) -> Result<(), Box<Finding>> {
    let probe = temporary_in(out);
    let tried = fs::create_dir_all(out)
        .and_then(|()| fs::write(&probe, b""))
        .and_then(|()| fs::remove_file(&probe));
    tried.map_err(|error| Box::new(unwritable(out, &error)))
}

/// Writes a file whole or not at all: to a temporary name beside it, then renamed.
///
/// # Errors
///
/// Any error of the file system; the file is then as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, &mut |_| true)
}

/// Writes a file whole or not at all, as [`write_whole`] does, but piece by piece: `write` writes what is to
/// stand in it, and where it fails, the file is as it was.
///
/// # Errors
///
/// What `write` says, or any error of the file system.
pub(crate) fn fill_whole<T, E>(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<T, E>,
    failed: impl Fn(io::Error) -> E,
) -> Result<T, E> {
    let temporary = Temporary(temporary_in(path.parent().unwrap_or(Path::new(""))));
    let mut file = fs::File::create_new(&temporary.0).map_err(&failed)?;
    let written = write(&mut file)?;
    drop(file);
    fs::rename(&temporary.0, path).map_err(failed)?;
    Ok(written)
}

/// A file that is gone when it was not renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Whether there is a file at `path` with exactly this content; `None` where there is nothing.
///
/// # Errors
///
/// Any error of the file system.
pub(crate) fn holds(path: &Path, bytes: &[u8]) -> io::Result<Option<bool>> {
    Ok(match present(path)? {
        Present::Nothing => None,
        Present::File(hash) => Some(hash == fingerprint::hex_of(bytes)),
        Present::Other => Some(false),
    })
}

/// Makes a department's folder, if there is none, and sweeps out what a stopped program left in it.
pub(crate) fn prepare(folder: &Path, is_alone: bool) -> Result<(), Box<Finding>> {
    let failed = |error: &io::Error| Box::new(unwritable(folder, error));
    match fs::symlink_metadata(folder) {
        // A link could lead out of the output folder.
        Ok(there) if !there.is_dir() => return Err(Box::new(edited(folder))),
        Ok(_) => sweep(folder, is_alone),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        Err(error) => return Err(failed(&error)),
    }
    Ok(())
}

/// Makes a department's folder with what `fill` puts into it, at once: `false` where there is such a folder
/// already. So no folder is ever there without its base, and of several runs that want a folder one alone
/// gets it.
///
/// # Errors
///
/// The folder is not there and cannot be made, such as on a full disk.
pub(crate) fn claim(
    folder: &Path,
    fill: impl FnOnce(&Path) -> Result<(), Box<Finding>>,
) -> Result<bool, Box<Finding>> {
    let is_taken = || fs::symlink_metadata(folder).is_ok();
    if is_taken() {
        return Ok(false);
    }
    let failed = |error: io::Error| Box::new(unwritable(folder, &error));
    let out = folder.parent().unwrap_or(Path::new(""));
    let temporary = temporary_in(out);
    fs::create_dir(&temporary).map_err(failed)?;
    let renamed = || fs::rename(&temporary, folder).map_err(failed);
    let Err(finding) = fill(&temporary).and_then(|()| renamed()) else {
        return Ok(true);
    };
    let _ = fs::remove_dir_all(&temporary);
    if is_taken() { Ok(false) } else { Err(finding) }
}

/// Removes temporary files that a stopped program left. What cannot be removed does no harm. Where no other
/// run writes to a folder, all of them were left; nothing is being written to it when this is called.
pub(crate) fn sweep(folder: &Path, is_alone: bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_ours && (is_alone || age().is_some_and(|age| age > STALE)) {
            let path = entry.path();
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
    }
}

enum Present {
    Nothing,
    /// A file with this fingerprint.
    File(String),
    /// A folder, a link or something else.
    Other,
}

fn present(path: &Path) -> io::Result<Present> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Present::Nothing),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Ok(Present::Other);
    }
    let mut file = fs::File::open(path)?;
    let mut hash = Fingerprint::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Present::File(fingerprint::hex(&hash.finish()))),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads the record; one that cannot be understood counts as none, so that all files that differ
/// are somebody's work.
fn read_record(folder: &Path) -> Result<Record, Box<Finding>> {
    let path = folder.join(RECORD);
    let none = Record {
        format: RECORD_FORMAT,
        ..Record::default()
    };
    let text = match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(none),
        Ok(metadata) if !metadata.is_file() => return Err(Box::new(edited(&path))),
        _ => fs::read(&path).map_err(|error| Box::new(unwritable(&path, &error)))?,
    };
    let record: Record = serde_json::from_slice(&text).unwrap_or(none);
    if record.format > RECORD_FORMAT {
        return Err(Box::new(
            Finding::new(
                Code::OutputFailed,
                Message::new(
                    format!("该文件夹由更新版本的程序（{}）生成，未改动。", record.program),
                    format!(
                        "a newer program ({}) made this folder; it was left alone",
                        record.program
                    ),
                ),
            )
            .in_file(shown(folder)),
        ));
    }
    Ok(record)
}

/// Writes the record. Where other runs may write it too, `known` is what was read of it: what they noted since is
/// noted in it as well, unless this run knows otherwise.
fn write_record(folder: &Path, record: &mut Record, known: Option<&Record>) -> io::Result<()> {
    // They take turns, from reading to writing, where the system lets a folder be locked.
    let turn = known.and_then(|_| fs::File::open(folder).ok());
    if let Some(turn) = &turn {
        let _ = turn.lock();
    }
    if let Some((known, there)) = known.zip(read_record(folder).ok()) {
        adopt(&mut record.files, &known.files, there.files);
        adopt(&mut record.made, &known.made, there.made);
        adopt(&mut record.found, &known.found, there.found);
    }
    record.format = RECORD_FORMAT;
    record.program = String::from(concat!("jixiao ", env!("CARGO_PKG_VERSION")));
    let mut text = serde_json::to_vec_pretty(record)?;
    text.push(b'\n');
    replace(&folder.join(RECORD), &text, &mut |_| true)
}

/// Takes over from `there` what was not changed since it was `known`.
fn adopt<T: PartialEq>(
    own: &mut BTreeMap<String, T>,
    known: &BTreeMap<String, T>,
    there: BTreeMap<String, T>,
) {
    for (name, value) in there {
        if own.get(&name) == known.get(&name) {
            own.insert(name, value);
        }
    }
}

/// A name in `folder` that no running program uses, on no machine that shares the folder.
fn temporary_in(folder: &Path) -> PathBuf {
    // The number of the process would not do: in containers each run may be process 1.
    static RUN: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let run = *RUN;
    folder.join(format!("{}{run:016x}-{count}{}", TEMPORARY.0, TEMPORARY.1))
}

fn replace(path: &Path, bytes: &[u8], goes_on: &mut dyn FnMut(&Path) -> bool) -> io::Result<()> {
    let temporary = temporary_in(path.parent().unwrap_or(Path::new("")));
    let written = fs::File::create_new(&temporary).and_then(|mut file| file.write_all(bytes));
    if written.is_ok() && !goes_on(&temporary) {
        let _ = fs::remove_file(&temporary);
        return Ok(());
    }
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    renamed
}

/// How a path is shown to people: with `/` on every system.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text
    }
}

fn edited_meanwhile(path: &Path) -> Finding {
    let message = Message::new(
        "生成期间此文件又被保存，未覆盖。",
        "somebody saved this file while it was made anew; it was left alone",
    );
    Finding::new(Code::OutputEdited, message)
        .with_help(Message::new(
            "请再运行一次 `jixiao update`。",
            "Run `jixiao update` again.",
        ))
        .in_file(shown(path))
}

/// A finding about a file or folder that holds what somebody did.
pub(crate) fn edited(path: &Path) -> Finding {
    Finding::new(
        Code::OutputEdited,
        Message::new(
            "此处已有不是本程序写入（或写入后被改动）的内容，未覆盖。",
            "what stands here is not what the program wrote; it was left alone",
        ),
    )
    .in_file(shown(path))
}

/// A finding about a file or folder that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Finding {
    Finding::new(
        Code::OutputUnwritable,
        Message::new(
            format!("无法写入：{error}"),
            format!("cannot be written: {error}"),
        ),
    )
    .in_file(shown(path))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    fn files(text: &str) -> Vec<NewFile> {
        ["a.xlsx", "a.pdf", "model.json"]
            .iter()
            .map(|name| NewFile {
                name: (*name).to_owned(),
                bytes: format!("{name} {text}").into_bytes(),
            })
            .collect()
    }

    fn codes(findings: &[Finding]) -> Vec<Code> {
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_folder_is_claimed_once_and_what_cannot_be_made_is_said() {
        let out = Folder::new();
        let claimed = |name: &str, text: &str| {
            claim(&out.path().join(name), |folder| {
                write_whole(&folder.join("a"), text.as_bytes())
                    .map_err(|error| Box::new(unwritable(folder, &error)))
            })
        };
        assert_eq!(claimed("甲", "1"), Ok(true));
        assert_eq!(claimed("甲", "2"), Ok(false));
        assert_eq!(out.read("甲/a"), "1");
        // Neither claimed nor taken: who asks must not look for another name for ever.
        let finding = claimed("none/甲", "1").expect_err("there is no such folder");
        assert_eq!(finding.code, Code::OutputUnwritable);
        let full = || {
            Box::new(unwritable(
                out.path(),
                &io::Error::from(io::ErrorKind::StorageFull),
            ))
        };
        assert_eq!(claim(&out.path().join("乙"), |_| Err(full())), Err(full()));
        assert_eq!(out.names("."), ["甲"]);
    }

    #[test]
    fn own_work_is_replaced_and_equal_work_is_not_touched() {
        let out = Folder::new();
        let (states, findings) = store(out.path(), "甲", &files("1"), &Permit::default());
        assert_eq!((states, findings), (vec![FileState::Written; 3], vec![]));
        let record = out.read("甲/.jixiao.json");
        let (states, _) = store(out.path(), "甲", &files("1"), &Permit::default());
        assert_eq!(states, vec![FileState::Unchanged; 3]);
        assert_eq!(out.read("甲/.jixiao.json"), record);
        let (states, findings) = store(out.path(), "甲", &files("2"), &Permit::default());
        assert_eq!((states, findings), (vec![FileState::Written; 3], vec![]));
        assert_eq!(out.read("甲/a.pdf"), "a.pdf 2");
        assert_eq!(out.names("甲"), [".jixiao.json", "a.pdf", "a.xlsx", "model.json"]);
    }

    #[test]
    fn an_edited_file_is_left_alone_and_the_others_are_made() {
        let out = Folder::new();
        store(out.path(), "甲", &files("1"), &Permit::default());
        out.write("甲/a.xlsx", "mine");
        for text in ["1", "2"] {
            let (states, findings) = store(out.path(), "甲", &files(text), &Permit::default());
            assert_eq!(states[0], FileState::LeftAlone);
            assert_eq!(codes(&findings), [Code::OutputEdited]);
        }
        assert_eq!(out.read("甲/a.xlsx"), "mine");
        assert_eq!(out.read("甲/a.pdf"), "a.pdf 2");
        // Put away, the file is made again.
        out.remove("甲/a.xlsx");
        let (states, findings) = store(out.path(), "甲", &files("2"), &Permit::default());
        assert_eq!((states[0], findings), (FileState::Written, vec![]));
    }

    #[test]
    fn a_stranger_is_left_alone_unless_it_is_the_very_same() {
        let out = Folder::new();
        out.write("甲/a.xlsx", "stranger");
        out.write("甲/a.pdf", "a.pdf 1");
        let (states, findings) = store(out.path(), "甲", &files("1"), &Permit::default());
        assert_eq!(
            states,
            [FileState::LeftAlone, FileState::Unchanged, FileState::Written]
        );
        assert_eq!(codes(&findings), [Code::OutputEdited]);
        // Equal content was recorded, so it may be replaced.
        let (states, _) = store(out.path(), "甲", &files("2"), &Permit::default());
        assert_eq!(
            states,
            [FileState::LeftAlone, FileState::Written, FileState::Written]
        );
    }

    #[test]
    fn stopped_anywhere_it_goes_on_and_takes_nothing_for_an_edit() {
        // Old files of one version, or none; stopped at each step in turn; then the same or
        // another version is made.
        for old in [None, Some("0")] {
            for stop_at in 0..9 {
                for next in ["1", "2"] {
                    let out = Folder::new();
                    if let Some(old) = old {
                        store(out.path(), "甲", &files(old), &Permit::default());
                    }
                    let mut step = 0;
                    store_stoppable(out.path(), "甲", &files("1"), &Permit::default(), &mut |_| {
                        step += 1;
                        step <= stop_at
                    });
                    for name in ["a.xlsx", "a.pdf", "model.json"] {
                        let path = out.path().join("甲").join(name);
                        if let Ok(text) = fs::read_to_string(&path) {
                            assert!(
                                text == format!("{name} 0") || text == format!("{name} 1"),
                                "{text}"
                            );
                        }
                    }
                    let (states, findings) = store(out.path(), "甲", &files(next), &Permit::default());
                    assert_eq!(findings, [], "{old:?} {stop_at} {next}");
                    assert!(
                        states
                            .iter()
                            .all(|state| matches!(state, FileState::Written | FileState::Unchanged))
                    );
                    assert_eq!(out.read("甲/a.xlsx"), format!("a.xlsx {next}"));
                }
            }
        }
    }

    #[test]
    fn runs_that_make_the_same_at_once_agree() {
        // The other run makes this file or all, at each step of this one, which goes on with the next files then.
        let all = files("1");
        for old in [None, Some("0")] {
            for at in 1..9 {
                for count in 1..=all.len() {
                    let case = format!("{old:?} {at} {count}");
                    let out = Folder::new();
                    if let Some(old) = old {
                        store(out.path(), "甲", &files(old), &Permit::default());
                    }
                    let mut step = 0;
                    let (states, findings) =
                        store_stoppable(out.path(), "甲", &all[..2], &Permit::default(), &mut |_| {
                            step += 1;
                            if step == at {
                                let other = store(out.path(), "甲", &all[3 - count..], &Permit::default());
                                assert_eq!(other.1, [], "{case}");
                            }
                            true
                        });
                    assert_eq!(findings, [], "{case}");
                    assert!(
                        states
                            .iter()
                            .all(|state| matches!(state, FileState::Written | FileState::Unchanged)),
                        "{case} {states:?}"
                    );
                    let is_other = step >= at;
                    let known = Known::read(&out.path().join("甲")).expect("the record");
                    for (index, file) in all.iter().enumerate() {
                        let is_made = index < 2 || (is_other && index + count >= 3);
                        let hash = fingerprint::hex_of(&file.bytes);
                        assert_eq!(known.is_own_alone(&file.name, &hash), is_made, "{case} {index}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_model_that_is_read_is_not_written() {
        let out = Folder::new();
        store(out.path(), "甲", &files("1"), &Permit::default());
        out.write("甲/model.json", "edited");
        let spare = out
            .path()
            .join("甲/model.json")
            .canonicalize()
            .expect("the model");
        let (states, findings) = store(
            out.path(),
            "甲",
            &files("2"),
            &Permit {
                spare: Some(&spare),
                ..Permit::default()
            },
        );
        assert_eq!(
            states,
            [FileState::Written, FileState::Written, FileState::Unchanged]
        );
        assert_eq!(findings, []);
        assert_eq!(out.read("甲/model.json"), "edited");
    }

    #[test]
    fn a_broken_or_newer_record_loses_nobodys_work() {
        let out = Folder::new();
        store(out.path(), "甲", &files("1"), &Permit::default());
        out.write("甲/.jixiao.json", "");
        let (states, findings) = store(out.path(), "甲", &files("2"), &Permit::default());
        assert_eq!(states, [FileState::LeftAlone; 3]);
        assert_eq!(codes(&findings), [Code::OutputEdited; 3]);
        out.write(
            "甲/.jixiao.json",
            r#"{"format":9,"program":"jixiao 9","files":{}}"#,
        );
        let (states, findings) = store(out.path(), "甲", &files("2"), &Permit::default());
        assert_eq!(states, [FileState::Failed; 3]);
        assert_eq!(codes(&findings), [Code::OutputFailed]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_nowhere() {
        let (out, elsewhere) = (Folder::new(), Folder::new());
        std::os::unix::fs::symlink(elsewhere.path(), out.path().join("甲")).expect("a link");
        let (states, findings) = store(out.path(), "甲", &files("1"), &Permit::default());
        assert_eq!(states, [FileState::Failed; 3]);
        assert_eq!(codes(&findings), [Code::OutputEdited]);
        assert!(elsewhere.names("").is_empty());
        fs::create_dir(out.path().join("乙")).expect("a folder");
        elsewhere.write("a.pdf", "a.pdf 0");
        std::os::unix::fs::symlink(elsewhere.path().join("a.pdf"), out.path().join("乙/a.pdf"))
            .expect("a link");
        let (states, _) = store(out.path(), "乙", &files("1"), &Permit::default());
        assert_eq!(
            states,
            [FileState::Written, FileState::LeftAlone, FileState::Written]
        );
        assert_eq!(elsewhere.read("a.pdf"), "a.pdf 0");
    }

    #[test]
    fn a_file_in_the_way_is_said() {
        let out = Folder::new();
        out.write("甲", "a file");
        let (states, findings) = store(out.path(), "甲", &files("1"), &Permit::default());
        assert_eq!(states, [FileState::Failed; 3]);
        assert_eq!(codes(&findings), [Code::OutputEdited]);
        assert_eq!(
            prepare_out(&out.path().join("甲/x"))
                .map_err(|finding| finding.code)
                .err(),
            Some(Code::OutputUnwritable)
        );
    }
}
