//! Examples of the rules: a small department in which no rule finds anything, and changes of it.

use crate::model::{Budget, ContentsEntry, Department, Indicator, Milestone, Narrative, Project};
use crate::vocab::Vocabulary;

/// The form of the projects.
const FORM: &str = "hebei-2021";

/// Changes of [`sound_department`], in order: the path of a field and what it holds.
///
/// Paths without `projects[…]`, `narrative.…`, `contents[…]` or `year` are those of the first project. A whole row
/// is given to `indicators[2]` or, as a further one, to `indicators[+]`, its cells divided by `|`; `indicators[-2]`
/// takes one away. `+` does the same for `goals`, narrative sections and `contents`; `projects[+]` adds a copy of the
/// second project with that code, name and unit code. A blank text leaves a field blank.
#[derive(Clone, Copy, Debug)]
pub struct Example(pub &'static [(&'static str, &'static str)]);

impl Example {
    /// The department with the changes made.
    #[must_use]
    pub fn department(&self) -> Department {
        let mut department = sound_department();
        for (path, text) in self.0 {
            change(&mut department, path, text);
        }
        department.refresh_meanings();
        department
    }
}

/// A department whose document a reviewer would pass: two projects, each with a form and an item of the narrative.
#[must_use]
pub fn sound_department() -> Department {
    let mut department = Department {
        department: Some("青澜县水务局".to_owned()),
        year: Some(2025),
        cover_title: Some("2025年部门预算绩效文本".to_owned()),
        narrative: Narrative {
            overall_target: vec!["落实“十四五”水利规划，保障城乡供水安全。".to_owned()],
            itemized_targets: vec![
                "（一）河道清淤工程（预算金额：30万元）".to_owned(),
                "绩效目标：清淤河道，恢复行洪能力。".to_owned(),
                "绩效指标：全年清淤河道不少于12公里。".to_owned(),
                "（二）节水宣传经费（预算金额：8.5万元）".to_owned(),
                "绩效目标：普及节水知识。".to_owned(),
                "绩效指标：全年举办宣传活动不少于6场。".to_owned(),
            ],
            safeguards: vec!["加强绩效运行监控，发现问题及时整改。".to_owned()],
            ..Narrative::default()
        },
        projects: vec![
            project(
                1,
                "91010125P00120110001L",
                "河道清淤工程",
                ["30.00", "20.00", "10.00"],
                "项目预算30万元，其中财政资金20万元，其他资金10万元，用于河道清淤。",
                &[
                    "产出指标|数量指标|清淤长度|本年清淤河道的总长度|≥12公里|年度计划",
                    "产出指标|质量指标|工程验收合格率|验收合格的工程占全部工程的比率|100%|行业标准",
                    "产出指标|时效指标|完工时间|全部河段完工的时间|2025年10月底前|年度计划",
                    "产出指标|成本指标|工程总成本|全部河段清淤的支出|≤30万元|预算测算",
                    "效益指标|社会效益指标|受益人口|沿线受益的常住人口|≥3万人|统计资料",
                    "满意度指标|服务对象满意度指标|沿线居民满意度|对清淤效果满意的居民占受访居民的比率|≥90%|问卷调查",
                ],
            ),
            project(
                2,
                "91010125P00120210001A",
                "节水宣传经费",
                ["8.50", "8.50", ""],
                "用于印制宣传品和举办节水宣传活动。",
                &[
                    "产出指标|数量指标|宣传活动场次|全年举办宣传活动的场次|≥6场|年度计划",
                    "产出指标|质量指标|活动完成率|实际举办场次占计划场次的比率|100%|年度计划",
                    "产出指标|时效指标|活动完成时间|全部宣传活动完成的时间|2025年12月|年度计划",
                    "产出指标|成本指标|宣传活动支出|全年宣传活动的支出|≤8.5万元|预算测算",
                    "效益指标|社会效益指标|节水知识知晓率|受访居民中知晓节水知识的比率|≥80%|问卷调查",
                    "满意度指标|服务对象满意度指标|参与居民满意度|对活动满意的居民占受访居民的比率|≥92%|问卷调查",
                ],
            ),
        ],
        ..Department::default()
    };
    department.contents = department
        .projects
        .iter()
        .map(|project| ContentsEntry {
            text: format!(
                "{}.{}",
                project.number,
                project.title.as_deref().unwrap_or_default()
            ),
            page: Some((project.number + 3).to_string()),
            place: None,
        })
        .collect();
    department.refresh_meanings();
    department
}

fn project(
    number: u32,
    code: &str,
    name: &str,
    [total, fiscal, other]: [&str; 3],
    purpose: &str,
    rows: &[&str],
) -> Project {
    Project {
        number,
        title: Some(format!("{name}绩效目标表")),
        unit_code: Some("331001".to_owned()),
        unit_name: Some("青澜县水务局本级".to_owned()),
        amount_unit: Some("万元".to_owned()),
        code: Some(code.to_owned()),
        name: Some(name.to_owned()),
        budget: Budget {
            total: filled(total),
            fiscal: filled(fiscal),
            other: filled(other),
            ..Budget::default()
        },
        purpose: filled(purpose),
        spending_plan: milestones()
            .zip(["25%", "50%", "80%", "100%"])
            .map(|(milestone, percent)| Milestone {
                milestone,
                percent: filled(percent),
                ..Milestone::default()
            })
            .collect(),
        goals: vec![format!("1.完成{name}的全年任务。")],
        indicators: rows.iter().map(|row| indicator(row)).collect(),
        form: Some(FORM.to_owned()),
        ..Project::default()
    }
}

/// The milestones of the form, as its label table names them.
fn milestones() -> impl Iterator<Item = String> {
    let form = Vocabulary::built_in().form(FORM).cloned();
    form.into_iter().flat_map(|form| form.milestones)
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn indicator(row: &str) -> Indicator {
    let mut indicator = Indicator::default();
    for (at, cell) in row.split('|').enumerate() {
        *indicator.cell_mut(at) = filled(cell);
    }
    indicator
}

/// Makes one change.
///
/// # Panics
///
/// Where the path is none: an example is part of the program, and the tests make all of them.
fn change(department: &mut Department, path: &str, text: &str) {
    if path == "year" {
        department.year = text.parse().ok();
        return;
    }
    if let Some(section) = path.strip_prefix("narrative.") {
        let (name, item) = item(section);
        if let Some(list) = department.narrative.section_mut(name) {
            put(list, item, text.to_owned());
            return;
        }
    }
    if path.starts_with("contents") {
        let entry = ContentsEntry {
            text: text.to_owned(),
            ..ContentsEntry::default()
        };
        put(&mut department.contents, item(path).1, entry);
        return;
    }
    if path == "projects[+]" {
        let mut copy = department.projects[1].clone();
        let mut parts = text.split('|').map(filled);
        copy.number = department.projects.len() as u32 + 1;
        copy.code = parts.next().flatten();
        copy.name = parts.next().flatten();
        copy.unit_code = parts.next().flatten();
        department.projects.push(copy);
        return;
    }
    let (at, below) = match path
        .strip_prefix("projects[")
        .and_then(|rest| rest.split_once("]."))
    {
        Some((at, below)) => (at.parse().unwrap_or(0), below),
        None => (0, path),
    };
    let project = &mut department.projects[at];
    let (first, rest) = below.split_once('.').unwrap_or((below, ""));
    let done = match item(first) {
        ("goals", place) => {
            put(&mut project.goals, place, text.to_owned());
            true
        }
        ("indicators", place) if rest.is_empty() => {
            put(&mut project.indicators, place, indicator(text));
            true
        }
        ("indicators", place) => {
            let cell = Indicator::CELLS.iter().position(|name| *name == rest);
            let row = place
                .parse()
                .ok()
                .and_then(|row: usize| project.indicators.get_mut(row));
            match (cell, row) {
                (Some(cell), Some(row)) => {
                    *row.cell_mut(cell) = filled(text);
                    true
                }
                _ => false,
            }
        }
        ("form", _) => {
            project.form = filled(text);
            true
        }
        _ => project.set_text_at(below, filled(text), None),
    };
    assert!(done, "there is no field {path}");
}

/// The name and what stands in brackets after it.
fn item(step: &str) -> (&str, &str) {
    step.strip_suffix(']')
        .and_then(|step| step.split_once('['))
        .unwrap_or((step, ""))
}

/// Puts an item in its place, adds it, or takes one away.
fn put<T>(list: &mut Vec<T>, place: &str, item: T) {
    match place {
        "+" => list.push(item),
        "" => *list = vec![item],
        _ => match place.strip_prefix('-').map(str::parse) {
            Some(Ok(at)) => {
                list.remove(at);
            }
            _ => list[place.parse::<usize>().unwrap_or(usize::MAX)] = item,
        },
    }
}
