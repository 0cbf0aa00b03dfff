//! The answers that people write in the review sheet: read before the sheet is replaced, and put into the new one
//! beside what they answer. One that accepts a finding says so in its first word.
//!
//! Architecture invariant: an answer is gone from the review sheet only when somebody takes it out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::base::{Settings, hash_of};
use super::press::{Maker, Target};
use super::review::accept;
use crate::check::{Rule, identity};
use crate::finding::{Code, Finding, Severity};
use crate::fingerprint::{self, Fingerprint};
use crate::limit::{Broken, caught};
use crate::model::{Department, indexed_path};
use crate::template::{Answer, ReviewEntry, Reviewed};
use crate::vocab::{Labels, is_same};
use crate::xlsx::KeyedRow;

/// From so many on, notes of a kind in one form are one line.
const MOST_LINES: usize = 3;
/// What the key of such a line begins with.
const GROUP: char = 'g';
/// What the key of a row begins with that somebody added.
const ADDED: char = 'x';

/// The answers in a department's folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The answers, in the order of the sheet.
    pub(super) all: Vec<Answer>,
    /// The name of the sheet that they were read from, with its fingerprint: it may be replaced.
    pub(super) sheet: Option<(String, String)>,
}

impl Answers {
    /// Reads the answers in the review sheet in a folder whose files have this name. Where there is no such sheet,
    /// or it is none any more, there are none; such a file is left alone later.
    pub(super) fn read(folder: &Path, name: &str, maker: &impl Maker) -> Self {
        let file = Target::ReviewXlsx.file_name(name);
        let Ok(bytes) = fs::read(folder.join(&file)) else {
            return Self::default();
        };
        let content_hash = hash_of(&bytes);
        match maker.read_answers(bytes) {
            Some(all) => Self {
                all,
                sheet: Some((file, content_hash)),
            },
            None => Self::default(),
        }
    }

    /// Says what the answers are, for what is made of them; empty where there are none.
    pub(super) fn fingerprint(&self) -> String {
        if self.all.is_empty() {
            return String::new();
        }
        let mut hash = Fingerprint::new();
        for answer in &self.all {
            let Answer {
                key,
                severity,
                form,
                field,
                quote,
                problem,
                advice,
                text,
                ..
            } = answer;
            for part in [key, severity, form, field, quote, problem, advice, text] {
                hash.update(part);
                hash.update([0]);
            }
        }
        fingerprint::hex(&hash.finish()[..8])
    }

    /// Notes in findings that somebody accepted them.
    pub(super) fn accept(&self, findings: &mut [Finding], department: &Department) {
        if self.all.is_empty() {
            return;
        }
        let mut keys = Keys::of(department);
        for finding in findings.iter_mut().filter(|finding| is_of_review(finding)) {
            let (own, group) = keys.next(finding);
            let answer = self.get(&own).or_else(|| self.get(&group));
            if let (None, Some(answer)) = (&finding.accepted, answer) {
                finding.accepted.clone_from(&answer.reason);
            }
        }
    }

    fn get(&self, key: &str) -> Option<&Answer> {
        self.all.iter().find(|answer| answer.key == key)
    }
}

/// What the review finds in a department, of the forms that are made; nothing where it is not wanted.
pub(super) fn review(
    department: &Department,
    settings: &Settings,
    maker: &impl Maker,
) -> Result<Vec<Finding>, Broken> {
    if settings.is_unchecked {
        return Ok(Vec::new());
    }
    let mut found = caught(|| maker.review(department, &settings.review))?;
    let is_made = |finding: &Finding| finding.form.is_none_or(|form| settings.only.contains(&form));
    found.retain(|finding| settings.only.is_empty() || is_made(finding));
    accept(&mut found, department, &settings.acceptances);
    Ok(found)
}

/// Whether a finding is one of the review.
pub(super) fn is_of_review(finding: &Finding) -> bool {
    Rule::of(finding.code).is_some()
}

/// What a rule of the review finds, in a few Chinese words.
pub(super) fn title_of(code: Code) -> Option<&'static str> {
    Rule::of(code).map(|rule| rule.title.zh.as_ref())
}

/// The keys of findings, asked for one after the other.
struct Keys<'a> {
    department: &'a Department,
    /// How often each was given.
    given: BTreeMap<String, usize>,
}

impl<'a> Keys<'a> {
    fn of(department: &'a Department) -> Self {
        Self {
            department,
            given: BTreeMap::new(),
        }
    }

    /// The key of a finding, and that of all of its kind in its form.
    fn next(&mut self, finding: &Finding) -> (String, String) {
        let mut key = identity(finding, self.department);
        let given = self.given.entry(key.clone()).or_default();
        *given += 1;
        if *given > 1 {
            key = format!("{key}-{given}");
        }
        let project = finding
            .field
            .as_deref()
            .and_then(|field| indexed_path(field, "projects"));
        let kind = Finding {
            quote: None,
            field: project.map(|(index, _)| format!("projects[{index}]")),
            ..finding.clone()
        };
        (key, format!("{GROUP}{}", identity(&kind, self.department)))
    }
}

