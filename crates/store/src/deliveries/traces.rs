//! What is told of a delivery beyond its outcome: how soon it was answered, and what it led to.

use crate::column::to_json;
use crate::error::StoreError;
use crate::store::Store;
use domain::{ConversationId, DeliveryId, DeliveryOutcome, LedTo, SuggestionId, Timestamp};
use uuid::Uuid;

/// What changes when something new is learnt of a conversation: equal marks mean that nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMark {
    updated_at: i64,
    status: String,
    total_parts: i64,
    parts: i64,
    suggestion: Option<Uuid>,
}

impl ConversationMark {
    /// The newest suggestion made for it.
    pub fn suggestion(&self) -> Option<SuggestionId> {
        self.suggestion.map(SuggestionId)
    }
}

impl Store {
    /// Notes how many milliseconds after its last byte each delivery was answered; the answer is which were noted. Those
    /// left out are not in the table: repetitions, and what is not sorted in yet.
    pub async fn note_answers(&self, answers: &[(DeliveryId, u32)]) -> Result<Vec<DeliveryId>, StoreError> {
        let answers: Vec<(String, u32)> =
            answers.iter().map(|(id, after_ms)| (id.0.simple().to_string(), *after_ms)).collect();
        let mut tx = self.database.write().await?;
        let noted: Vec<Uuid> = sqlx::query_scalar(
            "INSERT INTO delivery_traces (delivery_id, answered_after_ms)
             SELECT deliveries.id, json_extract(answer.value, '$[1]')
             FROM json_each(?1) AS answer
             JOIN deliveries ON deliveries.id = unhex(json_extract(answer.value, '$[0]'))
             WHERE TRUE
             ON CONFLICT (delivery_id) DO UPDATE SET answered_after_ms = excluded.answered_after_ms
             RETURNING delivery_id",
        )
        .bind(to_json(&answers)?)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(noted.into_iter().map(DeliveryId).collect())
    }

    /// Settles deliveries as applied, with what they led to.
    pub async fn settle_applied(
        &self,
        ids: &[DeliveryId],
        led_to: LedTo,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let suggestion = match led_to {
            LedTo::Suggestion(id) => Some(id.0),
            LedTo::News | LedTo::Known | LedTo::Erased => None,
        };
        let mut tx = self.database.write().await?;
        for id in ids {
            let done = sqlx::query(
                "UPDATE deliveries
                 SET outcome = ?2, reason = NULL, settled_at = ?3, next_attempt_at = 0
                 WHERE id = ?1",
            )
            .bind(id.0)
            .bind(DeliveryOutcome::Applied.as_str())
            .bind(at.0)
            .execute(&mut *tx)
            .await?;
            super::expect_one(done.rows_affected())?;
            sqlx::query(
                "INSERT INTO delivery_traces (delivery_id, led_to, suggestion_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT (delivery_id) DO UPDATE SET
                    led_to = excluded.led_to,
                    suggestion_id = excluded.suggestion_id",
            )
            .bind(id.0)
            .bind(led_to.as_str())
            .bind(suggestion)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await
    }

    /// How a conversation stands here; `None` while it is not kept.
    pub async fn find_conversation_mark(
        &self,
        id: &ConversationId,
    ) -> Result<Option<ConversationMark>, StoreError> {
        let found: Option<(i64, String, i64, i64, Option<Uuid>)> = sqlx::query_as(
            "SELECT
                updated_at,
                status,
                total_parts,
                (SELECT COUNT(*) FROM parts WHERE conversation_id = conversations.id),
                (
                    SELECT suggestions.id FROM suggestions
                    WHERE suggestions.conversation_id = conversations.id
                    ORDER BY suggestions.created_at DESC, suggestions.id DESC
                    LIMIT 1
                )
             FROM conversations
             WHERE id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(|(updated_at, status, total_parts, parts, suggestion)| ConversationMark {
            updated_at,
            status,
            total_parts,
            parts,
            suggestion,
        }))
    }
}
