//! A folder to run the program in, and what came of a run.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder to run the program in, removed at its end.
pub struct Place(PathBuf);

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("jixiao-it-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        command
            .args(arguments.split_whitespace())
            .env("JIXIAO_CACHE", "")
            .current_dir(&self.0);
        for variable in ["LC_ALL", "LC_MESSAGES", "LANG", "RUST_BACKTRACE"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the program; `arguments` are separated by spaces.
    pub fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments, b"")
    }

    pub fn run_with(&self, arguments: &str, input: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        // A program that does not read its input may end before it is written.
        let _ = child.stdin.take().expect("an input").write_all(input);
        let output = child.wait_with_output().expect("an output");
        let run = Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        assert!(!run.err.contains("panicked"), "{run:?}");
        run
    }

    /// All files below a folder with their bytes, by name.
    pub fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        fn walk(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = format!("{name}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    walk(&entry.path(), &format!("{name}/"), files);
                } else {
                    files.insert(name, fs::read(entry.path()).expect("a file"));
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&self.path(below), "", &mut files);
        files
    }

    /// The files in the folders of an output folder. What the program notes for itself is not among them, as it
    /// says where the inputs were; nor is the summary, which is of all folders.
    pub fn made(&self, below: &str) -> Vec<(String, Vec<u8>)> {
        let files = self.files(below).into_iter();
        files
            .filter(|(name, _)| !name.contains(".jixiao") && name.contains('/'))
            .collect()
    }

    /// The names of [`Place::made`].
    pub fn names(&self, below: &str) -> Vec<String> {
        self.made(below).into_iter().map(|(name, _)| name).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Run {
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub fn tells(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text} in {}", self.err);
        self
    }
}
