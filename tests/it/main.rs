//! The integration tests, in one binary.

mod golden;
mod pdf;
mod readers;
mod template;
mod xlsx;
