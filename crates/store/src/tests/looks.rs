//! What the learning views rest on.

use super::sample::{activity, approval, conversation, open, pending};
use crate::{CaseRow, DecidedRow, EditRow, LessonId, Marked};
use domain::*;

fn piece(kind: EditKind, text: &str) -> EditPiece {
    EditPiece { kind, text: text.to_owned() }
}

#[tokio::test]
async fn none_of_these_is_a_decision_of_its_own_and_reads_back_as_one() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &suggestion);
    record.decision.kind = DecisionKind::NoneOfThese;
    record.decision.bucket_id = None;
    record.suggestion_state = Some(SuggestionState::Rejected);
    it.store.record_decision(&record).await.unwrap();
    let (kept, _) = it.store.find_decision(record.decision.id).await.unwrap().unwrap();
    assert_eq!(kept, record.decision);
    let row = it.store.list_decided(None).await.unwrap().remove(0);
    assert_eq!((row.kind, row.decided), (DecisionKind::NoneOfThese, None));
    it.store.undo_decision(record.decision.id, Timestamp(9), &activity("decision.undone")).await.unwrap();
    assert_eq!(it.store.list_decided(None).await, Ok(vec![]));
    assert!(it.store.find_open_suggestion(&"100".into()).await.unwrap().is_some(), "it waits again");
}

#[tokio::test]
async fn decisions_are_read_once_and_then_only_what_came_since() {
    let it = open().await;
    assert_eq!(it.store.decisions_marks(), Marked::default());
    let first = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &first);
    record.looked_ms = Some(1_500);
    it.store.record_decision(&record).await.unwrap();
    let all = it.store.list_decided(None).await.unwrap();
    let expected = DecidedRow {
        place: all[0].place,
        suggestion_id: first.id,
        at: record.decision.at,
        kind: DecisionKind::Approved,
        decided: Some("billing".into()),
        suggested: Some("billing".into()),
        confidence: 0.875,
        governed_confidence: 0.875,
        actions: "close".to_owned(),
        blind: false,
        looked_ms: Some(1_500),
    };
    assert_eq!(all, [expected]);
    let seen = it.store.decisions_marks();
    assert_eq!(seen, Marked { added: 1, ..Marked::default() });
    // Its id sorts before the first one's: only the order of recording counts.
    let second = pending(&it.store, 2, "200").await;
    let mut record = approval(5, &second);
    record.decision.kind = DecisionKind::Snoozed;
    it.store.record_decision(&record).await.unwrap();
    assert_eq!(it.store.list_decided(Some(all[0].place)).await, Ok(vec![]), "snoozing answers nothing");
    let third = pending(&it.store, 3, "300").await;
    it.store.record_decision(&approval(4, &third)).await.unwrap();
    let since = it.store.list_decided(Some(all[0].place)).await.unwrap();
    assert_eq!(since.iter().map(|row| row.suggestion_id).collect::<Vec<_>>(), [third.id]);
    let before = it.store.decisions_marks();
    assert_eq!(before, Marked { added: 3, ..Marked::default() });
    for number in [4, 10] {
        let id = DecisionId(super::sample::uuid(number));
        it.store.undo_decision(id, Timestamp(9), &activity("undone")).await.unwrap();
    }
    let after = it.store.decisions_marks();
    assert_eq!(after, Marked { added: 3, taken_back: 2, changed: 0 });
    let places = |taken_back: u64| it.store.taken_back_between(Marked { taken_back, ..before }, after);
    assert_eq!(places(0), Some(vec![since[0].place, all[0].place]));
    assert_eq!(places(1), Some(vec![all[0].place]));
    assert_eq!((places(2), places(3)), (Some(vec![]), None));
    let between = it.store.taken_back_between(before, Marked { taken_back: 1, ..after });
    assert_eq!(between, Some(vec![since[0].place]));
}

