//! Buckets: the user's own, with the messages that the local model starts from.

use crate::column::{from_json, from_json_or_default, readable, small, to_json};
use crate::error::StoreError;
use crate::store::Store;
use domain::{Bucket, BucketId, BucketTone, TeamId};
use sqlx::FromRow;

impl Store {
    /// The buckets, by position.
    pub async fn list_buckets(&self) -> Result<Vec<Bucket>, StoreError> {
        let rows: Vec<BucketColumns> = sqlx::query_as(
            "SELECT
                id,
                position,
                name,
                description,
                tone,
                team_id,
                team_name,
                reply,
                closes,
                examples
             FROM buckets
             ORDER BY position, id",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(Bucket::try_from)))
    }

    /// Adds a bucket, or changes it.
    pub async fn upsert_bucket(&self, bucket: &Bucket) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO buckets (
                id,
                position,
                name,
                description,
                tone,
                team_id,
                team_name,
                reply,
                closes,
                examples
             ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET
                position = excluded.position,
                name = excluded.name,
                description = excluded.description,
                tone = excluded.tone,
                team_id = excluded.team_id,
                team_name = excluded.team_name,
                reply = excluded.reply,
                closes = excluded.closes,
                examples = excluded.examples",
        )
        .bind(bucket.id.as_str())
        .bind(i64::from(bucket.position))
        .bind(&bucket.name)
        .bind(&bucket.description)
        .bind(word(bucket.tone))
        .bind(bucket.team_id.as_ref().map(TeamId::as_str))
        .bind(&bucket.team_name)
        .bind(&bucket.reply)
        .bind(bucket.closes)
        .bind(to_json(&bucket.examples)?)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// Removes a bucket; what was suggested and decided with it stays. False when there was none.
    pub async fn remove_bucket(&self, id: &BucketId) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        let done =
            sqlx::query("DELETE FROM buckets WHERE id = ?1").bind(id.as_str()).execute(&mut *tx).await?;
        // One that is made anew under its name begins without any permission.
        sqlx::query("DELETE FROM policies WHERE bucket_id = ?1").bind(id.as_str()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

/// The word used in SQL, the same as in JSON.
const fn word(tone: BucketTone) -> &'static str {
    match tone {
        BucketTone::Red => "red",
        BucketTone::Amber => "amber",
        BucketTone::Blue => "blue",
        BucketTone::Grey => "grey",
        BucketTone::Green => "green",
        BucketTone::Violet => "violet",
        BucketTone::Teal => "teal",
        BucketTone::Pink => "pink",
    }
}

#[derive(FromRow)]
struct BucketColumns {
    id: String,
    position: i64,
    name: String,
    description: String,
    tone: String,
    team_id: Option<String>,
    team_name: String,
    reply: String,
    closes: bool,
    examples: String,
}

impl TryFrom<BucketColumns> for Bucket {
    type Error = StoreError;

    fn try_from(row: BucketColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: BucketId(row.id),
            name: row.name,
            description: row.description,
            tone: from_json("the tone of a bucket", &format!("\"{}\"", row.tone))?,
            team_id: row.team_id.map(TeamId),
            team_name: row.team_name,
            reply: row.reply,
            closes: row.closes,
            examples: from_json_or_default("buckets.examples", &row.examples),
            position: small(row.position),
        })
    }
}
