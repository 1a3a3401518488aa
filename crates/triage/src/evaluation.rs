//! The model measured on labelled messages: `countersign-cli triage eval`.
//!
//! Everything is asked of a [`crate::LocalModel`] in the way in which the product asks it, so that a figure here is a
//! figure of the product. A *batch* learns one file, chooses its thresholds on a second and is judged on a third. A
//! *stream* answers each message before it learns it, as a team's decisions come in.

mod automatic;
mod batch;
mod figures;
mod lines;
mod stream;
mod table;
mod timing;

pub use batch::{BatchReport, batch};
pub use figures::{Automatic, Coverage, OutOfScope};
pub use lines::{EvaluationError, Labelled, NONE_LABEL, read_lines};
pub use stream::{Start, StreamReport, Window, stream};
pub use timing::Timing;

use serde::Serialize;
use std::collections::BTreeMap;

/// Shares of right answers that automatic work is asked for.
pub const TARGETS: [f64; 3] = [0.90, 0.95, 0.98];

/// What the model said of one line.
#[derive(Debug, Clone, Serialize)]
pub struct Prediction {
    /// Number of the line in its file, from 1.
    pub line: usize,
    /// What the line says.
    pub label: String,
    /// The most probable bucket; empty when the line has no text.
    pub bucket: String,
    /// Calibrated, by bucket.
    pub probabilities: BTreeMap<String, f64>,
    /// The highest score before calibration: low for what is unlike anything seen.
    pub max_logit: f64,
    /// The uncalibrated probability of the bucket.
    pub raw: f64,
    /// What a person would be told: `bucket`, `not_sure`, `none_of_these`, or `nothing` where there is no text.
    pub stance: String,
    /// Whether it would have been automatic at each of [`TARGETS`], by the target in per cent.
    pub automatic: BTreeMap<String, bool>,
}

impl Prediction {
    fn confidence(&self) -> f64 {
        self.probabilities.get(&self.bucket).copied().unwrap_or_default()
    }

    fn is_right(&self) -> bool {
        self.label == self.bucket
    }

    fn is_in_scope(&self) -> bool {
        self.label != NONE_LABEL
    }
}

fn target_name(target: f64) -> String {
    format!("{:.0}", target * 100.0)
}
