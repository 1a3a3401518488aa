//! What makes life hard without being a fault: people who act by chance, searches that lag, several apps, parts that
//! fall out of sight.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock, People, Weights};

use crate::common::{Endpoint, Workspace};

const START: i64 = 1_800_000_000;
const HOUR: Duration = Duration::from_hours(1);

async fn with_clock() -> (Workspace, ManualClock) {
    let clock = ManualClock::at(START * 1000);
    let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
    (Workspace::with(config).await, clock)
}

#[tokio::test]
async fn people_act_by_chance_as_their_clock_goes_and_never_as_the_owner_of_the_token() {
    let (workspace, clock) = with_clock().await;
    for number in 0..5 {
        workspace.conversation("ana@customer.example", &format!("Hello {number}")).await;
    }
    let weights = Weights { arrive: 1, ..Weights::default() };
    let people = json!({ "seed": 3, "per_hour": 120.0, "weights": weights });
    workspace.send("PUT", "/_sim/people", Some(&people)).await.ok();
    clock.advance(HOUR);
    // The first answer after the hour shows the whole hour.
    let digest = workspace.get("/_sim/digest").await.ok();
    let done = workspace.get("/_sim/people").await.ok();
    let count = done["done"].as_u64().unwrap();
    assert!((100..=140).contains(&count), "{count} acts in an hour");
    assert_eq!(done["acts"].as_object().unwrap().len(), 8, "every act is chosen: {done}");
    let owner = &workspace.simulator.credentials().admin_id;
    let mut parts = 0;
    for (id, conversation) in digest["conversations"].as_object().unwrap() {
        let at = conversation["updated_at"].as_i64().unwrap();
        assert!((START..=START + 3600).contains(&at));
        let shown = workspace.get(&format!("/conversations/{id}")).await.ok();
        let mut before = START;
        for part in shown["conversation_parts"]["conversation_parts"].as_array().unwrap() {
            assert_ne!(part["author"]["id"], owner.as_str());
            let at = part["created_at"].as_i64().unwrap();
            assert!(at >= before, "parts are in the order of their times");
            before = at;
            parts += 1;
        }
    }
    assert!(parts > 50, "{parts}");
    workspace.send("DELETE", "/_sim/people", None).await.ok();
    clock.advance(HOUR);
    let later = workspace.get("/_sim/digest").await.ok();
    let snoozes_end = |digest: &Value| digest["conversations"].as_object().unwrap().len();
    assert_eq!(snoozes_end(&later), snoozes_end(&digest));
    assert_eq!(workspace.get("/_sim/people").await.ok(), Value::Null);
}

#[tokio::test]
async fn the_same_people_do_the_same_whether_time_passes_at_once_or_in_steps() {
    let after = async |steps: u32| {
        let (workspace, clock) = with_clock().await;
        workspace.conversation("ana@customer.example", "Hello").await;
        let people = People { seed: 9, per_hour: 60.0, times: Some(40), ..People::default() };
        workspace.simulator.stir(Some(people));
        for _step in 0..steps {
            clock.advance(HOUR / steps);
            workspace.get("/me").await.ok();
        }
        let digest = workspace.simulator.digest();
        assert!(digest.conversations.values().next().unwrap().part_count > 20);
        digest
    };
    assert_eq!(after(1).await, after(30).await);
}

#[tokio::test]
async fn people_act_when_they_are_told_to_on_the_conversation_they_are_given() {
    let (workspace, _clock) = with_clock().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    workspace.conversation("bo@customer.example", "Hello").await;
    let refused = workspace.post("/_sim/people/act", json!({})).await.refusal();
    assert_eq!(refused.0, 409);
    let people = json!({ "per_hour": 0.0, "conversation_ids": [id] });
    workspace.send("PUT", "/_sim/people", Some(&people)).await.ok();
    let acts = workspace.post("/_sim/people/act", json!({ "times": 6 })).await.ok();
    let acts = acts.as_array().unwrap();
    assert_eq!(acts.len(), 6);
    assert!(acts.iter().all(|act| act["conversation_id"] == id.as_str() && act["part_id"].is_string()));
    assert_eq!(workspace.simulator.stir_now(4), 4);
    let shown = workspace.get(&format!("/conversations/{id}")).await.ok();
    assert_eq!(shown["conversation_parts"]["total_count"], 10);
}

