//! The program that one would write with `rust_xlsxwriter` for a workbook whose cells are known: their
//! texts, numbers, looks and places are taken out of a finished workbook once, and then only written.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::Path;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};
use zip::ZipArchive;

/// A workbook as rows and columns of values.
#[derive(Default)]
pub struct Bare {
    looks: Vec<Look>,
    sheets: Vec<Sheet>,
}

#[derive(Default)]
struct Sheet {
    name: String,
    /// Pixels.
    widths: Vec<u32>,
    /// Points.
    heights: Vec<f64>,
    cells: Vec<Cell>,
    repeated: Option<(u32, u32)>,
    breaks: Vec<u32>,
}

struct Cell {
    rows: (u32, u32),
    columns: (u16, u16),
    value: Value,
    look: usize,
}

enum Value {
    Blank,
    Text(String),
    Number(f64),
}

/// What a format says.
#[derive(Clone, Default)]
struct Look {
    font: Font,
    number_format: u8,
    number_code: Option<String>,
    align: String,
    vertical: String,
    wraps: bool,
    shrinks: bool,
    unlocked: bool,
    /// Left, right, top, bottom.
    borders: [bool; 4],
}

#[derive(Clone, Default)]
struct Font {
    name: String,
    size: f64,
    is_bold: bool,
    is_grey: bool,
}

/// Takes the cells out of a workbook that `rust_xlsxwriter` wrote.
pub fn read(bytes: &[u8]) -> Bare {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut file = archive.by_name(name).expect("a part of the workbook");
        file.read_to_string(&mut text).expect("UTF-8");
        text
    };
    let texts = texts(&part("xl/sharedStrings.xml"));
    let looks = looks(&part("xl/styles.xml"));
    let workbook = part("xl/workbook.xml");
    let names = tags(&workbook).filter(|tag| tag.name() == "sheet");
    let mut sheets: Vec<Sheet> = (1..)
        .zip(names)
        .map(|(number, tag)| Sheet {
            name: tag.text_of("name").unwrap_or_default(),
            ..sheet(&part(&format!("xl/worksheets/sheet{number}.xml")), &texts)
        })
        .collect();
    for tag in tags(&workbook).filter(|tag| tag.get("name") == Some("_xlnm.Print_Titles")) {
        let sheet = tag.get("localSheetId").and_then(|id| id.parse::<usize>().ok());
        let rows: Vec<u32> = (tag.after.rsplit('!').next().unwrap_or_default().split(':'))
            .filter_map(|row| row.trim_start_matches('$').parse().ok())
            .collect();
        if let (Some(sheet), [first, last]) = (sheet, rows.as_slice()) {
            sheets[sheet].repeated = Some((first - 1, last - 1));
        }
    }
    Bare { looks, sheets }
}

/// A tag with the text behind it.
#[derive(Clone, Copy)]
struct Tag<'x> {
    inside: &'x str,
    after: &'x str,
}

/// The tags of a part, in the plain XML of `rust_xlsxwriter`.
fn tags(xml: &str) -> impl Iterator<Item = Tag<'_>> {
    let pieces = xml.split('<').skip(1);
    pieces.filter_map(|piece| {
        let (inside, after) = piece.split_once('>')?;
        Some(Tag { inside, after })
    })
}

impl<'x> Tag<'x> {
    fn name(&self) -> &'x str {
        let end = self.inside.find([' ', '/']).filter(|&end| end > 0);
        &self.inside[..end.unwrap_or(self.inside.len())]
    }

    fn get(&self, attribute: &str) -> Option<&'x str> {
        let (_, value) = self.inside.split_once(&format!(" {attribute}=\""))?;
        value.split('"').next()
    }

    fn text_of(&self, attribute: &str) -> Option<String> {
        self.get(attribute).map(plain)
    }

    fn number(&self, attribute: &str) -> usize {
        let number = self.get(attribute).and_then(|value| value.parse().ok());
        number.unwrap_or_default()
    }
}

/// A text without entities.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

fn texts(xml: &str) -> Vec<String> {
    let texts = tags(xml).filter(|tag| tag.name() == "t");
    texts.map(|tag| plain(tag.after)).collect()
}

