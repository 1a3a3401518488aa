//! Second opinions: asked behind the local suggestion, kept with it, counted, listed in the ledger, and never in its way.

use crate::harness::Product;
use crate::language_model::{KEY, Mock, Say, claude_answer, claude_error, claude_ok};
use serde_json::{Value, json};

const BILLING: &str = "I was charged twice this month, please refund the second payment.";

/// A mock of Claude's API that the workspace asks about every conversation.
async fn with_claude(product: &Product) -> Mock {
    let mock = Mock::start().await;
    set(product, &mock, json!({})).await;
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    mock
}

/// Saves settings that lead to the mock, with some of one's own.
async fn set(product: &Product, mock: &Mock, more: Value) -> Value {
    let mut settings = json!({ "service": "claude", "address": mock.url(), "role": { "kind": "always" } });
    for (key, value) in more.as_object().expect("an object") {
        settings[key] = value.clone();
    }
    product.call("language_model.set", json!({ "settings": settings })).await
}

/// The second opinion on a suggestion, as soon as it stands like this.
async fn opinion(product: &Product, suggestion: &str, stance: &str) -> Value {
    product
        .until(&format!("the second opinion to be {stance:?}"), async || {
            let opinion = product.suggestion(suggestion).await["second_opinion"].clone();
            (opinion["stance"] == stance).then_some(opinion)
        })
        .await
}

/// The same where time has to pass.
async fn opinion_by_clock(product: &Product, suggestion: &str, stance: &str) -> Value {
    product
        .until_by_clock(&format!("the second opinion to be {stance:?}"), async || {
            let opinion = product.suggestion(suggestion).await["second_opinion"].clone();
            (opinion["stance"] == stance).then_some(opinion)
        })
        .await
}

/// Has a language model asked about every conversation that waits, which answers well and ill in turn.
pub(crate) async fn ask_about_everything(product: &Product) {
    let mock = Mock::start().await;
    for _ in 0..20 {
        mock.then(claude_ok("billing", 0.9)).then(claude_ok("spam", 0.3)).then(claude_ok("refunds", 0.9));
        mock.then(claude_answer(&json!([{ "type": "text", "text": "canary-reason" }]), "end_turn"));
        mock.then(claude_error(400, "invalid_request_error"));
    }
    set(product, &mock, json!({})).await;
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    product.call("language_model.check", json!({})).await;
    product.call("language_model.models", json!({})).await;
    product
        .until("some to be answered", async || {
            let view = product.call("language_model.get", json!({})).await;
            (view["today"]["questions"].as_u64() >= Some(4)).then_some(())
        })
        .await;
}

fn words(value: &Value) -> &str {
    value.as_str().expect("words")
}

#[tokio::test]
async fn nobody_is_asked_until_somebody_wants_it() {
    let product = Product::start().await;
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!((view["state"].as_str(), view["has_key"].as_bool()), (Some("off"), Some(false)));
    assert_eq!(view["settings"]["masks"], true);
    let (_, suggestion) = product.message(BILLING).await;
    assert_eq!(product.suggestion(&suggestion).await["second_opinion"], Value::Null);
    let ledger = product.call("egress.list", json!({})).await;
    assert_eq!(
        (ledger["rows"].as_array().map(Vec::len), ledger["blocked"].as_bool()),
        (Some(0), Some(false))
    );
}

