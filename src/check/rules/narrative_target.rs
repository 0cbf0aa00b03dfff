//! `narrative-target`: 叙述中的目标与各表不一致.

use rust_decimal::Decimal;

use crate::check::items::{Item, likeness};
use crate::check::quantity::{Date, Kind, Quantity};
use crate::check::review::{Form, Level, Review, Row, Text};
use crate::check::words::WORDS;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::NarrativeTarget,
    number: "N02",
    title: Message::fixed(
        "分项绩效目标中的数值与绩效目标表不一致",
        "A target of the narrative contradicts a form",
    ),
    what: Message::fixed(
        "分项绩效目标写明的次数、比率、期限等，与同一项目表中同一指标的指标值比较：名称相近，或双方都只有一个数量而说的是同一件事。总体绩效目标和不按项目列出的分项，只与名称几乎相同、且只有一张表有的指标比较；累计数、上年数、满意度和几项之和不比。",
        "Counts, rates and deadlines that an item of the narrative states are compared with the same indicator in the form of its project: the one whose name is alike, or, where both state a single count, the one of the same thing. The overall target, and items that do not stand for projects, are compared only with an indicator of almost the same name that a single form has; never cumulative numbers, those of last year, satisfaction, or sums of several.",
    ),
    why: Message::fixed(
        "同一指标两个数，年底无法判断以哪个考核。",
        "With two numbers for one indicator nobody can tell which of them counts.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[(
            "narrative.itemized_targets[5]",
            "绩效指标：全年举办宣传活动不少于8场。",
        )]),
        Example(&[(
            "narrative.itemized_targets[2]",
            "绩效指标：清淤长度达到15公里，工程验收合格率95%以上。",
        )]),
    ],
    misses: &[
        Example(&[(
            "narrative.itemized_targets[5]",
            "绩效指标：全年举办宣传活动6场，印制宣传册5000册。",
        )]),
        Example(&[(
            "narrative.itemized_targets[2]",
            "绩效指标：工程验收合格率为100%、沿线居民满意度达到90%以上。",
        )]),
    ],
    check,
};

/// Names that are at least so much alike are those of one indicator.
const ALIKE: f64 = 0.5;
/// The same where items and forms are not paired.
const ALIKE_UNPAIRED: f64 = 0.8;
/// Indicators that are at least so much alike may be counted together.
const ALIKE_SUM: f64 = 0.45;

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    let items = review.items();
    for item in &items.list {
        match (
            item.form.filter(|_| items.is_per_project),
            review.forms.as_slice(),
        ) {
            (Some(at), _) => of_project(found, item, &review.forms[at], items.is_per_project, ALIKE),
            (None, [only]) if !items.is_per_project => {
                of_project(found, item, only, items.is_per_project, ALIKE_UNPAIRED);
            }
            _ if !items.is_per_project => {
                for (paragraph, text) in item.texts.iter().enumerate() {
                    of_any_project(review, found, (&item.path(paragraph), &item.name), text);
                }
            }
            _ => {}
        }
    }
    let overall = &review.department.narrative.overall_target;
    for (at, text) in overall.iter().enumerate() {
        let place = (
            &*format!("narrative.overall_target[{at}]"),
            review.label("overall_target"),
        );
        of_any_project(review, found, place, &Text::of(Some(text)));
    }
}

/// What an item says of its project.
fn of_project(found: &mut Found<'_>, item: &Item<'_>, form: &Form<'_>, is_per_project: bool, least: f64) {
    let is_only = |stated: &Quantity| {
        let all = item.texts.iter().flat_map(|text| &text.stated().quantities);
        all.filter(|other| other.kind == Kind::Count && is_same_unit(&other.unit, &stated.unit))
            .count()
            == 1
    };
    for (paragraph, text) in item.texts.iter().enumerate() {
        let path = item.path(paragraph);
        for stated in &text.stated().quantities {
            let label = label(text, stated.range.start);
            let row = contradicted(form, &label, stated, least).or_else(|| {
                if is_per_project && is_only(stated) {
                    only_count(form, &label, stated)
                } else {
                    None
                }
            });
            if let Some(row) = row {
                tell(found, (&path, &item.name), text, &stated.range, form, row);
            }
        }
        for date in text.dates().iter().filter(|date| date.month.is_some()) {
            let label = label(text, date.range.start);
            let row = form.filled_rows().find(|row| {
                let other = row.target.dates().first();
                alike(&label, row) >= ALIKE_UNPAIRED && other.is_some_and(|other| differs(date, other))
            });
            if let Some(row) = row {
                tell(found, (&path, &item.name), text, &date.range, form, row);
            }
        }
    }
}

