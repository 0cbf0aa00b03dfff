//! The model as a tree of plain fields and lists, borrowed from it, and the way back.
//!
//! All structures of the model are taken apart and put together here without `..`, so that the
//! compiler names this file when the model gets a new field.
//!
//! Architecture invariant: it borrows from the model and changes nothing; a tree put together
//! again is the same model.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use super::FormName;
use crate::finding::Place;
use crate::model::{
    Budget, ContentsEntry, Department, Indicator, Milestone, Narrative, Origin, Origins, Project, State,
    decimal, percent,
};

/// The lists of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OverallTarget,
    ItemizedTargets,
    Safeguards,
    Projects,
    SpendingPlan,
    Goals,
    Indicators,
}

impl Kind {
    /// The name in the model, with that of the object around it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::OverallTarget => "narrative.overall_target",
            Kind::ItemizedTargets => "narrative.itemized_targets",
            Kind::Safeguards => "narrative.safeguards",
            Kind::Projects => "projects",
            Kind::SpendingPlan => "spending_plan",
            Kind::Goals => "goals",
            Kind::Indicators => "indicators",
        }
    }

    /// The name by which the places of its texts are kept.
    fn origin_name(self) -> &'static str {
        let name = self.name();
        name.strip_prefix("narrative.").unwrap_or(name)
    }
}

/// How the text of a field is read when texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sense {
    Text,
    Amount,
    Percent,
}

/// The object that a field's name stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Own,
    Budget,
    Fields,
}

/// The name of a field in its node. Names are in the order of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<'a> {
    rank: u8,
    group: Group,
    text: &'a str,
    sense: Sense,
}

impl Name<'_> {
    /// The step in a path below its object.
    pub(super) fn step(&self) -> String {
        match self.group {
            Group::Own => self.text.to_owned(),
            Group::Budget => format!("budget.{}", self.text),
            Group::Fields => format!("fields.{}", self.text),
        }
    }

    /// Whether it is the number of a form, which changes with the forms before it.
    pub(super) fn is_number(&self) -> bool {
        self.text == "number" && self.group == Group::Own
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Year(i32),
    Number(u32),
    Contents(&'a [ContentsEntry]),
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Text(one), Value::Text(other)) => one == other,
            (Value::Year(one), Value::Year(other)) => one == other,
            (Value::Number(one), Value::Number(other)) => one == other,
            (Value::Contents(one), Value::Contents(other)) => {
                let mut pairs = one.iter().zip(*other);
                one.len() == other.len()
                    && pairs.all(|(one, other)| one.text == other.text && one.page == other.page)
            }
            _ => false,
        }
    }
}

/// A field of a node: its value, if it has one, and where its origin is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf<'a> {
    pub(super) name: Name<'a>,
    pub(super) value: Option<Value<'a>>,
    origins: &'a Origins,
    /// For the text of a list its name and its index, as the origins are kept by them.
    listed: Option<(&'static str, u32)>,
}

impl<'a> Leaf<'a> {
    /// The same field without a value and without an origin.
    pub(super) fn blank(&self) -> Self {
        Self {
            value: None,
            origins: no_origins(),
            listed: None,
            ..*self
        }
    }

    /// Where the value came from.
    pub(super) fn origin(&self) -> Option<Origin> {
        if let Some(Value::Contents(entries)) = self.value {
            return entries.first()?.place.clone().map(|place| Origin {
                place,
                state: State::Printed,
            });
        }
        match (self.listed, self.name.group) {
            (Some((list, index)), _) => self.origins.get(&format!("{list}[{index}]")),
            (None, Group::Fields) => self.origins.get(&format!("fields.{}", self.name.text)),
            (None, Group::Own | Group::Budget) => self.origins.get(self.name.text),
        }
    }

    /// Where the value stands.
    pub(super) fn place(&self) -> Option<Place> {
        self.origin().map(|origin| origin.place)
    }

