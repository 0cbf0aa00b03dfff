//! Variables that no template has, also where tera would take them for false: in conditions.
//!
//! Architecture invariant: which variables there are is read off a filled specimen, so that it never
//! differs from what templates really see.

use std::collections::BTreeMap;

use tera::Value;

use super::marks::tera_code;

/// What is known of the variables at some point of a template; `None` for one that the template
/// makes itself, of which nothing is known.
type Known = BTreeMap<String, Option<Value>>;

/// A path that leads nowhere.
#[derive(Debug, PartialEq)]
pub(super) struct UnknownField {
    /// The path, such as `project.budgt`.
    pub(super) path: String,
    /// The part that does not exist, such as `budgt`.
    pub(super) field: String,
    /// What exists in its place.
    pub(super) available: Vec<String>,
    /// Where the path stands in the text, in bytes.
    pub(super) at: usize,
}

/// Looks for a path such as `project.budgt.total` in the tera code of `text` that leads nowhere in
/// `variables`.
pub(super) fn unknown_field(text: &str, variables: &BTreeMap<&str, Value>) -> Option<UnknownField> {
    let mut known: Known = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Some(value.clone())))
        .collect();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match tera_code(rest) {
            Some(length) => {
                let code = &rest[..length];
                if !code.starts_with("{#")
                    && let Some(mut unknown) = unknown_in_code(code, &mut known)
                {
                    unknown.at += at;
                    return Some(unknown);
                }
                at += length;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    None
}

fn unknown_in_code(code: &str, known: &mut Known) -> Option<UnknownField> {
    let words = words(code);
    let tag = words.first().map_or("", |word| word.path);
    // `for name in path`, `for key, value in path`, `set name = …`, `component name(arguments)`
    let made = match tag {
        "for" => words
            .iter()
            .position(|word| word.path == "in")
            .unwrap_or(words.len()),
        "set" | "set_global" => words.len().min(2),
        "component" => words.len(),
        _ => 0,
    };
    for word in words.iter().skip(made) {
        if let Err(mut unknown) = value_at(word.path, known) {
            unknown.at = word.at;
            return Some(unknown);
        }
    }
    let element = match (tag, words.get(made + 1)) {
        // A filter or an operator after the path makes something else of it.
        ("for", Some(path)) if made == 2 && words.len() == made + 2 => value_at(path.path, known)
            .ok()
            .flatten()
            .and_then(|value| value.as_array().and_then(<[Value]>::first).cloned()),
        _ => None,
    };
    for name in words.iter().take(made).skip(1) {
        known.insert(name.path.to_owned(), element.clone());
    }
    None
}

/// A name or a path in tera code, and where it stands.
struct Word<'a> {
    path: &'a str,
    at: usize,
}

/// The names and paths of a piece of tera code; quoted texts and numbers are none.
fn words(code: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut quote = None;
    let mut end = 0;
    for (at, c) in code.char_indices() {
        if at < end {
            continue;
        }
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_alphabetic() || c == '_' => {
                let path = path_at(&code[at..]);
                words.push(Word { path, at });
                end = at + path.len();
            }
            None if c.is_ascii_digit() => {
                let number = code[at..].trim_start_matches(|c: char| c.is_alphanumeric() || c == '.');
                end = code.len() - number.len();
            }
            _ => {}
        }
    }
    words
}

/// The path that `code` begins with, such as `project.spending_plan[0].field`.
fn path_at(code: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code.trim_start_matches(is_word);
    loop {
        if let Some(field) = rest.strip_prefix('.').filter(|field| field.starts_with(is_word)) {
            rest = field.trim_start_matches(is_word);
            continue;
        }
        let index = rest
            .strip_prefix('[')
            .map(|index| index.trim_start_matches(|c: char| c.is_ascii_digit()))
            .and_then(|index| index.strip_prefix(']'));
        match index {
            Some(after) => rest = after,
            None => return &code[..code.len() - rest.len()],
        }
    }
}

/// The value that a path leads to, as far as anything is known of it.
///
/// # Errors
///
/// A field that does not exist.
fn value_at(path: &str, known: &Known) -> Result<Option<Value>, UnknownField> {
    let mut parts = path.split(['.', '[']);
    let Some(Some(first)) = parts.next().and_then(|root| known.get(root)) else {
        return Ok(None);
    };
    let mut value = first;
    for part in parts {
        let next = if part.ends_with(']') {
            value.as_array().and_then(<[Value]>::first)
        } else if let Some(map) = value.as_map() {
            let Some(next) = map.get(&part.to_owned().into()) else {
                let mut available: Vec<String> = map.keys().map(ToString::to_string).collect();
                available.sort_unstable();
                return Err(UnknownField {
                    path: path.to_owned(),
                    field: part.to_owned(),
                    available,
                    at: 0,
                });
            };
            Some(next)
        } else {
            None
        };
        match next {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> Option<(String, usize)> {
        let rows = vec![BTreeMap::from([("level1", "a")])];
        let project = BTreeMap::from([
            ("name", Value::from("a")),
            ("rows", Value::from_serializable(&rows)),
        ]);
        let variables = BTreeMap::from([("project", Value::from_serializable(&project))]);
        unknown_field(text, &variables).map(|unknown| (unknown.path, unknown.at))
    }

    #[test]
    fn paths_that_lead_nowhere_are_found() {
        for (text, path, at) in [
            ("年{% if project.nam %}", "project.nam", 9),
            ("{% if not(project.nam) %}", "project.nam", 10),
            ("{% for row in project.rows %}{% if row.level %}", "row.level", 35),
            ("{% if project.rows[0].level %}", "project.rows[0].level", 6),
            ("{% for row in project.row %}", "project.row", 14),
            ("{{ 'a' if project.nam else 'b' }}", "project.nam", 10),
        ] {
            assert_eq!(unknown(text), Some((path.to_owned(), at)), "{text}");
        }
    }

    #[test]
    fn paths_that_may_lead_somewhere_are_left() {
        for text in [
            "project.nam {# project.nam #} {{ 'project.nam' }}",
            "{% if project.name and project.rows[0].level1 %}",
            "{% for project in others %}{{ project.nam }}",
            "{% set project = 1 %}{{ project.nam }}",
            "{% component line(project) %}{{ project.nam }}",
            "{% for row in project.rows | reverse %}{{ row.level }}",
            "{{ other.name }} {{ project.name.length }} {{ 1.5 }} {{ loop.first }}",
            "{% if project.name %",
        ] {
            assert_eq!(unknown(text), None, "{text}");
        }
    }
}
