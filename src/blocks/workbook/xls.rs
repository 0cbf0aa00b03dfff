//! Workbooks of Excel 5 to 2003 (BIFF5 and BIFF8): a stream of records.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_16LE, WINDOWS_1252};

use super::super::archive::{Fault, Limit, u16_at, u32_at};
use super::super::builder::Builder;
use super::format::{Format, built_in};
use super::{Range, Read, Sheet, Workbook};

/// Kinds of records.
mod kind {
    pub(super) const FORMULA: u16 = 0x06;
    pub(super) const END: u16 = 0x0a;
    pub(super) const DATE_MODE: u16 = 0x22;
    pub(super) const FILE_PASS: u16 = 0x2f;
    pub(super) const CONTINUE: u16 = 0x3c;
    pub(super) const CODE_PAGE: u16 = 0x42;
    pub(super) const COLUMN_INFO: u16 = 0x7d;
    pub(super) const BOUND_SHEET: u16 = 0x85;
    pub(super) const MULTI_RK: u16 = 0xbd;
    pub(super) const RICH_STRING: u16 = 0xd6;
    pub(super) const XF: u16 = 0xe0;
    pub(super) const MERGED_CELLS: u16 = 0xe5;
    pub(super) const STRINGS: u16 = 0xfc;
    pub(super) const LABEL_STRING: u16 = 0xfd;
    pub(super) const NUMBER: u16 = 0x203;
    pub(super) const LABEL: u16 = 0x204;
    pub(super) const BOOLEAN_OR_ERROR: u16 = 0x205;
    pub(super) const STRING: u16 = 0x207;
    pub(super) const ROW: u16 = 0x208;
    pub(super) const RK: u16 = 0x27e;
    pub(super) const FORMAT: u16 = 0x41e;
    pub(super) const BEGIN: u16 = 0x809;
}

/// Reads the workbook in `stream`.
pub(in super::super) fn read(stream: &[u8], builder: &mut Builder) -> Read {
    let mut workbook = Workbook::new(builder);
    let mut globals = Globals::default();
    match globals.read(stream) {
        Ok(()) => {}
        Err(fault) => {
            workbook.fault = Some(fault);
            if globals.sheets.is_empty() {
                return workbook.finish();
            }
        }
    }
    for entry in std::mem::take(&mut globals.sheets) {
        let Some(mut sheet) = workbook.sheet(&entry.name, entry.is_hidden) else {
            continue;
        };
        if !entry.is_of_cells {
            continue;
        }
        let records = stream.get(entry.offset..).unwrap_or_default();
        let result = globals.read_sheet(records, &mut sheet, &mut workbook);
        workbook.show(sheet);
        if let Err(fault) = result {
            workbook.fault.get_or_insert(fault);
        }
    }
    workbook.finish()
}

/// One record, with those that go on with it.
struct Record<'b> {
    kind: u16,
    parts: Vec<&'b [u8]>,
}

/// The records of a stream; a record that is cut off ends them.
struct Records<'b>(&'b [u8]);

impl<'b> Iterator for Records<'b> {
    type Item = Record<'b>;

    fn next(&mut self) -> Option<Record<'b>> {
        let (kind, data) = self.take()?;
        let mut parts = vec![data];
        while u16_at(self.0, 0) == Some(kind::CONTINUE) {
            parts.push(self.take()?.1);
        }
        Some(Record { kind, parts })
    }
}

impl<'b> Records<'b> {
    fn take(&mut self) -> Option<(u16, &'b [u8])> {
        let kind = u16_at(self.0, 0)?;
        let end = 4 + usize::from(u16_at(self.0, 2)?);
        let data = self.0.get(4..end)?;
        self.0 = &self.0[end..];
        Some((kind, data))
    }
}

/// Reads over the parts of a record.
struct Cursor<'b> {
    parts: Vec<&'b [u8]>,
    part: usize,
    at: usize,
}

impl<'b> Cursor<'b> {
    fn new(record: Record<'b>, at: usize) -> Self {
        Self {
            parts: record.parts,
            part: 0,
            at,
        }
    }

