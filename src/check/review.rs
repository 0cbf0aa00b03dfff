//! A department as the rules see it: what several of them need to know is read once here.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::Settings;
use super::doubled::{Doubled, doubled};
use super::items::Items;
use super::list::List;
use super::quantity::{self, Date, Kind, Quantity, Stated, plain};
use super::words::WORDS;
use crate::finding::Place;
use crate::model::{Comparison, Department, Indicator, Narrative, Project, ProjectCode, State, in_wan_yuan};
use crate::vocab::{Vocabulary, is_same, key};

/// A department with what its texts say.
pub(super) struct Review<'a> {
    pub(super) department: &'a Department,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) settings: &'a Settings,
    /// The budget year.
    pub(super) year: Option<i32>,
    /// The paragraphs of the narrative, in plain characters.
    narrative: Vec<(Spot, Cow<'a, str>)>,
    /// The forms, in the order of the model.
    pub(super) forms: Vec<Form<'a>>,
    /// The items of the narrative, read when first asked for.
    items: OnceCell<Items<'a>>,
}

/// A form with what its texts say.
pub(super) struct Form<'a> {
    /// Its place in the model, from 0.
    pub(super) index: usize,
    pub(super) project: &'a Project,
    /// The project name in plain characters.
    pub(super) name: Cow<'a, str>,
    /// The budget total in wan yuan.
    pub(super) total: Option<Decimal>,
    /// What the purpose says.
    pub(super) purpose: Text<'a>,
    pub(super) goals: Vec<Text<'a>>,
    pub(super) rows: Vec<Row<'a>>,
    /// The years that may stand in it besides the document's: those of its code and its name.
    pub(super) own_years: Vec<i32>,
    /// Whether the form prints all its indicator rows, used or not.
    pub(super) prints_all_rows: bool,
    /// Whether it is withheld from publication.
    pub(super) is_withheld: bool,
}

/// What ends a clause.
const CLAUSE_MARKS: &[char] = &[
    '，', ',', '。', '；', ';', '：', ':', '、', '（', '(', '）', ')', '！',
];

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// In the section of the narrative of that name, the paragraph of that number.
    Narrative(&'static str, usize),
    Name,
    Purpose,
    Goal(usize),
    /// In the row of that number, the cell of that name.
    Cell(usize, &'static str),
}

impl Spot {
    /// The path: below the form, or in the model.
    pub(super) fn path(self) -> String {
        match self {
            Spot::Narrative(section, at) => format!("narrative.{section}[{at}]"),
            Spot::Name => "name".to_owned(),
            Spot::Purpose => "purpose".to_owned(),
            Spot::Goal(at) => format!("goals[{at}]"),
            Spot::Cell(row, cell) => format!("indicators[{row}].{cell}"),
        }
    }
}

/// An indicator row with what its cells say.
pub(super) struct Row<'a> {
    /// Its place in the form, from 0.
    pub(super) index: usize,
    pub(super) cells: &'a Indicator,
    pub(super) level1: Option<Level>,
    pub(super) level2: Option<Level>,
    /// Level 3, description, basis and target in plain characters; empty where blank.
    pub(super) name: Cow<'a, str>,
    pub(super) description: Cow<'a, str>,
    basis: Cow<'a, str>,
    pub(super) target: Text<'a>,
    /// What kind of a row it is.
    pub(super) state: RowState,
    /// Whether its target reads doubled, read when first asked for.
    doubled: OnceCell<Option<Doubled>>,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowState {
    /// An indicator.
    Filled,
    /// Nothing beside the levels.
    Blank,
    /// Nothing but fillers.
    Filler,
    /// Withheld from publication.
    Withheld,
}

/// What an indicator level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Output,
    Benefit,
    Satisfaction,
    Cost,
    Quantity,
    Quality,
    Timeliness,
}

