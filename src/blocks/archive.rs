//! Zip archives, read part by part from memory. Only the parts that are asked for are expanded, and no
//! more of them than an honest document has, so that a hostile archive costs next to nothing.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// Why a container, or a part of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is cut off or inconsistent; says in what way, in Chinese and in English.
    Damaged(&'static str, &'static str),
    /// It is larger than any honest document.
    Limit(Limit),
    /// It is encrypted.
    Encrypted,
}

/// What a document may have at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Entries of an archive.
    Entries,
    /// Bytes of all expanded parts.
    Expanded,
    /// Bytes of an expanded part against those of the compressed one.
    Ratio,
    /// XML elements inside each other.
    Depth,
    /// Cells of a workbook that hold something.
    Cells,
    /// Bytes of text.
    Text,
}

impl Limit {
    /// The most that is read.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::Entries => 20_000,
            Self::Expanded => 256 << 20,
            Self::Ratio | Self::Depth => 200,
            Self::Cells => 500_000,
            Self::Text => 64 << 20,
        }
    }
}

/// Parts up to this size may be compressed by any ratio: small ones are harmless.
const RATIO_FREE: usize = 1 << 20;

/// An archive whose directory was read.
#[derive(Debug)]
pub(super) struct Archive<'b> {
    bytes: &'b [u8],
    /// By their names in lower case, as names of parts do not differ by case.
    entries: HashMap<String, Entry>,
    /// Bytes expanded so far.
    expanded: Cell<usize>,
}

/// An expanded part.
#[derive(Debug)]
pub(super) struct Part {
    /// What could be expanded of it.
    pub(super) bytes: Vec<u8>,
    /// Why it is not the whole part, or not the right bytes.
    pub(super) fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    method: u16,
    encrypted: bool,
    checksum: u32,
    /// Where its bytes begin and how many they are.
    start: usize,
    length: usize,
}

const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

impl<'b> Archive<'b> {
    /// Reads the directory of an archive; nothing is expanded yet.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let cut = || {
            Fault::Damaged(
                "末尾的目录不见了，可能没有下载或复制完整",
                "its directory is missing, so it was likely cut off",
            )
        };
        let tail = bytes.len().saturating_sub(END_LENGTH + usize::from(u16::MAX));
        let end = (tail..=bytes.len().saturating_sub(END_LENGTH))
            .rev()
            .find(|&at| bytes[at..].starts_with(END))
            .ok_or_else(cut)?;
        let mut count = usize::from(u16_at(bytes, end + 10).ok_or_else(cut)?);
        let size = u32_at(bytes, end + 12).ok_or_else(cut)? as usize;
        let offset = u32_at(bytes, end + 16).ok_or_else(cut)? as usize;
        // The directory stands right before its end mark; where it says that it begins elsewhere, other
        // bytes stand before the archive. A directory of the 64-bit kind has two more records between.
        let mut at = end.checked_sub(size).unwrap_or(offset);
        if !bytes.get(at..).is_some_and(|rest| rest.starts_with(ENTRY)) {
            at = offset;
        }
        let large = [count, size, offset]
            .iter()
            .any(|&n| n == 0xffff || n == 0xffff_ffff);
        if large && let Some((first, entries)) = directory64(bytes, end) {
            (at, count) = (first, entries);
        }
        let shift = if large { 0 } else { at.saturating_sub(offset) };
        if count > Limit::Entries.most() {
            return Err(Fault::Limit(Limit::Entries));
        }
        let mut entries = HashMap::new();
        for _ in 0..count {
            let (name, entry, next) = entry(bytes, at, shift).ok_or_else(cut)?;
            // Some programs write `\` or begin with `/`.
            let name = name.replace('\\', "/").trim_start_matches('/').to_lowercase();
            entries.entry(name).or_insert(entry);
            at = next;
        }
        Ok(Self {
            bytes,
            entries,
            expanded: Cell::new(0),
        })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_lowercase())
    }

    /// Expands a part, as much as can be; `None` if there is none of this name.
    pub(super) fn part(&self, name: &str) -> Result<Option<Part>, Fault> {
        let Some(entry) = self.entries.get(&name.to_lowercase()) else {
            return Ok(None);
        };
        if entry.encrypted {
            return Err(Fault::Encrypted);
        }
        let cut = || Fault::Damaged("其中一部分不见了", "a part of it is missing");
        // The local header has names and extras of its own lengths.
        let header = self.bytes.get(entry.start..).ok_or_else(cut)?;
        if !header.starts_with(LOCAL) {
            return Err(cut());
        }
        let lengths = u16_at(header, 26).zip(u16_at(header, 28)).ok_or_else(cut)?;
        let start = 30 + usize::from(lengths.0) + usize::from(lengths.1);
        let packed = header.get(start..).ok_or_else(cut)?;
        let is_whole = packed.len() >= entry.length;
        let packed = &packed[..entry.length.min(packed.len())];
        let left = Limit::Expanded.most() - self.expanded.get();
        let by_ratio = RATIO_FREE.max(packed.len().saturating_mul(Limit::Ratio.most()));
        let most = left.min(by_ratio);
        let mut part = Vec::new();
        let read = match entry.method {
            0 => (&packed[..packed.len().min(most + 1)]).read_to_end(&mut part),
            8 => DeflateDecoder::new(packed)
                .take(most as u64 + 1)
                .read_to_end(&mut part),
            _ => {
                return Err(Fault::Damaged(
                    "其压缩方法不认识",
                    "it is compressed in an unknown way",
                ));
            }
        };
        self.expanded.set(self.expanded.get() + part.len().min(left));
        if part.len() > most {
            let limit = if most == left {
                Limit::Expanded
            } else {
                Limit::Ratio
            };
            return Err(Fault::Limit(limit));
        }
        let mut crc = Crc::new();
        crc.update(&part);
        let is_damaged = read.is_err() || !is_whole || crc.sum() != entry.checksum;
        Ok(Some(Part {
            bytes: part,
            fault: is_damaged.then_some(Fault::Damaged(
                "其中一部分的内容有损坏",
                "a part of it does not have the bytes it had",
            )),
        }))
    }
}

