//! Numbers as lists, dates and cells of Office documents write them: in Chinese, in letters, in
//! circles.

/// Digits in common writing.
const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
/// Digits as on a bill.
const FORMAL_DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// Each digit by itself: 2025 → 二〇二五.
pub(super) fn chinese_digits(number: u64, formal: bool) -> String {
    let digits = if formal { FORMAL_DIGITS } else { DIGITS };
    let text = number.to_string();
    text.bytes()
        .map(|digit| digits[usize::from(digit - b'0')])
        .collect()
}

/// With its tens, hundreds, thousands: 1204 → 一千二百零四; 12 is 一十二, or 十二 if `short`.
pub(super) fn chinese_counting(number: u64, formal: bool, short: bool) -> String {
    let digits = if formal { FORMAL_DIGITS } else { DIGITS };
    let units = if formal {
        ["", "拾", "佰", "仟"]
    } else {
        ["", "十", "百", "千"]
    };
    if number == 0 {
        return if formal { "零" } else { "〇" }.to_owned();
    }
    let mut text = String::new();
    let figures: Vec<usize> = number
        .to_string()
        .bytes()
        .map(|digit| usize::from(digit - b'0'))
        .collect();
    let mut owes_zero = false;
    for (index, &figure) in figures.iter().enumerate() {
        let place = figures.len() - 1 - index;
        if figure == 0 {
            owes_zero = true;
        } else {
            if owes_zero && !text.is_empty() {
                text.push('零');
            }
            owes_zero = false;
            text.push(digits[figure]);
            text.push_str(units[place % 4]);
        }
        // The end of a group of four has its own unit, if there is anything in the group.
        if place > 0 && place.is_multiple_of(4) {
            let group = &figures[(index + 1).saturating_sub(4)..=index];
            if group.iter().any(|&figure| figure > 0) {
                text.push_str(["", "万", "亿", "万亿", "亿亿"][(place / 4).min(4)]);
            }
        }
    }
    let ten = if formal { "壹拾" } else { "一十" };
    match text.strip_prefix(ten) {
        Some(rest) if short => format!("{}{rest}", units[1]),
        _ => text,
    }
}

/// 1 → i, 4 → iv.
pub(super) fn roman(number: u64) -> String {
    const ROMAN: [(u64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut rest = number.min(32_767);
    let mut text = String::new();
    for (value, letters) in ROMAN {
        while rest >= value {
            text.push_str(letters);
            rest -= value;
        }
    }
    text
}

/// 1 → a, 26 → z, 27 → aa, 28 → bb.
pub(super) fn letters(number: u64) -> String {
    let index = number.saturating_sub(1);
    let letter = char::from(b'a' + (index % 26) as u8);
    std::iter::repeat_n(letter, (index / 26).min(30) as usize + 1).collect()
}

/// 1 → ①, up to ㊿; plain digits above.
pub(super) fn circled(number: u64) -> String {
    let start = match number {
        1..=20 => 0x2460 - 1,
        21..=35 => 0x3251 - 21,
        36..=50 => 0x32b1 - 36,
        _ => return number.to_string(),
    };
    sign(start, number)
}

/// The character `start` + `number`.
pub(super) fn sign(start: u32, number: u64) -> String {
    char::from_u32(start + number as u32).map_or_else(|| number.to_string(), String::from)
}

/// The member of a cycle of characters, such as 甲乙丙丁; digits if there are no more of them.
pub(super) fn member(cycle: &str, number: u64) -> String {
    let member = cycle.chars().nth(number.saturating_sub(1) as usize);
    member.map_or_else(|| number.to_string(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numbers_are_written_as_read() {
        let short = |number| chinese_counting(number, false, true);
        let numbers = [
            1,
            10,
            11,
            20,
            21,
            100,
            101,
            110,
            1204,
            10_000,
            10_010,
            120_000,
            100_000_000,
        ];
        assert_eq!(
            numbers.map(short),
            [
                "一",
                "十",
                "十一",
                "二十",
                "二十一",
                "一百",
                "一百零一",
                "一百一十",
                "一千二百零四",
                "一万",
                "一万零一十",
                "十二万",
                "一亿"
            ]
        );
        assert_eq!(chinese_counting(12, true, false), "壹拾贰");
        assert_eq!(chinese_digits(2025, false), "二〇二五");
    }

    #[test]
    fn lists_count_in_letters_romans_and_circles() {
        assert_eq!([1, 26, 27, 28].map(letters), ["a", "z", "aa", "bb"]);
        assert_eq!([1, 4, 9, 2025].map(roman), ["i", "iv", "ix", "mmxxv"]);
        assert_eq!([1, 20, 21, 36, 51].map(circled), ["①", "⑳", "㉑", "㊱", "51"]);
        assert_eq!(member("甲乙丙", 2), "乙");
    }
}
