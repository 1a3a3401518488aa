//! `contacts.*` for erasing people: what would be erased, erasing, and the certificates of it.

use domain::{ContactId, ErasureCause, ErasureId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `contacts.erase_preview`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct PreviewErasure {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Whom.
    pub contact_id: ContactId,
}

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasureLine {
    /// What: "messages and notes".
    pub what: String,
    /// How many.
    pub count: u32,
}

/// Answer of `contacts.erase_preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasurePreview {
    /// Whom.
    pub contact_id: ContactId,
    /// What to call this person.
    pub name: String,
    /// What would be erased; what there is none of is left out.
    pub lines: Vec<ErasureLine>,
    /// What a person should know before, a sentence each.
    pub notes: Vec<String>,
}

/// Input of `contacts.erase`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct EraseContact {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Whom.
    pub contact_id: ContactId,
    /// Write the helpdesk's id of the contact into the certificate, instead of its hash alone.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub keep_id: bool,
}

/// Input of `contacts.erasure_certificate`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct GetErasure {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub erasure_id: ErasureId,
}

/// The certificate of an erasure. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasureCertificate {
    /// Which.
    pub erasure_id: ErasureId,
    /// Who wanted it.
    pub cause: ErasureCause,
    /// When it ended.
    pub finished_at: Timestamp,
    /// SHA-256 of the salt, a colon and the contact's id.
    pub contact_key: String,
    /// What was erased; what there was none of is left out.
    pub erased: Vec<ErasureLine>,
    /// How it was made sure, a sentence each.
    pub checks: Vec<String>,
    /// What was not erased, a sentence each.
    pub not_erased: Vec<String>,
    /// SHA-256 over the text of the document but its last line.
    pub sha256: String,
    /// The whole as text, to copy or save.
    pub document: String,
    /// A name for a file of it.
    pub file_name: String,
}

/// Input of `contacts.list_erasures`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListErasures {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// At most so many, 200 when left out.
    pub limit: Option<u32>,
}

/// Answer of `contacts.list_erasures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasureList {
    /// Newest first.
    pub rows: Vec<ErasureCertificate>,
}
