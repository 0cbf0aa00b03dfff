//! The model of a performance document: plain data with stable JSON names, the public interface
//! of the program. Every string is the text as printed; what it means and where it came from stand
//! beside it under keys of their own.
//!
//! Architecture invariant: the model knows no label, no form and no file format.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::finding::Place;

mod code;
mod meaning;
mod path;
pub use code::{ProjectCode, check_character};
pub use meaning::{Comparison, Measure, decimal, in_wan_yuan, percent};
pub(crate) use path::{indexed_path, narrative_path};

/// One department's performance document (部门预算绩效文本) of one year.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Department {
    /// 部门, the department's name.
    #[serde(default)]
    pub department: Option<String>,
    /// 年度, the budget year.
    #[serde(default)]
    pub year: Option<i32>,
    /// The title on the cover without the department, such as `2025年部门预算绩效文本`.
    #[serde(default)]
    pub cover_title: Option<String>,
    /// 编制, who compiled it.
    #[serde(default)]
    pub compiled_by: Option<String>,
    /// 审核, who reviewed it.
    #[serde(default)]
    pub reviewed_by: Option<String>,
    /// 部门整体绩效目标, the narrative.
    #[serde(default)]
    pub narrative: Narrative,
    /// 预算项目绩效目标, one entry per performance target form, in the order of the text.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// 目录, the contents list as printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<ContentsEntry>,
    /// Where the fields came from, by field name.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// The narrative (部门整体绩效目标): three sections, a string per paragraph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Narrative {
    /// 总体绩效目标.
    #[serde(default)]
    pub overall_target: Vec<String>,
    /// 分项绩效目标.
    #[serde(default)]
    pub itemized_targets: Vec<String>,
    /// 工作保障措施.
    #[serde(default)]
    pub safeguards: Vec<String>,
    /// Where the paragraphs came from, by `section[index]`, such as `safeguards[0]`.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// One line of the contents list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContentsEntry {
    /// The line without its leaders and its page number.
    pub text: String,
    /// The page number as printed.
    #[serde(default)]
    pub page: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// One performance target form (绩效目标表): one budget project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// The number in the title.
    #[serde(default)]
    pub number: u32,
    /// The title without its number, such as `…绩效目标表`.
    #[serde(default)]
    pub title: Option<String>,
    /// The unit's code, such as `731001`.
    #[serde(default)]
    pub unit_code: Option<String>,
    /// The unit's name.
    #[serde(default)]
    pub unit_name: Option<String>,
    /// 单位, the unit of the amounts, such as 万元.
    #[serde(default)]
    pub amount_unit: Option<String>,
    /// 项目编码, the project code without inner spaces.
    #[serde(default)]
    pub code: Option<String>,
    /// 项目名称, the project name.
    #[serde(default)]
    pub name: Option<String>,
    /// 预算规模, the budget, in the amount unit (wan yuan).
    #[serde(default)]
    pub budget: Budget,
    /// 资金用途, what the money is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// 资金支出计划, cumulative percentages at milestones.
    #[serde(default)]
    pub spending_plan: Vec<Milestone>,
    /// 绩效目标, one entry per number, the numbering kept.
    #[serde(default)]
    pub goals: Vec<String>,
    /// The indicator rows.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    /// What else its form has, by the names of its label table, such as `implementing_unit`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The form it came in, such as `hebei-2021`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Where the fields came from, by field name; goals as `goals[0]`, others as `fields.<name>`.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// 预算规模: the amounts of a project as printed, in the form's amount unit (wan yuan).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// 预算数, the total.
    #[serde(default)]
    pub total: Option<String>,
    /// 其中：财政资金, the fiscal part.
    #[serde(default)]
    pub fiscal: Option<String>,
    /// 其他资金, the other part.
    #[serde(default)]
    pub other: Option<String>,
    /// The total as an exact decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub total_decimal: Option<Decimal>,
    /// The fiscal part as an exact decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub fiscal_decimal: Option<Decimal>,
    /// The other part as an exact decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub other_decimal: Option<Decimal>,
    /// Where the amounts came from, by field name.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// One milestone of the spending plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Milestone {
    /// The milestone as the form names it, such as `3月底` or `第一季度`, without inner spaces.
    pub milestone: String,
    /// The cumulative percentage as printed.
    #[serde(default)]
    pub percent: Option<String>,
    /// The cumulative percentage as an exact decimal: `25` for `25%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub percent_decimal: Option<Decimal>,
    /// Where milestone and percentage came from, by field name.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// One indicator row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Indicator {
    /// 一级指标, filled down through merged cells.
    #[serde(default)]
    pub level1: Option<String>,
    /// 二级指标.
    #[serde(default)]
    pub level2: Option<String>,
    /// 三级指标.
    #[serde(default)]
    pub level3: Option<String>,
    /// 绩效指标描述.
    #[serde(default)]
    pub description: Option<String>,
    /// 指标值.
    #[serde(default)]
    pub target: Option<String>,
    /// 指标值确定依据.
    #[serde(default)]
    pub basis: Option<String>,
    /// What the target says, where it is one number with a sign and a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_measure: Option<Measure>,
    /// Where the cells came from, by field name.
    #[serde(default, skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
}

/// Where the fields of one object came from, by the name of the field.
#[derive(Clone, Debug, Default)]
pub struct Origins(Entries);

