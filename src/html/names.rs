//! The names that links point to: unique on the page, and of characters that need no escaping.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::sheet::{Block, Document, FILE_LINK};

/// The names of a page.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// The name on the page of each name in the document.
    known: HashMap<&'a str, String>,
    /// The names of the document that the page shows already.
    shown: HashSet<&'a str>,
    taken: HashSet<String>,
}

impl<'a> Names<'a> {
    /// The names of the sheets and texts of a document.
    pub(super) fn of(document: &'a Document) -> Self {
        let mut names = Self::default();
        for sheet in &document.sheets {
            names.know(&sheet.id);
            for block in &sheet.blocks {
                if let Block::Text(text) = block {
                    text.id.iter().for_each(|id| names.know(id));
                }
            }
        }
        names
    }

    fn know(&mut self, id: &'a str) {
        if !id.is_empty() && !self.known.contains_key(id) {
            let name = self.invent(id);
            self.known.insert(id, name);
        }
    }

    /// A name that nothing has, like that one.
    pub(super) fn invent(&mut self, like: &str) -> String {
        let safe = like
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        let mut stem: String = safe.collect();
        if !stem.starts_with(|c: char| c.is_ascii_alphabetic()) {
            stem.insert(0, 'n');
        }
        let mut name = stem.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{stem}-{number}");
            number += 1;
        }
        name
    }

    /// The name on the page of a name in the document, the first time that it is asked for.
    pub(super) fn take(&mut self, id: &'a str) -> Option<String> {
        let name = self.known.get(id)?;
        self.shown.insert(id).then(|| name.clone())
    }

    /// The same as an attribute.
    pub(super) fn attribute(&mut self, id: &'a str) -> String {
        self.take(id)
            .map_or_else(String::new, |name| format!(" id=\"{name}\""))
    }

    /// Where a link leads: to a place on the page, or to a file beside it. Nothing if there is no such
    /// place.
    pub(super) fn href(&self, link: &str) -> Option<String> {
        let Some(path) = link.strip_prefix(FILE_LINK) else {
            return self.known.get(link).map(|name| format!("#{name}"));
        };
        // The `./` keeps the path from being read as an address.
        let mut href = "./".to_owned();
        for byte in path.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                href.push(char::from(byte));
            } else {
                let _ = write!(href, "%{byte:02X}");
            }
        }
        Some(href)
    }
}
