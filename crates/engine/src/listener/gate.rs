//! One request: from raw bytes to an answer.

use super::refused::RefusedFor;
use super::taking::{NotTaken, Signer, Taken, take};
use super::{Registered, Shared};
use crate::suspension::Answer;
use crate::workspace::Workspace;
use bytes::Bytes;
use domain::DeliveryId;
use domain::delivery::Change;
use http::{HeaderMap, StatusCode};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::NewDelivery;
use tokio::time::Instant;

/// The helpdesk gives up after five seconds: an answer after this one would come too late.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// A refusal is answered so long after the body is there, whatever its reason.
const REFUSAL: Duration = Duration::from_millis(20);

/// Takes in a body, and says what to answer.
pub(super) async fn receive(shared: &Shared, headers: &HeaderMap, body: Bytes) -> StatusCode {
    let (arrived, size) = (Instant::now(), body.len());
    let signature = headers.get(shared.dialect.signature_header()).map(http::HeaderValue::as_bytes);
    let registered = Arc::clone(&shared.registered.read().unwrap_or_else(PoisonError::into_inner));
    let stamp = || (DeliveryId(shared.ids.next()), shared.clock.now());
    let signers: Vec<Signer<'_>> = registered.iter().map(|one| one.signer()).collect();
    match take(&*shared.dialect, &signers, body, signature, stamp) {
        Ok(Taken { signer, delivery }) => match registered.get(signer) {
            Some(for_it) => keep(shared, for_it, arrived, delivery).await,
            None => refuse(shared, arrived, RefusedFor::WrongSignature, size).await,
        },
        Err(NotTaken::WrongSignature) => {
            let why = if signature.is_none() { RefusedFor::NoSignature } else { RefusedFor::WrongSignature };
            refuse(shared, arrived, why, size).await
        }
        Err(NotTaken::OtherWorkspace) => refuse(shared, arrived, RefusedFor::OtherWorkspace, size).await,
    }
}

async fn refuse(shared: &Shared, arrived: Instant, why: RefusedFor, size: usize) -> StatusCode {
    shared.counters.signature();
    shared.refused(why, Some(size));
    tokio::time::sleep_until(arrived + REFUSAL).await;
    tracing::warn!("A request without a valid signature was refused");
    StatusCode::UNAUTHORIZED
}

async fn keep(shared: &Shared, for_it: &Registered, arrived: Instant, delivery: NewDelivery) -> StatusCode {
    let (id, size) = (delivery.id, delivery.body.len());
    let is_notification = delivery.topic.is_some();
    let is_ping = delivery.change == Some(Change::Ping);
    match put_down(&for_it.workspace, delivery).await {
        Ok(()) => {
            for_it.workspace.delivery_arrived();
            shared.counters.stored();
            let verdict = if is_notification { Answer::Good } else { Answer::Bad };
            for_it.workspace.answered(id, arrived.elapsed(), verdict, shared.clock.now());
            if is_ping {
                for_it.workspace.told_of_ping();
            }
            if is_notification { StatusCode::OK } else { StatusCode::BAD_REQUEST }
        }
        Err(reason) => {
            shared.counters.not_stored(&reason);
            shared.remember(RefusedFor::NotStored, Some(size));
            for_it.workspace.refused(Answer::Bad, shared.clock.now());
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Puts a delivery down; when this returns without error, it is on disk.
async fn put_down(workspace: &Workspace, delivery: NewDelivery) -> Result<(), String> {
    let put = workspace.store().put_deliveries(std::slice::from_ref(&delivery));
    let error = match tokio::time::timeout(PATIENCE, put).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "The disk did not answer in time.".to_owned(),
    };
    tracing::error!(%error, "A delivery could not be stored and is answered 503");
    workspace.events.changed(["health"]);
    Err(error)
}
