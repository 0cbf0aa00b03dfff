//! The time for a text grows as its length does: a text that repeats anything four times as often takes
//! about four times as long, not sixteen times.
#![no_main]

use std::time::{Duration, Instant};

use jixiao_fuzz::{pieces, read};
use libfuzzer_sys::fuzz_target;

/// The length of the texts in bytes.
const LENGTH: usize = 1 << 13;
/// What a text of this length may take anyhow, in a build that checks everything on a busy machine.
const FREE: Duration = Duration::from_millis(1500);
/// How much longer a text may take that is four times as long.
const MOST: f64 = 9.0;
/// Parts the beginning, what is repeated, and the end.
const MARK: u8 = 0xfe;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |&b| b == MARK).map(pieces::text);
    let [head, unit, tail] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    if unit.is_empty() || unit.len() + head.len() + tail.len() > LENGTH / 16 {
        return;
    }
    let time = |length: usize| {
        let text = [head.as_str(), &unit.repeat(length / unit.len()), &tail].concat();
        let start = Instant::now();
        read(text.as_bytes());
        start.elapsed()
    };
    if time(LENGTH) < FREE {
        return;
    }
    // Again, so that what else the machine did does not count.
    let best = |length: usize| {
        (0..3)
            .map(|_| time(length))
            .min()
            .unwrap_or_default()
            .as_secs_f64()
    };
    let (long, short) = (best(LENGTH), best(LENGTH / 4));
    assert!(
        long < FREE.as_secs_f64() || long < MOST * short,
        "{short} s, then {long} s for four times the length of {head:?} {unit:?} {tail:?}"
    );
});
