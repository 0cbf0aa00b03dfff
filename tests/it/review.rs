//! The review sheet of a department: what it shows, and what becomes of the answers that people write in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::finding::{Code, Finding, Message};
use jixiao::model::{Department, Indicator, Project};
use jixiao::pdf;
use jixiao::template::{Answer, ReviewEntry, Reviewed, Templates};
use jixiao::text::Fonts;
use jixiao::xlsx;
use serde_json::Value;

use super::place::Place;

const NAME: &str = "青澜县水务局_2025_部门预算绩效文本";

/// A total that is the sum of its parts, and one that is not.
const RIGHT: &str = "预算数\n\t86.50\n";
const WRONG: &str = "预算数\n\t87.51\n";

struct Office(Place);

impl Deref for Office {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Office {
    /// The example with an amount that does not add up and three targets that say 百分比, made into `out`.
    fn new() -> Self {
        let office = Self::empty();
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/青澜县水务局-2025.txt");
        let text = fs::read_to_string(text).expect("the example");
        let worded = |line: &str| match line.trim().strip_suffix('%') {
            Some(target) if target.starts_with('≥') => format!("\t{target}百分比\n"),
            _ => format!("{line}\n"),
        };
        let text: String = text.lines().map(worded).collect();
        // The narrative states no total, which would be another finding.
        let text = text.replacen(RIGHT, WRONG, 1).replacen("，合计163.70万元", "", 1);
        office.write("a.txt", text);
        office
    }

    fn empty() -> Self {
        Self(Place::new())
    }

    /// Runs a command that has to end well; what it says on standard output.
    #[track_caller]
    fn run(&self, arguments: &str) -> String {
        self.0.run(&format!("{arguments} --lang en")).ends(0).out
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.path("out").join(NAME).join(format!("{NAME}{ending}"))
    }

    fn sheet(&self) -> Sheet {
        Sheet::read(&fs::read(self.file("审核意见表.xlsx")).expect("the review sheet"))
    }

    fn save(&self, sheet: &Sheet) {
        fs::write(self.file("审核意见表.xlsx"), sheet.bytes()).expect("a file");
    }

    fn edit_text(&self, before: &str, after: &str) {
        let path = self.path("a.txt");
        let text = fs::read_to_string(&path).expect("the text");
        assert!(text.contains(before), "{before}");
        fs::write(path, text.replacen(before, after, 1)).expect("the text");
    }
}

/// The review sheet, as a program that knows nothing of it has it.
struct Sheet {
    files: BTreeMap<String, String>,
}

/// A row: its number in its worksheet, its key, and its texts by their columns.
#[derive(Debug, Default)]
struct Row {
    sheet: usize,
    number: usize,
    key: Option<String>,
    texts: BTreeMap<char, String>,
}

impl Row {
    fn answer(&self) -> &str {
        self.texts.get(&'H').map_or("", String::as_str)
    }

