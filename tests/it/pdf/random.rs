//! What holds for the pages of any document, on random ones. More of them with `PROPTEST_CASES`.
//!
//! Each text and cell has a size of its own, by which its runs are known on the pages.

use std::collections::{BTreeMap, BTreeSet};

use jixiao::pdf::{Destination, Page, Pages, Role, Run, TYPE_AREA};
use jixiao::sheet::{
    Align, Block, Cell, Column, Document, Face, Row, Sheet, SheetKind, Style, Table, TextBlock, Vertical,
};
use jixiao::text::Fonts;
use jixiao::text::classes::{self, Class};
use proptest::prelude::*;

use super::{assert_no_run_outside, bytes, laid_out};

/// What lengths may be off by, in points.
const TOLERANCE: f32 = 0.15;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES");
    ProptestConfig {
        cases: cases.ok().and_then(|cases| cases.parse().ok()).unwrap_or(64),
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    }
}

/// Texts of all that a document may hold, and of what it may not.
fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[一-龥]{1,12}",
        2 => "[A-Za-z]{1,12}",
        1 => "[A-Z0-9]{20,60}",
        3 => "[≥≤]?[0-9]{1,6}(\\.[0-9]{1,2})?(%|万元|人次|个月|平方米|年)?",
        2 => "[，。、；：？！）》」”’％…—·～/]{1,4}",
        2 => "[（《「“‘〔【]{1,3}",
        1 => "（[一-龥]{1,6}）",
        1 => prop::sample::select(vec!["——", "……", "〔2024〕", "PM2.5", "①", "㎡", "2025年12月底", " - ", "第3季度"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec![" ", "  ", "\u{3000}", "\u{a0}", "\t", "\u{200b}", "\u{fe0f}"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["𠮷", "\u{2fffd}", "😀", "é", "Ω", "ｱ", "Ａ", "\u{1}"]).prop_map(str::to_owned),
        1 => Just("\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    /// The pitch is none, or one that leaves lines apart.
    fn style()(face in prop::sample::select(Face::ALL.to_vec()),
               align in prop::sample::select(vec![Align::Left, Align::Center, Align::Right, Align::Justify]),
               vertical in prop::sample::select(vec![Vertical::Top, Vertical::Middle, Vertical::Bottom]),
               size in 16_u32..60, pitch in prop_oneof![Just(0.0_f32), 1.2_f32..2.2],
               indent in prop::sample::select(vec![0.0_f32, 0.0, 1.0, 2.0]),
               (before, after) in (0.0_f32..30.0, 0.0_f32..30.0),
               (border, keep, shade) in (any::<bool>(), prop::bool::weighted(0.2), any::<bool>())) -> Style {
        let size = size as f32 / 2.0;
        Style { face, align, vertical, size, pitch: pitch * size, indent, before, after, border, keep, shade, ..Style::default() }
    }
}

/// A cell of letters that are not too large for its column.
fn cell(most: usize) -> impl Strategy<Value = (String, Style, usize, usize)> {
    (
        text(most),
        style(),
        1..4_usize,
        prop_oneof![4 => Just(1), 1 => 2..5_usize],
    )
        .prop_map(|(text, style, columns, rows)| {
            let size = style.size.min(18.0);
            let pitch = style.pitch / style.size * size;
            (text, Style { size, pitch, ..style }, columns, rows)
        })
}

fn table() -> impl Strategy<Value = Table> {
    let cells = prop::collection::vec(prop_oneof![12 => cell(5).boxed(), 1 => cell(120).boxed()], 9);
    let row = (prop::bool::weighted(0.15), 0.0_f32..60.0, cells);
    (
        prop::collection::vec(1.0_f32..4.0, 1..10),
        prop::collection::vec(row, 1..25),
        (
            prop::sample::select(vec![1.0_f32, 0.8, 0.6]),
            prop::sample::select(vec![0.0_f32, 0.8, 0.9]),
            prop::option::of(Just("（续）".to_owned())),
        ),
    )
        .prop_map(|(shares, rows, (least, tight, continued))| {
            let count = shares.len();
            let total: f32 = shares.iter().sum();
            // No column is too narrow for a character.
            let room = 442.0 - 30.0 * count as f32;
            let columns = shares
                .iter()
                .map(|share| 30.0 + share / total * room)
                .map(|width| Column {
                    width,
                    least: (width * least).max(30.0),
                    most: width / least,
                })
                .collect();
            let headers: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let mut taken = vec![0; count];
            let rows = rows
                .into_iter()
                .enumerate()
                .map(|(at, (header, height, wanted))| {
                    let mut cells = Vec::new();
                    let mut column = 0;
                    for (text, style, column_span, row_span) in wanted {
                        while taken.get(column).is_some_and(|&until| until > at) {
                            column += 1;
                        }
                        if column >= count {
                            break;
                        }
                        let free = taken[column..].iter().take_while(|&&until| until <= at).count();
                        let column_span = column_span.min(free);
                        // A merged cell ends before header rows, and no header cell is merged downward.
                        let plain = headers[at + 1..].iter().take_while(|header| !**header).count();
                        let row_span = if header { 1 } else { row_span.min(plain + 1) };
                        taken[column..column + column_span].fill(at + row_span);
                        cells.push(Cell {
                            column,
                            column_span,
                            row_span,
                            text,
                            style,
                            ..Cell::default()
                        });
                        column += column_span;
                    }
                    Row {
                        header,
                        height,
                        cells,
                        ..Row::default()
                    }
                });
            Table {
                columns,
                rows: rows.collect(),
                tight,
                continued,
                ..Table::default()
            }
        })
}

fn block() -> impl Strategy<Value = Block> {
    let said = (
        text(60),
        style(),
        0..3_u8,
        any::<bool>(),
        prop::option::of(0..6_usize),
    );
    prop_oneof![
        3 => said.prop_map(|(text, style, outline, named, link)| {
            Block::Text(TextBlock {
                text,
                style,
                outline,
                id: named.then(|| "named".to_owned()),
                link: link.map(|link| format!("sheet-{link}")),
                continued: named.then(|| "（续表）".to_owned()),
                ..TextBlock::default()
            })
        }),
        2 => table().prop_map(Block::Table),
    ]
}

fn document() -> impl Strategy<Value = Document> {
    let kinds = vec![
        SheetKind::Cover,
        SheetKind::Contents,
        SheetKind::PartTitle,
        SheetKind::Narrative,
        SheetKind::Form,
    ];
    let sheet = (prop::sample::select(kinds), prop::collection::vec(block(), 0..5));
    prop::collection::vec(sheet, 0..6).prop_map(|sheets| {
        let sheets = sheets.into_iter().enumerate().map(|(at, (kind, blocks))| Sheet {
            kind,
            id: format!("sheet-{at}"),
            name: format!("{at}"),
            blocks,
        });
        let mut document = Document {
            sheets: sheets.collect(),
            ..Document::default()
        };
        let mut number = 0;
        each_text(&mut document, |_, style| {
            number += 1;
            style.size += number as f32 / 4096.0;
        });
        document
    })
}

/// Calls a function for each text and each cell with its style.
fn each_text(document: &mut Document, mut each: impl FnMut(&str, &mut Style)) {
    for block in document.sheets.iter_mut().flat_map(|sheet| &mut sheet.blocks) {
        match block {
            Block::Text(text) => each(&text.text, &mut text.style),
            Block::Table(table) => {
                for cell in table.rows.iter_mut().flat_map(|row| &mut row.cells) {
                    each(&cell.text, &mut cell.style);
                }
            }
        }
    }
}

/// The runs of one text, with their pages.
type Shown<'p> = BTreeMap<u32, Vec<(usize, &'p Run)>>;

fn shown(pages: &Pages, role: Role) -> Shown<'_> {
    let mut shown = Shown::new();
    for (at, page) in pages.pages.iter().enumerate() {
        for run in page.runs.iter().filter(|run| run.role == role) {
            shown.entry(run.size.to_bits()).or_default().push((at, run));
        }
    }
    shown
}

