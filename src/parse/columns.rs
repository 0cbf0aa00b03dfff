//! Forms whose columns are kept by blanks, as programs write them that print a page into a text: each
//! word stands where it stood on the page, so a cell is a column of lines and its row is a band of them.
//!
//! Nothing but the words says where a table begins and what its columns are, so this needs the labels.
//! The lines of such a form become rows, those of the text around it paragraphs.

use std::borrow::Cow;
use std::ops::Range;

use super::lexicon::{Label, Lexicon, numbered};
use super::outline::{is_amount_unit, is_unit};
use crate::blocks::measure::Measure;
use crate::blocks::{BlockKind, Blocks, Cell, column_number, wrapping};
use crate::source::{Source, is_blank, trimmed};

mod head;
mod indicators;
mod lines;
mod places;
mod prose;

use lines::Line;

/// A table with more lines than this is none.
const MOST_LINES: usize = 20_000;

/// One block that was read, with the place where it begins.
struct Found<'s> {
    start: usize,
    kind: BlockKind,
    cells: Vec<Cell<'s>>,
    width: usize,
}

/// A length as a number that may be taken from another.
fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// What a form in columns is read with.
struct Reader<'s, 'l> {
    source: &'s Source,
    lexicon: &'l Lexicon<'l>,
    lines: Vec<Line>,
}

/// Reads the lines of a document that stand outside its tables again, if a form stands among them in
/// columns or if paragraphs are broken over lines. `None` if there is nothing to change.
pub(super) fn read<'s>(source: &'s Source, blocks: &Blocks<'s>, lexicon: &Lexicon) -> Option<Blocks<'s>> {
    if !source.is_text() {
        return None;
    }
    let has_rows = (0..blocks.len()).any(|block| blocks.kind(block) == BlockKind::Row);
    let mut read: Option<Blocks> = None;
    let copy = |read: &mut Blocks<'s>, of: Range<usize>| of.for_each(|block| read.copy(blocks, block));
    let (mut copied, mut block) = (0, 0);
    while block < blocks.len() {
        if !is_plain(source, blocks, block) {
            block += 1;
            continue;
        }
        let end = (block..blocks.len())
            .find(|&at| !is_plain(source, blocks, at))
            .unwrap_or(blocks.len());
        let range = blocks.span(block).start..blocks.span(end - 1).end;
        if let Some(found) = read_range(source, lexicon, blocks, block..end, has_rows) {
            let read = read.get_or_insert_default();
            copy(read, copied..block);
            push_found(read, found, range);
            copied = end;
        }
        block = end;
    }
    if let Some(read) = &mut read {
        copy(read, copied..blocks.len());
    }
    read
}

/// Whether a block is nothing but lines of the source; what was taken out of markup or of a table is not
/// to be read again.
fn is_plain(source: &Source, blocks: &Blocks, block: usize) -> bool {
    match blocks.kind(block) {
        BlockKind::Blank | BlockKind::PageBreak => true,
        BlockKind::Paragraph => {
            let line = trimmed(&source.text[blocks.span(block)]);
            blocks
                .cells(block)
                .iter()
                .all(|cell| cell.text.len() == line.len())
        }
        BlockKind::Row | BlockKind::Furniture => false,
    }
}

/// Adds the blocks so that they cover the range; what precedes the first of them is blank.
fn push_found<'s>(blocks: &mut Blocks<'s>, mut found: Vec<Found<'s>>, range: Range<usize>) {
    found.sort_by_key(|found| found.start);
    let starts: Vec<usize> = found.iter().map(|found| found.start).chain([range.end]).collect();
    if starts[0] > range.start {
        blocks.push(BlockKind::Blank, range.start..starts[0], None, 0);
    }
    for (found, bounds) in found.into_iter().zip(starts.windows(2)) {
        blocks.push(found.kind, bounds[0]..bounds[1], found.cells, found.width);
    }
}

