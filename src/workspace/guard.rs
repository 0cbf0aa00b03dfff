//! Watches over the departments at work: how long each takes, and how much memory all take together.
//!
//! Architecture invariant: what is called off is the work that goes beyond the limit, or, where that is not
//! known, the heaviest; the others go on.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::make::panicked;
use crate::finding::{Code, Finding, Message};
use crate::limit::{Broken, Limit, Reached};

/// What a batch may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time that a department may be read, and that it may be made.
    pub time: Duration,
    /// The memory of the program in bytes. Where a system does not tell how much that is, the sizes of the
    /// inputs alone decide what is worked on at once.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_mins(5),
            memory: 2 << 30,
        }
    }
}

/// A piece of work that is going on.
struct Work {
    number: u64,
    limit: Limit,
    since: Instant,
    weight: u64,
}

/// The watch over a run.
pub(super) struct Guard {
    limits: Limits,
    at_work: Mutex<Vec<Work>>,
    next: AtomicU64,
    /// The memory that stayed taken when the last work was called off for it, in bytes: what the program
    /// does not give back to the system is not taken by the next one.
    floor: AtomicU64,
    /// When it was last looked, since the beginning, in milliseconds.
    looked: AtomicU64,
    begun: Instant,
}

/// How often it is worth looking, in milliseconds.
const LOOK_EVERY: u64 = 50;

impl Guard {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            at_work: Mutex::default(),
            next: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            looked: AtomicU64::new(0),
            begun: Instant::now(),
        }
    }

    /// Runs a piece of work of this weight on this thread, within the limits.
    pub(super) fn within<T>(&self, weight: u64, work: impl FnOnce() -> T) -> T {
        /// Takes the work off the list, also where it is unwound.
        struct Done<'a>(&'a Guard, u64);
        impl Drop for Done<'_> {
            fn drop(&mut self) {
                self.0
                    .list(|at_work| at_work.retain(|work| work.number != self.1));
            }
        }
        let limit = Limit::default();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let begun = Work {
            number,
            limit: limit.clone(),
            since: Instant::now(),
            weight,
        };
        self.list(|at_work| at_work.push(begun));
        let _done = Done(self, number);
        limit.within(work)
    }

    /// Looks whether something goes beyond its limit, and calls it off. It may be called at any time; only now
    /// and then it takes any.
    pub(super) fn look(&self) {
        let now = self.begun.elapsed().as_millis() as u64;
        let looked = self.looked.load(Ordering::Relaxed);
        if now < looked.saturating_add(LOOK_EVERY) {
            return;
        }
        self.looked.store(now, Ordering::Relaxed);
        self.look_at(memory_taken());
    }

    fn look_at(&self, memory: Option<u64>) {
        let (time, most) = (self.limits.time, self.limits.memory);
        self.list(|at_work| {
            for work in at_work.iter().filter(|work| work.since.elapsed() > time) {
                work.limit.call_off(Reached::Time);
            }
            let Some(memory) = memory else { return };
            let floor = self.floor.load(Ordering::Relaxed);
            let is_ending = at_work.iter().any(|work| work.limit.reached().is_some());
            if is_ending {
                // Until it has ended, nothing can be said of the others.
                self.floor.store(u64::MAX, Ordering::Relaxed);
                return;
            }
            if floor == u64::MAX {
                self.floor.store(memory, Ordering::Relaxed);
                return;
            }
            // A tenth more than what stayed, where more stayed than is allowed.
            if memory <= most || memory < floor.saturating_add(floor / 10) {
                return;
            }
            if let Some(heaviest) = at_work.iter().max_by_key(|work| (work.weight, work.number)) {
                heaviest.limit.call_off(Reached::Memory);
            }
        });
    }

    /// The finding about work that came to no end of its own.
    pub(super) fn broken_off(&self, broken: &Broken) -> Finding {
        match broken {
            Broken::Limit(reached) => self.finding(*reached),
            Broken::Panic(panic) => panicked(panic),
        }
    }

    /// The finding about work that reached a limit.
    pub(super) fn finding(&self, reached: Reached) -> Finding {
        let message = match reached {
            Reached::Time => {
                let seconds = self.limits.time.as_secs_f64();
                Message::new(
                    format!("处理超过 {seconds} 秒，已放弃此部门。"),
                    format!("it took more than {seconds} seconds; this department was given up"),
                )
            }
            Reached::Memory => {
                let megabytes = self.limits.memory >> 20;
                Message::new(
                    format!("所需内存超过 {megabytes} MB，已放弃此部门。"),
                    format!("it needed more than {megabytes} MB of memory; this department was given up"),
                )
            }
        };
        Finding::new(Code::LimitReached, message)
    }

    fn list<T>(&self, look: impl FnOnce(&mut Vec<Work>) -> T) -> T {
        look(&mut self.at_work.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The memory that the program takes, in bytes, where the system tells.
fn memory_taken() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// What an input weighs: about the bytes of memory that the work on it takes, told by its size. Packed
/// ones grow when they are opened.
pub(super) fn weight(path: &Path, size: u64) -> u64 {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let is_packed =
        ["docx", "xlsx", "xlsm", "ods", "pdf", "doc", "xls", "et", "wps"].contains(&extension.as_str());
    size.saturating_mul(if is_packed { 400 } else { 40 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::{caught, check};

    /// Goes on until it is called off.
    fn endless() {
        loop {
            check();
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_takes_too_long_is_called_off() {
        let guard = Guard::new(Limits {
            time: Duration::from_millis(20),
            ..Limits::default()
        });
        let ended = std::thread::scope(|scope| {
            let work = scope.spawn(|| caught(|| guard.within(0, endless)));
            while !work.is_finished() {
                guard.look();
            }
            work.join().expect("an end")
        });
        assert_eq!(ended, Err(Broken::Limit(Reached::Time)));
        assert!(guard.list(|at_work| at_work.is_empty()));
    }

    #[test]
    fn of_what_takes_too_much_memory_the_heaviest_is_called_off_alone() {
        let guard = Guard::new(Limits {
            memory: 1000,
            ..Limits::default()
        });
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let patient = || {
            while !is_over.load(Ordering::SeqCst) {
                check();
                std::thread::yield_now();
            }
        };
        std::thread::scope(|scope| {
            let light = scope.spawn(|| caught(|| guard.within(1, patient)));
            let heavy = scope.spawn(|| caught(|| guard.within(5, endless)));
            while guard.list(|at_work| at_work.len()) < 2 {
                std::thread::yield_now();
            }
            guard.look_at(Some(900));
            assert!(!heavy.is_finished());
            guard.look_at(Some(1100));
            while guard.list(|at_work| at_work.len()) == 2 {
                // While it ends, no other one is called off.
                guard.look_at(Some(1100));
            }
            // What it did not give back is not laid to the others.
            guard.look_at(Some(1050));
            guard.look_at(Some(1050));
            is_over.store(true, Ordering::SeqCst);
            assert_eq!(heavy.join().expect("an end"), Err(Broken::Limit(Reached::Memory)));
            assert_eq!(light.join().expect("an end"), Ok(()));
        });
    }
}
