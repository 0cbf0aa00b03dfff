//! Files of old office programs: a small file system of streams (OLE2, compound files).

use std::collections::HashMap;

use super::archive::{Fault, u16_at, u32_at};

/// How such a file begins.
pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The streams in the root of such a file.
pub(super) struct Files<'b> {
    bytes: &'b [u8],
    /// Sectors and small sectors are two to the power of these.
    shift: u32,
    small_shift: u32,
    /// Streams below this size stand in small sectors.
    small_below: usize,
    /// Which sector follows which.
    next: Vec<u32>,
    small_next: Vec<u32>,
    /// The small sectors, one after the other.
    small: Vec<u8>,
    streams: HashMap<String, Stream>,
}

#[derive(Clone, Copy)]
struct Stream {
    first: u32,
    size: usize,
}

/// No sector follows.
const NO_SECTOR: u32 = 0xffff_fffa;
/// No entry of the directory.
const NO_ENTRY: u32 = 0xffff_ffff;
const ENTRY_LENGTH: usize = 128;

fn damaged() -> Fault {
    Fault::Damaged("其内部目录不完整", "its inner directory is incomplete")
}

impl<'b> Files<'b> {
    /// Reads the directory.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let number = |at| u32_at(bytes, at).ok_or_else(damaged);
        let shift = u32::from(u16_at(bytes, 30).ok_or_else(damaged)?);
        let small_shift = u32::from(u16_at(bytes, 32).ok_or_else(damaged)?);
        if !(7..=16).contains(&shift) || small_shift >= shift {
            return Err(damaged());
        }
        let mut files = Self {
            bytes,
            shift,
            small_shift,
            small_below: number(56)? as usize,
            next: Vec::new(),
            small_next: Vec::new(),
            small: Vec::new(),
            streams: HashMap::new(),
        };
        files.read_table()?;
        files.small_next = numbers(&files.chain(number(60)?));
        let directory = files.chain(number(48)?);
        let entry = |index: u32| {
            let start = (index as usize).checked_mul(ENTRY_LENGTH)?;
            directory.get(start..start + ENTRY_LENGTH)
        };
        let root = entry(0).ok_or_else(damaged)?;
        files.small = files.chain(u32_at(root, 116).ok_or_else(damaged)?);
        // The entries of a folder are a tree of neighbours.
        let mut waiting = vec![u32_at(root, 76).ok_or_else(damaged)?];
        let mut seen = 0;
        while let Some(index) = waiting.pop() {
            let Some(entry) = entry(index).filter(|_| index != NO_ENTRY) else {
                continue;
            };
            seen += 1;
            if seen > directory.len() / ENTRY_LENGTH {
                return Err(damaged());
            }
            waiting.extend([68, 72].iter().filter_map(|&at| u32_at(entry, at)));
            let length = usize::from(u16_at(entry, 64).unwrap_or(2)).clamp(2, 64) - 2;
            let units = entry[..length]
                .chunks_exact(2)
                .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            let name: String = char::decode_utf16(units).flatten().collect();
            if let (Some(first), Some(size)) = (u32_at(entry, 116), u32_at(entry, 120)) {
                let stream = Stream {
                    first,
                    size: size as usize,
                };
                files.streams.entry(name).or_insert(stream);
            }
        }
        Ok(files)
    }

    /// Whether there is a stream or a folder of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.streams.contains_key(name)
    }

    /// The bytes of a stream, as many as are there.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let stream = self.streams.get(name).ok_or_else(damaged)?;
        let mut bytes = if stream.size < self.small_below {
            let length = 1 << self.small_shift;
            self.follow(stream.first, &self.small_next, |sector| {
                let start = sector as usize * length;
                self.small.get(start..(start + length).min(self.small.len()))
            })
        } else {
            self.chain(stream.first)
        };
        bytes.truncate(stream.size);
        Ok(bytes)
    }

    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let start = (number as usize + 1) << self.shift;
        let end = (start + (1 << self.shift)).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// Reads the table that says which sector follows which. Its own sectors are listed in the header
    /// and in a chain of sectors of its own.
    fn read_table(&mut self) -> Result<(), Fault> {
        let most = self.bytes.len() >> self.shift;
        let mut list: Vec<u32> = (0..109)
            .filter_map(|index| u32_at(self.bytes, 76 + index * 4))
            .collect();
        let mut more = u32_at(self.bytes, 68).ok_or_else(damaged)?;
        for _ in 0..most {
            if more >= NO_SECTOR {
                break;
            }
            let mut entries = numbers(self.sector(more).ok_or_else(damaged)?);
            more = entries.pop().ok_or_else(damaged)?;
            list.extend(entries);
        }
        for sector in list
            .into_iter()
            .filter(|&sector| sector < NO_SECTOR)
            .take(most + 1)
        {
            let sector = self.sector(sector).unwrap_or_default();
            self.next.extend(numbers(sector));
        }
        Ok(())
    }

    fn chain(&self, first: u32) -> Vec<u8> {
        self.follow(first, &self.next, |sector| self.sector(sector))
    }

    /// Puts the sectors of a chain together; one that runs in a circle ends after all sectors there are.
    fn follow<'s>(&self, first: u32, next: &[u32], sector: impl Fn(u32) -> Option<&'s [u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = first;
        while at < NO_SECTOR && bytes.len() <= self.bytes.len() {
            let Some(sector) = sector(at) else { break };
            bytes.extend_from_slice(sector);
            let Some(&following) = next.get(at as usize) else {
                break;
            };
            at = following;
        }
        bytes
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        .collect()
}
