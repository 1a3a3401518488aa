//! The outbox: order of due actions, compare-and-swap, failures that come back to a person.

use super::sample::{
    Open, action, activity, approval, conversation, decision, open, pending, suggestion, uuid,
};
use crate::{ActionCounts, DecisionRecord, OutboxChange, StoreError, Transition};
use domain::*;

fn fault() -> Fault {
    Fault::new(FaultKind::Unavailable, "502 from the vendor")
}

/// Records a decision of its own kind: actions at these holds, made at `at`.
async fn order(it: &Open, number: u128, conversation_id: &str, at: i64, holds: &[i64]) -> DecisionRecord {
    let conversation = conversation(conversation_id, &[("p1", 1)]);
    let mut decision = decision(number, &suggestion(number, &conversation), DecisionKind::Noted);
    decision.suggestion_id = None;
    decision.at = Timestamp(at);
    let actions =
        (0..).zip(holds).map(|(step, until)| action(number * 10 + u128::from(step), &decision, step, *until));
    let record = DecisionRecord {
        suggestion_state: None,
        expected: conversation.state(),
        actions: actions.collect(),
        activity: vec![],
        lesson: None,
        looked_ms: None,
        edit: vec![],
        draft: None,
        decision,
    };
    it.store.record_decision(&record).await.unwrap();
    record
}

async fn due(it: &Open, now: i64) -> Vec<u128> {
    let due = it.store.list_due_actions(Timestamp(now), 99).await.unwrap();
    due.iter().map(|action| action.id.0.as_u128()).collect()
}

async fn shift(it: &Open, action: &Action, to: ActionState) -> Result<(), StoreError> {
    let stored = it.store.find_action(action.id).await.unwrap().unwrap();
    let transition = Transition { action_id: action.id, from: stored.state, to };
    it.store.apply(&OutboxChange { transitions: vec![transition], ..OutboxChange::default() }).await
}

#[tokio::test]
async fn actions_of_a_conversation_go_one_after_the_other() {
    let it = open().await;
    let first = order(&it, 1, "100", 1000, &[5000, 5000]).await;
    order(&it, 2, "100", 2000, &[100]).await;
    order(&it, 3, "200", 3000, &[4000]).await;
    assert_eq!(due(&it, 3999).await, [0; 0], "a later decision of the same conversation does not overtake");
    assert_eq!(it.store.next_action_due().await, Ok(Some(Timestamp(4000))));
    assert_eq!(due(&it, 4000).await, [30]);
    assert_eq!(due(&it, 5000).await, [30, 10]);
    shift(&it, &first.actions[0], ActionState::Done { at: Timestamp(5001) }).await.unwrap();
    assert_eq!(due(&it, 5001).await, [30, 11]);
    shift(&it, &first.actions[1], ActionState::Failed { fault: fault() }).await.unwrap();
    assert_eq!(due(&it, 5001).await, [20, 30], "a settled action of any outcome holds up nothing");
}

#[tokio::test]
async fn every_unsettled_state_comes_up_at_its_own_time() {
    let it = open().await;
    let at = |at| Timestamp(at);
    for (number, state) in (1..).zip([
        ActionState::Sending { lease_until: at(10), attempts: 1 },
        ActionState::Retry { at: at(20), attempts: 1, fault: fault() },
        ActionState::Unknown { at: at(30), attempts: 2, fault: fault() },
        ActionState::Undone,
        ActionState::Done { at: at(1) },
        ActionState::Refused {
            movement: Movement { kind: MovementKind::Closed, who: "Ana".to_owned(), at: at(1) },
        },
        ActionState::Failed { fault: fault() },
    ]) {
        let record = order(&it, number, &number.to_string(), 1000, &[40]).await;
        shift(&it, &record.actions[0], state.clone()).await.unwrap();
        let kept = it.store.find_action(record.actions[0].id).await.unwrap().unwrap();
        assert_eq!(kept.state, state);
    }
    order(&it, 8, "8", 1000, &[40]).await;
    assert_eq!(it.store.next_action_due().await, Ok(Some(Timestamp(10))));
    assert_eq!(due(&it, 9).await, [0; 0]);
    assert_eq!(due(&it, 29).await, [10, 20]);
    assert_eq!(due(&it, 99).await, [10, 20, 30, 80]);
    assert_eq!(it.store.list_due_actions(Timestamp(99), 2).await.unwrap().len(), 2);
    assert_eq!(
        it.store.count_actions().await.unwrap(),
        ActionCounts { held: 1, sending: 1, retry: 1, unknown: 1, failed: 2, done: 1 }
    );
}

