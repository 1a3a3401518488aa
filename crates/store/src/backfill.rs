//! Where the fetching of what is older than the first start stands.

use crate::column::small;
use crate::coverage::{self, Covered, CoveredBy};
use crate::error::StoreError;
use crate::store::Store;
use domain::Timestamp;

/// Fetching what is older than the first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backfill {
    /// How far back it shall go.
    pub from: Timestamp,
    /// Where it began.
    pub until: Timestamp,
    /// Conversations that were last changed from here on are in the store.
    pub reached: Timestamp,
    /// Conversations looked at.
    pub done: u32,
    /// Conversations in all, as far as the vendor counted them.
    pub total: Option<u32>,
    /// A person has halted it.
    pub paused: bool,
}

impl Backfill {
    /// Whether there is nothing left to do.
    pub fn is_finished(&self) -> bool {
        self.reached <= self.from
    }
}

impl Store {
    /// Where it stands; `None` before it was begun.
    pub async fn find_backfill(&self) -> Result<Option<Backfill>, StoreError> {
        let row: Option<(i64, i64, i64, i64, Option<i64>, bool)> = sqlx::query_as(
            "SELECT from_at, until_at, reached_at, done, total, paused FROM backfill WHERE id = 1",
        )
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(row.map(|(from, until, reached, done, total, paused)| Backfill {
            from: Timestamp(from),
            until: Timestamp(until),
            reached: Timestamp(reached),
            done: small(done),
            total: total.map(small),
            paused,
        }))
    }

    /// Begins it, unless it was begun before.
    pub async fn begin_backfill(&self, from: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO backfill (id, from_at, until_at, reached_at) VALUES (1, ?1, ?2, ?2)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(from.0)
        .bind(until.0)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// Chooses how far back it shall go.
    pub async fn set_backfill_from(&self, from: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE backfill SET from_at = ?1 WHERE id = 1")
            .bind(from.0)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }

    /// Halts it, or lets it go on.
    pub async fn set_backfill_paused(&self, paused: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE backfill SET paused = ?1 WHERE id = 1")
            .bind(paused)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }

    /// Everything last changed since `reached` is there. The ledger grows with it, in one transaction.
    pub async fn advance_backfill(
        &self,
        reached: Timestamp,
        done: u32,
        total: Option<u32>,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write_behind().await?;
        let until: Option<i64> = sqlx::query_scalar("SELECT until_at FROM backfill WHERE id = 1")
            .fetch_optional(&mut **tx)
            .await?;
        let until = until.ok_or(StoreError::NotFound("backfill"))?;
        sqlx::query("UPDATE backfill SET reached_at = ?1, done = ?2, total = ?3 WHERE id = 1")
            .bind(reached.0)
            .bind(done)
            .bind(total)
            .execute(&mut **tx)
            .await?;
        let how = CoveredBy::Backfill;
        coverage::add(&mut tx, Covered { from: reached, until: Timestamp(until), how }).await?;
        tx.commit().await
    }
}
