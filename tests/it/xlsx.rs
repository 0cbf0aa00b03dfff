//! The workbook as other programs see it: its XML, openpyxl, `LibreOffice`.

mod specimen;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::sheet::{Block, Column, Document, SheetKind, Table};
use jixiao::template::{FillOptions, Templates};
use jixiao::xlsx;

use specimen::{cell, document, long_goals, row, sheet, texts};

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

/// The heights of the rows of a worksheet in points.
fn heights(xml: &str) -> Vec<f32> {
    attributes(xml, "row", "ht")
        .iter()
        .map(|height| height.parse().expect("a height"))
        .collect()
}

/// A document of one form.
fn of_table(columns: &[f32], cells: Vec<jixiao::sheet::Cell>) -> Document {
    let table = Table {
        columns: columns.iter().copied().map(Column::fixed).collect(),
        rows: vec![row(20.0, cells)],
        ..Table::default()
    };
    Document {
        sheets: vec![sheet(SheetKind::Form, "form", "表", vec![Block::Table(table)])],
        ..Document::default()
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert!(write(&document()) == write(&document()));
}

#[test]
fn a_form_has_the_official_merges() {
    let form = &worksheets(&document())[3];
    let merges = attributes(form, "mergeCell", "ref");
    // The title over all columns, then the table from row 2 on; level 1 over its eight rows.
    for merge in [
        "A1:G1", "B2:E2", "F2:G2", "B3:C3", "E3:G3", "A4:A5", "B5:G5", "A6:A7", "B6:C6", "E6:F6", "A10:A17",
    ] {
        assert!(merges.contains(&merge), "{merge} of {merges:?}");
    }
    assert_eq!(merges.len(), 29, "{merges:?}");
}

#[test]
fn a_form_prints_on_a4_with_its_header_repeated() {
    let files = unzip(&write(&document()));
    let form = &files["xl/worksheets/sheet4.xml"];
    for set_up in [
        "<pageSetUpPr fitToPage=\"1\"/>",
        "<pageSetup paperSize=\"9\" fitToHeight=\"0\" orientation=\"portrait\"",
        "<printOptions horizontalCentered=\"1\"/>",
        "第 &amp;P 页 / 共 &amp;N 页",
    ] {
        assert!(form.contains(set_up), "{set_up}");
    }
    let workbook = &files["xl/workbook.xml"];
    let name = "'1.测土配方施肥补助绩效目标表'";
    assert!(
        workbook.contains(&format!("{name}!$9:$9</definedName>")),
        "{workbook}"
    );
    assert!(
        workbook.contains(&format!("{name}!$A$1:$G$22</definedName>")),
        "{workbook}"
    );
    // The cover is one page and has no page number.
    let cover = &files["xl/worksheets/sheet1.xml"];
    assert!(
        !cover.contains("headerFooter") && !cover.contains("fitToHeight=\"0\""),
        "{cover}"
    );
    assert!(files["docProps/core.xml"].contains(">2025-01-01T00:00:00Z<"));
}

#[test]
fn rows_are_as_high_as_their_text_and_never_too_high_for_a_program() {
    let sheets = worksheets(&document());
    for xml in &sheets {
        assert!(
            heights(xml).iter().all(|&height| height <= 409.5),
            "{:?}",
            heights(xml)
        );
    }
    // Purpose of 1,300 characters in the third form: one cell over two rows, with its label's.
    let merges = attributes(&sheets[5], "mergeCell", "ref");
    assert!(
        merges.contains(&"B5:G6") && merges.contains(&"A4:A6"),
        "{merges:?}"
    );
    let text = heights(&sheets[5]);
    assert!(text[4] + text[5] > 500.0, "{text:?}");
    // A text that no page takes goes on in further cells, its label is merged along them.
    let document = of_table(
        &[60.0, 382.2],
        vec![
            cell(0, 1, "绩效目标", specimen::LABEL),
            cell(1, 1, &long_goals(), specimen::SONG),
        ],
    );
    let files = unzip(&write(&document));
    let form = &files["xl/worksheets/sheet1.xml"];
    let rows = heights(form).len();
    assert!(rows >= 5, "{rows}");
    assert_eq!(attributes(form, "mergeCell", "ref"), [format!("A1:A{rows}")]);
    let strings = &files["xl/sharedStrings.xml"];
    let text: String = strings
        .split("<t>")
        .skip(2)
        .filter_map(|rest| rest.split("</t>").next())
        .collect();
    assert_eq!(text.replace('\n', ""), long_goals().replace('\n', ""));
}

#[test]
fn numbers_keep_every_digit_and_other_texts_stay_texts() {
    let amount = |column, text: &str, amount: &str| {
        let mut cell = cell(column, 1, text, specimen::LABEL);
        cell.amount = amount.parse().ok();
        cell
    };
    let document = of_table(
        &[60.0; 9],
        vec![
            amount(0, "30", "30"),
            amount(1, "1,234.5", "1234.5"),
            amount(2, "498.535", "498.535"),
            amount(3, "０．５０", "0.50"),
            amount(4, "12345678901234567.89", "12345678901234567.89"),
            amount(5, "30万元", "30"),
            cell(6, 1, "=1+1", specimen::LABEL),
            cell(7, 1, "731001", specimen::LABEL),
            cell(8, 1, "甲\u{1}乙\u{FFFF}_x0041_", specimen::LABEL),
        ],
    );
    let files = unzip(&write(&document));
    let form = &files["xl/worksheets/sheet1.xml"];
    for number in ["<v>30</v>", "<v>1234.5</v>", "<v>498.535</v>", "<v>0.5</v>"] {
        assert!(form.contains(number), "{number}: {form}");
    }
    assert_eq!(form.matches("t=\"s\"").count(), 5, "{form}");
    assert!(!form.contains("<f>"), "{form}");
    let strings = &files["xl/sharedStrings.xml"];
    for text in [
        "12345678901234567.89",
        "30万元",
        "=1+1",
        "731001",
        "甲\u{FFFD}乙\u{FFFD}_x005F_x0041_",
    ] {
        assert!(strings.contains(&format!("<t>{text}</t>")), "{text}: {strings}");
    }
    let styles = &files["xl/styles.xml"];
    assert!(styles.contains("formatCode=\"0.000\""), "{styles}");
    for builtin in ["numFmtId=\"2\"", "numFmtId=\"4\"", "numFmtId=\"49\""] {
        assert!(styles.contains(builtin), "{builtin}: {styles}");
    }
}

#[test]
fn what_cannot_be_written_is_a_finding() {
    let overlapping = of_table(
        &[60.0, 60.0],
        vec![cell(0, 2, "甲", specimen::SONG), cell(1, 1, "乙", specimen::SONG)],
    );
    let finding = xlsx::write(&overlapping).expect_err("cells over each other");
    assert!(finding.message.en.contains("row 1"), "{}", finding.message.en);
    assert_eq!(finding.quote.as_deref(), Some("乙"));
    let outside = of_table(&[60.0], vec![cell(1, 1, "甲", specimen::SONG)]);
    assert!(xlsx::write(&outside).is_err());
    // A text that no cell takes is parted where it can be, and else named.
    let long = "长".repeat(40_000);
    assert!(xlsx::write(&of_table(&[400.0], vec![cell(0, 1, &long, specimen::SONG)])).is_ok());
    let mut tall = cell(0, 1, &long, specimen::SONG);
    tall.row_span = 2;
    let mut document = of_table(&[400.0], vec![tall]);
    if let Block::Table(table) = &mut document.sheets[0].blocks[0] {
        table.rows.push(row(20.0, Vec::new()));
    }
    assert!(xlsx::write(&document).is_err());
}

#[test]
fn odd_documents_are_written_too() {
    write(&Document::default());
    let blank = |columns: &[f32]| {
        write(&of_table(columns, Vec::new()));
    };
    blank(&[]);
    blank(&[0.0, f32::NAN, -3.0, f32::INFINITY, 1e9]);
    let mut style = specimen::SONG;
    for odd in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
        (style.size, style.indent, style.pitch, style.before, style.after) = (odd, odd, odd, odd, odd);
        style.align = jixiao::sheet::Align::Justify;
        let mut odd_document = of_table(&[60.0], vec![cell(0, 1, "一二三四五六七八", style)]);
        let mut text = specimen::paragraph("一二三四五六七八九十一二三四五六七八九十");
        text.style = style;
        let blocks = &mut odd_document.sheets[0].blocks;
        blocks.extend([Block::Text(text.clone()), Block::Text(text)]);
        if let Block::Table(table) = &mut blocks[0] {
            table.rows[0].height = odd;
        }
        let sheet = &worksheets(&odd_document)[0];
        assert!(!sheet.contains("NaN") && heights(sheet).len() < 400, "{odd}");
    }
    let mut document = document();
    for year in [None, Some(-5), Some(1), Some(99_999)] {
        document.year = year;
        write(&document);
    }
    for sheet in &mut document.sheets {
        sheet.name = "'[:?*/]'".to_owned();
        sheet.id.clear();
    }
    write(&document);
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xlsx-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Whether a program is there; if not, says so.
fn has(program: &str, argument: &str) -> bool {
    let is_there = Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("{program} {argument} does not run: not checked");
    }
    is_there
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What openpyxl reads: the names of the sheets, their cells, their links.
const OPENPYXL: &str = r"
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book.worksheets:
    print('sheet', sheet.title, sep='\t')
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None: print('cell', cell.number_format, repr(cell.value), sep='\t')
            if cell.hyperlink: print('link', cell.coordinate, cell.hyperlink.location, sep='\t')
";

#[test]
fn openpyxl_finds_every_text_and_link() {
    if !has("python3", "-cimport openpyxl") {
        return;
    }
    let mut document = document();
    document.sheets[5].name = "1.甲&乙'丙\"<丁>#5%".to_owned();
    let file = folder("openpyxl").join("a.xlsx");
    std::fs::write(&file, write(&document)).expect("written");
    let read = run(Command::new("python3").args(["-c", OPENPYXL]).arg(&file));
    let sheets: Vec<&str> = read.split("sheet\t").skip(1).collect();
    let blank = |text: &str| {
        text.replace(char::is_whitespace, "")
            .replace("\\n", "")
            .replace("\\u3000", "")
    };
    for (sheet, texts) in sheets.iter().zip(texts(&document)) {
        let read: String = sheet
            .lines()
            .filter_map(|line| line.strip_prefix("cell\t"))
            .map(|line| {
                blank(line.split('\t').nth(1).expect("a value"))
                    .trim_matches('\'')
                    .to_owned()
            })
            .collect();
        for text in texts {
            // Amounts are numbers there.
            if text.parse::<f64>().is_err() && text != "1,234.5" {
                assert!(read.contains(&blank(text)), "{text} in {read}");
            }
        }
    }
    for link in [
        "A4\t'部门整体绩效目标'!A1",
        "A5\t'部门整体绩效目标'!A14",
        "A7\t'1.甲&乙’丙\"<丁>#5%'!A1",
        "H1\t'目录'!A1",
    ] {
        assert!(read.contains(&format!("link\t{link}\n")), "{link}: {read}");
    }
    for cell in [
        "#,##0.00\t1234.5",
        "0.000\t498.535",
        "0.00\t30",
        "@\t'100%'",
        "@\t'=40册'",
        "@\t'+3'",
    ] {
        assert!(read.contains(&format!("cell\t{cell}\n")), "{cell}");
    }
}

/// Fonts for `LibreOffice`: those of the project under the names that the workbook gives them.
fn font_configuration(folder: &Path, fonts: [(&str, &str); 5]) -> String {
    let aliases = fonts.map(|(name, font)| {
        format!(
            "<match target=\"pattern\"><test name=\"family\"><string>{name}</string></test>\
             <edit name=\"family\" mode=\"assign\" binding=\"same\"><string>{font}</string></edit></match>"
        )
    });
    let aliases = aliases.concat();
    format!(
        "<?xml version=\"1.0\"?><fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir>\
         <cachedir>{}</cachedir>{aliases}</fontconfig>",
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts").display(),
        folder.join("cache").display(),
    )
}

/// Prints documents with `LibreOffice` and looks for texts that are cut: a report for each, or `None`
/// without the tools.
fn cut_texts(documents: &[Document], name: &str, fonts: [(&str, &str); 5]) -> Option<Vec<String>> {
    let tools = [
        ("soffice", "--version"),
        ("pdftotext", "-v"),
        ("python3", "-cimport openpyxl"),
    ];
    if !tools.iter().all(|(program, argument)| has(program, argument)) {
        return None;
    }
    let folder = folder(name);
    std::fs::write(folder.join("fonts.conf"), font_configuration(&folder, fonts)).expect("written");
    let workbooks: Vec<PathBuf> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| {
            let workbook = folder.join(format!("{index}.xlsx"));
            std::fs::write(&workbook, write(document)).expect("written");
            workbook
        })
        .collect();
    let profile = format!(
        "-env:UserInstallation=file://{}",
        folder.join("profile").display()
    );
    run(Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&folder)
        .args(&workbooks)
        .env("FONTCONFIG_FILE", folder.join("fonts.conf")));
    let report = |workbook: &PathBuf| {
        let words = workbook.with_extension("html");
        run(Command::new("pdftotext")
            .args(["-raw", "-bbox"])
            .args([&workbook.with_extension("pdf"), &words]));
        run(Command::new("python3")
            .args(["-c", include_str!("xlsx/printed.py")])
            .args([workbook, &words]))
    };
    Some(workbooks.iter().map(report).collect())
}

