//! Decisions: recorded once, taken back whole.

use super::sample::{activity, approval, conversation, decision, open, pending, suggestion, uuid};
use crate::{
    Agreement, DecisionRecord, DecisionRow, LessonId, NewLesson, OutboxChange, StoreError, Transition, Undone,
};
use domain::*;

fn sent(action: &Action) -> OutboxChange {
    let to = action.state.clone().send(Timestamp(60_000)).unwrap();
    OutboxChange {
        transitions: vec![Transition { action_id: action.id, from: action.state.clone(), to }],
        ..OutboxChange::default()
    }
}

#[tokio::test]
async fn a_decision_is_recorded_with_all_that_follows() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    let kept = it.store.find_decision(record.decision.id).await.unwrap().unwrap();
    assert_eq!(kept, (record.decision.clone(), record.expected.clone()));
    let row = DecisionRow { decision: record.decision.clone(), actions: record.actions.clone() };
    assert_eq!(it.store.list_decisions(None, 9).await.unwrap(), std::slice::from_ref(&row));
    assert_eq!(it.store.list_decisions_of(&"100".into()).await.unwrap(), [row]);
    assert_eq!(it.store.list_decisions_of(&"200".into()).await.unwrap(), []);
    assert_eq!(it.store.list_actions(record.decision.id).await.unwrap(), record.actions);
    assert_eq!(it.store.find_action(record.actions[1].id).await, Ok(Some(record.actions[1].clone())));
    assert_eq!(it.store.find_action(ActionId(uuid(7))).await, Ok(None));
    assert_eq!(it.store.find_decision(DecisionId(uuid(7))).await, Ok(None));
    let state = it.store.find_suggestion(suggestion.id).await.unwrap().unwrap().state;
    assert_eq!(state, SuggestionState::Approved);
    assert_eq!(it.store.list_activity(None, 9).await.unwrap()[0].kind, "decision.approved");
    let lessons = it.store.list_lessons(9).await.unwrap();
    assert_eq!(lessons[0].message, serde_json::json!({ "text": "text of p1" }));
    assert_eq!((lessons[0].id, lessons[0].at), (LessonId::Decision(record.decision.id), record.decision.at));
}

#[tokio::test]
async fn deciding_twice_is_refused_and_leaves_no_trace() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    it.store.record_decision(&approval(10, &suggestion)).await.unwrap();
    let again = it.store.record_decision(&approval(11, &suggestion)).await;
    assert_eq!(again, Err(StoreError::AlreadyDecided));
    assert_eq!(it.store.list_decisions(None, 9).await.unwrap().len(), 1);
    assert_eq!(it.store.list_activity(None, 9).await.unwrap().len(), 1);
    assert_eq!(it.store.list_lessons(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_hands_that_decide_at_once_one_succeeds() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let (one, other) = (approval(10, &suggestion), approval(11, &suggestion));
    let (one, other) = tokio::join!(it.store.record_decision(&one), it.store.record_decision(&other));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(it.store.list_decisions(None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_decision_that_cannot_be_stored_whole_is_not_stored() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &suggestion);
    record.actions[1].step = 0;
    let error = it.store.record_decision(&record).await.unwrap_err();
    assert!(matches!(error, StoreError::Constraint(_)), "{error:?}");
    assert_eq!(it.store.list_decisions(None, 9).await.unwrap(), []);
    let open = it.store.find_open_suggestion(&"100".into()).await.unwrap().unwrap();
    assert_eq!(open.state, SuggestionState::Pending);
    let mut unknown = approval(12, &suggestion);
    unknown.decision.suggestion_id = Some(SuggestionId(uuid(99)));
    assert_eq!(it.store.record_decision(&unknown).await, Err(StoreError::NotFound("suggestion")));
}

#[tokio::test]
async fn a_note_needs_no_suggestion() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut noted = decision(10, &suggestion, DecisionKind::Noted);
    noted.suggestion_id = None;
    noted.bucket_id = None;
    let record = DecisionRecord {
        decision: noted.clone(),
        suggestion_state: None,
        expected: suggestion.bound.clone(),
        actions: vec![],
        activity: vec![],
        lesson: None,
        looked_ms: None,
        edit: vec![],
        draft: None,
    };
    it.store.record_decision(&record).await.unwrap();
    assert!(it.store.find_open_suggestion(&"100".into()).await.unwrap().is_some());
    let undone = it.store.undo_decision(noted.id, Timestamp(1), &activity("decision.undone")).await.unwrap();
    assert_eq!(undone, Undone { suggestion_id: None, conversation_id: "100".into(), had_lesson: false });
}

#[tokio::test]
async fn an_undone_decision_is_as_if_it_had_not_been_but_for_the_log() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    let undone = it
        .store
        .undo_decision(record.decision.id, Timestamp(4000), &activity("decision.undone"))
        .await
        .unwrap();
    assert_eq!(
        undone,
        Undone { suggestion_id: Some(suggestion.id), conversation_id: "100".into(), had_lesson: true }
    );
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await, Ok(Some(suggestion.clone())));
    let (decision, _) = it.store.find_decision(record.decision.id).await.unwrap().unwrap();
    assert_eq!(decision.undone_at, Some(Timestamp(4000)));
    let actions = it.store.list_actions(record.decision.id).await.unwrap();
    assert!(actions.iter().all(|action| action.state == ActionState::Undone));
    assert_eq!(it.store.next_action_due().await, Ok(None));
    assert_eq!(it.store.list_lessons(9).await, Ok(vec![]));
    assert_eq!(it.store.list_agreements(9).await, Ok(vec![]));
    assert_eq!(it.store.list_activity(None, 1).await.unwrap()[0].kind, "decision.undone");
    let again = it.store.undo_decision(record.decision.id, Timestamp(4001), &activity("x")).await;
    assert_eq!(again, Err(StoreError::AlreadyUndone));
    let unknown = it.store.undo_decision(DecisionId(uuid(99)), Timestamp(1), &activity("x")).await;
    assert_eq!(unknown, Err(StoreError::NotFound("decision")));
    it.store.record_decision(&approval(11, &suggestion)).await.unwrap();
}

