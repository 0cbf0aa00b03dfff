//! Numbers that Word prints before paragraphs by itself: the text holds none of them, only which list
//! and which level of it a paragraph is on.

use std::collections::{HashMap, HashSet};

use super::super::archive::Fault;
use super::super::numerals::{chinese_counting, chinese_digits, circled, letters, member, roman, sign};
use super::super::xml::Xml;
use super::styles::Styles;

const LEVELS: usize = 9;

/// The lists of a document and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// The kinds of lists, by their ids.
    kinds: HashMap<String, Kind>,
    /// The lists, by their ids.
    lists: HashMap<String, List>,
    /// How far the levels of each kind have counted: lists of one kind go on with each other's numbers.
    counters: HashMap<String, [Option<u64>; LEVELS]>,
    /// The levels of lists that have begun with a start of their own.
    begun: HashSet<(String, usize)>,
}

#[derive(Clone, Debug, Default)]
struct Kind {
    levels: [Level; LEVELS],
    /// The style that really describes this kind.
    style: Option<String>,
}

#[derive(Debug, Default)]
struct List {
    kind: String,
    /// Levels that differ from those of the kind.
    levels: HashMap<usize, Level>,
    starts: HashMap<usize, u64>,
}

#[derive(Clone, Debug, Default)]
struct Level {
    start: u64,
    format: String,
    /// The text with `%1` to `%9` for the numbers of the levels.
    text: String,
    /// Whether a space follows it, and not a tab.
    is_spaced: bool,
    /// Whether the numbers of all levels in it are decimal.
    is_legal: bool,
    /// Restarts after a paragraph of this level (from 1) or one above it; `Some(0)` never.
    restart: Option<usize>,
    /// The paragraph style that stands for this level.
    style: Option<String>,
}

