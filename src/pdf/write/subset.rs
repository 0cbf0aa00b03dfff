//! The part of a font that a document uses: one subset per font and document.
//!
//! Architecture invariant: the codes of a subset follow from the glyphs that the pages show and from
//! nothing else. A glyph has one code, and the width of the code is the width that the font file gives
//! the glyph, as PDF/A wants it.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding, Message};
use crate::fingerprint::Fingerprint;
use crate::pdf::Pages;
use crate::text::fonts::MISSING_MARK;
use crate::text::{FontKey, Fonts, Glyph};

/// The part of a font that a document uses.
pub(super) struct Subset {
    /// The font file.
    pub bytes: Vec<u8>,
    /// The `PostScript` name with the tag of the subset.
    pub name: String,
    /// By old glyph number, the new one.
    new_ids: Vec<u16>,
    /// The character that each of them stands for when text is copied out.
    pub characters: Vec<char>,
    /// Their widths in thousandths of the size.
    pub widths: Vec<u16>,
}

impl Subset {
    /// The number that a glyph has in the subset.
    pub fn new_id(&self, old: u16) -> u16 {
        // Every glyph of the pages was put in, so this is always found; 0 is the empty glyph.
        self.new_ids.get(usize::from(old)).copied().unwrap_or_default()
    }

    /// All codes with the characters that they stand for when text is copied out.
    pub fn codes(&self) -> impl Iterator<Item = (u16, char)> {
        let characters = self.characters.iter().enumerate().skip(1);
        characters.map(|(id, c)| (id as u16, *c))
    }
}

/// Makes one subset of each font that the pages use.
///
/// # Errors
///
/// `font-broken` for a font that cannot be subset.
pub(super) fn subset_fonts(pages: &Pages, fonts: &Fonts) -> Result<BTreeMap<FontKey, Subset>, Finding> {
    let mut used: BTreeMap<FontKey, Used> = BTreeMap::new();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let used = used.entry(run.font).or_default();
        for (glyph, c) in run.glyphs.iter().zip(run.text.chars()) {
            used.add(glyph.id, c);
        }
    }
    let mut subsets = BTreeMap::new();
    for (font, used) in used {
        subsets.insert(font, subset_font(font, &used.glyphs, fonts)?);
    }
    Ok(subsets)
}

/// The glyphs of a font that are used, with the characters that they stand for.
#[derive(Default)]
struct Used {
    glyphs: BTreeMap<u16, BTreeSet<char>>,
    /// By glyph, the character that it stood for last: nearly always the same one.
    last: Vec<Option<char>>,
}

impl Used {
    fn add(&mut self, glyph: u16, c: char) {
        let at = usize::from(glyph);
        if at >= self.last.len() {
            self.last.resize(at + 1, None);
        }
        if self.last[at] != Some(c) {
            self.last[at] = Some(c);
            self.glyphs.entry(glyph).or_default().insert(c);
        }
    }
}

fn subset_font(
    font: FontKey,
    used: &BTreeMap<u16, BTreeSet<char>>,
    fonts: &Fonts,
) -> Result<Subset, Finding> {
    let mut remapper = subsetter::GlyphRemapper::new();
    // Glyph 0 is always the first one.
    let mut subset = Subset {
        bytes: Vec::new(),
        name: String::new(),
        new_ids: Vec::new(),
        characters: vec!['\u{FFFD}'],
        widths: vec![1000],
    };
    let mut glyphs = vec![0];
    for (&id, characters) in used {
        if id == 0 {
            continue;
        }
        remapper.remap(id);
        glyphs.push(id);
        // The character that the font itself shows with this glyph; for a blank or a mark that stands in
        // for a character that no font has, that is the blank or the mark.
        let (c, glyph) = characters
            .iter()
            .copied()
            .chain([' ', MISSING_MARK])
            .find_map(|c| Some((c, fonts.own_glyph(font, c).filter(|glyph| glyph.id == id)?)))
            .unwrap_or((MISSING_MARK, Glyph::default()));
        subset.characters.push(c);
        subset.widths.push(glyph.advance);
    }
    let name = &fonts.description(font).name;
    let (bytes, index) = fonts.bytes(font);
    subset.bytes = subsetter::subset(bytes, index, &remapper).map_err(|error| {
        Finding::new(
            Code::FontBroken,
            Message::new(
                format!("字体 {name} 无法取子集：{error}"),
                format!("the font {name} cannot be subset: {error}"),
            ),
        )
    })?;
    // Two fonts may have one name and show the same glyph numbers.
    let mut hash = Fingerprint::new();
    hash.update(font.index().to_be_bytes());
    subset.new_ids = vec![0; glyphs.last().map_or(0, |last| usize::from(*last) + 1)];
    for (new, id) in (0..).zip(&glyphs) {
        hash.update(id.to_be_bytes());
        subset.new_ids[usize::from(*id)] = new;
    }
    let tag: String = hash
        .finish()
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect();
    subset.name = format!("{tag}+{name}");
    Ok(subset)
}
