//! Deliveries: webhook notifications, and what they say should be fetched again.

use crate::ids::{ContactId, ConversationId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a delivery or a poll says should be fetched again. Never facts themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A conversation changed.
    Conversation(ConversationId),
    /// A conversation was deleted.
    ConversationDeleted(ConversationId),
    /// A contact changed.
    Contact(ContactId),
    /// A contact was deleted.
    ContactDeleted(ContactId),
    /// Two contacts became one.
    ContactMerged {
        /// The contact that is no more.
        from: ContactId,
        /// The contact that stays.
        into: ContactId,
    },
    /// The vendor tests that it can reach us.
    Ping,
    /// Nothing that this console follows.
    Ignored,
}

/// A notification as the vendor's dialect reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The workspace it is for, the vendor's id.
    pub app_id: String,
    /// The vendor's id of the notification; some kinds have none, and those are never merged.
    pub id: Option<String>,
    /// The topic, older names translated to today's.
    pub topic: String,
    /// When the vendor made it.
    pub created_at: Option<Timestamp>,
    /// Which attempt of the vendor's this is.
    pub attempt: Option<u32>,
    /// What to fetch, or why the item could not be understood.
    pub change: Result<Change, OddItem>,
}

/// The item of a notification has a shape that says nothing about what changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OddItem(pub String);

/// A body that is no notification at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotificationError(pub String);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// On disk, not yet looked at.
    Received,
    /// What it names was fetched.
    Applied,
    /// Of a topic that this console does not follow.
    Ignored,
    /// Not understood, or what it names could not be fetched.
    Failed,
}

impl DeliveryOutcome {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Received, Self::Applied, Self::Ignored, Self::Failed]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}
