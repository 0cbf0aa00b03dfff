//! Any model → workbook → read back is the same model, whatever its texts look like.

use jixiao::blocks;
use jixiao::merge::differences;
use jixiao::model::{Budget, Department, Indicator, Milestone, Narrative, Project};
use jixiao::template::{FillOptions, Templates};
use jixiao::xlsx;
use proptest::prelude::*;

/// Texts of all kinds: plain ones, numbers, ones that look like labels, formulas or nothing.
fn text() -> impl Strategy<Value = Option<String>> {
    let plain = prop::sample::select(vec![
        "修渠三条",
        "2.00",
        "4,286.50",
        "25%",
        "2024年 1 月 - 12 月",
        "≥95 %",
        "项目编码",
        "一级指标",
        "绩效目标",
        "单位：万元",
        "产出指标",
        "数量 指标",
        "=1+2",
        "-5",
        "@甲",
        "'甲",
        "无",
        "甲\n乙",
        "一、总体绩效目标",
        "1.甲绩效目标表",
        "_x000D_",
        "涉密",
        "  两端有空格 ",
        "\u{3000}全角",
        "",
    ]);
    prop_oneof![
        2 => Just(None),
        6 => plain.prop_map(|text| Some(text.to_owned())),
        2 => "[一-龥0-9，。a-z ]{1,40}".prop_map(Some),
        1 => "[一-龥，。]{300,900}".prop_map(Some),
    ]
}

fn texts(most: usize) -> impl Strategy<Value = Vec<String>> {
    let text = text().prop_map(|text| text.unwrap_or_else(|| "修渠".to_owned()));
    prop::collection::vec(text, 0..most)
}

prop_compose! {
    fn indicator()(level1 in prop::sample::select(vec![Some("产出指标"), Some("效益 指标"), None]),
                   cells in prop::collection::vec(text(), 5)) -> Indicator {
        let mut cells = cells.into_iter();
        let mut next = || cells.next().flatten();
        Indicator {
            level1: level1.map(str::to_owned),
            level2: next(),
            level3: next(),
            description: next(),
            target: next(),
            basis: next(),
            ..Indicator::default()
        }
    }
}

prop_compose! {
    fn project()(number in 0_u32..9,
                 quarters in any::<bool>(),
                 cells in prop::collection::vec(text(), 14),
                 milestones in 0_usize..5,
                 goals in texts(4),
                 indicators in prop::collection::vec(indicator(), 0..8)) -> Project {
        let mut cells = cells.into_iter();
        let mut next = || cells.next().flatten();
        let (form, names) = if quarters {
            ("tangshan-2022", ["第一季度", "第二季度", "第三季度", "第四季度"])
        } else {
            ("hebei-2021", ["3月底", "6月底", "10月底", "12月底"])
        };
        Project {
            number,
            title: next(),
            unit_code: next(),
            unit_name: next(),
            amount_unit: next(),
            code: next(),
            name: next(),
            budget: Budget { total: next(), fiscal: next(), other: next(), ..Budget::default() },
            purpose: next(),
            spending_plan: names[..milestones]
                .iter()
                .map(|name| Milestone { milestone: (*name).to_owned(), percent: next(), ..Milestone::default() })
                .collect(),
            goals,
            indicators,
            form: Some(form.to_owned()),
            ..Project::default()
        }
    }
}

prop_compose! {
    fn department()(cover in prop::collection::vec(text(), 4),
                    year in prop::option::of(2019..2030),
                    sections in prop::collection::vec(texts(5), 3),
                    projects in prop::collection::vec(project(), 0..4)) -> Department {
        let mut cover = cover.into_iter();
        let mut sections = sections.into_iter();
        let mut next = || cover.next().flatten();
        let mut section = || sections.next().unwrap_or_default();
        Department {
            department: next(),
            year,
            cover_title: next(),
            compiled_by: next(),
            reviewed_by: next(),
            narrative: Narrative {
                overall_target: section(),
                itemized_targets: section(),
                safeguards: section(),
                ..Narrative::default()
            },
            projects,
            ..Department::default()
        }
    }
}

fn read_back(department: &Department) -> xlsx::ReadBack {
    let templates = Templates::built_in();
    let filled = templates
        .fill(department, &FillOptions::default())
        .expect("a document");
    let bytes = xlsx::write_editable(&filled.document, department).expect("a workbook");
    let (document, findings) = blocks::Document::open(bytes);
    assert_eq!(findings, []);
    xlsx::read_back(&document, templates.vocabulary()).expect("a workbook of ours")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_untouched_workbook_says_what_it_was_made_of(mut department in department()) {
        department.refresh_meanings();
        let read = read_back(&department);
        let differing = differences(&department, &read.department);
        prop_assert!(differing.is_empty(), "{:#?}", differing);
        prop_assert!(read.base == department && read.department.without_origins() == department);
        prop_assert_eq!(&read.findings, &[]);
        let ledger = &read.ledger;
        prop_assert_eq!(ledger.model + ledger.furniture, ledger.total);
        let projects: Vec<_> = (0..department.projects.len()).map(Some).collect();
        prop_assert_eq!(&read.projects, &projects);
    }
}
