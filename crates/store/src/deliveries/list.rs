//! Lists of deliveries, newest first, without their bodies.
//!
//! The order of ids is the order of arrival, so ids are the bounds of time and of pages. What is asked for is found
//! in indexes also where little of much fits: a beginning of a topic becomes the few topics that are there, each read
//! from its newest end; a text is looked for among the newest deliveries first, and only where those do not fill the
//! page in the indexes of ids, which hold nothing else.

use crate::column::{from_word, readable, small};
use crate::error::StoreError;
use crate::store::Store;
use domain::{ChangeKind, ConversationId, DeliveryId, DeliveryOutcome, LedTo, SuggestionId, Timestamp};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use uuid::Uuid;

/// With more topics than this the table is read in order instead.
const MOST_TOPICS: usize = 64;
/// A text is looked for among so many of the newest deliveries first: one that fits many is found there at once.
const NEWEST: i64 = 5_000;

/// Where a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// In every delivery within the bounds: right where those are few.
    Rows,
    /// In the newest within the bounds.
    Newest,
    /// In all, by the indexes of ids.
    Indexes,
}

/// Topics that are there, found by leaps from one to the next.
pub(crate) const LIST_TOPICS: &str = "
    WITH RECURSIVE topics (topic) AS (
        SELECT MIN(topic) FROM deliveries
        UNION ALL
        SELECT (SELECT MIN(topic) FROM deliveries WHERE topic > topics.topic)
        FROM topics
        WHERE topics.topic IS NOT NULL
    )
    SELECT topic FROM topics WHERE topic IS NOT NULL";

const SELECT: &str = "
    SELECT
        deliveries.id,
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
        change_kind,
        conversation_id,
        answered_after_ms,
        led_to,
        suggestion_id,
        COALESCE(replays, 0) AS replays,
        replayed_at
    FROM deliveries
    LEFT JOIN delivery_traces AS trace ON trace.delivery_id = deliveries.id";

/// Which deliveries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only of this outcome.
    pub outcome: Option<DeliveryOutcome>,
    /// Only of topics that begin so, small and capital letters alike.
    pub topic: Option<String>,
    /// Only where the id of the conversation or of the notification contains this.
    pub text: Option<String>,
    /// Only received then or later.
    pub from: Option<Timestamp>,
    /// Only received earlier than then.
    pub until: Option<Timestamp>,
    /// Only older than this one: the last of the page before.
    pub before: Option<DeliveryId>,
    /// Only newer than this one.
    pub after: Option<DeliveryId>,
    /// At most so many.
    pub limit: u32,
}

/// A delivery without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// When it came.
    pub received_at: Timestamp,
    /// Topic, when the body could be read.
    pub topic: Option<String>,
    /// The vendor's id of the notification.
    pub notification_id: Option<String>,
    /// When the vendor made it.
    pub vendor_created_at: Option<Timestamp>,
    /// Which attempt of the vendor's it was.
    pub attempt: Option<u32>,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why, for people.
    pub reason: Option<String>,
    /// Bytes received.
    pub size: i64,
    /// Our attempts to apply it.
    pub attempts: i64,
    /// Further notifications of the same id that were dropped.
    pub duplicates: i64,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// What it says should be fetched; `None` when the body does not say.
    pub change: Option<ChangeKind>,
    /// The conversation that it names.
    pub conversation_id: Option<ConversationId>,
    /// Milliseconds from its last byte to its answer, when they were noted.
    pub answered_after_ms: Option<u32>,
    /// What it led to, once applied.
    pub led_to: Option<LedTo>,
    /// How often a person had it taken up again.
    pub replays: u32,
    /// When last.
    pub replayed_at: Option<Timestamp>,
}

impl Store {
    /// Deliveries, newest first.
    pub async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        let Some(topics) = self.topics_of(filter).await? else { return Ok(vec![]) };
        let has_text = text_of(filter).is_some();
        let mut look = if has_text { Look::Newest } else { Look::Rows };
        loop {
            let rows: Vec<DeliveryColumns> =
                list(filter, &topics, look).build_query_as().fetch_all(&self.database.readers).await?;
            let full = rows.len() >= usize::try_from(filter.limit).unwrap_or(usize::MAX);
            if look == Look::Newest && !full {
                look = Look::Indexes;
                continue;
            }
            return Ok(readable(rows.into_iter().map(DeliveryRow::try_from)));
        }
    }

    /// How many deliveries there are of this kind; counts no further than `limit`.
    pub async fn count_deliveries(&self, filter: &DeliveryFilter) -> Result<u32, StoreError> {
        let Some(topics) = self.topics_of(filter).await? else { return Ok(0) };
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM deliveries");
        // Newer than one that is shown: few.
        let look = if filter.after.is_some() { Look::Rows } else { Look::Indexes };
        conditions(&mut query, filter, &topics, look);
        query.push(" LIMIT ").push_bind(i64::from(filter.limit)).push(")");
        let number: i64 = query.build_query_scalar().fetch_one(&self.database.readers).await?;
        Ok(small(number))
    }

    /// Every topic of which a delivery is kept, in order.
    pub async fn list_delivery_topics(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(LIST_TOPICS).fetch_all(&self.database.readers).await?)
    }

    /// A delivery with its raw body. The body is empty once the conversation was erased; `size` tells what it was.
    pub async fn find_delivery(&self, id: DeliveryId) -> Result<Option<(DeliveryRow, Vec<u8>)>, StoreError> {
        let mut tx = self.database.read().await?;
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE deliveries.id = ").push_bind(id.0);
        let Some(row) = query.build_query_as::<DeliveryColumns>().fetch_optional(&mut *tx).await? else {
            return Ok(None);
        };
        let body: Vec<u8> = sqlx::query_scalar("SELECT body FROM deliveries WHERE id = ?1")
            .bind(id.0)
            .fetch_one(&mut *tx)
            .await?;
        Ok(Some((row.try_into()?, body)))
    }

    /// The topics that the filter means, none when it names none; `None` when no topic fits.
    async fn topics_of(&self, filter: &DeliveryFilter) -> Result<Option<Vec<String>>, StoreError> {
        let Some(wanted) = filter.topic.as_ref().filter(|topic| !topic.is_empty()) else {
            return Ok(Some(vec![]));
        };
        let wanted = wanted.to_lowercase();
        let mut topics = self.list_delivery_topics().await?;
        topics.retain(|topic| topic.to_lowercase().starts_with(&wanted));
        Ok((!topics.is_empty()).then_some(topics))
    }
}

