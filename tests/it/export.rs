//! `jixiao export` as its users run it: the table of documents and of what was made of them, read back by
//! RFC 4180, by openpyxl and by LibreOffice.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::place::Place;

/// What a text is guarded with that is too long for a formula.
const TAB: &str = "\t";

/// A place with all examples in `texts`.
fn with_examples() -> Place {
    let place = Place::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in fs::read_dir(examples).expect("the examples") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let name = path.file_name().expect("a name").to_string_lossy();
            place.write(&format!("texts/{name}"), fs::read(&path).expect("an example"));
        }
    }
    place
}

/// Reads comma-separated values by RFC 4180.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let row = rows.last_mut().expect("a row");
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                row.last_mut().expect("a field").push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\r' if !is_quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            c => row.last_mut().expect("a field").push(c),
        }
    }
    assert!(!is_quoted, "a field has no end");
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line has no end");
    let width = rows[0].len();
    assert!(rows.iter().all(|row| row.len() == width), "rows have one width");
    rows
}

/// A field without its guard.
fn unguarded(field: &str) -> String {
    let formula = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    match formula {
        Some(text) => text.replace("\"\"", "\""),
        None => field.strip_prefix(TAB).unwrap_or(field).to_owned(),
    }
}

/// The texts that a model prints: all strings but those of meanings and places.
fn texts_of(model: &Value, texts: &mut BTreeSet<String>) {
    match model {
        Value::String(text) if !text.is_empty() => {
            texts.insert(text.clone());
        }
        Value::Array(list) => list.iter().for_each(|value| texts_of(value, texts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if !matches!(name.as_str(), "origins" | "place") && !name.ends_with("_decimal") {
                    texts_of(value, texts);
                }
            }
        }
        _ => {}
    }
}

/// The columns that are numbers.
fn is_number(name: &str) -> bool {
    name.ends_with("_wan_yuan")
        || name.ends_with("_percent")
        || matches!(name, "year" | "number" | "indicator_number" | "target_number")
}

#[test]
fn the_table_of_what_was_made_is_that_of_the_texts() {
    let place = with_examples();
    let run = place.run("build texts -o out --to json");
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    let table = |input: &str| {
        let run = place.run(&format!("export {input} --columns fields --plain --narrative"));
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
        let mut rows = read_csv(&run.out);
        let heads = rows.remove(0);
        assert_eq!(heads[0], "source");
        for row in &mut rows {
            row.remove(0);
        }
        rows.sort();
        rows
    };
    let texts = table("texts");
    assert!(texts.len() > 50, "{}", texts.len());
    assert_eq!(texts, table("out"));
    // The models themselves say the same.
    place.write("all.json", place.run("parse texts").out.as_bytes());
    assert_eq!(texts, table("all.json"));
    place.write("all.ndjson", place.run("parse texts --ndjson").out.as_bytes());
    assert_eq!(texts, table("all.ndjson"));
}

#[test]
fn every_printed_text_is_in_the_table() {
    let place = with_examples();
    let run = place.run("export texts --columns fields --narrative --lang en");
    let text = run.out.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines = text.matches('\n').count();
    assert!(
        text.matches("\r\n").count() > 50 && text.ends_with("\r\n"),
        "{lines} lines"
    );
    let guarded = read_csv(text);
    let bare: Vec<Vec<String>> = guarded
        .iter()
        .map(|row| row.iter().map(|field| unguarded(field)).collect())
        .collect();
    let plain = place.run("export texts --columns fields --narrative --plain");
    assert!(!plain.out.contains('\r') && plain.out.starts_with("source,department,year,"));
    assert_eq!(bare, read_csv(&plain.out));
    // Numbers are never guarded.
    for (at, head) in guarded[0].iter().enumerate().filter(|(_, head)| is_number(head)) {
        for row in &guarded[1..] {
            let is_plain = row[at].is_empty() || row[at].parse::<f64>().is_ok();
            assert!(is_plain, "{head}: {}", row[at]);
        }
    }
    let models: Value = serde_json::from_str(&place.run("parse texts").out).expect("JSON");
    let mut texts = BTreeSet::new();
    texts_of(&models, &mut texts);
    assert!(texts.len() > 400, "{}", texts.len());
    let cells: Vec<&str> = bare.iter().flatten().map(String::as_str).collect();
    let lost: Vec<&String> = texts
        .iter()
        .filter(|text| !cells.iter().any(|cell| cell.contains(text.as_str())))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let indicators: usize = models
        .as_array()
        .expect("models")
        .iter()
        .flat_map(|model| model["projects"].as_array().expect("projects"))
        .map(|project| {
            project["indicators"]
                .as_array()
                .map_or(1, |list| list.len().max(1))
        })
        .sum();
    assert_eq!(bare.len() - 1, indicators);
}

