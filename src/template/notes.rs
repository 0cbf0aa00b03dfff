//! What was found, said beside the cells that it concerns: one resolver for which form a finding is
//! about and which cell shows what it is about.
//!
//! Architecture invariant: it looks at the sheets that were made, not at the template, and changes no
//! cell.

use std::collections::{BTreeMap, HashMap};

use super::Title;
use super::overview::titled;
use crate::finding::{Code, Finding, Language, Severity};
use crate::model::Department;
use crate::sheet::{Block, Note, NoteOn, Sheet, SheetKind};

/// The most findings of one note; of more it says how many there are.
const MOST_FINDINGS: usize = 12;
/// The fields that a finding about the whole document is said beside, the best first.
const OF_THE_WHOLE: [&str; 2] = ["cover_title", "department"];

/// How many findings concern each project, and how many concern none.
pub(super) fn counts<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    department: &Department,
) -> (Vec<usize>, usize) {
    let mut counts = vec![0; department.projects.len()];
    let mut others = 0;
    for finding in findings.filter(|finding| is_told(finding)) {
        match project_of(finding, department).and_then(|project| counts.get_mut(project)) {
            Some(count) => *count += 1,
            None => others += 1,
        }
    }
    (counts, others)
}

/// The notes on `sheets`, in the order of the cells. A finding that is about no cell is said beside the
/// nearest: the form's title, the section's first paragraph, the cover's title, or the summary. One
/// about a form that the sheets do not show is left out.
pub(super) fn notes<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    department: &Department,
    sheets: &[Sheet],
    title: Option<Title>,
) -> Vec<Note> {
    let mut findings = findings.filter(|finding| is_told(finding)).peekable();
    if findings.peek().is_none() {
        return Vec::new();
    }
    let shown = Shown::on(sheets);
    let mut by_cell: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    let mut on_summary = Vec::new();
    for finding in findings {
        match shown.cell_of(finding, department) {
            Some(Cell::Shown(at)) => by_cell.entry(at).or_default().push(finding),
            Some(Cell::Summary) => on_summary.push(finding),
            None => {}
        }
    }
    let mut notes: Vec<Note> = by_cell
        .into_iter()
        .map(|(at, findings)| Note {
            on: NoteOn::Field(shown.fields[at].to_owned()),
            text: text(&findings, title),
        })
        .collect();
    if let Some(id) = shown.summary.filter(|_| !on_summary.is_empty()) {
        notes.push(Note {
            on: NoteOn::Sheet(id.to_owned()),
            text: text(&on_summary, title),
        });
    }
    notes
}

/// Whether a finding is about the document and nobody accepted it.
fn is_told(finding: &Finding) -> bool {
    finding.accepted.is_none() && is_about_document(finding.code)
}

/// Whether findings of this kind are about a document, not about the making of its files.
pub(super) fn is_about_document(code: Code) -> bool {
    !matches!(
        code,
        Code::InputSkipped
            | Code::DepartmentTwice
            | Code::OutputEdited
            | Code::OutputUnwritable
            | Code::OutputFailed
            | Code::TemplateBroken
            | Code::FontBroken
    )
}

/// The index of the project that a finding is about.
fn project_of(finding: &Finding, department: &Department) -> Option<usize> {
    let field = finding.field.as_deref().unwrap_or_default();
    if let Some(rest) = field.strip_prefix("projects[") {
        return rest.split(']').next()?.parse().ok();
    }
    let number = finding.form?;
    department
        .projects
        .iter()
        .position(|project| project.number == number)
}

fn text(findings: &[&Finding], title: Option<Title>) -> String {
    let mut texts: Vec<String> = Vec::new();
    for finding in findings {
        let title = titled(title, finding.code);
        let text = format!(
            "【{}】{}{}{}\n{}（{}）",
            finding.severity.word(Language::Zh),
            title.unwrap_or_default(),
            if title.is_some() { "\n" } else { "" },
            finding.message.zh,
            finding.help.zh,
            finding.code
        );
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.len() > MOST_FINDINGS {
        let more = texts.len() - MOST_FINDINGS;
        texts.truncate(MOST_FINDINGS);
        texts.push(format!("另有 {more} 条。"));
    }
    texts.join("\n")
}

/// Where a finding is said.
enum Cell {
    /// Beside the cell with this index.
    Shown(usize),
    /// On the summary.
    Summary,
}

/// The fields that sheets show, in the order of the cells.
struct Shown<'s> {
    fields: Vec<&'s str>,
    /// Which of them are blank.
    blank: Vec<bool>,
    places: HashMap<&'s str, usize>,
    /// The id of the summary.
    summary: Option<&'s str>,
}

