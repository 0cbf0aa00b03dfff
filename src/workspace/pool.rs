//! A pool of threads over sources and the departments they hold: what is read in parallel is
//! placed in order, made in parallel, and given out in order.
//!
//! Architecture invariant: what comes out, and in which order, does not depend on the number of
//! threads; and only a window of sources is in memory, however many there are.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Stack of a worker in bytes: that of a main thread, as readers may recurse.
const STACK: usize = 8 << 20;

/// Runs `work`; a panic in it becomes the text of the panic.
///
/// # Errors
///
/// What the panic said.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".to_owned())
}

/// What the threads share.
struct State<D, P, R> {
    next_source: usize,
    read: BTreeMap<usize, Vec<D>>,
    next_placed: usize,
    queue: VecDeque<(usize, P)>,
    next_number: usize,
    made: BTreeMap<usize, R>,
    next_out: usize,
    /// Set when the receiver wants no more, or a thread died.
    stopped: bool,
}

struct Shared<D, P, R> {
    state: Mutex<State<D, P, R>>,
    changed: Condvar,
}

impl<D, P, R> Shared<D, P, R> {
    fn lock(&self) -> MutexGuard<'_, State<D, P, R>> {
        // The state is only changed in steps that leave it whole, so a poisoned lock is usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<D, P, R>>) -> MutexGuard<'a, State<D, P, R>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops the others when the thread that holds it dies, so that nobody waits for it.
struct StopOnPanic<'a, D, P, R>(&'a Shared<D, P, R>);

impl<D, P, R> Drop for StopOnPanic<'_, D, P, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().stopped = true;
            self.0.changed.notify_all();
        }
    }
}

/// Reads each of `sources` on `jobs` threads, passes what they hold through `place` in the order
/// of the sources, makes each on the threads, and hands the results to `receive` in that order, on
/// the calling thread, until it breaks off.
///
/// `read` and `make` must catch panics of their own ([`caught`]): one that comes through ends the
/// whole run.
pub(crate) fn run<S: Sync, D: Send, P: Send, R: Send>(
    jobs: usize,
    sources: &[S],
    read: impl Fn(usize, &S) -> Vec<D> + Sync,
    place: impl FnMut(D) -> P + Send,
    make: impl Fn(P) -> R + Sync,
    mut receive: impl FnMut(R) -> ControlFlow<()>,
) {
    let jobs = jobs.max(1);
    // Two sources ahead per thread keep all threads busy while a slow one is waited for.
    let window = 2 * jobs;
    let shared = Shared {
        state: Mutex::new(State {
            next_source: 0,
            read: BTreeMap::new(),
            next_placed: 0,
            queue: VecDeque::new(),
            next_number: 0,
            made: BTreeMap::new(),
            next_out: 0,
            stopped: false,
        }),
        changed: Condvar::new(),
    };
    let place = Mutex::new(place);
    let worker = || {
        let _stop = StopOnPanic(&shared);
        let mut state = shared.lock();
        while !state.stopped {
            let may_read = state.next_source < sources.len()
                && state.next_source < state.next_placed + window
                && state.next_number - state.next_out < window;
            if let Some((number, placed)) = state.queue.pop_front() {
                drop(state);
                let result = make(placed);
                state = shared.lock();
                state.made.insert(number, result);
            } else if may_read {
                let index = state.next_source;
                state.next_source += 1;
                drop(state);
                let held = read(index, &sources[index]);
                state = shared.lock();
                state.read.insert(index, held);
                let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
                while let Some(held) = {
                    let next = state.next_placed;
                    state.read.remove(&next)
                } {
                    for department in held {
                        let number = state.next_number;
                        state.queue.push_back((number, place(department)));
                        state.next_number += 1;
                    }
                    state.next_placed += 1;
                }
            } else if state.next_placed == sources.len() {
                break;
            } else {
                state = shared.wait(state);
                continue;
            }
            shared.changed.notify_all();
        }
    };
    std::thread::scope(|scope| {
        let mut threads = 0;
        for number in 0..jobs.min(sources.len().max(1) * 64) {
            let thread = std::thread::Builder::new()
                .name(format!("jixiao-{number}"))
                .stack_size(STACK)
                .spawn_scoped(scope, worker);
            match thread {
                Ok(_) => threads += 1,
                Err(_) => break,
            }
        }
        if threads == 0 {
            // The system gives no thread at all; everything is read before anything is received.
            unbounded(sources, &read, &place, &make, &mut receive);
            return;
        }
        let _stop = StopOnPanic(&shared);
        let mut state = shared.lock();
        while !state.stopped {
            let next = state.next_out;
            if let Some(result) = state.made.remove(&next) {
                state.next_out += 1;
                drop(state);
                shared.changed.notify_all();
                let flow = receive(result);
                state = shared.lock();
                if flow.is_break() {
                    state.stopped = true;
                }
            } else if state.next_placed == sources.len() && next == state.next_number {
                break;
            } else {
                state = shared.wait(state);
            }
        }
        drop(state);
        shared.changed.notify_all();
    });
}

