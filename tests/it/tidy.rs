//! The conventions of the project, held by tests instead of by memory.
//!
//! Every exception stands in [`EXCEPTIONS`], with its reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jixiao::finding::Code;
use jixiao::template::Templates;
use jixiao::vocab::{Labels, Vocabulary};

/// Which modules each module may use. What it may use stands below it, and nothing leads back up.
const MAY_USE: &[(&str, &[&str])] = &[
    ("finding", &[]),
    ("fingerprint", &[]),
    ("limit", &[]),
    ("vocab", &[]),
    ("sheet", &[]),
    ("model", &["finding"]),
    ("merge", &["finding", "model"]),
    ("export", &["model", "vocab"]),
    ("check", &["finding", "fingerprint", "model", "vocab"]),
    ("source", &["finding"]),
    ("text", &["finding", "limit", "sheet"]),
    ("blocks", &["finding", "limit", "source"]),
    ("template", &["finding", "limit", "model", "sheet", "vocab"]),
    (
        "parse",
        &["blocks", "finding", "limit", "model", "source", "vocab"],
    ),
    ("chart", &["sheet", "text"]),
    (
        "pdf",
        &["chart", "finding", "fingerprint", "limit", "sheet", "text"],
    ),
    ("html", &["blocks", "chart", "sheet", "text"]),
    (
        "xlsx",
        &[
            "blocks", "export", "finding", "limit", "model", "parse", "sheet", "source", "text", "vocab",
        ],
    ),
    (
        "sample",
        &[
            "finding", "model", "pdf", "sheet", "template", "text", "vocab", "xlsx",
        ],
    ),
    (
        "workspace",
        &[
            "blocks",
            "check",
            "export",
            "finding",
            "fingerprint",
            "html",
            "limit",
            "merge",
            "model",
            "parse",
            "pdf",
            "sample",
            "sheet",
            "source",
            "template",
            "text",
            "vocab",
            "xlsx",
        ],
    ),
    (
        "cli",
        &[
            "check",
            "export",
            "finding",
            "merge",
            "model",
            "sample",
            "template",
            "text",
            "vocab",
            "workspace",
        ],
    ),
    ("main", &["cli"]),
];

/// The modules that may touch the file system, the environment and the standard streams.
const MAY_TOUCH_FILES: &[&str] = &["workspace", "cli", "main"];

/// What no other module may name.
const FILES: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "std::io",
    "println!",
    "eprintln!",
];

/// The longest source file in lines.
const MOST_LINES: usize = 900;

/// Words that say nothing; no file and no function is named with them.
const EMPTY_WORDS: &[&str] = &[
    "process", "handle", "manager", "util", "utils", "helper", "helpers",
];

/// What is allowed against the rules: the file below `src`, what it may have, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "blocks/archive.rs",
        "std::io",
        "flate2 expands from a slice through this trait",
    ),
    (
        "template.rs",
        "std::io",
        "tera's escape function writes into a buffer through this trait",
    ),
    (
        "export/csv.rs",
        "std::io",
        "a table is too large for a buffer; its rows go out through this trait",
    ),
    (
        "xlsx/table.rs",
        "std::io",
        "a table is too large for a buffer; it goes out through this trait",
    ),
    (
        "workspace/review/config.rs",
        "accept",
        "the key of the configuration, not the word of an answer",
    ),
    (
        "pdf/write.rs",
        "std::io",
        "flate2 compresses into a buffer through this trait",
    ),
];

/// One source file of the library.
struct Source {
    /// Its path below `src`.
    name: String,
    /// The module it belongs to.
    module: String,
    /// Its text without the tests at its end.
    text: String,
    lines: usize,
}

