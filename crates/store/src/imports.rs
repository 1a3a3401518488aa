//! Labelled history that a person brought along: lessons that no decision here taught.
//!
//! They count as older than any decision, so that what the team decides goes before them, and an import is taken back
//! whole. Its lines are texts of customers: those made from a conversation go with it, and those that name somebody who
//! is erased go with that person.

use crate::column::{from_json, from_word, readable, small, to_json};
use crate::erasure::LookedFor;
use crate::error::StoreError;
use crate::store::Store;
use domain::{BucketId, ConversationId, ImportId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Where labels came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportSource {
    /// Lines of a file.
    File,
    /// Tags of conversations that are kept here.
    Tags,
}

impl ImportSource {
    /// The word used in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Tags => "tags",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::File, Self::Tags].into_iter().find(|source| source.as_str() == word)
    }
}

/// A message with its bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedLesson {
    /// Where it belongs; [`domain::NONE_OF_THESE`] for none.
    pub bucket_id: BucketId,
    /// The conversation it was made from.
    pub conversation_id: Option<ConversationId>,
    /// The message, as lessons keep it.
    pub message: serde_json::Value,
}

/// An import to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewImport {
    /// Its id.
    pub id: ImportId,
    /// When.
    pub at: Timestamp,
    /// Where labels came from.
    pub source: ImportSource,
    /// The name of the file; empty for tags.
    pub name: String,
    /// What it brought, in order.
    pub lessons: Vec<ImportedLesson>,
}

/// An import in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Which.
    pub id: ImportId,
    /// When.
    pub at: Timestamp,
    /// Where labels came from.
    pub source: ImportSource,
    /// The name of the file; empty for tags.
    pub name: String,
    /// Lessons that it brought.
    pub brought: u32,
    /// Lessons of it that are still there: some may have been erased with their people.
    pub kept: u32,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// How many conversations carry a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many.
    pub conversations: u32,
}

/// A conversation with its tags and the first thing that its customer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedConversation {
    /// The conversation.
    pub id: ConversationId,
    /// Its subject.
    pub subject: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What the customer wrote first; `None` where no text of theirs is kept.
    pub text: Option<String>,
}

impl Store {
    /// Keeps an import with its lessons, whole or not at all.
    pub async fn insert_import(&self, new: &NewImport) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        sqlx::query("INSERT INTO imports (id, at, source, name, brought) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(new.id.0)
            .bind(new.at.0)
            .bind(new.source.as_str())
            .bind(&new.name)
            .bind(i64::try_from(new.lessons.len()).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await?;
        for (place, lesson) in (0_i64..).zip(&new.lessons) {
            sqlx::query(
                "INSERT INTO imported_lessons (import_id, place, bucket_id, conversation_id, message)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(new.id.0)
            .bind(place)
            .bind(lesson.bucket_id.as_str())
            .bind(lesson.conversation_id.as_ref().map(ConversationId::as_str))
            .bind(to_json(&lesson.message)?)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await
    }

    /// Takes an import back whole. Returns how many lessons went; [`StoreError::AlreadyUndone`] when it was before.
    pub async fn undo_import(&self, id: ImportId, at: Timestamp) -> Result<u32, StoreError> {
        let mut tx = self.database.write().await?;
        let done = sqlx::query("UPDATE imports SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL")
            .bind(id.0)
            .bind(at.0)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            let is_known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM imports WHERE id = ?1)")
                .bind(id.0)
                .fetch_one(&mut *tx)
                .await?;
            return Err(if is_known { StoreError::AlreadyUndone } else { StoreError::NotFound("import") });
        }
        let gone = sqlx::query("DELETE FROM imported_lessons WHERE import_id = ?1")
            .bind(id.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(u32::try_from(gone.rows_affected()).unwrap_or(u32::MAX))
    }

    /// Imports, newest first.
    pub async fn list_imports(&self, limit: u32) -> Result<Vec<ImportRow>, StoreError> {
        let rows: Vec<ImportColumns> = sqlx::query_as(
            "SELECT
                id,
                at,
                source,
                name,
                brought,
                (SELECT COUNT(*) FROM imported_lessons WHERE import_id = imports.id) AS kept,
                undone_at
             FROM imports
             ORDER BY at DESC, id DESC
             LIMIT ?1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(ImportRow::try_from)))
    }

    /// The texts of every imported lesson, to tell what is there already.
    pub async fn list_imported_texts(&self) -> Result<BTreeSet<String>, StoreError> {
        let texts: Vec<Option<String>> =
            sqlx::query_scalar("SELECT json_extract(message, '$.newest') FROM imported_lessons")
                .fetch_all(&self.database.readers)
                .await?;
        Ok(texts.into_iter().flatten().collect())
    }

    /// How many conversations carry each tag, the most frequent first.
    pub async fn count_tags(&self) -> Result<Vec<TagCount>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT tag.value, COUNT(*)
             FROM conversations
             CROSS JOIN json_each(conversations.tags) AS tag
             GROUP BY tag.value
             ORDER BY COUNT(*) DESC, tag.value",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(tag, conversations)| TagCount { tag, conversations: small(conversations) })
            .collect())
    }

    /// The newest conversations that carry a tag, oldest first.
    pub async fn list_tagged(&self, limit: u32) -> Result<Vec<TaggedConversation>, StoreError> {
        let rows: Vec<(String, Option<String>, String, Option<String>)> = sqlx::query_as(
            "SELECT
                id,
                subject,
                tags,
                (
                    SELECT text FROM parts
                    WHERE parts.conversation_id = conversations.id
                        AND parts.author_kind = 'contact'
                        AND COALESCE(parts.text, '') <> ''
                    ORDER BY parts.place
                    LIMIT 1
                )
             FROM conversations
             WHERE tags <> '[]'
             ORDER BY created_at DESC, id DESC
             LIMIT ?1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().rev().map(|(id, subject, tags, text)| {
            let tags = from_json("the tags of a conversation", &tags)?;
            Ok(TaggedConversation { id: ConversationId(id), subject, tags, text })
        })))
    }
}