#[tokio::test]
async fn an_opinion_arrives_on_the_card_and_what_left_is_masked_counted_and_listed() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(claude_ok("billing", 0.9));
    let text = format!("{BILLING} My card is 4111 1111 1111 1111, write to priya.r@mail.example.com");
    let (_, suggestion) = product.message(&text).await;
    let said = opinion(&product, &suggestion, "agrees").await;
    assert_eq!(said["sentence"], "The language model agrees.");
    assert_eq!(said["record"], "Still learning: 0 of 30 agreements decided.");
    assert_eq!(said["reason"], "It is about canary-reason.");
    assert_eq!((said["model"].as_str(), said["learning"].as_bool()), (Some("claude-haiku-5-5"), Some(true)));

    let asked = mock.questions();
    assert_eq!(asked.len(), 1);
    let body = asked[0].body.to_string();
    for private in ["4111 1111", "priya.r@mail.example.com", "Priya Raman"] {
        assert!(!body.contains(private), "{private} left this machine");
    }
    assert!(body.contains("[card-number]") && body.contains("[e-mail]") && body.contains("charged twice"));

    let ledger = product.call("egress.list", json!({})).await;
    let rows = ledger["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), mock.asked().len(), "each request has a line");
    let row = &rows[0];
    assert_eq!(row["host"], mock.address.to_string());
    assert!(words(&row["why"]).contains("the conversation's text was sent"), "{row}");
    assert!(
        row["sent_bytes"].as_u64() > Some(body.len() as u64 / 2) && row["received_bytes"].as_u64() > Some(0)
    );
    assert_eq!((row["outcome"].as_str(), row["succeeded"].as_bool()), (Some("Answered"), Some(true)));
    let page = product.call("egress.list", json!({ "limit": 1 })).await;
    assert_eq!(
        (page["rows"].as_array().map(Vec::len), page["more"].as_bool()),
        (Some(1), Some(rows.len() > 1))
    );

    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["state"], "on");
    assert_eq!(
        (view["today"]["questions"].as_u64(), view["today"]["tokens"].as_u64()),
        (Some(1), Some(1_040))
    );
    assert!(words(&view["today"]["sentence"]).contains("1,040 of 200,000 tokens"), "{}", view["today"]);
    let days = product.call("language_model.usage", json!({})).await;
    assert_eq!(days["days"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn personal_data_leaves_only_where_somebody_chose_that() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    set(&product, &mock, json!({ "masks": false })).await;
    mock.then(claude_ok("billing", 0.9));
    let (_, suggestion) = product.message(&format!("{BILLING} Write to priya.r@mail.example.com")).await;
    opinion(&product, &suggestion, "agrees").await;
    assert!(mock.questions()[0].body.to_string().contains("priya.r@mail.example.com"));
}

/// A question that is carried on by whoever looks for the next one would hold the store's writer while that one waits
/// for it: nothing at all would be written any more.
#[tokio::test]
async fn many_answers_at_once_hold_up_nobody() {
    const MANY: usize = 24;
    let product = Product::start().await;
    let mock = Mock::start().await;
    for _ in 0..MANY {
        mock.then(claude_ok("billing", 0.9));
    }
    let mut suggestions = Vec::new();
    for _ in 0..MANY {
        suggestions.push(product.message(BILLING).await.1);
    }
    set(&product, &mock, json!({})).await;
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    // More comes in while the answers do.
    mock.then(claude_ok("billing", 0.9));
    suggestions.push(product.message(BILLING).await.1);
    for suggestion in &suggestions {
        opinion(&product, suggestion, "agrees").await;
    }
    assert_eq!(mock.questions().len(), MANY + 1);
}

#[tokio::test]
async fn a_disagreement_is_said_and_so_is_that_no_bucket_fits() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(claude_ok("spam", 0.9));
    let (_, suggestion) = product.message(BILLING).await;
    let said = opinion(&product, &suggestion, "disagrees").await;
    assert_eq!(said["sentence"], "The language model disagrees: it says Spam.");
    assert_eq!(said["record"], "Still learning: 0 of 30 disagreements decided.");
    assert_eq!(product.suggestion(&suggestion).await["bucket_id"], "billing", "the local suggestion stands");
    // The second model is asked, too, where the first finds none.
    mock.then(claude_ok("none_of_these", 0.9)).then(claude_ok("none_of_these", 0.9));
    let (_, suggestion) = product.message(BILLING).await;
    let said = opinion(&product, &suggestion, "finds_none").await;
    assert_eq!(said["sentence"], "The language model finds no bucket that fits.");
    assert_eq!(mock.questions().len(), 3);
}