/// The fields in the order of their names. There are many objects, so the origins of most take little room.
#[derive(Clone, Debug)]
enum Entries {
    /// Fields of the model that stand in a text.
    InText(Vec<InText>),
    /// Any fields, anywhere.
    Any(BTreeMap<Cow<'static, str>, Origin>),
}

/// Where a field of the model stands in a text.
#[derive(Clone, Copy, Debug)]
struct InText {
    line: u32,
    column: u32,
    /// The number of the field's name in [`FIELD_NAMES`].
    field: u8,
    state: State,
}

/// The names of the fields that many objects have, in order.
const FIELD_NAMES: [&str; 15] = [
    "basis",
    "code",
    "description",
    "fiscal",
    "level1",
    "level2",
    "level3",
    "milestone",
    "name",
    "other",
    "percent",
    "purpose",
    "target",
    "title",
    "total",
];

impl InText {
    fn of(field: &str, origin: &Origin) -> Option<Self> {
        let Place::Text { line, column } = origin.place else {
            return None;
        };
        Some(Self {
            line,
            column,
            field: FIELD_NAMES.binary_search(&field).ok()? as u8,
            state: origin.state,
        })
    }

    fn name(&self) -> &'static str {
        FIELD_NAMES[usize::from(self.field)]
    }

    fn origin(&self) -> Origin {
        Origin {
            place: Place::text(self.line, self.column),
            state: self.state,
        }
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self::InText(Vec::new())
    }
}

impl Origins {
    /// Nothing yet, with room for so many fields.
    #[must_use]
    pub fn with_capacity(fields: usize) -> Self {
        Self(Entries::InText(Vec::with_capacity(fields.min(FIELD_NAMES.len()))))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Entries::InText(list) => list.is_empty(),
            Entries::Any(map) => map.is_empty(),
        }
    }

    /// Where `field` came from.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<Origin> {
        match &self.0 {
            Entries::InText(list) => list
                .iter()
                .find(|entry| entry.name() == field)
                .map(InText::origin),
            Entries::Any(map) => map.get(field).cloned(),
        }
    }

    /// Notes where `field` came from.
    pub fn set(&mut self, field: impl Into<Cow<'static, str>>, origin: Origin) {
        let field = field.into();
        let map = match &mut self.0 {
            Entries::Any(map) => map,
            Entries::InText(list) => {
                if let Some(entry) = InText::of(&field, &origin) {
                    match list.binary_search_by_key(&entry.field, |known| known.field) {
                        Ok(at) => list[at] = entry,
                        Err(at) => list.insert(at, entry),
                    }
                    return;
                }
                let known = list.iter().map(|entry| (entry.name().into(), entry.origin()));
                self.0 = Entries::Any(known.collect());
                return self.set(field, origin);
            }
        };
        map.insert(field, origin);
    }

    /// All fields with their origins, in the order of the field names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Origin)> {
        let (list, map) = match &self.0 {
            Entries::InText(list) => (Some(list), None),
            Entries::Any(map) => (None, Some(map)),
        };
        let list = list.into_iter().flatten();
        let list = list.map(|entry| (entry.name(), entry.origin()));
        let map = map.into_iter().flatten();
        list.chain(map.map(|(field, origin)| (field.as_ref(), origin.clone())))
    }
}

impl PartialEq for Origins {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Serialize for Origins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Origins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<Cow<'static, str>, Origin>::deserialize(deserializer)?;
        let mut origins = Self::with_capacity(map.len());
        for (field, origin) in map {
            origins.set(field, origin);
        }
        Ok(origins)
    }
}

impl JsonSchema for Origins {
    fn schema_name() -> Cow<'static, str> {
        "Origins".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, Origin>::json_schema(generator)
    }
}

/// Where a value came from and in what state it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// Where its first character stands; the empty cell, where it is blank; the row that lost it, where
    /// it is lost.
    #[serde(flatten)]
    pub place: Place,
    /// In what state it was found.
    #[serde(default)]
    pub state: State,
}

/// In what state a value was found in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It stands in the source, filled or blank, in its place.
    #[default]
    Printed,
    /// It stands in the source, broken or in another place, and was put right.
    Repaired,
    /// The source lost it.
    Lost,
}

impl Indicator {
    /// The names of its cells, in the order of the columns of a form.
    pub const CELLS: [&'static str; 6] = ["level1", "level2", "level3", "description", "target", "basis"];

    /// The cell of that number in [`Self::CELLS`], to be changed; the last one beyond them.
    pub fn cell_mut(&mut self, at: usize) -> &mut Option<String> {
        match at {
            0 => &mut self.level1,
            1 => &mut self.level2,
            2 => &mut self.level3,
            3 => &mut self.description,
            4 => &mut self.target,
            _ => &mut self.basis,
        }
    }
}

impl Department {
    /// Reads again what the printed texts mean: the decimals and the measures beside them.
    ///
    /// To be called after texts were changed, for instance in a `model.json` by hand.
    pub fn refresh_meanings(&mut self) {
        for project in &mut self.projects {
            let budget = &mut project.budget;
            budget.total_decimal = budget.total.as_deref().and_then(decimal);
            budget.fiscal_decimal = budget.fiscal.as_deref().and_then(decimal);
            budget.other_decimal = budget.other.as_deref().and_then(decimal);
            for milestone in &mut project.spending_plan {
                milestone.percent_decimal = milestone.percent.as_deref().and_then(percent);
            }
            for indicator in &mut project.indicators {
                indicator.target_measure = indicator.target.as_deref().and_then(Measure::read);
            }
        }
    }
}