/// A text in plain characters with what it states.
pub(super) struct Text<'a> {
    pub(super) plain: Cow<'a, str>,
    stated: OnceCell<Stated>,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: Option<&'a str>) -> Self {
        Self {
            plain: plain(text.unwrap_or_default()),
            stated: OnceCell::new(),
        }
    }

    /// The quantities and dates that it states, read when first asked for.
    pub(super) fn stated(&self) -> &Stated {
        self.stated.get_or_init(|| quantity::read(&self.plain))
    }

    /// The one quantity of the text; `None` where there are none or several, or dates beside it.
    pub(super) fn quantity(&self) -> Option<&Quantity> {
        match (
            self.stated().quantities.as_slice(),
            self.stated().dates.as_slice(),
        ) {
            ([one], []) if self.stated().malformed.is_empty() => Some(one),
            _ => None,
        }
    }

    pub(super) fn dates(&self) -> &[Date] {
        &self.stated().dates
    }

    /// What stands before a place in its sentence.
    pub(super) fn sentence_before(&self, at: usize) -> &str {
        let before = self.plain.get(..at).unwrap_or_default();
        before.rsplit(['。', '；', ';']).next().unwrap_or_default()
    }

    /// What stands between two places of the plain text.
    pub(super) fn slice(&self, range: &Range<usize>) -> &str {
        self.plain.get(range.clone()).unwrap_or_default()
    }
}

impl<'a> Review<'a> {
    pub(super) fn of(department: &'a Department, vocabulary: &'a Vocabulary, settings: &'a Settings) -> Self {
        let mut levels = Levels {
            vocabulary,
            known: BTreeMap::new(),
        };
        let withheld = vocabulary.document.texts("withheld");
        let forms = department
            .projects
            .iter()
            .enumerate()
            .map(|(index, project)| Form::of(index, project, vocabulary, withheld, &mut levels))
            .collect();
        let narrative = Narrative::SECTIONS.into_iter().flat_map(|name| {
            let section = department
                .narrative
                .section(name)
                .into_iter()
                .flatten()
                .enumerate();
            section.map(move |(at, text)| (Spot::Narrative(name, at), plain(text)))
        });
        Self {
            narrative: narrative.collect(),
            department,
            vocabulary,
            settings,
            year: department.year,
            forms,
            items: OnceCell::new(),
        }
    }

    /// The items of the narrative.
    pub(super) fn items(&self) -> &Items<'a> {
        self.items.get_or_init(|| Items::of(self))
    }

    /// The printed label of a field, in a form or around the forms.
    pub(super) fn label(&self, name: &str) -> &'a str {
        let tables = self.vocabulary.forms.iter().map(|form| &form.labels);
        tables
            .chain([&self.vocabulary.document])
            .map(|labels| labels.printed(name))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// Whether a text is the word for what is withheld.
    pub(super) fn is_withheld_word(&self, text: &str) -> bool {
        is_withheld_word(self.vocabulary.document.texts("withheld"), text)
    }

    /// Whether the purpose of a form says that it is withheld, whatever else it says: 该项目涉密，不予公开.
    pub(super) fn says_withheld(&self, form: &Form<'_>) -> bool {
        let words = &WORDS.text;
        let withheld = self.vocabulary.document.texts("withheld");
        let says = |clause: &str| {
            withheld.iter().any(|word| {
                clause.split_once(word.as_str()).is_some_and(|(before, after)| {
                    words.withheld_before.covers(before) && words.withheld_after.covers(after)
                })
            })
        };
        form.purpose.plain.split(CLAUSE_MARKS).any(says)
    }

    /// Visits every text that an author wrote, in plain characters.
    pub(super) fn each_text(&self, visit: &mut dyn FnMut(Option<&Form<'a>>, Spot, &str)) {
        for (spot, text) in &self.narrative {
            visit(None, *spot, text);
        }
        for form in &self.forms {
            visit(Some(form), Spot::Name, &form.name);
            visit(Some(form), Spot::Purpose, &form.purpose.plain);
            for (at, goal) in form.goals.iter().enumerate() {
                visit(Some(form), Spot::Goal(at), &goal.plain);
            }
            for row in &form.rows {
                let cells = [
                    ("level3", &row.name),
                    ("description", &row.description),
                    ("target", &row.target.plain),
                    ("basis", &row.basis),
                ];
                for (cell, text) in cells {
                    visit(Some(form), Spot::Cell(row.index, cell), text);
                }
            }
        }
    }

    /// Visits the texts that are prose, in plain characters: narrative, purposes, goals and descriptions.
    pub(super) fn each_prose(&self, visit: &mut dyn FnMut(Option<&Form<'a>>, Spot, &str)) {
        for (spot, text) in &self.narrative {
            visit(None, *spot, text);
        }
        for form in &self.forms {
            visit(Some(form), Spot::Purpose, &form.purpose.plain);
            for (at, goal) in form.goals.iter().enumerate() {
                visit(Some(form), Spot::Goal(at), &goal.plain);
            }
            for row in form.filled_rows() {
                visit(Some(form), Spot::Cell(row.index, "description"), &row.description);
            }
        }
    }

    /// The forms that are not withheld: of the others nothing can be told.
    pub(super) fn open_forms(&self) -> impl Iterator<Item = &Form<'a>> {
        self.forms.iter().filter(|form| !form.is_withheld)
    }

    /// All filled rows of forms that are not withheld.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&Form<'a>, &Row<'a>)> {
        self.open_forms()
            .flat_map(|form| form.filled_rows().map(move |row| (form, row)))
    }
}

