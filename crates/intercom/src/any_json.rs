//! JSON that nobody would send, with the names that Intercom uses: for tests.

use proptest::prelude::*;
use serde_json::Value;

/// Names that mean something to some reader.
const NAMES: &[&str] = &[
    "id",
    "type",
    "data",
    "item",
    "topic",
    "app_id",
    "conversation",
    "conversation_id",
    "contact",
    "contacts",
    "user",
    "merged_from",
    "conversation_parts",
    "parts",
    "source",
    "author",
    "body",
    "subject",
    "attachments",
    "url",
    "state",
    "open",
    "tags",
    "created_at",
    "updated_at",
    "snoozed_until",
    "admin_assignee_id",
    "assigned_to",
    "total_count",
    "statistics",
    "count_conversation_parts",
    "part_type",
    "redacted",
    "name",
    "email",
    "companies",
    "plan",
    "location",
    "custom_attributes",
    "app",
    "id_code",
];

/// Any value.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "<[a-z]{1,4} ?[a-z]{0,4}=?[\"']?[a-z]{0,3}>?[&a-z;]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Any record.
pub(crate) fn record() -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), value()), 0..12)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => "[a-z_]{1,6}"]
}
