//! The laws of the merge, for any edits.

use proptest::prelude::*;

use super::super::*;
use super::{base, project, row, some, two};
use crate::model::{ContentsEntry, Indicator, Milestone, Project};

/// An edit of some field or item; the numbers are taken by the length of what they count.
#[derive(Clone, Debug)]
enum Edit {
    Top(u8, String),
    Field(usize, u8, String),
    Cell(usize, usize, u8, String),
    RowIn(usize, usize, u8),
    RowOut(usize, usize),
    RowMoved(usize, usize, usize),
    Milestone(usize, u8, String),
    GoalIn(usize, usize, String),
    GoalOut(usize, usize),
    GoalSet(usize, usize, String),
    ParagraphIn(u8, usize, String),
    ParagraphOut(u8, usize),
    ParagraphSet(u8, usize, String),
    ParagraphMoved(u8, usize, usize),
    FormIn(usize, u8),
    FormOut(usize),
    FormMoved(usize, usize),
}

fn cell(row: &mut Indicator, cell: u8) -> &mut Option<String> {
    match cell % 6 {
        0 => &mut row.level1,
        1 => &mut row.level2,
        2 => &mut row.level3,
        3 => &mut row.description,
        4 => &mut row.target,
        _ => &mut row.basis,
    }
}

fn field(project: &mut Project, field: u8) -> &mut Option<String> {
    match field % 11 {
        0 => &mut project.title,
        1 => &mut project.unit_code,
        2 => &mut project.unit_name,
        3 => &mut project.amount_unit,
        4 => &mut project.code,
        5 => &mut project.name,
        6 => &mut project.budget.total,
        7 => &mut project.budget.fiscal,
        8 => &mut project.budget.other,
        9 => &mut project.purpose,
        _ => &mut project.form,
    }
}

fn paragraphs(department: &mut Department, section: u8) -> &mut Vec<String> {
    let narrative = &mut department.narrative;
    match section % 3 {
        0 => &mut narrative.overall_target,
        1 => &mut narrative.itemized_targets,
        _ => &mut narrative.safeguards,
    }
}

