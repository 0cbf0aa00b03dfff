//! The commands for what people edit: `update`, `watch`, `restore`.
//!
//! Architecture invariant: what was changed, by whom and where is told before anything else is said of
//! a department.

#![allow(
    clippy::format_push_string,
    reason = "the texts are small and told once; `write!` to a String would only hide them"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::arguments::{font_folder, jobs, options, positions, template_folder, thread_count, worded};
use super::progress::Progress;
use super::{DONE, ERRORS, Stop, UNDONE, differences, report, say};
use crate::finding::{Code, Finding, Language, Message, Severity};
use crate::merge::{ChangeKind, Taken};
use crate::vocab::Vocabulary;
use crate::workspace::{
    self, FileState, Kept, Reason, Update, UpdateState, Updated, Watched, choices_file, kept_workbooks,
    read_choices, restore, side_of, side_words, write_whole,
};

/// The most changes that are told of one department.
const MOST_CHANGES: usize = 40;

/// `update`.
pub(super) fn update_arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("update")
        .about(say(
            "并入改动（文稿、工作簿、model.json），重新生成受影响的文件",
            "Merge edits of texts, workbooks and models, and remake what depends on them",
        ))
        .override_usage(say(
            "jixiao update <OUT>… [选项]",
            "jixiao update <OUT>… [OPTIONS]",
        ))
        .arg(out(language))
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .short('n')
                .action(ArgAction::SetTrue)
                .help_heading(options(language))
                .help(say(
                    "只说明将要做什么，不写任何文件",
                    "Say what would be done, write nothing",
                )),
        )
        .arg(
            Arg::new("prefer")
                .long("prefer")
                .value_name("SIDE")
                .value_parser(PossibleValuesParser::new(["source", "workbook", "model"]))
                .hide_possible_values(true)
                .help_heading(options(language))
                .help(say(
                    "改动冲突时以哪一方为准：source 文稿、workbook 工作簿、model 模型",
                    "Who is right where sides disagree: source, workbook or model",
                )),
        )
        .arg(
            Arg::new("choices")
                .long("choices")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help_heading(options(language))
                .help(say(
                    "逐项选定冲突的文件",
                    "A file that says who is right, field by field",
                )),
        )
        .arg(
            Arg::new("save-choices")
                .long("save-choices")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help_heading(options(language))
                .help(say(
                    "把冲突写成待填的选择文件（填 take 后用于 --choices）",
                    "Write the conflicts to a file, to fill in `take` and give to --choices",
                )),
        )
        .arg(template_folder(language))
        .arg(font_folder(language))
        .arg(jobs(language))
        .arg(super::arguments::findings(language));
    worded(command, language).after_help(say(
        "改动按内容识别；两方改动不同栏目时自动合并，同一栏目改得不同则报告冲突且不写该部门。\n\
         被替换的工作簿保留最近五份，可用 `jixiao restore` 取回。\n\
         退出码：0 完成；1 有冲突或错误；2 无法执行。",
        "Edits are told by content. What sides changed in different fields is merged; where they changed\n\
         one field differently, nothing of that department is written. The last five replaced workbooks\n\
         are kept, see `jixiao restore`.\n\
         Exit codes: 0 done; 1 conflicts or errors; 2 the work could not be done.",
    ))
}

/// `watch`.
pub(super) fn watch_arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("watch")
        .about(say(
            "监视输出文件夹，保存后随即更新",
            "Watch an output folder and update it at each save",
        ))
        .override_usage(say("jixiao watch <OUT> [选项]", "jixiao watch <OUT> [OPTIONS]"))
        .arg(out(language))
        .arg(template_folder(language))
        .arg(font_folder(language));
    worded(command, language).after_help(say(
        "按 Ctrl-C 结束。工作簿打开期间等待，关闭后更新。",
        "Ctrl-C ends it. A workbook that is open is waited for until it is closed.",
    ))
}

/// `restore`.
pub(super) fn restore_arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("restore")
        .about(say(
            "列出或取回被替换的工作簿",
            "List the workbooks that were replaced, or bring one back",
        ))
        .override_usage(say(
            "jixiao restore <FOLDER> [NUMBER]",
            "jixiao restore <FOLDER> [NUMBER]",
        ))
        .arg(
            Arg::new("folder")
                .value_name("FOLDER")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help_heading(positions(language))
                .help(say("部门的文件夹", "The folder of a department")),
        )
        .arg(
            Arg::new("number")
                .value_name("NUMBER")
                .value_parser(value_parser!(u32))
                .help_heading(positions(language))
                .help(say(
                    "取回哪一份；不写则列出",
                    "Which one; without it they are listed",
                )),
        );
    worded(command, language).after_help(say(
        "取回后其内容即为该部门的内容，PDF 等随之更新；现有工作簿也会留存。",
        "What it says is then what the department says, and the PDF follows; the present workbook is kept.",
    ))
}

