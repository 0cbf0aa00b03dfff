//! Random numbers that follow from a seed alone, the same on every machine (the generator splitmix64).

/// What a stream of numbers is for, so that drawing more for one purpose changes no other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// The numbers of places.
    Places = 1,
    /// What the department says.
    Content = 2,
    /// How it is written down.
    Writing = 3,
    /// What is broken in it.
    Damage = 4,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of a seed, a purpose and a number, such as that of a department.
    pub(super) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mut start = Self(seed);
        for part in [purpose as u64, number] {
            start = Self(start.next() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        }
        start
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where that is 0. The bias is far below what anybody sees.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or_default()
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index below `length`.
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// One of a list; `None` of an empty one.
    pub(super) fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.index(list.len()))
    }

    /// One of a list of texts; an empty text of an empty list.
    pub(super) fn text<'l>(&mut self, list: &'l [String]) -> &'l str {
        self.pick(list).map_or("", String::as_str)
    }

    /// Brings a list into random order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.index(at + 1);
            list.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_are_what_they_were() {
        let first = |seed, purpose, number| Random::new(seed, purpose, number).next();
        assert_eq!(
            first(1, Purpose::Content, 0),
            first(1, Purpose::Content, 0),
            "the same numbers"
        );
        let all = [
            first(1, Purpose::Content, 0),
            first(1, Purpose::Content, 1),
            first(1, Purpose::Damage, 0),
            first(2, Purpose::Content, 0),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one));
        }
        // The first number of splitmix64 for the seed 0, as its authors publish it.
        assert_eq!(Random(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn all_of_a_range_come_up() {
        let mut random = Random::new(7, Purpose::Content, 0);
        let mut seen = [0; 6];
        for _ in 0..600 {
            seen[random.between(2, 7) as usize - 2] += 1;
        }
        assert!(seen.iter().all(|count| (50..200).contains(count)), "{seen:?}");
        assert_eq!((random.below(0), random.between(3, 3)), (0, 3));
        assert_eq!(random.text(&[]), "");
    }
}