/// The characters of a paragraph that are set, with their classes.
fn units(paragraph: &str) -> Vec<(char, Class)> {
    let seen = paragraph.chars().filter(|c| !classes::is_ignorable(*c));
    seen.map(|c| if c == '\t' { ' ' } else { c })
        .map(|c| (c, classes::class(c)))
        .collect()
}

/// The lines of a text as the pages show them.
fn lines(runs: &[(usize, &Run)]) -> Vec<String> {
    let mut lines: Vec<(usize, f32, String)> = Vec::new();
    for (page, run) in runs {
        match lines.last_mut() {
            Some((last, baseline, text)) if last == page && baseline.to_bits() == run.baseline.to_bits() => {
                text.push_str(&run.text);
            }
            _ => lines.push((*page, run.baseline, run.text.clone())),
        }
    }
    lines.into_iter().map(|(_, _, text)| text).collect()
}

/// A text is shown once, in order, and no line of it ends where a weaker bond in it could have been cut.
fn is_set_well(text: &str, lines: &[String]) -> Result<(), TestCaseError> {
    let mut lines = lines.iter();
    for paragraph in text.split('\n') {
        let units = units(paragraph);
        let bonds = classes::bonds(&units);
        let is_space = |at: usize| units.get(at).is_some_and(|(_, class)| *class == Class::Space);
        let mut at = 0;
        while (at..units.len()).any(|at| !is_space(at)) {
            let line = lines.next();
            prop_assert!(line.is_some(), "{paragraph:?} is not shown from {at} on");
            let line: Vec<char> = line.map(|line| line.chars().collect()).unwrap_or_default();
            while is_space(at) && line.first().is_some_and(|first| *first != units[at].0) {
                at += 1;
            }
            let start = at;
            for c in &line {
                prop_assert_eq!(
                    units.get(at).map(|unit| unit.0),
                    Some(*c),
                    "{:?}: {:?}",
                    paragraph,
                    line
                );
                at += 1;
            }
            while is_space(at) {
                at += 1;
            }
            if at < units.len() {
                let weaker = (start + 1..at).find(|&q| !is_space(q) && bonds[q] < bonds[at]);
                prop_assert!(
                    weaker.is_none(),
                    "{:?} of {:?} ends at a bond {:?}, and {:?} is weaker",
                    line.iter().collect::<String>(),
                    paragraph,
                    bonds[at],
                    weaker.map(|q| (q - start, bonds[q]))
                );
            }
        }
    }
    prop_assert!(lines.next().is_none(), "{text:?} is shown twice");
    Ok(())
}

