//! What is said when the arguments are asked for help or cannot be understood.
//!
//! Architecture invariant: help goes to standard output with exit code 0, complaints go to
//! standard error with exit code 2.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{DONE, UNDONE, arguments};
use crate::finding::Language;

/// Prints the help or the complaint, and returns the exit code.
pub(super) fn answer(error: &clap::Error, arguments: &[OsString], language: Language) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Who asked for help and closed the pipe has had enough of it.
            let _ = write!(io::stdout(), "{error}");
            DONE
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(io::stderr(), "{error}");
            UNDONE
        }
        _ => {
            let _ = write!(io::stderr(), "{}", complaint(error, arguments, language));
            UNDONE
        }
    }
}

fn complaint(error: &clap::Error, arguments: &[OsString], language: Language) -> String {
    let (command, usage) = whereabouts(arguments, language);
    match language {
        // The usage is ours in both languages, so only the first lines are taken of clap's own.
        Language::En => {
            let said = error.to_string();
            let said = said.split("\n\nUsage:").next().unwrap_or(&said).trim_end();
            let said = said.split("\n\nFor more information").next().unwrap_or(said);
            format!("{said}\n\nUsage: {usage}\nHelp:  {command} --help\n")
        }
        Language::Zh => format!(
            "错误：{}\n\n用法：{usage}\n帮助：{command} --help\n",
            in_chinese(error)
        ),
    }
}

/// The command that the arguments lead to, and its usage.
fn whereabouts(arguments: &[OsString], language: Language) -> (String, String) {
    let mut command = arguments::command(language);
    let mut name = command.get_name().to_owned();
    for argument in arguments.iter().skip(1) {
        let next = argument
            .to_str()
            .and_then(|argument| command.find_subcommand(argument))
            .cloned();
        if let Some(next) = next {
            name = format!("{name} {}", next.get_name());
            command = next;
        }
    }
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).trim().to_owned();
    (name, usage)
}

fn in_chinese(error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let mut said = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有“{argument}”这个选项"),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令", context(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 需要一个值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{argument} 的值“{value}”不可用"),
        ErrorKind::TooManyValues => format!("{argument} 的值“{value}”多余"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{argument} 的值个数不对"),
        ErrorKind::NoEquals => format!("{argument} 的值前要有等号"),
        ErrorKind::ArgumentConflict => format!("{argument} 重复，或与其他选项冲突"),
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8".to_owned(),
        _ => "命令行有误".to_owned(),
    };
    let valid = match error.kind() {
        ErrorKind::InvalidSubcommand => context(ContextKind::ValidSubcommand),
        _ => context(ContextKind::ValidValue),
    };
    if !valid.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(said, "，可用：{valid}");
    }
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let suggested = context(kind);
        if !suggested.is_empty() {
            let _ = write!(said, "。是否想用“{suggested}”？");
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, arguments: &[&str]) -> String {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let error = arguments::command(language)
            .try_get_matches_from(&arguments)
            .expect_err("a mistake");
        complaint(&error, &arguments, language)
    }

    #[test]
    fn mistakes_are_told_in_both_languages() {
        for (arguments, zh, en) in [
            (
                &["jixiao", "bild"][..],
                "没有“bild”这个命令",
                "unrecognized subcommand 'bild'",
            ),
            (&["jixiao", "build", "x"], "缺少 --out <OUT>", "--out <OUT>"),
            (
                &["jixiao", "build", "x", "-o", "y", "--frm", "z"],
                "是否想用“--form”",
                "'--form'",
            ),
            (
                &["jixiao", "build", "x", "-o", "y", "--to", "doc"],
                "可用：xlsx、pdf、overview、review、html、json",
                "[possible values: xlsx, pdf, overview, review, html, json]",
            ),
            (
                &["jixiao", "build", "x", "-o", "y", "--jobs", "0"],
                "--jobs <N> 的值“0”不可用",
                "invalid value '0'",
            ),
            (
                &["jixiao", "build", "x", "-o"],
                "--out <OUT> 需要一个值",
                "a value is required",
            ),
            (
                &["jixiao", "render", "x", "-o", "y", "--only", "a"],
                "的值“a”不可用",
                "invalid value 'a'",
            ),
            (
                &["jixiao", "schema", "x"],
                "没有“x”这个选项",
                "unexpected argument 'x'",
            ),
        ] {
            let chinese = said(Language::Zh, arguments);
            assert!(chinese.contains(zh), "{chinese}");
            assert!(
                chinese.contains("用法：jixiao ") && !chinese.contains("Usage"),
                "{chinese}"
            );
            let english = said(Language::En, arguments);
            assert!(english.contains(en), "{english}");
            assert_eq!(english.matches("Usage: ").count(), 1, "{english}");
        }
        assert!(said(Language::Zh, &["jixiao", "build", "x"]).contains("帮助：jixiao build --help"));
    }
}
