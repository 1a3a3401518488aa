//! How well confidences tell what is right: calibration error, Brier score, ranking, risk against coverage.

use super::proportion::{Interval, Level, wilson};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Bins of the calibration error and of the calibration plot.
pub const CALIBRATION_BINS: usize = 15;

/// An answer with its confidence, and whether it was right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The confidence, 0 to 1.
    pub confidence: f64,
    /// Whether the answer was right.
    pub right: bool,
}

impl Scored {
    /// The confidence as a number from 0 to 1: what lies outside is moved to the nearer end, what is no number to
    /// 0.
    fn confidence(&self) -> f64 {
        if self.confidence.is_nan() { 0.0 } else { self.confidence.clamp(0.0, 1.0) }
    }

    fn outcome(&self) -> f64 {
        f64::from(u8::from(self.right))
    }
}

/// Answers of about the same confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CalibrationBin {
    /// Confidences above this (in the first bin, 0 too)...
    pub above: f64,
    /// ...and up to this.
    pub up_to: f64,
    /// How many answers.
    pub count: u32,
    /// How many of them were right.
    pub right: u32,
    /// Their mean confidence; `None` where there are none.
    pub confidence: Option<f64>,
    /// Wilson's interval of the share that is right.
    pub interval: Interval,
}

impl CalibrationBin {
    /// The share that was right; `None` where there are no answers.
    pub fn accuracy(&self) -> Option<f64> {
        (self.count > 0).then(|| f64::from(self.right) / f64::from(self.count))
    }
}

/// Answers sorted into `bins` bins of equal width (at least one), empty ones included, with intervals of `level`.
pub fn calibration_bins(answers: &[Scored], bins: usize, level: Level) -> Vec<CalibrationBin> {
    let bins = bins.max(1);
    let mut sums = vec![(0_u32, 0_u32, 0.0_f64); bins];
    for answer in answers {
        let confidence = answer.confidence();
        let bin = ((confidence * bins as f64).ceil() as usize).saturating_sub(1).min(bins - 1);
        if let Some((count, right, total)) = sums.get_mut(bin) {
            *count += 1;
            *right += u32::from(answer.right);
            *total += confidence;
        }
    }
    let edge = |bin: usize| bin as f64 / bins as f64;
    sums.iter()
        .enumerate()
        .map(|(bin, &(count, right, total))| CalibrationBin {
            above: edge(bin),
            up_to: edge(bin + 1),
            count,
            right,
            confidence: (count > 0).then(|| total / f64::from(count)),
            interval: wilson(u64::from(right), u64::from(count), level),
        })
        .collect()
}

/// Expected calibration error over [`CALIBRATION_BINS`] bins of equal width: by how much confidence and accuracy
/// lie apart, on average over answers. `None` without answers.
pub fn expected_calibration_error(answers: &[Scored]) -> Option<f64> {
    let apart = |bin: &CalibrationBin| {
        let gap = bin.accuracy().zip(bin.confidence).map_or(0.0, |(accuracy, mean)| (accuracy - mean).abs());
        gap * f64::from(bin.count)
    };
    let bins = calibration_bins(answers, CALIBRATION_BINS, Level::P95);
    (!answers.is_empty()).then(|| bins.iter().map(apart).sum::<f64>() / answers.len() as f64)
}

/// Brier score: the mean square of confidence less outcome (1 for right), 0 at best. `None` without answers.
pub fn brier(answers: &[Scored]) -> Option<f64> {
    let squares = answers.iter().map(|answer| (answer.confidence() - answer.outcome()).powi(2));
    (!answers.is_empty()).then(|| squares.sum::<f64>() / answers.len() as f64)
}

/// Area under the ROC curve: how often a right answer has the higher confidence than a wrong one, equal ones
/// counting half. `None` unless there are answers of both kinds.
pub fn auroc(answers: &[Scored]) -> Option<f64> {
    auroc_of(answers.iter().map(|answer| (answer.confidence(), answer.right)).collect())
}

/// The same of scores on any scale.
pub(crate) fn auroc_of(mut sorted: Vec<(f64, bool)>) -> Option<f64> {
    sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let (mut wrong, mut right, mut won) = (0_u64, 0_u64, 0.0);
    for equal in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let rights = equal.iter().filter(|(_, is_right)| *is_right).count() as u64;
        let wrongs = equal.len() as u64 - rights;
        won += rights as f64 * (wrong as f64 + 0.5 * wrongs as f64);
        wrong += wrongs;
        right += rights;
    }
    (wrong > 0 && right > 0).then(|| won / (wrong as f64 * right as f64))
}

/// What would be if only answers at or above a line were given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CoveragePoint {
    /// The line: the lowest confidence that is answered.
    pub line: f64,
    /// How many answers are given.
    pub count: u32,
    /// How many of those are wrong.
    pub wrong: u32,
    /// Share of all answers that is given.
    pub coverage: f64,
    /// Share of the given answers that is wrong.
    pub risk: f64,
}

/// Risk against coverage at every line there is, from the highest confidence to the lowest.
pub fn risk_coverage(answers: &[Scored]) -> Vec<CoveragePoint> {
    let mut sorted: Vec<(f64, bool)> =
        answers.iter().map(|answer| (answer.confidence(), answer.right)).collect();
    sorted.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
    let (mut count, mut wrong) = (0_u32, 0_u32);
    let mut points = Vec::new();
    for equal in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let Some(&(line, _)) = equal.first() else { continue };
        count += equal.len() as u32;
        wrong += equal.iter().filter(|(_, right)| !right).count() as u32;
        points.push(CoveragePoint {
            line,
            count,
            wrong,
            coverage: f64::from(count) / sorted.len() as f64,
            risk: f64::from(wrong) / f64::from(count),
        });
    }
    points
}

/// Area under the risk-coverage curve: the mean risk over all coverages, 0 at best. Each point stands for the share
/// of answers that it adds. `None` without answers.
pub fn area_under_risk_coverage(points: &[CoveragePoint]) -> Option<f64> {
    let mut before = 0.0;
    let area = points.iter().map(|point| {
        let added = point.coverage - before;
        before = point.coverage;
        added * point.risk
    });
    (!points.is_empty()).then(|| area.sum())
}
