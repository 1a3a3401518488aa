//! People are erased when the helpdesk deletes them or somebody asks, with nothing left in any file; and whatever the
//! program does, its log names nobody.

use crate::harness::Product;
use crate::language_model::KEY;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Digest as _;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

const NAME: &str = "Zerafina Quillby";
const EMAIL: &str = "zerafina@quillby.example";
const SENTENCE: &str = "I was charged twice for the marmalade machine this month, please refund me";

/// Posts a signed notification and returns the answer.
async fn notify(product: &Product, id: &str, topic: &str, item: &Value) -> StatusCode {
    let credentials = product.simulator.credentials();
    let body = json!({ "type": "notification_event", "id": id, "topic": topic, "app_id": credentials.app_id,
                       "created_at": 1_700_000_000,
                       "data": { "type": "notification_event_data", "item": item } })
    .to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(credentials.client_secret.as_bytes()).expect("any key fits");
    mac.update(body.as_bytes());
    let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    let request = product.http.post(product.core.listen_url()).header("x-hub-signature", signature);
    request.body(body).send().await.expect("the listener answers").status()
}

/// A conversation of the person with a decision that waits, and their contact id.
async fn person(product: &Product) -> (String, String, String) {
    let input = json!({ "email": EMAIL, "name": NAME, "body": SENTENCE, "subject": format!("From {NAME}") });
    let (conversation, suggestion) = product.message_as(input).await;
    let detail = product
        .until("the contact", async || {
            let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
            view["contact"]["id"].is_string().then_some(view)
        })
        .await;
    let contact = detail["contact"]["id"].as_str().expect("an id").to_owned();
    let begun = json!({ "conversation_id": conversation, "suggestion_id": suggestion,
                        "text": "This was begun about the quinces" });
    product.call("begun_replies.keep", begun).await;
    let reply = format!("Dear {NAME}, we refund the second payment");
    let decision = product.decide(&suggestion, json!({ "kind": "edit", "reply": reply })).await;
    (conversation, contact, decision)
}

async fn delivery(product: &Product, notification: &str) -> Value {
    product
        .until("the delivery to be settled", async || {
            let list = product.call("deliveries.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            let row = rows.into_iter().find(|row| row["notification_id"] == notification)?;
            (row["outcome"] != "received").then_some(row)
        })
        .await
}

async fn certificates(product: &Product) -> Vec<Value> {
    let list = product.call("contacts.list_erasures", json!({})).await;
    list["rows"].as_array().expect("rows").clone()
}

/// Which of the strings stand in any file below a folder, in capitals or not.
fn traces_in(folder: &Path, traces: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(traces_in(&path, traces));
            continue;
        }
        let mut bytes = std::fs::read(&path).expect("a file");
        bytes.make_ascii_lowercase();
        for trace in traces {
            let wanted = trace.to_lowercase().into_bytes();
            if bytes.windows(wanted.len()).any(|window| window == wanted) {
                found.insert((*trace).to_owned());
            }
        }
    }
    found
}

const TRACES: [&str; 5] =
    [NAME, EMAIL, "marmalade machine", "refund the second payment", "begun about the quinces"];

#[tokio::test]
async fn a_contact_deleted_at_the_helpdesk_is_erased_here_and_nothing_is_sent_to_them() {
    let product = Product::start().await;
    let (conversation, contact, decision) = person(&product).await;
    assert_eq!(traces_in(product.data_folder(), &TRACES).len(), TRACES.len(), "the test sees what is there");
    let item = json!({ "id": contact, "external_id": null, "type": "contact", "deleted": true });
    assert_eq!(notify(&product, "n-deleted", "contact.deleted", &item).await, StatusCode::OK);
    assert_eq!(delivery(&product, "n-deleted").await["outcome"], "applied");

    assert_eq!(traces_in(product.data_folder(), &TRACES), BTreeSet::new());
    let gone = product.refusal("conversations.get", json!({ "conversation_id": conversation })).await;
    assert_eq!(gone.code, app::api::ErrorCode::NotFound);
    let list = product.call("conversations.list", json!({ "search": "marmalade" })).await;
    assert_eq!(list["rows"], json!([]));
    let health = product.call("health.get", json!({})).await;
    assert_eq!(health["model"]["lessons"], 0, "what was learnt from them is unlearnt");
    product.pass_window();
    product.until_states(&decision, &["failed", "failed"]).await;
    let view = product.decision(&decision).await;
    let problem = view["actions"][0]["problem"].as_str().expect("a sentence").to_owned();
    assert!(problem.contains("was erased on this machine"), "{problem}");
    // Asked for again, it is refused again.
    product.call("actions.retry", json!({ "decision_id": decision })).await;
    product.until_states(&decision, &["failed", "failed"]).await;
    assert_eq!(product.writes().await, [""; 0]);

    let log = product.call("activity.list", json!({})).await;
    let lines: Vec<&Value> =
        log["rows"].as_array().expect("rows").iter().filter(|row| row["kind"] == "contact.erased").collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["contact_name"], Value::Null);
}

