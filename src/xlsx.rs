//! The workbook: neutral sheets in, the bytes of an `.xlsx` file out.
//!
//! Two steps. `place` puts the blocks of a sheet onto rows and columns: the common grid of its tables,
//! fitted row heights, long texts spread over rows, page breaks. `write` hands the placed cells to
//! `rust_xlsxwriter`, `entry` what people may enter, `summary` what is calculated, `notes` what is said
//! beside cells, `keys` what rows are known by. Where a field has landed is known after the first step. `table` writes what has no forms:
//! rows without number, one by one.
//!
//! Architecture invariant: no other module knows `rust_xlsxwriter`, and of those in here
//! `names`, `pages` and `place` do not.

mod entry;
mod formats;
mod keys;
mod marks;
mod names;
mod notes;
mod pages;
mod place;
mod read;
mod summary;
mod table;
pub mod write;

pub use keys::{KeyedRow, read_keyed};
pub use read::{ReadBack, read_back};
pub use table::TableWriter;
pub use write::{write, write_editable};
