//! Lessons: what the local model learnt from people, and how often people agreed with it.

use crate::column::{from_json, readable, small, to_json};
use crate::decisions::kind_and_bucket;
use crate::error::StoreError;
use crate::looks::preview_of;
use crate::store::Store;
use domain::{BucketId, ConversationId, Decision, DecisionId, DecisionKind, ImportId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

/// A lesson to keep with the decision that taught it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLesson {
    /// The message as it was classified.
    pub message: serde_json::Value,
    /// Where a person put it.
    pub bucket_id: BucketId,
    /// How much it counts.
    pub weight: f64,
}

/// What taught a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LessonId {
    /// A decision.
    Decision(DecisionId),
    /// A line of an import, by its place there.
    Import(ImportId, u32),
}

/// A kept lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct LessonRow {
    /// What taught it.
    pub id: LessonId,
    /// The message as it was classified.
    pub message: serde_json::Value,
    /// Where a person put it.
    pub bucket_id: BucketId,
    /// How much it counts.
    pub weight: f64,
    /// When it was decided, or imported.
    pub at: Timestamp,
}

/// A lesson as a person is shown it.
#[derive(Debug, Clone, PartialEq)]
pub struct LessonDetail {
    /// The conversation it is from; `None` for a line of a file.
    pub conversation_id: Option<ConversationId>,
    /// Whether that conversation is still kept here.
    pub is_kept: bool,
    /// What was decided; `None` for what was imported.
    pub kind: Option<DecisionKind>,
    /// Where a person put it; [`domain::NONE_OF_THESE`] for none.
    pub bucket_id: BucketId,
    /// The message in one line.
    pub preview: String,
    /// When it was decided, or imported.
    pub at: Timestamp,
}

/// A person's answer to a suggested bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The probability that the model gave.
    pub confidence: f64,
    /// Whether the person kept the bucket.
    pub agreed: bool,
    /// The bucket that was suggested.
    pub bucket_id: BucketId,
    /// When it was decided.
    pub at: Timestamp,
}

impl Store {
    /// The newest lessons, in order of time. What was imported counts as older than every decision.
    pub async fn list_lessons(&self, newest: u32) -> Result<Vec<LessonRow>, StoreError> {
        let mut tx = self.database.read().await?;
        let mut rows: Vec<LessonColumns> = sqlx::query_as(
            "SELECT decision_id AS id, NULL AS place, message, bucket_id, weight, at
             FROM lessons
             ORDER BY at DESC, decision_id DESC
             LIMIT ?1",
        )
        .bind(i64::from(newest))
        .fetch_all(&mut *tx)
        .await?;
        let room = i64::from(newest).saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        let imported: Vec<LessonColumns> = sqlx::query_as(
            "SELECT
                imported_lessons.import_id AS id,
                imported_lessons.place,
                imported_lessons.message,
                imported_lessons.bucket_id,
                1.0 AS weight,
                imports.at
             FROM imports
             JOIN imported_lessons ON imported_lessons.import_id = imports.id
             ORDER BY imports.at DESC, imports.id DESC, imported_lessons.place DESC
             LIMIT ?1",
        )
        .bind(room)
        .fetch_all(&mut *tx)
        .await?;
        rows.extend(imported);
        Ok(readable(rows.into_iter().rev().map(LessonRow::try_from)))
    }

