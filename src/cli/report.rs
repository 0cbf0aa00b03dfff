//! What is told to people: findings, one after the other, and the closing table.
//!
//! Architecture invariant: errors and warnings are always told, however many there are; only notes
//! of one kind in one file are cut short, with their number.

#![allow(
    clippy::format_push_string,
    reason = "the texts are small and told once; `write!` to a String would only hide them"
)]

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use super::say;
use crate::finding::{Code, Finding, Language, Severity};
use crate::vocab::Vocabulary;
use crate::workspace::{FileState, Made, Target, severity_index};

/// How many notes of one kind are told of one file.
const MOST_NOTES: usize = 3;
/// The longest quote in columns; a longer one is cut in the middle.
const MOST_QUOTED: usize = 72;
/// The most departments in the closing table; of more, only those with errors are shown.
pub(super) const MOST_ROWS: usize = 40;
/// Words for the fields that no form has a label for.
const UNLABELLED: &[(&str, &str)] = &[
    ("department", "部门"),
    ("year", "年度"),
    ("cover_title", "封面标题"),
    ("title", "表名"),
    ("number", "表号"),
    ("unit_code", "单位编码"),
    ("unit_name", "单位名称"),
    ("indicators", "绩效指标"),
    ("form", "表样"),
];
/// The columns for a department's name.
const NAME_COLUMNS: usize = 36;

pub(super) const SEVERITIES: [Severity; 4] = [
    Severity::Error,
    Severity::Warning,
    Severity::SourceIncomplete,
    Severity::Note,
];

/// Tells findings on standard error, those of one file together.
pub(super) fn tell(
    stderr: &mut io::Stderr,
    findings: &[Finding],
    vocabulary: Option<&Vocabulary>,
    language: Language,
) {
    let text = told(
        findings,
        vocabulary,
        language,
        stderr.is_terminal() && may_colour(),
    );
    // There is nowhere to say that standard error cannot be written.
    let _ = stderr.write_all(text.as_bytes());
}

/// Whether the user and the terminal have nothing against colours.
pub(super) fn may_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The number by which a terminal colours a severity.
pub(super) fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "31",
        Severity::Warning => "33",
        Severity::SourceIncomplete => "35",
        Severity::Note => "36",
    }
}

/// The findings as text. `vocabulary` has the words for the fields of the model.
fn told(findings: &[Finding], vocabulary: Option<&Vocabulary>, language: Language, coloured: bool) -> String {
    let mut files: Vec<(Option<&str>, Vec<&Finding>)> = Vec::new();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for finding in findings {
        let file = finding.file.as_deref();
        let place = *places.entry(file).or_insert_with(|| {
            files.push((file, Vec::new()));
            files.len() - 1
        });
        files[place].1.push(finding);
    }
    let mut text = String::new();
    for (_, findings) in files {
        let mut helped: Vec<(Code, &str)> = Vec::new();
        let mut notes: BTreeMap<Code, usize> = BTreeMap::new();
        for finding in findings {
            if finding.severity == Severity::Note {
                let count = notes.entry(finding.code).or_default();
                *count += 1;
                if *count > MOST_NOTES {
                    continue;
                }
            }
            text.push_str(&headline(finding, vocabulary, language, coloured));
            text.push_str(&format!(
                "    {}\n",
                one_line(finding.message.in_language(language))
            ));
            if let Some(quote) = finding.quote.as_deref().filter(|quote| !quote.trim().is_empty()) {
                text.push_str(&format!("    │ {}\n", shortened(&one_line(quote), MOST_QUOTED)));
            }
            // The same help is enough once for a file.
            let help = finding.help.in_language(language);
            if !help.is_empty() && !helped.contains(&(finding.code, help)) {
                helped.push((finding.code, help));
                text.push_str(&format!("    → {}\n", one_line(help)));
            }
        }
        for (code, count) in notes {
            if let Some(more) = count.checked_sub(MOST_NOTES).filter(|more| *more > 0) {
                let word = Severity::Note.word(language);
                text.push_str(&match language {
                    Language::Zh => format!("{word} {code}  另有 {more} 条\n"),
                    Language::En => format!("{word} {code}  and {more} more\n"),
                });
            }
        }
        text.push('\n');
    }
    text
}

