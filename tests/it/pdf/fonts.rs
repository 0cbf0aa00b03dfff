//! The fonts of an office, from `--fonts` to the made file. The small fonts in `tests/fonts` are ours,
//! made by the script beside them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jixiao::finding::Code;
use jixiao::pdf;
use jixiao::sheet::Face;
use jixiao::text::{FontKey, Fonts};
use jixiao::workspace::read_font_folder;
use lopdf::Object;

use super::archive::{assert_fonts_agree, assert_glyphs_in_place, assert_valid};
use super::{said, sample, scratch, shown, without_space};

const BOXES: &[u8] = include_bytes!("../../fonts/boxes.otf");
const RARE: &[u8] = include_bytes!("../../fonts/rare.otf");
/// The one character of `rare.otf`, which no built-in font has.
const RARE_CHARACTER: char = '\u{2A6D6}';

fn built_in(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    fs::read(folder.join(name)).expect("a built-in font")
}

/// A folder with fonts in it.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = scratch(&format!("fonts-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).expect("a font");
    }
    folder
}

fn number(bytes: &[u8], at: usize) -> usize {
    bytes[at..at + 4]
        .iter()
        .fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// A collection of fonts: a header that says where each begins, and the fonts one after the other with
/// the offsets of their tables counted from its beginning.
fn collection(fonts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"ttcf\0\x01\0\0".to_vec();
    bytes.extend((fonts.len() as u32).to_be_bytes());
    let mut begin = bytes.len() + 4 * fonts.len();
    for font in fonts {
        bytes.extend((begin as u32).to_be_bytes());
        begin += font.len().next_multiple_of(4);
    }
    for font in fonts {
        let begin = bytes.len();
        bytes.extend(font);
        let tables = usize::from(u16::from_be_bytes([font[4], font[5]]));
        for table in 0..tables {
            let at = begin + 12 + 16 * table + 8;
            let offset = (begin + number(&bytes, at)) as u32;
            bytes[at..at + 4].copy_from_slice(&offset.to_be_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

/// A copy of a font whose licence bits say something else.
fn with_permission(font: &[u8], fs_type: u16) -> Vec<u8> {
    let mut bytes = font.to_vec();
    let entry = (12..).step_by(16).find(|at| &bytes[*at..*at + 4] == b"OS/2");
    let table = number(&bytes, entry.expect("OS/2") + 8);
    bytes[table + 8..table + 10].copy_from_slice(&fs_type.to_be_bytes());
    bytes
}

/// The invented document in these fonts, looked at by all programs that are there. Returns the names
/// of the fonts in it.
fn look_at(name: &str, title: &str, fonts: &Fonts) -> BTreeSet<String> {
    let mut document = sample::document(2);
    if let Some(jixiao::sheet::Block::Text(text)) = document.sheets[0].blocks.first_mut() {
        title.clone_into(&mut text.text);
    }
    let pages = pdf::lay_out(&document, fonts);
    assert_eq!(pages.findings, []);
    let bytes = pdf::write(&pages, fonts).unwrap_or_else(|finding| panic!("{}", finding.message.en));
    assert_fonts_agree(name, &bytes);
    assert_glyphs_in_place(name, &pages, &bytes);
    let path = scratch(&format!("{name}.pdf"));
    fs::write(&path, &bytes).expect("a file");
    said("qpdf", &["--check"], &path, &[]);
    if let Some(text) = said("pdftotext", &["-raw"], &path, &["-"]) {
        assert_eq!(without_space(&text), without_space(&shown(&pages)), "{name}");
    }
    assert_valid(&[path]);
    names(&bytes)
}

/// The names of the fonts of a file, without the tags of their subsets.
fn names(bytes: &[u8]) -> BTreeSet<String> {
    let file = lopdf::Document::load_mem(bytes).expect("a PDF");
    let fonts = file.objects.values().filter_map(|object| object.as_dict().ok());
    fonts
        .filter(|font| font.has(b"DescendantFonts"))
        .filter_map(|font| font.get(b"BaseFont").and_then(Object::as_name).ok())
        .map(|name| String::from_utf8_lossy(&name[7..]).into_owned())
        .collect()
}

#[test]
fn the_faces_in_a_collection_are_told_by_their_names() {
    let fonts = [
        built_in("BudgetKai-Regular.ttf"),
        built_in("BudgetTitle-Bold.ttf"),
    ];
    let folder = folder("collection", &[("office.TTC", &collection(&fonts))]);
    let fonts = read_font_folder(&folder).unwrap_or_else(|finding| panic!("{}", finding.message.en));
    for (face, index) in [(Face::Kai, 0), (Face::Title, 1)] {
        let font = fonts.first(face);
        assert_ne!(font, FontKey::built_in(face));
        assert_eq!(fonts.bytes(font).1, index);
    }
    assert_eq!(fonts.first(Face::Song), FontKey::built_in(Face::Song));
    let names = look_at("fonts-collection", "临河县图书馆", &fonts);
    assert!(names.contains("BudgetKai-Regular") && names.contains("BudgetTitle-Bold"));
}

#[test]
fn a_font_of_curves_that_lacks_characters_is_filled_up() {
    // Its file says nothing; the names in it say 仿宋.
    let folder = folder("boxes", &[("office.otf", BOXES)]);
    let fonts = read_font_folder(&folder).unwrap_or_else(|finding| panic!("{}", finding.message.en));
    assert_ne!(fonts.first(Face::Fangsong), FontKey::built_in(Face::Fangsong));
    let names = look_at("fonts-boxes", "临河县图书馆", &fonts);
    assert!(names.contains("Boxes-FangSong"), "{names:?}");
    assert!(names.contains("BudgetFangsong-Regular"), "{names:?}");
}

#[test]
fn a_supplement_stands_in_for_what_all_others_lack() {
    let title = format!("临河县{RARE_CHARACTER}图书馆");
    let mut document = sample::document(1);
    if let Some(jixiao::sheet::Block::Text(text)) = document.sheets[0].blocks.first_mut() {
        text.text.clone_from(&title);
    }
    let found = pdf::lay_out(&document, Fonts::built_in()).findings;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::GlyphMissing);
    assert!(found[0].message.en.contains("U+2A6D6"), "{}", found[0].message.en);

    let folder = folder("rare", &[("shengpizi.otf", RARE)]);
    let fonts = read_font_folder(&folder).unwrap_or_else(|finding| panic!("{}", finding.message.en));
    for face in Face::ALL {
        assert_eq!(fonts.first(face), FontKey::built_in(face));
    }
    let names = look_at("fonts-rare", &title, &fonts);
    assert!(names.contains("RareSigns"), "{names:?}");
}

#[test]
fn a_missing_character_is_told_once_for_each_field() {
    let mut document = sample::document(1);
    let texts: Vec<_> = document.sheets[0]
        .blocks
        .iter_mut()
        .filter_map(|block| match block {
            jixiao::sheet::Block::Text(text) => Some(text),
            jixiao::sheet::Block::Table(_) => None,
        })
        .collect();
    // Twice in one field, once more in another, and where no field is.
    let fields = [Some("department"), Some("department"), Some("reviewer"), None];
    for (text, field) in texts.into_iter().zip(fields) {
        text.text = format!("{RARE_CHARACTER}局{RARE_CHARACTER}");
        text.field = field.map(str::to_owned);
    }
    let found = pdf::lay_out(&document, Fonts::built_in()).findings;
    let fields: Vec<_> = found.iter().map(|finding| finding.field.as_deref()).collect();
    assert_eq!(fields, [Some("department"), Some("reviewer")]);
}

#[test]
fn a_blank_that_no_font_has_is_a_plain_one() {
    let mut document = sample::document(1);
    // No other blank is set in 黑体.
    document.sheets.truncate(1);
    document.sheets[0].blocks.truncate(1);
    if let Some(jixiao::sheet::Block::Text(text)) = document.sheets[0].blocks.first_mut() {
        text.text = "图\u{2004}书".to_owned();
        text.style.face = Face::Hei;
    }
    let fonts = Fonts::built_in();
    let pages = pdf::lay_out(&document, fonts);
    assert_eq!(pages.findings, []);
    let bytes = pdf::write(&pages, fonts).unwrap_or_else(|finding| panic!("{}", finding.message.en));
    assert_fonts_agree("blank", &bytes);
    assert_glyphs_in_place("blank", &pages, &bytes);
}

/// Runs the program on the smallest example with a folder of fonts.
fn build(name: &str, fonts: &Path) -> Output {
    let out = scratch(&format!("fonts-{name}-out"));
    let _ = fs::remove_dir_all(&out);
    Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .arg("build")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/枫林县档案馆-2021.txt"))
        .args(["--to", "pdf", "--lang", "en", "--fonts"])
        .arg(fonts)
        .arg("-o")
        .arg(&out)
        .output()
        .expect("the program runs")
}

#[test]
fn the_program_takes_a_folder_of_fonts() {
    let kai = built_in("BudgetKai-Regular.ttf");
    // The name of a file goes before the names in it.
    let fonts = folder("program", &[("仿宋.ttf", &kai), ("b.otf", RARE)]);
    let output = build("program", &fonts);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{error}");
    let out = scratch("fonts-program-out");
    let made: Vec<PathBuf> = fs::read_dir(&out)
        .expect("a folder")
        .filter_map(|entry| fs::read_dir(entry.expect("an entry").path()).ok())
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    assert_eq!(made.len(), 1, "{made:?}");
    let names = names(&fs::read(&made[0]).expect("a PDF"));
    assert!(names.contains("BudgetKai-Regular"), "{names:?}");
    assert!(!names.contains("BudgetFangsong-Regular"), "{names:?}");
    assert_valid(&made);
}

#[test]
fn a_font_that_must_not_be_embedded_is_refused_by_name() {
    for (fs_type, reason) in [
        (0x0002, "forbid to embed it"),
        (0x0108, "forbid to embed a part"),
        (0x0204, "bitmaps only"),
    ] {
        let forbidden = with_permission(BOXES, fs_type);
        let fonts = folder("forbidden", &[("simfang.otf", &forbidden)]);
        let output = build("forbidden", &fonts);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        for said in ["simfang.otf", reason, "may be embedded"] {
            assert!(error.contains(said), "{said}: {error}");
        }
    }
}

#[test]
fn two_fonts_of_one_face_and_broken_ones_are_refused() {
    let cut = &BOXES[..BOXES.len() / 2];
    for (files, said) in [
        (
            [("仿宋.otf", BOXES), ("office.otf", BOXES)].as_slice(),
            "there may be one of each",
        ),
        (
            &[("cut.ttc", b"ttcf\0\x01\0\0\xFF\xFF\xFF\xFF".as_slice())],
            "cut.ttc",
        ),
        (&[("cut.otf", cut)], "cut.otf"),
        (&[("readme.txt", b"fonts".as_slice())], "no font file"),
    ] {
        let output = build("refused", &folder("refused", files));
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{said}: {error}");
    }
}
