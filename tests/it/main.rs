//! The integration tests, in one binary.

mod commands;
mod golden;
mod pdf;
mod template;
mod tidy;
mod xlsx;
