//! A pool of threads over sources and the departments they hold: what is read in parallel is
//! placed in order, made in parallel, and given out in order.
//!
//! Architecture invariant: what comes out, and in which order, does not depend on the number of
//! threads; and only a window of sources is in memory, however many there are and however they come.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Stack of a worker in bytes: that of a main thread, as readers may recurse.
const STACK: usize = 8 << 20;

/// How often whoever waits looks up: for a halt, and to have the time told.
const TICK: Duration = Duration::from_millis(100);

/// How a run goes about its sources.
pub(crate) struct Plan<'a> {
    /// The number of threads, at least 1.
    pub(crate) jobs: usize,
    /// The weight that may be at work at once; what weighs more is worked on alone.
    pub(crate) most_weight: u64,
    /// Whether no more sources are to be begun.
    pub(crate) is_halted: &'a (dyn Fn() -> bool + Sync),
    /// Called from time to time on the calling thread.
    pub(crate) tick: &'a dyn Fn(),
}

impl Plan<'_> {
    /// A run of so many threads that nothing limits.
    pub(crate) fn of(jobs: usize) -> Self {
        Plan {
            jobs,
            most_weight: u64::MAX,
            is_halted: &|| false,
            tick: &|| (),
        }
    }
}

/// A source that is at work: how much it weighs, and how many of its departments are not made yet.
struct Open {
    weight: u64,
    departments: usize,
}

/// What the threads share.
struct State<S, D, P, R> {
    /// Whether a thread is asking for the next source.
    is_feeding: bool,
    /// Whether there are no more sources.
    is_fed: bool,
    /// The next source, with its weight, until there is room for it.
    pending: Option<(S, u64)>,
    next_source: usize,
    read: BTreeMap<usize, Vec<D>>,
    next_placed: usize,
    /// Departments to be made: their numbers and those of their sources.
    queue: VecDeque<(usize, usize, P)>,
    next_number: usize,
    made: BTreeMap<usize, R>,
    next_out: usize,
    open: BTreeMap<usize, Open>,
    weight: u64,
    threads: usize,
    /// Set when the receiver wants no more, or a thread died.
    stopped: bool,
}

impl<S, D, P, R> State<S, D, P, R> {
    fn new() -> Self {
        State {
            is_feeding: false,
            is_fed: false,
            pending: None,
            next_source: 0,
            read: BTreeMap::new(),
            next_placed: 0,
            queue: VecDeque::new(),
            next_number: 0,
            made: BTreeMap::new(),
            next_out: 0,
            open: BTreeMap::new(),
            weight: 0,
            threads: 0,
            stopped: false,
        }
    }

    /// Whether one more source may be read ahead.
    fn has_window(&self, window: usize) -> bool {
        self.next_source < self.next_placed + window && self.next_number - self.next_out < window
    }

    /// Whether every source was placed.
    fn is_all_placed(&self) -> bool {
        self.is_fed && !self.is_feeding && self.pending.is_none() && self.next_placed == self.next_source
    }

    /// Takes the next source, if its weight leaves room for it.
    fn admit(&mut self, most_weight: u64) -> Option<(usize, S)> {
        let weight = self.pending.as_ref()?.1;
        if !self.open.is_empty() && self.weight.saturating_add(weight) > most_weight {
            return None;
        }
        let (source, weight) = self.pending.take()?;
        let index = self.next_source;
        self.next_source += 1;
        self.weight = self.weight.saturating_add(weight);
        self.open.insert(
            index,
            Open {
                weight,
                departments: 0,
            },
        );
        Some((index, source))
    }

    /// Notes that a source is done with `departments` less to be made.
    fn close(&mut self, source: usize, departments: usize) {
        if let Some(open) = self.open.get_mut(&source) {
            open.departments -= departments;
            if open.departments == 0 {
                self.weight = self.weight.saturating_sub(open.weight);
                self.open.remove(&source);
            }
        }
    }
}

struct Shared<S, D, P, R> {
    state: Mutex<State<S, D, P, R>>,
    changed: Condvar,
}

type Locked<'a, S, D, P, R> = MutexGuard<'a, State<S, D, P, R>>;

impl<S, D, P, R> Shared<S, D, P, R> {
    fn lock(&self) -> Locked<'_, S, D, P, R> {
        // The state is only changed in steps that leave it whole, so a poisoned lock is usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: Locked<'a, S, D, P, R>) -> Locked<'a, S, D, P, R> {
        let waited = self.changed.wait_timeout(state, TICK);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Says that a thread has ended; where it died, the others are stopped, so that nobody waits for it.
struct Ending<'a, S, D, P, R> {
    shared: &'a Shared<S, D, P, R>,
    is_worker: bool,
}