    /// The value as a text for people.
    pub(super) fn shown(&self) -> Option<Cow<'a, str>> {
        Some(match self.value? {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Year(year) => Cow::Owned(year.to_string()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::Contents(entries) => {
                let line = |entry: &ContentsEntry| match &entry.page {
                    Some(page) => format!("{} · {page}", entry.text),
                    None => entry.text.clone(),
                };
                Cow::Owned(entries.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
        })
    }

    /// Whether two values of one field agree: equal but for white space, or the same number.
    pub(super) fn agrees(&self, other: &Leaf<'_>) -> bool {
        self.value == other.value || self.meaning() == other.meaning()
    }

    /// The text by which values that agree are equal; empty for a blank.
    pub(super) fn meaning(&self) -> Cow<'a, str> {
        let Some(shown) = self.shown() else {
            return Cow::Borrowed("");
        };
        let number = match self.name.sense {
            Sense::Text => None,
            Sense::Amount => decimal(&shown),
            Sense::Percent => percent(&shown),
        };
        match number {
            Some(number) => Cow::Owned(number.normalize().to_string()),
            None => without_space(shown),
        }
    }

    /// Puts the greatest of values that agree first, whatever the order they come in.
    pub(super) fn precedence(&self, other: &Self) -> Ordering {
        let key = |leaf: &Self| (leaf.shown(), leaf.place());
        key(other).cmp(&key(self))
    }
}

/// The text without white space.
pub(super) fn without_space(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(char::is_whitespace) {
        Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect())
    } else {
        text
    }
}

/// An object of the model: fields in the order of their names, and lists.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) fields: Vec<Leaf<'a>>,
    pub(super) lists: Vec<(Kind, Vec<Node<'a>>)>,
    /// Its origins, those included that belong to no field of the tree.
    origins: &'a Origins,
}

/// The fields of a node, as they are put together.
struct Fields<'a>(Vec<Leaf<'a>>);

impl<'a> Fields<'a> {
    fn add(
        &mut self,
        (group, text, sense): (Group, &'a str, Sense),
        value: Option<Value<'a>>,
        origins: &'a Origins,
    ) {
        // The fields of a form's own come last and are told apart by their names alone.
        let rank = if group == Group::Fields {
            u8::MAX
        } else {
            self.0.len() as u8
        };
        let name = Name {
            rank,
            group,
            text,
            sense,
        };
        self.0.push(Leaf {
            name,
            value,
            origins,
            listed: None,
        });
    }

    fn text(&mut self, text: &'a str, value: Option<&'a String>, origins: &'a Origins) {
        let value = value.map(|value| Value::Text(value));
        self.add((Group::Own, text, Sense::Text), value, origins);
    }
}

impl<'a> Node<'a> {
    pub(super) fn of_department(department: &'a Department) -> Self {
        let Department {
            department,
            year,
            cover_title,
            compiled_by,
            reviewed_by,
            narrative,
            projects,
            contents,
            origins,
        } = department;
        let Narrative {
            overall_target,
            itemized_targets,
            safeguards,
            origins: narrative_origins,
        } = narrative;
        let mut fields = Fields(Vec::with_capacity(6));
        fields.text("department", department.as_ref(), origins);
        fields.add((Group::Own, "year", Sense::Text), year.map(Value::Year), origins);
        fields.text("cover_title", cover_title.as_ref(), origins);
        fields.text("compiled_by", compiled_by.as_ref(), origins);
        fields.text("reviewed_by", reviewed_by.as_ref(), origins);
        let entries = (!contents.is_empty()).then_some(Value::Contents(contents));
        fields.add((Group::Own, "contents", Sense::Text), entries, origins);
        let paragraphs = |kind, list| (kind, texts(kind, list, narrative_origins));
        Self {
            fields: fields.0,
            lists: vec![
                paragraphs(Kind::OverallTarget, overall_target),
                paragraphs(Kind::ItemizedTargets, itemized_targets),
                paragraphs(Kind::Safeguards, safeguards),
                (Kind::Projects, projects.iter().map(Self::of_project).collect()),
            ],
            origins,
        }
    }

