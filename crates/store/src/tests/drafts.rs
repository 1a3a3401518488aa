//! Drafts of replies, what became of them, and the ledger's word for them.

use super::sample::{activity, approval, open, pending, uuid};
use crate::database::{Database, Kind};
use crate::{DraftState, KeptDraft, SettingsStore, SignedDrafts};
use domain::ports::*;
use domain::*;
use sqlx::migrate::Migrator;

const NOON: Timestamp = Timestamp(20_000 * 86_400_000 + 43_200_000);

fn took() -> Usage {
    Usage {
        tokens: Tokens { input: 100, output: 20, ..Tokens::ZERO },
        cost: Some(Cost { micro_dollars: 7, is_exact: true }),
        is_estimate: false,
    }
}

fn reply(text: &str) -> KeptDraft {
    KeptDraft::Reply {
        text: text.to_owned(),
        sources: vec![DraftSource {
            article_id: Some("1".into()),
            title: "Refunds".to_owned(),
            url: Some("https://help.example/1".to_owned()),
            quotation: "It takes five days".to_owned(),
        }],
        open: vec!["[e-mail]".to_owned()],
    }
}

fn id(number: u128) -> DraftId {
    DraftId(uuid(number))
}

#[tokio::test]
async fn a_draft_is_kept_whole_whatever_came_and_takes_the_place_of_the_one_before() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await.id;
    assert_eq!(it.store.find_draft(suggestion).await.unwrap(), None);
    let handed = KeptDraft::HandOver { reason: "Nobody knows.".to_owned() };
    let unproven = KeptDraft::Unproven { sentence: "It was not taken.".to_owned() };
    for (number, draft) in [(50, reply("It is refunded.")), (51, handed), (52, unproven)] {
        assert!(it.store.begin_draft(id(number), suggestion, NOON).await.unwrap());
        assert!(!it.store.begin_draft(id(99), suggestion, NOON).await.unwrap(), "one at a time");
        assert!(it.store.keep_draft(id(number), &draft, "a-model", &took(), NOON).await.unwrap());
        assert!(!it.store.keep_draft(id(number), &draft, "a-model", &Usage::NONE, NOON).await.unwrap());
        let kept = it.store.find_draft(suggestion).await.unwrap().unwrap();
        assert_eq!((kept.id, kept.suggestion_id, kept.asked_at), (id(number), suggestion, NOON));
        assert!(!format!("{kept:?}").contains("refunded"), "what was drafted stays out of logs");
        assert_eq!(kept.state, DraftState::Came { draft, model: "a-model".to_owned() });
    }
    assert_eq!(it.store.find_draft_by_id(id(50)).await.unwrap(), None);
    assert!(it.store.find_draft_by_id(id(52)).await.unwrap().is_some());
    let day = it.store.get_model_usage(NOON).await.unwrap();
    assert_eq!((day.questions, day.drafts, day.tokens(), day.micro_dollars), (0, 3, 360, 21));
}

#[tokio::test]
async fn a_draft_for_what_no_longer_stands_or_was_given_up_is_dropped_and_paid_for() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.begin_draft(id(50), first.id, NOON).await.unwrap();
    it.store.forget_draft(id(50), &Usage::NONE, NOON).await.unwrap();
    assert!(!it.store.keep_draft(id(50), &reply("x"), "a-model", &took(), NOON).await.unwrap());
    it.store.begin_draft(id(51), first.id, NOON).await.unwrap();
    it.store
        .supersede_open_suggestion(&first.conversation_id, &Supersession::NewMessage, NOON)
        .await
        .unwrap();
    assert!(!it.store.keep_draft(id(51), &reply("x"), "a-model", &took(), NOON).await.unwrap());
    assert_eq!(it.store.find_draft(first.id).await.unwrap(), None);
    assert!(!it.store.begin_draft(id(52), first.id, NOON).await.unwrap(), "it no longer waits for a person");
    assert_eq!(it.store.get_model_usage(NOON).await.unwrap().drafts, 2);

    let second = pending(&it.store, 2, "200").await;
    it.store.begin_draft(id(53), second.id, NOON).await.unwrap();
    assert_eq!(it.store.end_drafts("It ended.", NOON).await.unwrap(), 1);
    let kept = it.store.find_draft(second.id).await.unwrap().unwrap();
    assert_eq!(kept.state, DraftState::None { why: "It ended.".to_owned() });
    assert!(!it.store.keep_no_draft(id(53), "Another reason.", &Usage::NONE, NOON).await.unwrap());
}

