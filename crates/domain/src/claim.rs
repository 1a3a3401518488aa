//! Claims: how several consoles, and the people at them, agree on who answers a customer.
//!
//! The helpdesk has no compare-and-swap, but it puts the parts of a conversation into one order that everybody reads
//! alike. So a console first leaves a part, its *claim*, and then reads the conversation: the claim that stands first
//! wins, and whoever finds another before its own withdraws before any reply goes out. Usually the first step of the
//! plan is the claim (an assignment leaves a part); a plan that begins with a reply leaves a short note first.
//!
//! Two times make that safe, since parts say nothing of what their console does next:
//! - a reply leaves within [`LEASE_MS`] of its claim, or claims again;
//! - a plan made on a conversation in which a teammate has just acted begins [`QUIET_MS`] later, so that another
//!   console that may be in the middle of its plan has either answered, which is seen, or lost its lease.
//!
//! Both are lengths, measured by one clock each: no two clocks are compared.

use crate::conversation::{AuthorKind, Conversation, ConversationState, Part};
use crate::ids::PartId;
use crate::movement::{Movement, MovementKind, movement_of};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A reply leaves at most so long after the claim it relies on was sent, milliseconds.
pub const LEASE_MS: i64 = 20_000;
/// So long a plan with a reply waits after a teammate was seen to act, milliseconds: a lease, a call of 30 seconds
/// begun at its end, and room for clocks that run at different speeds.
pub const QUIET_MS: i64 = 60_000;

const BEFORE_NAME: &str = "Countersign: ";
const AFTER_NAME: &str = " is answering this (claim ";
const END: &str = ")";

/// What a decision has claimed its conversation with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The part that is the claim.
    pub part_id: PartId,
    /// When the call that left it began, by this console's clock.
    pub at: Timestamp,
}

impl Claim {
    /// Whether a reply may still rely on it.
    pub const fn holds_at(&self, now: Timestamp) -> bool {
        let age = now.ms_since(self.at);
        age >= 0 && age <= LEASE_MS
    }
}

/// The text of a note that claims a conversation for `name`. `token` tells this claim from all others.
pub fn note(name: &str, token: &str) -> String {
    format!("{BEFORE_NAME}{name}{AFTER_NAME}{token}{END}")
}

/// The token of a note that claims a conversation; `None` for every other part.
pub fn token_of(part: &Part) -> Option<&str> {
    if part.kind != "note" || part.author.kind == AuthorKind::Contact {
        return None;
    }
    let text = part.text.as_deref()?.trim();
    let (_, token) = text.strip_prefix(BEFORE_NAME)?.strip_suffix(END)?.rsplit_once(AFTER_NAME)?;
    (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(token)
}

/// How a decision tells its own doing from everybody else's.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The state that the suggestion was made on.
    pub base: &'a ConversationState,
    /// The state that our own newest action left; the base before the first one.
    pub expected: &'a ConversationState,
    /// Parts that this console's actions made.
    pub ours: &'a [PartId],
    /// The token of the decision's claims.
    pub token: &'a str,
    /// The decision's claim, once it has one.
    pub claim: Option<&'a PartId>,
}

impl Standing<'_> {
    fn is_ours(&self, part: &Part) -> bool {
        self.ours.contains(&part.id) || token_of(part) == Some(self.token)
    }
}

impl Conversation {
    /// What somebody else did that voids the rest of a decision, or `None` while it may go on.
    ///
    /// Everything that anybody else did since the suggestion was made counts, until the decision has a claim. What
    /// stands after that claim counts too, but for what a console does that is about to withdraw: its own claim, and
    /// an assignment that leaves things as ours left them; and for what the helpdesk does by itself in answer to our
    /// assignment.
    pub fn contested(&self, standing: &Standing<'_>) -> Option<Movement> {
        let since = self.since(standing.base);
        let claimed_from = standing
            .claim
            .and_then(|claim| since.iter().position(|part| part.id == *claim))
            .unwrap_or(since.len());
        let mut handed_on = false;
        for (place, part) in since.iter().enumerate() {
            if standing.is_ours(part) {
                continue;
            }
            let Some(movement) = movement_of(part) else { continue };
            let tolerated = place > claimed_from
                && match movement.kind {
                    MovementKind::Claimed => true,
                    MovementKind::Assigned if part.author.kind == AuthorKind::Bot => {
                        handed_on = true;
                        true
                    }
                    MovementKind::Assigned => self.is_assigned_as(standing.expected),
                    MovementKind::CustomerWrote
                    | MovementKind::Replied
                    | MovementKind::Closed
                    | MovementKind::Opened
                    | MovementKind::Snoozed => false,
                };
            if !tolerated {
                return Some(movement);
            }
        }
        if handed_on {
            return None;
        }
        self.silent_change(standing.expected, standing.ours)
    }

    /// Until when a plan with a reply waits, because another console may be in the middle of one: a while after
    /// `seen_at` when a teammate acted after the message `asked`, within the state `bound`.
    pub fn quiet_until(
        &self,
        asked: &PartId,
        bound: &ConversationState,
        ours: &[PartId],
        seen_at: Timestamp,
    ) -> Option<Timestamp> {
        let place = |id: &PartId| self.parts.iter().position(|part| part.id == *id);
        let from = place(asked).map_or(0, |place| place + 1);
        let until = bound.last_part_id.as_ref().and_then(place).map_or(self.parts.len(), |place| place + 1);
        let acted = self
            .parts
            .get(from..until)
            .unwrap_or_default()
            .iter()
            .filter(|part| part.author.kind == AuthorKind::Admin && !ours.contains(&part.id))
            .any(|part| movement_of(part).is_some());
        acted.then(|| seen_at.plus_ms(QUIET_MS))
    }

    fn is_assigned_as(&self, state: &ConversationState) -> bool {
        self.admin_assignee == state.admin_assignee && self.team_assignee == state.team_assignee
    }
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
