//! Blocks → model. It follows the labels of the label tables, never a position in a file, and reads
//! all forms with the same code. Parsing never fails and never guesses: a repair needs evidence in
//! the text and is a finding, a lost value stays empty, and every text that found no place is named.
//!
//! The parts: `outline` cuts the document into cover, contents, narrative and forms; `cover`,
//! `narrative` and `form` read these; `plan`, `indicators` and `goals` read the parts of a form.
//!
//! Architecture invariant: whatever the input, each non-blank cell ends up with a fate in the
//! `Account`: in the model, furniture, or named in a finding.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::blocks::{BlockKind, Blocks, Cell, Document};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::{Department, Narrative, Origin, State};
use crate::source::{Source, is_blank};
use crate::vocab::Vocabulary;

mod columns;
mod cover;
mod form;
mod goals;
mod indicators;
mod ledger;
mod lexicon;
mod narrative;
mod outline;
mod plan;
mod residue;
mod tables;
#[cfg(any(test, fuzzing))]
mod unaccounted;
mod unknown;
mod widths;

pub(crate) use goals::split as split_goals;
pub use ledger::{Ledger, Unplaced};
use lexicon::Lexicon;
pub(crate) use lexicon::numbered;
#[cfg(any(test, fuzzing))]
pub use unaccounted::unaccounted;

/// What was read from one input.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The departments, in the order of the text.
    pub departments: Vec<Department>,
    /// The findings of each department, in the same order.
    pub findings: Vec<Vec<Finding>>,
    /// Findings about the input as a whole: undecodable bytes, no form in it.
    pub document_findings: Vec<Finding>,
    /// What became of every character.
    pub ledger: Ledger,
}

/// Reads a performance document from the bytes of a file of any kind that can be read; those of a text that
/// are given away need no room of their own. Never fails; the findings carry no file name.
#[must_use]
pub fn read_document<'b>(bytes: impl Into<Cow<'b, [u8]>>, vocabulary: &Vocabulary) -> Parsed {
    let (document, findings) = Document::open(bytes);
    read_opened(&document, findings, vocabulary)
}

/// Reads a document that was opened, and `document_findings` on the way.
pub(crate) fn read_opened(
    document: &Document,
    document_findings: Vec<Finding>,
    vocabulary: &Vocabulary,
) -> Parsed {
    let mut parsed = Parsed {
        document_findings,
        ..Parsed::default()
    };
    if document.source.text.trim_matches(is_blank).is_empty() {
        return parsed;
    }
    let lexicon = Lexicon::new(vocabulary);
    let blocks = cleaned_blocks(document, &lexicon);
    let blocks = tables::recover(&document.source, blocks, &lexicon);
    let mut account = Account::new(&document.source, &blocks);
    for range in outline::departments(&account, &lexicon) {
        if let Some(department) = read_department(&mut account, &lexicon, range) {
            let (no_form, mut findings): (Vec<_>, Vec<_>) = std::mem::take(&mut account.findings)
                .into_iter()
                .partition(|finding| finding.code == Code::NoForm);
            parsed.document_findings.extend(no_form);
            findings.sort_by(|one, other| one.places.first().cmp(&other.places.first()));
            parsed.departments.push(department);
            parsed.findings.push(findings);
        }
    }
    parsed.document_findings.append(&mut account.findings);
    parsed.ledger = Ledger::close(&account, &account.strays);
    parsed
}

/// The blocks of a document, those of forms in columns among them, free of residue.
fn cleaned_blocks<'s>(document: &'s Document, lexicon: &Lexicon) -> Blocks<'s> {
    let mut blocks = document.blocks();
    if let Some(tables) = columns::read(&document.source, &blocks, lexicon) {
        blocks = tables;
    }
    blocks.clean(|text| {
        residue::clean(text);
        lexicon.clean_continued(text);
    });
    blocks
}

