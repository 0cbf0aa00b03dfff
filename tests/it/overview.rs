//! The overview of a department and the summary of a batch, as they are made and as other programs see
//! them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jixiao::parse::read_document;
use jixiao::pdf::{self, Destination, Pages, Role};
use jixiao::sheet::{Block, ChartKind, Document, SheetKind};
use jixiao::template::{BatchRow, BatchTally, FillOptions, Sum, Tally, Templates};
use jixiao::text::Fonts;
use jixiao::xlsx;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("overview").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    fs::create_dir_all(&folder).expect("a new folder");
    folder
}

fn examples() -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("examples"))
        .expect("the examples")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("an example"))
    };
    paths.into_iter().map(named).collect()
}

fn filled(text: &[u8]) -> Document {
    let templates = Templates::built_in();
    let parsed = read_document(text, templates.vocabulary());
    let department = parsed.departments.first().expect("a department");
    let filled = templates.fill_with(department, &FillOptions::default(), &parsed.findings[0]);
    filled.expect("a document").document
}

/// No text of a page is outside its area, and none of a chart over another.
fn assert_sound(name: &str, pages: &Pages) {
    assert_eq!(pages.findings, [], "{name}");
    for page in &pages.pages {
        let mut seen: Vec<[f32; 4]> = Vec::new();
        for run in &page.runs {
            let (left, right) = run.extent;
            let within = run.within;
            let (top, bottom) = (run.baseline - 0.86 * run.size, run.baseline + 0.14 * run.size);
            assert!(
                left >= within.left - 0.1
                    && right <= within.right + 0.1
                    && top >= within.top - 0.6
                    && bottom <= within.bottom + 0.6,
                "{name}: {:?} at {left} to {right} of {within:?}",
                run.text
            );
            assert!(run.size >= 8.0, "{name}: {:?} is small", run.text);
            if run.role == Role::Chart {
                for other in &seen {
                    let apart = left + 0.1 > other[2]
                        || other[0] + 0.1 > right
                        || top + 0.1 > other[3]
                        || other[1] + 0.1 > bottom;
                    assert!(apart, "{name}: {:?} is over another text", run.text);
                }
                seen.push([left, top, right, bottom]);
            }
        }
    }
}

#[test]
fn the_overview_of_each_example_takes_two_pages_at_most() {
    for (name, text) in examples() {
        let document = filled(&text);
        let pages = pdf::lay_out_summary(&document, Fonts::built_in());
        assert!(
            (1..=2).contains(&pages.pages.len()),
            "{name}: {}",
            pages.pages.len()
        );
        assert_eq!(pages.pages[0].number, Some(1));
        assert_sound(&name, &pages);
        let shown: String = pages
            .pages
            .iter()
            .flat_map(|page| &page.runs)
            .map(|run| run.text.as_str())
            .collect();
        assert!(
            shown.contains("预算项目绩效目标汇总") && shown.contains("一级指标"),
            "{name}: {shown}"
        );
        let bytes = pdf::write(&pages, Fonts::built_in()).expect("a PDF");
        assert!(
            bytes == pdf::write(&pages, Fonts::built_in()).expect("a PDF"),
            "{name}"
        );
    }
}

#[test]
fn the_document_itself_has_no_summary() {
    for (name, text) in examples() {
        let mut document = filled(&text);
        let pages = pdf::lay_out(&document, Fonts::built_in());
        document.sheets.retain(|sheet| sheet.kind != SheetKind::Summary);
        assert!(pages == pdf::lay_out(&document, Fonts::built_in()), "{name}");
        let runs = pages.pages.iter().flat_map(|page| &page.runs);
        assert!(runs.into_iter().all(|run| run.role != Role::Chart), "{name}");
    }
}

#[test]
fn every_chart_of_the_template_is_in_the_workbook() {
    let (_, text) = examples().remove(0);
    let document = filled(&text);
    let summary = document
        .sheets
        .iter()
        .find(|sheet| sheet.kind == SheetKind::Summary);
    let tables = summary
        .expect("a summary")
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Text(_) => None,
        });
    let kinds: Vec<ChartKind> = tables
        .filter_map(|table| Some(table.chart.as_ref()?.kind))
        .collect();
    assert_eq!(kinds.first(), Some(&ChartKind::Bars));
    assert!(kinds.contains(&ChartKind::Curve));
    let path = scratch("workbook").join("a.xlsx");
    fs::write(&path, xlsx::write(&document).expect("a workbook")).expect("a file");
    let count = "import sys, openpyxl\nbook = openpyxl.load_workbook(sys.argv[1])\nprint([type(chart).__name__ for chart in book['汇总']._charts])";
    let Ok(output) = Command::new("python3").args(["-c", count]).arg(&path).output() else {
        eprintln!("passed over: python3 is missing");
        return;
    };
    if !output.status.success() {
        eprintln!("passed over: openpyxl is missing");
        return;
    }
    let seen = String::from_utf8_lossy(&output.stdout);
    assert_eq!(seen.matches("Chart").count(), kinds.len(), "{seen}");
}

