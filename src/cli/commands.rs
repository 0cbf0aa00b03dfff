//! The commands.
//!
//! Architecture invariant: a command puts the parts together and tells what came of it; the work
//! is done below.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::progress::Progress;
use super::{DONE, ERRORS, Stop, UNDONE, account, arguments, batch, differences, editing, exporting, report};
use crate::finding::{Code, Finding, Language, Message, Severity};
use crate::model::Department;
use crate::template::Templates;
use crate::vocab::Vocabulary;
use crate::workspace::{
    self, FileState, Held, Inputs, Press, Reading, export_templates, is_usable, model_json, model_line,
    read_template_folder, severity_index, write_whole,
};

/// The name by which other schemas may point to that of the model.
const SCHEMA_ID: &str = "urn:jixiao:department";

/// Runs the command that the arguments name, and returns the exit code.
pub(super) fn run(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    match matches.subcommand() {
        Some(("build", matches)) if matches.get_flag("from-ndjson") => {
            batch::make(matches, Reading::Lines, language)
        }
        Some(("build", matches)) => batch::make(matches, Reading::Texts, language),
        Some(("render", matches)) => batch::make(matches, Reading::Models, language),
        Some(("merge-manifests", matches)) => batch::merge(matches, language),
        Some(("parse", matches)) => parse(matches, language),
        Some(("update", matches)) => editing::update(matches, language),
        Some(("watch", matches)) => editing::watch(matches, language),
        Some(("restore", matches)) => editing::restore_kept(matches, language),
        Some(("export", matches)) => exporting::run(matches, language),
        Some(("check", matches)) => super::checking::run(matches, language),
        Some(("diff", matches)) => differences::run(matches, language),
        Some(("sample", matches)) => super::sampling::run(matches, language),
        Some(("schema", _)) => schema(),
        Some(("templates", matches)) => match matches.subcommand() {
            Some(("export", matches)) => export(matches, language),
            Some((_, matches)) => list(matches, language),
            None => Ok(UNDONE),
        },
        // clap has asked for a command already.
        _ => Ok(UNDONE),
    }
}

/// The exit code after so many findings of each severity.
pub(super) fn exit_code(is_any_done: bool, counts: [usize; 4]) -> u8 {
    if !is_any_done {
        UNDONE
    } else if counts[severity_index(Severity::Error)] > 0 {
        ERRORS
    } else {
        DONE
    }
}

/// Tells findings to people, of `--quiet` errors alone, and, with `--findings`, writes them to that file.
pub(super) fn tell(
    matches: &ArgMatches,
    findings: &[Finding],
    vocabulary: &Vocabulary,
    language: Language,
) -> Result<(), Stop> {
    let is_quiet = matches.try_get_one("quiet").ok().flatten() == Some(&true);
    let told: Vec<Finding> = findings
        .iter()
        .filter(|finding| !is_quiet || report::is_error(finding))
        .cloned()
        .collect();
    report::tell(&mut io::stderr(), &told, Some(vocabulary), language);
    if let Some(path) = matches.get_one::<PathBuf>("findings") {
        let mut json = serde_json::to_vec_pretty(findings).map_err(io::Error::from)?;
        json.push(b'\n');
        write_whole(path, &json).map_err(|error| Box::new(workspace::unwritable(path, &error)))?;
    }
    Ok(())
}

/// The press with the templates of `--templates` and the fonts of `--fonts`.
pub(super) fn press(matches: &ArgMatches) -> Result<Press, Stop> {
    let (templates, fonts) = (path(matches, "templates"), path(matches, "fonts"));
    Ok(Press::open(templates, fonts)?)
}

/// The path given by an option, if the command has the option.
fn path<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m Path> {
    let path = matches.try_get_one::<PathBuf>(name).ok().flatten();
    path.map(PathBuf::as_path)
}

/// The folder given by an option, from the root, so that it is found from anywhere.
pub(super) fn folder(matches: &ArgMatches, name: &str) -> Option<PathBuf> {
    let folder = path(matches, name)?;
    Some(std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()))
}

