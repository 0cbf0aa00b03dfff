//! Names of folders and files: safe on Windows and Linux, readable, and the same for the same
//! inputs.
//!
//! Architecture invariant: a name made here is always one path component below the folder it is
//! used in, whatever the text says.

use crate::fingerprint;
use std::collections::BTreeMap;

/// Longest name in UTF-16 units, as Windows counts; a `_`, a number or an extension may be added.
const MOST_UNITS: usize = 79;
/// Longest name in bytes, as Linux counts.
const MOST_BYTES: usize = 199;

// What follows the department's name may be this long, so that the name itself has room: year,
// kind, part and suffix with a number have at most 71 units and 131 bytes together.
const MOST_KIND: (usize, usize) = (16, 48);
const MOST_PART: (usize, usize) = (12, 12);
const MOST_SUFFIX: (usize, usize) = (20, 48);

/// Says what a department's folder is named after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The department's name, if it has one.
    pub department: Option<&'a str>,
    /// The year, if it is known.
    pub year: Option<i32>,
    /// The kind of document, as the label table prints it.
    pub kind: &'a str,
    /// A further distinction, such as the numbers of the forms in it; empty for none.
    pub part: &'a str,
    /// The file it came from, as it is shown: folders separated by `/`.
    pub source: &'a str,
}

/// The folder names given out so far.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    /// Folded name → the source that has it.
    taken: BTreeMap<String, String>,
}

/// A folder name and, where it is not the plain one, who has that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// The folder's name.
    pub name: String,
    /// The source that holds the same department and year, where there is one.
    pub first: Option<String>,
}

impl Folders {
    /// The names that a department's folder may have, the plain one first. They never end.
    pub(crate) fn names(wanted: Wanted<'_>) -> impl Iterator<Item = String> {
        let plain = folder_name(wanted, "");
        let others = suffixes(wanted.source).map(move |suffix| folder_name(wanted, &suffix));
        std::iter::once(plain).chain(others)
    }

    /// Gives a folder name that no one has yet. To be called in the sorted order of the sources:
    /// the first one has the plain name, later ones get a suffix from their path.
    pub(crate) fn give(&mut self, wanted: Wanted<'_>) -> Given {
        let plain = folder_name(wanted, "");
        let first = self.taken.get(&folded(&plain)).cloned();
        let mut free = Self::names(wanted).filter(|name| !self.taken.contains_key(&folded(name)));
        let name = free.next().unwrap_or(plain);
        drop(free);
        self.taken.insert(folded(&name), wanted.source.to_owned());
        Given { name, first }
    }
}

/// The suffixes to try for a source: its stem, its folder and stem, its stem with a number. It
/// never ends, so that a free one is always found.
fn suffixes(source: &str) -> impl Iterator<Item = String> {
    let fit = |suffix: &str| cut(&clean(suffix), MOST_SUFFIX);
    let folder = source.rsplit(['/', '\\']).nth(1).unwrap_or_default();
    let stem = fit(stem(source));
    let with_folder = fit(&format!("{folder}-{stem}"));
    let numbered = stem.clone();
    [stem, with_folder]
        .into_iter()
        .filter(|suffix| !suffix.is_empty())
        .chain((2_u64..).map(move |number| format!("{numbered}-{number}")))
}

/// The last part of a path without its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}

