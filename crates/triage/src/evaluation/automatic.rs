//! From which confidence on the answers have been right often enough to need no second look.
//!
//! The line is read off what came of earlier answers, never off what the model says of itself, by the search that
//! proposes the line of a policy ([`crate::policy::Track::proposed_line`]). Where the record is too short to say so
//! there is no line, and nothing is automatic.

use crate::policy::{Promise, Track};
use crate::statistics::Level;
use std::collections::VecDeque;

/// Outcomes looked back on.
const KEPT: usize = 600;
/// Outcomes before there can be a line.
const LEAST: usize = 60;
/// How much fewer mistakes the record must show than may be made: the share is to hold in every stretch of a hundred,
/// luck and change included, and not only on the whole.
const MARGIN: f64 = 0.5;

/// The record of outcomes that a line is read off.
#[derive(Debug, Clone)]
pub(super) struct AutomaticLine {
    /// How sure each answer was, and whether it was right.
    outcomes: VecDeque<(f64, bool)>,
    kept: usize,
}

impl Default for AutomaticLine {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl AutomaticLine {
    /// A record that looks back on as many outcomes as `kept`.
    pub(super) fn new(kept: usize) -> Self {
        Self { outcomes: VecDeque::new(), kept }
    }

    /// Takes in the newest outcome; the oldest of too many is forgotten.
    pub(super) fn push(&mut self, confidence: f64, is_right: bool) {
        if !confidence.is_finite() {
            return;
        }
        self.outcomes.push_back((confidence, is_right));
        if self.outcomes.len() > self.kept {
            self.outcomes.pop_front();
        }
    }

    /// The lowest confidence from which answers may go out by themselves if a share of `target` of them is to be
    /// right; `None` while the record does not bear any.
    pub(super) fn line(&self, target: f64) -> Option<f64> {
        if self.outcomes.len() < LEAST {
            return None;
        }
        let promise = Promise { error: MARGIN * (1.0 - target), level: Level::P90 };
        let track = Track::of(self.outcomes.iter().map(|(confidence, is_right)| (*confidence, !is_right)));
        track.proposed_line(promise).map(|proposed| proposed.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(outcomes: impl Iterator<Item = (f64, bool)>) -> AutomaticLine {
        let mut line = AutomaticLine::default();
        for (confidence, is_right) in outcomes {
            line.push(confidence, is_right);
        }
        line
    }

    #[test]
    fn a_short_record_bears_no_line() {
        assert_eq!(record((0..59).map(|_| (0.99, true))).line(0.9), None);
        assert_eq!(record((0..400).map(|index| (0.99, index % 8 != 0))).line(0.9), None);
    }

    #[test]
    fn the_line_stands_where_mistakes_begin() {
        let outcomes = |index: usize| {
            let confidence = (index * 37 % 100) as f64 / 100.0;
            (confidence, confidence >= 0.5 || index.is_multiple_of(2))
        };
        let line = record((0..600).map(outcomes)).line(0.95).unwrap();
        assert!((0.45..0.55).contains(&line), "{line}");
        assert!(record((0..600).map(outcomes)).line(0.99).is_none_or(|higher| higher >= line));
    }

    #[test]
    fn what_is_long_past_is_forgotten_and_nonsense_not_counted() {
        let mut line = record((0..600).map(|_| (0.9, false)));
        line.push(f64::NAN, false);
        for _ in 0..600 {
            line.push(0.9, true);
        }
        assert_eq!(line.line(0.95), Some(0.9));
    }
}
