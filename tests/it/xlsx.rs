//! The workbook as other programs see it: its XML, openpyxl, LibreOffice.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::sheet::{
    Align, Block, Cell, Document, Face, Row, Sheet, SheetKind, Style, Table, TextBlock, Vertical,
};
use jixiao::xlsx;

mod specimen;

use specimen::{cell, document, paragraph, texts};

/// The files of a workbook by name.
fn unzip(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip archive");
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).expect("a file");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("UTF-8");
            (file.name().expect("a name").into_owned(), text)
        })
        .collect()
}

fn write(document: &Document) -> Vec<u8> {
    xlsx::write(document).unwrap_or_else(|finding| panic!("{}", finding.message.en))
}

/// The XML of the worksheets in their order.
fn worksheets(document: &Document) -> Vec<String> {
    let mut files = unzip(&write(document));
    (1..)
        .map_while(|index| files.remove(&format!("xl/worksheets/sheet{index}.xml")))
        .collect()
}

/// The values of an attribute in all elements of that name.
fn attributes<'a>(xml: &'a str, element: &str, attribute: &str) -> Vec<&'a str> {
    xml.split(&format!("<{element} "))
        .skip(1)
        .filter_map(|rest| {
            let tag = &rest[..rest.find('>')?];
            let value = tag.split(&format!("{attribute}=\"")).nth(1)?;
            value.split('"').next()
        })
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jixiao-xlsx-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn has(tool: &str, argument: &str) -> bool {
    let there = Command::new(tool)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("passed over: {tool} is missing");
    }
    there
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert!(write(&document()) == write(&document()));
}

#[test]
fn a_form_has_the_official_merges() {
    let sheets = worksheets(&document());
    let form = &sheets[3];
    let merges = attributes(form, "mergeCell", "ref");
    // The title over all columns, then the table from row 2 on.
    for merge in [
        "A1:G1", "B2:E2", "F2:G2", "B3:C3", "E3:G3", "A4:A5", "B5:G5", "A6:A7", "B6:C6", "E6:F6",
    ] {
        assert!(merges.contains(&merge), "{merge} of {merges:?}");
    }
    // Level 1 is merged over its eight rows.
    assert!(merges.contains(&"A10:A17"), "{merges:?}");
}

/// What openpyxl reads: for each sheet its name, its merges and its cells with their values, types and
/// number formats, all as lines of text.
const OPENPYXL: &str = r#"
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book.worksheets:
    print('sheet', sheet.title, sep='\t')
    for merge in sheet.merged_cells.ranges: print('merge', merge.coord, sep='\t')
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                print('cell', cell.coordinate, cell.data_type, cell.number_format, repr(cell.value), sep='\t')
            if cell.hyperlink: print('link', cell.coordinate, cell.hyperlink.location, sep='\t')
"#;

#[test]
fn openpyxl_finds_every_text() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let folder = folder("openpyxl");
    let file = folder.join("a.xlsx");
    std::fs::write(&file, write(&document())).expect("written");
    let output = Command::new("python3")
        .args(["-c", OPENPYXL])
        .arg(&file)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = String::from_utf8(output.stdout).expect("UTF-8");
    println!("{read}");
    std::fs::remove_dir_all(folder).expect("removed");
}

/// The workbook printed by LibreOffice with the project's fonts, if the tools are there.
fn print(document: &Document, name: &str) -> Option<PathBuf> {
    if !has("soffice", "--version") || !has("pdftotext", "-v") {
        return None;
    }
    let folder = folder(name);
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let alias = |name: &str, font: &str| {
        format!(
            "<match target=\"pattern\"><test name=\"family\"><string>{name}</string></test><edit name=\"family\" mode=\"assign\" binding=\"same\"><string>{font}</string></edit></match>"
        )
    };
    let aliases: String = [
        ("宋体", "Budget Song"),
        ("仿宋", "Budget Fangsong"),
        ("黑体", "Budget Hei"),
        ("楷体", "Budget Kai"),
    ]
    .iter()
    .map(|(name, font)| alias(name, font))
    .collect();
    let config = format!(
        "<?xml version=\"1.0\"?><fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><cachedir>{}</cachedir>{aliases}</fontconfig>",
        fonts.display(),
        folder.join("cache").display(),
    );
    std::fs::write(folder.join("fonts.conf"), config).expect("written");
    std::fs::write(folder.join("a.xlsx"), write(document)).expect("written");
    let status = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            folder.join("profile").display()
        ))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&folder)
        .arg(folder.join("a.xlsx"))
        .env("FONTCONFIG_FILE", folder.join("fonts.conf"))
        .output()
        .expect("soffice runs")
        .status;
    assert!(status.success());
    Some(folder)
}

#[test]
fn libreoffice_prints_every_text() {
    let Some(folder) = print(&document(), "print") else {
        return;
    };
    println!("{}", folder.display());
}
