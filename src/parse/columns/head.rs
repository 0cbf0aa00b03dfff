//! The table of a form in columns above its indicators: labels at the left, and beside them rows of
//! pairs, the milestones with their percentages, and texts.

use std::ops::Range;

use super::indicators::Headings;
use super::lines::Word;
use super::places::gutters;
use super::{Found, Reader, cell_in};
use crate::blocks::measure::Measure;
use crate::blocks::{BlockKind, Cell, wrapping};
use crate::parse::lexicon::Label;

/// How many columns the rows have; the texts stand in order, so that it matters little.
const WIDTH: usize = 8;

/// A label of the first column.
struct SideLabel {
    label: Option<Label>,
    spans: Vec<Range<usize>>,
    first: usize,
    last: usize,
    used: bool,
}

/// A text beside the first column, on one line.
#[derive(Clone)]
struct Piece {
    line: usize,
    x: usize,
    end: usize,
    span: Range<usize>,
}

/// What a run of lines is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// With the label of the name.
    Names,
    /// With the label of the budget total.
    Amounts,
    Milestones,
    Percents,
    Text,
}

/// Lines that belong together.
struct Band {
    kind: Kind,
    pieces: Vec<Piece>,
}

/// Reads the part of a form above the headings of its indicators.
pub(super) fn read<'s>(
    reader: &Reader<'s, '_>,
    range: Range<usize>,
    headings: Option<&Headings>,
    found: &mut Vec<Found<'s>>,
) {
    let mut labels: Vec<SideLabel> = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = range.start;
    let mut start = side(reader, range.clone(), headings);
    let mut page = reader.lines.get(at).map_or(0, |line| line.page);
    while at < range.end {
        let of_page = reader.lines[at].page;
        let until = (at..range.end)
            .find(|&at| reader.lines[at].page != of_page)
            .unwrap_or(range.end);
        if page != of_page {
            page = of_page;
        }
        let bound = gutters(&reader.lines[at..until], &[1, start])
            .get(1)
            .copied()
            .unwrap_or(start);
        for line in at..until {
            split(reader, line, bound, &mut labels, &mut pieces);
        }
        start = start.max(bound);
        at = until;
    }
    let bands = bands(reader, &pieces);
    write(reader, &bands, labels, found);
}

/// Where the texts beside the first column begin.
fn side(reader: &Reader, range: Range<usize>, headings: Option<&Headings>) -> usize {
    if let Some(second) = headings.and_then(Headings::second) {
        return second;
    }
    let lines = reader.lines[range]
        .iter()
        .filter(|line| !line.is_blank())
        .take(40);
    let seconds = lines.filter_map(|line| {
        let first = reader.text(line.words.first()?.span.clone());
        reader
            .lexicon
            .begins_label(first, None)
            .then(|| line.pieces().nth(1).map(|piece| piece[0].x))?
    });
    seconds.min().unwrap_or(8)
}

/// Cuts a line into the piece of a label at the left and the pieces beside it.
fn split(reader: &Reader, at: usize, bound: usize, labels: &mut Vec<SideLabel>, pieces: &mut Vec<Piece>) {
    let line = &reader.lines[at];
    if line.is_blank() {
        return;
    }
    let count = line.words.partition_point(|word| word.x < bound);
    let (left, right) = line.words.split_at(count);
    if let (Some(first), Some(last)) = (left.first(), left.last()) {
        push_label(reader, at, first.span.start..last.span.end, labels);
    }
    for words in right.chunk_by(|left, right| right.x <= left.end + 1) {
        // A label among them stands for itself, even if but one blank parts it from its value.
        let is_label = |word: &Word| {
            let text = reader.text(word.span.clone());
            let label = reader.lexicon.label(text);
            matches!(
                label,
                Some(Label::Name | Label::BudgetTotal | Label::BudgetFiscal | Label::BudgetOther)
            ) || reader.lexicon.milestone(text).is_some()
        };
        let parts = words.chunk_by(|left, right| !is_label(left) && !is_label(right));
        pieces.extend(parts.map(|part| Piece {
            line: at,
            x: part[0].x,
            end: part[part.len() - 1].end,
            span: part[0].span.start..part[part.len() - 1].span.end,
        }));
    }
}

/// Adds a piece of the first column to the label that it goes on with, or begins another.
fn push_label(reader: &Reader, at: usize, span: Range<usize>, labels: &mut Vec<SideLabel>) {
    let text = reader.text(span.clone());
    if let Some(last) = labels.last_mut() {
        let known: String = last.spans.iter().map(|span| reader.text(span.clone())).collect();
        let longer = known + text;
        if reader.lexicon.begins_label(&longer, None) {
            last.label = reader.lexicon.label(&longer).or(last.label);
            last.spans.push(span);
            last.last = at;
            return;
        }
    }
    labels.push(SideLabel {
        label: reader.lexicon.label(text),
        spans: vec![span],
        first: at,
        last: at,
        used: false,
    });
}

