//! Second opinions, what they took, and the ledger of what left.

use super::sample::{self, approval, open, pending};
use crate::{OpinionState, SettingsStore};
use domain::ports::*;
use domain::*;

const NOON: Timestamp = Timestamp(20_000 * 86_400_000 + 43_200_000);

fn usage(input: u64, output: u64, micro_dollars: Option<u64>) -> Usage {
    Usage {
        tokens: Tokens { input, output, ..Tokens::ZERO },
        cost: micro_dollars.map(|micro_dollars| Cost { micro_dollars, is_exact: true }),
        is_estimate: false,
    }
}

fn opinion(bucket: Option<&str>, reason: &str) -> Opinion {
    Opinion {
        choice: bucket.map_or(Choice::NoneOfThese, |key| Choice::Bucket { key: key.into() }),
        sureness: Sureness::Stated { value: 0.75 },
        reason: reason.to_owned(),
        model: "a-model".to_owned(),
        usage: usage(100, 20, Some(7)),
        latency_ms: 5,
    }
}

#[tokio::test]
async fn a_suggestion_is_asked_about_once_and_the_newest_message_first() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    let second = pending(&it.store, 2, "200").await;
    assert_eq!(it.store.list_unasked(None, 9).await.unwrap(), [second.id, first.id]);
    assert_eq!(it.store.list_unasked(Some(0.875), 9).await.unwrap(), [], "as sure as that is sure enough");
    assert_eq!(it.store.list_unasked(Some(0.9), 1).await.unwrap(), [second.id]);
    assert!(it.store.begin_opinion(second.id, Timestamp(5)).await.unwrap());
    assert!(!it.store.begin_opinion(second.id, Timestamp(6)).await.unwrap());
    assert_eq!(it.store.list_unasked(None, 9).await.unwrap(), [first.id]);
    assert_eq!(it.store.find_opinion(second.id).await.unwrap(), Some(OpinionState::Asked));
    assert_eq!(it.store.find_opinion(first.id).await.unwrap(), None);
    // As at the start of the program.
    assert_eq!(it.store.end_questions("It ended.", Timestamp(7)).await.unwrap(), 1);
    let why = "It ended.".to_owned();
    assert_eq!(it.store.find_opinion(second.id).await.unwrap(), Some(OpinionState::None { why }));
    assert_eq!(it.store.list_unasked(None, 9).await.unwrap(), [first.id]);
}

#[tokio::test]
async fn a_suggestion_without_a_bucket_is_below_every_line() {
    let it = open().await;
    let conversation = sample::conversation("100", &[("p1", 1)]);
    it.store.upsert_conversation(&conversation, Timestamp(1)).await.unwrap();
    let nothing = Suggestion { bucket_id: None, confidence: 0.0, ..sample::suggestion(1, &conversation) };
    it.store.insert_suggestion(&nothing, &Supersession::NewMessage).await.unwrap();
    assert_eq!(it.store.list_unasked(Some(0.0), 9).await.unwrap(), [nothing.id]);
}

#[tokio::test]
async fn an_opinion_is_kept_whole_and_so_is_the_reason_for_none() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.begin_opinion(first.id, NOON).await.unwrap();
    assert!(it.store.keep_opinion(first.id, &opinion(Some("general"), "It asks."), NOON).await.unwrap());
    let Some(OpinionState::Given(given)) = it.store.find_opinion(first.id).await.unwrap() else {
        panic!("it is kept")
    };
    assert_eq!(given.choice, Choice::Bucket { key: "general".into() });
    assert_eq!((given.sureness, given.reason.as_str()), (Sureness::Stated { value: 0.75 }, "It asks."));
    assert_eq!(given.model, "a-model");
    assert!(!format!("{given:?}").contains("It asks"), "what a customer said stays out of logs");
    assert_eq!(it.store.list_open_opinions().await.unwrap().keys().collect::<Vec<_>>(), [&first.id]);
    assert!(!it.store.keep_opinion(first.id, &opinion(None, ""), NOON).await.unwrap(), "one is enough");

    let second = pending(&it.store, 2, "200").await;
    it.store.begin_opinion(second.id, NOON).await.unwrap();
    let none = NoOpinion { why: Why::Refused, usage: usage(10, 1, None) };
    assert!(it.store.keep_no_opinion(second.id, &none, NOON).await.unwrap());
    let why = "The language model declined to answer about this conversation.".to_owned();
    assert_eq!(it.store.find_opinion(second.id).await.unwrap(), Some(OpinionState::None { why }));
    assert_eq!(it.store.list_open_opinions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_opinion_on_what_no_longer_stands_is_dropped_and_paid_for() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.begin_opinion(first.id, NOON).await.unwrap();
    it.store
        .supersede_open_suggestion(&first.conversation_id, &Supersession::NewMessage, NOON)
        .await
        .unwrap();
    assert!(!it.store.keep_opinion(first.id, &opinion(Some("general"), "x"), NOON).await.unwrap());
    assert_eq!(it.store.find_opinion(first.id).await.unwrap(), None);
    assert_eq!(it.store.get_model_usage(NOON).await.unwrap().tokens(), 120);
}

