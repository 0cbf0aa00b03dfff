//! What the fuzz targets share: what must hold of anything that was read, and how few bytes become a
//! document that gets past the first look at it.

use std::sync::LazyLock;

use jixiao::blocks::Document;
use jixiao::parse::{Parsed, read_document};
use jixiao::source::is_blank;
use jixiao::template::Templates;

pub mod containers;
pub mod pdf;
pub mod pieces;

/// The built-in templates, read once.
pub static TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::built_in);

/// Parts of one input stand between these; XML, PDF and texts have no use for it.
pub const SEPARATOR: u8 = 0x1e;

/// Reads a document, and holds what must be true of whatever comes out.
pub fn read(bytes: &[u8]) -> Parsed {
    let parsed = read_document(bytes, TEMPLATES.vocabulary());
    assert_eq!(parsed.departments.len(), parsed.findings.len());
    let ledger = &parsed.ledger;
    let accounted = ledger.model + ledger.furniture + ledger.named;
    assert!(
        accounted <= ledger.total,
        "a character is counted twice: {ledger:?}"
    );
    assert_eq!(accounted + ledger.markup, ledger.total, "the account is closed");
    let unplaced: usize = ledger.unplaced.iter().map(|piece| seen(&piece.text)).sum();
    assert!(unplaced as u64 <= ledger.named, "what has no place is named");
    parsed
}

/// Opens a document, and holds that its blocks cover its text without gaps. Returns how many characters
/// are seen in it.
pub fn open(bytes: &[u8]) -> usize {
    let (document, _) = Document::open(bytes);
    let blocks = document.blocks();
    let mut end = 0;
    for block in 0..blocks.len() {
        let span = blocks.span(block);
        assert_eq!(span.start, end, "blocks have no gaps");
        end = span.end;
        for cell in blocks.cells(block) {
            // The first text of a merged cell may stand in a row below that where the cell begins.
            let is_behind =
                cell.start as usize >= span.start && document.source.text.len() > cell.start as usize;
            assert!(is_behind, "{cell:?} in {span:?} of {:?}", document.source.text);
            assert!(seen(&cell.text) > 0, "no cell is blank");
        }
    }
    assert_eq!(end, document.source.text.len(), "blocks cover the text");
    seen(&document.source.text)
}

fn seen(text: &str) -> usize {
    text.chars().filter(|&c| !is_blank(c)).count()
}

/// The parts of an input, as many as are wanted; those that it does not have are empty.
fn parts<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |&b| b == SEPARATOR);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