fn text_of(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn put_in<T>(list: &mut Vec<T>, at: usize, item: T) {
    let at = at % (list.len() + 1);
    list.insert(at, item);
}

fn take_out<T>(list: &mut Vec<T>, at: usize) {
    if !list.is_empty() {
        list.remove(at % list.len());
    }
}

fn put_elsewhere<T>(list: &mut Vec<T>, from: usize, to: usize) {
    if !list.is_empty() {
        let item = list.remove(from % list.len());
        put_in(list, to, item);
    }
}

fn apply(department: &mut Department, edit: &Edit) {
    if let Edit::Field(at, ..)
    | Edit::Cell(at, ..)
    | Edit::RowIn(at, ..)
    | Edit::RowOut(at, ..)
    | Edit::RowMoved(at, ..)
    | Edit::Milestone(at, ..)
    | Edit::GoalIn(at, ..)
    | Edit::GoalOut(at, ..)
    | Edit::GoalSet(at, ..) = edit
    {
        let count = department.projects.len().max(1);
        if let Some(project) = department.projects.get_mut(at % count) {
            apply_to(project, edit);
        }
        return;
    }
    match edit {
        Edit::Top(which, text) => match which % 6 {
            0 => department.department = text_of(text),
            1 => department.year = i32::try_from(2000 + text.len()).ok(),
            2 => department.cover_title = text_of(text),
            3 => department.compiled_by = text_of(text),
            4 => department.reviewed_by = text_of(text),
            _ => department.contents.push(ContentsEntry {
                text: text.clone(),
                ..ContentsEntry::default()
            }),
        },
        Edit::ParagraphIn(section, at, text) => put_in(paragraphs(department, *section), *at, text.clone()),
        Edit::ParagraphOut(section, at) => take_out(paragraphs(department, *section), *at),
        Edit::ParagraphSet(section, at, text) => {
            let list = paragraphs(department, *section);
            let count = list.len().max(1);
            if let Some(paragraph) = list.get_mut(at % count) {
                paragraph.clone_from(text);
            }
        }
        Edit::ParagraphMoved(section, from, to) => {
            put_elsewhere(paragraphs(department, *section), *from, *to);
        }
        Edit::FormIn(at, which) => put_in(
            &mut department.projects,
            *at,
            project(u32::from(*which), &format!("B{which}"), &format!("新增{which}")),
        ),
        Edit::FormOut(at) => take_out(&mut department.projects, *at),
        Edit::FormMoved(from, to) => put_elsewhere(&mut department.projects, *from, *to),
        _ => {}
    }
}

fn apply_to(project: &mut Project, edit: &Edit) {
    let rows = project.indicators.len().max(1);
    let goals = project.goals.len().max(1);
    match edit {
        Edit::Field(_, which, text) if which % 13 == 12 => {
            project
                .fields
                .insert("implementing_unit".to_owned(), text.clone());
        }
        Edit::Field(_, which, text) if which % 13 == 11 => project.number = text.len() as u32,
        Edit::Field(_, which, text) => *field(project, *which) = text_of(text),
        Edit::Cell(_, at, which, text) => {
            if let Some(row) = project.indicators.get_mut(at % rows) {
                *cell(row, *which) = text_of(text);
            }
        }
        Edit::RowIn(_, at, which) => {
            let new = row("数量指标", &format!("新增{which}"), "1个");
            put_in(&mut project.indicators, *at, new);
        }
        Edit::RowOut(_, at) => take_out(&mut project.indicators, *at),
        Edit::RowMoved(_, from, to) => put_elsewhere(&mut project.indicators, *from, *to),
        Edit::Milestone(_, which, text) => {
            let name = format!("{}月底", which % 4 * 3 + 3);
            let plan = &mut project.spending_plan;
            match plan.iter().position(|milestone| milestone.milestone == name) {
                Some(at) if text.is_empty() => drop(plan.remove(at)),
                Some(at) => plan[at].percent = text_of(text),
                None => plan.push(Milestone {
                    milestone: name,
                    percent: text_of(text),
                    ..Milestone::default()
                }),
            }
        }
        Edit::GoalIn(_, at, text) => put_in(&mut project.goals, *at, text.clone()),
        Edit::GoalOut(_, at) => take_out(&mut project.goals, *at),
        Edit::GoalSet(_, at, text) => {
            if let Some(goal) = project.goals.get_mut(at % goals) {
                goal.clone_from(text);
            }
        }
        _ => {}
    }
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let text = || "[甲乙丙 2.0%]{0,4}";
    let at = 0..9_usize;
    prop_oneof![
        (any::<u8>(), text()).prop_map(|(which, text)| Edit::Top(which, text)),
        (at.clone(), any::<u8>(), text()).prop_map(|(at, which, text)| Edit::Field(at, which, text)),
        (at.clone(), at.clone(), any::<u8>(), text())
            .prop_map(|(form, at, which, text)| Edit::Cell(form, at, which, text)),
        (at.clone(), at.clone(), 0..3_u8).prop_map(|(form, at, which)| Edit::RowIn(form, at, which)),
        (at.clone(), at.clone()).prop_map(|(form, at)| Edit::RowOut(form, at)),
        (at.clone(), at.clone(), at.clone()).prop_map(|(form, from, to)| Edit::RowMoved(form, from, to)),
        (at.clone(), any::<u8>(), text()).prop_map(|(form, which, text)| Edit::Milestone(form, which, text)),
        (at.clone(), at.clone(), text()).prop_map(|(form, at, text)| Edit::GoalIn(form, at, text)),
        (at.clone(), at.clone()).prop_map(|(form, at)| Edit::GoalOut(form, at)),
        (at.clone(), at.clone(), text()).prop_map(|(form, at, text)| Edit::GoalSet(form, at, text)),
        (0..3_u8, at.clone(), text()).prop_map(|(section, at, text)| Edit::ParagraphIn(section, at, text)),
        (0..3_u8, at.clone()).prop_map(|(section, at)| Edit::ParagraphOut(section, at)),
        (0..3_u8, at.clone(), text()).prop_map(|(section, at, text)| Edit::ParagraphSet(section, at, text)),
        (0..3_u8, at.clone(), at.clone())
            .prop_map(|(section, from, to)| Edit::ParagraphMoved(section, from, to)),
        (at.clone(), 0..3_u8).prop_map(|(at, which)| Edit::FormIn(at, which)),
        at.clone().prop_map(Edit::FormOut),
        (at.clone(), at).prop_map(|(from, to)| Edit::FormMoved(from, to)),
    ]
}

fn any_edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any_edit(), 0..most)
}

