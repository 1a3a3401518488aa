//! What a command answers when it cannot do what was asked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A code exists only where somebody acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The input is not what the command takes.
    BadRequest,
    /// There is no such command.
    UnknownCommand,
    /// There is no such thing.
    NotFound,
    /// The suggestion was decided before, here or in another window.
    AlreadyDecided,
    /// Somebody acted on the conversation since the suggestion was made.
    Moved,
    /// The undo window has passed.
    TooLate,
    /// A secret of this workspace is missing in this session.
    NeedsSecret,
    /// There is no keychain to keep secrets in; session-only secrets may be chosen.
    NoKeychain,
    /// The vendor refused or did not answer.
    Vendor,
    /// The data on disk cannot be read or written.
    Storage,
    /// The caller has not shown the token.
    Unauthorized,
    /// A defect of this program.
    Internal,
}

/// A refusal: a code to act on and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What to act on.
    pub code: ErrorCode,
    /// What happened and what to do, in a sentence or two.
    pub message: String,
    /// More for whoever asks: the vendor's words, the field at fault. Never a secret, never customer text.
    pub detail: Option<String>,
}

impl ApiError {
    /// An error with no detail.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None }
    }

    /// The same error with a detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
