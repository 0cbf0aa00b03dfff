//! Where the rendered text came from: each tag of a template carries a mark that names its place,
//! through loops, includes and components, so that a mistake is shown where it was made.
//!
//! Architecture invariant: marks change no line and no character outside of themselves; a template
//! without mistakes yields the same document with and without them.

use std::fmt::Write;
use std::sync::Arc;

use tera::{ErrorKind, ReportError};

use crate::finding::{Code, Finding, Message, Place};

/// Begins a mark, right after the name of a tag.
pub(super) const MARK_START: char = '\u{1}';
/// Ends a mark.
pub(super) const MARK_END: char = '\u{2}';

/// The number of a mark; see [`Marks::place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(pub(super) u32);

/// The places of all marks.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<(Arc<str>, Place)>);

impl Marks {
    /// Returns `text`, the template named `file`, with a mark after the name of each tag.
    pub(super) fn annotate(&mut self, file: &str, text: &str) -> String {
        let file: Arc<str> = file.into();
        let mut result = String::with_capacity(text.len() * 5 / 4);
        let mut line = 1;
        let mut line_start = 0;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            let code = tera_code(rest);
            let tag = tag_start(rest);
            let taken = code.or(tag).unwrap_or(first.len_utf8());
            result.push_str(&rest[..taken]);
            if code.is_none() && tag.is_some() {
                // Writing to a string cannot fail.
                let _ = write!(result, "{MARK_START}{}{MARK_END}", self.0.len());
                let column = 1 + text[line_start..at].chars().count() as u32;
                self.0.push((Arc::clone(&file), Place::text(line, column)));
            }
            for (offset, _) in rest[..taken].match_indices('\n') {
                line += 1;
                line_start = at + offset + 1;
            }
            rest = &rest[taken..];
        }
        result
    }

    /// The file and the place of a mark.
    pub(super) fn place(&self, mark: Mark) -> Option<(&str, Place)> {
        self.0
            .get(mark.0 as usize)
            .map(|(file, place)| (file.as_ref(), place.clone()))
    }
}

/// Length of the tera code (`{{ … }}`, `{% … %}`, `{# … #}`) that `text` begins with.
pub(super) fn tera_code(text: &str) -> Option<usize> {
    let end = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        "{#" => {
            return Some(text.find("#}").map_or(text.len(), |at| at + 2));
        }
        _ => return None,
    };
    let mut quote = None;
    for (at, c) in text.char_indices().skip(2) {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if text[at..].starts_with(end) => return Some(at + end.len()),
            _ => {}
        }
    }
    // An unclosed delimiter is a syntax error, which tera reports.
    Some(text.len())
}

/// Length of the beginning of a tag, such as `<td` or `</td`, that `text` begins with.
fn tag_start(text: &str) -> Option<usize> {
    let after = text.strip_prefix('<')?;
    let name = after.strip_prefix('/').unwrap_or(after);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    Some(text.len() - rest.len())
}

/// What a mistake that tera found is called here; `annotated` gives the marked text of a template.
pub(super) fn tera_finding(
    error: &tera::Error,
    template: &str,
    annotated: impl Fn(&str) -> String,
) -> Finding {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let syntax = matches!(error.kind(), ErrorKind::SyntaxError(_));
            report_finding(report, syntax, &annotated(report.filename()))
        }
        ErrorKind::CircularInclude {
            tpl,
            include_chain: chain,
        }
        | ErrorKind::CircularExtend {
            tpl,
            inheritance_chain: chain,
        } => {
            let chain = chain.join(" -> ");
            let other = chain.rsplit(" -> ").next().unwrap_or(tpl).to_owned();
            let at = line_naming(&annotated(tpl), &other);
            broken(
                format!("模板循环引用：{chain}。"),
                format!("The templates include each other in a circle: {chain}."),
            )
            .in_file(tpl.clone())
            .at_some(at)
        }
        ErrorKind::MissingParent { current, parent } => broken(
            format!("引用的模板“{parent}”不存在。"),
            format!("There is no template {parent:?} to extend."),
        )
        .at_some(line_naming(&annotated(current), parent))
        .in_file(current.clone())
        .quoting(parent.clone()),
        ErrorKind::Msg(message) => message_finding(message, template, annotated),
        _ => broken(
            format!("模板不能使用：{error}"),
            format!("The template cannot be used: {error}"),
        )
        .in_file(template),
    }
}

/// Reads tera's report of a name that does not exist, whose kind has no span:
/// `error: Unknown filter …` and below it ` --> file:line:column`.
fn message_finding(message: &str, template: &str, annotated: impl Fn(&str) -> String) -> Finding {
    let mut lines = message.lines();
    let said = lines.next().unwrap_or(message);
    let said = said.strip_prefix("error: ").unwrap_or(said);
    let (zh, en) = translate(said);
    let place = lines.next().and_then(|line| {
        let (file, numbers) = line.split_once("--> ")?.1.split_once(':')?;
        let (line, column) = numbers.split_once(':')?;
        Some((file, line.parse().ok()?, column.parse().ok()?))
    });
    let finding = broken(zh, en);
    match place {
        Some((file, line, column)) => {
            let text = annotated(file);
            let finding = finding.in_file(file).at(unmarked_place(&text, line, column));
            match said.split('`').nth(1) {
                Some(name) => finding.quoting(name),
                None => finding,
            }
        }
        None => finding.in_file(template),
    }
}

