//! XML parts of documents, element by element, by local names: the prefixes and the two families of
//! namespaces (transitional and strict) do not matter.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event as RawEvent};
use quick_xml::reader::Reader;

use super::archive::{Fault, Limit};

/// The text of an XML part: by its byte order mark, else by the encoding it declares.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let head = &bytes[..bytes.len().min(128)];
    let declared = || {
        let (_, rest) = std::str::from_utf8(head.split(|&b| b == b'>').next()?)
            .ok()?
            .split_once("encoding=")?;
        let quote = rest.chars().next()?;
        Encoding::for_label(rest[1..].split(quote).next()?.as_bytes())
    };
    let (encoding, start) = Encoding::for_bom(bytes).unwrap_or_else(|| (declared().unwrap_or(UTF_8), 0));
    encoding.decode_without_bom_handling(&bytes[start..]).0
}

/// A walk through an XML text.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

/// What comes next in an element.
pub(super) enum Event<'a> {
    /// An element begins; it has to be read to its end, or skipped.
    Start(Tag<'a>),
    /// A text, as it is meant.
    Text(Cow<'a, str>),
    /// The element ends.
    End,
}

/// The start of an element.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without a prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The attribute of this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attribute = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        Some(value.map_or_else(|_| attribute.value.to_string(), Cow::into_owned))
    }

    /// The attribute of this name as a number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Whether the element, or its attribute of this name, switches something on: it does if it says
    /// nothing else.
    pub(super) fn is_on(&self, name: &str) -> bool {
        !matches!(
            self.attribute(name).as_deref(),
            Some("0" | "false" | "off" | "none")
        )
    }
}

impl<'a> Xml<'a> {
    /// Begins to read a text. Entities that it declares itself are never expanded.
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0 }
    }

    /// Enters the root; `None` if the text has none.
    pub(super) fn root(&mut self) -> Result<Option<Tag<'a>>, Fault> {
        loop {
            match self.next()? {
                Event::Start(tag) => return Ok(Some(tag)),
                Event::Text(_) => {}
                Event::End => return Ok(None),
            }
        }
    }

    /// What comes next in the element that was entered last; `End` at the end of the text, too, if no
    /// element is open there.
    pub(super) fn next(&mut self) -> Result<Event<'a>, Fault> {
        let damaged = || Fault::Damaged("其中的 XML 不完整", "its XML is not well-formed");
        crate::limit::check();
        loop {
            match self.reader.read_event().map_err(|_| damaged())? {
                RawEvent::Start(start) => {
                    self.depth += 1;
                    if self.depth > Limit::Depth.most() {
                        return Err(Fault::Limit(Limit::Depth));
                    }
                    return Ok(Event::Start(Tag(start)));
                }
                RawEvent::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Event::End);
                }
                RawEvent::Text(text) => return Ok(Event::Text(text.xml10_content())),
                RawEvent::CData(text) => return Ok(Event::Text(text.xml10_content())),
                RawEvent::GeneralRef(reference) => {
                    if let Ok(Some(c)) = reference.resolve_char_ref() {
                        return Ok(Event::Text(c.to_string().into()));
                    }
                    let name = reference.into_inner();
                    return Ok(Event::Text(
                        match quick_xml::escape::resolve_predefined_entity(&name) {
                            Some(text) => text.into(),
                            None => format!("&{name};").into(),
                        },
                    ));
                }
                RawEvent::Eof if self.depth > 0 => return Err(damaged()),
                RawEvent::Eof => return Ok(Event::End),
                _ => {}
            }
        }
    }

    /// Enters the next child of the element, over any text; `None` at its end, which is left then.
    pub(super) fn child(&mut self) -> Result<Option<Tag<'a>>, Fault> {
        self.root()
    }

    /// Leaves the element that was entered last, over all that it holds.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }

    /// Adds all text of the element that was entered last, and leaves it.
    pub(super) fn text(&mut self, to: &mut String) -> Result<(), Fault> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Event::Text(text) = self.next()? {
                to.push_str(&text);
            }
        }
        Ok(())
    }
}
