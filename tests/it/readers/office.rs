//! LibreOffice: workbooks as CSV and as printed pages, and the texts that the printed pages cut.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};

use super::root;

/// What LibreOffice makes of a workbook.
pub struct Converted {
    /// All its sheets as CSV, one after the other.
    pub csv: String,
    /// The workbook printed.
    pub pdf: PathBuf,
}

/// Converts workbooks in one run, with the fonts of the project in the place of those that an office
/// has: a machine without Chinese fonts shows the same lines.
pub fn convert(folder: &Path, workbooks: &[&Path]) -> Vec<Converted> {
    // Short names, so that nothing depends on the locale of the machine.
    let names: Vec<String> = (0..workbooks.len()).map(|at| format!("book{at:03}")).collect();
    for (name, workbook) in names.iter().zip(workbooks) {
        fs::copy(workbook, folder.join(format!("{name}.xlsx"))).expect("a copy");
    }
    fs::write(folder.join("fonts.conf"), font_configuration(folder)).expect("a font configuration");
    // 44: comma, 34: quotes, 76: UTF-8; the second true writes cells as shown, the last -1 gives every sheet a file of its own.
    let csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1";
    for format in ["pdf", csv] {
        let output = Command::new("soffice")
            .arg(format!(
                "-env:UserInstallation=file://{}",
                folder.join("profile").display()
            ))
            .args(["--headless", "--convert-to", format, "--outdir"])
            .arg(folder)
            .args(names.iter().map(|name| folder.join(format!("{name}.xlsx"))))
            .env("FONTCONFIG_FILE", folder.join("fonts.conf"))
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("soffice runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    names
        .iter()
        .map(|name| Converted {
            csv: sheets_of(folder, name),
            pdf: folder.join(format!("{name}.pdf")),
        })
        .collect()
}

fn sheets_of(folder: &Path, name: &str) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.file_name().is_some_and(|file| {
                let file = file.to_string_lossy();
                file.starts_with(name) && file.ends_with(".csv")
            })
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "LibreOffice wrote no CSV for {name}");
    files
        .iter()
        .map(|file| String::from_utf8_lossy(&fs::read(file).expect("CSV")).into_owned())
        .collect()
}

fn font_configuration(folder: &Path) -> String {
    let mut aliases = String::new();
    for (name, font) in [
        ("宋体", "Budget Song"),
        ("仿宋", "Budget Fangsong"),
        ("黑体", "Budget Hei"),
        ("楷体", "Budget Kai"),
    ] {
        aliases += "<match target=\"pattern\"><test name=\"family\"><string>";
        aliases += name;
        aliases += "</string></test><edit name=\"family\" mode=\"assign\" binding=\"same\"><string>";
        aliases += font;
        aliases += "</string></edit></match>";
    }
    format!(
        "<?xml version=\"1.0\"?><fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir>\
         <cachedir>{}</cachedir>{aliases}</fontconfig>",
        root().join("fonts").display(),
        folder.join("cache").display(),
    )
}

/// An upright rectangle in points.
#[derive(Clone, Copy)]
struct Area {
    left: f32,
    right: f32,
    bottom: f32,
    top: f32,
}

/// The widths of a simple font's glyphs in thousandths of its size, by character code.
type Widths = BTreeMap<i64, f32>;

/// A line of text on a page that does not fit into the area it is clipped to.
struct CutLine {
    page: u32,
    place: String,
    /// Its font and its glyphs.
    glyphs: Glyphs,
    /// Whether nothing of it is seen.
    hidden: bool,
}

type Glyphs = (Vec<u8>, String);

