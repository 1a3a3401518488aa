//! What holds for every request's body, from raw bytes to what is stored.

use crate::notification::{check_change, check_read};
use domain::ports::WebhookDialect as _;
use domain::{Change, DeliveryId, DeliveryOutcome, Timestamp};
use engine::listener::{Signer, Taken, take};
use intercom::Webhooks;
use secrecy::SecretString;
use uuid::Uuid;

/// The workspaces that are connected: app id and secret. The last has none, and must never be taken for anybody.
const WORKSPACES: [(&str, &str); 3] =
    [("abc", "the first secret"), ("def", "the second secret"), ("ghi", "")];
const ID: DeliveryId = DeliveryId(Uuid::from_u128(7));
const NOW: Timestamp = Timestamp(1_768_033_204_000);

/// The first byte says how the rest is signed.
pub(crate) fn check(input: &[u8]) {
    let Some((how, body)) = input.split_first() else { return };
    let place = usize::from(how >> 4) % WORKSPACES.len();
    let secret = SecretString::from(WORKSPACES.get(place).map_or("", |workspace| workspace.1));
    let right = Webhooks.sign(&secret, body);
    match how % 6 {
        0 | 1 => check_signed(place, body, &right),
        2 => check_refused(body, None),
        3 => check_refused(body, Some(Webhooks.sign(&SecretString::from("another"), body).as_bytes())),
        4 => {
            // One digit of the right signature is another.
            let mut wrong = right.into_bytes();
            let last = wrong.len().saturating_sub(1);
            let at = (5 + body.len() % 40).min(last);
            if let Some(digit) = wrong.get_mut(at) {
                *digit = if *digit == b'0' { b'1' } else { b'0' };
            }
            check_refused(body, Some(&wrong));
        }
        // A signature out of the input itself.
        _ => check_refused(body, Some(body.get(..45).unwrap_or(body))),
    }
}

fn taken(body: &[u8], signature: Option<&[u8]>) -> Option<Taken> {
    let secrets = WORKSPACES.map(|(_, secret)| SecretString::from(secret));
    let signers: Vec<Signer<'_>> =
        WORKSPACES.iter().zip(&secrets).map(|((app_id, _), secret)| Signer { app_id, secret }).collect();
    take(&Webhooks, &signers, body.to_vec().into(), signature, || (ID, NOW)).ok()
}

fn check_refused(body: &[u8], signature: Option<&[u8]>) {
    assert_eq!(taken(body, signature), None, "a body with a wrong signature was taken");
}

fn check_signed(place: usize, body: &[u8], signature: &str) {
    let (app_id, secret) = WORKSPACES.get(place).copied().unwrap_or_default();
    let taken = taken(body, Some(signature.as_bytes()));
    let read = Webhooks.parse(body);
    let is_refused = secret.is_empty() || read.as_ref().is_ok_and(|read| read.app_id != app_id);
    assert_eq!(taken.is_none(), is_refused, "{read:?}");
    let Some(Taken { signer, delivery }) = taken else { return };
    assert_eq!(signer, place, "taken for another workspace than the one that signed it");
    assert_eq!(delivery.body, body, "kept is what was received, to the byte");
    assert_eq!((delivery.id, delivery.received_at), (ID, NOW));
    match read {
        Ok(read) => {
            check_read(&read);
            assert_eq!((delivery.notification_id, delivery.topic), (read.id, Some(read.topic)));
        }
        Err(_) => {
            assert_eq!((&delivery.notification_id, &delivery.topic, &delivery.change), (&None, &None, &None));
        }
    }
    if let Some(change) = &delivery.change {
        check_change(change);
    }
    let expected = match &delivery.change {
        Some(Change::Ping) => DeliveryOutcome::Applied,
        Some(Change::Ignored) => DeliveryOutcome::Ignored,
        Some(_) => DeliveryOutcome::Received,
        None => DeliveryOutcome::Failed,
    };
    assert_eq!(delivery.outcome, expected);
    assert_eq!(
        delivery.reason.is_some(),
        expected == DeliveryOutcome::Failed,
        "a failure says why, others do not"
    );
}
