//! Bytes → text: which encoding it is and by what evidence, and the line index that turns offsets
//! into places for people.
//!
//! Architecture invariant: nothing here knows what the text is about. Decoding never fails; what
//! could not be decoded stands as U+FFFD in the text and is a finding with its position.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::{Code, Finding, Message, Place};

/// A decoded text with its line index.
#[derive(Clone, Debug)]
pub struct Source {
    /// The text, without a byte order mark; line ends as they were.
    pub text: String,
    /// Name of the encoding it was decoded from, such as `UTF-8` or `gb18030`.
    pub encoding: &'static str,
    /// Where each line begins; empty where `places` says where the texts stand.
    line_starts: Vec<u32>,
    /// At each [`STRIDE`]th byte how many characters of its line precede it, so that the place in a long
    /// line is found at once.
    columns: Vec<u32>,
    /// At each [`STRIDE`]th byte how many lines begin before it, so that a line is found at once.
    lines: Vec<u32>,
    /// For a document that is no text: where the texts stand, by the offset they begin at, in order.
    places: Vec<(u32, Place)>,
}

impl Source {
    /// Wraps a text that is already decoded.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self::new(text, UTF_8)
    }

    /// The text of a document that is no text file, such as a workbook, with the place of each piece of
    /// it by the offset where it begins, in order; `kind` says what it is, such as `xlsx`.
    #[must_use]
    pub fn from_places(text: String, kind: &'static str, places: Vec<(u32, Place)>) -> Self {
        Self {
            text,
            encoding: kind,
            line_starts: Vec::new(),
            columns: Vec::new(),
            lines: Vec::new(),
            places,
        }
    }

    /// Whether it is a text file, whose places are lines and columns.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.places.is_empty()
    }

    fn new(text: String, encoding: &'static Encoding) -> Self {
        let mut line_starts = vec![0];
        let mut columns = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut lines = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut column = 0;
        let mut start = 0;
        for piece in text.as_bytes().chunks(STRIDE) {
            columns.push(column);
            lines.push(line_starts.len() as u32);
            let mut line = 0;
            for (at, _) in piece.iter().enumerate().filter(|&(_, &b)| b == b'\n') {
                line_starts.push((start + at) as u32 + 1);
                line = at + 1;
                column = 0;
            }
            column += piece[line..].iter().filter(|&&b| begins_character(b)).count() as u32;
            start += piece.len();
        }
        Self {
            text,
            encoding: encoding.name(),
            line_starts,
            columns,
            lines,
            places: Vec::new(),
        }
    }

    /// Where the byte `offset` stands: line and column, or the cell or paragraph that it belongs to; an
    /// offset inside a character counts as that character.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        if !self.places.is_empty() {
            let after = self
                .places
                .partition_point(|(start, _)| *start as usize <= offset);
            return self.places[after.saturating_sub(1)].1.clone();
        }
        // Those before the last mark, and those behind it up to the offset.
        let lines_at = |mark: usize| self.lines.get(mark).map(|&lines| lines as usize);
        let before = lines_at(offset / STRIDE).unwrap_or(0);
        let next = lines_at(offset / STRIDE + 1).unwrap_or(self.line_starts.len());
        let behind = &self.line_starts[before.min(next)..next];
        let line = before + behind.partition_point(|&start| start as usize <= offset);
        let line = line.saturating_sub(1);
        let start = self.line_starts.get(line).map_or(0, |&start| start as usize);
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        // From the last mark in the line on, if there is one.
        let mark = end / STRIDE;
        let (from, before) = match self.columns.get(mark) {
            Some(&column) if mark * STRIDE > start => (mark * STRIDE, column as usize),
            _ => (start.min(end), 0),
        };
        let rest = &self.text.as_bytes()[from..end];
        let column = before + rest.iter().filter(|&&b| begins_character(b)).count() + 1;
        Place::text(line as u32 + 1, column as u32)
    }
}

/// How many bytes stand between two marks of a column.
const STRIDE: usize = 1024;

/// Whether a byte of UTF-8 begins a character.
fn begins_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Decodes `bytes`: by the byte order mark, else as UTF-8 if it is, else as UTF-16 if its zero and
/// high bytes say so, else as GB18030 (which holds GBK and GB2312) or UTF-8, whichever leaves fewer
/// bytes over.
///
/// Findings: an empty text, a binary file (nothing is decoded then), undecodable bytes with the place
/// of the first.
#[must_use]
pub fn decode(bytes: Cow<[u8]>) -> (Source, Vec<Finding>) {
    let empty = || Source::new(String::new(), UTF_8);
    if let Some(kind) = binary_kind(&bytes) {
        return (empty(), vec![binary(&kind)]);
    }
    // What is text already becomes the text as it is.
    let bytes = match bytes {
        Cow::Owned(owned) if !owned.contains(&0) && Encoding::for_bom(&owned).is_none() => {
            match String::from_utf8(owned) {
                Ok(text) if !looks_binary(text.as_bytes()) => return decoded(text, UTF_8, 0),
                Ok(text) => Cow::Owned(text.into_bytes()),
                Err(fault) => Cow::Owned(fault.into_bytes()),
            }
        }
        bytes => bytes,
    };
    let (encoding, start) = detect(&bytes);
    let body = &bytes[start..];
    if encoding != UTF_16LE && encoding != UTF_16BE && looks_binary(body) {
        return (
            empty(),
            vec![binary(&Message::new("不是文本的二进制文件", "some binary file"))],
        );
    }
    let (text, faults) = decode_with(encoding, body);
    decoded(text.into_owned(), encoding, faults)
}