/// The lines of text that stand outside the area they are clipped to: LibreOffice clips a cell whose
/// text does not fit, and writes all of its lines nevertheless, so that looking for the text alone
/// finds nothing wrong.
pub fn cut_texts(pdf: &Path) -> Vec<String> {
    let document = Document::load(pdf).expect("a PDF");
    let mut cut = Vec::new();
    let mut whole: BTreeSet<(u32, Glyphs)> = BTreeSet::new();
    for (number, page) in document.get_pages() {
        let fonts: BTreeMap<Vec<u8>, Widths> = document
            .get_page_fonts(page)
            .expect("the page's fonts")
            .into_iter()
            .map(|(name, font)| (name, widths(&document, font)))
            .collect();
        let content = Content::decode(&document.get_page_content(page)).expect("operators");
        let mut clip: Option<Area> = None;
        let mut saved = Vec::new();
        let mut area = None;
        let (mut size, mut left, mut baseline) = (0.0, 0.0, 0.0);
        let mut font = Vec::new();
        for operation in &content.operations {
            let numbers: Vec<f32> = operation
                .operands
                .iter()
                .filter_map(|operand| Object::as_float(operand).ok())
                .collect();
            match (operation.operator.as_str(), numbers.as_slice()) {
                ("q", _) => saved.push(clip),
                ("Q", _) => clip = saved.pop().flatten(),
                ("re", &[x, y, width, height]) => {
                    area = Some(Area {
                        left: x.min(x + width),
                        right: x.max(x + width),
                        bottom: y.min(y + height),
                        top: y.max(y + height),
                    });
                }
                ("W" | "W*", _) => clip = area,
                ("BT", _) => (left, baseline) = (0.0, 0.0),
                ("Tf", &[points]) => {
                    size = points;
                    if let Some(Object::Name(name)) = operation.operands.first() {
                        font.clone_from(name);
                    }
                }
                ("Td", &[x, y]) => (left, baseline) = (left + x, baseline + y),
                ("Tm", &[_, _, _, _, x, y]) => (left, baseline) = (x, y),
                ("Tj" | "TJ", _) => {
                    let glyphs = (font.clone(), format!("{:?}", operation.operands));
                    let advance: f32 = operation
                        .operands
                        .iter()
                        .map(|operand| advance(operand, fonts.get(&font)))
                        .sum();
                    // Ink of Chinese characters reaches from 0.1 below the baseline to 0.8 above.
                    let (bottom, top) = (baseline - 0.1 * size, baseline + 0.8 * size);
                    let right = left + (advance / 1000.0 - 0.1) * size;
                    let fits = clip.is_none_or(|clip| {
                        bottom >= clip.bottom - 0.5
                            && top <= clip.top + 0.5
                            && left >= clip.left - 0.5
                            && right <= clip.right + 0.5
                    });
                    if fits {
                        whole.insert((number, glyphs));
                    } else {
                        cut.push(CutLine {
                            page: number,
                            place: format!(
                                "page {number}, {left:.0} pt from its left side, {baseline:.0} pt above its foot"
                            ),
                            glyphs,
                            hidden: clip.is_some_and(|clip| top <= clip.bottom || bottom >= clip.top),
                        });
                    }
                }
                _ => {}
            }
        }
    }
    // A cell merged over a page break is written on both pages, and its text is seen on one of them.
    let is_seen_beside = |line: &CutLine| {
        line.hidden
            && [line.page - 1, line.page + 1]
                .iter()
                .any(|&page| whole.contains(&(page, line.glyphs.clone())))
    };
    cut.into_iter()
        .filter(|line| !is_seen_beside(line))
        .map(|line| line.place)
        .collect()
}

fn widths(document: &Document, font: &Dictionary) -> Widths {
    let first = font
        .get(b"FirstChar")
        .and_then(Object::as_i64)
        .unwrap_or_default();
    let list = font
        .get(b"Widths")
        .and_then(|list| document.dereference(list))
        .and_then(|(_, list)| list.as_array())
        .map_or(&[][..], Vec::as_slice);
    (first..)
        .zip(list)
        .filter_map(|(code, width)| Some((code, width.as_float().ok()?)))
        .collect()
}

/// How far a shown text moves on, in thousandths of the size.
fn advance(shown: &Object, widths: Option<&Widths>) -> f32 {
    match shown {
        Object::String(codes, _) => codes
            .iter()
            .map(|&code| {
                widths
                    .and_then(|widths| widths.get(&i64::from(code)))
                    .copied()
                    .unwrap_or_default()
            })
            .sum(),
        Object::Array(parts) => parts
            .iter()
            .map(|part| match part.as_float() {
                Ok(back) => -back,
                Err(_) => advance(part, widths),
            })
            .sum(),
        _ => 0.0,
    }
}
