//! `check --fix`: the fixes of the review, made in folders that the program made.
//!
//! Architecture invariant: no input is overwritten; a folder is brought up to date with the fixes exactly as an
//! update would do it, edits of people included.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ArgMatches;

use crate::cli::arguments::thread_count;
use crate::cli::{Stop, cache_folder, commands, editing, report};
use crate::finding::{Code, Finding, Language, Message, Severity};
use crate::vocab::Vocabulary;
use crate::workspace::{
    self, Inputs, Mending, Order, Press, Reading, Settings, Subjects, Target, Update, UpdateState,
};

/// What came of the fixes.
pub(super) struct Fixed {
    /// What is to be reviewed now.
    pub(super) subjects: Subjects,
    /// Whether something could not be done.
    pub(super) has_errors: bool,
}

/// Makes the fixes in all folders among the subjects; with `-o` of documents or models a folder is made first.
pub(super) fn fix(
    matches: &ArgMatches,
    subjects: Subjects,
    mending: &Mending,
    press: &Press,
    language: Language,
) -> Result<Fixed, Stop> {
    let vocabulary = press.templates.vocabulary();
    let mut folders: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for (out, name) in subjects.folders() {
        folders.entry(out).or_default().push(name);
    }
    let files = subjects.files();
    let mut findings = Vec::new();
    let mut fixed = Fixed {
        subjects,
        has_errors: false,
    };
    match matches.get_one::<PathBuf>("out") {
        Some(out) if !files.is_empty() => {
            let names = make(matches, files, out, press, &mut findings)?;
            let mut all: Vec<PathBuf> = folders
                .iter()
                .flat_map(|(out, names)| names.iter().map(|name| out.join(name)))
                .collect();
            all.extend(names.iter().map(|name| out.join(name)));
            let said = std::mem::take(&mut fixed.subjects.findings);
            fixed.subjects = Subjects::gather(&all, Reading::Either, None);
            fixed.subjects.findings = said;
            folders.entry(out.clone()).or_default().extend(names);
        }
        _ => findings.extend(
            files
                .first()
                .map(|first| without_folder(&first.shown(), files.len())),
        ),
    }
    fixed.has_errors |= findings.iter().any(report::is_error);
    findings.retain(|finding| finding.severity != Severity::Note);
    report::tell(&mut io::stderr(), &findings, Some(vocabulary), language);
    for (out, names) in folders.into_iter().filter(|(_, names)| !names.is_empty()) {
        let order = Update {
            out,
            folders: names,
            templates: commands::folder(matches, "templates"),
            jobs: thread_count(matches),
            cache: cache_folder(),
            mending: Some(mending.clone()),
            ..Update::default()
        };
        fixed.has_errors |= update(matches, &order, vocabulary, language)?;
    }
    Ok(fixed)
}

/// Brings a folder up to date with the fixes. Says whether something could not be done.
fn update(
    matches: &ArgMatches,
    order: &Update,
    vocabulary: &Vocabulary,
    language: Language,
) -> Result<bool, Stop> {
    let started = Instant::now();
    let (updated, said) = workspace::update(order, |_, _| ())?;
    let text = editing::told(&updated, false, vocabulary, language)
        + &editing::closing(&updated, started.elapsed().as_secs_f64(), false, language)
        + "\n";
    if super::is_for_programs(matches) {
        // Standard output is for the findings alone; there is nowhere to say that this cannot be written.
        let _ = io::stderr().write_all(text.as_bytes());
    } else {
        editing::write_out(&text)?;
    }
    let found = updated.iter().flat_map(|one| one.findings.iter().cloned());
    let findings: Vec<Finding> = found.chain(said).collect();
    report::tell(&mut io::stderr(), &findings, Some(vocabulary), language);
    let is_lost = |one: &workspace::Updated| one.state == UpdateState::Failed || editing::lost(one);
    Ok(findings.iter().any(report::is_error) || updated.iter().any(is_lost))
}

/// Makes a folder of documents or models, and returns the names of the departments' folders in it.
fn make(
    matches: &ArgMatches,
    files: Vec<workspace::Input>,
    out: &Path,
    press: &Press,
    findings: &mut Vec<Finding>,
) -> Result<Vec<String>, Stop> {
    let extension = |input: &workspace::Input| {
        let extension = input.path.extension().unwrap_or_default();
        extension.to_string_lossy().to_lowercase()
    };
    let is_model =
        |input: &&workspace::Input| ["json", "ndjson", "jsonl"].contains(&extension(input).as_str());
    let models = files.iter().filter(is_model).count();
    if models > 0 && models < files.len() {
        let message = Message::new(
            "文稿和模型不能一次生成到同一文件夹。",
            "documents and models cannot be made into one folder at once",
        );
        let help = Message::new(
            "请分两次运行，各用一个 -o。",
            "Run twice, with a folder of its own each time.",
        );
        return Err(Box::new(Finding::new(Code::FixWithoutFolder, message).with_help(help)).into());
    }
    let order = Order {
        out: out.to_owned(),
        settings: Settings {
            targets: Target::USUAL.to_vec(),
            templates: commands::folder(matches, "templates"),
            ..Settings::default()
        },
        reading: if models > 0 {
            Reading::Models
        } else {
            Reading::Texts
        },
        jobs: thread_count(matches),
        cache: cache_folder(),
        ..Order::default()
    };
    let mut names = Vec::new();
    let inputs = Inputs {
        files,
        findings: Vec::new(),
    };
    let ended = workspace::build(inputs, &order, press, |made, found| {
        // What was found in a text is told when its folder is reviewed; and what somebody edited there is no trouble,
        // as the update that follows merges it.
        let is_in_folder = made.folder.is_some();
        let is_told = |finding: &Finding| !is_in_folder || finding.code == Code::OutputFailed;
        findings.extend(found.into_iter().filter(is_told));
        names.extend(made.folder);
        ControlFlow::Continue(())
    })?;
    findings.extend(ended.findings);
    Ok(names)
}

fn without_folder(first: &str, count: usize) -> Finding {
    let message = if count > 1 {
        Message::new(
            format!("{first} 等 {count} 个文件不在输出文件夹中，未改正。"),
            format!(
                "{first} and {} more are in no output folder; nothing was fixed",
                count - 1
            ),
        )
    } else {
        Message::new(
            "此文件不在输出文件夹中，未改正。",
            "this file is in no output folder; nothing was fixed",
        )
    };
    Finding::new(Code::FixWithoutFolder, message).in_file(first)
}
