//! The card says why, and the learning views say how right: from what people decided, and from nothing else.

use crate::harness::Product;
use serde_json::{Value, json};

const DOUBLE_CHARGE: &str = "I was charged twice this month, please refund the second payment.";
const DAY: i64 = 24 * 60 * 60 * 1000;

async fn explain(product: &Product, suggestion: &str) -> Value {
    product.call("suggestions.explain", json!({ "suggestion_id": suggestion })).await
}

async fn insights(product: &Product) -> Value {
    product.call("insights.get", json!({ "offset_minutes": 0 })).await
}

/// The probability of a bucket on a card.
fn probability(detail: &Value, bucket: &str) -> f64 {
    let all = detail["probabilities"].as_array().expect("probabilities");
    let one = all.iter().find(|one| one["bucket_id"] == bucket).expect("every bucket is there");
    one["probability"].as_f64().expect("a number")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

async fn until_unlearned(product: &Product, lessons: u64) {
    product
        .until("the lesson to be forgotten", async || {
            let health = product.call("health.get", json!({})).await;
            (health["model"]["lessons"] == lessons).then_some(())
        })
        .await;
}

#[tokio::test]
async fn without_the_words_shown_the_score_is_another_one() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let detail = product.suggestion(&suggestion).await;
    let why = explain(&product, &suggestion).await;
    assert_eq!(why["bucket_id"], "billing");
    let words: Vec<&str> =
        why["words_for"].as_array().expect("words").iter().map(|word| text(&word["text"])).collect();
    assert!(!words.is_empty());
    let mut rest = DOUBLE_CHARGE.to_owned();
    for word in &words {
        assert!(rest.contains(word), "{word} stands in the message");
        rest = rest.replacen(word, "", 1);
    }
    let (_, other) = product.message(&rest).await;
    let before = probability(&detail, "billing");
    let after = probability(&product.suggestion(&other).await, "billing");
    assert!(after < before - 0.2, "without {words:?}: {before} became {after}");
    let said = why["without_confidence"].as_f64().expect("a number");
    assert!((said - after).abs() < 0.05, "the card said {said}, it is {after}");
    let sentence = text(&why["without"]);
    assert!(
        sentence.starts_with("Without these words: ") && sentence.contains(" % instead of "),
        "{sentence}"
    );
}

#[tokio::test]
async fn what_would_flip_it_does() {
    let product = Product::start().await;
    let (_, suggestion) = product.message("Can I get an invoice for the export?").await;
    let why = explain(&product, &suggestion).await;
    let flip = text(&why["flip"]).to_owned();
    let Some(rest) = flip.strip_prefix("Without ") else { panic!("nothing flips it: {flip}") };
    let (words, bucket) = rest.split_once(" it would be ").expect("a bucket");
    let mut without = "Can I get an invoice for the export?".to_owned();
    for word in words.split('“').skip(1).filter_map(|word| word.split('”').next()) {
        without = without.replacen(word, "", 1);
    }
    let (_, other) = product.message(&without).await;
    let now = explain(&product, &other).await;
    let name = bucket.trim_end_matches('.').to_lowercase();
    assert_eq!(text(&now["bucket_id"]), name, "{flip}");
}

#[tokio::test]
async fn past_decisions_that_are_alike_are_shown_until_they_are_taken_back() {
    let product = Product::start().await;
    let (conversation, first) = product.message("The pallet scanner shows glyph forty-two when docked").await;
    let decision = product.decide(&first, json!({ "kind": "correct", "bucket_id": "billing" })).await;
    let (_, second) = product.message("My pallet scanner shows glyph forty-two again").await;
    let why = explain(&product, &second).await;
    let similar = why["similar"].as_array().expect("a list");
    assert_eq!(similar.len(), 1);
    assert_eq!(similar[0]["conversation_id"], conversation.as_str());
    assert_eq!(
        (text(&similar[0]["decided"]), text(&similar[0]["bucket_id"])),
        ("Corrected to Billing", "billing")
    );
    assert!(text(&similar[0]["preview"]).starts_with("The pallet scanner"));
    product.call("decisions.undo", json!({ "decision_id": decision })).await;
    let why = explain(&product, &second).await;
    assert_eq!(why["similar"], json!([]), "what was taken back is no past decision");
}

