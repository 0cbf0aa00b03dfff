//! The integration tests, in one binary.

mod golden;
mod pdf;
mod template;
mod xlsx;
