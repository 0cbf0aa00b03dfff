//! `jixiao check`: the review as people and programs see it, its configuration, what is new, and its fixes.
//!
//! The text with the planted faults is `tests/check/planted.txt`; what is said of it stands beside it, and
//! `UPDATE=1 cargo test` writes that anew.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use jixiao::check::{ALL, check};
use jixiao::finding::Applicability;
use jixiao::vocab::Vocabulary;
use jixiao::workspace::Mending;
use serde_json::Value;

use super::place::{Place, Run};

/// The rules of the planted faults, so that further rules change nothing here.
const RULES: &str = "--only budget-sum,P02,percent-word";
const NAME: &str = "白杨县水利局_2026_部门预算绩效文本";

/// A folder with the planted text.
struct Desk(Place);

impl Deref for Desk {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Desk {
    fn new() -> Self {
        let desk = Self(Place::new());
        desk.write("planted.txt", planted());
        desk
    }

    /// Runs the command in English, with no rules but those of the planted faults where it is `check`.
    fn run(&self, arguments: &str) -> Run {
        self.run_in("en", arguments)
    }

    fn run_in(&self, language: &str, arguments: &str) -> Run {
        let is_check = arguments.starts_with("check") && !arguments.contains("--only");
        let rules = if is_check { RULES } else { "" };
        self.0.run(&format!("{arguments} {rules} --lang {language}"))
    }

    fn json(&self, arguments: &str) -> Vec<Value> {
        let said = self.run(&format!("check {arguments} --format json"));
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path("out").join(NAME).join(name)
    }

    fn model(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file("model.json")).expect("the model")).expect("JSON")
    }
}

fn planted() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/planted.txt");
    fs::read_to_string(path).expect("the planted text")
}

/// What is said of the planted text, as it stands beside it.
#[track_caller]
fn assert_said(name: &str, said: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/check")
        .join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, said).expect("it can be written");
    }
    assert_eq!(said, fs::read_to_string(&path).unwrap_or_default(), "{name}");
}

fn rules(found: &[Value]) -> Vec<&str> {
    found
        .iter()
        .map(|one| one["rule"].as_str().expect("a rule"))
        .collect()
}

#[test]
fn the_planted_faults_are_told_in_both_languages() {
    let desk = Desk::new();
    for language in ["zh", "en"] {
        let said = desk.run_in(language, "check planted.txt");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert_said(&format!("said.{language}.txt"), &said.out);
        // What was found when it was read is not told as a fault.
        assert!(!said.err.contains("budget-sum"), "{said:?}");
    }
}

/// The columns of a terminal, which counts Chinese characters twice.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

#[test]
fn the_carets_stand_under_the_evidence() {
    let desk = Desk::new();
    let said = desk.run("check planted.txt").out;
    let lines: Vec<&str> = said.lines().collect();
    for quote in ["12.50", "≥95 百分比", "≥90百分比"] {
        let at = lines
            .iter()
            .position(|line| line.contains('│') && line.contains(quote))
            .expect("the line is quoted");
        let before = &lines[at][..lines[at].find(quote).expect("the quote")];
        let below = lines[at + 1];
        let indent = &below[..below.find('^').expect("a caret")];
        assert_eq!(columns(indent), columns(before), "{}\n{below}", lines[at]);
        assert_eq!(below[indent.len()..], "^".repeat(columns(quote)));
    }
}

