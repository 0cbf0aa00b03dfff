//! The fields of a model that must be found in what was made from it.

use std::fmt;

use serde_json::Value;

/// One text that must be found, without its white space.
pub struct Field {
    path: String,
    /// The text without white space.
    pub text: String,
    amount: Option<String>,
}

impl Field {
    /// The text as a number with two decimals, where the field holds an amount.
    pub fn as_amount(&self) -> Option<String> {
        self.amount.clone()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// The cells of one indicator row beside its level 1.
pub struct RowOfCells {
    path: String,
    /// The cells that are not blank.
    pub cells: Vec<String>,
    /// The cells in one text.
    pub text: String,
}

impl fmt::Display for RowOfCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.cells.join(" | "))
    }
}

/// A text without its white space.
pub fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The projects of a model.
pub fn projects(model: &Value) -> &[Value] {
    model["projects"].as_array().map_or(&[], Vec::as_slice)
}

/// The heading of a project's form: number and title.
pub fn heading(project: &Value) -> String {
    let title = project["title"].as_str().expect("a title");
    bare(&format!("{}.{title}", project["number"]))
}

/// Makes lists of fields.
pub struct Fields;

impl Fields {
    /// The fields around the forms.
    pub fn of_document(model: &Value) -> Vec<Field> {
        let mut fields = Vec::new();
        for name in ["department", "cover_title", "compiled_by", "reviewed_by"] {
            push(&mut fields, name.to_owned(), &model[name]);
        }
        for section in ["overall_target", "itemized_targets", "safeguards"] {
            let paragraphs = model["narrative"][section].as_array().expect("paragraphs");
            for (at, paragraph) in paragraphs.iter().enumerate() {
                push(&mut fields, format!("narrative.{section}[{at}]"), paragraph);
            }
        }
        fields
    }

    /// The fields of one form.
    pub fn of_project(project: &Value) -> Vec<Field> {
        let mut fields = Vec::new();
        let path = |name: &str| format!("form {}: {name}", project["number"]);
        fields.push(Field {
            path: path("heading"),
            text: heading(project),
            amount: None,
        });
        for name in ["unit_code", "unit_name", "amount_unit", "code", "name", "purpose"] {
            push(&mut fields, path(name), &project[name]);
        }
        for name in ["total", "fiscal", "other"] {
            if let Some(printed) = project["budget"][name].as_str() {
                let text = bare(printed);
                fields.push(Field {
                    path: path(name),
                    amount: two_decimals(&text),
                    text,
                });
            }
        }
        for milestone in project["spending_plan"].as_array().expect("a plan") {
            push(&mut fields, path("milestone"), &milestone["milestone"]);
            push(&mut fields, path("percent"), &milestone["percent"]);
        }
        for goal in project["goals"].as_array().expect("goals") {
            push(&mut fields, path("goal"), goal);
        }
        for indicator in project["indicators"].as_array().expect("indicators") {
            push(&mut fields, path("level1"), &indicator["level1"]);
        }
        fields
    }

    /// The indicator rows of one form.
    pub fn rows(project: &Value) -> Vec<RowOfCells> {
        let indicators = project["indicators"].as_array().expect("indicators");
        indicators
            .iter()
            .enumerate()
            .map(|(at, indicator)| {
                let cells: Vec<String> = ["level2", "level3", "description", "target", "basis"]
                    .iter()
                    .filter_map(|name| indicator[name].as_str().map(bare))
                    .collect();
                RowOfCells {
                    path: format!("form {}: indicators[{at}]", project["number"]),
                    text: cells.concat(),
                    cells,
                }
            })
            .collect()
    }
}

fn push(fields: &mut Vec<Field>, path: String, value: &Value) {
    if let Some(text) = value.as_str() {
        fields.push(Field {
            path,
            text: bare(text),
            amount: None,
        });
    }
}

/// `86.5` and `86` as `86.50` and `86.00`; `None` where the text is no plain number.
fn two_decimals(text: &str) -> Option<String> {
    let text = text.replace(',', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction) && fraction.len() <= 2)
        .then(|| format!("{whole}.{fraction:0<2}"))
}
