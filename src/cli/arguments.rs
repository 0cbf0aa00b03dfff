//! The arguments, in both languages.
//!
//! Architecture invariant: help and mistakes are in the language of the user; no English word of
//! clap's own stands between. The names of values (`OUT`, `DIR`) are Latin in both languages, as
//! clap lines up its columns by characters.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::say;
use crate::finding::Language;
use crate::workspace::{Shard, Target};

/// The most threads that may be asked for.
const MOST_JOBS: u64 = 256;

/// The whole command with its subcommands.
pub(super) fn command(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let root = Command::new("jixiao")
        .version(env!("CARGO_PKG_VERSION"))
        .about(say(
            "绩效：把部门预算绩效文本的原始文字生成正式的 Excel 工作簿和 PDF 文件。",
            "Turns raw text of Chinese departmental budget performance documents (部门预算绩效文本)\n\
             into the official workbook (XLSX) and document (PDF) of each department.",
        ))
        .override_usage(say("jixiao <命令> [选项]", "jixiao <COMMAND> [OPTIONS]"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(build(language))
        .subcommand(parse(language))
        .subcommand(super::checking::check_arguments(language))
        .subcommand(render(language))
        .subcommand(merge_manifests(language))
        .subcommand(super::editing::update_arguments(language))
        .subcommand(super::editing::watch_arguments(language))
        .subcommand(super::editing::restore_arguments(language))
        .subcommand(super::exporting::export_arguments(language))
        .subcommand(diff(language))
        .subcommand(schema(language))
        .subcommand(templates(language))
        .subcommand(super::sampling::arguments(language))
        .after_help(say(
            "示例：\n  \
             jixiao build 报送材料/ -o 输出         每个部门一个文件夹：工作簿、PDF、model.json\n  \
             jixiao parse 水务局.txt > 水务局.json  只要数据\n  \
             jixiao check 报送材料/                 审核：查找会被退回修改的问题\n  \
             jixiao render 水务局.json -o 输出      由数据重新生成\n  \
             jixiao update 输出                     改过工作簿、文稿或 model.json 之后\n  \
             jixiao export 输出 -o 指标.xlsx        全部指标一张表，供统计分析\n  \
             jixiao diff 去年.docx 今年.docx        两份文本逐项对照\n\n\
             退出码：0 完成；1 有错误或部分未生成；2 无法执行。",
            "Examples:\n  \
             jixiao build texts/ -o out           a folder per department: workbook, PDF, model.json\n  \
             jixiao parse water.txt > water.json  the data alone\n  \
             jixiao check texts/                  the review: what would be sent back\n  \
             jixiao render water.json -o out      the documents again, from the data\n  \
             jixiao update out                    after workbooks, texts or models were edited\n  \
             jixiao export out -o indicators.xlsx all indicators in one table\n  \
             jixiao diff old.docx new.docx        what differs between two documents\n\n\
             Exit codes: 0 done; 1 errors found, or a part not made; 2 the work could not be done.",
        ));
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help(say("显示版本", "Print the version"))
        .help_heading(options(language));
    worded(root.disable_version_flag(true).arg(version), language).arg(lang(language))
}

fn build(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("build")
        .about(say(
            "由原始文字生成工作簿、PDF 和模型",
            "Make workbooks, PDFs and models from raw texts",
        ))
        .override_usage(say(
            "jixiao build <INPUT>… -o <OUT> [选项]",
            "jixiao build <INPUT>… -o <OUT> [OPTIONS]",
        ))
        .arg(inputs(
            language,
            say(
                "文稿或文件夹（可多个；.docx .xlsx .xls .ods .pdf .html .csv .md .txt 等）",
                "Documents and folders (.docx .xlsx .xls .ods .pdf .html .csv .md .txt and others)",
            ),
        ).required_unless_present_any(["files-from", "from-ndjson"]))
        .arg(files_from(language))
        .arg(
            Arg::new("from-ndjson")
                .long("from-ndjson")
                .action(ArgAction::SetTrue)
                .help_heading(options(language))
                .help(say(
                    "输入是 `parse --ndjson` 的结果，每行一个模型，边读边做（默认读标准输入）",
                    "The input is what `parse --ndjson` wrote, a model per line, made as they come (otherwise from standard input)",
                )),
        )
        .arg(out(language))
        .arg(to(language))
        .arg(form(language))
        .arg(template_folder(language))
        .arg(font_folder(language))
        .arg(one_sided(language))
        .arg(no_check(language))
        .arg(configuration(language))
        .args(batch(language))
        .arg(jobs(language))
        .arg(findings(language));
    worded(command, language).after_help(say(
        "每个部门一个文件夹，以部门、年度和文种命名。被人改动过的文件不会被覆盖。\n\
         没有变化的部门不再重做；中断后再次运行同一命令即继续。\n\
         退出码：0 完成；1 有错误或部分未生成；2 无法执行。",
        "Each department gets a folder named after department, year and kind. A file that somebody\n\
         has changed is never overwritten. What is unchanged is not made again: after a stop, the\n\
         same command goes on.\n\
         Exit codes: 0 done; 1 errors found, or a part not made; 2 the work could not be done.",
    ))
}

fn parse(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("parse")
        .about(say(
            "把文稿解析为 JSON 模型，写到标准输出",
            "Print the model of documents as JSON",
        ))
        .override_usage(say(
            "jixiao parse <INPUT>… [选项]",
            "jixiao parse <INPUT>… [OPTIONS]",
        ))
        .arg(
            inputs(
                language,
                say(
                    "文稿或文件夹；- 表示标准输入",
                    "Documents and folders; - for standard input",
                ),
            )
            .required_unless_present("files-from"),
        )
        .arg(files_from(language))
        .arg(shard(language))
        .arg(
            Arg::new("ndjson")
                .long("ndjson")
                .action(ArgAction::SetTrue)
                .help_heading(options(language))
                .help(say(
                    "每个部门一行 JSON（默认：一个部门为对象，多个为数组）",
                    "A line per department (otherwise an object, or an array of several)",
                )),
        )
        .arg(
            Arg::new("ledger")
                .long("ledger")
                .action(ArgAction::SetTrue)
                .conflicts_with("ndjson")
                .help_heading(options(language))
                .help(say(
                    "不输出模型，只输出每个文件的文字去向：写入模型、表样文字、列入提示各多少字",
                    "Instead of models, account for every character: in the model, furniture, named",
                )),
        )
        .arg(
            Arg::new("quiet")
                .short('q')
                .long("quiet")
                .action(ArgAction::SetTrue)
                .help_heading(options(language))
                .help(say(
                    "只在标准错误上报告错误（--ndjson 的各行另有全部问题）",
                    "Tell of errors alone on standard error (the lines of --ndjson hold all that was found)",
                )),
        )
        .arg(template_folder(language))
        .arg(jobs(language))
        .arg(findings(language));
    worded(command, language).after_help(say(
        "发现的问题写到标准错误。数据格式见 `jixiao schema`。",
        "What was found is told on standard error. `jixiao schema` describes the JSON.",
    ))
}

fn render(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("render")
        .about(say(
            "由 JSON 模型生成工作簿和 PDF",
            "Make workbooks and PDFs from models alone",
        ))
        .override_usage(say(
            "jixiao render <MODEL.json>… -o <OUT> [选项]",
            "jixiao render <MODEL.json>… -o <OUT> [OPTIONS]",
        ))
        .arg(
            inputs(
                language,
                say(
                    "模型文件：一个对象、一个数组或每行一个对象；- 表示标准输入",
                    "Models: an object, an array, or an object per line; - for standard input",
                ),
            )
            .required_unless_present("files-from"),
        )
        .arg(files_from(language))
        .arg(out(language))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("NUMBERS")
                .value_delimiter(',')
                .value_parser(value_parser!(u32))
                .help_heading(options(language))
                .help(say(
                    "只生成这些编号的绩效目标表，如 3,5；放在单独的文件夹",
                    "Only the forms of these numbers, such as 3,5, in a folder of their own",
                )),
        )
        .arg(to(language))
        .arg(form(language))
        .arg(template_folder(language))
        .arg(font_folder(language))
        .arg(one_sided(language))
        .arg(no_check(language))
        .arg(configuration(language))
        .args(batch(language))
        .arg(jobs(language))
        .arg(findings(language));
    worded(command, language).after_help(say(
        "改动 model.json 中的文字后运行本命令，工作簿和 PDF 随之更新。",
        "Change a text in model.json, run this, and workbook and PDF follow.",
    ))
}

fn merge_manifests(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let command = Command::new("merge-manifests")
        .about(say(
            "分路生成之后，把各路合为一份汇总",
            "After several runs, put them together into one summary",
        ))
        .override_usage(say(
            "jixiao merge-manifests <OUT>… [-o <OUT>] [选项]",
            "jixiao merge-manifests <OUT>… [-o <OUT>] [OPTIONS]",
        ))
        .arg(
            Arg::new("folders")
                .value_name("OUT")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help_heading(positions(language))
                .help(say("各路的输出文件夹", "The output folders of the runs")),
        )
        .arg(
            Arg::new("out")
                .short('o')
                .long("out")
                .value_name("OUT")
                .value_parser(value_parser!(PathBuf))
                .help_heading(options(language))
                .help(say(
                    "把各路的部门移到该文件夹（默认：第一个）",
                    "Move the departments of all runs into this folder (otherwise into the first one)",
                )),
        )
        .arg(template_folder(language))
        .arg(font_folder(language));
    worded(command, language).after_help(say(
        "同一部门在几路中都有时，文件夹名称与一次生成时相同。",
        "Where several runs have the same department, its folders are named as one run names them.",
    ))
}

fn diff(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let side = |place, id: &'static str, name: &'static str, help: &'static str| {
        Arg::new(id)
            .index(place)
            .display_order(place)
            .value_name(name)
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help_heading(positions(language))
            .help(help)
    };
    let command = Command::new("diff")
        .about(say(
            "逐项对照两份文档：两个年度，或修改前后",
            "Compare two documents, field by field: two years, or before and after an edit",
        ))
        .override_usage(say(
            "jixiao diff <BEFORE> <AFTER> [选项]",
            "jixiao diff <BEFORE> <AFTER> [OPTIONS]",
        ))
        .arg(side(
            1,
            "before",
            "BEFORE",
            say(
                "修改前：文稿、工作簿、PDF 或模型 JSON；- 表示标准输入",
                "The document before: a text, Word file, workbook, PDF or model in JSON; - for standard input",
            ),
        ))
        .arg(side(2, "after", "AFTER", say("修改后的文件", "The document after")))
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("KIND")
                .value_parser(PossibleValuesParser::new(["table", "json", "xlsx"]))
                .hide_possible_values(true)
                .help_heading(options(language))
                .help(say(
                    "table 屏幕表格（默认）、json 数据、xlsx 对照表工作簿（需 -o）",
                    "table (otherwise), json, or xlsx, a workbook of them (with -o)",
                )),
        )
        .arg(
            Arg::new("out")
                .short('o')
                .long("out")
                .value_name("FILE")
                .required_if_eq("to", "xlsx")
                .value_parser(value_parser!(PathBuf))
                .help_heading(options(language))
                .help(say(
                    "写到该文件（默认写到标准输出）；已有的文件不覆盖",
                    "Write to this file, not to standard output; an existing one is not overwritten",
                )),
        )
        .arg(
            Arg::new("ignore-blanks")
                .long("ignore-blanks")
                .action(ArgAction::SetTrue)
                .help_heading(options(language))
                .help(say(
                    "不计只有空格或换行不同的栏目",
                    "Leave out fields that differ in spaces and line breaks alone",
                )),
        )
        .arg(
            Arg::new("force")
                .long("force")
                .action(ArgAction::SetTrue)
                .requires("out")
                .help_heading(options(language))
                .help(say("覆盖已有的文件", "Overwrite an existing file")),
        )
        .arg(template_folder(language));
    worded(command, language).after_help(say(
        "表按项目编码对应，其次按名称（不计名称中的年份）。\n\
         退出码：0 没有不同；1 有不同；2 无法对照。",
        "Forms are paired by project code, then by name, whatever year the name carries.\n\
         Exit codes: 0 no differences; 1 differences; 2 they could not be compared.",
    ))
}