#[test]
fn json_has_the_promised_members_and_nothing_else() {
    let desk = Desk::new();
    let found = desk.json("planted.txt");
    assert_eq!(
        rules(&found),
        ["budget-sum", "percent-word", "percent-word", "plan-scale"]
    );
    for one in &found {
        let names: Vec<&str> = one
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            names,
            [
                "rule",
                "code",
                "severity",
                "file",
                "department",
                "project",
                "field",
                "message",
                "help",
                "quote",
                "place",
                "fix",
                "accepted"
            ]
        );
    }
    let (sum, percent, plan) = (&found[0], &found[1], &found[3]);
    assert_eq!((&sum["code"], &sum["severity"]), (&"B01".into(), &"error".into()));
    assert_eq!(
        (&sum["file"], &sum["department"], &sum["project"]),
        (&"planted.txt".into(), &"白杨县水利局".into(), &1.into())
    );
    assert_eq!(
        (&sum["field"], &sum["quote"]),
        (&"budget.total".into(), &"12.50".into())
    );
    assert_eq!(sum["place"]["line"], 37);
    assert_eq!((&sum["fix"], &sum["accepted"]), (&Value::Null, &Value::Null));
    assert_eq!(percent["field"], "indicators[1].target");
    assert_eq!(percent["fix"]["applicability"], "safe");
    assert_eq!(
        percent["fix"]["edits"],
        serde_json::json!([{"field": "indicators[1].target", "before": "≥95 百分比", "after": "≥95%"}])
    );
    assert_eq!(
        (&plan["project"], &plan["fix"]["applicability"]),
        (&2.into(), &"unsafe".into())
    );
    assert_eq!(plan["fix"]["edits"].as_array().map(Vec::len), Some(4));
    // The messages are in the language that is asked for.
    let said = desk.run_in("zh", "check planted.txt --format json");
    assert!(
        said.out.contains("“12.50”") || said.out.contains("预算数为"),
        "{said:?}"
    );
    assert_eq!(
        desk.run("check planted.txt --format json --only T03 --skip T03")
            .out,
        "[]\n"
    );
}

#[test]
fn the_exit_code_follows_the_gravest_finding() {
    let desk = Desk::new();
    for (arguments, code) in [
        ("check planted.txt", 1),
        ("check planted.txt --only T03", 0),
        ("check planted.txt --only T03 --fail-on warning", 0),
        ("check planted.txt --only T03 --fail-on note", 1),
        ("check nothing.txt", 2),
        ("check planted.txt --only no-such-rule", 2),
        ("check planted.txt --config nothing.toml", 2),
        ("check planted.txt -o out", 2),
    ] {
        assert_eq!(desk.run(arguments).code, Some(code), "{arguments}");
    }
}

#[test]
fn one_broken_input_costs_no_other_and_threads_change_nothing() {
    let desk = Desk::new();
    desk.write("a/broken.xlsx", "PK\u{3}\u{4} no archive");
    desk.write("a/empty.txt", "");
    desk.write("a/model.json", "{\"department\": 3}");
    for number in 0..9 {
        desk.write(
            &format!("a/{number}.txt"),
            planted().replace("白杨县", &format!("白杨{number}县")),
        );
    }
    let said = desk.run("check a -j 1");
    assert_eq!(said.code, Some(1), "{said:?}");
    for name in ["broken.xlsx", "empty.txt", "model-invalid"] {
        assert!(said.err.contains(name), "{name}: {said:?}");
    }
    let heads: Vec<&str> = said.out.lines().filter(|line| line.starts_with("══")).collect();
    assert_eq!(heads.len(), 9, "{said:?}");
    assert!(heads[0].starts_with("══ a/0.txt") && heads[8].starts_with("══ a/8.txt"));
    for arguments in [
        "check a",
        "check a --format json",
        "check a --statistics=departments",
    ] {
        let one = desk.run(&format!("{arguments} -j 1"));
        let two = desk.run(&format!("{arguments} -j 2"));
        assert_eq!(one.out, two.out, "{arguments}");
        assert_eq!(one.err, two.err, "{arguments}");
    }
}

#[test]
fn text_model_lines_and_folder_are_reviewed_alike() {
    let desk = Desk::new();
    assert_eq!(desk.run("build planted.txt -o out").code, Some(0));
    let lines = desk.run("parse planted.txt --ndjson").out;
    desk.write("all.ndjson", format!("{lines}{lines}"));
    let told = |arguments: &str| -> Vec<(Value, Value, Value)> {
        let found = desk.json(arguments);
        let one = |one: &Value| (one["rule"].clone(), one["field"].clone(), one["quote"].clone());
        found.iter().map(one).collect()
    };
    let expected = told("planted.txt");
    assert_eq!(expected.len(), 4);
    assert_eq!(told("out"), expected);
    assert_eq!(told(&format!("out/{NAME}")), expected);
    assert_eq!(told(&format!("out/{NAME}/model.json")), expected);
    assert_eq!(told(&format!("out/{NAME}/{NAME}.xlsx")), expected);
    assert_eq!(told("all.ndjson"), [expected.clone(), expected.clone()].concat());
    // In a workbook and in a model there are no lines to be quoted, but texts.
    let said = desk.run(&format!("check out/{NAME}/{NAME}.xlsx"));
    assert!(said.out.contains("    │ 12.50\n    │ ^^^^^\n"), "{said:?}");
    assert!(said.out.contains(".xlsx  1."), "the sheet is named: {said:?}");
    let said = desk.run(&format!("check out/{NAME}/model.json"));
    assert!(said.out.contains("model.json  source 37:15"), "{said:?}");
    // Of a folder what stands in it now is reviewed, and nothing is written.
    let mut model = desk.model();
    model["projects"][0]["budget"]["total"] = "12.00".into();
    fs::write(desk.file("model.json"), model.to_string()).expect("the model");
    let before = desk.files("out");
    assert_eq!(told("out"), expected[1..]);
    assert_eq!(desk.files("out"), before);
}