const END_LENGTH: usize = 22;

/// The start of the directory and the count of its entries, as the 64-bit end record says that stands
/// before the end mark of an archive.
fn directory64(bytes: &[u8], end: usize) -> Option<(usize, usize)> {
    let locator = end.checked_sub(20)?;
    if !bytes.get(locator..)?.starts_with(b"PK\x06\x07") {
        return None;
    }
    let record = u64_at(bytes, locator + 8)?;
    if !bytes.get(record..)?.starts_with(b"PK\x06\x06") {
        return None;
    }
    Some((u64_at(bytes, record + 48)?, u64_at(bytes, record + 32)?))
}

/// The entry of the directory at `at`: its name, itself, and where the next one begins.
fn entry(bytes: &[u8], at: usize, shift: usize) -> Option<(String, Entry, usize)> {
    if !bytes.get(at..)?.starts_with(ENTRY) {
        return None;
    }
    let mut length = u32_at(bytes, at + 20)? as usize;
    let expanded = u32_at(bytes, at + 24)? as usize;
    let [name, extra, comment] = [28, 30, 32].map(|field| u16_at(bytes, at + field).map(usize::from));
    let (name, extra, comment) = (name?, extra?, comment?);
    let mut start = u32_at(bytes, at + 42)? as usize;
    let extras_at = at + 46 + name;
    let extras = bytes.get(extras_at..extras_at + extra)?;
    // Numbers that do not fit stand in an extra field, those that need it, in this order.
    if let Some(large) = extra_field(extras, 1) {
        let mut field = 0;
        let mut next = |value: usize| {
            if value != 0xffff_ffff {
                return Some(value);
            }
            field += 8;
            u64_at(large, field - 8)
        };
        next(expanded)?;
        length = next(length)?;
        start = next(start)?;
    }
    let entry = Entry {
        method: u16_at(bytes, at + 10)?,
        encrypted: u16_at(bytes, at + 8)? & 1 != 0,
        checksum: u32_at(bytes, at + 16)?,
        start: start.checked_add(shift)?,
        length,
    };
    let name = String::from_utf8_lossy(bytes.get(at + 46..extras_at)?).into_owned();
    Some((name, entry, extras_at + extra + comment))
}

fn extra_field(mut extras: &[u8], id: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16_at(extras, 2)?);
        let field = extras.get(4..4 + length)?;
        if u16_at(extras, 0)? == id {
            return Some(field);
        }
        extras = &extras[4 + length..];
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The little-endian number at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes_at(bytes, at).map(u16::from_le_bytes)
}

/// The little-endian number at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

/// The little-endian number of 64 bits at `at`, if it can be a place in memory.
fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u64::from_le_bytes(bytes_at(bytes, at)?);
    usize::try_from(number).ok().filter(|&number| number < 1 << 48)
}
