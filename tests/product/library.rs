//! Articles of the help center and macros: read, kept, found, put into replies, and gone when the helpdesk has them no
//! more. A person sends what they make of them.

use crate::harness::Product;
use serde_json::{Value, json};

const REFUND: &str = "I was charged twice on the invoice, I want a refund of the payment";
const HOUR_MS: i64 = 60 * 60 * 1_000;

#[tokio::test]
async fn an_article_is_found_with_a_quotation_that_reaches_the_customer_and_counts_as_added() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(REFUND).await;
    let found = articles(&product, &conversation).await;
    assert!((1..=3).contains(&found.len()), "{found:?}");
    let best = &found[0];
    assert_eq!(best["title"], "Ask for a refund");
    let (quotation, url) = (text(&best["quotation"]), text(&best["url"]));
    assert!(url.starts_with("https://help.northwind.example/en/articles/"), "{url}");
    assert!(quotation.contains("refund") && quotation.chars().count() <= 280, "{quotation}");
    assert_eq!(best["insertion"], format!("“{quotation}”\nAsk for a refund: {url}"));

    let suggested = reply_of(&product.suggestion(&suggestion).await["plan"]);
    let reply = format!("{suggested}\n\n{}", text(&best["insertion"]));
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": reply })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let sent = product.in_simulator(&conversation).await.to_string();
    assert!(sent.contains(url) && sent.contains("Ask for a refund: "), "{sent}");

    let edits = product.call("insights.edits", json!({})).await;
    let pieces = edits["rows"][0]["pieces"].as_array().expect("pieces").clone();
    let of = |kind: &str| -> String {
        pieces.iter().filter(|piece| piece["kind"] == kind).map(|piece| text(&piece["text"])).collect()
    };
    assert_eq!(of("removed"), "", "the suggested reply was kept");
    assert!(suggested.starts_with(of("kept").trim()) && of("added").contains(quotation), "{pieces:?}");
}

#[tokio::test]
async fn nothing_is_shown_where_nothing_fits_and_a_draft_never() {
    let product = Product::start().await;
    let lost =
        "Hello, this is Doris on Maple Street. Your driver was supposed to fill our tank and never came";
    let (conversation, _) = product.message_as(json!({ "email": "d@mail.example.com", "body": lost })).await;
    assert_eq!(articles(&product, &conversation).await, Vec::<Value>::new());
    let (conversation, _) = product
        .message_as(
            json!({ "email": "e@mail.example.com", "body": "What are your prices from next quarter on?" }),
        )
        .await;
    let shown = articles(&product, &conversation).await;
    assert!(shown.iter().all(|one| !text(&one["title"]).contains("next quarter")), "{shown:?}");
}

#[tokio::test]
async fn a_customer_is_shown_the_article_in_their_language() {
    let product = Product::start().await;
    let (conversation, _) = product
        .message("Guten Tag, wie kann ich bitte die Rechnungsadresse auf unseren Rechnungen ändern lassen?")
        .await;
    let found = articles(&product, &conversation).await;
    assert_eq!(found[0]["title"], "Was auf Ihren Rechnungen steht");
    assert!(text(&found[0]["url"]).contains("/de/articles/"), "{found:?}");
    assert!(text(&found[0]["quotation"]).contains("Rechnungsadresse"), "{found:?}");
}

#[tokio::test]
async fn what_changed_is_quoted_anew_and_what_was_unpublished_or_deleted_is_gone() {
    let product = Product::start().await;
    let (conversation, _) = product.message("I forgot my password, how do I reset it?").await;
    let found = articles(&product, &conversation).await;
    assert_eq!(found[0]["title"], "Reset your password");
    assert_eq!(found[0]["quotation"], "Choose 'Forgot password' where you log in.");
    let id = text(&found[0]["article_id"]);
    let change = json!({ "body": "<p>To reset a password, ask the owner of the workspace.</p><script>alert(1)</script>" });
    untold(&product).await;
    helpdesk(&product, "PUT", &format!("articles/{id}"), change).await;
    product.clock.advance(HOUR_MS);
    product
        .until("the article to be read again", async || {
            let found = articles(&product, &conversation).await;
            (found[0]["quotation"] == "To reset a password, ask the owner of the workspace.").then_some(())
        })
        .await;
    helpdesk(&product, "PUT", &format!("articles/{id}"), json!({ "state": "draft" })).await;
    product.call("library.read", json!({})).await;
    let is_shown = async || {
        let found = articles(&product, &conversation).await;
        found.iter().any(|one| one["article_id"] == id)
    };
    product.until("the article to go", async || (!is_shown().await).then_some(())).await;
    helpdesk(&product, "PUT", &format!("articles/{id}"), json!({ "state": "published" })).await;
    product.call("library.read", json!({})).await;
    product.until("the article to come back", async || is_shown().await.then_some(())).await;
    helpdesk(&product, "DELETE", &format!("articles/{id}"), json!({})).await;
    product.call("library.read", json!({})).await;
    product.until("the article to go for good", async || (!is_shown().await).then_some(())).await;
}

