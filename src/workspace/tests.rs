//! Tests of the batch with a maker of its own, and the folder that the tests of the parts use.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::answers::reviewed;
use super::*;
use crate::check;
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Project};
use crate::parse::Parsed;
use crate::sheet::Document;
use crate::template::{Answer, FillOptions};

/// A folder of a test, removed at its end.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("jixiao-test-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(super) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file")
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.0.join(name)).expect("a file");
    }

    /// The sorted names in a folder below.
    pub(super) fn names(&self, below: &str) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.0.join(below))
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// The sorted names of the folders in a folder below.
    pub(super) fn folders(&self, below: &str) -> Vec<String> {
        let mut names = self.names(below);
        names.retain(|name| self.0.join(below).join(name).is_dir());
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads texts whose lines are departments, and writes their names. Some names mean mischief.
struct Toy;

impl Maker for Toy {
    fn kind(&self) -> &'static str {
        "文本"
    }

    fn read(&self, bytes: Vec<u8>) -> Parsed {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("read panics"), "cannot read");
        while text.contains("read never ends") {
            crate::limit::check();
        }
        let departments: Vec<_> = text.lines().map(department).collect();
        let findings = departments
            .iter()
            .map(|_| vec![Finding::new(Code::CoverMissing, Message::default())])
            .collect();
        let document_findings = if departments.is_empty() {
            vec![Finding::new(Code::SourceEmpty, Message::default())]
        } else {
            Vec::new()
        };
        Parsed {
            departments,
            findings,
            document_findings,
            ..Parsed::default()
        }
    }

    fn fingerprint(&self) -> &'static str {
        "toy"
    }

    fn read_back(&self, bytes: Vec<u8>) -> Edited {
        Edited {
            department: self.read(bytes).departments.pop(),
            ..Edited::default()
        }
    }

    fn read_by_labels(&self, _: &Document) -> Result<Edited, Box<Finding>> {
        Ok(Edited::default())
    }

    fn review(&self, department: &Department, _: &check::Settings) -> Vec<Finding> {
        let name = department.department.as_deref().unwrap_or_default();
        assert!(!name.contains("review panics"), "cannot review");
        let finding = Finding::new(Code::BudgetSum, Message::default()).on_field("projects[0].budget.total");
        if name.contains("review finds") {
            vec![finding]
        } else {
            Vec::new()
        }
    }

    fn fill_review(
        &self,
        _: &Department,
        findings: &[Finding],
        answers: &[Answer],
    ) -> Result<Document, Box<Finding>> {
        let keys = reviewed(&department("x"), findings, answers);
        let keys = keys
            .entries
            .iter()
            .map(|entry| format!("{}={}\n", entry.key, entry.answer));
        Ok(Document {
            title: keys.collect(),
            ..Document::default()
        })
    }

    fn read_answers(&self, bytes: Vec<u8>) -> Option<Vec<Answer>> {
        let text = String::from_utf8(bytes).ok()?;
        let lines = text.strip_prefix("review-xlsx ")?.lines();
        let answers = lines
            .filter_map(|line| line.split_once('='))
            .map(|(key, text)| Answer {
                key: key.to_owned(),
                text: text.to_owned(),
                reason: text.strip_prefix("ok ").map(str::to_owned),
                ..Answer::default()
            });
        Some(answers.filter(|answer| !answer.text.is_empty()).collect())
    }

    fn summarize(&self, entries: &[Entry]) -> Result<(Vec<NewFile>, Vec<Finding>), Box<Finding>> {
        let file = NewFile {
            name: "all.xlsx".to_owned(),
            bytes: entries.len().to_string().into_bytes(),
        };
        Ok((vec![file], Vec::new()))
    }

    fn fill(
        &self,
        department: &Department,
        _: &FillOptions,
        _: &[Finding],
    ) -> Result<(Document, Vec<Finding>), Box<Finding>> {
        let title = department.department.clone().unwrap_or_default();
        assert!(!title.contains("fill panics"), "cannot fill");
        while title.contains("fill never ends") {
            crate::limit::check();
        }
        if title.contains("fill fails") {
            let finding = Finding::new(Code::TemplateBroken, Message::default()).in_file("form.html");
            return Err(Box::new(finding));
        }
        Ok((
            Document {
                title,
                ..Document::default()
            },
            Vec::new(),
        ))
    }

    fn write(
        &self,
        _: &Department,
        document: &Document,
        target: Target,
    ) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>> {
        while target == Target::Pdf && document.title.contains("pdf never ends") {
            crate::limit::check();
        }
        assert!(
            !(target == Target::Pdf && document.title.contains("pdf panics")),
            "cannot write"
        );
        Ok((
            format!("{} {}", target.name(), document.title).into_bytes(),
            Vec::new(),
        ))
    }
}