#[tokio::test]
async fn a_search_for_contacts_lags_while_the_contact_itself_does_not() {
    let (workspace, clock) = with_clock().await;
    let set = json!({ "contact_search_lag_ms": 120_000 });
    workspace.send("PUT", "/_sim/settings", Some(&set)).await.ok();
    let made = workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.ok();
    let path = format!("/contacts/{}", made["id"].as_str().unwrap());
    let found = async |email: &str| {
        let query = json!({ "query": { "field": "email", "operator": "=", "value": email } });
        workspace.post("/contacts/search", query).await.ok()["total_count"].clone()
    };
    assert_eq!(workspace.get(&path).await.ok()["id"], made["id"]);
    assert_eq!(found("ana@customer.example").await, 0);
    assert_eq!(workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.status, 409);
    clock.advance(Duration::from_mins(1));
    workspace.send("PUT", &path, Some(&json!({ "email": "ana@new.example" }))).await.ok();
    clock.advance(Duration::from_mins(1));
    assert_eq!(found("ana@customer.example").await, 1, "two minutes after it was made");
    assert_eq!(found("ana@new.example").await, 0);
    clock.advance(Duration::from_mins(1));
    assert_eq!((found("ana@customer.example").await, found("ana@new.example").await), (json!(0), json!(1)));
    workspace.simulator.lag_contact_searches(Duration::ZERO);
    workspace.send("PUT", &path, Some(&json!({ "email": "ana@customer.example" }))).await.ok();
    assert_eq!(found("ana@customer.example").await, 1);
}

#[tokio::test]
async fn a_second_app_sees_the_same_workspace_with_a_token_a_secret_and_a_limit_of_its_own() {
    let config = Config { quiet: true, rate_limit: 20, ..Config::default() };
    let workspace = Workspace::with(config).await;
    let admins = workspace.get("/admins").await.ok();
    let other = admins["admins"][1]["id"].as_str().unwrap();
    let made = workspace.post("/_sim/apps", json!({ "label": "console-b", "admin_id": other })).await.ok();
    let first = workspace.simulator.credentials();
    assert_ne!(made["token"], first.token.as_str());
    assert_ne!(made["client_secret"], first.client_secret.as_str());
    assert_eq!(made["app_id"], first.app_id.as_str());
    let call = async |token: &str| {
        let url = format!("{}/me", workspace.simulator.base_url());
        workspace.client.get(url).bearer_auth(token).send().await.unwrap()
    };
    let answered = call(made["token"].as_str().unwrap()).await;
    assert_eq!(answered.headers()["x-ratelimit-remaining"], "19", "it has made no other call");
    let me: Value = serde_json::from_str(&answered.text().await.unwrap()).unwrap();
    assert_eq!(me["id"], other);
    assert_eq!(call("sim_unknown").await.status(), 401);
    let again = workspace.post("/_sim/apps", json!({ "label": "console-b" })).await.ok();
    assert_eq!(again, made, "it is installed once");

    let mut endpoints = [Endpoint::open().await, Endpoint::open().await];
    for (endpoint, app) in endpoints.iter().zip(["default", "console-b"]) {
        workspace.post("/_sim/webhook", json!({ "app": app, "url": endpoint.url })).await.ok();
    }
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let [one, other] = &mut endpoints;
    for endpoint in [one, other] {
        let event = loop {
            let event = endpoint.next_event().await;
            if event["topic"] == "conversation.user.created" {
                break event;
            }
        };
        assert_eq!(event["data"]["item"]["id"].to_string().trim_matches('"'), id);
    }
    let calls = workspace.get("/_sim/calls?app=console-b").await.ok();
    assert_eq!(calls.as_array().unwrap().len(), 1);
    assert_eq!((&calls[0]["app"], &calls[0]["path"]), (&json!("console-b"), &json!("/me")));
    let after = calls[0]["number"].as_u64().unwrap();
    let later = workspace.get(&format!("/_sim/calls?after={after}")).await.ok();
    assert!(later.as_array().unwrap().iter().all(|call| call["number"].as_u64().unwrap() > after));
}

#[tokio::test]
async fn parts_that_fall_out_of_sight_still_count() {
    let (workspace, _clock) = with_clock().await;
    workspace.send("PUT", "/_sim/settings", Some(&json!({ "parts_shown": 3 }))).await.ok();
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    for number in 0..5 {
        let body =
            json!({ "email": "ana@customer.example", "conversation_id": id, "body": format!("{number}") });
        workspace.post("/_sim/messages", body).await.ok();
    }
    let shown = workspace.get(&format!("/conversations/{id}?display_as=plaintext")).await.ok();
    assert_eq!(shown["conversation_parts"]["total_count"], 5);
    let parts = shown["conversation_parts"]["conversation_parts"].as_array().unwrap();
    let bodies: Vec<&str> = parts.iter().map(|part| part["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["2", "3", "4"]);
    let short = &workspace.simulator.digest().conversations[&id];
    assert_eq!((short.parts.len(), short.part_count), (3, 5));
}
