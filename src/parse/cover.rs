//! The cover (department, year, title, who compiled and who reviewed it) and the contents list.

use super::lexicon::{Lexicon, numbered, without_page};
use super::outline::Outline;
use super::residue::is_page_number;
use super::{Account, Fate, Piece};
use crate::blocks::BlockKind;
use crate::finding::{Code, Finding, Message};
use crate::model::{ContentsEntry, Department, Origin, State};
use crate::vocab::{is_same, key};

pub(super) fn read(account: &mut Account, lexicon: &Lexicon, outline: &Outline, department: &mut Department) {
    read_cover(account, lexicon, outline, department);
    read_contents(account, outline, department);
}

fn read_cover(account: &mut Account, lexicon: &Lexicon, outline: &Outline, department: &mut Department) {
    let labels = &lexicon.vocabulary.document;
    let lines: Vec<(usize, Piece<'_>)> = outline
        .cover
        .clone()
        .filter(|&block| account.blocks.kind(block) != BlockKind::Furniture)
        .map(|block| (block, account.line(block)))
        .filter(|(_, line)| !line.text.is_empty())
        .collect();
    let mut read = Vec::new();
    for (at, (block, line)) in lines.iter().enumerate() {
        let text = &*line.text;
        if lexicon.ends_as_document_title(text) {
            let year = year_in(text);
            let title_at = year.as_ref().map_or(0, |(_, at)| *at);
            let (before, title) = text.split_at(title_at);
            if let Some(known) = &department.cover_title {
                // A cover that is printed twice says nothing new; another title is left over.
                let same_department = before.trim().is_empty()
                    || Some(key(before)) == department.department.as_deref().map(key);
                if is_same(known, title) && same_department {
                    account.settle(*block, Fate::Furniture);
                }
                continue;
            }
            read.push(*block);
            department.year = year.map(|(year, _)| year);
            department.cover_title = Some(title.trim().to_owned());
            let start = line.start + title_at as u32;
            department
                .origins
                .set("cover_title", account.origin(start, State::Printed));
            if department.year.is_some() {
                department
                    .origins
                    .set("year", account.origin(start, State::Printed));
            }
            if before.trim().is_empty() {
                // The department stands on the lines above, broken over several where it is long.
                let above = lines[..at]
                    .iter()
                    .rev()
                    .take(3)
                    .filter(|(_, line)| !is_page_number(&line.text));
                let mut above: Vec<_> = above
                    .take_while(|(_, line)| {
                        year_in(&line.text).is_none() && lexicon.heading(&line.text).is_none()
                    })
                    .collect();
                above.reverse();
                let name: String = above.iter().map(|(_, line)| &*line.text).collect();
                if let Some((_, first)) = above.first() {
                    department
                        .origins
                        .set("department", account.origin(first.start, State::Printed));
                    department.department = Some(name);
                    read.extend(above.iter().map(|(block, _)| *block));
                }
            } else {
                department.department = Some(before.trim().to_owned());
                department
                    .origins
                    .set("department", account.origin(line.start, State::Printed));
            }
        } else {
            for (label, field) in [
                ("compiled_by", &mut department.compiled_by),
                ("reviewed_by", &mut department.reviewed_by),
            ] {
                let Some(name) = signed(labels.texts(label), text) else {
                    continue;
                };
                match field {
                    None => {
                        department
                            .origins
                            .set(label, account.origin(line.start, State::Printed));
                        *field = Some(name);
                        read.push(*block);
                    }
                    Some(known) if is_same(known, &name) => account.settle(*block, Fate::Furniture),
                    Some(_) => {}
                }
                break;
            }
        }
    }
    for block in read {
        account.settle(block, Fate::Model);
    }
    // A cover that is printed twice, and page numbers, say nothing new.
    let name = department.department.as_deref();
    for (block, line) in &lines {
        if is_page_number(&line.text) || name.is_some_and(|name| is_same(name, &line.text)) {
            account.settle(*block, Fate::Furniture);
        }
    }
}

/// Who signed: the text before the label in `某某局编制`, or after it in `编制单位：某某局`.
fn signed(labels: &[String], text: &str) -> Option<String> {
    labels.iter().find_map(|label| {
        let name = match text.split_once(['：', ':']) {
            Some((head, name)) if key(head).starts_with(&key(label)) => name,
            _ => text.trim_end().strip_suffix(label.as_str())?,
        };
        let name = name.trim();
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// The first year in a text and its byte offset: `2025年`, `2025 年`, `二〇二五年`.
fn year_in(text: &str) -> Option<(i32, usize)> {
    text.match_indices('年').find_map(|(end, _)| {
        let head = text[..end].trim_end();
        let start = head.char_indices().rev().nth(3)?.0;
        let mut year = 0;
        for c in head[start..].chars() {
            year = year * 10 + i32::try_from(digit(c)?).ok()?;
        }
        let preceded = head[..start].chars().next_back().and_then(digit).is_some();
        (!preceded && (1990..2100).contains(&year)).then_some((year, start))
    })
}

fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or(match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        '〇' | '○' | '零' => Some(0),
        _ => "一二三四五六七八九"
            .chars()
            .position(|known| known == c)
            .map(|at| at as u32 + 1),
    })
}

fn read_contents(account: &mut Account, outline: &Outline, department: &mut Department) {
    // The first line is the heading, unless the heading is lost.
    for (at, block) in outline.contents.clone().enumerate() {
        let line = account.line(block);
        if line.text.is_empty() {
            continue;
        }
        account.settle(block, Fate::Furniture);
        if account.blocks.kind(block) == BlockKind::Furniture
            || is_page_number(&line.text)
            || (at == 0 && without_page(&line.text).1.is_none() && line.text.chars().count() < 12)
        {
            continue;
        }
        let (text, page) = without_page(&line.text);
        // An entry that is broken over lines goes on where the line above has neither page nor end.
        let place = Some(account.place(line.start));
        match department.contents.last_mut() {
            Some(last)
                if last.page.is_none() && numbered(&last.text).is_some() && is_continuation(text, page) =>
            {
                last.text.push_str(text);
                last.page = page.map(str::to_owned);
            }
            _ => department.contents.push(ContentsEntry {
                text: text.to_owned(),
                page: page.map(str::to_owned),
                place,
            }),
        }
    }
}

fn is_continuation(text: &str, page: Option<&str>) -> bool {
    page.is_some() && super::lexicon::enumerator(text).is_none() && !text.starts_with('第')
}

/// Completes what the cover did not say from the forms, each with a finding.
pub(super) fn complete(account: &mut Account, lexicon: &Lexicon, department: &mut Department) {
    if department.cover_title.is_none() {
        account.findings.push(Finding::new(
            Code::CoverMissing,
            Message::new("文本中没有封面。", "The text has no cover."),
        ));
    }
    if department.department.is_none() {
        let unit = department.projects.iter().find_map(|project| {
            let name = project.unit_name.as_deref()?;
            Some((name.to_owned(), project.origins.get("unit_name")))
        });
        match unit {
            Some((unit, origin)) => {
                let proper = lexicon.vocabulary.document.texts("department_proper");
                let name = proper
                    .iter()
                    .find_map(|suffix| unit.strip_suffix(suffix.as_str()))
                    .unwrap_or(&unit)
                    .trim();
                account.findings.push(inferred(
                    Code::DepartmentInferred,
                    Message::new(
                        format!("没有封面，部门名称取自单位名称：{name}。"),
                        format!("There is no cover; the department is taken from the unit's name: {name}."),
                    ),
                    ("department", &unit),
                    origin.clone(),
                ));
                department.department = Some(name.to_owned());
                if let Some(origin) = origin {
                    department.origins.set(
                        "department",
                        Origin {
                            state: State::Repaired,
                            ..origin
                        },
                    );
                }
            }
            None => account.findings.push(Finding::new(
                Code::DepartmentMissing,
                Message::new("文本中没有部门名称。", "The text names no department."),
            )),
        }
    }
    if department.year.is_none() {
        let dated = department.projects.iter().find_map(|project| {
            let title = project.title.as_deref()?;
            Some((year_in(title)?.0, title.to_owned(), project.origins.get("title")))
        });
        match dated {
            Some((year, title, origin)) => {
                account.findings.push(inferred(
                    Code::YearInferred,
                    Message::new(
                        format!("没有封面，年度取自表名：{year} 年。"),
                        format!("There is no cover; the year is taken from a form's title: {year}."),
                    ),
                    ("year", &title),
                    origin.clone(),
                ));
                department.year = Some(year);
                if let Some(origin) = origin {
                    department.origins.set(
                        "year",
                        Origin {
                            state: State::Repaired,
                            ..origin
                        },
                    );
                }
            }
            None => account.findings.push(Finding::new(
                Code::YearMissing,
                Message::new("文本中没有年度。", "The text names no year."),
            )),
        }
    }
}

fn inferred(code: Code, message: Message, (field, quote): (&str, &str), origin: Option<Origin>) -> Finding {
    Finding::new(code, message)
        .on_field(field)
        .quoting(quote)
        .at_some(origin.map(|origin| origin.place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_found_in_all_digits() {
        assert_eq!(year_in("甲局 2025 年部门"), Some((2025, "甲局 ".len())));
        assert_eq!(year_in("二〇二五年度"), Some((2025, 0)));
        assert_eq!(year_in("第12025年"), None);
        assert_eq!(year_in("三年行动"), None);
    }

    #[test]
    fn signatures_stand_before_or_after_their_label() {
        let labels = ["编制".to_owned()];
        assert_eq!(signed(&labels, "甲县水务局编制").as_deref(), Some("甲县水务局"));
        assert_eq!(
            signed(&labels, "编制单位：甲县水务局").as_deref(),
            Some("甲县水务局")
        );
        assert_eq!(signed(&labels, "编制"), None);
    }
}
