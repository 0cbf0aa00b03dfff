//! Reads an office's own faces from a folder.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use super::store::shown;
use crate::finding::{Code, Finding, Message};
use crate::sheet::Face;
use crate::text::Fonts;

const EXTENSIONS: &[&str] = &["ttf", "otf"];

/// What the name of a file says which face it is, the longer names first: 仿宋 holds 宋.
const NAMES: &[(&str, Face)] = &[
    ("fangsong", Face::Fangsong),
    ("仿宋", Face::Fangsong),
    ("小标宋", Face::Title),
    ("title", Face::Title),
    ("hei", Face::Hei),
    ("黑", Face::Hei),
    ("kai", Face::Kai),
    ("楷", Face::Kai),
    ("song", Face::Song),
    ("宋", Face::Song),
];

/// Reads the faces whose files stand in `folder`: `.ttf` and `.otf` files named after their face,
/// such as `fangsong.ttf` or `方正小标宋.ttf`. A face without a file is the built-in one.
///
/// # Errors
///
/// A finding of [`Code::FontBroken`] where the folder or a file cannot be read, no file is named after
/// a face, two are named after one, or a file is no usable font.
pub fn read_font_folder(folder: &Path) -> Result<Fonts, Box<Finding>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    let mut files: Vec<(Face, Vec<u8>, String)> = Vec::new();
    for path in paths {
        let Some(face) = face_of(&path) else { continue };
        if let Some((_, _, first)) = files.iter().find(|(known, ..)| *known == face) {
            let message = Message::new(
                format!("与 {first} 是同一种字体，只能有一个。"),
                format!("it is the same face as {first}; there may be one of each"),
            );
            return Err(broken(&path, message));
        }
        let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        // Read on its own first, so that a mistake names its file.
        Fonts::read([(face, bytes.clone())]).map_err(|finding| Box::new(finding.in_file(shown(&path))))?;
        files.push((face, bytes, shown(&path)));
    }
    if files.is_empty() {
        let message = Message::new(
            "文件夹中没有以字体命名的 .ttf 或 .otf 文件（仿宋、小标宋、黑体、楷体、宋体，或 fangsong、title、hei、kai、song）。",
            "the folder holds no .ttf or .otf file named after a face (fangsong, title, hei, kai, song)",
        );
        return Err(broken(folder, message));
    }
    Ok(Fonts::read(
        files.into_iter().map(|(face, bytes, _)| (face, bytes)),
    )?)
}

/// The face that a font file's name says.
fn face_of(path: &Path) -> Option<Face> {
    let extension = path.extension().and_then(OsStr::to_str)?.to_lowercase();
    if !EXTENSIONS.contains(&extension.as_str()) {
        return None;
    }
    let stem = path.file_stem()?.to_str()?.to_lowercase();
    NAMES
        .iter()
        .find(|(name, _)| stem.contains(name))
        .map(|(_, face)| *face)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_told_by_the_names_of_their_files() {
        for (name, face) in [
            ("FangSong_GB2312.ttf", Some(Face::Fangsong)),
            ("仿宋.TTF", Some(Face::Fangsong)),
            ("方正小标宋简体.ttf", Some(Face::Title)),
            ("simhei.ttf", Some(Face::Hei)),
            ("楷体_GB2312.otf", Some(Face::Kai)),
            ("宋体.ttf", Some(Face::Song)),
            ("arial.ttf", None),
            ("宋体.txt", None),
        ] {
            assert_eq!(face_of(Path::new(name)), face, "{name}");
        }
    }
}
