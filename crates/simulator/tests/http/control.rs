//! The control surface, and the traffic that comes by itself.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::common::{Endpoint, Workspace};

const SCRIPT: &str = r#"{
  "contacts": [
    {"key": "ana", "name": "Ana", "email": "ana@a.example", "company": "Atelier", "plan": "Team", "role": "user"},
    {"key": "bo", "name": "Bo", "email": "bo@b.example", "role": "lead"}
  ],
  "conversations": [
    {"key": "old", "contact": "ana", "body": "Thanks for last week", "channel": "email", "subject": "Thanks", "truth": "general",
     "closed_history": true, "days_ago": 5, "admin_reply": "Any time"},
    {"key": "waiting", "contact": "bo", "body": "Is there a discount?", "channel": "chat", "truth": "billing", "backlog_minutes": 30},
    {"key": "new", "contact": "ana", "body": "The page is down <now>", "channel": "chat", "truth": "urgent",
     "attachments": [{"name": "screen.png", "content_type": "image/png"}],
     "follow_ups": [{"after": "seconds", "delay_s": 10, "body": "Hello?"}, {"after": "reply", "delay_s": 20, "body": "It works again"}]}
  ]
}"#;

async fn lively() -> (Workspace, ManualClock) {
    let clock = ManualClock::at(1_800_000_000_000);
    let config =
        Config { script: Some(SCRIPT.to_owned()), clock: Some(Arc::new(clock.clone())), ..Config::default() };
    (Workspace::with(config).await, clock)
}

fn by_key<'a>(state: &'a Value, key: &str) -> Vec<&'a Value> {
    state["conversations"].as_array().unwrap().iter().filter(|each| each["key"] == key).collect()
}

#[tokio::test]
async fn a_page_that_names_another_host_cannot_reach_the_control_surface() {
    let workspace = Workspace::quiet().await;
    let url = format!("{}/_sim/state", workspace.simulator.base_url());
    let refused = workspace.client.get(&url).header("host", "rebound.example.com").send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let let_in = workspace.client.get(&url).send().await.unwrap();
    assert_eq!(let_in.status(), 200, "and needs no token");
}

