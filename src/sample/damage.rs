//! What Word, OCR and careless hands break in a text.

use super::parts::{Cell, Part, Row};
use super::random::Random;
use crate::vocab::Vocabulary;

/// How much is broken in a document that is plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Nothing.
    None,
    /// Blanks in labels, blank lines, page numbers, headings said twice, labels in other widths, blank cells
    /// doubled.
    Light,
    /// All that, and headers lost, rows cut by pages, cells lost, lines joined, control characters.
    Heavy,
}

impl Damage {
    /// All degrees.
    pub const ALL: [Damage; 3] = [Damage::None, Damage::Light, Damage::Heavy];

    /// What it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Damage::None => "none",
            Damage::Light => "light",
            Damage::Heavy => "heavy",
        }
    }
}

/// What gets into texts that nobody typed.
const STRAY: [char; 8] = [
    '\u{1}', '\u{7}', '\u{b}', '\u{c}', '\u{ad}', '\u{200b}', '\u{feff}', '\u{fffd}',
];

/// Breaks parts as much as is asked for.
pub(super) fn damaged(
    parts: Vec<Part>,
    damage: Damage,
    vocabulary: &Vocabulary,
    random: &mut Random,
) -> Vec<Part> {
    if damage == Damage::None {
        return parts;
    }
    let mut broken = Broken {
        random,
        parts: Vec::with_capacity(parts.len() + parts.len() / 2),
        page: 1,
    };
    for part in parts {
        broken.lightly(part);
    }
    if damage == Damage::Heavy {
        let parts = std::mem::take(&mut broken.parts);
        for part in parts {
            broken.heavily(part, vocabulary);
        }
    }
    broken.parts
}

/// The parts that are broken so far.
struct Broken<'r> {
    random: &'r mut Random,
    parts: Vec<Part>,
    /// The number of the next page.
    page: u64,
}

impl Broken<'_> {
    fn lightly(&mut self, part: Part) {
        if self.random.chance(6) {
            self.parts.push(Part::line(""));
        }
        if self.random.chance(5) {
            self.page_number();
        }
        match part {
            Part::Line {
                text,
                is_heading: true,
            } if self.random.chance(15) => {
                for _ in 0..2 {
                    self.parts.push(Part::Line {
                        text: text.clone(),
                        is_heading: true,
                    });
                }
            }
            Part::Rows(mut rows) => {
                for row in &mut rows {
                    self.labels(row);
                }
                self.parts.push(Part::Rows(rows));
            }
            part => self.parts.push(part),
        }
    }

    fn page_number(&mut self) {
        let number = self.page;
        self.page += 1;
        let text = match self.random.below(3) {
            0 => format!("- {number} -"),
            1 => format!("— {number} —"),
            _ => number.to_string(),
        };
        self.parts.push(Part::line(text));
    }

    fn labels(&mut self, row: &mut Row) {
        for cell in row.cells.iter_mut().filter(|cell| cell.is_label) {
            if self.random.chance(15) {
                self.stray(&mut cell.text, ' ');
            }
            if self.random.chance(20) {
                cell.text = cell.text.chars().map(other_width).collect();
            }
        }
        if self.random.chance(5)
            && let Some(at) = row.cells.iter().position(|cell| cell.text.is_empty())
        {
            row.cells.insert(at, Cell::default());
        }
    }

    /// Puts a character somewhere into a text.
    fn stray(&mut self, text: &mut String, character: char) {
        let at = self.random.index(text.chars().count() + 1);
        let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        text.insert(at, character);
    }

    fn heavily(&mut self, part: Part, vocabulary: &Vocabulary) {
        match part {
            Part::Line { text, is_heading } => self.line(text, is_heading),
            Part::Rows(rows) => self.rows(rows, vocabulary),
            Part::Entry(entry) => self.parts.push(Part::Entry(entry)),
        }
    }

    fn line(&mut self, mut text: String, is_heading: bool) {
        if self.random.chance(4) {
            let character = self.random.pick(&STRAY).copied().unwrap_or(' ');
            self.stray(&mut text, character);
        }
        let joins = self.random.chance(4);
        match self.parts.last_mut() {
            Some(Part::Line { text: last, .. }) if joins => last.push_str(&text),
            _ => self.parts.push(Part::Line { text, is_heading }),
        }
    }

    fn rows(&mut self, rows: Vec<Row>, vocabulary: &Vocabulary) {
        let header = rows.iter().find(|row| row.is_header).cloned();
        let mut is_below = false;
        let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
        for mut row in rows {
            if self.random.chance(20) {
                lose_last_milestone(&mut row, vocabulary);
            }
            if self.random.chance(3) && row.cells.len() > 1 {
                let lost = self.random.index(row.cells.len());
                row.cells.remove(lost);
            }
            if self.random.chance(3) {
                let character = self.random.pick(&STRAY).copied().unwrap_or(' ');
                let at = self.random.index(row.cells.len());
                if let Some(cell) = row.cells.get_mut(at) {
                    self.stray(&mut cell.text, character);
                }
            }
            // Only what stands below the header is said to go on by it.
            is_below |= row.is_header;
            if row.is_header || !is_below || !self.random.chance(8) {
                kept.push(row);
                continue;
            }
            let (above, below) = self.cut(row);
            kept.push(above);
            self.parts.push(Part::Rows(std::mem::take(&mut kept)));
            self.page_number();
            kept.extend(header.clone().filter(|_| self.random.chance(70)));
            kept.push(below);
        }
        self.parts.push(Part::Rows(kept));
    }

    /// Cuts a row where a page ends: of each text a part stands above, the rest below.
    fn cut(&mut self, row: Row) -> (Row, Row) {
        let mut below = Row::default();
        let mut above = row;
        for cell in &mut above.cells {
            let count = cell.text.chars().count();
            let kept = if count > 4 {
                self.random.index(count)
            } else {
                count
            };
            let at = cell.text.char_indices().nth(kept);
            let at = at.map_or(cell.text.len(), |(at, _)| at);
            below.cells.push(Cell {
                text: cell.text.split_off(at),
                ..Cell::default()
            });
        }
        (above, below)
    }
}

