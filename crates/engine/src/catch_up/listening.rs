//! Whether deliveries come, as far as that is proven, and the entries of it in the ledger.
//!
//! Listening counts from the first delivery that arrived since the listener accepts them. It counts no longer while the
//! way to this machine is known to be broken, since the last moment before the machine slept, since the helpdesk's last
//! answer when it cannot be reached, and when the poll finds changes that should have been delivered while nothing came. A heartbeat writes it down every ten seconds, so that
//! a program that is killed leaves at most those uncounted.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::Timestamp;
use std::sync::{MutexGuard, PoisonError};
use store::{Covered, CoveredBy};

/// What is known of the way of deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listening {
    /// The listener accepts deliveries of this workspace.
    pub is_up: bool,
    /// The way to it is known to be broken.
    pub is_cut_off: bool,
    /// Since when deliveries are proven to arrive.
    pub proven_since: Option<Timestamp>,
    /// The newest delivery of this run of the program.
    pub last_delivery_at: Option<Timestamp>,
    /// Changes that the poll has found since then and no delivery had told of.
    pub untold: u32,
    /// Looks of the poll in a row that found such changes.
    pub silent_looks: u32,
    /// Until when the listener accepted deliveries, when it does no longer.
    ended_at: Option<Timestamp>,
    /// Deliveries that this program sends to itself are no proof.
    own_tests: u32,
}

/// While it is there, deliveries prove nothing: this program sends one to itself.
#[derive(Debug)]
pub struct OwnTest<'a>(&'a Workspace);

impl Drop for OwnTest<'_> {
    fn drop(&mut self) {
        let mut listening = self.0.listening_state();
        listening.own_tests = listening.own_tests.saturating_sub(1);
    }
}

impl Workspace {
    /// What is known of the way of deliveries.
    pub fn listening(&self) -> Listening {
        *self.listening_state()
    }

    /// A test that this program sends to its own listener: it says nothing about the way from outside.
    pub fn own_test(&self) -> OwnTest<'_> {
        let mut listening = self.listening_state();
        listening.own_tests = listening.own_tests.saturating_add(1);
        drop(listening);
        OwnTest(self)
    }

    /// Tells whether the way from outside to the listener works, as far as somebody has tried it. While it does not,
    /// nothing counts as listened to; when it works again, what was missed is caught up with.
    pub fn set_cut_off(&self, is_cut_off: bool) {
        let mut listening = self.listening_state();
        let was = std::mem::replace(&mut listening.is_cut_off, is_cut_off);
        if is_cut_off {
            listening.proven_since = None;
        }
        drop(listening);
        if was && !is_cut_off {
            self.catch_up_soon(super::Reason::TunnelChanged);
        }
        if was != is_cut_off {
            self.events.changed(["coverage", "health"]);
        }
    }

    /// The listener accepts deliveries, or does no longer.
    pub(crate) fn set_listening(&self, is_up: bool) {
        let now = self.clock.now();
        let mut listening = self.listening_state();
        listening.is_up = is_up;
        if is_up {
            listening.proven_since = None;
        }
        listening.ended_at = (!is_up).then_some(now);
    }

    /// A delivery with a valid signature has arrived and is on disk.
    pub(crate) fn delivery_arrived(&self) {
        let now = self.clock.now();
        let mut listening = self.listening_state();
        if listening.own_tests > 0 {
            return;
        }
        listening.last_delivery_at = Some(now);
        listening.untold = 0;
        listening.silent_looks = 0;
        if listening.is_up && !listening.is_cut_off && listening.proven_since.is_none() {
            listening.proven_since = Some(now);
            drop(listening);
            // From the last look to this moment nobody knows what was lost.
            self.catch_up_soon(super::Reason::Listening);
        }
    }

    /// The poll has found so many changes that should have been delivered.
    pub(super) fn polled(&self, untold: u32) {
        if untold == 0 {
            return;
        }
        let mut listening = self.listening_state();
        // Not every change is told of by a delivery, so a single silence proves nothing.
        listening.silent_looks = listening.silent_looks.saturating_add(1);
        listening.untold = listening.untold.saturating_add(untold);
        if listening.silent_looks > 1 {
            listening.proven_since = None;
        }
    }

    /// From here on nothing counts as listened to until the next delivery.
    pub(super) fn doubt_listening(&self) {
        self.listening_state().proven_since = None;
    }

    /// The helpdesk cannot be reached, so it is likely not to reach this machine: what was listened to since its last
    /// sign of life is taken back.
    pub(super) async fn doubt_listening_since_last_sign(&self) -> Result<(), EngineError> {
        self.doubt_listening();
        let last_answer = self.helpdesk.pulse().last_ok_at;
        if let Some(sign) = last_answer.max(self.listening().last_delivery_at) {
            self.store.cut_coverage(CoveredBy::Listening, sign).await?;
        }
        Ok(())
    }

    /// Writes down that deliveries were coming until now.
    pub(crate) async fn beat(&self) -> Result<(), EngineError> {
        let Listening { ended_at, proven_since: Some(from), .. } = self.listening() else { return Ok(()) };
        let until = ended_at.unwrap_or_else(|| self.clock.now());
        self.store.add_coverage(Covered { from, until, how: CoveredBy::Listening }).await?;
        // What is written is not written again: the next beat joins on.
        let mut listening = self.listening_state();
        if listening.proven_since == Some(from) && until > from {
            listening.proven_since = Some(until);
        }
        drop(listening);
        self.events.changed(["coverage"]);
        Ok(())
    }

    fn listening_state(&self) -> MutexGuard<'_, Listening> {
        self.catch_up.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
