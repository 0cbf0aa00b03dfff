//! The batch spread over programs by what others have for it: xargs, GNU parallel, job arrays and Spark.
//! After `merge-manifests` the output folder is that of one run, to the byte.
//!
//! The commands are those of `docs/spreading.md`, with smaller numbers. A test whose program is missing says
//! so in one line and passes over itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use crate::batch::{Office, small};

const DOCS: [&str; 2] = [
    include_str!("../../docs/spreading.md"),
    include_str!("../../docs/spreading.zh-CN.md"),
];

/// The examples and some sample documents in `texts`, and in `plain` what one run makes of them.
fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| {
        let office = Office::new("spreading");
        office.ends("sample --departments 12 --forms 2 -o sample", 0);
        fs::rename(office.path("sample/texts"), office.path("texts")).expect("the sample texts");
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        for entry in fs::read_dir(examples).expect("the examples").flatten() {
            fs::copy(entry.path(), office.path("texts").join(entry.file_name())).expect("an example");
        }
        // One department in several files, which settle their names.
        for name in ["a-1", "b-2", "c/3"] {
            office.write(&format!("texts/{name}.txt"), &small("同名局"));
        }
        let made = office.run("build texts -o plain");
        assert!(made.status.code().is_some_and(|code| code < 2), "{made:?}");
        office
    })
}

/// What a shell runs in the office's folder.
fn shell(office: &Office, line: &str) -> Output {
    let own = Path::new(env!("CARGO_BIN_EXE_jixiao"))
        .parent()
        .expect("its folder");
    let others = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(own.to_owned()).chain(std::env::split_paths(&others));
    Command::new("sh")
        .args(["-c", line])
        .env("PATH", std::env::join_paths(paths).expect("a path"))
        .env("JIXIAO_CACHE", office.path("cache"))
        .current_dir(office.path("."))
        .output()
        .expect("a shell")
}

/// Whether a command works; says so in one line where it does not.
fn has(test: &str, line: &str) -> bool {
    let works = shell(office(), line).status.success();
    if !works {
        eprintln!("{test}: passed over, `{line}` does not work");
    }
    works
}

/// A command of the documentation, which stands in both languages, with `out` for its output folder.
fn documented(line: &str, out: &str) -> String {
    for docs in DOCS {
        assert!(docs.contains(line), "`{line}` does not stand in\n{docs}");
    }
    line.replace("-o out", &format!("-o {out}"))
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folders of the departments in an output folder.
fn folders(office: &Office, out: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(office.path(out)).expect("a folder").flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}

/// How many files a department's folder shows, which are those that were made.
fn visible_files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name());
    names
        .filter(|name| !name.to_string_lossy().starts_with('.'))
        .count()
}

#[track_caller]
fn assert_as_one_run(office: &Office, out: &str) {
    // Whether there were errors in the documents is not the question here.
    let merged = office.run(&format!("merge-manifests {out}"));
    assert!(merged.status.code().is_some_and(|code| code < 2), "{merged:?}");
    office.assert_same(out, "plain");
}

#[cfg(target_os = "linux")]
#[test]
fn xargs() {
    let office = office();
    let files = documented(
        "find texts -type f -print0 | xargs -0 -n 16 -P 8 jixiao build -o out --shared -j 1 --quiet",
        "xargs",
    );
    let output = shell(office, &files.replace("-n 16 -P 8", "-n 1 -P 4"));
    // xargs makes 123 of any other code than 0.
    assert!(matches!(output.status.code(), Some(0 | 123)), "{}", told(&output));
    assert_as_one_run(office, "xargs");
    let shards = documented(
        "seq 8 | xargs -P 8 -I {} jixiao build texts -o out --shard {}/8 -j 1 --quiet",
        "xargs-shards",
    );
    let output = shell(office, &shards.replace("-P 8", "-P 3"));
    assert!(matches!(output.status.code(), Some(0 | 123)), "{}", told(&output));
    assert_as_one_run(office, "xargs-shards");
}

#[test]
fn gnu_parallel() {
    if !has("gnu_parallel", "parallel --version") {
        return;
    }
    let office = office();
    let home = format!("export HOME='{}'; ", office.path("home").display());
    let files = documented(
        "find texts -type f -print0 | parallel -0 -n 16 jixiao build -o out --shared -j 1 --quiet",
        "parallel",
    );
    let output = shell(office, &(home.clone() + &files.replace("-n 16", "-n 3")));
    // Its code is the number of programs that did not end with 0.
    assert!(
        output.status.code().is_some_and(|code| code < 9),
        "{}",
        told(&output)
    );
    assert_as_one_run(office, "parallel");
    let shards = documented(
        "seq 8 | parallel jixiao build texts -o out --shard {}/8 -j 1 --quiet",
        "parallel-shards",
    );
    let output = shell(office, &(home + &shards));
    assert!(
        output.status.code().is_some_and(|code| code < 9),
        "{}",
        told(&output)
    );
    assert_as_one_run(office, "parallel-shards");
}