#[test]
fn a_configuration_sets_severities_and_what_was_accepted() {
    let desk = Desk::new();
    desk.write(
        "jixiao.toml",
        "[check.rules]\nplan-scale = \"off\"\nT03 = \"warning\"\n\n\
         [[check.accept]]\nrule = \"budget-sum\"\nproject = 1\nfield = \"total\"\nreason = \"含上年结转\"\n\n\
         [[check.accept]]\nrule = \"T03\"\nquote = \"≥50百分比\"\nreason = \"不再有\"\n",
    );
    let said = desk.run("check planted.txt");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out
            .contains("error 0, warning 2, missing 0, note 0; 1 accepted"),
        "{said:?}"
    );
    assert!(!said.out.contains("plan-scale"), "{said:?}");
    // What was accepted comes last in its form, with the reason.
    let accepted = said.out.find("accepted budget-sum B01").expect("it is listed");
    assert!(said.out[..accepted].contains("≥90百分比"), "{said:?}");
    assert!(said.out[accepted..].contains("reason: 含上年结转"), "{said:?}");
    assert!(
        said.err.contains("note acceptance-unused  jixiao.toml:11:1"),
        "{said:?}"
    );
    let found = desk.json("planted.txt");
    let reasons: Vec<_> = found.iter().map(|one| one["accepted"].as_str()).collect();
    assert_eq!(reasons, [Some("含上年结转"), None, None]);
    desk.write(
        "other.toml",
        "[check.rules]\nbudgetsum = \"off\"\n[check]\nx = 1\n",
    );
    let said = desk.run("check planted.txt --config other.toml");
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
    desk.write("other.toml", "[check.rules]\nbudgetsum = \"off\"\n");
    let said = desk.run("check planted.txt --config other.toml");
    assert!(
        said.err.contains("other.toml:2:1") && said.err.contains("is it \"budget-sum\"?"),
        "{said:?}"
    );
}

#[test]
fn only_what_is_new_since_a_base_is_told() {
    let desk = Desk::new();
    let before = planted()
        .replace("≥95 百分比", "≥95%")
        .replace("2000%\t5000%", "20%\t50%");
    desk.write("before.txt", before.replace("≥3条", "≥3百分比"));
    assert_eq!(desk.run("build before.txt -o out").code, Some(0));
    let report = desk.run("check before.txt --format json").out;
    desk.write("before.json", &report);
    for base in [
        "before.txt",
        "out",
        "before.json",
        &format!("out/{NAME}/model.json"),
    ] {
        let said = desk.run(&format!("check planted.txt --since {base}"));
        assert!(
            said.out
                .contains("\n2 that were there before are not shown, 1 are there no more\n"),
            "{base}: {said:?}"
        );
        let found = desk.json(&format!("planted.txt --since {base}"));
        assert_eq!(rules(&found), ["percent-word", "plan-scale"], "{base}");
    }
    // Of the year before nothing is known.
    desk.write("last.txt", planted().replace("2026 年部门", "2025 年部门"));
    let said = desk.run("check planted.txt --since last.txt");
    assert!(said.err.contains("were not reviewed before"), "{said:?}");
    assert_eq!(desk.run("check planted.txt --since nothing.txt").code, Some(2));
    let said = desk.run("check planted.txt --since planted.txt");
    assert_eq!(said.code, Some(0), "nothing is new: {said:?}");
}

