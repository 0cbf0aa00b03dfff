//! An edited workbook read back: the model that it was made from, which the hidden sheet keeps, with what
//! people changed in the cells since.
//!
//! A sheet is known by the names of its cells, by its name or by its content; its rows by what stands in
//! them. A sheet in which the labels are no longer where they were is read as any document is, by its
//! labels. What finds no place is named.
//!
//! Architecture invariant: a cell that nobody touched reads back as exactly the text that it was made of,
//! and no text of any cell is passed over in silence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::marks::{MarkedSheet, Marks, Part};
use crate::blocks::{Document, Grid, Grids, MARKS_NAME, WAY};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::{Department, Project};
use crate::parse::{Ledger, Unplaced};
use crate::source::visible;
use crate::vocab::Vocabulary;

mod derived;
mod document;
mod form;
mod labelled;
mod rows;
mod sheet;
mod values;

use sheet::EditedSheet;

/// What an edited workbook says.
#[derive(Clone, Debug)]
pub struct ReadBack {
    /// The department as the workbook shows it now; origins are cells.
    pub department: Department,
    /// The department that the workbook was made from, without origins.
    pub base: Department,
    /// For each project its index in the base; `None` for a form that was added.
    pub projects: Vec<Option<usize>>,
    /// For each indicator row of each project its index in that project of the base.
    pub rows: Vec<Vec<Option<usize>>>,
    /// What found no place, and what could not be read.
    pub findings: Vec<Finding>,
    /// What became of every character of the sheets.
    pub ledger: Ledger,
}

/// A form as it was read.
struct ReadForm {
    project: Project,
    base: Option<usize>,
    rows: Vec<Option<usize>>,
}

/// Reads a workbook that the program made back; `None` if the document is none, or its marks are lost.
#[must_use]
pub fn read_back(document: &Document, vocabulary: &Vocabulary) -> Option<ReadBack> {
    let grids = document.grids.as_ref()?;
    let marks = Marks::read(&grids.marks)?;
    let mut findings = Vec::new();
    let mut department = marks.model.clone();
    let mut forms: Vec<ReadForm> = Vec::new();
    let identities = identities(grids, &marks);
    let is_there: BTreeSet<usize> = identities.iter().filter_map(Identity::original).collect();
    for (index, marked) in marks.sheets.iter().enumerate() {
        if marked.part == Part::Document && !is_there.contains(&index) {
            document::take_away(&mut department, marked, &mut findings);
        }
    }
    for (grid, identity) in grids.sheets.iter().zip(&identities) {
        let known = match identity {
            Identity::Original(index) | Identity::Copy(index) => Some(&marks.sheets[*index]),
            Identity::Unknown => None,
        };
        let is_copy = !matches!(identity, Identity::Original(_));
        let names = named_rows(grids, grid, known);
        let sheet = known
            .filter(|marked| marked.part != Part::Derived)
            .and_then(|marked| EditedSheet::new(grid, &marks, marked, &names));
        match (known.map(|marked| marked.part), sheet) {
            (Some(Part::Derived), _) if !is_copy => {
                if let Some(marked) = known {
                    derived::name_edits(grid, marked, &mut findings);
                }
            }
            (Some(Part::Document), Some(mut sheet)) if !is_copy => {
                document::read(&mut sheet, &mut department);
                sheet.name_the_rest(&mut findings);
            }
            (Some(Part::Form(project)), Some(mut sheet)) => {
                let base = &marks.model.projects[project];
                let (project, rows) = form::read(&mut sheet, base);
                sheet.name_the_rest(&mut findings);
                let base = indexed_original(identity, &marks);
                let rows = if is_copy { vec![None; rows.len()] } else { rows };
                forms.push(ReadForm { project, base, rows });
            }
            _ => {
                let base = indexed_original(identity, &marks);
                let known = base.map(|index| &marks.model.projects[index]);
                labelled::read(grid, vocabulary, known, &mut department, &mut findings)
                    .into_iter()
                    .enumerate()
                    .for_each(|(index, project)| {
                        forms.push(ReadForm {
                            rows: vec![None; project.indicators.len()],
                            base: base.filter(|_| index == 0),
                            project,
                        });
                    });
            }
        }
    }
    keep_unshown(&mut forms, &marks);
    for grid in &grids.sheets {
        let remarks = grid.comments().filter(|remark| !marks.is_own_note(remark.text));
        findings.extend(remarks.map(|remark| remarked(grid, remark.at, remark.text)));
    }
    let ledger = account(grids, &marks, &identities, &findings);
    department.projects.clear();
    let (mut projects, mut rows) = (Vec::new(), Vec::new());
    for form in forms {
        department.projects.push(form.project);
        projects.push(form.base);
        rows.push(form.rows);
    }
    department.refresh_meanings();
    Some(ReadBack {
        department,
        base: marks.model,
        projects,
        rows,
        findings,
        ledger,
    })
}