#[tokio::test]
async fn what_goes_wrong_leaves_the_local_suggestion_and_is_said() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    let busy = || claude_error(429, "rate_limit_error");
    let overloaded = || claude_error(529, "overloaded_error");
    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    for (answers, reason) in [
        (vec![claude_answer(&text("Sure!"), "end_turn")], "could not be used"),
        (vec![claude_ok("refunds", 0.9)], "named a bucket that does not exist"),
        (vec![claude_answer(&text(""), "refusal")], "declined to answer"),
        (vec![busy(), busy(), busy()], "has too much to do"),
        (vec![overloaded(), overloaded(), overloaded()], "has too much to do"),
        (vec![claude_answer(&text("{\"bucket\":"), "max_tokens")], "could not be used"),
    ] {
        let before = mock.questions().len();
        let asked = answers.len();
        for answer in answers {
            mock.then(answer);
        }
        let (_, suggestion) = product.message(BILLING).await;
        let said = opinion_by_clock(&product, &suggestion, "none").await;
        let sentence = words(&said["sentence"]);
        assert!(sentence.starts_with("No second opinion. ") && sentence.contains(reason), "{sentence}");
        assert!(!sentence.contains(KEY), "{sentence}");
        assert_eq!(mock.questions().len() - before, asked, "{reason}");
        let detail = product.suggestion(&suggestion).await;
        assert_eq!(detail["bucket_id"], "billing");
        product.decide(&suggestion, json!({ "kind": "approve" })).await;
    }
}

#[tokio::test]
async fn the_local_suggestion_does_not_wait_and_an_answer_is_waited_for_ten_seconds() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(Say::nothing());
    let (_, suggestion) = product.message(BILLING).await;
    let said = opinion(&product, &suggestion, "asked").await;
    assert_eq!(said["sentence"], "The language model is being asked.");
    mock.silence().await;
    product.clock.advance(10_000);
    let said = opinion(&product, &suggestion, "none").await;
    assert!(words(&said["sentence"]).contains("did not answer within 10 seconds"), "{said}");
    let view = product.call("language_model.get", json!({})).await;
    assert!(
        words(&view["today"]["sentence"]).contains("about "),
        "it may have to be paid for: {}",
        view["today"]
    );
    assert_eq!(mock.questions().len(), 1, "it is not asked again");
}

#[tokio::test]
async fn an_answer_about_an_older_message_does_not_reach_the_newer_card() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(Say::nothing()).then(claude_ok("urgent", 0.95));
    let (conversation, first) = product.message(BILLING).await;
    mock.silence().await;
    let body = json!({ "conversation_id": conversation, "email": "priya@mail.example.com", "body": "And now nobody here can log in at all!" });
    product.sim("messages", body).await;
    let second = product
        .until("a newer suggestion", async || {
            product.suggestion_now(&conversation).await.filter(|newest| *newest != first)
        })
        .await;
    let said = product
        .until("an opinion on the newer one", async || {
            let said = product.suggestion(&second).await["second_opinion"].clone();
            said["bucket_id"].is_string().then_some(said)
        })
        .await;
    assert_eq!(said["bucket_id"], "urgent");
    product.clock.advance(10_000);
    product
        .until("the older question to end", async || {
            let gone = product.suggestion(&first).await["second_opinion"].clone();
            gone.is_null().then_some(())
        })
        .await;
    assert_eq!(product.suggestion(&second).await["second_opinion"]["bucket_id"], "urgent");
}

#[tokio::test]
async fn a_budget_that_is_used_up_asks_nobody_and_a_raised_one_goes_on() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    set(&product, &mock, json!({ "tokens_a_day": 10 })).await;
    let (_, suggestion) = product.message(BILLING).await;
    let said = product
        .until("the budget to be told of", async || {
            let said = product.suggestion(&suggestion).await["second_opinion"].clone();
            words(&said["sentence"]).contains("budget of tokens").then_some(said)
        })
        .await;
    assert!(words(&said["sentence"]).starts_with("Not asked yet. "), "{said}");
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["state"], "budget_spent");
    assert!(mock.questions().is_empty());
    mock.then(claude_ok("billing", 0.9));
    set(&product, &mock, json!({ "tokens_a_day": 100_000 })).await;
    opinion(&product, &suggestion, "agrees").await;
}