fn read_range<'s>(
    source: &'s Source,
    lexicon: &Lexicon,
    blocks: &Blocks<'s>,
    of: Range<usize>,
    has_rows: bool,
) -> Option<Vec<Found<'s>>> {
    let text = source.text.as_str();
    let range = blocks.span(of.start).start..blocks.span(of.end - 1).end;
    // Lines of one word each are no columns, and without a blank line among them no paragraph was broken.
    let is_blank_line = |block: usize| blocks.kind(block) != BlockKind::Paragraph;
    let has_words = |block: usize| {
        blocks
            .cells(block)
            .iter()
            .any(|cell| cell.text.contains(is_blank))
    };
    if !of.clone().any(|block| is_blank_line(block) || has_words(block)) {
        return None;
    }
    let begins = |line: &Line| is_first_row(text, lexicon, line);
    if !has_rows && !lines::each(text, range.clone(), Measure::Characters).any(|line| begins(&line)) {
        return None;
    }
    let lines_in = |measure: Measure| {
        let mut lines = lines::lines(text, range.clone(), measure);
        mark_known(blocks, of.clone(), &mut lines);
        lines
    };
    let lines = lines_in(Measure::Characters);
    let mut reader = Reader {
        source,
        lexicon,
        lines,
    };
    let tables = reader.tables();
    let measure = reader.measure(&tables);
    if measure != Measure::Characters {
        reader.lines = lines_in(measure);
    }
    let mut found = Vec::new();
    let mut at = 0;
    let mut outside = Vec::new();
    for table in tables.iter().filter(|table| table.body.len() <= MOST_LINES) {
        outside.extend(at..table.head.start);
        at = table.body.end;
        reader.read_title(table.head.clone(), &mut found);
        reader.read_table(table.body.clone(), &mut found);
    }
    outside.extend(at..reader.lines.len());
    let joined = prose::read(
        &reader,
        (blocks, of.clone()),
        &outside,
        !tables.is_empty(),
        &mut found,
    );
    (joined || !tables.is_empty()).then_some(found)
}

/// Marks what is known to be no text of the document: a running head, a line that is only drawn.
fn mark_known(blocks: &Blocks, of: Range<usize>, lines: &mut [Line]) {
    let mut block = of.start;
    for line in lines.iter_mut() {
        while block + 1 < of.end && blocks.span(block).end <= line.span.start {
            block += 1;
        }
        line.furniture |= match blocks.kind(block) {
            BlockKind::Furniture => true,
            BlockKind::Blank => !line.words.is_empty(),
            _ => false,
        };
        line.is_drawn = line.furniture && blocks.kind(block) == BlockKind::Blank;
    }
}

/// Where a form stands, as ranges of lines.
struct Table {
    /// Its title, its unit and the unit of its amounts.
    head: Range<usize>,
    body: Range<usize>,
}

/// Whether a line begins a form: with the label of the code and something beside it, or with the label of
/// the name and something before it.
fn is_first_row(text: &str, lexicon: &Lexicon, line: &Line) -> bool {
    if line.words.len() < 2 || line.pieces().nth(1).is_none() && line.words.len() > 4 {
        return false;
    }
    let first = &text[line.words[0].span.clone()];
    let is_code = lexicon.label(first) == Some(Label::Code)
        || first.chars().count() > 2 && lexicon.begins_label(first, Label::Code);
    let mut words = line.words[1..].iter().take(8);
    let has_name = words.any(|word| lexicon.label(&text[word.span.clone()]) == Some(Label::Name));
    has_name && line.pieces().nth(1).is_some() || is_code
}

