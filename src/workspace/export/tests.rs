//! Tests of the sources and of the file.

use super::super::tests::Folder;
use std::path::PathBuf;

use super::*;
use crate::export::Heads;
use crate::vocab::Vocabulary;
use crate::workspace::base::Base;
use crate::workspace::{BASE, Order, Press, Reading, Settings, Target, build, gather};

fn press() -> Press {
    Press::open(None, None).expect("a press")
}

fn model(name: &str, target: &str) -> String {
    format!(
        r#"{{"department":"{name}","year":2025,"projects":[{{"number":1,"name":"甲",
            "indicators":[{{"level3":"一","target":"{target}"}},{{"level3":"二"}}]}}]}}"#
    )
}

/// Makes the folders of models below `out`, without files that take long.
fn made(folder: &Folder, models: &[&str]) {
    let names: Vec<PathBuf> = models
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let name = format!("models/{at}.json");
            folder.write(&name, text);
            folder.path().join(name)
        })
        .collect();
    let order = Order {
        out: folder.path().join("out"),
        settings: Settings {
            targets: vec![Target::Json],
            ..Settings::default()
        },
        reading: Reading::Models,
        ..Order::default()
    };
    let mut count = 0;
    let inputs = gather(&names, None, Reading::Models);
    let ended = build(inputs, &order, &press(), |_, _| {
        count += 1;
        ControlFlow::Continue(())
    });
    ended.expect("an end");
    assert_eq!(count, models.len());
}

fn plain(sources: Subjects, jobs: usize) -> (Result<Exported, NotExported>, Vec<Vec<String>>) {
    let columns = Columns::new(&Vocabulary::built_in(), Heads::Fields, false);
    let wanted = ["source", "department", "level3", "target"];
    let at = wanted.map(|name| {
        let mut list = columns.list().iter();
        list.position(|column| column.name == name).expect("a column")
    });
    let mut out = Vec::new();
    let exported = export_to_stream(
        sources,
        &columns,
        CsvStyle::Plain,
        &mut out,
        jobs,
        &press(),
        |_| (),
    );
    let text = String::from_utf8(out).expect("UTF-8");
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        at.iter().map(|&at| cells[at].to_owned()).collect()
    });
    (exported, rows.collect())
}

fn targets(folder: &Folder, named: &[&str]) -> Vec<String> {
    let named: Vec<PathBuf> = named.iter().map(|name| folder.path().join(name)).collect();
    let (exported, rows) = plain(Subjects::gather(&named, Reading::Texts, None), 2);
    exported.expect("a table");
    rows.into_iter()
        .map(|row| row[3].clone())
        .filter(|target| !target.is_empty())
        .collect()
}

fn only_folder(folder: &Folder) -> String {
    format!("out/{}", folder.folders("out").concat())
}

#[test]
fn an_edited_model_counts_and_a_broken_one_costs_itself() {
    let folder = Folder::new();
    made(&folder, &[&model("甲局", "5个")]);
    assert_eq!(targets(&folder, &["out"]), ["5个"]);
    let own = only_folder(&folder);
    assert_eq!(targets(&folder, &[&own]), ["5个"]);
    let path = format!("{own}/model.json");
    let edited = folder.read(&path).replace("5个", "6个");
    folder.write(&path, &edited);
    assert_eq!(targets(&folder, &["out"]), ["6个"]);
    // Without a base the model is all there is.
    let base = folder.read(&format!("{own}/{BASE}"));
    folder.remove(&format!("{own}/{BASE}"));
    assert_eq!(targets(&folder, &["out"]), ["6个"]);
    folder.write(&format!("{own}/{BASE}"), &base);
    // A broken one is told, and the base stands in for it.
    folder.write(&path, "{\"department\":");
    let named = [folder.path().join("out")];
    let (exported, rows) = plain(Subjects::gather(&named, Reading::Texts, None), 1);
    let findings = exported.expect("a table").findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::ModelInvalid);
    assert!(
        findings[0]
            .file
            .as_deref()
            .expect("a file")
            .ends_with("model.json")
    );
    assert_eq!(rows[0][3], "5个");
    folder.remove(&path);
    assert_eq!(targets(&folder, &["out"]), ["5个"]);
    // Neither of the two: an error, and nothing to write.
    folder.write(&format!("{own}/{BASE}"), "x");
    let (exported, _) = plain(Subjects::gather(&named, Reading::Texts, None), 1);
    let Err(NotExported::Empty(findings)) = exported else {
        panic!("{exported:?}");
    };
    assert_eq!(findings[0].code, Code::BaseMissing);
}

