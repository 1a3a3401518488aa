//! Policies, judgements, and plans that are held: kept once, sent back whole.

use super::sample::{activity, approval, open, pending, uuid};
use crate::{DecisionRecord, Judged, Judgement, OutboxChange, PolicyRow, Store, StoreError, Transition};
use domain::*;

fn judgement(suggestion: &Suggestion, judged: Judged) -> Judgement {
    Judgement {
        suggestion_id: suggestion.id,
        conversation_id: suggestion.conversation_id.clone(),
        part_id: suggestion.part_id.clone(),
        bucket_id: suggestion.bucket_id.clone(),
        at: Timestamp(2_000),
        confidence: 0.9,
        actions: "reply".to_owned(),
        judged,
        blind: false,
        is_repeat: false,
        words: (12, 3),
        bucket_print: Some("print".to_owned()),
        sent_back: None,
        taken_over: false,
    }
}

fn by_policy(number: u128, suggestion: &Suggestion) -> DecisionRecord {
    let mut record = approval(number, suggestion);
    record.decision.decided_by = DecidedBy::Policy;
    record.lesson = None;
    record
}

/// A plan that a policy holds.
async fn held(store: &Store, number: u128, conversation: &str) -> (Suggestion, DecisionRecord) {
    let suggestion = pending(store, number, conversation).await;
    let record = by_policy(number + 100, &suggestion);
    let judgement = judgement(&suggestion, Judged::Automatic(record.decision.id));
    store.hold_plan(&record, &judgement).await.unwrap();
    (suggestion, record)
}

async fn states(store: &Store, record: &DecisionRecord) -> Vec<&'static str> {
    let actions = store.list_actions(record.decision.id).await.unwrap();
    actions.iter().map(|action| action.state.word()).collect()
}

#[tokio::test]
async fn a_policy_is_kept_as_it_is_and_goes_with_its_bucket() {
    let it = open().await;
    let row = PolicyRow {
        bucket_id: "billing".into(),
        action: "reply".to_owned(),
        settings: "{\"line\":0.9}".to_owned(),
        autonomy: "{\"autonomy\":\"not_given\"}".to_owned(),
        given_at: None,
    };
    it.store.upsert_policy(&row, Some(&activity("policy.set"))).await.unwrap();
    let changed = PolicyRow { given_at: Some(Timestamp(5)), settings: "{}".to_owned(), ..row.clone() };
    it.store.upsert_policy(&changed, None).await.unwrap();
    let other = PolicyRow { bucket_id: "spam".into(), ..row.clone() };
    it.store.upsert_policy(&other, None).await.unwrap();
    assert_eq!(it.store.list_policies().await.unwrap(), [changed, other.clone()]);
    assert_eq!(it.store.list_activity(None, 9).await.unwrap().len(), 1);
    it.store.remove_bucket(&"billing".into()).await.unwrap();
    assert_eq!(it.store.list_policies().await.unwrap(), [other]);
    let unknown = PolicyRow { action: "sing".to_owned(), ..row };
    assert!(matches!(it.store.upsert_policy(&unknown, None).await, Err(StoreError::Constraint(_))));
}

#[tokio::test]
async fn what_waits_is_judged_once() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    assert_eq!(it.store.list_unjudged(9).await.unwrap(), [suggestion.id]);
    let first = Judgement { blind: true, ..judgement(&suggestion, Judged::Person) };
    it.store.insert_judgement(&first).await.unwrap();
    it.store.insert_judgement(&judgement(&suggestion, Judged::Clear)).await.unwrap();
    assert_eq!(it.store.find_judgement(suggestion.id).await.unwrap(), Some(first.clone()));
    assert_eq!(it.store.list_unjudged(9).await.unwrap(), []);
    assert_eq!(it.store.list_open_judgements().await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(it.store.list_blind_waiting().await.unwrap(), ["billing".into()]);
    let found = it.store.find_first_judgement(&"100".into(), &suggestion.part_id).await.unwrap();
    assert_eq!(found, Some(first));
    assert_eq!(it.store.find_first_judgement(&"100".into(), &"p9".into()).await.unwrap(), None);
    // What was judged cannot be held after all.
    let record = by_policy(10, &suggestion);
    let late = judgement(&suggestion, Judged::Automatic(record.decision.id));
    assert_eq!(it.store.hold_plan(&record, &late).await, Err(StoreError::AlreadyDecided));
    assert!(it.store.list_decisions(None, 9).await.unwrap().is_empty(), "whole or not at all");
}

