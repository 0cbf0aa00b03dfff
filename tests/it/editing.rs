//! What the workbook offers to people who edit it, as other programs see it: what is open, what may be
//! entered, what is calculated, what is said beside cells.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::finding::{Code, Finding, Message};
use jixiao::model::{Budget, Department, Indicator, Milestone, Narrative, Project};
use jixiao::sheet::{Block, Document, SheetKind};
use jixiao::template::{FillOptions, Templates};
use jixiao::xlsx;
use serde_json::Value;

#[allow(clippy::unnecessary_wraps)] // The fields of the model are options.
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn project(number: u32, name: &str, amounts: [Option<&str>; 3], percents: [Option<&str>; 4]) -> Project {
    let [total, fiscal, other] = amounts.map(|amount| amount.map(str::to_owned));
    let milestones = ["3月底", "6月底", "10月底", "12月底"];
    let row = |level1: &str, level2: &str, level3: &str| Indicator {
        level1: some(level1),
        level2: some(level2),
        level3: some(level3),
        description: some("验收的数量"),
        target: some("≥12处"),
        basis: some("年度计划"),
        ..Indicator::default()
    };
    Project {
        number,
        unit_code: some("318001"),
        unit_name: some("石桥县水务局本级"),
        amount_unit: some("万元"),
        code: some("13099925P003180110001"),
        name: some(name),
        budget: Budget {
            total,
            fiscal,
            other,
            ..Budget::default()
        },
        purpose: some("维修水闸和泵站。"),
        spending_plan: milestones
            .into_iter()
            .zip(percents)
            .map(|(milestone, percent)| Milestone {
                milestone: milestone.to_owned(),
                percent: percent.map(str::to_owned),
                ..Milestone::default()
            })
            .collect(),
        goals: vec!["1.完成水闸维修。".to_owned()],
        indicators: vec![
            row("产出指标", "数量指标", "维修水闸"),
            row("产出指标", "质量指标", "验收合格率"),
            row("满意度指标", "服务对象满意度指标", "群众满意度"),
        ],
        form: some("hebei-2021"),
        ..Project::default()
    }
}

fn department() -> Department {
    let quarters = [Some("25%"), Some("50%"), Some("75%"), Some("100%")];
    let mut department = Department {
        department: some("石桥县水务局"),
        year: Some(2025),
        compiled_by: some("石桥县水务局"),
        narrative: Narrative {
            overall_target: vec!["保障城乡供水安全。".to_owned()],
            itemized_targets: vec!["（一）供水保障".to_owned(), "更新管网12公里。".to_owned()],
            ..Narrative::default()
        },
        projects: vec![
            project(1, "水闸维修", [Some("12.60"), Some("12.6"), None], quarters),
            project(
                2,
                "2025年农村饮水安全巩固提升工程（含水质检测能力建设）补助经费",
                [Some("1,234.505"), Some("1,000.005"), Some("234.50")],
                [None, Some("60%"), None, Some("100%")],
            ),
            project(3, "专项工作", [Some("涉密"), None, None], [None; 4]),
        ],
        ..Department::default()
    };
    department.refresh_meanings();
    department
}

fn found() -> Vec<Finding> {
    let finding = |code, zh: &'static str| Finding::new(code, Message::new(zh, "a finding"));
    vec![
        finding(Code::LevelUnknown, "表样没有这个二级指标。")
            .in_form(2)
            .on_field("indicators[1].level2"),
        finding(Code::CellJoined, "断开的单元格已接合。")
            .in_form(2)
            .on_field("indicators[1].level2"),
        finding(Code::MilestoneLost, "文本中没有“3月底”。")
            .in_form(2)
            .on_field("spending_plan"),
        finding(Code::FormNumberMissing, "表名没有编号。")
            .in_form(3)
            .on_field("number"),
        finding(Code::NarrativeMissing, "文本中没有这一节。").on_field("narrative.safeguards"),
        finding(Code::YearInferred, "年度取自表名。").on_field("year"),
    ]
}