/// The documents of the texts in `examples` and, where they are at hand, of the real ones.
fn filled() -> Vec<Document> {
    let templates = Templates::built_in();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let real = root
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("shared/corpus/real"));
    let mut files: Vec<PathBuf> = std::iter::once(root.join("examples"))
        .chain(real.filter(|folder| folder.is_dir()).take(1))
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let bytes = std::fs::read(file).expect("a file");
            jixiao::parse::read_document(&bytes, templates.vocabulary()).departments
        })
        .map(|department| {
            let filled = templates.fill(&department, &FillOptions::default());
            filled.expect("a document").document
        })
        .collect()
}

#[test]
fn libreoffice_cuts_no_text() {
    let narrow = [
        ("宋体", "Budget Song"),
        ("仿宋", "Budget Fangsong"),
        ("黑体", "Budget Hei Medium"),
        ("楷体", "Budget Kai"),
        ("Arial", "Budget Hei Medium"),
    ];
    // The fallback of many machines: one face for all names, wide in its pitch and in its figures.
    let wide = narrow.map(|(name, _)| (name, "Budget Hei Medium"));
    let specimen = vec![document()];
    let all = [specimen.clone(), filled()].concat();
    for (name, fonts, documents) in [("narrow", narrow, &specimen), ("wide", wide, &all)] {
        let Some(reports) = cut_texts(documents, name, fonts) else {
            return;
        };
        for (report, document) in reports.iter().zip(documents) {
            let lines: Vec<&str> = report.lines().collect();
            assert_eq!(lines.len(), 1, "{} {report}", document.title);
            assert!(lines[0].parse::<u32>().expect("a number") > 20, "{report}");
        }
    }
}
