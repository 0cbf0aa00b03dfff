//! `narrative-budget`: 叙述中的金额与各表不一致.

use crate::check::items::path;
use crate::check::money::{agree, in_wan_yuan};
use crate::check::quantity::plain;
use crate::check::review::Text;
use crate::check::words::WORDS;
use rust_decimal::Decimal;

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
        "分项绩效目标按项目列出并写明金额的，与同一项目的预算数比较；叙述中印出的项目资金总额，与各表预算数之和比较。没有印出总额的不推算。",
        "Where the items of the narrative stand for projects and state amounts, each is compared with the budget of its project; a total of all projects that the narrative prints is compared with the sum of the forms. A total that is not printed is not computed.",
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
    let tolerance = review.settings.limits.amount_tolerance;
    let items = review.items();
    if items.is_per_project {
        for item in &items.list {
            let (Some(form), Some((paragraph, amount))) =
                (item.form.map(|at| &review.forms[at]), &item.budget)
            else {
                continue;
            };
            let Some(budget) = form
                .budget()
                .filter(|budget| !agree(amount.value, *budget, tolerance))
            else {
                continue;
            };
            let text = &item.texts[*paragraph];
            let stated = text.slice(&amount.range);
            found
                .outside(
                    &item.path(*paragraph),
                    Message::new(
                        format!(
                            "分项绩效目标“{}”写明 {stated}，绩效目标表为 {budget} 万元。",
                            item.name
                        ),
                        format!(
                            "the item “{}” says {stated}, the form {budget} wan yuan.",
                            item.name
                        ),
                    ),
                )
                .quoting(text, &amount.range)
                .about(form)
                .beside(form.place("budget.total"));
        }
    }
    let budgets: Option<Vec<Decimal>> = review
        .forms
        .iter()
        .map(|form| form.budget().or(form.total))
        .collect();
    let Some(sum) = budgets
        .filter(|budgets| !budgets.is_empty())
        .map(|budgets| budgets.iter().sum::<Decimal>())
    else {
        return;
    };
    let before = items
        .list
        .first()
        .map_or(usize::MAX, |item| item.paragraphs.start);
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
            let Some(total) = in_wan_yuan(quantity).filter(|_| is_total_of_all(&text, quantity.range.start))
            else {
                continue;
            };
            if agree(total, sum, tolerance) {
                continue;
            }
            let stated = text.slice(&quantity.range);
            found
                .outside(
                    &field,
                    Message::new(
                        format!("叙述中的项目资金总额为 {stated}，{} 张表的预算数之和为 {sum} 万元。", review.forms.len()),
                        format!("the narrative says {stated} for all projects, the {} forms come to {sum} wan yuan.", review.forms.len()),
                    ),
                )
                .quoting(&text, &quantity.range);
        }
    }
}

/// Whether the words before an amount say that it is that of all projects.
fn is_total_of_all(text: &Text<'_>, start: usize) -> bool {
    let before = text.plain[..start].trim_end_matches(['为', '共', '约', ':', '：']);
    let sentence = before.rsplit(['。', '；', ';']).next().unwrap_or_default();
    let clause = sentence.rsplit(['，', ',']).next().unwrap_or_default();
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let closes = WORDS.money.sums.is_in(clause);
    let is_sum = closes
        || says(
            clause,
            &["总额", "总预算", "总投资", "总规模", "总资金", "共安排"],
        );
    let is_of_projects = says(clause, &["项目"]) || says(sentence, &["个项目", "项目个", "安排项目"]);
    let is_list_end = clause.chars().count() <= 4 && closes && clause.len() == sentence.len();
    let is_other = says(clause, &["收入", "基本支出", "其中", "上年", "财政拨款收入"]);
    ((is_sum && is_of_projects) || is_list_end) && !is_other
}
