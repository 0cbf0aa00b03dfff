//! Texts as they are printed for people: without the spaces that text recognition put inside
//! Chinese text, with those that belong to Latin words.
//!
//! Architecture invariant: only white space is ever dropped, and printing a printed text changes
//! nothing.

use std::borrow::Cow;

/// What a character is to the spaces beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter of an alphabet: spaces beside it stay, as one.
    Letter,
    /// A digit: spaces between two of them stay, as one.
    Digit,
    /// Chinese, punctuation, signs: spaces beside it go.
    Other,
}

/// The first character of the scripts written without spaces (CJK radicals).
const FIRST_CJK: char = '\u{2e80}';

fn kind(c: char) -> Kind {
    if c.is_ascii_digit() || ('０'..='９').contains(&c) {
        Kind::Digit
    } else if c < FIRST_CJK && c.is_alphabetic() {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// Returns `text` as it is printed. Line breaks stay, empty lines go; of the other white space
/// (U+3000 included) one space stays beside a Latin letter, between two digits, and before a number
/// that begins an item of an enumeration (`…活动 2、…`).
#[must_use]
pub fn printed(text: &str) -> Cow<'_, str> {
    if is_printed(text) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    for line in text.split(is_line_break) {
        let start = result.len();
        if start > 0 {
            result.push('\n');
        }
        push_line(&mut result, line);
        if result.len() == start + 1 && start > 0 {
            result.pop();
        }
    }
    Cow::Owned(result)
}

/// Returns `text` as it is printed, its line breaks taken for spaces.
#[must_use]
pub fn printed_on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(is_line_break) {
        Cow::Owned(printed(&text.replace(is_line_break, " ")).into_owned())
    } else {
        printed(text)
    }
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Whether there is no white space at all in `text`, the usual case.
fn is_printed(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

fn push_line(result: &mut String, line: &str) {
    let mut before = None;
    let mut spaced = false;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        if spaced && before.is_some_and(|before| space_stays(before, c, &line[at..])) {
            result.push(' ');
        }
        result.push(c);
        before = Some(c);
        spaced = false;
    }
}

/// Whether a space stays between `before` and `after`, the first character of `rest`. Only
/// characters that are no spaces decide, so that a printed text stays as it is.
fn space_stays(before: char, after: char, rest: &str) -> bool {
    match (kind(before), kind(after)) {
        (Kind::Letter, _) | (_, Kind::Letter) | (Kind::Digit, Kind::Digit) => true,
        (_, Kind::Digit) => begins_item(rest),
        _ => false,
    }
}

/// Whether `text` begins like an item of an enumeration: `2、主要`, `2.建设`, `2）建设`, but not `2.5`.
fn begins_item(text: &str) -> bool {
    const LONGEST_NUMBER: usize = 2;
    let mut characters = text.chars().filter(|c| !c.is_whitespace());
    let mut digits = 0;
    loop {
        match characters.next() {
            Some(c) if kind(c) == Kind::Digit => digits += 1,
            Some('、' | '.' | '．' | '）' | ')') if (1..=LONGEST_NUMBER).contains(&digits) => {
                return characters.next().is_some_and(|c| kind(c) != Kind::Digit);
            }
            _ => return false,
        }
        if digits > LONGEST_NUMBER {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_inside_chinese_text_go() {
        for (text, expected) in [
            ("2024 年 1 月-12 月", "2024年1月-12月"),
            ("绩效 目标", "绩效目标"),
            ("绩效\u{3000}\u{3000}目标  表", "绩效目标表"),
            (" \u{3000}科普 （ 2024 年 ）\t", "科普（2024年）"),
            ("≥ 95 %", "≥95%"),
            ("不少于 3 场，共 12.5 万元", "不少于3场，共12.5万元"),
            ("印制 5、6 类资料", "印制5、6类资料"),
            ("约 2.5 倍", "约2.5倍"),
            ("共 120、约半数", "共120、约半数"),
            ("", ""),
            (" \u{3000} ", ""),
        ] {
            assert_eq!(printed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn spaces_of_latin_words_and_numbers_stay_single() {
        for (text, expected) in [
            ("Wi-Fi 6", "Wi-Fi 6"),
            ("Smart  Classroom", "Smart Classroom"),
            ("建设 Smart\u{3000}Classroom 教室", "建设 Smart Classroom 教室"),
            ("电话 0310 1234567", "电话0310 1234567"),
            ("A, B 两类", "A, B 两类"),
        ] {
            assert_eq!(printed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn one_space_stays_before_the_number_of_an_item() {
        for (text, expected) in [
            ("科普活动  2、主要用于", "科普活动 2、主要用于"),
            ("修缮房屋。 2. 建设展厅", "修缮房屋。 2.建设展厅"),
            ("修缮房屋； 2 、建设", "修缮房屋； 2、建设"),
            ("修缮房屋 10）建设", "修缮房屋 10）建设"),
            ("修缮房屋 2.", "修缮房屋2."),
            ("1. 组织", "1.组织"),
        ] {
            assert_eq!(printed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_stay_and_empty_lines_go() {
        assert_eq!(printed(" 第一 行\r\n\n \n第二行 \n"), "第一行\n第二行");
        assert_eq!(printed_on_one_line("部门预算\n绩效文本"), "部门预算绩效文本");
    }

    proptest! {
        #[test]
        fn printing_twice_changes_nothing(text in "[ \u{3000}\t\n\r\u{a0}a-zé0-9０-９.、．）)。，科普年月%-]{0,40}|\\PC{0,40}") {
            let once = printed(&text).into_owned();
            prop_assert_eq!(printed(&once), once.as_str());
            let line = printed_on_one_line(&text).into_owned();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(printed_on_one_line(&line), line.as_str());
        }

        #[test]
        fn only_white_space_is_dropped(text in "[ \u{3000}\t\n\r\u{a0}a-z0-9.、科普年月%-]{0,40}|\\PC{0,40}|.{0,40}") {
            let characters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(characters(&printed(&text)), characters(&text));
            prop_assert_eq!(characters(&printed_on_one_line(&text)), characters(&text));
        }
    }
}
