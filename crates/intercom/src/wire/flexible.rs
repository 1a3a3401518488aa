//! Values that Intercom writes in more than one way. Reading one never fails: what makes no sense is absent.

use domain::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An id: text, a number, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) Option<String>);

impl Id {
    /// The id of somebody; Intercom also writes nobody as `0`.
    pub(crate) fn somebody(self) -> Option<String> {
        self.0.filter(|id| id != "0")
    }
}

/// The id that a value is.
pub(crate) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        }
        Value::Number(number) => whole(number).map(|number| number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a text is fit to be an id in an address: letters, digits, `-` and `_`.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    // Beyond 2^53 a float no longer tells whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.as_i64().or_else(|| {
        number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT).map(|float| float as i64)
    })
}

/// A point in time: Unix seconds as a number or as text, or ISO 8601. Zero and less is no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Option<Timestamp>);

/// The point in time that a value is.
pub(crate) fn time_of(value: &Value) -> Option<Timestamp> {
    let milliseconds = match value {
        Value::Number(number) => seconds(number.as_f64()?)?,
        Value::String(text) => {
            let text = text.trim();
            match (text.parse::<f64>(), OffsetDateTime::parse(text, &Rfc3339)) {
                (Ok(number), _) => seconds(number)?,
                (Err(_), Ok(moment)) => i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()?,
                (Err(_), Err(_)) => return None,
            }
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (milliseconds > 0).then_some(Timestamp(milliseconds))
}

fn seconds(number: f64) -> Option<i64> {
    // Seconds beyond the year 5138 are milliseconds.
    let milliseconds = if number.abs() < 1e11 { number * 1000.0 } else { number };
    (milliseconds.is_finite() && milliseconds.abs() < 1e15).then(|| milliseconds.round() as i64)
}

/// Text as it was sent; numbers and truth values as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Option<String>);

impl Text {
    /// The text, or an empty one.
    pub(crate) fn or_empty(self) -> String {
        self.0.unwrap_or_default()
    }

    /// Whether it is exactly this word.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.0.as_deref() == Some(word)
    }
}

/// A yes or a no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) Option<bool>);

impl Flag {
    /// Whether it is there and a yes.
    pub(crate) fn is_set(self) -> bool {
        self.0 == Some(true)
    }
}

/// A count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) Option<u64>);

/// A nested record; anything that is no record is absent.
#[derive(Debug, Clone)]
pub(crate) struct Record<T>(pub(crate) Option<T>);

impl<T> Default for Record<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Default> Record<T> {
    /// The record, or an empty one.
    pub(crate) fn or_empty(self) -> T {
        self.0.unwrap_or_default()
    }
}

/// A list: bare, or in one of the wrappers that Intercom puts around lists. Items that are no records are skipped.
#[derive(Debug, Clone)]
pub(crate) struct Listing<T> {
    /// What is listed.
    pub(crate) items: Vec<T>,
    /// The wrapper says that there is more.
    pub(crate) has_more: bool,
    /// How many the wrapper says there are in all.
    pub(crate) total: Option<u64>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { items: Vec::new(), has_more: false, total: None }
    }
}

impl<T: DeserializeOwned> Listing<T> {
    /// Reads a list out of a value, whatever its wrapper. `None` when there is none: an answer without its list is
    /// not an answer of nothing.
    pub(crate) fn find(value: Value) -> Option<Self> {
        /// The names under which wrappers keep their list.
        const KEYS: [&str; 10] = [
            "data",
            "tags",
            "contacts",
            "conversation_parts",
            "conversations",
            "companies",
            "admins",
            "teammates",
            "teams",
            "attachments",
        ];
        match value {
            Value::Array(items) => Some(Self { items: read_all(items), has_more: false, total: None }),
            Value::Object(mut wrapper) => {
                let key = KEYS.into_iter().find(|key| wrapper.get(*key).is_some_and(Value::is_array))?;
                let Some(Value::Array(items)) = wrapper.remove(key) else { return None };
                Some(Self {
                    items: read_all(items),
                    has_more: wrapper.get("has_more").and_then(Value::as_bool).unwrap_or(false),
                    total: wrapper.get("total_count").and_then(Value::as_u64),
                })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }
}

fn read_all<T: DeserializeOwned>(items: Vec<Value>) -> Vec<T> {
    items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(id_text(&value)))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(time_of(&value)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| {
            Self(match value {
                Value::String(text) => Some(text),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(truth) => Some(truth.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            })
        })
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| {
            Self(match value {
                Value::Bool(truth) => Some(truth),
                Value::Number(number) => number.as_f64().map(|number| number != 0.0),
                Value::String(text) => match text.as_str() {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                },
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            })
        })
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| {
            Self(match value {
                Value::Number(number) => whole(&number).and_then(|number| u64::try_from(number).ok()),
                Value::String(text) => text.trim().parse().ok(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            })
        })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Record<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| {
            // A sequence would be read as the fields in order.
            Self(if value.is_object() { serde_json::from_value(value).ok() } else { None })
        })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::find(value).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn time(value: &Value) -> Option<i64> {
        time_of(value).map(|time| time.0)
    }