#[tokio::test]
async fn every_confidence_is_read_as_it_was_kept_and_pages_leave_nothing_out() {
    let it = open().await;
    let confidences: Vec<f64> = (0..4_100_u32)
        .map(|n| match n {
            0 => 1.0,
            1 => f64::EPSILON.mul_add(-0.5, 1.0),
            2 => 1.0 / 512.0,
            n => 1.0 / f64::from(n % 500 + 2) + f64::from(n) * 1e-9,
        })
        .collect();
    let mut tx = it.store.database.write().await.unwrap();
    for (number, confidence) in (1_u128..).zip(&confidences) {
        let id = super::sample::uuid(number);
        sqlx::query(
            "INSERT INTO suggestions (
                id, conversation_id, part_id, message_at, bucket_id, confidence, probabilities, evidence, plan, bound,
                model_version, state, state_data, created_at
             ) VALUES (?1, '1', 'p', 0, 'a \"bucket\"', ?2, '[]', '[]', ?3, '{}', '1', 'approved', '{}', 0)",
        )
        .bind(id)
        .bind(confidence)
        .bind(r#"{"actions":[{"kind":"assign"},{"kind":"reply"}],"gaps":[]}"#)
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO decisions (id, suggestion_id, conversation_id, kind, bucket_id, at, undo_until, expected)
             VALUES (?1, ?1, '1', 'approved', 'a \"bucket\"', 7, 7, '{}')",
        )
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let rows = it.store.list_decided(None).await.unwrap();
    let read: Vec<f64> = rows.iter().map(|row| row.confidence).collect();
    assert!(read == confidences, "bit for bit, in the order of recording");
    assert!(rows.iter().all(|row| row.governed_confidence.to_bits() == row.confidence.to_bits()));
    let last = rows.last().unwrap();
    assert_eq!(
        (last.actions.as_str(), last.suggested.as_ref()),
        ("assign,reply", Some(&"a \"bucket\"".into()))
    );
    assert_eq!(last.suggestion_id, SuggestionId(super::sample::uuid(4_100)));
    let after = it.store.list_decided(Some(rows[4_000].place)).await.unwrap();
    assert_eq!(after, rows[4_001..]);
}

#[tokio::test]
async fn an_edited_reply_is_kept_as_a_diff_and_goes_with_its_conversation() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &suggestion);
    record.decision.kind = DecisionKind::Edited;
    record.edit = vec![
        piece(EditKind::Kept, "We will "),
        piece(EditKind::Removed, "look"),
        piece(EditKind::Added, "see"),
    ];
    it.store.record_decision(&record).await.unwrap();
    let row = EditRow {
        decision_id: record.decision.id,
        conversation_id: "100".into(),
        bucket_id: Some("billing".into()),
        at: record.decision.at,
        pieces: record.edit.clone(),
        was_draft: false,
    };
    assert_eq!(it.store.list_edits(9).await, Ok(vec![row]));
    it.store.delete_conversation(&"100".into(), Timestamp(5_000)).await.unwrap();
    assert_eq!(it.store.list_edits(9).await, Ok(vec![]));
}

#[tokio::test]
async fn cases_are_shown_in_the_order_asked_for_with_what_was_decided() {
    let it = open().await;
    for (number, id) in [(1, "100"), (2, "200")] {
        let suggestion = pending(&it.store, number, id).await;
        let mut record = approval(10 + number, &suggestion);
        record.lesson.as_mut().unwrap().message =
            serde_json::json!({ "newest": format!("Line one\nof {id}") });
        record.decision.bucket_id = Some("general".into());
        record.decision.kind = DecisionKind::Corrected;
        it.store.record_decision(&record).await.unwrap();
    }
    let ids = [2, 1, 7].map(|number| SuggestionId(super::sample::uuid(number)));
    let cases = it.store.list_cases(&ids).await.unwrap();
    assert_eq!(cases.iter().map(|case| case.suggestion_id).collect::<Vec<_>>(), ids[..2]);
    let expected = CaseRow {
        suggestion_id: ids[0],
        conversation_id: "200".into(),
        is_kept: true,
        contact_name: Some("Maria Silva".to_owned()),
        preview: "Line one of 200".to_owned(),
        suggested: Some("billing".into()),
        decided: Some("general".into()),
        confidence: 0.875,
        at: Timestamp(2_012),
    };
    assert_eq!(cases[0], expected);
    it.store.delete_conversation(&"200".into(), Timestamp(5_000)).await.unwrap();
    let gone = it.store.list_cases(&ids[..1]).await.unwrap().remove(0);
    assert_eq!(
        (gone.is_kept, gone.preview.as_str()),
        (false, ""),
        "what was decided stays, the words do not"
    );
}

#[tokio::test]
async fn messages_of_no_bucket_and_single_lessons_are_found() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let mut record = approval(10, &suggestion);
    record.decision.kind = DecisionKind::NoneOfThese;
    record.lesson.as_mut().unwrap().bucket_id = NONE_OF_THESE.into();
    record.lesson.as_mut().unwrap().message = serde_json::json!({ "newest": "A choir sings" });
    it.store.record_decision(&record).await.unwrap();
    let unplaced = it.store.list_unplaced(9).await.unwrap();
    assert_eq!((unplaced.len(), unplaced[0].suggestion_id), (1, suggestion.id));
    let lesson = it.store.find_lesson(LessonId::Decision(record.decision.id)).await.unwrap().unwrap();
    assert_eq!((lesson.preview.as_str(), lesson.is_kept), ("A choir sings", true));
    assert_eq!((lesson.kind, lesson.bucket_id), (Some(DecisionKind::NoneOfThese), NONE_OF_THESE.into()));
    assert_eq!(lesson.conversation_id, Some(conversation("100", &[]).id));
    assert_eq!(it.store.find_lesson(LessonId::Decision(DecisionId(super::sample::uuid(7)))).await, Ok(None));
}
