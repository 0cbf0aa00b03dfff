//! What a clerk does to a document, each by an example; the laws for any edits are in `laws`.

mod laws;

use super::*;
use crate::model::{Budget, ContentsEntry, Indicator, Milestone, Narrative, Origin, Project, State};

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is written where the model has an option"
)]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn row(level2: &str, level3: &str, target: &str) -> Indicator {
    Indicator {
        level1: some("产出指标"),
        level2: some(level2),
        level3: some(level3),
        description: some(&format!("反映{level3}的情况")),
        target: some(target),
        basis: some("年度计划"),
        ..Indicator::default()
    }
}

fn rows() -> Vec<Indicator> {
    vec![
        row("数量指标", "栽种苗木株数", "≥800株"),
        row("数量指标", "巡护林带里程", "≥120公里"),
        row("质量指标", "苗木成活率", "≥85%"),
        row("时效指标", "补植完成时间", "10月底前"),
        row("成本指标", "每株苗木单价", "≤35元"),
    ]
}

fn project(number: u32, code: &str, name: &str) -> Project {
    Project {
        number,
        title: some(&format!("{name}绩效目标表")),
        code: some(code),
        name: some(name),
        budget: Budget {
            total: some("2.50"),
            fiscal: some("2.50"),
            ..Budget::default()
        },
        purpose: some(&format!("用于{name}的苗木和人工。")),
        spending_plan: ["3月底", "6月底"]
            .map(|milestone| Milestone {
                milestone: milestone.to_owned(),
                percent: some("25%"),
                ..Milestone::default()
            })
            .to_vec(),
        goals: vec!["1.栽种苗木。".to_owned(), "2.养护林带。".to_owned()],
        indicators: rows(),
        ..Project::default()
    }
}

fn base() -> Department {
    let mut department = Department {
        department: some("沧宁市林业和草原局"),
        year: Some(2025),
        narrative: Narrative {
            overall_target: vec![
                "造林绿化稳步推进，林带面积逐年增加。".to_owned(),
                "加强森林防火，全年不发生重大火情。".to_owned(),
                "推进湿地修复，改善候鸟栖息环境。".to_owned(),
            ],
            ..Narrative::default()
        },
        projects: vec![
            project(1, "A001", "植树经费"),
            project(2, "A002", "防火经费"),
            project(3, "A003", "湿地修复经费"),
        ],
        contents: vec![ContentsEntry {
            text: "植树经费".to_owned(),
            page: some("3"),
            place: None,
        }],
        ..Department::default()
    };
    department.refresh_meanings();
    department
}

fn edited(edit: impl FnOnce(&mut Department)) -> Department {
    let mut department = base();
    edit(&mut department);
    department.refresh_meanings();
    department
}

fn two<'a>(one: &'a Department, other: &'a Department) -> [Version<'a>; 2] {
    [Version::of(Side::Source, one), Version::of(Side::Workbook, other)]
}

/// Merges two versions of the base that have no conflict.
#[track_caller]
fn merged(one: &Department, other: &Department) -> Department {
    let merged = merge(&base(), &two(one, other), &Choices::default());
    assert_eq!(merged.conflicts, []);
    let swapped = merge(&base(), &two(other, one), &Choices::default());
    assert_eq!(swapped.department, merged.department);
    merged.department
}

fn names(rows: &[Indicator]) -> Vec<&str> {
    rows.iter().filter_map(|row| row.level3.as_deref()).collect()
}

/// The changes as a line each.
fn told(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let blank = || "–".to_owned();
        let before = change.before.clone().unwrap_or_else(blank);
        let after = change.after.clone().unwrap_or_else(blank);
        format!("{:?} {}: {before} → {after}", change.kind, change.path)
    };
    changes.iter().map(line).collect()
}

