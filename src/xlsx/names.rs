//! Names of worksheets: legal for every program, unique, and still telling long names apart.
//!
//! Architecture invariant: whatever the names of the sheets are, what leaves here is accepted by Excel.

use std::collections::HashSet;

/// The most UTF-16 units of a name.
const MAX_UNITS: usize = 31;
/// UTF-16 units kept of the beginning of a long name: its number and its first words.
const HEAD_UNITS: usize = 14;
/// Name of a sheet without any, and of one whose name Excel keeps for itself.
const FALLBACK: &str = "Sheet";
/// The name that Excel keeps for itself.
const RESERVED: &str = "history";

/// The names of the worksheets: for each of `names` one that is not empty, has at most 31 UTF-16 units
/// and none of `[]:*?/\`, does not begin or end with an apostrophe and differs from the others in more
/// than case.
///
/// A long name keeps its beginning, where the number stands, and its end, where long names differ.
pub(super) fn sheet_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .into_iter()
        .map(|name| {
            let name = legal(name);
            let mut candidate = shorten(&name, MAX_UNITS);
            let mut count = 1_u32;
            while !taken.insert(candidate.to_lowercase()) {
                count += 1;
                let suffix = format!("({count})");
                candidate = shorten(&name, MAX_UNITS - suffix.len()) + &suffix;
            }
            candidate
        })
        .collect()
}

/// The name with the characters that Excel refuses put as their full-width twins, without control
/// characters, on one line.
fn legal(name: &str) -> String {
    let name: String = name
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|character| !character.is_control() && !matches!(character, '\u{FFFE}' | '\u{FFFF}'))
        .map(|character| match character {
            '[' => '［',
            ']' => '］',
            ':' => '：',
            '*' => '＊',
            '?' => '？',
            '/' => '／',
            '\\' => '＼',
            '\'' => '’',
            other => other,
        })
        .collect();
    if name.is_empty() || name.to_lowercase() == RESERVED {
        FALLBACK.to_owned() + &name
    } else {
        name
    }
}

/// `name` in at most `limit` UTF-16 units, which is more than [`HEAD_UNITS`].
fn shorten(name: &str, limit: usize) -> String {
    if units(name) <= limit {
        return name.to_owned();
    }
    let head = take(name.chars(), HEAD_UNITS);
    let tail: String = take(name.chars().rev(), limit - HEAD_UNITS - 1)
        .chars()
        .rev()
        .collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

fn take(characters: impl Iterator<Item = char>, limit: usize) -> String {
    let mut left = limit;
    characters
        .take_while(|character| {
            let fits = character.len_utf16() <= left;
            left = if fits { left - character.len_utf16() } else { 0 };
            fits
        })
        .collect()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    #[test]
    fn a_long_name_keeps_its_number_and_its_end() {
        let names = sheet_names([
            "12.某某县城区供水管网更新改造及智慧化运行维护经费（第一批）绩效目标表",
            "13.某某县城区供水管网更新改造及智慧化运行维护经费（第二批）绩效目标表",
        ]);
        assert_eq!(
            names[0],
            "12.某某县城区供水管网更新…运行维护经费（第一批）绩效目标表"
        );
        assert_eq!(
            names[1],
            "13.某某县城区供水管网更新…运行维护经费（第二批）绩效目标表"
        );
    }

    #[test]
    fn equal_and_forbidden_names_become_legal_ones() {
        let names = sheet_names(["a/b", "A／B", "", "History", "'甲'", "  目录 ", "目录"]);
        assert_eq!(
            names,
            [
                "a／b",
                "A／B(2)",
                "Sheet",
                "SheetHistory",
                "’甲’",
                "目录",
                "目录(2)"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_names_become_legal_and_unique(names in prop::collection::vec("\\PC{0,50}|[a-cA-C'/\\[ ]{0,3}|\\u{20000}{0,40}", 0..12)) {
            let made = sheet_names(names.iter().map(String::as_str));
            prop_assert_eq!(made.len(), names.len());
            for name in &made {
                prop_assert!(rust_xlsxwriter::utility::check_sheet_name(name).is_ok(), "{}", name);
                prop_assert!(name.to_lowercase() != RESERVED);
            }
            let distinct: HashSet<_> = made.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(distinct.len(), made.len());
        }
    }
}
