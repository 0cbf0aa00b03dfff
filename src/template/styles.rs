//! `styles.toml`: how texts and cells look, by element and by class.
//!
//! Architecture invariant: a style is made from these tables alone; no other file of the crate
//! says how a class looks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::finding::{Code, Finding, Message, Place};
use crate::sheet::{Align, Face, Style, Vertical};

/// The elements that have a style of their own.
const ELEMENTS: [&str; 6] = ["h1", "h2", "h3", "p", "td", "th"];

/// The style tables, of all files that were merged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Styles {
    #[serde(default)]
    element: BTreeMap<String, Change>,
    #[serde(default)]
    class: BTreeMap<String, Change>,
}

/// What an element or a class changes of a style.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default, deserialize_with = "face")]
    face: Option<Face>,
    #[serde(default, deserialize_with = "size")]
    size: Option<f32>,
    #[serde(default, deserialize_with = "least")]
    least: Option<f32>,
    #[serde(default, deserialize_with = "align")]
    align: Option<Align>,
    #[serde(default, deserialize_with = "vertical")]
    vertical: Option<Vertical>,
    #[serde(default, deserialize_with = "indent")]
    indent: Option<f32>,
    #[serde(default, deserialize_with = "length")]
    pitch: Option<f32>,
    #[serde(default, deserialize_with = "length")]
    before: Option<f32>,
    #[serde(default, deserialize_with = "length")]
    after: Option<f32>,
    border: Option<bool>,
    keep: Option<bool>,
    shade: Option<bool>,
}

impl Styles {
    /// Reads a style file; `path` names it in findings.
    pub(super) fn read(path: &str, text: &str) -> Result<Self, Finding> {
        let styles: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map(|span| place(text, span.start));
            Finding::new(
                Code::TemplateBroken,
                Message::new(
                    format!("样式文件有误：{}", error.message()),
                    format!("The style file cannot be read: {}", error.message()),
                ),
            )
            .in_file(path)
            .at_some(at)
        })?;
        match styles
            .element
            .keys()
            .find(|name| !ELEMENTS.contains(&name.as_str()))
        {
            Some(unknown) => Err(Finding::new(
                Code::TemplateBroken,
                Message::new(
                    format!(
                        "样式文件中的元素“{unknown}”不存在；可用：{}。",
                        ELEMENTS.join("、")
                    ),
                    format!(
                        "The style file names an unknown element {unknown:?}; there are: {}.",
                        ELEMENTS.join(", ")
                    ),
                ),
            )
            .in_file(path)
            .at_some(line_of_key(text, unknown))
            .quoting(unknown.clone())),
            None => Ok(styles),
        }
    }

    /// Takes over what `other` says; where both say something, `other` holds.
    pub(super) fn extend(&mut self, other: Styles) {
        for (name, change) in other.element {
            self.element.entry(name).or_default().extend(&change);
        }
        for (name, change) in other.class {
            self.class.entry(name).or_default().extend(&change);
        }
    }

    /// The style of an `element` with `classes`, which are parted by spaces.
    ///
    /// # Errors
    ///
    /// The first class that is in no table.
    pub(super) fn resolve<'a>(&self, element: &str, classes: &'a str) -> Result<Style, &'a str> {
        let mut style = Style::default();
        if let Some(change) = self.element.get(element) {
            change.apply(&mut style);
        }
        for class in classes.split_ascii_whitespace() {
            self.class.get(class).ok_or(class)?.apply(&mut style);
        }
        Ok(style)
    }

    /// The names of all classes, for messages.
    pub(super) fn classes(&self) -> String {
        self.class
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Change {
    fn extend(&mut self, other: &Change) {
        self.face = other.face.or(self.face);
        self.size = other.size.or(self.size);
        self.least = other.least.or(self.least);
        self.align = other.align.or(self.align);
        self.vertical = other.vertical.or(self.vertical);
        self.indent = other.indent.or(self.indent);
        self.pitch = other.pitch.or(self.pitch);
        self.before = other.before.or(self.before);
        self.after = other.after.or(self.after);
        self.border = other.border.or(self.border);
        self.keep = other.keep.or(self.keep);
        self.shade = other.shade.or(self.shade);
    }

    fn apply(&self, style: &mut Style) {
        style.face = self.face.unwrap_or(style.face);
        style.size = self.size.unwrap_or(style.size);
        style.least = self.least.unwrap_or(style.least);
        style.align = self.align.unwrap_or(style.align);
        style.vertical = self.vertical.unwrap_or(style.vertical);
        style.indent = self.indent.unwrap_or(style.indent);
        style.pitch = self.pitch.unwrap_or(style.pitch);
        style.before = self.before.unwrap_or(style.before);
        style.after = self.after.unwrap_or(style.after);
        style.border = self.border.unwrap_or(style.border);
        style.keep = self.keep.unwrap_or(style.keep);
        style.shade = self.shade.unwrap_or(style.shade);
    }
}

/// The place of byte `at` in `text`.
pub(super) fn place(text: &str, at: usize) -> Place {
    let (line, column) = line_and_column(text, at);
    Place::text(line, column)
}

/// Line and column of byte `at` in `text`, both from 1.
pub(super) fn line_and_column(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = 1 + before.matches('\n').count() as u32;
    (line, 1 + before[line_start..].chars().count() as u32)
}

fn line_of_key(text: &str, key: &str) -> Option<Place> {
    let at = text.lines().position(|line| {
        let line = line.trim_start();
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
            || line
                .strip_prefix("[element.")
                .is_some_and(|rest| rest.starts_with(key))
    })?;
    Some(Place::text(1 + at as u32, 1))
}

fn face<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Face>, D::Error> {
    one_of(
        from,
        &[
            ("fangsong", Face::Fangsong),
            ("title", Face::Title),
            ("hei", Face::Hei),
            ("kai", Face::Kai),
            ("song", Face::Song),
        ],
    )
}

fn align<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Align>, D::Error> {
    one_of(
        from,
        &[
            ("left", Align::Left),
            ("center", Align::Center),
            ("right", Align::Right),
            ("justify", Align::Justify),
        ],
    )
}

fn vertical<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vertical>, D::Error> {
    one_of(
        from,
        &[
            ("top", Vertical::Top),
            ("middle", Vertical::Middle),
            ("bottom", Vertical::Bottom),
        ],
    )
}

fn one_of<'de, D: Deserializer<'de>, T: Copy>(from: D, names: &[(&str, T)]) -> Result<Option<T>, D::Error> {
    let name = String::deserialize(from)?;
    names
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, value)| Some(value))
        .ok_or_else(|| {
            let known: Vec<_> = names.iter().map(|(known, _)| *known).collect();
            de::Error::custom(format!("{name:?} is none of {}", known.join(", ")))
        })
}