fn looks(xml: &str) -> Vec<Look> {
    let mut codes: HashMap<usize, String> = HashMap::new();
    let (mut fonts, mut borders): (Vec<Font>, Vec<[bool; 4]>) = (Vec::new(), Vec::new());
    let mut looks: Vec<Look> = Vec::new();
    let mut is_in_cells = false;
    for tag in tags(xml) {
        let last = fonts.last_mut();
        match (tag.name(), last) {
            ("numFmt", _) => {
                codes.insert(
                    tag.number("numFmtId"),
                    tag.text_of("formatCode").unwrap_or_default(),
                );
            }
            ("font", _) => fonts.push(Font::default()),
            ("b", Some(font)) => font.is_bold = true,
            ("sz", Some(font)) => {
                font.size = tag
                    .get("val")
                    .and_then(|size| size.parse().ok())
                    .unwrap_or_default();
            }
            ("color", Some(font)) if borders.is_empty() => font.is_grey = tag.get("rgb").is_some(),
            ("name", Some(font)) => font.name = tag.text_of("val").unwrap_or_default(),
            ("border", _) => borders.push([false; 4]),
            (side @ ("left" | "right" | "top" | "bottom"), _) => {
                let at = ["left", "right", "top", "bottom"]
                    .iter()
                    .position(|known| *known == side);
                if let (Some(at), Some(border)) = (at, borders.last_mut()) {
                    border[at] = tag.get("style").is_some();
                }
            }
            (name @ ("cellXfs" | "/cellXfs"), _) => is_in_cells = name == "cellXfs",
            ("xf", _) if is_in_cells => {
                let number_format = tag.number("numFmtId");
                looks.push(Look {
                    font: fonts[tag.number("fontId")].clone(),
                    number_format: number_format as u8,
                    number_code: codes.get(&number_format).cloned(),
                    borders: borders[tag.number("borderId")],
                    ..Look::default()
                });
            }
            ("alignment", _) => {
                if let Some(look) = looks.last_mut() {
                    look.align = tag.text_of("horizontal").unwrap_or_default();
                    look.vertical = tag.text_of("vertical").unwrap_or_default();
                    look.wraps = tag.get("wrapText").is_some();
                    look.shrinks = tag.get("shrinkToFit").is_some();
                }
            }
            ("protection", _) => {
                if let Some(look) = looks.last_mut() {
                    look.unlocked = tag.get("locked") == Some("0");
                }
            }
            _ => {}
        }
    }
    looks
}

fn sheet(xml: &str, texts: &[String]) -> Sheet {
    let mut merges = HashMap::new();
    for tag in tags(xml).filter(|tag| tag.name() == "mergeCell") {
        let range = tag.get("ref").and_then(|range| range.split_once(':'));
        let (from, to) = range.expect("two corners");
        merges.insert(corner(from), corner(to));
    }
    let mut sheet = Sheet::default();
    let mut covered: Vec<(u32, u16)> = Vec::new();
    let mut is_text = false;
    for tag in tags(xml) {
        match tag.name() {
            "col" => {
                let width: f64 = tag
                    .get("width")
                    .and_then(|width| width.parse().ok())
                    .expect("a width");
                sheet.widths.push((width * 7.0).round() as u32);
            }
            "row" => {
                let height = tag.get("ht").and_then(|height| height.parse().ok());
                sheet.heights.push(height.expect("a height"));
            }
            "c" => {
                let from = tag.get("r").map(corner).expect("a place");
                is_text = tag.get("t") == Some("s");
                let to = merges.get(&from).copied().unwrap_or(from);
                let under = (from.0..=to.0).flat_map(|row| (from.1..=to.1).map(move |column| (row, column)));
                if covered.contains(&from) {
                    continue;
                }
                covered.extend(under.skip(1));
                sheet.cells.push(Cell {
                    rows: (from.0, to.0),
                    columns: (from.1, to.1),
                    value: Value::Blank,
                    look: tag.number("s"),
                });
            }
            "v" => {
                let cell = sheet.cells.last_mut().expect("a cell of the value");
                cell.value = if is_text {
                    let index: usize = tag.after.parse().expect("the number of a text");
                    Value::Text(texts[index].clone())
                } else {
                    Value::Number(tag.after.parse().expect("a number"))
                };
            }
            "brk" => sheet.breaks.push(tag.number("id") as u32),
            _ => {}
        }
    }
    sheet
}

