//! `.pdf` with text in it → blocks: cells from the ruling lines, paragraphs from the places of the lines.
//!
//! A page is read into a display list (`glyphs`, `fonts`), its ruling lines into grids (`ruling`), its
//! characters into lines (`lines`) and these into cells and paragraphs (`paragraphs`, `pages`).

use std::fmt::Write as _;
use std::num::NonZeroU32;

use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::object::{Array, Dict, Stream};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, Filter, LoadPdfError, Pdf};

use super::builder::{Builder, FoundCell, Structure};
use crate::finding::{Code, Finding, Message, Place};
use crate::source::Source;

mod cuts;
mod encodings;
mod fonts;
mod glyphs;
mod lines;
mod pages;
mod paragraphs;
mod ruling;

use glyphs::{Drawing, Fonts};
use lines::{TextLine, continued};
use pages::{Item, Layout, Table};
use paragraphs::Body;

/// The signature may stand behind other bytes, but not far.
const HEAD: usize = 1024;
/// The most pages that are read.
const MOST_PAGES: usize = 5_000;
/// The most bytes that the contents and fonts of one document may have when they are unpacked.
const MOST_BYTES: usize = 256 << 20;
/// A packed stream that is read by other means than our own may have no more bytes: it can grow a
/// thousandfold.
const MOST_PACKED: usize = 1 << 18;
/// The most operations and characters of one document; a font counts as many, and a form as some.
const MOST_STEPS: u64 = 40_000_000;
const STEPS_OF_FONT: usize = 10_000;
const STEPS_OF_FORM: usize = 200;
/// A page with a picture over so much of it, and no text, is a scan.
const SCAN: f64 = 0.3;

/// Reads a PDF; `None` if the bytes are none.
pub(super) fn open(bytes: &[u8]) -> Option<(Source, Structure, Vec<Finding>)> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let start = head.windows(5).position(|window| window == b"%PDF-")?;
    let mut findings = Vec::new();
    let mut builder = Builder::default();
    if is_bomb(&bytes[start..], MOST_BYTES) {
        let (source, structure) = builder.finish("pdf");
        return Some((source, structure, vec![too_large(0)]));
    }
    match Pdf::new(bytes[start..].to_vec()) {
        Ok(pdf) => read(&pdf, &mut builder, &mut findings),
        Err(LoadPdfError::Decryption(error)) => findings.push(encrypted(error)),
        // A text may speak of a PDF in its first lines.
        Err(LoadPdfError::Invalid) if start > 0 => return None,
        Err(LoadPdfError::Invalid) => findings.push(broken()),
    }
    let (source, structure) = builder.finish("pdf");
    Some((source, structure, findings))
}

fn read(pdf: &Pdf, builder: &mut Builder, findings: &mut Vec<Finding>) {
    let mut budget = Budget {
        bytes: MOST_BYTES,
        steps: MOST_STEPS,
    };
    let mut fonts = Fonts::new();
    let mut pages = Vec::new();
    let mut scans = Vec::new();
    let mut unknown = (0, 0);
    let mut has_text = false;
    let all = pdf.pages();
    for (at, page) in all.iter().take(MOST_PAGES).enumerate() {
        if budget.is_spent() {
            break;
        }
        let drawing = glyphs::drawing(page, &mut fonts, &mut budget);
        if is_scan(&drawing) {
            scans.push(at + 1);
        }
        if unknown.0 == 0 && drawing.unknown > 0 {
            unknown.1 = at + 1;
        }
        unknown.0 += drawing.unknown;
        has_text |= drawing.has_text();
        pages.push(pages::layout(drawing));
    }
    if all.is_empty() {
        findings.push(broken());
    } else if !has_text {
        findings.push(without_text());
    } else if !scans.is_empty() {
        findings.push(pages_without_text(&scans));
    }
    if pages.len() < all.len() || budget.is_spent() {
        findings.push(too_large(pages.len()));
    }
    if unknown.0 > 0 {
        findings.push(characters_unknown(unknown.0, unknown.1));
    }
    pages::mark_furniture(&mut pages);
    cuts::mend(&mut pages);
    cuts::share_columns(&mut pages);
    let bodies = pages::bodies(&pages);
    let mut writer = Writer {
        builder,
        pages: &pages,
        bodies: &bodies,
        page: 0,
        paragraph: 0,
        table: 0,
    };
    writer.write();
}

fn is_scan(drawing: &Drawing) -> bool {
    drawing.picture >= SCAN && !drawing.has_text()
}

