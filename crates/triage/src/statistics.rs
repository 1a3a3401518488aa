//! The statistics that policies and learning views stand on: intervals for proportions, calibration, ranking,
//! drift.
//!
//! Guarantees: every function is defined on every input, empty ones and such as are no numbers included; the same
//! input gives the same output; nothing is drawn at random. What cannot be said of the input is `None`, or the
//! interval from 0 to 1; it is never a number that looks like one.
//!
//! Shares, errors and confidences are between 0 and 1; levels are confidence levels of an interval, as in 'at 95
//! %'.

mod beta;
mod drift;
mod order;
mod proportion;
mod scores;

pub use drift::{Drift, VocabularyDrift, WordCount, jensen_shannon, population_stability, vocabulary_drift};
pub use order::{Quartiles, quartiles};
pub use proportion::{
    Interval, Level, LevelOutOfRange, bound_holds, clopper_pearson, clopper_pearson_lower,
    clopper_pearson_upper, normal_quantile, wilson,
};
pub(crate) use scores::auroc_of;
pub use scores::{
    CALIBRATION_BINS, CalibrationBin, CoveragePoint, Scored, area_under_risk_coverage, auroc, brier,
    calibration_bins, expected_calibration_error, risk_coverage,
};
