//! The indicator table: one indicator per row, its cells under the six headings.

use std::ops::Range;

use super::lexicon::{Label, Lexicon};
use super::narrative::seam;
use super::{Account, Fate, Piece};
use crate::finding::{Code, Finding, Message};
use crate::model::{Indicator, Origins, State};
use crate::vocab::is_same;

/// One row of the table as it was read: its block, and its cells.
pub(super) struct TableRow<'a> {
    pub(super) block: u32,
    pub(super) width: u32,
    pub(super) cells: &'a [Piece<'a>],
}

/// What stands in the table, in order.
enum Entry<'a> {
    Row(TableRow<'a>),
    /// The header, repeated after a page break; the first header too.
    Header(Heads),
    PageBreak,
}

/// The columns that each heading stands above, in the order of the header row.
type Heads = Vec<(Range<u16>, usize)>;

/// The indicator table of one form while it is read.
#[derive(Default)]
pub(super) struct IndicatorTable<'a> {
    has_header: bool,
    entries: Vec<Entry<'a>>,
}

type Values<'a> = [Option<Piece<'a>>; 6];

impl<'a> IndicatorTable<'a> {
    /// Whether a header row was seen.
    pub(super) fn has_header(&self) -> bool {
        self.has_header
    }

    /// Takes a header row; a later one is the header repeated after a page break.
    pub(super) fn add_header(&mut self, cells: &[Piece<'a>], labels: &[Option<Label>]) {
        let mut heads = Heads::new();
        for (cell, label) in cells.iter().zip(labels) {
            let Some(Label::Column(heading)) = *label else {
                continue;
            };
            let heading = usize::from(heading);
            let columns = cell.column_range();
            match heads.last_mut() {
                // The copy of a merged cell widens its column.
                Some((known, of)) if *of == heading => known.end = columns.end,
                _ => heads.push((columns, heading)),
            }
        }
        self.has_header |= !heads.is_empty();
        self.entries.push(Entry::Header(heads));
    }

    /// Takes a row below the header.
    pub(super) fn add_row(&mut self, row: TableRow<'a>) {
        self.entries.push(Entry::Row(row));
    }

    /// Notes that a page ends here.
    pub(super) fn add_page_break(&mut self) {
        if self.has_header() {
            self.entries.push(Entry::PageBreak);
        }
    }

    fn rows(&self) -> impl Iterator<Item = &TableRow<'a>> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Row(row) => Some(row),
            _ => None,
        })
    }

    /// Reads the rows into indicators.
    pub(super) fn read(self, account: &mut Account, lexicon: &Lexicon, number: u32) -> Vec<Indicator> {
        // Where no row has a blank first cell, the extractor drops the blank cells of merged labels, and
        // a row that begins with its level 2 has lost nothing.
        let keeps_blanks = self
            .rows()
            .any(|row| row.cells.first().is_none_or(|cell| cell.column > 0) && row.width > 1);
        let mut indicators: Vec<Indicator> = Vec::new();
        let mut after_break = false;
        // A page may have other columns than the one before it, so its rows stand below its own header.
        let mut heads: &[(Range<u16>, usize)] = &[];
        for entry in &self.entries {
            let row = match entry {
                Entry::Row(row) => row,
                Entry::Header(repeated) => {
                    heads = repeated;
                    after_break = true;
                    continue;
                }
                Entry::PageBreak => {
                    after_break = true;
                    continue;
                }
            };
            account.settle(row.block as usize, Fate::Model);
            if row.cells.is_empty() {
                continue;
            }
            let values = align(
                account,
                lexicon,
                (row, heads),
                keeps_blanks,
                (number, indicators.len()),
            );
            let continues = !indicators.is_empty() && is_continuation(lexicon, &values, after_break);
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
            after_break = false;
        }
        indicators
    }
}

/// Puts the cells of a row under the headings.
fn align<'a>(
    account: &mut Account,
    lexicon: &Lexicon,
    (row, heads): (&TableRow<'a>, &[(Range<u16>, usize)]),
    keeps_blanks: bool,
    (number, index): (u32, usize),
) -> Values<'a> {
    let cells = row.cells;
    let text = |at: usize| cells.get(at).map_or("", |cell| &*cell.text);
    let (first, second) = (text(0), text(1));
    // A row without its leading cell stands one column too far to the left.
    let leads_with_level2 = cells.first().is_some_and(|cell| cell.column == 0)
        && lexicon.is_level2(first)
        && !lexicon.is_level1(first, second);
    let shift = u16::from(leads_with_level2);
    if leads_with_level2 && keeps_blanks {
        account.findings.push(
            Finding::new(
                Code::LeadingCellLost,
                Message::new(
                    format!("该行缺少首列单元格，“{first}”已归入二级指标。"),
                    format!("The row lost its leading cell; {first} was put back as its level 2."),
                ),
            )
            .at(account.place(cells[0].start))
            .in_form(number)
            .on_field(format!("indicators[{index}].level2"))
            .quoting(first),
        );
    }
    let heading = |cell: &Piece| {
        let column = cell.column.saturating_add(shift);
        let head = heads.iter().find(|(columns, _)| columns.contains(&column));
        head.map(|&(_, heading)| heading)
    };
    let mut values = Values::default();
    if cells.iter().all(|cell| heading(cell).is_some()) {
        for (cell, heading) in cells.iter().filter_map(|cell| Some((cell, heading(cell)?))) {
            put(account, &mut values, heading, cell, (number, index));
        }
        return values;
    }
    // The row has other blank cells than the header: its texts go under the headings in order. The
    // first two are levels if they are known as such.
    let first_column = if lexicon.is_level1(first, second) {
        0
    } else if lexicon.is_level2(first) {
        1
    } else {
        6_usize.saturating_sub(cells.len())
    };
    for (cell, column) in cells.iter().zip(first_column..) {
        put(account, &mut values, column, cell, (number, index));
    }
    values
}

