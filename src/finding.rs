//! What the program has to say about a document: findings with a stable code, a severity, the
//! place in the source, the quoted text and what to do about it.
//!
//! Architecture invariant: this module knows no other module of the crate.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// One sentence in both languages of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The sentence in Chinese.
    pub zh: Cow<'static, str>,
    /// The sentence in English.
    pub en: Cow<'static, str>,
}

impl Message {
    /// Pairs a Chinese sentence with its English twin.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// Returns the sentence in `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// How grave a finding is, the gravest last, so that severities compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// The source text lost something; nobody wrote it wrong.
    SourceIncomplete,
    /// Likely wrong; a person should look.
    Warning,
    /// Wrong, or a part of the work could not be done.
    Error,
}

impl Severity {
    /// The word for it that people are told.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Severity::Error => ("错误", "error"),
            Severity::Warning => ("警告", "warning"),
            Severity::SourceIncomplete => ("缺失", "missing"),
            Severity::Note => ("提示", "note"),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// A place in an input, as that kind of input has it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(untagged)]
pub enum Place {
    /// In a text: line and column, both from 1, the column in characters.
    Text {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// In a table of a document that has tables of its own.
    Table {
        /// Page, from 1, where the document has pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<NonZeroU32>,
        /// Table in the document, from 1.
        table: u16,
        /// Row in the table, from 1.
        row: u32,
        /// Column of the table that the cell begins in, from 1.
        cell: u16,
    },
    /// Outside the tables of such a document.
    Paragraph {
        /// Page, from 1, where the document has pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<NonZeroU32>,
        /// Paragraph (on the page, where there are pages), from 1.
        paragraph: u32,
    },
    /// In a workbook.
    Sheet(Arc<SheetPlace>),
}

/// A cell of a workbook.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct SheetPlace {
    /// The number of the sheet in the workbook, from 1.
    #[serde(default)]
    pub number: u16,
    /// The name of the sheet.
    pub sheet: Arc<str>,
    /// The cell, such as `B3`.
    #[schemars(with = "String")]
    pub cell: CellName,
}

/// Row and column of a cell, both from 0, that read and print as `B3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellName {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u16,
}

impl fmt::Display for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u32::from(self.column) + 1;
        while rest > 0 {
            letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        write!(f, "{letters}{}", self.row + 1)
    }
}

impl std::str::FromStr for CellName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no cell");
        let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = &text[..text.len() - digits.len()];
        if letters.is_empty() || letters.len() > 3 {
            return Err(wrong());
        }
        let column = letters
            .bytes()
            .fold(0_u32, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
        let row: u32 = digits.parse().map_err(|_| wrong())?;
        Ok(Self {
            row: row.checked_sub(1).ok_or_else(wrong)?,
            column: u16::try_from(column - 1).map_err(|_| wrong())?,
        })
    }
}

impl Serialize for CellName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CellName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Place {
    /// A place in a text, line and column from 1.
    #[must_use]
    pub const fn text(line: u32, column: u32) -> Self {
        Self::Text { line, column }
    }

    /// A cell of a workbook, row and column from 0, the number of the sheet from 1.
    #[must_use]
    pub fn sheet(number: u16, sheet: &Arc<str>, row: u32, column: u16) -> Self {
        Self::Sheet(Arc::new(SheetPlace {
            number,
            sheet: Arc::clone(sheet),
            cell: CellName { row, column },
        }))
    }

    /// Line and column, in a text.
    #[must_use]
    pub const fn line_and_column(&self) -> Option<(u32, u32)> {
        match self {
            Self::Text { line, column } => Some((*line, *column)),
            _ => None,
        }
    }

