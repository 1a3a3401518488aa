//! Notifications read for the few members that are looked at: the rest of a conversation, which is most of a body, is
//! passed over and takes up no memory.
//!
//! What is kept reads as if all of it had been read; of a member that comes twice, the last counts.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// What is kept of a value. Anything but a record or a list is kept as it is.
#[derive(Debug, Clone, Copy)]
enum Kept {
    /// Of a record or a list, only that it is one.
    Plain,
    Envelope,
    Data,
    Item,
    /// What an item is wrapped in.
    Wrapper,
    Conversation,
    /// The first of a list of parts.
    Parts,
    Part,
    /// A contact that became another.
    Merged,
    /// A record of which only the id counts.
    Named,
}

impl Kept {
    /// What is kept of a member; `None` for a member that nobody looks at. The places are those of [`super::item`].
    fn member(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Envelope, "data") => Some(Self::Data),
            (Self::Data, "item") => Some(Self::Item),
            (Self::Item | Self::Wrapper, "conversation") => Some(Self::Conversation),
            (Self::Item, "conversation_part") | (Self::Parts, "0") => Some(Self::Part),
            (Self::Conversation, "parts") => Some(Self::Parts),
            (Self::Item, "data") => Some(Self::Wrapper),
            (Self::Item, "merged_from") => Some(Self::Merged),
            (Self::Item, "contact" | "user" | "lead" | "from" | "article")
            | (Self::Wrapper, "contact" | "item" | "article")
            | (Self::Merged, "contact")
            | (Self::Conversation, "model") => Some(Self::Named),
            (Self::Envelope, "type" | "topic" | "app_id" | "id" | "created_at" | "delivery_attempts")
            | (
                Self::Item,
                "type" | "id" | "conversation_id" | "contact_id" | "merged_from_id" | "article_id",
            )
            | (Self::Wrapper | Self::Part, "conversation_id")
            | (Self::Conversation, "id" | "conversation_id")
            | (Self::Named | Self::Merged, "id") => Some(Self::Plain),
            _ => None,
        }
    }
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Kept::Envelope.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

impl<'de> DeserializeSeed<'de> for Kept {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(member) = members.next_key_seed(NameIn(self))? {
            if let Some((name, of_it)) = member {
                kept.insert(name, members.next_value_seed(of_it)?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(kept))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let first = if matches!(self, Self::Parts) { items.next_element_seed(Self::Part)? } else { None };
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(first.into_iter().collect()))
    }

    // What is neither a record nor a list is looked at no further; what it is is told to people.

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
struct NameIn(Kept);

impl<'de> DeserializeSeed<'de> for NameIn {
    type Value = Option<(String, Kept)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for NameIn {
    type Value = Option<(String, Kept)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(name).map(|kept| (name.to_owned(), kept)))
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
        let kept = json!({ "topic": "ping", "data": { "item": { "id": 7, "contact": { "id": "c" } } } });
        assert_eq!(read(body.to_string().as_bytes()).unwrap(), kept);
        assert_eq!(read(br#"{"topic": "a", "topic": "b"}"#).unwrap(), json!({ "topic": "b" }));
        assert!(read(br#"{"topic": "a"} x"#).is_err(), "what follows is no blank");
        assert!(read(br#"{"links": [}"#).is_err(), "what is passed over is JSON still");
    }

    /// Items with ids in some of the places where [`super::super::item`] looks for one.
    fn placed() -> impl Strategy<Value = Value> {
        const PLACES: &[&str] = &[
            "id",
            "conversation_id",
            "conversation/id",
            "conversation/model/id",
            "conversation/conversation_id",
            "conversation/parts/0/conversation_id",
            "data/conversation/id",
            "data/conversation_id",
            "data/item/id",
            "conversation_part/conversation_id",
            "contact/id",
            "contact_id",
            "user/id",
            "lead/id",
            "data/contact/id",
            "merged_from",
            "merged_from/id",
            "merged_from/contact/id",
            "merged_from_id",
            "from/id",
            "article/id",
            "article_id",
            "data/article/id",
        ];
        let kind =
            prop::sample::select(vec!["", "conversation", "contact", "user", "conversation_part", "article"]);
        let place = (prop::sample::select(PLACES), prop::sample::select(vec!["", "a1", "a2", "not an id"]));
        (kind, prop::collection::vec(place, 1..4), any::<bool>()).prop_map(|(kind, places, in_list)| {
            let mut item = if kind.is_empty() { json!({}) } else { json!({ "type": kind }) };
            for (place, id) in places {
                let mut at = &mut item;
                for name in place.split('/') {
                    if !at.is_object() && !at.is_array() {
                        *at = if name == "0" && in_list { json!([null, 1]) } else { json!({}) };
                    }
                    at = if at.is_array() { &mut at[0] } else { &mut at[name] };
                }
                *at = json!(id);
            }
            item
        })
    }

    /// Read sparsely, and read whole.
    fn read_both_ways(body: &Value) -> [Result<domain::Notification, domain::NotificationError>; 2] {
        // A float may be another after one writing and reading; what was written is compared, not what was made up.
        let whole: Value = serde_json::from_str(&body.to_string()).unwrap();
        [Webhooks.parse(body.to_string().as_bytes()), envelope::of(&whole)]
    }

    proptest! {
        #[test]
        fn nothing_is_read_otherwise_for_being_read_sparsely(
            topic in prop::sample::select(vec![
                "conversation.user.replied", "conversation.deleted", "contact.merged", "contact.deleted", "article.deleted",
                "other",
            ]),
            members in any_json::record(),
            item in any_json::value(),
        ) {
            let mut body = json!({ "topic": topic, "app_id": "a", "data": { "item": item } });
            let written = body.as_object_mut().unwrap();
            for (name, value) in members.as_object().unwrap() {
                written.entry(name.clone()).or_insert_with(|| value.clone());
            }
            let [sparsely, whole] = read_both_ways(&body);
            prop_assert_eq!(sparsely, whole);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn no_id_is_passed_over(
            topic in prop::sample::select(vec![
                "conversation.user.replied", "conversation.deleted", "contact.merged", "contact.deleted", "article.deleted",
            ]),
            item in placed(),
        ) {
            let [sparsely, whole] =
                read_both_ways(&json!({ "topic": topic, "app_id": "a", "data": { "item": item } }));
            prop_assert_eq!(sparsely, whole);
        }
    }
}
