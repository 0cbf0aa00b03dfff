//! What word processors and extractors leave in a text that its author did not write: field codes,
//! bookmarks, paragraph tags, emphasis marks; and page numbers.

use std::borrow::Cow;

use crate::blocks::unpadded;
use crate::source::{is_blank, is_invisible};

/// Takes the residue off a text: bookmarks (`[bookmark: …]`), table-of-contents fields
/// (` TC … \f A \l 1`), `<p>` and its like (a line end remains), `**`. Inner spaces stay.
pub(super) fn clean(text: &mut Cow<'_, str>) {
    // Most texts have none of it, and are left as they are. The last four are what begins an invisible
    // character in UTF-8.
    let is_mark = |&byte: &u8| matches!(byte, b'[' | b'\\' | b'<' | b'*' | 0 | 0xc2 | 0xe2 | 0xef);
    if !text.as_bytes().iter().any(is_mark) {
        return;
    }
    let mut changed = false;
    let mut apply = |text: &mut Cow<'_, str>, needed: bool, rewrite: fn(&str) -> String| {
        if needed {
            *text = Cow::Owned(rewrite(text));
            changed = true;
        }
    };
    let needed = text.contains("[bookmark:");
    apply(text, needed, without_bookmarks);
    let needed = text.contains('\\');
    apply(text, needed, without_field_codes);
    let needed = text.contains('<');
    apply(text, needed, without_tags);
    let needed = text.contains("**");
    apply(text, needed, |text| text.replace("**", ""));
    let needed = text.contains(is_invisible);
    apply(text, needed, |text| text.replace(is_invisible, ""));
    if changed {
        *text = Cow::Owned(unpadded(text).into_owned());
    }
}

fn without_bookmarks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[bookmark:") {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(']') else { break };
        rest = &rest[end + 1..];
    }
    result.push_str(rest);
    result
}

/// A field is a name in capitals before its argument and switches such as `\f A` or `\l 1`.
fn without_field_codes(text: &str) -> String {
    const FIELDS: &[&str] = &["TC ", "TOC ", "PAGEREF ", "HYPERLINK ", "REF ", "SEQ ", "PAGE "];
    let mut lines = Vec::new();
    for line in text.lines() {
        let field = FIELDS
            .iter()
            .filter_map(|name| {
                line.match_indices(name)
                    .map(|(at, _)| at)
                    .find(|&at| line[..at].chars().next_back().is_none_or(is_blank))
            })
            .min();
        let switches = line.rfind('\\');
        match (field, switches) {
            (Some(at), Some(last)) if at < last => {
                // The last switch takes one letter and at most one argument.
                let tail = line[last + 1..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
                let tail = tail.trim_start();
                let end = tail.find(char::is_whitespace).unwrap_or(tail.len());
                let argument_ends = tail[..end].chars().all(|c| c.is_ascii_graphic());
                let tail = if argument_ends { &tail[end..] } else { tail };
                lines.push(format!("{}{}", &line[..at], tail));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

/// Drops the tags of running text; a tag that ends a paragraph or a line leaves a line end.
fn without_tags(text: &str) -> String {
    const BREAKS: &[&str] = &["</p>", "<br>", "<br/>", "<br />", "</div>"];
    const DROPPED: &[&str] = &[
        "<p>",
        "<div>",
        "<b>",
        "</b>",
        "<strong>",
        "</strong>",
        "<span>",
        "</span>",
    ];
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = |tags: &[&str]| {
            let starts = |tag: &&&str| {
                rest.get(..tag.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(tag))
            };
            tags.iter().find(starts).map(|tag| tag.len())
        };
        if let Some(length) = tag(BREAKS) {
            result.push('\n');
            rest = &rest[length..];
        } else if let Some(length) = tag(DROPPED) {
            rest = &rest[length..];
        } else {
            result.push('<');
            rest = &rest[1..];
        }
    }
    result.push_str(rest);
    result
}

/// Whether a line is nothing but a page number: `12`, `- 12 -`, `— 12 —`, `第 12 页`, `第 1 页 共 9 页`.
pub(super) fn is_page_number(line: &str) -> bool {
    /// No page number has more characters.
    const LONGEST: usize = 40;
    let mut seen = line.chars().filter(|&c| !is_blank(c));
    let may_begin = |c: char| c.is_numeric() || matches!(c, '-' | '—' | '–' | '－' | '·' | '第');
    let Some(first) = seen.next().filter(|&c| may_begin(c)) else {
        return false;
    };
    let text: String = std::iter::once(first).chain(seen).take(LONGEST).collect();
    let bare = text.trim_matches(|c| matches!(c, '-' | '—' | '–' | '－' | '·'));
    if !bare.is_empty() && bare.chars().count() <= 4 && bare.chars().all(char::is_numeric) {
        return true;
    }
    let Some(page) = text.strip_prefix('第') else {
        return false;
    };
    let Some((number, rest)) = page.split_once('页') else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let total = rest.trim_start_matches(['/', '，', ',']);
    digits(number)
        && (total.is_empty()
            || total
                .strip_prefix('共')
                .and_then(|total| total.strip_suffix('页'))
                .is_some_and(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residue_goes_and_text_stays() {
        for (raw, clean_text) in [
            ("[bookmark: _Toc_1]一、甲", "一、甲"),
            ("1、 [bookmark: _Toc_1]甲", "1、 甲"),
            ("一、甲 TC 甲 \\f A \\l 1 ", "一、甲"),
            ("1.甲表 TC 1、甲表 \\f C \\l 1 \r", "1.甲表"),
            ("<p>1.甲。</p> <p>2.乙。</p>", "1.甲。\n2.乙。"),
            ("甲<BR/>乙", "甲\n乙"),
            ("**3.甲", "3.甲"),
            ("小于 <5 起", "小于 <5 起"),
            ("\u{200b}\u{feff}", ""),
            ("2\u{200b}026年\u{ad}度", "2026年度"),
            ("[bookmark: 没有结束", "[bookmark: 没有结束"),
        ] {
            let mut text = Cow::Borrowed(raw);
            clean(&mut text);
            assert_eq!(text, clean_text);
        }
    }

    #[test]
    fn page_numbers_are_known() {
        for line in [
            "3",
            " - 12 - ",
            "— 5 —",
            "第 3 页",
            "第3页 共 20 页",
            "第3页/共20页",
        ] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["", "20255", "3.", "≥5", "第一部分", "第3页图", "5次"] {
            assert!(!is_page_number(line), "{line}");
        }
    }
}
