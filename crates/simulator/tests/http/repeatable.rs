//! The same seed is the same workspace.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::common::{Endpoint, Workspace};

/// What a workspace shows after two minutes of its own traffic and some acts of a caller.
async fn observed(seed: u64) -> (Value, Vec<Value>) {
    let clock = ManualClock::at(1_800_000_000_000);
    let workspace =
        Workspace::with(Config { seed, clock: Some(Arc::new(clock.clone())), ..Config::default() }).await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    for _second in 0..120 {
        clock.advance(Duration::from_secs(1));
        // One answer later, whatever was due has happened.
        workspace.state().await;
    }
    workspace.conversation("ana@customer.example", "Hello").await;
    let state = loop {
        let state = workspace.state().await;
        if state["webhook"]["queued"] == 0 {
            break state;
        }
        tokio::task::yield_now().await;
    };
    let mut events = Vec::new();
    for _delivery in 0..state["webhook"]["delivered"].as_u64().unwrap() {
        let event = endpoint.next().await.json();
        events.push(json!([event["created_at"], event["topic"], event["id"], event["data"]["item"]["id"]]));
    }
    // The order of arrival is not promised.
    events.sort_by_key(ToString::to_string);
    (json!([state["counts"], state["conversations"]]), events)
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids_times_and_order() {
    let (first, second) = tokio::join!(observed(7), observed(7));
    assert!(first.1.len() > 4, "{:?}", first.1);
    assert_eq!(first.0, second.0);
    assert_eq!(first.1, second.1);
}

#[tokio::test]
async fn another_seed_gives_other_ids() {
    let conversations = async |seed| {
        let workspace = Workspace::with(Config { seed, ..Config::default() }).await;
        let credentials = workspace.simulator.credentials().clone();
        (credentials.token, credentials.admin_id, workspace.state().await["conversations"][0]["id"].clone())
    };
    let (one, other) = tokio::join!(conversations(1), conversations(2));
    assert_ne!(one.0, other.0);
    assert_ne!(one.1, other.1);
    assert_ne!(one.2, other.2);
}
