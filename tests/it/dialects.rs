//! Any plausible model, written down in a manner that loses nothing, is read back as the same model.

use std::fmt::Write;

use jixiao::model::{Budget, Department, Indicator, Milestone, Narrative, Project};
use jixiao::parse::read_document;
use jixiao::template::Templates;
use jixiao::vocab::{Form, Vocabulary};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "修渠",
    "植树",
    "护林",
    "河岸",
    "清淤",
    "道路",
    "照明",
    "绿化",
    "校舍",
    "培训",
    "巡查",
    "养护",
    "设备",
    "更新",
    "群众",
    "宣讲",
    "档案",
    "图书",
    "Wi-Fi",
    "GB/T 2260",
    "3.5公里",
    "（试行）",
    "“双创”",
];

fn phrase(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), words).prop_map(|words| {
        let text = words.concat();
        // A text that begins with a number could be the next item of a list.
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            format!("共{text}")
        } else {
            text
        }
    })
}

fn sentence() -> impl Strategy<Value = String> {
    (phrase(2..8), phrase(1..5)).prop_map(|(one, two)| format!("开展{one}，做好{two}。"))
}

fn amount() -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(
        0.8,
        (0_u32..99_999, 0_u32..100).prop_map(|(yuan, cents)| format!("{yuan}.{cents:02}")),
    )
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u32..500).prop_map(|n| format!("≥{n}人次")),
        (1_u32..100).prop_map(|n| format!("{n}%")),
        (1_u32..90).prop_map(|n| format!("≤{n}.5万元")),
        Just("长期".to_owned()),
    ]
}

fn indicators(form: &'static Form) -> impl Strategy<Value = Vec<Indicator>> {
    let groups: Vec<_> = form
        .indicators
        .iter()
        .filter(|level1| !level1.needs_level2)
        .map(|level1| {
            let row = (
                prop::sample::select(level1.level2.clone()),
                phrase(1..4),
                prop::option::weighted(0.9, phrase(1..6)),
                target(),
                prop::option::weighted(0.9, phrase(1..3)),
            );
            prop::collection::vec(row, 1..4).prop_map(move |rows| {
                let indicator = |(level2, level3, description, target, basis)| Indicator {
                    level1: level1.texts.first().cloned(),
                    level2: Some(level2),
                    level3: Some(level3),
                    description,
                    target: Some(target),
                    basis,
                    ..Indicator::default()
                };
                rows.into_iter().map(indicator).collect::<Vec<_>>()
            })
        })
        .collect();
    groups.prop_map(|groups| groups.concat())
}

fn project(form: &'static Form) -> impl Strategy<Value = Project> {
    (
        phrase(1..5),
        "[0-9]{8}P[0-9]{11}[0-9A-Y]",
        (amount(), amount(), amount()),
        sentence(),
        prop::collection::vec(prop::option::weighted(0.9, 0_u32..=100), form.milestones.len()),
        prop::collection::vec(sentence(), 1..4),
        indicators(form),
    )
        .prop_map(
            move |(name, code, (total, fiscal, other), purpose, plan, goals, indicators)| Project {
                title: Some(format!("{name}{}", form.title[0])),
                unit_code: Some("301001".to_owned()),
                unit_name: Some("青禾县水务局".to_owned()),
                amount_unit: Some("万元".to_owned()),
                code: Some(code),
                name: Some(name),
                budget: Budget {
                    total,
                    fiscal,
                    other,
                    ..Budget::default()
                },
                purpose: Some(purpose),
                spending_plan: form
                    .milestones
                    .iter()
                    .zip(plan)
                    .map(|(milestone, percent)| Milestone {
                        milestone: milestone.clone(),
                        percent: percent.map(|percent| format!("{percent}%")),
                        ..Milestone::default()
                    })
                    .collect(),
                goals: goals
                    .iter()
                    .enumerate()
                    .map(|(at, goal)| format!("{}.{goal}", at + 1))
                    .collect(),
                indicators,
                ..Project::default()
            },
        )
}

