//! Lists, whatever Intercom wraps them in, and texts in several languages.

use super::field::{Field, Strays, below};
use serde::de::{DeserializeOwned, Error};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The names under which wrappers keep their list.
const KEYS: [&str; 21] = [
    "data",
    "conversations",
    "conversation_parts",
    "contacts",
    "companies",
    "tags",
    "segments",
    "notes",
    "admins",
    "teammates",
    "teams",
    "events",
    "articles",
    "attachments",
    "content_sources",
    "handling_events",
    "ticket_parts",
    "ticket_states",
    "ticket_type_attributes",
    "email_address_headers",
    "users",
];

/// What wrappers are known to hold beside their list.
const BESIDE: [&str; 8] =
    ["type", "pages", "total_count", "has_more", "url", "scroll_param", "next_cursor", "email"];

/// A list: bare or wrapped, a page of more or all there is.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// Items that are of another form than described, and where they stood.
    odd: Vec<(usize, Value)>,
    /// The name of the list in its wrapper; `None` for a bare one.
    key: Option<String>,
    /// What the wrapper holds beside the list.
    pub extra: Map<String, Value>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), odd: Vec::new(), key: None, extra: Map::new() }
    }
}

impl<T> List<T> {
    /// How many there are in all, as far as Intercom says.
    pub fn total_count(&self) -> Option<u64> {
        self.extra.get("total_count")?.as_u64()
    }

    /// Whether Intercom says that there are more than these.
    pub fn has_more(&self) -> bool {
        self.extra.get("has_more").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Where the next page starts.
    pub fn next_cursor(&self) -> Option<&str> {
        let pages = self.extra.get("pages").and_then(|pages| pages.get("next"));
        let cursor =
            pages.and_then(|next| next.get("starting_after")).or_else(|| self.extra.get("next_cursor"));
        cursor.and_then(Value::as_str).filter(|cursor| !cursor.is_empty())
    }

    /// Which page this is, and of how many.
    pub(crate) fn page(&self) -> (Option<u64>, Option<u64>) {
        let number = |name| self.extra.get("pages")?.get(name)?.as_u64();
        (number("page"), number("total_pages"))
    }

    /// Whether Intercom names a next page.
    pub(crate) fn names_a_next_page(&self) -> bool {
        self.extra.get("pages").and_then(|pages| pages.get("next")).is_some_and(|next| !next.is_null())
    }

    /// Where the scroll goes on.
    pub fn scroll_param(&self) -> Option<&str> {
        self.extra.get("scroll_param").and_then(Value::as_str).filter(|scroll| !scroll.is_empty())
    }

    /// Whether nothing at all is listed, not even something odd.
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty() && self.odd.is_empty()
    }
}

impl<T: DeserializeOwned> List<T> {
    fn read(items: Vec<Value>) -> Self {
        let mut list = Self::default();
        for (at, item) in items.into_iter().enumerate() {
            match T::deserialize(&item) {
                Ok(read) => list.items.push(read),
                Err(_) => list.odd.push((at, item)),
            }
        }
        list
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(items) => Ok(Self::read(items)),
            Value::Object(mut wrapper) => {
                let key = KEYS.into_iter().find(|key| wrapper.get(*key).is_some_and(Value::is_array));
                let Some((key, Some(Value::Array(items)))) = key.map(|key| (key, wrapper.remove(key))) else {
                    return Err(D::Error::custom("no list in it"));
                };
                Ok(Self { key: Some(key.to_owned()), extra: wrapper, ..Self::read(items) })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Err(D::Error::custom("not a list"))
            }
        }
    }
}

/// The items with the odd ones back in their places.
struct Items<'a, T>(&'a List<T>);

impl<T: Serialize> Serialize for Items<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        enum Item<'a, T> {
            Known(&'a T),
            Odd(&'a Value),
        }
        impl<T: Serialize> Serialize for Item<'_, T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Known(item) => item.serialize(serializer),
                    Self::Odd(value) => value.serialize(serializer),
                }
            }
        }
        let mut items: Vec<Item<'_, T>> = self.0.items.iter().map(Item::Known).collect();
        for (at, value) in &self.0.odd {
            items.insert((*at).min(items.len()), Item::Odd(value));
        }
        serializer.collect_seq(items)
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(key) = &self.key else { return Items(self).serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(key, &Items(self))?;
        for (name, value) in &self.extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<T: Strays> Strays for List<T> {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        for (number, item) in self.items.iter().enumerate() {
            item.strays(&below(at, &number.to_string()), found);
        }
        found.extend(self.odd.iter().map(|(number, _)| below(at, &number.to_string())));
        let beside = self.extra.keys().filter(|name| !BESIDE.contains(&name.as_str()));
        found.extend(beside.map(|name| below(at, name)));
    }
}

/// A text in several languages, by locale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Translations<T> {
    /// What Intercom calls `type`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub kind: Field<String>,
    /// `en`, `pt-BR` and so on.
    #[serde(flatten, bound(deserialize = "T: DeserializeOwned"))]
    pub locales: BTreeMap<String, Field<T>>,
}

impl<T> Default for Translations<T> {
    fn default() -> Self {
        Self { kind: Field::Absent, locales: BTreeMap::new() }
    }
}

impl<T: Strays> Strays for Translations<T> {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        self.locales.strays(at, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::field::Id;
    use serde_json::json;

    #[test]
    fn a_list_is_found_in_every_wrapper_and_written_again_as_it_was() {
        for value in [
            json!([1, "2"]),
            json!([null, 1, {"odd": true}, "2", []]),
            json!({"type": "tag.list", "tags": [1, "2"]}),
            json!({"type": "admin.list", "admins": [1, 2.5, "2"], "note": "new"}),
            json!({"type": "list", "data": [1, "2"], "total_count": 9, "has_more": true, "url": "/x"}),
        ] {
            let list: List<Id> = serde_json::from_value(value.clone()).unwrap();
            let ids: Vec<&str> = list.items.iter().map(Id::as_str).collect();
            assert_eq!(ids, ["1", "2"], "{value}");
            assert_eq!(serde_json::to_value(&list).unwrap(), value);
        }
    }

    #[test]
    fn an_answer_without_its_list_is_no_answer_of_nothing() {
        for value in [json!({}), json!({"data": null}), json!("x"), json!(null)] {
            assert!(serde_json::from_value::<List<Id>>(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn the_next_page_is_found_where_each_pagination_keeps_it() {
        let list = |value: Value| serde_json::from_value::<List<Id>>(value).unwrap();
        let cursor = list(json!({"data": [], "pages": {"next": {"page": 2, "starting_after": "WzE="}}}));
        assert_eq!(cursor.next_cursor(), Some("WzE="));
        let end = list(json!({"data": [], "pages": {"next": null, "page": 3, "total_pages": 3}}));
        assert_eq!(
            (end.next_cursor(), end.page(), end.names_a_next_page()),
            (None, (Some(3), Some(3)), false)
        );
        let numbered =
            list(json!({"data": [], "pages": {"next": "https://api.example/companies?page=2", "page": 1}}));
        assert!(numbered.names_a_next_page() && numbered.next_cursor().is_none());
        assert_eq!(list(json!({"data": [], "scroll_param": "abc"})).scroll_param(), Some("abc"));
        assert_eq!(list(json!({"data": [], "has_more": true, "next_cursor": "c"})).next_cursor(), Some("c"));
    }
}
