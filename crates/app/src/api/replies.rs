//! `replies.*`: what a reply says once its variables are put in.

use domain::{ConversationId, DraftId, DraftStanding, ReplyGap, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `replies.preview`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct PreviewReply {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The text with its variables.
    pub text: String,
    /// The conversation to put it together for; the newest when left out.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    /// The draft that the text began as: what that leaves open, or quotes and no longer stands, may not be sent.
    #[serde(default)]
    pub draft_id: Option<DraftId>,
}

/// A variable, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyVariableView {
    /// The word between the braces.
    pub word: String,
    /// What it stands for.
    pub meaning: String,
    /// What it says in this conversation; `None` where that is not known.
    pub value: Option<String>,
}

/// A conversation that a reply can be tried on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyCustomer {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub name: String,
}

/// Answer of `replies.preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyPreview {
    /// What would be sent; `None` where it cannot be.
    pub text: Option<String>,
    /// Why it cannot be sent, and where.
    pub gap: Option<ReplyGap>,
    /// How it stands with what it rests on, where it began as a draft.
    pub standing: Option<DraftStanding>,
    /// The conversation it was put together for; `None` when there is none yet.
    pub conversation_id: Option<ConversationId>,
    /// The newest conversations, to try it on another.
    pub customers: Vec<ReplyCustomer>,
    /// All variables.
    pub variables: Vec<ReplyVariableView>,
}
