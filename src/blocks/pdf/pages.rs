//! The drawings of the pages → their lines and tables in order, and what of them is furniture.

use std::collections::HashMap;

use super::glyphs::{Drawing, Glyph, Turned};
use super::lines::{TextLine, lines};
use super::paragraphs::{Body, Measure, cell_text};
use super::ruling::{Grid, grids, nearest};

/// A text that sticks out of its cell goes on without a gap; one of another cell does not.
const TIGHT: f64 = 0.35;

/// What stands on a page, from top to bottom.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) items: Vec<Item>,
    /// Texts across the page, such as watermarks.
    pub(super) slanted: Vec<String>,
    height: f64,
    width: f64,
}

/// One thing on a page.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A line outside the tables.
    Line(TextLine),
    /// A running head or a page number.
    Furniture(TextLine),
    /// A table, or the piece of one on this page.
    Table(Table),
}

/// A table with its texts.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) grid: Grid,
    /// Where the columns of the whole table begin and end, of which this may be a piece.
    pub(super) columns: Vec<f64>,
    /// The lines in each cell of the grid.
    pub(super) lines: Vec<Vec<TextLine>>,
    /// Where text may stand in each cell.
    pub(super) inner: Vec<Measure>,
    /// Texts that stand at a right angle, by their cells.
    turned: Vec<(usize, String)>,
    /// The row that went to the row it goes on with, on the page before.
    pub(super) absorbed: Option<usize>,
}

impl Table {
    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.grid.ys.len() - 1
    }

    /// The text of a cell, `\n` between its paragraphs.
    pub(super) fn text(&self, cell: usize) -> String {
        let text = cell_text(&self.lines[cell], self.inner[cell]);
        match self.turned.iter().find(|(at, _)| *at == cell) {
            Some((_, turned)) if text.is_empty() => turned.clone(),
            _ => text,
        }
    }

    /// The columns of the whole table that a cell takes: the first and how many.
    pub(super) fn columns_of(&self, cell: usize) -> (usize, usize) {
        let (left, right) = self.grid.sides(cell);
        let first = nearest(&self.columns, left);
        (first, nearest(&self.columns, right).saturating_sub(first).max(1))
    }

    /// The texts of the cells that begin in each row, without blanks.
    pub(super) fn row_texts(&self) -> Vec<String> {
        let mut texts = vec![String::new(); self.rows()];
        for (cell, lines) in self.grid.cells.iter().zip(&self.lines) {
            for line in lines {
                texts[cell.row].extend(line.text().chars().filter(|c| !c.is_whitespace()));
            }
        }
        texts
    }

    /// From line to line in a cell.
    pub(super) fn pitch(&self, cell: usize) -> f64 {
        let pitches = self.lines[cell].windows(2).map(|pair| pair[1].y - pair[0].y);
        let size = self.lines[cell].first().map_or(10.0, |line| line.size);
        let least = pitches.fold(f64::INFINITY, f64::min);
        if least.is_finite() { least } else { 1.2 * size }
    }
}

/// Finds the lines and tables of a page.
pub(super) fn layout(drawing: Drawing) -> Layout {
    let grids = grids(&drawing.horizontal, &drawing.vertical);
    let (cells, free) = shared_out(&grids, &drawing.glyphs);
    let mut turned = drawing.turned;
    let mut items: Vec<(f64, Item)> = lines(free)
        .into_iter()
        .map(|line| (line.y, Item::Line(line)))
        .collect();
    for (grid, cells) in grids.into_iter().zip(cells) {
        items.push((grid.ys[0], Item::Table(table(grid, cells, &mut turned))));
    }
    items.sort_by(|a, b| a.0.total_cmp(&b.0));
    Layout {
        items: items.into_iter().map(|(_, item)| item).collect(),
        slanted: slanted(&turned),
        height: drawing.height,
        width: drawing.width,
    }
}

/// The characters of each cell of each grid, and those outside.
fn shared_out(grids: &[Grid], glyphs: &[Glyph]) -> (Vec<Vec<Vec<Glyph>>>, Vec<Glyph>) {
    let mut cells: Vec<Vec<Vec<Glyph>>> = grids
        .iter()
        .map(|grid| vec![Vec::new(); grid.cells.len()])
        .collect();
    let mut free = Vec::new();
    let mut rest = glyphs;
    while !rest.is_empty() {
        // A stretch of characters that follow each other without a gap stands in one cell, even where it
        // sticks out of it.
        let mut end = 1;
        while let (Some(last), Some(next)) = (rest.get(end - 1), rest.get(end))
            && next.run == last.run
            && (next.y - last.y).abs() < 0.1 * last.size
            && (next.x0 - last.x1).abs() < TIGHT * last.size
        {
            end += 1;
        }
        let (stretch, after) = rest.split_at(end);
        rest = after;
        match home(grids, stretch) {
            Some((grid, cell)) => cells[grid][cell].extend_from_slice(stretch),
            None => free.extend_from_slice(stretch),
        }
    }
    (cells, free)
}