#[tokio::test]
async fn nothing_is_undone_once_one_action_has_left_its_hold() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    it.store.apply(&sent(&record.actions[0])).await.unwrap();
    let late = it.store.undo_decision(record.decision.id, Timestamp(4000), &activity("x")).await;
    assert_eq!(late, Err(StoreError::TooLate));
    let actions = it.store.list_actions(record.decision.id).await.unwrap();
    assert!(matches!(actions[0].state, ActionState::Sending { .. }));
    assert_eq!(actions[1], record.actions[1], "the other one still goes out");
    assert_eq!(it.store.list_lessons(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_undo_and_sending_at_once_exactly_one_happens() {
    for round in 0..20 {
        let it = open().await;
        let suggestion = pending(&it.store, 1, "100").await;
        let record = approval(10, &suggestion);
        it.store.record_decision(&record).await.unwrap();
        let entry = activity("decision.undone");
        let change = sent(&record.actions[0]);
        let (sender, undoer) = (it.store.clone(), it.store.clone());
        let id = record.decision.id;
        let send = tokio::spawn(async move { sender.apply(&change).await });
        let undo = tokio::spawn(async move { undoer.undo_decision(id, Timestamp(1), &entry).await });
        let (sending, undone) = if round % 2 == 0 {
            let sending = send.await.unwrap();
            (sending, undo.await.unwrap())
        } else {
            let undone = undo.await.unwrap();
            (send.await.unwrap(), undone)
        };
        match (sending, undone) {
            (Ok(()), Err(StoreError::TooLate)) | (Err(StoreError::Conflict), Ok(_)) => {}
            both => panic!("{both:?}"),
        }
    }
}

#[tokio::test]
async fn an_undone_suggestion_does_not_come_back_beside_a_newer_one() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let record = approval(10, &first);
    it.store.record_decision(&record).await.unwrap();
    let second = suggestion(2, &conversation("100", &[("p1", 1)]));
    it.store.insert_suggestion(&second, &Supersession::NewMessage).await.unwrap();
    it.store.undo_decision(record.decision.id, Timestamp(4000), &activity("x")).await.unwrap();
    let state = it.store.find_suggestion(first.id).await.unwrap().unwrap().state;
    assert_eq!(state, SuggestionState::Superseded { reason: Supersession::NewMessage });
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await.unwrap().unwrap().id, second.id);
}

