//! What policies are judged by beside people's answers: what became of automatic plans, what came in, and what people
//! did at the helpdesk without us.

use crate::column::small;
use crate::error::StoreError;
use crate::store::Store;
use domain::{BucketId, ConversationId, SuggestionId, Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

/// A plan that a policy decided on, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AutomaticRow {
    /// The bucket.
    pub bucket_id: BucketId,
    /// Kinds of action in the plan, separated by commas.
    pub actions: String,
    /// When the policy decided.
    pub at: Timestamp,
    /// A person took it back.
    pub taken_back: bool,
    /// It came back to a person for want of permission, or because somebody acted.
    pub sent_back: bool,
    /// All of it was done.
    pub done: bool,
}

/// A message that was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalRow {
    /// When.
    pub at: Timestamp,
    /// The bucket suggested.
    pub bucket_id: Option<BucketId>,
    /// Distinct words, and how many of them the model did not know.
    pub words: (u32, u32),
}

/// A suggestion that nobody answered here.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionRow {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// When it was made.
    pub at: Timestamp,
    /// The bucket.
    pub bucket_id: BucketId,
    /// The confidence it was judged by; its own where it was not judged.
    pub confidence: f64,
    /// Kinds of action in its plan, separated by commas.
    pub actions: String,
    /// The newest part of the state that it was made on.
    pub last_part_id: Option<String>,
}

/// What a teammate did at the helpdesk, in order within a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The part it left.
    pub part_id: String,
    /// The part's place in the conversation.
    pub place: u32,
    /// The helpdesk's kind of part.
    pub kind: String,
    /// When, as the helpdesk tells it.
    pub at: Timestamp,
    /// Whom it was assigned to, as a name.
    pub assigned_to: Option<String>,
    /// Whether a teammate did it, and not this program.
    pub is_teammate: bool,
    /// What was written to the customer.
    pub text: Option<String>,
}

/// Who a wrong prediction was about.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongRow {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// What the customer is called, while it is known.
    pub contact_name: Option<String>,
    /// Its confidence.
    pub confidence: f64,
    /// When a person answered.
    pub at: Timestamp,
    /// What the person answered.
    pub kind: String,
    /// The bucket that the person chose.
    pub decided: Option<BucketId>,
}

