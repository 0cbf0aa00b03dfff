//! The command line: arguments, language, progress, what is told to people, exit codes.
//!
//! Exit codes: 0 done; 1 errors were found or a part could not be made; 2 the work could not be
//! done. `diff` ends as the program of that name does: 0 no differences, 1 differences, 2 trouble.
//!
//! Architecture invariant: nothing below this module writes to standard output or standard error,
//! or reads arguments or the environment.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::finding::{Finding, Language};

mod account;
mod arguments;
mod batch;
mod checking;
mod commands;
mod complaint;
mod differences;
mod editing;
mod exporting;
mod language;
mod progress;
mod report;
mod sampling;

/// All went well, or at worst there are warnings.
const DONE: u8 = 0;
/// Errors were found, or a part could not be made.
const ERRORS: u8 = 1;
/// The work could not be done.
const UNDONE: u8 = 2;

/// Runs the command with its arguments, the first of which is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let language = language::choose(&arguments, |name| std::env::var(name).ok());
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value == "0") {
        // A panic over one document becomes a finding, which says it better.
        std::panic::set_hook(Box::new(|_| ()));
    }
    let matches = match arguments::command(language).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return ExitCode::from(complaint::answer(&error, &arguments, language)),
    };
    let ran = catch_unwind(AssertUnwindSafe(|| commands::run(&matches, language)));
    let code = match ran {
        Ok(Ok(code)) => code,
        Ok(Err(Stop::Finding(finding))) => {
            report::tell(&mut io::stderr(), &[*finding], None, language);
            UNDONE
        }
        // Who reads the output has enough of it.
        Ok(Err(Stop::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => DONE,
        Ok(Err(Stop::Output(error))) => {
            let said = say(language, "无法写出结果：", "cannot write the result: ");
            tell_line(&format!("{said}{error}"));
            UNDONE
        }
        Err(_) => {
            tell_line(say(
                language,
                "程序内部错误；设置 RUST_BACKTRACE=1 重新运行可看到详情，请反馈给维护者。",
                "internal error of the program; RUST_BACKTRACE=1 shows more, please report it",
            ));
            UNDONE
        }
    };
    ExitCode::from(code)
}

/// Why a command ends early.
#[derive(Debug)]
enum Stop {
    /// It could not do its work.
    Finding(Box<Finding>),
    /// Its output could not be written.
    Output(io::Error),
}

impl From<Box<Finding>> for Stop {
    fn from(finding: Box<Finding>) -> Self {
        Stop::Finding(finding)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

/// Where it is kept between runs which files were seen: in the user's folder for such things, if there is
/// one. `JIXIAO_CACHE` names another folder; an empty name, none.
fn cache_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name);
    if let Some(own) = named("JIXIAO_CACHE") {
        return Some(PathBuf::from(own)).filter(|own| !own.as_os_str().is_empty());
    }
    let of_home = || named("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let folder = named("XDG_CACHE_HOME")
        .or_else(|| named("LOCALAPPDATA"))
        .map(PathBuf::from);
    let folder = folder.or_else(of_home).filter(|folder| folder.is_absolute());
    folder.map(|folder| folder.join("jixiao"))
}

/// Picks one of two twin texts.
fn say<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// Writes a line to standard error; there is nowhere to say that it failed.
fn tell_line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