fn out(language: Language) -> Arg {
    Arg::new("out")
        .value_name("OUT")
        .required(true)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help_heading(positions(language))
        .help(say(
            language,
            "输出文件夹，或其中一个部门的文件夹",
            "An output folder, or the folder of a department in one",
        ))
}

/// The output folders that were named, each with the departments wanted; all if none.
fn folders(matches: &ArgMatches) -> Vec<(PathBuf, Vec<String>)> {
    let mut all: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    let mut whole: Vec<PathBuf> = Vec::new();
    for path in matches.get_many::<PathBuf>("out").into_iter().flatten() {
        if let Some((out, name)) = department_folder(path) {
            all.entry(out).or_default().push(name);
        } else {
            whole.push(path.clone());
        }
    }
    for out in whole {
        all.insert(out, Vec::new());
    }
    all.into_iter().collect()
}

/// The output folder and the name of a department's folder.
fn department_folder(path: &Path) -> Option<(PathBuf, String)> {
    if !path.join(workspace::BASE).is_file() {
        return None;
    }
    let path = path.canonicalize().ok()?;
    let name = path.file_name()?.to_str()?.to_owned();
    Some((path.parent()?.to_owned(), name))
}

fn order(matches: &ArgMatches, out: PathBuf, folders: Vec<String>) -> Result<Update, Stop> {
    let choices = match option_path(matches, "choices") {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| unread(path, &error))?;
            read_choices(&text).map_err(|finding| Box::new(finding.in_file(path.display().to_string())))?
        }
        None => workspace::AllChoices::new(),
    };
    let prefer = matches.try_get_one::<String>("prefer").ok().flatten();
    let absolute = |name| {
        let path = option_path(matches, name)?;
        Some(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    };
    Ok(Update {
        out,
        folders,
        prefer: prefer.and_then(|side| side_of(side)),
        choices,
        is_dry: matches.try_get_one::<bool>("dry-run").ok().flatten() == Some(&true),
        templates: absolute("templates"),
        fonts: absolute("fonts"),
        jobs: thread_count(matches),
        cache: super::cache_folder(),
        mending: None,
    })
}

fn option_path<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m Path> {
    let path = matches.try_get_one::<PathBuf>(name).ok().flatten();
    path.map(PathBuf::as_path)
}

fn unread(path: &Path, error: &io::Error) -> Box<Finding> {
    let message = Message::new(format!("无法读取：{error}"), format!("cannot be read: {error}"));
    Box::new(Finding::new(Code::InputUnreadable, message).in_file(path.display().to_string()))
}

/// `update`.
pub(super) fn update(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let vocabulary = Vocabulary::built_in();
    let mut code = DONE;
    let mut all = Vec::new();
    let mut findings = Vec::new();
    for (out, folders) in folders(matches) {
        let started = Instant::now();
        let order = order(matches, out, folders)?;
        let mut progress: Option<Progress> = None;
        let (updated, said) = workspace::update(&order, |done, count| {
            progress
                .get_or_insert_with(|| Progress::new(Some(count), true, language))
                .show(done);
        })?;
        drop(progress);
        let text = told(&updated, order.is_dry, &vocabulary, language);
        let closing = closing(&updated, started.elapsed().as_secs_f64(), order.is_dry, language);
        let own: Vec<Finding> = updated
            .iter()
            .flat_map(|one| one.findings.iter().cloned())
            .chain(said)
            .collect();
        report::tell(&mut io::stderr(), &own, Some(&vocabulary), language);
        write_out(&(text + &closing))?;
        let is_bad = |finding: &Finding| finding.severity == Severity::Error;
        if own.iter().any(is_bad)
            || updated
                .iter()
                .any(|one| lost(one) || one.state == UpdateState::Failed)
        {
            code = ERRORS;
        }
        findings.extend(own);
        all.extend(updated);
    }
    if let Some(path) = option_path(matches, "findings") {
        let mut json = serde_json::to_vec_pretty(&findings).map_err(io::Error::from)?;
        json.push(b'\n');
        write_whole(path, &json).map_err(|error| Box::new(workspace::unwritable(path, &error)))?;
    }
    if let Some(path) = option_path(matches, "save-choices")
        && let Some(text) = choices_file(&all)
    {
        write_whole(path, text.as_bytes()).map_err(|error| Box::new(workspace::unwritable(path, &error)))?;
    }
    Ok(code)
}

