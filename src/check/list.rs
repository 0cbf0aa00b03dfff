//! Lists of words that texts are searched for, many words at once.

use std::ops::Range;

use serde::Deserialize;

/// A list of words, by their first and by their last characters.
///
/// Most characters of a text begin no word of a list, and a small table of bits tells so at once.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(crate) struct List {
    /// The words by their first characters, the longest first.
    by_first: Vec<(char, String)>,
    /// The words by their last characters, the longest first.
    by_last: Vec<(char, String)>,
    first: Bits,
    last: Bits,
}

/// A bit for each remainder of a character by 1024.
type Bits = [u64; 16];

fn place(c: char) -> (usize, u32) {
    let at = u32::from(c) & 0x3ff;
    ((at / 64) as usize, at % 64)
}

impl From<Vec<String>> for List {
    fn from(mut words: Vec<String>) -> Self {
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let sorted = |end: &dyn Fn(&str) -> Option<char>| {
            let mut list: Vec<(char, String)> = words
                .iter()
                .filter_map(|word| end(word).map(|c| (c, word.clone())))
                .collect();
            // Stable, so that the longest stay first.
            list.sort_by_key(|(c, _)| *c);
            let mut bits = Bits::default();
            for (c, _) in &list {
                let (at, bit) = place(*c);
                bits[at] |= 1 << bit;
            }
            (list, bits)
        };
        let (by_first, first) = sorted(&|word| word.chars().next());
        let (by_last, last) = sorted(&|word| word.chars().next_back());
        Self {
            by_first,
            by_last,
            first,
            last,
        }
    }
}

/// The words with that first, or last, character.
fn of<'l>(list: &'l [(char, String)], bits: &Bits, c: char) -> &'l [(char, String)] {
    let (at, bit) = place(c);
    if bits[at] >> bit & 1 == 0 {
        return &[];
    }
    let from = list.partition_point(|(other, _)| *other < c);
    let count = list[from..].partition_point(|(other, _)| *other == c);
    &list[from..from + count]
}

impl List {
    /// The words, the shortest by their first characters last.
    pub(crate) fn words(&self) -> impl Iterator<Item = &String> {
        self.by_first.iter().map(|(_, word)| word)
    }

    /// Whether the text is a word of the list.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.start(text).is_some_and(|word| word.len() == text.len())
    }

    /// The longest word that the text begins with.
    pub(crate) fn start(&self, text: &str) -> Option<&str> {
        let words = of(&self.by_first, &self.first, text.chars().next()?);
        let word = words.iter().find(|(_, word)| text.starts_with(word.as_str()));
        word.map(|(_, word)| word.as_str())
    }

    /// The longest word that the text ends with.
    pub(crate) fn end(&self, text: &str) -> Option<&str> {
        let words = of(&self.by_last, &self.last, text.chars().next_back()?);
        let word = words.iter().find(|(_, word)| text.ends_with(word.as_str()));
        word.map(|(_, word)| word.as_str())
    }

    /// Whether the text begins with a word of the list.
    pub(crate) fn starts(&self, text: &str) -> bool {
        self.start(text).is_some()
    }

    /// Whether the text is nothing but words of the list, or nothing.
    pub(crate) fn covers(&self, text: &str) -> bool {
        let mut rest = text;
        while let Some(word) = self.start(rest) {
            rest = &rest[word.len()..];
        }
        rest.is_empty()
    }

    /// Whether the text ends with a word of the list.
    pub(crate) fn ends(&self, text: &str) -> bool {
        self.end(text).is_some()
    }

    /// Whether a word of the list stands in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.find(text, |_| Some(())).is_some()
    }

    /// What `choose` makes of the first place of a word that it does not turn down.
    pub(crate) fn find<T>(&self, text: &str, choose: impl Fn(Range<usize>) -> Option<T>) -> Option<T> {
        text.char_indices().find_map(|(at, c)| {
            let words = of(&self.by_first, &self.first, c);
            let here = words
                .iter()
                .filter(|(_, word)| text[at..].starts_with(word.as_str()));
            here.map(|(_, word)| at..at + word.len()).find_map(&choose)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_finds_what_looking_for_each_word_finds() {
        let words = ["率", "完成率", "完", "不合格", "合格率", "≥", "A级"];
        let list = List::from(words.map(str::to_owned).to_vec());
        for text in [
            "工程完成率",
            "不合格",
            "完",
            "",
            "A级水",
            "合格",
            "≥95",
            "率先完成",
        ] {
            assert_eq!(
                list.is_in(text),
                words.iter().any(|word| text.contains(word)),
                "{text}"
            );
            assert_eq!(
                list.ends(text),
                words.iter().any(|word| text.ends_with(word)),
                "{text}"
            );
            assert_eq!(
                list.starts(text),
                words.iter().any(|word| text.starts_with(word)),
                "{text}"
            );
            assert_eq!(list.has(text), words.contains(&text), "{text}");
        }
        assert_eq!(list.end("工程完成率"), Some("完成率"));
        assert_eq!(list.start("完成率"), Some("完成率"));
    }
}
