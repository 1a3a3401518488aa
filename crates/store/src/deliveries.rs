//! Deliveries: webhook notifications as received, and what became of each.
//!
//! [`Store::insert_deliveries`] is the product's first promise: once it returns, nothing short of losing the
//! disk loses what it was given.

pub(crate) mod list;
pub(crate) mod replay;
pub(crate) mod retention;
pub(crate) mod rows;
pub(crate) mod traces;

use crate::column::{from_json, from_word, small};
use crate::database::Tx;
use crate::error::StoreError;
use crate::store::Store;
use bytes::Bytes;
use domain::{Change, DeliveryId, DeliveryOutcome, Timestamp};
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
    pub body: Bytes,
}

/// What became of a delivery given to [`Store::insert_deliveries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is kept.
    New,
    /// A notification of the same id was kept before: that one.
    Duplicate(DeliveryId),
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
    /// Keeps deliveries in the table, all in one transaction, on disk when it returns; one answer each, in order.
    pub async fn insert_deliveries(&self, new: &[NewDelivery]) -> Result<Vec<Inserted>, StoreError> {
        self.insert_marked(new, None).await
    }

    /// The same for what was sorted in, with how far that is.
    pub(crate) async fn insert_sorted(
        &self,
        new: &[NewDelivery],
        mark: &str,
    ) -> Result<Vec<Inserted>, StoreError> {
        self.insert_marked(new, Some(mark)).await
    }

    async fn insert_marked(
        &self,
        new: &[NewDelivery],
        mark: Option<&str>,
    ) -> Result<Vec<Inserted>, StoreError> {
        let mut tx = self.database.write().await?;
        let mut inserted = Vec::with_capacity(new.len());
        let mut rest = new;
        while let Some((some, others)) =
            rest.split_at_checked(at_once(rest.len())).filter(|(some, _)| !some.is_empty())
        {
            let done = rows::insert(some)?.build().execute(&mut *tx).await?;
            if done.rows_affected() == some.len() as u64 {
                inserted.extend(some.iter().map(|_| Inserted::New));
            } else {
                for delivery in some {
                    inserted.push(count_if_repeated(&mut tx, delivery).await?);
                }
            }
            rest = others;
        }
        if let Some(mark) = mark {
            sqlx::query(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .bind(crate::inbox::SORTED)
            .bind(mark)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        self.database.checkpoints.wrote(new.iter().map(|delivery| delivery.body.len() as u64).sum());
        Ok(inserted)
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

    /// Makes due at once whatever was put off: what stood in its way may be gone. Returns how many there were.
    pub async fn hasten_deliveries(&self) -> Result<u64, StoreError> {
        let mut tx = self.database.write().await?;
        let done = sqlx::query(
            "UPDATE deliveries SET next_attempt_at = 0 WHERE outcome = 'received' AND next_attempt_at > 0",
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
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

/// How many of `count` deliveries go into the next statement: a power of two, so that a handful of prepared statements
/// serve every number.
fn at_once(count: usize) -> usize {
    const MOST: usize = 64;
    if count == 0 { 0 } else { (1 << count.ilog2()).min(MOST) }
}

/// What became of one of several that were inserted together, when some of them repeated a notification.
async fn count_if_repeated(tx: &mut Tx, new: &NewDelivery) -> Result<Inserted, StoreError> {
    let Some(notification_id) = &new.notification_id else { return Ok(Inserted::New) };
    let kept: Uuid = sqlx::query_scalar("SELECT id FROM deliveries WHERE notification_id = ?1")
        .bind(notification_id)
        .fetch_one(&mut **tx)
        .await?;
    if kept == new.id.0 {
        return Ok(Inserted::New);
    }
    sqlx::query("UPDATE deliveries SET duplicates = duplicates + 1 WHERE id = ?1")
        .bind(kept)
        .execute(&mut **tx)
        .await?;
    Ok(Inserted::Duplicate(DeliveryId(kept)))
}

fn expect_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound("delivery")) }
}