impl<'a> Form<'a> {
    fn of(
        index: usize,
        project: &'a Project,
        vocabulary: &Vocabulary,
        withheld: &[String],
        levels: &mut Levels<'a, '_>,
    ) -> Self {
        let rows: Vec<Row<'a>> = project
            .indicators
            .iter()
            .enumerate()
            .map(|(index, cells)| Row::of(index, cells, withheld, levels))
            .collect();
        let table = match project.form.as_deref() {
            Some(name) => vocabulary.form(name),
            None => form_with_milestones(project, vocabulary),
        };
        let withheld_rows = rows.iter().filter(|row| row.state == RowState::Withheld).count();
        Self {
            index,
            project,
            name: plain(project.name.as_deref().unwrap_or_default()),
            total: amount(project.budget.total_decimal, project),
            purpose: Text::of(project.purpose.as_deref()),
            goals: project.goals.iter().map(|goal| Text::of(Some(goal))).collect(),
            own_years: own_years(project),
            prints_all_rows: table.is_some_and(|form| form.prints_all_rows),
            is_withheld: project
                .purpose
                .as_deref()
                .is_some_and(|purpose| is_withheld_word(withheld, purpose))
                || (withheld_rows > 0 && 2 * withheld_rows >= rows.len()),
            rows,
        }
    }

