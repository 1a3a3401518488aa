//! Notifications read for the few members that are looked at: the rest of a conversation, which is most of a body, is
//! passed over and takes up no memory.
//!
//! What is kept reads as if all of it had been read; of a member that comes twice, the last counts.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The members of a record that are kept.
#[derive(Debug, Clone, Copy)]
enum Record {
    Envelope,
    Data,
    Item,
    /// All of them, and all that is in them.
    Whole,
}

impl Record {
    /// What is kept of a member; `None` for a member that nobody looks at.
    fn member(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Envelope, "data") => Some(Self::Data),
            (Self::Data, "item") => Some(Self::Item),
            (Self::Envelope, "type" | "topic" | "app_id" | "id" | "created_at" | "delivery_attempts")
            | (
                Self::Item,
                "type" | "id" | "conversation_id" | "conversation" | "conversation_part" | "contact"
                | "contact_id" | "user" | "lead" | "data" | "merged_from" | "merged_from_id" | "from",
            )
            | (Self::Whole, _) => Some(Self::Whole),
            (Self::Envelope | Self::Data | Self::Item, _) => None,
        }
    }
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Record::Envelope.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

impl<'de> DeserializeSeed<'de> for Record {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        if matches!(self, Self::Whole) {
            return serde::Deserialize::deserialize(json);
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Record {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(member) = members.next_key_seed(NameIn(self))? {
            if let Some((name, record)) = member {
                kept.insert(name, members.next_value_seed(record)?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(kept))
    }

    // What is no record is looked at no further; what it is is told to people.

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
}

/// The name of a member, copied only if the member is kept.
struct NameIn(Record);

impl<'de> DeserializeSeed<'de> for NameIn {
    type Value = Option<(String, Record)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for NameIn {
    type Value = Option<(String, Record)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(name).map(|record| (name.to_owned(), record)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Webhooks;
    use super::super::envelope;
    use super::*;
    use crate::any_json;
    use domain::ports::WebhookDialect as _;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_nobody_looks_at_is_passed_over() {
        let body = json!({
            "topic": "ping", "links": { "a": 1 },
            "data": { "type": "x", "item": { "id": 7, "statistics": { "a": 1 }, "contact": { "id": "c", "b": [1] } } },
        });
        let kept =
            json!({ "topic": "ping", "data": { "item": { "id": 7, "contact": { "id": "c", "b": [1] } } } });
        assert_eq!(read(body.to_string().as_bytes()).unwrap(), kept);
        assert_eq!(read(br#"{"topic": "a", "topic": "b"}"#).unwrap(), json!({ "topic": "b" }));
        assert!(read(br#"{"topic": "a"} x"#).is_err(), "what follows is no blank");
        assert!(read(br#"{"links": [}"#).is_err(), "what is passed over is JSON still");
    }

    proptest! {
        #[test]
        fn nothing_is_read_otherwise_for_being_read_sparsely(
            topic in prop::sample::select(vec!["conversation.user.replied", "contact.merged", "contact.deleted"]),
            members in any_json::record(),
            item in any_json::value(),
        ) {
            let mut body = json!({ "topic": topic, "app_id": "a", "data": { "item": item } });
            let written = body.as_object_mut().unwrap();
            for (name, value) in members.as_object().unwrap() {
                written.entry(name.clone()).or_insert_with(|| value.clone());
            }
            let read = Webhooks.parse(body.to_string().as_bytes());
            // A float may be another after one writing and reading; what was written is compared, not what was made up.
            let whole: Value = serde_json::from_str(&body.to_string()).unwrap();
            prop_assert_eq!(read, envelope::of(&whole));
        }
    }
}
