//! Whatever was read can be filled, written as a workbook, laid out and written as a PDF. A first byte
//! below 0x20 says that the others stand for pieces of documents.
#![no_main]

use jixiao::template::FillOptions;
use jixiao::text::Fonts;
use jixiao::{pdf, xlsx};
use jixiao_fuzz::{TEMPLATES, pieces, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let parsed = match input {
        [0..0x20, rest @ ..] => read(pieces::text(rest).as_bytes()),
        _ => read(input),
    };
    for department in parsed.departments {
        let filled = TEMPLATES
            .fill(&department, &FillOptions::default())
            .expect("the built-in templates are sound");
        xlsx::write(&filled.document).expect("any document is a workbook");
        let fonts = Fonts::built_in();
        let pages = pdf::lay_out(&filled.document, fonts);
        pdf::write(&pages, fonts).expect("any document is a PDF");
    }
});
