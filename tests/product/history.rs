//! Labelled history is looked at, imported, learned from and taken back whole; what cannot be imported is said.

use crate::harness::Product;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write as _;

const STRANGE: &str = "The pallet scanner shows glyph forty-two whenever I dock it";

fn file(bytes: &[u8]) -> Value {
    json!({ "kind": "file", "name": "history.csv", "base64": STANDARD.encode(bytes) })
}

fn to(label: &str, bucket: &str) -> Value {
    json!({ "label": label, "target": { "to": "bucket", "bucket_id": bucket } })
}

async fn preview(product: &Product, source: Value) -> Value {
    product.call("history.preview", json!({ "source": source })).await
}

async fn until_learned(product: &Product) {
    product
        .until("the history to be learned", async || {
            let list = product.call("history.list", json!({})).await;
            list["learning"].is_null().then_some(())
        })
        .await;
}

async fn urgency(product: &Product) -> f64 {
    let (_, suggestion) = product.message(STRANGE).await;
    let detail = product.suggestion(&suggestion).await;
    let all = detail["probabilities"].as_array().expect("probabilities").clone();
    let found = all.iter().find(|one| one["bucket_id"] == "urgent").expect("every bucket is there");
    found["probability"].as_f64().expect("a number")
}

#[tokio::test]
async fn a_file_is_looked_at_imported_learned_from_and_taken_back_whole() {
    let product = Product::start().await;
    let before = urgency(&product).await;
    let mut lines = "text,label\n".to_owned();
    for number in 0..20 {
        let _ = writeln!(lines, "\"The pallet scanner, number {number}, shows glyph forty-two\",scanners");
        let _ = writeln!(lines, "Where is invoice {number}?,Billing");
    }
    lines.push_str("Join our choir,oos\n,Billing\n");
    let look = preview(&product, file(lines.as_bytes())).await;
    assert_eq!(look["headline"], "41 messages with 3 labels in history.csv.");
    assert_eq!(look["problems"], json!(["Line 43 has no text."]));
    let labels = look["labels"].as_array().expect("labels");
    assert_eq!(
        labels[0],
        json!({ "label": "Billing", "messages": 20,
                                  "proposed": { "to": "bucket", "bucket_id": "billing" } })
    );
    assert_eq!(
        (&labels[1]["label"], &labels[1]["proposed"]["to"]),
        (&json!("scanners"), &json!("leave_out"))
    );
    assert_eq!((&labels[2]["label"], &labels[2]["proposed"]["to"]), (&json!("oos"), &json!("none_of_these")));
    assert_eq!(product.call("history.list", json!({})).await["rows"], json!([]), "looking keeps nothing");

    let mapping = json!([to("scanners", "urgent"), { "label": "oos", "target": { "to": "none_of_these" } }]);
    let order = json!({ "source": file(lines.as_bytes()), "mapping": mapping });
    let imported = product.call("history.import", order.clone()).await;
    assert_eq!(imported["brought"], 21);
    assert_eq!(imported["left_out"], json!(["20 messages are left out, since their labels go nowhere."]));
    until_learned(&product).await;
    let after = urgency(&product).await;
    assert!(after > before + 0.2, "{before} became {after}");
    assert_eq!(product.call("health.get", json!({})).await["model"]["lessons"], 21);
    let (_, suggestion) = product.message(STRANGE).await;
    let why = product.call("suggestions.explain", json!({ "suggestion_id": suggestion })).await;
    assert_eq!(why["similar"][0]["decided"], "Imported as Urgent");
    assert_eq!(why["similar"][0]["conversation_id"], Value::Null, "a line of a file has none to open");
    let again = product.refusal("history.import", order).await;
    assert!(again.message.starts_with("There is nothing to import."), "{}", again.message);
    let insights = product.call("insights.get", json!({})).await;
    assert_eq!(insights["decisions"], 0, "what was imported was decided by nobody here");

    let undo = json!({ "import_id": imported["import_id"] });
    let list = product.call("history.undo", undo.clone()).await;
    assert_eq!((list["rows"][0]["kept"].as_u64(), list["rows"][0]["undone_at"].is_null()), (Some(0), false));
    assert_eq!(list["rows"][0]["sentence"], "21 messages from history.csv");
    until_learned(&product).await;
    let undone = urgency(&product).await;
    assert!((undone - before).abs() < 1e-6, "{before} became {undone}");
    assert_eq!(product.refusal("history.undo", undo).await.message, "This was taken back before.");
}

