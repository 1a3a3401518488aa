//! Deliveries: webhook notifications as received, and what became of each.
//!
//! [`Store::insert_deliveries`] is the product's first promise: once it returns, nothing short of losing the
//! disk loses what it was given.

pub(crate) mod rows;

use crate::column::{from_json, from_word, readable, small};
use crate::error::StoreError;
use crate::store::Store;
use domain::{Change, ConversationId, DeliveryId, DeliveryOutcome, Timestamp};
use rows::{DeliveryColumns, SELECT_DELIVERY};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A notification to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id; the order of ids is the order of arrival.
    pub id: DeliveryId,
    /// When it came.
    pub received_at: Timestamp,
    /// The vendor's id of the notification; deliveries without one are never merged.
    pub notification_id: Option<String>,
    /// Topic, when the body could be read.
    pub topic: Option<String>,
    /// When the vendor made it.
    pub vendor_created_at: Option<Timestamp>,
    /// Which attempt of the vendor's this is.
    pub attempt: Option<u32>,
    /// What to fetch; `None` when the body does not say.
    pub change: Option<Change>,
    /// What became of it so far.
    pub outcome: DeliveryOutcome,
    /// Why, for people.
    pub reason: Option<String>,
    /// The body exactly as received.
    pub body: Vec<u8>,
}

/// What became of a delivery given to [`Store::insert_deliveries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is kept.
    New,
    /// A notification of the same id was kept before: that one.
    Duplicate(DeliveryId),
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only of this outcome.
    pub outcome: Option<DeliveryOutcome>,
    /// Only of this topic.
    pub topic: Option<String>,
    /// Only older than this one: the last of the page before.
    pub before: Option<DeliveryId>,
    /// At most so many.
    pub limit: u32,
}

/// A delivery without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// When it came.
    pub received_at: Timestamp,
    /// Topic, when the body could be read.
    pub topic: Option<String>,
    /// The vendor's id of the notification.
    pub notification_id: Option<String>,
    /// When the vendor made it.
    pub vendor_created_at: Option<Timestamp>,
    /// Which attempt of the vendor's it was.
    pub attempt: Option<u32>,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why, for people.
    pub reason: Option<String>,
    /// Bytes received.
    pub size: i64,
    /// Our attempts to apply it.
    pub attempts: i64,
    /// Further notifications of the same id that were dropped.
    pub duplicates: i64,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// The conversation that it names.
    pub conversation_id: Option<ConversationId>,
}

/// A delivery whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// What to fetch.
    pub change: Change,
    /// Attempts so far.
    pub attempts: u32,
}

/// How many deliveries there are, and when the last ones came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Waiting.
    pub received: i64,
    /// Applied.
    pub applied: i64,
    /// Of topics not followed.
    pub ignored: i64,
    /// Failed.
    pub failed: i64,
    /// Dropped, because a notification of the same id was kept before.
    pub duplicates: i64,
    /// When the newest came.
    pub last_received_at: Option<Timestamp>,
    /// When the vendor last tested that it can reach us.
    pub last_ping_at: Option<Timestamp>,
}

impl Store {
    /// Keeps deliveries, all in one transaction, on disk when it returns; one answer each, in order.
    pub async fn insert_deliveries(&self, new: &[NewDelivery]) -> Result<Vec<Inserted>, StoreError> {
        let mut tx = self.database.write().await?;
        let mut inserted = Vec::with_capacity(new.len());
        for delivery in new {
            let kept: Uuid = rows::insert(delivery)?.fetch_one(&mut *tx).await?;
            inserted.push(if kept == delivery.id.0 {
                Inserted::New
            } else {
                Inserted::Duplicate(DeliveryId(kept))
            });
        }
        tx.commit().await?;
        Ok(inserted)
    }

