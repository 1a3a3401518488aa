//! Decisions: recorded once, and taken back whole while nothing of them has been sent.

use crate::actions::{self, ActionColumns};
use crate::activity::{self, NewActivity};
use crate::begun;
use crate::column::{from_json, from_word, readable, to_json};
use crate::error::StoreError;
use crate::lessons::{self, NewLesson};
use crate::looks;
use crate::store::Store;
use crate::suggestions;
use domain::{
    Action, ActionId, ActionState, BucketId, Claim, ConversationId, ConversationState, DecidedBy, Decision,
    DecisionId, DecisionKind, DraftId, EditPiece, NONE_OF_THESE, SuggestionId, SuggestionState, Timestamp,
};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A decision with everything that follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRecord {
    /// The decision.
    pub decision: Decision,
    /// What its suggestion becomes; `None` leaves a suggestion alone.
    pub suggestion_state: Option<SuggestionState>,
    /// The state that the conversation must be in before the first action.
    pub expected: ConversationState,
    /// The actions it orders, by step.
    pub actions: Vec<Action>,
    /// Entries for the activity log.
    pub activity: Vec<NewActivity>,
    /// What it teaches.
    pub lesson: Option<NewLesson>,
    /// How long the person looked before they answered, milliseconds; `None` where it was not measured.
    pub looked_ms: Option<u32>,
    /// What was changed in the reply; empty where nothing was.
    pub edit: Vec<EditPiece>,
    /// The draft that the reply began as, where it was not the bucket's own.
    pub draft: Option<DraftId>,
}

/// A decision with what its next action relies on.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingDecision {
    /// The decision.
    pub decision: Decision,
    /// The state that its suggestion was made on; `None` where there is no suggestion, as for a note.
    pub base: Option<ConversationState>,
    /// The state that our own newest action left, or that the conversation was in when it was decided.
    pub expected: ConversationState,
    /// What it has claimed the conversation with.
    pub claim: Option<Claim>,
}

/// A decision in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    /// The decision.
    pub decision: Decision,
    /// Its actions, by step.
    pub actions: Vec<Action>,
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The suggestion that the decision had answered.
    pub suggestion_id: Option<SuggestionId>,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Whether the decision had taught something, which must be unlearnt.
    pub had_lesson: bool,
}

