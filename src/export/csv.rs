//! The table as comma-separated values (RFC 4180): as Excel opens them rightly, or plain.
//!
//! Architecture invariant: a field, read back by RFC 4180 and freed from its guard, is the text or the number
//! that was written.

use std::io::{self, Write};

use super::{Cell, Columns};

/// How comma-separated values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvStyle {
    /// For spreadsheet programs: UTF-8 with a byte order mark, lines that end with CR LF, and texts that such a
    /// program would take for something else guarded.
    ///
    /// The guard is a formula, `="00123"`: the cell then holds exactly the text, so that it is found, compared
    /// and copied as such. Formulas take no text beyond 255 characters; a longer one, or one with line breaks,
    /// has a tab before it instead, which is not seen but stays in the cell.
    Guarded,
    /// For programs: UTF-8, lines that end with LF, each text as it is.
    Plain,
}

/// The most UTF-16 units of a text in a formula.
const MOST_IN_FORMULA: usize = 255;
/// The digits that spreadsheet programs keep of a number.
const MOST_DIGITS: u32 = 15;
/// What a formula, or what some program takes for one, begins with.
const COMMANDS: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];
/// What numbers, amounts, percentages, fractions, dates and times are printed with, in full and half width.
const SIGNS: &str = ".,%/-:()'$¥￥€£年月日号时時分秒点點";
/// Words in dates and times, in lower case. Programs know months by three letters or the whole name.
const WORDS: &str = "上午 下午 jan feb mar apr may jun jul aug sep sept oct nov dec january february march april \
                     june july august september october november december";
/// Words behind the number of a time.
const HALF_DAYS: [&str; 4] = ["am", "pm", "a", "p"];
/// Words that are no text by themselves.
const TRUTHS: [&str; 2] = ["true", "false"];
/// The byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes rows of cells as comma-separated values.
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
    style: CsvStyle,
    /// What stands in the first line; `None` when it was written.
    heads: Option<Vec<String>>,
}

impl<W: Write> Csv<W> {
    /// A table with these columns and no rows so far; nothing is written before the first row is.
    pub fn new(out: W, style: CsvStyle, columns: &Columns) -> Self {
        let heads = columns.list().iter().map(|column| column.head.clone());
        Self {
            out,
            style,
            heads: Some(heads.collect()),
        }
    }

    /// Writes a row, and the heads before the first one.
    ///
    /// # Errors
    ///
    /// Any error of `out`.
    pub fn write(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        if let Some(heads) = self.heads.take() {
            if self.style == CsvStyle::Guarded {
                self.out.write_all(MARK)?;
            }
            let heads: Vec<Cell<'_>> = heads.iter().map(|head| Cell::Text(head.into())).collect();
            self.write_line(&heads)?;
        }
        self.write_line(row)
    }

    fn write_line(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            let is_guarded = self.style == CsvStyle::Guarded;
            match cell {
                Cell::Blank => {}
                Cell::Text(text) if is_guarded && is_changed(text) => self.quote(&guarded(text))?,
                Cell::Text(text) => self.quote(text)?,
                // A number with more digits would lose the last ones.
                Cell::Number(number)
                    if is_guarded
                        && number.normalize().mantissa().unsigned_abs() >= 10_u128.pow(MOST_DIGITS) =>
                {
                    self.quote(&guarded(&number.to_string()))?;
                }
                Cell::Number(number) => write!(self.out, "{number}")?,
            }
        }
        self.out.write_all(match self.style {
            CsvStyle::Guarded => b"\r\n",
            CsvStyle::Plain => b"\n",
        })
    }

    /// Hands on what is still held back.
    ///
    /// # Errors
    ///
    /// Any error of `out`.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes a text, between quotes where it needs them.
    fn quote(&mut self, text: &str) -> io::Result<()> {
        let is_edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
        let needs_quotes = text.contains(['"', ',', '\r', '\n'])
            // Some programs drop blanks around a field.
            || is_edge(text.chars().next())
            || is_edge(text.chars().next_back());
        if !needs_quotes {
            return self.out.write_all(text.as_bytes());
        }
        self.out.write_all(b"\"")?;
        for (at, piece) in text.split('"').enumerate() {
            if at > 0 {
                self.out.write_all(b"\"\"")?;
            }
            self.out.write_all(piece.as_bytes())?;
        }
        self.out.write_all(b"\"")
    }
}

fn guarded(text: &str) -> String {
    if text.contains(['\r', '\n', '\t']) || text.encode_utf16().count() > MOST_IN_FORMULA {
        return format!("\t{text}");
    }
    format!("=\"{}\"", text.replace('"', "\"\""))
}