impl<'s> Shown<'s> {
    fn on(sheets: &'s [Sheet]) -> Self {
        let mut shown = Self {
            fields: Vec::new(),
            blank: Vec::new(),
            places: HashMap::new(),
            summary: None,
        };
        for sheet in sheets {
            if sheet.kind == SheetKind::Summary && shown.summary.is_none() {
                shown.summary = Some(&sheet.id);
            }
            for block in &sheet.blocks {
                match block {
                    Block::Text(text) => shown.add(text.field.as_deref(), &text.text),
                    Block::Table(table) => {
                        for cell in table.rows.iter().flat_map(|row| &row.cells) {
                            shown.add(cell.field.as_deref(), &cell.text);
                        }
                    }
                }
            }
        }
        shown
    }

    fn add(&mut self, field: Option<&'s str>, text: &str) {
        let Some(field) = field else {
            return;
        };
        self.places.entry(field).or_insert(self.fields.len());
        self.fields.push(field);
        self.blank.push(text.is_empty());
    }

    fn cell_of(&self, finding: &Finding, department: &Department) -> Option<Cell> {
        let field = finding.field.as_deref().unwrap_or_default();
        let wants_blank = finding.severity == Severity::SourceIncomplete;
        if let Some(project) = project_of(finding, department) {
            let project = format!("projects[{project}]");
            let path = match field {
                "" => project.clone(),
                whole if whole.starts_with("projects[") => whole.to_owned(),
                below => format!("{project}.{below}"),
            };
            return self.nearest(&path, &project, wants_blank).map(Cell::Shown);
        }
        let of_the_whole = || {
            OF_THE_WHOLE
                .iter()
                .find_map(|field| self.places.get(field))
                .map(|&at| Cell::Shown(at))
        };
        self.nearest(field, "", wants_blank)
            .map(Cell::Shown)
            .or_else(of_the_whole)
            .or(self.summary.map(|_| Cell::Summary))
    }