/// Writes to standard output; the work is done, whether or not somebody reads it.
pub(super) fn write_out(text: &str) -> Result<(), Stop> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

pub(super) fn lost(updated: &Updated) -> bool {
    updated
        .files
        .iter()
        .any(|(_, state)| matches!(state, FileState::Failed | FileState::LeftAlone))
}

/// What became of the departments that were not up to date.
pub(super) fn told(updated: &[Updated], is_dry: bool, vocabulary: &Vocabulary, language: Language) -> String {
    let mut text = String::new();
    for one in updated.iter().filter(|one| one.state != UpdateState::Current) {
        text.push_str(&headline(one, is_dry, language));
        for taken in one.taken.iter().take(MOST_CHANGES) {
            text.push_str(&change_line(taken, vocabulary, language));
        }
        if let Some(more) = one.taken.len().checked_sub(MOST_CHANGES).filter(|&more| more > 0) {
            text.push_str(&match language {
                Language::Zh => format!("  另有 {more} 处改动\n"),
                Language::En => format!("  and {more} more changes\n"),
            });
        }
    }
    text
}

/// Such as `某局_2025_…  已更新（工作簿有改动）  xlsx pdf json`.
fn headline(one: &Updated, is_dry: bool, language: Language) -> String {
    let say = |zh, en| say(language, zh, en);
    let state = match (one.state, is_dry) {
        (UpdateState::Current, _) => say("已是最新", "up to date"),
        (UpdateState::Updated, false) => say("已更新", "updated"),
        (UpdateState::Updated, true) => say("将更新", "would be updated"),
        (UpdateState::Conflicting, _) => say("有冲突，未写入", "conflicts, nothing written"),
        (UpdateState::Failed, _) => say("未更新", "not updated"),
    };
    let reasons: Vec<&str> = one
        .reasons
        .iter()
        .map(|reason| match reason {
            Reason::Source => say("文稿有改动", "the text changed"),
            Reason::Workbook => say("工作簿有改动", "the workbook was edited"),
            Reason::Model => say("model.json 有改动", "model.json was edited"),
            Reason::Answers => say("有新的答复", "the review was answered"),
            Reason::Missing => say("有文件缺失或未完成", "a file is missing or was not finished"),
            Reason::Press => say("模板、字体或程序有变化", "templates, fonts or program changed"),
            Reason::Review => say("按审核意见修改", "the review put something right"),
        })
        .collect();
    let files = report::files_with_states(&one.files);
    let reasons = reasons.join(say("、", ", "));
    let (open, close) = (say("（", " ("), say("）", ")"));
    format!(
        "{}  {state}{open}{reasons}{close}  {}\n",
        one.folder,
        files.join(" ")
    )
    .trim_end()
    .to_owned()
        + "\n"
}

/// One change: where, what, from whom.
fn change_line(taken: &Taken, vocabulary: &Vocabulary, language: Language) -> String {
    let change = &taken.change;
    let form = change.form.as_ref().map(|form| match language {
        Language::Zh => format!("表{} ", form.number),
        Language::En => format!("form {} ", form.number),
    });
    let field = differences::field(change, vocabulary, language);
    let (before, after) = differences::shown(change, language);
    let what = match change.kind {
        ChangeKind::Changed => format!("{before} → {after}"),
        ChangeKind::Added => format!("+ {after}"),
        ChangeKind::Deleted => format!("- {before}"),
        ChangeKind::Moved => {
            let moved = match language {
                Language::Zh => vocabulary.document.printed("difference_moved"),
                Language::En => "moved",
            };
            format!("{moved} {before}")
        }
    };
    let sides: Vec<&str> = taken
        .sides
        .iter()
        .map(|side| side_words(*side, language))
        .collect();
    let place = change.place_after.as_ref().or(change.place_before.as_ref());
    let place = place.map_or_else(String::new, |place| format!(" {}", place.in_language(language)));
    format!(
        "  {}{field}: {what}  [{}{place}]\n",
        form.unwrap_or_default(),
        sides.join("+"),
    )
}

