//! Actions: single calls to make on the vendor, and the life of one in the outbox.

use crate::fault::Fault;
use crate::ids::{ActionId, AdminId, ConversationId, DecisionId, TeamId};
use crate::movement::Movement;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whom a conversation is given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Assignee {
    /// A team.
    Team {
        /// The vendor's id.
        id: TeamId,
        /// Name at the time of planning.
        name: String,
    },
    /// A teammate.
    Admin {
        /// The vendor's id.
        id: AdminId,
        /// Name at the time of planning.
        name: String,
    },
}

/// One call to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActionKind {
    /// Give the conversation to a team or a teammate.
    Assign {
        /// To whom.
        assignee: Assignee,
    },
    /// Write to the customer.
    Reply {
        /// Plain text; paragraphs are separated by blank lines.
        body: String,
    },
    /// Write a note that only the team sees.
    Note {
        /// Plain text.
        body: String,
    },
    /// Close it.
    Close,
    /// Open it again.
    Open,
    /// Take it out of the inbox until a time.
    Snooze {
        /// Until when.
        until: Timestamp,
    },
}

impl ActionKind {
    /// The word used in SQL and in the activity log.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::Reply { .. } => "reply",
            Self::Note { .. } => "note",
            Self::Close => "close",
            Self::Open => "open",
            Self::Snooze { .. } => "snooze",
        }
    }

    /// What the action does, for people, without customer text.
    pub fn sentence(&self) -> String {
        match self {
            Self::Assign { assignee: Assignee::Team { name, .. } | Assignee::Admin { name, .. } } => {
                format!("Assign to {name}")
            }
            Self::Reply { .. } => "Reply to the customer".to_owned(),
            Self::Note { .. } => "Add a note".to_owned(),
            Self::Close => "Close".to_owned(),
            Self::Open => "Open".to_owned(),
            Self::Snooze { .. } => "Snooze".to_owned(),
        }
    }
}

/// Where an action is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ActionState {
    /// Waits for the undo window to pass, or for an earlier action of the same conversation.
    Held {
        /// When it may be sent.
        until: Timestamp,
    },
    /// Taken back by a person before it was sent.
    Undone,
    /// Being sent. A lease that has run out means the program ended meanwhile: the outcome is unknown.
    Sending {
        /// When the lease runs out.
        lease_until: Timestamp,
        /// Attempts begun, this one included.
        attempts: u32,
    },
    /// Performed.
    Done {
        /// When.
        at: Timestamp,
    },
    /// Will be tried again: the call certainly had no effect.
    Retry {
        /// When.
        at: Timestamp,
        /// Attempts so far.
        attempts: u32,
        /// What went wrong last.
        fault: Fault,
    },
    /// The call may or may not have had its effect. The conversation is read before anything else.
    Unknown {
        /// When to look.
        at: Timestamp,
        /// Attempts so far.
        attempts: u32,
        /// What went wrong.
        fault: Fault,
    },
    /// Not performed, because somebody else acted first.
    Refused {
        /// Who did what.
        movement: Movement,
    },
    /// Not performed; a person has to look.
    Failed {
        /// What the vendor said.
        fault: Fault,
    },
}

/// A transition that the state machine does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what is {from} cannot become {to}")]
pub struct InvalidTransition {
    /// The state it was in.
    pub from: &'static str,
    /// The state asked for.
    pub to: &'static str,
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a transition names the states it starts from; a new state allows none"
)]
impl ActionState {
    /// The word used in SQL and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Undone => "undone",
            Self::Sending { .. } => "sending",
            Self::Done { .. } => "done",
            Self::Retry { .. } => "retry",
            Self::Unknown { .. } => "unknown",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether nothing more will happen to it by itself.
    pub const fn is_settled(&self) -> bool {
        match self {
            Self::Undone | Self::Done { .. } | Self::Refused { .. } | Self::Failed { .. } => true,
            Self::Held { .. } | Self::Sending { .. } | Self::Retry { .. } | Self::Unknown { .. } => false,
        }
    }

