//! A body: whether it is signed, by whom, and what is kept of it.
//!
//! Nothing here waits, reads a clock or keeps anything, so that everything that bytes from outside can bring about
//! before they are on disk can be tried by the million (`fuzz/`).

use bytes::Bytes;
use domain::delivery::{Change, Notification, OddItem};
use domain::ports::WebhookDialect;
use domain::{DeliveryId, DeliveryOutcome, Timestamp};
use secrecy::SecretString;
use store::NewDelivery;

/// A workspace that may have signed a body.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The helpdesk's id of it.
    pub app_id: &'a str,
    /// What it signs with.
    pub secret: &'a SecretString,
}

/// A body that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The place of its workspace among the signers.
    pub signer: usize,
    /// What to keep. It has a topic exactly if the body is a notification.
    pub delivery: NewDelivery,
}

/// Why a body is to be refused. For the person's eyes: whoever sent it cannot tell one from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// No workspace has signed it.
    WrongSignature,
    /// A workspace has signed it, but it is for another.
    OtherWorkspace,
}

/// Takes a body in. All secrets are tried, always. `stamp` gives a delivery its id and its time.
pub fn take(
    dialect: &dyn WebhookDialect,
    signers: &[Signer<'_>],
    body: Bytes,
    signature: Option<&[u8]>,
    stamp: impl FnOnce() -> (DeliveryId, Timestamp),
) -> Result<Taken, NotTaken> {
    let verified = verified(dialect, signers, &body, signature);
    let first = *verified.first().ok_or(NotTaken::WrongSignature)?;
    match dialect.parse(&body) {
        Ok(notification) => {
            let is_for = |place: &usize| {
                signers.get(*place).is_some_and(|signer| signer.app_id == notification.app_id)
            };
            let signer = verified.into_iter().find(is_for).ok_or(NotTaken::OtherWorkspace)?;
            Ok(Taken { signer, delivery: delivery(notification, body, stamp()) })
        }
        // Signed by a workspace, and still no notification: kept for the person to see.
        Err(error) => {
            let reason = Some(error.to_string());
            let delivery = NewDelivery { outcome: DeliveryOutcome::Failed, reason, ..blank(body, stamp()) };
            Ok(Taken { signer: first, delivery })
        }
    }
}

/// The places of those whose secret signed the body.
fn verified(
    dialect: &dyn WebhookDialect,
    signers: &[Signer<'_>],
    body: &[u8],
    signature: Option<&[u8]>,
) -> Vec<usize> {
    if signers.is_empty() {
        // The same work as with one workspace.
        let _ = dialect.verify(&SecretString::from("none"), body, signature);
    }
    let mut places = Vec::new();
    for (place, signer) in signers.iter().enumerate() {
        if dialect.verify(signer.secret, body, signature) {
            places.push(place);
        }
    }
    places
}

fn delivery(notification: Notification, body: Bytes, stamp: (DeliveryId, Timestamp)) -> NewDelivery {
    let (outcome, reason, change) = match notification.change {
        Ok(Change::Ignored) => (DeliveryOutcome::Ignored, None, Some(Change::Ignored)),
        Ok(Change::Ping) => (DeliveryOutcome::Applied, None, Some(Change::Ping)),
        Ok(change) => (DeliveryOutcome::Received, None, Some(change)),
        Err(OddItem(reason)) => (DeliveryOutcome::Failed, Some(reason), None),
    };
    NewDelivery {
        notification_id: notification.id,
        topic: Some(notification.topic),
        vendor_created_at: notification.created_at,
        attempt: notification.attempt,
        change,
        outcome,
        reason,
        ..blank(body, stamp)
    }
}

fn blank(body: Bytes, (id, received_at): (DeliveryId, Timestamp)) -> NewDelivery {
    NewDelivery {
        id,
        received_at,
        notification_id: None,
        topic: None,
        vendor_created_at: None,
        attempt: None,
        change: None,
        outcome: DeliveryOutcome::Received,
        reason: None,
        body,
    }
}