fn department() -> impl Strategy<Value = Department> {
    let paragraphs = || prop::collection::vec(sentence(), 1..4);
    (
        paragraphs(),
        paragraphs(),
        paragraphs(),
        prop::collection::vec(project(form()), 1..4),
    )
        .prop_map(|(overall_target, itemized_targets, safeguards, mut projects)| {
            for (project, number) in projects.iter_mut().zip(1..) {
                project.number = number;
            }
            Department {
                department: Some("青禾县水务局".to_owned()),
                year: Some(2025),
                cover_title: Some("2025年部门预算绩效文本".to_owned()),
                compiled_by: Some("青禾县水务局".to_owned()),
                reviewed_by: Some("青禾县财政局".to_owned()),
                narrative: Narrative {
                    overall_target,
                    itemized_targets,
                    safeguards,
                    ..Narrative::default()
                },
                projects,
                ..Department::default()
            }
        })
}

fn form() -> &'static Form {
    use std::sync::OnceLock;
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY
        .get_or_init(Vocabulary::built_in)
        .form("hebei-2021")
        .expect("the form")
}

/// One piece of a document as it is written down.
enum Part {
    Line(String),
    /// A table; each row its cells, as many as columns, blank where a merged cell goes on.
    Table(Vec<Vec<String>>),
}

/// The document as the official form has it.
fn parts(department: &Department) -> Vec<Part> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let line = |text: &str| Part::Line(text.to_owned());
    let mut parts = vec![
        Part::Line(text(&department.department)),
        Part::Line(text(&department.cover_title)),
        Part::Line(format!("{}编制", text(&department.compiled_by))),
        Part::Line(format!("{}审核", text(&department.reviewed_by))),
        line("第一部分 部门整体绩效目标"),
    ];
    let narrative = &department.narrative;
    for (heading, paragraphs) in [
        ("一、总体绩效目标", &narrative.overall_target),
        ("二、分项绩效目标", &narrative.itemized_targets),
        ("三、工作保障措施", &narrative.safeguards),
    ] {
        parts.push(line(heading));
        parts.extend(paragraphs.iter().cloned().map(Part::Line));
    }
    parts.push(line("第二部分 预算项目绩效目标"));
    let labels = &form().labels;
    let label = |name: &str| labels.printed(name).to_owned();
    for project in &department.projects {
        parts.push(Part::Line(format!("{}.{}", project.number, text(&project.title))));
        parts.push(Part::Line(format!(
            "{}{}",
            text(&project.unit_code),
            text(&project.unit_name)
        )));
        parts.push(Part::Line(format!("单位：{}", text(&project.amount_unit))));
        let budget = &project.budget;
        let mut rows = vec![
            vec![
                label("code"),
                text(&project.code),
                label("name"),
                text(&project.name),
            ],
            vec![
                label("budget"),
                label("budget_total"),
                text(&budget.total),
                label("budget_fiscal"),
                text(&budget.fiscal),
                label("budget_other"),
                text(&budget.other),
            ],
            vec![String::new(), text(&project.purpose)],
        ];
        let mut heads = vec![label("spending_plan")];
        heads.extend(
            project
                .spending_plan
                .iter()
                .map(|milestone| milestone.milestone.clone()),
        );
        let mut values = vec![String::new()];
        values.extend(
            project
                .spending_plan
                .iter()
                .map(|milestone| text(&milestone.percent)),
        );
        rows.extend([heads, values, vec![label("goals"), project.goals.join("\n")]]);
        let columns = ["level1", "level2", "level3", "description", "target", "basis"];
        rows.push(columns.map(label).to_vec());
        let mut above = None;
        for row in &project.indicators {
            let merged = above == row.level1.as_deref();
            above = row.level1.as_deref();
            rows.push(vec![
                if merged { String::new() } else { text(&row.level1) },
                text(&row.level2),
                text(&row.level3),
                text(&row.description),
                text(&row.target),
                text(&row.basis),
            ]);
        }
        for row in &mut rows {
            row.resize(7, String::new());
        }
        parts.push(Part::Table(rows));
    }
    parts
}