/// What a text says of whatever project it is; it stands at a path in something of a name.
fn of_any_project(review: &Review<'_>, found: &mut Found<'_>, place: (&str, &str), text: &Text<'_>) {
    for (stated, form, row) in contradicted_anywhere(review, text) {
        tell(found, place, text, &stated.range, form, row);
    }
}

/// What a text says that the only indicator of the same name in any form contradicts. A number of another time, of a
/// part, or of several projects together contradicts none.
fn contradicted_anywhere<'r, 'a>(
    review: &'r Review<'a>,
    text: &'r Text<'_>,
) -> Vec<(&'r Quantity, &'r Form<'a>, &'r Row<'a>)> {
    let words = &WORDS.narrative;
    let mut all = Vec::new();
    for stated in &text.stated().quantities {
        let label = label(text, stated.range.start);
        let sentence = text.sentence_before(stated.range.start);
        let length = label.chars().count();
        if length < 2 || words.other_times.is_in(sentence) {
            continue;
        }
        // 出刊4期: a short name must be the very same.
        let least = if length < 4 { 1.0 } else { ALIKE_UNPAIRED };
        let mut candidates = Vec::new();
        for form in review.open_forms() {
            let rows = form.filled_rows().filter(|row| {
                let target = row.target.quantity();
                target.is_some_and(|target| is_comparable(row, target, stated) && target.per == stated.per)
                    && !row.is_satisfaction()
            });
            candidates.extend(rows.map(|row| (form, row, alike(&label, row))));
        }
        let value = |row: &Row<'_>| row.target.quantity().map(|target| target.value);
        let near = candidates.iter().filter(|(.., likeness)| *likeness >= ALIKE_SUM);
        let sum: Option<Decimal> = near.clone().map(|(_, row, _)| value(row)).sum();
        let is_said = near.clone().any(|(_, row, _)| value(row) == Some(stated.value));
        let mut same = candidates.iter().filter(|(.., likeness)| *likeness >= least);
        let Some((form, row, _)) = same.next() else {
            continue;
        };
        let is_of_one_form = same.all(|(other, ..)| other.index == form.index);
        if is_of_one_form && !is_said && sum != Some(stated.value) {
            all.push((stated, *form, *row));
        }
    }
    all
}

/// Tells of a number in the narrative, which stands at a path in something of a name.
fn tell(
    found: &mut Found<'_>,
    (path, name): (&str, &str),
    text: &Text<'_>,
    range: &std::ops::Range<usize>,
    form: &Form<'_>,
    row: &Row<'_>,
) {
    let stated = text.slice(range);
    let printed = row.printed();
    let title = row.title();
    found
        .outside(
            path,
            Message::new(
                format!("“{name}”写明 {stated}，绩效目标表“{title}”的指标值为“{printed}”。"),
                format!("“{name}” says {stated}, the target of “{title}” in the form is “{printed}”."),
            ),
        )
        .quoting(text, range)
        .about(form)
        .beside(form.place(&row.path("target")));
}

/// Whether two dates name different months or years.
fn differs(one: &Date, other: &Date) -> bool {
    let is_other = |one: Option<i64>, other: Option<i64>| one.is_some() && other.is_some() && one != other;
    is_other(one.year.map(i64::from), other.year.map(i64::from))
        || is_other(one.month.map(i64::from), other.month.map(i64::from))
}

/// What a quantity is of: the words before it in its clause, without verbs and signs.
fn label(text: &Text<'_>, start: usize) -> String {
    let before = &text.plain[..start];
    let clause = before
        .rsplit(['，', ',', '。', '；', ';', '、', '：', ':', '（', '('])
        .next()
        .unwrap_or_default();
    let (signs, words) = (&WORDS.signs, &WORDS.narrative);
    let ends = [
        &signs.at_least,
        &signs.at_most,
        &signs.more_than,
        &signs.less_than,
        &signs.equal,
        &words.label_ends,
    ];
    let mut label = clause;
    loop {
        let without_end = ends.iter().find_map(|list| label.strip_suffix(list.end(label)?));
        let shorter = without_end.or_else(|| label.strip_prefix(words.label_starts.start(label)?));
        match shorter {
            Some(shorter) => label = shorter,
            None => return label.to_owned(),
        }
    }
}

