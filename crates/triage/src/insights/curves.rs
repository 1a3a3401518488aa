//! Risk against coverage, and how the model learns.

use super::calibration::scored;
use crate::policy::Record;
use crate::statistics::{
    CoveragePoint, Interval, Level, Scored, area_under_risk_coverage, risk_coverage, wilson,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most points that a curve is drawn with.
const MOST_POINTS: usize = 200;
/// Where the windows of the learning curve begin, in decisions.
const WINDOWS: [usize; 5] = [0, 50, 200, 1_000, 3_000];
/// Decisions that a point of the learning curve looks back on.
const ROLLING: usize = 100;

/// What would be wrong if only the more confident suggestions were given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RiskCurve {
    /// From the highest line to the lowest, 200 points at most.
    pub points: Vec<CoveragePoint>,
    /// Mean risk over all coverages, of the whole curve; `None` without records.
    pub area: Option<f64>,
}

/// Risk against coverage of these records.
pub fn risk_curve(records: &[Record]) -> RiskCurve {
    let answers: Vec<Scored> = records.iter().map(scored).collect();
    let points = risk_coverage(&answers);
    RiskCurve { area: area_under_risk_coverage(&points), points: thinned(points) }
}

/// How often suggestions were right as decisions came in. Each suggestion was made before its decision was learned
/// (prequential).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LearningCurve {
    /// The first 50 decisions, those to 200, to 1,000, to 3,000, and the rest; as far as there are any.
    pub windows: Vec<LearningWindow>,
    /// The share right among the 100 decisions up to each point, 200 points at most.
    pub points: Vec<LearningPoint>,
}

/// The decisions of one window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LearningWindow {
    /// Decisions before it.
    pub from: u32,
    /// Decisions up to its end.
    pub to: u32,
    /// How many of its suggestions were right.
    pub right: u32,
    /// Wilson's interval of the share that is right.
    pub interval: Interval,
}

/// The share right after so many decisions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LearningPoint {
    /// Decisions so far.
    pub decisions: u32,
    /// Share right among the last 100 of them, or all if there were fewer.
    pub accuracy: f64,
}

/// The learning curve of these records, which are in the order in which they were decided.
pub fn learning_curve(records: &[Record], level: Level) -> LearningCurve {
    // How many of the first so many were right.
    let mut right_among = vec![0_u32];
    for record in records {
        let so_far = right_among.last().copied().unwrap_or(0);
        right_among.push(so_far + u32::from(record.answer.is_right()));
    }
    let right_between = |from: usize, to: usize| {
        let among = |count: usize| right_among.get(count).copied().unwrap_or(0);
        among(to) - among(from)
    };
    let ends = WINDOWS.iter().skip(1).copied().chain([usize::MAX]);
    let windows = WINDOWS
        .iter()
        .zip(ends)
        .map(|(from, end)| (*from, end.min(records.len())))
        .filter(|(from, to)| from < to)
        .map(|(from, to)| {
            let right = right_between(from, to);
            let interval = wilson(u64::from(right), (to - from) as u64, level);
            LearningWindow { from: from as u32, to: to as u32, right, interval }
        })
        .collect();
    let points = thinned((1..=records.len()).collect())
        .into_iter()
        .map(|count| {
            let from = count.saturating_sub(ROLLING);
            let accuracy = f64::from(right_between(from, count)) / (count - from) as f64;
            LearningPoint { decisions: count as u32, accuracy }
        })
        .collect();
    LearningCurve { windows, points }
}

/// Evenly chosen ones, the first and the last among them.
fn thinned<T: Copy>(points: Vec<T>) -> Vec<T> {
    let last = points.len().saturating_sub(1);
    if last < MOST_POINTS {
        return points;
    }
    let steps = MOST_POINTS - 1;
    (0..=steps).filter_map(|step| points.get(last * step / steps).copied()).collect()
}
