//! What the listener refused, for the health page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Refusals since the listener started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Absent, malformed or wrong signatures, or another workspace's id.
    pub signatures: u64,
    /// Too large or too slow.
    pub requests: u64,
    /// Answered 503, because they could not be stored.
    pub not_stored: u64,
    /// Why the newest of those could not be stored.
    pub not_stored_reason: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    signatures: AtomicU64,
    requests: AtomicU64,
    not_stored: AtomicU64,
    reason: Mutex<Option<String>>,
}

impl Counters {
    pub(super) fn signature(&self) {
        self.signatures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_stored(&self, reason: &str) {
        self.not_stored.fetch_add(1, Ordering::Relaxed);
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }

    /// A delivery was stored: what stood in the way is gone.
    pub(super) fn stored(&self) {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(super) fn refusals(&self) -> Refusals {
        Refusals {
            signatures: self.signatures.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            not_stored: self.not_stored.load(Ordering::Relaxed),
            not_stored_reason: self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
