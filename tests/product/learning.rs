//! The confidence is learned from the team's own decisions, at once, and unlearned when they are taken back.

use crate::harness::Product;
use crate::policies::{billing, until_policy};
use serde_json::{Value, json};

const TEXT: &str = "The pallet scanner shows glyph forty-two whenever I dock it";

#[tokio::test]
async fn corrections_change_what_is_suggested_next_and_undo_changes_it_back() {
    let product = Product::start().await;
    let confidence = async |bucket: &str| -> f64 {
        let (_, suggestion) = product.message(TEXT).await;
        let detail = product.suggestion(&suggestion).await;
        let all = detail["probabilities"].as_array().expect("probabilities").clone();
        let found = all.iter().find(|one| one["bucket_id"] == bucket).expect("every bucket is there");
        found["probability"].as_f64().expect("a number")
    };
    let before = confidence("urgent").await;
    let (_, suggestion) = product.message(TEXT).await;
    let decision = product.decide(&suggestion, json!({ "kind": "correct", "bucket_id": "urgent" })).await;
    let after = confidence("urgent").await;
    assert!(after > before + 0.1, "{before} became {after}");
    product.call("decisions.undo", json!({ "decision_id": decision })).await;
    product
        .until("the lesson to be forgotten", async || {
            let health = product.call("health.get", json!({})).await;
            (health["model"]["lessons"] == 0).then_some(())
        })
        .await;
    let again = confidence("urgent").await;
    assert!((again - before).abs() < 1e-6, "{before} became {again}");
}

#[tokio::test]
async fn a_confidence_is_not_called_a_frequency_before_thirty_decisions() {
    let product = Product::start().await;
    let (_, suggestion) = product.message("I was charged twice, refund me").await;
    let record = product.suggestion(&suggestion).await["record"].clone();
    assert_eq!(record["learning"], true);
    assert_eq!(record["sentence"], "Still learning: 0 of 30 decisions");
}

#[tokio::test]
async fn a_bucket_of_the_teams_own_is_suggested_after_it_was_made() {
    let product = Product::start().await;
    let (_, waiting) = product.message("My parcel came back to the depot, the label was torn off").await;
    let examples = [
        "My parcel came back to the depot",
        "The parcel label was torn off",
        "Parcel returned to the depot again",
        "The depot says the label cannot be read",
        "Torn label on my parcel",
        "Depot returned our parcel",
        "The label came off and the parcel went back",
        "Our parcel sits in the depot without a label",
    ];
    let bucket = json!({ "name": "Returned parcels", "tone": "teal", "reply": "We send a new label.",
                         "examples": examples });
    let saved = product.call("buckets.save", bucket).await;
    assert_eq!(saved["bucket"]["id"], "returned-parcels");
    product
        .until("the waiting suggestion to be made anew", async || {
            let list = product.call("suggestions.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            rows.iter()
                .any(|row| row["bucket_id"] == "returned-parcels" && row["suggestion_id"] != waiting.as_str())
                .then_some(())
        })
        .await;
}

#[tokio::test]
async fn what_the_model_is_not_sure_of_has_no_plan_and_says_why() {
    let product = Product::start().await;
    let polish = "Od rana nikt nie może się zalogować, cały sklep stoi i tracimy klientów.";
    let (_, suggestion) = product.message(polish).await;
    let detail = product.suggestion(&suggestion).await;
    assert_eq!(detail["bucket_id"], json!(null));
    assert_eq!(detail["nothing"], "Not sure: it is in a language that there are too few examples of.");
    assert_eq!(detail["plan"]["actions"], json!([]));
    assert_eq!(detail["probabilities"].as_array().map(Vec::len), Some(4), "each bucket is offered");
    let approve = json!({ "suggestion_id": suggestion, "decision": { "kind": "approve" } });
    let refusal = product.refusal("suggestions.decide", approve).await;
    assert!(refusal.message.contains("No bucket is suggested"), "{refusal:?}");
    product.decide(&suggestion, json!({ "kind": "correct", "bucket_id": "urgent" })).await;
}

#[tokio::test]
async fn a_card_that_is_still_learning_is_not_clear_on_any_page() {
    let product = Product::start().await;
    for action in ["assign", "reply"] {
        let set = json!({ "bucket_id": "billing", "action": action, "line": 0.05 });
        product.call("policies.set", set).await;
    }
    for number in 0..12 {
        let (_, suggestion) = product.message(&billing(number)).await;
        product.decide(&suggestion, json!({ "kind": "approve" })).await;
    }
    let (conversation, suggestion) = product.message(&billing(12)).await;
    let detail = product.suggestion(&suggestion).await;
    assert_eq!(
        (detail["bucket_id"].as_str(), detail["record"]["learning"].as_bool()),
        (Some("billing"), Some(true))
    );
    let similar = detail["record"]["similar"].as_u64().expect("a number");
    assert_eq!(
        detail["mark"],
        json!({ "kind": "person", "sentence": format!("Not clear: still learning, {similar} of 30 decisions at this level.") })
    );
    let list = product.call("suggestions.list", json!({})).await;
    let of = |row: &&Value| row["conversation_id"] == conversation.as_str();
    let row = list["rows"].as_array().expect("rows").iter().find(of).expect("a row").clone();
    assert_eq!((&row["mark"], row["learning"].as_bool()), (&detail["mark"], Some(true)));
    let policy = until_policy(&product, "reply", "learning").await;
    assert_eq!(
        policy["sentence"],
        "Off. Still learning: 12 of 30 decisions at this line. No card is clear before."
    );
    let ask = json!({ "bucket_id": "billing", "action": "reply", "line": 0.05 });
    let simulation = product.call("policies.simulate", ask).await;
    assert_eq!(
        simulation["sentence"],
        "Still learning: 12 of 30 decisions reach this line, 0 of them wrong. Until there are 30, nothing is clear or automatic."
    );
}