fn schema(language: Language) -> Command {
    let command = Command::new("schema")
        .about(say(
            language,
            "输出模型的 JSON Schema",
            "Print the JSON Schema of the model",
        ))
        .override_usage("jixiao schema");
    worded(command, language)
}

fn templates(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let list = Command::new("list")
        .about(say("列出表样和模板文件", "List the forms and the template files"))
        .override_usage(say(
            "jixiao templates list [选项]",
            "jixiao templates list [OPTIONS]",
        ))
        .arg(template_folder(language));
    let export = Command::new("export")
        .about(say(
            "把内置模板写到文件夹，以便修改",
            "Write the built-in templates to a folder, to change them",
        ))
        .override_usage(say(
            "jixiao templates export <DIR>",
            "jixiao templates export <DIR>",
        ))
        .arg(
            Arg::new("folder")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help_heading(positions(language))
                .help(say(
                    "目标文件夹；内容不同的同名文件不会被覆盖",
                    "The folder; a file with another content is not overwritten",
                )),
        );
    let command = Command::new("templates")
        .about(say(
            "查看或导出模板（表样、封面、正文）",
            "Show or write out the templates of forms, cover and narrative",
        ))
        .override_usage(say("jixiao templates <命令>", "jixiao templates <COMMAND>"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(worded(list, language))
        .subcommand(worded(export, language));
    worded(command, language)
}

/// Gives a command the headings, the layout and the help flag of the language.
pub(super) fn worded(command: Command, language: Language) -> Command {
    let usage = say(language, "用法：", "Usage: ");
    command
        .help_template(format!(
            "{{about-with-newline}}\n{usage}{{usage}}\n\n{{all-args}}{{after-help}}\n"
        ))
        .subcommand_help_heading(say(language, "命令", "Commands"))
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .max_term_width(110)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(say(language, "显示帮助", "Print this help"))
                .help_heading(options(language))
                .display_order(1000),
        )
}

pub(super) fn options(language: Language) -> &'static str {
    say(language, "选项", "Options")
}