fn folder_name(wanted: Wanted<'_>, suffix: &str) -> String {
    let department = match wanted.department.map(clean) {
        Some(name) if !name.is_empty() => name,
        _ => {
            let source = clean(stem(wanted.source));
            ["未命名部门", &source].join(if source.is_empty() { "" } else { "_" })
        }
    };
    let year = wanted
        .year
        .map_or_else(|| "年度不明".to_owned(), |year| year.to_string());
    let kind = cut(&clean(wanted.kind), MOST_KIND);
    let part = cut(&clean(wanted.part), MOST_PART);
    let mut tail = String::new();
    for piece in [year.as_str(), &kind, &part, suffix] {
        if !piece.is_empty() {
            tail.push('_');
            tail.push_str(piece);
        }
    }
    let room = (
        MOST_UNITS.saturating_sub(units(&tail)),
        MOST_BYTES.saturating_sub(tail.len()),
    );
    let name = cut(&department, room) + &tail;
    let name = name.trim_matches(['.', ' ']);
    if is_device(name) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// Makes a text fit for a part of a name: reserved characters become their full-width twins,
/// white space goes except between Latin words, what cannot be seen goes.
fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if is_unseen(c) {
            continue;
        }
        if space && c.is_ascii_alphanumeric() && cleaned.ends_with(|last: char| last.is_ascii_alphanumeric())
        {
            cleaned.push(' ');
        }
        space = false;
        cleaned.push(match c {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => {
                char::from_u32(u32::from(c) + 0xfee0).unwrap_or('_')
            }
            c => c,
        });
    }
    let cleaned = cleaned.trim_matches(['.', ' ']);
    // A leading hyphen or tilde means something to shells and to Office.
    match cleaned.strip_prefix(['-', '~']) {
        Some(rest) => format!("_{rest}"),
        None => cleaned.to_owned(),
    }
}