#[tokio::test]
async fn a_delivery_has_an_article_read_anew_and_what_was_taken_offline_is_quoted_no_more() {
    let product = Product::start().await;
    let (conversation, _) = product.message("I forgot my password, how do I reset it?").await;
    let found = articles(&product, &conversation).await;
    assert_eq!(found[0]["title"], "Reset your password");
    let id = text(&found[0]["article_id"]).to_owned();
    let path = format!("articles/{id}");
    let is_shown = async || {
        let found = articles(&product, &conversation).await;
        found.iter().any(|one| one["article_id"] == id.as_str())
    };
    let anew = "The article was read anew";
    let same = "Nothing that customers read has changed";
    let gone = "The article is found and quoted no more";

    let body = json!({ "body": "<p>To reset a password, ask the owner of the workspace.</p>" });
    assert_eq!(change(&product, "PUT", &path, body, 1).await, [anew]);
    let quotation = articles(&product, &conversation).await[0]["quotation"].clone();
    assert_eq!(quotation, "To reset a password, ask the owner of the workspace.");
    // Two deliveries tell of one change: 'updated', and what became of it. One reading may serve both.
    let led_to = change(&product, "PUT", &path, json!({ "state": "draft" }), 2).await;
    assert!(led_to.contains(&gone.to_owned()) && !led_to.contains(&anew.to_owned()), "{led_to:?}");
    assert!(!is_shown().await);
    let body = json!({ "body": "<p>Reset a password with a draft.</p>" });
    assert_eq!(
        change(&product, "PUT", &path, body, 1).await,
        [same],
        "the text in the delivery is not taken"
    );
    assert!(!is_shown().await);
    let led_to = change(&product, "PUT", &path, json!({ "state": "published" }), 2).await;
    assert!(led_to.contains(&anew.to_owned()), "{led_to:?}");
    assert!(is_shown().await);
    assert_eq!(change(&product, "DELETE", &path, json!({}), 1).await, [gone]);
    assert!(!is_shown().await);
}

#[tokio::test]
async fn an_article_that_may_not_be_read_goes_and_nobody_waits_for_it() {
    let product = Product::start().await;
    let (conversation, _) = product.message("I forgot my password, how do I reset it?").await;
    let id = text(&articles(&product, &conversation).await[0]["article_id"]).to_owned();
    let path = format!("/articles/{id}");
    let fault = |status: u16, code: &str| {
        json!({ "match": { "method": "GET", "path": path }, "do": "status", "status": status, "code": code,
                "message": "No", "times": null })
    };
    product.sim("faults", fault(503, "server_error")).await;
    helpdesk(&product, "PUT", &format!("articles/{id}"), json!({ "description": "New" })).await;
    let waits = told(&product, "article.updated", "Waits to be tried again").await;
    assert_eq!(articles(&product, &conversation).await[0]["article_id"], id.as_str(), "nothing is known yet");
    product.mend().await;
    product.sim("faults", fault(403, "forbidden")).await;
    let input = json!({ "topic": "article.updated" });
    let row = product
        .until_by_clock("the next try", async || {
            let list = product.call("deliveries.list", input.clone()).await;
            Some(list["rows"][0].clone()).filter(|row| row["outcome"] == "ignored")
        })
        .await;
    assert_eq!((&row["delivery_id"], &row["led_to"]), (&waits["delivery_id"], &json!("Not kept")));
    assert!(text(&row["reason"]).contains("does not allow this access token"), "{row}");
    let found = articles(&product, &conversation).await;
    assert!(found.iter().all(|one| one["article_id"] != id.as_str()), "{found:?}");
}

