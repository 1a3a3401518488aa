//! Signed deliveries: what they look like, what they tell of, and how often they are tried.

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use simulator::{Config, ManualClock};

use crate::common::{Endpoint, Workspace};

const RETRY: Duration = Duration::from_mins(1);

async fn with_clock() -> (Workspace, ManualClock) {
    let clock = ManualClock::at(1_800_000_000_000);
    let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
    (Workspace::with(config).await, clock)
}

async fn settled(workspace: &Workspace) -> Value {
    loop {
        let webhook = workspace.state().await["webhook"].clone();
        if webhook["queued"] == 0 {
            return webhook;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_address_is_pinged_with_a_full_envelope_signed_over_its_raw_bytes() {
    let workspace = Workspace::with(Config {
        quiet: true,
        client_secret: Some("a secret".to_owned()),
        app_id: Some("abc12345".to_owned()),
        ..Config::default()
    })
    .await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    let delivery = endpoint.next().await;
    let mut mac = Hmac::<Sha1>::new_from_slice(b"a secret").unwrap();
    mac.update(&delivery.raw);
    let expected = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(delivery.headers["x-hub-signature"], expected.as_str());
    assert_eq!(delivery.headers["user-agent"], "intercom-parrot-service-client/1.0");
    assert_eq!(delivery.headers["content-type"], "application/json");
    let ping = delivery.json();
    assert_eq!((&ping["type"], &ping["topic"]), (&json!("notification_event"), &json!("ping")));
    assert_eq!((&ping["id"], &ping["delivery_status"]), (&Value::Null, &Value::Null));
    assert_eq!(ping["app_id"], "abc12345");
    assert_eq!(ping["data"]["type"], "notification_event_data");
    for field in ["links", "delivery_attempts", "delivered_at", "first_sent_at", "created_at", "self"] {
        assert!(ping.get(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn an_address_that_does_not_answer_head_is_not_taken() {
    let workspace = Workspace::quiet().await;
    for url in ["http://127.0.0.1:1/webhooks", "ftp://127.0.0.1/", "nonsense"] {
        let refused = workspace.post("/_sim/webhook", json!({ "url": url })).await.refusal();
        assert_eq!(refused.0, 422, "{url}");
    }
    assert_eq!(workspace.state().await["webhook"]["url"], Value::Null);
}

#[tokio::test]
async fn every_act_is_told_under_its_topic_with_only_its_own_part() {
    let workspace = Workspace::quiet().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let admin = workspace.simulator.credentials().admin_id.clone();
    let team = workspace.team_id("Support").await;
    let act = async |body: Value| {
        let mut request = json!({ "admin_id": admin, "conversation_id": id });
        request.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let done = workspace.post("/_sim/teammate", request).await.ok();
        done["part_id"].as_str().unwrap().to_owned()
    };
    let customer = json!({ "email": "ana@customer.example", "body": "Anyone?", "conversation_id": id });

    assert_eq!(endpoint.next_event().await["topic"], "contact.user.created");
    let created = endpoint.next_event().await;
    assert_eq!(created["topic"], "conversation.user.created");
    assert_eq!(created["data"]["item"]["conversation_parts"]["total_count"], 0);

    let replied =
        workspace.post("/_sim/messages", customer).await.ok()["part_id"].as_str().unwrap().to_owned();
    let mut expected = vec![("conversation.user.replied", replied)];
    expected.push(("conversation.admin.noted", act(json!({ "do": "note", "body": "Hm" })).await));
    expected.push(("conversation.admin.replied", act(json!({ "do": "reply", "body": "Hi" })).await));
    expected.push(("conversation.admin.assigned", act(json!({ "do": "assign", "assignee_id": team })).await));
    let both = act(json!({ "do": "reply", "body": "Mine", "assignee_id": admin })).await;
    expected.push(("conversation.admin.assigned", both.clone()));
    expected.push(("conversation.admin.replied", both));
    expected.push(("conversation.admin.snoozed", act(json!({ "do": "snooze" })).await));
    let opened = act(json!({ "do": "open" })).await;
    expected.push(("conversation.admin.opened", opened.clone()));
    expected.push(("conversation.admin.unsnoozed", opened));
    expected.push(("conversation.admin.closed", act(json!({ "do": "close" })).await));

    let mut notification_ids = Vec::new();
    for (topic, part_id) in expected {
        let event = endpoint.next_event().await;
        assert_eq!(event["topic"], topic);
        let item = &event["data"]["item"];
        assert_eq!(item["id"].to_string().trim_matches('"'), id, "as a string or a number");
        assert_eq!(item["conversation_parts"]["total_count"], 1);
        let part = &item["conversation_parts"]["conversation_parts"][0];
        assert_eq!(part["id"].to_string().trim_matches('"'), part_id, "{topic}");
        assert!(event["id"].as_str().unwrap().starts_with("notif_"));
        notification_ids.push(event["id"].clone().to_string());
    }
    let count = notification_ids.len();
    notification_ids.sort();
    notification_ids.dedup();
    assert_eq!(notification_ids.len(), count, "every notification has its own id");
}

#[tokio::test]
async fn a_changed_contact_is_told_with_iso_times() {
    let workspace = Workspace::quiet().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    let made = workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.ok();
    let path = format!("/contacts/{}", made["id"].as_str().unwrap());
    workspace.send("PUT", &path, Some(&json!({ "name": "Ana" }))).await.ok();
    assert_eq!(endpoint.next_event().await["topic"], "contact.user.created");
    let updated = endpoint.next_event().await;
    assert_eq!(updated["topic"], "contact.user.updated");
    assert_eq!(updated["data"]["item"]["name"], "Ana");
    let at = updated["data"]["item"]["updated_at"].as_str().unwrap();
    assert!(at.ends_with("+00:00") && at.contains('T'), "{at}");
}

#[tokio::test]
async fn one_workspace_speaks_html_and_plain_text_iso_and_integers_strings_and_numbers() {
    let workspace = Workspace::quiet().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    let mut shapes = std::collections::BTreeSet::new();
    for number in 0..40 {
        workspace.conversation("ana@customer.example", &format!("Hello {number}")).await;
        let event = loop {
            let event = endpoint.next_event().await;
            if event["topic"] == "conversation.user.created" {
                break event;
            }
        };
        let item = &event["data"]["item"];
        let body = item["source"]["body"].as_str().unwrap();
        shapes.insert(if body.starts_with("<p") { "html" } else { "plain" });
        shapes.insert(if item["statistics"]["first_contact_reply_at"].is_string() {
            "iso"
        } else {
            "integer"
        });
        shapes.insert(if item["id"].is_string() { "string id" } else { "number id" });
        shapes.insert(if item["admin_assignee_id"].is_null() { "null" } else { "zero" });
    }
    assert_eq!(shapes.len(), 8, "{shapes:?}");
}

#[tokio::test]
async fn a_failed_delivery_is_tried_once_more_after_a_minute_and_is_then_delivered() {
    let (workspace, clock) = with_clock().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    endpoint.next().await;
    endpoint.answer_next_with(503);
    workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.ok();
    let first = endpoint.next().await.json();
    assert_eq!((&first["delivery_attempts"], &first["delivery_status"]), (&json!(1), &json!("pending")));
    clock.sleeper_due_in(RETRY).await;
    clock.advance(Duration::from_secs(59));
    assert_eq!(settled(&workspace).await["waiting_for_retry"], 1);
    clock.advance(Duration::from_secs(1));
    let delivery = endpoint.next().await;
    let second = delivery.json();
    assert_eq!((&second["delivery_attempts"], &second["delivery_status"]), (&json!(2), &json!("retry")));
    assert_eq!((&second["id"], &second["first_sent_at"]), (&first["id"], &first["first_sent_at"]));
    assert!(delivery.headers.contains_key("x-hub-signature"));
}

#[tokio::test]
async fn a_delivery_that_fails_twice_is_dropped_and_counted() {
    let (workspace, clock) = with_clock().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    endpoint.next().await;
    endpoint.answer_next_with(500);
    endpoint.answer_next_with(404);
    workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.ok();
    endpoint.next().await;
    clock.sleeper_due_in(RETRY).await;
    clock.advance(RETRY);
    endpoint.next().await;
    loop {
        let webhook = settled(&workspace).await;
        if webhook["failed"] == 1 {
            assert_eq!((&webhook["waiting_for_retry"], &webhook["delivered"]), (&json!(0), &json!(1)));
            break;
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_is_silent_for_five_seconds_has_failed() {
    let (workspace, clock) = with_clock().await;
    let endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    settled(&workspace).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let subscribing = workspace.post("/_sim/webhook", json!({ "url": url }));
    let passing = async {
        clock.sleeper_due_in(Duration::from_secs(5)).await;
        clock.advance(Duration::from_secs(5));
    };
    let (refused, ()) = tokio::join!(subscribing, passing);
    assert_eq!(refused.refusal().0, 422);
    assert_eq!(workspace.state().await["webhook"]["url"], endpoint.url.as_str(), "the old one stays");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_nothing_more() {
    let workspace = Workspace::quiet().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    endpoint.next().await;
    endpoint.answer_next_with(410);
    workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.ok();
    endpoint.next().await;
    while workspace.state().await["webhook"]["disabled"] != true {
        tokio::task::yield_now().await;
    }
    workspace.post("/contacts", json!({ "email": "bo@customer.example" })).await.ok();
    assert_eq!(workspace.state().await["webhook"]["queued"], 0);
}

#[tokio::test]
async fn a_slow_endpoint_holds_up_no_answer_of_the_interface() {
    let (workspace, _clock) = with_clock().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let answering_head = async {
        let (mut stream, _) = silent.accept().await.unwrap();
        let mut seen = [0; 1024];
        let _read = tokio::io::AsyncReadExt::read(&mut stream, &mut seen).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
    };
    let (subscribed, ()) =
        tokio::join!(workspace.post("/_sim/webhook", json!({ "url": url })), answering_head);
    subscribed.ok();
    for number in 0..20 {
        workspace.post("/contacts", json!({ "external_id": format!("{number}") })).await.ok();
    }
    assert!(workspace.state().await["webhook"]["queued"].as_u64().unwrap() >= 20);
}

#[tokio::test]
async fn the_end_of_a_snooze_opens_the_conversation_and_is_told() {
    let (workspace, clock) = with_clock().await;
    let mut endpoint = Endpoint::open().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    workspace.subscribe(&endpoint).await;
    let admin = &workspace.simulator.credentials().admin_id;
    let body = json!({ "message_type": "snoozed", "admin_id": admin, "snoozed_until": 1_800_000_100 });
    workspace.post(&format!("/conversations/{id}/parts"), body).await.ok();
    assert_eq!(endpoint.next_event().await["topic"], "conversation.admin.snoozed");
    clock.sleeper_due_in(Duration::from_secs(100)).await;
    clock.advance(Duration::from_secs(100));
    let event = endpoint.next_event().await;
    assert_eq!(event["topic"], "conversation.admin.unsnoozed");
    assert_eq!(event["data"]["item"]["state"], "open");
}
