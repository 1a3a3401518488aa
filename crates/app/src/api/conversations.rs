//! `conversations.*` and `contacts.*`.

use super::decisions::DecisionView;
use domain::{
    BucketId, Contact, ContactId, Conversation, ConversationId, ConversationStatus, SuggestionId, Timestamp,
    WorkspaceId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the next page of conversations starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationCursor {
    /// Last change of the last row.
    pub updated_at: Timestamp,
    /// Id of the last row.
    pub conversation_id: ConversationId,
}

/// Input of `conversations.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListConversations {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Only these.
    pub status: Option<ConversationStatus>,
    /// Words to find in subject, text, and the contact's name or email.
    pub search: Option<String>,
    /// The page after this row.
    pub before: Option<ConversationCursor>,
    /// At most so many, 100 when left out.
    pub limit: Option<u32>,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationSummary {
    /// Which.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub contact_name: String,
    /// Subject or title, when there is one.
    pub subject: Option<String>,
    /// The newest message, on one line.
    pub preview: String,
    /// Whether a teammate wrote the newest message.
    pub preview_is_ours: bool,
    /// Open, closed, snoozed.
    pub status: ConversationStatus,
    /// Whom it is assigned to, in words: "Billing", "Ana Duarte in Billing"; `None` when nobody.
    pub assigned_to: Option<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the newest message was written.
    pub last_message_at: Option<Timestamp>,
    /// The suggestion that waits, when one does.
    pub open_suggestion: Option<SuggestionId>,
    /// The bucket of the newest suggestion.
    pub bucket_id: Option<BucketId>,
}

/// Answer of `conversations.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationList {
    /// Newest change first.
    pub rows: Vec<ConversationSummary>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<ConversationCursor>,
    /// All that are kept.
    pub total: u32,
    /// Of those, open ones.
    pub open: u32,
}

/// Input of `conversations.get`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct GetConversation {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub conversation_id: ConversationId,
}

/// Answer of `conversations.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationDetail {
    /// The conversation with its parts, in order of time. Texts are plain text.
    pub conversation: Conversation,
    /// The contact who wrote first.
    pub contact: Option<Contact>,
    /// What to call the customer.
    pub contact_name: String,
    /// Whom it is assigned to, in words; `None` when nobody.
    pub assigned_to: Option<String>,
    /// Where the helpdesk's own inbox shows it.
    pub web_url: Option<String>,
    /// The suggestion that waits, when one does.
    pub open_suggestion: Option<SuggestionId>,
    /// Decisions on it, newest first.
    pub decisions: Vec<DecisionView>,
}

/// Input of `conversations.note`: a note that only the team sees, sent after the undo window.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct AddNote {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub conversation_id: ConversationId,
    /// Plain text.
    pub body: String,
}

/// Input of `contacts.get`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct GetContact {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub contact_id: ContactId,
}

/// Answer of `contacts.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactDetail {
    /// The contact.
    pub contact: Contact,
    /// Their conversations, newest change first, at most 50.
    pub conversations: Vec<ConversationSummary>,
}
