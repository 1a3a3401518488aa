//! `health.get`: whether everything works, and what to do where it does not.

use super::deliveries::DeliveryTotals;
use domain::{Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of commands that take nothing but a workspace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct InWorkspace {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
}

/// Input of commands that take nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Nothing {}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Works.
    Ok,
    /// Wants a look.
    Warning,
    /// Does not work.
    Broken,
}

/// One thing that is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub advice: Option<String>,
}

/// The listener for webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListenerHealth {
    /// Whether it listens.
    pub listening: bool,
    /// Its address on this machine: `http://127.0.0.1:8713/webhooks/…`.
    pub local_url: Option<String>,
    /// The address that the helpdesk knows, when one was entered.
    pub public_url: Option<String>,
    /// Why it does not listen.
    pub problem: Option<String>,
    /// When the newest delivery with a valid signature came.
    pub last_delivery_at: Option<Timestamp>,
    /// When the helpdesk last tested that it can reach this machine.
    pub last_ping_at: Option<Timestamp>,
    /// Refused since the program started: absent, malformed or wrong signatures, or another workspace's.
    #[ts(type = "number")]
    pub refused_signatures: u64,
    /// Refused since the program started: too large or too slow.
    #[ts(type = "number")]
    pub refused_requests: u64,
    /// Answered 503 since the program started, because they could not be stored.
    #[ts(type = "number")]
    pub not_stored: u64,
}

/// The helpdesk's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VendorHealth {
    /// How it stands.
    pub severity: Severity,
    /// In words: "Answering", or what it said last.
    pub sentence: String,
    /// The newest good answer.
    pub last_ok_at: Option<Timestamp>,
    /// Calls left in this window.
    pub budget_remaining: Option<u32>,
    /// Calls allowed in a window.
    pub budget_limit: Option<u32>,
}

/// The outbox in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxHealth {
    /// In their undo window, or waiting for an earlier action.
    pub held: u32,
    /// Being sent.
    pub sending: u32,
    /// To be tried again.
    pub retry: u32,
    /// Outcome not known; being read back.
    pub unknown: u32,
    /// Failed or refused, and nobody has dealt with it.
    pub attention: u32,
    /// Performed in all.
    pub done: u32,
    /// The longest time of the last day, in milliseconds, from the reading that a call relied on to the end of that
    /// call, in which somebody else's act would not have been seen; `None` when there was no call.
    pub longest_gap_ms: Option<u32>,
}

/// The local model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelHealth {
    /// Its version.
    pub version: String,
    /// Decisions it has learned from.
    pub lessons: u32,
    /// Example messages it started from.
    pub examples: u32,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StoreHealth {
    /// Whether it can be read and written.
    pub severity: Severity,
    /// In words.
    pub sentence: String,
    /// Its file.
    pub path: String,
    /// Bytes on disk.
    #[ts(type = "number")]
    pub size: u64,
    /// Conversations kept.
    pub conversations: u32,
}

/// Whether the helpdesk still delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    /// The last answer was no error.
    Healthy,
    /// Errors, and nothing good since.
    Failing,
    /// So many errors that the helpdesk has likely paused.
    PausedLikely,
    /// Errors for so long that the subscription is likely suspended.
    SuspendedLikely,
}

/// The subscription to webhooks, as far as our own answers tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubscriptionHealth {
    /// How it stands.
    pub state: SubscriptionState,
    /// In words.
    pub sentence: String,
    /// What to know and do, in order.
    pub steps: Vec<String>,
    /// When the first of the errors came, at the latest.
    pub since: Option<Timestamp>,
    /// When the newest came.
    pub last_at: Option<Timestamp>,
    /// How many in a row, at least.
    #[ts(type = "number")]
    pub in_a_row: u64,
    /// When a pause ends.
    pub until: Option<Timestamp>,
    /// When the helpdesk suspends the subscription, at the latest, if nothing succeeds before.
    pub suspends_at: Option<Timestamp>,
}

/// Answer of `health.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HealthReport {
    /// The worst of all.
    pub severity: Severity,
    /// What is wrong, worst first.
    pub problems: Vec<Problem>,
    /// Listener.
    pub listener: ListenerHealth,
    /// Deliveries kept.
    pub deliveries: DeliveryTotals,
    /// The subscription to webhooks.
    pub subscription: SubscriptionHealth,
    /// The helpdesk's API.
    pub vendor: VendorHealth,
    /// Outbox.
    pub outbox: OutboxHealth,
    /// Local model.
    pub model: ModelHealth,
    /// Database.
    pub store: StoreHealth,
}
