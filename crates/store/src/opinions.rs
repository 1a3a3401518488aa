//! Second opinions of language models on suggestions.
//!
//! The row of a question is written before it leaves. Whatever comes back is kept only while that row stands and the
//! suggestion was not superseded: erasing takes the row away, so that no text comes in behind it. What a question took
//! is counted in the same transaction, whether the answer is kept or not.

pub(crate) mod usage;

use crate::column::readable;
use crate::error::StoreError;
use crate::store::Store;
use domain::ports::{Choice, NoOpinion, Opinion, Sureness, Usage};
use domain::{BucketId, ConversationId, SuggestionId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How the question about a suggestion stands.
#[derive(Debug, Clone, PartialEq)]
pub enum OpinionState {
    /// It was asked, and no answer is there yet.
    Asked,
    /// An opinion.
    Given(GivenOpinion),
    /// No opinion, and why, in a sentence.
    None {
        /// Why.
        why: String,
    },
}

/// An opinion as it is kept.
#[derive(Clone, PartialEq)]
pub struct GivenOpinion {
    /// The bucket, or none.
    pub choice: Choice,
    /// How sure the model is.
    pub sureness: Sureness,
    /// Why, in its own words; empty once the text was erased.
    pub reason: String,
    /// The model, as it calls itself.
    pub model: String,
}

impl std::fmt::Debug for GivenOpinion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GivenOpinion")
            .field("choice", &self.choice)
            .field("sureness", &self.sureness)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// A local suggestion, a second opinion on it that names a bucket, and what a person then chose.
#[derive(Debug, Clone, PartialEq)]
pub struct OpinionPair {
    /// The bucket of the local model.
    pub local: BucketId,
    /// How sure it was.
    pub confidence: f64,
    /// The bucket of the language model.
    pub second: BucketId,
    /// How sure it was.
    pub sureness: f64,
    /// The bucket of the person; [`domain::NONE_OF_THESE`] for none.
    pub decided: BucketId,
}

impl Store {
    /// Suggestions that wait for a person and were not asked about, the newest message first; only those less sure than
    /// `below`, or without a bucket, where it is given.
    pub async fn list_unasked(
        &self,
        below: Option<f64>,
        limit: u32,
    ) -> Result<Vec<SuggestionId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(LIST_UNASKED)
            .bind(below)
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(ids.into_iter().map(SuggestionId).collect())
    }

    /// Writes down that a suggestion is asked about. False when it was before, or no longer waits for a person.
    pub async fn begin_opinion(&self, id: SuggestionId, at: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO opinions (suggestion_id, conversation_id, state, asked_at)
             SELECT id, conversation_id, 'asked', ?2
             FROM suggestions
             WHERE id = ?1 AND state = 'pending'
             ON CONFLICT (suggestion_id) DO NOTHING",
        )
        .bind(id.0)
        .bind(at.0)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps an opinion, and counts what it took. False when the suggestion no longer stands, or its text was erased
    /// meanwhile: the opinion is then dropped.
    pub async fn keep_opinion(
        &self,
        id: SuggestionId,
        opinion: &Opinion,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let bucket = match &opinion.choice {
            Choice::Bucket { key } => Some(key.as_str()),
            Choice::NoneOfThese => None,
        };
        let kind = match opinion.sureness {
            Sureness::Stated { .. } => "stated",
            Sureness::Probability { .. } => "probability",
        };
        let sureness = Some(opinion.sureness.value()).filter(|value| value.is_finite()).unwrap_or(0.0);
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, &opinion.usage, usage::Asked::Opinion).await?;
        let done = sqlx::query(
            "UPDATE opinions
             SET
                state = 'given',
                answered_at = ?2,
                bucket_id = ?3,
                sureness_kind = ?4,
                sureness = ?5,
                reason = ?6,
                model = ?7
             WHERE suggestion_id = ?1
                AND state = 'asked'
                AND EXISTS (SELECT 1 FROM suggestions WHERE id = ?1 AND state <> 'superseded')",
        )
        .bind(id.0)
        .bind(at.0)
        .bind(bucket)
        .bind(kind)
        .bind(sureness)
        .bind(&opinion.reason)
        .bind(&opinion.model)
        .execute(&mut *tx)
        .await?;
        let is_kept = done.rows_affected() > 0;
        if !is_kept {
            forget_question(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(is_kept)
    }

    /// Keeps why there is no opinion, and counts what asking took. False when the suggestion no longer stands.
    pub async fn keep_no_opinion(
        &self,
        id: SuggestionId,
        none: &NoOpinion,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, &none.usage, usage::Asked::Opinion).await?;
        let done = sqlx::query(
            "UPDATE opinions
             SET state = 'none', answered_at = ?2, why_none = ?3
             WHERE suggestion_id = ?1
                AND state = 'asked'
                AND EXISTS (SELECT 1 FROM suggestions WHERE id = ?1 AND state <> 'superseded')",
        )
        .bind(id.0)
        .bind(at.0)
        .bind(none.sentence())
        .execute(&mut *tx)
        .await?;
        let is_kept = done.rows_affected() > 0;
        if !is_kept {
            forget_question(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(is_kept)
    }

    /// Forgets that a suggestion is asked about, and counts what that took: it may be asked about again.
    pub async fn drop_opinion(
        &self,
        id: SuggestionId,
        took: &Usage,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        usage::add(&mut tx, at, took, usage::Asked::Opinion).await?;
        forget_question(&mut tx, id).await?;
        tx.commit().await
    }

    /// Ends every question that is under way without an opinion, for this reason. Returns how many.
    pub async fn end_questions(&self, why: &str, at: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE opinions SET state = 'none', answered_at = ?1, why_none = ?2 WHERE state = 'asked'",
        )
        .bind(at.0)
        .bind(why)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected())
    }

    /// How the question about a suggestion stands; `None` when it was not asked.
    pub async fn find_opinion(&self, id: SuggestionId) -> Result<Option<OpinionState>, StoreError> {
        let row: Option<OpinionColumns> = sqlx::query_as(
            "SELECT suggestion_id, state, bucket_id, sureness_kind, sureness, reason, model, why_none
             FROM opinions
             WHERE suggestion_id = ?1",
        )
        .bind(id.0)
        .fetch_optional(&self.database.readers)
        .await?;
        row.map(OpinionColumns::state).transpose()
    }

    /// The opinions on suggestions that are open.
    pub async fn list_open_opinions(&self) -> Result<BTreeMap<SuggestionId, GivenOpinion>, StoreError> {
        let rows: Vec<OpinionColumns> = sqlx::query_as(LIST_OPEN).fetch_all(&self.database.readers).await?;
        let read = rows.into_iter().map(|row| {
            let id = SuggestionId(row.suggestion_id);
            row.state().map(|state| (id, state))
        });
        let given = readable(read).into_iter().filter_map(|(id, state)| match state {
            OpinionState::Given(given) => Some((id, given)),
            OpinionState::Asked | OpinionState::None { .. } => None,
        });
        Ok(given.collect())
    }

    /// The newest decisions on suggestions of which both models named a bucket, oldest first. Snoozed and
    /// undone ones say nothing about who was right, nor do rejected ones, unless it was none of the buckets: then neither
    /// was.
    pub async fn list_opinion_pairs(&self, newest: u32) -> Result<Vec<OpinionPair>, StoreError> {
        let rows: Vec<(String, f64, String, f64, String)> = sqlx::query_as(
            "SELECT
                suggestions.bucket_id,
                suggestions.confidence,
                opinions.bucket_id,
                opinions.sureness,
                decisions.bucket_id
             FROM opinions
             JOIN suggestions ON suggestions.id = opinions.suggestion_id
             JOIN decisions ON decisions.suggestion_id = opinions.suggestion_id
             WHERE opinions.state = 'given'
                AND opinions.bucket_id IS NOT NULL
                AND suggestions.bucket_id IS NOT NULL
                AND (
                    decisions.kind IN ('approved', 'edited', 'corrected')
                    OR (decisions.kind = 'rejected' AND decisions.bucket_id = 'none-of-these')
                )
                AND decisions.bucket_id IS NOT NULL
                AND decisions.decided_by = 'person'
                AND decisions.undone_at IS NULL
             ORDER BY decisions.id DESC
             LIMIT ?1",
        )
        .bind(i64::from(newest))
        .fetch_all(&self.database.readers)
        .await?;
        let pairs =
            rows.into_iter().rev().map(|(local, confidence, second, sureness, decided)| OpinionPair {
                local: BucketId(local),
                confidence,
                second: BucketId(second),
                sureness,
                decided: BucketId(decided),
            });
        Ok(pairs.collect())
    }
}

