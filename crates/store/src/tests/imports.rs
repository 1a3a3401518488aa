//! Labelled history: kept whole, taken back whole, older than any decision, and erased with its people.

use super::sample::{approval, conversation, open, pending, uuid};
use crate::{ImportSource, ImportedLesson, LessonId, NewImport, StoreError, TagCount};
use domain::*;

pub(crate) fn import(number: u128, from: Option<&ConversationId>, texts: &[&str]) -> NewImport {
    NewImport {
        id: ImportId(uuid(number)),
        at: Timestamp(9_000 + i64::try_from(number).unwrap()),
        source: if from.is_some() { ImportSource::Tags } else { ImportSource::File },
        name: "history.csv".to_owned(),
        lessons: texts
            .iter()
            .map(|text| ImportedLesson {
                bucket_id: "billing".into(),
                conversation_id: from.cloned(),
                message: serde_json::json!({ "newest": text }),
            })
            .collect(),
    }
}

#[tokio::test]
async fn what_was_imported_counts_as_older_than_any_decision() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let record = approval(10, &suggestion);
    it.store.record_decision(&record).await.unwrap();
    it.store.insert_import(&import(1, None, &["one", "two"])).await.unwrap();
    it.store.insert_import(&import(2, None, &["three"])).await.unwrap();
    let ids = async |newest| -> Vec<LessonId> {
        it.store.list_lessons(newest).await.unwrap().into_iter().map(|lesson| lesson.id).collect()
    };
    let (first, second) = (ImportId(uuid(1)), ImportId(uuid(2)));
    let decided = LessonId::Decision(record.decision.id);
    let imported = [LessonId::Import(first, 0), LessonId::Import(first, 1), LessonId::Import(second, 0)];
    assert_eq!(ids(9).await, [imported.as_slice(), &[decided]].concat());
    assert_eq!(ids(2).await, [imported[2], decided], "where there is room for few, decisions stay");
    assert_eq!(it.store.count_lessons().await, Ok(4));
    let lesson = it.store.find_lesson(imported[1]).await.unwrap().unwrap();
    assert_eq!((lesson.preview.as_str(), lesson.kind, lesson.conversation_id), ("two", None, None));
    let texts: Vec<String> = it.store.list_imported_texts().await.unwrap().into_iter().collect();
    assert_eq!(texts, ["one", "three", "two"]);
}

#[tokio::test]
async fn an_import_is_taken_back_whole_and_once() {
    let it = open().await;
    it.store.insert_import(&import(1, None, &["one", "two"])).await.unwrap();
    it.store.insert_import(&import(2, None, &["three"])).await.unwrap();
    let id = ImportId(uuid(1));
    assert_eq!(it.store.undo_import(id, Timestamp(10)).await, Ok(2));
    assert_eq!(it.store.undo_import(id, Timestamp(11)).await, Err(StoreError::AlreadyUndone));
    assert_eq!(
        it.store.undo_import(ImportId(uuid(9)), Timestamp(11)).await,
        Err(StoreError::NotFound("import"))
    );
    let rows = it.store.list_imports(9).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.brought, row.kept, row.undone_at)).collect();
    assert_eq!(told, [(1, 1, None), (2, 0, Some(Timestamp(10)))]);
    assert_eq!(it.store.count_lessons().await, Ok(1));
}

#[tokio::test]
async fn tags_are_counted_and_their_conversations_found_oldest_first() {
    let it = open().await;
    for (id, at, tags) in
        [("100", 30, vec!["vip", "refund"]), ("200", 10, vec!["refund"]), ("300", 20, vec![])]
    {
        let mut kept = conversation(id, &[("p1", at), ("p2", at + 1)]);
        kept.tags = tags.into_iter().map(str::to_owned).collect();
        kept.parts[0].author.kind = AuthorKind::Admin;
        it.store.upsert_conversation(&kept, Timestamp(1)).await.unwrap();
    }
    let tag = |tag: &str, conversations| TagCount { tag: tag.to_owned(), conversations };
    assert_eq!(it.store.count_tags().await, Ok(vec![tag("refund", 2), tag("vip", 1)]));
    let tagged = it.store.list_tagged(9).await.unwrap();
    assert_eq!(tagged.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["200", "100"]);
    assert_eq!(
        tagged[0].text.as_deref(),
        Some("text of p2"),
        "what a teammate wrote is not what it is about"
    );
}

#[tokio::test]
async fn a_lesson_from_a_conversation_goes_with_it() {
    let it = open().await;
    let told = conversation("100", &[("p1", 10)]);
    it.store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
    it.store.insert_import(&import(1, Some(&told.id), &["one"])).await.unwrap();
    it.store.delete_conversation(&told.id, Timestamp(5)).await.unwrap();
    assert_eq!(it.store.count_lessons().await, Ok(0));
    let unlearn = tokio::time::timeout(std::time::Duration::from_secs(5), it.store.lessons_erased());
    assert!(unlearn.await.is_ok(), "the model is told to forget it");
}

#[tokio::test]
async fn a_line_that_names_somebody_goes_when_they_are_erased() {
    let it = open().await;
    let kept = conversation("100", &[("p1", 10)]);
    it.store.upsert_conversation(&kept, Timestamp(1)).await.unwrap();
    let lines = [
        "Write to MARIA@customer.example please",
        "Maria Silva wants her \"money\" back",
        "Where is my parcel?",
    ];
    it.store.insert_import(&import(1, None, &lines)).await.unwrap();
    let preview = it.store.preview_erasure(&"c1".into()).await.unwrap().unwrap();
    assert_eq!(preview.lessons, 2);
    let new = crate::NewErasure {
        id: ErasureId(uuid(1)),
        contact_id: "c1".into(),
        cause: ErasureCause::Person,
        keep_id: false,
        at: Timestamp(20),
        contact_key: "key".to_owned(),
        salt: "salt".to_owned(),
    };
    it.store.begin_erasure(&new).await.unwrap();
    let begun = it.store.list_unfinished_erasures().await.unwrap().remove(0);
    it.store.erase_person(&begun).await.unwrap();
    let left: Vec<String> = it.store.list_imported_texts().await.unwrap().into_iter().collect();
    assert_eq!(left, ["Where is my parcel?"]);
    assert_eq!(it.store.list_unfinished_erasures().await.unwrap()[0].counts.lessons, 2);
}
