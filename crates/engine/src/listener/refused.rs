//! The newest requests that were refused, for the page: when, why and how large. Nothing of what they said is kept,
//! and no more than a fixed number, so that a stranger can fill neither disk nor memory.

use domain::{DeliveryId, Timestamp};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Refusals remembered.
const REMEMBERED: usize = 200;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedFor {
    /// It bore no signature.
    NoSignature,
    /// Its signature is that of no connected workspace.
    WrongSignature,
    /// It was signed, and named a workspace that is not connected.
    OtherWorkspace,
    /// It is larger than what is accepted.
    TooLarge,
    /// Its headers or its body did not come in time.
    TooSlow,
    /// The connection broke before it was complete.
    BrokenOff,
    /// It was signed, and could not be stored.
    NotStored,
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In one order with the ids of deliveries.
    pub id: DeliveryId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: RefusedFor,
    /// Bytes of its body, as far as they are known.
    pub size: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct RefusedRing(Mutex<VecDeque<Refused>>);

impl RefusedRing {
    pub(super) fn push(&self, refused: Refused) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.truncate(REMEMBERED - 1);
        ring.push_front(refused);
    }

    /// Newest first.
    pub(super) fn all(&self) -> Vec<Refused> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_who_goes_on_for_ever_fills_nothing() {
        let ring = RefusedRing::default();
        for number in 0..10_000_i64 {
            ring.push(Refused {
                id: DeliveryId(uuid::Uuid::from_u128(u128::from(number.unsigned_abs()))),
                at: Timestamp(number),
                why: RefusedFor::WrongSignature,
                size: Some(3),
            });
        }
        let all = ring.all();
        assert_eq!(all.len(), REMEMBERED);
        assert_eq!((all[0].at, all[REMEMBERED - 1].at), (Timestamp(9_999), Timestamp(9_800)));
    }
}