#[tokio::test]
async fn an_import_outlives_a_restart_and_a_decision_goes_before_it() {
    let mut product = Product::start().await;
    let lines = "text,label\nThe pallet scanner shows glyph forty-two,scanners\n";
    let order = json!({ "source": file(lines.as_bytes()), "mapping": [to("scanners", "urgent")] });
    product.call("history.import", order).await;
    until_learned(&product).await;
    let before = urgency(&product).await;
    product.restart().await;
    assert_eq!(product.call("health.get", json!({})).await["model"]["lessons"], 1);
    let after = urgency(&product).await;
    assert!((after - before).abs() < 1e-6, "{before} became {after}");
}

#[tokio::test]
async fn tags_of_conversations_become_lessons_that_go_with_their_conversations() {
    let product = Product::start().await;
    let (conversation, _) = product.message("The zeppelin gate is stuck").await;
    let (other, _) = product.message("Refund my zeppelin ticket").await;
    tag(&product, &conversation, "gates").await;
    tag(&product, &other, "gates").await;
    tag(&product, &other, "money").await;
    let look = product
        .until("both tags to be known here", async || {
            let look = preview(&product, json!({ "kind": "tags" })).await;
            let counted = look["labels"].as_array().expect("labels").iter().filter(|label| {
                (label["label"] == "gates" && label["messages"] == 2)
                    || (label["label"] == "money" && label["messages"] == 1)
            });
            (counted.count() == 2).then_some(look)
        })
        .await;
    assert!(look["headline"].as_str().expect("a text").contains("with"), "{look}");
    let mapping = json!([to("gates", "urgent"), to("money", "billing")]);
    let order = json!({ "source": { "kind": "tags" }, "mapping": mapping });
    let imported = product.call("history.import", order).await;
    assert_eq!(imported["brought"], 1);
    assert!(
        imported["left_out"]
            .as_array()
            .expect("a list")
            .contains(&json!("1 message has labels of several buckets.")),
        "{imported}"
    );
    until_learned(&product).await;
    let (_, suggestion) = product.message("Our zeppelin gate is stuck again").await;
    let why = product.call("suggestions.explain", json!({ "suggestion_id": suggestion })).await;
    assert_eq!(why["similar"][0]["conversation_id"], conversation.as_str());
}

#[tokio::test]
async fn what_cannot_be_imported_is_said_in_a_sentence() {
    let product = Product::start().await;
    let refused =
        async |source: Value| product.refusal("history.preview", json!({ "source": source })).await.message;
    assert!(refused(file(b"")).await.starts_with("The file is empty."));
    assert!(refused(file(b"Where is my parcel?,general\n")).await.contains("no column 'text'"));
    assert!(
        refused(file(b"text,label\nGr\xfc\xdfe,general\n"))
            .await
            .starts_with("Line 2 of the file is not in UTF-8.")
    );
    let utf16: Vec<u8> = "\u{feff}text,label\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(file(&utf16)).await.contains("UTF-16"));
    assert!(refused(file(&vec![b'x'; 9 * 1024 * 1024])).await.contains("at most 8 MB"));
    assert!(
        refused(json!({ "kind": "file", "name": "x", "base64": "%" })).await.contains("did not arrive whole")
    );
    let long = format!("text,label\n{},billing\nHello,billing\n", "x".repeat(1024 * 1024));
    let look = preview(&product, file(long.as_bytes())).await;
    assert_eq!(look["messages"], 1);
    assert!(
        look["problems"][0].as_str().expect("a text").starts_with("Line 2 has a text of 1048576 characters")
    );
    let lines = b"text,label\nHello,greeting\n";
    let import = async |mapping: Value| {
        product.refusal("history.import", json!({ "source": file(lines), "mapping": mapping })).await.message
    };
    assert!(import(json!([to("salute", "general")])).await.starts_with("No message has the label “salute”."));
    assert!(import(json!([to("greeting", "hellos")])).await.contains("there is no such bucket. There are: "));
    assert!(import(json!([])).await.starts_with("There is nothing to import. 1 message is left out"));
    assert_eq!(product.call("history.list", json!({})).await["rows"], json!([]));
}

/// A teammate puts a tag on a conversation, and leaves a note, of which the helpdesk tells.
async fn tag(product: &Product, conversation: &str, name: &str) {
    let base = product.simulator.base_url();
    let credentials = product.simulator.credentials();
    let post = async |path: String, body: Value| -> Value {
        let request = product.http.post(format!("{base}{path}")).bearer_auth(&credentials.token).json(&body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.expect("JSON")
    };
    let made = post("/tags".to_owned(), json!({ "name": name })).await;
    post(
        format!("/conversations/{conversation}/tags"),
        json!({ "id": made["id"], "admin_id": credentials.admin_id }),
    )
    .await;
    let note = json!({ "admin_id": credentials.admin_id, "conversation_id": conversation, "do": "note", "body": name });
    product.sim("teammate", note).await;
}
