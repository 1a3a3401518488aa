//! The three ways through a list.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::common::{Workspace, ids};

async fn with_conversations(count: usize) -> (Workspace, ManualClock) {
    let clock = ManualClock::at(1_800_000_000_000);
    let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
    let workspace = Workspace::with(config).await;
    for number in 0..count {
        clock.advance(Duration::from_secs(1));
        workspace.conversation(&format!("c{number}@customer.example"), "Hello").await;
    }
    (workspace, clock)
}

fn cursor(page: &Value) -> Option<String> {
    let cursor = page["pages"]["next"]["starting_after"].as_str()?;
    Some(cursor.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
}

#[tokio::test]
async fn a_cursor_goes_through_all_conversations_newest_change_first() {
    let (workspace, _clock) = with_conversations(7).await;
    let mut seen = Vec::new();
    let mut path = "/conversations?per_page=3".to_owned();
    for page_number in 1..=3 {
        let page = workspace.get(&path).await.ok();
        assert_eq!((&page["pages"]["page"], &page["pages"]["total_pages"]), (&json!(page_number), &json!(3)));
        assert_eq!(page["total_count"], 7);
        assert!(page["conversations"][0].get("conversation_parts").is_none(), "lists carry no parts");
        seen.extend(
            page["conversations"].as_array().unwrap().iter().map(|each| each["updated_at"].as_i64().unwrap()),
        );
        match cursor(&page) {
            Some(next) => path = format!("/conversations?per_page=3&starting_after={next}"),
            None => assert_eq!(page_number, 3),
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    sorted.dedup();
    assert_eq!(seen, sorted);
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn a_search_is_paged_by_the_cursor_in_its_body() {
    let (workspace, _clock) = with_conversations(5).await;
    let query = json!({ "field": "state", "operator": "=", "value": "open" });
    let first = workspace
        .post("/conversations/search", json!({ "query": query, "pagination": { "per_page": 2 } }))
        .await
        .ok();
    let mut seen = ids(&first["conversations"]);
    let mut next = first["pages"]["next"]["starting_after"].clone();
    while !next.is_null() {
        let body = json!({ "query": query, "pagination": { "per_page": 2, "starting_after": next } });
        let page = workspace.post("/conversations/search", body).await.ok();
        seen.extend(ids(&page["conversations"]));
        next = page["pages"]["next"]["starting_after"].clone();
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn more_than_150_to_a_page_and_a_made_up_cursor_are_refused() {
    let workspace = Workspace::quiet().await;
    for path in ["/conversations?per_page=151", "/conversations?per_page=0", "/contacts?starting_after=xyz"] {
        let (status, code, _) = workspace.get(path).await.refusal();
        assert_eq!((status, code.as_str()), (400, "parameter_invalid"), "{path}");
    }
}

#[tokio::test]
async fn page_numbers_give_the_next_address_and_past_the_end_an_empty_list() {
    let workspace = Workspace::quiet().await;
    let first = workspace.get("/companies?per_page=4").await.ok();
    let total = first["total_count"].as_u64().unwrap();
    assert_eq!(first["pages"]["total_pages"].as_u64().unwrap(), total.div_ceil(4));
    let next = first["pages"]["next"].as_str().unwrap();
    let path = next.strip_prefix(&workspace.simulator.base_url()).unwrap();
    let second = workspace.get(path).await.ok();
    assert_eq!(second["pages"]["page"], 2);
    assert_eq!(second["pages"]["next"], Value::Null);
    assert_eq!(ids(&first["data"]).len() + ids(&second["data"]).len(), total as usize);

    for path in ["/companies?page=99", "/companies?page=99&per_page=4"] {
        let past = workspace.get(path).await.ok();
        assert_eq!(past["data"], json!([]), "{path}");
        assert_eq!(past["pages"]["next"], Value::Null, "{path}");
    }
    assert_eq!(workspace.post("/companies/list?page=99", json!({})).await.ok()["data"], json!([]));
    let contact =
        workspace.get("/contacts?per_page=1").await.ok()["data"][0]["id"].as_str().unwrap().to_owned();
    for list in ["companies", "notes"] {
        let past = workspace.get(&format!("/contacts/{contact}/{list}?page=2")).await.ok();
        assert_eq!(past["data"], json!([]), "{list}");
    }
}

#[tokio::test]
async fn one_scroll_at_a_time_walks_the_companies_and_expires_after_an_idle_minute() {
    let (workspace, clock) = with_conversations(0).await;
    let first = workspace.get("/companies/scroll").await.ok();
    let param = first["scroll_param"].as_str().unwrap();
    assert!(!first["data"].as_array().unwrap().is_empty());
    let (status, code, _) = workspace.get("/companies/scroll").await.refusal();
    assert_eq!((status, code.as_str()), (400, "scroll_exists"));

    let end = workspace.get(&format!("/companies/scroll?scroll_param={param}")).await.ok();
    assert_eq!(end["data"], json!([]));
    assert!(end.get("scroll_param").is_none(), "there is nothing to ask on with");
    assert_eq!(workspace.get(&format!("/companies/scroll?scroll_param={param}")).await.status, 404);

    let again = workspace.get("/companies/scroll").await.ok();
    clock.advance(Duration::from_secs(61));
    let param = again["scroll_param"].as_str().unwrap();
    assert_eq!(workspace.get(&format!("/companies/scroll?scroll_param={param}")).await.status, 404);
    workspace.get("/companies/scroll").await.ok();
}