/// Such as `警告 cell-surplus  a.txt:12:3  表3 指标值 第2行`.
fn headline(
    finding: &Finding,
    vocabulary: Option<&Vocabulary>,
    language: Language,
    coloured: bool,
) -> String {
    let colour = colour(finding.severity);
    let mut head = finding.severity.word(language).to_owned();
    if coloured {
        head = format!("\x1b[1;{colour}m{head}\x1b[0m");
    }
    head = format!("{head} {}", finding.code);
    if let Some(file) = &finding.file {
        head += &format!("  {}", one_line(file));
        if let Some(place) = finding.places.first() {
            let gap = match place {
                crate::finding::Place::Text { .. } => ":",
                _ => "  ",
            };
            head += &format!("{gap}{}", one_line(&place.in_language(language)));
        }
    } else if let Some(place) = finding.places.first() {
        head += &format!("  {}", one_line(&place.in_language(language)));
    }
    for place in finding.places.iter().skip(1) {
        head += &format!(", {}", one_line(&place.in_language(language)));
    }
    if let Some(number) = finding.form {
        head += &match language {
            Language::Zh => format!("  表{number}"),
            Language::En => format!("  form {number}"),
        };
    }
    if let Some(field) = &finding.field {
        head += &format!("  {}", field_words(field, vocabulary, language));
    }
    head.push('\n');
    head
}

/// The label of a model field: `spending_plan[3].percent` is `资金支出计划 第4项` in Chinese. In
/// English, and where there is no label, the path itself is shown.
pub(super) fn field_words(field: &str, vocabulary: Option<&Vocabulary>, language: Language) -> String {
    let (Language::Zh, Some(vocabulary)) = (language, vocabulary) else {
        return field.to_owned();
    };
    let mut index = None;
    let mut label = None;
    let mut before = String::new();
    for part in field.split('.') {
        let (name, number) = match part.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (part, None),
        };
        if name == "projects" {
            continue;
        }
        // The fields of the budget are `budget_total` and so on in the label tables.
        let joined = format!("{before}_{name}");
        let printed = |name: &str| {
            let tables = vocabulary.forms.iter().map(|form| &form.labels);
            tables
                .chain([&vocabulary.document])
                .map(|labels| labels.printed(name))
                .find(|text| !text.is_empty())
        };
        let unlabelled = UNLABELLED
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, word)| *word);
        label = unlabelled
            .or_else(|| printed(&joined))
            .or_else(|| printed(name))
            .or(label);
        index = number.or(index);
        name.clone_into(&mut before);
    }
    match (label, index) {
        (None, _) => field.to_owned(),
        (Some(label), None) => label.to_owned(),
        (Some(label), Some(index)) => format!("{label} 第{}项", index + 1),
    }
}

/// A text on one line, with nothing in it that a terminal would obey.
pub(super) fn one_line(text: &str) -> String {
    text.trim().chars().map(obeyed_by_none).collect()
}

/// A character, or the sign for one that a terminal would obey.
pub(super) fn obeyed_by_none(c: char) -> char {
    match c {
        '\n' => '⏎',
        '\t' => '⇥',
        c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => '�',
        c => c,
    }
}

/// A text of at most `most` columns, cut in the middle.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let half = |characters: &mut dyn Iterator<Item = char>| {
        let mut width = 0;
        characters
            .take_while(|&c| {
                width += column_count(c);
                width <= (most - 3) / 2
            })
            .collect::<Vec<_>>()
    };
    let head = half(&mut text.chars());
    let mut tail = half(&mut text.chars().rev());
    tail.reverse();
    head.into_iter().chain(" … ".chars()).chain(tail).collect()
}

/// The columns that a text takes in a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(column_count).sum()
}

pub(super) fn column_count(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// What a batch comes to, gathered as it goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Closing {
    /// The departments in the table: all of a few; of many, the first ones that have errors.
    shown: Vec<Made>,
    /// How many departments and sources without one there are.
    all: usize,
    /// How many of them have errors.
    with_errors: usize,
    /// How many departments have a folder.
    pub(super) departments: usize,
    pub(super) forms: usize,
    /// The numbers of files.
    pub(super) written: usize,
    pub(super) unchanged: usize,
    /// The number of findings of each severity.
    pub(super) counts: [usize; 4],
    /// The number of findings of the review of each severity.
    review: [usize; 4],
    /// The number of findings that somebody accepted.
    accepted: usize,
}

impl Closing {
    /// Counts what was found.
    pub(super) fn count(&mut self, findings: &[Finding]) {
        for (sum, more) in self.counts.iter_mut().zip(crate::workspace::count(findings)) {
            *sum += more;
        }
    }

