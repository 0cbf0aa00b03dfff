//! The arguments of `check`, in both languages.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use crate::cli::arguments::{configuration, inputs, jobs, options, template_folder, worded};
use crate::cli::say;
use crate::finding::Language;

/// The arguments of `check`.
pub(in crate::cli) fn check_arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help_heading(options(language))
            .help(help)
    };
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help_heading(options(language))
            .help(help)
    };
    let path = |name: &'static str, value: &'static str, help: &'static str| {
        option(name, value, help).value_parser(value_parser!(PathBuf))
    };
    let rules = |name: &'static str, help: &'static str| option(name, "RULES", help).value_delimiter(',');
    let command = Command::new("check")
        .about(say(
            "审核：按财政部门的审核要点查找问题，并可自动改正",
            "Review: find what a finance bureau would send back, and put right what can be",
        ))
        .override_usage(say(
            "jixiao check <INPUT>… [选项]",
            "jixiao check <INPUT>… [OPTIONS]",
        ))
        .arg(
            inputs(
                language,
                say(
                    "文稿、工作簿、PDF、模型（.json .ndjson）、文件夹或输出文件夹；- 表示标准输入",
                    "Documents, workbooks, PDFs, models (.json .ndjson), folders, output folders; - for standard input",
                ),
            )
            .required_unless_present_any(["explain", "rules"]),
        )
        .arg(
            option(
                "format",
                "text|json|sarif",
                say(
                    "json：问题写成 JSON 数组；sarif：SARIF 2.1.0；均供程序读取",
                    "json: an array of all that was found; sarif: SARIF 2.1.0; both for programs",
                ),
            )
            .value_parser(PossibleValuesParser::new(["text", "json", "sarif"]))
            .hide_possible_values(true),
        )
        .arg(
            option(
                "fail-on",
                "SEVERITY",
                say(
                    "发现该级别及以上的问题时退出码为 1：error（默认）、warning、note",
                    "End with exit code 1 on findings this grave: error (otherwise), warning or note",
                ),
            )
            .value_parser(PossibleValuesParser::new(["error", "warning", "note"]))
            .hide_possible_values(true),
        )
        .arg(rules(
            "only",
            say("只用这些规则（名称或编号，逗号分隔）", "These rules alone, by name or number"),
        ))
        .arg(rules("skip", say("不用这些规则", "All rules but these")))
        .arg(flag("fix", say("改正不影响含义的问题", "Put right what does not change the meaning")))
        .arg(flag(
            "unsafe-fixes",
            say(
                "另改正含义可能有变的问题；改后请核对",
                "Also make fixes that may change the meaning; look at them afterwards",
            ),
        ))
        .arg(
            path(
                "out",
                "OUT",
                say(
                    "文稿或模型改正后生成到该文件夹（原文件不动）",
                    "Make documents or models with the fixes in this folder; the inputs stay as they are",
                ),
            )
            .short('o')
            .requires("fixing"),
        )
        .group(ArgGroup::new("fixing").args(["fix", "unsafe-fixes"]).multiple(true))
        .arg(path(
            "since",
            "BASE",
            say(
                "只列出 BASE 中没有的问题；BASE 为以前的文稿、工作簿、模型、输出文件夹或 --format json 的结果",
                "Show only what BASE does not have: an earlier document, workbook, model, output folder, or what --format json wrote",
            ),
        ))
        .arg(configuration(language))
        .arg(
            option(
                "statistics",
                "rules|departments",
                say(
                    "只列出各规则的问题数；--statistics=departments 按部门列出",
                    "Only count what was found, by rule, or with --statistics=departments by department",
                ),
            )
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("rules")
            .value_parser(PossibleValuesParser::new(["rules", "departments"]))
            .hide_possible_values(true),
        )
        .arg(
            option(
                "explain",
                "RULE",
                say(
                    "说明一条规则（名称或编号；all 表示全部）",
                    "Explain a rule, by name or number; all lists them",
                ),
            )
            .conflicts_with("input"),
        )
        .arg(flag("rules", say("列出全部规则", "List all rules")).conflicts_with("input"))
        .arg(template_folder(language))
        .arg(jobs(language));
    worded(command, language).after_help(say(
        "问题写到标准输出；读取时发现的错误和缺失写到标准错误。输出文件夹按其中现有内容审核，包括改过的工作簿。\n\
         --fix 对输出文件夹并入改动并重新生成，同 `jixiao update`。设置示例（jixiao.toml）：\n  \
         [check.rules]\n  \
         missing-unit = \"off\"\n  \
         [[check.accept]]\n  \
         rule = \"cost-total\"\n  \
         project = 3\n  \
         reason = \"含上年结转\"\n\
         退出码：0 没有该级别的问题；1 有；2 无法执行。",
        "Findings go to standard output, what was wrong with reading to standard error. Of an output folder\n\
         what stands in it is reviewed, edited workbooks included; --fix merges and remakes it as\n\
         `jixiao update` does. A configuration (jixiao.toml):\n  \
         [check.rules]\n  \
         missing-unit = \"off\"\n  \
         [[check.accept]]\n  \
         rule = \"cost-total\"\n  \
         project = 3\n  \
         reason = \"carried over from last year\"\n\
         Exit codes: 0 nothing that grave; 1 something; 2 the work could not be done.",
    ))
}

/// Whether a flag was given.
pub(super) fn has(matches: &ArgMatches, name: &str) -> bool {
    matches.get_flag(name)
}

/// What an option says.
pub(super) fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}
