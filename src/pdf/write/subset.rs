//! The part of a face that a document uses: one subset per face and document.
//!
//! Architecture invariant: the codes of a subset follow from the glyphs that the pages show and from
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::finding::{Code, Finding, Message};
use crate::pdf::{Pages, Run};
use crate::sheet::Face;
use crate::text::Fonts;
use crate::text::fonts::MISSING_MARK;

/// The part of a face that a document uses.
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
    /// Further codes for glyphs whose next one stands closer than their width: glyph and narrow width
    /// to the code. A reader of the text takes characters that overlap for the beginning of a new line.
    pub narrow: BTreeMap<(u16, u16), u16>,
    /// Whether its format lets two codes show one glyph.
    maps_codes: bool,
}

impl Subset {
    /// The number that a glyph has in the subset.
    pub fn new_id(&self, old: u16) -> u16 {
        // Every glyph of the pages was put in, so this is always found; 0 is the empty glyph.
        self.glyphs.binary_search(&old).unwrap_or(0) as u16
    }

    /// The width that the code of a glyph has to have, if the next glyph comes after `distance`.
    fn narrow_width(&self, id: u16, distance: i32) -> Option<u16> {
        let width = i32::from(self.widths[usize::from(id)]);
        let narrow = (distance + 125) / 250 * 250;
        (self.maps_codes && width >= 900 && distance <= width - 80 && narrow >= 250).then_some(narrow as u16)
    }

    /// Makes room for the narrow codes that a run needs.
    fn add_narrow(&mut self, run: &Run) {
        for pair in run.glyphs.windows(2) {
            let distance = pair[1].x - pair[0].x;
            // Most glyphs stand at least as far apart as they are wide.
            if distance > 920 {
                continue;
            }
            let id = self.new_id(pair[0].id);
            if let Some(width) = self.narrow_width(id, distance) {
                let next = (self.glyphs.len() + self.narrow.len()) as u16;
                self.narrow.entry((id, width)).or_insert(next);
            }
        }
    }

    /// The code and the width that show a glyph whose next one comes after `distance`.
    pub fn code(&self, id: u16, distance: Option<i32>) -> (u16, u16) {
        let narrow = distance.and_then(|distance| self.narrow_width(id, distance));
        match narrow.and_then(|width| Some((*self.narrow.get(&(id, width))?, width))) {
            Some(narrow) => narrow,
            None => (id, self.widths[usize::from(id)]),
        }
    }

    /// All codes with the characters that they stand for when text is copied out.
    pub fn codes(&self) -> impl Iterator<Item = (u16, char)> {
        let own = self.characters.iter().enumerate().skip(1);
        let narrow = self.narrow.iter();
        own.map(|(id, c)| (id as u16, *c))
            .chain(narrow.map(|((id, _), code)| (*code, self.characters[usize::from(*id)])))
    }

    /// The glyph of each code, as a font dictionary has it.
    pub fn code_map(&self) -> Vec<u8> {
        let mut glyphs: Vec<u16> = (0..self.glyphs.len() as u16).collect();
        let mut narrow: Vec<(u16, u16)> = self.narrow.iter().map(|((id, _), code)| (*code, *id)).collect();
        narrow.sort_unstable();
        glyphs.extend(narrow.into_iter().map(|(_, id)| id));
        glyphs.into_iter().flat_map(u16::to_be_bytes).collect()
    }
}

/// Makes one subset of each face that the pages use.
///
/// # Errors
///
/// `font-broken` for a face that cannot be subset.
pub(super) fn subset_faces(pages: &Pages, fonts: &Fonts) -> Result<BTreeMap<Face, Subset>, Finding> {
    let mut used: BTreeMap<Face, BTreeMap<u16, BTreeSet<char>>> = BTreeMap::new();
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        let glyphs = used.entry(run.face).or_default();
        for (glyph, c) in run.glyphs.iter().zip(run.text.chars()) {
            glyphs.entry(glyph.id).or_default().insert(c);
        }
    }
    let mut subsets = BTreeMap::new();
    for (face, glyphs) in used {
        subsets.insert(face, subset_face(face, &glyphs, fonts)?);
    }
    for run in pages.pages.iter().flat_map(|page| &page.runs) {
        if let Some(subset) = subsets.get_mut(&run.face) {
            subset.add_narrow(run);
        }
    }
    Ok(subsets)
}

fn subset_face(face: Face, used: &BTreeMap<u16, BTreeSet<char>>, fonts: &Fonts) -> Result<Subset, Finding> {
    let mut remapper = subsetter::GlyphRemapper::new();
    // Glyph 0 is always the first one.
    let mut subset = Subset {
        bytes: Vec::new(),
        name: String::new(),
        glyphs: vec![0],
        characters: vec!['\u{FFFD}'],
        widths: vec![1000],
        narrow: BTreeMap::new(),
        maps_codes: !fonts.description(face).cff,
    };
    for (&id, characters) in used {
        if id == 0 {
            continue;
        }
        remapper.remap(id);
        subset.glyphs.push(id);
        // The character that the face itself shows with this glyph; for a mark that stands for a
        // missing character that is the mark.
        let own = characters
            .iter()
            .find_map(|&c| Some((c, fonts.own_glyph(face, c).filter(|glyph| glyph.id == id)?)));
        let (c, glyph) = own.unwrap_or((
            MISSING_MARK,
            fonts.own_glyph(face, MISSING_MARK).unwrap_or_default(),
        ));
        subset.characters.push(c);
        subset.widths.push(glyph.advance);
    }
    subset.bytes = subsetter::subset(fonts.bytes(face), 0, &remapper).map_err(|error| {
        Finding::new(
            Code::FontBroken,
            Message::new(
                format!("字体 {face:?} 无法取子集：{error}"),
                format!("the font for {face:?} cannot be subset: {error}"),
            ),
        )
    })?;
    let mut hash = Sha256::new();
    for id in &subset.glyphs {
        hash.update(id.to_be_bytes());
    }
    let tag: String = hash
        .finalize()
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect();
    subset.name = format!("{tag}+{}", fonts.description(face).name);
    Ok(subset)
}
