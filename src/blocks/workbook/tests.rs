use super::super::office::tests::{codes, compound, package, read, zip};
use crate::finding::{Code, Finding, Language, Place};

const STYLES: &str = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0.00&quot;万元&quot;\"/></numFmts>\
    <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
    <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"2\"/><xf numFmtId=\"9\"/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

/// A workbook with these sheets: name, state, content.
fn workbook(sheets: &[(&str, &str, &str)], others: &[(&str, &str, &str)]) -> (String, Vec<Finding>) {
    let names: Vec<String> = (1..=sheets.len())
        .map(|number| format!("sheet{number}.xml"))
        .collect();
    let parts: Vec<String> = sheets
        .iter()
        .map(|(.., content)| {
            format!("<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/x\">{content}</x:worksheet>")
        })
        .collect();
    let entries = sheets.iter().zip(&names).map(|((name, state, _), part)| {
        let id = part.replace('.', "-");
        format!("<x:sheet name=\"{name}\" sheetId=\"9\" state=\"{state}\" r:id=\"{id}\"/>")
    });
    let list = entries.collect::<Vec<_>>().concat();
    let mut all: Vec<(&str, &str, &str)> = others.to_vec();
    all.extend(
        names
            .iter()
            .zip(&parts)
            .map(|(name, part)| ("worksheet", name.as_str(), part.as_str())),
    );
    all.push(("styles", "styles.xml", STYLES));
    let body = format!("<x:workbook><x:workbookPr date1904=\"0\"/><x:sheets>{list}</x:sheets></x:workbook>");
    read(&package("xl/workbook.xml", &body, &all))
}

fn sheet(content: &str) -> String {
    let (text, findings) = workbook(&[("表", "visible", content)], &[]);
    assert_eq!(findings, []);
    text
}

