//! Telling messages that belong to none of the buckets: their highest raw score is low.

use crate::calibration::Trial;

/// Decisions for 'none of these' before the threshold is chosen by them.
const LEAST_NONE: usize = 10;
/// Of answers that were right, this share may fall under a threshold that nothing but they chose.
const SPARED: f64 = 0.005;
/// To take a message of no bucket for one of a bucket costs as much as this many questions too many.
const NONE_COUNTS: i32 = 3;
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
        let (mut told, mut best, mut threshold) = (0, 0, f32::NEG_INFINITY);
        for pair in scored.windows(2) {
            let [(score, gain), (next, _)] = pair else { continue };
            told += gain;
            if told >= best && next > score {
                (best, threshold) = (told, f32::midpoint(*score, *next));
            }
        }
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
