//! What was decided survives the end of the program.

use crate::harness::Product;
use serde_json::json;

#[tokio::test]
async fn held_actions_are_carried_out_after_a_restart() {
    let mut product = Product::start().await;
    let (_, suggestion) = product.message("I was charged twice this month, please refund me.").await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.restart().await;
    assert_eq!(product.states(&decision).await, ["held", "held"]);
    assert!(product.writes().await.is_empty());
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["assignment", "reply"]);
}

#[tokio::test]
async fn messages_that_came_while_the_program_was_down_are_found_at_the_next_start() {
    let mut product = Product::start().await;
    product.message("I was charged twice this month, please refund me.").await;
    product.core.close().await;
    let input =
        json!({ "email": "ola@mail.example.com", "name": "Ola", "body": "How do I add a second warehouse?" });
    let answer = product.sim("messages", input).await;
    product.restart().await;
    let conversation = answer["conversation_id"].as_str().expect("an id").to_owned();
    product.suggestion_of(&conversation).await;
}

#[tokio::test]
async fn what_the_model_has_learned_is_read_back_after_a_restart() {
    let mut product = Product::start().await;
    let (_, suggestion) = product.message("The pallet scanner shows glyph forty-two").await;
    product.decide(&suggestion, json!({ "kind": "correct", "bucket_id": "urgent" })).await;
    let before = product.call("health.get", json!({})).await["model"].clone();
    assert_eq!(before["lessons"], 1);
    product.restart().await;
    assert_eq!(product.call("health.get", json!({})).await["model"], before);
}
