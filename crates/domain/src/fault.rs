//! What went wrong with a call on the vendor, kept so that a person can be told in words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kinds of fault that somebody acts on differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The access token is wrong or was revoked: nothing works until it is replaced.
    Unauthorized,
    /// The token lacks a permission, or the plan lacks the feature.
    Forbidden,
    /// The thing is gone.
    NotFound,
    /// Too many calls; the fault says when to come back.
    RateLimited,
    /// The vendor refused the call for what it asks.
    Rejected,
    /// The vendor failed; the call may or may not have had its effect.
    Unavailable,
    /// No connection could be made: the call had no effect.
    Unreachable,
    /// The connection broke, or no answer came in time: the outcome is unknown.
    NoAnswer,
    /// The answer could not be read: the outcome is unknown.
    Unreadable,
    /// No secret for this workspace in this session.
    NoSecret,
}

/// A fault with what the vendor said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The vendor's error code, when it gave one.
    pub code: Option<String>,
    /// What happened, for people. Never customer text, never a secret.
    pub message: String,
    /// The vendor's id of the request, to quote to its support.
    pub request_id: Option<String>,
    /// Milliseconds to wait before the next call, when the vendor said so.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<i64>,
}

impl Fault {
    /// A fault without an answer behind it.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            code: None,
            message: message.into(),
            request_id: None,
            retry_after_ms: None,
        }
    }

    /// Whether the call certainly had no effect, so that a write may be tried again.
    pub const fn had_no_effect(&self) -> bool {
        match self.kind {
            FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::RateLimited
            | FaultKind::Rejected
            | FaultKind::Unreachable
            | FaultKind::NoSecret => true,
            FaultKind::Unavailable | FaultKind::NoAnswer | FaultKind::Unreadable => false,
        }
    }

    /// Whether waiting may help without anybody doing anything.
    pub const fn is_transient(&self) -> bool {
        match self.kind {
            FaultKind::RateLimited
            | FaultKind::Unavailable
            | FaultKind::Unreachable
            | FaultKind::NoAnswer
            | FaultKind::Unreadable => true,
            FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::Rejected
            | FaultKind::NoSecret => false,
        }
    }

    /// Whether a person has to do something before any call succeeds: the token is missing, not accepted, or lacks a
    /// permission.
    pub const fn waits_for_person(&self) -> bool {
        matches!(self.kind, FaultKind::Unauthorized | FaultKind::Forbidden | FaultKind::NoSecret)
    }

    /// Whether the vendor does not allow calls of this kind at all: a permission is missing, the plan lacks the
    /// feature, or the version that this program speaks is not offered. Waiting does not help; a person can.
    pub fn denies(&self) -> bool {
        let version = self.code.as_deref().is_some_and(|code| code.ends_with("version_invalid"));
        self.kind == FaultKind::Forbidden || (self.kind == FaultKind::Rejected && version)
    }

    /// One sentence with status, code and request id, and what to do.
    pub fn sentence(&self) -> String {
        let mut text = self.message.clone();
        let mut facts = Vec::new();
        if let Some(status) = self.status {
            facts.push(format!("HTTP {status}"));
        }
        if let Some(code) = &self.code {
            facts.push(code.clone());
        }
        if let Some(request_id) = &self.request_id {
            facts.push(format!("request {request_id}"));
        }
        if !facts.is_empty() {
            text.push_str(" (");
            text.push_str(&facts.join(", "));
            text.push(')');
        }
        if let Some(hint) = self.hint() {
            text.push_str(". ");
            text.push_str(hint);
        }
        text
    }

    /// What a person can do about it.
    pub const fn hint(&self) -> Option<&'static str> {
        match self.kind {
            FaultKind::Unauthorized => Some("Enter a valid access token in Settings."),
            FaultKind::Forbidden => Some("Give the access token the missing permission, then try again."),
            FaultKind::NotFound => Some("It may have been deleted or merged."),
            FaultKind::NoSecret => Some("Enter the access token for this session in Settings."),
            FaultKind::RateLimited
            | FaultKind::Rejected
            | FaultKind::Unavailable
            | FaultKind::Unreachable
            | FaultKind::NoAnswer
            | FaultKind::Unreadable => None,
        }
    }
}