#[tokio::test]
async fn a_transition_from_a_state_that_is_not_stored_changes_nothing() {
    let it = open().await;
    let record = order(&it, 1, "100", 1000, &[5000, 5000]).await;
    let [first, second] = record.actions.as_slice() else { panic!() };
    let sending = |lease| ActionState::Sending { lease_until: Timestamp(lease), attempts: 1 };
    let change = OutboxChange {
        transitions: vec![
            Transition { action_id: first.id, from: first.state.clone(), to: sending(9) },
            Transition {
                action_id: second.id,
                from: ActionState::Held { until: Timestamp(4999) },
                to: sending(9),
            },
        ],
        activity: vec![activity("action.sending")],
        ..OutboxChange::default()
    };
    assert_eq!(it.store.apply(&change).await, Err(StoreError::Conflict), "not in every detail");
    assert_eq!(it.store.list_actions(record.decision.id).await.unwrap(), record.actions);
    assert_eq!(it.store.list_activity(None, 9).await, Ok(vec![]));
    let unknown = OutboxChange {
        transitions: vec![Transition {
            action_id: ActionId(uuid(99)),
            from: sending(1),
            to: ActionState::Undone,
        }],
        ..OutboxChange::default()
    };
    assert_eq!(it.store.apply(&unknown).await, Err(StoreError::NotFound("action")));
}

#[tokio::test]
async fn of_two_that_take_the_same_action_one_succeeds() {
    let it = open().await;
    let record = order(&it, 1, "100", 1000, &[5000]).await;
    let take = |lease| OutboxChange {
        transitions: vec![Transition {
            action_id: record.actions[0].id,
            from: record.actions[0].state.clone(),
            to: ActionState::Sending { lease_until: Timestamp(lease), attempts: 1 },
        }],
        ..OutboxChange::default()
    };
    let (one, other) = (take(1), take(2));
    let (one, other) = tokio::join!(it.store.apply(&one), it.store.apply(&other));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
}

#[tokio::test]
async fn a_settled_action_brings_its_parts_and_the_state_expected_next() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    let mut expected = record.expected.clone();
    expected.team_assignee = Some("7".into());
    let held = record.actions[0].state.clone();
    let to = ActionState::Sending { lease_until: Timestamp(9), attempts: 1 };
    let change = OutboxChange {
        transitions: vec![Transition { action_id: record.actions[0].id, from: held, to }],
        expected: Some((record.decision.id, expected.clone())),
        own_parts: vec![
            ("100".into(), "x2".into(), record.actions[0].id),
            ("100".into(), "x1".into(), record.actions[0].id),
            ("100".into(), "x1".into(), record.actions[0].id),
        ],
        claim: Some((record.decision.id, Claim { part_id: "x1".into(), at: Timestamp(7) })),
        gap: Some((record.actions[0].id, 41)),
        suggestion: Some((
            suggestion.id,
            SuggestionState::Superseded {
                reason: Supersession::Moved { sentence: "Ana closed it".to_owned(), at: None },
            },
        )),
        activity: vec![activity("action.done")],
    };
    it.store.apply(&change).await.unwrap();
    let standing = it.store.find_standing_decision(record.decision.id).await.unwrap().unwrap();
    assert_eq!(standing.expected, expected);
    assert_eq!(standing.base, Some(suggestion.bound.clone()));
    assert_eq!(standing.claim, Some(Claim { part_id: "x1".into(), at: Timestamp(7) }));
    assert_eq!(it.store.longest_gap(Timestamp(0)).await.unwrap(), (41, 1));
    assert_eq!(it.store.list_own_parts(&"100".into()).await.unwrap(), ["x1".into(), "x2".into()]);
    assert_eq!(it.store.list_own_parts(&"200".into()).await.unwrap(), []);
    let state = it.store.find_suggestion(suggestion.id).await.unwrap().unwrap().state;
    assert!(matches!(state, SuggestionState::Superseded { .. }));
    assert_eq!(it.store.list_activity(None, 1).await.unwrap()[0].kind, "action.done");
}

