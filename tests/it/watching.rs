//! `jixiao watch`: what is saved is made anew, what is half written or open is waited for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const NAME: &str = "望岳市图书馆_2022_部门预算绩效文本";

/// How long is waited for what must come; on a busy machine it takes longer than a second.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long is waited for what must not come.
const QUIET: Duration = Duration::from_millis(1200);

struct Watch {
    out: PathBuf,
    child: Child,
}

impl Watch {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("watching").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("a folder");
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/望岳市图书馆-2022.txt");
        fs::copy(text, root.join("a.txt")).expect("the example");
        let jixiao = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
            command.current_dir(&root).args(["--lang", "en"]);
            command
        };
        let built = jixiao()
            .args(["build", "a.txt", "-o", "out"])
            .output()
            .expect("jixiao runs");
        assert!(built.status.success());
        let said = fs::File::create(root.join("said.txt")).expect("a file");
        let errors = said.try_clone().expect("a file");
        let child = jixiao()
            .args(["watch", "out"])
            .stdout(Stdio::from(said))
            .stderr(Stdio::from(errors))
            .spawn()
            .expect("jixiao runs");
        let watch = Self {
            out: root.join("out"),
            child,
        };
        watch.until("it watches", |watch| watch.said().contains("watching"));
        // The first look at the folder is behind it.
        std::thread::sleep(QUIET);
        watch
    }

    fn said(&self) -> String {
        fs::read_to_string(self.out.with_file_name("said.txt")).expect("what it said")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.out.join(NAME).join(name)
    }

    fn pdf(&self) -> Vec<u8> {
        fs::read(self.file(&format!("{NAME}.pdf"))).expect("the PDF")
    }

    /// Changes a text in `model.json`.
    fn edit(&self, text: &str) {
        let path = self.file("model.json");
        let mut model: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).expect("the model")).expect("JSON");
        model["projects"][0]["purpose"] = text.into();
        fs::write(path, model.to_string()).expect("the model");
    }

    fn has_workbook(&self, text: &str) -> bool {
        let workbook = self.file(&format!("{NAME}.xlsx"));
        let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
            .arg("parse")
            .arg(workbook)
            .output()
            .expect("jixiao runs");
        String::from_utf8_lossy(&output.stdout).contains(text)
    }

    fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(
                started.elapsed() < PATIENCE,
                "not in time: {what}\n{}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_save_is_followed_and_an_open_workbook_is_waited_for() {
    let watch = Watch::new("saves");
    let before = watch.pdf();
    watch.edit("购置新书三千册");
    watch.until("the PDF follows", |watch| watch.pdf() != before);
    watch.until("the workbook follows", |watch| {
        watch.has_workbook("购置新书三千册")
    });
    // A program that has the workbook open says so by a file beside it.
    let lock = watch.file(&format!(".~lock.{NAME}.xlsx#"));
    fs::write(&lock, ",李会计,pc-1,21.11.2026 10:00,file:///;").expect("a file");
    let before = watch.pdf();
    watch.edit("购置新书四千册");
    watch.until("it says that it waits", |watch| watch.said().contains("李会计"));
    std::thread::sleep(QUIET);
    assert!(watch.pdf() == before, "it did not wait");
    fs::remove_file(lock).expect("the workbook is closed");
    watch.until("the workbook follows", |watch| {
        watch.has_workbook("购置新书四千册")
    });
    assert!(watch.pdf() != before);
}

#[test]
fn a_broken_save_is_a_message_and_an_editor_may_rename() {
    let watch = Watch::new("broken");
    let workbook = watch.file(&format!("{NAME}.xlsx"));
    let whole = fs::read(&workbook).expect("the workbook");
    // Half of it is written; the other half comes soon.
    fs::write(&workbook, &whole[..whole.len() / 2]).expect("a half");
    std::thread::sleep(Duration::from_millis(700));
    assert!(!watch.said().contains("container-damaged"), "{}", watch.said());
    fs::write(&workbook, &whole).expect("the whole");
    std::thread::sleep(QUIET);
    assert!(!watch.said().contains("error"), "{}", watch.said());
    // It stays broken: said once, and the watch goes on.
    fs::write(&workbook, b"PK\x03\x04 nothing of a workbook").expect("nonsense");
    watch.until("it says what is broken", |watch| watch.said().contains("error"));
    fs::write(&workbook, &whole).expect("the whole");
    // An editor that writes beside and renames.
    let path = watch.file("model.json");
    let model = fs::read_to_string(&path).expect("the model");
    let mut model: serde_json::Value = serde_json::from_str(&model).expect("JSON");
    model["projects"][0]["purpose"] = "修缮书库屋面".into();
    let beside = watch.file("model.json.tmp");
    fs::write(&beside, model.to_string()).expect("a file");
    fs::rename(&beside, &path).expect("renamed");
    watch.until("the workbook follows", |watch| watch.has_workbook("修缮书库屋面"));
}
