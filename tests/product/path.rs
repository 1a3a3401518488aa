//! The main job, end to end: a message arrives, a suggestion waits, a person signs, the helpdesk is told.

use crate::harness::{Product, in_ms};
use serde_json::json;

const DOUBLE_CHARGE: &str =
    "Hi, I was charged twice for my subscription this month. Please refund the second payment.";
const OUTAGE: &str = "URGENT: the whole system is down, nobody can log in and our warehouse has stopped. We need help right now!";
const SPAM: &str =
    "We can get your website to the first page of search results. Buy 500 backlinks today, cheap SEO!";
const HOW_TO: &str = "How do I export the list of products to a spreadsheet?";

#[tokio::test]
async fn nothing_is_written_before_a_person_signs_and_the_window_has_passed() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    assert!(product.writes().await.is_empty(), "a suggestion writes nothing");
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    assert_eq!(product.states(&decision).await, ["held", "held"]);
    product.clock.advance(4_999);
    assert!(product.writes().await.is_empty(), "the window is open still");
    product.clock.advance(2);
    product.until_states(&decision, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["assignment", "reply"]);
}

#[tokio::test]
async fn each_bucket_does_what_it_says() {
    let product = Product::start().await;
    let cases = [
        (DOUBLE_CHARGE, "billing", "Billing", vec!["assignment", "reply"]),
        (OUTAGE, "urgent", "On-call", vec!["assignment", "reply"]),
        (HOW_TO, "general", "Support", vec!["assignment", "reply"]),
        (SPAM, "spam", "", vec!["close"]),
    ];
    let mut expected = Vec::new();
    for (text, bucket, team, writes) in cases {
        let (conversation, suggestion) = product.message(text).await;
        let detail = product.suggestion(&suggestion).await;
        assert_eq!(detail["bucket_id"], bucket, "{text}");
        let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
        product.pass_window();
        product.until_states(&decision, &vec!["done"; writes.len()]).await;
        expected.extend(writes);
        let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
        match bucket {
            "spam" => assert_eq!(view["conversation"]["status"], "closed"),
            _ => assert_eq!(view["assigned_to"], team),
        }
    }
    assert_eq!(product.writes().await, expected);
}

#[tokio::test]
async fn the_words_that_weighed_are_marked_in_the_text() {
    let product = Product::start().await;
    let (_, suggestion) = product.message("Grüße 👋🏽 I was charged twice, refund please").await;
    let detail = product.suggestion(&suggestion).await;
    let parts = detail["conversation"]["conversation"]["parts"].as_array().expect("parts").clone();
    let text = parts[0]["text"].as_str().expect("text");
    let units: Vec<u16> = text.encode_utf16().collect();
    let evidence = detail["evidence"].as_array().expect("evidence").clone();
    assert!(!evidence.is_empty());
    for word in evidence {
        let at = |key: &str| usize::try_from(word[key].as_u64().expect("an offset")).expect("it is small");
        let marked = String::from_utf16(&units[at("start")..at("end")]).expect("whole characters");
        assert_eq!(marked, word["text"].as_str().expect("text"));
    }
}

#[tokio::test]
async fn an_edited_reply_is_sent_as_written() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(DOUBLE_CHARGE).await;
    let reply = "Dear Priya,\n\n5 < 6 & it's fixed. <b>Not</b> bold.";
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": reply })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let seen = product.in_simulator(&conversation).await;
    let parts = seen["conversation_parts"]["conversation_parts"].as_array().expect("parts").clone();
    let sent = parts.iter().find(|part| part["part_type"] == "comment").expect("the reply is there");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(sent["body"].as_str().expect("text")), words(reply));
}

#[tokio::test]
async fn a_decision_taken_back_in_its_window_leaves_no_trace_at_the_helpdesk() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.call("decisions.undo", json!({ "decision_id": decision })).await;
    assert_eq!(product.states(&decision).await, ["undone", "undone"]);
    product.pass_window();
    assert_eq!(product.suggestion(&suggestion).await["state"]["state"], "pending");
    // Decided again, it is carried out once.
    let again = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&again, &["done", "done"]).await;
    assert_eq!(product.writes().await, ["assignment", "reply"]);
}

#[tokio::test]
async fn undo_after_the_window_is_refused() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let refusal = product.refusal("decisions.undo", json!({ "decision_id": decision })).await;
    assert_eq!(refusal.code, app::api::ErrorCode::TooLate);
}