#[tokio::test]
async fn an_undone_suggestion_does_not_come_back_for_a_conversation_that_is_gone() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    it.store.delete_conversation(&"100".into(), Timestamp(3000)).await.unwrap();
    // What waited to be sent was stopped, so there is nothing to take back.
    let refused = it.store.undo_decision(record.decision.id, Timestamp(4000), &activity("x")).await;
    assert_eq!(refused.unwrap_err(), StoreError::TooLate);
    assert!(it.store.list_due_actions(Timestamp(i64::MAX), 9).await.unwrap().is_empty());
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await.unwrap(), None);
}

#[tokio::test]
async fn undoing_a_snooze_wakes_it_but_not_once_another_decision_followed() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut snooze = approval(10, &suggestion);
    snooze.decision.kind = DecisionKind::Snoozed;
    snooze.suggestion_state = Some(SuggestionState::Snoozed { until: Timestamp(9000) });
    snooze.actions.clear();
    snooze.lesson = None;
    it.store.record_decision(&snooze).await.unwrap();
    it.store.record_decision(&approval(11, &suggestion)).await.unwrap();
    let late = it.store.undo_decision(snooze.decision.id, Timestamp(1), &activity("x")).await;
    assert_eq!(late, Err(StoreError::TooLate));
    let approved = DecisionId(uuid(11));
    it.store.undo_decision(approved, Timestamp(2), &activity("x")).await.unwrap();
    it.store.undo_decision(snooze.decision.id, Timestamp(3), &activity("x")).await.unwrap();
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await, Ok(Some(suggestion)));
}

#[tokio::test]
async fn agreements_tell_how_often_people_kept_the_bucket() {
    let it = open().await;
    let kinds = [
        DecisionKind::Approved,
        DecisionKind::Edited,
        DecisionKind::Corrected,
        DecisionKind::Rejected,
        DecisionKind::Snoozed,
        DecisionKind::NoneOfThese,
    ];
    for (number, kind) in (1_u128..).zip(kinds) {
        let suggestion = pending(&it.store, number, &number.to_string()).await;
        let mut record = approval(100 + number, &suggestion);
        record.decision.kind = kind;
        record.decision.bucket_id = Some("spam".into());
        it.store.record_decision(&record).await.unwrap();
    }
    let agreement = |number: i64, agreed| Agreement {
        confidence: 0.875,
        agreed,
        bucket_id: "billing".into(),
        at: Timestamp(2100 + number),
    };
    let expected = [agreement(6, false), agreement(3, false), agreement(2, true), agreement(1, true)];
    assert_eq!(it.store.list_agreements(9).await.unwrap(), expected);
    assert_eq!(it.store.list_agreements(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_newest_lessons_come_in_order_of_time() {
    let it = open().await;
    for number in 1..=4 {
        let suggestion = pending(&it.store, number, &number.to_string()).await;
        let mut record = approval(100 + number, &suggestion);
        record.lesson = Some(NewLesson {
            message: serde_json::json!(number.to_string()),
            bucket_id: "spam".into(),
            weight: 0.5,
        });
        it.store.record_decision(&record).await.unwrap();
    }
    let lessons = it.store.list_lessons(2).await.unwrap();
    let messages: Vec<&str> = lessons.iter().filter_map(|lesson| lesson.message.as_str()).collect();
    assert_eq!(messages, ["3", "4"]);
    assert_eq!((lessons[0].weight, &lessons[0].bucket_id), (0.5, &"spam".into()));
}

#[tokio::test]
async fn decisions_are_paged_newest_first_each_with_its_own_actions() {
    let it = open().await;
    for number in 1..=3 {
        let suggestion = pending(&it.store, number, &number.to_string()).await;
        it.store.record_decision(&approval(100 + number, &suggestion)).await.unwrap();
    }
    let page = it.store.list_decisions(None, 2).await.unwrap();
    let ids: Vec<u128> = page.iter().map(|row| row.decision.id.0.as_u128()).collect();
    assert_eq!(ids, [103, 102]);
    assert!(page.iter().all(|row| {
        row.actions.len() == 2 && row.actions.iter().all(|action| action.decision_id == row.decision.id)
    }));
    let next = it.store.list_decisions(Some(page[1].decision.id), 2).await.unwrap();
    assert_eq!(next.len(), 1);
}
