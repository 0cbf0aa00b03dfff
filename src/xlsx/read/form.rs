//! A form in an edited workbook: its fields, and its rows of indicators as they were edited, added,
//! taken out and moved.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::marks::MarkedCell;
use super::sheet::{EditedSheet, Said, origin};
use super::values::{is_untouched, text, tidied, unwrapped};
use crate::model::{Indicator, Origin, Project, decimal, indexed_path};
use crate::parse;
use crate::source::is_blank;

/// Reads a form into the project that its sheet was made from; for each row of indicators the index that
/// it had there.
pub(super) fn read(sheet: &mut EditedSheet<'_>, base: &Project) -> (Project, Vec<Option<usize>>) {
    let mut project = base.clone();
    let mut added = Vec::new();
    let mut milestones = 0;
    for (field, shown) in sheet.fields(|field| indexed_path(field, "indicators").is_none()) {
        let (said, origin) = sheet.said(&shown);
        let was = base.text_at(field).map(Cow::into_owned);
        let now = match said {
            Said::Untouched if field.contains("[+") => continue,
            Said::Untouched => was,
            Said::Edited(None) => None,
            Said::Edited(Some(now)) => {
                let shown = sheet.marks.shown(sheet.marked, shown[0].1);
                match field {
                    "goals" => {
                        project.goals = goals(base, shown, &now);
                        continue;
                    }
                    "title" => {
                        let (number, title) = heading(base, &now);
                        project.number = number;
                        Some(title)
                    }
                    "code" => Some(now.chars().filter(|&c| !is_blank(c)).collect()),
                    _ if field.ends_with(".percent") => Some(percentage(base, now)),
                    "purpose" => Some(now),
                    _ if field.starts_with("fields.") => Some(now),
                    _ => Some(unwrapped(shown, was.as_deref().unwrap_or_default(), &now).replace('\n', "")),
                }
            }
        };
        if field == "goals" {
            if now.is_none() {
                project.goals.clear();
            }
            for index in 0..project.goals.len() {
                if let Some(origin) = &origin {
                    project.origins.set(format!("goals[{index}]"), origin.clone());
                }
            }
            continue;
        }
        if field.contains("[+") {
            added.push((milestones, field, now, origin));
            continue;
        }
        if let Some((index, _)) = indexed_path(field, "spending_plan") {
            milestones = index + 1;
        }
        project.set_text_at(field, now, origin);
    }
    // From the last on, so that the places of the others stay what they are.
    for (at, field, now, origin) in added.into_iter().rev() {
        let count = project.spending_plan.len();
        project.set_text_at(field, now, origin);
        if project.spending_plan.len() > count {
            project.spending_plan[at.min(count)..].rotate_right(1);
        }
    }
    let rows = read_rows(sheet, base, &mut project);
    (project, rows)
}

/// Number and title in a heading such as `3.植树经费绩效目标表`.
fn heading(base: &Project, now: &str) -> (u32, String) {
    let line = now.replace('\n', "");
    match parse::numbered(&line) {
        Some((number, title)) => (number, title.to_owned()),
        None => (base.number, line),
    }
}

/// The goals in the text of their cell. Those that are there still keep their printed texts.
fn goals(base: &Project, shown: &str, now: &str) -> Vec<String> {
    let letters = |text: &str| text.chars().filter(|&c| !is_blank(c)).collect::<String>();
    let one_line = base.goals.iter().all(|goal| tidied(goal).lines().count() == 1);
    let goals = if parse::split_goals(shown).len() != base.goals.len() && one_line {
        now.lines().map(str::to_owned).collect()
    } else {
        parse::split_goals(now)
    };
    let known = |goal: String| {
        let same = base.goals.iter().find(|known| letters(known) == letters(&goal));
        // Only blanks that nobody put there may differ.
        same.filter(|known| tidied(known).lines().count() == goal.lines().count())
            .map_or(goal, String::clone)
    };
    goals.into_iter().map(known).collect()
}

/// A percentage as the form prints them.
fn percentage(base: &Project, now: String) -> String {
    let prints_sign = base
        .spending_plan
        .iter()
        .filter_map(|milestone| milestone.percent.as_deref())
        .any(|percent| percent.ends_with(['%', '％']));
    if prints_sign && decimal(&now).is_some() {
        now + "%"
    } else {
        now
    }
}

/// Where the cells of indicators stand: for each of [`Indicator::CELLS`] its columns.
fn columns(sheet: &EditedSheet<'_>) -> [Option<std::ops::Range<u32>>; 6] {
    let mut starts: BTreeMap<u32, usize> = BTreeMap::new();
    for cell in sheet.cells.iter().flat_map(|cells| cells.iter()) {
        let Some((_, name)) = cell
            .field
            .as_deref()
            .and_then(|field| indexed_path(field, "indicators"))
        else {
            continue;
        };
        if let Some(index) = Indicator::CELLS.iter().position(|own| *own == name) {
            starts.entry(cell.column).or_insert(index);
        }
    }
    let mut columns: [Option<std::ops::Range<u32>>; 6] = Default::default();
    let ends = starts.keys().skip(1).copied().chain([sheet.marked.columns]);
    for ((start, index), end) in starts.iter().zip(ends) {
        columns[*index] = Some(*start..end.max(start + 1));
    }
    columns
}

