//! The gallery of findings: each folder of `tests/errors` is named after a code, holds an input
//! that causes it, and what is said of it in both languages. `UPDATE=1 cargo test` writes the texts anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn gallery() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// What the program says of `code` when it runs the command of the folder: the findings of that code,
/// each a line at the margin with the indented lines below it.
fn said(folder: &Path, code: &str, language: &str) -> String {
    let command = fs::read_to_string(folder.join("command")).unwrap_or("parse {input}".to_owned());
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("errors")
        .join(format!("{code}-{language}"));
    let _ = fs::remove_dir_all(&out);
    let input = fs::read_dir(folder)
        .expect("a folder of the gallery")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .find(|name| name.starts_with("input."))
        .unwrap_or_default();
    let arguments = command.split_whitespace().map(|word| match word {
        "{input}" => format!("{code}/{input}"),
        "{out}" => out.to_string_lossy().into_owned(),
        word => word.to_owned(),
    });
    let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .args(arguments)
        .args(["--lang", language])
        .current_dir(folder.parent().expect("the gallery"))
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stderr).expect("messages are UTF-8");
    let mut kept = String::new();
    let mut keeps = false;
    for line in text.lines() {
        if !line.starts_with(' ') {
            keeps = line.split_whitespace().nth(1) == Some(code);
        }
        if keeps {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn each_finding_of_the_gallery_is_made_and_said_as_shown() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut folders: Vec<PathBuf> = fs::read_dir(gallery())
        .expect("the gallery")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    for folder in folders {
        let code = folder.file_name().expect("a name").to_string_lossy().into_owned();
        for language in ["zh", "en"] {
            let said = said(&folder, &code, language);
            assert!(!said.is_empty(), "{code} is not made");
            let shown = folder.join(format!("said.{language}.txt"));
            if update {
                fs::write(&shown, &said).expect("the gallery can be written");
            }
            assert_eq!(said, fs::read_to_string(&shown).unwrap_or_default(), "{code}");
        }
    }
}

/// Codes whose cause is no input text but files, folders or templates; the tests of the commands and of
/// the templates cause them.
const ELSEWHERE: &[&str] = &[
    "input-unreadable",
    "pdf-too-large",
    "input-skipped",
    "model-invalid",
    "template-broken",
    "font-broken",
    "output-failed",
    "department-twice",
    "output-edited",
    "output-unwritable",
    "edit-conflict",
    "file-open",
    "base-missing",
    "workbook-foreign",
    "source-gone",
    "limit-reached",
    "output-locked",
];

#[test]
fn every_code_is_in_the_gallery_or_caused_elsewhere() {
    for code in jixiao::finding::Code::ALL {
        // The rules of the review have examples of their own.
        if jixiao::check::Rule::of(*code).is_some() {
            continue;
        }
        let in_gallery = gallery().join(code.name()).is_dir();
        assert!(in_gallery != ELSEWHERE.contains(&code.name()), "{code}");
    }
}
