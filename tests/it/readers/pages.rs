//! The pages of a PDF as text, and texts that a page break cuts.

use serde_json::Value;

use super::fields::{bare, heading};

/// The header row of the indicators, which is repeated on every page of a form.
const HEADER_ROW: &str = "一级指标二级指标三级指标绩效指标描述指标值指标值确定依据";
/// What the page before the first form says.
const PART_TWO: &str = "第二部分预算项目绩效目标";
/// A text shorter than this is not cut by a page break.
const SHORTEST_CUT: usize = 12;

/// The pages without white space, page numbers (`— 3 —`, `第 3 页 / 共 9 页`) and repeated header rows.
pub fn without_furniture(pages: &[String]) -> Vec<String> {
    pages
        .iter()
        .map(|page| {
            let text: String = page
                .lines()
                .map(bare)
                .filter(|line| !is_page_number(line))
                .collect();
            text.replace(HEADER_ROW, "")
        })
        .collect()
}

fn is_page_number(line: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let between = |first, last| line.strip_prefix(first)?.strip_suffix(last);
    between("—", "—").is_some_and(is_number)
        || between("第", "页")
            .and_then(|numbers| numbers.split_once("页/共"))
            .is_some_and(|(page, pages)| is_number(page) && is_number(pages))
}

/// Whether `text` is on a page, or on pages that follow each other: its beginning on one, the rest on
/// the next.
pub fn hold(pages: &[String], text: &str) -> bool {
    if pages.iter().any(|page| page.contains(text)) || pages.concat().contains(text) {
        return true;
    }
    if text.chars().count() < SHORTEST_CUT {
        return false;
    }
    pages.iter().enumerate().any(|(at, page)| {
        let next = &pages[at + 1..(at + 2).min(pages.len())];
        text.char_indices().skip(1).any(|(cut, _)| {
            page.contains(&text[..cut]) && next.iter().any(|page| page.contains(&text[cut..]))
        })
    })
}

/// The pages of each form: each begins on a new page with its heading.
pub fn of_forms(pages: &[String], projects: &[Value]) -> Vec<Vec<String>> {
    let part_two = pages
        .iter()
        .position(|page| page == PART_TWO)
        .expect("a page with the title of part two");
    let mut starts = Vec::new();
    let mut from = part_two + 1;
    for project in projects {
        let heading = heading(project);
        let start = (from..pages.len())
            .find(|&at| pages[at].starts_with(heading.as_str()))
            .unwrap_or_else(|| panic!("no page begins with {heading}"));
        starts.push(start);
        from = start + 1;
    }
    starts
        .iter()
        .enumerate()
        .map(|(at, &start)| {
            let end = starts.get(at + 1).copied().unwrap_or(pages.len());
            pages[start..end].to_vec()
        })
        .collect()
}
