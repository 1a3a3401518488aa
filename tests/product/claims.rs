//! Replies that are announced, and consoles that find another one's announcement.

use crate::harness::Product;
use app::api::ErrorCode;
use serde_json::{Value, json};

const TEXT: &str =
    "Hi, I was charged twice for my subscription this month. Please refund the second payment.";

/// A plan that begins with a reply.
fn reply_and_close() -> Value {
    json!({ "kind": "correct", "bucket_id": "spam", "reply": "Thank you, but we are not interested." })
}

#[tokio::test]
async fn a_reply_that_no_step_goes_before_is_announced_to_other_consoles() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, reply_and_close()).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["note", "reply", "close"]);
    let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
    let parts = view["conversation"]["parts"].as_array().expect("parts").clone();
    let note = parts.iter().find(|part| part["kind"] == "note").expect("the note");
    let text = note["text"].as_str().expect("text");
    assert!(text.starts_with("Countersign: ") && text.contains("is answering this"), "{text}");
    let health = product.call("health.get", json!({})).await;
    assert!(health["outbox"]["longest_gap_ms"].as_u64().is_some(), "the gap of each call is kept");
}

#[tokio::test]
async fn who_works_alone_can_do_without_announcements() {
    let product = Product::start().await;
    product.call("settings.update", json!({ "claim_with_notes": false })).await;
    let (_, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, reply_and_close()).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["reply", "close"]);
}

#[tokio::test]
async fn another_consoles_announcement_holds_a_decision_back_and_says_whose_it_is() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let (admin, name) = product.other_admin().await;
    let body = domain::claim::note(&name, "0123456789abcdef");
    product
        .sim(
            "teammate",
            json!({ "admin_id": admin, "conversation_id": conversation, "do": "note", "body": body }),
        )
        .await;
    // Its webhook replaces the suggestion by one that stands on what is known now.
    let fresh = product
        .until("a fresh suggestion", async || {
            product.suggestion_now(&conversation).await.filter(|now| *now != suggestion)
        })
        .await;
    let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let refusal = product.refusal("suggestions.decide", input).await;
    assert_eq!(refusal.code, ErrorCode::AlreadyDecided);
    assert!(
        refusal.message.contains(&name) && refusal.message.contains("is answering it"),
        "{}",
        refusal.message
    );
    let decision = product.decide(&fresh, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["held", "held"]).await;
    let view = product.decision(&decision).await;
    let why = view["actions"][0]["problem"].as_str().expect("why it waits");
    assert!(why.contains("another console"), "{why}");
    product.until_states_by_clock(&decision, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["assignment", "reply"]);
}