    /// The place in words, after the name of a file.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let page = |page: &Option<NonZeroU32>| match (page, language) {
            (None, _) => String::new(),
            (Some(page), Language::Zh) => format!("第 {page} 页 "),
            (Some(page), Language::En) => format!("page {page}, "),
        };
        match (self, language) {
            (Self::Text { line, column }, _) => format!("{line}:{column}"),
            (
                Self::Table {
                    page: on,
                    table,
                    row,
                    cell,
                },
                Language::Zh,
            ) => {
                format!("{}第 {table} 个表格第 {row} 行第 {cell} 列", page(on))
            }
            (
                Self::Table {
                    page: on,
                    table,
                    row,
                    cell,
                },
                Language::En,
            ) => {
                format!("{}table {table}, row {row}, cell {cell}", page(on))
            }
            (Self::Paragraph { page: on, paragraph }, Language::Zh) => {
                format!("{}第 {paragraph} 段", page(on))
            }
            (Self::Paragraph { page: on, paragraph }, Language::En) => {
                format!("{}paragraph {paragraph}", page(on))
            }
            (Self::Sheet(place), _) => format!("{}!{}", place.sheet, place.cell),
        }
    }
}

/// One thing found: in a source text, in a template, in a workbook, or while files were made.
///
/// Built with [`Finding::new`] and the `at`, `in_form`, … methods, which may come in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name in kebab-case, such as `milestone-moved`; see [`Code`].
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What was found.
    pub message: Message,
    /// What to do about it.
    pub help: Message,
    /// The file, as the user named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the file; the first place is the main one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// The number of the form (the `3` of `3.…绩效目标表`) it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<u32>,
    /// Path of the model field it is about, such as `spending_plan[3].percent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The text it is about, as it stands in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

impl Finding {
    /// A finding of `code` with that code's severity and help, saying `message`.
    #[must_use]
    pub fn new(code: Code, message: Message) -> Self {
        Self {
            severity: code.severity(),
            help: code.help(),
            code,
            message,
            file: None,
            places: Vec::new(),
            form: None,
            field: None,
            quote: None,
        }
    }

    /// Adds a place; the first one added is the main one.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// Adds a place if there is one.
    #[must_use]
    pub fn at_some(self, place: Option<Place>) -> Self {
        match place {
            Some(place) => self.at(place),
            None => self,
        }
    }

    /// Names the file it was found in.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the number of the form it is about.
    #[must_use]
    pub fn in_form(mut self, number: u32) -> Self {
        self.form = Some(number);
        self
    }

    /// Names the model field it is about.
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Quotes the text it is about; long texts are cut in the middle when shown, not here.
    #[must_use]
    pub fn quoting(mut self, text: impl Into<String>) -> Self {
        self.quote = Some(text.into());
        self
    }

