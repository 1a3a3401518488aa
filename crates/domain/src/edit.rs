//! What a person changed in a reply, as a diff.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What became of a stretch of the suggested reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// It was sent as suggested.
    Kept,
    /// It was taken out.
    Removed,
    /// It was not suggested, and sent.
    Added,
}

/// A stretch of a reply that was edited. All that were kept or removed, in order, are the suggested reply; all that were
/// kept or added are the one that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditPiece {
    /// What became of it.
    pub kind: EditKind,
    /// Its text.
    pub text: String,
}