#[test]
fn edits_of_both_sides_are_taken() {
    let source = edited(|d| {
        d.projects[0].indicators[2].target = some("≥90%");
        d.projects[1].budget.total = some("3.00");
        d.year = Some(2026);
        d.contents.clear();
    });
    let workbook = edited(|d| {
        d.projects[0].indicators[2].basis = some("合同");
        d.projects[1].purpose = some("用于防火物资。");
        d.projects[2].spending_plan[1].percent = some("60%");
        d.projects[0].goals[1] = "2.养护林带，清理枯木。".to_owned();
        d.narrative.overall_target[1] = "加强森林防火，全年不发生较大火情。".to_owned();
    });
    let merged = merged(&source, &workbook);
    let row = &merged.projects[0].indicators[2];
    assert_eq!(
        (row.target.as_deref(), row.basis.as_deref()),
        (Some("≥90%"), Some("合同"))
    );
    assert_eq!(merged.projects[1].budget.total, some("3.00"));
    assert_eq!(merged.projects[1].purpose, workbook.projects[1].purpose);
    assert_eq!(
        merged.projects[2].spending_plan,
        workbook.projects[2].spending_plan
    );
    assert_eq!(merged.projects[0].goals, workbook.projects[0].goals);
    assert_eq!(merged.narrative, workbook.narrative);
    assert_eq!((merged.year, merged.contents.len()), (Some(2026), 0));
}

#[test]
fn what_is_taken_is_told_with_its_sides() {
    let source = edited(|d| d.projects[0].indicators[2].target = some("≥90%"));
    let workbook = edited(|d| {
        d.projects[0]
            .indicators
            .insert(1, row("数量指标", "修建蓄水池个数", "2个"));
        d.projects[1].goals.remove(0);
    });
    let merged = merge(&base(), &two(&source, &workbook), &Choices::default());
    let changes: Vec<Change> = merged.taken.iter().map(|taken| taken.change.clone()).collect();
    assert_eq!(
        told(&changes),
        [
            "Added projects[0].indicators[1]: – → 产出指标 · 数量指标 · 修建蓄水池个数 · 反映修建蓄水池个数的情况 · 2个 · 年度计划",
            "Changed projects[0].indicators[2].target: ≥85% → ≥90%",
            "Deleted projects[1].goals[0]: 1.栽种苗木。 → –",
        ]
    );
    assert_eq!(
        changes[1].path_after.as_deref(),
        Some("projects[0].indicators[3].target")
    );
    let form = changes[2].form.as_ref().expect("a form");
    assert_eq!((form.number, form.name.as_str()), (2, "防火经费"));
    let sides: Vec<_> = merged.taken.iter().map(|taken| taken.sides.clone()).collect();
    assert_eq!(sides, [[Side::Workbook], [Side::Source], [Side::Workbook]]);
}

#[test]
fn different_values_are_a_conflict_that_a_choice_decides() {
    let source = edited(|d| d.projects[0].budget.total = some("2.80"));
    let workbook = edited(|d| d.projects[0].budget.total = some("2.90"));
    let versions = two(&source, &workbook);
    let merged = merge(&base(), &versions, &Choices::default());
    assert_eq!(merged.department, base());
    let [conflict] = &merged.conflicts[..] else {
        panic!("{:?}", merged.conflicts);
    };
    assert_eq!(
        (conflict.kind, conflict.path.as_str()),
        (ConflictKind::Value, "projects[0].budget.total")
    );
    assert_eq!(conflict.base.as_deref(), Some("2.50"));
    let values: Vec<_> = conflict
        .stakes
        .iter()
        .map(|stake| stake.value.as_deref())
        .collect();
    assert_eq!(values, [Some("2.80"), Some("2.90")]);

    let chosen = |choices: Choices| merge(&base(), &versions, &choices);
    let all = Choices {
        everything: Some(Side::Workbook),
        ..Choices::default()
    };
    let result = chosen(all.clone());
    assert_eq!(
        (result.department, result.conflicts.len(), result.taken.len()),
        (workbook.clone(), 0, 1)
    );
    // The choice for a field, or for what is around it, is stronger.
    for path in ["projects[0].budget.total", "projects[0]"] {
        let own = Choices {
            fields: [(path.to_owned(), Side::Source)].into(),
            ..all.clone()
        };
        assert_eq!(chosen(own).department, source);
    }
    // A side that has no stake decides nothing.
    let nobody = Choices {
        everything: Some(Side::Model),
        ..Choices::default()
    };
    assert_eq!(chosen(nobody).conflicts.len(), 1);
}

