//! Deliveries: kept once, settled, postponed, counted.

use super::sample::{self, delivery, open, uuid};
use crate::database::{Database, Kind};
use crate::{DeliveryCounts, DeliveryFilter, Inserted, NewDelivery, StoreError};
use domain::{Change, ChangeKind, DeliveryId, DeliveryOutcome, Timestamp};
use sqlx::migrate::Migrator;

fn id(number: u128) -> DeliveryId {
    DeliveryId(uuid(number))
}

#[tokio::test]
async fn what_was_received_is_read_back_to_the_byte() {
    let it = open().await;
    let mut new = delivery(1, Some("n1"));
    new.body = vec![0, 159, 146, 150, b'{'].into();
    assert_eq!(it.store.insert_deliveries(&[new.clone()]).await, Ok(vec![Inserted::New]));
    let (row, body) = it.store.find_delivery(id(1)).await.unwrap().unwrap();
    assert_eq!(body, new.body);
    assert_eq!(row.size, 5);
    assert_eq!(row.received_at, new.received_at);
    assert_eq!(row.notification_id, new.notification_id);
    assert_eq!(row.topic, new.topic);
    assert_eq!(row.vendor_created_at, new.vendor_created_at);
    assert_eq!(row.attempt, Some(1));
    assert_eq!(row.conversation_id, Some("100".into()));
    assert_eq!((row.outcome, row.settled_at), (DeliveryOutcome::Received, None));
    assert_eq!(it.store.find_delivery(id(2)).await, Ok(None));
}

#[tokio::test]
async fn the_same_notification_is_kept_once_and_counted() {
    let it = open().await;
    let both = [delivery(1, Some("n1")), delivery(2, Some("n1")), delivery(3, Some("n2"))];
    assert_eq!(
        it.store.insert_deliveries(&both).await.unwrap(),
        [Inserted::New, Inserted::Duplicate(id(1)), Inserted::New],
        "also within one call"
    );
    assert_eq!(
        it.store.insert_deliveries(&[delivery(4, Some("n1"))]).await.unwrap(),
        [Inserted::Duplicate(id(1))]
    );
    let (row, body) = it.store.find_delivery(id(1)).await.unwrap().unwrap();
    assert_eq!(row.duplicates, 2);
    assert_eq!(body, delivery(1, None).body, "the first body stays");
    assert_eq!(it.store.find_delivery(id(2)).await, Ok(None));
}

#[tokio::test]
async fn among_many_at_once_each_gets_its_own_answer() {
    let it = open().await;
    it.store.insert_deliveries(&[delivery(1_000, Some("kept before"))]).await.unwrap();
    // More than one statement's worth, of which every tenth repeats the one before it, and one a delivery of long ago.
    let new: Vec<_> = (1..=150_u128)
        .map(|number| {
            let id = match number {
                77 => "kept before".to_owned(),
                number if number % 10 == 0 => format!("n{}", number - 1),
                number => format!("n{number}"),
            };
            delivery(number, (number != 78).then_some(id.as_str()))
        })
        .collect();
    let answers = it.store.insert_deliveries(&new).await.unwrap();
    assert_eq!(answers.len(), new.len());
    for (number, answer) in (1..).zip(answers) {
        let expected = match number {
            77 => Inserted::Duplicate(id(1_000)),
            number if number % 10 == 0 => Inserted::Duplicate(id(number - 1)),
            _ => Inserted::New,
        };
        assert_eq!(answer, expected, "delivery {number}");
    }
    let counts = it.store.delivery_counts().await.unwrap();
    assert_eq!((counts.received, counts.duplicates), (1 + 150 - 16, 16));
}

#[tokio::test]
async fn what_the_log_holds_is_moved_into_the_file_beside_the_commits() {
    let it = open().await;
    for batch in 0..6_u128 {
        let new: Vec<_> = (1..=10)
            .map(|n| NewDelivery { body: vec![b'x'; 100_000].into(), ..delivery(batch * 10 + n, None) })
            .collect();
        it.store.insert_deliveries(&new).await.unwrap();
    }
    while it.store.database.checkpoints.is_running() {
        tokio::task::yield_now().await;
    }
    let size = std::fs::metadata(&it.path).unwrap().len();
    assert!(size > 4_000_000, "the file has {size} bytes: nobody has moved anything, or a commit had to");
}

