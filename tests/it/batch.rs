//! The batch: it goes on where it stopped, spreads over several runs, and always makes the same bytes.
//!
//! `KILLS=300 cargo test --test it batch::killed` kills it as often.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

/// How often a batch is killed where nobody says otherwise.
const KILLS: u64 = 20;

/// A folder with texts, and what comes of them.
pub struct Office(PathBuf);

impl Office {
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("in")).expect("a folder");
        Self(root)
    }

    /// With the examples in folders of some depth.
    fn with_examples(name: &str) -> Self {
        let office = Self::new(name);
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        for (number, entry) in fs::read_dir(examples)
            .expect("the examples")
            .flatten()
            .enumerate()
        {
            let below = ["in", "in/a", "in/a/b"][number % 3];
            fs::create_dir_all(office.path(below)).expect("a folder");
            fs::copy(entry.path(), office.path(below).join(entry.file_name())).expect("an example");
        }
        office
    }

    /// With small texts of departments of these names.
    fn with_small(name: &str, departments: impl IntoIterator<Item = String>) -> Self {
        let office = Self::new(name);
        for (number, department) in departments.into_iter().enumerate() {
            office.write(&format!("in/{number:03}.txt"), &small(&department));
        }
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        command
            .args(line.split_whitespace())
            .args(["--lang", "en"])
            .env("JIXIAO_CACHE", self.path("cache"))
            .current_dir(&self.0);
        command
    }

    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("jixiao runs")
    }

    /// Runs a command that must end so.
    pub fn ends(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}\n{told}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What the lines of JSON say of the departments, and of the batch.
    fn told(&self, line: &str) -> (Vec<Value>, Value) {
        let output = self.run(&format!("{line} --format json"));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let mut lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let end = lines.pop().expect("the end of the batch");
        assert_eq!(end["type"], "batch");
        (lines, end)
    }

    /// Every file of a folder, with its content.
    pub fn all(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        fn walk(folder: &Path, name: &str, all: &mut BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let name = format!("{name}/{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    walk(&entry.path(), &name, all);
                } else {
                    all.insert(name, fs::read(entry.path()).expect("a file"));
                }
            }
        }
        let mut all = BTreeMap::new();
        walk(&self.path(below), "", &mut all);
        all
    }

    fn times(&self, below: &str) -> BTreeMap<String, SystemTime> {
        let time = |name: &String| {
            let path = self.path(&format!("{below}{name}"));
            fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .expect("a time")
        };
        let names = self.all(below).into_keys();
        names.map(|name| (name.clone(), time(&name))).collect()
    }

    /// Two folders hold the same files with the same bytes.
    pub fn assert_same(&self, one: &str, other: &str) {
        let (one, other) = (self.all(one), self.all(other));
        let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&one), names(&other));
        for (name, bytes) in &one {
            if *bytes != other[name] {
                let text =
                    |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
                panic!("{name}:\n{}\n{}", text(bytes), text(&other[name]));
            }
        }
    }
}

pub fn small(department: &str) -> String {
    let text = include_str!("../../examples/望岳市图书馆-2022.txt");
    text.replace("望岳市图书馆", department)
}

fn files(made: &Value) -> Vec<&str> {
    let files = made["files"].as_object().expect("files");
    files.values().filter_map(Value::as_str).collect()
}

#[test]
fn what_is_unchanged_is_not_made_again_and_told_again() {
    let office = Office::with_examples("unchanged");
    let (first, end) = office.told("build in -o out");
    assert_eq!((&end["departments"], &end["unchanged"]), (&8.into(), &0.into()));
    let (before, times) = (office.all("out"), office.times("out"));
    let (second, end) = office.told("build in -o out");
    assert_eq!(end["written"], 0);
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        assert!(files(first).iter().all(|state| *state == "written"));
        assert!(files(second).iter().all(|state| *state == "unchanged"));
        for key in [
            "source",
            "department",
            "folder",
            "forms",
            "indicators",
            "findings",
        ] {
            assert_eq!(first[key], second[key]);
        }
    }
    // Something was found, or this would say nothing.
    assert!(
        first
            .iter()
            .any(|made| made["findings"].as_array().is_some_and(|all| !all.is_empty()))
    );
    assert!(office.all("out") == before);
    for (name, time) in office.times("out") {
        assert!(
            time == times[&name] || name == "/.jixiao.lock",
            "{name} was written again"
        );
    }
}

