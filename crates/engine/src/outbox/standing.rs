//! What a decision stands on while its actions are carried out: the state it was made on, what it did so far, and
//! its claim.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::{
    Action, ActionKind, Claim, Conversation, ConversationState, Decision, Movement, PartId, Standing,
};
use store::{Judgement, OutboxChange};

/// A decision under way.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) decision: Decision,
    pub(super) expected: ConversationState,
    pub(super) ours: Vec<PartId>,
    base: Option<ConversationState>,
    claim: Option<Claim>,
    token: String,
    /// What the policies said, where one of them decided.
    permit: Option<Judgement>,
}

impl Order {
    pub(super) async fn of(workspace: &Workspace, action: &Action) -> Result<Self, EngineError> {
        let found = workspace.store.find_standing_decision(action.decision_id).await?;
        let found = found.ok_or(EngineError::NotFound("decision"))?;
        Ok(Self {
            ours: workspace.store.list_own_parts(&action.conversation_id).await?,
            token: found.decision.id.0.simple().to_string(),
            permit: workspace.permit(&found.decision).await?,
            decision: found.decision,
            expected: found.expected,
            base: found.base,
            claim: found.claim,
        })
    }

    /// What somebody else did that voids the rest of the decision. A note is right whatever happened meanwhile.
    pub(super) fn movement(&self, conversation: &Conversation) -> Option<Movement> {
        conversation.contested(&Standing {
            base: self.base.as_ref()?,
            expected: &self.expected,
            ours: &self.ours,
            token: &self.token,
            claim: self.claim.as_ref().map(|claim| &claim.part_id),
        })
    }

    /// Why the call must not be made after all: permission has gone since the action was taken up.
    pub(super) fn withheld(&self, workspace: &Workspace, action: &Action) -> Option<String> {
        let permit = self.permit.as_ref()?;
        workspace.policing.withheld(permit, action.step > 0)
    }

    /// The token of its claims.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether the action must not go out before the conversation was claimed: a reply to a suggestion, without a
    /// claim that still holds.
    pub(super) fn needs_claim(&self, workspace: &Workspace, action: &Action) -> bool {
        let answers = matches!(action.kind, ActionKind::Reply { .. }) && self.base.is_some();
        let held = self.claim.as_ref().is_some_and(|claim| claim.holds_at(workspace.clock.now()));
        answers && !held && workspace.claims_with_notes()
    }

    /// Takes a part that a call of ours left for the claim, where the decision has none that holds.
    pub(super) fn take_claim(&self, claim: Claim) -> Option<Claim> {
        self.base.as_ref()?;
        match &self.claim {
            Some(held) if held.holds_at(claim.at) => None,
            Some(_) | None => Some(claim),
        }
    }

    /// Goes on from what a claim has left.
    pub(super) fn go_on(&mut self, change: &OutboxChange) {
        if let Some((_, expected)) = &change.expected {
            self.expected = expected.clone();
        }
        if let Some((_, claim)) = &change.claim {
            self.claim = Some(claim.clone());
        }
        self.ours.extend(change.own_parts.iter().map(|(_, part, _)| part.clone()));
    }
}
