//! Masking personal data in what is exported.
//!
//! By structure: a text is kept only under a key that is known to hold an id, a time or a word of the helpdesk's own
//! vocabulary; whatever stands under a key that is not known is masked. By pattern: even under a known key a text is
//! kept only when it looks like an id, a time or such a word, which names, addresses, numbers of phones and sentences
//! do not. What a team defines itself, and where somebody is, is masked whole. So a field that the helpdesk adds
//! tomorrow is masked until somebody here has looked at it.

use serde_json::{Map, Value};

/// Keys whose texts are ids, times, or words of a closed vocabulary. Those that end in `_id`, `_ids` or `_at` too.
const KNOWN: [&str; 31] = [
    "admin_assignee",
    "app_id",
    "channel",
    "code",
    "content_type",
    "delivery_status",
    "direction",
    "event",
    "failed",
    "id",
    "ids",
    "kind",
    "language",
    "level",
    "locale",
    "model",
    "object",
    "part_type",
    "priority",
    "rating",
    "redacted",
    "resolution_state",
    "role",
    "source_type",
    "state",
    "status",
    "topic",
    "type",
    "version",
    "waiting_since",
    "snoozed_until",
];
/// Keys under which nothing is kept, whatever it looks like.
const PRIVATE: [&str; 9] = [
    "avatar",
    "custom_attributes",
    "custom_fields",
    "location",
    "location_data",
    "metadata",
    "referrer",
    "social_profiles",
    "utm",
];
/// The longest text that is still an id or a word.
const LONGEST: usize = 64;
/// Numbers with fewer digits are kept under any key.
const SHORT: usize = 7;

/// A value without personal data, of the same shape.
pub(super) fn masked(value: &Value) -> Value {
    under("", value)
}

/// A sentence of our own without what the helpdesk or a person said in it: quotes stand after a colon.
pub(super) fn masked_sentence(sentence: &str) -> String {
    match sentence.split_once(": ") {
        Some((ours, _)) => format!("{ours}: […]"),
        None if sentence.contains('@') => "[…]".to_owned(),
        None => sentence.to_owned(),
    }
}

fn under(key: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        // Counts are short; what is as long as the number of a phone has to be an id or a time.
        Value::Number(number) if is_known(key) || number.to_string().len() < SHORT => value.clone(),
        Value::Number(_) => Value::String("[number]".to_owned()),
        Value::String(text) if is_known(key) && (is_word(text) || is_time(text)) => value.clone(),
        Value::String(text) => Value::String(mask(key, text)),
        Value::Array(items) => Value::Array(items.iter().map(|item| under(key, item)).collect()),
        Value::Object(fields) => Value::Object(fields_of(fields)),
    }
}

fn fields_of(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut masked = Map::new();
    for (place, (key, value)) in fields.iter().enumerate() {
        // A key is a word of the helpdesk's; whoever puts an address there does not get it out again.
        let name = if is_word(key) { key.clone() } else { format!("[key {place}]") };
        let value = if PRIVATE.contains(&key.as_str()) { hidden(value) } else { under(key, value) };
        masked.insert(name, value);
    }
    masked
}

/// Nothing but the shape.
fn hidden(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Value::String("[masked]".to_owned()),
        Value::Array(items) => Value::String(format!("[{} masked]", items.len())),
        Value::Object(fields) => Value::String(format!("[{} masked]", fields.len())),
    }
}

fn is_known(key: &str) -> bool {
    KNOWN.contains(&key) || ["_id", "_ids", "_at"].iter().any(|ending| key.ends_with(ending))
}

/// Letters, digits and what ids are made of; no blank, no @, no + of a phone, nothing beyond ASCII.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/=".contains(&byte))
}

/// A time as the helpdesk writes it: `2026-11-21T08:38:49.086+00:00`.
fn is_time(text: &str) -> bool {
    (19..=35).contains(&text.len())
        && text.as_bytes().get(10) == Some(&b'T')
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte))
}

fn mask(key: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let kind = match key {
        "name" | "first_name" | "last_name" | "display_name" => "name",
        "email" => "email",
        "phone" => "phone",
        _ if text.starts_with("https://") || text.starts_with("http://") => "link",
        _ if text.contains('@') && !text.contains(' ') => "email",
        _ => return format!("[text of {} characters]", text.chars().count()),
    };
    format!("[{kind}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_times_and_words_stay_and_everything_a_person_is_or_said_goes() {
        let body = json!({
            "type": "notification_event", "id": "notif_1a2b", "topic": "conversation.user.created",
            "app_id": "abc123", "created_at": 1_700_000_000, "self": null,
            "data": { "item": {
                "type": "conversation", "id": "215472621202693", "state": "open", "priority": "not_priority",
                "source": { "type": "email", "delivered_as": "customer_initiated", "subject": "<p>Charged twice</p>",
                            "body": "<p>I am Maria, call +49 170 1234567</p>", "url": "https://x.example/?u=maria",
                            "author": { "type": "user", "id": "5f3a", "name": "Maria Silva",
                                        "email": "maria@customer.example", "phone": "+491701234567" } },
                "contacts": { "contacts": [{ "id": "5f3a", "external_id": "maria@customer.example" }] },
                "custom_attributes": { "Passport": "C01X00T47", "Age": 43 },
                "location": { "city": "Porto", "latitude": 41.1 },
                "tags": { "tags": [{ "id": "12", "name": "VIP" }] },
                "maria@customer.example": true,
            } }
        });
        assert_eq!(
            masked(&body),
            json!({
                "type": "notification_event", "id": "notif_1a2b", "topic": "conversation.user.created",
                "app_id": "abc123", "created_at": 1_700_000_000, "self": null,
                "data": { "item": {
                    "type": "conversation", "id": "215472621202693", "state": "open", "priority": "not_priority",
                    "source": { "type": "email", "delivered_as": "[text of 18 characters]",
                                "subject": "[text of 20 characters]", "body": "[text of 39 characters]",
                                "url": "[link]",
                                "author": { "type": "user", "id": "5f3a", "name": "[name]", "email": "[email]",
                                            "phone": "[phone]" } },
                    "contacts": { "contacts": [{ "id": "5f3a", "external_id": "[email]" }] },
                    "custom_attributes": "[2 masked]",
                    "location": "[2 masked]",
                    "tags": { "tags": [{ "id": "12", "name": "[name]" }] },
                    "[key 4]": true,
                } }
            })
        );
    }

    #[test]
    fn what_pretends_to_be_an_id_is_looked_at() {
        for (key, text) in [
            ("id", "maria@customer.example"),
            ("external_id", "+49 170 1234567"),
            ("user_id", "Maria Silva"),
            ("state", "I want my money back"),
            ("role", "José"),
            ("anything_new", "word"),
        ] {
            let masked = masked(&json!({ key: text }));
            assert!(!masked.to_string().contains(text), "{key}: {masked}");
        }
        assert_eq!(masked(&json!({ "mobile": 491_701_234_567_u64 })), json!({ "mobile": "[number]" }));
        let time = json!({ "updated_at": "2026-11-21T08:38:49.086+00:00" });
        assert_eq!(masked(&time), time);
        let kept = json!({ "id": 215_472_621_202_693_u64, "created_at": 1_700_000_000, "total_count": 12 });
        assert_eq!(masked(&kept), kept);
    }

    #[test]
    fn our_own_sentences_lose_what_was_quoted() {
        assert_eq!(
            masked_sentence("Intercom refused the call: Maria Silva is blocked (HTTP 422)"),
            "Intercom refused the call: […]"
        );
        assert_eq!(masked_sentence("It does not say what to fetch"), "It does not say what to fetch");
    }
}