impl<S, D, P, R> Drop for Ending<'_, S, D, P, R> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.threads -= usize::from(self.is_worker);
        state.stopped |= std::thread::panicking();
        drop(state);
        self.shared.changed.notify_all();
    }
}

/// Reads each of `sources` on the threads, passes what they hold through `place` in the order of the
/// sources, makes each on the threads, and hands the results to `receive` in that order, on the calling
/// thread, until it breaks off. `weigh` says what a source weighs, in the plan's measure.
///
/// Where the plan is halted, what is at work is brought to its end, and `receive` gets that too; what was
/// only read is dropped.
///
/// `read` and `make` must catch panics of their own ([`crate::limit::caught`]): one that comes through
/// ends the whole run.
pub(crate) fn run<S: Send, D: Send, P: Send, R: Send>(
    plan: &Plan<'_>,
    sources: impl Iterator<Item = S> + Send,
    weigh: impl Fn(&S) -> u64 + Sync,
    read: impl Fn(S) -> Vec<D> + Sync,
    place: impl FnMut(D) -> P + Send,
    make: impl Fn(P) -> R + Sync,
    mut receive: impl FnMut(R) -> ControlFlow<()>,
) {
    let jobs = plan.jobs.max(1);
    // Two sources ahead per thread keep all threads busy while a slow one is waited for.
    let window = 2 * jobs;
    let shared: Shared<S, D, P, R> = Shared {
        state: Mutex::new(State::new()),
        changed: Condvar::new(),
    };
    let place = Mutex::new(place);
    let sources = Mutex::new(sources);
    let (is_halted, most_weight) = (plan.is_halted, plan.most_weight);
    let worker = || {
        let _ending = Ending {
            shared: &shared,
            is_worker: true,
        };
        let mut state = shared.lock();
        while !state.stopped && !is_halted() {
            if let Some((number, source, placed)) = state.queue.pop_front() {
                drop(state);
                let result = make(placed);
                state = shared.lock();
                state.close(source, 1);
                state.made.insert(number, result);
            } else if state.has_window(window)
                && let Some((index, source)) = state.admit(most_weight)
            {
                drop(state);
                shared.changed.notify_all();
                let held = read(source);
                state = shared.lock();
                state.read.insert(index, held);
                let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
                while let Some(held) = {
                    let next = state.next_placed;
                    state.read.remove(&next)
                } {
                    let source = state.next_placed;
                    if let Some(open) = state.open.get_mut(&source) {
                        open.departments = held.len();
                    }
                    if held.is_empty() {
                        state.close(source, 0);
                    }
                    for department in held {
                        let number = state.next_number;
                        state.queue.push_back((number, source, place(department)));
                        state.next_number += 1;
                    }
                    state.next_placed += 1;
                }
            } else if state.has_window(window)
                && state.pending.is_none()
                && !state.is_feeding
                && !state.is_fed
            {
                // The others go on meanwhile: the next source may be long in coming.
                state.is_feeding = true;
                drop(state);
                let next = sources.lock().unwrap_or_else(PoisonError::into_inner).next();
                let next = next.map(|source| {
                    let weight = weigh(&source);
                    (source, weight)
                });
                state = shared.lock();
                state.is_feeding = false;
                state.is_fed = next.is_none();
                state.pending = next;
            } else if state.is_all_placed() {
                break;
            } else {
                state = shared.wait(state);
                continue;
            }
            shared.changed.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for number in 0..jobs {
            shared.lock().threads += 1;
            let thread = std::thread::Builder::new()
                .name(format!("jixiao-{number}"))
                .stack_size(STACK)
                .spawn_scoped(scope, worker);
            if thread.is_err() {
                shared.lock().threads -= 1;
                break;
            }
        }
        if shared.lock().threads == 0 && !shared.lock().is_all_placed() {
            // The system gives no thread at all; everything is read before anything is received.
            unbounded(plan, &sources, &read, &place, &make, &mut receive);
            return;
        }
        let _ending = Ending {
            shared: &shared,
            is_worker: false,
        };
        let mut state = shared.lock();
        while !state.stopped {
            let next = state.next_out;
            let first = state.made.remove(&next);
            // Where the run was halted, some between were never made.
            let rest = || state.threads == 0;
            let result = match first {
                None if rest() => state.made.pop_first().map(|(_, result)| result),
                first => first,
            };
            if let Some(result) = result {
                state.next_out += 1;
                drop(state);
                shared.changed.notify_all();
                let flow = receive(result);
                (plan.tick)();
                state = shared.lock();
                if flow.is_break() {
                    state.stopped = true;
                }
            } else if state.threads == 0 {
                break;
            } else {
                state = shared.wait(state);
                drop(state);
                (plan.tick)();
                state = shared.lock();
            }
        }
        drop(state);
        shared.changed.notify_all();
    });
}