#[tokio::test]
async fn a_contact_deleted_while_nobody_listened_is_found_out_by_catching_up() {
    let mut product = Product::start().await;
    let (_, contact, _) = person(&product).await;
    let input =
        json!({ "email": "bo@nilsson.example", "name": "Bo Nilsson", "body": "How do I add a warehouse?" });
    let (other, _) = product.message_as(input).await;
    product.restart_without_following().await;
    let url = format!("{}/contacts/{contact}", product.simulator.base_url());
    let token = &product.simulator.credentials().token;
    let deleted = product.http.delete(url).bearer_auth(token).send().await.expect("an answer");
    assert!(deleted.status().is_success(), "{deleted:?}");
    product.call("coverage.catch_up", json!({})).await;
    product
        .until("the contact to be gone", async || {
            product.core.call("contacts.get", json!({ "contact_id": contact })).await.is_err().then_some(())
        })
        .await;
    let view = product.call("conversations.get", json!({ "conversation_id": other })).await;
    assert_eq!(view["contact"]["name"], "Bo Nilsson", "everybody else stays");
}

#[tokio::test]
async fn an_erased_person_does_not_come_back_by_webhook_catch_up_or_restart() {
    let mut product = Product::start().await;
    let (conversation, contact, _) = person(&product).await;
    product.call("contacts.erase", json!({ "contact_id": contact })).await;
    // The helpdesk still has them, tells of them, and lists their conversation as open.
    let item = json!({ "type": "conversation", "id": conversation, "source": { "body": SENTENCE } });
    notify(&product, "n-late", "conversation.user.replied", &item).await;
    let row = delivery(&product, "n-late").await;
    assert_eq!(row["outcome"], "ignored");
    assert_eq!(row["reason"], "What it names was erased here and is not kept again");
    let item = json!({ "type": "contact", "id": contact, "name": NAME, "email": EMAIL });
    notify(&product, "n-contact", "contact.user.updated", &item).await;
    assert_eq!(delivery(&product, "n-contact").await["outcome"], "ignored");
    let input =
        json!({ "email": EMAIL, "body": "Hello? My marmalade machine!", "conversation_id": conversation });
    product.sim("messages", input).await;
    product.restart().await;
    let input =
        json!({ "email": "bo@nilsson.example", "name": "Bo Nilsson", "body": "How do I add a warehouse?" });
    product.message_as(input).await;
    product
        .until("every delivery to be served", async || {
            let health = product.call("health.get", json!({})).await;
            (health["deliveries"]["received"] == 0).then_some(())
        })
        .await;
    product.refusal("conversations.get", json!({ "conversation_id": conversation })).await;
    product.refusal("contacts.get", json!({ "contact_id": contact })).await;
    // A page of the log that another one took over is read over at the next fold: closing does that.
    product.core.close().await;
    assert_eq!(traces_in(product.data_folder(), &TRACES), BTreeSet::new());
}

