//! Deliveries as rows, and the statements that keep them and take them up.

use super::NewDelivery;
use crate::column::to_json;
use crate::error::StoreError;
use domain::{Change, ConversationId, DeliveryOutcome};
use sqlx::{QueryBuilder, Sqlite};

pub(crate) const LIST_DUE: &str = "
    SELECT id, change, attempts
    FROM deliveries
    WHERE outcome = 'received' AND next_attempt_at <= ?1
    ORDER BY id
    LIMIT ?2";

pub(crate) const NEXT_DUE: &str = "SELECT MIN(next_attempt_at) FROM deliveries WHERE outcome = 'received'";

pub(crate) const COUNT: &str = "SELECT outcome, COUNT(*), SUM(duplicates) FROM deliveries GROUP BY outcome";

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
    ) ";

/// Keeps what is not kept yet: fewer rows than deliveries are inserted when some repeat a notification, or were kept
/// before by their own id. `RETURNING` would tell which at once, at the price of a row read for each delivery;
/// repetitions are rare.
const UNLESS_KEPT: &str = "
    ON CONFLICT DO NOTHING";

/// One statement for several deliveries: going to the database and back costs more than a row.
pub(super) fn insert(new: &[NewDelivery]) -> Result<QueryBuilder<Sqlite>, StoreError> {
    let changes: Vec<Option<String>> =
        new.iter().map(|new| new.change.as_ref().map(to_json).transpose()).collect::<Result<_, _>>()?;
    let mut query = QueryBuilder::new(INSERT);
    query.push_values(new.iter().zip(changes), |mut row, (new, change)| {
        let settled_at = (new.outcome != DeliveryOutcome::Received).then_some(new.received_at.0);
        let (kind, conversation) = new.change.as_ref().map_or((None, None), describe);
        row.push_bind(new.id.0)
            .push_bind(new.received_at.0)
            .push_bind(new.notification_id.clone())
            .push_bind(new.topic.clone())
            .push_bind(new.vendor_created_at.map(|at| at.0))
            .push_bind(new.attempt.map(i64::from))
            .push_bind(change)
            .push_bind(kind)
            .push_bind(conversation.map(|id| id.0.clone()))
            .push_bind(new.outcome.as_str())
            .push_bind(new.reason.clone())
            .push_bind(i64::try_from(new.body.len()).unwrap_or(i64::MAX))
            .push_bind(settled_at)
            .push_bind(new.body.to_vec());
    });
    query.push(UNLESS_KEPT);
    Ok(query)
}

/// The word for a change, and the conversation that it names.
pub(super) fn describe(change: &Change) -> (Option<&'static str>, Option<&ConversationId>) {
    let conversation = match change {
        Change::Conversation(id) | Change::ConversationDeleted(id) => Some(id),
        Change::Contact(_)
        | Change::ContactDeleted(_)
        | Change::ContactMerged { .. }
        | Change::Article(_)
        | Change::Ping
        | Change::Ignored => None,
    };
    (Some(change.kind().as_str()), conversation)
}
