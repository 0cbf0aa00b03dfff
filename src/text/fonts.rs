//! The fonts: which glyph shows a character, how wide it is, and how much of it is blank.
//!
//! Architecture invariant: everything after construction only reads; a `Fonts` is shared by all
//! documents and all threads.

use std::sync::{Arc, LazyLock, OnceLock};

use ttf_parser::GlyphId;

use crate::finding::{Code, Finding, Message};
use crate::sheet::Face;

/// The mark that is shown for a character that no face has: U+3013, the geta mark, which a proof
/// reader knows as "a sort is missing here".
pub const MISSING_MARK: char = '〓';

/// How many fonts there may be, with the built-in ones.
const MOST_FONTS: u8 = 255;

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

/// Which of the fonts of a [`Fonts`] shows a glyph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FontKey(u8);

impl FontKey {
    /// Its place among the fonts: those that are built in first, then the office's own.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The font that is built in for a face.
    #[must_use]
    pub fn built_in(face: Face) -> Self {
        Self(face as u8)
    }
}

/// A font that an office brings.
#[derive(Clone)]
pub struct OwnFont {
    /// The bytes of its file: TrueType or OpenType, one font or a collection.
    pub bytes: Arc<[u8]>,
    /// Which font of a collection it is, from 0.
    pub index: u32,
    /// The face that it takes the place of; a font without one stands in where all others lack a
    /// character.
    pub face: Option<Face>,
}

