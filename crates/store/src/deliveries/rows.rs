//! Deliveries as rows, and the statements that read and write them.

use super::{DeliveryFilter, DeliveryRow, NewDelivery};
use crate::column::{from_word, small, to_json};
use crate::error::StoreError;
use domain::{Change, ContactId, ConversationId, DeliveryId, DeliveryOutcome, Timestamp};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use uuid::Uuid;

pub(crate) const LIST_DUE: &str = "
    SELECT id, change, attempts
    FROM deliveries
    WHERE outcome = 'received' AND next_attempt_at <= ?1
    ORDER BY id
    LIMIT ?2";

pub(crate) const NEXT_DUE: &str = "SELECT MIN(next_attempt_at) FROM deliveries WHERE outcome = 'received'";

pub(crate) const COUNT: &str = "SELECT outcome, COUNT(*), SUM(duplicates) FROM deliveries GROUP BY outcome";

pub(super) const SELECT_DELIVERY: &str = "
    SELECT
        id,
        received_at,
        topic,
        notification_id,
        vendor_created_at,
        attempt,
        outcome,
        reason,
        size,
        attempts,
        duplicates,
        settled_at,
        conversation_id
    FROM deliveries";

const INSERT: &str = "
    INSERT INTO deliveries (
        id,
        received_at,
        notification_id,
        topic,
        vendor_created_at,
        attempt,
        change,
        change_kind,
        conversation_id,
        outcome,
        reason,
        size,
        settled_at,
        body
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
    ON CONFLICT (notification_id) WHERE notification_id IS NOT NULL
        DO UPDATE SET duplicates = duplicates + 1
    RETURNING id";

pub(super) type InsertQuery = sqlx::query::QueryScalar<'static, Sqlite, Uuid, sqlx::sqlite::SqliteArguments>;

pub(super) fn insert(new: &NewDelivery) -> Result<InsertQuery, StoreError> {
    let settled_at = (new.outcome != DeliveryOutcome::Received).then_some(new.received_at.0);
    let (kind, conversation) = new.change.as_ref().map(describe).unzip();
    Ok(sqlx::query_scalar(INSERT)
        .bind(new.id.0)
        .bind(new.received_at.0)
        .bind(new.notification_id.clone())
        .bind(new.topic.clone())
        .bind(new.vendor_created_at.map(|at| at.0))
        .bind(new.attempt.map(i64::from))
        .bind(new.change.as_ref().map(to_json).transpose()?)
        .bind(kind)
        .bind(conversation.flatten().map(|id| id.0.clone()))
        .bind(new.outcome.as_str())
        .bind(new.reason.clone())
        .bind(i64::try_from(new.body.len()).unwrap_or(i64::MAX))
        .bind(settled_at)
        .bind(new.body.clone()))
}

/// The word for a change, and the conversation that it names.
fn describe(change: &Change) -> (&'static str, Option<&ConversationId>) {
    match change {
        Change::Conversation(id) => ("conversation", Some(id)),
        Change::ConversationDeleted(id) => ("conversation_deleted", Some(id)),
        Change::Contact(ContactId(_)) => ("contact", None),
        Change::ContactDeleted(ContactId(_)) => ("contact_deleted", None),
        Change::ContactMerged { .. } => ("contact_merged", None),
        Change::Ping => ("ping", None),
        Change::Ignored => ("ignored", None),
    }
}

pub(crate) fn list(filter: &DeliveryFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(SELECT_DELIVERY);
    query.push(" WHERE TRUE");
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    if let Some(topic) = &filter.topic {
        query.push(" AND topic = ").push_bind(topic.clone());
    }
    if let Some(before) = filter.before {
        query.push(" AND id < ").push_bind(before.0);
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(filter.limit));
    query
}

#[derive(FromRow)]
pub(super) struct DeliveryColumns {
    id: Uuid,
    received_at: i64,
    topic: Option<String>,
    notification_id: Option<String>,
    vendor_created_at: Option<i64>,
    attempt: Option<i64>,
    outcome: String,
    reason: Option<String>,
    size: i64,
    attempts: i64,
    duplicates: i64,
    settled_at: Option<i64>,
    conversation_id: Option<String>,
}

impl TryFrom<DeliveryColumns> for DeliveryRow {
    type Error = StoreError;

    fn try_from(row: DeliveryColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: DeliveryId(row.id),
            received_at: Timestamp(row.received_at),
            topic: row.topic,
            notification_id: row.notification_id,
            vendor_created_at: row.vendor_created_at.map(Timestamp),
            attempt: row.attempt.map(small),
            outcome: from_word("the outcome of a delivery", &row.outcome, DeliveryOutcome::parse)?,
            reason: row.reason,
            size: row.size,
            attempts: row.attempts,
            duplicates: row.duplicates,
            settled_at: row.settled_at.map(Timestamp),
            conversation_id: row.conversation_id.map(ConversationId),
        })
    }
}
