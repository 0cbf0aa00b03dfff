//! The page of a document: all of its sheets in one HTML file that needs nothing else, to be looked at
//! on a screen, mailed and printed.
//!
//! Texts keep their sizes in rem of 10 points, so that a narrow screen shows all of them smaller; tables
//! keep theirs in points and are moved sideways in their box.
//!
//! Architecture invariant: what is here reads a `Document` and nothing else (charts are measured with the
//! built-in fonts); each text of it stands on
//! the page once, escaped in one place (`text::escaped`). Same document, same bytes.

mod chart;
mod names;
mod styles;
mod table;
mod text;

use std::fmt::Write;

use crate::blocks::DERIVED;
use crate::sheet::{Block, Document, NoteOn, Sheet, SheetKind, TextBlock};

use names::Names;
use styles::Styles;
use text::escaped;

/// How all pages look; the styles of the document's own texts and cells follow it.
const CSS: &str = include_str!("html/page.css");

/// Writes a document as one HTML page.
#[must_use]
pub fn write(document: &Document) -> String {
    let mut page = Page {
        body: String::new(),
        styles: Styles::default(),
        names: Names::of(document),
        notes: Notes::of(document),
    };
    for (at, sheet) in document.sheets.iter().enumerate() {
        let is_last = at + 1 == document.sheets.len();
        page.sheet(sheet, is_last);
    }
    let (title, author) = (escaped(&document.title), escaped(&document.author));
    let styles = page.styles.css();
    let body = page.body;
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"author\" content=\"{author}\">\n<title>{title}</title>\n\
         <style>\n{CSS}{styles}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// The page as it is written.
struct Page<'a> {
    body: String,
    styles: Styles,
    names: Names<'a>,
    notes: Notes<'a>,
}

/// What is said beside cells.
struct Notes<'a> {
    /// The notes that have not been said.
    waiting: Vec<(&'a NoteOn, &'a str)>,
    /// The notes of the sheet that is being written, with the number and the name of their cell.
    said: Vec<(Option<(usize, String)>, &'a str)>,
    /// How many cells have a note so far.
    count: usize,
}

impl<'a> Notes<'a> {
    fn of(document: &'a Document) -> Self {
        let notes = document.notes.iter();
        Self {
            waiting: notes.map(|note| (&note.on, note.text.as_str())).collect(),
            said: Vec::new(),
            count: 0,
        }
    }

    /// Takes out the notes of a place and gives their texts.
    fn take(&mut self, is_on: impl Fn(&NoteOn) -> bool) -> Vec<&'a str> {
        let mut taken = Vec::new();
        self.waiting.retain(|(on, text)| {
            let is_taken = is_on(on);
            if is_taken {
                taken.push(*text);
            }
            !is_taken
        });
        taken
    }
}

impl<'a> Page<'a> {
    fn sheet(&mut self, sheet: &'a Sheet, is_last: bool) {
        let class = match sheet.kind {
            SheetKind::Cover => "cover",
            SheetKind::Contents => "contents",
            SheetKind::PartTitle => "part",
            SheetKind::Narrative => "narrative",
            SheetKind::Form => "form",
            SheetKind::Summary => "summary",
        };
        // What the summary says stands in the forms, and is read there.
        let derived = if sheet.kind == SheetKind::Summary {
            format!(" {DERIVED}=\"\"")
        } else {
            String::new()
        };
        let id = self.names.attribute(&sheet.id);
        let _ = writeln!(self.body, "<section class=\"sheet {class}\"{id}{derived}>");
        let mut on_sheet = self
            .notes
            .take(|on| matches!(on, NoteOn::Sheet(id) if *id == sheet.id));
        for (at, block) in sheet.blocks.iter().enumerate() {
            match block {
                Block::Text(text) => self.text(text, sheet.kind, at == 0, &mut on_sheet),
                Block::Table(table) => self.table(table, &mut on_sheet),
            }
        }
        // What is said of a place that is not shown is said all the same.
        self.notes
            .said
            .extend(on_sheet.into_iter().map(|text| (None, text)));
        if is_last {
            let rest = std::mem::take(&mut self.notes.waiting);
            self.notes
                .said
                .extend(rest.into_iter().map(|(_, text)| (None, text)));
        }
        self.list_notes();
        self.body.push_str("</section>\n");
    }

    fn text(&mut self, block: &'a TextBlock, kind: SheetKind, is_first: bool, on_sheet: &mut Vec<&'a str>) {
        let tag = match (block.outline, kind) {
            (1, _) => "h1",
            (2.., _) => "h2",
            (0, SheetKind::Contents | SheetKind::Summary) if is_first => "h2",
            (0, SheetKind::Narrative) if block.style.keep => "h3",
            _ => "p",
        };
        let link = block.link.as_deref().and_then(|link| self.names.href(link));
        let is_entry = link.is_some() && kind == SheetKind::Contents;
        let class = self.styles.of_text(&block.style, is_entry);
        let marks = self.marks(block.id.as_deref(), block.field.as_deref(), on_sheet);
        let _ = write!(self.body, "<{tag} class=\"{class}\"{marks}>");
        self.linked(&block.text, link, is_entry);
        let _ = writeln!(self.body, "</{tag}>");
    }

    /// Writes a text, as a link if it leads somewhere.
    fn linked(&mut self, text: &str, link: Option<String>, is_entry: bool) {
        let text = escaped(text);
        // An empty line is as high as any.
        let text = if text.is_empty() { "<br>" } else { &text };
        let _ = match link {
            Some(href) if is_entry => write!(
                self.body,
                "<a class=\"line\" href=\"{href}\"><span>{text}</span></a>"
            ),
            Some(href) => write!(self.body, "<a href=\"{href}\">{text}</a>"),
            None => write!(self.body, "{text}"),
        };
    }

    /// The attributes of a text or a cell: its name, and the number of its note. Takes the notes that
    /// are said there.
    fn marks(&mut self, id: Option<&'a str>, field: Option<&str>, on_sheet: &mut Vec<&'a str>) -> String {
        let mut said = std::mem::take(on_sheet);
        if let Some(field) = field.filter(|_| !self.notes.waiting.is_empty()) {
            let is_on = |on: &NoteOn| matches!(on, NoteOn::Field(path) if path == field);
            said.extend(self.notes.take(is_on));
        }
        let mut name = id.and_then(|id| self.names.take(id));
        let mut marks = String::new();
        if !said.is_empty() {
            self.notes.count += 1;
            let number = self.notes.count;
            let name = name.get_or_insert_with(|| self.names.invent("note"));
            marks = format!(" data-note=\"{number}\"");
            let place = Some((number, name.clone()));
            let said = said.into_iter().map(|text| (place.clone(), text));
            self.notes.said.extend(said);
        }
        match name {
            Some(name) => format!(" id=\"{name}\"{marks}"),
            None => marks,
        }
    }

    /// Writes the notes of a sheet below it.
    fn list_notes(&mut self) {
        let said = std::mem::take(&mut self.notes.said);
        if said.is_empty() {
            return;
        }
        let count = said.len();
        let _ = writeln!(
            self.body,
            "<details class=\"notes\" {DERIVED}=\"\">\n<summary>批注 {count} 条</summary>"
        );
        for (place, text) in &said {
            let text = escaped(text);
            let number = place.as_ref().map_or_else(String::new, |(number, name)| {
                format!("<a href=\"#{name}\">〔{number}〕</a>")
            });
            let _ = writeln!(self.body, "<div class=\"note\">{number}<div>{text}</div></div>");
        }
        self.body.push_str("</details>\n");
    }
}

#[cfg(test)]
mod tests;
