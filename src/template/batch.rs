//! The summary of a batch: the departments of an output folder in one table.
//!
//! Architecture invariant: it is made of figures alone; no department is read for it.

use serde::Serialize;

use super::reader::Reader;
use super::{FillOptions, Templates};
use crate::finding::Finding;
use crate::sheet::Document;

/// The template of the summary.
pub(super) const BATCH: &str = "batch.html";

/// The most departments that have a bar in the chart; with more of them it says nothing.
const MOST_BARS: usize = 60;

/// A department in the summary of a batch. Amounts are printed in wan yuan.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BatchRow {
    /// Its number in the table, from 1.
    pub number: usize,
    /// The department's name.
    pub department: String,
    /// Its year.
    pub year: String,
    /// The path of its workbook or PDF, from the summary, with `/`; empty without either.
    pub file: String,
    /// The number of its forms.
    pub forms: usize,
    /// The number of its indicators.
    pub indicators: usize,
    /// The sum of the budget totals.
    pub total: String,
    /// The sum of the fiscal parts.
    pub fiscal: String,
    /// The sum of the other parts.
    pub other: String,
    /// The number of errors found.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

/// What the template sees.
#[derive(Default, Serialize)]
pub(super) struct BatchView<'a> {
    rows: &'a [BatchRow],
    /// Whether there is a chart.
    charted: bool,
    forms: usize,
    indicators: usize,
    errors: usize,
    warnings: usize,
}

impl<'a> BatchView<'a> {
    pub(super) fn new(rows: &'a [BatchRow]) -> Self {
        let sum = |number: fn(&BatchRow) -> usize| rows.iter().map(number).sum();
        Self {
            rows,
            charted: rows.len() <= MOST_BARS && rows.iter().any(|row| !row.total.is_empty()),
            forms: sum(|row| row.forms),
            indicators: sum(|row| row.indicators),
            errors: sum(|row| row.errors),
            warnings: sum(|row| row.warnings),
        }
    }
}

impl Templates {
    /// Fills the summary of a batch.
    ///
    /// # Errors
    ///
    /// [`crate::finding::Code::TemplateBroken`] with file and line where its template cannot be used.
    pub fn fill_batch(&self, rows: &[BatchRow]) -> Result<Document, Finding> {
        let mut context = tera::Context::new();
        context.insert("batch", &BatchView::new(rows));
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
