//! Events that people cause: noted without an answer, and counted.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, fields::Fields};
use crate::{
    answer::{Answer, Refusal},
    clock::iso,
    world::{Contact, World},
};

/// Takes an event. What is answered has no body.
pub(super) fn submit(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let fields = Fields::of(&call.body)?;
    let name = fields.required_text("event_name")?;
    let at = fields.time("created_at")?.ok_or_else(|| Refusal::missing("created_at"))?;
    let contact =
        contact(world, fields.id("id")?.as_deref(), fields.id("user_id")?.as_deref(), fields.text("email")?)?;
    let contact_id = contact.id.clone();
    let metadata = fields.get("metadata").cloned().unwrap_or_else(|| json!({}));
    world.note_event(&contact_id, name, at, &metadata);
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

/// What a contact caused, counted by name.
pub(super) fn list(world: &World, call: &Call) -> Result<Value, Refusal> {
    let query = &call.query;
    if query.get("type") != Some("user") {
        return Err(Refusal::invalid("type must be user").on_field("type"));
    }
    let contact = contact(world, query.get("intercom_user_id"), query.get("user_id"), query.get("email"))?;
    let events: Vec<Value> = world
        .events
        .iter()
        .filter(|event| event.contact_id == contact.id)
        .map(|event| {
            json!({
                "name": event.name,
                "first": iso(event.first * 1000),
                "last": iso(event.last * 1000),
                "count": event.count,
            })
        })
        .collect();
    let mut shown = json!({ "type": "event.summary", "intercom_user_id": contact.id, "events": events });
    if let Some(members) = shown.as_object_mut() {
        if let Some(email) = &contact.email {
            members.insert("email".to_owned(), email.as_str().into());
        }
        if let Some(external_id) = &contact.external_id {
            members.insert("user_id".to_owned(), external_id.as_str().into());
        }
    }
    Ok(shown)
}

/// Adds to the counts of a user.
pub(super) fn summarise(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let fields = Fields::of(&call.body)?;
    let contact = contact(world, None, fields.id("user_id")?.as_deref(), None)?;
    let contact_id = contact.id.clone();
    let summary = fields.get("event_summaries").ok_or_else(|| Refusal::missing("event_summaries"))?;
    let summary = Fields::of(summary)?;
    let name = summary.required_text("event_name")?;
    let now = world.now();
    let count = summary.time("count")?.and_then(|count| u64::try_from(count).ok()).unwrap_or(1);
    let first = summary.time("first")?.unwrap_or(now);
    let last = summary.time("last")?.unwrap_or(now);
    world.count_event(&contact_id, name, count, first, last);
    Ok(Answer::empty(StatusCode::OK))
}

fn contact<'a>(
    world: &'a World,
    id: Option<&str>,
    user_id: Option<&str>,
    email: Option<&str>,
) -> Result<&'a Contact, Refusal> {
    let found = match (id, user_id, email) {
        (Some(id), _, _) => world.contact(id),
        (None, Some(user_id), _) => world.contact_by_external_id(user_id),
        (None, None, Some(email)) => world.contact_by_email(email),
        (None, None, None) => return Err(Refusal::missing("user_id, id or email")),
    };
    found.ok_or_else(Refusal::no_such_user)
}