    /// The rows that hold an indicator.
    pub(super) fn filled_rows(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.state == RowState::Filled)
    }

    /// The filled rows under a level 2, or under that level 1 with levels 2 of its own.
    pub(super) fn rows_of(&self, level: Level) -> impl Iterator<Item = &Row<'a>> {
        self.filled_rows().filter(move |row| row.level2 == Some(level))
    }

    /// Its project code, where it has the new shape.
    pub(super) fn code(&self) -> Option<ProjectCode<'a>> {
        self.project.code.as_deref().and_then(ProjectCode::read)
    }

    /// The path of a field below this form, in the whole model.
    pub(super) fn path(&self, field: &str) -> String {
        let index = self.index;
        if field.is_empty() {
            return format!("projects[{index}]");
        }
        format!("projects[{index}].{field}")
    }

    /// Where a field below this form stands.
    pub(super) fn place(&self, field: &str) -> Option<Place> {
        self.project.origin_at(field).map(|origin| origin.place)
    }

    /// The percentages of the spending plan that can be read, each with its place in the plan.
    pub(super) fn plan(&self) -> impl Iterator<Item = (usize, Decimal)> {
        let plan = self.project.spending_plan.iter().enumerate();
        plan.filter_map(|(at, milestone)| {
            Some((at, milestone.percent_decimal.filter(quantity::is_readable)?))
        })
    }

    /// What all percentages of the plan are to be multiplied by so that they make sense, where they only differ by
    /// a factor of 100 from a plan that rises to at most 100.
    pub(super) fn plan_scale(&self) -> Option<Decimal> {
        let percents: Vec<Decimal> = self.plan().map(|(_, percent)| percent).collect();
        let first = percents.iter().find(|percent| !percent.is_zero())?;
        let last = percents.last()?;
        let rises = percents.windows(2).all(|pair| pair[0] <= pair[1]);
        if !rises || last.is_sign_negative() {
            return None;
        }
        // A plan of one figure says enough only where it is a whole one.
        if *first > Decimal::ONE_HUNDRED && *last <= Decimal::from(10_000) {
            return (percents.len() > 1 || *last == Decimal::from(10_000)).then_some(Decimal::new(1, 2));
        }
        let is_part = *last <= Decimal::ONE && (percents.len() > 1 || *last == Decimal::ONE);
        let ends = *last == Decimal::ONE || percents.len() > 2;
        (is_part && ends).then_some(Decimal::ONE_HUNDRED)
    }

    /// Whether the source lost the end of the plan: its last percentage, or the milestone above it.
    pub(super) fn is_plan_cut(&self) -> bool {
        let plan = &self.project.spending_plan;
        let Some(last) = plan.last() else {
            return true;
        };
        let is_known = |milestone: &crate::model::Milestone| milestone.origins.get("milestone").is_some();
        self.is_lost(&format!("spending_plan[{}].percent", plan.len() - 1))
            || (last.percent.is_none() && !is_known(last))
    }

    /// The budget: the total in its cell; where the form has none, the total that the purpose states.
    pub(super) fn budget(&self) -> Option<Decimal> {
        if self.project.budget.total.is_some() || self.is_lost("budget.total") {
            return self.total;
        }
        super::money::stated_total(&self.purpose).map(|amount| amount.value)
    }

    /// Whether the source lost the field.
    pub(super) fn is_lost(&self, field: &str) -> bool {
        self.project
            .origin_at(field)
            .is_some_and(|origin| origin.state == State::Lost)
    }

    /// The cost rows that state a plain amount, in wan yuan; a number without a unit is in the form's unit, and what
    /// reads doubled counts once.
    pub(super) fn costs(&self) -> impl Iterator<Item = (&Row<'a>, Decimal)> {
        self.rows_of(Level::Cost)
            .filter(|row| row.is_spending() && !row.is_price(self))
            .filter_map(|row| row.cost(self).map(|amount| (row, amount)))
    }

    /// The cost rows that should come to the budget, with their amounts; `None` where one of them is a price, or
    /// cannot be read, so that the sum says nothing.
    pub(super) fn plain_costs(&self) -> Option<(Vec<&Row<'a>>, Vec<Decimal>)> {
        let mut rows = Vec::new();
        let mut amounts = Vec::new();
        for row in self.rows_of(Level::Cost).filter(|row| row.is_spending()) {
            // A count under cost stands in the wrong place, and costs nothing.
            if row.is_count() {
                continue;
            }
            if row.is_price(self) {
                if self.has_total_of(row) {
                    continue;
                }
                return None;
            }
            amounts.push(row.cost(self)?);
            rows.push(row);
        }
        Some((rows, amounts))
    }

    /// Whether another cost row is what a price comes to for one of the counts: 4个, 3.5万元/个 and 14万元.
    fn has_total_of(&self, price: &Row<'_>) -> bool {
        let Some(price) = price.target.quantity().filter(|price| price.upper.is_none()) else {
            return false;
        };
        let counts = self
            .rows_of(Level::Quantity)
            .filter_map(|row| row.target.quantity());
        let mut products = counts
            .filter(|count| !count.unit.is_empty() && price.per.starts_with(count.unit.as_str()))
            .filter_map(|count| count.value.checked_mul(price.value));
        products.any(|product| self.costs().any(|(_, amount)| amount == product))
    }

    /// The rows that stand for their levels: not those that the form prints itself and nobody filled.
    fn counted_rows(&self) -> impl Iterator<Item = &Row<'a>> {
        let counts = |row: &&Row<'_>| row.state != RowState::Blank || !self.prints_all_rows;
        self.rows.iter().filter(counts)
    }

    /// The required level-1 indicators that the form lacks: what they are, their label, and that in English.
    pub(super) fn missing_level1<'v>(
        &self,
        vocabulary: &'v Vocabulary,
    ) -> impl Iterator<Item = (Level, &'v str, &'static str)> {
        let required = [
            (Level::Output, "output"),
            (Level::Benefit, "benefit"),
            (Level::Satisfaction, "satisfaction"),
        ];
        let is_there = move |level| self.counted_rows().any(|row| row.level1 == Some(level));
        required
            .into_iter()
            .filter(move |(level, _)| !is_there(*level))
            .map(|(level, name)| (level, vocabulary.levels.printed(name), name))
    }

    /// Whether rows of a level 1 stand in the form though their level 1 is another: 服务对象满意度 below 效益.
    pub(super) fn has_level_of_its_own(&self, level: Level) -> bool {
        let belongs = |row: &Row<'_>| match level {
            Level::Output => matches!(
                row.level2,
                Some(Level::Quantity | Level::Quality | Level::Timeliness | Level::Output)
            ),
            other => row.level2 == Some(other),
        };
        self.rows.iter().any(|row| row.level1.is_none() && belongs(row))
    }

    /// The required level-2 indicators that the form lacks below a level 1 that it has: their label, and that in
    /// English.
    pub(super) fn missing_level2<'v>(&self, vocabulary: &'v Vocabulary) -> Vec<(&'v str, &'static str)> {
        let has1 = |level| self.counted_rows().any(|row| row.level1 == Some(level));
        let has2 = |level| self.counted_rows().any(|row| row.level2 == Some(level));
        let has_cost = has2(Level::Cost) || has1(Level::Cost);
        let mut missing = Vec::new();
        let mut need = |is_there: bool, name: &'static str| {
            if !is_there {
                missing.push((vocabulary.levels.printed(name), name));
            }
        };
        if has1(Level::Output) {
            need(has2(Level::Quantity), "quantity");
            need(has2(Level::Quality), "quality");
            need(has2(Level::Timeliness), "timeliness");
            need(has_cost, "cost");
        }
        if has1(Level::Benefit) {
            need(has2(Level::Benefit), "benefit");
        }
        if has1(Level::Satisfaction) {
            need(has2(Level::Satisfaction), "satisfaction");
        }
        missing
    }
}

