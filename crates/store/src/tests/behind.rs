//! Work that nobody waits for writes behind the work that somebody waits for.

use super::sample::{conversation, delivery, open};
use domain::{Conversation, Timestamp};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn one_that_somebody_waits_for_passes_all_that_nobody_waits_for_but_the_one_at_work() {
    let it = open().await;
    let held = it.store.database.write().await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..20 {
        let (store, order) = (it.store.clone(), Arc::clone(&order));
        tasks.push(tokio::spawn(async move {
            let one = [conversation(&number.to_string(), &[("a", 1)])];
            store.upsert_conversations_behind(&one, Timestamp(1), || false).await.unwrap();
            order.lock().unwrap().push("behind");
        }));
    }
    // All of them stand where they wait before the one that is in a hurry comes.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let (store, order_of_it) = (it.store.clone(), Arc::clone(&order));
    tasks.push(tokio::spawn(async move {
        store.insert_deliveries(&[delivery(1, None)]).await.unwrap();
        order_of_it.lock().unwrap().push("hurry");
    }));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    drop(held);
    for task in tasks {
        task.await.unwrap();
    }
    let order = order.lock().unwrap();
    let place = order.iter().position(|who| *who == "hurry").unwrap();
    assert!(place <= 1, "it waited for {place} of them");
    assert_eq!(order.len(), 21);
}

#[tokio::test]
async fn a_transaction_ends_when_it_was_long_enough_and_says_how_far_it_came() {
    let it = open().await;
    let all: Vec<Conversation> = (0..5).map(|n| conversation(&n.to_string(), &[("a", 1)])).collect();
    let mut asked = 0;
    let mut third_time = || {
        asked += 1;
        asked >= 3
    };
    let kept = it.store.upsert_conversations_behind(&all, Timestamp(1), &mut third_time).await.unwrap();
    assert_eq!(kept, 2);
    assert_eq!(it.store.count_conversations().await.unwrap().0, 2);
    let kept = it.store.upsert_conversations_behind(&all[2..], Timestamp(1), || true).await.unwrap();
    assert_eq!(kept, 1, "at least one, however slow");
    let kept = it.store.upsert_conversations_behind(&all[3..], Timestamp(1), || false).await.unwrap();
    assert_eq!(kept, 2);
    assert_eq!(it.store.upsert_conversations_behind(&[], Timestamp(1), || false).await, Ok(0));
}