#[tokio::test]
async fn a_held_plan_is_a_decision_of_a_policy_and_no_record() {
    let it = open().await;
    let (suggestion, record) = held(&it.store, 1, "100").await;
    let (decision, _) = it.store.find_decision(record.decision.id).await.unwrap().unwrap();
    assert_eq!(decision.decided_by, DecidedBy::Policy);
    let found = it.store.find_judgement_of(decision.id).await.unwrap().unwrap();
    assert_eq!((found.suggestion_id, found.words), (suggestion.id, (12, 3)));
    assert_eq!(it.store.list_held_plans(None).await.unwrap(), [decision.id]);
    assert_eq!(it.store.list_held_plans(Some(&"100".into())).await.unwrap(), [decision.id]);
    assert_eq!(it.store.list_held_plans(Some(&"200".into())).await.unwrap(), []);
    assert_eq!(it.store.list_agreements(9).await.unwrap(), []);
    assert_eq!(it.store.list_decided(None).await.unwrap(), []);
    let automatic = it.store.list_automatic(9).await.unwrap();
    assert_eq!((automatic.len(), automatic[0].done, automatic[0].taken_back), (1, false, false));
    // A person's is both, and by the confidence that it was judged by.
    let other = pending(&it.store, 2, "200").await;
    it.store.insert_judgement(&Judgement { blind: true, ..judgement(&other, Judged::Person) }).await.unwrap();
    it.store.record_decision(&approval(20, &other)).await.unwrap();
    assert_eq!(it.store.list_agreements(9).await.unwrap().len(), 1);
    let answers = it.store.list_decided(None).await.unwrap();
    assert_eq!((answers.len(), answers[0].suggestion_id, answers[0].blind), (1, other.id, true));
    assert!((answers[0].governed_confidence - 0.9).abs() < 1e-9);
    assert!((answers[0].confidence - other.confidence).abs() < 1e-9, "the model's own stands beside it");
    assert_eq!((answers[0].actions.as_str(), answers[0].kind), ("reply", DecisionKind::Approved));
    assert_eq!(it.store.list_blind_waiting().await.unwrap(), []);
}

#[tokio::test]
async fn an_answer_that_was_not_judged_has_its_own_confidence_and_plan() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    it.store.record_decision(&approval(10, &suggestion)).await.unwrap();
    let answers = it.store.list_decided(None).await.unwrap();
    assert!((answers[0].governed_confidence - suggestion.confidence).abs() < 1e-9);
    assert_eq!((answers[0].actions.as_str(), answers[0].blind), ("close", false));
}

#[tokio::test]
async fn a_held_plan_goes_back_whole_with_the_reason() {
    let it = open().await;
    let (suggestion, record) = held(&it.store, 1, "100").await;
    let id = record.decision.id;
    it.store.send_back(id, None, "Stopped.", &activity("decision.sent_back")).await.unwrap();
    assert!(states(&it.store, &record).await.iter().all(|state| *state == "undone"));
    let waits = it.store.find_open_suggestion(&"100".into()).await.unwrap().unwrap();
    assert_eq!((waits.id, waits.state), (suggestion.id, SuggestionState::Pending));
    let found = it.store.find_judgement(suggestion.id).await.unwrap().unwrap();
    assert_eq!(found.sent_back.as_deref(), Some("Stopped."));
    assert_eq!(it.store.list_held_plans(None).await.unwrap(), []);
    assert_eq!(it.store.next_action_due().await, Ok(None));
    let again = it.store.send_back(id, None, "Again.", &activity("decision.sent_back")).await;
    assert_eq!(again, Err(StoreError::AlreadyUndone));
    let automatic = it.store.list_automatic(9).await.unwrap();
    assert_eq!((automatic[0].sent_back, automatic[0].taken_back), (true, false));
    assert_eq!(it.store.list_unjudged(9).await.unwrap(), [], "it is not decided again");
}

