//! The account of a document: what became of every character that is seen.

use std::collections::BTreeSet;

use super::{Account, Fate};
use crate::finding::Place;
use crate::source::visible;

/// How many characters of a document that are not blank went where. The parts add up to the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// All characters of the text that are not blank.
    pub total: u64,
    /// Those that are in the model.
    pub model: u64,
    /// Labels, headings, page numbers, contents lines, and second copies of one cell.
    pub furniture: u64,
    /// What an extractor or a word processor wrote: tags, rules of tables, field codes.
    pub markup: u64,
    /// Those that a finding names because they have no place in the model.
    pub named: u64,
    /// The pieces of text without a place, in the order of the document.
    pub unplaced: Vec<Unplaced>,
}

/// A piece of text that has no place in the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplaced {
    /// Where it stands.
    pub place: Place,
    /// The text.
    pub text: String,
}

impl Ledger {
    /// Closes the account of a document. `strays` are the starts of cells that were read with others and
    /// found no place after all.
    pub(super) fn close(account: &Account, strays: &BTreeSet<u32>) -> Self {
        let seen = |text: &str| visible(text) as u64;
        let mut ledger = Self {
            total: seen(&account.source.text),
            ..Self::default()
        };
        for block in 0..account.blocks.len() {
            let fates = &account.fates[account.blocks.cell_range(block)];
            for (cell, fate) in account.cells(block).iter().zip(fates) {
                let count = seen(&cell.text);
                let fate = if strays.contains(&cell.start) {
                    Fate::Named
                } else {
                    *fate
                };
                match fate {
                    Fate::Model => ledger.model += count,
                    Fate::Furniture => ledger.furniture += count,
                    // A document without a form is named as a whole.
                    Fate::Unread => ledger.named += count,
                    Fate::Named => {
                        ledger.named += count;
                        ledger.unplaced.push(Unplaced {
                            place: account.place(cell.start),
                            text: cell.text.to_string(),
                        });
                    }
                }
            }
        }
        let accounted = ledger.model + ledger.furniture + ledger.named;
        ledger.markup = ledger.total.saturating_sub(accounted);
        ledger
    }
}
