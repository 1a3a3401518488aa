//! `decisions.*` and `actions.*`: what was decided, what became of it, and taking it back.

use domain::{
    ActionId, ActionKind, ActionState, BucketId, ConversationId, DecidedBy, DecisionId, DecisionKind,
    SuggestionId, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An action with its state in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionView {
    /// Which.
    pub action_id: ActionId,
    /// Place in the plan, from 0.
    pub step: u32,
    /// What is done.
    pub kind: ActionKind,
    /// "Assign to Billing".
    pub sentence: String,
    /// Where it is in its life.
    pub state: ActionState,
    /// What went wrong, or who acted first, and what to do; `None` when all is well.
    pub problem: Option<String>,
}

/// A decision and what became of its actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DecisionView {
    /// Which.
    pub decision_id: DecisionId,
    /// The suggestion answered; `None` for a note given directly.
    pub suggestion_id: Option<SuggestionId>,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub contact_name: String,
    /// What was decided.
    pub kind: DecisionKind,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// "Approved: Assign to Billing, reply".
    pub sentence: String,
    /// The bucket decided on.
    pub bucket_id: Option<BucketId>,
    /// When.
    pub at: Timestamp,
    /// Until when it can be taken back.
    pub undo_until: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Its actions in order.
    pub actions: Vec<ActionView>,
    /// An action failed or was refused, and nobody has dealt with it.
    pub needs_attention: bool,
}

/// Which decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionScope {
    /// All, newest first.
    #[default]
    All,
    /// Those whose actions failed or were refused, and which nobody has dealt with.
    Attention,
    /// Those that policies hold, the next to leave first.
    HeldByPolicies,
}

/// Input of `decisions.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListDecisions {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Which; all when left out.
    #[ts(optional, as = "Option<DecisionScope>")]
    pub scope: DecisionScope,
    /// Older than this one.
    pub before: Option<DecisionId>,
    /// At most so many, 100 when left out.
    pub limit: Option<u32>,
}

/// Answer of `decisions.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DecisionList {
    /// Newest first.
    pub rows: Vec<DecisionView>,
}

/// Input of `decisions.undo`, `actions.retry` and `actions.dismiss`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct DecisionRef {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub decision_id: DecisionId,
}

/// Answer of `decisions.undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Undone {
    /// The suggestion that waits again; `None` for a note.
    pub suggestion_id: Option<SuggestionId>,
    /// The conversation.
    pub conversation_id: ConversationId,
}
