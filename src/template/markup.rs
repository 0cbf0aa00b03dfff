//! The tags and texts of the HTML subset that templates yield.
//!
//! Architecture invariant: it knows how a tag is written, not which tags there are.

use std::borrow::Cow;

use super::marks::{MARK_END, MARK_START, Mark};

/// A mistake in a rendered template: where its tag came from, what it is, and the text it is about.
#[derive(Debug, PartialEq)]
pub(super) struct Mistake {
    pub(super) mark: Option<Mark>,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) quote: String,
}

impl Mistake {
    /// A mistake at `mark` about the text `quote`.
    pub(super) fn new(
        mark: Option<Mark>,
        quote: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            mark,
            zh: zh.into(),
            en: en.into(),
            quote: quote.into(),
        }
    }
}

/// One piece of the markup.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// `<name attributes>`
    Start(Tag<'a>),
    /// `</name>`
    End(&'a str, Option<Mark>),
    /// Text, its entities not yet read.
    Text(&'a str),
}

/// A start tag.
#[derive(Debug, PartialEq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) mark: Option<Mark>,
    /// The attributes in their order; a value's entities are read.
    pub(super) attributes: Vec<(&'a str, Option<Cow<'a, str>>)>,
}

/// Reads markup piece by piece.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// The mark of the last tag, for mistakes between tags.
    last: Option<Mark>,
}

impl<'a> Tokens<'a> {
    /// Begins to read `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            last: None,
        }
    }

    /// The mark of the last tag.
    pub(super) fn last(&self) -> Option<Mark> {
        self.last
    }

    /// The next piece; comments are skipped.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Mistake> {
        while let Some(comment) = self.rest.strip_prefix("<!--") {
            let Some((_, rest)) = comment.split_once("-->") else {
                return Err(self.mistake("<!--", "注释没有结束。", "The comment is not closed."));
            };
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        if self.rest.starts_with('<') {
            return self.tag().map(Some);
        }
        let (text, rest) = cut(self.rest, |byte| byte == b'<');
        self.rest = rest;
        Ok(Some(Token::Text(text)))
    }

    fn tag(&mut self) -> Result<Token<'a>, Mistake> {
        let whole = self.rest;
        let after = &whole[1..];
        let (closing, after) = after
            .strip_prefix('/')
            .map_or((false, after), |after| (true, after));
        let (name, mut rest) = cut(after, |byte| !byte.is_ascii_alphanumeric());
        let mark = mark(&mut rest);
        self.last = mark.or(self.last);
        if name.is_empty() {
            return Err(self.mistake(
                start_of(whole),
                "“<”之后应为标签名；文字中的“<”请写作 &lt;。",
                "A tag's name is wanted after `<`; write `&lt;` for the sign itself.",
            ));
        }
        self.rest = rest;
        crate::limit::check();
        let mut attributes: Vec<(&str, _)> = Vec::new();
        loop {
            self.rest = self.rest.trim_ascii_start();
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            if let Some(rest) = self.rest.strip_prefix("/>") {
                if !is_void(name) {
                    return Err(self.mistake(
                        name,
                        format!("<{name}> 要用 </{name}> 结束，不能写作 <{name}/>。"),
                        format!("<{name}> is closed by </{name}>; it cannot be written <{name}/>."),
                    ));
                }
                self.rest = rest;
                break;
            }
            let attribute = self.attribute(name, whole)?;
            if attributes.iter().any(|(known, _)| *known == attribute.0) {
                return Err(self.mistake(
                    attribute.0,
                    format!("属性 {} 写了两次。", attribute.0),
                    format!("The attribute {} is given twice.", attribute.0),
                ));
            }
            attributes.push(attribute);
        }
        if !closing {
            return Ok(Token::Start(Tag {
                name,
                mark: self.last,
                attributes,
            }));
        }
        match attributes.first() {
            Some((attribute, _)) => Err(self.mistake(
                *attribute,
                format!("结束标签 </{name}> 不能有属性。"),
                format!("The end tag </{name}> cannot have attributes."),
            )),
            None => Ok(Token::End(name, mark)),
        }
    }

    fn attribute(&mut self, tag: &str, whole: &str) -> Result<(&'a str, Option<Cow<'a, str>>), Mistake> {
        let (name, rest) = cut(self.rest, |byte| !(byte.is_ascii_alphanumeric() || byte == b'-'));
        if name.is_empty() {
            return Err(self.mistake(
                start_of(whole),
                format!("标签 <{tag}> 没有写完整，或属性写法有误。"),
                format!("The tag <{tag}> is not closed, or an attribute is written wrongly."),
            ));
        }
        let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
            self.rest = rest;
            return Ok((name, None));
        };
        let value = value.trim_ascii_start();
        let quoted = value
            .bytes()
            .next()
            .filter(|quote| matches!(quote, b'"' | b'\''))
            .map(|quote| cut(&value[1..], |byte| byte == quote))
            .and_then(|(value, rest)| Some((value, rest.get(1..)?)));
        let Some((value, rest)) = quoted else {
            return Err(self.mistake(
                name,
                format!("属性 {name} 的值要放在引号中。"),
                format!("The value of the attribute {name} must stand in quotes."),
            ));
        };
        self.rest = rest;
        let value = unescape(value).map_err(|entity| self.entity(entity))?;
        Ok((name, Some(value)))
    }

    /// The mistake of an entity that is not known.
    pub(super) fn entity(&self, entity: &str) -> Mistake {
        self.mistake(
            entity,
            "此处的“&”写法有误；可用 &amp; &lt; &gt; &quot; &nbsp; 和 &#数字;。",
            "This is no known entity; there are &amp; &lt; &gt; &quot; &nbsp; and &#number;.",
        )
    }

    /// A mistake at the last tag.
    pub(super) fn mistake(
        &self,
        quote: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Mistake {
        Mistake::new(self.last, quote, zh, en)
    }
}

