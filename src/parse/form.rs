//! One performance target form: its head (title, unit, unit of the amounts) and its table.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::indicators::{IndicatorTable, TableRow};
use super::lexicon::{Label, Lexicon, numbered};
use super::outline::{FormSpan, amount_unit, is_unit};
use super::plan::{self, PlanRow};
use super::residue::is_page_number;
use super::{Account, Fate, Piece, goals};
use crate::blocks::BlockKind;
use crate::finding::{Code, Finding, Message};
use crate::model::{Department, Project, State, decimal};
use crate::vocab::{Form, is_same};

/// The part of the table that the last row belonged to: what a row without a label goes on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    Head,
    /// Below the amounts, where the purpose stands if it has no label.
    BelowBudget,
    Purpose,
    Plan,
    Goals,
    Indicators,
}

/// A form while it is read.
struct FormReader<'r, 'a> {
    account: &'r mut Account<'a>,
    lexicon: &'r Lexicon<'r>,
    project: Project,
    zone: Zone,
    seen: BTreeSet<Label>,
    plan: Vec<PlanRow<'a>>,
    purpose: Vec<Piece<'a>>,
    goals: Vec<Piece<'a>>,
    table: IndicatorTable<'a>,
    /// The row whose first cell is the rest of a label that a page cut, and that label.
    cut_label: Option<(usize, Label)>,
    /// Where the form ends.
    end: usize,
}

/// Reads the form that stands in `span`; `index` is its place in the document, from 0.
pub(super) fn read(account: &mut Account, lexicon: &Lexicon, span: &FormSpan, index: usize) -> Project {
    let findings_before = account.findings.len();
    let mut reader = FormReader {
        account,
        lexicon,
        project: Project::default(),
        zone: Zone::Head,
        seen: BTreeSet::new(),
        plan: Vec::new(),
        purpose: Vec::new(),
        goals: Vec::new(),
        table: IndicatorTable::default(),
        cut_label: None,
        end: span.body.end,
    };
    reader.read_head(span, index);
    let mut continued_title = 0..0;
    for block in span.body.clone() {
        if continued_title.contains(&block) {
            continue;
        }
        match reader.account.blocks.kind(block) {
            BlockKind::Row => reader.read_row(block),
            BlockKind::Paragraph => match reader.continued_title(block) {
                Some(title) => continued_title = title,
                None => reader.read_paragraph(block),
            },
            BlockKind::Furniture => {
                reader.account.settle(block, Fate::Furniture);
                reader.table.add_page_break();
            }
            BlockKind::PageBreak => reader.table.add_page_break(),
            BlockKind::Blank => {}
        }
    }
    let project = reader.finish(span);
    // The readers of a form's parts name fields as the form does; a finding names them in the document.
    for field in account.findings[findings_before..]
        .iter_mut()
        .filter_map(|finding| finding.field.as_mut())
    {
        field.insert_str(0, &format!("projects[{index}]."));
    }
    project
}

impl<'r, 'a> FormReader<'r, 'a> {
    fn read_head(&mut self, span: &FormSpan, index: usize) {
        let title: Vec<Piece<'a>> = span.title.clone().map(|block| self.account.line(block)).collect();
        let text: String = title.iter().map(|piece| &*piece.text).collect();
        let start = title
            .first()
            .map_or_else(|| self.account.line(span.body.start).start, |piece| piece.start);
        for block in span.title.clone() {
            self.account.settle(block, Fate::Model);
        }
        let (number, name) = numbered(&text).unwrap_or_else(|| {
            let number = index as u32 + 1;
            self.account.findings.push(
                Finding::new(
                    Code::FormNumberMissing,
                    Message::new(
                        format!("表名没有编号，按顺序编为第 {number} 表。"),
                        format!("The title has no number; in order it is form {number}."),
                    ),
                )
                .at(self.account.place(start))
                .in_form(number)
                .on_field("number")
                .quoting(text.clone()),
            );
            (number, text.as_str())
        });
        self.project.number = number;
        self.project.title = (!name.is_empty()).then(|| name.to_owned());
        let state = if title.len() > 1 {
            State::Repaired
        } else {
            State::Printed
        };
        self.project
            .origins
            .set("number", self.account.origin(start, state));
        self.project
            .origins
            .set("title", self.account.origin(start, state));
        if let [first, second, ..] = title.as_slice() {
            self.account.findings.push(
                Finding::new(
                    Code::HeadingJoined,
                    Message::new(
                        "断成数行的表名已接合。",
                        "A title that was broken over lines was joined.",
                    ),
                )
                .at(self.account.place(second.start))
                .in_form(number)
                .on_field("title")
                .quoting(super::narrative::seam(&first.text, &second.text)),
            );
        }
        for block in span.head.clone().filter(|block| !span.title.contains(block)) {
            for (cell, piece) in self.account.cells(block).iter().enumerate() {
                self.read_head_cell(block, cell, piece);
            }
        }
    }

