//! Suggestions: one open one a conversation, queues, snoozing.

use super::sample::{approval, conversation, open, pending, suggestion, uuid};
use crate::{Store, StoreError, SuggestionCounts, SuggestionFilter, SuggestionScope};
use domain::*;

fn filter(state: SuggestionScope) -> SuggestionFilter {
    SuggestionFilter { state, limit: 50, ..SuggestionFilter::default() }
}

async fn ids(store: &Store, filter: SuggestionFilter) -> Vec<u128> {
    let rows = store.list_suggestions(&filter).await.unwrap();
    rows.iter().map(|row| row.suggestion.id.0.as_u128()).collect()
}

async fn snooze(store: &Store, number: u128, suggestion: &Suggestion, until: i64) {
    let mut record = approval(number, suggestion);
    record.decision.kind = DecisionKind::Snoozed;
    record.suggestion_state = Some(SuggestionState::Snoozed { until: Timestamp(until) });
    record.actions.clear();
    record.lesson = None;
    store.record_decision(&record).await.unwrap();
}

#[tokio::test]
async fn a_suggestion_is_read_back_as_it_was_made() {
    let it = open().await;
    let made = pending(&it.store, 1, "100").await;
    assert_eq!(it.store.find_suggestion(made.id).await, Ok(Some(made.clone())));
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await, Ok(Some(made.clone())));
    assert_eq!(it.store.find_newest_suggestion(&"100".into()).await, Ok(Some(made)));
    assert_eq!(it.store.find_suggestion(SuggestionId(uuid(9))).await, Ok(None));
    assert_eq!(it.store.find_open_suggestion(&"200".into()).await, Ok(None));
    assert_eq!(it.store.find_newest_suggestion(&"200".into()).await, Ok(None));
}

#[tokio::test]
async fn a_newer_suggestion_supersedes_the_open_one() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let told = conversation("100", &[("p1", 1), ("p2", 2)]);
    let second = suggestion(2, &told);
    let superseded = it.store.insert_suggestion(&second, &Supersession::NewMessage).await.unwrap();
    assert_eq!(superseded, Some(first.id));
    let old = it.store.find_suggestion(first.id).await.unwrap().unwrap();
    assert_eq!(old.state, SuggestionState::Superseded { reason: Supersession::NewMessage });
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await.unwrap().unwrap().id, second.id);
    let moved = Supersession::Moved { sentence: "Ana closed it".to_owned(), at: None };
    let gone = it.store.supersede_open_suggestion(&"100".into(), &moved, Timestamp(9)).await.unwrap();
    assert_eq!(gone, Some(second.id));
    let again = it.store.supersede_open_suggestion(&"100".into(), &moved, Timestamp(9)).await.unwrap();
    assert_eq!(again, None);
    let state = it.store.find_suggestion(second.id).await.unwrap().unwrap().state;
    assert_eq!(state, SuggestionState::Superseded { reason: moved });
}

#[tokio::test]
async fn two_open_suggestions_of_one_conversation_cannot_be_stored() {
    let it = open().await;
    pending(&it.store, 1, "100").await;
    let error = sqlx::query(
        "INSERT INTO suggestions SELECT ?1, conversation_id, part_id, message_at, bucket_id, confidence,
            probabilities, evidence, nothing_reason, plan, bound, model_version, state, state_data, wake_at,
            created_at, decided_at
         FROM suggestions",
    )
    .bind(uuid(2))
    .execute(&it.store.database.writer)
    .await
    .unwrap_err();
    assert!(matches!(StoreError::from(error), StoreError::Constraint(_)));
}

#[tokio::test]
async fn no_suggestion_is_kept_for_a_conversation_that_is_gone() {
    let it = open().await;
    let suggestion = suggestion(1, &conversation("100", &[("p1", 1)]));
    let error = it.store.insert_suggestion(&suggestion, &Supersession::NewMessage).await;
    assert_eq!(error, Err(StoreError::NotFound("conversation")));
}

#[tokio::test]
async fn the_queue_is_by_the_age_of_the_message() {
    let it = open().await;
    for (number, conversation) in [(30, "3"), (10, "1"), (20, "2")] {
        pending(&it.store, number, conversation).await;
    }
    assert_eq!(ids(&it.store, filter(SuggestionScope::Pending)).await, [10, 20, 30]);
    let page = SuggestionFilter { limit: 1, offset: 1, ..filter(SuggestionScope::Pending) };
    assert_eq!(ids(&it.store, page).await, [20]);
    let other = SuggestionFilter { bucket_id: Some("spam".into()), ..filter(SuggestionScope::Pending) };
    assert_eq!(ids(&it.store, other).await, [0; 0]);
    let same = SuggestionFilter { bucket_id: Some("billing".into()), ..filter(SuggestionScope::Pending) };
    assert_eq!(ids(&it.store, same).await, [10, 20, 30]);
}