/// Reads a range of blocks into a department, if they hold a form or a narrative.
fn read_department(account: &mut Account, lexicon: &Lexicon, range: Range<usize>) -> Option<Department> {
    let findings_before = account.findings.len();
    let outline = outline::read(account, lexicon, range);
    let mut department = Department::default();
    cover::read(account, lexicon, &outline, &mut department);
    narrative::read(account, lexicon, &outline, &mut department);
    for span in &outline.forms {
        let project = form::read(account, lexicon, span, department.projects.len());
        department.projects.push(project);
    }
    for form in &outline.unknown {
        unknown::name(account, lexicon, form);
    }
    if department.projects.is_empty() && department.narrative == Narrative::default() {
        let mut own = account.findings.split_off(findings_before);
        own.retain(|finding| finding.code == Code::FormUnknown);
        account.findings.append(&mut own);
        account.findings.push(no_form());
        return None;
    }
    if department.projects.is_empty() {
        account.findings.push(no_form());
    }
    cover::complete(account, lexicon, &mut department);
    form::check_numbers(account, &department);
    account.name_the_rest(&outline);
    department.refresh_meanings();
    Some(department)
}

fn no_form() -> Finding {
    Finding::new(
        Code::NoForm,
        Message::new(
            "文本中没有找到绩效目标表。",
            "There is no performance target form in this text.",
        ),
    )
}

/// What became of a text of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nobody has read it yet.
    Unread,
    /// It is in the model.
    Model,
    /// It is a label, a heading, a page number, a contents line or a copy of a cover.
    Furniture,
    /// A finding names it.
    Named,
}

/// The blocks of a document, free of residue, with an account of what became of each cell, and the
/// findings so far.
struct Account<'a> {
    source: &'a Source,
    blocks: &'a Blocks<'a>,
    /// By the number of the cell in the document.
    fates: Vec<Fate>,
    /// The starts of cells that were read with others and found no place after all.
    strays: BTreeSet<u32>,
    findings: Vec<Finding>,
}

/// A text taken from the source with the offset where it begins.
type Piece<'a> = Cell<'a>;

impl<'a> Account<'a> {
    fn new(source: &'a Source, blocks: &'a Blocks<'a>) -> Self {
        Self {
            source,
            blocks,
            fates: vec![Fate::Unread; blocks.cell_count()],
            strays: BTreeSet::new(),
            findings: Vec::new(),
        }
    }

