//! Leaves a service alone for a while that fails again and again.
//!
//! Three failures in a row make a rest of a minute, each further one twice as long, up to a quarter of an hour. What
//! only a person can mend (the key, the bill, the model's name) makes a rest of ten minutes at once. After a rest one
//! question goes first; the others follow when it was answered.

use domain::Timestamp;
use domain::ports::Why;

/// Failures in a row before the first rest.
const PATIENCE: u32 = 3;
/// The first rest, and the longest.
const REST_MS: (i64, i64) = (60_000, 900_000);
/// The rest after what only a person can mend.
const PERSON_MS: i64 = 600_000;
/// How long others wait for the question that goes first: longer than it can take to fail.
const TRIAL_MS: i64 = 30_000;

/// How it stands with a service.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    rest: Option<(Timestamp, Why)>,
}

impl Breaker {
    /// Whether a question may go now; takes the place of the one that goes first.
    pub(crate) fn enter(&mut self, now: Timestamp) -> Result<(), Why> {
        let Some((until, because)) = &mut self.rest else { return Ok(()) };
        let wait_ms = until.ms_since(now);
        if wait_ms > 0 {
            return Err(Why::Resting { wait_ms, because: Box::new(because.clone()) });
        }
        *until = now.plus_ms(TRIAL_MS);
        Ok(())
    }

    /// A question was answered, whatever the answer.
    pub(crate) fn answered(&mut self) {
        *self = Self::default();
    }

    /// A question failed.
    pub(crate) fn failed(&mut self, now: Timestamp, why: &Why) {
        let rest = match why {
            Why::Credentials { .. }
            | Why::Payment
            | Why::ModelMissing { .. }
            | Why::ModelNotChosen
            | Why::ModelUnfit { .. } => {
                self.failures = self.failures.saturating_add(1);
                PERSON_MS
            }
            Why::Timeout { .. }
            | Why::Overloaded { .. }
            | Why::Unavailable { .. }
            | Why::Rejected { .. }
            | Why::Unreachable { .. } => {
                self.failures = self.failures.saturating_add(1);
                let asked = asked_ms(why).clamp(0, REST_MS.1);
                match self.failures.checked_sub(PATIENCE) {
                    Some(more) => {
                        let doubled = REST_MS.0.saturating_mul(2_i64.saturating_pow(more));
                        doubled.min(REST_MS.1).max(asked)
                    }
                    None => asked,
                }
            }
            // The service answered.
            Why::Refused | Why::BrokenSchema { .. } | Why::UnknownBucket => return self.answered(),
            // The service was not asked.
            Why::BudgetSpent { .. }
            | Why::PriceUnknown { .. }
            | Why::Blocked
            | Why::Resting { .. }
            | Why::NothingToAsk
            | Why::NothingToAnswer
            | Why::GivenUp => return,
        };
        if rest > 0 {
            self.rest = Some((now.plus_ms(rest), why.clone()));
        }
    }
}

/// How long the service itself wants to be left alone.
fn asked_ms(why: &Why) -> i64 {
    if let Why::Overloaded { retry_after_ms: Some(asked) } = why { *asked } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: Why = Why::Unavailable { status: 500 };

    fn wait(breaker: &mut Breaker, now: i64) -> Option<i64> {
        match breaker.enter(Timestamp(now)) {
            Err(Why::Resting { wait_ms, .. }) => Some(wait_ms),
            Ok(()) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn three_failures_in_a_row_make_a_rest_and_an_answer_ends_the_row() {
        let mut breaker = Breaker::default();
        breaker.failed(Timestamp(0), &DOWN);
        breaker.failed(Timestamp(0), &DOWN);
        breaker.answered();
        breaker.failed(Timestamp(0), &DOWN);
        breaker.failed(Timestamp(0), &Why::Timeout { seconds: 10 });
        assert_eq!(wait(&mut breaker, 0), None);
        breaker.failed(Timestamp(0), &DOWN);
        assert_eq!(wait(&mut breaker, 1_000), Some(59_000));
    }

    #[test]
    fn after_a_rest_one_question_goes_first_and_each_further_failure_doubles_the_rest() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(Timestamp(0), &DOWN);
        }
        assert_eq!(wait(&mut breaker, 60_000), None);
        assert_eq!(wait(&mut breaker, 60_000), Some(TRIAL_MS), "the others wait for it");
        breaker.failed(Timestamp(60_000), &DOWN);
        assert_eq!(wait(&mut breaker, 60_000), Some(120_000));
        for _ in 0..100 {
            breaker.failed(Timestamp(0), &DOWN);
        }
        assert_eq!(wait(&mut breaker, 0), Some(900_000));
        breaker.answered();
        assert_eq!(wait(&mut breaker, 0), None);
    }

    #[test]
    fn what_only_a_person_can_mend_makes_a_rest_at_once_and_says_what_it_is() {
        let mut breaker = Breaker::default();
        let why = Why::Credentials { status: 401 };
        breaker.failed(Timestamp(0), &why);
        let resting = Why::Resting { wait_ms: 600_000, because: Box::new(why) };
        assert_eq!(breaker.enter(Timestamp(0)), Err(resting));
    }

    #[test]
    fn a_service_that_asks_for_a_long_pause_gets_it() {
        let mut breaker = Breaker::default();
        breaker.failed(Timestamp(0), &Why::Overloaded { retry_after_ms: Some(300_000) });
        assert_eq!(wait(&mut breaker, 0), Some(300_000));
    }

    #[test]
    fn what_the_service_did_not_do_is_not_held_against_it() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            breaker.failed(Timestamp(0), &Why::Blocked);
            breaker.failed(Timestamp(0), &Why::Refused);
            breaker.failed(Timestamp(0), &Why::NothingToAsk);
        }
        assert_eq!(wait(&mut breaker, 0), None);
    }
}