/// The glyphs of all runs stand in their cells, by the widths of the fonts.
fn glyphs_are_inside(pages: &Pages) -> Result<(), TestCaseError> {
    let fonts = Fonts::built_in();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        for (c, placed) in run.text.chars().zip(&run.glyphs) {
            prop_assert!(placed.id != 0, "{c:?} is shown as a box");
            let Some(glyph) = fonts.own_glyph(run.font, c) else {
                continue;
            };
            let em = |units: i32| run.x + units as f32 * run.size / 1000.0;
            let left = em(placed.x + i32::from(glyph.blank_before));
            // A justified text may close up by two hundredths, less than is blank beside any ink.
            let closing = 0.02 * run.size;
            let right = em(placed.x + i32::from(glyph.advance) - i32::from(glyph.blank_after));
            prop_assert!(
                left >= run.within.left - TOLERANCE && right <= run.within.right + TOLERANCE + closing,
                "{c:?} of {:?} stands from {left} to {right}, not in {:?}",
                run.text,
                run.within
            );
        }
    }
    Ok(())
}

fn no_runs_overlap(page: &Page) -> Result<(), TestCaseError> {
    let of = |run: &Run| (run.baseline - 0.88 * run.size, run.baseline + 0.12 * run.size);
    let mut runs: Vec<&Run> = page.runs.iter().collect();
    runs.sort_by(|a, b| of(a).0.total_cmp(&of(b).0));
    for (at, one) in runs.iter().enumerate() {
        for other in runs[at + 1..]
            .iter()
            .take_while(|other| of(other).0 < of(one).1 - TOLERANCE)
        {
            let apart =
                other.extent.0 >= one.extent.1 - TOLERANCE || one.extent.0 >= other.extent.1 - TOLERANCE;
            prop_assert!(apart, "{:?} and {:?} overlap", one.text, other.text);
        }
    }
    Ok(())
}

/// All four sides of what is shown of a cell with borders are drawn.
fn has_borders(page: &Page, run: &Run) -> Result<(), TestCaseError> {
    let area = run.within;
    let sides = [
        (true, area.top, area.left, area.right),
        (true, area.bottom, area.left, area.right),
        (false, area.left, area.top, area.bottom),
        (false, area.right, area.top, area.bottom),
    ];
    for (is_row, place, from, to) in sides {
        let drawn = page.rules.iter().any(|rule| {
            let (begin, end) = (rule.from, rule.to);
            let (at, other, start, stop) = if is_row {
                (begin.1, end.1, begin.0, end.0)
            } else {
                (begin.0, end.0, begin.1, end.1)
            };
            (at - place).abs() < TOLERANCE
                && (other - place).abs() < TOLERANCE
                && start <= from + TOLERANCE
                && stop >= to - TOLERANCE
        });
        prop_assert!(drawn, "{:?}: a side of {area:?} is not drawn", run.text);
    }
    Ok(())
}

/// The pages of a text follow each other.
fn are_in_one_stretch(pages: &BTreeSet<usize>) -> bool {
    pages
        .iter()
        .zip(pages.iter().skip(1))
        .all(|(one, next)| next - one == 1)
}

