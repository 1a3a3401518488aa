//! How many decisions there are near a confidence: what makes it a number that may be shown.

use super::standing::LEAST_DECISIONS;
use std::collections::BTreeMap;

/// Confidences this near count as the same level.
pub const LEVEL_WIDTH: f64 = 0.08;

/// The confidences of what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// How many there are of each; of shares from 0 on, the order of the bits is that of the numbers.
    counts: BTreeMap<u64, u32>,
}

impl Levels {
    /// One decision more. What is no share is near nothing.
    pub fn add(&mut self, confidence: f64) {
        if (0.0..=1.0).contains(&confidence) {
            *self.counts.entry(bits(confidence)).or_default() += 1;
        }
    }

    /// One decision fewer: it was taken back.
    pub fn take_out(&mut self, confidence: f64) {
        if let Some(count) = self.counts.get_mut(&bits(confidence)) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&bits(confidence));
            }
        }
    }

    /// How many decisions there are at the level of a confidence, counted up to [`LEAST_DECISIONS`]: more make no
    /// difference.
    pub fn decided_near(&self, confidence: f64) -> u32 {
        // A little wider than the level, so that rounding leaves nothing out; then the level itself.
        let (from, to) = (confidence - LEVEL_WIDTH - 1e-9, confidence + LEVEL_WIDTH + 1e-9);
        if !from.is_finite() || to < 0.0 {
            return 0;
        }
        let mut decided: u32 = 0;
        for (key, count) in self.counts.range(bits(from.max(0.0))..=bits(to)) {
            if is_near(f64::from_bits(*key), confidence) {
                decided = decided.saturating_add(*count);
            }
            if decided >= LEAST_DECISIONS {
                return LEAST_DECISIONS;
            }
        }
        decided
    }
}

/// Whether two confidences are at the same level.
pub fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= LEVEL_WIDTH
}

fn bits(share: f64) -> u64 {
    // Minus zero is zero.
    (share + 0.0).to_bits()
}
