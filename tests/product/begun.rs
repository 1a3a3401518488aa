//! A reply that was begun survives the end of the program, goes with a decision, and comes back with it.

use crate::harness::Product;
use app::api::ErrorCode;
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

const BILLING: &str = "I was charged twice this month, please refund me.";
const WORDS: &str = "Dear customer, I looked into both payments myself.";

async fn keep(product: &Product, conversation: &str, suggestion: &str, text: &str) {
    let input = json!({ "conversation_id": conversation, "suggestion_id": suggestion, "text": text });
    product.call("begun_replies.keep", input).await;
}

async fn begun(product: &Product) -> Vec<Value> {
    product.call("begun_replies.list", json!({})).await["replies"].as_array().expect("replies").clone()
}

async fn texts(product: &Product) -> Vec<String> {
    let text = |reply: Value| reply["text"].as_str().expect("a text").to_owned();
    begun(product).await.into_iter().map(text).collect()
}

/// The customer writes once more.
async fn writes(product: &Product, conversation: &str, body: &str) {
    let input = json!({ "conversation_id": conversation, "email": "priya@mail.example.com",
                        "name": "Priya Raman", "body": body });
    product.sim("messages", input).await;
}

async fn writes_on(product: &Product, conversation: &str, suggestion: &str, body: &str) {
    writes(product, conversation, body).await;
    product
        .until("the suggestion to be replaced", async || {
            let detail = product.suggestion(suggestion).await;
            (detail["state"]["state"] == "superseded").then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_begun_reply_is_there_after_a_restart_with_who_did_what_since() {
    let mut product = Product::start().await;
    let (conversation, suggestion) = product.message(BILLING).await;
    let input = json!({ "conversation_id": conversation, "suggestion_id": suggestion,
                        "text": WORDS, "bucket_id": "general" });
    product.call("begun_replies.keep", input).await;
    writes_on(&product, &conversation, &suggestion, "And the invoice has our old address on it.").await;
    product.restart().await;
    let [reply] = begun(&product).await.try_into().expect("one");
    assert_eq!(reply["text"], WORDS);
    assert_eq!(reply["bucket_id"], "general");
    assert_eq!(reply["conversation_id"], conversation.as_str());
    assert_ne!(reply["contact_name"], "");
    // It was begun on the state before: that is told as without a restart.
    assert_eq!(reply["suggestion_id"], suggestion.as_str());
    let moved = product.suggestion(&suggestion).await["moved"].clone();
    assert!(moved.as_str().is_some_and(|sentence| sentence.contains("wrote")), "{moved}");
}

#[tokio::test]
async fn a_begun_reply_comes_back_when_its_decision_is_taken_back_after_a_restart() {
    let mut product = Product::start().await;
    let (conversation, suggestion) = product.message(BILLING).await;
    keep(&product, &conversation, &suggestion, WORDS).await;
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": WORDS })).await;
    assert_eq!(texts(&product).await, [""; 0]);
    product.restart().await;
    assert_eq!(texts(&product).await, [""; 0]);
    product.call("decisions.undo", json!({ "decision_id": decision })).await;
    assert_eq!(texts(&product).await, [WORDS]);
}

#[tokio::test]
async fn a_begun_reply_is_gone_once_it_is_sent() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(BILLING).await;
    keep(&product, &conversation, &suggestion, WORDS).await;
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": WORDS })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let file = SqliteConnectOptions::new().filename(&product.workspace_files()[0]).read_only(true);
    let mut file = file.connect().await.expect("the file");
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM begun_replies")
        .fetch_one(&mut file)
        .await
        .expect("the table");
    assert_eq!(left, 0, "nothing of it is left beside what was sent");
}

#[tokio::test]
async fn a_begun_reply_comes_back_when_the_customer_writes_before_it_is_sent() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(BILLING).await;
    keep(&product, &conversation, &suggestion, WORDS).await;
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": WORDS })).await;
    writes(&product, &conversation, "Wait, it was three times.").await;
    product.pass_window();
    product.until_states(&decision, &["refused", "refused"]).await;
    assert_eq!(texts(&product).await, [WORDS]);
}

#[tokio::test]
async fn a_begun_reply_is_discarded_and_none_is_kept_of_what_is_not_there() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(BILLING).await;
    keep(&product, &conversation, &suggestion, WORDS).await;
    let left = product.call("begun_replies.drop", json!({ "conversation_id": conversation })).await;
    assert_eq!(left, json!({ "replies": [] }));
    let nowhere = json!({ "conversation_id": "no-such", "suggestion_id": suggestion, "text": WORDS });
    assert_eq!(product.refusal("begun_replies.keep", nowhere).await.code, ErrorCode::NotFound);
    let long = json!({ "conversation_id": conversation, "suggestion_id": suggestion,
                       "text": "x".repeat(100_001) });
    assert_eq!(product.refusal("begun_replies.keep", long).await.code, ErrorCode::BadRequest);
    assert_eq!(texts(&product).await, [""; 0]);
}