/// A decoded text, with the findings about it.
fn decoded(text: String, encoding: &'static Encoding, faults: usize) -> (Source, Vec<Finding>) {
    let source = Source::new(text, encoding);
    let mut findings = Vec::new();
    if source.text.trim_matches(is_blank).is_empty() {
        findings.push(Finding::new(
            Code::SourceEmpty,
            Message::new("文件中没有任何文字。", "The file holds no text."),
        ));
    }
    if faults > 0 {
        // U+FFFD may also stand in the text itself; the first one is then that one.
        let first = source.text.find('\u{fffd}').unwrap_or(0);
        let line = source.text[..first].rfind('\n').map_or(0, |i| i + 1);
        let quote: String = source.text[line..]
            .chars()
            .take_while(|&c| c != '\n')
            .take(60)
            .collect();
        findings.push(
            Finding::new(
                Code::BytesUndecodable,
                Message::new(
                    format!(
                        "有 {faults} 处字节不属于 {} 编码，已显示为 \u{fffd}；此处为第一处。",
                        source.encoding
                    ),
                    format!(
                        "{faults} byte sequences are not {}; they show as \u{fffd}; this is the first.",
                        source.encoding
                    ),
                ),
            )
            .at(source.place(first))
            .quoting(quote.trim()),
        );
    }
    (source, findings)
}

/// Whether a character is white space or has no width: nothing of it is seen on paper.
#[must_use]
pub fn is_blank(c: char) -> bool {
    is_invisible(c) || c.is_whitespace()
}

/// A text without the blanks at its ends.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    // Most texts begin and end with a Chinese character or an ASCII one that is seen.
    let bytes = text.as_bytes();
    let is_seen = |lead: u8| lead.is_ascii_graphic() || matches!(lead, 0xe4..=0xe9);
    let ends = match *bytes {
        [.., last] if last.is_ascii() => last.is_ascii_graphic(),
        [.., lead, _, _] => matches!(lead, 0xe4..=0xe9),
        _ => false,
    };
    if ends && is_seen(bytes[0]) {
        return text;
    }
    text.trim_matches(is_blank)
}

/// How many characters of a text are not blank.
#[must_use]
pub fn visible(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'!'..=b'~' => (at, count) = (at + 1, count + 1),
            // U+4000 to U+9FFF.
            0xe4..=0xe9 => (at, count) = (at + 3, count + 1),
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                at += c.len_utf8();
                count += usize::from(!is_blank(c));
            }
        }
    }
    count
}

/// Whether a character has no width: it is nothing that anybody wrote.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\0'
    )
}

fn detect(bytes: &[u8]) -> (&'static Encoding, usize) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, length);
    }
    if Encoding::utf8_valid_up_to(bytes) == bytes.len() && !bytes.contains(&0) {
        return (UTF_8, 0);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return (encoding, 0);
    }
    let (_, gb_faults) = decode_with(GB18030, bytes);
    let (_, utf8_faults) = decode_with(UTF_8, bytes);
    (if utf8_faults <= gb_faults { UTF_8 } else { GB18030 }, 0)
}

/// In UTF-16 the line feeds, digits and spaces of a Chinese text have a zero byte, always on the same
/// side.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.chunks_exact(2);
    let (mut zero_high, mut zero_low, mut count) = (0usize, 0usize, 0usize);
    for pair in pairs.take(4096) {
        count += 1;
        zero_low += usize::from(pair[0] == 0 && pair[1] != 0);
        zero_high += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let (little, big) = (zero_high, zero_low);
    if count == 0 || little.max(big) * 50 < count || little.min(big) * 8 > little.max(big) {
        return None;
    }
    let encoding = if little > big { UTF_16LE } else { UTF_16BE };
    let (text, faults) = decode_with(encoding, &bytes[..bytes.len().min(8192) & !1]);
    let readable = text
        .chars()
        .filter(|&c| matches!(c, '\u{4e00}'..='\u{9fff}' | '\n' | '\t' | ' '..='~'))
        .count();
    (faults == 0 && readable * 2 > text.chars().count()).then_some(encoding)
}

/// Decodes all of `bytes`, a U+FFFD for each malformed sequence, and counts these.
fn decode_with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, usize) {
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return (Cow::Borrowed(text), 0);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
    let (mut read, mut faults) = (0, 0);
    loop {
        let (result, used) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, true);
        read += used;
        match result {
            DecoderResult::InputEmpty => return (Cow::Owned(text), faults),
            DecoderResult::OutputFull => text.reserve(64),
            DecoderResult::Malformed(_, _) => {
                faults += 1;
                if text.capacity() - text.len() < 4 {
                    text.reserve(64);
                }
                text.push('\u{fffd}');
            }
        }
    }
}