pub(super) fn positions(language: Language) -> &'static str {
    say(language, "参数", "Arguments")
}

fn lang(language: Language) -> Arg {
    Arg::new("lang")
        .long("lang")
        .global(true)
        .value_name("zh|en")
        .value_parser(PossibleValuesParser::new(["zh", "en"]))
        .hide_possible_values(true)
        .help_heading(options(language))
        .display_order(999)
        .help(say(
            language,
            "界面语言（默认随系统区域设置）",
            "Language of messages (otherwise that of the locale)",
        ))
}

pub(super) fn inputs(language: Language, help: &'static str) -> Arg {
    Arg::new("input")
        .value_name("INPUT")
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help_heading(positions(language))
        .help(help)
}

fn out(language: Language) -> Arg {
    Arg::new("out")
        .short('o')
        .long("out")
        .value_name("OUT")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "输出文件夹，没有则新建",
            "The folder to write to, made if need be",
        ))
}

fn to(language: Language) -> Arg {
    // The review sheet is asked for as a whole.
    let names = Target::ALL
        .into_iter()
        .filter(|target| *target != Target::ReviewXlsx);
    let names: Vec<_> = names.map(Target::name).collect();
    Arg::new("to")
        .long("to")
        .value_name("KINDS")
        .value_delimiter(',')
        .value_parser(PossibleValuesParser::new(names))
        .hide_possible_values(true)
        .help_heading(options(language))
        .help(say(
            language,
            "生成哪些文件：xlsx,pdf,overview（概览）,review（审核意见表）,html,json 中的一种或几种（默认除 html 外的各种）",
            "Which files: one or more of xlsx,pdf,overview,review,html,json (otherwise all but html)",
        ))
}