    /// When the outbox should look at it next; `None` when it is settled.
    pub const fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Held { until } => Some(*until),
            Self::Sending { lease_until, .. } => Some(*lease_until),
            Self::Retry { at, .. } | Self::Unknown { at, .. } => Some(*at),
            Self::Undone | Self::Done { .. } | Self::Refused { .. } | Self::Failed { .. } => None,
        }
    }

    /// Attempts begun so far.
    pub const fn attempts(&self) -> u32 {
        match self {
            Self::Sending { attempts, .. }
            | Self::Retry { attempts, .. }
            | Self::Unknown { attempts, .. } => *attempts,
            Self::Held { .. }
            | Self::Undone
            | Self::Done { .. }
            | Self::Refused { .. }
            | Self::Failed { .. } => 0,
        }
    }

    /// Takes a held action back.
    pub fn undo(self) -> Result<Self, InvalidTransition> {
        match self {
            Self::Held { .. } => Ok(Self::Undone),
            other => Err(other.refuse("undone")),
        }
    }

    /// Takes an action back that certainly had no effect so far: it waits, or its attempt has made no call.
    pub fn withdraw(self) -> Result<Self, InvalidTransition> {
        match self {
            Self::Held { .. } | Self::Retry { .. } | Self::Sending { .. } => Ok(Self::Undone),
            other => Err(other.refuse("undone")),
        }
    }

    /// Begins an attempt.
    pub fn send(self, lease_until: Timestamp) -> Result<Self, InvalidTransition> {
        match self {
            Self::Held { .. } => Ok(Self::Sending { lease_until, attempts: 1 }),
            Self::Retry { attempts, .. } => {
                Ok(Self::Sending { lease_until, attempts: attempts.saturating_add(1) })
            }
            other => Err(other.refuse("sending")),
        }
    }

    /// Settles an attempt, or an unknown outcome that turned out well.
    pub fn done(self, at: Timestamp) -> Result<Self, InvalidTransition> {
        match self {
            Self::Sending { .. } | Self::Unknown { .. } => Ok(Self::Done { at }),
            other => Err(other.refuse("done")),
        }
    }

    /// Plans another attempt after one that certainly had no effect.
    pub fn retry(self, at: Timestamp, fault: Fault) -> Result<Self, InvalidTransition> {
        match self {
            Self::Sending { attempts, .. } | Self::Unknown { attempts, .. } => {
                Ok(Self::Retry { at, attempts, fault })
            }
            other => Err(other.refuse("retry")),
        }
    }

    /// Records that the outcome is not known, or still not known.
    pub fn unknown(self, at: Timestamp, fault: Fault) -> Result<Self, InvalidTransition> {
        match self {
            Self::Sending { attempts, .. } | Self::Unknown { attempts, .. } => {
                Ok(Self::Unknown { at, attempts, fault })
            }
            other => Err(other.refuse("unknown")),
        }
    }

    /// Records that somebody else acted first.
    pub fn refuse_for(self, movement: Movement) -> Result<Self, InvalidTransition> {
        match self {
            Self::Held { .. } | Self::Sending { .. } | Self::Retry { .. } | Self::Unknown { .. } => {
                Ok(Self::Refused { movement })
            }
            other => Err(other.refuse("refused")),
        }
    }

    /// Hands the action to a person.
    pub fn fail(self, fault: Fault) -> Result<Self, InvalidTransition> {
        match self {
            Self::Held { .. } | Self::Sending { .. } | Self::Retry { .. } | Self::Unknown { .. } => {
                Ok(Self::Failed { fault })
            }
            other => Err(other.refuse("failed")),
        }
    }

    /// A person asks for another attempt of a failed action.
    pub fn ask_again(self, at: Timestamp) -> Result<Self, InvalidTransition> {
        match self {
            Self::Failed { .. } => Ok(Self::Held { until: at }),
            other => Err(other.refuse("held")),
        }
    }

    const fn refuse(&self, to: &'static str) -> InvalidTransition {
        InvalidTransition { from: self.word(), to }
    }
}

/// An action in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The decision that ordered it.
    pub decision_id: DecisionId,
    /// The conversation it acts on.
    pub conversation_id: ConversationId,
    /// Place in the decision's plan, from 0.
    pub step: u32,
    /// What to do.
    pub kind: ActionKind,
    /// Where it is in its life.
    pub state: ActionState,
    /// When it was ordered.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::FaultKind;
    use crate::movement::MovementKind;

    fn fault() -> Fault {
        Fault::new(FaultKind::Unavailable, "502 from the vendor")
    }

    fn movement() -> Movement {
        Movement { kind: MovementKind::Closed, who: "Ana".to_owned(), at: Timestamp(1) }
    }

    fn every_state() -> Vec<ActionState> {
        let at = Timestamp(10);
        vec![
            ActionState::Held { until: at },
            ActionState::Undone,
            ActionState::Sending { lease_until: at, attempts: 1 },
            ActionState::Done { at },
            ActionState::Retry { at, attempts: 1, fault: fault() },
            ActionState::Unknown { at, attempts: 1, fault: fault() },
            ActionState::Refused { movement: movement() },
            ActionState::Failed { fault: fault() },
        ]
    }

    /// Every state against every event: exactly these pairs are allowed.
    #[test]
    fn the_state_machine_has_these_transitions_and_no_others() {
        type Event = fn(ActionState) -> Result<ActionState, InvalidTransition>;
        let events: [(&str, Event, &[&str]); 9] = [
            ("undone", |s| s.undo(), &["held"]),
            ("undone", |s| s.withdraw(), &["held", "retry", "sending"]),
            ("sending", |s| s.send(Timestamp(99)), &["held", "retry"]),
            ("done", |s| s.done(Timestamp(99)), &["sending", "unknown"]),
            ("retry", |s| s.retry(Timestamp(99), fault()), &["sending", "unknown"]),
            ("unknown", |s| s.unknown(Timestamp(99), fault()), &["sending", "unknown"]),
            ("refused", |s| s.refuse_for(movement()), &["held", "sending", "retry", "unknown"]),
            ("failed", |s| s.fail(fault()), &["held", "sending", "retry", "unknown"]),
            ("held", |s| s.ask_again(Timestamp(99)), &["failed"]),
        ];
        for state in every_state() {
            for (to, event, allowed_from) in &events {
                let from = state.word();
                match event(state.clone()) {
                    Ok(next) => {
                        assert!(allowed_from.contains(&from), "{from} must not become {to}");
                        assert_eq!(next.word(), *to);
                    }
                    Err(error) => {
                        assert!(!allowed_from.contains(&from), "{from} must become {to}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn attempts_are_counted_across_retries() -> Result<(), InvalidTransition> {
        let state = ActionState::Held { until: Timestamp(0) }
            .send(Timestamp(1))?
            .retry(Timestamp(2), fault())?
            .send(Timestamp(3))?;
        assert_eq!(state.attempts(), 2);
        Ok(())
    }

    #[test]
    fn only_settled_states_are_never_due() {
        for state in every_state() {
            assert_eq!(state.is_settled(), state.due().is_none(), "{}", state.word());
        }
    }
}
