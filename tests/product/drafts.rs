//! Replies put together: from variables, from articles of the help center, from macros. None leaves unfinished.

use crate::harness::Product;
use serde_json::{Value, json};

const REFUND: &str = "I was charged twice on the invoice, I want a refund of the payment";

#[tokio::test]
async fn what_is_known_of_the_customer_is_in_the_reply_that_leaves() {
    let product = Product::start().await;
    greet(
        &product,
        "Hi {{first_name}}, {{teammate_first_name}} here. Is all well at {{company|your company}}?",
    )
    .await;
    let (conversation, suggestion) = product.message(REFUND).await;
    let said = reply_of(&product.suggestion(&suggestion).await["plan"]).expect("a reply");
    assert!(said.starts_with("Hi Priya, ") && said.ends_with("Is all well at your company?"), "{said}");
    let decision = product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    assert!(product.in_simulator(&conversation).await.to_string().contains("Hi Priya, "));
}

#[tokio::test]
async fn a_missing_name_blocks_approval_until_a_person_writes_the_reply() {
    let product = Product::start().await;
    greet(&product, "Hi {{first_name}}, we look into it.").await;
    let (conversation, suggestion) = nameless(&product).await;
    let detail = product.suggestion(&suggestion).await;
    let gap = &detail["plan"]["gaps"][0];
    assert_eq!(gap["kind"], "reply_incomplete");
    assert_eq!(gap["text"], "Hi {{first_name}}, we look into it.");
    assert_eq!((gap["from"].as_u64(), gap["to"].as_u64()), (Some(3), Some(17)));
    assert_eq!(reply_of(&detail["plan"]), None, "nothing unfinished is planned");
    let sentence = gap["sentence"].as_str().expect("a sentence");
    assert!(sentence.contains("needs the customer's first name, which is not known"), "{sentence}");
    for decision in [
        json!({ "kind": "approve" }),
        json!({ "kind": "edit", "reply": "Hi {{first_name}}, hello" }),
        json!({ "kind": "correct", "bucket_id": "billing" }),
        json!({ "kind": "correct", "bucket_id": "billing", "reply": "Hi {{first_name}}" }),
    ] {
        let refusal = product
            .refusal("suggestions.decide", json!({ "suggestion_id": suggestion, "decision": decision }));
        assert_eq!(refusal.await.message, sentence, "{decision}");
    }
    let decision = product
        .decide(&suggestion, json!({ "kind": "edit", "reply": "Hi {{first_name|there}}, hello" }))
        .await;
    product.pass_window();
    product.until_states(&decision, &["done", "done"]).await;
    let sent = product.in_simulator(&conversation).await.to_string();
    assert!(sent.contains("Hi there, hello") && !sent.contains("{{"), "{sent}");
}

#[tokio::test]
async fn an_unfinished_variable_never_leaves_whoever_wrote_it() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(REFUND).await;
    for (reply, wrong) in [
        ("Order {{order}} is ready", "{{order}}, which is no variable"),
        ("Hi {{first_name, hello", "braces that are no variable"),
        ("Hi first_name}}", "braces that are no variable"),
    ] {
        let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "edit", "reply": reply } });
        let refusal = product.refusal("suggestions.decide", input).await;
        assert!(refusal.message.contains(wrong), "{reply}: {refusal:?}");
    }
    assert_eq!(product.writes().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_name_that_becomes_known_completes_the_reply() {
    let product = Product::start().await;
    greet(&product, "Hi {{first_name}}, we look into it.").await;
    let (conversation, suggestion) = nameless(&product).await;
    let contact =
        product.suggestion(&suggestion).await["conversation"]["conversation"]["contact_ids"][0].clone();
    let contact = contact.as_str().expect("an id");
    let url = format!("{}/contacts/{contact}", product.simulator.base_url());
    let token = &product.simulator.credentials().token;
    let renamed = product.http.put(url).bearer_auth(token).json(&json!({ "name": "Noor Haddad" })).send();
    assert!(renamed.await.expect("an answer").status().is_success());
    let completed = product
        .until("the reply to be complete", async || {
            let now = product.suggestion_now(&conversation).await?;
            let plan = product.suggestion(&now).await["plan"].clone();
            reply_of(&plan).map(|reply| (now, reply))
        })
        .await;
    assert_eq!(completed.1, "Hi Noor, we look into it.");
    assert_ne!(completed.0, suggestion, "what a person saw is not changed under their hands");
    let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let refusal = product.refusal("suggestions.decide", input).await;
    assert!(refusal.message.contains("what goes into the reply changed"), "{refusal:?}");
}

#[tokio::test]
async fn a_bucket_is_not_saved_with_an_unknown_variable_and_its_reply_is_tried_on_a_customer() {
    let product = Product::start().await;
    let (conversation, _) = product.message(REFUND).await;
    let mut bucket = billing(&product).await;
    bucket["reply"] = json!("Hi {{fist_name}}");
    let refusal = product.refusal("buckets.save", bucket).await;
    assert_eq!(refusal.detail.as_deref(), Some("reply"));
    assert!(refusal.message.contains("There are first_name, name, "), "{refusal:?}");
    let input = json!({ "text": "Hi {{first_name}} of {{company}}", "conversation_id": conversation });
    let preview = product.call("replies.preview", input).await;
    assert_eq!(preview["text"], json!(null));
    assert_eq!(preview["gap"]["text"], "Hi Priya of {{company}}");
    assert!(
        preview["customers"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Priya Raman"))
    );
    let first = preview["variables"][0].clone();
    assert_eq!((first["word"].as_str(), first["value"].as_str()), (Some("first_name"), Some("Priya")));
    let fine = json!({ "text": "Hi {{first_name}}", "conversation_id": conversation });
    assert_eq!(product.call("replies.preview", fine).await["text"], "Hi Priya");
}

async fn billing(product: &Product) -> Value {
    let list = product.call("buckets.list", json!({})).await;
    let buckets = list["buckets"].as_array().expect("buckets").clone();
    let view = buckets.into_iter().find(|view| view["bucket"]["id"] == "billing").expect("it is there");
    let mut bucket = view["bucket"].clone();
    bucket["bucket_id"] = json!("billing");
    bucket["team_id"] = view["team_id"].clone();
    bucket
}

/// Gives the bucket of invoices this reply.
async fn greet(product: &Product, reply: &str) {
    product.other_admin().await;
    let mut bucket = billing(product).await;
    bucket["reply"] = json!(reply);
    product.call("buckets.save", bucket).await;
}

/// Somebody writes of whom no name is known.
async fn nameless(product: &Product) -> (String, String) {
    product.message_as(json!({ "email": "n.h@mail.example.com", "body": REFUND })).await
}

fn reply_of(plan: &Value) -> Option<String> {
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions
        .filter(|action| action["kind"] == "reply")
        .find_map(|action| Some(action["body"].as_str()?.to_owned()))
}
