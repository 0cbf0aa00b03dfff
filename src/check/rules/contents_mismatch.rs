//! `contents-mismatch`: 目录与各表标题不一致.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};
use crate::vocab::key;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::ContentsMismatch,
    number: "N04",
    title: Message::fixed("目录与各表标题不一致", "The contents list differs from the forms"),
    what: Message::fixed(
        "目录中列出的绩效目标表与正文各表比较：序号相同而标题不同，标题相同而序号不同，目录有而正文没有，正文有而目录没有。空格、全半角和括号样式不计；换行截断的长标题按已有部分比较。没有目录或目录不列各表的不比。",
        "The forms in the contents list are compared with those of the document: same number and another title, same title and another number, one without the other. Blanks, widths and bracket styles do not count; a long title that was cut is compared as far as it goes. Where the contents name no forms, nothing is said.",
    ),
    why: Message::fixed(
        "目录与正文不符，说明目录没有更新，读者也找不到表。",
        "The contents were not updated, and readers do not find the form.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[("contents[1]", "2.节水宣传活动经费绩效目标表")]),
        Example(&[("contents[-1]", "")]),
        Example(&[("contents[+]", "3.防汛物资购置绩效目标表")]),
    ],
    misses: &[
        Example(&[("contents[1]", "2. 节水宣传经费 绩效目标表")]),
        Example(&[("contents[-1]", ""), ("contents[-0]", "")]),
        Example(&[("contents[+]", "三、工作保障措施")]),
        Example(&[("contents[1]", "2.节水宣传经费绩效目标表……5")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let titles = review.vocabulary.forms.iter().flat_map(|form| &form.title);
    let titles: Vec<String> = titles.map(|title| key(title)).collect();
    let entries: Vec<Listed<'_>> = review
        .department
        .contents
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| Listed::of(at, &entry.text, &titles))
        .collect();
    if entries.is_empty() {
        return;
    }
    let mut used = vec![false; entries.len()];
    let mut unlisted = Vec::new();
    for form in &review.forms {
        let Some(title) = form
            .project
            .title
            .as_deref()
            .map(key)
            .filter(|title| !title.is_empty())
        else {
            continue;
        };
        let number = Some(form.project.number);
        let with = |is_wanted: &dyn Fn(&Listed<'_>) -> bool, used: &[bool]| {
            entries
                .iter()
                .zip(used)
                .position(|(entry, used)| !used && is_wanted(entry))
        };
        let same = with(&|entry| entry.is_title(&title) && entry.number == number, &used);
        if let Some(at) =
            same.or_else(|| with(&|entry| entry.is_title(&title) && entry.number.is_none(), &used))
        {
            used[at] = true;
        } else {
            unlisted.push((form, title));
        }
    }
    for (form, title) in unlisted {
        let free = |entry: usize| !used[entry];
        let by_title = (0..entries.len()).find(|at| free(*at) && entries[*at].is_title(&title));
        let by_number =
            (0..entries.len()).find(|at| free(*at) && entries[*at].number == Some(form.project.number));
        let printed = form.project.title.as_deref().unwrap_or_default();
        let number = form.project.number;
        let Some(at) = by_title.or(by_number) else {
            found.on(
                form,
                "title",
                Message::new(
                    format!("目录中没有“{number}.{printed}”。"),
                    format!("the contents do not list \"{number}.{printed}\"."),
                ),
            );
            continue;
        };
        used[at] = true;
        let listed = &entries[at];
        let text = listed.text.trim();
        found
            .on(
                form,
                "title",
                Message::new(
                    format!("目录写的是“{text}”，表的标题是“{number}.{printed}”。"),
                    format!("the contents say “{text}”, the form is titled \"{number}.{printed}\"."),
                ),
            )
            .beside(review.department.contents[listed.at].place.clone());
    }
    for listed in entries
        .iter()
        .zip(&used)
        .filter(|(_, used)| !**used)
        .map(|(listed, _)| listed)
    {
        let text = listed.text.trim();
        found
            .outside(
                &format!("contents[{}]", listed.at),
                Message::new(
                    format!("目录列有“{text}”，文本中没有这张表。"),
                    format!("the contents list “{text}”, but there is no such form."),
                ),
            )
            .saying(text)
            .placed(review.department.contents[listed.at].place.clone());
    }
}

/// A form in the contents list.
struct Listed<'t> {
    /// Its place in the list, from 0.
    at: usize,
    text: &'t str,
    number: Option<u32>,
    /// The key of its title.
    title: String,
}

impl<'t> Listed<'t> {
    /// An entry that lists a form: it has a number, or ends as titles of forms do.
    fn of(at: usize, text: &'t str, titles: &[String]) -> Option<Self> {
        let whole = key(text);
        // The page may stand right behind the title, with what is left of the leaders.
        let bare = whole.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '…' | '·' | '-'));
        let key = if titles.iter().any(|end| bare.ends_with(end.as_str())) {
            bare
        } else {
            &whole
        };
        let rest = key.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &key[..key.len() - rest.len()];
        let title = rest.trim_start_matches(['.', '、', '．', ',']);
        let is_numbered = !digits.is_empty() && digits.len() <= 3 && title.len() < rest.len();
        let is_titled = titles.iter().any(|end| key.ends_with(end.as_str()));
        if !is_titled {
            return None;
        }
        let (number, title) = if is_numbered {
            (digits.parse().ok(), title)
        } else {
            (None, key)
        };
        Some(Self {
            at,
            text,
            number,
            title: title.to_owned(),
        })
    }

    /// Whether it is that title, or a part of it that a line break left.
    fn is_title(&self, title: &str) -> bool {
        let is_part = |short: &str, long: &str| short.chars().count() >= 12 && long.ends_with(short);
        self.title == title || is_part(&self.title, title)
    }
}
