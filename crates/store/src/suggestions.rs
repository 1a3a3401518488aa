//! Suggestions: one open one a conversation at most, and every one that ever was.

pub(crate) mod list;
pub(crate) mod rows;

use crate::column::to_json;
use crate::error::StoreError;
use crate::store::Store;
use domain::{ConversationId, PartId, Suggestion, SuggestionId, SuggestionState, Supersession, Timestamp};
use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

impl Store {
    /// Keeps a new suggestion; one that was open for the same conversation is superseded for the given reason,
    /// and its id returned. [`StoreError::NotFound`] when the conversation is not kept (any more).
    pub async fn insert_suggestion(
        &self,
        new: &Suggestion,
        superseding: &Supersession,
    ) -> Result<Option<SuggestionId>, StoreError> {
        let mut tx = self.database.write().await?;
        let message_at: Option<Option<i64>> = sqlx::query_scalar(
            "SELECT parts.created_at
             FROM conversations
             LEFT JOIN parts ON parts.conversation_id = conversations.id AND parts.id = ?2
             WHERE conversations.id = ?1",
        )
        .bind(new.conversation_id.as_str())
        .bind(new.part_id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(message_at) = message_at else { return Err(StoreError::NotFound("conversation")) };
        let message_at = message_at.map_or(new.created_at, Timestamp);
        let superseded = supersede_open(&mut tx, &new.conversation_id, superseding, new.created_at).await?;
        rows::insert(&mut tx, new, message_at).await?;
        tx.commit().await?;
        Ok(superseded)
    }

    /// Supersedes the open suggestion of a conversation, if it has one.
    pub async fn supersede_open_suggestion(
        &self,
        conversation: &ConversationId,
        reason: &Supersession,
        at: Timestamp,
    ) -> Result<Option<SuggestionId>, StoreError> {
        let mut tx = self.database.write().await?;
        let superseded = supersede_open(&mut tx, conversation, reason, at).await?;
        tx.commit().await?;
        Ok(superseded)
    }

    /// A suggestion.
    pub async fn find_suggestion(&self, id: SuggestionId) -> Result<Option<Suggestion>, StoreError> {
        let mut query = QueryBuilder::new(rows::SELECT);
        query.push(" WHERE suggestions.id = ").push_bind(id.0);
        self.find(query).await
    }

    /// The suggestion of a conversation that waits for an answer.
    pub async fn find_open_suggestion(
        &self,
        conversation: &ConversationId,
    ) -> Result<Option<Suggestion>, StoreError> {
        let mut query = QueryBuilder::new(rows::SELECT);
        query
            .push(" WHERE suggestions.conversation_id = ")
            .push_bind(conversation.0.clone())
            .push(" AND suggestions.state IN ('pending', 'snoozed')");
        self.find(query).await
    }

    /// The newest suggestion of a conversation, whatever became of it.
    pub async fn find_newest_suggestion(
        &self,
        conversation: &ConversationId,
    ) -> Result<Option<Suggestion>, StoreError> {
        let mut query = QueryBuilder::new(rows::SELECT);
        query
            .push(" WHERE suggestions.conversation_id = ")
            .push_bind(conversation.0.clone())
            .push(" ORDER BY suggestions.created_at DESC, suggestions.id DESC LIMIT 1");
        self.find(query).await
    }

    /// Wakes the snoozed suggestions whose time has come; returns them.
    pub async fn wake_snoozed(&self, now: Timestamp) -> Result<Vec<SuggestionId>, StoreError> {
        let woken: Vec<Uuid> = sqlx::query_scalar(
            "UPDATE suggestions
             SET state = 'pending', state_data = ?2, wake_at = NULL
             WHERE wake_at IS NOT NULL AND wake_at <= ?1
             RETURNING id",
        )
        .bind(now.0)
        .bind(to_json(&SuggestionState::Pending)?)
        .fetch_all(&self.database.writer)
        .await?;
        Ok(woken.into_iter().map(SuggestionId).collect())
    }

    /// When the next snoozed suggestion wakes.
    pub async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT MIN(wake_at) FROM suggestions WHERE wake_at IS NOT NULL")
                .fetch_one(&self.database.readers)
                .await?;
        Ok(at.map(Timestamp))
    }

