//! Templates end to end: a whole invented department in both forms, changes of an office, speed.

use std::fmt::Write;
use std::path::Path;

use jixiao::finding::Code;
use jixiao::model::{Budget, Department, Indicator, Milestone, Narrative, Origin, Place, Project, State};
use jixiao::sheet::{Align, Block, Document, Entry, Face, Formula, SheetKind, Style, Table};
use jixiao::template::{FillOptions, Templates};

#[allow(clippy::unnecessary_wraps)] // The fields of the model are options.
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
                let place = Place::text(7, 3);
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
                    if text.open {
                        out.push_str(" open");
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
    out.push_str("table");
    for column in &table.columns {
        write!(out, " {}", column.width).expect("a string");
        if column.least < column.most {
            write!(out, " ({} to {})", column.least, column.most).expect("a string");
        }
    }
    if let Some(continued) = &table.continued {
        write!(out, " continued {continued:?} tight {}", table.tight).expect("a string");
    }
    if let Some(chart) = &table.chart {
        write!(out, " chart {:?} of {:?}", chart.title, chart.columns).expect("a string");
    }
    out.push('\n');
    for row in &table.rows {
        write!(out, " row {}", row.height).expect("a string");
        for (name, holds) in [(" header", row.header), (" open", row.open)] {
            out.push_str(if holds { name } else { "" });
        }
        if let Some(bar) = &row.bar {
            write!(out, " bar {bar:?}").expect("a string");
        }
        out.push('\n');
        for cell in &row.cells {
            write!(out, "  {}", cell.column).expect("a string");
            if (cell.column_span, cell.row_span) != (1, 1) {
                write!(out, "+{}x{}", cell.column_span, cell.row_span).expect("a string");
            }
            write!(out, " {} {:?}", style(&cell.style), cell.text).expect("a string");
            if let Some(amount) = cell.amount {
                write!(out, " ={amount}").expect("a string");
            }
            for (name, value) in [("->", &cell.link), ("@", &cell.field)] {
                if let Some(value) = value {
                    write!(out, " {name}{value}").expect("a string");
                }
            }
            match &cell.entry {
                Some(Entry::Choice(choices)) => write!(out, " choice {}", choices.join("|")),
                Some(Entry::Amount { or }) => write!(out, " amount {or:?}"),
                Some(Entry::Percent) => write!(out, " percent"),
                None => Ok(()),
            }
            .expect("a string");
            match &cell.formula {
                Some(Formula::Field(field)) => write!(out, " shows {field}"),
                Some(Formula::Sum) => write!(out, " sum"),
                None => Ok(()),
            }
            .expect("a string");
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
    if style.least > 0.0 {
        write!(text, " least {}", style.least).expect("a string");
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

fn fill(overrides: &[(&str, String)], department: &Department) -> Document {
    let overrides: Vec<(String, String)> = overrides
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.clone()))
        .collect();
    Templates::read(&overrides)
        .expect("templates without mistakes")
        .fill(department, &FillOptions::default())
        .expect("a document")
        .document
}

fn built_in(path: &str) -> String {
    Templates::built_in_files()
        .into_iter()
        .find(|(known, _)| *known == path)
        .map(|(_, text)| text.to_owned())
        .expect("a built-in file")
}

/// The table of the first form.
fn first_table(document: &Document) -> &Table {
    let forms = document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind == SheetKind::Form);
    forms
        .flat_map(|sheet| &sheet.blocks)
        .find_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Text(_) => None,
        })
        .expect("a table")
}

fn texts(table: &Table) -> Vec<&str> {
    table
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .map(|cell| cell.text.as_str())
        .collect()
}

#[test]
fn an_office_changes_a_label() {
    let labels = built_in("hebei-2021/labels.toml").replace("[\"指标值\"]", "[\"目标值\", \"指标值\"]");
    let document = fill(&[("hebei-2021/labels.toml", labels)], &library());
    let table = first_table(&document);
    assert!(texts(table).contains(&"目标值") && !texts(table).contains(&"指标值"));
}

#[test]
fn an_office_changes_a_column_width() {
    let form = built_in("hebei-2021/form.html").replace(
        "<col width=\"59\" data-least=\"50\" data-most=\"66\"><col width=\"69.4\" data-least=\"60\" data-most=\"78\">",
        "<col width=\"50\"><col width=\"78.4pt\">",
    );
    let document = fill(&[("hebei-2021/form.html", form)], &library());
    let widths: Vec<f32> = first_table(&document)
        .columns
        .iter()
        .map(|column| column.width)
        .collect();
    assert_eq!(widths[..3], [50.0, 78.4, 66.0]);
}

#[test]
fn an_office_adds_a_row() {
    let row = "<tr height=\"30\"><td class=\"label\" colspan=\"7\">主管部门意见</td></tr>\n</table>";
    let form = built_in("hebei-2021/form.html").replace("</table>", row);
    let rows = first_table(&fill(&[], &library())).rows.len();
    let document = fill(&[("hebei-2021/form.html", form)], &library());
    let table = first_table(&document);
    assert_eq!(table.rows.len(), rows + 1);
    assert_eq!(texts(table).last(), Some(&"主管部门意见"));
}

#[test]
fn an_office_changes_a_style() {
    let styles = "[class]\nlabel = { face = \"hei\", align = \"left\" }\n".to_owned();
    let document = fill(&[("styles.toml", styles)], &library());
    let label = &first_table(&document).rows[1].cells[0];
    assert_eq!((label.style.face, label.style.align), (Face::Hei, Align::Left));
    assert!(label.style.border);
}

