//! `history.*`: labelled history that a team brings along.

use domain::{BucketId, ImportId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where labels come from.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HistorySource {
    /// A file: CSV with the columns `text` and `label`.
    File {
        /// Its name.
        name: String,
        /// Its bytes, in base64.
        base64: String,
    },
    /// The tags of the conversations that are kept here.
    Tags,
}

impl std::fmt::Debug for HistorySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { name, base64 } => {
                f.debug_struct("File").field("name", name).field("base64", &base64.len()).finish()
            }
            Self::Tags => f.write_str("Tags"),
        }
    }
}

/// Where the messages of a label go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum LabelTarget {
    /// Into a bucket.
    Bucket {
        /// That bucket.
        bucket_id: BucketId,
    },
    /// Into none of the buckets.
    NoneOfThese,
    /// Nowhere.
    LeaveOut,
}

/// A label and where its messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelMapping {
    /// The label.
    pub label: String,
    /// Where they go.
    pub target: LabelTarget,
}

/// Input of `history.preview`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct PreviewHistory {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Where labels come from.
    pub source: HistorySource,
}

/// Input of `history.import`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ImportHistory {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Where labels come from.
    pub source: HistorySource,
    /// Where the messages of each label go. A label that is not named is left out.
    pub mapping: Vec<LabelMapping>,
}

/// A label of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryLabel {
    /// The label.
    pub label: String,
    /// How many messages have it.
    pub messages: u32,
    /// Where its name says that they go.
    pub proposed: LabelTarget,
}

/// Answer of `history.preview`. Nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryPreview {
    /// What was read: "412 messages with 6 labels in history.csv."
    pub headline: String,
    /// Messages that can be used.
    pub messages: u32,
    /// Its labels, the most frequent first.
    pub labels: Vec<HistoryLabel>,
    /// What was left out and why: the first few, in sentences.
    pub problems: Vec<String>,
}

/// An import that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportView {
    /// Which.
    pub import_id: ImportId,
    /// When.
    pub at: Timestamp,
    /// "412 messages from history.csv".
    pub sentence: String,
    /// Messages of it that the model learns from.
    pub kept: u32,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// Answer of `history.list` and `history.undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportList {
    /// Newest first.
    pub rows: Vec<ImportView>,
    /// How far the model is with learning from a history; `None` while it is at none.
    pub learning: Option<LearningView>,
}

/// How far the model is with learning from a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LearningView {
    /// What is being done, in words.
    pub sentence: String,
    /// Of so many steps; 0 while it is not known.
    pub total: u32,
    /// So many are done.
    pub done: u32,
}

/// Answer of `history.import`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportedHistory {
    /// Which, to take it back.
    pub import_id: ImportId,
    /// Messages that it brought.
    pub brought: u32,
    /// What was not imported and why, in sentences.
    pub left_out: Vec<String>,
}

/// Input of `history.undo`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct UndoImport {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub import_id: ImportId,
}