    /// Adds what was made of a department.
    pub(super) fn add(&mut self, made: Made) {
        let number = |wanted| made.files.iter().filter(|(_, state)| *state == wanted).count();
        self.all += 1;
        self.with_errors += usize::from(has_errors(&made));
        self.departments += usize::from(made.folder.is_some());
        self.forms += made.forms;
        self.written += number(FileState::Written);
        self.unchanged += number(FileState::Unchanged);
        for (sum, more) in self.review.iter_mut().zip(made.review) {
            *sum += more;
        }
        self.accepted += made.accepted;
        self.shown.push(made);
        if self.all > MOST_ROWS {
            self.shown.retain(has_errors);
            self.shown.truncate(MOST_ROWS);
        }
    }
}

fn has_errors(made: &Made) -> bool {
    let is_lost =
        |(_, state): &(Target, FileState)| matches!(state, FileState::Failed | FileState::LeftAlone);
    made.files.iter().any(is_lost) || made.counts[severity_index(Severity::Error)] > 0
}

/// Whether a finding is an error.
pub(super) fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// The name of what became of a file, as scripts read it.
pub(super) fn state_name(state: FileState) -> &'static str {
    match state {
        FileState::Written => "written",
        FileState::Unchanged => "unchanged",
        FileState::LeftAlone => "left-alone",
        FileState::Failed => "failed",
    }
}

/// The line that says that a department, or a file of it, could not be made, and why.
pub(super) fn failure(made: &Made, findings: &[Finding], language: Language) -> String {
    let word = say(language, "失败", "failed");
    let source = one_line(&made.source);
    let Some(finding) = findings
        .iter()
        .find(|finding| is_error(finding))
        .or(findings.first())
    else {
        return format!("{word} {source}");
    };
    let place = finding.places.first();
    let place = place.map(|place| format!(":{}", one_line(&place.in_language(language))));
    let own = finding.file.as_deref().filter(|file| *file != made.source);
    let own = own
        .map(|file| format!("  {}", one_line(file)))
        .unwrap_or_default();
    let message = one_line(finding.message.in_language(language));
    let help = one_line(finding.help.in_language(language));
    format!(
        "{word} {source}{}{own}  {}  {message} → {help}",
        place.unwrap_or_default(),
        finding.code
    )
}

/// The closing table: the departments, what was made of each, what was found, how long it took.
pub(super) fn closing_table(closing: &Closing, out: &Path, took: Duration, language: Language) -> String {
    let say = |zh, en| say(language, zh, en);
    let shown = &closing.shown;
    let mut rows = vec![
        [
            say("部门", "department"),
            say("年度", "year"),
            say("表", "forms"),
            say("指标", "indicators"),
            say("文件", "files"),
        ]
        .map(str::to_owned)
        .into_iter()
        .chain(SEVERITIES.map(|severity| severity.word(language).to_owned()))
        .collect::<Vec<_>>(),
    ];
    rows.extend(shown.iter().map(row));
    let mut text = String::new();
    if rows.len() > 1 {
        text += &aligned(&rows);
    }
    let more = closing.with_errors.saturating_sub(shown.len());
    let rest = closing.all - shown.len() - more;
    if more > 0 {
        text += &match language {
            Language::Zh => format!("（另有 {more} 个部门有错误）\n"),
            Language::En => format!("({more} more departments have errors)\n"),
        };
    }
    if rest > 0 {
        text += &match language {
            Language::Zh => format!("（其余 {rest} 个部门没有错误）\n"),
            Language::En => format!("(the other {rest} departments have no errors)\n"),
        };
    }
    let legend = [
        (FileState::Unchanged, say("= 未变", "= unchanged")),
        (
            FileState::LeftAlone,
            say("* 已有他人内容，未覆盖", "* somebody's work, left alone"),
        ),
        (FileState::Failed, say("! 未生成", "! not made")),
    ];
    let legend: Vec<_> = legend
        .iter()
        .filter(|(state, _)| {
            shown
                .iter()
                .any(|made| made.files.iter().any(|(_, there)| there == state))
        })
        .map(|(_, words)| *words)
        .collect();
    if !legend.is_empty() {
        text += &format!("{}\n", legend.join("   "));
    }
    let Closing {
        departments,
        forms,
        written,
        unchanged,
        ..
    } = closing;
    let found = found_counts(closing.counts, language);
    let (seconds, out) = (took.as_secs_f32(), out.display());
    text += &match language {
        Language::Zh => format!(
            "{departments} 个部门，{forms} 张表；写入 {written} 个文件，未变 {unchanged} 个 → {out}\n\
             {found}；用时 {seconds:.2} 秒\n"
        ),
        Language::En => format!(
            "departments {departments}, forms {forms}; files written {written}, unchanged {unchanged} → {out}\n\
             {found}; {seconds:.2} s\n"
        ),
    };
    text += &review_line(closing, language);
    text
}

