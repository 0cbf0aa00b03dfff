//! The ledger of a text for people: how many characters went where, and which found no place.

use std::fmt::Write;

use super::report::one_line;
use crate::finding::Language;
use crate::workspace::Ledger;

/// The longest piece of text that is shown whole, in characters.
const LONGEST: usize = 60;

/// The ledger of one source as lines of text.
pub(super) fn text(source: &str, ledger: &Ledger, language: Language) -> String {
    let words = match language {
        Language::Zh => [
            "写入模型",
            "表样文字（栏目名、标题、页码、目录等）",
            "标记（标签、边框、域代码等）",
            "列入提示",
            "合计",
            "未归位的文字：",
        ],
        Language::En => [
            "in the model",
            "furniture (labels, headings, page numbers, contents)",
            "markup (tags, rules, field codes)",
            "named in findings",
            "in all",
            "without a place:",
        ],
    };
    let mut text = format!("{}\n", one_line(source));
    let counts = [
        ledger.model,
        ledger.furniture,
        ledger.markup,
        ledger.named,
        ledger.total,
    ];
    for (word, count) in words.into_iter().zip(counts) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {count:>8}  {word}");
    }
    if !ledger.unplaced.is_empty() {
        let _ = writeln!(text, "  {}", words[5]);
    }
    for piece in &ledger.unplaced {
        let shown = one_line(&piece.text);
        let cut: String = shown.chars().take(LONGEST).collect();
        let more = if cut.len() < shown.len() { "…" } else { "" };
        let place = one_line(&piece.place.in_language(language));
        let _ = writeln!(text, "    {place}  {cut}{more}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::workspace::Unplaced;

    #[test]
    fn the_parts_and_the_pieces_without_a_place_are_shown() {
        let ledger = Ledger {
            total: 30,
            model: 20,
            furniture: 6,
            markup: 1,
            named: 3,
            unplaced: vec![Unplaced {
                place: Place::text(4, 2),
                text: "附注一".to_owned(),
            }],
        };
        let shown = text("a.txt", &ledger, Language::En);
        assert!(shown.starts_with("a.txt\n        20  in the model\n"), "{shown}");
        assert!(
            shown.ends_with("  without a place:\n    4:2  附注一\n"),
            "{shown}"
        );
    }
}