#[tokio::test]
async fn a_cap_on_money_wants_a_price() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    let models = json!({ "first_model": "claude-sonnet-4-6", "second_model": { "kind": "none" } });
    let mut capped = models.clone();
    capped["dollars_a_day"] = json!(1);
    set(&product, &mock, capped.clone()).await;
    let (_, suggestion) = product.message(BILLING).await;
    product
        .until("the missing price to be told of", async || {
            let said = product.suggestion(&suggestion).await["second_opinion"].clone();
            words(&said["sentence"]).contains("price of claude-sonnet-4-6 is not known").then_some(())
        })
        .await;
    capped["prices"] = json!([{ "model": "claude-sonnet-4-6", "input_dollars": 3, "output_dollars": 15 }]);
    mock.then(claude_ok("billing", 0.9));
    set(&product, &mock, capped).await;
    opinion(&product, &suggestion, "agrees").await;
    let view = product.call("language_model.get", json!({})).await;
    // 1,000 tokens read at $3 and 40 written at $15, for a million; those from a cache have no price of their own.
    assert!(words(&view["today"]["sentence"]).contains("$0.0036 or more of $1.00"), "{}", view["today"]);
}

#[tokio::test]
async fn while_the_switch_is_on_no_connection_is_made() {
    let mut product = Product::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    product.call("egress.block", json!({ "blocked": true })).await;
    let settings = json!({ "service": "ollama", "address": address, "first_model": "m",
                           "role": { "kind": "always" } });
    product.call("language_model.set", json!({ "settings": settings })).await;
    let (_, suggestion) = product.message(BILLING).await;
    let blocked = async |product: &Product| {
        product
            .until("the switch to be told of", async || {
                let said = product.suggestion(&suggestion).await["second_opinion"].clone();
                said["sentence"].as_str()?.contains("blocked by the switch").then_some(())
            })
            .await;
    };
    blocked(&product).await;
    let check = product.call("language_model.check", json!({})).await;
    assert_eq!(check["works"], false);
    assert!(words(&check["sentence"]).contains("blocked by the switch"), "{check}");
    let models = product.call("language_model.models", json!({})).await;
    assert!(words(&models["problem"]).contains("blocked by the switch"), "{models}");
    // It holds after a restart.
    product.restart().await;
    blocked(&product).await;
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["state"], "blocked");
    let none = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(none.is_err(), "a connection was made");
    assert_eq!(product.call("egress.list", json!({})).await["rows"], json!([]));
    // The same set-up makes one once the switch is off: the test would have seen it.
    product.call("egress.block", json!({ "blocked": false })).await;
    tokio::time::timeout(std::time::Duration::from_secs(20), listener.accept())
        .await
        .expect("it is asked")
        .expect("a connection");
}

#[tokio::test]
async fn what_was_spent_and_asked_is_known_after_a_restart() {
    let mut product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(claude_ok("billing", 0.9));
    let (_, first) = product.message(BILLING).await;
    opinion(&product, &first, "agrees").await;
    mock.then(Say::nothing());
    let (_, second) = product.message(BILLING).await;
    mock.silence().await;
    product.restart().await;
    let view = product.call("language_model.get", json!({})).await;
    let spent = view["today"]["tokens"].as_u64().expect("a number");
    assert!(spent > 1_040, "what the lost answer could have taken counts: {spent}");
    assert_eq!(
        (view["state"].as_str(), view["settings"]["role"]["kind"].as_str()),
        (Some("key_missing"), Some("always"))
    );
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    mock.then(claude_ok("billing", 0.9));
    let (_, third) = product.message(BILLING).await;
    opinion(&product, &third, "agrees").await;
    let said = product.suggestion(&second).await["second_opinion"].clone();
    assert_eq!(said["stance"], "none");
    assert!(words(&said["sentence"]).contains("was being asked when the program ended"), "{said}");
    assert_eq!(mock.questions().len(), 3, "none was asked twice");
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["today"]["tokens"].as_u64(), Some(spent + 1_040));
}

