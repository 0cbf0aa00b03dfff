//! The fonts of a PDF: what text the codes of a string show, and how far each takes the pen.

use std::cell::OnceCell;
use std::collections::HashMap;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::Budget;
use super::encodings::{encoded, named, standard_width, without_radical};

/// The longest text that one code may stand for, in characters.
const MOST_CHARACTERS: usize = 16;

/// A font as far as reading needs it.
pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<ToUnicode>,
    /// How long a thousandth of a width is in the units of the text.
    unit: f64,
    /// Whether lines run from top to bottom.
    pub(super) vertical: bool,
}

/// What a font says itself about the texts of its codes.
enum ToUnicode {
    Map(Box<CMap>),
    /// The codes are UTF-16.
    Identity,
}

enum Codes {
    /// One byte each.
    Simple {
        chars: Box<[Option<char>; 256]>,
        widths: Box<[f64; 256]>,
    },
    /// One to four bytes each, by way of character ids.
    Composite(Box<Composite>),
}

struct Composite {
    cmap: CMap,
    identity: bool,
    /// Whether the codes themselves are UTF-16.
    utf16: bool,
    /// From character ids to texts, by a character collection.
    collection: Option<CMap>,
    /// Widths of ranges of character ids, by their first.
    widths: Vec<(u32, u32, f64)>,
    default_width: f64,
    /// The glyph of each character id, if it is not the same.
    glyphs: Option<Vec<u8>>,
    /// The font program, for its own table of characters.
    program: Vec<u8>,
    by_glyph: OnceCell<HashMap<u16, char>>,
}

/// One code of a string that is shown.
pub(super) struct Shown {
    /// Its text; U+FFFD where the font does not say it.
    pub(super) text: Text,
    /// How far it takes the pen, in parts of the font size.
    pub(super) advance: f64,
    /// Whether it is the single byte 32, which the word spacing widens.
    pub(super) is_space: bool,
}

/// The text of a code: mostly one character.
pub(super) enum Text {
    One(char),
    Many(String),
}

