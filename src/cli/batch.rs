//! `build`, `render` and `merge-manifests`: the batch, told to people or to scripts as it goes.
//!
//! Of a few inputs all that was found is told at the end, file by file. Of many, each failure is a line, told
//! at once, and the rest stands in the workbooks, in the summary and in `--findings`. With `--format json`
//! each department is a line of JSON on standard output, as soon as it is made.
//!
//! Architecture invariant: only what is shown at the end is kept, however many departments there are.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use serde::Serialize;

use super::commands::{exit_code, folder, form, press};
use super::progress::Progress;
use super::report::{Closing, MOST_ROWS};
use super::{ERRORS, Stop, UNDONE, arguments, cache_folder, checking, report, say, tell_line};
use crate::check::Rule;
use crate::finding::{Finding, Language, Severity};
use crate::vocab::Vocabulary;
use crate::workspace::{
    self, Ended, FileState, Inputs, Limits, Made, Order, Reading, STANDARD_INPUT, Settings, Shard, gather,
    read_list, severity_index,
};

/// The inputs that are named, in lists too; those of the part that is asked for come later.
pub(super) fn inputs(matches: &ArgMatches, out: Option<&Path>, reading: Reading) -> Result<Inputs, Stop> {
    let mut named = arguments::paths(matches, "input");
    for list in arguments::paths(matches, "files-from") {
        named.extend(read_list(&list)?);
    }
    if named.is_empty() && reading == Reading::Lines {
        named.push(PathBuf::from(STANDARD_INPUT));
    }
    Ok(gather(&named, out, reading))
}

/// The part of the inputs that is asked for.
pub(super) fn shard(matches: &ArgMatches) -> Option<Shard> {
    matches.get_one::<Shard>("shard").copied()
}

/// How the batch is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Telling {
    /// What was found at the end, and a table.
    Whole,
    /// Each failure in a line, and a table of those.
    Failures,
    /// Everything that was found, as it is found.
    Everything,
    /// Failures alone.
    Quiet,
    /// Lines of JSON.
    Json,
}

impl Telling {
    fn of(matches: &ArgMatches, inputs: &Inputs, reading: Reading) -> Self {
        let is_json = matches
            .get_one::<String>("format")
            .is_some_and(|format| format == "json");
        if is_json {
            Telling::Json
        } else if matches.get_flag("quiet") {
            Telling::Quiet
        } else if matches.get_flag("verbose") {
            Telling::Everything
        } else if inputs.files.len() > MOST_ROWS || reading == Reading::Lines {
            Telling::Failures
        } else {
            Telling::Whole
        }
    }
}

/// A department in a line of JSON.
#[derive(Serialize)]
struct MadeLine<'a> {
    r#type: &'static str,
    source: &'a str,
    department: Option<&'a str>,
    year: Option<i32>,
    folder: Option<&'a str>,
    forms: usize,
    indicators: usize,
    failed: bool,
    files: serde_json::Map<String, serde_json::Value>,
    findings: &'a [Finding],
}

/// The end of a batch in a line of JSON.
#[derive(Serialize)]
struct EndLine<'a> {
    r#type: &'static str,
    departments: usize,
    forms: usize,
    failed: usize,
    written: usize,
    unchanged: usize,
    stopped: bool,
    seconds: f64,
    findings: &'a [Finding],
}

/// Who is told of the batch.
struct Teller<'a> {
    telling: Telling,
    language: Language,
    vocabulary: &'a Vocabulary,
    /// With `--findings`, where they go.
    file: Option<FindingsFile>,
    progress: Progress,
    closing: Closing,
    /// What is told at the end.
    kept: Vec<Finding>,
    sources: usize,
    is_any_done: bool,
    failed: usize,
    /// Why standard output cannot be written.
    output: io::Result<()>,
}

