//! Where the simulator's time comes from.
//!
//! Everything that waits (the retry of a webhook, the pace of the traffic, the end of a snooze) waits on the
//! clock that the caller gave, so a test can let a minute pass without waiting for it.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use tokio::sync::watch;

/// A future that is done when its time has come.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time as a parameter.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64;

    /// Completes when `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let nanoseconds = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        i64::try_from(nanoseconds / 1_000_000).unwrap_or(i64::MAX)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until it is told to go on. Clones share their time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now_ms: watch::Sender<i64>,
    /// When the ones who sleep will wake.
    wakings: watch::Sender<Vec<i64>>,
}

impl ManualClock {
    /// A clock that stands at `now_ms`, in milliseconds since the Unix epoch.
    pub fn at(now_ms: i64) -> Self {
        Self { now_ms: watch::Sender::new(now_ms), wakings: watch::Sender::new(Vec::new()) }
    }

    /// Lets `duration` pass and wakes whoever waited for it.
    pub fn advance(&self, duration: Duration) {
        self.now_ms.send_modify(|now| *now = now.saturating_add(milliseconds(duration)));
    }

    /// Waits until somebody sleeps who will wake exactly `duration` from now, so that a test need not guess when to
    /// let the time pass.
    pub async fn sleeper_due_in(&self, duration: Duration) {
        let due = self.now_ms().saturating_add(milliseconds(duration));
        let mut wakings = self.wakings.subscribe();
        // The sender lives as long as this clock.
        let _found = wakings.wait_for(|wakings| wakings.contains(&due)).await;
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        *self.now_ms.borrow()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut now = self.now_ms.subscribe();
        let until = self.now_ms().saturating_add(milliseconds(duration));
        let sleeping = Sleeping::until(until, self.wakings.clone());
        Box::pin(async move {
            let _until_woken_or_dropped = sleeping;
            if now.wait_for(|now| *now >= until).await.is_err() {
                // The clock is gone, so its time will never come.
                std::future::pending::<()>().await;
            }
        })
    }
}

/// An entry among the wakings that goes with its sleeper.
struct Sleeping {
    until: i64,
    wakings: watch::Sender<Vec<i64>>,
}

impl Sleeping {
    fn until(until: i64, wakings: watch::Sender<Vec<i64>>) -> Self {
        wakings.send_modify(|wakings| wakings.push(until));
        Self { until, wakings }
    }
}

impl Drop for Sleeping {
    fn drop(&mut self) {
        self.wakings.send_modify(|wakings| {
            if let Some(place) = wakings.iter().position(|until| *until == self.until) {
                wakings.swap_remove(place);
            }
        });
    }
}

/// A time in milliseconds as the captures show it: `2026-01-10T04:22:28.240+00:00`.
pub(crate) fn iso(at_ms: i64) -> String {
    let nanoseconds = i128::from(at_ms) * 1_000_000;
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds) else { return String::new() };
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second, millisecond) = (at.hour(), at.minute(), at.second(), at.millisecond());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}+00:00")
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