pub(super) fn closing(updated: &[Updated], seconds: f64, is_dry: bool, language: Language) -> String {
    let count = |state| updated.iter().filter(|one| one.state == state).count();
    let (all, new) = (updated.len(), count(UpdateState::Updated));
    let (open, failed) = (count(UpdateState::Conflicting), count(UpdateState::Failed));
    match (language, is_dry) {
        (Language::Zh, true) => {
            format!(
                "部门 {all}：将更新 {new}，冲突 {open}，失败 {failed}（试运行，未写任何文件）；{seconds:.2} 秒\n"
            )
        }
        (Language::Zh, false) => {
            format!("部门 {all}：更新 {new}，冲突 {open}，失败 {failed}；{seconds:.2} 秒\n")
        }
        (Language::En, true) => format!(
            "departments {all}: {new} would be updated, {open} with conflicts, {failed} failed (dry run, nothing written); {seconds:.2} s\n"
        ),
        (Language::En, false) => {
            format!(
                "departments {all}: {new} updated, {open} with conflicts, {failed} failed; {seconds:.2} s\n"
            )
        }
    }
}

/// `watch`.
pub(super) fn watch(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let vocabulary = Vocabulary::built_in();
    let Some((out, names)) = folders(matches).into_iter().next() else {
        return Ok(UNDONE);
    };
    let order = order(matches, out, names)?;
    if !order.out.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        return Err(unread(&order.out, &error).into());
    }
    let shown = order.out.display().to_string();
    write_out(&match language {
        Language::Zh => format!("正在监视 {shown}，按 Ctrl-C 结束。\n"),
        Language::En => format!("watching {shown}; Ctrl-C ends it\n"),
    })?;
    let tell = |watched: Watched| {
        let findings = match watched {
            Watched::Updated(one) => {
                let text = told(std::slice::from_ref(&*one), false, &vocabulary, language);
                // Nobody may be reading any more; the watch goes on for the files.
                let _ = write_out(&format!("{} {text}", clock()));
                one.findings
            }
            Watched::Waiting(finding) | Watched::Failed(finding) => vec![*finding],
        };
        report::tell(&mut io::stderr(), &findings, Some(&vocabulary), language);
    };
    workspace::watch(&order, tell, || true);
    Ok(DONE)
}

/// The time of day in UTC.
fn clock() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs()) % 86_400;
    format!(
        "[{:02}:{:02}:{:02} UTC]",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// `restore`.
pub(super) fn restore_kept(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let Some(folder) = option_path(matches, "folder") else {
        return Ok(UNDONE);
    };
    let Some(number) = matches.get_one::<u32>("number") else {
        write_out(&list(&kept_workbooks(folder), language))?;
        return Ok(DONE);
    };
    restore(folder, *number)?;
    let Some((out, name)) = department_folder(folder) else {
        return Ok(UNDONE);
    };
    let order = Update {
        out,
        folders: vec![name],
        jobs: 1,
        ..Update::default()
    };
    let (updated, said) = workspace::update(&order, |_, _| ())?;
    let vocabulary = Vocabulary::built_in();
    let findings: Vec<Finding> = updated
        .iter()
        .flat_map(|one| one.findings.iter().cloned())
        .chain(said)
        .collect();
    report::tell(&mut io::stderr(), &findings, Some(&vocabulary), language);
    write_out(&told(&updated, false, &vocabulary, language))?;
    let is_bad = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if is_bad { ERRORS } else { DONE })
}

fn list(kept: &[Kept], language: Language) -> String {
    if kept.is_empty() {
        return say(language, "没有留存的工作簿。\n", "no workbook is kept\n").to_owned();
    }
    let mut text = String::new();
    for one in kept {
        let age = one.replaced.and_then(|then| then.elapsed().ok());
        let age = age.map_or_else(String::new, |age| {
            let minutes = age.as_secs() / 60;
            match language {
                Language::Zh => format!("{minutes} 分钟前"),
                Language::En => format!("{minutes} min ago"),
            }
        });
        let good = if one.is_for_good {
            say(
                language,
                "  含未归入栏目的文字，一直保留",
                "  holds text without a place, kept for good",
            )
        } else {
            ""
        };
        text.push_str(&format!(
            "{:>4}  {age}  {} KB  {}{good}\n",
            one.number,
            one.size.div_ceil(1024),
            one.path.display(),
        ));
    }
    text
}
