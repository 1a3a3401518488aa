//! `drafts.*`: a reply that a language model drafts, for a person to change and sign.

use domain::{DraftId, DraftSource, ReplyGap, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of the `drafts` commands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct DraftFor {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The suggestion that the draft is for.
    pub suggestion_id: SuggestionId,
}

/// How it stands with a draft for a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DraftView {
    /// Nobody drafts.
    Off {
        /// Why, in words.
        sentence: String,
    },
    /// One can be asked for.
    Ready,
    /// One is being written.
    Asked {
        /// Since when.
        since: Timestamp,
        /// The same in words.
        sentence: String,
    },
    /// A reply to go on from.
    Reply {
        /// Which: a decision that is taken with it names it.
        draft_id: DraftId,
        /// The text with everything put in that is known.
        text: String,
        /// Why it cannot be sent as it stands.
        gap: Option<ReplyGap>,
        /// What to look at, in words.
        sentence: String,
        /// Whether the help center says no more what it rests on: it cannot be sent.
        is_outdated: bool,
        /// Whether nothing, or not all, of it is borne out by what it rests on.
        is_doubtful: bool,
        /// What it rests on, word for word.
        sources: Vec<DraftSource>,
        /// The text without the quotations and links that are out of date; `None` where there are none to take out.
        without: Option<String>,
        /// The model, as it calls itself.
        model: String,
    },
    /// A person should answer.
    HandOver {
        /// Why, in words of ours.
        sentence: String,
        /// Why, in the model's own words, which are not to be relied on.
        reason: Option<String>,
        /// The model, as it calls itself.
        model: String,
    },
    /// There is none.
    None {
        /// Why, in words.
        sentence: String,
    },
}
