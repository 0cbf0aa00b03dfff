//! Texts as HTML writes them down.

/// A text with all that HTML has a meaning for escaped, for elements and attributes. A line end is a
/// `<br>`; of spaces that a reader would take for one, each is written as a number.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut chars = text.chars().peekable();
    let mut last = None;
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\u{c}' => out.push_str("&#12;"),
            ' ' => {
                let is_seen = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
                if is_seen(last) && is_seen(chars.peek().copied()) {
                    out.push(' ');
                } else {
                    out.push_str("&#32;");
                }
            }
            // HTML has no way to write it.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
        last = Some(c);
    }
    out
}
