//! Number formats of workbooks: what a cell with a number shows.

use std::borrow::Cow;

use super::super::numerals::{chinese_counting, chinese_digits};

/// A number format, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Format {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, Default)]
struct Section {
    tokens: Vec<Token>,
    /// When it applies, if it says so itself.
    condition: Option<(Comparison, f64)>,
    /// Digits are Chinese ones; those of a bill if `Some(true)`.
    chinese: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(String),
    /// A place of a digit: `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Exponent,
    /// A fraction such as `?/?`.
    Fraction,
    General,
    Text,
    /// A part of a date or of a time, and how often its letter stands there.
    Date(Part, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    Minute,
    Second,
    /// A point and digits below the second.
    SecondFraction,
    HalfDay,
    HalfDayChinese,
    /// All hours, minutes, seconds there are.
    Hours,
    Minutes,
    Seconds,
}

/// The format codes that have numbers only, as a Chinese office program shows them.
pub(super) fn built_in(number: u16) -> &'static str {
    match number {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 => "\"¥\"#,##0;\"¥\"\\-#,##0",
        6 => "\"¥\"#,##0;[Red]\"¥\"\\-#,##0",
        7 => "\"¥\"#,##0.00;\"¥\"\\-#,##0.00",
        8 => "\"¥\"#,##0.00;[Red]\"¥\"\\-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
        28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
        30 => "m-d-yy",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        32 => "h\"时\"mm\"分\"",
        33 => "h\"时\"mm\"分\"ss\"秒\"",
        34 | 55 => "上午/下午h\"时\"mm\"分\"",
        35 | 56 => "上午/下午h\"时\"mm\"分\"ss\"秒\"",
        37 => "#,##0;\\-#,##0",
        38 => "#,##0;[Red]\\-#,##0",
        39 => "#,##0.00;\\-#,##0.00",
        40 => "#,##0.00;[Red]\\-#,##0.00",
        41 => "#,##0;\\-#,##0;\"-\";@",
        42 => "\"¥\"#,##0;\"¥\"\\-#,##0;\"¥\"\"-\";@",
        43 => "#,##0.00;\\-#,##0.00;\"-\"??;@",
        44 => "\"¥\"#,##0.00;\"¥\"\\-#,##0.00;\"¥\"\"-\"??;@",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => "General",
    }
}

/// What is longer than this is no format.
const LONGEST_CODE: usize = 1000;

impl Format {
    /// Reads a format code; anything can be read as one.
    pub(super) fn parse(code: &str) -> Self {
        let mut sections = Vec::new();
        // Excel itself stops at 255 characters, and at four sections.
        let code: String = code.chars().take(LONGEST_CODE).collect();
        let mut rest = code.chars().peekable();
        while sections.len() < 4 {
            let (section, goes_on) = read_section(&mut rest);
            sections.push(section);
            if !goes_on {
                break;
            }
        }
        Self { sections }
    }

    /// What a cell with this number shows; `from_1904` is the calendar of old workbooks of the Mac.
    pub(super) fn number(&self, value: f64, from_1904: bool) -> String {
        if !value.is_finite() {
            return value.to_string();
        }
        let sections = self.sections.as_slice();
        let has_conditions = sections.iter().any(|section| section.condition.is_some());
        let (section, is_signed) = if has_conditions {
            let holds = |section: &&Section| section.condition.is_none_or(|(how, to)| how.holds(value, to));
            (sections.iter().take(3).find(holds), true)
        } else {
            let texts_only = |section: &Section| section.tokens.contains(&Token::Text);
            let numbers = sections.len().min(3);
            match sections {
                [only] => (Some(only), true),
                [_, second, ..] if value < 0.0 && !(numbers == 2 && texts_only(second)) => {
                    (Some(second), false)
                }
                [_, _, third, ..] if value == 0.0 && !texts_only(third) => (Some(third), false),
                [first, ..] => (Some(first), true),
                [] => (None, true),
            }
        };
        let Some(section) = section else {
            return general(value);
        };
        section.number(value, is_signed, from_1904)
    }

