//! Fields as Intercom writes them. Reading one never fails, and writing it again gives what was read.

use crate::wire::time_of;
use domain::Timestamp;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use std::fmt;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A field of a record or a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Field<T> {
    /// Not there.
    #[default]
    Absent,
    /// There, and null. In a request it empties what was there.
    Null,
    /// There, as described.
    Is(T),
    /// There, in a form that no description mentions.
    Odd(Value),
}

impl<T> Field<T> {
    /// The value, when it is there and of the form described.
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Null | Self::Odd(_) => None,
        }
    }

    /// The value itself.
    pub fn take(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Null | Self::Odd(_) => None,
        }
    }

    /// Whether it is not there.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Field<String> {
    /// The text.
    pub fn text(&self) -> Option<&str> {
        self.get().map(String::as_str)
    }
}

impl Field<Id> {
    /// The id of somebody or something. Intercom writes nobody also as `0`.
    pub fn id(&self) -> Option<&str> {
        self.get().map(Id::as_str).filter(|id| !id.is_empty() && *id != "0")
    }
}

impl Field<Time> {
    /// The point in time.
    pub fn time(&self) -> Option<Timestamp> {
        self.get().and_then(Time::timestamp)
    }
}

impl Field<Count> {
    /// The number, when it is a whole one that is not negative.
    pub fn count(&self) -> Option<u64> {
        self.get().and_then(Count::whole)
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Is(value) => value.serialize(serializer),
            Self::Odd(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(match T::deserialize(&value) {
            _ if value.is_null() => Self::Null,
            Ok(read) => Self::Is(read),
            Err(_) => Self::Odd(value),
        })
    }
}

/// An id: text or a number, written again as it came. Made from text it is sent as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    text: String,
    is_number: bool,
}

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), is_number: false }
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self { text, is_number: false }
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Self { text: number.to_string(), is_number: true }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.text.parse::<i64>() {
            Ok(number) if self.is_number => serializer.serialize_i64(number),
            Ok(_) | Err(_) => serializer.serialize_str(&self.text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(text.into()),
            Value::Number(number) => {
                number.as_i64().map(Self::from).ok_or_else(|| D::Error::custom("not the number of an id"))
            }
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("neither text nor a number"))
            }
        }
    }
}

/// A number, or text that stands for one; written again as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(Number),
    Text(String),
}

impl Written {
    fn value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

/// A point in time: seconds since 1970 as a number or as text, or ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(Written);

impl Time {
    /// Written the way that scheduling an article wants it: ISO 8601.
    pub fn iso(time: Timestamp) -> Self {
        let written = OffsetDateTime::from_unix_timestamp(time.seconds())
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .map_or_else(|| Written::Number(time.seconds().into()), Written::Text);
        Self(written)
    }

    /// The point in time; `None` for zero and for what is no time.
    pub fn timestamp(&self) -> Option<Timestamp> {
        time_of(&self.0.value())
    }
}

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(Written::Number(time.seconds().into()))
    }
}

/// A count, a duration, a share: a number, or text that stands for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Count(Written);

impl Count {
    /// The whole number that it is, when it is not negative.
    pub fn whole(&self) -> Option<u64> {
        match &self.0 {
            Written::Number(number) => number.as_u64(),
            Written::Text(text) => text.trim().parse().ok(),
        }
    }

    /// The number that it is.
    pub fn number(&self) -> Option<f64> {
        match &self.0 {
            Written::Number(number) => number.as_f64(),
            Written::Text(text) => text.trim().parse().ok(),
        }
    }
}

impl From<i64> for Count {
    fn from(number: i64) -> Self {
        Self(Written::Number(number.into()))
    }
}

/// Attributes that a workspace made for itself.
pub type Attributes = Map<String, Value>;

/// Finds what was sent beyond the description, or in another form. It tells places, never values.
pub trait Strays {
    /// Adds the places below `at`.
    fn strays(&self, at: &str, found: &mut Vec<String>);
}

impl<T: Strays> Strays for Field<T> {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        match self {
            Self::Absent | Self::Null => {}
            Self::Is(value) => value.strays(at, found),
            Self::Odd(_) => found.push(at.to_owned()),
        }
    }
}

impl<T: Strays> Strays for BTreeMap<String, T> {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        for (name, value) in self {
            value.strays(&below(at, name), found);
        }
    }
}

impl Strays for Time {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        if self.timestamp().is_none() && self.0 != Written::Number(0.into()) {
            found.push(at.to_owned());
        }
    }
}

impl Strays for Count {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        if self.number().is_none() {
            found.push(at.to_owned());
        }
    }
}

macro_rules! never_strays {
    ($($type:ty),*) => {
        $(impl Strays for $type {
            fn strays(&self, _: &str, _: &mut Vec<String>) {}
        })*
    };
}

never_strays!(String, bool, Id, Attributes, Value);

/// The place of a field below another place.
pub(crate) fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[expect(unreachable_pub, reason = "a record is public wherever it stands")]
    mod thing {
        use super::*;

        record! {
            /// A thing.
            Thing { id: Id, kind as "type": String, at: Time, size: Count, }
        }
    }
    use thing::Thing;

    fn round(value: &Value) -> (Thing, Vec<String>) {
        let thing: Thing = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&thing).unwrap(), *value, "what was read is written again");
        let mut found = Vec::new();
        thing.strays("", &mut found);
        (thing, found)
    }

    #[test]
    fn every_form_that_was_seen_is_read_and_written_again() {
        for (value, id, at) in [
            (
                json!({"id": "12", "type": "x", "at": 1_734_537_511, "size": 3}),
                Some("12"),
                Some(1_734_537_511),
            ),
            (json!({"id": 12, "at": "1734537511", "size": "3"}), Some("12"), Some(1_734_537_511)),
            (json!({"id": 0, "at": "2026-01-10T04:22:28Z", "size": 0.5}), None, Some(1_768_018_948)),
            (json!({"id": "", "at": 0}), None, None),
            (json!({"id": null, "type": null}), None, None),
            (json!({}), None, None),
        ] {
            let (thing, strays) = round(&value);
            assert_eq!(thing.id.id(), id, "{value}");
            assert_eq!(thing.at.time().map(Timestamp::seconds), at, "{value}");
            assert!(strays.is_empty(), "{strays:?}");
        }
    }

    #[test]
    fn what_nobody_described_is_kept_and_its_place_told() {
        let (thing, strays) =
            round(&json!({"id": {"a": 1}, "type": 7, "at": "soon", "size": [], "new": "secret"}));
        assert_eq!(thing.id, Field::Odd(json!({"a": 1})));
        assert_eq!(thing.kind.text(), None);
        assert_eq!(strays, ["id", "type", "at", "size", "new"]);
    }

    #[test]
    fn an_id_made_from_text_is_sent_as_text() {
        assert_eq!(serde_json::to_value(Id::from("12")).unwrap(), json!("12"));
        assert_eq!(serde_json::to_value(Id::from(12)).unwrap(), json!(12));
    }

    #[test]
    fn a_time_is_sent_in_seconds_unless_iso_is_asked_for() {
        let time = Timestamp::from_seconds(1_768_018_948);
        assert_eq!(serde_json::to_value(Time::from(time)).unwrap(), json!(1_768_018_948));
        assert_eq!(serde_json::to_value(Time::iso(time)).unwrap(), json!("2026-01-10T04:22:28Z"));
    }
}