/// The cell that a stretch of characters belongs to: the one that it begins in, unless it sticks out on
/// both sides.
fn home(grids: &[Grid], stretch: &[Glyph]) -> Option<(usize, usize)> {
    let place = |glyph: &Glyph| {
        let middle = glyph.middle();
        let around = grids.iter().enumerate();
        let around = around.filter_map(|(at, grid)| Some((at, grid.cell_at(middle)?, grid.area())));
        let inmost = around.min_by(|a, b| a.2.total_cmp(&b.2));
        inmost.map(|(grid, cell, _)| (grid, cell))
    };
    let first = stretch.first()?;
    let last = stretch.last()?;
    let begin = place(first);
    if begin == place(last) {
        return begin;
    }
    let middle = place(&stretch[stretch.len() / 2]);
    let Some((grid, cell)) = begin else {
        return middle;
    };
    // Text that begins right at the edge was pushed over it from a cell further on.
    let (left, _) = grids[grid].sides(cell);
    let begins_here = grids[grid].cells[cell].column == 0 || first.x0 - left < 1.2 * first.size;
    if begins_here { begin } else { middle }
}

/// A table of the characters in its cells; texts at a right angle are taken from `turned`.
fn table(grid: Grid, cells: Vec<Vec<Glyph>>, turned: &mut Vec<Turned>) -> Table {
    let cells: Vec<Vec<TextLine>> = cells.into_iter().map(lines).collect();
    // How near to the edges of their cells the texts of this table come.
    let mut padding = (f64::INFINITY, f64::INFINITY);
    for (cell, lines) in cells.iter().enumerate().filter(|(_, lines)| lines.len() > 1) {
        let (left, right) = grid.sides(cell);
        for line in lines {
            padding.0 = padding.0.min((line.x0() - left).max(0.0));
            padding.1 = padding.1.min((right - line.x1()).max(0.0));
        }
    }
    let inner = cells.iter().enumerate().map(|(cell, lines)| {
        let (left, right) = grid.sides(cell);
        let most = lines.first().map_or(0.0, |line| line.size);
        Measure {
            left: left + padding.0.min(most),
            right: right - padding.1.min(most),
        }
    });
    let inner = inner.collect();
    // Texts at a right angle belong to the cells they stand in, as in a narrow merged one.
    let mut upright: Vec<(usize, String)> = Vec::new();
    turned.retain(|glyph| {
        let cell = grid.cell_at(glyph.at);
        let Some(cell) = cell.filter(|&cell| glyph.is_square && cells[cell].is_empty()) else {
            return true;
        };
        match upright.iter_mut().find(|(at, _)| *at == cell) {
            Some((_, text)) => text.push(glyph.c),
            None => upright.push((cell, glyph.c.to_string())),
        }
        false
    });
    Table {
        columns: grid.xs.clone(),
        grid,
        lines: cells,
        inner,
        turned: upright,
        absorbed: None,
    }
}

/// The texts that stand across the page: characters that follow each other.
fn slanted(turned: &[Turned]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut before: Option<&Turned> = None;
    for glyph in turned {
        let is_near = before.is_some_and(|before| {
            (before.at.0 - glyph.at.0).hypot(before.at.1 - glyph.at.1) < 2.5 * before.size
        });
        match texts.last_mut() {
            Some(text) if is_near => text.push(glyph.c),
            _ => texts.push(glyph.c.to_string()),
        }
        before = Some(glyph);
    }
    texts
}