#[tokio::test]
async fn a_row_shows_the_classified_message_and_its_conversation() {
    let it = open().await;
    let mut told = conversation("100", &[("p1", 1), ("p2", 2)]);
    told.parts[1].text = Some(format!("Line one\nline two {}", "x ".repeat(300)));
    told.team_assignee = Some("7".into());
    it.store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
    it.store.insert_suggestion(&suggestion(1, &told), &Supersession::NewMessage).await.unwrap();
    let rows = it.store.list_suggestions(&filter(SuggestionScope::Pending)).await.unwrap();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert!(row.preview.starts_with("Line one line two x x"), "{}", row.preview);
    assert!(row.preview.chars().count() <= 200);
    assert_eq!(row.message_at, Timestamp(2));
    assert_eq!((row.subject.as_deref(), row.channel.as_str()), (Some("Subject of 100"), "email"));
    assert_eq!(row.conversation_status, ConversationStatus::Open);
    assert_eq!((&row.admin_assignee, &row.team_assignee), (&None, &Some("7".into())));
    assert_eq!(row.contact.as_ref().unwrap().name.as_deref(), Some("Maria Silva"));
    told.parts[1].text = None;
    told.parts[1].attachments = vec![super::sample::attachment("screen.png")];
    it.store.upsert_conversation(&told, Timestamp(2)).await.unwrap();
    let rows = it.store.list_suggestions(&filter(SuggestionScope::Pending)).await.unwrap();
    assert_eq!(rows[0].preview, "screen.png", "a message of files alone is told by their names");
}

#[tokio::test]
async fn snoozed_suggestions_sleep_until_their_time_or_a_hand_wakes_them() {
    let it = open().await;
    let first = pending(&it.store, 1, "1").await;
    let second = pending(&it.store, 2, "2").await;
    assert_eq!(it.store.next_wake().await, Ok(None));
    snooze(&it.store, 11, &first, 900).await;
    snooze(&it.store, 12, &second, 500).await;
    assert_eq!(ids(&it.store, filter(SuggestionScope::Pending)).await, [0; 0]);
    assert_eq!(ids(&it.store, filter(SuggestionScope::Snoozed)).await, [2, 1], "the first to wake first");
    assert_eq!(ids(&it.store, filter(SuggestionScope::Open)).await, [1, 2]);
    assert_eq!(it.store.next_wake().await, Ok(Some(Timestamp(500))));
    assert_eq!(it.store.wake_snoozed(Timestamp(499)).await, Ok(vec![]));
    assert_eq!(it.store.wake_snoozed(Timestamp(500)).await, Ok(vec![second.id]));
    assert_eq!(ids(&it.store, filter(SuggestionScope::Pending)).await, [2]);
    assert_eq!(it.store.revive_suggestion(first.id).await, Ok(true));
    assert_eq!(it.store.revive_suggestion(first.id).await, Ok(false));
    assert_eq!(it.store.next_wake().await, Ok(None));
    assert_eq!(it.store.find_suggestion(first.id).await.unwrap().unwrap().state, SuggestionState::Pending);
}

#[tokio::test]
async fn counts_tell_what_waits_by_bucket_and_history_is_newest_decided_first() {
    let it = open().await;
    for number in 1..=3 {
        pending(&it.store, number, &number.to_string()).await;
    }
    let mut nothing = suggestion(4, &conversation("4", &[("p1", 4)]));
    nothing.bucket_id = None;
    it.store.upsert_conversation(&conversation("4", &[("p1", 4)]), Timestamp(1)).await.unwrap();
    it.store.insert_suggestion(&nothing, &Supersession::NewMessage).await.unwrap();
    let first = it.store.find_suggestion(SuggestionId(uuid(1))).await.unwrap().unwrap();
    let second = it.store.find_suggestion(SuggestionId(uuid(2))).await.unwrap().unwrap();
    it.store.record_decision(&approval(21, &second)).await.unwrap();
    it.store.record_decision(&approval(22, &first)).await.unwrap();
    assert_eq!(
        it.store.count_suggestions().await.unwrap(),
        SuggestionCounts {
            pending: 2,
            snoozed: 0,
            decided: 2,
            by_bucket: vec![(None, 1), (Some("billing".into()), 1)],
        }
    );
    assert_eq!(ids(&it.store, filter(SuggestionScope::All)).await, [1, 2, 4, 3]);
}
