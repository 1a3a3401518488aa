//! How long an endpoint that fails is put up with.
//!
//! More than 1,000 errors in a row within 15 minutes pause deliveries for 15 minutes, and what would have been told
//! in that time is lost. Errors for more than seven days suspend the subscription until somebody sets it live. An
//! endpoint that answers 429 is left alone for a minute, then two, up to two hours.

use std::collections::VecDeque;

use hyper::StatusCode;

const ERRORS_IN_A_ROW: usize = 1_000;
const QUARTER_MS: i64 = 15 * 60_000;
const WEEK_MS: i64 = 7 * 86_400_000;
const THROTTLE_FIRST_MS: i64 = 60_000;
const THROTTLE_MOST_MS: i64 = 2 * 3_600_000;

#[derive(Debug, Default)]
pub(super) struct Health {
    /// Errors since the last success, as far as they are within the last quarter of an hour.
    errors: VecDeque<i64>,
    in_a_row: u64,
    failing_since_ms: Option<i64>,
    paused_until_ms: Option<i64>,
    suspended: bool,
    throttled_until_ms: Option<i64>,
    throttle_ms: i64,
}

/// What an answer, or none, means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    Error,
    Gone,
    Throttled,
}

impl Health {
    pub(super) fn note(&mut self, now_ms: i64, status: Option<StatusCode>) -> Verdict {
        match status {
            Some(status) if status.is_success() => {
                let paused_until_ms = self.paused_until_ms;
                *self = Self { paused_until_ms, suspended: self.suspended, ..Self::default() };
                Verdict::Fine
            }
            Some(StatusCode::GONE) => Verdict::Gone,
            Some(StatusCode::TOO_MANY_REQUESTS) => {
                self.throttle_ms = (self.throttle_ms * 2).clamp(THROTTLE_FIRST_MS, THROTTLE_MOST_MS);
                self.throttled_until_ms = Some(now_ms + self.throttle_ms);
                Verdict::Throttled
            }
            _ => {
                self.note_error(now_ms);
                Verdict::Error
            }
        }
    }

    fn note_error(&mut self, now_ms: i64) {
        self.in_a_row += 1;
        self.errors.push_back(now_ms);
        while self.errors.front().is_some_and(|at_ms| *at_ms <= now_ms - QUARTER_MS) {
            self.errors.pop_front();
        }
        if self.errors.len() > ERRORS_IN_A_ROW {
            self.errors.clear();
            self.paused_until_ms = Some(now_ms + QUARTER_MS);
        }
        let since_ms = *self.failing_since_ms.get_or_insert(now_ms);
        if now_ms - since_ms > WEEK_MS {
            self.suspended = true;
        }
    }

    pub(super) fn is_paused(&self, now_ms: i64) -> bool {
        self.paused_until_ms.is_some_and(|until_ms| until_ms > now_ms)
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended
    }

    pub(super) fn throttled_for(&self, now_ms: i64) -> Option<i64> {
        self.throttled_until_ms.map(|until_ms| until_ms - now_ms).filter(|left_ms| *left_ms > 0)
    }

    pub(super) fn errors_in_a_row(&self) -> u64 {
        self.in_a_row
    }

    /// In seconds, as everything that is shown.
    pub(super) fn failing_since(&self) -> Option<i64> {
        self.failing_since_ms.map(|at_ms| at_ms / 1000)
    }

    pub(super) fn paused_until(&self, now_ms: i64) -> Option<i64> {
        self.paused_until_ms.filter(|until_ms| *until_ms > now_ms).map(|at_ms| at_ms / 1000)
    }

    pub(super) fn throttled_until(&self, now_ms: i64) -> Option<i64> {
        self.throttled_for(now_ms).map(|left_ms| (now_ms + left_ms) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(health: &mut Health, at_ms: i64) {
        assert_eq!(health.note(at_ms, Some(StatusCode::INTERNAL_SERVER_ERROR)), Verdict::Error);
    }

    #[test]
    fn more_than_a_thousand_errors_in_a_row_within_a_quarter_pause_for_a_quarter() {
        let mut health = Health::default();
        for number in 0..1_000 {
            failed(&mut health, number);
        }
        assert!(!health.is_paused(1_000));
        failed(&mut health, 1_000);
        assert!(health.is_paused(1_000) && health.is_paused(QUARTER_MS + 999));
        assert!(!health.is_paused(QUARTER_MS + 1_000));
    }

    #[test]
    fn errors_that_are_parted_by_a_success_or_by_time_pause_nothing() {
        let mut health = Health::default();
        for number in 0..1_000 {
            failed(&mut health, number);
        }
        assert_eq!(health.note(1_000, Some(StatusCode::OK)), Verdict::Fine);
        failed(&mut health, 1_001);
        assert!(!health.is_paused(1_001));
        let mut health = Health::default();
        for number in 0..2_000 {
            failed(&mut health, number * 1_000);
        }
        assert!(!health.is_paused(2_000_000), "900 within any quarter of an hour");
    }

    #[test]
    fn a_week_of_errors_suspends_and_a_success_in_it_starts_anew() {
        let mut health = Health::default();
        failed(&mut health, 0);
        failed(&mut health, WEEK_MS);
        assert!(!health.is_suspended());
        failed(&mut health, WEEK_MS + 1);
        assert!(health.is_suspended());
        let mut health = Health::default();
        failed(&mut health, 0);
        health.note(1, Some(StatusCode::OK));
        failed(&mut health, WEEK_MS + 1);
        assert!(!health.is_suspended());
    }

    #[test]
    fn an_endpoint_that_asks_for_patience_gets_more_of_it_each_time() {
        let mut health = Health::default();
        let busy = Some(StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(health.note(0, busy), Verdict::Throttled);
        assert_eq!(health.throttled_for(0), Some(60_000));
        assert_eq!(health.throttled_for(60_000), None);
        health.note(60_000, busy);
        assert_eq!(health.throttled_for(60_000), Some(120_000));
    }
}