/// Groups the pieces into runs of lines without a gap, and tells what each is.
fn bands(reader: &Reader, pieces: &[Piece]) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    // A line with nothing but a label stands between two lines of a text, a blank one does not.
    let near = |above: &Piece, below: &Piece| {
        let mut between = above.line + 1..below.line;
        between.len() < 4 && between.all(|at| !reader.lines[at].is_blank())
    };
    for group in pieces.chunk_by(near) {
        let mut from = group[0].line;
        let last = group[group.len() - 1].line;
        while from <= last {
            let (kind, to) = next(reader, group, from, last, &bands);
            let own: Vec<Piece> = group
                .iter()
                .filter(|piece| (from..=to).contains(&piece.line))
                .cloned()
                .collect();
            match bands
                .last_mut()
                .filter(|band| band.kind == Kind::Text && kind == Kind::Text)
            {
                Some(band) => band.pieces.extend(own),
                None if own.is_empty() => {}
                None => bands.push(Band { kind, pieces: own }),
            }
            from = to + 1;
        }
    }
    bands
}

/// What begins on the line `from`, and the last line of it.
fn next(reader: &Reader, group: &[Piece], from: usize, last: usize, bands: &[Band]) -> (Kind, usize) {
    let lexicon = reader.lexicon;
    let seen = |kind: Kind| bands.iter().any(|band| band.kind == kind);
    let on = |line: usize| {
        group[group.partition_point(|piece| piece.line < line)..]
            .iter()
            .take_while(move |piece| piece.line == line)
    };
    let holds = |piece: &Piece, label: Label| lexicon.label(reader.text(piece.span.clone())) == Some(label);
    let milestones = |line: usize| {
        on(line)
            .filter(|piece| lexicon.milestone(reader.text(piece.span.clone())).is_some())
            .count()
    };
    let percents = |line: usize| on(line).all(|piece| is_percent(reader.text(piece.span.clone())));
    // A row of one line or more is as high above the line of its labels as below it.
    let mirrored = |line: usize| (2 * line - from).min(last);
    let near = from..=last.min(from + 8);
    let columns = clusters(group.iter().filter(|piece| near.contains(&piece.line)));
    let broken = |label: Label| {
        columns
            .iter()
            .any(|column| lexicon.label(&joined(reader, column)) == Some(label))
    };
    if !seen(Kind::Names)
        && let Some(line) = near
            .clone()
            .find(|&line| on(line).any(|piece| holds(piece, Label::Name)))
    {
        return (Kind::Names, mirrored(line));
    }
    if !seen(Kind::Names) && broken(Label::Name) {
        return (Kind::Names, last);
    }
    if !seen(Kind::Amounts)
        && let Some(line) = near
            .clone()
            .find(|&line| on(line).any(|piece| holds(piece, Label::BudgetTotal)))
        && (from..line).all(|line| on(line).all(|piece| piece.end - piece.x < 16))
    {
        let mut end = mirrored(line);
        // The rest of a label or an amount that was broken more often than this one.
        while end < last && on(end + 1).count() > 1 {
            end += 1;
        }
        return (Kind::Amounts, end);
    }
    if !seen(Kind::Milestones) {
        if milestones(from) > 1 {
            return (Kind::Milestones, from);
        }
        // Broken over lines: those above the first line of percentages.
        let values =
            (from + 1..=last.min(from + 8)).find(|&line| on(line).next().is_some() && percents(line));
        let end = values.unwrap_or(last + 1);
        let above = clusters(
            group
                .iter()
                .filter(|piece| (from..end.min(from + 8)).contains(&piece.line)),
        );
        let broken = above
            .iter()
            .filter(|column| lexicon.milestone(&joined(reader, column)).is_some());
        if broken.count() > 1 {
            return (Kind::Milestones, end - 1);
        }
    }
    if seen(Kind::Milestones)
        && !seen(Kind::Percents)
        && bands.last().is_some_and(|band| band.kind == Kind::Milestones)
        && percents(from)
    {
        return (Kind::Percents, from);
    }
    // A text ends where something else begins.
    let end = (from + 1..=last).find(|&line| {
        !seen(Kind::Milestones) && milestones(line) > 1
            || !seen(Kind::Amounts) && on(line).any(|piece| holds(piece, Label::BudgetTotal))
    });
    (Kind::Text, end.map_or(last, |end| end - 1))
}

fn is_percent(text: &str) -> bool {
    text.len() < 16
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '%' | '％' | ' '))
}

