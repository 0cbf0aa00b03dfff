//! `narrative-budget`: 叙述中的金额与各表不一致.

use crate::check::items::{Item, path};
use crate::check::money::{agree, in_wan_yuan};
use crate::check::quantity::plain;
use crate::check::review::{Form, Text};
use crate::check::words::WORDS;
use rust_decimal::Decimal;
use std::ops::Range;

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::NarrativeBudget,
    number: "N01",
    title: Message::fixed(
        "分项绩效目标中的金额与绩效目标表不一致",
        "An amount of the narrative differs from the forms",
    ),
    what: Message::fixed(
        "分项绩效目标按项目列出并写明金额的，与同一项目的预算数比较；两张表合成一项的，与两表之和比较。不按项目列出的分项，只在名称相近、金额相差不到两成又不是几张表之和时报。叙述中印出的项目资金总额，与各表预算数之和比较；涉密的表计入或不计入都可以。没有印出总额的不推算。",
        "Where the items of the narrative stand for projects and state amounts, each is compared with the budget of its project, or of its projects where one item stands for two. An item about work is reported only where it is named like a project, its amount is within a fifth of that budget and no sum of several. A total of all projects that the narrative prints is compared with the sum of the forms, with those that are withheld or without. A total that is not printed is not computed.",
    ),
    why: Message::fixed(
        "文字和表格同时公开，读者以哪个数为准无法判断。",
        "Both are published, and readers cannot tell which of them counts.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[(
            "narrative.itemized_targets[0]",
            "（一）河道清淤工程（预算金额：35万元）",
        )]),
        Example(&[(
            "narrative.overall_target[0]",
            "2025年共安排项目2个，项目资金合计40万元。",
        )]),
    ],
    misses: &[
        Example(&[(
            "narrative.itemized_targets[0]",
            "（一）河道清淤工程（预算金额：300000元）",
        )]),
        Example(&[(
            "narrative.overall_target[0]",
            "2025年共安排项目2个，项目资金合计38.5万元。",
        )]),
        Example(&[("narrative.overall_target[0]", "全年部门收入总额500万元。")]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    if review.items().is_per_project {
        per_project(review, found);
    } else {
        about_work(review, found);
    }
    of_all(review, found);
}

/// Items that stand for projects.
fn per_project(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    for item in &review.items().list {
        let (Some(form), Some((paragraph, amount))) = (item.form.map(|at| &review.forms[at]), &item.budget)
        else {
            continue;
        };
        let all = item.more.iter().map(|at| review.forms[*at].budget());
        let budget = all.chain([form.budget()]).sum::<Option<Decimal>>();
        if let Some(budget) = budget.filter(|budget| !agree(amount.value, *budget, tolerance)) {
            tell(found, item, *paragraph, &amount.range, form, budget);
        }
    }
}

/// Totals of all projects.
fn of_all(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    let items = &review.items().list;
    let before = items.first().map_or(usize::MAX, |item| item.paragraphs.start);
    let narrative = &review.department.narrative;
    let overall = narrative
        .overall_target
        .iter()
        .enumerate()
        .map(|(at, text)| (format!("narrative.overall_target[{at}]"), text));
    let itemized = narrative.itemized_targets.iter().enumerate();
    // A total may close the list of items too.
    let itemized = itemized
        .filter(|(at, text)| *at < before || WORDS.money.sums.starts(&plain(text)))
        .map(|(at, text)| (path(at), text));
    for (field, text) in overall.chain(itemized) {
        let text = Text::of(Some(text));
        for quantity in &text.stated().quantities {
            let sentence = sentence(&text, quantity.range.start);
            let Some(total) = in_wan_yuan(quantity).filter(|_| is_total_of_all(sentence)) else {
                continue;
            };
            let sums = sums(review, WORDS.narrative.published.is_in(sentence));
            let Some(sum) = sums
                .first()
                .filter(|_| !sums.iter().any(|sum| agree(total, *sum, tolerance)))
            else {
                continue;
            };
            let (stated, count) = (text.slice(&quantity.range), review.forms.len());
            let message = Message::new(
                format!("叙述中的项目资金总额为 {stated}，{count} 张表的预算数之和为 {sum} 万元。"),
                format!(
                    "the narrative says {stated} for all projects, the {count} forms come to {sum} wan yuan."
                ),
            );
            found.outside(&field, message).quoting(&text, &quantity.range);
        }
    }
}

/// What the forms may come to: all of them, and those that are not withheld. Nothing where one states no amount,
/// unless it is withheld and only those that are published are meant.
fn sums(review: &Review<'_>, is_published_only: bool) -> Vec<Decimal> {
    let budget = |form: &Form<'_>| form.budget().or(form.total);
    let all = review.forms.iter().map(budget).sum::<Option<Decimal>>();
    let open = review.open_forms().map(budget).sum::<Option<Decimal>>();
    let has_open = review.open_forms().next().is_some();
    match (all, open) {
        _ if !has_open => Vec::new(),
        (Some(all), Some(open)) => vec![all, open],
        (None, Some(open)) if is_published_only => vec![open],
        _ => Vec::new(),
    }
}

/// Items about work that are called almost like one project and state almost what it costs: one of the amounts was
/// mistyped.
fn about_work(review: &Review<'_>, found: &mut Found<'_>) {
    let tolerance = review.settings.limits.amount_tolerance;
    let budgets: Vec<Decimal> = review.forms.iter().filter_map(Form::budget).collect();
    for item in &review.items().list {
        let Some(form) = item.form.map(|at| &review.forms[at]) else {
            continue;
        };
        let (Some(budget), Some((paragraph, amount))) = (form.budget(), &item.budget) else {
            continue;
        };
        let is_near = (amount.value - budget).abs() * Decimal::from(5) <= budget;
        if !is_near || agree(amount.value, budget, tolerance) || is_sum_of_some(&budgets, amount.value) {
            continue;
        }
        tell(found, item, *paragraph, &amount.range, form, budget);
    }
}

/// Whether an amount is one of several, or the sum of some of them.
fn is_sum_of_some(amounts: &[Decimal], amount: Decimal) -> bool {
    let mut sums = std::collections::BTreeSet::from([Decimal::ZERO]);
    for one in amounts.iter().take(14) {
        let more: Vec<Decimal> = sums.iter().map(|sum| sum + one).collect();
        sums.extend(more);
    }
    amounts.contains(&amount) || sums.contains(&amount)
}

fn tell(
    found: &mut Found<'_>,
    item: &Item<'_>,
    paragraph: usize,
    range: &Range<usize>,
    form: &Form<'_>,
    budget: Decimal,
) {
    let text = &item.texts[paragraph];
    let stated = text.slice(range);
    let message = Message::new(
        format!(
            "分项绩效目标“{}”写明 {stated}，绩效目标表为 {budget} 万元。",
            item.name
        ),
        format!(
            "the item “{}” says {stated}, the form {budget} wan yuan.",
            item.name
        ),
    );
    found
        .outside(&item.path(paragraph), message)
        .quoting(text, range)
        .about(form)
        .beside(form.place("budget.total"));
}

/// The beginning of the sentence that an amount stands in.
fn sentence<'t>(text: &'t Text<'_>, start: usize) -> &'t str {
    let before = text.sentence_before(start);
    before.trim_end_matches(['为', '共', '约', ':', '：'])
}

/// Whether the words before an amount say that it is that of all projects.
fn is_total_of_all(sentence: &str) -> bool {
    let clause = sentence.rsplit(['，', ',']).next().unwrap_or_default();
    let words = &WORDS.narrative;
    let closes = WORDS.money.sums.is_in(clause);
    let is_sum = closes || words.whole.is_in(clause);
    let is_of_projects = clause.contains("项目") || counts_projects(sentence);
    let is_list_end = clause.chars().count() <= 4 && closes && clause.len() == sentence.len();
    let is_other = words.not_all.is_in(clause);
    ((is_sum && is_of_projects) || is_list_end) && !is_other
}

/// Whether a sentence says how many projects there are: 安排项目6个, 6个项目.
fn counts_projects(sentence: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百两".contains(c);
    sentence.contains("个项目")
        || sentence.contains("安排项目")
        || sentence.split("项目").skip(1).any(|rest| {
            let rest = rest.trim_start_matches(['支', '出', '共', '有']);
            let after = rest.trim_start_matches(is_number);
            after.len() < rest.len() && after.starts_with(['个', '项'])
        })
}