fn document() -> Document {
    Templates::built_in()
        .fill_with(&department(), &FillOptions::default(), &found())
        .expect("a document")
        .document
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("editing-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Whether a program is there; if not, says so.
fn has(program: &str, argument: &str) -> bool {
    let is_there = Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("{program} {argument} does not run: not checked");
    }
    is_there
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Writes a workbook and tells where.
fn written(document: &Document, name: &str) -> PathBuf {
    let file = folder(name).join("a.xlsx");
    std::fs::write(&file, xlsx::write(document).expect("a workbook")).expect("written");
    file
}

/// What openpyxl sees in a workbook, by sheet.
fn seen(workbook: &Path) -> Value {
    let script = include_str!("editing/seen.py");
    let json = run(Command::new("python3").args(["-c", script]).arg(workbook));
    serde_json::from_str(&json).expect("JSON")
}

/// Converts a file with `LibreOffice`, into the folder that it stands in.
fn convert(file: &Path, to: &str) {
    let folder = file.parent().expect("a folder");
    let profile = format!(
        "-env:UserInstallation=file://{}",
        folder.join("profile").display()
    );
    run(Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(folder.join("converted"))
        .arg(file));
}

const FORM: &str = "2.2025年农村饮水安全巩…检测能力建设）补助经费绩效目标表";

fn texts(value: &Value) -> Vec<&str> {
    let list = value.as_array().expect("a list");
    list.iter().map(|text| text.as_str().expect("a text")).collect()
}

#[test]
fn what_shows_a_field_is_open_and_nothing_else() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let document = document();
    let seen = seen(&written(&document, "open"));
    for sheet in document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind != SheetKind::PartTitle)
    {
        let name = if sheet.id == "form-2" { FORM } else { &sheet.name };
        let seen = &seen[name];
        assert_eq!(seen["protected"], true, "{name}");
        assert_eq!(
            seen["allowed"],
            serde_json::json!([
                "formatCells",
                "formatColumns",
                "formatRows",
                "insertRows",
                "deleteRows"
            ]),
            "{name}"
        );
        let mut expected = 0;
        for block in &sheet.blocks {
            expected += match block {
                Block::Text(text) => usize::from(text.field.is_some()),
                Block::Table(table) => {
                    let cells = table.rows.iter().flat_map(|row| &row.cells);
                    cells.filter(|cell| cell.field.is_some()).count()
                }
            };
        }
        assert_eq!(texts(&seen["open"]).len(), expected, "{name}: {:?}", seen["open"]);
    }
    let form = &seen[FORM];
    let open: BTreeSet<&str> = texts(&form["open"]).into_iter().collect();
    for cell in [
        "A1", "B3", "C4", "E4", "G4", "B5", "B7", "D7", "B8", "A10", "B12", "G12",
    ] {
        assert!(open.contains(cell), "{cell} of {open:?}");
    }
    // Level 1 is open in every row that it takes, and beside the table too.
    assert_eq!(form["open_rows"], serde_json::json!([10, 11, 12]));
    assert_eq!(
        seen["部门整体绩效目标"]["open_rows"],
        serde_json::json!([2, 4, 5])
    );
    assert_eq!(seen["汇总"]["open_rows"], serde_json::json!([]));
}

