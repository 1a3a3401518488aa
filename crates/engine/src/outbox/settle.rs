//! Writing down how an attempt ended, for the action, for those after it, and for the person.

use super::standing::Order;
use crate::error::EngineError;
use crate::events::{EngineNotice, Tone, tags_of};
use crate::policies::held;
use crate::workspace::Workspace;
use domain::{
    Action, ActionState, Claim, ConversationState, DecidedBy, Decision, DecisionKind, Fault, FaultKind,
    InvalidTransition, Movement, PartId, SuggestionState, Supersession, Timestamp,
};
use std::sync::Arc;
use store::{NewActivity, OutboxChange, Transition};

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum Settled {
    Done {
        /// The state that the next step relies on.
        expected: ConversationState,
        own_parts: Vec<PartId>,
        /// What the call left that claims the conversation.
        claim: Option<Claim>,
        /// Milliseconds from the reading to the end of the call, where it was answered.
        gap_ms: Option<i64>,
    },
    Retry {
        at: Timestamp,
        fault: Fault,
    },
    Unknown {
        at: Timestamp,
        fault: Fault,
    },
    Refused(Movement),
    /// A policy ordered it, and may not any more. No call was made.
    Withheld(String),
    Failed(Fault),
}

/// Writes the end of an attempt in one transaction and tells of it.
pub(super) async fn record(
    workspace: &Arc<Workspace>,
    action: &Action,
    decision: &Decision,
    settled: Settled,
) -> Result<(), EngineError> {
    if let (Settled::Withheld(why), 0) = (&settled, action.step) {
        workspace.send_back(decision, Some(action.id), why).await?;
        return Ok(());
    }
    let is_policys = decision.decided_by == DecidedBy::Policy;
    let now = workspace.clock.now();
    let mut change = OutboxChange::default();
    let entry = |kind: &str, sentence: String| NewActivity {
        at: now,
        kind: kind.to_owned(),
        sentence,
        conversation_id: Some(action.conversation_id.clone()),
        suggestion_id: decision.suggestion_id,
        decision_id: Some(decision.id),
        action_id: Some(action.id),
    };
    let what = action.kind.sentence();
    let mut notice = None;
    match settled {
        Settled::Done { expected, own_parts, claim, gap_ms } => {
            push(&mut change, action, action.state.clone().done(now))?;
            change.expected = Some((decision.id, expected));
            change.claim = claim.map(|claim| (decision.id, claim));
            change.gap = gap_ms.map(|gap_ms| (action.id, gap_ms));
            change.own_parts =
                own_parts.into_iter().map(|id| (action.conversation_id.clone(), id, action.id)).collect();
            change.activity.push(entry("action.done", format!("Done: {what}")));
        }
        Settled::Retry { at, fault } => {
            change
                .activity
                .push(entry("action.retry", format!("Will try again: {what}. {}", fault.sentence())));
            push(&mut change, action, action.state.clone().retry(at, fault))?;
        }
        Settled::Unknown { at, fault } => {
            let sentence = format!("Outcome not known, reading back: {what}. {}", fault.sentence());
            change.activity.push(entry("action.unknown", sentence));
            push(&mut change, action, action.state.clone().unknown(at, fault))?;
        }
        Settled::Refused(movement) => {
            notice = Some(format!("Not done: {what}. {}.", movement.sentence()));
            let sentence = format!("Not done: {what}, because somebody acted first");
            change.activity.push(entry("action.refused", sentence));
            push(&mut change, action, action.state.clone().refuse_for(movement.clone()))?;
            let rest = rest_of(workspace, action).await?;
            for later in &rest {
                push(&mut change, later, later.state.clone().refuse_for(movement.clone()))?;
            }
            // Nothing of the decision was done: the customer's message waits as before.
            if let (0, Some(id)) = (action.step, decision.suggestion_id)
                && decision.kind != DecisionKind::Snoozed
            {
                let reason = Supersession::Moved { sentence: movement.sentence(), at: Some(movement.at) };
                change.suggestion = Some((id, SuggestionState::Superseded { reason }));
            }
        }
        // What was begun cannot go back whole.
        Settled::Withheld(why) => {
            let sentence = fail(workspace, action, &mut change, held::fault(action, &why)).await?;
            change.activity.push(entry("action.failed", sentence.clone()));
            notice = Some(sentence);
        }
        Settled::Failed(fault) => {
            let sentence = fail(workspace, action, &mut change, fault).await?;
            change.activity.push(entry("action.failed", sentence.clone()));
            notice = Some(sentence);
        }
    }
    workspace.store.apply(&change).await?;
    if is_policys {
        workspace.policing.record_changed();
    }
    let mut tags = tags_of(&action.conversation_id, decision.suggestion_id.as_slice());
    tags.push("health".to_owned());
    match notice {
        Some(text) => workspace.events.notify(
            tags,
            EngineNotice { tone: Tone::Problem, text, conversation_id: Some(action.conversation_id.clone()) },
        ),
        None => workspace.events.changed(tags),
    }
    Ok(())
}

/// Ends an action and those after it. Gives what to tell the person.
async fn fail(
    workspace: &Arc<Workspace>,
    action: &Action,
    change: &mut OutboxChange,
    fault: Fault,
) -> Result<String, EngineError> {
    let sentence = format!("Not done: {}. {}", action.kind.sentence(), fault.sentence());
    push(change, action, action.state.clone().fail(fault))?;
    for later in &rest_of(workspace, action).await? {
        let fault = Fault::new(FaultKind::Rejected, "Not tried, because an earlier step was not done");
        push(change, later, later.state.clone().fail(fault))?;
    }
    Ok(sentence)
}

/// Does not make an attempt that is due, because permission is gone: the plan goes back whole, or its rest fails.
pub(super) async fn withhold(
    workspace: &Arc<Workspace>,
    action: &Action,
    why: &str,
) -> Result<(), EngineError> {
    let order = Order::of(workspace, action).await?;
    record(workspace, action, &order.decision, Settled::Withheld(why.to_owned())).await
}

/// A lease that ran out: whoever held it is gone, and the outcome is unknown.
pub(super) async fn lease_ran_out(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let order = Order::of(workspace, &action).await?;
    let fault = Fault::new(FaultKind::NoAnswer, "No answer came in time");
    let settled = Settled::Unknown { at: workspace.clock.now(), fault };
    record(workspace, &action, &order.decision, settled).await
}

fn push(
    change: &mut OutboxChange,
    action: &Action,
    to: Result<ActionState, InvalidTransition>,
) -> Result<(), EngineError> {
    let to = to.map_err(|error| EngineError::BadInput(error.to_string()))?;
    change.transitions.push(Transition { action_id: action.id, from: action.state.clone(), to });
    Ok(())
}

/// The later steps of the same decision that still wait.
async fn rest_of(workspace: &Workspace, action: &Action) -> Result<Vec<Action>, EngineError> {
    let all = workspace.store.list_actions(action.decision_id).await?;
    Ok(all.into_iter().filter(|other| other.step > action.step && !other.state.is_settled()).collect())
}