fn form(language: Language) -> Arg {
    Arg::new("form")
        .long("form")
        .value_name("NAME")
        .help_heading(options(language))
        .help(say(
            language,
            "填入另一种表样，如 hebei-2021（默认用原表样）",
            "Fill this form, such as hebei-2021 (otherwise that of the text)",
        ))
}

pub(super) fn template_folder(language: Language) -> Arg {
    Arg::new("templates")
        .long("templates")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "用该文件夹中的模板代替同名的内置模板",
            "Templates that take the place of the built-in ones of the same name",
        ))
}

pub(super) fn font_folder(language: Language) -> Arg {
    Arg::new("fonts")
        .long("fonts")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "用该文件夹中的字体代替内置字体（ttf、otf、ttc、otc，按文件名如 仿宋.ttf 或字体名称识别），所缺的字仍用内置字体",
            "Fonts that take the place of the built-in ones (ttf, otf, ttc, otc; told by the file's name, such as fangsong.ttf, or the font's own); these stay behind them for what they lack",
        ))
}

fn files_from(language: Language) -> Arg {
    Arg::new("files-from")
        .long("files-from")
        .value_name("LIST")
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "另从该文件读取输入的清单，每行一个（find -print0 的结果也可）；- 表示标准输入",
            "Read the names of further inputs from this file, one per line (or what find -print0 writes); - for standard input",
        ))
}

