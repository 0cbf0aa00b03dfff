//! Finds the input files: named files, the documents in named folders, standard input.
//!
//! Architecture invariant: the list does not depend on the order in which inputs are named, and no
//! file is in it twice.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::base::BASE;
use super::guard;
use super::reading::Reading;
use super::store::{RECORD, shown};
use crate::finding::{Code, Finding, Message, Severity};

/// Extensions of documents, in lower case: what is read out of a folder. The last ones cannot be read,
/// but hold a department, so that each is told what to do about it.
pub const DOCUMENT_EXTENSIONS: &[&str] = &[
    "txt", "text", "tsv", "tab", "csv", "md", "markdown", "html", "htm", "docx", "xlsx", "xlsm", "xls", "et",
    "ods", "pdf", "doc", "wps", "ofd",
];

/// Extensions of models, in lower case.
const MODEL_EXTENSIONS: &[&str] = &["json", "ndjson", "jsonl"];
/// Extensions of models a line each, in lower case.
const LINES_EXTENSIONS: &[&str] = &["ndjson", "jsonl"];

/// Names that go with a folder of texts and are none of them, in lower case, without extension.
const COMPANIONS: &[&str] = &["readme", "license", "licence", "changelog", "copying", "sources"];

/// The largest input in bytes. The largest document known has less than a hundredth of it.
pub const MOST_INPUT_BYTES: u64 = 256 << 20;

/// How many skipped files a note names.
const MOST_NAMED: usize = 5;

/// The name of standard input on the command line.
pub const STANDARD_INPUT: &str = "-";

/// One file to be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Its path as the user named it, or below the folder that the user named.
    pub path: PathBuf,
    /// Whether it is standard input instead.
    pub is_standard: bool,
}

/// The files to be read, sorted, and what is to be said about the others.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The files in sorted order.
    pub files: Vec<Input>,
    /// Missing files, empty folders, skipped files.
    pub findings: Vec<Finding>,
}

impl Input {
    /// How the file is shown to people.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.is_standard {
            "stdin".to_owned()
        } else {
            shown(&self.path)
        }
    }

    /// What the file weighs: about the bytes of memory that the work on it takes.
    pub(super) fn weight(&self) -> u64 {
        let size = if self.is_standard {
            0
        } else {
            fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
        };
        guard::weight(&self.path, size)
    }

    /// Reads the file whole.
    ///
    /// # Errors
    ///
    /// A finding that says why not: an error of the file system, or more than
    /// [`MOST_INPUT_BYTES`].
    pub fn read(&self) -> Result<Vec<u8>, Box<Finding>> {
        let mut bytes = Vec::new();
        let read = if self.is_standard {
            io::stdin()
                .lock()
                .take(MOST_INPUT_BYTES + 1)
                .read_to_end(&mut bytes)
        } else {
            fs::File::open(&self.path)
                .and_then(|file| file.take(MOST_INPUT_BYTES + 1).read_to_end(&mut bytes))
        };
        match read {
            Err(error) => Err(Box::new(unreadable(&self.shown(), &error))),
            Ok(_) if bytes.len() as u64 > MOST_INPUT_BYTES => Err(Box::new(
                Finding::new(
                    Code::InputUnreadable,
                    Message::new(
                        format!("文件超过 {} MB，未读取。", MOST_INPUT_BYTES >> 20),
                        format!(
                            "the file has more than {} MB and was not read",
                            MOST_INPUT_BYTES >> 20
                        ),
                    ),
                )
                .in_file(self.shown()),
            )),
            Ok(_) => Ok(bytes),
        }
    }
}