    /// How many lessons there are.
    pub async fn count_lessons(&self) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM lessons) + (SELECT COUNT(*) FROM imported_lessons)",
        )
        .fetch_one(&self.database.readers)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// A lesson as a person is shown it; `None` once it was taken back or erased.
    pub async fn find_lesson(&self, id: LessonId) -> Result<Option<LessonDetail>, StoreError> {
        let row: Option<DetailColumns> = match id {
            LessonId::Decision(decision) => {
                sqlx::query_as(
                    "SELECT
                        decisions.conversation_id,
                        EXISTS (
                            SELECT 1 FROM conversations WHERE conversations.id = decisions.conversation_id
                        ) AS is_kept,
                        decisions.kind,
                        decisions.bucket_id AS decided,
                        lessons.bucket_id,
                        lessons.message,
                        lessons.at
                     FROM lessons
                     JOIN decisions ON decisions.id = lessons.decision_id
                     WHERE lessons.decision_id = ?1",
                )
                .bind(decision.0)
                .fetch_optional(&self.database.readers)
                .await?
            }
            LessonId::Import(import, place) => {
                sqlx::query_as(
                    "SELECT
                        imported_lessons.conversation_id,
                        EXISTS (
                            SELECT 1 FROM conversations
                            WHERE conversations.id = imported_lessons.conversation_id
                        ) AS is_kept,
                        NULL AS kind,
                        NULL AS decided,
                        imported_lessons.bucket_id,
                        imported_lessons.message,
                        imports.at
                     FROM imported_lessons
                     JOIN imports ON imports.id = imported_lessons.import_id
                     WHERE imported_lessons.import_id = ?1 AND imported_lessons.place = ?2",
                )
                .bind(import.0)
                .bind(i64::from(place))
                .fetch_optional(&self.database.readers)
                .await?
            }
        };
        row.map(LessonDetail::try_from).transpose()
    }

    /// Whether people agreed with the suggested bucket, newest first. Snoozed and undone decisions, and those of policies, say
    /// nothing about that, nor do rejected ones that do not say that it was none of the buckets; suggestions without a bucket claimed none.
    pub async fn list_agreements(&self, limit: u32) -> Result<Vec<Agreement>, StoreError> {
        let rows: Vec<(f64, bool, String, i64)> = sqlx::query_as(
            "SELECT
                suggestions.confidence,
                decisions.kind IN ('approved', 'edited'),
                suggestions.bucket_id,
                decisions.at
             FROM decisions
             JOIN suggestions ON suggestions.id = decisions.suggestion_id
             WHERE (
                    decisions.kind IN ('approved', 'edited', 'corrected')
                    OR (decisions.kind = 'rejected' AND decisions.bucket_id = 'none-of-these')
                )
                AND decisions.undone_at IS NULL
                AND decisions.decided_by = 'person'
                AND suggestions.bucket_id IS NOT NULL
             ORDER BY decisions.id DESC
             LIMIT ?1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        let agreements = rows.into_iter().map(|(confidence, agreed, bucket_id, at)| Agreement {
            confidence,
            agreed,
            bucket_id: BucketId(bucket_id),
            at: Timestamp(at),
        });
        Ok(agreements.collect())
    }
}

pub(crate) async fn insert(
    tx: &mut SqliteConnection,
    decision: &Decision,
    new: &NewLesson,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO lessons (decision_id, at, bucket_id, weight, message) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(decision.id.0)
    .bind(decision.at.0)
    .bind(new.bucket_id.as_str())
    .bind(new.weight)
    .bind(to_json(&new.message)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes back what a decision taught. False when it taught nothing.
pub(crate) async fn remove(tx: &mut SqliteConnection, decision: DecisionId) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM lessons WHERE decision_id = ?1").bind(decision.0).execute(tx).await?;
    Ok(done.rows_affected() > 0)
}

#[derive(FromRow)]
struct LessonColumns {
    id: Uuid,
    place: Option<i64>,
    message: String,
    bucket_id: String,
    weight: f64,
    at: i64,
}

impl TryFrom<LessonColumns> for LessonRow {
    type Error = StoreError;

    fn try_from(row: LessonColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: match row.place {
                None => LessonId::Decision(DecisionId(row.id)),
                Some(place) => LessonId::Import(ImportId(row.id), small(place)),
            },
            message: from_json("a lesson", &row.message)?,
            bucket_id: BucketId(row.bucket_id),
            weight: row.weight,
            at: Timestamp(row.at),
        })
    }
}

#[derive(FromRow)]
struct DetailColumns {
    conversation_id: Option<String>,
    is_kept: bool,
    kind: Option<String>,
    decided: Option<String>,
    bucket_id: String,
    message: String,
    at: i64,
}

impl TryFrom<DetailColumns> for LessonDetail {
    type Error = StoreError;

    fn try_from(row: DetailColumns) -> Result<Self, StoreError> {
        let kind = match row.kind {
            Some(kind) => Some(kind_and_bucket(&kind, row.decided)?.0),
            None => None,
        };
        Ok(Self {
            conversation_id: row.conversation_id.map(ConversationId),
            is_kept: row.is_kept,
            kind,
            bucket_id: BucketId(row.bucket_id),
            preview: preview_of(&row.message),
            at: Timestamp(row.at),
        })
    }
}
