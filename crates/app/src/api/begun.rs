//! `begun_replies.*`: replies that a person has begun to write.

use super::drafts::DraftView;
use domain::{BucketId, ConversationId, DraftId, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `begun_replies.keep`.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct KeepBegunReply {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What is written.
    pub text: String,
    /// The suggestion that the person had in front of them: what was done since is told by it.
    pub suggestion_id: SuggestionId,
    /// The bucket that it is to be sent as, where that is not the suggested one.
    #[serde(default)]
    pub bucket_id: Option<BucketId>,
    /// The draft that it began as.
    #[serde(default)]
    pub draft_id: Option<DraftId>,
}

impl std::fmt::Debug for KeepBegunReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeepBegunReply")
            .field("conversation_id", &self.conversation_id)
            .finish_non_exhaustive()
    }
}

/// Answer of `begun_replies.keep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeptBegunReply {
    /// When it was kept.
    pub changed_at: Timestamp,
}

/// Input of `begun_replies.drop`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct DropBegunReply {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The conversation.
    pub conversation_id: ConversationId,
}

/// A reply that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BegunReplyView {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub contact_name: String,
    /// What is written.
    pub text: String,
    /// The suggestion that the person had in front of them.
    pub suggestion_id: SuggestionId,
    /// The bucket that it is to be sent as, where that is not the suggested one.
    pub bucket_id: Option<BucketId>,
    /// The draft that it began as, while that is kept.
    pub draft: Option<DraftView>,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// Answer of `begun_replies.list` and `begun_replies.drop`: the one begun last at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BegunReplyList {
    /// Those that no decision has taken along.
    pub replies: Vec<BegunReplyView>,
}