#[tokio::test]
async fn a_quiet_workspace_has_people_and_companies_and_nobody_writes() {
    let workspace = Workspace::quiet().await;
    let state = workspace.state().await;
    assert_eq!(state["counts"]["conversations"], 0);
    assert!(state["counts"]["contacts"].as_u64().unwrap() > 3);
    assert_eq!(workspace.get("/conversations").await.ok()["total_count"], 0);
    let teams = workspace.get("/teams").await.ok();
    let names: Vec<&str> =
        teams["teams"].as_array().unwrap().iter().map(|team| team["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["On-call", "Billing", "Support"]);
    let me = workspace.get("/me").await.ok();
    assert_eq!(me["id"], workspace.simulator.credentials().admin_id.as_str());
    assert_eq!((&me["app"]["id_code"], &me["app"]["region"]), (&json!("northwd1"), &json!("EU")));
}

#[tokio::test]
async fn the_credentials_serialize_to_exactly_what_a_client_needs() {
    let workspace = Workspace::quiet().await;
    let credentials = serde_json::to_value(workspace.simulator.credentials()).unwrap();
    let names: Vec<&String> = credentials.as_object().unwrap().keys().collect();
    assert_eq!(names, ["admin_id", "app_id", "base_url", "client_secret", "token"]);
}

#[tokio::test]
async fn a_message_to_a_known_conversation_is_a_part_and_an_unknown_one_is_refused() {
    let workspace = Workspace::quiet().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let more = json!({ "email": "ana@customer.example", "body": "More", "conversation_id": id.parse::<u64>().unwrap() });
    let made = workspace.post("/_sim/messages", more).await.ok();
    assert_eq!(made["conversation_id"], id.as_str());
    let state = workspace.state().await;
    assert_eq!(state["conversations"][0]["parts"][0]["id"], made["part_id"]);
    assert_eq!(state["conversations"][0]["parts"][0]["text"], "More");
    let lost = json!({ "email": "ana@customer.example", "body": "More", "conversation_id": "1" });
    assert_eq!(workspace.post("/_sim/messages", lost).await.refusal().0, 404);
    assert_eq!(workspace.post("/_sim/messages", json!({ "body": "x" })).await.refusal().0, 400);
}

#[tokio::test]
async fn odd_texts_come_back_as_they_were_sent() {
    let workspace = Workspace::quiet().await;
    for (sent, stored) in [
        ("", ""),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("مرحبا 👋\u{0}!", "<p class=\"no-margin\">مرحبا 👋\u{0}!</p>"),
    ] {
        let id = workspace.conversation("ana@customer.example", sent).await;
        let shown = workspace.get(&format!("/conversations/{id}")).await.ok();
        assert_eq!(shown["source"]["body"], stored);
    }
    let large = format!("<p>{}</p>", "<b>x</b>".repeat(130_000));
    let id = workspace.conversation("ana@customer.example", &large).await;
    let shown = workspace.get(&format!("/conversations/{id}?display_as=plaintext")).await.ok();
    assert_eq!(shown["source"]["body"].as_str().unwrap().len(), 130_000);
}

#[tokio::test]
async fn the_call_log_has_every_call_in_order_and_can_show_only_writes() {
    let workspace = Workspace::quiet().await;
    workspace.get("/me").await.ok();
    workspace
        .post(
            "/conversations/search",
            json!({ "query": { "field": "open", "operator": "=", "value": true } }),
        )
        .await
        .ok();
    workspace.post("/tags", json!({ "name": "Beta" })).await.ok();
    workspace.get("/nothing?at=all").await;
    let calls = workspace.get("/_sim/calls").await.ok();
    let seen: Vec<(&str, &str, u64)> = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            (
                call["method"].as_str().unwrap(),
                call["path"].as_str().unwrap(),
                call["status"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("GET", "/me", 200),
            ("POST", "/conversations/search", 200),
            ("POST", "/tags", 200),
            ("GET", "/nothing?at=all", 404)
        ]
    );
    let writes = workspace.get("/_sim/calls?writes=1").await.ok();
    assert_eq!(writes.as_array().unwrap().len(), 1);
    assert_eq!(writes[0]["body"], json!({ "name": "Beta" }));
    workspace.send("DELETE", "/_sim/calls", None).await.ok();
    assert_eq!(workspace.get("/_sim/calls").await.ok(), json!([]));
}

#[tokio::test]
async fn the_past_of_a_script_is_there_at_the_start() {
    let (workspace, _clock) = lively().await;
    let state = workspace.state().await;
    let old = by_key(&state, "old")[0];
    assert_eq!(
        (&old["state"], &old["truth"], &old["team"]),
        (&json!("closed"), &json!("general"), &json!("Support"))
    );
    assert!(old["parts"].as_array().unwrap().iter().any(|part| part["text"] == "Any time"));
    let waiting = by_key(&state, "waiting")[0];
    assert_eq!(waiting["state"], "open");
    let age = state["now"].as_i64().unwrap() - waiting["created_at"].as_i64().unwrap();
    assert!((1800..1900).contains(&age), "{age}");
    assert!(by_key(&state, "new").is_empty());
    let id = waiting["id"].as_str().unwrap();
    let shown = workspace.get(&format!("/conversations/{id}")).await;
    assert!(!shown.text.contains("truth"), "the truth stays behind the scenes");
    let old = workspace.get(&format!("/conversations/{}", old["id"].as_str().unwrap())).await.ok();
    assert_eq!(old["company"]["name"], "Atelier");
}

#[tokio::test]
async fn traffic_arrives_follows_up_waits_for_a_reply_and_begins_again() {
    let (workspace, clock) = lively().await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    clock.sleeper_due_in(Duration::from_secs(4)).await;
    clock.advance(Duration::from_secs(4));
    let created = endpoint.next_event().await;
    assert_eq!(created["topic"], "conversation.user.created");
    let id = created["data"]["item"]["id"].to_string().trim_matches('"').to_owned();
    let shown = workspace.get(&format!("/conversations/{id}")).await.ok();
    assert_eq!(shown["source"]["body"], "<p class=\"no-margin\">The page is down &lt;now&gt;</p>");
    let file = shown["source"]["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(workspace.client.get(file).send().await.unwrap().headers()["content-type"], "image/png");

    clock.sleeper_due_in(Duration::from_secs(10)).await;
    clock.advance(Duration::from_secs(10));
    let replied = endpoint.next_event().await;
    assert_eq!(replied["topic"], "conversation.user.replied");

    let admin = &workspace.simulator.credentials().admin_id;
    let body =
        json!({ "message_type": "comment", "type": "admin", "admin_id": admin, "body": "We are on it" });
    workspace.post(&format!("/conversations/{id}/reply"), body).await.ok();
    assert_eq!(endpoint.next_event().await["topic"], "conversation.admin.replied");
    // Between 12 and 40 seconds after the first, the script begins again with a new id.
    let mut again = None;
    let mut thanked = false;
    for _second in 0..60 {
        clock.advance(Duration::from_secs(1));
        let state = workspace.state().await;
        let new = by_key(&state, "new");
        thanked = thanked
            || new[0]["parts"].as_array().unwrap().iter().any(|part| part["text"] == "It works again");
        again = again.or(new.get(1).map(|second| second["id"].clone()));
        tokio::task::yield_now().await;
    }
    assert!(thanked, "the second follow-up came after the reply");
    assert_ne!(again.expect("the script begins again"), id.as_str());
}