/// Header rows are shown again, once, on each page that the rows below them go on to, and nowhere else.
fn headers_go_on(table: &Table, text: &Shown<'_>, repeated: &Shown<'_>) -> Result<(), TestCaseError> {
    let pages_of = |row: &Row| -> BTreeSet<usize> {
        let runs = row
            .cells
            .iter()
            .filter_map(|cell| text.get(&cell.style.size.to_bits()));
        runs.flatten().map(|(page, _)| *page).collect()
    };
    let mut group: Vec<&Row> = Vec::new();
    let mut body: Vec<&Row> = Vec::new();
    let mut groups = Vec::new();
    for row in &table.rows {
        if row.header && !body.is_empty() {
            groups.push((std::mem::take(&mut group), std::mem::take(&mut body)));
        }
        if row.header {
            group.push(row);
        } else {
            body.push(row);
        }
    }
    groups.push((group, body));
    for (group, body) in groups {
        let own: BTreeSet<usize> = group.iter().flat_map(|row| pages_of(row)).collect();
        // The cells of a row that is split are labels of its rest, whether it is a header row or not.
        let Some(last) = own.last().filter(|_| own.len() == 1) else {
            continue;
        };
        let further: BTreeSet<usize> = body
            .iter()
            .flat_map(|row| pages_of(row))
            .filter(|page| page > last)
            .collect();
        let mut counts = BTreeSet::new();
        let mut height = 0.0_f32;
        for row in &group {
            let mut of_row = 0.0_f32;
            for cell in &row.cells {
                let key = cell.style.size.to_bits();
                let Some(first) = text.get(&key) else { continue };
                of_row = of_row.max(first[0].1.within.height());
                let again = repeated.get(&key).map_or(&[][..], Vec::as_slice);
                for page in &further {
                    let on_page: Vec<_> = again.iter().filter(|(at, _)| at == page).copied().collect();
                    let shown: usize = on_page.iter().map(|(_, run)| run.text.chars().count()).sum();
                    let whole: usize = first.iter().map(|(_, run)| run.text.chars().count()).sum();
                    prop_assert!(
                        shown == 0 || shown == whole,
                        "{:?} is shown again as {shown} of {whole}",
                        cell.text
                    );
                    counts.insert(shown > 0);
                }
                // A page may hold nothing of the rows below but empty cells.
                let on: BTreeSet<usize> = again.iter().map(|(at, _)| *at).chain([*last]).collect();
                prop_assert!(
                    on.first() == Some(last) && are_in_one_stretch(&on),
                    "{:?} of page {last} is shown again on {on:?}, and nothing goes on there",
                    cell.text
                );
            }
            height += of_row.max(row.height);
        }
        prop_assert!(counts.len() < 2, "a part of the header rows is shown again");
        // Headers that would take half a page are not.
        if height < 0.45 * TYPE_AREA.height() {
            prop_assert!(!counts.contains(&false), "header rows are not shown again");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_pages_of_any_document_are_sound(document in document()) {
        let pages = laid_out(&document);
        assert_no_run_outside(&pages);
        glyphs_are_inside(&pages)?;
        for page in &pages.pages {
            no_runs_overlap(page)?;
            for link in &page.links {
                if let Destination::Page { page, .. } = link.to {
                    prop_assert!(page < pages.pages.len());
                }
                prop_assert!(link.area.width() > 0.0 && link.area.height() > 0.0);
            }
        }
        for entry in &pages.outline {
            prop_assert!(entry.page < pages.pages.len());
            prop_assert!(entry.top >= TYPE_AREA.top - TOLERANCE && entry.top <= TYPE_AREA.bottom + TOLERANCE);
        }
        let (text, repeated) = (shown(&pages, Role::Text), shown(&pages, Role::Repeated));
        let runs_of = |style: &Style| text.get(&style.size.to_bits()).map_or(&[][..], Vec::as_slice);
        for block in document.sheets.iter().flat_map(|sheet| &sheet.blocks) {
            match block {
                Block::Text(block) => is_set_well(&block.text, &lines(runs_of(&block.style)))?,
                Block::Table(table) => {
                    for cell in table.rows.iter().flat_map(|row| &row.cells) {
                        let runs = runs_of(&cell.style);
                        is_set_well(&cell.text, &lines(runs))?;
                        let on: BTreeSet<usize> = runs.iter().map(|(page, _)| *page).collect();
                        prop_assert!(are_in_one_stretch(&on), "{:?} is on pages {on:?}", cell.text);
                        if cell.style.border {
                            for (page, run) in runs {
                                has_borders(&pages.pages[*page], run)?;
                            }
                        }
                    }
                    headers_go_on(table, &text, &repeated)?;
                }
            }
        }
        let again = laid_out(&document);
        prop_assert_eq!(&again, &pages);
        // Writing takes longer than all else here.
        if pages.pages.len() <= 3 {
            prop_assert!(bytes(&again) == bytes(&pages), "the same pages, other bytes");
        }
    }
}