/// Whether a tag of that name has no content and no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col")
}

/// Cuts `text` before the first byte that `ends` it; only ASCII bytes may do so.
fn cut(text: &str, ends: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| byte.is_ascii() && ends(byte))
        .unwrap_or(text.len());
    text.split_at(end)
}

/// Takes a mark off the beginning of `rest`.
fn mark(rest: &mut &str) -> Option<Mark> {
    let (number, after) = cut(rest.strip_prefix(MARK_START)?, |byte| !byte.is_ascii_digit());
    *rest = after.strip_prefix(MARK_END)?;
    Some(Mark(number.parse().ok()?))
}

/// The beginning of `text`, for a quote.
fn start_of(text: &str) -> String {
    const LENGTH: usize = 30;
    super::marks::without_marks(text.lines().next().unwrap_or_default())
        .chars()
        .take(LENGTH)
        .collect()
}

/// The longest entity, in bytes, such as `&#x10ffff;`.
const LONGEST_ENTITY: usize = 10;

/// Reads the entities of `text`.
///
/// # Errors
///
/// The first one that is not known.
pub(super) fn unescape(text: &str) -> Result<Cow<'_, str>, &str> {
    let Some(first) = text.bytes().position(|byte| byte == b'&') else {
        return Ok(Cow::Borrowed(text));
    };
    let mut result = String::with_capacity(text.len());
    result.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        result.push_str(&rest[..at]);
        let entity = &rest[at..];
        let end = entity
            .find(';')
            .filter(|&end| end <= LONGEST_ENTITY)
            .ok_or_else(|| shortened(entity, LONGEST_ENTITY))?;
        let c = match &entity[1..end] {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "nbsp" => '\u{a0}',
            name => character(name).ok_or(&entity[..=end])?,
        };
        result.push(c);
        rest = &entity[end + 1..];
    }
    result.push_str(rest);
    Ok(Cow::Owned(result))
}

fn shortened(text: &str, length: usize) -> &str {
    let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The character of a numeric entity such as `#39` or `#x27`.
fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Result<usize, Mistake> {
        let mut tokens = Tokens::new(text);
        let mut count = 0;
        while tokens.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn tags_attributes_and_comments_are_read() {
        let mut tokens = Tokens::new("<!-- <x> --><td\u{1}7\u{2} class='a &amp; b' data-amount>1</td>");
        let Ok(Some(Token::Start(tag))) = tokens.next() else {
            panic!("a start tag");
        };
        assert_eq!((tag.name, tag.mark), ("td", Some(Mark(7))));
        assert_eq!(tag.attributes[0], ("class", Some("a & b".into())));
        assert_eq!(tag.attributes[1], ("data-amount", None));
        assert_eq!(tokens.next(), Ok(Some(Token::Text("1"))));
        assert_eq!(tokens.next(), Ok(Some(Token::End("td", None))));
        assert_eq!(tokens.next(), Ok(None));
    }

    #[test]
    fn what_is_written_wrongly_is_a_mistake() {
        for text in [
            "<",
            "< p>",
            "<p",
            "<p class=a>",
            "<p class=\"a>",
            "<p/>",
            "<p a a>",
            "</p a>",
            "<!-- x",
            "<p =>",
            "<p a=\"&x;\">",
        ] {
            assert!(all(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "([ <>/=&;\"'a-z年\u{1}\u{2}0-9-]|<p |<!--|-->|&#){0,60}") {
            let _ = all(&text);
            let _ = unescape(&text);
        }
    }
}
