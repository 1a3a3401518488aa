//! The health page says what is wrong with the subscription, the access token and the budget, and what to do.

use crate::harness::Product;
use serde_json::{Value, json};

const TEXT: &str = "I was charged twice this month, I want a refund of the second payment.";
const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn order(product: &Product, method: &str, path: &str, fault: Value) {
    let mut body = json!({ "match": { "method": method, "path": path }, "times": null });
    if let (Some(body), Some(fault)) = (body.as_object_mut(), fault.as_object()) {
        body.extend(fault.clone());
    }
    product.sim("faults", body).await;
}

/// The problem whose sentence or advice holds these words, once there is one.
async fn problem(product: &Product, words: &str) -> Value {
    product
        .until_by_clock(&format!("a problem with the words {words:?}"), async || {
            let report = product.call("health.get", json!({})).await;
            let problems = report["problems"].as_array().expect("problems").clone();
            problems.into_iter().find(|problem| problem.to_string().contains(words))
        })
        .await
}

async fn no_problem(product: &Product, words: &str) {
    product
        .until_by_clock(&format!("no problem with the words {words:?}"), async || {
            let report = product.call("health.get", json!({})).await;
            (!report["problems"].to_string().contains(words)).then_some(())
        })
        .await;
}

async fn write(product: &Product) {
    let input = json!({ "email": "priya@mail.example.com", "name": "Priya Raman", "body": TEXT });
    product.sim("messages", input).await;
}

#[tokio::test]
async fn what_ails_the_token_is_told_apart_with_what_to_do() {
    for (code, words) in [
        ("token_revoked", "was revoked"),
        ("token_expired", "has expired"),
        ("token_blocked", "has blocked"),
        ("unauthorized", "does not accept"),
    ] {
        let product = Product::start().await;
        let fault = json!({ "do": "status", "status": 401, "code": code, "message": "Access Token Invalid" });
        order(&product, "GET", "/conversations/*", fault).await;
        write(&product).await;
        let told = problem(&product, words).await;
        let advice = told["advice"].as_str().expect("advice");
        assert!(advice.contains("Developer Hub → your app → Configure → Authentication"), "{advice}");
        assert!(advice.contains(code), "what to quote: {advice}");
        assert_eq!(told["severity"], "broken");
        product.mend().await;
        no_problem(&product, words).await;
    }
}

#[tokio::test]
async fn a_missing_permission_is_named_and_stays_told_while_other_calls_succeed() {
    let product = Product::start().await;
    let scope =
        json!({ "do": "status", "status": 401, "code": "token_unauthorized", "message": "Not authorized" });
    order(&product, "GET", "/contacts/*", scope).await;
    let (_, _) = product.message(TEXT).await;
    let told = problem(&product, "lacks the permission to read contacts").await;
    assert!(
        told["advice"].as_str().expect("advice").contains("'Read and list users and companies'"),
        "{told}"
    );
    // Another call succeeds: the token is good, and still lacks the permission.
    product.call("listener.test", json!({})).await;
    let (_, _) = product.message("Where do I find my invoices of last year?").await;
    problem(&product, "lacks the permission to read contacts").await;
    product.mend().await;
    product.clock.advance(11 * 60 * 1_000);
    let input = json!({ "email": "else@mail.example.com", "name": "Somebody Else", "body": TEXT });
    let (_, _) = product.message_as(input).await;
    no_problem(&product, "lacks the permission").await;
}

#[tokio::test]
async fn a_version_that_is_not_offered_is_no_matter_of_the_token() {
    let product = Product::start().await;
    let fault = json!({ "do": "status", "status": 400, "code": "intercom_version_invalid",
                        "message": "The requested version could not be found" });
    order(&product, "GET", "/conversations/*", fault).await;
    write(&product).await;
    let told = problem(&product, "does not offer version 2.16").await;
    let advice = told["advice"].as_str().expect("advice");
    assert!(advice.contains("newer release") && advice.contains("API version"), "{advice}");
    let report = product.call("health.get", json!({})).await;
    assert_eq!(report["vendor"]["severity"], "broken");
}

#[tokio::test]
async fn a_budget_that_is_nearly_spent_is_told_with_who_spent_it() {
    let product = Product::start().await;
    product.sim("faults", json!({ "do": "rate_limit", "limit": 10, "times": null })).await;
    for _ in 0..15 {
        write(&product).await;
    }
    let told = problem(&product, "More than 80 % of the calls").await;
    let advice = told["advice"].as_str().expect("advice");
    assert!(advice.contains("Of 10 calls"), "{advice}");
    assert!(advice.contains("by reading what deliveries name"), "{advice}");
    assert_eq!(told["severity"], "warning");
}

async fn refused(product: &Product) {
    let answer = product.http.post(product.core.listen_url()).header("x-hub-signature", "sha1=00").body("{}");
    assert_eq!(answer.send().await.expect("an answer").status(), 401);
}

async fn subscription(product: &Product) -> Value {
    product.call("health.get", json!({})).await["subscription"].clone()
}

