//! The real clock, and one that is moved by hand.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ports::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;
use tunnels::Monotonic;

#[derive(Debug, Clone, Copy)]
pub(crate) struct WallClock;

#[async_trait]
impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "real programs run by real time")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let left = deadline.ms_since(self.now()).max(0);
        tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
    }
}

/// Both clocks of a machine, moved by hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct HandClock {
    wall: Arc<AtomicI64>,
    steady: Arc<AtomicI64>,
    moved: Arc<Notify>,
}

impl HandClock {
    /// Time passes.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.steady.fetch_add(milliseconds, Ordering::SeqCst);
        self.sleep(milliseconds);
    }

    /// The machine sleeps: only the wall clock moves.
    pub(crate) fn sleep(&self, milliseconds: i64) {
        self.wall.fetch_add(milliseconds, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    pub(crate) fn monotonic(&self) -> Monotonic {
        let steady = Arc::clone(&self.steady);
        Monotonic::of(move || Duration::from_millis(steady.load(Ordering::SeqCst).unsigned_abs()))
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.wall.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.now() >= deadline {
                return;
            }
            moved.await;
        }
    }
}