/// Hands over what stands on the pages, in order.
struct Writer<'p> {
    builder: &'p mut Builder,
    pages: &'p [Layout],
    bodies: &'p [Body],
    /// The page, from 0, the paragraphs handed over on it, and the tables so far.
    page: usize,
    paragraph: u32,
    table: u16,
}

impl<'p> Writer<'p> {
    fn write(&mut self) {
        // How many lines of the next page were taken already.
        let mut taken = 0;
        for page in 0..self.pages.len() {
            if page > 0 {
                self.builder.page_break();
            }
            self.page = page;
            self.paragraph = 0;
            for text in &self.pages[page].slanted {
                let place = self.next_paragraph();
                self.builder.furniture(text, place);
            }
            taken = self.write_page(taken);
        }
    }

    /// Hands over a page but for its first `taken` lines; returns how many lines of the next page belong
    /// to its last paragraph.
    fn write_page(&mut self, mut taken: usize) -> usize {
        let items = &self.pages[self.page].items;
        let mut at = 0;
        let mut ahead = 0;
        while at < items.len() {
            match &items[at] {
                Item::Line(_) if taken > 0 => taken -= 1,
                Item::Line(_) if self.is_row(items, at) => {
                    let end = (at + 1..items.len())
                        .find(|&at| !self.is_row(items, at))
                        .unwrap_or(items.len());
                    self.rows(&items[at..end]);
                    at = end;
                    continue;
                }
                Item::Line(first) => {
                    let place = self.next_paragraph();
                    let mut text = first.text();
                    let mut last = first;
                    while let Some(Item::Line(next)) = items.get(at + 1)
                        && self.bodies[self.page].continues(last, next, true)
                    {
                        continued(&mut text, &next.text());
                        last = next;
                        at += 1;
                    }
                    if items[at + 1..]
                        .iter()
                        .all(|item| matches!(item, Item::Furniture(_)))
                    {
                        ahead = self.over_the_page(&mut text, last);
                    }
                    self.builder.paragraph(&text, place);
                }
                Item::Furniture(line) => {
                    let place = self.next_paragraph();
                    self.builder.furniture(&line.text(), place);
                }
                Item::Table(table) => self.table(table),
            }
            at += 1;
        }
        ahead
    }

    /// Whether a line is a row of several texts, and no line of a paragraph with spaces in it.
    fn is_row(&self, items: &[Item], at: usize) -> bool {
        let Some(Item::Line(line)) = items
            .get(at)
            .filter(|item| matches!(item, Item::Line(line) if line.parts.len() > 1))
        else {
            return false;
        };
        let body = &self.bodies[self.page];
        let above = at.checked_sub(1).and_then(|at| items.get(at));
        let goes_on = matches!(items.get(at + 1), Some(Item::Line(next)) if body.continues(line, next, true))
            || matches!(above, Some(Item::Line(above)) if body.continues(above, line, true));
        !goes_on
    }

    /// Adds the lines at the beginning of the next page that go on with the paragraph; returns how many.
    fn over_the_page(&self, text: &mut String, mut last: &'p TextLine) -> usize {
        let Some(next) = self.pages.get(self.page + 1) else {
            return 0;
        };
        let body = &self.bodies[self.page];
        let below = next
            .items
            .iter()
            .skip_while(|item| matches!(item, Item::Furniture(_)));
        let mut count = 0;
        for item in below {
            let Item::Line(line) = item else { break };
            if !body.continues(last, line, count > 0) {
                break;
            }
            continued(text, &line.text());
            last = line;
            count += 1;
        }
        count
    }

    /// Lines that have their texts apart are rows; texts below each other stand in one column.
    fn rows(&mut self, items: &[Item]) {
        let rows: Vec<&TextLine> = items
            .iter()
            .filter_map(|item| match item {
                Item::Line(line) => Some(line),
                _ => None,
            })
            .collect();
        let mut columns: Vec<(f64, f64)> = Vec::new();
        let mut parts: Vec<_> = rows.iter().flat_map(|line| &line.parts).collect();
        parts.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        for part in parts {
            match columns.last_mut() {
                Some(column) if part.x0 < column.1 => column.1 = column.1.max(part.x1),
                _ => columns.push((part.x0, part.x1)),
            }
        }
        let column_of = |x: f64| columns.partition_point(|column| column.0 <= x).saturating_sub(1);
        // Where a long text runs over the columns below it, each line is a row of its own.
        let is_aligned = rows.iter().all(|line| {
            let columns: Vec<usize> = line.parts.iter().map(|part| column_of(part.x0)).collect();
            columns.windows(2).all(|pair| pair[0] < pair[1])
        });
        self.table = self.table.saturating_add(1);
        for (row, line) in rows.iter().enumerate() {
            let width = if is_aligned {
                columns.len()
            } else {
                line.parts.len()
            };
            let parts = line.parts.iter().enumerate();
            let cells = parts.map(|(at, part)| {
                let column = if is_aligned { column_of(part.x0) } else { at };
                FoundCell {
                    text: part.text.clone(),
                    column,
                    columns: 1,
                    place: self.cell_place(row, column),
                }
            });
            let cells: Vec<FoundCell> = cells.collect();
            self.builder.row(width, cells);
        }
    }

