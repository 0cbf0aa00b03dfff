//! The faces: which glyph shows a character, how wide it is, and how much of it is blank.
//!
//! Architecture invariant: everything after construction only reads; a `Fonts` is shared by all
//! documents and all threads.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use ttf_parser::GlyphId;

use crate::finding::{Code, Finding, Message};
use crate::sheet::Face;

/// The mark that is shown for a character that no face has: U+3013, the geta mark, which a proof
/// reader knows as "a sort is missing here".
pub const MISSING_MARK: char = '〓';

/// Blocks of 256 code points that are looked up: planes 0 to 3, which hold all Chinese characters.
const BLOCKS: usize = 0x400;

/// A glyph of one face, with what line breaking needs to know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glyph {
    /// The glyph's number in its face; 0 where the face does not have the character.
    pub id: u16,
    /// Its advance in thousandths of the size.
    pub advance: u16,
    /// Blank before its ink, in thousandths of the size, for full-width punctuation; else 0.
    pub blank_before: u16,
    /// Blank after its ink, in thousandths of the size, for full-width punctuation; else 0.
    pub blank_after: u16,
}

/// What a font descriptor says of a face; lengths in thousandths of the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The `PostScript` name.
    pub name: String,
    /// Height above the baseline.
    pub ascent: i16,
    /// Depth below the baseline, negative.
    pub descent: i16,
    /// The box that holds all glyphs: left, bottom, right, top.
    pub bounds: [i16; 4],
    /// Weight from 100 to 900.
    pub weight: u16,
    /// Whether the outlines are in a CFF table, not in `glyf`.
    pub cff: bool,
}

/// One face.
struct LoadedFace {
    bytes: Cow<'static, [u8]>,
    description: Description,
    blocks: Box<[OnceLock<Box<[Glyph; 256]>>]>,
}

/// The five faces of a document.
///
/// Looking up a character costs two array accesses; the tables behind it are read when a block of
/// 256 characters is first used.
pub struct Fonts {
    faces: [LoadedFace; 5],
}

static BUILT_IN: LazyLock<Fonts> = LazyLock::new(|| Fonts {
    faces: Face::ALL.map(|face| {
        // The tests read all built-in faces, so this cannot fire in a program that was tested.
        #[allow(clippy::expect_used)]
        LoadedFace::read(Cow::Borrowed(built_in_bytes(face))).expect("a built-in face reads")
    }),
});

fn built_in_bytes(face: Face) -> &'static [u8] {
    match face {
        Face::Fangsong => include_bytes!("../../fonts/BudgetFangsong-Regular.ttf"),
        Face::Title => include_bytes!("../../fonts/BudgetTitle-Bold.ttf"),
        Face::Hei => include_bytes!("../../fonts/BudgetHei-Medium.ttf"),
        Face::Kai => include_bytes!("../../fonts/BudgetKai-Regular.ttf"),
        Face::Song => include_bytes!("../../fonts/BudgetSong-Regular.ttf"),
    }
}

/// The faces that are asked for a character in turn.
#[must_use]
pub fn chain(face: Face) -> &'static [Face] {
    match face {
        Face::Fangsong => &[Face::Fangsong, Face::Song, Face::Kai],
        Face::Title => &[Face::Title, Face::Song, Face::Kai],
        Face::Hei => &[Face::Hei, Face::Song, Face::Kai],
        Face::Kai => &[Face::Kai, Face::Song, Face::Fangsong],
        Face::Song => &[Face::Song, Face::Kai, Face::Fangsong],
    }
}

