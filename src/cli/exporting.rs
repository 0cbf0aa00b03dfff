//! `export`: all indicators of many departments as one flat table.
//!
//! Architecture invariant: the rows are made in `export` and written in `workspace`; here it is only said
//! which, whereto, and what came of it.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::arguments::{findings, inputs, jobs, options, paths, template_folder, thread_count, worded};
use super::commands::{exit_code, press, tell};
use super::progress::Progress;
use super::{Stop, UNDONE, say};
use crate::export::{Columns, CsvStyle, Heads};
use crate::finding::{Code, Finding, Language, Message};
use crate::workspace::{
    Exported, NotExported, OutputRefused, Reading, STANDARD_INPUT, Subjects, TableKind, export_to_file,
    export_to_stream,
};

/// The arguments of `export`.
pub(super) fn export_arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help_heading(options(language))
            .help(help)
    };
    let command = Command::new("export")
        .about(say(
            "把全部指标导出为一张平面表（CSV 或 Excel），每个指标一行",
            "Write all indicators as one flat table (CSV or XLSX), a row each",
        ))
        .override_usage(say(
            "jixiao export <INPUT>… [-o <FILE>] [选项]",
            "jixiao export <INPUT>… [-o <FILE>] [OPTIONS]",
        ))
        .arg(inputs(
            language,
            say(
                "输出文件夹、模型文件（.json .ndjson）、文稿或文件夹；- 表示标准输入",
                "Output folders, models (.json .ndjson), documents and folders; - for standard input",
            ),
        ))
        .arg(
            Arg::new("out")
                .short('o')
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help_heading(options(language))
                .help(say(
                    "写到该文件（.csv 或 .xlsx；默认或 - 为标准输出，CSV）；已有的文件不覆盖",
                    "Write to this file, .csv or .xlsx (otherwise, or with -, CSV to standard output); an existing one is not overwritten",
                )),
        )
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("KIND")
                .value_parser(PossibleValuesParser::new(["csv", "xlsx"]))
                .hide_possible_values(true)
                .help_heading(options(language))
                .help(say(
                    "csv 或 xlsx（默认按文件扩展名）",
                    "csv or xlsx (otherwise by the file's extension)",
                )),
        )
        .arg(
            Arg::new("columns")
                .long("columns")
                .value_name("HEADS")
                .value_parser(PossibleValuesParser::new(["labels", "fields"]))
                .hide_possible_values(true)
                .help_heading(options(language))
                .help(say(
                    "列名：labels 中文栏目名（默认），fields 固定的英文字段名，供程序使用",
                    "Heads: fields, stable names for programs (otherwise), or labels, in Chinese",
                )),
        )
        .arg(flag(
            "narrative",
            say(
                "另加封面、整体绩效目标和目录各列（每行重复部门的内容）",
                "Add columns for cover, narrative and contents, the same in all rows of a department",
            ),
        ))
        .arg(flag(
            "plain",
            say(
                "CSV 供程序使用：不加 BOM 和防护，换行用 LF",
                "CSV for programs: no byte order mark, no guards, lines that end with LF",
            ),
        ))
        .arg(flag("force", say("覆盖已有的文件", "Overwrite an existing file")).requires("out"))
        .arg(template_folder(language))
        .arg(jobs(language))
        .arg(findings(language));
    worded(command, language).after_help(say(
        "没有指标的项目、没有项目的部门各占一行。输出文件夹以改过的 model.json 或已并入的内容为准；\n\
         改过工作簿的，请先运行 `jixiao update`。\n\
         CSV 中会被 Excel 改写的文字（如 00123、1-2）写成 =\"00123\"；--plain 不写。\n\
         退出码：0 完成；1 有错误；2 无法执行。",
        "A project without indicators and a department without projects have a row each. Of an output\n\
         folder the edited model.json counts, else what was merged: run `jixiao update` first where\n\
         workbooks were edited.\n\
         In CSV a text that Excel would change (00123, 1-2) is written as =\"00123\", unless --plain.\n\
         Exit codes: 0 done; 1 errors found; 2 the work could not be done.",
    ))
}

