//! `deliveries.*`: every notification that was received, every request that was refused, and what came of them.

use domain::{ConversationId, DeliveryId, DeliveryOutcome, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What became of what came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// On disk, waiting.
    Received,
    /// What it named was fetched.
    Applied,
    /// Of a topic that is not followed.
    Ignored,
    /// Not understood, or not fetched.
    Failed,
    /// Refused at the door; nothing of it is kept.
    Refused,
}

impl From<DeliveryOutcome> for DeliveryState {
    fn from(outcome: DeliveryOutcome) -> Self {
        match outcome {
            DeliveryOutcome::Received => Self::Received,
            DeliveryOutcome::Applied => Self::Applied,
            DeliveryOutcome::Ignored => Self::Ignored,
            DeliveryOutcome::Failed => Self::Failed,
        }
    }
}

/// What the check of the signature said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignatureVerdict {
    /// Made with the client secret of this workspace.
    Valid,
    /// Made with another secret, or for another body.
    Wrong,
    /// There was none.
    Missing,
    /// The request was refused before it came to that.
    NotChecked,
}

/// Input of `deliveries.list`, `deliveries.newer` and the exports: which deliveries.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListDeliveries {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Only these.
    pub outcome: Option<DeliveryState>,
    /// Only of topics that begin so.
    pub topic: Option<String>,
    /// Only where the id of the conversation or of the notification contains this.
    pub text: Option<String>,
    /// Only received then or later.
    pub from: Option<Timestamp>,
    /// Only received earlier than then.
    pub until: Option<Timestamp>,
    /// Older than this one: the `next` of the page before.
    pub before: Option<DeliveryId>,
    /// Newer than this one.
    pub after: Option<DeliveryId>,
    /// At most so many, 200 when left out.
    pub limit: Option<u32>,
}

/// A delivery, or a request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryView {
    /// Which.
    pub delivery_id: DeliveryId,
    /// When it came.
    pub received_at: Timestamp,
    /// Its topic; `None` when it could not be read.
    pub topic: Option<String>,
    /// The helpdesk's id of the notification; some have none.
    pub notification_id: Option<String>,
    /// When the helpdesk made it.
    pub created_at: Option<Timestamp>,
    /// Which attempt of the helpdesk's it was.
    pub attempt: Option<u32>,
    /// What became of it.
    pub outcome: DeliveryState,
    /// What the check of its signature said.
    pub signature: SignatureVerdict,
    /// Why it failed, waits or was refused, in words.
    pub reason: Option<String>,
    /// What it led to, in words.
    pub led_to: String,
    /// The suggestion that was made for it.
    pub suggestion_id: Option<SuggestionId>,
    /// Bytes of its body; `None` when it was refused before they were counted.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
    /// How often it came again and was recognised.
    pub duplicates: u32,
    /// The conversation it named.
    pub conversation_id: Option<ConversationId>,
    /// Milliseconds from its last byte to our answer; `None` when they were not noted.
    pub answered_after_ms: Option<u32>,
    /// The answer came so late that the helpdesk may put deliveries to us last.
    pub answered_late: bool,
    /// Milliseconds from arrival to the end of its work; `None` while it waits. After a replay, from the replay.
    #[ts(type = "number | null")]
    pub settled_after_ms: Option<i64>,
    /// How often a person had it taken up again.
    pub replays: u32,
    /// When last.
    pub replayed_at: Option<Timestamp>,
    /// Whether it can be taken up again.
    pub can_replay: bool,
}

/// Answer of `deliveries.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryList {
    /// Newest first.
    pub rows: Vec<DeliveryView>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<DeliveryId>,
    /// Counts of all.
    pub counts: DeliveryTotals,
    /// Every topic of which one is kept.
    pub topics: Vec<String>,
}

/// How many deliveries of each outcome are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryTotals {
    /// On disk, waiting.
    pub received: u32,
    /// What they named was fetched.
    pub applied: u32,
    /// Of topics that are not followed.
    pub ignored: u32,
    /// Not understood, or not fetched.
    pub failed: u32,
    /// Came again and were recognised.
    pub duplicates: u32,
    /// Refused lately, since the program started; the newest are remembered.
    pub refused: u32,
}

/// Answer of `deliveries.newer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewerDeliveries {
    /// How many there are, counted no further than 1,000.
    pub number: u32,
}

/// Input of commands that take one delivery.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct GetDelivery {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub delivery_id: DeliveryId,
}

/// Answer of `deliveries.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: DeliveryView,
    /// The body as received; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// The body laid out, every value as it was written; `None` when it is no JSON.
    pub pretty: Option<String>,
    /// The bytes in hexadecimal, when they are no UTF-8.
    pub hex: Option<String>,
    /// The body was erased with its conversation.
    pub erased: bool,
}

/// Answer of `deliveries.curl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryCurl {
    /// A command for a shell.
    pub command: String,
    /// What its signature is good for.
    pub note: String,
}

/// Answer of `deliveries.replay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayAnswer {
    /// What becomes of it, in words.
    pub sentence: String,
    /// What it names is read again.
    pub reading: bool,
}

/// Answer of `deliveries.replay_failed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayAllAnswer {
    /// What becomes of them, in words.
    pub sentence: String,
    /// Read again.
    pub reading: u32,
    /// Still not understood, or still not followed.
    pub in_vain: u32,
}

/// Answer of `deliveries.export`: a piece of the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryExport {
    /// Lines of JSON, one a delivery, personal data masked.
    pub text: String,
    /// How many lines.
    pub lines: u32,
    /// Give it as `before` for the next piece; `None` at the end.
    pub next: Option<DeliveryId>,
    /// What to call the file.
    pub file_name: String,
}

/// Answer of `deliveries.export_file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportedFile {
    /// Where it is.
    pub path: String,
    /// How many lines.
    pub lines: u32,
}