impl Fonts {
    /// The faces that are built in, shared by the whole program.
    #[must_use]
    pub fn built_in() -> &'static Fonts {
        &BUILT_IN
    }

    /// Reads faces from the bytes of TrueType or OpenType files; a face that is not given is the
    /// built-in one.
    ///
    /// # Errors
    ///
    /// `font-broken` for bytes that are not a font, that lack a table which setting type needs, or
    /// whose licence bits forbid embedding.
    pub fn read(files: impl IntoIterator<Item = (Face, Vec<u8>)>) -> Result<Fonts, Finding> {
        let mut given: [Option<Cow<'static, [u8]>>; 5] = Default::default();
        for (face, bytes) in files {
            given[face as usize] = Some(Cow::Owned(bytes));
        }
        let mut faces = Vec::with_capacity(5);
        for face in Face::ALL {
            let bytes = given[face as usize]
                .take()
                .unwrap_or(Cow::Borrowed(built_in_bytes(face)));
            faces.push(LoadedFace::read(bytes).map_err(|reason| {
                Finding::new(
                    Code::FontBroken,
                    Message::new(
                        format!("字体 {face:?} 不可用：{}", reason.zh),
                        format!("the font for {face:?} cannot be used: {}", reason.en),
                    ),
                )
            })?);
        }
        let faces: [LoadedFace; 5] = faces.try_into().map_err(|_| {
            Finding::new(
                Code::FontBroken,
                Message::new("字体不全", "not all faces are there"),
            )
        })?;
        Ok(Fonts { faces })
    }

    /// The glyph that `face` itself has for `c`.
    #[must_use]
    pub fn own_glyph(&self, face: Face, c: char) -> Option<Glyph> {
        let code = c as usize;
        let loaded = &self.faces[face as usize];
        let block = loaded.blocks.get(code >> 8)?;
        let glyph = block.get_or_init(|| loaded.read_block((code >> 8) as u32))[code & 0xFF];
        (glyph.id != 0).then_some(glyph)
    }

    /// The glyph for `c` and the face that has it: `face` or the first one of its [`chain`].
    #[must_use]
    pub fn glyph(&self, face: Face, c: char) -> Option<(Face, Glyph)> {
        chain(face)
            .iter()
            .find_map(|&face| Some((face, self.own_glyph(face, c)?)))
    }

    /// The bytes of a face, as they were given.
    #[must_use]
    pub fn bytes(&self, face: Face) -> &[u8] {
        &self.faces[face as usize].bytes
    }

    /// What a font descriptor says of a face.
    #[must_use]
    pub fn description(&self, face: Face) -> &Description {
        &self.faces[face as usize].description
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.faces.iter().map(|face| &face.description.name))
            .finish()
    }
}

impl LoadedFace {
    fn read(bytes: Cow<'static, [u8]>) -> Result<Self, Message> {
        let face = ttf_parser::Face::parse(&bytes, 0).map_err(|error| {
            Message::new(
                format!("不是字体文件（{error}）"),
                format!("not a font file ({error})"),
            )
        })?;
        if face.permissions() == Some(ttf_parser::Permissions::Restricted) {
            return Err(Message::new("字体禁止嵌入", "the font forbids embedding"));
        }
        let tables = face.tables();
        if tables.cmap.is_none() || tables.hmtx.is_none() || (tables.glyf.is_none() && tables.cff.is_none()) {
            return Err(Message::new(
                "缺少 cmap、hmtx 或字形表",
                "it lacks cmap, hmtx or outlines",
            ));
        }
        let per_em = i32::from(face.units_per_em()).max(1);
        let scaled = |value: i16| (i32::from(value) * 1000 / per_em) as i16;
        let bounds = face.global_bounding_box();
        let description = Description {
            name: postscript_name(&face),
            ascent: scaled(face.ascender()),
            descent: scaled(face.descender()),
            bounds: [
                scaled(bounds.x_min),
                scaled(bounds.y_min),
                scaled(bounds.x_max),
                scaled(bounds.y_max),
            ],
            weight: face.weight().to_number(),
            cff: tables.glyf.is_none(),
        };
        let blocks = (0..BLOCKS).map(|_| OnceLock::new()).collect();
        Ok(Self {
            bytes,
            description,
            blocks,
        })
    }

