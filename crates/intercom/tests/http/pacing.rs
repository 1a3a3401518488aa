//! Calls that wait for their turn in a budget, and calls that are tried again.

use crate::server::{NOW, Server, answer, with};
use domain::ports::Clock;
use domain::{FaultKind, Timestamp};
use futures::FutureExt;
use intercom::api::Retry;
use intercom::api::contacts::ContactFields;
use intercom::api::query::{ConversationField, ConversationSearch, SearchField};
use intercom::limiter::{Limiter, Priority};
use serde_json::json;
use std::sync::Arc;

/// A clock that stands still, and before which nothing comes.
#[derive(Debug)]
struct Still;

#[async_trait::async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    async fn sleep_until(&self, _deadline: Timestamp) {
        std::future::pending::<()>().await;
    }
}

fn limiter() -> Limiter {
    Limiter::new(Arc::new(Still), Arc::new(|| 0.0))
}

#[tokio::test]
async fn the_budget_is_learned_from_the_answers() {
    let limiter = limiter();
    let said = with(answer(200, json!({"tags": []})), "x-ratelimit-limit", "100");
    let said = with(with(said, "x-ratelimit-remaining", "42"), "x-ratelimit-reset", "1800000004");
    // Intercom's clock is years ahead of the one here: four seconds are left all the same.
    let said = with(said, "date", "Fri, 15 Jan 2027 08:00:00 GMT");
    let (_server, client) = Server::answering(said).await;
    client.api().paced(&limiter, Priority::Ingest).tags().list().await.unwrap();
    let load = limiter.load();
    assert_eq!((load.limit, load.remaining, load.is_high), (100, 42, false));
    assert_eq!(load.resets_at, Timestamp(NOW.0 + 4_000));
}

#[tokio::test]
async fn after_too_many_calls_the_next_one_waits_and_is_not_sent() {
    let limiter = limiter();
    let (server, client) = Server::answering(answer(429, "")).await;
    let api = client.api().paced(&limiter, Priority::Person);
    assert_eq!(api.tags().list().await.unwrap_err().kind, FaultKind::RateLimited);
    assert!(limiter.acquire(Priority::Person).now_or_never().is_none());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_call_that_fails_gives_its_place_back() {
    let limiter = limiter();
    let server = Server::start().await;
    let api = server.client().api().paced(&limiter, Priority::Backfill);
    for _ in 0..10 {
        server.then(answer(500, ""));
        assert_eq!(api.tags().list().await.unwrap_err().kind, FaultKind::Unavailable);
    }
    assert_eq!(server.asked().len(), 10, "more than may be under way at a time");
}

fn retry() -> Retry {
    Retry::new(Arc::new(|| 0.0))
}

#[tokio::test]
async fn what_only_reads_is_tried_again_and_not_for_ever() {
    let server = Server::start().await;
    let api = server.client().api().retrying(retry());
    server.then(answer(503, ""));
    server.then(answer(500, ""));
    server.then(answer(200, json!({"conversations": []})));
    let search = ConversationSearch::new(ConversationField::State.is("open"));
    assert!(api.conversations().search(&search).await.unwrap().is_empty());
    assert_eq!(server.asked().len(), 3);
    for _ in 0..9 {
        server.then(answer(502, ""));
    }
    assert_eq!(api.tags().list().await.unwrap_err().kind, FaultKind::Unavailable);
    assert_eq!(server.asked().len(), 3 + 4, "four calls at most");
}

#[tokio::test]
async fn what_may_have_happened_is_never_done_again() {
    let server = Server::start().await;
    let api = server.client().api().retrying(retry());
    server.then(answer(500, ""));
    assert!(api.contacts().create(&ContactFields::new().name("A")).await.is_err());
    server.then(answer(200, "not JSON"));
    assert!(api.contacts().delete("c").await.is_err());
    assert_eq!(server.asked().len(), 2);
    // A call that Intercom did not take has had no effect.
    server.then(answer(429, ""));
    server.then(answer(200, json!({"id": "c"})));
    assert!(api.contacts().delete("c").await.is_ok());
    assert_eq!(server.asked().len(), 4);
}
