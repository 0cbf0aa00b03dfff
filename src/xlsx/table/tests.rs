//! Tests of the table in a workbook, read back by the program's own reader.

use std::io::Read;

use super::*;
use crate::export::Heads;
use crate::vocab::Vocabulary;

fn columns() -> Columns {
    Columns::new(&Vocabulary::built_in(), Heads::Labels, false)
}

/// A row with these cells at its beginning.
fn row<'a>(cells: &[Cell<'a>]) -> Vec<Cell<'a>> {
    let mut row = cells.to_vec();
    row.resize(columns().list().len(), Cell::Blank);
    row
}

fn written(rows: &[Vec<Cell<'_>>], most_rows: u32) -> Vec<u8> {
    let columns = columns();
    let mut writer = TableWriter::with_rows(&columns, &std::env::temp_dir(), most_rows).expect("a writer");
    for row in rows {
        writer.write(row).expect("a row");
    }
    let mut bytes = Vec::new();
    writer.finish(&mut bytes).expect("a workbook");
    bytes
}

/// A file in a workbook.
fn part(bytes: &[u8], name: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive
        .by_name(name)
        .ok()?
        .read_to_string(&mut text)
        .expect("XML");
    Some(text)
}

#[test]
fn texts_are_texts_and_numbers_numbers() {
    let cells = ["00123", "=1+1", "甲\n乙", " x "].map(|text| Cell::Text(text.into()));
    let long = "1234567890123456.5".parse().expect("a number");
    let mut all = cells.to_vec();
    all.push(Cell::Number("1234.50".parse().expect("a number")));
    all.push(Cell::Number(long));
    let bytes = written(&[row(&all)], MOST_ROWS);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml").expect("a sheet");
    for text in ["<t>00123</t>", "<t>=1+1</t>", "<t>甲\n乙</t>", "<v>1234.5</v>"] {
        assert!(sheet.contains(text), "{text} in {sheet}");
    }
    assert!(sheet.contains("<t xml:space=\"preserve\"> x </t>"), "{sheet}");
    // What programs would round is a text.
    assert!(
        sheet.contains("<t>1234567890123456.5</t>") && !sheet.contains("<f>"),
        "{sheet}"
    );
    assert!(
        sheet.contains("<autoFilter") && sheet.contains("state=\"frozen\""),
        "{sheet}"
    );
    assert_eq!(
        bytes,
        written(&[row(&all)], MOST_ROWS),
        "equal rows give equal bytes"
    );
}

#[test]
fn what_is_too_long_for_a_sheet_goes_on_in_another() {
    let rows: Vec<_> = (0..5).map(|number| row(&[Cell::Number(number.into())])).collect();
    // Two rows below the heads of each.
    let bytes = written(&rows, 3);
    let sheets: Vec<String> = (1..=4)
        .filter_map(|number| part(&bytes, &format!("xl/worksheets/sheet{number}.xml")))
        .collect();
    let values = |sheet: &String| -> Vec<String> {
        let values = sheet.split("<v>").skip(1);
        values
            .map(|rest| rest.split('<').next().expect("a value").to_owned())
            .collect()
    };
    assert_eq!(
        sheets.iter().map(values).collect::<Vec<_>>(),
        [vec!["0", "1"], vec!["2", "3"], vec!["4"]]
    );
    let head = format!("<t>{}</t>", columns().list()[0].head);
    assert!(sheets.iter().all(|sheet| sheet.contains(&head)));
    let workbook = part(&bytes, "xl/workbook.xml").expect("a workbook");
    assert!(
        workbook.contains(&format!("name=\"{} 3\"", columns().title())),
        "{workbook}"
    );
}

#[test]
fn a_text_too_long_for_a_cell_is_refused() {
    let columns = columns();
    let mut writer = TableWriter::new(&columns, &std::env::temp_dir()).expect("a writer");
    let fits = "长".repeat(MOST_UNITS);
    writer
        .write(&row(&[Cell::Text(fits.as_str().into())]))
        .expect("a row");
    let long = fits + "长";
    let mut cells = row(&[Cell::Text(long.as_str().into())]);
    let number = columns.list().iter().position(|column| column.name == "number");
    cells[number.expect("a column")] = Cell::Number(7.into());
    let finding = writer.write(&cells).expect_err("too long");
    assert_eq!((finding.code, finding.form), (Code::OutputFailed, Some(7)));
    assert!(
        finding.message.zh.contains(&columns.list()[0].head),
        "{finding:?}"
    );
    assert!(finding.help.en.contains("CSV"), "{finding:?}");
}

#[test]
fn a_folder_that_takes_no_file_is_said() {
    let Err(finding) = TableWriter::new(&columns(), Path::new("/there/is/none")) else {
        panic!("a writer without a file");
    };
    assert_eq!(finding.code, Code::OutputFailed);
}