#[test]
fn what_changed_is_made_again_and_nothing_else() {
    let office = Office::with_small("changed", ["甲局", "乙局", "丙局", "丁局"].map(str::to_owned));
    office.ends("build in -o out", 0);
    let folder = |department: &str| format!("out/{department}_2022_部门预算绩效文本");
    office.write("in/001.txt", &small("乙局").replace("图书", "书刊"));
    fs::remove_file(
        office
            .path(&folder("丙局"))
            .join("丙局_2022_部门预算绩效文本.pdf"),
    )
    .expect("a file");
    office.write(&format!("{}/model.json", folder("丁局")), "{}");
    let (made, _) = office.told("build in -o out");
    let states: Vec<String> = made.iter().map(|made| files(made).join(" ")).collect();
    assert_eq!(
        states,
        [
            "unchanged unchanged unchanged unchanged unchanged unchanged",
            // Of the overview and the review nothing changed.
            "written written unchanged unchanged unchanged written",
            "unchanged written unchanged unchanged unchanged unchanged",
            "unchanged unchanged unchanged unchanged unchanged left-alone",
        ]
    );
    assert_eq!(made[3]["failed"], true);
    // Other options, other files.
    let (made, _) = office.told("build in/000.txt -o out --one-sided");
    assert_eq!(files(&made[0])[1], "written");
}

#[test]
fn a_failed_department_is_tried_again() {
    let office = Office::with_small("failed", ["甲局", "乙局"].map(str::to_owned));
    let whole = fs::read(office.path("in/001.txt")).expect("a text");
    fs::write(office.path("in/001.txt"), [0_u8, 159, 146, 150, 0, 0, 1]).expect("a file");
    let (made, end) = office.told("build in -o out");
    assert_eq!((&made[1]["failed"], &end["failed"]), (&true.into(), &1.into()));
    let stopped = office.run("build in/001.txt in/000.txt -o other --fail-fast");
    assert_eq!(stopped.status.code(), Some(1), "{stopped:?}");
    fs::write(office.path("in/001.txt"), whole).expect("a file");
    let (made, end) = office.told("build in -o out");
    assert_eq!(files(&made[0]), ["unchanged"; 6]);
    assert_eq!(files(&made[1]), ["written"; 6]);
    assert_eq!(end["failed"], 0);
}

#[test]
fn the_first_error_ends_a_batch_that_is_to_fail_fast() {
    let office = Office::with_small("fail-fast", (0..60).map(|number| format!("第{number}局")));
    office.write("in/000.txt", "");
    let output = office.run("build in -o out --fail-fast -j 1");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("stopped: 1/60 inputs done"), "{told}");
    assert!(
        told.lines().any(|line| line.starts_with("failed in/000.txt")),
        "{told}"
    );
    assert!(!office.path("out/汇总.xlsx").exists());
    // Without it the others are made.
    let output = office.run("build in -o out --quiet");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(output.stdout.is_empty());
    assert!(office.path("out/汇总.xlsx").exists());
}

#[test]
fn shards_make_what_one_run_makes() {
    let office = Office::with_examples("shards");
    // The same department in several files, in the parts of several runs.
    for name in ["a-1", "b-2", "c/3", "d/3", "e-5"] {
        office.write(&format!("in/{name}.txt"), &small("同名局"));
    }
    let plain = office.told("build in -o plain").0;
    for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
        let out = format!("shards-{}", order[0]);
        let mut made = Vec::new();
        for shard in order {
            let (some, end) = office.told(&format!("build in -o {out} --shard {shard}/3"));
            assert!((4..=5).contains(&some.len()), "even parts");
            assert_eq!(end["stopped"], false);
            made.extend(some);
        }
        assert_eq!(made.len(), plain.len());
        assert!(!office.path(&format!("{out}/汇总.xlsx")).exists());
        office.ends(&format!("merge-manifests {out}"), 0);
        office.assert_same(&out, "plain");
        // A run over all has nothing left to do.
        let (made, end) = office.told(&format!("build in -o {out}"));
        assert_eq!((end["written"].as_u64(), made.len()), (Some(0), plain.len()));
        office.assert_same(&out, "plain");
        // Nor has a merge.
        office.ends(&format!("merge-manifests {out}"), 0);
        office.assert_same(&out, "plain");
    }
}