impl<'a> Row<'a> {
    fn of(index: usize, cells: &'a Indicator, withheld: &[String], levels: &mut Levels<'a, '_>) -> Self {
        let name = plain(cells.level3.as_deref().unwrap_or_default());
        let description = plain(cells.description.as_deref().unwrap_or_default());
        let target = Text::of(cells.target.as_deref());
        let texts = [name.as_ref(), description.as_ref(), target.plain.as_ref()];
        let filled = || texts.iter().filter(|text| !text.is_empty());
        let is_filler = |text: &str| WORDS.fillers.has(text);
        let state = if filled().next().is_none() {
            RowState::Blank
        } else if filled().all(|text| withheld.iter().any(|word| word == text)) {
            RowState::Withheld
        } else if filled().all(|text| is_filler(text)) {
            RowState::Filler
        } else {
            RowState::Filled
        };
        Self {
            index,
            level1: levels.of(cells.level1.as_deref()),
            level2: levels.of(cells.level2.as_deref()),
            cells,
            name,
            description,
            basis: plain(cells.basis.as_deref().unwrap_or_default()),
            target,
            state,
            doubled: OnceCell::new(),
        }
    }

    /// The path of a cell of this row below its form.
    pub(super) fn path(&self, cell: &str) -> String {
        format!("indicators[{}].{cell}", self.index)
    }