fn report_finding(report: &ReportError, syntax: bool, annotated: &str) -> Finding {
    let span = report.span();
    let (zh, en) = translate(report.message());
    let (zh, en) = if syntax {
        (
            format!("模板语法有误：{zh}"),
            format!("The template has a syntax error: {en}"),
        )
    } else {
        (zh, en)
    };
    let finding = broken(zh, en).in_file(report.filename()).at(unmarked_place(
        annotated,
        span.start_line as u32,
        span.start_col as u32 + 1,
    ));
    let quote = annotated.get(span.range.clone()).map(without_marks);
    match quote {
        Some(quote) if !quote.trim().is_empty() => finding.quoting(quote.trim()),
        _ => finding,
    }
}

/// Tera's message in both languages.
fn translate(message: &str) -> (String, String) {
    let name = message.split('`').nth(1).unwrap_or_default();
    let listed = |from: &str| {
        message
            .split_once(from)
            .map(|(_, list)| list.trim_end_matches('.').to_owned())
    };
    let is = |start: &str| message.starts_with(start);
    let zh = if is("Unknown filter") {
        format!("没有名为“{name}”的过滤器。")
    } else if is("Unknown test") {
        format!("没有名为“{name}”的测试。")
    } else if is("Unknown function") {
        format!("没有名为“{name}”的函数。")
    } else if is("Unknown component") {
        format!("没有名为“{name}”的组件。")
    } else if is("Unknown template") {
        format!("没有名为“{name}”的模板文件。")
    } else if is("Variable `") {
        match listed("Available variables: ") {
            Some(list) => format!("变量“{name}”不存在；可用：{list}。"),
            None => format!("变量“{name}”不存在。"),
        }
    } else if is("Field `") {
        match listed("Available fields: ") {
            Some(list) => format!("字段“{name}”不存在；可用：{list}。"),
            None => format!("字段“{name}”不存在。"),
        }
    } else if is("Tried to render a variable that is undefined") {
        "此处的变量没有值。".to_owned()
    } else if is("Unexpected end of input") {
        "文件在此处意外结束，可能缺少结束标记。".to_owned()
    } else {
        message.to_owned()
    };
    let mut en = message.to_owned();
    if !en.ends_with(['.', '!', '?']) {
        en.push('.');
    }
    (zh, en)
}

fn broken(zh: String, en: String) -> Finding {
    Finding::new(Code::TemplateBroken, Message::new(zh, en))
}

/// The place in the template of a place in its marked text: marks move columns, not lines.
fn unmarked_place(annotated: &str, line: u32, column: u32) -> Place {
    let text = annotated
        .lines()
        .nth((line as usize).saturating_sub(1))
        .unwrap_or_default();
    let end = text
        .char_indices()
        .nth((column as usize).saturating_sub(1))
        .map_or(text.len(), |(at, _)| at);
    Place::text(line, 1 + without_marks(&text[..end]).chars().count() as u32)
}

fn line_naming(annotated: &str, name: &str) -> Option<Place> {
    let at = annotated
        .lines()
        .position(|line| line.contains("{%") && line.contains(name))?;
    Some(Place::text(1 + at as u32, 1))
}

/// The place in the template of byte `at` of its marked text.
pub(super) fn place_in_marked(annotated: &str, at: usize) -> Place {
    let (line, column) = super::styles::line_and_column(annotated, at);
    unmarked_place(annotated, line, column)
}

/// The place of the first use of the variable `name` in the tera code of a marked text.
pub(super) fn place_of_variable(annotated: &str, name: &str) -> Option<Place> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = annotated;
    while !rest.is_empty() {
        let Some(code) = tera_code(rest) else {
            rest = &rest[rest.chars().next().map_or(1, char::len_utf8)..];
            continue;
        };
        let at = annotated.len() - rest.len();
        let found = rest[..code].match_indices(name).find(|(found, _)| {
            !rest[..*found].ends_with(|c| is_word(c) || c == '.')
                && !rest[found + name.len()..].starts_with(is_word)
        });
        if let Some((found, _)) = found {
            return Some(place_in_marked(annotated, at + found));
        }
        rest = &rest[code..];
    }
    None
}

/// Returns `text` without its marks.
pub(super) fn without_marks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, mark)) = rest.split_once(MARK_START) {
        result.push_str(before);
        rest = mark
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .strip_prefix(MARK_END)
            .unwrap_or(mark);
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_marked_and_tera_code_is_not() {
        let mut marks = Marks::default();
        let text = "{# <p> #}\n {% if a == '%}<p>' %}<p class=\"{{ b }}\">{{ <c /> }}</p>{% endif %}\n<br>";
        let annotated = marks.annotate("a.html", text);
        assert_eq!(without_marks(&annotated), text);
        let places: Vec<_> = (0..4)
            .map(|n| {
                marks
                    .place(Mark(n))
                    .and_then(|(_, place)| place.line_and_column())
            })
            .collect();
        assert_eq!(places, [Some((2, 23)), Some((2, 53)), Some((3, 1)), None]);
    }

    proptest! {
        #[test]
        fn marks_change_nothing_else(text in "([ \n<>/pt{}%#\"'年-]|<p|</td|\\{\\{|%\\}){0,60}") {
            let annotated = Marks::default().annotate("a.html", &text);
            prop_assert_eq!(without_marks(&annotated), text.as_str());
        }
    }
}
