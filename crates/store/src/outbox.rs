//! Changes to the outbox: transitions of actions by compare-and-swap, with all that goes with them, or nothing.

use crate::actions;
use crate::activity::{self, NewActivity};
use crate::begun;
use crate::column::{from_json, to_json};
use crate::error::StoreError;
use crate::store::Store;
use crate::suggestions;
use domain::{
    ActionId, ActionState, Claim, ConversationId, ConversationState, DecisionId, PartId, SuggestionId,
    SuggestionState, Timestamp,
};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One action from one state to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The action.
    pub action_id: ActionId,
    /// The state it must be in, in every detail.
    pub from: ActionState,
    /// The state it gets.
    pub to: ActionState,
}

/// What happens in the outbox at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxChange {
    /// Transitions of actions.
    pub transitions: Vec<Transition>,
    /// The state that a decision expects its conversation to be in from here on.
    pub expected: Option<(DecisionId, ConversationState)>,
    /// Parts that an action of ours made.
    pub own_parts: Vec<(ConversationId, PartId, ActionId)>,
    /// What a decision has claimed its conversation with.
    pub claim: Option<(DecisionId, Claim)>,
    /// Milliseconds from the reading that an action's call relied on to the end of the call.
    pub gap: Option<(ActionId, i64)>,
    /// What becomes of the suggestion. Opened again beside a newer open one, it is superseded.
    pub suggestion: Option<(SuggestionId, SuggestionState)>,
    /// Entries for the activity log.
    pub activity: Vec<NewActivity>,
}

impl Store {
    /// Makes a change, whole or not at all. [`StoreError::Conflict`] when an action is not in the state that its
    /// transition starts from.
    pub async fn apply(&self, change: &OutboxChange) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        let mut ended = BTreeSet::new();
        for transition in &change.transitions {
            let decision = swap(&mut tx, transition).await?;
            if matches!(transition.to, ActionState::Done { .. } | ActionState::Refused { .. }) {
                ended.insert(decision);
            }
        }
        for decision in ended {
            begun::settle(&mut tx, DecisionId(decision)).await?;
        }
        if let Some((decision, expected)) = &change.expected {
            expect(&mut tx, *decision, expected).await?;
        }
        if let Some((decision, claim)) = &change.claim {
            claimed(&mut tx, *decision, claim).await?;
        }
        if let Some((action, gap_ms)) = change.gap {
            sqlx::query("UPDATE actions SET gap_ms = ?2 WHERE id = ?1")
                .bind(action.0)
                .bind(gap_ms)
                .execute(&mut *tx)
                .await?;
        }
        for (conversation, part, action) in &change.own_parts {
            own(&mut tx, conversation, part, *action).await?;
        }
        if let Some((id, state)) = &change.suggestion {
            let at = change.activity.iter().map(|entry| entry.at).max();
            settle_suggestion(&mut tx, *id, state, at).await?;
        }
        for entry in &change.activity {
            activity::insert(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The longest and the number of the gaps of calls made since `from`: the time between the reading a call relied
    /// on and the end of that call.
    pub async fn longest_gap(&self, from: Timestamp) -> Result<(i64, i64), StoreError> {
        let found: (i64, i64) = sqlx::query_as(
            "SELECT COALESCE(MAX(gap_ms), 0), COUNT(*)
             FROM actions
             WHERE gap_ms IS NOT NULL AND created_at >= ?1",
        )
        .bind(from.0)
        .fetch_one(&self.database.readers)
        .await?;
        Ok(found)
    }

    /// The parts of a conversation that our own actions made.
    pub async fn list_own_parts(&self, conversation: &ConversationId) -> Result<Vec<PartId>, StoreError> {
        let parts: Vec<String> =
            sqlx::query_scalar("SELECT part_id FROM own_parts WHERE conversation_id = ?1 ORDER BY part_id")
                .bind(conversation.as_str())
                .fetch_all(&self.database.readers)
                .await?;
        Ok(parts.into_iter().map(PartId).collect())
    }
}

/// Compares states as values: their JSON may have been written by an older program.
/// Gives the decision that the action is of.
async fn swap(tx: &mut SqliteConnection, transition: &Transition) -> Result<Uuid, StoreError> {
    let stored: Option<(Uuid, String)> =
        sqlx::query_as("SELECT decision_id, state_data FROM actions WHERE id = ?1")
            .bind(transition.action_id.0)
            .fetch_optional(&mut *tx)
            .await?;
    let (decision, stored) = stored.ok_or(StoreError::NotFound("action"))?;
    let state: ActionState = from_json("the state of an action", &stored)?;
    if state != transition.from {
        return Err(StoreError::Conflict);
    }
    actions::write_state(tx, transition.action_id, &transition.to).await?;
    Ok(decision)
}

async fn expect(
    tx: &mut SqliteConnection,
    decision: DecisionId,
    expected: &ConversationState,
) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE decisions SET expected = ?2 WHERE id = ?1")
        .bind(decision.0)
        .bind(to_json(expected)?)
        .execute(tx)
        .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound("decision")) }
}

async fn claimed(tx: &mut SqliteConnection, decision: DecisionId, claim: &Claim) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE decisions SET claim = ?2 WHERE id = ?1")
        .bind(decision.0)
        .bind(to_json(claim)?)
        .execute(tx)
        .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound("decision")) }
}

async fn own(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
    part: &PartId,
    action: ActionId,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO own_parts (conversation_id, part_id, action_id) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation_id, part_id) DO NOTHING",
    )
    .bind(conversation.as_str())
    .bind(part.as_str())
    .bind(action.0)
    .execute(tx)
    .await?;
    Ok(())
}

async fn settle_suggestion(
    tx: &mut SqliteConnection,
    id: SuggestionId,
    state: &SuggestionState,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let found = suggestions::find_state(tx, id).await?;
    let (_, conversation) = found.ok_or(StoreError::NotFound("suggestion"))?;
    if state.is_open() {
        suggestions::reopen(tx, id, &conversation, state, at).await
    } else {
        suggestions::write_state(tx, id, state, at).await
    }
}
