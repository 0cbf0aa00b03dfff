//! What the review found, for people: file by file, form by form.
//!
//! Architecture invariant: nothing that a document holds is obeyed by the terminal, and what somebody accepted is
//! shown all the same.

#![allow(
    clippy::format_push_string,
    reason = "the texts are small and told once; `write!` to a String would only hide them"
)]

use std::collections::BTreeSet;

use super::excerpts::{difference, shown};
use crate::check::Rule;
use crate::cli::report::{colour, field_words, found_counts, one_line};
use crate::cli::say;
use crate::finding::{Applicability, Code, Edit, Finding, Fix, Language, Place, Severity};
use crate::model::Department;
use crate::vocab::Vocabulary;
use crate::workspace::{Excerpt, Identified, Kind, Remark, Reviewed, below_form, severity_index};

/// The colour of what is of less weight.
const GREY: &str = "2";

/// What the review comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// The departments that were reviewed.
    pub(super) departments: usize,
    /// The findings of each severity that nobody accepted.
    pub(super) counts: [usize; 4],
    /// The findings that somebody accepted.
    pub(super) accepted: usize,
    /// The fixes that `--fix` makes.
    pub(super) safe: usize,
    /// Those that `--unsafe-fixes` makes besides.
    pub(super) beyond: usize,
    /// The findings that were there before.
    pub(super) old: usize,
}

impl Sums {
    /// Counts a finding that is shown.
    pub(super) fn add(&mut self, finding: &Finding) {
        if finding.accepted.is_some() {
            self.accepted += 1;
            return;
        }
        self.counts[severity_index(finding.severity)] += 1;
        match finding.fix.as_ref().map(|fix| fix.applicability) {
            Some(Applicability::Safe) => self.safe += 1,
            Some(Applicability::Unsafe) => self.beyond += 1,
            Some(Applicability::DisplayOnly) | None => {}
        }
    }

    /// Whether there is a finding at least that grave.
    pub(super) fn has(&self, severity: Severity) -> bool {
        let all = [
            Severity::Note,
            Severity::SourceIncomplete,
            Severity::Warning,
            Severity::Error,
        ];
        let mut grave = all.iter().filter(|one| **one >= severity);
        grave.any(|one| self.counts[severity_index(*one)] > 0)
    }
}

