//! `check`: the review of documents, models and output folders, told form by form or as JSON.
//!
//! What was wrong with reading goes to standard error as `parse` tells it; what the review found to standard output.
//!
//! Architecture invariant: what is found, accepted, new and mended is told below; here it is only said. Departments
//! are told one after the other, and only sums are kept.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::arguments::{paths, thread_count};
use super::progress::Progress;
use super::{DONE, ERRORS, Stop, UNDONE, commands, report};
use crate::check::{ALL, Rule};
use crate::finding::{Code, Finding, Language, Message, Severity};
use crate::vocab::Vocabulary;
use crate::workspace::{
    Acceptance, CONFIGURATION, Configuration, Earlier, Mending, Reading, Remark, Reviewed, Reviewing, Scope,
    Subjects, read_configuration, read_earlier, review_each, rule_named,
};

mod arguments;
mod excerpts;
mod explaining;
mod fixing;
mod json;
mod printing;
mod sarif;
mod statistics;

pub(super) use arguments::check_arguments;

use arguments::{has, text};
use json::Array;
use printing::{Printer, Sums, closing};
use sarif::Log;
use statistics::{By, Statistics};

/// `check`.
pub(super) fn run(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let (mut configuration, file) = match configuration(matches) {
        Ok(read) => read,
        Err(findings) => {
            report::tell(&mut io::stderr(), &findings, None, language);
            return Ok(UNDONE);
        }
    };
    choose_rules(matches, &mut configuration)?;
    let press = commands::press(matches)?;
    let vocabulary = press.templates.vocabulary();
    if has(matches, "rules") || text(matches, "explain").is_some() {
        let said = documentation(matches, &configuration, vocabulary, language)?;
        io::stdout().write_all(said.as_bytes())?;
        return Ok(DONE);
    }
    let mut subjects = Subjects::gather(&paths(matches, "input"), Reading::Either, None);
    let mut has_errors = false;
    if has(matches, "fix") || has(matches, "unsafe-fixes") {
        let mending = Mending {
            settings: configuration.settings.clone(),
            acceptances: configuration.acceptances.clone(),
            takes_unsafe: has(matches, "unsafe-fixes"),
        };
        let fixed = fixing::fix(matches, subjects, &mending, &press, language)?;
        subjects = fixed.subjects;
        has_errors = fixed.has_errors;
    }
    let statistics = text(matches, "statistics").map(|by| match by {
        "departments" => By::Department,
        _ => By::Rule,
    });
    let reviewing = Reviewing {
        settings: configuration.settings.clone(),
        acceptances: configuration.acceptances.clone(),
        templates: commands::folder(matches, "templates"),
        jobs: thread_count(matches),
        has_excerpts: !is_for_programs(matches) && statistics.is_none(),
    };
    let earlier = match matches.get_one::<PathBuf>("since") {
        None => None,
        Some(base) => match read_earlier(base, &reviewing, &press) {
            Ok((earlier, findings)) => {
                report::tell(&mut io::stderr(), &findings, Some(vocabulary), language);
                Some(earlier)
            }
            Err(findings) => {
                report::tell(&mut io::stderr(), &findings, Some(vocabulary), language);
                return Ok(UNDONE);
            }
        },
    };
    let stdout = io::stdout();
    let is_coloured = stdout.is_terminal() && report::may_colour();
    let telling = if text(matches, "format") == Some("json") {
        Telling::Json(Array::new(BufWriter::new(stdout.lock())))
    } else if text(matches, "format") == Some("sarif") {
        let out = BufWriter::new(stdout.lock());
        Telling::Sarif(Log::new(out, &reviewing.settings, language)?)
    } else if let Some(by) = statistics {
        Telling::Statistics(Statistics::new(by))
    } else {
        Telling::Text(Printer::new(vocabulary, language, is_coloured))
    };
    let count = subjects.count();
    let mut teller = Teller {
        telling,
        language,
        vocabulary,
        earlier,
        sums: Sums::default(),
        used: vec![false; configuration.acceptances.len()],
        met: BTreeSet::new(),
        has_errors,
        sources: 0,
        progress: Progress::new(Some(count), !io::stdout().is_terminal(), language),
    };
    teller.find(std::mem::take(&mut subjects.findings));
    let mut written = Ok(());
    review_each(subjects, &reviewing, &press, |reviewed| {
        written = teller.tell(reviewed);
        if written.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    written?;
    teller.progress.clear();
    teller.tell_unused(&configuration, &file);
    let fail_on = match text(matches, "fail-on") {
        Some("note") => Severity::Note,
        Some("warning") => Severity::Warning,
        _ => Severity::Error,
    };
    teller.close(fail_on)
}

/// Whether standard output is for programs alone.
fn is_for_programs(matches: &ArgMatches) -> bool {
    text(matches, "format").is_some_and(|format| format != "text")
}

/// The configuration that is named, or that of the working directory, with the name of the file.
pub(super) fn configuration(matches: &ArgMatches) -> Result<(Configuration, String), Vec<Finding>> {
    let named = matches
        .try_get_one::<PathBuf>("config")
        .ok()
        .flatten()
        .map(PathBuf::as_path);
    let path = named.unwrap_or(Path::new(CONFIGURATION));
    let shown = path.display().to_string();
    if named.is_none() && !path.is_file() {
        return Ok((Configuration::default(), shown));
    }
    let text = fs::read_to_string(path).map_err(|error| {
        let message = Message::new(format!("无法读取：{error}"), format!("cannot be read: {error}"));
        vec![Finding::new(Code::InputUnreadable, message).in_file(shown.clone())]
    })?;
    let read = read_configuration(&text).map_err(|findings| {
        let named = findings.into_iter().map(|finding| finding.in_file(shown.clone()));
        named.collect::<Vec<_>>()
    })?;
    Ok((read, shown))
}

/// Turns off the rules that are not wanted.
fn choose_rules(matches: &ArgMatches, configuration: &mut Configuration) -> Result<(), Stop> {
    let rules = |name: &str| -> Result<Option<Vec<&'static Rule>>, Stop> {
        let Some(names) = matches.get_many::<String>(name) else {
            return Ok(None);
        };
        let rules = names.map(|name| rule_named(name).map_err(unknown));
        rules.collect::<Result<_, _>>().map(Some)
    };
    let only = rules("only")?;
    let skip = rules("skip")?.unwrap_or_default();
    for rule in ALL {
        let is_in = |list: &[&Rule]| list.iter().any(|one| one.code == rule.code);
        if only.as_ref().is_some_and(|only| !is_in(only)) || is_in(&skip) {
            configuration.settings.severities.insert(rule.code, None);
        }
    }
    Ok(())
}

fn unknown(message: Message) -> Stop {
    let help = Message::new(
        "规则名称和编号见 `jixiao check --rules`。",
        "`jixiao check --rules` lists names and numbers.",
    );
    Box::new(Finding::new(Code::ConfigInvalid, message).with_help(help)).into()
}

/// What `--explain` and `--rules` ask for.
fn documentation(
    matches: &ArgMatches,
    configuration: &Configuration,
    vocabulary: &Vocabulary,
    language: Language,
) -> Result<String, Stop> {
    let settings = &configuration.settings;
    match text(matches, "explain") {
        Some(name) if name != "all" => {
            let rule = rule_named(name).map_err(unknown)?;
            Ok(explaining::explain(rule, settings, vocabulary, language))
        }
        _ => Ok(explaining::list(settings, language)),
    }
}

/// How the review is told.
enum Telling<'a> {
    Text(Printer<'a>),
    Json(Array<BufWriter<io::StdoutLock<'a>>>),
    Sarif(Log<BufWriter<io::StdoutLock<'a>>>),
    Statistics(Statistics),
}

/// Who is told of the review.
struct Teller<'a> {
    telling: Telling<'a>,
    language: Language,
    vocabulary: &'a Vocabulary,
    earlier: Option<Earlier>,
    sums: Sums,
    /// For each acceptance whether it fitted a finding.
    used: Vec<bool>,
    /// The departments that were reviewed.
    met: BTreeSet<String>,
    has_errors: bool,
    sources: usize,
    progress: Progress,
}

impl Teller<'_> {
    /// Tells what was wrong with reading.
    fn find(&mut self, mut findings: Vec<Finding>) {
        self.has_errors |= findings.iter().any(report::is_error);
        findings.retain(|finding| finding.severity != Severity::Note);
        if !findings.is_empty() {
            self.progress.clear();
            report::tell(&mut io::stderr(), &findings, Some(self.vocabulary), self.language);
        }
    }

    /// Tells what was found in a department.
    fn tell(&mut self, mut reviewed: Reviewed) -> io::Result<()> {
        self.find(std::mem::take(&mut reviewed.read));
        self.sources += usize::from(reviewed.is_last);
        for (sum, used) in self.used.iter_mut().zip(&reviewed.used) {
            *sum |= used;
        }
        let Some(department) = reviewed.department.clone() else {
            self.progress.show(self.sources);
            return Ok(());
        };
        self.met
            .extend(department.name.iter().map(|name| without_blanks(name)));
        self.sums.departments += 1;
        let mut remarks = std::mem::take(&mut reviewed.remarks);
        if let Some(earlier) = &mut self.earlier {
            if !earlier.meet(&department) {
                self.progress.clear();
                super::tell_line(&unmet(&reviewed, self.language));
            }
            let before = remarks.len();
            remarks.retain(|remark| !earlier.knows(&department, remark));
            self.sums.old += before - remarks.len();
        }
        for remark in &remarks {
            self.sums.add(&remark.finding);
        }
        self.show(&reviewed, &remarks)?;
        self.progress.show(self.sources);
        Ok(())
    }

    fn show(&mut self, reviewed: &Reviewed, remarks: &[Remark]) -> io::Result<()> {
        match &mut self.telling {
            Telling::Text(printer) => {
                let text = printer.department(reviewed, remarks);
                if !text.is_empty() {
                    self.progress.clear();
                    io::stdout().write_all(text.as_bytes())?;
                }
            }
            Telling::Json(array) => {
                for remark in remarks {
                    array.write(reviewed, &remark.finding, self.language)?;
                }
            }
            Telling::Sarif(log) => {
                for remark in remarks {
                    log.write(reviewed, remark, self.language)?;
                }
            }
            Telling::Statistics(statistics) => {
                statistics.add(reviewed, remarks.iter().map(|remark| &remark.finding));
            }
        }
        Ok(())
    }

    /// Says which acceptances of the configuration fit nothing any more. Those for rules that are turned off, and for
    /// departments that were not reviewed, may still fit.
    fn tell_unused(&self, configuration: &Configuration, file: &str) {
        let entries = configuration.acceptances.iter().zip(&configuration.places);
        let unused = entries.zip(&self.used).filter(|(_, used)| !**used);
        let findings: Vec<Finding> = unused
            .filter_map(|((acceptance, place), _)| self.unused(configuration, acceptance, place, file))
            .collect();
        report::tell(&mut io::stderr(), &findings, Some(self.vocabulary), self.language);
    }

    fn unused(
        &self,
        configuration: &Configuration,
        acceptance: &Acceptance,
        place: &crate::finding::Place,
        file: &str,
    ) -> Option<Finding> {
        let Scope::Matching(matching) = &acceptance.scope else {
            return None;
        };
        let is_on = Rule::of(matching.rule).and_then(|rule| configuration.settings.severity(rule));
        let is_met = |name: &String| self.met.contains(&without_blanks(name));
        is_on.filter(|_| matching.department.as_ref().is_none_or(is_met))?;
        let (rule, reason) = (matching.rule, &acceptance.reason);
        let message = Message::new(
            format!("认可的 {rule}（{reason}）已没有对应的问题。"),
            format!("what was accepted of {rule} ({reason}) fits no finding."),
        );
        let finding = Finding::new(Code::AcceptanceUnused, message);
        Some(finding.in_file(file).at(place.clone()))
    }

    /// Says what it comes to, and returns the exit code.
    fn close(self, fail_on: Severity) -> Result<u8, Stop> {
        let gone = self.earlier.as_ref().map(Earlier::gone);
        let sums = closing(&self.sums, gone, self.language);
        match self.telling {
            Telling::Text(_) => io::stdout().write_all(sums.as_bytes())?,
            Telling::Statistics(statistics) => {
                let table = statistics.table(self.language);
                io::stdout().write_all(format!("{table}\n{sums}").as_bytes())?;
            }
            Telling::Json(array) => array.finish()?,
            Telling::Sarif(log) => log.finish()?,
        }
        Ok(if self.sums.departments == 0 {
            UNDONE
        } else if self.has_errors || self.sums.has(fail_on) {
            ERRORS
        } else {
            DONE
        })
    }
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// That a department was not reviewed before.
fn unmet(reviewed: &Reviewed, language: Language) -> String {
    let source = report::one_line(&reviewed.source);
    match language {
        Language::Zh => format!("{source}：以前的结果中没有该部门该年度，全部问题都列出。"),
        Language::En => format!("{source}: this department and year were not reviewed before; all is shown"),
    }
}
