//! What leaves this machine for somebody who is not the helpdesk: asked for before, recorded after.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use ts_rs::TS;

/// Why a request leaves this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EgressPurpose {
    /// A language model is asked what a conversation is about.
    SecondOpinion,
    /// A language model is asked to draft a reply.
    Draft,
    /// The models to choose from are listed.
    ListModels,
    /// A person wants to know whether the key and the address work.
    CheckKey,
}

impl EgressPurpose {
    /// Why, in a sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SecondOpinion => {
                "To ask a language model which bucket a conversation belongs to; the conversation's text was sent."
            }
            Self::Draft => {
                "To have a language model draft a reply; the conversation's text was sent, and articles of the help \
                 center."
            }
            Self::ListModels => "To see which models there are; no text of any conversation was sent.",
            Self::CheckKey => {
                "To try the key and the address of a language model; no text of any conversation was sent."
            }
        }
    }
}

/// How a request that left ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EgressOutcome {
    /// It was answered with this HTTP status.
    Answered {
        /// The status.
        status: u16,
    },
    /// It left, and no answer, or only part of one, came back.
    NoAnswer,
    /// No connection could be made: nothing of it left.
    NoConnection,
}

/// One request, as the ledger keeps it. It says how much was sent, never what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EgressRecord {
    /// The host it was for, without scheme and path.
    pub host: String,
    /// The port.
    pub port: u16,
    /// When it began.
    pub at: Timestamp,
    /// Bytes of the request (line, headers, body), as HTTP/1.1 writes them; what encryption adds is not counted.
    #[ts(type = "number")]
    pub sent_bytes: u64,
    /// Bytes of the answer that were read, counted the same way.
    #[ts(type = "number")]
    pub received_bytes: u64,
    /// Why it was made.
    pub purpose: EgressPurpose,
    /// How it ended.
    pub outcome: EgressOutcome,
}

/// The ledger of what leaves. Called once for each request, one that failed too, when it has ended.
pub trait Egress: Debug + Send + Sync {
    /// Takes the record in. Must not block: what writes it down does so elsewhere.
    fn record(&self, record: EgressRecord);
}

/// The switch that blocks everything but the helpdesk. Asked before each request, one tried again too.
pub trait Gate: Debug + Send + Sync {
    /// Whether a request may leave now.
    fn is_open(&self) -> bool;
}
