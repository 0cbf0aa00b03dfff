//! Documents of office programs: which kind a file is, by its bytes, and who reads it.

use super::archive::{Archive, Fault, Limit};
use super::builder::{Builder, Structure};
use super::package::Package;
use super::workbook::Read;
use super::workbook::grid::Grids;
use super::{docx, ole, workbook};
use crate::finding::{Code, Finding, Message};
use crate::source::{Source, is_blank};

/// A document that was opened.
pub(super) type Opened = (Source, Structure, Option<Grids>, Vec<Finding>);

/// Opens a file of an office program, in any of the formats such programs write; `None` if it is none.
/// One that cannot be read is an empty document and a finding that says what to do.
pub(super) fn open(bytes: &[u8]) -> Option<Opened> {
    let mut builder = Builder::default();
    let mut findings = Vec::new();
    let mut grids = None;
    let kind = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        open_archive(bytes, &mut builder, &mut findings, &mut grids)
    } else if bytes.starts_with(ole::MAGIC) {
        open_ole(bytes, &mut builder, &mut findings, &mut grids)
    } else {
        return None;
    };
    let (source, structure) = builder.finish(kind);
    let has_failed = findings.iter().any(|finding| finding.code != Code::SheetHidden);
    if !has_failed && source.text.trim_matches(is_blank).is_empty() {
        findings.push(Finding::new(
            Code::SourceEmpty,
            Message::new("文件中没有任何文字。", "The file holds no text."),
        ));
    }
    Some((source, structure, grids, findings))
}

fn open_archive(
    bytes: &[u8],
    builder: &mut Builder,
    findings: &mut Vec<Finding>,
    grids: &mut Option<Grids>,
) -> &'static str {
    let mut take = |read: Read, findings: &mut Vec<Finding>| {
        *grids = read.grids;
        findings.extend(read.findings);
    };
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(fault) => {
            findings.push(said(&fault));
            return "zip";
        }
    };
    let package = Package::new(archive);
    let kind = kind(&package);
    match &kind {
        Kind::Word(main) => {
            let hidden = docx::read(&package, main, builder);
            findings.extend(hidden_text(&hidden));
        }
        Kind::Workbook(main) => take(workbook::read_xlsx(&package, main, builder), findings),
        Kind::OpenWorkbook => take(workbook::read_ods(&package, builder), findings),
        Kind::Unread(kind) => findings.push(kind.finding()),
    }
    findings.extend(package.into_faults().iter().map(said));
    match kind {
        Kind::Word(_) => "docx",
        Kind::Workbook(_) => "xlsx",
        Kind::OpenWorkbook => "ods",
        Kind::Unread(_) => "zip",
    }
}

fn open_ole(
    bytes: &[u8],
    builder: &mut Builder,
    findings: &mut Vec<Finding>,
    grids: &mut Option<Grids>,
) -> &'static str {
    let files = match ole::Files::open(bytes) {
        Ok(files) => files,
        Err(fault) => {
            findings.push(said(&fault));
            return "ole";
        }
    };
    if files.has("EncryptedPackage") || files.has("EncryptionInfo") {
        findings.push(said(&Fault::Encrypted));
    } else if let Some(stream) = ["Workbook", "Book"].iter().find(|name| files.has(name)) {
        match files.read(stream) {
            Ok(stream) => {
                let read = workbook::read_xls(&stream, builder);
                *grids = read.grids;
                findings.extend(read.findings);
            }
            Err(fault) => findings.push(said(&fault)),
        }
        return "xls";
    } else {
        let kind = if files.has("WordDocument") {
            Unread::OldWord
        } else if files.has("PowerPoint Document") {
            Unread::Presentation
        } else {
            Unread::OldOffice
        };
        findings.push(kind.finding());
    }
    "ole"
}

/// What an archive is.
enum Kind {
    /// A Word document, by its main part.
    Word(String),
    /// A workbook, by its main part.
    Workbook(String),
    /// A workbook of the open document format.
    OpenWorkbook,
    Unread(Unread),
}

/// Kinds of files that are recognized and not read.
#[derive(Clone, Copy)]
enum Unread {
    OldWord,
    OldOffice,
    Presentation,
    BinaryWorkbook,
    OpenText,
    Ofd,
    Archive,
}

impl Unread {
    fn finding(self) -> Finding {
        let (zh, en, help_zh, help_en) = match self {
            Self::OldWord => (
                "旧版 Word 或 WPS 文字文档（.doc、.wps）",
                "a document of an old Word or of WPS Writer (.doc, .wps)",
                "请用 Word 或 WPS 打开，另存为 .docx 后再转换。",
                "Open it in Word or WPS, save it as .docx, then convert that.",
            ),
            Self::OldOffice => (
                "旧版 Office 或 WPS 文件",
                "a file of an old Office or WPS program",
                "请用原软件打开，另存为 .docx、.xlsx 或 PDF 后再转换。",
                "Open it in its program, save it as .docx, .xlsx or PDF, then convert that.",
            ),
            Self::Presentation => (
                "演示文稿（.ppt、.pptx、.dps）",
                "a presentation (.ppt, .pptx, .dps)",
                "请改用绩效文本的 Word、Excel 或 PDF 文件。",
                "Give the Word, Excel or PDF file of the performance document instead.",
            ),
            Self::BinaryWorkbook => (
                "二进制工作簿（.xlsb）",
                "a binary workbook (.xlsb)",
                "请用 Excel 或 WPS 打开，另存为 .xlsx 后再转换。",
                "Open it in Excel or WPS, save it as .xlsx, then convert that.",
            ),
            Self::OpenText => (
                "OpenDocument 文档（.odt 等）",
                "an OpenDocument file such as .odt",
                "请打开后另存为 .docx 后再转换。",
                "Open it, save it as .docx, then convert that.",
            ),
            Self::Ofd => (
                "OFD 版式文件",
                "an OFD file",
                "请用 OFD 阅读器导出为 PDF，或改用原来的 Word、Excel 文件。",
                "Export it as PDF from an OFD reader, or give the Word or Excel file it was made from.",
            ),
            Self::Archive => (
                "压缩包",
                "an archive",
                "请先解压，再转换其中的文件。",
                "Unpack it first, then convert the files in it.",
            ),
        };
        let message = Message::new(
            format!("该文件是{zh}，不能直接读取。"),
            format!("This is {en}; it cannot be read directly."),
        );
        Finding::new(Code::SourceBinary, message).with_help(Message::new(help_zh, help_en))
    }
}

