//! Tests of the columns and the rows.

use serde_json::{Map, Value, json};

use super::*;

fn columns(narrative: bool) -> Columns {
    Columns::new(&Vocabulary::built_in(), Heads::Fields, narrative)
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
    }
}

/// All rows, each cell with the name of its column; blank cells left out.
fn rows(columns: &Columns, department: &Department) -> Vec<Vec<(String, String)>> {
    let mut rows = Vec::new();
    columns
        .each_row("a.txt", department, |row| {
            assert_eq!(row.len(), columns.list().len());
            let cells = row.iter().zip(columns.list());
            let cells = cells.map(|(cell, column)| (column.name.clone(), shown(cell)));
            rows.push(cells.filter(|(_, text)| !text.is_empty()).collect());
            Ok::<_, ()>(())
        })
        .expect("no error");
    rows
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(own, _)| own == name);
    found.map_or("", |(_, text)| text)
}

/// Makes a value of each field that a schema knows, every text and number another one, and notes what must be
/// in the table.
struct Specimen<'a> {
    schema: &'a Value,
    count: u32,
    expected: Vec<(String, String)>,
}

impl Specimen<'_> {
    fn value(&mut self, schema: &Value, path: &str) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().expect("a name");
            let schema = self.schema["$defs"][name].clone();
            return self.value(&schema, path);
        }
        if let Some(any) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            return self.value(&any[0].clone(), path);
        }
        if let Some(only) = schema.get("const") {
            self.expect(path, only.as_str().expect("a sign"));
            return only.clone();
        }
        if let Some(list) = schema["enum"].as_array() {
            self.expect(path, list[0].as_str().expect("a sign"));
            return list[0].clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[0].as_str(),
            kind => kind.as_str(),
        };
        self.count += 1;
        let count = self.count;
        match kind.unwrap_or_default() {
            "string" => {
                // Decimals are texts in JSON; an amount in another unit would be another number.
                let text = match path.rsplit('.').next().unwrap_or_default() {
                    "amount_unit" => "万元".to_owned(),
                    name if name == "number" || name.ends_with("_decimal") => format!("{count}.5"),
                    _ => format!("text {count}"),
                };
                self.expect(path, &text);
                text.into()
            }
            "integer" => {
                self.expect(path, &(1000 + count).to_string());
                (1000 + count).into()
            }
            "array" => json!([self.value(&schema["items"].clone(), path)]),
            "object" if schema.get("properties").is_some() => {
                let mut object = Map::new();
                for (name, own) in schema["properties"].as_object().expect("fields") {
                    // Where things stood is not said in the table.
                    if name != "origins" && name != "place" {
                        object.insert(name.clone(), self.value(&own.clone(), &format!("{path}.{name}")));
                    }
                }
                object.into()
            }
            "object" => {
                let value = self.value(&schema["additionalProperties"].clone(), path);
                json!({"some_field": value})
            }
            kind => panic!("{path} is a {kind:?}: {schema}"),
        }
    }

    fn expect(&mut self, path: &str, text: &str) {
        self.expected.push((path.to_owned(), text.to_owned()));
    }
}

#[test]
fn no_field_of_the_model_is_forgotten() {
    let schema: Value = serde_json::to_value(schemars::schema_for!(Department)).expect("a schema");
    let mut specimen = Specimen {
        schema: &schema,
        count: 100,
        expected: Vec::new(),
    };
    let value = specimen.value(&schema, "");
    let department: Department = serde_json::from_value(value).expect("a department");
    let rows = rows(&columns(true), &department);
    assert_eq!(rows.len(), 1);
    assert!(specimen.expected.len() > 35, "{:?}", specimen.expected);
    for (path, text) in &specimen.expected {
        let is_there = rows[0].iter().any(|(_, cell)| cell.contains(text.as_str()));
        assert!(is_there, "{path} ({text}) has no column: add one\n{rows:#?}");
    }
}

fn model(json: &str) -> Department {
    let mut department: Department = serde_json::from_str(json).expect("a model");
    department.refresh_meanings();
    department
}

#[test]
fn each_indicator_project_and_department_has_a_row() {
    let department = model(
        r#"{"department":"甲局","year":2025,"projects":[
            {"number":1,"name":"一","indicators":[{"level3":"a"},{"level3":"b"}]},
            {"number":2,"name":"二"},
            {"number":3,"name":"三","indicators":[{"level3":"c"}]}]}"#,
    );
    let rows = rows(&columns(false), &department);
    let told: Vec<[&str; 4]> = rows
        .iter()
        .map(|row| ["department", "name", "indicator_number", "level3"].map(|name| cell(row, name)))
        .collect();
    assert_eq!(
        told,
        [
            ["甲局", "一", "1", "a"],
            ["甲局", "一", "2", "b"],
            ["甲局", "二", "", ""],
            ["甲局", "三", "1", "c"],
        ]
    );
    let rows = super::tests::rows(&columns(false), &model(r#"{"department":"乙局","year":2024}"#));
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0],
        [("source", "a.txt"), ("department", "乙局"), ("year", "2024")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
    );
}