impl Font {
    /// The font that a dictionary of a page's resources describes.
    pub(super) fn new(dict: &Dict<'_>, budget: &mut Budget) -> Self {
        let subtype = dict.get::<Name<'_>>("Subtype");
        let subtype = subtype.as_ref().map_or(&b""[..], |name| name);
        let to_unicode = if let Some(stream) = dict.get::<Stream<'_>>("ToUnicode") {
            CMap::parse(&budget.decode(&stream), load_embedded).map(|map| ToUnicode::Map(Box::new(map)))
        } else {
            let identity = dict.get::<Name<'_>>("ToUnicode").is_some();
            identity.then_some(ToUnicode::Identity)
        };
        let mut font = if subtype == b"Type0" {
            Self::composite(dict, budget)
        } else {
            Self::simple(dict, subtype == b"Type3")
        };
        font.to_unicode = to_unicode;
        font
    }

    fn simple(dict: &Dict<'_>, is_type3: bool) -> Self {
        let base = dict.get::<Name<'_>>("BaseFont");
        let base = base.as_ref().map_or("", |name| name.as_str());
        let mut chars = Box::new([None; 256]);
        let mut widths = Box::new([0.0; 256]);
        let encoding = dict.get::<Dict<'_>>("Encoding");
        let table = dict.get::<Name<'_>>("Encoding");
        let table = table.or_else(|| encoding.as_ref()?.get::<Name<'_>>("BaseEncoding"));
        let table = table.as_ref().map_or(&b""[..], |name| name);
        for code in 0..=255_u8 {
            chars[usize::from(code)] = encoded(table, code);
            widths[usize::from(code)] = standard_width(base, code);
        }
        if let Some(differences) = encoding.and_then(|encoding| encoding.get::<Array<'_>>("Differences")) {
            let mut code = 0_usize;
            for item in differences.iter::<Object<'_>>() {
                match item {
                    Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(256),
                    Object::Name(name) => {
                        if let Some(slot) = chars.get_mut(code) {
                            *slot = named(name.as_str());
                        }
                        code = code.saturating_add(1);
                    }
                    _ => {}
                }
            }
        }
        if let Some(list) = dict.get::<Array<'_>>("Widths") {
            let missing = dict.get::<Dict<'_>>("FontDescriptor");
            let missing = missing.and_then(|descriptor| descriptor.get::<f64>("MissingWidth"));
            widths.fill(missing.unwrap_or(0.0));
            let first = usize::try_from(dict.get::<i32>("FirstChar").unwrap_or(0)).unwrap_or(256);
            for (slot, width) in widths.iter_mut().skip(first).zip(list.iter::<f64>()) {
                *slot = width;
            }
        }
        let matrix = dict.get::<Array<'_>>("FontMatrix").filter(|_| is_type3);
        let unit = matrix.and_then(|matrix| matrix.iter::<f64>().next());
        Self {
            codes: Codes::Simple { chars, widths },
            to_unicode: None,
            unit: unit.unwrap_or(0.001),
            vertical: false,
        }
    }

    fn composite(dict: &Dict<'_>, budget: &mut Budget) -> Self {
        let descendants = dict.get::<Array<'_>>("DescendantFonts");
        let descendant = descendants.and_then(|list| list.iter::<Dict<'_>>().next());
        let descendant = descendant.unwrap_or_default();
        let name = dict.get::<Name<'_>>("Encoding");
        let name = name.as_ref().map_or(&b""[..], |name| name);
        let mut cmap = None;
        if let Some(stream) = dict.get::<Stream<'_>>("Encoding") {
            cmap = CMap::parse(&budget.decode(&stream), load_embedded);
        } else if !name.starts_with(b"Identity") {
            let table = load_embedded(CMapName::from_bytes(name));
            cmap = table.and_then(|table| CMap::parse(table, load_embedded));
        }
        let vertical = match &cmap {
            Some(cmap) => cmap.metadata().writing_mode == Some(WritingMode::Vertical),
            None => name == b"Identity-V",
        };
        let info = descendant.get::<Dict<'_>>("CIDSystemInfo").unwrap_or_default();
        let entry = |key: &str| info.get::<hayro_syntax::object::String<'_>>(key);
        let collection = entry("Registry")
            .zip(entry("Ordering"))
            .and_then(|(registry, ordering)| {
                let family = CidFamily::from_registry_ordering(&registry, &ordering);
                CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)
            });
        let descriptor = descendant.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let program = descriptor
            .get::<Stream<'_>>("FontFile2")
            .or_else(|| descriptor.get::<Stream<'_>>("FontFile3"));
        let has_own_text = dict.contains_key("ToUnicode");
        let composite = Composite {
            identity: cmap.is_none(),
            cmap: cmap.unwrap_or_else(CMap::identity_h),
            utf16: name.starts_with(b"Uni") && (has(name, b"UCS2") || has(name, b"UTF16")),
            collection,
            widths: descendant
                .get::<Array<'_>>("W")
                .map_or_else(Vec::new, |list| widths(&list)),
            default_width: descendant.get::<f64>("DW").unwrap_or(1000.0),
            glyphs: descendant
                .get::<Stream<'_>>("CIDToGIDMap")
                .map(|map| budget.decode(&map)),
            // A font that says its texts itself needs no second opinion, and programs are large.
            program: match program {
                Some(program) if !has_own_text => budget.decode(&program),
                _ => Vec::new(),
            },
            by_glyph: OnceCell::new(),
        };
        Self {
            codes: Codes::Composite(Box::new(composite)),
            to_unicode: None,
            unit: 0.001,
            vertical,
        }
    }

    /// The codes of a string that is shown, in order.
    pub(super) fn codes<'f>(&'f self, bytes: &'f [u8]) -> impl Iterator<Item = Shown> + 'f {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let (shown, length) = match &self.codes {
                Codes::Simple { chars, widths } => {
                    let code = rest[0];
                    let shown = Shown {
                        text: self.text(u32::from(code), || chars[usize::from(code)]),
                        advance: widths[usize::from(code)] * self.unit,
                        is_space: code == 32,
                    };
                    (shown, 1)
                }
                Codes::Composite(composite) => {
                    let (code, cid, length) = composite.code(rest);
                    let advance = if self.vertical {
                        -1.0
                    } else {
                        composite.width(cid) * self.unit
                    };
                    let shown = Shown {
                        text: self.text(code, || composite.char(code, cid, length)),
                        advance,
                        is_space: length == 1 && code == 32,
                    };
                    (shown, length)
                }
            };
            at += length;
            Some(shown)
        })
    }

    fn text(&self, code: u32, otherwise: impl Fn() -> Option<char>) -> Text {
        let own = match &self.to_unicode {
            Some(ToUnicode::Map(map)) => map.lookup_bf_string(code),
            Some(ToUnicode::Identity) => char::from_u32(code).map(BfString::Char),
            None => None,
        };
        let is_told = |c: char| c != '\u{fffd}' && (!c.is_control() || c == '\t' || c == '\u{a0}');
        match own {
            Some(BfString::Char(c)) if is_told(c) => Text::One(without_radical(c)),
            Some(BfString::String(text)) if text.chars().any(is_told) => Text::Many(
                text.chars()
                    .filter(|&c| is_told(c))
                    .take(MOST_CHARACTERS)
                    .map(without_radical)
                    .collect(),
            ),
            _ => {
                let c = otherwise().filter(|&c| is_told(c)).unwrap_or('\u{fffd}');
                Text::One(without_radical(c))
            }
        }
    }
}