    /// A cell between title and table: the unit, the unit of the amounts, or both in one.
    fn read_head_cell(&mut self, block: usize, cell: usize, piece: &Piece) {
        let text = &*piece.text;
        if self.account.blocks.kind(block) == BlockKind::Furniture || is_page_number(text) && !is_unit(text) {
            self.account.settle_cell(block, cell, Fate::Furniture);
            return;
        }
        if let Some(unit) = amount_unit(self.lexicon, text) {
            // Another unit than the one that is known is left over, and named as such.
            if self
                .project
                .amount_unit
                .as_deref()
                .is_none_or(|known| is_same(known, unit))
            {
                self.set_amount_unit(unit, piece.start);
                self.account.settle_cell(block, cell, Fate::Model);
            }
            return;
        }
        if self.project.unit_name.is_none() && self.follows_unit_code(block, cell) {
            self.project.unit_name = Some(text.to_owned());
            let origin = self.account.origin(piece.start, State::Printed);
            self.project.origins.set("unit_name", origin);
            self.account.settle_cell(block, cell, Fate::Model);
            return;
        }
        if !is_unit(text) || self.project.unit_code.is_some() {
            return;
        }
        // Unit and unit of the amounts may share a line.
        let break_at = text
            .char_indices()
            .rev()
            .filter(|(_, c)| c.is_whitespace())
            .map(|(at, _)| at)
            .find(|&at| amount_unit(self.lexicon, text[at..].trim_start()).is_some());
        let (unit, amounts) = break_at.map_or((text, None), |at| (text[..at].trim_end(), Some(at)));
        if let Some(at) = amounts
            && let Some(amount) = amount_unit(self.lexicon, text[at..].trim_start())
        {
            let amount = amount.to_owned();
            self.set_amount_unit(&amount, piece.start + at as u32);
        }
        let code = unit.len() - unit.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let name = unit[code..].trim_start();
        self.project.unit_code = Some(unit[..code].to_owned());
        self.project.unit_name = (!name.is_empty()).then(|| name.to_owned());
        let origin = self.account.origin(piece.start, State::Printed);
        self.project.origins.set("unit_code", origin);
        self.project.origins.set(
            "unit_name",
            self.account
                .origin(piece.start + (unit.len() - name.len()) as u32, State::Printed),
        );
        self.account.settle_cell(block, cell, Fate::Model);
    }

    /// Whether the cell before this one is the code of the unit, so that this one is its name.
    fn follows_unit_code(&self, block: usize, cell: usize) -> bool {
        let pieces = self.account.cells(block);
        let before = cell.checked_sub(1).and_then(|before| pieces.get(before));
        let code = self.project.unit_code.as_deref();
        before.is_some_and(|before| code == Some(&*before.text))
    }

    fn set_amount_unit(&mut self, unit: &str, start: u32) {
        self.seen.insert(Label::AmountUnit);
        self.project.amount_unit = Some(unit.to_owned());
        self.project
            .origins
            .set("amount_unit", self.account.origin(start, State::Printed));
    }

