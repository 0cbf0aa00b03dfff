//! Whatever was read can be filled, written as a workbook, laid out and written as a PDF.
#![no_main]

use jixiao::parse::read_document;
use jixiao::template::{FillOptions, Templates};
use jixiao::text::Fonts;
use jixiao::{pdf, xlsx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let templates = Templates::built_in();
    for department in read_document(bytes, templates.vocabulary()).departments {
        let filled = templates.fill(&department, &FillOptions::default()).expect("the built-in templates are sound");
        xlsx::write(&filled.document).expect("any document is a workbook");
        let fonts = Fonts::built_in();
        let pages = pdf::lay_out(&filled.document, fonts);
        pdf::write(&pages, fonts).expect("any document is a PDF");
    }
});
