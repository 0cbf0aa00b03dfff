//! The integration tests, in one binary.

mod commands;
mod errors;
mod golden;
mod pdf;
mod readers;
mod template;
mod tidy;
mod xlsx;
