//! Amounts in running text: which of them are totals or shares, and which are parts or prices; and whether two
//! amounts agree.

use rust_decimal::{Decimal, RoundingStrategy};

use super::list::List;
use super::quantity::{Kind, Quantity};
use super::review::Text;
use super::words::WORDS;

/// What an amount in a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// The whole budget.
    Total,
    /// Its fiscal part.
    Fiscal,
    /// Its other part.
    Other,
}

/// An amount that a text states of its budget.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) share: Share,
    /// In wan yuan, with the decimals as printed.
    pub(super) value: Decimal,
    /// Where it stands in the plain text.
    pub(super) range: std::ops::Range<usize>,
}

/// The total that a text states of its budget, the first where there are several.
pub(super) fn stated_total(text: &Text<'_>) -> Option<Amount> {
    stated(text)
        .into_iter()
        .find(|amount| amount.share == Share::Total)
}

/// The amounts that a text states of its budget: its total and its shares, each once. Parts, prices and amounts of
/// other years are left out.
pub(super) fn stated(text: &Text<'_>) -> Vec<Amount> {
    let amounts: Vec<(&Quantity, Decimal)> = text
        .stated()
        .quantities
        .iter()
        .filter_map(|quantity| in_wan_yuan(quantity).map(|value| (quantity, value)))
        .collect();
    let mut found: Vec<Amount> = Vec::new();
    for (quantity, value) in &amounts {
        let Some(share) = share(text, quantity, amounts.len()) else {
            continue;
        };
        if found.iter().all(|amount| amount.share != share) {
            found.push(Amount {
                share,
                value: *value,
                range: quantity.range.clone(),
            });
        }
    }
    found
}

/// The amount of a quantity in wan yuan; 4万 is one too.
pub(super) fn in_wan_yuan(quantity: &Quantity) -> Option<Decimal> {
    if !quantity.per.is_empty() || quantity.upper.is_some() {
        return None;
    }
    match quantity.kind {
        Kind::Money => Some(quantity.value),
        Kind::Bare if quantity.value == quantity.number.checked_mul(Decimal::from(10_000))? => {
            Some(quantity.number)
        }
        _ => None,
    }
}

/// What an amount is, by what stands before it in its clause.
fn share(text: &Text<'_>, quantity: &Quantity, amounts: usize) -> Option<Share> {
    let words = &WORDS.money;
    let before = &text.plain[..quantity.range.start];
    let clause = |marks: &[char]| before.rsplit(marks).next().unwrap_or_default();
    // A colon before the amount belongs to it: 预算金额：30万元.
    let unmarked = before.trim_end_matches([':', '：']);
    let label = unmarked
        .rsplit([
            '，', ',', '。', '；', ';', '：', ':', '、', '（', '(', '）', ')', '!', '！',
        ])
        .next()
        .unwrap_or_default()
        .trim_end_matches(['为', '是', '共', '约', '计', '达', '到', '≤', '=', '≥']);
    let label = label
        .strip_suffix("人民币")
        .unwrap_or(label)
        .trim_end_matches('为');
    let sentence = clause(&['。', '；', ';', '!', '！']);
    let after = &text.plain[quantity.range.end..];
    if after.starts_with("以上") || after.starts_with("以下") || after.starts_with("以内") {
        return None;
    }
    let is_listed = |list: &List| list.ends(label);
    if is_listed(&words.fiscal) || (words.fiscal.is_in(label) && !words.parts.is_in(label)) {
        return Some(Share::Fiscal);
    }
    if is_listed(&words.other) {
        return Some(Share::Other);
    }
    if words.parts.is_in(label) || sentence_is_of_parts(sentence, label) {
        return None;
    }
    // The words for money in general name the budget only at the beginning of the text, or where they stand alone.
    let is_strong = words.totals.end(label).is_some_and(|word| !is_general(word));
    let is_weak = is_listed(&words.totals) && (amounts == 1 || before.chars().count() <= 16);
    (is_strong || is_weak).then_some(Share::Total)
}

/// Whether a word for a total also names parts of it.
fn is_general(word: &str) -> bool {
    matches!(
        word,
        "经费"
            | "资金"
            | "预算"
            | "拨款"
            | "安排"
            | "下达"
            | "共计"
            | "合计"
            | "补助资金"
            | "奖补资金"
            | "总成本"
    )
}

