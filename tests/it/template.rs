//! Templates end to end: a whole invented department in both forms, changes of an office, speed.

use std::fmt::Write;
use std::path::Path;

use jixiao::finding::Code;
use jixiao::model::{Budget, Department, Indicator, Milestone, Narrative, Origin, Place, Project, State};
use jixiao::sheet::{Align, Block, Document, Face, Style, Table};
use jixiao::template::{FillOptions, Templates};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn indicator(cells: [&str; 6]) -> Indicator {
    let [level1, level2, level3, description, target, basis] =
        cells.map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty()));
    Indicator {
        level1,
        level2,
        level3,
        description,
        target,
        basis,
        ..Indicator::default()
    }
}

fn plan(milestones: [(&str, Option<&str>); 4]) -> Vec<Milestone> {
    milestones
        .into_iter()
        .map(|(milestone, percent)| {
            let mut milestone = Milestone {
                milestone: milestone.to_owned(),
                percent: percent.map(str::to_owned),
                ..Milestone::default()
            };
            if percent.is_some() {
                let place = Place { line: 7, column: 3 };
                milestone.origins.set(
                    "percent",
                    Origin {
                        place,
                        state: State::Printed,
                    },
                );
            }
            milestone
        })
        .collect()
}

/// An invented library with one project in each form.
fn library() -> Department {
    let mut department = Department {
        department: some("云溪县图书馆"),
        year: Some(2025),
        cover_title: None,
        compiled_by: some("云溪县图书馆"),
        reviewed_by: some("云溪县财政局"),
        narrative: Narrative {
            overall_target: vec!["围绕全民阅读，办好 2025 年 三项工作：".to_owned()],
            itemized_targets: vec![
                "（一）阅读推广".to_owned(),
                "全年举办读书会不少于12场，开放 Wi-Fi 6 阅览区。".to_owned(),
            ],
            safeguards: vec!["（一）加强管理。".to_owned()],
            ..Narrative::default()
        },
        projects: vec![
            Project {
                number: 1,
                title: some("2025 年阅读推广经费绩效目标表"),
                unit_code: some("412001"),
                unit_name: some("云溪县图书馆本级"),
                amount_unit: some("万元"),
                code: some("13099925P000001100012"),
                name: some("2025年阅读推广经费"),
                budget: Budget {
                    total: some("12.60"),
                    fiscal: some("12.60"),
                    other: None,
                    ..Budget::default()
                },
                purpose: some("用于：1、读书会场地和讲师费用 2、购置“小读者”奖品 <A&B>"),
                spending_plan: plan([
                    ("3月底", Some("25%")),
                    ("6月底", None),
                    ("10月底", Some("75%")),
                    ("12月底", Some("100%")),
                ]),
                goals: vec!["1.办好读书会。".to_owned(), "2.培养阅读习惯。".to_owned()],
                indicators: vec![
                    indicator([
                        "产出指标",
                        "数量指标",
                        "读书会场次",
                        "全年举办场次",
                        "≥12 场",
                        "年度计划",
                    ]),
                    indicator([
                        "产出指标",
                        "成本指标",
                        "单场成本",
                        "每场平均费用",
                        "≤1.05万元",
                        "",
                    ]),
                    indicator([
                        "满意度指标",
                        "服务对象满意度指标",
                        "读者满意度",
                        "读者问卷",
                        "≥95%",
                        "问卷",
                    ]),
                ],
                form: some("hebei-2021"),
                ..Project::default()
            },
            Project {
                number: 2,
                title: None,
                code: some("412001B22DX0001"),
                name: some("古籍修复"),
                purpose: some("修复古籍，共需 8 万元。"),
                spending_plan: plan([
                    ("第一季度", None),
                    ("第二季度", None),
                    ("第三季度", Some("85%")),
                    ("第四季度", Some("100%")),
                ]),
                goals: vec!["修复古籍40册".to_owned()],
                indicators: vec![
                    indicator(["产出指标", "数量指标", "修复册数", "修复册数", "=40册", "计划"]),
                    indicator(["产出指标", "质量指标", "", "", "", ""]),
                ],
                form: some("tangshan-2022"),
                ..Project::default()
            },
        ],
        ..Department::default()
    };
    department.refresh_meanings();
    department
}

/// The document as text, one line per text, row and cell, with styles in short.
fn rendering(document: &Document) -> String {
    let mut out = format!("{} | {} | {:?}\n", document.title, document.author, document.year);
    for sheet in &document.sheets {
        writeln!(out, "\n== {:?} #{} {}", sheet.kind, sheet.id, sheet.name).expect("a string");
        for block in &sheet.blocks {
            match block {
                Block::Text(text) => {
                    write!(out, "{} {:?}", style(&text.style), text.text).expect("a string");
                    if text.outline > 0 {
                        write!(out, " outline {}", text.outline).expect("a string");
                    }
                    for (name, value) in [("#", &text.id), ("->", &text.link), ("@", &text.field)] {
                        if let Some(value) = value {
                            write!(out, " {name}{value}").expect("a string");
                        }
                    }
                    out.push('\n');
                }
                Block::Table(table) => render_table(&mut out, table),
            }
        }
    }
    out
}

fn render_table(out: &mut String, table: &Table) {
    writeln!(out, "table {:?}", table.columns).expect("a string");
    for row in &table.rows {
        writeln!(
            out,
            " row {}{}",
            row.height,
            if row.header { " header" } else { "" }
        )
        .expect("a string");
        for cell in &row.cells {
            write!(out, "  {}", cell.column).expect("a string");
            if (cell.column_span, cell.row_span) != (1, 1) {
                write!(out, "+{}x{}", cell.column_span, cell.row_span).expect("a string");
            }
            write!(out, " {} {:?}", style(&cell.style), cell.text).expect("a string");
            if let Some(amount) = cell.amount {
                write!(out, " ={amount}").expect("a string");
            }
            if let Some(field) = &cell.field {
                write!(out, " @{field}").expect("a string");
            }
            out.push('\n');
        }
    }
}

fn style(style: &Style) -> String {
    let mut text = format!("{:?} {} {:?}", style.face, style.size, style.align);
    for (name, value) in [
        ("indent", style.indent),
        ("pitch", style.pitch),
        ("before", style.before),
        ("after", style.after),
    ] {
        if value > 0.0 {
            write!(text, " {name} {value}").expect("a string");
        }
    }
    for (name, holds) in [("border", style.border), ("keep", style.keep)] {
        if holds {
            write!(text, " {name}").expect("a string");
        }
    }
    format!("[{text}]")
}

/// Compares with a file beside this one; `UPDATE_EXPECTED=1` writes it anew.
fn assert_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/template")
        .join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).expect("a writable file");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == found,
        "{name} differs; run with UPDATE_EXPECTED=1 and look at the change\n{found}"
    );
}

#[test]
fn a_department_in_both_forms() {
    let department = library();
    let before = department.clone();
    let filled = Templates::built_in()
        .fill(&department, &FillOptions::default())
        .expect("a document");
    assert_eq!(filled.findings, []);
    assert_eq!(department, before);
    assert_expected("library.txt", &rendering(&filled.document));
}