/// `export`.
pub(super) fn run(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let press = press(matches)?;
    let out = matches.get_one::<PathBuf>("out").map(PathBuf::as_path);
    let out = out.filter(|out| out.as_os_str() != STANDARD_INPUT);
    let kind = kind(matches, out)?;
    let named = paths(matches, "input");
    if let Some(out) = out {
        check(out, &named, matches.get_flag("force"))?;
    }
    let heads = match matches.get_one::<String>("columns").map(String::as_str) {
        Some("labels") => Heads::Labels,
        None if language == Language::Zh => Heads::Labels,
        Some(_) | None => Heads::Fields,
    };
    let vocabulary = press.templates.vocabulary();
    let columns = Columns::new(vocabulary, heads, matches.get_flag("narrative"));
    let sources = Subjects::gather(&named, Reading::Texts, out);
    let threads = thread_count(matches);
    // A bar between the lines of the table would only be in the way.
    let mut progress = Progress::new(
        Some(sources.count()),
        out.is_some() || !io::stdout().is_terminal(),
        language,
    );
    let exported = match (out, kind) {
        (Some(out), kind) => export_to_file(sources, &columns, kind, out, threads, &press, |done| {
            progress.show(done);
        }),
        (None, TableKind::Csv(style)) => {
            let stdout = io::stdout().lock();
            export_to_stream(sources, &columns, style, stdout, threads, &press, |done| {
                progress.show(done);
            })
        }
        (None, TableKind::Xlsx) => return Err(needs_file().into()),
    };
    drop(progress);
    match exported {
        Ok(exported) => {
            tell(matches, &exported.findings, vocabulary, language)?;
            if let Some(out) = out {
                let line = closing_line(&exported, out, language);
                match io::stdout().write_all(line.as_bytes()) {
                    // The file is made, whether or not somebody reads the line.
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                    _ => {}
                }
            }
            Ok(exit_code(true, crate::workspace::count(&exported.findings)))
        }
        Err(NotExported::Empty(findings)) => {
            tell(matches, &findings, vocabulary, language)?;
            Ok(UNDONE)
        }
        Err(NotExported::Refused(OutputRefused { finding, before })) => {
            tell(matches, &before, vocabulary, language)?;
            Err(finding.into())
        }
        Err(NotExported::Output(error)) => Err(error.into()),
    }
}

/// The kind of file: what `--to` says, else the extension.
fn kind(matches: &ArgMatches, out: Option<&Path>) -> Result<TableKind, Stop> {
    let csv = TableKind::Csv(if matches.get_flag("plain") {
        CsvStyle::Plain
    } else {
        CsvStyle::Guarded
    });
    let asked = matches.get_one::<String>("to").cloned();
    let extension = || out?.extension()?.to_str().map(str::to_lowercase);
    match (asked.or_else(extension).as_deref(), out) {
        (Some("xlsx"), None) => Err(needs_file().into()),
        (Some("xlsx"), _) => Ok(TableKind::Xlsx),
        (Some("csv"), _) | (None, None) => Ok(csv),
        (_, out) => {
            let message = Message::new(
                "从文件名看不出要生成 CSV 还是 Excel 工作簿。",
                "the name does not say whether this is to be CSV or a workbook",
            );
            let help = Message::new(
                "请用 .csv 或 .xlsx 结尾的文件名，或加 --to csv、--to xlsx。",
                "Use a name that ends with .csv or .xlsx, or add --to csv or --to xlsx.",
            );
            let finding = Finding::new(Code::OutputUnwritable, message).with_help(help);
            let file = out.map(|out| out.display().to_string()).unwrap_or_default();
            Err(Box::new(finding.in_file(file)).into())
        }
    }
}

fn needs_file() -> Box<Finding> {
    let message = Message::new(
        "Excel 工作簿不能写到标准输出。",
        "a workbook is not written to standard output",
    );
    let help = Message::new("请加 -o 文件名.xlsx。", "Add -o FILE.xlsx.");
    Box::new(Finding::new(Code::OutputUnwritable, message).with_help(help))
}

/// Whether the file may be written: it is not there, or may be replaced and is none of the inputs.
fn check(out: &Path, named: &[PathBuf], may_replace: bool) -> Result<(), Box<Finding>> {
    let real = out.canonicalize().ok();
    let is_input = |path: &PathBuf| real.is_some() && path.canonicalize().ok() == real;
    if out.symlink_metadata().is_err() || (may_replace && !out.is_dir() && !named.iter().any(is_input)) {
        return Ok(());
    }
    let message = Message::new(
        "文件已存在，未覆盖。",
        "the file is there already and was not overwritten",
    );
    let help = Message::new(
        "请换一个文件名；确需覆盖时加 --force（输入文件除外）。",
        "Choose another name, or add --force (never for an input).",
    );
    let finding = Finding::new(Code::OutputUnwritable, message).with_help(help);
    Err(Box::new(finding.in_file(out.display().to_string())))
}

/// Such as `3 departments, 120 rows → table.csv`.
fn closing_line(exported: &Exported, out: &Path, language: Language) -> String {
    let (departments, rows, out) = (exported.departments, exported.rows, out.display());
    match language {
        Language::Zh => format!("{departments} 个部门，{rows} 行 → {out}\n"),
        Language::En => {
            let s = |count: bool| if count { "" } else { "s" };
            format!(
                "{departments} department{}, {rows} row{} → {out}\n",
                s(departments == 1),
                s(rows == 1)
            )
        }
    }
}