#[test]
fn a_form_without_a_cell_names_the_value_that_finds_no_place() {
    let form = built_in("hebei-2021/form.html").replace(
        " data-amount data-or=\"{{ labels.withheld }}\" data-field=\"{{ project.field }}.budget.fiscal\">{{ project.budget.fiscal }}",
        ">",
    );
    let overrides = [("hebei-2021/form.html".to_owned(), form)];
    let findings = Templates::read(&overrides)
        .expect("templates without mistakes")
        .fill(&library(), &FillOptions::default())
        .expect("a document")
        .findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code, Code::FillWithoutPlace);
    assert_eq!(findings[0].field.as_deref(), Some("projects[0].budget.fiscal"));
    assert_eq!(findings[0].quote.as_deref(), Some("12.60"));
}

fn converted(form: &str) -> (Document, Vec<String>) {
    let options = FillOptions {
        form: some(form),
        ..FillOptions::default()
    };
    let filled = Templates::built_in()
        .fill(&library(), &options)
        .expect("a document");
    let findings = filled
        .findings
        .iter()
        .map(|finding| {
            let place = finding
                .places
                .first()
                .map(|place| place.in_language(jixiao::finding::Language::En));
            format!(
                "{} {} {} {} {}",
                finding.code,
                finding.form.unwrap_or_default(),
                finding.field.as_deref().unwrap_or("-"),
                finding.quote.as_deref().unwrap_or("-"),
                place.as_deref().unwrap_or("-"),
            )
        })
        .collect();
    (filled.document, findings)
}

#[test]
fn quarters_find_no_place_among_months() {
    let (document, findings) = converted("hebei-2021");
    assert_eq!(
        findings,
        [
            "fill-without-place 2 projects[1].spending_plan[2].percent 第三季度 85% 7:3",
            "fill-without-place 2 projects[1].spending_plan[3].percent 第四季度 100% 7:3",
            "fill-without-value 2 projects[1].amount_unit - -",
            "fill-without-value 2 projects[1].budget.fiscal - -",
            "fill-without-value 2 projects[1].budget.other - -",
            "fill-without-value 2 projects[1].budget.total - -",
            "fill-without-value 2 projects[1].unit_name - -",
            "fill-without-value 2 projects[1].spending_plan - -",
        ]
    );
    assert!(rendering(&document).contains("\"3月底\""));
}

#[test]
fn amounts_find_no_place_in_a_form_without_them() {
    let (document, findings) = converted("tangshan-2022");
    assert_eq!(
        findings,
        [
            "fill-without-place 1 projects[0].unit_code 412001 -",
            "fill-without-place 1 projects[0].unit_name 云溪县图书馆本级 -",
            "fill-without-place 1 projects[0].budget.total 12.60 -",
            "fill-without-place 1 projects[0].budget.fiscal 12.60 -",
            "fill-without-place 1 projects[0].spending_plan[0].percent 3月底 25% 7:3",
            "fill-without-place 1 projects[0].spending_plan[2].percent 10月底 75% 7:3",
            "fill-without-place 1 projects[0].spending_plan[3].percent 12月底 100% 7:3",
            "fill-without-value 1 projects[0].spending_plan - -",
        ]
    );
    assert!(!rendering(&document).contains("\"3月底\""));
}

#[test]
fn only_the_forms_asked_for_are_made() {
    let options = FillOptions {
        only: vec![2, 9],
        ..FillOptions::default()
    };
    let filled = Templates::built_in()
        .fill(&library(), &options)
        .expect("a document");
    let ids: Vec<_> = filled
        .document
        .sheets
        .iter()
        .map(|sheet| sheet.id.as_str())
        .collect();
    assert_eq!(ids, ["form-2"]);
    assert!(rendering(&filled.document).contains("@projects[1].code"));
    let findings: Vec<_> = filled
        .findings
        .iter()
        .map(|finding| (finding.code, finding.form))
        .collect();
    assert_eq!(findings, [(Code::NoForm, Some(9))]);
}

#[test]
fn a_department_without_a_cover_leaves_blanks_to_fill_in() {
    let department = Department {
        year: Some(2025),
        projects: vec![Project::default()],
        ..Department::default()
    };
    let filled = Templates::built_in()
        .fill(&department, &FillOptions::default())
        .expect("a document");
    assert_eq!(filled.document.title, "2025年部门预算绩效文本");
    let kinds: Vec<_> = filled
        .document
        .sheets
        .iter()
        .map(|sheet| sheet.id.as_str())
        .collect();
    assert_eq!(kinds, ["cover", "contents", "summary", "part-two", "form-1"]);
    let cover = &filled.document.sheets[0];
    assert_eq!(cover.blocks.len(), 2);
    let Block::Text(department) = &cover.blocks[0] else {
        panic!("the department's line");
    };
    assert!(department.text.starts_with('＿'));
}

/// The real documents, where they are at hand: every one fills without a mistake, and nothing of it
/// is left out.
#[test]
fn real_documents_find_their_places() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(folder) = root
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("shared/corpus/real"))
        .find(|folder| folder.is_dir())
    else {
        eprintln!("passed over: no real documents beside the project");
        return;
    };
    let templates = Templates::built_in();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    for file in files {
        let bytes = std::fs::read(&file).expect("a file");
        let parsed = jixiao::parse::read_document(&bytes, templates.vocabulary());
        for department in &parsed.departments {
            let filled = templates
                .fill(department, &FillOptions::default())
                .expect("a document");
            let left_out: Vec<_> = filled
                .findings
                .iter()
                .filter(|finding| finding.code == Code::FillWithoutPlace)
                .collect();
            assert!(left_out.is_empty(), "{file:?}: {left_out:?}");
            let forms = filled
                .document
                .sheets
                .iter()
                .filter(|sheet| sheet.kind == SheetKind::Form);
            assert_eq!(forms.count(), department.projects.len());
        }
    }
}