#[tokio::test]
async fn a_person_is_erased_by_hand_with_a_certificate_that_names_nobody() {
    let product = Product::start().await;
    let (_, contact, _) = person(&product).await;
    let preview = product.call("contacts.erase_preview", json!({ "contact_id": contact })).await;
    assert_eq!(preview["name"], NAME);
    let lines = preview["lines"].as_array().expect("lines").clone();
    assert!(
        lines.iter().any(|line| line["count"] == 1
            && line["what"].as_str().is_some_and(|what| what.contains("theirs alone"))),
        "{lines:?}"
    );
    let notes = preview["notes"].to_string();
    assert!(notes.contains("This machine only") && notes.contains("Intercom"), "{notes}");

    let certificate = product.call("contacts.erase", json!({ "contact_id": contact })).await;
    let document = certificate["document"].as_str().expect("text").to_owned();
    for trace in TRACES.iter().copied().chain([contact.as_str()]) {
        assert!(!document.contains(trace), "{trace} stands in:\n{document}");
    }
    let (text, sum) = document.trim_end().rsplit_once("SHA-256 of the lines above: ").expect("a last line");
    assert_eq!(hex::encode(sha2::Sha256::digest(text.as_bytes())), sum);
    assert!(document.contains("none is left"), "{document}");
    // Whoever knows the id finds the certificate again.
    let salt =
        document.split("SHA-256 of \"").nth(1).and_then(|rest| rest.split(':').next()).expect("a salt");
    let key = hex::encode(sha2::Sha256::digest(format!("{salt}:{contact}").as_bytes()));
    assert_eq!(certificate["contact_key"], key.as_str());

    assert_eq!(certificates(&product).await, std::slice::from_ref(&certificate));
    let again = product
        .call("contacts.erasure_certificate", json!({ "erasure_id": certificate["erasure_id"] }))
        .await;
    assert_eq!(again, certificate);
    let nobody = product.refusal("contacts.erase", json!({ "contact_id": contact })).await;
    assert_eq!(nobody.code, app::api::ErrorCode::NotFound, "there is nothing left to erase");
    assert_eq!(traces_in(product.data_folder(), &TRACES), BTreeSet::new());
}

#[tokio::test]
async fn the_id_stands_in_the_certificate_where_that_was_asked_for() {
    let product = Product::start().await;
    let (_, contact, _) = person(&product).await;
    let input = json!({ "contact_id": contact, "keep_id": true });
    let certificate = product.call("contacts.erase", input).await;
    assert!(certificate["document"].as_str().is_some_and(|text| text.contains(&contact)));
}

#[tokio::test]
async fn a_conversation_that_the_helpdesk_deleted_is_forgotten_by_notification_or_by_its_absence() {
    let product = Product::start().await;
    for missed in [false, true] {
        let (conversation, _, decision) = person(&product).await;
        if missed {
            let path = format!("/conversations/{conversation}");
            let fault = json!({ "match": { "method": "GET", "path": path }, "times": null, "do": "status", "status": 404 });
            product.sim("faults", fault).await;
            let item = json!({ "type": "conversation", "id": conversation });
            notify(&product, "n-read", "conversation.read", &item).await;
        } else {
            let item = json!({ "type": "conversation", "conversation_id": conversation });
            notify(&product, "n-gone", "conversation.deleted", &item).await;
        }
        product
            .until("the conversation to be forgotten", async || {
                let input = json!({ "conversation_id": conversation });
                product.core.call("conversations.get", input).await.err()
            })
            .await;
        product.pass_window();
        product.until_states(&decision, &["failed", "failed"]).await;
        assert_eq!(product.writes().await, [""; 0]);
    }
}

const ALONE: &str = "COUNTERSIGN_TEST_LOG";

/// What is logged, by everything in the process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panicked")).to_lowercase()
    }
}

/// The log is the whole process's, so the run has a process of its own.
#[test]
fn the_log_of_a_whole_run_names_nobody_and_quotes_nothing() {
    let output = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "privacy::child_that_logs_everything", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("strings were looked for"), "it ran: {said}");
}