#[tokio::test]
async fn many_articles_are_read_page_by_page_and_counted_once() {
    let product = Product::start().await;
    untold(&product).await;
    let before =
        product.call("library.get", json!({})).await["articles"]["count"].as_u64().expect("a number");
    let author: u64 = product.simulator.credentials().admin_id.parse().expect("a number");
    for number in 0..60 {
        let title = format!("Part {number} of the pallet manual");
        let article =
            json!({ "title": title, "author_id": author, "state": "published", "body": "<p>See there.</p>" });
        helpdesk(&product, "POST", "articles", article).await;
    }
    product.call("library.read", json!({})).await;
    let count = product
        .until("all to be read", async || {
            let library = product.call("library.get", json!({})).await;
            library["articles"]["count"].as_u64().filter(|count| *count > before + 50)
        })
        .await;
    assert_eq!(count, before + 60);
    let sentence = product.call("library.get", json!({})).await["articles"]["sentence"].clone();
    assert_eq!(sentence, format!("{count} articles"));
}

#[tokio::test]
async fn a_macro_is_put_together_for_the_customer_and_arrives() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(REFUND).await;
    let list = product.call("macros.list", json!({ "conversation_id": conversation })).await;
    let macros = list["macros"].as_array().expect("macros").clone();
    assert_eq!(
        (&macros[0]["name"], &list["remark"]),
        (&json!("Charged twice"), &Value::Null),
        "the nearest first"
    );
    let names: Vec<&str> = macros.iter().map(|one| text(&one["name"])).collect();
    assert!(names.contains(&"Known outage"), "a team of hers: {names:?}");
    assert!(!names.contains(&"Refund is on its way"), "a team of others: {names:?}");
    let greeting = named(&macros, "Greeting");
    let said = text(&greeting["insertion"]);
    assert!(said.starts_with("Hi Priya,\n\nthank you for writing to Northwind. I'm Maya, "), "{said}");
    assert!(text(&greeting["text"]).starts_with("Hi {{first_name|there}},"), "{greeting}");
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": said })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let sent = product.in_simulator(&conversation).await.to_string();
    assert!(sent.contains("thank you for writing to Northwind. I'm Maya"), "{sent}");
}

#[tokio::test]
async fn a_macro_with_something_unknown_in_it_is_marked_and_cannot_be_sent() {
    let product = Product::start().await;
    let (conversation, suggestion) = product.message(REFUND).await;
    let list = product.call("macros.list", json!({ "conversation_id": conversation })).await;
    let one = named(list["macros"].as_array().expect("macros"), "Order is being looked for");
    let insertion = text(&one["insertion"]);
    assert_eq!(insertion, "We are looking for order {{order.number}} of your company and write again today.");
    let gap = &one["gap"];
    assert_eq!((gap["from"].as_u64(), gap["to"].as_u64()), (Some(25), Some(41)));
    let sentence = text(&gap["sentence"]);
    assert!(sentence.contains("{{order.number}}, which is no variable"), "{sentence}");
    let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "edit", "reply": insertion } });
    assert_eq!(product.refusal("suggestions.decide", input).await.message, sentence);
    // Nor does it become the reply of a bucket.
    let buckets = product.call("buckets.list", json!({})).await;
    let view =
        buckets["buckets"].as_array().expect("buckets").iter().find(|one| one["bucket"]["id"] == "billing");
    let mut bucket = view.expect("it is there")["bucket"].clone();
    bucket["bucket_id"] = json!("billing");
    bucket["reply"] = one["text"].clone();
    assert_eq!(product.refusal("buckets.save", bucket).await.detail.as_deref(), Some("reply"));
    assert_eq!(product.writes().await, Vec::<String>::new());
}

#[tokio::test]
async fn macros_that_may_not_be_read_are_said_to_be_so_where_they_are_looked_for_and_nowhere_else() {
    for (status, code, words) in [
        (403, "forbidden", "does not allow this access token"),
        (400, "intercom_version_invalid", "does not offer this call in version 2.16"),
    ] {
        let product = Product::start().await;
        let fault = json!({
            "match": { "method": "GET", "path": "/macros" }, "do": "status", "status": status, "code": code,
            "message": "You do not have the required scope (read_conversations) to access this resource"
        });
        product.sim("faults", fault).await;
        product.call("library.read", json!({})).await;
        let remark = product
            .until("the refusal", async || {
                let list = product.call("macros.list", json!({})).await;
                list["remark"].as_str().map(str::to_owned)
            })
            .await;
        assert!(remark.starts_with("The macros cannot be read: ") && remark.contains(words), "{remark}");
        let list = product.call("macros.list", json!({})).await;
        assert_eq!(list["macros"], json!([]), "what cannot be brought up to date is not offered");
        let library = product.call("library.get", json!({})).await;
        assert_eq!(
            (&library["macros"]["failed"], &library["articles"]["failed"]),
            (&json!(true), &json!(false))
        );
        assert!(library["articles"]["count"].as_u64().is_some_and(|count| count > 10), "{library}");
        let health = product.call("health.get", json!({})).await.to_string();
        assert!(!health.to_lowercase().contains("macro"), "nothing of the work depends on them");
        product.mend().await;
        product.call("library.read", json!({})).await;
        product
            .until("the macros to be back", async || {
                let list = product.call("macros.list", json!({})).await;
                list["macros"].as_array().filter(|all| !all.is_empty()).map(|_| ())
            })
            .await;
    }
}

