//! Deliveries that go wrong on request, and endpoints that are left alone because they fail.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, DeliveryFaults, ManualClock};

use crate::common::{Endpoint, Workspace};

async fn with_clock() -> (Workspace, ManualClock, Endpoint) {
    let clock = ManualClock::at(1_800_000_000_000);
    let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
    let workspace = Workspace::with(config).await;
    let mut endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    assert_eq!(endpoint.next().await.json()["topic"], "ping");
    (workspace, clock, endpoint)
}

async fn make_contacts(workspace: &Workspace, numbers: std::ops::Range<usize>) {
    for number in numbers {
        workspace.post("/contacts", json!({ "external_id": format!("{number}") })).await.ok();
    }
}

async fn webhook(workspace: &Workspace) -> Value {
    workspace.state().await["webhook"].clone()
}

/// Waits until nothing is in the queue or held back.
async fn settled(workspace: &Workspace) -> Value {
    loop {
        let webhook = webhook(workspace).await;
        if webhook["queued"] == 0 && webhook["held_back"] == 0 {
            return webhook;
        }
        tokio::task::yield_now().await;
    }
}

async fn order(workspace: &Workspace, faults: Value) {
    workspace.send("PUT", "/_sim/webhook/faults", Some(&faults)).await.ok();
}

async fn arrived(endpoint: &mut Endpoint, count: u64) -> Vec<String> {
    let mut ids = Vec::new();
    for _delivery in 0..count {
        ids.push(endpoint.next().await.json()["data"]["item"]["external_id"].as_str().unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn deliveries_are_dropped_and_doubled_about_as_often_as_was_ordered() {
    let (workspace, _clock, mut endpoint) = with_clock().await;
    order(&workspace, json!({ "seed": 5, "drop": 0.2, "duplicate": 0.3 })).await;
    make_contacts(&workspace, 0..200).await;
    let webhook = settled(&workspace).await;
    let count = |name: &str| webhook[name].as_u64().unwrap();
    assert!((20..=60).contains(&count("dropped")), "{webhook}");
    assert!((30..=70).contains(&count("duplicated")), "{webhook}");
    assert_eq!(count("delivered"), 1 + 200 - count("dropped"), "the ping arrived too");
    let mut times = BTreeMap::new();
    for id in arrived(&mut endpoint, 200 - count("dropped") + count("duplicated")).await {
        *times.entry(id).or_insert(0) += 1;
    }
    assert_eq!(times.values().filter(|times| **times == 2).count() as u64, count("duplicated"));
    assert_eq!(times.len() as u64, 200 - count("dropped"));
    workspace.send("DELETE", "/_sim/webhook/faults", None).await.ok();
    make_contacts(&workspace, 200..220).await;
    assert_eq!(settled(&workspace).await["dropped"], count("dropped"));
}

#[tokio::test]
async fn a_delayed_delivery_comes_when_its_time_has_come() {
    let (workspace, clock, mut endpoint) = with_clock().await;
    let delay = json!({ "chance": 1.0, "ms": [60_000, 60_000] });
    order(&workspace, json!({ "delay": delay, "topics": ["contact.user.created"] })).await;
    make_contacts(&workspace, 0..1).await;
    clock.sleeper_due_in(Duration::from_mins(1)).await;
    let webhook = webhook(&workspace).await;
    assert_eq!((&webhook["held_back"], &webhook["delivered"]), (&json!(1), &json!(1)));
    clock.advance(Duration::from_mins(1));
    assert_eq!(arrived(&mut endpoint, 1).await, ["0"]);
}

#[tokio::test]
async fn reordered_deliveries_all_come_but_not_in_their_order() {
    let (workspace, clock, mut endpoint) = with_clock().await;
    workspace.simulator.order_delivery_faults(Some(&DeliveryFaults {
        seed: 2,
        reorder: 0.3,
        ..DeliveryFaults::default()
    }));
    make_contacts(&workspace, 0..60).await;
    // Whoever is last waits for nobody: time lets them go.
    while webhook(&workspace).await["queued"] != 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(2));
    let webhook = settled(&workspace).await;
    assert!(webhook["reordered"].as_u64().unwrap() > 5, "{webhook}");
    let ids = arrived(&mut endpoint, 60).await;
    let numbers: Vec<u32> = ids.iter().map(|id| id.parse().unwrap()).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..60).collect::<Vec<_>>());
    assert_ne!(numbers, sorted);
}

#[tokio::test]
async fn an_endpoint_that_fails_a_thousand_times_in_a_row_is_left_alone_for_a_quarter_of_an_hour() {
    let (workspace, clock, mut endpoint) = with_clock().await;
    for _delivery in 0..1_001 {
        endpoint.answer_next_with(500);
    }
    make_contacts(&workspace, 0..1_001).await;
    arrived(&mut endpoint, 1_001).await;
    let paused = loop {
        let webhook = webhook(&workspace).await;
        if webhook["paused_until"].is_i64() {
            break webhook;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(paused["paused_until"], 1_800_000_900);
    assert_eq!(paused["errors_in_a_row"], 1_001);
    make_contacts(&workspace, 1_001..1_004).await;
    assert_eq!(webhook(&workspace).await["dropped_in_pause"], 3, "what happens in a pause is never told");
    // The second tries of the thousand fall into the pause.
    let mut seconds = 0;
    while webhook(&workspace).await["dropped_in_pause"] != 1_004 {
        clock.advance(Duration::from_secs(1));
        seconds += 1;
        assert!(seconds < 900, "the pause is over");
    }
    assert!(seconds >= 60, "after a minute, not before: {seconds} s");
    assert_eq!(webhook(&workspace).await["waiting_for_retry"], 0);
    clock.advance(Duration::from_secs(900 - seconds));
    make_contacts(&workspace, 1_004..1_005).await;
    assert_eq!(arrived(&mut endpoint, 1).await, ["1004"]);
    assert_eq!(settled(&workspace).await["errors_in_a_row"], 0);
}

#[tokio::test]
async fn a_week_of_errors_suspends_the_subscription_until_somebody_sets_it_live() {
    let (workspace, clock, mut endpoint) = with_clock().await;
    for (number, days) in [(0, 7), (1, 1)] {
        assert_eq!(webhook(&workspace).await["suspended"], false, "not before a week is over");
        endpoint.answer_next_with(500);
        endpoint.answer_next_with(500);
        make_contacts(&workspace, number..number + 1).await;
        arrived(&mut endpoint, 1).await;
        clock.sleeper_due_in(Duration::from_mins(1)).await;
        clock.advance(Duration::from_hours(24 * days));
        arrived(&mut endpoint, 1).await;
    }
    while webhook(&workspace).await["suspended"] != true {
        tokio::task::yield_now().await;
    }
    make_contacts(&workspace, 5..6).await;
    assert_eq!(webhook(&workspace).await["queued"], 0, "nobody is told");
    let live = workspace.send("POST", "/_sim/webhook/live", None).await.ok();
    assert_eq!((&live["suspended"], &live["failing_since"]), (&json!(false), &Value::Null));
    make_contacts(&workspace, 6..7).await;
    assert_eq!(arrived(&mut endpoint, 1).await, ["6"]);
}
