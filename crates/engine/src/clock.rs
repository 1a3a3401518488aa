//! The real clock and identities, and a clock that is moved by hand.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ports::{Clock, IdSource};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;
use uuid::{ContextV7, Uuid};

/// Sleeps are cut into pieces of this length, so that a clock set forward, or a machine that slept, is noticed.
const LONGEST_NAP_MS: i64 = 10_000;

/// The moment that the monotonic clock counts from.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the system's time")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        loop {
            let left = deadline.ms_since(self.now());
            if left <= 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(left.min(LONGEST_NAP_MS).unsigned_abs())).await;
        }
    }

    fn monotonic_ms(&self) -> i64 {
        i64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands still until it is moved. For tests.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<AtomicI64>,
    asleep: Arc<AtomicI64>,
    moved: Arc<Notify>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self {
            now: Arc::new(AtomicI64::new(start.0)),
            asleep: Arc::default(),
            moved: Arc::new(Notify::new()),
        }
    }

    /// Moves the clock forward and wakes whoever sleeps.
    pub fn advance(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// Moves the clock as a machine that sleeps sees it move: the monotonic clock stands still meanwhile.
    pub fn sleep_machine(&self, milliseconds: i64) {
        self.asleep.fetch_add(milliseconds, Ordering::SeqCst);
        self.advance(milliseconds);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        loop {
            // Registered before looking, so that a move between the two is not missed.
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.now() >= deadline {
                return;
            }
            moved.await;
        }
    }

    fn monotonic_ms(&self) -> i64 {
        self.now().0 - self.asleep.load(Ordering::SeqCst)
    }
}

/// `UUIDv7` identities that follow a clock and never repeat or go back within a process.
#[derive(Debug)]
pub struct ClockIds {
    clock: Arc<dyn Clock>,
    context: Mutex<ContextV7>,
}

impl ClockIds {
    /// Identities by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, context: Mutex::new(ContextV7::new()) }
    }
}

impl IdSource for ClockIds {
    fn next(&self) -> Uuid {
        let now = self.clock.now().0.max(0).unsigned_abs();
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let nanos = u32::try_from((now % 1000) * 1_000_000).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, now / 1000, nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_made_in_the_same_millisecond_are_in_order() {
        let ids = ClockIds::new(Arc::new(ManualClock::at(Timestamp(1_700_000_000_123))));
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_moved_past_its_deadline() {
        let clock = ManualClock::at(Timestamp(0));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(Timestamp(100)).await }
        });
        tokio::task::yield_now().await;
        clock.advance(99);
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(1);
        sleeper.await.expect("the sleeper ends");
    }
}