#[tokio::test]
async fn a_reading_that_fails_keeps_what_was_there_and_is_tried_again() {
    let product = Product::start().await;
    let (conversation, _) = product.message("I forgot my password, how do I reset it?").await;
    product
        .sim(
            "faults",
            json!({ "match": { "method": "GET", "path": "/articles" }, "do": "status", "status": 503 }),
        )
        .await;
    product.call("library.read", json!({})).await;
    let failed = async || product.call("library.get", json!({})).await["articles"].clone();
    let shelf = product
        .until("the failure", async || Some(failed().await).filter(|shelf| shelf["failed"] == true))
        .await;
    assert!(text(&shelf["sentence"]).contains("tried again in some minutes"), "{shelf}");
    assert_eq!(articles(&product, &conversation).await[0]["title"], "Reset your password");
    product.mend().await;
    product.clock.advance(5 * 60 * 1_000);
    product.until("the next try", async || (failed().await["failed"] == false).then_some(())).await;
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    let mut product = Product::start().await;
    let (conversation, _) = product.message("I forgot my password, how do I reset it?").await;
    product
        .sim(
            "faults",
            json!({ "match": { "method": "GET", "path": "/articles" }, "do": "status", "status": 503 }),
        )
        .await;
    product.restart_without_following().await;
    assert_eq!(articles(&product, &conversation).await[0]["title"], "Reset your password");
}

async fn articles(product: &Product, conversation: &str) -> Vec<Value> {
    let list = product.call("articles.find", json!({ "conversation_id": conversation })).await;
    list["articles"].as_array().expect("articles").clone()
}

/// No delivery about articles arrives: they are lost on the way.
async fn untold(product: &Product) {
    let of = ["created", "updated", "published", "unpublished", "deleted"];
    let topics = of.map(|what| format!("article.{what}"));
    let url = format!("{}/_sim/webhook/faults", product.simulator.base_url());
    let faults = json!({ "topics": topics, "drop": 1.0 });
    let answer = product.http.put(url).json(&faults).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{answer:?}");
}

/// Changes an article in the helpdesk. Gives what the deliveries that tell of it led to, so many, once all are applied.
async fn change(product: &Product, method: &str, path: &str, body: Value, notices: usize) -> Vec<String> {
    let rows = async || {
        let list = product.call("deliveries.list", json!({ "topic": "article." })).await;
        list["rows"].as_array().expect("rows").clone()
    };
    let before = rows().await.len();
    helpdesk(product, method, path, body).await;
    let rows = product
        .until("the deliveries to be applied", async || {
            let rows = rows().await;
            let are_applied = rows.iter().all(|row| row["outcome"] == "applied");
            (rows.len() == before + notices && are_applied).then_some(rows)
        })
        .await;
    rows.iter().take(notices).map(|row| text(&row["led_to"]).to_owned()).collect()
}

/// The newest delivery of these topics, as soon as it led to this.
async fn told(product: &Product, topic: &str, led_to: &str) -> Value {
    product
        .until(&format!("{topic} to lead to: {led_to}"), async || {
            let list = product.call("deliveries.list", json!({ "topic": topic })).await;
            list["rows"].as_array()?.iter().find(|row| row["led_to"] == led_to).cloned()
        })
        .await
}

fn named<'a>(macros: &'a [Value], name: &str) -> &'a Value {
    macros.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {macros:?}"))
}

/// A teammate works in the helpdesk.
async fn helpdesk(product: &Product, method: &str, path: &str, body: Value) {
    let method = method.parse().expect("a method");
    let request = product.http.request(method, format!("{}/{path}", product.simulator.base_url()));
    let token = &product.simulator.credentials().token;
    let answer = request.bearer_auth(token).json(&body).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
}

fn reply_of(plan: &Value) -> String {
    let mut actions = plan["actions"].as_array().expect("actions").iter();
    let reply = actions.find(|action| action["kind"] == "reply").expect("a reply");
    text(&reply["body"]).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
