//! The indicator table: one indicator per row, its cells under the six headings.

use std::rc::Rc;

use super::lexicon::{Label, Lexicon};
use super::narrative::seam;
use super::{Account, Fate, Piece};
use crate::finding::{Code, Finding, Message};
use crate::model::{Indicator, State};

/// The fields of a row, in the order of the headings.
const FIELDS: [&str; 6] = ["level1", "level2", "level3", "description", "target", "basis"];

fn field_mut(indicator: &mut Indicator, column: usize) -> &mut Option<String> {
    match column {
        0 => &mut indicator.level1,
        1 => &mut indicator.level2,
        2 => &mut indicator.level3,
        3 => &mut indicator.description,
        4 => &mut indicator.target,
        _ => &mut indicator.basis,
    }
}

/// One row of the table as it was read: its block, and its cells.
pub(super) struct TableRow {
    pub(super) block: usize,
    pub(super) cells: Rc<[Piece]>,
}

/// The indicator table of one form while it is read.
#[derive(Default)]
pub(super) struct IndicatorTable {
    /// For each cell position of the header row the column that it heads.
    columns: Vec<Option<usize>>,
    /// Rows since the header was seen, the header itself and its repetitions as `None`.
    rows: Vec<Option<TableRow>>,
}

type Values = [Option<Piece>; 6];

impl IndicatorTable {
    /// Whether a header row was seen.
    pub(super) fn has_header(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Takes a header row; a later one is the header repeated after a page break.
    pub(super) fn add_header(&mut self, labels: &[Option<Label>]) {
        self.columns = labels
            .iter()
            .map(|label| match label {
                Some(Label::Column(column)) => Some(usize::from(*column)),
                _ => None,
            })
            .collect();
        self.rows.push(None);
    }

    /// Takes a row below the header.
    pub(super) fn add_row(&mut self, row: TableRow) {
        self.rows.push(Some(row));
    }

    /// Reads the rows into indicators.
    pub(super) fn read(self, account: &mut Account, lexicon: &Lexicon, number: u32) -> Vec<Indicator> {
        // Where no row has a blank first cell, the extractor drops the blank cells of merged labels, and
        // a row that begins with its level 2 has lost nothing.
        let keeps_blanks = self
            .rows
            .iter()
            .flatten()
            .any(|row| row.cells.first().is_some_and(|cell| cell.text.is_empty()) && row.cells.len() > 1);
        let mut indicators: Vec<Indicator> = Vec::new();
        let mut after_header = false;
        for row in &self.rows {
            let Some(row) = row else {
                after_header = true;
                continue;
            };
            account.settle(row.block, Fate::Model);
            let values = self.align(account, lexicon, row, keeps_blanks, number, indicators.len());
            if values.iter().all(Option::is_none) {
                continue;
            }
            let continues = !indicators.is_empty() && is_continuation(lexicon, &values, after_header);
            let count = indicators.len();
            match indicators.last_mut() {
                Some(last) if continues => join(account, last, values, (number, count - 1)),
                _ => {
                    let indicator = indicator(
                        account,
                        lexicon,
                        values,
                        indicators.last(),
                        number,
                        indicators.len(),
                    );
                    indicators.push(indicator);
                }
            }
            after_header = false;
        }
        indicators
    }

    /// Puts the cells of a row under the headings.
    fn align(
        &self,
        account: &mut Account,
        lexicon: &Lexicon,
        row: &TableRow,
        keeps_blanks: bool,
        number: u32,
        index: usize,
    ) -> Values {
        let mut cells: Vec<&Piece> = row.cells.iter().collect();
        let text =
            |cells: &[&Piece], at: usize| cells.get(at).map_or("", |cell| cell.text.as_str()).to_owned();
        let (first, second) = (text(&cells, 0), text(&cells, 1));
        let blank = Piece {
            text: String::new(),
            start: cells.first().map_or(0, |cell| cell.start),
        };
        let leads_with_level2 =
            !first.is_empty() && lexicon.is_level2(&first) && !lexicon.is_level1(&first, &second);
        if leads_with_level2 {
            cells.insert(0, &blank);
            if keeps_blanks {
                account.findings.push(
                    Finding::new(
                        Code::LeadingCellLost,
                        Message::new(
                            format!("该行缺少首列单元格，“{first}”已归入二级指标。"),
                            format!("The row lost its leading cell; {first} was put back as its level 2."),
                        ),
                    )
                    .at(account.place(blank.start))
                    .in_form(number)
                    .on_field(format!("indicators[{index}].level2"))
                    .quoting(first),
                );
            }
        }
        let mut values = Values::default();
        let fits = |at: usize, cell: &Piece| {
            cell.text.is_empty() || self.columns.get(at).copied().flatten().is_some()
        };
        if cells.iter().enumerate().all(|(at, cell)| fits(at, cell)) {
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty()) {
                if let Some(column) = self.columns[at] {
                    values[column] = Some((*cell).clone());
                }
            }
            return values;
        }
        // The row has other blank cells than the header: its texts go under the headings in order. The
        // first two are levels if they are known as such.
        let filled: Vec<&Piece> = cells
            .iter()
            .copied()
            .filter(|cell| !cell.text.is_empty())
            .collect();
        let text = |at: usize| filled.get(at).map_or("", |cell| cell.text.as_str());
        let first_column = if lexicon.is_level1(text(0), text(1)) {
            0
        } else if lexicon.is_level2(text(0)) {
            1
        } else {
            6_usize.saturating_sub(filled.len())
        };
        for (cell, column) in filled.into_iter().zip(first_column..) {
            if let Some(value) = values.get_mut(column) {
                *value = Some(cell.clone());
            } else if let Some(last) = values[5].as_mut() {
                account.findings.push(
                    Finding::new(
                        Code::CellSurplus,
                        Message::new(
                            "该行的单元格多于列数，多出的内容并入最后一列。",
                            "The row has more cells than columns; the rest was added to the last column.",
                        ),
                    )
                    .at(account.place(cell.start))
                    .in_form(number)
                    .on_field(format!("indicators[{index}].basis"))
                    .quoting(cell.text.clone()),
                );
                last.text.push('\n');
                last.text.push_str(&cell.text);
            }
        }
        values
    }
}

