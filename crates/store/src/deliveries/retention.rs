//! Dropping deliveries whose time is over.
//!
//! A notification id goes with its delivery, so a repetition is recognised for as long as the delivery is kept. One
//! that comes later still does no harm: a delivery only says what should be read again.

use super::list::first_id_of;
use crate::error::StoreError;
use crate::store::Store;
use domain::{DeliveryOutcome, Timestamp};
use uuid::Uuid;

/// Deliveries of one outcome, oldest first, up to an id.
pub(crate) const LIST_OLD: &str = "
    SELECT id
    FROM deliveries
    WHERE outcome = ?1 AND id < ?2
    ORDER BY id
    LIMIT ?3";

impl Store {
    /// Drops the oldest deliveries, at most `limit` of them, in one transaction: those dealt with that came before
    /// `dealt_with`, and those that wait or have failed that came before `open`. The answer is how many.
    pub async fn drop_deliveries(
        &self,
        dealt_with: Timestamp,
        open: Timestamp,
        limit: u32,
    ) -> Result<u32, StoreError> {
        let mut tx = self.database.write().await?;
        let mut dropped = 0;
        for (outcome, before) in [
            (DeliveryOutcome::Applied, dealt_with),
            (DeliveryOutcome::Ignored, dealt_with),
            (DeliveryOutcome::Failed, open),
            (DeliveryOutcome::Received, open),
        ] {
            let ids: Vec<Uuid> = sqlx::query_scalar(LIST_OLD)
                .bind(outcome.as_str())
                .bind(first_id_of(before))
                .bind(i64::from(limit.saturating_sub(dropped)))
                .fetch_all(&mut *tx)
                .await?;
            for id in ids {
                for statement in [
                    "DELETE FROM delivery_traces WHERE delivery_id = ?1",
                    "DELETE FROM deliveries WHERE id = ?1",
                ] {
                    sqlx::query(statement).bind(id).execute(&mut *tx).await?;
                }
                dropped += 1;
            }
        }
        tx.commit().await?;
        Ok(dropped)
    }
}