#[test]
fn shards_at_once_and_in_folders_of_their_own_make_the_same() {
    let office = Office::with_examples("at-once");
    for name in ["a-1", "b-2", "c-3"] {
        office.write(&format!("in/{name}.txt"), &small("同名局"));
    }
    office.run("build in -o plain");
    let running: Vec<_> = (1..=4)
        .map(|shard| {
            let mut command = office.command(&format!("build in -o shared --shard {shard}/4"));
            command.stderr(Stdio::null()).stdout(Stdio::null());
            command.spawn().expect("jixiao runs")
        })
        .collect();
    for mut one in running {
        assert!(one.wait().expect("an end").code().is_some_and(|code| code < 2));
    }
    office.ends("merge-manifests shared", 0);
    office.assert_same("shared", "plain");
    for shard in 1..=4 {
        office.run(&format!("build in -o own-{shard} --shard {shard}/4"));
    }
    office.ends("merge-manifests own-1 own-2 own-3 own-4 -o together", 0);
    office.assert_same("together", "plain");
    // What was edited in one of them stays so.
    let edited = "own-5/望岳市图书馆_2022_部门预算绩效文本/model.json";
    office.run("build in -o own-5");
    office.write(edited, "{}");
    office.run("merge-manifests own-5 -o edited");
    let merged = fs::read_to_string(office.path(&edited.replace("own-5", "edited")));
    assert_eq!(merged.expect("the edited model"), "{}");
}

#[test]
fn lines_of_models_make_what_their_texts_make() {
    let office = Office::with_examples("lines");
    office.run("build in -o plain");
    let lines = office.run("parse in --ndjson");
    fs::write(office.path("all.ndjson"), &lines.stdout).expect("a file");
    let (made, end) = office.told("build --from-ndjson all.ndjson -o lines");
    assert_eq!((made.len(), &end["departments"]), (8, &8.into()));
    office.assert_same("lines", "plain");
    let (_, end) = office.told("build --from-ndjson all.ndjson -o lines");
    assert_eq!(end["written"], 0);
    // From standard input, in parts, by runs that share the folder.
    for shard in 1..=3 {
        let mut command = office.command(&format!("build --from-ndjson -o parts --shard {shard}/3 --quiet"));
        let input = fs::File::open(office.path("all.ndjson")).expect("a file");
        let status = command.stdin(input).status().expect("jixiao runs");
        assert!(status.code().is_some_and(|code| code < 2));
    }
    office.ends("merge-manifests parts", 0);
    office.assert_same("parts", "plain");
    // A broken line costs no other.
    let text = String::from_utf8(lines.stdout).expect("UTF-8");
    let mut broken: Vec<&str> = text.lines().collect();
    broken.insert(3, "{\"department\": 3}");
    office.write("broken.ndjson", &broken.join("\n"));
    let (made, end) = office.told("build --from-ndjson broken.ndjson -o broken");
    assert_eq!((&end["departments"], &end["failed"]), (&8.into(), &1.into()));
    assert_eq!(made[3]["findings"][0]["code"], "model-invalid");
    assert_eq!(made[3]["findings"][0]["places"][0]["line"], 4);
}

#[test]
fn inputs_are_named_in_a_list() {
    let office = Office::with_small("list", ["甲局", "乙局", "丙局"].map(str::to_owned));
    office.write("list", "in/002.txt\nin/000.txt\n");
    let (made, _) = office.told("build --files-from list -o out");
    let sources: Vec<_> = made.iter().map(|made| made["source"].as_str()).collect();
    assert_eq!(sources, [Some("in/000.txt"), Some("in/002.txt")]);
    let lines = office.ends("parse --files-from list --ndjson --shard 2/2", 0);
    assert_eq!(lines.lines().count(), 1);
    assert!(lines.contains("丙局"));
    for wrong in ["0/2", "3/2", "x", "1/0", "1"] {
        assert_eq!(
            office
                .run(&format!("build in -o out --shard {wrong}"))
                .status
                .code(),
            Some(2)
        );
    }
}

#[test]
fn a_part_without_inputs_is_done() {
    let office = Office::with_small("empty", ["甲局".to_owned()]);
    office.write("none", "");
    office.ends("build in -o out --shard 2/2", 0);
    office.ends("build --files-from none -o out --shared", 0);
    office.ends("build --from-ndjson none -o out --shared", 0);
    office.ends("render --files-from none -o out --shared", 0);
    for line in [
        "parse in --ndjson --shard 2/2",
        "parse --ndjson --files-from none",
    ] {
        assert_eq!(office.ends(line, 0), "");
    }
    // What is named and not there is an error all the same.
    office.ends("build in/none.txt -o out", 2);
    office.ends("parse in/none.txt --ndjson", 2);
}

#[test]
fn parse_tells_quietly_of_errors_alone() {
    let office = Office::with_examples("quiet");
    office.write("in/none.txt", "");
    let told = |line: &str| String::from_utf8(office.run(line).stderr).expect("UTF-8");
    let loud = told("parse in --ndjson");
    assert!(loud.lines().any(|line| line.starts_with("warning ")), "{loud}");
    let quiet = told("parse in --ndjson --quiet --findings findings.json");
    let is_head = |line: &&str| !line.starts_with(' ') && !line.is_empty();
    assert!(quiet.contains("in/none.txt"), "{quiet}");
    assert!(
        quiet
            .lines()
            .filter(is_head)
            .all(|line| line.starts_with("error ")),
        "{quiet}"
    );
    let all = fs::read_to_string(office.path("findings.json")).expect("the findings");
    assert!(all.contains("\"warning\""), "all are written");
}

