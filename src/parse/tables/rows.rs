//! The indicator rows: the fragments below the header are cut into rows and cells where that costs
//! least. What costs: a row without its level 2, a blank cell that left no gap, a target that is none,
//! a line that goes on although its column had room for more. The widths of the columns are not known
//! at first; they are learnt from the cells that are broken, and the cutting is done again.

use super::fragments::{Fragment, Joint, Manner, joined};
use super::head::label_of;
use super::{Cell, cell};
use crate::parse::lexicon::{Label, Lexicon};
use crate::parse::widths::{ColumnLines, first_width, hangs_together};

/// One line of the table as it was put together.
pub(super) enum Line {
    Row(Vec<Cell<'static>>),
    PageBreak,
    Furniture(Cell<'static>),
}

const COLUMNS: usize = 6;
/// The state before the first cell of a row.
const FRESH: usize = COLUMNS;
/// The states of the rest of a row that a page cut: one for each column from level 3 on.
const REST: usize = FRESH + 1 - 2;
const STATES: usize = REST + COLUMNS;

/// The column that the last cell of a state is in.
fn column_of(state: usize) -> usize {
    if state > FRESH { state - REST } else { state }
}
/// The most fragments of one cell.
const MOST_FRAGMENTS: usize = 60;
/// No cell is worth more than this.
const MOST_COST: f32 = 14.0;
/// What the rest of a row costs that a page cut, and each blank cell in it.
const REST_COST: f32 = 0.8;
const REST_BLANK: f32 = 0.3;
/// How often the widths of the columns are learnt anew.
const PASSES: usize = 3;

/// The widths of the columns in characters, where they are known.
type Widths = [Option<f32>; COLUMNS];

/// A table on its way from fragments to rows.
struct Table<'t> {
    fragments: Vec<Fragment<'t>>,
    /// For each fragment how many from it on are a level 1, or a level 2; 0 if none.
    level1: Vec<usize>,
    level2: Vec<usize>,
    /// The header's cells, and furniture, with the number of the fragment they stand before.
    header: Vec<(usize, Vec<Cell<'static>>)>,
    furniture: Vec<(usize, Cell<'static>)>,
}

/// What a space within a line may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    /// The gap between two cells.
    Seam,
    /// The narrow gap between a Chinese character and a number or a Latin word, or that between two cells.
    BeforeNumber,
    /// The narrow gap behind a number or a Latin word: a unit follows more often than another cell.
    AfterNumber,
    /// The space between two words, or that between two cells.
    Word,
}

/// A cell that was cut: its column, and its fragments. A level 1 that stands apart has no row.
#[derive(Clone, Copy, Debug)]
struct Cut {
    column: usize,
    start: usize,
    end: usize,
    begins_row: bool,
    apart: bool,
}

/// Puts the rows of all forms of a document together.
pub(super) fn read(tables: &[&[Fragment]], lexicon: &Lexicon, manner: &Manner) -> Vec<Vec<Line>> {
    let tables: Vec<Table> = tables
        .iter()
        .map(|fragments| Table::new(fragments, lexicon))
        .collect();
    let mut widths = Widths::default();
    let mut cuts: Vec<Vec<Cut>> = Vec::new();
    for _ in 0..PASSES {
        cuts = tables.iter().map(|table| table.cut(&widths, manner)).collect();
        if !manner.wrapped && !manner.spaced {
            break;
        }
        let learnt = learn(&tables, &cuts);
        if learnt == widths {
            break;
        }
        widths = learnt;
    }
    tables
        .into_iter()
        .zip(cuts)
        .map(|(table, cuts)| table.rows(&cuts, &widths, lexicon))
        .collect()
}

/// The widths of the columns, from the lines of their cells.
fn learn(tables: &[Table], cuts: &[Vec<Cut>]) -> Widths {
    let mut columns: [ColumnLines; COLUMNS] = std::array::from_fn(|_| ColumnLines::default());
    for (table, cuts) in tables.iter().zip(cuts) {
        for cut in cuts {
            let mut lines: Vec<(f32, &str)> = Vec::new();
            for fragment in &table.fragments[cut.start..cut.end] {
                match lines.last_mut() {
                    Some((width, _)) if fragment.joint == Joint::Space => *width += 0.25 + fragment.width,
                    _ => lines.push((fragment.width, fragment.text)),
                }
            }
            columns[cut.column].add_cell(lines.into_iter());
        }
    }
    columns.map(|lines| lines.width(1))
}

impl<'t> Table<'t> {
    fn new(all: &[Fragment<'t>], lexicon: &Lexicon) -> Self {
        let mut table = Self {
            fragments: Vec::with_capacity(all.len()),
            level1: Vec::new(),
            level2: Vec::new(),
            header: Vec::new(),
            furniture: Vec::new(),
        };
        let mut at = 0;
        let mut joint = None;
        while at < all.len() {
            let before = table.fragments.len();
            if all[at].is_furniture {
                table
                    .furniture
                    .push((before, cell(all[at].text.to_owned(), all[at].start, 0)));
                joint = Some(Joint::Page);
                at += 1;
                continue;
            }
            let heading = (1..=3).rev().find_map(|count| {
                let words = all.get(at..at + count)?;
                match label_of(words, lexicon)? {
                    Label::Column(column) => Some((count, column)),
                    _ => None,
                }
            });
            if let Some((count, column)) = heading {
                let text = all[at..at + count].iter().map(|word| word.text).collect();
                let heading = cell(text, all[at].start, usize::from(column));
                match table.header.last_mut() {
                    // Headings that were drawn apart are one header, up to the next first heading.
                    Some((_, cells)) if column > 0 || before == 0 => cells.push(heading),
                    _ => table.header.push((before, vec![heading])),
                }
                if before > 0 && column == 0 {
                    joint = Some(Joint::Page);
                }
                at += count;
                continue;
            }
            let mut fragment = all[at].clone();
            fragment.joint = joint.take().unwrap_or(fragment.joint);
            table.fragments.push(fragment);
            at += 1;
        }
        let count = table.fragments.len();
        table.level2 = (0..count)
            .map(|at| table.known(at, |text| lexicon.is_level2(text)))
            .collect();
        table.level1 = (0..count)
            .map(|at| {
                table
                    .known(at, |text| lexicon.is_level1(text, ""))
                    .max(table.level1_before_level2(at, lexicon))
            })
            .collect();
        table
    }

    /// How many fragments from `at` on are a known name together, the most if several are; 0 if none.
    fn known(&self, at: usize, is_known: impl Fn(&str) -> bool) -> usize {
        const LONGEST: usize = 60;
        let mut text = String::new();
        let mut found = 0;
        for (count, fragment) in self.fragments[at..].iter().take(4).enumerate() {
            text.push_str(fragment.text);
            if text.len() > LONGEST {
                break;
            }
            if is_known(&text) {
                found = count + 1;
            }
        }
        found
    }

    /// The same for a name that is a level 1 only before certain level 2.
    fn level1_before_level2(&self, at: usize, lexicon: &Lexicon) -> usize {
        let text = |range: std::ops::Range<usize>| -> String {
            self.fragments[range]
                .iter()
                .map(|fragment| fragment.text)
                .collect()
        };
        (1..=2)
            .find(|count| {
                let behind = at + count;
                let next = self.level2.get(behind).copied().unwrap_or_default();
                next > 0
                    && self.fragments[at].text.len() <= 60
                    && lexicon.is_level1(&text(at..behind), &text(behind..behind + next))
            })
            .unwrap_or_default()
    }

    /// Cuts the fragments into cells at the least cost.
    fn cut(&self, widths: &Widths, manner: &Manner) -> Vec<Cut> {
        let count = self.fragments.len();
        let mut best = vec![[f32::INFINITY; STATES]; count + 1];
        // The state that each state is best reached from, and how its last cell was cut.
        let mut from: Vec<[(u32, u8, bool, bool); STATES]> =
            vec![[(0, FRESH as u8, false, false); STATES]; count + 1];
        best[0][FRESH] = 0.0;
        for at in 0..count {
            for state in 0..STATES {
                let cost = best[at][state];
                if !cost.is_finite() {
                    continue;
                }
                let of_rest = state > FRESH;
                let last = if state == FRESH { 0 } else { column_of(state) + 1 };
                // Cells of one line that follow each other stand on one line, where lines are shared.
                let start = from[at][state].0 as usize;
                let parted = manner.spaced
                    && state != FRESH
                    && state != 0
                    && self.fragments[at].joint == Joint::Line
                    && self.fragments[start + 1..at.max(start + 1)]
                        .iter()
                        .all(|fragment| fragment.joint == Joint::Space);
                let above = match self.fragments[at].joint {
                    Joint::Page => last_lines(&from, at, state),
                    _ => [None; COLUMNS],
                };
                let mut reach = |end: usize, column: usize, cost: f32, begins: bool, apart: bool| {
                    if cost < best[end][column] {
                        best[end][column] = cost;
                        from[end][column] = (at as u32, state as u8, begins, apart);
                    }
                };
                for column in last..COLUMNS {
                    if state == FRESH && column > 2 {
                        break;
                    }
                    let skipped = column - last;
                    let between = if of_rest {
                        cost + REST_BLANK * skipped as f32
                    } else {
                        cost + self.between(at, skipped, state == FRESH, column, manner)
                    };
                    let to = if of_rest { column + REST } else { column };
                    self.cells(at, column, (state, parted), widths, manner, &mut |end, more| {
                        reach(end, to, between + more, state == FRESH, false);
                    });
                }
                if state != FRESH {
                    for column in 0..=2 {
                        let blank = if of_rest { 0 } else { COLUMNS - 1 - state };
                        let between = cost + self.between_rows(at, blank, state, column, manner);
                        self.cells(at, column, (FRESH, false), widths, manner, &mut |end, more| {
                            reach(end, column, between + more, true, false);
                        });
                    }
                }
                // The rest of a row that a page cut has what did not fit, in some columns.
                if self.fragments[at].joint == Joint::Page && state != FRESH {
                    for column in 2..COLUMNS {
                        let blank = if of_rest { 0 } else { COLUMNS - 1 - state };
                        let between = cost
                            + self.goes_on_below(at, above[column], widths[column])
                            + REST_BLANK * (column - 2) as f32
                            + 1.5 * blank as f32;
                        self.cells(at, column, (FRESH, false), widths, manner, &mut |end, more| {
                            reach(end, column + REST, between + more, true, false);
                        });
                    }
                }
                // A level 1 that stands in the middle of its rows was read between two other cells.
                if self.level1[at] > 0 && manner.wrapped {
                    const APART: f32 = 2.5;
                    reach(at + self.level1[at], state, cost + APART, false, true);
                }
            }
        }
        let mut cuts = Vec::new();
        let mut end = count;
        let Some(mut state) = (0..STATES).min_by(|&one, &other| {
            let tail = |state: usize| best[count][state] + Self::tail(state);
            tail(one).total_cmp(&tail(other))
        }) else {
            return cuts;
        };
        while end > 0 {
            let (start, before, begins_row, apart) = from[end][state];
            cuts.push(Cut {
                column: if apart { 0 } else { column_of(state) },
                start: start as usize,
                end,
                begins_row,
                apart,
            });
            if start as usize >= end {
                break;
            }
            end = start as usize;
            state = usize::from(before);
        }
        cuts.reverse();
        cuts
    }

    /// What it costs to end the table in a column.
    fn tail(state: usize) -> f32 {
        match state {
            FRESH => 0.0,
            1 => 2.0,
            state if state > FRESH => 0.0,
            _ => (COLUMNS - 1 - state) as f32 * 2.0,
        }
    }

    /// What blank cells cost before a fragment.
    fn blank(&self, at: usize, blank: usize, without_gap: f32, manner: &Manner) -> f32 {
        match self.fragments[at].joint {
            Joint::Gap(gap) if gap as usize == blank => 0.1,
            Joint::Gap(gap) if blank == 0 => 0.7 + 0.3 * (gap.min(4) as f32 - 1.0),
            Joint::Gap(gap) => 0.8 + 0.8 * (gap as f32 - blank as f32).abs().min(4.0),
            _ if blank == 0 => 0.0,
            // An extractor that leaves a gap for each blank cell would have left one here.
            _ if manner.keeps_blanks && !manner.wrapped => without_gap + 0.6,
            _ => without_gap,
        }
    }

    /// What it costs to skip columns within a row.
    fn between(&self, at: usize, skipped: usize, first: bool, column: usize, manner: &Manner) -> f32 {
        let joint = self.fragments[at].joint;
        if first {
            // The first cell of the table.
            return if column == 2 { 4.0 } else { 0.0 };
        }
        let blank = self.blank(at, skipped, 2.0 * skipped as f32, manner);
        let side_by_side = match joint {
            Joint::Space => match self.space(at) {
                Space::Seam => 0.0,
                Space::BeforeNumber => 0.3,
                Space::AfterNumber => 0.9,
                Space::Word => 1.0,
            },
            Joint::Page => 1.5,
            _ => 0.0,
        };
        blank + side_by_side
    }

    /// What it costs to end a row in the column `state` and to begin the next in `column`.
    fn between_rows(&self, at: usize, blank: usize, state: usize, column: usize, manner: &Manner) -> f32 {
        let cut_by_page = self.fragments[at].joint == Joint::Page;
        let blank_end = match (state, blank) {
            // A row with nothing behind its level 2 is one that nobody filled.
            (1, _) => 1.6,
            (_, blank) => 2.0 * blank as f32,
        };
        // A merged level 1 is blank below its first row; a level 2 seldom.
        let blank_start = match column {
            0 => 0.0,
            1 => 0.1,
            _ if cut_by_page => 1.2,
            _ => 3.2,
        };
        let without_gap = if cut_by_page { blank_end * 0.4 } else { blank_end } + blank_start;
        let space = match self.fragments[at].joint {
            // Two rows do not stand on one line.
            Joint::Space => 3.0,
            _ => 0.0,
        };
        let blank = blank + column;
        let gap = self.blank(at, blank, without_gap, manner);
        // Lines between rows may part rows, and stand for no blank cell.
        let gap = match self.fragments[at].joint {
            Joint::Gap(_) => gap.min(0.4 + without_gap),
            _ => gap,
        };
        gap + space
    }

    /// Tries all cells of a column that begin at a fragment, and tells where each ends and what it costs.
    /// `parted` says that the cell before has one line, and this begins another.
    fn cells(
        &self,
        at: usize,
        column: usize,
        (state, parted): (usize, bool),
        widths: &Widths,
        manner: &Manner,
        reach: &mut dyn FnMut(usize, f32),
    ) {
        match column {
            0 => {
                if self.level1[at] > 0 {
                    reach(at + self.level1[at], 0.0);
                }
                return;
            }
            1 => {
                if self.level2[at] > 0 {
                    reach(at + self.level2[at], 0.0);
                }
                return;
            }
            _ => {}
        }
        let mut cost = 0.0;
        let mut line = 0.0;
        // A cell of several lines has these for itself.
        let shares_line = self.fragments[at].joint == Joint::Space;
        let mut lines = 1;
        for end in at + 1..=self.fragments.len().min(at + MOST_FRAGMENTS) {
            let fragment = &self.fragments[end - 1];
            if end > at + 1 {
                let join = self.join(end - 1, line, widths[column], manner);
                cost += join;
                if fragment.joint == Joint::Line {
                    lines += 1;
                    // A cell beside one of a single line may stand on the line of that, if it is full.
                    cost += match shares_line {
                        true if join < 0.2 && lines == 2 => 2.5,
                        true => 5.0,
                        false => 0.0,
                    };
                }
                if cost > MOST_COST {
                    break;
                }
                line = if fragment.joint == Joint::Space {
                    line + 0.25
                } else {
                    0.0
                };
            }
            line += fragment.width;
            // A known name begins a row, seldom a text.
            if self.level2[end - 1] > 0 || self.level1[end - 1] > 0 {
                let again = end == at + 1 && column == 2 && state == 1;
                cost += if again { 2.2 } else { 4.0 };
            }
            if let Some(width) = widths[column]
                && line > width + 0.6
            {
                cost += 3.0;
            }
            // A sign of comparison further on makes a target as well.
            if end > at + 1 && matches!(column, 2 | 3) && holds_comparison(fragment.text) {
                cost += 2.0;
            }
            let kind = kind_cost(&self.fragments[at], end == at + 1, column);
            let next_shares = self
                .fragments
                .get(end)
                .is_some_and(|next| next.joint == Joint::Space);
            let alone = match (lines, next_shares) {
                (1, _) if parted => 1.2,
                (1, _) | (_, false) => 0.0,
                (_, true) => 5.0,
            };
            reach(end, cost + alone + kind + self.resemblance(at, end, column));
        }
    }

    /// What it costs to join a fragment to the one before it; `line` is the width of the line so far.
    fn join(&self, at: usize, line: f32, width: Option<f32>, manner: &Manner) -> f32 {
        let fragment = &self.fragments[at];
        match fragment.joint {
            Joint::Space => match self.space(at) {
                Space::Seam => 2.5,
                Space::BeforeNumber => 0.5,
                Space::AfterNumber | Space::Word => 0.2,
            },
            Joint::Page => 2.5,
            Joint::Gap(_) => 5.0,
            Joint::Line if !manner.wrapped => 3.0,
            Joint::Line if self.hangs_together(at) => 0.15,
            Joint::Line => match width {
                None => 1.0,
                Some(width) => match line + first_width(fragment.text) - width {
                    over if over > 0.25 => 0.15,
                    over if over > -0.3 => 1.0,
                    _ => 3.5,
                },
            },
        }
    }

    /// What it costs that a cell which `above` is the last line of goes on behind the end of its page: no
    /// more than usual, and less where that line is full.
    fn goes_on_below(&self, at: usize, above: Option<usize>, width: Option<f32>) -> f32 {
        let (Some(above), Some(width)) = (above, width) else {
            return REST_COST;
        };
        let line = self.fragments[above].width;
        let full = line <= width + 0.3 && line + first_width(self.fragments[at].text) > width + 0.25;
        if full { REST_COST - 0.8 } else { REST_COST + 0.8 }
    }

    /// Whether a line can only go on in the fragment behind it.
    fn hangs_together(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.fragments.get(before));
        before.is_some_and(|before| hangs_together(before.text, self.fragments[at].text))
    }

    /// How a space before a fragment is to be read: extractors write one between Chinese characters and
    /// digits or letters, where nobody did; nobody writes one between two Chinese characters.
    fn space(&self, at: usize) -> Space {
        let wide = |c: char| !c.is_ascii();
        let narrow = |c: char| c.is_ascii_alphanumeric();
        let Some(before) = at.checked_sub(1).map(|before| self.fragments[before].text) else {
            return Space::Seam;
        };
        let after = self.fragments[at].text;
        if before.ends_with(wide) && after.starts_with(narrow) {
            Space::BeforeNumber
        } else if before.ends_with(narrow) && after.starts_with(wide) {
            Space::AfterNumber
        } else if before.ends_with(narrow) && after.starts_with(narrow) {
            Space::Word
        } else {
            Space::Seam
        }
    }

    /// A description often begins as the name does, or is the same.
    fn resemblance(&self, at: usize, end: usize, column: usize) -> f32 {
        if column != 3 {
            return 0.0;
        }
        let characters = |range: std::ops::Range<usize>| {
            let texts = self.fragments[range].iter();
            texts.map(|fragment| fragment.text.len()).sum::<usize>()
        };
        let length = characters(at..end);
        let mut start = at;
        let mut before = 0;
        while start > 0 && before < length {
            start -= 1;
            before += self.fragments[start].text.len();
        }
        let text = |range: std::ops::Range<usize>| {
            self.fragments[range]
                .iter()
                .flat_map(|fragment| fragment.text.bytes())
        };
        if before == length && text(start..at).eq(text(at..end)) {
            return -1.5;
        }
        0.0
    }

    /// The rows, with the header, page ends and furniture between them.
    fn rows(self, cuts: &[Cut], widths: &Widths, lexicon: &Lexicon) -> Vec<Line> {
        let mut rows: Vec<(usize, Vec<Cell<'static>>)> = Vec::new();
        let mut apart = Vec::new();
        for cut in cuts {
            let fragments: Vec<&Fragment> = self.fragments[cut.start..cut.end].iter().collect();
            let width = widths[cut.column];
            let text = joined(&fragments, |before, next| {
                // Names of levels are one word; other lines end where the column does.
                cut.column < 2
                    || width.is_none_or(|width| before.width + first_width(next.text) > width + 0.25)
                        && width.is_some()
            });
            let made = cell(text, fragments[0].start, cut.column);
            if cut.apart {
                apart.push((rows.len(), made));
            } else if cut.begins_row || rows.is_empty() {
                rows.push((cut.start, vec![made]));
            } else if let Some((_, cells)) = rows.last_mut() {
                cells.push(made);
            }
        }
        for (at, level1) in apart {
            place_apart(&mut rows, at, level1, lexicon);
        }
        let mut lines = Vec::new();
        let mut header = self.header.into_iter().peekable();
        let mut furniture = self.furniture.into_iter().peekable();
        for (start, mut cells) in rows {
            while let Some((_, cell)) = furniture.next_if(|(at, _)| *at <= start) {
                lines.push(Line::Furniture(cell));
                lines.push(Line::PageBreak);
            }
            while let Some((_, mut cells)) = header.next_if(|(at, _)| *at <= start) {
                cells.sort_by_key(|cell| cell.column);
                lines.push(Line::Row(cells));
            }
            if self.fragments[start].joint == Joint::Page && !matches!(lines.last(), Some(Line::PageBreak)) {
                lines.push(Line::PageBreak);
            }
            cells.sort_by_key(|cell| cell.column);
            lines.push(Line::Row(cells));
        }
        for (_, mut cells) in header {
            cells.sort_by_key(|cell| cell.column);
            lines.push(Line::Row(cells));
        }
        lines.extend(furniture.map(|(_, cell)| Line::Furniture(cell)));
        lines
    }
}

/// Gives a level 1 that stood apart to the first row near it that has none and can be below it.
fn place_apart(
    rows: &mut Vec<(usize, Vec<Cell<'static>>)>,
    at: usize,
    level1: Cell<'static>,
    lexicon: &Lexicon,
) {
    let fits = |cells: &[Cell]| {
        let level2 = cells.iter().find(|cell| cell.column == 1);
        level2.is_some_and(|level2| lexicon.is_level2_of(&level1.text, &level2.text))
    };
    let free = |cells: &[Cell]| cells.first().is_some_and(|cell| cell.column > 0);
    let near: Vec<usize> = (0..rows.len()).filter(|&row| fits(&rows[row].1)).collect();
    // The rows of one level 1 follow each other; the nearest run of them counts.
    let nearest = near.iter().copied().min_by_key(|&row| row.abs_diff(at));
    let Some(mut row) = nearest else {
        let start = rows
            .get(at)
            .map_or_else(|| rows.last().map_or(0, |row| row.0), |row| row.0);
        rows.insert(at.min(rows.len()), (start, vec![level1]));
        return;
    };
    while row > 0 && near.contains(&(row - 1)) && free(&rows[row - 1].1) {
        row -= 1;
    }
    if free(&rows[row].1) {
        rows[row].1.insert(0, level1);
    } else {
        let start = rows[row].0;
        rows.insert(row, (start, vec![level1]));
    }
}

/// The last fragment of each cell in the row that ends before a fragment.
fn last_lines(
    from: &[[(u32, u8, bool, bool); STATES]],
    mut end: usize,
    mut state: usize,
) -> [Option<usize>; COLUMNS] {
    let mut lines = [None; COLUMNS];
    while end > 0 && state != FRESH {
        let (start, before, begins_row, apart) = from[end][state];
        if !apart {
            lines[column_of(state)] = Some(end - 1);
        }
        if begins_row || start as usize >= end {
            break;
        }
        end = start as usize;
        state = usize::from(before);
    }
    lines
}

/// What it costs that a text of this kind stands in a column.
pub(super) fn kind_cost(first: &Fragment, single: bool, column: usize) -> f32 {
    let text = first.text;
    let Some(c) = text.chars().next() else {
        return 0.0;
    };
    let compares = matches!(
        c,
        '≥' | '≤' | '>' | '<' | '=' | '＝' | '＞' | '＜' | '≧' | '≦' | '±' | '﹥' | '﹤'
    );
    let inside = holds_comparison(text);
    let number = c.is_ascii_digit();
    let short = single && text.chars().count() <= 12;
    let document = matches!(c, '《' | '〔') || text.contains(['〔', '《']) || is_standard(text);
    match column {
        4 if compares => -0.5,
        4 if inside => 0.0,
        4 if number && short => 0.1,
        4 if document => 2.0,
        4 => 1.3,
        2 | 3 if compares => 3.0,
        2 | 3 if number => 0.7,
        2 | 3 if c.is_ascii_uppercase() && document => 1.0,
        2 | 3 if inside && text.chars().count() <= 12 => 1.5,
        5 if compares => 2.5,
        5 if document => -0.3,
        // A basis may begin with a year, seldom with another number.
        5 if number && short && !begins_with_year(text) => 0.7,
        _ => 0.0,
    }
}

/// Whether a text begins with the number of a standard: capital letters and digits, as `GB/T 1234`.
fn is_standard(text: &str) -> bool {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_uppercase() || matches!(c, '/' | ' '));
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.len() >= letters.len() + 2
        && letters.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a text begins with a number of four digits that can be a year.
pub(super) fn begins_with_year(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && text.starts_with(['1', '2'])
}

/// Whether a sign of comparison stands before a number in a text.
fn holds_comparison(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, '≥' | '≤' | '＞' | '＜' | '>' | '<' | '≧' | '≦')
            && chars
                .peek()
                .is_some_and(|&next| next.is_ascii_digit() || next == '=')
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_and_years_are_told_from_amounts() {
        assert!(is_standard("DB 77-2020") && is_standard("DB/T 77"));
        assert!(!is_standard("2020") && !is_standard("A 座办公楼") && !is_standard("灌区台账"));
        assert!(begins_with_year("2031 年预算") && !begins_with_year("31 日前"));
    }
}
