//! Limits of the work on one department, so that a hostile document costs only itself.
//!
//! Who watches holds a [`Limit`] and calls it off; the work runs [`Limit::within`] and asks in its long
//! loops, by [`check`], whether it may go on. Work that may not is unwound, and who runs it finds a
//! [`Reached`] in its place.
//!
//! Architecture invariant: this module knows no other module of the crate, and outside of
//! [`Limit::within`] a check does nothing.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Which limit a piece of work reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It took too long.
    Time,
    /// It needed too much memory.
    Memory,
}

/// Why a piece of work came to no end of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It reached a limit.
    Limit(Reached),
    /// It panicked, with these words.
    Panic(String),
}

/// The limit of one piece of work; its clones are the same limit.
#[derive(Clone, Debug, Default)]
pub struct Limit(Arc<AtomicU8>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Broken::Limit(Reached::Time) => "it took too long",
            Broken::Limit(Reached::Memory) => "it needed too much memory",
            Broken::Panic(text) => text,
        })
    }
}

impl std::error::Error for Broken {}

thread_local! {
    /// The limit of the work that this thread is at.
    static CURRENT: RefCell<Option<Limit>> = const { RefCell::new(None) };
}

impl Limit {
    /// Calls the work off: it ends at its next [`check`].
    pub fn call_off(&self, why: Reached) {
        let mark = match why {
            Reached::Time => 1,
            Reached::Memory => 2,
        };
        self.0.store(mark, Ordering::Relaxed);
    }

    /// The limit that was reached, if any.
    #[must_use]
    pub fn reached(&self) -> Option<Reached> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Reached::Time),
            _ => Some(Reached::Memory),
        }
    }

    /// Runs `work` on this thread within the limit.
    pub fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Puts back what was before, also where the work is unwound.
        struct Before(Option<Limit>);
        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.with_borrow_mut(|current| *current = self.0.take());
            }
        }
        let _before = Before(CURRENT.replace(Some(self.clone())));
        work()
    }
}

/// Ends the work that this thread is at, if it has reached its limit. It costs next to nothing.
#[inline]
pub fn check() {
    let reached = CURRENT.with_borrow(|current| current.as_ref().and_then(Limit::reached));
    if let Some(reached) = reached {
        // Not a panic: nobody is told of a mistake in the program.
        resume_unwind(Box::new(reached));
    }
}

/// Runs `work`; a panic in it, or a limit that it reached, becomes an error.
///
/// # Errors
///
/// Why the work came to no end of its own.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| broken(panic.as_ref()))
}

fn broken(panic: &(dyn Any + Send)) -> Broken {
    if let Some(reached) = panic.downcast_ref::<Reached>() {
        return Broken::Limit(*reached);
    }
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Broken::Panic(text.unwrap_or_else(|| "panic".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_until_it_is_called_off() {
        let limit = Limit::default();
        let work = |rounds: u32| {
            caught(|| {
                limit.within(|| {
                    for round in 0..rounds {
                        check();
                        if round == 5 {
                            limit.call_off(Reached::Time);
                        }
                    }
                });
            })
        };
        assert_eq!(work(5), Ok(()));
        assert_eq!(work(10), Err(Broken::Limit(Reached::Time)));
        // It stays called off, and nobody else is.
        assert_eq!(work(1), Err(Broken::Limit(Reached::Time)));
        check();
        assert_eq!(caught(|| Limit::default().within(check)), Ok(()));
    }

    #[test]
    fn a_panic_is_told_in_its_own_words() {
        let ended = caught(|| panic!("so {}", 1));
        assert_eq!(ended, Err::<(), _>(Broken::Panic("so 1".to_owned())));
    }
}