    /// Looks up the 256 characters from `block * 256` on.
    fn read_block(&self, block: u32) -> Box<[Glyph; 256]> {
        let mut glyphs = Box::new([Glyph::default(); 256]);
        // `read` has parsed the same bytes, so this is never an error.
        let Ok(face) = ttf_parser::Face::parse(&self.bytes, 0) else {
            return glyphs;
        };
        let per_em = u32::from(face.units_per_em()).max(1);
        for (low, glyph) in glyphs.iter_mut().enumerate() {
            let Some(c) = char::from_u32(block << 8 | low as u32) else {
                continue;
            };
            let Some(id) = face.glyph_index(c).filter(|id| id.0 != 0) else {
                continue;
            };
            let advance = (u32::from(face.glyph_hor_advance(id).unwrap_or(0)) * 1000 + per_em / 2) / per_em;
            glyph.id = id.0;
            glyph.advance = advance.min(u32::from(u16::MAX)) as u16;
            if is_full_width_punctuation(c) && advance >= 900 {
                (glyph.blank_before, glyph.blank_after) = blanks(&face, id, advance, per_em);
            }
        }
        glyphs
    }
}

fn is_full_width_punctuation(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201F}' | '\u{3001}'..='\u{3002}' | '\u{3008}'..='\u{301F}' | '\u{FF01}'..='\u{FF60}')
}

/// The blank on both sides of a glyph's ink in thousandths of the size, at most one half each, which
/// is what GB/T 15834-2011 lets punctuation give up.
fn blanks(face: &ttf_parser::Face<'_>, id: GlyphId, advance: u32, per_em: u32) -> (u16, u16) {
    let Some(ink) = face.glyph_bounding_box(id) else {
        return (0, 0);
    };
    let blank = |value: i64| (value * 1000 / i64::from(per_em)).clamp(0, 500) as u16;
    let advance = i64::from(advance) * i64::from(per_em) / 1000;
    (blank(i64::from(ink.x_min)), blank(advance - i64::from(ink.x_max)))
}

fn postscript_name(face: &ttf_parser::Face<'_>) -> String {
    let name = face
        .names()
        .into_iter()
        .find(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME && name.is_unicode())
        .and_then(|name| name.to_string())
        .unwrap_or_default();
    // A PostScript name is printable ASCII without delimiters.
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    if name.is_empty() {
        "Unnamed".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_faces_read() {
        let fonts = Fonts::built_in();
        for face in Face::ALL {
            let description = fonts.description(face);
            assert!(description.name.starts_with("Budget"), "{description:?}");
            let glyph = fonts.own_glyph(face, '绩').expect("绩");
            assert_eq!(glyph.advance, 1000, "{face:?}");
        }
    }

    #[test]
    fn a_character_falls_back_along_the_chain() {
        let fonts = Fonts::built_in();
        assert!(fonts.own_glyph(Face::Fangsong, '①').is_none());
        let (face, glyph) = fonts.glyph(Face::Fangsong, '①').expect("①");
        assert_eq!(face, Face::Song);
        assert_ne!(glyph.id, 0);
        assert_eq!(fonts.glyph(Face::Fangsong, '\u{10FFFD}'), None);
        for face in Face::ALL {
            assert!(fonts.glyph(face, MISSING_MARK).is_some(), "{face:?}");
        }
    }

    #[test]
    fn full_width_punctuation_knows_its_blank_half() {
        let fonts = Fonts::built_in();
        for face in Face::ALL {
            let comma = fonts.own_glyph(face, '，').expect("，");
            assert!(comma.blank_after >= 400, "{face:?} {comma:?}");
            let bracket = fonts.own_glyph(face, '（').expect("（");
            assert!(bracket.blank_before >= 400, "{face:?} {bracket:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_font_are_a_finding() {
        let error = Fonts::read([(Face::Kai, b"no font".to_vec())]).expect_err("no font");
        assert_eq!(error.code, Code::FontBroken);
    }
}
