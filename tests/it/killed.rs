//! `jixiao update` killed at any moment: what people edited is never lost, and no file is ever half
//! written. `KILLS=200 cargo test --test it killed` kills it as often.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How often `update` is killed where nobody says otherwise.
const KILLS: u32 = 24;

const SOURCE: &str = "青澜县水务局-2025.txt";
const NAME: &str = "青澜县水务局_2025_部门预算绩效文本";

struct Office {
    root: PathBuf,
    seed: u64,
}

impl Office {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("killed");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("a folder");
        let office = Self {
            root,
            seed: 20_261_121,
        };
        fs::copy(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("examples")
                .join(SOURCE),
            office.root.join(SOURCE),
        )
        .expect("the example");
        let built = office
            .command(&["build", SOURCE, "-o", "out"])
            .output()
            .expect("jixiao runs");
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        office
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        command
            .args(arguments)
            .args(["--lang", "en"])
            .current_dir(&self.root);
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.join("out").join(NAME).join(name)
    }

    /// A number below `most`, the same in every run.
    fn random(&mut self, most: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % most
    }

    /// What was edited is marked by a number behind these words.
    fn edit_source(&self, round: u32) {
        let path = self.root.join(SOURCE);
        let text = fs::read_to_string(&path).expect("the text");
        fs::write(path, numbered(&text, "问题台账", round)).expect("the text");
    }

    fn edit_model(&self, round: u32) {
        let path = self.file("model.json");
        let mut model: Value = serde_json::from_slice(&fs::read(&path).expect("the model")).expect("JSON");
        let purpose = &mut model["projects"][2]["purpose"];
        *purpose = numbered(purpose.as_str().expect("a text"), "物资", round).into();
        fs::write(path, serde_json::to_vec(&model).expect("JSON")).expect("the model");
    }

    /// Writes the workbook with another text in one cell, as a program does that knows nothing of us.
    fn edit_workbook(&self, round: u32) {
        let path = self.file(&format!("{NAME}.xlsx"));
        let bytes = fs::read(&path).expect("the workbook");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            let name = part.name().expect("a name").into_owned();
            let mut content = Vec::new();
            part.read_to_end(&mut content).expect("its content");
            if name == "xl/sharedStrings.xml" {
                let text = String::from_utf8(content).expect("UTF-8");
                // The hidden sheet says what the cell was made from; that stays.
                let strings = text.split("<si>").map(|string| {
                    if string.contains("&quot;program&quot;") || string.contains("\"program\"") {
                        string.to_owned()
                    } else {
                        numbered(string, "雨淋沟回填", round)
                    }
                });
                content = strings.collect::<Vec<_>>().join("<si>").into_bytes();
            }
            let options = zip::write::SimpleFileOptions::default();
            out.start_file(name, options).expect("a part");
            out.write_all(&content).expect("its content");
        }
        fs::write(path, out.finish().expect("an archive").into_inner()).expect("the workbook");
    }

    /// Every file is whole.
    fn assert_whole(&self) {
        let workbook = fs::read(self.file(&format!("{NAME}.xlsx"))).expect("the workbook");
        let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("a whole workbook");
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            std::io::copy(&mut part, &mut std::io::sink()).expect("a whole part");
        }
        let pdf = fs::read(self.file(&format!("{NAME}.pdf"))).expect("the PDF");
        assert!(pdf.starts_with(b"%PDF") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
        for name in ["model.json", ".jixiao.json"] {
            let text = fs::read(self.file(name)).expect("JSON");
            serde_json::from_slice::<Value>(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let base = fs::read_to_string(self.file(".jixiao-base.json")).expect("the base");
        for line in base.lines() {
            serde_json::from_str::<Value>(line).expect("a whole base");
        }
    }

    fn update(&self) -> String {
        let output = self.command(&["update", "out"]).output().expect("jixiao runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }
}

/// `text` with `number` behind the first `word` in it, in place of the number there.
fn numbered(text: &str, word: &str, number: u32) -> String {
    let Some(at) = text.find(word) else {
        return text.to_owned();
    };
    let (before, after) = text.split_at(at + word.len());
    format!(
        "{before}{number}{}",
        after.trim_start_matches(|c: char| c.is_ascii_digit())
    )
}

#[test]
fn no_edit_is_lost_wherever_update_is_killed() {
    let mut office = Office::new();
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    // How long an update takes here that has everything to do.
    office.edit_model(1000);
    let started = Instant::now();
    office.update();
    let longest = started.elapsed().as_micros() as u64 * 5 / 4;
    let mut stopped = 0;
    for round in 1..=kills.unwrap_or(KILLS) {
        // Of the three sides some are edited, at least one.
        let sides = 1 + office.random(7);
        if sides & 1 != 0 {
            office.edit_source(round);
        }
        if sides & 2 != 0 {
            office.edit_model(round);
        }
        if sides & 4 != 0 {
            office.edit_workbook(round);
        }
        for _ in 0..=office.random(2) {
            let mut update = office.command(&["update", "out"]);
            let mut update = update
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("jixiao runs");
            std::thread::sleep(Duration::from_micros(office.random(longest)));
            stopped += u32::from(update.try_wait().expect("a state").is_none());
            let _ = update.kill();
            update.wait().expect("its end");
            office.assert_whole();
        }
        office.update();
        office.assert_whole();
        let model: Value =
            serde_json::from_slice(&fs::read(office.file("model.json")).expect("the model")).expect("JSON");
        let text = model.to_string();
        for (side, word) in [(1, "问题台账"), (2, "物资"), (4, "雨淋沟回填")] {
            if sides & side != 0 {
                assert!(
                    text.contains(&format!("{word}{round}")),
                    "round {round}: {word} is lost"
                );
            }
        }
        // The workbook says the same, and there is nothing left to do.
        let workbook = format!("out/{NAME}/{NAME}.xlsx");
        let parsed = office
            .command(&["parse", &workbook])
            .output()
            .expect("jixiao runs");
        let parsed: Value = serde_json::from_slice(&parsed.stdout).expect("JSON");
        for (index, project) in model["projects"].as_array().expect("projects").iter().enumerate() {
            assert_eq!(
                parsed["projects"][index]["purpose"], project["purpose"],
                "round {round}"
            );
            assert_eq!(
                parsed["projects"][index]["goals"], project["goals"],
                "round {round}"
            );
        }
        let said = office.update();
        assert!(said.contains(" 0 updated"), "round {round}: {said}");
    }
    assert!(stopped > 0, "no update was stopped before its end");
}