/// Pieces that stand below each other, from the left.
fn clusters<'p>(pieces: impl Iterator<Item = &'p Piece>) -> Vec<Vec<&'p Piece>> {
    let mut columns: Vec<(Range<usize>, Vec<&Piece>)> = Vec::new();
    for piece in pieces {
        let below = |(range, _): &(Range<usize>, Vec<&Piece>)| range.start < piece.end && piece.x < range.end;
        let known = columns.iter().position(below);
        // More columns than a form can have: the rest stays together.
        let known = known.or((columns.len() >= 40).then_some(39));
        let Some(known) = known else {
            columns.push((piece.x..piece.end, vec![piece]));
            continue;
        };
        let (range, column) = &mut columns[known];
        range.start = range.start.min(piece.x);
        range.end = range.end.max(piece.end);
        column.push(piece);
    }
    columns.sort_by_key(|(range, _)| range.start);
    columns.into_iter().map(|(_, column)| column).collect()
}

fn joined(reader: &Reader, column: &[&Piece]) -> String {
    column
        .iter()
        .map(|piece| reader.text(piece.span.clone()))
        .collect()
}

/// Adds the rows of the bands with their labels.
fn write<'s>(
    reader: &Reader<'s, '_>,
    bands: &[Band],
    mut labels: Vec<SideLabel>,
    found: &mut Vec<Found<'s>>,
) {
    let mut milestones: Vec<usize> = Vec::new();
    let has_plan = bands.iter().any(|band| band.kind == Kind::Milestones);
    let mut below_plan = false;
    for band in bands {
        let Some(first) = band.pieces.first() else {
            continue;
        };
        let last = band.pieces.last().map_or(first.line, |piece| piece.line);
        let mut cells: Vec<Cell> = Vec::new();
        let wanted: &[Label] = match band.kind {
            Kind::Names => &[Label::Code],
            Kind::Amounts => &[Label::Budget],
            Kind::Milestones => &[Label::SpendingPlan],
            Kind::Percents => &[],
            Kind::Text if below_plan => &[Label::Goals],
            Kind::Text if has_plan => &[Label::Purpose],
            Kind::Text => &[Label::Purpose, Label::Goals],
        };
        let own = labels
            .iter_mut()
            .filter(|label| !label.used && label.label.is_some_and(|label| wanted.contains(&label)));
        // Of two, the one that stands nearer to the middle.
        if let Some(label) = own.min_by_key(|label| (label.first + label.last).abs_diff(first.line + last)) {
            label.used = true;
            cells.push(reader.cell(&label.spans, 0));
        }
        match band.kind {
            Kind::Text => cells.push(text(reader, &band.pieces)),
            Kind::Percents => {
                for piece in &band.pieces {
                    let near = milestones
                        .iter()
                        .enumerate()
                        .min_by_key(|(_, x)| x.abs_diff(piece.x));
                    let column = near.map_or(1, |(index, _)| index + 1);
                    cells.push(reader.cell(std::slice::from_ref(&piece.span), column));
                }
            }
            Kind::Names | Kind::Amounts | Kind::Milestones => {
                for (index, column) in clusters(band.pieces.iter()).iter().enumerate() {
                    let spans: Vec<Range<usize>> = column.iter().map(|piece| piece.span.clone()).collect();
                    cells.push(reader.cell(&spans, index + 1));
                    if band.kind == Kind::Milestones {
                        milestones.push(column.iter().map(|piece| piece.x).min().unwrap_or(0));
                    }
                }
            }
        }
        below_plan |= matches!(band.kind, Kind::Milestones | Kind::Percents);
        push_row(reader, first.line, cells, found);
    }
    for label in labels.iter().filter(|label| !label.used) {
        push_row(reader, label.first, vec![reader.cell(&label.spans, 0)], found);
    }
}

fn push_row<'s>(reader: &Reader<'s, '_>, line: usize, cells: Vec<Cell<'s>>, found: &mut Vec<Found<'s>>) {
    let width = cells
        .iter()
        .map(|cell| cell.column as usize + 1)
        .max()
        .unwrap_or(1)
        .max(WIDTH);
    found.push(Found {
        start: reader.lines[line].span.start,
        kind: BlockKind::Row,
        cells,
        width,
    });
}

/// The cell of a text over several lines; a gap between two lines parts paragraphs.
fn text<'s>(reader: &Reader<'s, '_>, pieces: &[Piece]) -> Cell<'s> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let room = pieces
        .chunk_by(|left, right| left.line == right.line)
        .map(|line| Measure::WideMarks.width(reader.text(line[0].span.start..line[line.len() - 1].span.end)))
        .max()
        .unwrap_or(0);
    let mut above: Option<usize> = None;
    for line in pieces.chunk_by(|left, right| left.line == right.line) {
        let span = line[0].span.start..line[line.len() - 1].span.end;
        let text = reader.text(span.clone());
        if let Some(above) = above
            && line[0].line > above + 1
            && reader.lines[above].page == reader.lines[line[0].line].page
            && let Some(last) = lines.last()
            && Measure::WideMarks.width(last) + wrapping::first_piece(text, Measure::WideMarks) <= room
        {
            lines.push("");
        }
        lines.push(text);
        spans.push(span);
        above = Some(line[0].line);
    }
    cell_in(&spans, &lines, room, 1)
}