    /// Replaces the help of its code by a more exact one.
    #[must_use]
    pub fn with_help(mut self, help: Message) -> Self {
        self.help = help;
        self
    }
}

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident $name:literal $severity:ident $zh:literal $en:literal; )+) => {
        /// The stable name of a kind of finding. Its severity and its help are fixed here, once.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $( $(#[doc = $doc])+ #[serde(rename = $name)] $variant, )+
        }

        impl Code {
            /// All codes, in the order of their declaration.
            pub const ALL: &'static [Code] = &[ $(Code::$variant,)+ ];

            /// The name in kebab-case, as it is printed and as it stands in JSON.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// How grave a finding of this code is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }

            /// What a person should do about it.
            #[must_use]
            pub fn help(self) -> Message {
                match self { $(Code::$variant => Message { zh: Cow::Borrowed($zh), en: Cow::Borrowed($en) },)+ }
            }

            /// What the code means, as its documentation says.
            #[must_use]
            pub fn documentation(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

codes! {
    // ---- bytes and text
    /// The input could not be opened or read.
    InputUnreadable "input-unreadable" Error
        "请核对路径和读取权限后重试。" "Check the path and the permission to read it, then run again.";
    /// Files in an input folder are not texts and were not read.
    InputSkipped "input-skipped" Note
        "如需读取，请另存为 .docx、PDF 或纯文本，或直接在命令行指定该文件。" "To have one read, save it as .docx, PDF or plain text, or name it on the command line.";
    /// The work on a department took longer, or needed more memory, than is allowed.
    LimitReached "limit-reached" Error
        "请核对该文件；确实需要时，用 --time-limit 或 --memory-limit 放宽后重新运行。" "Look at the file; if it is what it should be, allow more by --time-limit or --memory-limit and run again.";
    /// The input holds no text at all.
    SourceEmpty "source-empty" Error
        "请核对文件是否导出完整。" "Check that the text was exported whole.";
    /// The input is not text but some binary file.
    SourceBinary "source-binary" Error
        "请先把文档另存为 .docx、.xlsx 或纯文本后再转换。" "Save the document as .docx, .xlsx or plain text first, then convert that.";
    /// A file of an office program is cut off or has wrong bytes; what could be read of it was.
    ContainerDamaged "container-damaged" Error
        "请用 Office 或 WPS 打开并修复，另存后再转换，或重新取得该文件。" "Open it in Office or WPS, let that mend it and save it again, or get the file anew.";
    /// A file of an office program is encrypted.
    ContainerEncrypted "container-encrypted" Error
        "请先用 Office 或 WPS 取消密码并另存，再转换。" "Remove the password in Office or WPS and save the file, then convert that.";
    /// A file of an office program is larger than any honest one; the rest of it was not read.
    ContainerLimit "container-limit" Error
        "请核对该文件的来源；如内容无误，请拆分后分别转换。" "Check where the file comes from; if it is sound, split it and convert the parts.";
    /// A sheet that is hidden in its workbook was not read.
    SheetHidden "sheet-hidden" Note
        "如需读取，请在工作簿中取消隐藏该工作表。" "To have it read, unhide the sheet in the workbook.";
    /// Text that is hidden in the file (hidden characters, rows, columns, or cells under merged ones) was not read.
    TextHidden "text-hidden" Warning
        "如该内容应当读取，请在原文件中取消隐藏；否则请删去。" "If it belongs to the document, unhide it in the file; delete it if not.";
    /// Formulas of a workbook have no results in it, as the program that made it did not calculate.
    FormulaUncalculated "formula-uncalculated" Warning
        "请用 Excel 或 WPS 打开该工作簿，保存后再转换。" "Open the workbook in Excel or WPS, save it, then convert that.";
    /// Some bytes do not belong to the encoding of the text; they show as U+FFFD.
    BytesUndecodable "bytes-undecodable" Error
        "请用原软件以 UTF-8 重新导出，或按位置补正乱码。" "Export the text again as UTF-8, or mend the marked characters.";
    /// A PDF holds pictures of pages and no text.
    PdfWithoutText "pdf-without-text" Error
        "请先用 OCR 软件识别为文本或 Word，再转换；或直接使用原始 Word、Excel 文件。" "Recognize it as text or Word with an OCR program first, or use the original Word or Excel file.";
    /// Some pages of a PDF are pictures without text.
    PageWithoutText "page-without-text" SourceIncomplete
        "请先用 OCR 软件识别这些页，再转换。" "Recognize these pages with an OCR program first.";
    /// A PDF can only be opened with a password.
    PdfEncrypted "pdf-encrypted" Error
        "请用密码打开后另存为无密码的 PDF，再转换。" "Open it with the password, save it as a PDF without one, then convert that.";
    /// A PDF is damaged or cut off, and no page of it can be read.
    PdfBroken "pdf-broken" Error
        "请重新获取或重新导出该 PDF。" "Get or export the PDF again.";
    /// A PDF was not read to its end, because it is beyond all measure.
    PdfTooLarge "pdf-too-large" Error
        "请拆分为较小的 PDF 后再转换。" "Split it into smaller PDFs.";
    /// Characters of a PDF have a shape but no text; they show as U+FFFD.
    CharactersUnknown "characters-unknown" Error
        "该 PDF 的字体未注明文字，无法复制；请用原文件重新导出，或用 OCR 识别。" "The fonts of this PDF do not say their texts; export it again from the original, or use OCR.";
    /// A `model.json` is not a model.
    ModelInvalid "model-invalid" Error
        "请对照 `jixiao schema` 修正 JSON。" "Mend the JSON; `jixiao schema` prints what is expected.";

    // ---- the document
    /// There is no performance target form in the text.
    NoForm "no-form" Error
        "请确认文本中含有“项目编码”“绩效目标”等表格内容。" "Check that the text holds the tables of the forms (项目编码, 绩效目标, …).";
    /// The department is not printed; it was taken from the unit's name.
    DepartmentInferred "department-inferred" Warning
        "请核对部门名称，必要时补上封面。" "Check the department's name; add the cover if it is missing.";
    /// The year is not printed on a cover; it was taken from the titles of the forms.
    YearInferred "year-inferred" Warning
        "请核对年度，必要时补上封面。" "Check the year; add the cover if it is missing.";
    /// Neither department nor unit is named anywhere in the text.
    DepartmentMissing "department-missing" Warning
        "请在文本开头补上封面（部门名称和年度）。" "Add a cover with the department's name and the year.";
    /// No year is named anywhere in the text.
    YearMissing "year-missing" Warning
        "请在文本开头补上封面（部门名称和年度）。" "Add a cover with the department's name and the year.";
    /// The text has no cover.
    CoverMissing "cover-missing" SourceIncomplete
        "如原文件有封面，请一并导出。" "If the original has a cover, export it too.";
    /// A section of the narrative is not in the text.
    NarrativeMissing "narrative-missing" SourceIncomplete
        "如原文件有该部分，请一并导出。" "If the original has this section, export it too.";
    /// A paragraph that a page break cut in two was joined again.
    ParagraphJoined "paragraph-joined" Note
        "请核对接合处。" "Look at the seam.";
    /// A heading that was broken over lines was joined again.
    HeadingJoined "heading-joined" Note
        "请核对接合处。" "Look at the seam.";
    /// A text stands where nothing is expected; it is in no form.
    TextUnplaced "text-unplaced" Warning
        "请把该内容移到所属的栏目，或确认可以舍去。" "Move it where it belongs, or make sure that it may be left out.";
    /// A table whose labels belong to no known form.
    FormUnknown "form-unknown" Error
        "请用 `--templates` 提供该表样式，或改用已有表样。" "Give its form with `--templates`, or use a known form.";

    // ---- a form
    /// A field that the form prints is not in the text, label and all.
    FieldMissing "field-missing" SourceIncomplete
        "请对照原件补上该栏目。" "Add the field from the original.";
    /// A form has no indicator at all.
    IndicatorsMissing "indicators-missing" SourceIncomplete
        "请对照原件补上指标。" "Add the indicators from the original.";
    /// A milestone of the spending plan is not in the text.
    MilestoneLost "milestone-lost" SourceIncomplete
        "请对照原件补上该时点的百分比。" "Add the percentage of that milestone from the original.";
    /// A milestone stood in another place than its row and was put back.
    MilestoneMoved "milestone-moved" Note
        "请核对该时点的百分比。" "Check the percentage of that milestone.";
    /// A value without a milestone above it was given to the milestone that the row lost.
    MilestoneRestored "milestone-restored" Note
        "请核对该时点的百分比。" "Check the percentage of that milestone.";
    /// A row lost its leading cell; its cells were put back under their headings.
    LeadingCellLost "leading-cell-lost" Note
        "请核对该行的一级指标。" "Check the level-1 indicator of that row.";
    /// A cell that a page break cut in two was joined again.
    CellJoined "cell-joined" Note
        "请核对接合处。" "Look at the seam.";
    /// A cell has no column; it was kept with the cell before it.
    CellSurplus "cell-surplus" Warning
        "请核对该行各列的内容。" "Check the columns of that row.";
    /// A level-1 or level-2 indicator is not one that the form knows.
    LevelUnknown "level-unknown" Warning
        "请核对指标名称。" "Check the name of the indicator.";
    /// An amount is not a number.
    AmountUnreadable "amount-unreadable" Warning
        "请填写以万元为单位的数字。" "Give a number in wan yuan.";
    /// A percentage is not a number.
    PercentUnreadable "percent-unreadable" Warning
        "请填写 0% 至 100% 的累计百分比。" "Give a cumulative percentage from 0 % to 100 %.";
    /// Two forms of one document have the same number.
    FormNumberRepeated "form-number-repeated" Warning
        "请按顺序重新编号。" "Number the forms in order.";
    /// A form has no number in its title; it was given its place in the order.
    FormNumberMissing "form-number-missing" Note
        "请核对表号。" "Check the number.";

    // ---- filling and layout
    /// The asked-for form shows a field that this project has no value for.
    FillWithoutValue "fill-without-value" Note
        "如有需要请补填。" "Fill it in if it is wanted.";
    /// The asked-for form has no place for a value of this project; it stays in the model.
    FillWithoutPlace "fill-without-place" Warning
        "该内容保留在 model.json 中，未印出；请人工处理。" "It stays in model.json and is not printed; place it by hand.";
    /// A template cannot be used.
    TemplateBroken "template-broken" Error
        "请按所示文件和行号修改模板。" "Mend the template at the line shown.";
    /// A font cannot be used.
    FontBroken "font-broken" Error
        "请换用完好且允许嵌入的 TrueType 或 OpenType 字体，或将其移出文件夹，改用内置字体。" "Use a sound TrueType or OpenType font that may be embedded, or take it out of the folder to have the built-in one.";
    /// No face has this character; a visible mark stands in its place in the PDF.
    GlyphMissing "glyph-missing" Warning
        "请改用常用字，或用 `--fonts` 提供含该字的字体。" "Use another character, or give a font that has it with `--fonts`.";
    /// The workbook or the PDF of a department could not be made.
    OutputFailed "output-failed" Error
        "请按提示处理后重试。" "Follow the message and run again.";

    // ---- files
    /// Two inputs hold the same department and year.
    DepartmentTwice "department-twice" Warning
        "请核对是否重复报送；两份均已分别生成。" "Check whether it was sent in twice; both were made.";
    /// A file in the output folder was changed since it was made; it was left alone.
    OutputEdited "output-edited" Error
        "请另选输出文件夹，或先移走该文件。" "Choose another output folder, or move that file away first.";
    /// Two sides (source, workbook, `model.json`) made different things of one field, row or form.
    EditConflict "edit-conflict" Error
        "请用 `--prefer source|workbook|model` 选定一方，或用 `--choices` 逐项选定。" "Choose a side with `--prefer source|workbook|model`, or one by one with `--choices`.";
    /// A workbook is open in another program.
    FileOpen "file-open" Error
        "请保存并关闭后重试。" "Save and close it, then run again.";
    /// The workbook in a department's folder was made of another department or of another year.
    WorkbookForeign "workbook-foreign" Error
        "请把该部门自己的工作簿放回原处（可用 `jixiao restore` 取回），再运行一次。" "Put the department's own workbook back (`jixiao restore` has the last ones), then run again.";
    /// A folder was not made by this program, or its base is gone, so that edits cannot be told.
    BaseMissing "base-missing" Error
        "请用 `jixiao build` 由文稿重新生成到新的文件夹。" "Make it anew from the text with `jixiao build`, into another folder.";
    /// The text that a department was made from is no longer where it was.
    SourceGone "source-gone" Note
        "如文稿已移动，请移回原处；如不再需要，可不理会。" "Put it back where it was, or leave it if it is not needed any more.";
    /// Another run writes to the output folder.
    OutputLocked "output-locked" Error
        "请等它结束，或另选输出文件夹；要分几路同时写入同一文件夹，请用 --shard I/N 或 --shared。" "Wait until it ends, or choose another output folder; for several runs into one folder use --shard I/N or --shared.";
    /// The output folder or a file in it cannot be written.
    OutputUnwritable "output-unwritable" Error
        "请核对路径、权限和磁盘空间。" "Check the path, the permission and the free space.";
}
