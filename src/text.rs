//! Text as it is set in type: the faces with their metrics, the classes of characters that
//! Chinese line breaking rests on, and the breaking of a text into lines.
//!
//! Widths inside a line are whole thousandths of the type size, so that they are exact and the same
//! on every machine; only where a line stands on a page is it in points.
//!
//! Architecture invariant: nothing here knows of pages, workbooks or the model, and no other module
//! measures text.

pub mod classes;
pub mod font_names;
pub mod fonts;
pub mod lines;
pub mod rows;

pub use fonts::{FontKey, Fonts, Glyph, OwnFont};
pub use lines::{Fit, Line, LineGlyph, Measured, Setting, break_lines};