/// What the review sheet shows: the findings of the review among `findings`, each with its answer, and the answers
/// to what is no longer found.
pub(super) fn reviewed<'a>(
    department: &Department,
    findings: &'a [Finding],
    answers: &[Answer],
) -> Reviewed<'a> {
    let by_key: BTreeMap<&str, &Answer> = answers
        .iter()
        .map(|answer| (answer.key.as_str(), answer))
        .collect();
    let mut keys = Keys::of(department);
    let of_review = findings.iter().filter(|finding| is_of_review(finding));
    let keyed: Vec<_> = of_review
        .map(|finding| {
            let (own, group) = keys.next(finding);
            (finding, own, group)
        })
        .collect();
    let mut groups: BTreeMap<&str, Vec<&'a Finding>> = BTreeMap::new();
    for (finding, own, group) in &keyed {
        if finding.severity == Severity::Note && !by_key.contains_key(own.as_str()) {
            groups.entry(group).or_default().push(finding);
        }
    }
    groups.retain(|_, findings| {
        findings.len() >= MOST_LINES && findings.iter().all(|one| one.accepted == findings[0].accepted)
    });
    let mut used = BTreeSet::new();
    let mut told = BTreeSet::new();
    let mut entries = Vec::new();
    for (finding, own, group) in &keyed {
        let is_own = by_key.contains_key(own.as_str());
        let of_group = groups
            .get(group.as_str())
            .filter(|_| finding.severity == Severity::Note && !is_own);
        let (key, shown) = match of_group {
            Some(_) if !told.insert(group) => continue,
            Some(all) => (group, all.clone()),
            None => (own, vec![*finding]),
        };
        let answer = [own, group]
            .into_iter()
            .find_map(|key| by_key.get_key_value(key.as_str()));
        if let Some((key, _)) = answer {
            used.insert(*key);
        }
        entries.push(ReviewEntry {
            findings: shown,
            title: title_of(finding.code).unwrap_or_default(),
            key: key.clone(),
            answer: answer.map(|(_, answer)| answer.text.clone()).unwrap_or_default(),
        });
    }
    let past = answers
        .iter()
        .filter(|answer| !used.contains(answer.key.as_str()));
    let past = past.enumerate().map(|(at, answer)| Answer {
        number: at + 1,
        ..answer.clone()
    });
    Reviewed {
        entries,
        past: past.collect(),
    }
}

/// The answers in the rows of a review sheet.
pub(super) fn answers_in(rows: Vec<KeyedRow>, labels: &Labels) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for row in rows {
        let text = |name: &str| {
            let named = labels.texts(name);
            let mut texts = row.texts.iter();
            let found = texts.find(|(heading, _)| named.iter().any(|label| is_same(label, heading)));
            found.map(|(_, text)| text.trim().to_owned()).unwrap_or_default()
        };
        let written = text("review_answer");
        if written.is_empty() {
            continue;
        }
        let mut answer = Answer {
            number: 0,
            severity: text("review_severity"),
            form: text("review_form"),
            field: text("review_field"),
            quote: text("review_quote"),
            problem: text("review_problem"),
            advice: text("review_advice"),
            reason: None,
            key: String::new(),
            text: written,
        };
        answer.key = row.key.unwrap_or_else(|| {
            let content = format!("{}\n{}\n{}", answer.form, answer.problem, answer.text);
            format!("{ADDED}{}", fingerprint::hex_of(content.as_bytes()))
        });
        match answers.iter_mut().find(|known| known.key == answer.key) {
            // Somebody copied the row.
            Some(known) if known.text.lines().any(|line| line == answer.text) => {}
            Some(known) => known.text = format!("{}\n{}", known.text, answer.text),
            None => answers.push(answer),
        }
    }
    for answer in &mut answers {
        answer.reason = reason(&answer.text, labels.texts("review_accept"));
    }
    answers
}

