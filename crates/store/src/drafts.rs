//! Drafts of replies by a language model, each asked for by a person.
//!
//! The row of a question is written before it leaves. What comes back is kept only while that row stands and its
//! suggestion is open: whoever gives a question up, and whoever erases, takes the row away. What it took is counted in the
//! same transaction, whether it is kept or not.

use crate::column::{from_json, to_json};
use crate::error::StoreError;
use crate::opinions::usage::{self, Asked};
use crate::store::Store;
use domain::ports::Usage;
use domain::{ConversationId, DecisionId, DraftId, DraftSource, SuggestionId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

/// The newest draft for a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftRow {
    /// Which.
    pub id: DraftId,
    /// The suggestion it was asked for on.
    pub suggestion_id: SuggestionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: DraftState,
}

/// How a draft stands.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftState {
    /// It was asked for, and is not there yet.
    Asked,
    /// What came.
    Came {
        /// What came.
        draft: KeptDraft,
        /// The model, as it calls itself.
        model: String,
    },
    /// Nothing came, and why, in a sentence.
    None {
        /// Why.
        why: String,
    },
}

/// What came.
#[derive(Clone, PartialEq, Eq)]
pub enum KeptDraft {
    /// A reply.
    Reply {
        /// The text, with the links of what it cites.
        text: String,
        /// What it rests on.
        sources: Vec<DraftSource>,
        /// What it leaves open, as it stands in the text.
        open: Vec<String>,
    },
    /// A person should answer.
    HandOver {
        /// Why, in the model's own words.
        reason: String,
    },
    /// A reply came that does not hold what it must.
    Unproven {
        /// What is wrong with it, in a sentence of ours.
        sentence: String,
    },
}

impl std::fmt::Debug for KeptDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self {
            Self::Reply { .. } => "Reply",
            Self::HandOver { .. } => "HandOver",
            Self::Unproven { .. } => "Unproven",
        };
        f.debug_struct(word).finish_non_exhaustive()
    }
}

/// Drafts that a person signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SignedDrafts {
    /// In all.
    pub signed: u64,
    /// Of those, how many were changed first.
    pub edited: u64,
}

impl Store {
    /// Writes down that a draft is asked for, in place of an earlier one. False when one is under way, or the suggestion is
    /// no longer open.
    pub async fn begin_draft(
        &self,
        id: DraftId,
        suggestion: SuggestionId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO drafts (suggestion_id, id, conversation_id, state, asked_at)
             SELECT id, ?2, conversation_id, 'asked', ?3
             FROM suggestions
             WHERE id = ?1 AND state IN ('pending', 'snoozed')
             ON CONFLICT (suggestion_id) DO UPDATE SET
                id = excluded.id,
                state = 'asked',
                asked_at = excluded.asked_at,
                answered_at = NULL,
                text = NULL,
                sources = NULL,
                left_open = NULL,
                reason = NULL,
                model = NULL,
                decision_id = NULL
             WHERE state <> 'asked'",
        )
        .bind(suggestion.0)
        .bind(id.0)
        .bind(at.0)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps what came, and counts what it took. False when it was given up, its text was erased, or the suggestion is no
    /// longer open: it is dropped then.
    pub async fn keep_draft(
        &self,
        id: DraftId,
        draft: &KeptDraft,
        model: &str,
        took: &Usage,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (state, text, sources, open, reason) = match draft {
            KeptDraft::Reply { text, sources, open } => {
                ("reply", Some(text), Some(to_json(sources)?), Some(to_json(open)?), None)
            }
            KeptDraft::HandOver { reason } => ("hand_over", None, None, None, Some(reason)),
            KeptDraft::Unproven { sentence } => ("unproven", None, None, None, Some(sentence)),
        };
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, took, Asked::Draft).await?;
        let done = sqlx::query(
            "UPDATE drafts
             SET
                state = ?2,
                answered_at = ?3,
                text = ?4,
                sources = ?5,
                left_open = ?6,
                reason = ?7,
                model = ?8
             WHERE id = ?1
                AND state = 'asked'
                AND EXISTS (
                    SELECT 1
                    FROM suggestions
                    WHERE suggestions.id = drafts.suggestion_id
                        AND suggestions.state IN ('pending', 'snoozed')
                )",
        )
        .bind(id.0)
        .bind(state)
        .bind(at.0)
        .bind(text)
        .bind(sources)
        .bind(open)
        .bind(reason)
        .bind(model)
        .execute(&mut *tx)
        .await?;
        let is_kept = done.rows_affected() > 0;
        if !is_kept {
            forget(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(is_kept)
    }

    /// Keeps why nothing came, and counts what asking took. False when it was given up, or its text was erased.
    pub async fn keep_no_draft(
        &self,
        id: DraftId,
        why: &str,
        took: &Usage,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, took, Asked::Draft).await?;
        let done = sqlx::query(
            "UPDATE drafts SET state = 'none', answered_at = ?2, reason = ?3 WHERE id = ?1 AND state = 'asked'",
        )
        .bind(id.0)
        .bind(at.0)
        .bind(why)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets that a draft was asked for, and counts what that took.
    pub async fn forget_draft(&self, id: DraftId, took: &Usage, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, took, Asked::Draft).await?;
        forget(&mut tx, id).await?;
        tx.commit().await
    }