    /// Deliveries, newest first.
    pub async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows: Vec<DeliveryColumns> =
            rows::list(filter).build_query_as().fetch_all(&self.database.readers).await?;
        Ok(readable(rows.into_iter().map(DeliveryRow::try_from)))
    }

    /// A delivery with its raw body. The body is empty once the conversation was erased; `size` tells what it was.
    pub async fn find_delivery(&self, id: DeliveryId) -> Result<Option<(DeliveryRow, Vec<u8>)>, StoreError> {
        let mut tx = self.database.read().await?;
        let mut query = QueryBuilder::new(SELECT_DELIVERY);
        query.push(" WHERE id = ").push_bind(id.0);
        let Some(row) = query.build_query_as::<DeliveryColumns>().fetch_optional(&mut *tx).await? else {
            return Ok(None);
        };
        let body: Vec<u8> = sqlx::query_scalar("SELECT body FROM deliveries WHERE id = ?1")
            .bind(id.0)
            .fetch_one(&mut *tx)
            .await?;
        Ok(Some((row.try_into()?, body)))
    }

    /// Received deliveries whose turn has come, oldest first. One that says nothing that could be fetched is
    /// failed here, so that it does not come up for ever.
    pub async fn list_due_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let rows: Vec<(Uuid, Option<String>, i64)> = sqlx::query_as(rows::LIST_DUE)
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        let mut due = Vec::with_capacity(rows.len());
        let mut odd = Vec::new();
        for (id, change, attempts) in rows {
            let id = DeliveryId(id);
            match change.map(|json| from_json("what a delivery names", &json)) {
                Some(Ok(change)) => due.push(DueDelivery { id, change, attempts: small(attempts) }),
                Some(Err(_)) | None => odd.push(id),
            }
        }
        if !odd.is_empty() {
            let reason = "It does not say what to fetch";
            self.settle_deliveries(&odd, DeliveryOutcome::Failed, Some(reason), now).await?;
        }
        Ok(due)
    }

    /// When the next received delivery is due; 0 for at once.
    pub async fn next_delivery_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(rows::NEXT_DUE).fetch_one(&self.database.readers).await?;
        Ok(at.map(Timestamp))
    }

    /// Settles deliveries, or puts them back in the queue when `outcome` is received.
    pub async fn settle_deliveries(
        &self,
        ids: &[DeliveryId],
        outcome: DeliveryOutcome,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let settled_at = (outcome != DeliveryOutcome::Received).then_some(at.0);
        let mut tx = self.database.write().await?;
        for id in ids {
            let done = sqlx::query(
                "UPDATE deliveries
                 SET outcome = ?2, reason = ?3, settled_at = ?4, next_attempt_at = 0
                 WHERE id = ?1",
            )
            .bind(id.0)
            .bind(outcome.as_str())
            .bind(reason)
            .bind(settled_at)
            .execute(&mut *tx)
            .await?;
            expect_one(done.rows_affected())?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Counts a failed attempt of each and puts the next one off. Settled ones are left as they are.
    pub async fn postpone_deliveries(
        &self,
        ids: &[DeliveryId],
        next_at: Timestamp,
        reason: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        for id in ids {
            sqlx::query(
                "UPDATE deliveries
                 SET attempts = attempts + 1, next_attempt_at = ?2, reason = ?3
                 WHERE id = ?1 AND outcome = 'received'",
            )
            .bind(id.0)
            .bind(next_at.0)
            .bind(reason)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many deliveries of each outcome there are.
    pub async fn delivery_counts(&self) -> Result<DeliveryCounts, StoreError> {
        let mut tx = self.database.read().await?;
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(rows::COUNT).fetch_all(&mut *tx).await?;
        let last_received_at: Option<i64> =
            sqlx::query_scalar("SELECT received_at FROM deliveries ORDER BY id DESC LIMIT 1")
                .fetch_optional(&mut *tx)
                .await?;
        let last_ping_at: Option<i64> =
            sqlx::query_scalar("SELECT MAX(received_at) FROM deliveries WHERE change_kind = 'ping'")
                .fetch_one(&mut *tx)
                .await?;
        let mut counts = DeliveryCounts {
            last_received_at: last_received_at.map(Timestamp),
            last_ping_at: last_ping_at.map(Timestamp),
            ..DeliveryCounts::default()
        };
        for (word, number, duplicates) in rows {
            counts.duplicates += duplicates;
            match from_word("the outcome of a delivery", &word, DeliveryOutcome::parse)? {
                DeliveryOutcome::Received => counts.received = number,
                DeliveryOutcome::Applied => counts.applied = number,
                DeliveryOutcome::Ignored => counts.ignored = number,
                DeliveryOutcome::Failed => counts.failed = number,
            }
        }
        Ok(counts)
    }
}

fn expect_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound("delivery")) }
}