    /// The target as printed; empty where it is blank.
    pub(super) fn printed(&self) -> &'a str {
        self.cells.target.as_deref().unwrap_or_default()
    }

    /// Whether a word of the list stands in the name or in the description.
    pub(super) fn says(&self, words: &List) -> bool {
        let says = |text: &str| words.is_in(text);
        says(&self.name) || says(&self.description)
    }

    /// Whether a word of the list stands in the name, or, where there is none, in the description.
    pub(super) fn is_named(&self, words: &List) -> bool {
        words.is_in(self.title())
    }

    /// The name, or the description where there is none.
    pub(super) fn title(&self) -> &str {
        if self.name.is_empty() {
            &self.description
        } else {
            &self.name
        }
    }

    /// The plain amount that the target states, in wan yuan: not a price per something, not a range.
    pub(super) fn amount(&self, form: &Form<'_>) -> Option<Decimal> {
        let quantity = self.target.quantity()?;
        if !quantity.per.is_empty() || quantity.upper.is_some() {
            return None;
        }
        match quantity.kind {
            Kind::Money => Some(quantity.value),
            // 50万 is an amount where amounts are asked for.
            Kind::Bare if quantity.value != quantity.number => {
                quantity.value.checked_div(Decimal::from(10_000))
            }
            Kind::Bare => amount(Some(quantity.value), form.project),
            _ => None,
        }
    }

    /// What the target should read, where it reads doubled in this form.
    pub(super) fn doubled(&self, form: &Form<'_>) -> Option<&Doubled> {
        self.doubled.get_or_init(|| doubled(form, self)).as_ref()
    }

    /// The cost that the target states, in wan yuan, once where it reads doubled.
    pub(super) fn cost(&self, form: &Form<'_>) -> Option<Decimal> {
        match self.doubled(form) {
            Some(doubled) => doubled.amount,
            None => self.amount(form),
        }
    }

    /// Whether it is a cost that the budget pays: not a saving, not a rate, not a burden on others.
    pub(super) fn is_spending(&self) -> bool {
        let level = self.cells.level2.as_deref().unwrap_or_default();
        let is_percentage = self
            .target
            .quantity()
            .is_some_and(|quantity| quantity.kind == Kind::Percent);
        !is_percentage
            && !self.is_rate()
            && !self.is_named(&WORDS.direction.good_costs)
            && !WORDS.levels.other_costs.is_in(level)
    }

    /// Whether its target counts or measures something, rather than stating an amount or a rate.
    pub(super) fn is_count(&self) -> bool {
        let quantity = self.target.quantity();
        quantity.is_some_and(|quantity| matches!(quantity.kind, Kind::Count | Kind::Measure | Kind::Time))
    }

    /// Whether its amount is a price of one of several: 500元/场, 每个单位2万元. A row whose description names a
    /// price, and then its target as the total, is none.
    pub(super) fn is_price(&self, form: &Form<'_>) -> bool {
        let Some(quantity) = self.target.quantity() else {
            return false;
        };
        let words = &WORDS.money.prices;
        if !quantity.per.is_empty() || words.is_in(&self.name) || words.is_in(&self.target.plain) {
            return true;
        }
        let totals = Text::of(self.cells.description.as_deref());
        let names_total = totals.stated().quantities.iter().any(|other| {
            let is_same = super::money::in_wan_yuan(other) == self.amount(form);
            let before = totals.plain[..other.range.start].trim_end_matches(['为', '约']);
            is_same && WORDS.money.totals.ends(before)
        });
        // 14人，每人每月1200元 tells how the target comes about.
        let amount = self.amount(form);
        let names_lower = totals.stated().quantities.iter().any(|other| {
            let before = &totals.plain[..other.range.start];
            let clause = before
                .rsplit(['，', ',', '；', ';', '。'])
                .next()
                .unwrap_or_default();
            other.kind == Kind::Money && Some(other.value) < amount && words.is_in(clause)
        });
        words.is_in(&self.description) && !names_total && !names_lower && form.budget() != amount
    }

    /// The comparison of the one quantity of the target.
    pub(super) fn sign(&self) -> Option<Comparison> {
        self.target.quantity().and_then(|quantity| quantity.sign)
    }

    /// Whether the target has an upper limit.
    pub(super) fn is_at_most(&self) -> bool {
        matches!(self.sign(), Some(Comparison::AtMost | Comparison::LessThan))
    }

    /// Whether the target has a lower limit.
    pub(super) fn is_at_least(&self) -> bool {
        matches!(self.sign(), Some(Comparison::AtLeast | Comparison::MoreThan))
    }

    /// Whether the target is the name or the description, word by word.
    pub(super) fn repeats(&self) -> bool {
        let is_same = |text: &str| !text.is_empty() && text == self.target.plain;
        let is_word = self
            .target
            .plain
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        is_word && (is_same(&self.name) || is_same(&self.description))
    }

    /// Whether it stands under satisfaction.
    pub(super) fn is_satisfaction(&self) -> bool {
        self.level2 == Some(Level::Satisfaction)
            || (self.level2.is_none() && self.level1 == Some(Level::Satisfaction))
    }

    /// Whether it is about a rate by its name: 完成率, 占比, 满意度.
    pub(super) fn is_rate(&self) -> bool {
        is_rate(self.title())
    }
}

