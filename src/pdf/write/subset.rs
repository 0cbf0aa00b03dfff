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
    /// Old glyph numbers, in order, so that the new number is the place in here.
    glyphs: Vec<u16>,
    /// The character that each of them stands for when text is copied out.
    pub characters: Vec<char>,
    /// Their widths in thousandths of the size.
    pub widths: Vec<u16>,
}

impl Subset {
    /// The number that a glyph has in the subset.
    pub fn new_id(&self, old: u16) -> u16 {
        // Every glyph of the pages was put in, so this is always found; 0 is the empty glyph.
        self.glyphs.binary_search(&old).unwrap_or(0) as u16
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
    let mut used: BTreeMap<FontKey, BTreeMap<u16, BTreeSet<char>>> = BTreeMap::new();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let glyphs = used.entry(run.font).or_default();
        for (glyph, c) in run.glyphs.iter().zip(run.text.chars()) {
            glyphs.entry(glyph.id).or_default().insert(c);
        }
    }
    let mut subsets = BTreeMap::new();
    for (font, glyphs) in used {
        subsets.insert(font, subset_font(font, &glyphs, fonts)?);
    }
    Ok(subsets)
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
        glyphs: vec![0],
        characters: vec!['\u{FFFD}'],
        widths: vec![1000],
    };
    for (&id, characters) in used {
        if id == 0 {
            continue;
        }
        remapper.remap(id);
        subset.glyphs.push(id);
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
    for id in &subset.glyphs {
        hash.update(id.to_be_bytes());
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