    fn of_project(project: &'a Project) -> Self {
        let Project {
            number,
            title,
            unit_code,
            unit_name,
            amount_unit,
            code,
            name,
            budget,
            purpose,
            spending_plan,
            goals,
            indicators,
            fields: own,
            form,
            origins,
        } = project;
        let Budget {
            total,
            fiscal,
            other,
            total_decimal: _,
            fiscal_decimal: _,
            other_decimal: _,
            origins: budget_origins,
        } = budget;
        let mut fields = Fields(Vec::with_capacity(12 + own.len()));
        let number = Some(Value::Number(*number));
        fields.add((Group::Own, "number", Sense::Text), number, origins);
        fields.text("title", title.as_ref(), origins);
        fields.text("unit_code", unit_code.as_ref(), origins);
        fields.text("unit_name", unit_name.as_ref(), origins);
        fields.text("amount_unit", amount_unit.as_ref(), origins);
        fields.text("code", code.as_ref(), origins);
        fields.text("name", name.as_ref(), origins);
        for (name, amount) in [("total", total), ("fiscal", fiscal), ("other", other)] {
            let amount = amount.as_ref().map(|amount| Value::Text(amount));
            fields.add((Group::Budget, name, Sense::Amount), amount, budget_origins);
        }
        fields.text("purpose", purpose.as_ref(), origins);
        fields.text("form", form.as_ref(), origins);
        for (name, value) in own {
            fields.add(
                (Group::Fields, name, Sense::Text),
                Some(Value::Text(value)),
                origins,
            );
        }
        let milestones = spending_plan.iter().map(Self::of_milestone).collect();
        Self {
            fields: fields.0,
            lists: vec![
                (Kind::SpendingPlan, milestones),
                (Kind::Goals, texts(Kind::Goals, goals, origins)),
                (
                    Kind::Indicators,
                    indicators.iter().map(Self::of_indicator).collect(),
                ),
            ],
            origins,
        }
    }

    fn of_milestone(milestone: &'a Milestone) -> Self {
        let Milestone {
            milestone,
            percent,
            percent_decimal: _,
            origins,
        } = milestone;
        let mut fields = Fields(Vec::with_capacity(2));
        fields.text("milestone", Some(milestone), origins);
        let percent = percent.as_ref().map(|percent| Value::Text(percent));
        fields.add((Group::Own, "percent", Sense::Percent), percent, origins);
        Self {
            fields: fields.0,
            lists: Vec::new(),
            origins,
        }
    }

    fn of_indicator(indicator: &'a Indicator) -> Self {
        let Indicator {
            level1,
            level2,
            level3,
            description,
            target,
            basis,
            target_measure: _,
            origins,
        } = indicator;
        let mut fields = Fields(Vec::with_capacity(6));
        fields.text("level1", level1.as_ref(), origins);
        fields.text("level2", level2.as_ref(), origins);
        fields.text("level3", level3.as_ref(), origins);
        fields.text("description", description.as_ref(), origins);
        let target = target.as_ref().map(|target| Value::Text(target));
        fields.add((Group::Own, "target", Sense::Amount), target, origins);
        fields.text("basis", basis.as_ref(), origins);
        Self {
            fields: fields.0,
            lists: Vec::new(),
            origins,
        }
    }

    /// The items of a list.
    pub(super) fn list(&self, kind: Kind) -> &[Node<'a>] {
        let list = self.lists.iter().find(|(known, _)| *known == kind);
        list.map_or(&[], |(_, items)| items)
    }

    /// A node of the same kind without fields and with empty lists.
    pub(super) fn empty(&self) -> Self {
        Self {
            fields: Vec::new(),
            lists: self.lists.iter().map(|(kind, _)| (*kind, Vec::new())).collect(),
            origins: self.origins,
        }
    }

    fn leaf(&self, group: Group, text: &str) -> Option<&Leaf<'a>> {
        let mut fields = self.fields.iter();
        fields.find(|leaf| leaf.name.group == group && leaf.name.text == text)
    }