fn department(name: &str) -> Department {
    let project = |number| Project {
        number,
        ..Project::default()
    };
    Department {
        department: Some(name.to_owned()),
        year: Some(2025),
        projects: if name == "no form" {
            vec![]
        } else {
            vec![project(1), project(2)]
        },
        ..Department::default()
    }
}

fn order(folder: &Folder, jobs: usize) -> Order {
    Order {
        out: folder.path().join("out"),
        settings: Settings {
            targets: Target::USUAL.to_vec(),
            ..Settings::default()
        },
        jobs,
        ..Order::default()
    }
}

/// What came of a batch.
#[derive(Debug, Default)]
struct Outcome {
    made: Vec<Made>,
    findings: Vec<Finding>,
}

fn built(folder: &Folder, inputs: &[&str], order: &Order) -> Outcome {
    let named: Vec<_> = inputs.iter().map(|input| folder.path().join(input)).collect();
    let mut inputs = gather(&named, Some(&order.out), order.reading);
    let mut outcome = Outcome {
        findings: std::mem::take(&mut inputs.findings),
        ..Outcome::default()
    };
    let ended = build(inputs, order, &Toy, |made, findings| {
        outcome.made.push(made);
        outcome.findings.extend(findings);
        ControlFlow::Continue(())
    });
    outcome
        .findings
        .extend(ended.expect("a writable folder").findings);
    outcome
}

fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn each_department_gets_its_folder() {
    let folder = Folder::new();
    folder.write("in/a.txt", "甲局\n乙局");
    let outcome = built(&folder, &["in"], &order(&folder, 2));
    assert_eq!(folder.folders("out"), ["乙局_2025_文本", "甲局_2025_文本"]);
    assert_eq!(
        folder.names("out/甲局_2025_文本"),
        [
            ".jixiao-base.json",
            ".jixiao.json",
            "model.json",
            "甲局_2025_文本.pdf",
            "甲局_2025_文本.xlsx",
            "甲局_2025_文本审核意见表.pdf",
            "甲局_2025_文本审核意见表.xlsx",
            "甲局_2025_文本概览.pdf"
        ]
    );
    assert_eq!(outcome.made.len(), 2);
    assert_eq!(outcome.made[0].forms, 2);
    assert_eq!(outcome.made[0].counts, [0, 1, 0, 0]);
    assert_eq!(codes(&outcome), [Code::CoverMissing; 2]);
    assert!(
        outcome.findings[0]
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("in/a.txt"))
    );
}

#[test]
fn one_bad_input_spoils_only_itself() {
    let folder = Folder::new();
    for (name, text) in [
        ("1", "甲局"),
        ("2", "read panics"),
        ("3", "fill panics"),
        ("4", "pdf panics"),
        ("5", "fill fails 1\nfill fails 2"),
        ("6", ""),
        ("7", "no form"),
        ("8", "乙局"),
    ] {
        folder.write(&format!("in/{name}.txt"), text);
    }
    let mut order = order(&folder, 3);
    order.settings.targets = vec![Target::Xlsx, Target::Pdf];
    let outcome = built(&folder, &["in", "missing"], &order);
    let found: Vec<_> = codes(&outcome)
        .into_iter()
        .filter(|code| *code != Code::CoverMissing)
        .collect();
    assert_eq!(
        found,
        [
            Code::InputUnreadable,
            Code::OutputFailed,
            Code::OutputFailed,
            Code::OutputFailed,
            Code::TemplateBroken,
            Code::SourceEmpty,
            Code::NoForm,
        ]
    );
    assert_eq!(
        folder.folders("out"),
        ["pdf panics_2025_文本", "乙局_2025_文本", "甲局_2025_文本"]
    );
    assert_eq!(
        folder.names("out/pdf panics_2025_文本"),
        [".jixiao-base.json", ".jixiao.json", "pdf panics_2025_文本.xlsx"]
    );
}