/// Whether a sentence lists parts before the clause of the amount.
fn sentence_is_of_parts(sentence: &str, label: &str) -> bool {
    let earlier = sentence
        .rsplit_once(label)
        .map_or(sentence, |(earlier, _)| earlier);
    ["其中", "每", "分别"].iter().any(|word| earlier.contains(word))
}

/// Whether two amounts are the same, but for rounding: 16.625 and 16.63 are. The coarser of them must have three
/// digits to count as a rounding.
pub(super) fn agree(one: Decimal, other: Decimal, tolerance: Decimal) -> bool {
    let difference = (one - other).abs();
    if difference <= tolerance {
        return true;
    }
    let (coarse, fine) = if one.scale() <= other.scale() {
        (one, other)
    } else {
        (other, one)
    };
    let decimals = coarse.scale();
    let has_digits = decimals > 0 || coarse.abs() >= Decimal::ONE_HUNDRED;
    let rounds = |strategy| fine.round_dp_with_strategy(decimals, strategy) == coarse;
    coarse.scale() != fine.scale()
        && has_digits
        && (rounds(RoundingStrategy::MidpointAwayFromZero) || rounds(RoundingStrategy::MidpointNearestEven))
}

/// Whether several amounts come to a sum, but for the rounding of each. Whole numbers are not rounded.
pub(super) fn add_up(amounts: &[Decimal], sum: Decimal, tolerance: Decimal) -> bool {
    let total: Decimal = amounts.iter().sum();
    if agree(total, sum, tolerance) {
        return true;
    }
    let decimals = amounts.iter().map(Decimal::scale).max().unwrap_or(0);
    let is_rounded =
        amounts.len() > 1 && decimals >= 1 && amounts.iter().filter(|a| a.scale() > 0).count() > 1;
    let most = Decimal::from(amounts.len()) * Decimal::new(5, decimals + 1);
    is_rounded && (total - sum).abs() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(text: &str) -> Vec<(Share, String)> {
        let stated = stated(&Text::of(Some(text)));
        stated
            .iter()
            .map(|amount| (amount.share, amount.value.to_string()))
            .collect()
    }

    #[test]
    fn totals_and_shares_are_told_from_parts_and_prices() {
        use Share::{Fiscal, Other, Total};
        let cases: &[(&str, &[(Share, &str)])] = &[
            ("项目预算总额 17.5 万元，均为财政资金。", &[(Total, "17.5")]),
            ("预算金额为625.88万元，全部为财政资金", &[(Total, "625.88")]),
            ("项目经费共4万，均为财政资金，用于奖补", &[(Total, "4")]),
            ("财政资金拨款6万元，用于建设。", &[(Fiscal, "6")]),
            ("上级资金10万元用于巡展", &[(Total, "10")]),
            (
                "预算数5万元。其中：财政资金5万元。主要用于宣传",
                &[(Total, "5"), (Fiscal, "5")],
            ),
            (
                "总投资120万元，其中财政资金100万元，自筹资金20万元",
                &[(Total, "120"), (Fiscal, "100"), (Other, "20")],
            ),
            ("用于培训，每人500元，其中教材费3万元", &[]),
            ("在上年50万元的基础上开展巡查", &[]),
            ("每个单位2万元，共计6万元用于建设", &[]),
            ("印制宣传品2万元，举办活动3万元", &[]),
            ("购置费单价3万元", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected
                .iter()
                .map(|(share, value)| (*share, (*value).to_owned()))
                .collect();
            assert_eq!(shares(text), expected, "{text}");
        }
    }

    #[test]
    fn rounding_is_no_difference() {
        let agree = |one: &str, other: &str| {
            let read = |text: &str| crate::model::decimal(text).expect("a number");
            super::agree(read(one), read(other), Decimal::ZERO)
        };
        assert!(
            agree("16.625", "16.63")
                && agree("16.63", "16.6")
                && agree("2", "2.00")
                && agree("833", "832.52")
        );
        assert!(
            !agree("17", "16.63")
                && !agree("625.87", "625.88")
                && !agree("51", "49.99")
                && !agree("100.00", "99.87")
        );
    }
}
