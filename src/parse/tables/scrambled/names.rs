//! The names of levels and the headings of columns among the fragments of a table, whole or broken at a
//! length that the document keeps to: between them stand the cells.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLUMNS, Fragment, Kind, Name, Table, WINDOW, pairs};
use crate::parse::lexicon::{Label, Lexicon};
use crate::parse::tables::head::label_of;
use crate::vocab::key;

/// After how many characters the names of levels are broken, if they are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breaks {
    level1: Option<usize>,
    level2: Option<usize>,
}

/// A broken name whose rest was not read yet.
struct Open {
    level: Level,
    /// The names that it can be, as their keys.
    candidates: Vec<Vec<String>>,
    pieces: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    One,
    Two,
    Heading(usize),
}

/// A name in pieces of so many characters.
fn pieces(name: &str, length: usize) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    chars
        .chunks(length.max(1))
        .map(|piece| piece.iter().collect())
        .collect()
}

impl Breaks {
    /// Looks for the length at which the most names are broken.
    pub(super) fn of(tables: &[&[Fragment]], lexicon: &Lexicon) -> Self {
        let best = |of_level1: bool| {
            (2..=8_usize)
                .filter_map(|length| {
                    let breaks = if of_level1 {
                        Self {
                            level1: Some(length),
                            level2: None,
                        }
                    } else {
                        Self {
                            level1: None,
                            level2: Some(length),
                        }
                    };
                    let mut balance = 0;
                    for fragments in tables {
                        let (names, whole) = Table::count(fragments, lexicon, breaks, of_level1);
                        balance += names - whole;
                    }
                    (balance >= 2).then_some((balance, length))
                })
                .max()
                .map(|(_, length)| length)
        };
        Self {
            level1: best(true),
            level2: best(false),
        }
    }
}

impl<'t> Table<'t> {
    /// How many names are broken, and how many are whole that would have to be broken.
    fn count(fragments: &[Fragment], lexicon: &Lexicon, breaks: Breaks, of_level1: bool) -> (i64, i64) {
        let table = Table::new(fragments, lexicon, breaks);
        let names = if of_level1 { &table.level1 } else { &table.level2 };
        let broken = names.iter().filter(|name| name.pieces.len() > 1);
        let length = if of_level1 { breaks.level1 } else { breaks.level2 };
        let known = |text: &str| {
            if of_level1 {
                lexicon.is_level1(text, "")
            } else {
                lexicon.is_level2(text)
            }
        };
        let whole = fragments.iter().filter(|fragment| {
            fragment.text.len() <= 60
                && known(fragment.text)
                && length.is_some_and(|length| key(fragment.text).chars().count() > length)
        });
        (broken.map(|_| 1).sum(), whole.map(|_| 1).sum())
    }

