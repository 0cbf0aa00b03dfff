//! The scale of an axis: round steps that are easy to read.
//!
//! Architecture invariant: the scale holds 0 and all numbers that it was made for, and ends at steps.

/// What a round step begins with.
const ROUND: [f64; 4] = [1.0, 2.0, 2.5, 5.0];

/// A scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// The distance of two steps.
    step: f64,
    /// The first and the last step, counted from 0.
    ends: (i64, i64),
}

impl Scale {
    /// The scale for numbers from `least` to `greatest` in about `count` steps.
    pub(super) fn new(least: f64, greatest: f64, count: f64) -> Self {
        let (least, greatest) = (least.min(0.0), greatest.max(0.0));
        let span = greatest - least;
        if span <= 0.0 {
            return Self {
                step: 1.0,
                ends: (0, 1),
            };
        }
        let wanted = span / count.max(1.0);
        let power = 10_f64.powf(wanted.log10().floor());
        let step = ROUND
            .into_iter()
            .map(|begin| begin * power)
            .find(|step| *step >= wanted * 0.999_999)
            .unwrap_or(10.0 * power);
        // A number that is off a step by the error of the computation lies on it.
        let count = |number: f64| number / step;
        Self {
            step,
            ends: (
                (count(least) + 1e-9).floor() as i64,
                (count(greatest) - 1e-9).ceil() as i64,
            ),
        }
    }

    /// Where a number is, from 0 at the beginning of the scale to 1 at its end.
    pub(super) fn part(&self, number: f64) -> f32 {
        let (from, to) = self.ends;
        let part = (number / self.step - from as f64) / (to - from).max(1) as f64;
        part.clamp(0.0, 1.0) as f32
    }

    /// The steps, each with its number as text.
    pub(super) fn steps(&self) -> impl Iterator<Item = (f32, String)> {
        // As many decimals as the step has.
        let decimals = (0..6)
            .find(|&decimals| {
                let shifted = self.step * 10_f64.powi(decimals);
                (shifted - shifted.round()).abs() < 1e-6 * shifted
            })
            .unwrap_or(6) as usize;
        let scale = *self;
        (self.ends.0..=self.ends.1).map(move |at| {
            let number = at as f64 * scale.step;
            (scale.part(number), format!("{number:.decimals$}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn texts(least: f64, greatest: f64, count: f64) -> Vec<String> {
        Scale::new(least, greatest, count)
            .steps()
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(texts(0.0, 100.0, 5.0), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(0.0, 0.7, 4.0), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(texts(0.0, 93.0, 4.0), ["0", "25", "50", "75", "100"]);
        assert_eq!(texts(-12.0, 30.0, 5.0), ["-20", "-10", "0", "10", "20", "30"]);
        assert_eq!(texts(0.0, 0.0, 5.0), ["0", "1"]);
        assert_eq!(texts(0.0, 1234.5, 3.0), ["0", "500", "1000", "1500"]);
    }

    #[test]
    fn what_is_beyond_all_measure_has_a_scale() {
        for greatest in [7.9e28, 1e-28] {
            let scale = Scale::new(0.0, greatest, 4.0);
            assert!((scale.part(0.0), scale.part(greatest)) > (-0.1, 0.7), "{scale:?}");
        }
    }
}
