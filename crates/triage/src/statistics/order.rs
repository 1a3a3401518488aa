//! Quartiles.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The three points that cut sorted values into quarters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Quartiles {
    /// A quarter of the values lies below.
    pub lower: f64,
    /// Half of the values lies below.
    pub median: f64,
    /// Three quarters of the values lie below.
    pub upper: f64,
}

/// The quartiles of these values, interpolated between neighbours as spreadsheets do (type 7 of Hyndman and Fan);
/// `None` where there is no value. What is no number is left out.
pub fn quartiles(values: impl IntoIterator<Item = f64>) -> Option<Quartiles> {
    let mut sorted: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(Quartiles { lower: at(&sorted, 0.25)?, median: at(&sorted, 0.5)?, upper: at(&sorted, 0.75)? })
}

fn at(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    // Between equal infinities there is nothing to interpolate.
    Some(if above > below { below + (above - below) * place.fract() } else { below })
}
