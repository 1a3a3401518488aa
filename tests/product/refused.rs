//! An approval holds for one exact state of a conversation.

use crate::harness::Product;
use serde_json::{Value, json};

const TEXT: &str = "I was charged twice this month, I want a refund of the second payment.";

async fn act(product: &Product, conversation: &str, what: &str, more: Value) -> String {
    let (admin, name) = product.other_admin().await;
    let mut input = json!({ "admin_id": admin, "conversation_id": conversation, "do": what });
    if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
        input.extend(more.clone());
    }
    product.sim("teammate", input).await;
    name
}

#[tokio::test]
async fn approval_is_refused_when_a_teammate_replied_in_the_window() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    let name = act(&product, &conversation, "reply", json!({ "body": "I have refunded it." })).await;
    product.pass_window();
    product.until_states(&decision, &["refused", "refused"]).await;
    assert!(product.writes().await.is_empty(), "nothing went out");
    let view = product.decision(&decision).await;
    let problem = view["actions"][0]["problem"].as_str().expect("the reason in words").to_owned();
    assert!(problem.contains(&name) && problem.contains("replied"), "{problem}");
    assert_eq!(view["needs_attention"], true);
}

#[tokio::test]
async fn approval_is_refused_when_the_customer_wrote_in_the_window_and_a_fresh_suggestion_waits() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    let more = json!({ "email": "priya@mail.example.com", "body": "Sorry, found it, all good. How do I add a user?",
                       "conversation_id": conversation });
    product.sim("messages", more).await;
    let fresh = product.suggestion_of(&conversation).await;
    assert_ne!(fresh, suggestion);
    product.pass_window();
    product.until_states(&decision, &["refused", "refused"]).await;
    assert!(product.writes().await.is_empty());
    assert_eq!(product.suggestion(&fresh).await["state"]["state"], "pending");
}

#[tokio::test]
async fn a_fresh_suggestion_is_made_when_somebody_only_assigned() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    let (admin, _) = product.other_admin().await;
    act(&product, &conversation, "assign", json!({ "assignee_id": admin })).await;
    product.pass_window();
    product.until_states(&decision, &["refused", "refused"]).await;
    let fresh = product.suggestion_of(&conversation).await;
    assert_ne!(fresh, suggestion, "bound to the new state");
    let again = product.decide(&fresh, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&again, &["held", "held"]).await;
    assert!(product.writes().await.is_empty(), "the teammate may be answering in another console");
    product.until_states_by_clock(&again, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["assignment", "reply"]);
}

#[tokio::test]
async fn a_decision_on_a_closed_conversation_is_refused_with_who_closed_it() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    let name = act(&product, &conversation, "close", json!({})).await;
    product
        .until("the suggestion to be withdrawn", async || {
            let detail = product.suggestion(&suggestion).await;
            (detail["state"]["state"] == "superseded").then_some(())
        })
        .await;
    let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let refusal = product.refusal("suggestions.decide", input).await;
    assert_eq!(refusal.code, app::api::ErrorCode::AlreadyDecided);
    assert!(refusal.message.contains(&name), "{}", refusal.message);
    product.pass_window();
    assert!(product.writes().await.is_empty());
}

#[tokio::test]
async fn a_step_is_refused_when_somebody_acted_after_the_step_before_it() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(TEXT).await;
    // The assignment succeeds; the reply is answered 503 once, so that it waits to be read back.
    let fault = json!({ "match": { "method": "POST", "path": "/conversations/*/reply" }, "times": 1,
                        "do": "status", "status": 503 });
    product.sim("faults", fault).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "unknown"]).await;
    act(&product, &conversation, "reply", json!({ "body": "I take this one." })).await;
    product.until_states_by_clock(&decision, &["done", "refused"]).await;
    assert_eq!(product.writes().await, ["assignment"]);
}
