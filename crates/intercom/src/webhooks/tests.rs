//! Notifications as they were seen, as they may be, and as nobody would send them.

use super::*;
use crate::any_json;
use domain::{Change, OddItem};
use proptest::prelude::*;
use serde_json::{Value, json};

fn envelope(topic: &str, item: &Value) -> Value {
    json!({
        "type": "notification_event",
        "app_id": "abc123def",
        "data": {"type": "notification_event_data", "item": item},
        "links": {},
        "id": "notif_574e80f7-1e3a-425d-a485-2fe8ddf0b6d9",
        "topic": topic,
        "delivery_status": "pending",
        "delivery_attempts": 2,
        "delivered_at": 0,
        "first_sent_at": 1_768_033_205,
        "created_at": 1_768_033_204,
        "self": null,
    })
}

fn parse(value: &Value) -> Result<Notification, NotificationError> {
    Webhooks.parse(value.to_string().as_bytes())
}

fn change(topic: &str, item: &Value) -> Result<Change, OddItem> {
    parse(&envelope(topic, item)).unwrap().change
}

fn conversation(id: &str) -> Change {
    Change::Conversation(id.into())
}

#[test]
fn the_whole_envelope_is_read() {
    let notification =
        parse(&envelope("conversation.user.replied", &json!({"type": "conversation", "id": "9"}))).unwrap();
    assert_eq!(
        notification,
        Notification {
            app_id: "abc123def".into(),
            id: Some("notif_574e80f7-1e3a-425d-a485-2fe8ddf0b6d9".into()),
            topic: "conversation.user.replied".into(),
            created_at: Some(Timestamp(1_768_033_204_000)),
            attempt: Some(2),
            change: Ok(conversation("9")),
        }
    );
}

#[test]
fn the_least_envelope_is_enough() {
    let least = json!({"topic": "ping", "app_id": "a", "data": {"item": {}}});
    let notification = parse(&least).unwrap();
    assert_eq!((notification.id, notification.created_at, notification.attempt), (None, None, None));
    assert_eq!(notification.change, Ok(Change::Ping));
}