    pub(super) fn new(fragments: &'t [Fragment<'t>], lexicon: &Lexicon, breaks: Breaks) -> Self {
        let mut table = Self {
            fragments,
            kinds: vec![Kind::Free; fragments.len()],
            headings: Vec::new(),
            level1: Vec::new(),
            level2: Vec::new(),
        };
        let mut broken: BTreeMap<String, Vec<(Level, Vec<String>)>> = BTreeMap::new();
        for (level, length, names) in [
            (Level::One, breaks.level1, lexicon.level1_names()),
            (Level::Two, breaks.level2, lexicon.level2_names()),
        ] {
            let Some(length) = length else { continue };
            for name in names.filter(|name| name.chars().count() > length) {
                let pieces = pieces(name, length);
                broken.entry(pieces[0].clone()).or_default().push((level, pieces));
            }
        }
        let mut open: Vec<Open> = Vec::new();
        let mut undecided = Vec::new();
        let mut header_ends = 0;
        for (at, fragment) in fragments.iter().enumerate() {
            if fragment.is_furniture {
                table.kinds[at] = Kind::Furniture;
                continue;
            }
            if fragment.text.len() > 90 || table.kinds[at] != Kind::Free {
                continue;
            }
            let text = key(fragment.text);
            open.retain(|name| name.pieces.first().is_some_and(|&first| first + WINDOW > at));
            if let Some(Label::Column(column)) = lexicon.label(fragment.text) {
                table.add_heading(usize::from(column), vec![at]);
                header_ends = at + WINDOW;
                continue;
            }
            // A heading in pieces, whose last may stand further on.
            if at <= header_ends
                && let Some(count) = (2..=3).find(|&count| {
                    fragments
                        .get(at..at + count)
                        .is_some_and(|words| matches!(label_of(words, lexicon), Some(Label::Column(_))))
                })
                && let Some(Label::Column(column)) = label_of(&fragments[at..at + count], lexicon)
            {
                table.add_heading(usize::from(column), (at..at + count).collect());
                header_ends = at + WINDOW;
                continue;
            }
            let fits = |length: Option<usize>| length.is_none_or(|length| text.chars().count() <= length);
            let one = fits(breaks.level1) && lexicon.is_level1(&text, "");
            let two = fits(breaks.level2) && lexicon.is_level2(&text);
            let by_need = !one && fits(breaks.level1) && lexicon.is_level1_of_some(&text);
            if two && by_need {
                undecided.push(at);
                continue;
            }
            if one || (by_need && !two) {
                table.add_name(Level::One, vec![at]);
                continue;
            }
            if two {
                table.add_name(Level::Two, vec![at]);
                continue;
            }
            // The rest of a broken name: that of the first one that goes on so.
            let goes_on = open.iter().position(|name| {
                name.candidates
                    .iter()
                    .any(|pieces| pieces.get(name.pieces.len()) == Some(&text))
            });
            if let Some(index) = goes_on {
                let name = &mut open[index];
                let count = name.pieces.len();
                name.candidates.retain(|pieces| pieces.get(count) == Some(&text));
                name.pieces.push(at);
                if name.candidates.iter().any(|pieces| pieces.len() == count + 1) {
                    let name = open.remove(index);
                    table.add_name(name.level, name.pieces);
                }
                continue;
            }
            if let Some(names) = broken.get(&text) {
                open.push(Open {
                    level: names[0].0,
                    candidates: names.iter().map(|(_, pieces)| pieces.clone()).collect(),
                    pieces: vec![at],
                });
            } else if at <= header_ends {
                let column = (0..COLUMNS).find(|&column| {
                    table.headings.iter().all(|(known, _)| *known != column)
                        && lexicon.column_names(column).any(|name| {
                            name.len() > text.len() && text.chars().count() > 1 && name.starts_with(&text)
                        })
                });
                if let Some(column) = column {
                    let names = lexicon
                        .column_names(column)
                        .filter_map(|name| name.strip_prefix(text.as_str()));
                    open.push(Open {
                        level: Level::Heading(column),
                        candidates: names.map(|rest| vec![text.clone(), rest.to_owned()]).collect(),
                        pieces: vec![at],
                    });
                }
            }
        }
        // A name of both levels is a level 1 where the table has a level 2 that stands only below it.
        let mut taken = false;
        let below = |table: &Self, text: &str| {
            let mut names = table.level2.iter();
            names.any(|name| lexicon.is_level2_of(text, &name.text))
        };
        let mut known: BTreeMap<String, bool> = BTreeMap::new();
        for at in undecided {
            let text = fragments[at].text;
            let above = !taken && *known.entry(key(text)).or_insert_with(|| below(&table, text));
            taken |= above;
            table.add_name(if above { Level::One } else { Level::Two }, vec![at]);
        }
        table.order();
        let mut shared: BTreeMap<(char, char), &str> = BTreeMap::new();
        let mut common: BTreeSet<(char, char)> = BTreeSet::new();
        let names: BTreeSet<String> = table.level2.iter().map(|name| key(&name.text)).collect();
        for name in &names {
            for pair in pairs(name) {
                if *shared.entry(pair).or_insert(name) != name {
                    common.insert(pair);
                }
            }
        }
        for name in &mut table.level2 {
            let text = key(&name.text);
            name.own = pairs(&text).filter(|pair| !common.contains(pair)).collect();
            // The first place is for a level 1 that stands before all others.
            let (group, number) = lexicon.level2_place(&name.text);
            name.place = (group + 1, number);
        }
        table
    }

    fn add_heading(&mut self, column: usize, pieces: Vec<usize>) {
        for &at in &pieces {
            self.kinds[at] = Kind::Heading(column);
        }
        self.headings.push((column, pieces));
    }

    fn add_name(&mut self, level: Level, pieces: Vec<usize>) {
        if let Level::Heading(column) = level {
            return self.add_heading(column, pieces);
        }
        let text = pieces.iter().map(|&at| self.fragments[at].text).collect();
        let names = if level == Level::One {
            &mut self.level1
        } else {
            &mut self.level2
        };
        names.push(Name {
            text,
            place: (0, 0),
            pieces,
            own: Vec::new(),
        });
    }

    /// Puts the names in the order in which they begin, and notes which fragments they take.
    fn order(&mut self) {
        self.level1.sort_by_key(|name| name.pieces[0]);
        self.level2.sort_by_key(|name| name.pieces[0]);
        for (number, name) in self.level1.iter().enumerate() {
            for &at in &name.pieces {
                self.kinds[at] = Kind::Level1(number);
            }
        }
        for (number, name) in self.level2.iter().enumerate() {
            for &at in &name.pieces {
                self.kinds[at] = Kind::Level2(number);
            }
        }
    }
}
