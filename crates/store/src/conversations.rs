//! Conversations and their parts: keeping what was fetched, and erasing what the vendor erased.
//!
//! The vendor lists at most 500 parts; what it listed before stays here. Times at the vendor are whole seconds,
//! so parts carry their place: a listing's own order holds where times are equal.

pub(crate) mod list;
pub(crate) mod merge;
mod rows;
pub(crate) mod search;

use crate::erasure::{self, Admitted};
use crate::error::StoreError;
use crate::store::Store;
use crate::suggestions;
use domain::{Conversation, ConversationId, Fault, FaultKind, Timestamp};
use sqlx::SqliteConnection;
use std::borrow::Cow;

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
        let mut tx = self.database.write().await?;
        let unlearnt = keep(&mut tx, conversation, seen_at).await?;
        tx.commit().await?;
        if unlearnt {
            self.lessons_erased.notify_one();
        }
        Ok(())
    }

    /// The same for several at once, behind the writes that somebody waits for. Ends early when `enough` says so;
    /// returns how many were kept, at least one. It is asked once when the transaction has begun, and before each
    /// but the first.
    pub async fn upsert_conversations_behind(
        &self,
        conversations: &[Conversation],
        seen_at: Timestamp,
        mut enough: impl FnMut() -> bool + Send,
    ) -> Result<usize, StoreError> {
        let mut tx = self.database.write_behind().await?;
        let (mut kept, mut unlearnt) = (0, false);
        for conversation in conversations {
            if enough() && kept > 0 {
                break;
            }
            unlearnt |= keep(&mut tx, conversation, seen_at).await?;
            kept += 1;
        }
        tx.commit().await?;
        if unlearnt {
            self.lessons_erased.notify_one();
        }
        Ok(kept)
    }

    /// A conversation with all its parts in order of time.
    pub async fn find_conversation(&self, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.database.read().await?;
        rows::find(&mut tx, id).await
    }

    /// When the vendor last changed a conversation, as far as is known here, and when it was last fetched.
    pub async fn find_conversation_times(
        &self,
        id: &ConversationId,
    ) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let times: Option<(i64, i64)> =
            sqlx::query_as("SELECT updated_at, seen_at FROM conversations WHERE id = ?1")
                .bind(id.as_str())
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(times.map(|(updated_at, seen_at)| (Timestamp(updated_at), Timestamp(seen_at))))
    }

    /// Erases a conversation: its parts, its place in the search index, its words in suggestions, plans, actions and
    /// lessons, the raw bodies of its deliveries. An open suggestion is superseded, and what waits to be sent is not
    /// sent. That people decided, and what, stays on record.
    pub async fn delete_conversation(&self, id: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        let why =
            Fault::new(FaultKind::NotFound, "Not sent, because the conversation was deleted at the helpdesk");
        erasure::stop_actions(&mut tx, id, &why, at).await?;
        let unlearnt = erasure::erase_whole(&mut tx, id, at).await?;
        tx.commit().await?;
        if unlearnt {
            self.lessons_erased.notify_one();
        }
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

/// Keeps a conversation within a transaction; true when lessons lost their text by it.
async fn keep(
    tx: &mut SqliteConnection,
    conversation: &Conversation,
    seen_at: Timestamp,
) -> Result<bool, StoreError> {
    let id = &conversation.id;
    let mut conversation = Cow::Borrowed(conversation);
    let admitted = erasure::admit(tx, &mut conversation).await?;
    if admitted == Admitted::Not {
        // Whoever it is was erased; what the delivery says of them goes too.
        erase_bodies(tx, id).await?;
        tracing::debug!(conversation.id = %id, "A conversation of a person who was erased is not kept");
        return Ok(false);
    }
    if erased_since(tx, "conversation", id.as_str(), conversation.updated_at).await? {
        tracing::debug!(conversation.id = %id, "A conversation erased meanwhile is not kept");
        return Ok(false);
    }
    let kept = rows::find(tx, id).await?;
    let merged = merge::merge(kept, &conversation);
    rows::write(tx, &merged, seen_at).await?;
    let mut unlearnt = false;
    for part in &merged.redacted {
        unlearnt |= suggestions::erase_text(tx, id, Some(part)).await?;
        erasure::blank_action_of(tx, id, part).await?;
    }
    // A delivery from before may come after, so it is not enough to look once.
    if admitted == Admitted::InPart || merged.conversation.parts.iter().any(|part| part.redacted) {
        erase_bodies(tx, id).await?;
    }
    search::index(tx, id).await?;
    Ok(unlearnt)
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

pub(crate) use rows::find;

/// Writes a kept conversation with what was taken out of it.
pub(crate) async fn rewrite(
    tx: &mut SqliteConnection,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    let seen_at: i64 = sqlx::query_scalar("SELECT seen_at FROM conversations WHERE id = ?1")
        .bind(conversation.id.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let merged = merge::Merged {
        conversation: conversation.clone(),
        changed: (0..conversation.parts.len()).collect(),
        redacted: vec![],
    };
    rows::write(tx, &merged, Timestamp(seen_at)).await
}

/// Raw bodies repeat the text of the parts.
pub(crate) async fn erase_bodies(tx: &mut SqliteConnection, id: &ConversationId) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE deliveries SET body = x''
         WHERE conversation_id = ?1 AND change_kind = 'conversation' AND length(body) > 0",
    )
    .bind(id.as_str())
    .execute(tx)
    .await?;
    Ok(())
}
