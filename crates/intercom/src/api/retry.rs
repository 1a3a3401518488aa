//! Trying again, as far as it is safe.
//!
//! What may help is tried again after a pause that doubles each time: any fault of a call that only reads, and of
//! others those after which it is certain that nothing happened. A call that may have had its effect is never
//! repeated: nothing tells Intercom that two are one.

use crate::limiter::Jitter;
use domain::Fault;
use std::fmt;

/// The longest pause that doubling leads to.
const LONGEST_MS: i64 = 30_000;

/// How often to try again, and after how long.
#[derive(Clone)]
pub struct Retry {
    /// How many calls are made at most, the first one included.
    pub most_calls: u32,
    /// The pause after the first call; it doubles from there.
    pub first_pause_ms: i64,
    /// Up to half of a pause comes on top, so that many who failed together do not come back together.
    pub jitter: Jitter,
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("most_calls", &self.most_calls)
            .field("first_pause_ms", &self.first_pause_ms)
            .finish_non_exhaustive()
    }
}

impl Retry {
    /// The usual: four calls at most, with pauses from half a second.
    pub fn new(jitter: Jitter) -> Self {
        Self { most_calls: 4, first_pause_ms: 500, jitter }
    }

    /// The pause before the next call; `None` when there must be none. `made` calls failed so far.
    pub(super) fn pause_ms(&self, fault: &Fault, only_reads: bool, made: u32) -> Option<i64> {
        let is_safe = only_reads || fault.had_no_effect();
        if made >= self.most_calls || !fault.is_transient() || !is_safe {
            return None;
        }
        let doubled = self.first_pause_ms.saturating_mul(2_i64.saturating_pow(made.saturating_sub(1)));
        let pause = doubled.min(LONGEST_MS).max(fault.retry_after_ms.unwrap_or_default());
        Some(pause + (pause as f64 / 2.0 * (self.jitter)().clamp(0.0, 1.0)) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::FaultKind;
    use std::sync::Arc;

    fn pause(kind: FaultKind, only_reads: bool, made: u32) -> Option<i64> {
        let retry = Retry::new(Arc::new(|| 0.0));
        retry.pause_ms(&Fault::new(kind, ""), only_reads, made)
    }

    #[test]
    fn pauses_double_and_end() {
        let pauses: Vec<_> = (1..6).map(|made| pause(FaultKind::Unavailable, true, made)).collect();
        assert_eq!(pauses, [Some(500), Some(1_000), Some(2_000), None, None]);
        let endless = Retry { most_calls: u32::MAX, ..Retry::new(Arc::new(|| 1.0)) };
        let fault = Fault::new(FaultKind::Unavailable, "");
        for made in [10, 63, 64, 1_000] {
            assert_eq!(endless.pause_ms(&fault, true, made), Some(45_000), "with half of it on top");
        }
    }

    #[test]
    fn what_may_have_happened_is_not_done_again() {
        for kind in [FaultKind::Unavailable, FaultKind::NoAnswer, FaultKind::Unreadable] {
            assert_eq!(pause(kind, false, 1), None, "{kind:?}");
            assert!(pause(kind, true, 1).is_some(), "{kind:?}");
        }
        for kind in [FaultKind::RateLimited, FaultKind::Unreachable] {
            assert!(pause(kind, false, 1).is_some(), "{kind:?}");
        }
        for kind in [FaultKind::Unauthorized, FaultKind::Forbidden, FaultKind::NotFound, FaultKind::Rejected]
        {
            assert_eq!(pause(kind, true, 1), None, "{kind:?}: it would not help");
        }
    }

    #[test]
    fn a_pause_is_as_long_as_intercom_asked_for() {
        let retry = Retry::new(Arc::new(|| 0.0));
        let fault = Fault { retry_after_ms: Some(7_000), ..Fault::new(FaultKind::RateLimited, "") };
        assert_eq!(retry.pause_ms(&fault, false, 1), Some(7_000));
    }
}