    /// The cells of a block that are not blank.
    fn cells(&self, block: usize) -> &'a [Cell<'a>] {
        self.blocks.cells(block)
    }

    /// The text of a block on one line: that of a paragraph, or the cells of a row with tabs between.
    fn line(&self, block: usize) -> Piece<'a> {
        match self.cells(block) {
            [cell] => cell.clone(),
            cells => {
                let texts: Vec<&str> = cells.iter().map(|cell| &*cell.text).collect();
                Piece {
                    text: texts.join("\t").into(),
                    start: cells
                        .first()
                        .map_or(self.blocks.span(block).start as u32, |cell| cell.start),
                    column: 0,
                    columns: 1,
                }
            }
        }
    }

    /// Whether a block is one text: a paragraph, or a row with nothing in its other cells.
    fn is_one_text(&self, block: usize) -> bool {
        self.cells(block).len() == 1
    }

    fn is_row(&self, block: usize) -> bool {
        self.blocks.kind(block) == BlockKind::Row
    }

    /// Notes what became of the cells of a block.
    fn settle(&mut self, block: usize, fate: Fate) {
        self.fates[self.blocks.cell_range(block)].fill(fate);
    }

    /// Notes what became of one cell.
    fn settle_cell(&mut self, block: usize, cell: usize, fate: Fate) {
        let range = self.blocks.cell_range(block);
        if let Some(slot) = self.fates[range].get_mut(cell) {
            *slot = fate;
        }
    }

    fn place(&self, start: u32) -> Place {
        self.source.place(start as usize)
    }

    fn origin(&self, start: u32, state: State) -> Origin {
        Origin {
            place: self.place(start),
            state,
        }
    }

    /// Names every text of a department that nobody has read, neighbours together.
    fn name_the_rest(&mut self, outline: &outline::Outline) {
        for block in outline.all.clone() {
            if self.blocks.kind(block) == BlockKind::Furniture {
                self.settle(block, Fate::Furniture);
                continue;
            }
            let range = self.blocks.cell_range(block);
            let unread = self.cells(block).iter().zip(&self.fates[range.clone()]);
            let unread: Vec<&Cell> = unread
                .filter(|(_, fate)| **fate == Fate::Unread)
                .map(|(cell, _)| cell)
                .collect();
            let Some(first) = unread.first() else { continue };
            let texts: Vec<&str> = unread.iter().map(|cell| &*cell.text).collect();
            let mut finding = Finding::new(
                Code::TextUnplaced,
                Message::new(
                    "这段文字不属于任何栏目，未写入表中。",
                    "This text belongs to no field; it is in no form.",
                ),
            )
            .at(self.place(first.start))
            .quoting(texts.join(" "));
            finding.form = outline.form_at(block);
            self.findings.push(finding);
            for fate in self.fates[range].iter_mut().filter(|fate| **fate == Fate::Unread) {
                *fate = Fate::Named;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts that documents are made of, whole and broken, in and out of place.
    const FRAGMENTS: &[&str] = &[
        "甲县水务局",
        "2025年部门预算绩效文本",
        "甲县水务局编制",
        "甲县财政局审核",
        "目  录",
        "第一部分",
        "部门整体绩效目标",
        "一、总体绩效目标",
        "一、总体绩效目标\t1",
        "二、分项绩效目标",
        "三、工作保障措施",
        "第二部分",
        "预算项目绩效目标",
        "1.2025年修渠经费绩效目标表",
        "2.植树经费绩",
        "效目标表",
        "**3.护林经费绩效目标表**",
        "修渠经费绩效目标表\t7",
        "301001甲县水务局本级",
        "\t301001甲县水务局",
        "\t单位：万元",
        "单位：万元",
        "\t项目编码",
        "\t13010025P00000110001W",
        "项目编码\t1301 0025\t\t项目名称\t修渠\t",
        "\t项目名称",
        "\t修渠",
        "\t预算规模及资金用途",
        "\t预算数",
        "\t12.50",
        "预算规模及 资金用途\t预算数\t1\t其中：财政 资金\t涉密\t其他资金\t",
        "\t修渠三条\t\t\t",
        "\t资金支出计划（%）",
        "资金支出计 划（%）\t3月底\t\t6月底\t\t10月底\t",
        "\t25%\t\t50%\t\t75%\t100%",
        "12月底\t100%\t\t",
        "\t\t\t12 月底\t",
        "\t3月底",
        "\t6月底",
        "\t25%",
        "\t绩效目标",
        "绩效目标\t<p>1.修渠。</p> <p>2.植树。</p>\t\t",
        "\t1.修渠。",
        "2.植树，",
        "共三处。",
        "\t一级指标",
        "\t二级指标",
        "\t三级指标",
        "\t绩效指标描述",
        "\t指标值",
        "\t指标值确定依据",
        "一级指标\t二级指标\t三级指标\t绩效指标描述\t\t指标值\t指标值确定依据",
        "产出指标\t数量指标\t长度\t长度\t≥3公里\t计划",
        "\t质量指标\t合格率\t合格率\t\t100%\t计划\t",
        "成本指标\t费用\t费用\t12.5\t预算\t\t",
        "\t\t\t\t\t的通知",
        "\t产出指标",
        "\t数量指标",
        "满意度指标\t满意度\t甲\t乙\t丙\t丁\t戊\t己",
        "\t",
        "",
        " ",
        "\u{c}",
        "- 5 -",
        "7",
        "附注",
        "[bookmark: _a]四、其他",
        "项目编码",
        "13010025P00000110001W",
        "项目名称 修渠",
        "预算规模及",
        "资金用途",
        "预算数 12.50 其中：财政资金 12.50 其他资金",
        "3月底 6月底 10月底 12月底",
        "25% 50% 75% 100%",
        "绩效目标 按期修渠",
        "一级指标 二级指标 三级指标 绩效指标描述 指标值 指标值确定依据",
        "一级指标",
        "二级指标",
        "产出指标",
        "数量指标 长度 长度 ≥3公里 计划",
        "经济效益指",
        "标",
        "≥95%",
        "部门收支情况表",
        "科目\t金额",
        "附表一\t甲\t乙",
        "\u{fffd}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn nothing_of_any_text_is_lost(
            lines in prop::collection::vec((prop::sample::select(FRAGMENTS), prop::bool::weighted(0.15)), 0..60)
        ) {
            let lines = lines.iter().map(|(line, blank)| [*line, if *blank { "\n\n" } else { "\n" }]);
            let text = lines.flatten().collect::<String>();
            let lost = unaccounted(&text, &Vocabulary::built_in());
            prop_assert!(lost.is_empty(), "{lost:?}");
        }

        #[test]
        fn bytes_of_any_kind_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_document(bytes, &Vocabulary::built_in());
        }
    }
}
