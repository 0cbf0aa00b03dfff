//! Small PDFs, made here, from their bytes to their blocks.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::blocks::{BlockKind, Document};

/// A font that is not in the document, as programs write it for Chinese.
const SONG: &str = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H \
    /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /W [1 95 500] \
    /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>] >>";

/// A document of pages with these contents, without a table of its objects: they are found anyway.
fn document(contents: &[String], font: &str) -> Vec<u8> {
    let mut text = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_owned();
    let kids: Vec<String> = (0..contents.len())
        .map(|page| format!("{} 0 R", page * 2 + 4))
        .collect();
    let _ = write!(
        text,
        "2 0 obj\n<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 600 800] >>\nendobj\n\
        3 0 obj\n{font}\nendobj\n",
        kids.join(" "),
        contents.len(),
    );
    for (page, content) in contents.iter().enumerate() {
        let _ = write!(
            text,
            "{} 0 obj\n<< /Type /Page /Parent 2 0 R /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>\n\
            endobj\n{} 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n",
            page * 2 + 4,
            page * 2 + 5,
            page * 2 + 5,
            content.len(),
        );
    }
    text.push_str("trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    text.into_bytes()
}

/// The operators that show a text at a place from the lower left corner.
fn show(text: &str, x: u32, y: u32) -> String {
    let mut hex = String::new();
    for unit in text.encode_utf16() {
        let _ = write!(hex, "{unit:04x}");
    }
    format!("BT /F 10 Tf {x} {y} Td <{hex}> Tj ET\n")
}

fn read_back(bytes: &[u8]) -> (Vec<(BlockKind, Vec<String>)>, Vec<Code>) {
    let (document, findings) = Document::open(bytes);
    let blocks = document.blocks();
    let of = |block| {
        let cells = blocks.cells(block).iter().map(|cell| cell.text.to_string());
        (blocks.kind(block), cells.collect())
    };
    let codes = findings.iter().map(|finding| finding.code).collect();
    ((0..blocks.len()).map(of).collect(), codes)
}

fn row(cells: &[&str]) -> (BlockKind, Vec<String>) {
    (
        BlockKind::Row,
        cells.iter().map(|&cell| cell.to_owned()).collect(),
    )
}

/// A table of two columns: a line around each row of `heights`, from `top` down.
fn ruled(top: u32, heights: &[u32]) -> String {
    let mut content = String::new();
    let mut y = top;
    for height in heights {
        let _ = writeln!(
            content,
            "100 {} 40 {height} re 140 {} 200 {height} re S",
            y - height,
            y - height
        );
        y -= height;
    }
    content
}

#[test]
fn a_ruled_page_becomes_rows() {
    let content = [
        show("某局测算表", 250, 760),
        ruled(700, &[30, 30]),
        show("数目", 104, 680),
        show("12.50 万元", 144, 680),
        show("说明", 104, 650),
        show("按季支付", 144, 650),
        show("— 1 —", 290, 40),
    ];
    let (blocks, codes) = read_back(&document(&[content.concat()], SONG));
    assert_eq!(codes, []);
    assert_eq!(
        blocks,
        [
            (BlockKind::Paragraph, vec!["某局测算表".to_owned()]),
            row(&["数目", "12.50 万元"]),
            row(&["说明", "按季支付"]),
            (BlockKind::Furniture, vec!["— 1 —".to_owned()]),
        ]
    );
}

#[test]
fn places_name_page_table_row_and_cell() {
    let content = ruled(700, &[30]) + &show("左格", 104, 680) + &show("右格", 144, 680);
    let bytes = document(&[show("首页", 90, 700), content], SONG);
    let (document, _) = Document::open(&bytes);
    let at = document.source.text.find("右格").unwrap_or(0);
    let place = Place::Table {
        page: NonZeroU32::new(2),
        table: 1,
        row: 1,
        cell: 2,
    };
    assert_eq!(document.source.place(at), place);
    let first = Place::Paragraph {
        page: NonZeroU32::new(1),
        paragraph: 1,
    };
    assert_eq!(document.source.place(0), first);
}

/// Rows that leave ten points below their texts, but for the last of the first page, which is cut.
fn cut_table() -> Vec<u8> {
    let upper = [
        ruled(700, &[30, 30, 18]),
        show("甲项", 104, 686),
        show("第一件", 144, 686),
        show("乙项", 104, 656),
        show("第二件", 144, 656),
        show("丙丁戊", 104, 626),
        show("这一格写满了这一行的二十个字的宽度啊啊", 144, 626),
    ];
    let lower = [
        ruled(760, &[30, 30]),
        show("己", 104, 746),
        show("才到下页", 144, 746),
        show("庚项", 104, 716),
        show("第四件", 144, 716),
    ];
    document(&[upper.concat(), lower.concat()], SONG)
}

#[test]
fn the_rest_of_a_cut_row_goes_to_its_row() {
    let (blocks, _) = read_back(&cut_table());
    assert_eq!(
        blocks,
        [
            row(&["甲项", "第一件"]),
            row(&["乙项", "第二件"]),
            row(&["丙丁戊己", "这一格写满了这一行的二十个字的宽度啊啊才到下页"]),
            (BlockKind::PageBreak, vec![]),
            row(&["庚项", "第四件"]),
        ]
    );
}

#[test]
fn cells_without_room_stand_on_the_next_page() {
    let upper =
        ruled(700, &[30, 30]) + &show("甲项", 104, 680) + &show("第一件", 144, 680) + &show("乙项", 104, 650);
    let lower = ruled(760, &[30]) + &show("第二件", 144, 740);
    let (blocks, _) = read_back(&document(&[upper, lower], SONG));
    let rows = [
        row(&["甲项", "第一件"]),
        row(&["乙项", "第二件"]),
        (BlockKind::PageBreak, vec![]),
    ];
    assert_eq!(blocks, rows);
}

#[test]
fn paragraphs_go_on_over_the_page() {
    let line = "这一行从左边一直写到右边没有空处了";
    let first = [
        show(line, 100, 700),
        show(line, 100, 684),
        show(line, 100, 668),
        show("3", 290, 40),
    ];
    let next = [
        show("到此为止。", 100, 700),
        show("另一段。", 120, 684),
        show("4", 290, 40),
    ];
    let (blocks, _) = read_back(&document(&[first.concat(), next.concat()], SONG));
    let text = format!("{line}{line}{line}到此为止。");
    let paragraphs = blocks.iter().filter(|(kind, _)| *kind == BlockKind::Paragraph);
    let paragraphs: Vec<&str> = paragraphs.map(|(_, cells)| cells[0].as_str()).collect();
    assert_eq!(paragraphs, [text.as_str(), "另一段。"]);
}

#[test]
fn texts_far_apart_on_a_line_are_cells() {
    let content = show("某某本级", 100, 700) + &show("单位：元", 480, 700);
    let (blocks, _) = read_back(&document(&[content], SONG));
    assert_eq!(blocks, [row(&["某某本级", "单位：元"])]);
}

#[test]
fn a_font_may_say_its_texts_in_many_ways() {
    // By a table of its own; with the codes of a Chinese encoding; by the names of its glyphs.
    let map = "beginbfchar\n<01> <7532>\n<02> <2F64>\nendbfchar";
    let own = format!(
        "<< /Type /Font /Subtype /TrueType /FirstChar 1 /Widths [1000 1000] /ToUnicode 99 0 R >>\nendobj\n\
        99 0 obj\n<< /Length {} >>\nstream\n{map}\nendstream",
        map.len()
    );
    let gbk = SONG.replace("UniGB-UCS2-H", "GBK-EUC-H");
    let named = "<< /Type /Font /Subtype /Type1 /FirstChar 1 /Widths [500 500] \
        /Encoding << /Differences [1 /seven /percent] >> >>";
    for (font, codes, text) in [
        (own.as_str(), "0102", "甲用"),
        (gbk.as_str(), "bcd7413132", "甲A12"),
        (named, "0102", "7%"),
    ] {
        let content = format!("BT /F 10 Tf 100 700 Td <{codes}> Tj ET");
        let (blocks, findings) = read_back(&document(&[content], font));
        assert_eq!(blocks, [(BlockKind::Paragraph, vec![text.to_owned()])]);
        assert_eq!(findings, []);
    }
}

#[test]
fn pages_that_lie_on_their_side_are_read_upright() {
    // The text runs upward on the page.
    let content = "BT /F 10 Tf 0 1 -1 0 300 100 Tm <75327532> Tj ET".to_owned();
    let (blocks, _) = read_back(&document(&[content], SONG));
    assert_eq!(blocks, [(BlockKind::Paragraph, vec!["甲甲".to_owned()])]);
}

#[test]
fn a_document_beyond_all_measure_is_read_in_part() {
    let mut text = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_owned();
    let kids = "<< /Type /Page >> ".repeat(MOST_PAGES + 1);
    let _ = write!(
        text,
        "2 0 obj\n<< /Type /Pages /Kids [{kids}] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n"
    );
    let (_, codes) = read_back(text.as_bytes());
    assert!(codes.contains(&Code::PdfTooLarge), "{codes:?}");
}

#[test]
fn a_packed_stream_that_grows_too_large_is_cut() {
    let mut packed = Vec::new();
    let mut deflate = flate2::Compress::new(flate2::Compression::fast(), true);
    packed.reserve(1 << 16);
    let bytes = vec![b' '; 1 << 22];
    let status = deflate.compress_vec(&bytes, &mut packed, flate2::FlushCompress::Finish);
    assert!(status.is_ok());
    assert_eq!(inflated(&packed, usize::MAX).len(), 1 << 22);
    assert!(inflated(&packed, 1 << 16).len() < 1 << 20);
    packed.truncate(packed.len() / 2);
    assert!(!inflated(&packed, usize::MAX).is_empty());
}

#[test]
fn streams_of_objects_that_grow_too_large_are_not_unpacked() {
    let mut packed = Vec::with_capacity(1 << 16);
    let mut deflate = flate2::Compress::new(flate2::Compression::fast(), true);
    let status = deflate.compress_vec(&vec![b' '; 1 << 20], &mut packed, flate2::FlushCompress::Finish);
    assert!(status.is_ok());
    let file = |kind: &str| {
        let dict = format!("%PDF-1.5\n1 0 obj\n<< /Type /{kind} /Filter /FlateDecode >>\nstream\n");
        [dict.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat()
    };
    for kind in ["ObjStm", "XRef"] {
        assert!(is_bomb(&file(kind), 1 << 20));
        assert!(!is_bomb(&file(kind), 1 << 21));
        assert!(is_bomb(&file(kind).repeat(3), 1 << 21), "together they count");
    }
    assert!(!is_bomb(&file("Other"), 1 << 20));
}

#[test]
fn a_text_that_speaks_of_a_pdf_stays_a_text() {
    let (document, _) = Document::open("文件以 %PDF-1.4 开头。\n".as_bytes());
    assert_eq!(document.source.encoding, "UTF-8");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_the_reader(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut bytes = cut_table();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (blocks, _) = read_back(&bytes);
        prop_assert!(blocks.len() < 1000);
    }
}