/// How the running text stands on pages that are as wide as this one.
pub(super) fn bodies(pages: &[Layout]) -> Vec<Body> {
    let key = |page: &Layout| (page.width / 10.0) as i64;
    let mut alike: HashMap<i64, Vec<&Layout>> = HashMap::new();
    for page in pages {
        alike.entry(key(page)).or_default().push(page);
    }
    let mut known: HashMap<i64, Body> = HashMap::new();
    let body_of = |page: &Layout| {
        let alike = alike.get(&key(page)).into_iter().flatten();
        Body::of(alike.flat_map(|page| {
            page.items.iter().enumerate().filter_map(|(at, item)| match item {
                Item::Line(line) if line.parts.len() == 1 => {
                    let follows = at > 0 && matches!(page.items[at - 1], Item::Line(_));
                    Some((line, follows))
                }
                _ => None,
            })
        }))
    };
    let bodies = pages
        .iter()
        .map(|page| *known.entry(key(page)).or_insert_with(|| body_of(page)));
    bodies.collect()
}

/// Marks running heads and page numbers: the first and last lines of the pages that say the same in the
/// same place, or that count the pages.
pub(super) fn mark_furniture(pages: &mut [Layout]) {
    let mut usual: Vec<f64> = Vec::new();
    let mut repeated: HashMap<(String, i64), usize> = HashMap::new();
    for page in pages.iter() {
        for item in &page.items {
            if let Item::Line(line) = item {
                usual.push(line.size);
            }
        }
        for line in outer_lines(page) {
            for near in [-1, 0, 1] {
                let place = (pattern(&line.text()), (line.y / 4.0) as i64 + near);
                *repeated.entry(place).or_default() += 1;
            }
        }
    }
    usual.sort_by(f64::total_cmp);
    let usual = usual.get(usual.len() / 2).copied().unwrap_or(10.0);
    let written = pages.iter().filter(|page| !page.items.is_empty()).count();
    for page in pages {
        let height = page.height;
        let is_furniture = |line: &TextLine| {
            let place = line.y / height.max(1.0);
            if line.is_artifact {
                return true;
            }
            if (!(0.1..=0.85).contains(&place)) && is_page_number(&line.text()) {
                return true;
            }
            let times = repeated.get(&(pattern(&line.text()), (line.y / 4.0) as i64));
            let is_repeated = times.is_some_and(|&times| times > 1 && times * 10 >= written * 6);
            // A title that begins every page is larger.
            !(0.09..=0.91).contains(&place) && is_repeated && line.size <= usual * 1.1
        };
        let is_end = |item: &Item| matches!(item, Item::Line(line) if is_furniture(line));
        let count = page.items.len();
        let first = page.items.iter().take_while(|item| is_end(item)).count();
        let last = page.items.iter().rev().take_while(|item| is_end(item)).count();
        for (at, item) in page.items.iter_mut().enumerate() {
            if let Item::Line(line) = item
                && (at < first || at + last >= count || line.is_artifact)
            {
                *item = Item::Furniture(line.clone());
            }
        }
    }
}

/// The lines at the ends of a page that may be furniture.
fn outer_lines(page: &Layout) -> impl Iterator<Item = &TextLine> {
    let line = |item: &'_ Item| matches!(item, Item::Line(_));
    let first = page.items.iter().take_while(move |item| line(item)).take(3);
    let last = page.items.iter().rev().take_while(move |item| line(item)).take(3);
    let count = page.items.len();
    let lines = first.chain(last.take(count.saturating_sub(3).min(3)));
    lines.filter_map(|item| match item {
        Item::Line(line) => Some(line),
        _ => None,
    })
}

/// A text with a sign for each number and without blanks.
fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() || ('０'..='９').contains(&c) {
            if !pattern.ends_with('#') {
                pattern.push('#');
            }
        } else {
            pattern.push(c);
        }
    }
    pattern
}

