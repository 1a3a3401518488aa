//! Deliveries are put down at once, sorted in later, and lost nowhere in between.

use super::sample::{Open, delivery, open, uuid};
use crate::{DeliveryFilter, NewDelivery, Sorted, Store, StoreError};
use domain::{Change, DeliveryId, DeliveryOutcome, Timestamp};
use std::time::Duration;

fn id(number: u128) -> DeliveryId {
    DeliveryId(uuid(number))
}

/// The ids in the table, oldest first.
async fn listed(store: &Store) -> Vec<DeliveryId> {
    let filter = DeliveryFilter { limit: 1_000, ..DeliveryFilter::default() };
    let mut ids: Vec<_> =
        store.list_deliveries(&filter).await.unwrap().into_iter().map(|row| row.id).collect();
    ids.reverse();
    ids
}

/// How many bytes of the file are not 0, but for its header.
fn soiled(it: &Open) -> usize {
    let bytes = std::fs::read(Store::inbox_path(&it.path)).unwrap();
    bytes.iter().skip(24).filter(|byte| **byte != 0).count()
}

#[tokio::test]
async fn what_was_put_down_is_sorted_in_as_it_came_and_then_removed() {
    let it = open().await;
    let full = NewDelivery {
        topic: Some("conversation.user.created".to_owned()),
        vendor_created_at: Some(Timestamp(17)),
        attempt: Some(2),
        reason: Some("it says \"nothing\"".to_owned()),
        outcome: DeliveryOutcome::Failed,
        change: Some(Change::ContactMerged { from: "a".into(), into: "b".into() }),
        body: vec![0, 255, 10, b'"'].into(),
        ..delivery(2, Some("n2"))
    };
    let new = [delivery(1, None), full.clone(), NewDelivery { body: vec![].into(), ..delivery(3, None) }];
    it.store.put_deliveries(&new).await.unwrap();
    it.store.put_deliveries(&[delivery(4, Some("n4"))]).await.unwrap();
    assert_eq!(listed(&it.store).await, [], "nothing is in the table yet");

    let sorted = it.store.sort_deliveries(1).await.unwrap();
    assert_eq!(sorted, Sorted { new: 3, duplicates: 0, more: true }, "a commit is moved whole");
    let sorted = it.store.sort_deliveries(1).await.unwrap();
    assert_eq!(sorted, Sorted { new: 1, duplicates: 0, more: false });
    assert_eq!(it.store.sort_deliveries(1).await, Ok(Sorted::default()));
    assert_eq!(listed(&it.store).await, [id(1), id(2), id(3), id(4)]);
    let (row, body) = it.store.find_delivery(id(2)).await.unwrap().unwrap();
    assert_eq!((row.notification_id.as_deref(), row.topic), (Some("n2"), full.topic));
    assert_eq!((row.attempt, row.outcome, row.reason), (Some(2), DeliveryOutcome::Failed, full.reason));
    assert_eq!((row.vendor_created_at, body), (Some(Timestamp(17)), full.body.to_vec()));

    assert!(soiled(&it) > 0);
    it.store.empty_inbox().await.unwrap();
    assert_eq!(soiled(&it), 0, "what is sorted in is overwritten");
}

#[tokio::test]
async fn repetitions_are_counted_whichever_way_they_come() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, Some("n1")), delivery(2, Some("n1"))]).await.unwrap();
    it.store.sort_deliveries(1).await.unwrap();
    it.store.put_deliveries(&[delivery(3, Some("n1")), delivery(4, None)]).await.unwrap();
    assert_eq!(it.store.sort_deliveries(1).await.unwrap(), Sorted { new: 1, duplicates: 1, more: false });
    assert_eq!(listed(&it.store).await, [id(1), id(4)]);
    assert_eq!(it.store.delivery_counts().await.unwrap().duplicates, 2);
}

/// The program was killed after it had moved them, and before it had removed them.
#[tokio::test]
async fn what_is_sorted_in_twice_is_there_once() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, None), delivery(2, Some("n2"))]).await.unwrap();
    it.store.sort_deliveries(1).await.unwrap();
    it.store.close().await;
    let again = Store::open(&it.path).await.unwrap();
    again.put_deliveries(&[delivery(3, None)]).await.unwrap();
    again.empty_inbox().await.unwrap();
    assert_eq!(listed(&again).await, [id(1), id(2), id(3)]);
    assert_eq!(again.delivery_counts().await.unwrap().duplicates, 0);
}

/// A repetition is counted once, however often the program is killed between sorting in and overwriting.
#[tokio::test]
async fn what_was_sorted_in_is_not_sorted_in_again() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, Some("n1"))]).await.unwrap();
    it.store.put_deliveries(&[delivery(2, Some("n1"))]).await.unwrap();
    it.store.put_deliveries(&[delivery(3, None)]).await.unwrap();
    it.store.sort_deliveries(1).await.unwrap();
    it.store.sort_deliveries(1).await.unwrap();
    it.store.close().await;
    let again = Store::open(&it.path).await.unwrap();
    assert_eq!(
        again.sort_deliveries(1_000_000).await.unwrap(),
        Sorted { new: 1, duplicates: 0, more: false }
    );
    assert_eq!(again.delivery_counts().await.unwrap().duplicates, 1);
}

