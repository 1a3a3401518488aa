//! `activity.list`: who did what, in order.

use domain::{ConversationId, DecisionId, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `activity.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListActivity {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Older than this entry.
    #[ts(type = "number", optional)]
    pub before: Option<i64>,
    /// At most so many, 200 when left out.
    pub limit: Option<u32>,
}

/// An entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityView {
    /// Place in the log; larger is later.
    #[ts(type = "number")]
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What kind, a dotted word: `decision.approved`, `action.done`, `action.failed` …
    pub kind: String,
    /// What happened, in one sentence.
    pub sentence: String,
    /// The conversation.
    pub conversation_id: Option<ConversationId>,
    /// What to call its customer.
    pub contact_name: Option<String>,
    /// The suggestion.
    pub suggestion_id: Option<SuggestionId>,
    /// The decision.
    pub decision_id: Option<DecisionId>,
}

/// Answer of `activity.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityList {
    /// Newest first.
    pub rows: Vec<ActivityView>,
}
