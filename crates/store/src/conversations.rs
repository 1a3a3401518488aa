//! Conversations and their parts: keeping what was fetched, and erasing what the vendor erased.
//!
//! The vendor lists at most 500 parts; what it listed before stays here. Times at the vendor are whole seconds,
//! so parts carry their place: a listing's own order holds where times are equal.

pub(crate) mod list;
pub(crate) mod merge;
mod rows;
pub(crate) mod search;

use crate::error::StoreError;
use crate::store::Store;
use crate::suggestions;
use domain::{Conversation, ConversationId, Supersession, Timestamp};
use sqlx::SqliteConnection;

impl Store {
    /// Keeps a conversation as fetched. Where what is kept has a later `updated_at`, only parts that are missing
    /// are added. Parts never go because a listing lacks them; a redacted one loses its text, for good.
    ///
    /// A copy from before the conversation was erased is dropped without a word: it was fetched too early.
    pub async fn upsert_conversation(
        &self,
        conversation: &Conversation,
        seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        let id = &conversation.id;
        let mut tx = self.database.write().await?;
        if erased_since(&mut tx, "conversation", id.as_str(), conversation.updated_at).await? {
            tracing::debug!(conversation.id = %id, "A conversation erased meanwhile is not kept");
            return Ok(());
        }
        let kept = rows::find(&mut tx, id).await?;
        let merged = merge::merge(kept, conversation);
        rows::write(&mut tx, &merged, seen_at).await?;
        if !merged.redacted.is_empty() {
            for part in &merged.redacted {
                suggestions::erase_text(&mut tx, id, Some(part)).await?;
            }
            erase_bodies(&mut tx, id).await?;
        }
        search::index(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A conversation with all its parts in order of time.
    pub async fn find_conversation(&self, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.database.read().await?;
        rows::find(&mut tx, id).await
    }

    /// When the vendor last changed a conversation, as far as is known here.
    pub async fn find_conversation_updated_at(
        &self,
        id: &ConversationId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("SELECT updated_at FROM conversations WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(&self.database.readers)
            .await?;
        Ok(at.map(Timestamp))
    }

    /// Erases a conversation: its parts, its place in the search index, its words in suggestions and lessons,
    /// the raw bodies of its deliveries. An open suggestion is superseded. What people decided stays on record.
    pub async fn delete_conversation(&self, id: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        search::forget(&mut tx, id).await?;
        sqlx::query("DELETE FROM conversations WHERE id = ?1").bind(id.as_str()).execute(&mut *tx).await?;
        suggestions::supersede_open(&mut tx, id, &Supersession::Deleted, at).await?;
        suggestions::erase_text(&mut tx, id, None).await?;
        erase_bodies(&mut tx, id).await?;
        erase(&mut tx, "conversation", id.as_str(), at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many conversations are kept, and how many of them are open.
    pub async fn count_conversations(&self) -> Result<(i64, i64), StoreError> {
        let (all, open): (i64, i64) =
            sqlx::query_as("SELECT COUNT(*), COALESCE(SUM(status = 'open'), 0) FROM conversations")
                .fetch_one(&self.database.readers)
                .await?;
        Ok((all, open))
    }
}

/// Whether something was erased after the vendor last changed the copy at hand.
pub(crate) async fn erased_since(
    tx: &mut SqliteConnection,
    kind: &str,
    id: &str,
    updated_at: Timestamp,
) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT at FROM erased WHERE kind = ?1 AND id = ?2 AND at >= ?3")
            .bind(kind)
            .bind(id)
            .bind(updated_at.0)
            .fetch_optional(tx)
            .await?;
    Ok(found.is_some())
}

pub(crate) async fn erase(
    tx: &mut SqliteConnection,
    kind: &str,
    id: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO erased (kind, id, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (kind, id) DO UPDATE SET at = MAX(at, excluded.at)",
    )
    .bind(kind)
    .bind(id)
    .bind(at.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Raw bodies repeat the text of the parts.
async fn erase_bodies(tx: &mut SqliteConnection, id: &ConversationId) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE deliveries SET body = x''
         WHERE conversation_id = ?1 AND change_kind = 'conversation' AND length(body) > 0",
    )
    .bind(id.as_str())
    .execute(tx)
    .await?;
    Ok(())
}
