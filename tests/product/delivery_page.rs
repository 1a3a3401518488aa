//! Deliveries as a person looks at them: what each led to, replays, retention, the export, and the door.

use crate::harness::Product;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha1::Sha1;

const TEXT: &str = "I was charged twice this month, I want a refund of the second payment.";
const DAY: i64 = 24 * 60 * 60 * 1_000;

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn post(product: &Product, body: &[u8], signature: Option<&str>) -> StatusCode {
    let mut request = product.http.post(product.core.listen_url()).body(body.to_vec());
    if let Some(signature) = signature {
        request = request.header("x-hub-signature", signature);
    }
    request.send().await.expect("the listener answers").status()
}

async fn signed(product: &Product, body: &[u8]) -> StatusCode {
    post(product, body, Some(&sign(&product.simulator.credentials().client_secret, body))).await
}

fn notification(product: &Product, id: &str, topic: &str, item: &Value) -> Vec<u8> {
    let app_id = &product.simulator.credentials().app_id;
    json!({ "type": "notification_event", "id": id, "topic": topic, "app_id": app_id,
            "data": { "type": "notification_event_data", "item": item } })
    .to_string()
    .into_bytes()
}

async fn rows(product: &Product, input: Value) -> Vec<Value> {
    let list = product.call("deliveries.list", input).await;
    list["rows"].as_array().expect("rows").clone()
}

/// The delivery of a customer's first message, once it is applied.
async fn applied(product: &Product, conversation: &str) -> Value {
    product
        .until("the delivery to be applied and its answer noted", async || {
            let input =
                json!({ "text": conversation, "topic": "conversation.user.created", "outcome": "applied" });
            rows(product, input).await.into_iter().find(|row| row["answered_after_ms"].is_number())
        })
        .await
}

async fn until_outcome(product: &Product, id: &Value, outcome: &str) -> Value {
    product
        .until(&format!("the delivery to be {outcome}"), async || {
            let detail = product.call("deliveries.get", json!({ "delivery_id": id })).await;
            (detail["delivery"]["outcome"] == outcome).then_some(detail["delivery"].clone())
        })
        .await
}

async fn not_found(product: &Product) {
    let fault = json!({ "match": { "method": "GET", "path": "/conversations/*" }, "do": "status", "status": 404,
                        "code": "not_found", "message": "Resource Not Found", "times": null });
    product.sim("faults", fault).await;
}

#[tokio::test]
async fn a_delivery_tells_what_it_led_to_and_how_soon() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let row = applied(&product, &conversation).await;
    assert_eq!(row["led_to"], "A suggestion was made");
    assert_eq!(row["suggestion_id"], suggestion.as_str());
    assert_eq!(row["conversation_id"], conversation.as_str());
    assert_eq!(row["signature"], "valid");
    assert!(row["settled_after_ms"].is_number(), "{row}");
    let detail = product.call("deliveries.get", json!({ "delivery_id": row["delivery_id"] })).await;
    assert!(detail["pretty"].as_str().expect("JSON").contains("\n  \"type\": \"notification_event\""));
    let ping = rows(&product, json!({ "topic": "ping" })).await.remove(0);
    assert_eq!(ping["led_to"], "Intercom tested the way here");
}

#[tokio::test]
async fn a_replay_reads_once_more_and_writes_nothing() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let row = applied(&product, &conversation).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let before = product.writes().await;

    let input = json!({ "delivery_id": row["delivery_id"] });
    let answer = product.call("deliveries.replay", input.clone()).await;
    assert_eq!(answer["reading"], true, "{answer}");
    let again = until_outcome(&product, &row["delivery_id"], "applied").await;
    assert_eq!(again["replays"], 1);
    assert_eq!(product.writes().await, before, "a replay only reads");
    assert_eq!(product.suggestion_now(&conversation).await, None, "what was decided stays decided");

    // Once what we did ourselves has come back too, everything is known.
    product
        .until("our own deeds to come back", async || {
            let input = json!({ "text": conversation, "topic": "conversation.admin.", "outcome": "applied" });
            (rows(&product, input).await.len() >= 2).then_some(())
        })
        .await;
    product.call("deliveries.replay", input).await;
    let row = product
        .until("the second replay", async || {
            let detail = product.call("deliveries.get", json!({ "delivery_id": row["delivery_id"] })).await;
            let row = detail["delivery"].clone();
            (row["replays"] == 2 && row["outcome"] == "applied").then_some(row)
        })
        .await;
    assert_eq!(row["led_to"], "Already known");
    assert_eq!(product.writes().await, before);
}

