//! Lessons: what the local model learnt from people, and how often people agreed with it.

use crate::column::{from_json, readable, to_json};
use crate::error::StoreError;
use crate::store::Store;
use domain::{BucketId, Decision, DecisionId, Timestamp};
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

/// A kept lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct LessonRow {
    /// The decision that taught it.
    pub decision_id: DecisionId,
    /// The message as it was classified.
    pub message: serde_json::Value,
    /// Where a person put it.
    pub bucket_id: BucketId,
    /// How much it counts.
    pub weight: f64,
    /// When it was decided.
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
    /// The newest lessons, in order of time.
    pub async fn list_lessons(&self, newest: u32) -> Result<Vec<LessonRow>, StoreError> {
        let rows: Vec<LessonColumns> = sqlx::query_as(
            "SELECT decision_id, message, bucket_id, weight, at
             FROM lessons
             ORDER BY at DESC, decision_id DESC
             LIMIT ?1",
        )
        .bind(i64::from(newest))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().rev().map(LessonRow::try_from)))
    }

    /// How many lessons there are.
    pub async fn count_lessons(&self) -> Result<u32, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM lessons").fetch_one(&self.database.readers).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Whether people agreed with the suggested bucket, newest first. Rejected, snoozed and undone decisions
    /// say nothing about that, and suggestions without a bucket claimed none.
    pub async fn list_agreements(&self, limit: u32) -> Result<Vec<Agreement>, StoreError> {
        let rows: Vec<(f64, bool, String, i64)> = sqlx::query_as(
            "SELECT suggestions.confidence, decisions.kind <> 'corrected', suggestions.bucket_id, decisions.at
             FROM decisions
             JOIN suggestions ON suggestions.id = decisions.suggestion_id
             WHERE decisions.kind IN ('approved', 'edited', 'corrected')
                AND decisions.undone_at IS NULL
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
    decision_id: Uuid,
    message: String,
    bucket_id: String,
    weight: f64,
    at: i64,
}

impl TryFrom<LessonColumns> for LessonRow {
    type Error = StoreError;

    fn try_from(row: LessonColumns) -> Result<Self, StoreError> {
        Ok(Self {
            decision_id: DecisionId(row.decision_id),
            message: from_json("a lesson", &row.message)?,
            bucket_id: BucketId(row.bucket_id),
            weight: row.weight,
            at: Timestamp(row.at),
        })
    }
}
