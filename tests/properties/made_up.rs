//! Bytes, notifications and HTML that nobody sent yet.

use proptest::prelude::*;
use serde_json::{Value, json};

const TOPICS: &[&str] = &[
    "conversation.user.created",
    "conversation.user.replied",
    "conversation.deleted",
    "conversation_part.redacted",
    "contact.user.updated",
    "contact.deleted",
    "contact.merged",
    "article.unpublished",
    "ping",
    "company.updated",
    "conversation.created",
    "",
];

/// The names of members that mean something to somebody.
const NAMES: &[&str] = &[
    "id",
    "type",
    "conversation",
    "conversation_id",
    "contact",
    "contact_id",
    "model",
    "parts",
    "merged_from",
    "user",
    "data",
    "item",
    "body",
];

/// Pieces of HTML, whole and broken.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<p class=\"no-margin\">",
    "<br>",
    "<b>",
    "<a href=\"https://a.example/?a=1&amp;b=2\">",
    "<a href=javascript:x>",
    "</a>",
    "<img src=\"https://a.example/b.png\" alt='\u{202E}'>",
    "<ul><li>",
    "<ol><li>",
    "</li></ul>",
    "<pre>",
    "</pre>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<td>",
    "<",
    ">",
    "\"",
    "&lt;script&gt;",
    "&#x202E;",
    "&#0;",
    "&shy;",
    "&",
    "\u{2066}",
    "\u{0}",
    "\r\n",
    " \u{A0}\t",
    "שלום",
    "text ",
];

/// Any bytes.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

/// A notification that lacks nothing, or almost.
pub(crate) fn notification() -> impl Strategy<Value = Vec<u8>> {
    let app_id = prop_oneof![
        Just(json!("abc")),
        Just(json!("def")),
        Just(json!("ghi")),
        Just(json!(7)),
        Just(Value::Null)
    ];
    let id = prop_oneof![Just(Value::Null), "[a-z0-9_-]{0,8}|\\PC{0,250}".prop_map(Value::from), value()];
    let topic = prop_oneof![
        8 => prop::sample::select(TOPICS).prop_map(Value::from),
        1 => "\\PC{0,40}".prop_map(Value::from),
        1 => value()
    ];
    (app_id, id, topic, value(), value(), value()).prop_map(|(app_id, id, topic, item, at, attempt)| {
        json!({
            "type": "notification_event",
            "app_id": app_id,
            "id": id,
            "topic": topic,
            "created_at": at,
            "delivery_attempts": attempt,
            "data": { "item": item },
        })
        .to_string()
        .into_bytes()
    })
}

/// Pieces of HTML in any order.
pub(crate) fn html() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        prop_oneof![prop::sample::select(PIECES).prop_map(str::to_owned), "\\PC{0,6}"],
        0..60,
    )
    .prop_map(|pieces| pieces.concat().into_bytes())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9_-]{0,8}|\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(NAMES).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let members = prop::collection::vec((prop::sample::select(NAMES), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(Value::from),
            members.prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()
            }),
        ]
    })
}
