//! Classes of characters and what may happen between two of them.
//!
//! Sources: GB/T 15834-2011 《标点符号用法》 section 5.1 (which mark may begin or end a line, which
//! one must not be cut, which one gives up half its width) and W3C *Requirements for Chinese Text
//! Layout* (clreq), 3.1.2 to 3.1.6 (line-start and line-end prohibition, adjacent marks, the quarter
//! em between Chinese and Western characters).
//!
//! Architecture invariant: nothing here knows of fonts or widths.

/// What a character is to a line breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A Chinese character or anything that is set like one.
    Ideograph,
    /// An opening bracket, quotation mark or title mark: never ends a line (GB/T 15834 5.1.3).
    Open,
    /// A closing bracket, quotation mark or title mark: never begins a line (5.1.3).
    Close,
    /// A stop or pause mark: never begins a line (5.1.1, 5.1.2).
    Stop,
    /// A connector or interpunct: never begins a line (5.1.6, 5.1.7).
    Connector,
    /// A separator: never begins a line (5.1.9).
    Slash,
    /// Half of a dash or of an ellipsis: never cut (5.1.4, 5.1.5).
    Dash,
    /// A sign that stands after its number: never begins a line.
    Postfix,
    /// A sign that stands before its number.
    Prefix,
    /// A digit.
    Digit,
    /// A letter of an alphabet.
    Letter,
    /// A circled or bracketed number that announces what follows it.
    Marker,
    /// White space.
    Space,
    /// A space that must not become a line end.
    Glue,
    /// Any other sign.
    Sign,
}

/// How strongly two neighbours stick together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// A line may end here.
    Free,
    /// A line ends here only where the two do not fit on one line: a number and its unit.
    Loose,
    /// Inside a word or a number; cut only where it is longer than a line.
    Word,
    /// A rule of the standard forbids it; cut only where not even such a group fits on a line.
    Rule,
}

/// The class of a character.
#[must_use]
pub fn class(c: char) -> Class {
    match c {
        '\u{4E00}'..='\u{9FFF}' => Class::Ideograph,
        '0'..='9' | '０'..='９' => Class::Digit,
        'A'..='Z' | 'a'..='z' => Class::Letter,
        '，' | '。' | '、' | '；' | '：' | '？' | '！' | '．' | '｡' | '､' | ',' | '.' | ';' | ':' | '?'
        | '!' => Class::Stop,
        '（' | '《' | '「' | '『' | '【' | '“' | '‘' | '〈' | '〔' | '〖' | '［' | '｛' | '｢' | '〝' => {
            Class::Open
        }
        '(' | '[' | '{' => Class::Open,
        '）' | '》' | '」' | '』' | '】' | '”' | '’' | '〉' | '〕' | '〗' | '］' | '｝' | '｣' | '〞' => {
            Class::Close
        }
        ')' | ']' | '}' => Class::Close,
        '·' | '‧' | '•' | '・' | '～' | '~' | '–' | '－' | '-' | '\u{2010}' | '〜' => {
            Class::Connector
        }
        '/' | '／' | '\\' | '＼' => Class::Slash,
        '—' | '―' | '…' | '⋯' | '⸺' => Class::Dash,
        '%' | '％' | '‰' | '℃' | '°' | '′' | '″' | '㎡' | '㎥' | '々' => Class::Postfix,
        '≥' | '≤' | '＞' | '＜' | '>' | '<' | '＝' | '=' | '≈' | '≠' | '±' | '＋' | '+' | '−' | '≧' | '≦'
        | '¥' | '￥' | '$' | '＄' | '€' | '£' | '№' | '#' | '＃' => Class::Prefix,
        '\u{2460}'..='\u{249B}' | '\u{3220}'..='\u{3229}' | '\u{3280}'..='\u{3289}' => Class::Marker,
        '\u{00A0}' | '\u{202F}' | '\u{2060}' => Class::Glue,
        '\u{3000}' => Class::Space,
        c if c.is_whitespace() => Class::Space,
        c if c < '\u{2000}' && c.is_alphanumeric() => Class::Letter,
        c if c.is_alphanumeric() => Class::Ideograph,
        _ => Class::Sign,
    }
}