impl Teller<'_> {
    /// Tells what was found about the batch as a whole.
    fn find(&mut self, findings: Vec<Finding>) -> io::Result<()> {
        self.closing.count(&findings);
        self.write_findings(&findings)?;
        match self.telling {
            Telling::Json => {}
            Telling::Whole => self.kept.extend(findings),
            Telling::Quiet => {
                let errors = findings.into_iter().filter(report::is_error);
                self.tell(&errors.collect::<Vec<_>>());
            }
            Telling::Failures | Telling::Everything => self.tell(&findings),
        }
        Ok(())
    }

    /// Tells what was made of a department.
    fn made(&mut self, made: Made, findings: Vec<Finding>) -> io::Result<()> {
        self.sources += usize::from(made.is_last);
        self.is_any_done |= made.files.iter().any(|(_, state)| *state != FileState::Failed);
        self.failed += usize::from(made.is_failed());
        self.write_findings(&findings)?;
        // What the review found stands in the review sheets; it is told by `jixiao check`, and here as a sum.
        let (of_review, others): (Vec<Finding>, Vec<Finding>) = findings
            .into_iter()
            .partition(|finding| Rule::of(finding.code).is_some());
        self.closing.count(&others);
        let findings = match self.telling {
            Telling::Json => others.into_iter().chain(of_review).collect(),
            _ => others,
        };
        match self.telling {
            Telling::Json => {
                self.output = line(&MadeLine {
                    r#type: "department",
                    source: &made.source,
                    department: made.department.as_deref(),
                    year: made.year,
                    folder: made.folder.as_deref(),
                    forms: made.forms,
                    indicators: made.indicators,
                    failed: made.is_failed(),
                    files: made
                        .files
                        .iter()
                        .map(|(target, state)| (target.name().to_owned(), report::state_name(*state).into()))
                        .collect(),
                    findings: &findings,
                });
            }
            Telling::Whole => self.kept.extend(findings),
            Telling::Everything => self.tell(&findings),
            Telling::Failures | Telling::Quiet if made.is_failed() => {
                self.progress.clear();
                tell_line(&report::failure(&made, &findings, self.language));
            }
            Telling::Failures | Telling::Quiet => {}
        }
        self.closing.add(made);
        self.progress.show(self.sources);
        Ok(())
    }

    fn tell(&mut self, findings: &[Finding]) {
        if !findings.is_empty() {
            self.progress.clear();
            report::tell(&mut io::stderr(), findings, Some(self.vocabulary), self.language);
        }
    }

    fn write_findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write(findings))
    }
}

