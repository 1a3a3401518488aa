//! The envelope of a notification. Four things must be there: JSON, a topic, the workspace, and an item.

use super::item::change;
use super::sparse;
use super::topics::today;
use crate::text::line;
use crate::wire::{id_text, time_of};
use domain::{Notification, NotificationError, Timestamp};
use serde_json::{Value, json};

/// What `type` says when the topic stands where it should.
const ENVELOPE_TYPE: &str = "notification_event";

/// The longest id of a notification that is kept.
const MAX_ID: usize = 200;

/// Reads a verified body.
pub(super) fn parse(body: &[u8]) -> Result<Notification, NotificationError> {
    let envelope = sparse::read(body)
        .map_err(|error| NotificationError(format!("The notification is not JSON: {}", describe(&error))))?;
    of(&envelope)
}

/// Reads an envelope.
pub(super) fn of(envelope: &Value) -> Result<Notification, NotificationError> {
    if !envelope.is_object() {
        return Err(NotificationError("The notification is JSON, but not a record".to_owned()));
    }
    let topic = topic(envelope);
    let app_id = envelope.get("app_id").and_then(id_text);
    let item = envelope.pointer("/data/item").filter(|item| !item.is_null());
    let (Some(topic), Some(app_id), Some(item)) = (&topic, &app_id, item) else {
        let missing: Vec<&str> =
            [(topic.is_none(), "topic"), (app_id.is_none(), "app_id"), (item.is_none(), "data.item")]
                .into_iter()
                .filter_map(|(is_missing, name)| is_missing.then_some(name))
                .collect();
        return Err(NotificationError(format!("The notification has no {}", missing.join(" and no "))));
    };
    let topic = today(topic);
    Ok(Notification {
        app_id: app_id.clone(),
        // Two notifications are one when their ids are; an id without end is not worth keeping for that.
        id: envelope.get("id").and_then(id_text).filter(|id| id.len() <= MAX_ID),
        topic: topic.to_owned(),
        created_at: envelope.get("created_at").and_then(time_of),
        attempt: envelope
            .get("delivery_attempts")
            .and_then(Value::as_u64)
            .and_then(|attempt| u32::try_from(attempt).ok()),
        change: change(topic, item),
    })
}

/// The topic: in `topic`, or in `type` when there is none.
fn topic(envelope: &Value) -> Option<String> {
    let word = |key: &str| envelope.get(key).and_then(Value::as_str).and_then(line);
    word("topic").or_else(|| word("type").filter(|word| word != ENVELOPE_TYPE))
}

/// Where and how JSON ends, without a word of it.
fn describe(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early".to_owned(),
        serde_json::error::Category::Syntax
        | serde_json::error::Category::Data
        | serde_json::error::Category::Io => format!("it breaks off at line {line}, column {column}"),
    }
}

/// A notification such as Intercom sends to see that it is heard. It has no id, like Intercom's own.
pub(super) fn ping(app_id: &str, at: Timestamp) -> Vec<u8> {
    json!({
        "type": ENVELOPE_TYPE,
        "app_id": app_id,
        "data": {
            "type": "notification_event_data",
            "item": {"type": "ping", "message": "A test from this console"},
        },
        "links": {},
        "id": null,
        "topic": "ping",
        "delivery_status": null,
        "delivery_attempts": 1,
        "delivered_at": 0,
        "first_sent_at": at.seconds(),
        "created_at": at.seconds(),
        "self": null,
    })
    .to_string()
    .into_bytes()
}
