//! The table of edits: workbooks edited by the programs of others, and what `jixiao update` makes of each
//! edit. A test whose program is missing says so in one line and passes over itself.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jixiao::blocks::Document;
use jixiao::finding::{Finding, Place};
use jixiao::merge::differences;
use jixiao::model::Department;
use jixiao::vocab::Vocabulary;
use jixiao::workspace::{KEPT, RECORD, Update, UpdateState, Updated, update};
use jixiao::xlsx;

use table::{Edit, edits};

/// A program that edits workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    LibreOffice,
    Openpyxl,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Program::LibreOffice => "LibreOffice",
            Program::Openpyxl => "openpyxl",
        }
    }

    /// The interpreter and the script that drive it.
    fn script(self) -> (&'static str, &'static str) {
        match self {
            // Python's part of LibreOffice is that of the system.
            Program::LibreOffice => ("/usr/bin/python3", include_str!("edits/with_libreoffice.py")),
            Program::Openpyxl => ("python3", include_str!("edits/with_openpyxl.py")),
        }
    }

    /// Whether it is there; says so in one line where it is not.
    fn is_there(self, test: &str) -> bool {
        let needed: &[&[&str]] = match self {
            Program::LibreOffice => &[&["soffice", "--version"], &["/usr/bin/python3", "-cimport uno"]],
            Program::Openpyxl => &[&["python3", "-cimport openpyxl"]],
        };
        needed.iter().all(|command| {
            let output = Command::new(command[0]).args(&command[1..]).output();
            let is_there = output.is_ok_and(|output| output.status.success());
            if !is_there {
                eprintln!("{test}: passed over, there is no {}", command.join(" "));
            }
            is_there
        })
    }

    /// Makes edits: for each file their names, where it is, and what it is saved as.
    fn edit(self, jobs: &[serde_json::Value]) {
        let (python, script) = self.script();
        let mut running = Command::new(python)
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut input = running.stdin.take().expect("its input");
        input
            .write_all(serde_json::Value::from(jobs).to_string().as_bytes())
            .expect("it reads");
        drop(input);
        let output = running.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.name());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("edits").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    fs::create_dir_all(&folder).expect("a new folder");
    folder
}

/// The document that is edited. Its longest text takes more than a page.
fn document() -> String {
    let batch = |number: u32| {
        format!(
            "第{number}批在第{number}周抽检，抽取蔬菜、水果和禽蛋样品，检测农药残留、兽药残留和重金属，结果在三日内\
             录入系统，不合格样品当日通知生产者并复检，全程留样备查。"
        )
    };
    let long: String = (1..=60).map(batch).collect();
    include_str!("edits/document.txt").replace("〔长文〕", &long)
}

fn build(input: &Path, out: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .arg("build")
        .arg(input)
        .arg("-o")
        .arg(out)
        .output()
        .expect("jixiao runs");
    // 1 says that a document has errors; 2 that nothing could be done.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
}

/// The folders in a folder, by their names.
fn folders(out: &Path) -> BTreeMap<String, PathBuf> {
    fs::read_dir(out)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| (file_name(&path), path))
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn model(folder: &Path) -> Department {
    let json = fs::read(folder.join("model.json")).expect("a model");
    serde_json::from_slice::<Department>(&json)
        .expect("a department")
        .without_origins()
}

/// What a workbook of the program's own says.
fn said_by(workbook: &Path) -> Department {
    let (document, _) = Document::open(fs::read(workbook).expect("a workbook"));
    let read = xlsx::read_back(&document, &Vocabulary::built_in()).expect("a workbook of ours");
    let unplaced: Vec<String> = read.findings.iter().map(told).collect();
    assert!(unplaced.is_empty(), "{}: {unplaced:?}", workbook.display());
    read.department.without_origins()
}

/// Copies the folder of a department under another name: a department of its own.
fn copy(folder: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let (own, other) = (file_name(folder), file_name(to));
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = file_name(&path);
        let bytes = fs::read(&path).expect("a file");
        let bytes = match name.as_str() {
            // The record knows the files by their names.
            RECORD => String::from_utf8(bytes)
                .expect("UTF-8")
                .replace(&own, &other)
                .into_bytes(),
            _ => bytes,
        };
        fs::write(to.join(name.replace(&own, &other)), bytes).expect("a copy");
    }
}

/// One edited workbook: the edits in it, and the format that it was saved in.
struct Book {
    edits: Vec<&'static Edit>,
    format: &'static str,
    folder: PathBuf,
}

