//! `sample`: its arguments, its run and its closing line.

use std::io::{self, Write};
use std::ops::{ControlFlow, RangeInclusive};
use std::path::PathBuf;
use std::time::Instant;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::arguments::{options, worded};
use super::progress::Progress;
use super::{DONE, ERRORS, Stop, UNDONE, report, say};
use crate::finding::Language;
use crate::sample::{Damage, Dialect, MOST_DEPARTMENTS, Options, Sampler};
use crate::workspace::{Sampled, write_samples};

/// The most forms of one department.
const MOST_FORMS: u32 = 500;
/// The years that a document may be of.
const YEARS: RangeInclusive<i64> = 2000..=2099;
/// What stands for all dialects.
const ALL: &str = "all";

/// The arguments of `sample`.
pub(super) fn arguments(language: Language) -> Command {
    let say = |zh, en| say(language, zh, en);
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help_heading(options(language))
            .help(help)
    };
    let command = Command::new("sample")
        .about(say(
            "生成虚构的示例文稿及其模型，供试用和压力测试",
            "Write invented documents with their models, to try things and for load tests",
        ))
        .override_usage(say(
            "jixiao sample --departments <N> -o <DIR> [选项]",
            "jixiao sample --departments <N> -o <DIR> [OPTIONS]",
        ))
        .arg(
            option(
                "departments",
                "N",
                say("部门数量，1 到 1000000", "How many departments, 1 to 1000000"),
            )
            .required(true)
            .value_parser(value_parser!(u64).range(1..=MOST_DEPARTMENTS)),
        )
        .arg(
            option(
                "out",
                "DIR",
                say(
                    "写到该文件夹：文稿在 texts，模型在 models；已有的文件不覆盖",
                    "The folder: documents go to texts, models to models; no file is overwritten",
                ),
            )
            .short('o')
            .required(true)
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option(
                "seed",
                "S",
                say(
                    "随机种子（默认 1）：种子和选项相同，文件逐字节相同",
                    "Seed of all random choices (otherwise 1): same seed and options, same bytes",
                ),
            )
            .value_parser(value_parser!(u64)),
        )
        .arg(
            option(
                "forms",
                "A-B",
                say(
                    "每个部门的绩效目标表数，如 26 或 2-12（默认 2-12）",
                    "Forms of each department, such as 26 or 2-12 (otherwise 2-12)",
                ),
            )
            .value_parser(forms),
        )
        .arg(
            option("year", "Y", say("预算年度（默认 2025）", "The budget year (otherwise 2025)"))
                .value_parser(value_parser!(i64).range(YEARS)),
        )
        .arg(
            option(
                "dialect",
                "LIST",
                say(
                    "文稿种类，逗号分隔，各部门轮流：cells、tsv、markdown、html、csv、xlsx、pdf，或 all（默认）",
                    "Kinds of documents, by turns: cells, tsv, markdown, html, csv, xlsx, pdf, or all (otherwise all)",
                ),
            )
            .value_delimiter(',')
            .value_parser(PossibleValuesParser::new(
                Dialect::ALL.map(Dialect::name).into_iter().chain([ALL]),
            ))
            .hide_possible_values(true),
        )
        .arg(
            option(
                "damage",
                "KIND",
                say(
                    "损坏程度：none（默认）、light、heavy；只损坏 cells、tsv、markdown、csv",
                    "What is broken: none (otherwise), light or heavy; only in cells, tsv, markdown and csv",
                ),
            )
            .value_parser(PossibleValuesParser::new(Damage::ALL.map(Damage::name)))
            .hide_possible_values(true),
        );
    worded(command, language).after_help(say(
        "部门、地名和内容都是虚构的。之后可运行 `jixiao build DIR/texts -o OUT`。\n\
         不损坏时，读出的模型与 models 中的一致；损坏后，丢失的内容无法读回。",
        "All names and contents are invented. `jixiao build DIR/texts -o OUT` makes the documents.\n\
         Undamaged texts are read as their models say; what damage has taken away cannot be read back.",
    ))
}