/// Prints departments one after the other.
pub(super) struct Printer<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) language: Language,
    pub(super) is_coloured: bool,
    /// The file that was printed last, and what help it was given.
    pub(super) file: String,
    pub(super) helped: BTreeSet<(Code, String)>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary, language: Language, is_coloured: bool) -> Self {
        Self {
            vocabulary,
            language,
            is_coloured,
            file: String::new(),
            helped: BTreeSet::new(),
        }
    }

    /// What was found in a department; nothing where nothing was found.
    pub(super) fn department(&mut self, reviewed: &Reviewed, remarks: &[Remark]) -> String {
        let Some(department) = reviewed.department.as_ref().filter(|_| !remarks.is_empty()) else {
            return String::new();
        };
        if self.file != reviewed.source {
            self.file.clone_from(&reviewed.source);
            self.helped.clear();
        }
        let year = department.year.map(|year| year.to_string());
        let name = [department.name.as_deref(), year.as_deref()];
        let name: Vec<String> = name.into_iter().flatten().map(one_line).collect();
        let head = format!("══ {}  {}", one_line(&reviewed.source), name.join(" "));
        let mut text = self.painted("1", head.trim_end()) + "\n";
        let mut at = 0;
        while at < remarks.len() {
            let form = form_index(&remarks[at].finding);
            let end = remarks[at..]
                .iter()
                .position(|remark| form_index(&remark.finding) != form)
                .map_or(remarks.len(), |count| at + count);
            text += &self.painted("1", &self.form_heading(department, form));
            text.push('\n');
            let own = &remarks[at..end];
            let is_accepted = |remark: &&Remark| remark.finding.accepted.is_some();
            for remark in own.iter().filter(|remark| !is_accepted(remark)) {
                text += &self.remark(remark, reviewed.kind);
            }
            for remark in own.iter().filter(is_accepted) {
                text += &self.accepted(remark, reviewed.kind);
            }
            at = end;
        }
        text.push('\n');
        text
    }

    fn form_heading(&self, department: &Identified, form: Option<usize>) -> String {
        let form = form.and_then(|at| department.forms.get(at));
        match (form, self.language) {
            (None, language) => {
                let word = say(language, "封面、目录和正文", "cover, contents and narrative");
                format!("── {word}")
            }
            (Some((number, name)), Language::Zh) => format!("── 表{number} {}", one_line(name)),
            (Some((number, name)), Language::En) => format!("── form {number} {}", one_line(name)),
        }
    }

    fn remark(&mut self, remark: &Remark, kind: Kind) -> String {
        let finding = &remark.finding;
        let word = finding.severity.word(self.language);
        let colour = format!("1;{}", colour(finding.severity));
        let mut text = format!(
            "{} {}\n",
            self.painted(&colour, word),
            self.whereabouts(finding, kind)
        );
        text += &format!("    {}\n", one_line(finding.message.in_language(self.language)));
        if let Some(excerpt) = &remark.excerpt {
            text += &self.excerpt(excerpt, &colour);
        }
        if let Some(fix) = &finding.fix {
            text += &self.fix(fix, finding.field.as_deref());
        }
        // The same help is enough once for a file.
        let help = one_line(finding.help.in_language(self.language));
        if !help.is_empty() && self.helped.insert((finding.code, help.clone())) {
            text += &format!("    → {help}\n");
        }
        text
    }

    fn accepted(&self, remark: &Remark, kind: Kind) -> String {
        let finding = &remark.finding;
        let reason = one_line(finding.accepted.as_deref().unwrap_or_default());
        let word = say(self.language, "已认可", "accepted");
        let head = format!("{word} {}", self.whereabouts(finding, kind));
        let message = one_line(finding.message.in_language(self.language));
        let why = match self.language {
            Language::Zh => format!("理由：{reason}"),
            Language::En => format!("reason: {reason}"),
        };
        format!(
            "{}\n{}\n{}\n",
            self.painted(GREY, &head),
            self.painted(GREY, &format!("    {message}")),
            self.painted(GREY, &format!("    {why}"))
        )
    }

    /// Rule, place and field of a finding.
    fn whereabouts(&self, finding: &Finding, kind: Kind) -> String {
        let number = Rule::of(finding.code).map_or("", |rule| rule.number);
        let mut text = format!("{} {number}", finding.code);
        let mut places = finding
            .places
            .iter()
            .map(|place| one_line(&place.in_language(self.language)));
        let file = finding.file.as_deref().map(one_line).unwrap_or_default();
        let first = finding.places.first();
        text += &match (places.next(), first) {
            (None, _) => format!("  {file}"),
            (Some(place), _) if kind == Kind::Model => {
                format!("  {file}  {} {place}", say(self.language, "出自", "source"))
            }
            (Some(place), Some(Place::Text { .. })) => format!("  {file}:{place}"),
            (Some(place), _) => format!("  {file}  {place}"),
        };
        for place in places {
            text += &format!(", {place}");
        }
        let field = below_form(finding.field.as_deref().unwrap_or_default());
        if !field.is_empty() {
            text += &format!("  {}", field_words(field, Some(self.vocabulary), self.language));
        }
        text
    }

    fn excerpt(&self, excerpt: &Excerpt, colour: &str) -> String {
        let shown = shown(&excerpt.text, &excerpt.marked);
        let number = excerpt.line.map(|line| format!("{line} ")).unwrap_or_default();
        let gutter = " ".repeat(number.len());
        let (indent, carets) = shown.carets;
        let carets = self.painted(colour, &"^".repeat(carets));
        let line = format!("    {number}│ {}", shown.text);
        format!(
            "{}\n    {gutter}│ {}{carets}\n",
            line.trim_end(),
            " ".repeat(indent)
        )
    }

    /// Each field of a fix before and after, and what makes the fix.
    fn fix(&self, fix: &Fix, field: Option<&str>) -> String {
        let mut text = String::new();
        for edit in &fix.edits {
            let (before, after) = sides(edit, self.language);
            let is_own = fix.edits.len() == 1 && Some(edit.field.as_str()) == field;
            let name = if is_own {
                String::new()
            } else {
                let words = field_words(below_form(&edit.field), Some(self.vocabulary), self.language);
                format!("{words}{}", say(self.language, "：", ": "))
            };
            text += &format!("    {}\n", self.painted("31", &format!("- {name}{before}")));
            text += &format!("    {}\n", self.painted("32", &format!("+ {name}{after}")));
        }
        let how = match (fix.applicability, self.language) {
            (Applicability::Safe, Language::Zh) => "可用 --fix 改正",
            (Applicability::Safe, Language::En) => "--fix puts it right",
            (Applicability::Unsafe, Language::Zh) => "可用 --unsafe-fixes 改正，改后请核对",
            (Applicability::Unsafe, Language::En) => "--unsafe-fixes does that; look at it afterwards",
            (Applicability::DisplayOnly, Language::Zh) => "仅供参考，不会自动改正",
            (Applicability::DisplayOnly, Language::En) => "a proposal, never made by the program",
        };
        text + &format!("      {}\n", self.painted(GREY, how))
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.is_coloured {
            format!("\x1b[{colour}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Which form a finding is about, from 0.
fn form_index(finding: &Finding) -> Option<usize> {
    let path = finding.field.as_deref()?.strip_prefix("projects[")?;
    path.split(']').next()?.parse().ok()
}

/// Both texts of an edit, cut around what differs.
fn sides(edit: &Edit, language: Language) -> (String, String) {
    let blank = || say(language, "（空）", "(blank)").to_owned();
    match (&edit.before, &edit.after) {
        (Some(before), Some(after)) => {
            let (one, other) = difference(before, after);
            (shown(before, &one).text, shown(after, &other).text)
        }
        (before, after) => {
            let side =
                |text: &Option<String>| text.as_ref().map_or_else(blank, |text| shown(text, &(0..0)).text);
            (side(before), side(after))
        }
    }
}

/// What an edit makes of a department's field, for the documentation of rules.
pub(super) fn edit_words(edit: &Edit, language: Language) -> String {
    let (before, after) = sides(edit, language);
    format!("{before} → {after}")
}

/// The printed text of a field, or the word for a blank.
pub(super) fn field_text(department: &Department, path: &str, language: Language) -> String {
    let text = department.text_at(path);
    text.map_or_else(
        || say(language, "（空）", "(blank)").to_owned(),
        |text| one_line(&text),
    )
}

/// What the review comes to, in a few lines.
pub(super) fn closing(sums: &Sums, gone: Option<usize>, language: Language) -> String {
    let Sums {
        departments,
        accepted,
        safe,
        beyond,
        old,
        ..
    } = sums;
    let counts = found_counts(sums.counts, language);
    let mut text = match language {
        Language::Zh => format!("部门 {departments}：{counts}；已认可 {accepted}\n"),
        Language::En => format!("departments {departments}: {counts}; {accepted} accepted\n"),
    };
    if safe + beyond > 0 {
        text += &match language {
            Language::Zh => format!("可自动改正：--fix {safe} 处，--unsafe-fixes 另 {beyond} 处\n"),
            Language::En => format!("fixes: {safe} by --fix, {beyond} more by --unsafe-fixes\n"),
        };
    }
    if let Some(gone) = gone {
        text += &match language {
            Language::Zh => format!("原有问题 {old} 个未列出，另有 {gone} 个已不存在\n"),
            Language::En => format!("{old} that were there before are not shown, {gone} are there no more\n"),
        };
    }
    text
}