#[cfg(unix)]
#[test]
fn job_arrays() {
    let office = office();
    let slurm = documented(
        r#"jixiao build texts -o out --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --quiet"#,
        "slurm",
    );
    let output = shell(
        office,
        &format!(
            "export SLURM_ARRAY_TASK_COUNT=5
            for SLURM_ARRAY_TASK_ID in 5 3 1 4 2; do {slurm}; [ $? -le 1 ] || exit 9; done"
        ),
    );
    assert!(output.status.success(), "{}", told(&output));
    assert_as_one_run(office, "slurm");
    let pods = documented(
        r#"jixiao build texts -o out --shard "$((JOB_COMPLETION_INDEX + 1))/8" --quiet || [ $? -le 1 ]"#,
        "pods",
    );
    // As in containers, each run is process 1 where that can be had.
    let alone = "unshare --user --map-root-user --pid --fork";
    let alone = if has("job_arrays, as process 1", &format!("{alone} true")) {
        alone
    } else {
        ""
    };
    // The task that is tried again finds its departments made; a task of a further array, others.
    let output = shell(
        office,
        &format!(
            "for JOB_COMPLETION_INDEX in 0 1 2 3 4 5 6 7 0; do
                export JOB_COMPLETION_INDEX
                {alone} sh -c '{pods} || touch failed' &
            done
            wait
            ! [ -e failed ]"
        ),
    );
    assert!(output.status.success(), "{}", told(&output));
    // The task that ran twice at once made no department under two names.
    assert_eq!(folders(office, "pods").len(), folders(office, "plain").len());
    assert_as_one_run(office, "pods");
}

#[cfg(unix)]
#[test]
fn output_folders_of_their_own() {
    let office = office();
    for shard in 1..=2 {
        let line = format!("jixiao build texts -o out-{shard} --shard {shard}/2");
        let output = shell(office, &documented(&line, "out"));
        assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    }
    let merge = documented("jixiao merge-manifests out-1 out-2 -o all", "out");
    let output = shell(office, &merge);
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    office.assert_same("all", "plain");
}

#[cfg(unix)]
#[test]
fn spark() {
    if !has("spark", "java -version") || !has("spark", "python3 -c 'import pyspark'") {
        return;
    }
    let office = office();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/spark.py");
    let script_text = fs::read_to_string(&script).expect("the script");
    for docs in DOCS {
        // Both programs, as the documentation has them.
        for program in ["parse --ndjson --files-from -", "build --from-ndjson -o {out}"] {
            let line = |text: &str| {
                let line = text.lines().find(|line| line.contains(program));
                line.map(|line| line.trim().to_owned())
            };
            assert!(line(docs).is_some(), "{program} in {docs}");
            assert_eq!(line(docs), line(&script_text));
        }
    }
    let run = |out: &str, partitions: usize, more: &str| -> Value {
        let line = format!("python3 '{}' texts {out} {partitions} {more}", script.display());
        let output = shell(office, &line);
        assert!(output.status.success(), "{line}\n{}", told(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    // More parts than texts: some are empty.
    let report = run("spark", 30, "1");
    assert_eq!(
        (&report["departments"], &report["failed"], &report["ended"]),
        (&23.into(), &0.into(), &30.into()),
        "{report}"
    );
    assert_eq!(report["unread"], Value::Array(Vec::new()));
    assert_as_one_run(office, "spark");
    // A second run has nothing to do.
    let report = run("spark", 3, "1");
    let files_each = visible_files(&folders(office, "plain")[0]);
    assert_eq!(report["unchanged"], 23 * files_each, "{report}");
    assert_as_one_run(office, "spark");
    // A task that ends too soon is tried again, and goes on after the two departments it made.
    office.write(
        "once.sh",
        "if mkdir tried 2>/dev/null; then
            head -n 2 | jixiao build --from-ndjson -o again --shared --format json
            exit 137
        fi
        jixiao build --from-ndjson -o again --shared --format json || [ $? -le 2 ]\n",
    );
    let report = run("again", 1, "2 'sh once.sh'");
    assert_eq!(
        (&report["departments"], &report["ended"], &report["unchanged"]),
        (&23.into(), &1.into(), &(2 * files_each).into()),
        "{report}"
    );
    assert_as_one_run(office, "again");
}