#[tokio::test]
async fn a_key_is_in_no_answer_and_goes_to_no_other_address() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    let check = product.call("language_model.check", json!({})).await;
    assert_eq!(check["works"], true, "{check}");
    assert!(words(&check["sentence"]).contains("claude-haiku-5-5 is asked first"), "{check}");
    mock.list_then(claude_error(401, "authentication_error"));
    let refused = product.call("language_model.check", json!({})).await;
    assert!(words(&refused["sentence"]).contains("does not accept the key"), "{refused}");
    let mut shown = format!("{check} {refused}");
    for command in
        ["language_model.get", "language_model.models", "language_model.usage", "egress.list", "app.get"]
    {
        shown.push_str(&product.call(command, json!({})).await.to_string());
    }
    let control = product.refusal("language_model.set_key", json!({ "key": "sk-odd\u{e9}" })).await;
    assert_eq!(control.detail.as_deref(), Some("key"));
    shown.extend([format!("{control:?}")]);
    assert!(!shown.contains(KEY) && !shown.contains("sk-odd"), "{shown}");

    let other = Mock::start().await;
    let view = set(&product, &other, json!({})).await;
    assert_eq!((view["has_key"].as_bool(), view["state"].as_str()), (Some(false), Some("key_missing")));
    product.message(BILLING).await;
    let check = product.call("language_model.check", json!({})).await;
    assert_eq!(check["works"], false);
    assert!(other.asked().is_empty());
    let back = set(&product, &mock, json!({})).await;
    assert_eq!(back["has_key"], false, "it was forgotten, not set aside");
    let plain = json!({ "settings": { "service": "claude", "address": "http://models.example" } });
    let refused = product.refusal("language_model.set", plain).await;
    assert_eq!(refused.detail.as_deref(), Some("address"));
}

#[tokio::test]
async fn erasing_a_person_takes_the_models_words_about_them() {
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    mock.then(claude_ok("billing", 0.9));
    let (conversation, suggestion) = product.message(BILLING).await;
    opinion(&product, &suggestion, "agrees").await;
    let holds = || {
        let everything = std::fs::read_dir(product.data_folder().join("workspaces")).expect("a folder");
        everything.into_iter().any(|file| {
            let bytes = std::fs::read(file.expect("an entry").path()).expect("a file");
            bytes.windows(13).any(|window| window == b"canary-reason")
        })
    };
    assert!(holds(), "the test sees what is there");
    let contact = product
        .until("the contact", async || {
            let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
            view["contact"]["id"].as_str().map(str::to_owned)
        })
        .await;
    product.call("contacts.erase", json!({ "contact_id": contact })).await;
    assert!(!holds(), "the model's words are still in a file");
}

#[tokio::test]
async fn the_confidence_follows_the_record_of_disagreements() {
    const DECIDED: usize = 30;
    let product = Product::start().await;
    let mock = with_claude(&product).await;
    for _ in 0..=DECIDED {
        mock.then(claude_ok("spam", 0.9));
    }
    for _ in 0..DECIDED {
        let (_, suggestion) = product.message(BILLING).await;
        opinion(&product, &suggestion, "disagrees").await;
        product.decide(&suggestion, json!({ "kind": "approve" })).await;
    }
    let (_, suggestion) = product.message(BILLING).await;
    let said = opinion(&product, &suggestion, "disagrees").await;
    assert_eq!(said["record"], "It was right 0 of the last 30 times they disagreed.");
    let detail = product.suggestion(&suggestion).await;
    assert_eq!(
        detail["record"]["sentence"],
        "Right 30 of the last 30 times they disagreed, 89 to 100 in 100"
    );
    let local = detail["probabilities"][0]["probability"].as_f64().expect("a number");
    let together = detail["confidence"].as_f64().expect("a number");
    // (30 right + 4 × ½) of (30 + 4), whatever the local model says of itself.
    assert!((together - 32.0 / 34.0).abs() < 1e-9 && (together - local).abs() > 1e-9, "{local} {together}");
    let queue = product.call("suggestions.list", json!({})).await;
    let row = queue["rows"].as_array().expect("rows").iter().find(|row| row["suggestion_id"] == suggestion);
    assert_eq!(row.expect("it waits")["confidence"].as_f64(), Some(together), "the queue says the same");
}