fn text(name: &str, text: &str) -> String {
    format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn rows(rows: &[&[String]]) -> String {
    let rows = rows.iter().map(|cells| format!("<row>{}</row>", cells.concat()));
    format!("<sheetData>{}</sheetData>", rows.collect::<String>())
}

#[test]
fn cells_show_what_their_formats_make_of_them() {
    let cell = |more: &str, value: &str| format!("<c {more}><v>{value}</v></c>");
    let content = rows(&[&[
        cell("", "2"),
        cell("s=\"1\"", "2"),
        cell("s=\"2\"", "0.25"),
        cell("s=\"3\"", "19.5"),
        cell("s=\"4\"", "45658"),
        cell("", "0.30000000000000004"),
        cell("t=\"b\"", "1"),
        cell("t=\"e\"", "#N/A"),
        cell("t=\"str\"", "甲_x000D_\n乙"),
        "<c><f>A1*2</f><v>4</v></c>".to_owned(),
        "<c s=\"1\"/>".to_owned(),
        cell("s=\"99\"", "1.5"),
    ]]);
    assert_eq!(
        sheet(&content),
        "|0 2|1 2.00|2 25%|3 19.50万元|4 2025/1/1|5 0.3|6 TRUE|7 #N/A|8 甲/乙|9 4|11 1.5\n—"
    );
}

#[test]
fn shared_strings_have_runs_and_no_reading_aids() {
    let strings = "<sst><si><t>甲</t><phoneticPr/></si><si><r><rPr/><t>乙</t></r><r><t xml:space=\"preserve\"> 丙</t></r>\
        <rPh><t>bing</t></rPh></si></sst>";
    let content =
        "<sheetData><row r=\"3\"><c r=\"B3\" t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c></row></sheetData>";
    let (text, _) = workbook(
        &[("表", "visible", content)],
        &[("sharedStrings", "sharedStrings.xml", strings)],
    );
    assert_eq!(text, "|1 乙 丙|2 甲\n—");
}

#[test]
fn merged_cells_are_one_cell_and_texts_above_a_table_paragraphs() {
    let content = format!(
        "{}<mergeCells><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"A5:A6\"/><mergeCell ref=\"B6:C6\"/></mergeCells>",
        rows(&[
            &[text("A1", "某局")],
            &[text("A2", "一、总体\n二、分项")],
            &[],
            &[text("A4", "1.项目表")],
            &[text("A5", "用途"), text("B5", "甲"), text("C5", "乙")],
            &[text("B6", "说明")],
            &[text("A7", "目标")],
            &[],
            &[text("A9", "结语")],
        ])
    );
    assert_eq!(
        sheet(&content),
        "¶某局\n¶一、总体\n¶二、分项\n·\n|0 1.项目表\n|0 用途|1 甲|2 乙\n|1-2 说明\n|0 目标\n·\n¶结语\n—"
    );
}

#[test]
fn sheets_come_in_order_and_hidden_ones_are_named() {
    let content = |word: &str| rows(&[&[text("A1", word)]]);
    let (text, findings) = workbook(
        &[
            ("一", "visible", &content("甲")),
            ("暗", "hidden", &content("乙")),
            ("更暗", "veryHidden", &content("乙")),
            ("二", "visible", &content("丙")),
        ],
        &[],
    );
    assert_eq!(text, "¶甲\n—\n¶丙\n—");
    assert_eq!(codes(&findings), [Code::SheetHidden]);
    let message = findings[0].message.in_language(Language::En);
    assert!(message.contains("暗、更暗"), "{message}");
}

#[test]
fn hidden_rows_and_columns_are_left_out_and_reported() {
    let content = format!(
        "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData>\
        <row r=\"1\" hidden=\"1\">{}{}</row><row r=\"2\">{}{}{}</row></sheetData>\
        <mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>",
        text("A1", "甲"),
        text("C1", "暗一"),
        text("A2", "暗三"),
        text("B2", "暗二"),
        text("C2", "乙"),
    );
    let (text, findings) = workbook(&[("表", "visible", &content)], &[]);
    assert_eq!(text, "|0 甲|2 乙\n—");
    assert_eq!(codes(&findings), [Code::TextHidden]);
    assert_eq!(findings[0].quote.as_deref(), Some("暗一 暗三 暗二"));
}

#[test]
fn formulas_without_results_are_reported() {
    let formula = |name: &str, formula: &str| format!("<c r=\"{name}\"><f>{formula}</f></c>");
    let content = rows(&[&[
        text("A1", "合计"),
        formula("B1", "SUM(B2)"),
        formula("C1", "46所"),
        formula("D1", "100%"),
        formula("E1", "A1"),
        formula("F1", "40+2.5"),
    ]]);
    let (text, findings) = workbook(&[("表", "visible", &content)], &[]);
    // What neither refers to anything nor is a sum is a text that was taken for a formula.
    assert_eq!(text, "|0 合计|2 =46所|3 =100%\n—");
    assert_eq!(codes(&findings), [Code::FormulaUncalculated]);
    assert_eq!(findings[0].places[0].in_language(Language::Zh), "表!B1");
}

#[test]
fn texts_over_the_cells_follow_them() {
    let drawing = "<wsDr><twoCellAnchor><from><col>1</col><row>4</row></from><sp><txBody><p><r><t>框内</t></r></p></txBody></sp></twoCellAnchor></wsDr>";
    let body = "<workbook><sheets><sheet name=\"表\" id=\"sheet-xml\"/></sheets></workbook>";
    let content = format!("<worksheet>{}</worksheet>", rows(&[&[text("A1", "甲")]]));
    let relations =
        "<Relationships><Relationship Id=\"a\" Type=\"x/drawing\" Target=\"drawing.xml\"/></Relationships>";
    let bytes = package(
        "xl/workbook.xml",
        body,
        &[
            ("worksheet", "sheet.xml", &content),
            ("none", "_rels/sheet.xml.rels", relations),
            ("none", "drawing.xml", drawing),
        ],
    );
    let (document, findings) = super::super::Document::open(&bytes);
    assert_eq!(findings, []);
    assert_eq!(read(&bytes).0, "¶甲\n¶框内\n—");
    let at = document.source.text.find("框内").expect("it is there");
    assert_eq!(document.source.place(at), Place::sheet(1, &"表".into(), 4, 1));
}

#[test]
fn a_text_referred_to_too_often_ends_at_a_limit() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "甲".repeat(20_000));
    let content = format!(
        "<sheetData>{}</sheetData>",
        "<row><c t=\"s\"><v>0</v></c></row>".repeat(1200)
    );
    let (_, findings) = workbook(
        &[("表", "visible", &content)],
        &[("sharedStrings", "sharedStrings.xml", &strings)],
    );
    assert_eq!(codes(&findings), [Code::ContainerLimit]);
}

