//! A suggestion as a row.

use crate::column::{from_json, from_json_or_default, to_json};
use crate::error::StoreError;
use domain::{BucketId, ConversationId, PartId, Suggestion, SuggestionId, SuggestionState, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

pub(crate) const SELECT: &str = "
    SELECT
        suggestions.id,
        suggestions.conversation_id,
        suggestions.part_id,
        suggestions.bucket_id,
        suggestions.confidence,
        suggestions.probabilities,
        suggestions.evidence,
        suggestions.nothing_reason,
        suggestions.plan,
        suggestions.bound,
        suggestions.model_version,
        suggestions.state_data,
        suggestions.created_at
    FROM suggestions";

pub(super) async fn insert(
    tx: &mut SqliteConnection,
    new: &Suggestion,
    message_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO suggestions (
            id,
            conversation_id,
            part_id,
            message_at,
            bucket_id,
            confidence,
            probabilities,
            evidence,
            nothing_reason,
            plan,
            bound,
            model_version,
            state,
            state_data,
            wake_at,
            created_at,
            decided_at
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )
    .bind(new.id.0)
    .bind(new.conversation_id.as_str())
    .bind(new.part_id.as_str())
    .bind(message_at.0)
    .bind(new.bucket_id.as_ref().map(BucketId::as_str))
    .bind(finite(new.confidence))
    .bind(to_json(&new.probabilities)?)
    .bind(to_json(&new.evidence)?)
    .bind(&new.nothing)
    .bind(to_json(&new.plan)?)
    .bind(to_json(&new.bound)?)
    .bind(&new.model_version)
    .bind(new.state.word())
    .bind(to_json(&new.state)?)
    .bind(wake_at(&new.state).map(|at| at.0))
    .bind(new.created_at.0)
    .bind((!new.state.is_open()).then_some(new.created_at.0))
    .execute(tx)
    .await?;
    Ok(())
}

/// SQLite keeps no NaN: it would become NULL.
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}

pub(super) const fn wake_at(state: &SuggestionState) -> Option<Timestamp> {
    match state {
        SuggestionState::Snoozed { until } => Some(*until),
        SuggestionState::Pending
        | SuggestionState::Approved
        | SuggestionState::Edited
        | SuggestionState::Corrected { .. }
        | SuggestionState::Rejected
        | SuggestionState::Superseded { .. } => None,
    }
}

#[derive(FromRow)]
pub(super) struct SuggestionColumns {
    id: Uuid,
    conversation_id: String,
    part_id: String,
    bucket_id: Option<String>,
    confidence: f64,
    probabilities: String,
    evidence: String,
    nothing_reason: Option<String>,
    plan: String,
    bound: String,
    model_version: String,
    state_data: String,
    created_at: i64,
}

impl TryFrom<SuggestionColumns> for Suggestion {
    type Error = StoreError;

    fn try_from(row: SuggestionColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: SuggestionId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            part_id: PartId(row.part_id),
            bucket_id: row.bucket_id.map(BucketId),
            confidence: row.confidence,
            probabilities: from_json_or_default("suggestions.probabilities", &row.probabilities),
            evidence: from_json_or_default("suggestions.evidence", &row.evidence),
            nothing: row.nothing_reason,
            plan: from_json("the plan of a suggestion", &row.plan)?,
            bound: from_json("what a suggestion is bound to", &row.bound)?,
            model_version: row.model_version,
            state: from_json("the state of a suggestion", &row.state_data)?,
            created_at: Timestamp(row.created_at),
        })
    }
}
