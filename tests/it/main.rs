//! The integration tests, in one binary.

mod commands;
mod dialects;
mod editing;
mod edits;
mod errors;
mod golden;
mod new_form;
mod pdf;
mod readers;
mod template;
mod tidy;
mod xlsx;