#[test]
fn what_is_missing_is_named() {
    let item = json!({"item": {"id": 1}});
    for (body, reason) in [
        (json!({"app_id": "a", "data": item}), "The notification has no topic"),
        (json!({"type": "notification_event", "app_id": "a", "data": item}), "The notification has no topic"),
        (json!({"topic": "ping", "data": item}), "The notification has no app_id"),
        (json!({"topic": "ping", "app_id": "a"}), "The notification has no data.item"),
        (
            json!({"topic": "ping", "app_id": "a", "data": {"item": null}}),
            "The notification has no data.item",
        ),
        (
            json!({"topic": 7, "app_id": {}, "data": []}),
            "The notification has no topic and no app_id and no data.item",
        ),
        (json!([1]), "The notification is JSON, but not a record"),
    ] {
        assert_eq!(parse(&body), Err(NotificationError(reason.into())), "{body}");
    }
    let cut = Webhooks.parse(br#"{"topic": "pi"#).unwrap_err();
    assert_eq!(cut.0, "The notification is not JSON: it ends too early");
    let secret = Webhooks.parse(br#"{"body": customer text}"#).unwrap_err();
    assert!(!secret.0.contains("customer"), "the reason repeats nothing of the body");
}

#[test]
fn the_topic_may_stand_in_type() {
    let body = json!({"type": "conversation.created", "app_id": "a", "data": {"item": {"id": "5"}}});
    let notification = parse(&body).unwrap();
    assert_eq!(notification.topic, "conversation.user.created", "the older name is translated");
    assert_eq!(notification.change, Ok(conversation("5")));
}

#[test]
fn conversations_are_found_wherever_their_id_stands() {
    for (topic, item) in [
        ("conversation.user.created", json!({"type": "conversation", "id": "42"})),
        ("conversation.user.created", json!({"type": "conversation", "id": 42})),
        ("conversation.user.replied", json!({"id": "42"})),
        // Version 1.x: `user`, `assignee`, `conversation_message`, but the id is the conversation's.
        (
            "conversation_part.tag.created",
            json!({"type": "conversation", "id": "42", "user": {"id": "5c95"}, "assignee": {"type": "nobody_admin", "id": null},
                   "conversation_message": {"id": "331786931"}}),
        ),
        // The internal record of a contact attached or detached.
        (
            "conversation.contact.attached",
            json!({"conversation": {"parts": [{"id": 373, "conversation_id": 42}], "model": {"id": 42, "app_id": 3}},
                   "contact": {"type": "contact", "id": "6961cf78fb9d13be07871c78"}}),
        ),
        (
            "conversation.contact.detached",
            json!({"conversation": {"parts": [{"id": 373, "conversation_id": 42}]}}),
        ),
        // A part alone, with the conversation named beside it.
        (
            "conversation_part.redacted",
            json!({"type": "conversation_part", "id": "7", "conversation_id": "42"}),
        ),
        (
            "conversation_part.redacted",
            json!({"type": "conversation_part", "id": "7", "conversation": {"id": 42}}),
        ),
        ("conversation_part.redacted", json!({"id": "7", "conversation_id": "42"})),
        (
            "conversation.admin.closed",
            json!({"type": "notification", "data": {"conversation": {"id": "42"}}}),
        ),
    ] {
        assert_eq!(change(topic, &item), Ok(conversation("42")), "{topic} {item}");
    }
    assert_eq!(
        change("conversation.deleted", &json!({"type": "conversation", "conversation_id": "42"})),
        Ok(Change::ConversationDeleted("42".into()))
    );
}

#[test]
fn contacts_are_found_wherever_their_id_stands() {
    for (topic, item) in [
        ("contact.user.created", json!({"type": "contact", "id": "6961"})),
        (
            "contact.lead.tag.created",
            json!({"type": "contact_tag", "tag": {"id": "12"}, "contact": {"type": "contact", "id": "6961"}}),
        ),
        (
            "contact.subscribed",
            json!({"type": "contact_subscribe", "contact": {"id": "6961"}, "subscription_types": {}}),
        ),
        ("user.created", json!({"type": "user", "id": "6961", "user_id": "70"})),
        ("user.tag.created", json!({"type": "user_tag", "tag": {"id": "12"}, "user": {"id": "6961"}})),
    ] {
        assert_eq!(change(topic, &item), Ok(Change::Contact("6961".into())), "{topic} {item}");
    }
    assert_eq!(
        change(
            "contact.deleted",
            &json!({"id": "6961", "external_id": "7", "type": "contact", "deleted": true})
        ),
        Ok(Change::ContactDeleted("6961".into()))
    );
}

#[test]
fn a_merge_names_both_contacts_or_only_the_one_that_stays() {
    let both = json!({"type": "contact", "id": "into", "merged_from": {"type": "contact", "id": "from"}});
    assert_eq!(
        change("contact.merged", &both),
        Ok(Change::ContactMerged { from: "from".into(), into: "into".into() })
    );
    assert_eq!(
        change("contact.merged", &json!({"type": "contact", "id": "into"})),
        Ok(Change::Contact("into".into()))
    );
}

#[test]
fn an_odd_item_is_explained_and_leads_to_nothing() {
    for (topic, item, reason) in [
        ("conversation.user.replied", json!({}), "The item names no conversation in any of the places known"),
        (
            "conversation.user.replied",
            json!({"type": "ticket", "id": "7"}),
            "The item is a ticket and names no conversation in any of the places known",
        ),
        (
            "conversation_part.redacted",
            json!({"type": "conversation_part", "id": "7"}),
            "The item is a conversation_part and names no conversation in any of the places known",
        ),
        (
            "conversation.user.created",
            json!({"type": "conversation", "id": null}),
            "The item names no conversation in any of the places known",
        ),
        (
            "conversation.user.created",
            json!({"type": "conversation", "id": "../me"}),
            "The item names no conversation in any of the places known",
        ),
        (
            "conversation.user.created",
            json!({"type": "conversation", "id": 1.5}),
            "The item names no conversation in any of the places known",
        ),
        ("conversation.user.created", json!([{"id": 1}]), "The item is a list, not a record"),
        ("conversation.user.created", json!("7"), "The item is text, not a record"),
        (
            "contact.user.updated",
            json!({"type": "company", "id": "7"}),
            "The item is a company and names no contact in any of the places known",
        ),
        (
            "contact.merged",
            json!({"merged_from": {"id": "x"}}),
            "The item names no contact in any of the places known",
        ),
    ] {
        assert_eq!(change(topic, &item), Err(OddItem(reason.into())), "{topic} {item}");
    }
}

#[test]
fn an_article_is_named_by_its_id_alone_whatever_became_of_it() {
    let whole = json!({"type": "article", "id": "40012", "title": "Refunds", "state": "published"});
    for topic in ["created", "updated", "published", "unpublished"] {
        let topic = format!("article.{topic}");
        assert_eq!(change(&topic, &whole), Ok(Change::Article("40012".into())), "{topic}");
    }
    for item in [
        json!({"id": "40012", "object": "article", "deleted": true}),
        json!({"type": "article", "id": 40012, "deleted": true}),
        json!({"type": "article_content", "id": "7", "article_id": "40012"}),
        json!({"type": "notification", "article": {"type": "article", "id": "40012"}}),
    ] {
        assert_eq!(change("article.deleted", &item), Ok(Change::Article("40012".into())), "{item}");
    }
    let reason = "The item is a collection and names no article in any of the places known";
    let collection = json!({"type": "collection", "id": "5"});
    assert_eq!(change("article.updated", &collection), Err(OddItem(reason.into())));
}

#[test]
fn topics_of_other_things_are_ignored_whatever_their_item() {
    for (topic, item) in [
        ("ticket.created", json!({"type": "ticket", "id": "7"})),
        ("conversation.invented.next.year", json!({"type": "conversation", "id": "7"})),
        ("company.updated", json!([])),
    ] {
        assert_eq!(change(topic, &item), Ok(Change::Ignored), "{topic}");
    }
}

#[test]
fn a_null_id_is_no_id() {
    let mut body = envelope("conversation.read", &json!({"type": "conversation", "id": "1"}));
    body["id"] = json!(null);
    assert_eq!(parse(&body).unwrap().id, None);
}

#[test]
fn a_test_notification_is_signed_and_understood_like_a_real_one() {
    let secret = SecretString::from("s3cret");
    let body = Webhooks.test_body("abc", Timestamp(1_768_033_204_500));
    let signature = Webhooks.sign(&secret, &body);
    assert!(Webhooks.verify(&secret, &body, Some(signature.as_bytes())));
    let notification = Webhooks.parse(&body).unwrap();
    assert_eq!(notification.app_id, "abc");
    assert_eq!(notification.id, None, "a test is never taken for another one");
    assert_eq!(notification.created_at, Some(Timestamp(1_768_033_204_000)));
    assert_eq!(notification.change, Ok(Change::Ping));
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    assert!(Webhooks.parse(deep.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(body in prop::collection::vec(any::<u8>(), 0..300), signature in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Webhooks.parse(&body);
        let _ = Webhooks.verify(&SecretString::from("s"), &body, Some(&signature));
    }

    #[test]
    fn no_item_brings_it_down(topic in prop_oneof![Just("conversation.user.replied"), Just("contact.merged"), Just("conversation.deleted"), Just("x")], item in any_json::value()) {
        if let Ok(Notification { change: Ok(Change::Conversation(id) | Change::ConversationDeleted(id)), .. }) = parse(&envelope(topic, &item)) {
            prop_assert!(crate::wire::is_id(&id.0));
        }
    }

    #[test]
    fn no_envelope_brings_it_down(body in any_json::value()) {
        let _ = parse(&body);
    }

    #[test]
    fn what_is_signed_verifies_and_nothing_else_does(secret in "[ -~]{1,80}", body in prop::collection::vec(any::<u8>(), 0..200), flip in 0_usize..160) {
        let secret = SecretString::from(secret);
        let signature = Webhooks.sign(&secret, &body);
        prop_assert!(Webhooks.verify(&secret, &body, Some(signature.as_bytes())));
        let mut other = signature.into_bytes();
        let bit = flip % 8;
        let byte = 5 + flip / 8;
        other[byte] ^= 1 << bit;
        prop_assert!(!Webhooks.verify(&secret, &body, Some(&other)));
    }
}