/// Finds the files to be read. A file that is named is always read; in a folder, those with an extension
/// of what is to be read; of texts, those without any extension too. Folders below are walked too; hidden files, lock files, the output
/// folder `out` and folders that the program made are not looked at.
#[must_use]
pub fn gather(named: &[PathBuf], out: Option<&Path>, reading: Reading) -> Inputs {
    let mut walk = Walk {
        reading,
        out: out.and_then(|out| out.canonicalize().ok()),
        inputs: Inputs::default(),
        entered: BTreeSet::new(),
    };
    let mut named: Vec<&PathBuf> = named.iter().collect();
    named.sort();
    named.dedup();
    let first = named.first().copied();
    for path in named {
        if path.as_os_str() == STANDARD_INPUT {
            walk.inputs.files.push(Input {
                path: PathBuf::from("stdin"),
                is_standard: true,
            });
            continue;
        }
        match fs::metadata(path) {
            Err(error) => walk.inputs.findings.push(unreadable(&shown(path), &error)),
            Ok(metadata) if metadata.is_dir() => {
                let before = walk.inputs.files.len();
                let known = walk.entered.len();
                walk.folder(path);
                if walk.inputs.files.len() == before && walk.entered.len() > known {
                    walk.inputs.findings.push(nothing_in(path, reading));
                }
            }
            Ok(_) => walk.inputs.files.push(Input {
                path: path.clone(),
                is_standard: false,
            }),
        }
    }
    let mut inputs = walk.inputs;
    let is_said = inputs
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if inputs.files.is_empty() && !is_said {
        // Such as an output folder that is named as an input.
        inputs
            .findings
            .extend(first.map(|path| nothing_in(path, reading)));
    }
    inputs.files.sort();
    // The same file by another way: the first in sorted order stays.
    let mut seen = BTreeSet::new();
    inputs.files.retain(|input| {
        input.is_standard || seen.insert(input.path.canonicalize().unwrap_or_else(|_| input.path.clone()))
    });
    inputs
}

struct Walk {
    reading: Reading,
    out: Option<PathBuf>,
    inputs: Inputs,
    /// The folders that were entered, by their real paths: a loop of links ends here.
    entered: BTreeSet<PathBuf>,
}

impl Walk {
    fn folder(&mut self, folder: &Path) {
        let real = match folder.canonicalize() {
            Ok(real) => real,
            Err(error) => return self.inputs.findings.push(unreadable(&shown(folder), &error)),
        };
        let is_made = [RECORD, BASE].iter().any(|name| folder.join(name).is_file());
        let is_output = self.out.as_ref() == Some(&real) || is_made;
        if is_output || !self.entered.insert(real) {
            return;
        }
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.inputs.findings.push(unreadable(&shown(folder), &error)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut skipped = Vec::new();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_hidden(&name) {
                continue;
            }
            let path = entry.path();
            match fs::metadata(&path) {
                Err(error) => self.inputs.findings.push(unreadable(&shown(&path), &error)),
                Ok(metadata) if metadata.is_dir() => self.folder(&path),
                Ok(metadata) if metadata.is_file() && is_wanted(&path, self.reading) => {
                    self.inputs.files.push(Input {
                        path,
                        is_standard: false,
                    });
                }
                Ok(_) => skipped.push(name),
            }
        }
        if !skipped.is_empty() {
            self.inputs.findings.push(skipped_in(folder, &skipped));
        }
    }
}

/// Hidden files, and the lock files and droppings of office programs and desktops.
fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '~'])
        || name.ends_with('~')
        || name.eq_ignore_ascii_case("thumbs.db")
        || name.eq_ignore_ascii_case("desktop.ini")
}

fn extensions(reading: Reading) -> Vec<&'static str> {
    match reading {
        Reading::Texts => DOCUMENT_EXTENSIONS.to_vec(),
        Reading::Models => MODEL_EXTENSIONS.to_vec(),
        Reading::Lines => LINES_EXTENSIONS.to_vec(),
        Reading::Either => [DOCUMENT_EXTENSIONS, MODEL_EXTENSIONS].concat(),
    }
}

fn is_wanted(path: &Path, reading: Reading) -> bool {
    let lower = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().to_lowercase();
    let extension = lower(path.extension());
    let is_bare = extension.is_empty() && matches!(reading, Reading::Texts | Reading::Either);
    (is_bare || extensions(reading).contains(&extension.as_str()))
        && !COMPANIONS.contains(&lower(path.file_stem()).as_str())
}

pub(super) fn unreadable(file: &str, error: &io::Error) -> Finding {
    let message = if error.kind() == io::ErrorKind::NotFound {
        Message::new("找不到该文件或文件夹。", "no such file or folder")
    } else {
        Message::new(format!("无法读取：{error}"), format!("cannot be read: {error}"))
    };
    Finding::new(Code::InputUnreadable, message).in_file(file)
}

