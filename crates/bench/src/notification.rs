//! Notifications of 4 KB as a busy workspace sends them: each with an id and a conversation of its own, each signed.

use domain::ports::WebhookDialect as _;
use intercom::Webhooks;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

/// The workspace they are for.
pub(crate) const APP_ID: &str = "benchapp";
/// What they are signed with.
pub(crate) const SECRET: &str = "a-client-secret-as-long-as-theirs-are-000000";
/// Bytes of a body.
const SIZE: usize = 4096;

/// A notification and its signature. The same number gives the same notification, other numbers others.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) id: String,
    pub(crate) conversation: String,
    pub(crate) body: Vec<u8>,
    pub(crate) signature: String,
}

impl Signed {
    pub(crate) fn new(number: u64) -> Self {
        let (high, low) = (scattered(number), scattered(!number));
        let id = format!("notif_{}", Uuid::from_u64_pair(high, low));
        // As the helpdesk counts them: a new conversation has a higher number than those before, but not the next.
        let conversation = (215_000_000_000_000 + number * 7).to_string();
        let body = body(&id, &conversation, number);
        let signature = Webhooks.sign(&SecretString::from(SECRET), &body);
        Self { id, conversation, body, signature }
    }

    /// As an HTTP request that keeps its connection open.
    pub(crate) fn to_request(&self) -> Vec<u8> {
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\
             content-type: application/json\r\nuser-agent: intercom-webhook-client\r\n{}: {}\r\n\
             content-length: {}\r\n\r\n",
            Webhooks.path(),
            Webhooks.signature_header(),
            self.signature,
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }
}

/// The members that a conversation has in Intercom's webhooks, and as much text as fills the size.
fn body(id: &str, conversation: &str, number: u64) -> Vec<u8> {
    let with_text = |text: &str| {
        json!({
            "type": "notification_event",
            "app_id": APP_ID,
            "data": { "type": "notification_event_data", "item": item(conversation, text) },
            "links": {},
            "id": id,
            "topic": "conversation.user.created",
            "delivery_status": "pending",
            "delivery_attempts": 1,
            "delivered_at": 0,
            "first_sent_at": 1_768_033_205,
            "created_at": 1_768_033_204,
            "self": null,
        })
        .to_string()
    };
    let room = SIZE.saturating_sub(with_text("").len());
    let mut text = String::with_capacity(room + 64);
    let mut word = number;
    while text.len() < room {
        word = scattered(word);
        text.push_str(WORDS.get((word % 16) as usize).unwrap_or(&" "));
    }
    text.truncate(room);
    with_text(&text).into_bytes()
}

fn item(conversation: &str, text: &str) -> Value {
    json!({
        "type": "conversation",
        "id": conversation,
        "created_at": 1_768_033_204,
        "updated_at": 1_768_033_205,
        "waiting_since": 1_768_033_205,
        "snoozed_until": null,
        "source": {
            "type": "conversation",
            "id": "331786931",
            "delivered_as": "customer_initiated",
            "subject": "",
            "body": text,
            "url": "https://app.example.com/billing",
            "author": {
                "type": "user", "id": "6961cf78fb9d13be07871c78", "name": "Ada", "email": "ada@example.com",
            },
            "attachments": [],
            "redacted": false,
        },
        "contacts": {
            "type": "contact.list",
            "contacts": [{ "type": "contact", "id": "6961cf78fb9d13be07871c78", "external_id": "70" }],
        },
        "first_contact_reply": { "created_at": 1_768_033_204, "type": "conversation", "url": null },
        "admin_assignee_id": null,
        "team_assignee_id": null,
        "open": true,
        "state": "open",
        "read": false,
        "priority": "not_priority",
        "tags": { "type": "tag.list", "tags": [] },
        "statistics": statistics(),
        "conversation_parts": {
            "type": "conversation_part.list", "conversation_parts": [], "total_count": 0,
        },
        "custom_attributes": {},
        "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false },
    })
}

fn statistics() -> Value {
    json!({
        "type": "conversation_statistics",
        "time_to_assignment": null,
        "time_to_admin_reply": null,
        "time_to_first_close": null,
        "time_to_last_close": null,
        "median_time_to_reply": null,
        "first_contact_reply_at": 1_768_033_204,
        "first_assignment_at": null,
        "first_admin_reply_at": null,
        "first_close_at": null,
        "last_assignment_at": null,
        "last_assignment_admin_reply_at": null,
        "last_contact_reply_at": 1_768_033_205,
        "last_admin_reply_at": null,
        "last_close_at": null,
        "last_closed_by_id": null,
        "count_reopens": 0,
        "count_assignments": 0,
        "count_conversation_parts": 1,
    })
}

const WORDS: [&str; 16] = [
    "the ",
    "invoice ",
    "for ",
    "my ",
    "account ",
    "was ",
    "charged ",
    "twice ",
    "please ",
    "refund ",
    "order ",
    "since ",
    "yesterday ",
    "and ",
    "nobody ",
    "answers ",
];

/// Neighbours become strangers, as with random ids (`SplitMix64`).
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_4_kb_signed_understood_and_one_of_its_own() {
        let (one, other) = (Signed::new(1), Signed::new(2));
        assert_eq!(one.body.len(), SIZE);
        assert!(Webhooks.verify(&SecretString::from(SECRET), &one.body, Some(one.signature.as_bytes())));
        let read = Webhooks.parse(&one.body).unwrap();
        assert_eq!((read.id.as_deref(), read.app_id.as_str()), (Some(one.id.as_str()), APP_ID));
        assert_eq!(read.change, Ok(domain::Change::Conversation(one.conversation.as_str().into())));
        assert_ne!(one.id, other.id);
        assert_ne!(one.conversation, other.conversation);
    }
}
