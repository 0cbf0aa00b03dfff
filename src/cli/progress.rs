//! The progress bar on standard error.
//!
//! Architecture invariant: without a terminal it writes nothing.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::say;
use crate::finding::Language;

const WIDTH: usize = 30;
const PAUSE: Duration = Duration::from_millis(80);

/// A bar that fills as sources are done; it leaves nothing behind when dropped.
pub(super) struct Progress {
    /// How many there are, if that is known.
    total: Option<usize>,
    language: Language,
    drawn: Option<Instant>,
    is_shown: bool,
    started: Instant,
}

impl Progress {
    /// A bar for `total` sources, shown on a terminal if it is `wanted`.
    pub(super) fn new(total: Option<usize>, wanted: bool, language: Language) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            total,
            language,
            drawn: None,
            is_shown: wanted && io::stderr().is_terminal() && !is_dumb,
            started: Instant::now(),
        }
    }

    /// Shows that `done` sources are done, if it has not just shown something.
    pub(super) fn show(&mut self, done: usize) {
        let is_early = self.drawn.is_some_and(|drawn| drawn.elapsed() < PAUSE);
        if !self.is_shown || (is_early && self.total.is_none_or(|total| done < total)) {
            return;
        }
        self.drawn = Some(Instant::now());
        let line = bar(done, self.total, self.started.elapsed(), self.language);
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "\r{line}\x1b[K");
        let _ = stderr.flush();
    }

    /// Takes the bar away, so that something else can be written; the next one is shown at once.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn bar(done: usize, total: Option<usize>, elapsed: Duration, language: Language) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
    let each = say(language, "个/秒", "/s");
    let Some(total) = total else {
        return format!("{done}  {rate:.1} {each}  {}", time(elapsed));
    };
    let filled = (WIDTH * done).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    let (full, empty) = ("█".repeat(filled), "░".repeat(WIDTH - filled));
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    let left = if done > 0 && done < total {
        let seconds = (total - done) as f64 / rate.max(f64::MIN_POSITIVE);
        let left = time(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        say(language, "，还需 ", ", left ").to_owned() + &left
    } else {
        String::new()
    };
    format!(
        "{full}{empty} {percent:>3}%  {done}/{total}  {rate:.1} {each}  {}{left}",
        time(elapsed)
    )
}

/// A time as people say it: `8 s`, `3:05`, `1:02:03`.
fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_and_says_how_long_it_takes() {
        let drawn = |done, total| bar(done, total, Duration::from_secs(2), Language::En);
        assert_eq!(
            drawn(0, Some(4)),
            format!("{}   0%  0/4  0.0 /s  2 s", "░".repeat(30))
        );
        assert!(drawn(1, Some(401)).ends_with("1/401  0.5 /s  2 s, left 13:20"));
        assert_eq!(
            drawn(4, Some(4)),
            format!("{} 100%  4/4  2.0 /s  2 s", "█".repeat(30))
        );
        assert!(drawn(0, Some(0)).contains("100%"));
        assert_eq!(drawn(9, None), "9  4.5 /s  2 s");
        assert_eq!(time(Duration::from_secs(3723)), "1:02:03");
    }
}