#[test]
fn lists_and_rules_stand_on_the_cells_that_they_are_for() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let seen = seen(&written(&document(), "rules"));
    let rules = seen[FORM]["validations"].as_array().expect("a list");
    let of = |range: &str| {
        let rule = rules.iter().find(|rule| rule["range"] == range);
        rule.unwrap_or_else(|| panic!("{range} of {rules:?}"))
    };
    assert_eq!(rules.len(), 9);
    assert_eq!(
        of("A10:A12")["formula"],
        "\"产出指标,效益指标,满意度指标,成本指标\""
    );
    assert!(
        of("B10:B12")["formula"]
            .as_str()
            .expect("a text")
            .starts_with("\"数量指标,质量指标,时效指标,成本指标,经济效益指标")
    );
    for range in ["A10:A12", "B10:B12"] {
        assert_eq!(
            (&of(range)["type"], &of(range)["style"]),
            (&"list".into(), &"warning".into())
        );
    }
    for range in ["C4", "E4", "G4", "B7:C7", "D7:E7", "F7", "G7"] {
        let rule = of(range);
        assert_eq!((&rule["type"], &rule["blank"]), (&"custom".into(), &false.into()));
        assert!(rule["style"].is_null() || rule["style"] == "stop");
        assert!(
            rule["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("请填写"))
        );
        let formula = rule["formula"].as_str().expect("a formula");
        assert!(formula.len() <= 255, "{formula}");
    }
    assert!(of("E4")["formula"].as_str().expect("a text").contains("\"涉密\""));
}

/// Each rule of a form with what may and what may not be entered, decided by `LibreOffice`.
#[test]
fn another_program_allows_what_should_be_allowed() {
    if !has("python3", "-cimport openpyxl") || !has("soffice", "--version") {
        return;
    }
    let workbook = written(&document(), "allowed");
    let trial = workbook.with_file_name("trial.xlsx");
    let cases = run(Command::new("python3")
        .args(["-c", include_str!("editing/trial.py")])
        .args([&workbook, &trial])
        .arg(FORM));
    convert(&trial, "csv");
    let csv = trial.with_file_name("converted").join("trial.csv");
    let decided = std::fs::read_to_string(csv).expect("a table");
    let decided: Vec<&str> = decided
        .lines()
        .filter_map(|line| line.rsplit(',').next())
        .collect();
    let cases: Vec<&str> = cases.lines().collect();
    assert!(cases.len() > 30);
    assert_eq!(decided.len(), cases.len());
    for (case, decided) in cases.iter().zip(decided) {
        let expected = case.rsplit('\t').next().expect("an expectation");
        assert_eq!(decided, expected, "{case}");
    }
}

#[test]
fn the_summary_is_calculated_from_the_forms() {
    if !has("python3", "-cimport openpyxl") || !has("soffice", "--version") {
        return;
    }
    let workbook = written(&document(), "summary");
    convert(&workbook, "xlsx:Calc MS Excel 2007 XML");
    let again = workbook.with_file_name("converted").join("a.xlsx");
    let (own, again) = (seen(&workbook), seen(&again));
    let (own, again) = (&own["汇总"], &again["汇总"]);
    for (cell, value) in [
        ("D4", Value::from("水闸维修")),
        ("H4", 12.6.into()),
        ("M4", Value::Null),
        ("H5", 1234.505.into()),
        ("J5", 1000.005.into()),
        ("H6", "涉密".into()),
        ("H7", 1247.105.into()),
        ("J7", 1012.605.into()),
        ("M7", 234.5.into()),
    ] {
        for seen in [own, again] {
            assert_eq!(seen["values"][cell], value, "{cell}");
        }
    }
    for (cell, formula) in [
        (
            "H4",
            "=IF('1.水闸维修绩效目标表'!C4=\"\",\"\",'1.水闸维修绩效目标表'!C4)",
        ),
        ("H7", "=IF(COUNT(H4:H6)=0,\"\",SUM(H4:H6))"),
    ] {
        assert_eq!(own["formulas"][cell], formula);
    }
    let link = own["formulas"]["D4"].as_str().expect("a formula");
    assert!(
        link.contains("HYPERLINK(\"#'1.水闸维修绩效目标表'!A1\""),
        "{link}"
    );
    assert_eq!(own["values"]["O5"], "– / 60% / – / 100%");
    let counts = ["R4", "R5", "R6", "R7"].map(|cell| own["values"][cell].as_str().expect("a count"));
    assert_eq!(counts, ["0", "3", "1", "4"]);
    for seen in [own, again] {
        // The budgets and the spending plan.
        assert_eq!(seen["charts"].as_array().map(Vec::len), Some(2));
    }
    let chart = &own["charts"][0];
    assert_eq!(chart["title"], "各项目预算数（万元）");
    assert_eq!(
        chart["values"],
        serde_json::json!(["汇总!$J$4:$J$6", "汇总!$M$4:$M$6"])
    );
    assert_eq!(
        chart["names"],
        serde_json::json!(["1.水闸维修", "2.2025年农…设）补助经费", "3.专项工作"])
    );
}

