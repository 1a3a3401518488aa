//! How long people look at a card before they approve it.

use crate::policy::{Answer, Record};
use crate::statistics::{Interval, Level, Quartiles, quartiles, wilson};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An approval faster than this was given without reading.
pub const RUBBER_STAMP_MS: u32 = 2_000;

/// How long people look before they approve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Looks {
    /// Approvals whose time was measured.
    pub approvals: u32,
    /// Quartiles of the time, milliseconds; `None` without approvals.
    pub quartiles_ms: Option<Quartiles>,
    /// How many took less than two seconds.
    pub rubber_stamped: u32,
    /// Wilson's interval of their share.
    pub interval: Interval,
}

/// How long people looked before they approved. Blind answers and edits are no approvals.
pub fn looks<'a>(records: impl IntoIterator<Item = &'a Record>, level: Level) -> Looks {
    let times: Vec<u32> = records
        .into_iter()
        .filter(|record| record.answer == Answer::Approved && !record.blind)
        .filter_map(|record| record.looked_ms)
        .collect();
    let fast = times.iter().filter(|time| **time < RUBBER_STAMP_MS).count();
    Looks {
        approvals: times.len() as u32,
        quartiles_ms: quartiles(times.iter().copied().map(f64::from)),
        rubber_stamped: fast as u32,
        interval: wilson(fast as u64, times.len() as u64, level),
    }
}