    fn table(&mut self, table: &Table) {
        self.table = self.table.saturating_add(1);
        let mut cells = table.grid.cells.iter().enumerate().peekable();
        for row in 0..table.rows() {
            let mut found = Vec::new();
            while let Some((at, _)) = cells.next_if(|(_, cell)| cell.row == row) {
                let (column, columns) = table.columns_of(at);
                found.push(FoundCell {
                    text: table.text(at),
                    column,
                    columns,
                    place: self.cell_place(row, column),
                });
            }
            if table.absorbed != Some(row) {
                self.builder.row(table.columns.len() - 1, found);
            }
        }
    }

    fn page_number(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.page as u32 + 1)
    }

    fn next_paragraph(&mut self) -> Place {
        self.paragraph += 1;
        Place::Paragraph {
            page: self.page_number(),
            paragraph: self.paragraph,
        }
    }

    fn cell_place(&self, row: usize, column: usize) -> Place {
        Place::Table {
            page: self.page_number(),
            table: self.table,
            row: row as u32 + 1,
            cell: u16::try_from(column + 1).unwrap_or(u16::MAX),
        }
    }
}

/// What reading one document may still cost.
struct Budget {
    bytes: usize,
    steps: u64,
}

impl Budget {
    fn is_spent(&self) -> bool {
        self.bytes == 0 || self.steps == 0
    }

    /// Takes one step; `false` if there was none left.
    fn step(&mut self) -> bool {
        self.spend(1);
        self.steps > 0
    }

    /// Takes steps for work that is more than one.
    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps as u64);
    }

    /// The contents of a page.
    fn contents(&mut self, page: &Page<'_>) -> Vec<u8> {
        let dict: &Dict<'_> = page.raw();
        if let Some(stream) = dict.get::<Stream<'_>>("Contents") {
            return self.decode(&stream);
        }
        let mut contents = Vec::new();
        for stream in dict
            .get::<Array<'_>>("Contents")
            .iter()
            .flat_map(Array::iter::<Stream<'_>>)
        {
            contents.extend(self.decode(&stream));
            contents.push(b'\n');
        }
        contents
    }

    /// The bytes of a stream, unpacked; those before the fault of a broken one, none of one that is larger
    /// than what is left.
    fn decode(&mut self, stream: &Stream<'_>) -> Vec<u8> {
        let packed = stream.raw_data();
        let is_plain_flate = stream.filters().as_slice() == [Filter::FlateDecode]
            && !stream.dict().contains_key("DecodeParms")
            && !stream.dict().contains_key("DP");
        let bytes = if is_plain_flate {
            inflated(&packed, self.bytes)
        } else if stream.filters().is_empty() || packed.len() <= MOST_PACKED {
            stream
                .decoded_data()
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        self.bytes = self.bytes.saturating_sub(bytes.len());
        bytes
    }
}

/// Whether the streams that objects and their places stand in would take more than `most` bytes. They
/// are unpacked whole to find the objects, before anything of the document can be asked for.
fn is_bomb(bytes: &[u8], most: usize) -> bool {
    /// How long the dictionary before a stream may be.
    const DICT: usize = 1 << 10;
    const MARK: &[u8] = b"stream";
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    let mut left = most;
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(MARK.len()).position(|window| window == MARK) {
        let begin = at + found;
        let dict = &bytes[begin.saturating_sub(DICT).max(at)..begin];
        at = begin + MARK.len();
        let dict = &dict[dict.windows(4).rposition(|window| window == b" obj").unwrap_or(0)..];
        if !has(dict, b"/ObjStm") && !has(dict, b"/XRef") {
            continue;
        }
        let ends = bytes[at..]
            .iter()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .count();
        // Some streams have no header.
        let taken = [true, false].map(|has_head| unpacked_length(&bytes[at + ends..], has_head, left));
        let taken = taken[0].max(taken[1]);
        // Packed twice, it could grow a millionfold; no program does that to its objects.
        let count = |word: &[u8]| dict.windows(word.len()).filter(|window| *window == word).count();
        if taken >= left || count(b"FlateDecode") + count(b"LZWDecode") > 1 {
            return true;
        }
        left -= taken;
    }
    false
}

