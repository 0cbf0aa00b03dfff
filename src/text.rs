//! Text measured: the one measurer, for the lines of the PDF and for the row heights of the workbook.
//!
//! Architecture invariant: nothing here knows of a page, a cell or a file format.

pub mod rows;