#[test]
fn amounts_are_printed_and_in_wan_yuan() {
    let department = model(
        r#"{"projects":[
            {"amount_unit":"元","budget":{"total":"12,345","fiscal":"涉密"},
             "spending_plan":[{"milestone":"3月底","percent":"25%"},{"milestone":"6月底","percent":"50%"},
                              {"milestone":"10月底"},{"milestone":"12月底","percent":"涉密"}],
             "goals":["一","二"],
             "indicators":[{"target":"≥17.5 万元"},{"target":"提高"}]},
            {"amount_unit":"美元","budget":{"total":"3.00"}}]}"#,
    );
    let rows = rows(&columns(false), &department);
    for (name, text) in [
        ("budget_total", "12,345"),
        ("budget_total_wan_yuan", "1.2345"),
        ("budget_fiscal", "涉密"),
        ("budget_fiscal_wan_yuan", ""),
        ("spending_plan", "3月底 25%; 6月底 50%; 10月底; 12月底 涉密"),
        ("spending_plan_last_percent", "50"),
        ("goals", "一\n二"),
        ("target_comparison", "≥"),
        ("target_number", "17.5"),
        ("target_unit", "万元"),
    ] {
        assert_eq!(cell(&rows[0], name), text, "{name}");
    }
    assert_eq!(cell(&rows[1], "target"), "提高");
    assert_eq!(cell(&rows[1], "target_number"), "");
    assert_eq!(
        [
            cell(&rows[2], "budget_total"),
            cell(&rows[2], "budget_total_wan_yuan")
        ],
        ["3.00", ""]
    );
}

/// A form with fields of its own, one of which is named like a column.
fn with_own_form() -> Vocabulary {
    let mut vocabulary = Vocabulary::built_in();
    let mut form = vocabulary.forms[0].clone();
    form.name = "own".to_owned();
    for (name, label) in [
        ("implementing_unit", "实施处室"),
        ("year", "起始年"),
        ("phone", "实施处室"),
    ] {
        form.labels.0.insert(name.to_owned(), vec![label.to_owned()]);
    }
    vocabulary.forms.push(form);
    vocabulary
}

#[test]
fn fields_of_a_form_have_columns_and_unknown_ones_are_kept() {
    let vocabulary = with_own_form();
    let labels = Columns::new(&vocabulary, Heads::Labels, true);
    let heads: Vec<&str> = labels.list().iter().map(|column| column.head.as_str()).collect();
    let unique: BTreeSet<&str> = heads.iter().copied().collect();
    assert_eq!(unique.len(), heads.len(), "{heads:?}");
    for head in ["实施处室", "起始年", "实施处室（phone）"] {
        assert!(heads.contains(&head), "{head} in {heads:?}");
    }
    let department = model(
        r#"{"year":2025,"projects":[{"fields":{"year":"2023","implementing_unit":"一科","extra":"x","z":"y"}}]}"#,
    );
    let fields = Columns::new(&vocabulary, Heads::Fields, false);
    let rows = rows(&fields, &department);
    for (name, text) in [
        ("year", "2025"),
        ("field_year", "2023"),
        ("implementing_unit", "一科"),
        ("other_fields", "extra: x\nz: y"),
    ] {
        assert_eq!(cell(&rows[0], name), text, "{name}");
    }
}

#[test]
fn every_column_has_a_label_and_a_stable_name() {
    let vocabulary = Vocabulary::built_in();
    let labels = Columns::new(&vocabulary, Heads::Labels, true);
    for column in labels.list() {
        assert_ne!(
            column.head, column.name,
            "a label for it is in templates/labels.toml"
        );
        assert!(
            !column.head.contains(&column.name),
            "{} is headed twice",
            column.head
        );
    }
    let fields = columns(true);
    assert!(fields.list().iter().all(|column| column.head == column.name));
    // An office's own table, made before there was this one, has the built-in words.
    let mut old = vocabulary.clone();
    old.document.0.retain(|name, _| !name.starts_with("export"));
    let heads = |columns: &Columns| -> Vec<String> {
        columns.list().iter().map(|column| column.head.clone()).collect()
    };
    assert_eq!(heads(&Columns::new(&old, Heads::Labels, true)), heads(&labels));
    // What programs rely on.
    let names: Vec<&str> = fields.list().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "source department year cover_title compiled_by reviewed_by overall_target itemized_targets safeguards \
         contents number title form unit_code unit_name code name amount_unit budget_total budget_fiscal \
         budget_other budget_total_wan_yuan budget_fiscal_wan_yuan budget_other_wan_yuan purpose spending_plan \
         spending_plan_last_percent goals other_fields indicator_number level1 level2 level3 description target \
         target_comparison target_number target_unit basis"
    );
}
