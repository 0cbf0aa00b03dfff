//! Blocks → model. It follows the labels of the label tables, never a position in a file, and reads
//! all forms with the same code. Parsing never fails and never guesses: a repair needs evidence in
//! the text and is a finding, a lost value stays empty, and every text that found no place is named.
//!
//! The parts: [`outline`] cuts the document into cover, contents, narrative and forms; `cover`,
//! `narrative` and `form` read these; `plan`, `indicators` and `goals` read the parts of a form.
//!
//! Architecture invariant: whatever the input, each non-blank cell ends up with a fate in the
//! [`Account`]: in the model, furniture, or named in a finding.

use crate::blocks::{self, Block, BlockKind, Cell};
use crate::finding::{Code, Finding, Message, Place};
use crate::model::{Department, Origin, State};
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
    let (department, findings) = read_blocks(&source, &blocks, vocabulary);
    let (no_form, findings): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.code == Code::NoForm);
    document_findings.extend(no_form);
    match department {
        Some(department) => Parsed {
            departments: vec![department],
            findings: vec![findings],
            document_findings,
        },
        None => Parsed {
            document_findings,
            ..Parsed::default()
        },
    }
}

fn read_blocks(
    source: &Source,
    blocks: &[Block],
    vocabulary: &Vocabulary,
) -> (Option<Department>, Vec<Finding>) {
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
    if department.projects.is_empty() && department.narrative == crate::model::Narrative::default() {
        return (None, account.findings);
    }
    cover::complete(&mut account, &lexicon, &mut department);
    form::check_numbers(&mut account, &department);
    account.name_the_rest(&outline);
    department.refresh_meanings();
    let mut findings = account.findings;
    findings.sort_by_key(|finding| {
        finding
            .places
            .first()
            .map_or((0, 0), |place| (place.line, place.column))
    });
    (Some(department), findings)
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
        Self {
            source,
            blocks,
            fates,
            findings: Vec::new(),
        }
    }

    /// The cells of a block: one for a paragraph, none for a blank line.
    fn cells(&self, block: usize) -> &'a [Cell] {
        self.blocks.get(block).map_or(&[], cells)
    }

    /// The cells of a block as clean pieces, blank ones included.
    fn pieces(&self, block: usize) -> Vec<Piece> {
        self.cells(block)
            .iter()
            .map(|cell| Piece {
                text: residue::clean(&cell.text),
                start: cell.start,
            })
            .collect()
    }

    /// The text of a block on one line: that of a paragraph, or the cells of a row with tabs between.
    fn line(&self, block: usize) -> Piece {
        let pieces = self.pieces(block);
        let start = pieces
            .iter()
            .find(|piece| !piece.text.is_empty())
            .or(pieces.first())
            .map_or(0, |piece| piece.start);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        Piece {
            text: texts.join("\t").trim().to_owned(),
            start,
        }
    }

    fn is_paragraph(&self, block: usize) -> bool {
        matches!(
            self.blocks.get(block).map(|block| &block.kind),
            Some(BlockKind::Paragraph(_))
        )
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
            for (cell, fate) in self.cells(block).iter().zip(&self.fates[block]) {
                if *fate == Fate::Unread && !residue::clean(&cell.text).is_empty() {
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
