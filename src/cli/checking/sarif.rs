//! What the review found as SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), which
//! code review and editors show beside the text.
//!
//! Architecture invariant: results go out as they come; only their number is kept.

use std::fmt;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::check::{ALL, Settings};
use crate::finding::{Language, Place, Severity};
use crate::workspace::{Kind, Remark, Reviewed};

/// Writes the log.
pub(super) struct Log<W: Write> {
    out: W,
    count: usize,
}

impl<W: Write> Log<W> {
    /// Begins with the program and its rules.
    pub(super) fn new(mut out: W, settings: &Settings, language: Language) -> io::Result<Self> {
        let rules: Vec<Value> = ALL
            .iter()
            .map(|rule| {
                let severity = settings.severity(rule);
                json!({
                    "id": rule.code.name(),
                    "name": rule.number,
                    "shortDescription": {"text": rule.title.in_language(language)},
                    "fullDescription": {"text": rule.what.in_language(language)},
                    "help": {"text": rule.code.help().in_language(language)},
                    "defaultConfiguration": {
                        "enabled": severity.is_some(),
                        "level": severity.map_or("none", level),
                    },
                })
            })
            .collect();
        let driver = json!({"name": "jixiao", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
        write!(
            out,
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\
             \"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",\"results\":["
        )?;
        Ok(Self { out, count: 0 })
    }

    /// Writes a finding.
    pub(super) fn write(
        &mut self,
        reviewed: &Reviewed,
        remark: &Remark,
        language: Language,
    ) -> io::Result<()> {
        let end = if self.count == 0 { "" } else { "," };
        write!(self.out, "{end}\n{}", result(reviewed, remark, language))?;
        self.count += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}]}\n")?;
        self.out.flush()
    }
}

/// SARIF has no word for what a source lost; somebody should look at it.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning | Severity::SourceIncomplete => "warning",
        Severity::Note => "note",
    }
}

fn result(reviewed: &Reviewed, remark: &Remark, language: Language) -> Value {
    let finding = &remark.finding;
    let file = finding.file.as_deref().unwrap_or(&reviewed.source);
    let mut physical = json!({"artifactLocation": {"uri": uri(file)}});
    // The lines of a model are those of the text that it was once read from.
    if let Some(Place::Text { line, column }) = finding.places.first()
        && reviewed.kind != Kind::Model
    {
        physical["region"] = json!({"startLine": line, "startColumn": column});
    }
    let mut location = json!({"physicalLocation": physical});
    if let Some(field) = &finding.field {
        location["logicalLocations"] = json!([{"fullyQualifiedName": field}]);
    }
    let mut text = finding.message.in_language(language).to_owned();
    let place = finding
        .places
        .first()
        .filter(|place| place.line_and_column().is_none());
    if let Some(place) = place {
        text = format!("{}: {text}", place.in_language(language));
    }
    let mut result = json!({
        "ruleId": finding.code.name(),
        "ruleIndex": ALL.iter().position(|rule| rule.code == finding.code),
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"identity/v1": remark.identity},
    });
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

/// The path as a relative or absolute reference of a URI.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') {
        "file://".to_owned()
    } else {
        String::new()
    };
    for byte in path.replace('\\', "/").bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = fmt::Write::write_fmt(&mut uri, format_args!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Code, Finding, Message};

    #[test]
    fn the_log_is_json_with_a_place_and_an_identity_for_each_finding() {
        let reviewed = Reviewed::default();
        let mut log = Log::new(Vec::new(), &Settings::default(), Language::En).expect("a buffer");
        for at in 0..2 {
            let mut finding = Finding::new(Code::BudgetSum, Message::new("甲", "a"))
                .in_file("甲 局.txt")
                .at(Place::text(3, 4))
                .on_field("projects[0].budget.total");
            finding.accepted = (at == 1).then(|| "why".to_owned());
            let remark = Remark {
                finding,
                identity: "id".to_owned(),
                excerpt: None,
            };
            log.write(&reviewed, &remark, Language::En).expect("a buffer");
        }
        let mut out = log.out;
        out.extend(b"\n]}]}\n");
        let log: Value = serde_json::from_slice(&out).expect("JSON");
        let run = &log["runs"][0];
        assert_eq!(
            run["tool"]["driver"]["rules"].as_array().map(Vec::len),
            Some(ALL.len())
        );
        let results = run["results"].as_array().expect("results");
        assert_eq!(results.len(), 2);
        let location = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "%E7%94%B2%20%E5%B1%80.txt");
        assert_eq!(location["region"]["startLine"], 3);
        assert_eq!(results[0]["partialFingerprints"]["identity/v1"], "id");
        assert_eq!(results[0].get("suppressions"), None);
        assert_eq!(results[1]["suppressions"][0]["justification"], "why");
    }
}
