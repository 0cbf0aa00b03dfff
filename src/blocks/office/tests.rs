//! Small archives made in memory, and what is read of them.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::super::{BlockKind, Document};
use crate::finding::{Code, Finding, Language};

/// An archive with these parts; compressed ones if `deflates`.
pub(in super::super) fn zip(parts: &[(&str, &[u8])], deflates: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, part) in parts {
        let mut crc = Crc::new();
        crc.update(part);
        let mut packed = part.to_vec();
        if deflates {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(part).expect("written to memory");
            packed = encoder.finish().expect("written to memory");
        }
        let mut head = vec![20, 0, 0, 0, u8::from(deflates) * 8, 0, 0, 0, 0, 0];
        head.extend(crc.sum().to_le_bytes());
        head.extend((packed.len() as u32).to_le_bytes());
        head.extend((part.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        let offset = bytes.len() as u32;
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&head);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = bytes.len() as u32;
    let size = directory.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([(parts.len() as u16).to_le_bytes(); 2].concat());
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// A package whose main part is `main`, with other parts next to it that belong to it, by the kinds of
/// their relations.
pub(in super::super) fn package(main: &str, body: &str, others: &[(&str, &str, &str)]) -> Vec<u8> {
    let (folder, file) = main.split_once('/').expect("a folder");
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://example.com/{kind}\" Target=\"{target}\"/>")
    };
    let list = |items: String| format!("<Relationships>{items}</Relationships>");
    let of_main = others
        .iter()
        .map(|(kind, target, _)| relation(&target.replace(['/', '.'], "-"), kind, target));
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            list(relation("r1", "officeDocument", main)),
        ),
        (main.to_owned(), body.to_owned()),
        (format!("{folder}/_rels/{file}.rels"), list(of_main.collect())),
    ];
    parts.extend(
        others
            .iter()
            .map(|(_, target, text)| (format!("{folder}/{target}"), (*text).to_owned())),
    );
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    zip(&parts, true)
}

/// The blocks of a document, each on a line: `¶` paragraphs, `|` rows with the columns of their cells,
/// `~` furniture, `·` blanks, `—` ends of pages; and the findings.
pub(in super::super) fn read(bytes: &[u8]) -> (String, Vec<Finding>) {
    let (document, findings) = Document::open(bytes);
    let blocks = document.blocks();
    let mut lines = Vec::new();
    let mut end = 0;
    for block in 0..blocks.len() {
        let span = blocks.span(block);
        assert_eq!(span.start, end, "blocks have no gaps");
        end = span.end;
        let cells = blocks.cells(block).iter();
        let text = |text: &str| text.replace('\n', "/").replace('\t', "→");
        lines.push(match blocks.kind(block) {
            BlockKind::Paragraph => format!("¶{}", cells.map(|cell| text(&cell.text)).collect::<String>()),
            BlockKind::Furniture => format!("~{}", cells.map(|cell| text(&cell.text)).collect::<String>()),
            BlockKind::Row => {
                let cells = cells.map(|cell| {
                    let last = match cell.columns {
                        1 => String::new(),
                        columns => format!("-{}", cell.column + columns - 1),
                    };
                    format!("|{}{last} {}", cell.column, text(&cell.text))
                });
                cells.collect::<Vec<_>>().concat()
            }
            BlockKind::Blank => "·".to_owned(),
            BlockKind::PageBreak => "—".to_owned(),
        });
    }
    assert_eq!(end, document.source.text.len(), "blocks cover the text");
    (lines.join("\n"), findings)
}

/// The codes of findings.
pub(in super::super) fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

const BODY: &str = "<document><body><p><r><t>甲乙丙</t></r></p></body></document>";

#[test]
fn kinds_are_told_by_their_bytes() {
    let said = |bytes: &[u8]| {
        let (text, findings) = read(bytes);
        assert_eq!(text, "");
        assert_eq!(codes(&findings), [Code::SourceBinary]);
        findings[0].message.in_language(Language::En).to_owned()
    };
    assert!(said(&zip(&[("OFD.xml", b"<OFD/>")], true)).contains("OFD"));
    assert!(said(&zip(&[("a/notes.txt", b"x")], false)).contains("archive"));
    assert!(said(&zip(&[], false)).contains("archive"));
    let odt: &[(&str, &[u8])] = &[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"<x/>"),
    ];
    assert!(said(&zip(odt, false)).contains("OpenDocument"));
    let typed = |kind: &str, main: &str| {
        let types = format!("<Types><Override PartName=\"/{main}\" ContentType=\"{kind}\"/></Types>");
        let relations = format!(
            "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"/{main}\"/></Relationships>"
        );
        zip(
            &[
                ("[Content_Types].xml", types.as_bytes()),
                ("_rels/.rels", relations.as_bytes()),
                (main, BODY.as_bytes()),
            ],
            true,
        )
    };
    let slides = typed(
        "application/vnd.x.presentationml.presentation.main+xml",
        "ppt/p.xml",
    );
    assert!(said(&slides).contains("presentation"));
    let binary = typed(
        "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
        "xl/w.bin",
    );
    assert!(said(&binary).contains("xlsb"));
    // A main part may have any name.
    let word = typed("application/vnd.x.wordprocessingml.document.main+xml", "w/d2.xml");
    assert_eq!(read(&word).0, "¶甲乙丙");
}

