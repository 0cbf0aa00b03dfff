//! The looks of texts and cells as classes, one for each look, in the order in which they are met.

use std::collections::HashMap;
use std::fmt::Write;

use crate::sheet::{Align, Face, Style, Vertical};

/// The classes of a page.
#[derive(Default)]
pub(super) struct Styles {
    known: HashMap<String, usize>,
    rules: Vec<String>,
}

impl Styles {
    /// The classes of a text. An entry of the contents list is indented as a whole.
    pub(super) fn of_text(&mut self, style: &Style, is_entry: bool) -> String {
        let rem = |points: f32| number(points / 10.0);
        let size = size(style);
        let mut css = align(style);
        let _ = write!(
            css,
            " font-size: {}rem; line-height: {}rem;",
            rem(size),
            rem(style.line_pitch())
        );
        for (name, points) in [("margin-top", style.before), ("margin-bottom", style.after)] {
            if points > 0.0 {
                let _ = write!(css, " {name}: {}rem;", rem(points));
            }
        }
        if style.indent != 0.0 {
            let name = if is_entry { "margin-left" } else { "text-indent" };
            let _ = write!(css, " {name}: {}em;", number(style.indent));
        }
        let mut class = self.class(style.face, css);
        if style.keep {
            class.push_str(" keep");
        }
        class
    }

    /// The classes of a cell.
    pub(super) fn of_cell(&mut self, style: &Style) -> String {
        let mut css = align(style);
        let vertical = match style.vertical {
            Vertical::Top => "top",
            Vertical::Middle => "middle",
            Vertical::Bottom => "bottom",
        };
        let _ = write!(
            css,
            " font-size: {}pt; line-height: {}pt; vertical-align: {vertical};",
            number(size(style)),
            number(style.line_pitch())
        );
        if style.indent != 0.0 {
            let _ = write!(css, " text-indent: {}em;", number(style.indent));
        }
        let mut class = self.class(style.face, css);
        for (is_set, name) in [(style.border, " ruled"), (style.shade, " shaded")] {
            if is_set {
                class.push_str(name);
            }
        }
        class
    }

    fn class(&mut self, of: Face, css: String) -> String {
        let next = self.rules.len() + 1;
        let number = *self.known.entry(css).or_insert_with_key(|css| {
            self.rules.push(css.clone());
            next
        });
        format!("{} s{number}", face(of))
    }

    /// The rules of all classes.
    pub(super) fn css(&self) -> String {
        let mut css = String::new();
        for (at, rule) in self.rules.iter().enumerate() {
            let _ = writeln!(css, ".s{} {{ {rule} }}", at + 1);
        }
        css
    }
}

fn size(style: &Style) -> f32 {
    if style.size > 0.0 { style.size } else { 1.0 }
}

fn align(style: &Style) -> String {
    let name = match style.align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
        Align::Justify => "justify",
    };
    format!("text-align: {name};")
}

/// The class of a face; its fonts stand with the other rules of all pages.
pub(super) fn face(face: Face) -> &'static str {
    match face {
        Face::Fangsong => "fangsong",
        Face::Title => "title",
        Face::Hei => "hei",
        Face::Kai => "kai",
        Face::Song => "song",
    }
}

/// A number as CSS writes it, to a thousandth. What is not a number is 0.
pub(super) fn number(value: f32) -> String {
    let value = if value.is_finite() {
        value.clamp(-1e6, 1e6)
    } else {
        0.0
    };
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}