    /// What a field of its own means, by [`Leaf::meaning`]; empty where it is blank.
    pub(super) fn meaning(&self, name: &str) -> Cow<'a, str> {
        self.leaf(Group::Own, name)
            .map_or(Cow::Borrowed(""), Leaf::meaning)
    }

    /// What the form is called, if the node is a project.
    pub(super) fn form_name(&self) -> Option<FormName> {
        let Some(Value::Number(number)) = self.leaf(Group::Own, "number")?.value else {
            return None;
        };
        let name = ["name", "title"]
            .into_iter()
            .filter_map(|name| self.leaf(Group::Own, name)?.shown())
            .find(|name| !name.trim().is_empty());
        Some(FormName {
            number,
            name: name.unwrap_or_default().into_owned(),
        })
    }

    /// The item as a text for people: the cells of a row, the name, code and total of a project.
    pub(super) fn shown(&self) -> String {
        let shown: Vec<_> = match self.form_name() {
            Some(form) => [(Group::Own, "code"), (Group::Budget, "total")]
                .into_iter()
                .filter_map(|(group, name)| self.leaf(group, name)?.shown())
                .fold(vec![Cow::Owned(form.name)], |mut all, next| {
                    all.push(next);
                    all
                }),
            None => self.fields.iter().filter_map(Leaf::shown).collect(),
        };
        let shown: Vec<&str> = shown
            .iter()
            .map(AsRef::as_ref)
            .filter(|text| !text.trim().is_empty())
            .collect();
        shown.join(" · ")
    }

    /// What names the item among its like: the level-3 name of a row, the name of a project.
    pub(super) fn head(&self) -> String {
        if let Some(form) = self.form_name() {
            return form.name;
        }
        match self.leaf(Group::Own, "level3").and_then(Leaf::shown) {
            Some(name) if !name.trim().is_empty() => name.into_owned(),
            _ => self.shown(),
        }
    }

    /// Where the item stands: its level-3 cell, its title, else the first field with a place.
    pub(super) fn place(&self) -> Option<Place> {
        let named = ["level3", "title"]
            .into_iter()
            .find_map(|name| self.leaf(Group::Own, name)?.place());
        named.or_else(|| self.fields.iter().find_map(Leaf::place))
    }

    fn sign(&self, signature: &mut String) {
        for leaf in &self.fields {
            let meaning = leaf.meaning();
            if leaf.name.group == Group::Fields && !meaning.is_empty() {
                signature.push_str(leaf.name.text);
                signature.push('\u{1e}');
            }
            if leaf.name.group != Group::Fields || !meaning.is_empty() {
                signature.push_str(&meaning);
                signature.push('\u{1f}');
            }
        }
        for (_, items) in &self.lists {
            signature.push('\u{1d}');
            for item in items {
                item.sign(signature);
                signature.push('\u{1c}');
            }
        }
    }

    /// The fields of several nodes side by side, in the order of their names: for each name the field
    /// of each node that has it.
    pub(super) fn aligned<'n>(nodes: &[&'n Node<'a>]) -> Vec<Vec<Option<&'n Leaf<'a>>>> {
        let Some((first, others)) = nodes.split_first() else {
            return Vec::new();
        };
        let names = |node: &'n Node<'a>| node.fields.iter().map(|leaf| leaf.name);
        if others.iter().all(|other| names(first).eq(names(other))) {
            return (0..first.fields.len())
                .map(|index| nodes.iter().map(|node| node.fields.get(index)).collect())
                .collect();
        }
        let mut all: Vec<Name<'a>> = nodes.iter().flat_map(|node| names(node)).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
            .map(|name| {
                let field = |node: &&'n Node<'a>| {
                    let at = node.fields.binary_search_by_key(&name, |leaf| leaf.name);
                    at.ok().map(|at| &node.fields[at])
                };
                nodes.iter().map(field).collect()
            })
            .collect()
    }
}

/// A text that agreeing items share and others do not.
pub(super) fn signature(node: &Node<'_>) -> String {
    let mut signature = String::new();
    node.sign(&mut signature);
    signature
}

fn no_origins() -> &'static Origins {
    static NONE: LazyLock<Origins> = LazyLock::new(Origins::default);
    &NONE
}

fn texts<'a>(kind: Kind, list: &'a [String], origins: &'a Origins) -> Vec<Node<'a>> {
    let leaf = |(index, text): (usize, &'a String)| Leaf {
        name: Name {
            rank: 0,
            group: Group::Own,
            text: "",
            sense: Sense::Text,
        },
        value: Some(Value::Text(text)),
        origins,
        listed: Some((kind.origin_name(), index as u32)),
    };
    list.iter()
        .enumerate()
        .map(|item| Node {
            fields: vec![leaf(item)],
            lists: Vec::new(),
            // A text has none of its own; those of all texts are kept by the object around the list.
            origins: no_origins(),
        })
        .collect()
}

/// Reads the fields of a node back, with their origins.
struct Back<'n, 'a> {
    node: &'n Node<'a>,
    origins: Origins,
    budget_origins: Origins,
}

impl<'n, 'a> Back<'n, 'a> {
    fn new(node: &'n Node<'a>) -> Self {
        let mut origins = Origins::with_capacity(node.fields.len());
        for (name, origin) in node.origins.iter() {
            // The origins of listed texts are set anew, as the texts may have moved.
            let is_known = node.leaf(Group::Own, name).is_some() || name.contains(['[', '.']);
            if !is_known {
                origins.set(name.to_owned(), origin);
            }
        }
        Self {
            node,
            origins,
            budget_origins: Origins::default(),
        }
    }