impl Book {
    fn name(&self) -> String {
        file_name(&self.folder)
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name()))
    }
}

fn all() -> &'static [Edit] {
    static EDITS: std::sync::OnceLock<Vec<Edit>> = std::sync::OnceLock::new();
    EDITS.get_or_init(edits)
}

/// Makes all edits of a program, each workbook in a department of its own.
fn books(program: Program, made: &Path, out: &Path) -> Vec<Book> {
    let mut by_name: BTreeMap<&str, Vec<&'static Edit>> = BTreeMap::new();
    for edit in all().iter().filter(|edit| edit.program == program) {
        by_name.entry(edit.book).or_default().push(edit);
    }
    let workbook = made.join(format!("{}.xlsx", file_name(made)));
    let (mut books, mut jobs) = (Vec::new(), Vec::new());
    for (name, edits) in by_name {
        let mut saved = Vec::new();
        for format in edits[0].formats {
            let book = Book {
                edits: edits.clone(),
                format,
                folder: out.join(format!("{} {format}", name.replace(' ', "-"))),
            };
            copy(made, &book.folder);
            saved.push(book.file(format));
            books.push(book);
        }
        let names: Vec<&str> = edits.iter().map(|edit| edit.name).collect();
        jobs.push(serde_json::json!({"edits": names, "from": workbook, "to": saved}));
    }
    program.edit(&jobs);
    books
}

/// Brings an output folder up to date, and tells by folder what came of each department that had to be.
fn updated(out: &Path) -> BTreeMap<String, Updated> {
    let order = Update {
        out: out.to_owned(),
        jobs: 2,
        ..Update::default()
    };
    let (updated, said) = update(&order, |_, _| {}).expect("an output folder");
    assert_eq!(said, [], "the whole");
    let updated = updated.into_iter();
    updated.map(|one| (one.folder.clone(), one)).collect()
}

/// A finding as the table says it: its code, and its cell with the beginning of the name of its sheet.
fn told(finding: &Finding) -> String {
    let cell = match finding.places.first() {
        Some(Place::Sheet(place)) => {
            let length = if place.sheet.contains('.') { 2 } else { 1 };
            let sheet: String = place.sheet.chars().take(length).collect();
            format!("{sheet}{}", place.cell)
        }
        _ => String::new(),
    };
    format!("{} {cell}", finding.code)
}

/// Notes where a book is not what the table says.
fn judge(book: &Book, one: &Updated, made: &Path, base: &Department) -> Vec<String> {
    let mut wrong = Vec::new();
    if one.state != UpdateState::Updated {
        wrong.push(format!("state {:?}", one.state));
    }
    let mut expected = base.clone();
    for edit in &book.edits {
        (edit.change)(&mut expected);
    }
    expected.refresh_meanings();
    let found = model(&book.folder);
    for change in differences(&expected, &found) {
        wrong.push(format!(
            "{}: {:?}, not {:?}",
            change.path, change.after, change.before
        ));
    }
    if wrong.is_empty() && expected != found {
        wrong.push("the models differ".to_owned());
    }
    let file = format!("{}.{}", book.name(), book.format);
    let mut said: Vec<String> = one
        .findings
        .iter()
        .filter(|finding| finding.file.as_deref().is_some_and(|own| own.ends_with(&file)))
        .map(told)
        .collect();
    let findings = book.edits.iter().flat_map(|edit| edit.said);
    let mut wanted: Vec<String> = findings.map(|(code, cell)| format!("{code} {cell}")).collect();
    said.sort();
    wanted.sort();
    if said != wanted {
        wrong.push(format!("said {said:?}, not {wanted:?}"));
    }
    let is_unplaced = wanted.iter().any(|said| said.starts_with("text-unplaced"));
    let kept = fs::read_dir(book.folder.join(KEPT))
        .into_iter()
        .flatten()
        .flatten();
    let is_kept = kept
        .into_iter()
        .any(|entry| file_name(&entry.path()).contains("-keep"));
    if book.format == "xlsx" && is_unplaced != is_kept {
        wrong.push(format!("kept for good: {is_kept}"));
    }
    let own = file_name(made);
    let was = |extension: &str| fs::read(made.join(format!("{own}.{extension}"))).expect("a file");
    let is = |extension: &str| fs::read(book.file(extension)).expect("a file");
    let is_remade = is("pdf") != was("pdf");
    if is_remade != (expected != *base) {
        wrong.push(format!("the PDF was made anew: {is_remade}"));
    }
    if is_remade {
        let said = said_by(&book.file("xlsx"));
        if said != found {
            wrong.push("the workbook made anew says something else".to_owned());
        }
    }
    wrong
}