#[test]
fn fixes_are_made_in_an_output_folder_and_the_second_time_nothing_changes() {
    let desk = Desk::new();
    assert_eq!(desk.run("build planted.txt -o out").code, Some(0));
    let said = desk.run("check out --fix");
    assert_eq!(said.code, Some(1), "faults are left: {said:?}");
    assert!(
        said.out.contains("≥95 百分比 → ≥95%") && said.out.contains("≥90百分比 → ≥90%"),
        "each edit is told: {said:?}"
    );
    assert!(said.out.contains("[the review"), "{said:?}");
    let model = desk.model();
    assert_eq!(model["projects"][0]["indicators"][1]["target"], "≥95%");
    assert_eq!(model["projects"][1]["spending_plan"][3]["percent"], "10000%");
    let workbook = desk.json(&format!("out/{NAME}/{NAME}.xlsx"));
    assert_eq!(rules(&workbook), ["budget-sum", "plan-scale"]);
    let before = desk.files("out");
    let said = desk.run("check out --fix");
    assert!(said.out.contains(" 0 updated"), "{said:?}");
    assert_eq!(desk.files("out"), before, "fixing twice changes nothing");
    let said = desk.run("check out --unsafe-fixes");
    assert!(said.out.contains("10000% → 100%"), "{said:?}");
    assert_eq!(desk.model()["projects"][1]["spending_plan"][0]["percent"], "20%");
    let before = desk.files("out");
    assert_eq!(rules(&desk.json("out --unsafe-fixes")), ["budget-sum"]);
    assert_eq!(desk.files("out"), before);
    // The source still says it wrong; that is no edit of it, and the fixes stay.
    assert!(desk.run("update out").out.contains(" 0 updated"));
    assert_eq!(desk.model()["projects"][0]["indicators"][1]["target"], "≥95%");
}

#[test]
fn what_was_accepted_is_not_fixed() {
    let desk = Desk::new();
    assert_eq!(desk.run("build planted.txt -o out").code, Some(0));
    desk.write(
        "jixiao.toml",
        "[[check.accept]]\nrule = \"T03\"\nquote = \"≥95百分比\"\nreason = \"照抄行业标准\"\n",
    );
    let said = desk.run("check out --fix");
    assert!(!said.err.contains("acceptance-unused"), "{said:?}");
    let model = desk.model();
    assert_eq!(model["projects"][0]["indicators"][1]["target"], "≥95 百分比");
    assert_eq!(model["projects"][0]["indicators"][5]["target"], "≥90%");
}

#[test]
fn edits_in_the_workbook_survive_the_fixes() {
    let desk = Desk::new();
    assert_eq!(desk.run("build planted.txt -o out").code, Some(0));
    let path = desk.file(&format!("{NAME}.xlsx"));
    let edited = replaced(
        &fs::read(&path).expect("the workbook"),
        "用于灌渠维护。",
        "用于灌渠维护和清淤。",
    );
    // A field that the fix would change is edited too: the fix is of what the workbook says.
    let edited = replaced(&edited, "≥90百分比", "≥92百分比");
    fs::write(&path, edited).expect("the workbook");
    let found = desk.json("out");
    assert_eq!(found[2]["quote"], "≥92百分比");
    let workbook = format!("out/{NAME}/{NAME}.xlsx");
    assert_eq!(found[2]["file"], workbook, "the place is in the workbook");
    let said = desk.run("check out --fix");
    assert!(
        said.out.contains("the workbook was edited") && said.out.contains("≥92百分比 → ≥92%"),
        "{said:?}"
    );
    let model = desk.model();
    assert_eq!(model["projects"][0]["purpose"], "用于灌渠维护和清淤。");
    assert_eq!(model["projects"][0]["indicators"][5]["target"], "≥92%");
    let before = desk.files("out");
    desk.run("check out --fix");
    assert_eq!(desk.files("out"), before);
}

/// The workbook with one text of a cell replaced.
fn replaced(workbook: &[u8], before: &str, after: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("an archive");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut count = 0;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("bytes");
        let cell = |text: &str| format!(">{text}</t>");
        if let Ok(text) = String::from_utf8(bytes.clone())
            && text.contains(&cell(before))
        {
            count += 1;
            bytes = text.replace(&cell(before), &cell(after)).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("a part");
        out.write_all(&bytes).expect("bytes");
    }
    assert!(count > 0, "{before} stands in a cell");
    out.finish().expect("an archive").into_inner()
}