#[tokio::test]
async fn a_decision_cannot_be_made_twice() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let approve = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let (one, two) = tokio::join!(
        product.core.call("suggestions.decide", approve.clone()),
        product.core.call("suggestions.decide", approve),
    );
    let refused = one.err().or(two.err()).expect("one of the two is refused");
    assert_eq!(refused.code, app::api::ErrorCode::AlreadyDecided);
    product.pass_window();
    let list = product.call("decisions.list", json!({})).await;
    assert_eq!(list["rows"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_rejected_suggestion_does_nothing_and_is_not_made_again() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(SPAM).await;
    product.decide(&suggestion, json!({ "kind": "reject", "reason": "A customer after all" })).await;
    product.pass_window();
    let (admin, _) = product.other_admin().await;
    let note =
        json!({ "admin_id": admin, "conversation_id": conversation, "do": "note", "body": "Looked at it" });
    product.sim("teammate", note).await;
    let seen = async || {
        let input = json!({ "conversation_id": conversation });
        let view = product.call("conversations.get", input).await;
        let parts = view["conversation"]["parts"].as_array().expect("parts").len();
        (parts > 1).then_some(view)
    };
    let view = product.until("the note", seen).await;
    assert!(view["open_suggestion"].is_null());
    assert!(product.writes().await.is_empty());
}

#[tokio::test]
async fn a_snoozed_suggestion_comes_back_at_its_time() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(HOW_TO).await;
    let until = in_ms(&product, 60_000);
    product.decide(&suggestion, json!({ "kind": "snooze", "until": until })).await;
    let list = product.call("suggestions.list", json!({})).await;
    assert_eq!((&list["pending"], &list["snoozed"]), (&json!(0), &json!(1)));
    product.clock.advance(60_001);
    product
        .until("it to wake", async || {
            let list = product.call("suggestions.list", json!({})).await;
            (list["pending"] == 1).then_some(())
        })
        .await;
    assert!(product.writes().await.is_empty(), "snoozed here only");
}

#[tokio::test]
async fn a_snooze_at_the_helpdesk_too_is_no_movement_of_somebody_else() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(HOW_TO).await;
    let until = in_ms(&product, 3_600_000);
    let decision =
        product.decide(&suggestion, json!({ "kind": "snooze", "until": until, "at_vendor": true })).await;
    product.pass_window();
    product.until_states(&decision, &["done"]).await;
    assert_eq!(product.writes().await, ["snoozed"]);
    let input = json!({ "conversation_id": conversation });
    product
        .until("the snooze to be seen", async || {
            let view = product.call("conversations.get", input.clone()).await;
            (view["conversation"]["status"] == "snoozed").then_some(())
        })
        .await;
    assert_eq!(product.suggestion(&suggestion).await["state"]["state"], "snoozed");
}

#[tokio::test]
async fn a_note_is_written_and_leaves_the_suggestion_waiting() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(DOUBLE_CHARGE).await;
    let input = json!({ "conversation_id": conversation, "body": "VIP, be quick" });
    let note = product.call("conversations.note", input).await;
    let decision = note["decision_id"].as_str().expect("an id").to_owned();
    product.pass_window();
    product.until_states(&decision, &["done"]).await;
    assert_eq!(product.writes().await, ["note"]);
    assert_eq!(product.suggestion(&suggestion).await["state"]["state"], "pending");
    let approved = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&approved, &["done", "done"]).await;
}

#[tokio::test]
async fn a_follow_up_replaces_the_suggestion() {
    let product = Product::start().await;
    let (conversation, first) = product.message("Hello, are you there?").await;
    product
        .sim(
            "messages",
            json!({ "email": "priya@mail.example.com", "body": OUTAGE, "conversation_id": conversation }),
        )
        .await;
    let second = product
        .until("a newer suggestion", async || {
            let id = product.suggestion_now(&conversation).await?;
            (id != first).then_some(id)
        })
        .await;
    assert_eq!(product.suggestion(&second).await["bucket_id"], "urgent");
    let refusal = product
        .refusal("suggestions.decide", json!({ "suggestion_id": first, "decision": { "kind": "approve" } }))
        .await;
    assert_eq!(refusal.code, app::api::ErrorCode::AlreadyDecided);
    assert!(refusal.message.contains("wrote again"), "{}", refusal.message);
}

#[tokio::test]
async fn the_activity_log_says_who_did_what_in_order() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let log = product.call("activity.list", json!({})).await;
    let kinds: Vec<&str> =
        log["rows"].as_array().expect("rows").iter().filter_map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, ["action.done", "action.done", "decision.approved"], "newest first");
}