/// The line that sums up what the review found; nothing where it found nothing.
fn review_line(closing: &Closing, language: Language) -> String {
    let (counts, accepted) = (closing.review, closing.accepted);
    if counts == [0; 4] && accepted == 0 {
        return String::new();
    }
    let number = |severity: Severity| counts[severity_index(severity)];
    let (errors, warnings, notes) = (
        number(Severity::Error),
        number(Severity::Warning),
        number(Severity::Note),
    );
    let (zh, en) = match accepted {
        0 => (String::new(), String::new()),
        accepted => (format!("，已接受 {accepted}"), format!(", {accepted} accepted")),
    };
    match language {
        Language::Zh => format!(
            "审核：错误 {errors}、警告 {warnings}、提示 {notes}{zh}；见各部门的审核意见表，或用 `jixiao check` 查看\n"
        ),
        Language::En => format!(
            "review: {errors} errors, {warnings} warnings, {notes} notes{en}; see the review sheets (审核意见表), or run `jixiao check`\n"
        ),
    }
}

/// Such as `错误 0，警告 2，缺失 1，提示 5`.
pub(super) fn found_counts(counts: [usize; 4], language: Language) -> String {
    SEVERITIES
        .map(|severity| {
            let word = severity.word(language);
            let count = counts[severity_index(severity)];
            format!("{word} {count}")
        })
        .join(say(language, "，", ", "))
}

/// The kinds of files with a mark for what became of each.
pub(super) fn files_with_states(files: &[(Target, FileState)]) -> Vec<String> {
    let marked = files.iter().map(|(target, state)| {
        let mark = match state {
            FileState::Written => "",
            FileState::Unchanged => "=",
            FileState::LeftAlone => "*",
            FileState::Failed => "!",
        };
        format!("{}{mark}", target.name())
    });
    marked.collect()
}

fn row(made: &Made) -> Vec<String> {
    let name = match &made.folder {
        Some(_) => made.department.clone(),
        None => None,
    };
    let files = files_with_states(&made.files);
    let dash = |text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .unwrap_or_else(|| "-".to_owned())
    };
    let mut row = vec![
        shortened(
            &one_line(&name.unwrap_or_else(|| made.source.clone())),
            NAME_COLUMNS,
        ),
        dash(made.year.map(|year| year.to_string())),
        made.forms.to_string(),
        made.indicators.to_string(),
        dash(Some(files.join(" "))),
    ];
    row.extend(SEVERITIES.map(|severity| made.counts[severity_index(severity)].to_string()));
    row
}