#[tokio::test]
async fn drafts_that_were_signed_are_counted_and_their_edits_told_apart() {
    let it = open().await;
    for (number, conversation, is_changed) in [(1, "100", false), (2, "200", true)] {
        let suggestion = pending(&it.store, number, conversation).await;
        it.store.begin_draft(id(50 + number), suggestion.id, NOON).await.unwrap();
        it.store.keep_draft(id(50 + number), &reply("x"), "a-model", &took(), NOON).await.unwrap();
        let mut record = approval(10 * number, &suggestion);
        record.draft = Some(id(50 + number));
        if is_changed {
            record.edit = vec![EditPiece { kind: EditKind::Added, text: "x".to_owned() }];
        }
        it.store.record_decision(&record).await.unwrap();
    }
    assert_eq!(it.store.count_signed_drafts().await.unwrap(), SignedDrafts { signed: 2, edited: 1 });
    let edits = it.store.list_edits(9).await.unwrap();
    assert_eq!(edits.iter().map(|edit| edit.was_draft).collect::<Vec<_>>(), [true]);
    it.store.undo_decision(DecisionId(uuid(10)), NOON, &activity("undone")).await.unwrap();
    assert_eq!(it.store.count_signed_drafts().await.unwrap(), SignedDrafts { signed: 1, edited: 1 });
}

#[tokio::test]
async fn no_draft_outlives_the_text_of_its_conversation_nor_comes_in_behind_it() {
    let it = open().await;
    let there = pending(&it.store, 1, "100").await;
    it.store.begin_draft(id(50), there.id, NOON).await.unwrap();
    it.store.keep_draft(id(50), &reply("zyxwvut"), "a-model", &took(), NOON).await.unwrap();
    let under_way = pending(&it.store, 2, "200").await;
    it.store.begin_draft(id(51), under_way.id, NOON).await.unwrap();
    for conversation in ["100", "200"] {
        it.store.delete_conversation(&conversation.into(), NOON).await.unwrap();
    }
    assert!(!it.store.keep_draft(id(51), &reply("zyxwvut"), "a-model", &took(), NOON).await.unwrap());
    assert!(!it.store.keep_no_draft(id(51), "why", &Usage::NONE, NOON).await.unwrap());
    for suggestion in [there.id, under_way.id] {
        assert_eq!(it.store.find_draft(suggestion).await.unwrap(), None);
    }
}

/// The settings file as the version before had it.
fn before_drafts() -> &'static Migrator {
    let older = crate::settings::KIND.migrator.iter().filter(|migration| migration.version < 3).cloned();
    Box::leak(Box::new(Migrator::with_migrations(older.collect())))
}

#[tokio::test]
async fn a_ledger_of_an_older_version_is_taken_over_and_knows_drafts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("countersign.sqlite");
    let kind = Kind { migrator: before_drafts(), ..crate::settings::KIND };
    let older = Database::open(&path, kind).await.unwrap();
    let insert = "INSERT INTO egress (at, host, port, sent_bytes, received_bytes, purpose, outcome, status)
                  VALUES (?1, 'api.example.com', 443, 5, 6, 'check_key', 'answered', 200)";
    for at in [1, 2, 3] {
        sqlx::query(insert).bind(at).execute(&older.writer).await.unwrap();
    }
    sqlx::query("DELETE FROM egress WHERE id = 3").execute(&older.writer).await.unwrap();
    older.close().await;

    let store = SettingsStore::open(&path).await.unwrap();
    let record = EgressRecord {
        host: "api.example.com".to_owned(),
        port: 443,
        at: Timestamp(4),
        sent_bytes: 5,
        received_bytes: 6,
        purpose: EgressPurpose::Draft,
        outcome: EgressOutcome::Answered { status: 200 },
    };
    store.insert_egress(&[(None, record)], Timestamp(0)).await.unwrap();
    let rows = store.list_egress(None, 9).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.record.at.0, row.record.purpose)).collect();
    assert_eq!(told, [(4, EgressPurpose::Draft), (2, EgressPurpose::CheckKey), (1, EgressPurpose::CheckKey)]);
    assert!(rows[0].id > 2 && rows[1].id == 2, "numbers stay, and go on: {rows:?}");
}