fn shard(language: Language) -> Arg {
    Arg::new("shard")
        .long("shard")
        .value_name("I/N")
        .value_parser(|text: &str| {
            let (index, count) = text.split_once('/').ok_or("I/N")?;
            let (index, count): (usize, usize) = (
                index.parse().map_err(|_| "I/N")?,
                count.parse().map_err(|_| "I/N")?,
            );
            if index == 0 || index > count {
                return Err("1 ≤ I ≤ N");
            }
            Ok(Shard {
                index: index - 1,
                count,
            })
        })
        .help_heading(options(language))
        .help(say(
            language,
            "把输入清单均分为 N 份，只做第 I 份，如 3/8",
            "Cut the list of inputs into N even parts and do part I alone, such as 3/8",
        ))
}

/// What says how a batch goes and is told.
fn batch(language: Language) -> Vec<Arg> {
    let flag = |name: &'static str, zh, en| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help_heading(options(language))
            .help(say(language, zh, en))
    };
    let number = |name: &'static str, value: &'static str, zh, en| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(value_parser!(u64).range(1..=1_000_000))
            .help_heading(options(language))
            .help(say(language, zh, en))
    };
    vec![
        shard(language),
        flag(
            "shared",
            "另有几路同时写入同一文件夹（--shard 即含此项）；最后用 merge-manifests 生成汇总",
            "Other runs write to the same folder (--shard says so too); merge-manifests makes the summary at the end",
        ),
        flag(
            "fail-fast",
            "遇到第一个错误即停止（默认：其余部门照做）",
            "Stop at the first error (otherwise the other departments are made all the same)",
        )
        .conflicts_with("keep-going"),
        flag(
            "keep-going",
            "一个部门出错不影响其余部门（默认如此）",
            "Make the other departments all the same after an error (as without any option)",
        ),
        number(
            "time-limit",
            "SECONDS",
            "每个部门读取、生成各不超过多少秒（默认 300）",
            "The most seconds that a department may be read, and that it may be made (otherwise 300)",
        ),
        number(
            "memory-limit",
            "MB",
            "程序最多使用多少内存，超出时放弃最大的部门（默认 2048）",
            "The most memory in megabytes; beyond it the largest department is given up (otherwise 2048)",
        ),
        flag(
            "quiet",
            "只在标准错误上报告失败，每个一行",
            "Tell of failures alone, a line each, on standard error",
        )
        .short('q')
        .conflicts_with("verbose"),
        flag(
            "verbose",
            "逐条报告发现的问题，无论部门多少（默认：超过 40 个输入时只报告失败）",
            "Tell all that was found, however many inputs there are (otherwise failures alone, of more than 40)",
        )
        .short('v'),
        Arg::new("format")
            .long("format")
            .value_name("text|json")
            .value_parser(PossibleValuesParser::new(["text", "json"]))
            .hide_possible_values(true)
            .help_heading(options(language))
            .help(say(
                language,
                "json：每个部门一行 JSON 写到标准输出，供程序读取",
                "json: a line of JSON per department on standard output, for programs",
            )),
    ]
}

