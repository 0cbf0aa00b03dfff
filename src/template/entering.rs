//! What people may enter into a cell and what a cell is calculated from, as the attributes of a cell
//! say it.
//!
//! Architecture invariant: it knows no field and no label; what it checks is only whether attributes
//! go together.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::markup::{Mistake, Tag};
use crate::model;
use crate::sheet::{Cell, Entry, Formula, Table};

/// The decimals that a sum of amounts has at least.
const DECIMALS: u32 = 2;

/// The attributes of a cell that say what is entered into it or what it is calculated from.
#[derive(Default)]
pub(super) struct CellAttributes {
    pub(super) amount: bool,
    pub(super) percent: bool,
    pub(super) sum: bool,
    pub(super) or: Option<String>,
    pub(super) show: Option<String>,
    pub(super) choices: Option<Arc<[String]>>,
}

impl CellAttributes {
    /// Says it in the neutral cell, whose text is read.
    ///
    /// # Errors
    ///
    /// Attributes that contradict each other.
    pub(super) fn apply(self, tag: &Tag<'_>, cell: &mut Cell) -> Result<(), Mistake> {
        let kinds = [self.amount, self.percent, self.choices.is_some()];
        let is_several = kinds.into_iter().filter(|&is| is).count() > 1;
        let is_calculated = self.sum || self.show.is_some();
        if is_several || (self.sum && self.show.is_some()) || (is_calculated && cell.field.is_some()) {
            return Err(Mistake::new(
                tag.mark,
                format!("<{}>", tag.name),
                "data-amount、data-percent、data-choices 只能写一个；data-show、data-sum 只能写一个，且不能与 data-field 同用。",
                "Only one of data-amount, data-percent and data-choices may stand here, and only one of data-show, data-sum and data-field.",
            ));
        }
        if self.or.is_some() && !self.amount {
            return Err(Mistake::new(
                tag.mark,
                "data-or",
                "data-or 要与 data-amount 同用。",
                "data-or goes with data-amount.",
            ));
        }
        if self.amount {
            cell.amount = model::decimal(&cell.text);
        }
        if is_calculated {
            cell.formula = Some(self.show.map_or(Formula::Sum, Formula::Field));
        } else if self.amount {
            cell.entry = Some(Entry::Amount { or: self.or });
        } else if self.percent {
            cell.entry = Some(Entry::Percent);
        } else {
            cell.entry = self
                .choices
                .filter(|choices| !choices.is_empty())
                .map(Entry::Choice);
        }
        Ok(())
    }
}

/// Fills in the sums of a table: exact, with as many decimals as what is summed. A sum of nothing
/// stays blank.
pub(super) fn add_up(table: &mut Table) {
    for row in 0..table.rows.len() {
        let (above, from) = table.rows.split_at_mut(row);
        for cell in &mut from[0].cells {
            if cell.formula != Some(Formula::Sum) {
                continue;
            }
            let amounts = || {
                let cells = above.iter().flat_map(|row| &row.cells);
                cells
                    .filter(|other| other.column == cell.column && other.formula != Some(Formula::Sum))
                    .filter_map(|other| other.amount)
            };
            let decimals = amounts().map(|amount| amount.scale()).max().unwrap_or(0);
            let sum = amounts().try_fold(Decimal::ZERO, Decimal::checked_add);
            let sum = sum.filter(|_| amounts().next().is_some());
            cell.text = sum.map_or_else(String::new, |sum| {
                format!("{sum:.*}", decimals.max(DECIMALS) as usize)
            });
            cell.amount = sum;
        }
    }
}
