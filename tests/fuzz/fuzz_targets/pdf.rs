//! A PDF is read, whatever stands in its objects.
#![no_main]

use jixiao_fuzz::{open, pdf, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let file = pdf::file(input);
    let total = open(&file) as u64;
    assert_eq!(read(&file).ledger.total, total);
});
