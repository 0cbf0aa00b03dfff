//! Texts of the pieces that documents are made of, in any order: nothing of them is lost.
#![no_main]

use jixiao_fuzz::{TEMPLATES, open, pieces, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = pieces::text(input);
    open(text.as_bytes());
    read(text.as_bytes());
    let lost = jixiao::parse::unaccounted(&text, TEMPLATES.vocabulary());
    assert!(lost.is_empty(), "{lost:?} of {text:?}");
});