#[test]
fn the_fixes_of_all_rules_together_come_to_an_end() {
    let vocabulary = Vocabulary::built_in();
    let mending = Mending {
        takes_unsafe: true,
        ..Mending::default()
    };
    for rule in ALL {
        for example in rule.hits {
            let department = example.department();
            let found = check(&department, &vocabulary, &mending.settings);
            let has_fix = found
                .iter()
                .filter_map(|finding| finding.fix.as_ref())
                .any(|fix| fix.applicability != Applicability::DisplayOnly);
            let mended = mending.mend(&department, &vocabulary);
            assert_eq!(mended.is_some(), has_fix, "{}", rule.code);
            let Some(mended) = mended else { continue };
            assert_eq!(mending.mend(&mended, &vocabulary), None, "{}", rule.code);
        }
    }
}

#[test]
fn nothing_that_people_wrote_is_overwritten_by_fixes() {
    let desk = Desk::new();
    let said = desk.run("check planted.txt --fix");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("fix-without-folder") && said.err.contains("-o OUT"),
        "{said:?}"
    );
    assert_eq!(
        fs::read_to_string(desk.path("planted.txt")).expect("the text"),
        planted()
    );
    let said = desk.run("check planted.txt --fix --unsafe-fixes -o out");
    assert!(said.out.contains("≥90百分比 → ≥90%"), "{said:?}");
    assert_eq!(
        fs::read_to_string(desk.path("planted.txt")).expect("the text"),
        planted()
    );
    assert_eq!(rules(&desk.json("out")), ["budget-sum"]);
    let before = desk.files("out");
    let said = desk.run("check planted.txt --fix --unsafe-fixes -o out");
    assert!(said.out.contains(" 0 updated") && said.err.is_empty(), "{said:?}");
    assert_eq!(desk.files("out"), before);
    // What cannot be read is told and costs nothing else.
    desk.write("broken.docx", "PK\u{3}\u{4} no archive");
    let said = desk.run("check planted.txt broken.docx --fix -o both");
    assert!(
        said.err.contains("broken.docx") && said.out.contains("≥90百分比 → ≥90%"),
        "{said:?}"
    );
    // Of a model the same.
    let model = desk.run("parse planted.txt").out;
    desk.write("a.json", &model);
    let said = desk.run("check a.json --fix -o other");
    assert!(said.out.contains("≥90百分比 → ≥90%"), "{said:?}");
    assert_eq!(fs::read_to_string(desk.path("a.json")).expect("the model"), model);
    assert_eq!(rules(&desk.json("other")), ["budget-sum", "plan-scale"]);
}

#[test]
fn statistics_and_the_documentation_of_rules_are_tables() {
    let desk = Desk::new();
    desk.write(
        "b.txt",
        planted().replace("白杨县", "青杨县").replace("≥90百分比", "≥90%"),
    );
    let said = desk.run("check planted.txt b.txt --statistics").out;
    let rows: Vec<Vec<&str>> = said
        .lines()
        .take(4)
        .map(|line| line.split_whitespace().take(6).collect())
        .collect();
    assert_eq!(rows[0][..3], ["severity", "number", "rule"]);
    assert_eq!(rows[1], ["error", "B01", "budget-sum", "2", "0", "2"]);
    assert_eq!(rows[2], ["error", "P02", "plan-scale", "2", "0", "2"]);
    assert_eq!(rows[3], ["note", "T03", "percent-word", "3", "0", "2"]);
    let said = desk.run("check --explain t03");
    assert_eq!(said.code, Some(0));
    assert!(
        said.out.starts_with("T03 percent-word  note\n") && said.out.contains("≥90% → ≥90百分比"),
        "{said:?}"
    );
    let list = desk.run("check --rules").out;
    assert_eq!(desk.run("check --explain all").out, list);
    assert!(list.contains("budget-sum"), "{list}");
    let said = desk.run("check --explain persent-word");
    assert!(
        said.code == Some(2) && said.err.contains("is it \"percent-word\"?"),
        "{said:?}"
    );
}

#[test]
fn what_a_document_holds_cannot_command_the_terminal() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        planted().replace("≥90百分比", "≥90百分比\u{1b}[2J\u{202e}"),
    );
    let said = desk.run("check a.txt").out;
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
}
