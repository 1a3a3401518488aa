//! One attempt of an action: claim, read, compare, call, settle; and reading back where the outcome is unknown.

use super::settle::{Settled, record};
use super::standing::Order;
use super::traces::{expected_after, own_parts, trace_of};
use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, NotPerformed, Priority};
use domain::{
    Action, ActionKind, ActionState, Claim, Conversation, Fault, FaultKind, PartId, Timestamp, claim,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{OutboxChange, Transition};

/// A call is given so long before its outcome counts as unknown, milliseconds.
const LEASE_MS: i64 = 60_000;
/// How long to wait before reading back, so that a call that is still under way can arrive, milliseconds.
pub(super) const SETTLING_MS: i64 = 2_000;
/// How long to wait before reading back again where a person has to do something first, milliseconds.
const PERSONS_PAUSE_MS: i64 = 60_000;
/// A call leaves at most so long after the reading it relies on was answered.
const GAP: Duration = Duration::from_millis(250);
/// Readings before a call, where the budget of calls keeps it from leaving in time.
const READINGS: u32 = 4;
/// Attempts of a call that has no effect before the person is asked.
const ATTEMPTS: u32 = 6;

/// Performs an action that is due.
pub(super) async fn attempt(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let action = begin(workspace, action).await?;
    let mut order = Order::of(workspace, &action).await?;
    if workspace.store.find_conversation_times(&action.conversation_id).await?.is_none() {
        return record(workspace, &action, &order.decision, Settled::Failed(not_kept())).await;
    }
    if order.needs_claim(workspace, &action) {
        match claim(workspace, &action, &order).await? {
            Ok(change) => {
                workspace.store.apply(&change).await?;
                order.go_on(&change);
            }
            Err(settled) => return record(workspace, &action, &order.decision, settled).await,
        }
    }
    let actor = workspace.acting_admin();
    let settled = match look_and_call(workspace, &action, &order, &action.kind).await? {
        Called::Done(deed) => {
            let Deed { before, after, began, gap_ms } = *deed;
            let own_parts = own_parts(&action.kind, &before, &after, actor.as_str());
            let expected = expected_after(&action.kind, &before, &after, &order.ours, &own_parts);
            // A reply is no claim: it is what one is for.
            let claim = match (&action.kind, own_parts.first()) {
                (ActionKind::Reply { .. } | ActionKind::Note { .. }, _) | (_, None) => None,
                (_, Some(part)) => order.take_claim(Claim { part_id: part.clone(), at: began }),
            };
            Settled::Done { expected, own_parts, claim, gap_ms: Some(gap_ms) }
        }
        Called::NotDone(settled) => settled,
        Called::Unknown(fault) => Settled::Unknown { at: workspace.clock.now().plus_ms(SETTLING_MS), fault },
    };
    record(workspace, &action, &order.decision, settled).await
}

/// How a look with a call after it ended.
enum Called {
    Done(Box<Deed>),
    NotDone(Settled),
    Unknown(Fault),
}

/// A call that was answered.
struct Deed {
    before: Conversation,
    after: Conversation,
    began: Timestamp,
    gap_ms: i64,
}

/// Reads the conversation, and makes the call at once if nobody else has acted.
async fn look_and_call(
    workspace: &Workspace,
    action: &Action,
    order: &Order,
    kind: &ActionKind,
) -> Result<Called, EngineError> {
    let actor = workspace.acting_admin();
    for _ in 0..READINGS {
        let before = match workspace.helpdesk.conversation(&action.conversation_id, Priority::Person).await {
            Ok(conversation) => conversation,
            // Only a reading failed: nothing has been done.
            Err(fault) => return Ok(Called::NotDone(no_effect(workspace, action, fault))),
        };
        let read_at = Instant::now();
        if let Some(movement) = order.movement(&before) {
            workspace.store.upsert_conversation(&before, workspace.clock.now()).await?;
            return Ok(Called::NotDone(Settled::Refused(movement)));
        }
        if order.needs_claim(workspace, action) && *kind == action.kind {
            let fault = Fault::new(FaultKind::Unavailable, "The conversation could not be answered in time");
            return Ok(Called::NotDone(no_effect(workspace, action, fault)));
        }
        // Its person may have been erased while the helpdesk was read.
        if workspace.store.find_action(action.id).await?.is_none_or(|stored| stored.state != action.state) {
            return Err(store::StoreError::Conflict.into());
        }
        if let Some(why) = order.withheld(workspace, action) {
            return Ok(Called::NotDone(Settled::Withheld(why)));
        }
        let began = workspace.clock.now();
        let outcome = workspace.helpdesk.perform(&action.conversation_id, kind, &actor, read_at + GAP).await;
        match outcome {
            Ok(after) => {
                let gap_ms = i64::try_from(read_at.elapsed().as_millis()).unwrap_or(i64::MAX);
                workspace.store.upsert_conversation(&after, workspace.clock.now()).await?;
                return Ok(Called::Done(Box::new(Deed { before, after, began, gap_ms })));
            }
            Err(NotPerformed::Stale) => {}
            Err(NotPerformed::Fault(fault)) if fault.had_no_effect() => {
                return Ok(Called::NotDone(no_effect(workspace, action, fault)));
            }
            Err(NotPerformed::Fault(fault)) => return Ok(Called::Unknown(fault)),
        }
    }
    let fault = Fault::new(FaultKind::RateLimited, "The budget of calls is short");
    Ok(Called::NotDone(Settled::Retry { at: workspace.clock.now().plus_ms(1_000), fault }))
}

/// Leaves a note that claims the conversation. What it has changed comes back, or how the action ends without it.
async fn claim(
    workspace: &Workspace,
    action: &Action,
    order: &Order,
) -> Result<Result<OutboxChange, Settled>, EngineError> {
    if action.state.attempts() > 1
        && let Some(change) = earlier_claim(workspace, action, order).await
    {
        return Ok(Ok(change));
    }
    let actor = workspace.acting_admin();
    let directory = workspace.store.get_directory().await?;
    let name = directory.admin(&actor).map_or("A teammate", |admin| admin.name.as_str());
    let note = ActionKind::Note { body: claim::note(name, order.token()) };
    match look_and_call(workspace, action, order, &note).await? {
        Called::Done(deed) => {
            let Deed { before, after, began, .. } = *deed;
            let new = |part: &&domain::Part| !before.parts.iter().any(|known| known.id == part.id);
            let left = after
                .parts
                .iter()
                .filter(new)
                .find(|part| claim::token_of(part) == Some(order.token()))
                .map(|part| part.id.clone());
            let Some(part_id) = left else {
                let fault =
                    Fault::new(FaultKind::Unreadable, "The note that claims the conversation is not there");
                return Ok(Err(no_effect(workspace, action, fault)));
            };
            let own: Vec<PartId> = vec![part_id.clone()];
            let expected = expected_after(&note, &before, &after, &order.ours, &own);
            Ok(Ok(OutboxChange {
                expected: Some((order.decision.id, expected)),
                own_parts: vec![(action.conversation_id.clone(), part_id.clone(), action.id)],
                claim: Some((order.decision.id, Claim { part_id, at: began })),
                ..OutboxChange::default()
            }))
        }
        Called::NotDone(settled) => Ok(Err(settled)),
        // The reply itself was not sent, and a second note does no harm: it claims anew.
        Called::Unknown(fault) => {
            let at =
                workspace.clock.now().plus_ms(SETTLING_MS.max(pause_ms(&fault, action.state.attempts())));
            Ok(Err(if action.state.attempts() < ATTEMPTS {
                Settled::Retry { at, fault }
            } else {
                Settled::Failed(fault)
            }))
        }
    }
}

/// The claim of an attempt whose answer was lost, where it arrived all the same. When it was sent is not known, but
/// not before the decision: by that its lease is counted.
async fn earlier_claim(workspace: &Workspace, action: &Action, order: &Order) -> Option<OutboxChange> {
    let at = order.decision.at;
    let found = workspace.helpdesk.conversation(&action.conversation_id, Priority::Person).await.ok()?;
    let part = found.parts.iter().find(|part| claim::token_of(part) == Some(order.token()))?;
    let claim = Claim { part_id: part.id.clone(), at };
    claim.holds_at(workspace.clock.now()).then(|| OutboxChange {
        own_parts: vec![(action.conversation_id.clone(), part.id.clone(), action.id)],
        claim: Some((order.decision.id, claim)),
        ..OutboxChange::default()
    })
}

/// Why nothing is sent to a conversation that is not there.
fn not_kept() -> Fault {
    Fault::new(
        FaultKind::Rejected,
        "Not sent, because the conversation is not kept on this machine: it was deleted, or its person was erased",
    )
}

/// Reads the conversation back after a call with unknown outcome, and settles the action by what is there.
pub(super) async fn read_back(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let order = Order::of(workspace, &action).await?;
    let now = workspace.clock.now();
    let found = match workspace.helpdesk.conversation(&action.conversation_id, Priority::Person).await {
        Ok(conversation) => conversation,
        Err(fault) if fault.is_transient() || fault.waits_for_person() => {
            // Called failed, it would be sent again by hand, and may have been sent.
            let pause = pause_ms(&fault, action.state.attempts().saturating_add(2));
            let at = now.plus_ms(if fault.waits_for_person() { PERSONS_PAUSE_MS } else { pause });
            return record(workspace, &action, &order.decision, Settled::Unknown { at, fault }).await;
        }
        Err(fault) => return record(workspace, &action, &order.decision, Settled::Failed(fault)).await,
    };
    let actor = workspace.acting_admin();
    workspace.store.upsert_conversation(&found, now).await?;
    let trace = trace_of(&action.kind, &found, &order.expected, &order.ours, actor.as_str());
    let settled = if let Some(own_parts) = trace {
        let all: Vec<PartId> = order.ours.iter().chain(&own_parts).cloned().collect();
        let expected = match found.moved_since(&order.expected, &all) {
            Some(_) => order.expected.clone(),
            None => found.state(),
        };
        // When it happened is not known, so it is no claim.
        Settled::Done { expected, own_parts, claim: None, gap_ms: None }
    } else if let Some(movement) = order.movement(&found) {
        Settled::Refused(movement)
    } else {
        no_effect(workspace, &action, last_fault(&action.state))
    };
    record(workspace, &action, &order.decision, settled).await
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
