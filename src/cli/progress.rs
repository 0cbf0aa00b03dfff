//! The progress bar on standard error.
//!
//! Architecture invariant: without a terminal it writes nothing.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

const WIDTH: usize = 30;
const PAUSE: Duration = Duration::from_millis(80);

/// A bar that fills as sources are done; it leaves nothing behind when dropped.
pub(super) struct Progress {
    total: usize,
    drawn: Option<Instant>,
    is_shown: bool,
    started: Instant,
}

impl Progress {
    /// A bar for `total` sources, shown on a terminal if it is `wanted`.
    pub(super) fn new(total: usize, wanted: bool) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            total,
            drawn: None,
            is_shown: wanted && io::stderr().is_terminal() && !is_dumb,
            started: Instant::now(),
        }
    }

    /// Shows that `done` sources are done, if it has not just shown something.
    pub(super) fn show(&mut self, done: usize) {
        let is_early = self.drawn.is_some_and(|drawn| drawn.elapsed() < PAUSE);
        if !self.is_shown || (is_early && done < self.total) {
            return;
        }
        self.drawn = Some(Instant::now());
        let line = bar(done, self.total, self.started.elapsed());
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "\r{line}\x1b[K");
        let _ = stderr.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(done: usize, total: usize, elapsed: Duration) -> String {
    let filled = (WIDTH * done).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    let (full, empty) = ("█".repeat(filled), "░".repeat(WIDTH - filled));
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    format!(
        "{full}{empty} {percent:>3}%  {done}/{total}  {:.1} s",
        elapsed.as_secs_f32()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills() {
        let drawn = |done, total| bar(done, total, Duration::from_millis(1500));
        assert_eq!(drawn(0, 4), format!("{}   0%  0/4  1.5 s", "░".repeat(30)));
        assert_eq!(drawn(4, 4), format!("{} 100%  4/4  1.5 s", "█".repeat(30)));
        assert!(drawn(0, 0).contains("100%"));
    }
}
