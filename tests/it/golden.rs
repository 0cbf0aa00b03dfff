//! The parser against golden models: those of the project's own examples, and those of the shared
//! corpus where it lies beside the project.

use std::fs;
use std::path::{Path, PathBuf};

use jixiao::model::Department;
use jixiao::parse::{Parsed, read_document};
use jixiao::vocab::Vocabulary;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The shared corpus, or `None` with one line said.
fn corpus(test: &str) -> Option<PathBuf> {
    let corpus = root().join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("{test}: passed over, there is no shared corpus beside the project");
        return None;
    }
    Some(corpus)
}

fn parse(path: &Path) -> Parsed {
    read_document(
        fs::read(path).expect("a readable document"),
        &Vocabulary::built_in(),
    )
}

fn only_department(path: &Path) -> Department {
    let mut parsed = parse(path);
    assert_eq!(parsed.departments.len(), 1, "{}", path.display());
    parsed.departments.remove(0)
}

/// A string without its white space; blank is null.
fn bare(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            if text.is_empty() {
                Value::Null
            } else {
                Value::String(text)
            }
        }
        other => other.clone(),
    }
}

/// Notes each place where `model` is not what `golden` says; only the keys of the golden count.
fn differences(golden: &Value, model: &Value, path: &str, found: &mut Vec<String>) {
    match (golden, model) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, field) in fields.iter().filter(|(name, _)| *name != "notes") {
                differences(
                    field,
                    model.get(name).unwrap_or(&Value::Null),
                    &format!("{path}.{name}"),
                    found,
                );
            }
        }
        (Value::Array(golden), Value::Array(model)) => {
            if golden.len() != model.len() {
                found.push(format!("{path}: {} entries, not {}", model.len(), golden.len()));
            }
            for (index, (golden, model)) in golden.iter().zip(model).enumerate() {
                differences(golden, model, &format!("{path}[{index}]"), found);
            }
        }
        _ if bare(golden) == bare(model) => {}
        _ => found.push(format!("{path}: {model}, not {golden}")),
    }
}

fn assert_golden(document: &Path, golden: &Path) {
    let golden: Value = serde_json::from_str(&fs::read_to_string(golden).expect("a readable golden"))
        .expect("a golden is JSON");
    let model = serde_json::to_value(only_department(document)).expect("a model is JSON");
    let mut found = Vec::new();
    differences(&golden, &model, "", &mut found);
    assert!(found.is_empty(), "{}:\n{}", document.display(), found.join("\n"));
}

#[test]
fn each_example_gives_its_golden_model() {
    let mut documents: Vec<PathBuf> = fs::read_dir(root().join("examples"))
        .expect("examples")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    documents.sort();
    assert!(!documents.is_empty());
    for document in documents
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
    {
        let name = document.file_stem().expect("a name");
        let golden = root().join("tests/golden").join(name).with_extension("json");
        assert_golden(document, &golden);
    }
}

#[test]
fn the_public_originals_give_their_golden_models() {
    let Some(corpus) = corpus("the_public_originals_give_their_golden_models") else {
        return;
    };
    for (document, golden) in [("caofeidian-2025", "000"), ("tangshan-2022", "002")] {
        assert_golden(
            &corpus.join("real").join(document).with_extension("txt"),
            &corpus.join("dialects/golden").join(golden).with_extension("json"),
        );
    }
}

#[test]
fn the_other_originals_are_read_whole() {
    let Some(corpus) = corpus("the_other_originals_are_read_whole") else {
        return;
    };
    for (document, forms, indicators) in [
        ("changli-2021", 1, 10),
        ("qinhuangdao-2022", 2, 25),
        ("zhangjiakou-2025", 26, 203),
    ] {
        let path = corpus.join("real").join(document).with_extension("txt");
        let department = only_department(&path);
        assert_eq!(department.projects.len(), forms, "{document}");
        assert_eq!(
            department
                .projects
                .iter()
                .map(|project| project.indicators.len())
                .sum::<usize>(),
            indicators
        );
        let numbers: Vec<usize> = department
            .projects
            .iter()
            .map(|project| project.number as usize)
            .collect();
        assert_eq!(numbers, (1..=forms).collect::<Vec<_>>());
        for project in &department.projects {
            assert_eq!(project.spending_plan.len(), 4, "{document} {}", project.number);
            assert!(
                project.purpose.is_some() && !project.goals.is_empty(),
                "{document} {}",
                project.number
            );
            for indicator in &project.indicators {
                let cells = [
                    &indicator.level1,
                    &indicator.level2,
                    &indicator.level3,
                    &indicator.target,
                    &indicator.basis,
                ];
                assert!(
                    cells.iter().all(|cell| cell.is_some()),
                    "{document} {} {indicator:?}",
                    project.number
                );
            }
        }
    }
}

#[test]
fn every_encoding_of_a_document_gives_the_same_model() {
    let path = root().join("examples/青澜县水务局-2025.txt");
    let bytes = fs::read(path).expect("an example");
    let text = String::from_utf8(bytes).expect("the example is UTF-8");
    let vocabulary = Vocabulary::built_in();
    let expected = read_document(text.as_bytes(), &vocabulary).departments;
    let utf16 = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let crlf = text.replace('\n', "\r\n");
    for bytes in [
        format!("\u{feff}{text}").into_bytes(),
        crlf.into_bytes(),
        encoding_rs::GB18030.encode(&text).0.into_owned(),
        encoding_rs::GBK.encode(&text).0.into_owned(),
        utf16(true),
        utf16(false),
    ] {
        assert_eq!(read_document(&bytes, &vocabulary).departments, expected);
    }
}