fn lines(parts: &[Part], mut table: impl FnMut(&mut String, &[Vec<String>])) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Line(line) => writeln!(text, "{line}").expect("a string"),
            Part::Table(rows) => table(&mut text, rows),
        }
    }
    text
}

/// Each cell on a line behind a tab, a blank line between rows.
fn led_cells(parts: &[Part]) -> String {
    lines(parts, |text, rows| {
        for row in rows {
            for cell in row {
                writeln!(text, "\t{cell}").expect("a string");
            }
            text.push('\n');
        }
    })
}

/// Each row on a line, its cells parted by tabs; the lines of a cell by blanks.
fn tabs(parts: &[Part]) -> String {
    lines(parts, |text, rows| {
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('\n', " ")).collect();
            writeln!(text, "{}", cells.join("\t")).expect("a string");
        }
    })
}

/// Comma-separated values, the lines of text as records of one cell.
fn commas(parts: &[Part]) -> String {
    let quoted = |cell: &String| {
        if cell.contains(['"', ',', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Line(line) => writeln!(text, "{},,,,,,", quoted(line)).expect("a string"),
            Part::Table(rows) => {
                for row in rows {
                    let cells: Vec<String> = row.iter().map(quoted).collect();
                    writeln!(text, "{}", cells.join(",")).expect("a string");
                }
            }
        }
    }
    text
}

/// A table between bars, below an empty header, with blank lines around paragraphs.
fn bars(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Line(line) => write!(text, "{line}\n\n").expect("a string"),
            Part::Table(rows) => {
                text.push_str("|  |  |  |  |  |  |  |\n| --- | --- | --- | --- | --- | --- | --- |\n");
                for row in rows {
                    let cells: Vec<String> = row
                        .iter()
                        .map(|cell| {
                            cell.replace('\\', "\\\\")
                                .replace('|', "\\|")
                                .replace('\n', "<br>")
                        })
                        .collect();
                    writeln!(text, "| {} |", cells.join(" | ")).expect("a string");
                }
                text.push('\n');
            }
        }
    }
    text
}

/// HTML without a line end, as some converters write it.
fn html(parts: &[Part]) -> String {
    let escaped = |text: &str| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace('\n', "<br/>")
    };
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Line(line) => write!(text, "<p>{}</p>", escaped(line)).expect("a string"),
            Part::Table(rows) => {
                text.push_str("<table>");
                for row in rows {
                    text.push_str("<tr>");
                    for cell in row {
                        write!(text, "<td><p>{}</p></td>", escaped(cell)).expect("a string");
                    }
                    text.push_str("</tr>");
                }
                text.push_str("</table>");
            }
        }
    }
    text
}

/// What is compared: the printed texts, not where they came from; white space does not count.
fn printed(department: &Department) -> String {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for name in ["origins", "form", "contents"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            serde_json::Value::String(text) => text.retain(|c| !c.is_whitespace()),
            _ => {}
        }
    }
    let mut department = department.clone();
    department.refresh_meanings();
    let mut value = serde_json::to_value(&department).expect("JSON");
    strip(&mut value);
    serde_json::to_string_pretty(&value).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_model_written_in_any_lossless_manner_is_read_back(department in department()) {
        let wanted = printed(&department);
        let parts = parts(&department);
        for (manner, text) in [
            ("led cells", led_cells(&parts)),
            ("tabs", tabs(&parts)),
            ("commas", commas(&parts)),
            ("bars", bars(&parts)),
            ("html", html(&parts)),
        ] {
            let parsed = read_document(text.as_bytes(), Templates::built_in().vocabulary());
            prop_assert_eq!(parsed.departments.len(), 1, "{}\n{}", manner, text);
            let read = printed(&parsed.departments[0]);
            prop_assert_eq!(&read, &wanted, "{}\n{}", manner, text);
        }
    }
}