impl Numbering {
    /// Reads the part that describes the lists, its root entered.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        while let Some(tag) = xml.child()? {
            match tag.name() {
                "abstractNum" => {
                    let id = tag.attribute("abstractNumId").unwrap_or_default();
                    let kind = read_kind(xml)?;
                    self.kinds.insert(id, kind);
                }
                "num" => {
                    let id = tag.attribute("numId").unwrap_or_default();
                    let list = read_list(xml)?;
                    self.lists.insert(id, list);
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// The number of the next paragraph on `level` of the list `id`, with what parts it from the text;
    /// a paragraph that has its list from a style has its level from there too, unless it says its own.
    pub(super) fn next(
        &mut self,
        id: &str,
        level: Option<usize>,
        style: Option<&str>,
        styles: &Styles,
    ) -> Option<String> {
        let list = self.lists.get(id)?;
        let mut kind_id = &list.kind;
        // A list can be described by a style, which names the list that describes it.
        if let Some(style) = self.kinds.get(kind_id)?.style.as_deref()
            && let Some(other) = styles.list(style).and_then(|(list, _)| self.lists.get(list))
        {
            kind_id = &other.kind;
        }
        let kind = self.kinds.get(kind_id)?;
        let own = || {
            kind.levels
                .iter()
                .position(|level| level.style.is_some() && level.style.as_deref() == style)
        };
        let level = level.or_else(own).unwrap_or(0).min(LEVELS - 1);
        let levels: [&Level; LEVELS] =
            std::array::from_fn(|index| list.levels.get(&index).unwrap_or(&kind.levels[index]));
        let counters = self.counters.entry(kind_id.clone()).or_default();
        let counted = counters[level];
        let own_start = list.starts.get(&level).copied();
        let begins = own_start.is_some() && self.begun.insert((id.to_owned(), level));
        counters[level] = match counted {
            Some(number) if !begins => Some(number.saturating_add(1)),
            _ => Some(own_start.unwrap_or(levels[level].start)),
        };
        for below in level + 1..LEVELS {
            if levels[below].restart.is_none_or(|above| level < above) {
                counters[below] = None;
            }
        }
        let described = levels[level];
        if matches!(described.format.as_str(), "bullet" | "none") && !described.text.contains('%') {
            // A bullet says nothing; it is left out.
            return None;
        }
        let mut text = String::new();
        let mut characters = described.text.chars().peekable();
        while let Some(c) = characters.next() {
            let place = characters
                .peek()
                .filter(|_| c == '%')
                .and_then(|digit| digit.to_digit(10));
            match place {
                Some(place @ 1..=9) => {
                    characters.next();
                    let place = place as usize - 1;
                    let number = counters[place].unwrap_or(levels[place].start);
                    let format = match levels[place].format.as_str() {
                        "none" | "bullet" => continue,
                        _ if described.is_legal => "decimal",
                        format => format,
                    };
                    text.push_str(&written(number, format));
                }
                _ => text.push(c),
            }
        }
        if described.is_spaced && !text.is_empty() {
            text.push(' ');
        }
        (!text.is_empty()).then_some(text)
    }
}

fn read_kind(xml: &mut Xml<'_>) -> Result<Kind, Fault> {
    let mut kind = Kind::default();
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "lvl" => {
                let index = tag.number::<usize>("ilvl").unwrap_or(LEVELS);
                let level = read_level(xml)?;
                if let Some(place) = kind.levels.get_mut(index) {
                    *place = level;
                }
                continue;
            }
            "numStyleLink" => kind.style = tag.attribute("val"),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(kind)
}

fn read_list(xml: &mut Xml<'_>) -> Result<List, Fault> {
    let mut list = List::default();
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "abstractNumId" => {
                list.kind = tag.attribute("val").unwrap_or_default();
                xml.skip()?;
            }
            "lvlOverride" => {
                let index = tag.number("ilvl").unwrap_or(0);
                while let Some(tag) = xml.child()? {
                    match tag.name() {
                        "lvl" => {
                            let level = read_level(xml)?;
                            list.levels.insert(index, level);
                            continue;
                        }
                        "startOverride" => drop(list.starts.insert(index, tag.number("val").unwrap_or(1))),
                        _ => {}
                    }
                    xml.skip()?;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(list)
}

fn read_level(xml: &mut Xml<'_>) -> Result<Level, Fault> {
    let mut level = Level {
        format: "decimal".to_owned(),
        ..Level::default()
    };
    let mut depth = 0;
    // A format that only newer programs know stands in a pair of alternatives.
    loop {
        let Some(tag) = xml.child()? else {
            if depth == 0 {
                return Ok(level);
            }
            depth -= 1;
            continue;
        };
        let value = tag.attribute("val");
        match tag.name() {
            "AlternateContent" | "Choice" | "Fallback" => {
                depth += 1;
                continue;
            }
            "start" => level.start = tag.number("val").unwrap_or(1),
            "numFmt" => level.format = value.unwrap_or_default(),
            "lvlText" => level.text = value.unwrap_or_default(),
            "suff" => level.is_spaced = value.as_deref() == Some("space"),
            "isLgl" => level.is_legal = tag.is_on("val"),
            "lvlRestart" => level.restart = tag.number("val"),
            "pStyle" => level.style = value,
            _ => {}
        }
        xml.skip()?;
    }
}

/// A number in one of Word's formats.
fn written(number: u64, format: &str) -> String {
    const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
    const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";
    match format {
        "decimalZero" => format!("{number:02}"),
        "chineseCounting" | "taiwaneseCounting" if number > 99 => chinese_digits(number, false),
        "chineseCounting"
        | "taiwaneseCounting"
        | "japaneseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCountingThousand" => chinese_counting(number, false, true),
        "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => {
            chinese_counting(number, true, false)
        }
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            chinese_digits(number, false)
        }
        "upperLetter" => letters(number).to_uppercase(),
        "lowerLetter" => letters(number),
        "upperRoman" => roman(number).to_uppercase(),
        "lowerRoman" => roman(number),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(number),
        "decimalEnclosedParen" if (1..=20).contains(&number) => sign(0x2474 - 1, number),
        "decimalEnclosedFullstop" if (1..=20).contains(&number) => sign(0x2488 - 1, number),
        "ideographEnclosedCircle" if (1..=10).contains(&number) => sign(0x3280 - 1, number),
        "decimalFullWidth" | "decimalFullWidth2" => {
            let wide = |digit: char| char::from_u32(digit as u32 + 0xfee0).unwrap_or(digit);
            number.to_string().chars().map(wide).collect()
        }
        "ideographTraditional" => member(STEMS, number),
        "ideographZodiac" => member(BRANCHES, number),
        "numberInDash" => format!("- {number} -"),
        _ => number.to_string(),
    }
}