fn kind(package: &Package<'_>) -> Kind {
    if package.has("OFD.xml") {
        return Kind::Unread(Unread::Ofd);
    }
    if package.has("content.xml") {
        let is_workbook = match package.text("mimetype") {
            Some(kind) => kind.contains("opendocument.spreadsheet"),
            // The entry is required; without it the content itself has to say.
            None => package
                .text("META-INF/manifest.xml")
                .is_some_and(|text| text.contains("opendocument.spreadsheet")),
        };
        return if is_workbook {
            Kind::OpenWorkbook
        } else {
            Kind::Unread(Unread::OpenText)
        };
    }
    let relations = package.relations("");
    let main = relations
        .into_iter()
        .find(|relation| relation.kind == "officeDocument");
    let main = main.map(|relation| relation.target);
    let usual = || {
        ["word/document.xml", "xl/workbook.xml"]
            .into_iter()
            .find(|part| package.has(part))
            .map(str::to_owned)
    };
    let Some(main) = main.filter(|part| package.has(part)).or_else(usual) else {
        return Kind::Unread(Unread::Archive);
    };
    let declared = content_type(package, &main).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if says(&["sheet.binary"]) || main.to_lowercase().ends_with(".bin") {
        Kind::Unread(Unread::BinaryWorkbook)
    } else if says(&["presentationml", "powerpoint"]) {
        Kind::Unread(Unread::Presentation)
    } else if says(&["spreadsheetml", "excel"]) || (declared.is_empty() && main.contains("workbook")) {
        Kind::Workbook(main)
    } else {
        Kind::Word(main)
    }
}

/// The type that a package declares for a part.
fn content_type(package: &Package<'_>, part: &str) -> Option<String> {
    let mut found = None;
    package.read("[Content_Types].xml", |xml| {
        while let Some(tag) = xml.child()? {
            let name = tag.attribute("PartName").unwrap_or_default();
            if tag.name() == "Override" && name.trim_start_matches('/').eq_ignore_ascii_case(part) {
                found = tag.attribute("ContentType");
            }
            xml.skip()?;
        }
        Ok(())
    });
    found
}

/// What is said of a fault.
pub(super) fn said(fault: &Fault) -> Finding {
    match fault {
        Fault::Damaged(zh, en) => Finding::new(
            Code::ContainerDamaged,
            Message::new(
                format!("文件已损坏：{zh}。"),
                format!("The file is damaged: {en}."),
            ),
        ),
        Fault::Encrypted => Finding::new(
            Code::ContainerEncrypted,
            Message::new("文件设有打开密码。", "The file opens with a password only."),
        ),
        Fault::Limit(limit) => {
            let most = limit.most();
            let (zh, en) = match limit {
                Limit::Entries => (
                    format!("压缩包内的条目超过 {most} 个"),
                    format!("more than {most} entries in its archive"),
                ),
                Limit::Expanded => (
                    format!("解压后超过 {} MB", most >> 20),
                    format!("more than {} MB when expanded", most >> 20),
                ),
                Limit::Ratio => (
                    format!("压缩比超过 {most}"),
                    format!("a part compressed by more than {most} to 1"),
                ),
                Limit::Depth => (
                    format!("XML 嵌套超过 {most} 层"),
                    format!("XML elements nested deeper than {most}"),
                ),
                Limit::Cells => (
                    format!("有内容的单元格超过 {most} 个"),
                    format!("more than {most} cells with something in them"),
                ),
                Limit::Text => (
                    format!("文字超过 {} MB", most >> 20),
                    format!("more than {} MB of text", most >> 20),
                ),
            };
            Finding::new(
                Code::ContainerLimit,
                Message::new(
                    format!("文件过大：{zh}，其余部分未读取。"),
                    format!("The file is too large: {en}; the rest was not read."),
                ),
            )
        }
    }
}

/// What is said of hidden text that was left out, if there is any.
pub(super) fn hidden_text(text: &str) -> Option<Finding> {
    let shown: String = text
        .split(['\n', '\u{c}'])
        .map(|line| line.trim_matches(is_blank))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let count = shown.chars().filter(|&c| !is_blank(c)).count();
    (count > 0).then(|| {
        Finding::new(
            Code::TextHidden,
            Message::new(
                format!("有 {count} 个字在文件中是隐藏的，未读取。"),
                format!("{count} characters are hidden in the file and were not read."),
            ),
        )
        .quoting(shown)
    })
}

#[cfg(test)]
pub(super) mod tests;
