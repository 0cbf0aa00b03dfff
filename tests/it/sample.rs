//! Sample documents say what their models say, and follow from the options and their numbers alone.

use std::collections::BTreeSet;

use jixiao::model::Department;
use jixiao::model::check_character;
use jixiao::parse::{Parsed, read_document};
use jixiao::sample::{Damage, Dialect, Options, Sample, Sampler};
use jixiao::template::Templates;

use crate::place::Place;

fn options(dialect: Dialect, seed: u64) -> Options {
    Options {
        seed,
        dialects: vec![dialect],
        ..Options::default()
    }
}

fn sample(sampler: &Sampler, index: u64) -> Sample {
    sampler.sample(index).expect("a sample")
}

fn read(sample: &Sample) -> Parsed {
    read_document(sample.bytes.as_slice(), Templates::built_in().vocabulary())
}

/// What is compared: all texts and what they mean, not where they came from.
fn told(department: &Department) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for name in ["origins", "place"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(department).expect("JSON");
    strip(&mut value);
    value
}

/// Notes where two values differ, by path.
fn differences(path: &str, wanted: &serde_json::Value, read: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value;
    match (wanted, read) {
        (Value::Object(wanted), Value::Object(read)) => {
            let names: BTreeSet<_> = wanted.keys().chain(read.keys()).collect();
            for name in names {
                let side = |fields: &serde_json::Map<_, _>| fields.get(name).cloned().unwrap_or_default();
                differences(&format!("{path}.{name}"), &side(wanted), &side(read), found);
            }
        }
        (Value::Array(wanted), Value::Array(read)) if wanted.len() == read.len() => {
            for (at, (wanted, read)) in wanted.iter().zip(read).enumerate() {
                differences(&format!("{path}[{at}]"), wanted, read, found);
            }
        }
        _ if wanted != read => found.push(format!("{path}: wanted {wanted}, read {read}")),
        _ => {}
    }
}

/// The same without white space in texts: lines of a PDF may be broken anywhere.
fn on_one_line(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => fields.values_mut().for_each(on_one_line),
        serde_json::Value::Array(items) => items.iter_mut().for_each(on_one_line),
        serde_json::Value::String(text) => text.retain(|c| !c.is_whitespace()),
        _ => {}
    }
}

#[track_caller]
fn assert_read_back(sample: &Sample) {
    let parsed = read(sample);
    let name = &sample.name;
    assert_eq!(parsed.departments.len(), 1, "{name} {:?}", sample.dialect);
    let mut sides = [&sample.department, &parsed.departments[0]].map(told);
    if sample.dialect == Dialect::Pdf {
        sides.iter_mut().for_each(on_one_line);
    }
    let [wanted, read] = &sides;
    let mut found = Vec::new();
    differences("", wanted, read, &mut found);
    let text = String::from_utf8_lossy(&sample.bytes);
    let shown: String = text
        .chars()
        .take(if text.contains('\0') { 0 } else { 6_000 })
        .collect();
    assert!(
        found.is_empty(),
        "{name} {:?}\n{}\n{shown}",
        sample.dialect,
        found.join("\n")
    );
}

/// The samples of several seeds and numbers in one dialect are read back.
#[track_caller]
fn assert_all_read_back(dialect: Dialect, count: u64) {
    for seed in [1, 2, 77] {
        let sampler = Sampler::new(options(dialect, seed));
        for index in (0..count).chain([9_999, 123_456]) {
            assert_read_back(&sample(&sampler, index));
        }
    }
}

#[test]
fn cells_say_what_the_model_says() {
    assert_all_read_back(Dialect::Cells, 40);
}

#[test]
fn tab_separated_rows_say_what_the_model_says() {
    assert_all_read_back(Dialect::Tsv, 40);
}

#[test]
fn markdown_says_what_the_model_says() {
    assert_all_read_back(Dialect::Markdown, 40);
}

#[test]
fn html_says_what_the_model_says() {
    assert_all_read_back(Dialect::Html, 40);
}

#[test]
fn comma_separated_values_say_what_the_model_says() {
    assert_all_read_back(Dialect::Csv, 40);
}

#[test]
fn workbooks_say_what_the_model_says() {
    assert_all_read_back(Dialect::Xlsx, 8);
}

#[test]
fn pdfs_say_what_the_model_says() {
    assert_all_read_back(Dialect::Pdf, 6);
}

#[test]
fn long_documents_are_read_back() {
    for dialect in Dialect::ALL {
        let sampler = Sampler::new(Options {
            forms: 26..=26,
            year: 2031,
            ..options(dialect, 5)
        });
        assert_read_back(&sample(&sampler, 3));
    }
}

#[test]
fn a_damaged_document_is_accounted_for() {
    for damage in [Damage::Light, Damage::Heavy] {
        for dialect in [Dialect::Cells, Dialect::Tsv, Dialect::Markdown, Dialect::Csv] {
            let whole = Sampler::new(options(dialect, 8));
            let damaged = Sampler::new(Options {
                damage,
                ..options(dialect, 8)
            });
            for index in 0..25 {
                let (whole, damaged) = (sample(&whole, index), sample(&damaged, index));
                assert_ne!(whole.bytes, damaged.bytes, "{} is damaged", damaged.name);
                assert_eq!(told(&whole.department), told(&damaged.department));
                let ledger = read(&damaged).ledger;
                let accounted = ledger.model + ledger.furniture + ledger.markup + ledger.named;
                assert_eq!(accounted, ledger.total, "{} {dialect:?}", damaged.name);
                assert!(ledger.model > ledger.total / 3, "{} {dialect:?}", damaged.name);
            }
        }
    }
}

