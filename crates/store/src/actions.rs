//! Actions as the outbox keeps them: which one is next, which ones failed.
//!
//! Actions of one conversation go out one after the other, in the order of `created_at`, decision, step: only
//! the first unsettled one of each conversation, its head, is ever due.

use crate::activity::{self, NewActivity};
use crate::column::{from_json, readable, small, to_json};
use crate::error::StoreError;
use crate::store::Store;
use domain::{Action, ActionId, ActionState, ConversationId, DecisionId, Fault, FaultKind, Timestamp};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

/// How many actions there are in each state that somebody watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionCounts {
    /// Waiting for their time.
    pub held: i64,
    /// Being sent.
    pub sending: i64,
    /// To be tried again.
    pub retry: i64,
    /// Of unknown outcome.
    pub unknown: i64,
    /// Failed or refused, and not yet seen by a person.
    pub failed: i64,
    /// Performed.
    pub done: i64,
}

impl Store {
    /// Actions whose turn has come, the longest due first. One that cannot be read back is failed here, with an
    /// entry in the activity log, so that it holds up neither its conversation nor the outbox.
    pub async fn list_due_actions(&self, now: Timestamp, limit: u32) -> Result<Vec<Action>, StoreError> {
        let rows: Vec<ActionColumns> = sqlx::query_as(LIST_DUE)
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, decision, conversation) = (row.id, row.decision_id, row.conversation_id.clone());
            match Action::try_from(row) {
                Ok(action) => due.push(action),
                Err(error) => {
                    tracing::error!(%error, action.id = %id, "An action cannot be read and is set aside");
                    self.set_aside(id, decision, conversation, now).await?;
                }
            }
        }
        Ok(due)
    }

    /// When the next action is due, of those at the head of their conversation.
    pub async fn next_action_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(NEXT_DUE).fetch_optional(&self.database.readers).await?;
        Ok(at.map(Timestamp))
    }

    /// An action.
    pub async fn find_action(&self, id: ActionId) -> Result<Option<Action>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE id = ").push_bind(id.0);
        let row: Option<ActionColumns> =
            query.build_query_as().fetch_optional(&self.database.readers).await?;
        row.map(Action::try_from).transpose()
    }

    /// The actions of a decision, by step.
    pub async fn list_actions(&self, decision: DecisionId) -> Result<Vec<Action>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE decision_id = ").push_bind(decision.0).push(" ORDER BY step");
        self.list(query).await
    }

    /// Actions that failed or were refused and that no person has dismissed, newest first.
    pub async fn list_failed_actions(&self, limit: u32) -> Result<Vec<Action>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push(
                " WHERE state IN ('failed', 'refused') AND dismissed = 0
                 ORDER BY created_at DESC, decision_id DESC, step DESC
                 LIMIT ",
            )
            .push_bind(i64::from(limit));
        self.list(query).await
    }

    /// Notes that a person has seen what failed of a decision. False when there was nothing to see.
    pub async fn dismiss_actions(&self, decision: DecisionId) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE actions SET dismissed = 1
             WHERE decision_id = ?1 AND state IN ('failed', 'refused') AND dismissed = 0",
        )
        .bind(decision.0)
        .execute(&self.database.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many actions there are in each state.
    pub async fn count_actions(&self) -> Result<ActionCounts, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(COUNT).fetch_all(&self.database.readers).await?;
        let mut counts = ActionCounts::default();
        for (state, number) in rows {
            match state.as_str() {
                "held" => counts.held += number,
                "sending" => counts.sending += number,
                "retry" => counts.retry += number,
                "unknown" => counts.unknown += number,
                "failed" | "refused" => counts.failed += number,
                "done" => counts.done += number,
                _ => {}
            }
        }
        Ok(counts)
    }

    async fn list(&self, mut query: QueryBuilder<Sqlite>) -> Result<Vec<Action>, StoreError> {
        let rows: Vec<ActionColumns> = query.build_query_as().fetch_all(&self.database.readers).await?;
        Ok(readable(rows.into_iter().map(Action::try_from)))
    }

    async fn set_aside(
        &self,
        id: Uuid,
        decision: Uuid,
        conversation: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sentence = "An action could not be read back from the data file and was not performed";
        let mut tx = self.database.write().await?;
        let fault = Fault::new(FaultKind::Unreadable, sentence);
        write_state(&mut tx, ActionId(id), &ActionState::Failed { fault }).await?;
        let entry = NewActivity {
            at: now,
            kind: "action.failed".to_owned(),
            sentence: sentence.to_owned(),
            conversation_id: Some(ConversationId(conversation)),
            suggestion_id: None,
            decision_id: Some(DecisionId(decision)),
            action_id: Some(ActionId(id)),
        };
        activity::insert(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

pub(crate) async fn insert(tx: &mut SqliteConnection, action: &Action) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO actions (
            id,
            decision_id,
            conversation_id,
            step,
            kind,
            kind_data,
            state,
            state_data,
            due_at,
            created_at
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(action.id.0)
    .bind(action.decision_id.0)
    .bind(action.conversation_id.as_str())
    .bind(i64::from(action.step))
    .bind(action.kind.word())
    .bind(to_json(&action.kind)?)
    .bind(action.state.word())
    .bind(to_json(&action.state)?)
    .bind(action.state.due().map(|at| at.0))
    .bind(action.created_at.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes a state, whatever the one before; the caller has compared. What failed anew is to be seen anew.
pub(crate) async fn write_state(
    tx: &mut SqliteConnection,
    id: ActionId,
    state: &ActionState,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE actions SET state = ?2, state_data = ?3, due_at = ?4, dismissed = 0 WHERE id = ?1")
        .bind(id.0)
        .bind(state.word())
        .bind(to_json(state)?)
        .bind(state.due().map(|at| at.0))
        .execute(tx)
        .await?;
    Ok(())
}

pub(crate) const SELECT: &str = "
    SELECT id, decision_id, conversation_id, step, kind_data, state_data, created_at
    FROM actions";

pub(crate) const LIST_DUE: &str = "
    SELECT id, decision_id, conversation_id, step, kind_data, state_data, created_at
    FROM actions AS head
    WHERE head.due_at <= ?1
        AND NOT EXISTS (
            SELECT 1
            FROM actions AS earlier
            WHERE earlier.conversation_id = head.conversation_id
                AND earlier.due_at IS NOT NULL
                AND (earlier.created_at, earlier.decision_id, earlier.step)
                    < (head.created_at, head.decision_id, head.step)
        )
    ORDER BY head.due_at, head.created_at, head.decision_id, head.step
    LIMIT ?2";

pub(crate) const NEXT_DUE: &str = "
    SELECT head.due_at
    FROM actions AS head
    WHERE head.due_at IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM actions AS earlier
            WHERE earlier.conversation_id = head.conversation_id
                AND earlier.due_at IS NOT NULL
                AND (earlier.created_at, earlier.decision_id, earlier.step)
                    < (head.created_at, head.decision_id, head.step)
        )
    ORDER BY head.due_at
    LIMIT 1";

pub(crate) const COUNT: &str = "
    SELECT state, COUNT(*)
    FROM actions
    WHERE dismissed = 0 OR state NOT IN ('failed', 'refused')
    GROUP BY state";

#[derive(FromRow)]
pub(crate) struct ActionColumns {
    id: Uuid,
    decision_id: Uuid,
    conversation_id: String,
    step: i64,
    kind_data: String,
    state_data: String,
    created_at: i64,
}

impl TryFrom<ActionColumns> for Action {
    type Error = StoreError;

    fn try_from(row: ActionColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: ActionId(row.id),
            decision_id: DecisionId(row.decision_id),
            conversation_id: ConversationId(row.conversation_id),
            step: small(row.step),
            kind: from_json("what an action does", &row.kind_data)?,
            state: from_json("the state of an action", &row.state_data)?,
            created_at: Timestamp(row.created_at),
        })
    }
}
