//! The summary of a batch: the departments of an output folder in one table.
//!
//! Architecture invariant: it is made of figures alone; no department is read for it.

use rust_decimal::Decimal;
use serde::Serialize;

use super::overview::{BatchFigures, share};
use super::reader::Reader;
use super::tally::{BatchTally, amount};
use super::{FillOptions, Templates};
use crate::finding::Finding;
use crate::sheet::Document;

/// The template of the summary.
pub(super) const BATCH: &str = "batch.html";

/// The most departments that have a bar in the chart; of more of them the rest is one bar.
const MOST_BARS: usize = 30;

/// A department in the summary of a batch. Amounts are printed in wan yuan.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BatchRow {
    /// Its rank by total, from 1.
    pub number: usize,
    /// The department's name.
    pub department: String,
    /// Its year.
    pub year: String,
    /// The path of a file of it, from the summary, with `/`; empty without one.
    pub file: String,
    /// The number of its forms.
    pub forms: usize,
    /// The number of its indicators.
    pub indicators: usize,
    /// The sum of the budget totals.
    pub total: String,
    /// Its share of the sum of all, as a percentage with one decimal.
    pub share: String,
    /// The sum of the fiscal parts.
    pub fiscal: String,
    /// The sum of the other parts.
    pub other: String,
    /// The number of errors found.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
    /// What the review found in it.
    pub review: ReviewCounts,
}

/// What the review found in a department.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReviewCounts {
    /// The path of its review sheet, from the summary, with `/`; empty without one.
    pub file: String,
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
    /// The number of notes.
    pub notes: usize,
    /// The number of findings that somebody accepted.
    pub accepted: usize,
}

impl ReviewCounts {
    fn is_any(&self) -> bool {
        self.errors + self.warnings + self.notes + self.accepted > 0
    }
}

/// What the template sees.
#[derive(Serialize)]
pub(super) struct BatchView<'a> {
    rows: &'a [BatchRow],
    /// The rows that have a bar in the chart: all of them, or the largest of very many.
    top: &'a [BatchRow],
    /// Those that have none together; nothing where all have one.
    rest: Option<BatchRow>,
    /// Whether there is a chart.
    charted: bool,
    /// What the departments come to by other measures.
    figures: BatchFigures,
    departments: usize,
    /// The number of departments that have a bar of their own.
    bars: usize,
    forms: usize,
    indicators: usize,
    errors: usize,
    warnings: usize,
    /// The departments in which the review found anything, those with the most errors first.
    reviewed: Vec<&'a BatchRow>,
    /// What the review found in all of them.
    review: ReviewCounts,
}

impl<'a> BatchView<'a> {
    pub(super) fn new(rows: &'a [BatchRow], tally: &BatchTally) -> Self {
        let sum = |number: fn(&BatchRow) -> usize| rows.iter().map(number).sum();
        let (top, others) = rows.split_at(rows.len().min(MOST_BARS));
        let mut reviewed: Vec<&BatchRow> = rows.iter().filter(|row| row.review.is_any()).collect();
        // The sort is stable, so that departments alike stay in the order of their totals.
        reviewed.sort_by_key(|row| {
            let ReviewCounts {
                errors,
                warnings,
                notes,
                ..
            } = row.review;
            std::cmp::Reverse((errors, warnings, notes))
        });
        Self {
            rows,
            top,
            rest: (!others.is_empty()).then(|| rest(rows, others)),
            charted: rows.iter().any(|row| !row.total.is_empty()),
            figures: BatchFigures::new(tally, sum(|row| row.forms)),
            departments: rows.len(),
            bars: top.len(),
            forms: sum(|row| row.forms),
            indicators: sum(|row| row.indicators),
            errors: sum(|row| row.errors),
            warnings: sum(|row| row.warnings),
            reviewed,
            review: ReviewCounts {
                file: String::new(),
                errors: sum(|row| row.review.errors),
                warnings: sum(|row| row.review.warnings),
                notes: sum(|row| row.review.notes),
                accepted: sum(|row| row.review.accepted),
            },
        }
    }
}

/// The sum of rows that have none of their own.
fn rest(rows: &[BatchRow], others: &[BatchRow]) -> BatchRow {
    let count = |number: fn(&BatchRow) -> usize| others.iter().map(number).sum();
    let sum = |rows: &[BatchRow], text: fn(&BatchRow) -> &str| {
        let amounts = rows.iter().filter_map(|row| text(row).parse::<Decimal>().ok());
        amounts.reduce(Decimal::saturating_add)
    };
    let printed = |text: fn(&BatchRow) -> &str| sum(others, text).map(amount).unwrap_or_default();
    let (whole, own) = (sum(rows, |row| &row.total), sum(others, |row| &row.total));
    BatchRow {
        number: others.len(),
        forms: count(|row| row.forms),
        indicators: count(|row| row.indicators),
        total: printed(|row| &row.total),
        fiscal: printed(|row| &row.fiscal),
        other: printed(|row| &row.other),
        share: own
            .zip(whole)
            .map(|(own, whole)| share(own, whole))
            .unwrap_or_default(),
        errors: count(|row| row.errors),
        warnings: count(|row| row.warnings),
        ..BatchRow::default()
    }
}

impl BatchRow {
    /// Prints an amount as the summary does.
    #[must_use]
    pub fn printed(amount: Decimal) -> String {
        self::amount(amount)
    }

    /// Orders rows by their totals, the largest first and those without one last, and gives each its rank
    /// and its share.
    pub fn rank(rows: &mut [(Option<Decimal>, BatchRow)]) {
        rows.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
        let totals = rows.iter().filter_map(|(total, _)| *total);
        let whole = totals.reduce(Decimal::saturating_add).unwrap_or_default();
        for (at, (total, row)) in rows.iter_mut().enumerate() {
            row.number = at + 1;
            row.share = total.map(|total| share(total, whole)).unwrap_or_default();
        }
    }
}

impl Templates {
    /// Fills the summary of a batch: `rows` by their rank, and what they come to by other measures.
    ///
    /// # Errors
    ///
    /// [`crate::finding::Code::TemplateBroken`] with file and line where its template cannot be used.
    pub fn fill_batch(&self, rows: &[BatchRow], tally: &BatchTally) -> Result<Document, Finding> {
        let mut context = tera::Context::new();
        context.insert("batch", &BatchView::new(rows, tally));
        context.insert_value("labels", self.0.labels.clone());
        let mut reader = Reader::new(&self.0.styles);
        self.render(BATCH, &context, &mut Vec::new(), &mut reader)?;
        let part = FillOptions {
            only: vec![0],
            ..FillOptions::default()
        };
        Ok(Document {
            title: self.vocabulary().document.printed("summary").to_owned(),
            sheets: self.finish(reader, &part)?,
            ..Document::default()
        })
    }
}