/// Accounts for the characters of all sheets: those that are named, those of labels and of sheets that
/// follow from others, and the rest, which is in the model.
fn account(grids: &Grids, marks: &Marks, identities: &[Identity], findings: &[Finding]) -> Ledger {
    let count = |text: &str| visible(text) as u64;
    let unplaced = findings
        .iter()
        .filter(|finding| finding.code == Code::TextUnplaced);
    let unplaced: Vec<Unplaced> = unplaced
        .filter_map(|finding| {
            let place = finding.places.first()?.clone();
            let text = finding.quote.clone()?;
            Some(Unplaced { place, text })
        })
        .collect();
    let named: BTreeSet<&Place> = unplaced.iter().map(|piece| &piece.place).collect();
    let mut ledger = Ledger::default();
    for (grid, identity) in grids.sheets.iter().zip(identities) {
        let marked = match identity {
            Identity::Original(sheet) | Identity::Copy(sheet) => Some(&marks.sheets[*sheet]),
            Identity::Unknown => None,
        };
        let cells = marked
            .into_iter()
            .flat_map(|sheet| &sheet.rows)
            .flat_map(|row| &row.1);
        let labels = cells.filter(|cell| cell.field.is_none());
        let labels: BTreeSet<String> = labels
            .filter_map(|cell| cell.text.as_deref().map(values::tidied))
            .collect();
        let is_derived = marked.is_some_and(|sheet| sheet.part == Part::Derived);
        for cell in grid.cells() {
            let letters = count(cell.text);
            ledger.total += letters;
            let is_furniture =
                is_derived || cell.text.starts_with(WAY) || labels.contains(&values::tidied(cell.text));
            *if named.contains(&grid.place(cell.at.0, cell.at.1)) {
                &mut ledger.named
            } else if is_furniture {
                &mut ledger.furniture
            } else {
                &mut ledger.model
            } += letters;
        }
    }
    ledger.unplaced = unplaced;
    ledger
}

/// Puts the projects that no sheet was written of in their places: of these nothing was taken out.
fn keep_unshown(forms: &mut Vec<ReadForm>, marks: &Marks) {
    let shown: BTreeSet<usize> = marks
        .sheets
        .iter()
        .filter_map(|sheet| match sheet.part {
            Part::Form(project) => Some(project),
            Part::Document | Part::Derived => None,
        })
        .collect();
    for (index, project) in marks.model.projects.iter().enumerate() {
        if shown.contains(&index) {
            continue;
        }
        let before = forms
            .iter()
            .rposition(|form| form.base.is_some_and(|base| base < index));
        let form = ReadForm {
            project: project.clone(),
            base: Some(index),
            rows: (0..project.indicators.len()).map(Some).collect(),
        };
        forms.insert(before.map_or(0, |before| before + 1), form);
    }
}

