//! Writes sample documents and their models into a folder, one after the other.
//!
//! Architecture invariant: a file that is there is never replaced, whoever wrote it; no more than one sample
//! is in memory.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::make::model_json;
use super::store::{holds, shown, unwritable, write_whole};
use super::{FileState, prepare_out};
use crate::finding::{Code, Finding, Message};
use crate::sample::{Sample, Sampler};

/// The folder of the documents.
const TEXTS: &str = "texts";
/// The folder of the models.
const MODELS: &str = "models";

/// What became of the files of sample documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    /// How many files were written.
    pub written: u64,
    /// The bytes of the files that were written.
    pub bytes: u64,
    /// How many files were there already with the same content.
    pub unchanged: u64,
    /// How many forms all samples have.
    pub forms: u64,
    /// How many files could not be written, as something else is there or the disk refused.
    pub refused: u64,
}

/// Writes the first `count` samples into the folder `out`: the document of each below `texts`, its model
/// below `models`, in folders of cities and counties. After each sample `tell` is told how many are done and
/// what was found; it says whether to go on.
///
/// # Errors
///
/// A finding where nothing can be written to `out`.
pub fn write_samples(
    sampler: &Sampler,
    count: u64,
    out: &Path,
    mut tell: impl FnMut(u64, Vec<Finding>) -> ControlFlow<()>,
) -> Result<Sampled, Box<Finding>> {
    prepare_out(out)?;
    let mut made = Sampled::default();
    for index in 0..count {
        let mut findings = Vec::new();
        match sampler.sample(index) {
            Ok(sample) => write_sample(&sample, out, &mut made, &mut findings),
            Err(finding) => {
                made.refused += 2;
                findings.push(*finding);
            }
        }
        if tell(index + 1, findings).is_break() {
            break;
        }
    }
    Ok(made)
}

fn write_sample(sample: &Sample, out: &Path, made: &mut Sampled, findings: &mut Vec<Finding>) {
    made.forms += sample.department.projects.len() as u64;
    let place = |folder: &str, extension: &str| -> PathBuf {
        let [city, county] = &sample.folders;
        let name = format!("{}.{extension}", sample.name);
        [
            out,
            folder.as_ref(),
            city.as_ref(),
            county.as_ref(),
            name.as_ref(),
        ]
        .into_iter()
        .collect()
    };
    let mut put = |path: &Path, bytes: &[u8]| match write_new(path, bytes) {
        Ok(FileState::Written) => {
            made.written += 1;
            made.bytes += bytes.len() as u64;
        }
        Ok(_) => made.unchanged += 1,
        Err(finding) => {
            made.refused += 1;
            findings.push(*finding);
        }
    };
    put(&place(TEXTS, sample.dialect.extension()), &sample.bytes);
    match model_json(&sample.department) {
        Ok(json) => put(&place(MODELS, "json"), &json),
        Err(finding) => {
            made.refused += 1;
            findings.push(*finding);
        }
    }
}

/// Writes a file where there is none; the same content may be there already.
fn write_new(path: &Path, bytes: &[u8]) -> Result<FileState, Box<Finding>> {
    let failed = |error: io::Error| Box::new(unwritable(path, &error));
    match holds(path, bytes).map_err(failed)? {
        Some(true) => Ok(FileState::Unchanged),
        Some(false) => Err(Box::new(
            Finding::new(
                Code::OutputEdited,
                Message::new(
                    "此处已有内容不同的文件，未覆盖。",
                    "a file with another content is there; it was left alone",
                ),
            )
            .in_file(shown(path)),
        )),
        None => path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| write_whole(path, bytes))
            .map(|()| FileState::Written)
            .map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;
    use crate::sample::{Dialect, Options};

    fn write(folder: &Folder, seed: u64) -> (Sampled, Vec<Finding>) {
        let sampler = Sampler::new(Options {
            seed,
            forms: 1..=1,
            dialects: vec![Dialect::Tsv],
            ..Options::default()
        });
        let mut findings = Vec::new();
        let made = write_samples(&sampler, 2, folder.path(), |_, found| {
            findings.extend(found);
            ControlFlow::Continue(())
        });
        (made.expect("a folder to write to"), findings)
    }

    #[test]
    fn a_file_with_another_content_is_left_alone() {
        let folder = Folder::new();
        let (first, findings) = write(&folder, 1);
        assert_eq!((first.written, first.unchanged, first.forms), (4, 0, 2));
        assert_eq!(findings, []);
        let (again, findings) = write(&folder, 1);
        assert_eq!((again.written, again.unchanged, again.bytes), (0, 4, 0));
        assert_eq!(findings, []);
        let sampler = Sampler::new(Options::default());
        let name = sampler.name(1);
        let [city, county] = &name.folders;
        let path = format!("models/{city}/{county}/{}.json", name.file);
        folder.write(&path, "mine");
        let (third, findings) = write(&folder, 1);
        assert_eq!((third.unchanged, third.refused), (3, 1));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, Code::OutputEdited);
        assert_eq!(folder.read(&path), "mine");
    }

    #[test]
    fn it_ends_when_it_is_told_to() {
        let folder = Folder::new();
        let sampler = Sampler::new(Options {
            forms: 1..=1,
            ..Options::default()
        });
        let mut calls = 0;
        let made = write_samples(&sampler, 1_000_000, folder.path(), |done, _| {
            calls += 1;
            assert_eq!(done, calls);
            ControlFlow::Break(())
        });
        assert_eq!(made.map(|made| (made.written, calls)), Ok((2, 1)));
    }
}
