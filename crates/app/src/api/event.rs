//! Events: what has changed, as tags of the queries that show it.

use domain::WorkspaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something changed. The page fetches again whatever it shows under one of the tags.
///
/// Tags: `app`, `workspaces`, `suggestions`, `suggestion:<id>`, `conversations`, `conversation:<id>`, `decisions`,
/// `deliveries`, `activity`, `health`, `listener`, `tunnel`, `coverage`, `buckets`, `directory`, `settings`,
/// `language_model`, `egress`, and `*` for everything (sent when events may have been missed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppEvent {
    /// The workspace it happened in; `None` when it concerns the program.
    pub workspace: Option<WorkspaceId>,
    /// What to fetch again.
    pub tags: Vec<String>,
    /// Something to tell the person at once.
    pub notice: Option<Notice>,
}

/// How a notice is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Good news.
    Success,
    /// For information.
    Info,
    /// Something did not work and wants a look.
    Problem,
}

/// A short message for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// How to show it.
    pub kind: NoticeKind,
    /// One sentence.
    pub text: String,
    /// The conversation it is about, to open.
    pub conversation_id: Option<domain::ConversationId>,
}