fn indexed_original(identity: &Identity, marks: &Marks) -> Option<usize> {
    match marks.sheets[identity.original()?].part {
        Part::Form(project) => Some(project),
        Part::Document | Part::Derived => None,
    }
}

/// What a sheet is, by the index of a sheet as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Original(usize),
    /// It was copied from that sheet, or looks like it.
    Copy(usize),
    Unknown,
}

impl Identity {
    fn original(&self) -> Option<usize> {
        match self {
            Self::Original(index) => Some(*index),
            Self::Copy(_) | Self::Unknown => None,
        }
    }
}

/// Tells for each sheet of a workbook which of the written ones it is.
fn identities(grids: &Grids, marks: &Marks) -> Vec<Identity> {
    let mut found = vec![Identity::Unknown; grids.sheets.len()];
    let mut is_taken = vec![false; marks.sheets.len()];
    let by_names = |is_local: bool| votes(grids, marks, is_local);
    let take = |found: &mut Vec<Identity>, is_taken: &mut Vec<bool>, grid: usize, sheet: usize| {
        if found[grid] == Identity::Unknown && !is_taken[sheet] {
            found[grid] = Identity::Original(sheet);
            is_taken[sheet] = true;
        }
    };
    for (_, grid, sheet) in by_names(false) {
        take(&mut found, &mut is_taken, grid, sheet);
    }
    for (grid, there) in grids.sheets.iter().enumerate() {
        let same = marks.sheets.iter().position(|sheet| sheet.name == there.name());
        if let Some(sheet) = same {
            take(&mut found, &mut is_taken, grid, sheet);
        }
    }
    // What is left of both may have been renamed, by a program that knows no names of cells.
    let mut likely: Vec<(usize, usize, usize)> = Vec::new();
    let looks: Vec<BTreeSet<String>> = grids.sheets.iter().map(texts_of_grid).collect();
    for (sheet, marked) in marks.sheets.iter().enumerate() {
        if is_taken[sheet] {
            continue;
        }
        let texts = texts_of_fields(marks, marked);
        for (grid, look) in looks.iter().enumerate() {
            let same = texts.intersection(look).count();
            if found[grid] == Identity::Unknown && same * 2 > texts.len() {
                likely.push((same, grid, sheet));
            }
        }
    }
    likely.sort_by_key(|&(same, grid, sheet)| (std::cmp::Reverse(same), grid, sheet));
    for (_, grid, sheet) in likely {
        take(&mut found, &mut is_taken, grid, sheet);
    }
    for (_, grid, sheet) in by_names(true) {
        if found[grid] == Identity::Unknown {
            found[grid] = Identity::Copy(sheet);
        }
    }
    for (grid, there) in grids.sheets.iter().enumerate() {
        if found[grid] == Identity::Unknown
            && let Some(sheet) = likeliest_form(there, marks)
        {
            found[grid] = Identity::Copy(sheet);
        }
    }
    found
}

/// How many names of cells of a written sheet lead to a sheet: count, index of the sheet, index of the
/// written one; the most first.
fn votes(grids: &Grids, marks: &Marks, is_local: bool) -> Vec<(usize, usize, usize)> {
    let sheets: HashMap<&str, usize> = grids
        .sheets
        .iter()
        .enumerate()
        .map(|(index, grid)| (grid.name(), index))
        .collect();
    let of_project: HashMap<usize, usize> = marks
        .sheets
        .iter()
        .enumerate()
        .filter_map(|(index, sheet)| match sheet.part {
            Part::Form(project) => Some((project, index)),
            Part::Document | Part::Derived => None,
        })
        .collect();
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for name in grids.names.iter().filter(|name| name.is_local == is_local) {
        let Some(grid) = sheets.get(name.sheet.as_str()) else {
            continue;
        };
        let Some(rest) = name.name.strip_prefix(MARKS_NAME) else {
            continue;
        };
        let sheet = match rest.strip_prefix("sheet") {
            Some(number) => number.parse().ok().filter(|&sheet| sheet < marks.sheets.len()),
            None => rest
                .split_once('_')
                .and_then(|(project, _)| of_project.get(&project.parse::<usize>().ok()?).copied()),
        };
        if let Some(sheet) = sheet {
            *counts.entry((*grid, sheet)).or_default() += 1;
        }
    }
    let mut votes: Vec<_> = counts
        .into_iter()
        .map(|((grid, sheet), count)| (count, grid, sheet))
        .collect();
    votes.sort_by_key(|&(count, grid, sheet)| (std::cmp::Reverse(count), grid, sheet));
    votes
}