impl Store {
    /// Records a decision with its actions, its lesson and what the log says of it, whole or not at all.
    /// [`StoreError::AlreadyDecided`] when the suggestion is no longer open.
    pub async fn record_decision(&self, record: &DecisionRecord) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        self::record(&mut tx, record).await?;
        tx.commit().await?;
        self.decisions_marks.added();
        Ok(())
    }

    /// Takes a decision back: its actions, its lesson, its answer to the suggestion. All of it, or
    /// [`StoreError::TooLate`] once an action has left its hold or a later decision answered the same suggestion.
    ///
    /// The suggestion waits again, unless it was superseded meanwhile or another one waits in its place.
    pub async fn undo_decision(
        &self,
        id: DecisionId,
        at: Timestamp,
        activity: &NewActivity,
    ) -> Result<Undone, StoreError> {
        let mut tx = self.database.write().await?;
        let decision = find(&mut tx, id).await?.ok_or(StoreError::NotFound("decision"))?.0;
        if decision.undone_at.is_some() {
            return Err(StoreError::AlreadyUndone);
        }
        undo_actions(&mut tx, id).await?;
        if let Some(suggestion) = decision.suggestion_id {
            undo_answer(&mut tx, id, suggestion, at).await?;
        }
        begun::give_back(&mut tx, id).await?;
        let had_lesson = lessons::remove(&mut tx, id).await?;
        let place: i64 =
            sqlx::query_scalar("UPDATE decisions SET undone_at = ?2 WHERE id = ?1 RETURNING rowid")
                .bind(id.0)
                .bind(at.0)
                .fetch_one(&mut *tx)
                .await?;
        activity::insert(&mut tx, activity).await?;
        tx.commit().await?;
        self.decisions_marks.taken_back(place);
        Ok(Undone {
            suggestion_id: decision.suggestion_id,
            conversation_id: decision.conversation_id,
            had_lesson,
        })
    }

    /// A decision, and the state that its conversation must be in before its next action.
    pub async fn find_decision(
        &self,
        id: DecisionId,
    ) -> Result<Option<(Decision, ConversationState)>, StoreError> {
        let mut tx = self.database.read().await?;
        let Some((decision, expected)) = find(&mut tx, id).await? else { return Ok(None) };
        Ok(Some((decision, from_json("the state a decision expects", &expected)?)))
    }

    /// A decision with what its next action relies on.
    pub async fn find_standing_decision(
        &self,
        id: DecisionId,
    ) -> Result<Option<StandingDecision>, StoreError> {
        let mut tx = self.database.read().await?;
        let Some((decision, expected)) = find(&mut tx, id).await? else { return Ok(None) };
        let (claim, base): (Option<String>, Option<String>) = sqlx::query_as(
            "SELECT decisions.claim, suggestions.bound
             FROM decisions
             LEFT JOIN suggestions ON suggestions.id = decisions.suggestion_id
             WHERE decisions.id = ?1",
        )
        .bind(id.0)
        .fetch_one(&mut *tx)
        .await?;
        Ok(Some(StandingDecision {
            decision,
            base: base.map(|base| from_json("the state a suggestion was made on", &base)).transpose()?,
            expected: from_json("the state a decision expects", &expected)?,
            claim: claim.map(|claim| from_json("the claim of a decision", &claim)).transpose()?,
        }))
    }

    /// Decisions, newest first; those before one of them for the next page.
    pub async fn list_decisions(
        &self,
        before: Option<DecisionId>,
        limit: u32,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        if let Some(before) = before {
            query.push(" WHERE id < ").push_bind(before.0);
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit));
        self.list_with_actions(query).await
    }

    /// The decisions on a conversation, newest first.
    pub async fn list_decisions_of(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE conversation_id = ").push_bind(conversation.0.clone()).push(" ORDER BY id DESC");
        self.list_with_actions(query).await
    }

    async fn list_with_actions(
        &self,
        mut query: QueryBuilder<Sqlite>,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let mut tx = self.database.read().await?;
        let rows: Vec<DecisionColumns> = query.build_query_as().fetch_all(&mut *tx).await?;
        let mut actions: BTreeMap<Uuid, Vec<Action>> = BTreeMap::new();
        for rows in rows.chunks(500) {
            let mut query = QueryBuilder::new(actions::SELECT);
            let mut ids = query.push(" WHERE decision_id IN (").separated(", ");
            for row in rows {
                ids.push_bind(row.id);
            }
            query.push(") ORDER BY decision_id, step");
            let found: Vec<ActionColumns> = query.build_query_as().fetch_all(&mut *tx).await?;
            for action in readable(found.into_iter().map(Action::try_from)) {
                actions.entry(action.decision_id.0).or_default().push(action);
            }
        }
        let decisions = readable(rows.into_iter().map(Decision::try_from));
        let rows = decisions.into_iter().map(|decision| DecisionRow {
            actions: actions.remove(&decision.id.0).unwrap_or_default(),
            decision,
        });
        Ok(rows.collect())
    }
}

/// Records a decision with all that goes with it.
pub(crate) async fn record(tx: &mut SqliteConnection, record: &DecisionRecord) -> Result<(), StoreError> {
    if let Some(state) = &record.suggestion_state {
        let id = record.decision.suggestion_id.ok_or(StoreError::NotFound("suggestion"))?;
        answer(tx, id, state, record.decision.at).await?;
    }
    insert(tx, &record.decision, &record.expected).await?;
    for action in &record.actions {
        actions::insert(tx, action).await?;
    }
    for entry in &record.activity {
        activity::insert(tx, entry).await?;
    }
    if let Some(lesson) = &record.lesson {
        lessons::insert(tx, &record.decision, lesson).await?;
    }
    begun::take_along(tx, &record.decision).await?;
    looks::insert(tx, record).await
}

/// Compare-and-swap of a suggestion from open to its answer.
async fn answer(
    tx: &mut SqliteConnection,
    id: SuggestionId,
    state: &SuggestionState,
    at: Timestamp,
) -> Result<(), StoreError> {
    let found = suggestions::find_state(tx, id).await?;
    let (stored, _) = found.ok_or(StoreError::NotFound("suggestion"))?;
    if !stored.is_open() {
        return Err(StoreError::AlreadyDecided);
    }
    suggestions::write_state(tx, id, state, Some(at)).await
}

async fn undo_actions(tx: &mut SqliteConnection, id: DecisionId) -> Result<(), StoreError> {
    let actions: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, state_data FROM actions WHERE decision_id = ?1")
            .bind(id.0)
            .fetch_all(&mut *tx)
            .await?;
    for (action, state) in actions {
        let state: ActionState = from_json("the state of an action", &state)?;
        let undone = state.undo().map_err(|_| StoreError::TooLate)?;
        actions::write_state(tx, ActionId(action), &undone).await?;
    }
    Ok(())
}

