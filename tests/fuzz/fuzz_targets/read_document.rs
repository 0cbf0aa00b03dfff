//! Any bytes are read without a panic, and the same bytes give the same model.
#![no_main]

use jixiao::parse::read_document;
use jixiao::template::Templates;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let templates = Templates::built_in();
    let first = read_document(bytes, templates.vocabulary());
    let second = read_document(bytes, templates.vocabulary());
    assert_eq!(first.departments, second.departments);
    assert_eq!(first.departments.len(), first.findings.len());
});
