//! Intercom's webhooks: how they are signed, what stands in them, and what each topic says should be fetched.
//!
//! A notification is only ever read for what changed, never for how it is now: its item has the shape of whatever
//! version the app is set to in the Developer Hub, and carries only the part that caused it.

mod envelope;
mod item;
mod signature;
mod sparse;
mod topics;

use domain::ports::WebhookDialect;
use domain::{Notification, NotificationError, Timestamp};
use secrecy::SecretString;

/// Intercom's dialect of webhooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Webhooks;

impl WebhookDialect for Webhooks {
    fn path(&self) -> &'static str {
        "/webhooks/intercom"
    }

    fn signature_header(&self) -> &'static str {
        "x-hub-signature"
    }

    fn verify(&self, secret: &SecretString, body: &[u8], signature: Option<&[u8]>) -> bool {
        signature::verify(secret, body, signature)
    }

    fn sign(&self, secret: &SecretString, body: &[u8]) -> String {
        signature::sign(secret, body)
    }

    fn parse(&self, body: &[u8]) -> Result<Notification, NotificationError> {
        envelope::parse(body)
    }

    fn test_body(&self, app_id: &str, at: Timestamp) -> Vec<u8> {
        envelope::ping(app_id, at)
    }
}

#[cfg(test)]
#[path = "webhooks/tests.rs"]
mod tests;
