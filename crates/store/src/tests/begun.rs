//! Replies that were begun: as they were written, with decisions and without, and gone with whoever they were to.

use super::sample::{activity, approval, conversation, decision, open, pending, uuid};
use crate::{BegunReply, DecisionRecord, OutboxChange, Store, Transition};
use domain::*;

const WORDS: &str = "Dear Maria, zyxwvut: I looked into it myself";

fn begun(suggestion: &Suggestion, text: &str, at: i64) -> BegunReply {
    BegunReply {
        conversation_id: suggestion.conversation_id.clone(),
        text: text.to_owned(),
        suggestion_id: suggestion.id,
        bucket_id: Some("general".into()),
        draft_id: Some(DraftId(uuid(77))),
        changed_at: Timestamp(at),
    }
}

async fn texts(store: &Store) -> Vec<String> {
    store.list_begun_replies().await.unwrap().into_iter().map(|reply| reply.text).collect()
}

/// Whatever the table holds, set aside or not.
async fn rows(store: &Store) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM begun_replies").fetch_one(&store.database.readers).await.unwrap()
}

async fn swap(store: &Store, id: ActionId, to: ActionState) {
    let from = store.find_action(id).await.unwrap().unwrap().state;
    let transitions = vec![Transition { action_id: id, from, to }];
    store.apply(&OutboxChange { transitions, ..OutboxChange::default() }).await.unwrap();
}

fn done() -> ActionState {
    ActionState::Done { at: Timestamp(6000) }
}

fn refused() -> ActionState {
    let movement =
        Movement { kind: MovementKind::CustomerWrote, who: "Maria".to_owned(), at: Timestamp(6000) };
    ActionState::Refused { movement }
}

/// A decision without actions.
fn rejection(number: u128, suggestion: &Suggestion) -> DecisionRecord {
    let mut record = approval(number, suggestion);
    record.decision = decision(number, suggestion, DecisionKind::Rejected);
    record.suggestion_state = Some(SuggestionState::Rejected);
    record.actions.clear();
    record.lesson = None;
    record
}

#[tokio::test]
async fn a_begun_reply_is_kept_as_it_stands_and_found_after_the_file_was_closed() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let second = pending(&it.store, 2, "200").await;
    for reply in [begun(&first, "De", 10), begun(&second, "Hello", 20), begun(&first, WORDS, 30)] {
        assert!(it.store.keep_begun_reply(&reply).await.unwrap());
    }
    let kept = it.store.list_begun_replies().await.unwrap();
    assert!(!format!("{kept:?}").contains("zyxwvut"), "what was begun stays out of logs");
    it.store.close().await;
    let store = Store::open(&it.path).await.unwrap();
    let wanted = [begun(&first, WORDS, 30), begun(&second, "Hello", 20)];
    assert_eq!(store.list_begun_replies().await.unwrap(), wanted, "the one begun last at the end");
    assert!(store.drop_begun_reply(&"100".into()).await.unwrap());
    assert!(!store.drop_begun_reply(&"100".into()).await.unwrap());
    assert_eq!(texts(&store).await, ["Hello"]);
}

#[tokio::test]
async fn a_begun_reply_outlives_its_suggestion_and_a_conversation_closed_elsewhere() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    let mut closed = conversation("100", &[("p1", 1)]);
    closed.status = ConversationStatus::Closed;
    closed.updated_at = Timestamp(50);
    it.store.upsert_conversation(&closed, Timestamp(51)).await.unwrap();
    let moved = Supersession::Moved { sentence: "Ana closed it".to_owned(), at: None };
    it.store.supersede_open_suggestion(&"100".into(), &moved, Timestamp(51)).await.unwrap();
    assert_eq!(it.store.list_begun_replies().await.unwrap(), [begun(&first, WORDS, 10)]);
}

#[tokio::test]
async fn a_decision_takes_a_begun_reply_along_and_gives_it_back_when_it_is_taken_back() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    it.store.record_decision(&approval(1, &first)).await.unwrap();
    assert_eq!(texts(&it.store).await, [""; 0]);
    assert!(!it.store.drop_begun_reply(&"100".into()).await.unwrap(), "it is with the decision");
    // Much later, with its actions still held: it can still be taken back.
    let other = pending(&it.store, 2, "200").await;
    it.store.keep_begun_reply(&begun(&other, "Hello", 99_000)).await.unwrap();
    it.store.undo_decision(DecisionId(uuid(1)), Timestamp(99_001), &activity("undone")).await.unwrap();
    assert_eq!(texts(&it.store).await, [WORDS, "Hello"]);
}

