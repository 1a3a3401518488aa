//! Deliveries as a person looks at them: found by what is asked for, taken up again, dropped when their time is over.

use super::sample::{Open, delivery, open, uuid};
use crate::{DeliveryFilter, NewDelivery, Reread, StoreError};
use domain::{Change, DeliveryId, DeliveryOutcome, LedTo, SuggestionId, Timestamp};

const START: i64 = 1_700_000_000_000;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// An id that was made at a time, as the program makes them.
fn id_at(ms: i64, number: u128) -> DeliveryId {
    DeliveryId(uuid((u128::try_from(ms).unwrap() << 80) | (7 << 76) | (2 << 62) | number))
}

fn at(ms: i64, number: u128) -> NewDelivery {
    NewDelivery { id: id_at(ms, number), received_at: Timestamp(ms), ..delivery(number, None) }
}

fn filter() -> DeliveryFilter {
    DeliveryFilter { limit: 100, ..DeliveryFilter::default() }
}

async fn found(it: &Open, filter: DeliveryFilter) -> Vec<u128> {
    let rows = it.store.list_deliveries(&filter).await.unwrap();
    assert_eq!(
        usize::try_from(it.store.count_deliveries(&filter).await.unwrap()).unwrap(),
        rows.len(),
        "what is counted is what is listed"
    );
    rows.iter().map(|row| row.id.0.as_u128() & 0xffff).collect()
}

/// Five deliveries, an hour apart.
async fn five() -> Open {
    let it = open().await;
    let mut new: Vec<NewDelivery> = (1..=5_u8)
        .map(|number| {
            let mut new = at(START + i64::from(number) * 3_600_000, u128::from(number));
            new.notification_id = Some(format!("notif_{number}abc"));
            new.change = Some(Change::Conversation(format!("90{number}").into()));
            new
        })
        .collect();
    new[1].topic = Some("conversation.user.replied".to_owned());
    new[2].topic = Some("contact.deleted".to_owned());
    new[3].topic = None;
    new[3].outcome = DeliveryOutcome::Failed;
    it.store.insert_deliveries(&new).await.unwrap();
    it
}

#[tokio::test]
async fn a_list_is_narrowed_by_topic_text_and_time_and_all_of_them() {
    let it = five().await;
    let topic = |topic: &str| DeliveryFilter { topic: Some(topic.to_owned()), ..filter() };
    let text = |text: &str| DeliveryFilter { text: Some(text.to_owned()), ..filter() };
    assert_eq!(found(&it, topic("conversation.user.")).await, [5, 2, 1]);
    assert_eq!(found(&it, topic("Contact")).await, [3], "capital letters do not matter");
    assert_eq!(found(&it, topic("user")).await, [0; 0], "a topic begins so");
    assert_eq!(found(&it, topic("")).await, [5, 4, 3, 2, 1]);
    assert_eq!(found(&it, text("notif_2")).await, [2]);
    assert_eq!(found(&it, text("ABC")).await, [5, 4, 3, 2, 1]);
    assert_eq!(found(&it, text("904")).await, [4]);
    assert_eq!(found(&it, text("%")).await, [0; 0], "a sign of patterns is a letter like others");
    assert_eq!(found(&it, text("notif_")).await, [5, 4, 3, 2, 1]);
    assert_eq!(found(&it, text("notifx")).await, [0; 0]);
    let hour = |number: i64| Some(Timestamp(START + number * 3_600_000));
    let between = DeliveryFilter { from: hour(2), until: hour(4), ..filter() };
    assert_eq!(found(&it, between.clone()).await, [3, 2]);
    assert_eq!(found(&it, DeliveryFilter { topic: topic("conv").topic, ..between.clone() }).await, [2]);
    assert_eq!(
        found(&it, DeliveryFilter { topic: topic("conv").topic, text: text("notif").text, ..between }).await,
        [2]
    );
    assert_eq!(
        found(&it, DeliveryFilter { after: Some(id_at(START + 3 * 3_600_000, 3)), ..filter() }).await,
        [5, 4]
    );
    let failed = DeliveryFilter { outcome: Some(DeliveryOutcome::Failed), ..topic("conv") };
    assert_eq!(found(&it, failed).await, [0; 0]);
    let page = DeliveryFilter { limit: 2, ..topic("conv") };
    assert_eq!(found(&it, page.clone()).await, [5, 2]);
    let next = DeliveryFilter { before: Some(id_at(START + 2 * 3_600_000, 2)), ..page };
    assert_eq!(found(&it, next).await, [1]);
    assert_eq!(
        it.store.list_delivery_topics().await.unwrap(),
        ["contact.deleted", "conversation.user.created", "conversation.user.replied"]
    );
}