fn one_sided(language: Language) -> Arg {
    Arg::new("one-sided")
        .long("one-sided")
        .action(ArgAction::SetTrue)
        .help_heading(options(language))
        .help(say(
            language,
            "PDF 单面打印：页码都在右侧（默认双面：单页居右，双页居左）",
            "For printing on one side: page numbers on the right (else odd right, even left)",
        ))
}

pub(super) fn configuration(language: Language) -> Arg {
    Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "审核的设置文件（默认：当前文件夹中的 jixiao.toml）",
            "The configuration of the review (otherwise jixiao.toml in the working directory)",
        ))
}

fn no_check(language: Language) -> Arg {
    Arg::new("no-check")
        .long("no-check")
        .action(ArgAction::SetTrue)
        .help_heading(options(language))
        .help(say(
            language,
            "不审核：没有审核意见表，批注中也没有审核发现的问题",
            "Do not review: no review sheet, and nothing of the review in the notes",
        ))
}

pub(super) fn jobs(language: Language) -> Arg {
    Arg::new("jobs")
        .short('j')
        .long("jobs")
        .value_name("N")
        .value_parser(value_parser!(u64).range(1..=MOST_JOBS))
        .help_heading(options(language))
        .help(say(
            language,
            "线程数（默认等于处理器核数）",
            "Number of threads (otherwise that of the processor's cores)",
        ))
}

pub(super) fn findings(language: Language) -> Arg {
    Arg::new("findings")
        .long("findings")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help_heading(options(language))
        .help(say(
            language,
            "另把发现的问题以 JSON 写入该文件",
            "Also write what was found to this file, as JSON",
        ))
}

/// The paths given for `name`.
pub(super) fn paths(matches: &ArgMatches, name: &str) -> Vec<PathBuf> {
    matches
        .get_many::<PathBuf>(name)
        .map(|paths| paths.cloned().collect())
        .unwrap_or_default()
}

/// The kinds of files asked for; the usual ones without `--to`.
pub(super) fn targets(matches: &ArgMatches) -> Vec<Target> {
    let Some(names) = matches.get_many::<String>("to") else {
        return Target::USUAL.to_vec();
    };
    let names: Vec<_> = names.map(String::as_str).collect();
    Target::ALL
        .into_iter()
        .filter(|target| {
            let asked = match target {
                Target::ReviewXlsx => Target::Review,
                other => *other,
            };
            names.contains(&asked.name())
        })
        .collect()
}

/// The number of threads asked for, or that of the processor's cores.
pub(super) fn thread_count(matches: &ArgMatches) -> usize {
    let asked = matches
        .try_get_one::<u64>("jobs")
        .ok()
        .flatten()
        .and_then(|&jobs| usize::try_from(jobs).ok());
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_sound_in_both_languages() {
        for language in [Language::Zh, Language::En] {
            command(language).debug_assert();
        }
    }

    #[test]
    fn no_word_of_clap_stands_in_the_chinese_help() {
        let mut root = command(Language::Zh);
        root.build();
        let mut all = vec![root.clone()];
        while let Some(mut command) = all.pop() {
            let help = command.render_long_help().to_string();
            for word in [
                "Usage",
                "Options",
                "Commands",
                "Arguments",
                "possible values",
                "default:",
                "Print",
            ] {
                assert!(!help.contains(word), "{word} in\n{help}");
            }
            assert!(help.contains("用法："), "{help}");
            all.extend(command.get_subcommands().cloned());
        }
    }
}
