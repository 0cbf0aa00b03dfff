//! What the styles of a Word document say that changes its text: lists, page breaks, hiding.

use std::collections::HashMap;

use super::super::archive::Fault;
use super::super::xml::Xml;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    /// The style of paragraphs that name none.
    default: Option<String>,
}

/// What one style says itself.
#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    breaks_page: Option<bool>,
    hides: Option<bool>,
}

/// A style that is based on itself, over others, has no more ancestors than this.
const MOST_ANCESTORS: usize = 20;

impl Styles {
    /// Reads the part that describes the styles, its root entered.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            if tag.name() != "style" {
                xml.skip()?;
                continue;
            }
            let id = tag.attribute("styleId").unwrap_or_default();
            let is_of_paragraphs = tag.attribute("type").as_deref() == Some("paragraph");
            if is_of_paragraphs
                && tag
                    .attribute("default")
                    .is_some_and(|on| on == "1" || on == "true")
            {
                self.default = Some(id.clone());
            }
            let mut style = Style::default();
            read_style(xml, &mut style)?;
            self.styles.insert(id, style);
        }
        Ok(())
    }

    /// The list, and the level on it, that a style puts paragraphs on; with the style that says so.
    pub(super) fn list<'s>(&'s self, style: &'s str) -> Option<(&'s str, Option<usize>)> {
        let list = self
            .ancestors(style)
            .find_map(|(_, style)| style.list.as_deref())?;
        Some((list, self.ancestors(style).find_map(|(_, style)| style.level)))
    }

    /// The nearest style, this one or one that it is based on, that names a list.
    pub(super) fn list_owner<'s>(&'s self, style: &'s str) -> Option<&'s str> {
        let mut ancestors = self.ancestors(style);
        ancestors.find_map(|(name, style)| style.list.as_ref().map(|_| name))
    }

    /// Whether paragraphs of a style begin a new page.
    pub(super) fn breaks_page(&self, style: &str) -> bool {
        self.ancestors(style)
            .find_map(|(_, style)| style.breaks_page)
            .unwrap_or(false)
    }

    /// Whether a style hides its text.
    pub(super) fn hides(&self, style: &str) -> bool {
        self.ancestors(style)
            .find_map(|(_, style)| style.hides)
            .unwrap_or(false)
    }

    /// The style of paragraphs that name none.
    pub(super) fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }

    fn ancestors<'s>(&'s self, style: &'s str) -> impl Iterator<Item = (&'s str, &'s Style)> {
        let first = self.styles.get(style).map(|found| (style, found));
        let next = |&(_, style): &(&str, &'s Style)| {
            let name = style.based_on.as_deref()?;
            self.styles.get(name).map(|style| (name, style))
        };
        std::iter::successors(first, next).take(MOST_ANCESTORS)
    }
}

fn read_style(xml: &mut Xml<'_>, style: &mut Style) -> Result<(), Fault> {
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "pPr" | "rPr" | "numPr" => {
                read_style(xml, style)?;
                continue;
            }
            "basedOn" => style.based_on = tag.attribute("val"),
            "numId" => style.list = tag.attribute("val"),
            "ilvl" => style.level = tag.number("val"),
            "pageBreakBefore" => style.breaks_page = Some(tag.is_on("val")),
            "vanish" => style.hides = Some(tag.is_on("val")),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}
