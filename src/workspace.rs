//! The files around the work: inputs to be read, templates, folders of departments to be written,
//! and the batch over all of them.
//!
//! The plan is simple because it is made in the sorted order of the inputs: the first department of
//! a name has the plain folder, a later one of the same name a suffix from its path ([`build()`]).
//! A folder holds the workbook, the PDF, `model.json` and the [`RECORD`] of what the program wrote.
//!
//! Architecture invariant: beside `cli` this is the only module that touches the file system; what
//! it makes does not depend on the number of threads or on the order in which inputs are named.

mod answers;
mod base;
mod before;
mod build;
mod choices;
mod either;
mod export;
mod font_folder;
mod guard;
mod input;
mod kept;
mod lines;
mod lock;
mod make;
mod merging;
mod models;
mod name;
mod open;
mod pool;
mod press;
mod reading;
mod review;
mod sample;
mod seen;
mod sides;
mod store;
mod subjects;
mod summary;
mod template_folder;
mod update;
mod watch;

pub use crate::parse::{Ledger, Unplaced};
pub use base::{BASE, Figures, Settings};
pub use build::{Ended, Made, Order, Shard, build, count, severity_index};
pub use choices::{AllChoices, choices_file, read_choices, side_name, side_of};
pub use either::read_departments;
pub use export::{Exported, NotExported, OutputRefused, TableKind, export_to_file, export_to_stream};
pub use font_folder::read_font_folder;
pub use guard::Limits;
pub use input::{DOCUMENT_EXTENSIONS, Input, Inputs, MOST_INPUT_BYTES, STANDARD_INPUT, gather};
pub use kept::{KEPT, Kept, MOST_KEPT, kept_workbooks, restore};
pub use lines::{Origin, model_line, read_list};
pub use make::model_json;
pub use merging::merge_manifests;
pub use models::read_models;
pub use press::{Edited, Maker, Press, Target};
pub use reading::{Held, Reading, is_usable, read_each};
pub use review::{
    Acceptance, CONFIGURATION, Configuration, Earlier, Excerpt, Identified, Kind, Matching, Mending, Remark,
    Reviewed, Reviewing, Scope, accept, below_form, last_step, read_configuration, read_earlier, review_each,
    rule_named,
};
pub use sample::{Sampled, write_samples};
pub use store::{FileState, NewFile, RECORD, prepare_out, write_whole};
pub(crate) use store::{holds, unwritable};
pub use subjects::Subjects;
pub use summary::{Entry, MANIFEST, read_entries};
pub use template_folder::{export_templates, read_template_folder};

pub use update::{Reason, Update, UpdateState, Updated, side_words, update};
pub use watch::{Watched, watch};

#[cfg(test)]
mod tests;
