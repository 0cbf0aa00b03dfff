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
    if let (Some(out), Some(d)) = (std::env::args().nth(3), parsed.departments.first()) {
        let n: usize = std::env::args().nth(4).and_then(|n| n.parse().ok()).unwrap_or(1);
        let mut best = [f64::MAX; 4];
        for _ in 0..n {
            let t0 = std::time::Instant::now();
            let parsed = jixiao::parse::read_document(&bytes, &jixiao::vocab::Vocabulary::built_in());
            let t1 = std::time::Instant::now();
            std::hint::black_box(&parsed);
            let filled = jixiao::template::Templates::built_in()
                .fill(d, &Default::default())
                .unwrap();
            let t2 = std::time::Instant::now();
            let x = jixiao::xlsx::write(&filled.document).unwrap();
            let t3 = std::time::Instant::now();
            let fonts = jixiao::text::Fonts::built_in();
            let pages = jixiao::pdf::lay_out(&filled.document, fonts);
            let pdf = jixiao::pdf::write(&pages, fonts).unwrap();
            let t4 = std::time::Instant::now();
            for (b, t) in best.iter_mut().zip([t1 - t0, t2 - t1, t3 - t2, t4 - t3]) {
                *b = b.min(t.as_secs_f64() * 1000.0);
            }
            std::fs::write(format!("{out}.xlsx"), x).unwrap();
            std::fs::write(format!("{out}.pdf"), pdf).unwrap();
        }
        eprintln!(
            "ms parse {:.2} fill {:.2} xlsx {:.2} pdf {:.2}",
            best[0], best[1], best[2], best[3]
        );
    } else {
        let _ = writeln!(
            std::io::stdout(),
            "{}",
            serde_json::to_string_pretty(&parsed.departments.first()).unwrap_or_default()
        );
    }
}