/// Why an answer accepts a finding; `None` if it does not. The word for it stands alone or before a colon or a blank,
/// for 接受意见 promises a change.
fn reason(answer: &str, words: &[String]) -> Option<String> {
    let answer = answer.trim();
    words.iter().find_map(|word| {
        let head = answer.get(..word.len())?;
        let rest = &answer[head.len()..];
        let is_accepted = head.eq_ignore_ascii_case(word)
            && (rest.is_empty() || rest.starts_with([':', '：']) || rest.starts_with(char::is_whitespace));
        let reason = rest.trim_start_matches(|c: char| matches!(c, ':' | '：') || c.is_whitespace());
        let reason = if reason.is_empty() { head } else { reason };
        is_accepted.then(|| reason.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Message;
    use crate::model::{Indicator, Project};

    fn words() -> Vec<String> {
        ["接受", "accept"].map(str::to_owned).to_vec()
    }

    #[test]
    fn an_answer_accepts_by_its_first_word_alone() {
        for (answer, expected) in [
            ("接受：历年如此", Some("历年如此")),
            (" 接受 : 历年如此 ", Some("历年如此")),
            ("接受 历年如此", Some("历年如此")),
            ("接受", Some("接受")),
            ("Accept: as in every year", Some("as in every year")),
            ("接受意见，已修改", None),
            ("接受，已修改", None),
            ("不接受：有误", None),
            ("accepted", None),
            ("已改", None),
            ("", None),
        ] {
            assert_eq!(reason(answer, &words()).as_deref(), expected, "{answer}");
        }
    }

    fn department(rows: usize) -> Department {
        let row = |at: usize| Indicator {
            level3: Some(format!("指标{at}")),
            ..Indicator::default()
        };
        Department {
            projects: vec![Project {
                number: 1,
                name: Some("项目".to_owned()),
                indicators: (0..rows).map(row).collect(),
                ..Project::default()
            }],
            ..Department::default()
        }
    }

    fn notes(rows: usize) -> Vec<Finding> {
        let note = |at: usize| {
            Finding::new(Code::PercentWord, Message::new("甲", "a"))
                .on_field(format!("projects[0].indicators[{at}].target"))
        };
        (0..rows).map(note).collect()
    }

    fn answer(key: &str, text: &str) -> Answer {
        Answer {
            key: key.to_owned(),
            text: text.to_owned(),
            reason: reason(text, &words()),
            ..Answer::default()
        }
    }

    #[test]
    fn notes_of_a_kind_are_one_line_and_those_with_an_answer_their_own() {
        let (department, findings) = (department(5), notes(5));
        let whole = reviewed(&department, &findings, &[]);
        assert_eq!(whole.entries.len(), 1);
        assert_eq!(whole.entries[0].findings.len(), 5);
        let own = Keys::of(&department).next(&findings[1]).0;
        let answers = [answer(&own, "已改"), answer("gone", "已改")];
        let parted = reviewed(&department, &findings, &answers);
        let sizes: Vec<_> = parted
            .entries
            .iter()
            .map(|entry| (entry.findings.len(), entry.answer.as_str()))
            .collect();
        assert_eq!(sizes, [(4, ""), (1, "已改")]);
        assert_eq!(parted.past.len(), 1);
        assert_eq!((parted.past[0].number, parted.past[0].key.as_str()), (1, "gone"));
    }

    #[test]
    fn the_answer_to_a_kind_accepts_all_of_it_and_stays_when_few_are_left() {
        let department = department(5);
        let mut findings = notes(5);
        let key = reviewed(&department, &findings, &[]).entries[0].key.clone();
        let answers = Answers {
            all: vec![answer(&key, "接受：历年如此")],
            sheet: None,
        };
        answers.accept(&mut findings, &department);
        assert!(
            findings
                .iter()
                .all(|one| one.accepted.as_deref() == Some("历年如此"))
        );
        let again = reviewed(&department, &findings, &answers.all);
        assert_eq!((again.entries.len(), again.past.len()), (1, 0));
        let mut few = notes(2);
        answers.accept(&mut few, &department);
        let again = reviewed(&department, &few, &answers.all);
        let texts: Vec<_> = again.entries.iter().map(|entry| entry.answer.as_str()).collect();
        assert_eq!(texts, ["接受：历年如此"; 2]);
        assert!(again.past.is_empty());
    }

    #[test]
    fn equal_findings_have_keys_of_their_own() {
        let department = department(1);
        let mut findings = notes(1);
        findings.extend(notes(1));
        let sheet = reviewed(&department, &findings, &[]);
        assert_ne!(sheet.entries[0].key, sheet.entries[1].key);
    }

    #[test]
    fn a_row_without_a_key_keeps_its_answer() {
        let labels = Labels(BTreeMap::from([
            ("review_answer".to_owned(), vec!["处理意见".to_owned()]),
            ("review_problem".to_owned(), vec!["问题".to_owned()]),
        ]));
        let row = |key: Option<&str>, answer: &str| KeyedRow {
            key: key.map(str::to_owned),
            texts: BTreeMap::from([
                ("处 理 意 见".to_owned(), answer.to_owned()),
                ("问题".to_owned(), "乙".to_owned()),
            ]),
        };
        let rows = vec![
            row(Some("a"), "一"),
            row(Some("a"), "二"),
            row(Some("a"), "一"),
            row(None, "三"),
            row(Some("b"), " "),
        ];
        let answers = answers_in(rows, &labels);
        let texts: Vec<_> = answers
            .iter()
            .map(|one| (one.text.as_str(), one.problem.as_str()))
            .collect();
        assert_eq!(texts, [("一\n二", "乙"), ("三", "乙")]);
        assert!(answers[1].key.starts_with(ADDED));
    }
}
