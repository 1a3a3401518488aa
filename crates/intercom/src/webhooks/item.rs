//! The item of a notification: which conversation, contact or article it is about.
//!
//! Items come as the record itself, as a part of it, wrapped in another record, or as an internal record with
//! numbers for ids. Only the id is taken, from the places where it was seen.

use super::topics;
use crate::wire::{id_text, is_id};
use domain::{Change, ChangeKind, OddItem};
use serde_json::Value;

/// What to fetch.
pub(super) fn change(topic: &str, item: &Value) -> Result<Change, OddItem> {
    let kind = topics::kind(topic);
    match kind {
        ChangeKind::Ping => return Ok(Change::Ping),
        ChangeKind::Ignored => return Ok(Change::Ignored),
        ChangeKind::Conversation
        | ChangeKind::ConversationDeleted
        | ChangeKind::Contact
        | ChangeKind::ContactDeleted
        | ChangeKind::ContactMerged
        | ChangeKind::Article => {}
    }
    if !item.is_object() {
        return Err(OddItem(format!("The item is {}, not a record", kind_of(item))));
    }
    match kind {
        ChangeKind::Conversation => conversation(item).map(|id| Change::Conversation(id.into())),
        ChangeKind::ConversationDeleted => {
            conversation(item).map(|id| Change::ConversationDeleted(id.into()))
        }
        ChangeKind::Contact => contact(item).map(|id| Change::Contact(id.into())),
        ChangeKind::ContactDeleted => contact(item).map(|id| Change::ContactDeleted(id.into())),
        ChangeKind::ContactMerged => merged(item),
        ChangeKind::Article => article(item).map(|id| Change::Article(id.into())),
        ChangeKind::Ping => Ok(Change::Ping),
        ChangeKind::Ignored => Ok(Change::Ignored),
    }
}

/// The conversation that an item is about.
fn conversation(item: &Value) -> Result<String, OddItem> {
    // The id of anything but a conversation is the id of something else: a part, a ticket.
    let own: &[&str] = match item.get("type").and_then(Value::as_str) {
        Some("conversation") => &["/id"],
        Some(_) => &[],
        // Without a type, an id beside a `conversation_id` is that of a part.
        None if item.get("conversation_id").is_some() || item.get("conversation").is_some() => &[],
        None => &["/id"],
    };
    let elsewhere = [
        // A deleted conversation, and a part alone.
        "/conversation_id",
        // A part with its conversation, and the internal record of a contact attached or detached.
        "/conversation/id",
        "/conversation/model/id",
        "/conversation/conversation_id",
        "/conversation/parts/0/conversation_id",
        // Records in a wrapper.
        "/data/conversation/id",
        "/data/conversation_id",
        "/data/item/id",
        "/conversation_part/conversation_id",
    ];
    find(item, own.iter().chain(&elsewhere), "conversation")
}

/// The contact that an item is about.
fn contact(item: &Value) -> Result<String, OddItem> {
    let own: &[&str] = match item.get("type").and_then(Value::as_str) {
        None | Some("contact" | "user" | "lead" | "visitor") => &["/id"],
        Some(_) => &[],
    };
    // A tag or a subscription comes with its contact; up to version 1.x that was a user or a lead.
    let elsewhere =
        ["/contact/id", "/contact_id", "/user/id", "/lead/id", "/data/contact/id", "/data/item/id"];
    find(item, own.iter().chain(&elsewhere), "contact")
}

/// The article that an item is about; one that was deleted is little more than its id.
fn article(item: &Value) -> Result<String, OddItem> {
    let own: &[&str] = match item.get("type").and_then(Value::as_str) {
        None | Some("article") => &["/id"],
        Some(_) => &[],
    };
    let elsewhere = ["/article_id", "/article/id", "/data/article/id", "/data/item/id"];
    find(item, own.iter().chain(&elsewhere), "article")
}

/// The contact that stays is the item; the one that went stands in `merged_from`, though not always.
fn merged(item: &Value) -> Result<Change, OddItem> {
    let into = contact(item)?;
    let from = ["/merged_from/id", "/merged_from/contact/id", "/merged_from", "/merged_from_id", "/from/id"]
        .iter()
        .find_map(|place| id_at(item, place))
        .filter(|from| *from != into);
    Ok(match from {
        Some(from) => Change::ContactMerged { from: from.into(), into: into.into() },
        None => Change::Contact(into.into()),
    })
}

fn find<'a>(
    item: &Value,
    mut places: impl Iterator<Item = &'a &'a str>,
    wanted: &str,
) -> Result<String, OddItem> {
    places.find_map(|place| id_at(item, place)).ok_or_else(|| {
        let kind = match item.get("type").and_then(Value::as_str) {
            Some(kind) if is_id(kind) && kind != wanted => format!("is a {kind} and "),
            Some(_) | None => String::new(),
        };
        OddItem(format!("The item {kind}names no {wanted} in any of the places known"))
    })
}

fn id_at(item: &Value, place: &str) -> Option<String> {
    item.pointer(place).and_then(id_text).filter(|id| is_id(id))
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a record",
    }
}