/// Whether a character shows nothing, or turns the text around it: control characters, zero-width
/// and bidirectional marks, variation selectors, tags, noncharacters (Unicode's
/// `Default_Ignorable_Code_Point` and `Cc`).
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Cuts a text of more UTF-16 units and bytes than it may have; a hash of the whole keeps long texts with one beginning apart.
fn cut(text: &str, (most_units, most_bytes): (usize, usize)) -> String {
    if units(text) <= most_units && text.len() <= most_bytes {
        return text.to_owned();
    }
    let hash = format!("~{}", short_hash(text));
    let mut kept = String::new();
    let mut kept_units = hash.len();
    for c in text.chars() {
        kept_units += c.len_utf16();
        if kept_units > most_units || kept.len() + c.len_utf8() + hash.len() > most_bytes {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end_matches(['.', ' ']).len());
    kept + &hash
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The first 24 bits of the fingerprint of a text, in hexadecimal.
fn short_hash(text: &str) -> String {
    fingerprint::hex(&fingerprint::of(text.as_bytes())[..3])
}

/// How a name compares on a file system that does not tell upper from lower case.
fn folded(name: &str) -> String {
    name.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether Windows takes the name for a device, with or without an extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let upper = stem.to_uppercase();
    if matches!(
        upper.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    ["COM", "LPT"].iter().any(|device| {
        upper.strip_prefix(device).is_some_and(|port| {
            let mut characters = port.chars();
            matches!(characters.next(), Some('0'..='9' | '¹' | '²' | '³')) && characters.next().is_none()
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: &str = "部门预算绩效文本";

    fn wanted<'a>(department: &'a str, source: &'a str) -> Wanted<'a> {
        Wanted {
            department: Some(department),
            year: Some(2025),
            kind: KIND,
            part: "",
            source,
        }
    }

    fn name(department: &str) -> String {
        Folders::default().give(wanted(department, "a/b.txt")).name
    }

    /// What every name must be, on Windows and on Linux.
    fn assert_safe(name: &str) {
        assert!(!name.is_empty());
        assert!(units(name) <= 80, "{} units: {name}", units(name));
        assert!(name.len() <= 200, "{} bytes: {name}", name.len());
        assert!(
            !name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*']),
            "{name}"
        );
        assert!(
            !name
                .chars()
                .any(|c| is_unseen(c) || (c.is_whitespace() && c != ' ')),
            "{name:?}"
        );
        assert!(
            !name.starts_with(['.', ' ', '-', '~']) && !name.ends_with(['.', ' ']),
            "{name:?}"
        );
        assert!(!is_device(name), "{name}");
        let path = std::path::Path::new(name);
        assert_eq!(path.components().count(), 1, "{name}");
        assert_eq!(
            path.file_name().and_then(std::ffi::OsStr::to_str),
            Some(name),
            "{name}"
        );
    }

    #[test]
    fn a_name_says_department_year_and_kind() {
        assert_eq!(
            name("示例县科学技术协会"),
            "示例县科学技术协会_2025_部门预算绩效文本"
        );
        assert_eq!(
            name("示例县 科学技术\u{3000}协会"),
            "示例县科学技术协会_2025_部门预算绩效文本"
        );
        assert_eq!(name("Office of A  B"), "Office of A B_2025_部门预算绩效文本");
    }

    #[test]
    fn hostile_names_stay_one_component() {
        assert_eq!(
            name("../../etc/passwd"),
            "／..／etc／passwd_2025_部门预算绩效文本"
        );
        assert_eq!(name("C:\\a*?"), "C：＼a＊？_2025_部门预算绩效文本");
        assert_eq!(name("a\u{202e}b\u{200b}c\0"), "abc_2025_部门预算绩效文本");
        assert_eq!(name("-rf"), "_rf_2025_部门预算绩效文本");
        for hostile in [
            "CON.txt", "nul.", "com1.x", "..", ".", " ", "", "\n", "a.", "~$a", "\u{feff}",
        ] {
            assert_safe(&name(hostile));
        }
    }

    #[test]
    fn a_device_is_no_name() {
        for device in ["CON", "con.txt", "Nul .x", "COM1", "lpt9.a", "com²", "CONIN$"] {
            assert!(is_device(device), "{device}");
        }
        for name in ["CONSOLE", "COM", "COM12", "NULL", "部门"] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn without_a_department_the_file_gives_the_name() {
        let given = Folders::default().give(Wanted {
            department: None,
            year: None,
            kind: KIND,
            part: "",
            source: "x/扫描 件01.txt",
        });
        assert_eq!(given.name, "未命名部门_扫描件01_年度不明_部门预算绩效文本");
    }

    #[test]
    fn the_later_of_two_equals_gets_a_suffix_from_its_path() {
        let mut folders = Folders::default();
        assert_eq!(folders.give(wanted("甲局A", "1/x.txt")).first, None);
        let second = folders.give(wanted("甲局a", "2/y.txt"));
        assert_eq!(second.name, "甲局a_2025_部门预算绩效文本_y");
        assert_eq!(second.first.as_deref(), Some("1/x.txt"));
        assert_eq!(
            folders.give(wanted("甲局a", "3/y.txt")).name,
            "甲局a_2025_部门预算绩效文本_3-y"
        );
        assert_eq!(
            folders.give(wanted("甲局a", "3/y.txt")).name,
            "甲局a_2025_部门预算绩效文本_y-2"
        );
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let one = name(&format!("{}一", "长".repeat(100)));
        let two = name(&format!("{}二", "长".repeat(100)));
        assert_ne!(one, two);
        assert_safe(&one);
        assert!(one.ends_with("_2025_部门预算绩效文本"), "{one}");
    }

    proptest! {
        #[test]
        fn any_text_gives_safe_names_that_differ(
            departments in prop::collection::vec(prop::option::of("\\PC{0,90}|[.\\-/ :~a]{0,9}|\\p{any}{0,12}|甲局|(con|NUL|com1)[. ]?"), 1..8),
            years in prop::collection::vec(prop::option::of(any::<i32>()), 8),
            sources in prop::collection::vec("[a-c甲./\\\\ ]{0,40}|\\PC{0,300}", 8),
            kind in "部门预算绩效文本|\\p{any}{0,60}",
            part in "[0-9_]{0,50}",
        ) {
            let mut folders = Folders::default();
            let mut names = std::collections::BTreeSet::new();
            for ((department, year), source) in departments.iter().zip(years).zip(&sources) {
                let wanted = Wanted { department: department.as_deref(), year, kind: &kind, part: &part, source };
                let given = folders.give(wanted);
                assert_safe(&given.name);
                assert!(names.insert(given.name.to_lowercase()), "twice: {}", given.name);
            }
        }
    }
}