/// Whether no line may begin with a character of this class.
#[must_use]
pub fn never_begins(class: Class) -> bool {
    matches!(
        class,
        Class::Close | Class::Stop | Class::Connector | Class::Slash | Class::Postfix
    )
}

/// Whether no line may end with a character of this class.
#[must_use]
pub fn never_ends(class: Class) -> bool {
    class == Class::Open
}

/// Whether a character is shown by nothing at all: controls, joiners, marks of direction, variation
/// selectors.
#[must_use]
pub fn is_ignorable(c: char) -> bool {
    (c.is_control() && c != '\t' && c != '\n')
        || matches!(c, '\u{00AD}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2061}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether clreq asks for a quarter em between this character and a Chinese one: it is a Western
/// letter, digit or percent sign.
#[must_use]
pub fn is_western(c: char, class: Class) -> bool {
    c < '\u{2000}' && (matches!(class, Class::Letter | Class::Digit) || c == '%')
}

/// The bond between each character and the one before it; that of the first one is `Rule`, since a
/// line cannot end before it begins.
#[must_use]
pub fn bonds(text: &[(char, Class)]) -> Vec<Bond> {
    let mut bonds = vec![Bond::Rule; text.len()];
    // The last character that is no space, and where the unit of the number before ends.
    let mut solid: Option<usize> = None;
    let mut unit_end = 0;
    for after in 0..text.len() {
        let (c, class) = text[after];
        if after > 0 {
            bonds[after] = bond(text, after, solid);
            let unit_begins =
                class == Class::Ideograph && text[after - 1].1 == Class::Digit && bonds[after] == Bond::Free;
            if unit_begins {
                unit_end = after + unit_length(&text[after..]);
            }
            if after < unit_end && bonds[after] < Bond::Loose {
                bonds[after] = Bond::Loose;
            }
            // An ordinal: 第 keeps its number.
            if c.is_ascii_digit() && text[after - 1].0 == '第' {
                bonds[after] = Bond::Loose;
            }
        }
        if class != Class::Space {
            solid = Some(after);
        }
    }
    bonds
}

fn bond(text: &[(char, Class)], after: usize, solid: Option<usize>) -> Bond {
    use Class::{
        Close, Connector, Dash, Digit, Glue, Ideograph, Letter, Marker, Open, Prefix, Slash, Space, Stop,
    };
    let (previous, before) = text[after - 1];
    let (c, class) = text[after];
    if class == Space {
        return Bond::Rule;
    }
    // A line breaks after spaces, and what stands on both sides of them decides.
    if before == Space {
        return match solid {
            Some(at) if !never_ends(text[at].1) && !never_begins(class) => Bond::Free,
            _ => Bond::Rule,
        };
    }
    if before == Glue || class == Glue {
        return Bond::Word;
    }
    if never_begins(class) || never_ends(before) {
        return Bond::Rule;
    }
    let earlier = after.checked_sub(2).map(|at| text[at].1);
    let in_word = |class| matches!(class, Digit | Letter);
    match (before, class) {
        (Dash, Dash) if previous == c => Bond::Rule,
        (Digit | Letter, Digit | Letter | Prefix) | (Prefix, Digit | Letter | Open | Prefix) => Bond::Word,
        (Connector, Digit | Letter) if earlier.is_some_and(in_word) => Bond::Word,
        (Connector, Prefix) | (Slash | Marker, _) => Bond::Loose,
        // 1.5, 10:30, 2,000, U.S: a mark inside a word or a number.
        (Stop, Digit | Letter) if previous.is_ascii() && earlier.is_some_and(in_word) => Bond::Word,
        // 1.项目, 2、任务: a number that announces what follows it.
        (Stop, Ideograph | Open) if earlier == Some(Digit) && matches!(previous, '.' | '、' | '．') => {
            if begins_item(text, after - 1) {
                Bond::Loose
            } else {
                Bond::Free
            }
        }
        (Close, Ideograph) if earlier == Some(Digit) && begins_item(text, after - 1) => Bond::Loose,
        _ => Bond::Free,
    }
}

/// Whether the mark at `mark` ends a number that stands at the beginning of the text: `12.` or `（3）`.
fn begins_item(text: &[(char, Class)], mark: usize) -> bool {
    mark < 5
        && text[..mark]
            .iter()
            .all(|(_, class)| matches!(class, Class::Digit | Class::Open | Class::Space))
}

/// Multipliers that may stand between a number and its unit.
const MULTIPLIERS: &str = "十百千万亿余多";

/// Units and measure words that a number keeps, the longer before the shorter where both begin alike.
const UNITS: &[&str] = &[
    "平方公里",
    "平方千米",
    "平方米",
    "立方米",
    "公里",
    "千米",
    "厘米",
    "毫米",
    "公斤",
    "千克",
    "公顷",
    "小时",
    "分钟",
    "季度",
    "人次",
    "个月",
    "元",
    "角",
    "分",
    "人",
    "个",
    "项",
    "次",
    "场",
    "年",
    "月",
    "日",
    "号",
    "家",
    "台",
    "套",
    "件",
    "篇",
    "本",
    "册",
    "份",
    "米",
    "克",
    "吨",
    "亩",
    "天",
    "秒",
    "户",
    "所",
    "名",
    "处",
    "辆",
    "批",
    "期",
    "类",
    "种",
    "条",
    "座",
    "栋",
    "间",
    "位",
    "届",
    "周",
    "支",
    "张",
    "只",
    "盏",
    "块",
    "度",
    "倍",
    "岁",
    "级",
    "层",
    "片",
    "段",
    "部",
    "幅",
    "株",
    "棵",
    "头",
    "字",
    "时",
    "章",
    "节",
    "款",
    "组",
];

/// How many characters from the beginning of `text` are the unit of a number before it.
fn unit_length(text: &[(char, Class)]) -> usize {
    let multipliers = text
        .iter()
        .take(2)
        .take_while(|(c, _)| MULTIPLIERS.contains(*c))
        .count();
    let rest = &text[multipliers..];
    let unit = UNITS.iter().find_map(|unit| {
        let mut length = 0;
        for c in unit.chars() {
            if rest.get(length)?.0 != c {
                return None;
            }
            length += 1;
        }
        Some(length)
    });
    multipliers + unit.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let text: Vec<_> = text.chars().map(|c| (c, class(c))).collect();
        let mut out = String::new();
        for ((c, _), bond) in text.iter().zip(bonds(&text)) {
            if bond == Bond::Free {
                out.push('|');
            } else if bond == Bond::Loose {
                out.push('+');
            }
            out.push(*c);
        }
        out
    }

    #[test]
    fn numbers_keep_their_signs_and_units() {
        assert_eq!(shown("资金17.5万元用于"), "资|金|17.5+万+元|用|于");
        assert_eq!(shown("达到≥95%以上"), "达|到|≥95%|以|上");
        assert_eq!(shown("培训3000人次内"), "培|训|3000+人+次|内");
        assert_eq!(shown("2025年12月底"), "2025+年|12+月|底");
        assert_eq!(shown("第3季度"), "第+3+季+度");
        assert_eq!(shown("3-5年"), "3-5+年");
        assert_eq!(shown("1.项目"), "1.+项|目");
    }

    #[test]
    fn marks_stay_where_the_standard_wants_them() {
        assert_eq!(shown("（甲）乙，丙"), "（甲）|乙，|丙");
        assert_eq!(shown("说：“好。”他"), "说：|“好。”|他");
        assert_eq!(shown("目标——甲……乙"), "目|标|——|甲|……|乙");
        assert_eq!(shown("甲 ，（ 乙"), "甲 ，|（ 乙");
        assert_eq!(shown("用 Rust 写"), "用 |Rust |写");
    }
}