#[test]
fn blanks_and_the_writing_of_numbers_are_no_conflict() {
    let source = edited(|d| {
        d.projects[0].budget.total = some("3.0");
        d.projects[0].purpose = some("用于 植树。");
        d.projects[0].spending_plan[0].percent = some("30%");
        d.projects[1].purpose = some("用于防火经费的苗木 和人工。");
    });
    let workbook = edited(|d| {
        d.projects[0].budget.total = some("3.00");
        d.projects[0].purpose = some("用于植树。");
        d.projects[0].spending_plan[0].percent = some("30");
        d.projects[1].purpose = some("用于防火物资。");
    });
    let merged = merged(&source, &workbook);
    assert_eq!(merged.projects[0].budget.total, some("3.00"));
    assert_eq!(merged.projects[0].spending_plan[0].percent, some("30%"));
    assert_eq!(merged.projects[1].purpose, some("用于防火物资。"));
    // A code is no number.
    let source = edited(|d| d.projects[0].unit_code = some("001"));
    let workbook = edited(|d| d.projects[0].unit_code = some("1"));
    assert_eq!(
        merge(&base(), &two(&source, &workbook), &Choices::default())
            .conflicts
            .len(),
        1
    );
}

#[test]
fn rows_come_and_go_at_the_top_in_the_middle_and_at_the_end() {
    for at in [0, 2, 5] {
        let new = row("质量指标", "林带郁闭度", "≥0.6");
        let workbook = edited(|d| d.projects[0].indicators.insert(at, new.clone()));
        let source = edited(|d| d.projects[0].indicators[2].target = some("≥90%"));
        let merged = merged(&source, &workbook);
        assert_eq!(
            names(&merged.projects[0].indicators),
            names(&workbook.projects[0].indicators)
        );
        assert!(
            merged.projects[0]
                .indicators
                .iter()
                .any(|row| row.target == some("≥90%"))
        );
    }
    for at in [0, 2, 4] {
        let workbook = edited(|d| drop(d.projects[0].indicators.remove(at)));
        let source = edited(|d| d.projects[0].indicators[1].target = some("≥150公里"));
        let merged = merged(&source, &workbook);
        assert_eq!(
            names(&merged.projects[0].indicators),
            names(&workbook.projects[0].indicators)
        );
    }
}

#[test]
fn a_row_is_followed_through_moves_and_edits() {
    let edits: [fn(&mut Vec<Indicator>); 5] = [
        // Moved up, with a cell edited.
        |rows| {
            let mut row = rows.remove(4);
            row.target = some("≤30元");
            rows.insert(0, row);
        },
        |rows| rows.swap(1, 3),
        |rows| rows.sort_by(|one, other| one.level3.cmp(&other.level3)),
        |rows| rows.reverse(),
        |rows| rows.rotate_left(2),
    ];
    for edit in edits {
        let workbook = edited(|d| edit(&mut d.projects[0].indicators));
        let source = edited(|d| d.projects[0].indicators[2].basis = some("合同"));
        let merged = merged(&source, &workbook);
        let mut expected = workbook.projects[0].indicators.clone();
        for row in &mut expected {
            if row.level3 == some("苗木成活率") {
                row.basis = some("合同");
            }
        }
        assert_eq!(merged.projects[0].indicators, expected);
    }
}

#[test]
fn two_cells_of_a_row_and_a_whole_row_are_edits() {
    let edits: [fn(&mut Indicator); 3] = [
        |row| {
            row.level3 = some("乔木保存率");
            row.description = some("统计口径见附件");
        },
        |row| {
            row.target = some("≥95%");
            row.description = some("统计口径见附件");
        },
        |row| *row = super::tests::row("社会效益指标", "参与植树人次", "3000人次"),
    ];
    for edit in edits {
        let workbook = edited(|d| edit(&mut d.projects[0].indicators[2]));
        let changes = differences(&base(), &workbook);
        assert!(
            changes.iter().all(|change| change.kind == ChangeKind::Changed),
            "{:?}",
            told(&changes)
        );
        let source = edited(|d| d.projects[0].indicators[2].level1 = some("效益"));
        let merged = merged(&source, &workbook);
        assert_eq!(merged.projects[0].indicators[2].level1, some("效益"));
        assert_eq!(
            merged.projects[0].indicators[2].target,
            workbook.projects[0].indicators[2].target
        );
    }
}