/// The bytes of a font file.
enum Bytes {
    BuiltIn(&'static [u8]),
    Own(Arc<[u8]>),
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::BuiltIn(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

/// One font.
struct LoadedFont {
    bytes: Bytes,
    /// Which font of a collection it is.
    index: u32,
    description: Description,
    blocks: Box<[OnceLock<Box<[Glyph; 256]>>]>,
}

/// The fonts of a document.
///
/// Looking up a character costs two array accesses in its font; the tables behind it are read when a
/// block of 256 characters is first used.
pub struct Fonts {
    /// Those that are built in, in the order of [`Face::ALL`], then the office's own.
    fonts: Vec<Arc<LoadedFont>>,
    /// For each face the fonts that are asked for a character in turn.
    chains: [Box<[FontKey]>; 5],
}

static BUILT_IN: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<_> = Face::ALL
        .into_iter()
        .map(|face| {
            // The tests read all built-in fonts, so this cannot fire in a program that was tested.
            #[allow(clippy::expect_used)]
            let font =
                LoadedFont::read(Bytes::BuiltIn(built_in_bytes(face)), 0).expect("a built-in font reads");
            Arc::new(font)
        })
        .collect();
    let chains = chains(&[None; 5], &[]);
    Fonts { fonts, chains }
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

/// The fonts of each face's chain: the face's own font, the office's fonts for the other faces of the
/// chain, all built-in ones of the chain, and last the supplements. Those stand behind the built-in
/// ones, because a font that plays no part of its own is there for what nothing else has.
fn chains(own: &[Option<FontKey>; 5], supplements: &[FontKey]) -> [Box<[FontKey]>; 5] {
    Face::ALL.map(|face| {
        let faces = chain(face);
        let first = own[face as usize].unwrap_or(FontKey::built_in(face));
        let own = faces.iter().filter_map(|face| own[*face as usize]);
        let built_in = faces.iter().map(|face| FontKey::built_in(*face));
        let mut keys = Vec::new();
        for key in std::iter::once(first)
            .chain(own)
            .chain(built_in)
            .chain(supplements.iter().copied())
        {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.into()
    })
}

impl Fonts {
    /// The fonts that are built in, shared by the whole program.
    #[must_use]
    pub fn built_in() -> &'static Fonts {
        &BUILT_IN
    }

    /// Reads the fonts that an office brings; they go before the built-in ones of their faces, which
    /// stay behind them for the characters that they lack. Of two for one face the later one counts.
    ///
    /// # Errors
    ///
    /// `font-broken` for bytes that are not a font, that lack a table which setting type needs, whose
    /// licence bits forbid to embed a subset of the outlines, or for more than 250 of them.
    pub fn read(given: impl IntoIterator<Item = OwnFont>) -> Result<Fonts, Finding> {
        let mut fonts = BUILT_IN.fonts.clone();
        let mut own = [None; 5];
        let mut supplements = Vec::new();
        for given in given {
            let Some(key) = u8::try_from(fonts.len()).ok().filter(|key| *key < MOST_FONTS) else {
                return Err(unusable(&Message::new("字体太多", "there are too many fonts")));
            };
            match given.face {
                Some(face) => own[face as usize] = Some(FontKey(key)),
                None => supplements.push(FontKey(key)),
            }
            let font = LoadedFont::read(Bytes::Own(given.bytes), given.index);
            fonts.push(Arc::new(font.map_err(|reason| unusable(&reason))?));
        }
        Ok(Fonts {
            fonts,
            chains: chains(&own, &supplements),
        })
    }

    /// The glyph that a font itself has for `c`.
    #[must_use]
    pub fn own_glyph(&self, font: FontKey, c: char) -> Option<Glyph> {
        let code = c as usize;
        let loaded = self.fonts.get(font.index())?;
        let block = loaded.blocks.get(code >> 8)?;
        let glyph = block.get_or_init(|| loaded.read_block((code >> 8) as u32))[code & 0xFF];
        (glyph.id != 0).then_some(glyph)
    }

    /// The glyph for `c` in a face and the font that has it: the face's own or the first one of its
    /// chain.
    #[must_use]
    pub fn glyph(&self, face: Face, c: char) -> Option<(FontKey, Glyph)> {
        self.chains[face as usize]
            .iter()
            .find_map(|&font| Some((font, self.own_glyph(font, c)?)))
    }

    /// The font that a face is set in, as long as it has the characters.
    #[must_use]
    pub fn first(&self, face: Face) -> FontKey {
        self.chains[face as usize].first().copied().unwrap_or_default()
    }

    /// The bytes of a font's file and which font of a collection it is.
    #[must_use]
    pub fn bytes(&self, font: FontKey) -> (&[u8], u32) {
        let font = &self.fonts[font.index()];
        (&font.bytes, font.index)
    }

    /// What a font descriptor says of a font.
    #[must_use]
    pub fn description(&self, font: FontKey) -> &Description {
        &self.fonts[font.index()].description
    }
}

/// How many fonts the bytes of a font file hold: one, or those of a collection, counted by its header.
///
/// Nothing, where the header of a collection promises more than there is, which the parser of fonts
/// takes on trust.
#[must_use]
pub fn fonts_in_file(bytes: &[u8]) -> Option<u32> {
    if !bytes.starts_with(b"ttcf") {
        return Some(1);
    }
    let count = u32::from_be_bytes(*bytes.get(8..12)?.first_chunk()?);
    // The header is followed by four bytes for each font, and a font by twelve at least.
    (u64::from(count) * 16 + 12 <= bytes.len() as u64).then_some(count)
}

fn unusable(reason: &Message) -> Finding {
    Finding::new(
        Code::FontBroken,
        Message::new(
            format!("字体不可用：{}", reason.zh),
            format!("the font cannot be used: {}", reason.en),
        ),
    )
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.fonts.iter().map(|font| &font.description.name))
            .finish()
    }
}

/// Whether the licence bits of a font (fsType in its OS/2 table) let a PDF hold a subset of its
/// outlines; the reason, where they do not. To preview and print, and to edit, is enough.
fn permission(face: &ttf_parser::Face<'_>) -> Result<(), Message> {
    if face.permissions() == Some(ttf_parser::Permissions::Restricted) {
        return Err(Message::new(
            "字体的许可（fsType）禁止嵌入文件",
            "its licence bits (fsType) forbid to embed it in a file",
        ));
    }
    if !face.is_subsetting_allowed() {
        return Err(Message::new(
            "字体的许可（fsType 0x0100）禁止只嵌入用到的字",
            "its licence bits (fsType 0x0100) forbid to embed a part of it",
        ));
    }
    if !face.is_outline_embedding_allowed() {
        return Err(Message::new(
            "字体的许可（fsType 0x0200）只允许嵌入点阵",
            "its licence bits (fsType 0x0200) allow to embed bitmaps only",
        ));
    }
    Ok(())
}

impl LoadedFont {
    fn read(bytes: Bytes, index: u32) -> Result<Self, Message> {
        if fonts_in_file(&bytes).is_none_or(|count| index >= count) {
            return Err(Message::new(
                "字体集的文件头有误",
                "the header of the collection is broken",
            ));
        }
        let face = ttf_parser::Face::parse(&bytes, index).map_err(|error| {
            Message::new(
                format!("不是字体文件（{error}）"),
                format!("not a font file ({error})"),
            )
        })?;
        permission(&face)?;
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
            index,
            description,
            blocks,
        })
    }

    fn is_built_in(&self) -> bool {
        matches!(self.bytes, Bytes::BuiltIn(_))
    }

    /// Looks up the 256 characters from `block * 256` on.
    fn read_block(&self, block: u32) -> Box<[Glyph; 256]> {
        let mut glyphs = Box::new([Glyph::default(); 256]);
        // `read` has parsed the same bytes, so this is never an error.
        let Ok(face) = ttf_parser::Face::parse(&self.bytes, self.index) else {
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
            // A glyph that draws nothing does not show its character. To draw them all takes a while, and a
            // test has looked at those of the built-in faces.
            if !self.is_built_in() && !c.is_whitespace() && !draws(&face, id) {
                continue;
            }
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

fn draws(face: &ttf_parser::Face<'_>, id: GlyphId) -> bool {
    face.glyph_bounding_box(id)
        .is_some_and(|ink| ink.x_min < ink.x_max || ink.y_min < ink.y_max)
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
    use crate::text::classes::is_ignorable;

    fn own(face: Option<Face>, bytes: &[u8]) -> OwnFont {
        OwnFont {
            bytes: bytes.into(),
            index: 0,
            face,
        }
    }

    const BOXES: &[u8] = include_bytes!("../../tests/fonts/boxes.otf");

    #[test]
    fn the_built_in_fonts_read() {
        let fonts = Fonts::built_in();
        for face in Face::ALL {
            let font = fonts.first(face);
            let description = fonts.description(font);
            assert!(description.name.starts_with("Budget"), "{description:?}");
            let glyph = fonts.own_glyph(font, '绩').expect("绩");
            assert_eq!(glyph.advance, 1000, "{face:?}");
        }
    }

    #[test]
    fn a_character_falls_back_along_the_chain() {
        let fonts = Fonts::built_in();
        assert!(fonts.own_glyph(FontKey::built_in(Face::Fangsong), '①').is_none());
        let (font, glyph) = fonts.glyph(Face::Fangsong, '①').expect("①");
        assert_eq!(font, FontKey::built_in(Face::Song));
        assert_ne!(glyph.id, 0);
        assert_eq!(fonts.glyph(Face::Fangsong, '\u{10FFFD}'), None);
        for face in Face::ALL {
            assert!(fonts.glyph(face, MISSING_MARK).is_some(), "{face:?}");
        }
    }

    #[test]
    fn a_font_of_the_office_never_hides_the_built_in_ones() {
        let fonts = Fonts::read([own(Some(Face::Fangsong), BOXES), own(None, BOXES)]).expect("fonts");
        let (office, supplement) = (FontKey(5), FontKey(6));
        let of = |face, c| fonts.glyph(face, c).map(|(font, _)| font);
        assert_eq!(of(Face::Fangsong, '绩'), Some(office));
        assert_eq!(of(Face::Fangsong, '部'), Some(FontKey::built_in(Face::Fangsong)));
        // The other faces keep their own fonts and ask that of the office before other built-in ones.
        assert_eq!(of(Face::Kai, '绩'), Some(FontKey::built_in(Face::Kai)));
        assert_eq!(
            *fonts.chains[Face::Kai as usize],
            [
                FontKey::built_in(Face::Kai),
                office,
                FontKey::built_in(Face::Song),
                FontKey::built_in(Face::Fangsong),
                supplement
            ]
        );
    }

    #[test]
    fn the_built_in_faces_draw_every_character_they_have() {
        let fonts = Fonts::built_in();
        for face in Face::ALL {
            let parsed = ttf_parser::Face::parse(built_in_bytes(face), 0).expect("a font");
            let own = |c: &char| fonts.own_glyph(FontKey::built_in(face), *c);
            let seen = ('\u{21}'..='\u{3FFFF}').filter(|&c| !c.is_whitespace() && !is_ignorable(c));
            let blank = seen.filter(|c| own(c).is_some_and(|glyph| !draws(&parsed, GlyphId(glyph.id))));
            assert_eq!(blank.collect::<String>(), "", "{face:?}");
        }
    }

    #[test]
    fn a_glyph_that_draws_nothing_is_missing() {
        let fonts = Fonts::read([own(Some(Face::Song), BOXES)]).expect("fonts");
        let boxes = fonts.first(Face::Song);
        assert!(fonts.own_glyph(boxes, '空').is_none());
        assert!(fonts.own_glyph(boxes, ' ').is_some());
        let shown = fonts.glyph(Face::Song, '空').map(|(font, _)| font);
        assert_eq!(shown, Some(FontKey::built_in(Face::Song)));
    }

    #[test]
    fn widths_are_rounded_thousandths_of_any_em() {
        let fonts = Fonts::read([own(Some(Face::Song), BOXES)]).expect("fonts");
        let width = |c| {
            fonts
                .own_glyph(fonts.first(Face::Song), c)
                .map(|glyph| glyph.advance)
        };
        // 1231 and 1027 of 2048.
        assert_eq!(
            (width('A'), width('1'), width('绩')),
            (Some(601), Some(501), Some(1000))
        );
    }

    #[test]
    fn full_width_punctuation_knows_its_blank_half() {
        let fonts = Fonts::built_in();
        for face in Face::ALL {
            let comma = fonts.own_glyph(fonts.first(face), '，').expect("，");
            assert!(comma.blank_after >= 400, "{face:?} {comma:?}");
            let bracket = fonts.own_glyph(fonts.first(face), '（').expect("（");
            assert!(bracket.blank_before >= 400, "{face:?} {bracket:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_font_are_a_finding() {
        for bytes in [
            b"no font".as_slice(),
            b"",
            b"ttcf",
            b"ttcf\0\x01\0\0\xFF\xFF\xFF\xFF",
            b"ttcf\0\x01\0\0\0\0\0\0",
        ] {
            let error = Fonts::read([own(Some(Face::Kai), bytes)]).expect_err("no font");
            assert_eq!(error.code, Code::FontBroken);
        }
    }

    /// A copy of a font whose OS/2 table says other permissions.
    fn with_permission(font: &[u8], fs_type: u16) -> Vec<u8> {
        let mut bytes = font.to_vec();
        let entry = 12
            + bytes[12..]
                .windows(4)
                .position(|tag| tag == b"OS/2")
                .expect("OS/2");
        let offset = bytes[entry + 8..entry + 12]
            .iter()
            .fold(0, |offset, byte| offset << 8 | usize::from(*byte));
        bytes[offset + 8..offset + 10].copy_from_slice(&fs_type.to_be_bytes());
        bytes
    }

    #[test]
    fn only_what_may_be_embedded_is_taken() {
        for (fs_type, said) in [
            (0x0000, None),
            (0x0004, None),
            (0x0008, None),
            (0x0002, Some("forbid to embed it")),
            (0x0104, Some("0x0100")),
            (0x0208, Some("0x0200")),
        ] {
            let read = Fonts::read([own(Some(Face::Song), &with_permission(BOXES, fs_type))]);
            let message = read.err().map(|finding| finding.message.en);
            match (said, &message) {
                (None, None) => {}
                (Some(said), Some(message)) => assert!(message.contains(said), "{message}"),
                _ => panic!("{fs_type:#06X}: {message:?}"),
            }
        }
    }

    #[test]
    fn a_font_that_is_cut_off_is_never_a_panic() {
        let whole = built_in_bytes(Face::Hei);
        // Every length in the table directory, then coarse steps, for both kinds of outlines.
        let of_whole = (0..300)
            .step_by(7)
            .chain((300..whole.len()).step_by(whole.len() / 40));
        let of_boxes = 0..BOXES.len();
        for bytes in of_whole
            .map(|length| &whole[..length])
            .chain(of_boxes.map(|length| &BOXES[..length]))
        {
            let Ok(fonts) = Fonts::read([own(Some(Face::Song), bytes)]) else {
                continue;
            };
            let font = fonts.first(Face::Song);
            let mut remapper = subsetter::GlyphRemapper::new();
            for c in "绩效，A1 空部门〓".chars() {
                assert!(fonts.glyph(Face::Song, c).is_some(), "{c}");
                if let Some(glyph) = fonts.own_glyph(font, c) {
                    remapper.remap(glyph.id);
                }
            }
            let (bytes, index) = fonts.bytes(font);
            // An error is as good as a subset here.
            let _ = subsetter::subset(bytes, index, &remapper);
        }
    }
}
