//! Whether confidence means what it says.

use crate::policy::{LEAST_DECISIONS, Record};
use crate::statistics::{
    CALIBRATION_BINS, CalibrationBin, Interval, Level, Scored, auroc, brier, calibration_bins,
    expected_calibration_error, wilson,
};
use domain::BucketId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The calibration plot, and its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Calibration {
    /// Answers by confidence, 15 bins of equal width, with Wilson's intervals.
    pub bins: Vec<CalibrationBin>,
    /// How many answers.
    pub answers: u32,
    /// Expected calibration error, 0 to 1; `None` without answers.
    pub expected_error: Option<f64>,
    /// Brier score, 0 to 1, lower is better; `None` without answers.
    pub brier: Option<f64>,
    /// How well confidence ranks right above wrong, 0.5 (not at all) to 1; `None` unless there are both.
    pub auroc: Option<f64>,
}

/// The calibration plot of these records.
pub fn calibration(records: &[Record], level: Level) -> Calibration {
    let scored: Vec<Scored> = records.iter().map(scored).collect();
    Calibration {
        bins: calibration_bins(&scored, CALIBRATION_BINS, level),
        answers: scored.len() as u32,
        expected_error: expected_calibration_error(&scored),
        brier: brier(&scored),
        auroc: auroc(&scored),
    }
}

/// 'Right 47 of your last 50 at this level.'
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LevelRecord {
    /// How many were right.
    pub right: u32,
    /// Of how many.
    pub of: u32,
    /// Wilson's interval of the share.
    pub interval: Interval,
}

/// How often the last `most` suggestions of a bucket were right, of those whose confidence was within `around` of
/// this one. Records are in the order in which they were decided.
pub fn record_at(
    records: &[Record],
    bucket: &BucketId,
    confidence: f64,
    around: f64,
    most: usize,
    level: Level,
) -> LevelRecord {
    let near =
        |record: &&Record| record.bucket_id == *bucket && (record.confidence - confidence).abs() <= around;
    let (mut right, mut of) = (0, 0);
    for record in records.iter().rev().filter(near).take(most) {
        right += u32::from(record.answer.is_right());
        of += 1;
    }
    LevelRecord { right, of, interval: wilson(u64::from(right), u64::from(of), level) }
}

impl LevelRecord {
    /// A sentence for people: no share on fewer decisions than make a promise.
    pub fn sentence(&self) -> String {
        if self.of < LEAST_DECISIONS {
            format!("Still learning: {} decided at this level so far.", self.of)
        } else {
            format!("Right {} of the last {} at this level.", self.right, self.of)
        }
    }
}

pub(super) fn scored(record: &Record) -> Scored {
    Scored { confidence: record.confidence, right: record.answer.is_right() }
}