    fn problem(&self) -> &str {
        self.texts.get(&'F').map_or("", String::as_str)
    }
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let rest = text.split_once(start)?.1;
    Some(rest.split_once(end)?.0)
}

fn plain(xml: &str) -> String {
    let texts = xml
        .split("<t")
        .skip(1)
        .filter_map(|rest| between(rest, ">", "</t>"));
    let text: String = texts.collect();
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

impl Sheet {
    fn read(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip archive");
        let files = (0..archive.len()).map(|index| {
            let mut file = archive.by_index(index).expect("a file");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("UTF-8");
            (file.name().expect("a name").into_owned(), text)
        });
        Self {
            files: files.collect(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in &self.files {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(name.as_str(), options).expect("a file");
            writer.write_all(text.as_bytes()).expect("a text");
        }
        writer.finish().expect("an archive").into_inner()
    }

    fn path(sheet: usize) -> String {
        format!("xl/worksheets/sheet{sheet}.xml")
    }

    /// The rows with a key of all worksheets, the heads left out.
    fn rows(&self) -> Vec<Row> {
        let strings: Vec<String> = self.files["xl/sharedStrings.xml"]
            .split("<si>")
            .skip(1)
            .map(plain)
            .collect();
        let mut rows = Vec::new();
        for sheet in 1.. {
            let Some(xml) = self.files.get(&Self::path(sheet)) else {
                break;
            };
            for own in xml.split("<row ").skip(1) {
                let mut row = Row {
                    sheet,
                    number: between(own, "r=\"", "\"")
                        .and_then(|number| number.parse().ok())
                        .expect("a number"),
                    ..Row::default()
                };
                for cell in own.split("<c ").skip(1) {
                    let column = between(cell, "r=\"", "\"").and_then(|name| name.chars().next());
                    let text = match between(cell, "<v>", "</v>") {
                        Some(index) if cell.contains("t=\"s\"") => {
                            strings[index.parse::<usize>().expect("an index")].clone()
                        }
                        _ if cell.contains("inlineStr") => {
                            plain(cell.split("</c>").next().unwrap_or_default())
                        }
                        _ => continue,
                    };
                    match text.strip_prefix("jixiao:") {
                        Some(key) => row.key = Some(key.to_owned()),
                        None => drop(row.texts.insert(column.expect("a column"), text)),
                    }
                }
                if row.key.as_deref().is_some_and(|key| key != "head") {
                    rows.push(row);
                }
            }
        }
        rows
    }

    #[track_caller]
    fn row(&self, problem: &str) -> Row {
        let mut rows = self.rows().into_iter();
        rows.find(|row| row.problem().contains(problem)).expect("a row")
    }

    /// Writes an answer beside a problem, as a person does.
    #[track_caller]
    fn answer(&mut self, problem: &str, text: &str) {
        let row = self.row(problem);
        let xml = self.files.get_mut(&Self::path(row.sheet)).expect("a worksheet");
        let name = format!("<c r=\"H{}\"", row.number);
        let (before, rest) = xml.split_once(&name).expect("a cell");
        let style = between(rest, "s=\"", "\"").expect("a style");
        let end = match (rest.find("/>"), rest.find("</c>")) {
            (Some(empty), Some(full)) if full < empty => full + "</c>".len(),
            (Some(empty), _) => empty + "/>".len(),
            (None, full) => full.expect("an end") + "</c>".len(),
        };
        *xml = format!(
            "{before}{name} s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>{}",
            &rest[end..]
        );
    }

    /// Puts two rows of the first worksheet in each other's places.
    fn swap(&mut self, one: usize, other: usize) {
        let xml = self.files.get_mut(&Self::path(1)).expect("a worksheet");
        let find = |xml: &str, number: usize| {
            let start = xml.find(&format!("<row r=\"{number}\"")).expect("a row");
            let end = start + xml[start..].find("</row>").expect("an end");
            (start, end)
        };
        let renumbered = |row: &str, from: usize, to: usize| {
            let row = row.replacen(&format!("r=\"{from}\""), &format!("r=\"{to}\""), 1);
            ('A'..='I').fold(row, |row, column| {
                row.replace(&format!("r=\"{column}{from}\""), &format!("r=\"{column}{to}\""))
            })
        };
        let (first, second) = (find(xml, one.min(other)), find(xml, one.max(other)));
        let upper = renumbered(&xml[first.0..first.1], one.min(other), one.max(other));
        let lower = renumbered(&xml[second.0..second.1], one.max(other), one.min(other));
        *xml = format!(
            "{}{lower}{}{upper}{}",
            &xml[..first.0],
            &xml[first.1..second.0],
            &xml[second.1..]
        );
    }
}

const SUM: &str = "之和";
/// What the line of all notes of a kind in a form says, and no other.
const PERCENT: &str = "作单位（";

#[test]
fn each_department_has_a_review_sheet_that_a_second_run_leaves_alone() {
    let office = Office::new();
    let said = office.run("build a.txt -o out");
    assert!(said.contains("review: 1 errors, "), "{said}");
    let rows = office.sheet().rows();
    assert_eq!(rows[0].texts[&'A'], "1");
    let sum = office.sheet().row(SUM);
    assert_eq!(
        (sum.texts[&'B'].as_str(), sum.texts[&'C'].as_str()),
        ("错误", "表1")
    );
    assert_eq!(sum.texts[&'D'], "预算数");
    let files = office.files(&format!("out/{NAME}"));
    let said = office.run("build a.txt -o out");
    assert!(said.contains("files written 0"), "{said}");
    assert!(said.contains("review: 1 errors, "), "{said}");
    office.run("update out");
    assert!(office.files(&format!("out/{NAME}")) == files);
}

#[test]
fn notes_of_a_kind_are_one_line() {
    let office = Office::new();
    office.run("build a.txt -o out");
    let row = office.sheet().row(PERCENT);
    assert!(row.texts[&'D'].contains('、'), "{row:?}");
    assert!(row.problem().contains("处"), "{row:?}");
    let rows = office.sheet().rows();
    let in_its_form = rows
        .iter()
        .filter(|own| own.texts[&'C'] == row.texts[&'C'] && own.texts[&'B'] == row.texts[&'B']);
    assert_eq!(in_its_form.count(), 1);
}

#[test]
fn answers_stay_with_what_they_answer() {
    let office = Office::new();
    office.run("build a.txt -o out");
    for (round, command) in ["build a.txt -o out", "update out"].iter().enumerate() {
        let mut sheet = office.sheet();
        let (sum, percent) = (format!("已核对{round}"), format!("将修改\n第{round}稿"));
        sheet.answer(SUM, &sum);
        sheet.answer(PERCENT, &percent);
        sheet.swap(sheet.row(SUM).number, sheet.row(PERCENT).number);
        office.save(&sheet);
        office.run(command);
        let sheet = office.sheet();
        assert_eq!(sheet.row(SUM).answer(), sum, "{command}");
        assert_eq!(sheet.row(PERCENT).answer(), percent, "{command}");
        assert!(
            sheet.row(SUM).number < sheet.row(PERCENT).number,
            "in the order of the document again"
        );
        // What is in the sheet now is the program's own, and comes to nothing new.
        let files = office.files(&format!("out/{NAME}"));
        office.run("update out");
        office.run("build a.txt -o out");
        assert!(office.files(&format!("out/{NAME}")) == files, "{command}");
    }
    // It is no workbook of the department that could be brought back.
    assert!(!office.path("out").join(NAME).join(".jixiao-kept").exists());
    // Another program, another template or another text makes the sheet anew, with the answers.
    office.run("build a.txt -o out --one-sided");
    assert_eq!(office.sheet().row(SUM).answer(), "已核对1");
}

#[test]
fn an_answer_to_what_is_gone_is_kept_until_somebody_takes_it_out() {
    let office = Office::new();
    office.run("build a.txt -o out");
    let mut sheet = office.sheet();
    sheet.answer(SUM, "已核对");
    office.save(&sheet);
    office.edit_text(WRONG, RIGHT);
    office.run("update out");
    let row = office.sheet().row(SUM);
    assert_eq!((row.sheet, row.answer()), (2, "已核对"));
    assert_eq!(row.texts[&'C'], "表1");
    // It comes back with the finding, and goes when it is taken out.
    office.edit_text(RIGHT, WRONG);
    office.run("build a.txt -o out");
    let row = office.sheet().row(SUM);
    assert_eq!((row.sheet, row.answer()), (1, "已核对"));
    let mut sheet = office.sheet();
    sheet.answer(SUM, "");
    office.save(&sheet);
    office.edit_text(WRONG, RIGHT);
    office.run("update out");
    assert!(
        office
            .sheet()
            .rows()
            .iter()
            .all(|row| !row.problem().contains(SUM))
    );
}

#[test]
fn an_answer_may_accept_a_finding() {
    let office = Office::new();
    office.run("build a.txt -o out");
    let mut sheet = office.sheet();
    sheet.answer(SUM, "接受：另有结转资金");
    office.save(&sheet);
    let said = office.run("build a.txt -o out --findings found.json");
    assert!(said.contains("review: 0 errors"), "{said}");
    assert!(said.contains("1 accepted"), "{said}");
    let found: Vec<Value> =
        serde_json::from_slice(&fs::read(office.path("found.json")).expect("the findings")).expect("JSON");
    let sum = found.iter().find(|finding| finding["code"] == "budget-sum");
    assert_eq!(sum.expect("it is told")["accepted"], "另有结转资金");
    // The review of the folder knows the answer too.
    let told: Vec<Value> = serde_json::from_str(&office.run("check out --format json")).expect("JSON");
    let sum = told.iter().find(|finding| finding["rule"] == "budget-sum");
    assert_eq!(sum.expect("it is told")["accepted"], "另有结转资金");
    let row = office.sheet().row(SUM);
    assert_eq!((row.sheet, row.answer()), (2, "接受：另有结转资金"));
    assert_eq!(row.texts[&'G'], "另有结转资金");
    // A note that somebody settled is beside no cell any more.
    let workbook = Sheet::read(&fs::read(office.file(".xlsx")).expect("the workbook"));
    let has_note = |workbook: &Sheet| {
        let mut files = workbook.files.iter();
        files.any(|(name, text)| name.contains("comments") && text.contains("budget-sum"))
    };
    assert!(!has_note(&workbook));
    // It is told again where the department stands, and counts again when the answer is taken out.
    let said = office.run("build a.txt -o out");
    assert!(
        said.contains("files written 0") && said.contains("1 accepted"),
        "{said}"
    );
    let mut sheet = office.sheet();
    sheet.answer(SUM, "接受意见，将修改");
    office.save(&sheet);
    office.run("update out");
    assert_eq!(office.sheet().row(SUM).sheet, 1);
    let workbook = Sheet::read(&fs::read(office.file(".xlsx")).expect("the workbook"));
    assert!(has_note(&workbook));
}

#[test]
fn the_configuration_of_the_review_counts_in_build() {
    let office = Office::new();
    let settings = "[check.rules]\nT03 = \"off\"\n\n\
        [[check.accept]]\nrule = \"budget-sum\"\nreason = \"含上年结转\"\n";
    fs::write(office.path("jixiao.toml"), settings).expect("a configuration");
    let said = office.run("build a.txt -o out");
    assert!(
        said.contains("review: 0 errors") && said.contains("1 accepted"),
        "{said}"
    );
    assert_eq!(office.sheet().row(SUM).texts[&'G'], "含上年结转");
    let said = office.run("build a.txt -o out");
    assert!(said.contains("files written 0"), "{said}");
    // Another configuration makes another sheet, and so does none.
    fs::remove_file(office.path("jixiao.toml")).expect("it is there");
    let said = office.run("build a.txt -o out");
    assert!(said.contains("review: 1 error"), "{said}");
    assert_eq!(office.sheet().row(SUM).sheet, 1);
}

#[test]
fn what_is_no_review_sheet_is_left_alone() {
    let office = Office::new();
    office.run("build a.txt -o out");
    fs::write(office.file("审核意见表.xlsx"), "somebody's own").expect("a file");
    let refused = office.0.run("build a.txt -o out --lang en");
    refused.ends(1).tells("output-edited");
    assert_eq!(
        fs::read(office.file("审核意见表.xlsx")).expect("a file"),
        b"somebody's own"
    );
}

#[test]
fn without_a_check_there_is_no_sheet() {
    let office = Office::new();
    let said = office.run("build a.txt -o out --no-check --findings found.json");
    assert!(!said.contains("review"), "{said}");
    assert!(!office.file("审核意见表.xlsx").exists());
    assert!(!office.file("审核意见表.pdf").exists());
    let found = fs::read_to_string(office.path("found.json")).expect("the findings");
    assert!(!found.contains("budget-sum"));
    office.run("update out");
    assert!(!office.file("审核意见表.xlsx").exists());
    // The next run reviews what stands.
    let said = office.run("build a.txt -o out");
    assert!(said.contains("review: 1 errors"), "{said}");
    assert!(office.file("审核意见表.xlsx").exists());
}

#[test]
fn review_makes_both_files_and_tells_programs_all() {
    let office = Office::new();
    let said = office.run("build a.txt -o out --to review --format json");
    let made: Value = serde_json::from_str(said.lines().next().expect("a line")).expect("JSON");
    assert_eq!(made["files"].as_object().map(serde_json::Map::len), Some(2));
    let codes: Vec<_> = made["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert!(codes.iter().any(|code| *code == "budget-sum"), "{codes:?}");
}

#[test]
fn a_sound_text_says_so_in_a_sentence() {
    let office = Office::empty();
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/青澜县水务局-2025.txt");
    fs::copy(text, office.path("a.txt")).expect("the example");
    office.run("build a.txt -o out");
    let strings = &office.sheet().files["xl/sharedStrings.xml"];
    let none = Templates::built_in()
        .vocabulary()
        .document
        .printed("review_none")
        .to_owned();
    if office.sheet().rows().is_empty() {
        assert!(strings.contains(&none), "{strings}");
    }
    let empty = Templates::built_in().fill_review(&Department::default(), &Reviewed::default());
    let bytes = xlsx::write(&empty.expect("a document")).expect("a workbook");
    assert!(Sheet::read(&bytes).files["xl/sharedStrings.xml"].contains(&none));
}

/// A department with a row whose review says all that a review may say, at length.
fn long(entries: usize) -> (Department, Vec<Finding>) {
    let row = Indicator {
        level3: Some("农村饮水安全巩固提升工程受益群众满意度调查完成比例".to_owned()),
        target: Some("≥95%".to_owned()),
        ..Indicator::default()
    };
    let department = Department {
        department: Some("青澜县水务局".to_owned()),
        year: Some(2025),
        projects: vec![Project {
            number: 12,
            name: Some("农村饮水安全巩固提升工程（第二批）".to_owned()),
            indicators: vec![row; entries],
            ..Project::default()
        }],
        ..Department::default()
    };
    let message = "指标值与项目支出绩效目标表中的数量、质量、时效、成本指标前后不一致。".repeat(4);
    let finding = |at: usize| {
        Finding::new(Code::NarrativeTarget, Message::new(message.clone(), "x"))
            .on_field(format!("projects[0].indicators[{at}].target"))
            .quoting("甲乙丙丁戊己庚辛壬癸".repeat(40))
    };
    (department, (0..entries).map(finding).collect())
}

fn sheet_of<'a>(findings: &'a [Finding], answer: &str) -> Reviewed<'a> {
    let entry = |(at, finding): (usize, &'a Finding)| ReviewEntry {
        findings: vec![finding],
        title: "指标值前后不一致",
        key: format!("k{at}"),
        answer: answer.to_owned(),
    };
    Reviewed {
        entries: findings.iter().enumerate().map(entry).collect(),
        past: vec![Answer {
            number: 1,
            key: "old".to_owned(),
            form: "表3".to_owned(),
            text: answer.to_owned(),
            ..Answer::default()
        }],
    }
}

#[test]
fn no_text_of_the_pages_is_cut_and_the_head_is_on_each() {
    let (department, findings) = long(30);
    let reviewed = sheet_of(&findings, &"已与项目单位核对，拟按预算数调整。".repeat(5));
    let document = Templates::built_in()
        .fill_review(&department, &reviewed)
        .expect("a document");
    let pages = pdf::lay_out(&document, Fonts::built_in());
    assert_eq!(pages.findings, []);
    assert!(pages.pages.len() > 4, "{}", pages.pages.len());
    for page in &pages.pages {
        for run in &page.runs {
            let (left, right) = run.extent;
            let (top, bottom) = (run.baseline - 0.86 * run.size, run.baseline + 0.14 * run.size);
            assert!(
                left >= run.within.left - 0.1
                    && right <= run.within.right + 0.1
                    && top >= run.within.top - 0.6
                    && bottom <= run.within.bottom + 0.6,
                "{:?}",
                run.text
            );
        }
    }
    let head = Templates::built_in()
        .vocabulary()
        .document
        .printed("review_answer")
        .to_owned();
    let heads = |page: &pdf::Page| page.runs.iter().filter(|run| run.text == head).count();
    let last = pages.pages.len() - 1;
    assert!(pages.pages[..last - 1].iter().all(|page| heads(page) == 1));
}

#[test]
fn the_name_of_a_form_is_not_alone_at_the_foot_of_a_page() {
    // So many forms that a page ends behind each of their lines once.
    let (one, findings) = long(1);
    let department = Department {
        projects: vec![one.projects[0].clone(); 40],
        ..one
    };
    for quoted in 1..12 {
        let findings: Vec<Finding> = (0..40)
            .map(|at| {
                findings[0]
                    .clone()
                    .on_field(format!("projects[{at}].indicators[0].target"))
                    .quoting("甲乙丙丁戊己庚".repeat(quoted))
            })
            .collect();
        let reviewed = sheet_of(&findings, "");
        let document = Templates::built_in()
            .fill_review(&department, &reviewed)
            .expect("a document");
        let pages = pdf::lay_out(&document, Fonts::built_in());
        for page in &pages.pages {
            let heads = page.runs.iter().filter(|run| run.text.contains("（第二批）"));
            let lowest = heads.map(|run| run.baseline).fold(0.0, f32::max);
            let below = page
                .runs
                .iter()
                .any(|run| run.role == pdf::Role::Text && run.baseline > lowest + 5.0);
            assert!(below || lowest == 0.0, "{quoted}");
        }
    }
}

#[test]
fn a_very_long_answer_is_read_back_to_the_letter() {
    let (department, findings) = long(3);
    let lines: Vec<String> = (0..90)
        .map(|at| format!("第{at}项：已与项目单位核对，拟调整。"))
        .collect();
    let answer = lines.join("\n");
    let reviewed = sheet_of(&findings, &answer);
    let document = Templates::built_in()
        .fill_review(&department, &reviewed)
        .expect("a document");
    let bytes = xlsx::write(&document).expect("a workbook");
    let opened = jixiao::blocks::Document::open(bytes).0;
    let rows = xlsx::read_keyed(&opened).expect("a review sheet");
    let keys: Vec<_> = rows.iter().filter_map(|row| row.key.as_deref()).collect();
    assert_eq!(keys, ["k0", "k1", "k2", "old"]);
    for row in &rows {
        assert_eq!(row.texts["处理意见"], answer, "{:?}", row.key);
    }
}

#[test]
fn pdftotext_reads_the_sheet() {
    if Command::new("pdftotext").arg("-v").output().is_err() {
        eprintln!("pdftotext_reads_the_sheet: passed over, there is no pdftotext");
        return;
    }
    let office = Office::new();
    office.run("build a.txt -o out");
    let output = Command::new("pdftotext")
        .arg(office.file("审核意见表.pdf"))
        .arg("-")
        .output()
        .expect("pdftotext runs");
    let text: String = String::from_utf8_lossy(&output.stdout)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    for row in office.sheet().rows() {
        let problem: String = row.problem().chars().filter(|c| !c.is_whitespace()).collect();
        // A line of a cell stands beside the lines of the others.
        let begin: String = problem.chars().take(5).collect();
        assert!(text.contains(&begin), "{begin}");
    }
}