#[test]
fn a_row_that_was_doubled_and_edited_is_new() {
    let workbook = edited(|d| {
        let rows = &mut d.projects[0].indicators;
        let mut twin = rows[1].clone();
        twin.target = some("≥60公里");
        rows.insert(2, twin);
    });
    let source = edited(|d| d.projects[0].indicators[1].basis = some("合同"));
    let merged = merged(&source, &workbook);
    let rows = &merged.projects[0].indicators;
    assert_eq!(
        (rows[1].basis.as_deref(), rows[2].basis.as_deref()),
        (Some("合同"), Some("年度计划"))
    );
    assert_eq!(
        told(&differences(&base(), &workbook)),
        [
            "Added projects[0].indicators[2]: – → 产出指标 · 数量指标 · 巡护林带里程 · 反映巡护林带里程的情况 · ≥60公里 · 年度计划"
        ]
    );
}

#[test]
fn deleted_and_edited_is_a_conflict() {
    let source = edited(|d| drop(d.projects[0].indicators.remove(2)));
    let workbook = edited(|d| d.projects[0].indicators[2].target = some("≥95%"));
    let versions = two(&source, &workbook);
    let merged = merge(&base(), &versions, &Choices::default());
    assert_eq!(merged.department, base());
    let [conflict] = &merged.conflicts[..] else {
        panic!("{:?}", merged.conflicts);
    };
    assert_eq!(
        (conflict.kind, conflict.path.as_str()),
        (ConflictKind::Deleted, "projects[0].indicators[2]")
    );
    assert_eq!(conflict.stakes[0].value, None);
    for (side, expected) in [(Side::Source, &source), (Side::Workbook, &workbook)] {
        let choices = Choices {
            everything: Some(side),
            ..Choices::default()
        };
        let merged = merge(&base(), &versions, &choices);
        assert_eq!((&merged.department, merged.conflicts.len()), (expected, 0));
    }
    // A form whose number alone was changed may go.
    let source = edited(|d| drop(d.projects.remove(1)));
    let workbook = edited(|d| {
        d.projects.insert(0, project(1, "A009", "种子经费"));
        for (index, project) in d.projects.iter_mut().enumerate() {
            project.number = index as u32 + 1;
        }
    });
    let merged = merge(&base(), &two(&source, &workbook), &Choices::default());
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.department.projects.len(), 3);
}

#[test]
fn the_same_addition_is_there_once() {
    let source = edited(|d| {
        d.projects[0]
            .indicators
            .insert(1, row("数量指标", "修建 蓄水池个数", "2个"));
        d.projects[0].indicators.push(row("成本指标", "甲", "1元"));
        d.narrative.safeguards.push("加强督导。".to_owned());
    });
    let workbook = edited(|d| {
        d.projects[0]
            .indicators
            .insert(1, row("数量指标", "修建蓄水池个数", "2个"));
        d.projects[0].indicators.push(row("成本指标", "乙", "2元"));
        d.narrative.safeguards.push("加强督导。".to_owned());
    });
    let merged = merged(&source, &workbook);
    assert_eq!(
        names(&merged.projects[0].indicators),
        [
            "栽种苗木株数",
            "修建蓄水池个数",
            "巡护林带里程",
            "苗木成活率",
            "补植完成时间",
            "每株苗木单价",
            "乙",
            "甲",
        ]
    );
    assert_eq!(merged.narrative.safeguards.len(), 1);
}