impl Composite {
    /// The first code of `bytes`, which are not none: the code, its character id, its length.
    fn code(&self, bytes: &[u8]) -> (u32, u32, usize) {
        let joined = |length: usize| {
            let code = bytes[..length].iter();
            code.fold(0_u32, |code, &byte| code << 8 | u32::from(byte))
        };
        if !self.identity {
            for length in 1..=bytes.len().min(4) {
                if let Some(cid) = self.cmap.lookup_cid_code(joined(length), length as u8) {
                    return (joined(length), cid, length);
                }
            }
        }
        let length = bytes.len().min(2);
        (joined(length), joined(length), length)
    }

    fn width(&self, cid: u32) -> f64 {
        let after = self.widths.partition_point(|&(first, ..)| first <= cid);
        let range = after.checked_sub(1).map(|at| self.widths[at]);
        let range = range.filter(|&(_, last, _)| cid <= last);
        range.map_or(self.default_width, |(.., width)| width)
    }

    fn char(&self, code: u32, cid: u32, length: usize) -> Option<char> {
        if self.utf16 {
            if length < 4 {
                return char::from_u32(code);
            }
            let units = [(code >> 16) as u16, code as u16];
            return char::decode_utf16(units).next()?.ok();
        }
        if let Some(collection) = &self.collection {
            return match collection.lookup_bf_string(cid)? {
                BfString::Char(c) => Some(c),
                BfString::String(text) => text.chars().next(),
            };
        }
        let glyph = match &self.glyphs {
            Some(map) => {
                let at = (cid as usize).checked_mul(2)?;
                u16::from_be_bytes([*map.get(at)?, *map.get(at + 1)?])
            }
            None => u16::try_from(cid).ok()?,
        };
        self.by_glyph
            .get_or_init(|| by_glyph(&self.program))
            .get(&glyph)
            .copied()
    }
}

fn has(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len()).any(|window| window == part)
}

/// The characters of a font program by their glyphs; of several, the one that is written most: no
/// radical, no private one, the lowest.
fn by_glyph(program: &[u8]) -> HashMap<u16, char> {
    let mut chars = HashMap::new();
    let Ok(face) = ttf_parser::Face::parse(program, 0) else {
        return chars;
    };
    let Some(cmap) = face.tables().cmap else {
        return chars;
    };
    for table in cmap
        .subtables
        .into_iter()
        .filter(ttf_parser::cmap::Subtable::is_unicode)
    {
        table.codepoints(|code| {
            if let Some(c) = char::from_u32(code)
                && let Some(glyph) = table.glyph_index(code)
            {
                let rank = |c: char| (matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{e000}'..='\u{faff}'), c);
                let known = chars.entry(glyph.0).or_insert(c);
                if rank(c) < rank(*known) {
                    *known = c;
                }
            }
        });
    }
    chars
}

/// The widths of character ids: `first [w …]` or `first last w`, again and again.
fn widths(list: &Array<'_>) -> Vec<(u32, u32, f64)> {
    let mut ranges = Vec::new();
    let mut items = list.iter::<Object<'_>>();
    let cid = |object: Option<Object<'_>>| match object {
        Some(Object::Number(number)) => u32::try_from(number.as_i64()).ok(),
        _ => None,
    };
    while let Some(first) = cid(items.next()) {
        match items.next() {
            Some(Object::Array(widths)) => {
                let widths = widths.iter::<f64>().take(0x1_0000);
                ranges.extend((first..).zip(widths).map(|(cid, width)| (cid, cid, width)));
            }
            Some(Object::Number(end)) => {
                let Some(Object::Number(width)) = items.next() else {
                    break;
                };
                ranges.push((
                    first,
                    u32::try_from(end.as_i64()).unwrap_or(first),
                    width.as_f64(),
                ));
            }
            _ => break,
        }
    }
    ranges.sort_by_key(|&(first, ..)| first);
    ranges
}
