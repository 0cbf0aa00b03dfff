//! The smallest parts of HTML: tags, comments, character references.
//!
//! What looks like a tag but is none that HTML knows stays text: `<5` and `<甲>` are somebody's words.

use std::ops::Range;

/// What an element does to the text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::blocks) enum Element {
    /// The parts around a document.
    Document,
    /// A text of its own.
    Block,
    /// A text of its own whose end tag may be missing.
    Paragraph,
    Pre,
    Table,
    /// A group of rows, such as `thead`.
    Rows,
    Row,
    Cell,
    NumberedList,
    List,
    Item,
    Break,
    /// Nothing of it is seen.
    Hidden,
    /// A part of a line.
    Inline,
}

/// A start or end tag.
#[derive(Clone, Debug)]
pub(in crate::blocks) struct Tag {
    pub(in crate::blocks) element: Element,
    pub(in crate::blocks) is_end: bool,
    name: Range<usize>,
    attributes: Range<usize>,
    /// Where it ends.
    pub(in crate::blocks) end: usize,
}

fn element(name: &[u8]) -> Option<Element> {
    if name.contains(&b':') {
        return Some(Element::Inline);
    }
    let mut lower = [0; 12];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"html" | b"head" | b"body" | b"meta" | b"link" | b"base" => Element::Document,
        b"script" | b"style" | b"title" | b"xml" | b"svg" => Element::Hidden,
        b"p" => Element::Paragraph,
        b"address" | b"article" | b"aside" | b"blockquote" | b"caption" | b"center" | b"dd" | b"details"
        | b"dir" | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form"
        | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hr" | b"legend" | b"main"
        | b"nav" | b"option" | b"section" | b"summary" => Element::Block,
        b"pre" | b"textarea" => Element::Pre,
        b"table" => Element::Table,
        b"thead" | b"tbody" | b"tfoot" => Element::Rows,
        b"tr" => Element::Row,
        b"td" | b"th" => Element::Cell,
        b"ol" => Element::NumberedList,
        b"ul" | b"menu" => Element::List,
        b"li" => Element::Item,
        b"br" => Element::Break,
        b"a" | b"abbr" | b"acronym" | b"b" | b"bdi" | b"bdo" | b"big" | b"button" | b"canvas" | b"cite"
        | b"code" | b"col" | b"colgroup" | b"data" | b"datalist" | b"del" | b"dfn" | b"em" | b"embed"
        | b"font" | b"frame" | b"frameset" | b"i" | b"iframe" | b"img" | b"input" | b"ins" | b"kbd"
        | b"label" | b"map" | b"area" | b"mark" | b"meter" | b"nobr" | b"noframes" | b"noscript"
        | b"object" | b"output" | b"param" | b"picture" | b"progress" | b"q" | b"ruby" | b"rb" | b"rp"
        | b"rt" | b"s" | b"samp" | b"select" | b"small" | b"source" | b"span" | b"strike" | b"strong"
        | b"sub" | b"sup" | b"template" | b"time" | b"tt" | b"u" | b"var" | b"wbr" => Element::Inline,
        _ => return None,
    })
}

/// The tag at an offset of a text, where a `<` stands.
pub(in crate::blocks) fn tag_at(text: &str, at: usize) -> Option<Tag> {
    let bytes = text.as_bytes();
    let is_end = bytes.get(at + 1) == Some(&b'/');
    let start = at + 1 + usize::from(is_end);
    let length = bytes[start.min(bytes.len())..]
        .iter()
        .take(32)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_'))
        .count();
    let name = start..start + length;
    let element = element(bytes.get(name.clone())?)?;
    if !bytes[start].is_ascii_alphabetic()
        || !matches!(bytes.get(name.end)?, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')
    {
        return None;
    }
    let mut end = name.end;
    loop {
        match bytes.get(end)? {
            b'>' => break,
            // A tag within a tag: this one was never finished.
            b'<' => return None,
            b'=' => {
                end += 1;
                while bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
                    end += 1;
                }
                if let Some(&quote @ (b'"' | b'\'')) = bytes.get(end)
                    && let Some(length) = quoted(&bytes[end + 1..], quote)
                {
                    end += length + 2;
                }
            }
            _ => end += 1,
        }
    }
    Some(Tag {
        element,
        is_end,
        attributes: name.end..end,
        name,
        end: end + 1,
    })
}

/// How long a value is until its quote closes; none that swallows the end tag of an element.
fn quoted(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut last = 0;
    for (at, &b) in bytes.iter().enumerate() {
        if b == quote {
            return Some(at);
        }
        if b == b'/' && last == b'<' {
            return None;
        }
        last = b;
    }
    None
}

