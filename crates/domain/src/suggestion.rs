//! Suggestions: what the console proposes, for one exact state of one conversation.

use crate::bucket::Plan;
use crate::conversation::ConversationState;
use crate::ids::{BucketId, ConversationId, PartId, SuggestionId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A word or phrase of the classified text, and how much it weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Evidence {
    /// The words as they stand in the text.
    pub text: String,
    /// Start in the text, in UTF-16 code units.
    pub start: u32,
    /// End in the text, in UTF-16 code units, exclusive.
    pub end: u32,
    /// Positive for the suggested bucket, negative against it.
    pub weight: f64,
}

/// Why a suggestion no longer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Supersession {
    /// The customer wrote again, and a newer suggestion stands in its place.
    NewMessage,
    /// Somebody else acted.
    Moved {
        /// A sentence: who did what.
        sentence: String,
        /// When, as the vendor tells it; `None` where no single act is known.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// The conversation is gone.
    Deleted,
    /// Buckets or their plans were changed, and a newer suggestion stands in its place.
    BucketsChanged,
    /// What is known of the customer or of who answers changed, and with it the reply; a newer suggestion stands in its
    /// place.
    FactsChanged,
}

/// Where a suggestion is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SuggestionState {
    /// Waits for a person.
    Pending,
    /// Set aside until a time, or until the customer writes again.
    Snoozed {
        /// Until when.
        until: Timestamp,
    },
    /// Carried out as it stood.
    Approved,
    /// Carried out with another reply.
    Edited,
    /// Carried out as another bucket.
    Corrected {
        /// The bucket the person chose.
        bucket_id: BucketId,
    },
    /// Nothing was done.
    Rejected,
    /// No longer stands.
    Superseded {
        /// Why.
        reason: Supersession,
    },
}

impl SuggestionState {
    /// The word used in SQL and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Snoozed { .. } => "snoozed",
            Self::Approved => "approved",
            Self::Edited => "edited",
            Self::Corrected { .. } => "corrected",
            Self::Rejected => "rejected",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// Whether it was withdrawn because somebody else acted.
    pub const fn is_superseded_by_movement(&self) -> bool {
        matches!(self, Self::Superseded { reason: Supersession::Moved { .. } })
    }

    /// Whether a person may still decide.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Pending | Self::Snoozed { .. } => true,
            Self::Approved
            | Self::Edited
            | Self::Corrected { .. }
            | Self::Rejected
            | Self::Superseded { .. } => false,
        }
    }
}

/// What the console proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its id.
    pub id: SuggestionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The message that was classified; its text carries the evidence.
    pub part_id: PartId,
    /// The suggested bucket; `None` when there was nothing to classify.
    pub bucket_id: Option<BucketId>,
    /// Probability of the bucket, 0 to 1; 0 when there is none.
    pub confidence: f64,
    /// All buckets with their probabilities, highest first.
    pub probabilities: Vec<(BucketId, f64)>,
    /// The words that weighed most.
    pub evidence: Vec<Evidence>,
    /// Why there is no bucket, in words.
    pub nothing: Option<String>,
    /// What to do.
    pub plan: Plan,
    /// What it is bound to.
    pub bound: ConversationState,
    /// Which version of the local model made it.
    pub model_version: String,
    /// Where it is in its life.
    pub state: SuggestionState,
    /// When it was made.
    pub created_at: Timestamp,
}