/// Row and column of a name such as `C4`, from 0.
fn corner(name: &str) -> (u32, u16) {
    let digits = name.find(|c: char| c.is_ascii_digit()).expect("a row");
    let column = name[..digits]
        .bytes()
        .fold(0, |column, letter| column * 26 + u16::from(letter - b'A') + 1);
    (name[digits..].parse::<u32>().expect("a row") - 1, column - 1)
}

/// Writes the workbook to a file.
pub fn write(bare: &Bare, compression: u8, path: &Path) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let default = Format::new().set_font_name("Arial").set_font_size(9.5);
    workbook.set_default_format(&default, 17, 64)?;
    workbook.set_zip_compression_level(compression);
    let date = ExcelDateTime::from_ymd(2025, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date));
    let formats: Vec<Format> = bare.looks.iter().map(format).collect();
    for sheet in &bare.sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&sheet.name)?.set_screen_gridlines(false);
        for (column, &width) in (0..).zip(&sheet.widths) {
            worksheet.set_column_width_pixels(column, width)?;
        }
        for (row, &height) in (0..).zip(&sheet.heights) {
            worksheet.set_row_height(row, height)?;
        }
        for cell in &sheet.cells {
            let ((row, last_row), (column, last_column)) = (cell.rows, cell.columns);
            let format = &formats[cell.look];
            if (row, column) != (last_row, last_column) {
                let text = match &cell.value {
                    Value::Text(text) => text,
                    _ => "",
                };
                worksheet.merge_range(row, column, last_row, last_column, text, format)?;
                if let Value::Number(number) = cell.value {
                    worksheet.write_number_with_format(row, column, number, format)?;
                }
                continue;
            }
            match &cell.value {
                Value::Blank => worksheet.write_blank(row, column, format)?,
                Value::Text(text) => worksheet.write_string_with_format(row, column, text, format)?,
                Value::Number(number) => worksheet.write_number_with_format(row, column, *number, format)?,
            };
        }
        let (last_row, last_column) = (sheet.heights.len() as u32 - 1, sheet.widths.len() as u16 - 1);
        worksheet
            .set_paper_size(9)
            .set_portrait()
            .set_margins(1.0, 0.93, 1.18, 1.02, 0.55, 0.55)
            .set_print_center_horizontally(true)
            .set_print_fit_to_pages(1, 0)
            .set_footer("&C&\"宋体\"&9第 &P 页 / 共 &N 页")
            .set_print_area(0, 0, last_row, last_column)?
            .set_page_breaks(&sheet.breaks)?;
        if let Some((first, last)) = sheet.repeated {
            worksheet.set_repeat_rows(first, last)?;
        }
    }
    workbook.save(path)
}

fn format(look: &Look) -> Format {
    let mut format = Format::new()
        .set_font_name(&look.font.name)
        .set_font_size(look.font.size)
        .set_align(match look.align.as_str() {
            "left" => FormatAlign::Left,
            "center" => FormatAlign::Center,
            "right" => FormatAlign::Right,
            _ => FormatAlign::General,
        });
    match look.vertical.as_str() {
        "center" => format = format.set_align(FormatAlign::VerticalCenter),
        "top" => format = format.set_align(FormatAlign::Top),
        "distributed" => format = format.set_align(FormatAlign::VerticalDistributed),
        _ => {}
    }
    if look.font.name != "Arial" {
        format = format.set_font_family(3).set_font_charset(134);
    }
    if look.font.is_bold {
        format = format.set_bold();
    }
    if look.font.is_grey {
        format = format.set_font_color(Color::Gray);
    }
    if look.wraps {
        format = format.set_text_wrap();
    }
    if look.shrinks {
        format = format.set_shrink();
    }
    if look.unlocked {
        format = format.set_unlocked();
    }
    let [left, right, top, bottom] = look.borders;
    if left {
        format = format.set_border_left(FormatBorder::Thin);
    }
    if right {
        format = format.set_border_right(FormatBorder::Thin);
    }
    if top {
        format = format.set_border_top(FormatBorder::Thin);
    }
    if bottom {
        format = format.set_border_bottom(FormatBorder::Thin);
    }
    match &look.number_code {
        Some(code) => format.set_num_format(code),
        None => format.set_num_format_index(look.number_format),
    }
}
