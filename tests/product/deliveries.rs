//! What comes to the listener, right and wrong.

use crate::harness::Product;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha1::Sha1;

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

struct Answer {
    status: StatusCode,
    body: String,
}

async fn post(product: &Product, body: &[u8], signature: Option<String>) -> Answer {
    let mut request = product.http.post(product.core.listen_url()).body(body.to_vec());
    if let Some(signature) = signature {
        request = request.header("x-hub-signature", signature);
    }
    let answer = request.send().await.expect("the listener answers");
    Answer { status: answer.status(), body: answer.text().await.expect("a body") }
}

async fn signed(product: &Product, body: &[u8]) -> StatusCode {
    let secret = product.simulator.credentials().client_secret.clone();
    post(product, body, Some(sign(&secret, body))).await.status
}

fn notification(product: &Product, id: &Value, topic: &str, item: &Value) -> Vec<u8> {
    let app_id = &product.simulator.credentials().app_id;
    json!({ "type": "notification_event", "id": id, "topic": topic, "app_id": app_id, "created_at": 1_700_000_000,
            "data": { "type": "notification_event_data", "item": item } })
    .to_string()
    .into_bytes()
}

/// The deliveries that are kept; the list tells of the refused ones too.
async fn rows(product: &Product) -> Vec<Value> {
    let list = product.call("deliveries.list", json!({})).await;
    let rows = list["rows"].as_array().expect("rows").iter();
    rows.filter(|row| row["outcome"] != "refused").cloned().collect()
}

#[tokio::test]
async fn wrong_signatures_get_the_same_answer_whatever_is_wrong_and_store_nothing() {
    let product = Product::start().await;
    let before = rows(&product).await.len();
    let secret = product.simulator.credentials().client_secret.clone();
    let item = json!({ "type": "conversation", "id": "1" });
    let good = notification(&product, &json!("notif_1"), "conversation.user.created", &item);
    let foreign = String::from_utf8(good.clone())
        .expect("text")
        .replace(&product.simulator.credentials().app_id, "somebody-else");
    let right = sign(&secret, &good);
    let cases: Vec<(&str, Vec<u8>, Option<String>)> = vec![
        ("no signature", good.clone(), None),
        ("an empty one", good.clone(), Some(String::new())),
        ("no prefix", good.clone(), Some(right.replace("sha1=", ""))),
        ("not hexadecimal", good.clone(), Some("sha1=zz".to_owned())),
        ("too short", good.clone(), Some(right.chars().take(20).collect())),
        ("another secret's", good.clone(), Some(sign("another", &good))),
        ("an empty secret's", good.clone(), Some(sign("", &good))),
        ("not JSON either", b"}{".to_vec(), Some(right.clone())),
        ("another workspace's", foreign.clone().into_bytes(), Some(sign(&secret, foreign.as_bytes()))),
    ];
    let count = cases.len();
    for (what, body, signature) in cases {
        let answer = post(&product, &body, signature).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, ""), "{what}");
    }
    assert_eq!(rows(&product).await.len(), before, "nothing is stored");
    let health = product.call("health.get", json!({})).await;
    assert_eq!(health["listener"]["refused_signatures"], count);
}