#[test]
fn a_model_that_was_not_made_anew_does_not_count() {
    let folder = Folder::new();
    made(&folder, &[&model("甲局", "5个")]);
    let own = only_folder(&folder);
    let base = folder.path().join(&own);
    let mut newer = Base::read(&base).expect("a base");
    newer.model.projects[0].indicators[0].target = Some("7个".to_owned());
    newer.settle();
    newer.write(&base).expect("a base");
    assert_eq!(targets(&folder, &["out"]), ["7个"]);
}

#[test]
fn folders_models_and_documents_come_in_one_order_and_once() {
    let folder = Folder::new();
    made(&folder, &[&model("甲局", "1"), &model("乙局", "2")]);
    folder.write(
        "a.ndjson",
        &format!("{}\n{}", model("丙局", "3"), model("丁局", "4")).replace("\n            ", ""),
    );
    let own = folder.folders("out");
    let model_in = format!("out/{}/model.json", own[0]);
    let all = targets(&folder, &["out", "a.ndjson", "a.ndjson", &model_in, "out/../out"]);
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(all[..2], ["3", "4"]);
    assert_eq!(targets(&folder, &["a.ndjson", "out"]), all);
    // Below a folder without documents the program's own folders are found.
    folder.write("year/readme.md", "x");
    std::fs::rename(folder.path().join("out"), folder.path().join("year/out")).expect("a folder moves");
    assert_eq!(targets(&folder, &["year"]), all[2..]);
}

#[test]
fn the_threads_change_nothing_and_errors_cost_only_themselves() {
    let folder = Folder::new();
    let mut named = Vec::new();
    for number in 0..20 {
        let name = format!("{number:02}.json");
        let text = if number == 7 {
            "{]".to_owned()
        } else {
            model(&format!("局{number}"), "1")
        };
        folder.write(&name, &text);
        named.push(folder.path().join(name));
    }
    named.push(folder.path().join("none.json"));
    let (one, first) = plain(Subjects::gather(&named, Reading::Texts, None), 1);
    let (many, second) = plain(Subjects::gather(&named, Reading::Texts, None), 8);
    let one = one.expect("a table");
    assert_eq!(first, second);
    assert_eq!(one, many.expect("a table"));
    assert_eq!((one.departments, one.rows, first.len()), (19, 38, 38));
    let codes: Vec<Code> = one.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::InputUnreadable, Code::ModelInvalid]);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = Folder::new();
    let long = "长".repeat(40_000);
    folder.write("a.json", &model("甲局", "1"));
    folder.write("b.json", &model("乙局", &long));
    folder.write("none.json", "[");
    let out = folder.path().join("all.xlsx");
    let columns = Columns::new(&Vocabulary::built_in(), Heads::Labels, false);
    let run = |names: &[&str], kind, out: &Path| {
        let named: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
        let sources = Subjects::gather(&named, Reading::Texts, None);
        export_to_file(sources, &columns, kind, out, 2, &press(), |_| ())
    };
    let Err(NotExported::Refused(refused)) = run(&["a.json", "b.json"], TableKind::Xlsx, &out) else {
        panic!("a text too long for a cell");
    };
    assert!(
        refused
            .finding
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("b.json"))
    );
    assert_eq!(refused.finding.form, Some(1));
    assert!(matches!(
        run(&["none.json"], TableKind::Xlsx, &out),
        Err(NotExported::Empty(_))
    ));
    let csv = TableKind::Csv(CsvStyle::Guarded);
    let none = folder.path().join("none/all.csv");
    assert!(matches!(
        run(&["a.json"], csv, &none),
        Err(NotExported::Refused(_))
    ));
    // Nothing is left behind.
    assert_eq!(folder.names(""), ["a.json", "b.json", "none.json"]);
    run(&["a.json"], TableKind::Xlsx, &out).expect("a table");
    let first = std::fs::read(&out).expect("a workbook");
    run(&["a.json"], TableKind::Xlsx, &out).expect("a table");
    assert_eq!(first, std::fs::read(&out).expect("a workbook"));
    let out = folder.path().join("all.csv");
    let exported = run(&["a.json", "b.json"], csv, &out).expect("a table");
    assert_eq!((exported.departments, exported.rows), (2, 4));
    assert!(folder.read("all.csv").contains(&long));
}

#[test]
fn a_department_is_a_row_and_a_text_without_one_is_told() {
    let folder = Folder::new();
    folder.write("a.json", r#"{"department":"甲局"}"#);
    folder.write("b.json", "{}");
    let named = [folder.path().join("a.json"), folder.path().join("b.json")];
    let (exported, rows) = plain(Subjects::gather(&named, Reading::Texts, None), 1);
    assert_eq!(rows.len(), 1);
    let findings = exported.expect("a table").findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::NoForm);
}