impl Source {
    /// The lines that are not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line))
    }

    fn may(&self, what: &str) -> bool {
        EXCEPTIONS
            .iter()
            .any(|(file, allowed, _)| *file == self.name && *allowed == what)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the project, in order.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn below(folder: &str, path: &Path) -> String {
    let name = path.strip_prefix(root().join(folder)).expect("a path below");
    name.display().to_string().replace('\\', "/")
}

/// The library without its tests.
fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for path in files_below("src") {
        let name = below("src", &path);
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if !is_rust || name.split(['/', '.']).any(|part| part == "tests") {
            continue;
        }
        let whole = fs::read_to_string(&path).expect("a source file");
        let text = whole.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        sources.push(Source {
            module: name.split(['/', '.']).next().unwrap_or_default().to_owned(),
            text: text.to_owned(),
            lines: whole.lines().count(),
            name,
        });
    }
    assert!(sources.len() > 10, "the sources are found");
    sources
}

/// The modules of the crate that a line names, as `crate::x` or as `jixiao::x`.
fn named_modules(line: &str) -> Vec<String> {
    let mut named = Vec::new();
    for start in ["crate::", "jixiao::"] {
        for (at, _) in line.match_indices(start) {
            let rest = &line[at + start.len()..];
            let list = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            for item in list {
                let word = item
                    .trim()
                    .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .next();
                named.extend(word.filter(|word| !word.is_empty()).map(str::to_owned));
            }
        }
    }
    named
}

/// The string literals of a line of code.
fn literals(line: &str) -> Vec<&str> {
    let mut literals = Vec::new();
    let mut begin = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (c, begin) {
            _ if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            ('"', None) => begin = Some(at + 1),
            ('"', Some(from)) => {
                literals.push(&line[from..at]);
                begin = None;
            }
            _ => {}
        }
    }
    literals
}

#[track_caller]
fn assert_none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

#[test]
fn imports_lead_downward() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.name != "lib.rs") {
        let allowed = MAY_USE.iter().find(|(module, _)| *module == source.module);
        let Some((_, allowed)) = allowed else {
            breaches.push(format!("{}: the module is not in MAY_USE", source.name));
            continue;
        };
        for (number, line) in source.code() {
            for named in named_modules(line) {
                let is_module = MAY_USE.iter().any(|(module, _)| *module == named);
                let is_fine = named == source.module || allowed.contains(&named.as_str());
                if is_module && !is_fine && !source.may(&named) {
                    breaches.push(format!(
                        "{}:{number}: {} uses {named}",
                        source.name, source.module
                    ));
                }
            }
        }
    }
    assert_none("a module uses only what MAY_USE says", &breaches);
}

#[test]
fn the_directions_have_no_circle() {
    for (index, (module, used)) in MAY_USE.iter().enumerate() {
        for other in *used {
            let place = MAY_USE.iter().position(|(module, _)| module == other);
            assert!(place.is_some_and(|place| place < index), "{module} → {other}");
        }
    }
}

#[test]
fn only_workspace_and_cli_touch_files() {
    let mut breaches = Vec::new();
    for source in &sources() {
        if MAY_TOUCH_FILES.contains(&source.module.as_str()) {
            continue;
        }
        for (number, line) in source.code() {
            for what in FILES {
                if line.contains(what) && !source.may(what) {
                    breaches.push(format!("{}:{number}: {what}", source.name));
                }
            }
        }
    }
    assert_none(
        "files, environment and streams belong to workspace and cli",
        &breaches,
    );
}

#[test]
fn labels_stand_in_the_label_tables_only() {
    let vocabulary = Vocabulary::built_in();
    let mut labels = BTreeSet::new();
    let mut take = |table: &Labels| labels.extend(table.0.values().flatten().cloned());
    take(&vocabulary.document);
    for form in &vocabulary.forms {
        take(&form.labels);
    }
    for form in &vocabulary.forms {
        labels.extend(form.title.iter().chain(&form.milestones).cloned());
        for level1 in &form.indicators {
            labels.extend(level1.texts.iter().chain(&level1.level2).cloned());
        }
    }
    // A single character, such as 年, is a label only in its place.
    labels.retain(|label| label.chars().count() > 1);
    let mut breaches = Vec::new();
    for source in &sources() {
        // The examples of a rule are documents, in which labels stand as they do in any.
        let is_rule = source.name.starts_with("check/rules/");
        let examples = match (
            source.text.find("    hits: &["),
            source.text.find("\n    check,\n"),
        ) {
            (Some(from), Some(to)) if is_rule => {
                let line = |at: usize| source.text[..at].matches('\n').count() + 1;
                line(from)..line(to) + 1
            }
            _ => 0..0,
        };
        for (number, line) in source.code().filter(|(number, _)| !examples.contains(number)) {
            for literal in literals(line) {
                if labels.contains(literal.trim()) && !source.may(literal) {
                    breaches.push(format!("{}:{number}: {literal}", source.name));
                }
            }
        }
    }
    assert_none("no label stands in the code", &breaches);
}

