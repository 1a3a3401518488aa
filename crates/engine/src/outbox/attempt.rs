//! One attempt of an action: read, compare, call, settle; and reading back where the outcome is unknown.

use super::settle::{Settled, record};
use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::Helpdesk as _;
use domain::{
    Action, ActionKind, ActionState, Assignee, AuthorKind, Conversation, ConversationState,
    ConversationStatus, Decision, DecisionKind, Fault, FaultKind, Movement, Part, PartId,
};
use std::sync::Arc;
use store::{OutboxChange, Transition};

/// A call is given so long before its outcome counts as unknown, milliseconds.
const LEASE_MS: i64 = 60_000;
/// How long to wait before reading back, so that a call that is still under way can arrive, milliseconds.
const SETTLING_MS: i64 = 2_000;
/// Attempts of a call that has no effect before the person is asked.
const ATTEMPTS: u32 = 6;

/// Performs an action that is due.
pub(super) async fn attempt(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let action = begin(workspace, action).await?;
    let (decision, expected) = context(workspace, &action).await?;
    let before = match workspace.helpdesk.conversation(&action.conversation_id).await {
        Ok(conversation) => conversation,
        // Only a reading failed: nothing has been done.
        Err(fault) => {
            return record(workspace, &action, &decision, no_effect(workspace, &action, fault)).await;
        }
    };
    let ours = workspace.store.list_own_parts(&action.conversation_id).await?;
    if let Some(movement) = moved(&decision, &before, &expected, &ours) {
        workspace.store.upsert_conversation(&before, workspace.clock.now()).await?;
        return record(workspace, &action, &decision, Settled::Refused(movement)).await;
    }
    let actor = workspace.acting_admin();
    let outcome = workspace.helpdesk.perform(&action.conversation_id, &action.kind, &actor).await;
    let settled = match outcome {
        Ok(after) => {
            let own = own_parts(&before, &after, actor.as_str());
            workspace.store.upsert_conversation(&after, workspace.clock.now()).await?;
            Settled::Done { expected: expected_after(&before, &after, &ours, &own), own_parts: own }
        }
        Err(fault) if fault.had_no_effect() => no_effect(workspace, &action, fault),
        Err(fault) => Settled::Unknown { at: workspace.clock.now().plus_ms(SETTLING_MS), fault },
    };
    record(workspace, &action, &decision, settled).await
}

/// Reads the conversation back after a call with unknown outcome, and settles the action by what is there.
pub(super) async fn read_back(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let (decision, expected) = context(workspace, &action).await?;
    let now = workspace.clock.now();
    let found = match workspace.helpdesk.conversation(&action.conversation_id).await {
        Ok(conversation) => conversation,
        Err(fault) if fault.is_transient() => {
            let at = now.plus_ms(pause_ms(&fault, action.state.attempts().saturating_add(2)));
            return record(workspace, &action, &decision, Settled::Unknown { at, fault }).await;
        }
        Err(fault) => return record(workspace, &action, &decision, Settled::Failed(fault)).await,
    };
    let actor = workspace.acting_admin();
    let ours = workspace.store.list_own_parts(&action.conversation_id).await?;
    workspace.store.upsert_conversation(&found, now).await?;
    let settled = if let Some(own) = trace_of(&action.kind, &found, &expected, &ours, actor.as_str()) {
        let all: Vec<PartId> = ours.iter().chain(&own).cloned().collect();
        let expected = match found.moved_since(&expected, &all) {
            Some(_) => expected,
            None => found.state(),
        };
        Settled::Done { expected, own_parts: own }
    } else if let Some(movement) = moved(&decision, &found, &expected, &ours) {
        Settled::Refused(movement)
    } else {
        no_effect(workspace, &action, last_fault(&action.state))
    };
    record(workspace, &action, &decision, settled).await
}

async fn begin(workspace: &Workspace, mut action: Action) -> Result<Action, EngineError> {
    let lease_until = workspace.clock.now().plus_ms(LEASE_MS);
    let to =
        action.state.clone().send(lease_until).map_err(|error| EngineError::BadInput(error.to_string()))?;
    let transition = Transition { action_id: action.id, from: action.state, to: to.clone() };
    let change = OutboxChange { transitions: vec![transition], ..OutboxChange::default() };
    workspace.store.apply(&change).await?;
    action.state = to;
    let mut tags = vec!["decisions".to_owned(), format!("conversation:{}", action.conversation_id)];
    tags.push("health".to_owned());
    workspace.events.changed(tags);
    Ok(action)
}

