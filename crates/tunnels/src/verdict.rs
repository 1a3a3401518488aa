//! What a probe's outcome means for a tunnel.

use crate::probe::Outcome;

/// Failures in a row after which a tunnel that was reached before is started again.
const FAILURES: u32 = 2;
/// The same for a tunnel whose address changes with each start, while nothing outside can be reached at all. Its
/// program connects again by itself when the network returns, under the old address; a start would cost the person
/// a change of Intercom's setting.
const FAILURES_WITHOUT_NETWORK: u32 = 10;
/// How long a new tunnel may take until it is reached for the first time, milliseconds: names must spread first.
const FIRST_REACH_MS: i64 = 120_000;

/// Probes that failed, since the last that did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) failures: u32,
    /// How many of them had an answer, from somebody else than the listener.
    pub(crate) wrong: u32,
}

impl Tally {
    /// Counts an outcome.
    pub(crate) fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Reached => *self = Self::default(),
            Outcome::Wrong(_) => {
                self.failures = self.failures.saturating_add(1);
                self.wrong = self.wrong.saturating_add(1);
            }
            Outcome::Unreachable(_) => self.failures = self.failures.saturating_add(1),
        }
    }

    /// Whether the tunnel should be started again.
    pub(crate) const fn wants_restart(self, reached_before: bool, up_for_ms: i64, url_changes: bool) -> bool {
        if self.failures < FAILURES {
            return false;
        }
        if !reached_before {
            return up_for_ms >= FIRST_REACH_MS;
        }
        self.wrong > 0 || !url_changes || self.failures >= FAILURES_WITHOUT_NETWORK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(outcomes: &[Outcome]) -> Tally {
        let mut tally = Tally::default();
        for outcome in outcomes {
            tally.count(outcome);
        }
        tally
    }

    #[test]
    fn two_failures_in_a_row_restart_a_tunnel_that_worked() {
        let offline = Outcome::Unreachable("no route".to_owned());
        let one = after(std::slice::from_ref(&offline));
        let two = after(&[offline.clone(), offline.clone()]);
        assert!(!one.wants_restart(true, 60_000, false));
        assert!(two.wants_restart(true, 60_000, false));
        let mended = after(&[offline.clone(), Outcome::Reached, offline]);
        assert!(!mended.wants_restart(true, 60_000, false), "a success in between begins the count anew");
    }

    #[test]
    fn a_tunnel_whose_address_would_change_waits_for_the_network() {
        let offline = Outcome::Unreachable("no route".to_owned());
        let two = after(&vec![offline.clone(); 2]);
        assert!(!two.wants_restart(true, 60_000, true), "its program comes back under the old address");
        assert!(after(&vec![offline; 10]).wants_restart(true, 60_000, true));
        let wrong = Outcome::Wrong(530);
        assert!(after(&vec![wrong; 2]).wants_restart(true, 60_000, true), "its server says that it is gone");
    }

    #[test]
    fn a_new_address_has_two_minutes_to_spread() {
        let wrong = after(&vec![Outcome::Wrong(502); 3]);
        assert!(!wrong.wants_restart(false, 30_000, true));
        assert!(wrong.wants_restart(false, 120_000, true));
    }
}