#[tokio::test]
async fn what_was_begun_since_a_decision_stays_when_that_is_taken_back() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    it.store.record_decision(&approval(1, &first)).await.unwrap();
    it.store.keep_begun_reply(&begun(&first, "Newer", 20)).await.unwrap();
    it.store.undo_decision(DecisionId(uuid(1)), Timestamp(30), &activity("undone")).await.unwrap();
    assert_eq!(texts(&it.store).await, ["Newer"]);
}

#[tokio::test]
async fn a_decision_for_later_or_by_a_policy_leaves_a_begun_reply_where_it_is() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let second = pending(&it.store, 2, "200").await;
    for suggestion in [&first, &second] {
        it.store.keep_begun_reply(&begun(suggestion, WORDS, 10)).await.unwrap();
    }
    let mut later = rejection(1, &first);
    later.decision.kind = DecisionKind::Snoozed;
    later.suggestion_state = Some(SuggestionState::Snoozed { until: Timestamp(9000) });
    it.store.record_decision(&later).await.unwrap();
    let mut policys = approval(2, &second);
    policys.decision.decided_by = DecidedBy::Policy;
    it.store.record_decision(&policys).await.unwrap();
    assert_eq!(texts(&it.store).await, [WORDS, WORDS]);
}

#[tokio::test]
async fn a_begun_reply_is_gone_once_it_is_sent_also_when_the_step_after_is_refused() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    let mut record = approval(1, &first);
    record.actions[0].kind = ActionKind::Close;
    let [before, reply] = [record.actions[0].id, record.actions[1].id];
    it.store.record_decision(&record).await.unwrap();
    swap(&it.store, before, done()).await;
    assert_eq!(rows(&it.store).await, 1, "the reply is still to come");
    swap(&it.store, reply, done()).await;
    assert_eq!(rows(&it.store).await, 0);

    let second = pending(&it.store, 2, "200").await;
    it.store.keep_begun_reply(&begun(&second, WORDS, 10)).await.unwrap();
    let mut record = approval(2, &second);
    record.actions[1].kind = ActionKind::Close;
    let [reply, after] = [record.actions[0].id, record.actions[1].id];
    it.store.record_decision(&record).await.unwrap();
    swap(&it.store, reply, done()).await;
    swap(&it.store, after, refused()).await;
    assert_eq!(rows(&it.store).await, 0);
}

#[tokio::test]
async fn a_begun_reply_is_back_when_sending_it_was_refused() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    let record = approval(1, &first);
    it.store.record_decision(&record).await.unwrap();
    swap(&it.store, record.actions[0].id, refused()).await;
    assert_eq!(texts(&it.store).await, [WORDS]);
}

#[tokio::test]
async fn what_went_with_a_decision_without_actions_is_forgotten_when_its_window_has_passed() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let other = pending(&it.store, 2, "200").await;
    it.store.keep_begun_reply(&begun(&first, WORDS, 10)).await.unwrap();
    let record = rejection(1, &first);
    it.store.record_decision(&record).await.unwrap();
    let until = record.decision.undo_until.0;
    it.store.keep_begun_reply(&begun(&other, "Hello", until)).await.unwrap();
    assert_eq!(rows(&it.store).await, 2);
    it.store.keep_begun_reply(&begun(&other, "Hello!", until + 1)).await.unwrap();
    assert_eq!((rows(&it.store).await, texts(&it.store).await), (1, vec!["Hello!".to_owned()]));
}

#[tokio::test]
async fn no_begun_reply_outlives_its_conversation_nor_comes_in_behind_it() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let decided = pending(&it.store, 2, "200").await;
    let other = pending(&it.store, 3, "300").await;
    for suggestion in [&first, &decided, &other] {
        it.store.keep_begun_reply(&begun(suggestion, WORDS, 10)).await.unwrap();
    }
    it.store.record_decision(&approval(2, &decided)).await.unwrap();
    for id in ["100", "200"] {
        it.store.delete_conversation(&id.into(), Timestamp(20)).await.unwrap();
    }
    assert_eq!(rows(&it.store).await, 1);
    assert!(!it.store.keep_begun_reply(&begun(&first, WORDS, 30)).await.unwrap());
    let elsewhere = BegunReply { suggestion_id: other.id, ..begun(&first, WORDS, 30) };
    assert!(!it.store.keep_begun_reply(&elsewhere).await.unwrap(), "nor under another suggestion");
    assert_eq!(it.store.list_begun_replies().await.unwrap(), [begun(&other, WORDS, 10)]);
}