fn nothing_in(folder: &Path, reading: Reading) -> Finding {
    let known = extensions(reading).join(" ");
    Finding::new(
        Code::InputUnreadable,
        Message::new(
            format!("文件夹中没有可读取的文稿（{known}）。"),
            format!("the folder holds no document ({known})"),
        ),
    )
    .in_file(shown(folder))
}

fn skipped_in(folder: &Path, names: &[String]) -> Finding {
    let first = names[..names.len().min(MOST_NAMED)].join(", ");
    let count = names.len();
    let more = if count > MOST_NAMED { " …" } else { "" };
    Finding::new(
        Code::InputSkipped,
        Message::new(
            format!("跳过 {count} 个不是文稿的文件：{first}{more}"),
            format!("{count} files that are no documents were skipped: {first}{more}"),
        ),
    )
    .in_file(shown(folder))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    fn names(folder: &Folder, inputs: &Inputs) -> Vec<String> {
        let below = |input: &Input| {
            input
                .path
                .strip_prefix(folder.path())
                .map(shown)
                .expect("a path below the folder")
        };
        inputs.files.iter().map(below).collect()
    }

    fn codes(inputs: &Inputs) -> Vec<Code> {
        inputs.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn folders_are_walked_in_order_and_strangers_are_skipped() {
        let folder = Folder::new();
        for name in [
            "b.txt",
            "a/x.TXT",
            "a/y.tsv",
            "c",
            "c.md",
            "d.docx",
            "e.xlsx",
            "f.png",
            "g.zip",
            ".hidden.txt",
            "~$d.docx",
            ".~lock.b.txt#",
            "b.txt~",
            "README.md",
            "made/.jixiao.json",
            "made/x.txt",
            "out/y.txt",
        ] {
            folder.write(name, "x");
        }
        let inputs = gather(
            &[folder.path().to_owned()],
            Some(&folder.path().join("out")),
            Reading::Texts,
        );
        assert_eq!(
            names(&folder, &inputs),
            ["a/x.TXT", "a/y.tsv", "b.txt", "c", "c.md", "d.docx", "e.xlsx"]
        );
        assert_eq!(codes(&inputs), [Code::InputSkipped]);
        assert!(inputs.findings[0].message.en.contains("README.md, f.png, g.zip"));
    }

    #[test]
    fn the_order_of_naming_changes_nothing_and_no_file_comes_twice() {
        let folder = Folder::new();
        folder.write("a/x.txt", "x");
        folder.write("b.docx", "x");
        let path = |name: &str| folder.path().join(name);
        let one = gather(
            &[path("b.docx"), path("a"), path("a/x.txt"), path("./a")],
            None,
            Reading::Texts,
        );
        let two = gather(
            &[path("a/x.txt"), path("./a"), path("a"), path("b.docx")],
            None,
            Reading::Texts,
        );
        assert_eq!(one.files, two.files);
        assert_eq!(names(&folder, &one), ["a/x.txt", "b.docx"]);
        assert_eq!(codes(&one), []);
    }

    #[test]
    fn missing_files_and_empty_folders_are_said() {
        let folder = Folder::new();
        folder.write("empty/x.png", "x");
        folder.write("b.txt", "x");
        let path = |name: &str| folder.path().join(name);
        let inputs = gather(
            &[path("no.txt"), path("empty"), path("b.txt")],
            None,
            Reading::Texts,
        );
        assert_eq!(names(&folder, &inputs), ["b.txt"]);
        let mut codes = codes(&inputs);
        codes.sort();
        assert_eq!(
            codes,
            [Code::InputUnreadable, Code::InputUnreadable, Code::InputSkipped]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_ends() {
        let folder = Folder::new();
        folder.write("a/x.txt", "x");
        let link = |to: &str, at: &str| {
            std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(at)).expect("a link");
        };
        link("", "a/up");
        link("a/x.txt", "same.txt");
        link("nowhere", "dangling.txt");
        let inputs = gather(&[folder.path().to_owned()], None, Reading::Texts);
        assert_eq!(names(&folder, &inputs), ["a/x.txt"]);
        assert_eq!(codes(&inputs), [Code::InputUnreadable]);
    }
}