fn binary_kind(bytes: &[u8]) -> Option<Message> {
    const KINDS: &[(&[u8], &str, &str)] = &[
        (
            b"PK\x03\x04",
            "Office 文档或压缩包",
            "an Office document or an archive",
        ),
        (b"%PDF", "PDF 文件", "a PDF file"),
        (
            b"\xd0\xcf\x11\xe0",
            "旧版 Office 文档（.doc、.xls 或 .wps）",
            "an old Office document (.doc, .xls or .wps)",
        ),
        (b"\x89PNG", "图片", "a picture"),
        (b"\xff\xd8\xff", "图片", "a picture"),
        (b"GIF8", "图片", "a picture"),
        (b"\x7fELF", "程序文件", "a program"),
        (b"\x1f\x8b", "压缩包", "an archive"),
    ];
    KINDS
        .iter()
        .find(|(magic, ..)| bytes.starts_with(magic))
        .map(|&(_, zh, en)| Message::new(zh, en))
}

fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8192)];
    let controls = head
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c | 0x0b | 0x07))
        .count();
    controls * 20 > head.len()
}

fn binary(kind: &Message) -> Finding {
    Finding::new(
        Code::SourceBinary,
        Message::new(
            format!("该文件是{}，不是纯文本。", kind.zh),
            format!("This is {}, not text.", kind.en),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "第一部分\n\t预算数\t12.50\n绩效目标表 2025\n";

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff_u16);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn blanks_are_told_from_what_is_seen() {
        for text in [
            "",
            "甲",
            "a",
            " 甲\u{3000}",
            "\u{feff}甲乙\u{200b}",
            "\u{3000}",
            "a\u{a0}",
            "é",
            "甲。",
            "\u{1f600}\t",
        ] {
            assert_eq!(trimmed(text), text.trim_matches(is_blank), "{text:?}");
            assert_eq!(
                visible(text),
                text.chars().filter(|&c| !is_blank(c)).count(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let gb = GB18030.encode(TEXT).0.into_owned();
        let with_mark = [b"\xef\xbb\xbf".as_slice(), TEXT.as_bytes()].concat();
        for bytes in [
            TEXT.as_bytes().to_vec(),
            with_mark,
            gb,
            utf16(TEXT, true, true),
            utf16(TEXT, false, true),
            utf16(TEXT, true, false),
            utf16(TEXT, false, false),
        ] {
            let (source, findings) = decode((&bytes).into());
            assert_eq!(source.text, TEXT, "{}", source.encoding);
            assert_eq!(findings, []);
            let (given, findings) = decode(bytes.into());
            assert_eq!((given.text.as_str(), given.encoding), (TEXT, source.encoding));
            assert_eq!(findings, []);
        }
    }

    #[test]
    fn places_in_long_texts_are_found_as_in_short_ones() {
        let lines: Vec<String> = (0..400).map(|line| "甲a乙".repeat(line * line % 97)).collect();
        let text = lines.join("\n");
        let source = Source::from_text(text.clone());
        for offset in (0..text.len() + 10).step_by(7) {
            let mut end = offset.min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let before = &text[..end];
            let line = before.matches('\n').count() as u32 + 1;
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) as u32 + 1;
            assert_eq!(source.place(offset), Place::text(line, column), "{offset}");
        }
    }

    #[test]
    fn undecodable_bytes_are_found_with_their_place() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.insert("第一部分\n\t预".len(), 0xff);
        let (source, findings) = decode((&bytes).into());
        assert_eq!(source.encoding, "UTF-8");
        assert_eq!(findings[0].code, Code::BytesUndecodable);
        assert_eq!(findings[0].places, [Place::text(2, 3)]);
    }

    #[test]
    fn binary_and_empty_inputs_are_named() {
        assert_eq!(
            decode(Cow::Borrowed(b"PK\x03\x04....")).1[0].code,
            Code::SourceBinary
        );
        assert_eq!(
            decode(Cow::Borrowed(&[0, 1, 2, 3, 0, 1, 2, 3, 200, 1, 0])).1[0].code,
            Code::SourceBinary
        );
        assert_eq!(decode(Cow::Borrowed(b"")).1[0].code, Code::SourceEmpty);
        assert_eq!(
            decode(" \r\n\t\u{3000}".as_bytes().into()).1[0].code,
            Code::SourceEmpty
        );
    }

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let source = Source::from_text("甲\r\n乙丙\n".to_owned());
        assert_eq!(source.place(0), Place::text(1, 1));
        assert_eq!(source.place("甲\r\n乙".len()), Place::text(2, 2));
        assert_eq!(source.place(1000), Place::text(3, 1));
        let long = Source::from_text(format!("甲\n{}", "乙".repeat(2000)));
        for column in [1, 300, 341, 342, 343, 683, 2000] {
            let at = "甲\n".len() + (column - 1) * 3;
            assert_eq!(long.place(at), Place::text(2, column as u32));
        }
    }
}
