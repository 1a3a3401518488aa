//! Whether the helpdesk still delivers, as far as our own answers tell.
//!
//! A helpdesk that meets nothing but errors pauses its deliveries for a while, and gives them up when that goes on for
//! days. It tells nobody. What is known here is how this program answered; when the program did not run, or the way
//! to it was broken, the helpdesk met errors that nobody here has seen. So every figure is the least that it can be,
//! and the states say "likely".
//!
//! Pure: the time is an argument, and what is remembered is a value that can be kept over restarts.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// More errors in a row than this, within [`PAUSE_MS`], and the helpdesk pauses.
pub const PAUSED_BEYOND: u64 = 1_000;
/// The time in which those errors are counted, and the length of the pause, milliseconds.
pub const PAUSE_MS: i64 = 15 * 60 * 1_000;
/// After errors for so long the subscription is suspended until a person revives it, milliseconds.
pub const SUSPENDED_AFTER_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Errors must have been seen for so long to believe in a suspension: one stray request a week ago is no reason.
const BELIEVED_AFTER_MS: i64 = 6 * 24 * 60 * 60 * 1_000;
const MINUTE_MS: i64 = 60_000;

/// How a request was answered, as the helpdesk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// In time, and with success.
    Good,
    /// An error, to a request that bore a right signature.
    Bad,
    /// An error, to a request that anybody may have sent.
    BadUnsigned,
}

/// What is remembered of the answers since the last good one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    failing: Option<Failing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failing {
    since: Timestamp,
    last_at: Timestamp,
    in_a_row: u64,
    unsigned: u64,
    /// Minutes since the epoch with their errors, the newest last; no more of them than a pause has.
    minutes: VecDeque<(i64, u64)>,
    paused_until: Option<Timestamp>,
}

/// How the subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuspensionState {
    /// The last answer was good, or there was none.
    Healthy,
    /// Errors since then, and nothing good.
    Failing(Errors),
    /// So many errors that the helpdesk has likely paused; what it would deliver until then is lost.
    PausedLikely {
        /// The errors.
        errors: Errors,
        /// When it delivers again.
        until: Timestamp,
    },
    /// Errors for so long that the subscription is likely suspended.
    SuspendedLikely(Errors),
}

/// Errors in a row; each figure is the least that it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errors {
    /// When the first came.
    pub since: Timestamp,
    /// When the newest came.
    pub last_at: Timestamp,
    /// How many.
    pub in_a_row: u64,
    /// How many of them bore no right signature, so that a stranger may have sent them.
    pub unsigned: u64,
}

impl Errors {
    /// When the helpdesk gives up if nothing succeeds before.
    pub fn suspends_at(&self) -> Timestamp {
        self.since.plus_ms(SUSPENDED_AFTER_MS)
    }
}

impl Suspension {
    /// What is to be remembered after another answer.
    #[must_use]
    pub fn answered(self, answer: Answer, now: Timestamp) -> Self {
        let unsigned = match answer {
            Answer::Good => return Self::default(),
            Answer::Bad => 0,
            Answer::BadUnsigned => 1,
        };
        let mut failing = self.failing.unwrap_or_else(|| Failing {
            since: now,
            last_at: now,
            in_a_row: 0,
            unsigned: 0,
            minutes: VecDeque::new(),
            paused_until: None,
        });
        // A clock that was set back must not make the errors older than they are.
        failing.since = failing.since.min(now);
        failing.last_at = now;
        failing.in_a_row = failing.in_a_row.saturating_add(1);
        failing.unsigned = failing.unsigned.saturating_add(unsigned);
        if failing.paused_until.is_none_or(|until| until <= now) {
            failing.paused_until = None;
            failing.count(now);
        }
        Self { failing: Some(failing) }
    }

    /// How it stands at a time.
    pub fn state(&self, now: Timestamp) -> SuspensionState {
        let Some(failing) = &self.failing else { return SuspensionState::Healthy };
        let errors = Errors {
            since: failing.since,
            last_at: failing.last_at,
            in_a_row: failing.in_a_row,
            unsigned: failing.unsigned,
        };
        let believed = failing.last_at.ms_since(failing.since) >= BELIEVED_AFTER_MS;
        if believed && now >= errors.suspends_at() {
            return SuspensionState::SuspendedLikely(errors);
        }
        match failing.paused_until {
            Some(until) if now < until => SuspensionState::PausedLikely { errors, until },
            Some(_) | None => SuspensionState::Failing(errors),
        }
    }
}