#[test]
fn work_without_end_costs_only_itself() {
    let folder = Folder::new();
    for (name, text) in [
        ("1", "甲局"),
        ("2", "read never ends"),
        ("3", "fill never ends\n乙局"),
        ("4", "pdf never ends"),
        ("5", "丙局"),
    ] {
        folder.write(&format!("in/{name}.txt"), text);
    }
    let mut order = order(&folder, 3);
    order.limits.time = std::time::Duration::from_millis(150);
    let outcome = built(&folder, &["in"], &order);
    let reached: Vec<_> = outcome
        .findings
        .iter()
        .filter(|finding| finding.code == Code::LimitReached)
        .filter_map(|finding| finding.file.as_deref())
        .map(|file| file.rsplit('/').next().unwrap_or_default())
        .collect();
    assert_eq!(reached, ["2.txt", "3.txt", "4.txt"]);
    assert_eq!(
        folder.folders("out"),
        [
            "pdf never ends_2025_文本",
            "丙局_2025_文本",
            "乙局_2025_文本",
            "甲局_2025_文本"
        ]
    );
    // What was made before stays.
    assert_eq!(outcome.made[4].files[0], (Target::Xlsx, FileState::Written));
    assert_eq!(outcome.made[4].files[1], (Target::Pdf, FileState::Failed));
    assert!(outcome.made[4].is_failed());
}

#[test]
fn threads_and_the_order_of_inputs_change_nothing() {
    let mut seen = None;
    for (jobs, inputs) in [(1, ["a", "b"]), (7, ["b", "a"]), (3, ["a", "b"])] {
        let folder = Folder::new();
        for number in 0..40 {
            folder.write(&format!("a/{number}.txt"), &format!("局{}\nx局", number % 9));
            folder.write(&format!("b/{number}.txt"), &format!("局{}", number % 7));
        }
        let outcome = built(&folder, &inputs, &order(&folder, jobs));
        assert_eq!(outcome.made.len(), 120);
        let root = folder.path().display().to_string();
        let mut made = format!("{:?}", outcome.made).replace(&root, "");
        made += &format!("{:?}", outcome.findings).replace(&root, "");
        let names = folder.folders("out");
        assert_eq!(names.len(), 120);
        let now = (names, made);
        assert_eq!(seen.get_or_insert_with(|| now.clone()), &now, "{jobs}");
    }
}

#[test]
fn the_later_of_two_equal_departments_gets_a_suffix() {
    let folder = Folder::new();
    folder.write("in/a.txt", "Office of X");
    folder.write("in/b.txt", "office of x");
    let outcome = built(&folder, &["in/b.txt", "in/a.txt"], &order(&folder, 1));
    assert_eq!(
        folder.folders("out"),
        ["Office of X_2025_文本", "office of x_2025_文本_b"]
    );
    let twice: Vec<_> = outcome
        .findings
        .iter()
        .filter(|finding| finding.code == Code::DepartmentTwice)
        .collect();
    assert_eq!(twice.len(), 1);
    assert!(twice[0].message.en.contains("in/a.txt") && twice[0].message.en.contains("in/b.txt"));
}

#[test]
fn models_make_what_their_texts_made() {
    let folder = Folder::new();
    folder.write("in/a.txt", "甲局\n乙局");
    built(&folder, &["in"], &order(&folder, 1));
    let models = format!(
        "{}{}",
        folder.read("out/甲局_2025_文本/model.json"),
        folder.read("out/乙局_2025_文本/model.json")
    );
    folder.write("m.ndjson", &models);
    let mut from_models = order(&folder, 2);
    from_models.reading = Reading::Models;
    let outcome = built(&folder, &["m.ndjson"], &from_models);
    assert!(
        outcome
            .made
            .iter()
            .flat_map(|made| &made.files)
            .all(|(_, state)| *state == FileState::Unchanged)
    );
    assert_eq!(codes(&outcome), []);
    // A text that is a model is said to be one.
    folder.write("m.json", &models);
    assert_eq!(
        codes(&built(&folder, &["m.json"], &order(&folder, 1))),
        [Code::InputUnreadable]
    );
}