/// [`run`] on the calling thread alone.
fn unbounded<S, D, P, R>(
    plan: &Plan<'_>,
    sources: &Mutex<impl Iterator<Item = S>>,
    read: &impl Fn(S) -> Vec<D>,
    place: &Mutex<impl FnMut(D) -> P>,
    make: &impl Fn(P) -> R,
    receive: &mut impl FnMut(R) -> ControlFlow<()>,
) {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sources = sources.lock().unwrap_or_else(PoisonError::into_inner);
    for source in sources.by_ref() {
        for department in read(source) {
            if (plan.is_halted)() || receive(make(place(department))).is_break() {
                return;
            }
            (plan.tick)();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::limit::caught;

    /// Sources that hold `index % 4` departments each; the placing numbers them.
    fn numbers(jobs: usize, sources: usize) -> Vec<(usize, usize)> {
        let sources = 0..sources;
        let mut count = 0;
        let mut out = Vec::new();
        run(
            &Plan::of(jobs),
            sources,
            |_| 0,
            |source| {
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
            &Plan::of(3),
            sources.into_iter(),
            |()| 0,
            |()| {
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
            &Plan::of(4),
            sources.into_iter(),
            |()| 0,
            |()| vec![()],
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
                &Plan::of(2),
                [1, 2, 3].into_iter(),
                |_| 0,
                |n| {
                    assert!(n != 2, "two");
                    vec![n]
                },
                |n| n,
                |n| n,
                |_| ControlFlow::Continue(()),
            );
        });
        assert!(ended.is_err());
    }

    #[test]
    fn what_is_heavy_is_worked_on_alone() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let plan = Plan {
            most_weight: 10,
            ..Plan::of(4)
        };
        let mut received = Vec::new();
        run(
            &plan,
            [4, 4, 4, 30, 4, 4, 12, 1].into_iter(),
            |weight| *weight,
            |weight| {
                let weight = weight as usize;
                let all = now.fetch_add(weight, Ordering::SeqCst) + weight;
                // 30 and 12 come alone.
                most.fetch_max(if all == weight { 0 } else { all }, Ordering::SeqCst);
                vec![weight]
            },
            |weight| weight,
            |weight| {
                std::thread::sleep(Duration::from_millis(2));
                now.fetch_sub(weight, Ordering::SeqCst);
                weight
            },
            |weight| {
                received.push(weight);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(received, [4, 4, 4, 30, 4, 4, 12, 1]);
        assert!(most.load(Ordering::SeqCst) <= 10);
    }

    #[test]
    fn a_halt_lets_what_is_at_work_come_to_its_end() {
        let (begun, halted) = (AtomicUsize::new(0), std::sync::atomic::AtomicBool::new(false));
        let is_halted = || halted.load(Ordering::SeqCst);
        let plan = Plan {
            is_halted: &is_halted,
            ..Plan::of(3)
        };
        let mut received = 0;
        run(
            &plan,
            // There is no end to these.
            std::iter::repeat(()),
            |()| 0,
            |()| vec![()],
            |()| (),
            |()| {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
            },
            |()| {
                received += 1;
                if received == 7 {
                    halted.store(true, Ordering::SeqCst);
                }
                ControlFlow::Continue(())
            },
        );
        assert!(received >= 7);
        assert_eq!(received, begun.load(Ordering::SeqCst));
    }

    #[test]
    fn a_source_that_is_long_in_coming_holds_up_nobody() {
        let (give, take) = std::sync::mpsc::channel();
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let made = &made;
            scope.spawn(move || {
                for number in 0..5 {
                    // The one before is made before the next one comes.
                    while made.load(Ordering::SeqCst) < number {
                        std::thread::yield_now();
                    }
                    let _ = give.send(number);
                }
            });
            run(
                &Plan::of(2),
                take.into_iter(),
                |_| 0,
                |number: usize| vec![number],
                |number| number,
                |_| made.fetch_add(1, Ordering::SeqCst),
                |_| ControlFlow::Continue(()),
            );
        });
        assert_eq!(made.load(Ordering::SeqCst), 5);
    }
}
