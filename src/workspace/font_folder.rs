//! Reads an office's own fonts from a folder.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::store::shown;
use crate::finding::{Code, Finding, Message};
use crate::sheet::Face;
use crate::text::font_names::{face_of_font, face_of_name};
use crate::text::fonts::fonts_in_file;
use crate::text::{Fonts, OwnFont};

/// How many fonts of a collection are looked at.
const MOST_IN_COLLECTION: u32 = 64;

const EXTENSIONS: &[&str] = &["ttf", "otf", "ttc", "otc"];

/// Reads the fonts whose files stand in `folder`: `.ttf`, `.otf`, `.ttc` and `.otc` files. Which face
/// one takes the place of is told by the name of its file, such as `fangsong.ttf` or `方正小标宋.ttf`,
/// else by the names inside it, which also choose among the fonts of a collection. A font that is none
/// of the five stands in for the characters that all others lack. A face without a font is the
/// built-in one.
///
/// # Errors
///
/// A finding of [`Code::FontBroken`] where the folder or a file cannot be read, no font is in it, two
/// files are one face, or a file is no usable font or must not be embedded.
pub fn read_font_folder(folder: &Path) -> Result<Fonts, Box<Finding>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    let mut fonts: Vec<OwnFont> = Vec::new();
    let mut taken: Vec<(Face, String)> = Vec::new();
    for path in paths.iter().filter(|path| is_font_file(path)) {
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let of_file = fonts_of_file(path, &Arc::from(bytes));
        // Read on their own first, so that a mistake names its file.
        Fonts::read(of_file.iter().cloned()).map_err(|finding| Box::new(finding.in_file(shown(path))))?;
        for face in of_file.iter().filter_map(|font| font.face) {
            if let Some((_, first)) = taken.iter().find(|(known, _)| *known == face) {
                let message = Message::new(
                    format!("与 {first} 是同一种字体，只能有一个。"),
                    format!("it is the same face as {first}; there may be one of each"),
                );
                return Err(broken(path, message));
            }
            taken.push((face, shown(path)));
        }
        fonts.extend(of_file);
    }
    if fonts.is_empty() {
        let message = Message::new(
            "文件夹中没有字体文件（.ttf、.otf、.ttc、.otc）。",
            "the folder holds no font file (.ttf, .otf, .ttc, .otc)",
        );
        return Err(broken(folder, message));
    }
    Ok(Fonts::read(fonts)?)
}

/// The fonts of a file that are wanted: one for each face that it has, or all, if it has none of the
/// five. What is no font is handed on as it is, so that reading it says why.
fn fonts_of_file(path: &Path, bytes: &Arc<[u8]>) -> Vec<OwnFont> {
    let font = |index, face| OwnFont {
        bytes: Arc::clone(bytes),
        index,
        face,
    };
    let said = path.file_stem().and_then(OsStr::to_str).and_then(face_of_name);
    let own = |index| {
        let parsed = ttf_parser::Face::parse(bytes, index).ok();
        parsed.and_then(|parsed| face_of_font(&parsed))
    };
    let count = match fonts_in_file(bytes) {
        None => return vec![font(0, said)],
        Some(1) => return vec![font(0, said.or_else(|| own(0)))],
        Some(count) => count.min(MOST_IN_COLLECTION),
    };
    let mut found: Vec<OwnFont> = Vec::new();
    for index in 0..count {
        let face = own(index);
        if face.is_some() && found.iter().all(|font| font.face != face) {
            found.push(font(index, face));
        }
    }
    if !found.is_empty() {
        found
    } else if said.is_some() {
        vec![font(0, said)]
    } else {
        (0..count).map(|index| font(index, None)).collect()
    }
}

fn is_font_file(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.to_lowercase().as_str()))
}

fn unreadable(path: &Path, error: &io::Error) -> Box<Finding> {
    broken(
        path,
        Message::new(
            format!("无法读取：{error}"),
            format!("it cannot be read: {error}"),
        ),
    )
}

fn broken(path: &Path, message: Message) -> Box<Finding> {
    Box::new(Finding::new(Code::FontBroken, message).in_file(shown(path)))
}