fn files(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![out.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with(".jixiao-seen.json") {
                // The hashes of files that have been still for a while may be noted at any time.
                let bytes = fs::read(&path).expect("a file");
                found.insert(path, bytes);
            }
        }
    }
    found
}

fn assert_edits(program: Program) {
    let folder = scratch(program.name());
    let source = folder.join("source.txt");
    fs::write(&source, document()).expect("a document");
    build(&source, &folder.join("made"));
    let made = folders(&folder.join("made"));
    let made = made.values().next().expect("a department");
    let base = model(made);
    let out = folder.join("out");
    let books = books(program, made, &out);
    let first = updated(&out);
    let mut wrong = Vec::new();
    for book in &books {
        let name = book.name();
        let notes = judge(book, &first[&name], made, &base);
        wrong.extend(notes.into_iter().map(|note| format!("{name}: {note}")));
    }
    assert!(wrong.is_empty(), "{}:\n{}", program.name(), wrong.join("\n"));
    // What was taken is no edit any more.
    let before = files(&out);
    let again = updated(&out);
    let busy = again.values().filter(|one| one.state != UpdateState::Current);
    let busy: Vec<_> = busy.map(|one| &one.folder).collect();
    assert!(busy.is_empty(), "not up to date after an update: {busy:?}");
    assert!(before == files(&out), "a second update wrote something");
}

#[test]
fn what_people_edit_in_libreoffice_is_taken() {
    if Program::LibreOffice.is_there("what_people_edit_in_libreoffice_is_taken") {
        assert_edits(Program::LibreOffice);
    }
}

#[test]
fn what_a_script_edits_with_openpyxl_is_taken() {
    if Program::Openpyxl.is_there("what_a_script_edits_with_openpyxl_is_taken") {
        assert_edits(Program::Openpyxl);
    }
}

/// Workbooks that nobody edited say what they were made from, however they were saved.
#[test]
fn an_unedited_workbook_says_its_model() {
    let test = "an_unedited_workbook_says_its_model";
    let folder = scratch("unedited");
    build(&root().join("examples"), &folder.join("out"));
    let mut made = folders(&folder.join("out"));
    let real = root().join("../shared/corpus/real");
    if real.is_dir() {
        build(&real, &folder.join("real"));
        made.extend(folders(&folder.join("real")));
    } else {
        eprintln!("{test}: without the real documents, which are not beside the project");
    }
    let again = Program::LibreOffice.is_there(test);
    let saved = |index: usize| ["xlsx", "ods", "xls"].map(|format| folder.join(format!("{index}.{format}")));
    let workbooks: Vec<PathBuf> = made
        .iter()
        .map(|(name, folder)| folder.join(format!("{name}.xlsx")))
        .collect();
    if again {
        let jobs = workbooks.iter().enumerate();
        let jobs: Vec<_> = jobs
            .map(|(index, from)| serde_json::json!({"edits": ["nothing"], "from": from, "to": saved(index)}))
            .collect();
        Program::LibreOffice.edit(&jobs);
    }
    for (index, (workbook, folder)) in workbooks.iter().zip(made.values()).enumerate() {
        let model = model(folder);
        let all = [workbook.clone()].into_iter().chain(saved(index));
        for workbook in all.take(if again { 4 } else { 1 }) {
            let said = said_by(&workbook);
            let changes = differences(&model, &said);
            assert!(changes.is_empty(), "{}: {changes:?}", workbook.display());
            assert!(said == model, "{}", workbook.display());
        }
    }
}

/// `UPDATE_EXPECTED=1` writes the table anew.
#[test]
fn the_table_is_written_down() {
    let path = root().join("tests/it/edits/README.md");
    let start = "| edit | program, saved as | what `update` makes of it |\n|---|---|---|\n";
    let text = fs::read_to_string(&path).expect("the table");
    let (before, _) = text.split_once(start).expect("the head of the table");
    let mut expected = format!("{before}{start}");
    for edit in all() {
        let formats = edit.formats.join(", ");
        let program = edit.program.name();
        let row = [edit.kind, &format!("{program}: {formats}"), edit.outcome].join(" | ");
        expected.extend(["| ", &row, " |\n"]);
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &expected).expect("written");
    }
    let text = fs::read_to_string(&path).expect("the table");
    assert!(
        text == expected,
        "run with UPDATE_EXPECTED=1 and look at the change"
    );
}
