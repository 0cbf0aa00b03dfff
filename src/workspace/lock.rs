//! The lock of an output folder, so that two runs do not write into it at once.
//!
//! The system takes the lock off whoever dies, so that it never has to be taken off by hand; the file
//! itself stays, and is empty where nobody writes.
//!
//! Architecture invariant: who holds the lock alone is alone; runs that share a folder hold it together.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::store::{shown, unwritable};
use crate::finding::{Code, Finding, Message};

/// Name of the file in an output folder.
const LOCK: &str = ".jixiao.lock";

/// A run that was just stopped still holds the lock for a moment.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(25);

/// A folder that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(Option<File>);

/// How a folder is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// By this run alone.
    Alone,
    /// Together with other runs of the same kind.
    Shared,
}

impl Lock {
    /// Takes hold of an output folder, which must be there.
    ///
    /// # Errors
    ///
    /// [`Code::OutputLocked`] where another run holds it; an error of the file system.
    pub(crate) fn take(out: &Path, hold: Hold) -> Result<Self, Box<Finding>> {
        let path = out.join(LOCK);
        let opened = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let mut file = opened.map_err(|error| Box::new(unwritable(&path, &error)))?;
        let started = Instant::now();
        loop {
            let tried = match hold {
                Hold::Alone => file.try_lock(),
                Hold::Shared => file.try_lock_shared(),
            };
            match tried {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(Box::new(locked(out, &mut file))),
                // Some file systems over a network know no locks; there people have to mind themselves.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self(None));
                }
                Err(TryLockError::Error(error)) => return Err(Box::new(unwritable(&path, &error))),
            }
        }
        if hold == Hold::Alone {
            // Who is there is only to be read by people; without it they know less, that is all.
            let _ = file.set_len(0);
            let _ = write!(file, "{}", std::process::id());
        }
        Ok(Self(Some(file)))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.set_len(0);
            let _ = file.unlock();
        }
    }
}

fn locked(out: &Path, file: &mut File) -> Finding {
    let mut who = String::new();
    let _ = file.rewind();
    let _ = file.take(32).read_to_string(&mut who);
    let number = who.trim().parse::<u32>().ok();
    let (zh, en) = number.map_or_else(Default::default, |number| {
        (format!("（进程 {number}）"), format!(" (process {number})"))
    });
    let message = Message::new(
        format!("另一个 jixiao{zh}正在写入此文件夹，本次未改动任何内容。"),
        format!("another jixiao{en} is writing to this folder; nothing was touched"),
    );
    Finding::new(Code::OutputLocked, message).in_file(shown(out))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn one_alone_or_several_together() {
        let folder = Folder::new();
        let take = |hold| Lock::take(folder.path(), hold);
        let alone = take(Hold::Alone).expect("nobody is there");
        assert_eq!(folder.read(LOCK), std::process::id().to_string());
        for hold in [Hold::Alone, Hold::Shared] {
            let finding = take(hold).expect_err("somebody is there");
            assert_eq!(finding.code, Code::OutputLocked);
            assert!(finding.message.en.contains(&std::process::id().to_string()));
        }
        drop(alone);
        assert_eq!(folder.read(LOCK), "");
        let shared = [Hold::Shared, Hold::Shared].map(|hold| take(hold).expect("they share"));
        assert!(take(Hold::Alone).is_err());
        drop(shared);
        assert!(take(Hold::Alone).is_ok());
    }

    #[test]
    fn who_comes_while_it_is_given_back_waits() {
        let folder = Folder::new();
        let alone = Lock::take(folder.path(), Hold::Alone).expect("nobody is there");
        std::thread::scope(|scope| {
            let next = scope.spawn(|| Lock::take(folder.path(), Hold::Alone).is_ok());
            std::thread::sleep(Duration::from_millis(60));
            drop(alone);
            assert!(next.join().expect("an end"));
        });
    }
}