/// The relative addresses in the bytes of a PDF whose annotations are not compressed.
fn addresses(pdf: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(pdf);
    let found = text
        .split("/URI(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    found.map(decoded).collect()
}

fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let code = std::str::from_utf8(&after[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(code, 16).expect("a byte"));
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn jixiao(arguments: &[&str], folder: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("jixiao runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
}

#[test]
fn the_links_of_the_summary_lead_to_the_documents() {
    let folder = scratch("batch");
    let examples = root().join("examples").display().to_string();
    jixiao(&["build", &examples, "-o", "out"], &folder);
    let out = folder.join("out");
    let pdf = fs::read(out.join("汇总.pdf")).expect("the summary");
    let links = addresses(&pdf);
    // Once for its documents, and once more where the review found anything.
    let departments = |links: &[String]| {
        let folders = links
            .iter()
            .map(|link| Path::new(link).parent().map(Path::to_owned));
        folders.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(departments(&links), self::examples().len());
    let sheets = links
        .iter()
        .filter(|link| link.ends_with("审核意见表.pdf"))
        .count();
    assert!(
        sheets > 0 && links.len() == departments(&links) + sheets,
        "{links:?}"
    );
    for link in &links {
        assert!(
            Path::new(link).extension().is_some_and(|own| own == "pdf") && out.join(link).is_file(),
            "{link}"
        );
    }
    assert!(out.join("汇总.xlsx").is_file());
    // A manifest of an older version, without the figures, is read, and the summary says so.
    let path = out.join(".jixiao-manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("the manifest")).expect("JSON");
    for department in manifest["departments"].as_array_mut().expect("departments") {
        assert!(serde_json::to_string(department).expect("JSON").len() < 3000);
        department.as_object_mut().expect("an entry").remove("tally");
    }
    fs::write(&path, manifest.to_string()).expect("a file");
    let text = fs::read_to_string(root().join("examples/青澜县水务局-2025.txt")).expect("an example");
    fs::write(folder.join("a.txt"), text.replace("青澜县", "青汀县")).expect("a text");
    jixiao(&["build", "a.txt", "-o", "out"], &folder);
    let again = fs::read(out.join("汇总.pdf")).expect("the summary");
    assert_eq!(departments(&addresses(&again)), departments(&links) + 1);
}

fn batch(count: usize) -> Document {
    let templates = Templates::built_in();
    let models: Vec<_> = examples()
        .iter()
        .flat_map(|(_, text)| read_document(text, templates.vocabulary()).departments)
        .collect();
    let mut tally = BatchTally::default();
    let mut rows = Vec::new();
    for number in 0..count {
        let model = &models[number % models.len()];
        let name = format!(
            "{}第{number}号单位（批量汇总试验）",
            model.department.clone().unwrap_or_default()
        );
        let figures = Tally::of(model, &[]);
        let total = figures.classes.iter().map(|class| class.1).sum();
        tally.add(&name, Sum(model.projects.len(), total), Some(&figures));
        rows.push((
            Some(total),
            BatchRow {
                file: format!("{name}/{name}.pdf"),
                department: name,
                forms: model.projects.len(),
                total: BatchRow::printed(total),
                ..BatchRow::default()
            },
        ));
    }
    BatchRow::rank(&mut rows);
    let rows: Vec<BatchRow> = rows.into_iter().map(|(_, row)| row).collect();
    templates.fill_batch(&rows, &tally).expect("a document")
}

#[test]
fn a_batch_of_any_size_has_a_summary() {
    for count in [2, 30, 31, 400] {
        let document = batch(count);
        let pages = pdf::lay_out_summary(&document, Fonts::built_in());
        assert_sound(&count.to_string(), &pages);
        let links = pages.pages.iter().flat_map(|page| &page.links);
        let files =
            links.filter(|link| matches!(&link.to, Destination::File(path) if Path::new(path).extension().is_some_and(|own| own == "pdf")));
        let files = files.count();
        // The largest ones stand in the table of all, too.
        assert_eq!(files, if count > 30 { count + 30 } else { count });
        assert!(
            xlsx::write(&document).expect("a workbook") == xlsx::write(&batch(count)).expect("a workbook")
        );
    }
}