/// Whether a row is the rest of the row above it, cut by a page break: it has no levels, and not
/// enough of its own to be an indicator.
fn is_continuation(lexicon: &Lexicon, values: &Values, after_header: bool) -> bool {
    let [level1, level2, level3, _, target, basis] = values;
    if after_header
        && level2.is_none()
        && level1
            .as_ref()
            .is_some_and(|text| !lexicon.is_level1(&text.text, ""))
    {
        return level3.is_none();
    }
    if level1.is_some() || level2.is_some() {
        return false;
    }
    level3.is_none() || (after_header && (target.is_none() || basis.is_none()))
}

/// Joins the rest of a row to the row it was cut from.
fn join(account: &mut Account, indicator: &mut Indicator, values: Values, (number, index): (u32, usize)) {
    for (column, rest) in values.into_iter().enumerate() {
        let Some(rest) = rest else { continue };
        let field = field_mut(indicator, column);
        let before = field.get_or_insert_default();
        account.findings.push(
            Finding::new(
                Code::CellJoined,
                Message::new(
                    "被分页断开的单元格已接合。",
                    "A cell that a page break cut in two was joined.",
                ),
            )
            .at(account.place(rest.start))
            .in_form(number)
            .on_field(format!("indicators[{index}].{}", FIELDS[column]))
            .quoting(seam(before, &rest.text)),
        );
        before.push_str(&rest.text);
        let start = indicator.origins.get(FIELDS[column]).map(|origin| origin.place);
        let place = start.unwrap_or_else(|| account.place(rest.start));
        indicator.origins.set(
            FIELDS[column],
            crate::model::Origin {
                place,
                state: State::Repaired,
            },
        );
    }
}

fn indicator(
    account: &mut Account,
    lexicon: &Lexicon,
    values: Values,
    above: Option<&Indicator>,
    number: u32,
    index: usize,
) -> Indicator {
    let mut indicator = Indicator::default();
    let row_start = values
        .iter()
        .flatten()
        .map(|piece| piece.start)
        .min()
        .unwrap_or(0);
    for (column, value) in values.into_iter().enumerate() {
        let origin = account.origin(
            value.as_ref().map_or(row_start, |value| value.start),
            State::Printed,
        );
        indicator.origins.set(FIELDS[column], origin);
        *field_mut(&mut indicator, column) = value.map(|value| value.text);
    }
    // Merged labels are filled down; level 2 only below the same level 1.
    if indicator.level1.is_none()
        && let Some(above) = above
    {
        indicator.level1.clone_from(&above.level1);
        if indicator.level2.is_none() {
            indicator.level2.clone_from(&above.level2);
        }
    }
    let next = indicator.level2.clone().unwrap_or_default();
    for (column, field) in FIELDS.into_iter().enumerate().take(2) {
        let text = field_mut(&mut indicator, column).clone().unwrap_or_default();
        let known = if column == 0 {
            lexicon.is_level1(&text, &next)
        } else {
            lexicon.is_level2(&text)
        };
        if known {
            continue;
        }
        let origin = indicator.origins.get(field).copied();
        let (zh, en) = if text.is_empty() {
            (
                "缺少该级指标名称。".to_owned(),
                "The name of this level is missing.".to_owned(),
            )
        } else {
            (
                format!("“{text}”不是本表的指标名称。"),
                format!("{text} is no indicator of this form."),
            )
        };
        account.findings.push(
            Finding::new(Code::LevelUnknown, Message::new(zh, en))
                .at_some(origin.map(|origin| origin.place))
                .in_form(number)
                .on_field(format!("indicators[{index}].{field}"))
                .quoting(text),
        );
    }
    indicator
}