#[tokio::test]
async fn errors_in_a_row_count_down_to_the_suspension_over_restarts_until_one_is_good() {
    let mut product = Product::start().await;
    assert_eq!(subscription(&product).await["state"], "healthy");
    refused(&product).await;
    assert_eq!(subscription(&product).await["state"], "failing");
    let report = product.call("health.get", json!({})).await;
    assert!(!report["problems"].to_string().contains("in a row"), "one stranger is no news");
    for _ in 0..2 {
        refused(&product).await;
    }
    let first = subscription(&product).await;
    assert_eq!(first["in_a_row"], 3);
    let told = problem(&product, "At least 3 answers in a row were errors").await;
    assert!(told["advice"].as_str().expect("advice").contains("at the latest"), "{told}");
    assert!(first["steps"][0].as_str().expect("a step").contains("client secret"));

    product.restart_without_following().await;
    let kept = subscription(&product).await;
    assert_eq!((&kept["since"], &kept["in_a_row"]), (&first["since"], &first["in_a_row"]));
    for _ in 0..13 {
        product.clock.advance(DAY / 2);
        refused(&product).await;
    }
    product.clock.advance(DAY / 2);
    let late = subscription(&product).await;
    assert_eq!(late["state"], "suspended_likely");
    assert!(late["steps"].to_string().contains("Set live"));
    let told = problem(&product, "likely suspended").await;
    assert_eq!(told["severity"], "broken");

    let answer = product.call("listener.test", json!({})).await;
    assert_eq!(answer["arrived"], true);
    assert_eq!(subscription(&product).await["state"], "healthy");
}

#[tokio::test]
async fn a_thousand_errors_and_one_likely_pause_deliveries() {
    let product = Product::start().await;
    for _ in 0..25 {
        let forty = (0..41).map(|_| refused(&product));
        futures::future::join_all(forty).await;
    }
    let paused = subscription(&product).await;
    assert_eq!(paused["state"], "paused_likely", "{paused}");
    problem(&product, "It delivers again in").await;
    product.clock.advance(16 * 60 * 1_000);
    assert_eq!(subscription(&product).await["state"], "failing");
}

#[tokio::test]
async fn a_contact_that_the_helpdesk_does_not_know_is_not_asked_for_with_each_conversation() {
    const MINUTE: i64 = 60_000;
    let product = Product::start().await;
    let unknown = json!({ "do": "status", "status": 404, "code": "not_found", "message": "User Not Found" });
    order(&product, "GET", "/contacts/*", unknown).await;
    let (conversation, _) = product.message(TEXT).await;
    // Told of them, it is asked in any case.
    product
        .until("the delivery about the contact to be settled", async || {
            let list = product.call("deliveries.list", json!({ "topic": "contact.user.created" })).await;
            (list["rows"][0]["outcome"] == "failed").then_some(())
        })
        .await;
    // It may only not be there yet, so it is asked for once more before it counts as unknown.
    let before = contacts_asked_for(&product).await;
    product.message(TEXT).await;
    assert_eq!(contacts_asked_for(&product).await, before, "an answer holds for a minute");
    product.clock.advance(MINUTE + 1);
    product.message(TEXT).await;
    asked_again(&product, before).await;
    let asked = contacts_asked_for(&product).await;
    product.clock.advance(59 * MINUTE);
    for _ in 0..3 {
        product.message(TEXT).await;
    }
    assert_eq!(contacts_asked_for(&product).await, asked, "an answer holds for an hour");
    product.clock.advance(2 * MINUTE);
    product.message(TEXT).await;
    asked_again(&product, asked).await;

    // A delivery about the contact ends it at once.
    product.mend().await;
    let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
    assert_eq!(view["contact"], Value::Null);
    let contact = view["conversation"]["contact_ids"][0].as_str().expect("an id").to_owned();
    let url = format!("{}/contacts/{contact}", product.simulator.base_url());
    let token = &product.simulator.credentials().token;
    let change = json!({ "name": "Priya Raman-Holt" });
    let renamed = product.http.put(url).bearer_auth(token).json(&change).send().await.expect("an answer");
    assert!(renamed.status().is_success(), "{renamed:?}");
    product
        .until("the contact to be known", async || {
            let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
            (view["contact"]["name"] == "Priya Raman-Holt").then_some(())
        })
        .await;
}

async fn asked_again(product: &Product, before: usize) {
    product
        .until("the contact to be asked for", async || {
            (contacts_asked_for(product).await > before).then_some(())
        })
        .await;
}

/// How often a contact was read at the helpdesk.
async fn contacts_asked_for(product: &Product) -> usize {
    let url = format!("{}/_sim/calls", product.simulator.base_url());
    let calls: Value = product.http.get(url).send().await.expect("an answer").json().await.expect("JSON");
    let calls = calls.as_array().expect("a list").iter();
    calls
        .filter(|call| {
            call["method"] == "GET"
                && call["path"].as_str().is_some_and(|path| path.starts_with("/contacts/"))
        })
        .count()
}