#[tokio::test]
async fn child_that_logs_everything() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    // Ours in every detail, others as far as anybody would ever turn them up.
    let filter = "debug,domain=trace,store=trace,engine=trace,intercom=trace,app=trace,language_models=trace,triage=trace,simulator=trace";
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let script: Value =
        serde_json::from_str(include_str!("../../crates/simulator/script/northwind.json")).expect("JSON");
    let config = simulator::Config { quiet: false, ..simulator::Config::default() };
    let product = Product::start_with(config).await;
    live_through_everything(&product).await;
    let mut strings = strings_of(&script);
    strings.extend(directory(&product).await);
    let credentials = product.simulator.credentials();
    strings.extend([credentials.token.clone(), credentials.client_secret.clone()]);
    strings.extend([KEY, "canary-reason"].map(str::to_owned));
    strings.extend(TRACES.map(str::to_owned));
    product.core.close().await;

    let text = log.text();
    assert!(text.lines().count() > 200, "there is a log: {} lines", text.lines().count());
    for mark in ["a person was erased", "a fetch is put off", "select"] {
        assert!(text.contains(mark), "the log is of the whole run: {mark} is missing");
    }
    let found: Vec<(&String, &str)> = strings
        .iter()
        .filter_map(|string| {
            let at = text.find(&string.to_lowercase())?;
            let line = text.get(..at)?.lines().count().saturating_sub(1);
            Some((string, text.lines().nth(line).unwrap_or_default()))
        })
        .collect();
    println!("{} strings were looked for in {} bytes of log", strings.len(), text.len());
    assert!(found.is_empty(), "{} of them are in the log:\n{found:#?}", found.len());
    tracing::trace!(target: "store", "{NAME}");
    assert!(log.text().contains(&NAME.to_lowercase()), "a name would have been seen");
}

