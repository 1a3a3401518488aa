//! What the helpdesk said of contacts a while ago, so that it is not asked with each of their conversations.
//!
//! Kept in memory alone: after a restart each contact is asked for once. A delivery that names a contact asks in any case.

use domain::{ContactId, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// After so long a contact is fetched again when its customer writes, milliseconds.
const FRESH_MS: i64 = 10 * 60 * 1000;
/// After so long a contact that was not found once is asked for again, milliseconds: it may only not be there yet, since
/// the helpdesk's reads lag behind its writes.
const NOT_YET_MS: i64 = 60 * 1000;
/// The same for one that was not found again: the helpdesk seldom comes to know one, and a delivery tells when it does.
const UNKNOWN_MS: i64 = 60 * 60 * 1000;

/// What the helpdesk said of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Known,
    NotYet,
    Unknown,
}

impl Said {
    fn holds_ms(self) -> i64 {
        match self {
            Self::Known => FRESH_MS,
            Self::NotYet => NOT_YET_MS,
            Self::Unknown => UNKNOWN_MS,
        }
    }
}

/// What was said of whom, and when.
#[derive(Debug, Default)]
pub(crate) struct ContactsSeen(Mutex<HashMap<ContactId, (Said, Timestamp)>>);

impl ContactsSeen {
    /// The contact was read.
    pub(crate) fn found(&self, id: &ContactId, now: Timestamp) {
        self.all().insert(id.clone(), (Said::Known, now));
    }

    /// The helpdesk has no such contact.
    pub(crate) fn not_found(&self, id: &ContactId, now: Timestamp) {
        let mut all = self.all();
        let said = match all.get(id) {
            Some((Said::NotYet | Said::Unknown, _)) => Said::Unknown,
            Some((Said::Known, _)) | None => Said::NotYet,
        };
        all.insert(id.clone(), (said, now));
    }

    pub(crate) fn forget(&self, id: &ContactId) {
        self.all().remove(id);
    }

    /// Whether the helpdesk was asked so short a while ago that it would say the same.
    pub(crate) fn is_fresh(&self, id: &ContactId, now: Timestamp) -> bool {
        let said = self.all().get(id).copied();
        said.is_some_and(|(said, at)| now.ms_since(at) < said.holds_ms())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ContactId, (Said, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_holds_for_its_time_and_until_it_is_forgotten() {
        let (seen, id, at) = (ContactsSeen::default(), ContactId("c".to_owned()), Timestamp(1_000));
        let holds = |ms: i64| {
            assert!(seen.is_fresh(&id, at.plus_ms(ms - 1)), "{ms}");
            assert!(!seen.is_fresh(&id, at.plus_ms(ms)), "{ms}");
        };
        assert!(!seen.is_fresh(&id, at));
        seen.not_found(&id, at);
        holds(NOT_YET_MS);
        seen.not_found(&id, at);
        holds(UNKNOWN_MS);
        seen.found(&id, at);
        holds(FRESH_MS);
        seen.not_found(&id, at);
        holds(NOT_YET_MS);
        seen.forget(&id);
        assert!(!seen.is_fresh(&id, at));
    }
}