impl Failing {
    fn count(&mut self, now: Timestamp) {
        let minute = now.0.div_euclid(MINUTE_MS);
        match self.minutes.back_mut() {
            Some((last, errors)) if *last == minute => *errors = errors.saturating_add(1),
            Some(_) | None => self.minutes.push_back((minute, 1)),
        }
        self.minutes.retain(|(at, _)| (minute - PAUSE_MS / MINUTE_MS..=minute).contains(at));
        let errors: u64 = self.minutes.iter().map(|(_, errors)| errors).sum();
        if errors > PAUSED_BEYOND {
            self.paused_until = Some(now.plus_ms(PAUSE_MS));
            // The next pause needs as many errors again.
            self.minutes.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60 * 1_000;
    const DAY: i64 = 24 * HOUR;
    const START: i64 = 1_700_000_000_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp(START + ms)
    }

    /// Errors at equal distances, the first at `from`.
    fn errors(mut it: Suspension, number: u64, from: i64, every: i64) -> Suspension {
        for n in 0..i64::try_from(number).unwrap() {
            it = it.answered(Answer::Bad, at(from + n * every));
        }
        it
    }

    #[test]
    fn a_good_answer_clears_whatever_was() {
        let it = Suspension::default();
        assert_eq!(it.state(at(0)), SuspensionState::Healthy);
        let failing = errors(it, 5_000, 0, 10);
        assert!(matches!(failing.state(at(50_000)), SuspensionState::PausedLikely { .. }));
        let cleared = failing.answered(Answer::Good, at(60_000));
        assert_eq!(cleared, Suspension::default());
        let long = errors(cleared, 8, 0, DAY);
        assert!(matches!(long.state(at(7 * DAY)), SuspensionState::SuspendedLikely(_)));
        assert_eq!(long.answered(Answer::Good, at(8 * DAY)).state(at(8 * DAY)), SuspensionState::Healthy);
    }

    #[test]
    fn errors_are_counted_from_the_first_and_told_apart() {
        let it = Suspension::default()
            .answered(Answer::Good, at(0))
            .answered(Answer::BadUnsigned, at(10))
            .answered(Answer::Bad, at(20))
            .answered(Answer::BadUnsigned, at(30));
        let expected = Errors { since: at(10), last_at: at(30), in_a_row: 3, unsigned: 2 };
        assert_eq!(it.state(at(40)), SuspensionState::Failing(expected));
        assert_eq!(expected.suspends_at(), at(10 + 7 * DAY));
    }

    #[test]
    fn a_thousand_errors_are_borne_and_one_more_is_not() {
        let borne = errors(Suspension::default(), 1_000, 0, 800);
        assert!(matches!(borne.state(at(800_000)), SuspensionState::Failing(_)));
        let now = at(800_000);
        let paused = borne.answered(Answer::Bad, now);
        let SuspensionState::PausedLikely { until, errors } = paused.state(now) else { panic!("{paused:?}") };
        assert_eq!((until, errors.in_a_row), (now.plus_ms(PAUSE_MS), 1_001));
        assert!(matches!(paused.state(until), SuspensionState::Failing(_)), "the pause ends by itself");
    }

    #[test]
    fn slow_errors_never_pause_and_a_second_pause_needs_as_many_again() {
        // 1,000 in 15 minutes is one in 0.9 s; these come every second.
        let slow = errors(Suspension::default(), 5_000, 0, 1_000);
        assert!(matches!(slow.state(at(5_000_000)), SuspensionState::Failing(_)));
        let paused = errors(Suspension::default(), 1_001, 0, 1);
        let SuspensionState::PausedLikely { until, .. } = paused.state(at(1_001)) else { panic!() };
        let after = until.0 - START;
        let again = errors(paused, 1_000, after, 1);
        assert!(matches!(again.state(at(after + 1_000)), SuspensionState::Failing(_)));
        let again = again.answered(Answer::Bad, at(after + 1_000));
        assert!(matches!(again.state(at(after + 1_000)), SuspensionState::PausedLikely { .. }));
    }

    #[test]
    fn seven_days_of_errors_likely_suspend_and_one_stray_error_does_not() {
        let it = errors(Suspension::default(), 14, 0, DAY / 2);
        assert!(matches!(it.state(at(7 * DAY - 1)), SuspensionState::Failing(_)));
        assert!(matches!(it.state(at(7 * DAY)), SuspensionState::SuspendedLikely(_)));
        let stray = Suspension::default().answered(Answer::BadUnsigned, at(0));
        assert!(matches!(stray.state(at(30 * DAY)), SuspensionState::Failing(_)));
    }

    #[test]
    fn it_is_kept_and_read_back_whole_and_stays_small() {
        let it = errors(Suspension::default(), 2_000, 0, HOUR / 100);
        let text = serde_json::to_string(&it).unwrap();
        assert!(text.len() < 1_000, "{} bytes", text.len());
        assert_eq!(serde_json::from_str::<Suspension>(&text).unwrap(), it);
    }

    #[test]
    fn a_clock_set_back_does_no_harm() {
        let it = errors(Suspension::default(), 3, HOUR, 1).answered(Answer::Bad, at(0));
        let SuspensionState::Failing(errors) = it.state(at(0)) else { panic!() };
        assert_eq!((errors.since, errors.last_at), (at(0), at(0)));
    }
}