#[tokio::test]
async fn notifications_without_an_id_are_never_merged() {
    let it = open().await;
    let both = [delivery(1, None), delivery(2, None)];
    assert_eq!(it.store.insert_deliveries(&both).await.unwrap(), [Inserted::New, Inserted::New]);
    assert_eq!(it.store.list_deliveries(&filter()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn one_that_is_kept_already_is_there_once() {
    let it = open().await;
    let both = [delivery(1, Some("n1")), delivery(2, None)];
    it.store.insert_deliveries(&both).await.unwrap();
    assert_eq!(it.store.insert_deliveries(&both).await.unwrap(), [Inserted::New, Inserted::New]);
    assert_eq!(it.store.delivery_counts().await.unwrap().received, 2);
    assert_eq!(it.store.delivery_counts().await.unwrap().duplicates, 0, "it repeats nobody");
}

#[tokio::test]
async fn lists_are_newest_first_filtered_and_paged() {
    let it = open().await;
    let mut new: Vec<_> = (1..=5).map(|number| delivery(number, None)).collect();
    new[1].outcome = DeliveryOutcome::Failed;
    new[2].topic = Some("ping".to_owned());
    it.store.insert_deliveries(&new).await.unwrap();
    let ids = async |filter: DeliveryFilter| -> Vec<u128> {
        let rows = it.store.list_deliveries(&filter).await.unwrap();
        rows.iter().map(|row| row.id.0.as_u128()).collect()
    };
    assert_eq!(ids(filter()).await, [5, 4, 3, 2, 1]);
    assert_eq!(ids(DeliveryFilter { limit: 2, ..filter() }).await, [5, 4]);
    assert_eq!(ids(DeliveryFilter { before: Some(id(4)), limit: 2, ..filter() }).await, [3, 2]);
    assert_eq!(ids(DeliveryFilter { outcome: Some(DeliveryOutcome::Failed), ..filter() }).await, [2]);
    assert_eq!(ids(DeliveryFilter { topic: Some("ping".to_owned()), ..filter() }).await, [3]);
}

#[tokio::test]
async fn due_deliveries_come_oldest_first_and_postponed_ones_wait() {
    let it = open().await;
    let new: Vec<_> = (1..=3).map(|number| delivery(number, None)).collect();
    it.store.insert_deliveries(&new).await.unwrap();
    assert_eq!(it.store.next_delivery_due().await, Ok(Some(Timestamp(0))));
    it.store.postpone_deliveries(&[id(1)], Timestamp(500), "No answer").await.unwrap();
    let due = async |now: i64, limit: u32| -> Vec<(u128, u32)> {
        let due = it.store.list_due_deliveries(Timestamp(now), limit).await.unwrap();
        assert!(due.iter().all(|one| one.change == Change::Conversation("100".into())));
        due.iter().map(|one| (one.id.0.as_u128(), one.attempts)).collect()
    };
    assert_eq!(due(499, 10).await, [(2, 0), (3, 0)]);
    assert_eq!(due(500, 10).await, [(1, 1), (2, 0), (3, 0)]);
    assert_eq!(due(500, 1).await, [(1, 1)]);
    let settled = [id(2), id(3)];
    it.store.settle_deliveries(&settled, DeliveryOutcome::Applied, None, Timestamp(600)).await.unwrap();
    assert_eq!(it.store.next_delivery_due().await, Ok(Some(Timestamp(500))));
    let row = it.store.find_delivery(id(2)).await.unwrap().unwrap().0;
    assert_eq!((row.outcome, row.settled_at), (DeliveryOutcome::Applied, Some(Timestamp(600))));
    it.store
        .settle_deliveries(&[id(1)], DeliveryOutcome::Failed, Some("Gone"), Timestamp(700))
        .await
        .unwrap();
    assert_eq!(it.store.next_delivery_due().await, Ok(None));
}

#[tokio::test]
async fn a_settled_delivery_is_not_postponed_and_may_be_put_back() {
    let it = open().await;
    it.store.insert_deliveries(&[delivery(1, None)]).await.unwrap();
    it.store.settle_deliveries(&[id(1)], DeliveryOutcome::Failed, Some("Gone"), Timestamp(7)).await.unwrap();
    it.store.postpone_deliveries(&[id(1)], Timestamp(500), "late").await.unwrap();
    let row = it.store.find_delivery(id(1)).await.unwrap().unwrap().0;
    assert_eq!((row.attempts, row.reason.as_deref()), (0, Some("Gone")));
    it.store.settle_deliveries(&[id(1)], DeliveryOutcome::Received, None, Timestamp(8)).await.unwrap();
    let due = it.store.list_due_deliveries(Timestamp(8), 9).await.unwrap();
    assert_eq!(due.len(), 1, "a replay is due at once");
    assert_eq!(it.store.find_delivery(id(1)).await.unwrap().unwrap().0.settled_at, None);
    let missing = it.store.settle_deliveries(&[id(9)], DeliveryOutcome::Applied, None, Timestamp(8)).await;
    assert_eq!(missing, Err(StoreError::NotFound("delivery")));
}

#[tokio::test]
async fn a_received_delivery_that_names_nothing_readable_is_failed_not_repeated_for_ever() {
    let it = open().await;
    let mut nothing = delivery(1, None);
    nothing.change = None;
    it.store.insert_deliveries(&[nothing, delivery(2, None), delivery(3, None)]).await.unwrap();
    sqlx::query("UPDATE deliveries SET change = '{\"Odd\":1}' WHERE id = ?1")
        .bind(uuid(2))
        .execute(&it.store.database.writer)
        .await
        .unwrap();
    let due = it.store.list_due_deliveries(Timestamp(9), 9).await.unwrap();
    assert_eq!(due.iter().map(|one| one.id).collect::<Vec<_>>(), [id(3)]);
    let counts = it.store.delivery_counts().await.unwrap();
    assert_eq!((counts.received, counts.failed), (1, 2));
}

#[tokio::test]
async fn counts_tell_outcomes_duplicates_and_the_last_ping() {
    let it = open().await;
    assert_eq!(it.store.delivery_counts().await, Ok(DeliveryCounts::default()));
    let mut ping = delivery(3, None);
    ping.change = Some(Change::Ping);
    ping.outcome = DeliveryOutcome::Applied;
    let mut ignored = delivery(4, None);
    ignored.change = Some(Change::Ignored);
    ignored.outcome = DeliveryOutcome::Ignored;
    let mut failed = delivery(5, None);
    failed.change = None;
    failed.outcome = DeliveryOutcome::Failed;
    let new = [delivery(1, Some("n")), delivery(2, Some("n")), ping, ignored, failed];
    it.store.insert_deliveries(&new).await.unwrap();
    assert_eq!(
        it.store.delivery_counts().await.unwrap(),
        DeliveryCounts {
            received: 1,
            applied: 1,
            ignored: 1,
            failed: 1,
            duplicates: 1,
            last_received_at: Some(Timestamp(50)),
            last_ping_at: Some(Timestamp(30)),
        }
    );
}

#[tokio::test]
async fn every_kind_of_change_is_kept() {
    let it = open().await;
    let changes = [
        Change::Conversation("1".into()),
        Change::ConversationDeleted("1".into()),
        Change::Contact("2".into()),
        Change::ContactDeleted("2".into()),
        Change::ContactMerged { from: "2".into(), into: "3".into() },
        Change::Article("4".into()),
        Change::Ping,
        Change::Ignored,
    ];
    let new: Vec<_> = (1..)
        .zip(&changes)
        .map(|(number, change)| crate::NewDelivery {
            change: Some(change.clone()),
            ..sample::delivery(number, None)
        })
        .collect();
    it.store.insert_deliveries(&new).await.unwrap();
    let due = it.store.list_due_deliveries(Timestamp(0), 99).await.unwrap();
    assert_eq!(due.into_iter().map(|one| one.change).collect::<Vec<_>>(), changes);
    let mut rows = it.store.list_deliveries(&filter()).await.unwrap();
    rows.reverse();
    let kinds: Vec<_> = rows.into_iter().map(|row| row.change).collect();
    assert_eq!(kinds, changes.each_ref().map(|change| Some(change.kind())), "each is kept with its kind");
}

/// The file as the version before had it, in which deliveries about articles had no kind.
fn before_the_kind() -> &'static Migrator {
    let older = crate::store::KIND.migrator.iter().filter(|migration| migration.version < 13).cloned();
    Box::leak(Box::new(Migrator::with_migrations(older.collect())))
}

#[tokio::test]
async fn deliveries_about_articles_of_an_older_version_get_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workspace.sqlite");
    let kind = Kind { migrator: before_the_kind(), ..crate::store::KIND };
    let older = Database::open(&path, kind).await.unwrap();
    let insert = "INSERT INTO deliveries (id, received_at, topic, change, change_kind, outcome, size, body)
                  VALUES (?1, ?2, ?3, ?4, ?5, 'received', 2, x'7b7d')";
    let rows = [
        ("article.published", Some("{\"Article\":\"4\"}"), None),
        ("article.updated", None, None),
        ("conversation.user.replied", Some("{\"Conversation\":\"1\"}"), Some("conversation")),
    ];
    for (number, (topic, change, kind)) in (1..).zip(rows) {
        let row = sqlx::query(insert).bind(id(number).0).bind(1).bind(topic).bind(change).bind(kind);
        row.execute(&older.writer).await.unwrap();
    }
    older.close().await;

    let store = crate::Store::open(&path).await.unwrap();
    let kinds = async || -> Vec<_> {
        let rows = store.list_deliveries(&filter()).await.unwrap();
        rows.into_iter().map(|row| (row.id, row.change)).collect()
    };
    let conversation = (id(3), Some(ChangeKind::Conversation));
    let article = Some(ChangeKind::Article);
    assert_eq!(kinds().await, [conversation, (id(2), None), (id(1), article)]);
    let new = NewDelivery { change: Some(Change::Article("4".into())), ..delivery(4, None) };
    store.insert_deliveries(&[new]).await.unwrap();
    assert_eq!(kinds().await[0], (id(4), article));
    let broken = "UPDATE deliveries SET change_kind = 'other'";
    assert!(
        sqlx::query(broken).execute(&store.database.writer).await.is_err(),
        "other words are refused still"
    );
    let whole: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&store.database.writer).await.unwrap();
    assert_eq!(whole, "ok");
}

fn filter() -> DeliveryFilter {
    DeliveryFilter { limit: 100, ..DeliveryFilter::default() }
}
