//! Noticing that the machine slept.

use domain::ports::Clock;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A wall clock that moved so much further than the monotonic one means sleep, milliseconds.
const DRIFT_MS: i64 = 5_000;
/// A timer that fires so much too late means sleep, milliseconds: some systems let the monotonic clock run on.
const LATE_MS: i64 = 30_000;

/// Whether the machine slept during a wait of `asked_ms` that took `wall_ms` by the wall clock and `monotonic_ms` by
/// the monotonic one. A wall clock that was set forward by hand looks the same; looking again once too often does no
/// harm. One that was set back is no sleep.
pub const fn slept(asked_ms: i64, wall_ms: i64, monotonic_ms: i64) -> bool {
    wall_ms.saturating_sub(monotonic_ms) > DRIFT_MS || monotonic_ms.saturating_sub(asked_ms) > LATE_MS
}

/// A clock that nobody sets, and that stands still (on most systems) while the machine sleeps.
#[derive(Clone)]
pub struct Monotonic(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Monotonic {
    /// The system's.
    pub fn system() -> Self {
        let start = Instant::now();
        Self(Arc::new(move || start.elapsed()))
    }

    /// One that is moved by somebody else.
    pub fn of(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    fn ms(&self) -> i64 {
        i64::try_from((self.0)().as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Monotonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Monotonic").field(&self.ms()).finish()
    }
}

/// Compares the two clocks at every tick.
#[derive(Debug)]
pub(crate) struct SleepWatch {
    clock: Arc<dyn Clock>,
    monotonic: Monotonic,
    tick_ms: i64,
    wall: domain::Timestamp,
    steady_ms: i64,
}

impl SleepWatch {
    pub(crate) fn new(clock: Arc<dyn Clock>, monotonic: Monotonic, tick_ms: i64) -> Self {
        let (wall, steady_ms) = (clock.now(), monotonic.ms());
        Self { clock, monotonic, tick_ms, wall, steady_ms }
    }

    /// Compares from here on: time in which nobody watched says nothing.
    pub(crate) fn begin(&mut self) {
        (self.wall, self.steady_ms) = (self.clock.now(), self.monotonic.ms());
    }

    /// Returns when the machine has slept. Dropping the future loses nothing.
    pub(crate) async fn slept(&mut self) {
        loop {
            self.clock.sleep_until(self.wall.plus_ms(self.tick_ms)).await;
            let (wall, steady_ms) = (self.clock.now(), self.monotonic.ms());
            let passed = (wall.ms_since(self.wall), steady_ms.saturating_sub(self.steady_ms));
            (self.wall, self.steady_ms) = (wall, steady_ms);
            if slept(self.tick_ms, passed.0, passed.1) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::slept;

    #[test]
    fn sleep_is_told_from_waiting_and_from_a_clock_that_was_set_back() {
        let tick = 10_000;
        assert!(!slept(tick, 10_000, 10_000), "an ordinary tick");
        assert!(!slept(tick, 12_500, 12_500), "a busy machine");
        assert!(!slept(tick, 14_000, 10_000), "a clock that is corrected a little");
        assert!(slept(tick, 600_000, 10_000), "the monotonic clock stood still");
        assert!(slept(tick, 600_000, 600_000), "the monotonic clock ran on, and the timer did not");
        assert!(!slept(tick, -3_600_000, 10_000), "the wall clock was set back");
    }
}