    /// The rest of the part, going on to the next one at its end.
    fn rest(&mut self) -> Option<&'b [u8]> {
        while self.at >= self.parts.get(self.part)?.len() {
            self.at -= self.parts[self.part].len();
            self.part += 1;
        }
        Some(&self.parts[self.part][self.at..])
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    /// A string of BIFF8 with `count` characters, its flags first. Where it goes on in the next part,
    /// that begins with flags of its own.
    fn string(&mut self, count: usize) -> Option<String> {
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 {
            0
        } else {
            usize::from(self.u16()?)
        };
        let extra = if flags & 4 == 0 { 0 } else { self.u32()? as usize };
        let mut is_wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.at >= self.parts.get(self.part)?.len() {
                self.part += 1;
                self.at = 0;
                is_wide = self.byte()? & 1 != 0;
            }
            let rest = &self.parts[self.part][self.at..];
            let wanted = count - units.len();
            if is_wide {
                // Half a character at the end of a part is none.
                let here = (rest.len() / 2).min(wanted);
                let pairs = rest[..here * 2].chunks_exact(2);
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
                self.at += if here == 0 { rest.len() } else { here * 2 };
            } else {
                let here = rest.len().min(wanted);
                units.extend(rest[..here].iter().map(|&byte| u16::from(byte)));
                self.at += here;
            }
        }
        self.at = self.at.saturating_add(runs * 4).saturating_add(extra);
        Some(String::from_utf16_lossy(&units))
    }
}

struct Entry {
    name: String,
    offset: usize,
    is_hidden: bool,
    is_of_cells: bool,
}

/// What stands before the sheets.
#[derive(Default)]
struct Globals {
    /// Whether strings are Unicode (BIFF8).
    is_unicode: bool,
    code_page: u16,
    from_1904: bool,
    sheets: Vec<Entry>,
    strings: Vec<Arc<str>>,
    codes: HashMap<u16, String>,
    /// The numbers of the formats of cells.
    cells: Vec<u16>,
    formats: HashMap<u16, Format>,
}

impl Globals {
    fn read(&mut self, stream: &[u8]) -> Result<(), Fault> {
        let damaged = || Fault::Damaged("工作簿的记录不完整", "the records of the workbook are incomplete");
        let mut records = Records(stream);
        let first = records.next().filter(|record| record.kind == kind::BEGIN);
        let version = first
            .and_then(|first| u16_at(first.parts[0], 0))
            .ok_or_else(damaged)?;
        self.is_unicode = version >= 0x600;
        for record in records {
            let data = record.parts[0];
            match record.kind {
                kind::END => {
                    self.make_formats();
                    return Ok(());
                }
                kind::FILE_PASS => return Err(Fault::Encrypted),
                kind::CODE_PAGE => self.code_page = u16_at(data, 0).unwrap_or(0),
                kind::DATE_MODE => self.from_1904 = u16_at(data, 0) == Some(1),
                kind::BOUND_SHEET => {
                    let offset = u32_at(data, 0).ok_or_else(damaged)? as usize;
                    let (state, content) = (data.get(4).copied(), data.get(5).copied());
                    self.sheets.push(Entry {
                        name: self.short_string(record, 6).unwrap_or_default(),
                        offset,
                        is_hidden: state.is_some_and(|state| state & 3 != 0),
                        is_of_cells: content == Some(0),
                    });
                }
                kind::FORMAT => {
                    if let Some(number) = u16_at(data, 0) {
                        let code = if self.is_unicode {
                            let count = u16_at(data, 2).unwrap_or(0);
                            Cursor::new(record, 4).string(usize::from(count))
                        } else {
                            self.short_string(record, 2)
                        };
                        self.codes.extend(code.map(|code| (number, code)));
                    }
                }
                kind::XF => self.cells.push(u16_at(data, 2).unwrap_or(0)),
                kind::STRINGS => {
                    let mut cursor = Cursor::new(record, 8);
                    while let Some(count) = cursor.u16() {
                        let Some(string) = cursor.string(usize::from(count)) else {
                            break;
                        };
                        self.strings.push(string.into());
                    }
                }
                _ => {}
            }
        }
        self.make_formats();
        Err(damaged())
    }

