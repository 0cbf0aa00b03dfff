//! Few bytes → a container of an office program, with all its names, sums and lengths in order, so that
//! what is fuzzed is what stands in its parts.
//!
//! The first byte says which kind: `w` a Word document, `x` a workbook, `o` an open workbook, `b` an old
//! workbook; with any other one, the bytes are the file. The parts stand behind it, between `0x1e`.

use flate2::Crc;

use super::parts;

/// The file that an input stands for.
pub fn file(input: &[u8]) -> Vec<u8> {
    match input {
        [b'w', rest @ ..] => word(rest),
        [b'x', rest @ ..] => workbook(rest),
        [b'o', rest @ ..] => open_workbook(rest),
        [b'b', rest @ ..] => old_workbook(rest),
        _ => input.to_vec(),
    }
}

/// Parts: the text, the styles, the lists, a header, the footnotes.
fn word(input: &[u8]) -> Vec<u8> {
    let [document, styles, numbering, header, footnotes] = parts(input);
    package(
        "word/document.xml",
        document,
        &[
            ("styles", "styles.xml", styles),
            ("numbering", "numbering.xml", numbering),
            ("header", "header1.xml", header),
            ("footnotes", "footnotes.xml", footnotes),
        ],
    )
}

/// Parts: the first sheet, the shared strings, the styles, a second sheet, the list of the sheets; a
/// usual list if there is none.
fn workbook(input: &[u8]) -> Vec<u8> {
    let [first, strings, styles, second, mut list] = parts(input);
    if list.is_empty() {
        list = b"<workbook><sheets><sheet name=\"1\" r:id=\"r0\"/><sheet name=\"2\" r:id=\"r3\"/></sheets></workbook>";
    }
    package(
        "xl/workbook.xml",
        list,
        &[
            ("worksheet", "sheet1.xml", first),
            ("sharedStrings", "sharedStrings.xml", strings),
            ("styles", "styles.xml", styles),
            ("worksheet", "sheet2.xml", second),
        ],
    )
}

/// Parts: the content, the manifest.
fn open_workbook(input: &[u8]) -> Vec<u8> {
    let [content, manifest] = parts(input);
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
        ("META-INF/manifest.xml", manifest),
    ])
}

/// A byte for the version, then the records: their kind in two bytes, their length in one, their bytes.
/// Those before a record of kind 0 belong to the workbook, the others to its one sheet.
fn old_workbook(input: &[u8]) -> Vec<u8> {
    const END: u16 = 0x0a;
    let Some((&version, mut rest)) = input.split_first() else {
        return compound("Workbook", &[]);
    };
    let version: u16 = if version % 2 == 0 { 0x600 } else { 0x500 };
    let begin = record(0x809, &[version.to_le_bytes(), [5, 0]].concat());
    let (mut globals, mut sheet) = (begin.clone(), begin);
    let mut is_in_sheet = false;
    while let [low, high, length, data @ ..] = rest {
        let kind = u16::from_le_bytes([*low, *high]);
        let (data, behind) = data.split_at(usize::from(*length).min(data.len()));
        rest = behind;
        if kind == 0 {
            is_in_sheet = true;
            continue;
        }
        let to = if is_in_sheet { &mut sheet } else { &mut globals };
        to.extend(record(kind, data));
    }
    let name: &[u8] = if version == 0x600 { b"\x01\0T" } else { b"\x01T" };
    let offset = globals.len() + 4 + 6 + name.len() + 4;
    let entry = [&(offset as u32).to_le_bytes(), [0, 0].as_slice(), name].concat();
    globals.extend(record(0x85, &entry));
    globals.extend(record(END, &[]));
    sheet.extend(record(END, &[]));
    compound("Workbook", &[globals, sheet].concat())
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
}

/// An archive with a main part and others that belong to it as `r0`, `r1`, …; empty ones are left out.
fn package(main: &str, body: &[u8], others: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let (folder, file) = main.split_once('/').expect("a folder");
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://example.com/{kind}\" Target=\"{target}\"/>")
    };
    let list = |items: String| format!("<Relationships>{items}</Relationships>").into_bytes();
    let others = others
        .iter()
        .enumerate()
        .filter(|(_, (.., part))| !part.is_empty());
    let of_main = others
        .clone()
        .map(|(at, (kind, target, _))| relation(&format!("r{at}"), kind, target));
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            list(relation("r", "officeDocument", main)),
        ),
        (main.to_owned(), body.to_owned()),
        (format!("{folder}/_rels/{file}.rels"), list(of_main.collect())),
    ];
    parts.extend(others.map(|(_, (_, target, part))| (format!("{folder}/{target}"), part.to_vec())));
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, part)| (name.as_str(), part.as_slice()))
        .collect();
    zip(&parts)
}

/// An archive with these parts, none of them compressed.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, part) in parts {
        let mut crc = Crc::new();
        crc.update(part);
        let length = (part.len() as u32).to_le_bytes();
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend([crc.sum().to_le_bytes(), length, length].concat());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        let offset = bytes.len() as u32;
        bytes.extend([b"PK\x03\x04", head.as_slice(), name.as_bytes(), part].concat());
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                head.as_slice(),
                &[0; 10],
                &offset.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = (parts.len() as u16).to_le_bytes();
    let sizes = [
        (directory.len() as u32).to_le_bytes(),
        (bytes.len() as u32).to_le_bytes(),
    ]
    .concat();
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &sizes, &[0, 0]].concat();
    [bytes, directory, end].concat()
}

/// A compound file with one stream, which is long enough to stand in sectors of its own.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const FREE: u32 = 0xffff_ffff;
    const LAST: u32 = 0xffff_fffe;
    const TABLE: u32 = 0xffff_fffd;
    let length = stream.len().max(4096);
    let count = length.div_ceil(SECTOR);
    // Sectors: the table, then the directory, then the stream.
    let tables = (1..)
        .find(|tables| tables * SECTOR / 4 >= tables + 1 + count)
        .expect("some are enough");
    let directory_at = tables as u32;
    let first = directory_at + 1;
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(24, 0);
    bytes.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    bytes.resize(44, 0);
    for number in [tables as u32, directory_at, 0, 4096, LAST, 0, LAST, 0] {
        bytes.extend(number.to_le_bytes());
    }
    (0..tables as u32).for_each(|table| bytes.extend(table.to_le_bytes()));
    bytes.resize(SECTOR, 0xff);
    let stream_sectors = (1..count as u32).map(|at| first + at).chain([LAST]);
    let table = std::iter::repeat_n(TABLE, tables)
        .chain([LAST])
        .chain(stream_sectors);
    bytes.extend(table.flat_map(u32::to_le_bytes));
    bytes.resize(SECTOR * (1 + tables), 0xff);
    for (name, kind, child, first, size) in [("Root Entry", 5, 1, LAST, 0), (name, 2, FREE, first, length)] {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let name_length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(name_length.to_le_bytes());
        entry.extend([kind, 1]);
        [FREE, FREE, child]
            .iter()
            .for_each(|number| entry.extend(number.to_le_bytes()));
        entry.resize(116, 0);
        entry.extend(first.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        bytes.extend(entry);
    }
    bytes.resize(SECTOR * (2 + tables), 0);
    bytes.extend(stream);
    bytes.resize(SECTOR * (2 + tables + count), 0);
    bytes
}