/// Receives, suggests, decides in every way, meets every fault, erases, and reads everything back.
async fn live_through_everything(product: &Product) {
    let rows = product
        .until("a queue", async || {
            let list = product.call("suggestions.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            (rows.len() >= 8 && rows.iter().filter(|row| !row["bucket_id"].is_null()).count() >= 7)
                .then_some(rows)
        })
        .await;
    crate::advice::ask_about_everything(product).await;
    let rows: Vec<Value> = rows.into_iter().filter(|row| !row["bucket_id"].is_null()).collect();
    let words = rows[0]["preview"].as_str().unwrap_or_default().to_owned();
    let name = rows[0]["contact_name"].as_str().unwrap_or_default().to_owned();
    let later = crate::harness::in_ms(product, 60_000);
    let decisions = [
        json!({ "kind": "approve" }),
        json!({ "kind": "edit", "reply": format!("Dear {name}, you wrote: {words}") }),
        json!({ "kind": "correct", "bucket_id": "urgent" }),
        json!({ "kind": "reject", "reason": format!("{name} again") }),
        json!({ "kind": "snooze", "until": later, "at_vendor": true }),
    ];
    for (row, decision) in rows.iter().zip(decisions) {
        let suggestion = row["suggestion_id"].as_str().expect("an id");
        product.suggestion(suggestion).await;
        product.decide(suggestion, decision).await;
    }
    let note = json!({ "conversation_id": rows[5]["conversation_id"], "body": format!("Ask {name}") });
    product.call("conversations.note", note).await;
    product.pass_window();
    settle(product).await;

    let (_, contact, _) = person(product).await;
    for (number, fault) in faults(&words, &name).into_iter().enumerate() {
        let mut on_read = fault.clone();
        on_read["match"] = json!({ "path": "/conversations/*" });
        product.sim("faults", on_read).await;
        let body = format!("{SENTENCE} ({number})");
        product.sim("messages", json!({ "email": EMAIL, "name": NAME, "body": body })).await;
        let item = json!({ "type": "contact", "id": contact });
        notify(product, &format!("n-{number}"), "contact.user.updated", &item).await;
        let (conversation, suggestion) = (&rows[6]["conversation_id"], rows[6]["suggestion_id"].as_str());
        if number == 0 {
            product
                .decide(suggestion.expect("an id"), json!({ "kind": "edit", "reply": words.clone() }))
                .await;
        }
        let mut on_write = fault;
        on_write["match"] = json!({ "method": "POST", "path": "/conversations/*" });
        product.sim("faults", on_write).await;
        product.call("conversations.note", json!({ "conversation_id": conversation, "body": words })).await;
        product.pass_window();
        settle(product).await;
        product.mend().await;
    }
    // What no helpdesk would send.
    let odd = [json!({ "name": NAME }), json!([NAME]), json!({ "type": NAME, "id": { "email": EMAIL } })];
    for (number, item) in odd.iter().enumerate() {
        notify(product, &format!("n-odd-{number}"), "conversation.user.replied", item).await;
    }
    let unsigned = product.http.post(product.core.listen_url()).header("x-hub-signature", SENTENCE);
    unsigned.body(format!("{NAME} {EMAIL}")).send().await.expect("the listener answers");
    let _ = product.core.call("conversations.list", json!({ "search": NAME, "limit": NAME })).await;

    product.call("contacts.erase", json!({ "contact_id": contact })).await;
    let other = product.call("suggestions.get", json!({ "suggestion_id": rows[0]["suggestion_id"] })).await;
    let other = other["conversation"]["contact"]["id"].clone();
    notify(product, "n-end", "contact.deleted", &json!({ "type": "contact", "id": other })).await;
    delivery(product, "n-end").await;
    for command in ["suggestions.list", "decisions.list", "activity.list", "deliveries.list", "health.get"] {
        product.call(command, json!({})).await;
    }
    product.call("conversations.list", json!({ "search": words })).await;
}

/// Lets what is under way come to an end or to a wait.
async fn settle(product: &Product) {
    for _ in 0..6 {
        product.clock.advance(15_000);
        for _ in 0..15 {
            tokio::task::yield_now().await;
            product.call("health.get", json!({})).await;
        }
    }
}

/// Every way to fail, some in words that quote the customer.
fn faults(words: &str, name: &str) -> Vec<Value> {
    let quote = format!("{words} {name} {SENTENCE} {EMAIL}");
    let status = |status: u16, code: &str| json!({ "do": "status", "status": status, "code": code, "message": quote, "times": 2 });
    vec![
        status(400, "parameter_invalid"),
        status(401, "unauthorized"),
        status(403, "api_plan_restricted"),
        status(404, "not_found"),
        status(410, "contact_merged"),
        status(422, "data_invalid"),
        status(500, "server_error"),
        json!({ "do": "rate_limit", "times": 1 }),
        json!({ "do": "slow", "delay_ms": 20, "times": 1 }),
        json!({ "do": "cut_before", "times": 1 }),
        json!({ "do": "cut_after", "times": 1 }),
        json!({ "do": "bad_json", "times": 1 }),
    ]
}

/// Names, addresses, telephone numbers and sentences of the script.
fn strings_of(script: &Value) -> BTreeSet<String> {
    let mut strings = BTreeSet::new();
    let texts = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    for contact in script["contacts"].as_array().expect("contacts") {
        strings.extend(["name", "email", "company"].map(|key| texts(contact, key)));
    }
    for conversation in script["conversations"].as_array().expect("conversations") {
        let mut bodies = ["subject", "body", "admin_reply"].map(|key| texts(conversation, key)).to_vec();
        for follow_up in conversation["follow_ups"].as_array().into_iter().flatten() {
            bodies.push(texts(follow_up, "body"));
        }
        for body in bodies {
            strings.extend(body.split(['.', '!', '?', '\n']).map(|sentence| sentence.trim().to_owned()));
            strings.extend(numbers_in(&body));
        }
    }
    strings.retain(|string| string.chars().count() >= 8);
    strings
}

/// Telephone numbers: those of the script hold `555 01`.
fn numbers_in(body: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    for (at, _) in body.match_indices("555 01") {
        numbers.extend(body.get(at..at + 8).map(str::to_owned));
    }
    numbers
}

/// Names and addresses of the teammates.
async fn directory(product: &Product) -> Vec<String> {
    let directory = product.call("directory.get", json!({})).await;
    let admins = directory["admins"].as_array().expect("admins").clone();
    assert!(admins.len() > 5, "teammates were read");
    admins
        .iter()
        .flat_map(|admin| ["name", "email"].map(|key| admin[key].as_str().unwrap_or_default().to_owned()))
        .filter(|text| text.chars().count() >= 8)
        .collect()
}