/// Takes away the lessons that were made from a conversation. Returns how many.
pub(crate) async fn erase_conversation(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<u64, StoreError> {
    let gone = sqlx::query("DELETE FROM imported_lessons WHERE conversation_id = ?1")
        .bind(conversation.as_str())
        .execute(tx)
        .await?;
    Ok(gone.rows_affected())
}

/// How many lessons name a person or hold lines of theirs, but for those made from some conversations.
pub(crate) async fn count_naming(
    tx: &mut SqliteConnection,
    looked_for: &LookedFor,
    except: &BTreeSet<ConversationId>,
) -> Result<u32, StoreError> {
    let naming = naming(tx, looked_for).await?;
    let others = naming.iter().filter(|(_, _, from)| from.as_ref().is_none_or(|id| !except.contains(id)));
    Ok(u32::try_from(others.count()).unwrap_or(u32::MAX))
}

async fn naming(
    tx: &mut SqliteConnection,
    looked_for: &LookedFor,
) -> Result<Vec<(Uuid, i64, Option<ConversationId>)>, StoreError> {
    let Some(finder) = looked_for.finder()? else { return Ok(vec![]) };
    let rows: Vec<(Uuid, i64, Option<String>, String)> =
        sqlx::query_as("SELECT import_id, place, conversation_id, message FROM imported_lessons")
            .fetch_all(tx)
            .await?;
    let names = |message: &str| {
        // As the words stand, not as JSON escapes them.
        let message: serde_json::Value = serde_json::from_str(message).unwrap_or_default();
        let texts = ["subject", "newest"].map(|key| message.get(key).and_then(serde_json::Value::as_str));
        texts.into_iter().flatten().any(|text| finder.is_match(text))
    };
    Ok(rows
        .into_iter()
        .filter(|(_, _, _, message)| names(message))
        .map(|(import, place, from, _)| (import, place, from.map(ConversationId)))
        .collect())
}

/// Takes away the lessons that name a person. Returns how many.
pub(crate) async fn erase_naming(
    tx: &mut SqliteConnection,
    looked_for: &LookedFor,
) -> Result<u32, StoreError> {
    let naming = naming(tx, looked_for).await?;
    for (import, place, _) in &naming {
        sqlx::query("DELETE FROM imported_lessons WHERE import_id = ?1 AND place = ?2")
            .bind(import)
            .bind(place)
            .execute(&mut *tx)
            .await?;
    }
    Ok(u32::try_from(naming.len()).unwrap_or(u32::MAX))
}

#[derive(FromRow)]
struct ImportColumns {
    id: Uuid,
    at: i64,
    source: String,
    name: String,
    brought: i64,
    kept: i64,
    undone_at: Option<i64>,
}

impl TryFrom<ImportColumns> for ImportRow {
    type Error = StoreError;

    fn try_from(row: ImportColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: ImportId(row.id),
            at: Timestamp(row.at),
            source: from_word("the source of an import", &row.source, ImportSource::parse)?,
            name: row.name,
            brought: small(row.brought),
            kept: small(row.kept),
            undone_at: row.undone_at.map(Timestamp),
        })
    }
}