/// The texts of fields of a sheet as it was written, and how many labels stand where.
fn texts_of_fields(marks: &Marks, sheet: &MarkedSheet) -> BTreeSet<String> {
    let cells = sheet.rows.iter().flat_map(|row| &row.1);
    let fields = cells.filter(|cell| cell.field.is_some());
    fields
        .map(|cell| values::tidied(marks.shown(sheet, cell)))
        .filter(|text| text.chars().count() > 3)
        .collect()
}

fn texts_of_grid(grid: &Grid) -> BTreeSet<String> {
    grid.cells().map(|cell| values::tidied(cell.text)).collect()
}

/// The written form that a sheet looks like: all labels of it stand in the sheet, in their columns.
fn likeliest_form(grid: &Grid, marks: &Marks) -> Option<usize> {
    let there: BTreeSet<(u32, String)> = grid
        .cells()
        .map(|cell| (cell.at.1, values::tidied(cell.text)))
        .collect();
    marks.sheets.iter().position(|sheet| {
        let cells = sheet.rows.iter().flat_map(|row| &row.1);
        let mut labels = cells.filter(|cell| cell.field.is_none() && cell.text.is_some());
        matches!(sheet.part, Part::Form(_))
            && labels.all(|cell| {
                let text = cell.text.as_deref().unwrap_or_default();
                there.contains(&(cell.column, values::tidied(text)))
            })
    })
}

/// The rows of a written sheet that names of cells lead to, with the rows that they lead to.
fn named_rows(grids: &Grids, grid: &Grid, sheet: Option<&MarkedSheet>) -> HashMap<u32, u32> {
    let Some(sheet) = sheet else {
        return HashMap::new();
    };
    let Part::Form(project) = sheet.part else {
        return HashMap::new();
    };
    let start = format!("{MARKS_NAME}{project}_");
    let now: HashMap<&str, u32> = grids
        .names
        .iter()
        .filter(|name| name.sheet == grid.name())
        .filter_map(|name| Some((name.name.strip_prefix(&start)?, name.cell.row)))
        .collect();
    let cells = sheet
        .rows
        .iter()
        .flat_map(|row| row.1.iter().map(|cell| (row.0, cell)));
    cells
        .filter_map(|(row, cell)| {
            let name = super::marks::field_name(cell.field.as_deref()?)?;
            Some((row, *now.get(name.as_str())?))
        })
        .collect()
}

/// A note that somebody put beside a cell.
fn remarked(grid: &Grid, at: (u32, u32), text: &str) -> Finding {
    Finding::new(
        Code::TextUnplaced,
        Message::new(
            "这是人工添加的批注，重新生成的工作簿中不会有。",
            "Somebody put this note beside the cell; it will not be in the workbook made anew.",
        ),
    )
    .at(grid.place(at.0, at.1))
    .quoting(text)
}

/// A text that belongs to no field.
fn unplaced(grid: &Grid, at: (u32, u32), text: &str) -> Finding {
    Finding::new(
        Code::TextUnplaced,
        Message::new(
            "工作簿中这处文字不属于任何栏目，重新生成的表中不会有。",
            "This text of the workbook belongs to no field; it will not be in what is made anew.",
        ),
    )
    .at(grid.place(at.0, at.1))
    .quoting(text)
}