/// Whether a spreadsheet program would take a text for a number, a date, a time, a truth or a formula. It may
/// say so of a text that only some programs, or none, would change: a guard does no harm.
fn is_changed(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\u{3000}', '\u{a0}']);
    // `#N/A` and its like are errors.
    if text.starts_with(COMMANDS) || text.starts_with('#') {
        return true;
    }
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let text: String = text.chars().map(narrow).flat_map(char::to_lowercase).collect();
    let text = text.trim();
    if TRUTHS.contains(&text) {
        return true;
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let is_sign = |c: char| c.is_ascii_digit() || c.is_whitespace() || SIGNS.contains(c);
    // `1E5` is a number and `9:30 p` a time, while `E5` and `24P01` are codes.
    let is_exponent = |word: &str| word == "e" && !text.starts_with(word);
    let is_half_day =
        |word: &str| HALF_DAYS.contains(&word) && text.ends_with(word) && !text.starts_with(word);
    let is_word = |word: &str| WORDS.split(' ').any(|own| own == word);
    let mut words = text.split(is_sign).filter(|word| !word.is_empty());
    words.all(|word| is_word(word) || is_exponent(word) || is_half_day(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Heads;
    use crate::vocab::Vocabulary;

    fn written(style: CsvStyle, rows: &[&[Cell<'_>]]) -> String {
        let mut out = Vec::new();
        let columns = Columns::new(&Vocabulary::built_in(), Heads::Fields, false);
        let mut csv = Csv::new(&mut out, style, &columns);
        for row in rows {
            csv.write(row).expect("a buffer");
        }
        csv.finish().expect("a buffer");
        let text = String::from_utf8(out).expect("UTF-8");
        let (heads, rows) = text.split_once('\n').expect("the heads");
        assert_eq!(heads.starts_with('\u{feff}'), style == CsvStyle::Guarded);
        assert!(heads.contains("source,department,year,"));
        rows.to_owned()
    }

    fn text(text: &str) -> Cell<'_> {
        Cell::Text(text.into())
    }

    #[test]
    fn texts_are_quoted_where_they_need_it() {
        let row = [
            text("甲"),
            text("a,b"),
            text("他说\"好\""),
            text("一\n二"),
            text(" x"),
        ];
        assert_eq!(
            written(CsvStyle::Plain, &[&row, &[Cell::Blank, Cell::Number(25.into())]]),
            "甲,\"a,b\",\"他说\"\"好\"\"\",\"一\n二\",\" x\"\n,25\n"
        );
        assert_eq!(
            written(
                CsvStyle::Guarded,
                &[&[text("甲"), Cell::Blank], &[text("乙"), Cell::Blank]]
            ),
            "甲,\r\n乙,\r\n"
        );
    }

    #[test]
    fn what_a_program_would_change_is_guarded() {
        for changed in [
            "00123",
            "731001",
            "12345678901234567",
            "1-2",
            "3/4",
            "1E5",
            "1e5",
            "2.00",
            "4,286.50",
            "25%",
            "２５",
            "=1+1",
            "+8",
            "-甲",
            "@sum",
            "＝1",
            " =1",
            "\t=1",
            "TRUE",
            "#N/A",
            "12月31日",
            "2025年12月31日",
            "9:30",
            "9:30 PM",
            "上午9时",
            "¥100",
            "(100)",
            "SEPT2",
            "5 March",
            "2025/12/31",
            "1 1/2",
            "=46所",
            "=",
        ] {
            assert!(is_changed(changed), "{changed}");
        }
        for text in [
            "水务局",
            "≥95%",
            "46所",
            "3月底",
            "2025年度",
            "第1项",
            "一",
            "",
            "A-1",
            "≤17.5 万元",
            "3月底 25%; 6月底 50%",
            "TRUE甲",
            "x1",
            "13029524P000881100016",
        ] {
            assert!(!is_changed(text), "{text}");
        }
    }

    #[test]
    fn the_guard_is_a_formula_or_a_tab() {
        let long = format!("-{}", "长".repeat(255));
        let number = "1234567890123456.5".parse().expect("a number");
        let row = [text("00123"), text("-一\n二"), text(&long), Cell::Number(number)];
        assert_eq!(
            written(CsvStyle::Guarded, &[&row]),
            format!("\"=\"\"00123\"\"\",\"\t-一\n二\",\"\t{long}\",\"=\"\"1234567890123456.5\"\"\"\r\n")
        );
        assert_eq!(
            written(CsvStyle::Plain, &[&row]),
            format!("00123,\"-一\n二\",{long},1234567890123456.5\n")
        );
        // What is a number at once is not guarded.
        assert_eq!(
            written(
                CsvStyle::Guarded,
                &[&[Cell::Number("2.50".parse().expect("a number"))]]
            ),
            "2.50\r\n"
        );
    }
}