pub(super) async fn context(
    workspace: &Workspace,
    action: &Action,
) -> Result<(Decision, ConversationState), EngineError> {
    workspace.store.find_decision(action.decision_id).await?.ok_or(EngineError::NotFound("decision"))
}

/// What somebody else did that voids the decision. A note is right whatever happened meanwhile.
fn moved(
    decision: &Decision,
    conversation: &Conversation,
    expected: &ConversationState,
    ours: &[PartId],
) -> Option<Movement> {
    match decision.kind {
        DecisionKind::Noted => None,
        DecisionKind::Approved
        | DecisionKind::Edited
        | DecisionKind::Corrected
        | DecisionKind::Rejected
        | DecisionKind::Snoozed => conversation.moved_since(expected, ours),
    }
}

/// After a call that had no effect: another attempt where waiting may help, else back to the person.
fn no_effect(workspace: &Workspace, action: &Action, fault: Fault) -> Settled {
    let attempts = action.state.attempts();
    if fault.is_transient() && attempts < ATTEMPTS {
        let at = workspace.clock.now().plus_ms(pause_ms(&fault, attempts));
        Settled::Retry { at, fault }
    } else {
        Settled::Failed(fault)
    }
}

fn last_fault(state: &ActionState) -> Fault {
    match state {
        ActionState::Unknown { fault, .. }
        | ActionState::Retry { fault, .. }
        | ActionState::Failed { fault } => fault.clone(),
        ActionState::Held { .. }
        | ActionState::Undone
        | ActionState::Sending { .. }
        | ActionState::Done { .. }
        | ActionState::Refused { .. } => Fault::new(FaultKind::NoAnswer, "No answer"),
    }
}

/// The parts that our call made: those new since the reading before it and written by the acting teammate.
fn own_parts(before: &Conversation, after: &Conversation, actor: &str) -> Vec<PartId> {
    after
        .parts
        .iter()
        .filter(|part| !before.parts.iter().any(|known| known.id == part.id))
        .filter(|part| is_by(part, actor))
        .map(|part| part.id.clone())
        .collect()
}

/// What the next step of the plan may rely on: the state after our call, unless somebody else acted in between.
fn expected_after(
    before: &Conversation,
    after: &Conversation,
    ours: &[PartId],
    own: &[PartId],
) -> ConversationState {
    let all: Vec<PartId> = ours.iter().chain(own).cloned().collect();
    let bound = before.state();
    match after.moved_since(&bound, &all) {
        Some(_) => bound,
        None => after.state(),
    }
}

fn is_by(part: &Part, actor: &str) -> bool {
    part.author.kind != AuthorKind::Contact && (part.author.id == actor || part.author.id.is_empty())
}

/// Whether the conversation shows that the action took effect, and by which parts.
fn trace_of(
    kind: &ActionKind,
    found: &Conversation,
    expected: &ConversationState,
    ours: &[PartId],
    actor: &str,
) -> Option<Vec<PartId>> {
    let since: Vec<&Part> = found
        .parts
        .iter()
        .rev()
        .take_while(|part| expected.last_part_id.as_ref() != Some(&part.id))
        .filter(|part| !ours.contains(&part.id) && is_by(part, actor))
        .collect();
    let parts_of = |words: &[&str]| -> Vec<PartId> {
        since.iter().filter(|part| words.contains(&part.kind.as_str())).map(|part| part.id.clone()).collect()
    };
    let written = |body: &str, note: bool| -> Option<Vec<PartId>> {
        let wanted = words_of(body);
        let part = since.iter().find(|part| {
            (part.kind == "note") == note && part.text.as_deref().is_some_and(|text| words_of(text) == wanted)
        })?;
        Some(vec![part.id.clone()])
    };
    match kind {
        ActionKind::Assign { assignee } => {
            let there = match assignee {
                Assignee::Team { id, .. } => found.team_assignee.as_ref() == Some(id),
                Assignee::Admin { id, .. } => found.admin_assignee.as_ref() == Some(id),
            };
            there.then(|| parts_of(&["assignment", "assign_and_reopen"]))
        }
        ActionKind::Reply { body } => written(body, false),
        ActionKind::Note { body } => written(body, true),
        ActionKind::Close => (found.status == ConversationStatus::Closed).then(|| parts_of(&["close"])),
        ActionKind::Open => (found.status == ConversationStatus::Open).then(|| parts_of(&["open"])),
        ActionKind::Snooze { .. } => {
            (found.status == ConversationStatus::Snoozed).then(|| parts_of(&["snoozed"]))
        }
    }
}

/// The helpdesk rewrites what is sent (markup, blanks): texts are compared by their words alone.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
