//! What the review found as a JSON array, an object each, as it comes.
//!
//! Architecture invariant: the names of the members are a promise to other programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::check::Rule;
use crate::finding::{Applicability, Edit, Finding, Language, Place, Severity};
use crate::workspace::{Reviewed, below_form};

/// A finding for other programs.
#[derive(Serialize)]
struct Written<'a> {
    rule: &'static str,
    code: &'static str,
    severity: Severity,
    file: Option<&'a str>,
    department: Option<&'a str>,
    project: Option<u32>,
    field: Option<&'a str>,
    message: &'a str,
    help: &'a str,
    quote: Option<&'a str>,
    place: Option<&'a Place>,
    fix: Option<WrittenFix<'a>>,
    accepted: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenFix<'a> {
    applicability: Applicability,
    edits: Vec<WrittenEdit<'a>>,
}

#[derive(Serialize)]
struct WrittenEdit<'a> {
    field: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// Writes the array.
pub(super) struct Array<W: Write> {
    out: W,
    count: usize,
}

impl<W: Write> Array<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, count: 0 }
    }

    /// Writes a finding of a department.
    pub(super) fn write(
        &mut self,
        reviewed: &Reviewed,
        finding: &Finding,
        language: Language,
    ) -> io::Result<()> {
        let department = reviewed.department.as_ref();
        let json = serde_json::to_string_pretty(&written(
            finding,
            department.and_then(|department| department.name.as_deref()),
            language,
        ))?;
        self.out
            .write_all(if self.count == 0 { b"[\n" } else { b",\n" })?;
        for (index, line) in json.lines().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(self.out, "{end}  {line}")?;
        }
        self.count += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        let end: &[u8] = if self.count == 0 { b"[]\n" } else { b"\n]\n" };
        self.out.write_all(end)?;
        self.out.flush()
    }
}

fn written<'a>(finding: &'a Finding, department: Option<&'a str>, language: Language) -> Written<'a> {
    let path = finding.field.as_deref();
    // The fields of the finding's own form are named as those of one form; what stands elsewhere, whole.
    let form = path.and_then(form_of);
    let own = |edit: &'a Edit| {
        let is_own = form.is_some() && form == form_of(&edit.field);
        WrittenEdit {
            field: if is_own {
                below_form(&edit.field)
            } else {
                &edit.field
            },
            before: edit.before.as_deref(),
            after: edit.after.as_deref(),
        }
    };
    Written {
        rule: finding.code.name(),
        code: Rule::of(finding.code).map_or("", |rule| rule.number),
        severity: finding.severity,
        file: finding.file.as_deref(),
        department,
        project: finding.form,
        field: path.map(below_form).filter(|field| !field.is_empty()),
        message: finding.message.in_language(language),
        help: finding.help.in_language(language),
        quote: finding.quote.as_deref(),
        place: finding.places.first(),
        fix: finding.fix.as_ref().map(|fix| WrittenFix {
            applicability: fix.applicability,
            edits: fix.edits.iter().map(own).collect(),
        }),
        accepted: finding.accepted.as_deref(),
    }
}

/// The first step of a path below `projects`.
fn form_of(path: &str) -> Option<&str> {
    path.starts_with("projects[").then(|| path.split('.').next())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Code, Fix, Message};

    #[test]
    fn fields_are_named_below_their_form() {
        let edit = |field: &str| Edit {
            field: field.to_owned(),
            before: None,
            after: Some("x".to_owned()),
        };
        let finding = Finding::new(Code::PercentWord, Message::new("甲", "a"))
            .on_field("projects[1].indicators[4].target")
            .fixed_by(Fix {
                applicability: Applicability::Safe,
                edits: vec![
                    edit("projects[1].budget.total"),
                    edit("projects[2].budget.total"),
                    edit("narrative.safeguards[0]"),
                ],
            });
        let written = written(&finding, Some("甲局"), Language::En);
        assert_eq!(written.field, Some("indicators[4].target"));
        assert_eq!((written.code, written.message), ("T03", "a"));
        let fields: Vec<_> = written
            .fix
            .expect("a fix")
            .edits
            .iter()
            .map(|edit| edit.field)
            .collect();
        assert_eq!(
            fields,
            [
                "budget.total",
                "projects[2].budget.total",
                "narrative.safeguards[0]"
            ]
        );
    }

    #[test]
    fn an_array_of_none_is_an_array() {
        let mut out = Vec::new();
        Array::new(&mut out).finish().expect("a buffer");
        assert_eq!(out, b"[]\n");
    }
}