    /// Wakes a snoozed suggestion before its time. False when it is not snoozed.
    pub async fn revive_suggestion(&self, id: SuggestionId) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE suggestions
             SET state = 'pending', state_data = ?2, wake_at = NULL
             WHERE id = ?1 AND state = 'snoozed'",
        )
        .bind(id.0)
        .bind(to_json(&SuggestionState::Pending)?)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn find(&self, mut query: QueryBuilder<sqlx::Sqlite>) -> Result<Option<Suggestion>, StoreError> {
        query
            .build_query_as::<rows::SuggestionColumns>()
            .fetch_optional(&self.database.readers)
            .await?
            .map(Suggestion::try_from)
            .transpose()
    }
}

pub(crate) async fn supersede_open(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
    reason: &Supersession,
    at: Timestamp,
) -> Result<Option<SuggestionId>, StoreError> {
    let Some(id) = find_open(tx, conversation).await? else { return Ok(None) };
    write_state(tx, id, &SuggestionState::Superseded { reason: reason.clone() }, Some(at)).await?;
    Ok(Some(id))
}

pub(crate) async fn find_open(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<Option<SuggestionId>, StoreError> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM suggestions WHERE conversation_id = ?1 AND state IN ('pending', 'snoozed')",
    )
    .bind(conversation.as_str())
    .fetch_optional(tx)
    .await?;
    Ok(id.map(SuggestionId))
}

/// The stored state of a suggestion, and its conversation.
pub(crate) async fn find_state(
    tx: &mut SqliteConnection,
    id: SuggestionId,
) -> Result<Option<(SuggestionState, ConversationId)>, StoreError> {
    let row: Option<(String, String)> =
        sqlx::query_as("SELECT state_data, conversation_id FROM suggestions WHERE id = ?1")
            .bind(id.0)
            .fetch_optional(tx)
            .await?;
    let Some((state, conversation)) = row else { return Ok(None) };
    let state = crate::column::from_json("the state of a suggestion", &state)?;
    Ok(Some((state, ConversationId(conversation))))
}

/// Writes a state, whatever the one before. Without a time, one that was decided before keeps its own.
pub(crate) async fn write_state(
    tx: &mut SqliteConnection,
    id: SuggestionId,
    state: &SuggestionState,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE suggestions
         SET
            state = ?2,
            state_data = ?3,
            wake_at = ?4,
            decided_at = CASE WHEN ?5 THEN NULL ELSE COALESCE(?6, decided_at, created_at) END
         WHERE id = ?1",
    )
    .bind(id.0)
    .bind(state.word())
    .bind(to_json(state)?)
    .bind(rows::wake_at(state).map(|at| at.0))
    .bind(state.is_open())
    .bind(at.map(|at| at.0))
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens a suggestion again. Where another one is open by now, or the conversation is gone, it is superseded:
/// a person must not be asked twice about the same conversation, or about one that is not there.
pub(crate) async fn reopen(
    tx: &mut SqliteConnection,
    id: SuggestionId,
    conversation: &ConversationId,
    state: &SuggestionState,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let other = find_open(tx, conversation).await?.filter(|open| *open != id);
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM conversations WHERE id = ?1)")
        .bind(conversation.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let state = match (other, exists) {
        (Some(_), _) => &SuggestionState::Superseded { reason: Supersession::NewMessage },
        (None, false) => &SuggestionState::Superseded { reason: Supersession::Deleted },
        (None, true) => state,
    };
    write_state(tx, id, state, at).await
}

/// Takes the customer's words out of what was made from them: evidence (of one part, or of all), and every lesson, edit,
/// draft and second opinion of the conversation, because those go by earlier messages too. True when there were lessons.
pub(crate) async fn erase_text(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
    part: Option<&PartId>,
) -> Result<bool, StoreError> {
    sqlx::query(
        "UPDATE suggestions SET evidence = '[]' WHERE conversation_id = ?1 AND (?2 IS NULL OR part_id = ?2)",
    )
    .bind(conversation.as_str())
    .bind(part.map(PartId::as_str))
    .execute(&mut *tx)
    .await?;
    crate::opinions::erase_text(tx, conversation).await?;
    crate::drafts::erase_text(tx, conversation).await?;
    crate::looks::erase_text(tx, conversation).await?;
    let imported = crate::imports::erase_conversation(tx, conversation).await?;
    let lessons = sqlx::query(
        "DELETE FROM lessons WHERE decision_id IN (SELECT id FROM decisions WHERE conversation_id = ?1)",
    )
    .bind(conversation.as_str())
    .execute(tx)
    .await?;
    Ok(lessons.rows_affected() + imported > 0)
}