#[test]
fn a_part_has_a_folder_of_its_own() {
    let folder = Folder::new();
    folder.write(
        "m.json",
        r#"{"department":"甲局","projects":[{"number":1},{"number":3}]}"#,
    );
    let mut part = order(&folder, 1);
    part.reading = Reading::Models;
    part.settings.only = vec![3, 4];
    let outcome = built(&folder, &["m.json"], &part);
    assert_eq!(outcome.made[0].forms, 1);
    assert_eq!(folder.folders("out"), ["甲局_年度不明_文本_3_4"]);
    part.settings.only = vec![5];
    let outcome = built(&folder, &["m.json"], &part);
    assert_eq!(
        (codes(&outcome), &outcome.made[0].folder),
        (vec![Code::NoForm], &None)
    );
}

#[test]
fn the_review_is_told_counted_and_written() {
    let folder = Folder::new();
    folder.write("in/a.txt", "review finds");
    let order = order(&folder, 1);
    let outcome = built(&folder, &["in"], &order);
    assert_eq!(codes(&outcome), [Code::CoverMissing, Code::BudgetSum]);
    let made = &outcome.made[0];
    assert_eq!(
        (made.counts, made.review, made.accepted),
        ([0, 1, 0, 0], [0, 0, 0, 1], 0)
    );
    let again = built(&folder, &["in"], &order);
    assert_eq!(codes(&again), codes(&outcome));
    assert_eq!((again.made[0].review, made.review), (made.review, made.review));
    assert!(
        again.made[0]
            .files
            .iter()
            .all(|(_, state)| *state == FileState::Unchanged)
    );
    let entries = read_entries(&order.out).expect("the folder");
    assert_eq!(entries[0].figures.findings, [0, 1, 0, 1]);
    assert_eq!(entries[0].figures.review, [0, 0, 0, 1]);
    // Other settings of the review make the department anew.
    let mut other = order.clone();
    other.settings.review.limits.repeated_characters = 9;
    let seen = built(&folder, &["in"], &other);
    assert_eq!(codes(&seen), codes(&outcome));
    other.settings.is_unchecked = true;
    let seen = built(&folder, &["in"], &other);
    assert_eq!(codes(&seen), [Code::CoverMissing]);
    assert_eq!(seen.made[0].files.len(), 4);
}

#[test]
fn a_review_that_breaks_off_costs_no_file() {
    let folder = Folder::new();
    folder.write("in/a.txt", "review panics");
    let outcome = built(&folder, &["in"], &order(&folder, 1));
    assert_eq!(codes(&outcome), [Code::CoverMissing, Code::OutputFailed]);
    assert!(
        outcome.made[0]
            .files
            .iter()
            .all(|(_, state)| *state == FileState::Written)
    );
}

#[test]
fn what_was_accepted_counts_for_nothing_and_is_told() {
    let folder = Folder::new();
    folder.write("in/a.txt", "review finds");
    let order = order(&folder, 1);
    built(&folder, &["in"], &order);
    let name = "review finds_2025_文本";
    let sheet = format!("out/{name}/{name}审核意见表.xlsx");
    let text = fs::read_to_string(folder.path().join(&sheet)).expect("the sheet");
    folder.write(&sheet, &text.replace('=', "=ok as ever"));
    for _ in 0..2 {
        let outcome = built(&folder, &["in"], &order);
        assert_eq!(outcome.findings[1].accepted.as_deref(), Some("as ever"));
        assert_eq!((outcome.made[0].review, outcome.made[0].accepted), ([0; 4], 1));
        assert!(!outcome.made[0].is_failed());
    }
    let entries = read_entries(&order.out).expect("the folder");
    assert_eq!(
        (entries[0].figures.findings, entries[0].figures.accepted),
        ([0, 1, 0, 0], 1)
    );
    let text = fs::read_to_string(folder.path().join(&sheet)).expect("the sheet");
    assert!(text.contains("=ok as ever"), "{text}");
}