#[test]
fn damaged_archives_are_findings_and_what_is_left_is_read() {
    let whole = package(
        "word/document.xml",
        BODY,
        &[("styles", "styles.xml", "<styles/>")],
    );
    for length in 4..whole.len() {
        let (text, findings) = read(&whole[..length]);
        assert_eq!(text, "");
        assert_eq!(codes(&findings), [Code::ContainerDamaged], "{length}");
    }
    // No byte that is wrong leads to more than a finding.
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let _ = read(&bytes);
    }
    let cut = package(
        "word/document.xml",
        "<document><body><p><r><t>甲</t></r></p><p><r><t>乙",
        &[],
    );
    let (text, findings) = read(&cut);
    assert_eq!(text, "¶甲\n¶乙");
    assert_eq!(codes(&findings), [Code::ContainerDamaged]);
    // A part that is lost does not spoil the others.
    let broken = package(
        "word/document.xml",
        BODY,
        &[("styles", "styles.xml", "<styles><style")],
    );
    let (text, findings) = read(&broken);
    assert_eq!(text, "¶甲乙丙");
    assert_eq!(codes(&findings), [Code::ContainerDamaged]);
}

#[test]
fn bytes_before_and_after_an_archive_do_no_harm() {
    let mut bytes = package("word/document.xml", BODY, &[]);
    bytes.extend([0; 100]);
    assert_eq!(read(&bytes).0, "¶甲乙丙");
}

#[test]
fn hostile_archives_end_at_a_limit() {
    let limit = |bytes: &[u8]| {
        let findings = read(bytes).1;
        assert_eq!(codes(&findings), [Code::ContainerLimit]);
        findings[0].message.in_language(Language::En).to_owned()
    };
    let bomb = format!("<document><body>{}", " ".repeat(20 << 20));
    assert!(limit(&package("word/document.xml", &bomb, &[])).contains("200 to 1"));
    let deep = format!("<document><body>{}", "<tbl><tr><tc>".repeat(2000));
    assert!(limit(&package("word/document.xml", &deep, &[])).contains("nested"));
    let names: Vec<String> = (0..20_001).map(|number| number.to_string()).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert!(limit(&zip(&parts, false)).contains("entries"));
}

#[test]
fn entities_are_never_expanded() {
    let body = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\
        <document><body><p><r><t>1 &lt; 2 &#x7532;&b;</t></r></p></body></document>";
    assert_eq!(read(&package("word/document.xml", body, &[])).0, "¶1 < 2 甲&b;");
}

#[test]
fn an_empty_document_is_empty() {
    let bytes = package("word/document.xml", "<document><body><p/></body></document>", &[]);
    assert_eq!(codes(&read(&bytes).1), [Code::SourceEmpty]);
}

/// A compound file with one stream below the size of large ones.
pub(in super::super) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    // Sectors: the table, the directory, the table of small sectors, then the small sectors.
    let small = stream.len().div_ceil(64);
    let large = (small * 64).div_ceil(512).max(1);
    let mut header = super::ole::MAGIC.to_vec();
    header.resize(24, 0);
    header.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header.resize(44, 0);
    for number in [1, 1, 0, 4096, 2, 1, 0xffff_fffe_u32, 0, 0] {
        header.extend(number.to_le_bytes());
    }
    header.resize(512, 0xff);
    let chain = |count: usize| (1..count as u32).chain([0xffff_fffe]);
    let mut table: Vec<u8> = [0xffff_fffd_u32, 0xffff_fffe, 0xffff_fffe]
        .into_iter()
        .chain((1..large as u32).map(|number| number + 3))
        .chain([0xffff_fffe])
        .flat_map(u32::to_le_bytes)
        .collect();
    table.resize(512, 0xff);
    let mut small_table: Vec<u8> = chain(small.max(1)).flat_map(u32::to_le_bytes).collect();
    small_table.resize(512, 0xff);
    let entry = |name: &str, kind: u8, child: u32, first: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        for number in [0xffff_ffff, 0xffff_ffff, child] {
            entry.extend(number.to_le_bytes());
        }
        entry.resize(116, 0);
        entry.extend(first.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, 3, small * 64);
    directory.extend(entry(name, 2, 0xffff_ffff, 0, stream.len()));
    directory.resize(512, 0);
    let mut data = stream.to_vec();
    data.resize(large * 512, 0);
    [header, table, directory, small_table, data].concat()
}

#[test]
fn old_and_encrypted_files_are_named() {
    for (stream, code, word) in [
        ("WordDocument", Code::SourceBinary, "old Word"),
        ("PowerPoint Document", Code::SourceBinary, "presentation"),
        ("EncryptedPackage", Code::ContainerEncrypted, "password"),
        ("Contents", Code::SourceBinary, "old Office"),
    ] {
        let whole = compound(stream, b"x");
        let findings = read(&whole).1;
        assert_eq!(codes(&findings), [code]);
        assert!(findings[0].message.in_language(Language::En).contains(word));
        for length in (8..whole.len()).step_by(7) {
            assert!(!read(&whole[..length]).1.is_empty());
        }
        for at in 8..whole.len().min(1200) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let _ = read(&bytes);
        }
    }
}