#[cfg(unix)]
#[test]
fn names_in_any_encoding_are_read() {
    use std::os::unix::ffi::OsStrExt;
    let office = Office::new("names");
    // 甲 in GBK, and a name that is no text at all.
    for (name, department) in [(&b"\xbc\xd7.txt"[..], "甲局"), (b"\xff\xfe.txt", "乙局")] {
        let path = office.path("in").join(std::ffi::OsStr::from_bytes(name));
        if fs::write(path, small(department)).is_err() {
            eprintln!("passed over: this file system knows no such names");
            return;
        }
    }
    let (made, end) = office.told("build in -o out");
    assert_eq!((made.len(), &end["failed"]), (2, &0.into()));
    assert_eq!(office.told("build in -o out").1["written"], 0);
    let updated = office.ends("update out", 0);
    assert!(!updated.contains("gone"), "{updated}");
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let office = Office::with_small("locked", ["甲局", "乙局"].map(str::to_owned));
    office.ends("build in -o out", 0);
    let before = office.all("out");
    let lock = fs::File::open(office.path("out/.jixiao.lock")).expect("the lock");
    lock.lock().expect("nobody holds it");
    office.write("in/000.txt", &small("甲局").replace("图书", "书刊"));
    for line in [
        "build in -o out",
        "build in -o out --shard 1/2",
        "update out",
        "merge-manifests out",
    ] {
        let output = office.run(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("output-locked"), "{told}");
    }
    assert!(office.all("out") == before);
    lock.unlock().expect("it was locked");
    office.ends("build in -o out", 0);
    assert!(office.all("out") != before);
}

#[cfg(unix)]
#[test]
fn a_signal_lets_the_batch_end_well_and_the_next_run_goes_on() {
    let office = Office::with_small("signal", (0..50).map(|number| format!("第{number}局")));
    office.ends("build in -o plain", 0);
    let mut command = office.command("build in -o out -j 1");
    command.stderr(Stdio::piped()).stdout(Stdio::null());
    let running = command.spawn().expect("jixiao runs");
    let started = Instant::now();
    // As soon as something is made.
    while fs::read_dir(office.path("out")).map_or(0, Iterator::count) < 4 {
        assert!(started.elapsed() < Duration::from_mins(2));
        std::thread::sleep(Duration::from_millis(1));
    }
    let killed = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
    let output = running.wait_with_output().expect("an end");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("the same command goes on from here"), "{told}");
    let made = fs::read_dir(office.path("out")).expect("a folder").count();
    assert!(made < 40, "{made}");
    let (made, end) = office.told("build in -o out");
    assert!(files(&made[0]).iter().all(|state| *state == "unchanged"));
    assert_eq!(end["stopped"], false);
    office.assert_same("out", "plain");
}

/// Killed at any moment, and run once more: the same bytes as without.
#[test]
fn killed() {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    let kills: u64 = kills.unwrap_or(KILLS);
    let departments = if kills > KILLS { 200 } else { 24 };
    let office = Office::with_small("killed", (0..departments).map(|number| format!("第{number}局")));
    // Some of one name, and one that cannot be made.
    office.write("in/x-1.txt", &small("第7局"));
    office.write("in/x-2.txt", &small("第7局"));
    office.write("in/y.txt", "");
    let started = Instant::now();
    office.run("build in -o plain");
    let whole = started.elapsed();
    let expected = office.all("plain");
    let mut seed = 20_261_121_u64;
    let mut random = |most: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % most.max(1)
    };
    let mut done = 0;
    while done < kills {
        let _ = fs::remove_dir_all(office.path("out"));
        // Killed once or several times before it comes to its end.
        for _ in 0..=random(3) {
            let mut command = office.command("build in -o out");
            command.stderr(Stdio::null()).stdout(Stdio::null());
            let mut running = command.spawn().expect("jixiao runs");
            std::thread::sleep(Duration::from_micros(random(whole.as_micros() as u64)));
            let _ = running.kill();
            let _ = running.wait();
            done += 1;
        }
        let output = office.run("build in -o out");
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let made = office.all("out");
        let names: Vec<&String> = made.keys().collect();
        assert_eq!(names, expected.keys().collect::<Vec<_>>());
        for (name, bytes) in &made {
            assert!(*bytes == expected[name], "{name} differs after {done} kills");
        }
    }
}