/// A folder for the files of a test; cargo keeps it below its target folder.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("export").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    fs::create_dir_all(&folder).expect("a new folder");
    folder
}

/// Whether a program answers; says so in one line where it does not.
fn has(test: &str, program: &str, argument: &str) -> bool {
    let output = Command::new(program).arg(argument).output();
    let there = output.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("{test}: passed over, there is no {program} ({argument})");
    }
    there
}

/// The cells of the first sheet, as openpyxl reads them; formulas by the values that they had.
const CELLS: &str = r#"
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], data_only=True)
sheet = book.worksheets[0]
rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
json.dump({"sheets": book.sheetnames, "rows": rows, "frozen": sheet.freeze_panes,
           "filter": sheet.auto_filter.ref, "bold": sheet["A1"].font.b}, sys.stdout)
"#;

fn openpyxl(workbook: &Path) -> Value {
    let output = Command::new("python3")
        .args(["-c", CELLS])
        .arg(workbook)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Asserts that cells of a workbook are those of the plain table, numbers as numbers and texts as texts.
#[track_caller]
fn assert_cells(read: &Value, plain: &[Vec<String>], names: &[String]) {
    let rows = read["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), plain.len());
    for (row, expected) in rows.iter().zip(plain).skip(1) {
        for ((cell, expected), name) in row.as_array().expect("cells").iter().zip(expected).zip(names) {
            match cell {
                Value::Null => assert_eq!(expected, "", "{name}"),
                Value::Number(number) => {
                    assert!(is_number(name), "{name} is a number: {number}, not {expected}");
                    assert_eq!(number.as_f64(), expected.parse().ok(), "{name}");
                }
                Value::String(text) => {
                    // Programs keep fifteen digits; a longer number is a text.
                    assert!(
                        !is_number(name) || expected.len() > 15,
                        "{name} is a text: {text}"
                    );
                    assert_eq!(text.strip_prefix(TAB).unwrap_or(text), expected, "{name}");
                }
                other => panic!("{name}: {other}, not {expected}"),
            }
        }
    }
}

#[test]
fn the_workbook_holds_the_same_table() {
    let place = with_examples();
    let run = place.run("export texts -o table.xlsx --lang zh --narrative");
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    assert!(
        run.out.contains("8 个部门") && run.out.contains("→ table.xlsx"),
        "{}",
        run.out
    );
    let one = place.read("table.xlsx");
    place.run("export texts -o again.xlsx --lang zh --narrative --jobs 1");
    assert_eq!(
        one,
        place.read("again.xlsx"),
        "the bytes do not depend on the threads"
    );
    if !has(
        "the_workbook_holds_the_same_table",
        "python3",
        "-cimport openpyxl",
    ) {
        return;
    }
    let path = scratch("workbook").join("table.xlsx");
    fs::write(&path, &one).expect("a file");
    let read = openpyxl(&path);
    let plain = |heads: &str| {
        let run = place.run(&format!("export texts --plain --narrative --columns {heads}"));
        read_csv(&run.out)
    };
    let (fields, labels) = (plain("fields"), plain("labels"));
    assert_cells(&read, &fields, &fields[0]);
    let heads = read["rows"][0].as_array().expect("heads").iter();
    assert!(heads.map(|head| head.as_str().expect("a text")).eq(&labels[0]));
    assert_eq!(read["frozen"], "A2");
    assert_eq!(read["bold"], true);
    assert!(
        read["filter"]
            .as_str()
            .is_some_and(|range| range.starts_with("A1:")),
        "{read}"
    );
}

#[test]
fn libreoffice_opens_the_guarded_table_rightly() {
    let test = "libreoffice_opens_the_guarded_table_rightly";
    if !has(test, "soffice", "--version") || !has(test, "python3", "-cimport openpyxl") {
        return;
    }
    let place = with_examples();
    // What no example has.
    let odd = r#"{"department":"00123","year":2025,"projects":[{"code":"1-2","name":"=1+1","unit_code":"007",
        "budget":{"total":"2.00"},"goals":["-一","3/4"],"purpose":"1E5",
        "indicators":[{"target":"12345678901234567890","basis":"@甲","level3":"TRUE","description":" 前"}]}]}"#;
    place.write("odd.json", odd.as_bytes());
    let folder = scratch("guarded");
    let run = place.run("export texts odd.json --columns fields -o table.csv");
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    fs::write(folder.join("table.csv"), place.read("table.csv")).expect("a file");
    // 44: comma, 34: quotes, 76: UTF-8; numbers are read as in English.
    let output = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            folder.join("profile").display()
        ))
        .args([
            "--headless",
            "--infilter=CSV:44,34,76,1,,1033",
            "--convert-to",
            "xlsx",
            "--outdir",
        ])
        .arg(&folder)
        .arg(folder.join("table.csv"))
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("soffice runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let plain = read_csv(&place.run("export texts odd.json --columns fields --plain").out);
    assert_cells(&openpyxl(&folder.join("table.xlsx")), &plain, &plain[0]);
}