    /// What a cell with this text shows.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let section = self.sections.get(3).or_else(|| {
            let last = self.sections.last();
            last.filter(|section| section.tokens.contains(&Token::Text))
        });
        let Some(section) = section.filter(|section| section.tokens != [Token::Text]) else {
            return text.into();
        };
        let pieces = section.tokens.iter().filter_map(|token| match token {
            Token::Literal(literal) => Some(literal.as_str()),
            Token::Text | Token::General => Some(text),
            _ => None,
        });
        pieces.collect::<String>().into()
    }
}

impl Comparison {
    fn holds(self, value: f64, to: f64) -> bool {
        match self {
            Self::Less => value < to,
            Self::LessOrEqual => value <= to,
            Self::Equal => (value - to).abs() == 0.0,
            Self::NotEqual => (value - to).abs() > 0.0,
            Self::GreaterOrEqual => value >= to,
            Self::Greater => value > to,
        }
    }
}

type Code<'c> = std::iter::Peekable<std::str::Chars<'c>>;

/// Reads a section and says whether another one follows.
fn read_section(code: &mut Code<'_>) -> (Section, bool) {
    let mut section = Section::default();
    let mut goes_on = false;
    while let Some(c) = code.next() {
        let token = match c {
            ';' => {
                goes_on = true;
                break;
            }
            '"' => Token::Literal(code.by_ref().take_while(|&c| c != '"').collect()),
            '\\' | '!' => Token::Literal(code.next().map(String::from).unwrap_or_default()),
            // The width of a character, and a character to fill the cell with.
            '_' => {
                code.next();
                Token::Literal(" ".to_owned())
            }
            '*' => {
                code.next();
                continue;
            }
            '[' => match section.bracket(&code.by_ref().take_while(|&c| c != ']').collect::<String>()) {
                Some(token) => token,
                None => continue,
            },
            '0' | '#' | '?' => Token::Digit(c),
            '.' => {
                let is_of_seconds = matches!(
                    section.tokens.last(),
                    Some(Token::Date(Part::Second | Part::Seconds, _))
                );
                let mut digits = 0;
                while is_of_seconds && code.next_if_eq(&'0').is_some() {
                    digits += 1;
                }
                if digits > 0 {
                    Token::Date(Part::SecondFraction, digits)
                } else {
                    Token::Point
                }
            }
            ',' => Token::Comma,
            '%' => Token::Percent,
            '@' => Token::Text,
            '/' if matches!(section.tokens.last(), Some(Token::Digit(_))) => Token::Fraction,
            'E' | 'e' if code.next_if(|&c| c == '+' || c == '-').is_some() => Token::Exponent,
            'G' | 'g' => {
                // `General`, or what the Chinese version calls it.
                let mut ahead = code.clone();
                let word: String = ahead.by_ref().take(6).collect();
                if word.eq_ignore_ascii_case("eneral") {
                    *code = ahead;
                    Token::General
                } else if word.starts_with("/通用格式") {
                    code.by_ref().take(5).for_each(drop);
                    Token::General
                } else {
                    continue;
                }
            }
            'A' | 'a' => {
                let word: String = code.clone().take(4).collect::<String>().to_uppercase();
                if word.starts_with("M/PM") || word.starts_with("/P") {
                    let length = if word.starts_with('M') { 4 } else { 2 };
                    code.by_ref().take(length).for_each(drop);
                    Token::Date(Part::HalfDay, 1)
                } else {
                    Token::Date(Part::Weekday, 1 + repeats(code, c))
                }
            }
            '上' if code.clone().take(4).eq("午/下午".chars()) => {
                code.by_ref().take(4).for_each(drop);
                Token::Date(Part::HalfDayChinese, 1)
            }
            'Y' | 'y' | 'e' | 'E' => Token::Date(
                Part::Year,
                if c.eq_ignore_ascii_case(&'e') { 4 } else { 1 } + repeats(code, c),
            ),
            'M' | 'm' => Token::Date(Part::Month, 1 + repeats(code, c)),
            'D' | 'd' => Token::Date(Part::Day, 1 + repeats(code, c)),
            'H' | 'h' => Token::Date(Part::Hour, 1 + repeats(code, c)),
            'S' | 's' => Token::Date(Part::Second, 1 + repeats(code, c)),
            'B' | 'b' => {
                repeats(code, c);
                continue;
            }
            c => Token::Literal(c.to_string()),
        };
        section.tokens.push(token);
    }
    section.tell_minutes();
    (section, goes_on)
}

