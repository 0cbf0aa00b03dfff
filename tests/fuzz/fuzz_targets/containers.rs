//! Word documents and workbooks of all formats are read, whatever stands in their parts.
#![no_main]

use jixiao_fuzz::{containers, open, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let file = containers::file(input);
    let total = open(&file) as u64;
    assert_eq!(read(&file).ledger.total, total);
});
