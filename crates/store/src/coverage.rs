//! How far the helpdesk was followed, and for which periods nothing is missing.
//!
//! A period that is kept here claims: every change of a conversation made in it is in the store, or on disk as a
//! delivery still to be applied; conversations of `unread_conversations` excepted.

use crate::error::StoreError;
use crate::store::Store;
use domain::{ConversationId, Timestamp};
use sqlx::SqliteConnection;

/// How it is known that nothing of a period is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoveredBy {
    /// Deliveries were coming.
    Listening,
    /// What had changed was asked for afterwards.
    CatchUp,
    /// It was fetched after the first start.
    Backfill,
}

impl CoveredBy {
    /// All, the one that says most first.
    pub const ALL: [Self; 3] = [Self::Listening, Self::CatchUp, Self::Backfill];

    /// The word used in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::CatchUp => "catch_up",
            Self::Backfill => "backfill",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == word)
    }
}

/// A period in which nothing is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Covered {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, not part of it.
    pub until: Timestamp,
    /// How that is known.
    pub how: CoveredBy,
}

/// How far changes were followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Changes up to here are in the store, by the vendor's clock.
    pub at: Timestamp,
    /// The beginning of the search that showed it, by the clock here.
    pub searched_at: Timestamp,
}

/// A conversation that was listed but could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadConversation {
    /// Which.
    pub conversation_id: ConversationId,
    /// Since when.
    pub since: Timestamp,
    /// Why, for people.
    pub reason: String,
}

impl Store {
    /// How far changes were followed; `None` before the first reading.
    pub async fn find_cursor(&self) -> Result<Option<Cursor>, StoreError> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT cursor_at, searched_at FROM catch_up WHERE id = 1")
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(row.map(|(at, searched_at)| Cursor { at: Timestamp(at), searched_at: Timestamp(searched_at) }))
    }

    /// Moves the cursor, and with it in one transaction the ledger: from the search before to this one nothing is
    /// missing. Where the clock was set back in between, no period is added.
    pub async fn move_cursor(&self, to: Cursor) -> Result<(), StoreError> {
        let mut tx = self.database.write_behind().await?;
        let before: Option<i64> = sqlx::query_scalar("SELECT searched_at FROM catch_up WHERE id = 1")
            .fetch_optional(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO catch_up (id, cursor_at, searched_at) VALUES (1, ?1, ?2)
             ON CONFLICT (id) DO UPDATE SET
                cursor_at = MAX(cursor_at, excluded.cursor_at),
                searched_at = excluded.searched_at",
        )
        .bind(to.at.0)
        .bind(to.searched_at.0)
        .execute(&mut **tx)
        .await?;
        if let Some(before) = before {
            let how = CoveredBy::CatchUp;
            add(&mut tx, Covered { from: Timestamp(before), until: to.searched_at, how }).await?;
        }
        tx.commit().await
    }

    /// Adds a period; it becomes one with those of its kind that it touches. An empty one changes nothing.
    pub async fn add_coverage(&self, period: Covered) -> Result<(), StoreError> {
        let mut tx = self.database.write_behind().await?;
        add(&mut tx, period).await?;
        tx.commit().await
    }

    /// Takes back what was claimed of one kind from a time on.
    pub async fn cut_coverage(&self, how: CoveredBy, from: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write_behind().await?;
        sqlx::query("DELETE FROM coverage WHERE how = ?1 AND from_at >= ?2")
            .bind(how.as_str())
            .bind(from.0)
            .execute(&mut **tx)
            .await?;
        sqlx::query("UPDATE coverage SET until_at = ?2 WHERE how = ?1 AND until_at > ?2")
            .bind(how.as_str())
            .bind(from.0)
            .execute(&mut **tx)
            .await?;
        tx.commit().await
    }

    /// Periods that end after `since`, in order of time.
    pub async fn list_coverage(&self, since: Timestamp) -> Result<Vec<Covered>, StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT how, from_at, until_at FROM coverage WHERE until_at > ?1 ORDER BY from_at, until_at",
        )
        .bind(since.0)
        .fetch_all(&self.database.readers)
        .await?;
        let period = |(how, from, until): (String, i64, i64)| {
            let how = CoveredBy::parse(&how)?;
            Some(Covered { from: Timestamp(from), until: Timestamp(until), how })
        };
        Ok(rows.into_iter().filter_map(period).collect())
    }

    /// Remembers a conversation that could not be read.
    pub async fn upsert_unread_conversation(&self, unread: &UnreadConversation) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO unread_conversations (conversation_id, since, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation_id) DO UPDATE SET reason = excluded.reason",
        )
        .bind(unread.conversation_id.as_str())
        .bind(unread.since.0)
        .bind(&unread.reason)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// Conversations that could not be read, the oldest first.
    pub async fn list_unread_conversations(&self, limit: u32) -> Result<Vec<UnreadConversation>, StoreError> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as(
            "SELECT conversation_id, since, reason
             FROM unread_conversations
             ORDER BY since, conversation_id
             LIMIT ?1",
        )
        .bind(limit)
        .fetch_all(&self.database.readers)
        .await?;
        let unread = |(id, since, reason)| UnreadConversation {
            conversation_id: ConversationId(id),
            since: Timestamp(since),
            reason,
        };
        Ok(rows.into_iter().map(unread).collect())
    }

    /// Whether a conversation could not be read.
    pub async fn is_unread_conversation(&self, id: &ConversationId) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT since FROM unread_conversations WHERE conversation_id = ?1")
                .bind(id.as_str())
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(found.is_some())
    }

    /// A conversation could be read after all, or is no more.
    pub async fn remove_unread_conversation(&self, id: &ConversationId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM unread_conversations WHERE conversation_id = ?1")
            .bind(id.as_str())
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }
}

/// Adds a period within a transaction.
pub(crate) async fn add(tx: &mut SqliteConnection, period: Covered) -> Result<(), StoreError> {
    if period.from >= period.until {
        return Ok(());
    }
    let touched: (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT MIN(from_at), MAX(until_at)
         FROM coverage
         WHERE how = ?1 AND from_at <= ?3 AND until_at >= ?2",
    )
    .bind(period.how.as_str())
    .bind(period.from.0)
    .bind(period.until.0)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM coverage WHERE how = ?1 AND from_at <= ?3 AND until_at >= ?2")
        .bind(period.how.as_str())
        .bind(period.from.0)
        .bind(period.until.0)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO coverage (how, from_at, until_at) VALUES (?1, ?2, ?3)")
        .bind(period.how.as_str())
        .bind(touched.0.map_or(period.from.0, |from| from.min(period.from.0)))
        .bind(touched.1.map_or(period.until.0, |until| until.max(period.until.0)))
        .execute(tx)
        .await?;
    Ok(())
}