/// Reads on over the same letter and says how often it stands there.
fn repeats(code: &mut Code<'_>, letter: char) -> usize {
    let mut count = 0;
    while code.next_if(|c| c.eq_ignore_ascii_case(&letter)).is_some() {
        count += 1;
    }
    count
}

impl Section {
    /// What stands in square brackets: a condition, a currency, a time that may exceed a day, digits of
    /// another script; a colour says nothing.
    fn bracket(&mut self, inside: &str) -> Option<Token> {
        if let Some(currency) = inside.strip_prefix('$') {
            let sign = currency.split('-').next().unwrap_or_default();
            return (!sign.is_empty()).then(|| Token::Literal(sign.to_owned()));
        }
        let letters = inside.to_lowercase();
        match letters.as_str() {
            "dbnum1" => self.chinese = Some(false),
            "dbnum2" => self.chinese = Some(true),
            _ => {}
        }
        for (letter, part) in [('h', Part::Hours), ('m', Part::Minutes), ('s', Part::Seconds)] {
            if !letters.is_empty() && letters.chars().all(|c| c == letter) {
                return Some(Token::Date(part, letters.len()));
            }
        }
        let signs = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<>", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("=", Comparison::Equal),
        ];
        self.condition = self.condition.or_else(|| {
            let (sign, how) = signs.iter().find(|(sign, _)| inside.starts_with(sign))?;
            Some((*how, inside[sign.len()..].trim().parse().ok()?))
        });
        None
    }

    /// An `m` next to hours or seconds means minutes.
    fn tell_minutes(&mut self) {
        let parts: Vec<(usize, Part)> = self
            .tokens
            .iter()
            .enumerate()
            .filter_map(|(index, token)| match token {
                Token::Date(part, _) => Some((index, *part)),
                _ => None,
            })
            .collect();
        for (place, &(index, part)) in parts.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| parts[place].1);
            let after = parts.get(place + 1).map(|&(_, part)| part);
            let is_minute = matches!(before, Some(Part::Hour | Part::Hours))
                || matches!(after, Some(Part::Second | Part::Seconds));
            if part == Part::Month
                && is_minute
                && let Token::Date(part, _) = &mut self.tokens[index]
            {
                *part = Part::Minute;
            }
        }
    }

    fn number(&self, value: f64, is_signed: bool, from_1904: bool) -> String {
        let is_date = self.tokens.iter().any(|token| matches!(token, Token::Date(..)));
        if is_date {
            return self.date(value, from_1904).unwrap_or_else(|| general(value));
        }
        if self.tokens.is_empty() && is_signed {
            // A code that says nothing at all hides the number, unless there is no code.
            return String::new();
        }
        let sign = if is_signed && value < 0.0 { "-" } else { "" };
        if self.tokens.contains(&Token::Fraction) || self.tokens.contains(&Token::Exponent) {
            return general(value);
        }
        let amount = value.abs();
        let has_digits = self.tokens.iter().any(|token| matches!(token, Token::Digit(_)));
        if !has_digits {
            let pieces = self.tokens.iter().map(|token| match token {
                Token::General | Token::Text => self.digits(&general(amount)),
                Token::Literal(text) => text.clone(),
                Token::Percent => "%".to_owned(),
                Token::Point => ".".to_owned(),
                Token::Comma => ",".to_owned(),
                _ => String::new(),
            });
            return sign.to_owned() + &pieces.collect::<String>();
        }
        sign.to_owned() + &self.places(amount)
    }

    /// A number in the places for its digits.
    fn places(&self, amount: f64) -> String {
        let is_digit = |token: &Token| matches!(token, Token::Digit(_));
        let point = self.tokens.iter().position(|token| *token == Token::Point);
        let whole_end = point.unwrap_or(self.tokens.len());
        let last = self.tokens.iter().rposition(is_digit).unwrap_or(0);
        let first = self.tokens.iter().position(is_digit).unwrap_or(0);
        let decimals = self.tokens[whole_end..]
            .iter()
            .filter(|token| is_digit(token))
            .count();
        let percents = 2 * self
            .tokens
            .iter()
            .filter(|token| **token == Token::Percent)
            .count();
        // A comma behind the last place divides by a thousand, one between places parts thousands.
        let last_whole = self.tokens[..whole_end].iter().rposition(is_digit);
        let mut thousands = 0;
        let mut is_grouped = false;
        for (index, token) in self.tokens.iter().enumerate() {
            if *token == Token::Comma {
                if last_whole.is_some_and(|last| first < index && index < last) {
                    is_grouped = true;
                } else if (last_whole.is_some_and(|last| index > last) && index < whole_end) || index > last {
                    thousands += 1;
                }
            }
        }
        let power = i32::try_from(percents).unwrap_or(0) - 3 * thousands;
        let (whole, fraction) = rounded(amount, power, decimals as u16);
        if self.chinese.is_some() && decimals == 0 {
            let pieces = self.tokens.iter().enumerate().map(|(index, token)| match token {
                Token::Digit(_) if Some(index) == last_whole => self.digits(&whole),
                Token::Literal(text) => text.clone(),
                Token::Percent => "%".to_owned(),
                _ => String::new(),
            });
            return pieces.collect();
        }
        // The whole part from its end: each place takes a digit, the first place all that are left.
        let mut digits: Vec<char> = whole.trim_start_matches('0').chars().collect();
        let mut written = 0;
        let mut backward: Vec<String> = Vec::new();
        for (index, token) in self.tokens[..whole_end].iter().enumerate().rev() {
            match token {
                Token::Digit(place) => loop {
                    let digit = match (digits.pop(), place) {
                        (Some(digit), _) => digit,
                        (None, '0') => '0',
                        (None, '?') => ' ',
                        (None, _) => break,
                    };
                    if is_grouped && written > 0 && written % 3 == 0 && digit != ' ' {
                        backward.push(",".to_owned());
                    }
                    backward.push(digit.to_string());
                    written += 1;
                    if index != first || digits.is_empty() {
                        break;
                    }
                },
                Token::Literal(text) => backward.push(text.clone()),
                Token::Percent => backward.push("%".to_owned()),
                _ => {}
            }
        }
        let mut text: String = backward.into_iter().rev().collect();
        // A code such as `.00` has no place for the whole part.
        text.extend(digits);
        let mut decimal = 0;
        let places: Vec<char> = self.tokens[whole_end..]
            .iter()
            .filter_map(|token| match token {
                Token::Digit(place) => Some(*place),
                _ => None,
            })
            .collect();
        // Zeros at the end are seen only in places that want them.
        let significant = fraction.trim_end_matches('0').len();
        let needed = places
            .iter()
            .rposition(|&place| place == '0')
            .map_or(0, |at| at + 1);
        for token in &self.tokens[whole_end..] {
            match token {
                Token::Point => text.push('.'),
                Token::Digit(place) => {
                    if decimal < significant.max(needed) {
                        text.push_str(&fraction[decimal..=decimal]);
                    } else if *place == '?' {
                        text.push(' ');
                    }
                    decimal += 1;
                }
                Token::Literal(literal) => text.push_str(literal),
                Token::Percent => text.push('%'),
                _ => {}
            }
        }
        text
    }

    /// Digits in the script of the section.
    fn digits(&self, number: &str) -> String {
        match (self.chinese, number.parse()) {
            (Some(formal), Ok(whole)) => chinese_counting(whole, formal, false),
            _ => number.to_owned(),
        }
    }

    /// A date or a time; `None` for a number that is none.
    fn date(&self, value: f64, from_1904: bool) -> Option<String> {
        if !(0.0..2_958_466.0).contains(&value) {
            return None;
        }
        let fraction_digits = self.tokens.iter().find_map(|token| match token {
            Token::Date(Part::SecondFraction, digits) => Some((*digits).min(3)),
            _ => None,
        });
        // Rounded to what is shown of a second.
        let ticks_per_second = 10_u64.pow(fraction_digits.unwrap_or(0) as u32);
        let ticks = (value * 86_400.0 * ticks_per_second as f64).round() as u64;
        let seconds = ticks / ticks_per_second;
        let (year, month, day, weekday) = calendar(seconds / 86_400, from_1904);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let halves = self
            .tokens
            .iter()
            .any(|token| matches!(token, Token::Date(Part::HalfDay | Part::HalfDayChinese, _)));
        let shown_hour = if halves { (hour + 11) % 12 + 1 } else { hour };
        let count = |number: u64, width: usize| match self.chinese {
            Some(formal) => chinese_counting(number, formal, true),
            None if width > 1 => format!("{number:0width$}", width = width.min(2)),
            None => number.to_string(),
        };
        let mut text = String::new();
        for token in &self.tokens {
            match token {
                Token::Literal(literal) => text.push_str(literal),
                Token::Date(part, width) => {
                    let piece = match part {
                        Part::Year => match (self.chinese, width) {
                            (Some(formal), 3..) => chinese_digits(year, formal),
                            (Some(formal), _) => chinese_digits(year % 100, formal),
                            (None, 3..) => format!("{year:04}"),
                            (None, _) => format!("{:02}", year % 100),
                        },
                        Part::Month if *width > 2 => {
                            let name = MONTHS[month as usize - 1];
                            let length = match width {
                                3 => 3,
                                5 => 1,
                                _ => name.len(),
                            };
                            name[..length].to_owned()
                        }
                        Part::Month => count(month, *width),
                        Part::Day if *width > 2 => {
                            let name = WEEKDAYS[weekday].0;
                            if *width == 3 {
                                name[..3].to_owned()
                            } else {
                                name.to_owned()
                            }
                        }
                        Part::Day => count(day, *width),
                        Part::Weekday => {
                            let prefix = if *width > 3 { "星期" } else { "" };
                            format!("{prefix}{}", WEEKDAYS[weekday].1)
                        }
                        Part::Hour => count(shown_hour, *width),
                        Part::Minute => count(minute, *width),
                        Part::Second => count(second, *width),
                        Part::SecondFraction => {
                            let width = fraction_digits.unwrap_or(0);
                            format!(".{:0width$}", ticks % ticks_per_second)
                        }
                        Part::HalfDay => if hour < 12 { "AM" } else { "PM" }.to_owned(),
                        Part::HalfDayChinese => if hour < 12 { "上午" } else { "下午" }.to_owned(),
                        Part::Hours => format!("{:0width$}", seconds / 3600, width = (*width).min(9)),
                        Part::Minutes => format!("{:0width$}", seconds / 60, width = (*width).min(9)),
                        Part::Seconds => format!("{:0width$}", seconds, width = (*width).min(9)),
                    };
                    text.push_str(&piece);
                }
                Token::Point => text.push('.'),
                Token::Comma => text.push(','),
                Token::Fraction => text.push('/'),
                Token::Digit(digit) => text.push(*digit),
                _ => {}
            }
        }
        Some(text)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [(&str, char); 7] = [
    ("Sunday", '日'),
    ("Monday", '一'),
    ("Tuesday", '二'),
    ("Wednesday", '三'),
    ("Thursday", '四'),
    ("Friday", '五'),
    ("Saturday", '六'),
];

/// Year, month, day and weekday (0 is Sunday) of a day as workbooks count them.
fn calendar(day: u64, from_1904: bool) -> (u64, u64, u64, usize) {
    // Days since 1899-12-30; the calendar from 1900 has a 29 February 1900 that never was, so that its
    // first days are one less.
    let day = if from_1904 { day + 1462 } else { day };
    match day {
        0 => return (1900, 1, 0, 6),
        60 => return (1900, 2, 29, 3),
        _ => {}
    }
    let day = if day < 60 { day + 1 } else { day };
    // Days since 0000-03-01, in cycles of 400 years.
    let days = day + 693_899;
    let cycle = days / 146_097;
    let in_cycle = days % 146_097;
    let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    let shifted = (5 * in_year + 2) / 153;
    let of_month = in_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + cycle * 400 + u64::from(month <= 2);
    (year, month, of_month, ((day + 6) % 7) as usize)
}

/// The 15 digits that workbooks count with, and the power of ten of the first.
fn significant(amount: f64) -> (Vec<u8>, i32) {
    let text = format!("{amount:.14e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| digit - b'0');
    (digits.collect(), power.parse().unwrap_or(0))
}

/// `amount` times ten to the power of `shift`, half rounded up to `decimals`: the whole part and the
/// decimals.
fn rounded(amount: f64, shift: i32, decimals: u16) -> (String, String) {
    let (mut digits, power) = significant(amount);
    let whole = power + shift + 1;
    let kept = whole + i32::from(decimals);
    if kept < 0 {
        digits = vec![0];
    } else if (kept as usize) < digits.len() {
        let rounds_up = digits[kept as usize] >= 5;
        digits.truncate(kept as usize);
        if rounds_up {
            let nine_end = digits.iter().rposition(|&digit| digit < 9);
            let tail = nine_end.map_or(0, |at| at + 1);
            digits[tail..].fill(0);
            match nine_end {
                Some(at) => digits[at] += 1,
                None => digits.insert(0, 1),
            }
            if nine_end.is_none() {
                return split(&digits, whole + 1, decimals);
            }
        }
    }
    split(&digits, whole, decimals)
}

/// Cuts digits at the point, which stands behind `whole` of them.
fn split(digits: &[u8], whole: i32, decimals: u16) -> (String, String) {
    let digit = |at: i32| {
        let digit = usize::try_from(at).ok().and_then(|at| digits.get(at));
        char::from(b'0' + digit.copied().unwrap_or(0))
    };
    let before: String = (0..whole.max(0)).map(digit).collect();
    let after = (whole..whole + i32::from(decimals)).map(digit).collect();
    (if before.is_empty() { "0".to_owned() } else { before }, after)
}

/// A number as a cell without a format shows it if it is wide enough: all of its 15 digits.
pub(super) fn general(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let (mut digits, power) = significant(value.abs());
    while digits.len() > 1 && digits.last() == Some(&0) {
        digits.pop();
    }
    if digits == [0] {
        return "0".to_owned();
    }
    if !(-9..=20).contains(&power) {
        let (first, rest) = split(&digits, 1, digits.len() as u16 - 1);
        let point = if rest.is_empty() { "" } else { "." };
        let power_sign = if power < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}E{power_sign}{:02}", power.abs());
    }
    let decimals = (i32::from(digits.len() as u16) - 1 - power).max(0) as u16;
    let (whole, fraction) = split(&digits, power + 1, decimals);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> String {
        Format::parse(code).number(value, false)
    }

    #[test]
    fn numbers_without_a_format_have_fifteen_digits() {
        let numbers = [
            2.0,
            0.25,
            0.1 + 0.2,
            1.0 / 3.0,
            -19.5,
            130_209_250_001.0,
            1e-5,
            12e20,
            2.5e-12,
        ];
        assert_eq!(
            numbers.map(general),
            [
                "2",
                "0.25",
                "0.3",
                "0.333333333333333",
                "-19.5",
                "130209250001",
                "0.00001",
                "1.2E+21",
                "2.5E-12"
            ]
        );
    }

    #[test]
    fn places_grouping_and_percent() {
        for (code, value, text) in [
            ("0.00", 2.0, "2.00"),
            ("0.00", 2.675, "2.68"),
            ("0.00", 9.999, "10.00"),
            ("0.0", 0.05, "0.1"),
            ("0", 0.4, "0"),
            ("0%", 0.25, "25%"),
            ("0.00%", 0.125, "12.50%"),
            ("0%", 60.0, "6000%"),
            ("#,##0.00", 1_234_567.891, "1,234,567.89"),
            ("#,##0", 12.0, "12"),
            ("#.##", 2.5, "2.5"),
            ("#.##", 0.0, "."),
            ("0.00\"万元\"", 19.5, "19.50万元"),
            ("000", 7.0, "007"),
            ("000-0000", 1_234_567.0, "123-4567"),
            ("0.0,", 12_345.0, "12.3"),
            ("0!.0,", 12_345.0, "1.2"),
            ("¥#,##0.00", 3.0, "¥3.00"),
            ("[$¥-804]#,##0", 1200.0, "¥1,200"),
            ("General\"家\"", 3.0, "3家"),
            ("G/通用格式", 3.5, "3.5"),
            ("≥0", 95.0, "≥95"),
            (";;;", 5.0, ""),
            ("", 5.0, ""),
        ] {
            assert_eq!(shown(code, value), text, "{code}");
        }
    }

    #[test]
    fn sections_are_for_signs_conditions_and_text() {
        let code = "0.00;(0.00);\"-\";@\"（文字）\"";
        assert_eq!(
            [1.0, -1.0, 0.0].map(|value| shown(code, value)),
            ["1.00", "(1.00)", "-"]
        );
        assert_eq!(Format::parse(code).text("甲"), "甲（文字）");
        assert_eq!(Format::parse("@").text("甲"), "甲");
        assert_eq!(Format::parse("0.00").text("甲"), "甲");
        assert_eq!(shown("0.00", -1.0), "-1.00");
        let code = "[Red][<60]\"低\"0;[>=90]\"高\"0;0";
        assert_eq!(
            [50.0, 95.0, 70.0].map(|value| shown(code, value)),
            ["低50", "高95", "70"]
        );
        let accounting = "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ";
        assert_eq!(shown(accounting, 1200.0).trim(), "1,200.00");
        assert_eq!(shown(accounting, 0.0).trim(), "-");
        assert_eq!(Format::parse(accounting).text("甲").trim(), "甲");
    }

    #[test]
    fn dates_and_times() {
        for (code, value, text) in [
            ("yyyy/m/d", 45_658.0, "2025/1/1"),
            ("yyyy\"年\"m\"月\"", 45_992.0, "2025年12月"),
            ("yyyy-mm-dd", 45_716.0, "2025-02-28"),
            (
                "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
                45_992.0,
                "二〇二五年十二月一日",
            ),
            (
                "[$-F800]dddd, mmmm dd, yyyy",
                45_658.0,
                "Wednesday, January 01, 2025",
            ),
            ("aaaa", 45_658.0, "星期三"),
            ("h:mm", 0.75, "18:00"),
            ("h:mm AM/PM", 0.75, "6:00 PM"),
            ("上午/下午h\"时\"mm\"分\"", 0.25, "上午6时00分"),
            ("[h]:mm:ss", 1.5, "36:00:00"),
            ("mm:ss.0", 1.5 / 86_400.0, "00:01.5"),
            ("yyyy/m/d", 1.0, "1900/1/1"),
            ("yyyy/m/d", 60.0, "1900/2/29"),
            ("yyyy/m/d", 61.0, "1900/3/1"),
            ("yyyy/m/d", -1.0, "-1"),
            ("m/d/yy h:mm", 45_658.5, "1/1/25 12:00"),
        ] {
            assert_eq!(shown(code, value), text, "{code}");
        }
        assert_eq!(Format::parse("yyyy/m/d").number(44_196.0, true), "2025/1/1");
    }
}
