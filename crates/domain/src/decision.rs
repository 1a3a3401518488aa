//! Decisions: an answer to a suggestion, by a person or by a policy, or an order given directly.

use crate::ids::{BucketId, ConversationId, DecisionId, SuggestionId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person answers to a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Do as suggested.
    Approve,
    /// Do as suggested, with this reply. An empty one sends none.
    Edit {
        /// Plain text.
        reply: String,
    },
    /// It belongs to another bucket: do that bucket's plan.
    Correct {
        /// The right bucket.
        bucket_id: BucketId,
        /// A reply in place of that bucket's own; `None` keeps it, an empty one sends none.
        #[serde(default)]
        #[ts(optional = nullable)]
        reply: Option<String>,
    },
    /// It belongs to none of the buckets: do nothing, and learn that.
    NoneOfThese,
    /// Do nothing.
    Reject {
        /// Why, for the log.
        #[serde(default)]
        #[ts(optional = nullable)]
        reason: Option<String>,
    },
    /// Ask again later.
    Snooze {
        /// When.
        until: Timestamp,
        /// Snooze the conversation at the vendor too.
        #[serde(default)]
        #[ts(optional, as = "Option<bool>")]
        at_vendor: bool,
    },
}

impl Verdict {
    /// The reply that the person wrote; an empty one sends none.
    pub fn reply(&self) -> Option<&str> {
        match self {
            Self::Edit { reply } | Self::Correct { reply: Some(reply), .. } => Some(reply),
            Self::Approve
            | Self::Correct { reply: None, .. }
            | Self::NoneOfThese
            | Self::Reject { .. }
            | Self::Snooze { .. } => None,
        }
    }
}

/// The kind of a decision, as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// As suggested.
    Approved,
    /// With another reply.
    Edited,
    /// As another bucket.
    Corrected,
    /// Nothing done, because it belongs to none of the buckets.
    NoneOfThese,
    /// Nothing done.
    Rejected,
    /// Set aside.
    Snoozed,
    /// A note, with no suggestion behind it.
    Noted,
}

impl DecisionKind {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Edited => "edited",
            Self::Corrected => "corrected",
            Self::NoneOfThese => "none_of_these",
            Self::Rejected => "rejected",
            Self::Snoozed => "snoozed",
            Self::Noted => "noted",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Approved,
            Self::Edited,
            Self::Corrected,
            Self::NoneOfThese,
            Self::Rejected,
            Self::Snoozed,
            Self::Noted,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// Who decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// A person.
    #[default]
    Person,
    /// A policy that a person switched on.
    Policy,
}

impl DecidedBy {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Policy => "policy",
        }
    }

    /// Who is meant by that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Person, Self::Policy].into_iter().find(|one| one.as_str() == word)
    }
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// The suggestion answered; `None` for a note given directly.
    pub suggestion_id: Option<SuggestionId>,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What was decided.
    pub kind: DecisionKind,
    /// The bucket decided on; `None` for none of these, rejected, snoozed and noted.
    pub bucket_id: Option<BucketId>,
    /// The person's reason, where one was given.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Until when it can be taken back whole.
    pub undo_until: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Who decided.
    #[serde(default)]
    pub decided_by: DecidedBy,
}