fn open_workbook(body: &str) -> (String, Vec<Finding>) {
    let content = format!(
        "<office:document-content><office:automatic-styles><style:style style:name=\"t1\" style:family=\"table\">\
        <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
        <office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    );
    read(&zip(
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_bytes()),
        ],
        true,
    ))
}

#[test]
fn open_workbooks_hold_what_they_show() {
    let (text, findings) = open_workbook(
        "<table:table table:name=\"一\"><table:table-column table:number-columns-repeated=\"16384\"/>\
        <table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\">\
        <text:p>甲<text:s text:c=\"2\"/>乙<text:line-break/>丙</text:p><text:p><text:span>丁</text:span></text:p>\
        <office:annotation><text:p>批注</text:p></office:annotation></table:table-cell><table:covered-table-cell/>\
        <table:table-cell office:value-type=\"float\" office:value=\"2\"><text:p>2.00</text:p></table:table-cell></table:table-row></table:table-header-rows>\
        <table:table-row><table:covered-table-cell table:number-columns-repeated=\"2\"/>\
        <table:table-cell office:value-type=\"float\" office:value=\"0.5\"/>\
        <table:table-cell table:number-columns-repeated=\"2\"><text:p>重</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell/><table:table-cell><text:p>末</text:p></table:table-cell></table:table-row>\
        </table:table><table:table table:name=\"暗\" table:style-name=\"t1\"><table:table-row><table:table-cell><text:p>暗</text:p></table:table-cell></table:table-row></table:table>",
    );
    assert_eq!(
        text,
        "|0-1 甲  乙/丙/丁|2 2.00\n|2 0.5|3 重|4 重\n·\n|1 末\n|1 末\n—"
    );
    assert_eq!(codes(&findings), [Code::SheetHidden]);
}

#[test]
fn a_cell_repeated_without_end_stops_at_a_limit() {
    let (_, findings) = open_workbook(
        "<table:table table:name=\"一\"><table:table-row table:number-rows-repeated=\"4000000000\">\
        <table:table-cell table:number-columns-repeated=\"4000000000\"><text:p>x</text:p></table:table-cell></table:table-row></table:table>",
    );
    assert_eq!(codes(&findings), [Code::ContainerLimit]);
}

#[test]
fn an_encrypted_open_workbook_is_named() {
    let bytes = zip(
        &[
            (
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet".as_slice(),
            ),
            ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
            ("content.xml", b"\x01\x02"),
        ],
        false,
    );
    assert_eq!(codes(&read(&bytes).1), [Code::ContainerEncrypted]);
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [[1].as_slice(), &words(&units)].concat()
}

/// Name, state, records.
type OldSheet<'n> = (&'n [u8], u8, Vec<Vec<u8>>);

/// An old workbook: the records before the sheets, and the sheets with their state and their records.
fn old_workbook(version: u16, globals: &[Vec<u8>], sheets: &[OldSheet<'_>]) -> Vec<u8> {
    let begin = record(0x809, &words(&[version, 5, 0, 0]));
    let end = record(0x0a, &[]);
    let bound = |(name, state, _): &OldSheet<'_>, offset: u32| {
        let count = if version >= 0x600 {
            (name.len() - 1) / 2
        } else {
            name.len()
        };
        record(
            0x85,
            &[&offset.to_le_bytes(), [*state, 0, count as u8].as_slice(), name].concat(),
        )
    };
    let head = [begin.clone(), globals.concat()].concat();
    let bounds: usize = sheets.iter().map(|sheet| bound(sheet, 0).len()).sum();
    let mut offset = (head.len() + bounds + end.len()) as u32;
    let (mut list, mut content) = (Vec::new(), Vec::new());
    for sheet in sheets {
        list.extend(bound(sheet, offset));
        let records = [begin.clone(), sheet.2.concat(), end.clone()].concat();
        offset += records.len() as u32;
        content.extend(records);
    }
    compound("Workbook", &[head, list, end, content].concat())
}