impl Tag {
    /// Its name as it is written.
    pub(in crate::blocks) fn name<'t>(&self, text: &'t str) -> &'t str {
        &text[self.name.clone()]
    }

    /// The value of an attribute.
    pub(in crate::blocks) fn attribute<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let mut rest = &text[self.attributes.clone()];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .find(|c: char| c.is_ascii_whitespace() || c == '=')
                .unwrap_or(rest.len());
            let (found, after) = rest.split_at(end);
            let after = after.trim_start();
            let Some(value) = after.strip_prefix('=') else {
                rest = if end == 0 { &rest[1..] } else { after };
                continue;
            };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, after) = match quote.and_then(|quote| value[1..].split_once(quote)) {
                Some(parts) => parts,
                None => value.split_at(
                    value
                        .find(|c: char| c.is_ascii_whitespace())
                        .unwrap_or(value.len()),
                ),
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
    }

    /// The value of an attribute that is a number.
    pub(in crate::blocks) fn number(&self, text: &str, name: &str) -> Option<usize> {
        let value = self
            .attribute(text, name)?
            .trim_matches(|c: char| !c.is_ascii_digit());
        value.get(..value.len().min(9))?.parse().ok()
    }
}

/// Where a declaration such as `<!DOCTYPE html>` or `<?xml …?>` at an offset ends.
pub(in crate::blocks) fn declaration_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if !rest.starts_with("<!") && !rest.starts_with("<?") {
        return None;
    }
    let end = rest[1..].find(['<', '>'])? + 1;
    // Declarations are no text; what has other characters in it is.
    (rest[end..].starts_with('>') && rest[..end].is_ascii()).then_some(at + end + 1)
}

/// The character that the reference at an offset, where a `&` stands, means, and where the reference ends.
pub(in crate::blocks) fn reference_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = &text[at + 1..];
    if let Some(number) = rest.strip_prefix('#') {
        let (radix, digits) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (16, digits),
            None => (10, number),
        };
        let length = digits
            .bytes()
            .take(8)
            .take_while(|b| char::from(*b).is_digit(radix))
            .count();
        let code = u32::from_str_radix(&digits[..length], radix).ok()?;
        let end = text.len() - digits.len() + length;
        let end = end + usize::from(text[end..].starts_with(';'));
        return Some((character(code)?, end));
    }
    let length = rest
        .bytes()
        .take(10)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let name = &rest[..length];
    let end = at + 1 + length;
    if text[end..].starts_with(';') {
        let known = NAMED.iter().find(|(known, _)| *known == name)?;
        return Some((known.1, end + 1));
    }
    // Some are known without their semicolon.
    let legacy = &NAMED[..6];
    let known = legacy.iter().find(|(known, _)| name.starts_with(known))?;
    Some((known.1, at + 1 + known.0.len()))
}

/// A character by its number; browsers read 128 to 159 as Windows-1252.
fn character(code: u32) -> Option<char> {
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match code {
        128..160 => Some(WINDOWS[code as usize - 128]),
        _ => char::from_u32(code),
    }
}

/// The references with names that texts of offices hold; the first need no semicolon.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("nbsp", '\u{a0}'),
    ("shy", '\u{ad}'),
    ("apos", '\''),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("lang", '〈'),
    ("rang", '〉'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("horbar", '―'),
    ("middot", '·'),
    ("centerdot", '·'),
    ("bull", '•'),
    ("le", '≤'),
    ("leq", '≤'),
    ("ge", '≥'),
    ("geq", '≥'),
    ("les", '⩽'),
    ("ges", '⩾'),
    ("ne", '≠'),
    ("asymp", '≈'),
    ("sim", '∼'),
    ("times", '×'),
    ("divide", '÷'),
    ("minus", '−'),
    ("plusmn", '±'),
    ("radic", '√'),
    ("infin", '∞'),
    ("permil", '‰'),
    ("deg", '°'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("yen", '¥'),
    ("euro", '€'),
    ("pound", '£'),
    ("cent", '¢'),
    ("sect", '§'),
    ("para", '¶'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("micro", 'µ'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("oline", '‾'),
    ("num", '#'),
    ("ast", '*'),
    ("lowbar", '_'),
    ("vert", '|'),
    ("verbar", '|'),
    ("bsol", '\\'),
    ("sol", '/'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("rsqb", ']'),
    ("lbrack", '['),
    ("rbrack", ']'),
    ("lcub", '{'),
    ("rcub", '}'),
    ("colon", ':'),
    ("semi", ';'),
    ("comma", ','),
    ("period", '.'),
    ("excl", '!'),
    ("quest", '?'),
    ("equals", '='),
    ("plus", '+'),
    ("percnt", '%'),
    ("dollar", '$'),
    ("commat", '@'),
    ("Hat", '^'),
    ("grave", '`'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];
