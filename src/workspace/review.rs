//! The review of what stands in files: which findings there are, which of them somebody accepted, which are new.
//!
//! Architecture invariant: what a document says wrong is found in [`crate::check`]; here it is only brought to the
//! documents, wherever they are, and back.

mod accepted;
mod config;

pub use accepted::{Acceptance, Matching, Scope, accept, below_form, last_step};
pub use config::{CONFIGURATION, Configuration, read_configuration, rule_named};