impl Store {
    /// The newest plans that policies decided on since a time, the oldest first.
    pub async fn list_automatic(&self, newest: u32) -> Result<Vec<AutomaticRow>, StoreError> {
        let rows: Vec<(String, String, i64, bool, bool, bool)> = sqlx::query_as(
            "SELECT
                judgements.bucket_id,
                judgements.actions,
                judgements.at,
                decisions.undone_at IS NOT NULL AND judgements.sent_back IS NULL,
                judgements.sent_back IS NOT NULL,
                decisions.undone_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM actions
                    WHERE actions.decision_id = decisions.id AND actions.state <> 'done'
                )
             FROM judgements
             JOIN decisions ON decisions.id = judgements.decision_id
             WHERE judgements.outcome = 'automatic' AND judgements.bucket_id IS NOT NULL
             ORDER BY judgements.at DESC
             LIMIT ?1",
        )
        .bind(i64::from(newest))
        .fetch_all(&self.database.readers)
        .await?;
        let row = |(bucket_id, actions, at, taken_back, sent_back, done)| AutomaticRow {
            bucket_id: BucketId(bucket_id),
            actions,
            at: Timestamp(at),
            taken_back,
            sent_back,
            done,
        };
        Ok(rows.into_iter().rev().map(row).collect())
    }

    /// Messages that were judged in `[from, until)`, each once, the newest so many, the oldest first.
    pub async fn list_arrivals(
        &self,
        from: Timestamp,
        until: Timestamp,
        newest: u32,
    ) -> Result<Vec<ArrivalRow>, StoreError> {
        let rows: Vec<(i64, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT at, bucket_id, words, unknown_words
             FROM judgements
             WHERE at >= ?1 AND at < ?2 AND is_repeat = 0
             ORDER BY at DESC
             LIMIT ?3",
        )
        .bind(from.0)
        .bind(until.0)
        .bind(i64::from(newest))
        .fetch_all(&self.database.readers)
        .await?;
        let row = |(at, bucket_id, words, unknown)| ArrivalRow {
            at: Timestamp(at),
            bucket_id: Option::map(bucket_id, BucketId),
            words: (small(words), small(unknown)),
        };
        Ok(rows.into_iter().rev().map(row).collect())
    }

    /// The newest suggestions with a bucket that nobody answered here, neither person nor policy.
    pub async fn list_predictions(
        &self,
        since: Timestamp,
        newest: u32,
    ) -> Result<Vec<PredictionRow>, StoreError> {
        let rows: Vec<PredictionColumns> = sqlx::query_as(
            "SELECT
                suggestions.id,
                suggestions.conversation_id,
                suggestions.created_at,
                suggestions.bucket_id,
                COALESCE(judgements.confidence, suggestions.confidence) AS confidence,
                COALESCE(judgements.actions, (
                    SELECT group_concat(json_extract(step.value, '$.kind'))
                    FROM json_each(suggestions.plan, '$.actions') AS step
                ), '') AS actions,
                json_extract(suggestions.bound, '$.last_part_id') AS last_part_id
             FROM suggestions
             LEFT JOIN judgements ON judgements.suggestion_id = suggestions.id
             WHERE suggestions.state IN ('pending', 'snoozed', 'superseded')
                AND suggestions.bucket_id IS NOT NULL
                AND suggestions.created_at >= ?1
                AND NOT EXISTS (
                    SELECT 1 FROM decisions
                    WHERE decisions.suggestion_id = suggestions.id AND decisions.undone_at IS NULL
                )
             ORDER BY suggestions.created_at DESC, suggestions.id DESC
             LIMIT ?2",
        )
        .bind(since.0)
        .bind(i64::from(newest))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows.into_iter().rev().map(PredictionRow::from).collect())
    }

    /// What teammates did in the conversations of the predictions since then, by conversation and place.
    pub async fn list_acts(&self, since: Timestamp, limit: u32) -> Result<Vec<ActRow>, StoreError> {
        let rows: Vec<ActColumns> = sqlx::query_as(
            "SELECT
                parts.conversation_id,
                parts.id,
                parts.place,
                parts.kind,
                parts.created_at,
                parts.assigned_to,
                parts.author_kind = 'admin' AND own_parts.part_id IS NULL AS is_teammate,
                CASE WHEN parts.author_kind = 'admin' AND parts.kind <> 'note' THEN parts.text END AS text
             FROM parts
             LEFT JOIN own_parts
                ON own_parts.conversation_id = parts.conversation_id AND own_parts.part_id = parts.id
             WHERE parts.conversation_id IN (
                SELECT conversation_id FROM suggestions
                WHERE state IN ('pending', 'snoozed', 'superseded')
                    AND bucket_id IS NOT NULL
                    AND created_at >= ?1
             )
             ORDER BY parts.conversation_id, parts.place
             LIMIT ?2",
        )
        .bind(since.0)
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows.into_iter().map(ActRow::from).collect())
    }

    /// Who suggestions were about and what people answered, in no order; at most 200.
    pub async fn list_wrong(&self, ids: &[SuggestionId]) -> Result<Vec<WrongRow>, StoreError> {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT
                suggestions.id,
                suggestions.conversation_id,
                COALESCE(NULLIF(TRIM(contacts.name), ''), NULLIF(TRIM(first.name), ''), contacts.email, first.email)
                    AS contact_name,
                COALESCE(judgements.confidence, suggestions.confidence) AS confidence,
                decisions.at,
                decisions.kind,
                decisions.bucket_id AS decided
             FROM suggestions
             JOIN decisions
                ON decisions.suggestion_id = suggestions.id
                AND decisions.undone_at IS NULL
                AND decisions.kind IN ('approved', 'edited', 'corrected', 'rejected')
             LEFT JOIN judgements ON judgements.suggestion_id = suggestions.id
             LEFT JOIN conversation_contacts AS first
                ON first.conversation_id = suggestions.conversation_id AND first.position = 0
             LEFT JOIN contacts ON contacts.id = first.contact_id
             WHERE suggestions.id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids.iter().take(200) {
            list.push_bind(id.0);
        }
        query.push(")");
        let rows: Vec<WrongColumns> = query.build_query_as().fetch_all(&self.database.readers).await?;
        Ok(rows.into_iter().map(WrongRow::from).collect())
    }
}

#[derive(FromRow)]
struct PredictionColumns {
    id: Uuid,
    conversation_id: String,
    created_at: i64,
    bucket_id: String,
    confidence: f64,
    actions: String,
    last_part_id: Option<String>,
}

impl From<PredictionColumns> for PredictionRow {
    fn from(row: PredictionColumns) -> Self {
        Self {
            suggestion_id: SuggestionId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            at: Timestamp(row.created_at),
            bucket_id: BucketId(row.bucket_id),
            confidence: row.confidence,
            actions: row.actions,
            last_part_id: row.last_part_id,
        }
    }
}

#[derive(FromRow)]
struct ActColumns {
    conversation_id: String,
    id: String,
    place: i64,
    kind: String,
    created_at: i64,
    assigned_to: Option<String>,
    is_teammate: bool,
    text: Option<String>,
}

impl From<ActColumns> for ActRow {
    fn from(row: ActColumns) -> Self {
        Self {
            conversation_id: ConversationId(row.conversation_id),
            part_id: row.id,
            place: small(row.place),
            kind: row.kind,
            at: Timestamp(row.created_at),
            assigned_to: row.assigned_to,
            is_teammate: row.is_teammate,
            text: row.text,
        }
    }
}

#[derive(FromRow)]
struct WrongColumns {
    id: Uuid,
    conversation_id: String,
    contact_name: Option<String>,
    confidence: f64,
    at: i64,
    kind: String,
    decided: Option<String>,
}

impl From<WrongColumns> for WrongRow {
    fn from(row: WrongColumns) -> Self {
        Self {
            suggestion_id: SuggestionId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            contact_name: row.contact_name,
            confidence: row.confidence,
            at: Timestamp(row.at),
            kind: row.kind,
            decided: row.decided.map(BucketId),
        }
    }
}