/// Puts a cell into a column; one too many goes with the cell before it, and a copy of that goes
/// nowhere.
fn put<'a>(
    account: &mut Account,
    values: &mut Values<'a>,
    column: usize,
    cell: &Piece<'a>,
    (number, index): (u32, usize),
) {
    let column = column.min(5);
    let Some(known) = &mut values[column] else {
        values[column] = Some(cell.clone());
        return;
    };
    if is_same(&known.text, &cell.text) {
        return;
    }
    account.findings.push(
        Finding::new(
            Code::CellSurplus,
            Message::new(
                "该行的单元格多于列数，多出的内容并入前一格。",
                "The row has more cells than columns; the rest was added to the cell before it.",
            ),
        )
        .at(account.place(cell.start))
        .in_form(number)
        .on_field(format!("indicators[{index}].{}", Indicator::CELLS[column]))
        .quoting(&*cell.text),
    );
    let text = known.text.to_mut();
    text.push('\n');
    text.push_str(&cell.text);
}

/// Whether a row is the rest of the row above it, cut by a page break: it has no levels, and not
/// enough of its own to be an indicator.
fn is_continuation(lexicon: &Lexicon, values: &Values<'_>, after_header: bool) -> bool {
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
fn join(account: &mut Account, indicator: &mut Indicator, values: Values<'_>, (number, index): (u32, usize)) {
    for (column, rest) in values.into_iter().enumerate() {
        let Some(rest) = rest else { continue };
        let field = indicator.cell_mut(column);
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
            .on_field(format!("indicators[{index}].{}", Indicator::CELLS[column]))
            .quoting(seam(before, &rest.text)),
        );
        before.push_str(&rest.text);
        let start = indicator
            .origins
            .get(Indicator::CELLS[column])
            .map(|origin| origin.place.clone());
        let place = start.unwrap_or_else(|| account.place(rest.start));
        indicator.origins.set(
            Indicator::CELLS[column],
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
    values: Values<'_>,
    above: Option<&Indicator>,
    number: u32,
    index: usize,
) -> Indicator {
    let mut indicator = Indicator {
        origins: Origins::with_capacity(Indicator::CELLS.len()),
        ..Indicator::default()
    };
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
        indicator.origins.set(Indicator::CELLS[column], origin);
        *indicator.cell_mut(column) = value.map(|value| value.text.into_owned());
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
    let [level1, level2] =
        [&indicator.level1, &indicator.level2].map(|level| level.as_deref().unwrap_or_default());
    for (column, field) in Indicator::CELLS.into_iter().enumerate().take(2) {
        let (text, known) = if column == 0 {
            (level1, lexicon.is_level1(level1, level2))
        } else {
            (level2, lexicon.is_level2(level2))
        };
        if known {
            continue;
        }
        let origin = indicator.origins.get(field);
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

#[cfg(test)]
mod tests {
    use crate::parse::read_document;
    use crate::vocab::Vocabulary;

    /// The description of the first page covers two columns, that of the second page one.
    #[test]
    fn rows_stand_below_the_header_of_their_own_page() {
        let text = "1.河道养护绩效目标表\n\n\
            项目编码\t1\t\t项目名称\t河道养护\t\t\n\
            一级指标\t二级指标\t三级指标\t绩效指标描述\t\t指标值\t指标值确定依据\n\
            产出指标\t数量指标\t清淤长度\t全年清淤长度\t\t≥3公里\t\n\
            \t质量指标\t合格率\t验收合格率\t\t100%\t合同约定\n\n\
            — 2 —\n\n\
            一级指标\t二级指标\t三级指标\t绩效指标描述\t指标值\t指标值确定依据\n\
            满意度指标\t服务对象满意度指标\t村民满意度\t问卷调查\t≥90%\t\n";
        let parsed = read_document(text.as_bytes(), &Vocabulary::built_in());
        let rows = &parsed.departments[0].projects[0].indicators;
        let cells: Vec<_> = rows
            .iter()
            .map(|row| (row.target.as_deref(), row.basis.as_deref()))
            .collect();
        assert_eq!(
            cells,
            [
                (Some("≥3公里"), None),
                (Some("100%"), Some("合同约定")),
                (Some("≥90%"), None),
            ]
        );
    }
}