#[test]
fn a_document_follows_from_seed_and_number_alone() {
    let all = Sampler::new(Options::default());
    let again = Sampler::new(Options::default());
    // Whatever was made before.
    for index in (0..7).rev() {
        let _ = sample(&again, index + 20);
        assert_eq!(sample(&all, index), sample(&again, index));
    }
    let other = Sampler::new(Options {
        seed: 2,
        ..Options::default()
    });
    assert_ne!(sample(&all, 0).bytes, sample(&other, 0).bytes);
    // The dialect is only how it is written.
    let mut one = sample(&all, 0).department;
    let mut pdf = sample(&Sampler::new(options(Dialect::Pdf, 1)), 0).department;
    one.contents.clear();
    pdf.contents.clear();
    assert_eq!(one, pdf);
}

#[test]
fn budgets_add_up_plans_rise_and_codes_check() {
    let sampler = Sampler::new(options(Dialect::Tsv, 3));
    let mut forms = BTreeSet::new();
    let mut withheld = 0;
    for index in 0..120 {
        let department = sample(&sampler, index).department;
        assert!((2..=12).contains(&department.projects.len()));
        let mut codes = BTreeSet::new();
        let mut names = BTreeSet::new();
        for project in &department.projects {
            forms.extend(project.form.clone());
            let code = project.code.as_deref().expect("a code");
            assert_eq!(code.len(), 21);
            assert_eq!(check_character(&code[..20]), code.chars().last(), "{code}");
            assert!(codes.insert(code), "{code} stands twice");
            assert!(names.insert(&project.name), "{:?} stands twice", project.name);
            let budget = &project.budget;
            match budget.total_decimal {
                Some(total) => assert_eq!(
                    Some(total),
                    budget
                        .fiscal_decimal
                        .map(|fiscal| fiscal + budget.other_decimal.unwrap_or_default())
                ),
                None => withheld += usize::from(budget.total.is_some()),
            }
            let percents: Vec<_> = project
                .spending_plan
                .iter()
                .map(|milestone| milestone.percent_decimal.expect("a percentage"))
                .collect();
            assert!(percents.is_sorted() && percents.len() == 4, "{percents:?}");
            assert_eq!(
                percents
                    .last()
                    .map(ToString::to_string)
                    .as_deref()
                    .map(|last| &last[..3]),
                Some("100")
            );
            let levels: BTreeSet<_> = project.indicators.iter().map(|row| &row.level1).collect();
            assert_eq!(levels.len(), 3, "{levels:?}");
            assert!(!serde_json::to_string(project).expect("JSON").contains("{}"));
        }
    }
    assert_eq!(forms.len(), 2, "{forms:?}");
    assert!(withheld > 0, "some amounts are withheld");
}

#[test]
fn no_two_departments_have_one_name() {
    let sampler = Sampler::new(Options {
        forms: 1..=1,
        ..options(Dialect::Tsv, 1)
    });
    let mut names = BTreeSet::new();
    let mut folders = std::collections::BTreeMap::new();
    for index in 0..20_000 {
        let name = sampler.name(index);
        assert!(names.insert(name.department), "{} stands twice", name.file);
        *folders.entry(name.folders).or_insert(0) += 1;
    }
    assert!(folders.values().all(|count| *count <= 100));
    let first = sample(&sampler, 0);
    assert_eq!(first.name, sampler.name(0).file);
    assert_eq!(first.department.department, Some(sampler.name(0).department));
}

#[test]
fn the_command_writes_texts_and_models_that_build_reads() {
    let place = Place::new();
    let run = place.run("sample --departments 3 --seed 4 --forms 2 --dialect cells,csv,tsv -o s --lang en");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.starts_with("3 departments, 6 forms; 6 files written"),
        "{run:?}"
    );
    let again = place.run("sample --departments 3 --seed 4 --forms 2 --dialect cells,csv,tsv -o s --lang zh");
    assert!(
        again.out.contains("写入文件 0 个（0.0 MB），未变 6 个"),
        "{again:?}"
    );
    let sampler = Sampler::new(Options {
        seed: 4,
        forms: 2..=2,
        dialects: vec![Dialect::Cells, Dialect::Csv, Dialect::Tsv],
        ..Options::default()
    });
    let second = sample(&sampler, 1);
    let [city, county] = &second.folders;
    let path =
        |folder: &str, extension: &str| format!("s/{folder}/{city}/{county}/{}.{extension}", second.name);
    assert_eq!(place.read(&path("texts", "csv")), second.bytes);
    let model: Department = serde_json::from_slice(&place.read(&path("models", "json"))).expect("a model");
    assert_eq!(told(&model), told(&second.department));
    let build = place.run("build s/texts -o out --to json");
    assert_eq!(build.code, Some(0), "{build:?}");
    // Another seed makes other files; where the names are the same, nothing is overwritten.
    place.write(&path("texts", "csv"), b"mine");
    let run = place.run("sample --departments 3 --seed 4 --forms 2 --dialect cells,csv,tsv -o s --lang en");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("output-edited"), "{run:?}");
    assert_eq!(place.read(&path("texts", "csv")), b"mine");
}

#[test]
fn what_cannot_be_made_is_said_in_both_languages() {
    let place = Place::new();
    for arguments in [
        "sample -o s",
        "sample --departments 0 -o s",
        "sample --departments 1000001 -o s",
        "sample --departments 1 --forms 3-2 -o s",
        "sample --departments 1 --dialect docx -o s",
        "sample --departments 1 --damage much -o s",
        "sample --departments 1",
    ] {
        for lang in ["zh", "en"] {
            let run = place.run(&format!("{arguments} --lang {lang}"));
            assert_eq!(run.code, Some(2), "{arguments}: {run:?}");
            assert!(run.err.contains("jixiao sample --help"), "{run:?}");
        }
    }
}
