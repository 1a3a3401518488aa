//! What the learning views rest on: decisions with what was suggested, how long people looked, what they changed, and
//! which messages belong to no bucket.
//!
//! Whoever keeps what was read here asks [`Store::decisions_marks`] whether it still holds.

use crate::column::{from_json, one_line, readable, to_json};
use crate::decisions::{DecisionRecord, kind_and_bucket};
use crate::error::StoreError;
use crate::store::Store;
use domain::{
    BucketId, ConversationId, DecisionId, DecisionKind, EditPiece, NONE_OF_THESE, SuggestionId, Timestamp,
};
use serde::Deserialize;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Characters of a message that a list shows.
const PREVIEW: usize = 160;

/// Decisions read at once. One value for all of them costs a fraction of a row for each.
const PAGE: usize = 2_000;
/// Decisions taken back that are remembered.
const TAKEN_BACK: usize = 1_000;
/// What a confidence is multiplied with on its way, so that JSON does not round it: exact for any above 1/512.
const UNITS: f64 = 4_611_686_018_427_387_904.0;

/// How often decisions were added, which were taken back, and how often anything about them changed otherwise.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    added: AtomicU64,
    changed: AtomicU64,
    taken_back: Mutex<TakenBack>,
}

/// The decisions taken back last, by their places, and how many there were in all.
#[derive(Debug, Default)]
struct TakenBack {
    count: u64,
    places: VecDeque<i64>,
}

impl Marks {
    pub(crate) fn added(&self) {
        self.added.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn changed(&self) {
        self.changed.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn taken_back(&self, place: i64) {
        let mut taken_back = self.lock_taken_back();
        taken_back.count += 1;
        taken_back.places.push_back(place);
        if taken_back.places.len() > TAKEN_BACK {
            taken_back.places.pop_front();
        }
    }

    fn lock_taken_back(&self) -> MutexGuard<'_, TakenBack> {
        self.taken_back.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A state of the decisions: another one says that something was recorded since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marked {
    /// Moves when a decision is added.
    pub added: u64,
    /// Moves when one is taken back.
    pub taken_back: u64,
    /// Moves when text is erased, and when rows may have got other places.
    pub changed: u64,
}

/// A decision on a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedRow {
    /// Its place in the order of recording.
    pub place: i64,
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// When it was decided.
    pub at: Timestamp,
    /// What was decided.
    pub kind: DecisionKind,
    /// The bucket decided on; `None` for none.
    pub decided: Option<BucketId>,
    /// The bucket suggested; `None` where none was.
    pub suggested: Option<BucketId>,
    /// The confidence of the local model.
    pub confidence: f64,
    /// The confidence that policies went by; the local one where none judged it.
    pub governed_confidence: f64,
    /// Kinds of action in its plan, separated by commas.
    pub actions: String,
    /// Whether the person answered without seeing the suggestion.
    pub blind: bool,
    /// How long the person looked, milliseconds.
    pub looked_ms: Option<u32>,
}

/// A decided case in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Whether the conversation is still kept here.
    pub is_kept: bool,
    /// What to call the customer, where that is known.
    pub contact_name: Option<String>,
    /// The message in one line; empty once it is erased.
    pub preview: String,
    /// The bucket suggested.
    pub suggested: Option<BucketId>,
    /// The bucket decided on.
    pub decided: Option<BucketId>,
    /// The confidence of the local model.
    pub confidence: f64,
    /// When it was decided.
    pub at: Timestamp,
}

/// A reply that was edited.
#[derive(Debug, Clone, PartialEq)]
pub struct EditRow {
    /// The decision.
    pub decision_id: DecisionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The bucket whose reply it was.
    pub bucket_id: Option<BucketId>,
    /// When.
    pub at: Timestamp,
    /// What was changed.
    pub pieces: Vec<EditPiece>,
    /// Whether a language model had drafted it; else it was the bucket's own.
    pub was_draft: bool,
}

/// A message that a person put into none of the buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct UnplacedRow {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// The message, as lessons keep it.
    pub message: serde_json::Value,
}

impl Store {
    /// The state of the decisions.
    pub fn decisions_marks(&self) -> Marked {
        Marked {
            added: self.decisions_marks.added.load(Ordering::Acquire),
            taken_back: self.decisions_marks.lock_taken_back().count,
            changed: self.decisions_marks.changed.load(Ordering::Acquire),
        }
    }

    /// The places of the decisions that were taken back between two states; `None` where that is no longer known.
    pub fn taken_back_between(&self, before: Marked, after: Marked) -> Option<Vec<i64>> {
        let known = self.decisions_marks.lock_taken_back();
        let wanted = usize::try_from(after.taken_back.checked_sub(before.taken_back)?).ok()?;
        let since = usize::try_from(known.count.checked_sub(after.taken_back)?).ok()?;
        let from = known.places.len().checked_sub(wanted.checked_add(since)?)?;
        Some(known.places.iter().skip(from).take(wanted).copied().collect())
    }