#[tokio::test]
async fn failed_deliveries_that_work_by_now_are_applied_by_a_replay_of_all() {
    let product = Product::start().await;
    not_found(&product).await;
    for number in 0..3 {
        let input =
            json!({ "email": format!("c{number}@mail.example.com"), "name": "A customer", "body": TEXT });
        product.sim("messages", input).await;
    }
    // Three more that nobody can understand.
    for number in 0..3 {
        let item = json!({ "type": "conversation" });
        let body = notification(&product, &format!("odd_{number}"), "conversation.user.created", &item);
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
    }
    product
        .until("six failed deliveries", async || {
            (rows(&product, json!({ "outcome": "failed" })).await.len() == 6).then_some(())
        })
        .await;
    product.mend().await;
    let answer = product.call("deliveries.replay_failed", json!({})).await;
    assert_eq!((answer["reading"].as_u64(), answer["in_vain"].as_u64()), (Some(3), Some(3)), "{answer}");
    product
        .until("the three to be applied", async || {
            let failed = rows(&product, json!({ "outcome": "failed" })).await;
            (failed.len() == 3 && failed.iter().all(|row| row["replays"] == 1)).then_some(())
        })
        .await;
    product
        .until("their suggestions", async || {
            let list = product.call("suggestions.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            (rows.iter().filter(|row| row["contact_name"] == "A customer").count() == 3).then_some(())
        })
        .await;
    assert_eq!(product.writes().await, [""; 0]);
}

#[tokio::test]
async fn a_topic_that_is_not_followed_stays_ignored_by_a_replay() {
    let product = Product::start().await;
    let body = notification(&product, "t", "ticket.created", &json!({ "type": "ticket", "id": "1" }));
    assert_eq!(signed(&product, &body).await, StatusCode::OK);
    let row = rows(&product, json!({ "outcome": "ignored" })).await.remove(0);
    assert_eq!(row["led_to"], "This topic is not followed");
    let answer = product.call("deliveries.replay", json!({ "delivery_id": row["delivery_id"] })).await;
    assert_eq!(answer["reading"], false);
    let row = until_outcome(&product, &row["delivery_id"], "ignored").await;
    assert_eq!(row["replays"], 1);
}

#[tokio::test]
async fn what_was_refused_is_a_row_of_its_own_kind_with_nothing_of_its_body() {
    let product = Product::start().await;
    assert_eq!(post(&product, b"MARKER-IN-THE-BODY", Some("sha1=00")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&product, b"MARKER-IN-THE-BODY", None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(signed(&product, &vec![b'a'; 1024 * 1024 + 1]).await, StatusCode::PAYLOAD_TOO_LARGE);
    let list = product.call("deliveries.list", json!({})).await;
    let refused = rows(&product, json!({ "outcome": "refused" })).await;
    let facts: Vec<_> = refused.iter().map(|row| (row["signature"].clone(), row["size"].clone())).collect();
    assert_eq!(
        facts,
        [
            (json!("not_checked"), json!(1024 * 1024 + 1)),
            (json!("missing"), json!(18)),
            (json!("wrong"), json!(18)),
        ]
    );
    assert_eq!(list["counts"]["refused"], 3);
    assert_eq!(list["rows"][0], refused[0], "they stand among the others, by time");
    assert!(!list.to_string().contains("MARKER"));
    let first = json!({ "delivery_id": refused[0]["delivery_id"] });
    let detail = product.call("deliveries.get", first.clone()).await;
    assert_eq!(detail["body"], "");
    product.refusal("deliveries.replay", first.clone()).await;
    product.refusal("deliveries.curl", first).await;
    assert_eq!(rows(&product, json!({ "topic": "conv" })).await.len(), 0, "nobody knows their topic");
    // However many come, few are remembered.
    for _ in 0..210 {
        post(&product, b"{}", Some("sha1=00")).await;
    }
    assert_eq!(rows(&product, json!({ "outcome": "refused", "limit": 1000 })).await.len(), 200);
}

#[tokio::test]
async fn a_list_that_stands_still_is_told_how_much_is_new() {
    let product = Product::start().await;
    let newest = rows(&product, json!({})).await[0]["delivery_id"].clone();
    let newer = async |input: Value| product.call("deliveries.newer", input).await["number"].as_u64();
    assert_eq!(newer(json!({ "after": newest })).await, Some(0));
    for number in 0..3 {
        let body =
            notification(&product, &format!("t{number}"), "ticket.created", &json!({ "type": "ticket" }));
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
    }
    post(&product, b"{}", None).await;
    assert_eq!(newer(json!({ "after": newest })).await, Some(4));
    assert_eq!(newer(json!({ "after": newest, "outcome": "ignored" })).await, Some(3));
    assert_eq!(newer(json!({ "after": newest, "outcome": "refused" })).await, Some(1));
    assert_eq!(newer(json!({ "after": newest, "topic": "conversation" })).await, Some(0));
}

#[tokio::test]
async fn pages_of_a_list_meet_without_gap_or_overlap() {
    let product = Product::start().await;
    for number in 0..12 {
        let body =
            notification(&product, &format!("t{number}"), "ticket.created", &json!({ "type": "ticket" }));
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
        post(&product, b"{}", None).await;
    }
    let id = |row: &Value| row["delivery_id"].clone();
    let whole: Vec<Value> = rows(&product, json!({})).await.iter().map(id).collect();
    let mut paged = Vec::new();
    let mut before = Value::Null;
    loop {
        let mut input = json!({ "limit": 5 });
        if !before.is_null() {
            input["before"] = before;
        }
        let list = product.call("deliveries.list", input).await;
        paged.extend(list["rows"].as_array().expect("rows").iter().map(id));
        before = list["next"].clone();
        if before.is_null() {
            break;
        }
    }
    assert!(whole.len() >= 24, "{} rows", whole.len());
    assert_eq!(whole, paged);
}

#[tokio::test]
async fn a_delivery_as_curl_bears_the_signature_of_its_body_and_not_the_secret() {
    let product = Product::start().await;
    let secret = product.simulator.credentials().client_secret.clone();
    let item = json!({ "type": "ticket", "id": "it's 1" });
    let body = notification(&product, "curl_1", "ticket.created", &item);
    assert_eq!(signed(&product, &body).await, StatusCode::OK);
    let row = rows(&product, json!({ "text": "curl_1" })).await.remove(0);
    let answer = product.call("deliveries.curl", json!({ "delivery_id": row["delivery_id"] })).await;
    let command = answer["command"].as_str().expect("a command");
    assert!(command.contains(&sign(&secret, &body)), "{command}");
    assert!(command.contains(r"it'\''s 1"), "{command}");
    assert!(!answer.to_string().contains(&secret), "the secret stays here");
    assert!(answer["note"].as_str().expect("a note").contains("this body"));
}

#[tokio::test]
async fn what_is_over_is_dropped_by_the_time_that_was_chosen() {
    let product = Product::start().await;
    let topics = async |product: &Product| rows(product, json!({ "topic": "ticket" })).await.len();
    for number in 0..250 {
        let body =
            notification(&product, &format!("t{number}"), "ticket.created", &json!({ "type": "ticket" }));
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
    }
    let odd = notification(&product, "odd", "conversation.user.created", &json!({ "type": "conversation" }));
    signed(&product, &odd).await;
    product.clock.advance(8 * DAY);
    assert_eq!(
        product.call("deliveries.list", json!({})).await["counts"]["ignored"],
        250,
        "30 days are usual"
    );
    product.call("settings.update", json!({ "keep_deliveries": "7_days" })).await;
    product
        .until_by_clock("the old ones to be gone", async || (topics(&product).await == 0).then_some(()))
        .await;
    let failed = rows(&product, json!({ "outcome": "failed" })).await;
    assert_eq!(failed.len(), 1, "what failed stays until it is dealt with");
    product.clock.advance(7 * DAY);
    product
        .until_by_clock("or twice the time has passed", async || {
            rows(&product, json!({ "outcome": "failed" })).await.is_empty().then_some(())
        })
        .await;
    let settings = product.call("settings.get", json!({})).await;
    assert_eq!(settings["keep_deliveries"], "7_days");
}

/// Every name, address and sentence of the simulator's script.
fn personal() -> (Value, Vec<String>) {
    let script: Value = serde_json::from_str(include_str!("../../crates/simulator/script/northwind.json"))
        .expect("the script is JSON");
    let mut all = Vec::new();
    for contact in script["contacts"].as_array().expect("contacts") {
        for key in ["name", "email"] {
            all.extend(contact[key].as_str().map(str::to_owned));
        }
        // A name in parts is a name.
        all.extend(contact["name"].as_str().into_iter().flat_map(str::split_whitespace).map(str::to_owned));
    }
    for conversation in script["conversations"].as_array().expect("conversations") {
        all.extend(conversation["subject"].as_str().map(str::to_owned));
        let body = conversation["body"].as_str().unwrap_or_default();
        all.extend(body.split(['.', '\n', '?', '!']).map(|sentence| sentence.trim().to_owned()));
    }
    // Initials, two-letter words and bare numbers stand in ids.
    all.retain(|text| text.chars().count() >= 4 && text.chars().any(char::is_alphabetic));
    (script, all)
}

#[tokio::test]
async fn an_export_holds_no_name_no_address_and_no_sentence_of_anybody() {
    let product = Product::start().await;
    let (script, personal) = personal();
    let contacts = script["contacts"].as_array().expect("contacts");
    let mut written = 0;
    for conversation in script["conversations"].as_array().expect("conversations") {
        let contact =
            contacts.iter().find(|contact| contact["key"] == conversation["contact"]).expect("a contact");
        let Some(email) = contact["email"].as_str() else { continue };
        let body = conversation["body"].as_str().expect("a body");
        if body.trim().is_empty() {
            continue;
        }
        let mut message = json!({ "email": email, "body": body });
        for (key, value) in [("name", &contact["name"]), ("subject", &conversation["subject"])] {
            if value.is_string() {
                message[key] = value.clone();
            }
        }
        product.sim("messages", message).await;
        written += 1;
    }
    assert!(written > 60, "{written} messages");
    product
        .until("all of them to be delivered", async || {
            let first = "00000000-0000-0000-0000-000000000000";
            let input = json!({ "topic": "conversation.user.", "after": first });
            let answer = product.call("deliveries.newer", input).await;
            (answer["number"].as_u64() >= u64::try_from(written).ok()).then_some(())
        })
        .await;
    let mut text = String::new();
    let mut before = Value::Null;
    loop {
        let input = if before.is_null() { json!({}) } else { json!({ "before": before }) };
        let piece = product.call("deliveries.export", input).await;
        text.push_str(piece["text"].as_str().expect("text"));
        before = piece["next"].clone();
        if before.is_null() {
            break;
        }
    }
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert!(lines.len() > written, "{} lines", lines.len());
    // The raw bodies do hold what is looked for: the test would find it.
    let raw = raw_bodies(&product).await;
    let known = personal.iter().filter(|text| raw.contains(text.as_str())).count();
    assert!(known > 300, "only {known} of {} stand in the bodies", personal.len());
    for private in &personal {
        let found = text.lines().find(|line| line.contains(private.as_str()));
        assert!(found.is_none(), "{private:?} stands in {}", found.unwrap_or_default());
    }
    let ids: Vec<&Value> = lines.iter().filter(|line| line["conversation_id"].is_string()).collect();
    assert!(
        ids.iter().all(|line| {
            line["body"]["data"]["item"]["id"].as_str() == line["conversation_id"].as_str()
                || line["body"]["data"]["item"]["id"].is_number()
        }),
        "ids are kept"
    );

    let file = product.call("deliveries.export_file", json!({})).await;
    let path = file["path"].as_str().expect("a path");
    let on_disk = std::fs::read_to_string(path).expect("the file is there");
    assert_eq!(
        on_disk.lines().count(),
        usize::try_from(file["lines"].as_u64().expect("lines")).expect("small")
    );
    assert!(personal.iter().all(|private| !on_disk.contains(private.as_str())));
}

async fn raw_bodies(product: &Product) -> String {
    let mut raw = String::new();
    for row in rows(product, json!({ "topic": "conversation.user.", "limit": 1000 })).await {
        let detail = product.call("deliveries.get", json!({ "delivery_id": row["delivery_id"] })).await;
        raw.push_str(detail["body"].as_str().expect("a body"));
    }
    raw
}