fn with_edits(department: &Department, edits: &[Edit]) -> Department {
    let mut department = department.clone();
    for edit in edits {
        apply(&mut department, edit);
    }
    department.refresh_meanings();
    department
}

/// All plain fields of documents of the same shape, and whether each is an amount.
fn plain_fields(department: &Department) -> Vec<(bool, Option<String>)> {
    let mut department = department.clone();
    let mut fields = Vec::new();
    for project in &mut department.projects {
        fields.push((false, Some(project.number.to_string())));
        fields.extend((0..11).map(|which| ((6..9).contains(&which), field(project, which).clone())));
        fields.push((false, project.fields.get("implementing_unit").cloned()));
        for row in &mut project.indicators {
            fields.extend((0..6).map(|which| (which == 4, cell(row, which).clone())));
        }
    }
    fields
}

fn same_meaning((is_amount, one): &(bool, Option<String>), (_, other): &(bool, Option<String>)) -> bool {
    let squeezed = |text: &Option<String>| -> String {
        let text = text.as_deref().unwrap_or_default();
        text.split_whitespace().collect()
    };
    let (one, other) = (squeezed(one), squeezed(other));
    let number = |text: &str| crate::model::decimal(text);
    one == other || (*is_amount && number(&one).is_some() && number(&one) == number(&other))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_versions_does_not_matter(
        before in any_edits(6), one in any_edits(8), other in any_edits(8), third in any_edits(3),
    ) {
        let base = with_edits(&base(), &before);
        let (one, other, third) = (with_edits(&base, &one), with_edits(&base, &other), with_edits(&base, &third));
        let [a, b] = two(&one, &other);
        let c = Version::of(Side::Model, &third);
        let merged = merge(&base, &[a, b, c], &Choices::default());
        for versions in [[b, a, c], [c, b, a], [b, c, a]] {
            let again = merge(&base, &versions, &Choices::default());
            prop_assert_eq!(&again.department, &merged.department);
            prop_assert_eq!(again.conflicts.len(), merged.conflicts.len());
            prop_assert_eq!(again.taken.len(), merged.taken.len());
        }
    }

    #[test]
    fn alone_or_agreed_a_version_is_the_result(before in any_edits(6), edits in any_edits(12)) {
        let base = with_edits(&base(), &before);
        let version = with_edits(&base, &edits);
        for versions in [
            &two(&base, &version)[..],
            &two(&version, &version),
            &two(&version, &base),
            &[Version::of(Side::Model, &version)],
        ] {
            let merged = merge(&base, versions, &Choices::default());
            prop_assert_eq!(&merged.conflicts, &[]);
            prop_assert_eq!(&merged.department, &version);
            prop_assert_eq!(merged.taken.is_empty(), base == version);
        }
    }

    #[test]
    fn what_is_merged_is_merged(one in any_edits(8), other in any_edits(8)) {
        let (one, other) = (with_edits(&base(), &one), with_edits(&base(), &other));
        let merged = merge(&base(), &two(&one, &other), &Choices::default()).department;
        prop_assert_eq!(differences(&merged, &merged), []);
        let again = merge(&merged, &two(&merged, &merged), &Choices::default());
        prop_assert_eq!((&again.department, again.taken.len(), again.conflicts.len()), (&merged, 0, 0));
    }

    #[test]
    fn there_are_differences_where_texts_differ(one in any_edits(6), other in any_edits(6)) {
        let (one, other) = (with_edits(&base(), &one), with_edits(&base(), &other));
        prop_assert_eq!(differences(&one, &other).is_empty(), one == other);
        prop_assert_eq!(differences(&one, &one), []);
    }

    #[test]
    fn a_choice_of_a_side_that_has_a_stake_in_all_leaves_no_conflict(one in any_edits(8), other in any_edits(8)) {
        let (one, other) = (with_edits(&base(), &one), with_edits(&base(), &other));
        for side in [Side::Source, Side::Workbook] {
            let choices = Choices { everything: Some(side), ..Choices::default() };
            let merged = merge(&base(), &two(&one, &other), &choices);
            prop_assert_eq!(&merged.conflicts, &[]);
        }
    }

    #[test]
    fn each_field_is_that_of_the_side_that_changed_it(
        one in prop::collection::vec((0..3_usize, any::<u8>(), 0..5_usize, "[甲乙 2.0]{0,3}"), 0..20),
        other in prop::collection::vec((0..3_usize, any::<u8>(), 0..5_usize, "[甲乙 2.0]{0,3}"), 0..20),
    ) {
        // Fields and cells only, and it is known which is which.
        let edits = |list: &[(usize, u8, usize, String)]| -> Vec<Edit> {
            list.iter().map(|(form, which, row, text)| {
                if which % 2 == 0 {
                    Edit::Cell(*form, *row, which / 2, text.clone())
                } else {
                    Edit::Field(*form, which / 2, text.clone())
                }
            }).collect()
        };
        let base = base();
        let (one, other) = (with_edits(&base, &edits(&one)), with_edits(&base, &edits(&other)));
        let pairing = Pairing {
            projects: (0..3).map(Some).collect(),
            indicators: vec![(0..5).map(Some).collect(); 3],
        };
        let versions = two(&one, &other).map(|version| Version { pairing: Some(&pairing), ..version });
        let merged = merge(&base, &versions, &Choices::default());
        let [one, other] = [&one, &other].map(plain_fields);
        let results = plain_fields(&merged.department);
        let mut conflicts = 0;
        for (((base, one), other), merged) in plain_fields(&base).iter().zip(&one).zip(&other).zip(&results) {
            if one == base || other == base || one == other {
                prop_assert_eq!(merged, if one == base { other } else { one });
            } else if merged == base && !same_meaning(one, other) {
                conflicts += 1;
            } else {
                prop_assert!(merged == one || merged == other);
            }
        }
        prop_assert_eq!(merged.conflicts.len(), conflicts);
    }

    #[test]
    fn edits_of_different_items_are_all_taken(fates in prop::collection::vec((0..5_u8, any::<bool>()), 1..24)) {
        // Every row is edited, deleted or followed by a new one by one of the two sides.
        let name = |at: usize| format!("{}{at}号林班抚育面积", ["东", "西", "南", "北"][at % 4]);
        let rows: Vec<_> = (0..fates.len()).map(|at| row("数量指标", &name(at), &format!("{at}亩"))).collect();
        let version = |of: &dyn Fn(bool) -> bool| {
            let mut version = base();
            version.projects[1].indicators.clear();
            for (at, (fate, side)) in fates.iter().enumerate() {
                let mut row = rows[at].clone();
                let fate = if of(*side) { *fate } else { 9 };
                match fate {
                    0 => row.target = some("另定"),
                    1 => {
                        row.basis = some("合同");
                        row.description = None;
                    }
                    2 => continue,
                    _ => {}
                }
                version.projects[1].indicators.push(row);
                if fate == 3 {
                    let new = super::row("质量指标", &format!("第{at}项验收结论"), "合格");
                    version.projects[1].indicators.push(new);
                }
            }
            version.refresh_meanings();
            version
        };
        let (base, both) = (version(&|_| false), version(&|_| true));
        let (one, other) = (version(&|side| side), version(&|side| !side));
        let merged = merge(&base, &two(&one, &other), &Choices::default());
        prop_assert_eq!(&merged.conflicts, &[]);
        prop_assert_eq!(&merged.department, &both);
    }
}