fn labelled(row: u16, column: u16, string: u32) -> Vec<u8> {
    record(
        0xfd,
        &[words(&[row, column, 0]), string.to_le_bytes().to_vec()].concat(),
    )
}

#[test]
fn old_workbooks_are_read_record_by_record() {
    // The second string goes on in a record of its own, with narrow characters there.
    let strings = [
        [2, 0, 0, 0, 2, 0, 0, 0].to_vec(),
        words(&[2]),
        wide("甲乙"),
        words(&[4]),
        wide("丙丁"),
    ]
    .concat();
    let globals = [
        record(0x22, &words(&[0])),
        record(0x41e, &[words(&[164, 5]), vec![0], b"0.0\"%".to_vec()].concat()),
        record(0xe0, &words(&[0, 0])),
        record(0xe0, &words(&[0, 2])),
        record(0xe0, &words(&[0, 164])),
        record(0xfc, &strings),
        record(0x3c, &[0, b'a', b'b']),
    ];
    let number = |value: f64| value.to_le_bytes().to_vec();
    let cells = vec![
        record(0x7d, &words(&[9, 9, 0, 0, 1])),
        record(0x208, &[words(&[7, 0, 0, 0, 0, 0]), vec![0x20, 0, 0, 0]].concat()),
        labelled(0, 0, 0),
        labelled(0, 1, 1),
        record(
            0x27e,
            &[words(&[1, 0, 1]), (19 << 2 | 2_u32).to_le_bytes().to_vec()].concat(),
        ),
        record(
            0xbd,
            &[
                words(&[1, 1, 1]),
                (250 << 2 | 3_u32).to_le_bytes().to_vec(),
                words(&[2]),
                ((1.5_f64.to_bits() >> 32) as u32).to_le_bytes().to_vec(),
                words(&[2]),
            ]
            .concat(),
        ),
        record(0x203, &[words(&[1, 3, 0]), number(0.1 + 0.2)].concat()),
        record(0x205, &[words(&[1, 4, 0]), vec![0x2a, 1]].concat()),
        record(0x06, &[words(&[1, 5, 1]), number(4.0), vec![0; 8]].concat()),
        record(
            0x06,
            &[words(&[1, 6, 0]), vec![0, 0, 0, 0, 0, 0, 0xff, 0xff], vec![0; 8]].concat(),
        ),
        record(0x207, &[words(&[2]), wide("果实")].concat()),
        // A chart is a sheet inside the sheet.
        record(0x809, &words(&[0x600, 0x20, 0, 0])),
        labelled(2, 0, 0),
        record(0x0a, &[]),
        labelled(3, 0, 0),
        labelled(7, 0, 1),
        record(0xe5, &words(&[1, 3, 4, 0, 2])),
    ];
    let bytes = old_workbook(
        0x600,
        &globals,
        &[(&wide("表一"), 0, cells), (&wide("暗"), 1, vec![])],
    );
    let (text, findings) = read(&bytes);
    assert_eq!(
        text,
        "|0 甲乙|1 丙丁ab\n|0 19.00|1 2.50|2 1.5%|3 0.3|4 #N/A|5 4.00|6 果实\n·\n¶甲乙\n—"
    );
    assert_eq!(codes(&findings), [Code::SheetHidden, Code::TextHidden]);
    for at in 512..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        let _ = read(&bytes);
    }
}

#[test]
fn older_workbooks_hold_bytes_of_a_code_page() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let name = gbk("甲乙");
    let label = record(0x204, &[words(&[0, 0, 0, 4]), name.clone()].concat());
    let bytes = old_workbook(
        0x500,
        &[record(0x42, &words(&[936])), record(0xe0, &words(&[0, 0]))],
        &[(&gbk("表"), 0, vec![label])],
    );
    assert_eq!(read(&bytes), ("¶甲乙\n—".to_owned(), vec![]));
}

#[test]
fn an_encrypted_old_workbook_is_named() {
    let bytes = old_workbook(0x600, &[record(0x2f, &[0; 6])], &[]);
    assert_eq!(codes(&read(&bytes).1), [Code::ContainerEncrypted]);
}