#[tokio::test]
async fn a_suggestion_opened_again_gives_way_to_a_newer_one() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.record_decision(&approval(10, &first)).await.unwrap();
    let back =
        OutboxChange { suggestion: Some((first.id, SuggestionState::Pending)), ..OutboxChange::default() };
    it.store.apply(&back).await.unwrap();
    assert_eq!(it.store.find_open_suggestion(&"100".into()).await.unwrap().unwrap().id, first.id);
    it.store.record_decision(&approval(11, &first)).await.unwrap();
    let second = suggestion(2, &conversation("100", &[("p1", 1)]));
    it.store.insert_suggestion(&second, &Supersession::NewMessage).await.unwrap();
    it.store.apply(&back).await.unwrap();
    let state = it.store.find_suggestion(first.id).await.unwrap().unwrap().state;
    assert_eq!(state, SuggestionState::Superseded { reason: Supersession::NewMessage });
    let unknown = OutboxChange {
        suggestion: Some((SuggestionId(uuid(99)), SuggestionState::Pending)),
        ..OutboxChange::default()
    };
    assert_eq!(it.store.apply(&unknown).await, Err(StoreError::NotFound("suggestion")));
}

#[tokio::test]
async fn what_failed_stays_until_a_person_has_seen_it_and_comes_back_if_it_fails_again() {
    let it = open().await;
    let one = order(&it, 1, "100", 1000, &[5]).await;
    let two = order(&it, 2, "200", 2000, &[5]).await;
    let failed = ActionState::Failed { fault: fault() };
    shift(&it, &one.actions[0], failed.clone()).await.unwrap();
    let movement = Movement { kind: MovementKind::Closed, who: "Ana".to_owned(), at: Timestamp(1) };
    shift(&it, &two.actions[0], ActionState::Refused { movement }).await.unwrap();
    let failed_ids = async || -> Vec<u128> {
        let failed = it.store.list_failed_actions(9).await.unwrap();
        failed.iter().map(|action| action.id.0.as_u128()).collect()
    };
    assert_eq!(failed_ids().await, [20, 10]);
    assert_eq!(it.store.dismiss_actions(one.decision.id).await, Ok(true));
    assert_eq!(it.store.dismiss_actions(one.decision.id).await, Ok(false));
    assert_eq!(failed_ids().await, [20]);
    assert_eq!(it.store.count_actions().await.unwrap().failed, 1);
    shift(&it, &one.actions[0], ActionState::Held { until: Timestamp(9) }).await.unwrap();
    shift(&it, &one.actions[0], failed).await.unwrap();
    assert_eq!(failed_ids().await, [20, 10]);
}

#[tokio::test]
async fn an_action_that_cannot_be_read_holds_up_nothing_and_is_not_silently_dropped() {
    let it = open().await;
    let first = order(&it, 1, "100", 1000, &[5]).await;
    order(&it, 2, "100", 2000, &[5]).await;
    sqlx::query("UPDATE actions SET kind_data = '{\"kind\":\"teleport\"}' WHERE id = ?1")
        .bind(first.actions[0].id.0)
        .execute(&it.store.database.writer)
        .await
        .unwrap();
    assert_eq!(due(&it, 9).await, [0; 0]);
    assert_eq!(due(&it, 9).await, [20]);
    let log = it.store.list_activity(None, 9).await.unwrap();
    assert_eq!((log.len(), log[0].kind.as_str()), (1, "action.failed"));
    assert_eq!(log[0].action_id, Some(first.actions[0].id));
    assert_eq!(it.store.count_actions().await.unwrap().failed, 1);
}