    fn make_formats(&mut self) {
        for &number in &self.cells {
            let code = self
                .codes
                .get(&number)
                .map_or_else(|| built_in(number), String::as_str);
            self.formats.entry(number).or_insert_with(|| Format::parse(code));
        }
    }

    /// A string whose length is one byte at `at`.
    fn short_string(&self, record: Record<'_>, at: usize) -> Option<String> {
        let count = usize::from(*record.parts[0].get(at)?);
        if self.is_unicode {
            return Cursor::new(record, at + 1).string(count);
        }
        let bytes = record.parts[0].get(at + 1..)?;
        Some(self.decode(&bytes[..count.min(bytes.len())]).into_owned())
    }

    /// A string with a length of two bytes at `at`.
    fn string(&self, record: Record<'_>, at: usize) -> Option<String> {
        let count = usize::from(u16_at(record.parts[0], at)?);
        if self.is_unicode {
            return Cursor::new(record, at + 2).string(count);
        }
        let bytes = record.parts.concat();
        let bytes = bytes.get(at + 2..)?;
        Some(self.decode(&bytes[..count.min(bytes.len())]).into_owned())
    }

    fn decode<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        let encoding: &Encoding = match self.code_page {
            1252 | 0x8001 => WINDOWS_1252,
            950 => BIG5,
            1200 => UTF_16LE,
            _ => GB18030,
        };
        encoding.decode_without_bom_handling(bytes).0
    }

    fn format(&self, cell: u16) -> Option<&Format> {
        self.formats.get(self.cells.get(usize::from(cell))?)
    }

    fn shown(&self, value: f64, cell: u16) -> Arc<str> {
        match self.format(cell) {
            Some(format) => format.number(value, self.from_1904).into(),
            None => super::format::general(value).into(),
        }
    }

    fn shown_text(&self, text: &str, cell: u16) -> Arc<str> {
        self.format(cell)
            .map_or_else(|| text.into(), |format| format.text(text).into())
    }

    fn read_sheet(&self, stream: &[u8], sheet: &mut Sheet, workbook: &mut Workbook<'_>) -> Result<(), Fault> {
        let damaged = || Fault::Damaged("工作表的记录不完整", "the records of a sheet are incomplete");
        // Charts on a sheet are sheets inside it.
        let mut depth = 0;
        // The cell whose formula has a text, which comes in a record of its own.
        let mut waiting: Option<(u32, u32, u16)> = None;
        for record in Records(stream) {
            let data = record.parts[0];
            // Sheets that claim the same records must not be gone through without end.
            workbook.scanned += 4 + record.parts.iter().map(|part| part.len()).sum::<usize>();
            if workbook.scanned > Limit::Expanded.most() {
                return Err(Fault::Limit(Limit::Expanded));
            }
            match record.kind {
                kind::BEGIN => depth += 1,
                kind::END => {
                    depth -= 1;
                    if depth <= 0 {
                        return Ok(());
                    }
                }
                _ if depth != 1 => {}
                kind::ROW => {
                    let is_hidden = u32_at(data, 12).is_some_and(|flags| flags & 0x20 != 0);
                    if let (true, Some(row)) = (is_hidden, u16_at(data, 0)) {
                        sheet.hidden_rows.push(u32::from(row), u32::from(row));
                    }
                }
                kind::COLUMN_INFO => {
                    let columns = u16_at(data, 0).zip(u16_at(data, 2));
                    let is_hidden = u16_at(data, 8).is_some_and(|flags| flags & 1 != 0);
                    if let (true, Some((first, last))) = (is_hidden, columns) {
                        sheet.hidden_columns.push(u32::from(first), u32::from(last));
                    }
                }
                kind::MERGED_CELLS => {
                    let ranges = data.get(2..).unwrap_or_default().chunks_exact(8);
                    sheet.merged.extend(ranges.filter_map(|range| {
                        let number = |at| u16_at(range, at).map(u32::from);
                        let rows = (number(0)?, number(2)?);
                        let columns = (number(4)?, number(6)?);
                        (rows.0 <= rows.1 && columns.0 <= columns.1).then_some(Range { rows, columns })
                    }));
                }
                kind::STRING => {
                    if let Some((row, column, cell)) = waiting.take() {
                        let text = self.string(record, 0).unwrap_or_default();
                        workbook.add(sheet, row, column, self.shown_text(&text, cell))?;
                    }
                }
                _ => {
                    let head = (u16_at(data, 0), u16_at(data, 2), u16_at(data, 4));
                    if let (Some(row), Some(column), Some(cell)) = head {
                        let at = (u32::from(row), u32::from(column), cell);
                        self.read_cell(record, at, sheet, workbook, &mut waiting)?;
                    }
                }
            }
        }
        Err(damaged())
    }

    fn read_cell(
        &self,
        record: Record<'_>,
        (row, column, cell): (u32, u32, u16),
        sheet: &mut Sheet,
        workbook: &mut Workbook<'_>,
        waiting: &mut Option<(u32, u32, u16)>,
    ) -> Result<(), Fault> {
        let data = record.parts[0];
        if record.kind == kind::FORMULA {
            sheet.calculated.insert((row, column));
        }
        let mut number = None;
        let text = match record.kind {
            kind::LABEL_STRING => {
                let index = u32_at(data, 6).unwrap_or(u32::MAX) as usize;
                self.strings
                    .get(index)
                    .map(|text| match self.format(cell).map(|format| format.text(text)) {
                        Some(Cow::Owned(shown)) => shown.into(),
                        _ => Arc::clone(text),
                    })
            }
            kind::LABEL | kind::RICH_STRING => {
                let text = self.string(record, 6);
                text.map(|text| self.shown_text(&text, cell))
            }
            kind::NUMBER => {
                number = f64_at(data, 6);
                number.map(|value| self.shown(value, cell))
            }
            kind::RK => {
                number = u32_at(data, 6).map(unpacked);
                number.map(|value| self.shown(value, cell))
            }
            kind::MULTI_RK => {
                let numbers = data.get(4..).unwrap_or_default().chunks_exact(6);
                for (number, column) in numbers.zip(column..) {
                    if let (Some(cell), Some(packed)) = (u16_at(number, 0), u32_at(number, 2)) {
                        let value = unpacked(packed);
                        let shown = self.shown(value, cell);
                        workbook.add_number(sheet, row, column, shown, Some(value))?;
                    }
                }
                None
            }
            kind::BOOLEAN_OR_ERROR => match (data.get(6), data.get(7)) {
                (Some(&value), Some(&is_error)) => Some(truth_or_error(value, is_error != 0)),
                _ => None,
            },
            // The result of a formula is a number, or says by its last bytes that it is none.
            kind::FORMULA if data.get(12..14) == Some(&[0xff, 0xff]) => match data.get(6) {
                Some(0) => {
                    *waiting = Some((row, column, cell));
                    None
                }
                Some(1) => data.get(8).map(|&value| truth_or_error(value, false)),
                Some(2) => data.get(8).map(|&value| truth_or_error(value, true)),
                _ => None,
            },
            kind::FORMULA => {
                number = f64_at(data, 6);
                number.map(|value| self.shown(value, cell))
            }
            _ => None,
        };
        text.map_or(Ok(()), |text| {
            workbook.add_number(sheet, row, column, text, number)
        })
    }
}

fn f64_at(data: &[u8], at: usize) -> Option<f64> {
    let bytes = data.get(at..at + 8)?.try_into().ok()?;
    Some(f64::from_le_bytes(bytes))
}

/// A number packed into 30 bits and two flags: a whole one, and a hundredth.
fn unpacked(packed: u32) -> f64 {
    let number = if packed & 2 != 0 {
        f64::from(packed.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    if packed & 1 != 0 { number / 100.0 } else { number }
}

fn truth_or_error(value: u8, is_error: bool) -> Arc<str> {
    let text = match (is_error, value) {
        (false, 0) => "FALSE",
        (false, _) => "TRUE",
        (_, 0x00) => "#NULL!",
        (_, 0x07) => "#DIV/0!",
        (_, 0x0f) => "#VALUE!",
        (_, 0x17) => "#REF!",
        (_, 0x1d) => "#NAME?",
        (_, 0x24) => "#NUM!",
        _ => "#N/A",
    };
    text.into()
}
