//! The proof that nothing of a text is lost, for tests and fuzz targets: what is said to be in the model
//! or in a finding has to be there.

use super::{Account, Fate, Lexicon, cleaned_blocks, outline, read_department, tables};
use crate::blocks::{Blocks, Document};
use crate::finding::Code;
use crate::source::is_blank;
use crate::vocab::{Vocabulary, key};

/// A text without what separates its parts or stands behind its number, and without the words that only say who signed.
fn squeezed(text: &str, vocabulary: &Vocabulary) -> String {
    let signing = ["compiled_by", "reviewed_by"].map(|name| vocabulary.document.texts(name));
    let units = vocabulary
        .forms
        .iter()
        .map(|form| form.labels.texts("amount_unit"));
    let words = signing.into_iter().chain(units).flatten();
    let key = key(text).replace([':', '\t', '、', '.', '．'], "");
    words.fold(key, |key, word| key.replace(word.as_str(), ""))
}

/// The texts of the source that are said to be in the model or in a finding, but are not.
///
/// # Panics
///
/// If a text is gone even before the forms are read, or if a department without a form is not named.
#[must_use]
pub fn unaccounted(text: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let (document, _) = Document::open(text.as_bytes());
    let source = &document.source;
    let lexicon = Lexicon::new(vocabulary);
    let blocks = cleaned_blocks(&document, &lexicon);
    let before = characters(&blocks);
    let blocks = tables::recover(source, blocks, &lexicon);
    assert_eq!(
        before,
        characters(&blocks),
        "recovery of tables moves texts, and no more"
    );
    let mut account = Account::new(source, &blocks);
    let mut known = Vec::new();
    for range in outline::departments(&account, &lexicon) {
        let blocks_of_range = range.clone();
        let Some(department) = read_department(&mut account, &lexicon, range) else {
            // It is named as a whole.
            assert!(
                account
                    .findings
                    .iter()
                    .any(|finding| finding.code == Code::NoForm)
            );
            for block in blocks_of_range {
                account.settle(block, Fate::Furniture);
            }
            continue;
        };
        let value = serde_json::to_value(&department).expect("the model is JSON");
        collect(&value, &mut known);
    }
    known.extend(
        account
            .findings
            .iter()
            .filter_map(|finding| finding.quote.clone()),
    );
    // Texts may be joined, or cut where goals begin, so they are looked for in one string.
    let known = squeezed(&known.join(""), vocabulary);
    let cells = (0..blocks.len()).flat_map(|block| blocks.cells(block));
    account
        .fates
        .iter()
        .zip(cells)
        .filter(|(fate, cell)| match fate {
            Fate::Furniture => false,
            Fate::Model | Fate::Named => !known.contains(&squeezed(&cell.text, vocabulary)),
            Fate::Unread => true,
        })
        .map(|(fate, cell)| format!("{fate:?} {:?}", cell.text))
        .collect()
}

/// The characters of all cells that are seen, sorted.
fn characters(blocks: &Blocks) -> Vec<char> {
    let cells = (0..blocks.len()).flat_map(|block| blocks.cells(block));
    let mut characters: Vec<char> = cells
        .flat_map(|cell| cell.text.chars())
        .filter(|&c| !is_blank(c))
        .collect();
    characters.sort_unstable();
    characters
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
