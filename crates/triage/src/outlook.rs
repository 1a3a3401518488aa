//! Telling messages that belong to none of the buckets: their highest raw score is low.

use crate::calibration::Trial;
use crate::math;

/// Decisions for 'none of these' before the threshold is chosen by them.
const LEAST_NONE: usize = 10;
/// Of answers that were right, this share may fall under a threshold that nothing but they chose.
const SPARED: f64 = 0.005;
/// To take a message of no bucket for one of a bucket costs as much as this many questions too many.
const NONE_COUNTS: i32 = 3;
/// Over what share of their own spread the scores of no bucket are spread out, and at how many thresholds they are tried.
const SPREAD_OUT: f64 = 0.25;
const STEPS: u32 = 400;
/// Trials before there is any threshold.
const LEAST: usize = 100;

/// The raw score below which a message is none of the buckets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Outlook {
    threshold: Option<f32>,
}

impl Outlook {
    /// The threshold under which most of all trials, those of no bucket included, are told rightly. Where hardly any
    /// is of no bucket, the one that next to no right answer falls under. Too few trials say nothing: `None`.
    pub(crate) fn fit(trials: &[Trial]) -> Option<Self> {
        if trials.len() < LEAST {
            return None;
        }
        let none = trials.iter().filter(|trial| trial.truth.is_none()).count();
        let mut scored: Vec<(f32, i32)> = trials
            .iter()
            .map(|trial| match trial.truth {
                None => (trial.max_logit, NONE_COUNTS),
                Some(_) if trial.is_right() => (trial.max_logit, -1),
                Some(_) => (trial.max_logit, 0),
            })
            .collect();
        scored.sort_by(|one, other| one.0.total_cmp(&other.0));
        if none < LEAST_NONE {
            let spared = (scored.len() as f64 * SPARED) as usize;
            let right = scored.iter().filter(|(_, gain)| *gain < 0);
            return Some(Self { threshold: right.map(|(score, _)| *score).nth(spared) });
        }
        let threshold = smoothed_best(&scored);
        Some(Self { threshold: Some(threshold) })
    }

    /// As it is kept on disk.
    pub(crate) fn raw(self) -> Option<f32> {
        self.threshold
    }

    pub(crate) fn from_raw(threshold: Option<f32>) -> Self {
        Self { threshold }
    }

    pub(crate) fn threshold(self) -> Option<f64> {
        self.threshold.map(f64::from)
    }

    pub(crate) fn is_none_of_these(self, max_logit: f32) -> bool {
        self.threshold.is_some_and(|threshold| max_logit < threshold)
    }
}

/// The threshold under which most is told rightly, each trial being spread over scores near its own: a hundred trials of
/// no bucket say where the best threshold lies only roughly, and the single best one of them is chance.
fn smoothed_best(scored: &[(f32, i32)]) -> f32 {
    let none: Vec<f64> =
        scored.iter().filter(|(_, gain)| *gain > 0).map(|(score, _)| f64::from(*score)).collect();
    let count = none.len().max(1) as f64;
    let mean = none.iter().sum::<f64>() / count;
    let spread = (none.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / count).sqrt();
    let width = (spread * SPREAD_OUT).max(f64::from(f32::EPSILON));
    let (Some((lowest, _)), Some((highest, _))) = (scored.first(), scored.last()) else {
        return f32::NEG_INFINITY;
    };
    let (lowest, range) = (f64::from(*lowest), f64::from(*highest) - f64::from(*lowest));
    let (mut best, mut threshold) = (0.0, f32::NEG_INFINITY);
    for step in 0..=STEPS {
        let at = lowest + range * f64::from(step) / f64::from(STEPS);
        let told: f64 = scored
            .iter()
            .map(|(score, gain)| f64::from(*gain) / (1.0 + math::exp64((f64::from(*score) - at) / width)))
            .sum();
        if told > best {
            (best, threshold) = (told, at as f32);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials(none: &[f32]) -> Vec<Trial> {
        let trial = |max_logit: f32, truth: Option<usize>| Trial {
            scores: vec![1.0, 0.0],
            max_logit,
            familiarity: 1.0,
            is_foreign: false,
            truth,
        };
        let right = (0..400_u16).map(|n| trial(4.0 + f32::from(n % 40) * 0.1, Some(0)));
        right.chain(none.iter().map(|score| trial(*score, None))).collect()
    }

    #[test]
    fn the_threshold_stands_between_and_one_message_more_hardly_moves_it() {
        let none: Vec<f32> = (0..40_u8).map(|n| 1.0 + f32::from(n % 20) * 0.1).collect();
        let threshold =
            |none: &[f32]| Outlook::fit(&trials(none)).and_then(Outlook::threshold).expect("a threshold");
        let before = threshold(&none);
        assert!((2.9..4.0).contains(&before), "{before}");
        // Right under the right answers: a line by single messages would go up to it.
        let after = threshold(&[none.as_slice(), &[3.9]].concat());
        assert!((after - before).abs() < 0.2, "{before} {after}");
    }
}