#[test]
fn no_file_is_long() {
    let long: Vec<_> = sources()
        .iter()
        .filter(|source| source.lines > MOST_LINES && !source.may("length"))
        .map(|source| format!("{}: {} lines", source.name, source.lines))
        .collect();
    assert_none("a file has at most 900 lines", &long);
}

#[test]
fn each_module_says_what_it_keeps_to() {
    let silent: Vec<_> = sources()
        .iter()
        .filter(|source| !["lib.rs", "main.rs"].contains(&source.name.as_str()))
        .filter(|source| {
            !source.text.starts_with("//! ")
                || (!source.name.contains('/') && !source.text.contains("//! Architecture invariant: "))
        })
        .map(|source| source.name.clone())
        .collect();
    assert_none(
        "a module says what it is, and its architecture invariant",
        &silent,
    );
}

#[test]
fn names_say_something() {
    let mut breaches = Vec::new();
    for source in &sources() {
        for word in source.name.trim_end_matches(".rs").split(['/', '_']) {
            if EMPTY_WORDS.contains(&word) {
                breaches.push(source.name.clone());
            }
        }
        for (number, line) in source.code() {
            let Some((_, rest)) = line.split_once("fn ") else {
                continue;
            };
            let name = rest
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()
                .unwrap_or_default();
            if name.split('_').any(|word| EMPTY_WORDS.contains(&word)) {
                breaches.push(format!("{}:{number}: {name}", source.name));
            }
        }
    }
    assert_none("no file or function has an empty name", &breaches);
}

#[test]
fn each_code_is_documented_and_named_once() {
    let mut names = BTreeSet::new();
    for code in Code::ALL {
        let name = code.name();
        assert!(names.insert(name), "{name} stands twice");
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name} is in kebab-case"
        );
        assert!(
            code.documentation().ends_with('.'),
            "{name} is documented by a sentence"
        );
        let help = code.help();
        assert!(
            !help.zh.is_empty() && !help.en.is_empty(),
            "{name} helps in both languages"
        );
        assert!(
            help.zh.ends_with('。') && help.en.ends_with('.'),
            "{name}: help is a sentence"
        );
    }
}

#[test]
fn each_template_is_built_in() {
    let built_in: BTreeSet<_> = Templates::built_in_files()
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    let there: BTreeSet<_> = files_below("templates")
        .iter()
        .map(|path| below("templates", path))
        .collect();
    assert_eq!(built_in, there);
}

#[test]
fn the_readme_names_the_commands() {
    for name in ["README.md", "README.zh-CN.md"] {
        let Ok(text) = fs::read_to_string(root().join(name)) else {
            eprintln!("passed over: there is no {name} yet");
            continue;
        };
        for command in ["jixiao build", "jixiao parse"] {
            assert!(text.contains(command), "{name} shows `{command}`");
        }
    }
}

#[test]
fn the_scanners_see_what_they_should() {
    assert_eq!(named_modules("use crate::finding::{Code, Finding};"), ["finding"]);
    assert_eq!(named_modules("use crate::{model, pdf::Pages};"), ["model", "pdf"]);
    assert_eq!(
        named_modules("    crate::workspace::count(jixiao::cli::run)"),
        ["workspace", "cli"]
    );
    assert_eq!(literals(r#"f("a", "b\"c", 'd')"#), ["a", r#"b\"c"#]);
}
