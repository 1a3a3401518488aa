//! Replies that a person has begun to write, one at most for each conversation.
//!
//! One stays for as long as its conversation is kept: until it is sent, discarded, or erased with the conversation or with
//! somebody who takes part in it. Its age ends nothing, nor does a conversation that was closed elsewhere: what a person
//! wrote is theirs to discard.
//!
//! A person's decision sets it aside in its own transaction. It is back when the decision is taken back or refused, and
//! gone once the reply is sent. What was begun in the conversation since takes its place.

use crate::error::StoreError;
use crate::store::Store;
use domain::{
    BucketId, ConversationId, DecidedBy, Decision, DecisionId, DecisionKind, DraftId, SuggestionId, Timestamp,
};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

/// A reply that a person has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct BegunReply {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What is written.
    pub text: String,
    /// The suggestion that the person had in front of them.
    pub suggestion_id: SuggestionId,
    /// The bucket that it is to be sent as, where that is not the suggested one.
    pub bucket_id: Option<BucketId>,
    /// The draft that it began as.
    pub draft_id: Option<DraftId>,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

impl std::fmt::Debug for BegunReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BegunReply").field("conversation_id", &self.conversation_id).finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a reply as it stands, in place of what was begun in the conversation before. False where there is no such
    /// suggestion of the conversation, or the conversation is no longer kept.
    pub async fn keep_begun_reply(&self, reply: &BegunReply) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        let done = sqlx::query(
            "INSERT INTO begun_replies (
                conversation_id,
                text,
                suggestion_id,
                bucket_id,
                draft_id,
                begun_at,
                changed_at
             )
             SELECT conversations.id, ?2, suggestions.id, ?4, ?5, ?6, ?6
             FROM suggestions
             JOIN conversations ON conversations.id = suggestions.conversation_id
             WHERE suggestions.id = ?3 AND conversations.id = ?1
             ON CONFLICT (conversation_id) DO UPDATE SET
                text = excluded.text,
                suggestion_id = excluded.suggestion_id,
                bucket_id = excluded.bucket_id,
                draft_id = excluded.draft_id,
                begun_at = CASE WHEN decision_id IS NULL THEN begun_at ELSE excluded.begun_at END,
                changed_at = excluded.changed_at,
                decision_id = NULL",
        )
        .bind(reply.conversation_id.as_str())
        .bind(&reply.text)
        .bind(reply.suggestion_id.0)
        .bind(reply.bucket_id.as_ref().map(BucketId::as_str))
        .bind(reply.draft_id.map(|id| id.0))
        .bind(reply.changed_at.0)
        .execute(&mut *tx)
        .await?;
        forget_carried_out(&mut tx, reply.changed_at).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets what was begun in a conversation; what a decision took along stays with it. False when there was nothing.
    pub async fn drop_begun_reply(&self, conversation: &ConversationId) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM begun_replies WHERE conversation_id = ?1 AND decision_id IS NULL")
                .bind(conversation.as_str())
                .execute(&self.database.writer)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The replies that were begun and are with no decision, the one begun last at the end.
    pub async fn list_begun_replies(&self) -> Result<Vec<BegunReply>, StoreError> {
        let rows: Vec<BegunColumns> = sqlx::query_as(
            "SELECT conversation_id, text, suggestion_id, bucket_id, draft_id, changed_at
             FROM begun_replies
             WHERE decision_id IS NULL
             ORDER BY begun_at, conversation_id",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows.into_iter().map(BegunReply::from).collect())
    }
}

/// Sets aside what was begun in the conversation that a person has decided on. A policy's decision, and a person's for
/// later, leave it where it is.
pub(crate) async fn take_along(tx: &mut SqliteConnection, decision: &Decision) -> Result<(), StoreError> {
    let is_persons = decision.decided_by == DecidedBy::Person && decision.suggestion_id.is_some();
    if !is_persons || decision.kind == DecisionKind::Snoozed {
        return Ok(());
    }
    forget_carried_out(tx, decision.at).await?;
    sqlx::query(
        "UPDATE begun_replies SET decision_id = ?2 WHERE conversation_id = ?1 AND decision_id IS NULL",
    )
    .bind(decision.conversation_id.as_str())
    .bind(decision.id.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts back what a decision took along.
pub(crate) async fn give_back(tx: &mut SqliteConnection, decision: DecisionId) -> Result<(), StoreError> {
    sqlx::query("UPDATE begun_replies SET decision_id = NULL WHERE decision_id = ?1")
        .bind(decision.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// What becomes of it when actions of the decision have ended: sent, it is gone; refused before that, it is back.
pub(crate) async fn settle(tx: &mut SqliteConnection, decision: DecisionId) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM begun_replies
         WHERE decision_id = ?1
            AND EXISTS (SELECT 1 FROM actions WHERE decision_id = ?1 AND kind = 'reply' AND state = 'done')",
    )
    .bind(decision.0)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE begun_replies
         SET decision_id = NULL
         WHERE decision_id = ?1
            AND EXISTS (SELECT 1 FROM actions WHERE decision_id = ?1 AND state = 'refused')",
    )
    .bind(decision.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes away what was begun in a conversation, also what a decision took along.
pub(crate) async fn erase_text(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM begun_replies WHERE conversation_id = ?1")
        .bind(conversation.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets what went with decisions that can neither be taken back nor tried again.
async fn forget_carried_out(tx: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM begun_replies
         WHERE decision_id IN (
                SELECT decisions.id
                FROM begun_replies AS aside
                JOIN decisions ON decisions.id = aside.decision_id
                WHERE decisions.undo_until < ?1
            )
            AND NOT EXISTS (
                SELECT 1
                FROM actions
                WHERE actions.decision_id = begun_replies.decision_id
                    AND (due_at IS NOT NULL OR (state = 'failed' AND dismissed = 0))
            )",
    )
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct BegunColumns {
    conversation_id: String,
    text: String,
    suggestion_id: Uuid,
    bucket_id: Option<String>,
    draft_id: Option<Uuid>,
    changed_at: i64,
}

impl From<BegunColumns> for BegunReply {
    fn from(row: BegunColumns) -> Self {
        Self {
            conversation_id: ConversationId(row.conversation_id),
            text: row.text,
            suggestion_id: SuggestionId(row.suggestion_id),
            bucket_id: row.bucket_id.map(BucketId),
            draft_id: row.draft_id.map(DraftId),
            changed_at: Timestamp(row.changed_at),
        }
    }
}
