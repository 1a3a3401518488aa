//! Taking deliveries up again.

use crate::column::{from_json, from_word, to_json};
use crate::deliveries::rows::describe;
use crate::error::StoreError;
use crate::store::Store;
use domain::{Change, DeliveryEvent, DeliveryId, DeliveryOutcome, Timestamp};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// A settled delivery with what is needed to take it up again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// What became of it so far.
    pub outcome: DeliveryOutcome,
    /// What it named when it was last read.
    pub change: Option<Change>,
    /// Its body; empty once erased.
    pub body: Vec<u8>,
}

/// What a delivery says when it is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reread {
    /// What to fetch.
    Fetch(Change),
    /// Of a topic that is not followed, still.
    NotFollowed,
    /// Not understood, still, and why.
    NotUnderstood(String),
}

impl Store {
    /// A delivery that can be taken up again; `None` when there is no such delivery.
    pub async fn find_settled_delivery(&self, id: DeliveryId) -> Result<Option<SettledDelivery>, StoreError> {
        let found: Option<Columns> =
            sqlx::query_as("SELECT id, outcome, change, body FROM deliveries WHERE id = ?1")
                .bind(id.0)
                .fetch_optional(&self.database.readers)
                .await?;
        found.map(settled).transpose()
    }

    /// Failed deliveries newer than `after`, oldest first, with their bodies: ask for few at a time.
    pub async fn list_failed_deliveries(
        &self,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<SettledDelivery>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT id, outcome, change, body
             FROM deliveries
             WHERE outcome = 'failed' AND id > ?1
             ORDER BY id
             LIMIT ?2",
        )
        .bind(after.map_or(Uuid::nil(), |id| id.0))
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        rows.into_iter().map(settled).collect()
    }

    /// Takes deliveries up again by what each says now, all in one transaction: back to received what names
    /// something to fetch, settled anew what does not. Those that wait already are left alone; the answer is which
    /// were taken up.
    pub async fn replay_deliveries(
        &self,
        replayed: &[(DeliveryId, Reread)],
        at: Timestamp,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let mut tx = self.database.write().await?;
        let mut taken = Vec::with_capacity(replayed.len());
        for (id, reread) in replayed {
            if replay(&mut tx, *id, reread, at).await? {
                taken.push(*id);
            }
        }
        tx.commit().await?;
        Ok(taken)
    }
}

type Columns = (Uuid, String, Option<String>, Vec<u8>);

fn settled((id, outcome, change, body): Columns) -> Result<SettledDelivery, StoreError> {
    Ok(SettledDelivery {
        id: DeliveryId(id),
        outcome: from_word("the outcome of a delivery", &outcome, DeliveryOutcome::parse)?,
        // What cannot be read is read again from the body.
        change: change.and_then(|json| from_json("what a delivery names", &json).ok()),
        body,
    })
}

async fn replay(
    tx: &mut SqliteConnection,
    id: DeliveryId,
    reread: &Reread,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let outcome: Option<String> = sqlx::query_scalar("SELECT outcome FROM deliveries WHERE id = ?1")
        .bind(id.0)
        .fetch_optional(&mut *tx)
        .await?;
    let outcome = outcome.ok_or(StoreError::NotFound("delivery"))?;
    let outcome = from_word("the outcome of a delivery", &outcome, DeliveryOutcome::parse)?;
    let Ok(received) = outcome.after(DeliveryEvent::Replayed) else { return Ok(false) };
    let next = match reread {
        Reread::Fetch(_) => Ok(received),
        Reread::NotFollowed => received.after(DeliveryEvent::NotFollowed),
        Reread::NotUnderstood(_) => received.after(DeliveryEvent::GivenUp),
    };
    let next = next.map_err(|error| StoreError::Internal(error.to_string()))?;
    let reason = match reread {
        Reread::NotUnderstood(reason) => Some(reason.as_str()),
        Reread::Fetch(_) | Reread::NotFollowed => None,
    };
    sqlx::query(
        "UPDATE deliveries
         SET outcome = ?2, reason = ?3, settled_at = ?4, attempts = 0, next_attempt_at = 0
         WHERE id = ?1",
    )
    .bind(id.0)
    .bind(next.as_str())
    .bind(reason)
    .bind((next != DeliveryOutcome::Received).then_some(at.0))
    .execute(&mut *tx)
    .await?;
    if let Reread::Fetch(change) = reread {
        let (kind, conversation) = describe(change);
        sqlx::query(
            "UPDATE deliveries SET change = ?2, change_kind = ?3, conversation_id = ?4 WHERE id = ?1",
        )
        .bind(id.0)
        .bind(to_json(change)?)
        .bind(kind)
        .bind(conversation.map(domain::ConversationId::as_str))
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO delivery_traces (delivery_id, replays, replayed_at) VALUES (?1, 1, ?2)
         ON CONFLICT (delivery_id) DO UPDATE SET
            replays = replays + 1,
            replayed_at = excluded.replayed_at,
            led_to = NULL,
            suggestion_id = NULL",
    )
    .bind(id.0)
    .bind(at.0)
    .execute(&mut *tx)
    .await?;
    Ok(true)
}
