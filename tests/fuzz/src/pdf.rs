//! Few bytes → a PDF whose objects are in order, so that what is fuzzed is what stands in them.

use std::io::Write as _;

use super::parts;

/// A font that is not in the document, as programs write it for Chinese.
const FONT: &[u8] = b"/Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /ToUnicode 7 0 R \
    /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /W [1 95 500] \
    /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>]";

/// The file that an input stands for. Its first byte says how the objects are found: `t` by a table, `s`
/// by a stream, as those are that stand in a stream of objects; else they have to be looked for. The
/// parts: the contents of a page, what its dictionary says, the font, the stream it says its texts with,
/// a stream that may be a form, a font or another part of the contents, what its dictionary says, and
/// objects in a stream of their own.
pub fn file(input: &[u8]) -> Vec<u8> {
    let (kind, rest) = input.split_first().unwrap_or((&0, &[]));
    let [contents, page, mut font, texts, form, form_dict, objects] = parts(rest);
    if font.is_empty() {
        font = FONT;
    }
    let mut file = File {
        bytes: b"%PDF-1.7\n".to_vec(),
        offsets: Vec::new(),
    };
    file.object(b"<< /Type /Catalog /Pages 2 0 R >>");
    file.object(b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 600 800] >>");
    let last = if *kind == b's' { PACKED } else { 8 };
    let resources = format!(
        " /Resources << /Font << /F 6 0 R /G {last} 0 R >> /XObject << /X 5 0 R /Y {last} 0 R >> >> >>"
    );
    let head: &[u8] = b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R] ";
    file.object(&[head, page, resources.as_bytes()].concat());
    file.stream(b"", contents);
    file.stream(&[b" /Subtype /Form ", form_dict].concat(), form);
    file.object(&[b"<< /Type /Font ", font, b" >>"].concat());
    file.stream(b"", texts);
    match kind {
        b's' => {
            let index = format!("{PACKED} 0 ");
            let dict = format!(" /Type /ObjStm /N 1 /First {}", index.len());
            file.stream(dict.as_bytes(), &[index.as_bytes(), objects].concat());
            file.end_with_stream();
        }
        b't' => {
            file.object(objects);
            file.end_with_table();
        }
        _ => {
            file.object(objects);
            file.bytes.extend(b"trailer\n<< /Root 1 0 R >>\n%%EOF\n");
        }
    }
    file.bytes
}

/// The number of the object that stands in the stream of objects: behind that one and the table.
const PACKED: usize = 10;

struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn object(&mut self, body: &[u8]) {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        writeln!(self.bytes, "{number} 0 obj").expect("written to memory");
        self.bytes.extend([body, b"\nendobj\n"].concat());
    }

    fn stream(&mut self, dict: &[u8], data: &[u8]) {
        let length = format!("<< /Length {} ", data.len());
        self.object(&[length.as_bytes(), dict, b" >>\nstream\n", data, b"\nendstream"].concat());
    }

    fn end_with_table(&mut self) {
        let start = self.bytes.len();
        let count = self.offsets.len() + 1;
        write!(self.bytes, "xref\n0 {count}\n0000000000 65535 f \n").expect("written to memory");
        for offset in &self.offsets {
            writeln!(self.bytes, "{offset:010} 00000 n ").expect("written to memory");
        }
        write!(
            self.bytes,
            "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        )
        .expect("written to memory");
    }

    /// The stream of the objects' places is itself an object, the last but that in the stream of objects.
    fn end_with_stream(&mut self) {
        let start = self.bytes.len();
        let mut rows = Vec::new();
        rows.extend([0, 0, 0, 0, 0]);
        for offset in self.offsets.iter().chain([&start]) {
            rows.push(1);
            rows.extend(&(*offset as u32).to_be_bytes()[1..]);
            rows.push(0);
        }
        rows.extend([2, 0, 0, 8, 0]);
        let count = PACKED + 1;
        let dict = format!(" /Type /XRef /Size {count} /W [1 3 1] /Root 1 0 R");
        self.stream(dict.as_bytes(), &rows);
        write!(self.bytes, "startxref\n{start}\n%%EOF\n").expect("written to memory");
    }
}