#[test]
fn files_are_not_overwritten_and_kinds_are_told_by_names() {
    let place = Place::new();
    let model = r#"{"department":"甲局","projects":[{"number":1,"indicators":[{"target":"5个"}]}]}"#;
    place.write("a.json", model.as_bytes());
    let run = place.run("export a.json -o table.csv --lang en").ends(0);
    assert_eq!(run.out, "1 department, 1 row → table.csv\n");
    let first = place.read("table.csv");
    assert!(first.starts_with("\u{feff}source,department,".as_bytes()));
    place
        .run("export a.json -o table.csv --plain")
        .ends(2)
        .tells("--force");
    assert_eq!(place.read("table.csv"), first);
    place.run("export a.json -o table.csv --plain --force").ends(0);
    assert!(place.read("table.csv").starts_with(b"source,"));
    place.run("export a.json -o a.json --to csv --force").ends(2);
    assert_eq!(place.read("a.json"), model.as_bytes());
    place.run("export a.json -o table.XLSX").ends(0);
    assert!(place.read("table.XLSX").starts_with(b"PK"));
    place.run("export a.json -o table.txt").ends(2).tells("--to");
    place.run("export a.json -o table.txt --to xlsx").ends(0);
    assert!(place.read("table.txt").starts_with(b"PK"));
    place.run("export a.json --to xlsx").ends(2).tells("-o");
    place.run("export a.json --to xlsx -o -").ends(2).tells("-o");
    place
        .run("export a.json -o none/table.csv")
        .ends(2)
        .tells("output-unwritable");
    // From standard input to standard output.
    let piped = place
        .run_with("export - -o - --columns labels", model.as_bytes())
        .ends(0);
    assert!(
        piped.out.contains("指标值") && piped.out.contains("5个"),
        "{}",
        piped.out
    );
    // The heads are of the language, if nobody says which.
    assert_eq!(
        place.run_with("export - --lang zh", model.as_bytes()).out,
        piped.out
    );
}

#[test]
fn what_cannot_be_read_costs_only_itself() {
    let place = Place::new();
    place.write("texts/a.json", b"");
    place.write("good.json", br#"{"department":"A"}"#);
    place.write("bad.json", b"{]");
    let run = place
        .run("export good.json bad.json missing.txt --plain --findings found.json")
        .ends(1)
        .tells("bad.json")
        .tells("missing.txt");
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    let found: Value = serde_json::from_slice(&place.read("found.json")).expect("JSON");
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    let run = place
        .run("export bad.json -o table.csv")
        .ends(2)
        .tells("model-invalid");
    assert_eq!(run.out, "");
    // Nothing stands where the file would be.
    place.run("export good.json -o table.csv").ends(0);
    place.run("export good.json --columns other").ends(2);
    for (language, word) in [("zh", "指标"), ("en", "indicator")] {
        let run = place.run(&format!("export --help --lang {language}")).ends(0);
        assert!(
            run.out.contains("jixiao export <INPUT>…") && run.out.contains(word),
            "{}",
            run.out
        );
    }
}

#[test]
fn the_file_of_the_last_time_is_no_document() {
    let place = with_examples();
    place.run("export texts -o texts/all.csv");
    let first = place.read("texts/all.csv");
    let run = place.run("export texts -o texts/all.csv --force");
    assert!(!run.err.contains("all.csv"), "{}", run.err);
    assert_eq!(place.read("texts/all.csv"), first);
}