#[tokio::test]
async fn only_one_path_answers_and_only_to_head_and_post() {
    let product = Product::start().await;
    let url = product.core.listen_url();
    let origin = url.trim_end_matches("/webhooks/intercom").to_owned();
    assert_eq!(product.http.head(&url).send().await.expect("an answer").status(), StatusCode::OK);
    for request in [
        product.http.get(&url),
        product.http.put(&url),
        product.http.delete(&url),
        product.http.get(&origin),
        product.http.post(format!("{origin}/webhooks/other")),
        product.http.post(format!("{url}/more")),
    ] {
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_signed_body_that_is_no_notification_is_kept_as_failed() {
    let product = Product::start().await;
    let app_id = product.simulator.credentials().app_id.clone();
    let bodies: Vec<Vec<u8>> = vec![
        b"this is not JSON".to_vec(),
        vec![0xff, 0x00, 0xfe],
        json!({ "app_id": app_id, "data": { "item": {} } }).to_string().into_bytes(),
        json!({ "topic": "conversation.user.created", "data": { "item": {} } }).to_string().into_bytes(),
        json!({ "topic": "conversation.user.created", "app_id": app_id }).to_string().into_bytes(),
    ];
    for body in bodies {
        assert_eq!(signed(&product, &body).await, StatusCode::BAD_REQUEST);
        let row = rows(&product).await.remove(0);
        assert_eq!(row["outcome"], "failed");
        assert!(row["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
        let input = json!({ "delivery_id": row["delivery_id"] });
        let detail = product.call("deliveries.get", input).await;
        assert_eq!(detail["body"].as_str(), Some(String::from_utf8_lossy(&body).as_ref()));
    }
}

#[tokio::test]
async fn the_same_notification_again_has_no_second_effect() {
    let product = Product::start().await;
    let before = rows(&product).await.len();
    let item = json!({ "type": "conversation", "id": "404404" });
    let body = notification(&product, &json!("notif_again"), "conversation.user.replied", &item);
    for _ in 0..3 {
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
    }
    let rows = rows(&product).await;
    assert_eq!(rows.len(), before + 1);
    assert_eq!(rows[0]["duplicates"], 2);
}

#[tokio::test]
async fn notifications_without_an_id_are_never_merged() {
    let product = Product::start().await;
    let before = rows(&product).await.len();
    let item = json!({ "type": "ping", "message": "something something interzen" });
    let body = notification(&product, &Value::Null, "ping", &item);
    assert_eq!(signed(&product, &body).await, StatusCode::OK);
    assert_eq!(signed(&product, &body).await, StatusCode::OK);
    assert_eq!(rows(&product).await.len(), before + 2);
    let health = product.call("health.get", json!({})).await;
    assert!(health["listener"]["last_ping_at"].is_number());
}

#[tokio::test]
async fn items_of_odd_shape_are_kept_as_failed_and_the_listener_goes_on() {
    let product = Product::start().await;
    for item in [json!({ "type": "conversation" }), json!([]), json!("text"), json!({ "id": {} })] {
        let body =
            notification(&product, &json!(format!("notif_{item}")), "conversation.user.created", &item);
        assert_eq!(signed(&product, &body).await, StatusCode::OK, "{item}");
        let row = rows(&product).await.remove(0);
        assert_eq!(row["outcome"], "failed", "{item}");
        assert!(row["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{item}");
    }
    product.message("Still there?").await;
}

#[tokio::test]
async fn topics_that_are_not_followed_are_kept_as_ignored() {
    let product = Product::start().await;
    let body =
        notification(&product, &json!("notif_t"), "ticket.created", &json!({ "type": "ticket", "id": "1" }));
    assert_eq!(signed(&product, &body).await, StatusCode::OK);
    assert_eq!(rows(&product).await.remove(0)["outcome"], "ignored");
}

#[tokio::test]
async fn names_of_topics_that_tutorials_use_are_understood() {
    let product = Product::start().await;
    for topic in ["conversation.created", "conversation.reply.created", "conversation.user.message"] {
        let item = json!({ "type": "conversation", "id": "1" });
        let body = notification(&product, &json!(format!("notif_{topic}")), topic, &item);
        assert_eq!(signed(&product, &body).await, StatusCode::OK);
        let row = rows(&product).await.remove(0);
        assert_eq!(row["conversation_id"], "1", "{topic}");
    }
    let app_id = &product.simulator.credentials().app_id;
    let in_type = json!({ "type": "conversation.user.created", "id": "notif_type", "app_id": app_id,
                          "data": { "item": { "type": "conversation", "id": "2" } } });
    assert_eq!(signed(&product, in_type.to_string().as_bytes()).await, StatusCode::OK);
    assert_eq!(rows(&product).await.remove(0)["conversation_id"], "2");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_not_stored() {
    let product = Product::start().await;
    let before = rows(&product).await.len();
    let body = vec![b'a'; 1024 * 1024 + 1];
    assert_eq!(signed(&product, &body).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(rows(&product).await.len(), before);
    let health = product.call("health.get", json!({})).await;
    assert_eq!(health["listener"]["refused_requests"], 1);
}

#[tokio::test]
async fn a_test_delivery_goes_the_whole_way() {
    let product = Product::start().await;
    let answer = product.call("listener.test", json!({})).await;
    assert_eq!(answer["arrived"], true, "{answer}");
}
