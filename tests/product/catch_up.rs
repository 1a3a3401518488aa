//! Nothing is missed, with webhooks and without.

use crate::harness::Product;
use serde_json::{Value, json};
use simulator::Config;

const MINUTE: i64 = 60_000;

async fn until_idle(product: &Product) -> Value {
    product
        .until("catching up to end", async || {
            let report = product.call("coverage.get", json!({})).await;
            let ended = report["catch_up"]["sentence"]["at"].is_number();
            (report["catch_up"]["running"] == false && ended).then_some(report)
        })
        .await
}

async fn until_filled(product: &Product) -> Value {
    product
        .until("the backfill to end", async || {
            let report = product.call("coverage.get", json!({})).await;
            (report["backfill"]["state"] == "finished").then_some(report)
        })
        .await
}

async fn writes(product: &Product, who: &str) -> String {
    let email = format!("{who}@mail.example.com");
    let body = "I was charged twice this month, please refund me.";
    let answer = product.sim("messages", json!({ "email": email, "name": who, "body": body })).await;
    answer["conversation_id"].as_str().expect("an id").to_owned()
}

/// No webhook leads anywhere.
async fn deaf() -> Product {
    let product = Product::start().await;
    until_idle(&product).await;
    product.sim("webhook", json!({ "url": null })).await;
    product
}

#[tokio::test]
async fn without_any_webhook_messages_come_with_the_next_look() {
    let product = deaf().await;
    product.call("coverage.set", json!({ "every_minutes": 2 })).await;
    until_idle(&product).await;
    for who in ["ana", "ben"] {
        let conversation = writes(&product, who).await;
        product.clock.advance(2 * MINUTE);
        product.until_by_clock("the message", async || product.suggestion_now(&conversation).await).await;
    }
    let refusal = product.refusal("coverage.set", json!({ "every_minutes": 20 })).await;
    assert!(refusal.message.contains("1 to 15"), "{}", refusal.message);
}

#[tokio::test]
async fn a_sleep_of_the_machine_is_caught_up_with_at_once() {
    let product = deaf().await;
    product.clock.advance(10_000);
    let conversation = writes(&product, "ana").await;
    product.clock.sleep_machine(3 * MINUTE);
    product.suggestion_of(&conversation).await;
}

#[tokio::test]
async fn a_person_can_ask_for_it() {
    let product = deaf().await;
    let conversation = writes(&product, "ana").await;
    product.call("coverage.catch_up", json!({})).await;
    product.suggestion_of(&conversation).await;
    let report = until_idle(&product).await;
    let sentence = report["catch_up"]["sentence"]["text"].as_str().expect("a sentence").to_owned();
    assert!(sentence.starts_with("Caught up {at}"), "{sentence}");
}

#[tokio::test]
async fn when_the_helpdesk_can_be_reached_again_it_is_caught_up_with() {
    let product = deaf().await;
    let down = json!({ "match": {}, "do": "cut_before", "times": null });
    product.sim("faults", down).await;
    product.clock.advance(5 * MINUTE);
    product
        .until_by_clock("the person to be told", async || {
            let report = product.call("coverage.get", json!({})).await;
            report["catch_up"]["sentence"]["text"]
                .as_str()
                .filter(|text| text.starts_with("Could not"))
                .map(drop)
        })
        .await;
    let conversation = writes(&product, "ana").await;
    product.mend().await;
    product.until_by_clock("the message", async || product.suggestion_now(&conversation).await).await;
}

#[tokio::test]
async fn the_ledger_has_no_gap_from_the_backfill_to_now() {
    let product = Product::start_with(Config::default()).await;
    let report = until_filled(&product).await;
    assert_eq!(report["severity"], "ok");
    assert_eq!(report["headline"]["text"], "No gap since {at}");
    let day = 24 * 60 * MINUTE;
    let since = report["headline"]["at"].as_i64().expect("a time");
    let now = report["until"].as_i64().expect("a time");
    assert!((now - since - 30 * day).abs() < day, "thirty days back: {}", (now - since) / day);
    let bands = report["bands"].as_array().expect("bands").clone();
    assert!(bands.iter().all(|band| band["kind"] != "gap"), "{bands:?}");
    let counted = product.call("conversations.list", json!({})).await["total"].as_i64().expect("a number");
    assert!(counted >= report["backfill"]["done"].as_i64().expect("a number"));
}

#[tokio::test]
async fn a_gap_is_shown_while_it_lasts_and_closed_afterwards() {
    let product = deaf().await;
    until_filled(&product).await;
    let down = json!({ "match": {}, "do": "status", "status": 500, "times": null });
    product.sim("faults", down).await;
    product.clock.advance(30 * MINUTE);
    let report = product
        .until_by_clock("the gap", async || {
            let report = product.call("coverage.get", json!({})).await;
            (report["severity"] == "warning").then_some(report)
        })
        .await;
    assert!(report["headline"]["text"].as_str().expect("text").starts_with("Complete until {at}"));
    let bands = report["bands"].as_array().expect("bands").clone();
    assert_eq!(bands.last().expect("a band")["kind"], "gap");
    product
        .until("the health page to say so", async || {
            let health = product.call("health.get", json!({})).await;
            let problems = health["problems"].as_array().expect("problems").clone();
            problems
                .iter()
                .any(|one| one["sentence"].as_str().is_some_and(|text| text.contains("catching up fails")))
                .then_some(())
        })
        .await;
    product.mend().await;
    product
        .until_by_clock("the gap to be closed", async || {
            let report = product.call("coverage.get", json!({})).await;
            (report["severity"] == "ok").then_some(())
        })
        .await;
    let report = product.call("coverage.get", json!({})).await;
    let bands = report["bands"].as_array().expect("bands").clone();
    assert!(bands.iter().all(|band| band["kind"] != "gap"), "{bands:?}");
}

#[tokio::test]
async fn many_changes_after_a_sleep_are_fetched_within_the_budget() {
    let product = deaf().await;
    product.clock.advance(10_000);
    let mut conversations = Vec::new();
    for n in 0..40 {
        conversations.push(writes(&product, &format!("customer{n}")).await);
    }
    product.clock.sleep_machine(3 * MINUTE);
    for conversation in &conversations {
        product.until_by_clock("the message", async || product.suggestion_now(conversation).await).await;
    }
    let url = format!("{}/_sim/calls", product.simulator.base_url());
    let calls: Value = product.http.get(url).send().await.expect("an answer").json().await.expect("JSON");
    let calls = calls.as_array().expect("a list").clone();
    assert!(calls.iter().all(|call| call["status"] != 429), "over the budget");
    let fetches = |id: &str| {
        let path = format!("/conversations/{id}");
        calls
            .iter()
            .filter(|call| call["path"].as_str().is_some_and(|called| called.starts_with(&path)))
            .count()
    };
    for conversation in &conversations {
        assert!(fetches(conversation) <= 2, "{conversation} was fetched {} times", fetches(conversation));
    }
}
