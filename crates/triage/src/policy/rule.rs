//! Policies: what a lead allows for a bucket and an action.

use super::record::ActionWord;
use crate::statistics::Level;
use domain::BucketId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest time in which automatic actions can be held: a week.
const LONGEST_HOLD_MS: u32 = 7 * 24 * 3_600_000;

/// 'At most `error` of what is done automatically is wrong', and how sure one wants to be of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Promise {
    /// Largest share that may be wrong, above 0 and below 1.
    pub error: f64,
    /// Confidence level of the bound.
    pub level: Level,
}

/// What is allowed for suggestions of one bucket and for one kind of action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Policy {
    /// Suggestions of this bucket.
    pub bucket_id: BucketId,
    /// Plans with this kind of action.
    pub action: ActionWord,
    /// The line: a card with this confidence or more is marked 'clear'.
    pub line: f64,
    /// Whether what is clear may be carried out without a person.
    pub automatic: bool,
    /// How long an automatic action is held, so that it can be taken back, milliseconds.
    pub hold_ms: u32,
    /// Most automatic actions a day.
    pub daily_cap: u32,
    /// One in this many goes to a person, who answers without seeing the suggestion.
    pub sample_one_in: u32,
    /// What is promised of the automatic ones.
    pub promise: Promise,
    /// Largest population stability index of the bucket mix before autonomy is withdrawn.
    pub drift_limit: f64,
    /// Largest rise of the share of unknown words before autonomy is withdrawn: 0.1 for ten points.
    pub vocabulary_limit: f64,
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PolicyFault {
    /// The line is no confidence.
    #[error("The line has to be a confidence above 0 % and up to 100 %.")]
    Line,
    /// The promised error is no share, or promises nothing.
    #[error("The promised error has to be above 0 % and below 50 %.")]
    Promise,
    /// Automatic without samples.
    #[error("Automatic actions need samples: one in 1 to 100 has to go to a person.")]
    Sampling,
    /// Held too long.
    #[error("Actions can be held for a week at most.")]
    Hold,
    /// A limit that drift can never reach, or always does.
    #[error("The limit of drift has to be above 0 and up to 10.")]
    DriftLimit,
    /// A limit of new words that can never be reached, or always is.
    #[error("The limit of new words has to be above 0 % and below 100 %.")]
    VocabularyLimit,
}

impl Policy {
    /// The policy that a bucket and an action begin with: cards are clear from 90 % on, and nothing is automatic.
    pub const fn cautious(bucket_id: BucketId, action: ActionWord) -> Self {
        Self {
            bucket_id,
            action,
            line: 0.9,
            automatic: false,
            hold_ms: 10 * 60_000,
            daily_cap: 20,
            sample_one_in: 10,
            promise: Promise { error: 0.05, level: Level::P95 },
            drift_limit: 0.25,
            vocabulary_limit: 0.1,
        }
    }

    /// Whether the policy can be used; if not, what has to be changed. [`super::decide()`] leaves everything to a
    /// person where it cannot.
    pub fn check(&self) -> Result<(), PolicyFault> {
        if !(self.line > 0.0 && self.line <= 1.0) {
            return Err(PolicyFault::Line);
        }
        if !(self.promise.error > 0.0 && self.promise.error < 0.5) {
            return Err(PolicyFault::Promise);
        }
        if self.automatic && !(1..=100).contains(&self.sample_one_in) {
            return Err(PolicyFault::Sampling);
        }
        if self.hold_ms > LONGEST_HOLD_MS {
            return Err(PolicyFault::Hold);
        }
        if !(self.drift_limit > 0.0 && self.drift_limit <= 10.0) {
            return Err(PolicyFault::DriftLimit);
        }
        if !(self.vocabulary_limit > 0.0 && self.vocabulary_limit < 1.0) {
            return Err(PolicyFault::VocabularyLimit);
        }
        Ok(())
    }
}