    /// The cell of the field at `path`; else the first one of the fields below it, a blank one where
    /// something is lost, then of what it is a part of, up to `top`.
    fn nearest(&self, path: &str, top: &str, wants_blank: bool) -> Option<usize> {
        let mut path = path;
        while !path.is_empty() && path.len() >= top.len() {
            let is_below =
                |field: &&str| matches!(field.strip_prefix(path), Some(rest) if rest.starts_with(['.', '[']));
            let below = || {
                let cells = self.fields.iter().enumerate();
                cells.filter(|(_, field)| is_below(field)).map(|(at, _)| at)
            };
            let blank = || {
                below()
                    .find(|&at| self.blank[at])
                    .filter(|_| wants_blank && path != top)
            };
            let found = self.places.get(path).copied();
            if let Some(at) = found.or_else(blank).or_else(|| below().next()) {
                return Some(at);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Message;
    use crate::model::{Indicator, Project};
    use crate::sheet::{Row, Table, TextBlock};

    fn sheet(kind: SheetKind, id: &str, title: Option<&str>, fields: &[&str]) -> Sheet {
        let text = TextBlock {
            field: title.map(str::to_owned),
            ..TextBlock::default()
        };
        let cells = fields.iter().map(|field| crate::sheet::Cell {
            field: Some((*field).to_owned()),
            ..crate::sheet::Cell::default()
        });
        let row = Row {
            cells: cells.collect(),
            ..Row::default()
        };
        let table = Table {
            rows: vec![row],
            ..Table::default()
        };
        Sheet {
            kind,
            id: id.to_owned(),
            name: id.to_owned(),
            blocks: vec![Block::Text(text), Block::Table(table)],
        }
    }

    fn finding(form: Option<u32>, field: Option<&str>) -> Finding {
        Finding {
            form,
            field: field.map(str::to_owned),
            ..Finding::new(Code::CellJoined, Message::new("甲。", "a"))
        }
    }

    fn department() -> Department {
        let project = |number| Project {
            number,
            indicators: vec![Indicator::default()],
            ..Project::default()
        };
        Department {
            projects: vec![project(4), project(7), project(7)],
            ..Department::default()
        }
    }

    fn sheets() -> Vec<Sheet> {
        vec![
            sheet(SheetKind::Cover, "cover", Some("cover_title"), &[]),
            sheet(SheetKind::Summary, "summary", None, &[]),
            sheet(
                SheetKind::Narrative,
                "narrative",
                None,
                &["narrative.safeguards[0]"],
            ),
            sheet(
                SheetKind::Form,
                "form-2",
                Some("projects[1].title"),
                &[
                    "projects[1].goals",
                    "projects[1].spending_plan[0].percent",
                    "projects[1].indicators[0].level2",
                ],
            ),
        ]
    }

    #[test]
    fn each_finding_is_beside_the_nearest_cell() {
        for (form, field, expected) in [
            (Some(7), Some("goals"), Some("projects[1].goals")),
            (Some(7), Some("goals[3]"), Some("projects[1].goals")),
            (Some(7), None, Some("projects[1].title")),
            (Some(7), Some("number"), Some("projects[1].title")),
            (
                Some(7),
                Some("spending_plan"),
                Some("projects[1].spending_plan[0].percent"),
            ),
            (
                None,
                Some("projects[1].indicators[0].level1"),
                Some("projects[1].indicators[0].level2"),
            ),
            (
                Some(7),
                Some("indicators"),
                Some("projects[1].indicators[0].level2"),
            ),
            (
                None,
                Some("narrative.safeguards"),
                Some("narrative.safeguards[0]"),
            ),
            (
                None,
                Some("narrative.overall_target"),
                Some("narrative.safeguards[0]"),
            ),
            (None, Some("year"), Some("cover_title")),
            (None, None, Some("cover_title")),
            // A form that is not shown, and one that there is not.
            (Some(4), Some("goals"), None),
            (None, Some("projects[2].goals"), None),
            (Some(99), Some("goals"), Some("cover_title")),
        ] {
            let finding = finding(form, field);
            let notes = notes(std::iter::once(&finding), &department(), &sheets(), None);
            let on: Vec<_> = notes.iter().map(|note| note.on.clone()).collect();
            let expected = expected.map(|field| NoteOn::Field(field.to_owned()));
            assert_eq!(on, Vec::from_iter(expected), "{form:?} {field:?}");
        }
        let found = finding(None, None);
        let on_summary = notes(std::iter::once(&found), &department(), &sheets()[1..], None);
        assert_eq!(on_summary[0].on, NoteOn::Sheet("summary".to_owned()));
    }

    #[test]
    fn several_findings_of_a_cell_are_one_note() {
        let mut findings = vec![finding(Some(7), Some("goals")); 2];
        findings.push(
            Finding::new(Code::LevelUnknown, Message::new("乙。", "b"))
                .in_form(7)
                .on_field("goals[1]"),
        );
        let notes = notes(findings.iter(), &department(), &sheets(), None);
        assert_eq!(notes.len(), 1);
        assert_eq!(
            notes[0].text,
            "【提示】甲。\n请核对接合处。（cell-joined）\n【警告】乙。\n请核对指标名称。（level-unknown）"
        );
    }

    #[test]
    fn findings_are_counted_by_project() {
        let findings = [
            finding(Some(7), None),
            finding(None, Some("projects[2].goals")),
            finding(None, Some("year")),
            Finding::new(Code::DepartmentTwice, Message::default()),
        ];
        assert_eq!(counts(findings.iter(), &department()), (vec![0, 1, 1], 1));
    }

    #[test]
    fn a_title_comes_first_and_what_was_accepted_is_not_said() {
        let titled: Title = |code| (code == Code::CellJoined).then_some("接合");
        let accepted = Finding {
            accepted: Some("x".to_owned()),
            ..finding(Some(7), Some("goals"))
        };
        let both = [finding(Some(7), Some("goals")), accepted.clone()];
        let notes = notes(both.iter(), &department(), &sheets(), Some(titled));
        assert_eq!(notes[0].text, "【提示】接合\n甲。\n请核对接合处。（cell-joined）");
        assert_eq!(counts([accepted].iter(), &department()), (vec![0, 0, 0], 0));
    }
}
