//! What the vendor erased is erased here: from rows, index, suggestions, lessons, raw bodies, and from the bytes
//! of the file.

use super::sample::{self, Open, approval, conversation, delivery, open, pending};
use crate::{ConversationFilter, SuggestionFilter, SuggestionScope};
use domain::*;

const SECRET: &str = "Zyxwvutsecret";

/// A decided and a pending suggestion on a conversation that tells a secret.
async fn with_secret() -> (Open, Conversation) {
    let it = open().await;
    let mut told = conversation("100", &[("p1", 10), ("p2", 20)]);
    told.parts[1].text = Some(format!("My secret is {SECRET} and more"));
    told.subject = Some("A plain subject".to_owned());
    it.store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
    let mut first = sample::suggestion(1, &told);
    first.evidence[0].text = SECRET.to_owned();
    it.store.insert_suggestion(&first, &Supersession::NewMessage).await.unwrap();
    let mut record = approval(1, &first);
    record.lesson.as_mut().unwrap().message = serde_json::json!({ "text": SECRET });
    record.edit = vec![EditPiece { kind: EditKind::Added, text: SECRET.to_owned() }];
    it.store.record_decision(&record).await.unwrap();
    let mut second = sample::suggestion(2, &told);
    second.evidence[0].text = SECRET.to_owned();
    it.store.insert_suggestion(&second, &Supersession::NewMessage).await.unwrap();
    let mut raw = delivery(1, Some("n1"));
    raw.body = SECRET.as_bytes().into();
    it.store.insert_deliveries(&[raw]).await.unwrap();
    it.store.insert_import(&super::imports::import(1, Some(&told.id), &[SECRET])).await.unwrap();
    (it, told)
}

/// Whether the secret stands anywhere in the file once its log is folded in.
async fn is_in_the_file(it: &Open) -> bool {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&it.store.database.writer).await.unwrap();
    let mut bytes = std::fs::read(&it.path).unwrap();
    bytes.make_ascii_lowercase();
    // The index stores a word without the beginning it shares with its neighbour.
    let tail = &SECRET.to_lowercase().into_bytes()[3..];
    bytes.windows(tail.len()).any(|window| window == tail)
}

async fn search(it: &Open, text: &str) -> usize {
    let filter =
        ConversationFilter { search: Some(text.to_owned()), limit: 9, ..ConversationFilter::default() };
    it.store.list_conversations(&filter).await.unwrap().len()
}

#[tokio::test]
async fn a_deleted_conversation_leaves_no_word_behind() {
    let (it, told) = with_secret().await;
    assert!(is_in_the_file(&it).await, "the test sees what is there");
    assert_eq!(search(&it, SECRET).await, 1);
    it.store.delete_conversation(&told.id, Timestamp(5000)).await.unwrap();
    assert_eq!(it.store.find_conversation(&told.id).await, Ok(None));
    assert_eq!(search(&it, SECRET).await, 0);
    assert_eq!(it.store.find_open_suggestion(&told.id).await, Ok(None));
    let newest = it.store.find_newest_suggestion(&told.id).await.unwrap().unwrap();
    assert_eq!(newest.state, SuggestionState::Superseded { reason: Supersession::Deleted });
    assert_eq!(it.store.list_lessons(9).await, Ok(vec![]));
    let (row, body) = it.store.find_delivery(delivery(1, None).id).await.unwrap().unwrap();
    assert_eq!((row.size, body), (i64::try_from(SECRET.len()).unwrap(), vec![]));
    assert!(!is_in_the_file(&it).await, "not even in free pages");
    assert_eq!(it.store.list_decisions(None, 9).await.unwrap().len(), 1, "the decision stays on record");
    let all = SuggestionFilter { state: SuggestionScope::All, limit: 9, ..SuggestionFilter::default() };
    let rows = it.store.list_suggestions(&all).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].conversation_status, ConversationStatus::Closed);
    assert_eq!((rows[0].subject.as_deref(), rows[0].preview.as_str()), (None, ""));
}

#[tokio::test]
async fn a_copy_fetched_before_the_deletion_does_not_bring_it_back() {
    let (it, mut told) = with_secret().await;
    it.store.delete_conversation(&told.id, Timestamp(5000)).await.unwrap();
    it.store.upsert_conversation(&told, Timestamp(5001)).await.unwrap();
    assert_eq!(it.store.find_conversation(&told.id).await, Ok(None));
    told.updated_at = Timestamp(5002);
    it.store.upsert_conversation(&told, Timestamp(5003)).await.unwrap();
    assert!(
        it.store.find_conversation(&told.id).await.unwrap().is_some(),
        "one changed since is there again"
    );
}

#[tokio::test]
async fn a_redacted_part_loses_its_text_everywhere_and_for_good() {
    let (it, told) = with_secret().await;
    let mut redacted = told.clone();
    redacted.parts[1].redacted = true;
    redacted.parts[1].text = None;
    it.store.upsert_conversation(&redacted, Timestamp(2)).await.unwrap();
    assert!(!is_in_the_file(&it).await);
    assert_eq!(search(&it, SECRET).await, 0);
    assert_eq!(search(&it, "plain subject").await, 1, "the rest is still found");
    let rows =
        it.store.list_conversations(&ConversationFilter { limit: 9, ..Default::default() }).await.unwrap();
    assert_eq!(rows[0].preview, "text of p1");
    let open = it.store.find_open_suggestion(&told.id).await.unwrap().unwrap();
    assert_eq!(open.evidence, []);
    it.store.upsert_conversation(&told, Timestamp(3)).await.unwrap();
    let kept = it.store.find_conversation(&told.id).await.unwrap().unwrap();
    assert_eq!((kept.parts[1].redacted, &kept.parts[1].text), (true, &None));
}

#[tokio::test]
async fn a_contact_that_was_never_kept_has_no_name_left_either() {
    let it = open().await;
    pending(&it.store, 1, "100").await;
    pending(&it.store, 2, "200").await;
    assert_eq!(search(&it, "maria").await, 2);
    for _ in 0..2 {
        it.store.delete_contact(&"c1".into(), Timestamp(900)).await.unwrap();
        assert_eq!(search(&it, "maria").await, 0);
    }
    assert_eq!(search(&it, "text of p1").await, 2, "the rest is still found");
    let kept = it.store.find_conversation(&"200".into()).await.unwrap().unwrap();
    assert_eq!((&kept.parts[0].author.name, &kept.parts[0].author.email), (&None, &None));
}

#[tokio::test]
async fn a_deleted_contact_has_no_name_left() {
    let it = open().await;
    pending(&it.store, 1, "100").await;
    it.store.upsert_contact(&super::small::contact("c1", SECRET), Timestamp(1)).await.unwrap();
    assert_eq!(search(&it, SECRET).await, 1);
    it.store.delete_contact(&"c1".into(), Timestamp(900)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(None));
    assert_eq!(search(&it, SECRET).await, 0);
    assert_eq!(search(&it, "maria").await, 0);
    assert!(!is_in_the_file(&it).await);
    let kept = it.store.find_conversation(&"100".into()).await.unwrap().unwrap();
    assert_eq!((&kept.parts[0].author.name, &kept.parts[0].author.email), (&None, &None));
    let mut stale = super::small::contact("c1", SECRET);
    stale.updated_at = Some(Timestamp(900));
    it.store.upsert_contact(&stale, Timestamp(901)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(None), "fetched before it was deleted");
}