#[tokio::test]
async fn more_topics_than_fit_one_statement_are_found_too() {
    let it = open().await;
    let new: Vec<NewDelivery> = (1..=90_u8)
        .map(|number| NewDelivery {
            topic: Some(format!("topic.{number:02}")),
            ..at(START + i64::from(number), u128::from(number))
        })
        .collect();
    it.store.insert_deliveries(&new).await.unwrap();
    let all = DeliveryFilter { topic: Some("topic".to_owned()), ..filter() };
    assert_eq!(found(&it, all.clone()).await.len(), 90);
    assert_eq!(found(&it, DeliveryFilter { limit: 3, ..all }).await, [90, 89, 88]);
}

#[tokio::test]
async fn answers_and_consequences_are_told_with_the_row() {
    let it = five().await;
    let id = |number: u8| id_at(START + i64::from(number) * 3_600_000, u128::from(number));
    let stranger = DeliveryId(uuid(77));
    it.store.note_answers(&[(id(1), 4), (stranger, 9), (id(2), 700)]).await.unwrap();
    let made = SuggestionId(uuid(5));
    it.store.settle_applied(&[id(1)], LedTo::Suggestion(made), Timestamp(START + DAY)).await.unwrap();
    it.store.settle_applied(&[id(3)], LedTo::Known, Timestamp(START + DAY)).await.unwrap();
    let row = async |number: u8| it.store.find_delivery(id(number)).await.unwrap().unwrap().0;
    let first = row(1).await;
    assert_eq!((first.answered_after_ms, first.led_to), (Some(4), Some(LedTo::Suggestion(made))));
    assert_eq!((first.outcome, first.settled_at), (DeliveryOutcome::Applied, Some(Timestamp(START + DAY))));
    assert_eq!((row(2).await.answered_after_ms, row(2).await.led_to), (Some(700), None));
    assert_eq!((row(3).await.answered_after_ms, row(3).await.led_to), (None, Some(LedTo::Known)));
    assert_eq!(it.store.find_delivery(stranger).await, Ok(None), "nothing is made of an id that is not kept");
    let missing = it.store.settle_applied(&[stranger], LedTo::News, Timestamp(1)).await;
    assert_eq!(missing, Err(StoreError::NotFound("delivery")));
}

#[tokio::test]
async fn a_replay_puts_a_settled_delivery_back_once_and_a_waiting_one_never() {
    let it = five().await;
    let id = |number: u8| id_at(START + i64::from(number) * 3_600_000, u128::from(number));
    let now = Timestamp(START + DAY);
    let fetch = |conversation: &str| Reread::Fetch(Change::Conversation(conversation.into()));
    let waiting = it.store.replay_deliveries(&[(id(1), fetch("1"))], now).await.unwrap();
    assert_eq!(waiting, [], "it waits already");
    let failed = it.store.list_failed_deliveries(None, 9).await.unwrap();
    assert_eq!(failed.iter().map(|one| one.id).collect::<Vec<_>>(), [id(4)]);
    assert_eq!(it.store.list_failed_deliveries(Some(id(4)), 9).await, Ok(vec![]));

    let in_vain = Reread::NotUnderstood("Still odd".to_owned());
    assert_eq!(it.store.replay_deliveries(&[(id(4), in_vain)], now).await.unwrap(), [id(4)]);
    let row = it.store.find_delivery(id(4)).await.unwrap().unwrap().0;
    assert_eq!(
        (row.outcome, row.reason.as_deref(), row.replays),
        (DeliveryOutcome::Failed, Some("Still odd"), 1)
    );

    assert_eq!(it.store.replay_deliveries(&[(id(4), fetch("77"))], now).await.unwrap(), [id(4)]);
    let row = it.store.find_delivery(id(4)).await.unwrap().unwrap().0;
    assert_eq!((row.outcome, row.reason, row.settled_at), (DeliveryOutcome::Received, None, None));
    assert_eq!((row.replays, row.replayed_at, row.conversation_id), (2, Some(now), Some("77".into())));
    let due = it.store.list_due_deliveries(now, 99).await.unwrap();
    assert!(due.iter().any(|one| one.id == id(4) && one.change == Change::Conversation("77".into())));

    it.store.settle_applied(&[id(4)], LedTo::News, now).await.unwrap();
    let row = it.store.find_delivery(id(4)).await.unwrap().unwrap().0;
    assert_eq!((row.outcome, row.led_to), (DeliveryOutcome::Applied, Some(LedTo::News)));
    assert_eq!(it.store.replay_deliveries(&[(id(4), Reread::NotFollowed)], now).await.unwrap(), [id(4)]);
    let row = it.store.find_delivery(id(4)).await.unwrap().unwrap().0;
    assert_eq!((row.outcome, row.led_to, row.replays), (DeliveryOutcome::Ignored, None, 3));
    let missing = it.store.replay_deliveries(&[(DeliveryId(uuid(9)), fetch("1"))], now).await;
    assert_eq!(missing, Err(StoreError::NotFound("delivery")));
}

