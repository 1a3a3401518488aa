//! `deliveries.*`: every notification that was received, and what it led to.

use domain::{ConversationId, DeliveryId, DeliveryOutcome, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `deliveries.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListDeliveries {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Only these.
    pub outcome: Option<DeliveryOutcome>,
    /// Older than this one.
    pub before: Option<DeliveryId>,
    /// At most so many, 200 when left out.
    pub limit: Option<u32>,
}

/// A delivery.
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
    pub outcome: DeliveryOutcome,
    /// Why it failed, in words.
    pub reason: Option<String>,
    /// Bytes of its body.
    #[ts(type = "number")]
    pub size: u64,
    /// How often it came again and was recognised.
    pub duplicates: u32,
    /// The conversation it named.
    pub conversation_id: Option<ConversationId>,
    /// Milliseconds from arrival to the end of its work; `None` while it waits.
    #[ts(type = "number | null")]
    pub settled_after_ms: Option<i64>,
}

/// Answer of `deliveries.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryList {
    /// Newest first.
    pub rows: Vec<DeliveryView>,
    /// Counts of all.
    pub counts: DeliveryTotals,
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
}

/// Input of `deliveries.get`.
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
}