    /// Ends every draft that is under way, for this reason. Returns how many.
    pub async fn end_drafts(&self, why: &str, at: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE drafts SET state = 'none', answered_at = ?1, reason = ?2 WHERE state = 'asked'",
        )
        .bind(at.0)
        .bind(why)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected())
    }

    /// The newest draft for a suggestion.
    pub async fn find_draft(&self, suggestion: SuggestionId) -> Result<Option<DraftRow>, StoreError> {
        self.draft_by("suggestion_id = ?1", suggestion.0).await
    }

    /// A draft, unless another one took its place.
    pub async fn find_draft_by_id(&self, id: DraftId) -> Result<Option<DraftRow>, StoreError> {
        self.draft_by("id = ?1", id.0).await
    }

    /// The open suggestions that have a draft to go on from.
    pub async fn list_drafted_suggestions(&self) -> Result<Vec<SuggestionId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT drafts.suggestion_id
             FROM drafts
             JOIN suggestions ON suggestions.id = drafts.suggestion_id
             WHERE drafts.state = 'reply' AND suggestions.state IN ('pending', 'snoozed')",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(ids.into_iter().map(SuggestionId).collect())
    }

    async fn draft_by(&self, what: &'static str, id: Uuid) -> Result<Option<DraftRow>, StoreError> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(SELECT);
        query.push(what);
        let row: Option<DraftColumns> =
            query.build_query_as().bind(id).fetch_optional(&self.database.readers).await?;
        row.map(DraftRow::try_from).transpose()
    }

    /// How many drafts a person signed, and changed before.
    pub async fn count_signed_drafts(&self) -> Result<SignedDrafts, StoreError> {
        let (signed, edited): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(edits.decision_id)
             FROM drafts
             JOIN decisions ON decisions.id = drafts.decision_id
             LEFT JOIN edits ON edits.decision_id = drafts.decision_id
             WHERE decisions.undone_at IS NULL",
        )
        .fetch_one(&self.database.readers)
        .await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(SignedDrafts { signed: count(signed), edited: count(edited) })
    }
}

/// Marks the draft that a decision was taken with.
pub(crate) async fn sign(
    tx: &mut SqliteConnection,
    id: DraftId,
    decision: DecisionId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE drafts SET decision_id = ?2 WHERE id = ?1 AND state = 'reply'")
        .bind(id.0)
        .bind(decision.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes away the drafts on a conversation, those under way too: what comes is not kept.
pub(crate) async fn erase_text(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM drafts WHERE conversation_id = ?1")
        .bind(conversation.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

async fn forget(tx: &mut SqliteConnection, id: DraftId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM drafts WHERE id = ?1 AND state = 'asked'").bind(id.0).execute(tx).await?;
    Ok(())
}

const SELECT: &str = "
    SELECT
        suggestion_id,
        id,
        conversation_id,
        state,
        asked_at,
        text,
        sources,
        left_open,
        reason,
        model
    FROM drafts
    WHERE ";

#[derive(FromRow)]
struct DraftColumns {
    suggestion_id: Uuid,
    id: Uuid,
    conversation_id: String,
    state: String,
    asked_at: i64,
    text: Option<String>,
    sources: Option<String>,
    left_open: Option<String>,
    reason: Option<String>,
    model: Option<String>,
}

impl TryFrom<DraftColumns> for DraftRow {
    type Error = StoreError;

    fn try_from(row: DraftColumns) -> Result<Self, StoreError> {
        let broken = || StoreError::Corrupt("a draft is not readable".to_owned());
        let came = |draft: KeptDraft| -> Result<DraftState, StoreError> {
            Ok(DraftState::Came { draft, model: row.model.clone().ok_or_else(broken)? })
        };
        let reason = || row.reason.clone().ok_or_else(broken);
        let state = match row.state.as_str() {
            "asked" => DraftState::Asked,
            "none" => DraftState::None { why: reason()? },
            "hand_over" => came(KeptDraft::HandOver { reason: reason()? })?,
            "unproven" => came(KeptDraft::Unproven { sentence: reason()? })?,
            "reply" => came(KeptDraft::Reply {
                text: row.text.clone().ok_or_else(broken)?,
                sources: from_json("the sources of a draft", row.sources.as_deref().ok_or_else(broken)?)?,
                open: from_json("what a draft leaves open", row.left_open.as_deref().ok_or_else(broken)?)?,
            })?,
            _ => return Err(broken()),
        };
        Ok(Self {
            id: DraftId(row.id),
            suggestion_id: SuggestionId(row.suggestion_id),
            conversation_id: ConversationId(row.conversation_id),
            asked_at: Timestamp(row.asked_at),
            state,
        })
    }
}