    fn read_row(&mut self, block: usize) {
        let pieces = self.account.cells(block);
        let mut labels: Vec<Option<Label>> = pieces
            .iter()
            .map(|piece| self.lexicon.label(&piece.text))
            .collect();
        if let Some(first) = labels.first_mut().filter(|label| label.is_none()) {
            *first = match self.cut_label.take() {
                Some((rest, label)) if rest == block => Some(label),
                other => {
                    self.cut_label = other.or_else(|| self.label_cut_below(block));
                    self.cut_label.map(|(_, label)| label)
                }
            };
        }
        let headings: BTreeSet<Label> = labels
            .iter()
            .flatten()
            .copied()
            .filter(|label| matches!(label, Label::Column(_)))
            .collect();
        if headings.len() >= 4 {
            self.seen.extend(headings);
            self.table.add_header(pieces, &labels);
            self.account.settle(block, Fate::Furniture);
            self.zone = Zone::Indicators;
            return;
        }
        let first_label = labels.first().copied().flatten();
        match first_label {
            // In the indicator table a cell may say what elsewhere is a label.
            _ if self.zone == Zone::Indicators => {
                self.table.add_row(TableRow {
                    block: block as u32,
                    cells: pieces,
                    width: self.account.blocks.width(block) as u32,
                });
            }
            Some(Label::SpendingPlan) => {
                self.zone = Zone::Plan;
                self.seen.insert(Label::SpendingPlan);
                self.read_plan_row(block, pieces, &labels);
            }
            Some(Label::Goals) => {
                self.zone = Zone::Goals;
                self.seen.insert(Label::Goals);
                self.read_text_row(block, pieces, &labels);
            }
            Some(Label::Budget) if self.zone == Zone::BelowBudget && labels.iter().flatten().count() == 1 => {
                // The label of two merged rows, written in both.
                self.read_text_row(block, pieces, &labels);
            }
            Some(Label::Column(_)) | None => match self.zone {
                Zone::Plan => self.read_plan_row(block, pieces, &labels),
                Zone::Goals | Zone::BelowBudget | Zone::Purpose => {
                    self.read_text_row(block, pieces, &labels);
                }
                Zone::Head | Zone::Indicators => {}
            },
            Some(_) => self.read_pairs(block, pieces, &labels),
        }
    }

    /// The row with the rest of the label that a row's first cell begins, where a page cut it in two.
    fn label_cut_below(&self, block: usize) -> Option<(usize, Label)> {
        /// A page end is not longer than this.
        const LOOKAHEAD: usize = 6;
        let begin = self
            .account
            .cells(block)
            .first()
            .filter(|cell| cell.column == 0)?;
        if self.zone == Zone::Indicators || begin.text.chars().count() > 12 {
            return None;
        }
        let rest =
            (block + 1..self.end.min(block + 1 + LOOKAHEAD)).find(|&rest| self.account.is_row(rest))?;
        let more = self.account.cells(rest).first().filter(|cell| cell.column == 0)?;
        let label = self.lexicon.label(&format!("{}{}", begin.text, more.text))?;
        Some((rest, label))
    }