/// [`run`] on the calling thread alone.
fn unbounded<S, D, P, R>(
    sources: &[S],
    read: &impl Fn(usize, &S) -> Vec<D>,
    place: &Mutex<impl FnMut(D) -> P>,
    make: &impl Fn(P) -> R,
    receive: &mut impl FnMut(R) -> ControlFlow<()>,
) {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    for (index, source) in sources.iter().enumerate() {
        for department in read(index, source) {
            if receive(make(place(department))).is_break() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Sources that hold `index % 4` departments each; the placing numbers them.
    fn numbers(jobs: usize, sources: usize) -> Vec<(usize, usize)> {
        let sources: Vec<usize> = (0..sources).collect();
        let mut count = 0;
        let mut out = Vec::new();
        run(
            jobs,
            &sources,
            |_, &source| {
                std::thread::sleep(Duration::from_micros((source * 7919 % 13) as u64 * 20));
                vec![source; source % 4]
            },
            |source| {
                count += 1;
                (count, source)
            },
            |placed| {
                std::thread::sleep(Duration::from_micros((placed.0 * 104_729 % 11) as u64 * 20));
                placed
            },
            |made| {
                out.push(made);
                ControlFlow::Continue(())
            },
        );
        out
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let one = numbers(1, 100);
        assert_eq!(one.len(), 150);
        assert!(
            one.iter()
                .enumerate()
                .all(|(index, &(number, _))| number == index + 1)
        );
        for jobs in [2, 3, 8, 64] {
            assert_eq!(numbers(jobs, 100), one, "{jobs}");
        }
        assert!(numbers(4, 0).is_empty());
        assert!(numbers(4, 1).is_empty());
    }

    #[test]
    fn only_a_window_is_held() {
        let sources = vec![(); 300];
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        run(
            3,
            &sources,
            |_, ()| {
                let now = held.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                vec![()]
            },
            |()| (),
            |()| (),
            |()| {
                std::thread::sleep(Duration::from_micros(50));
                held.fetch_sub(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
        assert!(
            most.load(Ordering::SeqCst) <= 16,
            "{}",
            most.load(Ordering::SeqCst)
        );
    }

    #[test]
    fn a_receiver_may_break_off() {
        let sources = vec![(); 1000];
        let mut received = 0;
        run(
            4,
            &sources,
            |_, ()| vec![()],
            |()| (),
            |()| (),
            |()| {
                received += 1;
                if received == 5 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(received, 5);
    }

    #[test]
    fn a_panic_that_comes_through_ends_the_run_instead_of_hanging() {
        let ended = caught(|| {
            run(
                2,
                &[1, 2, 3],
                |_, &n| {
                    assert!(n != 2, "two");
                    vec![n]
                },
                |n| n,
                |n| n,
                |_| ControlFlow::Continue(()),
            );
        });
        assert!(ended.is_err());
        assert_eq!(caught(|| panic!("so {}", 1)), Err::<(), _>("so 1".to_owned()));
    }
}
