//! The model of one department: what it is called, its narrative and its projects.

use super::Options;
use super::places::Seat;
use super::project::{Projects, Topic};
use super::random::Random;
use super::words::{Texts, Values, Words};
use crate::model::{Department, Narrative, Project};
use crate::vocab::{Form, Vocabulary};

/// Makes the model of the department that sits there.
pub(super) fn department(
    seat: &Seat<'_>,
    words: &Words,
    vocabulary: &Vocabulary,
    options: &Options,
    random: &mut Random,
) -> Department {
    let name = seat.department();
    let year = options.year;
    let values = Values::default()
        .with("department", &name)
        .with("kind", seat.kind)
        .with("place", &seat.place)
        .with("short", &seat.short)
        .with("area", seat.area)
        .with("year", year)
        .with("last", year.saturating_sub(1))
        .with("duty", &seat.field.duty)
        .with("document_title", vocabulary.document.printed("document_title"))
        .with("unit", &words.units.amount);
    let mut topics = Topic::all(seat.field);
    random.shuffle(&mut topics);
    let narrative = narrative(&words.texts, seat, &topics, &values, random);
    let count = random.between(u64::from(*options.forms.start()), u64::from(*options.forms.end()));
    let projects = match form(vocabulary, random) {
        Some(form) => Projects {
            seat,
            words,
            vocabulary,
            form,
            values: &values,
            year,
        }
        .make(&topics, count as usize, random),
        None => Vec::<Project>::new(),
    };
    let mut department = Department {
        department: Some(name.clone()),
        year: Some(year),
        cover_title: Some(values.fill(&words.texts.title)),
        compiled_by: Some(name),
        reviewed_by: Some(format!("{}{}", seat.place, words.places.finance)),
        narrative,
        projects,
        ..Department::default()
    };
    department.refresh_meanings();
    department
}

/// The form of the department's projects: mostly the first of the built-in ones.
fn form<'v>(vocabulary: &'v Vocabulary, random: &mut Random) -> Option<&'v Form> {
    let (first, others) = vocabulary.forms.split_first()?;
    if random.chance(80) {
        return Some(first);
    }
    random.pick(others).or(Some(first))
}

fn narrative(
    texts: &Texts,
    seat: &Seat<'_>,
    topics: &[Topic<'_>],
    values: &Values<'_>,
    random: &mut Random,
) -> Narrative {
    let mut narrative = Narrative::default();
    if let [first, middle @ .., last] = texts.overall.as_slice() {
        let kept = random.between(1, middle.len() as u64) as usize;
        for pattern in [first].into_iter().chain(middle.iter().take(kept)).chain([last]) {
            let topic = random
                .pick(topics)
                .map(|topic| topic.values(seat, values, random));
            narrative
                .overall_target
                .push(topic.as_ref().unwrap_or(values).fill(pattern));
        }
    }
    let items = random.between(1, 3) as usize;
    for (topic, numeral) in topics.iter().zip(&texts.numerals).take(items) {
        let values = topic
            .values(seat, values, random)
            .with("at", numeral)
            .with("percent", random.between(85, 98));
        let patterns = std::iter::once(&texts.itemized_heading).chain(&texts.itemized);
        narrative
            .itemized_targets
            .extend(patterns.map(|pattern| values.fill(pattern)));
    }
    let has_headings = random.chance(40);
    let kept = random.between(2, texts.safeguards.len() as u64) as usize;
    for (safeguard, numeral) in texts.safeguards.iter().zip(&texts.numerals).take(kept) {
        let values = Values::below(values).with("at", numeral);
        let (heading, rest) = safeguard.split_once('。').unwrap_or((safeguard, ""));
        if has_headings {
            let heading = format!("{}{heading}", values.fill(&texts.safeguard_heading));
            narrative.safeguards.extend([heading, rest.to_owned()]);
        } else {
            let item = values.fill(&texts.safeguard_item);
            narrative.safeguards.push(format!("{item}{safeguard}"));
        }
    }
    narrative
}
