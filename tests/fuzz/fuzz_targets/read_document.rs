//! Any bytes are read without a panic, the same bytes give the same model, and the account is closed.
#![no_main]

use jixiao_fuzz::{TEMPLATES, open, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let first = read(bytes);
    let total = open(bytes) as u64;
    assert!(first.ledger.total == total, "every character is in the account");
    let second = jixiao::parse::read_document(bytes, TEMPLATES.vocabulary());
    assert_eq!(first.departments, second.departments);
});
