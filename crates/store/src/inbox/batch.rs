//! Deliveries of one commit as one value: for each, the length of what is known of it, that as JSON, the length of its
//! body, and the body as it came. Lengths are four bytes, the lowest first.

use crate::deliveries::NewDelivery;
use crate::error::StoreError;
use bytes::Bytes;
use domain::{Change, DeliveryId, DeliveryOutcome, Timestamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A delivery but for its body.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    id: DeliveryId,
    received_at: Timestamp,
    notification_id: Option<Cow<'a, str>>,
    topic: Option<Cow<'a, str>>,
    vendor_created_at: Option<Timestamp>,
    attempt: Option<u32>,
    change: Option<Cow<'a, Change>>,
    outcome: DeliveryOutcome,
    reason: Option<Cow<'a, str>>,
}

/// Room for the head of a delivery.
const HEAD: usize = 512;

/// What a commit holds, in two pieces, so that the last body, mostly the only one, is copied nowhere but to the disk.
#[derive(Default)]
pub(super) struct Content {
    front: Vec<u8>,
    /// What stands after it.
    body: Bytes,
}

impl Content {
    #[cfg(test)]
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { front: bytes.to_vec(), body: Bytes::new() }
    }

    pub(super) fn pieces(&self) -> [&[u8]; 2] {
        [&self.front, &self.body]
    }
}

pub(super) fn encode(deliveries: &[NewDelivery]) -> Result<Content, StoreError> {
    let mut content = Content::default();
    for delivery in deliveries {
        let Content { front: bytes, body } = &mut content;
        bytes.extend_from_slice(body);
        bytes.reserve(HEAD);
        let head = Head {
            id: delivery.id,
            received_at: delivery.received_at,
            notification_id: delivery.notification_id.as_deref().map(Cow::Borrowed),
            topic: delivery.topic.as_deref().map(Cow::Borrowed),
            vendor_created_at: delivery.vendor_created_at,
            attempt: delivery.attempt,
            change: delivery.change.as_ref().map(Cow::Borrowed),
            outcome: delivery.outcome,
            reason: delivery.reason.as_deref().map(Cow::Borrowed),
        };
        let start = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
        serde_json::to_writer(&mut *bytes, &head).map_err(|error| StoreError::Internal(error.to_string()))?;
        let length = length(bytes.len() - start - 4)?;
        if let Some(place) = bytes.get_mut(start..start + 4) {
            place.copy_from_slice(&length);
        }
        bytes.extend_from_slice(&self::length(delivery.body.len())?);
        *body = delivery.body.clone();
    }
    Ok(content)
}

pub(super) fn decode(mut bytes: &[u8]) -> Result<Vec<NewDelivery>, StoreError> {
    let mut deliveries = Vec::new();
    while !bytes.is_empty() {
        let head: Head<'_> = serde_json::from_slice(take(&mut bytes)?).map_err(|_| broken())?;
        let body = Bytes::copy_from_slice(take(&mut bytes)?);
        deliveries.push(NewDelivery {
            id: head.id,
            received_at: head.received_at,
            notification_id: head.notification_id.map(Cow::into_owned),
            topic: head.topic.map(Cow::into_owned),
            vendor_created_at: head.vendor_created_at,
            attempt: head.attempt,
            change: head.change.map(Cow::into_owned),
            outcome: head.outcome,
            reason: head.reason.map(Cow::into_owned),
            body,
        });
    }
    Ok(deliveries)
}

/// The next value and its length taken off the front.
fn take<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], StoreError> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(broken)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| broken())?;
    let (value, rest) = rest.split_at_checked(length).ok_or_else(broken)?;
    *bytes = rest;
    Ok(value)
}

fn length(of: usize) -> Result<[u8; 4], StoreError> {
    let length = u32::try_from(of).map_err(|_| StoreError::Internal("a delivery of 4 GiB".to_owned()))?;
    Ok(length.to_le_bytes())
}

fn broken() -> StoreError {
    StoreError::Corrupt("deliveries in it are cut off".to_owned())
}
