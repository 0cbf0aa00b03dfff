//! Reads models back: one JSON object, an array of them, or one after the other (a line each).
//!
//! Architecture invariant: a text that is not a model is never taken for an empty one; what is
//! wrong is said with line and column.

use crate::finding::{Code, Finding, Message, Place};
use crate::model::Department;

/// Reads the models in a file.
///
/// # Errors
///
/// A finding of [`Code::ModelInvalid`] with the place of the first mistake, without a file.
pub fn read_models(bytes: &[u8]) -> Result<Vec<Department>, Box<Finding>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        // All of `good` is UTF-8, as the error says.
        let good = String::from_utf8_lossy(good);
        invalid(&format!(
            "not UTF-8: byte {:#04x}",
            bad.first().copied().unwrap_or_default()
        ))
        .at(end_of(&good))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut departments: Vec<Department> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| not_json(text, &error))?
    } else {
        serde_json::Deserializer::from_str(text)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|error| not_json(text, &error))?
    };
    if departments.is_empty() {
        return Err(Box::new(invalid("no model in it").at(Place::text(1, 1))));
    }
    for department in &mut departments {
        department.refresh_meanings();
    }
    Ok(departments)
}

fn not_json(text: &str, error: &serde_json::Error) -> Finding {
    let said = error.to_string();
    let said = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(said, _)| said);
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    // The column counts bytes; ours counts characters.
    let before = line
        .char_indices()
        .take_while(|(byte, _)| *byte < error.column().max(1))
        .count();
    invalid(said)
        .at(Place::text(error.line().max(1) as u32, before.max(1) as u32))
        .quoting(line.trim())
}

fn invalid(why: &str) -> Finding {
    Finding::new(
        Code::ModelInvalid,
        Message::new(
            format!("不是有效的模型 JSON：{why}"),
            format!("not a model in JSON: {why}"),
        ),
    )
}

/// The place after the last character of a text.
pub(crate) fn end_of(text: &str) -> Place {
    let last = text.rsplit('\n').next().unwrap_or_default();
    Place::text(
        1 + text.matches('\n').count() as u32,
        1 + last.chars().count() as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &[u8]) -> (u32, u32) {
        let finding = read_models(text).expect_err("a mistake");
        assert_eq!(finding.code, Code::ModelInvalid);
        finding.places[0].line_and_column().expect("a line")
    }

    #[test]
    fn an_object_an_array_and_lines_are_read() {
        let one = r#"{"department":"甲局","projects":[{"number":1,"budget":{"total":"2.50"}}]}"#;
        for text in [one.to_owned(), format!("\u{feff} [{one}]"), format!("{one}\n\n")] {
            let models = read_models(text.as_bytes()).expect("a model");
            assert_eq!(models.len(), 1);
            // What the text means is read again.
            assert!(models[0].projects[0].budget.total_decimal.is_some());
        }
        assert_eq!(
            read_models(format!("{one}\n{one}\r\n{one}").as_bytes()).map(|models| models.len()),
            Ok(3)
        );
        assert_eq!(
            read_models(format!("[{one},{one}]").as_bytes()).map(|models| models.len()),
            Ok(2)
        );
    }

    #[test]
    fn mistakes_have_a_place_in_characters() {
        assert_eq!(mistake(b""), (1, 1));
        assert_eq!(mistake(b"[]"), (1, 1));
        assert_eq!(mistake("{\n  \"department\": 3\n}".as_bytes()), (2, 17));
        assert_eq!(
            mistake("{\n  \"department\": \"甲局\" \"year\"\n}".as_bytes()),
            (2, 22)
        );
        assert_eq!(
            mistake("{\"department\":\"甲\"}\n{\"year\":\"x\"}".as_bytes()),
            (2, 11)
        );
        assert_eq!(mistake(b"{\"a\":\n \xff}"), (2, 2));
        assert_eq!(mistake(b"text"), (1, 2));
    }
}