/// One row of indicators as it was written: its index, and its cells by their names.
struct Written<'a> {
    index: usize,
    cells: [Option<&'a MarkedCell>; 6],
}

fn read_rows(sheet: &mut EditedSheet<'_>, base: &Project, project: &mut Project) -> Vec<Option<usize>> {
    let columns = columns(sheet);
    let mut written: BTreeMap<usize, Written<'_>> = BTreeMap::new();
    for (row, cells) in sheet.cells.iter().enumerate() {
        for cell in *cells {
            let Some((index, name)) = cell
                .field
                .as_deref()
                .and_then(|field| indexed_path(field, "indicators"))
            else {
                continue;
            };
            let own = written.entry(row).or_insert_with(|| Written {
                index,
                cells: [None; 6],
            });
            if let Some(at) = Indicator::CELLS.iter().position(|own| *own == name) {
                // A long text goes on in further rows, which are those of no other.
                own.cells[at].get_or_insert(cell);
            }
        }
    }
    let (Some(&first), Some(&last)) = (written.keys().next(), written.keys().next_back()) else {
        return (0..project.indicators.len()).map(Some).collect();
    };
    // Rows above and below the list that stand still.
    let is_fixed = |row: &usize| !sheet.before[*row].is_listed && !sheet.cells[*row].is_empty();
    let above = (0..first).rev().filter(is_fixed).find_map(|row| sheet.now[row]);
    let below = (last + 1..sheet.before.len())
        .filter(is_fixed)
        .find_map(|row| sheet.now[row]);
    let zone = above.map_or(0, |row| row + 1)..below.unwrap_or(sheet.then.len() as u32);
    let mut level1 = LevelOne {
        carriers: carriers(&written),
        current: None,
        said: BTreeMap::new(),
    };
    let parts = parts(sheet);
    let end = (0..sheet.then.len() as u32).rev().find(|&number| {
        let then = sheet.then[number as usize];
        then.is_some_and(|then| written.contains_key(&then))
    });
    let end = end.unwrap_or(zone.start);
    let mut rows = Vec::new();
    project.indicators.clear();
    for number in zone {
        let then = sheet.then[number as usize];
        let own = then.and_then(|then| written.get(&then));
        if then.is_some_and(|then| parts.contains(&then)) {
            continue;
        }
        // A row that is covered from above is a part of that one, as a high row is written.
        if own.is_none() && !begins_any(sheet, number, &columns) {
            continue;
        }
        let mut indicator = own.map_or_else(Indicator::default, |own| base.indicators[own.index].clone());
        if own.is_none() && number > end && is_remark(sheet, number) {
            continue;
        }
        let mut is_blank_row = true;
        for (at, name) in Indicator::CELLS.iter().enumerate().skip(1) {
            let Some(columns) = columns[at].clone() else {
                continue;
            };
            let cell = own.and_then(|own| own.cells[at]);
            let (said, place) = row_cell(sheet, number, then, columns, cell);
            let slot = indicator.cell_mut(at);
            if let Said::Edited(now) = said {
                *slot = now;
            }
            is_blank_row &= slot.is_none();
            if let Some(place) = place {
                indicator.origins.set(*name, place);
            }
        }
        let was_blank = own.is_some_and(|own| is_empty(&base.indicators[own.index]));
        if let Some(columns) = columns[0].clone() {
            let is_row = !is_blank_row || was_blank;
            level1.read(sheet, base, own, number, columns, is_row, &mut indicator);
        }
        if is_blank_row && !was_blank {
            continue;
        }
        rows.push(own.map(|own| own.index));
        project.indicators.push(indicator);
    }
    level1.leave_idle(sheet);
    rows
}

/// Whether any cell behind the first level begins in a row.
fn begins_any(sheet: &EditedSheet<'_>, number: u32, columns: &[Option<std::ops::Range<u32>>; 6]) -> bool {
    let mut columns = columns.iter().skip(1).flatten().flat_map(Clone::clone);
    columns.any(|column| !sheet.grid.is_covered(number, column) && sheet.grid.cell(number, column).is_some())
}

/// Whether a row below the form is a remark: a single text that does not stand right below other rows.
fn is_remark(sheet: &EditedSheet<'_>, number: u32) -> bool {
    let texts =
        |row: u32| (0..sheet.marked.columns).filter(move |&column| sheet.grid.cell(row, column).is_some());
    texts(number).count() == 1
        && number
            .checked_sub(1)
            .is_some_and(|above| texts(above).next().is_none())
}

/// The rows that only go on with texts of the row above.
fn parts(sheet: &EditedSheet<'_>) -> std::collections::BTreeSet<usize> {
    let cells = sheet.cells.iter().enumerate();
    cells
        .filter(|(_, cells)| !cells.is_empty() && cells.iter().all(|cell| cell.joint.is_some()))
        .map(|(row, _)| row)
        .collect()
}

