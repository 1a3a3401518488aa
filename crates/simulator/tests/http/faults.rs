//! Each fault: what the client sees, and whether the act was performed.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::common::Workspace;

struct Target {
    workspace: Workspace,
    clock: ManualClock,
    conversation_id: String,
}

impl Target {
    async fn open() -> Self {
        let clock = ManualClock::at(1_800_000_000_000);
        let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
        let workspace = Workspace::with(config).await;
        let conversation_id = workspace.conversation("ana@customer.example", "Hello").await;
        Self { workspace, clock, conversation_id }
    }

    async fn with(fault: Value) -> Self {
        let target = Self::open().await;
        let mut fault = fault;
        fault["match"] = json!({ "method": "POST", "path": "/conversations/*/reply" });
        fault["times"] = json!(1);
        target.workspace.post("/_sim/faults", fault).await.ok();
        target
    }

    async fn reply(&self) -> reqwest::Result<crate::common::Reply> {
        let admin = &self.workspace.simulator.credentials().admin_id;
        let body = json!({ "message_type": "comment", "type": "admin", "admin_id": admin, "body": "Hi" });
        let path = format!("/conversations/{}/reply", self.conversation_id);
        self.workspace.try_send("POST", &path, Some(&body)).await
    }

    async fn parts(&self) -> u64 {
        let path = format!("/conversations/{}", self.conversation_id);
        self.workspace.get(&path).await.ok()["conversation_parts"]["total_count"].as_u64().unwrap()
    }

    async fn last_write(&self) -> Value {
        let calls = self.workspace.get("/_sim/calls?writes=1").await.ok();
        calls.as_array().unwrap().last().unwrap().clone()
    }
}

#[tokio::test]
async fn status_answers_an_error_list_once_and_performs_nothing() {
    let target = Target::with(json!({ "do": "status", "status": 503, "message": "Down for a minute" })).await;
    let refused = target.reply().await.unwrap();
    assert_eq!(refused.refusal(), (503, "service_unavailable".to_owned(), "Down for a minute".to_owned()));
    assert_eq!(target.parts().await, 0);
    assert_eq!(target.last_write().await["status"], 503);
    assert_eq!(target.reply().await.unwrap().status, 200, "it strikes as often as it was told");
}

#[tokio::test]
async fn rate_limit_answers_429_with_nothing_remaining() {
    let target = Target::with(json!({ "do": "rate_limit", "delay_ms": 2000 })).await;
    let refused = target.reply().await.unwrap();
    assert_eq!(refused.refusal().1, "rate_limit_exceeded");
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    assert_eq!(refused.header("x-ratelimit-reset"), "1800000002");
    assert_eq!(target.parts().await, 0);
}

#[tokio::test]
async fn rate_limit_with_a_number_lowers_the_limit_until_it_is_cleared() {
    let target = Target::open().await;
    target.workspace.post("/_sim/faults", json!({ "do": "rate_limit", "limit": 1 })).await.ok();
    assert_eq!(target.workspace.get("/me").await.header("x-ratelimit-limit"), "1");
    assert_eq!(target.workspace.get("/me").await.status, 429);
    target.workspace.send("DELETE", "/_sim/faults", None).await.ok();
    assert_eq!(target.workspace.get("/me").await.header("x-ratelimit-limit"), "1666");
}

#[tokio::test]
async fn slow_performs_and_answers_when_its_time_has_come() {
    let target = Target::with(json!({ "do": "slow", "delay_ms": 40_000 })).await;
    let passing = async {
        target.clock.sleeper_due_in(Duration::from_secs(40)).await;
        assert_eq!(target.parts().await, 1, "performed before it answers");
        target.clock.advance(Duration::from_secs(40));
    };
    let (answer, ()) = tokio::join!(target.reply(), passing);
    assert_eq!(answer.unwrap().status, 200);
}

#[tokio::test]
async fn cut_before_closes_and_performs_nothing() {
    let target = Target::with(json!({ "do": "cut_before" })).await;
    assert!(target.reply().await.is_err());
    assert_eq!(target.parts().await, 0);
    assert_eq!(target.last_write().await["status"], Value::Null);
}