/// A workspace's file that was put back from a copy knows of another inbox.
#[tokio::test]
async fn an_inbox_that_the_file_does_not_know_is_sorted_in_whole() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, None), delivery(2, None)]).await.unwrap();
    it.store.empty_inbox().await.unwrap();
    let mark = it.store.find_meta("inbox.sorted").await.unwrap().unwrap();
    it.store.put_deliveries(&[delivery(3, None)]).await.unwrap();
    assert_eq!(it.store.sort_deliveries(1).await.unwrap().new, 1);
    it.store.set_meta("inbox.sorted", &mark).await.unwrap();
    it.store.close().await;
    let again = Store::open(&it.path).await.unwrap();
    again.put_deliveries(&[delivery(4, None)]).await.unwrap();
    again.empty_inbox().await.unwrap();
    assert_eq!(listed(&again).await, [id(1), id(2), id(3), id(4)]);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_refused_and_left_alone() {
    let it = open().await;
    it.store.close().await;
    std::fs::write(Store::inbox_path(&it.path), b"#!/bin/sh\n").unwrap();
    assert!(matches!(Store::open(&it.path).await, Err(StoreError::Corrupt(_))));
    assert_eq!(std::fs::read(Store::inbox_path(&it.path)).unwrap(), b"#!/bin/sh\n");
}

/// As where a workspace is closed while its inbox is being overwritten.
#[tokio::test]
async fn whoever_goes_away_while_it_is_sorted_in_or_cleared_leaves_nothing_half_done() {
    let it = open().await;
    for round in 0..60_u64 {
        let number = u128::from(round) * 2;
        let again = [delivery(number + 1, Some("n1")), delivery(number + 2, None)];
        it.store.put_deliveries(&again).await.unwrap();
        let patience = Duration::from_micros(round * 30);
        let _ = tokio::time::timeout(patience, it.store.sort_deliveries(1)).await;
        let _ = tokio::time::timeout(Duration::from_micros(round), it.store.clear_sorted()).await;
    }
    let emptied = tokio::time::timeout(Duration::from_secs(20), it.store.empty_inbox());
    emptied.await.expect("it comes to an end").unwrap();
    assert_eq!(listed(&it.store).await.len(), 61);
    assert_eq!(it.store.delivery_counts().await.unwrap().duplicates, 59, "each is counted once");
    assert_eq!(soiled(&it), 0);
}

/// Whoever sorts in and goes away, as a page that is closed does, tells of it all the same.
#[tokio::test]
async fn that_something_was_sorted_in_is_told_also_by_whoever_went_away() {
    let it = open().await;
    for round in 0..40_u64 {
        it.store.put_deliveries(&[delivery(u128::from(round) + 1, None)]).await.unwrap();
        let patience = Duration::from_micros(round * 40);
        let _ = tokio::time::timeout(patience, it.store.sort_deliveries(1)).await;
        let waiting = it.store.sort_deliveries(1).await.unwrap().new;
        if waiting == 0 {
            // It came into the table by the one that was broken off.
            let told = tokio::time::timeout(Duration::from_secs(20), it.store.deliveries_sorted());
            told.await.expect("it is told");
        } else {
            it.store.deliveries_sorted().await;
        }
    }
}

#[tokio::test]
async fn nothing_that_is_written_to_the_workspaces_file_holds_it_up() {
    let it = open().await;
    let tx = it.store.database.write().await.unwrap();
    let new = [delivery(1, None)];
    let put = it.store.put_deliveries(&new);
    tokio::time::timeout(Duration::from_secs(20), put).await.expect("it waits for nobody").unwrap();
    tx.commit().await.unwrap();
    assert_eq!(it.store.sort_deliveries(1).await.unwrap().new, 1);
}

#[tokio::test]
async fn what_is_not_understood_is_to_be_seen_as_failed() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, None)]).await.unwrap();
    it.store.inbox.put_raw(b"of another version").await.unwrap();
    it.store.put_deliveries(&[delivery(3, None)]).await.unwrap();
    it.store.empty_inbox().await.unwrap();
    let failed =
        DeliveryFilter { outcome: Some(DeliveryOutcome::Failed), limit: 10, ..DeliveryFilter::default() };
    let failed = it.store.list_deliveries(&failed).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].reason.as_deref().is_some_and(|reason| reason.contains("this version")));
    let (_, body) = it.store.find_delivery(failed[0].id).await.unwrap().unwrap();
    assert_eq!(body, b"of another version");
    let kept = listed(&it.store).await;
    assert!(kept.contains(&id(1)) && kept.contains(&id(3)));
}

#[tokio::test]
async fn a_full_disk_is_told_and_costs_nothing_that_was_promised() {
    let it = open().await;
    it.store.put_deliveries(&[delivery(1, None)]).await.unwrap();
    it.store.simulate_full_disk(true).await.unwrap();
    let large = NewDelivery { body: vec![b'x'; 1 << 20].into(), ..delivery(2, None) };
    assert_eq!(it.store.put_deliveries(std::slice::from_ref(&large)).await, Err(StoreError::Full));
    it.store.simulate_full_disk(false).await.unwrap();
    it.store.put_deliveries(&[large]).await.unwrap();
    it.store.empty_inbox().await.unwrap();
    assert_eq!(listed(&it.store).await, [id(1), id(2)]);
}

/// What is put down keeps its order, however the turns of both sides fall.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn putting_down_and_sorting_in_go_on_side_by_side() {
    let it = open().await;
    let store = it.store.clone();
    let putting = tokio::spawn(async move {
        for number in 0..150_u128 {
            let pair = [delivery(2 * number + 1, None), delivery(2 * number + 2, None)];
            store.put_deliveries(&pair).await.unwrap();
        }
    });
    let mut sorted = 0;
    while sorted < 300 {
        sorted += it.store.sort_deliveries(2_000).await.unwrap().new;
        it.store.clear_sorted().await.unwrap();
    }
    putting.await.unwrap();
    it.store.empty_inbox().await.unwrap();
    assert_eq!(listed(&it.store).await, (1..=300).map(id).collect::<Vec<_>>());
    assert_eq!(soiled(&it), 0);
}