/// Reads a cell of a row of indicators, with the rows that its text goes on in.
fn row_cell<'a>(
    sheet: &mut EditedSheet<'a>,
    number: u32,
    then: Option<usize>,
    columns: std::ops::Range<u32>,
    cell: Option<&'a MarkedCell>,
) -> (Said, Option<Origin>) {
    let place = origin(Some(sheet.grid.place(number, columns.start)));
    if let (Some(then), Some(cell)) = (then, cell) {
        let mut shown = vec![(then, cell)];
        for row in then + 1..sheet.cells.len() {
            let same = |next: &&'a MarkedCell| next.field == cell.field && next.joint.is_some();
            match sheet.cells[row].iter().find(same) {
                Some(next) => shown.push((row, next)),
                None => break,
            }
        }
        let (said, place) = sheet.said(&shown);
        if said != Said::Edited(None) {
            return (said, place);
        }
    }
    if columns
        .clone()
        .any(|column| sheet.grid.is_uncalculated(number, column))
    {
        return (Said::Untouched, place);
    }
    // Something may have been typed beside the cell that it belongs to.
    let there = sheet.take_between(number, columns);
    (Said::Edited(text(there)), place)
}

/// Whether a row says nothing but its first level.
fn is_empty(indicator: &Indicator) -> bool {
    let own = indicator;
    [
        &own.level2,
        &own.level3,
        &own.description,
        &own.target,
        &own.basis,
    ]
    .iter()
    .all(|text| text.is_none())
}

/// For each row of indicators, by its index, the row as it was written that carries its first level.
fn carriers<'a>(written: &BTreeMap<usize, Written<'a>>) -> BTreeMap<usize, (usize, &'a MarkedCell)> {
    let mut carriers = BTreeMap::new();
    let mut last = None;
    for (row, own) in written {
        if let Some(cell) = own.cells[0] {
            last = Some((*row, cell));
        }
        carriers.extend(last.map(|last| (own.index, last)));
    }
    carriers
}

/// The first level while the rows are gone through: a cell of it stands for the rows below, too.
struct LevelOne<'a> {
    carriers: BTreeMap<usize, (usize, &'a MarkedCell)>,
    /// What stands for the rows that say nothing of their own.
    current: Option<String>,
    /// The cells of texts that were not written there, and whether any row was read with them.
    said: BTreeMap<(u32, u32), bool>,
}

impl LevelOne<'_> {
    /// Leaves the texts that no row was read with to be named.
    fn leave_idle(self, sheet: &mut EditedSheet<'_>) {
        for (at, _) in self.said.into_iter().filter(|(_, is_used)| !is_used) {
            sheet.leave(at);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a row has so many sides")]
    fn read(
        &mut self,
        sheet: &mut EditedSheet<'_>,
        base: &Project,
        own: Option<&Written<'_>>,
        number: u32,
        columns: std::ops::Range<u32>,
        is_row: bool,
        indicator: &mut Indicator,
    ) {
        let was = own.and_then(|own| base.indicators[own.index].level1.clone());
        let carrier = own.and_then(|own| self.carriers.get(&own.index).copied());
        let place = sheet.grid.first_of(number, columns.start);
        let there = sheet.take_between(number, columns);
        let (marks, marked) = (sheet.marks, sheet.marked);
        let is_shown = |carrier: Option<(usize, &MarkedCell)>| {
            let shown = carrier.map_or("", |(_, cell)| marks.shown(marked, cell));
            is_untouched(shown, there)
        };
        let is_own = is_shown(carrier);
        if let Some(cell) = there.filter(|_| !is_own) {
            *self.said.entry(cell.at).or_default() |= is_row;
        }
        indicator.level1 = if let Some(said) = text(there) {
            let known = if is_own { was } else { None };
            // The row may have been put below another cell of the same texts.
            let known = known.or_else(|| {
                let mut all = self.carriers.iter();
                let same = all.find(|(_, carrier)| is_shown(Some(**carrier)))?;
                base.indicators[*same.0].level1.clone()
            });
            let said = known.unwrap_or(said);
            self.current = Some(said.clone());
            Some(said)
        } else if let (Some(was), Some((row, _))) = (was, carrier) {
            let is_gone = sheet.now[row].is_none();
            let is_cleared = sheet.now[row].is_some_and(|now| {
                sheet.grid.cell(now, place.1).is_none() && !sheet.grid.is_covered(now, place.1)
            });
            if is_gone {
                // The text went with the row that it stood in, the rows below it did not.
                self.current = Some(was.clone());
                Some(was)
            } else if is_cleared {
                self.current = None;
                None
            } else {
                self.current.clone().or(Some(was))
            }
        } else if own.is_some() {
            self.current = None;
            None
        } else {
            self.current.clone()
        };
        if !is_row {
            return;
        }
        if let Some(origin) = origin(Some(sheet.grid.place(place.0, place.1))) {
            indicator.origins.set("level1", origin);
        }
    }
}
