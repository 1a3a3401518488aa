//! Strange messages are shown safely, and classified or marked as nothing to classify.

use crate::harness::Product;
use serde_json::json;

async fn text_of(product: &Product, suggestion: &str) -> Option<String> {
    let detail = product.suggestion(suggestion).await;
    let parts = detail["conversation"]["conversation"]["parts"].as_array().expect("parts").clone();
    parts[0]["text"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_message_that_is_only_an_image_has_nothing_to_classify_and_can_be_put_into_a_bucket() {
    let product = Product::start().await;
    let input = json!({ "email": "mei@mail.example.com", "name": "Mei", "body": "",
                        "attachments": [{ "name": "photo.png", "content_type": "image/png" }] });
    let (_, suggestion) = product.message_as(input).await;
    let detail = product.suggestion(&suggestion).await;
    assert!(detail["bucket_id"].is_null());
    assert!(detail["nothing"].as_str().is_some_and(|reason| reason.contains("nothing to classify")));
    let approve = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let refusal = product.refusal("suggestions.decide", approve).await;
    assert_eq!(refusal.code, app::api::ErrorCode::BadRequest);
    let decision = product.decide(&suggestion, json!({ "kind": "correct", "bucket_id": "general" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
}

#[tokio::test]
async fn scripts_nul_bytes_and_direction_tricks_are_data() {
    let product = Product::start().await;
    let body = "Refund me <script>alert(1)</script> now\u{0000} \u{202e}gnp.exe 😀 مرحبا";
    let (_, suggestion) = product.message(body).await;
    let text = text_of(&product, &suggestion).await.expect("there is text");
    assert!(!text.contains('\u{0}') && !text.contains('\u{202e}'), "{text:?}");
    assert!(text.contains("Refund me") && text.contains("😀") && text.contains("مرحبا"), "{text:?}");
}

#[tokio::test]
async fn a_megabyte_of_markup_is_cut_and_classified() {
    let product = Product::start().await;
    let body = format!("I was charged twice. {}", "<div><b>refund</b></div> ".repeat(40_000));
    let (_, suggestion) = product.message(&body).await;
    let detail = product.suggestion(&suggestion).await;
    assert_eq!(detail["bucket_id"], "billing");
    let text = text_of(&product, &suggestion).await.expect("there is text");
    assert!(text.chars().count() <= 100_100, "{} characters", text.chars().count());
}

#[tokio::test]
async fn a_conversation_of_more_than_five_hundred_parts_keeps_the_newest_and_says_so() {
    let product = Product::start().await;
    let (conversation, _) = product.message("Hello").await;
    let more = |number: usize| json!({ "email": "priya@mail.example.com", "conversation_id": conversation, "body": format!("Message {number}") });
    for number in 0..520 {
        product.sim("messages", more(number)).await;
    }
    let view = product
        .until("the last message", async || {
            let input = json!({ "conversation_id": conversation });
            let view = product.call("conversations.get", input).await;
            let parts = view["conversation"]["parts"].as_array().expect("parts").clone();
            (parts.last().is_some_and(|part| part["text"] == "Message 519")).then_some(view)
        })
        .await;
    assert!(view["conversation"]["total_parts"].as_u64().is_some_and(|total| total >= 520));
    assert_eq!(view["conversation"]["parts"][0]["kind"], "source", "the first message is kept");
}