    /// Decisions on suggestions that were recorded after a place, in the order of recording. Snoozed and undone ones
    /// answered nothing.
    pub async fn list_decided(&self, after: Option<i64>) -> Result<Vec<DecidedRow>, StoreError> {
        let mut all = Vec::new();
        let mut after = after.unwrap_or(i64::MIN);
        loop {
            let page: String = sqlx::query_scalar(LIST_DECIDED)
                .bind(after)
                .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
                .fetch_one(&self.database.readers)
                .await?;
            let mut page: Vec<DecidedColumns> = from_json("decisions", &page)?;
            page.sort_by_key(|row| row.0);
            let is_last = page.len() < PAGE;
            after = page.last().map_or(after, |row| row.0);
            all.extend(readable(page.into_iter().map(DecidedRow::try_from)));
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Cases by the suggestions that they are about, in the order of these.
    pub async fn list_cases(&self, ids: &[SuggestionId]) -> Result<Vec<CaseRow>, StoreError> {
        let mut found = std::collections::HashMap::new();
        for ids in ids.chunks(500) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(SELECT_CASES);
            let mut some = query.separated(", ");
            for id in ids {
                some.push_bind(id.0);
            }
            query.push(")");
            let rows: Vec<CaseColumns> = query.build_query_as().fetch_all(&self.database.readers).await?;
            for case in readable(rows.into_iter().map(CaseRow::try_from)) {
                found.insert(case.suggestion_id, case);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Replies that were edited, newest first.
    pub async fn list_edits(&self, limit: u32) -> Result<Vec<EditRow>, StoreError> {
        let rows: Vec<(Uuid, String, Option<String>, i64, String, String)> = sqlx::query_as(
            "SELECT
                edits.decision_id,
                edits.conversation_id,
                decisions.bucket_id,
                decisions.at,
                edits.pieces,
                edits.suggested_by
             FROM decisions
             JOIN edits ON edits.decision_id = decisions.id
             WHERE decisions.undone_at IS NULL
        AND decisions.decided_by = 'person'
             ORDER BY decisions.id DESC
             LIMIT ?1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(|(decision, conversation, bucket, at, pieces, by)| {
            Ok(EditRow {
                decision_id: DecisionId(decision),
                conversation_id: ConversationId(conversation),
                bucket_id: bucket.map(BucketId),
                at: Timestamp(at),
                pieces: from_json("an edited reply", &pieces)?,
                was_draft: by == "draft",
            })
        })))
    }

    /// The newest messages that a person put into none of the buckets, newest first.
    pub async fn list_unplaced(&self, limit: u32) -> Result<Vec<UnplacedRow>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT decisions.suggestion_id, lessons.message
             FROM lessons
             JOIN decisions ON decisions.id = lessons.decision_id
             WHERE lessons.bucket_id = ?1 AND decisions.suggestion_id IS NOT NULL
             ORDER BY lessons.at DESC, lessons.decision_id DESC
             LIMIT ?2",
        )
        .bind(NONE_OF_THESE)
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, message)| {
            Ok(UnplacedRow { suggestion_id: SuggestionId(id), message: from_json("a lesson", &message)? })
        })))
    }
}