fn size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f32>, D::Error> {
    within(from, 4.0, 96.0)
}

/// Letters below 8 points are too small to read in print.
fn least<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f32>, D::Error> {
    within(from, 8.0, 96.0)
}

fn indent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f32>, D::Error> {
    within(from, 0.0, 20.0)
}

fn length<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f32>, D::Error> {
    within(from, 0.0, 600.0)
}

/// Reads a number from `least` to `most`: a style beyond them could not be laid out on a page.
fn within<'de, D: Deserializer<'de>>(from: D, least: f32, most: f32) -> Result<Option<f32>, D::Error> {
    let number = f32::deserialize(from)?;
    if (least..=most).contains(&number) {
        Ok(Some(number))
    } else {
        Err(de::Error::custom(format!(
            "{number} is not between {least} and {most}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_merge_from_left_to_right() {
        let mut styles = Styles::read(
            "styles.toml",
            "[element]\np = { size = 16 }\n[class]\na = { size = 12, align = \"center\" }\nb = { align = \"right\" }\n",
        )
        .expect("styles");
        let style = styles.resolve("p", "a b").expect("known classes");
        assert_eq!((style.size, style.align), (12.0, Align::Right));
        assert_eq!(styles.resolve("p", "b c"), Err("c"));
        styles.extend(Styles::read("styles.toml", "[class]\na = { size = 20 }\n").expect("styles"));
        let style = styles.resolve("p", "a").expect("a known class");
        assert_eq!((style.size, style.align), (20.0, Align::Center));
    }

    #[test]
    fn a_mistake_names_file_and_line() {
        for (text, line) in [
            ("[class]\na = { siz = 3 }\n", 2),
            ("[class]\n\na = { face = \"gothic\" }\n", 3),
            ("[class]\na = { size = 1 }\n", 2),
            ("[class]\na = { size = nan }\n", 2),
            ("[class]\na = { least = 7.5 }\n", 2),
            ("[klass]\n", 1),
            ("[element]\np = { size = 12 }\ndiv = { size = 12 }\n", 3),
            ("[class\n", 1),
        ] {
            let finding = Styles::read("styles.toml", text).expect_err("a mistake");
            assert_eq!(finding.code, Code::TemplateBroken);
            assert_eq!(finding.file.as_deref(), Some("styles.toml"));
            assert_eq!(
                finding
                    .places
                    .first()
                    .and_then(Place::line_and_column)
                    .map(|(line, _)| line),
                Some(line),
                "{text:?}"
            );
        }
    }
}
