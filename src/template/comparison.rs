//! The table of what differs between two documents, filled like any other template.
//!
//! Architecture invariant: it only carries texts; what differs is found elsewhere.

use serde::Serialize;
use tera::Context;

use super::reader::Reader;
use super::{FillOptions, Templates};
use crate::finding::Finding;
use crate::sheet::Document;

/// The template of the table.
const TEMPLATE: &str = "difference.html";

/// What the template sees as `comparison`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The name of the document before.
    pub before: String,
    /// The name of the document after.
    pub after: String,
    /// The differences.
    pub rows: Vec<Compared>,
}

/// One difference, as texts for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// `changed`, `added`, `deleted` or `moved`.
    pub kind: String,
    /// The number and the name of the form.
    pub form: String,
    /// The label of the field.
    pub field: String,
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
    /// Where the text before stands.
    pub place_before: String,
    /// Where the text after stands.
    pub place_after: String,
}

impl Templates {
    /// Fills the table of differences.
    ///
    /// # Errors
    ///
    /// [`Code::TemplateBroken`](crate::finding::Code::TemplateBroken) with file and line where the
    /// template cannot be used.
    pub fn fill_comparison(&self, comparison: &Comparison) -> Result<Document, Finding> {
        let mut context = Context::new();
        context.insert("comparison", comparison);
        context.insert_value("labels", self.0.labels.clone());
        let mut reader = Reader::new(&self.0.styles);
        self.render(TEMPLATE, &context, &mut Vec::new(), &mut reader)?;
        Ok(Document {
            title: self.0.vocabulary.document.printed("difference").to_owned(),
            sheets: self.finish(reader, &FillOptions::default())?,
            ..Document::default()
        })
    }

    /// Fills it with a row of each kind and with none, as a check of the template.
    pub(super) fn check_comparison(&self) -> Result<(), Finding> {
        let text = || "x".to_owned();
        let row = |kind: &str| Compared {
            kind: kind.to_owned(),
            form: text(),
            field: text(),
            before: text(),
            after: text(),
            place_before: text(),
            place_after: text(),
        };
        let full = Comparison {
            before: text(),
            after: text(),
            rows: ["changed", "added", "deleted", "moved"].map(row).to_vec(),
        };
        for comparison in [full, Comparison::default()] {
            self.fill_comparison(&comparison)?;
        }
        Ok(())
    }
}