    #[test]
    fn an_id_is_text_or_a_number() {
        assert_eq!(id_text(&json!("215472621202693")).as_deref(), Some("215472621202693"));
        assert_eq!(id_text(&json!(215_472_621_202_693_u64)).as_deref(), Some("215472621202693"));
        assert_eq!(id_text(&json!(215_472_621_202_693.0)).as_deref(), Some("215472621202693"));
        assert_eq!(id_text(&json!(7.5)), None);
        assert_eq!(id_text(&json!(1e300)), None);
        assert_eq!(id_text(&json!(" ")), None);
        assert_eq!(id_text(&json!({"id": 1})), None);
    }

    #[test]
    fn nobody_is_written_in_four_ways() {
        for nobody in [json!(null), json!(0), json!("0"), json!("")] {
            let id: Id = serde_json::from_value(nobody.clone()).unwrap();
            assert_eq!(id.somebody(), None, "{nobody}");
        }
        let id: Id = serde_json::from_value(json!(991_267_715)).unwrap();
        assert_eq!(id.somebody().as_deref(), Some("991267715"));
    }

    #[test]
    fn a_time_is_read_in_every_way_that_was_seen() {
        assert_eq!(time(&json!(1_734_537_511)), Some(1_734_537_511_000));
        assert_eq!(time(&json!("1734537511")), Some(1_734_537_511_000));
        assert_eq!(time(&json!(1_734_537_511.25)), Some(1_734_537_511_250));
        assert_eq!(time(&json!(1_734_537_511_250_i64)), Some(1_734_537_511_250));
        assert_eq!(time(&json!("2026-01-10T04:22:28.240+00:00")), Some(1_768_018_948_240));
        assert_eq!(time(&json!("2026-01-10T06:22:28.240+02:00")), Some(1_768_018_948_240));
        for nothing in
            [json!(null), json!(0), json!(-5), json!("soon"), json!("NaN"), json!(1e300), json!([])]
        {
            assert_eq!(time(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_list_is_found_in_either_wrapper_and_skips_what_is_no_record() {
        for list in [
            json!({"type": "tag.list", "tags": [{"id": 1}, 7, null, {"id": "2"}]}),
            json!({"type": "list", "data": [{"id": "1"}, "x", {"id": 2}], "has_more": true}),
            json!([{"id": "1"}, {"id": "2"}]),
        ] {
            let listing: Listing<std::collections::BTreeMap<String, Id>> =
                serde_json::from_value(list.clone()).unwrap();
            let ids: Vec<_> = listing.items.iter().filter_map(|item| item["id"].0.as_deref()).collect();
            assert_eq!(ids, ["1", "2"], "{list}");
        }
        for nothing in [json!(null), json!({}), json!({"data": null}), json!("x")] {
            assert!(Listing::<Id>::find(nothing.clone()).is_none(), "{nothing} is no list");
            let field: Listing<Id> = serde_json::from_value(nothing).unwrap();
            assert!(field.items.is_empty(), "a missing field is an empty list all the same");
        }
    }

    #[test]
    fn an_id_in_an_address_cannot_leave_its_place() {
        assert!(is_id("6762f0d01bb69f9f2193bb7d"));
        for text in ["", "..", "1/2", "1?x", "a b", "é", "1\n", &"9".repeat(129)] {
            assert!(!is_id(text), "{text:?}");
        }
    }
}