#[tokio::test]
async fn cut_after_closes_but_has_performed() {
    let target = Target::with(json!({ "do": "cut_after" })).await;
    assert!(target.reply().await.is_err());
    assert_eq!(target.parts().await, 1);
    assert_eq!(target.last_write().await["status"], Value::Null);
}

#[tokio::test]
async fn bad_json_is_half_an_answer() {
    let target = Target::with(json!({ "do": "bad_json" })).await;
    let answer = target.reply().await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    assert_eq!(target.parts().await, 1);
}

#[tokio::test]
async fn no_answer_keeps_the_line_open_until_the_client_gives_up() {
    let target = Target::with(json!({ "do": "no_answer" })).await;
    let waited = tokio::time::timeout(Duration::from_millis(300), target.reply()).await;
    assert!(waited.is_err());
    assert_eq!(target.parts().await, 0);
}

#[tokio::test]
async fn a_fault_is_listed_and_removed_and_a_wrong_one_refused() {
    let target = Target::open().await;
    let made = target
        .workspace
        .post("/_sim/faults", json!({ "do": "status", "match": { "path": "/me" } }))
        .await
        .ok();
    assert_eq!(target.workspace.get("/me").await.status, 500);
    assert_eq!(target.workspace.get("/_sim/faults").await.ok()[0]["id"], made["id"]);
    target.workspace.send("DELETE", &format!("/_sim/faults/{}", made["id"]), None).await.ok();
    assert_eq!(target.workspace.get("/me").await.status, 200);
    for wrong in [
        json!({ "do": "explode" }),
        json!({ "do": "status", "status": 200 }),
        json!({ "do": "slow", "delay": 1 }),
    ] {
        assert_eq!(target.workspace.post("/_sim/faults", wrong.clone()).await.refusal().0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn slow_body_answers_with_the_headers_at_once_and_the_body_piece_by_piece() {
    let target = Target::with(json!({ "do": "slow_body", "delay_ms": 10_000 })).await;
    let admin = &target.workspace.simulator.credentials().admin_id;
    let body = json!({ "message_type": "note", "type": "admin", "admin_id": admin, "body": "Hi" });
    let url =
        format!("{}/conversations/{}/reply", target.workspace.simulator.base_url(), target.conversation_id);
    let request = target.workspace.client.post(url).body(body.to_string());
    let request = request.bearer_auth(&target.workspace.simulator.credentials().token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "before any time has passed");
    assert_eq!(target.parts().await, 1, "performed at once");
    let pieces = async {
        for _piece in 0..10 {
            target.clock.sleeper_due_in(Duration::from_secs(1)).await;
            target.clock.advance(Duration::from_secs(1));
        }
    };
    let (text, ()) = tokio::join!(response.text(), pieces);
    let shown: Value = serde_json::from_str(&text.unwrap()).unwrap();
    assert_eq!(shown["id"], target.conversation_id.as_str());
}

#[tokio::test]
async fn cut_body_performs_the_call_and_ends_in_the_middle_of_the_answer() {
    let target = Target::with(json!({ "do": "cut_body" })).await;
    let failed = target.reply().await.unwrap_err();
    assert!(!failed.is_timeout() && !failed.is_connect(), "{failed:?}");
    assert_eq!(target.parts().await, 1);
    assert_eq!(target.last_write().await["status"], 200);
}

#[tokio::test]
async fn a_chance_strikes_some_calls_and_the_list_tells_how_many() {
    let workspace = Workspace::quiet().await;
    let fault = json!({ "do": "status", "status": 500, "chance": 0.3, "match": { "path": "/me" } });
    workspace.post("/_sim/faults", fault).await.ok();
    let mut failed = 0;
    for _call in 0..100 {
        failed += u64::from(workspace.get("/me").await.status == 500);
    }
    assert!((15..=45).contains(&failed), "{failed} of 100");
    assert_eq!(workspace.get("/_sim/faults").await.ok()[0]["struck"], failed);
    let wrong = json!({ "do": "slow", "chance": 1.5 });
    assert_eq!(workspace.post("/_sim/faults", wrong).await.refusal().0, 400);
}
