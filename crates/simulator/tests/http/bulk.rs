//! Large pasts, and how quickly they are read.

use std::{collections::BTreeSet, time::Instant};

use serde_json::{Value, json};
use simulator::{Bulk, Config};

use crate::common::{Workspace, ids};

async fn with_bulk(bulk: Bulk) -> Workspace {
    Workspace::with(Config { quiet: true, bulk: Some(bulk), ..Config::default() }).await
}

fn updated_after(at: i64) -> Value {
    json!({ "field": "updated_at", "operator": ">", "value": at })
}

/// The ids of all conversations that a search gives, page by page, and how many it said there are.
async fn searched(workspace: &Workspace, query: &Value) -> (Vec<String>, u64) {
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let pagination = json!({ "per_page": 150, "starting_after": after });
        let body = json!({ "query": query, "pagination": pagination });
        let page = workspace.post("/conversations/search", body).await.ok();
        found.extend(ids(&page["conversations"]));
        after = page["pages"]["next"]["starting_after"].clone();
        if after.is_null() {
            return (found, page["total_count"].as_u64().unwrap());
        }
    }
}

#[tokio::test]
async fn a_past_has_as_many_conversations_days_and_parts_as_were_asked_for() {
    let bulk = Bulk { count: 400, days: 10, parts: (2, 5), ..Bulk::default() };
    let workspace = with_bulk(bulk).await;
    let state = workspace.state().await;
    let now = state["now"].as_i64().unwrap();
    let conversations = state["conversations"].as_array().unwrap();
    assert_eq!(conversations.len(), 400);
    for conversation in conversations {
        let parts = conversation["parts"].as_array().unwrap().len();
        assert!((2..=5).contains(&parts), "{parts} parts");
        let (from, to) =
            (conversation["created_at"].as_i64().unwrap(), conversation["updated_at"].as_i64().unwrap());
        assert!(now - 10 * 86_400 <= from && from <= to && to < now, "{from} to {to}, now {now}");
    }
    let open = state["counts"]["open"].as_u64().unwrap();
    assert!((15..=80).contains(&open), "a tenth stays open: {open} of 400");
}

#[tokio::test]
async fn a_search_by_time_gives_everything_within_it_once() {
    let workspace = with_bulk(Bulk { count: 700, days: 10, ..Bulk::default() }).await;
    let state = workspace.state().await;
    let since = state["now"].as_i64().unwrap() - 5 * 86_400;
    let expected = |fits: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        let conversations = state["conversations"].as_array().unwrap();
        conversations
            .iter()
            .filter(|each| fits(each))
            .map(|each| each["id"].as_str().unwrap().into())
            .collect()
    };
    let late = |each: &Value| each["updated_at"].as_i64().unwrap() >= since;
    let open = |each: &Value| late(each) && each["state"] == "open";
    let only_open = json!({ "field": "state", "operator": "=", "value": "open" });
    for (query, expected) in [
        (updated_after(since), expected(&late)),
        (json!({ "operator": "AND", "value": [updated_after(since), only_open] }), expected(&open)),
    ] {
        let (found, total) = searched(&workspace, &query).await;
        assert_eq!(found.len(), expected.len());
        assert_eq!(total as usize, expected.len());
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    }
    let all = json!({ "operator": "OR", "value": [updated_after(since), updated_after(0)] });
    assert_eq!(searched(&workspace, &all).await.1, 700);
}

#[tokio::test]
async fn a_digest_tells_what_the_interface_shows() {
    let workspace = with_bulk(Bulk { count: 30, ..Bulk::default() }).await;
    let digest = workspace.get("/_sim/digest").await.ok();
    assert_eq!(digest["conversations"].as_object().unwrap().len(), 30);
    for (id, short) in digest["conversations"].as_object().unwrap() {
        let shown = workspace.get(&format!("/conversations/{id}?display_as=plaintext")).await.ok();
        for member in ["updated_at", "state", "admin_assignee_id", "team_assignee_id", "snoozed_until"] {
            assert_eq!(short[member], shown[member], "{member}");
        }
        assert_eq!(short["source_text"], simulator::text_hash(shown["source"]["body"].as_str().unwrap()));
        let parts = shown["conversation_parts"]["conversation_parts"].as_array().unwrap();
        assert_eq!(short["part_count"].as_u64().unwrap() as usize, parts.len());
        for (short, part) in short["parts"].as_array().unwrap().iter().zip(parts) {
            assert_eq!((&short["id"], &short["kind"]), (&part["id"], &part["part_type"]));
            assert_eq!(short["author"], part["author"]["id"]);
            assert_eq!(short["text"], json!(part["body"].as_str().map(simulator::text_hash)));
        }
    }
    let since = workspace.state().await["now"].as_i64().unwrap() - 60;
    let none = workspace.get(&format!("/_sim/digest?since={since}")).await.ok();
    assert_eq!(none["conversations"], json!({}));
}

/// Prints what it measures; the bounds are wide, because the machine may be busy.
#[tokio::test]
async fn fifty_thousand_conversations_are_written_and_searched_in_seconds() {
    const PAGES: u32 = 10;
    let begun = Instant::now();
    let workspace = with_bulk(Bulk { count: 50_000, ..Bulk::default() }).await;
    let written = begun.elapsed();
    let begun = Instant::now();
    let mut after = Value::Null;
    for _page in 0..PAGES {
        let pagination = json!({ "per_page": 150, "starting_after": after });
        let body = json!({ "query": updated_after(1), "pagination": pagination });
        let page = workspace.post("/conversations/search", body).await.ok();
        assert_eq!(page["total_count"], 50_000);
        after = page["pages"]["next"]["starting_after"].clone();
    }
    let searched = begun.elapsed();
    let begun = Instant::now();
    let digest = workspace.simulator.digest();
    let digested = begun.elapsed();
    assert_eq!(digest.conversations.len(), 50_000);
    let a_page = searched / PAGES;
    println!(
        "50,000 conversations: written in {written:?}, {a_page:?} a page of 150, digested in {digested:?}"
    );
    assert!(written.as_secs() < 120 && searched.as_secs() < 120, "{written:?}, {searched:?}");
}