#[tokio::test]
async fn what_is_being_sent_goes_back_only_at_the_hand_of_its_own_attempt() {
    let it = open().await;
    let (_, record) = held(&it.store, 1, "100").await;
    let id = record.decision.id;
    let first = it.store.list_actions(id).await.unwrap().remove(0);
    let to = first.state.clone().send(Timestamp(60_000)).unwrap();
    let transition = Transition { action_id: first.id, from: first.state, to };
    let change = OutboxChange { transitions: vec![transition], ..OutboxChange::default() };
    it.store.apply(&change).await.unwrap();
    assert_eq!(it.store.list_held_plans(None).await.unwrap(), []);
    let entry = activity("decision.sent_back");
    assert_eq!(it.store.send_back(id, None, "Late.", &entry).await, Err(StoreError::TooLate));
    assert_eq!(states(&it.store, &record).await[0], "sending", "nothing of it was changed");
    it.store.send_back(id, Some(first.id), "No call was made.", &entry).await.unwrap();
    assert!(states(&it.store, &record).await.iter().all(|state| *state == "undone"));
}

#[tokio::test]
async fn what_a_person_takes_back_is_told_from_what_was_sent_back() {
    let it = open().await;
    let (_, record) = held(&it.store, 1, "100").await;
    it.store.undo_decision(record.decision.id, Timestamp(3), &activity("decision.undone")).await.unwrap();
    let automatic = it.store.list_automatic(9).await.unwrap();
    assert_eq!((automatic[0].taken_back, automatic[0].sent_back), (true, false));
    let (_, record) = held(&it.store, 2, "200").await;
    it.store.take_over(record.decision.id).await.unwrap();
    assert!(it.store.find_judgement_of(record.decision.id).await.unwrap().unwrap().taken_over);
}

#[tokio::test]
async fn arrivals_are_counted_once_a_message_and_in_their_time() {
    let it = open().await;
    for (number, at, is_repeat) in [(1, 10, false), (2, 20, true), (3, 30, false), (4, 40, false)] {
        let suggestion = pending(&it.store, number, &number.to_string()).await;
        let row = Judgement { at: Timestamp(at), is_repeat, ..judgement(&suggestion, Judged::Person) };
        it.store.insert_judgement(&row).await.unwrap();
    }
    let at = |rows: Vec<crate::ArrivalRow>| rows.iter().map(|row| row.at.0).collect::<Vec<_>>();
    let list = async |from, until, newest| {
        at(it.store.list_arrivals(Timestamp(from), Timestamp(until), newest).await.unwrap())
    };
    assert_eq!(list(0, 40, 9).await, [10, 30]);
    assert_eq!(list(30, 99, 9).await, [30, 40]);
    assert_eq!(list(0, 99, 2).await, [30, 40], "the newest");
}

#[tokio::test]
async fn predictions_are_what_nobody_answered_here_and_acts_what_teammates_did() {
    let it = open().await;
    let answered = pending(&it.store, 1, "100").await;
    it.store.record_decision(&approval(10, &answered)).await.unwrap();
    let (_, _) = held(&it.store, 2, "200").await;
    let silent = pending(&it.store, 3, "300").await;
    let rows = it.store.list_predictions(Timestamp(0), 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.suggestion_id).collect::<Vec<_>>(), [silent.id]);
    assert_eq!(rows[0].last_part_id.as_deref(), silent.bound.last_part_id.as_ref().map(PartId::as_str));
    assert_eq!(it.store.list_predictions(Timestamp(i64::MAX), 9).await.unwrap(), []);
    let acts = it.store.list_acts(Timestamp(0), 99).await.unwrap();
    assert!(!acts.is_empty() && acts.iter().all(|act| act.conversation_id == "300".into()));
    assert!(acts.iter().all(|act| !act.is_teammate && act.text.is_none()), "a customer's words are not read");
}

#[tokio::test]
async fn the_cases_of_a_list_tell_who_and_what() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &suggestion);
    record.decision.kind = DecisionKind::Corrected;
    record.decision.bucket_id = Some("spam".into());
    it.store.record_decision(&record).await.unwrap();
    let cases = it.store.list_wrong(&[suggestion.id, SuggestionId(uuid(99))]).await.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!((cases[0].conversation_id.as_str(), cases[0].kind.as_str()), ("100", "corrected"));
    assert_eq!(cases[0].decided, Some("spam".into()));
    assert_eq!(it.store.list_wrong(&[]).await.unwrap(), []);
}
