//! The command `jixiao`: everything is in the library.
use std::io::Write;
fn main() {
    let path = std::env::args().nth(2).unwrap_or_default();
    let bytes = std::fs::read(path).unwrap_or_default();
    let parsed = jixiao::parse::read_document(&bytes, &jixiao::vocab::Vocabulary::built_in());
    for f in parsed.findings.iter().flatten().chain(&parsed.document_findings) {
        eprintln!(
            "{:?} {} {} form {:?} {:?} «{}» {}",
            f.severity,
            f.code,
            f.places.first().map(|p| p.to_string()).unwrap_or_default(),
            f.form,
            f.field,
            f.quote.clone().unwrap_or_default(),
            f.message.zh
        );
    }
    let _ = writeln!(
        std::io::stdout(),
        "{}",
        serde_json::to_string_pretty(&parsed.departments.first()).unwrap_or_default()
    );
}