/// `build` and `render`.
pub(super) fn make(matches: &ArgMatches, reading: Reading, language: Language) -> Result<u8, Stop> {
    let started = Instant::now();
    let configuration = match checking::configuration(matches) {
        Ok((configuration, _)) => configuration,
        Err(findings) => {
            report::tell(&mut io::stderr(), &findings, None, language);
            return Ok(UNDONE);
        }
    };
    let press = press(matches)?;
    let only = matches.try_get_many::<u32>("only").ok().flatten();
    let shard = shard(matches);
    let order = Order {
        out: matches.get_one::<PathBuf>("out").cloned().unwrap_or_default(),
        settings: Settings {
            targets: arguments::targets(matches),
            form: form(matches, &press.templates)?,
            only: only.map(|numbers| numbers.copied().collect()).unwrap_or_default(),
            templates: folder(matches, "templates"),
            fonts: folder(matches, "fonts"),
            one_sided: matches.get_flag("one-sided"),
            is_unchecked: matches.get_flag("no-check"),
            review: configuration.settings,
            acceptances: configuration.acceptances,
        },
        reading,
        jobs: arguments::thread_count(matches),
        shard,
        is_shared: shard.is_some() || matches.get_flag("shared"),
        limits: limits(matches),
        cache: cache_folder(),
        halt: halt_on_signals(),
    };
    let mut inputs = inputs(matches, Some(&order.out), reading)?;
    let telling = Telling::of(matches, &inputs, reading);
    let count = inputs.files.len();
    let total = match (reading, shard) {
        (Reading::Lines, _) => None,
        (_, Some(shard)) => Some((0..count).filter(|place| shard.has(*place)).count()),
        (_, None) => Some(count),
    };
    let mut teller = Teller {
        telling,
        language,
        vocabulary: press.templates.vocabulary(),
        file: matches
            .get_one::<PathBuf>("findings")
            .map(|path| FindingsFile::begin(path))
            .transpose()?,
        progress: Progress::new(
            total,
            !matches!(telling, Telling::Quiet | Telling::Json),
            language,
        ),
        closing: Closing::default(),
        kept: Vec::new(),
        sources: 0,
        is_any_done: false,
        failed: 0,
        output: Ok(()),
    };
    teller.find(std::mem::take(&mut inputs.findings))?;
    let is_fail_fast = matches.get_flag("fail-fast");
    let mut trouble = Ok(());
    let is_error = |finding: &Finding| report::is_error(finding) && Rule::of(finding.code).is_none();
    let ended = workspace::build(inputs, &order, &press, |made, findings| {
        let is_over = is_fail_fast && (made.is_failed() || findings.iter().any(is_error));
        trouble = teller.made(made, findings);
        if is_over || trouble.is_err() || teller.output.is_err() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let ended = match ended {
        Ok(ended) => ended,
        Err(finding) => {
            let kept = std::mem::take(&mut teller.kept);
            teller.tell(&kept);
            return Err(finding.into());
        }
    };
    trouble?;
    let is_halted = ended.is_halted;
    end(
        teller,
        ended,
        &order,
        started.elapsed(),
        total.filter(|_| is_halted),
    )
}

/// Tells how the batch ended.
fn end(
    mut teller: Teller<'_>,
    ended: Ended,
    order: &Order,
    took: Duration,
    stopped: Option<usize>,
) -> Result<u8, Stop> {
    let language = teller.language;
    let whole = ended.findings.clone();
    teller.find(ended.findings)?;
    teller.progress.clear();
    let kept = std::mem::take(&mut teller.kept);
    teller.tell(&kept);
    if let Some(file) = teller.file.take() {
        file.finish()?;
    }
    let closing = &teller.closing;
    match teller.telling {
        Telling::Json => {
            let end = EndLine {
                r#type: "batch",
                departments: closing.departments,
                forms: closing.forms,
                failed: teller.failed,
                written: closing.written,
                unchanged: closing.unchanged,
                stopped: ended.is_halted,
                seconds: took.as_secs_f64(),
                findings: &whole,
            };
            teller.output = std::mem::replace(&mut teller.output, Ok(())).and_then(|()| line(&end));
        }
        Telling::Quiet => {}
        Telling::Whole | Telling::Failures | Telling::Everything => {
            let table = report::closing_table(closing, &order.out, took, language);
            teller.output = io::stdout().write_all(table.as_bytes());
        }
    }
    if teller.telling == Telling::Failures && teller.closing.counts != [0; 4] {
        tell_line(say(
            language,
            "逐条内容见各工作簿的批注和汇总；--verbose 在此逐条报告，--findings FILE 写入文件。",
            "What was found stands in the notes of the workbooks and in the summary; --verbose tells it here, --findings FILE in a file.",
        ));
    }
    if ended.is_halted {
        let done = teller.sources;
        let of = stopped.map(|count| format!("/{count}")).unwrap_or_default();
        tell_line(&match language {
            Language::Zh => format!("已停止：完成 {done}{of} 个输入；再次运行同一命令即从此处继续。"),
            Language::En => format!("stopped: {done}{of} inputs done; the same command goes on from here"),
        });
    } else if order.is_shared && teller.telling != Telling::Json && teller.telling != Telling::Quiet {
        tell_line(say(
            language,
            "各路都结束后，请运行 `jixiao merge-manifests <OUT>` 生成汇总。",
            "When all runs have ended, `jixiao merge-manifests <OUT>` makes the summary.",
        ));
    }
    // A part without any input, as engines have them that spread the work, is done.
    let is_empty = teller.sources == 0 && teller.closing.counts[severity_index(Severity::Error)] == 0;
    let code = exit_code(teller.is_any_done || is_empty, teller.closing.counts);
    match teller.output {
        // The files are made, whether or not somebody reads the table.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ if ended.is_halted => Ok(code.max(ERRORS)),
        _ => Ok(code),
    }
}

/// `merge-manifests`.
pub(super) fn merge(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let press = press(matches)?;
    let outs = arguments::paths(matches, "folders");
    let into = matches.get_one::<PathBuf>("out").or(outs.first());
    let into = into.cloned().unwrap_or_default();
    let (departments, findings) = workspace::merge_manifests(&outs, &into, &press)?;
    report::tell(
        &mut io::stderr(),
        &findings,
        Some(press.templates.vocabulary()),
        language,
    );
    let into = into.display();
    let text = match language {
        Language::Zh => format!("{departments} 个部门 → {into}\n"),
        Language::En => format!("departments {departments} → {into}\n"),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(exit_code(departments > 0, workspace::count(&findings)))
}

fn limits(matches: &ArgMatches) -> Limits {
    let usual = Limits::default();
    let time = matches
        .get_one::<u64>("time-limit")
        .map(|&seconds| Duration::from_secs(seconds));
    let memory = matches
        .get_one::<u64>("memory-limit")
        .map(|&megabytes| megabytes << 20);
    Limits {
        time: time.unwrap_or(usual.time),
        memory: memory.unwrap_or(usual.memory),
    }
}

/// A flag that Ctrl-C, and what ends programs otherwise, sets; a second time ends the program at once.
fn halt_on_signals() -> Arc<AtomicBool> {
    let halt = Arc::new(AtomicBool::new(false));
    for &signal in signal_hook::consts::TERM_SIGNALS {
        // Without a signal the program is ended at once, which does no harm either.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&halt));
        let _ = signal_hook::flag::register(signal, Arc::clone(&halt));
    }
    halt
}

/// Writes a line of JSON to standard output, at once.
fn line(value: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&text)?;
    stdout.flush()
}

/// A file of findings as a JSON array, written as they come, and renamed when it is whole.
struct FindingsFile {
    path: PathBuf,
    temporary: PathBuf,
    out: BufWriter<fs::File>,
    is_empty: bool,
}

impl FindingsFile {
    fn begin(path: &Path) -> Result<Self, Stop> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let file =
            fs::File::create(&temporary).map_err(|error| Box::new(workspace::unwritable(path, &error)))?;
        Ok(Self {
            path: path.to_owned(),
            temporary,
            out: BufWriter::new(file),
            is_empty: true,
        })
    }

    fn write(&mut self, findings: &[Finding]) -> io::Result<()> {
        for finding in findings {
            self.out.write_all(if self.is_empty { b"[\n" } else { b",\n" })?;
            self.is_empty = false;
            let text = serde_json::to_string_pretty(finding)?;
            for (index, line) in text.lines().enumerate() {
                let end = if index == 0 { "" } else { "\n" };
                write!(self.out, "{end}  {line}")?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Stop> {
        let end: &[u8] = if self.is_empty { b"[]\n" } else { b"\n]\n" };
        let written = self.out.write_all(end).and_then(|()| self.out.flush());
        let renamed = written.and_then(|()| fs::rename(&self.temporary, &self.path));
        renamed.map_err(|error| Box::new(workspace::unwritable(&self.path, &error)).into())
    }
}

impl Drop for FindingsFile {
    fn drop(&mut self) {
        // Nothing is left of one that was not finished.
        let _ = fs::remove_file(&self.temporary);
    }
}