#[test]
fn forms_added_with_the_same_code_are_one() {
    let new = |total: &str, goal: &str| {
        let mut new = project(4, "A009", "种苗经费");
        new.budget.total = some(total);
        new.goals.push(goal.to_owned());
        new
    };
    let source = edited(|d| d.projects.insert(1, new("4.00", "3.引进良种。")));
    let workbook = edited(|d| d.projects.push(new("5.00", "3.引进良种。")));
    let merged = merge(&base(), &two(&source, &workbook), &Choices::default());
    let [conflict] = &merged.conflicts[..] else {
        panic!("{:?}", merged.conflicts);
    };
    assert_eq!(conflict.path, "projects[+1].budget.total");
    assert_eq!(merged.department.projects.len(), 4);
    assert_eq!(merged.department.projects[1].goals.len(), 3);
    let fields = [(conflict.path.clone(), Side::Workbook)].into();
    let choices = Choices {
        fields,
        ..Choices::default()
    };
    let merged = merge(&base(), &two(&source, &workbook), &choices);
    assert_eq!(merged.department.projects[1].budget.total, some("5.00"));
    assert_eq!((merged.conflicts.len(), merged.taken.len()), (0, 1));
}

#[test]
fn orders_that_cannot_be_had_together_are_a_conflict() {
    let source = edited(|d| d.projects[0].indicators.swap(0, 1));
    let workbook = edited(|d| d.projects[0].indicators.swap(1, 2));
    let versions = two(&source, &workbook);
    let merged = merge(&base(), &versions, &Choices::default());
    assert_eq!(merged.department, base());
    let [conflict] = &merged.conflicts[..] else {
        panic!("{:?}", merged.conflicts);
    };
    assert_eq!(
        (conflict.kind, conflict.path.as_str()),
        (ConflictKind::Order, "projects[0].indicators")
    );
    assert_eq!(
        conflict.base.as_deref(),
        Some("栽种苗木株数 · 巡护林带里程 · 苗木成活率")
    );
    let choices = Choices {
        everything: Some(Side::Source),
        ..Choices::default()
    };
    assert_eq!(merge(&base(), &versions, &choices).department, source);
    // Swaps of different rows are had together.
    let workbook = edited(|d| d.projects[0].indicators.swap(3, 4));
    assert_eq!(
        super::tests::merged(&source, &workbook).projects[0]
            .indicators
            .len(),
        5
    );
}

#[test]
fn a_known_pairing_is_stronger_than_likeness() {
    // All cells of two rows changed places, yet the marks say that the rows did not.
    let workbook = edited(|d| d.projects[0].indicators.swap(1, 3));
    let pairing = Pairing {
        projects: vec![Some(0), Some(1), Some(2)],
        indicators: vec![(0..5).map(Some).collect(); 3],
    };
    let version = Version {
        pairing: Some(&pairing),
        ..Version::of(Side::Workbook, &workbook)
    };
    let merged = merge(&base(), &[version], &Choices::default());
    assert_eq!(merged.department, workbook);
    assert!(
        merged
            .taken
            .iter()
            .all(|taken| taken.change.kind == ChangeKind::Changed)
    );
    // A pairing that names what is not there, or one thing twice, does no harm.
    let pairing = Pairing {
        projects: vec![Some(9), Some(1), Some(1), Some(0)],
        indicators: vec![vec![Some(99)], vec![Some(0), Some(0)]],
    };
    let version = Version {
        pairing: Some(&pairing),
        ..Version::of(Side::Workbook, &workbook)
    };
    assert_eq!(
        merge(&base(), &[version], &Choices::default()).department,
        workbook
    );
}