#[test]
fn a_form_leads_back_to_contents_and_summary() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let seen = seen(&written(&document(), "back"));
    assert_eq!(
        seen[FORM]["links"],
        serde_json::json!([["H1", "'目录'!A1"], ["I1", "'汇总'!A1"]])
    );
    assert_eq!(seen["汇总"]["links"], serde_json::json!([["S1", "'目录'!A1"]]));
}

#[test]
fn findings_are_said_beside_their_cells() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let seen = seen(&written(&document(), "notes"));
    let note = |sheet: &str, cell: &str| seen[sheet]["notes"][cell].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        note(FORM, "B11"),
        "【警告】表样没有这个二级指标。\n请核对指标名称。（level-unknown）\n\
         【提示】断开的单元格已接合。\n请核对接合处。（cell-joined）"
    );
    // What is lost is said beside the blank that it left.
    assert!(note(FORM, "B7").starts_with("【缺失】文本中没有“3月底”。"));
    assert!(note("3.专项工作绩效目标表", "A1").contains("form-number-missing"));
    assert!(note("部门整体绩效目标", "A2").contains("narrative-missing"));
    assert!(note("封面", "A2").contains("year-inferred") || note("封面", "A4").contains("year-inferred"));
    let count: usize = seen
        .as_object()
        .expect("sheets")
        .values()
        .map(|sheet| sheet["notes"].as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(count, 5);
}

#[test]
fn forms_without_amounts_have_a_summary_without_a_chart() {
    let mut department = department();
    for project in &mut department.projects {
        project.budget = Budget::default();
        project.form = some("tangshan-2022");
    }
    let templates = Templates::built_in();
    let filled = templates.fill(&department, &FillOptions::default());
    let document = filled.expect("a document").document;
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let seen = seen(&written(&document, "without"));
    let summary = &seen["汇总"];
    assert_eq!(summary["charts"], serde_json::json!([]));
    assert_eq!(summary["values"]["H4"], Value::Null);
    assert_eq!(summary["values"]["H7"], Value::Null);
    assert_eq!(summary["values"]["D4"], "水闸维修");
}

#[test]
fn a_part_of_a_document_has_no_summary() {
    let options = FillOptions {
        only: vec![2],
        ..FillOptions::default()
    };
    let filled = Templates::built_in().fill_with(&department(), &options, &found());
    let document = filled.expect("a document").document;
    assert!(document.sheets.iter().all(|sheet| sheet.kind == SheetKind::Form));
    // Only what concerns the form.
    assert_eq!(document.notes.len(), 2, "{:?}", document.notes);
}

#[test]
fn a_document_of_hundreds_of_forms_has_a_chart_that_fits_a_page() {
    let mut department = department();
    let template = department.projects[0].clone();
    department.projects = (1..=300)
        .map(|number| Project {
            number,
            name: Some(format!("水闸维修第{number}批")),
            ..template.clone()
        })
        .collect();
    let filled = Templates::built_in().fill(&department, &FillOptions::default());
    let document = filled.expect("a document").document;
    let bytes = xlsx::write(&document).expect("a workbook");
    assert!(bytes == xlsx::write(&document).expect("a workbook"));
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let seen = seen(&written(&document, "many"));
    let chart = &seen["汇总"]["charts"][0];
    // 241 mm of a page are 683 pt.
    let height = chart["height"].as_f64().expect("a height");
    assert!(height > 300.0 && height < 683.0, "{height}");
    assert_eq!(chart["names"].as_array().map(Vec::len), Some(300));
}