/// Keeps how long the person looked, what they changed, and whether it began as a draft.
pub(crate) async fn insert(tx: &mut SqliteConnection, record: &DecisionRecord) -> Result<(), StoreError> {
    let decision = &record.decision;
    if let Some(looked_ms) = record.looked_ms {
        sqlx::query("UPDATE decisions SET looked_ms = ?2 WHERE id = ?1")
            .bind(decision.id.0)
            .bind(i64::from(looked_ms))
            .execute(&mut *tx)
            .await?;
    }
    if !record.edit.is_empty() {
        sqlx::query(
            "INSERT INTO edits (decision_id, conversation_id, pieces, suggested_by) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(decision.id.0)
        .bind(decision.conversation_id.as_str())
        .bind(to_json(&record.edit)?)
        .bind(if record.draft.is_some() { "draft" } else { "bucket" })
        .execute(&mut *tx)
        .await?;
    }
    if let Some(draft) = record.draft {
        crate::drafts::sign(tx, draft, decision.id).await?;
    }
    Ok(())
}

/// Takes away what was changed in replies to a conversation: it is made of their words.
pub(crate) async fn erase_text(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM edits WHERE conversation_id = ?1")
        .bind(conversation.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// A message as lessons keep it, in one line.
pub(crate) fn preview_of(message: &str) -> String {
    let message: serde_json::Value = serde_json::from_str(message).unwrap_or_default();
    let text = message.get("newest").and_then(serde_json::Value::as_str).unwrap_or_default();
    one_line(text, PREVIEW)
}

/// The confidences are multiplied with [`UNITS`].
pub(crate) const LIST_DECIDED: &str = "
    SELECT json_group_array(json_array(
        place,
        hex(suggestion_id),
        at,
        kind,
        decided,
        suggested,
        CAST(confidence * 4611686018427387904.0 AS INTEGER),
        CAST(governed_confidence * 4611686018427387904.0 AS INTEGER),
        actions,
        blind,
        looked_ms
    ))
    FROM (
        SELECT
            decisions.rowid AS place,
            decisions.suggestion_id,
            decisions.at,
            decisions.kind,
            decisions.bucket_id AS decided,
            suggestions.bucket_id AS suggested,
            suggestions.confidence,
            COALESCE(judgements.confidence, suggestions.confidence) AS governed_confidence,
            COALESCE(judgements.actions, (
                SELECT group_concat(json_extract(step.value, '$.kind'))
                FROM json_each(suggestions.plan, '$.actions') AS step
            ), '') AS actions,
            COALESCE(judgements.blind, 0) AS blind,
            decisions.looked_ms
        FROM decisions
        CROSS JOIN suggestions ON suggestions.id = decisions.suggestion_id
        LEFT JOIN judgements ON judgements.suggestion_id = decisions.suggestion_id
        WHERE decisions.rowid > ?1
            AND decisions.kind IN ('approved', 'edited', 'corrected', 'rejected')
            AND decisions.undone_at IS NULL
            AND decisions.decided_by = 'person'
        ORDER BY decisions.rowid
        LIMIT ?2
    )";

const SELECT_CASES: &str = "
    SELECT
        suggestions.id,
        suggestions.conversation_id,
        suggestions.bucket_id AS suggested,
        suggestions.confidence,
        decisions.kind,
        decisions.bucket_id AS decided,
        decisions.at,
        lessons.message,
        EXISTS (SELECT 1 FROM conversations WHERE conversations.id = suggestions.conversation_id) AS is_kept,
        (
            SELECT COALESCE(NULLIF(contacts.name, ''), NULLIF(taking_part.name, ''), contacts.email, taking_part.email)
            FROM conversation_contacts AS taking_part
            LEFT JOIN contacts ON contacts.id = taking_part.contact_id
            WHERE taking_part.conversation_id = suggestions.conversation_id AND taking_part.position = 0
        ) AS contact_name,
        (
            SELECT text FROM parts
            WHERE parts.conversation_id = suggestions.conversation_id AND parts.id = suggestions.part_id
        ) AS text
    FROM suggestions
    JOIN decisions ON decisions.suggestion_id = suggestions.id
    LEFT JOIN lessons ON lessons.decision_id = decisions.id
    WHERE decisions.undone_at IS NULL
        AND decisions.decided_by = 'person'
        AND decisions.kind IN ('approved', 'edited', 'corrected', 'rejected')
        AND suggestions.id IN (";

/// In the order of [`LIST_DECIDED`].
#[derive(Deserialize)]
struct DecidedColumns(
    i64,
    Uuid,
    i64,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
    String,
    i64,
    Option<i64>,
);

impl TryFrom<DecidedColumns> for DecidedRow {
    type Error = StoreError;

    fn try_from(row: DecidedColumns) -> Result<Self, StoreError> {
        let DecidedColumns(
            place,
            suggestion,
            at,
            kind,
            decided,
            suggested,
            own,
            governed,
            actions,
            blind,
            looked,
        ) = row;
        let (kind, decided) = kind_and_bucket(&kind, decided)?;
        Ok(Self {
            place,
            suggestion_id: SuggestionId(suggestion),
            at: Timestamp(at),
            kind,
            decided,
            suggested: suggested.map(BucketId),
            confidence: own as f64 / UNITS,
            governed_confidence: governed as f64 / UNITS,
            actions,
            blind: blind != 0,
            looked_ms: looked.and_then(|looked| u32::try_from(looked).ok()),
        })
    }
}

#[derive(FromRow)]
struct CaseColumns {
    id: Uuid,
    conversation_id: String,
    suggested: Option<String>,
    confidence: f64,
    kind: String,
    decided: Option<String>,
    at: i64,
    message: Option<String>,
    is_kept: bool,
    contact_name: Option<String>,
    text: Option<String>,
}

impl TryFrom<CaseColumns> for CaseRow {
    type Error = StoreError;

    fn try_from(row: CaseColumns) -> Result<Self, StoreError> {
        let (_, decided) = kind_and_bucket(&row.kind, row.decided)?;
        let preview = match (&row.message, &row.text) {
            (Some(message), _) => preview_of(message),
            (None, Some(text)) => one_line(text, PREVIEW),
            (None, None) => String::new(),
        };
        Ok(Self {
            suggestion_id: SuggestionId(row.id),
            conversation_id: ConversationId(row.conversation_id),
            is_kept: row.is_kept,
            contact_name: row.contact_name,
            preview,
            suggested: row.suggested.map(BucketId),
            decided,
            confidence: row.confidence,
            at: Timestamp(row.at),
        })
    }
}
