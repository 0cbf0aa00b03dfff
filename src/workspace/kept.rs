//! The workbooks that were replaced: the last five of a department are kept in its folder, and one that
//! says something that found no place is kept for good.
//!
//! Architecture invariant: a workbook is kept before it is replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::base::{Base, hash_of};
use super::open::opened_elsewhere;
use super::press::Target;
use super::store::{shown, unwritable, write_whole};
use crate::finding::{Code, Finding, Message};

/// Name of the folder of kept workbooks in a department's folder.
pub const KEPT: &str = ".jixiao-kept";

/// How many replaced workbooks are kept.
pub const MOST_KEPT: usize = 5;

const EXTENSION: &str = ".xlsx";
const FOR_GOOD: &str = "-keep";
/// So much of the hash of a workbook tells it from others.
const HASH_LENGTH: usize = 12;

/// A workbook that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number: the later it was replaced, the higher.
    pub number: u32,
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was replaced, as far as the file system knows.
    pub replaced: Option<SystemTime>,
    /// Whether it stays for good, because of text in it that found no place.
    pub is_for_good: bool,
    /// The beginning of the fingerprint of its content.
    hash: String,
}

/// The kept workbooks of a department's folder, the latest first.
#[must_use]
pub fn kept_workbooks(folder: &Path) -> Vec<Kept> {
    let entries = fs::read_dir(folder.join(KEPT)).into_iter().flatten().flatten();
    let mut kept: Vec<Kept> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let stem = name.strip_suffix(EXTENSION)?;
            let is_for_good = stem.ends_with(FOR_GOOD);
            let stem = stem.strip_suffix(FOR_GOOD).unwrap_or(stem);
            let (number, hash) = stem.split_once('-')?;
            let metadata = entry.metadata().ok()?;
            Some(Kept {
                number: number.parse().ok()?,
                path: entry.path(),
                size: metadata.len(),
                replaced: metadata.modified().ok(),
                is_for_good,
                hash: hash.to_owned(),
            })
        })
        .collect();
    kept.sort_by_key(|kept| std::cmp::Reverse(kept.number));
    kept
}

/// Keeps a copy of the workbook at `path` in the folder, and drops those that are one too many. Returns
/// where it is.
pub(crate) fn keep(folder: &Path, path: &Path, is_for_good: bool) -> io::Result<PathBuf> {
    let bytes = fs::read(path)?;
    let hash = hash_of(&bytes)[..HASH_LENGTH].to_owned();
    let mut kept = kept_workbooks(folder);
    if let Some(same) = kept
        .iter()
        .find(|kept| kept.hash == hash && kept.is_for_good >= is_for_good)
    {
        return Ok(same.path.clone());
    }
    let number = kept.first().map_or(1, |kept| kept.number.saturating_add(1));
    let mark = if is_for_good { FOR_GOOD } else { "" };
    let to = folder.join(KEPT);
    fs::create_dir_all(&to)?;
    let to = to.join(format!("{number:04}-{hash}{mark}{EXTENSION}"));
    write_whole(&to, &bytes)?;
    // The new one counts among those that are kept.
    let most = if is_for_good { MOST_KEPT } else { MOST_KEPT - 1 };
    kept.retain(|kept| !kept.is_for_good);
    for old in kept.iter().skip(most) {
        // One that stays does no harm.
        let _ = fs::remove_file(&old.path);
    }
    Ok(to)
}

/// Brings a kept workbook of a department's folder back, in the place of the present one, which is kept. At
/// the next update all that it says counts, not only what was edited in it.
///
/// # Errors
///
/// A finding where there is no such workbook, the present one is open, or a file cannot be written.
pub fn restore(folder: &Path, number: u32) -> Result<(), Box<Finding>> {
    let kept = kept_workbooks(folder);
    let Some(wanted) = kept.iter().find(|kept| kept.number == number) else {
        let numbers: Vec<_> = kept.iter().map(|kept| kept.number.to_string()).collect();
        let message = Message::new(
            format!("没有编号为 {number} 的留存工作簿；已有：{}。", numbers.join("、")),
            format!(
                "no kept workbook has the number {number}; there are: {}",
                numbers.join(", ")
            ),
        );
        let finding = Finding::new(Code::InputUnreadable, message).in_file(shown(folder));
        return Err(Box::new(finding.with_help(Message::new(
            "不带编号运行可列出全部。",
            "Run it without a number to list them all.",
        ))));
    };
    let mut base = Base::read(folder)?;
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let workbook = folder.join(Target::Xlsx.file_name(&base.header.name_in(&place)));
    if let Some(finding) = opened_elsewhere(&workbook) {
        return Err(Box::new(finding));
    }
    let unwritten = |error: io::Error| Box::new(unwritable(&workbook, &error));
    let bytes = fs::read(&wanted.path).map_err(|error| Box::new(unwritable(&wanted.path, &error)))?;
    base.header.taken.restored = Some(hash_of(&bytes));
    base.write(folder)?;
    if workbook.is_file() {
        keep(folder, &workbook, false).map_err(unwritten)?;
    }
    write_whole(&workbook, &bytes).map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn the_last_five_are_kept_and_some_for_good() {
        let folder = Folder::new();
        let path = folder.path().join("a.xlsx");
        for text in ["1", "2", "3", "3", "4", "5", "6", "7"] {
            fs::write(&path, text).expect("a file");
            keep(folder.path(), &path, text == "2").expect("kept");
        }
        let kept = kept_workbooks(folder.path());
        let texts: Vec<_> = kept
            .iter()
            .map(|kept| (fs::read_to_string(&kept.path).expect("a file"), kept.is_for_good))
            .collect();
        let texts: Vec<_> = texts.iter().map(|(text, good)| (text.as_str(), *good)).collect();
        assert_eq!(
            texts,
            [
                ("7", false),
                ("6", false),
                ("5", false),
                ("4", false),
                ("3", false),
                ("2", true)
            ]
        );
    }
}