#[tokio::test]
async fn what_is_over_is_dropped_few_at_a_time_and_what_is_open_stays_twice_as_long() {
    let it = open().await;
    let outcomes = [
        DeliveryOutcome::Applied,
        DeliveryOutcome::Ignored,
        DeliveryOutcome::Failed,
        DeliveryOutcome::Received,
    ];
    // One of each outcome on each of 70 days.
    let mut new = Vec::new();
    for day in 0..70_u8 {
        for (place, outcome) in (0_u8..).zip(outcomes) {
            let number = u128::from(day) * 4 + u128::from(place);
            let mut one = at(START + i64::from(day) * DAY, number);
            one.outcome = outcome;
            one.notification_id = Some(format!("n{number}"));
            new.push(one);
        }
    }
    it.store.insert_deliveries(&new).await.unwrap();
    it.store.note_answers(&new.iter().map(|one| (one.id, 1)).collect::<Vec<_>>()).await.unwrap();
    let now = START + 69 * DAY;
    let drop = async |limit| {
        it.store.drop_deliveries(Timestamp(now - 30 * DAY), Timestamp(now - 60 * DAY), limit).await.unwrap()
    };
    let mut dropped = vec![];
    while dropped.last() != Some(&0) {
        dropped.push(drop(25).await);
    }
    // Applied and ignored of days 0 to 38, failed and waiting of days 0 to 8.
    assert_eq!(dropped.iter().sum::<u32>(), 2 * 39 + 2 * 9);
    assert!(dropped.iter().all(|number| *number <= 25), "{dropped:?}");
    let of = async |outcome| found(&it, DeliveryFilter { outcome: Some(outcome), ..filter() }).await.len();
    assert_eq!((of(outcomes[0]).await, of(outcomes[1]).await), (31, 31));
    assert_eq!((of(outcomes[2]).await, of(outcomes[3]).await), (61, 61));
    let traces: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM delivery_traces")
        .fetch_one(&it.store.database.readers)
        .await
        .unwrap();
    assert_eq!(traces, 31 * 2 + 61 * 2, "what is told of a delivery goes with it");
    // A repetition of what is kept is recognised; one of what is gone is taken for new, which does no harm.
    let again = NewDelivery { id: DeliveryId(uuid(1)), ..new[4 * 50].clone() };
    let late = NewDelivery { id: DeliveryId(uuid(2)), ..new[0].clone() };
    let answers = it.store.insert_deliveries(&[again, late]).await.unwrap();
    assert_eq!(answers, [crate::Inserted::Duplicate(new[4 * 50].id), crate::Inserted::New]);
}

#[tokio::test]
async fn a_conversations_mark_changes_exactly_when_something_is_learnt() {
    let it = open().await;
    let mark = async || it.store.find_conversation_mark(&"7".into()).await.unwrap();
    assert_eq!(mark().await, None);
    let conversation = super::sample::conversation("7", &[("p1", 10)]);
    it.store.upsert_conversation(&conversation, Timestamp(1)).await.unwrap();
    let first = mark().await;
    it.store.upsert_conversation(&conversation, Timestamp(2)).await.unwrap();
    assert_eq!(mark().await, first, "read again, nothing new");
    let longer = super::sample::conversation("7", &[("p1", 10), ("p2", 10)]);
    it.store.upsert_conversation(&longer, Timestamp(3)).await.unwrap();
    let second = mark().await;
    assert_ne!(second, first, "another message in the same second");
    let suggestion = super::sample::suggestion(1, &longer);
    it.store.insert_suggestion(&suggestion, &domain::Supersession::NewMessage).await.unwrap();
    assert_eq!(mark().await.unwrap().suggestion(), Some(suggestion.id));
}