#[tokio::test]
async fn none_of_these_teaches_is_recorded_and_can_be_taken_back() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    let decision = product.decide(&suggestion, json!({ "kind": "none_of_these" })).await;
    let view = product.decision(&decision).await;
    assert_eq!((text(&view["kind"]), text(&view["sentence"])), ("none_of_these", "None of these"));
    assert_eq!((view["bucket_id"].clone(), view["actions"].clone()), (Value::Null, json!([])));
    let log = product.call("activity.list", json!({})).await;
    assert_eq!(log["rows"][0]["kind"], "decision.none_of_these");
    assert_eq!(product.call("health.get", json!({})).await["model"]["lessons"], 1);
    let report = insights(&product).await;
    assert_eq!(
        report["confusion"]["figures"]["cells"],
        json!([{ "suggested": "billing", "decided": null, "cases": 1 }])
    );
    let (_, other) = product.message("Hello, I was charged twice, refund me").await;
    assert_eq!(product.suggestion(&other).await["record"]["decisions"], 1, "the agreement record counts it");

    product.call("decisions.undo", json!({ "decision_id": decision })).await;
    until_unlearned(&product, 0).await;
    assert_eq!(product.suggestion(&suggestion).await["state"]["state"], "pending");
    assert_eq!(insights(&product).await["decisions"], 0);
    assert!(product.writes().await.is_empty(), "nothing was ever written");
}

#[tokio::test]
async fn a_plain_rejection_says_nothing_about_the_bucket() {
    let product = Product::start().await;
    let (_, suggestion) = product.message(DOUBLE_CHARGE).await;
    product.decide(&suggestion, json!({ "kind": "reject" })).await;
    let report = insights(&product).await;
    assert_eq!(report["decisions"], 0);
    assert_eq!(
        report["headline"],
        "No decision yet says whether a suggestion was right. 1 rejected without saying where it belongs."
    );
    assert_eq!(report["weeks"]["figures"][0]["rejected"], 1);
}

#[tokio::test]
async fn the_views_are_still_learning_and_then_tell_frequencies() {
    let product = Product::start().await;
    let report = insights(&product).await;
    for view in ["calibration", "risk", "learning_curve", "looks"] {
        assert_eq!(report[view]["learning"], true, "{view}");
        assert!(
            text(&report[view]["headline"]).starts_with("Still learning: 0 of 30"),
            "{}",
            report[view]["headline"]
        );
    }
    let (mut last, mut wrong) = (String::new(), Vec::new());
    for number in 0..30 {
        let (_, suggestion) =
            product.message(&format!("I was charged twice, refund payment {number} please")).await;
        let is_billing = product.suggestion(&suggestion).await["bucket_id"] == "billing";
        // What was corrected before may be suggested as that, and is then right.
        let decision = match (number % 10, is_billing) {
            (9, true) => {
                wrong.push(number);
                json!({ "kind": "correct", "bucket_id": "general" })
            }
            _ => json!({ "kind": "approve" }),
        };
        let input =
            json!({ "suggestion_id": suggestion, "decision": decision, "looked_ms": 500 + number * 100 });
        product.call("suggestions.decide", input).await;
        last = suggestion;
    }
    let count = wrong.len();
    assert_eq!(wrong.first(), Some(&9), "the first correction at least");
    let report = insights(&product).await;
    assert_eq!(
        (report["decisions"].as_u64(), report["headline"].as_str()),
        (Some(30), Some("30 decisions."))
    );
    assert_eq!(report["calibration"]["figures"]["answers"], 30);
    assert!(text(&report["calibration"]["headline"]).ends_with("points on average."));
    let right: u64 = report["calibration"]["figures"]["bins"]
        .as_array()
        .expect("bins")
        .iter()
        .map(|bin| bin["right"].as_u64().expect("a number"))
        .sum();
    assert_eq!(right, 30 - count as u64);
    assert_eq!(
        text(&report["confusion"]["headline"]),
        format!("{count} of 30 belonged elsewhere; Billing for what was General most often ({count}).")
    );
    let share = (30 - count) as f64 / 0.3;
    assert_eq!(text(&report["learning_curve"]["headline"]), format!("{share:.0} % right among the last 30."));
    // A correction is no approval.
    let timed = 30 - count;
    assert_eq!(text(&report["looks"]["headline"]), format!("Still learning: {timed} of 30 approvals timed."));
    assert_eq!(report["looks"]["figures"]["rubber_stamped"], 14, "those under two seconds");
    let cases = product.call("insights.cases", json!({ "suggested": "billing", "decided": "general" })).await;
    assert_eq!(
        (text(&cases["headline"]), cases["total"].as_u64()),
        ("Suggested Billing, decided General", Some(count as u64))
    );
    let case = &cases["rows"][0];
    assert_eq!(text(&case["contact_name"]), "Priya Raman");
    let newest = format!("refund payment {} ", wrong[count - 1]);
    let opened =
        product.call("conversations.get", json!({ "conversation_id": case["conversation_id"] })).await;
    assert!(text(&opened["conversation"]["parts"][0]["text"]).contains(&newest), "newest first");
    let record = product.suggestion(&last).await["record"].clone();
    assert_eq!(record["decisions"], 30);
    if record["learning"] == false {
        assert!(text(&record["sentence"]).contains(" in 100"), "{record}");
    }
}

