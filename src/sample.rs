//! Sample documents: invented departments with known models, for load tests and to try the program with.
//!
//! `places` and `words` say what a department is called, `department`, `project` and `indicators` make its
//! model, `parts` takes the filled templates apart into lines and rows, `dialects` writes these as text
//! extractors do, and `damage` breaks what real texts have broken.
//!
//! Architecture invariant: a department follows from the options and its number alone, never from the
//! others or from how many there are; all words stand in `words.toml`, all labels come from the templates.

mod code;
mod damage;
mod department;
mod dialects;
mod indicators;
mod money;
mod parts;
mod places;
mod project;
mod random;
mod words;

use std::ops::RangeInclusive;

use crate::finding::Finding;
use crate::model::{ContentsEntry, Department};
use crate::pdf;
use crate::sheet::{Document, SheetKind};
use crate::template::{FillOptions, Templates};
use crate::text::Fonts;
use crate::xlsx;

pub use damage::Damage;
pub use dialects::Dialect;
use random::{Purpose, Random};
use words::{Values, Words};

/// The most departments of one run; so many have names of their own.
pub const MOST_DEPARTMENTS: u64 = 1_000_000;

/// What sample documents are to be like.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What all random numbers follow from.
    pub seed: u64,
    /// The budget year.
    pub year: i32,
    /// How many forms a department has, at least and at most.
    pub forms: RangeInclusive<u32>,
    /// How the documents are written; departments take turns. Not empty.
    pub dialects: Vec<Dialect>,
    /// What is broken in the documents that are plain text.
    pub damage: Damage,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            year: 2025,
            forms: 2..=12,
            dialects: Dialect::ALL.to_vec(),
            damage: Damage::None,
        }
    }
}

/// Where a sample document belongs, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The folders, from the outermost: the city and the county.
    pub folders: [String; 2],
    /// The file, without the extension.
    pub file: String,
    /// The department.
    pub department: String,
}

/// One sample document and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The folders that it belongs in, from the outermost: the city and the county.
    pub folders: [String; 2],
    /// What its file is called, without the extension.
    pub name: String,
    /// How it is written.
    pub dialect: Dialect,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The model that it was made from, which it says in full unless it was damaged.
    pub department: Department,
}

impl Name {
    fn of(seat: &places::Seat<'_>, words: &Words, index: u64) -> Self {
        let department = seat.department();
        let values = Values::default()
            .with("number", format!("{:05}", index + 1))
            .with("department", &department);
        Self {
            folders: [seat.city.clone(), seat.county.clone()],
            file: values.fill(&words.places.file_name),
            department,
        }
    }
}

/// Makes sample documents.
#[derive(Debug)]
pub struct Sampler {
    options: Options,
    templates: Templates,
    words: &'static Words,
}

impl Sampler {
    /// Makes documents of the built-in forms.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            templates: Templates::built_in(),
            words: Words::built_in(),
        }
    }

    /// What the document of that number is called, without making it.
    #[must_use]
    pub fn name(&self, index: u64) -> Name {
        Name::of(
            &places::seat(self.words, self.options.seed, index),
            self.words,
            index,
        )
    }

    /// The document of the department of that number, from 0 and below [`MOST_DEPARTMENTS`].
    ///
    /// # Errors
    ///
    /// A finding where the document cannot be filled or written; none is known for the built-in templates.
    pub fn sample(&self, index: u64) -> Result<Sample, Box<Finding>> {
        let (options, words) = (&self.options, self.words);
        let seat = places::seat(words, options.seed, index);
        let vocabulary = self.templates.vocabulary();
        let mut random = Random::new(options.seed, Purpose::Content, index);
        let mut department = department::department(&seat, words, vocabulary, options, &mut random);
        let filled = self.templates.fill(&department, &FillOptions::default())?;
        let mut document = filled.document;
        // Documents that come from offices have no such sheet.
        document.sheets.retain(|sheet| sheet.kind != SheetKind::Summary);
        document.notes.clear();
        let turns = options.dialects.len().max(1) as u64;
        let dialect = options.dialects.get((index % turns) as usize);
        let dialect = dialect.copied().unwrap_or(Dialect::Cells);
        if dialect == Dialect::Xlsx {
            // Sheets have no pages to be listed.
            document.sheets.retain(|sheet| sheet.kind != SheetKind::Contents);
        }
        let bytes = self.write(&document, dialect, index, &mut department.contents)?;
        let name = Name::of(&seat, words, index);
        Ok(Sample {
            name: name.file,
            folders: name.folders,
            dialect,
            bytes,
            department,
        })
    }

    /// Writes the document, and into `contents` what its contents list says.
    fn write(
        &self,
        document: &Document,
        dialect: Dialect,
        index: u64,
        contents: &mut Vec<ContentsEntry>,
    ) -> Result<Vec<u8>, Box<Finding>> {
        let options = &self.options;
        let mut random = Random::new(options.seed, Purpose::Writing, index);
        *contents = parts::contents(document);
        match dialect {
            Dialect::Xlsx => Ok(xlsx::write(document)?),
            Dialect::Pdf => {
                let fonts = Fonts::built_in();
                let pages = pdf::lay_out(document, fonts);
                parts::number_as_laid_out(contents, &pages);
                Ok(pdf::write(&pages, fonts)?)
            }
            _ => {
                if dialect.prints_page_numbers() {
                    parts::number(contents, document, &mut random);
                }
                let mut parts = parts::parts(document, contents, dialect);
                if dialect.is_damaged() {
                    let mut random = Random::new(options.seed, Purpose::Damage, index);
                    let vocabulary = self.templates.vocabulary();
                    parts = damage::damaged(parts, options.damage, vocabulary, &mut random);
                }
                Ok(dialects::write(&parts, dialect, &mut random))
            }
        }
    }
}
