//! Blocks → model. It follows the labels of the label tables, never a position in a file, and reads
//! all forms with the same code. Parsing never fails and never guesses: a repair needs evidence in
//! the text and is a finding, a lost value stays empty, and every text that found no place is named.
//!
//! The parts: `outline` cuts the document into cover, contents, narrative and forms; `cover`,
//! `narrative` and `form` read these; `plan`, `indicators` and `goals` read the parts of a form.
//!
//! Architecture invariant: whatever the input, each non-blank cell ends up with a fate in the
//! `Account`: in the model, furniture, or named in a finding.

use std::rc::Rc;

use crate::blocks::{self, Block, BlockKind, Cell};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::{Department, Narrative, Origin, State};
use crate::source::{self, Source, is_blank};
use crate::vocab::Vocabulary;

mod cover;
mod form;
mod goals;
mod indicators;
mod lexicon;
mod narrative;
mod outline;
mod plan;
mod residue;

use lexicon::Lexicon;

/// What was read from one input.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The departments, in the order of the text.
    pub departments: Vec<Department>,
    /// The findings of each department, in the same order.
    pub findings: Vec<Vec<Finding>>,
    /// Findings about the input as a whole: undecodable bytes, no form in it.
    pub document_findings: Vec<Finding>,
}

/// Reads a performance document from the bytes of a text file. Never fails; the findings carry no
/// file name.
#[must_use]
pub fn read_document(bytes: &[u8], vocabulary: &Vocabulary) -> Parsed {
    let (source, mut document_findings) = source::decode(bytes);
    if source.text.trim_matches(is_blank).is_empty() {
        return Parsed {
            document_findings,
            ..Parsed::default()
        };
    }
    let blocks = blocks::read(&source);
    let (department, account) = read_blocks(&source, &blocks, vocabulary);
    let (no_form, mut findings): (Vec<_>, Vec<_>) = account
        .findings
        .into_iter()
        .partition(|finding| finding.code == Code::NoForm);
    document_findings.extend(no_form);
    let Some(department) = department else {
        return Parsed {
            document_findings,
            ..Parsed::default()
        };
    };
    findings.sort_by_key(|finding| finding.places.first().copied());
    Parsed {
        departments: vec![department],
        findings: vec![findings],
        document_findings,
    }
}

/// Reads blocks into a department, if they hold a form or a narrative, with the account of all texts.
fn read_blocks<'a>(
    source: &'a Source,
    blocks: &'a [Block],
    vocabulary: &Vocabulary,
) -> (Option<Department>, Account<'a>) {
    let lexicon = Lexicon::new(vocabulary);
    let mut account = Account::new(source, blocks);
    let outline = outline::read(&account, &lexicon);
    let mut department = Department::default();
    if outline.forms.is_empty() {
        account.findings.push(Finding::new(
            Code::NoForm,
            Message::new(
                "文本中没有找到绩效目标表。",
                "There is no performance target form in this text.",
            ),
        ));
    }
    cover::read(&mut account, &lexicon, &outline, &mut department);
    narrative::read(&mut account, &lexicon, &outline, &mut department);
    for span in &outline.forms {
        let project = form::read(&mut account, &lexicon, span, department.projects.len());
        department.projects.push(project);
    }
    if department.projects.is_empty() && department.narrative == Narrative::default() {
        return (None, account);
    }
    cover::complete(&mut account, &lexicon, &mut department);
    form::check_numbers(&mut account, &department);
    account.name_the_rest(&outline);
    department.refresh_meanings();
    (Some(department), account)
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

/// The blocks of a document with an account of what became of each cell, and the findings so far.
struct Account<'a> {
    source: &'a Source,
    blocks: &'a [Block],
    /// The cells of each block, free of residue.
    pieces: Vec<Rc<[Piece]>>,
    fates: Vec<Vec<Fate>>,
    findings: Vec<Finding>,
}

/// A text taken from the source, free of residue, with the offset where it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Piece {
    text: String,
    start: usize,
}

impl<'a> Account<'a> {
    fn new(source: &'a Source, blocks: &'a [Block]) -> Self {
        let fates = blocks
            .iter()
            .map(|block| vec![Fate::Unread; cells(block).len()])
            .collect();
        let piece = |cell: &Cell| Piece {
            text: residue::clean(&cell.text),
            start: cell.start,
        };
        let pieces = blocks
            .iter()
            .map(|block| cells(block).iter().map(piece).collect())
            .collect();
        Self {
            source,
            blocks,
            pieces,
            fates,
            findings: Vec::new(),
        }
    }

