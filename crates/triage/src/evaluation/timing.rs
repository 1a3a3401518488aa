//! How long things take.

use serde::Serialize;
use std::time::{Duration, Instant};

/// Times of one kind of work, microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Timing {
    /// Half took less.
    pub median: f64,
    /// The mean.
    pub mean: f64,
}

#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    times: Vec<Duration>,
}

impl Stopwatch {
    pub(super) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.times.push(begun.elapsed());
        done
    }

    pub(super) fn count(&self) -> usize {
        self.times.len()
    }

    pub(super) fn timing(mut self) -> Timing {
        let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
        self.times.sort_unstable();
        let median = self.times.get(self.times.len() / 2).copied().unwrap_or_default();
        let total: Duration = self.times.iter().sum();
        Timing { median: microseconds(median), mean: microseconds(total) / self.times.len().max(1) as f64 }
    }
}