/// The statement of a list; `topics` are those that the filter means.
pub(crate) fn list(filter: &DeliveryFilter, topics: &[String], look: Look) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(SELECT);
    conditions(&mut query, filter, topics, look);
    query.push(" ORDER BY deliveries.id DESC LIMIT ").push_bind(i64::from(filter.limit));
    query
}

fn text_of(filter: &DeliveryFilter) -> Option<&str> {
    filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn conditions(query: &mut QueryBuilder<Sqlite>, filter: &DeliveryFilter, topics: &[String], look: Look) {
    query.push(" WHERE TRUE");
    outcome_and_bounds(query, filter);
    let text = text_of(filter);
    if let Some(text) = text {
        fits(query, filter, text, look);
    }
    if topics.is_empty() {
        return;
    }
    if text.is_some() || topics.len() > MOST_TOPICS {
        let mut list = query.push(" AND topic IN (").separated(", ");
        for topic in topics {
            list.push_bind(topic.clone());
        }
        query.push(")");
        return;
    }
    query.push(" AND deliveries.id IN (");
    for (place, topic) in topics.iter().enumerate() {
        query.push(if place == 0 { "" } else { " UNION ALL " });
        query.push("SELECT id FROM (SELECT id FROM deliveries WHERE topic = ").push_bind(topic.clone());
        outcome_and_bounds(query, filter);
        query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(filter.limit)).push(")");
    }
    query.push(")");
}

/// The condition that an id contains the text.
fn fits(query: &mut QueryBuilder<Sqlite>, filter: &DeliveryFilter, text: &str, look: Look) {
    let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    if look == Look::Indexes {
        for (name, between) in
            [("notification_id", " AND deliveries.rowid IN ("), ("conversation_id", " UNION ")]
        {
            query.push(between);
            query.push(format!("SELECT rowid FROM deliveries WHERE {name} IS NOT NULL AND {name} LIKE "));
            query.push_bind(pattern.clone()).push(" ESCAPE '\\'");
        }
        query.push(")");
        return;
    }
    if look == Look::Newest {
        query.push(" AND deliveries.id IN (SELECT id FROM deliveries WHERE TRUE");
        outcome_and_bounds(query, filter);
        query.push(" ORDER BY id DESC LIMIT ").push_bind(NEWEST).push(")");
    }
    query.push(" AND (notification_id LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
    query.push(" OR conversation_id LIKE ").push_bind(pattern).push(" ESCAPE '\\')");
}

fn outcome_and_bounds(query: &mut QueryBuilder<Sqlite>, filter: &DeliveryFilter) {
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    let before = [filter.before.map(|id| id.0), filter.until.map(first_id_of)].into_iter().flatten().min();
    if let Some(before) = before {
        query.push(" AND deliveries.id < ").push_bind(before);
    }
    if let Some(after) = filter.after {
        query.push(" AND deliveries.id > ").push_bind(after.0);
    }
    if let Some(from) = filter.from {
        query.push(" AND deliveries.id >= ").push_bind(first_id_of(from));
    }
}

/// The smallest id that can be made at a time: what was received earlier has a smaller one.
pub(super) fn first_id_of(at: Timestamp) -> Uuid {
    let milliseconds = u128::from(at.0.clamp(0, (1 << 48) - 1).unsigned_abs());
    Uuid::from_u128((milliseconds << 80) | (7 << 76))
}

#[derive(FromRow)]
struct DeliveryColumns {
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
    change_kind: Option<String>,
    conversation_id: Option<String>,
    answered_after_ms: Option<i64>,
    led_to: Option<String>,
    suggestion_id: Option<Uuid>,
    replays: i64,
    replayed_at: Option<i64>,
}

impl TryFrom<DeliveryColumns> for DeliveryRow {
    type Error = StoreError;

    fn try_from(row: DeliveryColumns) -> Result<Self, StoreError> {
        let led_to = match (row.led_to.as_deref(), row.suggestion_id) {
            (Some("suggestion"), Some(id)) => Some(LedTo::Suggestion(SuggestionId(id))),
            (Some("known"), _) => Some(LedTo::Known),
            (Some("erased"), _) => Some(LedTo::Erased),
            (Some(_), _) => Some(LedTo::News),
            (None, _) => None,
        };
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
            change: row.change_kind.as_deref().and_then(ChangeKind::parse),
            conversation_id: row.conversation_id.map(ConversationId),
            answered_after_ms: row.answered_after_ms.map(small),
            led_to,
            replays: small(row.replays),
            replayed_at: row.replayed_at.map(Timestamp),
        })
    }
}
