//! The integration tests, in one binary.

mod batch;
mod check;
mod checking;
mod commands;
mod dialects;
mod diff;
mod editing;
mod edits;
mod errors;
mod export;
mod golden;
mod html;
mod killed;
mod new_form;
mod overview;
mod pdf;
mod readers;
mod reading_back;
mod review;
mod sample;
mod spreading;
mod template;
mod tidy;
mod updating;
mod watching;
mod xlsx;