/// Takes the models' words out of the opinions on a conversation, and ends the questions that are under way: their
/// answers are not kept.
pub(crate) async fn erase_text(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE opinions SET reason = '' WHERE conversation_id = ?1 AND reason <> ''")
        .bind(conversation.as_str())
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM opinions WHERE conversation_id = ?1 AND state = 'asked'")
        .bind(conversation.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

async fn forget_question(tx: &mut SqliteConnection, id: SuggestionId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM opinions WHERE suggestion_id = ?1 AND state = 'asked'")
        .bind(id.0)
        .execute(tx)
        .await?;
    Ok(())
}

pub(crate) const LIST_UNASKED: &str = "
    SELECT suggestions.id
    FROM suggestions
    WHERE suggestions.state = 'pending'
        AND (?1 IS NULL OR suggestions.bucket_id IS NULL OR suggestions.confidence < ?1)
        AND NOT EXISTS (SELECT 1 FROM opinions WHERE opinions.suggestion_id = suggestions.id)
    ORDER BY suggestions.message_at DESC, suggestions.id DESC
    LIMIT ?2";

pub(crate) const LIST_OPEN: &str = "
    SELECT
        opinions.suggestion_id,
        opinions.state,
        opinions.bucket_id,
        opinions.sureness_kind,
        opinions.sureness,
        opinions.reason,
        opinions.model,
        opinions.why_none
    FROM suggestions
    JOIN opinions ON opinions.suggestion_id = suggestions.id
    WHERE suggestions.state IN ('pending', 'snoozed') AND opinions.state = 'given'";

#[derive(FromRow)]
struct OpinionColumns {
    suggestion_id: Uuid,
    state: String,
    bucket_id: Option<String>,
    sureness_kind: Option<String>,
    sureness: Option<f64>,
    reason: String,
    model: Option<String>,
    why_none: Option<String>,
}

impl OpinionColumns {
    fn state(self) -> Result<OpinionState, StoreError> {
        let broken = || StoreError::Corrupt("a second opinion is not readable".to_owned());
        match self.state.as_str() {
            "asked" => Ok(OpinionState::Asked),
            "none" => Ok(OpinionState::None { why: self.why_none.ok_or_else(broken)? }),
            "given" => {
                let value = self.sureness.ok_or_else(broken)?;
                let sureness = match self.sureness_kind.as_deref() {
                    Some("stated") => Sureness::Stated { value },
                    Some("probability") => Sureness::Probability { value },
                    Some(_) | None => return Err(broken()),
                };
                Ok(OpinionState::Given(GivenOpinion {
                    choice: match self.bucket_id {
                        Some(key) => Choice::Bucket { key: BucketId(key) },
                        None => Choice::NoneOfThese,
                    },
                    sureness,
                    reason: self.reason,
                    model: self.model.ok_or_else(broken)?,
                }))
            }
            _ => Err(broken()),
        }
    }
}
