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

    /// Pairs two sentences that are known beforehand.
    #[must_use]
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self {
            zh: Cow::Borrowed(zh),
            en: Cow::Borrowed(en),
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
    /// How it can be put right, where the program knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Why somebody accepted it as it is. An accepted finding is listed and counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// It changes how something is written, not what it says.
    Safe,
    /// It is likely what was meant; a person should look.
    Unsafe,
    /// It is shown and never applied: only its author can know.
    DisplayOnly,
}

/// How a finding can be put right: edits of fields, all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// The fields it changes.
    pub edits: Vec<Edit>,
}

/// One field before and after a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Path of the field in the whole model, such as `projects[0].indicators[4].target`.
    pub field: String,
    /// What is printed in it now; `None` if it is blank.
    pub before: Option<String>,
    /// What should be; `None` if it should be blank.
    pub after: Option<String>,
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
            fix: None,
            accepted: None,
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

    /// Says how it can be put right.
    #[must_use]
    pub fn fixed_by(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
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

    // ---- review: a rule each, in `check/rules`
    /// The budget total is not the sum of its fiscal and its other part.
    BudgetSum "budget-sum" Error
        "请核对预算数、财政资金和其他资金，使预算数等于后两项之和。" "Check the three amounts; the total has to be fiscal plus other funds.";
    /// An amount that the purpose states differs from its cell.
    PurposeAmount "purpose-amount" Warning
        "请核对资金用途中的金额与预算数栏，使两处一致。" "Make the amount in the purpose and the one in its cell agree.";
    /// The cost indicators do not come to the budget.
    CostTotal "cost-total" Warning
        "请核对成本指标的指标值，使其合计与预算数一致。" "Check the targets of the cost indicators; together they should come to the budget.";
    /// A count times a unit price is not the budget.
    UnitCost "unit-cost" Warning
        "请核对数量、单价与预算数；如另有支出，请在表中写明。" "Check count, unit price and budget; if there are other costs, say so in the form.";
    /// A cumulative percentage of the spending plan is above 100.
    PlanOver100 "plan-over-100" Error
        "请填写 0% 至 100% 的累计百分比。" "Give cumulative percentages from 0 % to 100 %.";
    /// All percentages of the spending plan are off by a factor of 100.
    PlanScale "plan-scale" Error
        "请把各时点的百分比统一除以（或乘以）100。" "Divide (or multiply) all percentages of the plan by 100.";
    /// A cumulative percentage is lower than the one before it.
    PlanFalling "plan-falling" Error
        "请填写累计百分比：后一时点不得低于前一时点。" "Give cumulative percentages; a later one cannot be lower than an earlier one.";
    /// The spending plan does not end at 100.
    PlanEnd "plan-end" Warning
        "请核对最后一个时点的累计百分比；全年支出应达到 100%。" "Check the last milestone; the year's plan should reach 100 %.";
    /// A value was typed twice, so that the target reads doubled.
    DoubledValue "doubled-value" Error
        "请删去重复录入的内容，指标值只填一次。" "Delete what was typed twice; a target states its value once.";
    /// A target is a number without a unit.
    MissingUnit "missing-unit" Warning
        "请补填计量单位。" "Add the unit of measure.";
    /// A target says 百分比 where % is meant.
    PercentWord "percent-word" Note
        "请把“百分比”改为“%”。" "Write % instead of 百分比.";
    /// A target cannot be measured.
    TargetNotMeasurable "target-not-measurable" Note
        "能量化的请改为数字和单位，不能量化的请写明可核对的分级或标准。" "Give a number with a unit where there can be one, else a grade or a standard that can be verified.";
    /// A target repeats the name or the description of its indicator.
    TargetRepeatsName "target-repeats-name" Warning
        "请在指标值栏填写要达到的数值或标准，不要重复指标名称。" "State the value or the standard to be reached instead of repeating the indicator.";
    /// A satisfaction target has an upper limit.
    SatisfactionDirection "satisfaction-direction" Error
        "请把符号改为“≥”。" "Turn the sign into ≥.";
    /// A cost target has a lower limit.
    CostDirection "cost-direction" Warning
        "成本应控制在上限之内，请核对符号，一般应为“≤”。" "A cost is held below a limit; check the sign, which should usually be ≤.";
    /// A target of which more is better has an upper limit.
    QuantityDirection "quantity-direction" Warning
        "请核对符号，一般应为“≥”。" "Check the sign, which should usually be ≥.";
    /// A rate that cannot exceed 100 % is to be at least 100 %.
    Over100Rate "over-100-rate" Warning
        "请改为“=100%”或不超过 100% 的目标值。" "Say =100 %, or a target below it.";
    /// A deadline lies in another year than the document's.
    DeadlineYear "deadline-year" Warning
        "请核对年份；如属结转项目，请在项目名称或说明中注明。" "Check the year; if the project is carried over, say so in its name or description.";
    /// An indicator stands under the wrong level 2.
    WrongLevel2 "wrong-level2" Warning
        "请把该指标移到对应的二级指标下，或改填符合该二级指标的内容。" "Move the indicator under the level 2 that it belongs to, or replace it by one that fits.";
    /// A form lacks a required level-1 indicator.
    MissingLevel1 "missing-level1" Error
        "请补充该一级指标及其三级指标。" "Add the level-1 indicator with what belongs under it.";
    /// A form lacks a required level-2 indicator.
    MissingLevel2 "missing-level2" Warning
        "请补充该二级指标下的三级指标；确不适用的，请说明理由。" "Add an indicator under this level 2, or say why there is none.";
    /// An indicator row holds nothing but a filler.
    FillerIndicator "filler-indicator" Note
        "请填写具体指标，或删除该行。" "State a real indicator, or delete the row.";
    /// A form has two indicators of the same name.
    DuplicateIndicator "duplicate-indicator" Warning
        "请合并重复的指标，或使三级指标名称能够区分。" "Merge the indicators, or give them names that tell them apart.";
    /// The name of an indicator is its description.
    NameRepeatsDescription "name-repeats-description" Note
        "请在绩效指标描述中写明指标的含义和计算方法。" "Let the description say what the indicator means and how it is computed.";
    /// The name of an indicator is the title of its level 2.
    NameRepeatsLevel2 "name-repeats-level2" Warning
        "请填写具体的三级指标名称。" "Give the indicator a name of its own.";
    /// A cost row has the figure of another form.
    CopiedRow "copied-row" Warning
        "请核对该行是否由另一张表复制而来，并改为本项目的数字。" "Check whether the row was copied from the other form, and give this project's figure.";
    /// The check character of a project code does not fit.
    ProjectCode "project-code" Warning
        "请对照预算系统核对项目编码，可能有字符录错。" "Compare the code with the budget system; a character is likely mistyped.";
    /// A project code has another division than the document's.
    ProjectCodeDivision "project-code-division" Warning
        "请对照预算系统核对项目编码的前六位（行政区划代码）。" "Compare the first six digits of the code (the division) with the budget system.";
    /// The year in a project code is later than the document's.
    ProjectCodeYear "project-code-year" Warning
        "请对照预算系统核对项目编码第七、八位（年度）。" "Compare the seventh and eighth character of the code (the year) with the budget system.";
    /// A project stands twice in one document.
    DuplicateProject "duplicate-project" Warning
        "请核对是否重复列报，或项目编码、名称是否录错。" "Check whether the project is listed twice, or its code or name mistyped.";
    /// An amount of the narrative differs from the forms.
    NarrativeBudget "narrative-budget" Warning
        "请核对分项绩效目标与绩效目标表中的金额，使两处一致。" "Make the amount in the narrative and those in the forms agree.";
    /// A target of the narrative contradicts a form.
    NarrativeTarget "narrative-target" Warning
        "请核对分项绩效目标与绩效目标表中的指标值，使两处一致。" "Make the target in the narrative and the one in the form agree.";
    /// A project stands in the narrative or among the forms alone, or under two names.
    NarrativeProject "narrative-project" Warning
        "请使分项绩效目标与绩效目标表的项目及名称一一对应。" "Let the items of the narrative and the forms name the same projects.";
    /// The contents list differs from the forms.
    ContentsMismatch "contents-mismatch" Warning
        "请按各表标题更新目录。" "Update the contents from the titles of the forms.";
    /// The narrative names a plan whose period is over.
    StalePlan "stale-plan" Warning
        "请改为现行规划，或说明为何仍按原规划执行。" "Name the plan in force, or say why the old one still counts.";
    /// A form that is withheld prints its code, name or amount.
    WithheldPublished "withheld-published" Error
        "公开前请与保密部门核实：该表不应公开，或不应标注涉密。" "Ask before publishing: either the form must not be published or it is not to be marked withheld.";
    /// A text of the blank form was left in.
    TemplateResidue "template-residue" Warning
        "请删去样表中的提示文字或补填空缺内容。" "Delete the prompt of the blank form, or fill in what it asks for.";
    /// A phrase stands twice in a row.
    RepeatedPhrase "repeated-phrase" Warning
        "请删去重复的内容。" "Delete the repetition.";
    /// A document number has other brackets than the official ones.
    DocumentNumberStyle "document-number-style" Note
        "发文字号的年份应使用六角括号，如〔2024〕。" "The year of a document number stands in 〔〕, as in 〔2024〕.";

    // ---- how the review is done
    /// The configuration of the review says something that the program does not know.
    ConfigInvalid "config-invalid" Error
        "请按所示行号修改设置；规则名称见 `jixiao check --rules`。" "Mend the line shown; `jixiao check --rules` lists the rules.";
    /// An acceptance of the configuration fits no finding any more.
    AcceptanceUnused "acceptance-unused" Note
        "如问题已改正，请从设置中删去这一条；否则请核对其内容。" "Delete the entry if the fault was put right, or compare it with the finding.";
    /// Fixes were asked for where there is no folder that the program made to write them to.
    FixWithoutFolder "fix-without-folder" Error
        "原始文件不会被改写：请加 `-o OUT` 生成到输出文件夹并修改，或先运行 `jixiao build`，再对输出文件夹运行 `jixiao check OUT --fix`。" "No input is overwritten: add `-o OUT` to make an output folder with the fixes, or run `jixiao build` first and then `jixiao check OUT --fix`.";

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