/// A number of forms or a range of it.
fn forms(text: &str) -> Result<RangeInclusive<u32>, String> {
    let (least, most) = text.split_once('-').unwrap_or((text, text));
    match (least.parse(), most.parse()) {
        (Ok(least), Ok(most)) if 1 <= least && least <= most && most <= MOST_FORMS => Ok(least..=most),
        _ => Err(format!(
            "a number such as 26 or a range such as 2-12, from 1 to {MOST_FORMS}"
        )),
    }
}

/// Runs `sample`.
pub(super) fn run(matches: &ArgMatches, language: Language) -> Result<u8, Stop> {
    let started = Instant::now();
    let options = options_of(matches);
    let count = matches.get_one::<u64>("departments").copied().unwrap_or(1);
    let out = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let sampler = Sampler::new(options);
    let mut progress = Progress::new(usize::try_from(count).ok(), true, language);
    let made = write_samples(&sampler, count, &out, |done, findings| {
        report::tell(&mut io::stderr(), &findings, None, language);
        progress.show(usize::try_from(done).unwrap_or(usize::MAX));
        ControlFlow::Continue(())
    })?;
    drop(progress);
    let line = closing_line(&made, count, started.elapsed().as_secs_f32(), language);
    match io::stdout().write_all(line.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(match (made.refused, made.written + made.unchanged) {
            (0, _) => DONE,
            (_, 0) => UNDONE,
            _ => ERRORS,
        }),
    }
}

fn options_of(matches: &ArgMatches) -> Options {
    let defaults = Options::default();
    let names: Vec<&String> = matches.get_many("dialect").into_iter().flatten().collect();
    let dialects: Vec<Dialect> = names
        .iter()
        .filter_map(|name| Dialect::ALL.into_iter().find(|dialect| dialect.name() == **name))
        .collect();
    let is_all = names.is_empty() || names.iter().any(|name| *name == ALL);
    let damage = matches.get_one::<String>("damage");
    Options {
        seed: matches.get_one("seed").copied().unwrap_or(defaults.seed),
        year: matches
            .get_one::<i64>("year")
            .and_then(|year| i32::try_from(*year).ok())
            .unwrap_or(defaults.year),
        forms: matches.get_one("forms").cloned().unwrap_or(defaults.forms),
        dialects: if is_all { defaults.dialects } else { dialects },
        damage: Damage::ALL
            .into_iter()
            .find(|known| damage.is_some_and(|name| name == known.name()))
            .unwrap_or(defaults.damage),
    }
}

fn closing_line(made: &Sampled, departments: u64, seconds: f32, language: Language) -> String {
    let Sampled {
        written,
        bytes,
        unchanged,
        forms,
        refused,
    } = made;
    let megabytes = *bytes as f64 / 1e6;
    match language {
        Language::Zh => format!(
            "部门 {departments} 个，绩效目标表 {forms} 张；写入文件 {written} 个（{megabytes:.1} MB），\
             未变 {unchanged} 个，未写入 {refused} 个。用时 {seconds:.1} 秒。\n"
        ),
        Language::En => format!(
            "{departments} departments, {forms} forms; {written} files written ({megabytes:.1} MB), \
             {unchanged} unchanged, {refused} not written. {seconds:.1} s.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_forms_is_one_or_a_range() {
        assert_eq!(forms("26"), Ok(26..=26));
        assert_eq!(forms("2-12"), Ok(2..=12));
        for text in ["", "0", "3-2", "a", "1-", "-", "1-501", "1-2-3"] {
            assert!(forms(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_are_what_was_asked_for() {
        let of = |list: &[&str]| {
            let all = ["sample", "--departments", "3", "-o", "x"].iter().chain(list);
            options_of(&arguments(Language::En).get_matches_from(all))
        };
        assert_eq!(of(&[]), Options::default());
        assert_eq!(of(&["--dialect", "tsv,all"]), Options::default());
        let asked = of(&[
            "--seed",
            "9",
            "--year",
            "2030",
            "--forms",
            "5",
            "--dialect",
            "pdf,cells",
            "--damage",
            "heavy",
        ]);
        let wanted = Options {
            seed: 9,
            year: 2030,
            forms: 5..=5,
            dialects: vec![Dialect::Pdf, Dialect::Cells],
            damage: Damage::Heavy,
        };
        assert_eq!(asked, wanted);
    }
}