/// A target with another sign; `None` where its comparison is said in words.
pub(super) fn turned(printed: &str, sign: &str) -> Option<String> {
    let is_sign = |c: char| "≥≤<>＜＞≧≦⩾⩽=＝≮≯".contains(c);
    let start = printed.find(is_sign)?;
    let rest = printed[start..].trim_start_matches(|c: char| is_sign(c) || c == ' ');
    Some(format!("{}{sign}{rest}", &printed[..start]))
}

/// Whether a name is that of a rate.
pub(super) fn is_rate(name: &str) -> bool {
    let name = name.split(['（', '(']).next().unwrap_or_default();
    let is_none = WORDS.no_rates.ends(name);
    !is_none && WORDS.rates.ends(name)
}

/// Whether a text is one of the words for what is withheld.
fn is_withheld_word(words: &[String], text: &str) -> bool {
    words.iter().any(|word| is_same(word, text))
}

/// An amount of a form in wan yuan.
pub(super) fn amount(amount: Option<Decimal>, project: &Project) -> Option<Decimal> {
    in_wan_yuan(amount?, project.amount_unit.as_deref()).filter(quantity::is_readable)
}

/// The form that names the milestones of a project, for models that do not say their form.
fn form_with_milestones<'v>(project: &Project, vocabulary: &'v Vocabulary) -> Option<&'v crate::vocab::Form> {
    let plan = &project.spending_plan;
    let is_named = |form: &&crate::vocab::Form| {
        let names = |text: &str| form.milestones.iter().any(|name| is_same(name, text));
        !plan.is_empty() && plan.iter().all(|milestone| names(&milestone.milestone))
    };
    vocabulary.forms.iter().find(is_named)
}

/// The years of a project: that in its code, where it has one, and those in its name.
fn own_years(project: &Project) -> Vec<i32> {
    let mut years = Vec::new();
    if let Some(code) = project.code.as_deref().and_then(ProjectCode::read) {
        years.push(code.year);
    }
    let name = plain(project.name.as_deref().unwrap_or_default());
    let mut digits = 0;
    for (at, c) in name.char_indices().chain([(name.len(), ' ')]) {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        if digits == 4
            && let Ok(year) = name[at - 4..at].parse()
            && (1990..2100).contains(&year)
        {
            years.push(year);
        }
        digits = 0;
    }
    years
}

/// What indicator levels are, by their texts; there are few texts.
struct Levels<'t, 'v> {
    vocabulary: &'v Vocabulary,
    known: BTreeMap<&'t str, Option<Level>>,
}

impl<'t> Levels<'t, '_> {
    fn of(&mut self, text: Option<&'t str>) -> Option<Level> {
        let text = text?;
        if let Some(level) = self.known.get(text) {
            return *level;
        }
        let names = [
            ("satisfaction", Level::Satisfaction),
            ("cost", Level::Cost),
            ("quantity", Level::Quantity),
            ("quality", Level::Quality),
            ("timeliness", Level::Timeliness),
            ("benefit", Level::Benefit),
            ("output", Level::Output),
        ];
        let text_key = key(text);
        let level = names
            .iter()
            .find(|(name, _)| {
                let parts = self.vocabulary.levels.texts(name);
                parts.iter().any(|part| text_key.contains(part.as_str()))
            })
            .map(|(_, level)| *level);
        self.known.insert(text, level);
        level
    }
}