impl<'s> Reader<'s, '_> {
    fn text(&self, span: Range<usize>) -> &'s str {
        &self.source.text[span]
    }

    /// The forms: each begins with the row of its code and its name.
    fn tables(&self) -> Vec<Table> {
        let mut tables: Vec<Table> = Vec::new();
        let mut from = 0;
        for at in 0..self.lines.len() {
            if at < from || !is_first_row(&self.source.text, self.lexicon, &self.lines[at]) {
                continue;
            }
            // Lines of a value that begins above its label.
            let mut top = at;
            let left = self.lines[at].words[0].x;
            while top > from && top + 4 > at && !self.is_title_line(top - 1) {
                let Some(word) = self.lines[top - 1].words.first() else {
                    break;
                };
                let first = self.text(word.span.clone());
                if word.x <= left + 6 && !self.lexicon.begins_label(first, Label::Code) {
                    break;
                }
                top -= 1;
            }
            let head = self.head_start(top, from);
            if let Some(last) = tables.last_mut() {
                last.body.end = head;
            }
            if !self.is_in_columns(top) {
                continue;
            }
            tables.push(Table {
                head: head..top,
                body: top..self.lines.len(),
            });
            // No form is as short as this: what begins it may stand on several lines.
            from = at + 6;
        }
        tables
    }

    /// Whether blanks keep columns on the lines from `top` on: else they would only part words.
    fn is_in_columns(&self, top: usize) -> bool {
        const SAMPLE: usize = 60;
        let texts = self.lines[top..]
            .iter()
            .filter(|line| !line.is_blank())
            .take(SAMPLE);
        let (mut apart, mut total) = (0, 0);
        for line in texts {
            total += 1;
            apart += usize::from(line.pieces().nth(1).is_some() || line.words[0].x > 5);
        }
        apart * 3 > total
    }

    /// Whether a line is the end of a title or says the unit.
    fn is_title_line(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let text = self.text(line.content());
        let has_unit = line.words.iter().any(|word| {
            let text = self.text(word.span.clone());
            is_amount_unit(self.lexicon, text)
        });
        text.len() < 400 && (self.lexicon.ends_as_title(text) || has_unit || is_unit(text))
    }

    /// The line on which the title begins that stands above `top`.
    fn head_start(&self, top: usize, from: usize) -> usize {
        let mut head = top;
        let mut title = String::new();
        let mut lines_left = 6;
        let mut blanks = 0;
        for at in (from.max(top.saturating_sub(16))..top).rev() {
            let line = &self.lines[at];
            if line.is_blank() {
                // Some programs leave a blank line between any two.
                blanks += 1;
                if title.is_empty() || blanks < 2 {
                    continue;
                }
                break;
            }
            blanks = 0;
            let text = self.text(line.content());
            if text.len() > 400 || lines_left == 0 {
                break;
            }
            lines_left -= 1;
            if title.is_empty() && !self.lexicon.ends_as_title(text) && self.is_title_line(at) {
                head = at;
                continue;
            }
            title.insert_str(0, text);
            if self.lexicon.ends_as_title(&title) {
                if numbered(&title).is_some() {
                    return at;
                }
                // A title without a number is one line.
                if title == text {
                    head = at;
                }
            }
        }
        head
    }

    /// The way of counting columns in which most words stand below each other.
    fn measure(&self, tables: &[Table]) -> Measure {
        let Some(table) = tables.first() else {
            return Measure::Characters;
        };
        let lines = &self.lines[table.body.clone()];
        let sample = &lines[..lines.len().min(200)];
        let aligned = |measure: &Measure| {
            let mut starts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
            for line in sample.iter().filter(|line| !line.is_blank()) {
                let mut end = line.span.start;
                let mut x = 0;
                for (index, piece) in line.pieces().enumerate() {
                    x += measure.width(self.text(end..piece[0].span.start));
                    x += self.text(end..piece[0].span.start).matches('\u{3000}').count()
                        * usize::from(*measure == Measure::Characters);
                    end = piece[0].span.start;
                    if index > 0 {
                        *starts.entry(x).or_default() += 1;
                    }
                }
            }
            starts.values().map(|count| count * count).sum::<usize>()
        };
        // The last of equals is the first named.
        let all = [Measure::WideMarks, Measure::Wide, Measure::Characters];
        all.into_iter().max_by_key(aligned).unwrap_or(Measure::Characters)
    }

    /// Title, unit and unit of the amounts.
    fn read_title(&self, range: Range<usize>, found: &mut Vec<Found<'s>>) {
        let mut title: Vec<usize> = Vec::new();
        for at in range {
            let line = &self.lines[at];
            if line.is_blank() {
                self.push_blank(at, found);
                continue;
            }
            let text = self.text(line.content());
            if self.lexicon.ends_as_title(text) || !self.is_title_line(at) {
                title.push(at);
                continue;
            }
            let cells: Vec<Cell> = line
                .pieces()
                .zip(0..)
                .map(|(piece, column)| {
                    let span = piece[0].span.start..piece[piece.len() - 1].span.end;
                    self.cell(&[span], column)
                })
                .collect();
            let width = cells.len();
            found.push(Found {
                start: line.span.start,
                kind: BlockKind::Row,
                cells,
                width,
            });
        }
        if let Some(&first) = title.first() {
            let spans: Vec<Range<usize>> = title.iter().map(|&at| self.lines[at].content()).collect();
            found.push(Found {
                start: self.lines[first].span.start,
                kind: BlockKind::Paragraph,
                cells: vec![self.cell(&spans, 0)],
                width: 1,
            });
        }
    }

    /// The table of a form: above the headings of the indicators, and below them.
    fn read_table(&self, range: Range<usize>, found: &mut Vec<Found<'s>>) {
        for at in range.clone().filter(|&at| self.lines[at].is_blank()) {
            self.push_blank(at, found);
        }
        let headings = indicators::headings(self, range.clone());
        let end = headings.first().map_or(range.end, |heading| heading.lines.start);
        head::read(self, range.start..end, headings.first(), found);
        if !headings.is_empty() {
            indicators::read(self, end..range.end, &headings, found);
        }
    }

    /// A page number or the end of a page; lines without anything need no block of their own.
    fn push_blank(&self, at: usize, found: &mut Vec<Found<'s>>) {
        let line = &self.lines[at];
        let (kind, cells) = if line.is_drawn {
            (BlockKind::Blank, Vec::new())
        } else if line.furniture {
            (BlockKind::Furniture, vec![self.cell(&[line.content()], 0)])
        } else if self.text(line.span.clone()).starts_with('\u{c}') {
            (BlockKind::PageBreak, Vec::new())
        } else {
            return;
        };
        found.push(Found {
            start: line.span.start,
            kind,
            width: cells.len(),
            cells,
        });
    }

    /// A cell of the texts in `spans`, the lines of one text.
    fn cell(&self, spans: &[Range<usize>], column: usize) -> Cell<'s> {
        let lines: Vec<&str> = spans.iter().map(|span| self.text(span.clone())).collect();
        let room = lines
            .iter()
            .map(|line| Measure::WideMarks.width(line))
            .max()
            .unwrap_or(0);
        cell_in(spans, &lines, room, column)
    }
}