/// Lines up the cells of rows; texts at the left, numbers at the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blank = " ".repeat(width - columns(cell));
            let is_text = matches!(index, 0 | 4);
            line += &if is_text {
                format!("{cell}{blank}  ")
            } else {
                format!("{blank}{cell}  ")
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Message, Place};
    use crate::workspace::Target;

    fn finding(code: Code) -> Finding {
        Finding::new(code, Message::new("中文", "English"))
            .in_file("a.txt")
            .at(Place::text(12, 3))
    }

    #[test]
    fn a_finding_names_place_form_and_field() {
        let vocabulary = Vocabulary::built_in();
        let finding = finding(Code::MilestoneLost)
            .in_form(3)
            .on_field("spending_plan[3].percent")
            .quoting("12月底\t—\n");
        let said = told(
            std::slice::from_ref(&finding),
            Some(&vocabulary),
            Language::Zh,
            false,
        );
        let label = vocabulary.forms[0].labels.printed("spending_plan");
        let expected =
            format!("缺失 milestone-lost  a.txt:12:3  表3  {label} 第4项\n    中文\n    │ 12月底⇥—\n    → ");
        assert!(said.starts_with(&expected), "{said}");
        let said = told(&[finding], Some(&vocabulary), Language::En, false);
        assert!(
            said.starts_with(
                "missing milestone-lost  a.txt:12:3  form 3  spending_plan[3].percent\n    English\n"
            ),
            "{said}"
        );
    }

    #[test]
    fn fields_have_the_words_of_the_form() {
        let vocabulary = Vocabulary::built_in();
        let words = |field| field_words(field, Some(&vocabulary), Language::Zh);
        let labels = &vocabulary.forms[0].labels;
        assert_eq!(words("budget.total"), labels.printed("budget_total"));
        assert_eq!(words("projects[2].budget.other"), labels.printed("budget_other"));
        assert_eq!(
            words("indicators[4].basis"),
            format!("{} 第5项", labels.printed("basis"))
        );
        assert_eq!(
            words("narrative.safeguards[0]"),
            format!("{} 第1项", vocabulary.document.printed("safeguards"))
        );
        assert_eq!(words("indicators[0].title"), "表名 第1项");
        assert_eq!(words("who_knows"), "who_knows");
    }

    #[test]
    fn notes_are_cut_short_and_nothing_else() {
        let mut findings = vec![finding(Code::CellJoined); 7];
        findings.extend(vec![finding(Code::CellSurplus); 7]);
        findings.push(finding(Code::CellJoined).in_file("b.txt"));
        let said = told(&findings, None, Language::En, false);
        assert_eq!(said.matches("note cell-joined  a.txt").count(), 3);
        assert_eq!(said.matches("note cell-joined  and 4 more").count(), 1);
        assert_eq!(said.matches("warning cell-surplus").count(), 7);
        assert_eq!(said.matches("note cell-joined  b.txt").count(), 1);
        // The help stands once for each code and file.
        assert_eq!(said.matches("→").count(), 3);
    }

    #[test]
    fn what_a_text_holds_cannot_command_the_terminal() {
        let finding = finding(Code::TextUnplaced).quoting("\x1b[2Jx\u{202e}y");
        assert!(told(&[finding], None, Language::En, false).contains("│ �[2Jx�y"));
    }

    #[test]
    fn long_quotes_are_cut_in_the_middle() {
        assert_eq!(shortened("短", 10), "短");
        assert_eq!(shortened("一二三四五六七八九十", 11), "一二 … 九十");
        assert!(columns(&shortened(&"长".repeat(99), 72)) <= 72);
    }

    #[test]
    fn the_table_lines_up_and_says_what_was_made() {
        let made = |name: &str, states: [FileState; 2]| Made {
            source: "a.txt".to_owned(),
            department: Some(name.to_owned()),
            year: Some(2025),
            folder: Some(name.to_owned()),
            forms: 3,
            indicators: 21,
            files: vec![(Target::Xlsx, states[0]), (Target::Pdf, states[1])],
            counts: [4, 0, 1, 0],
            review: [3, 0, 2, 1],
            accepted: 1,
            is_last: true,
        };
        let mut closing = Closing::default();
        closing.add(made("甲县水务局", [FileState::Written, FileState::Unchanged]));
        closing.add(made("B", [FileState::LeftAlone, FileState::Failed]));
        closing.count(&[finding(Code::OutputEdited)]);
        let table = closing_table(
            &closing,
            Path::new("out"),
            Duration::from_millis(420),
            Language::Zh,
        );
        assert_eq!(
            table,
            "部门        年度  表  指标  文件        错误  警告  缺失  提示\n\
             甲县水务局  2025   3    21  xlsx pdf=      0     1     0     4\n\
             B           2025   3    21  xlsx* pdf!     0     1     0     4\n\
             = 未变   * 已有他人内容，未覆盖   ! 未生成\n\
             2 个部门，6 张表；写入 1 个文件，未变 1 个 → out\n\
             错误 1，警告 0，缺失 0，提示 0；用时 0.42 秒\n\
             审核：错误 2、警告 4、提示 6，已接受 2；见各部门的审核意见表，或用 `jixiao check` 查看\n"
        );
        let mut many = Closing::default();
        for number in 0..150 {
            let state = if number % 2 == 0 {
                FileState::Written
            } else {
                FileState::Failed
            };
            many.add(made("C", [state; 2]));
        }
        assert_eq!(many.shown.len(), MOST_ROWS);
        let table = closing_table(&many, Path::new("out"), Duration::ZERO, Language::En);
        assert!(
            table.contains("(35 more departments have errors)\n(the other 75 departments have no errors)"),
            "{table}"
        );
    }
}
