//! The PDF of an invented document, looked at by other programs.

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::pdf;
use jixiao::sheet::Document;
use jixiao::text::Fonts;

/// Writes the sample document into cargo's folder for test files.
fn written(name: &str, document: &Document) -> PathBuf {
    let fonts = Fonts::built_in();
    let pages = pdf::lay_out(document, fonts);
    let bytes = pdf::write(&pages, fonts).expect("written");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

/// Runs a program; nothing if it is not installed.
fn run(program: &str, before: &[&str], file: &Path, after: &[&str]) -> Option<String> {
    match Command::new(program).args(before).arg(file).args(after).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(
                output.status.success(),
                "{program}: {text}{}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(text)
        }
        Err(_) => {
            println!("{program} is not installed: not checked");
            None
        }
    }
}

#[test]
fn other_programs_find_the_file_sound() {
    let path = written("sample.pdf", &sample::document(6));
    run("qpdf", &["--check"], &path, &[]);
    if let Some(fonts) = run("pdffonts", &[], &path, &[]) {
        let lines: Vec<_> = fonts.lines().skip(2).collect();
        assert_eq!(lines.len(), 5, "{fonts}");
        for line in lines {
            assert!(line.contains("yes yes yes"), "{line}");
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let fonts = Fonts::built_in();
    let document = sample::document(2);
    let bytes = || pdf::write(&pdf::lay_out(&document, fonts), fonts).expect("written");
    assert!(bytes() == bytes());
}