/// The form of `--form`, which must be known.
pub(super) fn form(matches: &ArgMatches, templates: &Templates) -> Result<Option<String>, Stop> {
    let Some(asked) = matches.get_one::<String>("form") else {
        return Ok(None);
    };
    let known: Vec<_> = templates.forms().collect();
    if known.contains(&asked.as_str()) {
        return Ok(Some(asked.clone()));
    }
    let known = known.join(", ");
    let message = Message::new(
        format!("没有名为“{asked}”的表样；可用：{known}"),
        format!("no form is named {asked}; there are {known}"),
    );
    Err(Box::new(Finding::new(Code::FormUnknown, message)).into())
}

/// `parse`.
fn parse(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let press = press(matches)?;
    let mut inputs = batch::inputs(matches, None, Reading::Texts)?;
    let mut findings = inputs.findings.clone();
    let shape = if matches.get_flag("ndjson") {
        Shape::Lines
    } else {
        Shape::of(&inputs)
    };
    if let Some(shard) = batch::shard(matches) {
        inputs.files = shard.of(inputs.files);
    }
    let mut models = Models::new(BufWriter::new(io::stdout().lock()), shape);
    let mut is_any_usable = false;
    let mut written = Ok(());
    // A bar between the lines of the models would only be in the way.
    let total = Some(inputs.files.len());
    let mut progress = Progress::new(total, !io::stdout().is_terminal(), language);
    let mut done = 0;
    let wants_ledger = matches.get_flag("ledger");
    let shown = |held: &Held<Department>| {
        let department = held.department.as_ref()?;
        let json = if wants_ledger {
            Ok(String::new())
        } else {
            shape.show(department, held)
        };
        Some((is_usable(department), json))
    };
    workspace::read_each(&inputs, arguments::thread_count(matches), &press, shown, |held| {
        findings.extend(held.findings);
        done += usize::from(held.is_last);
        progress.show(done);
        if wants_ledger && let Some(ledger) = &held.ledger {
            written = models.write_apart(&account::text(&held.source, ledger, language));
        }
        match held.department {
            Some((is_usable, _)) if wants_ledger => is_any_usable |= is_usable,
            Some((is_usable, Ok(json))) => {
                is_any_usable |= is_usable;
                written = models.write(json);
            }
            Some((_, Err(finding))) => findings.push(finding.in_file(held.source)),
            None => {}
        }
        if written.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    drop(progress);
    written?;
    models.finish()?;
    let counts = workspace::count(&findings);
    tell(matches, &findings, press.templates.vocabulary(), language)?;
    // A part without any input is done.
    let is_empty = inputs.files.is_empty() && counts[severity_index(Severity::Error)] == 0;
    Ok(exit_code(is_any_usable || is_empty, counts))
}

/// How several models are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One source: an object, or an array where it holds several departments.
    Single,
    /// An array.
    Array,
    /// A line each.
    Lines,
}

impl Shape {
    fn of(inputs: &Inputs) -> Self {
        if inputs.files.len() > 1 {
            Shape::Array
        } else {
            Shape::Single
        }
    }

    /// A department as JSON, without a line's end.
    fn show<T>(self, department: &Department, held: &Held<T>) -> Result<String, Finding> {
        if self == Shape::Lines {
            return model_line(department, held);
        }
        let bytes = model_json(department).map_err(|finding| *finding)?;
        // JSON is UTF-8.
        Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    }
}

/// Writes models one after the other as they come.
struct Models<W: Write> {
    out: W,
    shape: Shape,
    /// The first one of a single source waits until it is known whether there are more.
    waiting: Option<String>,
    count: usize,
}

impl<W: Write> Models<W> {
    fn new(out: W, shape: Shape) -> Self {
        Self {
            out,
            shape,
            waiting: None,
            count: 0,
        }
    }

    fn write(&mut self, json: String) -> io::Result<()> {
        match self.shape {
            Shape::Lines => writeln!(self.out, "{json}")?,
            Shape::Single if self.count == 0 => self.waiting = Some(json),
            Shape::Single => {
                self.shape = Shape::Array;
                self.count = 0;
                if let Some(first) = self.waiting.take() {
                    self.write(first)?;
                }
                return self.write(json);
            }
            Shape::Array => {
                self.out
                    .write_all(if self.count == 0 { b"[\n" } else { b",\n" })?;
                for (index, line) in json.lines().enumerate() {
                    let end = if index == 0 { "" } else { "\n" };
                    write!(self.out, "{end}  {line}")?;
                }
            }
        }
        self.count += 1;
        Ok(())
    }

    /// Writes something else than a model.
    fn write_apart(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    fn finish(mut self) -> io::Result<()> {
        if let Some(json) = self.waiting.take() {
            writeln!(self.out, "{json}")?;
        } else if self.shape == Shape::Array && self.count > 0 {
            self.out.write_all(b"\n]\n")?;
        }
        self.out.flush()
    }
}

/// `schema`.
fn schema() -> Result<u8, Stop> {
    let mut schema = schemars::schema_for!(Department);
    schema.insert("$id".to_owned(), SCHEMA_ID.into());
    let mut text = serde_json::to_string_pretty(&schema).map_err(io::Error::from)?;
    text.push('\n');
    io::stdout().write_all(text.as_bytes())?;
    Ok(DONE)
}

/// `templates list`.
fn list(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let templates = press(matches)?.templates;
    let mut files: Vec<(String, String)> = Templates::built_in_files()
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    if let Some(folder) = matches.get_one::<PathBuf>("templates") {
        for (name, text) in read_template_folder(folder)? {
            files.retain(|(other, _)| *other != name);
            files.push((name, text));
        }
        files.sort();
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", super::say(language, "表样：", "Forms:"))?;
    for form in templates.forms() {
        let table = format!("{form}/labels.toml");
        let text = files
            .iter()
            .find(|(name, _)| *name == table)
            .map(|(_, text)| text.as_str());
        writeln!(stdout, "  {form}  {}", text.map(description).unwrap_or_default())?;
    }
    writeln!(stdout, "\n{}", super::say(language, "文件：", "Files:"))?;
    for (name, _) in &files {
        writeln!(stdout, "  {name}")?;
    }
    Ok(DONE)
}

/// What a label table says of its form: its first comment.
fn description(table: &str) -> &str {
    let first = table.lines().next().unwrap_or_default();
    first.strip_prefix('#').unwrap_or_default().trim()
}

/// `templates export`.
fn export(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let folder = matches
        .get_one::<PathBuf>("folder")
        .map_or(Path::new(""), PathBuf::as_path);
    let files = Templates::built_in_files();
    let (states, findings) = export_templates(folder, &files);
    report::tell(&mut io::stderr(), &findings, None, language);
    let mut stdout = io::stdout().lock();
    for ((name, _), state) in files.iter().zip(&states) {
        let state = match state {
            FileState::Written => super::say(language, "已写入", "written"),
            FileState::Unchanged => super::say(language, "未变", "unchanged"),
            FileState::LeftAlone => super::say(language, "未覆盖", "left alone"),
            FileState::Failed => super::say(language, "失败", "failed"),
        };
        writeln!(stdout, "{}  {state}", folder.join(name).display())?;
    }
    Ok(exit_code(
        states.iter().any(|state| *state != FileState::Failed),
        workspace::count(&findings),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: Shape, count: u32) -> String {
        let mut out = Vec::new();
        let mut models = Models::new(&mut out, shape);
        for number in 0..count {
            let department = Department {
                department: Some(format!("局{number}")),
                ..Department::default()
            };
            models
                .write(shape.show(&department, &Held::<()>::default()).expect("JSON"))
                .expect("a buffer");
        }
        models.finish().expect("a buffer");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn one_is_an_object_and_several_are_what_serde_would_write() {
        let department = |number| Department {
            department: Some(format!("局{number}")),
            ..Department::default()
        };
        let pretty = |value: &dyn Fn() -> serde_json::Result<String>| value().expect("JSON") + "\n";
        assert_eq!(
            written(Shape::Single, 1),
            pretty(&|| serde_json::to_string_pretty(&department(0)))
        );
        let three = pretty(&|| serde_json::to_string_pretty(&[0, 1, 2].map(department)));
        assert_eq!(written(Shape::Single, 3), three);
        assert_eq!(written(Shape::Array, 3), three);
        assert_eq!(written(Shape::Lines, 3).lines().count(), 3);
        assert!(written(Shape::Array, 1).starts_with("[\n  {"));
        assert_eq!(written(Shape::Single, 0) + &written(Shape::Array, 0), "");
    }
}
