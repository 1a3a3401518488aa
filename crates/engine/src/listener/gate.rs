//! One request: from raw bytes to an answer.

use super::{Registered, Shared};
use domain::delivery::{Change, Notification, OddItem};
use domain::{DeliveryId, DeliveryOutcome};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Inserted, NewDelivery};
use tokio::time::Instant;

/// A refusal is answered so long after the body is there, whatever its reason.
const REFUSAL: Duration = Duration::from_millis(20);

/// Takes in a body, and says what to answer.
pub(super) async fn receive(shared: &Shared, headers: &HeaderMap, body: Vec<u8>) -> StatusCode {
    let arrived = Instant::now();
    let signature = headers.get(shared.dialect.signature_header()).map(http::HeaderValue::as_bytes);
    let verified = verify(shared, &body, signature);
    if verified.is_empty() {
        return refuse(shared, arrived).await;
    }
    match shared.dialect.parse(&body) {
        Ok(notification) => {
            let app_id = notification.app_id.as_str();
            let Some(for_it) = verified.iter().find(|r| r.workspace.app_id() == app_id) else {
                return refuse(shared, arrived).await;
            };
            let pinged = matches!(notification.change, Ok(Change::Ping));
            let delivery = delivery(shared, notification, body);
            let answer = keep(shared, for_it, delivery, StatusCode::OK).await;
            if pinged && answer == StatusCode::OK {
                for_it.workspace.told_of_ping();
            }
            answer
        }
        Err(error) => {
            // Signed by a workspace, and still no notification: kept for the person to see.
            let Some(for_it) = verified.first() else { return refuse(shared, arrived).await };
            let delivery = NewDelivery {
                outcome: DeliveryOutcome::Failed,
                reason: Some(error.to_string()),
                ..blank(shared, body)
            };
            keep(shared, for_it, delivery, StatusCode::BAD_REQUEST).await
        }
    }
}

/// The workspaces whose secret signed the body. All are tried, always.
fn verify(shared: &Shared, body: &[u8], signature: Option<&[u8]>) -> Vec<Arc<Registered>> {
    let all = shared.registered.read().unwrap_or_else(PoisonError::into_inner).clone();
    if all.is_empty() {
        // The same work as with one workspace.
        let _ = shared.dialect.verify(&SecretString::from("none"), body, signature);
    }
    let verdicts: Vec<bool> =
        all.iter().map(|one| shared.dialect.verify(&one.secret, body, signature)).collect();
    all.into_iter().zip(verdicts).filter_map(|(one, right)| right.then_some(one)).collect()
}

async fn refuse(shared: &Shared, arrived: Instant) -> StatusCode {
    shared.counters.signature();
    tokio::time::sleep_until(arrived + REFUSAL).await;
    tracing::warn!("A request without a valid signature was refused");
    StatusCode::UNAUTHORIZED
}

async fn keep(shared: &Shared, for_it: &Registered, delivery: NewDelivery, answer: StatusCode) -> StatusCode {
    match for_it.inbox.store(delivery).await {
        Ok(Inserted::New | Inserted::Duplicate(_)) => {
            shared.counters.stored();
            answer
        }
        Err(reason) => {
            shared.counters.not_stored(&reason);
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

fn blank(shared: &Shared, body: Vec<u8>) -> NewDelivery {
    NewDelivery {
        id: DeliveryId(shared.ids.next()),
        received_at: shared.clock.now(),
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

fn delivery(shared: &Shared, notification: Notification, body: Vec<u8>) -> NewDelivery {
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
        ..blank(shared, body)
    }
}
