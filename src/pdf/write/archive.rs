//! What makes a file fit to be kept: PDF/A-2u, ISO 19005-2 level U. It asks that everything which is
//! needed to show the file is in it, that all text leads back to characters, and that the file says so
//! in its metadata. Most of that `write` does for every file; here stands the rest: the metadata, in
//! the file's two places for them, and the meaning of its colours.
//!
//! Architecture invariant: nothing is claimed of a file that is not so: [`is_archival`] decides from the
//! pages. Both places name the same properties, because both are made from one [`Properties`].

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::profile::{self, srgb};
use super::{PROGRAM, text_string};
use crate::pdf::Pages;

/// What a file says of itself.
pub(super) struct Properties {
    title: String,
    author: String,
    year: Option<i32>,
}

impl Properties {
    pub fn of(pages: &Pages) -> Self {
        Self {
            title: sayable(&pages.title),
            author: sayable(&pages.author),
            year: pages.year.filter(|year| (0..=9999).contains(year)),
        }
    }

    /// The properties as the document information dictionary. A document without a year has no date,
    /// which PDF/A allows.
    pub fn info(&self) -> Dictionary {
        let mut info = Dictionary::new();
        for (key, value) in [
            ("Title", self.title.as_str()),
            ("Author", self.author.as_str()),
            ("Creator", PROGRAM),
            ("Producer", PROGRAM),
        ] {
            if !value.is_empty() {
                info.set(key, text_string(value));
            }
        }
        if let Some(year) = self.year {
            let date = Object::string_literal(format!("D:{year:04}0101000000+08'00'"));
            info.set("CreationDate", date.clone());
            info.set("ModDate", date);
        }
        info
    }

    /// The same properties as a packet of XMP (ISO 16684-1), with the claim of conformance
    /// (ISO 19005-2, 6.6.4).
    fn packet(&self) -> String {
        let title = said(
            &self.title,
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">",
            "</rdf:li></rdf:Alt></dc:title>\n",
        );
        let author = said(
            &self.author,
            "<dc:creator><rdf:Seq><rdf:li>",
            "</rdf:li></rdf:Seq></dc:creator>\n",
        );
        let dates = self.year.map_or_else(String::new, |year| {
            let date = format!("{year:04}-01-01T00:00:00+08:00");
            format!("<xmp:CreateDate>{date}</xmp:CreateDate>\n<xmp:ModifyDate>{date}</xmp:ModifyDate>\n")
        });
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
             <rdf:Description rdf:about=\"\"\n \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n \
             xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"\n \
             xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"\n \
             xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n\
             <pdfaid:part>2</pdfaid:part>\n\
             <pdfaid:conformance>U</pdfaid:conformance>\n\
             <dc:format>application/pdf</dc:format>\n\
             {title}{author}{dates}\
             <xmp:CreatorTool>{PROGRAM}</xmp:CreatorTool>\n\
             <pdf:Producer>{PROGRAM}</pdf:Producer>\n\
             </rdf:Description>\n\
             </rdf:RDF>\n\
             </x:xmpmeta>\n\
             <?xpacket end=\"r\"?>"
        )
    }
}

/// A text as both places can say it: XML has no control characters but white space, and its readers
/// make one of some of that.
fn sayable(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A property as XMP has it; nothing, where there is nothing to say.
fn said(text: &str, before: &str, after: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{before}{}{after}", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Whether all that the pages show can stand in a PDF/A: every glyph is there, which the empty one that
/// stands for a missing glyph is not (6.2.11.8), and every character is one that text may lead back to
/// (6.2.11.7.2).
pub(super) fn is_archival(pages: &Pages) -> bool {
    pages.pages.iter().flat_map(|page| &page.runs).all(|run| {
        let shown = run.glyphs.iter().all(|glyph| glyph.id != 0);
        shown && !run.text.contains(['\0', '\u{FEFF}', '\u{FFFE}'])
    })
}

/// Adds the metadata with the claim, and the output intent: what the greys of the pages mean.
///
/// # Errors
///
/// A file without a catalog.
pub(super) fn declare(file: &mut Document, properties: &Properties) -> lopdf::Result<()> {
    let metadata = file.add_object(Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        properties.packet().into_bytes(),
    ));
    let profile = file.add_object(Stream::new(dictionary! { "N" => 3 }, srgb()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal(profile::NAME),
        "Info" => Object::string_literal(profile::NAME),
        "DestOutputProfile" => profile,
    };
    let catalog = file.catalog_mut()?;
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::{Page, PlacedGlyph, Role, Run};

    #[test]
    fn properties_are_said_so_that_xml_reads_them_back() {
        let properties = Properties::of(&Pages {
            title: "水务局<2025>\r\n\u{1}&\u{FFFF}文本\n".to_owned(),
            ..Pages::default()
        });
        assert_eq!(properties.title, "水务局<2025>   &文本");
        let packet = properties.packet();
        assert!(packet.contains("水务局&lt;2025&gt;   &amp;文本<"), "{packet}");
        assert!(!packet.contains("dc:creator") && !packet.contains("Date>"));
        assert!(!properties.info().has(b"Author") && !properties.info().has(b"CreationDate"));
    }

    #[test]
    fn what_cannot_be_shown_is_not_claimed() {
        let pages = |id: u16, text: &str| Pages {
            pages: vec![Page {
                runs: vec![Run {
                    font: crate::text::FontKey::default(),
                    size: 10.0,
                    x: 0.0,
                    baseline: 0.0,
                    glyphs: vec![PlacedGlyph { id, x: 0 }],
                    text: text.to_owned(),
                    role: Role::Text,
                    extent: (0.0, 0.0),
                    within: crate::pdf::TYPE_AREA,
                }],
                ..Page::default()
            }],
            ..Pages::default()
        };
        assert!(is_archival(&pages(5, "绩")));
        assert!(!is_archival(&pages(0, "绩")));
        assert!(!is_archival(&pages(5, "\u{FFFE}")));
    }
}
