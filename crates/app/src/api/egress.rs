//! `egress.*`: what left this machine for somebody who is not the helpdesk, and the switch that blocks it.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `egress.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListEgress {
    /// Only entries before this one, for the next page.
    #[ts(optional, type = "number")]
    pub before: Option<i64>,
    /// At most so many, 100 when left out.
    pub limit: Option<u32>,
}

/// Input of `egress.block`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BlockEgress {
    /// Whether everything but the helpdesk is blocked.
    pub blocked: bool,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EgressEntry {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// When it began.
    pub at: Timestamp,
    /// The host, with the port where it is not the usual one of https.
    pub host: String,
    /// The workspace it was made for, while it is known.
    pub workspace: Option<String>,
    /// Why, in a sentence.
    pub why: String,
    /// Bytes that were sent.
    #[ts(type = "number")]
    pub sent_bytes: u64,
    /// Bytes of the answer.
    #[ts(type = "number")]
    pub received_bytes: u64,
    /// How it ended, in words.
    pub outcome: String,
    /// Whether it brought what it was made for.
    pub succeeded: bool,
}

/// Answer of `egress.list` and `egress.block`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EgressList {
    /// Whether everything but the helpdesk is blocked.
    pub blocked: bool,
    /// The entries, the newest first.
    pub rows: Vec<EgressEntry>,
    /// Whether there are older ones.
    pub more: bool,
    /// How many days entries are kept.
    pub kept_days: u32,
}
