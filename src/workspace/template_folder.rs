//! Reads template files from a folder and writes the built-in ones out.
//!
//! Architecture invariant: only files are read and written here; what they mean is for
//! `template`.

use std::fs;
use std::io;
use std::path::Path;

use super::models::end_of;
use super::store::{holds, shown, unwritable, write_whole};
use super::{FileState, prepare_out};
use crate::finding::{Code, Finding, Message};

/// How many folders below the named one are looked into: a form's own folder, and one in it.
const DEPTH: usize = 2;
const EXTENSIONS: &[&str] = &["html", "toml"];

/// Reads all template files (`.html`, `.toml`) in `folder` and up to two levels below, as pairs of
/// the path below `folder`, with `/`, and the text, in the order of the paths.
///
/// # Errors
///
/// A finding of [`Code::TemplateBroken`] where the folder or a file cannot be read, a file is not
/// UTF-8, or there is no template file.
pub fn read_template_folder(folder: &Path) -> Result<Vec<(String, String)>, Box<Finding>> {
    let mut files = Vec::new();
    read_below(folder, "", DEPTH, &mut files)?;
    if files.is_empty() {
        return Err(Box::new(
            Finding::new(
                Code::TemplateBroken,
                Message::new(
                    "文件夹中没有模板文件（.html、.toml）。",
                    "the folder holds no template file (.html, .toml)",
                ),
            )
            .in_file(shown(folder))
            .with_help(Message::new(
                "可先用 `jixiao templates export` 导出内置模板，再修改。",
                "`jixiao templates export` writes the built-in ones out to start from.",
            )),
        ));
    }
    files.sort();
    Ok(files)
}

fn read_below(
    folder: &Path,
    below: &str,
    depth: usize,
    files: &mut Vec<(String, String)>,
) -> Result<(), Box<Finding>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(['.', '~']) {
            continue;
        }
        let path = entry.path();
        let is_folder = fs::metadata(&path)
            .map_err(|error| unreadable(&path, &error))?
            .is_dir();
        let name = format!("{below}{name}");
        if is_folder && depth > 0 {
            read_below(&path, &format!("{name}/"), depth - 1, files)?;
        } else if !is_folder
            && path
                .extension()
                .and_then(|extension| extension.to_str())
                .is_some_and(|extension| EXTENSIONS.contains(&extension))
        {
            let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            files.push((name, text_of(&path, bytes)?));
        }
    }
    Ok(())
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, Box<Finding>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let place = end_of(&String::from_utf8_lossy(&error.as_bytes()[..good]));
        Finding::new(
            Code::TemplateBroken,
            Message::new("模板文件必须是 UTF-8 编码。", "a template file must be UTF-8"),
        )
        .in_file(shown(path))
        .at(place)
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

fn unreadable(path: &Path, error: &io::Error) -> Box<Finding> {
    Box::new(
        Finding::new(
            Code::TemplateBroken,
            Message::new(
                format!("无法读取模板：{error}"),
                format!("the templates cannot be read: {error}"),
            ),
        )
        .in_file(shown(path)),
    )
}

/// Writes template files, pairs of a path with `/` and a text, into `folder`. A file with another
/// content is left alone.
///
/// Returns the state of each file, in their order, and what is to be said about them.
#[must_use]
pub fn export_templates(folder: &Path, files: &[(&str, &str)]) -> (Vec<FileState>, Vec<Finding>) {
    let mut states = vec![FileState::Failed; files.len()];
    if let Err(finding) = prepare_out(folder) {
        return (states, vec![*finding]);
    }
    let mut findings = Vec::new();
    for (state, (name, text)) in states.iter_mut().zip(files) {
        let path = folder.join(name);
        let written = holds(&path, text.as_bytes()).and_then(|there| match there {
            Some(true) => Ok(FileState::Unchanged),
            Some(false) => Ok(FileState::LeftAlone),
            None => fs::create_dir_all(path.parent().unwrap_or(folder))
                .and_then(|()| write_whole(&path, text.as_bytes()))
                .map(|()| FileState::Written),
        });
        match written {
            Ok(done) => *state = done,
            Err(error) => findings.push(unwritable(&path, &error)),
        }
        if *state == FileState::LeftAlone {
            findings.push(
                Finding::new(
                    Code::OutputEdited,
                    Message::new(
                        "此处已有内容不同的文件，未覆盖。",
                        "a file with another content is there; it was left alone",
                    ),
                )
                .in_file(shown(&path)),
            );
        }
    }
    (states, findings)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn two_levels_are_read_and_what_is_no_template_is_not() {
        let folder = Folder::new();
        for name in [
            "labels.toml",
            "cover.html",
            "a/form.html",
            "a/b/x.toml",
            "a/b/c/y.toml",
            "notes.txt",
            ".x.html",
        ] {
            folder.write(name, name);
        }
        let files = read_template_folder(folder.path()).expect("templates");
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a/b/x.toml", "a/form.html", "cover.html", "labels.toml"]);
    }

    #[test]
    fn a_folder_that_is_broken_is_said_with_its_place() {
        let folder = Folder::new();
        let code = |folder: &Path| read_template_folder(folder).map_err(|finding| finding.code).err();
        assert_eq!(code(folder.path()), Some(Code::TemplateBroken));
        assert_eq!(code(&folder.path().join("no")), Some(Code::TemplateBroken));
        folder.write_bytes("x.html", "甲\n乙\u{0}".as_bytes());
        folder.write_bytes("x.html", &[b"<p>\n\xe7\x94\xb2".as_slice(), b"\xff"].concat());
        let finding = read_template_folder(folder.path()).expect_err("not UTF-8");
        assert_eq!(finding.places[0].line_and_column(), Some((2, 2)));
    }

    #[test]
    fn export_never_overwrites() {
        let folder = Folder::new();
        let files = [("labels.toml", "a"), ("f/form.html", "b")];
        assert_eq!(export_templates(folder.path(), &files).0, [FileState::Written; 2]);
        assert_eq!(
            export_templates(folder.path(), &files).0,
            [FileState::Unchanged; 2]
        );
        folder.write("f/form.html", "mine");
        let (states, findings) = export_templates(folder.path(), &files);
        assert_eq!(states, [FileState::Unchanged, FileState::LeftAlone]);
        assert_eq!(findings[0].code, Code::OutputEdited);
        assert_eq!(folder.read("f/form.html"), "mine");
    }
}