#[tokio::test]
async fn no_text_comes_in_behind_an_erasing() {
    let it = open().await;
    let first = pending(&it.store, 1, "100").await;
    it.store.begin_opinion(first.id, NOON).await.unwrap();
    it.store.delete_conversation(&first.conversation_id, NOON).await.unwrap();
    assert!(!it.store.keep_opinion(first.id, &opinion(Some("general"), "told"), NOON).await.unwrap());
    assert_eq!(it.store.find_opinion(first.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_redacted_message_takes_the_reason_with_it_and_ends_the_question() {
    let it = open().await;
    let told = pending(&it.store, 1, "100").await;
    it.store.begin_opinion(told.id, NOON).await.unwrap();
    it.store.keep_opinion(told.id, &opinion(Some("general"), "He says zyxwvut."), NOON).await.unwrap();
    let under_way = pending(&it.store, 2, "200").await;
    it.store.begin_opinion(under_way.id, NOON).await.unwrap();
    for (id, at) in [("100", 1), ("200", 2)] {
        let mut redacted = sample::conversation(id, &[("p1", at)]);
        redacted.parts[0].redacted = true;
        redacted.parts[0].text = None;
        redacted.updated_at = Timestamp(50);
        it.store.upsert_conversation(&redacted, Timestamp(60)).await.unwrap();
    }
    let Some(OpinionState::Given(given)) = it.store.find_opinion(told.id).await.unwrap() else {
        panic!("that there was one is still known")
    };
    assert_eq!(given.reason, "");
    assert!(!it.store.keep_opinion(under_way.id, &opinion(None, "zyxwvut"), NOON).await.unwrap());
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&it.store.database.writer).await.unwrap();
    let bytes = std::fs::read(&it.path).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"zyxwvut"));
}

#[tokio::test]
async fn pairs_tell_what_both_said_and_what_was_decided() {
    let it = open().await;
    for (number, said) in [(1, Some("general")), (2, Some("billing")), (3, None)] {
        let suggestion = pending(&it.store, number, &format!("{number}00")).await;
        it.store.begin_opinion(suggestion.id, NOON).await.unwrap();
        it.store.keep_opinion(suggestion.id, &opinion(said, ""), NOON).await.unwrap();
        it.store.record_decision(&approval(number, &suggestion)).await.unwrap();
    }
    let pairs = it.store.list_opinion_pairs(9).await.unwrap();
    let told: Vec<_> =
        pairs.iter().map(|pair| (pair.local.as_str(), pair.second.as_str(), pair.decided.as_str())).collect();
    assert_eq!(told, [("billing", "general", "billing"), ("billing", "billing", "billing")]);
    assert_eq!((pairs[0].confidence, pairs[0].sureness), (0.875, 0.75));
    assert_eq!(it.store.list_opinion_pairs(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn days_are_counted_apart_and_raised_to_what_was_spent() {
    let it = open().await;
    let next = NOON.plus_ms(86_400_000);
    for (number, at, took) in
        [(1, NOON, usage(100, 10, Some(5))), (2, NOON, usage(50, 5, None)), (3, next, usage(1, 1, Some(1)))]
    {
        let suggestion = pending(&it.store, number, &format!("{number}00")).await;
        it.store.begin_opinion(suggestion.id, at).await.unwrap();
        it.store.drop_opinion(suggestion.id, &took, at).await.unwrap();
        assert_eq!(it.store.find_opinion(suggestion.id).await.unwrap(), None);
    }
    let day = it.store.get_model_usage(NOON).await.unwrap();
    assert_eq!((day.questions, day.tokens(), day.micro_dollars), (2, 165, 5));
    assert_eq!((day.unpriced_tokens, day.is_exact, day.is_estimate), (55, true, false));
    it.store.raise_model_usage(NOON, 165, 5).await.unwrap();
    assert!(!it.store.get_model_usage(NOON).await.unwrap().is_estimate, "there was nothing to raise");
    it.store.raise_model_usage(NOON, 1_000, 9).await.unwrap();
    let day = it.store.get_model_usage(NOON).await.unwrap();
    assert_eq!((day.tokens(), day.unheard_tokens, day.micro_dollars, day.is_estimate), (1_000, 835, 9, true));
    let days = it.store.list_model_usage(9).await.unwrap();
    assert_eq!(days.iter().map(|day| day.questions).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(it.store.get_model_usage(Timestamp(0)).await.unwrap().tokens(), 0);
}

#[tokio::test]
async fn the_ledger_is_read_in_pages_and_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = SettingsStore::open(&folder.path().join("countersign.sqlite")).await.unwrap();
    let record = |at, outcome| EgressRecord {
        host: "api.example.com".to_owned(),
        port: 443,
        at: Timestamp(at),
        sent_bytes: 1_200,
        received_bytes: 300,
        purpose: EgressPurpose::CheckKey,
        outcome,
    };
    let workspace = Some(WorkspaceId(sample::uuid(9)));
    let entries = [
        (workspace, record(10, EgressOutcome::Answered { status: 200 })),
        (None, record(20, EgressOutcome::NoAnswer)),
        (workspace, record(30, EgressOutcome::NoConnection)),
    ];
    store.insert_egress(&entries, Timestamp(0)).await.unwrap();
    let first = store.list_egress(None, 2).await.unwrap();
    assert_eq!(first.iter().map(|row| row.record.at.0).collect::<Vec<_>>(), [30, 20]);
    let rest = store.list_egress(Some(first[1].id), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].workspace, &rest[0].record), (workspace, &entries[0].1));
    store.insert_egress(&[], Timestamp(20)).await.unwrap();
    assert_eq!(store.list_egress(None, 9).await.unwrap().len(), 2, "the oldest is over");
}