/// A cell of lines at most `room` wide.
fn cell_in<'s>(spans: &[Range<usize>], lines: &[&'s str], room: usize, column: usize) -> Cell<'s> {
    let text: Cow<'s, str> = wrapping::joined(lines, room, Measure::WideMarks);
    Cell {
        text,
        start: spans.first().map_or(0, |span| span.start) as u32,
        column: column_number(column),
        columns: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Vocabulary;

    /// The rows and paragraphs, the cells of a row with their columns.
    fn texts(text: &str) -> Vec<String> {
        let source = Source::from_text(text.to_owned());
        let vocabulary = Vocabulary::built_in();
        let blocks = crate::blocks::read(&source);
        let read = read(&source, &blocks, &Lexicon::new(&vocabulary)).expect("a form in columns");
        let mut end = 0;
        let mut texts = Vec::new();
        for block in 0..read.len() {
            assert_eq!(read.span(block).start, end, "no gap before block {block}");
            end = read.span(block).end;
            let cells = read.cells(block).iter();
            texts.push(match read.kind(block) {
                BlockKind::Row => cells
                    .map(|cell| format!("{}:{}", cell.column, cell.text))
                    .collect::<Vec<_>>()
                    .join(" "),
                BlockKind::Paragraph => cells.map(|cell| cell.text.to_string()).collect(),
                _ => continue,
            });
        }
        assert_eq!(end, text.len());
        texts
    }

    const HEAD: &str = "\
                    第二部分
      1.河道养护经费绩效目标表
731001 某某市水务局                           单位：万元

                                 某某市水务局本级河道养护
项目编码    A1B2C3           项目名称
                                 经费

        预算数      12.50  其中：财政资金   12.50    其他资金   0.00
预算规模及
        养护河道十公里。
资金用途

        3 月底       6 月底        10 月底      12 月底
资金支出计
划（%）
        25%        50%         75%        100%

        1.养护河道。
绩效目标
        2.清理垃圾。

";

    const INDICATORS: &str = "\
一级指标    二级指标      三级指标      绩效指标描述     指标值   指标值确定依据

        经济成本指     养护单位成     每公里养护成
成本指标                                ≤1 万元   定额标准
        标         本         本的数额

        数量指标      养护河道长     养护河道长度   10 公里    年度计划
                  度
产出指标

        质量指标      养护合格率     养护合格率    ≥95%    年度计划



                        5
\u{c}       时效指标     完成时限     完成养护的时    12 月底    年度计划
                         限
";

    #[test]
    fn a_form_in_columns_becomes_rows() {
        let found = texts(&(HEAD.to_owned() + INDICATORS));
        assert_eq!(
            found,
            [
                "第二部分",
                "1.河道养护经费绩效目标表",
                "0:731001 某某市水务局 1:单位：万元",
                "0:项目编码 1:A1B2C3 2:项目名称 3:某某市水务局本级河道养护经费",
                "0:预算规模及资金用途 1:预算数 2:12.50 3:其中：财政资金 4:12.50 5:其他资金 6:0.00",
                "1:养护河道十公里。",
                "0:资金支出计划（%） 1:3 月底 2:6 月底 3:10 月底 4:12 月底",
                "1:25% 2:50% 3:75% 4:100%",
                "0:绩效目标 1:1.养护河道。\n2.清理垃圾。",
                "0:一级指标 1:二级指标 2:三级指标 3:绩效指标描述 4:指标值 5:指标值确定依据",
                "0:成本指标 1:经济成本指标 2:养护单位成本 3:每公里养护成本的数额 4:≤1 万元 5:定额标准",
                "0:产出指标 1:数量指标 2:养护河道长度 3:养护河道长度 4:10 公里 5:年度计划",
                "1:质量指标 2:养护合格率 3:养护合格率 4:≥95% 5:年度计划",
                "1:时效指标 2:完成时限 3:完成养护的时限 4:12 月底 5:年度计划",
            ]
        );
    }

    #[test]
    fn lines_broken_at_the_margin_are_one_paragraph() {
        let full = "河".repeat(39);
        let prose = format!(
            "一、总体绩效目标\n{full}\n{full}\n道治理。\n\n（一）完善制度。\n{full}\n\n\n   1\n\u{c}道。\n"
        );
        let found = texts(&(prose + HEAD + INDICATORS));
        assert_eq!(
            found[..4],
            [
                "一、总体绩效目标".to_owned(),
                format!("{full}{full}道治理。"),
                "（一）完善制度。".to_owned(),
                format!("{full}道。")
            ]
        );
    }

    #[test]
    fn words_with_single_blanks_are_no_columns() {
        let source = Source::from_text("1.甲绩效目标表\n项目编码 A1 项目名称 乙\n绩效目标 丙\n".to_owned());
        let vocabulary = Vocabulary::built_in();
        let blocks = crate::blocks::read(&source);
        assert_eq!(read(&source, &blocks, &Lexicon::new(&vocabulary)), None);
    }
}
