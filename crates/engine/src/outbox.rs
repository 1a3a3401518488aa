//! The outbox: carries decided actions out, in order within a conversation, conversations side by side.
//!
//! Before each call the conversation is read; if anybody acted since the decision, the action and those after it are
//! refused. A reply goes out only under a claim (see [`domain::claim`]), so that of several consoles one answers. A call whose outcome is unknown (no answer, a 5xx, the program ended in between) is read back before
//! anything else. What a policy ordered leaves only while it still may. An action that cannot be done comes back to the person with what the helpdesk said.

mod attempt;
mod settle;
mod standing;
mod traces;

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::{Action, ActionState, ConversationId, Fault, FaultKind, Timestamp};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use store::{OutboxChange, Transition};
use tokio::sync::{Notify, Semaphore};

/// Conversations acted on side by side.
const SIDE_BY_SIDE: usize = 8;
/// Actions looked at in one round.
const ROUND: u32 = 256;

/// What the worker shares with its tasks.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) wake: Notify,
    running: Mutex<HashSet<ConversationId>>,
    permits: Arc<Semaphore>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            running: Mutex::new(HashSet::new()),
            permits: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
        }
    }
}

/// Takes up what an earlier run left in the middle of a call: its outcome is unknown.
pub(crate) async fn recover(workspace: &Workspace) -> Result<(), EngineError> {
    let now = workspace.clock.now();
    let unsettled = workspace.store.list_due_actions(Timestamp(i64::MAX), u32::MAX).await?;
    for action in unsettled.into_iter().filter(|a| matches!(a.state, ActionState::Sending { .. })) {
        let fault = Fault::new(FaultKind::NoAnswer, "The program ended in the middle of this call");
        // The call may still be on its way.
        if let Ok(to) = action.state.clone().unknown(now.plus_ms(attempt::SETTLING_MS), fault) {
            let transition = Transition { action_id: action.id, from: action.state, to };
            let change = OutboxChange { transitions: vec![transition], ..OutboxChange::default() };
            workspace.store.apply(&change).await?;
        }
    }
    Ok(())
}

/// Carries actions out until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let woken = workspace.outbox.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let now = workspace.clock.now();
        let due = match workspace.store.list_due_actions(now, ROUND).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "The outbox cannot be read");
                workspace.clock.sleep_until(now.plus_ms(5_000)).await;
                continue;
            }
        };
        let idle = due.is_empty();
        for action in due {
            start(&workspace, action);
        }
        let next = if idle { workspace.store.next_action_due().await.ok().flatten() } else { None };
        match next.filter(|next| *next > now) {
            Some(next) => tokio::select! {
                () = &mut woken => {}
                () = workspace.clock.sleep_until(next) => {}
            },
            // Came due between the two looks.
            None if next.is_some() => tokio::task::yield_now().await,
            None => woken.await,
        }
    }
}

fn start(workspace: &Arc<Workspace>, action: Action) {
    let mut running = workspace.outbox.running.lock().unwrap_or_else(PoisonError::into_inner);
    if !running.insert(action.conversation_id.clone()) {
        return;
    }
    drop(running);
    let workspace = Arc::clone(workspace);
    let tasks = workspace.tasks.clone();
    tasks.spawn(async move {
        let permit = Arc::clone(&workspace.outbox.permits).acquire_owned().await;
        let conversation_id = action.conversation_id.clone();
        if let Err(error) = carry_out(&workspace, action).await {
            // The action stays as it was recorded last and is taken up again.
            tracing::error!(%error, conversation.id = %conversation_id, "The outbox could not be written");
            workspace.clock.sleep_until(workspace.clock.now().plus_ms(2_000)).await;
        }
        drop(permit);
        workspace.outbox.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&conversation_id);
        workspace.outbox.wake.notify_one();
    });
}

async fn carry_out(workspace: &Arc<Workspace>, action: Action) -> Result<(), EngineError> {
    let conversation_id = action.conversation_id.clone();
    let acting = workspace.conversations.begin_acting(&conversation_id);
    let result = match &action.state {
        ActionState::Held { .. } | ActionState::Retry { .. } => match withheld(workspace, &action).await? {
            None => attempt::attempt(workspace, action).await,
            Some(why) => settle::withhold(workspace, &action, &why).await,
        },
        ActionState::Unknown { .. } => attempt::read_back(workspace, action).await,
        ActionState::Sending { .. } => settle::lease_ran_out(workspace, action).await,
        ActionState::Undone
        | ActionState::Done { .. }
        | ActionState::Refused { .. }
        | ActionState::Failed { .. } => Ok(()),
    };
    drop(acting);
    match result {
        // Undone, or settled by somebody else, between being listed and being taken up.
        Err(EngineError::Store(store::StoreError::Conflict)) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => workspace.reconsider(&conversation_id).await,
    }
}

/// Why an action that a policy ordered must not leave; `None` where it may, and for every person's.
async fn withheld(workspace: &Workspace, action: &Action) -> Result<Option<String>, EngineError> {
    let found = workspace.store.find_decision(action.decision_id).await?;
    let (decision, _) = found.ok_or(EngineError::NotFound("decision"))?;
    workspace.why_withheld(&decision, action.step).await
}