/// Whether a line counts the pages: `1`, `— 1 —`, `第 1 页 共 9 页`, `1/9`, `Page 1 of 9`, `iv`.
fn is_page_number(text: &str) -> bool {
    const PAGES: &[&str] = &[
        "#",
        "第#页",
        "#页",
        "第#页共#页",
        "第#页,共#页",
        "第#页，共#页",
        "第#页/共#页",
        "第#页（共#页）",
        "第#页(共#页)",
        "共#页第#页",
        "共#页，第#页",
        "共#页,第#页",
        "#/#",
        "#／#",
        "#of#",
        "Page#",
        "page#",
        "Page#of#",
        "P#",
        "P.#",
    ];
    let pattern = pattern(text);
    let bare = pattern.trim_matches(|c: char| "—-–－−―‐~～·•*|｜【】[]()（）<>《》〈〉_".contains(c));
    let is_roman = || !bare.is_empty() && bare.len() < 6 && bare.chars().all(|c| "ivxⅰⅱⅲⅳⅴⅵⅶⅷⅸ".contains(c));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (PAGES.contains(&bare) && digits < 9) || is_roman()
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::Line;
    use super::super::lines::tests::written;
    use super::*;

    fn page(texts: &[(&str, f64, f64)]) -> Drawing {
        Drawing {
            width: 600.0,
            height: 800.0,
            glyphs: texts
                .iter()
                .flat_map(|(text, x, y)| written(text, *x, *y, 10.0))
                .collect(),
            ..Drawing::default()
        }
    }

    fn furniture(pages: Vec<Drawing>) -> Vec<Vec<String>> {
        let mut pages: Vec<Layout> = pages.into_iter().map(layout).collect();
        mark_furniture(&mut pages);
        let of = |page: &Layout| {
            let items = page.items.iter().filter_map(|item| match item {
                Item::Furniture(line) => Some(line.text()),
                _ => None,
            });
            items.collect()
        };
        pages.iter().map(of).collect()
    }

    #[test]
    fn page_numbers_and_running_heads_are_furniture() {
        let pages = (1..4).map(|number| {
            let text = format!("— {number} —");
            page(&[
                ("某县某局报告", 250.0, 40.0),
                ("正文的一行", 90.0, 120.0),
                ("共同的一行", 90.0, 140.0),
                (&text, 290.0, 760.0),
            ])
        });
        for (at, found) in furniture(pages.collect()).into_iter().enumerate() {
            assert_eq!(found, ["某县某局报告".to_owned(), format!("— {} —", at + 1)]);
        }
    }

    #[test]
    fn one_page_shows_its_number_by_its_place() {
        assert_eq!(
            furniture(vec![page(&[("正文", 90.0, 120.0), ("第 1 页", 280.0, 770.0)])]),
            [["第 1 页"]]
        );
        assert_eq!(
            furniture(vec![page(&[("正文", 90.0, 120.0), ("3", 280.0, 300.0)])]),
            [[""; 0]]
        );
    }

    #[test]
    fn a_title_of_each_page_is_no_running_head() {
        let pages = (1..4).map(|_| {
            let mut page = page(&[("正文的一行", 90.0, 120.0), ("正文又一行", 90.0, 140.0)]);
            page.glyphs.extend(written("目标表", 250.0, 60.0, 20.0));
            page
        });
        assert_eq!(furniture(pages.collect()), [[""; 0], [""; 0], [""; 0]]);
    }

    /// Two columns of a hundred points, two rows of forty.
    fn table(texts: &[(&str, f64, f64)]) -> Drawing {
        let line = |at, to| Line { at, from: 100.0, to };
        Drawing {
            horizontal: vec![line(100.0, 300.0), line(140.0, 300.0), line(180.0, 300.0)],
            vertical: vec![line(100.0, 180.0), line(200.0, 180.0), line(300.0, 180.0)],
            ..page(texts)
        }
    }

    fn cells(drawing: Drawing) -> Vec<String> {
        let page = layout(drawing);
        let tables = page.items.into_iter().filter_map(|item| match item {
            Item::Table(table) => Some(table),
            _ => None,
        });
        tables
            .flat_map(|table| {
                (0..table.lines.len())
                    .map(|cell| table.text(cell))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn texts_belong_to_the_cells_around_them() {
        let drawing = table(&[
            ("左上", 104.0, 120.0),
            ("右上", 204.0, 120.0),
            ("右下", 204.0, 160.0),
            ("外", 90.0, 300.0),
        ]);
        assert_eq!(cells(drawing), ["左上", "右上", "", "右下"]);
    }

    #[test]
    fn a_text_that_sticks_out_stays_whole() {
        let drawing = table(&[("这一格的文字长过了格子的边", 104.0, 120.0)]);
        assert_eq!(cells(drawing), ["这一格的文字长过了格子的边", "", "", ""]);
    }

    #[test]
    fn turned_texts_fill_their_cell_and_watermarks_do_not() {
        let mut drawing = table(&[("右上", 204.0, 120.0)]);
        let turned = |c, y, is_square| Turned {
            c,
            at: (150.0, y),
            size: 10.0,
            is_square,
        };
        drawing.turned = vec![
            turned('竖', 110.0, true),
            turned('排', 120.0, true),
            turned('水', 150.0, false),
            turned('印', 160.0, false),
        ];
        let page = layout(drawing.clone());
        assert_eq!(page.slanted, ["水印"]);
        assert_eq!(cells(drawing), ["竖排", "右上", "", ""]);
    }
}