#[tokio::test]
async fn an_edited_reply_is_shown_word_by_word() {
    let product = Product::start().await;
    let empty = product.call("insights.edits", json!({})).await;
    assert!(text(&empty["headline"]).starts_with("No reply was edited yet."));
    let (conversation, suggestion) = product.message(DOUBLE_CHARGE).await;
    let plan = product.suggestion(&suggestion).await["plan"].clone();
    let suggested = plan["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .find_map(|action| action["body"].as_str())
        .expect("a reply")
        .to_owned();
    let sent = format!("Dear Priya. {suggested}");
    product.decide(&suggestion, json!({ "kind": "edit", "reply": sent })).await;
    let edits = product.call("insights.edits", json!({})).await;
    assert_eq!(edits["headline"], "One reply was edited.");
    let row = &edits["rows"][0];
    assert_eq!((text(&row["conversation_id"]), text(&row["bucket_id"])), (conversation.as_str(), "billing"));
    let joined = |without: &str| -> String {
        let pieces = row["pieces"].as_array().expect("pieces").iter();
        pieces.filter(|piece| piece["kind"] != without).map(|piece| text(&piece["text"])).collect()
    };
    assert_eq!((joined("added"), joined("removed")), (suggested, sent));
}

#[tokio::test]
async fn messages_of_no_bucket_that_are_alike_become_a_proposal_until_a_bucket_has_them() {
    let product = Product::start().await;
    let words = async || product.call("insights.words", json!({})).await;
    assert!(
        text(&words().await["proposals"]["headline"])
            .starts_with("Nothing was decided as 'none of these' yet.")
    );
    let messages = [
        "Our choir rehearses the winter hymn on Sunday, will you sponsor the choir?",
        "The choir would like a sponsor for its winter hymn book",
        "Sponsor our choir! The hymn evening is in winter",
        "A winter evening of hymns with the choir needs a sponsor",
    ];
    for message in messages {
        let (_, suggestion) = product.message(message).await;
        product.decide(&suggestion, json!({ "kind": "none_of_these" })).await;
    }
    let proposals = words().await["proposals"].clone();
    assert_eq!(proposals["figures"].as_array().map(Vec::len), Some(1), "{proposals}");
    let proposal = &proposals["figures"][0];
    assert_eq!(proposal["messages"], 4);
    assert!(proposal["words"].as_array().expect("words").contains(&json!("choir")), "{proposal}");
    let bucket = json!({ "name": proposal["name"], "tone": "teal", "examples": proposal["examples"] });
    let saved = product.call("buckets.save", bucket).await;
    product.message("The choir sings a winter hymn and looks for a sponsor").await;
    product
        .until("the new bucket to be suggested", async || {
            let list = product.call("suggestions.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            rows.iter().any(|row| row["bucket_id"] == saved["bucket"]["id"]).then_some(())
        })
        .await;
    assert_eq!(words().await["proposals"]["figures"], json!([]), "what has a bucket is proposed no more");
}

#[tokio::test]
async fn new_words_and_a_moved_mix_are_told_once_there_is_enough_to_compare() {
    let product = Product::start().await;
    let decide_some = async |count: usize, message: &str| {
        for number in 0..count {
            let (_, suggestion) = product.message(&format!("{message} {number}")).await;
            let bucket = product.suggestion(&suggestion).await["bucket_id"].clone();
            let decision = if bucket.is_null() {
                json!({ "kind": "correct", "bucket_id": "general" })
            } else {
                json!({ "kind": "approve" })
            };
            product.decide(&suggestion, decision).await;
        }
    };
    decide_some(30, "I was charged twice, refund my payment").await;
    let early = insights(&product).await["mix"].clone();
    assert_eq!(early["learning"], true);
    assert!(text(&early["headline"]).ends_with("there are 30 and 0."), "{}", early["headline"]);
    product.clock.advance(40 * DAY);
    decide_some(30, "URGENT: the whole warehouse is down, the zeppelin gate is stuck, nobody can log in")
        .await;
    let mix = insights(&product).await["mix"].clone();
    assert_eq!(mix["headline"], "The mix of buckets has moved by more than chance explains.", "{mix}");
    let vocabulary = product.call("insights.words", json!({})).await["vocabulary"].clone();
    assert_eq!(vocabulary["learning"], false);
    let new: Vec<&str> = vocabulary["figures"]["words"]
        .as_array()
        .expect("words")
        .iter()
        .map(|word| text(&word["word"]))
        .collect();
    assert!(new.contains(&"zeppelin") && !new.contains(&"refund"), "{new:?}");
}