#[test]
fn origins_come_with_their_values() {
    let origin = |line| Origin {
        place: Place::text(line, 1),
        state: State::Printed,
    };
    let placed = |mut department: Department, first: u32| {
        department.origins.set("department", origin(first));
        department
            .narrative
            .origins
            .set("overall_target[2]", origin(first + 1));
        for project in &mut department.projects {
            project.origins.set("goals[1]", origin(first + 2));
            project.origins.set("code", origin(first + 3));
            project.origins.set("other", origin(first + 4));
            project.budget.origins.set("total", origin(first + 5));
            for row in &mut project.indicators {
                row.origins.set("target", origin(first + 6));
                row.origins.set("basis", origin(first + 7));
            }
        }
        department
    };
    let base = placed(base(), 100);
    let source = placed(
        edited(|d| d.projects[0].indicators[0].target = some("900株")),
        200,
    );
    let workbook = placed(
        edited(|d| {
            d.narrative.overall_target.remove(0);
            d.projects[0].budget.total = some("7");
            d.projects[0].goals.insert(0, "绪言".to_owned());
        }),
        300,
    );
    let merged = merge(&base, &two(&source, &workbook), &Choices::default());
    assert_eq!(merged.conflicts, []);
    let line = |path: &str| {
        let origin = merged.department.origin_at(path);
        origin
            .and_then(|origin| origin.place.line_and_column())
            .map(|(line, _)| line)
    };
    assert_eq!(line("department"), Some(100));
    // The last paragraph of the base, now one further up.
    assert_eq!(line("narrative.overall_target[1]"), Some(101));
    assert_eq!(line("projects[0].budget.total"), Some(305));
    assert_eq!(line("projects[0].indicators[0].target"), Some(206));
    assert_eq!(line("projects[0].indicators[0].basis"), Some(107));
    assert_eq!(line("projects[1].code"), Some(103));
    assert_eq!(line("projects[1].other"), Some(104));
    let goals = &merged.department.projects[0].origins;
    assert_eq!(goals.get("goals[2]"), Some(origin(102)));
    let change = &merged
        .taken
        .iter()
        .find(|taken| taken.change.path.ends_with("total"));
    let change = &change.expect("the total").change;
    assert_eq!(
        (&change.place_before, &change.place_after),
        (&Some(Place::text(105, 1)), &Some(Place::text(305, 1)))
    );
}

#[test]
fn two_years_are_paired_by_name_without_the_year() {
    let mut before = base();
    let mut after = base();
    after.year = Some(2026);
    for (department, year) in [(&mut before, 2025), (&mut after, 2026)] {
        for (index, project) in department.projects.iter_mut().enumerate().take(2) {
            project.code = some(&format!("{year}P{index}"));
            let name = project.name.clone().unwrap_or_default();
            project.name = some(&format!("{year}年{name}"));
            project.title = None;
        }
    }
    after.projects.swap(0, 1);
    after.projects.pop();
    after.projects[0].budget.total = some("9");
    let told = told(&differences(&before, &after));
    assert_eq!(
        told,
        [
            "Changed year: 2025 → 2026",
            "Changed projects[0].code: 2025P0 → 2026P0",
            "Changed projects[0].name: 2025年植树经费 → 2026年植树经费",
            "Moved projects[1]: 2025年防火经费 · 2025P1 · 2.50 → 2026年防火经费 · 2026P1 · 9",
            "Changed projects[1].code: 2025P1 → 2026P1",
            "Changed projects[1].name: 2025年防火经费 → 2026年防火经费",
            "Changed projects[1].budget.total: 2.50 → 9",
            "Deleted projects[2]: 湿地修复经费 · A003 · 2.50 → –",
        ]
    );
}

#[test]
fn a_large_document_is_merged_at_once() {
    let mut large = base();
    large.projects = (0..1000)
        .map(|number| {
            let mut project = project(number, &format!("C{number}"), &format!("第{number}项经费"));
            project.indicators = (0..20)
                .map(|at| row("数量指标", &format!("指标{at}"), "1个"))
                .collect();
            project
        })
        .collect();
    large.narrative.overall_target = (0..5000).map(|at| format!("第{at}段文字，写明安排。")).collect();
    large.refresh_meanings();
    let mut one = large.clone();
    one.projects.reverse();
    one.narrative
        .overall_target
        .iter_mut()
        .for_each(|text| text.push('甲'));
    let mut other = large.clone();
    for project in &mut other.projects {
        project.indicators[7].target = some("2个");
    }
    other.narrative.overall_target.rotate_left(1700);
    let started = std::time::Instant::now();
    let merged = merge(&large, &two(&one, &other), &Choices::default());
    // A second with optimization; a debug build is slower by far.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    assert_eq!(merged.department.projects.len(), 1000);
    assert_eq!(merged.department.projects[0].indicators[7].target, some("2个"));
}