    /// The cells of a block: one for a paragraph, none for a blank line.
    fn cells(&self, block: usize) -> &'a [Cell] {
        self.blocks.get(block).map_or(&[], cells)
    }

    /// The cells of a block as clean pieces, blank ones included.
    fn pieces(&self, block: usize) -> &[Piece] {
        self.pieces.get(block).map_or(&[], |pieces| pieces)
    }

    /// The same, to be kept while other parts of the account change.
    fn shared_pieces(&self, block: usize) -> Rc<[Piece]> {
        self.pieces.get(block).cloned().unwrap_or_else(|| Rc::from([]))
    }

    /// The text of a block on one line: that of a paragraph, or the cells of a row with tabs between.
    fn line(&self, block: usize) -> Piece {
        match self.pieces(block) {
            [piece] => piece.clone(),
            pieces => {
                let first = pieces
                    .iter()
                    .find(|piece| !piece.text.is_empty())
                    .or(pieces.first());
                let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
                Piece {
                    text: texts.join("\t").trim().to_owned(),
                    start: first.map_or(0, |piece| piece.start),
                }
            }
        }
    }

    /// Whether a block is one text: a paragraph, or a row with nothing in its other cells.
    fn is_one_text(&self, block: usize) -> bool {
        self.pieces(block)
            .iter()
            .filter(|piece| !piece.text.is_empty())
            .count()
            == 1
    }

    fn is_row(&self, block: usize) -> bool {
        matches!(
            self.blocks.get(block).map(|block| &block.kind),
            Some(BlockKind::Row(_))
        )
    }

    /// Notes what became of all unread cells of a block.
    fn settle(&mut self, block: usize, fate: Fate) {
        for cell in 0..self.cells(block).len() {
            self.settle_cell(block, cell, fate);
        }
    }

    /// Notes what became of one cell.
    fn settle_cell(&mut self, block: usize, cell: usize, fate: Fate) {
        if let Some(slot) = self.fates.get_mut(block).and_then(|fates| fates.get_mut(cell)) {
            *slot = fate;
        }
    }

    fn place(&self, start: usize) -> Place {
        self.source.place(start)
    }

    fn origin(&self, start: usize, state: State) -> Origin {
        Origin {
            place: self.place(start),
            state,
        }
    }

    /// Names every text that nobody has read, neighbours together.
    fn name_the_rest(&mut self, outline: &outline::Outline) {
        for block in 0..self.blocks.len() {
            let mut texts: Vec<&str> = Vec::new();
            let mut first = None;
            for ((cell, piece), fate) in self
                .cells(block)
                .iter()
                .zip(self.pieces(block))
                .zip(&self.fates[block])
            {
                if *fate == Fate::Unread && !piece.text.is_empty() {
                    first = first.or(Some(cell.start));
                    texts.push(&cell.text);
                }
            }
            let Some(first) = first else { continue };
            let quote = texts.join(" ");
            let mut finding = Finding::new(
                Code::TextUnplaced,
                Message::new(
                    "这段文字不属于任何栏目，未写入表中。",
                    "This text belongs to no field; it is in no form.",
                ),
            )
            .at(self.place(first))
            .quoting(quote);
            finding.form = outline.form_at(block);
            self.findings.push(finding);
            for fate in self.fates[block].iter_mut().filter(|fate| **fate == Fate::Unread) {
                *fate = Fate::Named;
            }
        }
    }
}

fn cells(block: &Block) -> &[Cell] {
    match &block.kind {
        BlockKind::Paragraph(cell) => std::slice::from_ref(cell),
        BlockKind::Row(cells) => cells,
        BlockKind::Blank | BlockKind::PageBreak => &[],
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
        "\u{fffd}",
    ];

    /// A text without what separates its parts, and without the words that only say who signed.
    fn squeezed(text: &str) -> String {
        let words = ["编制", "审核", "单位"];
        let key = crate::vocab::key(&residue::clean(text)).replace([':', '\t'], "");
        words.iter().fold(key, |key, word| key.replace(word, ""))
    }

    /// The texts of the source that are said to be in the model or in a finding, but are not.
    fn unaccounted(text: &str) -> Vec<String> {
        let source = Source::from_text(text.to_owned());
        let blocks = blocks::read(&source);
        let (department, account) = read_blocks(&source, &blocks, &Vocabulary::built_in());
        let Some(department) = department else {
            return Vec::new();
        };
        let mut known = Vec::new();
        collect(
            &serde_json::to_value(&department).expect("the model is JSON"),
            &mut known,
        );
        known.extend(
            account
                .findings
                .iter()
                .filter_map(|finding| finding.quote.clone()),
        );
        // Texts may be joined, or cut where goals begin, so they are looked for in one string.
        let known = squeezed(&known.join(""));
        let fates = account
            .fates
            .iter()
            .zip(&blocks)
            .flat_map(|(fates, block)| fates.iter().zip(cells(block)));
        fates
            .filter(|(fate, cell)| match fate {
                Fate::Furniture => false,
                Fate::Model | Fate::Named => !known.contains(&squeezed(&cell.text)),
                Fate::Unread => !residue::clean(&cell.text).is_empty(),
            })
            .map(|(fate, cell)| format!("{fate:?} {:?}", cell.text))
            .collect()
    }

    fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => texts.push(text.clone()),
            serde_json::Value::Number(number) => texts.push(number.to_string()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
            serde_json::Value::Object(fields) => {
                // A title's number is printed before it.
                let mut fields: Vec<_> = fields
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "origins" | "year"))
                    .collect();
                fields.sort_by_key(|(name, _)| *name != "number");
                for (name, field) in fields {
                    collect(field, texts);
                    if name == "number" {
                        texts.push(".".to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn nothing_of_any_text_is_lost(
            lines in prop::collection::vec((prop::sample::select(FRAGMENTS), prop::bool::weighted(0.15)), 0..60)
        ) {
            let lines = lines.iter().map(|(line, blank)| [*line, if *blank { "\n\n" } else { "\n" }]);
            let text = lines.flatten().collect::<String>();
            let lost = unaccounted(&text);
            prop_assert!(lost.is_empty(), "{lost:?}");
        }

        #[test]
        fn bytes_of_any_kind_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_document(&bytes, &Vocabulary::built_in());
        }
    }
}