    /// A row of labels, each with its value behind it.
    fn read_pairs(&mut self, block: usize, pieces: &'a [Piece<'a>], labels: &[Option<Label>]) {
        let mut current: Option<Label> = None;
        for (cell, piece) in pieces.iter().enumerate() {
            if let Some(label) = labels[cell] {
                current = Some(label);
                self.account.settle_cell(block, cell, Fate::Furniture);
                match label {
                    Label::Budget => self.zone = Zone::BelowBudget,
                    Label::Purpose => self.zone = Zone::Purpose,
                    _ => {}
                }
                if self.seen.insert(label) {
                    self.note_blank(label, piece.start);
                }
            } else if let Some(label) = current
                && self.set_value(label, piece)
            {
                self.account.settle_cell(block, cell, Fate::Model);
            }
        }
    }

    /// Notes where a field stands, so that a blank one has a place too.
    fn note_blank(&mut self, label: Label, start: u32) {
        let origin = self.account.origin(start, State::Printed);
        match label {
            Label::Code | Label::Name | Label::Purpose | Label::Own(_) => {
                self.project.origins.set(self.lexicon.field(label), origin);
            }
            Label::BudgetTotal => self.project.budget.origins.set("total", origin),
            Label::BudgetFiscal => self.project.budget.origins.set("fiscal", origin),
            Label::BudgetOther => self.project.budget.origins.set("other", origin),
            _ => {}
        }
    }

    /// Takes the value behind a label. Returns whether it found its place.
    fn set_value(&mut self, label: Label, piece: &Piece<'a>) -> bool {
        let origin = self.account.origin(piece.start, State::Printed);
        let text = piece.text.to_string();
        let (field, name, origins): (&mut Option<String>, &'static str, _) = match label {
            Label::Code => (&mut self.project.code, "code", &mut self.project.origins),
            Label::Name => (&mut self.project.name, "name", &mut self.project.origins),
            Label::BudgetTotal => (
                &mut self.project.budget.total,
                "total",
                &mut self.project.budget.origins,
            ),
            Label::BudgetFiscal => (
                &mut self.project.budget.fiscal,
                "fiscal",
                &mut self.project.budget.origins,
            ),
            Label::BudgetOther => (
                &mut self.project.budget.other,
                "other",
                &mut self.project.budget.origins,
            ),
            Label::Purpose => {
                self.add_text(Label::Purpose, piece);
                return true;
            }
            Label::Own(_) => {
                let name = self.lexicon.own_name(label);
                if let Some(known) = self.project.fields.get(name) {
                    return is_same(known, &text);
                }
                self.project.fields.insert(name.to_owned(), text);
                self.project.origins.set(self.lexicon.field(label), origin);
                return true;
            }
            _ => return false,
        };
        if let Some(known) = field.as_deref() {
            // The second copy of a merged cell says nothing new; any other text is left over.
            return is_same(known, &text);
        }
        let text = if label == Label::Code {
            text.chars().filter(|c| !c.is_whitespace()).collect()
        } else {
            text
        };
        *field = Some(text);
        origins.set(name, origin);
        true
    }

    fn read_plan_row(&mut self, block: usize, pieces: &'a [Piece<'a>], labels: &[Option<Label>]) {
        let mut cells = Vec::new();
        for (cell, piece) in pieces.iter().enumerate() {
            let is_label = labels[cell] == Some(Label::SpendingPlan);
            self.account
                .settle_cell(block, cell, if is_label { Fate::Furniture } else { Fate::Model });
            if !is_label {
                cells.push(piece.clone());
            }
        }
        self.plan.push(PlanRow {
            cells,
            width: self.account.blocks.width(block),
        });
    }

    /// A row whose texts belong to the purpose or to the goals.
    fn read_text_row(&mut self, block: usize, pieces: &'a [Piece<'a>], labels: &[Option<Label>]) {
        let target = if self.zone == Zone::Goals {
            Label::Goals
        } else {
            Label::Purpose
        };
        for (cell, piece) in pieces.iter().enumerate() {
            let is_label = matches!(labels[cell], Some(Label::Goals | Label::Budget | Label::Purpose));
            if is_label {
                self.account.settle_cell(block, cell, Fate::Furniture);
                continue;
            }
            self.add_text(target, piece);
            self.account.settle_cell(block, cell, Fate::Model);
        }
    }

    /// Adds a text to the purpose or to the goals; a copy of a merged cell adds nothing.
    fn add_text(&mut self, target: Label, piece: &Piece<'a>) {
        let texts = if target == Label::Goals {
            &mut self.goals
        } else {
            &mut self.purpose
        };
        if texts.iter().all(|known| !is_same(&known.text, &piece.text)) {
            texts.push(piece.clone());
        }
    }

    /// The blocks from `block` on that repeat the title where the form goes on on a further page.
    fn continued_title(&mut self, block: usize) -> Option<Range<usize>> {
        /// A title is on no more lines.
        const MOST_LINES: usize = 6;
        let title = self.project.title.as_deref()?;
        let mut text = String::new();
        for last in block..self.end.min(block + MOST_LINES) {
            if self.account.blocks.kind(last) != BlockKind::Paragraph {
                return None;
            }
            text.push_str(&self.account.line(last).text);
            if let Some(repeated) = self.lexicon.without_continued_table(&text) {
                let (_, repeated) = numbered(repeated).unwrap_or((0, repeated));
                if !is_same(repeated, title) {
                    return None;
                }
                for block in block..=last {
                    self.account.settle(block, Fate::Furniture);
                }
                self.table.add_page_break();
                return Some(block..last + 1);
            }
        }
        None
    }

    /// A line between the rows: a page number, or the rest of a text with several paragraphs.
    fn read_paragraph(&mut self, block: usize) {
        let line = self.account.line(block);
        if line.text.is_empty() || is_page_number(&line.text) {
            self.account.settle(block, Fate::Furniture);
            self.table.add_page_break();
            return;
        }
        let target = match self.zone {
            Zone::Goals => Label::Goals,
            Zone::Purpose | Zone::BelowBudget if !self.purpose.is_empty() => Label::Purpose,
            _ => return,
        };
        self.add_text(target, &line);
        self.account.settle(block, Fate::Model);
    }

    fn finish(mut self, span: &FormSpan) -> Project {
        let number = self.project.number;
        let form = self.choose_form();
        self.project.form = form.map(|form| form.name.clone());
        self.project.spending_plan = plan::read(self.account, self.lexicon, form, &self.plan, number);
        if let Some(first) = self.purpose.first() {
            self.project
                .origins
                .set("purpose", self.account.origin(first.start, State::Printed));
            self.project.purpose = Some(joined(&self.purpose));
        }
        if let Some(first) = self.goals.first() {
            self.project.goals = goals::split(&joined(&self.goals));
            let origin = self.account.origin(first.start, State::Printed);
            for index in 0..self.project.goals.len() {
                self.project
                    .origins
                    .set(format!("goals[{index}]"), origin.clone());
            }
        }
        let has_header = self.table.has_header();
        self.project.indicators = std::mem::take(&mut self.table).read(self.account, self.lexicon, number);
        let place = self.account.place(self.account.line(span.head.start).start);
        if self.project.indicators.is_empty() {
            self.account.findings.push(
                Finding::new(
                    Code::IndicatorsMissing,
                    Message::new("该表没有任何绩效指标。", "The form has no indicator."),
                )
                .at(place.clone())
                .in_form(number)
                .on_field("indicators"),
            );
        }
        self.check_amounts(number);
        if let Some(form) = form {
            for (name, texts) in &form.labels.0 {
                let label = texts.iter().find_map(|text| self.lexicon.label(text));
                let Some(label) = label.filter(|label| !self.seen.contains(label)) else {
                    continue;
                };
                // The headings of a table that is not there at all are one finding, made above.
                if matches!(label, Label::Column(_)) && !has_header {
                    continue;
                }
                let text = texts.first().map_or(name.as_str(), String::as_str);
                self.account.findings.push(
                    Finding::new(
                        Code::FieldMissing,
                        Message::new(
                            format!("文本中没有“{text}”一栏。"),
                            format!("The field {text} is not in the text."),
                        ),
                    )
                    .at(place.clone())
                    .in_form(number)
                    .on_field(self.lexicon.field(label))
                    .quoting(text),
                );
            }
        }
        self.project
    }

    /// The form whose labels and milestones the text shows best.
    fn choose_form(&self) -> Option<&'r Form> {
        let named: BTreeSet<&str> = self
            .plan
            .iter()
            .flat_map(|row| &row.cells)
            .filter_map(|cell| self.lexicon.milestone(&cell.text))
            .collect();
        let forms = self
            .lexicon
            .vocabulary
            .forms
            .iter()
            .zip(&self.lexicon.form_labels);
        let best = forms.rev().max_by_key(|(form, labels)| {
            let known = labels.intersection(&self.seen).count();
            let foreign = self.seen.difference(labels).count();
            let missing = labels.difference(&self.seen).count();
            let milestones = form
                .milestones
                .iter()
                .filter(|text| named.contains(text.as_str()))
                .count();
            let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            count(known + 2 * milestones) - count(missing + 2 * foreign)
        });
        best.map(|(form, _)| form)
    }

    fn check_amounts(&mut self, number: u32) {
        let budget = &self.project.budget;
        for (name, text) in [
            ("total", &budget.total),
            ("fiscal", &budget.fiscal),
            ("other", &budget.other),
        ] {
            let Some(text) = text.as_deref().filter(|text| decimal(text).is_none()) else {
                continue;
            };
            self.account.findings.push(
                Finding::new(
                    Code::AmountUnreadable,
                    Message::new("该金额不是数字。", "This amount is not a number."),
                )
                .at_some(budget.origins.get(name).map(|origin| origin.place))
                .in_form(number)
                .on_field(format!("budget.{name}"))
                .quoting(text),
            );
        }
    }
}

fn joined(pieces: &[Piece<'_>]) -> String {
    pieces
        .iter()
        .map(|piece| &*piece.text)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Reports forms that share a number.
pub(super) fn check_numbers(account: &mut Account, department: &Department) {
    let mut first_with: BTreeMap<u32, &Project> = BTreeMap::new();
    for (index, project) in department.projects.iter().enumerate() {
        let earlier = match first_with.entry(project.number) {
            Entry::Vacant(entry) => {
                entry.insert(project);
                continue;
            }
            Entry::Occupied(entry) => *entry.get(),
        };
        let place = |project: &Project| {
            let origin = project.origins.get("number")?;
            Some(origin.place.clone())
        };
        account.findings.push(
            Finding::new(
                Code::FormNumberRepeated,
                Message::new(
                    format!("表号 {} 重复。", project.number),
                    format!("The number {} is given twice.", project.number),
                ),
            )
            .at_some(place(project))
            .at_some(place(earlier))
            .in_form(project.number)
            .on_field(format!("projects[{index}].number"))
            .quoting(project.title.clone().unwrap_or_default()),
        );
    }
}
