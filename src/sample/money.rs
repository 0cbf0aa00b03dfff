//! Amounts in hundredths of the unit of a form (wan yuan): drawn, split and printed.

use super::random::Random;

/// The least amount, 0.50, and the most in powers of two above it: up to 32,768.
const LEAST: u64 = 50;
const POWERS: u64 = 16;

/// An amount as small or as large as those of real budgets are; small ones come up as often as large ones.
pub(super) fn amount(random: &mut Random) -> u64 {
    // Half of the powers lie below 128, where most projects are.
    let power = random.below(POWERS).min(random.below(POWERS + 2));
    let whole = LEAST << power;
    let amount = random.between(whole, 2 * whole);
    match random.below(4) {
        0 => amount,
        _ if amount < 1_000 => amount.div_ceil(10) * 10,
        1 => amount.div_ceil(100) * 100,
        _ => amount.div_ceil(500) * 500,
    }
}

/// `count` amounts, none of them 0, that come to `total`; fewer where that is too small.
pub(super) fn split(total: u64, count: usize, random: &mut Random) -> Vec<u64> {
    let mut parts = Vec::with_capacity(count);
    let mut rest = total;
    for left in (1..count as u64).rev() {
        let most = rest.saturating_sub(left) / left;
        if most < 2 {
            break;
        }
        let part = random.between(most / 3, most).max(1);
        // People plan in round amounts.
        let part = if part > 400 { part / 100 * 100 } else { part };
        parts.push(part);
        rest -= part;
    }
    parts.push(rest);
    parts
}

/// How amounts of a project are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Print {
    /// Whether thousands are grouped.
    pub(super) grouped: bool,
}

impl Print {
    /// The amount with both decimals, such as `1,234.50`.
    pub(super) fn full(self, amount: u64) -> String {
        format!("{}.{:02}", self.whole(amount / 100), amount % 100)
    }

    /// The amount as in a sentence, such as `1,234.5`.
    pub(super) fn short(self, amount: u64) -> String {
        let full = self.full(amount);
        full.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    fn whole(self, whole: u64) -> String {
        let digits = whole.to_string();
        if !self.grouped {
            return digits;
        }
        let mut text = String::new();
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::random::Purpose;

    #[test]
    fn parts_come_to_the_total() {
        let mut random = Random::new(1, Purpose::Content, 0);
        for _ in 0..2_000 {
            let total = amount(&mut random);
            assert!((50..=6_600_000).contains(&total), "{total}");
            let count = random.between(1, 5) as usize;
            let parts = split(total, count, &mut random);
            assert_eq!(parts.iter().sum::<u64>(), total);
            assert!(parts.len() <= count && !parts.contains(&0), "{parts:?}");
        }
    }

    #[test]
    fn amounts_are_printed() {
        let (plain, grouped) = (Print { grouped: false }, Print { grouped: true });
        assert_eq!(plain.full(123_450), "1234.50");
        assert_eq!(grouped.full(123_450), "1,234.50");
        assert_eq!(grouped.full(12_345), "123.45");
        assert_eq!(grouped.short(100_000_000), "1,000,000");
        assert_eq!((plain.short(50), plain.short(2_000)), ("0.5".into(), "20".into()));
    }
}