/// How many bytes zlib packed, up to `most` and up to the first fault.
fn unpacked_length(packed: &[u8], has_head: bool, most: usize) -> usize {
    let mut inflate = Decompress::new(has_head);
    let mut bytes = vec![0; 1 << 14];
    while (inflate.total_out() as usize) < most {
        let before = (inflate.total_in(), inflate.total_out());
        let rest = packed.get(inflate.total_in() as usize..).unwrap_or_default();
        let status = inflate.decompress(rest, &mut bytes, FlushDecompress::None);
        let stands_still = before == (inflate.total_in(), inflate.total_out());
        if stands_still || !matches!(status, Ok(Status::Ok | Status::BufError)) {
            break;
        }
    }
    inflate.total_out() as usize
}

/// What zlib packed, up to `most` bytes and up to the first fault.
fn inflated(packed: &[u8], most: usize) -> Vec<u8> {
    let mut inflate = Decompress::new(true);
    let mut bytes = Vec::new();
    loop {
        if bytes.len() == bytes.capacity() {
            if bytes.len() >= most {
                return bytes;
            }
            bytes.reserve((packed.len() * 2).clamp(1 << 12, 1 << 24));
        }
        let read = inflate.total_in() as usize;
        let written = bytes.len();
        let status = inflate.decompress_vec(&packed[read..], &mut bytes, FlushDecompress::None);
        let stands_still = inflate.total_in() as usize == read && bytes.len() == written;
        match status {
            Ok(Status::Ok | Status::BufError) if !stands_still => {}
            Ok(Status::Ok | Status::BufError) if bytes.len() == bytes.capacity() => {}
            _ => return bytes,
        }
    }
}

fn encrypted(error: DecryptionError) -> Finding {
    let message = match error {
        DecryptionError::PasswordProtected => Message::new(
            "该 PDF 已加密，没有密码无法读取。",
            "This PDF is encrypted and cannot be read without its password.",
        ),
        _ => Message::new(
            "该 PDF 的加密方式无法识别。",
            "This PDF is encrypted in a way that is not known.",
        ),
    };
    Finding::new(Code::PdfEncrypted, message)
}

fn broken() -> Finding {
    Finding::new(
        Code::PdfBroken,
        Message::new(
            "该 PDF 已损坏或不完整，没有可以读取的页。",
            "This PDF is damaged or cut off; no page of it can be read.",
        ),
    )
}

fn without_text() -> Finding {
    Finding::new(
        Code::PdfWithoutText,
        Message::new(
            "该 PDF 中没有文字，可能是扫描件。",
            "This PDF holds no text; it may be a scan.",
        ),
    )
}

fn pages_without_text(pages: &[usize]) -> Finding {
    let mut list = String::new();
    for (at, page) in pages.iter().take(20).enumerate() {
        let _ = write!(list, "{}{page}", if at > 0 { ", " } else { "" });
    }
    if pages.len() > 20 {
        list.push_str(", …");
    }
    let place = Place::Paragraph {
        page: pages.first().and_then(|&page| NonZeroU32::new(page as u32)),
        paragraph: 1,
    };
    Finding::new(
        Code::PageWithoutText,
        Message::new(
            format!("第 {} 页是图片，没有文字，未读入。", list.replace(", ", "、")),
            format!("These pages are pictures without text and were not read: {list}."),
        ),
    )
    .at(place)
}

fn too_large(read: usize) -> Finding {
    Finding::new(
        Code::PdfTooLarge,
        Message::new(
            format!("该 PDF 过大，只读了前 {read} 页。"),
            format!("This PDF is too large; only its first {read} pages were read."),
        ),
    )
}

fn characters_unknown(count: usize, page: usize) -> Finding {
    let place = Place::Paragraph {
        page: NonZeroU32::new(page as u32),
        paragraph: 1,
    };
    Finding::new(
        Code::CharactersUnknown,
        Message::new(
            format!("有 {count} 个字的字体未注明文字，已显示为 \u{fffd}；此处为第一页。"),
            format!("{count} characters have no text in their fonts; they show as \u{fffd}; this is the first page."),
        ),
    )
    .at(place)
}

#[cfg(test)]
mod tests;
