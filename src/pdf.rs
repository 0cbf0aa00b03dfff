//! Stand-in until the PDF writer is merged.
use crate::finding::Finding;
use crate::sheet::Document;
use crate::text::Fonts;

/// Laid out pages.
#[derive(Debug)]
pub struct Pages {
    /// What was found.
    pub findings: Vec<Finding>,
    title: String,
}

/// Lays out.
#[must_use]
pub fn lay_out(document: &Document, _fonts: &Fonts) -> Pages {
    Pages {
        findings: Vec::new(),
        title: document.title.clone(),
    }
}

/// Writes.
///
/// # Errors
/// None.
pub fn write(pages: &Pages, _fonts: &Fonts) -> Result<Vec<u8>, Finding> {
    Ok(format!("pdf {}", pages.title).into_bytes())
}