/// What an indicator is of, without the words for its count.
fn subject(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = WORDS
        .narrative
        .count_ends
        .end(name)
        .and_then(|end| name.strip_suffix(end))
    {
        if rest.is_empty() {
            break;
        }
        name = rest;
    }
    name
}

/// How much alike a label and an indicator are, from 0 to 1.
fn alike(label: &str, row: &Row<'_>) -> f64 {
    let label: Vec<char> = subject(label).chars().collect();
    let of = |name: &str| likeness(&label, &subject(name).chars().collect::<Vec<_>>());
    of(&row.name).max(of(&row.description))
}

/// The indicator that states another number of the same thing.
fn contradicted<'f, 'a>(
    form: &'f Form<'a>,
    label: &str,
    stated: &Quantity,
    least: f64,
) -> Option<&'f Row<'a>> {
    if label.chars().count() < 2 || stated.kind == Kind::Money {
        return None;
    }
    let mut best: Option<(f64, &Row<'a>, bool)> = None;
    let mut sum = Decimal::ZERO;
    for row in form.filled_rows() {
        let Some(target) = row
            .target
            .quantity()
            .filter(|target| is_comparable(row, target, stated))
        else {
            continue;
        };
        if row.level2 == Some(Level::Quantity) {
            sum += target.value;
        }
        let likeness = alike(label, row);
        if likeness < least {
            continue;
        }
        let is_same = target.value == stated.value;
        if is_same && target.kind == stated.kind {
            return None;
        }
        if best.is_none_or(|(most, ..)| likeness > most) {
            best = Some((likeness, row, is_same));
        }
    }
    // 1000件 may be those of two rows together.
    best.filter(|(.., is_same)| !is_same && sum != stated.value)
        .map(|(_, row, _)| row)
}

/// The one count of a form, where it says another number of a thing with the same last word: 学习交流活动 and
/// 科普活动.
fn only_count<'f, 'a>(form: &'f Form<'a>, label: &str, stated: &Quantity) -> Option<&'f Row<'a>> {
    let mut rows: Vec<(&Row<'a>, &Quantity)> = form
        .rows_of(Level::Quantity)
        .filter_map(|row| Some((row, row.target.quantity()?)))
        .filter(|(row, target)| is_comparable(row, target, stated))
        .collect();
    // 人次 is rather 人次 than 人.
    if rows.iter().any(|(_, target)| target.unit == stated.unit) {
        rows.retain(|(_, target)| target.unit == stated.unit);
    }
    let [(row, target)] = rows.as_slice() else {
        return None;
    };
    let last = |text: &str| text.chars().rev().take(2).collect::<Vec<_>>();
    let (one, other) = (last(subject(label)), last(subject(row.title())));
    (stated.kind == Kind::Count && one.len() == 2 && one == other && target.value != stated.value)
        .then_some(row)
}

/// Whether the target of a row and what the narrative states are of one kind.
fn is_comparable(row: &Row<'_>, target: &Quantity, stated: &Quantity) -> bool {
    let is_percentage = |kind: Kind| {
        kind == Kind::Percent || (kind == Kind::Bare && (row.is_rate() || row.is_satisfaction()))
    };
    match stated.kind {
        Kind::Percent => is_percentage(target.kind),
        Kind::Count | Kind::Measure => {
            let is_bare = target.kind == Kind::Bare && row.level2 == Some(Level::Quantity);
            is_bare || (target.kind == stated.kind && is_same_unit(&target.unit, &stated.unit))
        }
        Kind::Time => target.kind == Kind::Time && target.unit == stated.unit,
        _ => false,
    }
}

/// Whether two units count the same: 次 and 场, 人 and 人次.
fn is_same_unit(one: &str, other: &str) -> bool {
    const GROUPS: [&[&str]; 3] = [
        &["次", "场", "场次", "期", "期次", "批", "批次", "届", "回"],
        &["人", "人次", "名", "位"],
        &["个", "家", "所", "处", "座", "项"],
    ];
    one == other
        || GROUPS
            .iter()
            .any(|group| group.contains(&one) && group.contains(&other))
}
