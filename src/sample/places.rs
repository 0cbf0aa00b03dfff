//! Where a department is: an invented city, a county in it, and a kind of department, each combination once.

use super::random::{Purpose, Random};
use super::words::{Field, PlaceWords, Words};

/// The counties of a city; its own departments come before them.
const COUNTIES: u64 = 12;

/// Where a department is, and what it is called.
#[derive(Debug)]
pub(super) struct Seat<'w> {
    pub(super) field: &'w Field,
    /// What kind of department it is, such as `水务局`.
    pub(super) kind: &'w str,
    pub(super) city: String,
    /// The county's folder.
    pub(super) county: String,
    /// The place whose department it is.
    pub(super) place: String,
    /// The first two characters of its name.
    pub(super) short: String,
    /// What its people call it, such as `县`.
    pub(super) area: &'w str,
    /// The code of the place.
    pub(super) division: u64,
    /// The number of the kind, from 0.
    pub(super) slot: u64,
}

impl Seat<'_> {
    /// The name of the department.
    pub(super) fn department(&self) -> String {
        format!("{}{}", self.place, self.kind)
    }
}

/// Places the department of that number.
pub(super) fn seat(words: &Words, seed: u64, index: u64) -> Seat<'_> {
    let kinds = words.kinds();
    let (division, slot) = (index / kinds as u64, index % kinds as u64);
    let mut order: Vec<usize> = (0..kinds).collect();
    Random::new(seed, Purpose::Places, division + 1).shuffle(&mut order);
    let slot = order.get(slot as usize).copied().unwrap_or_default();
    let (field, kind) = words.kind(slot).unwrap_or((&words.fields[0], ""));
    let (city_number, within) = (division / (COUNTIES + 1), division % (COUNTIES + 1));
    let mut random = Random::new(seed, Purpose::Places, 0);
    let places = &words.places;
    let (city, city_short) = city(places, &mut random, city_number);
    let (place, short, area) = match within.checked_sub(1) {
        None => (city.clone(), city_short, words.texts.city_area.as_str()),
        Some(county) => {
            let (name, short, ending) = county_name(places, &mut random, city_number * COUNTIES + county);
            let area = words.texts.area.get(ending).map_or("", String::as_str);
            (name, short, area)
        }
    };
    Seat {
        field,
        kind,
        county: if within == 0 {
            places.city_proper.clone()
        } else {
            place.clone()
        },
        city,
        place,
        short,
        area,
        // No province has the number 91.
        division: 910_000 + city_number % 100 * 100 + within,
        slot: slot as u64,
    }
}

fn city(places: &PlaceWords, random: &mut Random, number: u64) -> (String, String) {
    let (first, second) = (characters(&places.first), characters(&places.city_second));
    let number = scattered(random, number, (first.len() * second.len()) as u64);
    let short = pair(&first, &second, number);
    (format!("{short}{}", places.city_ending), short)
}

/// The name of a county, its beginning, and the number of its ending.
fn county_name(places: &PlaceWords, random: &mut Random, number: u64) -> (String, String, usize) {
    let (first, second) = (characters(&places.first), characters(&places.second));
    let pairs = (first.len() * second.len()) as u64;
    let number = scattered(random, number, pairs * places.endings.len() as u64);
    let short = pair(&first, &second, number % pairs);
    let ending = (number / pairs) as usize;
    let name = places
        .endings
        .get(ending)
        .map_or_else(|| short.clone(), |ending| format!("{short}{ending}"));
    (name, short, ending)
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn pair(first: &[char], second: &[char], number: u64) -> String {
    let (one, other) = (
        number as usize % first.len(),
        number as usize / first.len() % second.len(),
    );
    [first[one], second[other]].iter().collect()
}

/// A number below `limit` for each one below it, no two the same, in an order that the random numbers choose.
fn scattered(random: &mut Random, number: u64, limit: u64) -> u64 {
    let mut step = random.between(limit / 3, limit - 1) | 1;
    while greatest_divisor(step, limit) != 1 {
        step += 2;
    }
    (number % limit * step + random.below(limit)) % limit
}

fn greatest_divisor(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        greatest_divisor(other, one % other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sample::MOST_DEPARTMENTS;

    #[test]
    fn numbers_are_scattered_without_meeting() {
        let seen: BTreeSet<_> = (0..1280)
            .map(|number| scattered(&mut Random::new(3, Purpose::Places, 0), number, 1280))
            .collect();
        assert_eq!(seen.len(), 1280);
    }

    #[test]
    fn no_two_places_of_the_most_departments_have_one_name() {
        let words = Words::built_in();
        let mut seen = BTreeSet::new();
        for division in 0..MOST_DEPARTMENTS.div_ceil(words.kinds() as u64) {
            let seat = seat(words, 5, division * words.kinds() as u64);
            assert!(seen.insert(seat.place.clone()), "{} stands twice", seat.place);
        }
        assert!(seen.len() > 15_000);
    }
}
