//! The hashes of files that were seen before, so that a folder of thousands is looked through at once.
//!
//! A hash is taken from here where size and time of the file are what they were. It is only noted once
//! the file has been still for longer than the coarsest clock of any file system ticks, so that an edit
//! within one tick is never missed.
//!
//! They are kept apart from the output folder, which holds nothing that depends on the time.
//!
//! Architecture invariant: without this file all is as it is with it, only slower.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::base::hash_of;
use super::store::write_whole;

/// Name of the file in an output folder, in older versions.
const BEFORE: &str = ".jixiao-seen.json";

/// A file that changed less than so long ago may change again within the same tick.
const STILL: Duration = Duration::from_secs(3);

/// So many hashes are worth being kept; fewer are told again as fast.
const WORTH_KEEPING: usize = 64;

/// What was seen of a file: its size, its time in nanoseconds, and the fingerprint of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Look(u64, u128, String);

/// The hashes known of the files around an output folder.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Where they are kept, if anywhere.
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

/// What is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    /// The output folder, from the root.
    out: String,
    files: BTreeMap<String, Look>,
    /// The files that were learnt since it was read.
    #[serde(skip)]
    learnt: BTreeSet<String>,
}

impl Seen {
    /// What is known of an output folder; it is kept in the folder `cache`, if there is one.
    pub(crate) fn read(out: &Path, cache: Option<&Path>) -> Self {
        // Older versions kept it there.
        let _ = fs::remove_file(out.join(BEFORE));
        let own = key(&out.canonicalize().unwrap_or_else(|_| out.to_owned()));
        let file = cache.map(|cache| cache.join(format!("{}.json", &hash_of(own.as_bytes())[..16])));
        let text = file
            .as_ref()
            .and_then(|file| fs::read(file).ok())
            .unwrap_or_default();
        let mut known: Known = serde_json::from_slice(&text).unwrap_or_default();
        if known.out != own {
            known = Known {
                out: own,
                ..Known::default()
            };
        }
        Self {
            file,
            known: Mutex::new(known),
        }
    }

    /// The fingerprint of a file's content.
    pub(crate) fn hash_of(&self, path: &Path) -> io::Result<String> {
        let (size, time) = size_and_time(&fs::metadata(path)?);
        let key = key(path);
        if let Some(look) = self.lock().files.get(&key)
            && (look.0, look.1) == (size, time)
        {
            return Ok(look.2.clone());
        }
        let hash = hash_of(&fs::read(path)?);
        // What changed while it was read is not known.
        if size_and_time(&fs::metadata(path)?) == (size, time) {
            self.note(path, (size, time), &hash);
        }
        Ok(hash)
    }

    /// Notes the hash of a file that had this size and time.
    pub(crate) fn note(&self, path: &Path, (size, time): (u64, u128), hash: &str) {
        let look = Look(size, time, hash.to_owned());
        let mut known = self.lock();
        let key = key(path);
        if known.files.get(&key) != Some(&look) {
            known.learnt.insert(key.clone());
            known.files.insert(key, look);
        }
    }

    /// Writes what is known, but for the files that changed a moment ago, if enough of it is new.
    pub(crate) fn write(&self) {
        let mut known = self.lock();
        let Some(file) = self.file.as_ref().filter(|_| known.learnt.len() >= WORTH_KEEPING) else {
            return;
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let still = now.map_or(0, |now| now.saturating_sub(STILL).as_nanos());
        known.files.retain(|_, look| look.1 < still);
        let Known { files, learnt, .. } = &mut *known;
        learnt.retain(|key| files.contains_key(key));
        if std::mem::take(learnt).len() < WORTH_KEEPING {
            return;
        }
        if let (Ok(text), Some(cache)) = (serde_json::to_vec(&*known), file.parent()) {
            // Without it the next look takes longer, that is all.
            let _ = fs::create_dir_all(cache);
            let _ = write_whole(file, &text);
            sweep(cache, file);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes what was kept of output folders that are gone.
fn sweep(cache: &Path, own: &Path) {
    /// What stands before the files.
    #[derive(Deserialize)]
    struct Head {
        out: String,
    }
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_kept = path.extension().is_some_and(|extension| extension == "json");
        if !is_kept || path == own {
            continue;
        }
        let mut start = Vec::new();
        let read = fs::File::open(&path).and_then(|file| file.take(8 << 10).read_to_end(&mut start));
        let end = start.windows(2).position(|two| two == b"\",").unwrap_or_default();
        let head = [start.get(..=end).unwrap_or_default(), b"}"].concat();
        if read.is_ok()
            && let Ok(head) = serde_json::from_slice::<Head>(&head)
            && !Path::new(&head.out).is_dir()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Size of a file, and its time in nanoseconds.
pub(crate) fn size_and_time(metadata: &fs::Metadata) -> (u64, u128) {
    let modified = metadata.modified().ok();
    let time = modified.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    (metadata.len(), time.map_or(0, |time| time.as_nanos()))
}

/// A file from the root, so that it is known from anywhere.
fn key(path: &Path) -> String {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn an_edit_is_seen_however_soon_it_comes() {
        let folder = Folder::new();
        let cache = folder.path().join("cache");
        let path = folder.path().join("a");
        for round in 0..50 {
            let text = format!("{round:04}");
            folder.write("a", &text);
            let seen = Seen::read(folder.path(), Some(&cache));
            assert_eq!(seen.hash_of(&path).expect("a hash"), hash_of(text.as_bytes()));
            seen.write();
        }
    }

    #[test]
    fn still_files_are_not_read_again() {
        let folder = Folder::new();
        let cache = folder.path().join("cache");
        let old = SystemTime::now() - Duration::from_mins(1);
        let names: Vec<String> = (0..WORTH_KEEPING).map(|number| number.to_string()).collect();
        let write = |text: &str| {
            for name in &names {
                folder.write(name, text);
                let file = fs::File::options()
                    .write(true)
                    .open(folder.path().join(name))
                    .expect("a file");
                file.set_modified(old).expect("a time");
            }
        };
        write("1");
        let seen = Seen::read(folder.path(), Some(&cache));
        for name in &names {
            seen.hash_of(&folder.path().join(name)).expect("a hash");
        }
        seen.write();
        // The same size and time, which no edit has: what is known is told.
        write("2");
        let path = folder.path().join("0");
        assert_eq!(
            Seen::read(folder.path(), Some(&cache))
                .hash_of(&path)
                .expect("a hash"),
            hash_of(b"1")
        );
    }

    #[test]
    fn what_was_kept_of_a_folder_that_is_gone_goes_too() {
        let folder = Folder::new();
        let (cache, old) = (folder.path().join("cache"), folder.path().join("old"));
        let still = (1, 1_u128);
        let learn = |out: &Path| {
            let seen = Seen::read(out, Some(&cache));
            for number in 0..WORTH_KEEPING {
                seen.note(&out.join(number.to_string()), still, "x");
            }
            seen.write();
        };
        folder.write("old/x", "");
        folder.write("new/x", "");
        learn(&old);
        assert_eq!(folder.names("cache").len(), 1);
        fs::remove_dir_all(&old).expect("a folder");
        learn(&folder.path().join("new"));
        assert_eq!(folder.names("cache").len(), 1);
        assert_eq!(folder.names("new"), ["x"]);
    }
}