    fn value(&mut self, group: Group, text: &'static str) -> Option<Value<'a>> {
        let leaf = self.node.leaf(group, text)?;
        if let Some(origin) = leaf.origin().filter(|_| text != "contents") {
            let origins = if group == Group::Budget {
                &mut self.budget_origins
            } else {
                &mut self.origins
            };
            origins.set(text, origin);
        }
        leaf.value
    }

    fn grouped(&mut self, group: Group, text: &'static str) -> Option<String> {
        match self.value(group, text)? {
            Value::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }

    fn text(&mut self, text: &'static str) -> Option<String> {
        self.grouped(Group::Own, text)
    }

    /// The texts of a list; their origins go to `origins`.
    fn texts(&self, kind: Kind, origins: &mut Origins) -> Vec<String> {
        let leaves = self.node.list(kind).iter().filter_map(|item| item.fields.first());
        let texts = leaves.enumerate().map(|(index, leaf)| {
            if let Some(origin) = leaf.origin() {
                origins.set(format!("{}[{index}]", kind.origin_name()), origin);
            }
            leaf.shown().unwrap_or_default().into_owned()
        });
        texts.collect()
    }
}

impl Node<'_> {
    /// The department that the tree stands for, what its texts mean left out.
    pub(super) fn department(&self) -> Department {
        let mut back = Back::new(self);
        let mut narrative = Origins::default();
        let overall_target = back.texts(Kind::OverallTarget, &mut narrative);
        let itemized_targets = back.texts(Kind::ItemizedTargets, &mut narrative);
        let safeguards = back.texts(Kind::Safeguards, &mut narrative);
        Department {
            department: back.text("department"),
            year: match back.value(Group::Own, "year") {
                Some(Value::Year(year)) => Some(year),
                _ => None,
            },
            cover_title: back.text("cover_title"),
            compiled_by: back.text("compiled_by"),
            reviewed_by: back.text("reviewed_by"),
            narrative: Narrative {
                overall_target,
                itemized_targets,
                safeguards,
                origins: narrative,
            },
            projects: self.list(Kind::Projects).iter().map(Self::project).collect(),
            contents: match back.value(Group::Own, "contents") {
                Some(Value::Contents(entries)) => entries.to_vec(),
                _ => Vec::new(),
            },
            origins: back.origins,
        }
    }

    fn project(&self) -> Project {
        let mut back = Back::new(self);
        let mut goal_origins = Origins::default();
        let goals = back.texts(Kind::Goals, &mut goal_origins);
        let mut fields = std::collections::BTreeMap::new();
        for leaf in self.fields.iter().filter(|leaf| leaf.name.group == Group::Fields) {
            if let Some(Value::Text(value)) = leaf.value {
                fields.insert(leaf.name.text.to_owned(), value.to_owned());
            }
            if let Some(origin) = leaf.origin() {
                back.origins.set(format!("fields.{}", leaf.name.text), origin);
            }
        }
        for (name, origin) in goal_origins.iter() {
            back.origins.set(name.to_owned(), origin);
        }
        Project {
            number: match back.value(Group::Own, "number") {
                Some(Value::Number(number)) => number,
                _ => 0,
            },
            title: back.text("title"),
            unit_code: back.text("unit_code"),
            unit_name: back.text("unit_name"),
            amount_unit: back.text("amount_unit"),
            code: back.text("code"),
            name: back.text("name"),
            budget: Budget {
                total: back.grouped(Group::Budget, "total"),
                fiscal: back.grouped(Group::Budget, "fiscal"),
                other: back.grouped(Group::Budget, "other"),
                total_decimal: None,
                fiscal_decimal: None,
                other_decimal: None,
                origins: std::mem::take(&mut back.budget_origins),
            },
            purpose: back.text("purpose"),
            spending_plan: self
                .list(Kind::SpendingPlan)
                .iter()
                .map(Self::milestone)
                .collect(),
            goals,
            indicators: self.list(Kind::Indicators).iter().map(Self::indicator).collect(),
            fields,
            form: back.text("form"),
            origins: back.origins,
        }
    }

    fn milestone(&self) -> Milestone {
        let mut back = Back::new(self);
        Milestone {
            milestone: back.text("milestone").unwrap_or_default(),
            percent: back.text("percent"),
            percent_decimal: None,
            origins: back.origins,
        }
    }

    fn indicator(&self) -> Indicator {
        let mut back = Back::new(self);
        Indicator {
            level1: back.text("level1"),
            level2: back.text("level2"),
            level3: back.text("level3"),
            description: back.text("description"),
            target: back.text("target"),
            basis: back.text("basis"),
            target_measure: None,
            origins: back.origins,
        }
    }
}