pub(crate) async fn undo_answer(
    tx: &mut SqliteConnection,
    id: DecisionId,
    suggestion: SuggestionId,
    at: Timestamp,
) -> Result<(), StoreError> {
    // By order of recording: ids and times go backward when the machine's clock is set back.
    let followed: bool = sqlx::query_scalar(
        "SELECT EXISTS (
            SELECT 1 FROM decisions
            WHERE suggestion_id = ?1
                AND undone_at IS NULL
                AND rowid > (SELECT rowid FROM decisions WHERE id = ?2)
         )",
    )
    .bind(suggestion.0)
    .bind(id.0)
    .fetch_one(&mut *tx)
    .await?;
    if followed {
        return Err(StoreError::TooLate);
    }
    match suggestions::find_state(tx, suggestion).await? {
        None | Some((SuggestionState::Superseded { .. }, _)) => Ok(()),
        Some((_, conversation)) => {
            suggestions::reopen(tx, suggestion, &conversation, &SuggestionState::Pending, Some(at)).await
        }
    }
}

async fn insert(
    tx: &mut SqliteConnection,
    decision: &Decision,
    expected: &ConversationState,
) -> Result<(), StoreError> {
    let (kind, bucket) = if decision.kind == DecisionKind::NoneOfThese {
        (DecisionKind::Rejected.as_str(), Some(NONE_OF_THESE))
    } else {
        (decision.kind.as_str(), decision.bucket_id.as_ref().map(BucketId::as_str))
    };
    sqlx::query(
        "INSERT INTO decisions (
            id,
            suggestion_id,
            conversation_id,
            kind,
            bucket_id,
            reason,
            at,
            undo_until,
            undone_at,
            expected,
            decided_by
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(decision.id.0)
    .bind(decision.suggestion_id.map(|id| id.0))
    .bind(decision.conversation_id.as_str())
    .bind(kind)
    .bind(bucket)
    .bind(&decision.reason)
    .bind(decision.at.0)
    .bind(decision.undo_until.0)
    .bind(decision.undone_at.map(|at| at.0))
    .bind(to_json(expected)?)
    .bind(decision.decided_by.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// A decision, and the JSON of the state it expects.
pub(crate) async fn find(
    tx: &mut SqliteConnection,
    id: DecisionId,
) -> Result<Option<(Decision, String)>, StoreError> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE id = ").push_bind(id.0);
    let row: Option<DecisionColumns> = query.build_query_as().fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let expected = row.expected.clone();
    Ok(Some((row.try_into()?, expected)))
}

const SELECT: &str = "
    SELECT
        id,
        suggestion_id,
        conversation_id,
        kind,
        bucket_id,
        reason,
        at,
        undo_until,
        undone_at,
        expected,
        decided_by
    FROM decisions";

/// The kind and the bucket of a decision from their columns. 'None of these' is kept as a rejection with that key for its
/// bucket: nothing is done, and it is said where the message belongs.
pub(crate) fn kind_and_bucket(
    kind: &str,
    bucket: Option<String>,
) -> Result<(DecisionKind, Option<BucketId>), StoreError> {
    let kind = from_word("the kind of a decision", kind, DecisionKind::parse)?;
    Ok(match (kind, bucket) {
        (DecisionKind::Rejected, Some(bucket)) if bucket == NONE_OF_THESE => {
            (DecisionKind::NoneOfThese, None)
        }
        (kind, bucket) => (kind, bucket.map(BucketId)),
    })
}

#[derive(FromRow)]
struct DecisionColumns {
    id: Uuid,
    suggestion_id: Option<Uuid>,
    conversation_id: String,
    kind: String,
    bucket_id: Option<String>,
    reason: Option<String>,
    at: i64,
    undo_until: i64,
    undone_at: Option<i64>,
    expected: String,
    decided_by: String,
}

impl TryFrom<DecisionColumns> for Decision {
    type Error = StoreError;

    fn try_from(row: DecisionColumns) -> Result<Self, StoreError> {
        let (kind, bucket_id) = kind_and_bucket(&row.kind, row.bucket_id)?;
        Ok(Self {
            id: DecisionId(row.id),
            suggestion_id: row.suggestion_id.map(SuggestionId),
            conversation_id: ConversationId(row.conversation_id),
            kind,
            bucket_id,
            reason: row.reason,
            at: Timestamp(row.at),
            undo_until: Timestamp(row.undo_until),
            undone_at: row.undone_at.map(Timestamp),
            decided_by: from_word("who decided", &row.decided_by, DecidedBy::parse)?,
        })
    }
}