/// Takes the last milestone of a plan out of its row.
fn lose_last_milestone(row: &mut Row, vocabulary: &Vocabulary) {
    let last = |text: &str| {
        let mut forms = vocabulary.forms.iter();
        forms.any(|form| form.milestones.last().is_some_and(|last| last == text))
    };
    if let Some(at) = row.cells.iter().position(|cell| last(&cell.text)) {
        row.cells.remove(at);
    }
}

/// A bracket or a sign in the other of its two widths.
fn other_width(c: char) -> char {
    const WIDE: u32 = 0xfee0;
    let other = match c {
        '(' | ')' | '%' | ':' | '0'..='9' => u32::from(c) + WIDE,
        '（' | '）' | '％' | '：' | '０'..='９' => u32::from(c) - WIDE,
        _ => return c,
    };
    char::from_u32(other).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::random::Purpose;

    #[test]
    fn widths_change_there_and_back() {
        for text in ["（%）", "12月", "甲:（"] {
            let other: String = text.chars().map(other_width).collect();
            assert_ne!(other, text);
            assert_eq!(other.chars().map(other_width).collect::<String>(), text);
        }
    }

    #[test]
    fn a_cut_row_has_all_its_text() {
        let mut random = Random::new(1, Purpose::Damage, 0);
        let mut broken = Broken {
            random: &mut random,
            parts: Vec::new(),
            page: 1,
        };
        let texts = ["一二三四五六七八九十", "", "短", "甲乙丙丁戊己"];
        let row = Row {
            cells: texts
                .map(|text| Cell {
                    text: text.to_owned(),
                    ..Cell::default()
                })
                .to_vec(),
            is_header: false,
        };
        let (above, below) = broken.cut(row);
        let joined = above.cells.iter().zip(&below.cells);
        let joined: Vec<String> = joined
            .map(|(above, below)| format!("{}{}", above.text, below.text))
            .collect();
        assert_eq!(joined, texts);
    }
}
